//! What a change says, in words: keys and ids of the plan's files become names, titles and links.

use maud::{Markup, html};

use crate::compare::{Change, Kind};
use crate::plan::narrative::placed;
use crate::plan::{Edition, Initiative, Period, Words};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::parts;
use crate::site::words::field::{field, fixed};
use crate::site::words::{self as w, Lang};

/// The name of what changed; nothing where the kind of change says it already.
pub(crate) fn name(cx: &Context<'_>, one: &Change) -> Option<String> {
    let said = matches!(
        (one.kind, one.field),
        (_, "")
            | (
                Kind::Value
                    | Kind::Restated
                    | Kind::Withdrawn
                    | Kind::Break
                    | Kind::More
                    | Kind::Access,
                _
            )
            | (Kind::Source, "source")
            | (Kind::Rank, "kind")
            | (Kind::Claim | Kind::Note | Kind::Dissent, _)
    );
    (!said).then(|| field(cx.lang(), one.field))
}

/// Which one of several: the title of a step, a line of money, a period, a text.
pub(crate) fn part(cx: &Context<'_>, one: &Change) -> Markup {
    let lang = cx.lang();
    match one.kind {
        // Its source is named below it.
        Kind::Claim | Kind::More => html! {},
        Kind::Milestone | Kind::Action => match step(cx, one) {
            Some(words) => html! { (cx.text(words)) },
            None => html! { (cx.note(&one.part)) },
        },
        Kind::Budget => money(cx, &one.part),
        Kind::Wording if one.field == "text" => match one.part.rsplit_once('.') {
            Some((name, tag)) => html! {
                (cx.note(&parts::capital(name))) @if let Some(tag) = fixed(lang, "language", tag) { " (" (tag) ")" }
            },
            None => html! { (cx.note(&one.part)) },
        },
        _ => {
            let pieces = one.part.split(", ").map(|piece| moment(lang, piece));
            let words = pieces.collect::<Vec<_>>().join(", ");
            html! { (cx.note(&words.replace('=', ": "))) }
        }
    }
}

/// A period in words; any other text as it is.
fn moment(lang: Lang, text: &str) -> String {
    let period = text.parse::<Period>();
    period.map_or_else(|_| text.to_owned(), |period| w::period_of(lang, period))
}

/// `Masts · spent · 2025/26`.
fn money(cx: &Context<'_>, part: &str) -> Markup {
    html! {
        @for (at, piece) in part.split(" · ").enumerate() {
            @if at > 0 { " · " }
            @match fixed(cx.lang(), "state", piece) { Some(words) => (words), None => (cx.note(piece)) }
        }
    }
}

/// This edition first, then those before it.
fn editions<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Edition> {
    let own = cx.edition().id.as_str();
    let all = cx.plan.editions.iter().rev();
    all.skip_while(move |edition| edition.id != own)
}

fn step<'a>(cx: &Context<'a>, one: &Change) -> Option<&'a Words> {
    let find = |it: &'a Initiative| -> Option<&'a Words> {
        match one.kind {
            Kind::Milestone => {
                let mut all = it.milestones.iter();
                all.find(|step| step.id == one.part).map(|step| &step.title)
            }
            _ => {
                let mut all = it.actions.iter();
                all.find(|step| step.id == one.part).map(|step| &step.title)
            }
        }
    };
    editions(cx).find_map(|edition| edition.initiative(&one.what.id).and_then(find))
}

/// The language that the texts of a change are in.
pub(crate) fn language(one: &Change) -> Lang {
    let maori = one.field.ends_with(".mi")
        || (one.kind == Kind::Wording && one.field == "text" && one.part.ends_with(".mi"));
    if maori { Lang::Mi } else { Lang::En }
}

/// A text with the titles of the figures that it places, in square brackets, where the file has their names.
pub(crate) fn figures_named(cx: &Context<'_>, text: &str) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for found in placed(text) {
        let Some((id, _)) = found.name else { continue };
        let title = editions(cx).find_map(|edition| edition.measure(id));
        out.push_str(text.get(done..found.start).unwrap_or_default());
        out.push_str(&format!(
            "[{}]",
            title.map_or(id, |measure| cx.plain(&measure.title))
        ));
        done = found.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A text of the change, marked with its language where the page has another.
pub(crate) fn text(cx: &Context<'_>, one: &Change, text: &str) -> Markup {
    let lang = language(one);
    let text = &figures_named(cx, text);
    html! { @if lang == cx.lang() { (text) } @else { span lang=(lang.as_str()) { (text) } } }
}

/// What stood there or stands there.
pub(crate) fn value(cx: &Context<'_>, one: &Change, value: &str) -> Markup {
    let lang = cx.lang();
    if let (Kind::Access, Some(holder)) = (one.kind, value.strip_prefix("withheld: ")) {
        return html! { (w::withheld_by(lang, holder)) };
    }
    let key = match one.kind {
        Kind::Access => "access",
        Kind::Break => "break",
        _ => one.field,
    };
    if let Some(words) = fixed(lang, key, value) {
        return html! { (words) };
    }
    match key {
        "source" | "owner_basis" | "evidence" => listed(value, |id| cx.source(id)),
        "goal" | "goals" => listed(value, |id| {
            let title = editions(cx).find_map(|edition| edition.goal(id));
            linked(cx, Page::Goal(id), title.map(|one| &one.title), id)
        }),
        "depends_on" => listed(value, |id| {
            let title = editions(cx).find_map(|edition| edition.initiative(id));
            linked(cx, Page::Initiative(id), title.map(|one| &one.title), id)
        }),
        "theme" | "themes" => listed(value, |id| {
            match editions(cx).find_map(|edition| edition.theme(id)) {
                Some(theme) => cx.text(&theme.title),
                None => html! { (id) },
            }
        }),
        "id" | "series" | "query" | "narrative" => html! { code { (value) } },
        "due" | "done" | "vintage" => html! { (moment(lang, value)) },
        "value" | "limit" => html! { (parts::number(value)) },
        "target" => target(lang, value),
        "amount" => match value.rsplit_once(' ') {
            Some((amount, currency)) => html! { (currency) " " (parts::number(amount)) },
            None => html! { (value) },
        },
        _ => text(cx, one, value),
    }
}

/// `80 · 2030 · number`.
fn target(lang: Lang, value: &str) -> Markup {
    let pieces: Vec<&str> = value.split(" · ").collect();
    let kind = |word: &str| fixed(lang, "target.kind", word).unwrap_or_default();
    match pieces.as_slice() {
        [value, year, word] => {
            html! { (w::target_by(lang, parts::number(value), year)) " (" (kind(word)) ")" }
        }
        [year, word] => html! { (w::target_year(lang, year)) " (" (kind(word)) ")" },
        _ => html! { (value) },
    }
}

fn listed(ids: &str, one: impl Fn(&str) -> Markup) -> Markup {
    html! {
        @for (at, id) in ids.split(", ").enumerate() {
            @if at > 0 { "; " }
            (one(id))
        }
    }
}

/// Pages of all that any edition had up to this one are there.
fn linked(cx: &Context<'_>, page: Page<'_>, title: Option<&Words>, id: &str) -> Markup {
    html! {
        @match title {
            Some(title) => a href=(cx.href(page)) { (cx.text(title)) },
            None => (id),
        }
    }
}
