-- OpenPGP keys of partner agencies that leads brought: armoured, with fingerprint; by whom it was brought, whether its fingerprint was
-- compared and by whom, and whether it was taken out of use. All of it follows from the evidence; digest: SHA-256 of the key.

CREATE TABLE agency_key (agency TEXT NOT NULL, n BIGINT NOT NULL, fingerprint TEXT NOT NULL, key TEXT NOT NULL, at BIGINT NOT NULL,
    doer TEXT NOT NULL, confirmed_at BIGINT, confirmed_by TEXT, dropped_at BIGINT, dropped_by TEXT,
    PRIMARY KEY (agency, n)) WITHOUT ROWID;
