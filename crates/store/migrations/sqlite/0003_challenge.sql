-- Challenges of figures. What lists show follows from challenge_body and the evidence of the challenge.

CREATE TABLE challenge (
    no INTEGER PRIMARY KEY NOT NULL,      -- without gaps, so that one that is missing is missed
    received_at BIGINT NOT NULL,          -- the hour
    due_at BIGINT NOT NULL,
    plan TEXT NOT NULL,
    edition TEXT NOT NULL,
    figure TEXT NOT NULL,
    language TEXT NOT NULL,
    set_aside BOOLEAN NOT NULL,           -- likely from a machine, and not looked at yet
    words TEXT NOT NULL,                  -- hidden, shown, withheld
    answered_at BIGINT,                   -- the first answer
    outcome TEXT,                         -- of the answer that counts
    secret BLOB NOT NULL UNIQUE,          -- HMAC of what opens its receipt for the sender
    version BIGINT NOT NULL               -- events so far
);
CREATE INDEX challenge_figure ON challenge (plan, figure, no DESC);
CREATE INDEX challenge_open ON challenge (no) WHERE answered_at IS NULL;
CREATE TABLE challenge_body (no INTEGER PRIMARY KEY NOT NULL, salt BLOB NOT NULL, body TEXT NOT NULL);
CREATE TABLE challenge_contact (no INTEGER PRIMARY KEY NOT NULL, salt BLOB NOT NULL, contact TEXT NOT NULL);

ALTER TABLE evidence ADD COLUMN challenge BIGINT;
CREATE INDEX evidence_challenge ON evidence (challenge, idx) WHERE challenge IS NOT NULL;
