//! Example machine reports: two sources with a few hundred rows of a week, a book of rules that is on, notices to owners of which some
//! were answered and some are gone, and a claim that waits. Only documentation addresses and numbers (RFC 5737, 3849, 5398).

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::constituent::claim::Own;
use cairn_app::feeds::receive::CameBy;
use cairn_app::notice::Said;
use cairn_app::notify::Post;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::constituent::Typed;
use cairn_desk::constituent::claim::Asked;
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::notice::{ALL_ROWS, Answer};
use cairn_desk::rules::Command;
use cairn_desk::source::{SourceKind, SourceWanted};
use cairn_kernel::time::Micros;
use tokio::sync::watch;

use super::sink::Sink;
use crate::settings::Settings;

const DAY: i64 = 24 * 3_600;
/// Days ago on which scans came. At half past midnight UTC, which is day in New Zealand: nobody's quiet hours.
const SCANS: [i64; 4] = [8, 6, 3, 1];
/// Days ago on which sightings of a sinkhole came.
const SIGHTINGS: [i64; 2] = [7, 2];
/// Turns until all that is due was done; each does some.
const TURNS_MAX: usize = 20;

const MAPPING: &str = r#"
[[column]]
name = "time"
to = "time.source"
[[column]]
name = "ip"
to = "source.ip"
required = true
[[column]]
name = "port"
to = "source.port"
[[column]]
name = "asn"
to = "source.asn"
[[column]]
name = "country"
to = "source.geolocation.cc"
[[column]]
name = "what"
to = "classification.identifier"
[[column]]
name = "malware"
to = "malware.name"
"#;

/// What is new goes at once, and nothing is told again within two weeks: no mail leaves a demonstration while it is looked at.
const BOOK: &str = r#"
[limits]
mails_hour = 200
approve_rows = 500

[[rule]]
name = "Infected machines"
when = { type = ["infected-system"] }
tell = { class = "infected", role = ["security", "abuse", "technical"], template = "infected", format = "csv", hours = 336, at_once = true, tlp = "green" }

[[rule]]
name = "Services that should not be open"
when = { type = ["vulnerable-system"] }
tell = { class = "exposed", role = ["abuse", "security", "technical"], template = "exposed", format = "csv", hours = 336, at_once = true, tlp = "green" }
"#;

/// Where machines stand: what is before the last part of the address, from which number on, how many, AS number.
const PLACES: [(&str, u32, u32, u32); 7] = [
    ("198.51.100.", 10, 16, 64_496),
    ("203.0.113.", 20, 14, 64_497),
    ("192.0.2.", 30, 8, 64_500),
    ("192.0.2.", 130, 6, 64_500),
    ("203.0.113.", 130, 5, 64_501),
    ("203.0.113.", 200, 9, 64_502),
    ("2001:db8:2::", 10, 6, 64_498),
];
const SERVICES: [(&str, u32); 5] = [
    ("open-telnet", 23),
    ("open-rdp", 3389),
    ("open-memcached", 11_211),
    ("open-snmp", 161),
    ("open-smb", 445),
];
const MALWARE: [&str; 4] = ["avalanche", "qakbot", "mirai", "gamut"];

/// Who does it.
pub struct People<'a> {
    /// Writes and sends.
    pub officer: &'a Principal,
    /// Makes sources, switches on.
    pub lead: &'a Principal,
}

/// The table of a scan, the how-manieth. Some machines are mended after each.
fn scan(at: Micros, round: usize) -> String {
    let mut table = "time,ip,port,asn,country,what,malware\n".to_owned();
    for (place, (before, first, count, asn)) in PLACES.into_iter().enumerate() {
        for n in 0..count {
            let mended = (n as usize + place) % (SCANS.len() + 2);
            if mended < round {
                continue;
            }
            let (what, port) = SERVICES
                .get((n as usize + place) % SERVICES.len())
                .copied()
                .unwrap_or(("open-telnet", 23));
            let ip = first + n;
            let _written = writeln!(table, "{at},{before}{ip},{port},{asn},NZ,{what},");
        }
    }
    table
}

/// The table of a sinkhole.
fn sightings(at: Micros, round: usize) -> String {
    let mut table = "time,ip,port,asn,country,what,malware\n".to_owned();
    for (place, (before, first, count, asn)) in PLACES.into_iter().enumerate() {
        for n in 0..count {
            let name = MALWARE.get((n as usize + place) % MALWARE.len());
            if (n as usize + place + round).is_multiple_of(3) {
                continue;
            }
            let (ip, name) = (first + n, name.copied().unwrap_or_default());
            let _written = writeln!(table, "{at},{before}{ip},,{asn},NZ,botnet,{name}");
        }
    }
    table
}

/// Fills all of it in. The clock is left at `now`.
///
/// # Errors
/// The store cannot read or write, or an example is wrong.
pub async fn fill(
    app: &App,
    settings: &Settings,
    (clock, now): (&Clock, Micros),
    people: &People<'_>,
) -> anyhow::Result<()> {
    if settings.app.feeds.files.is_some() {
        // A folder of the operator's own is not ours to write into.
        return Ok(());
    }
    lay(&settings.data.join("feeds"))?;
    let sink = Sink::start().await?;
    let mut app = app.clone();
    app.config = Arc::new(Config {
        mail: Some(MailConfig {
            smtp_url: sink.url().to_owned(),
            from: "Example team <team@cert.example>".to_owned(),
        }),
        ..(*app.config).clone()
    });
    let midnight = now.seconds().div_euclid(DAY) * DAY;
    let ago = |days: i64| Micros(0).plus_seconds(midnight - days * DAY + 1_800);
    clock.set(ago(9));
    let scans = source(&app, people.lead, ("scans", true, "Scans of open services")).await?;
    let hole = source(
        &app,
        people.lead,
        ("sinkhole", false, "Sightings of a sinkhole"),
    )
    .await?;
    claim(&app, &sink).await?;
    book(&app, people).await?;
    let mut days: Vec<i64> = SCANS.into_iter().chain(SIGHTINGS).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    for day in days {
        let at = ago(day);
        clock.set(at);
        let scan_round = SCANS.iter().position(|one| *one == day);
        let round = SIGHTINGS.iter().position(|one| *one == day);
        let (no, table) = match (scan_round, round) {
            (Some(round), _) => (scans, scan(at, round)),
            (_, round) => (hole, sightings(at, round.unwrap_or_default())),
        };
        take(&app, people.officer, (no, day), table).await?;
        clock.set(at.plus_seconds(1_200));
        work(&app).await?;
        clock.set(at.plus_seconds(4 * 3_600));
        answer(&app, &sink, day).await?;
    }
    clock.set(now);
    Ok(())
}

fn lay(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, kind) in [
        ("scans.toml", "vulnerable-system"),
        ("sinkhole.toml", "infected-system"),
    ] {
        let text = format!("{MAPPING}[constants]\n\"classification.type\" = \"{kind}\"\n");
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

async fn source(
    app: &App,
    lead: &Principal,
    (code, complete, name): (&str, bool, &str),
) -> anyhow::Result<i64> {
    let wanted = SourceWanted {
        name: name.to_owned(),
        format: "csv".to_owned(),
        file: format!("{code}.toml"),
        feed: code.to_owned(),
        window_hours: Some(72),
        complete,
        ..SourceWanted::fresh(SourceKind::Upload)
    };
    let made = app.make_source(lead, (code, SourceKind::Upload), &wanted);
    made.await.context("an example source")
}

/// Written, tried out, asked for, and switched on by somebody else.
async fn book(app: &App, people: &People<'_>) -> anyhow::Result<()> {
    let seen = async || -> anyhow::Result<i64> {
        let book = app.notice_book(people.officer).await?;
        Ok(book.rule.as_ref().map_or(0, |rule| rule.steps))
    };
    let written = app.write_book(people.officer, seen().await?, BOOK.trim_start());
    written
        .await?
        .map_err(|fault| anyhow!("the example book: {fault:?}"))?;
    app.try_book(people.officer, seen().await?).await?;
    app.work_book(people.officer, seen().await?, Command::Ask)
        .await?;
    let on = Command::SwitchOn { others: 0 };
    app.work_book(people.lead, seen().await?, on).await?;
    Ok(())
}

async fn take(
    app: &App,
    officer: &Principal,
    (source, day): (i64, i64),
    table: String,
) -> anyhow::Result<()> {
    let name = format!("example-{day}.csv");
    let mut receiving = app.begin_report(officer, source, &name).await?;
    receiving.push(table.into()).await?;
    app.end_report(officer, receiving, CameBy::Page).await?;
    let (_never, stopping) = watch::channel(false);
    app.feeds_turn(&stopping).await?;
    Ok(())
}

/// Judges, tells and mails all that is due.
async fn work(app: &App) -> anyhow::Result<()> {
    for _ in 0..TURNS_MAX {
        let judged = app.notices_turn().await?;
        if judged == 0 && mail(app).await? == 0 {
            return Ok(());
        }
    }
    Ok(())
}

async fn mail(app: &App) -> anyhow::Result<usize> {
    let config = app.config.mail.as_ref().context("no example mail")?;
    let post = Post::new(config)?;
    let (_never, stopping) = watch::channel(false);
    Ok(app.run_jobs(Some(&post), &stopping).await?)
}

/// What stands behind `start` in a mail: letters, digits and dashes.
fn link<'a>(mail: &'a str, start: &str) -> Option<&'a str> {
    let (_, rest) = mail.split_once(start)?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    rest.get(..end.unwrap_or(rest.len()))
}

/// Every other owner answers.
async fn answer(app: &App, sink: &Sink, day: i64) -> anyhow::Result<()> {
    for (at, mail) in sink.take().iter().enumerate() {
        let found = link(mail, "/n/").and_then(|link| link.rsplit_once('-'));
        let Some((number, secret)) = found.filter(|_| !at.is_multiple_of(2)) else {
            continue;
        };
        let opened = app.open_notice(number, secret).await?;
        let said = if day % 2 == 0 {
            Said {
                rows: vec![(ALL_ROWS, Answer::Fixed)],
                note: "Closed at the edge; the machines are patched this week.".to_owned(),
            }
        } else {
            Said {
                rows: vec![(ALL_ROWS, Answer::Working), (1, Answer::NotOurs)],
                note: String::new(),
            }
        };
        app.answer_notice(&opened, &said).await?;
    }
    Ok(())
}

/// An organisation asks to be told; its mailbox is proved.
async fn claim(app: &App, sink: &Sink) -> anyhow::Result<()> {
    let asked = Asked {
        heading: Typed {
            name: "Example Harbour".to_owned(),
            sector: "H".to_owned(),
            ..Typed::default()
        },
        add: "203.0.113.64/27 harbour.example AS64503".to_owned(),
        contact: ContactTyped {
            role: "security".to_owned(),
            name: "Harbour control".to_owned(),
            email: "soc@harbour.example".to_owned(),
            ..ContactTyped::default()
        },
        note: "Example Hosting runs some of our machines.".to_owned(),
        ..Asked::default()
    };
    let wish = asked.first("en", app.contact_typed(&asked.contact));
    let wish = wish.map_err(|faults| anyhow!("the example claim: {faults:?}"))?;
    app.make_claim(&wish).await?;
    mail(app).await?;
    for mail in sink.take() {
        if let Some(link) = link(&mail, "/own/")
            && let Own::Claim(one) = app.open_own(link).await?
        {
            app.prove_claim(&one).await?;
        }
    }
    Ok(())
}
