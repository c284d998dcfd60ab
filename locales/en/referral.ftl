### Handing reports to partner agencies.

referral-title = Referrals
referral-one = Referral { $no }
referral-of = Referral { $no } of report { $reference }
referral-none = This report was not referred to any agency.
referral-list-none = No referral matches.
referral-list-lead = What was handed to partner agencies, newest reports first.
referral-new = Refer to an agency
referral-new-law = Refer for a reason in law
referral-new-note = Choose what goes to whom. Nothing leaves yet: the next page shows exactly what would go.
referral-new-none = The reporter agrees to no agency to which this is not referred already.
referral-law-note = Without the reporter's consent. It is logged and shown with your words, and the reporter reads on the status page that it was done.
referral-agency = Agency
referral-agency-choose = Choose an agency
referral-any-agency = All agencies
referral-any-state = All states
referral-channel = How it goes
referral-channel-handed = Handed over by an officer
referral-channel-handed-hint = You take the package out and hand it over, printed or on a medium.
referral-channel-api = Fetched by the agency with its API key
referral-channel-choose = Choose how it goes
referral-contact = The reporter's contact details go with it
referral-files = Files that go with it
referral-prepare = Prepare
referral-law = Provision
referral-law-choose = Choose agency and provision
referral-why = Why it applies
referral-why-wrong = Say why it applies, in at most { $max } characters
referral-state = State
referral-state-prepared = Prepared
referral-state-sent = Sent
referral-state-acknowledged = Acknowledged
referral-state-answered = Answered
referral-state-withdrawn = Withdrawn
referral-late = Overdue
referral-to-tell = Tell the agency: consent withdrawn
referral-only-late = Only overdue ones
referral-basis = May be passed on because
referral-basis-consent = The reporter agreed
referral-prepared = Prepared
referral-sent = Sent
referral-due = Answer expected by
referral-reference = The agency's reference
referral-outcome = What the agency says
referral-outcome-accepted = Works on it
referral-outcome-declined = Declined
referral-outcome-no-further-action = No further action
referral-outcome-resolved = Dealt with
referral-outcome-choose = Choose what the agency says
referral-chases = Asked again
referral-times = { $n ->
    [one] once
   *[other] { $n } times
}
referral-goes = What goes
referral-went = What goes now
referral-goes-contact = Contact details go with it.
referral-goes-no-contact = No contact details go with it.
referral-goes-none = No files go with it.
referral-goes-summary = Read and print the summary
referral-goes-report = report.json
referral-goes-defanged = Links and addresses are shown defanged here. In the package they are live, for the agency’s machines; in its summary they are defanged too.
referral-goes-manifest = manifest.json
referral-digest = SHA-256 of the manifest
referral-digest-sent = SHA-256 of the manifest as it went
referral-changed = This is no longer what went: a part of the report was erased or changed since.
referral-take = Take the package out
referral-take-note = A zip file. That you took it is logged with its checksum. The reporter's files in it are under the password
referral-take-first = Take the package out first. If the report changed since, take it out again.
referral-send-handed = It was handed over
referral-send-api = Let the agency fetch it
referral-send-note = Within { $seconds } seconds you can undo this. After that the reporter reads that it was passed on.
referral-withdraw = Withdraw
referral-acknowledge = The agency has it
referral-acknowledge-save = Save the reference
referral-answer = The agency answered
referral-answer-words = What it said more
referral-answer-save = Save the answer
referral-chase = Ask the agency again
referral-chase-how = How you asked, and what came of it
referral-chase-save = Save that you asked
referral-remind = Send this reminder
referral-remind-note = It leaves at once, and the days run anew. Only the agency can read it where its key is known.
referral-tell = The reporter no longer agrees
referral-tell-note = It was passed on before that. Tell the agency, which decides what to do with what it has, and note here that you did.
referral-tell-how = Whom you told, and how
referral-tell-save = Save that you told them
referral-text-wrong = Write 1 to { $max } characters
referral-history = What happened to it
referral-words = Words
referral-waiting = Referrals that wait for you
referral-waiting-late = { $n ->
    [one] One referral is overdue
   *[other] { $n } referrals are overdue
}
referral-waiting-tell = { $n ->
    [one] One agency has to be told that a reporter no longer agrees
   *[other] { $n } agencies have to be told that a reporter no longer agrees
}
referral-counts = This quarter and the three before
referral-counts-note = Counted are reports that came in during this time. A report that went to two agencies is one report and two referrals: never add the two columns, nor the reports of several agencies.
referral-counts-reports = Reports with at least one referral
referral-counts-referrals = Referrals
referral-counts-all = All agencies
referral-report = Report

referral-no-consent = The reporter does not agree to this agency
referral-already = There is a referral to this agency already
referral-limit = This report has reached its limit of referrals
referral-no-file = A file is no longer there
referral-no-contact = There are no contact details
referral-erased = What was told in this report was erased
referral-not-now = This cannot be done as the referral stands now

referral-step-prepared = Prepared
referral-step-taken = Package taken out
referral-step-sent = Sent
referral-step-acknowledged = Acknowledged by the agency
referral-step-answered = Answered by the agency
referral-step-chased = Agency asked again
referral-step-withdrawn = Withdrawn
referral-step-told = Agency told that consent was withdrawn
event-referral = Referral

status-passed-on = To whom it was passed on
status-passed-on-by-law = The law allowed this without your consent.

search-help-referred = Was passed on to this agency: { $codes } and so on. Twice means both.
search-help-referral = Has a referral that is prepared, sent, acknowledged, answered, withdrawn or overdue.

keys-agency = Agency that fetches referrals with it
keys-agency-none = None: the key only sends reports
keys-agency-of = Fetches for
agency-title = Partner agencies
agency-lead = How packages reach each agency by mail, and the OpenPGP key that they go sealed to.
agency-one = Agency
agency-mail = Address for packages
agency-no-mail = None: nothing goes by mail
agency-key = Fingerprint of the key in use
agency-no-key = No key is in use.
agency-key-state = State
agency-keys = Keys
agency-keys-note = Packages go sealed to the newest key whose fingerprint somebody compared by another road. A new one takes the place of the one before.
agency-keys-care = Keys of agencies need somebody
agency-key-in-use = Packages go sealed to it
agency-key-waits = Waits to be compared
agency-key-ends-in =
    { $n ->
        [one] Ends in 1 day
       *[other] Ends in { $n } days
    }
agency-key-until = holds until { $when }
agency-key-data = From the agency’s data
agency-key-dropped-by = taken out of use { $when } by
agency-key-bring = Bring a key
agency-key-bring-hint = The agency’s public key as text, from BEGIN to END. It is used only once its fingerprint was compared.
agency-key-compared = I compared this fingerprint by another road
agency-key-compared-hint = By telephone with somebody you know there, or on paper: not by the mail that brought the key.
agency-key-confirm = Use this key
agency-key-drop = Take out of use
agency-key-unusable = This is no public key that something can be encrypted to now. Paste all of it, from BEGIN to END.
agency-key-other = Compare the fingerprint first, and tick the box.
event-agency-key-came = Key of an agency brought
event-agency-key-confirmed = Key of an agency compared
event-agency-key-dropped = Key of an agency taken out of use
