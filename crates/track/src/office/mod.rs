//! For the office that keeps a plan: a new one, figures and plans from elsewhere, and who is behind with what.
//!
//! What comes from elsewhere is never believed to be well formed. What can be read goes in, and all the rest is named with
//! file, line, what is wrong with it and how to mend it: nothing is lost in silence.

mod cells;
mod claims;
mod import;
mod new;
mod open_sdg;
mod score;
mod sheet;
mod text;
mod yaml;

pub use claims::{Claim, Claimed, Doubt, claims_of, claims_without_evidence};
pub use import::{ImportOptions, Imported, import_csv};
pub use new::{NewPlanError, new_plan};
pub use open_sdg::{OpenSdgOptions, import_open_sdg};
pub use score::{AgencyScore, Money, Steps, scorecard};

#[cfg(test)]
mod tests;
