//! Commands that check: the evidence log, a receipt, a backup.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_evidence::keys::KeyList;
use cairn_evidence::receipt::Receipt;
use cairn_store::verify::{self, Check, Part, Trusted};
use indicatif::ProgressBar;

use crate::args::CheckFailed;
use crate::open;
use crate::progress;
use crate::settings::Settings;

/// Findings that are printed; all are counted.
const FINDINGS_PRINTED_MAX: u64 = 1_000;

/// `cairn log verify`: the house and all its tenants, unless keys are named, which are those of one.
///
/// # Errors
/// [`CheckFailed`] if anything disagrees; what comes after it was looked at all the same.
pub fn log(settings: &Settings, keys: Option<&Path>) -> anyhow::Result<()> {
    if keys.is_some() || settings.tenants.is_empty() {
        return log_of(settings, keys);
    }
    let mut wrong = Ok(());
    for one in settings.houses() {
        println!("{}:", one.called());
        if !one.door.is_house() && !open::is_made(one) {
            println!("not made yet");
            continue;
        }
        if let Err(error) = log_of(one, None) {
            println!("{error:#}");
            wrong = Err(error.context(one.called()));
        }
    }
    wrong
}

fn log_of(settings: &Settings, keys: Option<&Path>) -> anyhow::Result<()> {
    let own = settings.data.join("keys");
    let mut trusted = Trusted::read(&own, &settings.log_origin)?;
    if let Some(keys) = keys {
        trusted.keys = key_list(keys)?;
    }
    let zone = settings.app.time_zone.clone();
    let quarter = move |at| cairn_app::quarter_of(at, &zone);
    let bar = progress::bar("verifying");
    let mut printed = 0;
    let verdict = verify::database(
        &open::options(settings)?.database,
        Check {
            trusted: &trusted,
            quarter: Some(&quarter),
            progress: &mut |p| step(&bar, p.part, p.done, p.of),
            found: &mut |finding| {
                printed += 1;
                if printed <= FINDINGS_PRINTED_MAX {
                    bar.suspend(|| println!("WRONG  {finding}"));
                }
            },
        },
    )?;
    bar.finish_and_clear();
    println!(
        "{} log entries, {} signed checkpoints, {} challenges, {} reports; {} findings",
        verdict.leaves, verdict.checkpoints, verdict.challenges, verdict.reports, verdict.findings
    );
    if verdict.cases > 0 {
        println!("{} cases", verdict.cases);
    }
    if verdict.returns > 0 {
        println!("{} returns on strategies", verdict.returns);
    }
    if let Some((size, root)) = verdict.head {
        println!("newest checkpoint: size {size}, root {root}");
    }
    let damaged = files(settings)?;
    let amiss = feeds(settings)?;
    if verdict.findings == 0 && damaged == 0 && amiss > 0 {
        return Err(CheckFailed(format!(
            "{amiss} things disagree among the machine reports: restore a backup into another directory and compare; people's \
             reports are as they were logged"
        ))
        .into());
    }
    if verdict.findings == 0 && damaged == 0 {
        println!("every record is as it was when it was logged");
        return Ok(());
    }
    if verdict.findings == 0 {
        return Err(CheckFailed(format!(
            "{damaged} stored files are missing or damaged: take them from a backup (`cairn restore` into another \
             directory, then copy its blobs/); the records themselves agree with the log"
        ))
        .into());
    }
    Err(CheckFailed(format!(
        "{} records do not agree with the evidence log: keep this data directory as it is, and restore a backup \
         made before the change into another one",
        verdict.findings
    ))
    .into())
}

/// Reads every stored file back, names those that are damaged, and gives how many.
///
/// # Errors
/// The database, the keys or the disk could not be read.
pub(crate) fn files(settings: &Settings) -> anyhow::Result<u64> {
    let bar = progress::bar("stored files");
    let mut damaged = 0;
    let read = verify::files(
        &open::options(settings)?,
        &mut |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        },
        &mut |sha256| {
            damaged += 1;
            if damaged <= FINDINGS_PRINTED_MAX {
                bar.suspend(|| println!("WRONG  stored file {sha256}: missing or damaged"));
            }
        },
    )?;
    bar.finish_and_clear();
    println!("{read} stored files read; {damaged} missing or damaged");
    Ok(damaged)
}

/// Holds the machine reports against what was committed of them, names what disagrees, and gives how much.
///
/// # Errors
/// The database or the keys could not be read.
pub(crate) fn feeds(settings: &Settings) -> anyhow::Result<u64> {
    let mut told = 0;
    let mut tell = |finding: String| {
        told += 1;
        if told <= FINDINGS_PRINTED_MAX {
            println!("WRONG  machine reports: {finding}");
        }
    };
    let held = crate::feeds::verify(settings, &mut tell)?;
    let waiting = if open::is_made(settings) {
        verify::waiting(&open::options(settings)?, &mut tell)?
    } else {
        0
    };
    if waiting > 0 {
        println!("{waiting} machine reports that wait to be read");
    }
    let Some(held) = held else {
        return Ok(told);
    };
    println!(
        "{} observations in {} segments and {} machine reports read; {} findings",
        held.observations, held.segments, held.raws, held.findings
    );
    Ok(told)
}

pub(crate) fn step(bar: &ProgressBar, part: Part, done: u64, of: u64) {
    bar.set_message(match part {
        Part::Log => "evidence log",
        Part::Reports => "reports",
    });
    bar.set_length(of);
    bar.set_position(done);
}

pub(crate) fn key_list(path: &Path) -> anyhow::Result<KeyList> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.parse()
        .with_context(|| format!("{} is no list of keys", path.display()))
}

/// `cairn receipt verify`: offline, against the published keys.
///
/// # Errors
/// [`CheckFailed`] if the receipt does not hold.
pub fn receipt(settings: &Settings, file: &Path, keys: Option<PathBuf>) -> anyhow::Result<()> {
    let keys = keys.unwrap_or_else(|| settings.data.join("keys").join("log.keys"));
    let list = key_list(&keys)
        .context("name the published key list with --keys (it is served at /log.keys)")?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let checked = Receipt::parse(&bytes).and_then(|receipt| receipt.verify_listed(&list));
    match checked {
        Ok(proved) => {
            println!("The receipt holds.");
            println!("  reference  {}", proved.reference);
            println!("  log entry  {} of {}", proved.index, proved.size);
            println!("  signed by  {}", proved.key);
            println!("  event      {}", proved.event);
            Ok(())
        }
        Err(error) => Err(CheckFailed(format!("{}: {error}", file.display())).into()),
    }
}
