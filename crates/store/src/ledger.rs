//! The evidence log as the writer holds it: the right edge of the Merkle tree in memory, and what a group adds.

use std::sync::Arc;

use cairn_evidence::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use cairn_evidence::hash::{Hash, entry, leaf_hash};
use cairn_evidence::merkle::{Frontier, Grown, MerkleError};
use cairn_evidence::note::Signer;
use cairn_evidence::proof::TileTree;

use crate::params;
use crate::sql::{ColumnError, Row, Table, Ty};
use crate::writer::{Entry, Op};

pub(crate) static EVIDENCE: Table = Table::new(
    "evidence",
    &[
        ("idx", Ty::Int),
        ("at", Ty::Int),
        ("report", Ty::Int),
        ("salt", Ty::Blob),
        ("event", Ty::Text),
        ("entry", Ty::Blob),
    ],
);
/// The same table for events of challenges: those of reports, of which there are many, need no further column.
static EVIDENCE_OF_CHALLENGE: Table = Table::new(
    "evidence",
    &[
        ("idx", Ty::Int),
        ("at", Ty::Int),
        ("salt", Ty::Blob),
        ("event", Ty::Text),
        ("entry", Ty::Blob),
        ("challenge", Ty::Int),
    ],
);
/// And for events of clusters.
static EVIDENCE_OF_CLUSTER: Table = Table::new(
    "evidence",
    &[
        ("idx", Ty::Int),
        ("at", Ty::Int),
        ("salt", Ty::Blob),
        ("event", Ty::Text),
        ("entry", Ty::Blob),
        ("cluster_action", Ty::Int),
    ],
);
/// And for events of cases.
static EVIDENCE_OF_CASE: Table = Table::new(
    "evidence",
    &[
        ("idx", Ty::Int),
        ("at", Ty::Int),
        ("salt", Ty::Blob),
        ("event", Ty::Text),
        ("entry", Ty::Blob),
        ("case_no", Ty::Int),
    ],
);

/// Of an event that is about no report: the table with the column of what it is about, and the number there.
fn apart(entry: &Entry) -> Option<(&'static Table, i64)> {
    let columns = [
        (&EVIDENCE_OF_CHALLENGE, entry.challenge),
        (&EVIDENCE_OF_CLUSTER, entry.cluster_action),
        (&EVIDENCE_OF_CASE, entry.case),
    ];
    columns
        .into_iter()
        .find_map(|(table, number)| number.map(|number| (table, number)))
}

static LOG_NODE: Table = Table::new(
    "log_node",
    &[("level", Ty::Int), ("n", Ty::Int), ("hash", Ty::Blob)],
);
static CHECKPOINT: Table = Table::new(
    "checkpoint",
    &[("size", Ty::Int), ("before", Ty::Int), ("note", Ty::Text)],
);

/// The log in the database cannot be continued.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A row was not of the expected shape.
    #[error("the evidence log does not read: {0}")]
    Shape(#[from] ColumnError),
    /// Its rows have a gap or a hash of the wrong length.
    #[error("the evidence log is damaged at {0}: run `cairn log verify`")]
    Damaged(String),
    /// The newest signed checkpoint disagrees with the rows.
    #[error(
        "the evidence log has been changed since checkpoint {0}: run `cairn log verify`, and restore a backup"
    )]
    Forked(u64),
    /// The tree refused.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// The checkpoint did not parse, or signing failed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Name of the log and the key that signs for it.
#[derive(Clone)]
pub struct LedgerKeys {
    /// Origin line of the checkpoints, a name like `reports.example.org/log`.
    pub origin: Arc<str>,
    /// The key.
    pub signer: Arc<Signer>,
}

impl std::fmt::Debug for LedgerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerKeys")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// The signed tree head of one group, and the paths to it of all that the group logged.
#[derive(Debug)]
pub struct BatchProof {
    grown: Grown,
    /// The checkpoint, signed.
    pub checkpoint: SignedCheckpoint,
    /// Its text.
    pub text: String,
}

impl BatchProof {
    /// Path of an entry of this group (RFC 6962, section 2.1.1).
    ///
    /// # Errors
    /// The index is not of this group.
    pub fn path(&self, index: u64) -> Result<Vec<Hash>, MerkleError> {
        self.grown.inclusion_path(index)
    }
}

/// Where the log stands.
pub(crate) struct Ledger {
    keys: LedgerKeys,
    frontier: Frontier,
}

/// A group, hashed and signed, not yet committed.
pub(crate) struct Sealed {
    pub rows: Vec<Op>,
    pub proof: Arc<BatchProof>,
}

impl Ledger {
    /// What [`Ledger::load`] needs to read, in this order.
    pub(crate) const STATE: [&'static str; 3] = [
        "SELECT idx, salt, event FROM evidence \
         WHERE idx >= (SELECT coalesce(max(idx) + 1, 0) / 256 * 256 FROM evidence) ORDER BY idx",
        "SELECT a.level, a.n, a.hash FROM log_node a \
         WHERE a.n >= (SELECT (max(b.n) + 1) / 256 * 256 FROM log_node b WHERE b.level = a.level) \
         ORDER BY a.level, a.n",
        "SELECT c.size, c.note, (SELECT coalesce(max(idx) + 1, 0) FROM evidence) FROM checkpoint c \
         ORDER BY c.size DESC LIMIT 1",
    ];

    /// Reads the right edge of the tree and compares it with the newest checkpoint.
    pub(crate) fn load(keys: LedgerKeys, answers: &[Vec<Row>]) -> Result<Self, LedgerError> {
        let [leaves, nodes, newest] = answers else {
            return Err(LedgerError::Damaged("its own queries".into()));
        };
        let Some(newest) = newest.first() else {
            if let Some(stray) = leaves.first() {
                return Err(LedgerError::Damaged(format!(
                    "row {}, which no checkpoint covers",
                    stray.int(0)?
                )));
            }
            return Ok(Self {
                keys,
                frontier: Frontier::new(),
            });
        };
        let size = newest.int(0)?.unsigned_abs();
        if newest.int(2)?.unsigned_abs() != size {
            return Err(LedgerError::Forked(size));
        }
        let edge = Edge::read(size, leaves, nodes)?;
        let frontier = TileTree::new(size, |level, tile| edge.tile(level, tile)).frontier()?;
        let checkpoint = SignedCheckpoint::parse(&newest.text(1)?)?;
        if checkpoint.checkpoint().size != size || checkpoint.checkpoint().root != frontier.root() {
            return Err(LedgerError::Forked(size));
        }
        Ok(Self { keys, frontier })
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Hashes and signs what a group logs. Nothing changes here before [`Ledger::advance`].
    pub(crate) fn seal<'a>(
        &self,
        entries: impl Iterator<Item = &'a Entry>,
    ) -> Result<Option<Sealed>, LedgerError> {
        let mut leaves = Vec::new();
        let mut rows = Vec::new();
        for entry in entries {
            let index = self.size() + leaves.len() as u64;
            leaves.push(entry.leaf);
            if let Some((table, number)) = apart(entry) {
                let row = params![
                    index,
                    entry.at,
                    entry.salt,
                    entry.event.as_str(),
                    entry.entry.0,
                    number
                ];
                rows.push(Op::Insert(table, row));
                continue;
            }
            rows.push(Op::Insert(
                &EVIDENCE,
                params![
                    index,
                    entry.at,
                    entry.report,
                    entry.salt,
                    entry.event.as_str(),
                    entry.entry.0
                ],
            ));
        }
        if leaves.is_empty() {
            return Ok(None);
        }
        let grown = self.frontier.append(&leaves)?;
        for (level, n, hash) in grown.subtree_hashes() {
            rows.push(Op::Insert(&LOG_NODE, params![level, n, hash.0]));
        }
        let checkpoint = Checkpoint::new(&self.keys.origin, grown.size(), grown.root())
            .sign(&self.keys.signer)?;
        let text = checkpoint.to_string();
        rows.push(Op::Insert(
            &CHECKPOINT,
            params![grown.size(), self.size(), text.as_str()],
        ));
        Ok(Some(Sealed {
            rows,
            proof: Arc::new(BatchProof {
                grown,
                checkpoint,
                text,
            }),
        }))
    }

    /// The group is durable: go on from it.
    pub(crate) fn advance(&mut self, sealed: Sealed) {
        self.frontier = sealed.proof.grown.frontier().clone();
    }
}

/// The last tile of each level.
struct Edge {
    levels: Vec<(u8, u64, Vec<Hash>)>,
}

impl Edge {
    fn read(size: u64, leaves: &[Row], nodes: &[Row]) -> Result<Self, LedgerError> {
        let mut levels = vec![(0, size / 256, Vec::new())];
        for (row, expected) in leaves.iter().zip(size / 256 * 256..) {
            if row.int(0)?.unsigned_abs() != expected {
                return Err(LedgerError::Damaged(format!(
                    "row {expected}, which is missing"
                )));
            }
            let salt: [u8; 16] = row.blob(1)?.try_into().map_err(|_| {
                LedgerError::Damaged(format!("row {expected}, whose salt is cut short"))
            })?;
            let hash = leaf_hash(&entry(&salt, row.text(2)?.as_bytes()).0);
            if let Some((.., hashes)) = levels.first_mut() {
                hashes.push(hash);
            }
        }
        for row in nodes {
            let (level, n) = (row.int(0)?, row.int(1)?.unsigned_abs());
            let level = u8::try_from(level)
                .map_err(|_| LedgerError::Damaged(format!("tree level {level}")))?;
            let hash = Hash::from_slice(&row.blob(2)?)
                .ok_or_else(|| LedgerError::Damaged(format!("tree node {level}/{n}")))?;
            match levels.iter_mut().find(|(l, ..)| *l == level) {
                Some((.., hashes)) => hashes.push(hash),
                None => levels.push((level, n / 256, vec![hash])),
            }
        }
        Ok(Self { levels })
    }

    fn tile(&self, level: u8, tile: u64) -> Option<Vec<Hash>> {
        self.levels
            .iter()
            .find(|(l, n, _)| *l == level && *n == tile)
            .map(|(.., hashes)| hashes.clone())
    }
}
