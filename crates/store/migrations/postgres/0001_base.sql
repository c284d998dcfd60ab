-- Base schema. The SQLite folder holds the same tables with the same columns; a test compares them.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- What lists show; everything here follows from report_body and the evidence of the report.
CREATE TABLE report (
    no BIGINT PRIMARY KEY NOT NULL,
    received_at BIGINT NOT NULL,
    quarter BIGINT NOT NULL,              -- year * 10 + quarter, in the country's time zone
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    anonymous BOOLEAN NOT NULL,
    suspect BOOLEAN NOT NULL,
    label TEXT NOT NULL,
    category_reported TEXT NOT NULL,
    category TEXT NOT NULL,
    subtype TEXT,
    severity BIGINT NOT NULL,
    state TEXT NOT NULL,
    assignee TEXT,
    outcome TEXT,
    affected TEXT NOT NULL,
    region TEXT,
    age_band TEXT,
    sector TEXT,
    loss TEXT NOT NULL,                   -- yes, no, not_known
    loss_minor BIGINT,                    -- direct financial loss in the base currency
    title TEXT NOT NULL,
    secret BYTEA NOT NULL,                 -- HMAC of the status secret
    version BIGINT NOT NULL,              -- events so far
    wants_help BOOLEAN NOT NULL           -- the reporter asked for an answer
);
CREATE INDEX report_severity ON report (severity, no DESC) WHERE state <> 'closed';
CREATE INDEX report_category ON report (category, no DESC);
CREATE INDEX report_category_severity ON report (category, severity, no DESC) WHERE state <> 'closed';
CREATE INDEX report_handled ON report (state, no DESC) WHERE state <> 'received';

-- A body of a page or less stays beside its row as it is: squeezing it costs more than writing it.
CREATE TABLE report_body (no BIGINT PRIMARY KEY NOT NULL, salt BYTEA NOT NULL, body TEXT NOT NULL)
    WITH (toast_tuple_target = 8160);
CREATE TABLE report_contact (no BIGINT PRIMARY KEY NOT NULL, salt BYTEA NOT NULL, contact TEXT NOT NULL);
CREATE TABLE report_loss (
    no BIGINT NOT NULL, n BIGINT NOT NULL, kind TEXT NOT NULL, minor BIGINT, currency TEXT, base_minor BIGINT,
    certainty TEXT NOT NULL, recovered_minor BIGINT,
    PRIMARY KEY (no, n)
);
CREATE TABLE report_consent (no BIGINT NOT NULL, agency TEXT NOT NULL, given BOOLEAN NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (no, agency));
CREATE TABLE report_file (no BIGINT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL, media_type TEXT NOT NULL,
    name TEXT, at BIGINT NOT NULL, PRIMARY KEY (no, sha256));
CREATE INDEX report_file_sha256 ON report_file (sha256);
CREATE TABLE message (no BIGINT NOT NULL, n BIGINT NOT NULL, author TEXT, at BIGINT NOT NULL, waits BOOLEAN NOT NULL,
    salt BYTEA NOT NULL, text TEXT NOT NULL, PRIMARY KEY (no, n));
-- The words of a report, already folded so that both databases find the same, and one for each of its observables: what
-- reports share is found here.
CREATE TABLE report_fts (no BIGINT PRIMARY KEY NOT NULL, text tsvector NOT NULL);
CREATE INDEX report_fts_text ON report_fts USING gin (text);

CREATE TABLE idempotency (key BYTEA PRIMARY KEY NOT NULL, request BYTEA NOT NULL, report BIGINT NOT NULL, at BIGINT NOT NULL);

CREATE TABLE evidence (idx BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL, report BIGINT, salt BYTEA NOT NULL,
    event TEXT NOT NULL,
    entry BYTEA NOT NULL);                  -- SHA-256(salt, event), so that a changed row can be told from its neighbours
CREATE INDEX evidence_report ON evidence (report, idx) WHERE report IS NOT NULL;
CREATE TABLE log_node (level BIGINT NOT NULL, n BIGINT NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY (level, n));
-- before: size at the checkpoint before, so that one taken out of the row is missed
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY NOT NULL, before BIGINT NOT NULL, note TEXT NOT NULL);

-- Publications of the public figures, one a day at most; "figures" is what everybody may read, "basis" the small counts behind
-- it, which the next publication is held against.
CREATE TABLE figures_snapshot (day BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL, log_size BIGINT NOT NULL,
    definitions TEXT NOT NULL, figures TEXT NOT NULL, basis TEXT NOT NULL);

CREATE TABLE draft (id BYTEA PRIMARY KEY NOT NULL, progress TEXT NOT NULL, updated_at BIGINT NOT NULL);
CREATE INDEX draft_updated ON draft (updated_at);
CREATE TABLE blob (sha256 TEXT PRIMARY KEY NOT NULL, size BIGINT NOT NULL, media_type TEXT NOT NULL, key BYTEA NOT NULL,
    at BIGINT NOT NULL);

CREATE TABLE account (
    id TEXT PRIMARY KEY NOT NULL, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    password TEXT NOT NULL, totp BYTEA, totp_step BIGINT NOT NULL, recovery TEXT NOT NULL,
    must_change BOOLEAN NOT NULL, disabled BOOLEAN NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE TABLE session (
    id BYTEA PRIMARY KEY NOT NULL, account TEXT NOT NULL, public_id TEXT NOT NULL, agent TEXT NOT NULL,
    stage TEXT NOT NULL, csrf BYTEA NOT NULL, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE TABLE api_key (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, token BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL, revoked_at BIGINT);

CREATE TABLE job (
    id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
    run_at BIGINT NOT NULL, attempts BIGINT NOT NULL, error TEXT, created_at BIGINT NOT NULL
);
CREATE INDEX job_due ON job (state, run_at);

-- Reports by mail that were answered with their status link; the address as HMAC, for an hour.
CREATE TABLE mail_answer (no BIGINT PRIMARY KEY NOT NULL, address BYTEA, at BIGINT NOT NULL);
CREATE INDEX mail_answer_address ON mail_answer (address, at) WHERE address IS NOT NULL;
