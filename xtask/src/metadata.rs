//! What `cargo metadata` says of the workspace and everything it pulls in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

/// How one package needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At run time.
    Normal,
    /// For its build script.
    Build,
    /// Only for its tests.
    Dev,
}

/// One resolved dependency.
#[derive(Clone, Debug)]
pub struct Dep {
    /// The package's id.
    pub id: String,
    /// Every way in which it is needed.
    pub kinds: Vec<Kind>,
}

/// One package of the graph.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// SPDX expression, if it has one.
    pub license: Option<String>,
    /// Names of its programs.
    pub bins: Vec<String>,
    pub deps: Vec<Dep>,
}

/// The graph, keyed by package id.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    pub packages: BTreeMap<String, Package>,
    /// Ids of the workspace's own packages.
    pub members: Vec<String>,
    pub target_directory: PathBuf,
}

impl Metadata {
    /// Asks cargo, for the machine's own platform only (what other platforms need is not in the build).
    pub fn load(root: &Path) -> Result<Self> {
        let output = Command::new("cargo")
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(["--filter-platform", &host()?])
            .current_dir(root)
            .output()
            .context("starting cargo metadata")?;
        anyhow::ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let value = serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
        Self::parse(&value).context("cargo metadata lacks a part that it always had")
    }

    /// Takes the parts that the checks need.
    pub fn parse(value: &Value) -> Option<Self> {
        let mut packages = BTreeMap::new();
        for package in value.get("packages")?.as_array()? {
            packages.insert(text(package, "id")?, parse_package(package)?);
        }
        for node in value.get("resolve")?.get("nodes")?.as_array()? {
            let deps = node.get("deps")?.as_array()?;
            let deps = deps.iter().map(parse_dep).collect::<Option<Vec<_>>>()?;
            packages.get_mut(&text(node, "id")?)?.deps = deps;
        }
        let members = value.get("workspace_members")?.as_array()?;
        Some(Self {
            packages,
            members: members
                .iter()
                .filter_map(|id| Some(id.as_str()?.to_owned()))
                .collect(),
            target_directory: text(value, "target_directory")?.into(),
        })
    }

    /// The workspace's own packages.
    pub fn own(&self) -> impl Iterator<Item = (&String, &Package)> {
        self.packages
            .iter()
            .filter(|(id, _)| self.members.contains(id))
    }

    /// Whether the workspace has a package with a program of that name.
    pub fn has_program(&self, package: &str) -> bool {
        self.own()
            .any(|(_, own)| own.name == package && own.bins.iter().any(|bin| bin == package))
    }
}

fn parse_package(package: &Value) -> Option<Package> {
    let targets = package.get("targets")?.as_array()?;
    let bins = targets
        .iter()
        .filter(|target| {
            target
                .get("kind")
                .and_then(Value::as_array)
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
        })
        .filter_map(|target| text(target, "name"))
        .collect();
    Some(Package {
        name: text(package, "name")?,
        version: text(package, "version")?,
        license: text(package, "license"),
        bins,
        deps: Vec::new(),
    })
}

fn parse_dep(dep: &Value) -> Option<Dep> {
    let kinds = dep.get("dep_kinds")?.as_array()?;
    Some(Dep {
        id: text(dep, "pkg")?,
        kinds: kinds
            .iter()
            .map(|kind| match kind.get("kind").and_then(Value::as_str) {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            })
            .collect(),
    })
}

fn text(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned())
}

/// The platform that rustc builds for by default.
pub fn host() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("starting rustc -vV")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc -vV names no host")
}
