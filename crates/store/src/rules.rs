//! Rules of the desk: what they say, where they stand, and which reports they touched.

use std::collections::BTreeSet;

use cairn_desk::report::{Change as Done, Event as Happened};
use cairn_desk::rules::{Change, Event, Rule, Stage};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Versions of one rule that are read at most.
const VERSIONS_ROWS_MAX: i64 = 500;
/// Events of one rule that are read at most.
const STEPS_ROWS_MAX: i64 = 5_000;
/// Rows of one page of reports.
pub const PAGE_REPORTS: i64 = 200;
/// Reports that a person is asked to look at, on one page.
pub const ASKED_ROWS_MAX: i64 = 100;

static RULE: Table = Table::guard(
    "rule",
    &[
        ("no", Ty::Int),
        ("at", Ty::Int),
        ("author", Ty::Text),
        ("version", Ty::Int),
        ("replies", Ty::Bool),
        ("stage", Ty::Text),
        ("steps", Ty::Int),
    ],
);
static STEP: Table = Table::new(
    "rule_step",
    &[("no", Ty::Int), ("n", Ty::Int), ("event", Ty::Text)],
);
static VERSION: Table = Table::new(
    "rule_version",
    &[
        ("no", Ty::Int),
        ("version", Ty::Int),
        ("at", Ty::Int),
        ("account", Ty::Text),
        ("salt", Ty::Blob),
        ("content", Ty::Text),
    ],
);

/// JSON text beside the log, and its salt.
pub type Salted = ([u8; 16], String);

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Number within the rule, from 1.
    pub version: u32,
    /// When it was written.
    pub at: Micros,
    /// Account that wrote it.
    pub account: String,
    /// JSON.
    pub content: String,
    /// Result of its newest dry run, JSON.
    pub trial: Option<String>,
}

/// Something that a rule asked a person to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Number of the report.
    pub report: i64,
    /// Number of the rule.
    pub rule: i64,
    /// Its version then.
    pub version: u32,
    /// When.
    pub at: Micros,
}

/// A report as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Number.
    pub no: i64,
    /// When.
    pub at: Micros,
    /// Body, JSON.
    pub body: String,
    /// A rule of retention erased what people wrote.
    pub bare: bool,
    /// The event of receipt, JSON.
    pub event: String,
}

/// The rows of a new rule. A number that is taken drops the unit ([`crate::writer::WriteError::Duplicate`]).
#[must_use]
pub fn write(rule: &Rule, content: Salted, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    unit.insert(
        &RULE,
        params![
            rule.no,
            rule.at,
            rule.author.as_str(),
            rule.version,
            rule.replies,
            rule.stage.as_str(),
            rule.steps
        ],
    );
    version(&mut unit, rule, content);
    step(&mut unit, rule, entry);
    unit
}

fn step(unit: &mut Unit, rule: &Rule, entry: Entry) {
    unit.insert(&STEP, params![rule.no, rule.steps, entry.event.as_str()]);
    unit.entries.push(entry);
}

fn version(unit: &mut Unit, rule: &Rule, (salt, content): Salted) {
    let account = rule.author.as_str();
    let row = params![rule.no, rule.version, rule.at, account, salt, content];
    unit.insert(&VERSION, row);
}

/// The rows of what else happens to a rule, which is `after` by it. `text` is the content of a new version, or the result of a dry
/// run. If something else happened to it since, that is a conflict.
#[must_use]
pub fn change(event: &Event, after: &Rule, text: Option<Salted>, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    let (tried_at, touched) = after.tried.unzip();
    unit.expect(
        1,
        "UPDATE rule SET at = $1, author = $2, version = $3, replies = $4, stage = $5, tried_at = $6, touched = $7, \
         asked_by = $8, on_version = $9, stopped_at = $10, steps = $11 WHERE no = $12 AND steps = $13",
        params![
            after.at,
            after.author.as_str(),
            after.version,
            after.replies,
            after.stage.as_str(),
            tried_at,
            touched,
            after.asked_by.clone(),
            after.on,
            after.stopped,
            after.steps,
            after.no,
            after.steps - 1
        ],
    );
    match (&event.change, text) {
        (Change::Written { .. }, Some(content)) => version(&mut unit, after, content),
        (Change::Tried { .. }, Some((salt, trial))) => {
            unit.expect(
                1,
                "UPDATE rule_version SET trial_salt = $1, trial = $2 WHERE no = $3 AND version = $4",
                params![salt, trial, after.no, after.version],
            );
        }
        _ => {}
    }
    step(&mut unit, after, entry);
    unit
}

/// Puts into a unit that a rule is the first that is on: it looks at what comes in from now on.
pub fn begin_after(unit: &mut Unit, report: i64) {
    mark(unit, report);
}

fn mark(unit: &mut Unit, report: i64) {
    unit.exec(
        "INSERT INTO rule_mark(id, report) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET report = excluded.report",
        params![report],
    );
    unit.exec("DELETE FROM rule_seen WHERE report <= $1", params![report]);
}

/// Notes that rules were run on these reports, and that nothing up to `mark` can come any more.
#[must_use]
pub fn seen(reports: &[i64], settled: i64) -> Unit {
    let mut unit = Unit::default();
    for report in reports.iter().filter(|report| **report > settled) {
        unit.exec(
            "INSERT INTO rule_seen(report) VALUES ($1) ON CONFLICT (report) DO NOTHING",
            params![*report],
        );
    }
    mark(&mut unit, settled);
    unit
}

/// Puts into a unit by which a rule touches a report that it is still on, with this version: else that is a conflict.
pub fn expect_on(unit: &mut Unit, rule: i64, version: u32) {
    unit.expect(
        1,
        "UPDATE rule SET on_version = $1 WHERE no = $2 AND on_version = $1",
        params![version, rule],
    );
}

/// The case that a rule owed a report is there.
#[must_use]
pub fn case_opened(report: i64, rule: i64) -> Unit {
    let mut unit = Unit::default();
    unit.exec(
        "UPDATE rule_hit SET opens = FALSE WHERE no = $1 AND rule = $2",
        params![report, rule],
    );
    unit
}

/// What an event of a report changes of its hits: a new one, or that a person looked.
pub(crate) fn hit_rows(
    unit: &mut Unit,
    no: i64,
    event: &Happened,
    before: &BTreeSet<i64>,
    after: &BTreeSet<i64>,
) {
    if let Done::Ruled {
        rule,
        version,
        asks,
        opens,
        ..
    } = &event.change
    {
        unit.expect(
            1,
            "INSERT INTO rule_hit(no, rule, version, at, asks, opens) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (no, rule) DO NOTHING",
            params![no, *rule, *version, event.at, *asks, *opens],
        );
        return;
    }
    for rule in before.symmetric_difference(after) {
        unit.expect(
            1,
            "UPDATE rule_hit SET asks = $1 WHERE no = $2 AND rule = $3",
            params![after.contains(rule), no, *rule],
        );
    }
}

macro_rules! rule_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, at, author, version, replies, stage, tried_at, touched, asked_by, on_version, stopped_at, steps \
             FROM rule ",
            $rest
        )
    };
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn read(row: &Row) -> Result<Rule, ReadError> {
    let stage = row.text(5)?;
    let touched = row.int_opt(7)?.map(i64::unsigned_abs);
    Ok(Rule {
        no: row.int(0)?,
        at: row.at(1)?,
        author: row.text(2)?,
        version: number(row.int(3)?),
        replies: row.bool(4)?,
        stage: Stage::parse(&stage).ok_or_else(|| ReadError::Content {
            what: "rule",
            cause: format!("{stage:?} is no stage"),
        })?,
        tried: row.int_opt(6)?.map(Micros).zip(touched),
        asked_by: row.text_opt(8)?,
        on: row.int_opt(9)?.map(number),
        stopped: row.int_opt(10)?.map(Micros),
        steps: row.int(11)?,
    })
}

fn read_version(row: &Row) -> Result<Version, ReadError> {
    Ok(Version {
        version: number(row.int(0)?),
        at: row.at(1)?,
        account: row.text(2)?,
        content: row.text(3)?,
        trial: row.text_opt(4)?,
    })
}

fn read_asked(row: &Row) -> Result<Asked, ReadError> {
    Ok(Asked {
        report: row.int(0)?,
        rule: row.int(1)?,
        version: number(row.int(2)?),
        at: row.at(3)?,
    })
}

impl Store {
    /// All rules, in the order in which they are run. Number 0, the book of rules for notices, is not among them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rules(&self) -> Result<Vec<Rule>, ReadError> {
        let sql = rule_sql!("WHERE no > 0 ORDER BY no LIMIT $1");
        let rows = self
            .db
            .rows(sql, params![cairn_desk::rules::RULES_MAX])
            .await?;
        rows.iter().map(read).collect()
    }

    /// One rule.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule(&self, no: i64) -> Result<Option<Rule>, ReadError> {
        let row = self.db.row(rule_sql!("WHERE no = $1"), params![no]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The number of the rule whose first version has this salt.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_of(&self, salt: [u8; 16]) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM rule_version WHERE version = 1 AND salt = $1";
        let row = self.db.row(sql, params![salt]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// All versions of a rule, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_versions(&self, no: i64) -> Result<Vec<Version>, ReadError> {
        let sql = "SELECT version, at, account, content, trial FROM rule_version WHERE no = $1 \
                   ORDER BY version DESC LIMIT $2";
        let rows = self.db.rows(sql, params![no, VERSIONS_ROWS_MAX]).await?;
        rows.iter().map(read_version).collect()
    }

    /// One version of a rule.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_version(&self, no: i64, version: u32) -> Result<Option<Version>, ReadError> {
        let sql = "SELECT version, at, account, content, trial FROM rule_version WHERE no = $1 AND version = $2";
        let row = self.db.row(sql, params![no, version]).await?;
        row.as_ref().map(read_version).transpose()
    }

    /// What happened to a rule, as JSON, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_events(&self, no: i64) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT event FROM rule_step WHERE no = $1 ORDER BY n LIMIT $2";
        let rows = self.db.rows(sql, params![no, STEPS_ROWS_MAX]).await?;
        rows.iter().map(|row| Ok(row.text(0)?)).collect()
    }

    /// How many reports a rule touched at a moment or later, and before another.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_hits(&self, rule: i64, from: Micros, to: Micros) -> Result<u64, ReadError> {
        let sql = "SELECT count(*) FROM rule_hit WHERE rule = $1 AND at >= $2 AND at < $3";
        let row = self.db.row(sql, params![rule, from, to]).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// Reports that a rule touched at a moment or later, the newest first; at most `limit`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_touched(
        &self,
        rule: i64,
        from: Micros,
        limit: i64,
    ) -> Result<Vec<(i64, Micros)>, ReadError> {
        let sql = "SELECT no, at FROM rule_hit WHERE rule = $1 AND at >= $2 ORDER BY at DESC, no DESC LIMIT $3";
        let rows = self.db.rows(sql, params![rule, from, limit]).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.at(1)?)))
            .collect()
    }

    /// What persons are asked to look at and nobody has, the newest first; at most [`ASKED_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_asked(&self) -> Result<Vec<Asked>, ReadError> {
        let sql = "SELECT no, rule, version, at FROM rule_hit WHERE asks ORDER BY no DESC LIMIT $1";
        let rows = self.db.rows(sql, params![ASKED_ROWS_MAX]).await?;
        rows.iter().map(read_asked).collect()
    }

    /// Reports with which a case is still to be opened, the oldest first; at most [`PAGE_REPORTS`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_cases_due(&self) -> Result<Vec<Asked>, ReadError> {
        let sql = "SELECT no, rule, version, at FROM rule_hit WHERE opens ORDER BY no LIMIT $1";
        let rows = self.db.rows(sql, params![PAGE_REPORTS]).await?;
        rows.iter().map(read_asked).collect()
    }

    /// Reports on which rules were not run yet, in the order of their numbers.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn unruled(&self, limit: i64) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT r.no FROM report r LEFT JOIN rule_seen s ON s.report = r.no \
                   WHERE r.no > (SELECT coalesce(max(report), 0) FROM rule_mark) AND s.report IS NULL \
                   AND r.channel <> 'imported' ORDER BY r.no LIMIT $1";
        let rows = self.db.rows(sql, params![limit]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// The number up to which rules were run on all reports.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn rule_mark(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(report), 0) FROM rule_mark";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// The newest report; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn last_report(&self) -> Result<i64, ReadError> {
        self.newest_report().await
    }

    /// Reports as they came in, below a number, the newest first; at most [`PAGE_REPORTS`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn came_before(&self, before: i64) -> Result<Vec<Came>, ReadError> {
        let sql = "SELECT r.no, r.received_at, b.body, r.bare, (SELECT e.event FROM evidence e WHERE e.report = r.no \
                   ORDER BY e.idx LIMIT 1) FROM report r JOIN report_body b ON b.no = r.no WHERE r.no < $1 \
                   ORDER BY r.no DESC LIMIT $2";
        let rows = self.db.rows(sql, params![before, PAGE_REPORTS]).await?;
        let came = |row: &Row| {
            Ok(Came {
                no: row.int(0)?,
                at: row.at(1)?,
                body: row.text(2)?,
                bare: row.bool(3)?,
                event: row.text(4)?,
            })
        };
        rows.iter().map(came).collect()
    }
}
