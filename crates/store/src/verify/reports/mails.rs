//! Mails on a report's thread, against the events that they came by.

use std::collections::BTreeMap;

use cairn_desk::report::retention::Part;
use cairn_desk::report::{Change, Event};
use cairn_evidence::hash::salted;

use super::{Look, bytes, disagree, erases, same, shown, text};
use crate::sql::{Row, Value};

/// A mail as its row should be: cells, and the digests of head and text; an empty one where that was erased or is none.
struct MailCells {
    cells: Vec<Value>,
    head: String,
    text: String,
}

impl Look<'_> {
    /// Mails on its thread, as far as they were not erased.
    pub(super) fn mails(&mut self, later: &[Event]) {
        let mut expected: BTreeMap<i64, MailCells> = BTreeMap::new();
        for event in later {
            let erased = |part| erases(event, part);
            if Part::ALL.into_iter().any(erased) {
                for mail in expected.values_mut() {
                    if let Some(file) = mail.cells.last_mut() {
                        *file = Value::Null;
                    }
                    if !erased(Part::Files) {
                        mail.head.clear();
                    }
                    if erased(Part::Text) {
                        mail.text.clear();
                    }
                }
            }
            if let Change::MailCame {
                mail, head, text, ..
            } = &event.change
                && let Some(cells) = crate::conversation::cells(&event.change, event.at)
            {
                let cells = cells.into_iter().skip(1).collect();
                let (head, text) = (head.clone(), text.clone().unwrap_or_default());
                expected.insert(*mail, MailCells { cells, head, text });
            }
        }
        for row in self.bundle.rows("report_mail") {
            self.mail(row, &mut expected);
        }
        for n in expected.keys() {
            self.found("report_mail", &n.to_string(), "is missing");
        }
    }

    fn mail(&mut self, row: &Row, expected: &mut BTreeMap<i64, MailCells>) {
        let key = row.0.get(1).map(shown).unwrap_or_default();
        let should = row.int(1).ok().and_then(|n| expected.remove(&n));
        let Some(should) = should else {
            self.found("report_mail", &key, "no evidence says that this came");
            return;
        };
        let names = ["sort", "message", "at", "sha256"];
        for ((name, should), cell) in names.iter().zip(&should.cells).zip(row.0.iter().skip(2)) {
            if !same(should, cell) {
                self.found("report_mail", &key, disagree(name, cell, should));
            }
        }
        for (name, salt, at, digest) in [("head", 6, 7, &should.head), ("text", 8, 9, &should.text)]
        {
            let given = match (bytes::<16>(row, salt), text(row, at)) {
                (Some(salt), Some("")) if salt == [0; 16] => String::new(),
                (Some(salt), Some(text)) => salted(&salt, text.as_bytes()).hex(),
                _ => "none".to_owned(),
            };
            if given != *digest {
                let what = format!("salt and {name} do not give the digest in the log");
                self.found("report_mail", &key, what);
            }
        }
    }
}
