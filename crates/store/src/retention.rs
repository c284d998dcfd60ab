//! What has been kept long enough.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::{Store, params};

/// Reports looked at in one go.
pub const RETENTION_ROWS_MAX: i64 = 500;

impl Store {
    /// Numbers of closed reports after `after` that still have contact details and were closed for the last time before
    /// `before`, in order, at most [`RETENTION_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn contacts_of_closed(
        &self,
        before: Micros,
        after: i64,
    ) -> Result<Vec<i64>, ReadError> {
        // Events are JSON of ours, in which a quoted word cannot come from a stranger: theirs is escaped.
        let sql = "SELECT c.no FROM report_contact c JOIN report r ON r.no = c.no \
                   WHERE r.state = 'closed' AND c.no > $1 AND \
                   (SELECT max(e.at) FROM evidence e WHERE e.report = c.no AND e.event LIKE '%\"kind\":\"closed\"%') < $2 \
                   ORDER BY c.no LIMIT $3";
        let rows = self
            .db
            .rows(sql, params![after, before, RETENTION_ROWS_MAX])
            .await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }
}
