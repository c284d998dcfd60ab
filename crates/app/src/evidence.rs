//! The evidence log as everybody may read it: its newest checkpoint, keys and tiles. It tells nothing but its size.

use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::receipt::Receipt;
use cairn_evidence::tiles::{TileKind, TilePath, bundle_bytes, tile_bytes};
use cairn_store::report::EvidenceRow;

use crate::App;
use crate::report::{AppError, take};

impl App {
    /// Size and signed note of the newest checkpoint; `None` while the log is empty.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn checkpoint(&self) -> Result<Option<(u64, String)>, AppError> {
        Ok(self.store.newest_checkpoint().await?)
    }

    /// The log's keys, one C2SP verifier key a line.
    #[must_use]
    pub fn log_keys(&self) -> String {
        self.store.keys().list.to_string()
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a tile that is not there at the size of the newest checkpoint.
    pub async fn tile(&self, path: TilePath) -> Result<Vec<u8>, AppError> {
        let newest = self.checkpoint().await?;
        if !path.exists_at(newest.map_or(0, |(size, _)| size)) {
            return Err(AppError::NotFound);
        }
        let width = usize::from(path.width);
        Ok(match path.kind {
            TileKind::Hashes(level) => {
                let hashes = self.store.log_tile(level, path.index).await?;
                tile_bytes(hashes.iter().take(width))
            }
            TileKind::Entries => {
                let entries = self.store.log_entries(path.index).await?;
                bundle_bytes(entries.iter().take(width))
            }
        })
    }

    /// The receipt of an event of receipt under the newest checkpoint.
    pub(crate) async fn receipt_of_row(
        &self,
        reference: String,
        row: &EvidenceRow,
        body_salt: Option<&[u8]>,
    ) -> Result<String, AppError> {
        let (size, note) = self
            .store
            .newest_checkpoint()
            .await?
            .ok_or(AppError::NotFound)?;
        let index = row.idx.unsigned_abs();
        let path = self.store.inclusion(index, size).await?;
        let broken = |cause: String| AppError::Damaged {
            what: "receipt",
            cause,
        };
        let checkpoint = SignedCheckpoint::parse(&note).map_err(|e| broken(e.to_string()))?;
        let (salt, body_salt) = (take(&row.salt, 0), body_salt.map(|salt| take(salt, 0)));
        Ok(Receipt::new(
            reference,
            row.event.clone(),
            salt,
            body_salt,
            index,
            path,
            checkpoint,
        )
        .print())
    }
}
