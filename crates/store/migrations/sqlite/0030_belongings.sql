-- What was reported of losses and consents stands in the report's own row until something of it changes. The PostgreSQL folder holds
-- the same.

-- JSON, [kind, minor, currency, base_minor, certainty, recovered_minor] for each; NULL: none, or they have rows in report_loss.
ALTER TABLE report ADD COLUMN losses TEXT;
-- JSON, the time and then the agencies; NULL: none, or they have rows in report_consent.
ALTER TABLE report ADD COLUMN consents TEXT;

CREATE VIEW kept_loss AS
    SELECT r.no, e.key AS n, e.value ->> 0 AS kind, e.value ->> 1 AS minor, e.value ->> 2 AS currency,
        e.value ->> 3 AS base_minor, e.value ->> 4 AS certainty, e.value ->> 5 AS recovered_minor
    FROM report r, json_each(r.losses) e
    WHERE r.losses IS NOT NULL;
CREATE VIEW kept_consent AS
    SELECT r.no, e.value AS agency, TRUE AS given, r.consents ->> 0 AS at
    FROM report r, json_each(r.consents) e
    WHERE r.consents IS NOT NULL AND e.key > 0;
