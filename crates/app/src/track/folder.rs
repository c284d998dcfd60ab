//! Where a plan's files come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_track::plan::Files;

/// A folder that an office keeps its plan in. It is read anew whenever somebody works on the plan.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// Reads it; what went wrong in words.
    pub read: fn(&Path) -> Result<Files, String>,
}

impl Folder {
    /// What it holds now.
    ///
    /// # Errors
    /// It cannot be read, or holds too much to be a plan; in words.
    pub fn files(&self) -> Result<Files, String> {
        (self.read)(&self.path)
    }
}

/// Where the working copy of a plan begins.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A folder, which may change.
    Folder(Folder),
    /// Files that stay as they are.
    Files(Arc<Files>),
}

impl Default for Origin {
    fn default() -> Self {
        Self::Files(Arc::default())
    }
}

impl Origin {
    /// What is there now. Blocks.
    pub(super) fn files(&self) -> Result<Files, String> {
        match self {
            Self::Folder(folder) => folder.files(),
            Self::Files(files) => Ok(files.as_ref().clone()),
        }
    }
}
