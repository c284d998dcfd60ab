-- Files of cases. text: the number of the case's text that holds name and note. sha256 is NULL once the file went for good: the bytes
-- and their key go when nothing else names them. All of it follows from the evidence of the case. doer and rule: of the end.

CREATE TABLE case_file (no BIGINT NOT NULL, text BIGINT NOT NULL, sha256 TEXT, size BIGINT NOT NULL, media_type TEXT NOT NULL,
    removed_at BIGINT, gone_at BIGINT, doer TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (no, text)) WITHOUT ROWID;
CREATE INDEX case_file_sha256 ON case_file (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX case_file_removed ON case_file (removed_at) WHERE removed_at IS NOT NULL AND gone_at IS NULL;
CREATE INDEX case_file_gone ON case_file (gone_at, no, text) WHERE gone_at IS NOT NULL;
