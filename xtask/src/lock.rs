//! What `Cargo.lock` must not hold, and how many crates we may ask for ourselves.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

/// Direct dependencies from outside, over all crates of the workspace.
const DIRECT_MAX: usize = 80;

/// Crates that must stay out, with the reason. A trailing `*` stands for any ending.
const BANNED: &[(&str, &str)] = &[
    (
        "aws-lc-*",
        "slow to build, needs cmake; TLS is rustls with ring",
    ),
    ("openssl", "TLS is rustls with ring"),
    ("openssl-sys", "TLS is rustls with ring"),
    ("openssl-src", "TLS is rustls with ring"),
    ("native-tls*", "TLS is rustls with ring"),
];

/// Crates of which a second version would be a fault, not only a waste: they link a C library or hold global state.
const SINGLE: &[&str] = &["libsqlite3-sys", "ring", "rustls", "tokio"];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Everything that is wrong with the lock file and the manifests, as sentences.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let lock = read(&root.join("Cargo.lock"))?;
    let mut problems = check_lock(&lock);
    let direct = direct(root)?;
    if direct.len() > DIRECT_MAX {
        problems.push(format!(
            "{} direct dependencies, at most {DIRECT_MAX} are wanted: {}",
            direct.len(),
            direct.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    Ok(problems)
}

fn check_lock(lock: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    let mut once = BTreeSet::new();
    let packages = lock.get("package").and_then(Value::as_array);
    for package in packages.into_iter().flatten() {
        let text = |key| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, version, source) = (text("name"), text("version"), text("source"));
        if let Some((_, why)) = BANNED.iter().find(|(pattern, _)| matches(pattern, name)) {
            problems.push(format!("{name} {version} must stay out: {why}"));
        }
        if SINGLE.contains(&name) && !once.insert(name.to_owned()) {
            problems.push(format!("there is more than one version of {name}"));
        }
        if !source.is_empty() && source != CRATES_IO {
            problems.push(format!(
                "{name} {version} comes from {source}, not from crates.io"
            ));
        }
    }
    problems
}

/// Names of the outside crates that the workspace's manifests ask for.
fn direct(root: &Path) -> Result<BTreeSet<String>> {
    let manifest = read(&root.join("Cargo.toml"))?;
    let mut names = BTreeSet::new();
    let shared = manifest
        .get("workspace")
        .and_then(|table| table.get("dependencies"));
    collect(shared, &mut names);
    for entry in std::fs::read_dir(root.join("crates"))? {
        let path = entry?.path().join("Cargo.toml");
        if path.is_file() {
            let manifest = read(&path)?;
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                collect(manifest.get(kind), &mut names);
            }
        }
    }
    Ok(names)
}

fn collect(dependencies: Option<&Value>, names: &mut BTreeSet<String>) {
    for (name, what) in dependencies.and_then(Value::as_table).into_iter().flatten() {
        if what.get("path").is_none() && !name.starts_with("cairn-") {
            names.insert(name.clone());
        }
    }
}

fn read(path: &Path) -> Result<Table> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    text.parse()
        .with_context(|| format!("parsing {}", path.display()))
}

/// Whether a name fits a pattern, in which a trailing `*` stands for any ending.
pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(packages: &[(&str, &str)]) -> Vec<String> {
        let text: String = packages
            .iter()
            .map(|(name, source)| {
                format!(
                    "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n"
                )
            })
            .collect();
        check_lock(&text.parse().unwrap())
    }

    #[test]
    fn banned_doubled_and_foreign_crates_are_named() {
        assert_eq!(
            problems(&[("serde", CRATES_IO), ("openssl-sys", CRATES_IO)]).len(),
            1
        );
        assert!(problems(&[("aws-lc-sys", CRATES_IO)])[0].contains("must stay out"));
        let twice = problems(&[("libsqlite3-sys", CRATES_IO), ("libsqlite3-sys", CRATES_IO)]);
        assert_eq!(twice, ["there is more than one version of libsqlite3-sys"]);
        assert!(problems(&[("serde", "git+https://git.example/serde")])[0].contains("crates.io"));
        assert!(problems(&[("cairn", "")]).is_empty());
    }

    #[test]
    fn the_house_names_its_dependencies() {
        let root = crate::process::root().unwrap();
        let names = direct(&root).unwrap();
        assert!(
            names.contains("serde") && !names.contains("cairn-kernel"),
            "{names:?}"
        );
    }
}
