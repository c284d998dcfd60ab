//! The feed of changes, and changes as a table.

use super::address::{Page, Tree};
use super::data::{Change as Entry, Datum, Feed, Place, atom, table_csv};
use super::files;
use super::options::Options;
use super::pages::changes;
use super::words::field::field;
use super::words::{self as w, Lang};
use crate::compare::{Change, Kind, Thing, compare};
use crate::plan::{Edition, Plan, Words};
use crate::report::Report;

/// Entries of the feed, of the newest editions.
const ENTRIES_MAX: usize = 500;
/// Longest text of an entry, characters.
const TEXT_MAX: usize = 400;

/// The feed as XML: each edition, and what changed with it.
pub(crate) fn feed(plan: &Plan, newest: &Report<'_>, options: &Options, lang: Lang) -> String {
    let mut entries = Vec::new();
    for (at, edition) in plan.editions.iter().enumerate().rev() {
        let said = Said {
            plan,
            edition,
            lang,
        };
        entries.push(said.published());
        let before = at.checked_sub(1).and_then(|at| plan.editions.get(at));
        let changes = before.map(|before| compare(plan, before, edition));
        for one in changes.unwrap_or_default() {
            entries.push(said.entry(&one));
        }
    }
    entries.truncate(ENTRIES_MAX);
    let top = Tree {
        lang,
        edition: None,
    };
    atom(&Feed {
        plan: &plan.id,
        title: plan.title.get(lang.as_str()).0,
        language: lang.as_str(),
        author: &plan.owner,
        place: Place {
            base_url: files::base_url(plan, options),
            up: match lang {
                Lang::En => "",
                Lang::Mi => "../",
            },
        },
        path: &file(lang),
        home: &top.path(Page::Changes),
        since: newest.as_of,
        changes: entries,
    })
}

/// Path of the feed in a language, from the site's top.
pub(crate) fn file(lang: Lang) -> String {
    match lang {
        Lang::En => super::FEED.to_owned(),
        Lang::Mi => format!("{}/{}", lang.as_str(), super::FEED),
    }
}

/// One edition's entries in one language. Readers know entries by their ids, which are the same in every language and do
/// not change with our words.
#[derive(Clone, Copy)]
struct Said<'a> {
    plan: &'a Plan,
    edition: &'a Edition,
    lang: Lang,
}

impl Said<'_> {
    fn path(self, page: Page<'_>) -> String {
        Tree {
            lang: self.lang,
            edition: Some(&self.edition.id),
        }
        .path(page)
    }

    fn words(self, words: &Words) -> &str {
        words.get(self.lang.as_str()).0
    }

    fn published(self) -> Entry {
        let edition = self.edition;
        let title = self.words(&edition.title);
        Entry {
            id: format!("edition:{}", edition.id),
            title: format!("{} {}: {title}", w::edition(self.lang), edition.id),
            text: self.words(&edition.vision).to_owned(),
            at: edition.published.unwrap_or(edition.as_of),
            href: self.path(Page::Front),
        }
    }

    /// What the change is about: its title in this edition or in one before.
    fn subject(self, one: &Change) -> String {
        let id = &one.what.id;
        let own = self.edition.id.as_str();
        let editions = self.plan.editions.iter().rev();
        let mut editions = editions.skip_while(|edition| edition.id != own);
        let title = match one.what.thing {
            Thing::Edition => Some(&self.edition.title),
            Thing::Theme => editions.find_map(|e| e.theme(id)).map(|one| &one.title),
            Thing::Goal => editions.find_map(|e| e.goal(id)).map(|one| &one.title),
            Thing::Initiative => editions
                .find_map(|e| e.initiative(id))
                .map(|one| &one.title),
            Thing::Measure => editions.find_map(|e| e.measure(id)).map(|one| &one.title),
        };
        title
            .map_or(id.as_str(), |title| self.words(title))
            .to_owned()
    }

    fn entry(self, one: &Change) -> Entry {
        let lang = self.lang;
        let page = match one.what.thing {
            Thing::Goal => Page::Goal(&one.what.id),
            Thing::Initiative => Page::Initiative(&one.what.id),
            Thing::Measure => Page::Measure(&one.what.id),
            Thing::Edition | Thing::Theme => Page::Changes,
        };
        let mut title = format!("{}: {}", self.subject(one), changes::kind(lang, one.kind));
        if !one.field.is_empty() && one.kind != Kind::More {
            title = format!("{title} ({})", field(lang, one.field));
        }
        let (was, is) = (w::change_was(lang), w::change_is(lang));
        let mut text = match (one.before.is_empty(), one.after.is_empty()) {
            (true, _) => one.after.clone(),
            (false, true) => format!("{was} {}", one.before),
            (false, false) => format!("{was} {}\n{is} {}", one.before, one.after),
        };
        if let Some(why) = &one.why {
            text = format!("{text}\n{} {}", w::change_why(lang), self.words(why));
        }
        Entry {
            id: format!(
                "{} {} {} {} {}",
                self.edition.id,
                one.what,
                one.kind.code(),
                one.field,
                one.part
            ),
            title,
            text: text.chars().take(TEXT_MAX).collect(),
            at: one.at,
            href: self.path(page),
        }
    }
}

/// All changes since the edition before.
pub(crate) fn table(plan: &Plan, before: &Edition, after: &Edition) -> String {
    let rows: Vec<Vec<Datum>> = compare(plan, before, after)
        .into_iter()
        .map(|one| {
            vec![
                Datum::text(one.what.thing.code()),
                Datum::text(one.what.id),
                Datum::text(one.kind.code()),
                Datum::text(one.field),
                Datum::text(one.part),
                Datum::text(one.before),
                Datum::text(one.after),
                Datum::text(one.why.map(|why| why.en).unwrap_or_default()),
                Datum::text(one.source.unwrap_or_default()),
            ]
        })
        .collect();
    let header = [
        "what", "id", "kind", "field", "part", "before", "after", "why", "source",
    ];
    table_csv(&header, &rows)
}
