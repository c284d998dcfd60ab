//! Referrals: the section on a report's page, the page of one with exactly what goes, and the list of all.

mod list;
mod page;
mod work;

use cairn_desk::access::Action;
use cairn_desk::agency::Lawful;
use cairn_desk::form::Form;
use cairn_desk::referral::{Basis, Channel, Outcome, Record, Refusal, State, Step, TEXT_CHARS_MAX};
use maud::{Markup, html};

use super::case_read::View;
use super::case_work::change;
use super::typed::Typed;
use super::words;
use crate::components::{
    Choice, Field, Hue, Look, button, checkbox, checkboxes, radios, said_inline, select, tag,
    textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::size;

pub(super) use list::{all, strip};
pub(super) use page::by_mail::words as mail_refusal;
pub(super) use page::{show, summary};
pub(crate) use work::download;
pub(super) use work::{act, prepare, take};

const fn choice<'a>(value: &'a str, label: &'a str) -> Choice<'a> {
    Choice {
        value,
        label,
        hint: None,
        apart: false,
    }
}

const fn state(l: Lang, state: State) -> &'static str {
    match state {
        State::Prepared => t::referral_state_prepared(l),
        State::Sent => t::referral_state_sent(l),
        State::Acknowledged => t::referral_state_acknowledged(l),
        State::Answered => t::referral_state_answered(l),
        State::Withdrawn => t::referral_state_withdrawn(l),
    }
}

/// State, and what of it waits for somebody here.
fn standing(l: Lang, is: State, late: bool, tell: bool) -> Markup {
    let hue = match is {
        State::Prepared => Hue::Amber,
        State::Sent | State::Acknowledged => Hue::Blue,
        State::Answered => Hue::Green,
        State::Withdrawn => Hue::Grey,
    };
    html! {
        (tag(hue, state(l, is)))
        @if late { " " (tag(Hue::Red, t::referral_late(l))) }
        @if tell { " " (tag(Hue::Red, t::referral_to_tell(l))) }
    }
}

const fn channel(l: Lang, channel: Channel) -> &'static str {
    match channel {
        Channel::Handed => t::referral_channel_handed(l),
        Channel::Api => t::referral_channel_api(l),
        Channel::Mail => t::referral_channel_mail(l),
    }
}

const fn outcome(l: Lang, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => t::referral_outcome_accepted(l),
        Outcome::Declined => t::referral_outcome_declined(l),
        Outcome::NoFurtherAction => t::referral_outcome_no_further_action(l),
        Outcome::Resolved => t::referral_outcome_resolved(l),
    }
}

/// Why it may go, in words.
fn basis(form: &Form, l: Lang, agency: &str, basis: &Basis) -> String {
    match basis {
        Basis::Consent => t::referral_basis_consent(l).to_owned(),
        Basis::Law(code) => {
            let known = form.agencies().lawful_for(code, agency);
            known.map_or_else(|| code.clone(), |one| provision(l, one))
        }
    }
}

fn provision(l: Lang, one: &Lawful) -> String {
    format!("{}: {}", one.law, one.name.get(l.as_str()))
}

const fn step_name(l: Lang, step: &Step) -> &'static str {
    match step {
        Step::Prepared { .. } => t::referral_step_prepared(l),
        Step::Taken { .. } => t::referral_step_taken(l),
        Step::Sent { .. } => t::referral_step_sent(l),
        Step::Acknowledged { .. } => t::referral_step_acknowledged(l),
        Step::Answered { .. } => t::referral_step_answered(l),
        Step::Chased { .. } => t::referral_step_chased(l),
        Step::Withdrawn => t::referral_step_withdrawn(l),
        Step::Bounced => t::referral_step_bounced(l),
        Step::Told { .. } => t::referral_step_told(l),
    }
}

/// What happened to a referral, for histories and the audit trail.
pub(super) fn step(form: &Form, l: Lang, no: u32, step: &Step) -> Markup {
    html! {
        (t::referral_one(l, i64::from(no))) ", " (step_name(l, step))
        @match step {
            Step::Prepared { agency, basis: why, .. } => {
                ", " (words::agency(form, l, agency)) ", " (basis(form, l, agency, why))
            }
            Step::Answered { outcome: is, .. } => { ", " (outcome(l, *is)) }
            _ => {}
        }
    }
}

/// Why a referral could not be done, in words.
const fn refusal(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoConsent | Refusal::Revoked => t::referral_no_consent(l),
        Refusal::Already => t::referral_already(l),
        Refusal::Limit => t::referral_limit(l),
        Refusal::NoSuchFile => t::referral_no_file(l),
        Refusal::NoContact => t::referral_no_contact(l),
        Refusal::Erased => t::referral_erased(l),
        Refusal::NotTaken => t::referral_take_first(l),
        _ => t::referral_not_now(l),
    }
}

/// On the report's page: what was referred, and the forms that prepare another.
pub(super) fn section(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let now = view.app.clock.now();
    let all = view.whole.referrals();
    let href = |record: &Record| {
        let reference = &view.whole.reference;
        format!("/desk/reports/{reference}/referrals/{}", record.referral.no)
    };
    html! {
        h2 #referrals { (t::referral_title(l)) }
        @if all.is_empty() { p { (t::referral_none(l)) } }
        @else {
            ul.plain {
                @for record in &all {
                    @let one = &record.referral;
                    li.card {
                        p {
                            a href=(href(record)) { (t::referral_one(l, i64::from(one.no))) ": " (words::agency(&view.app.form, l, &one.agency)) }
                            " " (standing(l, one.state, record.is_overdue(now), one.to_tell()))
                        }
                        p.hint {
                            (channel(l, one.channel))
                            @if let Some(at) = record.sent_at { ", " (t::referral_sent(l)) " " (page.moment(at)) }
                            @if let Some(is) = one.outcome { ", " (outcome(l, is)) }
                        }
                    }
                }
            }
        }
        @if view.officer.who.may(Action::WorkReports) && !view.whole.summary.bare {
            (with_consent(view, typed))
            @if view.officer.who.may(Action::ReferByLaw) { (by_law(view, typed)) }
        }
    }
}

/// A referral to this agency is under way.
fn is_live(view: &View<'_>, agency: &str) -> bool {
    let live = |one: &cairn_desk::referral::Referral| {
        one.agency == agency && !matches!(one.state, State::Withdrawn | State::Answered)
    };
    view.whole.standing.referrals.iter().any(live)
}

fn with_consent(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let agreed = view.whole.standing.consents.iter();
    let open: Vec<(&String, String)> = agreed
        .filter(|(code, given)| **given && !is_live(view, code))
        .map(|(code, _)| (code, words::agency(&view.app.form, l, code)))
        .collect();
    let mut agencies = vec![choice("", t::referral_agency_choose(l))];
    agencies.extend(open.iter().map(|(code, name)| choice(code, name)));
    let field = Field::new(l, "refer-agency", t::referral_agency(l)).error_in(&typed.faults);
    html! {
        details.more open[is_about(typed, "refer-")] {
            summary { (t::referral_new(l)) }
            @if open.is_empty() && !is_about(typed, "refer-") {
                p { (t::referral_new_none(l)) }
            } @else {
                (change(view, "referrals", html! {
                    p.hint { (t::referral_new_note(l)) }
                    (select(&field, &agencies, typed.get("refer-agency")))
                    (wishes(view, typed, ["refer-channel", "refer-contact", "refer-file"]))
                    (button(Look::Main, t::referral_prepare(l)))
                }))
            }
        }
    }
}

fn by_law(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let form = &view.app.form;
    let mut pairs = Vec::new();
    for one in form.agencies().lawful() {
        for agency in one.agencies.iter().filter(|code| !is_live(view, code)) {
            let name = words::agency(form, l, agency);
            let label = format!("{name} – {}", provision(l, one));
            pairs.push((format!("{agency}/{}", one.code), label));
        }
    }
    let mut choices = vec![choice("", t::referral_law_choose(l))];
    choices.extend(pairs.iter().map(|(value, label)| choice(value, label)));
    let law = Field::new(l, "law-agency", t::referral_law(l)).error_in(&typed.faults);
    let why = Field::new(l, "law-why", t::referral_why(l)).error_in(&typed.faults);
    let max = u32::try_from(TEXT_CHARS_MAX).ok();
    html! {
        details.more open[is_about(typed, "law-")] {
            summary { (t::referral_new_law(l)) }
            (change(view, "referrals", html! {
                input type="hidden" name="by-law" value="1";
                p.hint { (t::referral_law_note(l)) " " (t::referral_new_note(l)) }
                (select(&law, &choices, typed.get("law-agency")))
                (textarea(&why, typed.get("law-why").unwrap_or_default(), 3, max))
                (wishes(view, typed, ["law-channel", "law-contact", "law-file"]))
                (button(Look::Plain, t::referral_prepare(l)))
            }))
        }
    }
}

fn is_about(typed: &Typed<'_>, part: &str) -> bool {
    typed
        .faults
        .iter()
        .any(|fault| fault.field.starts_with(part))
}

/// How it goes, and what goes with it.
fn wishes(view: &View<'_>, typed: &Typed<'_>, names: [&'static str; 3]) -> Markup {
    let l = view.officer.page.lang;
    let [by, contact, file] = names;
    let channels = Channel::ALL.map(|one| Choice {
        hint: match one {
            Channel::Handed => Some(t::referral_channel_handed_hint(l)),
            Channel::Api => None,
            Channel::Mail => Some(t::referral_channel_mail_hint(l)),
        },
        ..choice(one.as_str(), channel(l, one))
    });
    let files: Vec<(&String, String)> = view
        .whole
        .files
        .iter()
        .map(|file| {
            let short: String = file.sha256.chars().take(12).collect();
            let label = format!("{}, {}, {short}", file.media_type, size(file.size));
            (&file.sha256, label)
        })
        .collect();
    let choices: Vec<_> = files
        .iter()
        .map(|(sha256, label)| choice(sha256, label))
        .collect();
    let ticked: Vec<&str> = match typed.form.filter(|form| form.get(by).is_some()) {
        Some(form) => form.all(file).collect(),
        None => files.iter().map(|(sha256, _)| sha256.as_str()).collect(),
    };
    html! {
        (radios(&Field::new(l, by, t::referral_channel(l)).error_in(&typed.faults), &channels, typed.get(by)))
        @if view.whole.contact.is_some() {
            (checkbox(&Field::new(l, contact, t::referral_contact(l)), "1", typed.get(contact).is_some()))
        }
        @if !choices.is_empty() {
            (checkboxes(&Field::new(l, file, t::referral_files(l)), &choices, &ticked))
        }
    }
}

/// The words that go with an event, if they are still there.
fn said_with(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { (said_inline(&cairn_kernel::observable::defang_text(text))) } }
}
