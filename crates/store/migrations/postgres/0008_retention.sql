-- How long what reports hold is kept: what is closed since when, legal holds, and what was erased. All of it follows from
-- the evidence of the report; the reasons stand there as digests.

ALTER TABLE report ADD COLUMN held_until BIGINT;                    -- on legal hold; the highest number: until lifted
ALTER TABLE report ADD COLUMN bare BOOLEAN NOT NULL DEFAULT FALSE;  -- what people wrote was erased

CREATE TABLE report_closed (no BIGINT PRIMARY KEY, at BIGINT NOT NULL);
INSERT INTO report_closed (no, at)
    SELECT r.no, max(e.at) FROM report r JOIN evidence e ON e.report = r.no
    WHERE r.state = 'closed' AND e.event LIKE '%"kind":"closed"%' GROUP BY r.no;

-- Why a report was held, or is no longer; version: of the event.
CREATE TABLE report_reason (no BIGINT NOT NULL, version BIGINT NOT NULL, salt BYTEA NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (no, version));

-- The register of what was erased. rule is empty for what was erased by hand, rules the version of the rules.
CREATE TABLE report_erased (no BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, part TEXT NOT NULL,
    rule TEXT NOT NULL, rules BIGINT NOT NULL, doer TEXT NOT NULL, PRIMARY KEY (no, version));
CREATE INDEX report_erased_at ON report_erased (at, no, version);
INSERT INTO report_erased (no, version, at, part, rule, rules, doer)
    SELECT e.report, (SELECT count(*) FROM evidence b WHERE b.report = e.report AND b.idx <= e.idx), e.at, 'contact', '', 0,
        CASE WHEN json_typeof(CAST(e.event AS JSON) -> 'by') = 'string' THEN CAST(e.event AS JSON) ->> 'by'
             WHEN CAST(e.event AS JSON) -> 'by' ->> 'user' IS NOT NULL THEN 'user:' || (CAST(e.event AS JSON) -> 'by' ->> 'user')
             ELSE 'key:' || (CAST(e.event AS JSON) -> 'by' ->> 'api_key') END
    FROM evidence e WHERE e.report IS NOT NULL AND e.event LIKE '%"kind":"contact_erased"%';
