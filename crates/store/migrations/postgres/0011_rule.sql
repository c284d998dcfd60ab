-- Rules of the desk: what officers wrote, how it was tried out, and which report each one touched.

-- Where each stands; all of it follows from the events about it.
CREATE TABLE rule (
    no BIGINT PRIMARY KEY NOT NULL,      -- without gaps, so that one that is missing is missed
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    version BIGINT NOT NULL,
    replies BOOLEAN NOT NULL,
    stage TEXT NOT NULL,                  -- draft, tried, asked, on
    tried_at BIGINT,
    touched BIGINT,
    asked_by TEXT,
    on_version BIGINT,
    stopped_at BIGINT,
    steps BIGINT NOT NULL
);
-- What happened to each, as the log has it: the log itself is not ordered by rules.
CREATE TABLE rule_step (no BIGINT NOT NULL, n BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (no, n));
-- What versions say (the log has the digest of salt and content), and the result of their newest dry run.
CREATE TABLE rule_version (no BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, account TEXT NOT NULL,
    salt BYTEA NOT NULL, content TEXT NOT NULL, trial_salt BYTEA, trial TEXT, PRIMARY KEY (no, version));
-- Reports that rules touched; follows from the evidence of the report. asks: a person is to look, and nobody has; opens: a
-- case is still to be opened.
CREATE TABLE rule_hit (no BIGINT NOT NULL, rule BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL,
    asks BOOLEAN NOT NULL, opens BOOLEAN NOT NULL, PRIMARY KEY (no, rule));
CREATE INDEX rule_hit_at ON rule_hit (rule, at, no);
CREATE INDEX rule_hit_asks ON rule_hit (no) WHERE asks;
CREATE INDEX rule_hit_opens ON rule_hit (no) WHERE opens;
-- Up to which report all were looked at, and which were beyond it.
CREATE TABLE rule_mark (id BIGINT PRIMARY KEY NOT NULL, report BIGINT NOT NULL);
CREATE TABLE rule_seen (report BIGINT PRIMARY KEY NOT NULL);
