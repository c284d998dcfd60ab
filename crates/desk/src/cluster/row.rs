//! A cluster on one line of a list.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::time::Micros;

use super::trace::traces;
use super::{Reason, Rules};
use crate::report::{LossItem, LossKind};

/// Most shared things that a row names.
const THINGS_MAX: usize = 5;

/// What a list knows of one report, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'r> {
    /// When it was received.
    pub at: Micros,
    /// Category as it stands.
    pub category: &'r str,
    /// Sub-type as it stands.
    pub subtype: Option<&'r str>,
    /// Severity as it stands: 1 (worst) to 6.
    pub severity: u8,
    /// Language of the reporter.
    pub language: &'r str,
    /// The losses as they stand.
    pub losses: &'r [LossItem],
    /// Consent per agency.
    pub consents: &'r BTreeMap<String, bool>,
    /// Its observables.
    pub observables: &'r [Observable],
    /// Why it joined: what [`Change::Joined`](super::Change::Joined) says.
    pub reasons: &'r [Reason],
}

/// A sum of losses in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Minor units; stays at the largest number where it would pass it.
    pub minor: i64,
    /// Losses in it.
    pub losses: u32,
}

/// Something that two reports or more have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedThing {
    /// What kind.
    pub kind: Kind,
    /// In canonical form, live: to be shown defanged.
    pub value: String,
    /// In how many reports.
    pub reports: u32,
}

/// A cluster summed up. Counts are of reports, sums of direct financial losses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Reports.
    pub reports: u32,
    /// What they share, the most shared first, at most five.
    pub shared: Vec<SharedThing>,
    /// Why they joined, the most frequent first, with how many joined for it.
    pub why: Vec<(Reason, u32)>,
    /// The category that most have, with its most frequent sub-type.
    pub category: String,
    /// The sub-type that most of these have, if any has one.
    pub subtype: Option<String>,
    /// How many have that category.
    pub category_reports: u32,
    /// The worst severity: the lowest number.
    pub severity: u8,
    /// Money lost, by currency.
    pub lost: BTreeMap<String, Sum>,
    /// Losses of money whose amount is not known.
    pub lost_unknown: u32,
    /// How many agreed to each agency.
    pub consents: BTreeMap<String, u32>,
    /// How many in each language.
    pub languages: BTreeMap<String, u32>,
    /// The first one received.
    pub oldest: Micros,
    /// The last one received.
    pub newest: Micros,
}

impl Row {
    /// Sums reports up; `None` for a cluster without reports.
    #[must_use]
    pub fn of(rules: &Rules, members: &[Facts<'_>]) -> Option<Self> {
        let all = || members.iter();
        let categories = counted(all().map(|facts| facts.category));
        let (category, category_reports) = first(&categories)?;
        let subtypes = counted(
            all()
                .filter(|f| f.category == category)
                .filter_map(|f| f.subtype),
        );
        let (lost, lost_unknown) = money(members);
        let agreed = all().flat_map(|facts| facts.consents.iter().filter(|(_, given)| **given));
        let consents = counted(agreed.map(|(agency, _)| agency.as_str()));
        let languages = counted(all().map(|facts| facts.language));
        let reasons =
            all().flat_map(|facts| facts.reasons.iter().copied().collect::<BTreeSet<_>>());
        Some(Self {
            reports: u32::try_from(members.len()).unwrap_or(u32::MAX),
            shared: shared(rules, members),
            why: ranked(counted(reasons)),
            category: category.to_owned(),
            subtype: first(&subtypes).map(|(subtype, _)| subtype.to_owned()),
            category_reports,
            severity: all().map(|facts| facts.severity).min()?,
            lost,
            lost_unknown,
            consents: owned(consents),
            languages: owned(languages),
            oldest: all().map(|facts| facts.at).min()?,
            newest: all().map(|facts| facts.at).max()?,
        })
    }
}

fn counted<K: Ord>(all: impl Iterator<Item = K>) -> BTreeMap<K, u32> {
    let mut counts = BTreeMap::new();
    for key in all {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// The most frequent, the first by name among equals.
fn first<'k>(counts: &BTreeMap<&'k str, u32>) -> Option<(&'k str, u32)> {
    let mut best = None;
    for (name, count) in counts {
        if best.is_none_or(|(_, most)| *count > most) {
            best = Some((*name, *count));
        }
    }
    best
}

fn ranked<K: Ord>(counts: BTreeMap<K, u32>) -> Vec<(K, u32)> {
    let mut all: Vec<_> = counts.into_iter().collect();
    // Stable: equals stay in their order.
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

fn owned(counts: BTreeMap<&str, u32>) -> BTreeMap<String, u32> {
    let own = |(name, count): (&str, u32)| (name.to_owned(), count);
    counts.into_iter().map(own).collect()
}

fn money(members: &[Facts<'_>]) -> (BTreeMap<String, Sum>, u32) {
    let mut lost: BTreeMap<String, Sum> = BTreeMap::new();
    let mut unknown = 0;
    let losses = members.iter().flat_map(|facts| facts.losses);
    for loss in losses.filter(|loss| loss.kind == LossKind::DirectFinancial) {
        let Some(amount) = &loss.amount else {
            unknown += 1;
            continue;
        };
        let sum = lost.entry(amount.currency.clone()).or_default();
        sum.minor = sum.minor.saturating_add(amount.minor);
        sum.losses += 1;
    }
    (lost, unknown)
}

fn shared(rules: &Rules, members: &[Facts<'_>]) -> Vec<SharedThing> {
    let things = members.iter().flat_map(|facts| {
        let all = facts.observables.iter().flat_map(|one| traces(rules, one));
        all.map(|(trace, value)| (trace.kind, value))
            .collect::<BTreeSet<_>>()
    });
    let ranked = ranked(counted(things)).into_iter();
    ranked
        .filter(|(_, reports)| *reports > 1)
        .take(THINGS_MAX)
        .map(|((kind, value), reports)| SharedThing {
            kind,
            value,
            reports,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use cairn_kernel::money::Money;
    use cairn_kernel::observable::extract;

    use super::super::EMBEDDED;
    use super::*;
    use crate::report::Certainty;

    fn loss(amount: Option<(i64, &str)>) -> LossItem {
        LossItem {
            kind: LossKind::DirectFinancial,
            amount: amount.map(|(minor, currency)| Money {
                minor,
                currency: currency.into(),
            }),
            date: None,
            certainty: Certainty::Stated,
            paid_by: None,
            recovered_minor: None,
        }
    }

    #[test]
    fn a_row_sums_up() {
        let rules = Rules::parse(EMBEDDED).unwrap();
        let losses = [
            loss(Some((100, "NZD"))),
            loss(None),
            loss(Some((i64::MAX, "AUD"))),
        ];
        let other = [LossItem {
            kind: LossKind::Data,
            ..loss(Some((7, "NZD")))
        }];
        let given = BTreeMap::from([("police".to_owned(), true), ("netsafe".to_owned(), false)]);
        let none = BTreeMap::new();
        let one = extract("https://evil.example/pay from 021 555 0123, +64215550123");
        let two = extract("hxxp://www.evil[.]example/pay https://gmail.com");
        let facts = |category, language, severity, at, losses, consents, observables| Facts {
            at: Micros(at),
            category,
            subtype: (category == "scam").then_some("goods"),
            severity,
            language,
            losses,
            consents,
            observables,
            reasons: &[Reason::Url, Reason::Url, Reason::Answers][..at as usize],
        };
        let members = [
            facts("scam", "en", 6, 3, &losses[..], &given, &one[..]),
            facts("phishing", "mi", 4, 1, &other[..], &none, &two[..]),
            facts("scam", "en", 5, 2, &losses[2..], &given, &[][..]),
        ];
        let row = Row::of(&rules, &members).unwrap();
        assert_eq!((row.reports, row.severity, row.lost_unknown), (3, 4, 1));
        assert_eq!((row.category.as_str(), row.category_reports), ("scam", 2));
        assert_eq!(row.subtype.as_deref(), Some("goods"));
        assert_eq!((row.oldest, row.newest), (Micros(1), Micros(3)));
        assert_eq!(
            row.lost["NZD"],
            Sum {
                minor: 100,
                losses: 1
            }
        );
        assert_eq!(
            row.lost["AUD"],
            Sum {
                minor: i64::MAX,
                losses: 2
            }
        );
        assert_eq!(row.consents, BTreeMap::from([("police".to_owned(), 2)]));
        assert_eq!(row.languages["mi"], 1);
        let shared: Vec<_> = row
            .shared
            .iter()
            .map(|s| (s.value.as_str(), s.reports))
            .collect();
        assert_eq!(shared, [("evil.example", 2), ("evil.example/pay", 2)]);
        assert_eq!(row.why, [(Reason::Url, 3), (Reason::Answers, 1)]);
        assert_eq!(Row::of(&rules, &[]), None);
    }
}
