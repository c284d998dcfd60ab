//! Keys of agencies: every row against the events that made it.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_evidence::hash::sha256;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, text};
use crate::params;
use crate::sql::Value;

/// Events about them; their kinds, and nobody else's, begin with `agency_key_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"agency_key_%";
/// At most some hundred rows an agency, and agencies are few.
const ROWS: &str = "SELECT agency, n, key, fingerprint, at, doer, confirmed_at, confirmed_by, dropped_at, dropped_by FROM agency_key \
                    ORDER BY agency, n";
const COLUMNS: [&str; 7] = [
    "fingerprint",
    "at",
    "doer",
    "confirmed_at",
    "confirmed_by",
    "dropped_at",
    "dropped_by",
];

/// By agency and number: the digest of the key, and the columns.
type Said = BTreeMap<(String, i64), (String, [Value; COLUMNS.len()])>;

/// One more event; what is wrong with it, if anything.
fn hear(said: &mut Said, event: AccountEvent) -> Option<&'static str> {
    let unknown = "is about a key that never came";
    let (at, by) = (event.at, event.by.to_string());
    match event.change {
        AccountChange::AgencyKeyCame {
            agency,
            key,
            fingerprint,
            digest,
        } => {
            let nothing = || Value::Null;
            let row = [
                fingerprint.into(),
                at.into(),
                by.into(),
                nothing(),
                nothing(),
                nothing(),
                nothing(),
            ];
            let before = said.insert((agency, key.into()), (digest, row));
            before.map(|_| "this key came before")
        }
        AccountChange::AgencyKeyConfirmed { agency, key, .. } => {
            match said.get_mut(&(agency, key.into())) {
                Some((_, [.., when, who, _, _])) => {
                    (*when, *who) = (at.into(), by.into());
                    None
                }
                None => Some(unknown),
            }
        }
        AccountChange::AgencyKeyDropped { agency, key } => {
            match said.get_mut(&(agency, key.into())) {
                Some((_, [.., when, who])) => {
                    (*when, *who) = (at.into(), by.into());
                    None
                }
                None => Some(unknown),
            }
        }
        _ => None,
    }
}

impl Run<'_, '_> {
    pub(super) fn agencies(&mut self) -> Result<(), VerifyError> {
        let mut said = self.agencies_said()?;
        for row in self.source.rows(ROWS, Vec::new())? {
            let agency = text(&row, 0).unwrap_or_default().to_owned();
            let n = row.int(1).unwrap_or_default();
            let place = format!("{agency}/{n}");
            let Some((digest, expected)) = said.remove(&(agency, n)) else {
                let what = "is there, though the log knows no such key";
                self.found("agency_key", place, what);
                continue;
            };
            let key = text(&row, 2).unwrap_or_default();
            if sha256(key.as_bytes()).hex() != digest {
                self.found("agency_key", &place, "column key is not that of the log");
            }
            let stored = row.0.iter().skip(3);
            for ((name, expected), stored) in COLUMNS.iter().zip(&expected).zip(stored) {
                if !same(expected, stored) {
                    self.found("agency_key", &place, disagree(name, stored, expected));
                }
            }
        }
        for (agency, n) in said.keys() {
            let what = "is missing, but the log says that it came";
            self.found("agency_key", format!("{agency}/{n}"), what);
        }
        Ok(())
    }

    fn agencies_said(&mut self) -> Result<Said, VerifyError> {
        let mut said = Said::new();
        let mut last = -1;
        loop {
            let page = self.source.rows(EVENTS, params![last, KINDS, PAGE_ROWS])?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let json = text(row, 1).unwrap_or_default();
                let fault = match serde_json::from_str::<AccountEvent>(json) {
                    Ok(event) => hear(&mut said, event),
                    Err(_) => Some("does not read as an event of an agency's key"),
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
