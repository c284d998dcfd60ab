//! From files to the plan: each file on its own.

mod items;
mod rows;
mod sources;

pub(crate) use rows::COLUMNS as SERIES_COLUMNS;
pub(crate) use sources::is_address;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::csv_rows;
use super::fault::{Faults, did_you_mean, short};
use super::files::Files;
use super::limits::{NARRATIVE_BYTES_MAX, TOML_BYTES_MAX};
use super::model::{Community, Edition, Plan, SignOff, Status};
use super::series::Series;
use super::shape::{self, Shape};
use super::toml_table::{SLUG_RULE, Source, Table, is_slug};
use super::words::Words;
use crate::share;

/// The file that names the plan.
pub(crate) const PLAN_FILE: &str = "plan.toml";
/// The file of sources.
pub(crate) const SOURCES_FILE: &str = "sources.csv";
/// The file of mandates.
pub(crate) const MANDATES_FILE: &str = "mandates.toml";
/// The folder of editions, with its last `/`.
pub(crate) const EDITIONS: &str = "editions/";
/// The folder of series, with its last `/`.
pub(crate) const SERIES: &str = "series/";
/// The folder of communities, with its last `/`.
pub(crate) const COMMUNITIES: &str = "communities/";
/// The folder of narratives in an edition, with its last `/`.
pub(crate) const TEXTS: &str = "text/";
/// Files of an edition that must be there.
pub(crate) const EDITION_FILES: &[&str] = &[
    "edition.toml",
    "themes.toml",
    "goals.toml",
    "initiatives.toml",
    "measures.toml",
];
/// Files of an edition that may be there.
pub(crate) const EDITION_MORE: &[&str] = &["endings.toml", "notes.toml", "returns.toml"];

/// A plan without anything.
pub(crate) fn empty() -> Plan {
    Plan {
        id: String::new(),
        title: Words::default(),
        country: String::new(),
        owner: String::new(),
        contact: String::new(),
        licence: String::new(),
        languages: Vec::new(),
        currency: String::new(),
        base_url: None,
        texts: Vec::new(),
        sources: BTreeMap::new(),
        series: BTreeMap::new(),
        editions: Vec::new(),
        mandates: Vec::new(),
        communities: Vec::new(),
        at: super::at::At::default(),
    }
}

/// What could be read of a plan.
pub(crate) fn plan(files: &Files, faults: &Faults) -> Plan {
    let mut listed = None;
    let mut plan = empty();
    toml(files, PLAN_FILE, &shape::PLAN, faults, |top| {
        plan = Plan {
            id: top.id("id"),
            title: top.need_words("title"),
            country: top.need("country"),
            owner: top.need("owner"),
            contact: top.need("contact"),
            licence: top.need("licence"),
            languages: top.texts("languages"),
            currency: top.need("currency"),
            base_url: top.text("base_url"),
            texts: top.texts("texts"),
            at: top.at(),
            ..empty()
        };
        listed = Some(top.texts("editions"));
    });
    plan.sources = sources::read(files, faults);
    plan.series = series(files, &plan, faults);
    for id in editions(files, listed, &plan, faults) {
        plan.editions.push(edition(files, &id, faults));
    }
    if files.get(MANDATES_FILE).is_some() {
        toml(files, MANDATES_FILE, &shape::MANDATES, faults, |top| {
            plan.mandates = top.tables("mandate").iter().map(items::mandate).collect();
        });
    }
    plan.communities = communities(files, faults);
    plan
}

/// Reads a TOML file; a fault if it is not there.
fn toml(
    files: &Files,
    file: &str,
    shape: &'static Shape,
    faults: &Faults,
    take: impl FnOnce(&Table<'_, '_>),
) {
    let Some(bytes) = files.get(file) else {
        faults.broken(file);
        let what = "the file is not there";
        faults.error(
            (file, (0, 0)),
            "missing-file",
            what,
            format!("Add `{file}`"),
        );
        return;
    };
    let Some(text) = csv_rows::text(file, bytes, TOML_BYTES_MAX, faults) else {
        return;
    };
    let source = Source::new(file, text, faults);
    let table = source.parse();
    take(&Table::root(&source, &table, shape));
}

/// Editions to read: those that the plan lists and that have a folder, oldest first.
fn editions(
    files: &Files,
    listed: Option<Vec<String>>,
    plan: &Plan,
    faults: &Faults,
) -> Vec<String> {
    let folders: BTreeSet<&str> = files
        .below(EDITIONS)
        .filter_map(|(path, _)| Some(path.split_once('/')?.0))
        .collect();
    let Some(listed) = listed.filter(|_| !faults.is_broken(PLAN_FILE)) else {
        return folders.iter().map(|id| (*id).to_owned()).collect();
    };
    let place = plan.at.key("editions");
    if listed.is_empty() && plan.at.keys.contains_key("editions") {
        let mend = "Name at least one folder of editions/";
        faults.error(
            (PLAN_FILE, place),
            "no-edition",
            "the plan lists no edition",
            mend,
        );
    }
    for folder in folders.iter().filter(|f| !listed.iter().any(|id| id == *f)) {
        let what = format!(
            "the plan does not list the folder `{EDITIONS}{}`",
            short(folder)
        );
        let mend = format!(
            "Add `{}` to `editions`, or remove the folder",
            short(folder)
        );
        faults.error((PLAN_FILE, place), "edition-not-listed", what, mend);
    }
    listed
        .into_iter()
        .filter(|id| {
            let there = folders.contains(id.as_str());
            if !there {
                let what = format!("there is no folder `{EDITIONS}{}`", short(id));
                let mend = format!("Add `{EDITIONS}{}/edition.toml`", short(id));
                let mend = did_you_mean(id, folders.iter().copied(), mend);
                faults.error((PLAN_FILE, place), "edition-without-folder", what, mend);
            }
            there
        })
        .collect()
}

fn edition(files: &Files, id: &str, faults: &Faults) -> Edition {
    let folder = format!("{EDITIONS}{id}/");
    let path = |name: &str| format!("{folder}{name}");
    let mut edition = Edition {
        id: id.to_owned(),
        title: Words::default(),
        status: Status::Draft,
        published: None,
        as_of: Date::MIN,
        covers: None,
        vision: Words::default(),
        legal_basis: None,
        front: None,
        signed_off: Vec::new(),
        themes: Vec::new(),
        goals: Vec::new(),
        initiatives: Vec::new(),
        measures: Vec::new(),
        ended: Vec::new(),
        notes: Vec::new(),
        dissents: Vec::new(),
        returns: Vec::new(),
        returns_due: None,
        returns_after_days: None,
        texts: BTreeMap::new(),
        at: super::at::At::default(),
    };
    toml(
        files,
        &path("edition.toml"),
        &shape::EDITION,
        faults,
        |top| {
            identity(&mut edition, top);
        },
    );
    toml(files, &path("themes.toml"), &shape::THEMES, faults, |top| {
        edition.themes = top.tables("theme").iter().map(items::theme).collect();
    });
    toml(files, &path("goals.toml"), &shape::GOALS, faults, |top| {
        edition.goals = top.tables("goal").iter().map(items::goal).collect();
    });
    toml(
        files,
        &path("initiatives.toml"),
        &shape::INITIATIVES,
        faults,
        |top| {
            edition.initiatives = top
                .tables("initiative")
                .iter()
                .map(items::initiative)
                .collect();
        },
    );
    toml(
        files,
        &path("measures.toml"),
        &shape::MEASURES,
        faults,
        |top| {
            edition.measures = top.tables("measure").iter().map(items::measure).collect();
        },
    );
    more(files, &folder, &mut edition, faults);
    edition
}

/// Files of an edition that need not be there.
fn more(files: &Files, folder: &str, edition: &mut Edition, faults: &Faults) {
    let path = |name: &str| Some(format!("{folder}{name}")).filter(|p| files.get(p).is_some());
    if let Some(file) = path("endings.toml") {
        toml(files, &file, &shape::ENDINGS, faults, |top| {
            edition.ended = top
                .tables("ended")
                .iter()
                .filter_map(items::ended)
                .collect();
        });
    }
    if let Some(file) = path("notes.toml") {
        toml(files, &file, &shape::NOTES, faults, |top| {
            edition.notes = top.tables("note").iter().filter_map(items::note).collect();
            edition.dissents = top
                .tables("dissent")
                .iter()
                .filter_map(items::dissent)
                .collect();
        });
    }
    if let Some(file) = path("returns.toml") {
        toml(files, &file, &shape::RETURNS, faults, |top| {
            edition.returns = items::returns(top);
        });
    }
    let texts = format!("{folder}{TEXTS}");
    for (path, bytes) in files.below(&texts) {
        let Some((name, language)) = path.strip_suffix(".md").and_then(|p| p.rsplit_once('.'))
        else {
            continue;
        };
        let file = format!("{texts}{path}");
        if let Some(text) = csv_rows::text(&file, bytes, NARRATIVE_BYTES_MAX, faults) {
            let key = (name.to_owned(), language.to_owned());
            edition.texts.insert(key, text.to_owned());
        }
    }
}

fn identity(edition: &mut Edition, top: &Table<'_, '_>) {
    let id = top.id("id");
    if !id.is_empty() && id != edition.id {
        let what = format!(
            "the edition's id is `{}`, and its folder `{}`",
            short(&id),
            edition.id
        );
        let mend = format!("Write `id = \"{}\"`, or rename the folder", edition.id);
        top.error("id", "id-is-not-name", what, mend);
    }
    edition.title = top.need_words("title");
    edition.status = top
        .one("status", Status::WORDS, Status::of)
        .unwrap_or(Status::Draft);
    edition.published = top.day("published");
    edition.as_of = top.day("as_of").unwrap_or(Date::MIN);
    edition.covers = top.period("covers");
    edition.vision = top.need_words("vision");
    edition.legal_basis = top.words("legal_basis");
    edition.front = top.text("front");
    edition.returns_due = top.day("returns_due");
    edition.returns_after_days = top.whole("returns_after_days");
    let signed = top.tables("signed_off");
    edition.signed_off = signed
        .iter()
        .filter_map(|table| {
            Some(SignOff {
                role: table.need("role"),
                name_of_office: table.need("name_of_office"),
                on: table.day("on")?,
                at: table.at(),
            })
        })
        .collect();
    edition.at = top.at();
}

fn series(files: &Files, plan: &Plan, faults: &Faults) -> BTreeMap<String, Series> {
    let found: Vec<(&str, &[u8])> = files
        .below(SERIES)
        .filter_map(|(path, bytes)| Some((path.strip_suffix(".csv")?, bytes)))
        .filter(|(id, _)| !id.contains('/'))
        .collect();
    let broken = faults.all_broken();
    let cells = rows::Cells::default();
    let read = share::map(&found, |(id, bytes)| {
        let faults = Faults::after(broken.clone());
        let file = format!("{SERIES}{id}.csv");
        if !is_slug(id) {
            let what = format!("the file's name `{}` is no id", short(id));
            faults.error((&file, (0, 0)), "bad-id", what, SLUG_RULE);
        }
        let series = rows::read(&file, id, bytes, (&plan.sources, &cells), &faults);
        (series, faults)
    });
    let mut all = BTreeMap::new();
    for (series, own) in read {
        faults.absorb(own);
        all.insert(series.id.clone(), series);
    }
    all
}

fn communities(files: &Files, faults: &Faults) -> Vec<Community> {
    let mut all = Vec::new();
    for (path, _) in files.below(COMMUNITIES) {
        let Some(name) = path
            .strip_suffix(".toml")
            .filter(|name| !name.contains('/'))
        else {
            continue;
        };
        let file = format!("{COMMUNITIES}{path}");
        toml(files, &file, &shape::COMMUNITY, faults, |top| {
            let mut community = items::community(top);
            if !community.id.is_empty() && community.id != name {
                let id = short(&community.id);
                let what = format!(
                    "the community's id is `{id}`, and its file `{}`",
                    short(path)
                );
                let mend = format!("Write `id = \"{}\"`, or rename the file", short(name));
                top.error("id", "id-is-not-name", what, mend);
            }
            // The file is what its faults are named by.
            name.clone_into(&mut community.id);
            all.push(community);
        });
    }
    all
}
