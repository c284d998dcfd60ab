//! Two example cases: one that is worked on, with a clock that runs, tasks and a timeline; one that is done.

use std::collections::BTreeMap;

use anyhow::Context;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::cases::Written;
use cairn_app::clock::Clock;
use cairn_app::search::QueueQuery;
use cairn_desk::cases::{Command, Source};
use cairn_kernel::time::Micros;

const HOUR: i64 = 3_600;

fn said(text: &str) -> Written {
    Written {
        text: text.to_owned(),
        key: Some(format!("example {text}")),
    }
}

const fn note() -> Command {
    Command::Note {
        digest: String::new(),
        corrects: None,
    }
}

/// Fills in both. The clock is left at `now`.
///
/// # Errors
/// The store cannot write, or there are no example reports.
pub async fn fill(app: &App, clock: &Clock, now: Micros, who: &Principal) -> anyhow::Result<()> {
    let query = QueueQuery {
        limit: 3,
        ..QueueQuery::default()
    };
    let reports = app.queue(who, &query).await?.into_inner().rows;
    let references: Vec<String> = reports.iter().map(|row| app.reference(row.no)).collect();
    let linked: Vec<&str> = references.iter().take(2).map(String::as_str).collect();
    let report = reports.first().context("no example report")?.no;
    let received = reports
        .iter()
        .map(|row| row.received_at)
        .max()
        .unwrap_or(now);

    clock.set(received.plus_seconds(HOUR).min(now));
    let first = app
        .open_case(
            who,
            &said("Reports of one evening that look alike"),
            &linked,
        )
        .await?;
    let own = Command::SetOwner {
        to: Some(who.account.clone()),
    };
    let level = Command::SetSeverity {
        scheme: "nz".into(),
        level: Some("C3".into()),
        answers: BTreeMap::new(),
    };
    let template = Command::AddTemplate {
        template: "any".into(),
    };
    let begin = app.clock.now();
    let start = Command::StartClock {
        rule: "nz-privacy-commissioner".into(),
        start: ("privacy_breach_aware".into(), begin.plus_seconds(-HOUR)),
        limit: None,
    };
    for command in [own, level, template, Command::Done { task: 1 }, start] {
        app.work_case(who, first, i64::MAX, command, None).await?;
    }
    let row = |before: i64, source| Command::AddRow {
        digest: String::new(),
        happened: begin.plus_seconds(-before * HOUR),
        known: begin,
        source,
    };
    for (command, text) in [
        (
            row(30, Source::Outside),
            "A first message went out; the provider saw it in its logs.",
        ),
        (
            row(2, Source::Report(report)),
            "The first of the two people wrote to us.",
        ),
        (
            note(),
            "Both use the same provider. Asked it by telephone whether others wrote as well.",
        ),
    ] {
        app.work_case(who, first, i64::MAX, command, Some(&said(text)))
            .await?;
    }
    let second = finished(app, who).await?;
    beside(app, who, first, second).await?;
    clock.set(now);
    Ok(())
}

/// What the first one touches, and that it has to do with the other.
async fn beside(app: &App, who: &Principal, first: i64, second: i64) -> anyhow::Result<()> {
    let mailbox = Command::AddAsset {
        digest: String::new(),
        sort: "mailbox".into(),
        condition: "compromised".into(),
    };
    let name = said("The mailbox of the accounts team");
    app.work_case(who, first, i64::MAX, mailbox, Some(&name))
        .await?;
    let relate = Command::Relate {
        to: second,
        how: "see".into(),
    };
    app.work_case(who, first, i64::MAX, relate, None).await?;
    Ok(())
}

/// One that is done.
async fn finished(app: &App, who: &Principal) -> anyhow::Result<i64> {
    let second = app
        .open_case(who, &said("A page that copied a library’s sign-in"), &[])
        .await?;
    let written = said("The host took the page down. Nobody had signed in there.");
    app.work_case(who, second, i64::MAX, note(), Some(&written))
        .await?;
    let close = Command::Close {
        reason: "resolved".into(),
    };
    app.work_case(who, second, i64::MAX, close, None).await?;
    Ok(second)
}
