//! The style sheet and the small script, in the binary, under addresses that name their content: a browser asks for each
//! version once and keeps it for good.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::problem::Problem;

/// One file of the house.
pub struct Asset {
    /// The last part of its address, with a part of its SHA-256.
    file: String,
    /// Its address.
    pub path: String,
    media: HeaderValue,
    /// As it is.
    pub plain: Bytes,
    /// Compressed once, at the first use.
    pub gzip: Bytes,
}

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "cairn",
        "css",
        "text/css; charset=utf-8",
        lean(&format!(
            "{}\n{}\n{}",
            cairn_track::site::COLOURS,
            include_str!("../assets/cairn.css"),
            cairn_track::site::TABLES
        )),
    )
});

/// What only officers' pages need of style, so that public pages stay light.
pub static DESK_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "desk",
        "css",
        "text/css; charset=utf-8",
        lean(include_str!("../assets/desk.css")),
    )
});

/// The script. Every page works without it.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "cairn",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/cairn.js").to_owned(),
    )
});

/// What only officers' pages need of it.
pub static DESK_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "desk",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/desk.js").to_owned(),
    )
});

/// Passkeys: for the pages that ask for one.
pub static PASSKEY_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "passkey",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/passkey.js").to_owned(),
    )
});

/// Three stones, as an address that needs no request.
pub const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Cg fill='%230b6470'%3E%3Cellipse cx='16' cy='26' rx='13' ry='5'/%3E%3Cellipse cx='15' cy='16.5' rx='9.5' ry='4.2'/%3E\
    %3Cellipse cx='17' cy='8.5' rx='6' ry='3.6'/%3E%3C/g%3E%3C/svg%3E";

/// A style sheet as browsers need it: comments, blank lines and indents are for who changes it, and would weigh on every
/// first visit.
fn lean(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

impl Asset {
    fn new(stem: &str, ending: &str, media: &'static str, text: String) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let mark: String = digest
            .as_ref()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let file = format!("{stem}.{mark}.{ending}");
        Self {
            path: format!("/assets/{file}"),
            file,
            media: HeaderValue::from_static(media),
            gzip: gzip(text.as_bytes()),
            plain: Bytes::from(text),
        }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let accepts = asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok());
        let squeezed = accepts.is_some_and(|value| value.contains("gzip")) && !self.gzip.is_empty();
        let mut response = if squeezed {
            self.gzip.clone()
        } else {
            self.plain.clone()
        }
        .into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.media.clone());
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if squeezed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Writing to memory doesn't fail; were it to, the plain file is served.
fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map(Bytes::from).unwrap_or_default()
}

/// Serves [`STYLE`], [`DESK_STYLE`], [`SCRIPT`], [`DESK_SCRIPT`] and [`PASSKEY_SCRIPT`].
pub fn router() -> Router {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    [
        &*STYLE,
        &*DESK_STYLE,
        &*SCRIPT,
        &*DESK_SCRIPT,
        &*PASSKEY_SCRIPT,
    ]
    .into_iter()
    .find(|asset| asset.file == file)
    .map(|asset| asset.answer(&headers))
    .ok_or_else(Problem::not_found)
}
