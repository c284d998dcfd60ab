//! What an initiative costs, whether it is in time, and what shows it: on one line, with a link to each.

use maud::{Markup, html};

use super::address::Page;
use super::context::Context;
use super::words as w;
use super::{money, parts};
use crate::plan::InitiativeKind;
use crate::progress::statcan::Status;
use crate::report::{InitiativeReport, MeasureReport, Standing};

/// Measures named one by one; of more the statuses are counted.
const NAMED_MAX: usize = 3;

/// Anchors of the sections that the line leads to.
pub(crate) const MONEY: &str = "money";
/// Milestones, or actions where there are no milestones.
pub(crate) const STEPS: &str = "milestones";
/// Measures of its goals.
pub(crate) const MEASURES: &str = "measures";

/// The measures of an initiative's goals, in the edition's order.
pub(crate) fn measures<'r, 'p>(
    cx: &'r Context<'p>,
    one: &InitiativeReport<'_>,
) -> Vec<&'r MeasureReport<'p>> {
    let goals = &one.initiative.goals;
    let all = cx.report.measures.iter();
    all.filter(|measure| goals.contains(&measure.measure.goal))
        .collect()
}

/// The line itself, wherever the initiative is named.
pub(crate) fn line(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Markup {
    let lang = cx.lang();
    let page = Page::Initiative(&one.initiative.id);
    let own = if cx.page == page {
        String::new()
    } else {
        cx.href(page)
    };
    let to = |anchor: &str| format!("{own}#{anchor}");
    html! {
        dl.line {
            div {
                dt { (w::money(lang)) }
                dd {
                    @if one.initiative.kind == InitiativeKind::LookingAhead { (w::line_no_resources(lang)) }
                    @else { a href=(to(MONEY)) { (money::summary(lang, &one.initiative.budgets)) } }
                }
            }
            div {
                dt { (w::line_steps(lang)) }
                dd { a href=(to(STEPS)) { (parts::steps(lang, one.steps)) } }
            }
            div {
                dt { (w::line_measures(lang)) }
                dd { (shown_by(cx, one, &to(MEASURES))) }
            }
        }
    }
}

fn shown_by(cx: &Context<'_>, one: &InitiativeReport<'_>, more: &str) -> Markup {
    let lang = cx.lang();
    let all = measures(cx, one);
    if one.initiative.goals.is_empty() {
        return html! { (w::line_no_goals_short(lang)) };
    }
    if all.is_empty() {
        return html! { (w::line_no_measures(lang)) };
    }
    if all.len() > NAMED_MAX {
        return html! { a href=(more) { (counted(cx, &all)) } };
    }
    html! {
        ul.plain {
            @for one in all {
                li { a href=(cx.href(Page::Measure(&one.measure.id))) { (cx.text(&one.measure.title)) } " " (tag(cx, one)) }
            }
        }
    }
}

/// One box for each: where there is no status, why there is none says more than that there is none.
fn tag(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    if one.outcome().is_some() || one.standing == Standing::Measured {
        return parts::status_tag(cx, one);
    }
    html! { span.tag.plain { (parts::standing_in(cx.lang(), one)) } }
}

/// `2 substantial progress, 1 deterioration, 3 no status`.
fn counted(cx: &Context<'_>, all: &[&MeasureReport<'_>]) -> String {
    let lang = cx.lang();
    let of = |one: &MeasureReport<'_>| {
        one.outcome()
            .map_or(Status::NotAvailable, |outcome| outcome.status)
    };
    let mut said = Vec::new();
    for status in ORDER {
        let n = all.iter().filter(|one| of(one) == status).count();
        if n > 0 {
            said.push(w::status_many(lang, n, parts::status_in(lang, status)));
        }
    }
    said.join(", ")
}

/// What needs to be looked at comes first.
pub(crate) const ORDER: [Status; 6] = [
    Status::Deterioration,
    Status::Limited,
    Status::Moderate,
    Status::Substantial,
    Status::TargetAchieved,
    Status::NotAvailable,
];
