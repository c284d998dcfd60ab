//! What the strategy office keeps beside the plans' folders: seats, returns, signatures and publications.

mod seats;
mod versions;

use cairn_desk::track::{ReturnFile, ReturnState, Signature, Standing};
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Committed, Entry, Unit, WriteError};
use crate::{Store, params};

pub use seats::Seat;
pub use versions::{NewVersion, Version};

/// Returns of one plan that lists show at most, the newest.
pub const RETURNS_MAX: i64 = 10_000;

static RETURN: Table = Table::guard(
    "plan_return",
    &[
        ("id", Ty::Text),
        ("plan", Ty::Text),
        ("no", Ty::Int),
        ("owner", Ty::Text),
        ("account", Ty::Text),
        ("about", Ty::Text),
        ("dissent", Ty::Bool),
        ("filed_at", Ty::Int),
        ("state", Ty::Text),
        ("corrects", Ty::Int),
        ("salt", Ty::Blob),
        ("body", Ty::Text),
    ],
);
static FILE: Table = Table::new(
    "plan_file",
    &[
        ("plan", Ty::Text),
        ("no", Ty::Int),
        ("sha256", Ty::Text),
        ("size", Ty::Int),
        ("media_type", Ty::Text),
        ("name", Ty::Text),
        ("publish", Ty::Bool),
    ],
);
static SIGNATURE: Table = Table::new(
    "plan_signature",
    &[
        ("plan", Ty::Text),
        ("digest", Ty::Text),
        ("role", Ty::Text),
        ("account", Ty::Text),
        ("at", Ty::Int),
    ],
);

/// A text with the salt of its digest in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaltedText {
    /// Random.
    pub salt: [u8; 16],
    /// The text.
    pub text: String,
}

/// A return to be kept.
#[derive(Debug, Clone)]
pub struct NewReturn<'a> {
    /// Id of the plan.
    pub plan: &'a str,
    /// Its number in the plan.
    pub no: i64,
    /// The organisation.
    pub owner: &'a str,
    /// The account that files it.
    pub account: &'a str,
    /// What it is on, for lists.
    pub about: &'a str,
    /// It is dissent.
    pub dissent: bool,
    /// When.
    pub at: Micros,
    /// How it stands from the start.
    pub state: ReturnState,
    /// What it corrects.
    pub corrects: Option<i64>,
    /// JSON, with salt.
    pub body: &'a SaltedText,
    /// Files.
    pub files: &'a [ReturnFile],
}

/// A return as lists show it: without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRow {
    /// What decisions look at.
    pub standing: Standing,
    /// What it is on.
    pub about: String,
    /// When it was filed.
    pub filed_at: Micros,
    /// What it corrects.
    pub corrects: Option<i64>,
    /// What corrects it.
    pub corrected_by: Option<i64>,
    /// When it was accepted, sent back or withdrawn.
    pub decided_at: Option<Micros>,
    /// By which account.
    pub decided_by: Option<String>,
    /// Why it was sent back.
    pub reason: Option<String>,
}

/// What becomes of a return.
#[derive(Debug, Clone)]
pub struct Decided<'a> {
    /// Id of the plan.
    pub plan: &'a str,
    /// Its number.
    pub no: i64,
    /// How it stood.
    pub from: ReturnState,
    /// How it stands now.
    pub to: ReturnState,
    /// When.
    pub at: Micros,
    /// By which account.
    pub by: &'a str,
    /// Why it is sent back.
    pub reason: Option<&'a SaltedText>,
}

macro_rules! return_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, owner, account, about, dissent, filed_at, state, corrects, corrected_by, decided_at, \
             decided_by, reason FROM plan_return ",
            $rest
        )
    };
}

fn read_return(row: &Row) -> Result<ReturnRow, ReadError> {
    let state = row.text(6)?;
    let corrected_by = row.int_opt(8)?;
    Ok(ReturnRow {
        standing: Standing {
            no: row.int(0)?,
            owner: row.text(1)?,
            filed_by: row.text(2)?,
            dissent: row.bool(4)?,
            state: ReturnState::parse(&state).ok_or(ReadError::Content {
                what: "return",
                cause: "its state is none".into(),
            })?,
            corrected: corrected_by.is_some(),
        },
        about: row.text(3)?,
        filed_at: row.at(5)?,
        corrects: row.int_opt(7)?,
        corrected_by,
        decided_at: row.int_opt(9)?.map(Micros),
        decided_by: row.text_opt(10)?,
        reason: row.text_opt(11)?,
    })
}

fn read_file(row: &Row) -> Result<ReturnFile, ReadError> {
    Ok(ReturnFile {
        sha256: row.text(0)?,
        size: row.int(1)?.unsigned_abs(),
        media_type: row.text(2)?,
        name: row.text(3)?,
        publish: row.bool(4)?,
    })
}

impl Store {
    /// The number that a plan's next return would have.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn next_return(&self, plan: &str) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) + 1 FROM plan_return WHERE plan = $1";
        let row = self.db.row(sql, params![plan]).await?;
        Ok(row.map_or(Ok(1), |row| row.int(0))?)
    }

    /// Keeps a return. [`WriteError::Duplicate`] says that the number was given meanwhile, [`WriteError::Conflict`] that
    /// another return corrected the same one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_return(
        &self,
        new: &NewReturn<'_>,
        entry: Entry,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &RETURN,
            params![
                format!("{}/{}", new.plan, new.no),
                new.plan,
                new.no,
                new.owner,
                new.account,
                new.about,
                new.dissent,
                new.at,
                new.state.as_str(),
                new.corrects,
                new.body.salt,
                new.body.text.as_str()
            ],
        );
        if let Some(old) = new.corrects {
            unit.expect(
                1,
                "UPDATE plan_return SET corrected_by = $1 WHERE plan = $2 AND no = $3 AND corrected_by IS NULL",
                params![new.no, new.plan, old],
            );
        }
        for file in new.files {
            unit.insert(
                &FILE,
                params![
                    new.plan,
                    new.no,
                    file.sha256.as_str(),
                    file.size,
                    file.media_type.as_str(),
                    file.name.as_str(),
                    file.publish
                ],
            );
        }
        unit.entries.push(entry);
        self.write(unit).await
    }

    /// The number of the return whose body has this salt.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn return_of_salt(
        &self,
        plan: &str,
        salt: [u8; 16],
    ) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM plan_return WHERE plan = $1 AND salt = $2";
        let row = self.db.row(sql, params![plan, salt]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// Writes down what becomes of a return. [`WriteError::Conflict`] says that it no longer stands as it did.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn decide_return(&self, made: &Decided<'_>, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        let salt = made.reason.map(|reason| reason.salt.to_vec());
        let text = made.reason.map(|reason| reason.text.as_str());
        unit.expect(
            1,
            "UPDATE plan_return SET state = $1, decided_at = $2, decided_by = $3, reason_salt = $4, reason = $5 \
             WHERE plan = $6 AND no = $7 AND state = $8",
            params![
                made.to.as_str(),
                made.at,
                made.by,
                salt,
                text,
                made.plan,
                made.no,
                made.from.as_str()
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// A plan's returns, newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn returns(&self, plan: &str) -> Result<Vec<ReturnRow>, ReadError> {
        let sql = return_sql!("WHERE plan = $1 ORDER BY no DESC LIMIT $2");
        let rows = self.db.rows(sql, params![plan, RETURNS_MAX]).await?;
        rows.iter().map(read_return).collect()
    }

    /// One return, without its body.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn plan_return(&self, plan: &str, no: i64) -> Result<Option<ReturnRow>, ReadError> {
        let sql = return_sql!("WHERE plan = $1 AND no = $2");
        let row = self.db.row(sql, params![plan, no]).await?;
        row.as_ref().map(read_return).transpose()
    }

    /// The body of a return.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn return_body(&self, plan: &str, no: i64) -> Result<Option<String>, ReadError> {
        let sql = "SELECT body FROM plan_return WHERE plan = $1 AND no = $2";
        let row = self.db.row(sql, params![plan, no]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Number, time of acceptance and body of what makes up the working copy, in the order of acceptance.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn accepted_returns(
        &self,
        plan: &str,
    ) -> Result<Vec<(i64, Micros, String)>, ReadError> {
        let sql = "SELECT no, coalesce(decided_at, filed_at), body FROM plan_return \
                   WHERE plan = $1 AND state = 'accepted' ORDER BY coalesce(decided_at, filed_at), no";
        let rows = self.db.rows(sql, params![plan]).await?;
        let read = |row: &Row| Ok((row.int(0)?, row.at(1)?, row.text(2)?));
        rows.iter().map(read).collect()
    }

    /// Files of a return.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn return_files(&self, plan: &str, no: i64) -> Result<Vec<ReturnFile>, ReadError> {
        let sql = "SELECT sha256, size, media_type, name, publish FROM plan_file WHERE plan = $1 AND no = $2 \
                   ORDER BY name, sha256";
        let rows = self.db.rows(sql, params![plan, no]).await?;
        rows.iter().map(read_file).collect()
    }

    /// Returns of a plan beside which a file stands, the newest first; at most 100.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn returns_with_file(&self, plan: &str, sha256: &str) -> Result<Vec<i64>, ReadError> {
        let sql =
            "SELECT no FROM plan_file WHERE sha256 = $1 AND plan = $2 ORDER BY no DESC LIMIT 100";
        let rows = self.db.rows(sql, params![sha256, plan]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// Files of all accepted returns of a plan that may be published.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn publishable_files(&self, plan: &str) -> Result<Vec<ReturnFile>, ReadError> {
        let sql = "SELECT f.sha256, f.size, f.media_type, f.name, f.publish FROM plan_file f \
                   JOIN plan_return r ON r.plan = f.plan AND r.no = f.no \
                   WHERE f.plan = $1 AND r.state = 'accepted' AND f.publish ORDER BY f.sha256, f.no";
        let rows = self.db.rows(sql, params![plan]).await?;
        let mut files: Vec<ReturnFile> = rows.iter().map(read_file).collect::<Result<_, _>>()?;
        files.dedup_by(|a, b| a.sha256 == b.sha256);
        Ok(files)
    }

    /// Who signed a working copy off.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn signatures(&self, plan: &str, digest: &str) -> Result<Vec<Signature>, ReadError> {
        let sql = "SELECT role, account, at FROM plan_signature WHERE plan = $1 AND digest = $2 ORDER BY at, role";
        let rows = self.db.rows(sql, params![plan, digest]).await?;
        let read = |row: &Row| {
            let role: Result<Role, _> = row.text(0)?.parse();
            Ok(Signature {
                role: role.map_err(|_| ReadError::Content {
                    what: "signature",
                    cause: "its role is none".into(),
                })?,
                account: row.text(1)?,
                at: row.at(2)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Keeps a signature. [`WriteError::Conflict`] says that this role or this account has signed meanwhile.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_signature(
        &self,
        plan: &str,
        digest: &str,
        signature: &Signature,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        let role = signature.role.as_str();
        let account = signature.account.as_str();
        unit.expect(
            0,
            "DELETE FROM plan_signature WHERE plan = $1 AND digest = $2 AND (role = $3 OR account = $4)",
            params![plan, digest, role, account],
        );
        unit.insert(
            &SIGNATURE,
            params![plan, digest, role, account, signature.at],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }
}
