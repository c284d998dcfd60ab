//! What changed since the edition before, and why.

use maud::{Markup, html};

use super::{changed, moved};
use crate::compare::{Change, In, Kind, Thing, compare};
use crate::plan::{How, What};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::files;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words::{self as w, Lang};

/// Letters of changes on the page; the file has the rest.
const LETTERS_MAX: usize = 9_000;
/// Letters that the markup of one change takes, about.
const LETTERS_EACH: usize = 120;
/// Longer texts are cut; the file has them whole.
const TEXT_MAX: usize = 700;

pub(crate) fn body(cx: &Context<'_>) -> Body {
    let lang = cx.lang();
    let title = w::changes_title(lang).to_owned();
    let main = match cx.before {
        None => html! { h1 { (title) } p { (w::changes_first(lang)) } },
        Some(before) => {
            let all = compare(cx.plan, before.edition, cx.edition());
            html! {
                h1 { (title) }
                p.lead { (w::changes_between(lang, &before.edition.id, &cx.edition().id)) }
                (moved::section(cx, before, &all))
                h2 { (w::everything_changed(lang)) }
                p { (w::changes_lead(lang)) " " (w::changes_count(lang, all.len())) "." }
                p { a href=(cx.href_shared(files::CHANGES)) { (w::changes_file(lang)) } }
                @if all.is_empty() { p { (w::changes_none(lang)) } }
                (listed(cx, &all))
            }
        }
    };
    Body { title, main }
}

fn listed(cx: &Context<'_>, all: &[Change]) -> Markup {
    let mut left = LETTERS_MAX;
    let mut shown = 0;
    for one in all {
        let letters = LETTERS_EACH + (one.before.len() + one.after.len()).min(2 * TEXT_MAX);
        if letters > left {
            break;
        }
        left -= letters;
        shown += 1;
    }
    let groups = all
        .get(..shown)
        .unwrap_or_default()
        .chunk_by(|a, b| a.what == b.what);
    let more = all.len() - shown;
    html! {
        @for group in groups {
            @if let Some(first) = group.first() {
                section.changed {
                    h3 { (subject(cx, first)) }
                    @for one in group { (change(cx, one)) }
                }
            }
        }
        @if more > 0 { p { a href=(cx.href_shared(files::CHANGES)) { (w::changes_more(cx.lang(), more)) } } }
    }
}

const fn thing(lang: Lang, thing: Thing) -> &'static str {
    match thing {
        Thing::Edition => w::edition(lang),
        Thing::Theme => w::theme(lang),
        Thing::Goal => w::goal(lang),
        Thing::Initiative => w::initiative(lang),
        Thing::Measure => w::measure(lang),
    }
}

/// What the change is about, with a link to its page, which is there even when it has ended.
fn subject(cx: &Context<'_>, one: &Change) -> Markup {
    let id = &one.what.id;
    let editions = || {
        cx.plan
            .editions
            .iter()
            .rev()
            .skip_while(|edition| edition.id != cx.edition().id)
    };
    let (title, page) = match one.what.thing {
        Thing::Edition => (Some(&cx.edition().title), Some(Page::Front)),
        Thing::Theme => (
            editions()
                .find_map(|edition| edition.theme(id))
                .map(|one| &one.title),
            None,
        ),
        Thing::Goal => (
            editions()
                .find_map(|edition| edition.goal(id))
                .map(|one| &one.title),
            Some(Page::Goal(id)),
        ),
        Thing::Initiative => (
            editions()
                .find_map(|edition| edition.initiative(id))
                .map(|one| &one.title),
            Some(Page::Initiative(id)),
        ),
        Thing::Measure => (
            editions()
                .find_map(|edition| edition.measure(id))
                .map(|one| &one.title),
            Some(Page::Measure(id)),
        ),
    };
    let words = html! { @match title { Some(title) => (cx.text(title)), None => (id) } };
    html! {
        (thing(cx.lang(), one.what.thing)) ": "
        @match page { Some(page) => a href=(cx.href(page)) { (words) }, None => (words) }
    }
}

/// A kind of change in words.
pub(crate) const fn kind(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Added => w::k_added(lang),
        Kind::Ended => w::k_ended(lang),
        Kind::Renamed => w::k_renamed(lang),
        Kind::Value => w::k_value(lang),
        Kind::Restated => w::k_restated(lang),
        Kind::Withdrawn => w::k_withdrawn(lang),
        Kind::Break => w::k_break(lang),
        Kind::Access => w::k_access(lang),
        Kind::More => w::k_more(lang),
        Kind::Definition => w::k_definition(lang),
        Kind::Target => w::k_target(lang),
        Kind::Owner => w::k_owner(lang),
        Kind::Wording => w::k_wording(lang),
        Kind::Place => w::k_place(lang),
        Kind::Source => w::k_source(lang),
        Kind::Basis => w::k_basis(lang),
        Kind::Rank => w::k_rank(lang),
        Kind::Due => w::k_due(lang),
        Kind::Milestone => w::k_milestone(lang),
        Kind::Action => w::k_action(lang),
        Kind::Budget => w::k_budget(lang),
        Kind::Claim => w::k_claim(lang),
        Kind::Note => w::k_note(lang),
        Kind::Dissent => w::k_dissent(lang),
    }
}

fn change(cx: &Context<'_>, one: &Change) -> Markup {
    let lang = cx.lang();
    html! {
        div.change {
            p {
                span.tag { (kind(lang, one.kind)) }
                @if !one.part.is_empty() { " " strong { (changed::part(cx, one)) } }
                @if let Some(name) = changed::name(cx, one) { " " (name) ":" }
                (short(cx, one))
            }
            (difference(cx, one))
            @if let Some(ending) = &one.ending {
                p {
                    (how(lang, ending.how))
                    @if let Some(on) = ending.on { " " (w::period_of(lang, on)) "." }
                    @if !ending.into.is_empty() { " " (w::change_into(lang)) " " (into(cx, one, &ending.into)) }
                }
            }
            @match &one.why {
                Some(why) => p { strong { (w::change_why(lang)) } " " (cx.text(why)) },
                None => @if matches!(one.kind, Kind::Ended | Kind::Restated | Kind::Withdrawn) { p { (w::change_no_why(lang)) } },
            }
            @if let Some(id) = one.source.as_ref().filter(|_| one.field != "source") { p.hint { (w::source(lang)) ": " (cx.source(id)) } }
        }
    }
}

const fn how(lang: Lang, how: How) -> &'static str {
    match how {
        How::Delivered => w::gone_delivered(lang),
        How::Merged => w::gone_merged(lang),
        How::Stopped => w::gone_stopped(lang),
        How::Superseded => w::gone_superseded(lang),
        How::Renamed => w::gone_renamed(lang),
    }
}

fn into(cx: &Context<'_>, one: &Change, ids: &[String]) -> Markup {
    let what = match one.what.thing {
        Thing::Goal => What::Goal,
        Thing::Measure => What::Measure,
        _ => What::Initiative,
    };
    html! {
        @for (at, id) in ids.iter().enumerate() {
            @if at > 0 { ", " }
            (super::gone::link(cx, what, id))
        }
    }
}

/// Longest text that stands on the line of its change.
const SHORT_MAX: usize = 90;

fn is_short(one: &Change) -> bool {
    one.kind != Kind::More && one.before.len() <= SHORT_MAX && one.after.len() <= SHORT_MAX
}

/// As it was and as it is, on one line.
fn short(cx: &Context<'_>, one: &Change) -> Markup {
    let lang = cx.lang();
    html! {
        @if is_short(one) {
            @if !one.before.is_empty() { " " span.hint { (w::change_was(lang)) } " " (changed::value(cx, one, &one.before)) }
            @if !one.after.is_empty() {
                " " @if !one.before.is_empty() { span.hint { (w::change_is(lang)) } " " }
                (changed::value(cx, one, &one.after))
            }
        }
    }
}

/// Texts word by word, everything else as it was and as it is. Both ways are told by words or signs, not by colour.
fn difference(cx: &Context<'_>, one: &Change) -> Markup {
    let lang = cx.lang();
    if is_short(one) {
        return html! {};
    }
    let is_text = matches!(
        one.kind,
        Kind::Wording | Kind::Definition | Kind::Note | Kind::Dissent
    );
    if one.kind == Kind::More {
        return html! { p { (w::more_figures(lang, parts::number(&one.part))) } };
    }
    if is_text
        && !one.before.is_empty()
        && !one.after.is_empty()
        && one.before.len() + one.after.len() <= 2 * TEXT_MAX
    {
        return html! {
            p lang=(changed::language(one).as_str()) {
                @for piece in one.pieces() {
                    @let text = changed::figures_named(cx, &piece.text);
                    @match piece.of {
                        In::Both => (text),
                        In::Before => del { (text) },
                        In::After => ins { (text) },
                    }
                }
            }
        };
    }
    html! {
        @if !one.before.is_empty() { p { (w::change_was(lang)) " " (long(cx, one, &one.before)) } }
        @if !one.after.is_empty() {
            p { @if !one.before.is_empty() { (w::change_is(lang)) " " } (long(cx, one, &one.after)) }
        }
    }
}

/// A long text is cut; a list of ids is not, or its last one would name nothing.
fn long(cx: &Context<'_>, one: &Change, text: &str) -> Markup {
    if text.len() <= TEXT_MAX {
        changed::value(cx, one, text)
    } else {
        changed::text(cx, one, &cut(text))
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
