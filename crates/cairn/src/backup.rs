//! `cairn backup` and `cairn restore`.

use std::path::Path;

use cairn_app::clock::Clock;
use cairn_store::backup::{self, Manifest, Plan, Restore, Restored, Step};
use indicatif::ProgressBar;

use crate::open;
use crate::progress;
use crate::settings::Settings;

/// `cairn backup FILE`, beside a running server or without one: the house and all its tenants, or the one tenant named.
///
/// # Errors
/// What went wrong; no file is left then.
pub fn back_up(
    settings: &Settings,
    to: &Path,
    key: Option<&Path>,
    config: Option<&Path>,
) -> anyhow::Result<()> {
    let key = key.map(key_of).transpose()?;
    let kept = config.map(std::fs::read).transpose()?;
    let (there, not_yet): (Vec<_>, Vec<_>) =
        settings.tenants.iter().partition(|one| open::is_made(one));
    for one in not_yet {
        println!(
            "nothing of {} yet, so it is not in the backup",
            one.called()
        );
    }
    let tenants = there
        .into_iter()
        .map(open::named)
        .collect::<Result<Vec<_>, _>>()?;
    let bar = progress::bar("backing up");
    let plan = Plan {
        to,
        settings: kept.as_deref(),
        key: key.as_ref(),
        made_at: Clock::System.now(),
    };
    let mut told = |s, done, of| step(&bar, s, done, of);
    let manifest = backup::backup_all(&open::options(settings)?, &tenants, &plan, &mut told)?;
    bar.finish_and_clear();
    packed(&to.display().to_string(), &manifest);
    for (name, manifest) in &manifest.tenants {
        packed(&format!("tenant {name}"), manifest);
    }
    if key.is_none() {
        println!(
            "The file holds personal data and the installation's keys in the clear: keep it where only you can read it, or use --key."
        );
    }
    Ok(())
}

fn packed(what: &str, manifest: &Manifest) {
    println!(
        "{what}: {} reports",
        manifest.rows.get("report").copied().unwrap_or_default()
    );
    if let Some(waiting) = manifest.waiting.filter(|waiting| *waiting > 0) {
        println!("{waiting} machine reports that wait to be read");
    }
    for file in &manifest.missing {
        println!("missing on disk, so not in the backup: {file}");
    }
}

/// A key file that is not there yet is made.
fn key_of(path: &Path) -> anyhow::Result<[u8; 32]> {
    if path.exists() {
        return Ok(backup::read_key(path)?);
    }
    let key = backup::new_key(path)?;
    println!(
        "made the key {}: keep a copy elsewhere, without it the backup is lost",
        path.display()
    );
    Ok(key)
}

/// `cairn restore FILE` into an empty data directory: all that the backup holds, or the one tenant named.
///
/// # Errors
/// What went wrong; nothing is left half-restored.
pub fn restore(
    settings: &Settings,
    from: &Path,
    key: Option<&Path>,
    accept: bool,
) -> anyhow::Result<()> {
    let key = key.map(backup::read_key).transpose()?;
    let zone = settings.app.time_zone.clone();
    let quarter = move |at| cairn_app::quarter_of(at, &zone);
    let bar = progress::bar("restoring");
    let plan = Restore {
        from,
        key: key.as_ref(),
        quarter: Some(&quarter),
        accept_findings: accept,
    };
    let mut told = |s, n, of| step(&bar, s, n, of);
    let tenants = open::tenants(settings)?;
    let done = backup::restore_all(&open::options(settings)?, &tenants, &plan, &mut told)?;
    bar.finish_and_clear();
    restored(&settings.data, &done);
    for one in &settings.tenants {
        match done.tenants.get(&one.door.name) {
            Some(done) => restored(&one.data, done),
            None => println!("nothing of {} is in the backup", one.called()),
        }
    }
    if let Some(kept) = done.settings {
        let path = settings.data.join("settings-of-backup.toml");
        std::fs::write(&path, kept)?;
        println!("the settings file of that time is {}", path.display());
    }
    Ok(())
}

fn restored(into: &Path, done: &Restored) {
    println!(
        "restored into {}: {} reports, {} log entries, every one verified",
        into.display(),
        done.verdict.reports,
        done.verdict.leaves
    );
    if done.verdict.findings > 0 {
        println!(
            "but {} records do not agree with the log: run `cairn log verify`",
            done.verdict.findings
        );
    }
    for file in &done.damaged_files {
        println!("stored file missing or damaged: {file}");
    }
}

fn step(bar: &ProgressBar, step: Step, done: u64, of: u64) {
    bar.set_message(match step {
        Step::Database => "database",
        Step::Files => "files",
        Step::Unpack => "unpacking",
        Step::Log => "evidence log",
        Step::Reports => "reports",
    });
    bar.set_length(of);
    bar.set_position(done);
}
