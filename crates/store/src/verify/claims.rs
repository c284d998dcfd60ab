//! Claims of organisations, and what contacts were asked: every row against what the log says of it.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};

use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::claim::digest;
use crate::params;
use crate::sql::Row;

const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND (event LIKE $2 OR event LIKE $3) ORDER BY idx LIMIT $4";
const CLAIMS: &str = "%\"kind\":\"claim_%";
const ASKS: &str = "%\"kind\":\"contact_asked%";
const ROWS: &str = "SELECT no, state, owner, contact, steps, salt, wish, answer FROM claim WHERE no > $1 ORDER BY no LIMIT $2";
const ASKED: &str = "SELECT owner, contact, round FROM contact_ask WHERE owner > $1 OR (owner = $2 AND contact > $3) \
                     ORDER BY owner, contact LIMIT $4";

/// What the log says of a claim.
struct Said {
    state: &'static str,
    owner: Option<i64>,
    contact: Option<i64>,
    steps: i64,
    wish: String,
    answer: String,
    erased: bool,
}

/// All that the log says.
#[derive(Default)]
struct All {
    claims: BTreeMap<i64, Said>,
    asks: BTreeMap<(i64, i64), i64>,
}

impl All {
    /// One more event; what is wrong with it, if anything.
    fn hear(&mut self, json: &str) -> Option<&'static str> {
        let Ok(event) = serde_json::from_str::<AccountEvent>(json) else {
            return Some("does not read as an event of a claim");
        };
        let (no, state, answer, by) = match event.change {
            AccountChange::ClaimMade {
                claim,
                constituent,
                contact,
                wish,
            } => {
                let said = Said {
                    state: "waiting",
                    owner: constituent.map(i64::from),
                    contact: contact.map(i64::from),
                    steps: 1,
                    wish,
                    answer: String::new(),
                    erased: false,
                };
                let twice = self.claims.insert(claim, said).is_some();
                return twice.then_some("makes a claim that is there");
            }
            AccountChange::ContactAsked {
                constituent,
                contact,
                round,
            } => {
                let whom = (i64::from(constituent), i64::from(contact));
                self.asks.insert(whom, i64::from(round));
                return None;
            }
            AccountChange::ClaimSettled {
                claim,
                constituent,
                contact,
                answer,
                ..
            } => (claim, "settled", answer, Some((constituent, contact))),
            AccountChange::ClaimRefused { claim, answer } => (claim, "refused", answer, None),
            AccountChange::ClaimErased { claim } => {
                let Some(said) = self.claims.get_mut(&claim).filter(|said| !said.erased) else {
                    return Some("is about a claim that is not there");
                };
                said.erased = true;
                said.steps += 1;
                return None;
            }
            _ => return None,
        };
        let waits = |said: &&mut Said| said.state == "waiting";
        let Some(said) = self.claims.get_mut(&no).filter(waits) else {
            return Some("is about a claim that does not wait");
        };
        (said.state, said.answer) = (state, answer);
        said.steps += 1;
        if let Some((owner, contact)) = by {
            said.owner = Some(i64::from(owner));
            said.contact = contact.map(i64::from).or(said.contact);
        }
        None
    }
}

impl Run<'_, '_> {
    pub(super) fn claims(&mut self) -> Result<(), VerifyError> {
        let mut all = All::default();
        let mut last = -1;
        loop {
            let asked = params![last, CLAIMS, ASKS, PAGE_ROWS];
            let page = self.source.rows(EVENTS, asked)?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                if let Some(fault) = all.hear(text(row, 1).unwrap_or_default()) {
                    self.found("evidence", last, fault);
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        self.claim_rows(&mut all)?;
        for no in all.claims.keys() {
            let what = "is missing, but the log says that it is there";
            self.found("claim", no, what);
        }
        self.ask_rows(&all)
    }

    fn claim_rows(&mut self, all: &mut All) -> Result<(), VerifyError> {
        let mut from = 0;
        loop {
            let page = self.source.rows(ROWS, params![from, PAGE_ROWS])?;
            for row in &page {
                from = row.int(0).unwrap_or(from);
                let unproved = text(row, 1) == Some("unproved");
                match (all.claims.remove(&from), unproved) {
                    (None, true) => {}
                    (Some(said), _) => {
                        for what in look_at(&said, row) {
                            self.found("claim", from, what);
                        }
                    }
                    (None, false) => {
                        let what = "is there, though the log knows no such claim";
                        self.found("claim", from, what);
                    }
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn ask_rows(&mut self, all: &All) -> Result<(), VerifyError> {
        let (mut owner, mut contact) = (0, 0);
        loop {
            let asked = params![owner, owner, contact, PAGE_ROWS];
            let page = self.source.rows(ASKED, asked)?;
            for row in &page {
                owner = row.int(0).unwrap_or(owner);
                contact = row.int(1).unwrap_or(contact);
                let said = all.asks.get(&(owner, contact)).copied();
                if said != row.int(2).ok() {
                    let key = format!("{owner}/{contact}");
                    self.found("contact_ask", key, "is not what the log says");
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }
}

fn look_at(said: &Said, row: &Row) -> Vec<String> {
    let mut wrong = Vec::new();
    let columns = [
        ("state", text(row, 1) == Some(said.state)),
        ("owner", row.int_opt(2).ok() == Some(said.owner)),
        ("contact", row.int_opt(3).ok() == Some(said.contact)),
        ("steps", row.int(4).ok() == Some(said.steps)),
    ];
    for (name, right) in columns {
        if !right {
            wrong.push(format!("column {name} is not what the log says"));
        }
    }
    let wish = text(row, 6).unwrap_or_default();
    let answer = text(row, 7).unwrap_or_default();
    if said.erased {
        if !wish.is_empty() || !answer.is_empty() {
            wrong.push("is there, though the log says that it was erased".to_owned());
        }
        return wrong;
    }
    let Some(salt) = bytes::<16>(row, 5) else {
        wrong.push("column salt is no salt".to_owned());
        return wrong;
    };
    // What it says is not told: it names a mailbox.
    if digest("wish", &salt, wish) != said.wish {
        wrong.push("salt and wish do not give the digest in the log".to_owned());
    }
    let right = if said.answer.is_empty() {
        answer.is_empty()
    } else {
        digest("answer", &salt, answer) == said.answer
    };
    if !right {
        wrong.push("salt and answer do not give the digest in the log".to_owned());
    }
    wrong
}
