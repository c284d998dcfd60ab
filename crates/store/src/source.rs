//! Where machine reports come from, and the queue of those that came. What a report says lies with the machine reports
//! ([`crate::feeds`]); here stands that it came, what it waits for and what came of it, so that whoever sent it is told only once that
//! is durable.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::feeds::{Raw, waiting_name};
use crate::sql::{Row, Value};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// Sources, at most.
pub const SOURCES_MAX: usize = 200;
/// Reports of one source that may wait at the same time.
pub const WAITING_MAX: i64 = 2_000;
/// Reports of one list.
pub const ARRIVAL_ROWS_MAX: i64 = 50;

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its number.
    pub no: i64,
    /// Its name among feeds and metrics.
    pub code: String,
    /// `upload`, `folder`, `mail`, `pull` or `shadowserver`.
    pub kind: String,
    /// It is on.
    pub live: bool,
    /// Counts changes by people.
    pub version: i64,
    /// What people decide, as JSON.
    pub wanted: String,
    /// Its secret, wrapped.
    pub secret: Option<Vec<u8>>,
    /// When it was made.
    pub made_at: Micros,
    /// It is looked at next.
    pub next_at: Micros,
    /// When one of its reports had its turn last.
    pub served_at: Micros,
    /// Days since 1970 that the two counts are of.
    pub day: i64,
    /// Rows read on that day.
    pub day_rows: u64,
    /// Those of them without an observation.
    pub day_bad: u64,
    /// How the last look went, as JSON.
    pub state: String,
}

/// A report that came, or a reading again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its number.
    pub no: i64,
    /// Number of its source.
    pub source: i64,
    /// `report` or `replay`.
    pub kind: String,
    /// Name of its file.
    pub name: String,
    /// 0: before all others; 1.
    pub lane: i64,
    /// `waits`, `taking`, `done` or `failed`.
    pub state: String,
    /// What it waits for: nothing, `quota` or `lock`.
    pub why: String,
    /// How it came.
    pub way: String,
    /// The account that sent it, if one did.
    pub account: Option<String>,
    /// The file. Of a reading again only its name, which is unlike others.
    pub raw: Raw,
    /// When it came.
    pub received_at: Micros,
    /// Its turn is not before.
    pub next_at: Micros,
    /// Attempts that failed.
    pub tries: i64,
    /// Its first turn.
    pub started_at: Option<Micros>,
    /// When it was done or failed.
    pub ended_at: Option<Micros>,
    /// Rows that were read.
    pub rows: u64,
    /// Observations.
    pub taken: u64,
    /// Rows without one.
    pub bad: u64,
    /// Where its file was put in a watched folder.
    pub place: Option<String>,
    /// What is wished of a reading again, as JSON.
    pub ask: String,
    /// What came of it, as JSON.
    pub result: String,
    /// Why it failed.
    pub error: Option<String>,
}

macro_rules! source_sql {
    ($tail:literal) => {
        concat!(
            "SELECT no, code, kind, live, version, wanted, secret, made_at, next_at, served_at, day, day_rows, day_bad, state \
             FROM feed_source ",
            $tail
        )
    };
}
macro_rules! arrival_sql {
    ($tail:literal) => {
        concat!(
            "SELECT a.no, a.source, a.kind, a.name, a.lane, a.state, a.why, a.way, a.account, a.sha256, a.size, a.stored, \
             a.stored_size, a.packed, a.key, a.received_at, a.next_at, a.tries, a.started_at, a.ended_at, a.read_rows, a.taken, \
             a.bad, a.place, a.ask, a.result, a.error FROM feed_arrival a ",
            $tail
        )
    };
}

fn source(row: &Row) -> Result<SourceRow, ReadError> {
    let secret = match row.0.get(6) {
        Some(Value::Null) | None => None,
        Some(_) => Some(row.blob(6)?),
    };
    Ok(SourceRow {
        no: row.int(0)?,
        code: row.text(1)?,
        kind: row.text(2)?,
        live: row.bool(3)?,
        version: row.int(4)?,
        wanted: row.text(5)?,
        secret,
        made_at: row.at(7)?,
        next_at: row.at(8)?,
        served_at: row.at(9)?,
        day: row.int(10)?,
        day_rows: row.int(11)?.unsigned_abs(),
        day_bad: row.int(12)?.unsigned_abs(),
        state: row.text(13)?,
    })
}

fn arrival(row: &Row) -> Result<Arrival, ReadError> {
    let number = |column| row.int(column).map(i64::unsigned_abs);
    Ok(Arrival {
        no: row.int(0)?,
        source: row.int(1)?,
        kind: row.text(2)?,
        name: row.text(3)?,
        lane: row.int(4)?,
        state: row.text(5)?,
        why: row.text(6)?,
        way: row.text(7)?,
        account: row.text_opt(8)?,
        raw: Raw {
            sha256: row.text(9)?,
            size: number(10)?,
            stored: row.text(11)?,
            stored_size: number(12)?,
            packed: row.bool(13)?,
            key: row.blob(14)?,
        },
        received_at: row.at(15)?,
        next_at: row.at(16)?,
        tries: row.int(17)?,
        started_at: row.int_opt(18)?.map(Micros),
        ended_at: row.int_opt(19)?.map(Micros),
        rows: number(20)?,
        taken: number(21)?,
        bad: number(22)?,
        place: row.text_opt(23)?,
        ask: row.text(24)?,
        result: row.text(25)?,
        error: row.text_opt(26)?,
    })
}

/// What a source listed and is fetched with this report: its own id.
pub fn note_seen(unit: &mut Unit, source: i64, id: &str, now: Micros) {
    unit.exec(
        "INSERT INTO feed_seen(source, id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (source, id) DO NOTHING",
        params![source, id, now],
    );
}

/// Puts a report into the queue.
pub fn add(unit: &mut Unit, one: &Arrival) {
    unit.exec(
        "INSERT INTO feed_arrival(no, source, kind, name, lane, state, why, way, account, sha256, size, stored, stored_size, packed, \
         key, received_at, next_at, tries, started_at, ended_at, read_rows, taken, bad, place, ask, result, error) \
         VALUES ($1, $2, $3, $4, $5, 'waits', '', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, NULL, NULL, 0, 0, 0, $16, $17, \
         '[]', NULL)",
        params![
            one.no,
            one.source,
            one.kind.as_str(),
            one.name.as_str(),
            one.lane,
            one.way.as_str(),
            one.account.clone(),
            one.raw.sha256.as_str(),
            one.raw.size,
            one.raw.stored.as_str(),
            one.raw.stored_size,
            one.raw.packed,
            one.raw.key.clone(),
            one.received_at,
            one.next_at,
            one.place.clone(),
            one.ask.as_str()
        ],
    );
}

/// Says how a report stands after a turn of it: state, cause, next turn, attempts, times, counts, result, error.
pub fn stand(unit: &mut Unit, one: &Arrival) {
    unit.exec(
        "UPDATE feed_arrival SET state = $1, why = $2, next_at = $3, tries = $4, started_at = $5, ended_at = $6, read_rows = $7, \
         taken = $8, bad = $9, result = $10, error = $11, place = $12 WHERE no = $13",
        params![
            one.state.as_str(),
            one.why.as_str(),
            one.next_at,
            one.tries,
            one.started_at,
            one.ended_at,
            one.rows,
            one.taken,
            one.bad,
            one.result.as_str(),
            one.error.clone(),
            one.place.clone(),
            one.no
        ],
    );
}

/// Another file takes the place of one that is gone: the same bytes, sealed anew.
pub fn stored(unit: &mut Unit, one: &Arrival) {
    unit.exec(
        "UPDATE feed_arrival SET size = $1, stored = $2, stored_size = $3, packed = $4, key = $5 WHERE no = $6",
        params![
            one.raw.size,
            one.raw.stored.as_str(),
            one.raw.stored_size,
            one.raw.packed,
            one.raw.key.clone(),
            one.no
        ],
    );
}

/// Counts rows for a source's day, and notes that it had a turn.
pub fn served(unit: &mut Unit, no: i64, now: Micros, (day, rows, bad): (i64, u64, u64)) {
    unit.exec(
        "UPDATE feed_source SET served_at = $1, day_rows = CASE WHEN day = $2 THEN day_rows ELSE 0 END + $3, \
         day_bad = CASE WHEN day = $2 THEN day_bad ELSE 0 END + $4, day = $2 WHERE no = $5",
        params![now, day, rows, bad, no],
    );
}

impl Store {
    /// All sources, by number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn feed_sources(&self) -> Result<Vec<SourceRow>, ReadError> {
        let sql = source_sql!("ORDER BY no LIMIT 200");
        let rows = self.db.rows(sql, params![]).await?;
        rows.iter().map(source).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn feed_source(&self, no: i64) -> Result<Option<SourceRow>, ReadError> {
        let row = self
            .db
            .row(source_sql!("WHERE no = $1"), params![no])
            .await?;
        row.as_ref().map(source).transpose()
    }

    /// The highest number that a source has, or had as far as reports tell.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_feed_source(&self) -> Result<i64, ReadError> {
        let sql = "SELECT CAST(coalesce(max(n), 0) AS BIGINT) FROM (SELECT max(no) AS n FROM feed_source \
                   UNION ALL SELECT max(source) AS n FROM feed_arrival) AS both_of";
        let row = self.db.row(sql, params![]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// Keeps a new one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_feed_source(&self, one: &SourceRow, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "INSERT INTO feed_source(no, code, kind, live, version, wanted, secret, made_at, next_at, served_at, day, day_rows, \
             day_bad, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, '{}') ON CONFLICT (code) DO NOTHING",
            params![
                one.no,
                one.code.as_str(),
                one.kind.as_str(),
                one.live,
                one.version,
                one.wanted.as_str(),
                one.secret.clone(),
                one.made_at,
                one.next_at
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Changes what people decide of one. It is looked at at once.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody else was quicker.
    pub async fn set_feed_source(&self, one: &SourceRow, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE feed_source SET live = $1, wanted = $2, next_at = $3, version = version + 1 WHERE no = $4 AND version = $5",
            params![one.live, one.wanted.as_str(), one.next_at, one.no, one.version],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Gives it another secret, or none.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody else was quicker.
    pub async fn feed_source_secret(
        &self,
        (no, version): (i64, i64),
        secret: Option<Vec<u8>>,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE feed_source SET secret = $1, next_at = 0, version = version + 1 WHERE no = $2 AND version = $3",
            params![secret, no, version],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Takes it away. The list of its reports stays.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it is not there or a report of it waits.
    pub async fn remove_feed_source(
        &self,
        (no, version): (i64, i64),
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "DELETE FROM feed_source WHERE no = $1 AND version = $2 \
             AND NOT EXISTS (SELECT 1 FROM feed_arrival WHERE source = $1 AND state IN ('waits', 'taking'))",
            params![no, version],
        );
        unit.exec("DELETE FROM feed_seen WHERE source = $1", params![no]);
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Notes how a look at it went, and when the next one is.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn feed_source_looked(
        &self,
        no: i64,
        state: &str,
        next_at: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE feed_source SET state = $1, next_at = $2 WHERE no = $3",
            params![state, next_at, no],
        );
        self.write(unit).await.map(drop)
    }

    /// Which of these ids of a source were seen before.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn feed_seen(&self, source: i64, id: &str) -> Result<bool, ReadError> {
        let sql = "SELECT 1 FROM feed_seen WHERE source = $1 AND id = $2";
        Ok(self.db.row(sql, params![source, id]).await?.is_some())
    }

    /// The highest number in the queue.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_arrival(&self) -> Result<i64, ReadError> {
        let sql = "SELECT CAST(coalesce(max(no), 0) AS BIGINT) FROM feed_arrival";
        let row = self.db.row(sql, params![]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// One report.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn arrival(&self, no: i64) -> Result<Option<Arrival>, ReadError> {
        let row = self.db.row(arrival_sql!("WHERE a.no = $1"), params![no]);
        row.await?.as_ref().map(arrival).transpose()
    }

    /// The report of a source that has these bytes.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn arrival_of(
        &self,
        source: i64,
        sha256: &str,
    ) -> Result<Option<Arrival>, ReadError> {
        let sql = arrival_sql!("WHERE a.source = $1 AND a.sha256 = $2");
        let row = self.db.row(sql, params![source, sha256]).await?;
        row.as_ref().map(arrival).transpose()
    }

    /// Whose turn it is: the first lane before the other, in a lane the source that waited longest, of it the oldest.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn next_arrival(&self, now: Micros) -> Result<Option<Arrival>, ReadError> {
        let sql = arrival_sql!(
            "LEFT JOIN feed_source s ON s.no = a.source WHERE a.state = 'waits' AND a.next_at <= $1 \
             ORDER BY a.lane, coalesce(s.served_at, 0), a.no LIMIT 1"
        );
        let row = self.db.row(sql, params![now]).await?;
        row.as_ref().map(arrival).transpose()
    }

    /// The newest reports, of one source or of all.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn arrivals(&self, source: Option<i64>) -> Result<Vec<Arrival>, ReadError> {
        let sql = arrival_sql!(
            "WHERE (CAST($1 AS BIGINT) IS NULL OR a.source = $1) ORDER BY a.no DESC LIMIT 50"
        );
        let rows = self.db.rows(sql, params![source]).await?;
        rows.iter().map(arrival).collect()
    }

    /// The newest report of each source.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn last_arrivals(&self) -> Result<Vec<Arrival>, ReadError> {
        let sql = arrival_sql!(
            "WHERE a.no IN (SELECT max(no) FROM feed_arrival WHERE kind = 'report' GROUP BY source) ORDER BY a.source"
        );
        let rows = self.db.rows(sql, params![]).await?;
        rows.iter().map(arrival).collect()
    }

    /// How many wait or are being taken in, of each source; and how many bytes they are.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn arrivals_waiting(&self) -> Result<Vec<(i64, i64, u64)>, ReadError> {
        let sql = "SELECT source, count(*), CAST(sum(size) AS BIGINT) FROM feed_arrival WHERE state IN ('waits', 'taking') \
                   GROUP BY source ORDER BY source";
        let rows = self.db.rows(sql, params![]).await?;
        let one = |row: &Row| Ok((row.int(0)?, row.int(1)?, row.int(2)?.unsigned_abs()));
        rows.iter().map(one).collect()
    }

    /// The names, on the disk, of files that wait.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn arrivals_stored(&self) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT key FROM feed_arrival WHERE state <> 'done' AND kind = 'report'";
        let rows = self.db.rows(sql, params![]).await?;
        rows.iter()
            .map(|row| Ok(waiting_name(&row.blob(0)?)))
            .collect()
    }

    /// What was being taken in when the program last ended waits again.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn arrivals_again(&self) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE feed_arrival SET state = 'waits', why = '' WHERE state = 'taking'",
            params![],
        );
        self.write(unit).await.map(drop)
    }

    /// All reports of a source wait for something until then.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn arrivals_wait(
        &self,
        source: i64,
        why: &'static str,
        until: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE feed_arrival SET why = $1, next_at = $2 WHERE source = $3 AND state = 'waits'",
            params![why, until, source],
        );
        self.write(unit).await.map(drop)
    }

    /// What waits for a source's quota waits no longer: somebody changed it.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn arrivals_released(&self, source: i64) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE feed_arrival SET why = '', next_at = 0 WHERE source = $1 AND state = 'waits' AND why = 'quota'",
            params![source],
        );
        self.write(unit).await.map(drop)
    }

    /// Forgets reports that were done before, and ids that were seen before. What they told stays.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn forget_arrivals(&self, before: Micros, seen: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "DELETE FROM feed_arrival WHERE state IN ('done', 'failed') AND ended_at < $1",
            params![before],
        );
        unit.exec("DELETE FROM feed_seen WHERE seen_at < $1", params![seen]);
        self.write(unit).await.map(drop)
    }
}
