//! The evidence log for everybody: its newest checkpoint, its tiles (C2SP tlog-tiles), its keys, and how to check them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::tiles::TilePath;
use maud::{Markup, html};

use crate::api::{Machine, ProblemDocument};
use crate::components::{Row, machine, summary_list};
use crate::i18n::t;
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// What is there for good.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A partial tile never changes either, but a wider one soon takes its place.
const FOR_NOW: &str = "public, max-age=3600";

/// The page of the log.
pub fn router() -> Router<App> {
    Router::new().route("/evidence", get(show))
}

/// The files of the log.
pub(crate) fn machines() -> [Machine; 3] {
    [
        Machine::new(Method::GET, "/checkpoint", get(checkpoint)),
        Machine::new(Method::GET, "/log.keys", get(keys)),
        Machine::new(Method::GET, "/tile/{*path}", get(tile)).documented("/tile/{path}"),
    ]
}

/// The newest checkpoint: a signed note (C2SP tlog-checkpoint) with the log's size and root.
#[utoipa::path(
    get,
    path = "/checkpoint",
    tag = "Evidence log",
    responses(
        (status = 200, description = "The signed note", body = String, content_type = "text/plain"),
        (status = 404, description = "The log is empty", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn checkpoint(State(app): State<App>) -> Result<Response> {
    let (_, note) = app.checkpoint().await?.ok_or_else(Problem::not_found)?;
    Ok(text(note))
}

/// The log's keys, one C2SP verifier key a line, with those that signed before.
#[utoipa::path(
    get,
    path = "/log.keys",
    tag = "Evidence log",
    responses((status = 200, description = "The keys", body = String, content_type = "text/plain"))
)]
pub(crate) async fn keys(State(app): State<App>) -> Response {
    text(app.log_keys())
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// A tile of the log (C2SP tlog-tiles): `/tile/<L>/<N>[.p/<W>]` has hashes of level L, `/tile/entries/<N>[.p/<W>]` the
/// entries, each 32 bytes.
#[utoipa::path(
    get,
    path = "/tile/{path}",
    tag = "Evidence log",
    params(("path" = String, Path, description = "The rest of the tile's path, with its slashes")),
    responses(
        (status = 200, description = "The tile. A full one never changes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "No such tile at the size of the newest checkpoint", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tile(State(app): State<App>, Path(path): Path<String>) -> Result<Response> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|_| Problem::not_found())?;
    let bytes = app.tile(path).await?;
    let cache = if path.is_full() { FOR_GOOD } else { FOR_NOW };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, cache),
    ];
    Ok((headers, bytes).into_response())
}

async fn show(State(app): State<App>, page: Page) -> Result<Markup> {
    let l = page.lang;
    let newest = app.checkpoint().await?;
    let parsed = newest
        .as_ref()
        .and_then(|(_, note)| SignedCheckpoint::parse(note).ok());
    let keys = app.log_keys();
    let body = html! {
        h1 { (t::evidence_title(l)) }
        p.lead { (t::evidence_lead(l)) }
        h2 { (t::evidence_newest(l)) }
        @match (&parsed, &newest) {
            (Some(signed), Some((_, note))) => {
                @let checkpoint = signed.checkpoint();
                (summary_list(l, &[
                    Row::new(t::evidence_log(l), machine(&checkpoint.origin)),
                    Row::new(t::evidence_size(l), html! { (crate::i18n::number(i64::try_from(checkpoint.size).unwrap_or(i64::MAX))) }),
                    Row::new(t::evidence_root(l), machine(&checkpoint.root.hex())),
                ]))
                p { a href="/checkpoint" { (t::evidence_checkpoint(l)) } }
                pre tabindex="0" { code translate="no" { (note) } }
            }
            _ => { p { (t::evidence_empty(l)) } }
        }
        h2 { (t::evidence_keys(l)) }
        p { (t::evidence_keys_text(l)) " " a href="/log.keys" { "log.keys" } }
        pre tabindex="0" { code translate="no" { (keys) } }
        h2 { (t::evidence_verify(l)) }
        p { (t::evidence_verify_receipt(l)) }
        pre tabindex="0" { code translate="no" { "cairn receipt verify --keys log.keys cairn-ABCD-EFGH-J.tlog-proof" } }
        p { (t::evidence_verify_log(l)) }
        h2 { (t::evidence_proves(l)) }
        ul {
            li { (t::evidence_proves_there(l)) }
            li { (t::evidence_proves_unchanged(l)) }
            li { (t::evidence_proves_not(l)) }
        }
    };
    let page = page.section(Section::Evidence);
    Ok(page.render(t::evidence_title(l), body))
}
