# Officers' pages: rules of the desk, and playbooks.

rules-title = Rules
rules-lead = A rule does the same to every report that a search line finds, as soon as it has come in. It never changes what anybody has decided, and everything it does stands in the history of the report and can be taken back.
rules-new = Write a rule
rules-all = All rules
rules-none = No rules were written yet.
rules-order = They are run in the order of their numbers. What one has set, the next one leaves alone.
rules-name = Name
rules-no = Rule { $no }
rules-version = Version { $no }
rules-standing = Standing
rules-day = Reports in 24 hours
rules-month = Reports in 30 days
rules-on = On: version { $version }
rules-off = Off
rules-stopped = Stopped itself
rules-stopped-note = It touched more reports in one hour than it may, on { $when }. Look at what it did, and try it out again.
rules-stage-draft = Version { $version } is not tried out
rules-stage-tried = Version { $version } is tried out
rules-stage-asked = Version { $version } waits for a second person
rules-asked = To be looked at
rules-asked-note = Rules asked that a person looks at these reports. The newest stand first.
rules-asks = A person is asked to look
rules-looked = Looked at
rules-looked-at = I have looked at { $reference }
rules-playbooks = Playbooks
rules-playbooks-note = Lists of tasks for cases, as the data of this service have them. On a case, “Tasks” adds one of them; each task is then given to somebody and ticked off there.
rules-when = When a report comes in that this finds
rules-when-hint = A search line, as above the queue. Days, referrals and “me” say nothing of a report that just came in.
rules-then = Then
rules-then-hint = Only what is filled in is done, and only where nobody has decided yet.
rules-leave = Leave it as it is
rules-does-category = Set the category
rules-does-severity = Set the severity
rules-does-assign = Give it to
rules-does-case = Open a case
rules-case-plain = A case without tasks
rules-case-tasks = A case with the tasks of: { $title }
rules-opens = a case is opened
rules-fault-case = There is no such list of tasks. Choose one of the list.
rules-does-reply = Write to the reporter
rules-does-ask = Ask a person to look
rules-reply = Write to the reporter in this language: { $language }
rules-reply-hint = The same words go to every reporter. A second person switches such a rule on. A message that has left cannot be taken back.
rules-ask-hint = What should they look at? The report then stands on the page of rules until somebody has.
rules-hour-hits = Reports in one hour before it stops itself
rules-hour-hits-hint = 1 to { $max }. The dry run says how many it would have been.
rules-save = Keep this version
rules-written = Written by
rules-fault-name = Give the rule a name.
rules-fault-no-line = Say which reports it is for: an empty line would find all of them.
rules-fault-not-for-rules = { $filter } says nothing of a report that just came in. Leave it out.
rules-fault-category = There is no such category. Choose one of the list.
rules-fault-severity = There is no such severity. Choose one of the list.
rules-fault-assign = This person does not work on reports. Choose somebody of the list.
rules-fault-empty = Write something, or leave the field empty.
rules-fault-hour-hits = Write a number from 1 to { $max }.
rules-fault-no-deed = Say what the rule does: fill in at least one of these.
rules-broken = This version could not be written like this today
rules-broken-note = As long as its search line cannot be read, the rule does nothing. Write a new version.
rules-trial = Dry run
rules-trial-note = What this version would have done to the reports of the last { $days } days, had it been on, beside the other rules that are on now; and what people decided of the same reports. It changes nothing.
rules-trial-none = This version was not tried out yet.
rules-try = Try it out
rules-tried-at = Tried out on { $when }.
rules-result =
    { $looked ->
        [one] 1 report looked at,
       *[other] { $looked } reports looked at,
    } { $touched ->
        [one] 1 would have been touched.
       *[other] { $touched } would have been touched.
    }
rules-hour-most = The most in one hour: { $n }.
rules-more = Only the newest { $max } reports were looked at; there are more.
rules-bare =
    { $n ->
        [one] 1 more could not be looked at: what it said was erased or cannot be read.
       *[other] { $n } more could not be looked at: what they said was erased or cannot be read.
    }
rules-would-stop = It would have stopped itself
rules-would-stop-note = It may touch { $max } reports in one hour. Make the search line narrower, or allow more.
rules-deed = What it does
rules-would = Would have done
rules-same = People decided the same
rules-other = People decided otherwise
rules-open = Not decided by people
rules-agree-note = Where people decided otherwise often, the rule is wrong often. Of messages, “the same” means that somebody wrote to the reporter.
rules-samples = Some of these reports
rules-sample-other = People decided otherwise
rules-switch = Switch it on or off
rules-switch-on = Switch this version on
rules-switch-off = Switch it off
rules-try-first = Before it can be switched on, this version has to be tried out.
rules-two-note = This rule writes to reporters or touches many reports: somebody who did not write it has to switch it on.
rules-ask-second = Ask a second person
rules-withdraw = Ask no longer
rules-decline = Decline
rules-on-note = It then works on every report that comes in from that moment on. Reports that are here already stay as they are.
rules-lead-note = Somebody who leads the desk can switch it on.
rules-other-note = Somebody else who leads the desk has to switch it on.
rules-off-note = Whoever works on reports can switch a rule off. What it did stays until it is taken back.
rules-touched = What it touched
rules-hits =
    { $day ->
        [one] 1 report in the last 24 hours,
       *[other] { $day } reports in the last 24 hours,
    } { $month ->
        [one] 1 in the last 30 days.
       *[other] { $month } in the last 30 days.
    }
rules-back = Take back what it did
rules-back-note = On each of these reports, what nobody has changed since is put back as it was. What people decided later stays, and a message that has left stays sent. A case that was opened stays: close it. At most { $max } reports at a time, the newest first.
rules-back-hours = In the last hours
rules-back-wrong = Write a number of hours from 1 to { $max }.
rules-taken-back = the last { $hours } hours; reports put back: { $reports }; messages that had left: { $left }; reports on which people had decided since: { $kept }
rules-stopped-at = after { $n } reports in one hour
rules-change = Write a new version
rules-change-note = The version that is on works on until another one is switched on.
rules-older = Earlier versions
rules-of-report = Rules that touched it
rules-refused-absent = There is no such rule.
rules-refused-moved = Somebody else changed this rule in the meantime. Look at it again; nothing was done.
rules-refused-not-tried = Try this version out first.
rules-refused-old = The dry run is more than a week old. Try it out again.
rules-refused-two = Ask a second person first: this rule writes to reporters or touches many.
rules-refused-own = You wrote this rule or asked for it: somebody else has to switch it on.
rules-refused-one = This rule takes no second person. It can be switched on.
rules-refused-not-asked = Nobody asks for a second person any more.
rules-refused-not-on = The rule is not on.
rules-refused-is-on = This version is on already.
rules-refused-limit = There are too many rules or versions. Switch others off first.
rules-refused-line = The search line of this version cannot be read any more. Write a new version.
rules-event-ruled = A rule worked on it
rules-event-wrote = A rule wrote to the reporter
rules-event-looked = A person looked, as a rule had asked
rules-event-written = Rule written
rules-event-tried = Rule tried out
rules-event-asked = Second person asked for a rule
rules-event-declined = Rule not switched on
rules-event-on = Rule switched on
rules-event-off = Rule switched off
rules-event-stopped = Rule stopped itself
rules-event-taken-back = What a rule did was taken back
