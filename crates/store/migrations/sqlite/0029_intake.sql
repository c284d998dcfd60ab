-- Less is written for a new report. The PostgreSQL folder holds the same.

-- The queue's indexes the other way round; lists read them from their end. A new report then comes behind the others of its category or
-- severity, where pages are filled one after the other, and not before them, where each full page is parted in two halves.
DROP INDEX report_severity;
CREATE INDEX report_severity ON report (severity DESC, no, state, answered_at, reachable, assignee) WHERE state <> 'closed';
DROP INDEX report_category;
CREATE INDEX report_category ON report (category, no, state);
DROP INDEX report_category_severity;
CREATE INDEX report_category_severity ON report (category, severity DESC, no) WHERE state <> 'closed';

-- The words of reports whose receipt is at this place of the log or behind it wait for the full-text index; report_unindexed holds those
-- that do not follow from a body. A database without a log begins without the place, which is its start.
INSERT INTO meta (key, value) SELECT 'words_to', CAST(coalesce(
    (SELECT min(e.idx) FROM report_unindexed u JOIN evidence e ON e.report = u.no),
    (SELECT max(idx) + 1 FROM evidence)) AS TEXT)
    WHERE EXISTS (SELECT 1 FROM evidence);
