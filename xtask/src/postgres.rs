//! A throw-away PostgreSQL cluster on a free loopback port, for tests and measurements.
//!
//! The server dies with us however we end (parent-death signal), and its folder goes with it or, if we were killed,
//! with the next cluster's start.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::process;

/// The environment variable that hands tests and measurements the cluster.
pub const VARIABLE: &str = "CAIRN_TEST_POSTGRES";

const START_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(20);
const PREFIX: &str = "cairn-postgres-";

/// A running cluster; dropping it stops and removes it.
pub struct Cluster {
    folder: PathBuf,
    server: Child,
    port: u16,
}

impl Cluster {
    /// Makes and starts one. Durable as in earnest (`fsync` on), since measurements run on it too.
    pub fn start() -> Result<Self> {
        let bin =
            binaries().context("no PostgreSQL server under /usr/lib/postgresql or on the path")?;
        sweep();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        if process::is_root() {
            let (uid, gid) = (
                process::id(&["-u", "postgres"])?,
                process::id(&["-g", "postgres"])?,
            );
            chown(&folder, Some(uid), Some(gid)).context("giving the folder to postgres")?;
        }
        let started = initdb(&bin, &folder).and_then(|()| {
            // Between our choice of a port and the server's use of it another program may take it.
            serve(&bin, &folder)
                .or_else(|_| serve(&bin, &folder))
                .or_else(|_| serve(&bin, &folder))
        });
        match started {
            Ok((server, port)) => Ok(Self {
                folder,
                server,
                port,
            }),
            Err(error) => {
                let _ = std::fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// `postgres://…` of the superuser's own database; a test makes and drops its own beside it.
    pub fn url(&self) -> String {
        format!("postgres://cairn@127.0.0.1:{}/postgres", self.port)
    }

    /// The same by its socket in the file system, as a database on the same machine is best reached: what passes need not go
    /// through the network's layers.
    pub fn socket_url(&self) -> String {
        let folder = self.folder.display().to_string();
        let folder = folder.replace('%', "%25").replace('/', "%2F");
        format!("postgres://cairn@{folder}:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast stop: it ends open sessions.
        process::signal(&self.server, "INT");
        let _ = process::wait(&mut self.server, STOP_MAX);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The newest installed server's folder of programs.
pub fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort();
    let (_, newest) = found.pop().unzip();
    newest.or_else(|| Some(process::which("initdb")?.parent()?.to_path_buf()))
}

fn initdb(bin: &Path, folder: &Path) -> Result<()> {
    let output = as_postgres(&bin.join("initdb"))
        .args(["--auth=trust", "--username=cairn", "--data-checksums"])
        .args([
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--pgdata",
        ])
        .arg(folder)
        .current_dir("/")
        .output()
        .context("starting initdb")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "initdb: {text}");
    Ok(())
}

fn serve(bin: &Path, folder: &Path) -> Result<(Child, u16)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = folder.join("log");
    let file = std::fs::File::create(&log)?;
    let mut server = as_postgres(&bin.join("postgres"))
        .arg("-D")
        .arg(folder)
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1", "-c"])
        .arg(format!("unix_socket_directories={}", folder.display()))
        .args([
            "-c",
            "max_connections=300",
            "-c",
            "log_min_messages=warning",
        ])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .context("starting postgres")?;
    let start = Instant::now();
    loop {
        if ready(bin, port) {
            return Ok((server, port));
        }
        let ended = server.try_wait()?.is_some();
        if ended || start.elapsed() > START_MAX {
            let _ = server.kill();
            let _ = server.wait();
            bail!(
                "postgres did not start: {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn ready(bin: &Path, port: u16) -> bool {
    Command::new(bin.join("pg_isready"))
        .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
        .status()
        .is_ok_and(|status| status.success())
}

/// A command that dies with us and is not root (PostgreSQL refuses to be).
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if process::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// Removes the folders of those who were killed before they could.
fn sweep() {
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name
            .strip_prefix(PREFIX)
            .and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
