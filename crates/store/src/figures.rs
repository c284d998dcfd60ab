//! Counts for the public figures. Nothing is hidden here; that is the desk's to decide.

use crate::db::ReadError;
use crate::sql::Row;
use crate::{Store, params};

/// Counts of one quarter and category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Year times ten plus quarter.
    pub quarter: i64,
    /// Category code.
    pub category: String,
    /// Incidents; with a loss; whose reporters could say; with an amount; sum of amounts in minor units.
    pub counts: [i64; 5],
}

/// A count under a code; no code for "not given".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// Code.
    pub code: Option<String>,
    /// Incidents.
    pub count: i64,
}

/// What counts as an incident. The parameter is a list of outcomes between bars: `|spam|duplicate|`.
macro_rules! counted {
    () => {
        counted!("$1")
    };
    ($outcomes:literal) => {
        concat!(
            "suspect = FALSE AND (outcome IS NULL OR ",
            $outcomes,
            " NOT LIKE '%|' || outcome || '|%')"
        )
    };
}

fn coded(row: &Row) -> Result<Coded, ReadError> {
    Ok(Coded {
        code: row.text_opt(0)?,
        count: row.int(1)?,
    })
}

impl Store {
    /// Counts by quarter and category.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_categories(
        &self,
        not_counted: &[String],
    ) -> Result<Vec<Counted>, ReadError> {
        let sql = concat!(
            "SELECT quarter, category, count(*), \
             CAST(sum(CASE WHEN loss = 'yes' THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(sum(CASE WHEN loss <> 'not_known' THEN 1 ELSE 0 END) AS BIGINT), \
             count(loss_minor), CAST(coalesce(sum(loss_minor), 0) AS BIGINT) \
             FROM report WHERE ",
            counted!(),
            " GROUP BY quarter, category ORDER BY quarter, category LIMIT 20000"
        );
        let rows = self.db.rows(sql, params![bars(not_counted)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Counted {
                    quarter: row.int(0)?,
                    category: row.text(1)?,
                    counts: [
                        row.int(2)?,
                        row.int(3)?,
                        row.int(4)?,
                        row.int(5)?,
                        row.int(6)?,
                    ],
                })
            })
            .collect()
    }

    /// Counts by region, quarters `from` to `to`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_regions(
        &self,
        not_counted: &[String],
        from: i64,
        to: i64,
    ) -> Result<Vec<Coded>, ReadError> {
        let sql = concat!(
            "SELECT region, count(*) FROM report WHERE ",
            counted!(),
            " AND quarter >= $2 AND quarter <= $3 GROUP BY region LIMIT 1000"
        );
        self.db
            .rows(sql, params![bars(not_counted), from, to])
            .await?
            .iter()
            .map(coded)
            .collect()
    }

    /// Counts by age band, people only, quarters `from` to `to`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_ages(
        &self,
        not_counted: &[String],
        from: i64,
        to: i64,
    ) -> Result<Vec<Coded>, ReadError> {
        let sql = concat!(
            "SELECT age_band, count(*) FROM report WHERE ",
            counted!(),
            " AND quarter >= $2 AND quarter <= $3 AND affected = 'individual' GROUP BY age_band LIMIT 1000"
        );
        self.db
            .rows(sql, params![bars(not_counted), from, to])
            .await?
            .iter()
            .map(coded)
            .collect()
    }

    /// Counts by who was affected, quarters `from` to `to`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_affected(
        &self,
        not_counted: &[String],
        from: i64,
        to: i64,
    ) -> Result<Vec<Coded>, ReadError> {
        let sql = concat!(
            "SELECT affected, count(*) FROM report WHERE ",
            counted!(),
            " AND quarter >= $2 AND quarter <= $3 GROUP BY affected LIMIT 1000"
        );
        self.db
            .rows(sql, params![bars(not_counted), from, to])
            .await?
            .iter()
            .map(coded)
            .collect()
    }

    /// Amounts of loss, quarters `from` to `to`, in bands that end at `ends` (minor units); the code is the band's
    /// number from 0.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_loss_bands(
        &self,
        not_counted: &[String],
        from: i64,
        to: i64,
        ends: [i64; 5],
    ) -> Result<Vec<Coded>, ReadError> {
        let sql = concat!(
            "SELECT band, count(*) FROM (SELECT CASE WHEN loss_minor < $1 THEN '0' WHEN loss_minor < $2 THEN '1' \
             WHEN loss_minor < $3 THEN '2' WHEN loss_minor < $4 THEN '3' WHEN loss_minor < $5 THEN '4' ELSE '5' END \
             AS band FROM (SELECT loss_minor FROM report WHERE quarter >= $6 AND quarter <= $7 \
             AND loss_minor IS NOT NULL AND ",
            counted!("$8"),
            ") AS amounts) AS bands GROUP BY band LIMIT 1000"
        );
        let [a, b, c, d, e] = ends;
        let rows = self
            .db
            .rows(sql, params![a, b, c, d, e, from, to, bars(not_counted)])
            .await;
        rows?.iter().map(coded).collect()
    }
}

/// `|spam|duplicate|`: codes hold no bars.
fn bars(codes: &[String]) -> String {
    format!("|{}|", codes.join("|"))
}
