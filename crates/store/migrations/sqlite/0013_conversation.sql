-- The conversation with reporters by mail.

-- Mails that came on a report's thread. All but "seen" follows from the evidence of the report; head and text stand there as
-- digests. sha256 names the message kept whole, NULL once it was erased; seen: keyed hash of what tells a message from others.
CREATE TABLE report_mail (no BIGINT NOT NULL, n BIGINT NOT NULL, sort TEXT NOT NULL, message BIGINT, at BIGINT NOT NULL,
    sha256 TEXT, seen BLOB NOT NULL, salt BLOB NOT NULL, head TEXT NOT NULL, text_salt BLOB NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (no, n)) WITHOUT ROWID;
CREATE INDEX report_mail_sha256 ON report_mail (sha256) WHERE sha256 IS NOT NULL;

-- Mails that we sent about reports, by their Message-ID; address: keyed hash of where they went, refs: the Message-IDs before.
-- Both go with the contact details. message: the officer's message that it is about; status: why it did not arrive.
CREATE TABLE mail_sent (id TEXT PRIMARY KEY NOT NULL, no BIGINT NOT NULL, notice TEXT NOT NULL, message BIGINT,
    at BIGINT NOT NULL, address BLOB, refs TEXT NOT NULL, bounced_at BIGINT, status TEXT) WITHOUT ROWID;
CREATE INDEX mail_sent_no ON mail_sent (no, at);
CREATE INDEX mail_sent_address ON mail_sent (address, at) WHERE address IS NOT NULL;
