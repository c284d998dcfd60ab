//! Constituents: every row against the newest event about it, what follows from it, and its story.

use std::collections::BTreeMap;

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_evidence::hash::{Hash, sha256};

use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::constituent::{Texts, read};
use crate::params;
use crate::sql::{Row, Value};

/// Events about them; their kinds, and nobody else's, begin with `constituent`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND challenge IS NULL \
                      AND cluster_action IS NULL AND case_no IS NULL AND event LIKE $2 ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"constituent%";
const ROWS: &str = "SELECT no, manual, source, key, version, facts, people, salt, name, sector, due, bounced, contacts, words \
                    FROM constituent WHERE no > $1 ORDER BY no LIMIT $2";
const STEPS: &str = "SELECT no, n, event FROM constituent_step WHERE no > $1 OR (no = $2 AND n > $3) ORDER BY no, n LIMIT $4";
/// Columns that follow from facts and contacts, from the ninth on.
const COLUMNS: [&str; 6] = ["name", "sector", "due", "bounced", "contacts", "words"];
/// Where they begin.
const FIRST: usize = 8;

/// What the log says of one.
struct Said {
    version: u32,
    facts: String,
    people: String,
    /// Digests of its events, by version.
    steps: BTreeMap<u32, Hash>,
}

/// All that the log says.
#[derive(Default)]
struct All {
    there: BTreeMap<u32, Said>,
    /// The highest number that was given.
    last: u32,
}

impl All {
    /// One more event; what is wrong with it, if anything.
    fn hear(&mut self, json: &str) -> Option<&'static str> {
        let Ok(event) = serde_json::from_str::<AccountEvent>(json) else {
            return Some("does not read as an event of a constituent");
        };
        match event.change {
            AccountChange::ConstituentSet {
                constituent,
                version,
                facts,
                people,
                ..
            } => {
                let step = sha256(json.as_bytes());
                self.last = self.last.max(constituent);
                let known = self.there.get_mut(&constituent);
                let before = known.as_ref().map_or(0, |said| said.version);
                if version != before + 1 {
                    return Some("is not the next change of its constituent");
                }
                match known {
                    Some(said) => {
                        (said.version, said.facts, said.people) = (version, facts, people);
                        said.steps.insert(version, step);
                    }
                    None => {
                        let steps = BTreeMap::from([(version, step)]);
                        let said = Said {
                            version,
                            facts,
                            people,
                            steps,
                        };
                        self.there.insert(constituent, said);
                    }
                }
                None
            }
            AccountChange::ConstituentRemoved { constituent } => {
                let gone = self.there.remove(&constituent);
                gone.is_none()
                    .then_some("is about a constituent that is not there")
            }
            _ => None,
        }
    }
}

impl Run<'_, '_> {
    pub(super) fn constituents(&mut self) -> Result<(), VerifyError> {
        let mut all = self.constituents_said()?;
        self.constituent_steps(&all.there)?;
        let mut from = 0;
        loop {
            let page = self.source.rows(ROWS, params![from, PAGE_ROWS])?;
            for row in &page {
                from = row.int(0).unwrap_or(from);
                let said = u32::try_from(from).ok();
                match said.and_then(|no| all.there.remove(&no)) {
                    Some(said) => {
                        for what in look_at(&said, row) {
                            self.found("constituent", from, what);
                        }
                    }
                    None => {
                        let what = "is there, though the log knows no such constituent";
                        self.found("constituent", from, what);
                    }
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for no in all.there.keys() {
            let what = "is missing, but the log says that it is there";
            self.found("constituent", no, what);
        }
        let sql = "SELECT next_no FROM constituent_mark WHERE id = 1 AND next_no <= $1";
        let last = i64::from(all.last);
        if !self.source.rows(sql, params![last])?.is_empty() {
            let what = "the next number was given before";
            self.found("constituent_mark", 1, what);
        }
        Ok(())
    }

    fn constituents_said(&mut self) -> Result<All, VerifyError> {
        let mut all = All::default();
        let mut last = -1;
        loop {
            let page = self.source.rows(EVENTS, params![last, KINDS, PAGE_ROWS])?;
            for row in &page {
                last = row.int(0).unwrap_or(last);
                if let Some(fault) = all.hear(text(row, 1).unwrap_or_default()) {
                    self.found("evidence", last, fault);
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(all);
            }
        }
    }

    /// The story of each is that of the log.
    fn constituent_steps(&mut self, said: &BTreeMap<u32, Said>) -> Result<(), VerifyError> {
        let (mut no, mut n) = (0, 0);
        let mut seen = 0;
        loop {
            let asked = params![no, no, n, PAGE_ROWS];
            let page = self.source.rows(STEPS, asked)?;
            for row in &page {
                (no, n) = (row.int(0).unwrap_or(no), row.int(1).unwrap_or(n));
                let own = u32::try_from(no).ok().and_then(|no| said.get(&no));
                let step = u32::try_from(n)
                    .ok()
                    .and_then(|n| own.and_then(|own| own.steps.get(&n)));
                let stored = text(row, 2).map(|json| sha256(json.as_bytes()));
                if step.is_some() && step == stored.as_ref() {
                    seen += 1;
                } else {
                    let key = format!("{no}/{n}");
                    self.found("constituent_step", key, "is not what the log says");
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        let wanted: usize = said.values().map(|said| said.steps.len()).sum();
        if seen < wanted {
            let what = format!("{} of what the log says are missing", wanted - seen);
            self.found("constituent_step", "", what);
        }
        Ok(())
    }
}

fn look_at(said: &Said, row: &Row) -> Vec<String> {
    let Ok(one) = read(row) else {
        return vec!["does not read as a constituent".to_owned()];
    };
    let mut wrong = Vec::new();
    if one.version != said.version {
        wrong.push("column version is not that of the log".to_owned());
    }
    let texts = Texts {
        facts: text(row, 5).unwrap_or_default().to_owned(),
        people: text(row, 6).unwrap_or_default().to_owned(),
    };
    match bytes::<16>(row, 7) {
        Some(salt) => {
            let (facts, people) = texts.digests(&one.origin, &salt);
            // What it says is not told: contacts are personal data.
            if facts != said.facts {
                wrong.push("salt and facts do not give the digest in the log".to_owned());
            }
            if people != said.people {
                wrong.push("salt and contacts do not give the digest in the log".to_owned());
            }
        }
        None => wrong.push("column salt is no salt".to_owned()),
    }
    let number = u64::try_from(one.contacts.len()).unwrap_or(u64::MAX);
    let expected: [Value; COLUMNS.len()] = [
        one.facts.name.as_str().into(),
        one.facts.sector.clone().into(),
        one.due().map(|day| day.0).into(),
        one.bounced().into(),
        number.into(),
        one.facts.words().into(),
    ];
    let stored = row.0.iter().skip(FIRST);
    for ((name, expected), stored) in COLUMNS.iter().zip(&expected).zip(stored) {
        if !super::reports::same(expected, stored) {
            wrong.push(format!(
                "column {name} does not follow from what it says of itself"
            ));
        }
    }
    wrong
}
