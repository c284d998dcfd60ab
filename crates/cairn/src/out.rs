//! Where the pieces of a long answer go: a file of the caller's, standard output, or over the control socket to the
//! command that asked. The process that serves never opens a path that a command names: packaged, it sees other files.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::OwnedWriteHalf;

/// Bytes of one piece on the socket at most.
pub const PIECE_BYTES_MAX: usize = 1 << 20;

/// A sink for pieces.
pub enum Out {
    /// Nobody waits for pieces.
    Nowhere,
    /// A file.
    File(tokio::fs::File),
    /// Standard output. Writing waits where the reader is slow, and there is nothing else to do meanwhile.
    Stdout,
    /// The control socket: a line `{"piece": LENGTH}`, then so many bytes.
    Socket(OwnedWriteHalf),
}

impl Out {
    /// A new file that only its owner can read; an older one of that name is replaced.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn file(path: &Path) -> anyhow::Result<Self> {
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(path).await;
        file.map(Self::File)
            .with_context(|| path.display().to_string())
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn piece(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        match self {
            Self::Nowhere => {}
            Self::File(file) => file.write_all(bytes).await?,
            Self::Stdout => std::io::stdout().lock().write_all(bytes)?,
            Self::Socket(to) => {
                for piece in bytes.chunks(PIECE_BYTES_MAX) {
                    let head = format!("{}\n", json!({ "piece": piece.len() }));
                    to.write_all(head.as_bytes()).await?;
                    to.write_all(piece).await?;
                }
            }
        }
        Ok(())
    }

    /// All pieces are there: nothing stays in buffers.
    ///
    /// # Errors
    /// The last of it cannot be written.
    pub async fn end(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Nowhere => {}
            Self::File(file) => {
                file.flush().await?;
                file.sync_all().await?;
            }
            Self::Stdout => std::io::stdout().lock().flush()?,
            Self::Socket(to) => to.flush().await?,
        }
        Ok(())
    }
}
