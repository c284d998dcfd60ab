# Officers' pages: the change of shifts.

shift-title = Shift
shift-handover = Handover
shift-note-no = Note { $no }
shift-notes-none = No handover notes were written yet.
shift-notes-all = Handover notes
shift-notes-folded =
    { $n ->
        [one] 1 earlier note
       *[other] { $n } earlier notes
    }
shift-notes-older = Older notes
shift-notes-newest = The newest notes
shift-note-new = What must the next ones know?
shift-note-hint = References such as ABCD-EFGH-J and “case 12” become links. No personal details, if it can be helped. A note cannot be changed; correct it by a new one.
shift-note-write = Write the note
shift-note-unread = New to you
shift-note-read = I have read note { $no }
shift-read-by = Read by
shift-read-by-nobody = Read by nobody yet
shift-note-corrects = Corrects note { $no }
shift-note-corrected = Corrected by note { $no }
shift-note-withdrawn = Withdrawn
shift-note-correct-no = Correct note { $no }
shift-note-correct-label = What note { $no } should say
shift-note-correct-hint = This becomes a new note in its place. The one before stays to be read.
shift-note-withdraw-no = Withdraw note { $no }
shift-note-withdraw-hint = It stays to be read and is marked, so that nobody acts on it.
shift-note-erase-no = Erase the text of note { $no }
shift-note-erase-hint = The words are gone for good. The history still says that a note was written, by whom and when.
shift-no-such = There is no such note.
shift-not-own = Only who wrote a note can correct it. Write a note of your own.
shift-own = You wrote this note yourself.
shift-corrected-meanwhile = That note was corrected in the meantime. Read the correction; what you typed is still here and would be a new note.
shift-withdrawn-meanwhile = That note was withdrawn in the meantime. What you typed is still here and would be a new note.
shift-erased-meanwhile = The text of that note was erased in the meantime. What you typed is still here and would be a new note.
shift-try-again = Many wrote at once and this was not kept. What you typed is still here: send it again.
shift-at-least = { $n } or more
shift-clocks-missed = Missed
shift-clocks-shift = Due within 8 hours
shift-clocks-day = Then within 24 hours
shift-clocks-three-days = Then within 72 hours
shift-load = Who has what
shift-load-note = Open reports and cases by who has them. “Not answered” are those without a first answer whose reporter left a way to send one; “waiting” are those where we asked the reporter something.
shift-who = Officer
shift-open-reports = Open reports
shift-waiting = Waiting for the reporter
shift-unanswered = Not answered
shift-oldest = Oldest report
shift-open-cases = Open cases
shift-overdue = Missed clocks
shift-ages = Age of open reports
shift-ages-note = Days since a report came in, by the calendar here: what came today has the age 0.
shift-age-today = Today
shift-age-days =
    { $from ->
        [one] 1 day to { $to } days
       *[other] { $from } to { $to } days
    }
shift-age-or-more = { $from } days or more
shift-all = All
shift-answer-title = Time to the first answer
shift-answer-definition = A first answer is an officer’s first message to the reporter or the closing of the report, whichever came first; what was undone is none. The time runs from when the report came in, and counts in the row in which the answer was given. Half of the people waited no longer than the first time, nine in ten no longer than the second.
shift-answer-apart = Apart stand reports without contact details: their reporters can read an answer on the status page only, and of anonymous ones we keep no more than the hour in which they came.
shift-answer-newest = Of the newest { $n } answers; there are more.
shift-window = In
shift-window-day = the last 24 hours
shift-window-week = the last 7 days
shift-window-quarter = this quarter
shift-answers = First answers
shift-median = Half within
shift-p90 = Nine in ten within
shift-still-unanswered = Came in and still not answered
shift-answers-apart = Without contact details: answers
shift-unanswered-apart = Without contact details: not answered
shift-quarter = Quarter { $quarter } of { $year } so far
shift-quarter-definition = Reports that came in since { $since }, by the category that they have now, and how many of these are closed now.
shift-quarter-closed = Closed since then, whenever they came in, and not opened again: { $n }.
shift-quarter-internal = These are internal counts for officers: of all reports, also those likely from machines, spam and duplicates, and with nothing hidden. Do not pass them on as they are. The public figures count incidents by written definitions, hide small numbers and change once a day.
shift-quarter-public = Public figures
shift-received = Came in
shift-closed = Closed of these
shift-not-closed = Still open
shift-export = Take the figures out
shift-export-note = The figures of this page as a file, without the notes. They are internal: small numbers are not hidden in them.
shift-export-csv = Figures as CSV
shift-export-json = Figures as JSON
shift-made-at = Counted at { $when }.
shift-event-written = Handover note written
shift-event-read = Handover note read
shift-event-withdrawn = Handover note withdrawn
shift-event-erased = Text of a handover note erased
