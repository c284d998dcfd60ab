//! A measure: what it says, how far that can be trusted, and where every figure comes from.

use maud::{Markup, html};

use super::{robust, values};
use crate::live::{self, Both};
use crate::plan::{Cells, Direction, Frequency, Measure, Ruling, TargetKind, What, Words};
use crate::progress::path::Pace;
use crate::progress::statcan::Why;
use crate::report::publish::PUBLISH;
use crate::report::{MeasureReport, NoStatus, Withheld};
use crate::site::address::{Page, Tree};
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words::{self as w, Lang};
use crate::site::{challenge, figure, files, markdown, parts};

pub(crate) fn body(cx: &Context<'_>, one: &MeasureReport<'_>) -> Body {
    let lang = cx.lang();
    let measure = one.measure;
    let goal = cx.edition().goal(&measure.goal);
    let main = html! {
        @if let Some(goal) = goal { (parts::crumbs(cx, &parts::way_to_goal(cx, goal, true))) }
        p.caption { (w::measure(lang)) }
        h1 { (cx.text(&measure.title)) }
        (status(cx, one))
        @if let Some(text) = &measure.proxy { div.notice.warning { p { strong { (w::proxy(lang)) } ". " (cx.text(text)) } } }
        @if let Some(withheld) = &one.withheld { (withheld_box(cx, withheld)) }
        @if let (Some(robust), None) = (&one.robustness, one.no_status) { (robust::section(cx, one, robust)) }
        @if one.series.is_some() && !one.figures().is_empty() {
            h2 { (w::chart_title(lang)) }
            (figure::chart(cx, one))
        }
        @if let Some(why) = &one.segment.broken {
            div.notice { p { strong { (w::break_title(lang)) } ". " (cx.note(why)) " " (w::break_note(lang)) } }
        }
        (pace(cx, one))
        (parts::beside(cx, What::Measure, &measure.id))
        @if let Some(name) = &measure.narrative { h2 { (w::narrative(lang)) } (markdown::narrative(cx, name)) }
        (about(cx, measure))
        (works(cx, measure))
        (values::section(cx, one))
        (values::restated(cx, one))
        (mandates(cx, measure))
        @if !cx.on_paper { (take(cx, one)) }
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body {
        title: cx.plain(&measure.title).to_owned(),
        main,
    }
}

/// Latest value, status and score, or why there is none.
pub(crate) fn status(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let latest = one.latest();
    html! {
        div.panel.headline {
            @if let Some(latest) = &latest {
                p.value { (parts::figure(cx, one.measure, latest.row)) }
            }
            p.status {
                (parts::status_tag(cx, one))
                @if let Some(score) = one.outcome().and_then(|outcome| outcome.score) {
                    " " span.score { (w::score_of(lang, parts::score(score))) }
                }
            }
            @if let Some(why) = parts::no_status(cx, one) { p { (why) " " (formula(lang, one)) } }
            @if !matches!(cx.page, Page::Embed(_)) { p { a.hint href={ (cx.href(Page::Method)) "#status" } { (w::glossary(lang)) } } }
        }
    }
}

/// What the formula said, where it has no answer.
fn formula(lang: Lang, one: &MeasureReport<'_>) -> &'static str {
    let why = one
        .robustness
        .as_ref()
        .and_then(|robust| robust.main.outcome.why);
    match (one.no_status, why) {
        (Some(NoStatus::Formula), Some(why)) => match why {
            Why::NoData => w::why_no_data(lang),
            Why::NoBase => w::why_no_base(lang),
            Why::SameYear => w::why_same_year(lang),
            Why::OnePoint => w::why_one_point(lang),
            Why::BaseLater => w::why_base_later(lang),
            Why::OppositeSigns => w::why_opposite(lang),
            Why::TargetSign => w::why_target_sign(lang),
            Why::TargetYear => w::why_target_year(lang),
            Why::NotANumber => w::why_number(lang),
        },
        _ => "",
    }
}

fn withheld_box(cx: &Context<'_>, withheld: &Withheld<'_>) -> Markup {
    let lang = cx.lang();
    let why = match withheld.decision.map(|one| one.decision) {
        None => w::withheld_undecided(lang),
        Some(Ruling::Refused) => w::withheld_refused(lang),
        Some(Ruling::Allowed) => w::withheld_expired(lang),
    };
    html! {
        div.notice {
            p { strong { (w::withheld_title(lang)) } ". " (w::withheld_holder(lang, &withheld.mandate.holder)) " " (why) }
            p { (w::withheld_note(lang)) }
        }
    }
}

/// The straight line to the target, and the trend.
fn pace(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let unit = cx.plain(&one.measure.unit);
    let path = one.path.as_ref().filter(|_| one.no_status.is_none());
    let trend = one.projection.as_ref().filter(|_| one.no_status.is_none());
    html! {
        @if path.is_some() || trend.is_some() {
            section {
                h2 { (w::pace_title(lang)) }
                @if let Some(path) = path {
                    p {
                        (match path.standing {
                            Pace::Reached => w::pace_reached(lang),
                            Pace::OnPath => w::pace_on(lang),
                            Pace::Behind => w::pace_behind(lang),
                            Pace::NoNearer => w::pace_no_nearer(lang),
                        })
                        @if let Some(way) = path.way { " " (w::path_way(lang, parts::percent(way), parts::percent(path.time))) }
                    }
                    p {
                        @if let Some(pace) = path.pace { (w::path_pace(lang, parts::signed(pace), unit)) " " }
                        @if let (Some(needed), false) = (path.pace_needed, path.standing == Pace::Reached) {
                            strong { (w::path_needed(lang, parts::signed(needed), unit)) }
                        }
                    }
                }
                @if let Some(trend) = trend {
                    p {
                        (w::trend(lang, parts::computed(trend.value), unit, format!("{:.0}", trend.year.floor())))
                        @if let Some(ends) = trend.interval {
                            " " (w::trend_interval(lang, parts::computed(ends.low), parts::computed(ends.high)))
                            @if ends.short { " " (w::trend_short(lang)) }
                        }
                    }
                    p.hint { (w::trend_note(lang)) }
                }
            }
        }
    }
}

const fn frequency(lang: Lang, frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Monthly => w::monthly(lang),
        Frequency::Quarterly => w::quarterly(lang),
        Frequency::Yearly => w::yearly(lang),
        Frequency::TwoYearly => w::two_yearly(lang),
        Frequency::Irregular => w::irregular(lang),
        Frequency::Once => w::once(lang),
    }
}

fn about(cx: &Context<'_>, measure: &Measure) -> Markup {
    let lang = cx.lang();
    let direction = match measure.direction {
        Direction::Up => w::direction_up(lang),
        Direction::Down => w::direction_down(lang),
        Direction::Volume => w::direction_volume(lang),
    };
    html! {
        h2 { (w::about_measure(lang)) }
        dl.summary {
            div { dt { (w::definition(lang)) } dd { (cx.text(&measure.definition)) } }
            div { dt { (w::unit(lang)) } dd { (cx.text(&measure.unit)) } }
            div { dt { (w::direction(lang)) } dd { (direction) } }
            div { dt { (w::target(lang)) } dd { (target(cx, measure)) } }
            @if let Some(base) = &measure.baseline { div { dt { (w::base(lang)) } dd { (w::period_of(lang, base.period)) } } }
            @if let Some(limit) = measure.limit { div { dt { (w::limit(lang)) } dd { (parts::decimal(limit)) } } }
            @if let Some(bias) = &measure.bias { div { dt { (w::bias(lang)) } dd { (cx.text(bias)) } } }
            @if measure.cells == Cells::Counts { div { dt { (w::gate_title(lang)) } dd { (w::gate_note(lang)) } } }
            @if let Some(query) = &measure.query {
                div { dt { (w::query(lang)) } dd { code { (query.name) } (w::query_version(lang, query.version)) (computed(cx, measure)) } }
            }
            @for dimension in &measure.disaggregation {
                div {
                    dt { (w::breakdown(lang)) " " (values::dimension(cx, dimension)) }
                    dd { @for (at, value) in dimension.values.iter().enumerate() { @if at > 0 { ", " } (values::group_of(cx, dimension, value)) } }
                }
            }
            @if let Some(group) = &measure.group { div { dt { (w::measured_by_group(lang)) } dd { (parts::group(cx, group)) } } }
            div { dt { (w::frequency(lang)) } dd { (frequency(lang, measure.frequency)) } }
            div { dt { (w::stated_by(lang)) } dd { (cx.source(&measure.source)) } }
            div { dt { (w::licence(lang)) } dd { (cx.note(&measure.licence)) } }
            div { dt { (w::contact(lang)) } dd { (parts::contact(&measure.contact)) } }
        }
    }
}

/// What the query computes and what pulls it off the truth, where the plan says it in other words or not at all.
fn computed(cx: &Context<'_>, measure: &Measure) -> Markup {
    let lang = cx.lang();
    let Some(known) = measure.query.as_ref().and_then(live::known) else {
        return html! {};
    };
    let text = |both: Both| match lang {
        Lang::En => both.en,
        Lang::Mi => both.mi,
    };
    let other =
        |said: Option<&Words>, both: Both| said.is_none_or(|said| cx.plain(said) != text(both));
    html! {
        @if other(Some(&measure.definition), known.definition) { p { (text(known.definition)) } }
        @if other(measure.bias.as_ref(), known.bias) { p { strong { (w::bias(lang)) } ": " (text(known.bias)) } }
    }
}

/// Initiatives named on the page; the page of the goal has them all.
const WORK_MAX: usize = 12;

/// What is done for the goal that it measures.
fn works(cx: &Context<'_>, measure: &Measure) -> Markup {
    let lang = cx.lang();
    let all: Vec<_> = cx.report.work_for(&measure.goal).collect();
    html! {
        section {
            h2 #initiatives { (w::initiatives_of_goal(lang)) }
            @if all.is_empty() { p { (w::no_initiatives(lang)) } }
            @else {
                ul {
                    @for one in all.iter().take(WORK_MAX) {
                        li {
                            a href=(cx.href(Page::Initiative(&one.initiative.id))) { (cx.text(&one.initiative.title)) }
                            " – " (cx.note(&one.initiative.owner))
                        }
                    }
                    @if all.len() > WORK_MAX {
                        li { a href={ (cx.href(Page::Goal(&measure.goal))) "#initiatives" } { (w::more_in_list(lang, all.len() - WORK_MAX)) } }
                    }
                }
            }
        }
    }
}

fn target(cx: &Context<'_>, measure: &Measure) -> Markup {
    let lang = cx.lang();
    let Some(set) = measure.target_set() else {
        return html! { p { strong { (w::target_none(lang)) } } };
    };
    let kind = match set.kind {
        TargetKind::Number => w::target_number(lang),
        TargetKind::Relative => w::target_relative(lang),
        TargetKind::Implied => w::target_implied(lang),
    };
    html! {
        p {
            strong {
                @match set.value {
                    Some(value) => (w::target_by(lang, parts::decimal(value), set.year)),
                    None => (w::target_year(lang, set.year)),
                }
            }
            @if let Some(text) = &set.text { ": " (cx.text(text)) }
        }
        p.hint { (kind) }
        @if !measure.comparators.is_empty() { p { (w::comparators(lang)) " " (cx.note(&measure.comparators.join("; "))) } }
        @if let Some(why) = &measure.comparators_missing { p { (w::comparators_missing(lang)) " " (cx.text(why)) } }
    }
}

/// Whose the figures are, what was decided, and on which terms.
fn mandates(cx: &Context<'_>, measure: &Measure) -> Markup {
    let lang = cx.lang();
    let series = measure.series.as_deref().unwrap_or_default();
    let all: Vec<_> = cx.plan.mandates_of(series).collect();
    let purpose = |word: &str| match word {
        PUBLISH => w::purpose_publish(lang).to_owned(),
        "combine" => w::purpose_combine(lang).to_owned(),
        other => other.to_owned(),
    };
    html! {
        @for mandate in all {
            section.mandate {
                h2 { (w::mandate_title(lang)) }
                dl.summary {
                    div { dt { (w::mandate_holder(lang)) } dd { (cx.note(&mandate.holder)) } }
                    @if !mandate.labels.is_empty() {
                        div { dt { (w::mandate_labels(lang)) } dd { (parts::labels(&mandate.labels)) } }
                    }
                    div { dt { (w::mandate_terms(lang)) } dd { (cx.text(&mandate.terms)) } }
                    @if let Some(day) = mandate.until { div { dt { (w::mandate_until(lang)) } dd { (w::until(lang, cx.day(day))) } } }
                    div {
                        dt { (w::mandate_decisions(lang)) }
                        dd { ul.plain {
                            @if mandate.decisions.is_empty() { li { (w::none(lang)) } }
                            @for one in &mandate.decisions {
                                @let what = match one.decision { Ruling::Allowed => w::allowed(lang), Ruling::Refused => w::refused(lang) };
                                li {
                                    (w::decision(lang, what, cx.day(one.on), &one.by, purpose(&one.purpose)))
                                    @if let Some(until) = one.until { ", " (w::until(lang, cx.day(until))) }
                                    @if let Some(note) = &one.note { ". " (cx.text(note)) }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }
}

/// Downloads, the figure for other pages, and the way to challenge it.
fn take(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let id = &one.measure.id;
    let own = Tree {
        lang,
        edition: Some(&cx.edition().id),
    };
    let path = own.path(Page::Embed(id));
    let base = files::base_url(cx.plan, cx.options);
    let address = base.map_or_else(|| path.clone(), |base| format!("{base}/{path}"));
    let snippet = format!(
        "<iframe src=\"{address}\" title=\"{}\" width=\"360\" height=\"320\" loading=\"lazy\"></iframe>",
        cx.plain(&one.measure.title)
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
    );
    html! {
        (challenge::section(cx, challenge::Subject::Measure(id)))
        @if one.series.is_some() {
            (parts::downloads(cx, id))
        }
        section.screen {
            h2 { (w::embed_title(lang)) }
            p { (w::embed_note(lang)) }
            pre tabindex="0" { code { (snippet) } }
            p { a href=(cx.href(Page::Embed(id))) { (w::latest(lang)) ": " (cx.text(&one.measure.title)) } }
        }
    }
}
