-- The strategy office. The SQLite folder holds the same tables with the same columns; a test compares them.

-- For which organisation of which plan an account files returns, and where it is reminded of what is due.
CREATE TABLE plan_seat (plan TEXT NOT NULL, account TEXT NOT NULL, owner TEXT NOT NULL, mail TEXT, reminded_at BIGINT,
    PRIMARY KEY (plan, account, owner));

-- What organisations filed, and dissent. salt, body, reason_salt and reason stand as digests in the evidence log; the rest
-- follows from the body and the log.
CREATE TABLE plan_return (
    id TEXT PRIMARY KEY NOT NULL,         -- plan/no, so that each number is given once
    plan TEXT NOT NULL,
    no BIGINT NOT NULL,
    owner TEXT NOT NULL,
    account TEXT NOT NULL,
    about TEXT NOT NULL,                  -- what it is on, for lists
    dissent BOOLEAN NOT NULL,
    filed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    corrects BIGINT,
    corrected_by BIGINT,
    decided_at BIGINT,
    decided_by TEXT,
    salt BYTEA NOT NULL,
    body TEXT NOT NULL,
    reason_salt BYTEA,
    reason TEXT
);
CREATE INDEX plan_return_plan ON plan_return (plan, no);
CREATE TABLE plan_file (plan TEXT NOT NULL, no BIGINT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL,
    media_type TEXT NOT NULL, name TEXT NOT NULL, publish BOOLEAN NOT NULL, PRIMARY KEY (plan, no, sha256));
CREATE INDEX plan_file_sha256 ON plan_file (sha256);

CREATE TABLE plan_signature (plan TEXT NOT NULL, digest TEXT NOT NULL, role TEXT NOT NULL, account TEXT NOT NULL,
    at BIGINT NOT NULL, PRIMARY KEY (plan, digest, role));

-- Publications. note signs the manifest; bundle is a zip archive of the whole bundle, the way it was published.
CREATE TABLE plan_version (
    id TEXT PRIMARY KEY NOT NULL,         -- plan/no
    plan TEXT NOT NULL,
    no BIGINT NOT NULL,
    at BIGINT NOT NULL,
    edition TEXT NOT NULL,
    digest TEXT NOT NULL,                 -- of the working copy that was signed off
    manifest TEXT NOT NULL,               -- its digest
    note TEXT NOT NULL,
    bundle BYTEA NOT NULL,
    log_index BIGINT                      -- of its line in the evidence log; known once that is written
);
CREATE INDEX plan_version_plan ON plan_version (plan, no);
-- Files that may be read by everybody since a publication.
CREATE TABLE plan_evidence (plan TEXT NOT NULL, sha256 TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (plan, sha256));
