//! What is asked of a store in tests of several parts: the use cases on it, and what the verifier of its log says.

use std::sync::Arc;

use cairn_app::account::PasswordCost;
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::time::Micros;
use cairn_store::Options;
use cairn_store::verify::{self, Check, Finding, Trusted, Verdict};

use crate::app::ORIGIN;
use crate::{TestApp, TestStore};

impl TestStore {
    /// The use cases on this store, with the built-in form, passwords that cost little, and a clock that stands still.
    ///
    /// # Panics
    /// If the built-in form is damaged.
    #[must_use]
    pub fn app(&self, config: Config, start: Micros) -> (App, Clock) {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let clock = Clock::fixed(start);
        let config = Config {
            password_cost: PasswordCost::CHEAP,
            ..config
        };
        let app = App::new((**self).clone(), Arc::new(form), config, clock.clone());
        (app, clock)
    }

    /// What `cairn log verify` says of the database.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn log_verify(&self) -> (Verdict, Vec<Finding>) {
        log_verify(self.options()).await
    }
}

impl TestApp {
    /// What `cairn log verify` says of the database.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn log_verify(&self) -> (Verdict, Vec<Finding>) {
        log_verify(Options::sqlite(self.dir.path(), ORIGIN)).await
    }
}

async fn log_verify(options: Options) -> (Verdict, Vec<Finding>) {
    let work = move || {
        let trusted = Trusted::read(&options.dir.join("keys"), &options.origin).unwrap();
        let mut findings = Vec::new();
        let check = Check {
            trusted: &trusted,
            quarter: None,
            progress: &mut |_| {},
            found: &mut |finding| findings.push(finding),
        };
        let verdict = verify::database(&options.database, check).unwrap();
        (verdict, findings)
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}
