//! `cairn export reports`: written by whichever process holds the data, into a file of the caller's.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

use crate::admin::Wish;
use crate::args::Format;
use crate::control;
use crate::settings::Settings;

/// Exports to `out`, or to standard output.
///
/// # Errors
/// What went wrong; an unfinished file is removed.
pub async fn reports(
    settings: &Settings,
    format: Format,
    out: Option<PathBuf>,
) -> anyhow::Result<()> {
    let spool = tempfile::NamedTempFile::new().context("making a temporary file")?;
    let file = out.clone().unwrap_or_else(|| spool.path().to_owned());
    // The process that serves may stand in another folder.
    let file = std::path::absolute(file)?;
    let name = match format {
        Format::Csv => "csv",
        Format::Jsonl => "jsonl",
    };
    let wish = Wish::ExportReports {
        format: name.to_owned(),
        file,
    };
    let answer = control::ask(settings, wish).await?;
    if out.is_none() {
        let mut file = std::fs::File::open(spool.path())?;
        std::io::copy(&mut file, &mut std::io::stdout().lock())?;
    }
    eprintln!(
        "{} reports",
        answer
            .get("reports")
            .and_then(Value::as_u64)
            .unwrap_or_default()
    );
    Ok(())
}
