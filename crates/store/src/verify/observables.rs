//! What officers wrote of observables: every row against the events that made it.

use std::collections::BTreeMap;

use cairn_desk::observable::{Change, Event, Standing};
use cairn_evidence::hash::{salted, sha256};

use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about observables; their kinds, and nobody else's, begin with `observable_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"observable_%";
const ROWS: &str = "SELECT no, key, kind, value, salt, block, asked_by, block_at, version FROM observable \
                    WHERE no > $1 ORDER BY no LIMIT $2";
const STEPS: &str = "SELECT n, at, account, what, corrects, salt, text FROM observable_step WHERE no = $1 ORDER BY n";
const STRAY: &str = "SELECT s.no, s.n FROM observable_step s WHERE NOT EXISTS \
                     (SELECT 1 FROM observable o WHERE o.no = s.no) ORDER BY s.no, s.n LIMIT 1000";

/// What the log says of one.
#[derive(Default)]
struct Said {
    digest: Option<String>,
    events: Vec<Event>,
}

impl Run<'_, '_> {
    pub(super) fn observables(&mut self) -> Result<(), VerifyError> {
        let mut said = self.observables_said()?;
        let mut from = 0;
        loop {
            let page = self.source.rows(ROWS, params![from, PAGE_ROWS])?;
            for row in &page {
                let Ok(no) = row.int(0) else { continue };
                from = no;
                let steps = self.source.rows(STEPS, params![no])?;
                let logged = said.remove(&no).unwrap_or_default();
                for (table, what) in look_at(&logged, row, &steps) {
                    self.found(table, no, what);
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for no in said.keys() {
            let what = "is missing, but the log says that it was written about";
            self.found("observable", no, what);
        }
        for row in self.source.rows(STRAY, Vec::new())? {
            if let (Ok(no), Ok(n)) = (row.int(0), row.int(1)) {
                self.found(
                    "observable_step",
                    format!("{no} {n}"),
                    "belongs to no observable",
                );
            }
        }
        Ok(())
    }

    fn observables_said(&mut self) -> Result<BTreeMap<i64, Said>, VerifyError> {
        let mut said: BTreeMap<i64, Said> = BTreeMap::new();
        let mut last = -1;
        loop {
            let page = self.source.rows(EVENTS, params![last, KINDS, PAGE_ROWS])?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let Some(event) =
                    text(row, 1).and_then(|json| serde_json::from_str::<Event>(json).ok())
                else {
                    self.found(
                        "evidence",
                        last,
                        "does not read as an event of an observable",
                    );
                    continue;
                };
                let one = said.entry(event.observable).or_default();
                if let Change::Named { digest } = &event.change
                    && one.digest.replace(digest.clone()).is_some()
                {
                    self.found("evidence", last, "this number was given before");
                }
                one.events.push(event);
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(said);
            }
        }
    }
}

type Wrong = (&'static str, String);

fn look_at(said: &Said, row: &Row, steps: &[Row]) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = Vec::new();
    let Some(digest) = &said.digest else {
        wrong.push((
            "observable",
            "no evidence says that it was written about".into(),
        ));
        return wrong;
    };
    let (kind, value) = (
        text(row, 2).unwrap_or_default(),
        text(row, 3).unwrap_or_default(),
    );
    let mut name = kind.as_bytes().to_vec();
    name.push(0);
    name.extend_from_slice(value.as_bytes());
    let salt = bytes::<16>(row, 4).unwrap_or_default();
    if salted(&salt, &name).hex() != *digest {
        let what = "salt, kind and value do not give the digest in the log";
        wrong.push(("observable", what.into()));
    }
    if text(row, 1) != Some(&sha256(&name).hex()) {
        wrong.push((
            "observable",
            "column key is not that of kind and value".into(),
        ));
    }
    let mut standing = Standing::default();
    for event in &said.events {
        standing.apply(event);
        let step = steps.get(usize::try_from(standing.version - 1).unwrap_or(usize::MAX));
        match step {
            Some(step) => step_is(step, event, standing.version, &mut wrong),
            None => wrong.push((
                "observable_step",
                format!("{} is missing", standing.version),
            )),
        }
    }
    if steps.len() > said.events.len() {
        wrong.push(("observable_step", "there are more than the log says".into()));
    }
    let expected = [
        Value::from(standing.block.as_str()),
        standing.asked_by.clone().into(),
        standing.block_at.into(),
        standing.version.into(),
    ];
    for (at, name) in ["block", "asked_by", "block_at", "version"]
        .into_iter()
        .enumerate()
    {
        if row.0.get(5 + at) != expected.get(at) {
            wrong.push((
                "observable",
                format!("column {name} is not what the log adds up to"),
            ));
        }
    }
    wrong
}

fn step_is(row: &Row, event: &Event, n: i64, wrong: &mut Vec<Wrong>) {
    let mut bad = |what: &str| wrong.push(("observable_step", format!("{n}: {what}")));
    let corrects = match &event.change {
        Change::Noted { corrects, .. } => *corrects,
        _ => None,
    };
    let expected = [
        Value::from(n),
        event.at.into(),
        event.by.account().into(),
        event.change.kind().into(),
        corrects.into(),
    ];
    if row.0.get(..5) != Some(&expected[..]) {
        bad("does not say what the log says");
    }
    match (&event.change, bytes::<16>(row, 5), text(row, 6)) {
        (Change::Noted { digest, .. }, Some(salt), Some(note)) => {
            if salted(&salt, note.as_bytes()).hex() != *digest {
                bad("salt and text do not give the digest in the log");
            }
        }
        (Change::Noted { .. }, ..) => bad("its text is missing"),
        (_, None, None) => {}
        _ => bad("has a text, though it is no note"),
    }
}
