//! The conversation by mail: messages that came on a report's thread, and those that we sent.

use cairn_desk::conversation::Sort;
use cairn_desk::report::{Change, Event};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Unit, WriteError};
use crate::{Store, params};

/// Mails of a report that pages show, the newest.
pub const MAILS_SHOWN_MAX: i64 = 200;

static MAIL: Table = Table::new(
    "report_mail",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("sort", Ty::Text),
        ("message", Ty::Int),
        ("at", Ty::Int),
        ("sha256", Ty::Text),
        ("seen", Ty::Blob),
        ("salt", Ty::Blob),
        ("head", Ty::Text),
        ("text_salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);

/// What is kept of a mail beside its event.
#[derive(Debug, Clone)]
pub struct KeptMail {
    /// Keyed hash of what tells it from others.
    pub seen: [u8; 32],
    /// Head as JSON, and its salt.
    pub head: (String, [u8; 16]),
    /// Text, and its salt; empty and zero where it is a message of the conversation.
    pub text: (String, [u8; 16]),
}

/// A mail that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Number within the report, from 1.
    pub n: i64,
    /// What it is.
    pub sort: Sort,
    /// The message of the conversation that it is.
    pub message: Option<i64>,
    /// When it came.
    pub at: Micros,
    /// SHA-256 of the message kept whole; `None` once it was erased.
    pub sha256: Option<String>,
    /// Head as JSON; empty once it was erased.
    pub head: String,
    /// Text; empty for a message of the conversation, and once it was erased.
    pub text: String,
}

/// A mail that we sent about a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// Message-ID, without angle brackets.
    pub id: String,
    /// The report.
    pub no: i64,
    /// What it was about, as jobs name it.
    pub notice: String,
    /// The officer's message that it is about.
    pub message: Option<i64>,
    /// When.
    pub at: Micros,
    /// Keyed hash of the address; `None` once it was erased.
    pub address: Option<Vec<u8>>,
    /// Message-IDs that came before it, oldest first, with blanks between them.
    pub refs: String,
    /// When we heard that it did not arrive.
    pub bounced_at: Option<Micros>,
    /// Status code of that.
    pub status: Option<String>,
    /// `encrypted` (and signed), `signed`; `None` is plain.
    pub seal: Option<String>,
}

const SENT: &str = "SELECT id, no, notice, message, at, address, refs, bounced_at, status, seal FROM mail_sent WHERE id = $1";
const SENT_OF: &str = "SELECT id, no, notice, message, at, address, refs, bounced_at, status, seal FROM mail_sent \
                       WHERE no = $1 ORDER BY at DESC, id LIMIT $2";

/// Adds the row of a mail; `event` is the [`Change::MailCame`] about it.
pub fn keep_mail(unit: &mut Unit, no: i64, at: Micros, change: &Change, kept: KeptMail) {
    let Some(mut cells) = cells(change, at) else {
        return;
    };
    let mut row = params![no];
    row.append(&mut cells);
    row.extend(params![
        kept.seen,
        kept.head.1,
        kept.head.0,
        kept.text.1,
        kept.text.0
    ]);
    unit.insert(&MAIL, row);
}

/// The columns that follow from the event: number, sort, message, time, file.
pub(crate) fn cells(change: &Change, at: Micros) -> Option<Vec<Value>> {
    let Change::MailCame {
        mail,
        sort,
        sha256,
        message,
        ..
    } = change
    else {
        return None;
    };
    Some(params![*mail, sort.as_str(), *message, at, sha256.as_str()])
}

/// What an event erases of the mails of its report.
pub(crate) fn erase(unit: &mut Unit, no: i64, event: &Event) {
    use cairn_desk::report::Part;
    let part = match &event.change {
        Change::ContactErased => Part::Contact,
        Change::Erased { part, .. } => *part,
        _ => return,
    };
    crate::import::erase(unit, no, part);
    // A whole message holds address, files and text: it goes with the first of them.
    unit.exec(
        "UPDATE report_mail SET sha256 = NULL WHERE no = $1",
        params![no],
    );
    if part != Part::Files {
        unit.exec(
            "UPDATE report_mail SET head = '', salt = $1 WHERE no = $2",
            params![[0_u8; 16], no],
        );
        unit.exec(
            "UPDATE mail_sent SET address = NULL, refs = '' WHERE no = $1",
            params![no],
        );
    }
    if part == Part::Text {
        unit.exec(
            "UPDATE report_mail SET text = '', text_salt = $1 WHERE no = $2",
            params![[0_u8; 16], no],
        );
    }
}

/// Notes on a mail that we sent that it did not arrive.
pub fn note_bounce(unit: &mut Unit, id: &str, at: Micros, status: Option<&str>) {
    unit.exec(
        "UPDATE mail_sent SET bounced_at = $1, status = $2 WHERE id = $3 AND bounced_at IS NULL",
        params![at, status, id],
    );
}

fn sent(row: &Row) -> Result<SentRow, ReadError> {
    Ok(SentRow {
        id: row.text(0)?,
        no: row.int(1)?,
        notice: row.text(2)?,
        message: row.int_opt(3)?,
        at: row.at(4)?,
        address: row.blob_opt(5)?,
        refs: row.text(6)?,
        bounced_at: row.int_opt(7)?.map(Micros),
        status: row.text_opt(8)?,
        seal: row.text_opt(9)?,
    })
}

impl Store {
    /// The mails that came on a report's thread, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn mails(&self, no: i64) -> Result<Vec<MailRow>, ReadError> {
        let sql = "SELECT n, sort, message, at, sha256, head, text FROM report_mail \
                   WHERE no = $1 ORDER BY n DESC LIMIT $2";
        let rows = self.db.rows(sql, params![no, MAILS_SHOWN_MAX]).await?;
        let read = |row: &Row| {
            let sort = row.text(1)?;
            Ok(MailRow {
                n: row.int(0)?,
                sort: Sort::parse(&sort).unwrap_or(Sort::Other),
                message: row.int_opt(2)?,
                at: row.at(3)?,
                sha256: row.text_opt(4)?,
                head: row.text(5)?,
                text: row.text(6)?,
            })
        };
        rows.iter().rev().map(read).collect()
    }

    /// What a mail of a report is, if one with this keyed hash came before.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn mail_seen(&self, no: i64, seen: [u8; 32]) -> Result<Option<Sort>, ReadError> {
        let sql = "SELECT sort FROM report_mail WHERE no = $1 AND seen = $2 LIMIT 1";
        let row = self.db.row(sql, params![no, seen]).await?;
        let sort = row.map(|row| row.text(0)).transpose()?;
        Ok(sort.map(|sort| Sort::parse(&sort).unwrap_or(Sort::Other)))
    }

    /// A mail that we sent, by its Message-ID.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn mail_sent(&self, id: &str) -> Result<Option<SentRow>, ReadError> {
        let row = self.db.row(SENT, params![id]).await?;
        row.as_ref().map(sent).transpose()
    }

    /// The mails that we sent about a report, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn mails_sent(&self, no: i64) -> Result<Vec<SentRow>, ReadError> {
        let rows = self.db.rows(SENT_OF, params![no, MAILS_SHOWN_MAX]).await?;
        rows.iter().rev().map(sent).collect()
    }

    /// How many mails went to the address with this keyed hash after `since` that no person decided on.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_mails_to(&self, address: [u8; 32], since: Micros) -> Result<i64, ReadError> {
        let sql =
            "SELECT count(*) FROM mail_sent WHERE address = $1 AND at > $2 AND notice <> 'reply'";
        let row = self.db.row(sql, params![address, since]).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// Notes that a mail was sent. The same mail twice is one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn note_sent(&self, sent: &SentRow) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "INSERT INTO mail_sent(id, no, notice, message, at, address, refs, seal) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            params![
                sent.id.as_str(),
                sent.no,
                sent.notice.as_str(),
                sent.message,
                sent.at,
                sent.address.clone(),
                sent.refs.as_str(),
                sent.seal.as_deref()
            ],
        );
        // Nothing of an address that was erased while the mail was on its way.
        unit.exec(
            "UPDATE mail_sent SET address = NULL, refs = '' \
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM report_contact WHERE no = $2)",
            params![sent.id.as_str(), sent.no],
        );
        self.write(unit).await.map(drop)
    }
}
