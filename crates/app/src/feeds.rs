//! Machine reports on their way in: kept as they were received, read by [`cairn_feeds`], completed from data sets ([`knowledge`]), told
//! apart by a narrow key ([`columns`]), committed some thousand at a time ([`intake`]), and read again where they could not be read
//! before ([`replay`]). A report of any size needs the memory of three segments: one is read while one waits and one is committed.

mod care;
pub mod columns;
mod fetch;
mod folder;
pub mod intake;
pub mod knowledge;
mod letter;
mod line;
pub mod post;
mod pull;
pub mod quarantine;
pub mod receive;
pub mod redis;
pub mod replay;
pub mod source;
pub mod ways;

use std::io;
use std::path::PathBuf;

use cairn_feeds::archive::ArchiveError;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::schema::SchemaError;
use cairn_store::feeds::FeedError;

/// Observations that are committed at a time, about: a batch of the parser is not divided.
pub const SEGMENT_OBSERVATIONS: usize = 16_384;
/// Bytes of names and URLs, or rows without an observation, after which a segment is committed even if it is smaller.
pub const SEGMENT_TEXT_BYTES: usize = 8 << 20;
/// Bytes of one report that a source sends or that is fetched, unless the operator says otherwise.
pub const REPORT_BYTES_MAX: u64 = 4 << 30;
/// Bytes of all reports that may wait, unless the operator says otherwise: whoever sends more is asked to come again.
pub const WAITING_BYTES_MAX: u64 = 64 << 30;
/// Warnings that are told of one report.
pub const WARNINGS_MAX: usize = 50;

pub use cairn_store::source as rows;
pub use care::{SET_ENDING, first_month};
pub use fetch::{FETCH_CONNECT_TIME_MAX, FETCH_TIME_MAX, FETCH_WAIT_MAX};
pub use line::{Line, Member, Progress};
pub use pull::{LookedAt, signature};

/// What the operator says of machine reports.
#[derive(Debug, Clone)]
pub struct FeedsConfig {
    /// Folder of schemas and mappings that sources name; none: `feeds` in the data directory.
    pub files: Option<PathBuf>,
    /// Folder of data sets that tell networks and places.
    pub sets: Option<PathBuf>,
    /// Folder in which watched folders lie; without it none is watched.
    pub folders: Option<PathBuf>,
    /// Sources may be asked at addresses that are not public, and by plain http.
    pub private: bool,
    /// Whole months beside the present one for which observations and reports are kept; 0 keeps them.
    pub keep_months: u16,
    /// Bytes of one report that comes by a source.
    pub report_bytes_max: u64,
    /// Bytes of all reports that may wait to be read.
    pub waiting_bytes_max: u64,
}

impl Default for FeedsConfig {
    fn default() -> Self {
        Self {
            files: None,
            sets: None,
            folders: None,
            private: false,
            keep_months: 0,
            report_bytes_max: REPORT_BYTES_MAX,
            waiting_bytes_max: WAITING_BYTES_MAX,
        }
    }
}

/// A report was not taken in to its end. What was committed stays: the same report goes on there.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] FeedError),
    /// How it is packed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No report type of the schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Its bytes.
    #[error("reading {name}: {cause}")]
    Read {
        /// Of what.
        name: String,
        /// Why.
        cause: io::Error,
    },
    /// The other end of the queue ended; its own error is the one that counts.
    #[error("taking in was stopped")]
    Stopped,
}

/// How a file is read.
#[derive(Debug, Clone)]
pub struct Way {
    /// What it is written in.
    pub format: Format,
    /// Edition of the schema; empty where there is none.
    pub version: String,
    /// Name of its feed.
    pub feed: String,
}

/// How a file is read, by its name.
pub type Ways<'a> = dyn Fn(&str) -> Result<Way, IntakeError> + Sync + 'a;

/// What holds for all files of one call.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// How files are read.
    pub ways: &'a Ways<'a>,
    /// Fields of the feed.
    pub context: &'a Context,
    /// What is known of addresses.
    pub knowledge: &'a knowledge::Knowledge,
}

impl std::fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
