//! Metadata of an indicator.

use std::collections::BTreeMap;

use super::super::yaml::{self, Entry, Unread, Yaml};
use super::{Notes, Paths, short, text};
use crate::plan::Files;
use crate::plan::limits::TEXT_CHARS_MAX;

/// Keys that are carried over, besides those of sources with a number at their end.
const USED: &[&str] = &[
    "indicator_name",
    "indicator_number",
    "indicator",
    "graph_title",
    "sdg_goal",
    "target_id",
    "computation_units",
    "national_indicator_description",
    "computation_definitions",
    "un_designated_tier",
    "progress_calculation_options",
];
/// Beginnings of keys of sources; a number follows.
const SOURCE: &[&str] = &[
    "source_organisation_",
    "source_url_",
    "source_url_text_",
    "source_periodicity_",
    "source_contact_",
];
/// Room that is left for what is added to a text.
const CHARS_MAX: usize = TEXT_CHARS_MAX - 1_000;

/// What is known of an indicator.
#[derive(Debug, Clone, Default)]
pub(super) struct Meta {
    /// Later entries count more.
    entries: Vec<(String, Entry)>,
    /// Texts after translation.
    texts: BTreeMap<String, String>,
}

impl Meta {
    /// A text, translated and not empty.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// A value with its file.
    pub(super) fn entry(&self, key: &str) -> Option<(&str, &Entry)> {
        let found = self
            .entries
            .iter()
            .rev()
            .find(|(_, entry)| entry.key == key);
        found.map(|(file, entry)| (file.as_str(), entry))
    }
}

/// The indicator's id in the path of a file of metadata in English.
pub(super) fn id_of(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let stem = [".md", ".yml", ".yaml"]
        .iter()
        .find_map(|end| name.strip_suffix(end))?;
    let number = stem.starts_with(|c: char| c.is_ascii_digit());
    (number && matches!(folder, "meta" | "meta/en" | "indicator-config")).then_some(stem)
}

/// Texts by `group.key`, of `translations/en/GROUP.yml`.
pub(super) fn translations(files: &Files, notes: &mut Notes<'_>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, _) in files.below("translations/en/") {
        let path = format!("translations/en/{name}");
        let stem = name
            .strip_suffix(".yml")
            .or_else(|| name.strip_suffix(".yaml"));
        let (Some(group), Some(text)) = (stem, text(files, &path, notes)) else {
            continue;
        };
        let (yaml, unread) = yaml::read(text, 1);
        say(&path, unread, notes);
        let Yaml::Map(entries) = yaml else { continue };
        for Entry { key, value, .. } in entries {
            if let Yaml::Text(text) = value {
                all.insert(format!("{group}.{key}"), text);
            }
        }
    }
    all
}

pub(super) fn read(
    files: &Files,
    id: &str,
    paths: &Paths,
    translations: &BTreeMap<String, String>,
    notes: &mut Notes<'_>,
) -> Meta {
    let mut meta = Meta::default();
    for path in &paths.meta {
        let Some(text) = text(files, path, notes) else {
            continue;
        };
        let (yaml, unread) = if path.ends_with(".md") {
            let Some((front, body)) = yaml::front_matter(text) else {
                let mend = "Begin the file with a line ---";
                notes.error(
                    (path, 1, 0),
                    "no-front-matter",
                    "the file has no front matter, and is left out",
                    mend,
                );
                continue;
            };
            if !body.trim().is_empty() {
                let mend = "Put it into a narrative of the measure";
                notes.tally(
                    (path, 0, 0),
                    "not-carried-over",
                    "the text after the front matter is not carried over",
                    mend,
                );
            }
            yaml::read(front, 2)
        } else {
            yaml::read(text, 1)
        };
        say(path, unread, notes);
        if let Yaml::Map(entries) = yaml {
            meta.entries
                .extend(entries.into_iter().map(|entry| (path.clone(), entry)));
        }
    }
    if meta.entries.is_empty() {
        let what = format!("nothing is known of indicator {id} but its data");
        let mend = "Write title, definition, unit, direction and source of the measure";
        notes.warn((paths.main(), 0, 0), "no-metadata", &what, mend);
    }
    texts(&mut meta, translations, notes);
    meta
}

fn say(path: &str, unread: Vec<Unread>, notes: &mut Notes<'_>) {
    for (line, why) in unread {
        let what = format!("the line is not understood: {why}");
        let mend = "Write it as key: value, with texts in quotes where they have signs of YAML";
        notes.warn((path, line, 0), "not-understood", &what, mend);
    }
}

fn texts(meta: &mut Meta, translations: &BTreeMap<String, String>, notes: &mut Notes<'_>) {
    for (file, entry) in &meta.entries {
        let place = (file.as_str(), entry.line, 0);
        let used = USED.contains(&entry.key.as_str()) || numbered(&entry.key);
        let Yaml::Text(text) = &entry.value else {
            if !used {
                not_carried(&entry.key, place, notes);
            }
            continue;
        };
        if text.is_empty() {
            continue;
        }
        if !used {
            not_carried(&entry.key, place, notes);
            continue;
        }
        let mut text = text.clone();
        if is_key(&text) {
            let Some(found) = translations
                .get(&text)
                .filter(|found| !found.trim().is_empty())
            else {
                let what = format!(
                    "`{}` is the key of a translation that is not in the repository",
                    short(&text)
                );
                let mend = "Write the text of the measure";
                notes.warn(place, "untranslated", &what, mend);
                continue;
            };
            text.clone_from(found);
        }
        if let Some((end, _)) = text.char_indices().nth(CHARS_MAX) {
            text.truncate(end);
            let mend = "Put long texts into a narrative of the measure";
            notes.warn(place, "too-long", "the text is too long, and was cut", mend);
        }
        meta.texts.insert(entry.key.clone(), text);
    }
}

fn not_carried(key: &str, place: super::Place<'_>, notes: &mut Notes<'_>) {
    let what = format!("the key `{}` is not carried over", short(key));
    notes.tally(
        place,
        "not-carried-over",
        &what,
        "Look whether the measure should say it",
    );
}

fn numbered(key: &str) -> bool {
    SOURCE.iter().any(|start| {
        let number = key.strip_prefix(start);
        number
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
    })
}

/// `global_indicators.1-1-1-title`
fn is_key(text: &str) -> bool {
    let Some((group, key)) = text.split_once('.') else {
        return false;
    };
    let word = |c: char| c.is_ascii_lowercase() || c == '_';
    group.len() > 1
        && group.chars().all(word)
        && key.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !key.contains(char::is_whitespace)
}
