//! What the checks need beside Rust and a C compiler, and where Debian keeps it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{postgres, process};

/// One tool: its name, how we know that it is there, the Debian package that brings it.
pub struct Tool {
    pub name: &'static str,
    pub package: &'static str,
    present: fn() -> bool,
}

/// Everything that some check uses.
pub const TOOLS: &[Tool] = &[
    Tool {
        name: "postgresql",
        package: "postgresql",
        present: || postgres::binaries().is_some(),
    },
    Tool {
        name: "chromium",
        package: "chromium",
        present: || chromium().is_some(),
    },
    Tool {
        name: "node",
        package: "nodejs",
        present: || process::which("node").is_some(),
    },
    Tool {
        name: "npm",
        package: "npm",
        present: || process::which("npm").is_some(),
    },
    Tool {
        name: "7z",
        package: "p7zip-full",
        present: || process::which("7z").is_some(),
    },
    Tool {
        name: "faketime",
        package: "faketime",
        present: || process::which("faketime").is_some(),
    },
    Tool {
        name: "strace",
        package: "strace",
        present: || process::which("strace").is_some(),
    },
    // The mail server of the tests of outgoing mail; a module of Debian's own Python.
    Tool {
        name: "aiosmtpd",
        package: "python3-aiosmtpd",
        present: || {
            let mut asked = Command::new("/usr/bin/python3");
            let asked = asked.args(["-c", "import aiosmtpd"]).output();
            asked.is_ok_and(|output| output.status.success())
        },
    },
    // Holds our DKIM signatures against another implementation.
    Tool {
        name: "dkimpy",
        package: "python3-dkim",
        present: || {
            let mut asked = Command::new("/usr/bin/python3");
            let asked = asked.args(["-c", "import dkim"]).output();
            asked.is_ok_and(|output| output.status.success())
        },
    },
    // The other side of encrypted mail.
    Tool {
        name: "gpg",
        package: "gnupg",
        present: || process::which("gpg").is_some() && process::which("gpgconf").is_some(),
    },
    // The other side of mail that is encrypted by S/MIME.
    Tool {
        name: "openssl",
        package: "openssl",
        present: || process::which("openssl").is_some(),
    },
    // IntelMQ's lists.
    Tool {
        name: "redis-server",
        package: "redis-server",
        present: || process::which("redis-server").is_some(),
    },
    // The mail server that hands messages over.
    Tool {
        name: "exim4",
        package: "exim4-daemon-light",
        present: || Path::new("/usr/sbin/exim4").is_file(),
    },
    // The tracker that is taken over: itself, what it keeps its data with, and what lets it answer.
    Tool {
        name: "request-tracker5",
        package: "request-tracker5",
        present: || Path::new("/usr/sbin/rt-setup-database-5").is_file(),
    },
    Tool {
        name: "rt5-db-sqlite",
        package: "rt5-db-sqlite",
        present: || has_module("DBD::SQLite"),
    },
    Tool {
        name: "starlet",
        package: "starlet",
        present: || has_module("Plack::Handler::Starlet"),
    },
    Tool {
        name: "g++",
        package: "g++",
        present: || process::which("g++").is_some(),
    },
];

/// What no check needs, and what makes them quicker: the browser without its windows, which is built from the same source and
/// takes a third less processor time for the same pages.
const QUICKER: &[Tool] = &[Tool {
    name: SHELL,
    package: SHELL,
    present: || process::which(SHELL).is_some(),
}];
const SHELL: &str = "chromium-headless-shell";

/// Whether Debian's own Perl finds a module.
fn has_module(name: &str) -> bool {
    let mut asked = Command::new("/usr/bin/perl");
    let asked = asked.args([&format!("-M{name}"), "-e1"]).output();
    asked.is_ok_and(|output| output.status.success())
}

/// Debian keeps one mail server at a time: where another one works, it is not taken away for a test.
fn would_replace(tool: &Tool) -> bool {
    tool.name == "exim4" && process::which("sendmail").is_some()
}

/// The browser, if it is there: what `CAIRN_CHROMIUM` names, or Debian's, without windows if that is there.
pub fn chromium() -> Option<std::path::PathBuf> {
    match std::env::var_os("CAIRN_CHROMIUM") {
        Some(path) => Some(path.into()).filter(|path: &std::path::PathBuf| path.is_file()),
        None => process::which(SHELL).or_else(|| process::which("chromium")),
    }
}

/// Parts of the Rust toolchain that some installations leave out; not Debian's to bring.
const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];

/// Whether a tool is there.
pub fn has(name: &str) -> bool {
    let component = COMPONENTS
        .iter()
        .any(|(own, program)| *own == name && process::which(program).is_some());
    component
        || TOOLS
            .iter()
            .any(|tool| tool.name == name && (tool.present)())
}

/// Whether there is a tool of that name at all.
#[cfg(test)]
pub fn knows(name: &str) -> bool {
    COMPONENTS.iter().any(|(own, _)| *own == name) || TOOLS.iter().any(|tool| tool.name == name)
}

/// Runs the set-up alone.
pub fn main() -> Result<bool> {
    let root = process::root()?;
    println!("{}", install(&root)?);
    npm(&root)?;
    Ok(true)
}

/// Installs what is missing, where that is possible: on a machine with apt-get, as root, unless
/// `CAIRN_NO_INSTALL` is set. What stays missing makes the steps that need it skipped, with the reason.
pub fn install(root: &Path) -> Result<String> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !(tool.present)()).collect();
    let (replacing, missing): (Vec<&Tool>, Vec<&Tool>) =
        missing.into_iter().partition(|tool| would_replace(tool));
    let quicker: Vec<&Tool> = QUICKER.iter().filter(|tool| !(tool.present)()).collect();
    let (missing, quicker) = (packages(&missing), packages(&quicker));
    let mut notes = Vec::new();
    if !replacing.is_empty() {
        let names = packages(&replacing).join(" ");
        notes.push(format!(
            "not installed, since another mail server is here: {names}"
        ));
    }
    if may_install() && !(missing.is_empty() && quicker.is_empty()) {
        // Stale lists fail the install; a machine whose lists are fresh may be offline, so this alone is no fault.
        let _ = apt(root).arg("update").output();
        if !missing.is_empty() {
            notes.push(add(root, &missing)?);
        }
        if !quicker.is_empty() {
            notes.push(add(root, &quicker).unwrap_or_else(|error| format!("not needed: {error}")));
        }
    } else {
        for (what, list) in [("missing", missing), ("quicker with", quicker)] {
            if !list.is_empty() {
                let list = list.join(" ");
                notes.push(format!("{what}: {list} (as root: apt-get install {list})"));
            }
        }
    }
    if notes.is_empty() {
        notes.push("all tools are here".to_owned());
    }
    Ok(notes.join("; "))
}

fn packages(tools: &[&Tool]) -> Vec<&'static str> {
    tools.iter().map(|tool| tool.package).collect()
}

fn may_install() -> bool {
    let forbidden = std::env::var_os("CAIRN_NO_INSTALL").is_some();
    !forbidden && process::is_root() && process::which("apt-get").is_some()
}

/// Installs packages; an error says what apt-get wrote.
fn add(root: &Path, packages: &[&str]) -> Result<String> {
    let list = packages.join(" ");
    let output = apt(root)
        .args(["install", "--yes", "--no-install-recommends", "--no-remove"])
        .args(packages)
        .output()
        .context("starting apt-get")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "apt-get install {list}: {errors}");
    Ok(format!("installed {list}"))
}

fn apt(root: &Path) -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(["-q", "-o", "Acquire::http::Timeout=20"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .current_dir(root);
    command
}

/// Brings `browser/node_modules` to what the lock file says, if it is not there yet.
pub fn npm(root: &Path) -> Result<()> {
    let folder = root.join("browser");
    let time = |name: &str| {
        std::fs::metadata(folder.join(name))
            .and_then(|data| data.modified())
            .ok()
    };
    let (lock, done) = (
        time("package-lock.json"),
        time("node_modules/.package-lock.json"),
    );
    if lock.is_none() || done.is_some_and(|done| Some(done) >= lock) {
        return Ok(());
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output()
        .context("starting npm")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "npm ci in browser/: {errors}");
    Ok(())
}
