//! Connecting to PostgreSQL, and reading from it over a few pipelined connections.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use cairn_evidence::hash::sha256;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::ledger::{Ledger, LedgerKeys};
use crate::once::Keys;
use crate::sql::{Row, Value, postgres_row};

/// Connections for reading.
const READ_CONNECTIONS_MAX: usize = 8;
/// The same where several stores share the server.
const READ_CONNECTIONS_OF_MANY: usize = 3;
/// Longest name of a schema, bytes: the server cuts longer ones.
const SCHEMA_BYTES_MAX: usize = 63;
/// To start helping processes costs the server some milliseconds, which is more than most pages read for: they are for what reads
/// much.
const READ_SETTINGS: &str = "SET parallel_setup_cost = 20000";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Advisory lock that one cairn holds while it may write: two writers would fork the evidence log.
const WRITER_LOCK: i64 = 0x6361_6972_6e00_0001;
/// The same for what machines report, whose tables have a writer of their own.
const FEEDS_LOCK: i64 = 0x6361_6972_6e00_0002;
/// The server lets go of a killed writer's lock only when it has finished what that one asked for last.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOCK_TRY: Duration = Duration::from_millis(200);

/// How to reach the database.
#[derive(Clone)]
pub struct PgConfig {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// The one schema in which names are looked for; none takes the database's own way.
    schema: Option<String>,
    readers: usize,
}

impl std::fmt::Debug for PgConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PgConfig")
            .field("hosts", &self.config.get_hosts())
            .finish_non_exhaustive()
    }
}

/// PostgreSQL could not be reached or refused.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// The address does not parse.
    #[error("the database address is not valid: {0}")]
    Address(String),
    /// Reading the certificate authority's file.
    #[error("reading the database's certificate authority {0}: {1}")]
    Authority(PathBuf, String),
    /// The server said no, or is not there.
    #[error("{0}")]
    Server(String),
    /// Another cairn writes to this database.
    #[error("another cairn is writing to this database; stop it first")]
    Locked,
    /// The log in the database cannot be continued.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
}

impl From<tokio_postgres::Error> for PgError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(describe(&error))
    }
}

/// What the server said, without the values that it may repeat.
pub(crate) fn describe(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |db| format!("{} ({})", db.message(), db.code().code()),
    )
}

impl PgConfig {
    /// Reads `postgres://user@host/database?sslmode=…`; `authority` is a PEM file that replaces the public roots.
    ///
    /// # Errors
    /// The address or the file cannot be read.
    pub fn new(url: &str, authority: Option<PathBuf>) -> Result<Self, PgError> {
        let mut config =
            Config::from_str(url).map_err(|error| PgError::Address(error.to_string()))?;
        config
            .application_name("cairn")
            .connect_timeout(CONNECT_TIMEOUT);
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(MakeRustlsConnect::new(client_config(authority)?)),
        };
        Ok(Self {
            config,
            tls,
            schema: None,
            readers: READ_CONNECTIONS_MAX,
        })
    }

    /// The same database, in a schema of this name alone: no connection made from this finds a table of another schema by its
    /// plain name, and all our SQL has plain names. The name goes into the first words of a connection, so it may hold only
    /// lower-case letters, digits and `_`.
    ///
    /// # Errors
    /// Another character, or a name that is empty or too long for the server.
    pub fn in_schema(mut self, name: &str) -> Result<Self, PgError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if name.is_empty() || name.len() > SCHEMA_BYTES_MAX || !name.bytes().all(plain) {
            return Err(PgError::Address(format!("{name:?} is no name of a schema")));
        }
        // Said as the connection begins: there is no moment at which another path holds.
        let before = self.config.get_options().unwrap_or_default().to_owned();
        let options = format!("{before} -c search_path={name}");
        self.config.options(options.trim());
        self.schema = Some(name.to_owned());
        self.readers = READ_CONNECTIONS_OF_MANY;
        Ok(self)
    }

    /// The lock that one writer holds: one for each schema, since each has an evidence log of its own.
    fn writer_lock(&self) -> i64 {
        let Some(schema) = &self.schema else {
            return WRITER_LOCK;
        };
        let [a, b, c, d, e, f, g, h, ..] = sha256(schema.as_bytes()).0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    fn feeds_lock(&self) -> i64 {
        self.writer_lock() ^ WRITER_LOCK ^ FEEDS_LOCK
    }

    /// Makes the schema if it is not there. `connection` was made from this.
    pub(crate) async fn make_schema(&self, connection: &Client) -> Result<(), PgError> {
        let Some(schema) = &self.schema else {
            return Ok(());
        };
        // Asked first: who may use a schema that is there need not be allowed to make one.
        let there = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
        if connection.query_opt(there, &[schema]).await?.is_none() {
            let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
            connection.batch_execute(&sql).await?;
        }
        Ok(())
    }

    /// Takes back a schema that a restore has just filled.
    pub(crate) async fn drop_schema(&self) -> Result<(), PgError> {
        if let Some(schema) = &self.schema {
            let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
            self.connect().await?.batch_execute(&sql).await?;
        }
        Ok(())
    }

    /// One connection of its own, driven by the runtime that this is called on.
    pub(crate) async fn connect(&self) -> Result<Client, PgError> {
        match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }
    }

    pub(crate) fn pool(&self) -> Result<Pool, PgError> {
        let manager = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = match &self.tls {
            None => Manager::from_config(self.config.clone(), NoTls, manager),
            Some(tls) => Manager::from_config(self.config.clone(), tls.clone(), manager),
        };
        Pool::builder(manager)
            .max_size(self.readers)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    let set = client.batch_execute(READ_SETTINGS).await;
                    set.map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| PgError::Server(error.to_string()))
    }
}

fn client_config(authority: Option<PathBuf>) -> Result<rustls::ClientConfig, PgError> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    match authority {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let fault = |error: String| PgError::Authority(path.clone(), error);
            for certificate in
                CertificateDer::pem_file_iter(&path).map_err(|e| fault(e.to_string()))?
            {
                let certificate = certificate.map_err(|e| fault(e.to_string()))?;
                roots.add(certificate).map_err(|e| fault(e.to_string()))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| PgError::Server(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The writer's connection: durable commits, and the lock that makes it the only writer.
pub(crate) async fn connect_writer(config: &PgConfig) -> Result<Client, PgError> {
    connect_locked(config, config.writer_lock()).await
}

/// The same for what machines report.
pub(crate) async fn connect_feeds(config: &PgConfig) -> Result<Client, PgError> {
    connect_locked(config, config.feeds_lock()).await
}

async fn connect_locked(config: &PgConfig, lock: i64) -> Result<Client, PgError> {
    let client = config.connect().await?;
    client
        .batch_execute("SET synchronous_commit = on; SET statement_timeout = '60s'")
        .await?;
    config.make_schema(&client).await?;
    let begun = tokio::time::Instant::now();
    loop {
        let row = client
            .query_one("SELECT pg_try_advisory_lock($1)", &[&lock])
            .await?;
        if row.try_get::<_, bool>(0)? {
            return Ok(client);
        }
        if begun.elapsed() > LOCK_WAIT {
            return Err(PgError::Locked);
        }
        tokio::time::sleep(LOCK_TRY).await;
    }
}

/// Where the log stands.
pub(crate) async fn load_ledger(client: &Client, keys: &LedgerKeys) -> Result<Ledger, PgError> {
    let mut answers = Vec::new();
    for sql in Ledger::STATE {
        answers.push(read(client, sql, &[]).await?);
    }
    Ok(Ledger::load(keys.clone(), &answers)?)
}

/// Which keys of requests that may come twice were used.
pub(crate) async fn load_keys(client: &Client) -> Result<Keys, PgError> {
    let rows = read(client, crate::once::LOAD, &[]).await?;
    Keys::load(&rows).map_err(|error| PgError::Server(error.to_string()))
}

pub(crate) async fn read(
    client: &Client,
    sql: &str,
    params: &[Value],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
    let rows = client.query(sql, &params).await?;
    rows.iter().map(postgres_row).collect()
}

/// A connection that sees the database as it stands at this moment and changes nothing.
pub(crate) async fn read_only(config: &PgConfig) -> Result<Client, PgError> {
    let client = config.connect().await?;
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    Ok(client)
}
