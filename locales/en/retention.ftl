### Legal hold, undoing, keeping times and the register of what was erased.

hold-held = On legal hold
hold-until = Held until { $until }.
hold-open = Held until somebody lifts it.
hold-means = Nothing of this report is erased meanwhile, by rule or by hand.
hold-place = Put on legal hold
hold-change = Change or lift the legal hold
hold-note = While it is held, nothing of this report is erased: not when its time is over, not by hand, not by the reporter.
hold-reason = Reason for the hold
hold-reason-hint = Name the proceedings or the order. Officers and auditors read it.
hold-reason-wrong = Give a reason of at most { $max } characters
hold-end = Last day of the hold
hold-end-hint = Leave it empty to hold until somebody lifts it.
hold-end-wrong = Choose a day that has not ended yet
hold-place-save = Hold report
hold-change-save = Change hold
hold-lift-reason = Reason for lifting it
hold-lift = Lift hold
hold-ended = its time was over
hold-no-erasing = The contact details cannot be erased now: the report is on legal hold. Lift the hold first.

undo = Undo
undo-last = Last done:
undo-message-note = A message leaves { $seconds } seconds after it was written. Until then you can take it back; its text stays in the box below.
undo-withdrawn = Taken back
undo-waiting = Has not left yet

case-bare = Text erased when its time was over

event-hold-placed = Put on legal hold
event-hold-lifted = Legal hold lifted
event-erased = Erased by rule
event-undone = Undone
event-retention-accepted = Keeping times put into force

retention-title = Keeping times
retention-why = How long what reports hold is kept, counted from the day on which a report was closed for the last time. What figures count (category, dates, loss, region, sector, age band) stays.
retention-built-in = The built-in rules are in force. To change them, copy data/retention.toml into a folder and name that in the setting service.retention.
retention-in-force = Version { $version } of your rules is in force.
retention-waiting = Your rules are not in force yet
retention-waiting-note = Version { $version } waits, and what was in force before still is. Look at what it would erase below; what is erased cannot be brought back.
retention-seen = I have seen what these rules would erase
retention-seen-first = Look at what the rules would erase, and tick the box
retention-changed = The rules changed since this page was shown. Look at it again.
retention-accept = Put into force
retention-dry = What these rules would erase
retention-dry-note = { $closed } closed reports were looked at, for now and for the { $days } days to come. { $held } of them are on legal hold, of which nothing is erased.
retention-dry-none = Nothing is due now or within { $days } days.
retention-now = { $part }, now
retention-soon = { $part }, within { $days } days
retention-rules = Rules
retention-rule = Rule
retention-for = For
retention-part = Part
retention-kept = Kept
retention-because = Reason and source
retention-all = All reports
retention-days = { $days ->
    [one] { $days } day after closing
   *[other] { $days } days after closing
}
retention-never = For ever
retention-contact = Who reported it
retention-files = Files
retention-text = What was written
retention-accepted = { $now } parts due at once, { $soon } soon

erased-title = What was erased
erased-why = Every part of a report that was erased: when, by which rule and version, by whom. The receipts and the log stay valid.
erased-none = Nothing has been erased yet.
erased-csv = Download as CSV
erased-sums = By rule
erased-reports = Reports
erased-by-hand = By hand
erased-version = version { $version }

status-files-over = Your files were erased, since their time was over. The report stays.
status-text-over = What you wrote was erased, since its time was over. That you reported it stays in the figures.
status-contact-held = We must keep this report whole for the time being, because of legal proceedings. You can have your details erased when that is over.
status-erased = Erased
