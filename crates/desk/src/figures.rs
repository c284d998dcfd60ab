//! Public figures: named, versioned definitions, and the rule that small cells are not shown.

pub mod national;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The built-in definitions.
pub const EMBEDDED: &str = include_str!("../../../data/figures.toml");

/// Texts of a definition in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Title of the figure.
    pub title: String,
    /// What exactly it counts.
    pub text: String,
}

/// What a figure means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Short name, also the anchor on the page.
    pub id: String,
    /// Goes up when the meaning changes.
    pub version: u32,
    /// English.
    pub en: Words,
    /// Te reo Māori.
    pub mi: Words,
}

/// All definitions and the rules they share.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// Outcomes of reports that are no incidents.
    pub not_counted: Vec<String>,
    /// Counts from 1 to one below this are not shown.
    pub few: u64,
    /// The definitions.
    #[serde(rename = "definition")]
    pub list: Vec<Definition>,
}

impl Definitions {
    /// Reads a definitions file.
    ///
    /// # Errors
    /// Where the file is wrong, with line and column.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The definition with this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Definition> {
        self.list.iter().find(|definition| definition.id == id)
    }
}

/// A count as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Hides small counts of a row whose total is published. A single hidden cell could be found by subtraction, and so
/// could several that are all at their least or all at their most; the smallest shown cell is hidden with them until neither holds.
#[must_use]
pub fn suppress(row: &[u64], few: u64) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row
        .iter()
        .map(|&n| {
            if n > 0 && n < few {
                Cell::Hidden
            } else {
                Cell::Count(n)
            }
        })
        .collect();
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

/// A quarter: year times ten plus 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Quarter(pub i64);

impl std::fmt::Display for Quarter {
    /// `2026Q4`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Q{}", self.0 / 10, self.0 % 10)
    }
}

impl Quarter {
    /// The quarter before.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.0 % 10 == 1 {
            Self(self.0 - 10 + 3)
        } else {
            Self(self.0 - 1)
        }
    }

    /// Every quarter from `self` to `last`, both included; at most 400.
    #[must_use]
    pub fn until(self, last: Self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut now = self;
        while now <= last && out.len() < 400 {
            out.push(now);
            now = if now.0 % 10 == 4 {
                Self(now.0 + 7)
            } else {
                Self(now.0 + 1)
            };
        }
        out
    }
}

/// Counts of one quarter and category, before anything is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Incidents.
    pub incidents: u64,
    /// With a loss of any kind.
    pub with_loss: u64,
    /// Whose reporters could say.
    pub loss_known: u64,
    /// With an amount.
    pub with_amount: u64,
    /// Sum of the amounts, minor units of the base currency.
    pub loss_minor: i64,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.incidents += other.incidents;
        self.with_loss += other.with_loss;
        self.loss_known += other.loss_known;
        self.with_amount += other.with_amount;
        self.loss_minor = self.loss_minor.saturating_add(other.loss_minor);
    }
}

/// What a quarter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarterFigures {
    /// Which.
    pub quarter: Quarter,
    /// Incidents.
    pub incidents: Cell,
    /// Incidents by category, in the taxonomy's order.
    pub categories: Vec<(String, Cell)>,
    /// Sum of direct losses; `None` if so few gave an amount that one could be guessed.
    pub loss_minor: Option<i64>,
    /// Incidents with an amount.
    pub with_amount: Cell,
    /// Share with a loss, in tenths of a percent; `None` if too few could say.
    pub share_with_loss: Option<u64>,
    /// The quarter is not over.
    pub running: bool,
}

/// Puts a quarter's tallies together and hides what is small.
#[must_use]
pub fn quarter(
    quarter: Quarter,
    tallies: &BTreeMap<String, Tally>,
    categories: &[&str],
    few: u64,
    running: bool,
) -> QuarterFigures {
    let mut all = Tally::default();
    for tally in tallies.values() {
        all.add(*tally);
    }
    let counts: Vec<u64> = categories
        .iter()
        .map(|code| tallies.get(*code).map_or(0, |t| t.incidents))
        .collect();
    let small = |n: u64| {
        if n > 0 && n < few {
            Cell::Hidden
        } else {
            Cell::Count(n)
        }
    };
    let enough = |n: u64| n == 0 || n >= few;
    // A share of few is as telling as the few: both it and its complement must be enough.
    let share_safe = all.loss_known >= few
        && enough(all.with_loss)
        && enough(all.loss_known - all.with_loss.min(all.loss_known));
    QuarterFigures {
        quarter,
        incidents: small(all.incidents),
        categories: categories
            .iter()
            .map(ToString::to_string)
            .zip(suppress(&counts, few))
            .collect(),
        loss_minor: enough(all.with_amount).then_some(all.loss_minor),
        with_amount: small(all.with_amount),
        share_with_loss: share_safe
            .then(|| (all.with_loss * 1_000 + all.loss_known / 2) / all.loss_known),
        running,
    }
}

/// A distribution with its response rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// Counts by code, in the taxonomy's order.
    pub cells: Vec<(String, Cell)>,
    /// Share of the incidents for which it is known, in tenths of a percent.
    pub response: Option<u64>,
}

/// Hides the small cells of a distribution. `unknown` counts those without an answer; it is a cell of the row too.
#[must_use]
pub fn spread(counts: &BTreeMap<String, u64>, codes: &[&str], unknown: u64, few: u64) -> Spread {
    let mut row: Vec<u64> = codes
        .iter()
        .map(|code| counts.get(*code).copied().unwrap_or_default())
        .collect();
    let known: u64 = row.iter().sum();
    row.push(unknown);
    let cells = suppress(&row, few);
    let shown_unknown = cells.last().is_some_and(|cell| cell.count().is_some());
    let all = known + unknown;
    Spread {
        cells: codes.iter().map(ToString::to_string).zip(cells).collect(),
        response: (shown_unknown && all >= few).then(|| (known * 1_000 + all / 2) / all),
    }
}

/// Upper ends of the loss bands in major units; the last band is open.
pub const LOSS_BANDS: [i64; 5] = [100, 500, 1_000, 10_000, 100_000];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_parse_and_have_unique_names() {
        let all = Definitions::parse(EMBEDDED).unwrap();
        let mut ids: Vec<&str> = all.list.iter().map(|d| d.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.list.len());
        assert!(all.get("loss").is_some_and(|d| d.version == 1));
    }

    #[test]
    fn a_single_small_cell_takes_another_with_it() {
        let (shown, hidden) = (Cell::Count, Cell::Hidden);
        assert_eq!(
            suppress(&[30, 3, 12, 0], 5),
            [shown(30), hidden, hidden, shown(0)]
        );
        assert_eq!(suppress(&[30, 12, 0], 5), [shown(30), shown(12), shown(0)]);
        assert_eq!(suppress(&[9, 1, 1], 5), [hidden, hidden, hidden]);
        assert_eq!(suppress(&[9, 1, 2], 5), [shown(9), hidden, hidden]);
        assert_eq!(suppress(&[0, 3], 5), [hidden, hidden]);
    }

    /// Somebody who tries every row that shows the same cells and total finds no hidden cell with one value only.
    #[test]
    fn no_hidden_cell_can_be_worked_out() {
        // Shown cells and total, and the rows that look so.
        type Look = (Vec<Option<u64>>, u64);
        let mut alike: BTreeMap<Look, Vec<[u64; 3]>> = BTreeMap::new();
        for n in 0..16_u64.pow(3) {
            let row = [n / 256, n / 16 % 16, n % 16];
            let shown = suppress(&row, 5).iter().map(|cell| cell.count()).collect();
            alike
                .entry((shown, row.iter().sum()))
                .or_default()
                .push(row);
        }
        for ((shown, total), rows) in alike {
            // Totals below the limit are hidden themselves; those near the end of what was tried lack company.
            if !(5..=15).contains(&total) {
                continue;
            }
            for (at, cell) in shown.iter().enumerate() {
                let mut values: Vec<u64> = rows.iter().map(|row| row[at]).collect();
                values.dedup();
                assert!(
                    cell.is_some() || values.len() > 1,
                    "{shown:?} of {total}: {rows:?}"
                );
            }
        }
    }

    #[test]
    fn quarters_follow_each_other() {
        assert_eq!(
            Quarter(20254).until(Quarter(20262)),
            [Quarter(20254), Quarter(20261), Quarter(20262)]
        );
        assert_eq!(Quarter(20261).previous(), Quarter(20254));
        assert_eq!(Quarter(20264).to_string(), "2026Q4");
    }

    #[test]
    fn a_quarter_with_few_amounts_shows_no_sum() {
        let tally = Tally {
            incidents: 20,
            with_loss: 8,
            loss_known: 16,
            with_amount: 3,
            loss_minor: 900_000,
        };
        let figures = quarter(
            Quarter(20261),
            &BTreeMap::from([("scam".to_owned(), tally)]),
            &["scam"],
            5,
            false,
        );
        assert_eq!(
            (figures.incidents, figures.loss_minor),
            (Cell::Count(20), None)
        );
        assert_eq!(figures.share_with_loss, Some(500));
    }
}
