//! The officers' search line: words, "phrases" and filters as words (`category:phishing loss>10000 since:2026-01-01`).
//!
//! [`parse`] reads it against what the installation knows, the printer beside it ([`Search`] as text) writes it back, and
//! [`Search::wanted`] says what a list has to show, in terms of what a store keeps. A line with a fault is not run at all:
//! leaving a filter out that somebody wrote would show more than they asked for.

mod day;
mod matches;
mod parse;
mod phrase;
mod wanted;

use std::fmt;

use cairn_kernel::observable::{Kind, Observable, defang, extract};

use crate::agency::Agencies;
use crate::taxonomy::Taxonomy;

pub use day::{Bound, Day};
pub use matches::Facts;
pub(crate) use parse::tokens;
pub use parse::{LINE_CHARS_MAX, TERMS_MAX, WORDS_MAX, parse};
pub use phrase::{holds, says};
pub use wanted::{NOBODY, Set, Wanted};

/// A filter whose values are codes. Several values, in one filter or in several of its name, mean any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codes {
    /// `category:`
    Category,
    /// `subtype:`
    Subtype,
    /// `state:`, also `all`.
    State,
    /// `assignee:` a login, `me` or `nobody`.
    Assignee,
    /// `language:`
    Language,
    /// `region:`
    Region,
    /// `sector:`
    Sector,
    /// `loss:` `yes`, `no` or `not_known`.
    Loss,
}

impl Codes {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Category,
        Self::Subtype,
        Self::State,
        Self::Assignee,
        Self::Language,
        Self::Region,
        Self::Sector,
        Self::Loss,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Subtype => "subtype",
            Self::State => "state",
            Self::Assignee => "assignee",
            Self::Language => "language",
            Self::Region => "region",
            Self::Sector => "sector",
            Self::Loss => "loss",
        }
    }
}

/// What a report may have. Several mean all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Has {
    /// Contact details, not erased yet.
    Contact,
    /// Files.
    Files,
    /// A loss of any kind.
    Loss,
    /// The reporter asked for an answer.
    Help,
}

impl Has {
    /// All.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Files, Self::Loss, Self::Help];

    /// The word after the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Files => "files",
            Self::Loss => "loss",
            Self::Help => "help",
        }
    }
}

/// How an amount is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Than {
    /// `>`
    Over,
    /// `>=`
    AtLeast,
    /// `<`
    Under,
    /// `<=`
    AtMost,
}

impl Than {
    /// As typed.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Over => ">",
            Self::AtLeast => ">=",
            Self::Under => "<",
            Self::AtMost => "<=",
        }
    }

    /// The least and the most that this lets through.
    #[must_use]
    pub const fn range(self, value: i64) -> (i64, i64) {
        match self {
            Self::Over => (value.saturating_add(1), i64::MAX),
            Self::AtLeast => (value, i64::MAX),
            Self::Under => (i64::MIN, value.saturating_sub(1)),
            Self::AtMost => (i64::MIN, value),
        }
    }
}

/// What one term asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A word, as typed.
    Word(String),
    /// Words that follow each other, as typed.
    Phrase(String),
    /// Any of some codes.
    Codes(Codes, Vec<String>),
    /// Any of some severities, 1 (worst) upwards, sorted.
    Severity(Vec<u8>),
    /// Direct financial loss, in the minor unit of the base currency.
    Loss(Than, i64),
    /// When it came in.
    Received(Bound, Day),
    /// Something that it has.
    Has(Has),
    /// The reporter agrees that this agency is told.
    Consent(String),
    /// It was handed to this agency.
    Referred(String),
    /// It has a referral in this state, or one that is [`OVERDUE`].
    Referral(String),
    /// An observable.
    Observable(Observable),
}

/// One word or filter of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// It must not be so.
    pub not: bool,
    /// What.
    pub what: What,
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// In the order in which they were typed.
    pub terms: Vec<Term>,
    /// Decimals of the base currency, for the printer.
    decimals: u8,
}

/// What is wrong with a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is no filter of this name.
    Filter {
        /// The filter that was perhaps meant.
        nearest: Option<&'static str>,
    },
    /// The filter has no such value.
    Value {
        /// Which filter.
        filter: &'static str,
        /// The value that was perhaps meant.
        nearest: Option<String>,
    },
    /// Nothing stands after the colon, or between the quotation marks.
    Empty,
    /// A quotation mark is not closed.
    Unclosed,
    /// Not an amount of money in the base currency.
    Amount,
    /// Not a day, month or year.
    Day,
    /// Not a severity.
    Severity,
    /// No observable of this kind is recognised in it.
    Observable(Kind),
    /// This filter takes a colon.
    Sign {
        /// Which filter.
        filter: &'static str,
    },
    /// This cannot be left out by `-`; what to write in its place.
    Not {
        /// An example.
        instead: &'static str,
    },
    /// Words and observables can only be left out beside others that must be there.
    Alone,
    /// The line is longer than [`LINE_CHARS_MAX`].
    Long,
    /// There are more than [`TERMS_MAX`] terms or [`WORDS_MAX`] words.
    Many,
}

/// A fault of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it begins, characters from 0.
    pub at: usize,
    /// What stands there, as typed, at most 60 characters of it.
    pub typed: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What the installation knows, against which a line is read.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Categories, regions, sectors.
    pub taxonomy: &'a Taxonomy,
    /// Agencies.
    pub agencies: &'a Agencies,
    /// Languages of reports (BCP 47).
    pub languages: &'a [String],
    /// Accounts: id and login.
    pub accounts: &'a [(String, String)],
    /// The account that asks.
    pub me: &'a str,
    /// Base currency.
    pub currency: &'a str,
    /// For local telephone numbers (ITU-T E.164).
    pub calling_code: u16,
}

/// Stands among states of referrals for those on which the agency should have said something by now.
pub const OVERDUE: &str = "overdue";

/// Every filter's name, in the order in which help lists them.
pub const FILTERS: [&str; 24] = [
    "category", "subtype", "state", "severity", "assignee", "loss", "since", "before", "on",
    "language", "region", "sector", "has", "consent", "referred", "referral", "url", "domain",
    "email", "phone", "ip", "hash", "wallet", "account",
];

/// The terms of a line without one of them; all of them where there is no such one.
pub(crate) fn without<T: Clone>(terms: &[T], at: usize) -> Vec<T> {
    let other = |(own, _): &(usize, &T)| *own != at;
    let kept = terms.iter().enumerate().filter(other);
    kept.map(|(_, term)| term.clone()).collect()
}

impl Search {
    /// The line without one of its terms.
    #[must_use]
    pub fn without(&self, at: usize) -> String {
        let terms = without(&self.terms, at);
        Self {
            terms,
            ..self.clone()
        }
        .to_string()
    }

    /// The line with another value of a filter: all terms of that filter go, and one is added unless `value` is empty.
    #[must_use]
    pub fn with(&self, codes: Codes, value: &str) -> String {
        let mut other = self.clone();
        other
            .terms
            .retain(|term| !matches!(&term.what, What::Codes(name, _) if *name == codes));
        if !value.is_empty() {
            other.terms.push(Term {
                not: false,
                what: What::Codes(codes, vec![value.to_owned()]),
            });
        }
        other.to_string()
    }

    /// The one value of a filter, if the line asks for exactly one.
    #[must_use]
    pub fn single(&self, codes: Codes) -> Option<&str> {
        let mut terms = self
            .terms
            .iter()
            .filter(|term| matches!(&term.what, What::Codes(name, _) if *name == codes));
        match (terms.next(), terms.next()) {
            (
                Some(Term {
                    not: false,
                    what: What::Codes(_, values),
                }),
                None,
            ) => match values.as_slice() {
                [one] => Some(one),
                _ => None,
            },
            _ => None,
        }
    }

    /// The line as it is printed in one term.
    #[must_use]
    pub fn term(&self, term: &Term) -> String {
        Printed(term, self.decimals).to_string()
    }
}

struct Printed<'a>(&'a Term, u8);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(term, decimals) = self;
        if term.not {
            f.write_str("-")?;
        }
        match &term.what {
            What::Word(word) => f.write_str(word),
            What::Phrase(phrase) => write!(f, "\"{phrase}\""),
            What::Codes(codes, values) => {
                write!(f, "{}:{}", codes.name(), quoted(&values.join(",")))
            }
            What::Severity(levels) => {
                let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
                write!(f, "severity:{}", levels.join(","))
            }
            What::Loss(than, minor) => {
                write!(f, "loss{}{}", than.sign(), amount(*minor, *decimals))
            }
            What::Received(bound, day) => write!(f, "{}:{day}", bound.name()),
            What::Has(has) => write!(f, "has:{}", has.name()),
            What::Consent(agency) => write!(f, "consent:{}", quoted(agency)),
            What::Referred(agency) => write!(f, "referred:{}", quoted(agency)),
            What::Referral(state) => write!(f, "referral:{state}"),
            What::Observable(one) => write!(f, "{}:{}", one.kind.as_str(), quoted(&safe(one))),
        }
    }
}

/// Defanged, where what is defanged reads as the same observable again.
fn safe(one: &Observable) -> String {
    let shown = defang(one);
    if extract(&shown).contains(one) {
        shown
    } else {
        one.value.clone()
    }
}

/// A value in quotation marks where it needs them.
fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

/// Minor units as people type them: no separators, decimals only where they are not zero.
fn amount(minor: i64, decimals: u8) -> String {
    let unit = 10_i64.pow(u32::from(decimals.min(4)));
    let (whole, part) = (minor / unit, (minor % unit).abs());
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:0width$}", width = usize::from(decimals))
    }
}

/// The line in its shortest form: what is read from it is the same search.
impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            Printed(term, self.decimals).fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
