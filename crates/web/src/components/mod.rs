//! The parts of pages. Functions from values to markup; every text given to them is escaped.

mod content;
mod fields;
mod navigation;

pub use content::*;
pub use fields::*;
pub use navigation::*;
