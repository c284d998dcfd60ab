//! The chapters on what is measured: coverage, vision, themes, goals and their measures.

use cairn_pdf::{Block, Cell, Table};
use maud::{Markup, html};

use super::Print;
use super::read::{self, How};
use crate::plan::{Goal, What};
use crate::report::MeasureReport;
use crate::site::pages::{front, measure};
use crate::site::words as w;
use crate::site::{markdown, parts};

/// Measures that have a section of their own; the others stand in the tables of their goals. A book of more would be read
/// by nobody, and take seconds to make.
pub(super) const MEASURES_MAX: usize = 60;

impl Print<'_, '_> {
    /// All chapters.
    pub(super) fn whole(&mut self) {
        self.coverage();
        self.vision();
        self.goals();
        self.initiatives();
        self.claims();
        self.agencies();
        self.communities();
        self.since();
        self.method();
        self.sources();
    }

    /// What is measured and what is not comes first.
    fn coverage(&mut self) {
        let lang = self.lang();
        self.add(front::coverage(self.cx), -1);
        self.blocks
            .push(Block::Note(vec![w::print_origin(lang).into()]));
        let all = self.cx.report.measures.len();
        if all > MEASURES_MAX {
            self.text(w::print_bounded(lang, MEASURES_MAX, all));
        }
        self.add(front::about(self.cx), 0);
    }

    fn vision(&mut self) {
        let edition = self.cx.edition();
        self.heading(1, w::vision(self.lang()));
        let vision = html! { blockquote { p { (self.cx.text(&edition.vision)) } } };
        self.add(vision, 0);
        if let Some(name) = &edition.front {
            self.add(markdown::narrative(self.cx, name), 0);
        }
    }

    /// One chapter for each theme.
    fn goals(&mut self) {
        let edition = self.cx.edition();
        for theme in &edition.themes {
            self.title(1, &theme.title);
            if let Some(text) = &theme.text {
                self.add(markdown::words(self.cx, text), 0);
            }
            let own = edition.goals.iter();
            for goal in own.filter(|goal| goal.theme.as_deref() == Some(&theme.id)) {
                self.goal(goal);
            }
        }
        let others: Vec<&Goal> = edition
            .goals
            .iter()
            .filter(|goal| {
                goal.theme
                    .as_ref()
                    .is_none_or(|id| edition.theme(id).is_none())
            })
            .collect();
        if others.is_empty() {
            return;
        }
        let title = if edition.themes.is_empty() {
            w::goals_and_measures(self.lang())
        } else {
            w::no_theme(self.lang())
        };
        self.heading(1, title);
        for goal in others {
            self.goal(goal);
        }
    }

    fn goal(&mut self, goal: &Goal) {
        let cx = self.cx;
        let lang = self.lang();
        self.title(2, &goal.title);
        let lead = html! {
            @if let Some(text) = &goal.text { (markdown::words(cx, text)) }
            p { (w::stated_by(lang)) ": " (cx.source(&goal.source)) }
            @if let Some(name) = &goal.narrative { (markdown::narrative(cx, name)) }
        };
        self.add(lead, 1);
        let report = cx.report;
        let measures: Vec<&MeasureReport<'_>> = report.of_goal(&goal.id).collect();
        if measures.is_empty() {
            self.text(w::no_measures(lang));
        } else {
            let table = self.at_a_glance(&measures);
            self.blocks.push(Block::Table(table));
        }
        let works = report.initiatives.iter().map(|one| one.initiative);
        let works: Vec<_> = works.filter(|one| one.goals.contains(&goal.id)).collect();
        let listed = html! {
            @if works.is_empty() { p { (w::no_initiatives(lang)) } }
            @else {
                p { (w::initiatives_of_goal(lang)) ":" }
                ul { @for one in &works { li { (cx.text(&one.title)) " (" (cx.note(&one.owner)) ")" } } }
            }
            (parts::beside(cx, What::Goal, &goal.id))
        };
        self.add(listed, 1);
        for (at, one) in report.measures.iter().enumerate() {
            if at < MEASURES_MAX && one.measure.goal == goal.id {
                self.measure(one);
            }
        }
    }

    /// Status, latest value and target of a goal's measures.
    fn at_a_glance(&self, measures: &[&MeasureReport<'_>]) -> Table {
        let lang = self.lang();
        let header = [
            w::measure(lang),
            w::status(lang),
            w::print_robust(lang),
            w::latest(lang),
            w::target(lang),
        ];
        Table {
            caption: w::print_overview(lang).to_owned(),
            header: header.map(str::to_owned).into(),
            rows: measures.iter().map(|one| self.row(one)).collect(),
            ..Table::default()
        }
    }

    fn row(&self, one: &MeasureReport<'_>) -> Vec<Cell> {
        let cx = self.cx;
        let lang = self.lang();
        let robust = match (parts::verdict_line(cx, one), &one.withheld) {
            (Some(verdict), _) => html! { (verdict) },
            (None, Some(withheld)) => html! { (w::withheld_by(lang, &withheld.mandate.holder)) },
            (None, None) => html! { "–" },
        };
        let cells: [Markup; 5] = [
            html! { (cx.text(&one.measure.title)) },
            parts::status_tag(cx, one),
            robust,
            latest(cx, one),
            target(cx, one),
        ];
        let cell = |markup| Cell {
            spans: self.spans(markup),
            ..Cell::default()
        };
        cells.map(cell).into()
    }

    /// All that the page of a measure says.
    fn measure(&mut self, one: &MeasureReport<'_>) {
        let how = How {
            lang: self.lang(),
            deeper: 2,
            chart: super::chart::of(self.cx, one),
        };
        let page = measure::body(self.cx, one).main.into_string();
        self.blocks.extend(read::blocks(&page, how));
    }
}

fn latest(cx: &crate::site::context::Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let rows = one.rows();
    html! {
        @match parts::latest(&rows) {
            Some(row) => {
                (row.value.map(parts::decimal).unwrap_or_default()) " " (cx.text(&one.measure.unit)) ", " (crate::site::words::period_of(cx.lang(), row.period))
            }
            None => (w::no_value(cx.lang())),
        }
    }
}

fn target(cx: &crate::site::context::Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    html! {
        @match one.measure.target_set() {
            None => (w::target_none(lang)),
            Some(set) => @match set.value {
                Some(value) => (w::target_by(lang, parts::decimal(value), set.year)),
                None => (w::target_year(lang, set.year)),
            },
        }
    }
}
