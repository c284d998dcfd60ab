-- What was taken over from other systems.

-- False: imported, and left out of the public figures. Follows from the evidence of the report.
ALTER TABLE report ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;

-- Entries of old threads. All but "seen" follows from the evidence of the report; head and text stand there as digests.
-- happened: when the source says that it was; seen: keyed hash of what tells an entry from others.
CREATE TABLE report_old (no BIGINT NOT NULL, n BIGINT NOT NULL, happened BIGINT NOT NULL, at BIGINT NOT NULL, sort TEXT NOT NULL,
    seen BLOB NOT NULL, salt BLOB NOT NULL, head TEXT NOT NULL, text_salt BLOB NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (no, n)) WITHOUT ROWID;

-- Numbers by which other systems knew reports. They are never erased.
CREATE TABLE old_ref (source TEXT NOT NULL, number TEXT NOT NULL, no BIGINT NOT NULL, PRIMARY KEY (source, number)) WITHOUT ROWID;
CREATE INDEX old_ref_no ON old_ref (no);
CREATE INDEX old_ref_number ON old_ref (number);
