//! Reading data files (TOML) that people write by hand: every problem is collected, with its line and its remedy.

mod read;
mod text;

pub use read::FormProblem;
pub(crate) use read::{Source, Table, nearest};
pub use text::Text;
