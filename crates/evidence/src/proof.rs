//! Inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2): verified as RFC 9162 sections 2.1.3.2 and
//! 2.1.4.2 say, made at any size from hash tiles.

use crate::hash::{Hash, empty_root, node_hash};
use crate::merkle::{Frontier, LEAVES_MAX, MerkleError, root_height};

/// The root that a leaf and its path lead to (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`MerkleError::NoSuchLeaf`], [`MerkleError::ProofLength`].
pub fn root_from_path(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
) -> Result<Hash, MerkleError> {
    if index >= size {
        return Err(MerkleError::NoSuchLeaf { index, size });
    }
    let wrong_length = MerkleError::ProofLength { found: path.len() };
    let (mut node, mut last, mut root) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            root = node_hash(sibling, &root);
            // At the right edge, heights without a sibling are passed over.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 {
        Ok(root)
    } else {
        Err(wrong_length)
    }
}

/// Checks that `leaf` is leaf number `index` of the tree with `size` leaves and the given root.
///
/// # Errors
/// [`MerkleError::NoSuchLeaf`], [`MerkleError::ProofLength`], [`MerkleError::RootMismatch`].
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
    root: &Hash,
) -> Result<(), MerkleError> {
    if root_from_path(index, size, leaf, path)? == *root {
        Ok(())
    } else {
        Err(MerkleError::RootMismatch)
    }
}

/// Checks that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 9162 section 2.1.4.2). From the
/// empty tree, and between equal sizes, the proof is empty.
///
/// # Errors
/// [`MerkleError::Sizes`], [`MerkleError::ProofLength`], [`MerkleError::RootMismatch`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), MerkleError> {
    if old > new {
        return Err(MerkleError::Sizes { old, new });
    }
    let wrong_length = MerkleError::ProofLength { found: proof.len() };
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(wrong_length);
        }
        let holds = if old == new {
            old_root == new_root
        } else {
            *old_root == empty_root()
        };
        return if holds {
            Ok(())
        } else {
            Err(MerkleError::RootMismatch)
        };
    }
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let mut hashes = proof.iter();
    // A complete old tree is itself the first node of the climb, so its root is left out of the proof.
    let first = if old.is_power_of_two() {
        *old_root
    } else {
        *hashes.next().ok_or(wrong_length.clone())?
    };
    let (mut from_old, mut from_new) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if from_old == *old_root && from_new == *new_root {
        Ok(())
    } else {
        Err(MerkleError::RootMismatch)
    }
}

/// Reads a tree through its tiles. The reader gets `(level, tile number)` and gives the tile's hashes, up to 256; a
/// longer partial tile than the size needs is welcome. Each tile is asked for once per `TileTree`.
pub struct TileTree<R> {
    size: u64,
    reader: R,
    seen: Vec<(u8, u64, Vec<Hash>)>,
}

impl<R: Fn(u8, u64) -> Option<Vec<Hash>>> TileTree<R> {
    /// A tree of `size` leaves.
    pub fn new(size: u64, reader: R) -> Self {
        Self {
            size,
            reader,
            seen: Vec::new(),
        }
    }

    /// The inclusion proof of leaf `index` in the tree of this size.
    ///
    /// # Errors
    /// [`MerkleError::NoSuchLeaf`], [`MerkleError::MissingTile`].
    pub fn inclusion_proof(&mut self, index: u64) -> Result<Vec<Hash>, MerkleError> {
        if index >= self.size {
            return Err(MerkleError::NoSuchLeaf {
                index,
                size: self.size,
            });
        }
        let mut path = Vec::with_capacity(root_height(self.size) as usize);
        self.climb(0, index, &mut path)?;
        Ok(path)
    }

    /// The consistency proof from the tree of `old` leaves to the tree of this size.
    ///
    /// # Errors
    /// [`MerkleError::Sizes`], [`MerkleError::MissingTile`].
    pub fn consistency_proof(&mut self, old: u64) -> Result<Vec<Hash>, MerkleError> {
        if old > self.size {
            return Err(MerkleError::Sizes {
                old,
                new: self.size,
            });
        }
        let mut proof = Vec::new();
        if old == 0 || old == self.size {
            return Ok(proof);
        }
        // The old tree's last complete subtree, and from there up to the new root.
        let height = old.trailing_zeros();
        let index = (old - 1) >> height;
        if !old.is_power_of_two() {
            proof.push(self.node(height, index)?);
        }
        self.climb(height, index, &mut proof)?;
        Ok(proof)
    }

    /// The frontier of the tree of this size, to go on appending.
    ///
    /// # Errors
    /// [`MerkleError::MissingTile`], [`MerkleError::TooLarge`].
    pub fn frontier(&mut self) -> Result<Frontier, MerkleError> {
        let size = self.size;
        let nodes = (0..64)
            .rev()
            .filter(|height| size >> height & 1 == 1)
            .map(|height| self.node(height, (size >> height) - 1))
            .collect::<Result<Vec<_>, _>>()?;
        Frontier::from_nodes(size, nodes)
    }

    /// The root hash at this size.
    ///
    /// # Errors
    /// [`MerkleError::MissingTile`].
    pub fn root(&mut self) -> Result<Hash, MerkleError> {
        Ok(self.frontier()?.root())
    }

    fn climb(&mut self, from: u32, index: u64, path: &mut Vec<Hash>) -> Result<(), MerkleError> {
        for height in from..root_height(self.size) {
            let sibling = index >> (height - from) ^ 1;
            let complete = self.size >> height;
            if sibling < complete {
                path.push(self.node(height, sibling)?);
            } else if sibling == complete {
                path.extend(self.edge(height)?);
            }
        }
        Ok(())
    }

    /// The root of the incomplete subtree of this height at the right edge; `None` where the tree ends evenly.
    fn edge(&mut self, height: u32) -> Result<Option<Hash>, MerkleError> {
        let mut edge = None;
        for below in (0..height)
            .filter(|h| self.size >> h & 1 == 1)
            .collect::<Vec<_>>()
        {
            let left = self.node(below, (self.size >> below) - 1)?;
            edge = Some(edge.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(edge)
    }

    /// The root of a complete subtree, hashed from its tile's hashes.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, MerkleError> {
        let level = u8::try_from(height / 8).map_err(|_| MerkleError::TooLarge {
            size: self.size,
            added: 0,
        })?;
        if self.size > LEAVES_MAX {
            return Err(MerkleError::TooLarge {
                size: self.size,
                added: 0,
            });
        }
        let first = index << (height % 8);
        let (tile, offset) = (first / 256, (first % 256) as usize);
        let missing = MerkleError::MissingTile { level, index: tile };
        let known = self
            .seen
            .iter()
            .position(|(l, t, _)| (*l, *t) == (level, tile));
        let at = match known {
            Some(at) => at,
            None => {
                let hashes = (self.reader)(level, tile).ok_or(missing.clone())?;
                self.seen.push((level, tile, hashes));
                self.seen.len() - 1
            }
        };
        let hashes = self
            .seen
            .get(at)
            .map(|(_, _, hashes)| hashes.as_slice())
            .unwrap_or_default();
        let range = hashes
            .get(offset..offset + (1 << (height % 8)))
            .ok_or(missing)?;
        Ok(complete_root(range))
    }
}

/// The root over a power of two of nodes of one height.
fn complete_root(nodes: &[Hash]) -> Hash {
    match nodes {
        [] => empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            node_hash(&complete_root(left), &complete_root(right))
        }
    }
}
