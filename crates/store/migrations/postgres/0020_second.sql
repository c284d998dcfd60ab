-- What waits for a second officer. The SQLite folder holds the same tables with the same columns; a test compares them.

-- A program that sends one request twice begins one selection.
ALTER TABLE bulk ADD COLUMN once BYTEA;
CREATE UNIQUE INDEX bulk_once ON bulk (once) WHERE once IS NOT NULL;

-- Mail about the reply of a decision on a cluster, where it reaches many reporters. All of it follows from the evidence, but who took
-- the decision, which stands there with it.
CREATE TABLE cluster_mail (
    decision BIGINT PRIMARY KEY NOT NULL,
    head BIGINT NOT NULL,                 -- the cluster that it was taken for
    account TEXT NOT NULL,                -- who took it
    asked_at BIGINT NOT NULL,
    stage TEXT NOT NULL,                  -- asked, doing (agreed to), declined
    second TEXT                           -- who agreed or declined
);
CREATE INDEX cluster_mail_asked ON cluster_mail (decision) WHERE stage = 'asked';
-- Messages whose reporters are not told by mail before somebody agreed.
CREATE TABLE cluster_held (decision BIGINT NOT NULL, report BIGINT NOT NULL, message BIGINT NOT NULL,
    PRIMARY KEY (decision, report));
CREATE INDEX cluster_held_report ON cluster_held (report);
