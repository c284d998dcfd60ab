-- What was reported of losses and consents stands in the report's own row until something of it changes. The SQLite folder holds the
-- same.

-- JSON, [kind, minor, currency, base_minor, certainty, recovered_minor] for each; NULL: none, or they have rows in report_loss.
ALTER TABLE report ADD COLUMN losses TEXT;
-- JSON, the time and then the agencies; NULL: none, or they have rows in report_consent.
ALTER TABLE report ADD COLUMN consents TEXT;

CREATE VIEW kept_loss AS
    SELECT r.no, e.n - 1 AS n, e.loss ->> 0 AS kind, CAST(e.loss ->> 1 AS BIGINT) AS minor, e.loss ->> 2 AS currency,
        CAST(e.loss ->> 3 AS BIGINT) AS base_minor, e.loss ->> 4 AS certainty, CAST(e.loss ->> 5 AS BIGINT) AS recovered_minor
    FROM report r, json_array_elements(CAST(r.losses AS JSON)) WITH ORDINALITY AS e(loss, n)
    WHERE r.losses IS NOT NULL;
CREATE VIEW kept_consent AS
    SELECT r.no, e.agency, TRUE AS given, CAST(CAST(r.consents AS JSON) ->> 0 AS BIGINT) AS at
    FROM report r, json_array_elements_text(CAST(r.consents AS JSON)) WITH ORDINALITY AS e(agency, n)
    WHERE r.consents IS NOT NULL AND e.n > 1;
