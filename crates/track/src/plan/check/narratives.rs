//! Narratives: languages, who places them, and the figures that they place.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::fault::{did_you_mean, short};
use super::super::model::Edition;
use super::super::narrative::{FIELDS, placed};
use super::super::parse::{COMMUNITIES, TEXTS};
use super::super::words::ENGLISH;
use super::{Checker, Known};

impl Checker<'_> {
    pub(super) fn narratives(&self, edition: &Edition) {
        self.placed_by(edition);
        let newest = self.plan.newest().is_some_and(|n| n.id == edition.id);
        if newest {
            self.texts_of_plan(edition);
            for community in &self.plan.communities {
                let file = format!("{COMMUNITIES}{}.toml", community.id);
                let by = format!("community `{}`", short(&community.id));
                let place = (file.as_str(), community.at.key("narrative"));
                self.narrative(edition, community.narrative.as_deref(), place, &by);
            }
        }
        let used = self.names_used(edition, newest);
        for ((name, language), text) in &edition.texts {
            let file = Self::path(edition, &format!("{TEXTS}{name}.{language}.md"));
            self.language(edition, &file, name, language);
            if !used.contains(name.as_str()) && language == ENGLISH && !self.faults.any_broken() {
                let what = format!("nothing places the narrative `{}`", short(name));
                let mend = "Name it as `front` or `narrative`, or remove the file";
                self.faults
                    .warn((&file, (1, 0)), "unused-narrative", what, mend);
            }
            self.figures(edition, &file, text);
            self.marked_up(&file, text);
        }
    }

    fn names_used<'a>(&'a self, edition: &'a Edition, newest: bool) -> BTreeSet<&'a str> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        used.extend(edition.front.as_deref());
        used.extend(edition.themes.iter().filter_map(|t| t.narrative.as_deref()));
        used.extend(edition.goals.iter().filter_map(|g| g.narrative.as_deref()));
        used.extend(
            edition
                .initiatives
                .iter()
                .filter_map(|i| i.narrative.as_deref()),
        );
        used.extend(
            edition
                .measures
                .iter()
                .filter_map(|m| m.narrative.as_deref()),
        );
        if newest {
            let communities = self.plan.communities.iter();
            used.extend(communities.filter_map(|c| c.narrative.as_deref()));
        }
        used.extend(self.plan.texts.iter().map(String::as_str));
        used
    }

    fn placed_by(&self, edition: &Edition) {
        let file = Self::path(edition, "edition.toml");
        let place = (file.as_str(), edition.at.key("front"));
        self.narrative(edition, edition.front.as_deref(), place, "the edition");
        let themes = edition.themes.iter();
        let themes = themes.map(|t| ("themes.toml", "theme", &t.id, &t.narrative, &t.at));
        let goals = edition.goals.iter();
        let goals = goals.map(|g| ("goals.toml", "goal", &g.id, &g.narrative, &g.at));
        let initiatives = edition.initiatives.iter();
        let initiatives =
            initiatives.map(|i| ("initiatives.toml", "initiative", &i.id, &i.narrative, &i.at));
        let measures = edition.measures.iter();
        let measures = measures.map(|m| ("measures.toml", "measure", &m.id, &m.narrative, &m.at));
        for (name, noun, id, narrative, at) in
            themes.chain(goals).chain(initiatives).chain(measures)
        {
            let by = format!("{noun} `{}`", short(id));
            let file = Self::path(edition, name);
            let place = (file.as_str(), at.key("narrative"));
            self.narrative(edition, narrative.as_deref(), place, &by);
        }
    }

    /// Names a narrative that is not there.
    pub(super) fn narrative(
        &self,
        edition: &Edition,
        name: Option<&str>,
        place: (&str, (u32, u32)),
        by: &str,
    ) {
        let Some(name) = name else {
            return;
        };
        let ids = edition
            .texts
            .keys()
            .map(|(name, _)| name.as_str())
            .collect();
        let file = Self::path(edition, &format!("{TEXTS}{}.{ENGLISH}.md", short(name)));
        let known = Known {
            code: "unknown-narrative",
            noun: "narrative",
            file: &file,
            ids: &ids,
        };
        self.refer(place, name, by, known);
    }

    fn language(&self, edition: &Edition, file: &str, name: &str, language: &str) {
        let languages = &self.plan.languages;
        if !languages.is_empty() && !languages.iter().any(|l| l == language) {
            let what = format!(
                "the narrative is in `{}`, which is no language of the plan",
                short(language)
            );
            let mend = format!("Rename the file to one of: {}", languages.join(", "));
            self.faults
                .error((file, (0, 0)), "unknown-language", what, mend);
        }
        let english = Self::path(edition, &format!("{TEXTS}{name}.{ENGLISH}.md"));
        if language != ENGLISH && self.files.get(&english).is_none() {
            let what = format!("the narrative `{}` has no English text", short(name));
            let mend = format!("Add `{}`", short(&english));
            self.faults.error((file, (0, 0)), "no-english", what, mend);
        }
    }

    /// Names figures that are not there.
    fn figures(&self, edition: &Edition, file: &str, text: &str) {
        let ids = edition.measures.iter().map(|m| m.id.as_str()).collect();
        let measures = Self::path(edition, "measures.toml");
        let known = Known {
            code: "unknown-figure",
            noun: "measure",
            file: &measures,
            ids: &ids,
        };
        for figure in placed(text) {
            let place = (file, (figure.line, figure.column));
            let Some((measure, field)) = figure.name else {
                let what = "the figure is not closed, or has no name";
                let mend = "Write {{figure:MEASURE.latest}}";
                self.faults.error(place, "bad-figure", what, mend);
                continue;
            };
            self.refer(place, measure, "the narrative", known);
            if !FIELDS.contains(&field) {
                let what = format!("a measure has no figure `{}`", short(field));
                let list = format!("Write one of: {}", FIELDS.join(", "));
                let mend = did_you_mean(field, FIELDS.iter().copied(), list);
                self.faults.error(place, "unknown-figure", what, mend);
            }
        }
    }

    /// What a narrative may not hold: pictures, which nobody could read without seeing them, and tables that nothing
    /// names.
    fn marked_up(&self, file: &str, text: &str) {
        let mut headed = false;
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => headed = true,
                Event::Start(Tag::Image { .. }) => {
                    let what = "the narrative places a picture, and pages of a plan have none";
                    let mend = "Link to it as [words](address), or say in words what it shows";
                    let place = (file, line_column(text, range.start));
                    self.faults.error(place, "picture", what, mend);
                }
                Event::Start(Tag::Table(_)) if !headed => {
                    let what = "the table has no heading above it, so that nothing names it";
                    let mend = "Write a heading before it, such as `## Money by year`";
                    let place = (file, line_column(text, range.start));
                    self.faults
                        .error(place, "table-without-heading", what, mend);
                }
                _ => {}
            }
        }
    }
}

/// Line and column of a place in a text, both from 1; columns in characters.
fn line_column(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (fit(line), fit(column))
}
