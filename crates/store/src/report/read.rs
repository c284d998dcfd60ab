//! What pages read of one report: body, contact, messages, files, history.

use cairn_kernel::time::Micros;

use super::Summary;
use crate::db::{Db, ReadError};
use crate::sql::Row;
use crate::{Store, once, params};

/// A message as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Number within the report.
    pub n: i64,
    /// Account id; `None` for the reporter.
    pub author: Option<String>,
    /// When.
    pub at: Micros,
    /// The officer waits for an answer.
    pub waits: bool,
    /// Text as written.
    pub text: String,
    /// Salt of the digest in the event.
    pub salt: Vec<u8>,
}

/// A file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// The sender's name for it.
    pub name: Option<String>,
    /// When it came.
    pub at: Micros,
}

/// Body or contact as stored: salt and exact JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted {
    /// 16 bytes.
    pub salt: Vec<u8>,
    /// JSON text.
    pub json: String,
}

/// One line of the evidence log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Log index.
    pub idx: i64,
    /// When.
    pub at: Micros,
    /// The report concerned.
    pub report: Option<i64>,
    /// 16 bytes.
    pub salt: Vec<u8>,
    /// Exact JSON text.
    pub event: String,
}

impl Store {
    /// One report's row.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report(&self, no: i64) -> Result<Option<Summary>, ReadError> {
        const SQL: &str = concat!(
            "SELECT ",
            summary_columns!(),
            " FROM report r WHERE r.no = $1"
        );
        self.db
            .row(SQL, params![no])
            .await?
            .as_ref()
            .map(Summary::read)
            .transpose()
    }

    /// HMAC of a report's status secret.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report_secret(&self, no: i64) -> Result<Option<Vec<u8>>, ReadError> {
        let row = self
            .db
            .row("SELECT secret FROM report WHERE no = $1", params![no])
            .await?;
        Ok(row.map(|row| row.blob(0)).transpose()?)
    }

    /// A report's body.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report_body(&self, no: i64) -> Result<Option<Salted>, ReadError> {
        self.salted("SELECT salt, body FROM report_body WHERE no = $1", no)
            .await
    }

    /// A report's contact details, if given and not erased.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report_contact(&self, no: i64) -> Result<Option<Salted>, ReadError> {
        self.salted("SELECT salt, contact FROM report_contact WHERE no = $1", no)
            .await
    }

    async fn salted(&self, sql: &'static str, no: i64) -> Result<Option<Salted>, ReadError> {
        let row = self.db.row(sql, params![no]).await?;
        row.map(|row| {
            Ok(Salted {
                salt: row.blob(0)?,
                json: row.text(1)?,
            })
        })
        .transpose()
    }

    /// A report's messages in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn messages(&self, no: i64) -> Result<Vec<Message>, ReadError> {
        let sql = "SELECT n, author, at, waits, text, salt FROM message WHERE no = $1 ORDER BY n LIMIT 1000";
        let read = |row: &Row| {
            Ok(Message {
                n: row.int(0)?,
                author: row.text_opt(1)?,
                at: row.at(2)?,
                waits: row.bool(3)?,
                text: row.text(4)?,
                salt: row.blob(5)?,
            })
        };
        self.db
            .rows(sql, params![no])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// A report's files in order of arrival.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn files(&self, no: i64) -> Result<Vec<FileRow>, ReadError> {
        let sql = "SELECT sha256, size, media_type, name, at FROM report_file WHERE no = $1 ORDER BY at, sha256 LIMIT 100";
        let read = |row: &Row| {
            Ok(FileRow {
                sha256: row.text(0)?,
                size: row.int(1)?.unsigned_abs(),
                media_type: row.text(2)?,
                name: row.text_opt(3)?,
                at: row.at(4)?,
            })
        };
        self.db
            .rows(sql, params![no])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// A report's events in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn history(&self, no: i64) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql = "SELECT idx, at, report, salt, event FROM evidence WHERE report = $1 ORDER BY idx LIMIT 10000";
        self.db
            .rows(sql, params![no])
            .await?
            .iter()
            .map(EvidenceRow::read)
            .collect()
    }

    /// Number and request digest that an idempotency key was used for.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn idempotent(&self, key: [u8; 32]) -> Result<Option<(i64, Vec<u8>)>, ReadError> {
        const AT: &str = "SELECT report, request FROM idempotency WHERE report = $1 AND key = $2";
        const ANYWHERE: &str = "SELECT report, request FROM idempotency WHERE key = $1";
        let row = match &self.db {
            Db::Sqlite(readers) => {
                let (report, forgot) = {
                    let keys = once::lock(&readers.keys);
                    (keys.get(once::short(&key)), keys.forgot())
                };
                match report {
                    Some(report) => self.db.row(AT, params![report, key]).await?,
                    None if forgot => self.db.row(ANYWHERE, params![key]).await?,
                    None => None,
                }
            }
            Db::Postgres(_) => self.db.row(ANYWHERE, params![key]).await?,
        };
        row.map(|row| Ok((row.int(0)?, row.blob(1)?))).transpose()
    }
}

impl EvidenceRow {
    pub(crate) fn read(row: &Row) -> Result<Self, ReadError> {
        Ok(Self {
            idx: row.int(0)?,
            at: row.at(1)?,
            report: row.int_opt(2)?,
            salt: row.blob(3)?,
            event: row.text(4)?,
        })
    }
}
