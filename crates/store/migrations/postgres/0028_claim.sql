-- Claims: organisations ask to be told about what is theirs, and contacts ask for changes of what we know.

-- state: unproved, waiting, settled, refused. owner, contact: whose contact asks; of a first claim, what it became. mailbox: keyed hash of
-- the address, to know it by. steps: events about it in the log; none before its mailbox is proved. wish, answer: JSON; the log has digests of
-- salt and these. wish is empty once it had its time.
CREATE TABLE claim (no BIGINT PRIMARY KEY NOT NULL, state TEXT NOT NULL, owner BIGINT, contact BIGINT, mailbox BYTEA NOT NULL,
    made_at BIGINT NOT NULL, at BIGINT NOT NULL, steps BIGINT NOT NULL, salt BYTEA NOT NULL, wish TEXT NOT NULL, answer TEXT NOT NULL);
CREATE INDEX claim_state ON claim (state, no);
CREATE INDEX claim_owner ON claim (owner, state);

-- How often a contact was asked whether it is right, since it is due on that day (days since 1970); on which day last; mail: Message-ID of
-- that mail, empty before it left.
CREATE TABLE contact_ask (owner BIGINT NOT NULL, contact BIGINT NOT NULL, due BIGINT NOT NULL, round BIGINT NOT NULL, day BIGINT NOT NULL,
    mail TEXT NOT NULL, PRIMARY KEY (owner, contact));
CREATE INDEX contact_ask_mail ON contact_ask (mail);
