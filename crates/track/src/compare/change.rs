//! One change, as data: what it is about, what stood there before and what stands there after it.

use jiff::civil::Date;
use serde::Serialize;

use super::words::{Piece, pieces};
use crate::plan::{Dims, How, Period, Row, Vintage, Words};

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Thing {
    /// The edition itself.
    Edition,
    /// A theme.
    Theme,
    /// A goal.
    Goal,
    /// An initiative.
    Initiative,
    /// A measure.
    Measure,
}

impl Thing {
    /// The word used in files and addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Theme => "theme",
            Self::Goal => "goal",
            Self::Initiative => "initiative",
            Self::Measure => "measure",
        }
    }
}

/// What a change is about, with its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Subject {
    /// Kind of thing.
    pub thing: Thing,
    /// Its id; of what ended the id it had, of what was renamed the new one.
    pub id: String,
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.thing.code(), self.id)
    }
}

/// Declares [`Kind`] with the words that files use.
macro_rules! kinds {
    ($($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// What kind of change it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Kind {
            $($(#[$about])* #[serde(rename = $word)] $variant,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in files and classes.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

kinds! {
    /// It was not there before. `after` is its title.
    Added = "added",
    /// It is not there any more. `before` is its title; `ending` and `why` say what became of it, and where they are
    /// `None`, nothing in the plan does.
    Ended = "ended",
    /// It goes on under another id.
    Renamed = "renamed",
    /// A period that had no figure has one.
    Value = "value",
    /// The same period has another figure than before.
    Restated = "restated",
    /// A figure that was shown is not there any more.
    Withdrawn = "withdrawn",
    /// A break in the series is marked, or is not any more, and the figure is the same.
    Break = "break",
    /// Its holder began to let the series be published, or ceased to.
    Access = "access",
    /// More figures changed than are listed one by one; `before` and `after` are empty, `part` is how many more.
    More = "more",
    /// What is measured, how, or what the values are: definition, unit, direction, series, breakdown and the like.
    Definition = "definition",
    /// Baseline, target, limit, or with whom it is compared.
    Target = "target",
    /// Who answers for it, and what that rests on.
    Owner = "owner",
    /// Titles and texts.
    Wording = "wording",
    /// Where it hangs in the plan: theme, goal, group, and what it waits for.
    Place = "place",
    /// What states it.
    Source = "source",
    /// The law or decision it rests on, or its licence.
    Basis = "basis",
    /// Whether it is a flagship, another one, or looks ahead.
    Rank = "rank",
    /// By when.
    Due = "due",
    /// A milestone.
    Milestone = "milestone",
    /// An action.
    Action = "action",
    /// A budget line.
    Budget = "budget",
    /// Something that is claimed about it.
    Claim = "claim",
    /// A note beside a status.
    Note = "note",
    /// A reviewer's dissent.
    Dissent = "dissent",
}

/// One figure with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The value as written, or the word for why it is missing.
    pub value: String,
    /// There is no value.
    pub missing: bool,
    /// When it was published.
    pub vintage: Vintage,
    /// Id of its source.
    pub source: String,
    /// A remark; empty for none.
    pub note: String,
    /// Line in the file of the series, from 1.
    pub line: u32,
}

impl Figure {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            value: match (row.value, row.missing) {
                (Some(value), _) => value.to_string(),
                (None, Some(missing)) => missing.to_string(),
                (None, None) => String::new(),
            },
            missing: row.value.is_none(),
            vintage: row.vintage,
            source: row.source.to_string(),
            note: row.note().to_owned(),
            line: row.line,
        }
    }
}

/// The figures of a change of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Id of the series.
    pub series: String,
    /// The period.
    pub period: Period,
    /// The part of the breakdown; empty for the total.
    pub dims: Dims,
    /// What was shown before.
    pub before: Option<Figure>,
    /// What is shown after.
    pub after: Option<Figure>,
}

/// What became of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// What became of it.
    pub how: How,
    /// Ids of what took its place.
    pub into: Vec<String>,
    /// When.
    pub on: Option<Period>,
}

/// One change. Texts are as the plan has them, without words of ours, so that a page can be made in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about.
    pub what: Subject,
    /// What kind of change it is.
    pub kind: Kind,
    /// The key of the plan's files that changed, with `.mi` for its text in te reo Māori; empty if the whole thing did.
    pub field: &'static str,
    /// Which one of several: the id of a milestone or action, a budget line, a narrative, a period with its breakdown;
    /// empty if there is one only.
    pub part: String,
    /// What stood there; empty for nothing.
    pub before: String,
    /// What stands there; empty for nothing.
    pub after: String,
    /// What became of it, if it ended or was renamed.
    pub ending: Option<Ending>,
    /// The figures, if a figure changed.
    pub figures: Option<Figures>,
    /// Why, as far as the plan says: the reason of an ending, or the note of a row. `None` where nobody gives a reason.
    pub why: Option<Words>,
    /// Id of the source that says so.
    pub source: Option<String>,
    /// The day on which the later of both editions was published; for two days of one edition the later day.
    #[serde(serialize_with = "day")]
    pub at: Date,
}

impl Change {
    /// Both texts word by word.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        pieces(&self.before, &self.after)
    }

    /// The change back.
    #[must_use]
    pub(super) fn reversed(mut self) -> Self {
        std::mem::swap(&mut self.before, &mut self.after);
        self.kind = match self.kind {
            Kind::Added => Kind::Ended,
            Kind::Ended => Kind::Added,
            Kind::Value => Kind::Withdrawn,
            Kind::Withdrawn => Kind::Value,
            same => same,
        };
        if let Some(figures) = &mut self.figures {
            std::mem::swap(&mut figures.before, &mut figures.after);
        }
        self
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to the field"
)]
fn day<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}
