-- Tokens by which owners of machines fetch what they were told. tag: keyed hash of the token. until: end of its life; used_on: day of its
-- last use, as days since 1970. All but the name follows from the evidence.
CREATE TABLE pull_token (id TEXT PRIMARY KEY NOT NULL, owner BIGINT NOT NULL, name TEXT NOT NULL, tag BYTEA NOT NULL,
    created_at BIGINT NOT NULL, until BIGINT NOT NULL, used_on BIGINT, ended_at BIGINT);
CREATE UNIQUE INDEX pull_token_tag ON pull_token (tag);
CREATE INDEX pull_token_owner ON pull_token (owner, created_at);
-- Notices in the order in which they left.
CREATE INDEX notice_left ON notice (owner, sent_at, no) WHERE sent_at IS NOT NULL;
