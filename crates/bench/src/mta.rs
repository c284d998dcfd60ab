//! `mta`: a real mail server (Exim) hands messages over by LMTP and by pipe. Answers join their threads, its own bounce is known as one,
//! and what waited while cairn was stopped or was killed comes in after it starts again: nothing lost, nothing double.

mod exim;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use cairn_app::clock::Clock;
use cairn_app::report::Whole;
use cairn_app::{App, Config};
use cairn_desk::conversation::Sort;
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::actor::Role;
use cairn_store::{Options as StoreOptions, Store};
use serde_json::{Value, json};

use crate::child::Running;
use crate::queue::ORIGIN;
use crate::trial::{self, Place};
use exim::Home;

const WAIT_MAX: Duration = Duration::from_secs(60);
const ANA: &str = "ana@home.example";
const DESK: &str = "report@cert.example";
/// Nobody has it: what is sent there comes back.
const GONE: &str = "gone@home.example";

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Messages that come while cairn is stopped.
    #[arg(long, default_value_t = 8)]
    waiting: u32,
    /// Messages that come while cairn is killed.
    #[arg(long, default_value_t = 24)]
    killed: u32,
}

/// A message of somebody.
struct Letter<'a> {
    id: &'a str,
    from: &'a str,
    to: &'a str,
    /// More header lines, each with its end.
    more: &'a str,
}

impl Letter<'_> {
    fn text(&self) -> String {
        let Self { id, from, to, more } = self;
        format!(
            "From: {from}\nTo: {to}\nSubject: Odd mail {id}\nMessage-ID: <{id}@home.example>\n\
             Date: Mon, 23 Nov 2026 10:00:00 +1300\n{more}Content-Type: text/plain; charset=utf-8\n\n\
             This came to me: http://phish.example/{id}\n.\nKia ora\n"
        )
    }
}

struct Trial {
    home: Home,
    place: Place,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    if !exim::is_here() {
        trial::skipped("mta", "no exim4: cargo xtask setup installs it");
        return Ok(());
    }
    let dir = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir()?;
    let began = Instant::now();
    let home = Home::new(dir.path(), cairn)?;
    let mut place = Place::new(&home.cairn, dir.path().join("data"));
    place.set.extend([
        format!("mail.smtp=smtp://{}", home.smtp),
        format!("mail.from=Reports <{DESK}>"),
        "mail.reply_to=report+{tag}@cert.example".to_owned(),
        format!("mail.lmtp_listen={}", home.lmtp),
        "mail.authserv_id=mx.cert.example".to_owned(),
    ]);
    let trial = Trial { home, place };
    let _exim = trial.home.start().await?;
    let done = trial.all(options).await;
    let (stored, faults) = done.with_context(|| format!("exim noted: {}", trial.home.log()))?;
    let figures = json!({
        "trial": "mta", "reports": stored, "waited": options.waiting, "killed": options.killed,
        "seconds": began.elapsed().as_secs_f64().round(),
    });
    trial::verdict(figures, &faults)
}

impl Trial {
    async fn all(&self, options: &Options) -> anyhow::Result<(u64, Vec<String>)> {
        let server = self.place.serve().await?;
        let tagged = self.first().await?;
        self.answers(&tagged).await?;
        self.by_pipe().await?;
        self.bounce().await?;
        server.stop().await?;
        let reports = 3 + self.while_stopped(options, &tagged).await?;
        let server = self.place.serve().await?;
        self.until(reports, "waited while cairn was stopped")
            .await?;
        let server = self.while_killed(options, server).await?;
        self.until(
            reports + options.killed as usize,
            "came while cairn was killed",
        )
        .await?;
        server.stop().await?;
        // As the user of the files, before we open them ourselves.
        let stored = self.place.verified_reports().await?;
        Ok((stored, self.threads().await?))
    }

    async fn send(&self, letter: Letter<'_>) -> anyhow::Result<()> {
        self.home.send(letter.from, letter.to, &letter.text()).await
    }

    /// Waits until so many reports are there and the queue is empty.
    async fn until(&self, reports: usize, what: &str) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let (here, waiting) = (self.reports().await?.len(), self.home.waiting());
            if here == reports && waiting == 0 {
                return Ok(());
            }
            anyhow::ensure!(
                here <= reports && began.elapsed() < WAIT_MAX,
                "{what}: {here} reports of {reports}, {waiting} messages wait"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// References of all reports, the first last.
    async fn reports(&self) -> anyhow::Result<Vec<String>> {
        let output = self
            .place
            .tool(&["export", "reports", "--format", "jsonl"])
            .await?;
        let said = String::from_utf8(output.stdout)?;
        anyhow::ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let reference = |line: &str| {
            let row: Value = serde_json::from_str(line)?;
            let reference = row.get("reference").and_then(Value::as_str);
            Ok(reference.context("no reference")?.to_owned())
        };
        said.lines().map(reference).collect()
    }

    /// A report by LMTP; the address at which its answer asks to be answered.
    async fn first(&self) -> anyhow::Result<String> {
        let letter = |id| Letter {
            id,
            from: ANA,
            to: DESK,
            more: "",
        };
        self.send(letter("first")).await?;
        self.until(1, "one message by LMTP").await?;
        let began = Instant::now();
        loop {
            let mailbox = self.home.mailbox();
            let tag = mailbox
                .split("report+")
                .nth(1)
                .and_then(|rest| rest.split('@').next());
            if let Some(tag) = tag {
                return Ok(format!("report+{tag}@cert.example"));
            }
            anyhow::ensure!(began.elapsed() < WAIT_MAX, "no answer came: {mailbox}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Answers to the tagged address on both ways, and the first message once more.
    async fn answers(&self, to: &str) -> anyhow::Result<()> {
        for (id, to, more) in [
            ("answer-lmtp", to, "In-Reply-To: <other@home.example>\n"),
            ("answer-pipe", to, "X-Way: pipe\n"),
            ("first", DESK, ""),
            ("first", DESK, "X-Way: pipe\n"),
        ] {
            self.send(Letter {
                id,
                from: ANA,
                to,
                more,
            })
            .await?;
        }
        self.until(1, "two answers, and the first message twice")
            .await
    }

    async fn by_pipe(&self) -> anyhow::Result<()> {
        let from = "ben@home.example";
        self.send(Letter {
            id: "piped",
            from,
            to: DESK,
            more: "X-Way: pipe\n",
        })
        .await?;
        self.until(2, "one message by pipe").await
    }

    /// Who writes from an address that nobody has cannot be answered: the server says so, to the tagged address.
    async fn bounce(&self) -> anyhow::Result<()> {
        self.send(Letter {
            id: "gone",
            from: GONE,
            to: DESK,
            more: "",
        })
        .await?;
        let began = Instant::now();
        while !self.home.log().contains("Unrouteable") {
            anyhow::ensure!(began.elapsed() < WAIT_MAX, "nothing was sent to {GONE}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.until(3, "a bounce").await
    }

    /// Messages that wait in the queue, and some that the pipe takes meanwhile; how many reports they are.
    async fn while_stopped(&self, options: &Options, tagged: &str) -> anyhow::Result<usize> {
        for n in 0..options.waiting {
            let (id, from) = (format!("waits-{n}"), format!("w{n}@home.example"));
            self.send(Letter {
                id: &id,
                from: &from,
                to: DESK,
                more: "",
            })
            .await?;
        }
        self.send(Letter {
            id: "answer-late",
            from: ANA,
            to: tagged,
            more: "",
        })
        .await?;
        self.send(Letter {
            id: "first",
            from: ANA,
            to: DESK,
            more: "",
        })
        .await?;
        let from = "mere@home.example";
        self.send(Letter {
            id: "piped-alone",
            from,
            to: DESK,
            more: "X-Way: pipe\n",
        })
        .await?;
        let wait = options.waiting as usize + 2;
        let began = Instant::now();
        // The pipe opens the directory itself: nobody else has it. While it does, nobody else can count.
        while self.home.waiting() != wait || self.reports().await.map_or(0, |all| all.len()) != 4 {
            let waiting = self.home.waiting();
            anyhow::ensure!(
                began.elapsed() < WAIT_MAX,
                "{waiting} messages wait, not {wait}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(options.waiting as usize + 1)
    }

    /// Messages come while the program is killed without warning and started again.
    async fn while_killed(&self, options: &Options, server: Running) -> anyhow::Result<Running> {
        let mut server = Some(server);
        for n in 0..options.killed {
            let (id, from) = (format!("killed-{n}"), format!("k{n}@home.example"));
            let more = if n % 4 == 3 { "X-Way: pipe\n" } else { "" };
            self.send(Letter {
                id: &id,
                from: &from,
                to: DESK,
                more,
            })
            .await?;
            if n == options.killed / 3
                && let Some(server) = server.take()
            {
                server.kill().await?;
            }
            if n == 2 * options.killed / 3 {
                server = Some(self.serve_again().await?);
            }
        }
        match server {
            Some(server) => Ok(server),
            None => self.serve_again().await,
        }
    }

    /// As service managers do it: a message that the pipe takes just now holds the directory for a moment.
    async fn serve_again(&self) -> anyhow::Result<Running> {
        let began = Instant::now();
        loop {
            match self.place.serve().await {
                Err(_) if began.elapsed() < WAIT_MAX => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                served => return served,
            }
        }
    }

    /// What is on the threads at the end.
    async fn threads(&self) -> anyhow::Result<Vec<String>> {
        let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
        let references = self.reports().await?;
        let store = Store::open(StoreOptions::sqlite(&self.place.data, ORIGIN)).await?;
        let config = Config {
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..Config::default()
        };
        let app = App::new(store, Arc::new(form), config, Clock::System);
        let who = cairn_testkit::account(&app, "reader", Role::Officer).await;
        let (mut answered, mut bounced, mut other) = (0, 0, Vec::new());
        for reference in references {
            let whole = app.read_report(&who, &reference).await?.into_inner();
            let of = |sort| whole.mails.iter().filter(|mail| mail.sort == sort).count();
            match (of(Sort::Reporter), of(Sort::Bounce), returned(&whole)) {
                (3, 0, 0) => answered += 1,
                (0, 1, 1) => bounced += 1,
                (0, 0, 0) => {}
                found => other.push(found),
            }
        }
        app.close().await;
        let mut faults = Vec::new();
        if (answered, bounced, other.len()) != (1, 1, 0) {
            faults.push(format!(
                "{answered} reports with three answers, {bounced} whose answer came back; others with {other:?} answers, bounces, mails \
                 that came back"
            ));
        }
        Ok(faults)
    }
}

/// Mails of ours of which it is known that they did not arrive.
fn returned(whole: &Whole) -> usize {
    let sent = whole.sent.iter();
    sent.filter(|one| one.bounced_at.is_some()).count()
}
