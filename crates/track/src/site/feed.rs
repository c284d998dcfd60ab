//! The feed of changes, and changes as a table.

use super::address::{Page, Tree};
use super::data::{Change as Entry, Datum, Feed, Place, atom, table_csv};
use super::files;
use super::options::Options;
use super::words::Lang;
use crate::compare::{Change, Thing, compare};
use crate::plan::{Edition, Plan};
use crate::report::Report;

/// Entries of the feed, of the newest editions.
const ENTRIES_MAX: usize = 500;
/// Longest text of an entry, characters.
const TEXT_MAX: usize = 400;

/// The feed as XML: each edition, and what changed with it.
pub(crate) fn feed(plan: &Plan, newest: &Report<'_>, options: &Options) -> String {
    let mut entries = Vec::new();
    for (at, edition) in plan.editions.iter().enumerate().rev() {
        entries.push(published(edition));
        let before = at.checked_sub(1).and_then(|at| plan.editions.get(at));
        for one in before
            .map(|before| compare(plan, before, edition))
            .unwrap_or_default()
        {
            entries.push(entry(edition, &one));
        }
    }
    entries.truncate(ENTRIES_MAX);
    atom(&Feed {
        plan: &plan.id,
        title: &plan.title.en,
        language: Lang::En.as_str(),
        author: &plan.owner,
        place: Place {
            base_url: files::base_url(plan, options),
            up: "",
        },
        path: super::FEED,
        home: "changes.html",
        since: newest.as_of,
        changes: entries,
    })
}

fn path(edition: &Edition, page: Page<'_>) -> String {
    Tree {
        lang: Lang::En,
        edition: Some(&edition.id),
    }
    .path(page)
}

fn published(edition: &Edition) -> Entry {
    Entry {
        id: format!("edition:{}", edition.id),
        title: format!("Edition {}: {}", edition.id, edition.title.en),
        text: edition.vision.en.clone(),
        at: edition.published.unwrap_or(edition.as_of),
        href: path(edition, Page::Front),
    }
}

fn entry(edition: &Edition, one: &Change) -> Entry {
    let page = match one.what.thing {
        Thing::Goal => Page::Goal(&one.what.id),
        Thing::Initiative => Page::Initiative(&one.what.id),
        Thing::Measure => Page::Measure(&one.what.id),
        Thing::Edition | Thing::Theme => Page::Changes,
    };
    let part = if one.part.is_empty() {
        one.field
    } else {
        &one.part
    };
    let mut text = match (one.before.is_empty(), one.after.is_empty()) {
        (true, _) => one.after.clone(),
        (false, true) => format!("Was: {}", one.before),
        (false, false) => format!("Was: {}\nIs: {}", one.before, one.after),
    };
    if let Some(why) = &one.why {
        text = format!("{text}\nWhy: {}", why.en);
    }
    Entry {
        id: format!(
            "{} {} {} {} {}",
            edition.id,
            one.what,
            one.kind.code(),
            one.field,
            one.part
        ),
        title: format!(
            "{} {}: {} {part}",
            one.what.thing.code(),
            one.what.id,
            one.kind.code()
        )
        .trim_end()
        .to_owned(),
        text: text.chars().take(TEXT_MAX).collect(),
        at: one.at,
        href: path(edition, page),
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
