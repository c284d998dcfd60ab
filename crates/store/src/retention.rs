//! What has been kept long enough, legal holds, and the register of what was erased.

use cairn_desk::report::retention::Part;
use cairn_desk::report::{Body, Change, Event, Standing, State};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::report::words_of;
use crate::sql::{Table, Ty, Value};
use crate::writer::{Unit, WriteError};
use crate::{Store, params};

/// Closed reports looked at in one go.
pub const RETENTION_ROWS_MAX: i64 = 500;
/// Lines of one page of the register.
pub const ERASED_ROWS_MAX: i64 = 200;
/// Reports of which parts are erased in one run, so that nobody waits for it; the rest follows at the next.
pub const ERASE_REPORTS_MAX: usize = 2_000;
/// `held_until` of a hold that lasts until it is lifted.
pub const OPEN: Micros = Micros(i64::MAX);

/// Pages of the full-text index that are merged in one transaction, so that the writer is soon free again.
const MERGE_PAGES: i64 = 256;
/// Most transactions for one forgetting of words; the rest follows at the next.
const MERGES_MAX: usize = 4_000;
/// Rows of an index that say "this report is no longer there", and how its segments are merged: FTS5 keeps them under segment numbers above 65,536, which
/// begin at bit 37 of the row's id (`fts5_index.c`, FTS5_TOMBSTONE_ROWID).
const TOMBS: [(&str, &str); 2] = [
    (
        "SELECT count(*) FROM (SELECT id FROM report_fts_data WHERE id >= 9007199254740992 LIMIT 1)",
        "INSERT INTO report_fts(report_fts, rank) VALUES ('merge', $1)",
    ),
    (
        "SELECT count(*) FROM (SELECT id FROM case_fts_data WHERE id >= 9007199254740992 LIMIT 1)",
        "INSERT INTO case_fts(case_fts, rank) VALUES ('merge', $1)",
    ),
];

static REASON: Table = Table::new(
    "report_reason",
    &[
        ("no", Ty::Int),
        ("version", Ty::Int),
        ("salt", Ty::Blob),
        ("reason", Ty::Text),
    ],
);
static ERASED: Table = Table::new(
    "report_erased",
    &[
        ("no", Ty::Int),
        ("version", Ty::Int),
        ("at", Ty::Int),
        ("part", Ty::Text),
        ("rule", Ty::Text),
        ("rules", Ty::Int),
        ("doer", Ty::Text),
    ],
);

/// `held_until` of a report that stands so.
pub(crate) fn held_until(standing: &Standing) -> Option<i64> {
    standing.hold.map(|hold| hold.until.unwrap_or(OPEN).0)
}

/// Since when a report is closed, where that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// Since then.
    Closed(Micros),
    /// It is not closed.
    Open,
}

/// What an event at `at` made of it.
pub(crate) fn since_closed(before: State, after: State, at: Micros) -> Option<Since> {
    match (before == State::Closed, after == State::Closed) {
        (false, true) => Some(Since::Closed(at)),
        (true, false) => Some(Since::Open),
        _ => None,
    }
}

impl Since {
    pub(crate) fn write(self, unit: &mut Unit, no: i64) {
        match self {
            Self::Closed(at) => unit.exec(
                "INSERT INTO report_closed(no, at) VALUES ($1, $2) ON CONFLICT (no) DO UPDATE SET at = excluded.at",
                params![no, at],
            ),
            Self::Open => unit.exec("DELETE FROM report_closed WHERE no = $1", params![no]),
        };
    }
}

/// The register's line for an event that erased something: time, part, rule, version of the rules, by whom.
pub(crate) fn erased_cells(event: &Event) -> Option<Vec<Value>> {
    let (part, rule, version) = match &event.change {
        Change::ContactErased => (Part::Contact, "", 0),
        Change::Erased {
            part,
            rule,
            version,
            ..
        } => (*part, rule.as_str(), *version),
        _ => return None,
    };
    Some(params![
        event.at,
        part.as_str(),
        rule,
        i64::from(version),
        event.by.to_string()
    ])
}

/// The register's line, and what goes beside the report's own row.
pub(crate) fn erased_row(unit: &mut Unit, no: i64, version: i64, event: &Event) {
    let Some(cells) = erased_cells(event) else {
        return;
    };
    let mut row = params![no, version];
    row.extend(cells);
    unit.insert(&ERASED, row);
    crate::conversation::erase(unit, no, event);
    let Change::Erased { part, .. } = &event.change else {
        return;
    };
    match part {
        Part::Contact => {
            // Mails may have come after the contact details went.
            unit.exec("DELETE FROM report_contact WHERE no = $1", params![no]);
            forget_jobs(unit, no);
        }
        Part::Files => {
            unit.exec("DELETE FROM report_file WHERE no = $1", params![no]);
        }
        Part::Text => {
            unit.exec(
                "UPDATE message SET text = '', salt = $1 WHERE no = $2",
                params![[0_u8; 16], no],
            );
            unit.exec("UPDATE report SET title = '' WHERE no = $1", params![no]);
            unit.exec("DELETE FROM referral_text WHERE no = $1", params![no]);
        }
    }
    unit.exec(
        "UPDATE report_file SET name = NULL WHERE no = $1",
        params![no],
    );
}

/// Mail that waits to be sent to the reporter: there is no address any more, and one holds the sealed secret link.
fn forget_jobs(unit: &mut Unit, no: i64) {
    unit.exec(
        "DELETE FROM job WHERE kind IN ('acknowledge', 'acknowledge_mail', 'news', 'reply') AND (payload = $1 OR payload LIKE $2)",
        params![format!("{{\"no\":{no}}}"), format!("{{\"no\":{no},%")],
    );
}

/// Keeps the reason of a legal hold, or of its end; `version` is the event's number.
pub fn keep_reason(unit: &mut Unit, no: i64, version: i64, salt: [u8; 16], reason: String) {
    unit.insert(&REASON, params![no, version, salt, reason]);
}

/// Takes the mail about a message back that would have gone out at `leaves`.
pub fn withdraw_news(unit: &mut Unit, no: i64, leaves: Micros) {
    unit.exec(
        "DELETE FROM job WHERE kind IN ('news', 'reply') AND state = 'due' AND (payload = $1 OR payload LIKE $2) \
         AND run_at = $3",
        params![
            format!("{{\"no\":{no}}}"),
            format!("{{\"no\":{no},%"),
            leaves
        ],
    );
}

/// Puts what is left of a body in its place, with a salt of its own.
pub fn rewrite_body(unit: &mut Unit, no: i64, (json, salt): (String, [u8; 16])) {
    unit.expect(
        1,
        "UPDATE report_body SET salt = $1, body = $2 WHERE no = $3",
        params![salt, json, no],
    );
}

/// What is left of a report is found by these words, and by no others. Its words must be in the full-text index by now (see
/// [`Store::settle_words`]): else the unit is a conflict.
pub fn rewrite_words(unit: &mut Unit, no: i64, left: &Body, search_text: &str, sqlite: bool) {
    let words = words_of(search_text, &left.observables);
    crate::reword::replace(unit, no, &words, sqlite);
}

/// A closed report, as far as rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedRow {
    /// Number.
    pub no: i64,
    /// Closed for the last time.
    pub at: Micros,
    /// Category as it stands.
    pub category: String,
    /// Sub-type.
    pub subtype: Option<String>,
    /// On legal hold until then.
    pub held_until: Option<Micros>,
    /// Parts that are still there, in the order of [`Part::ALL`].
    pub there: [bool; 3],
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedRow {
    /// Number of the report; of a file of a case that of the case, below 0 (see [`ErasedRow::case`]).
    pub no: i64,
    /// Which event of the report, from 1; of a file of a case the number of its text.
    pub version: i64,
    /// When.
    pub at: Micros,
    /// `contact`, `files` or `text`.
    pub part: String,
    /// Id of the rule; empty for what was erased by hand.
    pub rule: String,
    /// Version of the rules.
    pub rules: i64,
    /// By whom, as the log names actors.
    pub doer: String,
}

impl ErasedRow {
    /// The case of which this was a file.
    #[must_use]
    pub const fn case(&self) -> Option<i64> {
        match self.no {
            no if no < 0 => Some(-no),
            _ => None,
        }
    }
}

/// What was erased of reports, and the files of cases that went for good. Both parts have an index by time.
macro_rules! erased {
    () => {
        "(SELECT no, version, at, part, rule, rules, doer FROM report_erased UNION ALL \
         SELECT -no, text, gone_at, 'files', rule, 0, doer FROM case_file WHERE gone_at IS NOT NULL) e"
    };
}

impl Store {
    /// Closed reports with a number above `after`, in order, at most [`RETENTION_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn closed_reports(&self, after: i64) -> Result<Vec<ClosedRow>, ReadError> {
        let sql = "SELECT c.no, c.at, r.category, r.subtype, r.held_until, \
                   (EXISTS (SELECT 1 FROM report_contact k WHERE k.no = c.no) \
                    OR EXISTS (SELECT 1 FROM report_mail m WHERE m.no = c.no AND m.head <> '') \
                    OR EXISTS (SELECT 1 FROM report_key m WHERE m.no = c.no AND m.record <> '') \
                    OR EXISTS (SELECT 1 FROM report_old o WHERE o.no = c.no AND o.head <> '')), \
                   (EXISTS (SELECT 1 FROM report_file f WHERE f.no = c.no) \
                    OR EXISTS (SELECT 1 FROM report_mail m WHERE m.no = c.no AND m.sha256 IS NOT NULL)), NOT r.bare \
                   FROM report_closed c JOIN report r ON r.no = c.no WHERE c.no > $1 ORDER BY c.no LIMIT $2";
        let rows = self
            .db
            .rows(sql, params![after, RETENTION_ROWS_MAX])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ClosedRow {
                    no: row.int(0)?,
                    at: row.at(1)?,
                    category: row.text(2)?,
                    subtype: row.text_opt(3)?,
                    held_until: row.int_opt(4)?.map(Micros),
                    there: [row.bool(5)?, row.bool(6)?, row.bool(7)?],
                })
            })
            .collect()
    }

    /// Reports whose legal hold ended by itself before `now`, at most [`RETENTION_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn holds_over(&self, now: Micros) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT no FROM report WHERE held_until IS NOT NULL AND held_until <= $1 ORDER BY no LIMIT $2";
        let rows = self.db.rows(sql, params![now, RETENTION_ROWS_MAX]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// The register, newest first, before `(at, no, version)`; at most [`ERASED_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn erased_before(
        &self,
        (at, no, version): (Micros, i64, i64),
    ) -> Result<Vec<ErasedRow>, ReadError> {
        let sql = concat!(
            "SELECT no, version, at, part, rule, rules, doer FROM ",
            erased!(),
            " WHERE at < $1 OR (at = $1 AND (no < $2 OR (no = $2 AND version < $3))) \
             ORDER BY at DESC, no DESC, version DESC LIMIT $4"
        );
        let params = params![at, no, version, ERASED_ROWS_MAX];
        let rows = self.db.rows(sql, params).await?;
        rows.iter()
            .map(|row| {
                Ok(ErasedRow {
                    no: row.int(0)?,
                    version: row.int(1)?,
                    at: row.at(2)?,
                    part: row.text(3)?,
                    rule: row.text(4)?,
                    rules: row.int(5)?,
                    doer: row.text(6)?,
                })
            })
            .collect()
    }

    /// How much was erased: rule (empty: by hand), part, how often; in that order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn erased_counts(&self) -> Result<Vec<(String, String, i64)>, ReadError> {
        let sql = concat!(
            "SELECT rule, part, count(*) FROM ",
            erased!(),
            " GROUP BY rule, part ORDER BY rule, part LIMIT 3000"
        );
        let rows = self.db.rows(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)))
            .collect()
    }

    /// The reasons of a report's legal holds, by the number of their event.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn reasons(&self, no: i64) -> Result<Vec<(i64, String)>, ReadError> {
        let sql =
            "SELECT version, reason FROM report_reason WHERE no = $1 ORDER BY version LIMIT 1000";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }

    /// The rules' file that was put into force last, as it was.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn retention_rules(&self) -> Result<Option<String>, ReadError> {
        let sql = "SELECT value FROM meta WHERE key = 'retention_rules'";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Waits until the words of all reports that are there are in the full-text index.
    pub async fn settle_words(&self) {
        self.writer.settle().await;
    }

    /// Takes the words of reports and cases that were erased out of the full-text indexes themselves, where FTS5 leaves them until segments
    /// are merged: a few pages a transaction. `false` if some are left for the next time. PostgreSQL's goes by `VACUUM`.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn forget_words(&self) -> Result<bool, WriteError> {
        if !self.is_sqlite() {
            return Ok(true);
        }
        for (tombs, merge) in TOMBS {
            if !self.merge_words(tombs, merge).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn merge_words(
        &self,
        tombs: &'static str,
        merge: &'static str,
    ) -> Result<bool, WriteError> {
        let read = |error: ReadError| WriteError::Database(error.to_string());
        for turn in 0..MERGES_MAX {
            let row = self.db.row(tombs, Vec::new()).await.map_err(read)?;
            let tombs = row.map_or(Ok(0), |row| row.int(0));
            if tombs.map_err(|error| read(error.into()))? == 0 {
                return Ok(true);
            }
            // A negative number begins a merge of all segments, a positive one goes on with it (FTS5, "merge").
            let pages = if turn == 0 { -MERGE_PAGES } else { MERGE_PAGES };
            let mut unit = Unit::default();
            unit.exec(merge, params![pages]);
            self.write(unit).await?;
        }
        Ok(false)
    }
}

/// Puts rules into force: the file as it is.
pub fn accept_rules(unit: &mut Unit, text: &str) {
    unit.exec(
        "INSERT INTO meta(key, value) VALUES ('retention_rules', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![text],
    );
}
