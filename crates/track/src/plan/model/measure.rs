//! What shows progress.

use serde::Serialize;

use super::super::at::At;
use super::super::choice::choices;
use super::super::decimal::Decimal;
use super::super::period::Period;
use super::super::words::Words;

choices! {
    /// How often a value is published.
    Frequency {
        /// Every month.
        Monthly = "monthly",
        /// Every quarter.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
        /// Every other year.
        TwoYearly = "2-yearly",
        /// Now and then.
        Irregular = "irregular",
        /// It was published once.
        Once = "once",
    }
}

choices! {
    /// Which way is better.
    Direction {
        /// More is better.
        Up = "up",
        /// Less is better.
        Down = "down",
        /// Neither: it tells how much there is, and never gets a status.
        Volume = "volume",
    }
}

choices! {
    /// What kind of target it is.
    TargetKind {
        /// The plan states a number.
        Number = "number",
        /// The plan compares with others.
        Relative = "relative",
        /// The plan's words mean a number without stating it, as `all` means 100%.
        Implied = "implied",
    }
}

choices! {
    /// What the values of a measure are to the confidentiality gate.
    Cells {
        /// Figures that others have published: shown as they are.
        Open = "open",
        /// Counts of people or firms from records that we hold: rounded, and hidden where cells are small.
        Counts = "counts",
    }
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Id.
    pub id: String,
    /// Id of its goal.
    pub goal: String,
    /// Title.
    pub title: Words,
    /// What exactly is measured.
    pub definition: Words,
    /// Unit of its values.
    pub unit: Words,
    /// Id of the source that states the measure.
    pub source: String,
    /// How often a value is published.
    pub frequency: Frequency,
    /// Licence of its values.
    pub licence: String,
    /// Whom to ask.
    pub contact: String,
    /// Which way is better.
    pub direction: Direction,
    /// Id of its series; without this and `query` it was never measured.
    pub series: Option<String>,
    /// The live query that gives its values.
    pub query: Option<Query>,
    /// Why the series only stands in for what is meant.
    pub proxy: Option<Words>,
    /// Where progress is counted from.
    pub baseline: Option<Baseline>,
    /// What is to be reached.
    pub target: Target,
    /// A value that cannot be passed, for the formula without target.
    pub limit: Option<Decimal>,
    /// With what a relative target compares.
    pub comparators: Vec<String>,
    /// Why a relative target names no comparators.
    pub comparators_missing: Option<Words>,
    /// Dimensions by which it is broken down.
    pub disaggregation: Vec<Dimension>,
    /// What pulls the values off the truth.
    pub bias: Option<Words>,
    /// Group for means, nested by `/`.
    pub group: Option<String>,
    /// What its values are to the confidentiality gate.
    pub cells: Cells,
    /// Name of its narrative.
    pub narrative: Option<String>,
    /// The organisation that files its values; the plan's owner if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Days after the end of a period by which its value has to be filed; those of the edition if none are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns_after_days: Option<u32>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A named query over evidence that cairn holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    /// Name.
    pub name: String,
    /// Version of its meaning, from 1.
    pub version: u32,
}

/// Where progress is counted from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Baseline {
    /// The period.
    pub period: Period,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The plan sets no target: `target = "none"`.
    None,
    /// The plan sets this one.
    Set(TargetSet),
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetSet {
    /// The value; a relative target may have none.
    pub value: Option<Decimal>,
    /// The year by which it is to be reached.
    pub year: i32,
    /// Kind.
    pub kind: TargetKind,
    /// The target in words.
    pub text: Option<Words>,
}

/// A dimension by which a measure is broken down: a column of its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// Name of the column.
    pub name: String,
    /// What pages call it; its name where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// Values it may have, in the order of tables.
    pub values: Vec<String>,
    /// What pages call its values; a value as it is written where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Named>,
}

impl Dimension {
    /// What pages call one of its values.
    #[must_use]
    pub fn title_of(&self, value: &str) -> Option<&Words> {
        let mut names = self.names.iter();
        names.find(|one| one.value == value).map(|one| &one.title)
    }
}

/// What pages call a value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The value, as the series has it.
    pub value: String,
    /// Its name.
    pub title: Words,
}

impl Measure {
    /// The target, if one is set.
    #[must_use]
    pub const fn target_set(&self) -> Option<&TargetSet> {
        match &self.target {
            Target::Set(set) => Some(set),
            Target::None => None,
        }
    }

    /// Names of the groups it lies in, outermost first.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        self.group
            .as_deref()
            .map_or_else(Vec::new, |group| group.split('/').collect())
    }
}
