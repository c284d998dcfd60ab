//! Challenges of figures: the rows of a new one, the changes to one, and what lists and pages read.

use cairn_desk::challenge::{Body, Change, Event, Standing, Words};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::report::{EvidenceRow, Salted};
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

static CHALLENGE: Table = Table::guard(
    "challenge",
    &[
        ("no", Ty::Int),
        ("received_at", Ty::Int),
        ("due_at", Ty::Int),
        ("plan", Ty::Text),
        ("edition", Ty::Text),
        ("figure", Ty::Text),
        ("language", Ty::Text),
        ("set_aside", Ty::Bool),
        ("words", Ty::Text),
        ("secret", Ty::Blob),
        ("version", Ty::Int),
    ],
);
static BODY: Table = Table::new(
    "challenge_body",
    &[("no", Ty::Int), ("salt", Ty::Blob), ("body", Ty::Text)],
);
static CONTACT: Table = Table::new(
    "challenge_contact",
    &[("no", Ty::Int), ("salt", Ty::Blob), ("contact", Ty::Text)],
);

/// Rows of one list at most.
pub const CHALLENGES_ROWS_MAX: i64 = 200;
/// Challenges whose address is looked at in one go when its time may be over.
pub const CHALLENGE_RETENTION_ROWS_MAX: i64 = 500;

/// What a list shows of a challenge. The columns follow from body and evidence; `cairn log verify` checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number.
    pub no: i64,
    /// When it came in: the hour.
    pub received_at: Micros,
    /// When an answer is due.
    pub due_at: Micros,
    /// The plan's id.
    pub plan: String,
    /// The edition's id.
    pub edition: String,
    /// The figure, as [`cairn_desk::challenge::Figure`] writes it.
    pub figure: String,
    /// `en` or `mi`.
    pub language: String,
    /// Likely from a machine, and nobody has looked at it yet.
    pub set_aside: bool,
    /// `hidden`, `shown` or `withheld`.
    pub words: String,
    /// When it was first answered.
    pub answered_at: Option<Micros>,
    /// Name of the outcome.
    pub outcome: Option<String>,
    /// Events so far.
    pub version: i64,
}

/// Columns of [`Summary`].
macro_rules! columns {
    () => {
        "SELECT c.no, c.received_at, c.due_at, c.plan, c.edition, c.figure, c.language, c.set_aside, c.words, \
         c.answered_at, c.outcome, c.version FROM challenge c "
    };
}

impl Summary {
    fn read(row: &Row) -> Result<Self, ReadError> {
        Ok(Self {
            no: row.int(0)?,
            received_at: row.at(1)?,
            due_at: row.at(2)?,
            plan: row.text(3)?,
            edition: row.text(4)?,
            figure: row.text(5)?,
            language: row.text(6)?,
            set_aside: row.bool(7)?,
            words: row.text(8)?,
            answered_at: row.int_opt(9)?.map(Micros),
            outcome: row.text_opt(10)?,
            version: row.int(11)?,
        })
    }
}

/// A new challenge, ready to be written.
#[derive(Debug)]
pub struct NewChallenge<'a> {
    /// Number: one more than the newest.
    pub no: i64,
    /// What was said.
    pub said: &'a Body,
    /// When it came in, already the hour.
    pub at: Micros,
    /// When an answer is due.
    pub due: Micros,
    /// Body as JSON, and its salt.
    pub body: (String, [u8; 16]),
    /// Contact as JSON, and its salt.
    pub contact: Option<(String, [u8; 16])>,
    /// HMAC of the sender's secret, which is the same for a form that comes twice.
    pub secret: [u8; 32],
    /// The event of receipt.
    pub event: Entry,
}

/// The rows of a new challenge. The event of receipt must say the same; `cairn log verify` compares them. A number that
/// is taken drops the unit ([`crate::writer::WriteError::Duplicate`]).
#[must_use]
pub fn receive(new: NewChallenge<'_>) -> Unit {
    let mut unit = Unit {
        intake: true,
        ..Unit::default()
    };
    let said = new.said;
    unit.insert(
        &CHALLENGE,
        params![
            new.no,
            new.at,
            new.due,
            said.plan.as_str(),
            said.edition.as_str(),
            said.figure.as_str(),
            said.language.as_str(),
            said.suspect,
            Value::Word(Words::Hidden.as_str()),
            new.secret,
            1_i64
        ],
    );
    let (json, salt) = new.body;
    unit.insert(&BODY, params![new.no, salt, json]);
    if let Some((json, salt)) = new.contact {
        unit.insert(&CONTACT, params![new.no, salt, json]);
    }
    unit.entries.push(new.event);
    unit
}

/// The rows of changes to a challenge. `before` is what the decision was made on: if the challenge moved on since, the
/// unit is a conflict and nothing is written.
#[must_use]
pub fn change(no: i64, before: &Standing, events: Vec<(Event, Entry)>) -> Unit {
    let mut unit = Unit::default();
    let mut after = before.clone();
    for (event, _) in &events {
        after.apply(event);
    }
    unit.expect(
        1,
        "UPDATE challenge SET set_aside = $1, words = $2, answered_at = $3, outcome = $4, version = $5 \
         WHERE no = $6 AND version = $7",
        params![
            after.set_aside,
            after.words.as_str(),
            after.answered_at().map(|at| at.0),
            after.answer().map(|answer| answer.outcome.as_str()),
            after.version,
            no,
            before.version
        ],
    );
    for (event, entry) in events {
        if event.change == Change::ContactErased {
            let sql = "DELETE FROM challenge_contact WHERE no = $1";
            unit.expect(1, sql, params![no]);
        }
        unit.entries.push(entry);
    }
    unit
}

/// How a plan's, or a figure's, challenges stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not answered yet.
    pub open: u64,
    /// Of these, so many are late.
    pub overdue: u64,
    /// Answered.
    pub answered: u64,
    /// Set aside as likely from machines; counted in none of the others.
    pub set_aside: u64,
    /// Microseconds to the first answer, the median.
    pub median: Option<i64>,
}

/// Which challenges of a plan; an empty figure means all.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The plan's id.
    pub plan: &'a str,
    /// The figure.
    pub figure: &'a str,
}

impl Store {
    /// The number of the newest challenge; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_challenge(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM challenge";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// One challenge's row.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge(&self, no: i64) -> Result<Option<Summary>, ReadError> {
        const SQL: &str = concat!(columns!(), "WHERE c.no = $1");
        let row = self.db.row(SQL, params![no]).await?;
        row.as_ref().map(Summary::read).transpose()
    }

    /// The challenge that this secret (its HMAC) was given for.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_of(&self, secret: [u8; 32]) -> Result<Option<Summary>, ReadError> {
        const SQL: &str = concat!(columns!(), "WHERE c.secret = $1");
        let row = self.db.row(SQL, params![secret]).await?;
        row.as_ref().map(Summary::read).transpose()
    }

    /// Challenges as the public list has them: newest first, those before number `before`, none that is set aside.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenges(
        &self,
        of: Of<'_>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Summary>, ReadError> {
        const SQL: &str = concat!(
            columns!(),
            "WHERE c.plan = $1 AND ($2 = '' OR c.figure = $2) AND NOT c.set_aside AND c.no < $3 \
             ORDER BY c.no DESC LIMIT $4"
        );
        let limit = limit.clamp(1, CHALLENGES_ROWS_MAX);
        let params = params![of.plan, of.figure, before, limit];
        let rows = self.db.rows(SQL, params).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// Challenges without an answer, of all plans, oldest first, those after number `after`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn open_challenges(
        &self,
        set_aside: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Summary>, ReadError> {
        const SQL: &str = concat!(
            columns!(),
            "WHERE c.answered_at IS NULL AND c.set_aside = $1 AND c.no > $2 ORDER BY c.no LIMIT $3"
        );
        let limit = limit.clamp(1, CHALLENGES_ROWS_MAX);
        let rows = self.db.rows(SQL, params![set_aside, after, limit]).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// Challenges with an answer, of all plans, newest first, those before number `before`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn answered_challenges(
        &self,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Summary>, ReadError> {
        const SQL: &str = concat!(
            columns!(),
            "WHERE c.answered_at IS NOT NULL AND c.no < $1 ORDER BY c.no DESC LIMIT $2"
        );
        let limit = limit.clamp(1, CHALLENGES_ROWS_MAX);
        let rows = self.db.rows(SQL, params![before, limit]).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// How the challenges of a plan or a figure stand at `now`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_counts(&self, of: Of<'_>, now: Micros) -> Result<Counts, ReadError> {
        let sql = "SELECT CAST(sum(CASE WHEN answered_at IS NULL AND NOT set_aside THEN 1 ELSE 0 END) AS BIGINT), \
                   CAST(sum(CASE WHEN answered_at IS NULL AND NOT set_aside AND due_at < $1 THEN 1 ELSE 0 END) AS BIGINT), \
                   CAST(sum(CASE WHEN answered_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
                   CAST(sum(CASE WHEN set_aside THEN 1 ELSE 0 END) AS BIGINT) \
                   FROM challenge WHERE plan = $2 AND ($3 = '' OR figure = $3)";
        let row = self.db.row(sql, params![now, of.plan, of.figure]).await?;
        let Some(row) = row else {
            return Ok(Counts::default());
        };
        let count = |column| -> Result<u64, ReadError> {
            Ok(row.int_opt(column)?.unwrap_or_default().unsigned_abs())
        };
        let answered = count(2)?;
        Ok(Counts {
            open: count(0)?,
            overdue: count(1)?,
            answered,
            set_aside: count(3)?,
            median: self.median(of, answered).await?,
        })
    }

    /// The middle one of the times to the first answer; of an even number the mean of the two in the middle.
    async fn median(&self, of: Of<'_>, answered: u64) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT answered_at - received_at FROM challenge \
                   WHERE plan = $1 AND ($2 = '' OR figure = $2) AND answered_at IS NOT NULL \
                   ORDER BY answered_at - received_at LIMIT 2 OFFSET $3";
        let skip = answered.saturating_sub(1) / 2;
        let rows = self.db.rows(sql, params![of.plan, of.figure, skip]).await?;
        let times = rows.iter().map(|row| row.int(0));
        let times = times.collect::<Result<Vec<_>, _>>()?;
        Ok(match times.as_slice() {
            [one, other] if answered.is_multiple_of(2) => Some(one.midpoint(*other)),
            [one, ..] => Some(*one),
            [] => None,
        })
    }

    /// A challenge's body.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_body(&self, no: i64) -> Result<Option<Salted>, ReadError> {
        let sql = "SELECT salt, body FROM challenge_body WHERE no = $1";
        self.challenge_salted(sql, no).await
    }

    /// A challenger's address, if given and not erased.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_contact(&self, no: i64) -> Result<Option<Salted>, ReadError> {
        let sql = "SELECT salt, contact FROM challenge_contact WHERE no = $1";
        self.challenge_salted(sql, no).await
    }

    async fn challenge_salted(
        &self,
        sql: &'static str,
        no: i64,
    ) -> Result<Option<Salted>, ReadError> {
        let row = self.db.row(sql, params![no]).await?;
        let salted = row.map(|row| -> Result<Salted, ReadError> {
            Ok(Salted {
                salt: row.blob(0)?,
                json: row.text(1)?,
            })
        });
        salted.transpose()
    }

    /// The log's rows of one challenge, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_history(&self, no: i64) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql =
            "SELECT idx, at, report, salt, event FROM evidence WHERE challenge = $1 ORDER BY idx";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// Number and body (JSON) of a plan's challenges from one number to another.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_bodies(
        &self,
        of: Of<'_>,
        (from, to): (i64, i64),
    ) -> Result<Vec<(i64, String)>, ReadError> {
        let sql = "SELECT b.no, b.body FROM challenge_body b JOIN challenge c ON c.no = b.no \
                   WHERE c.plan = $1 AND ($2 = '' OR c.figure = $2) AND b.no >= $3 AND b.no <= $4 ORDER BY b.no";
        self.challenge_texts(sql, of, (from, to)).await
    }

    /// Number and event (JSON) of a plan's challenges from one number to another, oldest event of each first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn challenge_events(
        &self,
        of: Of<'_>,
        (from, to): (i64, i64),
    ) -> Result<Vec<(i64, String)>, ReadError> {
        let sql = "SELECT e.challenge, e.event FROM evidence e JOIN challenge c ON c.no = e.challenge \
                   WHERE c.plan = $1 AND ($2 = '' OR c.figure = $2) AND e.challenge >= $3 AND e.challenge <= $4 \
                   ORDER BY e.challenge, e.idx";
        self.challenge_texts(sql, of, (from, to)).await
    }

    async fn challenge_texts(
        &self,
        sql: &'static str,
        of: Of<'_>,
        (from, to): (i64, i64),
    ) -> Result<Vec<(i64, String)>, ReadError> {
        let params = params![of.plan, of.figure, from, to];
        let rows = self.db.rows(sql, params).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }

    /// Numbers of challenges after `after` that still have an address and were first answered before `before`, or were set
    /// aside and came in before it; in order, at most [`CHALLENGE_RETENTION_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn contacts_of_answered(
        &self,
        before: Micros,
        after: i64,
    ) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT k.no FROM challenge_contact k JOIN challenge c ON c.no = k.no \
                   WHERE (c.answered_at <= $1 OR (c.set_aside AND c.received_at <= $1)) AND k.no > $2 \
                   ORDER BY k.no LIMIT $3";
        let params = params![before, after, CHALLENGE_RETENTION_ROWS_MAX];
        let rows = self.db.rows(sql, params).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }
}
