//! Where reports wait that were received and not taken in yet: each a file of its own, sealed, durable before whoever sent it is told.
//! It needs no turn at the machine reports' own writer, so that a report is received also while another process takes some in.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::raw::{Raw, RawIn};
use super::{FOLDER, FeedError, at};
use crate::Store;
use crate::keys::{Keys, private_dir, sync_parent};

/// A file that did not change for so long is on nobody's way in.
const UNDER_WAY_MAX: Duration = Duration::from_secs(3_600);
/// Folder of it, beside the months.
pub(crate) const INCOMING: &str = "incoming";

/// Where a file waits, in the folder of observations.
pub(super) fn place(dir: &Path, raw: &Raw) -> PathBuf {
    dir.join(INCOMING).join(raw.waiting_name())
}

/// The place. Blocks: on a runtime use it from `spawn_blocking`.
#[derive(Clone)]
pub struct Spool {
    dir: PathBuf,
    keys: Arc<Keys>,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Where machine reports wait.
    #[must_use]
    pub fn spool(&self) -> Spool {
        Spool {
            dir: self.dir().join(FOLDER),
            keys: self.shared_keys(),
        }
    }
}

impl Spool {
    fn folder(&self) -> PathBuf {
        self.dir.join(INCOMING)
    }

    /// Begins to take a report.
    ///
    /// # Errors
    /// The disk said no.
    pub fn take(&self) -> Result<RawIn, FeedError> {
        let folder = self.folder();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        private_dir(&self.dir).map_err(at(&self.dir))?;
        RawIn::begin(&folder)
    }

    /// Makes it durable.
    ///
    /// # Errors
    /// The disk said no.
    pub fn keep(&self, mut coming: RawIn) -> Result<Raw, FeedError> {
        let (raw, from, _) = coming.end(&self.keys)?;
        let to = place(&self.dir, &raw);
        fs::rename(&from, &to).map_err(at(&to))?;
        sync_parent(&to).map_err(at(&to))?;
        Ok(raw)
    }

    /// Lets a report go that is kept otherwise.
    ///
    /// # Errors
    /// The disk said no.
    pub fn discard(&self, raw: &Raw) -> Result<(), FeedError> {
        let path = place(&self.dir, raw);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Removes what nobody waits for: what an interrupted run left. What changed within the last hour may be on its way in, and stays.
    ///
    /// # Errors
    /// The disk said no.
    pub fn sweep(&self, waiting: &[String]) -> Result<(), FeedError> {
        let folder = self.folder();
        let waiting: HashSet<&str> = waiting.iter().map(String::as_str).collect();
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(at(&folder))?,
        };
        for entry in entries {
            let path = entry.map_err(at(&folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let changed = fs::metadata(&path).and_then(|meta| meta.modified());
            let age = changed.ok().and_then(|changed| changed.elapsed().ok());
            let old = age.is_some_and(|age| age > UNDER_WAY_MAX);
            if old && !waiting.contains(&*name) {
                fs::remove_file(&path).map_err(at(&path))?;
            }
        }
        Ok(())
    }
}
