-- Reports whose words changed after they came in: a message was written or taken back, or an entry of an old thread was taken over.
-- The full-text index gets all words of these anew. The SQLite folder holds the same; a test compares them.
CREATE TABLE report_reword (no BIGINT PRIMARY KEY NOT NULL);
INSERT INTO report_reword(no) SELECT no FROM message UNION SELECT no FROM report_old GROUP BY no HAVING max(at) > min(at);
