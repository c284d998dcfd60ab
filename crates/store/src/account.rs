//! Accounts, sessions and API keys.

use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Committed, Entry, Unit, WriteError};
use crate::{Store, params};

static ACCOUNT: Table = Table::new(
    "account",
    &[
        ("id", Ty::Text),
        ("login", Ty::Text),
        ("name", Ty::Text),
        ("role", Ty::Text),
        ("password", Ty::Text),
        ("totp", Ty::Blob),
        ("totp_step", Ty::Int),
        ("recovery", Ty::Text),
        ("must_change", Ty::Bool),
        ("disabled", Ty::Bool),
        ("created_at", Ty::Int),
        ("version", Ty::Int),
    ],
);
static SESSION: Table = Table::new(
    "session",
    &[
        ("id", Ty::Blob),
        ("account", Ty::Text),
        ("public_id", Ty::Text),
        ("agent", Ty::Text),
        ("stage", Ty::Text),
        ("csrf", Ty::Blob),
        ("created_at", Ty::Int),
        ("seen_at", Ty::Int),
        ("way", Ty::Text),
        ("proved_at", Ty::Int),
    ],
);
static API_KEY: Table = Table::new(
    "api_key",
    &[
        ("id", Ty::Text),
        ("name", Ty::Text),
        ("token", Ty::Blob),
        ("created_at", Ty::Int),
        ("agency", Ty::Text),
    ],
);

/// An account of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Random id.
    pub id: String,
    /// Name to sign in with, lower case.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Argon2id, PHC string.
    pub password: String,
    /// TOTP seed, wrapped by [`crate::keys::Keys::wrap`]; `None` until enrolled.
    pub totp: Option<Vec<u8>>,
    /// Last TOTP time step used, so that none is used twice.
    pub totp_step: i64,
    /// JSON list of keyed hashes of unused recovery codes.
    pub recovery: String,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// The account is closed.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Micros,
    /// Counts changes; an update names the one it was based on.
    pub version: i64,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second factor (or its enrolment) is due.
    Password,
    /// Signed in.
    Full,
}

impl Stage {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Full => "full",
        }
    }
}

/// A session of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Keyed hash of the cookie.
    pub id: [u8; 32],
    /// Account id.
    pub account: String,
    /// Name by which lists show and end it.
    pub public_id: String,
    /// Kind of browser.
    pub agent: String,
    /// How far.
    pub stage: Stage,
    /// Secret behind the forms' tokens.
    pub csrf: [u8; 32],
    /// When it began.
    pub created_at: Micros,
    /// When it was last used (to the minute).
    pub seen_at: Micros,
    /// What opened it: `password`, `passkey` or `oidc`.
    pub way: String,
    /// When its officer last proved to be who they are, besides signing in.
    pub proved_at: Option<Micros>,
}

/// Which sessions of an account end with a change to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSessions {
    /// None.
    None,
    /// All.
    All,
    /// All but the one under this keyed hash.
    AllBut([u8; 32]),
}

/// A partner's API key; the token itself is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Random id.
    pub id: String,
    /// Whose.
    pub name: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it was revoked.
    pub revoked_at: Option<Micros>,
    /// Code of the agency that fetches what is referred to it with this key; most keys only send reports.
    pub agency: Option<String>,
}

fn bytes32(bytes: Vec<u8>, what: &'static str) -> Result<[u8; 32], ReadError> {
    bytes.try_into().map_err(|_| ReadError::Content {
        what,
        cause: "not 32 bytes".into(),
    })
}

/// What of an account can change, in the order of its columns.
fn changeable(a: &Account) -> Vec<Value> {
    params![
        a.name.as_str(),
        a.role.as_str(),
        a.password.as_str(),
        a.totp.clone(),
        a.totp_step,
        a.recovery.as_str(),
        a.must_change,
        a.disabled
    ]
}

fn read_account(row: &Row) -> Result<Account, ReadError> {
    let role = row.text(3)?;
    Ok(Account {
        id: row.text(0)?,
        login: row.text(1)?,
        name: row.text(2)?,
        role: role
            .parse()
            .map_err(|e: cairn_kernel::actor::UnknownRole| ReadError::Content {
                what: "role",
                cause: e.to_string(),
            })?,
        password: row.text(4)?,
        totp: row.blob_opt(5)?,
        totp_step: row.int(6)?,
        recovery: row.text(7)?,
        must_change: row.bool(8)?,
        disabled: row.bool(9)?,
        created_at: row.at(10)?,
        version: row.int(11)?,
    })
}

macro_rules! account_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, login, name, role, password, totp, totp_step, recovery, must_change, disabled, created_at, \
             version FROM account ",
            $tail
        )
    };
}

fn read_session(row: &Row) -> Result<Session, ReadError> {
    Ok(Session {
        id: bytes32(row.blob(0)?, "session")?,
        account: row.text(1)?,
        public_id: row.text(2)?,
        agent: row.text(3)?,
        stage: if row.text(4)? == "full" {
            Stage::Full
        } else {
            Stage::Password
        },
        csrf: bytes32(row.blob(5)?, "session")?,
        created_at: row.at(6)?,
        seen_at: row.at(7)?,
        way: row.text(8)?,
        proved_at: row.int_opt(9)?.map(Micros),
    })
}

macro_rules! session_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, public_id, agent, stage, csrf, created_at, seen_at, way, proved_at FROM session ",
            $tail
        )
    };
}

impl Unit {
    /// Makes an account with the rest of this unit.
    pub(crate) fn new_account(&mut self, account: &Account) {
        let mut values = params![account.id.as_str(), account.login.as_str()];
        values.extend(changeable(account));
        values.extend(params![account.created_at, account.version]);
        self.insert(&ACCOUNT, values);
    }

    /// Writes an account back, if it is the one that was read.
    pub(crate) fn change_account(&mut self, account: &Account) {
        let mut values = changeable(account);
        values.extend(params![account.id.as_str(), account.version]);
        self.expect(
            1,
            "UPDATE account SET name = $1, role = $2, password = $3, totp = $4, totp_step = $5, recovery = $6, \
             must_change = $7, disabled = $8, version = version + 1 WHERE id = $9 AND version = $10",
            values,
        );
    }

    /// Ends sessions of an account with the rest of this unit.
    pub(crate) fn end_sessions(&mut self, account: &str, end: EndSessions) {
        match end {
            EndSessions::None => {}
            EndSessions::All => {
                self.exec("DELETE FROM session WHERE account = $1", params![account]);
            }
            EndSessions::AllBut(keep) => {
                self.exec(
                    "DELETE FROM session WHERE account = $1 AND id <> $2",
                    params![account, keep],
                );
            }
        }
    }
}

impl Store {
    /// The account with this login.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, ReadError> {
        self.db
            .row(account_sql!("WHERE login = $1"), params![login])
            .await?
            .as_ref()
            .map(read_account)
            .transpose()
    }

    /// The account with this id.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, ReadError> {
        self.db
            .row(account_sql!("WHERE id = $1"), params![id])
            .await?
            .as_ref()
            .map(read_account)
            .transpose()
    }

    /// All accounts by login.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, ReadError> {
        self.db
            .rows(account_sql!("ORDER BY login LIMIT 10000"), vec![])
            .await?
            .iter()
            .map(read_account)
            .collect()
    }

    /// Makes an account. A login that exists makes the unit a database error; ask first.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_account(
        &self,
        account: &Account,
        entry: Entry,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.new_account(account);
        unit.entries.push(entry);
        self.write(unit).await
    }

    /// Writes an account back. `account.version` is the one that was read; a conflict means somebody was quicker.
    /// Sessions end in the same transaction; those of a disabled account always do.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn save_account(
        &self,
        account: &Account,
        end: EndSessions,
        entry: Option<Entry>,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.change_account(account);
        let end = if account.disabled {
            EndSessions::All
        } else {
            end
        };
        unit.end_sessions(&account.id, end);
        unit.entries.extend(entry);
        self.write(unit).await
    }

    /// Begins a session, ending `replaces` in the same breath (a new cookie at each gain of rights).
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_session(
        &self,
        session: &Session,
        replaces: Option<[u8; 32]>,
        entry: Option<Entry>,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        let s = session;
        unit.insert(
            &SESSION,
            params![
                s.id,
                s.account.as_str(),
                s.public_id.as_str(),
                s.agent.as_str(),
                s.stage.as_str(),
                s.csrf,
                s.created_at,
                s.seen_at,
                s.way.as_str(),
                s.proved_at.map(|at| at.0)
            ],
        );
        if let Some(old) = replaces {
            unit.exec("DELETE FROM session WHERE id = $1", params![old]);
        }
        unit.entries.extend(entry);
        self.write(unit).await
    }

    /// The session under this keyed hash.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn session(&self, id: [u8; 32]) -> Result<Option<Session>, ReadError> {
        self.db
            .row(session_sql!("WHERE id = $1"), params![id])
            .await?
            .as_ref()
            .map(read_session)
            .transpose()
    }

    /// An account's sessions, newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn sessions(&self, account: &str) -> Result<Vec<Session>, ReadError> {
        let sql = session_sql!("WHERE account = $1 ORDER BY created_at DESC LIMIT 200");
        self.db
            .rows(sql, params![account])
            .await?
            .iter()
            .map(read_session)
            .collect()
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn touch_session(&self, id: [u8; 32], at: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE session SET seen_at = $1 WHERE id = $2",
            params![at, id],
        );
        self.write(unit).await.map(drop)
    }

    /// Notes that a session's officer proved to be who they are.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict means that the session has ended.
    pub async fn prove_session(&self, id: [u8; 32], at: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE session SET proved_at = $1 WHERE id = $2",
            params![at, id],
        );
        self.write(unit).await.map(drop)
    }

    /// Ends one session of an account by its public name, or all of them but `keep`.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn end_sessions(
        &self,
        account: &str,
        public_id: Option<&str>,
        keep: Option<[u8; 32]>,
        entry: Option<Entry>,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        match public_id {
            Some(public_id) => {
                unit.exec(
                    "DELETE FROM session WHERE account = $1 AND public_id = $2",
                    params![account, public_id],
                );
            }
            None => {
                let keep = keep.map_or_else(Vec::new, |id| id.to_vec());
                unit.exec(
                    "DELETE FROM session WHERE account = $1 AND id <> $2",
                    params![account, keep],
                );
            }
        }
        unit.entries.extend(entry);
        self.write(unit).await.map(drop)
    }

    /// Makes an API key.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_api_key(
        &self,
        key: &ApiKey,
        token: [u8; 32],
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &API_KEY,
            params![
                key.id.as_str(),
                key.name.as_str(),
                token,
                key.created_at,
                key.agency.clone()
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Revokes an API key.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn revoke_api_key(
        &self,
        id: &str,
        at: Micros,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
            params![at, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// All API keys by name.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, ReadError> {
        let sql = "SELECT id, name, created_at, revoked_at, agency FROM api_key ORDER BY name, id LIMIT 10000";
        self.db
            .rows(sql, vec![])
            .await?
            .iter()
            .map(read_api_key)
            .collect()
    }

    /// The live API key with this keyed hash of its token.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn api_key(&self, token: [u8; 32]) -> Result<Option<ApiKey>, ReadError> {
        let sql = "SELECT id, name, created_at, revoked_at, agency FROM api_key WHERE token = $1 AND revoked_at IS NULL";
        self.db
            .row(sql, params![token])
            .await?
            .as_ref()
            .map(read_api_key)
            .transpose()
    }
}

fn read_api_key(row: &Row) -> Result<ApiKey, ReadError> {
    Ok(ApiKey {
        id: row.text(0)?,
        name: row.text(1)?,
        created_at: row.at(2)?,
        revoked_at: row.int_opt(3)?.map(Micros),
        agency: row.text_opt(4)?,
    })
}
