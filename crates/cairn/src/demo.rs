//! `cairn demo`: a working service with example data and example people, to look around.

mod cases;
mod challenges;
mod constituents;
mod fill;
mod machines;
mod office;
mod people;
mod referrals;
mod rules;
mod shift;
mod sink;

use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use cairn_app::clock::Clock;
use cairn_desk::rates::Rates;
use tokio::net::TcpListener;

use crate::args::Usage;
use crate::settings::Settings;
use crate::{open, serve};

/// Made-up exchange rates.
const RATES: &str = include_str!("../../../data/example/rates.toml");
/// Made-up population.
const POPULATION: &str = include_str!("../../../data/example/live.toml");
/// Name of the file in a data directory that a demonstration filled. It holds a digest of the database's address.
const MARK: &str = "demonstration";

/// Fills a directory (a temporary one unless named) and serves it; with examples of `machines`' reports, or without.
///
/// # Errors
/// [`Usage`] for a database with anything in it that no demonstration put there; or what kept it from starting, in words.
pub async fn run(mut settings: Settings, machines: bool) -> anyhow::Result<()> {
    if !settings.door.is_house() {
        return Err(Usage("a demonstration is of the house: leave --tenant out".into()).into());
    }
    // Kept until the end: dropping it removes the directory.
    let temporary = if settings.is_given("storage.data") {
        None
    } else {
        Some(tempfile::tempdir().context("making a temporary directory")?)
    };
    if let Some(dir) = &temporary {
        settings.live_in(dir.path().join("cairn"));
    }
    let fresh = is_fresh(&settings).await?;
    let listener = bind(&settings).await?;
    stand_alone(&mut settings, &listener)?;
    if settings.plans.is_empty() {
        settings.plans = crate::track::examples::lay(&settings.data.join("plans"))?;
    }
    settings.app.plans = open::plans(&settings.plans, &settings.site)?;
    let people = if fresh {
        fill_in(&settings, machines).await?
    } else {
        Vec::new()
    };
    let app = open::app(&settings).await?;
    let data = settings.data.clone();
    let scheme = settings.scheme();
    serve::serve(settings, app, listener, move |address| {
        println!();
        println!("  Report an incident     {scheme}://{address}/");
        println!("  Public figures         {scheme}://{address}/figures");
        println!("  Strategies             {scheme}://{address}/track");
        println!("  Officers' sign-in      {scheme}://{address}/sign-in");
        println!("  API                    {scheme}://{address}/api");
        println!("  Data                   {}", data.display());
        if people.is_empty() {
            println!(
                "\n  The directory was filled before; its example sign-ins were printed then."
            );
        } else {
            people::print(&people);
            codes_on_enter(people);
        }
        println!("\n  Ctrl-C ends the demonstration.");
    })
    .await
}

/// Whether there is nothing yet. Examples, and accounts whose password everybody knows, never come into a database that
/// somebody uses: what is there must be empty or a demonstration's own.
async fn is_fresh(settings: &Settings) -> anyhow::Result<bool> {
    let database = open::options(settings)?.database;
    let empty = cairn_store::empty::is_empty(&database).await?;
    let mark = std::fs::read_to_string(settings.data.join(MARK)).ok();
    let used = settings.data.join("keys").exists();
    match mark {
        Some(mark) if mark.trim() == mark_of(settings) => Ok(empty),
        None if empty && !used => Ok(true),
        _ => Err(Usage(format!(
            "{} or its database ({}) is in use, and no demonstration made it: name another directory, \
             or none for a temporary one",
            settings.data.display(),
            if settings.database == "sqlite" { "SQLite" } else { "PostgreSQL" },
        ))
        .into()),
    }
}

fn mark_of(settings: &Settings) -> String {
    // A digest, since the address may hold a password.
    cairn_evidence::hash::sha256(settings.database.as_bytes()).hex()
}

/// Takes the address asked for; where none was and 8080 is taken, a free one.
async fn bind(settings: &Settings) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(settings.listen).await {
        Err(error)
            if error.kind() == std::io::ErrorKind::AddrInUse
                && !settings.is_given("server.listen") =>
        {
            println!("{} is taken; using a free port", settings.listen);
            let free = std::net::SocketAddr::new(settings.listen.ip(), 0);
            Ok(TcpListener::bind(free).await?)
        }
        bound => bound.with_context(|| format!("listening on {}", settings.listen)),
    }
}

/// Links lead to where it really listens, and no mail leaves this machine: the settings may be those of a real service.
fn stand_alone(settings: &mut Settings, listener: &TcpListener) -> anyhow::Result<()> {
    let url = format!("{}://{}", settings.scheme(), listener.local_addr()?);
    settings.site.https = settings.server.tls.is_some();
    settings.site.public_url.clone_from(&url);
    settings.app.public_url = url;
    let tenants = settings.tenants.iter_mut().map(|one| &mut one.app);
    for app in tenants.chain([&mut settings.app]) {
        app.mail = app.mail.take().filter(|mail| stays_here(&mail.smtp_url));
    }
    if settings.rates.is_none() && settings.app.base_currency == "NZD" {
        settings.app.rates = Rates::parse(RATES).context("data/example/rates.toml")?;
    }
    if settings.figures.is_none() {
        settings.app.figures.live = POPULATION.into();
    }
    // The examples are years old; erasing by rule would take from them what there is to see.
    if !settings.is_given("service.contact_days") {
        settings.app.contact_days = 0;
        settings.site.contact_days = 0;
    }
    Ok(())
}

/// Whether a mail server's address is one of this machine alone.
fn stays_here(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    host.parse::<std::net::SocketAddr>()
        .map(|address| address.ip())
        .or_else(|_| host.parse())
        .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// The examples. The mark comes first: what is cut off in the middle is a demonstration's all the same.
async fn fill_in(settings: &Settings, machines: bool) -> anyhow::Result<Vec<people::Person>> {
    std::fs::create_dir_all(&settings.data).with_context(|| settings.data.display().to_string())?;
    std::fs::write(settings.data.join(MARK), format!("{}\n", mark_of(settings)))?;
    let now = Clock::System.now();
    let clock = Clock::fixed(now);
    // Examples need not survive a power cut; what follows does.
    let app = open::app_for_examples(settings, clock.clone()).await?;
    let people = people::enrol(&app, &clock, now).await?;
    let officers = people::officers(&people);
    if let Some(officer) = officers.first() {
        // First of all: their mail is run here, and nobody else's may wait beside it.
        constituents::fill(&app, &clock, now, officer).await?;
        if machines {
            let lead = people::with_role(&people, cairn_kernel::actor::Role::Lead)?;
            let people = machines::People { officer, lead };
            machines::fill(&app, settings, (&clock, now), &people).await?;
        }
    }
    fill::fill(&app, &clock, now, &officers).await?;
    if let Some(officer) = officers.first() {
        cases::fill(&app, &clock, now, officer).await?;
        shift::fill(&app, &clock, now, &officers).await?;
        referrals::fill(&app, &clock, now, officer).await?;
        let lead = people::with_role(&people, cairn_kernel::actor::Role::Lead)?;
        rules::fill(&app, officer, lead).await?;
    }
    if settings
        .plans
        .iter()
        .any(|folder| folder.ends_with("nz-digital"))
    {
        let lead = people::with_role(&people, cairn_kernel::actor::Role::Lead)?;
        challenges::fill(&app, &clock, now, lead).await?;
    }
    office::fill(&app, &people).await?;
    app.close().await;
    Ok(people)
}

/// Sign-in codes change every 30 seconds: Enter prints fresh ones, where somebody sits at a terminal.
fn codes_on_enter(people: Vec<people::Person>) {
    if !std::io::stdin().is_terminal() {
        return;
    }
    println!("  Press Enter for fresh codes.");
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() {
                return;
            }
            people::print(&people);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_to_this_machine_only() {
        for here in [
            "smtp://127.0.0.1:2525",
            "smtp://127.0.0.1",
            "smtps://a:b@[::1]:465/x",
        ] {
            assert!(stays_here(here), "{here}");
        }
        for out in [
            "smtp://mail.example",
            "smtp://192.0.2.1:25",
            "smtp://127.0.0.1@192.0.2.1:25",
            "",
        ] {
            assert!(!stays_here(out), "{out}");
        }
    }
}
