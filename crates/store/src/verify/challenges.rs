//! Challenges of figures: every row that belongs to one, against the events that made it.

use std::collections::BTreeMap;

use cairn_desk::challenge::{Body, Change, Event, Standing, reference};
use cairn_evidence::hash::{salted, sha256};

use super::reports::{disagree, same};
use super::{Run, VerifyError, bytes, shown, text};
use crate::params;
use crate::sql::{Row, Value};

/// Challenges looked at in one go.
const PAGE_CHALLENGES: i64 = 512;

/// The numbers that anything in the database is about.
const NEXT: &str = "SELECT no FROM (SELECT no FROM challenge UNION SELECT no FROM challenge_body \
    UNION SELECT no FROM challenge_contact UNION SELECT challenge AS no FROM evidence WHERE challenge IS NOT NULL) n \
    WHERE no > $1 ORDER BY no LIMIT $2";

/// `(table, rows of the challenges in a range)`; the number comes first.
const TABLES: [(&str, &str); 4] = [
    (
        "evidence",
        "SELECT challenge, idx, event FROM evidence WHERE challenge >= $1 AND challenge <= $2 ORDER BY challenge, idx",
    ),
    (
        "challenge",
        "SELECT no, received_at, due_at, plan, edition, figure, language, set_aside, words, answered_at, outcome, \
         version, secret FROM challenge WHERE no >= $1 AND no <= $2 ORDER BY no",
    ),
    (
        "challenge_body",
        "SELECT no, salt, body FROM challenge_body WHERE no >= $1 AND no <= $2 ORDER BY no",
    ),
    (
        "challenge_contact",
        "SELECT no, salt, contact FROM challenge_contact WHERE no >= $1 AND no <= $2 ORDER BY no",
    ),
];

/// Names of the columns of `challenge` in the order of the query above, without number and secret.
const COLUMNS: [&str; 11] = [
    "received_at",
    "due_at",
    "plan",
    "edition",
    "figure",
    "language",
    "set_aside",
    "words",
    "answered_at",
    "outcome",
    "version",
];

/// All rows of one challenge.
#[derive(Default)]
struct Bundle {
    evidence: Vec<Row>,
    row: Option<Row>,
    body: Option<Row>,
    contact: Option<Row>,
}

/// What is wrong: table, and what.
type Wrong = (&'static str, String);

impl Run<'_, '_> {
    pub(super) fn challenges(&mut self) -> Result<(), VerifyError> {
        let (mut from, mut expected) = (i64::MIN, 1);
        loop {
            let page = self.source.rows(NEXT, params![from, PAGE_CHALLENGES])?;
            let numbers = page.iter().filter_map(|row| row.int(0).ok());
            let numbers: Vec<i64> = numbers.collect();
            let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
                return Ok(());
            };
            let bundles = self.challenge_rows(*first, *last)?;
            for (no, bundle) in bundles {
                self.verdict.challenges += 1;
                // Numbers follow each other: one that nothing is about was taken out.
                if no > expected {
                    let what = format!("is missing, as is all up to {}", no - 1);
                    self.found("challenge", expected, what);
                }
                expected = no.saturating_add(1);
                for (table, what) in look_at(no, &bundle) {
                    self.found(table, format!("{no} ({})", reference(no)), what);
                }
            }
            if (page.len() as i64) < PAGE_CHALLENGES {
                return Ok(());
            }
            from = *last;
        }
    }

    fn challenge_rows(&self, from: i64, to: i64) -> Result<BTreeMap<i64, Bundle>, VerifyError> {
        let mut bundles: BTreeMap<i64, Bundle> = BTreeMap::new();
        for (table, sql) in TABLES {
            for row in self.source.rows(sql, params![from, to])? {
                let Ok(no) = row.int(0) else { continue };
                let bundle = bundles.entry(no).or_default();
                match table {
                    "evidence" => bundle.evidence.push(row),
                    "challenge" => bundle.row = Some(row),
                    "challenge_body" => bundle.body = Some(row),
                    _ => bundle.contact = Some(row),
                }
            }
        }
        Ok(bundles)
    }
}

fn look_at(no: i64, bundle: &Bundle) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut events = Vec::new();
    for line in &bundle.evidence {
        match text(line, 2).map(serde_json::from_str::<Event>) {
            Some(Ok(event)) => events.push(event),
            _ => {
                let index = line.0.get(1).map(shown).unwrap_or_default();
                wrong.push((
                    "evidence",
                    format!("row {index} does not read as its event"),
                ));
            }
        }
    }
    let Some((first, later)) = events.split_first() else {
        wrong.push(("challenge", "no evidence says that it was received".into()));
        return wrong;
    };
    let Change::Received {
        reference: said,
        body,
        contact,
        ..
    } = &first.change
    else {
        wrong.push((
            "evidence",
            "its events do not begin with its receipt".into(),
        ));
        return wrong;
    };
    if *said != reference(no) {
        wrong.push((
            "evidence",
            "the event of receipt has another reference".into(),
        ));
    }
    let erased = later.iter().any(|e| e.change == Change::ContactErased);
    match (contact, &bundle.contact) {
        (Some(digest), Some(row)) if !erased => {
            digested("challenge_contact", Some(row), digest, &mut wrong);
        }
        (Some(_), None) if !erased => wrong.push(("challenge_contact", "is missing".into())),
        (Some(_), Some(_)) => {
            wrong.push((
                "challenge_contact",
                "is still there, though it was erased".into(),
            ));
        }
        (None, Some(_)) => wrong.push((
            "challenge_contact",
            "is there, though none was given".into(),
        )),
        (_, None) => {}
    }
    let body = digested("challenge_body", bundle.body.as_ref(), body, &mut wrong);
    match (body.map(serde_json::from_str::<Body>), &bundle.row) {
        (Some(Ok(body)), Some(row)) => columns(&body, first, later, row, &mut wrong),
        (Some(Err(error)), _) => wrong.push(("challenge_body", format!("does not read: {error}"))),
        (_, None) => wrong.push((
            "challenge",
            "is missing, but the log says that it was received".into(),
        )),
        (None, Some(_)) => {}
    }
    wrong
}

/// The text of a row, if salt and text give the digest in the log.
fn digested<'r>(
    table: &'static str,
    row: Option<&'r Row>,
    logged: &str,
    wrong: &mut Vec<Wrong>,
) -> Option<&'r str> {
    let Some(row) = row else {
        wrong.push((table, "is missing".into()));
        return None;
    };
    match (bytes::<16>(row, 1), text(row, 2)) {
        (Some(salt), Some(text)) if salted(&salt, text.as_bytes()).hex() == logged => Some(text),
        _ => {
            wrong.push((
                table,
                "salt and text do not give the digest in the log".into(),
            ));
            None
        }
    }
}

fn columns(body: &Body, first: &Event, later: &[Event], row: &Row, wrong: &mut Vec<Wrong>) {
    let Change::Received {
        plan,
        edition,
        figure,
        contact,
        secret,
        due,
        ..
    } = &first.change
    else {
        return;
    };
    if (plan, edition, figure) != (&body.plan, &body.edition, &body.figure) {
        let what = "the event of receipt and the body are about different figures";
        wrong.push(("challenge_body", what.into()));
    }
    let mut standing = Standing::new(body.suspect, contact.is_some());
    for event in later {
        standing.apply(event);
    }
    let expected: [Value; COLUMNS.len()] = [
        first.at.into(),
        (*due).into(),
        plan.as_str().into(),
        edition.as_str().into(),
        figure.as_str().into(),
        body.language.as_str().into(),
        standing.set_aside.into(),
        standing.words.as_str().into(),
        standing.answered_at().into(),
        standing.answer().map(|one| one.outcome.as_str()).into(),
        standing.version.into(),
    ];
    for ((name, expected), stored) in COLUMNS.iter().zip(&expected).zip(row.0.iter().skip(1)) {
        if !same(expected, stored) {
            wrong.push(("challenge", disagree(name, stored, expected)));
        }
    }
    let stored = match row.0.last() {
        Some(Value::Blob(tag)) => sha256(tag).hex(),
        _ => String::new(),
    };
    if stored != *secret {
        wrong.push((
            "challenge",
            "column secret is not the one in the log".into(),
        ));
    }
}
