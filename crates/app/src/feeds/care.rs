//! What machine reports need beside their way: files that say how to read, data sets, retention, forgetting.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::SystemTime;

use cairn_feeds::data::{Set, Shelf};
use cairn_feeds::limits::{MAPPING_BYTES_MAX, SCHEMA_BYTES_MAX};
use cairn_kernel::time::Micros;
use cairn_store::feeds::{FeedError, FeedStore, Retained};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use super::line::Line;
use super::ways::Ways;
use crate::App;
use crate::report::AppError;

/// How files of data sets end.
pub const SET_ENDING: &str = "cds";
/// Days for which the list of reports that were done is kept.
const ARRIVAL_DAYS: i64 = 400;
/// Days for which ids are kept that a source listed; it lists those of some days.
const SEEN_DAYS: i64 = 60;
const DAY_SECONDS: i64 = 24 * 3_600;

/// Data sets, and what their files were like when they were read.
#[derive(Debug, Default)]
pub(super) struct Shelved {
    files: Vec<(PathBuf, u64, Option<SystemTime>)>,
    shelf: Shelf,
}

impl Line {
    /// The sets of a folder; read anew when its files changed.
    pub(super) fn shelf(&self, dir: &Path) -> Result<Shelf, String> {
        let files = sets_in(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let mut kept = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.files != files {
            let read = |(path, ..): &(PathBuf, u64, Option<SystemTime>)| {
                let told = |why: String| format!("{}: {why}", path.display());
                let bytes = std::fs::read(path).map_err(|error| told(error.to_string()))?;
                Set::read(&bytes).map_err(|error| told(error.to_string()))
            };
            let sets: Vec<Set> = files.iter().map(read).collect::<Result<_, String>>()?;
            kept.shelf = Shelf::new(sets);
            kept.files = files;
        }
        Ok(kept.shelf.clone())
    }
}

fn sets_in(dir: &Path) -> std::io::Result<Vec<(PathBuf, u64, Option<SystemTime>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == SET_ENDING) {
            let meta = std::fs::metadata(&path)?;
            files.push((path, meta.len(), meta.modified().ok()));
        }
    }
    files.sort();
    Ok(files)
}

/// Reads what a source says how to read; in words why that cannot be. The words name the file and not where it lies.
pub(super) fn ways(folder: &Path, format: &str, file: &str) -> Result<Ways, String> {
    let read = |bytes_max: usize| {
        let mut bytes = Vec::new();
        let opened = File::open(folder.join(file));
        let all = opened.and_then(|opened| {
            // One byte more than it may have tells that it has too many.
            opened.take(bytes_max as u64 + 1).read_to_end(&mut bytes)
        });
        match all {
            Ok(_) if bytes.len() > bytes_max => {
                Err(format!("{file} is larger than {bytes_max} bytes"))
            }
            Ok(_) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(format!(
                "{file} is not in the operator's folder for schemas and mappings"
            )),
            Err(error) => Err(format!("{file}: {error}")),
        }
    };
    if format == "schema" {
        let bytes = read(SCHEMA_BYTES_MAX)?;
        return Ways::by_schema(&bytes).map_err(|error| format!("{file}: {error}"));
    }
    let text = if file.is_empty() {
        None
    } else {
        let bytes = read(MAPPING_BYTES_MAX)?;
        Some(String::from_utf8(bytes).map_err(|_| format!("{file} is no text in UTF-8"))?)
    };
    let read = Ways::by_format(format, text.as_deref());
    read.map_err(|error| match file {
        "" => error.to_string(),
        file => format!("{file}: {error}"),
    })
}

/// The beginning of the month before which nothing is kept, where so many whole months are beside the present one.
#[must_use]
pub fn first_month(now: Micros, months: u16) -> Option<Micros> {
    let today = now.timestamp().to_zoned(TimeZone::UTC);
    let month = today.first_of_month().and_then(|day| day.start_of_day());
    let first = month.and_then(|month| month.checked_sub(i64::from(months).months()));
    first.ok().map(|first| Micros::from(first.timestamp()))
}

impl App {
    /// Removes observations and reports that are older than the operator's rule allows, and forgets what the queue need not know any
    /// more. Daily counts stay. `None` where there is no rule, or another process takes reports in: it is done at the next time.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn retain_feeds(&self) -> Result<Option<Retained>, AppError> {
        let now = self.clock.now();
        let ago = |days: i64| now.plus_seconds(-days * DAY_SECONDS);
        let forgotten = self
            .store
            .forget_arrivals(ago(ARRIVAL_DAYS), ago(SEEN_DAYS));
        forgotten.await?;
        self.sweep_spool().await?;
        let months = self.config.feeds.keep_months;
        let options = self.store.options();
        let Some(first) = first_month(now, months).filter(|_| months > 0) else {
            return Ok(None);
        };
        let done = tokio::task::spawn_blocking(move || {
            // Who never took a report in needs no writer.
            if FeedStore::reading(&options)?.is_none() {
                return Ok(None);
            }
            let patience = std::time::Duration::from_secs(10);
            match FeedStore::open_in_turn(&options, patience) {
                Err(FeedError::Locked(_)) => Ok(None),
                Err(error) => Err(error),
                Ok(mut store) => store.retain(first).map(Some),
            }
        });
        let done = done.await.map_err(|_| FeedError::Broken)??;
        if let Some(done) = done.filter(|done| *done != Retained::default()) {
            tracing::info!(
                months = done.months,
                observations = done.observations,
                reports = done.raws,
                "removed machine reports that had their time"
            );
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept() {
        let at = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().unwrap());
        let first = first_month(at("2050-03-17T12:00:00Z"), 2).unwrap();
        assert_eq!(first, at("2050-01-01T00:00:00Z"));
        let first = first_month(at("2050-01-01T00:00:00Z"), 13).unwrap();
        assert_eq!(first, at("2048-12-01T00:00:00Z"));
    }

    #[test]
    fn files_that_are_none_are_told_by_name_only() {
        let dir = tempfile::tempdir().unwrap();
        let said = |format: &str, file: &str| ways(dir.path(), format, file).unwrap_err();
        assert!(said("schema", "absent.json").starts_with("absent.json is not in"));
        std::fs::write(dir.path().join("bad.toml"), "delimiter = 5").unwrap();
        let text = said("csv", "bad.toml");
        assert!(text.starts_with("bad.toml: ") && !text.contains(&*dir.path().to_string_lossy()));
        assert!(ways(dir.path(), "n6", "").is_ok());
    }
}
