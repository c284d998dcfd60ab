//! What a page knows about the request it answers, and the frame it is put into.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use cairn_kernel::time::Micros;
use maud::Markup;

use crate::i18n::{self, Lang};
use crate::layout;
use crate::problem::Problem;
use crate::site::Site;

/// A door of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `/report`
    Report,
    /// `/status`
    Status,
    /// `/figures`
    Figures,
    /// `/track`
    Track,
    /// `/evidence`
    Evidence,
    /// `/desk`, or `/sign-in` for who isn't signed in.
    Desk,
}

/// Whether the host that a request names is an IP address.
fn names_ip(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host.or_else(|| uri.host()) else {
        return false;
    };
    let bare = match host.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|b| b.is_ascii_digit()) => bare,
        _ => host,
    };
    bare.trim_matches(['[', ']'])
        .parse::<std::net::IpAddr>()
        .is_ok()
}

/// Every handler's first argument: language, site, and the means to render. For GET and POST alike.
///
/// ```text
/// async fn show(page: Page, State(app): State<App>) -> Result<Markup, Problem> {
///     let lang = page.lang;
///     Ok(page.section(Section::Figures).render(t::figures_title(lang), html! { h1 { (t::figures_title(lang)) } }))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    /// The language to answer in.
    pub lang: Lang,
    /// The deployment.
    pub site: Arc<Site>,
    pub(crate) uri: Uri,
    pub(crate) section: Option<Section>,
    pub(crate) officer: Option<String>,
    pub(crate) exit: bool,
    pub(crate) wide: bool,
    pub(crate) faulty: bool,
    pub(crate) keys: Option<String>,
    pub(crate) passkeys: bool,
    /// The request named an IP address, where browsers take no passkeys.
    pub(crate) by_ip: bool,
}

impl Page {
    /// For a request of which only these parts are at hand.
    #[must_use]
    pub fn of(site: &Arc<Site>, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            lang: Lang::of_request(uri, headers),
            site: Arc::clone(site),
            uri: uri.clone(),
            section: None,
            officer: None,
            exit: false,
            wide: false,
            faulty: false,
            keys: None,
            passkeys: false,
            by_ip: names_ip(uri, headers),
        }
    }

    /// Marks a door in the navigation as the one we are in.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// Shows who is signed in, and the way out; `name` is shown as text.
    #[must_use]
    pub fn signed_in(mut self, name: impl Into<String>) -> Self {
        self.officer = Some(name.into());
        self
    }

    /// Lets keys do things, as the script of officers' pages reads them.
    #[must_use]
    pub fn keys(mut self, keys: String) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Brings the script that asks for passkeys.
    #[must_use]
    pub const fn passkeys(mut self) -> Self {
        self.passkeys = true;
        self
    }

    /// Adds the "exit this page" button, for branches where people may be at risk.
    #[must_use]
    pub const fn with_exit(mut self) -> Self {
        self.exit = true;
        self
    }

    /// Gives tables and figures the whole width of a large screen.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Says "Error:" first in the title, so that a screen reader says it first. For forms shown again.
    #[must_use]
    pub const fn faulty(mut self, faulty: bool) -> Self {
        self.faulty = faulty;
        self
    }

    /// The whole page. `title` is the page's heading as text; `body` starts with the `h1`.
    #[must_use]
    pub fn render(&self, title: &str, body: Markup) -> Markup {
        layout::shell(self, title, body)
    }

    /// A day in the site's time zone: `23 November 2026`.
    #[must_use]
    pub fn day(&self, at: Micros) -> String {
        i18n::day_of(self.lang, at, &self.site.zone)
    }

    /// A moment in the site's time zone: `23 November 2026, 18:05`.
    #[must_use]
    pub fn moment(&self, at: Micros) -> String {
        i18n::moment(self.lang, at, &self.site.zone)
    }

    /// This page's address in another language, for a plain link. Only for pages that a GET shows; after a POST the link
    /// leads to the same path.
    #[must_use]
    pub fn in_language(&self, lang: Lang) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes())
        {
            if name != "lang" {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair("lang", lang.as_str());
        // Two slashes at the start would name another host.
        let path = self.uri.path().trim_start_matches('/');
        format!("/{path}?{}", query.finish())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let site = parts.extensions.get::<Arc<Site>>();
        let site =
            site.ok_or_else(|| Problem::unexpected(&"the router was not finished with a site"))?;
        Ok(Self::of(site, &parts.uri, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_switch_keeps_the_query_and_the_host() {
        let at = |uri: &str| {
            Page::of(
                &Arc::new(Site::example()),
                &uri.parse().unwrap(),
                &HeaderMap::new(),
            )
            .in_language(Lang::Mi)
        };
        assert_eq!(at("/figures"), "/figures?lang=mi");
        assert_eq!(
            at("/figures?lang=en&from=2024%20Q1"),
            "/figures?from=2024+Q1&lang=mi"
        );
        assert_eq!(at("//evil.example/x"), "/evil.example/x?lang=mi");
    }
}
