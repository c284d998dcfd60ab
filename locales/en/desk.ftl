# Officers' pages: sign-in, queue, reports, accounts, audit.

signin-title = Officer sign-in
signin-login = Login
signin-password = Password
signin-button = Sign in
signin-wrong = Login or password is not right. After several tries you have to wait a little.
signin-wait =
    { $seconds ->
        [one] There were too many tries from here. Wait one second, then try again.
       *[other] There were too many tries from here. Wait { $seconds } seconds, then try again.
    }
signin-ended = The sign-in took too long or was ended. Begin again.
signin-out = Sign out
signin-as = Signing in as { $login }
signin-cancel = Stop and sign in as somebody else
signin-code-title = Enter the code from your authenticator
signin-code = Six-digit code
signin-code-hint = The app shows a new code every 30 seconds. Each code works once.
signin-code-wrong = That code is not right, or was used already. Wait for the next one.
signin-code-lost = I do not have my authenticator
signin-recovery-title = Use a recovery code
signin-recovery = Recovery code
signin-recovery-hint = One of the ten codes that you were shown once. Each works once. Capitals and hyphens do not matter.
signin-recovery-wrong = That recovery code is not right, or was used already.
signin-new-title = Choose your own password
signin-new-why = Your password was given to you by somebody else. Choose one that only you know.
signin-new = New password
signin-new-hint = At least 12 characters. A few words that only you would put together are better than one with odd signs. A password manager is best.
signin-new-again = New password once more
signin-new-differ = The two passwords differ. Type both again.
signin-weak-short = Use at least 12 characters.
signin-weak-long = That is too long for a password.
signin-weak-login = The password must not hold your login.
signin-weak-common = This password is among the first that attackers try. Choose another.
signin-weak-same = This is the password you have. Choose another.
signin-enrol-title = Set up your authenticator
signin-enrol-why = Besides your password, you need a code from an app on your phone each time you sign in. Any authenticator app will do.
signin-enrol-scan = Scan this picture with the app
signin-enrol-type = Or type this key into the app
signin-enrol-then = Then enter the code that the app shows
signin-codes-title = Keep these recovery codes
signin-codes-why = If you lose your phone, each of these lets you in once. They are shown only now. Print them or put them into your password manager, not on the phone.
signin-codes-done = I have kept them

desk-nav = Desk
desk-queue = Queue
desk-audit = Audit trail
desk-accounts = Accounts
desk-keys = API keys
desk-jobs = Failed jobs
desk-export = Export
desk-account = Your account

queue-title = Reports
queue-search = Words or reference
queue-category = Category
queue-state = State
queue-order = Order
queue-newest = Newest first
queue-severe = Most severe first
queue-all-categories = All categories
queue-not-closed = All but closed
queue-all-states = All, closed ones too
queue-mine = Only mine
queue-show = Show
queue-clear = Clear
queue-none = No reports match.
queue-next = Next page
queue-first = First page
queue-report = Report
queue-severity = Severity
queue-age = Received
queue-loss = Loss
queue-assignee = Assigned to
queue-about = About
queue-nobody = Nobody
queue-anonymous = Anonymous
queue-suspect = Perhaps a machine
queue-loss-yes = Yes, amount not known
queue-loss-no = None
queue-loss-unknown = Not known
queue-minutes =
    { $n ->
        [one] 1 minute ago
       *[other] { $n } minutes ago
    }
queue-hours =
    { $n ->
        [one] 1 hour ago
       *[other] { $n } hours ago
    }
queue-days =
    { $n ->
        [one] 1 day ago
       *[other] { $n } days ago
    }
state-received = New
state-open = Open
state-waiting = Waiting for answer
state-closed = Closed
language-en = English
language-mi = Te reo Māori

case-title = Report { $reference }
case-received = Received
case-channel = Came by
case-channel-web = form
case-channel-api = API
case-channel-mail = mail
case-language = Language
case-affected = Affected
case-affected-individual = A person
case-affected-organisation = An organisation
case-suggested = Suggested
case-outcome = Outcome
case-answers = What was told
case-losses = Losses
case-loss-kind = Kind
case-loss-amount = Amount
case-loss-date = Date
case-loss-certainty = Certainty
case-loss-recovered = Recovered
case-kind-direct-financial = Money
case-kind-data = Data
case-kind-operational = Work stopped
case-kind-reputational = Good name
case-kind-technical = Device or system
case-certainty-stated = Stated
case-certainty-estimated = Estimated
case-certainty-verified = Verified
case-files = Files
case-files-note = Nothing is opened here. A file comes in an encrypted archive; its password is
case-files-name = Name
case-files-type = Type
case-files-size = Size
case-files-take = Download archive
case-files-none = No files.
case-observables = Addresses, links and numbers
case-observables-note = Defanged: nothing here can be clicked by mistake.
case-observables-none = None found.
kind-ip = IP address
kind-domain = Domain
kind-url = Link
kind-email = E-mail address
kind-hash = Hash
kind-phone = Telephone
kind-wallet = Wallet
kind-account = Account
case-contact = Contact
case-contact-none = No contact details: anonymous, not given, or erased.
case-contact-name = Name
case-contact-email = E-mail
case-contact-phone = Telephone
case-consents = May be told
case-consents-none = The reporter agreed to no agency.
case-consent-given = Yes
case-consent-withdrawn = Withdrawn
case-mail = Mail checks
case-mail-subject = Subject
case-mail-note = Evidence about the message, not proof of who wrote it.
case-messages = Messages
case-messages-none = Nothing was written yet.
case-from-reporter = Reporter
case-waits = An answer is awaited
case-history = History
case-when = When
case-who = Who
case-what = What
case-index = Log entry
case-who-reporter = Reporter
case-who-partner = Partner
case-who-system = cairn
case-work = Work on it
case-assign = Assigned to
case-assign-save = Assign
case-assign-me = Take it
case-assign-nobody = Give it back
case-category = Category
case-category-save = Set category
case-severity-save = Set severity
case-write = Write to the reporter
case-write-hint = The reporter reads it on the status page, in the language they chose: { $language }. Officers’ names are not shown.
case-write-waits = I wait for an answer
case-write-send = Send message
case-write-empty = Write something first.
case-write-long = At most 10,000 characters; this has { $chars }.
case-close = Close
case-close-choose = Choose an outcome
case-close-save = Close report
case-reopen = Reopen report
case-closed-note = This report is closed. It opens again when the reporter writes, or when you reopen it.
case-erase = Erase contact details
case-erase-note = Erases name, e-mail address and telephone number for good. The report and its log stay valid. Nobody here can then write to or call the reporter.
case-erase-sure = Erase them, I am sure
case-erase-sure-first = Tick the box if the contact details should be erased for good
case-read-only = You can read this report but not work on it.
case-conflict = Somebody else was here meanwhile
case-conflict-note = Nothing of yours was saved yet; what you entered is still below. Since you opened the page, this happened:
case-refused = That could not be done
case-refused-note = The report has changed, or what you chose is not available. Look at it again below.
case-chosen = Choose

event-received = Report received
event-reporter-wrote = Reporter wrote
event-officer-wrote = Officer wrote to the reporter
event-file-added = File added
event-file-taken = File downloaded
event-assigned = Assigned
event-categorised = Category set
event-severity-set = Severity set
event-closed = Closed
event-reopened = Reopened
event-consent = Consent changed
event-contact-erased = Contact details erased
event-account-created = Account made
event-signed-in = Signed in
event-password-changed = Password changed
event-totp-enrolled = Authenticator set up
event-recovery-used = Recovery code used
event-recovery-renewed = New recovery codes
event-session-ended = Session ended
event-role-changed = Role changed
event-account-disabled = Account closed
event-account-enabled = Account opened again
event-account-reset = Account reset
event-api-key-created = API key made
event-api-key-revoked = API key revoked
event-report-opened = Report opened
event-reports-exported = Reports exported
event-unknown = Other entry

account-title = Your account
account-role = Role
account-password-title = Change your password
account-password-present = Present password
account-password-save = Change password
account-password-wrong = The present password is not right.
account-password-done = Your password was changed. All your other sessions were ended.
account-sessions = Your sessions
account-session-agent = Browser
account-session-began = Began
account-session-used = Last used
account-session-own = This one
account-session-end = End
account-sessions-end = End all others
account-codes = Recovery codes
account-codes-left =
    { $n ->
        [one] You have one recovery code left.
       *[other] You have { $n } recovery codes left.
    }
account-codes-renew = Make new codes
account-codes-note = The old ones then stop working.

role-officer = Officer
role-lead = Lead
role-administrator = Administrator
role-auditor = Auditor
role-officer-does = works on reports
role-lead-does = works on reports, assigns them to others, exports
role-administrator-does = manages accounts and keys; sees no report
role-auditor-does = reads everything, the audit trail included; changes nothing

accounts-title = Accounts
accounts-login = Login
accounts-name = Name
accounts-role = Role
accounts-state = State
accounts-made = Made
accounts-change = Change
accounts-active = Active
accounts-fresh = Has not signed in yet
accounts-no-totp = No authenticator yet
accounts-disabled = Closed
accounts-own = Your own account
accounts-role-save = Set role
accounts-disable = Close account
accounts-enable = Open again
accounts-reset = Reset sign-in
accounts-reset-note = Reset gives a new first password and forgets the authenticator. All sessions end.
accounts-new = New account
accounts-login-hint = 2 to 64 small letters, digits and . _ - @, beginning with a letter.
accounts-create = Make account
accounts-login-form = Use 2 to 64 of a–z, 0–9 and . _ - @, beginning with a letter.
accounts-login-taken = This login is taken.
accounts-name-form = Enter a name of at most 100 characters.
accounts-role-choose = Choose a role.
accounts-first = First password for { $login }
accounts-first-note = Shown only now. Give it to the person by a safe way; they must choose their own when they first sign in.
accounts-back = Back to the accounts

keys-title = API keys
keys-why = Partners send reports by the API with a key. Each partner has one of its own.
keys-name = Partner
keys-made = Made
keys-state = State
keys-live = In use
keys-revoked = Revoked { $day }
keys-revoke = Revoke
keys-none = No keys yet.
keys-new = New key
keys-create = Make key
keys-shown = Key for { $name }
keys-shown-note = Shown only now. Give it to the partner by a safe way.
keys-back = Back to the keys

jobs-title = Failed jobs
jobs-why = What cairn tried several times and gave up: mails that could not be sent, for example.
jobs-none = Nothing was given up.
jobs-kind = Kind
jobs-attempts = Attempts
jobs-error = Last failure
jobs-payload = Concerns
jobs-again = Try again

audit-title = Audit trail
audit-why = Every change of state, newest first, as the evidence log holds it.
audit-account = Account
audit-kind = Kind
audit-report = Reference
audit-anyone = Anyone
audit-any = Anything
audit-none = No entries match.
audit-older = Older
audit-newest = Newest

export-title = Export reports
export-why = What lists show of every report, newest first: no answers, no contact details. Each export is noted in the audit trail.
export-format = Format
export-button = Download
export-columns = What the columns hold
export-column = Column
export-meaning = Meaning
