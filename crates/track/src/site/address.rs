//! Where the pages of a site are, and the relative links between them.
//!
//! Every edition has a tree of its own, which stays for good; the newest one also stands at the top. Links stay within
//! their tree, so that a site can be read from any folder, and a page of an old edition leads to pages of that edition.

use super::words::Lang;

/// Rows of one page of the list of sources, and of that of data.
pub(crate) const ROWS_A_PAGE: usize = 70;

/// One page within a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page<'a> {
    /// Front page.
    Front,
    /// A goal, by id.
    Goal(&'a str),
    /// An initiative, by id.
    Initiative(&'a str),
    /// A measure, by id.
    Measure(&'a str),
    /// A community, by id.
    Community(&'a str),
    /// A figure to be placed in others' pages, by the measure's id.
    Embed(&'a str),
    /// All measures by status; pages from 0.
    Measures(usize),
    /// All initiatives; pages from 0.
    Initiatives(usize),
    /// What can be downloaded; pages from 0.
    Data(usize),
    /// How everything is computed.
    Method,
    /// What changed since the edition before.
    Changes,
    /// The organisations that answer for something.
    Agencies,
    /// Sources; pages from 0.
    Sources(usize),
}

impl Page<'_> {
    /// Its file within the tree.
    pub(crate) fn file(self) -> String {
        match self {
            Self::Front => "index.html".to_owned(),
            Self::Goal(id) => format!("g/{id}.html"),
            Self::Initiative(id) => format!("i/{id}.html"),
            Self::Measure(id) => format!("m/{id}.html"),
            Self::Community(id) => format!("communities/{id}.html"),
            Self::Embed(id) => format!("embed/m/{id}.html"),
            Self::Measures(at) => numbered("measures", at),
            Self::Initiatives(at) => numbered("initiatives", at),
            Self::Data(0) => "data/index.html".to_owned(),
            Self::Data(at) => format!("data/page-{}.html", at + 1),
            Self::Method => "method.html".to_owned(),
            Self::Changes => "changes.html".to_owned(),
            Self::Agencies => "agencies.html".to_owned(),
            Self::Sources(at) => numbered("sources", at),
        }
    }
}

impl<'a> Page<'a> {
    /// The page with this file name within a tree; whether there is such a thing in the plan is not asked.
    pub(crate) fn of_file(file: &'a str) -> Option<Self> {
        let stem = file.strip_suffix(".html")?;
        let page = match stem.rsplit_once('/') {
            None => match stem {
                "index" => Self::Front,
                "method" => Self::Method,
                "changes" => Self::Changes,
                "agencies" => Self::Agencies,
                "sources" => Self::Sources(0),
                "measures" => Self::Measures(0),
                "initiatives" => Self::Initiatives(0),
                _ => {
                    let (list, at) = stem.rsplit_once('-')?;
                    let at = later(at)?;
                    match list {
                        "sources" => Self::Sources(at),
                        "measures" => Self::Measures(at),
                        "initiatives" => Self::Initiatives(at),
                        _ => return None,
                    }
                }
            },
            Some(("g", id)) => Self::Goal(id),
            Some(("i", id)) => Self::Initiative(id),
            Some(("m", id)) => Self::Measure(id),
            Some(("communities", id)) => Self::Community(id),
            Some(("embed/m", id)) => Self::Embed(id),
            Some(("data", "index")) => Self::Data(0),
            Some(("data", name)) => Self::Data(later(name.strip_prefix("page-")?)?),
            Some(_) => return None,
        };
        (page.file() == file).then_some(page)
    }
}

/// The file of a page of a list at the top of a tree.
fn numbered(list: &str, at: usize) -> String {
    match at {
        0 => format!("{list}.html"),
        _ => format!("{list}-{}.html", at + 1),
    }
}

/// Number of a page after the first, from 0.
fn later(number: &str) -> Option<usize> {
    number.parse::<usize>().ok()?.checked_sub(1)
}

/// A set of pages that link to each other: one edition in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tree<'a> {
    /// Its language.
    pub lang: Lang,
    /// Id of its edition; `None` for the newest at the top.
    pub edition: Option<&'a str>,
}

impl<'a> Tree<'a> {
    /// The path of a page from the site's top.
    pub(crate) fn path(self, page: Page<'_>) -> String {
        let language = match self.lang {
            Lang::En => "",
            Lang::Mi => "mi/",
        };
        format!("{language}{}{}", self.folder(), page.file())
    }

    /// The path of a file that all languages share, such as `data/ID.csv`.
    pub(crate) fn shared(self, file: &str) -> String {
        format!("{}{file}", self.folder())
    }

    fn folder(self) -> String {
        self.edition
            .map_or_else(String::new, |edition| format!("e/{edition}/"))
    }

    /// The tree and the page at a path from the site's top.
    pub(crate) fn of_path(path: &'a str) -> Option<(Self, Page<'a>)> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let (lang, path) = match path.strip_prefix("mi/") {
            Some(rest) => (Lang::Mi, rest),
            None => (Lang::En, path),
        };
        let (edition, file) = match path.strip_prefix("e/") {
            Some(rest) => rest.split_once('/').map(|(id, file)| (Some(id), file))?,
            None => (None, path),
        };
        let file = if file.is_empty() { "index.html" } else { file };
        Some((Self { lang, edition }, Page::of_file(file)?))
    }
}

/// The same page in another language: both are paths from the site's top, such as `m/ID.html` and `mi/m/ID.html`. `None`
/// where the path is that of no page; whether the plan has the page is not asked.
#[must_use]
pub fn in_language(path: &str, lang: Lang) -> Option<String> {
    let (tree, page) = Tree::of_path(path)?;
    Some(Tree { lang, ..tree }.path(page))
}

/// The link from one path to another, both from the site's top.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let folder = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    let mut shared = 0;
    let ends = from.bytes().zip(to.bytes()).enumerate();
    for (at, (a, b)) in ends.take(folder(from).min(folder(to))) {
        if a != b {
            break;
        }
        if a == b'/' {
            shared = at + 1;
        }
    }
    let up = from
        .get(shared..folder(from))
        .unwrap_or_default()
        .matches('/')
        .count();
    format!(
        "{}{}",
        "../".repeat(up),
        to.get(shared..).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative() {
        for (from, to, want) in [
            ("index.html", "m/a.html", "m/a.html"),
            ("m/a.html", "index.html", "../index.html"),
            ("m/a.html", "m/b.html", "b.html"),
            ("m/a.html", "mi/m/a.html", "../mi/m/a.html"),
            (
                "mi/e/2022/m/a.html",
                "mi/e/2022/data/index.html",
                "../data/index.html",
            ),
            ("e/2022/m/a.html", "e/2026/m/a.html", "../../2026/m/a.html"),
            ("e/2022/m/a.html", "track.css", "../../../track.css"),
        ] {
            assert_eq!(relative(from, to), want, "{from} to {to}");
        }
    }

    #[test]
    fn a_page_has_its_twin_in_each_language() {
        for (path, mi) in [
            ("", "mi/index.html"),
            ("mi/changes.html", "mi/changes.html"),
            ("e/2022/m/a.html", "mi/e/2022/m/a.html"),
        ] {
            assert_eq!(in_language(path, Lang::Mi).as_deref(), Some(mi));
            let en = mi.strip_prefix("mi/");
            assert_eq!(in_language(mi, Lang::En).as_deref(), en);
        }
        assert_eq!(in_language("data/a.csv", Lang::Mi), None);
    }

    #[test]
    fn paths_read_back() {
        let pages = [
            Page::Front,
            Page::Goal("a"),
            Page::Initiative("b.1"),
            Page::Measure("index"),
            Page::Community("c"),
            Page::Embed("m"),
            Page::Data(0),
            Page::Data(3),
            Page::Method,
            Page::Changes,
            Page::Agencies,
            Page::Sources(0),
            Page::Sources(1),
            Page::Measures(0),
            Page::Measures(2),
            Page::Initiatives(0),
            Page::Initiatives(1),
        ];
        for page in pages {
            for lang in Lang::ALL {
                for edition in [None, Some("2022")] {
                    let tree = Tree { lang, edition };
                    let path = tree.path(page);
                    assert_eq!(Tree::of_path(&path), Some((tree, page)), "{path}");
                }
            }
        }
        let (tree, page) = Tree::of_path("/mi/e/2022/").unwrap();
        assert_eq!((tree.edition, page), (Some("2022"), Page::Front));
        for path in ["", "/", "mi/"] {
            assert_eq!(Tree::of_path(path).unwrap().1, Page::Front);
        }
        for path in [
            "m/a",
            "x/a.html",
            "sources-1.html",
            "data/page-01.html",
            "e/2022",
            "x.html",
        ] {
            assert_eq!(Tree::of_path(path), None, "{path}");
        }
    }
}
