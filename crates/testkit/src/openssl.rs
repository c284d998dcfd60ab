//! OpenSSL's command line as the other side: somebody with a certificate, who opens what is sent to them and checks signatures.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Somebody with a key and a certificate of their own, in a temporary directory.
pub struct OpenSsl {
    dir: tempfile::TempDir,
}

/// What OpenSSL said.
#[derive(Debug)]
pub struct Answer {
    /// It ended well.
    pub good: bool,
    /// What came out.
    pub out: Vec<u8>,
    /// Its words.
    pub words: String,
}

impl OpenSsl {
    /// With a fresh key and a certificate that it signs itself: `kind` is `rsa:2048`, `ec:P-256` and the like, `days` for how long it
    /// holds, `more` further extensions such as `keyUsage=digitalSignature`.
    ///
    /// # Panics
    /// OpenSSL is not installed, or does not like the arguments.
    #[must_use]
    pub fn with_certificate(address: &str, kind: &str, days: u32, more: &[&str]) -> Self {
        let own = Self {
            dir: tempfile::tempdir().expect("a directory"),
        };
        let (key, certificate) = (own.path("key.pem"), own.path("cert.pem"));
        let curve = kind.strip_prefix("ec:");
        let mut args = vec![
            "req".to_owned(),
            "-x509".into(),
            "-nodes".into(),
            "-newkey".into(),
        ];
        args.push(curve.map_or(kind, |_| "ec").to_owned());
        if let Some(curve) = curve {
            args.extend(["-pkeyopt".into(), format!("ec_paramgen_curve:{curve}")]);
        }
        args.extend(["-days".into(), days.to_string()]);
        args.extend(["-subj".into(), "/O=Example/CN=Security".into()]);
        let mut extensions = vec![format!("subjectAltName=email:{address}")];
        extensions.extend(more.iter().map(|&one| one.to_owned()));
        for one in extensions {
            args.extend(["-addext".into(), one]);
        }
        for (option, path) in [("-keyout", &key), ("-out", &certificate)] {
            args.extend([option.to_owned(), path.display().to_string()]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        own.out(&args, b"");
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The certificate, in PEM.
    ///
    /// # Panics
    /// It is gone.
    #[must_use]
    pub fn certificate(&self) -> String {
        std::fs::read_to_string(self.path("cert.pem")).expect("a certificate")
    }

    /// The private key, in PEM.
    ///
    /// # Panics
    /// It is gone.
    #[must_use]
    pub fn key(&self) -> String {
        std::fs::read_to_string(self.path("key.pem")).expect("a key")
    }

    /// Runs it.
    ///
    /// # Panics
    /// OpenSSL is not installed.
    #[must_use]
    pub fn run(&self, args: &[&str], input: &[u8]) -> Answer {
        let mut child = Command::new("openssl")
            .current_dir(self.dir.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("OpenSSL is installed: cargo xtask setup");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let done = child.wait_with_output().expect("it ends");
        feed.join().expect("fed");
        Answer {
            good: done.status.success(),
            out: done.stdout,
            words: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// What comes out of a run that must end well.
    ///
    /// # Panics
    /// It did not.
    pub fn out(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let said = self.run(args, input);
        assert!(said.good, "{args:?}: {}", said.words);
        said.out
    }

    /// Opens what was encrypted to it: a message (`SMIME`) or bare bytes (`DER`).
    #[must_use]
    pub fn decrypt(&self, form: &str, message: &[u8]) -> Answer {
        let keys = ["-recip", "cert.pem", "-inkey", "key.pem"];
        let args = [&["cms", "-decrypt", "-binary", "-inform", form], &keys[..]].concat();
        self.run(&args, message)
    }

    /// Checks a signed message (`multipart/signed`), with this certificate as the one that is trusted; gives what was signed.
    ///
    /// # Panics
    /// There is no room for temporary files.
    #[must_use]
    pub fn verify(&self, message: &[u8], trusted: &str) -> Answer {
        std::fs::write(self.path("trusted.pem"), trusted).expect("a file");
        let args = [
            "cms",
            "-verify",
            "-CAfile",
            "trusted.pem",
            "-inform",
            "SMIME",
        ];
        self.run(&args, message)
    }
}
