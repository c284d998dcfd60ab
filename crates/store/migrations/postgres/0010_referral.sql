-- Reports handed to partner agencies. All of it follows from the evidence of the report; the texts stand there as digests.

CREATE TABLE referral (no BIGINT NOT NULL, n BIGINT NOT NULL, agency TEXT NOT NULL, basis TEXT NOT NULL, channel TEXT NOT NULL,
    state TEXT NOT NULL, prepared_at BIGINT NOT NULL, sent_at BIGINT, due BIGINT, outcome TEXT, tell BOOLEAN NOT NULL,
    PRIMARY KEY (no, n));
CREATE INDEX referral_due ON referral (due) WHERE due IS NOT NULL;
CREATE INDEX referral_agency ON referral (agency, no, n);
CREATE INDEX referral_tell ON referral (no) WHERE tell;

-- An agency's reference, its words, how it was asked again; version: of the event. Goes when what people wrote is erased.
CREATE TABLE referral_text (no BIGINT NOT NULL, version BIGINT NOT NULL, salt BYTEA NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (no, version));

-- The agency that fetches with a key, if it is one's.
ALTER TABLE api_key ADD COLUMN agency TEXT;
