//! An initiative: who answers, what it does, what shows it, what it costs.

use maud::{Markup, html};

use crate::office::Doubt;
use crate::plan::{BudgetState, Initiative, InitiativeKind, Period, Said, What, Words};
use crate::progress::milestone::Standing;
use crate::report::InitiativeReport;
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words::{self as w, Lang};
use crate::site::{challenge, line, markdown, money, parts};

pub(crate) fn body(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Body {
    let lang = cx.lang();
    let it = one.initiative;
    let kind = match it.kind {
        InitiativeKind::Flagship => w::one_flagship(lang),
        InitiativeKind::Other => w::one_other(lang),
        InitiativeKind::LookingAhead => w::one_looking(lang),
    };
    let way = match it.goals.first().and_then(|id| cx.edition().goal(id)) {
        Some(goal) => parts::way_to_goal(cx, goal, true),
        None => vec![(
            cx.href(Page::Initiatives(0)),
            html! { (w::initiatives(lang)) },
        )],
    };
    let main = html! {
        (parts::crumbs(cx, &way))
        p.caption { (kind) }
        h1 { (cx.text(&it.title)) }
        div.panel.of-work {
            p { (w::owner(lang)) ": " strong { (cx.note(&it.owner)) } }
            (line::line(cx, one))
        }
        @if let Some(text) = &it.text { (markdown::words(cx, text)) }
        @if let Some(name) = &it.narrative { (markdown::narrative(cx, name)) }
        (facts(cx, it))
        (steps(cx, one))
        (shown_by(cx, one))
        (claims(cx, it))
        (budget(cx, it))
        (parts::beside(cx, What::Initiative, &it.id))
        (challenge::section(cx, challenge::Subject::Initiative(&it.id)))
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body {
        title: cx.plain(&it.title).to_owned(),
        main,
    }
}

fn facts(cx: &Context<'_>, it: &Initiative) -> Markup {
    let lang = cx.lang();
    let edition = cx.edition();
    let waits = edition
        .initiatives
        .iter()
        .filter(|one| one.depends_on.contains(&it.id));
    let waiting: Vec<&str> = waits.map(|one| one.id.as_str()).collect();
    let needs: Vec<&str> = it.depends_on.iter().map(String::as_str).collect();
    html! {
        h2 { (w::about_initiative(lang)) }
        dl.summary {
            div {
                dt { (w::owner(lang)) }
                dd {
                    p { strong { (cx.note(&it.owner)) } }
                    p.hint {
                        @match &it.owner_basis {
                            Some(id) => { (w::owner_confirmed(lang)) ": " (cx.source(id)) }
                            None => (w::owner_unconfirmed(lang)),
                        }
                    }
                }
            }
            @if !it.co_owners.is_empty() {
                div { dt { (w::co_owners(lang)) } dd { (cx.note(&it.co_owners.join("; "))) } }
            }
            @if !it.themes.is_empty() {
                div { dt { (w::themes(lang)) } dd { ul.plain {
                    @for theme in it.themes.iter().filter_map(|id| edition.theme(id)) {
                        li { a href={ (cx.href(Page::Front)) "#t-" (theme.id) } { (cx.text(&theme.title)) } }
                    }
                } } }
            }
            @if !it.goals.is_empty() {
                div { dt { (w::goals(lang)) } dd { ul.plain {
                    @for goal in it.goals.iter().filter_map(|id| edition.goal(id)) {
                        li { a href=(cx.href(Page::Goal(&goal.id))) { (cx.text(&goal.title)) } }
                    }
                } } }
            }
            (fact(cx, w::next_step(lang), it.next_step.as_ref()))
            @if let Some(due) = it.due { div { dt { (w::due(lang)) } dd { (w::period_of(lang, due)) } } }
            (fact(cx, w::legal_basis(lang), it.legal_basis.as_ref()))
            (others(cx, w::needs(lang), &needs))
            (others(cx, w::needed_by(lang), &waiting))
            div { dt { (w::stated_by(lang)) } dd { (cx.source(&it.source)) } }
        }
    }
}

fn fact(cx: &Context<'_>, name: &str, words: Option<&Words>) -> Markup {
    html! { @if let Some(words) = words { div { dt { (name) } dd { (cx.text(words)) } } } }
}

fn others(cx: &Context<'_>, name: &str, ids: &[&str]) -> Markup {
    html! {
        @if !ids.is_empty() {
            div { dt { (name) } dd { ul.plain {
                @for other in ids.iter().filter_map(|id| cx.edition().initiative(id)) {
                    li { a href=(cx.href(Page::Initiative(&other.id))) { (cx.text(&other.title)) } }
                }
            } } }
        }
    }
}

/// Where a step stands, in words.
fn standing(lang: Lang, standing: Standing) -> (String, &'static str) {
    let said = |days: i32| match days {
        1 => w::days_one(lang).to_owned(),
        _ => w::days_many(lang, parts::number(&days.to_string())),
    };
    match standing {
        Standing::OnTime => (w::step_on_time(lang).to_owned(), "tag green"),
        Standing::Done => (w::step_done(lang).to_owned(), "tag green"),
        Standing::Late { days } => (w::step_late(lang, said(days)), "tag amber"),
        Standing::WithoutEvidence => (w::step_without(lang).to_owned(), "tag amber"),
        Standing::Overdue { days } => (w::step_overdue(lang, said(days)), "tag red"),
        Standing::Due { days } => (w::step_due(lang, said(days)), "tag"),
        Standing::NoDate => (w::step_no_date(lang).to_owned(), "tag"),
    }
}

struct Step<'a> {
    title: &'a Words,
    owner: Option<&'a str>,
    due: Option<Period>,
    done: Option<Period>,
    standing: Standing,
    doubt: Option<Doubt>,
    evidence: &'a [String],
}

fn steps(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Markup {
    let lang = cx.lang();
    let milestones = one.milestones.iter().map(|one| Step {
        title: &one.milestone.title,
        owner: None,
        due: Some(one.milestone.due),
        done: one.milestone.done,
        standing: one.standing,
        doubt: one.doubt,
        evidence: &one.milestone.evidence,
    });
    let actions = one.actions.iter().map(|one| Step {
        title: &one.action.title,
        owner: one.action.owner.as_deref(),
        due: one.action.due,
        done: one.action.done,
        standing: one.standing,
        doubt: one.doubt,
        evidence: &one.action.evidence,
    });
    let (milestones, actions): (Vec<_>, Vec<_>) = (milestones.collect(), actions.collect());
    html! {
        @if milestones.is_empty() && actions.is_empty() {
            h2 id=(line::STEPS) { (w::milestones(lang)) }
            p { (w::no_steps(lang)) }
        }
        @if !milestones.is_empty() { h2 id=(line::STEPS) { (w::milestones(lang)) } (table(cx, w::milestones(lang), &milestones)) }
        @if !actions.is_empty() {
            h2 id=[milestones.is_empty().then_some(line::STEPS)] { (w::actions(lang)) }
            (table(cx, w::actions(lang), &actions))
        }
    }
}

/// Measures listed; the pages of the goals have the others.
const MEASURES_MAX: usize = 25;

/// The measures of its goals, with what they can tell of it.
fn shown_by(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Markup {
    let lang = cx.lang();
    let all = line::measures(cx, one);
    html! {
        h2 id=(line::MEASURES) { (w::line_measures(lang)) }
        @if one.initiative.goals.is_empty() { p { (w::line_no_goals(lang)) } }
        @else if all.is_empty() { p { (w::no_measures(lang)) } }
        @else {
            p { (w::line_shared(lang)) }
            ul.rows { @for one in all.iter().take(MEASURES_MAX) { (parts::measure_row(cx, one, true)) } }
            @if all.len() > MEASURES_MAX {
                p { a href=(cx.href(Page::Measures(0))) { (w::more_in_list(lang, all.len() - MEASURES_MAX)) } }
            }
        }
    }
}

fn table(cx: &Context<'_>, title: &str, steps: &[Step<'_>]) -> Markup {
    let lang = cx.lang();
    let rows = html! {
        table.stack {
            caption.unseen { (title) }
            thead { tr {
                th scope="col" { (w::step(lang)) }
                th scope="col" { (w::standing(lang)) }
                th scope="col" { (w::due(lang)) }
                th scope="col" { (w::done(lang)) }
                th scope="col" { (w::evidence(lang)) }
            } }
            tbody {
                @for step in steps {
                    @let (words, class) = standing(lang, step.standing);
                    tr {
                        th scope="row" { (cx.text(step.title)) @if let Some(owner) = step.owner { br; span.hint { (cx.note(owner)) } } }
                        td data-th=(w::standing(lang)) {
                            span class=(class) { (words) }
                            @if let Some(doubt) = step.doubt { br; span.hint { (parts::doubt(lang, doubt)) } }
                        }
                        td.when data-th=(w::due(lang)) { @match step.due { Some(due) => (w::period_of(lang, due)), None => (w::no_date(lang)) } }
                        td.when data-th=(w::done(lang)) { @match step.done { Some(done) => (w::period_of(lang, done)), None => (w::not_done(lang)) } }
                        td data-th=(w::evidence(lang)) { @if step.evidence.is_empty() { (w::no_evidence(lang)) } @else { (cx.sources(step.evidence)) } }
                    }
                }
            }
        }
    };
    parts::wide(cx, title, rows)
}

fn claims(cx: &Context<'_>, it: &Initiative) -> Markup {
    let lang = cx.lang();
    html! {
        @if !it.status_evidence.is_empty() {
            h2 { (w::claimed(lang)) }
            p.hint { (w::claimed_lead(lang)) }
            ul.claims {
                // What rests on several sources is said once.
                @for said in it.status_evidence.chunk_by(|a, b| (&a.claim, a.on, &a.returned) == (&b.claim, b.on, &b.returned)) {
                    @if let Some(one) = said.first() {
                        @let sources: Vec<String> = said.iter().map(|one| one.source.clone()).collect();
                        li {
                            (cx.text(&one.claim))
                            br;
                            span.hint { (cx.sources(&sources)) @if let Some(on) = one.on { ", " (w::period_of(lang, on)) } }
                            @if let Some(id) = &one.returned { (filed(cx, it, id)) }
                        }
                    }
                }
            }
        }
    }
}

/// Who filed a return, on which step, and who accepted it.
fn filed(cx: &Context<'_>, it: &Initiative, id: &str) -> Markup {
    let lang = cx.lang();
    let mut returns = cx.edition().returns.iter();
    let Some(one) = returns.find(|one| one.id == id) else {
        return html! {};
    };
    let step = match &one.said {
        Said::Progress {
            milestone: Some(id),
            ..
        } => {
            let mut all = it.milestones.iter();
            all.find(|step| step.id == *id).map(|step| &step.title)
        }
        Said::Progress {
            action: Some(id), ..
        } => {
            let mut all = it.actions.iter();
            all.find(|step| step.id == *id).map(|step| &step.title)
        }
        _ => None,
    };
    html! {
        br;
        span.hint {
            (w::filed(lang, &one.by, w::day(lang, one.filed)))
            @if let Some(title) = step { " (" (cx.text(title)) ")" }
            ". " (w::accepted(lang, w::day(lang, one.accepted), &one.accepted_by)) "."
        }
    }
}

fn budget(cx: &Context<'_>, it: &Initiative) -> Markup {
    let lang = cx.lang();
    let rows = html! {
        table.stack {
            caption.unseen { (w::money(lang)) }
            thead { tr {
                th scope="col" { (w::money_line(lang)) }
                th scope="col" { (w::money_state(lang)) }
                th.num scope="col" { (w::money_amount(lang)) }
                th scope="col" { (w::period(lang)) }
                th scope="col" { (w::source(lang)) }
            } }
            tbody {
                @for one in &it.budgets {
                    tr {
                        th scope="row" { (cx.text(&one.line)) }
                        td data-th=(w::money_state(lang)) { @match one.state { BudgetState::Allocated => (w::allocated(lang)), BudgetState::Drawn => (w::drawn(lang)) } }
                        td.num data-th=(w::money_amount(lang)) { (one.currency) " " (parts::decimal(one.amount)) }
                        td data-th=(w::period(lang)) { @if let Some(period) = one.period { (w::period_of(lang, period)) } }
                        td data-th=(w::source(lang)) { (cx.source(&one.source)) ", " (w::period_of(lang, one.vintage)) }
                    }
                }
            }
        }
    };
    html! {
        @if it.kind != InitiativeKind::LookingAhead {
            h2 id=(line::MONEY) { (w::money(lang)) }
            @if it.budgets.is_empty() { p { (w::no_money(lang)) } }
            @else { p { (money::summary(lang, &it.budgets)) } (parts::wide(cx, w::money(lang), rows)) }
        }
    }
}
