//! Rules of the desk: every row against the events that made it. Which reports they touched is looked at with these.

use std::collections::BTreeMap;

use cairn_desk::rules::{Change, Event, Rule};
use cairn_evidence::hash::salted;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about rules; their kinds, and nobody else's, begin with `rule_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"rule_%";
const ROWS: &str = "SELECT no, at, author, version, replies, stage, tried_at, touched, asked_by, on_version, stopped_at, \
                    steps FROM rule WHERE no > $1 ORDER BY no LIMIT $2";
const STEPS: &str = "SELECT no, n, event FROM rule_step WHERE no > $1 OR (no = $2 AND n > $3) ORDER BY no, n LIMIT $4";
const VERSIONS: &str = "SELECT no, version, at, account, salt, content, trial_salt, trial FROM rule_version \
                        WHERE no > $1 OR (no = $2 AND version > $3) ORDER BY no, version LIMIT $4";
/// Columns of `rule` that follow from the events, from the second on.
const COLUMNS: [&str; 11] = [
    "at",
    "author",
    "version",
    "replies",
    "stage",
    "tried_at",
    "touched",
    "asked_by",
    "on_version",
    "stopped_at",
    "steps",
];

/// What the log says of a version.
struct Said {
    at: i64,
    account: String,
    digest: String,
    trial: Option<String>,
}

/// What the log says of all rules.
#[derive(Default)]
struct All {
    rules: BTreeMap<i64, Rule>,
    versions: BTreeMap<(i64, u32), Said>,
    /// JSON by rule and number within it, from 1.
    steps: BTreeMap<(i64, i64), String>,
}

impl All {
    /// One more event; what is wrong with it, if anything.
    fn hear(&mut self, event: &Event, json: &str) -> Option<&'static str> {
        let no = event.rule;
        match self.rules.get_mut(&no) {
            Some(rule) => rule.apply(event),
            None => match Rule::new(event) {
                Some(rule) => {
                    self.rules.insert(no, rule);
                }
                None => return Some("is about a rule that was never written"),
            },
        }
        let n = self.rules.get(&no).map_or(0, |rule| rule.steps);
        self.steps.insert((no, n), json.to_owned());
        match &event.change {
            Change::Written {
                version, digest, ..
            } => {
                let said = Said {
                    at: event.at.0,
                    account: event.by.account(),
                    digest: digest.clone(),
                    trial: None,
                };
                let before = self.versions.insert((no, *version), said);
                before.map(|_| "this version was written before")
            }
            Change::Tried {
                version, digest, ..
            } => match self.versions.get_mut(&(no, *version)) {
                Some(said) => {
                    said.trial = Some(digest.clone());
                    None
                }
                None => Some("is about a version that was never written"),
            },
            _ => None,
        }
    }
}

impl Run<'_, '_> {
    pub(super) fn rules(&mut self) -> Result<(), VerifyError> {
        let mut said = self.rules_said()?;
        let page = |from: i64| params![from, PAGE_ROWS];
        self.paged(ROWS, page, |run, no, row| {
            let Some(rule) = said.rules.remove(&no) else {
                return run.found("rule", no, "is there, though the log knows no such rule");
            };
            for what in look_at(&rule, row) {
                run.found("rule", no, what);
            }
        })?;
        for no in said.rules.keys() {
            let what = "is missing, but the log says that it was written";
            self.found("rule", no, what);
        }
        self.rule_steps(said.steps)?;
        self.rule_versions(said.versions)
    }

    fn rules_said(&mut self) -> Result<All, VerifyError> {
        let mut said = All::default();
        let page = |last: i64| params![last, KINDS, PAGE_ROWS];
        self.paged(EVENTS, page, |run, idx, row| {
            let json = text(row, 1).unwrap_or_default();
            let fault = match serde_json::from_str::<Event>(json).ok() {
                Some(event) => said.hear(&event, json),
                None => Some("does not read as an event of a rule"),
            };
            if let Some(fault) = fault {
                run.found("evidence", idx, fault);
            }
        })?;
        Ok(said)
    }

    fn rule_steps(&mut self, mut left: BTreeMap<(i64, i64), String>) -> Result<(), VerifyError> {
        self.paged_by_two(STEPS, |run, (no, n), row| {
            let said = left.remove(&(no, n));
            if said.as_deref() != text(row, 2) || said.is_none() {
                run.found("rule_step", format!("{no}.{n}"), "is not what the log says");
            }
        })?;
        for (no, n) in left.keys() {
            self.found("rule_step", format!("{no}.{n}"), "is missing");
        }
        Ok(())
    }

    fn rule_versions(&mut self, mut left: BTreeMap<(i64, u32), Said>) -> Result<(), VerifyError> {
        self.paged_by_two(VERSIONS, |run, (no, version), row| {
            let key = format!("{no}.{version}");
            let said = u32::try_from(version).ok();
            let said = said.and_then(|version| left.remove(&(no, version)));
            let Some(said) = said else {
                let what = "is there, though the log does not say that it was written";
                return run.found("rule_version", key, what);
            };
            for what in look_at_version(&said, row) {
                run.found("rule_version", &key, what);
            }
        })?;
        for (no, version) in left.keys() {
            let what = "is missing, but the log says that it was written";
            self.found("rule_version", format!("{no}.{version}"), what);
        }
        Ok(())
    }
}

fn look_at(rule: &Rule, row: &Row) -> Vec<String> {
    let (tried_at, touched) = rule.tried.unzip();
    let expected: [Value; COLUMNS.len()] = [
        rule.at.into(),
        rule.author.as_str().into(),
        rule.version.into(),
        rule.replies.into(),
        rule.stage.as_str().into(),
        tried_at.into(),
        touched.into(),
        rule.asked_by.clone().into(),
        rule.on.into(),
        rule.stopped.into(),
        rule.steps.into(),
    ];
    wrong(&COLUMNS, &expected, row, 1)
}

fn wrong(names: &[&str], expected: &[Value], row: &Row, from: usize) -> Vec<String> {
    let cells = names.iter().zip(expected).zip(row.0.iter().skip(from));
    let wrong = cells.filter(|((_, expected), stored)| !same(expected, stored));
    wrong
        .map(|((name, expected), stored)| disagree(name, stored, expected))
        .collect()
}

fn look_at_version(said: &Said, row: &Row) -> Vec<String> {
    let expected = params![said.at, said.account.as_str()];
    let mut wrong = wrong(&["at", "account"], &expected, row, 2);
    let digest = |salt, json| match (bytes::<16>(row, salt), text(row, json)) {
        (Some(salt), Some(json)) => Some(salted(&salt, json.as_bytes()).hex()),
        _ => None,
    };
    if digest(4, 5).as_ref() != Some(&said.digest) {
        wrong.push("salt and content do not give the digest in the log".into());
    }
    let none = row.0.get(6) == Some(&Value::Null) && row.0.get(7) == Some(&Value::Null);
    if digest(6, 7) != said.trial || (said.trial.is_none() && !none) {
        wrong.push("salt and result of the dry run do not give the digest in the log".into());
    }
    wrong
}
