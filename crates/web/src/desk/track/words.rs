//! What the strategy office's things are called.

use cairn_app::track::rows::ReturnRow;
use cairn_desk::track::ReturnState;
use cairn_track::office::returns::About;
use cairn_track::office::{Claimed, Doubt, DueState, DueWhat, Steps};
use cairn_track::plan::{Edition, Initiative, Missing, Plan, What, Words};
use cairn_track::progress::statcan::Status;
use maud::{Markup, html};

use crate::components::{Hue, tag};
use crate::i18n::{Lang, t};

/// A plan's own words; English where it has no others.
pub(super) fn of(l: Lang, words: &Words) -> Markup {
    crate::track::words(l, words)
}

/// The same as text.
pub(crate) fn text(l: Lang, words: &Words) -> &str {
    words.get(l.as_str()).0
}

pub(super) fn state(l: Lang, row: &ReturnRow) -> Markup {
    if row.standing.dissent {
        return tag(Hue::Blue, t::office_state_dissent(l));
    }
    match row.standing.state {
        ReturnState::Waiting => tag(Hue::Amber, t::office_state_waiting(l)),
        ReturnState::Accepted => tag(Hue::Green, t::office_state_accepted(l)),
        ReturnState::SentBack => tag(Hue::Red, t::office_state_sent_back(l)),
        ReturnState::Withdrawn => tag(Hue::Grey, t::office_state_withdrawn(l)),
    }
}

pub(super) fn due_state(l: Lang, state: DueState) -> Markup {
    match state {
        DueState::Coming => tag(Hue::Grey, t::office_due_coming(l)),
        DueState::Due => tag(Hue::Amber, t::office_due_due(l)),
        DueState::Overdue => tag(Hue::Red, t::office_due_overdue(l)),
    }
}

pub(super) const fn due_what(l: Lang, what: DueWhat) -> &'static str {
    match what {
        DueWhat::Initiative => t::office_what_initiative(l),
        DueWhat::NextStep => t::office_what_next_step(l),
        DueWhat::Milestone => t::office_what_milestone(l),
        DueWhat::Action => t::office_what_action(l),
        DueWhat::Measure => t::office_what_measure(l),
    }
}

pub(super) const fn claimed(l: Lang, of: Claimed) -> &'static str {
    match of {
        Claimed::Milestone => t::office_what_milestone(l),
        Claimed::Action => t::office_what_action(l),
        Claimed::Status => t::office_what_initiative(l),
    }
}

pub(super) const fn doubt(l: Lang, doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::NoEvidence => t::office_doubt_none(l),
        Doubt::TooOld => t::office_doubt_old(l),
        Doubt::OwnWord => t::office_doubt_own(l),
    }
}

pub(super) const fn missing(l: Lang, missing: Missing) -> &'static str {
    match missing {
        Missing::Missing => t::office_missing_missing(l),
        Missing::NotCollected => t::office_missing_not_collected(l),
        Missing::Suppressed => t::office_missing_suppressed(l),
        Missing::NotApplicable => t::office_missing_not_applicable(l),
    }
}

pub(crate) const fn status(l: Lang, status: Option<Status>) -> &'static str {
    match status {
        None | Some(Status::NotAvailable) => t::office_status_none(l),
        Some(Status::Deterioration) => t::office_status_deterioration(l),
        Some(Status::Limited) => t::office_status_limited(l),
        Some(Status::Moderate) => t::office_status_moderate(l),
        Some(Status::Substantial) => t::office_status_substantial(l),
        Some(Status::TargetAchieved) => t::office_status_achieved(l),
    }
}

/// What a seat may file on, in the address of the form: `initiative:ID`, `initiative:ID/milestone:ID`, `measure:ID`.
pub(crate) fn key(about: &About) -> String {
    match about {
        About::Initiative(it) => match (&it.milestone, &it.action) {
            (Some(id), _) => format!("initiative:{}/milestone:{id}", it.id),
            (None, Some(id)) => format!("initiative:{}/action:{id}", it.id),
            (None, None) => format!("initiative:{}", it.id),
        },
        About::Measure(it) => format!("measure:{}", it.id),
        About::Note(it) => format!("note:{}:{}", it.what, it.id),
        About::Dissent(it) => format!("dissent:{}:{}", it.what, it.id),
    }
}

/// Kind and title of what a return is on; ids where the plan has no title (any more).
pub(crate) fn about(l: Lang, plan: &Plan, about: &About) -> (&'static str, String) {
    let edition = plan.newest();
    match about {
        About::Initiative(it) => {
            let initiative = edition.and_then(|edition| edition.initiative(&it.id));
            let title = initiative.map_or(it.id.as_str(), |one| text(l, &one.title));
            match (&it.milestone, &it.action) {
                (Some(id), _) => {
                    let step = initiative
                        .and_then(|one| one.milestones.iter().find(|step| step.id == *id));
                    let step = step.map_or(id.as_str(), |step| text(l, &step.title));
                    (t::office_what_milestone(l), format!("{step} – {title}"))
                }
                (None, Some(id)) => {
                    let step =
                        initiative.and_then(|one| one.actions.iter().find(|step| step.id == *id));
                    let step = step.map_or(id.as_str(), |step| text(l, &step.title));
                    (t::office_what_action(l), format!("{step} – {title}"))
                }
                (None, None) => (t::office_what_initiative(l), title.to_owned()),
            }
        }
        About::Measure(it) => (
            t::office_what_measure(l),
            titled(l, edition, What::Measure, &it.id),
        ),
        About::Note(it) => (t::office_what_note(l), titled(l, edition, it.what, &it.id)),
        About::Dissent(it) => (
            t::office_what_dissent(l),
            titled(l, edition, it.what, &it.id),
        ),
    }
}

/// The title of a goal, initiative or measure; its id if there is none.
pub(crate) fn titled(l: Lang, edition: Option<&Edition>, what: What, id: &str) -> String {
    let title = edition.and_then(|edition| match what {
        What::Goal => edition.goal(id).map(|one| &one.title),
        What::Initiative => edition.initiative(id).map(|one| &one.title),
        What::Measure => edition.measure(id).map(|one| &one.title),
    });
    title.map_or_else(|| id.to_owned(), |title| text(l, title).to_owned())
}

/// What a row of a list is on, from its short form.
pub(crate) fn row(l: Lang, plan: &Plan, row: &ReturnRow) -> String {
    let (what, rest) = row
        .about
        .split_once(':')
        .unwrap_or(("", row.about.as_str()));
    let edition = plan.newest();
    match what {
        "measure" => {
            let (id, period) = rest.split_once(' ').unwrap_or((rest, ""));
            let title = titled(l, edition, What::Measure, id);
            if period.is_empty() {
                title
            } else {
                format!("{title}, {period}")
            }
        }
        "initiative" => {
            let (id, step) = rest.split_once('/').unwrap_or((rest, ""));
            let title = titled(l, edition, What::Initiative, id);
            let Some((kind, step)) = step.split_once(':') else {
                return title;
            };
            let step = edition
                .and_then(|edition| edition.initiative(id))
                .and_then(|one| step_title(one, kind, step))
                .map_or(step, |words| text(l, words));
            format!("{step} – {title}")
        }
        "goal" => titled(l, edition, What::Goal, rest),
        _ => row.about.clone(),
    }
}

/// The title of a milestone or an action; `None` if the plan does not have it (any more).
fn step_title<'p>(initiative: &'p Initiative, kind: &str, id: &str) -> Option<&'p Words> {
    if kind == "milestone" {
        let mut all = initiative.milestones.iter();
        return all.find(|step| step.id == id).map(|step| &step.title);
    }
    let mut all = initiative.actions.iter();
    all.find(|step| step.id == id).map(|step| &step.title)
}

/// How many steps stand how, in a few words.
pub(super) fn steps(l: Lang, steps: Steps) -> Markup {
    let parts = [
        (steps.on_time + steps.done, t::office_steps_done(l)),
        (steps.late, t::office_steps_late(l)),
        (steps.overdue, t::office_steps_overdue(l)),
        (steps.without_evidence, t::office_steps_unshown(l)),
        (steps.due + steps.no_date, t::office_steps_due(l)),
    ];
    html! {
        @for (at, (count, word)) in parts.into_iter().filter(|(count, _)| *count > 0).enumerate() {
            @if at > 0 { ", " }
            (count) " " (word)
        }
        @if steps.total() == 0 { "–" }
    }
}
