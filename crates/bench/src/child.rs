//! A program under test: started, measured from outside by what the kernel accounts to it, stopped by its own id.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Clock ticks a second in `/proc` (`USER_HZ`, fixed at 100 on Linux).
const TICKS: f64 = 100.0;
const START_TIME_MAX: Duration = Duration::from_secs(60);

/// A running program that printed where it listens.
pub struct Running {
    child: Child,
    /// `127.0.0.1:port`.
    pub address: SocketAddr,
    /// Process id.
    pub pid: u32,
}

impl Running {
    /// Starts a program and waits for its line `listening on http://…`.
    pub async fn start(program: &Path, args: &[String]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(args);
        Self::spawn(command).await
    }

    /// As [`Running::start`], with a command whose environment or standard error the caller has set.
    pub async fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let program = command.as_std().get_program().to_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let pid = child.id().context("the program ended at once")?;
        let out = child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(out).lines();
        let found = tokio::time::timeout(START_TIME_MAX, async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    return Ok(address.trim().trim_matches('"').parse()?);
                }
            }
            anyhow::bail!("{} ended before it listened", program.display())
        });
        let address = found.await.context("waiting for the program to listen")??;
        // Keep reading, so that the program never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            child,
            address,
            pid,
        })
    }

    /// CPU seconds of the process so far, user and system.
    pub fn cpu(&self) -> f64 {
        cpu_of(self.pid).unwrap_or_default()
    }

    /// Resident memory in MiB: now and at its highest.
    pub fn memory_mib(&self) -> (f64, f64) {
        memory_mib(self.pid)
    }

    /// Waits until neither it nor the database has much to do: what is made once a day, and indexed after a flood, is another matter than
    /// a page. Seconds that it took, at most `max`.
    pub async fn settled(&self, max: Duration) -> f64 {
        let began = Instant::now();
        let mut quiet = 0;
        while quiet < QUIET_SECONDS && began.elapsed() < max {
            let before = self.cpu() + postgres_cpu();
            tokio::time::sleep(Duration::from_secs(1)).await;
            let used = self.cpu() + postgres_cpu() - before;
            quiet = if used < QUIET_CPU { quiet + 1 } else { 0 };
        }
        began.elapsed().as_secs_f64()
    }

    /// Ends it at once, without a chance to tidy up, and waits until it is gone.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing the program")
    }

    /// Asks it to stop and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _sent = Command::new("kill")
            .args(["-TERM", &self.pid.to_string()])
            .status()
            .await?;
        if tokio::time::timeout(Duration::from_secs(30), self.child.wait())
            .await
            .is_err()
        {
            self.child.kill().await?;
        }
        Ok(())
    }
}

/// So many seconds with less than so many seconds of processor time are quiet.
const QUIET_SECONDS: u32 = 3;
const QUIET_CPU: f64 = 0.05;

/// Longest wait until another program has stopped.
const STOP_TIME_MAX: Duration = Duration::from_secs(20);

/// Asks another program of ours to stop, and ends it if it does not.
pub fn end(child: &mut std::process::Child) {
    let pid = child.id().to_string();
    if matches!(child.try_wait(), Ok(None)) {
        let term = ["-TERM", &pid];
        let _sent = std::process::Command::new("kill").args(term).status();
    }
    let began = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if began.elapsed() > STOP_TIME_MAX {
            let _ended = child.kill();
            let _reaped = child.wait();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Resident memory of a process in MiB, now and at its highest; 0 once it has ended.
pub fn memory_mib(pid: u32) -> (f64, f64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
            .unwrap_or_default()
    };
    (kib("VmRSS:") / 1024.0, kib("VmHWM:") / 1024.0)
}

/// CPU seconds of a process so far, user and system.
pub fn cpu_of(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold blanks.
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    let user: f64 = rest.nth(11)?.parse().ok()?;
    let system: f64 = rest.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

/// CPU seconds of all running processes named `postgres`, the database server of the same run.
pub fn postgres_cpu() -> f64 {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0.0;
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|name| name.trim() == "postgres")
        })
        .filter_map(cpu_of)
        .sum()
}
