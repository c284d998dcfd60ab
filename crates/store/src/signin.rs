//! Ways to sign in beside the password: passkeys, and whom an OpenID Connect provider knows an account as.
//!
//! What takes or gives a way in names the version of the account that it was decided on, so that two deeds at the same time
//! cannot leave an account without any.

use cairn_kernel::time::Micros;

use crate::account::{Account, EndSessions};
use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// Most rows that one account's lists hold.
pub const WAYS_MAX: usize = 200;

static PASSKEY: Table = Table::new(
    "passkey",
    &[
        ("id", Ty::Text),
        ("account", Ty::Text),
        ("cred_id", Ty::Blob),
        ("name", Ty::Text),
        ("credential", Ty::Text),
        ("created_at", Ty::Int),
        ("version", Ty::Int),
    ],
);
static IDENTITY: Table = Table::new(
    "identity",
    &[
        ("issuer", Ty::Text),
        ("subject", Ty::Text),
        ("account", Ty::Text),
        ("made", Ty::Bool),
        ("created_at", Ty::Int),
        ("used_at", Ty::Int),
    ],
);

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Random id.
    pub id: String,
    /// Whose.
    pub account: String,
    /// The authenticator's name for it.
    pub cred_id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// Public key and counter, as JSON of the library that checks assertions.
    pub credential: String,
    /// When it was added.
    pub created_at: Micros,
    /// When it last let its owner in.
    pub used_at: Option<Micros>,
    /// When its counter went backwards.
    pub suspect_at: Option<Micros>,
    /// Counts uses; a use names the one it was checked against.
    pub version: i64,
}

/// Whom a provider knows an account as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Its name for the person, never given to another.
    pub subject: String,
    /// Account id.
    pub account: String,
    /// The account was made by such a sign-in.
    pub made: bool,
    /// Since when.
    pub created_at: Micros,
    /// When it last let its owner in.
    pub used_at: Option<Micros>,
}

fn read_passkey(row: &Row) -> Result<PasskeyRow, ReadError> {
    Ok(PasskeyRow {
        id: row.text(0)?,
        account: row.text(1)?,
        cred_id: row.blob(2)?,
        name: row.text(3)?,
        credential: row.text(4)?,
        created_at: row.at(5)?,
        used_at: row.int_opt(6)?.map(Micros),
        suspect_at: row.int_opt(7)?.map(Micros),
        version: row.int(8)?,
    })
}

fn read_identity(row: &Row) -> Result<Identity, ReadError> {
    Ok(Identity {
        issuer: row.text(0)?,
        subject: row.text(1)?,
        account: row.text(2)?,
        made: row.bool(3)?,
        created_at: row.at(4)?,
        used_at: row.int_opt(5)?.map(Micros),
    })
}

macro_rules! passkey_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, cred_id, name, credential, created_at, used_at, suspect_at, version FROM passkey ",
            $tail
        )
    };
}
macro_rules! identity_sql {
    ($tail:literal) => {
        concat!(
            "SELECT issuer, subject, account, made, created_at, used_at FROM identity ",
            $tail
        )
    };
}

/// SHA-256 of the public key of a credential, hexadecimal: what of it never changes. `None` if it does not read.
#[must_use]
pub fn passkey_digest(credential: &str) -> Option<String> {
    let credential: serde_json::Value = serde_json::from_str(credential).ok()?;
    let key = credential.pointer("/cred/cred")?.to_string();
    Some(cairn_evidence::hash::sha256(key.as_bytes()).hex())
}

impl Unit {
    /// Only if the account is as it was when this was decided; it counts as a change.
    fn if_unchanged(&mut self, account: &Account) {
        self.expect(
            1,
            "UPDATE account SET version = version + 1 WHERE id = $1 AND version = $2",
            params![account.id.as_str(), account.version],
        );
    }
}

impl Store {
    /// An account's passkeys, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn passkeys(&self, account: &str) -> Result<Vec<PasskeyRow>, ReadError> {
        let sql = passkey_sql!("WHERE account = $1 ORDER BY created_at, id LIMIT 200");
        self.db
            .rows(sql, params![account])
            .await?
            .iter()
            .map(read_passkey)
            .collect()
    }

    /// The passkey that an authenticator names so.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn passkey_named(&self, cred_id: &[u8]) -> Result<Option<PasskeyRow>, ReadError> {
        self.db
            .row(
                passkey_sql!("WHERE cred_id = $1"),
                params![cred_id.to_vec()],
            )
            .await?
            .as_ref()
            .map(read_passkey)
            .transpose()
    }

    /// Keeps a new passkey of this account. One that exists makes the unit a database error; ask first.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_passkey(
        &self,
        account: &Account,
        key: &PasskeyRow,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.if_unchanged(account);
        unit.insert(
            &PASSKEY,
            params![
                key.id.as_str(),
                account.id.as_str(),
                key.cred_id.clone(),
                key.name.as_str(),
                key.credential.as_str(),
                key.created_at,
                key.version
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Calls a passkey something else.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if this account has none with this id.
    pub async fn rename_passkey(
        &self,
        account: &str,
        id: &str,
        name: &str,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE passkey SET name = $1 WHERE id = $2 AND account = $3",
            params![name, id, account],
        );
        self.write(unit).await.map(drop)
    }

    /// Notes that a passkey let its owner in. `key` is as it was read, `credential` as it is now: whoever was quicker with the
    /// same one makes this a conflict.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn used_passkey(
        &self,
        key: &PasskeyRow,
        credential: &str,
        at: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE passkey SET credential = $1, used_at = $2, version = version + 1 \
             WHERE id = $3 AND version = $4 AND suspect_at IS NULL",
            params![credential, at, key.id.as_str(), key.version],
        );
        self.write(unit).await.map(drop)
    }

    /// Marks a passkey as one that may have a double: it lets nobody in any more.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn suspect_passkey(
        &self,
        id: &str,
        at: Micros,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE passkey SET suspect_at = $1, version = version + 1 WHERE id = $2 AND suspect_at IS NULL",
            params![at, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Takes a passkey away from this account.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it has none with this id, or was changed meanwhile.
    pub async fn remove_passkey(
        &self,
        account: &Account,
        id: &str,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.if_unchanged(account);
        unit.expect(
            1,
            "DELETE FROM passkey WHERE id = $1 AND account = $2",
            params![id, account.id.as_str()],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Whom this provider knows as `subject`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Identity>, ReadError> {
        self.db
            .row(
                identity_sql!("WHERE issuer = $1 AND subject = $2"),
                params![issuer, subject],
            )
            .await?
            .as_ref()
            .map(read_identity)
            .transpose()
    }

    /// Whom providers know this account as.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn identities(&self, account: &str) -> Result<Vec<Identity>, ReadError> {
        let sql = identity_sql!("WHERE account = $1 ORDER BY issuer LIMIT 200");
        self.db
            .rows(sql, params![account])
            .await?
            .iter()
            .map(read_identity)
            .collect()
    }

    /// Connects this account with a provider's name for its owner. One that is taken makes the unit a database error; ask first.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_identity(
        &self,
        account: &Account,
        identity: &Identity,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.if_unchanged(account);
        unit.connect(identity);
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Makes an account together with its provider's name for it.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if either name is known by now.
    pub async fn add_account_of(
        &self,
        account: &Account,
        identity: &Identity,
        entries: Vec<Entry>,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            0,
            "UPDATE identity SET used_at = used_at WHERE issuer = $1 AND subject = $2",
            params![identity.issuer.as_str(), identity.subject.as_str()],
        );
        unit.expect(
            0,
            "UPDATE account SET version = version WHERE login = $1",
            params![account.login.as_str()],
        );
        unit.new_account(account);
        unit.connect(identity);
        unit.entries.extend(entries);
        self.write(unit).await.map(drop)
    }

    /// Notes that a provider let its owner in.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it was disconnected meanwhile.
    pub async fn used_identity(&self, identity: &Identity, at: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE identity SET used_at = $1 WHERE issuer = $2 AND subject = $3 AND account = $4",
            params![
                at,
                identity.issuer.as_str(),
                identity.subject.as_str(),
                identity.account.as_str()
            ],
        );
        self.write(unit).await.map(drop)
    }

    /// Disconnects this account from a provider.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it was not connected, or was changed meanwhile.
    pub async fn remove_identity(
        &self,
        account: &Account,
        issuer: &str,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.if_unchanged(account);
        unit.expect(
            1,
            "DELETE FROM identity WHERE account = $1 AND issuer = $2",
            params![account.id.as_str(), issuer],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Writes an account back whose sign-in begins anew: sessions, passkeys and connections go. Only the connection by which
    /// the account was made stays, since its next sign-in would make a second account.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn reset_account(&self, account: &Account, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.change_account(account);
        unit.end_sessions(&account.id, EndSessions::All);
        unit.exec(
            "DELETE FROM passkey WHERE account = $1",
            params![account.id.as_str()],
        );
        unit.exec(
            "DELETE FROM identity WHERE account = $1 AND made = $2",
            params![account.id.as_str(), false],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }
}

impl Unit {
    fn connect(&mut self, identity: &Identity) {
        self.insert(
            &IDENTITY,
            params![
                identity.issuer.as_str(),
                identity.subject.as_str(),
                identity.account.as_str(),
                identity.made,
                identity.created_at,
                identity.used_at.map(|at| at.0)
            ],
        );
    }
}
