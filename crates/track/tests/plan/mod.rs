//! A small plan without a fault, to be broken in one place at a time.

pub mod base;
pub mod case;
pub mod cases;

pub use base::BASE;
use cairn_track::plan::Files;

/// The plan without a fault.
pub fn base() -> Files {
    BASE.iter().copied().collect()
}
