//! `kill9-notices`: the real program is killed while it judges machine reports, makes notices of them and mails these, and started again,
//! many times. At the end every observation that is an owner's was told to that owner, and by one notice only; what a mail server accepted
//! twice is the same message, by its Message-ID; and nothing was told that was nobody's, or another's.

mod mailbox;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use cairn_app::account::{PasswordCost, Principal};
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Typed, Work};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::rules::Command;
use cairn_kernel::actor::Role;
use cairn_store::Store;
use serde_json::json;

use crate::child::Running;
use crate::desk::store_options;
use crate::intake::fresh_database;
use crate::trial::{self, Dice, Place};
use mailbox::Mailbox;

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Times that the program is killed.
    #[arg(long, default_value_t = 40)]
    rounds: u64,
    /// Observations of each owner that are new in each round.
    #[arg(long, default_value_t = 4)]
    rows: u64,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
    /// Start of the random moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Organisations that are told.
const OWNERS: u64 = 6;
/// Longest time after a start at which it is killed, milliseconds: notices are made at once, mailed some seconds later.
const LIFE_MAX: u64 = 3_500;
/// The same, of the half that is killed while notices are made.
const SHORT_LIFE_MAX: u64 = 500;
/// Longest time until a report is taken in, again and again.
const TAKE_IN_MAX: Duration = Duration::from_secs(60);
/// Longest wait for what is still to be told at the end.
const SETTLE_MAX: Duration = Duration::from_secs(90);
/// So long nothing more may come then.
const QUIET: Duration = Duration::from_secs(6);
const BOOK: &str = r#"
[limits]
mails_hour = 1000000
approve_rows = 100000
stop_rows = 1000000

[[rule]]
name = "All of it"
when = { type = ["vulnerable-system"] }
tell = { class = "exposed", role = ["security"], template = "exposed", hours = 240, at_once = true, tlp = "green" }
"#;

/// To whom an address and port is to be told.
type Expected = BTreeMap<(String, String), String>;

/// Runs it.
pub async fn run(cairn: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        database("sqlite", cairn, None, options).await?;
    }
    match postgres {
        Some(url) if wanted("postgres") => {
            let url = fresh_database(url, "cairn_kill9_notices").await?;
            database("postgres", cairn, Some(&url), options).await?;
        }
        None if wanted("postgres") => {
            let why = "no server: set CAIRN_TEST_POSTGRES";
            trial::skipped("kill9-notices on postgres", why);
        }
        _ => {}
    }
    Ok(())
}

fn owner_mail(owner: u64) -> String {
    format!("owner-{owner}@owners.example")
}

/// Owners with a network and a contact each, and a book of rules that two people switched on.
async fn prepare(dir: &Path, url: Option<&str>) -> anyhow::Result<()> {
    let store = Store::open(store_options(dir, url)?).await?;
    let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let config = Config {
        password_cost: PasswordCost::CHEAP,
        ..Config::default()
    };
    let app = App::new(store, form.into(), config, Clock::System);
    let lead = cairn_testkit::account(&app, "lea", Role::Lead).await;
    let other = cairn_testkit::account(&app, "ola", Role::Lead).await;
    for owner in 0..OWNERS {
        constituent(&app, &lead, owner).await?;
    }
    let seen = async || {
        let book = app.notice_book(&lead).await?;
        anyhow::Ok(book.rule.as_ref().map_or(0, |rule| rule.steps))
    };
    let written = app.write_book(&lead, seen().await?, BOOK).await?;
    anyhow::ensure!(written.is_ok(), "the book is not understood");
    app.try_book(&lead, seen().await?).await?;
    app.work_book(&lead, seen().await?, Command::Ask).await?;
    let on = Command::SwitchOn { others: 0 };
    app.work_book(&other, seen().await?, on).await?;
    app.close().await;
    Ok(())
}

async fn constituent(app: &App, lead: &Principal, owner: u64) -> anyhow::Result<()> {
    let typed = Typed {
        name: format!("Owner {owner}"),
        ..Typed::default()
    };
    let wrong = |what: &str| anyhow::anyhow!("{what} is not understood");
    let facts = typed.read().map_err(|_| wrong("an owner"))?;
    let no = app.make_constituent(lead, facts).await?;
    let assets = typed::assets(&format!("198.51.{owner}.0/24")).map_err(|_| wrong("a network"))?;
    app.work_on_constituent(lead, (no, 1), &Work::Add(assets))
        .await?;
    let contact = ContactTyped {
        role: "security".into(),
        email: owner_mail(owner),
        ..ContactTyped::default()
    };
    let draft = app
        .contact_typed(&contact)
        .map_err(|_| wrong("a contact"))?;
    let seen = app.constituent(lead, no).await?.constituent.version;
    let work = Work::NewContact(Box::new(draft));
    app.work_on_constituent(lead, (no, seen), &work).await?;
    Ok(())
}

/// A report of a round: rows of every owner that are new, those of the round before once more, and some that are nobody's.
fn report(round: u64, rows: u64, expected: &mut Expected) -> anyhow::Result<String> {
    let now = Clock::System.now();
    let mut text = String::new();
    let mut line = |ip: &str, port: u64| {
        let event = json!({"time.source": now.to_string(), "source.ip": ip, "source.port": port, "protocol.transport": "tcp",
            "classification.type": "vulnerable-system", "classification.identifier": "open-example"});
        writeln!(text, "{event}")
    };
    for of in round.saturating_sub(1)..=round {
        for owner in 0..OWNERS {
            for row in 0..rows {
                let ip = format!("198.51.{owner}.{}", row % 250 + 1);
                let port = 1_000 + of;
                line(&ip, port)?;
                expected.insert((ip, port.to_string()), owner_mail(owner));
            }
        }
        line("203.0.113.1", 1_000 + of)?;
    }
    Ok(text)
}

/// As an operator's timer does it: a server that starts or was just killed cannot say whose is whose, so the command is given again.
async fn take_in(place: Place, file: String) -> anyhow::Result<()> {
    let args = [
        "feeds",
        "ingest",
        "--source",
        "trial",
        "--format",
        "idf",
        "--feed",
        "feed.name=scan",
        &file,
    ];
    let began = Instant::now();
    loop {
        let output = place.tool(&args).await?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(began.elapsed() < TAKE_IN_MAX, "feeds ingest: {said}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// As service managers do it: a command that takes a report in may hold the directory for a moment.
async fn serve(place: &Place) -> anyhow::Result<Running> {
    let began = Instant::now();
    loop {
        match place.serve().await {
            Err(_) if began.elapsed() < TAKE_IN_MAX => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            served => return served,
        }
    }
}

async fn database(
    name: &str,
    cairn: &Path,
    url: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let mut place = Place::new(cairn, dir.path().join("data"));
    prepare(&place.data, url).await?;
    let mailbox = Mailbox::open(options.seed).await?;
    place.set.extend([
        format!("mail.smtp=smtp://{}", mailbox.address),
        "mail.from=Reports <report@cert.example>".to_owned(),
    ]);
    if let Some(url) = url {
        place.set.push(format!("storage.database={url}"));
    }
    let (mut dice, mut expected) = (Dice::new(options.seed), Expected::new());
    let (began, mut mailed_before_kill) = (Instant::now(), 0);
    for round in 0..options.rounds {
        let file = dir.path().join(format!("report-{round}.jsonl"));
        std::fs::write(&file, report(round, options.rows, &mut expected)?)?;
        let taken = tokio::spawn(take_in(place.clone(), file.display().to_string()));
        if round % 2 == 0 {
            // Half of the reports are there when it starts, the others come while it judges.
            while !taken.is_finished() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let before = mailbox.accepted().len();
        let running = serve(&place).await?;
        let life = if dice.below(2) == 0 {
            SHORT_LIFE_MAX
        } else {
            LIFE_MAX
        };
        tokio::time::sleep(Duration::from_millis(dice.below(life))).await;
        running.kill().await?;
        taken.await??;
        mailed_before_kill += u64::from(mailbox.accepted().len() > before);
    }
    let running = serve(&place).await?;
    let settled = settle(&mailbox, &expected).await?;
    running.stop().await?;
    let (mut faults, figures) = look(&mailbox, &expected)?;
    if !settled {
        faults.push("mail still came when it should have been quiet".to_owned());
    }
    if let Err(error) = place.verified_reports().await {
        faults.push(format!("{error:#}"));
    }
    let mut told = json!({
        "trial": "kill9-notices", "database": name, "rounds": options.rounds, "rounds_with_mail": mailed_before_kill,
        "observations": expected.len(), "seconds": began.elapsed().as_secs_f64().round(),
    });
    if let (Some(told), Some(figures)) = (told.as_object_mut(), figures.as_object()) {
        told.extend(figures.clone());
    }
    trial::verdict(told, &faults)
}

/// Waits until everything was told and nothing more comes.
async fn settle(mailbox: &Mailbox, expected: &Expected) -> anyhow::Result<bool> {
    let began = Instant::now();
    let (mut last, mut since) = (0, Instant::now());
    while began.elapsed() < SETTLE_MAX {
        let accepted = mailbox.accepted();
        if accepted.len() != last {
            (last, since) = (accepted.len(), Instant::now());
        }
        let mut told = BTreeSet::new();
        for one in &accepted {
            told.extend(one.told()?.rows.into_keys());
        }
        if told.len() >= expected.len() && since.elapsed() > QUIET {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    // What was forgotten is told by name.
    Ok(since.elapsed() > QUIET)
}

/// What is wrong with what the mail server accepted.
fn look(
    mailbox: &Mailbox,
    expected: &Expected,
) -> anyhow::Result<(Vec<String>, serde_json::Value)> {
    let (mut faults, mut repeated) = (Vec::new(), 0_u64);
    let mut messages = BTreeMap::new();
    let mut by: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for one in mailbox.accepted() {
        let told = one.told()?;
        for (row, part) in &told.rows {
            if expected.get(row) != Some(&one.to) {
                faults.push(format!("{row:?} was told to {}", one.to));
            }
            if part != "new" {
                faults.push(format!("{row:?} was told as {part}"));
            }
            by.entry(row.clone()).or_default().insert(told.id.clone());
        }
        // The same message may be accepted twice: who sent it was killed before it heard so.
        match messages.get(&told.id) {
            Some(before) if *before == told => repeated += 1,
            Some(_) => faults.push(format!("{} became another message", told.id)),
            None => {
                messages.insert(told.id.clone(), told);
            }
        }
    }
    for row in expected.keys() {
        match by.get(row).map_or(0, BTreeSet::len) {
            1 => {}
            0 => faults.push(format!("{row:?} was forgotten")),
            many => faults.push(format!("{row:?} was told by {many} messages")),
        }
    }
    let tables: BTreeSet<&String> = messages.values().map(|told| &told.table).collect();
    if tables.len() != messages.len() {
        faults.push("a notice went as two messages".to_owned());
    }
    let figures = json!({ "notices": messages.len(), "accepted_twice": repeated });
    Ok((faults, figures))
}
