//! Live measures of strategies: collected from the reports with the day's figures, rounded by the gate, kept in the day's
//! vintage, and read from there. Desk and Track do not know each other; here they meet.

mod make;
mod read;

use std::collections::BTreeMap;

use cairn_desk::figures::Rules;
use cairn_desk::figures::live::{Delays, Fact, Facts, LiveBasis, Settings};
use cairn_desk::figures::{Quarter, publish};
use cairn_desk::report::PartialDate;
use cairn_kernel::time::Micros;
use cairn_store::keys::Purpose;
use cairn_track::gate::Gate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::report::AppError;

pub(crate) use make::Making;
pub(crate) use read::Rows;

/// What is told by live measures on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Live {
    /// The day on which the service began, as 20261231: figures of the quarter around it are not of a whole one.
    pub begun: Option<i64>,
    /// All figures.
    pub rows: Vec<LiveFigure>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveFigure {
    /// Name of the query.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// `2026Q1`, or a year.
    pub period: String,
    /// Category, region or agency; none for the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// Ends of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(String, String)>,
    /// How many reports it is of, rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// What else is to be known of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Too few, or one could be told from it.
    Few,
    /// Not known yet.
    NotYet,
}

/// What was counted, by quarter. Small counts: never shown.
pub(crate) type Collected = BTreeMap<i64, Facts>;

/// Key of the set of reports by which it is seen whether a quarter's delays have to be looked at again.
fn all_of(quarter: i64) -> String {
    format!("all/{quarter}")
}

impl App {
    /// The gate by which published counts are rounded: of this installation, and the same for good.
    pub(crate) fn rounding(&self) -> Gate {
        Gate::new(self.store.keys().tag(Purpose::Rounding, &[b"figures"]))
    }

    /// Goes through all reports once, page by page. What is kept does not grow with their number.
    pub(crate) async fn collect(
        &self,
        rules: &Rules,
        factor: i64,
        running: Quarter,
        now: Micros,
        settings: &Settings,
    ) -> Result<Collected, AppError> {
        let gate = self.rounding();
        let unverified_max = rules.unverified_loss_max.saturating_mul(factor);
        let first = (0..publish::QUARTERS_MAX).fold(running, |quarter, _| quarter.previous());
        let mut all = Collected::new();
        let mut after = Some(0);
        while let Some(from) = after {
            let page = self
                .store
                .live_facts(&rules.not_counted, unverified_max, running.0, from)
                .await?;
            for fact in page.facts.iter().filter(|fact| fact.quarter >= first.0) {
                let since = |at: Micros| at.seconds().saturating_sub(fact.received_at.seconds());
                let one = Fact {
                    key: gate.record(&fact.no.to_string()).bits(),
                    category: &fact.category,
                    region: fact.region.as_deref(),
                    anonymous: fact.anonymous,
                    loss_minor: fact.loss_minor,
                    agencies: &fact.agencies,
                    referred: &fact.referred,
                    age: since(now),
                    answered: fact.answered_at.map(since),
                    closed: fact.closed_at.map(since),
                };
                all.entry(fact.quarter).or_default().add(&one, settings);
            }
            after = page.next;
        }
        Ok(all)
    }

    /// Adds the delays of the quarters whose reports are not those of the last time: a report's delay never changes, and
    /// it stands in its body, which is read for nothing else.
    pub(crate) async fn collect_delays(
        &self,
        all: &mut Collected,
        before: &LiveBasis,
        rules: &Rules,
    ) -> Result<(), AppError> {
        let mut quarters = Vec::new();
        for (quarter, facts) in all.iter_mut() {
            if before.sets.get(&all_of(*quarter)) != Some(&facts.all) {
                facts.delays = Some(Delays::default());
                quarters.push(*quarter);
            }
        }
        let (Some(from), Some(to)) = (quarters.first(), quarters.last()) else {
            return Ok(());
        };
        let gate = self.rounding();
        let mut after = Some(0);
        while let Some(no) = after {
            let page = self
                .store
                .live_occurred(&rules.not_counted, *from, *to, no)
                .await?;
            for one in page.all {
                let facts = all.get_mut(&one.quarter);
                let delays = facts.and_then(|facts| facts.delays.as_mut());
                let days = days_between(one.on, self.day(one.received_at));
                if let (Some(delays), Some(days)) = (delays, days) {
                    delays.add(gate.record(&one.no.to_string()).bits(), days);
                }
            }
            after = page.next;
        }
        Ok(())
    }
}

/// Days from a date that has a day to the day of receipt; `None` without a day, or if it is after receipt.
fn days_between(on: PartialDate, received: i64) -> Option<i64> {
    let on = Date::new(on.year, on.month?, on.day?).ok()?;
    let days = on.until(date_of(received)?).ok()?.get_days();
    Some(i64::from(days)).filter(|days| *days >= 0)
}

/// 20261231 as a date.
pub(crate) fn date_of(day: i64) -> Option<Date> {
    let year = i16::try_from(day / 10_000).ok()?;
    let month = i8::try_from(day / 100 % 100).ok()?;
    Date::new(year, month, i8::try_from(day % 100).ok()?).ok()
}

/// `2026Q1`, as plans write it.
pub(crate) fn period_of(quarter: Quarter) -> String {
    quarter.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_need_a_day_that_is_not_to_come() {
        let on = |year, month, day| PartialDate { year, month, day };
        assert_eq!(
            days_between(on(2026, Some(2), Some(27)), 20_260_302),
            Some(3)
        );
        assert_eq!(
            days_between(on(2024, Some(3), Some(2)), 20_260_302),
            Some(730)
        );
        assert_eq!(
            days_between(on(2026, Some(3), Some(2)), 20_260_302),
            Some(0)
        );
        for none in [
            on(2026, Some(3), Some(3)),
            on(2026, Some(2), None),
            on(2026, None, None),
            on(2026, Some(2), Some(30)),
        ] {
            assert_eq!(days_between(none, 20_260_302), None, "{none:?}");
        }
    }
}
