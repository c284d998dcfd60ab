//! Passkeys: every row against the events that added, stopped and removed it.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};

use super::{PAGE_ROWS, Run, VerifyError, text};
use crate::params;
use crate::signin::passkey_digest;
use crate::sql::Row;

/// Events that make and take passkeys.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND (event LIKE $2 OR event LIKE $3) ORDER BY idx LIMIT $4";
const PASSKEYS: &str = "%\"kind\":\"passkey_%";
const RESETS: &str = "%\"kind\":\"account_reset\"%";
const ROWS: &str =
    "SELECT id, account, credential, suspect_at FROM passkey WHERE id > $1 ORDER BY id LIMIT $2";

/// What the log says of a passkey that is there.
struct Said {
    account: String,
    /// Digest of its public key; of one that was added before these were logged there is none.
    key: Option<String>,
    stopped: bool,
}

impl Run<'_, '_> {
    pub(super) fn passkeys(&mut self) -> Result<(), VerifyError> {
        let mut left = self.passkeys_said()?;
        let mut from = String::new();
        loop {
            let page = params![from.as_str(), PAGE_ROWS];
            let page = self.source.rows(ROWS, page)?;
            for row in &page {
                text(row, 0).unwrap_or_default().clone_into(&mut from);
                match left.remove(&from) {
                    Some(said) => {
                        for what in look_at(&said, row) {
                            self.found("passkey", &from, what);
                        }
                    }
                    None => {
                        let what = "is there, though the log does not say that it was added and not removed";
                        self.found("passkey", &from, what);
                    }
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for id in left.keys() {
            let what = "is missing, but the log says that it was added";
            self.found("passkey", id, what);
        }
        Ok(())
    }

    fn passkeys_said(&mut self) -> Result<BTreeMap<String, Said>, VerifyError> {
        let mut said = BTreeMap::new();
        let mut last = -1;
        loop {
            let page = params![last, PASSKEYS, RESETS, PAGE_ROWS];
            let page = self.source.rows(EVENTS, page)?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                let event = text(row, 1).and_then(|json| serde_json::from_str(json).ok());
                match event {
                    Some(AccountEvent { change, .. }) => hear(&mut said, change),
                    None => self.found("evidence", last, "does not read as an event of an account"),
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(said);
            }
        }
    }
}

fn hear(said: &mut BTreeMap<String, Said>, change: AccountChange) {
    match change {
        AccountChange::PasskeyAdded {
            account,
            passkey,
            key,
        } => {
            let one = Said {
                account,
                key,
                stopped: false,
            };
            said.insert(passkey, one);
        }
        AccountChange::PasskeyRemoved { passkey, .. } => drop(said.remove(&passkey)),
        AccountChange::PasskeySuspect { passkey, .. } => {
            if let Some(one) = said.get_mut(&passkey) {
                one.stopped = true;
            }
        }
        AccountChange::AccountReset { account } => said.retain(|_, one| one.account != account),
        _ => {}
    }
}

fn look_at(said: &Said, row: &Row) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    if text(row, 1) != Some(said.account.as_str()) {
        wrong.push("belongs to another account than the log says");
    }
    let key = text(row, 2).and_then(passkey_digest);
    if said.key.is_some() && said.key != key {
        wrong.push("holds another key than was added");
    }
    if row.int(3).is_ok() != said.stopped {
        wrong.push("is stopped here or in the log, and not in both");
    }
    wrong
}
