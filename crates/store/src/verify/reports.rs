//! Reports: every row that belongs to one, against the events that made it. Walks all tables in step by report
//! number, so that a row without its report is found as well as a report without its rows.

mod keys;
mod mails;
mod old;
mod tables;

use std::collections::BTreeMap;

use cairn_desk::report::retention::{Part, closed_at};
use cairn_desk::report::{Body, Change, Event, FileRef, Standing, undo};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::reference::Scramble;
use cairn_kernel::time::Micros;

use super::{Finding, Part as Progress, Run, VerifyError, bytes, parallel, shown, text};
use crate::params;
use crate::report::{affected, channel, code, consents_kept, loss_minor, loss_word, losses_kept};
use crate::sql::{Row, Value};
use tables::{COLUMNS, CONSENTS, LOSSES, SECRET, TABLES};

/// Reports looked at in one go.
pub(super) const PAGE_REPORTS: i64 = 512;

const NEXT: &str = "SELECT no FROM report WHERE no > $1 ORDER BY no LIMIT $2";

/// All rows of one report, by table as in [`TABLES`].
#[derive(Default)]
struct Bundle {
    no: i64,
    tables: [Vec<Row>; TABLES.len()],
}

impl Bundle {
    fn rows(&self, table: &str) -> &[Row] {
        TABLES
            .iter()
            .zip(&self.tables)
            .find(|((name, ..), _)| *name == table)
            .map_or(&[], |(_, rows)| rows)
    }
}

/// What the checks need to know.
#[derive(Clone, Copy)]
struct With<'a> {
    quarter: Option<&'a (dyn Fn(cairn_kernel::time::Micros) -> i64 + Sync)>,
    scramble: Option<&'a Scramble>,
}

impl Run<'_, '_> {
    pub(super) fn reports(&mut self) -> Result<(), VerifyError> {
        let of = self.source.count("SELECT count(*) FROM report")?;
        let scramble = self.check.trusted.reference.map(Scramble::new);
        let with = With {
            quarter: self.check.quarter,
            scramble: scramble.as_ref(),
        };
        let mut from = i64::MIN;
        loop {
            let page = self.source.rows(NEXT, params![from, PAGE_REPORTS])?;
            let to = match page.last() {
                Some(last) if page.len() as i64 == PAGE_REPORTS => last.int(0).unwrap_or(i64::MAX),
                _ => i64::MAX,
            };
            let bundles = self.bundles(from, to)?;
            for finding in parallel(&bundles, |bundle| look_at(bundle, with))
                .into_iter()
                .flatten()
            {
                self.report(finding);
            }
            self.verdict.reports += page.len() as u64;
            self.progress(Progress::Reports, self.verdict.reports, of);
            if to == i64::MAX {
                break;
            }
            from = to;
        }
        self.odd_rows()
    }

    fn bundles(&mut self, from: i64, to: i64) -> Result<Vec<Bundle>, VerifyError> {
        let mut bundles: BTreeMap<i64, Bundle> = BTreeMap::new();
        for (place, (table, sql, _)) in TABLES.iter().enumerate() {
            for row in self.source.rows(sql, params![from, to])? {
                let Ok(no) = row.int(0) else {
                    self.odd_row(table, &row);
                    continue;
                };
                let bundle = bundles.entry(no).or_default();
                bundle.no = no;
                if let Some(rows) = bundle.tables.get_mut(place) {
                    rows.push(row);
                }
            }
        }
        Ok(bundles.into_values().collect())
    }

    /// Rows whose report's number is none, or none that can be: SQLite lets other types in.
    fn odd_rows(&mut self) -> Result<(), VerifyError> {
        for (table, _, odd) in TABLES {
            for row in self.source.rows(odd, params![i64::MAX, i64::MIN])? {
                self.odd_row(table, &row);
            }
        }
        Ok(())
    }

    fn odd_row(&mut self, table: &'static str, row: &Row) {
        let keys = match table {
            "report" | "report_body" | "report_contact" | "report_closed" => 1,
            _ => 2,
        };
        let key: Vec<String> = row.0.iter().take(keys).map(shown).collect();
        self.found(table, key.join(" "), "belongs to no report");
    }
}

/// One report under examination.
struct Look<'a> {
    bundle: &'a Bundle,
    with: With<'a>,
    name: String,
    findings: Vec<Finding>,
}

fn name_of(no: i64, scramble: Option<&Scramble>) -> String {
    match scramble.and_then(|scramble| scramble.reference_of(no)) {
        Some(reference) => format!("{no} ({reference})"),
        None => no.to_string(),
    }
}

/// What is wrong with one report.
fn look_at(bundle: &Bundle, with: With<'_>) -> Vec<Finding> {
    let mut look = Look {
        bundle,
        with,
        name: name_of(bundle.no, with.scramble),
        findings: Vec::new(),
    };
    look.all();
    look.findings
}

/// A file as its row should be: size, media type, name, time.
type FileCells = (u64, String, Option<String>, i64);
/// A message as its row should be: author, time, waits, digest.
type MessageCells<'a> = (Option<String>, i64, bool, &'a str);

impl<'a> Look<'a> {
    /// `key` is what names the row within the report, if there are several.
    fn found(&mut self, table: &'static str, key: &str, what: impl std::fmt::Display) {
        let key = if key.is_empty() {
            self.name.clone()
        } else {
            format!("{} {key}", self.name)
        };
        self.findings.push(Finding {
            table,
            key,
            what: what.to_string(),
        });
    }

    fn all(&mut self) {
        let bundle = self.bundle;
        let row = bundle.rows("report").first();
        let mut events = Vec::new();
        for line in bundle.rows("evidence") {
            let index = line.0.get(1).map(shown).unwrap_or_default();
            match text(line, 2).map(serde_json::from_str::<Event>) {
                Some(Ok(event)) => events.push(event),
                _ => self.findings.push(Finding {
                    table: "evidence",
                    key: index,
                    what: format!("does not read as an event of report {}", self.name),
                }),
            }
        }
        let Some((first, later)) = events.split_first() else {
            for (table, ..) in TABLES
                .iter()
                .skip(1)
                .filter(|(t, ..)| !bundle.rows(t).is_empty())
            {
                self.found(table, "", "no evidence says that this report was received");
            }
            return;
        };
        if row.is_none() {
            self.found(
                "report",
                "",
                "is missing, but the log says that it was received",
            );
        }
        if !matches!(first.change, Change::Received { .. })
            || later
                .iter()
                .any(|e| matches!(e.change, Change::Received { .. }))
        {
            self.found(
                "evidence",
                "",
                "the report's events do not begin with one receipt",
            );
            return;
        }
        let body = self.body(first, later);
        self.contact(first, later);
        self.consents(first, later);
        self.messages(later);
        self.mails(later);
        self.keys(later);
        self.old_numbers(later);
        self.old_thread(later);
        self.secret(first, row);
        let Some(body) = body else { return };
        self.files(&body, first, later);
        self.losses(&body, first, later);
        self.retention(&body, first, later);
        self.referrals(first, later);
        self.rule_hits(&body, first, later);
        if let Some(row) = row {
            self.columns(&body, first, later, row);
        }
    }

    /// The one row of a table, whose salt and text must give the digest of the event.
    fn digested(&mut self, table: &'static str, logged: &str) -> Option<&'a str> {
        let row = self.bundle.rows(table).first();
        let Some(row) = row else {
            self.found(table, "", "is missing");
            return None;
        };
        match (bytes::<16>(row, 1), text(row, 2)) {
            (Some(salt), Some(text)) if salted(&salt, text.as_bytes()).hex() == logged => {
                Some(text)
            }
            _ => {
                self.found(table, "", "salt and text do not give the digest in the log");
                None
            }
        }
    }

    /// What was received, or what the last erasing left of it.
    fn body(&mut self, first: &Event, later: &[Event]) -> Option<Body> {
        let Change::Received { body, .. } = &first.change else {
            return None;
        };
        let left = later.iter().rev().find_map(|event| match &event.change {
            Change::Erased { body, .. } => body.as_ref(),
            _ => None,
        });
        let body = left.unwrap_or(body);
        let json = self.digested("report_body", body)?;
        match serde_json::from_str(json) {
            Ok(body) => Some(body),
            Err(error) => {
                self.found("report_body", "", format_args!("does not read: {error}"));
                None
            }
        }
    }

    fn contact(&mut self, first: &Event, later: &[Event]) {
        let Change::Received { contact, .. } = &first.change else {
            return;
        };
        let erased = later.iter().any(|event| erases(event, Part::Contact));
        match contact {
            Some(digest) if !erased => {
                self.digested("report_contact", digest);
            }
            _ if self.bundle.rows("report_contact").is_empty() => {}
            Some(_) => self.found("report_contact", "", "is still there, though it was erased"),
            None => self.found("report_contact", "", "is there, though none was given"),
        }
    }

    fn secret(&mut self, first: &Event, row: Option<&Row>) {
        let Change::Received {
            secret, reference, ..
        } = &first.change
        else {
            return;
        };
        if let Some(row) = row {
            let stored = match row.0.get(SECRET) {
                Some(Value::Blob(tag)) => sha256(tag).hex(),
                _ => String::new(),
            };
            if stored != *secret {
                self.found("report", "", "column secret is not the one in the log");
            }
        }
        let expected = self
            .with
            .scramble
            .and_then(|s| s.reference_of(self.bundle.no));
        if expected.is_some_and(|expected| expected.to_string() != *reference) {
            self.found("evidence", "", "the event of receipt has another reference");
        }
    }

    fn columns(&mut self, body: &Body, first: &Event, later: &[Event], row: &Row) {
        let Change::Received {
            contact,
            consents,
            label,
            ..
        } = &first.change
        else {
            return;
        };
        let mut standing = Standing::new(body, contact.is_some(), consents);
        for event in later {
            standing.apply(&event.change);
        }
        let held_until = crate::retention::held_until(&standing);
        // Events are numbered from 1, the receipt.
        let answer = standing
            .answers
            .first()
            .and_then(|version| usize::try_from(version - 2).ok());
        let answered_at = answer.and_then(|at| later.get(at)).map(|event| event.at);
        let imported = later.first().and_then(|event| match &event.change {
            Change::Imported {
                happened, counts, ..
            } => Some((*happened, *counts)),
            _ => None,
        });
        // What was taken over came in when its source says.
        let (received, counts) = imported.unwrap_or((first.at, true));
        let quarter = self.with.quarter.map(|quarter| quarter(received));
        let stored_quarter = row.0.get(2).cloned().unwrap_or(Value::Null);
        let expected: [Value; COLUMNS.len()] = [
            received.into(),
            quarter.map_or(stored_quarter, Value::Int),
            channel(body.channel).into(),
            body.language.as_str().into(),
            body.anonymous.into(),
            standing.suspect.into(),
            label.as_str().into(),
            body.category.as_str().into(),
            standing.category.into(),
            standing.subtype.into(),
            standing.severity.into(),
            standing.state.as_str().into(),
            standing.assignee.into(),
            standing.outcome.into(),
            affected(body.affected).into(),
            body.region.clone().into(),
            body.age_band.clone().into(),
            body.sector.clone().into(),
            loss_word(body).into(),
            loss_minor(body, &base_minor(first, later)).into(),
            body.title.as_str().into(),
            standing.version.into(),
            body.wants_help.into(),
            held_until.into(),
            standing.bare.into(),
            contact.is_some().into(),
            answered_at.into(),
            counts.into(),
        ];
        for ((name, expected), stored) in COLUMNS.iter().zip(&expected).zip(row.0.iter().skip(1)) {
            if !same(expected, stored) {
                self.found("report", "", disagree(name, stored, expected));
            }
        }
    }

    /// Rows of a table with several a report: `expected` by the key that names them, cells in the query's order.
    fn rows(
        &mut self,
        table: &'static str,
        keys: usize,
        names: &[&str],
        mut expected: BTreeMap<String, Vec<Value>>,
    ) {
        for row in self.bundle.rows(table) {
            let cells = row.0.get(1..).unwrap_or_default();
            let (key, cells) = cells.split_at(keys.min(cells.len()));
            let key: Vec<String> = key.iter().map(shown).collect();
            let key = key.join(" ");
            let Some(should) = expected.remove(&key) else {
                self.found(table, &key, "is not what was reported");
                continue;
            };
            for ((name, should), cell) in names.iter().zip(&should).zip(cells) {
                if !same(should, cell) {
                    self.found(table, &key, disagree(name, cell, should));
                }
            }
        }
        for key in expected.keys() {
            self.found(table, key, "is missing");
        }
    }

    fn losses(&mut self, body: &Body, first: &Event, later: &[Event]) {
        let mut standing = Standing::new(body, false, &[]);
        for event in later {
            standing.apply(&event.change);
        }
        let base_minor = base_minor(first, later);
        let expected = standing.losses.iter().zip(&base_minor).enumerate();
        let expected = expected.map(|(n, (loss, base))| {
            let amount = loss.amount.as_ref();
            let cells = params![
                code(&loss.kind),
                amount.map(|money| money.minor),
                amount.map(|money| money.currency.as_str()),
                *base,
                code(&loss.certainty),
                loss.recovered_minor
            ];
            (n.to_string(), cells)
        });
        let names = [
            "kind",
            "minor",
            "currency",
            "base_minor",
            "certainty",
            "recovered_minor",
        ];
        let expected = expected.collect();
        let kept = losses_kept(body, &base_minor);
        let changed = later
            .iter()
            .any(|event| matches!(event.change, Change::LossVerified { .. }));
        let own = self.kept(("losses", LOSSES), "report_loss", kept, changed);
        self.rows(
            "report_loss",
            1,
            &names,
            if own { BTreeMap::new() } else { expected },
        );
    }

    fn consents(&mut self, first: &Event, later: &[Event]) {
        let (mut expected, mut kept) = (BTreeMap::new(), None);
        if let Change::Received { consents, .. } = &first.change {
            kept = consents_kept(first.at.0, consents);
            for agency in consents {
                expected.insert(agency.clone(), params![true, first.at]);
            }
        }
        let mut changed = false;
        for event in later {
            if let Change::Consent { agency, given } = &event.change {
                changed = true;
                expected.insert(agency.clone(), params![*given, event.at]);
            }
        }
        let own = self.kept(("consents", CONSENTS), "report_consent", kept, changed);
        let expected = if own { BTreeMap::new() } else { expected };
        self.rows("report_consent", 1, &["given", "at"], expected);
    }

    /// Whether something stands in the report's own row, as it does until it is `changed`, and not in the table, as in databases from
    /// before as well. Compares the column either way.
    fn kept(
        &mut self,
        (name, place): (&str, usize),
        table: &'static str,
        kept: Option<String>,
        changed: bool,
    ) -> bool {
        let row = self.bundle.rows("report").first();
        let stored = row.and_then(|row| row.0.get(place));
        let is_null = stored.is_none_or(|stored| *stored == Value::Null);
        let own = !changed && (!is_null || self.bundle.rows(table).is_empty());
        let expected: Value = if own { kept.into() } else { Value::Null };
        if let Some(stored) = stored.filter(|stored| !same(&expected, stored)) {
            self.found("report", "", disagree(name, stored, &expected));
        }
        own
    }

    fn files(&mut self, body: &Body, first: &Event, later: &[Event]) {
        let mut expected: BTreeMap<String, FileCells> = BTreeMap::new();
        let cells = |file: &FileRef, at: Micros| {
            (file.size, file.media_type.clone(), file.name.clone(), at.0)
        };
        for file in &body.files {
            let received = cells(file, first.at);
            expected.entry(file.sha256.clone()).or_insert(received);
        }
        for event in later {
            if let Change::FileAdded { file } = &event.change {
                let added = cells(file, event.at);
                expected.entry(file.sha256.clone()).or_insert(added);
            }
            if erases(event, Part::Files) {
                expected.clear();
            }
            // The event tells nothing of names, so those that were left behind would pass for what was reported.
            if matches!(event.change, Change::Erased { .. }) {
                expected
                    .values_mut()
                    .for_each(|(_, _, name, _)| *name = None);
            }
        }
        let expected = expected
            .into_iter()
            .map(|(key, (size, ty, name, at))| (key, params![size, ty, name, at]));
        let names = ["size", "media_type", "name", "at"];
        self.rows("report_file", 1, &names, expected.collect());
    }

    fn messages(&mut self, later: &[Event]) {
        let mut expected: BTreeMap<i64, MessageCells<'_>> = BTreeMap::new();
        for event in later {
            if erases(event, Part::Text) {
                // No digest: salt and text are empty.
                expected.values_mut().for_each(|cells| cells.3 = "");
            }
            match &event.change {
                Change::ReporterWrote { message, digest } => {
                    expected.insert(*message, (None, event.at.0, false, digest));
                }
                Change::OfficerWrote {
                    message,
                    digest,
                    waits,
                    ..
                } => {
                    let author = event.by.account();
                    expected.insert(*message, (Some(author), event.at.0, *waits, digest));
                }
                _ => {}
            }
        }
        for row in self.bundle.rows("message") {
            let key = row.0.get(1).map(shown).unwrap_or_default();
            let should = row.int(1).ok().and_then(|n| expected.remove(&n));
            let Some((author, at, waits, digest)) = should else {
                self.found("message", &key, "no evidence says that this was written");
                continue;
            };
            let cells = params![author, at, waits];
            let names = ["author", "at", "waits"];
            for ((name, should), cell) in names.iter().zip(&cells).zip(row.0.iter().skip(2)) {
                if !same(should, cell) {
                    self.found("message", &key, disagree(name, cell, should));
                }
            }
            if digest.is_empty() {
                if row.0.get(6) != Some(&Value::Text(String::new()))
                    || bytes::<16>(row, 5) != Some([0; 16])
                {
                    self.found("message", &key, "is still there, though it was erased");
                }
                continue;
            }
            let given = match (bytes::<16>(row, 5), text(row, 6)) {
                (Some(salt), Some(text)) => salted(&salt, text.as_bytes()).hex(),
                _ => String::new(),
            };
            if given != digest {
                let what = "salt and text do not give the digest in the log";
                self.found("message", &key, what);
            }
        }
        for n in expected.keys() {
            self.found("message", &n.to_string(), "is missing");
        }
    }
}

impl Look<'_> {
    /// Since when it is closed, the reasons of legal holds, and the register of what was erased.
    fn retention(&mut self, body: &Body, first: &Event, later: &[Event]) {
        let standing = undo::first(body, first);
        let history = || std::iter::once(first).chain(later);
        let closed = standing.and_then(|standing| closed_at(&standing, history()));
        let rows = closed.map(|at| (String::new(), params![at]));
        self.rows("report_closed", 0, &["at"], rows.into_iter().collect());
        let mut reasons = BTreeMap::new();
        let mut erased = BTreeMap::new();
        for (event, version) in history().zip(1_i64..) {
            match &event.change {
                Change::HoldPlaced { digest, .. }
                | Change::HoldLifted {
                    digest: Some(digest),
                } => {
                    reasons.insert(version, digest.clone());
                }
                _ => {}
            }
            if let Some(cells) = crate::retention::erased_cells(event) {
                erased.insert(version.to_string(), cells);
            }
        }
        let names = ["at", "part", "rule", "rules", "doer"];
        self.rows("report_erased", 1, &names, erased);
        self.texts("report_reason", reasons);
    }

    /// Referrals, and the texts that go with them as far as they were not erased.
    fn referrals(&mut self, first: &Event, later: &[Event]) {
        let history = || std::iter::once(first).chain(later);
        let records = cairn_desk::referral::records(history());
        let rows = records.iter().map(|record| {
            (
                record.referral.no.to_string(),
                crate::referral::cells(record),
            )
        });
        let names = [
            "agency",
            "basis",
            "channel",
            "state",
            "prepared_at",
            "sent_at",
            "due",
            "outcome",
            "tell",
        ];
        self.rows("referral", 1, &names, rows.collect());
        let mut texts = BTreeMap::new();
        for (event, version) in history().zip(1_i64..) {
            if erases(event, Part::Text) {
                texts.clear();
            }
            if let Change::Referral { step, .. } = &event.change
                && let Some(digest) = step.text()
            {
                texts.insert(version, digest.to_owned());
            }
        }
        self.texts("referral_text", texts);
    }

    /// Which rules touched it, and whether what they asked is still open.
    fn rule_hits(&mut self, body: &Body, first: &Event, later: &[Event]) {
        let Some(mut standing) = undo::first(body, first) else {
            return;
        };
        let mut expected = BTreeMap::new();
        for event in later {
            standing.apply(&event.change);
            if let Change::Ruled { rule, version, .. } = &event.change {
                expected.insert(*rule, (*version, event.at));
            }
        }
        let cells = expected.into_iter().map(|(rule, (version, at))| {
            let asks = standing.asked.contains(&rule);
            (rule.to_string(), params![version, at, asks])
        });
        self.rows("rule_hit", 1, &["version", "at", "asks"], cells.collect());
    }

    /// Salted texts of a table by the number of their event.
    fn texts(&mut self, table: &'static str, mut expected: BTreeMap<i64, String>) {
        for row in self.bundle.rows(table) {
            let key = row.0.get(1).map(shown).unwrap_or_default();
            let digest = row
                .int(1)
                .ok()
                .and_then(|version| expected.remove(&version));
            let given = match (bytes::<16>(row, 2), text(row, 3)) {
                (Some(salt), Some(text)) => salted(&salt, text.as_bytes()).hex(),
                _ => String::new(),
            };
            if digest != Some(given) {
                let what = "salt and text do not give the digest in the log";
                self.found(table, &key, what);
            }
        }
        for version in expected.keys() {
            self.found(table, &version.to_string(), "is missing");
        }
    }
}

/// The event erases this part of a report, by a rule or by hand.
fn erases(event: &Event, wanted: Part) -> bool {
    match &event.change {
        Change::ContactErased => wanted == Part::Contact,
        Change::Erased { part, .. } => *part == wanted,
        _ => false,
    }
}

/// Each loss in the base currency: as logged on receipt, or as an officer verified it since.
fn base_minor(first: &Event, later: &[Event]) -> Vec<Option<i64>> {
    let mut all = match &first.change {
        Change::Received { base_minor, .. } => base_minor.clone(),
        _ => Vec::new(),
    };
    for event in later {
        if let Change::LossVerified {
            item, base_minor, ..
        } = &event.change
            && let Some(minor) = all.get_mut(usize::try_from(*item).unwrap_or(usize::MAX))
        {
            *minor = *base_minor;
        }
    }
    all
}

/// SQLite keeps booleans as 0 and 1.
pub(super) fn same(expected: &Value, stored: &Value) -> bool {
    match (expected, stored) {
        (Value::Bool(a), Value::Int(b)) => i64::from(*a) == *b,
        (a, b) => a == b,
    }
}

pub(super) fn disagree(column: &str, stored: &Value, expected: &Value) -> String {
    format!(
        "column {column} is {}, the log says {}",
        brief(stored),
        brief(expected)
    )
}

/// Short enough for one line.
fn brief(value: &Value) -> String {
    let text = shown(value);
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
