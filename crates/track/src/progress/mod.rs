//! How far a measure has come: pure numbers, which know nothing of plan files.
//!
//! | module | what it answers |
//! |---|---|
//! | [`statcan`] | the status of one series, by Statistics Canada's formulas as Open SDG 2.4 computes them |
//! | [`group`] | the status of an indicator of several series, in groups of any depth |
//! | [`robust`] | whether that status would stand with another base, without the last value, or before a restatement |
//! | [`path`] | share of the way against share of the time, and the pace that is needed |
//! | [`theil_sen`] | a trend that one odd value does not turn, and where it leads |
//! | [`milestone`] | whether a milestone is met, from dates and evidence |
//! | [`table`] | the first of these over a CSV file |
//!
//! A status is always computed and never given: no type here has a public way to a [`statcan::Status`] beside numbers
//! except reading one back for comparison.

pub mod group;
pub mod milestone;
pub mod path;
pub mod robust;
pub mod statcan;
pub mod table;
pub mod theil_sen;

pub use group::{Group, Grouped};
pub use milestone::Standing;
pub use path::{Pace, Path};
pub use robust::{Robustness, Verdict};
pub use statcan::{Aim, Direction, Measured, Outcome, Point, Status, Why};
pub use theil_sen::{Trend, TrendError};
