//! Computing a bundle again.

use std::collections::BTreeSet;
use std::convert::Infallible;

use cairn_evidence::hash::sha256;

use super::manifest::Manifest;
use super::{INPUTS, MANIFEST, NOTE, Public};
use crate::plan::{Fault, Files, Plan};
use crate::site::{self, BuildError, Lang, Options};

/// Most faults that are told one by one.
pub const FAULTS_MAX: usize = 200;
/// Longest piece of a differing line that is shown, characters.
const SHOWN_CHARS: usize = 120;

/// What does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFault {
    /// File in the bundle.
    pub path: String,
    /// Which figure it is about: `measure ID`, or `series ID` for a file of values; empty where it is about none.
    pub figure: String,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
}

impl std::fmt::Display for BundleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.figure.is_empty() {
            write!(f, "{}: {}", self.path, self.what)
        } else {
            write!(f, "{} ({}): {}", self.figure, self.path, self.what)
        }
    }
}

/// A bundle as it lies on disk.
pub struct Kept<'k> {
    /// Every file in it but those below `plan/`, by path.
    pub paths: BTreeSet<String>,
    /// Reads one of them.
    pub read: &'k mut dyn FnMut(&str) -> Option<Vec<u8>>,
}

/// Computes everything again from the bundle's own inputs and compares it with what was published. No fault: every
/// figure, chart and page follows from the inputs, and the manifest names all of it.
#[must_use]
pub fn verify(inputs: Files, manifest: &Manifest, kept: Kept<'_>) -> Vec<BundleFault> {
    let mut check = Check {
        faults: Vec::new(),
        seen: BTreeSet::new(),
        kept,
    };
    check.inputs(&inputs, manifest);
    // Somebody may have put back what was held back: it is taken out again, and the pages then tell.
    match Public::of(inputs).map(|public| public.plan) {
        // The files, which may be large, are gone.
        Ok(plan) => check.rebuild(&plan, manifest),
        Err(faults) => {
            let first = faults.into_iter().find(Fault::is_error);
            let why = first.map(|fault| fault.to_string()).unwrap_or_default();
            check.fault(INPUTS, format!("the plan cannot be read any more: {why}"));
        }
    }
    check.strays(manifest);
    check.faults
}

struct Check<'k> {
    faults: Vec<BundleFault>,
    seen: BTreeSet<String>,
    kept: Kept<'k>,
}

impl Check<'_> {
    fn fault(&mut self, path: &str, what: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(BundleFault {
                path: path.to_owned(),
                figure: figure_of(path),
                what: what.into(),
            });
        }
    }

    /// The plan's own files against the manifest.
    fn inputs(&mut self, inputs: &Files, manifest: &Manifest) {
        for (path, bytes) in inputs.iter() {
            let at = format!("{INPUTS}{path}");
            match manifest.inputs.get(path) {
                None => self.fault(&at, "the manifest does not name this file"),
                Some(said) if *said != sha256(bytes).hex() => {
                    self.fault(&at, "it was changed after it was published");
                }
                Some(_) => {}
            }
        }
        for path in manifest.inputs.keys() {
            if inputs.get(path).is_none() {
                self.fault(&format!("{INPUTS}{path}"), "it is missing");
            }
        }
    }

    fn rebuild(&mut self, plan: &Plan, manifest: &Manifest) {
        let options = Options {
            languages: manifest
                .languages
                .iter()
                .filter_map(|tag| Lang::of_tag(tag))
                .collect(),
            base_url: manifest.base_url.clone(),
            challenge: manifest.challenge.clone(),
            doors: manifest.doors.clone(),
            challenges: manifest.challenges.clone(),
            versions: manifest.versions.clone(),
            ..Options::default()
        };
        let mut compare = |path: &str, bytes: Vec<u8>| {
            self.compare(path, &bytes, manifest);
            Ok(())
        };
        match site::build::<Infallible>(plan, &options, &mut compare) {
            Ok(_) => {}
            Err(BuildError::Sink { error, .. }) => match error {},
            Err(error) => self.fault(INPUTS, format!("the site cannot be built again: {error}")),
        }
    }

    fn compare(&mut self, path: &str, computed: &[u8], manifest: &Manifest) {
        self.seen.insert(path.to_owned());
        let said = manifest.outputs.get(path);
        if said.is_none() {
            self.fault(path, "the manifest does not name this file");
        }
        let Some(kept) = (self.kept.read)(path) else {
            self.fault(path, "it is missing");
            return;
        };
        if kept != computed {
            let what = if path.ends_with(".pdf") {
                first_byte(&kept, computed)
            } else {
                first_difference(&kept, computed)
            };
            self.fault(path, what);
        } else if said.is_some_and(|said| *said != sha256(&kept).hex()) {
            self.fault(path, "the manifest has another SHA-256 for it");
        }
    }

    /// Files that do not follow from the inputs.
    fn strays(&mut self, manifest: &Manifest) {
        let paths = std::mem::take(&mut self.kept.paths);
        for path in &paths {
            if path != MANIFEST && path != NOTE && !self.seen.contains(path) {
                self.fault(path, "it does not follow from the plan");
            }
        }
        for path in manifest.outputs.keys() {
            if !self.seen.contains(path) && !paths.contains(path) {
                self.fault(path, "the manifest names it, and nothing makes it");
            }
        }
    }
}

/// Which figure a file is about.
fn figure_of(path: &str) -> String {
    let name = |rest: &str| rest.split('.').next().unwrap_or_default().to_owned();
    if let Some(rest) = path.strip_prefix("plan/series/") {
        return format!("series {}", rest.trim_end_matches(".csv"));
    }
    if let Some(at) = path.rfind("data/") {
        let rest = path.get(at + "data/".len()..).unwrap_or_default();
        return format!("measure {}", name(rest));
    }
    match path.rfind("m/") {
        Some(at) if at == 0 || path.as_bytes().get(at - 1) == Some(&b'/') => {
            let rest = path.get(at + 2..).unwrap_or_default();
            format!("measure {}", rest.trim_end_matches(".html"))
        }
        _ => String::new(),
    }
}

/// Where two files that are no text differ first.
fn first_byte(kept: &[u8], computed: &[u8]) -> String {
    let same = kept
        .iter()
        .zip(computed)
        .take_while(|(a, b)| a == b)
        .count();
    format!(
        "it is not the report that the plan's files give: from byte {} on it differs; {} bytes are published, {} computed",
        same + 1,
        kept.len(),
        computed.len()
    )
}

/// Where two files differ first, by line.
fn first_difference(kept: &[u8], computed: &[u8]) -> String {
    let (kept, computed) = (
        String::from_utf8_lossy(kept),
        String::from_utf8_lossy(computed),
    );
    let mut lines = (kept.lines(), computed.lines());
    let mut number = 1_u64;
    loop {
        match (lines.0.next(), lines.1.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (None, None) => return "line ends were changed".to_owned(),
            (a, b) => {
                let (a, b) = around(a.unwrap_or_default(), b.unwrap_or_default());
                return format!("line {number}: published is `{a}`, computed is `{b}`");
            }
        }
    }
}

/// The pieces of two lines where they begin to differ.
fn around<'t>(a: &'t str, b: &'t str) -> (&'t str, &'t str) {
    let same: usize = a
        .chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum();
    let from = a.get(..same).map_or(0, |before| {
        before
            .char_indices()
            .rev()
            .nth(SHOWN_CHARS / 3)
            .map_or(0, |(at, _)| at)
    });
    let piece = |line: &'t str| {
        let rest = line.get(from..).unwrap_or_default();
        let end = rest
            .char_indices()
            .nth(SHOWN_CHARS)
            .map_or(rest.len(), |(at, _)| at);
        rest.get(..end).unwrap_or_default()
    };
    (piece(a), piece(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_its_figure() {
        for (path, figure) in [
            ("plan/series/loss.csv", "series loss"),
            ("data/m2.csv", "measure m2"),
            ("e/2022/data/m2.csv-metadata.json", "measure m2"),
            ("e/2022/m/m2.html", "measure m2"),
            ("mi/m/m2.html", "measure m2"),
            ("m/m2.html", "measure m2"),
            ("embed/m/m2.html", "measure m2"),
            ("index.html", ""),
            ("plan/plan.toml", ""),
        ] {
            assert_eq!(figure_of(path), figure, "{path}");
        }
    }

    #[test]
    fn the_first_byte_is_counted_from_one() {
        for (kept, computed, at) in [
            (&b"abc"[..], &b"abd"[..], 3),
            (b"", b"a", 1),
            (b"ab", b"a", 2),
        ] {
            let said = first_byte(kept, computed);
            assert!(said.contains(&format!("byte {at} on")), "{said}");
        }
    }

    #[test]
    fn the_first_difference_is_shown() {
        let said = first_difference(b"a\n2021,16.8,x\nc\n", b"a\n2021,16.9,x\nc\n");
        assert_eq!(
            said,
            "line 2: published is `2021,16.8,x`, computed is `2021,16.9,x`"
        );
        assert_eq!(first_difference(b"a\r\n", b"a\n"), "line ends were changed");
        assert!(first_difference(b"a", b"a\nb").starts_with("line 2"));
        let long = format!("{}x{}", "ā".repeat(500), "b".repeat(500));
        let said = first_difference(long.as_bytes(), long.replace('x', "y").as_bytes());
        assert!(
            said.contains('x') && said.contains('y') && said.chars().count() < 320,
            "{said}"
        );
    }
}
