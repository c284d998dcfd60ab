//! Texts in Markdown, with figures in their places.

use maud::{Markup, html};

use super::address::Page;
use super::context::Context;
use super::narrative::{Placed, render};
use super::parts;
use super::words::Lang;
use crate::plan::Words;
use crate::report::MeasureReport;

/// A narrative of the edition by its name, in the page's language or else in English.
pub(crate) fn narrative(cx: &Context<'_>, name: &str) -> Markup {
    let edition = cx.edition();
    let own = edition.text(name, cx.lang().as_str());
    let (text, lang) = match (own, edition.text(name, Lang::En.as_str())) {
        (Some(text), _) => (text, cx.lang()),
        (None, Some(text)) => (text, Lang::En),
        (None, None) => return html! {},
    };
    marked(cx, text, lang)
}

/// A text of the plan that may have Markdown in it.
pub(crate) fn words(cx: &Context<'_>, words: &Words) -> Markup {
    let (text, is_translated) = words.get(cx.lang().as_str());
    marked(cx, text, if is_translated { cx.lang() } else { Lang::En })
}

fn marked(cx: &Context<'_>, text: &str, lang: Lang) -> Markup {
    let body = render(text, |id, field| placed(cx, id, field, lang));
    html! {
        @if lang == cx.lang() { div.prose { (body) } }
        @else { (cx.counted()) div.prose lang=(lang.as_str()) { (body) } }
    }
}

/// What a figure in a text stands for; `None` if the edition has no such measure or it has no such value to show.
fn placed(cx: &Context<'_>, id: &str, field: &str, lang: Lang) -> Option<Placed> {
    let one = cx.report.measure(id)?;
    let text = figure(one, field, lang).unwrap_or_else(|| super::words::no_value(lang).to_owned());
    Some(Placed {
        text,
        href: cx.href(Page::Measure(id)),
    })
}

fn figure(one: &MeasureReport<'_>, field: &str, lang: Lang) -> Option<String> {
    let measure = one.measure;
    let words = |words: &Words| words.get(lang.as_str()).0.to_owned();
    match field {
        "latest" => one.latest()?.row.value.map(parts::decimal),
        "period" => Some(one.latest()?.row.period.to_string()),
        "year" => Some(one.latest()?.row.period.year().to_string()),
        "baseline" => one.base()?.row.value.map(parts::decimal),
        "status" => {
            let status = one.outcome().map(|outcome| outcome.status);
            Some(
                status
                    .map_or(super::words::in_none(lang), |status| {
                        parts::status_in(lang, status)
                    })
                    .to_owned(),
            )
        }
        "target" => measure.target_set()?.value.map(parts::decimal),
        "title" => Some(words(&measure.title)),
        "unit" => Some(words(&measure.unit)),
        _ => None,
    }
}
