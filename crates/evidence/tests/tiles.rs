//! Tile paths, widths and contents, with the examples of the specification.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use cairn_evidence::hash::{Hash, sha256};
use cairn_evidence::tiles::{
    TileKind, TilePath, TilePathError, bundle_bytes, new_tiles, parse_bundle, parse_tile,
    tile_bytes,
};

#[test]
fn paths() {
    for (text, kind, index, width) in [
        ("tile/0/000", TileKind::Hashes(0), 0, 256),
        ("tile/1/999.p/255", TileKind::Hashes(1), 999, 255),
        ("tile/2/x001/000", TileKind::Hashes(2), 1000, 256),
        ("tile/0/x001/x234/067", TileKind::Hashes(0), 1_234_067, 256),
        ("tile/0/x999/999.p/1", TileKind::Hashes(0), 999_999, 1),
        (
            "tile/63/x001/x000/000",
            TileKind::Hashes(63),
            1_000_000,
            256,
        ),
        (
            "tile/entries/x001/x234/067.p/8",
            TileKind::Entries,
            1_234_067,
            8,
        ),
        (
            "tile/0/x018/x446/x744/x073/x709/x551/615",
            TileKind::Hashes(0),
            u64::MAX,
            256,
        ),
        (
            "tile/0/x001/x000/x000/x000/x000/x000/000",
            TileKind::Hashes(0),
            10_u64.pow(18),
            256,
        ),
        (
            "tile/0/x999/x999/x999/x999/x999/999",
            TileKind::Hashes(0),
            10_u64.pow(18) - 1,
            256,
        ),
    ] {
        let path = TilePath { kind, index, width };
        assert_eq!(text.parse(), Ok(path), "{text}");
        assert_eq!(path.to_string(), text);
    }
}

#[test]
fn paths_of_other_shape() {
    for bad in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/X001/000",
        "tile/0/x001//000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000/",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/Entries/000",
        "tile/0/..%2f",
    ] {
        assert_eq!(bad.parse::<TilePath>(), Err(TilePathError), "{bad}");
    }
}

/// The example of the specification: a tree of 70,000 leaves.
#[test]
fn widths() {
    let width = |kind, index, size| TilePath::at_size(kind, index, size).map(|path| path.width);
    assert_eq!(width(TileKind::Hashes(0), 272, 70_000), Some(256));
    assert_eq!(width(TileKind::Hashes(0), 273, 70_000), Some(112));
    assert_eq!(width(TileKind::Hashes(0), 274, 70_000), None);
    assert_eq!(width(TileKind::Entries, 273, 70_000), Some(112));
    assert_eq!(width(TileKind::Hashes(1), 0, 70_000), Some(256));
    assert_eq!(width(TileKind::Hashes(1), 1, 70_000), Some(17));
    assert_eq!(width(TileKind::Hashes(2), 0, 70_000), Some(1));
    assert_eq!(width(TileKind::Hashes(3), 0, 70_000), None);
    assert_eq!(width(TileKind::Hashes(63), 0, u64::MAX), None);
    assert_eq!(width(TileKind::Hashes(0), u64::MAX, u64::MAX), None);
    assert_eq!(width(TileKind::Hashes(1), 0, 256), Some(1));
    let part = TilePath {
        kind: TileKind::Hashes(0),
        index: 273,
        width: 112,
    };
    assert!(part.exists_at(70_000) && part.exists_at(80_000) && !part.exists_at(69_999));
}

#[test]
fn what_became_full() {
    let texts = |from, to| {
        new_tiles(from, to)
            .map(|path| path.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(0, 255), Vec::<String>::new());
    assert_eq!(texts(255, 256), ["tile/0/000", "tile/entries/000"]);
    assert_eq!(texts(256, 511), Vec::<String>::new());
    assert_eq!(
        texts(65_300, 65_600),
        ["tile/0/255", "tile/1/000", "tile/entries/255"]
    );
    assert_eq!(new_tiles(0, 70_000).count(), 273 + 1 + 273);
}

#[test]
fn contents() {
    let hashes: Vec<Hash> = (0..=255_u8).map(|n| sha256(&[n])).collect();
    assert_eq!(parse_tile(&tile_bytes(&hashes)), Some(hashes.clone()));
    assert_eq!(tile_bytes(&hashes).len(), 8_192);
    assert_eq!(parse_bundle(&bundle_bytes(&hashes)), Some(hashes.clone()));
    assert_eq!(&bundle_bytes(&hashes)[..3], &[0, 32, hashes[0].0[0]]);
    for bad in [&[][..], &[0; 31], &[0; 33], &[0; 257 * 32]] {
        assert_eq!(parse_tile(bad), None);
    }
    let mut bundle = bundle_bytes(&hashes[..2]);
    bundle[34] = 1;
    assert_eq!(parse_bundle(&bundle), None);
    assert_eq!(parse_bundle(&bundle[..33]), None);
    assert_eq!(parse_bundle(&[]), None);
    assert_eq!(
        parse_bundle(&bundle_bytes(hashes.iter().chain(&hashes[..1]))),
        None
    );
}
