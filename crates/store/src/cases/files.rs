//! Files of cases: their rows, what is due to go for good, and the files of linked reports beside them.

use cairn_desk::cases::{Case, CaseFile};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::Value;
use crate::writer::Unit;
use crate::{Store, params};

/// Files of linked reports that one case shows.
pub const REPORT_FILES_MAX: i64 = 500;
/// Files that go for good in one turn.
pub const GONE_ROWS_MAX: i64 = 200;

/// A file of a linked report. Its name is the sender's and stays with the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Number of the report.
    pub report: i64,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by content.
    pub media_type: String,
}

/// What a row of `case_file` says of a file, after the numbers of case and text.
pub(crate) fn file_of(file: &CaseFile) -> Vec<Value> {
    let gone = file.gone.as_ref();
    let sha256 = gone.is_none().then_some(file.content.sha256.as_str());
    params![
        sha256,
        file.content.size,
        file.content.media_type.as_str(),
        file.removed,
        gone.map(|(at, ..)| *at),
        gone.map(|(_, by, _)| by.to_string()).unwrap_or_default(),
        gone.map_or("", |(.., rule)| rule.as_str())
    ]
}

/// The rows of files that are new or stand otherwise than before.
pub(super) fn write(unit: &mut Unit, before: &Case, after: &Case) {
    for (place, file) in after.files.iter().enumerate() {
        if before.files.get(place) == Some(file) {
            continue;
        }
        let mut row = params![before.no, file.text];
        row.extend(file_of(file));
        unit.exec(
            "INSERT INTO case_file(no, text, sha256, size, media_type, removed_at, gone_at, doer, rule) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (no, text) DO UPDATE SET sha256 = excluded.sha256, \
             removed_at = excluded.removed_at, gone_at = excluded.gone_at, doer = excluded.doer, rule = excluded.rule",
            row,
        );
    }
}

impl Store {
    /// The files of the reports of a case, by report; at most [`REPORT_FILES_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_report_files(&self, no: i64) -> Result<Vec<ReportFile>, ReadError> {
        let sql = "SELECT f.no, f.sha256, f.size, f.media_type FROM case_report l JOIN report_file f ON f.no = l.report \
                   WHERE l.no = $1 ORDER BY f.no, f.at, f.sha256 LIMIT $2";
        let rows = self.db.rows(sql, params![no, REPORT_FILES_MAX]).await?;
        rows.iter()
            .map(|row| {
                Ok(ReportFile {
                    report: row.int(0)?,
                    sha256: row.text(1)?,
                    size: row.int(2)?.unsigned_abs(),
                    media_type: row.text(3)?,
                })
            })
            .collect()
    }

    /// Whether a report of a case is on legal hold.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_held(&self, no: i64, now: Micros) -> Result<bool, ReadError> {
        let sql = "SELECT r.no FROM case_report l JOIN report r ON r.no = l.report \
                   WHERE l.no = $1 AND r.held_until IS NOT NULL AND r.held_until > $2 LIMIT 1";
        Ok(self.db.row(sql, params![no, now]).await?.is_some())
    }

    /// Files that were taken off before `before`, as numbers of case and text; none of a case with a report on legal hold. At most
    /// [`GONE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_files_over(
        &self,
        before: Micros,
        now: Micros,
    ) -> Result<Vec<(i64, u32)>, ReadError> {
        let sql = "SELECT f.no, f.text FROM case_file f WHERE f.removed_at IS NOT NULL AND f.gone_at IS NULL \
                   AND f.removed_at <= $1 AND NOT EXISTS (SELECT 1 FROM case_report l JOIN report r ON r.no = l.report \
                   WHERE l.no = f.no AND r.held_until IS NOT NULL AND r.held_until > $2) \
                   ORDER BY f.removed_at, f.no, f.text LIMIT $3";
        let rows = self
            .db
            .rows(sql, params![before, now, GONE_ROWS_MAX])
            .await?;
        rows.iter()
            .map(|row| {
                let text = u32::try_from(row.int(1)?).unwrap_or_default();
                Ok((row.int(0)?, text))
            })
            .collect()
    }
}
