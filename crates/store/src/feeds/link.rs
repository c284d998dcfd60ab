//! The connection that takes machine reports in: its own, so that they never wait for a person's report, nor it for them. The one
//! place where the two databases are spoken to differently, because states come in thousands.

use futures_util::future::try_join_all;
use rusqlite::{Connection, params_from_iter};
use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use cairn_kernel::time::Micros;

use super::FeedError;
use super::schema;
use super::segment::Key;
use super::state::State;
use crate::db::{SqliteConfig, sqlite_read};
use crate::postgres::{PgConfig, connect_feeds, read};
use crate::sql::{Row, Value};

/// Pages (4 KiB) of the write-ahead log after which it is copied back: a page that several segments change is copied once.
const WAL_PAGES: u32 = 32_768;
/// Page cache, KiB.
const CACHE_KIB: i32 = 32 * 1024;
/// Statements that are sent to PostgreSQL before the first answer is awaited.
const PIPELINE_MAX: usize = 256;

pub(crate) enum Link {
    Sqlite(Connection),
    Postgres(Runtime, Client),
}

type Answer<T> = Result<T, FeedError>;

impl Link {
    /// To write: brings the schema up to date.
    pub(super) fn sqlite(config: &SqliteConfig) -> Answer<Self> {
        let mut connection = config.writer()?;
        connection.pragma_update(None, "secure_delete", false)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        schema::sqlite(&mut connection)?;
        Ok(Self::Sqlite(connection))
    }

    /// To write: takes the lock, brings the schema up to date.
    pub(super) fn postgres(config: &PgConfig) -> Answer<Self> {
        let runtime = runtime()?;
        let client = runtime.block_on(async {
            let client = connect_feeds(config).await?;
            // Retention may take its time.
            client.batch_execute("SET statement_timeout = 0").await?;
            schema::postgres(&client).await?;
            Ok::<_, FeedError>(client)
        })?;
        Ok(Self::Postgres(runtime, client))
    }

    /// To read. `None` where no machine report was ever taken in.
    pub(super) fn reading_sqlite(config: &SqliteConfig) -> Answer<Option<Self>> {
        if !config.path.exists() {
            return Ok(None);
        }
        let connection = config.reader()?;
        let known = crate::schema::sqlite_version(&connection)? > 0;
        Ok(known.then_some(Self::Sqlite(connection)))
    }

    /// To read. `None` where no machine report was ever taken in.
    pub(super) fn reading_postgres(config: &PgConfig) -> Answer<Option<Self>> {
        let runtime = runtime()?;
        let (client, known) = runtime.block_on(async {
            let client = config.connect().await?;
            let known = schema::postgres_version(&client).await?;
            Ok::<_, FeedError>((client, known))
        })?;
        Ok((known > 0).then_some(Self::Postgres(runtime, client)))
    }

    /// The number of the newest migration that was applied.
    pub(super) fn version(&self) -> Answer<i64> {
        match self {
            Self::Sqlite(connection) => Ok(crate::schema::sqlite_version(connection)?),
            Self::Postgres(runtime, client) => {
                Ok(runtime.block_on(schema::postgres_version(client))?)
            }
        }
    }

    pub(crate) fn rows(&self, sql: &'static str, params: impl AsRef<[Value]>) -> Answer<Vec<Row>> {
        let params = params.as_ref();
        match self {
            Self::Sqlite(connection) => Ok(sqlite_read(connection, sql, params)?),
            Self::Postgres(runtime, client) => Ok(runtime.block_on(read(client, sql, params))?),
        }
    }

    pub(super) fn exec(&self, sql: &'static str, params: impl AsRef<[Value]>) -> Answer<u64> {
        let params = params.as_ref();
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                Ok(statement.execute(params_from_iter(params))? as u64)
            }
            Self::Postgres(runtime, client) => {
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
                Ok(runtime.block_on(client.execute(sql, &params))?)
            }
        }
    }

    /// One statement with many lists of values.
    pub(super) fn each(&self, sql: &'static str, rows: &[Vec<Value>]) -> Answer<()> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                for row in rows {
                    statement.execute(params_from_iter(row))?;
                }
                Ok(())
            }
            Self::Postgres(runtime, client) => runtime.block_on(async {
                let statement = client.prepare(sql).await?;
                for some in rows.chunks(PIPELINE_MAX) {
                    let sent = some.iter().map(async |row| {
                        let params: Vec<&(dyn ToSql + Sync)> = row.iter().map(|p| p as _).collect();
                        client.execute(&statement, &params).await
                    });
                    try_join_all(sent).await?;
                }
                Ok(())
            }),
        }
    }

    /// Does it all in one transaction, which is durable when this returns.
    pub(super) fn transaction<T>(&self, work: impl FnOnce(&Self) -> Answer<T>) -> Answer<T> {
        self.run("BEGIN")?;
        let done = work(self).and_then(|done| self.run("COMMIT").map(|()| done));
        if done.is_err() {
            // What failed is what is told; a connection that is gone has rolled back by itself.
            let _rolled_back = self.run("ROLLBACK");
        }
        done
    }

    /// Begins a transaction that sees one moment and only reads.
    pub(super) fn snapshot(&self) -> Answer<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("BEGIN DEFERRED")?),
            Self::Postgres(..) => self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    pub(super) fn run(&self, sql: &'static str) -> Answer<()> {
        match self {
            Self::Sqlite(connection) => {
                // A transaction that reads first must not find that somebody else has begun to write.
                let sql = if sql == "BEGIN" {
                    "BEGIN IMMEDIATE"
                } else {
                    sql
                };
                Ok(connection.execute_batch(sql)?)
            }
            Self::Postgres(runtime, client) => Ok(runtime.block_on(client.batch_execute(sql))?),
        }
    }

    /// The states of these observations of a feed, in the order of the keys, which rise.
    pub(super) fn states(&self, feed: i64, keys: &[Key]) -> Answer<Vec<Option<State>>> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(STATE)?;
                let mut states = Vec::with_capacity(keys.len());
                for key in keys {
                    let mut rows = statement.query((&key[..], feed))?;
                    states.push(match rows.next()? {
                        None => None,
                        Some(row) => Some(State {
                            first: Micros(row.get(0)?),
                            since: Micros(row.get(1)?),
                            last: Micros(row.get(2)?),
                            seen: row.get::<_, i64>(3)?.unsigned_abs(),
                            report: row.get(4)?,
                            segment: row.get(5)?,
                        }),
                    });
                }
                Ok(states)
            }
            Self::Postgres(runtime, client) => {
                let bytes: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
                let rows = runtime.block_on(client.query(STATES_PG, &[&bytes, &feed]))?;
                let mut states = vec![None; keys.len()];
                for row in rows {
                    let place = usize::try_from(row.try_get::<_, i64>(0)? - 1).ok();
                    if let Some(state) = place.and_then(|place| states.get_mut(place)) {
                        *state = Some(State {
                            first: Micros(row.try_get(1)?),
                            since: Micros(row.try_get(2)?),
                            last: Micros(row.try_get(3)?),
                            seen: row.try_get::<_, i64>(4)?.unsigned_abs(),
                            report: row.try_get(5)?,
                            segment: row.try_get(6)?,
                        });
                    }
                }
                Ok(states)
            }
        }
    }

    /// The numbers of these mixes of a book, in the order of the keys, which rise.
    pub(super) fn mixes(&self, book: i64, keys: &[MixKey]) -> Answer<Vec<Option<u32>>> {
        let number = |no: i64| u32::try_from(no).ok();
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(MIX)?;
                let mut numbers = Vec::with_capacity(keys.len());
                for key in keys {
                    let mut rows = statement.query((book, &key[..]))?;
                    numbers.push(match rows.next()? {
                        None => None,
                        Some(row) => number(row.get(0)?),
                    });
                }
                Ok(numbers)
            }
            Self::Postgres(runtime, client) => {
                let bytes: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
                let rows = runtime.block_on(client.query(MIXES_PG, &[&bytes, &book]))?;
                let mut numbers = vec![None; keys.len()];
                for row in rows {
                    let place = usize::try_from(row.try_get::<_, i64>(0)? - 1).ok();
                    if let Some(own) = place.and_then(|place| numbers.get_mut(place)) {
                        *own = number(row.try_get(1)?);
                    }
                }
                Ok(numbers)
            }
        }
    }

    /// Writes new mixes of a book.
    pub(super) fn put_mixes(&self, book: i64, mixes: &[(MixKey, u32)]) -> Answer<()> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(PUT_MIX)?;
                for (key, no) in mixes {
                    statement.execute((book, i64::from(*no), &key[..]))?;
                }
                Ok(())
            }
            Self::Postgres(runtime, client) => {
                if mixes.is_empty() {
                    return Ok(());
                }
                let keys: Vec<&[u8]> = mixes.iter().map(|(key, _)| &key[..]).collect();
                let numbers: Vec<i64> = mixes.iter().map(|(_, no)| i64::from(*no)).collect();
                runtime.block_on(client.execute(PUT_MIXES_PG, &[&book, &numbers, &keys]))?;
                Ok(())
            }
        }
    }

    /// Writes states, whether they were there or not.
    pub(super) fn put_states(&self, feed: i64, states: &[(Key, State)]) -> Answer<()> {
        let seen = |state: &State| i64::try_from(state.seen).unwrap_or(i64::MAX);
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(PUT)?;
                for (key, state) in states {
                    statement.execute((
                        &key[..],
                        feed,
                        state.first.0,
                        state.since.0,
                        state.last.0,
                        seen(state),
                        state.report,
                        state.segment,
                    ))?;
                }
                Ok(())
            }
            Self::Postgres(runtime, client) => {
                let keys: Vec<&[u8]> = states.iter().map(|(key, _)| &key[..]).collect();
                let column = |of: fn(&State) -> i64| -> Vec<i64> {
                    states.iter().map(|(_, state)| of(state)).collect()
                };
                let columns = [
                    column(|state| state.first.0),
                    column(|state| state.since.0),
                    column(|state| state.last.0),
                    column(|state| i64::try_from(state.seen).unwrap_or(i64::MAX)),
                    column(|state| state.report),
                    column(|state| state.segment),
                ];
                let mut params: Vec<&(dyn ToSql + Sync)> = vec![&keys, &feed];
                params.extend(columns.iter().map(|column| column as &(dyn ToSql + Sync)));
                runtime.block_on(client.execute(PUT_PG, &params))?;
                Ok(())
            }
        }
    }
}

/// What a mix of ten words is stored under.
pub(super) type MixKey = [u8; 2 * super::mix::COLUMNS];

const MIX: &str = "SELECT no FROM feed_mix WHERE book = ?1 AND key = ?2";

const PUT_MIX: &str = "INSERT INTO feed_mix(book, no, key) VALUES (?1, ?2, ?3)";

const MIXES_PG: &str = "SELECT k.place, m.no FROM unnest($1::bytea[]) WITH ORDINALITY AS k(key, place) \
    JOIN feed_mix m ON m.key = k.key AND m.book = $2";

const PUT_MIXES_PG: &str = "INSERT INTO feed_mix(book, no, key) SELECT $1::bigint, unnest($2::bigint[]), unnest($3::bytea[])";

const STATE: &str = "SELECT first_at, since, last_at, seen, report, segment FROM feed_state WHERE key = ?1 AND feed = ?2";

const PUT: &str = "INSERT INTO feed_state(key, feed, first_at, since, last_at, seen, report, segment) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key, feed) DO UPDATE SET first_at = excluded.first_at, \
    since = excluded.since, last_at = excluded.last_at, seen = excluded.seen, report = excluded.report, segment = excluded.segment";

const STATES_PG: &str = "SELECT k.place, s.first_at, s.since, s.last_at, s.seen, s.report, s.segment \
    FROM unnest($1::bytea[]) WITH ORDINALITY AS k(key, place) JOIN feed_state s ON s.key = k.key AND s.feed = $2";

const PUT_PG: &str = "INSERT INTO feed_state(key, feed, first_at, since, last_at, seen, report, segment) \
    SELECT unnest($1::bytea[]), $2::bigint, unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::bigint[]), \
    unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]) ON CONFLICT (key, feed) DO UPDATE SET \
    first_at = excluded.first_at, since = excluded.since, last_at = excluded.last_at, seen = excluded.seen, \
    report = excluded.report, segment = excluded.segment";

fn runtime() -> Answer<Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| FeedError::Database(error.to_string()))
}
