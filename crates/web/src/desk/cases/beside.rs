//! What stands beside a case on its page: assets, and cases that it has to do with.

use cairn_app::cases::rows::Related;
use cairn_desk::cases::Asset;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::forms::{change, field, fold, line};
use super::page::View;
use super::words as own;
use crate::components::{
    Choice, Column, Hue, Look, button, choice, input, said_inline, select, stack, tag,
};
use crate::i18n::{Lang, t};

fn hue(condition: &str) -> Hue {
    match condition {
        "compromised" => Hue::Red,
        "suspected" => Hue::Amber,
        "restored" | "clean" => Hue::Green,
        _ => Hue::Blue,
    }
}

/// Codes and titles of a list, with nothing chosen first.
fn choices<'a>(l: Lang, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Choice<'a>> {
    std::iter::once(choice("", t::case_chosen(l)))
        .chain(entries.map(|(code, title)| choice(code, title)))
        .collect()
}

/// What the incident touches, the worst first.
pub(super) fn assets(view: &View<'_>) -> Markup {
    let (app, l) = (view.app, view.officer.page.lang);
    let rules = &app.config.case_rules.cases;
    let columns = [
        t::cases_asset(l),
        t::cases_asset_sort(l),
        t::cases_asset_condition(l),
    ]
    .map(Column::text);
    let mut all: Vec<&Asset> = view.whole.case.assets.iter().collect();
    all.retain(|asset| !asset.struck);
    all.sort_by_key(|asset| match hue(&asset.condition) {
        Hue::Red => 0,
        Hue::Amber => 1,
        Hue::Green => 3,
        _ => 2,
    });
    let shown: Vec<Vec<Markup>> = all
        .into_iter()
        .map(|asset| {
            let sort = rules.asset(&asset.sort);
            let sort = sort.map_or(asset.sort.as_str(), |sort| sort.title.get(l.as_str()));
            vec![
                html! { div id={ "text-" (asset.text) } { (view.text(asset.text)) (striking(view, asset)) } },
                html! { (sort) },
                html! {
                    div {
                        (tag(hue(&asset.condition), own::stands(app, l, &asset.condition)))
                        (setting(view, asset))
                    }
                },
            ]
        })
        .collect();
    html! {
        h2 #assets { (t::cases_assets(l)) }
        @if shown.is_empty() { p { (t::cases_assets_none(l)) } }
        @else { (stack(t::cases_assets(l), &columns, &shown)) }
        @if view.works() && !view.closed() { (adding(view)) }
    }
}

fn conditions<'a>(view: &'a View<'_>) -> Vec<Choice<'a>> {
    let l = view.officer.page.lang;
    let all = view.app.config.case_rules.cases.conditions().iter();
    choices(
        l,
        all.map(|one| (one.code.as_str(), one.title.get(l.as_str()))),
    )
}

fn adding(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let sorts = view.app.config.case_rules.cases.assets().iter();
    let sorts = choices(
        l,
        sorts.map(|one| (one.code.as_str(), one.title.get(l.as_str()))),
    );
    let body = html! {
        (input(&field(view, "asset", t::cases_asset(l)).hint(t::cases_asset_hint(l)), &line(view, "asset", "")))
        (select(&field(view, "asset-sort", t::cases_asset_sort(l)), &sorts, view.typed.get("asset-sort")))
        (select(&field(view, "asset-condition", t::cases_asset_condition(l)), &conditions(view), view.typed.get("asset-condition")))
        (button(Look::Plain, t::cases_asset_add(l)))
    };
    fold(
        view,
        &["asset", "asset-sort", "asset-condition"],
        t::cases_asset_add(l),
        change(view, "asset", body),
    )
}

fn setting(view: &View<'_>, asset: &Asset) -> Markup {
    let l = view.officer.page.lang;
    if !view.works() || view.closed() {
        return html! {};
    }
    let name = format!("asset-{}", asset.text);
    let now = view.typed.get(&name).unwrap_or(&asset.condition);
    let body = html! {
        input type="hidden" name="text" value=(asset.text);
        (select(&field(view, &name, t::cases_asset_condition(l)), &conditions(view), Some(now)))
        button.button.plain type="submit" { (t::cases_asset_save(l)) span.unseen { " " (t::cases_text_no(l, asset.text)) } }
    };
    fold(
        view,
        &[&name],
        t::cases_asset_set(l),
        change(view, "asset-set", body),
    )
}

fn striking(view: &View<'_>, asset: &Asset) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.works() && !view.closed() {
            (change(view, "asset-strike", html! {
                input type="hidden" name="text" value=(asset.text);
                button.linklike type="submit" { (t::cases_asset_strike(l)) span.unseen { " " (t::cases_text_no(l, asset.text)) } }
            }))
        }
        (super::forms::erasing(view, asset.text))
    }
}

/// Other cases that it names, and those that name it.
pub(super) fn related(view: &View<'_>) -> Markup {
    let (app, l) = (view.app, view.officer.page.lang);
    let one = |other: &Related| {
        html! {
            li {
                (own::relation(app, l, &other.how, other.back)) " "
                a href={ "/desk/cases/" (other.no) } { (t::cases_one(l, other.no)) } " "
                (said_inline(&defang_text(&other.title))) " "
                (own::state(&view.officer.page, &other.state, None, app.clock.now()))
                @if view.works() && !view.closed() && !other.back {
                    (change(view, "unrelate", html! {
                        input type="hidden" name="to" value=(other.no);
                        input type="hidden" name="how" value=(other.how);
                        button.linklike type="submit" { (t::cases_unrelate(l)) span.unseen { " " (t::cases_one(l, other.no)) } }
                    }))
                }
            }
        }
    };
    html! {
        h2 #related { (t::cases_related(l)) }
        @if view.whole.related.is_empty() { p { (t::cases_related_none(l)) } }
        @else { ul { @for other in &view.whole.related { (one(other)) } } }
        @if view.works() && !view.closed() { (relating(view)) }
    }
}

fn relating(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let all = view.app.config.case_rules.cases.relations().iter();
    let ways = choices(
        l,
        all.map(|one| (one.code.as_str(), one.title.get(l.as_str()))),
    );
    let body = html! {
        (select(&field(view, "how", t::cases_relation(l)), &ways, view.typed.get("how")))
        (input(&field(view, "other", t::cases_other(l)), &line(view, "other", "")))
        (button(Look::Plain, t::cases_relate(l)))
    };
    fold(
        view,
        &["how", "other"],
        t::cases_relate(l),
        change(view, "relate", body),
    )
}
