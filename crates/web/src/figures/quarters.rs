//! Incidents, losses and categories by quarter.

use axum::extract::State;
use cairn_app::App;
use cairn_app::figures::Figures;
use cairn_desk::figures::QuarterFigures;
use cairn_kernel::money::decimals;
use maud::{Markup, html};

use super::{View, count, defined, frame, hidden, label, percent, point, small_print, whole};
use crate::chart::{Chart, Kind, Point, Series};
use crate::components::{Column, Hue, Look, button_link, table, tag};
use crate::i18n::{Lang, number, t};
use crate::page::Page;
use crate::problem::Result;

/// Quarters on the page (five years); the files hold all.
const SHOWN_MAX: usize = 20;
/// Full quarters in the table of categories.
const CATEGORY_QUARTERS: usize = 4;

/// Whole units of the base currency, rounded half up.
pub(super) fn units(currency: &str, minor: i64) -> i64 {
    let factor = 10_i64.pow(u32::from(decimals(currency).unwrap_or(2)));
    minor.saturating_add(factor / 2) / factor
}

fn running(lang: Lang) -> Markup {
    html! { " " (tag(Hue::Blue, t::figures_running(lang))) }
}

/// `/figures`
pub(super) async fn overview(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures = app.figures().await?;
    let skipped = figures.quarters.len().saturating_sub(SHOWN_MAX);
    let quarters = figures.quarters.get(skipped..).unwrap_or_default();
    let files = [
        ("quarters", t::figures_incidents_chart(l)),
        ("national", t::figures_national_title(l)),
    ];
    let body = html! {
        (incidents_chart(l, quarters))
        (loss_chart(l, &figures, quarters))
        (quarter_table(l, &figures, quarters))
        @if skipped > 0 { p.optional { (t::figures_recent(l, SHOWN_MAX as i64)) } }
        (defined(l, &figures, &["incidents", "loss", "amount_given", "share_with_loss"]))
        h2 { (t::figures_beside_title(l)) }
        p { (t::figures_beside_text(l)) }
        p { (button_link(Look::Plain, "/figures/national", t::figures_beside_link(l))) }
        (small_print(&page, &figures, &files))
    };
    let (title, lead) = (t::figures_title(l), t::figures_lead(l));
    Ok(frame(page, View::Overview, title, lead, body))
}

fn newest(quarters: &[QuarterFigures]) -> Option<&QuarterFigures> {
    quarters
        .iter()
        .rev()
        .find(|quarter| !quarter.running)
        .or_else(|| quarters.last())
}

fn incidents_chart(l: Lang, quarters: &[QuarterFigures]) -> Markup {
    let title = t::figures_incidents_chart(l);
    let about = newest(quarters).map_or_else(String::new, |q| {
        let value = q
            .incidents
            .count()
            .map_or_else(|| t::figures_hidden(l).to_owned(), |n| whole(n as f64));
        t::figures_incidents_about(l, label(q.quarter), value)
    });
    let drawn = |q: &QuarterFigures| {
        let flagged = q.running;
        point(q.incidents).map(|value| Point { value, flagged })
    };
    Chart {
        id: "incidents",
        lang: l,
        title,
        about: &about,
        kind: Kind::Lines,
        labels: quarters.iter().map(|q| label(q.quarter)).collect(),
        series: vec![Series {
            name: t::figures_column_incidents(l).to_owned(),
            points: quarters.iter().map(drawn).collect(),
        }],
        breaks: Vec::new(),
        flag: t::figures_running_flag(l),
        write: whole,
    }
    .render_drawing()
}

fn loss_chart(l: Lang, figures: &Figures, quarters: &[QuarterFigures]) -> Markup {
    let title = t::figures_loss_chart(l, figures.currency.as_str());
    let lost = |q: &QuarterFigures| q.loss_minor.map(|minor| units(&figures.currency, minor));
    let about = newest(quarters).map_or_else(String::new, |q| {
        let value = lost(q).map_or_else(|| t::figures_hidden(l).to_owned(), number);
        t::figures_loss_about(l, label(q.quarter), value)
    });
    let drawn = |q: &QuarterFigures| {
        let flagged = q.running;
        lost(q).map(|value| Point {
            value: value as f64,
            flagged,
        })
    };
    Chart {
        id: "loss",
        lang: l,
        title: &title,
        about: &about,
        kind: Kind::Bars,
        labels: quarters.iter().map(|q| label(q.quarter)).collect(),
        series: vec![Series {
            name: t::figures_column_loss(l, figures.currency.as_str()),
            points: quarters.iter().map(drawn).collect(),
        }],
        breaks: Vec::new(),
        flag: t::figures_running_flag(l),
        write: whole,
    }
    .render_drawing()
}

/// Newest first.
fn quarter_table(l: Lang, figures: &Figures, quarters: &[QuarterFigures]) -> Markup {
    let columns = [
        Column::text(t::figures_quarter(l)),
        Column::number(t::figures_column_incidents(l)),
        Column::number(t::figures_column_loss(l, figures.currency.as_str())),
        Column::number(t::figures_column_amount(l)),
        Column::number(t::figures_column_share(l)),
    ];
    let row = |q: &QuarterFigures| {
        vec![
            html! { (label(q.quarter)) @if q.running { (running(l)) } },
            count(l, q.incidents),
            q.loss_minor.map_or_else(
                || hidden(l),
                |minor| html! { (number(units(&figures.currency, minor))) },
            ),
            count(l, q.with_amount),
            q.share_with_loss
                .map_or_else(|| hidden(l), |share| html! { (percent(share)) }),
        ]
    };
    let rows: Vec<Vec<Markup>> = quarters.iter().rev().map(row).collect();
    table(t::figures_tab_overview(l), &columns, &rows)
}

/// `/figures/categories`
pub(super) async fn categories(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures = app.figures().await?;
    let full = figures.quarters.iter().rev().filter(|q| !q.running);
    let unfinished = figures.quarters.iter().filter(|q| q.running);
    let shown: Vec<&QuarterFigures> = full.take(CATEGORY_QUARTERS).chain(unfinished).collect();
    let mut columns = vec![Column::text(t::figures_category(l))];
    columns.extend(shown.iter().map(|q| {
        let name = label(q.quarter);
        Column::number(if q.running {
            format!("{name} ({})", t::figures_running(l))
        } else {
            name
        })
    }));
    let taxonomy = app.form.taxonomy();
    let row = |at: usize, title: &str| {
        let mut cells = vec![html! { (title) }];
        let of = |q: &&QuarterFigures| {
            let cell = q.categories.get(at).map(|(_, cell)| *cell);
            cell.map_or_else(|| hidden(l), |cell| count(l, cell))
        };
        cells.extend(shown.iter().map(of));
        cells
    };
    let mut rows: Vec<Vec<Markup>> = taxonomy
        .categories()
        .iter()
        .enumerate()
        .map(|(at, category)| row(at, category.title.get(l.as_str())))
        .collect();
    let mut all = vec![html! { strong { (t::figures_column_incidents(l)) } }];
    all.extend(shown.iter().map(|q| count(l, q.incidents)));
    rows.push(all);
    let title = t::figures_categories_title(l);
    let body = html! {
        (table(title, &columns, &rows))
        (defined(l, &figures, &["category", "incidents"]))
        (small_print(&page, &figures, &[("categories", title)]))
    };
    let lead = t::figures_categories_lead(l);
    Ok(frame(page, View::Categories, title, lead, body))
}
