//! Amounts of money as whole minor units with an ISO 4217 currency code.

use serde::{Deserialize, Serialize};

/// An amount in the currency's minor unit (cents for `NZD`); never a float.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, zero or more.
    pub minor: i64,
    /// ISO 4217 code, three upper-case letters.
    pub currency: String,
}
