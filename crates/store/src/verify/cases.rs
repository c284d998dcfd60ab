//! Cases: every row that belongs to one, against the events that made it.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::cases::{Case, Change, Event};
use cairn_evidence::hash::{salted, sha256};

use super::reports::{disagree, same};
use super::{Run, VerifyError, bytes, shown, text};
use crate::cases::files::file_of;
use crate::cases::{clock_of, head_of};
use crate::params;
use crate::sql::{Row, Value};

/// Numbers looked up in one go.
const PAGE_CASES: i64 = 512;

/// The numbers that anything in the database is about.
const NEXT: &str = "SELECT no FROM (SELECT no FROM case_head UNION SELECT no FROM case_text UNION SELECT no FROM case_report \
    UNION SELECT no FROM case_clock UNION SELECT no FROM case_relation UNION SELECT no FROM case_file UNION SELECT case_no AS no FROM evidence WHERE case_no IS NOT NULL) n \
    WHERE no > $1 ORDER BY no LIMIT $2";
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE case_no = $1 ORDER BY idx";
const HEAD: &str = "SELECT opened_at, title, owner, rank, severity, tlp, pap, state, until, reports, tasks, changed_at, version, \
    once FROM case_head WHERE no = $1";
const TEXTS: &str = "SELECT n, salt, text FROM case_text WHERE no = $1 ORDER BY n";
const REPORTS: &str = "SELECT report FROM case_report WHERE no = $1 ORDER BY report";
const RELATIONS: &str = "SELECT other, how FROM case_relation WHERE no = $1 ORDER BY other, how";
const CLOCKS: &str =
    "SELECT clock, due, paused, ended, state FROM case_clock WHERE no = $1 ORDER BY clock";
const FILES: &str = "SELECT text, sha256, size, media_type, removed_at, gone_at, doer, rule FROM case_file WHERE no = $1 ORDER BY text";
/// Columns of `case_file` that [`file_of`] gives.
const FILE_COLUMNS: [&str; 7] = [
    "sha256",
    "size",
    "media_type",
    "removed_at",
    "gone_at",
    "doer",
    "rule",
];
/// Columns of `case_head` that [`head_of`] gives, in the order of the query above, from the third on.
const COLUMNS: [&str; 11] = [
    "owner",
    "rank",
    "severity",
    "tlp",
    "pap",
    "state",
    "until",
    "reports",
    "tasks",
    "changed_at",
    "version",
];

/// What is wrong: table, which row of it, and what.
type Wrong = (&'static str, String, String);

impl Run<'_, '_> {
    pub(super) fn cases(&mut self) -> Result<(), VerifyError> {
        let (mut from, mut expected) = (i64::MIN, 1);
        loop {
            let page = self.source.rows(NEXT, params![from, PAGE_CASES])?;
            let numbers: Vec<i64> = page.iter().filter_map(|row| row.int(0).ok()).collect();
            let Some(last) = numbers.last() else {
                return Ok(());
            };
            for no in &numbers {
                self.verdict.cases += 1;
                // Numbers follow each other: one that nothing is about was taken out.
                if *no > expected {
                    let what = format!("is missing, as is all up to {}", no - 1);
                    self.found("case_head", expected, what);
                }
                expected = no.saturating_add(1);
                for (table, key, what) in self.case(*no)? {
                    self.found(table, format!("{no}{key}"), what);
                }
            }
            if (page.len() as i64) < PAGE_CASES {
                return Ok(());
            }
            from = *last;
        }
    }

    fn case(&self, no: i64) -> Result<Vec<Wrong>, VerifyError> {
        let rows = |sql| self.source.rows(sql, params![no]);
        let mut wrong = Vec::new();
        let mut events = Vec::new();
        for row in rows(EVENTS)? {
            match text(&row, 1).map(serde_json::from_str::<Event>) {
                Some(Ok(event)) => events.push(event),
                _ => {
                    let index = row.0.first().map(shown).unwrap_or_default();
                    let what = format!("row {index} does not read as its event");
                    wrong.push(("evidence", String::new(), what));
                }
            }
        }
        let Some(case) = Case::replay(&events) else {
            let what = "no evidence says that it was opened";
            wrong.push(("case_head", String::new(), what.into()));
            return Ok(wrong);
        };
        let texts = rows(TEXTS)?;
        texts_of(&case, &texts, &mut wrong);
        let title = texts
            .iter()
            .find(|row| row.int(0) == Ok(i64::from(case.title.text)));
        let title = title.and_then(|row| text(row, 2));
        let once = match events.first().map(|event| &event.change) {
            Some(Change::Opened { once, .. }) => once.as_str(),
            _ => "",
        };
        match rows(HEAD)?.first() {
            Some(row) => head(&case, title, once, row, &mut wrong),
            None => {
                let what = "is missing, but the log says that it was opened";
                wrong.push(("case_head", String::new(), what.into()));
            }
        }
        reports(&case, &rows(REPORTS)?, &mut wrong);
        clocks(&case, &rows(CLOCKS)?, &mut wrong);
        relations(&case, &rows(RELATIONS)?, &mut wrong);
        files(&case, &rows(FILES)?, &mut wrong);
        Ok(wrong)
    }
}

fn head(case: &Case, title: Option<&str>, once: &str, row: &Row, wrong: &mut Vec<Wrong>) {
    let mut found = |what: String| wrong.push(("case_head", String::new(), what));
    let opened = Value::from(case.opened_at);
    if let Some(stored) = row.0.first().filter(|stored| !same(&opened, stored)) {
        found(disagree("opened_at", stored, &opened));
    }
    if text(row, 1) != title {
        found("column title is not the text of the title".into());
    }
    for ((name, expected), stored) in COLUMNS.iter().zip(head_of(case)).zip(row.0.iter().skip(2)) {
        if !same(&expected, stored) {
            found(disagree(name, stored, &expected));
        }
    }
    let stored = match row.0.last() {
        Some(Value::Blob(tag)) => sha256(tag).hex(),
        _ => String::new(),
    };
    if stored != once {
        found("column once is not the one in the log".into());
    }
}

fn texts_of(case: &Case, rows: &[Row], wrong: &mut Vec<Wrong>) {
    let mut left: BTreeMap<i64, &str> = case
        .digests
        .iter()
        .filter(|(n, _)| !case.erased.contains(n))
        .map(|(n, digest)| (i64::from(*n), digest.as_str()))
        .collect();
    for row in rows {
        let n = row.int(0).unwrap_or_default();
        let mut found = |what: &str| wrong.push(("case_text", format!("/{n}"), what.into()));
        let Some(digest) = left.remove(&n) else {
            let erased = u32::try_from(n).is_ok_and(|n| case.erased.contains(&n));
            found(if erased {
                "is still there, though it was erased"
            } else {
                "is there, though the log knows no such text"
            });
            continue;
        };
        match (bytes::<16>(row, 1), text(row, 2)) {
            (Some(salt), Some(text)) if salted(&salt, text.as_bytes()).hex() == digest => {}
            _ => found("salt and text do not give the digest in the log"),
        }
    }
    for n in left.keys() {
        wrong.push(("case_text", format!("/{n}"), "is missing".into()));
    }
}

fn reports(case: &Case, rows: &[Row], wrong: &mut Vec<Wrong>) {
    let stored: Vec<i64> = rows.iter().filter_map(|row| row.int(0).ok()).collect();
    for no in case.reports.keys().filter(|no| !stored.contains(no)) {
        wrong.push(("case_report", format!("/{no}"), "is missing".into()));
    }
    for no in stored.iter().filter(|no| !case.reports.contains_key(no)) {
        let what = "is there, though the log knows no such link";
        wrong.push(("case_report", format!("/{no}"), what.into()));
    }
}

fn relations(case: &Case, rows: &[Row], wrong: &mut Vec<Wrong>) {
    let stored: BTreeSet<(i64, String)> = rows
        .iter()
        .filter_map(|row| Some((row.int(0).ok()?, row.text(1).ok()?)))
        .collect();
    for (to, _) in case.related.difference(&stored) {
        wrong.push(("case_relation", format!("/{to}"), "is missing".into()));
    }
    for (to, _) in stored.difference(&case.related) {
        let what = "is there, though the log knows no such relation";
        wrong.push(("case_relation", format!("/{to}"), what.into()));
    }
}

fn files(case: &Case, rows: &[Row], wrong: &mut Vec<Wrong>) {
    let all = case.files.iter();
    let mut left: BTreeMap<i64, _> = all.map(|file| (i64::from(file.text), file)).collect();
    for row in rows {
        let text = row.int(0).unwrap_or_default();
        let mut found = |what: String| wrong.push(("case_file", format!("/{text}"), what));
        let Some(file) = left.remove(&text) else {
            found("is there, though the log knows no such file".into());
            continue;
        };
        let expected = file_of(file);
        let stored = row.0.iter().skip(1);
        for ((column, expected), stored) in FILE_COLUMNS.iter().zip(&expected).zip(stored) {
            if !same(expected, stored) {
                found(disagree(column, stored, expected));
            }
        }
    }
    for text in left.keys() {
        wrong.push(("case_file", format!("/{text}"), "is missing".into()));
    }
}

fn clocks(case: &Case, rows: &[Row], wrong: &mut Vec<Wrong>) {
    let mut left: BTreeMap<&str, _> = case
        .clocks
        .iter()
        .map(|clock| (clock.id.as_str(), clock))
        .collect();
    for row in rows {
        let name = text(row, 0).unwrap_or_default();
        let mut found = |what: String| wrong.push(("case_clock", format!("/{name}"), what));
        let Some(clock) = left.remove(name) else {
            found("is there, though the log knows no such clock".into());
            continue;
        };
        let expected = clock_of(clock).unwrap_or_default();
        for ((column, expected), stored) in ["due", "paused", "ended", "state"]
            .iter()
            .zip(&expected)
            .zip(row.0.iter().skip(1))
        {
            if !same(expected, stored) {
                found(disagree(column, stored, expected));
            }
        }
    }
    for name in left.keys() {
        wrong.push(("case_clock", format!("/{name}"), "is missing".into()));
    }
}
