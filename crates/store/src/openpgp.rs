//! OpenPGP keys: the service's own, a file beside its other keys, and those of reporters.

use std::fs;
use std::io;
use std::path::Path;

use cairn_desk::report::{Change, Event, KeyWord};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::keys::KeyError;
use crate::sql::{Table, Ty, Value};
use crate::writer::Unit;
use crate::{Store, params};

/// The service's secret keys in `keys/`, armoured, the one in use first; absent until one is made.
pub const OPENPGP_FILE: &str = "openpgp.asc";

static KEY: Table = Table::new(
    "report_key",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("source", Ty::Text),
        ("at", Ty::Int),
        ("doer", Ty::Text),
        ("salt", Ty::Blob),
        ("record", Ty::Text),
    ],
);

/// A key of a reporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Number within the report, from 1.
    pub n: i64,
    /// How it came: `mail` or `pasted`.
    pub source: String,
    /// When.
    pub at: Micros,
    /// By whom, as the log names actors.
    pub doer: String,
    /// Fingerprint and key, as JSON; empty once it was erased.
    pub record: String,
    /// When an officer confirmed it last, and who.
    pub confirmed: Option<(Micros, String)>,
    /// When it was taken out of use, and by whom.
    pub dropped: Option<(Micros, String)>,
}

/// Adds the row of a key; `change` is the [`Change::KeyCame`] about it.
pub fn keep_key(
    unit: &mut Unit,
    (no, at): (i64, Micros),
    by: &cairn_kernel::actor::Actor,
    change: &Change,
    record: (String, [u8; 16]),
) {
    if let Change::KeyCame { key, source, .. } = change {
        unit.insert(
            &KEY,
            params![
                no,
                *key,
                source.as_str(),
                at,
                by.to_string(),
                record.1,
                record.0
            ],
        );
    }
}

/// What an event does to the keys of its report.
pub(crate) fn follow(unit: &mut Unit, no: i64, event: &Event) {
    use cairn_desk::report::Part;
    match &event.change {
        Change::KeyJudged { key, word } => {
            let sql = match word {
                KeyWord::Confirmed => {
                    "UPDATE report_key SET confirmed_at = $1, confirmed_by = $2 WHERE no = $3 AND n = $4"
                }
                KeyWord::Dropped => {
                    "UPDATE report_key SET dropped_at = $1, dropped_by = $2 WHERE no = $3 AND n = $4"
                }
            };
            unit.exec(sql, params![event.at, event.by.to_string(), no, *key]);
        }
        Change::ContactErased
        | Change::Erased {
            part: Part::Contact,
            ..
        } => {
            unit.exec(
                "UPDATE report_key SET record = '', salt = $1 WHERE no = $2",
                params![[0_u8; 16], no],
            );
        }
        _ => {}
    }
}

/// The columns that follow from the events: source, time, doer, and the two judgements.
pub(crate) fn cells(event: &Event) -> Vec<Value> {
    let Change::KeyCame { source, .. } = &event.change else {
        return Vec::new();
    };
    let none: (Option<i64>, Option<String>) = (None, None);
    params![
        source.as_str(),
        event.at,
        event.by.to_string(),
        none.0,
        none.1.clone(),
        none.0,
        none.1
    ]
}

impl Store {
    /// The keys of a report, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report_keys(&self, no: i64) -> Result<Vec<KeyRow>, ReadError> {
        let sql = "SELECT n, source, at, doer, record, confirmed_at, confirmed_by, dropped_at, dropped_by \
                   FROM report_key WHERE no = $1 ORDER BY n";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| {
                let judged = |at: usize| -> Result<Option<(Micros, String)>, ReadError> {
                    Ok(row.int_opt(at)?.map(Micros).zip(row.text_opt(at + 1)?))
                };
                Ok(KeyRow {
                    n: row.int(0)?,
                    source: row.text(1)?,
                    at: row.at(2)?,
                    doer: row.text(3)?,
                    record: row.text(4)?,
                    confirmed: judged(5)?,
                    dropped: judged(7)?,
                })
            })
            .collect()
    }
}

/// The service's own secret keys below a data directory, armoured; `None` until one is made. Read anew each time: another process
/// may have exchanged them.
///
/// # Errors
/// [`KeyError::File`].
pub fn own_keys(dir: &Path) -> Result<Option<Vec<u8>>, KeyError> {
    let path = dir.join("keys").join(OPENPGP_FILE);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(KeyError::File { path, cause }),
    }
}

/// Replaces them, durably.
///
/// # Errors
/// [`KeyError::File`].
pub fn set_own_keys(dir: &Path, armoured: &[u8]) -> Result<(), KeyError> {
    let keys = dir.join("keys");
    let path = keys.join(OPENPGP_FILE);
    let written = fs::create_dir_all(&keys)
        .and_then(|()| crate::keys::private_dir(&keys))
        .and_then(|()| crate::keys::replace(&path, armoured));
    written.map_err(|cause| KeyError::File { path, cause })
}
