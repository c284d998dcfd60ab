//! The site of a plan that is being written, on the writer's own machine: `cairn track preview`.
//!
//! An open page shows itself again when the site was built anew, and at no other time, with scripts off: the answer to a
//! page stays open after its last byte, and its real end, once there is something new, is a `refresh` element that loads
//! the page again. Where a reader is on the page and what they have selected stays until then.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use cairn_track::plan::Fault;
use futures_util::stream::{self, StreamExt as _};
use maud::{DOCTYPE, Markup, html};
use tokio::sync::{oneshot, watch};

use crate::house::CONTENT_SECURITY_POLICY;
use crate::i18n::{Lang, t};
use crate::track::media_type;

/// Pages that wait at the same time. A browser has six connections to one address, and needs some of them for what a page
/// refers to: beyond this the page that waits longest waits no more, and is loaded again by hand.
const WAITING_MAX: usize = 4;

/// Files of a site, by path.
pub type Files = BTreeMap<String, Bytes>;

/// Everything that there is to check, whether or not the plan can be built.
const CHECK: &str = "-/check";
/// What comes before the paths of the last build that succeeded.
const LAST: &str = "-/last/";

/// Ends an answer, and has the page loaded again. It comes after the page's own end: parsers put it into the body, and
/// obey it there.
const AGAIN: &[u8] = b"<meta http-equiv=\"refresh\" content=\"0\">\n";

/// What is shown at the moment. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Preview(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    now: Mutex<Now>,
    builds: watch::Sender<u64>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Clone, Default)]
struct Now {
    build: u64,
    /// The last build that succeeded.
    good: Option<Arc<Files>>,
    faults: Arc<Vec<Fault>>,
    /// Why nothing could be read at all, if so.
    cause: Option<String>,
    is_broken: bool,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    open: VecDeque<(u64, oneshot::Sender<()>)>,
}

impl Default for Preview {
    fn default() -> Self {
        Self(Arc::new(Inner {
            now: Mutex::default(),
            builds: watch::Sender::new(0),
            waiting: Mutex::default(),
        }))
    }
}

/// Nothing is done under these locks that could stop half-way.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Preview {
    /// The plan was built; `faults` are its warnings.
    pub fn built(&self, files: Files, faults: Vec<Fault>) {
        self.show(|now| {
            now.good = Some(Arc::new(files));
            now.faults = Arc::new(faults);
            now.cause = None;
            now.is_broken = false;
        });
    }

    /// The plan cannot be built. What was built before stays where it can be reached.
    pub fn broken(&self, faults: Vec<Fault>, cause: Option<String>) {
        self.show(|now| {
            now.faults = Arc::new(faults);
            now.cause = cause;
            now.is_broken = true;
        });
    }

    fn show(&self, change: impl FnOnce(&mut Now)) {
        let build = {
            let mut now = locked(&self.0.now);
            change(&mut now);
            now.build += 1;
            now.build
        };
        self.0.builds.send_replace(build);
    }

    /// The pages, for a listener on a loopback address.
    pub fn router(&self) -> Router {
        Router::new().fallback(get(page)).with_state(self.clone())
    }

    /// The end of a page: comes when there is something newer than `build`, or when too many others wait.
    async fn end(self, build: u64) -> Bytes {
        let mut builds = self.0.builds.subscribe();
        let (place, pushed_out) = Place::take(&self.0);
        let end = tokio::select! {
            _newer = builds.wait_for(|newest| *newest != build) => Bytes::from_static(AGAIN),
            _crowded = pushed_out => Bytes::new(),
        };
        drop(place);
        end
    }
}

/// A place among those who wait; it is free again when the reader goes.
struct Place {
    inner: Arc<Inner>,
    number: u64,
}

impl Place {
    fn take(inner: &Arc<Inner>) -> (Self, oneshot::Receiver<()>) {
        let (sender, pushed_out) = oneshot::channel();
        let mut waiting = locked(&inner.waiting);
        let number = waiting.next;
        waiting.next += 1;
        waiting.open.push_back((number, sender));
        while waiting.open.len() > WAITING_MAX {
            if let Some((_, oldest)) = waiting.open.pop_front() {
                let _gone = oldest.send(());
            }
        }
        let place = Self {
            inner: Arc::clone(inner),
            number,
        };
        (place, pushed_out)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = locked(&self.inner.waiting);
        waiting.open.retain(|(number, _)| *number != self.number);
    }
}

/// Serves the preview until the listener fails.
///
/// # Errors
/// As the listener says.
pub async fn serve(listener: tokio::net::TcpListener, preview: &Preview) -> std::io::Result<()> {
    axum::serve(listener, preview.router()).await
}

/// Only this machine may ask, and only by its own name: a page elsewhere whose name was made to lead here learns nothing.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    let Some(host) = host.and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let address = name.and_then(|name| name.parse::<std::net::IpAddr>().ok());
    name == Some("localhost") || address.is_some_and(|address| address.is_loopback())
}

async fn page(State(preview): State<Preview>, uri: Uri, headers: HeaderMap) -> Response {
    if !is_local(&headers) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let now = locked(&preview.0.now).clone();
    let path = uri.path().trim_start_matches('/');
    let (path, is_last) = match path.strip_prefix(LAST) {
        Some(rest) => (rest, true),
        None => (path, false),
    };
    let lang = if path.starts_with("mi/") {
        Lang::Mi
    } else {
        Lang::En
    };
    let file = if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    };
    let found = now
        .good
        .as_ref()
        .and_then(|files| files.get(&file).cloned());
    let is_page = file.ends_with(".html");
    let (status, body) = if file == CHECK {
        (StatusCode::OK, checked(lang, &now, ""))
    } else if now.is_broken
        && !is_last
        && (is_page || found.is_none())
        && file != cairn_track::site::STYLE
    {
        (StatusCode::SERVICE_UNAVAILABLE, checked(lang, &now, &file))
    } else {
        match found {
            Some(bytes) => (StatusCode::OK, bytes),
            None if file == cairn_track::site::STYLE => {
                (StatusCode::OK, Bytes::from(cairn_track::site::style()))
            }
            None => (StatusCode::NOT_FOUND, absent(lang)),
        }
    };
    let media = if is_page || status != StatusCode::OK || file == CHECK {
        "text/html; charset=utf-8"
    } else {
        media_type(&file)
    };
    let body = if media.starts_with("text/html") && is_reader(&headers) {
        let first = stream::once(async move { Ok::<_, Infallible>(body) });
        let end = preview.end(now.build);
        Body::from_stream(first.chain(stream::once(async move { Ok(end.await) })))
    } else {
        Body::from(body)
    };
    answer(status, media, body)
}

fn answer(status: StatusCode, media: &'static str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (status, headers, body).into_response()
}

/// A browser that shows the page, and no program that only fetches it: that one would wait for the end.
fn is_reader(headers: &HeaderMap) -> bool {
    let says = |name: &str, text: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(text))
    };
    says("accept", "text/html")
        && (!headers.contains_key("sec-fetch-dest") || says("sec-fetch-dest", "document"))
}

fn document(lang: Lang, title: &str, main: &Markup) -> Bytes {
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href={ "/" (cairn_track::site::STYLE) };
            }
            body { main #main { h1 { (title) } (main) } }
        }
    };
    Bytes::from(markup.into_string())
}

fn absent(lang: Lang) -> Bytes {
    let main = html! { p { a href="/" { (t::preview_front(lang)) } } };
    document(lang, t::preview_absent(lang), &main)
}

/// What is wrong in the plan, with file and line; `file` is what was asked for, if it was a page.
fn checked(lang: Lang, now: &Now, file: &str) -> Bytes {
    let title = if now.is_broken {
        t::preview_broken(lang)
    } else if now.faults.is_empty() {
        t::preview_sound(lang)
    } else {
        t::preview_warnings(lang)
    };
    let last =
        now.good
            .as_ref()
            .filter(|_| now.is_broken)
            .map(|files| match files.contains_key(file) {
                true => format!("/{LAST}{file}"),
                false => format!("/{LAST}index.html"),
            });
    let main = html! {
        p.lead { @if now.is_broken { (t::preview_waits(lang)) } }
        @if let Some(cause) = &now.cause { div.notice.warning lang="en" { p { (cause) } } }
        @if !now.faults.is_empty() {
            ol.faults lang="en" {
                @for fault in now.faults.iter() {
                    li {
                        span.tag.red[fault.is_error()].amber[!fault.is_error()] { (fault.severity) }
                        " " code { (fault.file) @if fault.line > 0 { ":" (fault.line) @if fault.column > 0 { ":" (fault.column) } } }
                        br;
                        strong { (fault.what) "." } " " (fault.mend) "."
                    }
                }
            }
        }
        @if let Some(last) = last { p { a href=(last) { (t::preview_last(lang)) } } }
        @if !now.is_broken { p { a href="/" { (t::preview_front(lang)) } } }
    };
    document(lang, title, &main)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    fn fault() -> Fault {
        Fault {
            file: "editions/2026/goals.toml".into(),
            line: 4,
            column: 3,
            severity: cairn_track::plan::Severity::Error,
            code: "unknown-key",
            what: "unknown key `<onwer>`".into(),
            mend: "Did you mean `owner`?".into(),
        }
    }

    fn files() -> Files {
        let page = |text: &'static str| Bytes::from_static(text.as_bytes());
        Files::from([
            ("index.html".to_owned(), page("<p>front</p>")),
            ("mi/index.html".to_owned(), page("<p>mua</p>")),
            ("data/a.csv".to_owned(), page("a,b")),
        ])
    }

    async fn ask(preview: &Preview, path: &str, accept: &str) -> Response {
        let request = Request::builder()
            .uri(path)
            .header("host", "127.0.0.1:4000")
            .header("accept", accept)
            .body(Body::empty())
            .unwrap();
        preview.router().oneshot(request).await.unwrap()
    }

    /// As a program asks that does not wait.
    async fn text(preview: &Preview, path: &str) -> (StatusCode, String) {
        let response = ask(preview, path, "*/*").await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_broken_plan_shows_its_faults_and_keeps_the_last_build() {
        let preview = Preview::default();
        preview.broken(vec![fault()], None);
        let (status, page) = text(&preview, "/").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            page.contains("<code>editions/2026/goals.toml:4:3</code>"),
            "{page}"
        );
        assert!(
            page.contains("&lt;onwer&gt;") && !page.contains("/-/last/"),
            "{page}"
        );
        assert_eq!(text(&preview, "/track.css").await.0, StatusCode::OK);
        preview.built(files(), Vec::new());
        assert_eq!(
            text(&preview, "/").await,
            (StatusCode::OK, "<p>front</p>".into())
        );
        assert_eq!(text(&preview, "/none.html").await.0, StatusCode::NOT_FOUND);
        preview.broken(vec![fault()], Some("the disk".into()));
        let (_, page) = text(&preview, "/mi/").await;
        assert!(
            page.contains("<html lang=\"mi\">") && page.contains("the disk"),
            "{page}"
        );
        assert!(page.contains("href=\"/-/last/mi/index.html\""), "{page}");
        assert_eq!(text(&preview, "/-/last/mi/").await.1, "<p>mua</p>");
        assert_eq!(text(&preview, "/data/a.csv").await.1, "a,b");
    }

    #[tokio::test]
    async fn an_open_page_ends_when_there_is_something_new() {
        let preview = Preview::default();
        preview.built(files(), Vec::new());
        let response = ask(&preview, "/", "text/html").await;
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first, "<p>front</p>");
        let still = tokio::time::timeout(Duration::from_millis(80), body.frame()).await;
        assert!(still.is_err(), "nothing has changed");
        preview.built(files(), Vec::new());
        let end = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(end, AGAIN);
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn the_page_that_waits_longest_makes_room() {
        let preview = Preview::default();
        preview.built(files(), Vec::new());
        let mut open = Vec::new();
        for _ in 0..=WAITING_MAX {
            let mut body = ask(&preview, "/", "text/html").await.into_body();
            let _first = body.frame().await.unwrap().unwrap();
            // Polled once, so that it waits.
            let still = tokio::time::timeout(Duration::from_millis(20), body.frame()).await;
            assert!(still.is_err());
            open.push(body);
        }
        let end = open[0].frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(end.is_empty());
        drop(open);
        assert!(locked(&preview.0.waiting).open.is_empty());
    }

    #[tokio::test]
    async fn only_this_machine_is_answered() {
        for (host, status) in [
            ("localhost:1", StatusCode::OK),
            ("[::1]:80", StatusCode::OK),
            ("127.0.0.1", StatusCode::OK),
            ("example.org", StatusCode::MISDIRECTED_REQUEST),
            ("127.0.0.1.example.org", StatusCode::MISDIRECTED_REQUEST),
        ] {
            let preview = Preview::default();
            preview.built(files(), Vec::new());
            let request = Request::builder()
                .uri("/")
                .header("host", host)
                .body(Body::empty())
                .unwrap();
            let response = preview.router().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{host}");
        }
    }
}
