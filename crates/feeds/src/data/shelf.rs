//! The sets that there are, of several days: a report is answered by what was known at its own time.

use super::{Kind, Set};

/// Sets of all kinds and days.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Vec<Set>);

impl Shelf {
    /// Of these sets.
    #[must_use]
    pub fn new(sets: Vec<Set>) -> Self {
        Self(sets)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of the sets of a kind the one for a day, `YYYY-MM-DD`: the newest that is not younger, else the oldest; without a day the newest.
    #[must_use]
    pub fn for_day(&self, kind: Kind, day: Option<&str>) -> Option<&Set> {
        let own = || self.0.iter().filter(|set| set.head().kind == kind);
        let by_day = |set: &&Set| set.head().day.clone();
        match day {
            None => own().max_by_key(by_day),
            Some(day) => own()
                .filter(|set| set.head().day.as_str() <= day)
                .max_by_key(by_day)
                .or_else(|| own().min_by_key(by_day)),
        }
    }
}
