//! GnuPG as the other side: a home of its own in a temporary directory, and no agent that stays behind.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A person with GnuPG.
pub struct Gpg {
    home: tempfile::TempDir,
}

/// What GnuPG said.
#[derive(Debug)]
pub struct Said {
    /// It ended well.
    pub good: bool,
    /// What came out.
    pub out: Vec<u8>,
    /// Its lines for machines (`--status-fd`), and its words.
    pub status: String,
}

impl Gpg {
    /// Without any key.
    ///
    /// # Panics
    /// There is no room for temporary files.
    #[must_use]
    pub fn new() -> Self {
        // Sockets have short names.
        let home = tempfile::Builder::new()
            .prefix("g")
            .tempdir_in("/tmp")
            .expect("a directory");
        Self { home }
    }

    /// With a fresh key for the user id, which holds for `expire` (such as `1y`, `seconds=1`, `never`).
    #[must_use]
    pub fn with_key(user_id: &str, expire: &str) -> Self {
        let own = Self::new();
        let made = own.run(
            &[
                "--quick-generate-key",
                user_id,
                "future-default",
                "default",
                expire,
            ],
            b"",
        );
        assert!(made.good, "{}", made.status);
        own
    }

    /// Its home.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs it.
    ///
    /// # Panics
    /// GnuPG is not installed.
    #[must_use]
    pub fn run(&self, args: &[&str], input: &[u8]) -> Said {
        let mut child = Command::new("gpg")
            .env("GNUPGHOME", self.home.path())
            .args([
                "--batch",
                "--no-tty",
                "--yes",
                "--status-fd",
                "2",
                "--pinentry-mode",
                "loopback",
            ])
            .args([
                "--passphrase",
                "",
                "--trust-model",
                "always",
                "--no-auto-key-retrieve",
            ])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("GnuPG is installed: cargo xtask setup");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let done = child.wait_with_output().expect("it ends");
        feed.join().expect("fed");
        Said {
            good: done.status.success(),
            out: done.stdout,
            status: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// What comes out of a run that must end well.
    ///
    /// # Panics
    /// It did not.
    #[must_use]
    pub fn out(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let said = self.run(args, input);
        assert!(said.good, "{args:?}: {}", said.status);
        said.out
    }

    /// Its public key, armoured.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.out(&["--armor", "--export"], b"")
    }

    /// Fingerprint of its only secret key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let listed = self.out(&["--with-colons", "--list-secret-keys"], b"");
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let line = listed
            .lines()
            .find(|line| line.starts_with("fpr:"))
            .unwrap_or_default()
            .to_owned();
        line.split(':').nth(9).unwrap_or_default().to_owned()
    }

    /// Takes somebody's public key.
    pub fn import(&self, key: &[u8]) {
        let said = self.run(&["--import"], key);
        assert!(said.status.contains("IMPORT_OK"), "{}", said.status);
    }
}

impl Default for Gpg {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let ended = Command::new("gpgconf")
            .env("GNUPGHOME", self.home.path())
            .args(["--kill", "all"])
            .status();
        drop(ended);
    }
}

impl Gpg {
    /// Takes a certificate that revokes a key.
    pub fn import_revocation(&self, certificate: &[u8]) {
        let said = self.run(&["--import"], certificate);
        assert!(
            said.good || said.status.contains("IMPORT"),
            "{}",
            said.status
        );
    }
}
