//! The tree against published vectors and against a reference that follows RFC 6962 word by word.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use cairn_evidence::hash::{Hash, empty_root, leaf_hash, node_hash, sha256};
use cairn_evidence::merkle::{Frontier, MerkleError};
use cairn_evidence::proof::{TileTree, root_from_path, verify_consistency, verify_inclusion};
use proptest::prelude::*;

/// The eight leaves of the certificate-transparency test tree and its root at each size.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|n| leaf_hash(format!("leaf {n}").as_bytes()))
        .collect()
}

// The reference: definitions of RFC 6962 section 2.1, as slow as they read.

fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

fn mth(d: &[Hash]) -> Hash {
    match d.len() {
        0 => empty_root(),
        1 => d[0],
        n => node_hash(&mth(&d[..split(n)]), &mth(&d[split(n)..])),
    }
}

fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
    if d.len() <= 1 {
        return Vec::new();
    }
    let k = split(d.len());
    let (mut p, sibling) = if m < k {
        (path(m, &d[..k]), &d[k..])
    } else {
        (path(m - k, &d[k..]), &d[..k])
    };
    p.push(mth(sibling));
    p
}

fn subproof(m: usize, d: &[Hash], whole: bool) -> Vec<Hash> {
    if m == d.len() {
        return if whole { Vec::new() } else { vec![mth(d)] };
    }
    let k = split(d.len());
    let (mut p, sibling) = if m <= k {
        (subproof(m, &d[..k], whole), &d[k..])
    } else {
        (subproof(m - k, &d[k..], false), &d[..k])
    };
    p.push(mth(sibling));
    p
}

/// Tiles as tlog-tiles defines them, straight from the leaves.
fn tile(d: &[Hash], level: u8, index: u64) -> Option<Vec<Hash>> {
    let span = 256_usize.pow(u32::from(level));
    let hashes: Vec<Hash> = d
        .chunks_exact(span)
        .skip(usize::try_from(index).unwrap() * 256)
        .take(256)
        .map(mth)
        .collect();
    (!hashes.is_empty()).then_some(hashes)
}

#[test]
fn published_roots() {
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), empty_root());
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        frontier.push(leaf_hash(&bytes(leaf))).unwrap();
        assert_eq!(frontier.root().hex(), root);
    }
    let all: Vec<Hash> = LEAVES.iter().map(|leaf| leaf_hash(&bytes(leaf))).collect();
    assert_eq!(Frontier::new().append(&all).unwrap().root().hex(), ROOTS[7]);
}

#[test]
fn every_inclusion_up_to_70() {
    let all = leaves(70);
    for size in 1..=70 {
        let d = &all[..size];
        let root = mth(d);
        let mut tree = TileTree::new(size as u64, |level, index| tile(d, level, index));
        assert_eq!(tree.root().unwrap(), root);
        for m in 0..size {
            let proof = tree.inclusion_proof(m as u64).unwrap();
            assert_eq!(proof, path(m, d), "leaf {m} of {size}");
            verify_inclusion(m as u64, size as u64, &d[m], &proof, &root).unwrap();
            // Any other place, size or length is refused.
            for other in (0..size).filter(|other| *other != m) {
                assert!(verify_inclusion(other as u64, size as u64, &d[m], &proof, &root).is_err());
            }
            let mut longer = proof.clone();
            longer.push(root);
            assert!(matches!(
                root_from_path(m as u64, size as u64, &d[m], &longer),
                Err(MerkleError::ProofLength { .. })
            ));
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_inclusion(m as u64, size as u64, &d[m], shorter, &root).is_err());
            }
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at].0[at % 32] ^= 1;
                assert_eq!(
                    verify_inclusion(m as u64, size as u64, &d[m], &wrong, &root),
                    Err(MerkleError::RootMismatch)
                );
            }
        }
        let size = size as u64;
        assert_eq!(
            tree.inclusion_proof(size),
            Err(MerkleError::NoSuchLeaf { index: size, size })
        );
        assert!(verify_inclusion(size, size, &d[0], &[], &root).is_err());
    }
}

#[test]
fn every_consistency_up_to_70() {
    let all = leaves(70);
    let roots: Vec<Hash> = (0..=70).map(|size| mth(&all[..size])).collect();
    for new in 0..=70 {
        let mut tree = TileTree::new(new as u64, |level, index| tile(&all[..new], level, index));
        for old in 0..=new {
            let proof = tree.consistency_proof(old as u64).unwrap();
            if old > 0 {
                assert_eq!(proof, subproof(old, &all[..new], true), "{old} to {new}");
            }
            let check = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                verify_consistency(old as u64, new as u64, old_root, new_root, proof)
            };
            check(&roots[old], &roots[new], &proof).unwrap();
            let wrong = sha256(b"wrong");
            assert!(
                check(&wrong, &roots[new], &proof).is_err(),
                "{old} to {new}"
            );
            if old > 0 {
                assert!(
                    check(&roots[old], &wrong, &proof).is_err(),
                    "{old} to {new}"
                );
            }
            let longer: Vec<Hash> = proof.iter().copied().chain([wrong]).collect();
            assert!(check(&roots[old], &roots[new], &longer).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(check(&roots[old], &roots[new], shorter).is_err());
            }
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at].0[31] ^= 0x80;
                assert_eq!(
                    check(&roots[old], &roots[new], &wrong),
                    Err(MerkleError::RootMismatch)
                );
            }
        }
        assert!(tree.consistency_proof(new as u64 + 1).is_err());
    }
    assert!(verify_consistency(2, 1, &roots[2], &roots[1], &[]).is_err());
}

#[test]
fn proofs_across_tile_levels() {
    let all = leaves(70_000);
    let tiles: Vec<Vec<Hash>> = {
        // Each level once: hashing the leaves anew for each tile would take minutes.
        let mut levels = vec![all.clone()];
        for level in 0..2 {
            let up = levels[level].chunks_exact(256).map(mth).collect();
            levels.push(up);
        }
        levels
    };
    let read = |size: u64| {
        let tiles = &tiles;
        move |level: u8, index: u64| {
            let have = usize::try_from(size >> (8 * level)).unwrap();
            let first = usize::try_from(index).unwrap() * 256;
            tiles
                .get(usize::from(level))?
                .get(first..have.min(first + 256))
                .map(<[Hash]>::to_vec)
        }
    };
    for size in [
        255_u64, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000, 69_999, 70_000,
    ] {
        let d = &all[..usize::try_from(size).unwrap()];
        let mut frontier = Frontier::new();
        frontier.extend(d.iter().copied()).unwrap();
        let root = frontier.root();
        let mut tree = TileTree::new(size, read(size));
        assert_eq!(tree.frontier().unwrap(), frontier);
        for index in [0, 1, 254, 255, size / 2, size - 2, size - 1]
            .into_iter()
            .filter(|n| *n < size)
        {
            let proof = tree.inclusion_proof(index).unwrap();
            verify_inclusion(
                index,
                size,
                &all[usize::try_from(index).unwrap()],
                &proof,
                &root,
            )
            .unwrap();
        }
        for old in [1, 2, 200, 255, size / 3, size / 2, size - 1] {
            let mut earlier = Frontier::new();
            earlier
                .extend(all[..usize::try_from(old).unwrap()].iter().copied())
                .unwrap();
            let proof = tree.consistency_proof(old).unwrap();
            verify_consistency(old, size, &earlier.root(), &root, &proof).unwrap();
        }
    }
    let mut short = TileTree::new(300, |level, _| (level == 0).then(|| all[..256].to_vec()));
    assert_eq!(
        short.inclusion_proof(299),
        Err(MerkleError::MissingTile { level: 1, index: 0 })
    );
    let mut short = TileTree::new(10, |_, _| Some(all[..9].to_vec()));
    assert_eq!(
        short.root(),
        Err(MerkleError::MissingTile { level: 0, index: 0 })
    );
}

#[test]
fn a_million_leaves() {
    let size = 1_000_000_u64;
    let leaf = |n: u64| leaf_hash(&n.to_be_bytes());
    let mut frontier = Frontier::new();
    frontier.extend((0..size - 1000).map(leaf)).unwrap();
    let last: Vec<Hash> = (size - 1000..size).map(leaf).collect();
    let grown = frontier.append(&last).unwrap();
    for index in [size - 1000, size - 500, size - 1] {
        let path = grown.inclusion_path(index).unwrap();
        verify_inclusion(index, size, &leaf(index), &path, &grown.root()).unwrap();
        let printed: usize = path.iter().map(|hash| hash.to_string().len() + 1).sum();
        assert!(printed <= 1024, "{printed} bytes");
    }
}

#[test]
fn a_frontier_knows_its_size() {
    let all = leaves(3);
    assert!(Frontier::from_nodes(3, all[..2].to_vec()).is_ok());
    assert_eq!(
        Frontier::from_nodes(3, all.clone()),
        Err(MerkleError::FrontierNodes {
            size: 3,
            expected: 2,
            found: 3
        })
    );
    assert!(Frontier::from_nodes(u64::MAX, vec![all[0]; 64]).is_err());
    let full = Frontier::from_nodes(i64::MAX as u64, vec![all[0]; 63]).unwrap();
    assert!(matches!(
        full.append(&all),
        Err(MerkleError::TooLarge { .. })
    ));
    assert!(full.clone().push(all[0]).is_err());
    let grown = full.append(&[]).unwrap();
    assert_eq!((grown.size(), grown.root()), (full.size(), full.root()));
    // The largest tree still grows by its last leaf.
    let almost = Frontier::from_nodes(i64::MAX as u64 - 1, vec![all[0]; 62]).unwrap();
    let grown = almost.append(&all[..1]).unwrap();
    let path = grown.inclusion_path(almost.size()).unwrap();
    verify_inclusion(almost.size(), grown.size(), &all[0], &path, &grown.root()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However the appends are cut into batches, roots, paths, frontiers and tile hashes are those of the definition.
    #[test]
    fn any_split_into_batches(batches in prop::collection::vec(0_usize..90, 1..12), start in 0_usize..600) {
        let all = leaves(start + batches.iter().sum::<usize>());
        let mut frontier = Frontier::new();
        frontier.extend(all[..start].iter().copied()).unwrap();
        let mut size = start;
        for batch in batches {
            let grown = frontier.append(&all[size..size + batch]).unwrap();
            let d = &all[..size + batch];
            prop_assert_eq!(grown.size(), d.len() as u64);
            prop_assert_eq!(grown.root(), mth(d));
            for m in size..size + batch {
                prop_assert_eq!(grown.inclusion_path(m as u64).unwrap(), path(m, d));
            }
            prop_assert!(grown.inclusion_path((size + batch) as u64).is_err());
            if size > 0 {
                prop_assert!(grown.inclusion_path(size as u64 - 1).is_err());
            }
            let tiles: Vec<_> = grown.subtree_hashes().collect();
            let expected: Vec<_> = (size / 256..d.len() / 256)
                .map(|n| (1_u8, n as u64, mth(&d[n * 256..(n + 1) * 256])))
                .collect();
            prop_assert_eq!(tiles, expected);
            let mut pushed = frontier.clone();
            pushed.extend(all[size..size + batch].iter().copied()).unwrap();
            frontier = grown.into_frontier();
            prop_assert_eq!(&frontier, &pushed);
            let again = Frontier::from_nodes(frontier.size(), frontier.nodes().to_vec());
            prop_assert_eq!(again.as_ref(), Ok(&frontier));
            size += batch;
        }
    }
}

#[test]
fn subtrees_of_level_two() {
    let all = leaves(65_536 + 10);
    let mut frontier = Frontier::new();
    frontier.extend(all[..65_000].iter().copied()).unwrap();
    let grown = frontier.append(&all[65_000..]).unwrap();
    let found: Vec<_> = grown.subtree_hashes().collect();
    assert_eq!(
        found
            .iter()
            .map(|(level, index, _)| (*level, *index))
            .collect::<Vec<_>>(),
        [(1, 253), (1, 254), (1, 255), (2, 0)]
    );
    assert_eq!(found[3].2, mth(&all[..65_536]));
}
