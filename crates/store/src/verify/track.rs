//! What the strategy office keeps: returns, their files, signatures and publications, against the events that made them.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::track::{ReturnBody, ReturnState, TrackChange, TrackEvent};
use cairn_evidence::hash::{salted, sha256};

use super::{PAGE_ROWS, Run, Source, VerifyError, bytes, shown, text};
use crate::db::ReadError;
use crate::sql::{Row, Value};
use crate::{Database, params};

/// Events about plans; their kinds, and nobody else's, begin with `plan_`.
const EVENTS: &str = "SELECT idx, event FROM evidence WHERE idx > $1 AND report IS NULL AND event LIKE $2 \
                      ORDER BY idx LIMIT $3";
const KINDS: &str = "%\"kind\":\"plan_%";
const RETURNS: &str = "SELECT id, plan, no, owner, account, dissent, filed_at, state, corrects, corrected_by, \
                       decided_at, decided_by, salt, body, reason_salt, reason FROM plan_return \
                       WHERE id > $1 ORDER BY id LIMIT $2";
const FILES: &str = "SELECT sha256, size, media_type, name, publish FROM plan_file WHERE plan = $1 AND no = $2 \
                     ORDER BY sha256";
const STRAY_FILES: &str = "SELECT f.plan, f.no, f.sha256 FROM plan_file f WHERE NOT EXISTS \
                           (SELECT 1 FROM plan_return r WHERE r.plan = f.plan AND r.no = f.no) LIMIT 1000";
const SIGNATURES: &str = "SELECT plan, digest, role, account, at FROM plan_signature";
const VERSIONS: &str = "SELECT id, plan, no, at, edition, digest, manifest, log_index, bundle FROM plan_version \
                        WHERE id > $1 ORDER BY id LIMIT 1";
const STRAY_EVIDENCE: &str = "SELECT e.plan, e.sha256 FROM plan_evidence e WHERE NOT EXISTS \
                              (SELECT 1 FROM plan_file f JOIN plan_return r ON r.plan = f.plan AND r.no = f.no \
                               WHERE f.plan = e.plan AND f.sha256 = e.sha256 AND f.publish AND r.state = 'accepted') \
                              OR NOT EXISTS (SELECT 1 FROM plan_version v \
                               WHERE v.plan = e.plan AND v.no = e.version) LIMIT 1000";

/// A publication as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptBundle<'r> {
    /// Id of the plan.
    pub plan: &'r str,
    /// Its number.
    pub no: i64,
    /// SHA-256 of its manifest, hexadecimal.
    pub manifest: &'r str,
    /// A zip archive.
    pub bundle: &'r [u8],
}

/// Every publication that is kept, one at a time. Also beside a running
/// cairn. Blocks: on a runtime call it from `spawn_blocking`.
///
/// # Errors
/// The database could not be read.
pub fn bundles(
    database: &Database,
    each: &mut dyn FnMut(KeptBundle<'_>),
) -> Result<(), VerifyError> {
    match database {
        Database::Sqlite(config) => {
            let reader = config.reader()?;
            every_bundle(&Source::Sqlite(&reader), each)
        }
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(config.connect())?;
            every_bundle(&Source::Postgres(&(runtime, client)), each)
        }
    }
}

fn every_bundle(
    source: &Source<'_>,
    each: &mut dyn FnMut(KeptBundle<'_>),
) -> Result<(), VerifyError> {
    if !source.has("plan_version")? {
        return Ok(());
    }
    let mut last = String::new();
    loop {
        let page = source.rows(VERSIONS, params![last.as_str()])?;
        let Some(row) = page.first() else {
            return Ok(());
        };
        last = row.0.first().map(shown).unwrap_or_default();
        let bundle = row.blob(8).map_err(ReadError::from)?;
        let no = row.int(2).map_err(ReadError::from)?;
        let cell = |at| text(row, at).unwrap_or_default();
        each(KeptBundle {
            plan: cell(1),
            no,
            manifest: cell(6),
            bundle: &bundle,
        });
    }
}

/// A return as the log has it.
struct Filed {
    owner: String,
    account: String,
    dissent: bool,
    at: i64,
    body: String,
    corrects: Option<i64>,
    corrected_by: Option<i64>,
    state: ReturnState,
    decided: Option<(i64, String)>,
    reason: Option<String>,
}

/// A publication as the log has it.
struct Published {
    index: i64,
    at: i64,
    edition: String,
    digest: String,
    manifest: String,
    bundle: String,
}

/// Plan, digest, role, account and time of a signature.
type Signed = (String, String, String, String, i64);

/// All that the log says of plans.
#[derive(Default)]
struct Said {
    returns: BTreeMap<(String, i64), Filed>,
    signatures: BTreeSet<Signed>,
    versions: BTreeMap<(String, i64), Published>,
}

impl Said {
    /// Takes an event in; why it cannot follow on what came before.
    fn take(&mut self, index: i64, event: TrackEvent) -> Result<(), &'static str> {
        let (at, by) = (event.at.0, event.by.account());
        let leads_to = event.change.leads_to();
        match event.change {
            TrackChange::ReturnFiled {
                plan,
                no,
                owner,
                body,
                dissent,
                corrects,
            } => {
                if let Some(old) = corrects {
                    let old = self.returns.get_mut(&(plan.clone(), old));
                    old.ok_or("it corrects a return that was never filed")?
                        .corrected_by = Some(no);
                }
                let filed = Filed {
                    owner,
                    account: by,
                    dissent,
                    at,
                    body,
                    corrects,
                    corrected_by: None,
                    state: leads_to.unwrap_or(ReturnState::Waiting),
                    decided: None,
                    reason: None,
                };
                match self.returns.insert((plan, no), filed) {
                    Some(_) => Err("a return of this number was filed before"),
                    None => Ok(()),
                }
            }
            TrackChange::ReturnAccepted { plan, no }
            | TrackChange::ReturnWithdrawn { plan, no } => {
                self.decided((plan, no), (at, by), leads_to, None)
            }
            TrackChange::ReturnSentBack { plan, no, reason } => {
                self.decided((plan, no), (at, by), leads_to, Some(reason))
            }
            TrackChange::SignedOff { plan, role, digest } => {
                let signature = (plan, digest, role.as_str().to_owned(), by, at);
                self.signatures.insert(signature);
                Ok(())
            }
            TrackChange::Published {
                plan,
                version,
                edition,
                digest,
                manifest,
                bundle,
            } => {
                let published = Published {
                    index,
                    at,
                    edition,
                    digest,
                    manifest,
                    bundle,
                };
                match self.versions.insert((plan, version), published) {
                    Some(_) => Err("a version of this number was published before"),
                    None => Ok(()),
                }
            }
            TrackChange::SeatGiven { .. } | TrackChange::SeatTaken { .. } => Ok(()),
        }
    }

    fn decided(
        &mut self,
        key: (String, i64),
        decided: (i64, String),
        to: Option<ReturnState>,
        reason: Option<String>,
    ) -> Result<(), &'static str> {
        let filed = self.returns.get_mut(&key);
        let filed = filed.ok_or("the return was never filed")?;
        if filed.state != ReturnState::Waiting {
            return Err("the return was no longer waiting");
        }
        filed.state = to.unwrap_or(filed.state);
        filed.decided = Some(decided);
        filed.reason = reason;
        Ok(())
    }
}

impl Run<'_, '_> {
    /// All of it. A database that was never migrated to the schema of the strategy office has nothing to check.
    pub(super) fn plans(&mut self) -> Result<(), VerifyError> {
        if !self.source.has("plan_return")? {
            return Ok(());
        }
        let mut said = self.said()?;
        self.returns(&mut said)?;
        for (plan, no) in said.returns.into_keys() {
            self.found(
                "plan_return",
                format!("{plan}/{no}"),
                "is missing, but the log says that it was filed",
            );
        }
        self.signatures(&mut said.signatures)?;
        self.versions(&mut said.versions)?;
        for (table, sql, what) in [
            ("plan_file", STRAY_FILES, "belongs to no return"),
            (
                "plan_evidence",
                STRAY_EVIDENCE,
                "was not released by an accepted return, or in no version",
            ),
        ] {
            for row in self.source.rows(sql, Vec::new())? {
                let key: Vec<String> = row.0.iter().map(shown).collect();
                self.found(table, key.join(" "), what);
            }
        }
        Ok(())
    }

    fn said(&mut self) -> Result<Said, VerifyError> {
        let mut said = Said::default();
        let mut last = -1;
        loop {
            let page = self.source.rows(EVENTS, params![last, KINDS, PAGE_ROWS])?;
            for row in &page {
                last = row.int(0).unwrap_or(i64::MAX);
                let event = text(row, 1).and_then(|json| serde_json::from_str(json).ok());
                let wrong = match event {
                    Some(event) => said.take(last, event).err(),
                    None => Some("does not read as an event of a plan"),
                };
                if let Some(wrong) = wrong {
                    self.found("evidence", last, wrong);
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(said);
            }
        }
    }

    /// Every row; what was found is taken out of what was said.
    fn returns(&mut self, said: &mut Said) -> Result<(), VerifyError> {
        let mut last = String::new();
        loop {
            let page = self
                .source
                .rows(RETURNS, params![last.as_str(), PAGE_ROWS])?;
            for row in &page {
                let key = row.0.first().map(shown).unwrap_or_default();
                last.clone_from(&key);
                self.verdict.returns += 1;
                let of = text(row, 1).map(str::to_owned).zip(row.int(2).ok());
                let filed = of.as_ref().and_then(|of| said.returns.remove(of));
                match (of, filed) {
                    (Some((plan, no)), Some(filed)) => {
                        if key != format!("{plan}/{no}") {
                            self.found("plan_return", &key, "its key is not plan and number");
                        }
                        self.one(&key, row, &filed)?;
                    }
                    _ => self.found(
                        "plan_return",
                        &key,
                        "no evidence says that this return was filed",
                    ),
                }
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn one(&mut self, key: &str, row: &Row, filed: &Filed) -> Result<(), VerifyError> {
        let decided = filed.decided.as_ref();
        let columns = [
            ("owner", 3, Value::from(filed.owner.as_str())),
            ("account", 4, filed.account.as_str().into()),
            ("dissent", 5, filed.dissent.into()),
            ("filed_at", 6, filed.at.into()),
            ("state", 7, filed.state.as_str().into()),
            ("corrects", 8, filed.corrects.into()),
            ("corrected_by", 9, filed.corrected_by.into()),
            ("decided_at", 10, decided.map(|(at, _)| *at).into()),
            ("decided_by", 11, decided.map(|(_, by)| by.as_str()).into()),
        ];
        for (name, column, wanted) in columns {
            let there = row.0.get(column);
            if !there.is_some_and(|there| same(there, &wanted)) {
                let there = there.map(shown).unwrap_or_default();
                let what = format!("{name} is {there}, the log says {}", shown(&wanted));
                self.found("plan_return", key, what);
            }
        }
        match &filed.reason {
            Some(reason) if digest(row, 14, 15).as_ref() != Some(reason) => self.found(
                "plan_return",
                key,
                "the reason and its salt do not give the digest in the log",
            ),
            None if text(row, 15).is_some() => {
                self.found("plan_return", key, "the log knows no reason");
            }
            _ => {}
        }
        if digest(row, 12, 13).as_ref() != Some(&filed.body) {
            self.found(
                "plan_return",
                key,
                "salt and body do not give the digest in the log",
            );
            return Ok(());
        }
        self.files_of(key, row)
    }

    /// The rows of a return's files against its body, which is what was filed.
    fn files_of(&mut self, key: &str, row: &Row) -> Result<(), VerifyError> {
        let body = text(row, 13).map(serde_json::from_str::<ReturnBody>);
        let Some(Ok(mut body)) = body else {
            self.found("plan_return", key, "its body does not read");
            return Ok(());
        };
        body.files.sort_by(|a, b| a.sha256.cmp(&b.sha256));
        let wanted: Vec<Vec<Value>> = body
            .files
            .iter()
            .map(|file| {
                params![
                    file.sha256.as_str(),
                    file.size,
                    file.media_type.as_str(),
                    file.name.as_str(),
                    file.publish
                ]
            })
            .collect();
        let of = params![text(row, 1), row.int(2).ok()];
        let there = self.source.rows(FILES, of)?;
        let agrees = there.len() == wanted.len()
            && there.iter().zip(&wanted).all(|(row, wanted)| {
                row.0.iter().zip(wanted).all(|(a, b)| same(a, b)) && row.0.len() == wanted.len()
            });
        if !agrees {
            self.found("plan_file", key, "is not what the return's body says");
        }
        Ok(())
    }

    fn signatures(&mut self, said: &mut BTreeSet<Signed>) -> Result<(), VerifyError> {
        for row in self.source.rows(SIGNATURES, Vec::new())? {
            let cell = |at| text(&row, at).unwrap_or_default().to_owned();
            let at = row.int(4).unwrap_or_default();
            let signature = (cell(0), cell(1), cell(2), cell(3), at);
            if !said.remove(&signature) {
                let key = format!("{} {} {}", signature.0, signature.1, signature.2);
                self.found("plan_signature", key, "the log knows no such signature");
            }
        }
        for (plan, digest, role, ..) in std::mem::take(said) {
            let key = format!("{plan} {digest} {role}");
            self.found(
                "plan_signature",
                key,
                "is missing, but the log says that it was given",
            );
        }
        Ok(())
    }

    fn versions(
        &mut self,
        said: &mut BTreeMap<(String, i64), Published>,
    ) -> Result<(), VerifyError> {
        let mut last = String::new();
        loop {
            // One at a time: each holds a whole bundle.
            let page = self.source.rows(VERSIONS, params![last.as_str()])?;
            let Some(row) = page.first() else { break };
            last = row.0.first().map(shown).unwrap_or_default();
            let of = text(row, 1).map(str::to_owned).zip(row.int(2).ok());
            let Some(published) = of.and_then(|of| said.remove(&of)) else {
                self.found(
                    "plan_version",
                    &last,
                    "no evidence says that it was published",
                );
                continue;
            };
            let columns = [
                ("at", 3, Value::from(published.at)),
                ("edition", 4, published.edition.as_str().into()),
                ("digest", 5, published.digest.as_str().into()),
                ("manifest", 6, published.manifest.as_str().into()),
            ];
            for (name, column, wanted) in columns {
                if !row.0.get(column).is_some_and(|there| same(there, &wanted)) {
                    let what = format!("{name} is not what the log says");
                    self.found("plan_version", &last, what);
                }
            }
            let index = row.0.get(7);
            if !matches!(index, Some(Value::Null))
                && !index.is_some_and(|there| same(there, &Value::from(published.index)))
            {
                self.found("plan_version", &last, "names another line of the log");
            }
            let bundle = match row.0.get(8) {
                Some(Value::Blob(bytes)) => sha256(bytes).hex(),
                _ => String::new(),
            };
            if bundle != published.bundle {
                self.found(
                    "plan_version",
                    &last,
                    "the bundle is not the one that was published",
                );
            }
        }
        for (plan, no) in std::mem::take(said).into_keys() {
            self.found(
                "plan_version",
                format!("{plan}/{no}"),
                "is missing, but the log says that it was published",
            );
        }
        Ok(())
    }
}

/// Booleans are numbers in one of the databases.
fn same(there: &Value, wanted: &Value) -> bool {
    match (there, wanted) {
        (Value::Int(there), Value::Bool(wanted)) => *there == i64::from(*wanted),
        (Value::Text(there), Value::Word(wanted)) => there == wanted,
        (there, wanted) => there == wanted,
    }
}

fn digest(row: &Row, salt: usize, body: usize) -> Option<String> {
    let salt = bytes::<16>(row, salt)?;
    Some(salted(&salt, text(row, body)?.as_bytes()).hex())
}
