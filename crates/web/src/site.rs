//! What a deployment calls itself and where it stands.

use axum::http::{HeaderMap, header};
use jiff::tz::TimeZone;

use crate::i18n::Lang;

/// Settings that the pages show or need. One per process, in the extensions of every request.
#[derive(Debug, Clone)]
pub struct Site {
    /// The service's name in English, shown beside the wordmark.
    pub name_en: String,
    /// The same in te reo Māori.
    pub name_mi: String,
    /// Whose door this is, in English and te reo Māori, where several share one installation; none says nothing.
    pub house: Option<(String, String)>,
    /// Where people reach the service, without a slash at the end: `https://report.example.org`.
    pub public_url: String,
    /// Whether people reach it by HTTPS, here or at a proxy: cookies get `Secure` and `__Host-`, answers get HSTS.
    pub https: bool,
    /// The zone in which dates are shown.
    pub zone: TimeZone,
    /// An address at which the operator can be written to, shown on the statements; none shows none.
    pub contact: Option<String>,
    /// Where "exit this page" leads: somewhere ordinary that says nothing about where one was.
    pub exit_to: String,
    /// Days after which the contact details of a closed report are erased; 0 keeps them.
    pub contact_days: u32,
    /// The same as rules of the operator's say, at most, where there are such.
    pub rules_contact_days: Option<u32>,
}

impl Site {
    /// A site for tests, examples and the gallery.
    #[must_use]
    pub fn example() -> Self {
        Self {
            name_en: "Report a cyber incident".into(),
            name_mi: "Pūrongo i tētahi maiki ipurangi".into(),
            house: None,
            public_url: "http://127.0.0.1".into(),
            https: false,
            zone: TimeZone::get("Pacific/Auckland").unwrap_or(TimeZone::UTC),
            contact: Some("help@report.example.org".into()),
            exit_to: "https://weather.example.org/".into(),
            contact_days: 365,
            rules_contact_days: None,
        }
    }

    /// The service's name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.name_en,
            Lang::Mi => &self.name_mi,
        }
    }

    /// Whose door this is, in a language.
    #[must_use]
    pub fn house(&self, lang: Lang) -> Option<&str> {
        let (en, mi) = self.house.as_ref()?;
        Some(match lang {
            Lang::En => en,
            Lang::Mi => mi,
        })
    }

    /// Whether an `Origin` is ours: the public address, or the host that the request itself named (a page of another site
    /// can't choose that).
    #[must_use]
    pub fn is_own_origin(&self, origin: &[u8], headers: &HeaderMap) -> bool {
        if origin == self.public_url.as_bytes() {
            return true;
        }
        let host = headers.get(header::HOST).map(|host| host.as_bytes());
        [b"https://".as_slice(), b"http://"]
            .into_iter()
            .filter_map(|scheme| origin.strip_prefix(scheme))
            .any(|named| Some(named) == host)
    }
}
