//! The confidentiality gate: the only road by which a count of records becomes a published figure.
//!
//! | module | what it holds |
//! |---|---|
//! | [`key`] | keyed hashes of records, and sets of them |
//! | [`rounding`] | random rounding to base 3 and graduated, drawn from the set of records in a cell |
//! | [`cells`] | a table of records before it is released |
//! | [`table`] | what is released, and the rules by which a table is refused |
//! | [`amounts`] | sums and medians, hidden where one record could be told from them |
//!
//! A [`Released`] value can only come from [`Gate::release`] or [`Gate::release_amounts`]; what publishes takes nothing
//! else. It cannot be made by hand, nor read back from a file:
//!
//! ```compile_fail
//! use cairn_track::gate::{Audience, Released};
//! let made: Released<u64> = Released { inner: 1, audience: Audience::Public };
//! ```
//! ```compile_fail
//! use cairn_track::gate::{Released, Table};
//! let read: Released<Table> = serde_json::from_str("{}").unwrap();
//! ```
//!
//! What it does not protect against: amounts are rounded to a step and not at random, so two publications between which
//! few records came in can be compared; and a figure that is not made of records at all is not its business.

pub mod amounts;
pub mod cells;
pub mod key;
pub mod rounding;
pub mod table;

pub use amounts::{AmountRule, Amounts, Figures, Statistic};
pub use cells::{Cells, CellsError, Dimension};
pub use key::{RecordKey, Records};
pub use rounding::{Draw, Rounding};
pub use table::{Audience, Refused, Released, Rule, Shown, Table, Totals};

/// Holds the secret that record keys and draws are made with.
///
/// The secret has to stay the same for as long as figures are published: with another one every cell is drawn anew, and
/// two draws of one cell tell more than one.
#[derive(Clone)]
pub struct Gate {
    mac: key::Mac,
}

impl Gate {
    /// With a secret of 32 random bytes, known to nobody outside.
    #[must_use]
    pub const fn new(secret: [u8; 32]) -> Self {
        Self {
            mac: key::Mac::new(&secret),
        }
    }
}

/// Without the secret.
impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Gate::new([0xab; 32])), "Gate { .. }");
    }
}
