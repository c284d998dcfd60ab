//! The Track door: the strategies that this service shows, on the same pages that `cairn track build` publishes.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_app::track::publish::PublicVersion;
use cairn_app::track::{Around, MADE_BUNDLE, Shown};
use cairn_track::site::Door;
use maud::{Markup, html};

use crate::components::{Hue, Row, back_link, machine, summary_list, tag};
use crate::house::Framable;
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result, size};
use crate::site::Site;

/// A page may be kept so long: what is published through the desk is seen by everybody after this time.
const FOR_NOW: &str = "public, max-age=300";

/// Routes of the door.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/track", get(plans))
        .route("/track/{plan}", get(to_front))
        .route("/track/{plan}/", get(front))
        .route("/track/{plan}/versions", get(to_versions))
        .route("/track/{plan}/versions/", get(versions))
        .route("/track/{plan}/versions/{no}/{name}", get(version_file))
        .route("/track/{plan}/evidence/{sha256}", get(evidence))
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
                    @if plan.version.is_some() {
                        p { a href={ "/track/" (plan.id) "/versions/" } { (t::office_versions(l)) } }
                    }
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
pub(crate) fn words(l: Lang, words: &cairn_track::plan::Words) -> Markup {
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

/// All that was published of a plan, for ever.
async fn versions(page: Page, State(app): State<App>, Path(id): Path<String>) -> Result<Markup> {
    let l = page.lang;
    let all = app.public_versions(&id).await?;
    let plans = app.plans().await?;
    let plan = plans.get(&id).ok_or_else(Problem::not_found)?;
    let page = page.section(Section::Track);
    let newest = all.first().map(|one| one.version.no);
    let body = html! {
        (back_link(l, &format!("/track/{id}/{}", index(l))))
        h1 { (t::office_versions(l)) }
        p.lead { (words(l, &plan.title)) }
        p { (t::office_versions_lead(l)) }
        @if all.is_empty() { p { (t::office_never_published(l)) } }
        @for one in &all {
            (version(&page, &id, one, newest == Some(one.version.no)))
        }
    };
    Ok(page.render(t::office_versions(l), body))
}

fn version(page: &Page, id: &str, one: &PublicVersion, newest: bool) -> Markup {
    let (l, row) = (page.lang, &one.version);
    let base = format!("/track/{id}/versions/{}", row.no);
    let title = t::office_version(l, row.no.to_string());
    let signed = html! {
        @for (at, sign) in one.signed.iter().enumerate() {
            @if at > 0 { br; }
            (role_words(l, &sign.role)) ", " (sign.name_of_office) ", " (crate::i18n::date(l, sign.on))
        }
    };
    let rows = [
        Row::new(t::office_published_on(l), html! { (page.moment(row.at)) }),
        Row::new(
            t::office_edition(l),
            html! { (row.edition) " – " (words(l, &one.title)) },
        ),
        Row::new(t::office_signatures(l), signed),
        Row::new(t::office_manifest_digest(l), machine(&row.manifest)),
        Row::new(
            t::office_log_line(l),
            html! {
                @match row.log_index {
                    Some(index) => { (index) " · " a href="/evidence" { (t::nav_evidence(l)) } }
                    None => "–",
                }
            },
        ),
        Row::new(
            t::office_downloads(l),
            html! {
                a href={ (base) "/" (MADE_BUNDLE) } { (t::office_bundle(l)) span.unseen { ", " (title) } } " (" (size(row.bytes)) ") · "
                a href={ (base) "/manifest.json" } { "manifest.json" span.unseen { ", " (title) } } " · "
                a href={ (base) "/manifest.note" } { "manifest.note" span.unseen { ", " (title) } }
            },
        ),
    ];
    html! {
        section {
            h2 { (title) @if newest { " " (tag(Hue::Green, t::office_version_now(l))) } }
            (summary_list(l, &rows))
        }
    }
}

/// Who signed, by role; roles that are not of this house are told as they are.
fn role_words(l: Lang, role: &str) -> String {
    let known = role.parse::<cairn_kernel::actor::Role>();
    known.map_or_else(
        |_| role.to_owned(),
        |role| crate::desk::role_name(l, role).to_owned(),
    )
}

async fn to_versions(State(app): State<App>, Path(plan): Path<String>) -> Result<Redirect> {
    let plans = app.plans().await?;
    let plan = plans.get(&plan).ok_or_else(Problem::not_found)?;
    Ok(Redirect::permanent(&format!(
        "/track/{}/versions/",
        plan.id
    )))
}

/// What was published once stays as it was.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

async fn version_file(
    State(app): State<App>,
    Path((plan, no, name)): Path<(String, String, String)>,
) -> Result<Response> {
    let no = no.parse().map_err(|_| Problem::not_found())?;
    let body = app.version_file(&plan, no, &name).await?;
    let saved = if name == MADE_BUNDLE {
        format!("{plan}-{no}.zip")
    } else {
        name.clone()
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(&name)),
        ),
        (header::CONTENT_DISPOSITION, disposition(&saved)),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
    ];
    Ok((headers, body).into_response())
}

/// A file that an organisation let us publish: saved, never shown, and never active.
async fn evidence(
    State(app): State<App>,
    Path((plan, sha256)): Path<(String, String)>,
) -> Result<Response> {
    let (name, bytes) = app.published_file(&plan, &sha256).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
    ];
    Ok((headers, bytes).into_response())
}

/// `attachment` with a name for old browsers and, by RFC 6266 and RFC 8187, the whole name.
pub(crate) fn disposition(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => c,
            _ => '_',
        })
        .take(100)
        .collect();
    let mut whole = String::new();
    for byte in name.bytes().take(400) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

async fn serve(app: &App, plan: &str, path: &str) -> Result<Response> {
    let plans = app.plans().await?;
    let plan = plans.get(plan).ok_or_else(Problem::not_found)?;
    let Some(body) = plan.file(path) else {
        let last = last_page(plan, path).ok_or_else(Problem::not_found)?;
        let to = format!("/track/{}/{last}", plan.id);
        return Ok(Redirect::temporary(&to).into_response());
    };
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

/// Where a page past the end of a list leads: the list's last page. Lists grow and shrink; what led to one of their pages
/// must not end in nothing. `None` where there is no such list.
fn last_page(plan: &Shown, path: &str) -> Option<String> {
    let (list, number) = path.strip_suffix(".html")?.rsplit_once('-')?;
    let number: usize = number.parse().ok().filter(|number| *number > 1)?;
    let first = match list.strip_suffix("data/page") {
        Some(tree) => format!("{tree}data/index.html"),
        None => {
            let name = list.rsplit('/').next()?;
            ["sources", "measures", "initiatives"]
                .contains(&name)
                .then(|| format!("{list}.html"))?
        }
    };
    plan.file(&first)?;
    let later = (2..number.min(LIST_PAGES_MAX)).map(|no| format!("{list}-{no}.html"));
    let there = later.take_while(|page| plan.file(page).is_some());
    there.last().or(Some(first))
}

/// More pages than any list has.
const LIST_PAGES_MAX: usize = 1_000;

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
        Some("zip") => "application/zip",
        _ => "text/plain; charset=utf-8",
    }
}
