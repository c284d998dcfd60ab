//! Who answers for what, and how their steps stand: counted, not judged.

use maud::{Markup, html};

use crate::office::{AgencyScore, Steps, scorecard};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words::{self as w, Lang};

/// Organisations on the page.
pub(crate) const AGENCIES_MAX: usize = 60;
/// Initiatives named for one of them.
const NAMED_MAX: usize = 12;

pub(crate) fn body(cx: &Context<'_>) -> Body {
    let lang = cx.lang();
    let title = w::agencies_title(lang).to_owned();
    let all = scorecard(cx.plan, cx.edition(), cx.report.as_of);
    let some = all.get(..all.len().min(AGENCIES_MAX)).unwrap_or_default();
    let main = html! {
        h1 { (title) }
        p.lead { (w::agencies_lead(lang)) }
        (parts::wide(cx, &title, table(cx, some)))
        @for (at, one) in some.iter().enumerate() { (agency(cx, at, one)) }
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body { title, main }
}

fn sum(one: &AgencyScore, of: fn(&Steps) -> usize) -> usize {
    of(&one.milestones) + of(&one.actions)
}

pub(crate) fn table(cx: &Context<'_>, all: &[AgencyScore]) -> Markup {
    let lang = cx.lang();
    html! {
        table.stack.counts-of {
            caption.unseen { (w::agencies_title(lang)) }
            thead { tr {
                th scope="col" { (w::agency(lang)) }
                th.num scope="col" { (w::initiatives(lang)) }
                th.num scope="col" { (w::on_time_column(lang)) }
                th.num scope="col" { (w::late_column(lang)) }
                th.num scope="col" { (w::overdue_column(lang)) }
                th.num scope="col" { (w::without_column(lang)) }
                th.num scope="col" { (w::due_column(lang)) }
            } }
            tbody {
                @for (at, one) in all.iter().enumerate() {
                    tr {
                        th scope="row" { a href={ "#a-" (at + 1) } { (cx.note(&one.owner)) } }
                        (count(w::initiatives(lang), one.initiatives.len()))
                        (count(w::on_time_column(lang), sum(one, |steps| steps.on_time + steps.done)))
                        (count(w::late_column(lang), sum(one, |steps| steps.late)))
                        (count(w::overdue_column(lang), sum(one, |steps| steps.overdue)))
                        (count(w::without_column(lang), sum(one, |steps| steps.without_evidence)))
                        (count(w::due_column(lang), sum(one, |steps| steps.due + steps.no_date)))
                    }
                }
            }
        }
    }
}

/// One number with the name of its column; on a small screen those that are nought are left out, and need no name.
fn count(name: &str, n: usize) -> Markup {
    html! { @if n == 0 { td.num.nought { "0" } } @else { td.num data-th=(name) { (n) } } }
}

fn agency(cx: &Context<'_>, at: usize, one: &AgencyScore) -> Markup {
    let lang = cx.lang();
    html! {
        section.agency id={ "a-" (at + 1) } {
            h2 { (cx.note(&one.owner)) }
            dl.summary {
                (initiatives(cx, w::initiatives(lang), &one.initiatives))
                (initiatives(cx, w::co_owner_of(lang), &one.co_owned))
                div { dt { (w::money(lang)) } dd { (money(lang, one)) } }
                @if !one.measures.is_empty() {
                    div {
                        dt { (w::measures_of_goals(lang)) }
                        dd { (one.measures.len()) ". " (w::without_data(lang, one.without_data.len())) }
                    }
                }
                @if one.claims > 0 { div { dt { (w::doubtful(lang)) } dd { (one.claims) } } }
            }
        }
    }
}

fn initiatives(cx: &Context<'_>, title: &str, ids: &[String]) -> Markup {
    html! {
        @if !ids.is_empty() {
            div { dt { (title) } dd { ul.plain {
                @for one in ids.iter().take(NAMED_MAX).filter_map(|id| cx.edition().initiative(id)) {
                    li { a href=(cx.href(Page::Initiative(&one.id))) { (cx.text(&one.title)) } }
                }
                @if ids.len() > NAMED_MAX { li { "+ " (ids.len() - NAMED_MAX) } }
            } } }
        }
    }
}

fn money(lang: Lang, one: &AgencyScore) -> String {
    let said: Vec<String> = one
        .budgets
        .iter()
        .map(|money| {
            let of = |amount: &str| format!("{} {}", money.currency, parts::number(amount));
            format!(
                "{}, {}",
                w::set_aside(lang, of(&money.allocated)),
                w::spent(lang, of(&money.drawn))
            )
        })
        .collect();
    if said.is_empty() {
        w::no_money_short(lang).to_owned()
    } else {
        said.join("; ")
    }
}
