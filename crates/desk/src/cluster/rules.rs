//! `data/cluster.toml`: what shared things are worth, what says nothing, and the words for why.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::observable::Kind;
use serde::Deserialize;

use super::Reason;

/// The built-in rules.
pub const EMBEDDED: &str = include_str!("../../../../data/cluster.toml");
/// What has to come together for a report to join, points.
pub const JOIN: u32 = 100;
/// Longest window of time, days.
const DAYS_MAX: i64 = 3_650;
/// Most words of a phrase that is left out.
const PHRASE_WORDS_MAX: usize = 12;

/// A rules file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// It does not parse; line and column are named.
    #[error("{0}")]
    Parse(String),
    /// A number outside of what makes sense.
    #[error("{0} must be {1}")]
    Number(&'static str, &'static str),
    /// A phrase that would never match since it is not written as folded text is.
    #[error("stop.phrases: write {0:?} as {1:?}: small letters, no macrons, at most twelve words")]
    Phrase(String, String),
}

/// What makes reports look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub(super) version: u16,
    pub(super) points: Points,
    pub(super) steps: Vec<Step>,
    pub(super) limits: Limits,
    pub(super) free: Vec<String>,
    pub(super) stop: Stop,
    words: BTreeMap<String, BTreeMap<Reason, String>>,
}

/// What each shared thing is worth; [`JOIN`] is enough.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Points {
    url: u32,
    wallet: u32,
    account: u32,
    hash: u32,
    email: u32,
    phone: u32,
    free_phone: u32,
    domain: u32,
    pub(super) domain_across: u32,
    pub(super) domain_sure: u32,
    ip: u32,
    pub(super) category: u32,
    pub(super) subtype: u32,
    pub(super) channel: u32,
}

impl Points {
    pub(super) const fn of(&self, kind: Kind, free: bool) -> u32 {
        match kind {
            Kind::Url => self.url,
            Kind::Wallet => self.wallet,
            Kind::Account => self.account,
            Kind::Hash => self.hash,
            Kind::Email => self.email,
            Kind::Phone if free => self.free_phone,
            Kind::Phone => self.phone,
            Kind::Domain => self.domain,
            Kind::Ip => self.ip,
        }
    }
}

/// From this similarity on a text is worth so many points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) percent: u32,
    pub(super) points: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) untraced: u32,
    pub(super) untraced_from: u32,
    pub(super) pieces_min: u16,
    pub(super) text_days: i64,
    pub(super) trace_days: i64,
    pub(super) clusters_half: usize,
    pub(super) clusters_none: usize,
    pub(super) crowd: u32,
    pub(super) share: u32,
    pub(super) lone_percent: u32,
}

/// What says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stop {
    pub(super) answers: BTreeSet<String>,
    pub(super) shared: BTreeSet<String>,
    pub(super) public: BTreeSet<String>,
    pub(super) paths: BTreeSet<String>,
    pub(super) phones: BTreeSet<String>,
    pub(super) emails: BTreeSet<String>,
    pub(super) hashes: BTreeSet<String>,
    pub(super) second: BTreeSet<String>,
    /// By first word: the words after it, longest first.
    pub(super) phrases: BTreeMap<String, Vec<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u16,
    points: Points,
    text: TextPart,
    rules: Limits,
    phones: Phones,
    stop: StopPart,
    words: BTreeMap<String, BTreeMap<Reason, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextPart {
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phones {
    free: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StopPart {
    answers: BTreeSet<String>,
    shared: BTreeSet<String>,
    public: BTreeSet<String>,
    paths: BTreeSet<String>,
    phones: BTreeSet<String>,
    emails: BTreeSet<String>,
    hashes: BTreeSet<String>,
    second: BTreeSet<String>,
    phrases: Vec<String>,
}

impl Rules {
    /// Reads a rules file.
    ///
    /// # Errors
    /// Where the file is wrong, with line and column, or which number or phrase cannot work.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text).map_err(|e| RulesError::Parse(e.to_string()))?;
        check(&file)?;
        let mut phrases: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        let stop = file.stop;
        for phrase in stop.phrases {
            let folded = cairn_kernel::text::fold(&phrase);
            let mut words = super::text::words(&phrase).into_iter();
            let first = words.next();
            let rest: Vec<String> = words.collect();
            let (Some(first), true) = (first, folded == phrase && rest.len() < PHRASE_WORDS_MAX)
            else {
                return Err(RulesError::Phrase(phrase, folded));
            };
            phrases.entry(first).or_default().push(rest);
        }
        for rests in phrases.values_mut() {
            rests.sort_by_key(|rest| std::cmp::Reverse(rest.len()));
        }
        Ok(Self {
            version: file.version,
            points: file.points,
            steps: file.text.step,
            limits: file.rules,
            free: file.phones.free,
            stop: Stop {
                answers: stop.answers,
                shared: stop.shared,
                public: stop.public,
                paths: stop.paths,
                phones: stop.phones,
                emails: stop.emails,
                hashes: stop.hashes,
                second: stop.second,
                phrases,
            },
            words: file.words,
        })
    }

    /// Version of the rules that signatures are made by.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// Why, in words of a language (`en` where the language is not known).
    #[must_use]
    pub fn words(&self, reason: Reason, language: &str) -> &str {
        let words = self.words.get(language).or_else(|| self.words.get("en"));
        words
            .and_then(|words| words.get(&reason))
            .map_or("", String::as_str)
    }

    /// What a similarity in percent is worth.
    pub(super) fn text_points(&self, percent: u32) -> u32 {
        let mut below = Step {
            percent: 0,
            points: 0,
        };
        for &step in &self.steps {
            if percent < step.percent {
                let (run, rise) = (
                    step.percent.saturating_sub(below.percent).max(1),
                    step.points.saturating_sub(below.points),
                );
                return below.points + rise * percent.saturating_sub(below.percent) / run;
            }
            below = step;
        }
        below.points
    }
}

fn check(file: &File) -> Result<(), RulesError> {
    let (points, rules) = (&file.points, &file.rules);
    let answers = points.category + points.subtype + points.channel;
    let rising = file
        .text
        .step
        .is_sorted_by(|low, high| low.percent < high.percent && low.points <= high.points);
    let full = |words: &BTreeMap<Reason, String>| Reason::ALL.iter().all(|r| words.contains_key(r));
    let worded = ["en", "mi"]
        .iter()
        .all(|language| file.words.get(*language).is_some_and(full));
    let days = |days: i64| (1..=DAYS_MAX).contains(&days);
    for (holds, name, must) in [
        (
            answers < JOIN,
            "points.category, subtype and channel",
            "below 100 together",
        ),
        (
            answers + points.ip < JOIN,
            "points.ip",
            "too little even with all answers alike",
        ),
        (
            (points.domain..=points.domain_sure).contains(&points.domain_across),
            "points.domain_across",
            "between points.domain and domain_sure",
        ),
        (
            !file.text.step.is_empty() && rising,
            "text.step",
            "rising in percent and points",
        ),
        (
            rules.untraced < 30 && rules.untraced_from >= 60,
            "rules.untraced",
            "below 30, for words worth 60 or more",
        ),
        (rules.pieces_min >= 10, "rules.pieces_min", "10 or more"),
        (days(rules.text_days), "rules.text_days", "1 to 3650"),
        (days(rules.trace_days), "rules.trace_days", "1 to 3650"),
        (
            (2..rules.clusters_none).contains(&rules.clusters_half),
            "rules.clusters_half",
            "2 or more, and below clusters_none",
        ),
        (rules.crowd >= 2, "rules.crowd", "2 or more"),
        (rules.share >= 2, "rules.share", "2 or more"),
        (rules.lone_percent < 100, "rules.lone_percent", "below 100"),
        (worded, "words", "there for every reason, in en and mi"),
    ] {
        if !holds {
            return Err(RulesError::Number(name, must));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Rules {
        Rules::parse(EMBEDDED).unwrap()
    }

    #[test]
    fn the_built_in_rules_hold_and_know_the_numbers_of_the_help() {
        let rules = built_in();
        let help = crate::form::FormFiles::embedded().help;
        let shown = help
            .lines()
            .filter_map(|line| line.strip_prefix("phone = "));
        let mut seen = 0;
        for phone in shown {
            for observable in cairn_kernel::observable::extract(phone.trim_matches('"')) {
                assert!(rules.stop.phones.contains(&observable.value), "{phone}");
                seen += 1;
            }
        }
        assert!(seen >= 4, "{seen}");
    }

    #[test]
    fn text_points_rise_along_the_steps() {
        let rules = built_in();
        assert_eq!(rules.text_points(0), 0);
        assert_eq!(rules.text_points(100), 100);
        let all: Vec<u32> = (0..=100)
            .map(|percent| rules.text_points(percent))
            .collect();
        assert!(all.is_sorted(), "{all:?}");
        let middle = rules.steps[0].percent.midpoint(rules.steps[1].percent);
        let ends = rules.steps[0].points..rules.steps[1].points;
        assert!(ends.contains(&rules.text_points(middle)));
    }

    #[test]
    fn numbers_that_would_melt_everything_are_refused() {
        for (from, to, name) in [
            (
                "category = 15",
                "category = 80",
                "points.category, subtype and channel",
            ),
            ("ip = 40", "ip = 90", "points.ip"),
            ("percent = 22", "percent = 5", "text.step"),
            ("pieces_min = 120", "pieces_min = 1", "rules.pieces_min"),
            (
                "clusters_none = 8",
                "clusters_none = 3",
                "rules.clusters_half",
            ),
            ("text_days = 30", "text_days = 0", "rules.text_days"),
        ] {
            let changed = EMBEDDED.replacen(from, to, 1);
            assert_ne!(changed, EMBEDDED, "{from}");
            let error = Rules::parse(&changed).unwrap_err();
            assert!(
                matches!(error, RulesError::Number(found, _) if found == name),
                "{error}"
            );
        }
        let phrase = EMBEDDED.replacen("\"kia ora\"", "\"Kia ora!\"", 1);
        assert!(matches!(Rules::parse(&phrase), Err(RulesError::Phrase(..))));
        let lost = EMBEDDED.replacen("text = \"he tata", "tex = \"he tata", 1);
        assert!(Rules::parse(&lost).is_err());
    }

    #[test]
    fn every_reason_has_its_words() {
        let rules = built_in();
        assert_eq!(rules.words(Reason::Url, "en"), "the same link");
        assert_eq!(rules.words(Reason::Text, "mi"), "he tata ōrite ngā kupu");
        assert_eq!(
            rules.words(Reason::Text, "fr"),
            rules.words(Reason::Text, "en")
        );
    }
}
