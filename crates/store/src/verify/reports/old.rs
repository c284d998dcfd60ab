//! What was taken over from other systems, against the events that say so.

use std::collections::BTreeMap;

use cairn_desk::report::retention::Part;
use cairn_desk::report::{Change, Event};
use cairn_evidence::hash::salted;

use super::{Look, bytes, disagree, erases, same, shown, text};
use crate::sql::Value;

impl Look<'_> {
    /// Old numbers.
    pub(super) fn old_numbers(&mut self, later: &[Event]) {
        let mut expected = BTreeMap::new();
        for event in later {
            if let Change::Imported { source, number, .. } | Change::OldNumber { source, number } =
                &event.change
            {
                expected.insert(format!("{source} {number}"), Vec::new());
            }
        }
        self.rows("old_ref", 2, &[], expected);
    }

    /// Entries of its old thread, as far as they were not erased.
    pub(super) fn old_thread(&mut self, later: &[Event]) {
        let mut expected: BTreeMap<i64, (Vec<Value>, String, String)> = BTreeMap::new();
        for event in later {
            let erased = |part| erases(event, part);
            if erased(Part::Contact) || erased(Part::Text) {
                for (_, head, text) in expected.values_mut() {
                    head.clear();
                    if erased(Part::Text) {
                        text.clear();
                    }
                }
            }
            if let Change::OldEntry {
                entry, head, text, ..
            } = &event.change
                && let Some(cells) = crate::import::cells(&event.change, event.at)
            {
                let cells = cells.into_iter().skip(1).collect();
                expected.insert(*entry, (cells, head.clone(), text.clone()));
            }
        }
        for row in self.bundle.rows("report_old") {
            let key = row.0.get(1).map(shown).unwrap_or_default();
            let should = row.int(1).ok().and_then(|n| expected.remove(&n));
            let Some((cells, head, said)) = should else {
                self.found(
                    "report_old",
                    &key,
                    "no evidence says that this was taken over",
                );
                continue;
            };
            let names = ["happened", "at", "sort"];
            for ((name, should), cell) in names.iter().zip(&cells).zip(row.0.iter().skip(2)) {
                if !same(should, cell) {
                    self.found("report_old", &key, disagree(name, cell, should));
                }
            }
            for (name, salt, at, digest) in [("head", 5, 6, &head), ("text", 7, 8, &said)] {
                let given = match (bytes::<16>(row, salt), text(row, at)) {
                    (Some(salt), Some("")) if salt == [0; 16] => String::new(),
                    (Some(salt), Some(text)) => salted(&salt, text.as_bytes()).hex(),
                    _ => "none".to_owned(),
                };
                if given != *digest {
                    let what = format!("salt and {name} do not give the digest in the log");
                    self.found("report_old", &key, what);
                }
            }
        }
        for n in expected.keys() {
            self.found("report_old", &n.to_string(), "is missing");
        }
    }
}
