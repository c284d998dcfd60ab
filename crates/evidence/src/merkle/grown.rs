//! One batch of appends.

use super::{Frontier, LEAVES_MAX, MerkleError, root_height};
use crate::hash::{Hash, empty_root, node_hash};

/// A tree after one batch of appends, with all nodes that the batch completed.
#[derive(Debug, Clone)]
pub struct Grown {
    before: Frontier,
    after: Frontier,
    /// Completed nodes, leaves first, then height by height; within a height from left to right.
    nodes: Vec<Hash>,
    /// Where each height starts in `nodes`; one more at the end.
    starts: Vec<usize>,
    /// By height: the root of the incomplete subtree at the right edge, if there is one.
    edge: Vec<Option<Hash>>,
    root: Hash,
}

impl Grown {
    pub(super) fn new(before: &Frontier, leaves: &[Hash]) -> Result<Self, MerkleError> {
        let size = before
            .size
            .checked_add(leaves.len() as u64)
            .filter(|size| *size <= LEAVES_MAX)
            .ok_or(MerkleError::TooLarge {
                size: before.size,
                added: leaves.len() as u64,
            })?;
        let mut nodes = Vec::with_capacity(leaves.len().saturating_mul(2).saturating_add(64));
        let mut starts = Vec::with_capacity(66);
        nodes.extend_from_slice(leaves);
        starts.push(0);
        let mut start = 0;
        for height in 0..64 {
            starts.push(nodes.len());
            let end = nodes.len();
            if start == end {
                break;
            }
            let mut at = start;
            // A left sibling that was pending before the batch pairs with the first node of this height.
            if let (Some(left), Some(right)) = (before.node(height), nodes.get(at)) {
                nodes.push(node_hash(&left, right));
                at += 1;
            }
            while let (true, Some(left), Some(right)) =
                (at + 1 < end, nodes.get(at), nodes.get(at + 1))
            {
                nodes.push(node_hash(left, right));
                at += 2;
            }
            start = end;
        }
        let mut grown = Self {
            before: before.clone(),
            after: Frontier {
                size,
                nodes: Vec::with_capacity(size.count_ones() as usize),
            },
            nodes,
            starts,
            edge: Vec::new(),
            root: Hash::default(),
        };
        grown.finish();
        Ok(grown)
    }

    /// The new frontier, the right edge and the root, once per batch.
    fn finish(&mut self) {
        let size = self.after.size;
        for height in (0..64).rev().filter(|height| size >> height & 1 == 1) {
            let node = self.node(height, (size >> height) - 1);
            self.after.nodes.extend(node);
        }
        let mut edge = None;
        self.edge.reserve_exact(64);
        for height in 0..root_height(size) {
            self.edge.push(edge);
            // Each set bit puts one complete subtree to the left of what is incomplete below it.
            edge = match (self.after.node(height), edge) {
                (Some(left), Some(right)) => Some(node_hash(&left, &right)),
                (Some(left), None) => Some(left),
                (None, right) => right,
            };
        }
        // What is incomplete below the root is the root, unless the tree is one complete subtree or empty.
        self.root = edge
            .or(self.after.nodes.first().copied())
            .unwrap_or_else(empty_root);
    }

    /// A complete node at or right of what the batch touched: made by the batch or pending before it.
    fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let first = self.before.size >> height;
        if index >= first {
            let start = *self.starts.get(height as usize)?;
            let end = *self.starts.get(height as usize + 1)?;
            let offset = usize::try_from(index - first).ok()?;
            self.nodes.get(start..end)?.get(offset).copied()
        } else if index + 1 == first {
            self.before.node(height)
        } else {
            None
        }
    }

    /// Leaves before the batch.
    pub fn size_before(&self) -> u64 {
        self.before.size
    }

    /// Leaves after the batch.
    pub fn size(&self) -> u64 {
        self.after.size
    }

    /// The root hash after the batch.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The frontier after the batch.
    pub fn frontier(&self) -> &Frontier {
        &self.after
    }

    /// The frontier after the batch, to go on with.
    pub fn into_frontier(self) -> Frontier {
        self.after
    }

    /// The inclusion path (RFC 6962 section 2.1.1) of a leaf of this batch in the tree after the batch, from the
    /// leaf's sibling up.
    ///
    /// # Errors
    /// [`MerkleError::NotInBatch`].
    pub fn inclusion_path(&self, index: u64) -> Result<Vec<Hash>, MerkleError> {
        let mut path = Vec::with_capacity(root_height(self.after.size) as usize);
        self.inclusion_path_into(index, &mut path)?;
        Ok(path)
    }

    /// As [`Grown::inclusion_path`], appended to a buffer that can be used again.
    ///
    /// # Errors
    /// [`MerkleError::NotInBatch`].
    pub fn inclusion_path_into(&self, index: u64, path: &mut Vec<Hash>) -> Result<(), MerkleError> {
        let (from, to) = (self.before.size, self.after.size);
        if index < from || index >= to {
            return Err(MerkleError::NotInBatch { index, from, to });
        }
        for height in 0..root_height(to) {
            let sibling = index >> height ^ 1;
            let complete = to >> height;
            if sibling < complete {
                path.extend(self.node(height, sibling));
            } else if sibling == complete {
                path.extend(self.edge.get(height as usize).copied().flatten());
            }
        }
        Ok(())
    }

    /// What tlog-tiles stores above level 0 and this batch completed: `(level, index, hash)` of each complete subtree
    /// over 256^level leaves, `level` from 1, lower levels first, each from left to right. Hash number `index` of a
    /// level stands in tile `index / 256` at place `index % 256`. Level 0 are the leaf hashes themselves.
    pub fn subtree_hashes(&self) -> impl Iterator<Item = (u8, u64, Hash)> + '_ {
        (1_u8..8).flat_map(move |level| {
            let height = 8 * u32::from(level);
            let indexes = self.before.size >> height..self.after.size >> height;
            indexes
                .filter_map(move |index| self.node(height, index).map(|hash| (level, index, hash)))
        })
    }
}
