//! A table of records, before it is released.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::label::Label;
use serde::{Deserialize, Serialize};

use super::key::{RecordKey, Records};

/// Dimensions of one table.
pub const DIMENSIONS_MAX: usize = 4;
/// Cells of one table, totals not included.
pub const CELLS_MAX: usize = 200_000;

/// One dimension with all its values, also those that nobody has.
///
/// Values come from a classification and not from the records: a value that is only listed because one record has it
/// would tell of that record, however its count is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Name, such as `region`.
    pub name: String,
    /// Values, in the order in which they are shown.
    pub values: Vec<String>,
}

impl Dimension {
    /// A dimension.
    #[must_use]
    pub fn new(name: &str, values: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            values: values.iter().copied().map(str::to_owned).collect(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CellsError> {
        if self.values.is_empty() {
            return Err(CellsError::NoValues(self.name.clone()));
        }
        let mut sorted: Vec<&String> = self.values.iter().collect();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some((*a).clone()),
            _ => None,
        });
        twice.map_or(Ok(()), |value| {
            Err(CellsError::ValueTwice(self.name.clone(), value))
        })
    }

    pub(super) fn place(&self, value: &str) -> Result<usize, CellsError> {
        let unknown = || CellsError::Unknown(self.name.clone(), value.to_owned());
        self.values
            .iter()
            .position(|known| known == value)
            .ok_or_else(unknown)
    }
}

/// What is wrong with a table's shape or with what was put in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellsError {
    /// More than [`DIMENSIONS_MAX`].
    #[error("a table has at most {DIMENSIONS_MAX} dimensions")]
    Dimensions,
    /// More than [`CELLS_MAX`].
    #[error("a table has at most {CELLS_MAX} cells")]
    Cells,
    /// A dimension without values.
    #[error("dimension `{0}` has no values")]
    NoValues(String),
    /// A value is listed twice.
    #[error("dimension `{0}` lists `{1}` twice")]
    ValueTwice(String, String),
    /// A name is used twice.
    #[error("two dimensions are named `{0}`")]
    NameTwice(String),
    /// The classification does not have it.
    #[error("dimension `{0}` has no value `{1}`: list it before counting")]
    Unknown(String, String),
    /// As many values as dimensions are needed.
    #[error("{given} values for {wanted} dimensions")]
    Width {
        /// Values that were given.
        given: usize,
        /// Dimensions.
        wanted: usize,
    },
    /// Amounts are of records that are in one cell.
    #[error("a record was added twice: an amount counts in one cell")]
    RecordTwice,
    /// Dominance has no meaning with them.
    #[error("an amount is negative")]
    Negative,
}

/// Sets of records by the values of dimensions. Without dimensions it is one single count.
#[derive(Debug, Clone)]
pub struct Cells {
    dimensions: Vec<Dimension>,
    cells: BTreeMap<Vec<usize>, Records>,
    withheld: BTreeSet<Vec<usize>>,
    label: Option<Label>,
}

impl Cells {
    /// An empty table.
    ///
    /// # Errors
    /// The dimensions make no table, or too large a one.
    pub fn new(dimensions: Vec<Dimension>) -> Result<Self, CellsError> {
        if dimensions.len() > DIMENSIONS_MAX {
            return Err(CellsError::Dimensions);
        }
        let mut cells = 1_usize;
        for (at, dimension) in dimensions.iter().enumerate() {
            dimension.check()?;
            let before = dimensions.iter().take(at);
            if before.into_iter().any(|one| one.name == dimension.name) {
                return Err(CellsError::NameTwice(dimension.name.clone()));
            }
            cells = cells.saturating_mul(dimension.values.len());
        }
        if cells > CELLS_MAX {
            return Err(CellsError::Cells);
        }
        Ok(Self {
            dimensions,
            cells: BTreeMap::new(),
            withheld: BTreeSet::new(),
            label: None,
        })
    }

    /// Puts a record into the cell of these values, one for each dimension. It may be in several cells.
    ///
    /// # Errors
    /// There is no such cell.
    pub fn add(&mut self, at: &[&str], record: RecordKey, label: &Label) -> Result<(), CellsError> {
        let place = self.place(at)?;
        self.cells.entry(place).or_default().insert(record);
        self.restrict(label);
        Ok(())
    }

    /// Puts a set of records into a cell. A set of which only the sum is known must share no record with any other set of
    /// the table.
    ///
    /// # Errors
    /// There is no such cell.
    pub fn add_records(
        &mut self,
        at: &[&str],
        records: &Records,
        label: &Label,
    ) -> Result<(), CellsError> {
        let place = self.place(at)?;
        self.cells.entry(place).or_default().add(records);
        self.restrict(label);
        Ok(())
    }

    /// Suppresses a cell whatever its count, because another publication of the same records does: were it rounded here,
    /// the two together would narrow it down. Its records stay in the totals.
    ///
    /// # Errors
    /// There is no such cell.
    pub fn withhold(&mut self, at: &[&str]) -> Result<(), CellsError> {
        let place = self.place(at)?;
        self.withheld.insert(place);
        Ok(())
    }

    pub(super) fn is_withheld(&self, place: &[usize]) -> bool {
        self.withheld.contains(place)
    }

    /// Lets the table be at least as restricted as `label`.
    pub fn restrict(&mut self, label: &Label) {
        join(&mut self.label, label);
    }

    /// What the labels of all that is in it come to; `None` of an empty table.
    #[must_use]
    pub const fn label(&self) -> Option<&Label> {
        self.label.as_ref()
    }

    /// Its dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Number of cells, empty ones included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.dimensions.iter().map(|one| one.values.len()).product()
    }

    /// Number of records over all cells; one in two cells counts twice.
    pub(super) fn count(&self) -> u64 {
        let counts = self.cells.values().map(Records::count);
        counts.fold(0, u64::saturating_add)
    }

    /// The sets of the cells and, for every choice of dimensions that `collapsed` allows, of their totals. A dimension
    /// that is summed over stands at the number of its values.
    pub(super) fn sets(&self, collapsed: impl Fn(usize) -> bool) -> BTreeMap<Vec<usize>, Records> {
        let mut all = BTreeMap::new();
        for choice in 0..1_usize << self.dimensions.len() {
            let summed: Vec<bool> = (0..self.dimensions.len())
                .map(|at| choice >> at & 1 == 1)
                .collect();
            if choice != 0 && !collapsed(summed.iter().filter(|summed| **summed).count()) {
                continue;
            }
            self.places(&summed, |place| {
                all.insert(place.to_vec(), Records::default());
            });
            for (place, records) in &self.cells {
                let place = self.summed_place(place, &summed);
                all.entry(place).or_default().add(records);
            }
        }
        all
    }

    fn summed_place(&self, place: &[usize], summed: &[bool]) -> Vec<usize> {
        let each = self.dimensions.iter().zip(place).zip(summed);
        each.map(
            |((dimension, at), summed)| {
                if *summed { dimension.values.len() } else { *at }
            },
        )
        .collect()
    }

    /// Every place of a table in which some dimensions are summed over.
    fn places(&self, summed: &[bool], mut each: impl FnMut(&[usize])) {
        let start: Vec<usize> = self.summed_place(&vec![0; self.dimensions.len()], summed);
        let mut place = start.clone();
        loop {
            each(&place);
            // Counts up like a clock, the last dimension first.
            let mut turned = false;
            for ((at, first), dimension) in place.iter_mut().zip(&start).zip(&self.dimensions).rev()
            {
                if *at + 1 < dimension.values.len() {
                    *at += 1;
                    turned = true;
                    break;
                }
                *at = *first;
            }
            if !turned {
                return;
            }
        }
    }

    fn place(&self, at: &[&str]) -> Result<Vec<usize>, CellsError> {
        if at.len() != self.dimensions.len() {
            return Err(CellsError::Width {
                given: at.len(),
                wanted: self.dimensions.len(),
            });
        }
        let each = self.dimensions.iter().zip(at);
        each.map(|(dimension, value)| dimension.place(value))
            .collect()
    }
}

/// Lets `all` be at least as restricted as `label`.
pub(super) fn join(all: &mut Option<Label>, label: &Label) {
    *all = Some(match all {
        Some(before) => before.join(label),
        None => label.clone(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Gate;

    const GATE: Gate = Gate::new([3; 32]);

    fn dimensions() -> Vec<Dimension> {
        vec![
            Dimension::new("region", &["north", "south", "west"]),
            Dimension::new("kind", &["phishing", "malware"]),
        ]
    }

    #[test]
    fn shapes_that_make_no_table() {
        let new = |dimensions| Cells::new(dimensions).unwrap_err();
        let named = |name: &str| Dimension::new(name, &["x"]);
        assert_eq!(
            new("abcde".chars().map(|c| named(&c.to_string())).collect()),
            CellsError::Dimensions
        );
        assert_eq!(
            new(vec![Dimension::new("a", &[])]),
            CellsError::NoValues("a".into())
        );
        let twice = Dimension::new("a", &["x", "y", "x"]);
        assert_eq!(
            new(vec![twice]),
            CellsError::ValueTwice("a".into(), "x".into())
        );
        assert_eq!(
            new(vec![named("a"), named("a")]),
            CellsError::NameTwice("a".into())
        );
        let long = |name: &str| Dimension {
            name: name.to_owned(),
            values: (0..500).map(|n| n.to_string()).collect(),
        };
        assert_eq!(new(vec![long("a"), long("b")]), CellsError::Cells);
    }

    #[test]
    fn records_go_to_known_cells_only() {
        let mut cells = Cells::new(dimensions()).unwrap();
        let label = Label::default();
        let key = GATE.record("1");
        assert_eq!(
            cells.add(&["east", "malware"], key, &label),
            Err(CellsError::Unknown("region".into(), "east".into()))
        );
        assert_eq!(
            cells.add(&["north"], key, &label),
            Err(CellsError::Width {
                given: 1,
                wanted: 2
            })
        );
        // What was refused leaves no trace.
        assert_eq!((cells.count(), cells.label()), (0, None));
        cells.add(&["north", "malware"], key, &label).unwrap();
        assert_eq!((cells.count(), cells.size()), (1, 6));
        assert_eq!(cells.label(), Some(&label));
    }

    #[test]
    fn totals_are_of_sets_and_empty_cells_are_there() {
        let mut cells = Cells::new(dimensions()).unwrap();
        let label = Label::default();
        for (id, region, kind) in [
            ("1", "north", "phishing"),
            ("2", "north", "phishing"),
            ("2", "north", "malware"),
            ("3", "south", "malware"),
        ] {
            cells.add(&[region, kind], GATE.record(id), &label).unwrap();
        }
        let counts = |collapsed: fn(usize) -> bool| -> BTreeMap<Vec<usize>, u64> {
            let sets = cells.sets(collapsed).into_iter();
            sets.map(|(place, set)| (place, set.count())).collect()
        };
        let all = counts(|_| true);
        assert_eq!(all.len(), 4 * 3);
        // North: records 1 and 2, of which one is in both kinds.
        assert_eq!(all[&vec![0, 2]], 2);
        assert_eq!(all[&vec![2, 2]], 0);
        assert_eq!(all[&vec![3, 0]], 2);
        assert_eq!(all[&vec![3, 1]], 2);
        assert_eq!(all[&vec![3, 2]], 3);
        assert_eq!(counts(|_| false).len(), 6);
        assert_eq!(counts(|summed| summed == 2).len(), 7);
    }

    #[test]
    fn no_dimension_is_one_count() {
        let mut cells = Cells::new(Vec::new()).unwrap();
        cells.add(&[], GATE.record("1"), &Label::default()).unwrap();
        assert_eq!(cells.size(), 1);
        let sets = cells.sets(|_| true);
        assert_eq!(sets.len(), 1);
        assert_eq!(sets[&Vec::new()].count(), 1);
    }
}
