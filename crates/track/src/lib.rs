//! Track: a strategy kept as files, and the progress report that anybody can recompute from them.
//!
//! Pure: the contents of files, today's date and keys come in as arguments; there is no clock, no randomness, no input or
//! output.

#[cfg(test)]
extern crate self as cairn_track;
#[cfg(test)]
#[path = "../tests/plan/base.rs"]
mod base_plan;
#[cfg(test)]
#[path = "../tests/plan_files/mod.rs"]
mod plan_files;

pub mod bundle;
pub mod compare;
pub mod gate;
pub mod live;
pub mod office;
pub mod plan;
pub mod progress;
pub mod report;
mod share;
pub mod site;
