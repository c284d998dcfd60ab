//! Accepted returns as part of the plan's files.

use std::collections::{BTreeMap, BTreeSet};

use super::super::words as w;
use super::{About, Accepted, Figure, ID_CHARS_MAX, Return, csv, toml};
use crate::plan::fault::{Faults, short};
use crate::plan::{Dims, Fault, Files, Period, Plan, Status, Vintage};

/// The file of sources.
const SOURCES: &str = "sources.csv";

/// The plan's files with accepted returns in them. The same returns give the same files in whatever order they come, one
/// that is in the plan already is left out, and what was there stays as it is, byte for byte: entries and rows are added at
/// the ends of files (where a table lacks a column that is needed, each of its rows gets it).
///
/// # Errors
/// Nothing is applied, and the faults say why: the edition is not there or is frozen, a file cannot be added to, or the
/// plan would have an error that it had not before.
pub fn apply(files: &Files, accepted: &[Accepted]) -> Result<Files, Vec<Fault>> {
    let (plan, before) = Plan::sketch(files);
    let mut ordered: Vec<&Accepted> = accepted.iter().collect();
    ordered.sort_by_key(|one| (one.accepted, one.ret.filed, one.ret.id.as_str()));
    let mut written: BTreeSet<&str> = BTreeSet::new();
    let mut work = Work {
        plan: &plan,
        before: &before,
        files: files.clone(),
        faults: Faults::default(),
        newest: BTreeMap::new(),
    };
    for one in ordered {
        if !is_applied(&plan, &one.ret) && written.insert(&one.ret.id) {
            work.write(one);
        }
    }
    let faults = work.faults.into_list();
    if !faults.is_empty() {
        return Err(faults);
    }
    if written.is_empty() {
        return Ok(work.files);
    }
    let new = new_errors(&before, &work.files);
    if new.is_empty() {
        Ok(work.files)
    } else {
        Err(new)
    }
}

/// Errors of a plan that were not there before.
pub(in crate::office) fn new_errors(before: &[Fault], files: &Files) -> Vec<Fault> {
    let (_, after) = Plan::read(files);
    let new = after.into_iter().filter(Fault::is_error);
    new.filter(|fault| !before.contains(fault)).collect()
}

/// The return is in the plan.
fn is_applied(plan: &Plan, ret: &Return) -> bool {
    let source = ret.source_id(0);
    let mut entries = plan.editions.iter().flat_map(|edition| &edition.returns);
    let mut rows = plan.series.values().flat_map(|series| &series.rows);
    entries.any(|one| one.id == ret.id)
        || plan.sources.contains_key(&source) && rows.any(|row| *row.source == source)
}

struct Work<'a> {
    plan: &'a Plan,
    before: &'a [Fault],
    files: Files,
    faults: Faults,
    /// Vintages of the values that were just written, by series, period and breakdown.
    newest: BTreeMap<(String, Option<Period>, Dims), Vintage>,
}

impl Work<'_> {
    fn write(&mut self, one: &Accepted) {
        let ret = &one.ret;
        // Checked when it was filed, but what is applied may come from elsewhere; and an id that a table reads back otherwise than
        // it was written would be applied again and again.
        if !ret.has_fit_id() {
            let what = format!("`{}` cannot be the id of a return", short(&ret.id));
            self.refuse(SOURCES, "bad-id", what, &w::slug(ID_CHARS_MAX).en);
            return;
        }
        let Some(edition) = self.plan.edition(&ret.edition) else {
            let what = format!(
                "return `{}` is about the edition `{}`, which is not there",
                short(&ret.id),
                short(&ret.edition)
            );
            let mend = "File it again for an edition that the plan lists";
            self.refuse("plan.toml", "unknown-edition", what, mend);
            return;
        };
        if edition.status == Status::Frozen {
            let what = format!(
                "edition `{}` is frozen, and return `{}` came after it",
                edition.id,
                short(&ret.id)
            );
            let mend = "Begin the next edition, and file the return for that";
            let file = format!("editions/{}/edition.toml", edition.id);
            self.refuse(&file, "edition-frozen", what, mend);
            return;
        }
        match &ret.about {
            About::Measure(figure) => self.figure(one, figure),
            About::Initiative(_) | About::Note(_) | About::Dissent(_) => {
                let file = format!("editions/{}/returns.toml", ret.edition);
                self.entry(&file, one);
            }
        }
        self.sources(one);
    }

    fn refuse(&self, file: &str, code: &'static str, what: String, mend: &str) {
        self.faults.error((file, (0, 0)), code, what, mend);
    }

    /// The text of a file, if it is sound: what cannot be read may hold the return already.
    fn text(&self, file: &str) -> Option<String> {
        let broken = |fault: &&Fault| fault.is_error() && fault.file == file;
        if let Some(fault) = self.before.iter().find(broken) {
            self.faults.push(fault.clone());
            return None;
        }
        let bytes = self.files.get(file).unwrap_or_default();
        String::from_utf8(bytes.to_vec()).ok()
    }

    fn entry(&mut self, file: &str, one: &Accepted) {
        let (Some(mut text), Some(entry)) = (self.text(file), toml::entry(one)) else {
            return;
        };
        if self.files.get(file).is_none() {
            text.push_str(toml::BEGINNING);
        }
        let windows = text.contains("\r\n");
        let end = if windows { "\r\n" } else { "\n" };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(end);
        }
        if windows {
            text.push_str(&entry.replace('\n', end));
        } else {
            text.push_str(&entry);
        }
        self.files.insert(file, text);
    }

    fn row(&mut self, file: &str, fields: &[(&str, String)]) {
        let Some(text) = self.text(file) else {
            return;
        };
        match csv::append(&text, fields) {
            Some(text) => self.files.insert(file, text),
            None => {
                let what = "the file has no header".to_owned();
                let mend = "Mend it first: `cairn track check` says what it lacks";
                self.refuse(file, "no-header", what, mend);
            }
        }
    }

    fn sources(&mut self, one: &Accepted) {
        let ret = &one.ret;
        for (at, evidence) in ret.evidence.iter().enumerate() {
            let id = ret.source_id(at);
            if self.plan.sources.contains_key(&id) {
                continue;
            }
            let kind = evidence.kind.map_or_else(
                || {
                    if evidence.url.is_some() {
                        "page"
                    } else {
                        "supplied"
                    }
                },
                crate::plan::SourceKind::as_str,
            );
            let mut note = format!(
                "Filed {} by {}; accepted {} ({}).",
                ret.filed, ret.by, one.accepted, one.role
            );
            if let Some(file) = &evidence.file {
                note.push_str(&format!(" File: {file}"));
            }
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let day = |day: Option<jiff::civil::Date>| {
                day.map_or_else(String::new, |day| day.to_string())
            };
            let fields = [
                ("id", id),
                ("title", line(&evidence.title)),
                ("publisher", line(&evidence.publisher)),
                ("url", text(&evidence.url)),
                ("kind", kind.to_owned()),
                (
                    "published",
                    evidence
                        .published
                        .map_or_else(String::new, |v| v.to_string()),
                ),
                ("retrieved", day(evidence.retrieved)),
                ("sha256", text(&evidence.sha256).to_ascii_lowercase()),
                ("note", line(&note)),
            ];
            self.row(SOURCES, &fields);
        }
    }

    fn figure(&mut self, one: &Accepted, figure: &Figure) {
        let measure = self
            .plan
            .edition(&one.ret.edition)
            .and_then(|edition| edition.measure(&figure.id));
        let series = measure.filter(|one| one.query.is_none());
        let Some(series) = series.and_then(|measure| measure.series.as_deref()) else {
            let what = format!(
                "measure `{}` has no series that a value can be added to",
                short(&figure.id)
            );
            let mend = "Name a series of the folder series/ in measures.toml";
            let file = format!("editions/{}/measures.toml", one.ret.edition);
            self.refuse(&file, "no-series", what, mend);
            return;
        };
        if one.ret.evidence.is_empty() {
            let what = format!(
                "return `{}` has a value without evidence",
                short(&one.ret.id)
            );
            let mend = "File it with a source that shows the value";
            self.refuse(SOURCES, "return-without-evidence", what, mend);
            return;
        }
        let known = self.plan.series.get(series).map(|one| &one.dimensions);
        let known = |name: &String| known.is_some_and(|names| names.contains(name));
        if let Some(name) = figure.dims.keys().find(|name| !known(name)) {
            let what = format!("the series has no column `{}`", short(name));
            let mend = "Add the column to the file, and say in measures.toml what may stand in it";
            self.refuse(
                &format!("series/{series}.csv"),
                "unknown-dimension",
                what,
                mend,
            );
            return;
        }
        let Some(vintage) = self.vintage(one, figure, series) else {
            let what = format!(
                "return `{}` was accepted on no day of this age",
                short(&one.ret.id)
            );
            self.refuse(SOURCES, "wrong-value", what, "Accept it again");
            return;
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let missing = figure.missing.map_or("", crate::plan::Missing::as_str);
        let mut fields = vec![
            ("period", figure.period.trim().to_owned()),
            ("value", text(&figure.value).trim().to_owned()),
            ("vintage", vintage.to_string()),
            ("source", one.ret.source_id(0)),
            ("missing", missing.to_owned()),
            ("low", text(&figure.low).trim().to_owned()),
            ("high", text(&figure.high).trim().to_owned()),
            ("n", text(&figure.n).trim().to_owned()),
            ("flag", line(&figure.flag)),
            ("break", line(&text(&figure.brk))),
            ("note", line(&figure.note)),
        ];
        let dims = figure.dims.iter();
        fields.extend(dims.map(|(name, value)| (name.as_str(), line(value))));
        let file = format!("series/{series}.csv");
        self.row(&file, &fields);
    }

    /// The day on which the value was published: that of its evidence, or of its acceptance where none tells or where
    /// another value of the period was published since. `None` outside of the years that a plan knows.
    fn vintage(&mut self, one: &Accepted, figure: &Figure, series: &str) -> Option<Vintage> {
        let accepted = Vintage::of_day(one.accepted);
        let published = one
            .ret
            .evidence
            .iter()
            .filter_map(|one| one.published)
            .max();
        let period: Option<Period> = figure.period.trim().parse().ok();
        let rows = self.plan.series.get(series).map(|series| &series.rows);
        let rows = rows.into_iter().flatten();
        let cell = rows.filter(|row| Some(row.period) == period && *row.dims == figure.dims);
        let key = (series.to_owned(), period, figure.dims.clone());
        let now = self.newest.get(&key).copied();
        let last = cell.map(|row| row.vintage).chain(now).max();
        let own = published.filter(|own| last.is_none_or(|last| last < *own));
        let vintage = own.or(accepted)?;
        self.newest.insert(key, vintage);
        Some(vintage)
    }
}

/// A text on one line: files of rows are compared by line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
