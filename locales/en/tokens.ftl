# Officers' tokens, the officers' API, and webhooks.

api-desk-title = Officers' API
api-desk-lead = What the officers' pages do, programs can do too, in the name of an officer who made a token for them.
api-desk-token = A token is sent as a header: Authorization: Bearer. It has the rights that its account has at the moment, and no cookie is looked at.
api-desk-version = A change names the version that was seen. If somebody else was quicker, nothing is done, and the answer says how it stands now.

tokens-title = Tokens
tokens-what = With a token a program may do in your name what you may: keep it like a password. It makes no tokens and changes no way to sign in.
tokens-name = What it is for
tokens-name-hint = Such as the name of the program that uses it.
tokens-may = What it may do
tokens-reads = Only read
tokens-acts = Read and act
tokens-life = How long it lives
tokens-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
tokens-days-wrong = A token lives 1 to { $max } days.
tokens-state = State
tokens-until = until { $day }
tokens-over = over since { $day }
tokens-ended = ended { $day }
tokens-used = Last used
tokens-unused = never
tokens-end = End token
tokens-make = Make a token
tokens-confirm = Confirm that it is you, to make a token
tokens-many = You have { $max } tokens: end one first.
tokens-shown = Your token
tokens-shown-note = It is shown this once. Whoever has it can do what it may: put it where the program keeps its secrets, and nowhere else.
tokens-back = Back to your account
tokens-all = The live tokens of all accounts. Ending one works at once.
tokens-none = There are none.

event-token-made = Token made
event-token-ended = Token ended
event-token-used = Token first used that day
event-pull-token-made = Token of an owner made
event-pull-token-ended = Token of an owner ended
event-pull-token-used = Token of an owner first used that day
event-webhook-set = Webhook made or changed
event-webhook-secret = Webhook got a new secret
event-webhook-off = Webhook switched off by the machine
event-webhook-removed = Webhook removed

hooks-title = Webhooks
hooks-one = Webhook
hooks-lead = Other programs can be told by a signed call that something happened. A call says which kind of thing and where to read it; never what somebody wrote or who they are.
hooks-none = There are none.
hooks-new = A new webhook
hooks-url = Address
hooks-url-hint = Begins with https://. Addresses of networks that are not public are refused, unless the operator allows them.
hooks-description = What it is for
hooks-events = Events
hooks-events-hint = What anonymous reporters did is told after the full hour.
hooks-event = Event
hooks-live = Switched on
hooks-state = State
hooks-on = on
hooks-off = off
hooks-failing = does not arrive
hooks-failing-since = Nothing has arrived since { $since }. It is tried again, after five days it is switched off.
hooks-gone = off: the receiver said that it is gone
hooks-given-up = off: nothing arrived for five days
hooks-make = Make the webhook
hooks-many = There are too many webhooks: remove one first.
hooks-moved = Somebody else changed this webhook in the meantime. Look at it again; what you typed is still here.
hooks-wrong-url = Give a whole address that begins with https://, without a name and password in it.
hooks-wrong-plain = Use https://. Plain http is only for the service's own machine.
hooks-wrong-description = At most { $max } characters.
hooks-wrong-events = Choose at least one event.
hooks-secret-shown = The webhook's secret
hooks-secret-note = It is shown this once. The receiver checks each call with it. A secret from before signs beside it for a day, so that you can change it without losing a call.
hooks-back = To the webhook
hooks-rotates = The secret from before signs too until { $until }.
hooks-test = Send a test
hooks-rotate = Make a new secret
hooks-deliveries = Calls
hooks-deliveries-none = There were none yet.
hooks-waiting = { $count ->
    [0] No call is waiting to be sent.
    [one] 1 call is waiting to be sent.
   *[other] { $count } calls are waiting to be sent.
}
hooks-done = arrived
hooks-due = waits
hooks-again-later = is tried again
hooks-delivery-given-up = given up
hooks-attempts = { $count ->
    [one] { $count } attempt
   *[other] { $count } attempts
}
hooks-next = Next attempt: { $when }
hooks-tried = Last attempt
hooks-millis = { $millis } ms
hooks-answer = Answer
hooks-again = Send again
hooks-body = What is sent
hooks-change = Change it
hooks-change-note = Switched on, it is told what happens from then on.
hooks-save = Save
hooks-remove = Remove the webhook
hooks-remove-note = It goes at once, with the calls that wait.
