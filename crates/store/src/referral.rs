//! Referrals: the rows beside a report's own, and what lists and the desk's counts read.

use cairn_desk::referral::{Record, Referral, due_after};
use cairn_desk::report::{Change, Event};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::Unit;
use crate::{Store, params};

/// Rows of one list at most.
pub const REFERRAL_ROWS_MAX: i64 = 200;

static REFERRAL: Table = Table::new(
    "referral",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("agency", Ty::Text),
        ("basis", Ty::Text),
        ("channel", Ty::Text),
        ("state", Ty::Text),
        ("prepared_at", Ty::Int),
        ("sent_at", Ty::Int),
        ("due", Ty::Int),
        ("outcome", Ty::Text),
        ("tell", Ty::Bool),
    ],
);
static TEXT: Table = Table::new(
    "referral_text",
    &[
        ("no", Ty::Int),
        ("version", Ty::Int),
        ("salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);

/// A text that goes with an event of a referral.
#[derive(Debug, Clone)]
pub struct NewText {
    /// Salt of the digest in the event.
    pub salt: [u8; 16],
    /// As it was written.
    pub text: String,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number of the report.
    pub no: i64,
    /// Number within the report.
    pub n: i64,
    /// Agency code.
    pub agency: String,
    /// `consent`, or `law:` and a code.
    pub basis: String,
    /// `handed` or `api`.
    pub channel: String,
    /// Where it stands.
    pub state: String,
    /// When it was prepared.
    pub prepared_at: Micros,
    /// When it went.
    pub sent_at: Option<Micros>,
    /// When the agency is expected to have said something.
    pub due: Option<Micros>,
    /// What the agency said last.
    pub outcome: Option<String>,
    /// The agency has to be told that the reporter no longer agrees.
    pub tell: bool,
    /// Title of the report.
    pub title: String,
    /// What people wrote was erased, the title too.
    pub bare: bool,
}

/// What a list is to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only to this agency.
    pub agency: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only those on which an agency should have said something before then.
    pub late: Option<Micros>,
    /// Only those of which an agency has to be told that the reporter no longer agrees.
    pub tell: bool,
    /// Only those that went before then, of whatever state they are now.
    pub sent: Option<Micros>,
    /// Only of this channel.
    pub channel: Option<String>,
    /// Only before this report and referral.
    pub before: Option<(i64, i64)>,
    /// At most so many, up to [`REFERRAL_ROWS_MAX`].
    pub limit: i64,
}

/// What the desk counts. The two sums are told apart: a report may go to several agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reports of which at least one referral went.
    pub reports: i64,
    /// Referrals that went.
    pub referrals: i64,
}

/// The cells of a row after number and number within the report, as they follow from the log.
pub(crate) fn cells(record: &Record) -> Vec<Value> {
    let one = &record.referral;
    params![
        one.agency.as_str(),
        one.basis.code(),
        one.channel.as_str(),
        one.state.as_str(),
        record.prepared_at,
        record.sent_at,
        record.due,
        one.outcome.map(|outcome| outcome.as_str()),
        one.to_tell()
    ]
}

/// What an event of a report changes of its referrals.
pub(crate) fn rows(
    unit: &mut Unit,
    no: i64,
    event: &Event,
    before: &[Referral],
    after: &[Referral],
) {
    for (place, one) in after.iter().enumerate() {
        let n = i64::from(one.no);
        match before.get(place) {
            None => {
                let row = params![
                    no,
                    n,
                    one.agency.as_str(),
                    one.basis.code(),
                    Value::Word(one.channel.as_str()),
                    Value::Word(one.state.as_str()),
                    event.at,
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    false
                ];
                unit.insert(&REFERRAL, row);
            }
            Some(was) if was != one => {
                let cells = params![
                    one.state.as_str(),
                    one.outcome.map(|outcome| outcome.as_str()),
                    one.to_tell(),
                    no,
                    n
                ];
                let sql = "UPDATE referral SET state = $1, outcome = $2, tell = $3 WHERE no = $4 AND n = $5";
                unit.expect(1, sql, cells);
            }
            Some(_) => {}
        }
        times(unit, (no, n), event, one);
    }
}

fn times(unit: &mut Unit, (no, n): (i64, i64), event: &Event, after: &Referral) {
    let sent = match &event.change {
        Change::Referral {
            referral,
            step: cairn_desk::referral::Step::Sent { .. },
        } if *referral == after.no => Some(Some(event.at)),
        Change::Undone { back, .. } if back.unsent.contains(&after.no) => Some(None),
        _ => None,
    };
    if let Some(sent) = sent {
        unit.expect(
            1,
            "UPDATE referral SET sent_at = $1 WHERE no = $2 AND n = $3",
            params![sent, no, n],
        );
    }
    if let Some(due) = due_after(after, event.at, &event.change) {
        unit.expect(
            1,
            "UPDATE referral SET due = $1 WHERE no = $2 AND n = $3",
            params![due, no, n],
        );
    }
}

/// Keeps the text that goes with an event; `version` is the event's number.
pub fn keep_text(unit: &mut Unit, no: i64, version: i64, text: NewText) {
    unit.insert(&TEXT, params![no, version, text.salt, text.text]);
}

impl Line {
    fn read(row: &Row) -> Result<Self, ReadError> {
        Ok(Self {
            no: row.int(0)?,
            n: row.int(1)?,
            agency: row.text(2)?,
            basis: row.text(3)?,
            channel: row.text(4)?,
            state: row.text(5)?,
            prepared_at: row.at(6)?,
            sent_at: row.int_opt(7)?.map(Micros),
            due: row.int_opt(8)?.map(Micros),
            outcome: row.text_opt(9)?,
            tell: row.bool(10)?,
            title: row.text(11)?,
            bare: row.bool(12)?,
        })
    }
}

impl Store {
    /// A page of referrals, those of the newest reports first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn referrals(&self, filter: &Filter) -> Result<Vec<Line>, ReadError> {
        const SQL: &str = "SELECT f.no, f.n, f.agency, f.basis, f.channel, f.state, f.prepared_at, f.sent_at, f.due, f.outcome, \
             f.tell, r.title, r.bare FROM referral f JOIN report r ON r.no = f.no \
             WHERE ($1 = '' OR f.agency = $1) AND ($2 = '' OR f.state = $2) AND (NOT $3 OR f.due < $4) AND (NOT $5 OR f.tell) \
             AND (NOT $6 OR f.sent_at <= $7) AND ($8 = '' OR f.channel = $8) AND (f.no < $9 OR (f.no = $9 AND f.n < $10)) \
             ORDER BY f.no DESC, f.n DESC LIMIT $11";
        let (no, n) = filter.before.unwrap_or((i64::MAX, 0));
        let params = params![
            filter.agency.as_deref().unwrap_or_default(),
            filter.state.as_deref().unwrap_or_default(),
            filter.late.is_some(),
            filter.late.map_or(0, |at| at.0),
            filter.tell,
            filter.sent.is_some(),
            filter.sent.map_or(0, |at| at.0),
            filter.channel.as_deref().unwrap_or_default(),
            no,
            n,
            filter.limit.clamp(1, REFERRAL_ROWS_MAX)
        ];
        let rows = self.db.rows(SQL, params).await?;
        rows.iter().map(Line::read).collect()
    }

    /// How many referrals wait for an agency that should have said something before `now`, and of how many an agency has to
    /// be told that the reporter no longer agrees.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn referrals_waiting(&self, now: Micros) -> Result<(i64, i64), ReadError> {
        let sql = "SELECT (SELECT count(*) FROM referral WHERE due < $1), (SELECT count(*) FROM referral WHERE tell)";
        let row = self.db.row(sql, params![now]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    /// Reports with at least one referral, and referrals, by agency and for all (an empty code): of the reports that came in
    /// in the quarters `from` to `to` (year times ten plus quarter). An agency's number of both is the same only if none was
    /// sent the same report twice.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn referral_counts(
        &self,
        from: i64,
        to: i64,
    ) -> Result<Vec<(String, Counts)>, ReadError> {
        let all = "SELECT '', count(DISTINCT f.no), count(*) FROM referral f JOIN report r ON r.no = f.no \
                   WHERE f.sent_at IS NOT NULL AND r.quarter >= $1 AND r.quarter <= $2";
        let each = "SELECT f.agency, count(DISTINCT f.no), count(*) FROM referral f JOIN report r ON r.no = f.no \
                    WHERE f.sent_at IS NOT NULL AND r.quarter >= $1 AND r.quarter <= $2 GROUP BY f.agency LIMIT 1000";
        let mut found = self.db.rows(all, params![from, to]).await?;
        found.extend(self.db.rows(each, params![from, to]).await?);
        let read = |row: &Row| {
            let counts = Counts {
                reports: row.int(1)?,
                referrals: row.int(2)?,
            };
            Ok((row.text(0)?, counts))
        };
        found.iter().map(read).collect()
    }

    /// The texts of a report's referrals, by the number of their event.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn referral_texts(&self, no: i64) -> Result<Vec<(i64, String)>, ReadError> {
        let sql =
            "SELECT version, text FROM referral_text WHERE no = $1 ORDER BY version LIMIT 1000";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }
}
