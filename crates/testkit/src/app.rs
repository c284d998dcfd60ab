//! An application on a fresh store, with a clock that stands still.

use std::sync::Arc;

use cairn_app::{App, Config, clock::Clock};
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::time::Micros;
use cairn_store::{Options, Store};
use tempfile::TempDir;

use crate::TestStore;

/// 2026-11-23 18:00 UTC, when the clock of a [`TestApp`] starts.
pub const START: Micros = Micros(1_795_456_800_000_000);

/// What the log of a [`TestApp`] is called.
pub(crate) const ORIGIN: &str = "reports.example.org/log";

/// An application, on a fresh SQLite store unless a test says otherwise. The directory goes when this is dropped.
pub struct TestApp {
    /// The use cases.
    pub app: App,
    /// Stands at [`START`] until it is set.
    pub clock: Clock,
    /// The data directory, where the store has none of its own.
    pub dir: TempDir,
}

impl TestApp {
    /// A fresh one, with the built-in form and passwords that cost little.
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    /// A fresh one with other settings; the cost of passwords is lowered all the same.
    pub async fn with(config: Config) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let store = Store::open(Options::sqlite(dir.path(), ORIGIN))
            .await
            .expect("a store");
        Self::on(store, dir, config)
    }

    /// The same on a store that is open already, on either database; `dir` goes when this is dropped.
    #[must_use]
    pub fn on(store: Store, dir: TempDir, config: Config) -> Self {
        let form = Form::parse(&FormFiles::embedded()).expect("the built-in form");
        let clock = Clock::fixed(START);
        let config = Config {
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..config
        };
        let app = App::new(store, Arc::new(form), config, clock.clone());
        Self { app, clock, dir }
    }

    /// The first house on a store of either database.
    #[must_use]
    pub fn house(t: &TestStore, config: Config) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self::on((**t).clone(), dir, config)
    }

    /// A tenant's application, on a store that lies where a tenant's of this one does.
    pub async fn tenant(t: &TestStore, name: &str, config: Config) -> Self {
        let options = t.beside(name);
        std::fs::create_dir_all(&options.dir).expect("a directory for the tenant");
        let store = Store::open(options).await.expect("the tenant's store");
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self::on(store, dir, config)
    }

    /// Moves the clock on.
    pub fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }
}
