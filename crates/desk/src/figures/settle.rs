//! What a figure is allowed to move by. Two publications of which one knows a report more would tell that report by
//! subtraction, however well each of them hides its small cells. So a published count stays as it was until enough
//! reports have moved it, and everything published is worked out from such counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gate::Sum;
use super::live::LiveBasis;
use super::{Quarter, Rules};

/// Counts of one quarter and category, before anything is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Incidents.
    pub incidents: u64,
    /// With a loss of any kind.
    pub with_loss: u64,
    /// Whose reporters could say.
    pub loss_known: u64,
    /// With an amount, whether or not it is in the sum.
    pub with_amount: u64,
    /// With an amount too large to be added up before an officer verified it.
    pub held: u64,
    /// With an amount in a currency for which no rate was known.
    pub no_rate: u64,
    /// Losses that are added up.
    pub loss: Sum,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.incidents += other.incidents;
        self.with_loss += other.with_loss;
        self.loss_known += other.loss_known;
        self.with_amount += other.with_amount;
        self.held += other.held;
        self.no_rate += other.no_rate;
        self.loss.add(other.loss);
    }

    /// What may be published now, if `self` was published before.
    #[must_use]
    pub fn settle(self, now: Self, rules: &Rules) -> Self {
        let few = rules.few;
        let quiet = |before: u64, now: u64| before == now || before.abs_diff(now) >= few;
        // A share is of two counts: both they and what is between them must have moved enough, or not at all.
        let without = |tally: &Self| tally.loss_known.saturating_sub(tally.with_loss);
        let share = quiet(self.with_loss, now.with_loss)
            && quiet(without(&self), without(&now))
            && quiet(self.loss_known, now.loss_known);
        let from = if share { &now } else { &self };
        Self {
            incidents: moved(self.incidents, now.incidents, few),
            with_loss: from.with_loss,
            loss_known: from.loss_known,
            with_amount: moved(self.with_amount, now.with_amount, few),
            held: moved(self.held, now.held, few),
            no_rate: moved(self.no_rate, now.no_rate, few),
            loss: settle_sum(self.loss, now.loss, rules),
        }
    }
}

/// The count that may be published.
fn moved(before: u64, now: u64, few: u64) -> u64 {
    if before.abs_diff(now) >= few {
        now
    } else {
        before
    }
}

/// A sum moves with enough reports, and by so much that no single loss can be most of the step: none is larger than the
/// two largest in the sum as it is or was.
fn settle_sum(before: Sum, now: Sum, rules: &Rules) -> Sum {
    let step = before.minor.abs_diff(now.minor);
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let mut largest = before;
    largest.add(now);
    let blurred = !largest.dominates(step, rules);
    if before.count.abs_diff(now.count) >= rules.few && blurred {
        now
    } else {
        before
    }
}

/// A row of counts by code.
pub type Row = BTreeMap<String, u64>;

/// What was counted when each figure last moved. It holds small counts: kept in the store, never shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Quarters that were over: by category.
    pub quarters: BTreeMap<i64, BTreeMap<String, Tally>>,
    /// The four quarters that the rows are over.
    pub year: Option<(Quarter, Quarter)>,
    /// Rows by name of their definition.
    pub rows: BTreeMap<String, Row>,
    /// The same for live measures; nothing in what an older program kept.
    #[serde(default)]
    pub live: LiveBasis,
}

impl Basis {
    /// A quarter that is over, as it may be published now. The first time it is taken as it is.
    #[must_use]
    pub fn quarter(
        &self,
        quarter: Quarter,
        now: &BTreeMap<String, Tally>,
        rules: &Rules,
    ) -> BTreeMap<String, Tally> {
        let Some(before) = self.quarters.get(&quarter.0) else {
            return now.clone();
        };
        let codes: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        codes
            .into_iter()
            .map(|code| {
                let tally =
                    |all: &BTreeMap<String, Tally>| all.get(code).copied().unwrap_or_default();
                (code.clone(), tally(before).settle(tally(now), rules))
            })
            .collect()
    }

    /// A row over `year`, as it may be published now. Over another year than before it is taken as it is: the two have no
    /// quarter in common.
    #[must_use]
    pub fn row(&self, name: &str, year: (Quarter, Quarter), now: &Row, rules: &Rules) -> Row {
        let before = self.rows.get(name).filter(|_| self.year == Some(year));
        let Some(before) = before else {
            return now.clone();
        };
        let codes: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        codes
            .into_iter()
            .map(|code| {
                let count = |all: &Row| all.get(code).copied().unwrap_or_default();
                (code.clone(), moved(count(before), count(now), rules.few))
            })
            .collect()
    }
}
