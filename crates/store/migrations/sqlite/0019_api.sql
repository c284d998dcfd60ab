-- What machines do in an officer's name, and what is told to machines.

-- Tokens of officers. tag: keyed hash of the token. until: end of its life; used_on: day of its last use, as days since 1970.
-- All but the name follows from the evidence.
CREATE TABLE token (id TEXT PRIMARY KEY NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, tag BLOB NOT NULL,
    acts BOOLEAN NOT NULL, created_at BIGINT NOT NULL, until BIGINT NOT NULL, used_on BIGINT, ended_at BIGINT);
CREATE UNIQUE INDEX token_tag ON token (tag);
CREATE INDEX token_account ON token (account, created_at);

-- Who is told what by a call of theirs. events: JSON list of kinds. secret, old_secret: wrapped under the installation's key; the
-- old one signs beside it until old_until. cursor: the entry of the log that is looked at next. wait_until: nothing is sent before.
-- failing_since: nothing has arrived since; off_why: why it was switched off by the machine.
CREATE TABLE webhook (id TEXT PRIMARY KEY NOT NULL, url TEXT NOT NULL, description TEXT NOT NULL, events TEXT NOT NULL,
    live BOOLEAN NOT NULL, secret BLOB NOT NULL, old_secret BLOB, old_until BIGINT, created_at BIGINT NOT NULL,
    cursor BIGINT NOT NULL, wait_until BIGINT NOT NULL, failing_since BIGINT, off_why TEXT, version BIGINT NOT NULL);

-- What goes to them. id: the same at every attempt. Times of what is about an anonymous report are kept to the hour.
CREATE TABLE webhook_delivery (webhook TEXT NOT NULL, id TEXT NOT NULL, n BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    made_at BIGINT NOT NULL, state TEXT NOT NULL, next_at BIGINT NOT NULL, attempts BIGINT NOT NULL, tried_at BIGINT, millis BIGINT,
    status BIGINT, fault TEXT, answer TEXT, PRIMARY KEY (webhook, id));
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, state, next_at);
CREATE INDEX webhook_delivery_made ON webhook_delivery (webhook, n);
