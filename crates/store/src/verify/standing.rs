//! What an operator is told of sources, notices and keys, read without changing anything: for who looks while nobody serves.

use cairn_kernel::time::Micros;

use super::{PAGE_ROWS, Source, VerifyError};
use crate::Database;
use crate::constituent::read;
use crate::db::ReadError;
use crate::params;
use crate::postgres::read_only;

const SOURCES: &str = "SELECT code, kind, live, wanted, CASE WHEN secret IS NULL THEN 0 ELSE 1 END, state, \
                       (SELECT max(a.received_at) FROM feed_arrival a WHERE a.source = s.no), made_at FROM feed_source s ORDER BY no";
const KEYS: &str = "SELECT agency, key FROM agency_key WHERE dropped_at IS NULL ORDER BY agency, n";
const OWNERS: &str = "SELECT no, manual, source, key, version, facts, people FROM constituent WHERE no > $1 ORDER BY no LIMIT $2";
const BOOK: &str = "SELECT on_version FROM rule WHERE no = 0 AND on_version IS NOT NULL";
const HELD: &str = "SELECT count(*) FROM claim WHERE state = 'waiting'";

/// A source of machine reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSeen {
    /// Its code.
    pub code: String,
    /// How its reports come.
    pub kind: String,
    /// It is on.
    pub live: bool,
    /// What people decided, JSON.
    pub wanted: String,
    /// It has a secret.
    pub has_secret: bool,
    /// How the last look went, JSON.
    pub state: String,
    /// When its newest report came.
    pub last: Option<Micros>,
    /// When it was made.
    pub made: Micros,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Sources.
    pub sources: Vec<SourceSeen>,
    /// Keys of agencies that are in use: agency, armour.
    pub agencies: Vec<(String, String)>,
    /// Keys of contacts that are written to: constituent, contact, armour.
    pub contacts: Vec<(u32, u32, String)>,
    /// A book of rules for notices is on.
    pub book: bool,
    /// Claims that wait for an officer.
    pub claims: u64,
}

/// Reads it; `None` where the schema is not this program's.
///
/// # Errors
/// The database could not be read.
pub fn standing(database: &Database) -> Result<Option<Standing>, VerifyError> {
    match database {
        Database::Sqlite(config) => all(&Source::Sqlite(&config.reader()?)),
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(read_only(config))?;
            all(&Source::Postgres(&(runtime, client)))
        }
    }
}

fn all(source: &Source<'_>) -> Result<Option<Standing>, VerifyError> {
    if source.schema()? != crate::schema::NEWEST {
        return Ok(None);
    }
    let mut standing = Standing {
        book: !source.rows(BOOK, params![])?.is_empty(),
        ..Standing::default()
    };
    let text = |row: &crate::sql::Row, column| row.text(column).map_err(ReadError::from);
    for row in source.rows(SOURCES, params![])? {
        standing.sources.push(SourceSeen {
            code: text(&row, 0)?,
            kind: text(&row, 1)?,
            live: row.bool(2).map_err(ReadError::from)?,
            wanted: text(&row, 3)?,
            has_secret: row.int(4).map_err(ReadError::from)? == 1,
            state: text(&row, 5)?,
            last: row.int_opt(6).map_err(ReadError::from)?.map(Micros),
            made: row.at(7).map_err(ReadError::from)?,
        });
    }
    for row in source.rows(KEYS, params![])? {
        standing.agencies.push((text(&row, 0)?, text(&row, 1)?));
    }
    for row in source.rows(HELD, params![])? {
        standing.claims = row.int(0).map_err(ReadError::from)?.unsigned_abs();
    }
    let mut last = 0;
    loop {
        let page = source.rows(OWNERS, params![last, PAGE_ROWS])?;
        for row in &page {
            let one = read(row)?;
            last = i64::from(one.no);
            for contact in one.contacts.into_iter().filter(|one| !one.disabled) {
                if let Some(key) = contact.key {
                    standing.contacts.push((one.no, contact.id, key));
                }
            }
        }
        if (page.len() as i64) < PAGE_ROWS {
            return Ok(Some(standing));
        }
    }
}
