//! The published national series, beside our own figures.

use axum::extract::State;
use cairn_app::App;
use cairn_desk::figures::Quarter;
use cairn_desk::figures::national::{Break, Mark, Published};
use maud::{Markup, html};

use super::{View, defined, frame, label, whole};
use crate::chart::{Chart, Kind, Point, Series};
use crate::components::{Column, details, inset, table};
use crate::i18n::{Lang, t};
use crate::page::Page;
use crate::problem::{Problem, Result};

/// `/figures/national`
pub(super) async fn show(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures = app.figures().await?;
    let series = app.national()?.ok_or_else(Problem::not_found)?;
    let series = series.as_slice();
    let marked = |row: &Published, mark| row.incidents_mark == mark || row.loss_mark == mark;
    let disputed = |row: &&Published| marked(row, Mark::Contradicted);
    let inexact = |row: &&Published| {
        !disputed(row) && (marked(row, Mark::Approximate) || marked(row, Mark::Derived))
    };
    let body = html! {
        (inset(html! { p { (t::figures_national_break_text(l)) } }))
        (incidents(l, series))
        (losses(l, series))
        h2 { (t::figures_national_breaks(l)) }
        ul {
            @for row in series.iter().filter(|row| row.broken.is_some()) {
                li { strong { (label(row.quarter)) } ": " (broken(l, row)) " – " (noted_words(l, row)) }
            }
        }
        h2 { (t::figures_national_doubts(l)) }
        ul { @for row in series.iter().filter(disputed) { (noted_row(l, row, true)) } }
        h2 { (t::figures_national_inexact(l)) }
        ul { @for row in series.iter().filter(inexact) { (noted_row(l, row, false)) } }
        (details(t::figures_national_sources(l), sources(l, series)))
        (defined(l, &figures, &["national"]))
        h2 { (t::figures_download(l)) }
        ul {
            li { a href="/figures/national.csv" { (t::figures_download_table(l, t::figures_national_title(l))) } }
            li { a href="/figures.json" { (t::figures_download_all(l)) } }
        }
    };
    let (title, lead) = (t::figures_national_title(l), t::figures_national_lead(l));
    Ok(frame(page, &app, View::National, title, lead, body))
}

/// Both charts, to stand beside our own figures, each with its breaks.
pub(super) fn beside(l: Lang, series: &[Published]) -> Markup {
    html! {
        p { (t::figures_national_break_text(l)) }
        (incidents(l, series))
        (losses(l, series))
    }
}

fn broken(l: Lang, row: &Published) -> &'static str {
    match row.broken {
        Some(Break::Collection) => t::figures_national_break_collection(l),
        Some(Break::Scope) => t::figures_national_break_scope(l),
        None => "",
    }
}

fn mark(l: Lang, mark: Mark) -> &'static str {
    match mark {
        Mark::Sure => "",
        Mark::Approximate => t::figures_mark_approximate(l),
        Mark::Derived => t::figures_mark_derived(l),
        Mark::Contradicted => t::figures_mark_contradicted(l),
    }
}

fn noted_words(l: Lang, row: &Published) -> &str {
    match l {
        Lang::En => &row.note.en,
        Lang::Mi => &row.note.mi,
    }
}

/// What was printed, what else is said, and who says it.
fn noted_row(l: Lang, row: &Published, figures: bool) -> Markup {
    let missing = || t::figures_national_missing(l).to_owned();
    let incidents = row.incidents.map_or_else(missing, |n| whole(n as f64));
    let loss = row.loss_thousands.map_or_else(missing, printed);
    html! {
        li {
            strong { (label(row.quarter)) }
            @if figures { " (" (t::figures_national_printed(l, incidents, loss)) ")" }
            ": "
            (noted_words(l, row)) ". "
            span.optional { (t::figures_national_from(l)) " " (row.source) }
        }
    }
}

fn millions(value: f64) -> String {
    format!("{value:.1}")
}

/// Thousands as `3.28`: as many decimals as were printed, at least one.
fn printed(thousands: u64) -> String {
    let mut text = format!("{}.{:03}", thousands / 1_000, thousands % 1_000);
    while text.ends_with('0') && !text.ends_with(".0") {
        text.pop();
    }
    text
}

fn ends(series: &[Published]) -> (String, String) {
    let name = |row: Option<&Published>| row.map_or_else(String::new, |row| label(row.quarter));
    (name(series.first()), name(series.last()))
}

fn breaks(series: &[Published]) -> Vec<usize> {
    let rows = series.iter().enumerate();
    rows.filter(|(_, row)| row.broken.is_some())
        .map(|(at, _)| at)
        .collect()
}

fn incidents(l: Lang, series: &[Published]) -> Markup {
    let (first, last) = ends(series);
    let about = t::figures_national_incidents_about(l, first, last);
    let drawn = |row: &Published| {
        row.incidents.map(|n| Point {
            value: n as f64,
            flagged: row.incidents_mark != Mark::Sure,
        })
    };
    let title = t::figures_national_incidents(l);
    chart(l, ("published", title, &about), series, drawn, whole)
}

fn losses(l: Lang, series: &[Published]) -> Markup {
    let (first, last) = ends(series);
    let about = t::figures_national_loss_about(l, first, last);
    let drawn = |row: &Published| {
        row.loss_thousands.map(|n| Point {
            value: n as f64 / 1_000.0,
            flagged: row.loss_mark != Mark::Sure,
        })
    };
    let title = t::figures_national_loss(l);
    chart(
        l,
        ("published-loss", title, &about),
        series,
        drawn,
        millions,
    )
}

fn chart(
    l: Lang,
    (id, title, about): (&str, &str, &str),
    series: &[Published],
    drawn: impl Fn(&Published) -> Option<Point>,
    write: fn(f64) -> String,
) -> Markup {
    Chart {
        id,
        lang: l,
        title,
        about,
        kind: Kind::Lines,
        labels: series.iter().map(|row| label(row.quarter)).collect(),
        series: vec![Series {
            name: title.to_owned(),
            points: series.iter().map(drawn).collect(),
        }],
        breaks: breaks(series),
        flag: t::figures_national_flag(l),
        write,
    }
    .render_drawing()
}

/// The table beside both charts.
fn sources(l: Lang, series: &[Published]) -> Markup {
    let columns = [
        Column::text(t::figures_quarter(l)),
        Column::number(t::figures_national_incidents_column(l)),
        Column::number(t::figures_national_loss_column(l)),
        Column::text(t::figures_national_source(l)),
    ];
    let cell = |value: Option<String>, doubt: Mark| match value {
        None => html! { span.optional { (t::figures_national_missing(l)) } },
        Some(value) => html! {
            (value)
            @if doubt != Mark::Sure { " (" (mark(l, doubt)) ")" }
        },
    };
    let row = |row: &Published| {
        vec![
            quarter(row.quarter, broken(l, row)),
            cell(row.incidents.map(|n| whole(n as f64)), row.incidents_mark),
            cell(row.loss_thousands.map(printed), row.loss_mark),
            html! {
                (row.source)
                // Doubts and breaks are told above the table.
                @if plain(row) && !row.note.en.is_empty() { "; " (noted_words(l, row)) }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = series.iter().rev().map(row).collect();
    table(t::figures_national_sources(l), &columns, &rows)
}

fn plain(row: &Published) -> bool {
    row.incidents_mark == Mark::Sure && row.loss_mark == Mark::Sure && row.broken.is_none()
}

fn quarter(quarter: Quarter, broken: &str) -> Markup {
    html! { (label(quarter)) @if !broken.is_empty() { br; span.optional { (broken) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_written_as_they_were_printed() {
        for (thousands, text) in [
            (3_280, "3.28"),
            (6_000, "6.0"),
            (12_400, "12.4"),
            (5, "0.005"),
        ] {
            assert_eq!(printed(thousands), text);
        }
    }
}
