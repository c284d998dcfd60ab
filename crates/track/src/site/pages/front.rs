//! The front page: what is measured first, then everything else.

use maud::{Markup, html};

use super::initiatives::{KINDS, kinds};
use super::measures;
use crate::office::{Claim, Claimed};
use crate::plan::{Goal, Visible};
use crate::report::{Coverage, InitiativeReport, Late};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words as w;
use crate::site::{glossary, line, markdown, parts};

/// With more measures than this the front page names goals only, or it would be too long to load and to read.
const MEASURES_MAX: usize = 40;
/// With more initiatives than this it gives their titles only, and the list of all has their lines.
const INITIATIVES_MAX: usize = 24;
/// Titles of initiatives.
const TITLES_MAX: usize = 100;
/// Claims listed by name.
const CLAIMS_MAX: usize = 20;

pub(crate) fn body(cx: &Context<'_>) -> Body {
    let edition = cx.edition();
    let front = edition.front.as_deref();
    let main = html! {
        h1 { (cx.text(&cx.plan.title)) }
        p.lead { (cx.text(&edition.title)) }
        p.print { (parts::print_link(cx)) }
        (coverage(cx))
        section {
            h2 { (w::vision(cx.lang())) }
            blockquote.vision { p { (cx.text(&edition.vision)) } }
            @if let Some(name) = front { (markdown::narrative(cx, name)) }
        }
        (goals(cx))
        (initiatives(cx))
        (claims(cx))
        (communities(cx))
        (about(cx))
    };
    Body {
        title: cx.plain(&cx.plan.title).to_owned(),
        main,
    }
}

pub(crate) fn coverage(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let all = cx.report.coverage;
    let rows = [
        ("measured", all.measured, w::standing_measured(lang)),
        ("stale", all.stale, w::standing_stale(lang)),
        ("never", all.never, w::standing_never(lang)),
        ("withheld", all.withheld, w::standing_withheld(lang)),
        ("live", all.live, w::standing_live(lang)),
    ];
    html! {
        section.coverage aria-labelledby="coverage" {
            h2 #coverage { (w::coverage(lang)) }
            p.big { strong { (w::measured_of(lang, all.measured, all.total())) } }
            (bar(all))
            table {
                caption.unseen { (w::coverage(lang)) }
                thead { tr { th scope="col" { (w::standing(lang)) } th.num scope="col" { (w::how_many(lang)) } } }
                tbody {
                    @for (class, n, words) in rows {
                        @if n > 0 || class == "measured" || class == "never" {
                            tr { th scope="row" { span class={ "key " (class) } aria-hidden="true" {} (words) } td.num { (n) } }
                        }
                    }
                }
            }
            p {
                (w::coverage_lead(lang, all.total(), all.with_target, all.with_status))
                @if all.volumes > 0 { " " (w::volumes(lang, all.volumes)) }
                " " a href=(cx.href(Page::Measures(0))) { (w::all_measures(lang)) }
            }
            (on_track(cx))
            (super::moved::hint(cx))
        }
    }
}

/// What the computed statuses and the steps come to: each count leads to its list.
fn on_track(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let all = cx.report.initiatives.iter().map(|one| one.steps);
    let steps = all.fold(Late::default(), Late::with);
    html! {
        h3 { (w::on_track(lang)) }
        dl.line {
            div {
                dt { (w::statuses_of_measures(lang)) }
                dd { ul.plain {
                    @for (status, n, href) in measures::counted(cx) {
                        li { a href=(href) { (parts::status_word(lang, status)) ": " (n) } }
                    }
                } }
            }
            div {
                dt { (w::line_steps(lang)) }
                dd { a href=(cx.href(Page::Initiatives(0))) { (parts::steps(lang, steps)) } }
            }
        }
    }
}

/// The bar repeats the table, so that it is hidden from those who do not see it.
fn bar(all: Coverage) -> Markup {
    let parts = [
        ("measured", all.measured),
        ("stale", all.stale),
        ("never", all.never),
        ("withheld", all.withheld),
        ("live", all.live),
    ];
    let starts = parts
        .iter()
        .scan(0, |at, (_, n)| Some(std::mem::replace(at, *at + n * 10)));
    let placed: Vec<_> = starts.zip(parts).filter(|(_, (_, n))| *n > 0).collect();
    html! {
        svg.bar-of viewBox={ "0 0 " (all.total().max(1) * 10) " 6" } preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            @for (x, (class, n)) in placed { rect class=(class) x=(x) y="0" width=(n * 10) height="6" {} }
        }
    }
}

fn goals(cx: &Context<'_>) -> Markup {
    let edition = cx.edition();
    let of = |theme: Option<&str>| -> Vec<&Goal> {
        edition
            .goals
            .iter()
            .filter(|goal| goal.theme.as_deref() == theme)
            .collect()
    };
    html! {
        section {
            h2 #goals { (w::goals_and_measures(cx.lang())) }
            (glossary::glossary(cx))
            @for theme in &edition.themes {
                @let goals = of(Some(&theme.id));
                h3 #{ "t-" (theme.id) } { (cx.text(&theme.title)) }
                @if let Some(text) = &theme.text { (markdown::words(cx, text)) }
                @for goal in goals { (goal_block(cx, goal, 4)) }
            }
            @let others = of(None);
            @if !others.is_empty() {
                @if edition.themes.is_empty() {
                    @for goal in others { (goal_block(cx, goal, 3)) }
                } @else {
                    h3 { (w::no_theme(cx.lang())) }
                    @for goal in others { (goal_block(cx, goal, 4)) }
                }
            }
        }
    }
}

fn goal_block(cx: &Context<'_>, goal: &Goal, level: u8) -> Markup {
    let measures: Vec<_> = cx.report.of_goal(&goal.id).collect();
    let link = html! { a href=(cx.href(Page::Goal(&goal.id))) { (cx.text(&goal.title)) } };
    html! {
        @if level == 3 { h3.goal { (link) } } @else { h4.goal { (link) } }
        p.hint { (w::crumb_goal_counts(cx.lang(), cx.report.work_for(&goal.id).count(), measures.len())) }
        @if !measures.is_empty() && cx.report.measures.len() <= MEASURES_MAX {
            ul.rows { @for one in measures { (parts::measure_row(cx, one, true)) } }
        }
    }
}

fn initiatives(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let all = &cx.report.initiatives;
    html! {
        section {
            h2 #initiatives { (w::initiatives(lang)) }
            p { a href=(cx.href(Page::Initiatives(0))) { (w::all_initiatives(lang)) } }
            @for kind in KINDS {
                @let some: Vec<_> = all.iter().filter(|one| one.initiative.kind == kind).collect();
                @if !some.is_empty() {
                    h3 { (kinds(lang, kind)) }
                    @if all.len() > INITIATIVES_MAX {
                        ul { @for one in some.iter().take(TITLES_MAX) { li { (link(cx, one)) } } }
                    } @else {
                        ul.rows.work { @for one in some { (row(cx, one)) } }
                    }
                }
            }
        }
    }
}

fn link(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Markup {
    html! { a href=(cx.href(Page::Initiative(&one.initiative.id))) { (cx.text(&one.initiative.title)) } }
}

/// Who answers, and money, steps and measures on one line.
pub(crate) fn row(cx: &Context<'_>, one: &InitiativeReport<'_>) -> Markup {
    html! {
        li.row {
            p.name { (link(cx, one)) }
            p.says { (cx.note(&one.initiative.owner)) }
            (line::line(cx, one))
        }
    }
}

fn claims(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let claims = &cx.report.claims;
    html! {
        section {
            h2 #claims { (w::claims(lang)) }
            @if claims.is_empty() {
                p { (w::claims_none(lang)) }
            } @else {
                p { (w::claims_lead(lang)) }
                ul.claims {
                    @for one in claims.iter().take(CLAIMS_MAX) { li { (claim(cx, one)) } }
                }
                @if claims.len() > CLAIMS_MAX {
                    p { a href=(cx.href(Page::Agencies)) { (w::all_of_it(lang)) ": " (claims.len()) } }
                }
            }
        }
    }
}

/// What is claimed, of which initiative, and why it counts for none.
pub(crate) fn claim(cx: &Context<'_>, one: &Claim) -> Markup {
    let lang = cx.lang();
    let (id, title) = (&one.initiative, cx.edition().initiative(&one.initiative));
    html! {
        @match one.of {
            Claimed::Milestone | Claimed::Action => { (cx.text(&one.title)) " – " }
            Claimed::Status => {}
        }
        a href=(cx.href(Page::Initiative(id))) { @match title { Some(one) => (cx.text(&one.title)), None => (id) } }
        @if one.of == Claimed::Status { " – " (w::claim_status(lang)) }
        ": " span.hint { (parts::doubt(lang, one.doubt)) }
    }
}

fn communities(cx: &Context<'_>) -> Markup {
    let public = cx
        .plan
        .communities
        .iter()
        .filter(|one| one.visible == Visible::Public);
    let some: Vec<_> = public.filter(|_| cx.is_newest()).collect();
    let lang = cx.lang();
    html! {
        @if !some.is_empty() {
            section {
                h2 { (w::communities(lang)) }
                p { (w::communities_lead(lang)) }
                ul {
                    @for one in some {
                        li {
                            a href=(cx.href(Page::Community(&one.id))) { (cx.text(&one.title)) }
                            @if one.fictional { " " span.tag.amber { (w::fictional(lang)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What is to be known of the edition itself.
pub(crate) fn about(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let edition = cx.edition();
    let texts = cx.report.translations;
    html! {
        section {
            h2 { (w::edition(lang)) " " (edition.id) }
            dl.summary {
                @if let Some(covers) = edition.covers {
                    div { dt { (w::covers(lang)) } dd { (covers) } }
                }
                @if let Some(day) = edition.published {
                    div { dt { (w::published(lang)) } dd { (cx.day(day)) } }
                }
                @if let Some(basis) = &edition.legal_basis {
                    div { dt { (w::legal_basis(lang)) } dd { (cx.text(basis)) } }
                }
                @if !edition.signed_off.is_empty() {
                    div {
                        dt { (w::signed_off(lang)) }
                        dd {
                            ul.plain {
                                @for one in &edition.signed_off {
                                    li { (w::sign_off(lang, &one.role, &one.name_of_office, cx.day(one.on))) }
                                }
                            }
                        }
                    }
                }
                div { dt { (w::translations(lang)) } dd { (w::missing_translations(lang, texts.missing, texts.texts)) } }
            }
        }
    }
}
