# Officers' pages: one thing done to many reports, and keys.

bulk-title = Many at once
bulk-pick = Choose { $reference }
bulk-bar = Work on the chosen reports
bulk-open = Work on the chosen ones
bulk-open-all = Work on all that this finds (up to { $most })
bulk-none = No report was chosen. Go back, choose one or more, and try again.
bulk-too-many = At most { $most } reports can be worked on at once.
bulk-heading =
    { $n ->
        [one] Work on 1 report
       *[other] Work on { $n } reports
    }
bulk-counts = { $open } open, { $closed } closed. What is closed stays as it is.
bulk-more = The search finds more: these are the first { $most }. Do the same again for the rest.
bulk-which = Which reports
bulk-keep = Leave as it is
bulk-severity = Severity
bulk-assign = Give to
bulk-reply = Words to the reporters in { $language }
bulk-reply-hint = { $n } of these wrote in it. Each gets the words in their own language, if you write them in it.
bulk-close = Close with
bulk-alone = Words to more than { $most } reporters leave only when a second officer has agreed.
bulk-undo-note = Undo takes all of it back. Words to reporters leave after { $seconds } seconds; until then they can be taken back too.
bulk-do =
    { $n ->
        [one] Do this to 1 report
       *[other] Do this to { $n } reports
    }
bulk-nothing = Choose something to do.
bulk-one = Selection { $no }
bulk-list-note = What was done to many reports at once, the newest first.
bulk-list-none = Nothing was done to many reports at once yet.
bulk-when = When
bulk-who = Who
bulk-what = What
bulk-stage = State
bulk-stage-asked = Waits for a second officer
bulk-stage-doing = Being done
bulk-stage-done = Done
bulk-stage-declined = Declined
bulk-stage-undoing = Being taken back
bulk-stage-undone = Taken back
bulk-second = Second officer
bulk-undone-by = Taken back by
bulk-report = Report
bulk-fate = What became of it
bulk-fate-waiting = Waits for its turn
bulk-fate-done = Done
bulk-fate-same = Nothing to do: it was so already, or is closed
bulk-fate-moved = Not done: something happened to it since you chose it
bulk-fate-refused = Not done: the rules for reports do not allow it
bulk-fate-undone = Taken back
bulk-fate-part = Taken back in part: something later changed the same, or words had left
bulk-fate-kept = Could not be taken back: something later changed the same, or words had left
bulk-progress = { $done } of { $all } had their turn
bulk-again = Look again
bulk-undo = Undo all of it
bulk-agree = Agree: do this
bulk-decline = Decline
bulk-withdraw = Take the request back
bulk-own = Somebody else must agree to this.
bulk-not-yours = Only who did this, or a lead, can take it back.
bulk-past = That is no longer possible: see the state above.
bulk-strip =
    { $n ->
        [one] 1 selection waits for a second officer
       *[other] { $n } selections wait for a second officer
    }
bulk-nobody = nobody
bulk-back = Back to the queue

event-bulk-begun = Something was begun for many reports
event-bulk-turned = A selection of reports went on

kb-title = Keys
kb-lead = Single keys do nothing while you type. Escape leaves a field, Ctrl and Enter send its form. Everything has a button too.
kb-key = Key
kb-does = What it does
kb-change = Change keys
kb-change-hint = One character, or two typed after each other. Kept in this browser.
kb-off = Turn single keys off
kb-save = Save
kb-reset = Back to the first ones
kb-wrong = One or two of the usual signs, no blank, ~ or :
kb-taken = Another one has this key, or begins with it
kb-next = Next in the list
kb-previous = Previous in the list
kb-open = Open
kb-pick = Choose, or not
kb-pick-all = Choose all on this page, or none
kb-onward = Next one that waits
kb-search = Search
kb-help = This page
kb-assign = Take it
kb-category = Category
kb-severity = Severity
kb-reply = Write to the reporter
kb-done = Close
kb-undo = Undo
kb-refer = Pass on to an agency
kb-indicator = Addresses and numbers
kb-task = Task
kb-case = Open a case
kb-hold = Legal hold
kb-merge = Link to another cluster
kb-go-queue = Go to the queue
kb-go-clusters = Go to the clusters
kb-go-cases = Go to the cases
kb-go-shift = Go to the shift
kb-go-clocks = Go to the clocks
kb-go-observables = Go to the observables
kb-go-referrals = Go to the referrals
kb-go-bulk = Go to what was done to many
onward-report = Next new report
onward-cluster = Next cluster that waits
onward-none = Nothing waits any more.
