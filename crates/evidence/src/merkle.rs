//! The tree as it grows. [`Frontier`] is what must be kept to go on (the roots of the complete subtrees, one per set
//! bit of the size); [`Grown`] is one batch of appends with every node that the batch completed, so that the root and
//! the inclusion path of each new leaf cost a walk of the tree's height and no further reading.
//!
//! Shape of the tree: RFC 6962 section 2.1. "Node (height, index)" is the root of the complete subtree over the
//! leaves `index·2^height .. (index+1)·2^height`.

use crate::hash::{Hash, empty_root, node_hash};

mod grown;

pub use grown::Grown;

/// No tree may grow beyond this many leaves: sizes are stored as signed 64-bit numbers.
pub const LEAVES_MAX: u64 = i64::MAX as u64;

/// What went wrong with a tree, a path or a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// A frontier has exactly one node per set bit of its size.
    #[error("a tree of {size} leaves is described by {expected} nodes, but {found} were given")]
    FrontierNodes {
        /// Leaves.
        size: u64,
        /// Set bits of `size`.
        expected: u32,
        /// What came.
        found: usize,
    },
    /// More leaves than [`LEAVES_MAX`].
    #[error("appending {added} leaves to {size} would exceed the largest tree")]
    TooLarge {
        /// Leaves before.
        size: u64,
        /// Leaves to add.
        added: u64,
    },
    /// The leaf was not appended by this batch.
    #[error(
        "leaf {index} is not among the leaves {from} to {to} (exclusive) that this batch appended"
    )]
    NotInBatch {
        /// Asked for.
        index: u64,
        /// First leaf of the batch.
        from: u64,
        /// One after its last leaf.
        to: u64,
    },
    /// No such leaf in a tree of that size.
    #[error("leaf {index} does not exist in a tree of {size} leaves")]
    NoSuchLeaf {
        /// Asked for.
        index: u64,
        /// Leaves.
        size: u64,
    },
    /// A consistency proof goes from a smaller to a larger tree.
    #[error("a tree of {old} leaves cannot be an earlier state of one of {new} leaves")]
    Sizes {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// The tile reader did not have what the tree's size promises.
    #[error("tile {index} of level {level} is missing or shorter than the tree's size requires")]
    MissingTile {
        /// Tile level: heights 8·level to 8·level + 7.
        level: u8,
        /// Tile number within the level.
        index: u64,
    },
    /// A proof has the wrong number of hashes.
    #[error("the proof has {found} hashes where the tree's shape does not allow that many")]
    ProofLength {
        /// What came.
        found: usize,
    },
    /// The proof is well formed but leads elsewhere.
    #[error("the proof leads to another root hash than the one that was signed")]
    RootMismatch,
}

/// The right edge of a tree: its size and the roots of its complete subtrees, largest (leftmost) first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// From what was stored: the size and the nodes, largest subtree first.
    ///
    /// # Errors
    /// [`MerkleError::FrontierNodes`] if the number of nodes does not belong to the size.
    pub fn from_nodes(size: u64, nodes: Vec<Hash>) -> Result<Self, MerkleError> {
        let expected = size.count_ones();
        if nodes.len() != expected as usize {
            return Err(MerkleError::FrontierNodes {
                size,
                expected,
                found: nodes.len(),
            });
        }
        if size > LEAVES_MAX {
            return Err(MerkleError::TooLarge { size, added: 0 });
        }
        Ok(Self { size, nodes })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first: one per set bit of the size.
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// The root hash; for the empty tree that of [`empty_root`].
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else {
            return empty_root();
        };
        nodes.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Adds one leaf hash: for recomputing long logs, where no paths are wanted.
    ///
    /// # Errors
    /// [`MerkleError::TooLarge`].
    pub fn push(&mut self, leaf: Hash) -> Result<(), MerkleError> {
        if self.size >= LEAVES_MAX {
            return Err(MerkleError::TooLarge {
                size: self.size,
                added: 1,
            });
        }
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            // The frontier holds one node per set bit, so each trailing one has its node.
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
        Ok(())
    }

    /// Adds many leaf hashes.
    ///
    /// # Errors
    /// [`MerkleError::TooLarge`]; what came before the failing leaf has been added.
    pub fn extend(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Result<(), MerkleError> {
        leaves.into_iter().try_for_each(|leaf| self.push(leaf))
    }

    /// One batch of appends. The frontier itself stays as it is, because the batch may yet fail to commit; on success
    /// go on with [`Grown::into_frontier`].
    ///
    /// # Errors
    /// [`MerkleError::TooLarge`].
    pub fn append(&self, leaves: &[Hash]) -> Result<Grown, MerkleError> {
        Grown::new(self, leaves)
    }

    /// The node of a set bit of the size, which stands at (height, (size >> height) - 1).
    fn node(&self, height: u32) -> Option<Hash> {
        if self.size >> height & 1 == 0 {
            return None;
        }
        self.nodes
            .get((self.size >> height >> 1).count_ones() as usize)
            .copied()
    }
}

/// The height of the root of a tree: the smallest `h` with `2^h >= size`.
pub(crate) fn root_height(size: u64) -> u32 {
    64 - size.saturating_sub(1).leading_zeros()
}
