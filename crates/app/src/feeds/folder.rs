//! Watched folders. A file is taken once it has stopped changing, and moved to `done` when it is durable here; to `failed` if it cannot be
//! taken, or proves to be unreadable.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use cairn_store::source::{Arrival, SourceRow};

use super::receive::{Beside, Came, CameBy};
use super::source::wanted_of;
use crate::App;
use crate::report::AppError;

/// Files that are taken at one look.
const FILES_MAX: usize = 100;
/// Files of a folder that are watched at the same time.
const WATCHED_MAX: usize = 10_000;
/// Bytes that are read at a time.
const PIECE_BYTES: usize = 256 << 10;
/// Where files are put that were taken.
const DONE: &str = "done";
/// Where those are put that cannot be.
const FAILED: &str = "failed";
/// Files of one name in such a folder.
const NAMES_MAX: u32 = 1_000;
/// How names of files end that are still being written.
const UNFINISHED: [&str; 3] = [".part", ".tmp", ".filepart"];

type Print = (u64, Option<SystemTime>);

/// What files were like at the last look.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<HashMap<PathBuf, Print>>);

impl Looks {
    /// Those of a folder that are as they were at the look before, in the order of their names.
    fn still(&self, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
        let mut now: Vec<(PathBuf, Print)> = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let unfinished = UNFINISHED.iter().any(|end| name.ends_with(end));
            // A link could lead to what is not for us.
            let meta = entry.metadata()?;
            if meta.is_file() && !name.starts_with('.') && !unfinished && now.len() < WATCHED_MAX {
                now.push((entry.path(), (meta.len(), meta.modified().ok())));
            }
        }
        now.sort();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let still = now
            .iter()
            .filter(|(path, print)| kept.get(path) == Some(print));
        let still = still
            .map(|(path, _)| path.clone())
            .take(FILES_MAX)
            .collect();
        kept.retain(|path, _| path.parent() != Some(folder));
        kept.extend(now);
        Ok(still)
    }
}

/// A name that is free in a folder beside the file, as `done/NAME`.
fn free(folder: &Path, into: &str, path: &Path) -> std::io::Result<String> {
    fs::create_dir_all(folder.join(into))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let others = (1..NAMES_MAX).map(|n| format!("{into}/{n}-{name}"));
    let mut all = std::iter::once(format!("{into}/{name}")).chain(others);
    let free = all.find(|place| !folder.join(place).exists());
    free.ok_or_else(|| std::io::ErrorKind::AlreadyExists.into())
}

/// Moves a file into a folder beside it; says where it is now.
fn put(folder: &Path, path: &Path, into: &str) -> std::io::Result<String> {
    let place = free(folder, into, path)?;
    fs::rename(path, folder.join(&place))?;
    Ok(place)
}

impl App {
    fn folder_of(&self, source: &SourceRow) -> Result<PathBuf, String> {
        let all = self.config.feeds.folders.as_ref();
        let all =
            all.ok_or("the operator has set no folder for watched folders (feeds.folders)")?;
        Ok(all.join(wanted_of(source).address))
    }

    /// Takes what lies there and has stopped changing. Gives how many reports came, and the last one.
    pub(super) async fn look_into_folder(
        &self,
        source: &SourceRow,
    ) -> Result<(u64, Option<i64>), String> {
        let folder = self.folder_of(source)?;
        let (app, within) = (self.clone(), folder.clone());
        let still = tokio::task::spawn_blocking(move || app.feeds.looks.still(&within)).await;
        let still = still.map_err(|_| "looking into the folder was stopped".to_owned())?;
        let still = still.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            _ => format!("looking into the folder: {error}"),
        })?;
        let (mut came, mut last, mut wrong) = (0, None, None);
        for path in still {
            match self.take_watched(source, &folder, &path).await {
                Ok(taken) => {
                    came += u64::from(taken.had.is_none());
                    last = Some(taken.arrival);
                }
                // Room and turns come back; the file stays where it is.
                Err(error @ (AppError::DiskFull | AppError::FeedsHeld | AppError::Write(_))) => {
                    return Err(error.to_string());
                }
                Err(error) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    wrong = Some(format!("{name}: {error}"));
                    let moved = put(&folder, &path, FAILED);
                    moved.map_err(|error| format!("{name} cannot be moved to failed: {error}"))?;
                }
            }
        }
        match wrong {
            Some(wrong) => Err(wrong),
            None => Ok((came, last)),
        }
    }

    async fn take_watched(
        &self,
        source: &SourceRow,
        folder: &Path,
        path: &Path,
    ) -> Result<Came, AppError> {
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let told = |error: std::io::Error| AppError::Input(error.to_string());
        let mut receiving = self.receive(source.clone(), &name).await?;
        let mut file = File::open(path).map_err(told)?;
        let bytes_max = self.report_bytes_max();
        if file.metadata().map_err(told)?.len() > bytes_max {
            return Err(AppError::FileTooLarge { bytes_max });
        }
        loop {
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; PIECE_BYTES];
                let got = file.read(&mut piece)?;
                piece.truncate(got);
                Ok::<_, std::io::Error>((file, piece))
            });
            let read = read
                .await
                .map_err(|error| AppError::Input(error.to_string()))?;
            let (back, piece) = read.map_err(told)?;
            file = back;
            if piece.is_empty() {
                break;
            }
            receiving.push(Bytes::from(piece)).await?;
        }
        let place = free(folder, DONE, path).map_err(told)?;
        let beside = Beside {
            place: Some(&place),
            ..Beside::default()
        };
        let came = receiving.end(CameBy::Folder, beside).await?;
        // Durable by now: a crash before the move takes the same bytes again, and finds that it had them.
        fs::rename(path, folder.join(&place)).map_err(told)?;
        Ok(came)
    }

    /// A report from a watched folder proved to be unreadable: its file is put where somebody sees it.
    pub(super) async fn file_failed(&self, arrival: &mut Arrival, source: Option<&SourceRow>) {
        let (Some(place), Some(source)) = (arrival.place.clone(), source) else {
            return;
        };
        let Ok(folder) = self.folder_of(source) else {
            return;
        };
        let moved =
            tokio::task::spawn_blocking(move || put(&folder, &folder.join(place), FAILED).ok());
        if let Ok(Some(place)) = moved.await {
            arrival.place = Some(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_once_they_stopped_changing_and_moved_to_free_names() {
        let dir = tempfile::tempdir().unwrap();
        let looks = Looks::default();
        let file = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        file("a.csv", "1");
        file(".hidden", "1");
        file("b.csv.part", "1");
        fs::create_dir(dir.path().join("done")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("link.csv")).unwrap();
        assert!(
            looks.still(dir.path()).unwrap().is_empty(),
            "seen for the first time"
        );
        file("a.csv", "12");
        assert!(looks.still(dir.path()).unwrap().is_empty(), "still growing");
        let still = looks.still(dir.path()).unwrap();
        assert_eq!(still, [dir.path().join("a.csv")]);
        assert_eq!(put(dir.path(), &still[0], DONE).unwrap(), "done/a.csv");
        file("a.csv", "3");
        assert_eq!(put(dir.path(), &still[0], DONE).unwrap(), "done/1-a.csv");
    }
}
