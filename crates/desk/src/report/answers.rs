//! Which events of a report were an answer to the reporter, and which of these still hold.

use std::collections::BTreeMap;

use super::Change;

/// The answers by the number of their event (from 1, the receipt). An answer is an officer's message (not a rule's) or a closing; one that
/// was undone, which of a message means taken back before it left, is none, unless that was undone too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    given: BTreeMap<i64, bool>,
    /// Undoings by their own number, and the answer that each is about.
    undone: BTreeMap<i64, i64>,
}

impl Answers {
    /// One more event, the `version`th.
    pub(super) fn apply(&mut self, version: i64, change: &Change) {
        match change {
            Change::OfficerWrote { rule: None, .. } | Change::Closed { .. } => {
                self.given.insert(version, true);
            }
            Change::Undone { event, .. } => {
                let answer = self.undone.get(event).copied().unwrap_or(*event);
                if let Some(holds) = self.given.get_mut(&answer) {
                    *holds = !*holds;
                    self.undone.insert(version, answer);
                }
            }
            _ => {}
        }
    }

    /// The number of the event that was the first answer; `None` as long as there is none.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        let mut holding = self.given.iter().filter(|(_, holds)| **holds);
        holding.next().map(|(version, _)| *version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Back;

    fn closed() -> Change {
        Change::Closed {
            outcome: "advised".into(),
        }
    }

    fn wrote() -> Change {
        Change::OfficerWrote {
            message: 1,
            digest: "d".into(),
            waits: false,
            rule: None,
        }
    }

    fn undone(event: i64) -> Change {
        Change::Undone {
            event,
            back: Box::new(Back::default()),
        }
    }

    #[test]
    fn the_first_answer_is_the_first_that_holds() {
        let mut answers = Answers::default();
        assert_eq!(answers.first(), None);
        for (version, change, first) in [
            (2, Change::SeveritySet { severity: 2 }, None),
            (3, closed(), Some(3)),
            (4, wrote(), Some(3)),
            (5, undone(3), Some(4)),
            (6, undone(5), Some(3)),
            (7, undone(6), Some(4)),
            (8, undone(4), None),
            (9, undone(2), None),
        ] {
            answers.apply(version, &change);
            assert_eq!(answers.first(), first, "after {version}");
        }
    }
}
