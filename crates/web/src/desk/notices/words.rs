//! What things about notices are called.

use cairn_desk::notice::{Answer, Change, Event, Medium, Part, Refusal, State, Times, Why};
use maud::{Markup, html};

use crate::components::{Hue, tag};
use crate::i18n::{Lang, t};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

pub(crate) const fn why(l: Lang, why: Why) -> &'static str {
    match why {
        Why::Due => t::told_why_due(l),
        Why::Told => t::told_why_told(l),
        Why::NoOwner => t::told_why_no_owner(l),
        Why::NoRule => t::told_why_no_rule(l),
        Why::Rule => t::told_why_rule(l),
        Why::NoContact => t::told_why_no_contact(l),
        Why::Bounced => t::told_why_bounced(l),
        Why::Disabled => t::told_why_disabled(l),
        Why::NoKey => t::told_why_no_key(l),
        Why::Interval => t::told_why_interval(l),
        Why::Quiet => t::told_why_quiet(l),
        Why::Cap => t::told_why_cap(l),
        Why::Approval => t::told_why_approval(l),
        Why::Answered => t::told_why_answered(l),
        Why::Gone => t::told_why_gone(l),
    }
}

pub(super) const fn state_name(l: Lang, state: State) -> &'static str {
    match state {
        State::Waiting => t::told_state_waiting(l),
        State::Ready => t::told_state_ready(l),
        State::Sent => t::told_state_sent(l),
        State::Returned => t::told_state_returned(l),
        State::Dropped => t::told_state_dropped(l),
    }
}

pub(super) fn state(l: Lang, state: State) -> Markup {
    let hue = match state {
        State::Waiting => Hue::Amber,
        State::Ready => Hue::Blue,
        State::Sent => Hue::Green,
        State::Returned => Hue::Red,
        State::Dropped => Hue::Grey,
    };
    tag(hue, state_name(l, state))
}

pub(crate) const fn answer(l: Lang, answer: Answer) -> &'static str {
    match answer {
        Answer::Fixed => t::told_answer_fixed(l),
        Answer::NotOurs => t::told_answer_not_ours(l),
        Answer::Working => t::told_answer_working(l),
        Answer::False => t::told_answer_false(l),
    }
}

pub(crate) const fn part(l: Lang, part: Part) -> &'static str {
    match part {
        Part::New => t::told_part_new(l),
        Part::Still => t::told_part_still(l),
        Part::Gone => t::told_part_gone(l),
    }
}

pub(super) const fn medium(l: Lang, medium: Medium) -> &'static str {
    match medium {
        Medium::Mail => t::told_medium_mail(l),
        Medium::Portal => t::told_medium_portal(l),
    }
}

pub(super) fn sealing(l: Lang, sealing: &str) -> &'static str {
    match sealing {
        "encrypted" => t::told_sealing_encrypted(l),
        "smime" => t::told_sealing_smime(l),
        "smime_unsigned" => t::told_sealing_smime_unsigned(l),
        "signed" => t::told_sealing_signed(l),
        _ => t::told_sealing_plain(l),
    }
}

pub(super) const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotWaiting => t::told_refused_not_waiting(l),
        Refusal::Own => t::told_own(l),
        Refusal::NotSent => t::told_refused_not_sent(l),
        Refusal::Limit => t::told_refused_limit(l),
        Refusal::Moved => t::told_refused_moved(l),
    }
}

pub(in super::super) fn kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "notice_made" => t::told_event_made(l),
        "notice_approved" => t::told_event_approved(l),
        "notice_dropped" => t::told_event_dropped(l),
        "notice_sent" => t::told_event_sent(l),
        "notice_returned" => t::told_event_returned(l),
        "notice_answered" => t::told_event_answered(l),
        _ => t::told_event_gone(l),
    }
}

/// What happened to a notice, without whose it is.
pub(in super::super) fn logged(l: Lang, event: &Event) -> Markup {
    let words = kind(l, event.change.kind());
    html! {
        (words)
        @match &event.change {
            Change::Made { number, rows, .. } => { ": " (number) ", " (t::told_count_rows(l, u64::from(*rows))) },
            Change::Sent { sealing: how } => { ": " (sealing(l, how)) },
            Change::Answered { rows, .. } | Change::Gone { rows } => { ": " (t::told_count_rows(l, u64::from(*rows))) },
            _ => {},
        }
    }
}

/// Seconds, rounded to what says enough.
pub(crate) fn duration(l: Lang, seconds: i64) -> String {
    let rounded = |unit: i64| ((seconds + unit / 2) / unit).unsigned_abs();
    if seconds < 2 * HOUR {
        t::told_minutes(l, rounded(MINUTE))
    } else if seconds < 2 * DAY {
        t::told_hours(l, rounded(HOUR))
    } else {
        t::told_days(l, rounded(DAY))
    }
}

/// The cells of a line of times.
pub(super) fn times(l: Lang, what: Markup, times: &Times) -> Vec<Markup> {
    let shown = |seconds: Option<i64>| html! { @if let Some(seconds) = seconds { (duration(l, seconds)) } @else { "–" } };
    vec![
        what,
        html! { (times.gone) },
        html! { (times.open) },
        shown(times.median),
        shown(times.p90),
    ]
}
