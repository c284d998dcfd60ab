//! The whole report of an edition as one document to print or to keep: a tagged PDF (PDF/UA-1).
//!
//! It is made of the markup of the pages ([`read`]), in the order of a book. So it says what the pages say, in the same
//! words, and shows nothing that they do not show. No clock, address or option goes into it: the same plan gives the same
//! bytes.

mod chapters;
mod chart;
mod markup;
mod read;
mod table;
mod work;

use cairn_pdf::{Block, Document, Language, Pdf, Span};
use maud::Markup;

use super::address::{Page, Tree};
use super::build::Of;
use super::context::Context;
use super::words::{self as w, Lang};
use crate::plan::{Status, Words};
use read::How;

/// The file of an edition's report in a language, beside its front page.
pub(crate) fn file(lang: Lang) -> String {
    format!("report.{}.pdf", lang.as_str())
}

/// Prints the report of an edition.
///
/// # Errors
/// The printer refused it, which no plan should bring about.
pub(crate) fn print(of: &Of<'_>, lang: Lang) -> Result<Pdf, cairn_pdf::Fault> {
    let tree = Tree {
        lang,
        edition: None,
    };
    let mut context = Context::new(of, tree, Page::Front);
    context.on_paper = true;
    let mut print = Print {
        cx: &context,
        blocks: Vec::new(),
    };
    print.whole();
    let Print { cx, mut blocks } = print;
    level(&mut blocks);
    cairn_pdf::render(document(cx, blocks))
}

/// The cover, and the blocks behind it.
fn document(cx: &Context<'_>, blocks: Vec<Block>) -> Document {
    let lang = cx.lang();
    let plan = cx.plan;
    let edition = cx.edition();
    let state = match edition.status {
        Status::Draft => w::draft(lang),
        Status::Frozen => w::frozen(lang),
    };
    let facts = [
        w::print_edition(lang, &edition.id, state),
        w::as_of(lang, cx.day(cx.report.as_of)),
    ];
    let (title, title_language) = own(cx, &plan.title);
    let (subject, subject_language) = own(cx, &edition.title);
    let mut lines = vec![vec![Span::plain(w::print_kind(lang)).strong()]];
    lines.extend(facts.into_iter().map(|fact| vec![Span::plain(fact)]));
    // The plan keeps its licence in English only.
    let english = (lang != Lang::En).then_some(Language::English);
    lines.push(vec![
        Span::plain(format!("{}: ", w::licence(lang))),
        Span::said(plan.licence.as_str(), english),
    ]);
    Document {
        title: title.to_owned(),
        title_language,
        language: language(lang),
        author: plan.owner.clone(),
        subject: subject.to_owned(),
        subject_language,
        date: cx.report.as_of,
        facts: lines,
        blocks,
    }
}

fn language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::English,
        Lang::Mi => Language::Maori,
    }
}

/// A text of the plan, and its language where that is not the document's.
fn own<'w>(cx: &Context<'_>, words: &'w Words) -> (&'w str, Option<Language>) {
    let (text, is_translated) = words.get(cx.lang().as_str());
    (text, (!is_translated).then_some(Language::English))
}

/// The book, while it grows.
struct Print<'c, 'a> {
    cx: &'c Context<'a>,
    blocks: Vec<Block>,
}

impl Print<'_, '_> {
    fn lang(&self) -> Lang {
        self.cx.lang()
    }

    /// A heading of our own words.
    fn heading(&mut self, level: u8, words: &str) {
        self.blocks.push(Block::heading(level, words));
    }

    /// A heading of the plan's words.
    fn title(&mut self, level: u8, words: &Words) {
        let (text, language) = own(self.cx, words);
        let heading = read::heading(level, &[Span::said(text, language)]);
        self.blocks.extend(heading);
    }

    /// A paragraph of our own words.
    fn text(&mut self, words: impl Into<String>) {
        self.blocks.push(Block::text(words));
    }

    /// Markup of a page, with its headings so much deeper.
    fn add(&mut self, markup: Markup, deeper: i8) {
        self.blocks.extend(self.read(markup, deeper));
    }

    fn read(&self, markup: Markup, deeper: i8) -> Vec<Block> {
        let how = How {
            lang: self.lang(),
            deeper,
            chart: None,
        };
        read::blocks(&markup.into_string(), how)
    }

    /// Markup of one line.
    fn spans(&self, markup: Markup) -> Vec<Span> {
        read::spans(&markup.into_string(), self.lang())
    }
}

/// Lifts headings that skip a level, as those of a narrative may.
fn level(blocks: &mut [Block]) {
    let mut before = 0;
    for block in blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).clamp(1, before + 1);
            before = *level;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_skips_a_level() {
        let mut blocks: Vec<Block> = [1, 4, 4, 2, 6, 1]
            .map(|level| Block::heading(level, "x"))
            .into();
        level(&mut blocks);
        let levels: Vec<u8> = blocks
            .iter()
            .filter_map(|block| match block {
                Block::Heading { level, .. } => Some(*level),
                _ => None,
            })
            .collect();
        assert_eq!(levels, [1, 2, 3, 2, 3, 1]);
    }
}
