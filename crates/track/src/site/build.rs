//! Every file of a site, one after the other.

use std::collections::BTreeMap;

use super::address::{Page, ROWS_A_PAGE, Tree};
use super::context::Context;
use super::options::Options;
use super::published::Published;
use super::words::Lang;
use super::{files, layout, pages, print};
use crate::plan::{Edition, Plan, Visible};
use crate::report::Report;
use crate::share;

/// What was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files, pages included.
    pub files: usize,
    /// Pages.
    pub pages: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of the largest page.
    pub largest_page: usize,
}

/// Why a site was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError<E> {
    /// The plan has no edition, so that there is nothing to show.
    #[error("the plan has no edition")]
    NoEdition,
    /// The receiver of the files failed.
    #[error("writing {path}: {error}")]
    Sink {
        /// The file, from the site's top.
        path: String,
        /// What it said.
        error: E,
    },
    /// The report could not be printed.
    #[error("printing the report of the edition {edition} ({language}): {error}")]
    Print {
        /// The edition's id.
        edition: String,
        /// Tag of its language.
        language: &'static str,
        /// What the printer said.
        error: cairn_pdf::Fault,
    },
}

/// One edition as it is to be built.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    pub report: &'a Report<'a>,
    pub before: Option<&'a Report<'a>>,
    pub options: &'a Options,
    pub languages: &'a [Lang],
    /// Place of each source among all.
    pub sources: &'a BTreeMap<&'a str, usize>,
    /// Files of values by the measures' ids.
    pub published: &'a BTreeMap<&'a str, Published>,
    /// Bytes of the printed reports, once they are made.
    pub prints: &'a BTreeMap<Lang, usize>,
}

/// Places of a plan's sources in the list of all.
pub(crate) fn source_places(plan: &Plan) -> BTreeMap<&str, usize> {
    let ids = plan.sources.keys().map(String::as_str);
    ids.enumerate().map(|(at, id)| (id, at)).collect()
}

/// Takes a file with its path from the site's top.
pub type Sink<'s, E> = dyn FnMut(&str, Vec<u8>) -> Result<(), E> + 's;

pub(crate) struct Out<'s, E> {
    sink: &'s mut Sink<'s, E>,
    summary: Summary,
}

impl<E> Out<'_, E> {
    pub(crate) fn file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), BuildError<E>> {
        self.summary.files += 1;
        self.summary.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        (self.sink)(path, bytes).map_err(|error| BuildError::Sink {
            path: path.to_owned(),
            error,
        })
    }

    fn page(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), BuildError<E>> {
        self.summary.pages += 1;
        self.summary.largest_page = self.summary.largest_page.max(bytes.len());
        self.file(path, bytes)
    }
}

/// Hands every file of the static site of a plan to `sink`, with its path from the site's top, one by one: the site is
/// never held as a whole. The same plan gives the same files in the same order.
///
/// # Errors
/// See [`BuildError`].
pub fn build<'s, E>(
    plan: &Plan,
    options: &Options,
    sink: &'s mut Sink<'s, E>,
) -> Result<Summary, BuildError<E>> {
    let reports: Vec<Report<'_>> = plan
        .editions
        .iter()
        .map(|edition| Report::of(plan, edition))
        .collect();
    let newest = reports.last().ok_or(BuildError::NoEdition)?;
    let languages = options.languages_of(plan);
    let sources = source_places(plan);
    let mut out = Out {
        sink,
        summary: Summary::default(),
    };
    files::top(plan, newest, options, &mut out)?;
    for (at, report) in reports.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| reports.get(at));
        let published = Published::of(report);
        let mut prints = BTreeMap::new();
        let of = Of {
            report,
            before,
            options,
            languages: &languages,
            sources: &sources,
            published: &published,
            prints: &BTreeMap::new(),
        };
        let own = Some(report.edition.id.as_str());
        let is_newest = at + 1 == reports.len();
        let editions: &[Option<&str>] = if is_newest { &[None, own] } else { &[own] };
        let sizes = files::data(report, before, editions, &mut out)?;
        let earlier = reports.get(..at).unwrap_or_default();
        files::kept(report, earlier, editions, &mut out)?;
        if is_newest {
            files::catalogue(report, options, &sizes, &mut out)?;
        }
        let printed = share::map(&languages, |lang| print::print(&of, *lang));
        for (lang, pdf) in languages.iter().zip(printed) {
            let pdf = pdf.map_err(|error| BuildError::Print {
                edition: report.edition.id.clone(),
                language: lang.as_str(),
                error,
            })?;
            prints.insert(*lang, pdf.bytes.len());
            files::print(*lang, pdf.bytes, editions, &mut out)?;
        }
        let of = Of {
            prints: &prints,
            ..of
        };
        trees(&of, editions, &mut out)?;
    }
    Ok(out.summary)
}

/// The pages of an edition, in each language and each of its folders.
fn trees<E>(
    of: &Of<'_>,
    editions: &[Option<&str>],
    out: &mut Out<'_, E>,
) -> Result<(), BuildError<E>> {
    for edition in editions {
        for lang in of.languages {
            let tree = Tree {
                lang: *lang,
                edition: *edition,
            };
            let make = |page: &Page<'_>| {
                let cx = Context::new(of, tree, *page);
                render(&cx).map(|bytes| (cx.path, bytes))
            };
            share::in_order(&pages_of(of), make, |made| {
                made.map_or(Ok(()), |(path, bytes)| out.page(&path, bytes))
            })?;
        }
    }
    Ok(())
}

/// Every page of an edition.
fn pages_of<'a>(of: &Of<'a>) -> Vec<Page<'a>> {
    let edition = of.report.edition;
    let mut all = vec![Page::Front, Page::Method, Page::Changes, Page::Agencies];
    all.extend((0..pages::measures::pages(of.report)).map(Page::Measures));
    all.extend((0..pages::initiatives::pages(of.report)).map(Page::Initiatives));
    all.extend((0..pages::data::pages(of.report)).map(Page::Data));
    all.extend((0..of.sources.len().div_ceil(ROWS_A_PAGE).max(1)).map(Page::Sources));
    all.extend(edition.goals.iter().map(|one| Page::Goal(&one.id)));
    all.extend(
        edition
            .initiatives
            .iter()
            .map(|one| Page::Initiative(&one.id)),
    );
    for one in &edition.measures {
        all.extend([Page::Measure(&one.id), Page::Embed(&one.id)]);
    }
    all.extend(pages::gone::all(of.report));
    let plan = of.report.plan;
    let is_newest = plan.newest().is_some_and(|newest| newest.id == edition.id);
    let public = plan
        .communities
        .iter()
        .filter(|one| is_newest && one.visible == Visible::Public);
    all.extend(public.map(|one| Page::Community(&one.id)));
    all
}

/// A page as bytes; `None` if the edition has no such page.
pub(crate) fn render(cx: &Context<'_>) -> Option<Vec<u8>> {
    let body = pages::body(cx)?;
    Some(match cx.page {
        Page::Embed(_) => layout::bare(cx, &body),
        _ => layout::document(cx, &body),
    })
}

/// One page by its path from the site's top, such as `mi/m/ID.html`; `None` if there is none. `report` must be that of
/// the edition which the path names, or of the newest one.
#[must_use]
pub fn page(plan: &Plan, report: &Report<'_>, path: &str, options: &Options) -> Option<Vec<u8>> {
    let (tree, page) = Tree::of_path(path)?;
    let asked = match tree.edition {
        Some(id) => plan.edition(id)?,
        None => plan.newest()?,
    };
    let languages = options.languages_of(plan);
    if asked.id != report.edition.id || !languages.contains(&tree.lang) {
        return None;
    }
    let before = match page {
        Page::Changes | Page::Front => plan
            .before(&asked.id)
            .map(|edition| Report::of(plan, edition)),
        _ => None,
    };
    let published = Published::of(report);
    let mut prints = BTreeMap::new();
    let of = Of {
        report,
        before: before.as_ref(),
        options,
        languages: &languages,
        sources: &source_places(plan),
        published: &published,
        prints: &BTreeMap::new(),
    };
    // Only pages that link to the printed report say how large it is.
    if matches!(page, Page::Front | Page::Data(0)) {
        let before = plan
            .before(&asked.id)
            .map(|edition| Report::of(plan, edition));
        let whole = Of {
            before: before.as_ref(),
            ..of
        };
        let pdf = print::print(&whole, tree.lang).ok()?;
        prints.insert(tree.lang, pdf.bytes.len());
    }
    let of = Of {
        prints: &prints,
        ..of
    };
    render(&Context::new(&of, tree, page))
}

/// The whole report of an edition as a tagged PDF (PDF/UA-1), byte for byte as the site has it.
///
/// # Errors
/// The printer refused it, which no plan should bring about.
pub fn pdf(plan: &Plan, edition: &Edition, lang: Lang) -> Result<cairn_pdf::Pdf, cairn_pdf::Fault> {
    let report = Report::of(plan, edition);
    let before = plan
        .before(&edition.id)
        .map(|before| Report::of(plan, before));
    let options = Options::default();
    let of = Of {
        report: &report,
        before: before.as_ref(),
        options: &options,
        languages: &options.languages_of(plan),
        sources: &source_places(plan),
        published: &Published::of(&report),
        prints: &BTreeMap::new(),
    };
    print::print(&of, lang)
}
