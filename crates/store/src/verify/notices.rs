//! Notices: every row against the events that made it, what it says and what owners answered against the digests in the log.

use std::collections::BTreeMap;

use cairn_desk::notice::{Change, Event, Standing};
use cairn_evidence::hash::salted;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about notices; their kinds, and nobody else's, begin with `notice_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"notice_%";
const ROWS: &str = "SELECT no, number, owner, contact, at, state, needs, approved, sent_at, sealing, lines, gone, answers, steps, salt, \
                    content FROM notice WHERE no > $1 ORDER BY no LIMIT $2";
const STEPS: &str = "SELECT no, n, event FROM notice_step WHERE no > $1 OR (no = $2 AND n > $3) ORDER BY no, n LIMIT $4";
const ANSWERS: &str = "SELECT notice, n, salt, said FROM notice_answer WHERE notice > $1 OR (notice = $2 AND n > $3) \
                       ORDER BY notice, n LIMIT $4";
/// Columns of `notice` that follow from the events, from the second on.
const COLUMNS: [&str; 13] = [
    "number", "owner", "contact", "at", "state", "needs", "approved", "sent_at", "sealing",
    "lines", "gone", "answers", "steps",
];
/// Where salt and content stand.
const SALT: usize = 14;

/// What the log says of all notices.
#[derive(Default)]
struct All {
    notices: BTreeMap<i64, (Standing, String)>,
    /// JSON by notice and number within it, from 1.
    steps: BTreeMap<(i64, i64), String>,
    /// Digests of answers.
    answers: BTreeMap<(i64, i64), String>,
}

impl All {
    /// One more event; what is wrong with it, if anything.
    fn hear(&mut self, json: &str) -> Option<&'static str> {
        let Ok(event) = serde_json::from_str::<Event>(json) else {
            return Some("does not read as an event of a notice");
        };
        let no = event.notice;
        match (self.notices.get_mut(&no), &event.change) {
            (None, Change::Made { digest, .. }) => {
                let standing = Standing::new(&event)?;
                self.notices.insert(no, (standing, digest.clone()));
            }
            (Some(_), Change::Made { .. }) => return Some("this notice was made before"),
            (None, _) => return Some("is about a notice that was never made"),
            (Some((standing, _)), change) => {
                standing.apply(&event);
                if let Change::Answered { n, digest, .. } = change {
                    self.answers.insert((no, i64::from(*n)), digest.clone());
                }
            }
        }
        let n = self.notices.get(&no).map_or(0, |(one, _)| one.steps);
        self.steps.insert((no, n), json.to_owned());
        None
    }
}

impl Run<'_, '_> {
    pub(super) fn notices(&mut self) -> Result<(), VerifyError> {
        let mut said = self.notices_said()?;
        let page = |from: i64| params![from, PAGE_ROWS];
        self.paged(ROWS, page, |run, no, row| {
            let Some((standing, digest)) = said.notices.remove(&no) else {
                let what = "is there, though the log knows no such notice";
                return run.found("notice", no, what);
            };
            for what in look_at(&standing, &digest, row) {
                run.found("notice", no, what);
            }
        })?;
        for no in said.notices.keys() {
            let what = "is missing, but the log says that it was made";
            self.found("notice", no, what);
        }
        self.notice_parts("notice_step", STEPS, said.steps, |row| {
            text(row, 2).map(str::to_owned)
        })?;
        self.notice_parts("notice_answer", ANSWERS, said.answers, |row| {
            let (salt, said) = (bytes::<16>(row, 2)?, text(row, 3)?);
            Some(salted(&salt, said.as_bytes()).hex())
        })
    }

    fn notices_said(&mut self) -> Result<All, VerifyError> {
        let mut said = All::default();
        let page = |last: i64| params![last, KINDS, PAGE_ROWS];
        self.paged(EVENTS, page, |run, idx, row| {
            if let Some(fault) = said.hear(text(row, 1).unwrap_or_default()) {
                run.found("evidence", idx, fault);
            }
        })?;
        Ok(said)
    }

    /// Parts of notices, each of which is what the log says.
    fn notice_parts(
        &mut self,
        table: &'static str,
        sql: &'static str,
        mut left: BTreeMap<(i64, i64), String>,
        of: impl Fn(&Row) -> Option<String>,
    ) -> Result<(), VerifyError> {
        self.paged_by_two(sql, |run, (no, n), row| {
            let said = left.remove(&(no, n));
            if said.is_none() || said != of(row) {
                run.found(table, format!("{no}.{n}"), "is not what the log says");
            }
        })?;
        for (no, n) in left.keys() {
            self.found(table, format!("{no}.{n}"), "is missing");
        }
        Ok(())
    }
}

fn look_at(standing: &Standing, digest: &str, row: &Row) -> Vec<String> {
    let approved = serde_json::to_string(&standing.approved).unwrap_or_default();
    let expected: [Value; COLUMNS.len()] = [
        standing.number.as_str().into(),
        standing.owner.into(),
        standing.contact.into(),
        standing.at.into(),
        standing.state.as_str().into(),
        standing.needs.into(),
        approved.into(),
        standing.sent.into(),
        standing.sealing.clone().into(),
        standing.rows.into(),
        standing.gone.into(),
        standing.answers.into(),
        standing.steps.into(),
    ];
    let cells = COLUMNS.iter().zip(&expected).zip(row.0.iter().skip(1));
    let wrong = cells.filter(|((_, expected), stored)| !same(expected, stored));
    let mut wrong: Vec<String> = wrong
        .map(|((name, expected), stored)| disagree(name, stored, expected))
        .collect();
    let own = match (bytes::<16>(row, SALT), text(row, SALT + 1)) {
        (Some(salt), Some(content)) => Some(salted(&salt, content.as_bytes()).hex()),
        _ => None,
    };
    if own.as_deref() != Some(digest) {
        wrong.push("salt and content do not give the digest in the log".into());
    }
    wrong
}
