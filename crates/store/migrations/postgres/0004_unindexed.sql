-- Words of reports that the full-text index does not have yet: a report is committed with them here, and they move
-- there in a quiet moment, or when somebody searches.

CREATE TABLE report_unindexed (no BIGINT PRIMARY KEY NOT NULL, text TEXT NOT NULL);
