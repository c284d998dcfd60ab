-- Ways to sign in beside the password.

-- Passkeys of officers (WebAuthn). cred_id: the authenticator's name for it; credential: JSON of the library that checks
-- assertions: public key and signature counter. suspect_at: when the counter went backwards; it lets nobody in from then on.
CREATE TABLE passkey (id TEXT PRIMARY KEY NOT NULL, account TEXT NOT NULL, cred_id BLOB NOT NULL, name TEXT NOT NULL,
    credential TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT, suspect_at BIGINT, version BIGINT NOT NULL)
    WITHOUT ROWID;
CREATE UNIQUE INDEX passkey_cred_id ON passkey (cred_id);
CREATE INDEX passkey_account ON passkey (account, created_at);

-- Whom an OpenID Connect provider knows an account as. made: the account was made by such a sign-in.
CREATE TABLE identity (issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, made BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL, used_at BIGINT, PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_account ON identity (account, issuer);

-- way: what opened the session; proved_at: when its officer last proved to be who they are, besides signing in.
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN proved_at BIGINT;
