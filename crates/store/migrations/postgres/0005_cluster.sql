-- Clusters: reports that look alike. All of it but the signatures, their keys and the mark follows from the evidence of the
-- clusters; signatures are made from the reports, and can be made anew.

-- How far: newest action, newest number of a cluster, and the report up to which all have been looked at.
CREATE TABLE cluster_mark (id BIGINT PRIMARY KEY NOT NULL, action BIGINT NOT NULL, cluster BIGINT NOT NULL, report BIGINT NOT NULL);
CREATE TABLE cluster (
    id BIGINT PRIMARY KEY NOT NULL,
    head BIGINT NOT NULL,                 -- the one it is linked to in the end; itself if to none
    link BIGINT,                          -- the one it is linked to
    decision BIGINT,                      -- that was taken for it and holds
    size BIGINT NOT NULL,                 -- reports of it and of all linked to it; 0 where it is no head
    newest BIGINT NOT NULL                -- the highest number of these
);
CREATE INDEX cluster_newest ON cluster (newest DESC, size) WHERE head = id;
CREATE TABLE cluster_member (
    report BIGINT PRIMARY KEY NOT NULL,
    cluster BIGINT NOT NULL,
    head BIGINT NOT NULL,
    severity BIGINT NOT NULL,             -- as it came
    served BIGINT,                        -- the decision that was applied to it
    why TEXT NOT NULL,                    -- why it joined, JSON
    at BIGINT NOT NULL,                   -- when it was received
    rules BIGINT NOT NULL,                -- version of the rules by which the signature was made
    signature BYTEA NOT NULL,
    things TEXT NOT NULL                  -- its observables without the reporter's own, JSON, so that lists load no bodies
);
CREATE INDEX cluster_member_head ON cluster_member (head, report DESC);
CREATE INDEX cluster_member_rules ON cluster_member (rules);
CREATE TABLE cluster_key (key BIGINT NOT NULL, report BIGINT NOT NULL, PRIMARY KEY (key, report));
CREATE INDEX cluster_key_report ON cluster_key (report);
-- Which actions are about which clusters.
CREATE TABLE cluster_touch (cluster BIGINT NOT NULL, action BIGINT NOT NULL, PRIMARY KEY (cluster, action));
CREATE INDEX cluster_touch_action ON cluster_touch (action);
CREATE TABLE cluster_decision (no BIGINT PRIMARY KEY NOT NULL, what TEXT NOT NULL, reply TEXT);
-- id: SHA-256 of salt and text, hexadecimal, so that the evidence pins the words.
CREATE TABLE cluster_reply (id TEXT PRIMARY KEY NOT NULL, salt BYTEA NOT NULL, text TEXT NOT NULL);
-- What a decision does to a report, from a moment on, as long as it is the one that holds for it.
CREATE TABLE cluster_due (report BIGINT NOT NULL, decision BIGINT NOT NULL, run_at BIGINT NOT NULL, account TEXT,
    done BOOLEAN NOT NULL, PRIMARY KEY (report, decision));
CREATE INDEX cluster_due_open ON cluster_due (run_at) WHERE NOT done;
CREATE INDEX cluster_due_decision ON cluster_due (decision);

ALTER TABLE evidence ADD COLUMN cluster_action BIGINT;
CREATE INDEX evidence_cluster ON evidence (cluster_action, idx) WHERE cluster_action IS NOT NULL;
