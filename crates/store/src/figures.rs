//! Counts for the public figures, and the publications made of them. Nothing is hidden here; that is the desk's to decide.

use std::collections::BTreeMap;

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Committed, Unit, WriteError};
use crate::{Store, params};

/// Sums of losses are made in two parts, whole multiples of this and the rest: one report may hold 20 losses of 10^15
/// minor units, and a few hundred such reports are more than a 64-bit sum holds. SQLite and PostgreSQL would both refuse.
const PART: i128 = 1_000_000_000;

/// Reports that one statement counts. SQLite groups by sorting, in memory: over all the reports of a nation at once, that
/// would be hundreds of megabytes which the program then keeps.
const SLICE: i64 = 1 << 16;

/// Counts of one quarter and category.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// Year times ten plus quarter.
    pub quarter: i64,
    /// Category code.
    pub category: String,
    /// Incidents.
    pub incidents: i64,
    /// With a loss.
    pub with_loss: i64,
    /// Whose reporters could say.
    pub loss_known: i64,
    /// With an amount.
    pub with_amount: i64,
    /// With an amount that is left out of the sum until an officer verified it.
    pub held: i64,
    /// With an amount in a currency whose rate was not known.
    pub no_rate: i64,
    /// Sum of the other amounts in minor units; the largest number there is where it would be larger.
    pub loss_minor: i64,
    /// The two largest of these amounts, the largest first; 0 where there is none.
    pub top: [i64; 2],
}

/// A count under a code; no code for "not given".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// Code.
    pub code: Option<String>,
    /// Incidents.
    pub count: i64,
}

/// One publication of the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The day it was made, as 20261231, in the country's time zone: its vintage.
    pub day: i64,
    /// When exactly.
    pub at: Micros,
    /// Size of the evidence log that was counted.
    pub log_size: i64,
    /// Definitions by which it was made, as `incidents@2 category@2`.
    pub definitions: String,
    /// What was published, as JSON.
    pub figures: String,
    /// What it was worked out from, as JSON: holds small counts and is never shown.
    pub basis: String,
}

static SNAPSHOT: Table = Table::guard(
    "figures_snapshot",
    &[
        ("day", Ty::Int),
        ("at", Ty::Int),
        ("log_size", Ty::Int),
        ("definitions", Ty::Text),
        ("figures", Ty::Text),
        ("basis", Ty::Text),
    ],
);

/// What counts as an incident, here and for live measures. The parameter is a list of outcomes between bars: `|spam|duplicate|`.
macro_rules! counted {
    () => {
        counted!("$1")
    };
    ($outcomes:literal) => {
        concat!(
            "suspect = FALSE AND counts = TRUE AND (outcome IS NULL OR ",
            $outcomes,
            " NOT LIKE '%|' || outcome || '|%')"
        )
    };
}
pub(crate) use counted;

/// Whether a report has a direct financial loss of which the condition holds, wherever its losses stand.
macro_rules! some_direct_loss {
    ($and:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM report_loss AS l WHERE l.no = report.no AND l.kind = 'direct_financial' AND ",
            $and,
            ") OR EXISTS (SELECT 1 FROM kept_loss AS l WHERE l.no = report.no AND l.kind = 'direct_financial' AND ",
            $and,
            "))"
        )
    };
}
pub(crate) use some_direct_loss;

/// Incidents with their loss, and whether it is `held` (more than `$1` in all, and not every amount of it verified) or
/// partly `no_rate`. `$2` is what is not counted; `$3` and `$4` are the slice.
macro_rules! losses {
    () => {
        concat!(
            "(SELECT quarter, category, loss, loss_minor, \
             CASE WHEN loss_minor > $1 AND ",
            some_direct_loss!("l.base_minor IS NOT NULL AND l.certainty <> 'verified'"),
            " THEN 1 ELSE 0 END AS held, CASE WHEN loss = 'yes' AND ",
            some_direct_loss!("l.minor IS NOT NULL AND l.base_minor IS NULL"),
            " THEN 1 ELSE 0 END AS no_rate FROM report WHERE ",
            counted!("$2"),
            " AND no > $3 AND no <= $4) AS losses"
        )
    };
}

/// Incidents of the quarters `$2` to `$3` by a column, of the slice from `$4` to `$5`.
macro_rules! by {
    ($column:literal, $and:literal) => {
        concat!(
            "SELECT ",
            $column,
            ", count(*) FROM report WHERE ",
            counted!(),
            " AND quarter >= $2 AND quarter <= $3 AND no > $4 AND no <= $5",
            $and,
            " GROUP BY ",
            $column,
            " LIMIT 1000"
        )
    };
}

/// Counts of the same code in several slices, added up.
fn added(rows: &[Row]) -> Result<Vec<Coded>, ReadError> {
    let mut counts: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.text_opt(0)?).or_default() += row.int(1)?;
    }
    let coded = counts
        .into_iter()
        .map(|(code, count)| Coded { code, count });
    Ok(coded.collect())
}

impl Store {
    /// Counts by quarter and category. Losses of more than `unverified_max` minor units that no officer verified are
    /// counted and not added up.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_categories(
        &self,
        not_counted: &[String],
        unverified_max: i64,
    ) -> Result<Vec<Counted>, ReadError> {
        let sql = concat!(
            "SELECT quarter, category, count(*), \
             CAST(sum(CASE WHEN loss = 'yes' THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(sum(CASE WHEN loss <> 'not_known' THEN 1 ELSE 0 END) AS BIGINT), \
             count(loss_minor), CAST(sum(held) AS BIGINT), CAST(sum(no_rate) AS BIGINT), \
             CAST(coalesce(sum(CASE WHEN held = 0 THEN loss_minor / 1000000000 END), 0) AS BIGINT), \
             CAST(coalesce(sum(CASE WHEN held = 0 THEN loss_minor % 1000000000 END), 0) AS BIGINT) FROM ",
            losses!(),
            " GROUP BY quarter, category LIMIT 20000"
        );
        let limits = params![unverified_max, bars(not_counted)];
        let mut all = BTreeMap::new();
        for row in self.sliced(sql, &limits).await? {
            let key = (row.int(0)?, row.text(1)?);
            all.entry(key).or_insert_with(Sums::default).add(&row)?;
        }
        let sql = concat!(
            "SELECT quarter, category, loss_minor FROM (SELECT quarter, category, loss_minor, \
             row_number() OVER (PARTITION BY quarter, category ORDER BY loss_minor DESC) AS place FROM ",
            losses!(),
            " WHERE held = 0 AND loss_minor IS NOT NULL) AS placed WHERE place <= 2 LIMIT 40000"
        );
        for row in self.sliced(sql, &limits).await? {
            // A report that came in between the two queries may have a category of its own; the next count has both.
            if let Some(sums) = all.get_mut(&(row.int(0)?, row.text(1)?)) {
                sums.place(row.int(2)?);
            }
        }
        Ok(all.into_iter().map(Sums::counted).collect())
    }

    /// The rows of a statement asked of one slice of the reports after the other, whose two ends come after `limits` as its
    /// last parameters: numbers of reports, after the first and up to the second. A report is in one slice for ever.
    async fn sliced(&self, sql: &'static str, limits: &[Value]) -> Result<Vec<Row>, ReadError> {
        let ends = "SELECT coalesce((SELECT min(no) FROM report), 1) - 1, coalesce((SELECT max(no) FROM report), 0)";
        let (mut after, newest) = match self.db.row(ends, Vec::new()).await? {
            Some(row) => (row.int(0)?, row.int(1)?),
            None => (0, 0),
        };
        let mut rows = Vec::new();
        while after < newest {
            let until = after.saturating_add(SLICE);
            let mut limits = limits.to_vec();
            limits.extend(params![after, until]);
            rows.extend(self.db.rows(sql, limits).await?);
            after = until;
        }
        Ok(rows)
    }

    async fn count_by(
        &self,
        sql: &'static str,
        not_counted: &[String],
        from: i64,
        to: i64,
    ) -> Result<Vec<Coded>, ReadError> {
        let limits = params![bars(not_counted), from, to];
        added(&self.sliced(sql, &limits).await?)
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
        self.count_by(by!("region", ""), not_counted, from, to)
            .await
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
        let sql = by!("age_band", " AND affected = 'individual'");
        self.count_by(sql, not_counted, from, to).await
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
        self.count_by(by!("affected", ""), not_counted, from, to)
            .await
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
            " AND no > $9 AND no <= $10) AS amounts) AS bands GROUP BY band LIMIT 1000"
        );
        let [a, b, c, d, e] = ends;
        let limits = params![a, b, c, d, e, from, to, bars(not_counted)];
        added(&self.sliced(sql, &limits).await?)
    }

    /// Keeps a publication.
    ///
    /// # Errors
    /// [`WriteError::Duplicate`] if that day has one already; see [`WriteError`].
    pub async fn save_snapshot(&self, new: &Snapshot) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &SNAPSHOT,
            params![
                new.day,
                new.at,
                new.log_size,
                new.definitions.as_str(),
                new.figures.as_str(),
                new.basis.as_str()
            ],
        );
        self.write(unit).await
    }

    /// The newest publication of a day or, if that has none, of one before it.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn snapshot_until(&self, day: i64) -> Result<Option<Snapshot>, ReadError> {
        let sql = "SELECT day, at, log_size, definitions, figures, basis FROM figures_snapshot \
                   WHERE day <= $1 ORDER BY day DESC LIMIT 1";
        let row = self.db.row(sql, params![day]).await?;
        row.map(|row| {
            Ok(Snapshot {
                day: row.int(0)?,
                at: row.at(1)?,
                log_size: row.int(2)?,
                definitions: row.text(3)?,
                figures: row.text(4)?,
                basis: row.text(5)?,
            })
        })
        .transpose()
    }

    /// Days that have a publication, the newest first, at most `limit`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn snapshot_days(&self, limit: i64) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT day FROM figures_snapshot ORDER BY day DESC LIMIT $1";
        let rows = self.db.rows(sql, params![limit]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }
}

/// What the slices have of one quarter and category.
#[derive(Debug, Default)]
struct Sums {
    counted: Counted,
    minor: i128,
}

impl Sums {
    fn add(&mut self, row: &Row) -> Result<(), ReadError> {
        let to = &mut self.counted;
        to.incidents += row.int(2)?;
        to.with_loss += row.int(3)?;
        to.loss_known += row.int(4)?;
        to.with_amount += row.int(5)?;
        to.held += row.int(6)?;
        to.no_rate += row.int(7)?;
        self.minor += i128::from(row.int(8)?) * PART + i128::from(row.int(9)?);
        Ok(())
    }

    /// One of the largest amounts of a slice.
    const fn place(&mut self, minor: i64) {
        let [first, second] = self.counted.top;
        if minor > first {
            self.counted.top = [minor, first];
        } else if minor > second {
            self.counted.top = [first, minor];
        }
    }

    fn counted(((quarter, category), sums): ((i64, String), Self)) -> Counted {
        Counted {
            quarter,
            category,
            loss_minor: i64::try_from(sums.minor).unwrap_or(i64::MAX),
            ..sums.counted
        }
    }
}

/// `|spam|duplicate|`: codes hold no bars.
pub(crate) fn bars(codes: &[String]) -> String {
    format!("|{}|", codes.join("|"))
}
