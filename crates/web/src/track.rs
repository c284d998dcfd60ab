//! The Track door: the strategies that this service shows, on the same pages that `cairn track build` publishes.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_app::track::{Around, Shown};
use cairn_track::site::Door;
use maud::{Markup, html};

use crate::house::Framable;
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};
use crate::site::Site;

/// A page may be kept so long: a plan changes when the service is started anew.
const FOR_NOW: &str = "public, max-age=300";

/// Routes of the door.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/track", get(plans))
        .route("/track/{plan}", get(to_front))
        .route("/track/{plan}/", get(front))
        .route("/track/{plan}/{*path}", get(file))
        .with_state(app)
}

/// What stands around the pages of a plan here: the service's name, and its doors.
#[must_use]
pub fn around(site: &Site) -> Around {
    let door = |href: &str, words: fn(Lang) -> &'static str| Door {
        href: format!("{href}?lang=en"),
        href_mi: format!("{href}?lang=mi"),
        en: words(Lang::En).to_owned(),
        mi: words(Lang::Mi).to_owned(),
    };
    let mut home = door("/", t::nav_track);
    home.en = format!("cairn: {}", site.name_en);
    home.mi = format!("cairn: {}", site.name_mi);
    Around {
        public_url: site.public_url.clone(),
        doors: vec![
            home,
            door("/report", t::nav_report),
            door("/status", t::nav_status),
            door("/figures", t::nav_figures),
            door("/track", t::nav_track),
            door("/evidence", t::nav_evidence),
        ],
    }
}

async fn plans(page: Page, State(app): State<App>) -> Result<Markup> {
    let l = page.lang;
    let plans = app.plans().await?;
    Ok(page.section(Section::Track).render(
        t::track_title(l),
        html! {
            h1 { (t::track_title(l)) }
            p.lead { (t::track_lead(l)) }
            @if plans.all().next().is_none() {
                p { (t::track_none(l)) }
            }
            @for plan in plans.all() {
                section {
                    h2 { a href={ "/track/" (plan.id) "/" (index(l)) } { (words(l, &plan.title)) } }
                    p { (words(l, &plan.edition)) " · " (plan.owner) }
                    p { (covered(l, plan)) }
                }
            }
        },
    ))
}

fn index(l: Lang) -> &'static str {
    match l {
        Lang::En => "",
        Lang::Mi => "mi/index.html",
    }
}

/// A plan's own words; English where it has no others.
fn words(l: Lang, words: &cairn_track::plan::Words) -> Markup {
    let (text, there) = words.get(l.as_str());
    html! { @if there { (text) } @else { span lang="en" { (text) } } }
}

fn covered(l: Lang, plan: &Shown) -> String {
    let coverage = plan.coverage;
    // The order of a text's values is that of their names.
    t::track_covered(
        l,
        coverage.total() as u64,
        coverage.measured as u64,
        coverage.never as u64,
    )
}

async fn to_front(State(app): State<App>, Path(plan): Path<String>) -> Result<Redirect> {
    let plans = app.plans().await?;
    let plan = plans.get(&plan).ok_or_else(Problem::not_found)?;
    Ok(Redirect::permanent(&format!("/track/{}/", plan.id)))
}

async fn front(State(app): State<App>, Path(plan): Path<String>) -> Result<Response> {
    serve(&app, &plan, "index.html").await
}

async fn file(
    State(app): State<App>,
    Path((plan, path)): Path<(String, String)>,
) -> Result<Response> {
    serve(&app, &plan, &path).await
}

async fn serve(app: &App, plan: &str, path: &str) -> Result<Response> {
    let plans = app.plans().await?;
    let plan = plans.get(plan).ok_or_else(Problem::not_found)?;
    let body = plan.file(path).ok_or_else(Problem::not_found)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(path)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOR_NOW)),
    ];
    let mut response = (headers, body).into_response();
    if is_embed(path) {
        response.extensions_mut().insert(Framable);
    }
    Ok(response)
}

/// A figure by itself, made to be placed in pages of others: the only pages here that may be framed. A page of measures
/// has no forms and no session, so that nobody can be led to do anything in it.
fn is_embed(path: &str) -> bool {
    let mut folders = path.split('/').rev();
    path.ends_with(".html") && folders.nth(2) == Some("embed")
}

/// By ending: the plan's files are text, whatever they hold.
pub(crate) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("jsonld") => "application/ld+json",
        Some("xml") => "application/atom+xml; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("pdf") => "application/pdf",
        _ => "text/plain; charset=utf-8",
    }
}
