//! The public figures: pages for people, and the same numbers as files for machines. What may be shown was decided
//! before it comes here; nothing on this floor ever sees a hidden count.

pub(crate) mod machine;
mod national;
mod people;
mod quarters;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use cairn_app::App;
use cairn_app::figures::Figures;
use cairn_desk::figures::{Cell, Definition, Quarter, Words};
use maud::{Markup, html};

use crate::api::Machine;
use crate::components::{Tab, details, tabs};
use crate::i18n::{Lang, number, t};
use crate::page::{Page, Section};
use crate::problem::Result;

/// Routes of the figures.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/figures", get(quarters::overview))
        .route("/figures/categories", get(quarters::categories))
        .route("/figures/people", get(people::show))
        .route("/figures/national", get(national::show))
        .route("/figures/definitions", get(definitions))
        .with_state(app)
}

/// The same for machines.
pub(crate) fn machines() -> [Machine; 2] {
    [
        Machine::new(Method::GET, "/figures.json", get(machine::json)),
        Machine::new(Method::GET, "/figures/{file}", get(machine::csv))
            .documented("/figures/{table}.csv"),
    ]
}

/// Which of the views this is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Overview,
    Categories,
    People,
    National,
    Definitions,
}

/// A page of the figures: heading, views, `body`.
fn frame(page: Page, app: &App, view: View, title: &str, lead: &str, body: Markup) -> Markup {
    let l = page.lang;
    let views = [
        (View::Overview, "/figures", t::figures_tab_overview(l)),
        (
            View::Categories,
            "/figures/categories",
            t::figures_tab_categories(l),
        ),
        (View::People, "/figures/people", t::figures_tab_people(l)),
        (
            View::National,
            "/figures/national",
            t::figures_tab_national(l),
        ),
        (
            View::Definitions,
            "/figures/definitions",
            t::figures_tab_definitions(l),
        ),
    ];
    let there = |is: View| is != View::National || app.config.figures.national.is_some();
    let views = views.into_iter().filter(|(is, ..)| there(*is));
    let views: Vec<Tab<'_>> = views
        .map(|(is, href, text)| Tab {
            href,
            text,
            current: is == view,
        })
        .collect();
    page.section(Section::Figures).wide().render(
        title,
        html! {
            h1 { (title) }
            p.lead { (lead) }
            (tabs(t::figures_tabs(l), &views))
            (body)
        },
    )
}

/// `2026 Q4`, on one line.
fn label(quarter: Quarter) -> String {
    format!("{}\u{a0}Q{}", quarter.0 / 10, quarter.0 % 10)
}

/// A count, or the words for one that is not shown.
fn count(lang: Lang, cell: Cell) -> Markup {
    match cell.count() {
        Some(n) => html! { (number(i64::try_from(n).unwrap_or(i64::MAX))) },
        None => hidden(lang),
    }
}

fn hidden(lang: Lang) -> Markup {
    html! { span.optional { (t::figures_hidden(lang)) } }
}

/// Tenths of a percent as `12.3 %`.
fn percent(tenths: u64) -> String {
    format!("{}.{}\u{a0}%", tenths / 10, tenths % 10)
}

/// A point of a chart; hidden counts are gaps.
fn point(cell: Cell) -> Option<f64> {
    // Counts of reports are far below 2^53.
    cell.count().map(|n| n as f64)
}

fn whole(value: f64) -> String {
    number(value.round() as i64)
}

fn words(definition: &Definition, lang: Lang) -> &Words {
    match lang {
        Lang::En => &definition.en,
        Lang::Mi => &definition.mi,
    }
}

/// Links to the definitions of the figures above it.
fn defined(lang: Lang, figures: &Figures, ids: &[&str]) -> Markup {
    let known = ids.iter().filter_map(|id| figures.definitions.get(id));
    html! {
        p.optional {
            (t::figures_counts(lang))
            @for (at, definition) in known.enumerate() {
                @if at > 0 { "; " } @else { " " }
                a href={ "/figures/definitions#" (definition.id) } { (words(definition, lang).title) }
                " (" (t::figures_version(lang, definition.version)) ")"
            }
        }
    }
}

/// Why counts may be missing, and when all of this was counted.
fn small_print(page: &Page, figures: &Figures, files: &[(&str, &str)]) -> Markup {
    let l = page.lang;
    html! {
        (details(t::figures_hidden_title(l), html! { p { (few(l, figures)) } }))
        p.optional {
            (t::figures_counted(l, page.moment(figures.at), figures.log_size.to_string())) " "
            a href="/figures/definitions#vintages" { (t::figures_vintages_link(l)) }
        }
        h2 { (t::figures_download(l)) }
        ul {
            @for (name, title) in files {
                li { a href={ "/figures/" (name) ".csv" } { (t::figures_download_table(l, *title)) } }
            }
            li { a href="/figures.json" { (t::figures_download_all(l)) } }
        }
    }
}

fn few(lang: Lang, figures: &Figures) -> String {
    t::figures_hidden_note(lang, figures.definitions.rules.few.saturating_sub(1))
}

/// Vintages on the page.
const LISTED_MAX: usize = 31;

/// `2026-12-31`
fn day_name(day: i64) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day / 10_000,
        day / 100 % 100,
        day % 100
    )
}

async fn definitions(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let figures: Arc<Figures> = app.figures().await?;
    let vintages = app.vintages().await?;
    let body = html! {
        @for definition in &figures.definitions.list {
            @let words = words(definition, l);
            section aria-labelledby=(definition.id) {
                h2 id=(definition.id) { (words.title) }
                p { (words.text) }
                p.optional { code { (definition.id) } ", " (t::figures_version(l, definition.version)) }
            }
        }
        h2 #few { (t::figures_definitions_few(l)) }
        p { (few(l, &figures)) }
        p { (t::figures_moves_note(l, figures.definitions.rules.few)) }
        h2 #vintages { (t::figures_vintages(l)) }
        p { (t::figures_vintages_text(l)) }
        ul {
            @for day in vintages.iter().take(LISTED_MAX) {
                li { a href={ "/figures.json?vintage=" (day) } { (day_name(*day)) } " (JSON)" }
            }
        }
    };
    let (title, lead) = (
        t::figures_definitions_title(l),
        t::figures_definitions_lead(l),
    );
    Ok(frame(page, &app, View::Definitions, title, lead, body))
}
