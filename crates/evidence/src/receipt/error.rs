//! Why a receipt fails, said to the person who holds it.

use super::{HEADER, RECEIPT_BYTES_MAX};
use crate::checkpoint::CheckpointError;
use crate::merkle::MerkleError;

/// Why a receipt proves nothing. Each text names the part and says what that means for who holds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Longer than [`RECEIPT_BYTES_MAX`].
    #[error(
        "the file is longer than any receipt ({RECEIPT_BYTES_MAX} bytes): it is not a receipt, or something was added to it"
    )]
    TooLong,
    /// Not UTF-8.
    #[error(
        "the file is not text from byte {0} on: it was damaged; use another copy of the receipt"
    )]
    NotText(usize),
    /// The first line.
    #[error(
        "the file does not begin with the line \"{HEADER}\": it is not a receipt, or its first line was changed"
    )]
    Header,
    /// A line between the first and the checkpoint.
    #[error(
        "line {line} ({part}) is not as a receipt has it: it was changed or damaged; use another copy of the receipt"
    )]
    Line {
        /// Line number from 1.
        line: usize,
        /// What should stand there.
        part: &'static str,
    },
    /// The JSON in line 2.
    #[error(
        "line 2 (the event and its salt) cannot be read: {0}; it was changed or damaged; use another copy of the receipt"
    )]
    Extra(&'static str),
    /// The checkpoint cannot be read.
    #[error(
        "the checkpoint at the end cannot be read: {0}; it was changed or damaged; use another copy of the receipt"
    )]
    Checkpoint(CheckpointError),
    /// Readable, but not the one text of its meaning.
    #[error(
        "line {line} can be read but is not written as the log writes it: the receipt was edited; use another copy"
    )]
    NotCanonical {
        /// The first line that differs, from 1.
        line: usize,
    },
    /// The signature does not hold.
    #[error(
        "the log's signature does not hold: {0}; this receipt proves nothing unless you have the wrong keys"
    )]
    Signature(CheckpointError),
    /// Event, salt, index or path do not lead to the signed root.
    #[error(
        "the event does not lead to the signed state of the log: {0}; the event, its salt, the index or the path was changed, or the event never was in the log"
    )]
    Inclusion(MerkleError),
    /// The logged event is not that of a report.
    #[error(
        "the logged event does not say which report it is about: this is a proof of something else, not the receipt of a report"
    )]
    Event,
    /// The reference differs from the event's.
    #[error(
        "the receipt is headed {shown}, but the logged event is about {logged}: the reference was changed; only {logged} is proved"
    )]
    Reference {
        /// As the receipt says.
        shown: String,
        /// As the event says.
        logged: String,
    },
    /// `body_salt` or `body_check` was changed.
    #[error(
        "the salt of the report's text was changed: the report's receipt still holds, but its text can no longer be proved with this copy"
    )]
    BodySalt,
    /// Asked to prove a text without having its salt.
    #[error(
        "this receipt has no salt for the report's text: it proves that the report was received, not what it said"
    )]
    NoBodySalt,
    /// The text is not the one that was logged.
    #[error("this is not the text that was received: the log has the digest of another one")]
    Body,
}
