//! Sums of money lost: as many items as there were, added and removed without scripts.

use std::collections::BTreeSet;

use cairn_desk::form::{Choice as FormChoice, Question};
use maud::{Markup, html};

use super::query;
use super::question::do_not_know;
use super::step::View;
use crate::components::{
    Choice, DateParts, Field, Input, Width, checkbox, date_input, input, select,
};
use crate::i18n::t;

/// The items there are, one more if asked for, and one at least.
pub(super) fn render(
    view: &View<'_>,
    question: &Question,
    paid_by: &[FormChoice],
    alone: bool,
    why: Markup,
) -> Markup {
    let lang = view.page.lang;
    let l = lang.as_str();
    let mut items = items(view, &question.code);
    if items.is_empty() || query(&view.page.uri, "add").is_some() {
        items.push(items.last().map_or(0, |last| last + 1));
    }
    let several = items.len() > 1;
    html! {
        @if alone { h1 { (question.heading.get(l)) } }
        (why)
        @if let Some(hint) = &question.hint { p { (hint.get(l)) } }
        @for (at, item) in items.iter().enumerate() {
            (self::item(view, &question.code, *item, paid_by, several.then_some(at + 1)))
        }
        @if question.not_known { (do_not_know(view, &question.code, question.not_known_text.get(l))) }
    }
}

/// Numbers of the items typed so far, without those taken out.
fn items(view: &View<'_>, code: &str) -> Vec<usize> {
    let number = |name: &str| -> Option<usize> {
        let rest = name.strip_prefix(code)?.strip_prefix('.')?;
        rest.split_once('.')?.0.parse().ok()
    };
    let all: BTreeSet<usize> = view
        .fields
        .iter()
        .filter_map(|(name, _)| number(name))
        .collect();
    let kept = |item: &usize| view.typed(&format!("{code}.{item}.remove")).is_empty();
    all.into_iter().filter(kept).collect()
}

fn item(
    view: &View<'_>,
    code: &str,
    item: usize,
    paid_by: &[FormChoice],
    number: Option<usize>,
) -> Markup {
    let lang = view.page.lang;
    let l = lang.as_str();
    let id = |part: &str| format!("{code}-{item}-{part}");
    let typed = |part: &str| view.typed(&format!("{code}.{item}.{part}"));
    let line = |part: &str| Input {
        value: typed(part),
        inputmode: Some("decimal"),
        autocomplete: Some("off"),
        width: Width::Short,
        ..Input::default()
    };
    let (amount, currency, way, back, about, remove) = (
        id("amount"),
        id("currency"),
        id("paid_by"),
        id("recovered"),
        id("certainty"),
        id("remove"),
    );
    let whole = format!("{code}-{item}");
    let currencies: Vec<Choice<'_>> = view
        .form()
        .currencies()
        .iter()
        .map(|code| Choice {
            value: code,
            label: code,
            ..Choice::default()
        })
        .collect();
    let mut ways = vec![Choice {
        value: "",
        label: t::report_choose(lang),
        ..Choice::default()
    }];
    ways.extend(paid_by.iter().map(|way| Choice {
        value: &way.code,
        label: way.title.get(l),
        ..Choice::default()
    }));
    let date = DateParts {
        day: typed("day"),
        month: typed("month"),
        year: typed("year"),
    };
    let field = |id, label| Field::new(lang, id, label).error_in(&view.faults);
    html! {
        fieldset.item {
            @if let Some(number) = number { legend { (t::report_loss_item(lang, number as u64)) } }
            div.pair {
                (input(&field(&amount, t::report_loss_amount(lang)).hint(t::report_loss_amount_hint(lang)), &line("amount")))
                (select(&field(&currency, t::report_loss_currency(lang)), &currencies, Some(typed("currency"))))
            }
            (checkbox(&field(&about, t::report_loss_estimate(lang)), "estimated", typed("certainty") == "estimated"))
            (date_input(&field(&whole, t::report_loss_date(lang)).optional(true), date))
            (select(&field(&way, t::report_loss_paid_by(lang)).optional(true), &ways, Some(typed("paid_by"))))
            (input(&field(&back, t::report_loss_recovered(lang)).hint(t::report_loss_recovered_hint(lang)).optional(true), &line("recovered")))
            @if number.is_some() { (checkbox(&field(&remove, t::report_loss_remove(lang)), "1", false)) }
        }
    }
}
