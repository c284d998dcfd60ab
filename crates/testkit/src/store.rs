//! Temporary stores: a directory of their own, and on PostgreSQL a database of their own.

use std::ops::Deref;
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use cairn_store::postgres::PgConfig;
use cairn_store::{Database, Options, Store};
use tempfile::TempDir;
use tokio_postgres::{Config, NoTls};

/// Makes a database of schema 30 as schema 29 had it: each loss and consent in a row of its own.
pub const TO_SCHEMA_29: &str = "INSERT INTO report_loss SELECT * FROM kept_loss; INSERT INTO report_consent SELECT * FROM kept_consent; \
    DROP VIEW kept_loss; DROP VIEW kept_consent; \
    ALTER TABLE report DROP COLUMN losses; ALTER TABLE report DROP COLUMN consents; ";

/// Names a PostgreSQL server on which tests may make and drop databases.
pub const POSTGRES_VARIABLE: &str = "CAIRN_TEST_POSTGRES";
const ORIGIN: &str = "reports.example/log";

/// Runs a test on a runtime of its own.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test")
        .block_on(test)
}

/// The server that tests may use. Without one PostgreSQL's tests are skipped on a developer's machine and fail in CI.
#[must_use]
pub fn postgres_url() -> Option<String> {
    match std::env::var(POSTGRES_VARIABLE) {
        Ok(url) => Some(url),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("{POSTGRES_VARIABLE} is not set, and in CI nothing is skipped")
        }
        Err(_) => {
            eprintln!(
                "skipped: {POSTGRES_VARIABLE} names no PostgreSQL server; `cargo xtask test` starts one"
            );
            None
        }
    }
}

/// A store that goes away with the value.
pub struct TestStore {
    store: Option<Store>,
    dir: TempDir,
    database: Option<TestDatabase>,
}

/// A PostgreSQL database that is dropped with the value.
struct TestDatabase {
    server: Config,
    name: String,
}

impl TestDatabase {
    async fn create(url: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "cairn_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let server = Config::from_str(url).expect("the test server's address");
        let database = Self { server, name };
        database
            .tell(&format!("DROP DATABASE IF EXISTS {}", database.name))
            .await;
        database
            .tell(&format!("CREATE DATABASE {}", database.name))
            .await;
        database
    }

    async fn tell(&self, sql: &str) {
        let (client, connection) = self
            .server
            .connect(NoTls)
            .await
            .expect("the test server to answer");
        let connection = tokio::spawn(connection);
        client
            .batch_execute(sql)
            .await
            .expect("the test server to make a database");
        drop(client);
        let _closed = connection.await;
    }

    fn url(&self) -> String {
        let host = match self.server.get_hosts().first() {
            Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
            other => panic!("a test server at an address is wanted, not {other:?}"),
        };
        let port = self.server.get_ports().first().copied().unwrap_or(5432);
        let user = self.server.get_user().unwrap_or("postgres");
        format!(
            "postgres://{user}@{host}:{port}/{}?sslmode=disable",
            self.name
        )
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = self.server.clone();
        // Also reached while a failed test unwinds on a runtime: hence a thread and a runtime of its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let (client, connection) =
                    server.connect(NoTls).await.map_err(|e| e.to_string())?;
                tokio::spawn(connection);
                client.batch_execute(&sql).await.map_err(|e| e.to_string())
            })
        });
        if let Ok(Err(cause)) = dropped.join() {
            eprintln!("the test database {} stays behind: {cause}", self.name);
        }
    }
}

impl TestStore {
    /// On SQLite.
    pub async fn sqlite() -> Self {
        Self::start(None).await
    }

    /// On PostgreSQL; `None` where there is none (see [`postgres_url`]).
    pub async fn postgres() -> Option<Self> {
        let url = postgres_url()?;
        Some(Self::start(Some(TestDatabase::create(&url).await)).await)
    }

    /// Of the same kind, with an empty directory and database and nothing opened: for restoring into.
    pub async fn blank(&self) -> Self {
        let url = self.database.is_some().then(postgres_url).flatten();
        Self {
            store: None,
            dir: TempDir::new().expect("a directory for the test"),
            database: match url {
                None => None,
                Some(url) => Some(TestDatabase::create(&url).await),
            },
        }
    }

    async fn start(database: Option<TestDatabase>) -> Self {
        let mut started = Self {
            store: None,
            dir: TempDir::new().expect("a directory for the test"),
            database,
        };
        started.reopen().await;
        started
    }

    /// How this store is opened.
    #[must_use]
    pub fn options(&self) -> Options {
        self.options_in(self.dir.path())
    }

    /// How this store's database is opened with keys and files in another directory. On SQLite that is another store.
    #[must_use]
    pub fn options_in(&self, dir: &Path) -> Options {
        match &self.database {
            None => Options::sqlite(dir, ORIGIN),
            Some(database) => Options::postgres(dir, ORIGIN, &database.url())
                .expect("the test database's address"),
        }
    }

    /// How a tenant's store beside this one is opened: in a folder below, on PostgreSQL in a schema of the same database.
    #[must_use]
    pub fn beside(&self, name: &str) -> Options {
        let mut options = self.options_in(&self.dir.path().join("tenants").join(name));
        options.origin = format!("reports.example/{name}/log");
        options.tenant = name.into();
        if let Some(database) = &self.database {
            let schema = format!("tenant_{}", name.replace('-', "_"));
            let config = PgConfig::new(&database.url(), None).expect("the test database's address");
            let config = config.in_schema(&schema).expect("a name of a schema");
            options.database = Database::Postgres(Box::new(config));
        }
        options
    }

    /// An empty store of the same kind.
    pub async fn another(&self) -> Self {
        match &self.database {
            None => Self::sqlite().await,
            Some(_) => Self::postgres()
                .await
                .expect("a second database on the same server"),
        }
    }

    /// Address of the PostgreSQL database, if it is one.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        self.database.as_ref().map(TestDatabase::url)
    }

    /// Tables of a tenant's schema of which a row says this; nothing on SQLite, where the files can be looked at.
    ///
    /// # Panics
    /// If the database cannot be read.
    pub async fn says_in(&self, tenant: &str, words: &str) -> Vec<String> {
        let Some(database) = &self.database else {
            return Vec::new();
        };
        let config = Config::from_str(&database.url()).expect("an address");
        let (client, connection) = config.connect(NoTls).await.expect("the test database");
        tokio::spawn(connection);
        let schema = format!("tenant_{}", tenant.replace('-', "_"));
        let sql = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = $1 ORDER BY 1";
        let tables = client.query(sql, &[&schema]).await.expect("its tables");
        assert!(tables.len() > 50, "the schema was looked at");
        let mut found = Vec::new();
        for table in tables {
            let table: String = table.get(0);
            let sql = format!(
                "SELECT count(*) FROM {schema}.{table} t WHERE strpos(CAST(t AS TEXT), $1) > 0"
            );
            let row = client.query_one(&sql, &[&words]).await;
            let count: i64 = row.expect("a table").get(0);
            if count > 0 {
                found.push(table);
            }
        }
        found
    }

    /// The data directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Closes the store, as at an orderly stop.
    pub async fn close(&mut self) {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
    }

    /// Closes the store and opens it again.
    pub async fn reopen(&mut self) {
        self.close().await;
        let options = self.options();
        // A PostgreSQL server notices the end of the last session a moment later.
        for _ in 0..50 {
            match Store::open(options.clone()).await {
                Ok(store) => {
                    self.store = Some(store);
                    return;
                }
                Err(cairn_store::OpenError::Postgres(cairn_store::postgres::PgError::Locked)) => {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await
                }
                Err(error) => panic!("opening the test store: {error}"),
            }
        }
        panic!("opening the test store: its database stays locked");
    }

    /// Runs SQL on the database behind the store's back, as an intruder would.
    pub async fn tamper(&self, sql: &str) {
        match &self.database {
            None => panic!("open the file with the database's own client"),
            Some(database) => {
                let config = Config::from_str(&database.url()).expect("an address");
                let (client, connection) = config.connect(NoTls).await.expect("the test database");
                tokio::spawn(connection);
                client.batch_execute(sql).await.expect("the statement");
            }
        }
    }

    /// Ends the store and removes all of it.
    pub async fn finish(mut self) {
        self.close().await;
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().expect("the store was closed")
    }
}
