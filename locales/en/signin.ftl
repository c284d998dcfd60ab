# Ways to sign in beside the password: passkeys, and an OpenID Connect provider.

passkey-one = Passkey
passkey-title = Passkeys
passkey-signin = Sign in with a passkey
passkey-what = A passkey opens the desk with your finger, your face or the PIN of your device. It takes the place of password and code together, and works on this site only, so nobody can trick you into giving it away.
passkey-none = You have no passkeys yet.
passkey-name = Name of the passkey
passkey-name-hint = So that you know it again, such as the name of the device.
passkey-name-form = Enter a name of at most 60 characters.
passkey-added = Added
passkey-unused = Not used yet
passkey-change = Change
passkey-rename = Rename
passkey-remove = Remove passkey
passkey-add = Add a passkey
passkey-suspect = Stopped
passkey-suspect-note = A stopped passkey may have a copy: its counter went backwards. It lets nobody in. Remove it, add a new one, and tell your security contact.
passkey-many = You have 20 passkeys, which is as many as there can be. Remove one first.
passkey-failed = The passkey was not used. If you did not stop it yourself, try again or use another way.
passkey-wrong = This passkey was not accepted. Use another one or another way to sign in.
passkey-not-added = The passkey was not added: what the device said does not hold. Try again.
passkey-ended = This took too long, or was done already. Try again.
passkey-script = Passkeys need scripts, which are off in your browser.
passkey-nowhere = Passkeys cannot be used at this address of the service: browsers take them only at an https address with a name.
passkey-by-ip = Browsers take no passkeys at an address made of numbers. Open the service under its name:
passkey-provider-first = Your account is let in by the sign-in provider. Sign in there first; your passkey is the second step.
passkey-second-title = Use your passkey
passkey-second-why = Your account has no authenticator app, so the second step is your passkey. If you have lost it, ask an administrator to reset your sign-in.

ways-title = Ways to sign in
ways-confirm = Confirm that it is you, to change them
ways-last = This is your last way to sign in. Add another one first.
ways-must-add = Passwords are for emergencies here. Add a passkey or connect your account before you go on; from then on your password is not taken any more.
ways-emergency = A password is taken here only for your first sign-in and for the emergency account. Otherwise use the other ways.

confirm-title = Confirm that it is you
confirm-why = You are about to change how you sign in. This holds for five minutes.
confirm-button = Confirm
confirm-passkey = Confirm with a passkey

oidc-way = sign-in provider
oidc-signin = Sign in with { $name }
oidc-connect = Connect with { $name }
oidc-disconnect = Disconnect
oidc-connected = Connected since { $when }.
oidc-used = Last used { $when }.
oidc-not-connected = Not connected.
oidc-onward = On to { $name }
oidc-arrived = You are back
oidc-failed = Signing in did not work
oidc-no-access = You have no access
oidc-back = Back to the sign-in
oidc-ended = This sign-in took too long, was begun in another browser, or was done already. Begin again.
oidc-unreachable = The sign-in provider cannot be reached, or does not answer as it should. Try again in a few minutes, or use another way. If it stays so, tell whoever runs this service.
oidc-answer = What the sign-in provider said does not hold, so nobody was signed in. Begin again. If it happens again, tell whoever runs this service.
oidc-declined = The sign-in was stopped at the provider. Begin again if you want to sign in.
oidc-no-role = The provider knows you, but none of your groups there gives you a role here. Ask whoever manages the groups. If you had a role before, you were signed out everywhere.
oidc-unknown = The provider knows you, but there is no account for you here. If you have one, sign in to it and connect it on your account page; otherwise ask an administrator.
oidc-closed = Your account here is closed. Ask an administrator.
oidc-taken = That account at the provider belongs to another account here, or yours is connected already. Nothing was changed.

accounts-provider = Signs in at the provider

event-passkey-added = Passkey added
event-passkey-removed = Passkey removed
event-passkey-suspect = Passkey stopped: its counter went backwards
event-oidc-connected = Connected with a sign-in provider
event-oidc-disconnected = Disconnected from a sign-in provider
