//! Cases in words: severity, labels, states, and what happened.

use cairn_app::App;
use cairn_desk::cases::{Asks, Change, Severity, Source};
use cairn_desk::clock;
use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::super::words::{People, kind, person};
use crate::components::{Hue, tag};
use crate::i18n::{Lang, t};
use crate::page::Page;

const fn hue(rank: i64) -> Hue {
    match rank {
        0..=2 => Hue::Red,
        3 | 4 => Hue::Amber,
        _ => Hue::Grey,
    }
}

/// `NZ C2 Highly significant`, or with the points of a weighted scheme.
pub(super) fn severity(app: &App, l: Lang, severity: &Severity) -> String {
    let title = app.config.case_rules.cases.level(severity, l.as_str());
    let scheme = severity.scheme.to_uppercase();
    match severity.points {
        Some(points) => format!("{scheme} {}.{:02} {title}", points / 100, points % 100),
        None => format!("{scheme} {} {title}", severity.level),
    }
}

/// The same from what a list knows: `SCHEME/LEVEL` and the rank.
pub(super) fn severity_code(app: &App, l: Lang, code: Option<&str>, rank: i64) -> Markup {
    let Some((scheme, level)) = code.and_then(|code| code.split_once('/')) else {
        return tag(Hue::Blue, t::cases_not_judged(l));
    };
    let rules = &app.config.case_rules.cases;
    let found = rules.scheme(scheme);
    let found = found.and_then(|known| known.levels.iter().find(|one| one.code == level));
    let title = found.map_or(level, |level| level.title.get(l.as_str()));
    let chosen = rules
        .scheme(scheme)
        .is_some_and(|known| known.factors.is_empty());
    let scheme = scheme.to_uppercase();
    let text = if chosen {
        format!("{scheme} {level} {title}")
    } else {
        format!("{scheme} {title}")
    };
    tag(hue(rank), &text)
}

pub(super) fn severity_tag(app: &App, l: Lang, given: Option<&Severity>) -> Markup {
    match given {
        Some(given) => tag(hue(i64::from(given.rank)), &severity(app, l, given)),
        None => tag(Hue::Blue, t::cases_not_judged(l)),
    }
}

/// A TLP code as the standard prints it.
pub(super) fn tlp(code: &str) -> String {
    code.parse::<Tlp>()
        .map_or_else(|_| code.to_owned(), |tlp| tlp.to_string())
}

/// A label as the standards print it.
pub(super) fn label(tlp: Tlp, pap: Pap) -> String {
    format!("{tlp}, {pap}")
}

/// A state; of one on hold, until when, and whether that is over.
pub(super) fn state(page: &Page, code: &str, until: Option<Micros>, now: Micros) -> Markup {
    let l = page.lang;
    match code {
        "open" => tag(Hue::Blue, t::cases_state_open(l)),
        "closed" => tag(Hue::Green, t::cases_state_closed(l)),
        _ => html! {
            @if until.is_some_and(|until| until <= now) {
                (tag(Hue::Red, t::cases_hold_over(l)))
            } @else {
                (tag(Hue::Amber, t::cases_state_on_hold(l)))
            }
            @if let Some(until) = until { " " (t::cases_until(l, page.moment(until))) }
        },
    }
}

/// Title of a reason for closing.
pub(super) fn reason<'a>(app: &'a App, l: Lang, code: &'a str) -> &'a str {
    let found = app.config.case_rules.cases.reason(code);
    found.map_or(code, |reason| reason.title.get(l.as_str()))
}

/// Title of how an asset stands.
pub(super) fn stands<'a>(app: &'a App, l: Lang, code: &'a str) -> &'a str {
    let found = app.config.case_rules.cases.condition(code);
    found.map_or(code, |condition| condition.title.get(l.as_str()))
}

/// How a case has to do with another; `back`: as the one that was named says it.
pub(super) fn relation<'a>(app: &'a App, l: Lang, code: &'a str, back: bool) -> &'a str {
    let found = app.config.case_rules.cases.relation(code);
    found.map_or(code, |relation| {
        let title = if back {
            &relation.inverse
        } else {
            &relation.title
        };
        title.get(l.as_str())
    })
}

/// Title of a clock's rule.
pub(super) fn rule<'a>(app: &'a App, l: Lang, code: &'a str) -> &'a str {
    let found = app.config.case_rules.clocks.rule(code);
    found.map_or(code, |rule| rule.title.get(l.as_str()))
}

/// Title of an event that starts or stops clocks.
pub(super) fn happening<'a>(app: &'a App, l: Lang, code: &'a str) -> &'a str {
    let found = app.config.case_rules.clocks.kind(code);
    found.map_or(code, |kind| kind.title.get(l.as_str()))
}

/// Where a row of the timeline comes from.
pub(super) fn source(app: &App, l: Lang, source: Source) -> Markup {
    match source {
        Source::Report(no) => {
            let reference = app.reference(no);
            html! { a href={ "/desk/reports/" (reference) } { (reference) } }
        }
        Source::Note(text) => html! { a href={ "#text-" (text) } { (t::cases_note_no(l, text)) } },
        Source::File(text) => html! { a href={ "#file-" (text) } { (t::cases_file_no(l, text)) } },
        Source::Outside => html! { (t::cases_source_outside(l)) },
    }
}

/// What a task of a template asks for; `None` if somebody wrote it.
pub(super) fn template_task<'a>(app: &'a App, l: Lang, asks: &'a Asks) -> Option<&'a str> {
    let Asks::Template { template, code, .. } = asks else {
        return None;
    };
    let found = app.config.case_rules.cases.template(template);
    let found = found.and_then(|known| known.tasks.iter().find(|task| task.code == *code));
    Some(found.map_or(code.as_str(), |task| task.title.get(l.as_str())))
}

/// A span of seconds in its two largest units.
pub(in crate::desk) fn span(l: Lang, seconds: i64) -> String {
    let minutes = seconds / 60;
    match minutes {
        0..=59 => t::cases_minutes(l, minutes),
        60..=2_879 => t::cases_hours(l, minutes / 60),
        _ => t::cases_days(l, minutes / 1_440),
    }
}

const fn clock_change(l: Lang, change: &clock::Change) -> &'static str {
    use clock::Change::{
        Corrected, Met, Missed, Paused, Reopened, Resumed, Started, StartedAgain, Withdrawn,
    };
    match change {
        Started(_) | StartedAgain { .. } => t::cases_clock_started(l),
        Corrected { .. } => t::cases_clock_corrected(l),
        Paused { .. } => t::cases_clock_paused(l),
        Resumed { .. } => t::cases_clock_resumed(l),
        Met { .. } => t::cases_clock_met(l),
        Missed { .. } => t::cases_clock_missed(l),
        Withdrawn { .. } => t::cases_clock_withdrawn(l),
        Reopened { .. } => t::cases_clock_reopened(l),
    }
}

/// What happened to a case. Texts are named by their number and stand where they belong.
pub(in crate::desk) fn change(page: &Page, app: &App, people: &People, change: &Change) -> Markup {
    let l = page.lang;
    let who = |id: Option<&String>| match id {
        Some(id) => person(people, id),
        None => html! { (t::queue_nobody(l)) },
    };
    let detail = match change {
        Change::OwnerSet { to } => Some(who(to.as_ref())),
        Change::SeveritySet { severity: given } => Some(html! { (severity(app, l, given)) }),
        Change::Opened { tlp, pap, .. } | Change::LabelSet { tlp, pap } => {
            Some(html! { (label(*tlp, *pap)) })
        }
        Change::Held { until } => Some(html! { (t::cases_until(l, page.moment(*until))) }),
        Change::Closed { reason: code } => Some(html! { (reason(app, l, code)) }),
        Change::Linked { no } | Change::Unlinked { no } => {
            Some(source(app, l, Source::Report(*no)))
        }
        Change::Noted { note: said, .. } | Change::RowAdded { row: said, .. } => {
            Some(html! { (t::cases_text_no(l, said.text)) })
        }
        Change::RowStruck { text } | Change::TextErased { text } => {
            Some(html! { (t::cases_text_no(l, *text)) })
        }
        Change::TaskAdded { task, .. }
        | Change::TaskDone { task }
        | Change::TaskUndone { task } => Some(html! { (t::cases_task_no(l, *task)) }),
        Change::TaskSet { task, owner, due } => Some(html! {
            (t::cases_task_no(l, *task)) ", " (who(owner.as_ref()))
            @if let Some(due) = due { ", " (t::cases_until(l, page.moment(*due))) }
        }),
        Change::AssetAdded {
            asset, condition, ..
        } => Some(html! { (t::cases_text_no(l, asset.text)) ", " (stands(app, l, condition)) }),
        Change::AssetSet { text, condition } => {
            Some(html! { (t::cases_text_no(l, *text)) ", " (stands(app, l, condition)) })
        }
        Change::AssetStruck { text } => Some(html! { (t::cases_text_no(l, *text)) }),
        Change::FileAdded {
            file, described, ..
        } => Some(html! {
            (t::cases_file_no(l, file.text)) ", " (super::files::sort(l, described.sort)) ", " (described.tlp.to_string())
        }),
        Change::FileRemoved { text }
        | Change::FileRestored { text }
        | Change::FileTaken { text }
        | Change::FileGone { text, .. } => Some(html! { (t::cases_file_no(l, *text)) }),
        Change::Related { to, how } | Change::Unrelated { to, how } => Some(html! {
            (relation(app, l, how, false)) " " a href={ "/desk/cases/" (to) } { (t::cases_one(l, *to)) }
        }),
        Change::Clock { clock, change } => Some(html! { (clock) ", " (clock_change(l, change)) }),
        Change::Renamed { .. } | Change::Reopened | Change::Exported => None,
    };
    html! { (kind(l, change.kind())) @if let Some(detail) = detail { ": " (detail) } }
}
