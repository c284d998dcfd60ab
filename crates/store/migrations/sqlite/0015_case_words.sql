-- Words of cases: titles, notes, rows, tasks and assets, one document a case.

CREATE VIRTUAL TABLE case_fts USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='ascii');
ALTER TABLE case_head ADD COLUMN found BIGINT NOT NULL DEFAULT 0;   -- its words are in the index as of this version
CREATE INDEX case_head_found ON case_head (no) WHERE found = 0;
