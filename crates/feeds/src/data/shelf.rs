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
        let own = self.0.iter().filter(|set| set.head().kind == kind);
        of_day(own.map(|set| (set.head().day.as_str(), set)), day)
    }
}

/// Of things by their days, `YYYY-MM-DD`, the one for a day: the newest that is not younger, else the oldest; without a day the newest.
/// Of several of one day the last.
pub fn of_day<'a, T>(all: impl IntoIterator<Item = (&'a str, T)>, day: Option<&str>) -> Option<T> {
    let mut best: Option<(&str, T)> = None;
    for (own, one) in all {
        let fits = |own: &str| day.is_none_or(|day| own <= day);
        let better = match &best {
            None => true,
            Some((known, _)) if fits(own) == fits(known) && fits(own) => own >= *known,
            Some((known, _)) if fits(own) == fits(known) => own < *known,
            Some(_) => fits(own),
        };
        if better {
            best = Some((own, one));
        }
    }
    best.map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::of_day;

    #[test]
    fn a_day_is_answered_by_what_was_known_then() {
        let days = ["2050-01-03", "2050-01-01", "2050-01-07"];
        let of = |day| of_day(days.map(|day| (day, day)), day);
        for (day, wanted) in [
            (None, "2050-01-07"),
            (Some("2049-12-31"), "2050-01-01"),
            (Some("2050-01-01"), "2050-01-01"),
            (Some("2050-01-06"), "2050-01-03"),
            (Some("2051-01-01"), "2050-01-07"),
        ] {
            assert_eq!(of(day), Some(wanted), "{day:?}");
        }
        assert_eq!(of_day::<()>([], None), None);
        let twins = [("2050-01-01", 1), ("2050-01-01", 2)];
        assert_eq!(of_day(twins, Some("2050-01-02")), Some(2));
    }
}
