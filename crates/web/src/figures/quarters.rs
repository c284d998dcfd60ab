//! Incidents, losses and categories by quarter.

use axum::extract::State;
use cairn_app::App;
use cairn_app::figures::Figures;
use cairn_desk::figures::QuarterFigures;
use cairn_desk::figures::notices::Hours;
use cairn_kernel::money::decimals;
use maud::{Markup, html};

use super::national::beside;
use super::{View, count, defined, frame, hidden, label, percent, point, small_print, whole};
use crate::chart::{Chart, Kind, Point, Series};
use crate::components::{Column, Hue, Look, button_link, said_inline, table, tag};
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

fn lost(l: Lang, figures: &Figures, minor: Option<i64>) -> Markup {
    match minor {
        Some(minor) => html! { (number(units(&figures.currency, minor))) },
        None => hidden(l),
    }
}

/// For what is told of quarters that are over only.
fn later(lang: Lang) -> Markup {
    html! { span.optional { (t::figures_later(lang)) } }
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
    let national = app.national()?;
    let mut files = vec![("quarters", t::figures_incidents_chart(l))];
    files.extend(
        national
            .as_ref()
            .map(|_| ("national", t::figures_national_title(l))),
    );
    if !figures.notices.is_empty() {
        files.push(("notices", t::figures_gone_title(l)));
    }
    let body = html! {
        (incidents_chart(l, quarters))
        (loss_chart(l, &figures, quarters))
        (quarter_table(l, &figures, quarters))
        @if skipped > 0 { p.optional { (t::figures_recent(l, SHOWN_MAX as i64)) } }
        (defined(l, &figures, &["incidents", "loss", "amount_given", "share_with_loss"]))
        @if let Some(series) = &national {
            h2 { (t::figures_beside_title(l)) }
            p { (t::figures_beside_text(l)) }
            (beside(l, series))
            p { (button_link(Look::Plain, "/figures/national", t::figures_beside_link(l))) }
        }
        (gone(l, &figures))
        (small_print(&page, &figures, &files))
    };
    let (title, lead) = (t::figures_title(l), t::figures_lead(l));
    Ok(frame(page, &app, View::Overview, title, lead, body))
}

/// How long a median is.
fn long(l: Lang, median: Option<Hours>) -> Markup {
    match median {
        None => hidden(l),
        Some(told) => html! {
            @match told.days() {
                Some(days) => (t::told_days(l, days)),
                None => (t::told_hours(l, told.0)),
            }
        },
    }
}

/// From notices to owners until what they told of was gone, the newest quarter first; nothing before there is one.
fn gone(l: Lang, figures: &Figures) -> Markup {
    let columns = [
        Column::text(t::figures_gone_quarter(l)),
        Column::number(t::figures_gone_count(l)),
        Column::number(t::figures_gone_median(l)),
    ];
    let shown = figures.notices.iter().rev().take(SHOWN_MAX);
    let rows = shown.flat_map(|one| {
        let all = vec![
            html! { (label(one.quarter)) ", " (t::figures_gone_all(l)) },
            count(l, one.gone),
            long(l, one.median),
        ];
        let classes = one.classes.iter().map(|(class, median)| {
            vec![
                html! { (label(one.quarter)) ", " (said_inline(class)) },
                html! {},
                long(l, *median),
            ]
        });
        std::iter::once(all).chain(classes).collect::<Vec<_>>()
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        @if !rows.is_empty() {
            h2 #gone { (t::figures_gone_title(l)) }
            p { (t::figures_gone_text(l)) }
            (table(t::figures_gone_title(l), &columns, &rows))
            (defined(l, figures, &["notice_gone"]))
        }
    }
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
        Column::number(t::figures_column_held(l)),
        Column::number(t::figures_column_no_rate(l)),
        Column::number(t::figures_column_share(l)),
    ];
    let row = |q: &QuarterFigures| {
        let mut cells = vec![
            html! { (label(q.quarter)) @if q.running { (running(l)) } },
            count(l, q.incidents),
        ];
        if q.running {
            cells.extend((0..5).map(|_| later(l)));
        } else {
            cells.extend([
                lost(l, figures, q.loss_minor),
                count(l, q.with_amount),
                count(l, q.held),
                count(l, q.no_rate),
                q.share_with_loss
                    .map_or_else(|| hidden(l), |share| html! { (percent(share)) }),
            ]);
        }
        cells
    };
    let rows: Vec<Vec<Markup>> = quarters.iter().rev().map(row).collect();
    table(t::figures_tab_overview(l), &columns, &rows)
}

/// `/figures/categories`
pub(super) async fn categories(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures = app.figures().await?;
    let full = figures.quarters.iter().rev().filter(|q| !q.running);
    let shown: Vec<&QuarterFigures> = full.take(CATEGORY_QUARTERS).collect();
    let title = t::figures_categories_title(l);
    let losses = t::figures_categories_loss(l, figures.currency.as_str());
    let body = html! {
        @if shown.is_empty() {
            p { (t::figures_categories_none(l)) }
        } @else {
            (by_category(l, &app, &shown, title, &|q, at| match at {
                None => count(l, q.incidents),
                Some(at) => q.categories.get(at).map_or_else(|| hidden(l), |c| count(l, c.incidents)),
            }))
            (by_category(l, &app, &shown, &losses, &|q, at| match at {
                None => lost(l, &figures, q.loss_minor),
                Some(at) => lost(l, &figures, q.categories.get(at).and_then(|c| c.loss_minor)),
            }))
        }
        (defined(l, &figures, &["category", "incidents", "category_loss", "loss"]))
        (small_print(&page, &figures, &[("categories", title)]))
    };
    let lead = t::figures_categories_lead(l);
    Ok(frame(page, &app, View::Categories, title, lead, body))
}

/// A table of categories by quarter; `cell` writes one cell, the whole quarter's where no category is named.
fn by_category(
    l: Lang,
    app: &App,
    shown: &[&QuarterFigures],
    title: &str,
    cell: &dyn Fn(&QuarterFigures, Option<usize>) -> Markup,
) -> Markup {
    let mut columns = vec![Column::text(t::figures_category(l))];
    columns.extend(shown.iter().map(|q| Column::number(label(q.quarter))));
    let categories = app.form.taxonomy().categories();
    let names = categories.iter().enumerate();
    let mut rows: Vec<Vec<Markup>> = names
        .map(|(at, category)| {
            let mut cells = vec![html! { (category.title.get(l.as_str())) }];
            cells.extend(shown.iter().map(|q| cell(q, Some(at))));
            cells
        })
        .collect();
    let mut all = vec![html! { strong { (t::figures_all(l)) } }];
    all.extend(shown.iter().map(|q| cell(q, None)));
    rows.push(all);
    table(title, &columns, &rows)
}
