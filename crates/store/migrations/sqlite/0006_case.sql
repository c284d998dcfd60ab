-- Cases. All of it follows from the evidence of the case and its texts. (CASE itself is a word of SQL.)

CREATE TABLE case_head (
    no INTEGER PRIMARY KEY NOT NULL,      -- without gaps, so that one that is missing is missed
    opened_at BIGINT NOT NULL,
    title TEXT NOT NULL,                  -- that of now, as in case_text
    owner TEXT,
    rank BIGINT NOT NULL,                 -- 1 is the most severe, 6 the least, 9 not judged yet
    severity TEXT,                        -- SCHEME/LEVEL
    tlp TEXT NOT NULL,
    pap TEXT NOT NULL,
    state TEXT NOT NULL,                  -- open, on_hold, closed
    until BIGINT,                         -- on hold until then
    reports BIGINT NOT NULL,              -- linked ones
    tasks BIGINT NOT NULL,                -- not done yet
    changed_at BIGINT NOT NULL,
    once BLOB NOT NULL UNIQUE,            -- a form that comes twice opens one case
    version BIGINT NOT NULL               -- events so far
);
CREATE INDEX case_head_rank ON case_head (rank, no DESC) WHERE state <> 'closed';
CREATE INDEX case_head_owner ON case_head (owner, no DESC) WHERE state <> 'closed';
CREATE TABLE case_text (no BIGINT NOT NULL, n BIGINT NOT NULL, salt BLOB NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (no, n));
CREATE TABLE case_report (no BIGINT NOT NULL, report BIGINT NOT NULL, PRIMARY KEY (no, report)) WITHOUT ROWID;
CREATE INDEX case_report_report ON case_report (report, no);
CREATE TABLE case_clock (no BIGINT NOT NULL, clock TEXT NOT NULL, due BIGINT NOT NULL, paused BOOLEAN NOT NULL,
    ended BOOLEAN NOT NULL, state TEXT NOT NULL,    -- the clock whole, JSON
    PRIMARY KEY (no, clock)) WITHOUT ROWID;
CREATE INDEX case_clock_due ON case_clock (paused, due) WHERE NOT ended;

ALTER TABLE evidence ADD COLUMN case_no BIGINT;
CREATE INDEX evidence_case ON evidence (case_no, idx) WHERE case_no IS NOT NULL;
