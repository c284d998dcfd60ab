//! Sums and medians of amounts: money, hours, days.
//!
//! Random rounding of counts does not protect an amount: one large loss shows through a sum however many small ones there
//! are. A cell is therefore hidden if it has too few records, if its two largest amounts make up too much of it (the
//! (n, k) rule with n = 2), or if what is left of it beside these blurs the largest too little (the p% rule). These are
//! the defaults of output checking in the UK's research data services (`acro` 1.0: 10 records, n = 2 at 90%, p = 10%,
//! zeros disclosive). Where a total is shown, what is hidden beside it has to be safe as a whole, since total less the
//! shown cells tells it; the smallest shown cells are hidden with it until it is. With more than one dimension that would be
//! an optimisation problem, so there is one dimension.

use std::collections::BTreeMap;

use cairn_kernel::label::Label;
use serde::{Deserialize, Serialize};

use super::Gate;
use super::cells::{CELLS_MAX, CellsError, Dimension, join};
use super::key::RecordKey;
use super::table::{Audience, Refused, Released};

/// Amounts of records by the values of one dimension.
#[derive(Debug, Clone)]
pub struct Amounts {
    dimension: Dimension,
    cells: Vec<Vec<u64>>,
    seen: BTreeMap<RecordKey, usize>,
    label: Option<Label>,
}

/// How amounts are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountRule {
    /// Fewest records of a shown cell, 3 or more.
    pub records_min: u64,
    /// A sum of which the two largest amounts are more than this is hidden, percent.
    pub top_two_percent_max: u64,
    /// A sum that, without its two largest amounts, is less than this share of the largest is hidden, percent.
    pub rest_percent_min: u64,
    /// Shown values are rounded to a multiple of this, in the amounts' unit.
    pub step: u64,
}

/// 10 records, 90%, 10%, a step of 1000.
impl Default for AmountRule {
    fn default() -> Self {
        Self {
            records_min: 10,
            top_two_percent_max: 90,
            rest_percent_min: 10,
            step: 1000,
        }
    }
}

/// What is made of the amounts of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their median, of two middle ones the mean.
    Median,
}

/// What is released of amounts: per value of the dimension and in total; `None` is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    statistic: Statistic,
    cells: Vec<(String, Option<u64>)>,
    total: Option<u64>,
}

impl Figures {
    /// What was made of the amounts.
    #[must_use]
    pub const fn statistic(&self) -> Statistic {
        self.statistic
    }

    /// Each value of the dimension, in its order; `None` is hidden. A cell without records has the sum 0 and no median.
    pub fn cells(&self) -> impl Iterator<Item = (&str, Option<u64>)> {
        self.cells
            .iter()
            .map(|(name, shown)| (name.as_str(), *shown))
    }

    /// Over all records.
    #[must_use]
    pub const fn total(&self) -> Option<u64> {
        self.total
    }
}

impl Amounts {
    /// No amounts yet.
    ///
    /// # Errors
    /// The dimension has no values, one twice, or too many.
    pub fn new(dimension: Dimension) -> Result<Self, CellsError> {
        dimension.check()?;
        if dimension.values.len() > CELLS_MAX {
            return Err(CellsError::Cells);
        }
        Ok(Self {
            cells: vec![Vec::new(); dimension.values.len()],
            dimension,
            seen: BTreeMap::new(),
            label: None,
        })
    }

    /// Puts a record's amount into the cell of this value. A record counts once, in one cell.
    ///
    /// # Errors
    /// There is no such cell, the record was there before, or the amount is negative.
    pub fn add(
        &mut self,
        value: &str,
        record: RecordKey,
        amount: i64,
        label: &Label,
    ) -> Result<(), CellsError> {
        let place = self.dimension.place(value)?;
        let amount = u64::try_from(amount).map_err(|_| CellsError::Negative)?;
        if self.seen.contains_key(&record) {
            return Err(CellsError::RecordTwice);
        }
        if let Some(cell) = self.cells.get_mut(place) {
            cell.push(amount);
            self.seen.insert(record, place);
            self.restrict(label);
        }
        Ok(())
    }

    /// Lets the amounts be at least as restricted as `label`.
    pub fn restrict(&mut self, label: &Label) {
        join(&mut self.label, label);
    }
}

impl Gate {
    /// Sums or medians for an audience, with what could tell of one record hidden.
    ///
    /// # Errors
    /// The label does not allow it, or the rule protects nothing; see [`Refused`].
    pub fn release_amounts(
        &self,
        amounts: &Amounts,
        rule: &AmountRule,
        statistic: Statistic,
        audience: Audience,
    ) -> Result<Released<Figures>, Refused> {
        audience.admits(amounts.label.as_ref())?;
        rule.check()?;
        let cells: Vec<Heap> = amounts.cells.iter().map(|cell| Heap::of(cell)).collect();
        let mut all = Heap::default();
        cells.iter().for_each(|cell| all.add(cell));
        let (shown, total) = match statistic {
            Statistic::Sum => sums(&cells, &all, rule),
            Statistic::Median => {
                let everything: Vec<u64> = amounts.cells.concat();
                let each = amounts.cells.iter();
                let medians = each.map(|cell| median(cell, rule)).collect();
                (medians, median(&everything, rule))
            }
        };
        let names = amounts.dimension.values.iter().cloned();
        let figures = Figures {
            statistic,
            cells: names.zip(shown).collect(),
            total,
        };
        Ok(Released::of(figures, audience))
    }
}

impl AmountRule {
    fn check(&self) -> Result<(), Refused> {
        for (holds, name, must) in [
            (self.records_min >= 3, "records_min", "3 or more"),
            (
                (1..100).contains(&self.top_two_percent_max),
                "top_two_percent_max",
                "1 to 99",
            ),
            (
                (1..=100).contains(&self.rest_percent_min),
                "rest_percent_min",
                "1 to 100",
            ),
            (self.step >= 1, "step", "1 or more"),
        ] {
            if !holds {
                return Err(Refused::Rule(name, must));
            }
        }
        Ok(())
    }

    fn is_safe(&self, heap: &Heap) -> bool {
        let [first, second] = heap.top.map(u128::from);
        let top = first + second;
        heap.count == 0
            || (heap.count >= self.records_min
                // A sum of nothing but zeros tells every one of them.
                && heap.sum > 0
                && top * 100 <= heap.sum * u128::from(self.top_two_percent_max)
                && (heap.sum - top) * 100 >= first * u128::from(self.rest_percent_min))
    }

    /// Half up to a multiple of the step; amounts beyond `u64` stay at its end.
    fn round(&self, amount: u128) -> u64 {
        let step = u128::from(self.step);
        let rounded = (amount + step / 2) / step * step;
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }
}

/// What of some amounts is needed to tell whether their sum is safe.
#[derive(Debug, Clone, Copy, Default)]
struct Heap {
    count: u64,
    sum: u128,
    top: [u64; 2],
}

impl Heap {
    fn of(amounts: &[u64]) -> Self {
        let mut heap = Self::default();
        for amount in amounts {
            heap.add(&Self {
                count: 1,
                sum: u128::from(*amount),
                top: [*amount, 0],
            });
        }
        heap
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        let ([a, b], [c, d]) = (self.top, other.top);
        self.top = [a.max(c), a.min(c).max(b.max(d))];
    }
}

/// The shown sums and total, what they would give away included in what is hidden.
fn sums(cells: &[Heap], all: &Heap, rule: &AmountRule) -> (Vec<Option<u64>>, Option<u64>) {
    let mut shown: Vec<bool> = cells.iter().map(|cell| rule.is_safe(cell)).collect();
    let total = rule.is_safe(all).then(|| rule.round(all.sum));
    while total.is_some() {
        let mut hidden = Heap::default();
        let dark = cells.iter().zip(&shown).filter(|(_, shown)| !**shown);
        dark.for_each(|(cell, _)| hidden.add(cell));
        // Of nothing hidden, too. A single hidden cell is never safe, or it would be shown.
        if rule.is_safe(&hidden) {
            break;
        }
        // The least is lost with the smallest; cells without records hide nothing and stay.
        let rest = cells.iter().zip(&shown).enumerate();
        let next = rest
            .filter(|(_, (cell, shown))| **shown && cell.count > 0)
            .min_by_key(|(at, (cell, _))| (cell.sum, *at));
        let Some((at, _)) = next else { break };
        if let Some(one) = shown.get_mut(at) {
            *one = false;
        }
    }
    let each = cells.iter().zip(shown);
    let sums = each.map(|(cell, shown)| shown.then(|| rule.round(cell.sum)));
    (sums.collect(), total)
}

fn median(amounts: &[u64], rule: &AmountRule) -> Option<u64> {
    if u64::try_from(amounts.len()).ok()? < rule.records_min {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let high = u128::from(*sorted.get(sorted.len() / 2)?);
    let low = u128::from(*sorted.get((sorted.len() - 1) / 2)?);
    Some(rule.round(low.midpoint(high)))
}

#[cfg(test)]
mod tests;
