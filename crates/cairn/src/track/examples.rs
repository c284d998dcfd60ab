//! The example plans that come with the program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::folder::Writer;

/// Every file, by its path below `plans/`.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/plans.rs"));

/// The names of the plans.
pub fn names() -> BTreeSet<&'static str> {
    FILES
        .iter()
        .filter_map(|(path, _)| Some(path.split_once(['/', '\\'])?.0))
        .collect()
}

/// Writes the plans into a folder, each into one of its own, and gives those. A plan that is there already is left alone.
///
/// # Errors
/// The disk said no.
pub fn lay(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut laid = Vec::new();
    for name in names() {
        let folder = dir.join(name);
        if !folder.exists() {
            write(name, dir)?;
        }
        laid.push(folder);
    }
    Ok(laid)
}

fn write(name: &str, dir: &Path) -> anyhow::Result<()> {
    let mut writer = Writer::new(dir)?;
    for (path, bytes) in FILES {
        if Path::new(path).starts_with(name) {
            let written = writer.write(path, bytes);
            written.with_context(|| dir.join(path).display().to_string())?;
        }
    }
    Ok(())
}

/// `cairn track example DIR`.
///
/// # Errors
/// There is such a folder already, or the disk said no.
pub fn example(dir: &Path) -> anyhow::Result<()> {
    if let Some(there) = names()
        .into_iter()
        .map(|name| dir.join(name))
        .find(|path| path.exists())
    {
        bail!("{} is there already: name another folder", there.display());
    }
    for folder in lay(dir)? {
        println!("{}", folder.display());
    }
    println!(
        "look at one with: cairn track check {}/nz-digital",
        dir.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_laid_once() {
        let dir = tempfile::tempdir().unwrap();
        let laid = lay(dir.path()).unwrap();
        assert!(laid.len() >= 4 && laid.iter().all(|folder| folder.join("plan.toml").is_file()));
        let mine = laid[0].join("plan.toml");
        std::fs::write(&mine, "id = \"mine\"").unwrap();
        lay(dir.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "id = \"mine\"");
        assert!(example(dir.path()).is_err());
    }
}
