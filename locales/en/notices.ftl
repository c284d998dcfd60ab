# Notices to the owners of machines: officers' pages, and the page that owners see under their link.

told-title = Notices
told-lead = What owners of machines are told, what they answer, and how long it takes until what was seen is gone.
told-rules = Book of rules
told-why = Why was it told, or not?
told-none = There is no notice that fits.
told-list = Notices, the newest first
told-number = Number
told-owner = Owner
told-class = Class
told-state = State
told-rows = Rows
told-answers = Answers
told-made = Made
told-any-state = any state
told-older = Older ones
told-waiting-count = { $count ->
    [one] One notice waits for approval.
   *[other] { $count } notices wait for approval.
}
told-state-waiting = waits for approval
told-state-ready = leaves next
told-state-sent = sent
told-state-returned = did not arrive
told-state-dropped = not approved
told-held = What is due and waits
told-held-note = Each is looked at again every few seconds.
told-held-owners = Owners
told-held-rows = Observations
told-reason = Why
told-tallies = What was judged of the newest reports
told-report = Report
told-why-due = to be told with the next notice
told-why-told = told
told-why-no-owner = no constituent has it
told-why-no-rule = no rule fits
told-why-rule = a rule says not to tell
told-why-no-contact = no contact with this role and a mailbox
told-why-bounced = mail to the contacts came back
told-why-disabled = the contacts are not to be written to
told-why-no-key = its label asks for encryption, and there is no key or certificate that is good
told-why-interval = told not long ago
told-why-quiet = quiet hours of the owner
told-why-cap = as many mails as may leave in an hour have left
told-why-approval = waits for approval, or was not approved
told-why-answered = the owner said that it is not theirs, or not so
told-why-gone = gone
told-times = From notice to gone
told-times-note = Counted from when a notice left until the first whole report that no longer has the row came, or else its window had passed. Of the last 365 days.
told-times-none = Nothing that was told is gone yet.
told-what = Of what
told-gone = Gone
told-open = Still there
told-median = Median
told-p90 = 9 of 10 within
told-all = All
told-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
told-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
told-days = { $count ->
    [one] one day
   *[other] { $count } days
}
told-one = Notice { $number }
told-sees = What the owner sees
told-subject = Subject
told-contact = Contact
told-contact-no = contact { $no }
told-how = How it went
told-medium-mail = by mail, with the rows
told-medium-portal = by mail that only leads here
told-file = The file with all rows
told-label = Label
told-version = Version { $no } of the book of rules
told-sealing = Protection
told-sealing-encrypted = encrypted and signed
told-sealing-smime = encrypted and signed by S/MIME
told-sealing-smime-unsigned = encrypted by S/MIME, not signed
told-sealing-signed = signed
told-sealing-plain = not protected
told-row = Row
told-part = Part
told-part-new = new
told-part-still = still there
told-part-gone = gone
told-seen = Seen
told-asset = What
told-found = Finding
told-source = From
told-now = Now
told-now-open = still there
told-now-gone = gone
told-now-gone-at = gone, { $when }
told-no-answer = no answer
told-answer = Answer
told-answer-fixed = fixed
told-answer-not-ours = not ours
told-answer-working = working on it
told-answer-false = not so
told-said = What the owner answered
told-said-none = No answer yet.
told-said-all = all rows: { $answer }
told-said-row = row { $row }: { $answer }
told-history = What happened
told-approve-note = { $needs ->
    [one] One person has to approve of this notice before it leaves.
   *[other] { $needs } different people have to approve of this notice before it leaves.
}
told-approve-have = So far: { $have }.
told-approve = Approve
told-drop = Do not send
told-drop-note = It never leaves, and what it would have told is not told while it lasts.
told-own = You approved of it already; somebody else has to as well.
told-refused-not-waiting = This notice does not wait for approval any more.
told-refused-not-sent = This notice did not leave.
told-refused-limit = There are too many answers to this notice.
told-refused-moved = Somebody else changed this notice in the meantime. Look again.
told-event-made = Notice made
told-event-approved = Notice approved
told-event-dropped = Notice not approved
told-event-sent = Notice sent
told-event-returned = Notice did not arrive
told-event-answered = Owner answered
told-event-gone = What a notice told is gone
told-count-rows = { $count ->
    [one] one row
   *[other] { $count } rows
}
told-why-lead = An address, a name or a URL: whose it is, what was judged of it, and why its owner was or was not told.
told-why-field = Address, name or URL
told-why-ask = Look
told-why-nothing = Nothing was judged of it: no report named it while a book of rules was on and it had an owner.
told-why-nobody = No constituent has it: nobody is told.
told-judged = Judgements
told-judged-at = Judged
told-rule = Rule
told-book-lead = One text with all rules, read from the first to the last: the first that fits decides. It is tried out on what came in, and always switched on by a second person.
told-book-none = There is no book of rules yet. Nobody is told of anything.
told-book-now = The rules
told-book-tells = tells { $class }
told-book-silent = does not tell: { $reason }
told-book-limits = At most { $mails } mails an hour. From { $approve } rows on two people approve. With more than { $stop } new rows at once the book switches itself off. Rows with the label { $label } or above leave encrypted or not at all.
told-book-tester = Everything goes to { $tester } first.
told-book-roles = to { $roles }, { $format }, every { $hours } hours
told-book-text = Text
told-book-hint = TOML: [[rule]] with name, when and either tell or silent. See the documentation of feeds.
told-book-write = Keep as a new version
told-book-change = Write a new version
told-book-unread = This version cannot be read by this program. It does nothing.
told-trial-note = What would have been told of what came in within the last { $days } days. Nothing is sent.
told-trial-result = { $looked } observations were looked at; { $told } different ones would have been told; { $nobody } are of nobody's.
told-trial-more = There were more; the newest were looked at.
told-trial-beyond = { $count ->
    [one] One more line is not shown.
   *[other] { $count } more lines are not shown.
}
told-trial-result-caption = Who would have been told, and why not
told-trial-would = would be told
told-mine-title = Notice { $number }
told-mine-lead = What machines reported about { $owner }. Please say of each row what came of it.
told-mine-closed = This link opens nothing
told-mine-closed-text = The link is not right, or not right any more. Open it again as it stands in the mail, whole.
told-mine-file = Download all rows
told-mine-all = For all rows
told-mine-each = Row by row
told-mine-each-hint = What you choose for a row counts more than what you choose for all.
told-mine-choose = no answer
told-mine-of = Answer to row { $row }
told-mine-note = Anything else
told-mine-note-hint = At most { $chars } characters. Officers read it.
told-mine-send = Send the answer
told-mine-thanks = Thank you. Your answer has arrived.
told-mine-empty = Choose an answer, or write something.
told-mine-long = That is longer than { $chars } characters.
told-mine-before = Your answers so far
told-mine-many = This notice has too many answers already. Please answer by mail.
