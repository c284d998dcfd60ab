//! For the office that keeps a plan: a new one, figures and plans from elsewhere, who is behind with what, and what happens
//! between two editions: what owners file, who has to by when, and how an edition is signed off and the next one begun.
//!
//! What comes from elsewhere is never believed to be well formed. What can be read goes in, and all the rest is named with
//! file, line, what is wrong with it and how to mend it: nothing is lost in silence.

mod cells;
mod claims;
mod due;
mod edition;
mod import;
mod new;
mod open_sdg;
mod owners;
mod ready;
pub mod returns;
mod score;
mod sheet;
mod text;
mod words;
mod yaml;

pub use claims::{Claim, Claimed, Doubt, claims_without_evidence};
pub use due::{AFTER_DAYS, Due, DueState, DueWhat, SOON_DAYS, due};
pub use edition::{Signature, freeze, next_edition};
pub use import::{ImportOptions, Imported, import_csv};
pub use new::{NewPlanError, new_plan};
pub use open_sdg::{OpenSdgOptions, import_open_sdg};
pub use owners::{may_file, owners, same_organisation};
pub use ready::{Obstacle, ready};
pub use score::{AgencyScore, Money, Steps, scorecard};

#[cfg(test)]
mod tests;
