//! From counts to what may be published: settled against what was published before, then hidden where it is small.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gate::{Cell, Sum, alone, rounded, suppress, suppress_sums};
use super::settle::{Basis, Row, Tally};
use super::{Quarter, Rules};

/// Most quarters of one publication.
pub const QUARTERS_MAX: usize = 40;
/// Code of those without an answer in a [`Row`].
const UNKNOWN: &str = "";
/// Organisations in the row of ages, which they share so that neither tells the other. No age band has this code.
const ORGANISATION: &str = "/organisation";

/// What was counted in the reports; nothing is hidden yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// By quarter and category.
    pub quarters: BTreeMap<i64, BTreeMap<String, Tally>>,
    /// By region over the year; `None` for those who named none.
    pub regions: BTreeMap<Option<String>, u64>,
    /// By age band over the year, people only.
    pub ages: BTreeMap<Option<String>, u64>,
    /// Organisations over the year.
    pub organisations: u64,
    /// By number of the loss band over the year.
    pub loss_bands: BTreeMap<Option<String>, u64>,
}

/// The codes that are shown, in the taxonomy's order, and what they are counted by.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    /// Categories.
    pub categories: &'a [String],
    /// Regions.
    pub regions: &'a [String],
    /// Age bands.
    pub ages: &'a [String],
    /// Loss bands.
    pub loss_bands: &'a [String],
    /// Minor units of one unit of the base currency.
    pub factor: i64,
}

/// What a category shows in a quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryFigures {
    /// Which.
    pub code: String,
    /// Incidents.
    pub incidents: Cell,
    /// Rounded sum of direct losses, minor units; `None` where it is not shown.
    pub loss_minor: Option<i64>,
}

/// What a quarter shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarterFigures {
    /// Which.
    pub quarter: Quarter,
    /// Incidents.
    pub incidents: Cell,
    /// By category, in the taxonomy's order.
    pub categories: Vec<CategoryFigures>,
    /// Rounded sum of direct losses, minor units; `None` where it is not shown.
    pub loss_minor: Option<i64>,
    /// Incidents with an amount.
    pub with_amount: Cell,
    /// Of these, how many are not in the sum because the amount is large and not verified.
    pub held: Cell,
    /// Incidents with an amount that is not in the sum because no rate of its currency is known.
    pub no_rate: Cell,
    /// Share with a loss, in tenths of a percent; `None` where it is not shown.
    pub share_with_loss: Option<u64>,
    /// The quarter is not over: only its incidents are told.
    pub running: bool,
}

/// A distribution with its response rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Counts by code, in the taxonomy's order.
    pub cells: Vec<(String, Cell)>,
    /// Share of the incidents for which it is known, in tenths of a percent.
    pub response: Option<u64>,
}

/// All that is published at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// By quarter, oldest first; the last one is running.
    pub quarters: Vec<QuarterFigures>,
    /// The last full calendar year, which the distributions are over.
    pub year: (Quarter, Quarter),
    /// By region.
    pub regions: Spread,
    /// By age band, people only.
    pub ages: Spread,
    /// People and organisations.
    pub affected: Spread,
    /// By size of loss; codes are `0` to `5`, see [`super::LOSS_BANDS`].
    pub loss_bands: Spread,
}

/// The last full calendar year when `running` runs: its first and its last quarter. Years that are published never overlap.
/// Were they to move on by a quarter, the one less the other would be the quarter that entered less the one that left, and
/// in the first year, or wherever the one that left is known, a single quarter's few.
#[must_use]
pub const fn year_before(running: Quarter) -> (Quarter, Quarter) {
    let year = running.0 / 10 - 1;
    (Quarter(year * 10 + 1), Quarter(year * 10 + 4))
}

/// Decides what may be published of `counts`, given what the last publication was worked out from. Returns it with the
/// basis for the next one.
#[must_use]
pub fn publish(
    counts: &Counts,
    before: &Basis,
    rules: &Rules,
    codes: &Codes<'_>,
    running: Quarter,
) -> (Published, Basis) {
    // A quarter that was published stays, even should none of its reports be counted any more.
    let first = counts.quarters.keys().chain(before.quarters.keys()).min();
    let all = first.map_or(running, |q| Quarter(*q)).until(running);
    let skipped = all.len().saturating_sub(QUARTERS_MAX);
    let (mut quarters, mut basis) = (Vec::new(), Basis::default());
    let empty = BTreeMap::new();
    for quarter in all.into_iter().skip(skipped) {
        let now = counts.quarters.get(&quarter.0).unwrap_or(&empty);
        if quarter == running {
            quarters.push(unfinished(quarter, now, codes, rules));
            continue;
        }
        let settled = before.quarter(quarter, now, rules);
        quarters.push(finished(quarter, &settled, codes, rules));
        basis.quarters.insert(quarter.0, settled);
    }
    let year = year_before(running);
    let mut row = |name: &str, now: Row| {
        let settled = before.row(name, year, &now, rules);
        basis.rows.insert(name.to_owned(), settled.clone());
        settled
    };
    let regions = row("region", known(&counts.regions, codes.regions));
    let mut people = known(&counts.ages, codes.ages);
    people.insert(ORGANISATION.to_owned(), counts.organisations);
    let people = row("people", people);
    let loss_bands = row("loss_band", known(&counts.loss_bands, codes.loss_bands));
    basis.year = Some(year);
    let (ages, affected) = spread_people(&people, codes.ages, rules.few);
    let published = Published {
        quarters,
        year,
        regions: spread(&regions, codes.regions, rules.few),
        ages,
        affected,
        loss_bands: spread(&loss_bands, codes.loss_bands, rules.few),
    };
    (published, basis)
}

/// A quarter that is not over: its categories and losses would tell each new report from one day to the next.
fn unfinished(
    quarter: Quarter,
    now: &BTreeMap<String, Tally>,
    codes: &Codes<'_>,
    rules: &Rules,
) -> QuarterFigures {
    let incidents = now.values().map(|tally| tally.incidents).sum();
    let category = |code: &String| CategoryFigures {
        code: code.clone(),
        incidents: Cell::Hidden,
        loss_minor: None,
    };
    QuarterFigures {
        quarter,
        incidents: alone(incidents, rules.few),
        categories: codes.categories.iter().map(category).collect(),
        loss_minor: None,
        with_amount: Cell::Hidden,
        held: Cell::Hidden,
        no_rate: Cell::Hidden,
        share_with_loss: None,
        running: true,
    }
}

fn finished(
    quarter: Quarter,
    tallies: &BTreeMap<String, Tally>,
    codes: &Codes<'_>,
    rules: &Rules,
) -> QuarterFigures {
    let few = rules.few;
    let mut all = Tally::default();
    for tally in tallies.values() {
        all.add(*tally);
    }
    let step = rules.loss_step.saturating_mul(codes.factor);
    QuarterFigures {
        quarter,
        incidents: alone(all.incidents, few),
        categories: by_category(tallies, codes, rules, step),
        loss_minor: all
            .loss
            .is_safe(rules)
            .then(|| rounded(all.loss.minor, step)),
        with_amount: alone(all.with_amount, few),
        held: alone(all.held, few),
        no_rate: alone(all.no_rate, few),
        share_with_loss: share(&all, few),
        running: false,
    }
}

fn by_category(
    tallies: &BTreeMap<String, Tally>,
    codes: &Codes<'_>,
    rules: &Rules,
    step: i64,
) -> Vec<CategoryFigures> {
    let of = |code: &String| tallies.get(code).copied().unwrap_or_default();
    let mut counts: Vec<u64> = codes.categories.iter().map(|c| of(c).incidents).collect();
    let mut sums: Vec<Sum> = codes.categories.iter().map(|c| of(c).loss).collect();
    // Categories that the taxonomy no longer has are in the total, so they take part as one more cell.
    let mut gone = Tally::default();
    for (code, tally) in tallies {
        if !codes.categories.contains(code) {
            gone.add(*tally);
        }
    }
    counts.push(gone.incidents);
    sums.push(gone.loss);
    let cells = suppress(&counts, rules.few);
    // A sum beside a hidden count would say more of the few than the count.
    let mut taboo: Vec<bool> = cells.iter().map(|cell| cell.count().is_none()).collect();
    if let Some(last) = taboo.last_mut() {
        *last = gone.loss.count > 0;
    }
    let shown = suppress_sums(&sums, &taboo, rules);
    let row = codes.categories.iter().zip(cells).zip(sums).zip(shown);
    row.map(|(((code, incidents), sum), shown)| CategoryFigures {
        code: code.clone(),
        incidents,
        loss_minor: shown.then(|| rounded(sum.minor, step)),
    })
    .collect()
}

/// A share of few is as telling as the few: both it and its complement must be enough.
fn share(all: &Tally, few: u64) -> Option<u64> {
    let enough = |n: u64| n == 0 || n >= few;
    let without = all.loss_known.saturating_sub(all.with_loss);
    let safe = all.loss_known >= few && enough(all.with_loss) && enough(without);
    safe.then(|| (all.with_loss * 1_000 + all.loss_known / 2) / all.loss_known)
}

/// The row with codes that the taxonomy does not have taken for no answer.
fn known(counts: &BTreeMap<Option<String>, u64>, codes: &[String]) -> Row {
    let mut row = Row::new();
    for (code, count) in counts {
        let code = code.as_ref().filter(|code| codes.contains(code));
        let code = code.map_or(UNKNOWN, String::as_str);
        *row.entry(code.to_owned()).or_default() += count;
    }
    row
}

fn count(row: &Row, code: &str) -> u64 {
    row.get(code).copied().unwrap_or_default()
}

fn rate(known: u64, unknown: u64) -> u64 {
    let all = known + unknown;
    (known * 1_000 + all / 2) / all.max(1)
}

/// Hides the small cells of a distribution; those without an answer are a cell of the row too.
fn spread(row: &Row, codes: &[String], few: u64) -> Spread {
    let mut counts: Vec<u64> = codes.iter().map(|code| count(row, code)).collect();
    let (known, unknown) = (counts.iter().sum::<u64>(), count(row, UNKNOWN));
    counts.push(unknown);
    let cells = suppress(&counts, few);
    let told = cells.last().is_some_and(|cell| cell.count().is_some());
    Spread {
        cells: codes.iter().cloned().zip(cells).collect(),
        response: (told && known + unknown >= few).then(|| rate(known, unknown)),
    }
}

/// Ages, and people beside organisations. All are one row: were a few organisations hidden, but every age band shown
/// with the response rate, the sum of people would tell the organisations.
fn spread_people(row: &Row, codes: &[String], few: u64) -> (Spread, Spread) {
    let mut counts: Vec<u64> = codes.iter().map(|code| count(row, code)).collect();
    let (known, unknown) = (counts.iter().sum::<u64>(), count(row, UNKNOWN));
    let organisations = count(row, ORGANISATION);
    counts.extend([unknown, organisations]);
    let cells = suppress(&counts, few);
    let told = |at: usize| cells.get(at).is_some_and(|cell| cell.count().is_some());
    let (unknown_told, people_told) = (told(codes.len()), told(codes.len() + 1));
    let affected = if people_told {
        suppress(&[known + unknown, organisations], few)
    } else {
        vec![Cell::Hidden; 2]
    };
    // The rate and one count of it give the number of people.
    let response = unknown_told && affected.iter().all(|cell| cell.count().is_some());
    let ages = Spread {
        cells: codes.iter().cloned().zip(cells).collect(),
        response: (response && known + unknown >= few).then(|| rate(known, unknown)),
    };
    let names = ["individual", "organisation"].map(String::from);
    let affected = Spread {
        cells: names.into_iter().zip(affected).collect(),
        response: None,
    };
    (ages, affected)
}

#[cfg(test)]
mod tests;
