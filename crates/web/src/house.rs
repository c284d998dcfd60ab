//! What surrounds every route: security headers on every answer, errors in the look of the house, panics caught, the
//! language remembered.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use crate::cookie::{Cookie, SameSite};
use crate::i18n::{LANG_COOKIE, Lang};
use crate::page::Page;
use crate::problem::Problem;
use crate::site::Site;
use crate::{assets, pages};

/// Nothing is allowed but our own style, script, images and forms; no inline code, no frames, no other site.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// [`CONTENT_SECURITY_POLICY`] for pages that are made to stand in pages of others ([`Framable`]), and without scripts.
pub const FRAMABLE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; \
    frame-ancestors *; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// In the extensions of an answer: any site may show it in a frame. Only for pages that do nothing and know nobody.
#[derive(Debug, Clone, Copy)]
pub struct Framable;

const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
    fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

/// On every answer, whoever made it, unless the route has set its own value.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
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
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS_POLICY),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Two years; not for subdomains, which are not ours to promise.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

const LANGUAGE: Cookie = Cookie {
    name: LANG_COOKIE,
    same_site: SameSite::Lax,
    max_age: Some(365 * 24 * 3600),
};

/// Completes a router with the assets and the standing pages, and puts the house around all of it. Call once, last.
pub fn finish(site: Arc<Site>, router: Router) -> Router {
    router
        .merge(assets::router())
        .merge(pages::router())
        .layer(House { site })
}

/// The layer of [`finish`].
#[derive(Clone)]
struct House {
    site: Arc<Site>,
}

impl<S> Layer<S> for House {
    type Service = Housed<S>;

    fn layer(&self, inner: S) -> Housed<S> {
        Housed {
            site: Arc::clone(&self.site),
            inner,
        }
    }
}

#[derive(Clone)]
struct Housed<S> {
    site: Arc<Site>,
    inner: S,
}

/// What must be remembered of a request in case its answer is an error. Cloning these counts references.
struct Asked {
    uri: Uri,
    headers: HeaderMap,
}

const REMEMBERED: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::COOKIE];

impl Asked {
    fn of(request: &Request) -> Self {
        let mut headers = HeaderMap::new();
        for name in REMEMBERED {
            if let Some(value) = request.headers().get(&name) {
                headers.insert(name, value.clone());
            }
        }
        Self {
            uri: request.uri().clone(),
            headers,
        }
    }

    /// The API speaks JSON; elsewhere only who prefers it to pages gets it.
    fn wants_json(&self) -> bool {
        let accept = self
            .headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        self.uri.path().starts_with("/api/")
            || (accept.contains("json") && !accept.contains("text/html"))
    }
}

impl<S> Service<Request> for Housed<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let site = Arc::clone(&self.site);
        let asked = Asked::of(&request);
        request.extensions_mut().insert(Arc::clone(&site));
        let inner = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        Box::pin(async move {
            let response = match inner.await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                // The panic hook has logged where; the words may hold what a person wrote and are not repeated.
                Err(_) => Problem::unexpected(&"a handler panicked").into_response(),
            };
            let mut response = dressed(&site, &asked, response);
            if response.extensions().get::<Framable>().is_some() && response.status().is_success() {
                open_to_frames(response.headers_mut());
            }
            guard(&site, response.headers_mut());
            unframed(response.headers_mut());
            remember_language(&site, &asked.uri, response.headers_mut());
            Ok(response)
        })
    }
}

/// Errors in the look of the house. Pages that carry an error status (a form shown again) are left alone.
fn dressed(site: &Arc<Site>, asked: &Asked, response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = match response.extensions().get::<Arc<Problem>>() {
        Some(problem) => Arc::clone(problem),
        None if is_bare(&response) => Arc::new(Problem::of_status(status)),
        None => return response,
    };
    let page = Page::of(site, &asked.uri, &asked.headers);
    let mut written = if asked.wants_json() {
        json(&problem, page.lang)
    } else {
        html(&problem, &page)
    };
    *written.status_mut() = if status == StatusCode::OK {
        problem.status()
    } else {
        status
    };
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            written.headers_mut().append(name.clone(), value.clone());
        }
    }
    written
}

/// Made by the router or an extractor, not by a page of ours.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn json(problem: &Problem, lang: Lang) -> Response {
    let body = problem.document(lang).to_string();
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        ),
        (
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.as_str()),
        ),
    ];
    (headers, body).into_response()
}

fn html(problem: &Problem, page: &Page) -> Response {
    pages::problem(problem, page).into_response()
}

fn guard(site: &Site, headers: &mut HeaderMap) {
    headers.reserve(HEADERS.len() + 2);
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if site.https {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HSTS);
    }
}

/// The headers of a page that others may frame, in place of the house's own. A site that isolates itself (COEP) may, too.
fn open_to_frames(headers: &mut HeaderMap) {
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FRAMABLE_POLICY),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
}

/// `X-Frame-Options` has no word for "anybody": it must be absent where the policy allows frames.
fn unframed(headers: &mut HeaderMap) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    if policy.is_some_and(|policy| policy == FRAMABLE_POLICY) {
        headers.remove(header::X_FRAME_OPTIONS);
    }
}

/// `?lang=mi` is a plain link; the choice is kept so that the next link needs no query.
fn remember_language(site: &Site, uri: &Uri, headers: &mut HeaderMap) {
    if let Some(lang) = Lang::asked(uri) {
        // The language is read before the site is known: the plain name, with the other guards.
        let value = LANGUAGE.set_plain(lang.as_str(), site.https);
        headers.append(header::SET_COOKIE, value);
    }
}
