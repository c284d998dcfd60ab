# The frame of every page, the parts of forms, and the words for what goes wrong.
# Texts are plain: no HTML. Both languages must hold the same keys with the same variables.

skip-to-content = Skip to main content
language-label = Language
nav-label = Main
nav-report = Report
nav-status = Follow up
nav-figures = Figures
nav-track = Strategy
nav-evidence = Evidence
nav-desk = Desk
nav-account = Account:
nav-sign-in = Officer sign-in
footer-accessibility = Accessibility
footer-privacy = Privacy
footer-receipts = How the receipt works
footer-evidence = Evidence log
footer-line = No trackers, no advertising, nothing loaded from anywhere else.

button-continue = Continue
button-send = Send
button-save = Save
button-cancel = Cancel
button-search = Search
back = Back
change = Change
optional = (optional)
or = or
yes = Yes
no = No
not-known = I do not know
not-provided = Not provided
error-prefix = Error:
error-title = Something needs another look
warning-prefix = Warning:
honeypot = Leave this field empty
date-day = Day
date-month = Month
date-year = Year
characters-max = You can use up to { $max } characters.
characters-left = { $count } characters left
characters-over = { $count } characters too many
pages-label = Pages
pages-previous = Previous
pages-next = Next
pages-page = Page { $page }

exit-page = Exit this page
exit-note = Opens an ordinary page at once and drops your answers. It does not erase your browser’s history.
exit-keys = You can also press Shift three times.

chart-table = Show these figures as a table
chart-break = The way of counting changed
chart-flagged = doubtful
chart-no-value = no figure
chart-period = Period

problem-home = Go to the front page
problem-report = Report an incident
problem-bad-request = We could not make sense of that
    .do = Go back and try again. If you followed a link, it may have been cut short: copy the whole of it.
problem-sign-in-needed = Please sign in
    .do = This page is for officers. Sign in and you will come back here.
problem-forbidden = This is not open to you
    .do = Your account does not include this page. If your work needs it, ask your administrator.
problem-cross-site = We stopped a request that came from another site
    .do = Nothing was changed. Open our page yourself, by typing its address, and try again there.
problem-stale-form = This form has gone stale
    .do = Nothing was sent. Go back, reload the page, and send the form again. This happens when you were signed out, or when cookies are turned off.
problem-not-found = We could not find that page
    .do = If you typed the address, check it. If you followed a link to your report, copy the whole link: it is long.
problem-method = That cannot be done here
    .do = Go back and use the buttons on the page.
problem-too-slow = Your message came too slowly
    .do = The connection was too slow and we had to stop waiting; nothing was received. Try again, with fewer or smaller files if you can.
problem-conflict = Someone else changed this meanwhile
    .do = Nothing of yours was saved. Reload the page, look at what changed, and do it again if it is still right.
problem-gone = This is no longer here
    .do = It was removed, as the person concerned or our keeping rules asked.
problem-too-large = That is too large
    .do = We can take { $max } here; nothing was received. Send fewer or smaller files, or describe what they show.
problem-unsupported = We cannot read that kind of data
    .do = Use the form on our page, or the media type that our interface description names.
problem-invalid = Some answers need another look
    .do = Correct what is named below and send it again. Nothing was received yet.
problem-too-many = Please wait a moment
    .do =
        { $seconds ->
            [one] There were very many requests from your network. Try again in one second.
           *[other] There were very many requests from your network. Try again in { $seconds } seconds.
        }
    .minutes = There were very many requests from your network. Try again in { $minutes } minutes.
problem-unexpected = Something went wrong on our side
    .do = It was not your doing, and we have noted it. Go back and try again. If you were sending a report and did not get a reference, it has not been received.
problem-unavailable = We are very busy just now
    .do = Nothing was received. Wait a minute and try again; what you typed is still there when you go back.
problem-storage-full = We could not take your report
    .do = We have no room left to keep it safe, so nothing was received. Please keep what you wrote and try again in a few minutes. If someone is in danger, call 111. If money has left your account, call your bank now.
problem-files-held = We cannot take files at the moment
    .do = Send your report without the file: reports are taken. Add the file later on the status page.
