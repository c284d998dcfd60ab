-- What machines report: feeds, the reports they came in, what was observed, what could not be read. `BYTES` stands for the
-- database's own word for bytes, `NARROW` for what makes a table of its key alone.

-- A feed: one kind of report of one source. window_us: microseconds without a sighting after which an observation is gone, and new when
-- it is seen again. complete: each report tells all there is, so that what it no longer names is gone. newest: its last whole report.
CREATE TABLE feed (no BIGINT PRIMARY KEY NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, window_us BIGINT NOT NULL,
    complete BOOLEAN NOT NULL, newest BIGINT, created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX feed_name ON feed (source, name);

-- A file as it was received, kept once. sha256, size: of the bytes received. stored, stored_size: of what is sealed on the disk, which is
-- packed by us (packed) or the same. key: wrapped under the installation's key.
CREATE TABLE feed_raw (sha256 TEXT PRIMARY KEY NOT NULL, size BIGINT NOT NULL, stored TEXT NOT NULL, stored_size BIGINT NOT NULL,
    packed BOOLEAN NOT NULL, key BYTES NOT NULL, received_at BIGINT NOT NULL);

-- A report: a file, or a file in an archive. part: which one, from 0; member: its name. done_bytes: what begins before is committed. fresh, again: observations that were new, seen
-- before. keys: different ones; still: those of the report before among them; gone: those of it that are not. sets: data sets that
-- were asked, JSON. schema: edition of the schema that read it last.
CREATE TABLE feed_report (no BIGINT PRIMARY KEY NOT NULL, feed BIGINT NOT NULL, raw TEXT NOT NULL, part BIGINT NOT NULL,
    member TEXT NOT NULL, schema TEXT NOT NULL, received_at BIGINT NOT NULL, before BIGINT, done_bytes BIGINT NOT NULL, done BOOLEAN NOT NULL,
    fresh BIGINT NOT NULL, again BIGINT NOT NULL, rejected BIGINT NOT NULL, keys BIGINT NOT NULL, still BIGINT NOT NULL,
    gone BIGINT NOT NULL, sets TEXT NOT NULL);
CREATE UNIQUE INDEX feed_report_raw ON feed_report (feed, raw, part);

-- Where an observation stands. key: 6 bytes of its source's hash, 10 of its own, so that those of one source lie side by side.
-- first_at: ever; since, seen: in this window. report, segment: the last ones that held it.
CREATE TABLE feed_state (key BYTES NOT NULL, feed BIGINT NOT NULL, first_at BIGINT NOT NULL, since BIGINT NOT NULL,
    last_at BIGINT NOT NULL, seen BIGINT NOT NULL, report BIGINT NOT NULL, segment BIGINT NOT NULL, PRIMARY KEY (key, feed)) NARROW;

-- Where in which file some thousand observations lie. sources: a Bloom filter of their sources.
CREATE TABLE feed_segment (no BIGINT PRIMARY KEY NOT NULL, month TEXT NOT NULL, start BIGINT NOT NULL, bytes BIGINT NOT NULL,
    report BIGINT NOT NULL, observations BIGINT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, sources BYTES NOT NULL);
CREATE UNIQUE INDEX feed_segment_place ON feed_segment (month, start);

-- Observations by day of their own time (days since 1970). asn 0, cc '', owner 0: not known.
CREATE TABLE feed_day (day BIGINT NOT NULL, feed BIGINT NOT NULL, kind TEXT NOT NULL, asn BIGINT NOT NULL, cc TEXT NOT NULL,
    owner BIGINT NOT NULL, observations BIGINT NOT NULL, fresh BIGINT NOT NULL, PRIMARY KEY (day, feed, kind, asn, cc, owner)) NARROW;

-- Rows that gave no observation, by where they stand in their report.
CREATE TABLE feed_cause (no BIGINT PRIMARY KEY NOT NULL, text TEXT NOT NULL);
CREATE UNIQUE INDEX feed_cause_text ON feed_cause (text);
CREATE TABLE feed_reject (report BIGINT NOT NULL, start BIGINT NOT NULL, bytes BIGINT NOT NULL, line BIGINT NOT NULL,
    cause BIGINT NOT NULL, schema TEXT NOT NULL, PRIMARY KEY (report, start)) NARROW;
