//! Reading the evidence log: rows, tiles, checkpoints and proofs.

use cairn_evidence::hash::{Hash, entry, leaf_hash};
use cairn_evidence::merkle::MerkleError;
use cairn_evidence::proof::TileTree;

use crate::db::ReadError;
use crate::report::EvidenceRow;
use crate::{Store, params};

/// Rows of one page of the audit trail at most.
pub const EVIDENCE_ROWS_MAX: i64 = 1_000;

/// Which rows of the log are wanted; nothing set means all. Ids and kinds are made of letters, digits, `-` and `_`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Account id, as the doer or as the one concerned.
    pub account: Option<String>,
    /// Report number, as the one changed or the one opened.
    pub report: Option<i64>,
    /// Number of the challenge.
    pub challenge: Option<i64>,
    /// Kind of event.
    pub kind: Option<String>,
}

impl Store {
    /// Size and text of the newest checkpoint.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_checkpoint(&self) -> Result<Option<(u64, String)>, ReadError> {
        let row = self
            .db
            .row(
                "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1",
                vec![],
            )
            .await?;
        row.map(|row| Ok((row.int(0)?.unsigned_abs(), row.text(1)?)))
            .transpose()
    }

    /// Rows `from..` of the log, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn evidence(&self, from: i64, limit: i64) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql = "SELECT idx, at, report, salt, event FROM evidence WHERE idx >= $1 ORDER BY idx LIMIT $2";
        let rows = self
            .db
            .rows(sql, params![from, limit.clamp(1, EVIDENCE_ROWS_MAX)])
            .await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// Rows of the log before `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn evidence_before(
        &self,
        before: i64,
        limit: i64,
    ) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql = "SELECT idx, at, report, salt, event FROM evidence WHERE idx < $1 ORDER BY idx DESC LIMIT $2";
        let rows = self
            .db
            .rows(sql, params![before, limit.clamp(1, EVIDENCE_ROWS_MAX)])
            .await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// As [`Store::evidence_before`], but only rows that `wanted` names. Reads the log from `before` down until the page
    /// is full: meant for the few who audit, not for lists.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn evidence_found(
        &self,
        before: i64,
        limit: i64,
        wanted: &Wanted,
    ) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql = "SELECT idx, at, report, salt, event FROM evidence WHERE idx < $1 AND ($2 = '' OR event LIKE $2) \
                   AND ($3 = '' OR event LIKE $3) AND (NOT $4 OR report = $5 OR event LIKE $6) \
                   AND (NOT $7 OR challenge = $8) ORDER BY idx DESC LIMIT $9";
        let quoted = |text: &Option<String>, before: &str| {
            text.as_ref()
                .map_or_else(String::new, |text| format!("%{before}\"{text}\"%"))
        };
        let report = wanted.report.unwrap_or_default();
        let params = params![
            before,
            quoted(&wanted.account, ""),
            quoted(&wanted.kind, "\"kind\":"),
            wanted.report.is_some(),
            report,
            format!("%\"kind\":\"report_opened\",\"no\":{report}}}"),
            wanted.challenge.is_some(),
            wanted.challenge.unwrap_or_default(),
            limit.clamp(1, EVIDENCE_ROWS_MAX)
        ];
        let rows = self.db.rows(sql, params).await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// Published entries (32 bytes each) `256 * n ..` of the log.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn log_entries(&self, n: u64) -> Result<Vec<Hash>, ReadError> {
        let from = i64::try_from(n.saturating_mul(256)).unwrap_or(i64::MAX);
        let rows = self.evidence(from, 256).await?;
        Ok(rows.iter().map(published).collect())
    }

    /// Hashes of tile `n` at `level` (C2SP tlog-tiles), up to 256.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn log_tile(&self, level: u8, n: u64) -> Result<Vec<Hash>, ReadError> {
        if level == 0 {
            return Ok(self
                .log_entries(n)
                .await?
                .iter()
                .map(|entry| leaf_hash(&entry.0))
                .collect());
        }
        let sql = "SELECT hash FROM log_node WHERE level = $1 AND n >= $2 AND n < $3 ORDER BY n";
        let from = n.saturating_mul(256);
        let rows = self
            .db
            .rows(sql, params![level, from, from.saturating_add(256)])
            .await?;
        rows.iter()
            .map(|row| {
                Hash::from_slice(&row.blob(0)?).ok_or(ReadError::Content {
                    what: "tree node",
                    cause: "not 32 bytes".into(),
                })
            })
            .collect()
    }

    /// The inclusion path of an entry in the tree of `size` leaves.
    ///
    /// # Errors
    /// The database could not be read, or the log is damaged.
    pub async fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, ReadError> {
        let mut tiles: Vec<(u8, u64, Vec<Hash>)> = Vec::new();
        // The walk names the tile it lacks; each round fetches that one. A tree of 2^32 leaves has four levels.
        for _ in 0..16 {
            let missing = std::cell::Cell::new(None);
            let reader = |level: u8, n: u64| {
                let found = tiles
                    .iter()
                    .find(|(l, t, _)| *l == level && *t == n)
                    .map(|(.., hashes)| hashes.clone());
                if found.is_none() {
                    missing.set(Some((level, n)));
                }
                found
            };
            let path: Result<Vec<Hash>, MerkleError> =
                TileTree::new(size, reader).inclusion_proof(index);
            match (path, missing.get()) {
                (Ok(path), _) => return Ok(path),
                (Err(_), Some((level, n))) => {
                    let hashes = self.log_tile(level, n).await?;
                    if hashes.is_empty() {
                        return Err(ReadError::Content {
                            what: "evidence log",
                            cause: format!("tile {level}/{n} is missing"),
                        });
                    }
                    tiles.push((level, n, hashes));
                }
                (Err(error), None) => {
                    return Err(ReadError::Content {
                        what: "evidence log",
                        cause: error.to_string(),
                    });
                }
            }
        }
        Err(ReadError::Content {
            what: "evidence log",
            cause: "too many tiles".into(),
        })
    }
}

/// What the log publishes of a row.
#[must_use]
pub fn published(row: &EvidenceRow) -> Hash {
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(&row.salt) {
        *to = *from;
    }
    entry(&salt, row.event.as_bytes())
}
