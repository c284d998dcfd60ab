-- Counts of observations by all that the explorer asks by. A book holds what was received in one year: its words, and the mixes of them that
-- were seen, numbered from 0 without a gap.

-- col: 0 feed, 1 type, 2 identifier, 3 malware, 4 port, 5 protocol, 6 severity, 7 country, 8 network, 9 owner; 10: ports that are told apart
-- of a feed. no: 2 and up; 0 stands for nothing told, 1 for all that is no longer told apart.
CREATE TABLE feed_word (book BIGINT NOT NULL, col BIGINT NOT NULL, no BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (book, col, no)) NARROW;

-- key: the numbers of ten words, two bytes each.
CREATE TABLE feed_mix (book BIGINT NOT NULL, no BIGINT NOT NULL, key BYTES NOT NULL, PRIMARY KEY (book, no)) NARROW;
CREATE UNIQUE INDEX feed_mix_key ON feed_mix (book, key);

-- How many observations, and new ones, each mix had in an hour (level 0), a day (1) or a week that begins on a Monday (2), of their own time;
-- slot counts them from 1970. What stands in several parts is added up; part: the last segment in it.
CREATE TABLE feed_cube (level BIGINT NOT NULL, slot BIGINT NOT NULL, book BIGINT NOT NULL, part BIGINT NOT NULL, counts BYTES NOT NULL,
    PRIMARY KEY (level, slot, book, part));

-- The same of a segment, whenever it was.
CREATE TABLE feed_part (segment BIGINT PRIMARY KEY NOT NULL, book BIGINT NOT NULL, counts BYTES NOT NULL);

-- They are packed already, and read whole.
-- postgres: ALTER TABLE feed_cube ALTER COLUMN counts SET STORAGE EXTERNAL;
-- postgres: ALTER TABLE feed_part ALTER COLUMN counts SET STORAGE EXTERNAL;

-- What was taken in before there were counts is not in them; how much that is, where it is any, stands under book 0.
INSERT INTO feed_word(book, col, no, text) SELECT 0, 0, 0, CAST(sum(observations) AS TEXT) FROM feed_segment HAVING count(*) > 0;
