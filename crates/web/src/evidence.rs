//! The evidence log for everybody: its newest checkpoint, its tiles (C2SP tlog-tiles), its keys, and how to check them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::tiles::{TileKind, TilePath, bundle_bytes, tile_bytes};
use maud::{Markup, html};

use crate::components::{Row, machine, summary_list};
use crate::i18n::t;
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// What is there for good.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A partial tile never changes either, but a wider one soon takes its place.
const FOR_NOW: &str = "public, max-age=3600";

/// The page and the files of the log.
pub fn router() -> Router<App> {
    Router::new()
        .route("/evidence", get(show))
        .route("/checkpoint", get(checkpoint))
        .route("/log.keys", get(keys))
        .route("/tile/{*path}", get(tile))
}

fn failed(error: impl Into<AppError>) -> Problem {
    error.into().into()
}

async fn checkpoint(State(app): State<App>) -> Result<Response> {
    let newest = app.store.newest_checkpoint().await;
    let newest = newest.map_err(failed)?;
    let (_, note) = newest.ok_or_else(Problem::not_found)?;
    Ok(text(note))
}

async fn keys(State(app): State<App>) -> Response {
    text(app.store.keys().list.to_string())
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn tile(State(app): State<App>, Path(path): Path<String>) -> Result<Response> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|_| Problem::not_found())?;
    let newest = app.store.newest_checkpoint().await.map_err(failed)?;
    let size = newest.map_or(0, |(size, _)| size);
    if !path.exists_at(size) {
        return Err(Problem::not_found());
    }
    let width = usize::from(path.width);
    let bytes = match path.kind {
        TileKind::Hashes(level) => {
            let hashes = app
                .store
                .log_tile(level, path.index)
                .await
                .map_err(failed)?;
            tile_bytes(hashes.iter().take(width))
        }
        TileKind::Entries => {
            let entries = app.store.log_entries(path.index).await.map_err(failed)?;
            bundle_bytes(entries.iter().take(width))
        }
    };
    let cache = if path.is_full() { FOR_GOOD } else { FOR_NOW };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, cache),
    ];
    Ok((headers, bytes).into_response())
}

async fn show(State(app): State<App>, page: Page) -> Result<Markup> {
    let l = page.lang;
    let newest = app.store.newest_checkpoint().await;
    let newest = newest.map_err(failed)?;
    let parsed = newest
        .as_ref()
        .and_then(|(_, note)| SignedCheckpoint::parse(note).ok());
    let keys = app.store.keys().list.to_string();
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
