//! What is published of a plan, with everything that is needed to compute it again.
//!
//! A bundle is a folder: the site, the plan's own files below `plan/`, and `manifest.json`, which names every file with
//! its SHA-256. [`verify`] builds the site anew from `plan/` and compares it byte for byte, so that whoever trusts no
//! one needs nothing but the folder and a program of the manifest's version.

mod manifest;
mod verify;

pub use manifest::{FORMAT, Manifest, ManifestError};
pub use verify::{BundleFault, Kept, verify};

use std::borrow::Cow;

use crate::plan::{Fault, Files, Plan};
use crate::report::{self, Hidden};
use crate::site::{self, BuildError, Options, Sink, Summary};

/// Name of the manifest in the bundle.
pub const MANIFEST: &str = "manifest.json";
/// Its signature, a C2SP signed note over [`Manifest::statement`]; a bundle need not have one.
pub const NOTE: &str = "manifest.note";
/// Where the plan's own files lie in the bundle.
pub const INPUTS: &str = "plan/";

/// Writes a whole bundle to `sink`, the manifest last. The site is built from what is public and from nothing else. Files of
/// a plan that is given away are let go of once they are written: a large plan's are as large as half of what is read
/// from them.
///
/// # Errors
/// The site could not be built, or `sink` said no.
pub fn build<E>(
    public: Cow<'_, Public>,
    options: &Options,
    sink: &mut Sink<'_, E>,
) -> Result<(Summary, Manifest), BuildError<E>> {
    let mut manifest = Manifest::of(&public.plan, options);
    let mut input = |path: &str, bytes: Vec<u8>| {
        manifest.input(path, &bytes);
        put(sink, format!("{INPUTS}{path}"), bytes)
    };
    let plan = match public {
        Cow::Borrowed(Public { plan, files }) => {
            for (path, bytes) in files.iter() {
                input(path, bytes.to_vec())?;
            }
            Cow::Borrowed(plan)
        }
        Cow::Owned(Public { plan, files }) => {
            for (path, bytes) in files {
                input(&path, bytes)?;
            }
            Cow::Owned(plan)
        }
    };
    let summary = site::build(&plan, options, &mut |path, bytes: Vec<u8>| {
        manifest.output(path, &bytes);
        sink(path, bytes)
    })?;
    put(sink, MANIFEST.to_owned(), manifest.print())?;
    Ok((summary, manifest))
}

fn put<E>(sink: &mut Sink<'_, E>, path: String, bytes: Vec<u8>) -> Result<(), BuildError<E>> {
    sink(&path, bytes).map_err(|error| BuildError::Sink { path, error })
}

/// A plan as it may be handed out: of a series that its holder has not allowed only the header is left, and counts that
/// were not rounded are marked as suppressed.
#[derive(Debug, Clone)]
pub struct Public {
    /// Read from `files`.
    pub plan: Plan,
    /// What may be published.
    pub files: Files,
}

impl Public {
    /// Takes out what must not be published.
    ///
    /// # Errors
    /// The plan's faults, if one of them is an error.
    pub fn of(mut files: Files) -> Result<Self, Vec<Fault>> {
        let plan = match Plan::read(&files) {
            (Some(plan), _) => plan,
            (None, faults) => return Err(faults),
        };
        let mut changed = Vec::new();
        for (path, bytes) in files.below("series/") {
            let id = path.trim_end_matches(".csv");
            let kept = match report::hidden(&plan, id) {
                Hidden::No => continue,
                Hidden::All => header(bytes).to_vec(),
                Hidden::Counts => without_counts(bytes),
            };
            if kept != bytes {
                changed.push((format!("series/{path}"), kept));
            }
        }
        if changed.is_empty() {
            return Ok(Self { plan, files });
        }
        // A large plan must not be in memory twice.
        drop(plan);
        for (path, bytes) in changed {
            files.insert(path, bytes);
        }
        match Plan::read(&files) {
            (Some(plan), _) => Ok(Self { plan, files }),
            (None, faults) => Err(faults),
        }
    }
}

fn header(bytes: &[u8]) -> &[u8] {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default()
}

/// What would tell a count that is hidden.
const TELLING: [&str; 6] = ["value", "low", "high", "n", "flag", "note"];

/// The series with every count hidden that was not rounded. What cannot be read is left out.
fn without_counts(bytes: &[u8]) -> Vec<u8> {
    let mut rows = csv::Reader::from_reader(bytes);
    let Ok(names) = rows.headers().cloned() else {
        return header(bytes).to_vec();
    };
    let mut out = csv::Writer::from_writer(Vec::with_capacity(bytes.len()));
    let _memory = out.write_record(&names);
    for row in rows.records().filter_map(Result::ok) {
        let named = || names.iter().zip(&row);
        let count = named()
            .find(|(name, _)| *name == "value")
            .map(|(_, value)| value);
        let hide = count.is_some_and(report::is_telling_text);
        let cells = named().map(|(name, cell)| match name {
            "missing" if hide => "suppressed",
            name if hide && TELLING.contains(&name) => "",
            _ => cell,
        });
        let _memory = out.write_record(cells);
    }
    out.into_inner().unwrap_or_default()
}
