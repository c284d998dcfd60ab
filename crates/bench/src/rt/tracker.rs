//! A Request Tracker 5 of Debian's packages with a database, a port and folders of its own. Nothing of the machine's own tracker is read
//! or written.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::de::DeserializeOwned;

use crate::child;

const SET_UP: &str = "/usr/sbin/rt-setup-database-5";
const SERVER: &str = "/usr/share/request-tracker5/libexec/rt-server";
const FILL: &str = include_str!("fill.pl");
/// Longest wait until it answers.
const START_TIME_MAX: Duration = Duration::from_secs(60);

/// Whether its packages are here.
pub fn is_here() -> bool {
    [SET_UP, SERVER]
        .iter()
        .all(|path| Path::new(path).is_file())
}

/// An instance.
pub struct Tracker {
    dir: PathBuf,
    port: u16,
}

/// The instance while it answers.
pub struct Running {
    child: Child,
    port: u16,
}

impl Tracker {
    /// Makes its database.
    pub async fn set_up(dir: &Path) -> anyhow::Result<Self> {
        for name in ["conf.d", "mason", "session", "tmp"] {
            std::fs::create_dir_all(dir.join(name))?;
        }
        let port = cairn_testkit::free_address().port();
        let at = dir.display();
        let settings = format!(
            "Set($rtname, 'example.org');\nSet($Organization, 'example.org');\n\
             Set($WebDomain, '127.0.0.1');\nSet($WebPort, {port});\nSet($WebPath, '');\n\
             Set($DatabaseType, 'SQLite');\nSet($DatabaseName, '{at}/rt.db');\nSet($DatabaseAdmin, 'root');\n\
             Set($CorrespondAddress, 'rt@example.org');\nSet($CommentAddress, 'rt-comment@example.org');\n\
             Set($BcryptCost, 10);\nSet($LogToSyslog, undef);\nSet($LogToSTDERR, 'error');\nSet($MailCommand, 'testfile');\n\
             Set($Timezone, 'UTC');\nSet($WebSessionClass, 'Apache::Session::File');\nSet($LogoURL, '');\n\
             Set($MasonDataDir, '{at}/mason');\n$RT::MasonSessionDir = '{at}/session';\n1;\n"
        );
        std::fs::write(dir.join("site.pm"), settings)?;
        std::fs::write(dir.join("fill.pl"), FILL)?;
        let tracker = Self {
            dir: dir.to_owned(),
            port,
        };
        tracker
            .ran(
                tracker
                    .command(SET_UP)
                    .args(["--action", "init", "--skip-create"]),
            )
            .await?;
        Ok(tracker)
    }

    /// A program with its settings, that ends with us.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", program]);
        command
            .env("RT_SITE_CONFIG", self.dir.join("site.pm"))
            .env("RT_SITE_CONFIG_DIR", self.dir.join("conf.d"))
            .env("CAIRN_RT_DIR", &self.dir)
            .env("TMPDIR", self.dir.join("tmp"))
            .current_dir(&self.dir)
            .stdin(Stdio::null());
        command
    }

    async fn ran(&self, command: &mut Command) -> anyhow::Result<Vec<u8>> {
        let mut command =
            tokio::process::Command::from(std::mem::replace(command, Command::new("true")));
        let output = command.output().await.context("starting setpriv")?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stdout)
        );
        Ok(output.stdout)
    }

    /// Puts something in; what it holds then.
    pub async fn fill<T: DeserializeOwned>(&self, arguments: &[&str]) -> anyhow::Result<T> {
        let script = self.dir.join("fill.pl");
        let mut command = self.command("perl");
        command.arg(script).args(arguments);
        let said = self.ran(&mut command).await?;
        // What modules print by the way stands before.
        let line = said
            .split(|byte| *byte == b'\n')
            .rfind(|line| line.starts_with(b"{"));
        serde_json::from_slice(line.context("fill.pl said nothing")?).context("what fill.pl said")
    }

    /// Lets it answer.
    pub async fn serve(&self, workers: u8) -> anyhow::Result<Running> {
        let log = std::fs::File::create(self.dir.join("server.log"))?;
        let mut command = self.command(SERVER);
        command.args(["--host", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--server", "Starlet", "--max-workers", &workers.to_string()]);
        let child = command.stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut running = Running {
            child,
            port: self.port,
        };
        let began = Instant::now();
        while !answers(self.port).await {
            let ended = running.child.try_wait()?.is_some();
            if ended || began.elapsed() > START_TIME_MAX {
                let log = std::fs::read_to_string(self.dir.join("server.log"))?;
                anyhow::bail!("it does not answer: {log}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(running)
    }
}

/// It asks for a token; before that it is not ready.
async fn answers(port: u16) -> bool {
    let ask = async {
        let to = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        let mut client = crate::client::Client::connect(to, None).await?;
        let request = b"GET /REST/2.0/rt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        let (status, _) = client.send(request).await?;
        anyhow::Ok(status == 401)
    };
    let answered = tokio::time::timeout(Duration::from_secs(20), ask).await;
    matches!(answered, Ok(Ok(true)))
}

impl Running {
    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// It is asked to stop, by its own id, and waited for.
impl Drop for Running {
    fn drop(&mut self) {
        child::end(&mut self.child);
    }
}
