//! `rt`: a Request Tracker 5 of its own, filled through its own code, is taken over by the real program: all of it, once, with its
//! numbers, threads, files and times; what comes later joins its thread, also beside a running server.

mod compare;
mod tracker;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::actor::Role;
use cairn_store::{Options as StoreOptions, Store};
use serde_json::json;

use crate::client::Client;
use crate::queue::{ORIGIN, session_of};
use crate::trial::{self, Place};
use compare::{Told, blind, differences, seen};
use tracker::Tracker;

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Tickets that are made by hand, at least 5; four more come by mail, two are merged into others.
    #[arg(long, default_value_t = 8)]
    tickets: u32,
    /// Requests to it at the same time.
    #[arg(long, default_value_t = 4)]
    requests: u8,
    /// Processes with which it answers.
    #[arg(long, default_value_t = 4)]
    workers: u8,
}

/// What the program said, and how long it took.
struct Said {
    text: String,
    seconds: f64,
}

/// One import after the other, into one place.
struct Trial {
    place: Place,
    address: String,
    token: std::path::PathBuf,
    requests: String,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    if !tracker::is_here() {
        trial::skipped("rt", "no request-tracker5: cargo xtask setup installs it");
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let began = Instant::now();
    let tracker = Tracker::set_up(&dir.path().join("rt")).await?;
    let told: Told = tracker
        .fill(&["fill", &options.tickets.to_string()])
        .await?;
    let filled = began.elapsed().as_secs_f64();
    let running = tracker.serve(options.workers).await?;
    let token = dir.path().join("token");
    std::fs::write(&token, &told.token)?;
    let trial = Trial {
        place: Place::new(cairn, dir.path().join("data")),
        address: running.address(),
        token,
        requests: options.requests.to_string(),
    };
    let mut faults = Vec::new();
    let first = trial.first(&told, &mut faults).await?;
    let later = trial.later(&tracker, &told, &mut faults).await?;
    drop(running);
    let stored = trial.place.verified_reports().await?;
    if stored != told.tickets.len() as u64 {
        faults.push(format!(
            "{stored} reports of {} tickets",
            told.tickets.len()
        ));
    }
    let files: usize = told.tickets.iter().map(|one| one.files.len()).sum();
    let happened: usize = told.tickets.iter().map(|one| one.happened.len()).sum();
    let figures = json!({
        "trial": "rt", "tickets": told.tickets.len(), "transactions": happened, "files": files, "fill_seconds": round(filled),
        "import_seconds": round(first), "again_seconds": round(later), "seconds": round(began.elapsed().as_secs_f64()),
    });
    trial::verdict(figures, &faults)
}

fn round(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

impl Trial {
    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let token = self.token.to_str().unwrap_or_default();
        let mut all = vec!["import", "rt", &self.address, "--token-file", token];
        all.extend(["--requests", &self.requests]);
        all.extend(more);
        all
    }

    async fn import(&self, more: &[&str]) -> anyhow::Result<Said> {
        let began = Instant::now();
        let output = self.place.tool(&self.arguments(more)).await?;
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        anyhow::ensure!(output.status.success(), "the import failed: {out}{err}");
        Ok(Said {
            text: out.into_owned(),
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// A dry run, one that is killed, one that goes on, and one that finds nothing new. Seconds of that which goes on.
    async fn first(&self, told: &Told, faults: &mut Vec<String>) -> anyhow::Result<f64> {
        let count = told.tickets.len();
        let before = self.size().await?;
        let dry = self.import(&["--dry-run"]).await?;
        wants(
            &dry,
            &format!("tickets seen {count}, would be new {count},"),
            faults,
        );
        if self.size().await? != before {
            faults.push("the dry run changed something".to_owned());
        }
        self.killed().await?;
        let run = self.import(&[]).await?;
        wants(&run, &format!("tickets seen {count}, new "), faults);
        self.compare(told, "first run", faults).await?;
        let before = self.size().await?;
        let again = self.import(&[]).await?;
        let nothing = format!("new 0, changed 0, unchanged {count}\nentries 0, files 0, ");
        wants(&again, &nothing, faults);
        if self.size().await? != before {
            faults.push("the second run changed something".to_owned());
        }
        Ok(run.seconds)
    }

    /// Ends an import in the middle, without a chance to tidy up.
    async fn killed(&self) -> anyhow::Result<()> {
        let mut child = self
            .place
            .begin(&self.arguments(&[]))
            .kill_on_drop(true)
            .spawn()?;
        let _ended_by_itself =
            tokio::time::timeout(Duration::from_millis(2_500), child.wait()).await;
        // It may have come to its end by now.
        let _gone = child.kill().await;
        Ok(())
    }

    /// An answer that came later, taken beside a running server, whose pages show it. Seconds of that run.
    async fn later(
        &self,
        tracker: &Tracker,
        told: &Told,
        faults: &mut Vec<String>,
    ) -> anyhow::Result<f64> {
        let Some(one) = told.tickets.first() else {
            anyhow::bail!("there are no tickets");
        };
        let more: Told = tracker.fill(&["more", &one.number]).await?;
        let app = self.app().await?;
        let who = cairn_testkit::account(&app, "reader", Role::Officer).await;
        let cookie = session_of(app.bare_store(), &who.account).await?;
        app.close().await;
        let server = self.place.serve().await?;
        let run = self.import(&[]).await?;
        let changed = format!("new 0, changed 1, unchanged {}\n", told.tickets.len() - 1);
        wants(&run, &changed, faults);
        let mut client = Client::connect(server.address, None).await?;
        for number in std::iter::once(&one.number).chain(&one.also) {
            let request = |path: &str| {
                format!(
                    "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: cairn_session={cookie}\r\n\r\n"
                )
            };
            let old = client
                .ask(request(&format!("/desk/old/rt/{number}")).as_bytes())
                .await?;
            let to = old.header("location").unwrap_or_default().to_owned();
            let page = client.ask(request(&to).as_bytes()).await?;
            let text = String::from_utf8_lossy(&page.body);
            if old.status != 303 || page.status != 200 || !text.contains("Anei anō: one more thing")
            {
                faults.push(format!(
                    "rt#{number} leads by {} to {to:?}, which answers {} without the later message",
                    old.status, page.status
                ));
            }
        }
        server.stop().await?;
        self.compare(&more, "third run", faults).await?;
        Ok(run.seconds)
    }

    async fn app(&self) -> anyhow::Result<App> {
        let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
        let store = Store::open(StoreOptions::sqlite(&self.place.data, ORIGIN)).await?;
        let config = Config {
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..Config::default()
        };
        Ok(App::new(store, Arc::new(form), config, Clock::System))
    }

    /// Entries of the evidence log.
    async fn size(&self) -> anyhow::Result<u64> {
        let app = self.app().await?;
        let stats = app.bare_store().stats().await?;
        app.close().await;
        Ok(stats.log_entries)
    }

    async fn compare(
        &self,
        told: &Told,
        when: &str,
        faults: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let app = self.app().await?;
        let who: Principal = cairn_testkit::account(
            &app,
            &format!("look-{}", when.replace(' ', "-")),
            Role::Officer,
        )
        .await;
        let seen = seen(&app, &who, told).await?;
        app.close().await;
        faults.extend(
            differences(told, &seen)
                .into_iter()
                .map(|one| format!("{when}: {one}")),
        );
        faults.extend(blind(told, &seen));
        Ok(())
    }
}

fn wants(said: &Said, words: &str, faults: &mut Vec<String>) {
    if !said.text.contains(words) {
        faults.push(format!("it said {:?}, not {words:?}", said.text));
    }
}
