//! The gate of one publication: small cells, sums that one loss dominates, and what would give either away.

use serde::{Deserialize, Serialize};

use super::Rules;

/// A count as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<u64>", into = "Option<u64>")]
pub enum Cell {
    /// The count.
    Count(u64),
    /// Not shown: it is small, or it would give a small one away. Which of the two is not told, since telling it
    /// narrows the small ones down.
    Hidden,
}

impl Cell {
    /// The count, where it may be shown.
    #[must_use]
    pub const fn count(self) -> Option<u64> {
        match self {
            Self::Count(n) => Some(n),
            Self::Hidden => None,
        }
    }
}

impl From<Option<u64>> for Cell {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Hidden, Self::Count)
    }
}

impl From<Cell> for Option<u64> {
    fn from(cell: Cell) -> Self {
        cell.count()
    }
}

/// A count that stands alone: hidden if it is small.
#[must_use]
pub const fn alone(n: u64, few: u64) -> Cell {
    if n > 0 && n < few {
        Cell::Hidden
    } else {
        Cell::Count(n)
    }
}

/// Hides small counts of a row whose total is published. A single hidden cell could be found by subtraction, and so
/// could several that are all at their least or all at their most; the smallest shown cell is hidden with them until neither holds.
#[must_use]
pub fn suppress(row: &[u64], few: u64) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row.iter().map(|&n| alone(n, few)).collect();
    loop {
        let hidden: Vec<u64> = row
            .iter()
            .zip(&cells)
            .filter(|(_, cell)| **cell == Cell::Hidden)
            .map(|(n, _)| *n)
            .collect();
        let all = |n: u64| !hidden.is_empty() && hidden.iter().all(|hidden| *hidden == n);
        let told = hidden.len() == 1 || all(1) || all(few.saturating_sub(1));
        // Zeros are hidden last: "none" is seldom anybody's secret. Equals go together, or the order would tell.
        let worth = |n: u64| if n == 0 { u64::MAX } else { n };
        let shown = row
            .iter()
            .zip(&cells)
            .filter(|(_, cell)| **cell != Cell::Hidden);
        let next = shown.map(|(n, _)| worth(*n)).min();
        match (told, next) {
            (true, Some(next)) => {
                for (_, cell) in row
                    .iter()
                    .zip(&mut cells)
                    .filter(|(n, _)| worth(**n) == next)
                {
                    *cell = Cell::Hidden;
                }
            }
            _ => return cells,
        }
    }
}

/// A sum of losses with what is needed to tell whether it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// Reports that are in it.
    pub count: u64,
    /// Their losses together, minor units of the base currency; never more than `i64` holds.
    pub minor: i64,
    /// The two largest of them, the largest first.
    pub top: [i64; 2],
}

impl Sum {
    /// Adds another sum of other reports.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.minor = self.minor.saturating_add(other.minor);
        let mut all = [self.top[0], self.top[1], other.top[0], other.top[1]];
        all.sort_unstable_by(|a, b| b.cmp(a));
        self.top = [all[0], all[1]];
    }

    /// A sum of so much could be nearly all one loss of those in this sum (the p% rule: what remains without the two
    /// largest must blur the largest by `dominance_percent` at least, since who lost the second knows that one).
    #[must_use]
    pub fn dominates(&self, minor: i64, rules: &Rules) -> bool {
        let [first, second] = self.top.map(i128::from);
        let rest = i128::from(minor) - first - second;
        rest * 100 < first * i128::from(rules.dominance_percent)
    }

    /// May be shown: of nobody, or of enough reports of which none dominates.
    #[must_use]
    pub fn is_safe(&self, rules: &Rules) -> bool {
        self.count == 0 || (self.count >= rules.few && !self.dominates(self.minor, rules))
    }
}

/// Which sums of a row may be shown, beside their total. What is hidden must be safe when taken together, since total
/// less the shown ones tells it; the smallest shown sum is hidden with them until it is. `taboo` are hidden in any case.
#[must_use]
pub fn suppress_sums(row: &[Sum], taboo: &[bool], rules: &Rules) -> Vec<bool> {
    let mut total = Sum::default();
    for sum in row {
        total.add(*sum);
    }
    let mut shown: Vec<bool> = row
        .iter()
        .zip(taboo)
        .map(|(sum, taboo)| !taboo && sum.is_safe(rules))
        .collect();
    if !total.is_safe(rules) {
        shown.fill(false);
    }
    loop {
        let mut hidden = Sum::default();
        let mut cells = 0;
        for (sum, _) in row.iter().zip(&shown).filter(|(_, shown)| !**shown) {
            hidden.add(*sum);
            cells += 1;
        }
        let told = cells == 1 || hidden.count == 0 || !hidden.is_safe(rules);
        // Sums of nobody hide nothing; they go last.
        let next = row
            .iter()
            .zip(&shown)
            .filter(|(_, shown)| **shown)
            .map(|(sum, _)| (sum.count == 0, sum.minor))
            .min();
        match next {
            Some(next) if cells > 0 && told => {
                for (shown, _) in shown
                    .iter_mut()
                    .zip(row)
                    .filter(|(_, sum)| (sum.count == 0, sum.minor) == next)
                {
                    *shown = false;
                }
            }
            _ => return shown,
        }
    }
}

/// Minor units rounded half up to a multiple of `step` (more than zero).
#[must_use]
pub const fn rounded(minor: i64, step: i64) -> i64 {
    let up = minor.saturating_add(step / 2);
    up - up.rem_euclid(step)
}

#[cfg(test)]
mod tests;
