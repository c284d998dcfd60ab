//! What a campaign found, in numbers.

use std::time::Instant;

use crate::life::{Life, Verdict};

/// What a campaign found.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Disks rebuilt and checked.
    pub states: usize,
    /// Disks on which something acknowledged was missing.
    pub lost: usize,
    /// Disks that could not be read or held something wrong.
    pub corrupt: usize,
    /// Promises that were missing, over all disks.
    pub lost_promises: usize,
    /// Promises that were looked for, over all disks.
    pub promises: usize,
    /// Lives led.
    pub lives: usize,
    /// Syncs of files and of the directory that reached the disk.
    pub sync_points: usize,
    /// Those of them right before or right after which the disk was cut.
    pub sync_points_hit: usize,
    /// Write transactions.
    pub commits: u64,
    /// Syncs of the write-ahead log after frames were written to it.
    pub wal_syncs: u64,
    /// All other syncs of files: those of checkpoints, mostly.
    pub other_syncs: u64,
    /// The first trouble, in words.
    pub trouble: Option<String>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Processor time of this process in seconds, where the system tells (Linux).
    pub cpu_seconds: Option<f64>,
}

/// Measures wall and processor time of a run.
pub(crate) struct Clock {
    wall: Instant,
    cpu: Option<f64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: cpu_seconds(),
        }
    }

    pub(crate) fn stop(&self, tally: &mut Tally) {
        tally.seconds = self.wall.elapsed().as_secs_f64();
        let now = cpu_seconds();
        tally.cpu_seconds = now.zip(self.cpu).map(|(now, then)| now - then);
    }
}

/// User and system time so far, from `/proc/self/stat` (proc(5): fields 14 and 15, in hundredths of a second).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, in brackets, may hold blanks.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let ticks = |field: Option<&str>| field?.parse::<u32>().ok();
    let (user, system) = (ticks(fields.next())?, ticks(fields.next())?);
    Some(f64::from(user + system) / 100.0)
}

impl Tally {
    /// Whether anything was lost or wrong.
    #[must_use]
    pub const fn found_something(&self) -> bool {
        self.lost > 0 || self.corrupt > 0
    }

    /// Share of the sync points that were hit, in percent.
    #[must_use]
    pub fn hit_percent(&self) -> f64 {
        percent(self.sync_points_hit, self.sync_points)
    }

    /// Syncs of the write-ahead log for its frames, per write transaction.
    #[must_use]
    pub fn wal_syncs_per_commit(&self) -> f64 {
        ratio(self.wal_syncs, self.commits)
    }

    /// All syncs per write transaction, those of checkpoints among them.
    #[must_use]
    pub fn syncs_per_commit(&self) -> f64 {
        ratio(self.wal_syncs + self.other_syncs, self.commits)
    }

    /// Disks rebuilt and checked per second of wall time, the lives led among it.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn states_per_second(&self) -> f64 {
        (self.states as f64 / self.seconds.max(1e-9)).round()
    }

    /// The same per second of processor time.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn states_per_cpu_second(&self) -> Option<f64> {
        self.cpu_seconds
            .map(|cpu| (self.states as f64 / cpu.max(0.01)).round())
    }

    /// Trouble during a life counts as a corrupt disk.
    pub(crate) fn note(&mut self, life: &Life, name: &str) {
        if let Some(trouble) = &life.trouble {
            self.corrupt += 1;
            self.trouble
                .get_or_insert_with(|| format!("{name}: {trouble}"));
        }
    }

    pub(crate) fn add(
        &mut self,
        verdict: &Verdict,
        owed: usize,
        describe: impl FnOnce() -> String,
    ) {
        self.states += 1;
        self.promises += owed;
        self.lost_promises += verdict.lost;
        self.lost += usize::from(verdict.lost > 0);
        self.corrupt += usize::from(verdict.corrupt.is_some());
        if self.trouble.is_none() && !verdict.is_clean() {
            let what = match &verdict.corrupt {
                Some(what) => format!("corrupt: {what}"),
                None => format!("{} promises lost", verdict.lost),
            };
            self.trouble = Some(format!("{}: {what}", describe()));
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        (part as f64 * 1000.0 / whole as f64).round() / 10.0
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    (part as f64 * 1000.0 / whole.max(1) as f64).round() / 1000.0
}
