//! A plan that has been read: the strategy's tree, its measures and series, and who may allow what.
//!
//! Ids are kept as text; in a plan that [`Plan::read`] gave, every one of them names something.

mod edition;
mod initiative;
mod mandate;
mod measure;
mod returned;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

pub use edition::{About, Dissent, Edition, Ended, Goal, How, Note, SignOff, Status, Theme, What};
pub use initiative::{
    Action, Budget, BudgetState, Initiative, InitiativeKind, Milestone, StatusEvidence,
};
pub use mandate::{Community, Decision, Mandate, Ruling, Visible};
pub use measure::{
    Baseline, Cells, Dimension, Direction, Frequency, Measure, Named, Query, Target, TargetKind,
    TargetSet,
};

pub use returned::{Returned, Said};

use super::at::At;
use super::choice::choices;
use super::series::Series;
use super::vintage::Vintage;
use super::words::Words;

/// A plan with all its editions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Country, ISO 3166 alpha-2.
    pub country: String,
    /// The organisation that answers for the plan.
    pub owner: String,
    /// How to reach it.
    pub contact: String,
    /// Licence of the plan's own texts and figures.
    pub licence: String,
    /// Languages of its pages, English first.
    pub languages: Vec<String>,
    /// Base currency, ISO 4217.
    pub currency: String,
    /// Address under which the plan is published, without a last `/`; for identifiers in DCAT and Atom.
    pub base_url: Option<String>,
    /// Names of narratives that the newest edition must have, in the order of the site's menu.
    pub texts: Vec<String>,
    /// Sources by id.
    pub sources: BTreeMap<String, Source>,
    /// Series by id.
    pub series: BTreeMap<String, Series>,
    /// Editions, oldest first; never empty.
    pub editions: Vec<Edition>,
    /// Mandates, in the order of their file.
    pub mandates: Vec<Mandate>,
    /// Communities with a page of their own, by id.
    pub communities: Vec<Community>,
    /// Where it stands in `plan.toml`.
    #[serde(skip)]
    pub at: At,
}

choices! {
    /// What kind of thing a source is.
    SourceKind {
        /// A page that may change.
        Page = "page",
        /// A dated release.
        Release = "release",
        /// It quotes another one.
        Secondary = "secondary",
        /// Handed over by the office, not published.
        Supplied = "supplied",
        /// Computed from others.
        Derived = "derived",
        /// A data set.
        Dataset = "dataset",
    }
}

/// Where a fact or figure comes from: one row of `sources.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who published it; empty if not known.
    pub publisher: String,
    /// Address.
    pub url: Option<String>,
    /// What kind of thing it is.
    pub kind: SourceKind,
    /// When it was published.
    pub published: Option<Vintage>,
    /// When it was fetched.
    #[serde(serialize_with = "crate::plan::day::option")]
    pub retrieved: Option<Date>,
    /// SHA-256 of what was fetched, 64 hexadecimal digits in lower case.
    pub sha256: Option<String>,
    /// A remark; empty for none.
    pub note: String,
    /// Line in `sources.csv`, from 1.
    pub line: u32,
}

impl Plan {
    /// The newest edition.
    #[must_use]
    pub fn newest(&self) -> Option<&Edition> {
        self.editions.last()
    }

    /// The edition with this id.
    #[must_use]
    pub fn edition(&self, id: &str) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.id == id)
    }

    /// The edition before the one with this id.
    #[must_use]
    pub fn before(&self, id: &str) -> Option<&Edition> {
        let at = self.editions.iter().position(|edition| edition.id == id)?;
        self.editions.get(at.checked_sub(1)?)
    }

    /// The mandates that a series is under.
    pub fn mandates_of(&self, series: &str) -> impl Iterator<Item = &Mandate> {
        self.mandates
            .iter()
            .filter(move |mandate| mandate.series.iter().any(|id| id == series))
    }

    /// A series may be used for a purpose on a day: every mandate that it is under says so.
    #[must_use]
    pub fn allows(&self, series: &str, purpose: &str, on: Date) -> bool {
        self.mandates_of(series)
            .all(|mandate| mandate.allows(purpose, on))
    }
}
