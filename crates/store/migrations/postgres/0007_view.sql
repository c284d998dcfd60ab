-- Search, saved views, and what officers know of observables. The SQLite folder holds the same tables with the same
-- columns; a test compares them.

-- Whose reports: nothing at receipt, since a new report is nobody's.
CREATE INDEX report_assignee ON report (assignee, no DESC) WHERE assignee IS NOT NULL;

-- Search lines under a name. The log names them by id only: they are settings, and are deleted for good.
CREATE TABLE saved_view (
    id TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    severe BOOLEAN NOT NULL,
    shared BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_view_account ON saved_view (account);
CREATE INDEX saved_view_shared ON saved_view (created_at) WHERE shared;

-- Observables that officers wrote about. The log has salt, kind and value as a digest; the rest follows from the steps.
CREATE TABLE observable (
    no BIGINT PRIMARY KEY NOT NULL,      -- without gaps, so that one that is missing is missed
    key TEXT NOT NULL UNIQUE,             -- SHA-256 of kind, a zero byte and value, hexadecimal
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    salt BYTEA NOT NULL,
    block TEXT NOT NULL,                  -- no, asked, agreed
    asked_by TEXT,
    block_at BIGINT,
    version BIGINT NOT NULL               -- steps so far
);
CREATE INDEX observable_block ON observable (block, no) WHERE block <> 'no';
-- Notes and decisions, as the log has them; of a note the text, which stands there as a digest.
CREATE TABLE observable_step (no BIGINT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, account TEXT NOT NULL,
    what TEXT NOT NULL, corrects BIGINT, salt BYTEA, text TEXT, PRIMARY KEY (no, n));
