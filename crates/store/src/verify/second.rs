//! Mail about replies to clusters that waits for a second officer: every row against the events that made it, so that nobody's word is
//! written into the database.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_desk::bulk::Stage;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, text};
use crate::params;
use crate::sql::{Row, Value};

/// Events about it.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KIND: &str = "%\"kind\":\"cluster_mail\"%";
const ROWS: &str = "SELECT decision, head, asked_at, stage, second FROM cluster_mail \
                    WHERE decision > $1 ORDER BY decision LIMIT $2";
const COLUMNS: [&str; 4] = ["head", "asked_at", "stage", "second"];

type Said = BTreeMap<i64, [Value; COLUMNS.len()]>;

impl Run<'_, '_> {
    pub(super) fn second_words(&mut self) -> Result<(), VerifyError> {
        let mut said = self.second_said()?;
        let mut from = i64::MIN;
        loop {
            let page = self.source.rows(ROWS, params![from, PAGE_ROWS])?;
            for row in &page {
                from = row.int(0).unwrap_or(from);
                match said.remove(&from) {
                    Some(expected) => self.second_row(from, &expected, row),
                    None => {
                        let what = "is there, though the log does not say that it waits";
                        self.found("cluster_mail", from, what);
                    }
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for decision in said.keys() {
            let what = "is missing, but the log says that it waits";
            self.found("cluster_mail", decision, what);
        }
        Ok(())
    }

    fn second_row(&mut self, decision: i64, expected: &[Value; COLUMNS.len()], row: &Row) {
        let both = COLUMNS.iter().zip(expected).zip(row.0.iter().skip(1));
        for ((name, expected), stored) in both {
            if !same(expected, stored) {
                let what = disagree(name, stored, expected);
                self.found("cluster_mail", decision, what);
            }
        }
    }

    fn second_said(&mut self) -> Result<Said, VerifyError> {
        let mut said = Said::new();
        let mut last = -1;
        loop {
            let page = params![last, KIND, PAGE_ROWS];
            let page = self.source.rows(EVENTS, page)?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let json = text(row, 1).unwrap_or_default();
                let fault = match serde_json::from_str::<AccountEvent>(json) {
                    Ok(event) => hear(&mut said, event),
                    Err(_) => Some("does not read as an event of mail that waits"),
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

/// One more event; what is wrong with it, if anything.
fn hear(said: &mut Said, event: AccountEvent) -> Option<&'static str> {
    let AccountChange::ClusterMail {
        decision,
        head,
        stage,
    } = event.change
    else {
        return None;
    };
    let code = || Value::from(stage.as_str());
    if stage == Stage::Asked {
        let row = [head.into(), event.at.into(), code(), Value::Null];
        let before = said.insert(decision, row);
        return before.map(|_| "it waited before");
    }
    match said.get_mut(&decision) {
        Some([_, _, was, second]) => {
            let first = *second == Value::Null;
            (*was, *second) = (code(), event.by.account().into());
            (!first).then_some("it was agreed to or declined before")
        }
        None => Some("is about mail that never waited"),
    }
}
