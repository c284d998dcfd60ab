# The conversation with a reporter by mail, and answers before they go.

event-mail-came = Mail came

mail-sort-reporter = by the reporter
mail-sort-other = by somebody else
mail-sort-automatic = an automatic answer
mail-sort-bounce = our mail did not arrive

mail-by-mail = By mail
mail-another-address = From an address that we do not write to: { $address }
mail-checks = DKIM { $dkim }, SPF { $spf }, DMARC { $dmarc }
mail-sent = Mailed { $at }
mail-sent-text = Mailed with its text { $at }
mail-bounced = Did not arrive
mail-bounced-told = We heard so { $at }. { $why }
mail-code = Code { $code }

mail-apart = Mail on this thread that is not the reporter’s
mail-apart-note = Whoever wrote this answers a message of ours, but not from the address that we wrote to, and without the secret address of the thread. It is not shown to the reporter.
mail-automatic = Automatic answers: { $count }
mail-others = Mails sent by the service
mail-notice-acknowledge = Receipt
mail-notice-news = There is news
mail-notice-reply = An officer’s answer
mail-whole = Take the whole message
mail-erased = Erased

mail-why-mailbox = There is no such mailbox.
mail-why-full = The mailbox is full or takes nothing.
mail-why-large = The message is too large for it.
mail-why-way = The other mail server could not be reached.
mail-why-policy = The other mail server refused it.
mail-why-unknown = No reason was given that we know.

reply-canned = Often sent
reply-canned-hint = Inserted in the reporter’s language, with its fields filled. Nothing is sent.
reply-canned-none = Choose an answer
reply-insert = Insert
reply-mail-text = Send the text by mail, too
reply-mail-text-hint = Mail may be read by others on its way and after. Otherwise the mail only says that an answer waits on the status page.
reply-mail-note = A mail tells the reporter that an answer waits on the status page. What it says is not in the mail.
reply-preview = Preview
reply-gap = Fill the gap […] first, or take it out.
reply-preview-title = What the reporter will see
reply-on-page = On the status page
reply-by-mail = By mail
reply-no-mail = No mail goes out.
reply-mail-from = From
reply-mail-to = To
reply-mail-answers = Answers to
reply-mail-subject = Subject
reply-masked = Masked
reply-masked-note = These stand in the report and may be somebody else’s. They are masked unless you tick them. Tick only what the reporter must read.
reply-keep = { $what }: leave as written
reply-again = Show again
reply-change = Change the text
reply-phone = Telephone number
reply-email = Mail address
reply-number = Long number

event-imported = Taken over from another system
event-old-number = Another number there
event-old-entry = An entry of its thread there was taken over

old-origin = Taken over from
old-taken = Taken over { $at }.
old-counted = It is counted in the public figures.
old-uncounted = It is not counted in the public figures.
old-says = which says that it happened at { $at }
old-thread = Thread in the other system
old-thread-note = Taken over as it was, in the order of its own time. The reporter does not see it here.
old-more = Further entries: { $count }
old-imported = imported
old-former = former account
old-sort-correspondence = message
old-sort-comment = comment
old-sort-change = change
old-sort-file = file
old-sort-happening = event
old-sort-task = task
old-sort-observable = observable
old-sort-fields = other fields of the source
