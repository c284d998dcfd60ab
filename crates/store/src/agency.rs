//! OpenPGP keys of partner agencies that leads brought.

use cairn_desk::account::AccountChange;
use cairn_desk::agency_key::Known;
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::Row;
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// A key of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyKeyRow {
    /// Code of the agency.
    pub agency: String,
    /// What decisions need of it.
    pub known: Known,
    /// Armoured.
    pub key: String,
    /// When it was brought.
    pub at: Micros,
    /// By whom, as the log names actors.
    pub doer: String,
    /// Who compared its fingerprint.
    pub confirmed_by: Option<String>,
    /// Who took it out of use.
    pub dropped_by: Option<String>,
}

impl AgencyKeyRow {
    fn read(row: &Row) -> Result<Self, ReadError> {
        let key = row.text(3)?;
        Ok(Self {
            agency: row.text(0)?,
            known: Known {
                n: u32::try_from(row.int(1)?).unwrap_or_default(),
                fingerprint: row.text(2)?,
                digest: sha256(key.as_bytes()).hex(),
                confirmed: row.int_opt(6)?.map(Micros),
                dropped: row.int_opt(8)?.map(Micros),
            },
            key,
            at: row.at(4)?,
            doer: row.text(5)?,
            confirmed_by: row.text_opt(7)?,
            dropped_by: row.text_opt(9)?,
        })
    }
}

macro_rules! keys_sql {
    ($rest:literal) => {
        concat!(
            "SELECT agency, n, fingerprint, key, at, doer, confirmed_at, confirmed_by, dropped_at, dropped_by FROM agency_key ",
            $rest
        )
    };
}

impl Store {
    /// The keys that leads brought for an agency, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn agency_keys(&self, agency: &str) -> Result<Vec<AgencyKeyRow>, ReadError> {
        const SQL: &str = keys_sql!("WHERE agency = $1 ORDER BY n");
        let rows = self.db.rows(SQL, params![agency]).await?;
        rows.iter().map(AgencyKeyRow::read).collect()
    }

    /// Writes what was decided of an agency's keys; `key` is the armoured text of one that came. [`WriteError::Conflict`]
    /// where somebody else was quicker.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn change_agency_keys(
        &self,
        (at, by): (Micros, &Actor),
        changes: Vec<(AccountChange, Entry)>,
        key: &str,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        for (change, entry) in changes {
            match &change {
                AccountChange::AgencyKeyCame {
                    agency,
                    key: n,
                    fingerprint,
                    ..
                } => {
                    let row = params![
                        agency.as_str(),
                        *n,
                        fingerprint.as_str(),
                        key,
                        at,
                        by.to_string()
                    ];
                    let sql = "INSERT INTO agency_key(agency, n, fingerprint, key, at, doer) VALUES ($1, $2, $3, $4, $5, $6) \
                               ON CONFLICT (agency, n) DO NOTHING";
                    unit.expect(1, sql, row);
                }
                AccountChange::AgencyKeyConfirmed { agency, key: n, .. } => {
                    let sql = "UPDATE agency_key SET confirmed_at = $1, confirmed_by = $2 WHERE agency = $3 AND n = $4 \
                               AND confirmed_at IS NULL AND dropped_at IS NULL";
                    unit.expect(1, sql, params![at, by.to_string(), agency.as_str(), *n]);
                }
                AccountChange::AgencyKeyDropped { agency, key: n } => {
                    let sql = "UPDATE agency_key SET dropped_at = $1, dropped_by = $2 WHERE agency = $3 AND n = $4 \
                               AND dropped_at IS NULL";
                    unit.expect(1, sql, params![at, by.to_string(), agency.as_str(), *n]);
                }
                _ => {}
            }
            unit.entries.push(entry);
        }
        self.write(unit).await.map(drop)
    }
}
