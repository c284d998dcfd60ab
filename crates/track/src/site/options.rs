//! How a site is to be built.

use serde::{Deserialize, Serialize};

use super::words::Lang;

/// How a site is to be built.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Languages of its pages; those that the plan names if empty. English is always one of them.
    pub languages: Vec<Lang>,
    /// Address under which it will be published, without a last `/`; for identifiers in Atom and DCAT. That of the plan
    /// if `None`.
    pub base_url: Option<String>,
    /// Address at which a figure is challenged; `plan`, `edition`, `figure` and `lang` are added to it as a query. If
    /// `None`, a challenge is a mail to the plan's contact.
    pub challenge: Option<String>,
    /// Ways back into the service that shows the pages, the first to its front page; none in a site of its own. They are in
    /// a bundle's manifest, so that pages with them can be computed again as well.
    pub doors: Vec<Door>,
    /// Address at which what was challenged before is listed; `figure` is added to it as a query. If `None`, pages lead to
    /// no list.
    pub challenges: Option<String>,
    /// Address at which all that was published of the plan is kept, as it stands in `href` of English pages. If `None`, pages
    /// lead to no such list.
    pub versions: Option<String>,
    /// What stands around the pages.
    pub frame: Frame,
}

/// A link out of the site, above its own navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// Where to, as it stands in `href` of English pages.
    pub href: String,
    /// The same of pages in te reo Māori.
    pub href_mi: String,
    /// Its words.
    pub en: String,
    /// Its words in te reo Māori.
    pub mi: String,
}

impl Door {
    /// Address and words in a language.
    pub(crate) fn of(&self, lang: Lang) -> (&str, &str) {
        match lang {
            Lang::En => (&self.href, &self.en),
            Lang::Mi => (&self.href_mi, &self.mi),
        }
    }
}

/// What stands around each page. The default is a plain header and footer of the site's own.
///
/// All markup is put in as it stands: it must be well formed and escaped, without scripts or styles in attributes.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Addresses of style sheets in place of the site's own, as they stand in `href`.
    pub styles: Vec<String>,
    /// Markup in place of the header.
    pub header: Option<String>,
    /// Markup in place of the footer.
    pub footer: Option<String>,
}

impl Options {
    /// The languages of a plan's pages, English first.
    pub(crate) fn languages_of(&self, plan: &crate::plan::Plan) -> Vec<Lang> {
        let asked = |lang: Lang| {
            if self.languages.is_empty() {
                plan.languages.iter().any(|tag| tag == lang.as_str())
            } else {
                self.languages.contains(&lang)
            }
        };
        Lang::ALL
            .into_iter()
            .filter(|lang| *lang == Lang::En || asked(*lang))
            .collect()
    }
}
