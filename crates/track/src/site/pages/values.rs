//! The values of a measure, each with its vintage and a link to the row it comes from.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::plan::{Dimension, Missing, Restatement, Row};
use crate::report::MeasureReport;
use crate::site::chart::missing_sign;
use crate::site::context::Context;
use crate::site::files;
use crate::site::parts;
use crate::site::published::Published;
use crate::site::words::{self as w, Lang};

/// Rows of one table; the file has them all.
const ROWS_MAX: usize = 60;
/// Rows of the table by group.
const BREAKDOWN_MAX: usize = 60;
/// Restated values that are listed.
const RESTATED_MAX: usize = 30;

pub(crate) const fn missing(lang: Lang, missing: Missing) -> &'static str {
    match missing {
        Missing::Missing => w::short_missing(lang),
        Missing::NotCollected => w::short_not_collected(lang),
        Missing::Suppressed => w::short_suppressed(lang),
        Missing::NotApplicable => w::short_not_applicable(lang),
    }
}

fn flag(lang: Lang, flag: &str) -> Option<&'static str> {
    Some(match flag {
        "approximate" => w::flag_approximate(lang),
        "derived" => w::flag_derived(lang),
        "estimated" => w::flag_estimated(lang),
        "model" => w::flag_model(lang),
        "planned" => w::flag_planned(lang),
        "provisional" => w::flag_provisional(lang),
        "secondary" => w::flag_secondary(lang),
        _ => return None,
    })
}

/// The value, or why there is none, in words.
fn value(lang: Lang, row: &Row) -> Markup {
    html! {
        @match (row.value, row.missing) {
            (Some(value), _) => (parts::decimal(value)),
            (None, Some(why)) => span.missing { (missing_sign(why.as_str())) " " (missing(lang, why)) },
            (None, None) => (w::no_value(lang)),
        }
    }
}

pub(crate) fn section(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let all = one.all_rows();
    let totals: Vec<&Row> = all.iter().copied().filter(|row| row.is_total()).collect();
    let start = totals.len().saturating_sub(ROWS_MAX);
    let shown = totals.get(start..).unwrap_or_default();
    let last = all
        .iter()
        .rev()
        .find(|row| !row.is_total())
        .map(|row| row.period);
    let parts: Vec<&Row> = all
        .iter()
        .copied()
        .filter(|row| !row.is_total() && Some(row.period) == last)
        .collect();
    let listed = parts
        .get(..parts.len().min(BREAKDOWN_MAX))
        .unwrap_or_default();
    html! {
        @if !all.is_empty() {
            section {
                h2 #values { (w::values_title(lang)) }
                @if start > 0 { p.hint { (w::first_rows(lang, shown.len(), totals.len())) } }
                @if !shown.is_empty() { (table(cx, one, shown)) }
                @if let Some(period) = last {
                    h3 { (w::breakdown_title(lang)) }
                    p.hint { (w::breakdown_of(lang, w::period_of(lang, period))) }
                    (breakdown(cx, one, listed))
                }
                (addresses(cx, shown.iter().chain(listed)))
            }
        }
    }
}

/// The sources of the values with their addresses. On paper only: there the link to a source leads nowhere.
fn addresses<'r>(cx: &Context<'_>, rows: impl Iterator<Item = &'r &'r Row>) -> Markup {
    let ids: BTreeSet<&str> = rows.map(|row| &*row.source).collect();
    let sources: Vec<_> = ids
        .into_iter()
        .filter_map(|id| cx.plan.sources.get(id))
        .collect();
    html! {
        @if !sources.is_empty() {
            div.paper {
                h3 { (w::nav_sources(cx.lang())) }
                ul.sources { @for source in sources { li { (super::sources::about(cx, source)) } } }
            }
        }
    }
}

/// Where the values of one table come from. Its rows share all of this.
struct Origins<'a> {
    /// Link to the file of values.
    file: String,
    published: Option<&'a Published>,
    /// Links to the sources.
    sources: BTreeMap<&'a str, String>,
}

impl<'a> Origins<'a> {
    fn of(cx: &'a Context<'_>, one: &MeasureReport<'_>, rows: &[&'a Row]) -> Self {
        let mut sources = BTreeMap::new();
        for row in rows {
            let id = &*row.source;
            sources.entry(id).or_insert_with(|| cx.source_href(id));
        }
        Self {
            file: cx.href_shared(&files::csv(&one.measure.id)),
            published: cx.published(&one.measure.id),
            sources,
        }
    }

    fn cells(&self, cx: &Context<'_>, row: &Row) -> Markup {
        let lang = cx.lang();
        let line = self.published.map_or(0, |file| file.line(row));
        let href = self.sources.get(&*row.source).map_or("", String::as_str);
        html! {
            td data-th=(w::source(lang)) { (cx.source_at(&row.source, href)) }
            td data-th=(w::row(lang)) { a href=(self.file) aria-label={ (w::row(lang)) " " (line) ", CSV" } { (line) } }
        }
    }
}

fn heads(lang: Lang, first: &str) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (first) }
            th.num scope="col" { (w::value(lang)) }
            th scope="col" { (w::remarks(lang)) }
            th scope="col" { (w::vintage(lang)) }
            th scope="col" { (w::source(lang)) }
            th scope="col" { (w::row(lang)) }
        } }
    }
}

fn table(cx: &Context<'_>, one: &MeasureReport<'_>, rows: &[&Row]) -> Markup {
    let lang = cx.lang();
    let origins = Origins::of(cx, one, rows);
    let caption = w::values_caption(
        lang,
        cx.plain(&one.measure.title),
        cx.plain(&one.measure.unit),
    );
    let body = html! {
        table.values.stack {
            caption { (cx.text(&one.measure.title)) ", " (cx.text(&one.measure.unit)) }
            (heads(lang, w::period(lang)))
            tbody {
                @for row in rows.iter().rev() {
                    tr #{ "r-" (row.line) } {
                        th scope="row" { (w::period_of(lang, row.period)) }
                        td.num data-th=(w::value(lang)) { (value(lang, row)) }
                        td data-th=(w::remarks(lang)) { (remarks(cx, row)) }
                        td data-th=(w::vintage(lang)) { (w::period_of(lang, row.vintage)) }
                        (origins.cells(cx, row))
                    }
                }
            }
        }
    };
    parts::wide(cx, &caption, body)
}

fn remarks(cx: &Context<'_>, row: &Row) -> Markup {
    let lang = cx.lang();
    let mut said: Vec<String> = Vec::new();
    if let (Some(low), Some(high)) = (row.low(), row.high()) {
        said.push(format!(
            "{} {} – {}",
            w::interval(lang),
            parts::decimal(low),
            parts::decimal(high)
        ));
    }
    if let Some(n) = row.n() {
        said.push(format!(
            "{} {}",
            w::sample(lang),
            parts::number(&n.to_string())
        ));
    }
    said.extend(
        row.flag()
            .split_ascii_whitespace()
            .filter_map(|word| flag(lang, word))
            .map(str::to_owned),
    );
    html! {
        @if !said.is_empty() { (parts::capital(&said.join("; "))) ". " }
        @if let Some(why) = row.brk() { strong { (w::break_word(lang)) } " " (own_words(cx, why.trim_end_matches('.'), str::to_owned)) ". " }
        @if !row.note().is_empty() { (own_words(cx, row.note(), parts::capital)) }
    }
}

/// A text of a row: what this program wrote itself in the page's language, all else as the plan has it.
fn own_words(cx: &Context<'_>, text: &str, written: impl Fn(&str) -> String) -> Markup {
    match crate::live::in_language(cx.lang(), text) {
        Some(own) => html! { (written(&own)) },
        None => cx.note(&written(text)),
    }
}

/// What values are broken down by, in the plan's words if it has some.
pub(crate) fn dimension(cx: &Context<'_>, dimension: &Dimension) -> Markup {
    html! { @match &dimension.title { Some(title) => (cx.text(title)), None => (cx.note(&dimension.name)) } }
}

/// One of the groups, by the plan's name for it if it has one.
pub(crate) fn group_of(cx: &Context<'_>, dimension: &Dimension, value: &str) -> Markup {
    html! { @match dimension.title_of(value) { Some(title) => (cx.text(title)), None => (cx.note(value)) } }
}

fn breakdown(cx: &Context<'_>, one: &MeasureReport<'_>, rows: &[&Row]) -> Markup {
    let lang = cx.lang();
    let origins = Origins::of(cx, one, rows);
    let dimensions = &one.measure.disaggregation;
    let group = |row: &Row| {
        html! {
            @for (at, (name, value)) in row.dims.iter().enumerate() {
                @if at > 0 { ", " }
                @match dimensions.iter().find(|one| one.name == *name) {
                    Some(one) => {
                        @if dimensions.len() > 1 { (dimension(cx, one)) ": " }
                        (group_of(cx, one, value))
                    }
                    None => (cx.note(&format!("{name}: {value}"))),
                }
            }
        }
    };
    let body = html! {
        table.values.stack {
            caption.unseen { (w::breakdown_title(lang)) }
            (heads(lang, w::group(lang)))
            tbody {
                @for row in rows {
                    tr #{ "r-" (row.line) } {
                        th scope="row" { (group(row)) }
                        td.num data-th=(w::value(lang)) { (value(lang, row)) }
                        td data-th=(w::remarks(lang)) { (remarks(cx, row)) }
                        td data-th=(w::vintage(lang)) { (w::period_of(lang, row.vintage)) }
                        (origins.cells(cx, row))
                    }
                }
            }
        }
    };
    parts::wide(cx, w::breakdown_title(lang), body)
}

/// Values that were published differently before.
pub(crate) fn restated(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let all = one.restatements();
    let shown: Vec<&Restatement<'_>> = all
        .iter()
        .filter(|one| one.after.is_total())
        .take(RESTATED_MAX)
        .collect();
    let cell = |row: &Row| {
        html! { (value(lang, row)) br; span.hint { (w::published_on(lang, w::period_of(lang, row.vintage))) ", " (cx.source(&row.source)) } }
    };
    let body = html! {
        table.stack {
            caption.unseen { (w::restated_title(lang)) }
            thead { tr {
                th scope="col" { (w::period(lang)) }
                th scope="col" { (w::restated_before(lang)) }
                th scope="col" { (w::restated_after(lang)) }
                th.num scope="col" { (w::restated_by(lang)) }
                th scope="col" { (w::remarks(lang)) }
            } }
            tbody {
                @for one in &shown {
                    tr {
                        th scope="row" { (w::period_of(lang, one.after.period)) }
                        td data-th=(w::restated_before(lang)) { (cell(one.before)) }
                        td data-th=(w::restated_after(lang)) { (cell(one.after)) }
                        td.num data-th=(w::restated_by(lang)) { @if let Some(by) = one.difference() { (parts::signed(by)) } }
                        td data-th=(w::remarks(lang)) { (cx.note(one.after.note())) }
                    }
                }
            }
        }
    };
    html! {
        @if one.series.is_some() {
            h2 { (w::restated_title(lang)) }
            @if shown.is_empty() { p { (w::restated_none(lang)) } }
            @else { (parts::wide(cx, w::restated_title(lang), body)) }
        }
    }
}
