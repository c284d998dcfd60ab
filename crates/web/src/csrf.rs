//! Against forms that other sites send in a person's name. Two walls: requests that a browser says come from elsewhere are
//! refused, and every form of a session carries a token that only that session's pages know.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;

use crate::problem::Problem;
use crate::site::Site;

/// The name of the form field that carries the token.
pub const FIELD: &str = "csrf";

/// Makes and checks tokens. One per process or, so that open forms survive a restart, from stored bytes.
#[derive(Clone)]
pub struct CsrfKey(hmac::Key);

impl CsrfKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The token for the forms of one session; `session` is the session's (or draft's) cookie value.
    #[must_use]
    pub fn token(&self, session: &str) -> String {
        BASE64.encode(hmac::sign(&self.0, &labelled(session)))
    }

    /// Checks the token that a form brought, in constant time.
    ///
    /// # Errors
    /// 403 when it is absent or belongs to another session.
    pub fn check(&self, session: &str, token: Option<&str>) -> Result<(), Problem> {
        let token = token
            .and_then(|token| BASE64.decode(token).ok())
            .unwrap_or_default();
        hmac::verify(&self.0, &labelled(session), &token).map_err(|_| Problem::stale_form())
    }
}

/// So that the same key could never be made to sign something else.
fn labelled(session: &str) -> Vec<u8> {
    [b"cairn form token\0", session.as_bytes()].concat()
}

/// What the browser says about who caused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Own,
    Foreign,
    /// Browsers without `Sec-Fetch-Site`, and plain HTTP, where our `no-referrer` policy makes `Origin` say `null`: the
    /// token decides.
    Unknown,
}

fn cause(headers: &HeaderMap, site: &Site) -> Cause {
    if let Some(value) = headers.get("sec-fetch-site") {
        return match value.as_bytes() {
            b"same-origin" | b"none" => Cause::Own,
            _ => Cause::Foreign,
        };
    }
    match headers.get(header::ORIGIN).map(|value| value.as_bytes()) {
        None | Some(b"null") => Cause::Unknown,
        Some(origin) if site.is_own_origin(origin, headers) => Cause::Own,
        Some(_) => Cause::Foreign,
    }
}

/// Middleware for routes that know people by a cookie: `.route_layer(axum::middleware::from_fn(csrf::guard))`. Refuses
/// unsafe methods (all but GET, HEAD and OPTIONS) that another site caused.
pub async fn guard(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let site = request.extensions().get::<Arc<Site>>();
    let foreign = site.is_none_or(|site| cause(request.headers(), site) == Cause::Foreign);
    if !safe && foreign {
        return Problem::cross_site().into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn tokens_belong_to_one_session() {
        let key = CsrfKey::new(&[7; 32]);
        let token = key.token("session-a");
        assert!(key.check("session-a", Some(&token)).is_ok());
        assert!(key.check("session-b", Some(&token)).is_err());
        assert!(key.check("session-a", None).is_err());
        assert!(key.check("session-a", Some("")).is_err());
        assert!(
            CsrfKey::new(&[8; 32])
                .check("session-a", Some(&token))
                .is_err()
        );
    }

    #[test]
    fn browsers_words_are_weighed() {
        let site = Site {
            public_url: "https://report.example.org".into(),
            ..Site::example()
        };
        let said = |pairs: &[(&'static str, &str)]| cause(&headers(pairs), &site);
        assert_eq!(said(&[("sec-fetch-site", "same-origin")]), Cause::Own);
        assert_eq!(said(&[("sec-fetch-site", "same-site")]), Cause::Foreign);
        assert_eq!(
            said(&[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://report.example.org")
            ]),
            Cause::Foreign
        );
        assert_eq!(
            said(&[("origin", "https://report.example.org")]),
            Cause::Own
        );
        assert_eq!(
            said(&[("origin", "https://report.example.org.evil.example")]),
            Cause::Foreign
        );
        assert_eq!(
            said(&[("origin", "http://127.0.0.1:80"), ("host", "127.0.0.1:80")]),
            Cause::Own
        );
        assert_eq!(said(&[("origin", "null")]), Cause::Unknown);
        assert_eq!(said(&[]), Cause::Unknown);
    }
}
