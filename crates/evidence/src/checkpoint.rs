//! C2SP checkpoints (`c2sp.org/tlog-checkpoint`): a signed note that states origin, size and root hash of a log.

use std::fmt::{self, Write as _};

use crate::hash::{Hash, decimal};
use crate::note::{Note, NoteError, Signer, VerifierKey};

/// What is wrong with a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Line 1.
    #[error("the checkpoint's first line, the log's name, is empty or missing")]
    Origin,
    /// Line 2.
    #[error("the checkpoint's second line is not a tree size")]
    Size,
    /// Line 3.
    #[error("the checkpoint's third line is not a root hash")]
    Root,
    /// Any line after the third.
    #[error("the checkpoint has an empty or broken extension line")]
    Extension,
    /// Signed, but not in the log's own name.
    #[error("the checkpoint of {origin} is signed only by {signers}, not in the log's own name")]
    NotByLog {
        /// The log's name in the checkpoint.
        origin: String,
        /// The known keys that did sign.
        signers: String,
    },
}

/// The statement: this log had this root at this size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The log's name, a URL without scheme such as `reports.example/log`; also the name of the log's keys.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// RFC 6962 root hash at that size.
    pub root: Hash,
    /// Further lines, each not empty; the specification advises against them.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.origin.len() + 70);
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\n{}\n{}\n", self.origin, self.size, self.root);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the text of a checkpoint (a note's text).
    ///
    /// # Errors
    /// [`CheckpointError::Origin`], [`CheckpointError::Size`], [`CheckpointError::Root`], [`CheckpointError::Extension`].
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Extension)?
            .split('\n');
        let origin = lines
            .next()
            .filter(|line| !line.is_empty())
            .ok_or(CheckpointError::Origin)?;
        let size = lines
            .next()
            .and_then(decimal)
            .ok_or(CheckpointError::Size)?;
        let root = lines
            .next()
            .and_then(|line| line.parse().ok())
            .ok_or(CheckpointError::Root)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Extension);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions,
        })
    }

    /// Signs. The signer's name should be the origin, else [`SignedCheckpoint::verify`] refuses the result.
    ///
    /// # Errors
    /// [`CheckpointError`] if a field contains what cannot be printed, such as a newline.
    pub fn sign(self, signer: &Signer) -> Result<SignedCheckpoint, CheckpointError> {
        let text = self.text();
        if self.origin.contains('\n') {
            return Err(CheckpointError::Origin);
        }
        if self
            .extensions
            .iter()
            .any(|line| line.is_empty() || line.contains('\n'))
        {
            return Err(CheckpointError::Extension);
        }
        if self.origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        Ok(SignedCheckpoint {
            checkpoint: self,
            note: signer.sign(text)?,
        })
    }
}

/// A checkpoint with its signatures. Displays as the note's text, which is what `/checkpoint` serves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint. Trust it only after [`SignedCheckpoint::verify`].
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(input: &str) -> Result<Self, CheckpointError> {
        let note = Note::parse(input)?;
        Ok(Self {
            checkpoint: Checkpoint::parse_text(note.text())?,
            note,
        })
    }

    /// The statement. Trust it only after [`SignedCheckpoint::verify`].
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note that carries it.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature, as while keys rotate.
    pub fn cosign(&mut self, signer: &Signer) {
        signer.cosign(&mut self.note);
    }

    /// Verifies with the keys that are known. At least one of them must be called like the origin: another's
    /// signature says that the checkpoint was seen, not that the log stands by it. Gives that key.
    ///
    /// # Errors
    /// [`CheckpointError::Note`], [`CheckpointError::NotByLog`].
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<&'k VerifierKey, CheckpointError> {
        let signed_by = self.note.verify(keys)?;
        let origin = &self.checkpoint.origin;
        signed_by
            .iter()
            .find(|key| key.name() == origin)
            .copied()
            .ok_or_else(|| CheckpointError::NotByLog {
                origin: origin.clone(),
                signers: signed_by
                    .iter()
                    .map(|key| key.name())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
