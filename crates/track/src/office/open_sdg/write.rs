//! From indicators to the files of a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::new::{Identity, SOURCES};
use super::super::text::{quoted, record, slug};
use super::data::Part;
use super::fields::{Fields, fields};
use super::meta::Meta;
use super::settings::{Setting, choose, settings};
use super::{Notes, OpenSdgOptions, Paths, one_line, short};
use crate::plan::limits::ID_CHARS_MAX;
use crate::plan::{Files, is_address};

pub(super) struct Writer<'o> {
    options: &'o OpenSdgOptions,
    /// By number: the goal as written in ids.
    goals: BTreeSet<(u32, String)>,
    measures: String,
    ids: BTreeSet<String>,
    /// Organisation and address, with the id.
    sources: BTreeMap<(String, String), String>,
    rows: String,
    series: Files,
}

impl<'o> Writer<'o> {
    pub(super) fn new(options: &'o OpenSdgOptions) -> Self {
        Self {
            options,
            goals: BTreeSet::new(),
            measures: String::new(),
            ids: BTreeSet::new(),
            sources: BTreeMap::new(),
            rows: SOURCES.to_owned(),
            series: Files::new(),
        }
    }

    /// Adds the measures of an indicator: one for each part of its data, or one that nobody measured.
    pub(super) fn indicator(
        &mut self,
        id: &str,
        paths: &Paths,
        meta: &Meta,
        mut parts: Vec<Part>,
        notes: &mut Notes<'_>,
    ) {
        let source = self.source(paths, meta, notes);
        let mut settings = settings(meta, notes);
        let one = parts.len() <= 1;
        if parts.is_empty() {
            parts.push(Part::default());
        }
        for part in parts {
            let ours = self.id(id, &part, one);
            let setting = choose(&mut settings, &part, one, notes);
            let file = paths.main();
            let fields = fields(id, &part, one, meta, (file, notes));
            self.measure(
                &ours,
                &source,
                &part,
                &fields,
                setting.as_ref(),
                (file, notes),
            );
        }
        for left in settings {
            let what = "the settings of progress name a series or unit that the data have not";
            notes.warn(
                (&left.file, left.line, 0),
                "not-carried-over",
                what,
                "Look whether the names are the same",
            );
        }
    }

    /// The id of a measure, not there yet.
    fn id(&mut self, indicator: &str, part: &Part, one: bool) -> String {
        let mut id = indicator.to_owned();
        for name in [&part.series, &part.unit].into_iter().filter(|_| !one) {
            let name = slug(name);
            if !name.is_empty() {
                id = format!("{id}.{name}");
            }
        }
        id.truncate(ID_CHARS_MAX - 6);
        let base = id.trim_end_matches(['-', '.']).to_owned();
        let mut free = base.clone();
        let mut number = 1_u32;
        while !self.ids.insert(free.clone()) {
            number += 1;
            free = format!("{base}.{number}");
        }
        free
    }

    /// The id of the indicator's first source.
    fn source(&mut self, paths: &Paths, meta: &Meta, notes: &mut Notes<'_>) -> String {
        let file = paths.main();
        if let Some(second) = meta.text("source_organisation_2") {
            let what = format!(
                "further sources, such as `{}`, are not carried over",
                short(second)
            );
            let mend = "Add rows to sources.csv and name them where they are used";
            notes.tally((file, 0, 0), "not-carried-over", &what, mend);
        }
        let url = meta.text("source_url_1").filter(|url| {
            let good = is_address(url);
            if !good {
                let what = format!("`{}` is no address of the web, and is left out", short(url));
                notes.warn((file, 0, 0), "bad-url", &what, "Write the whole address");
            }
            good
        });
        let organisation = meta.text("source_organisation_1");
        if organisation.is_none() && url.is_none() {
            let what = "no source is named: the repository itself stands in";
            notes.tally(
                (file, 0, 0),
                "no-source",
                what,
                "Write who published the figures",
            );
        }
        let name = organisation.unwrap_or_default().trim().to_owned();
        let url = url.unwrap_or_default().to_owned();
        let key = (name.clone(), url.clone());
        if let Some(id) = self.sources.get(&key) {
            return id.clone();
        }
        let mut base = slug(&name);
        if base.is_empty() {
            "source".clone_into(&mut base);
        }
        base.truncate(ID_CHARS_MAX - 6);
        let taken = |id: &String| self.sources.values().any(|other| other == id);
        let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
        let mut free = std::iter::once(base.clone()).chain(numbered);
        let id = free.find(|id| !taken(id)).unwrap_or(base);
        let text = meta.text("source_url_text_1").filter(|_| !url.is_empty());
        let title = text.map(|text| one_line(text, 500));
        let (title, kind) = match (title, name.is_empty() && url.is_empty()) {
            (_, true) => (
                "Data repository in the format of Open SDG".to_owned(),
                "supplied",
            ),
            (Some(title), _) => (title, "dataset"),
            (None, _) if name.is_empty() => (url.clone(), "dataset"),
            (None, _) => (one_line(&name, 500), "dataset"),
        };
        let publisher = if kind == "supplied" {
            &self.options.owner
        } else {
            &name
        };
        let publisher = one_line(publisher, 500);
        let row = [&id, &title, &publisher, &url, kind, "", "", "", ""];
        self.rows.push_str(&record(row));
        self.sources.insert(key, id.clone());
        id
    }

    fn measure(
        &mut self,
        id: &str,
        source: &str,
        part: &Part,
        fields: &Fields,
        setting: Option<&Setting>,
        (file, notes): (&str, &mut Notes<'_>),
    ) {
        let direction = setting.map(|setting| setting.direction);
        if direction.is_none() {
            let what = "no direction is stated: written as volume, which never gets a status";
            notes.tally(
                (file, 0, 0),
                "no-direction",
                what,
                "Write up or down where one of them is better",
            );
        }
        self.goals.insert(fields.goal.clone());
        let mut out = std::mem::take(&mut self.measures);
        let mut line = |key: &str, value: &str| {
            // Writing to a string cannot fail.
            let _always = writeln!(out, "{key} = {value}");
        };
        line("\n[[measure]]\nid", &quoted(id));
        line("goal", &quoted(&format!("goal-{}", fields.goal.1)));
        line("title", &quoted(&fields.title));
        line("definition", &quoted(&fields.definition));
        line("unit", &quoted(&fields.unit));
        line("source", &quoted(source));
        line("frequency", &quoted(fields.frequency.as_str()));
        line("licence", &quoted(&self.options.licence));
        line(
            "contact",
            &quoted(fields.contact.as_deref().unwrap_or(&self.options.contact)),
        );
        line("direction", &quoted(direction.unwrap_or("volume")));
        if !part.rows.is_empty() {
            line("series", &quoted(id));
        }
        if let Some(base) = setting.and_then(|setting| setting.base) {
            line("baseline", &format!("{{ period = \"{base}\" }}"));
        }
        let target = setting.and_then(|setting| setting.target);
        line(
            "target",
            &target.map_or_else(
                || "\"none\"".to_owned(),
                |(value, year)| {
                    format!("{{ value = \"{value}\", year = {year}, kind = \"number\" }}")
                },
            ),
        );
        if let Some(limit) = setting.and_then(|setting| setting.limit) {
            line("limit", &quoted(&limit.to_string()));
        }
        line("group", &quoted(&fields.group));
        if !part.dims.is_empty() {
            let dims = part.dims.iter().map(|(name, values)| {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!(
                    "{{ name = {}, values = [{}] }}",
                    quoted(name),
                    values.join(", ")
                )
            });
            line(
                "disaggregation",
                &format!("[{}]", dims.collect::<Vec<_>>().join(", ")),
            );
        }
        self.measures = out;
        self.series(id, source, part);
    }

    fn series(&mut self, id: &str, source: &str, part: &Part) {
        if part.rows.is_empty() {
            return;
        }
        let dims = part.dims.iter().map(|(name, _)| name.as_str());
        let first = ["period", "value", "vintage", "source", "missing"];
        let mut out = record(first.into_iter().chain(dims));
        let vintage = self.options.on.to_string();
        for row in &part.rows {
            let value = row
                .figure
                .ok()
                .map(|value| value.to_string())
                .unwrap_or_default();
            let missing = row.figure.err().map_or("", |missing| missing.as_str());
            let period = row.period.to_string();
            let first = [period.as_str(), &value, &vintage, source, missing];
            let dims = part
                .dims
                .iter()
                .map(|(name, _)| row.dims.get(name).map_or("", String::as_str));
            out.push_str(&record(first.into_iter().chain(dims)));
        }
        self.series.insert(format!("series/{id}.csv"), out);
    }

    pub(super) fn files(self, identity: &Identity<'_>) -> Files {
        let mut files = self.series;
        let folder = format!("editions/{}/", self.options.on.year());
        let mut goals = String::from("# The repository does not say what its goals are called.\n");
        // Every goal has a measure, and every measure a source.
        let source = self.sources.values().next().cloned().unwrap_or_default();
        for (_, goal) in &self.goals {
            let _always = write!(
                goals,
                "\n[[goal]]\nid = \"goal-{goal}\"\ntitle = \"Goal {goal}\"\nsource = {}\n",
                quoted(&source)
            );
        }
        files.insert("plan.toml", identity.plan_file());
        files.insert("sources.csv", self.rows);
        let vision = "Taken over from a data repository in the format of Open SDG; the vision is to be written.";
        files.insert(
            format!("{folder}edition.toml"),
            identity.edition_file(vision),
        );
        files.insert(format!("{folder}themes.toml"), "");
        files.insert(format!("{folder}goals.toml"), goals);
        files.insert(format!("{folder}initiatives.toml"), "");
        files.insert(format!("{folder}measures.toml"), self.measures);
        let front = "The measures of this plan were taken over from a data repository in the format of Open SDG.\n";
        files.insert(format!("{folder}text/front.en.md"), front);
        files
    }
}
