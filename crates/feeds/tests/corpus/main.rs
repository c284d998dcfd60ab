//! The recorded cases of other parsers, where they are at hand (`CAIRN_CORPUS`, or `shared/corpus` beside the repository).
//! Where we differ, `docs/feeds-deviations.md` must name it; nothing else excuses a difference.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod parameters;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

const DEVIATIONS: &str = include_str!("../../../../docs/feeds-deviations.md");

/// The deviations that the document names, and how often each was met.
pub struct Excuses(pub BTreeMap<&'static str, usize>);

impl Excuses {
    fn read() -> Self {
        let ids = DEVIATIONS
            .lines()
            .filter_map(|line| line.strip_prefix("| D")?.split(' ').next());
        Self(ids.map(|id| (id, 0)).collect())
    }

    /// Counts one; a deviation that the document does not name excuses nothing.
    pub fn met(&mut self, id: &str) -> bool {
        let id = id.strip_prefix('D').unwrap_or(id);
        self.0.get_mut(id).map(|count| *count += 1).is_some()
    }
}

/// A file of JSON.
pub fn read(path: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The JSON files below a folder, in order.
pub fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|end| end == "json") {
            out.push(path);
        }
    }
}

/// Whether two values are told alike: 1 and 1.0 are one number.
pub fn alike(a: Option<&Json>, b: Option<&Json>) -> bool {
    let number = |json: Option<&Json>| json.and_then(Json::as_f64);
    a == b || number(a).is_some_and(|a| number(b) == Some(a))
}

#[test]
fn the_corpus_is_read_as_recorded_but_for_what_the_list_of_deviations_names() {
    let Some(corpus) = support::corpus() else {
        println!("no corpus at hand: CAIRN_CORPUS is not set and there is no shared/corpus above");
        return;
    };
    let mut excuses = Excuses::read();
    for (set, files, events) in [("shadowserver", 62, 334), ("shadowserver-synth", 170, 1026)] {
        let count = tables::read(&corpus, set, &mut excuses);
        println!(
            "{set}: {} of {} files alike ({} with deviations), {} of {} events alike ({} with deviations)",
            count.files_same,
            count.files,
            count.files_excused,
            count.events_same,
            count.events,
            count.events_excused
        );
        assert!(
            count.differ.is_empty(),
            "{} differ: {}",
            count.differ.len(),
            count
                .differ
                .iter()
                .take(12)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
        assert!(count.files >= files && count.events >= events);
    }
    let (same, excused) = values::vectors(&corpus, &mut excuses);
    println!("types: {same} alike, {excused} with deviations");
    let (same, excused) = values::added(&corpus, &mut excuses);
    println!("fields: {same} alike, {excused} with deviations");
    let count = sources::read(&corpus, &mut excuses);
    println!(
        "parsers: {} of {} runs alike, {} events; not ours: {:?}",
        count.same, count.runs, count.events, count.not_ours
    );
    assert_eq!(count.not_ours, [""; 0]);
    println!("deviations met: {:?}", excuses.0);
    assert!(count.differ.is_empty(), "{}", count.differ.join("\n"));
}
