-- The change of shifts: handover notes, and what its figures are counted from. The SQLite folder holds the same tables with
-- the same columns; a test compares them.

-- When a report was first answered (an officer's message or a closing, unless undone), and whether the reporter left an address or
-- number to which an answer goes. Both follow from the evidence of the report.
ALTER TABLE report ADD COLUMN answered_at BIGINT;
ALTER TABLE report ADD COLUMN reachable BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE report SET reachable = TRUE WHERE no IN (SELECT e.report FROM evidence e
    WHERE e.report IS NOT NULL AND e.event LIKE '%"kind":"received"%' AND e.event LIKE '%"contact":"%');
-- The number of an event is its place among those of its report. What was undone counts again where the undoing was undone.
UPDATE report SET answered_at = (SELECT e.at FROM evidence e WHERE e.report = report.no
        AND (e.event LIKE '%"kind":"officer_wrote"%' OR e.event LIKE '%"kind":"closed"%')
        AND NOT EXISTS (SELECT 1 FROM evidence u WHERE u.report = e.report AND u.event LIKE '%"kind":"undone"%'
            AND CAST(CAST(u.event AS JSON) ->> 'event' AS BIGINT) = (SELECT count(*) FROM evidence b WHERE b.report = e.report AND b.idx <= e.idx)
            AND NOT EXISTS (SELECT 1 FROM evidence w WHERE w.report = u.report AND w.event LIKE '%"kind":"undone"%'
                AND CAST(CAST(w.event AS JSON) ->> 'event' AS BIGINT) = (SELECT count(*) FROM evidence b WHERE b.report = u.report AND b.idx <= u.idx)))
        ORDER BY e.idx LIMIT 1)
    WHERE no IN (SELECT e.report FROM evidence e WHERE e.report IS NOT NULL
        AND (e.event LIKE '%"kind":"officer_wrote"%' OR e.event LIKE '%"kind":"closed"%'));

-- These hold all that counts of open reports ask, so that no row is read for them; receipt writes no more places than before.
DROP INDEX report_severity;
CREATE INDEX report_severity ON report (severity, no DESC, state, answered_at, reachable, assignee) WHERE state <> 'closed';
DROP INDEX report_category;
CREATE INDEX report_category ON report (category, no DESC, state);
DROP INDEX case_head_owner;
CREATE INDEX case_head_owner ON case_head (owner, no DESC, state) WHERE state <> 'closed';
-- Nothing at receipt: a new report is nobody's, and not answered.
CREATE INDEX report_load ON report (assignee, state, no, answered_at, reachable) WHERE assignee IS NOT NULL AND state <> 'closed';
CREATE INDEX report_answered ON report (answered_at, received_at, reachable) WHERE answered_at IS NOT NULL;
CREATE INDEX report_closed_at ON report_closed (at);

-- Handover notes. All but the salts and texts follows from the evidence; both are gone once a note was erased.
CREATE TABLE handover (
    no BIGINT PRIMARY KEY NOT NULL,      -- without gaps, so that one that is missing is missed
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,          -- of salt and text; a form that comes twice writes one note
    corrects BIGINT,
    corrected_by BIGINT,
    withdrawn_at BIGINT,
    withdrawn_by TEXT,
    salt BYTEA,
    text TEXT
);
CREATE TABLE handover_read (no BIGINT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (no, account));
