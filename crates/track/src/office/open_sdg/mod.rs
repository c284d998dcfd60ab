//! A plan from a data repository of Open SDG: `data/indicator_1-1-1.csv` with its `meta/1-1-1.md` (front matter) or
//! `.yml`, also in `meta/en/`, and the settings in `indicator-config/1-1-1.yml`.
//!
//! Goals are made of the first number of each indicator, measures of indicators, one for each series and unit of its data.
//! Targets, directions, base years and limits come from `progress_calculation_options`. Texts that are keys of
//! translations are looked up in `translations/en/`. All that has no place in a plan of ours is listed.

mod data;
mod fields;
mod meta;
mod settings;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::new::{Identity, NewPlanError};
use super::text::is_slug;
use crate::plan::fault::{Faults, short};
use crate::plan::{Fault, Files};

/// What the repository does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSdgOptions {
    /// Id of the plan.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The organisation that answers for it.
    pub owner: String,
    /// Country, ISO 3166 alpha-2.
    pub country: String,
    /// How to reach the owner; of measures as well, where the repository names nobody.
    pub contact: String,
    /// Licence of the figures.
    pub licence: String,
    /// The day of the repository's state: all figures get it as their vintage, and the edition sees figures up to it.
    pub on: Date,
}

/// Reads a repository. The plan has one draft edition, and [`crate::plan::Plan::read`] finds no error in it; the faults say
/// what was not carried over or had to be assumed, each with the repository's file.
///
/// # Errors
/// If the options cannot be those of a plan.
pub fn import_open_sdg(
    files: &Files,
    options: &OpenSdgOptions,
) -> Result<(Files, Vec<Fault>), NewPlanError> {
    let identity = Identity {
        id: &options.id,
        title: &options.title,
        owner: &options.owner,
        country: &options.country,
        contact: &options.contact,
        licence: &options.licence,
        today: options.on,
    };
    identity.check()?;
    let faults = Faults::default();
    let mut notes = Notes {
        faults: &faults,
        tallies: BTreeMap::new(),
    };
    let found = find(files, &notes);
    if found.is_empty() {
        let what = "there is no indicator: neither data/indicator_….csv nor meta/….md";
        let mend = "Give the folder that has `data` and `meta` in it";
        notes.error(("", 0, 0), "no-indicator", what, mend);
    }
    let translations = meta::translations(files, &mut notes);
    let mut out = write::Writer::new(options);
    for (id, paths) in &found {
        let meta = meta::read(files, id, paths, &translations, &mut notes);
        let data = paths
            .data
            .as_deref()
            .map(|path| data::read(files, path, &mut notes));
        out.indicator(id, paths, &meta, data.unwrap_or_default(), &mut notes);
    }
    notes.say();
    Ok((out.files(&identity), faults.into_list()))
}

/// Files of one indicator.
#[derive(Debug, Clone, Default)]
struct Paths {
    data: Option<String>,
    /// Metadata and settings; of a key that is in several the last file counts.
    meta: Vec<String>,
}

impl Paths {
    /// The file that faults of the indicator name.
    fn main(&self) -> &str {
        let meta = self.meta.first().or(self.data.as_ref());
        meta.map_or("", String::as_str)
    }
}

/// Indicators by the numbers in their ids. What no indicator reads is said.
fn find(files: &Files, notes: &Notes<'_>) -> Vec<(String, Paths)> {
    let mut found: BTreeMap<String, Paths> = BTreeMap::new();
    let mut unread: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (path, _) in files.iter() {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let id = match folder {
            "data" => path
                .strip_suffix(".csv")
                .and_then(|path| path.rsplit('/').next()?.strip_prefix("indicator_")),
            "meta" | "indicator-config" => meta::id_of(path),
            _ => None,
        };
        let Some(id) = id.map(str::to_ascii_lowercase).filter(|id| is_slug(id)) else {
            if !path.starts_with("translations/en/") && !path.starts_with('.') {
                unread.entry(folder).or_insert((0, path)).0 += 1;
            }
            continue;
        };
        let paths = found.entry(id).or_default();
        if folder != "data" {
            paths.meta.push(path.to_owned());
        } else if let Some(first) = &paths.data {
            let what = format!(
                "`{}` has data of the same indicator, and this file is left out",
                short(first)
            );
            notes.error((path, 0, 0), "twice", &what, "Put both into one file");
        } else {
            paths.data = Some(path.to_owned());
        }
    }
    for (count, first) in unread.into_values() {
        let what = format!("{count} files of this folder are not carried over, this one first");
        let mend = "Look whether a plan needs what is in them";
        notes.warn((first, 0, 0), "not-carried-over", &what, mend);
    }
    // `meta` comes after `indicator-config` in the alphabet, and the settings are to win.
    for paths in found.values_mut() {
        paths
            .meta
            .sort_by_key(|path| path.starts_with("indicator-config/"));
    }
    let mut found: Vec<(String, Paths)> = found.into_iter().collect();
    found.sort_by_cached_key(|(id, _)| numbers(id));
    found
}

/// `10-b-1` after `2-1-1`: letters after numbers.
fn numbers(id: &str) -> Vec<(u32, String)> {
    let parts = id.split('-');
    parts
        .map(|part| (part.parse().unwrap_or(u32::MAX), part.to_owned()))
        .collect()
}

/// A file with line and column, from 1; 0 if they are not known.
type Place<'f> = (&'f str, u32, u32);

/// Faults, and what is said once of many files.
struct Notes<'f> {
    faults: &'f Faults,
    tallies: BTreeMap<Said, Where>,
}

/// Code, what and mend.
type Said = (&'static str, String, &'static str);
/// The first file with its line, and all files.
type Where = (String, u32, BTreeSet<String>);

impl Notes<'_> {
    fn error(&self, (file, line, column): Place<'_>, code: &'static str, what: &str, mend: &str) {
        self.faults.error((file, (line, column)), code, what, mend);
    }

    fn warn(&self, (file, line, column): Place<'_>, code: &'static str, what: &str, mend: &str) {
        self.faults.warn((file, (line, column)), code, what, mend);
    }

    /// Something that holds for many files: said once, at the first of them.
    fn tally(
        &mut self,
        (file, line, _): Place<'_>,
        code: &'static str,
        what: &str,
        mend: &'static str,
    ) {
        let key = (code, what.to_owned(), mend);
        let entry = self.tallies.entry(key);
        let (_, _, files) = entry.or_insert_with(|| (file.to_owned(), line, BTreeSet::new()));
        files.insert(file.to_owned());
    }

    fn say(&mut self) {
        for ((code, what, mend), (file, line, files)) in std::mem::take(&mut self.tallies) {
            let what = match files.len() {
                1 => what,
                count => format!("{what} (in {count} files, this one first)"),
            };
            self.warn((&file, line, 0), code, &what, mend);
        }
    }
}

/// The text of a file; a fault if it is not UTF-8.
fn text<'f>(files: &'f Files, path: &str, notes: &Notes<'_>) -> Option<&'f str> {
    let bytes = files.get(path)?;
    let read = std::str::from_utf8(bytes);
    if read.is_err() {
        notes.error(
            (path, 0, 0),
            "not-utf8",
            "the file is not UTF-8, and is left out",
            "Save it as UTF-8",
        );
    }
    read.ok()
}

/// At most so many characters of a text, on one line.
fn one_line(text: &str, chars: usize) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(chars).collect()
}
