//! What the simulator asks of a program under test: one life of it on a recorded disk, and what it owes after.

use crate::disk::{DirectorySync, Disk, Fault, Image};

/// How the program, or the disk under it, behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// As in service: `synchronous=FULL`, acknowledged after the commit, every sync obeyed.
    Full,
    /// With `synchronous=NORMAL`.
    Normal,
    /// With `synchronous=OFF`.
    Off,
    /// Acknowledged before the commit.
    AckEarly,
    /// The directory is never synced.
    NoDirSync,
}

impl Mode {
    /// The modes that lose something and must be caught doing it.
    pub const CONTROLS: [Self; 4] = [Self::Normal, Self::Off, Self::AckEarly, Self::NoDirSync];

    /// As on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
            Self::Off => "off",
            Self::AckEarly => "ack-early",
            Self::NoDirSync => "no-dir-sync",
        }
    }

    /// What the disk does with syncs of the directory.
    #[must_use]
    pub const fn directory(self) -> DirectorySync {
        match self {
            Self::NoDirSync => DirectorySync::Ignored,
            _ => DirectorySync::Obeyed,
        }
    }

    /// The value for `PRAGMA synchronous`.
    #[must_use]
    pub const fn synchronous(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Off => "OFF",
            _ => "FULL",
        }
    }
}

/// Something that was acknowledged, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Number of disk operations at the moment of the acknowledgement.
    pub at: usize,
    /// What was promised.
    pub promise: Promise,
}

/// What an acknowledgement promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// Report `no` is kept with this digest.
    Report {
        /// The report's number.
        no: i64,
        /// SHA-256 of salt and body.
        digest: [u8; 32],
    },
    /// The evidence log has at least `size` entries, and this is its head at that size.
    Log {
        /// Number of entries.
        size: i64,
        /// The head (chain value or tree root) at that size.
        head: [u8; 32],
    },
}

/// How one life is to be led.
#[derive(Debug, Clone)]
pub struct Setup {
    /// How program and disk behave.
    pub mode: Mode,
    /// Names the life: what is done in which order.
    pub seed: u64,
    /// How many things are done.
    pub steps: usize,
    /// Calls that fail.
    pub fault: Option<Fault>,
    /// What is on the disk to begin with.
    pub base: Image,
    /// What earlier lives owe, all of it due from the start.
    pub owed: Vec<Ack>,
}

/// A life that was led.
#[derive(Debug, Default)]
pub struct Life {
    /// The disk with its log.
    pub disk: Disk,
    /// All that is owed, by the time of the acknowledgement.
    pub acks: Vec<Ack>,
    /// Something that went wrong while it was led: a wrong answer, a proof that does not verify, a hang.
    pub trouble: Option<String>,
}

impl Life {
    /// What is owed at an instant.
    #[must_use]
    pub fn owed_at(&self, instant: usize) -> &[Ack] {
        let count = self.acks.partition_point(|ack| ack.at <= instant);
        self.acks.get(..count).unwrap_or_default()
    }
}

/// What was found on a rebuilt disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Promises that are not kept: the thing is not there.
    pub lost: usize,
    /// What is there and wrong, or why nothing could be read.
    pub corrupt: Option<String>,
}

impl Verdict {
    /// A disk that cannot be read, or holds something wrong.
    pub fn broken(what: impl std::fmt::Display) -> Self {
        Self {
            lost: 0,
            corrupt: Some(what.to_string()),
        }
    }

    /// Whether all is as it should be.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.lost == 0 && self.corrupt.is_none()
    }
}
