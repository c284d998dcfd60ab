//! `cairn export reports`: made by whichever process holds the data, written by the one that was asked.

use std::path::PathBuf;

use serde_json::Value;

use crate::admin::Wish;
use crate::args::Format;
use crate::control;
use crate::out::Out;
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
    let name = match format {
        Format::Csv => "csv",
        Format::Jsonl => "jsonl",
    };
    let wish = Wish::ExportReports {
        format: name.to_owned(),
    };
    let mut to = match &out {
        Some(path) => Out::file(path).await?,
        None => Out::Stdout,
    };
    let answer = control::ask_into(settings, wish, &mut to).await;
    if answer.is_err()
        && let Some(path) = &out
    {
        // Half an export must not be taken for a whole one.
        let _gone = std::fs::remove_file(path);
    }
    let answer = answer?;
    eprintln!(
        "{} reports",
        answer
            .get("reports")
            .and_then(Value::as_u64)
            .unwrap_or_default()
    );
    Ok(())
}
