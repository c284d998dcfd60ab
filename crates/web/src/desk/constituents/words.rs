//! What constituents' codes are called.

use cairn_app::App;
use cairn_desk::account::AccountChange;
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::owners::Reason;
use cairn_desk::constituent::{Fault as Found, Refusal, Role, Wrong};
use maud::{Markup, html};

use super::href;
use crate::components::{Fault, machine};
use crate::i18n::{Lang, t};

/// A sector by its code; one that no form knows, as it is.
pub(crate) fn sector(app: &App, l: Lang, code: &str) -> String {
    let known = app.form.taxonomy().sector(code);
    known
        .map_or(code, |entry| entry.title.get(l.as_str()))
        .to_owned()
}

pub(crate) const fn role(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Abuse => t::owners_role_abuse(l),
        Role::Security => t::owners_role_security(l),
        Role::Technical => t::owners_role_technical(l),
        Role::Management => t::owners_role_management(l),
        Role::Other => t::owners_role_other(l),
    }
}

pub(super) const fn reason(l: Lang, reason: Reason) -> &'static str {
    match reason {
        Reason::Only => t::owners_reason_only(l),
        Reason::Manual => t::owners_reason_manual(l),
        Reason::Narrower => t::owners_reason_narrower(l),
        Reason::First => t::owners_reason_first(l),
        Reason::Kind => t::owners_reason_kind(l),
        Reason::Behind => t::owners_reason_behind(l),
    }
}

pub(super) const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Imported => t::owners_refused_imported(l),
        Refusal::Ours => t::owners_refused_ours(l),
        Refusal::Absent => t::owners_refused_absent(l),
        Refusal::Twice => t::owners_refused_twice(l),
        Refusal::Many => t::owners_wrong_many(l),
        Refusal::Empty => t::owners_wrong_empty(l),
    }
}

pub(crate) const fn wrong(l: Lang, wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Name => t::owners_wrong_name(l),
        Wrong::Sector => t::owners_wrong_sector(l),
        Wrong::Language => t::owners_wrong_language(l),
        Wrong::Quiet => t::owners_wrong_quiet(l),
        Wrong::Asset => t::owners_wrong_asset(l),
        Wrong::Role => t::owners_wrong_role(l),
        Wrong::Email => t::owners_wrong_email(l),
        Wrong::Phone => t::owners_wrong_phone(l),
        Wrong::Fingerprint => t::owners_wrong_fingerprint(l),
        Wrong::Key => t::owners_wrong_key(l),
        Wrong::Certificate => t::owners_wrong_certificate(l),
        Wrong::CertificateSecret => t::owners_wrong_certificate_secret(l),
        Wrong::CertificateOver => t::owners_wrong_certificate_over(l),
        Wrong::CertificateUse => t::owners_wrong_certificate_use(l),
        Wrong::CertificateWeak => t::owners_wrong_certificate_weak(l),
        Wrong::Reach => t::owners_wrong_reach(l),
        Wrong::Note => t::owners_wrong_note(l),
        Wrong::Day => t::owners_wrong_day(l),
        Wrong::Twice => t::owners_wrong_twice(l),
        Wrong::Many => t::owners_wrong_many(l),
        Wrong::Columns => t::owners_wrong_columns(l),
        Wrong::Unreadable => t::owners_wrong_unreadable(l),
        Wrong::Empty => t::owners_wrong_empty(l),
    }
}

/// Faults of a form, at its fields.
pub(super) fn faults(l: Lang, found: &[Found]) -> Vec<Fault> {
    let one = |found: &Found| {
        let words = wrong(l, found.wrong);
        Fault {
            field: found.place.clone(),
            text: if found.text.is_empty() {
                words.to_owned()
            } else {
                format!("{}: {words}", found.text)
            },
        }
    };
    found.iter().map(one).collect()
}

pub(super) const fn done(l: Lang, done: Done) -> &'static str {
    match done {
        Done::Made => t::owners_done_made(l),
        Done::Imported => t::owners_done_imported(l),
        Done::Head => t::owners_done_head(l),
        Done::Added => t::owners_done_added(l),
        Done::Dropped => t::owners_done_dropped(l),
        Done::ContactAdded => t::owners_done_contact_added(l),
        Done::ContactChanged => t::owners_done_contact_changed(l),
        Done::ContactRemoved => t::owners_done_contact_removed(l),
        Done::ContactConfirmed => t::owners_done_contact_confirmed(l),
        Done::ContactBounced => t::owners_done_contact_bounced(l),
        Done::ContactDisabled => t::owners_done_contact_disabled(l),
        Done::ContactEnabled => t::owners_done_contact_enabled(l),
        Done::Confirmed => t::owners_done_confirmed(l),
        Done::Noted => t::owners_done_noted(l),
        Done::NoteRemoved => t::owners_done_note_removed(l),
        Done::TakenOver => t::owners_done_taken_over(l),
    }
}

/// What was done, and to which contact.
pub(super) fn step(l: Lang, did: Done, contact: Option<u32>) -> Markup {
    html! {
        (done(l, did))
        @if let Some(id) = contact { " (" (t::owners_contact_no(l, u64::from(id))) ")" }
    }
}

/// What the audit trail says of constituents: the code of what happened, and more of it.
pub(in crate::desk) fn logged(
    l: Lang,
    change: &AccountChange,
) -> Option<(&'static str, Option<Markup>)> {
    Some(match change {
        AccountChange::ConstituentSet {
            constituent,
            done,
            contact,
            ..
        } => {
            let detail = html! { a href=(href(*constituent)) { (t::owners_no(l, u64::from(*constituent))) } ": " (step(l, *done, *contact)) };
            ("constituent_set", Some(detail))
        }
        AccountChange::ConstituentRemoved { constituent } => {
            let detail = html! { (t::owners_no(l, u64::from(*constituent))) };
            ("constituent_removed", Some(detail))
        }
        AccountChange::ConstituentsImported {
            source,
            fresh,
            changed,
            gone,
            ..
        } => {
            let detail = html! { (machine(source)) ", " (t::owners_import_counts(l, *changed, *fresh, *gone)) };
            ("constituents_imported", Some(detail))
        }
        AccountChange::ConstituentsExported { rows } => {
            let detail = html! { (t::owners_count(l, *rows)) };
            ("constituents_exported", Some(detail))
        }
        AccountChange::ClaimMade { claim, .. }
        | AccountChange::ClaimRefused { claim, .. }
        | AccountChange::ClaimErased { claim } => {
            let kind = match change {
                AccountChange::ClaimMade { .. } => "claim_made",
                AccountChange::ClaimRefused { .. } => "claim_refused",
                _ => "claim_erased",
            };
            (kind, Some(claim_link(l, *claim)))
        }
        AccountChange::ClaimSettled {
            claim, constituent, ..
        } => {
            let detail = html! { (claim_link(l, *claim)) ": " a href=(href(*constituent)) { (t::owners_no(l, u64::from(*constituent))) } };
            ("claim_settled", Some(detail))
        }
        AccountChange::ContactAsked {
            constituent,
            contact,
            ..
        } => {
            let detail = html! { a href=(href(*constituent)) { (t::owners_no(l, u64::from(*constituent))) } ": " (t::owners_contact_no(l, u64::from(*contact))) };
            ("contact_asked", Some(detail))
        }
        _ => return None,
    })
}

fn claim_link(l: Lang, no: i64) -> Markup {
    let text = t::claims_no(l, u64::try_from(no).unwrap_or_default());
    html! { a href={ (super::claims::CLAIMS) "/" (no) } { (text) } }
}

/// A kind of event in words.
pub(in crate::desk) fn kind(l: Lang, kind: &str) -> Option<&'static str> {
    Some(match kind {
        "constituent_set" => t::event_constituent_set(l),
        "constituent_removed" => t::event_constituent_removed(l),
        "constituents_imported" => t::event_constituents_imported(l),
        "constituents_exported" => t::event_constituents_exported(l),
        "claim_made" => t::event_claim_made(l),
        "claim_settled" => t::event_claim_settled(l),
        "claim_refused" => t::event_claim_refused(l),
        "claim_erased" => t::event_claim_erased(l),
        "contact_asked" => t::event_contact_asked(l),
        _ => return None,
    })
}
