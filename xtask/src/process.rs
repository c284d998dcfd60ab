//! Starting other programs: with their output kept in a file, and never for longer than they may take.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a program ended.
pub struct Ran {
    pub ok: bool,
    /// Everything that it wrote, to both outputs.
    pub text: String,
}

/// Runs a program to its end with its output in `log`; ends it when it takes longer than `limit`.
pub fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<Ran> {
    let file = File::create(log).with_context(|| format!("creating {}", log.display()))?;
    let copy = file.try_clone()?;
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(copy)
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    let status = wait(&mut child, limit)?;
    let bytes = std::fs::read(log).with_context(|| format!("reading {}", log.display()))?;
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    match status {
        Some(status) if status.success() => {}
        Some(status) => text.push_str(&format!("\n[{name} ended with {status}]\n")),
        None => text.push_str(&format!(
            "\n[{name} was ended after {} s]\n",
            limit.as_secs()
        )),
    }
    Ok(Ran {
        ok: status.is_some_and(|status| status.success()),
        text,
    })
}

/// Waits for a child; asks it to end after `limit`, makes it end ten seconds later. `None`: it was made to.
pub fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut asked = false;
    loop {
        if let Some(status) = child.try_wait().context("waiting for a program")? {
            return Ok((!asked).then_some(status));
        }
        if start.elapsed() > limit && !asked {
            signal(child, "TERM");
            asked = true;
        }
        if start.elapsed() > limit + Duration::from_secs(10) {
            child.kill().context("ending a program")?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal to a child that we started. A child that is gone already is no fault.
pub fn signal(child: &Child, name: &str) {
    let _ = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(child.id().to_string())
        .stderr(Stdio::null())
        .status();
}

/// The repository's root: the folder above this crate's, or the nearest above the working directory.
pub fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("finding the working directory")?;
    here.ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .context("not inside the repository")
}

/// Where a program lies, if it is on the search path.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Whether we are root (some tools refuse to be).
pub fn is_root() -> bool {
    id(&["-u"]).is_ok_and(|uid| uid == 0)
}

/// What `id` prints for these arguments, as a number.
pub fn id(args: &[&str]) -> Result<u32> {
    let output = Command::new("id")
        .args(args)
        .output()
        .context("starting id")?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .with_context(|| format!("id {} found nobody", args.join(" ")))
}
