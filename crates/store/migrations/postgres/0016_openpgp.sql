-- OpenPGP keys of reporters, and how mail left.

-- All follows from the evidence of the report; the record (fingerprint and key, as JSON) stands there as a digest with its salt.
-- It names its owner: empty once the contact details were erased. By whom a key was confirmed, or taken out of use, and when.
CREATE TABLE report_key (no BIGINT NOT NULL, n BIGINT NOT NULL, source TEXT NOT NULL, at BIGINT NOT NULL, doer TEXT NOT NULL,
    salt BYTEA NOT NULL, record TEXT NOT NULL, confirmed_at BIGINT, confirmed_by TEXT, dropped_at BIGINT, dropped_by TEXT,
    PRIMARY KEY (no, n));

-- 'encrypted' (and signed), 'signed'; NULL is plain.
ALTER TABLE mail_sent ADD COLUMN seal TEXT;
