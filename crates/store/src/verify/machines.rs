//! Tokens of officers and of owners, and webhooks: every row against the events that made it.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_evidence::hash::sha256;
use cairn_kernel::time::Micros;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about them; their kinds, and nobody else's, begin with `token_`, `pull_token_` and `webhook_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND (event LIKE $2 OR event LIKE $3 OR event LIKE $4) ORDER BY idx LIMIT $5";
const TOKEN_KINDS: &str = "%\"kind\":\"token_%";
const PULL_KINDS: &str = "%\"kind\":\"pull_token_%";
const WEBHOOK_KINDS: &str = "%\"kind\":\"webhook_%";
const TOKENS: &str = "SELECT id, account, acts, created_at, until, used_on, ended_at, tag FROM token \
                      WHERE id > $1 ORDER BY id LIMIT $2";
const PULL_TOKENS: &str = "SELECT id, owner, created_at, until, used_on, ended_at, tag FROM pull_token \
                           WHERE id > $1 ORDER BY id LIMIT $2";
const WEBHOOKS: &str =
    "SELECT id, events, live, url FROM webhook WHERE id > $1 ORDER BY id LIMIT $2";

const TOKEN_COLUMNS: [&str; 6] = [
    "account",
    "acts",
    "created_at",
    "until",
    "used_on",
    "ended_at",
];
const PULL_COLUMNS: [&str; 5] = ["owner", "created_at", "until", "used_on", "ended_at"];
const WEBHOOK_COLUMNS: [&str; 2] = ["events", "live"];

/// What the log says of both, by id.
#[derive(Default)]
struct Said {
    tokens: BTreeMap<String, ([Value; TOKEN_COLUMNS.len()], String)>,
    pulls: BTreeMap<String, ([Value; PULL_COLUMNS.len()], String)>,
    webhooks: BTreeMap<String, ([Value; WEBHOOK_COLUMNS.len()], String)>,
}

const UNKNOWN: &str = "is about one that was never made";
const MADE_TWICE: &str = "this token was made before";

/// Changes a row that must be there.
fn changed<R>(row: Option<&mut (R, String)>, change: impl FnOnce(&mut R)) -> Option<&'static str> {
    match row {
        Some((row, _)) => {
            change(row);
            None
        }
        None => Some(UNKNOWN),
    }
}

impl Said {
    /// One more event; what is wrong with it, if anything.
    fn hear(&mut self, event: AccountEvent) -> Option<&'static str> {
        match event.change {
            AccountChange::TokenMade {
                token,
                account,
                acts,
                until,
                digest,
            } => {
                let row = [
                    account.into(),
                    acts.into(),
                    event.at.into(),
                    until.into(),
                    Value::Null,
                    Value::Null,
                ];
                let before = self.tokens.insert(token, (row, digest));
                before.map(|_| MADE_TWICE)
            }
            AccountChange::TokenUsed { token, day } => {
                changed(self.tokens.get_mut(&token), |[.., used, _]| {
                    *used = day.into();
                })
            }
            AccountChange::TokenEnded { token } => {
                changed(self.tokens.get_mut(&token), |[.., ended]| {
                    *ended = event.at.into();
                })
            }
            change @ (AccountChange::PullTokenMade { .. }
            | AccountChange::PullTokenUsed { .. }
            | AccountChange::PullTokenEnded { .. }) => self.hear_pull(event.at, change),
            change => self.hear_webhook(change),
        }
    }

    fn hear_pull(&mut self, at: Micros, change: AccountChange) -> Option<&'static str> {
        match change {
            AccountChange::PullTokenMade {
                token,
                constituent,
                until,
                digest,
            } => {
                let row = [
                    constituent.into(),
                    at.into(),
                    until.into(),
                    Value::Null,
                    Value::Null,
                ];
                let before = self.pulls.insert(token, (row, digest));
                before.map(|_| MADE_TWICE)
            }
            AccountChange::PullTokenUsed { token, day } => {
                changed(self.pulls.get_mut(&token), |[.., used, _]| {
                    *used = day.into();
                })
            }
            AccountChange::PullTokenEnded { token } => {
                changed(self.pulls.get_mut(&token), |[.., ended]| {
                    *ended = at.into();
                })
            }
            _ => None,
        }
    }

    fn hear_webhook(&mut self, change: AccountChange) -> Option<&'static str> {
        match change {
            AccountChange::WebhookSet {
                webhook,
                digest,
                events,
                live,
                ..
            } => {
                let events = serde_json::to_string(&events).unwrap_or_default();
                let row = [events.into(), live.into()];
                self.webhooks.insert(webhook, (row, digest));
                None
            }
            AccountChange::WebhookOff { webhook, .. } => {
                changed(self.webhooks.get_mut(&webhook), |[.., live]| {
                    *live = false.into();
                })
            }
            AccountChange::WebhookSecret { webhook } => {
                let known = self.webhooks.contains_key(&webhook);
                (!known).then_some(UNKNOWN)
            }
            AccountChange::WebhookRemoved { webhook } => match self.webhooks.remove(&webhook) {
                Some(_) => None,
                None => Some(UNKNOWN),
            },
            _ => None,
        }
    }
}

impl Run<'_, '_> {
    pub(super) fn machines(&mut self) -> Result<(), VerifyError> {
        let said = self.machines_said()?;
        let mut tokens = said.tokens;
        self.each(TOKENS, |run, id, row| match tokens.remove(id) {
            Some((expected, digest)) => {
                for what in differ(&TOKEN_COLUMNS, &expected, row) {
                    run.found("token", id, what);
                }
                let tag = bytes::<32>(row, 7).map(|tag| sha256(&tag).hex());
                if tag.as_deref() != Some(digest.as_str()) {
                    run.found("token", id, "column tag is not that of the log");
                }
            }
            None => run.found("token", id, "is there, though the log knows no such token"),
        })?;
        for id in tokens.keys() {
            let what = "is missing, but the log says that it was made";
            self.found("token", id, what);
        }
        self.pulls(said.pulls)?;
        let mut webhooks = said.webhooks;
        self.each(WEBHOOKS, |run, id, row| match webhooks.remove(id) {
            Some((expected, digest)) => {
                for what in differ(&WEBHOOK_COLUMNS, &expected, row) {
                    run.found("webhook", id, what);
                }
                let url = text(row, 3).unwrap_or_default();
                if sha256(url.as_bytes()).hex() != digest {
                    run.found("webhook", id, "column url is not that of the log");
                }
            }
            None => run.found(
                "webhook",
                id,
                "is there, though the log knows no such webhook",
            ),
        })?;
        for id in webhooks.keys() {
            let what = "is missing, but the log says that it was made";
            self.found("webhook", id, what);
        }
        Ok(())
    }

    /// Every row of a table whose first column is its id.
    fn each(
        &mut self,
        sql: &'static str,
        mut look: impl FnMut(&mut Self, &str, &Row),
    ) -> Result<(), VerifyError> {
        let mut from = String::new();
        loop {
            let page = self.source.rows(sql, params![from.as_str(), PAGE_ROWS])?;
            for row in &page {
                let id = text(row, 0).unwrap_or_default().to_owned();
                look(self, &id, row);
                from = id;
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn pulls(
        &mut self,
        mut pulls: BTreeMap<String, ([Value; PULL_COLUMNS.len()], String)>,
    ) -> Result<(), VerifyError> {
        self.each(PULL_TOKENS, |run, id, row| match pulls.remove(id) {
            Some((expected, digest)) => {
                for what in differ(&PULL_COLUMNS, &expected, row) {
                    run.found("pull_token", id, what);
                }
                let tag = bytes::<32>(row, 6).map(|tag| sha256(&tag).hex());
                if tag.as_deref() != Some(digest.as_str()) {
                    run.found("pull_token", id, "column tag is not that of the log");
                }
            }
            None => run.found(
                "pull_token",
                id,
                "is there, though the log knows no such token",
            ),
        })?;
        for id in pulls.keys() {
            let what = "is missing, but the log says that it was made";
            self.found("pull_token", id, what);
        }
        Ok(())
    }

    fn machines_said(&mut self) -> Result<Said, VerifyError> {
        let mut said = Said::default();
        let mut last = -1;
        loop {
            let asked = params![last, TOKEN_KINDS, PULL_KINDS, WEBHOOK_KINDS, PAGE_ROWS];
            let page = self.source.rows(EVENTS, asked)?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let json = text(row, 1).unwrap_or_default();
                let fault = match serde_json::from_str::<AccountEvent>(json) {
                    Ok(event) => said.hear(event),
                    Err(_) => Some("does not read as an event of a token or a webhook"),
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
}

/// Columns from the second on that are not what the log adds up to.
fn differ(names: &[&'static str], expected: &[Value], row: &Row) -> Vec<String> {
    let both = names.iter().zip(expected).zip(row.0.iter().skip(1));
    both.filter(|((_, expected), stored)| !same(expected, stored))
        .map(|((name, expected), stored)| disagree(name, stored, expected))
        .collect()
}
