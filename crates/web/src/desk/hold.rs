//! Legal holds on a report, and the button that undoes what an officer did.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::hold::{REASON_CHARS_MAX, Reason};
use cairn_desk::access::Action;
use cairn_desk::report::Change;
use maud::{Markup, html};

use super::case_read::View;
use super::case_work::{Answer, answered, change, faulty, version};
use super::typed::Typed;
use super::who::Sent;
use super::words;
use crate::components::{
    Field, Input, Look, Tone, Width, button, button_named, input, inset, notice, said, textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

/// That the report is held, until when, and why.
pub(super) fn held(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let Some(hold) = view.whole.standing.hold else {
        return html! {};
    };
    let count = i64::try_from(view.whole.history.len()).unwrap_or_default();
    let newest_first = view.whole.history.iter().rev().zip((1..=count).rev());
    let mut placed =
        newest_first.filter(|(line, _)| matches!(line.event.change, Change::HoldPlaced { .. }));
    let reason = placed.next().and_then(|(_, number)| reason(view, number));
    let body = html! {
        p {
            @match hold.until {
                Some(until) => (t::hold_until(l, page.moment(until))),
                None => (t::hold_open(l)),
            }
            " " (t::hold_means(l))
        }
        @if let Some(reason) = reason { (said(reason)) }
    };
    notice(Tone::Warning, "held", t::hold_held(l), body)
}

/// Why a hold was placed or lifted by the event of this number.
pub(super) fn reason<'a>(view: &View<'a>, number: i64) -> Option<&'a str> {
    let found = view.whole.reasons.iter().find(|(own, _)| *own == number);
    found.map(|(_, reason)| reason.as_str())
}

/// Placing a hold, changing one, lifting it.
pub(super) fn holding(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    if !view.officer.who.may(Action::HoldReports) {
        return html! {};
    }
    let is_held = view.whole.standing.hold.is_some();
    let max = u32::try_from(REASON_CHARS_MAX).ok();
    let field = |id: &'static str, label| Field::new(l, id, label).error_in(&typed.faults);
    let day = Input {
        value: typed.get("until").unwrap_or_default(),
        kind: "date",
        width: Width::Half,
        ..Input::default()
    };
    html! {
        details.more open[typed.faults.iter().any(|fault| fault.field.contains("reason") || fault.field == "until")] {
            summary { @if is_held { (t::hold_change(l)) } @else { (t::hold_place(l)) } }
            (change(view, "hold", html! {
                p.hint { (t::hold_note(l)) }
                (textarea(&field("reason", t::hold_reason(l)).hint(t::hold_reason_hint(l)), typed.get("reason").unwrap_or_default(), 3, max))
                (input(&field("until", t::hold_end(l)).hint(t::hold_end_hint(l)).optional(true), &day))
                (button(Look::Plain, if is_held { t::hold_change_save(l) } else { t::hold_place_save(l) }))
            }))
            @if is_held {
                (change(view, "lift", html! {
                    (textarea(&field("lift-reason", t::hold_lift_reason(l)), typed.get("lift-reason").unwrap_or_default(), 3, max))
                    (button(Look::Danger, t::hold_lift(l)))
                }))
            }
        }
    }
}

/// Right after an action: what it was, and the way back.
pub(super) fn last(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let newest = i64::try_from(view.whole.history.len()).unwrap_or_default();
    let Some(line) = view
        .whole
        .history
        .last()
        .filter(|_| view.undoable.contains(&newest))
    else {
        return html! {};
    };
    let hint = match &line.event.change {
        Change::OfficerWrote { .. } => Some(t::undo_message_note(l, view.app.config.undo_seconds)),
        _ => None,
    };
    inset(html! {
        p { (t::undo_last(l)) " " (words::event(view, newest, &line.event.change)) }
        @if let Some(hint) = hint { p.hint { (hint) } }
        (button_of(view, newest))
    })
}

/// The button that undoes the event of this number.
pub(super) fn button_of(view: &View<'_>, number: i64) -> Markup {
    change(view, "undo", undo_button(view.officer.page.lang, number))
}

/// The same without its form.
pub(super) fn undo_button(l: Lang, number: i64) -> Markup {
    button_named(Look::Plain, "event", &number.to_string(), t::undo(l))
}

type To = Path<String>;

fn may_hold(sent: &Sent) -> Result<(), Problem> {
    if sent.officer.who.may(Action::HoldReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// On hold, or held until another day.
pub(super) async fn hold(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    may_hold(&sent)?;
    let l = sent.officer.page.lang;
    let Some(reason) = Reason::parse(sent.form.get("reason").unwrap_or_default()) else {
        let text = t::hold_reason_wrong(l, REASON_CHARS_MAX as u64);
        return faulty(&app, &sent, &reference, "reason", text).await;
    };
    let day = sent.form.get("until").unwrap_or_default().trim();
    let until = match day {
        "" => None,
        day => match app.end_of_day(day).filter(|until| *until > app.clock.now()) {
            Some(until) => Some(until),
            None => {
                let text = t::hold_end_wrong(l).to_owned();
                return faulty(&app, &sent, &reference, "until", text).await;
            }
        },
    };
    let (who, version) = (&sent.officer.who, version(&sent.form));
    let done = app
        .place_hold(who, &reference, version, (reason, until))
        .await;
    answered(&app, &sent, &reference, done).await
}

/// No longer on hold.
pub(super) async fn lift(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    may_hold(&sent)?;
    let Some(reason) = Reason::parse(sent.form.get("lift-reason").unwrap_or_default()) else {
        let text = t::hold_reason_wrong(sent.officer.page.lang, REASON_CHARS_MAX as u64);
        return faulty(&app, &sent, &reference, "lift-reason", text).await;
    };
    let (who, version) = (&sent.officer.who, version(&sent.form));
    let done = app.lift_hold(who, &reference, version, reason).await;
    answered(&app, &sent, &reference, done).await
}

/// As it was before.
pub(super) async fn undo(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let event = sent.form.get("event").and_then(|event| event.parse().ok());
    let (who, version) = (&sent.officer.who, version(&sent.form));
    let done = app
        .undo(who, &reference, version, event.unwrap_or_default())
        .await;
    answered(&app, &sent, &reference, done).await
}
