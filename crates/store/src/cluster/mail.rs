//! Mail about the reply of a decision on a cluster: whether it waits for a second officer, and which messages do.

use cairn_desk::bulk::Stage;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Decisions of one list at most.
const ROWS_MAX: i64 = 50;

static MAIL: Table = Table::guard(
    "cluster_mail",
    &[
        ("decision", Ty::Int),
        ("head", Ty::Int),
        ("account", Ty::Text),
        ("asked_at", Ty::Int),
        ("stage", Ty::Text),
    ],
);
static HELD: Table = Table::new(
    "cluster_held",
    &[
        ("decision", Ty::Int),
        ("report", Ty::Int),
        ("message", Ty::Int),
    ],
);

/// Mail about the reply of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Number of the decision.
    pub decision: i64,
    /// The cluster that it was taken for.
    pub head: i64,
    /// Account id of who took it.
    pub account: String,
    /// Since when it waits.
    pub asked_at: Micros,
    /// [`Stage::Asked`]; [`Stage::Doing`] once somebody agreed; [`Stage::Declined`].
    pub stage: Stage,
    /// Account id of who agreed or declined.
    pub second: Option<String>,
}

/// A message whose reporter is not told by mail yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldMail {
    /// Number of the decision.
    pub decision: i64,
    /// Number of the report.
    pub report: i64,
    /// Number of the message.
    pub message: i64,
}

/// It waits from now on. [`crate::writer::WriteError::Duplicate`] if it does already, or was decided on.
#[must_use]
pub fn ask_for_mail(mail: &Mail, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    unit.insert(
        &MAIL,
        params![
            mail.decision,
            mail.head,
            mail.account.as_str(),
            mail.asked_at,
            mail.stage.as_str()
        ],
    );
    unit.entries.push(entry);
    unit
}

/// From one stage to another; a conflict if it is in another one by now. What was declined is forgotten.
#[must_use]
pub fn turn_mail(decision: i64, (from, to): (Stage, Stage), by: &str, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    unit.expect(
        1,
        "UPDATE cluster_mail SET stage = $1, second = $2 WHERE decision = $3 AND stage = $4",
        params![to.as_str(), by, decision, from.as_str()],
    );
    if to == Stage::Declined {
        let sql = "DELETE FROM cluster_held WHERE decision = $1";
        unit.exec(sql, params![decision]);
    }
    unit.entries.push(entry);
    unit
}

/// In the unit that writes the message: its reporter is told by mail only when somebody agreed.
pub fn hold_mail(unit: &mut Unit, held: HeldMail) {
    unit.insert(&HELD, params![held.decision, held.report, held.message]);
}

/// In the unit that has it sent: it no longer waits. A conflict if it does not.
pub fn release_mail(unit: &mut Unit, held: HeldMail) {
    unit.expect(
        1,
        "DELETE FROM cluster_held WHERE decision = $1 AND report = $2",
        params![held.decision, held.report],
    );
}

/// In the unit that takes messages of a report back.
pub fn forget_mail(unit: &mut Unit, report: i64, message: i64) {
    unit.exec(
        "DELETE FROM cluster_held WHERE report = $1 AND message = $2",
        params![report, message],
    );
}

macro_rules! mail_sql {
    ($rest:literal) => {
        concat!(
            "SELECT decision, head, account, asked_at, stage, second FROM cluster_mail ",
            $rest
        )
    };
}

fn read(row: &Row) -> Result<Mail, ReadError> {
    Ok(Mail {
        decision: row.int(0)?,
        head: row.int(1)?,
        account: row.text(2)?,
        asked_at: row.at(3)?,
        // What cannot be read leaves nothing out of the house.
        stage: Stage::parse(&row.text(4)?).unwrap_or(Stage::Declined),
        second: row.text_opt(5)?,
    })
}

impl Store {
    /// Whether mail about the reply of a decision waits, or did; none where one officer is enough.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_mail(&self, decision: i64) -> Result<Option<Mail>, ReadError> {
        let sql = mail_sql!("WHERE decision = $1");
        let row = self.db.row(sql, params![decision]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Decisions of which mail waits for a second officer, the oldest first; at most 50.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_mails_asked(&self) -> Result<Vec<Mail>, ReadError> {
        let sql = mail_sql!("WHERE stage = 'asked' ORDER BY decision LIMIT $1");
        let rows = self.db.rows(sql, params![ROWS_MAX]).await?;
        rows.iter().map(read).collect()
    }

    /// How many messages of a decision wait.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_mails_held(&self, decision: i64) -> Result<i64, ReadError> {
        let sql = "SELECT count(*) FROM cluster_held WHERE decision = $1";
        let row = self.db.row(sql, params![decision]).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// Messages that somebody agreed to have sent.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_mails_agreed(&self, limit: i64) -> Result<Vec<HeldMail>, ReadError> {
        let sql = "SELECT h.decision, h.report, h.message FROM cluster_held h \
                   JOIN cluster_mail m ON m.decision = h.decision WHERE m.stage = 'doing' \
                   ORDER BY h.decision, h.report LIMIT $1";
        let rows = self.db.rows(sql, params![limit]).await?;
        let held = |row: &Row| {
            Ok(HeldMail {
                decision: row.int(0)?,
                report: row.int(1)?,
                message: row.int(2)?,
            })
        };
        rows.iter().map(held).collect()
    }

    /// A decision is, or was, for more than `most` reports whose reporters left contact details. Reports that were closed with it count,
    /// and so do those that joined since.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn decision_reaches_more(
        &self,
        decision: i64,
        most: usize,
    ) -> Result<bool, ReadError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX - 1);
        let sql = "SELECT count(*) FROM (SELECT 1 FROM cluster_due d WHERE d.decision = $1 \
                   AND EXISTS (SELECT 1 FROM report_contact k WHERE k.no = d.report) LIMIT $2) x";
        let row = self.db.row(sql, params![decision, most + 1]).await?;
        let found = row.map_or(Ok(0), |row| row.int(0))?;
        Ok(found > most)
    }

    /// Who took a decision on a cluster; none where the machine did.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn decider(&self, decision: i64) -> Result<Option<String>, ReadError> {
        let sql =
            "SELECT account FROM cluster_due WHERE decision = $1 AND account IS NOT NULL LIMIT 1";
        let row = self.db.row(sql, params![decision]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }
}
