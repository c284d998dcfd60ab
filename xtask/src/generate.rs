//! Files that the program writes about itself and that are kept in the repository, so that a reader and a packager
//! need not build it: settings reference, manual page, shell completions, API document.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::metadata::Metadata;
use crate::{browser, process, task};

/// Folders and files that hold nothing else. `cairn generate DIR` writes all of them below `DIR`.
pub const OUTPUTS: &[&str] = &[
    "docs/reference/settings.md",
    "docs/reference/limits.md",
    "docs/reference/openapi.json",
    "docs/reference/openapi-desk.json",
    "packaging/completions",
    "packaging/man",
];

/// Writes the files into the repository.
pub fn main() -> Result<bool> {
    let root = process::root()?;
    let metadata = Metadata::load(&root)?;
    ensure!(
        browser::build(&root)
            .status()
            .context("starting cargo")?
            .success(),
        "building cairn failed"
    );
    let fresh = write(&task::built(&metadata, "cairn", false))?;
    for problem in compare(&root, fresh.path())? {
        println!("{problem}");
    }
    for file in files(fresh.path(), fresh.path())? {
        let target = root.join(&file);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(fresh.path().join(&file), &target)
            .with_context(|| format!("writing {}", target.display()))?;
    }
    for stale in stale(&root, fresh.path())? {
        std::fs::remove_file(root.join(&stale))
            .with_context(|| format!("removing {}", stale.display()))?;
    }
    Ok(true)
}

/// Says which files of the repository are not what the program would write. Touches nothing.
pub fn check(root: &Path, program: &Path) -> Result<Vec<String>> {
    compare(root, write(program)?.path())
}

/// A folder that goes when it is dropped.
struct Fresh(PathBuf);

impl Fresh {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Has the program write its files into a temporary folder.
fn write(program: &Path) -> Result<Fresh> {
    let fresh = Fresh(std::env::temp_dir().join(format!("cairn-generate-{}", std::process::id())));
    std::fs::create_dir_all(fresh.path())?;
    let output = Command::new(program)
        .arg("generate")
        .arg(fresh.path())
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cairn generate: {errors}");
    ensure!(
        !files(fresh.path(), fresh.path())?.is_empty(),
        "cairn generate wrote no file"
    );
    Ok(fresh)
}

fn compare(root: &Path, fresh: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files(fresh, fresh)? {
        let shown = file.display();
        if !OUTPUTS.iter().any(|output| file.starts_with(output)) {
            problems.push(format!(
                "{shown} is generated, but not in OUTPUTS of xtask/src/generate.rs"
            ));
        }
        let expected = std::fs::read(fresh.join(&file))?;
        match std::fs::read(root.join(&file)) {
            Ok(found) if found == expected => {}
            Ok(_) => problems.push(format!("{shown} is out of date: run cargo xtask generate")),
            Err(_) => problems.push(format!("{shown} is missing: run cargo xtask generate")),
        }
    }
    for file in stale(root, fresh)? {
        problems.push(format!(
            "{} is no longer generated: run cargo xtask generate",
            file.display()
        ));
    }
    Ok(problems)
}

/// Files of the repository that stand where only generated ones do, and are none.
fn stale(root: &Path, fresh: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for output in OUTPUTS {
        for file in files(root, &root.join(output))? {
            if !fresh.join(&file).is_file() {
                found.push(file);
            }
        }
    }
    Ok(found)
}

/// All files at or below `path`, relative to `base`, in order.
fn files(base: &Path, path: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut todo = vec![path.to_path_buf()];
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                todo.push(entry?.path());
            }
        } else if path.is_file() {
            found.insert(path.strip_prefix(base)?.to_path_buf());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_changed_missing_and_unlisted_files_are_named() {
        let base = std::env::temp_dir().join(format!("cairn-generate-test-{}", std::process::id()));
        let fresh = Fresh(base.clone());
        let (root, new) = (base.join("root"), base.join("new"));
        let put = |folder: &Path, file: &str, text: &str| {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put(&new, "packaging/man/cairn.1", "new");
        put(&new, "docs/reference/settings.md", "same");
        put(&new, "docs/reference/openapi.json", "{}");
        put(&new, "elsewhere.md", "x");
        put(&root, "packaging/man/cairn.1", "old");
        put(&root, "packaging/man/cairn-old.1", "old");
        put(&root, "docs/reference/settings.md", "same");
        put(&root, "docs/reference/by-hand.md", "free");
        let problems = compare(&root, fresh.path().join("new").as_path()).unwrap();
        let expected = [
            "openapi.json is missing",
            "elsewhere.md is generated",
            "elsewhere.md is missing",
            "cairn.1 is out of date",
            "cairn-old.1 is no longer",
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for text in expected {
            assert!(
                problems.iter().any(|problem| problem.contains(text)),
                "{text}: {problems:?}"
            );
        }
    }
}
