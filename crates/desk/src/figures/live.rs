//! What the live measures of a strategy are made of: sets of reports, amounts and waits of each quarter that is over; which
//! of them may be told, and when what was told may be told anew.
//!
//! Counts leave here as sets, which the gate of Track rounds by the records in them; levels leave here hidden where few
//! reports could be told from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gate::Sum;
use super::levels::{Amounts, Waited, Waits, two_digits};
use super::{Quarter, Rules};

/// The built-in settings.
pub const EMBEDDED: &str = include_str!("../../../../data/live.toml");

/// What live measures need besides the reports.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// An answer within so many hours is in time.
    pub answer_target_hours: u32,
    /// People, by year; each year once.
    #[serde(default)]
    pub population: Vec<Population>,
}

/// How many people there are, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Year.
    pub year: i64,
    /// People.
    pub people: u64,
    /// Who says so, in words.
    pub source: String,
    /// Where.
    #[serde(default)]
    pub url: Option<String>,
}

/// A settings file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It does not parse; line and column are named.
    #[error("{0}")]
    Parse(String),
    /// The target.
    #[error("answer_target_hours must be 1 to 8760")]
    Target,
    /// A year's entry.
    #[error("population of {0}: {1}")]
    Population(i64, &'static str),
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// Where the file is wrong.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let mut all: Self =
            toml::from_str(text).map_err(|e| SettingsError::Parse(e.to_string()))?;
        if !(1..=8_760).contains(&all.answer_target_hours) {
            return Err(SettingsError::Target);
        }
        all.population.sort_by_key(|one| one.year);
        let mut last = None;
        for one in &all.population {
            let wrong = if last == Some(one.year) {
                "the year has two entries"
            } else if !(1900..=9999).contains(&one.year) {
                "a year has four digits"
            } else if !(1..=100_000_000_000).contains(&one.people) {
                "people must be 1 to 100,000,000,000"
            } else if one.source.trim().is_empty() {
                "name the source"
            } else {
                last = Some(one.year);
                continue;
            };
            return Err(SettingsError::Population(one.year, wrong));
        }
        Ok(all)
    }

    /// The newest population that is not after a quarter's year.
    #[must_use]
    pub fn population(&self, quarter: Quarter) -> Option<&Population> {
        let year = quarter.0 / 10;
        self.population.iter().rfind(|one| one.year <= year)
    }
}

/// Reports of which only their number and the sum of their keyed hashes (modulo 2¹²⁸) are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u64, u64, u64)", into = "(u64, u64, u64)")]
pub struct Set {
    /// How many.
    pub count: u64,
    /// Sum of their keys.
    pub sum: u128,
}

impl From<(u64, u64, u64)> for Set {
    fn from((count, high, low): (u64, u64, u64)) -> Self {
        Self {
            count,
            sum: u128::from(high) << 64 | u128::from(low),
        }
    }
}

impl From<Set> for (u64, u64, u64) {
    fn from(set: Set) -> Self {
        let low = u64::try_from(set.sum & u128::from(u64::MAX)).unwrap_or_default();
        let high = u64::try_from(set.sum >> 64).unwrap_or_default();
        (set.count, high, low)
    }
}

impl Set {
    /// One more report; each only once.
    pub const fn add(&mut self, key: u128) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(key);
    }

    /// These and others, none of which are among them.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum.wrapping_add(other.sum),
        }
    }

    /// These without `other`, all of which are among them.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_sub(other.count),
            sum: self.sum.wrapping_sub(other.sum),
        }
    }

    /// The reports behind a settled count: those of the last time as long as the count stays what it was. A draw from the
    /// newest reports would tell that one came or went while the count stands still.
    #[must_use]
    pub const fn settled(before: Option<Self>, now: Self, count: u64) -> Self {
        match before {
            Some(before) if before.count == count => before,
            _ => Self {
                count,
                sum: now.sum,
            },
        }
    }
}

/// One report that is counted, as far as live measures ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact<'a> {
    /// Its keyed hash.
    pub key: u128,
    /// Category now.
    pub category: &'a str,
    /// Region.
    pub region: Option<&'a str>,
    /// The reporter chose to stay anonymous.
    pub anonymous: bool,
    /// Loss that is added up, minor units of the base currency.
    pub loss_minor: Option<i64>,
    /// Agencies to which the reporter agreed.
    pub agencies: &'a [String],
    /// Agencies to which it was handed.
    pub referred: &'a [String],
    /// Seconds from receipt to now.
    pub age: i64,
    /// Seconds from receipt to the first answer.
    pub answered: Option<i64>,
    /// Seconds from receipt to the first closing.
    pub closed: Option<i64>,
}

/// What one quarter's reports come to. Nothing is hidden yet; its size does not grow with the reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// All that are counted.
    pub all: Set,
    /// By category.
    pub categories: BTreeMap<String, Set>,
    /// By region; the empty code is "not told".
    pub regions: BTreeMap<String, Set>,
    anonymous: Set,
    agreed: Set,
    agencies: BTreeMap<String, Set>,
    passed: Set,
    referred: BTreeMap<String, Set>,
    in_time: Set,
    undecided: u64,
    losses: Amounts,
    lost: Set,
    loss: Sum,
    answers: Waits,
    closings: Waits,
    /// Days from occurrence to receipt, where the day is known; `None` as long as nobody has looked.
    pub delays: Option<Delays>,
}

/// Days from occurrence to receipt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delays {
    set: Set,
    days: Amounts,
}

impl Delays {
    /// One report more.
    pub fn add(&mut self, key: u128, days: i64) {
        self.set.add(key);
        self.days.add(days);
    }
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Whole units, half up.
const fn in_units(seconds: i64, unit: i64) -> i64 {
    let seconds = if seconds < 0 { 0 } else { seconds };
    (seconds + unit / 2) / unit
}

impl Facts {
    /// Counts one report.
    pub fn add(&mut self, fact: &Fact<'_>, settings: &Settings) {
        self.all.add(fact.key);
        let set = |all: &mut BTreeMap<String, Set>, code: &str| match all.get_mut(code) {
            Some(set) => set.add(fact.key),
            None => {
                let mut set = Set::default();
                set.add(fact.key);
                all.insert(code.to_owned(), set);
            }
        };
        set(&mut self.categories, fact.category);
        set(&mut self.regions, fact.region.unwrap_or_default());
        for agency in fact.agencies {
            set(&mut self.agencies, agency);
        }
        for agency in fact.referred {
            set(&mut self.referred, agency);
        }
        if !fact.agencies.is_empty() {
            self.agreed.add(fact.key);
        }
        if !fact.referred.is_empty() {
            self.passed.add(fact.key);
        }
        if fact.anonymous {
            self.anonymous.add(fact.key);
        }
        if let Some(minor) = fact.loss_minor {
            self.losses.add(two_digits(minor));
            self.lost.add(fact.key);
            self.loss.add(Sum {
                count: 1,
                minor,
                top: [minor, 0],
            });
        }
        let target = i64::from(settings.answer_target_hours) * HOUR;
        match fact.answered {
            Some(after) if after <= target => self.in_time.add(fact.key),
            None if fact.age < target => self.undecided += 1,
            _ => {}
        }
        match fact.answered {
            Some(after) => self.answers.done(in_units(after, HOUR)),
            None => self.answers.open(in_units(fact.age, HOUR)),
        }
        match fact.closed {
            Some(after) => self.closings.done(in_units(after, DAY)),
            None => self.closings.open(in_units(fact.age, DAY)),
        }
    }
}

/// A live measure that the desk proposes values for. Those of counts by category and region, and the rate by population,
/// follow from what the figures have published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Median of the losses that are added up.
    MedianLoss,
    /// Their 95th percentile.
    P95Loss,
    /// Median of the days from occurrence to receipt.
    DelayMedian,
    /// Their 90th percentile.
    DelayP90,
    /// Median of the hours to the first answer.
    AnswerMedian,
    /// Their 90th percentile.
    AnswerP90,
    /// Share answered in time.
    AnsweredInTime,
    /// Median of the days to closing.
    CloseMedian,
    /// Their 90th percentile.
    CloseP90,
    /// Share whose reporters agreed to have it passed on, in all or to one agency.
    Consent,
    /// Share of incidents with at least one referral, in all or to one agency.
    Referred,
    /// Share of anonymous reports.
    Anonymous,
}

/// What may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A share, to be made of both counts after the gate has rounded them.
    Share {
        /// Of these.
        part: Set,
        /// All.
        whole: Set,
    },
    /// A level with its interval, in minor units, hours or days.
    Level {
        /// Value.
        value: i64,
        /// Ends of the interval.
        interval: Option<(i64, i64)>,
        /// Of these.
        of: Set,
    },
    /// Withheld: too few, or one could be told from it.
    Few,
    /// Not known yet.
    NotYet,
}

/// What would be told of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub measure: Measure,
    /// Agency; none for the total.
    pub code: Option<String>,
    /// Counts by which it is seen whether enough has moved.
    pub at: Vec<u64>,
    /// It is told anew when one of the counts moved by so many.
    pub step: u64,
    /// What.
    pub told: Told,
}

/// What was told last may be told anew: there is nothing to compare it with, or at least one count moved by `step` and
/// none by fewer than `few`. A step of one report would tell that report.
#[must_use]
pub fn may_move(before: Option<&[u64]>, now: &[u64], few: u64, step: u64) -> bool {
    let Some(before) = before.filter(|before| before.len() == now.len()) else {
        return true;
    };
    let steps = || before.iter().zip(now).map(|(a, b)| a.abs_diff(*b));
    steps().all(|moved| moved == 0 || moved >= few) && steps().any(|moved| moved >= step.max(1))
}

/// Everything that would be told of a quarter. `agencies` are those of the form, in its order.
#[must_use]
pub fn proposals(facts: &Facts, agencies: &[String], rules: &Rules) -> Vec<Proposal> {
    let few = rules.few;
    let mut all = Vec::new();
    losses(facts, rules, &mut all);
    if let Some(delays) = &facts.delays {
        for (measure, percent) in [(Measure::DelayMedian, 50), (Measure::DelayP90, 90)] {
            let of = delays.set;
            let told = delays.days.level(percent, few);
            let told = told.map_or(Told::Few, |level| Told::Level {
                value: level.value,
                interval: level.interval,
                of,
            });
            all.push(Proposal {
                measure,
                code: None,
                at: vec![of.count],
                step: few,
                told,
            });
        }
    }
    for (measure, waits, percent) in [
        (Measure::AnswerMedian, &facts.answers, 50),
        (Measure::AnswerP90, &facts.answers, 90),
        (Measure::CloseMedian, &facts.closings, 50),
        (Measure::CloseP90, &facts.closings, 90),
    ] {
        let (done, open) = waits.counts();
        let told = match waits.level(percent, few) {
            Waited::Few => Told::Few,
            Waited::NotYet => Told::NotYet,
            Waited::Level(level) => Told::Level {
                value: level.value,
                interval: level.interval,
                of: facts.all,
            },
        };
        all.push(Proposal {
            measure,
            code: None,
            at: vec![done, open],
            // A tenth: one closing more each day would be a restatement each week.
            step: few.max((done + open) / 10),
            told,
        });
    }
    let mut in_time = share(Measure::AnsweredInTime, None, facts.in_time, facts.all, few);
    if facts.undecided > 0 {
        (in_time.at, in_time.told) = (Vec::new(), Told::NotYet);
    }
    all.push(in_time);
    all.push(share(
        Measure::Anonymous,
        None,
        facts.anonymous,
        facts.all,
        few,
    ));
    by_agency(facts, agencies, few, &mut all);
    all
}

/// What is counted by agency: one report counts once for each of its agencies, and once in the total.
fn by_agency(facts: &Facts, agencies: &[String], few: u64, all: &mut Vec<Proposal>) {
    for (measure, total, each) in [
        (Measure::Consent, facts.agreed, &facts.agencies),
        (Measure::Referred, facts.passed, &facts.referred),
    ] {
        all.push(share(measure, None, total, facts.all, few));
        for agency in agencies {
            let part = each.get(agency).copied().unwrap_or_default();
            all.push(share(measure, Some(agency.clone()), part, facts.all, few));
        }
    }
}

/// The levels of losses are hidden where their sum is: few of them, or one that is most of it.
fn losses(facts: &Facts, rules: &Rules, all: &mut Vec<Proposal>) {
    let of = facts.lost;
    for (measure, percent) in [(Measure::MedianLoss, 50), (Measure::P95Loss, 95)] {
        let level = facts.losses.level(percent, rules.few);
        let told = match level.filter(|_| facts.loss.is_safe(rules)) {
            Some(level) => Told::Level {
                value: level.value,
                interval: level.interval,
                of,
            },
            None => Told::Few,
        };
        all.push(Proposal {
            measure,
            code: None,
            at: vec![of.count],
            step: rules.few,
            told,
        });
    }
}

/// A share, if both those in it and those not in it are none or enough.
fn share(measure: Measure, code: Option<String>, part: Set, whole: Set, few: u64) -> Proposal {
    let rest = whole.without(part);
    let enough = |n: u64| n == 0 || n >= few;
    let safe = whole.count >= few && enough(part.count) && enough(rest.count);
    Proposal {
        measure,
        code,
        at: vec![part.count, rest.count],
        step: few,
        told: if safe {
            Told::Share { part, whole }
        } else {
            Told::Few
        },
    }
}

/// What was counted when each live figure was told last. Holds small counts: kept in the store, never shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveBasis {
    /// Counts of each figure, by its key.
    pub at: BTreeMap<String, Vec<u64>>,
    /// Reports behind each settled count, by its key.
    pub sets: BTreeMap<String, Set>,
}

#[cfg(test)]
mod tests;
