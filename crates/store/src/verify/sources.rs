//! Sources of machine reports: every row against the events that made it. The queue itself is no part of the evidence.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_evidence::hash::sha256;

use super::{PAGE_ROWS, Run, VerifyError, text};
use crate::params;

/// Their kinds, and nobody else's, begin with `feed_source_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"feed_source_%";
const SOURCES: &str =
    "SELECT no, code, kind, live, wanted FROM feed_source WHERE no > $1 ORDER BY no LIMIT $2";

/// What the log says of one.
struct Said {
    code: String,
    kind: &'static str,
    live: bool,
    digest: String,
}

impl Run<'_, '_> {
    pub(super) fn sources(&mut self) -> Result<(), VerifyError> {
        let mut said = self.sources_said()?;
        let page = |last: i64| params![last, PAGE_ROWS];
        self.paged(SOURCES, page, |run, no, row| {
            let Some(expected) = said.remove(&no) else {
                let what = "is there, though the log knows no such source";
                return run.found("feed_source", no, what);
            };
            let stored = (text(row, 1), text(row, 2), row.bool(3).ok());
            let told = (
                Some(&*expected.code),
                Some(expected.kind),
                Some(expected.live),
            );
            if stored != told {
                let what = "code, kind or live are not those of the log";
                run.found("feed_source", no, what);
            }
            let wanted = text(row, 4).unwrap_or_default();
            if sha256(wanted.as_bytes()).hex() != expected.digest {
                run.found("feed_source", no, "column wanted is not that of the log");
            }
        })?;
        for no in said.into_keys() {
            let what = "is missing, but the log says that it was made";
            self.found("feed_source", no, what);
        }
        Ok(())
    }

    fn sources_said(&mut self) -> Result<BTreeMap<i64, Said>, VerifyError> {
        let mut said = BTreeMap::new();
        let page = |last: i64| params![last, KINDS, PAGE_ROWS];
        self.paged(EVENTS, page, |run, idx, row| {
            let json = text(row, 1).unwrap_or_default();
            let fault = match serde_json::from_str::<AccountEvent>(json) {
                Ok(event) => hear(&mut said, event.change),
                Err(_) => Some("does not read as an event of a source"),
            };
            if let Some(fault) = fault {
                run.found("evidence", idx, fault);
            }
        })?;
        Ok(said)
    }
}

fn hear(said: &mut BTreeMap<i64, Said>, change: AccountChange) -> Option<&'static str> {
    let unknown = "is about a source that was never made";
    match change {
        AccountChange::FeedSourceSet {
            source,
            code,
            way,
            digest,
            live,
        } => {
            let kind = way.as_str();
            said.insert(
                source,
                Said {
                    code,
                    kind,
                    live,
                    digest,
                },
            );
            None
        }
        AccountChange::FeedSourceSecret { source } => {
            (!said.contains_key(&source)).then_some(unknown)
        }
        AccountChange::FeedSourceRemoved { source } => match said.remove(&source) {
            Some(_) => None,
            None => Some(unknown),
        },
        _ => None,
    }
}
