//! `cairn demo`: a working service with example data and example people, to look around.

mod fill;
mod people;

use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use cairn_app::clock::Clock;
use cairn_desk::rates::Rates;

use crate::settings::Settings;
use crate::{open, serve};

/// Made-up exchange rates.
const RATES: &str = include_str!("../../../data/example/rates.toml");

/// Fills a directory (a temporary one unless named) and serves it.
///
/// # Errors
/// What kept it from starting, in words.
pub async fn run(mut settings: Settings, named: bool) -> anyhow::Result<()> {
    // Kept until the end: dropping it removes the directory.
    let temporary = if named {
        None
    } else {
        Some(tempfile::tempdir().context("making a temporary directory")?)
    };
    if let Some(dir) = &temporary {
        settings.data = dir.path().join("cairn");
    }
    if settings.rates.is_none() && settings.app.base_currency == "NZD" {
        settings.app.rates = Rates::parse(RATES).context("data/example/rates.toml")?;
    }
    let listener = serve::bind(&settings).await?;
    // Links in the demonstration lead to where it really listens.
    settings.site.public_url = format!("http://{}", listener.local_addr()?);
    settings
        .app
        .public_url
        .clone_from(&settings.site.public_url);
    let fresh = !settings.data.join("core.db").exists();
    let now = Clock::System.now();
    let clock = Clock::fixed(now);
    let people = if fresh {
        // Examples need not survive a power cut; what follows does.
        let app = open::app_for_examples(&settings, clock.clone()).await?;
        let people = people::enrol(&app, &clock, now).await?;
        fill::fill(&app, &clock, now, &people::officers(&people)).await?;
        app.close().await;
        people
    } else {
        Vec::new()
    };
    let app = open::app(&settings).await?;
    let data = settings.data.clone();
    serve::serve(settings, app, listener, move |address| {
        println!();
        println!("  Report an incident     http://{address}/");
        println!("  Public figures         http://{address}/figures");
        println!("  Officers' sign-in      http://{address}/sign-in");
        println!("  API                    http://{address}/api");
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
