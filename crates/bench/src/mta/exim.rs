//! Exim 4 with a configuration, a queue and a port of its own, run by nobody of importance, and what is handed to it.

use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use cairn_testkit::free_address;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::child;

const PROGRAM: &str = "/usr/sbin/exim4";
const SETTINGS: &str = include_str!("exim.conf");
/// Who runs it, and cairn, where we are root: Exim runs no pipe as root.
const USER: &str = "nobody";

/// Whether its package is here.
pub fn is_here() -> bool {
    Path::new(PROGRAM).is_file()
}

/// A folder in which Exim and cairn run as the same user.
pub struct Home {
    /// The folder.
    pub dir: PathBuf,
    /// Runs cairn as that user.
    pub cairn: PathBuf,
    /// Where Exim listens.
    pub smtp: SocketAddr,
    /// Where cairn takes messages by LMTP.
    pub lmtp: SocketAddr,
    lead: Vec<String>,
}

fn id(arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("id").args(arguments).output()?;
    anyhow::ensure!(output.status.success(), "id {arguments:?} found nobody");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

impl Home {
    /// Makes it; `program` is the cairn under test.
    pub fn new(dir: &Path, program: &Path) -> anyhow::Result<Self> {
        let root = id(&["-u"])? == "0";
        let (user, group) = if root {
            (USER.to_owned(), id(&["-gn", USER])?)
        } else {
            (id(&["-un"])?, id(&["-gn"])?)
        };
        let (smtp, lmtp) = (free_address(), free_address());
        // Where the program lies others may not look.
        let (copy, runs) = (dir.join("cairn"), dir.join("run-cairn"));
        std::fs::copy(program, &copy).with_context(|| program.display().to_string())?;
        let mut lead = Vec::new();
        if root {
            let as_user = [&format!("--reuid={user}"), &format!("--regid={group}")];
            lead.push("setpriv".to_owned());
            lead.extend(as_user.into_iter().cloned());
            lead.push("--clear-groups".to_owned());
        } else {
            lead.push("setpriv".to_owned());
        }
        lead.extend(["--pdeathsig", "TERM", "--"].map(String::from));
        let script = format!(
            "#!/bin/sh\nexec {} {} \"$@\"\n",
            lead.join(" "),
            copy.display()
        );
        std::fs::write(&runs, script)?;
        std::fs::set_permissions(&runs, PermissionsExt::from_mode(0o755))?;
        let settings = SETTINGS
            .replace("DIR", &dir.display().to_string())
            .replace("CAIRN", &copy.display().to_string())
            .replace("USER", &user)
            .replace("GROUP", &group)
            .replace("LMTP", &lmtp.port().to_string())
            .replace("SMTP", &smtp.port().to_string());
        std::fs::write(dir.join("exim.conf"), settings)?;
        for name in ["spool", "log"] {
            std::fs::create_dir(dir.join(name))?;
        }
        if root {
            let ids = (id(&["-u", &user])?.parse()?, id(&["-g", &user])?.parse()?);
            for path in [dir.to_owned(), dir.join("spool"), dir.join("log")] {
                chown(path, Some(ids.0), Some(ids.1))?;
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            cairn: runs,
            smtp,
            lmtp,
            lead,
        })
    }

    /// Starts Exim and waits until it greets.
    pub async fn start(&self) -> anyhow::Result<Exim> {
        let (first, rest) = self.lead.split_first().context("a program")?;
        let said = std::fs::File::create(self.dir.join("exim.said"))?;
        let child = Command::new(first)
            .args(rest)
            .arg(PROGRAM)
            .arg("-C")
            .arg(self.dir.join("exim.conf"))
            .args(["-bdf", "-q1s"])
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()?;
        let mut exim = Exim { child };
        let began = Instant::now();
        while TcpStream::connect(self.smtp).await.is_err() {
            let ended = exim.child.try_wait()?.is_some();
            if ended || began.elapsed() > Duration::from_secs(20) {
                anyhow::bail!("exim does not listen: {}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(exim)
    }

    /// What Exim noted, for who looks for a fault.
    pub fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.dir.join(name)).unwrap_or_default();
        format!(
            "{}{}{}",
            read("exim.said"),
            read("log/mainlog"),
            read("log/paniclog")
        )
    }

    /// What people of home.example were sent.
    pub fn mailbox(&self) -> String {
        std::fs::read_to_string(self.dir.join("mailbox")).unwrap_or_default()
    }

    /// Messages that wait.
    pub fn waiting(&self) -> usize {
        let names = std::fs::read_dir(self.dir.join("spool/input"));
        names.map_or(0, |names| {
            let names = names.flatten().map(|one| one.file_name());
            names
                .filter(|name| name.to_string_lossy().ends_with("-H"))
                .count()
        })
    }

    /// Hands a message over by SMTP, as another mail server would.
    pub async fn send(&self, from: &str, to: &str, message: &str) -> anyhow::Result<()> {
        let (from_there, mut there) = TcpStream::connect(self.smtp).await?.into_split();
        let mut lines = BufReader::new(from_there).lines();
        let dots = message.replace("\n.", "\n..").replace('\n', "\r\n");
        let steps = [
            (String::new(), '2'),
            ("EHLO home.example\r\n".to_owned(), '2'),
            (format!("MAIL FROM:<{from}>\r\n"), '2'),
            (format!("RCPT TO:<{to}>\r\n"), '2'),
            ("DATA\r\n".to_owned(), '3'),
            (format!("{dots}\r\n.\r\n"), '2'),
            ("QUIT\r\n".to_owned(), '2'),
        ];
        for (say, wanted) in steps {
            there.write_all(say.as_bytes()).await?;
            loop {
                let line = lines.next_line().await?.context("it hung up")?;
                anyhow::ensure!(line.starts_with(wanted), "exim answered {line:?}");
                if line.as_bytes().get(3) != Some(&b'-') {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// A running server; it is ended by its own id.
pub struct Exim {
    child: Child,
}

impl Drop for Exim {
    fn drop(&mut self) {
        child::end(&mut self.child);
    }
}
