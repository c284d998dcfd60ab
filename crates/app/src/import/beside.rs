//! Files that lie beside an export: in a folder, or in a zip archive. Only the last part of a name counts and links are not followed,
//! so that no name leads out of the folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

/// Files of an archive.
pub const ARCHIVE_FILES_MAX: usize = 200_000;

/// Where they lie.
pub enum Beside {
    /// Nowhere.
    Nothing,
    /// In a folder.
    Folder(PathBuf),
    /// In an archive.
    Archive {
        /// The archive.
        archive: Box<ZipArchive<File>>,
        /// Whole names by their last parts; of several that share one, the first.
        names: BTreeMap<String, String>,
    },
}

impl Beside {
    /// Opens it.
    ///
    /// # Errors
    /// It is neither a folder nor an archive.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Nothing);
        };
        if path.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let archive = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
        if archive.len() > ARCHIVE_FILES_MAX {
            let most = format!(
                "it holds {} files, at most {ARCHIVE_FILES_MAX} are read",
                archive.len()
            );
            return Err(io::Error::other(most));
        }
        let mut names = BTreeMap::new();
        for whole in archive.file_names().flatten() {
            if let Some(name) = last(&whole) {
                let name = name.to_owned();
                names.entry(name).or_insert_with(|| whole.into_owned());
            }
        }
        Ok(Self::Archive {
            archive: Box::new(archive),
            names,
        })
    }

    /// The bytes of the first of several names that is there, at most one more than `bytes_max`.
    ///
    /// # Errors
    /// It is there and does not read.
    pub fn read(&mut self, names: &[&str], bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
        for name in names.iter().filter_map(|name| last(name)) {
            let found = match self {
                Self::Nothing => None,
                Self::Folder(folder) => in_folder(&folder.join(name), bytes_max)?,
                Self::Archive { archive, names } => match names.get(name) {
                    Some(held) => {
                        let file = archive.by_name(held).map_err(io::Error::other)?;
                        Some(whole(file, bytes_max)?)
                    }
                    None => None,
                },
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// A link, a pipe or a folder of that name is no file of the export.
fn in_folder(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    match std::fs::symlink_metadata(path) {
        Ok(what) if what.is_file() => Ok(Some(whole(File::open(path)?, bytes_max)?)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn whole(file: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last(name: &str) -> Option<&str> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    (!matches!(last, "" | "." | "..")).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("in");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(dir.path().join("out.txt"), b"no").unwrap();
        std::fs::write(inner.join("a.txt"), b"yes").unwrap();
        std::os::unix::fs::symlink("../out.txt", inner.join("link.txt")).unwrap();
        let mut beside = Beside::open(Some(&inner)).unwrap();
        assert_eq!(beside.read(&["../out.txt"], 10).unwrap(), None);
        assert_eq!(beside.read(&["link.txt"], 10).unwrap(), None);
        assert_eq!(
            beside.read(&["..", "sub/a.txt"], 10).unwrap().as_deref(),
            Some(b"yes".as_slice())
        );
        assert_eq!(
            beside.read(&["a.txt"], 1).unwrap().map(|bytes| bytes.len()),
            Some(2)
        );
    }
}
