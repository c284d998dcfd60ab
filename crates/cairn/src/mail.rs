//! `cairn report import-mail`.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cairn_desk::mail::{maildir_done, maildir_is_message, split_mbox};
use serde_json::Value;

use crate::admin::Wish;
use crate::control;
use crate::progress;
use crate::settings::Settings;

/// Largest message taken, bytes.
pub const MESSAGE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Imports from standard input, a maildir or an mbox. A message that cannot be read does not stop the others.
///
/// # Errors
/// Nothing could be imported, or some messages could not; each is named.
pub async fn import(
    settings: &Settings,
    maildir: Option<PathBuf>,
    mbox: Option<PathBuf>,
) -> anyhow::Result<()> {
    match (maildir, mbox) {
        (Some(dir), _) => import_maildir(settings, &dir).await,
        (None, Some(file)) => import_mbox(settings, &file).await,
        (None, None) => {
            let mut message = Vec::new();
            std::io::stdin()
                .lock()
                .take(MESSAGE_BYTES_MAX + 1)
                .read_to_end(&mut message)?;
            println!("{}", one(settings, &message).await?);
            Ok(())
        }
    }
}

/// Imports one message and returns its reference.
async fn one(settings: &Settings, message: &[u8]) -> anyhow::Result<String> {
    if message.len() as u64 > MESSAGE_BYTES_MAX {
        bail!("the message is larger than {MESSAGE_BYTES_MAX} bytes");
    }
    let wish = Wish::take_mail(message, settings.mail_authserv.clone());
    let answer = control::ask(settings, wish).await?;
    Ok(answer
        .get("reference")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned())
}

async fn import_mbox(settings: &Settings, file: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let bar = progress::bar("messages");
    let (mut done, mut failed) = (0, 0);
    for (n, message) in split_mbox(&bytes).enumerate() {
        bar.set_position(n as u64 + 1);
        match one(settings, &message).await {
            Ok(reference) => {
                done += 1;
                bar.suspend(|| println!("{reference}"));
            }
            Err(error) => {
                failed += 1;
                bar.suspend(|| eprintln!("message {}: {error:#}", n + 1));
            }
        }
    }
    bar.finish_and_clear();
    finish(done, failed)
}

async fn import_maildir(settings: &Settings, dir: &Path) -> anyhow::Result<()> {
    let (fresh, seen) = (dir.join("new"), dir.join("cur"));
    let mut names: Vec<String> = std::fs::read_dir(&fresh)
        .with_context(|| format!("{} is no maildir", dir.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| maildir_is_message(name))
        .collect();
    names.sort_unstable();
    let bar = progress::bar("messages");
    bar.set_length(names.len() as u64);
    let (mut done, mut failed) = (0, 0);
    for name in names {
        bar.inc(1);
        let path = fresh.join(&name);
        let imported = match std::fs::read(&path) {
            Ok(message) => one(settings, &message).await,
            Err(error) => Err(error.into()),
        };
        match imported {
            Ok(reference) => {
                // Moved only after the report is durable; a crash in between imports it again, as the same report.
                std::fs::rename(&path, seen.join(maildir_done(&name)))
                    .with_context(|| format!("marking {name} as seen"))?;
                done += 1;
                bar.suspend(|| println!("{reference}"));
            }
            Err(error) => {
                failed += 1;
                bar.suspend(|| eprintln!("{name}: {error:#}"));
            }
        }
    }
    bar.finish_and_clear();
    finish(done, failed)
}

fn finish(done: u32, failed: u32) -> anyhow::Result<()> {
    eprintln!("{done} imported, {failed} failed");
    if failed > 0 {
        bail!("{failed} messages could not be imported; they were left where they are");
    }
    Ok(())
}
