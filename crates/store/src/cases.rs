//! Cases: the rows of a new one, the changes to one, and what lists, pages and clocks read.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::cases::{Case, Change, Event};
use cairn_desk::clock::Clock;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::report::EvidenceRow;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

static HEAD: Table = Table::guard(
    "case_head",
    &[
        ("no", Ty::Int),
        ("opened_at", Ty::Int),
        ("title", Ty::Text),
        ("rank", Ty::Int),
        ("tlp", Ty::Text),
        ("pap", Ty::Text),
        ("state", Ty::Text),
        ("reports", Ty::Int),
        ("tasks", Ty::Int),
        ("changed_at", Ty::Int),
        ("once", Ty::Blob),
        ("version", Ty::Int),
    ],
);
static TEXT: Table = Table::new(
    "case_text",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);
static REPORT: Table = Table::new("case_report", &[("no", Ty::Int), ("report", Ty::Int)]);

static RELATION: Table = Table::new(
    "case_relation",
    &[("no", Ty::Int), ("other", Ty::Int), ("how", Ty::Text)],
);

/// Rows of one list at most.
pub const CASES_ROWS_MAX: i64 = 200;
/// Clocks of one list at most.
pub const CLOCKS_ROWS_MAX: i64 = 500;
/// Rank of a case that nobody has judged yet: after all others.
pub const RANK_NONE: i64 = 9;

/// What a list shows of a case. The columns follow from texts and evidence; `cairn log verify` checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number.
    pub no: i64,
    /// When it was opened.
    pub opened_at: Micros,
    /// Title.
    pub title: String,
    /// Account id of who has it.
    pub owner: Option<String>,
    /// 1 (most severe) to 6; [`RANK_NONE`].
    pub rank: i64,
    /// Codes of scheme and level, `/` between.
    pub severity: Option<String>,
    /// TLP code.
    pub tlp: String,
    /// PAP code.
    pub pap: String,
    /// `open`, `on_hold` or `closed`.
    pub state: String,
    /// On hold until then.
    pub until: Option<Micros>,
    /// Linked reports.
    pub reports: i64,
    /// Tasks that are not done.
    pub tasks: i64,
    /// When anything last happened.
    pub changed_at: Micros,
    /// Events so far.
    pub version: i64,
}

/// Columns of [`Summary`].
macro_rules! columns {
    () => {
        "SELECT c.no, c.opened_at, c.title, c.owner, c.rank, c.severity, c.tlp, c.pap, c.state, c.until, c.reports, \
         c.tasks, c.changed_at, c.version FROM case_head c "
    };
}
pub mod files;
pub mod words;

impl Summary {
    fn read(row: &Row) -> Result<Self, ReadError> {
        Ok(Self {
            no: row.int(0)?,
            opened_at: row.at(1)?,
            title: row.text(2)?,
            owner: row.text_opt(3)?,
            rank: row.int(4)?,
            severity: row.text_opt(5)?,
            tlp: row.text(6)?,
            pap: row.text(7)?,
            state: row.text(8)?,
            until: row.int_opt(9)?.map(Micros),
            reports: row.int(10)?,
            tasks: row.int(11)?,
            changed_at: row.at(12)?,
            version: row.int(13)?,
        })
    }
}

/// What a list is to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Closed ones too.
    pub all: bool,
    /// Only of this state.
    pub state: Option<String>,
    /// Only those of this account.
    pub owner: Option<String>,
    /// Only those of this rank.
    pub rank: Option<i64>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// At most so many, up to [`CASES_ROWS_MAX`].
    pub limit: i64,
}

/// A linked report, as a case shows it. No text but its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Number.
    pub no: i64,
    /// When it came in.
    pub received_at: Micros,
    /// Its title.
    pub title: String,
    /// What people wrote was erased by a rule, the title too.
    pub bare: bool,
    /// Category code.
    pub category: String,
    /// Sub-type code.
    pub subtype: Option<String>,
    /// Severity, 1 to 6.
    pub severity: u8,
    /// State code.
    pub state: String,
}

/// Another case, and how one has to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Number of the other.
    pub no: i64,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: String,
    /// Code of the relation.
    pub how: String,
    /// The other named this one, and not this one the other.
    pub back: bool,
}

/// A text of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// Number.
    pub n: u32,
    /// 16 bytes.
    pub salt: [u8; 16],
    /// As it was written.
    pub text: String,
}

/// A clock that has not ended, and its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Number of the case.
    pub no: i64,
    /// Title of the case.
    pub title: String,
    /// The clock.
    pub clock: Clock,
}

/// The columns of `case_head` that follow from the case, in the order of the table: `owner` to `changed_at`, and `version`.
pub(crate) fn head_of(case: &Case) -> Vec<Value> {
    let until = match &case.state {
        cairn_desk::cases::State::OnHold { until } => Some(*until),
        _ => None,
    };
    let severity = case.severity.as_ref();
    params![
        case.owner.as_deref(),
        severity.map_or(RANK_NONE, |severity| i64::from(severity.rank)),
        severity.map(|severity| format!("{}/{}", severity.scheme, severity.level)),
        case.tlp.as_str(),
        case.pap.as_str(),
        case.state.as_str(),
        until,
        case.reports.len() as u64,
        case.tasks_open() as u64,
        case.changed_at,
        case.version
    ]
}

/// What a row of `case_clock` says of a clock, after number and name.
pub(crate) fn clock_of(clock: &Clock) -> Result<Vec<Value>, serde_json::Error> {
    let state = serde_json::to_string(clock)?;
    Ok(params![
        clock.due,
        clock.pause().is_some(),
        clock.end.is_some(),
        state
    ])
}

/// The rows of a new case. A number that is taken drops the unit ([`crate::writer::WriteError::Duplicate`]).
#[must_use]
pub fn open(case: &Case, title: TextRow, once: [u8; 32], entry: Entry, sqlite: bool) -> Unit {
    let mut unit = Unit::default();
    unit.insert(
        &HEAD,
        params![
            case.no,
            case.opened_at,
            title.text.as_str(),
            RANK_NONE,
            case.tlp.as_str(),
            case.pap.as_str(),
            case.state.as_str(),
            0_i64,
            0_i64,
            case.changed_at,
            once,
            case.version
        ],
    );
    words::index(
        &mut unit,
        case.no,
        std::iter::once(title.text.as_str()),
        sqlite,
    );
    unit.insert(&TEXT, params![case.no, title.n, title.salt, title.text]);
    unit.entries.push(entry);
    unit
}

/// The rows of changes to a case. `before` is what the decision was made on: if the case moved on since, the unit is a conflict
/// and nothing is written. `title` is the title after the changes, `texts` those that came with them, `kept` those that were there.
///
/// # Errors
/// A clock cannot be written as JSON.
pub fn change(
    before: &Case,
    title: &str,
    (kept, texts): (&BTreeMap<u32, TextRow>, Vec<TextRow>),
    events: Vec<(Event, Entry)>,
    sqlite: bool,
) -> Result<Unit, serde_json::Error> {
    let mut unit = Unit::default();
    let mut after = before.clone();
    let mut clocks = BTreeSet::new();
    for (event, _) in &events {
        after.apply(event);
        if let Change::Clock { clock, .. } = &event.change {
            clocks.insert(clock.as_str());
        }
    }
    let erases = events.iter().any(|(event, _)| {
        matches!(
            event.change,
            Change::TextErased { .. } | Change::FileGone { .. }
        )
    });
    let mut row = vec![Value::from(title)];
    row.extend(head_of(&after));
    row.extend(params![before.no, before.version]);
    unit.expect(
        1,
        "UPDATE case_head SET title = $1, owner = $2, rank = $3, severity = $4, tlp = $5, pap = $6, state = $7, until = $8, \
         reports = $9, tasks = $10, changed_at = $11, version = $12 WHERE no = $13 AND version = $14",
        row,
    );
    if erases || !texts.is_empty() {
        let left = kept.values().filter(|row| !after.erased.contains(&row.n));
        let all = left.chain(&texts).map(|row| row.text.as_str());
        words::index(&mut unit, before.no, all, sqlite);
    }
    for text in texts {
        unit.insert(&TEXT, params![before.no, text.n, text.salt, text.text]);
    }
    for clock in after
        .clocks
        .iter()
        .filter(|clock| clocks.contains(clock.id.as_str()))
    {
        let mut row = params![before.no, clock.id.as_str()];
        row.extend(clock_of(clock)?);
        unit.exec(
            "INSERT INTO case_clock(no, clock, due, paused, ended, state) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (no, clock) DO UPDATE SET due = excluded.due, paused = excluded.paused, ended = excluded.ended, \
             state = excluded.state",
            row,
        );
    }
    files::write(&mut unit, before, &after);
    for (event, entry) in events {
        tied(&mut unit, before.no, event);
        unit.entries.push(entry);
    }
    Ok(unit)
}

/// What an event ties to a case, or takes from it, in tables of its own.
fn tied(unit: &mut Unit, case_no: i64, event: Event) {
    match event.change {
        Change::Linked { no } => {
            unit.insert(&REPORT, params![case_no, no]);
        }
        Change::Unlinked { no } => {
            let sql = "DELETE FROM case_report WHERE no = $1 AND report = $2";
            unit.expect(1, sql, params![case_no, no]);
        }
        Change::Related { to, how } => {
            unit.insert(&RELATION, params![case_no, to, how]);
        }
        Change::Unrelated { to, how } => {
            let sql = "DELETE FROM case_relation WHERE no = $1 AND other = $2 AND how = $3";
            unit.expect(1, sql, params![case_no, to, how]);
        }
        Change::TextErased { text } => {
            let sql = "DELETE FROM case_text WHERE no = $1 AND n = $2";
            unit.expect(1, sql, params![case_no, text]);
        }
        Change::FileGone { text, .. } => {
            // A lead may have erased the words before.
            let sql = "DELETE FROM case_text WHERE no = $1 AND n = $2";
            unit.exec(sql, params![case_no, text]);
        }
        // The bytes must be there still, and nothing may sweep them away now.
        Change::FileAdded { ref content, .. } => {
            let sql =
                "UPDATE blob SET at = CASE WHEN at < $1 THEN $1 ELSE at END WHERE sha256 = $2";
            unit.expect(1, sql, params![event.at.hour(), content.sha256.as_str()]);
        }
        _ => {}
    }
}

impl Store {
    /// The number of the newest case; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_case(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM case_head";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// One case's row.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case(&self, no: i64) -> Result<Option<Summary>, ReadError> {
        const SQL: &str = concat!(columns!(), "WHERE c.no = $1");
        let row = self.db.row(SQL, params![no]).await?;
        row.as_ref().map(Summary::read).transpose()
    }

    /// The case that the form with this key (its HMAC) opened.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_of_form(&self, once: [u8; 32]) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM case_head WHERE once = $1";
        let row = self.db.row(sql, params![once]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// A page of cases, newest first. Loads no texts but titles.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cases(&self, filter: &Filter) -> Result<Vec<Summary>, ReadError> {
        const SQL: &str = concat!(
            columns!(),
            "WHERE ($1 OR c.state <> 'closed') AND ($2 = '' OR c.state = $2) AND ($3 = '' OR c.owner = $3) \
             AND (CAST($4 AS BIGINT) = 0 OR c.rank = $4) AND c.no < $5 ORDER BY c.no DESC LIMIT $6"
        );
        let state = filter.state.as_deref().unwrap_or_default();
        let params = params![
            filter.all || state == "closed",
            state,
            filter.owner.as_deref().unwrap_or_default(),
            filter.rank.unwrap_or_default(),
            filter.before.unwrap_or(i64::MAX),
            filter.limit.clamp(1, CASES_ROWS_MAX)
        ];
        let rows = self.db.rows(SQL, params).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// The cases to which a report belongs, newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cases_of(&self, report: i64) -> Result<Vec<Summary>, ReadError> {
        const SQL: &str = concat!(
            columns!(),
            "JOIN case_report l ON l.no = c.no WHERE l.report = $1 ORDER BY c.no DESC LIMIT $2"
        );
        let rows = self.db.rows(SQL, params![report, CASES_ROWS_MAX]).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// The cases to which any of these reports belongs, each once.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cases_of_reports(&self, reports: &[i64]) -> Result<Vec<Summary>, ReadError> {
        // Few reports have a case.
        let linked = "SELECT report FROM case_report WHERE report = $1 LIMIT 1";
        let reports = reports.iter().map(|no| Value::from(*no)).collect();
        let mut all = BTreeMap::new();
        for row in self.db.row_each(linked, reports).await?.iter().flatten() {
            let cases = self.cases_of(row.int(0)?).await?;
            all.extend(cases.into_iter().map(|case| (case.no, case)));
        }
        Ok(all.into_values().collect())
    }

    /// The reports of a case, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_reports(&self, no: i64) -> Result<Vec<Linked>, ReadError> {
        let sql = "SELECT r.no, r.received_at, r.title, r.bare, r.category, r.subtype, r.severity, r.state \
                   FROM case_report l JOIN report r ON r.no = l.report WHERE l.no = $1 ORDER BY r.no";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| {
                Ok(Linked {
                    no: row.int(0)?,
                    received_at: row.at(1)?,
                    title: row.text(2)?,
                    bare: row.bool(3)?,
                    category: row.text(4)?,
                    subtype: row.text_opt(5)?,
                    severity: u8::try_from(row.int(6)?).unwrap_or_default(),
                    state: row.text(7)?,
                })
            })
            .collect()
    }

    /// The cases that a case names, and those that name it, by their numbers; at most [`CASES_ROWS_MAX`] of each.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_relations(&self, no: i64) -> Result<Vec<Related>, ReadError> {
        let named = "SELECT c.no, c.title, c.state, k.how FROM case_relation k JOIN case_head c ON c.no = k.other \
                     WHERE k.no = $1 ORDER BY c.no, k.how LIMIT $2";
        let naming = "SELECT c.no, c.title, c.state, k.how FROM case_relation k JOIN case_head c ON c.no = k.no \
                      WHERE k.other = $1 ORDER BY c.no, k.how LIMIT $2";
        let mut all = Vec::new();
        for (sql, back) in [(named, false), (naming, true)] {
            for row in self.db.rows(sql, params![no, CASES_ROWS_MAX]).await? {
                all.push(Related {
                    no: row.int(0)?,
                    title: row.text(1)?,
                    state: row.text(2)?,
                    how: row.text(3)?,
                    back,
                });
            }
        }
        Ok(all)
    }

    /// The texts of a case that are not erased.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_texts(&self, no: i64) -> Result<Vec<TextRow>, ReadError> {
        let sql = "SELECT n, salt, text FROM case_text WHERE no = $1 ORDER BY n";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| {
                Ok(TextRow {
                    n: u32::try_from(row.int(0)?).unwrap_or_default(),
                    salt: row.blob(1)?.try_into().unwrap_or_default(),
                    text: row.text(2)?,
                })
            })
            .collect()
    }

    /// The log's rows of one case, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn case_history(&self, no: i64) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql =
            "SELECT idx, at, report, salt, event FROM evidence WHERE case_no = $1 ORDER BY idx";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// Clocks that have not ended, of all cases: what is due first comes first, what stands still last.
    ///
    /// # Errors
    /// The database could not be read, or a clock in it.
    pub async fn case_clocks(&self, limit: i64) -> Result<Vec<ClockRow>, ReadError> {
        let sql = "SELECT k.no, c.title, k.state FROM case_clock k JOIN case_head c ON c.no = k.no \
                   WHERE NOT k.ended ORDER BY k.paused, k.due, k.no, k.clock LIMIT $1";
        let rows = self
            .db
            .rows(sql, params![limit.clamp(1, CLOCKS_ROWS_MAX)])
            .await?;
        rows.iter()
            .map(|row| {
                let clock = serde_json::from_str(&row.text(2)?);
                Ok(ClockRow {
                    no: row.int(0)?,
                    title: row.text(1)?,
                    clock: clock.map_err(|error| ReadError::Content {
                        what: "clock",
                        cause: error.to_string(),
                    })?,
                })
            })
            .collect()
    }
}
