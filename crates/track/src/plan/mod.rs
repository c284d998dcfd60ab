//! A plan as files: what may stand in them, what is wrong with them, and the plan that they make.
//!
//! [`Plan::read`] takes the contents of a folder and gives the plan with every fault, each with file, line and how to
//! mend it. Nothing here opens a file or asks for the time.

mod at;
mod check;
mod choice;
mod csv_rows;
pub(crate) mod day;
pub mod decimal;
mod depth;
pub mod fault;
pub mod files;
pub mod limits;
pub mod model;
pub mod narrative;
mod parse;
pub mod period;
mod read;
mod returned;
pub mod schema;
pub mod series;
mod shape;
mod toml_table;
pub mod vintage;
pub mod words;

pub use at::At;
pub(crate) use csv_rows::{Lines, ordinal};
pub use decimal::Decimal;
pub use fault::{Fault, Severity};
pub use files::Files;
pub use model::{
    About, Action, Baseline, Budget, BudgetState, Cells, Community, Decision, Dimension, Direction,
    Dissent, Edition, Ended, Frequency, Goal, How, Initiative, InitiativeKind, Mandate, Measure,
    Milestone, Named, Note, Plan, Query, Returned, Ruling, Said, SignOff, Source, SourceKind,
    Status, StatusEvidence, Target, TargetKind, TargetSet, Theme, Visible, What,
};
pub(crate) use parse::is_address;
pub(crate) use toml_table::is_slug;

pub use period::{Period, Span};
pub use series::{Cell, Dims, Missing, Restatement, Row, Series};
pub use vintage::Vintage;
pub use words::Words;

/// A text at the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
