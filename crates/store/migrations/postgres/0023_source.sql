-- Where machine reports come from, and those that came and wait to be taken in. What they say lies with the machine reports.

-- code: its name among feeds and metrics. kind: upload, folder, mail, pull, shadowserver. version: counts changes by people. wanted: JSON,
-- what people decide. secret: wrapped. next_at: looked at next. served_at: when one of its reports had its turn last. day: days since 1970
-- in which day_rows were read and day_bad gave nothing. state: JSON, how the last look went.
CREATE TABLE feed_source (no BIGINT PRIMARY KEY NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL, live BOOLEAN NOT NULL,
    version BIGINT NOT NULL, wanted TEXT NOT NULL, secret BYTEA, made_at BIGINT NOT NULL, next_at BIGINT NOT NULL,
    served_at BIGINT NOT NULL, day BIGINT NOT NULL, day_rows BIGINT NOT NULL, day_bad BIGINT NOT NULL, state TEXT NOT NULL);
CREATE UNIQUE INDEX feed_source_code ON feed_source (code);

-- A report that came, or a reading again of what waits in quarantine. kind: report, replay. lane: 0 first, 1 ordinary. state: waits,
-- taking, done, failed. why: what it waits for: nothing, quota, lock. sha256: of the bytes as they came. size to key: the file, as in feed_raw.
-- way: how it came. account: who sent it, if somebody did. read_rows, taken, bad: rows read, observations, rows without. place: where its file
-- was put in a watched folder. ask, result: JSON.
CREATE TABLE feed_arrival (no BIGINT PRIMARY KEY NOT NULL, source BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    lane BIGINT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, way TEXT NOT NULL, account TEXT, sha256 TEXT NOT NULL,
    size BIGINT NOT NULL, stored TEXT NOT NULL, stored_size BIGINT NOT NULL, packed BOOLEAN NOT NULL, key BYTEA NOT NULL,
    received_at BIGINT NOT NULL, next_at BIGINT NOT NULL, tries BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT,
    read_rows BIGINT NOT NULL, taken BIGINT NOT NULL, bad BIGINT NOT NULL, place TEXT, ask TEXT NOT NULL, result TEXT NOT NULL, error TEXT);
CREATE UNIQUE INDEX feed_arrival_bytes ON feed_arrival (source, sha256);
CREATE INDEX feed_arrival_state ON feed_arrival (state, next_at);

-- What a source listed and we fetched, by its own id.
CREATE TABLE feed_seen (source BIGINT NOT NULL, id TEXT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (source, id));
