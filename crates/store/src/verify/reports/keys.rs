//! OpenPGP keys of the reporter, against the events that they came and were judged by.

use std::collections::BTreeMap;

use cairn_desk::report::retention::Part;
use cairn_desk::report::{Change, Event, KeyWord};
use cairn_evidence::hash::salted;

use super::{Look, bytes, disagree, erases, same, shown, text};
use crate::params;
use crate::sql::{Row, Value};

/// A key as its row should be: cells, and the digest of its record; an empty one where that was erased.
struct KeyCells {
    cells: Vec<Value>,
    record: String,
}

impl Look<'_> {
    /// Keys, as far as they were not erased.
    pub(super) fn keys(&mut self, later: &[Event]) {
        let mut expected: BTreeMap<i64, KeyCells> = BTreeMap::new();
        for event in later {
            if erases(event, Part::Contact) {
                for key in expected.values_mut() {
                    key.record.clear();
                }
            }
            match &event.change {
                Change::KeyCame { key, digest, .. } => {
                    let cells = crate::openpgp::cells(event);
                    let record = digest.clone();
                    expected.insert(*key, KeyCells { cells, record });
                }
                Change::KeyJudged { key, word } => {
                    let from = match word {
                        KeyWord::Confirmed => 3,
                        KeyWord::Dropped => 5,
                    };
                    let judged = params![event.at, event.by.to_string()];
                    let known = expected
                        .get_mut(key)
                        .map(|key| key.cells.iter_mut().skip(from));
                    for (cell, value) in known.into_iter().flatten().zip(judged) {
                        *cell = value;
                    }
                }
                _ => {}
            }
        }
        for row in self.bundle.rows("report_key") {
            self.key(row, &mut expected);
        }
        for n in expected.keys() {
            self.found("report_key", &n.to_string(), "is missing");
        }
    }

    fn key(&mut self, row: &Row, expected: &mut BTreeMap<i64, KeyCells>) {
        let key = row.0.get(1).map(shown).unwrap_or_default();
        let should = row.int(1).ok().and_then(|n| expected.remove(&n));
        let Some(should) = should else {
            self.found("report_key", &key, "no evidence says that this came");
            return;
        };
        let names = [
            "source",
            "at",
            "doer",
            "confirmed_at",
            "confirmed_by",
            "dropped_at",
            "dropped_by",
        ];
        for ((name, should), cell) in names.iter().zip(&should.cells).zip(row.0.iter().skip(2)) {
            if !same(should, cell) {
                self.found("report_key", &key, disagree(name, cell, should));
            }
        }
        let given = match (bytes::<16>(row, 9), text(row, 10)) {
            (Some(salt), Some("")) if salt == [0; 16] => String::new(),
            (Some(salt), Some(text)) => salted(&salt, text.as_bytes()).hex(),
            _ => "none".to_owned(),
        };
        if given != should.record {
            let what = "salt and record do not give the digest in the log";
            self.found("report_key", &key, what);
        }
    }
}
