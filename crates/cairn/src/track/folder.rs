//! A folder on disk as the files of a plan.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cairn_track::plan::Files;
use cairn_track::plan::limits::{CSV_BYTES_MAX, FILES_MAX};

/// Reads a plan's folder. Names that begin with a dot belong to editors and are left out; links are not followed.
///
/// # Errors
/// It cannot be read, or holds too much to be a plan.
pub fn read(root: &Path) -> anyhow::Result<Files> {
    if !root.is_dir() {
        bail!(
            "{} is no folder: name the folder that holds plan.toml",
            root.display()
        );
    }
    let mut files = Files::new();
    for path in walk(root)? {
        let bytes = std::fs::metadata(root.join(&path))?.len();
        if bytes > CSV_BYTES_MAX as u64 {
            bail!(
                "{} has {bytes} bytes; a file of a plan has at most {CSV_BYTES_MAX}",
                path.display()
            );
        }
        let content =
            std::fs::read(root.join(&path)).with_context(|| path.display().to_string())?;
        files.insert(name(&path), content);
        if files.len() > FILES_MAX {
            bail!(
                "{} holds more than {FILES_MAX} files: it is no plan",
                root.display()
            );
        }
    }
    Ok(files)
}

/// Every file below a folder, relative to it, in order.
///
/// # Errors
/// A folder cannot be read.
pub fn walk(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        let folder = root.join(&at);
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let kind = entry.file_type()?;
            let path = at.join(entry.file_name());
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the files that are new or changed, each by way of a temporary file beside it, so that none is ever seen half
/// written; `plan.toml`, which names the editions, comes last. Gives the paths.
///
/// # Errors
/// The disk said no.
pub fn replace<'f>(root: &Path, before: &Files, after: &'f Files) -> anyhow::Result<Vec<&'f str>> {
    let changed = after
        .iter()
        .filter(|(path, bytes)| before.get(path) != Some(bytes));
    let mut changed: Vec<(&str, &[u8])> = changed.collect();
    changed.sort_by_key(|(path, _)| *path == "plan.toml");
    for (path, bytes) in &changed {
        let to = root.join(path);
        put(&to, bytes).with_context(|| to.display().to_string())?;
    }
    Ok(changed.into_iter().map(|(path, _)| path).collect())
}

/// Writes a file whole or not at all, so that it outlives a cut of power.
///
/// # Errors
/// Writing failed; what was there before is still there.
pub fn put(to: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let (Some(parent), Some(name)) = (to.parent(), to.file_name()) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    std::fs::create_dir_all(parent)?;
    // Names that begin with a dot are no part of a plan.
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.new", std::process::id()));
    let beside = parent.join(beside);
    let written = (|| {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        if let Ok(old) = std::fs::metadata(to) {
            file.set_permissions(old.permissions())?;
        }
        std::fs::rename(&beside, to)
    })();
    if written.is_err() {
        let _half = std::fs::remove_file(&beside);
    }
    written?;
    // The rename itself must outlive a cut of power.
    std::fs::File::open(parent)?.sync_all()
}

/// A relative path as it stands in manifests: parts parted by `/`.
pub fn name(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

/// Writes files below a folder.
pub struct Writer<'r> {
    root: &'r Path,
    folders: BTreeSet<PathBuf>,
    /// Files written.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    last: Option<(PathBuf, Vec<u8>)>,
}

impl<'r> Writer<'r> {
    /// Makes the folder.
    ///
    /// # Errors
    /// The disk said no.
    pub fn new(root: &'r Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root).with_context(|| root.display().to_string())?;
        Ok(Self {
            root,
            folders: BTreeSet::new(),
            files: 0,
            bytes: 0,
            last: None,
        })
    }

    /// Writes a file, in folders that are made where they are not there.
    ///
    /// # Errors
    /// The disk said no.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.place(name, bytes)?;
        std::fs::write(path, bytes)
    }

    /// Writes a file that nobody will write to later, as those of a bundle. One that is the same as the one before becomes a
    /// second name of it where the disk has such: the newest edition's data stands below two addresses.
    ///
    /// # Errors
    /// The disk said no.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        let path = self.place(name, &bytes)?;
        if let Some((before, same)) = &self.last
            && *same == bytes
            && std::fs::hard_link(before, &path).is_ok()
        {
            return Ok(());
        }
        std::fs::write(&path, &bytes)?;
        self.last = Some((path, bytes));
        Ok(())
    }

    /// Counts a file, and makes its folder.
    fn place(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent()
            && !self.folders.contains(parent)
        {
            std::fs::create_dir_all(parent)?;
            self.folders.insert(parent.to_owned());
        }
        self.files += 1;
        self.bytes += bytes.len() as u64;
        Ok(path)
    }
}
