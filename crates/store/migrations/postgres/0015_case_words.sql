-- Words of cases: titles, notes, rows, tasks and assets, one document a case.

CREATE TABLE case_fts (no BIGINT PRIMARY KEY NOT NULL, text TSVECTOR NOT NULL);
CREATE INDEX case_fts_text ON case_fts USING gin (text);
ALTER TABLE case_head ADD COLUMN found BIGINT NOT NULL DEFAULT 0;   -- its words are in the index as of this version
CREATE INDEX case_head_found ON case_head (no) WHERE found = 0;
