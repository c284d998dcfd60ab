-- What is done to a selection of reports. The SQLite folder holds the same tables with the same columns; a test compares them.
-- Notes for the work: what was done to each report is in its own evidence, written in the same transaction as its line here.

CREATE TABLE bulk (
    no BIGINT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    deeds TEXT NOT NULL,                  -- JSON
    texts TEXT,                           -- JSON, words to the reporters by language; gone once nobody is to get them any more
    stage TEXT NOT NULL,
    second TEXT,                          -- who agreed or declined
    undone_by TEXT
);
CREATE INDEX bulk_stage ON bulk (stage, no) WHERE stage IN ('asked', 'doing', 'undoing');

CREATE TABLE bulk_report (
    bulk BIGINT NOT NULL,
    report BIGINT NOT NULL,
    version BIGINT NOT NULL,              -- as it was when it was chosen
    fate TEXT NOT NULL,
    first BIGINT,                         -- numbers of the events by which it was done
    last BIGINT,
    PRIMARY KEY (bulk, report)
);
