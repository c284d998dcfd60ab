//! Cookies: read without a jar, written with every guard on.

use axum::http::{HeaderMap, HeaderValue, header};

/// When a browser sends a cookie along with requests that other sites cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// On top-level navigation by GET only: for drafts, to which people come back by links.
    Lax,
    /// Never: for signed-in sessions.
    Strict,
}

/// One kind of cookie: its bare name and how it is guarded. Always `HttpOnly`, always for the whole site.
#[derive(Debug, Clone, Copy)]
pub struct Cookie {
    /// Without prefix; with HTTPS the browser sees `__Host-` before it.
    pub name: &'static str,
    /// See [`SameSite`].
    pub same_site: SameSite,
    /// Seconds the browser keeps it; none means until the browser closes.
    pub max_age: Option<u32>,
}

impl Cookie {
    /// The value a request brought, if any. Over HTTPS only the `__Host-` name counts, which no other host can set.
    #[must_use]
    pub fn get<'a>(&self, headers: &'a HeaderMap, https: bool) -> Option<&'a str> {
        let prefix = if https { "__Host-" } else { "" };
        pairs(headers).find_map(|(name, value)| {
            (name.strip_prefix(prefix) == Some(self.name) && !value.is_empty()).then_some(value)
        })
    }

    /// A `Set-Cookie` value. Characters that a cookie can't hold are left out of `value`; use base64url or hexadecimal.
    #[must_use]
    pub fn set(&self, value: &str, https: bool) -> HeaderValue {
        self.write(value, self.max_age, https)
    }

    /// A `Set-Cookie` value that makes the browser forget this cookie.
    #[must_use]
    pub fn clear(&self, https: bool) -> HeaderValue {
        self.write("", Some(0), https)
    }

    /// Like [`Self::set`] but without the `__Host-` name, for [`get_plain`].
    #[must_use]
    pub fn set_plain(&self, value: &str, https: bool) -> HeaderValue {
        self.write_as(self.name, value, self.max_age, https)
    }

    fn write(&self, value: &str, max_age: Option<u32>, https: bool) -> HeaderValue {
        let prefix = if https { "__Host-" } else { "" };
        self.write_as(&format!("{prefix}{}", self.name), value, max_age, https)
    }

    fn write_as(&self, name: &str, value: &str, max_age: Option<u32>, https: bool) -> HeaderValue {
        let secure = if https { "; Secure" } else { "" };
        let same_site = match self.same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let age = max_age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        let value: String = value.chars().filter(|&c| is_cookie_char(c)).collect();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}");
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// RFC 6265 §4.1.1, cookie-octet.
fn is_cookie_char(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\')
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// The value of a cookie by its exact name: for what guards nothing, such as the language.
#[must_use]
pub fn get_plain<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    pairs(headers).find_map(|(name, value)| (name == wanted).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: Cookie = Cookie {
        name: "cairn_session",
        same_site: SameSite::Strict,
        max_age: None,
    };
    const DRAFT: Cookie = Cookie {
        name: "cairn_draft",
        same_site: SameSite::Lax,
        max_age: Some(60),
    };

    #[test]
    fn cookies_carry_every_flag() {
        assert_eq!(
            SESSION.set("abc", true),
            "__Host-cairn_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            DRAFT.set("abc", false),
            "cairn_draft=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
        );
        assert_eq!(
            DRAFT.clear(false),
            "cairn_draft=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        let hostile = DRAFT.set("a; Domain=example.org\r\nX: y", false);
        assert!(
            hostile
                .to_str()
                .unwrap()
                .starts_with("cairn_draft=aDomain=example.orgX:y; Path=/")
        );
    }

    #[test]
    fn over_https_only_the_host_prefix_counts() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            "x=1; cairn_session=planted".parse().unwrap(),
        );
        assert_eq!(SESSION.get(&headers, true), None);
        assert_eq!(SESSION.get(&headers, false), Some("planted"));
        headers.append(header::COOKIE, "__Host-cairn_session=own".parse().unwrap());
        assert_eq!(SESSION.get(&headers, true), Some("own"));
    }
}
