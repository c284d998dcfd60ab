//! Who was affected, and how much they lost.

use axum::extract::State;
use cairn_app::App;
use cairn_app::figures::Figures;
use cairn_desk::figures::{LOSS_BANDS, Spread};
use cairn_desk::taxonomy::Entry;
use maud::{Markup, html};

use super::{View, count, defined, frame, label, percent, point, small_print, whole};
use crate::chart::{Chart, Kind, Point, Series};
use crate::components::{Column, table};
use crate::i18n::{Lang, number, t};
use crate::page::Page;
use crate::problem::Result;

/// One distribution as the page shows it.
struct Shown<'a> {
    /// Definition, and name of the file.
    id: &'a str,
    file: &'a str,
    /// Heading of the column of groups.
    group: String,
    spread: &'a Spread,
    /// In the spread's order.
    names: Vec<String>,
    drawn: bool,
}

/// `/figures/people`
pub(super) async fn show(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures = app.figures().await?;
    let taxonomy = app.form.taxonomy();
    let named = |entries: &[Entry]| -> Vec<String> {
        let name = |entry: &Entry| entry.title.get(l.as_str()).to_owned();
        entries.iter().map(name).collect()
    };
    let shown = [
        Shown {
            id: "affected",
            file: "affected",
            group: t::figures_affected(l).to_owned(),
            spread: &figures.affected,
            names: [
                t::figures_affected_individual(l),
                t::figures_affected_organisation(l),
            ]
            .map(String::from)
            .to_vec(),
            drawn: false,
        },
        Shown {
            id: "age_band",
            file: "ages",
            group: t::figures_age(l).to_owned(),
            spread: &figures.ages,
            names: named(taxonomy.age_bands()),
            drawn: true,
        },
        Shown {
            id: "loss_band",
            file: "loss_bands",
            group: t::figures_loss_size(l, figures.currency.as_str()),
            spread: &figures.loss_bands,
            names: bands(l),
            drawn: false,
        },
        Shown {
            id: "region",
            file: "regions",
            group: t::figures_region(l).to_owned(),
            spread: &figures.regions,
            names: named(taxonomy.regions()),
            drawn: false,
        },
    ];
    // Before the first January there is no year to tell of, and tables of noughts would say that there was.
    let begun = figures
        .quarters
        .first()
        .is_some_and(|first| first.quarter <= figures.year.1);
    let titles: Vec<(&str, &str)> = shown
        .iter()
        .map(|shown| (shown.file, title(l, &figures, shown.id)))
        .collect();
    let body = html! {
        @if begun { @for shown in &shown { (part(l, &figures, shown)) } }
        (small_print(&page, &figures, &titles))
    };
    let (from, to) = (label(figures.year.0), label(figures.year.1));
    let lead = if begun {
        t::figures_year(l, from, to)
    } else {
        t::figures_year_none(l, to)
    };
    let title = t::figures_people_title(l);
    Ok(frame(page, &app, View::People, title, &lead, body))
}

fn title<'a>(l: Lang, figures: &'a Figures, id: &'a str) -> &'a str {
    figures
        .definitions
        .get(id)
        .map_or(id, |definition| super::words(definition, l).title.as_str())
}

fn part(l: Lang, figures: &Figures, shown: &Shown<'_>) -> Markup {
    let title = title(l, figures, shown.id);
    let columns = [
        Column::text(shown.group.as_str()),
        Column::number(t::figures_column_incidents(l)),
    ];
    let cells = shown.names.iter().zip(&shown.spread.cells);
    let rows: Vec<Vec<Markup>> = cells
        .map(|(name, (_, cell))| vec![html! { (name) }, count(l, *cell)])
        .collect();
    // Amounts are never asked of those who have none, and everybody is a person or an organisation.
    let asked = matches!(shown.id, "region" | "age_band");
    html! {
        // The heading says what caption and chart would say again.
        section.headed aria-labelledby={ (shown.id) "-h" } {
            h2 id={ (shown.id) "-h" } { (title) }
            @if shown.drawn { (chart(l, title, shown)) }
            (table(title, &columns, &rows))
        }
        @if asked {
            p {
                @match shown.spread.response {
                    Some(share) => (t::figures_response(l, percent(share))),
                    None => (t::figures_response_hidden(l)),
                }
            }
        }
        (defined(l, figures, &[shown.id]))
    }
}

fn chart(l: Lang, title: &str, shown: &Shown<'_>) -> Markup {
    let cells = shown.spread.cells.iter();
    Chart {
        id: shown.id,
        lang: l,
        title,
        about: "",
        kind: Kind::Bars,
        labels: shown.names.clone(),
        series: vec![Series {
            name: t::figures_column_incidents(l).to_owned(),
            points: cells
                .map(|(_, cell)| point(*cell).map(Point::sure))
                .collect(),
        }],
        breaks: Vec::new(),
        flag: "",
        write: whole,
    }
    .render_drawing()
}

/// Names of the bands of losses.
fn bands(l: Lang) -> Vec<String> {
    let mut names = Vec::with_capacity(LOSS_BANDS.len() + 1);
    let mut from: Option<i64> = None;
    for end in LOSS_BANDS {
        names.push(match from {
            None => t::figures_band_below(l, number(end)),
            Some(from) => t::figures_band_between(l, number(end), number(from)),
        });
        from = Some(end);
    }
    names.extend(from.map(|from| t::figures_band_above(l, number(from))));
    names
}
