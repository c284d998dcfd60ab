//! A real mail server for tests.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

pub use cairn_testkit::free_address;

/// aiosmtpd, which Debian has as python3-aiosmtpd: takes every message into a maildir.
pub struct MailServer {
    child: Child,
    pub address: SocketAddr,
    dir: tempfile::TempDir,
}

impl MailServer {
    /// `None` where it is not installed; in CI nothing is skipped.
    pub fn start() -> Option<Self> {
        let python = ["/usr/bin/python3", "python3"].into_iter().find(|python| {
            let mut asked = std::process::Command::new(python);
            asked.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        });
        let Some(python) = python else {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "python3-aiosmtpd is missing; in CI nothing is skipped");
            eprintln!("skipped: python3-aiosmtpd is not installed");
            return None;
        };
        let address = free_address();
        let dir = tempfile::TempDir::new().unwrap();
        let child = std::process::Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-l", &address.to_string()])
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(dir.path().join("mail"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            address,
            dir,
        };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "no mail server");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn messages(&self) -> Vec<String> {
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
        let files = files(&self.dir.path().join("mail/new"));
        files.into_iter().map(read).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(dir);
    read.map(|all| all.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default()
}
