//! Handover notes: every row against the events that made it.

use std::collections::BTreeMap;

use cairn_desk::shift::{Change, Event, Note};
use cairn_evidence::hash::salted;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about notes; their kinds, and nobody else's, begin with `handover_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"handover_%";
const ROWS: &str = "SELECT no, at, account, digest, corrects, corrected_by, withdrawn_at, withdrawn_by, salt, text FROM handover \
                    WHERE no > $1 ORDER BY no LIMIT $2";
const READ: &str = "SELECT no, account, at FROM handover_read WHERE no > $1 OR (no = $2 AND account > $3) \
                    ORDER BY no, account LIMIT $4";
/// Columns of `handover` that follow from the events, from the second on.
const COLUMNS: [&str; 7] = [
    "at",
    "account",
    "digest",
    "corrects",
    "corrected_by",
    "withdrawn_at",
    "withdrawn_by",
];

impl Run<'_, '_> {
    pub(super) fn handovers(&mut self) -> Result<(), VerifyError> {
        let said = self.handovers_said()?;
        // Numbers follow each other: one that nothing is about was taken out.
        for (no, expected) in said.keys().zip(1..) {
            if *no != expected {
                self.found(
                    "handover",
                    expected,
                    format!("is missing, as is all up to {}", no - 1),
                );
                break;
            }
        }
        let mut left = said.clone();
        let mut from = i64::MIN;
        loop {
            let page = self.source.rows(ROWS, params![from, PAGE_ROWS])?;
            for row in &page {
                let Ok(no) = row.int(0) else { continue };
                from = no;
                match left.remove(&no) {
                    Some(note) => {
                        for what in look_at(&note, row) {
                            self.found("handover", no, what);
                        }
                    }
                    None => self.found(
                        "handover",
                        no,
                        "is there, though the log knows no such note",
                    ),
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for no in left.keys() {
            self.found(
                "handover",
                no,
                "is missing, but the log says that it was written",
            );
        }
        self.handovers_read(&said)
    }

    fn handovers_said(&mut self) -> Result<BTreeMap<i64, Note>, VerifyError> {
        let mut said: BTreeMap<i64, Note> = BTreeMap::new();
        let mut last = -1;
        loop {
            let page = self.source.rows(EVENTS, params![last, KINDS, PAGE_ROWS])?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let event = text(row, 1).and_then(|json| serde_json::from_str::<Event>(json).ok());
                let fault = match event {
                    Some(event) => hear(&mut said, &event),
                    None => Some("does not read as an event of a handover note"),
                };
                if let Some(fault) = fault {
                    self.found("evidence", last, fault);
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(said);
            }
        }
    }

    fn handovers_read(&mut self, said: &BTreeMap<i64, Note>) -> Result<(), VerifyError> {
        let mut left: BTreeMap<(i64, String), i64> = BTreeMap::new();
        for note in said.values() {
            let read = note.read.iter();
            left.extend(read.map(|(by, at)| ((note.no, by.clone()), at.0)));
        }
        let (mut no, mut by) = (i64::MIN, String::new());
        loop {
            let page = params![no, no, by.as_str(), PAGE_ROWS];
            let page = self.source.rows(READ, page)?;
            for row in &page {
                no = row.int(0).unwrap_or(no);
                text(row, 1).unwrap_or_default().clone_into(&mut by);
                match left.remove(&(no, by.clone())) {
                    None => {
                        let what = "is there, though the log does not say so";
                        self.found("handover_read", no, what);
                    }
                    Some(at) if row.int(2) != Ok(at) => {
                        self.found("handover_read", no, "has another time than the log");
                    }
                    Some(_) => {}
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for (no, _) in left.keys() {
            let what = "is missing, but the log says that it was read";
            self.found("handover_read", no, what);
        }
        Ok(())
    }
}

/// One more event; what is wrong with it, if anything.
fn hear(said: &mut BTreeMap<i64, Note>, event: &Event) -> Option<&'static str> {
    if let Change::Written { corrects, .. } = &event.change {
        if let Some(corrected) = corrects.and_then(|no| said.get_mut(&no)) {
            corrected.corrected_by = Some(event.handover);
        }
        let note = Note::new(event)?;
        return said
            .insert(event.handover, note)
            .map(|_| "this number was given before");
    }
    match said.get_mut(&event.handover) {
        Some(note) => {
            note.apply(event);
            None
        }
        None => Some("is about a note that was never written"),
    }
}

fn look_at(note: &Note, row: &Row) -> Vec<String> {
    let (withdrawn_at, withdrawn_by) = note.withdrawn.clone().unzip();
    let expected: [Value; COLUMNS.len()] = [
        note.at.into(),
        note.by.as_str().into(),
        note.digest.as_str().into(),
        note.corrects.into(),
        note.corrected_by.into(),
        withdrawn_at.into(),
        withdrawn_by.into(),
    ];
    let mut wrong = Vec::new();
    for ((name, expected), stored) in COLUMNS.iter().zip(&expected).zip(row.0.iter().skip(1)) {
        if !same(expected, stored) {
            wrong.push(disagree(name, stored, expected));
        }
    }
    match (bytes::<16>(row, 8), text(row, 9)) {
        (Some(_), _) | (_, Some(_)) if note.erased => {
            wrong.push("its text is still there, though it was erased".into());
        }
        (Some(salt), Some(text)) if salted(&salt, text.as_bytes()).hex() == note.digest => {}
        (None, None) if note.erased => {}
        _ => wrong.push("salt and text do not give the digest in the log".into()),
    }
    wrong
}
