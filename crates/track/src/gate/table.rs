//! What is released, and when a table is refused as a whole.

use std::collections::BTreeMap;

use cairn_kernel::label::{Label, Purpose, Tlp};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use super::Gate;
use super::cells::{Cells, Dimension};
use super::key::Records;
use super::rounding::Rounding;

/// Who will see what is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody.
    Public,
    /// Members of a community or a sector.
    Members,
    /// Officers of this office.
    Office,
}

impl Audience {
    /// The most restrictive label whose records may be counted for this audience.
    ///
    /// A record with the purpose "statistics" may be counted in public figures, so a count of TLP:AMBER records may be
    /// public where the records may not. What is kept within one organisation (TLP:AMBER+STRICT, FIRST 2022) is counted
    /// inside it only, and TLP:RED is for named recipients and is not counted at all.
    #[must_use]
    pub const fn tlp_max(self) -> Tlp {
        match self {
            Self::Public | Self::Members => Tlp::Amber,
            Self::Office => Tlp::AmberStrict,
        }
    }

    /// Tells why records with this label may not be counted for this audience.
    pub(super) fn admits(self, label: Option<&Label>) -> Result<(), Refused> {
        let label = label.ok_or(Refused::NoLabel)?;
        if !label.purposes.contains(&Purpose::Statistics) {
            Err(Refused::Purpose)
        } else if label.tlp > self.tlp_max() {
            Err(Refused::Label(label.tlp, self.tlp_max()))
        } else {
            Ok(())
        }
    }
}

/// Which totals are released beside the cells. Each is rounded from its own set of records, so that rounded cells need not
/// add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    /// None.
    None,
    /// That of the whole table.
    Grand,
    /// For every choice of dimensions.
    Every,
}

/// How a table is protected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How counts are rounded.
    pub rounding: Rounding,
    /// A table with fewer records per cell on average, empty cells included, is refused as a whole.
    pub mean_cell_min: f64,
    /// Counts from 1 to one below this are suppressed; `None`: only rounding protects them.
    pub suppress_below: Option<u64>,
    /// Which totals are released.
    pub totals: Totals,
}

/// Base 3, a mean cell of 2 (2006 Census rules of Stats NZ), no suppression, every total.
impl Default for Rule {
    fn default() -> Self {
        Self {
            rounding: Rounding::Rr3,
            mean_cell_min: 2.0,
            suppress_below: None,
            totals: Totals::Every,
        }
    }
}

/// Why nothing is released. The texts hold no count, so that they may be shown where the figure would stand.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Nothing says how the records may be used.
    #[error("not released: no handling label says how these records may be used")]
    NoLabel,
    /// A record may not be counted.
    #[error("not released: some of these records may not be used for statistics")]
    Purpose,
    /// A record may not be counted for this audience.
    #[error("not released: some of these records are {0}, and this audience sees counts up to {1}")]
    Label(Tlp, Tlp),
    /// The cells are too small.
    #[error(
        "not released: the table has fewer than {0} records per cell on average; combine categories"
    )]
    MeanCell(f64),
    /// The rule itself protects nothing.
    #[error("not released: {0} must be {1}")]
    Rule(&'static str, &'static str),
}

/// A value that passed the gate. It cannot be made anywhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Released<T> {
    inner: T,
    audience: Audience,
}

impl<T> Released<T> {
    pub(super) const fn of(inner: T, audience: Audience) -> Self {
        Self { inner, audience }
    }

    /// What was released.
    #[must_use]
    pub const fn get(&self) -> &T {
        &self.inner
    }

    /// For whom.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        self.audience
    }

    /// What was released, if it was for everybody.
    #[must_use]
    pub fn public(&self) -> Option<&T> {
        (self.audience == Audience::Public).then_some(&self.inner)
    }
}

/// As the value alone; there is no way back.
impl<T: Serialize> Serialize for Released<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.inner.serialize(to)
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// The rounded count.
    Count(u64),
    /// Suppressed.
    Suppressed,
}

/// What stands where a count was suppressed.
pub const SUPPRESSED: &str = "S";

impl Shown {
    /// The rounded count, where there is one.
    #[must_use]
    pub const fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Suppressed => None,
        }
    }
}

/// The count or [`SUPPRESSED`].
impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Suppressed => f.write_str(SUPPRESSED),
        }
    }
}

/// A number or [`SUPPRESSED`].
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => to.serialize_u64(*count),
            Self::Suppressed => to.serialize_str(SUPPRESSED),
        }
    }
}

/// A table of rounded counts: every cell of its dimensions, and the totals that the rule names.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    dimensions: Vec<Dimension>,
    rule: Rule,
    cells: BTreeMap<Vec<usize>, Shown>,
}

impl Table {
    /// Its dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// How it was protected, to be printed beside it.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The cell of these values; `None` stands for the total over a dimension. There is none where a value is unknown or
    /// the total was not released.
    #[must_use]
    pub fn cell(&self, at: &[Option<&str>]) -> Option<Shown> {
        let each = self.dimensions.iter().zip(at);
        let place: Option<Vec<usize>> = each
            .map(|(dimension, value)| match value {
                Some(value) => dimension.place(value).ok(),
                None => Some(dimension.values.len()),
            })
            .collect();
        let place = place.filter(|place| place.len() == at.len())?;
        self.cells.get(&place).copied()
    }

    /// Every cell with its values (`None`: total over this dimension), in the order of the dimensions' values, totals
    /// last.
    pub fn rows(&self) -> impl Iterator<Item = (Vec<Option<&str>>, Shown)> {
        self.cells.iter().map(|(place, shown)| {
            let each = self.dimensions.iter().zip(place);
            let values = each.map(|(dimension, at)| dimension.values.get(*at).map(String::as_str));
            (values.collect(), *shown)
        })
    }
}

/// A list of `[value, …, count]`, `null` for a total.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.cells.len()))?;
        for row in self.rows() {
            list.serialize_element(&row)?;
        }
        list.end()
    }
}

impl Gate {
    /// Rounds a table for an audience, or refuses it as a whole.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn release(
        &self,
        cells: &Cells,
        rule: &Rule,
        audience: Audience,
    ) -> Result<Released<Table>, Refused> {
        audience.admits(cells.label())?;
        if !(rule.mean_cell_min >= 0.0 && rule.mean_cell_min.is_finite()) {
            return Err(Refused::Rule("mean_cell_min", "a number, 0 or more"));
        }
        let mean = cells.count() as f64 / cells.size() as f64;
        if mean < rule.mean_cell_min {
            return Err(Refused::MeanCell(rule.mean_cell_min));
        }
        let whole = cells.dimensions().len();
        let sets = cells.sets(|summed| match rule.totals {
            Totals::None => false,
            Totals::Grand => summed == whole,
            Totals::Every => true,
        });
        let shown = sets.into_iter().map(|(place, records)| {
            let shown = if cells.is_withheld(&place) {
                Shown::Suppressed
            } else {
                self.shown(&records, rule)
            };
            (place, shown)
        });
        let table = Table {
            dimensions: cells.dimensions().to_vec(),
            rule: *rule,
            cells: shown.collect(),
        };
        Ok(Released::of(table, audience))
    }

    fn shown(&self, records: &Records, rule: &Rule) -> Shown {
        let count = records.count();
        match rule.suppress_below {
            Some(few) if count > 0 && count < few => Shown::Suppressed,
            _ => Shown::Count(self.rounded(rule.rounding, records)),
        }
    }
}

#[cfg(test)]
mod tests;
