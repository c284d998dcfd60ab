//! What organisations ask for by themselves: the list, one claim with what others have beside it, and the decision.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::constituent::claim::{Claimed, Near, Part, Seen, Silent};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::constituent::NOTE_CHARS_MAX;
use cairn_desk::constituent::claim::{Mailbox, Parts, State as Stands, Touch, Wish};
use maud::{Markup, html};

use super::{Answer, HOME, allowed, doors, href, words};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Look, Row, Tone, back_link, button_named, buttons,
    checkboxes, choice, error_summary, form, machine, notice, said, said_inline, select, stack,
    summary_list, tag, textarea,
};
use crate::desk::who::{Officer, Sent, token};
use crate::desk::{Need, Route, at};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

pub(super) const CLAIMS: &str = "/desk/constituents/claims";

/// Routes of claims.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/constituents/claims", reads, get(list)),
        at(g, "/desk/constituents/claims/{no}", reads, get(show)),
        at(
            p,
            "/desk/constituents/claims/{no}/decide",
            does,
            post(decide),
        ),
    ]
}

/// What somebody sent that could not be done.
#[derive(Default)]
struct Tried {
    faults: Vec<Fault>,
    refused: Option<&'static str>,
    parts: Option<Parts>,
    target: String,
    reason: String,
}

fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// The list.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    allowed(&officer, Action::ReadReports)?;
    let l = officer.page.lang;
    let all = app.claim_list(&officer.who).await?;
    let total = u64::try_from(all.total).unwrap_or_default();
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (t::claims_title(l)) }
        p { (t::claims_lead(l)) }
        h2 { @if total == 0 { (t::claims_none(l)) } @else { (t::claims_count(l, total)) } }
        @if !all.waiting.is_empty() { (claims(&officer, &all.waiting, &all.names, t::claims_waiting(l))) }
        @if !all.silent.is_empty() {
            h2 #silent { (t::claims_silent(l)) }
            p { (t::claims_silent_lead(l)) }
            (silent(l, &all.silent))
        }
        @if !all.decided.is_empty() {
            h2 #decided { (t::claims_decided(l)) }
            (claims(&officer, &all.decided, &all.names, t::claims_decided(l)))
        }
    };
    Ok(officer.page.render(t::claims_title(l), body))
}

/// The organisation that a claim names, or whose contact asks.
pub(crate) fn name(one: &Claimed, names: &BTreeMap<u32, String>) -> String {
    let own = one.wish.heading.as_ref().map(|heading| &heading.name);
    let known = one.claim.owner.and_then(|owner| names.get(&owner));
    own.or(known).cloned().unwrap_or_default()
}

fn state(l: Lang, state: Stands) -> Markup {
    match state {
        Stands::Settled => tag(Hue::Green, t::own_state_settled(l)),
        Stands::Refused => tag(Hue::Red, t::own_state_refused(l)),
        _ => tag(Hue::Amber, t::own_state_waiting(l)),
    }
}

fn claims(
    officer: &Officer,
    all: &[Claimed],
    names: &BTreeMap<u32, String>,
    caption: &str,
) -> Markup {
    let l = officer.page.lang;
    let columns = [
        t::claims_who(l),
        t::claims_asks(l),
        t::claims_since(l),
        t::owners_standing(l),
    ]
    .map(Column::text);
    let rows = all.iter().map(|one| {
        let facts = |network: bool, domain: bool| {
            let add = one.wish.add.iter();
            let own = add.filter(|asset| (asset.kind() == "network") == network && (asset.kind() == "domain") == domain);
            own.count() as u64
        };
        let (networks, domains, asns) = (facts(true, false), facts(false, true), facts(false, false));
        vec![
            html! {
                a href={ (CLAIMS) "/" (one.claim.no) } { (said_inline(&name(one, names))) span.unseen { " " (t::claims_no(l, u64::try_from(one.claim.no).unwrap_or_default())) } }
                div.hint { @if one.wish.heading.is_some() { (t::claims_first(l)) } @else { (t::claims_change(l)) } }
            },
            html! { (t::owners_counts(l, asns, domains, networks)) },
            html! { (officer.page.moment(one.claim.at)) },
            state(l, one.claim.state),
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    stack(caption, &columns, &rows)
}

fn silent(l: Lang, all: &[Silent]) -> Markup {
    let columns = [
        t::owners_name(l),
        t::owners_contact(l),
        t::claims_silent_asked(l),
    ]
    .map(Column::text);
    let rows = all.iter().map(|one| {
        let day = cairn_kernel::time::day_in_words(l.as_str(), one.ask.at.date());
        let contact = format!("{}/contacts/{}", href(one.owner), one.contact);
        vec![
            html! { a href=(href(one.owner)) { (said_inline(&one.name)) } },
            html! { a href=(contact) { (t::owners_contact_no(l, u64::from(one.contact))) } },
            html! { (t::claims_silent_times(l, u64::from(one.ask.round), day)) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    stack(t::claims_silent(l), &columns, &rows)
}

/// One claim.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    allowed(&officer, Action::ReadReports)?;
    page(&app, &officer, number(&no)?, &Tried::default()).await
}

async fn page(app: &App, officer: &Officer, no: i64, tried: &Tried) -> Result<Markup> {
    let l = officer.page.lang;
    let seen = app.claim_seen(&officer.who, no).await?;
    let one = &seen.one;
    let names = seen.owner.iter();
    let names = names.map(|one| (one.no, one.facts.name.clone())).collect();
    let title = name(one, &names);
    let waits = one.claim.state == Stands::Waiting;
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, &tried.faults))
        (back_link(l, CLAIMS))
        p.caption { (t::claims_no(l, u64::try_from(no).unwrap_or_default())) " " (state(l, one.claim.state)) }
        h1.told { (said_inline(&title)) }
        @if waits { p.to-work { a href="#work" { (t::claims_decide(l)) } } }
        @if let Some(why) = tried.refused { (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (why) } })) }
        div.two {
            div {
                (head(app, officer, &seen))
                h2 #evidence { (t::claims_evidence(l)) }
                p.hint { (t::claims_evidence_lead(l)) }
                @for part in &seen.parts { (evidence(l, part)) }
                @if seen.parts.is_empty() { p { (t::own_nothing(l)) } }
            }
            div {
                section.work aria-labelledby="work" {
                    h2 #work { (t::claims_decide(l)) }
                    @if !waits { (decided(l, one)) }
                    @else if officer.who.may(Action::WorkReports) { (work(officer, &seen, tried)) }
                    @else { p { (t::case_read_only(l)) } }
                }
            }
        }
    };
    let page = officer.page.clone().faulty(!tried.faults.is_empty());
    Ok(page.render(&title, body))
}

fn head(app: &App, officer: &Officer, seen: &Seen) -> Markup {
    let (l, wish) = (officer.page.lang, &seen.one.wish);
    let mut rows = Vec::new();
    if let Some(owner) = &seen.owner {
        let what = if wish.heading.is_some() {
            t::claims_settled(l)
        } else {
            t::claims_by(l)
        };
        let asked = seen.one.claim.contact;
        let link = html! {
            a href=(href(owner.no)) { (said_inline(&owner.facts.name)) }
            @if let Some(id) = asked { ", " a href={ (href(owner.no)) "/contacts/" (id) } { (t::owners_contact_no(l, u64::from(id))) } }
        };
        rows.push(Row::new(what, link));
    }
    if let Some(heading) = &wish.heading {
        if let Some(code) = &heading.sector {
            let name = words::sector(app, l, code);
            rows.push(Row::new(t::owners_sector(l), html! { (name) }));
        }
        let language = heading.language.as_deref().unwrap_or_default();
        rows.push(Row::new(t::owners_language(l), machine(language)));
    }
    if let Some(one) = &wish.contact {
        let reach = html! {
            div { (words::role(l, one.role)) @if !one.name.is_empty() { ", " (said_inline(&one.name)) } }
            @for text in [&one.email, &one.phone].into_iter().flatten() { div.told { (said_inline(text)) } }
            @if let Some(fingerprint) = &one.fingerprint {
                div.hint { (t::owners_key_here(l)) " " (machine(&cairn_app::openpgp::fingerprint_shown(fingerprint))) }
            }
            @if wish.replaces { div.hint { (t::claims_replaces(l)) } }
        };
        rows.push(Row::new(t::owners_contact(l), reach));
    }
    rows.push(Row::new(
        t::claims_since(l),
        html! { (officer.page.moment(seen.one.claim.at)) },
    ));
    html! {
        (summary_list(l, &rows))
        @if !wish.note.is_empty() { h2 { (t::claims_note(l)) } (said(&wish.note)) }
    }
}

fn evidence(l: Lang, part: &Part) -> Markup {
    let columns = [
        t::owners_name(l),
        t::claims_lies(l),
        t::claims_theirs(l),
        t::owners_source(l),
    ]
    .map(Column::text);
    let touch = |near: &Near| match near.touch {
        Touch::Same => t::claims_touch_same(l),
        Touch::Within => t::claims_touch_within(l),
        Touch::Around => t::claims_touch_around(l),
    };
    let rows = part.near.iter().map(|near| {
        vec![
            html! {
                a href=(href(near.owner)) { (said_inline(&near.name)) }
                @match near.mailbox {
                    Some(Mailbox::Same) => { " " (tag(Hue::Green, t::claims_mailbox_same(l))) }
                    Some(Mailbox::Domain) => { " " (tag(Hue::Green, t::claims_mailbox_domain(l))) }
                    None => {}
                }
            },
            html! { (touch(near)) },
            machine(&near.theirs.to_string()),
            html! { @if near.source.is_empty() { (t::owners_manual(l)) } @else { (t::owners_from(l, near.source.as_str())) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let claimed = part.asset.to_string();
    html! {
        h3 { (machine(&claimed)) }
        @if rows.is_empty() { p { (t::claims_near_none(l)) } }
        @else { (stack(&claimed, &columns, &rows)) }
    }
}

fn decided(l: Lang, one: &Claimed) -> Markup {
    let list = |all: &[String]| {
        html! {
            @if all.is_empty() { (t::own_nothing(l)) }
            ul.plain { @for one in all { li { (machine(one)) } } }
        }
    };
    html! {
        @if let Some(answer) = &one.answer {
            (summary_list(l, &[Row::new(t::own_taken(l), list(&answer.taken)), Row::new(t::own_left(l), list(&answer.left))]))
            @if !answer.reason.is_empty() { (said(&answer.reason)) }
        }
    }
}

fn work(officer: &Officer, seen: &Seen, tried: &Tried) -> Markup {
    let (l, wish) = (officer.page.lang, &seen.one.wish);
    let whole = wish.whole();
    let parts = tried.parts.as_ref().unwrap_or(&whole);
    let no = seen.one.claim.no;
    let csrf = token(&officer.seen);
    let named: Vec<(String, &String)> = seen
        .targets
        .iter()
        .map(|(no, name)| (no.to_string(), name))
        .collect();
    let mut targets: Vec<Choice<'_>> = vec![choice("", t::claims_target_new(l))];
    targets.extend(named.iter().map(|(no, name)| choice(no, name)));
    let reason = Field::new(l, "reason", t::claims_reason(l))
        .hint(t::claims_reason_hint(l))
        .optional(true)
        .error_in(&tried.faults);
    form(
        &format!("{CLAIMS}/{no}/decide"),
        Encoding::Pairs,
        Some(&csrf),
        html! {
            (marks(l, wish, parts, &tried.faults))
            @if wish.heading.is_some() {
                (select(&Field::new(l, "target", t::claims_target(l)).hint(t::claims_target_hint(l)), &targets, Some(&tried.target)))
            }
            (textarea(&reason, &tried.reason, 3, u32::try_from(NOTE_CHARS_MAX).ok()))
            (buttons(html! {
                (button_named(Look::Main, "do", "take", t::claims_take_button(l)))
                (button_named(Look::Danger, "do", "refuse", t::claims_refuse_button(l)))
            }))
        },
    )
}

/// A mark for each part.
fn marks(l: Lang, wish: &Wish, parts: &Parts, faults: &[Fault]) -> Markup {
    let texts = |all: &[cairn_desk::constituent::Asset]| -> Vec<(String, String)> {
        let all = all.iter().enumerate();
        all.map(|(at, one)| (at.to_string(), one.to_string()))
            .collect()
    };
    let group =
        |id: &'static str, label: &'static str, all: &[(String, String)], own: Vec<String>| {
            let choices: Vec<Choice<'_>> = all.iter().map(|(at, text)| choice(at, text)).collect();
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            checkboxes(&Field::new(l, id, label).error_in(faults), &choices, &own)
        };
    let chosen =
        |all: &std::collections::BTreeSet<usize>| all.iter().map(usize::to_string).collect();
    let contact = wish.contact.as_ref();
    let contact = contact.map(|one| one.email.as_ref().or(one.phone.as_ref()));
    let contact = contact.map(|text| text.cloned().unwrap_or_default());
    html! {
        @if !wish.add.is_empty() { (group("add", t::claims_take_add(l), &texts(&wish.add), chosen(&parts.add))) }
        @if !wish.drop.is_empty() { (group("drop", t::claims_take_drop(l), &texts(&wish.drop), chosen(&parts.drop))) }
        @if let Some(text) = contact {
            (group("contact", t::claims_take_contact(l), &[("1".to_owned(), text)], if parts.contact { vec!["1".to_owned()] } else { Vec::new() }))
        }
    }
}

fn chosen(form: &Form) -> Parts {
    let places = |name: &str| {
        let all = form.all(name);
        all.filter_map(|at| at.parse().ok()).collect()
    };
    Parts {
        add: places("add"),
        drop: places("drop"),
        contact: form.get("contact").is_some(),
    }
}

/// The decision.
pub(super) async fn decide(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    let (officer, form) = (&sent.officer, &sent.form);
    allowed(officer, Action::WorkReports)?;
    let (l, no) = (officer.page.lang, number(&no)?);
    let parts = chosen(form);
    let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
    let (target, reason) = (text("target"), text("reason"));
    let done = if text("do") == "refuse" {
        let refused = app.refuse_claim(&officer.who, no, &reason).await;
        refused.map(|()| CLAIMS.to_owned())
    } else {
        let target_no = target.parse().ok();
        let settled = app.settle_claim(&officer.who, no, (&parts, target_no, &reason));
        settled.await.map(href)
    };
    let mut tried = Tried {
        parts: Some(parts),
        target,
        reason,
        ..Tried::default()
    };
    let fault = |field: &str, text: &str| Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    };
    let status = match done {
        Ok(to) => return Ok(Redirect::to(&to).into_response()),
        Err(AppError::Input(_)) if tried.reason.is_empty() => {
            let text = t::claims_refuse_reason(l);
            tried.faults.push(fault("reason", text));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(AppError::Input(_)) => {
            tried.faults.push(fault("reason", t::owners_wrong_note(l)));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(AppError::Constituent(cairn_desk::constituent::Refusal::Empty)) => {
            tried.refused = Some(t::claims_empty(l));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(AppError::Constituent(refusal)) => {
            tried.refused = Some(words::refused(l, refusal));
            StatusCode::CONFLICT
        }
        Err(AppError::Conflict) => {
            tried.refused = Some(t::claims_moved(l));
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other.into()),
    };
    Ok((status, page(&app, officer, no, &tried).await?).into_response())
}
