-- Constituents: the organisations that the team serves.

-- manual: looked after here, so that no import touches it. source, key: which import brings it, and what that knows it by. version:
-- counts changes. name, sector, due (day since 1970 on which a contact is to be confirmed), bounced, contacts (how many), words (what it
-- is searched by, folded) follow from facts and people. facts: JSON, all but contacts. people: JSON, the contacts. salt: of the digests of
-- both in the log; another one with each change.
CREATE TABLE constituent (no BIGINT PRIMARY KEY NOT NULL, manual BOOLEAN NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL,
    version BIGINT NOT NULL, name TEXT NOT NULL, sector TEXT, due BIGINT, bounced BOOLEAN NOT NULL, contacts BIGINT NOT NULL,
    words TEXT NOT NULL, salt BYTEA NOT NULL, facts TEXT NOT NULL, people TEXT NOT NULL);
CREATE INDEX constituent_source ON constituent (source, key);

-- What happened to it, n counted from 1. event: as the log has it.
CREATE TABLE constituent_step (no BIGINT NOT NULL, n BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (no, n));

-- One row: how often any of it changed, so that what is kept in memory is known to be stale; and the next number.
CREATE TABLE constituent_mark (id BIGINT PRIMARY KEY NOT NULL, generation BIGINT NOT NULL, next_no BIGINT NOT NULL);
