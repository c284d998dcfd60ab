# Challenges of figures: the form, the public list, the answers, and the desk's side of it.

challenge-title = Challenge a figure
challenge-lead = Tell the office of { $plan } what is wrong. Anybody may, without an account and without a name.
challenge-about = You challenge
challenge-about-other = It is about something else
challenge-of-edition = edition { $edition }
challenge-measure = Measure
challenge-goal = Goal
challenge-initiative = Initiative
challenge-figure = What is it about?
challenge-figure-hint = A measure, a goal or an initiative of this plan
challenge-choose = Choose
challenge-wrong = What is wrong?
challenge-wrong-hint = Say which value, status or sentence you mean, and why it is wrong.
challenge-right = What would be right?
challenge-link = Where is that stated?
challenge-link-hint = The address of a page or a file, like https://example.org/table
challenge-name = Name to be shown
challenge-name-hint = Shown to everybody beside your words. Without one it says “somebody”.
challenge-email = Mail address for the answer
challenge-email-hint = Never public, and not shown to the office either. It is used to tell you of the answer, and erased when its time is over.
challenge-public = What becomes public, and when
challenge-public-now = At once: that this figure was challenged, on which day, and that it is not answered yet.
challenge-public-later = Your words, the address and the name: once somebody of the office has looked at them, and at the latest with the answer. If they are not shown, it says why.
challenge-public-answer =
    { $days ->
        [one] The answer: as soon as it is given, within one day.
       *[other] The answer: as soon as it is given, within { $days } days. If it is late, everybody sees that.
    }
challenge-public-never = Never: your mail address.
challenge-send = Send the challenge
challenge-wrong-missing = Say what is wrong
challenge-too-long = That has { $chars } characters; at most { $max } are taken. Shorten it.
challenge-not-link = Give an address that begins with https:// or http://, or leave this empty
challenge-not-email = Give a mail address like name@example.org, or leave this empty
challenge-figure-missing = Choose what it is about

challenge-sent-title = Your challenge has arrived
challenge-sent-reference = Its reference is
challenge-sent-where = Everybody can follow it here:
challenge-sent-due = An answer is due by { $day }.
challenge-sent-words = Your words are shown there once somebody of the office has looked at them.
challenge-sent-mail = If you left an address, you get a mail when it is answered.
challenge-sent-receipt = Your receipt
challenge-sent-receipt-text = The receipt proves, without asking us, that we received exactly this challenge at this time. It can be checked with “cairn receipt verify”. This browser can download it for an hour.
challenge-sent-receipt-get = Download the receipt

challenge-list-title = Challenges of { $plan }
challenge-list-figure = Challenges of “{ $figure }”
challenge-list-lead = Whoever doubts a figure can say so. The office answers in public.
challenge-list-new = Challenge this figure
challenge-list-new-any = Challenge a figure
challenge-list-all = All challenges of this plan
challenge-list-none = Nobody has challenged this yet.
challenge-list-machine = For machines:
challenge-list-newest = The newest challenges
challenge-back-figure = Back to the figure
challenge-back-plan = Back to the plan
challenge-open = Not answered
challenge-overdue = Late
challenge-answered = Answered
challenge-count-open = not answered yet
challenge-count-overdue = of these late
challenge-count-answered = answered
challenge-count-median = days to the answer (median)
challenge-count-aside =
    { $count ->
        [one] One more was set aside, because it looks as if a machine had sent it. Somebody will look at it.
       *[other] { $count } more were set aside, because they look as if a machine had sent them. Somebody will look at them.
    }
challenge-received-on = received { $day }
challenge-answered-on = answered { $day }

challenge-one = Challenge { $reference }
challenge-state = State
challenge-received = Received
challenge-due = Answer due
challenge-by = From
challenge-somebody = somebody
challenge-edition = Edition
challenge-said = What is said to be wrong
challenge-said-right = What would be right
challenge-said-link = Where that is stated
challenge-hidden = The words of this challenge are not shown yet: nobody of the office has looked at them.
challenge-aside = It is set aside, because it looks as if a machine had sent it. Somebody will look at it.
challenge-withheld = The words of this challenge are not shown. The office says why:
challenge-answer = Answer of the office
challenge-answer-none = There is no answer yet. It is due by { $day }.
challenge-answer-late = There is no answer yet. It was due by { $day }.
challenge-answer-by = { $role } of the office, { $day }
challenge-answer-more = More about it:
challenge-answer-language = in English
challenge-answer-before =
    { $count ->
        [one] The answer was corrected. What it said before
       *[other] The answer was corrected { $count } times. What it said before
    }
challenge-upheld = Upheld
challenge-partly = Upheld in part
challenge-not-upheld = Not upheld
challenge-not-about-this = Not about this figure
challenge-upheld-hint = The challenger is right. Say what was or will be changed.
challenge-partly-hint = Right in part. Say in which, and what was or will be changed.
challenge-not-upheld-hint = The figure stands. Say why.
challenge-not-about-this-hint = It is about something else. Say where that belongs.

challenge-desk = Challenges
challenge-desk-lead = What readers of the strategies doubt. The answer is public, with your role and without your name.
challenge-desk-open = Not answered
challenge-desk-open-none = Everything is answered.
challenge-desk-aside = Set aside as likely from machines
challenge-desk-answered = Answered
challenge-desk-answered-none = Nothing was answered yet.
challenge-desk-number = Challenge
challenge-desk-figure = Figure
challenge-desk-words = Words
challenge-desk-words-hidden = Not shown yet
challenge-desk-words-shown = Shown
challenge-desk-words-withheld = Withheld
challenge-desk-next = Later ones
challenge-desk-older = Older ones
challenge-desk-top = Back to the beginning
challenge-desk-public = Public page
challenge-desk-said = What was said
challenge-desk-mail-yes = A mail address was left. It gets a mail by itself when you answer.
challenge-desk-mail-no = No mail address is kept.
challenge-desk-work = What to do
challenge-desk-read-only = You may read this, and not answer it.
challenge-desk-release = Show the words
challenge-desk-release-note = Everybody sees them at once. Links in them open nothing.
challenge-desk-withhold = Do not show the words
challenge-desk-withhold-title = Not show the words
challenge-desk-reason = Why, for the public
challenge-desk-reason-hint = Such as: it names a person. The reason is shown in place of the words.
challenge-desk-reason-missing = Say why the words are not shown
challenge-desk-answer = Answer
challenge-desk-answer-note = The answer is public at once. The challenger’s words are then shown too, unless they are withheld.
challenge-desk-correct = Correct the answer
challenge-desk-correct-note = The corrected answer takes the place of the one before, which stays to be read below it.
challenge-desk-outcome = What comes of it
challenge-desk-outcome-missing = Choose what comes of it
challenge-desk-en = Answer in English
challenge-desk-mi = Answer in te reo Māori
challenge-desk-text-hint = One of the two languages is enough. No names of persons.
challenge-desk-text-missing = Write the answer in English or te reo Māori
challenge-desk-link = Link to the change
challenge-desk-link-hint = Such as the edition or the restated value: an address, or a path of this service like /track/plan/changes.html
challenge-desk-not-link = Give an address that begins with https://, http:// or /, or leave this empty
challenge-desk-send = Publish the answer
challenge-desk-send-correction = Publish the correction
challenge-desk-refused = That could not be done: the challenge has changed. Look at it again below.

challenge-who = Challenger
challenge-event-received = Challenge received
challenge-event-released = Challenger’s words shown
challenge-event-withheld = Challenger’s words withheld
challenge-event-answered = Challenge answered
challenge-event-corrected = Answer to a challenge corrected
challenge-event-contact-erased = Challenger’s address erased
