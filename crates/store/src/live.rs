//! What live measures count, report by report: a few columns each, page by page, so that memory stays small however many
//! reports there are. Nothing is hidden here; that is the desk's to decide.

use cairn_desk::report::PartialDate;
use cairn_kernel::time::Micros;
use serde::Deserialize;

use crate::Store;
use crate::db::ReadError;
use crate::figures::{bars, counted, some_direct_loss};
use crate::params;
use crate::sql::Row;

/// Reports of one page.
const PAGE: i64 = 2_000;

/// One report that is counted, of a quarter that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Number.
    pub no: i64,
    /// Year times ten plus quarter.
    pub quarter: i64,
    /// Receipt; the hour, of an anonymous report.
    pub received_at: Micros,
    /// Category now.
    pub category: String,
    /// Region.
    pub region: Option<String>,
    /// The reporter chose to stay anonymous.
    pub anonymous: bool,
    /// Direct loss in minor units of the base currency; none if it is held until an officer verified it.
    pub loss_minor: Option<i64>,
    /// An officer's first message, or the first closing if that came before.
    pub answered_at: Option<Micros>,
    /// First closing.
    pub closed_at: Option<Micros>,
    /// Agencies to which the reporter agrees now, in the order of their codes.
    pub agencies: Vec<String>,
    /// Agencies to which it was handed, in the order of their codes, each once.
    pub referred: Vec<String>,
}

/// One page of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactPage {
    /// In the order of their numbers.
    pub facts: Vec<Fact>,
    /// Where the next page begins; none after the last.
    pub next: Option<i64>,
}

/// When what a report tells of happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// Number of the report.
    pub no: i64,
    /// Its quarter.
    pub quarter: i64,
    /// Receipt.
    pub received_at: Micros,
    /// As the reporter said.
    pub on: PartialDate,
}

/// One page of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OccurredPage {
    /// In the order of their numbers; reports without any date are left out.
    pub all: Vec<Occurred>,
    /// Where the next page begins; none after the last.
    pub next: Option<i64>,
}

/// The part of a body that is wanted; the rest is skipped over.
#[derive(Deserialize)]
struct Dated {
    #[serde(default)]
    occurred: Option<PartialDate>,
}

impl Store {
    /// Counted reports of quarters before `running` with a number above `after`, one page.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn live_facts(
        &self,
        not_counted: &[String],
        unverified_max: i64,
        running: i64,
        after: i64,
    ) -> Result<FactPage, ReadError> {
        // Rows that are not counted come too, so that a page is a range of numbers for the queries below.
        let sql = concat!(
            "SELECT no, quarter, received_at, category, region, anonymous, CASE WHEN loss_minor > $1 AND ",
            some_direct_loss!("l.base_minor IS NOT NULL AND l.certainty <> 'verified'"),
            " THEN NULL ELSE loss_minor END, CASE WHEN ",
            counted!("$2"),
            " AND quarter < $3 THEN 1 ELSE 0 END FROM report WHERE no > $4 ORDER BY no LIMIT 2000"
        );
        let limits = params![unverified_max, bars(not_counted), running, after];
        let rows = self.db.rows(sql, limits).await?;
        let Some(last) = rows.last().map(|row| row.int(0)).transpose()? else {
            return Ok(FactPage::default());
        };
        let mut facts = Vec::with_capacity(rows.len());
        for row in &rows {
            if row.int(7)? == 1 {
                facts.push(fact(row)?);
            }
        }
        self.live_answers(&mut facts, after, last).await?;
        self.live_consents(&mut facts, after, last).await?;
        self.live_referrals(&mut facts, after, last).await?;
        let full = i64::try_from(rows.len()).unwrap_or(PAGE) == PAGE;
        Ok(FactPage {
            facts,
            next: full.then_some(last),
        })
    }

    /// First answers and closings, from the events of the evidence log.
    async fn live_answers(
        &self,
        facts: &mut [Fact],
        after: i64,
        last: i64,
    ) -> Result<(), ReadError> {
        let sql = "SELECT report, min(CASE WHEN event LIKE '%\"kind\":\"officer_wrote\"%' \
                   OR event LIKE '%\"kind\":\"closed\"%' THEN at END), \
                   min(CASE WHEN event LIKE '%\"kind\":\"closed\"%' THEN at END) FROM evidence \
                   WHERE report IS NOT NULL AND report > $1 AND report <= $2 GROUP BY report LIMIT 100000";
        for row in self.db.rows(sql, params![after, last]).await? {
            let no = row.int(0)?;
            if let Ok(place) = facts.binary_search_by_key(&no, |fact| fact.no)
                && let Some(fact) = facts.get_mut(place)
            {
                fact.answered_at = row.int_opt(1)?.map(Micros);
                fact.closed_at = row.int_opt(2)?.map(Micros);
            }
        }
        Ok(())
    }

    async fn live_consents(
        &self,
        facts: &mut [Fact],
        after: i64,
        last: i64,
    ) -> Result<(), ReadError> {
        let sql = "SELECT no, agency FROM report_consent WHERE given = TRUE AND no > $1 AND no <= $2 \
                   UNION ALL SELECT no, agency FROM kept_consent WHERE no > $1 AND no <= $2 \
                   ORDER BY no, agency LIMIT 200000";
        for row in self.db.rows(sql, params![after, last]).await? {
            let no = row.int(0)?;
            if let Ok(place) = facts.binary_search_by_key(&no, |fact| fact.no)
                && let Some(fact) = facts.get_mut(place)
            {
                fact.agencies.push(row.text(1)?);
            }
        }
        // Each database has its own order of texts.
        facts.iter_mut().for_each(|fact| fact.agencies.sort());
        Ok(())
    }

    async fn live_referrals(
        &self,
        facts: &mut [Fact],
        after: i64,
        last: i64,
    ) -> Result<(), ReadError> {
        let sql = "SELECT DISTINCT no, agency FROM referral WHERE sent_at IS NOT NULL AND no > $1 AND no <= $2 \
                   ORDER BY no, agency LIMIT 200000";
        for row in self.db.rows(sql, params![after, last]).await? {
            let no = row.int(0)?;
            if let Ok(place) = facts.binary_search_by_key(&no, |fact| fact.no)
                && let Some(fact) = facts.get_mut(place)
            {
                fact.referred.push(row.text(1)?);
            }
        }
        facts.iter_mut().for_each(|fact| fact.referred.sort());
        Ok(())
    }

    /// When the counted reports of the quarters `from` to `to` with a number above `after` happened, one page. Reads their
    /// bodies, a page of them at a time.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn live_occurred(
        &self,
        not_counted: &[String],
        from: i64,
        to: i64,
        after: i64,
    ) -> Result<OccurredPage, ReadError> {
        let sql = concat!(
            "SELECT report.no, quarter, received_at, body FROM report JOIN report_body AS b ON b.no = report.no \
             WHERE ",
            counted!(),
            " AND quarter >= $2 AND quarter <= $3 AND report.no > $4 ORDER BY report.no LIMIT 500"
        );
        let limits = params![bars(not_counted), from, to, after];
        let rows = self.db.rows(sql, limits).await?;
        let mut page = OccurredPage::default();
        for row in &rows {
            let no = row.int(0)?;
            // A damaged body is for `cairn log verify` to tell; here it has no date.
            let dated = serde_json::from_str::<Dated>(&row.text(3)?);
            if let Some(on) = dated.ok().and_then(|dated| dated.occurred) {
                page.all.push(Occurred {
                    no,
                    quarter: row.int(1)?,
                    received_at: row.at(2)?,
                    on,
                });
            }
            page.next = Some(no).filter(|_| rows.len() == 500);
        }
        Ok(page)
    }

    /// When the log began, or the first report came if that was before: figures of the quarter around it are not of a
    /// whole quarter. `None` of an empty store.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn live_begun(&self) -> Result<Option<Micros>, ReadError> {
        let mut begun = None;
        for sql in [
            "SELECT at FROM evidence ORDER BY idx LIMIT 1",
            "SELECT received_at FROM report ORDER BY no LIMIT 1",
        ] {
            if let Some(row) = self.db.row(sql, Vec::new()).await? {
                let at = row.at(0)?;
                begun = Some(begun.map_or(at, |before: Micros| before.min(at)));
            }
        }
        Ok(begun)
    }
}

fn fact(row: &Row) -> Result<Fact, ReadError> {
    Ok(Fact {
        no: row.int(0)?,
        quarter: row.int(1)?,
        received_at: row.at(2)?,
        category: row.text(3)?,
        region: row.text_opt(4)?,
        anonymous: row.bool(5)?,
        loss_minor: row.int_opt(6)?,
        answered_at: None,
        closed_at: None,
        agencies: Vec::new(),
        referred: Vec::new(),
    })
}
