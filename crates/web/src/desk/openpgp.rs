//! What OpenPGP says of a report's mail, the reporter's keys, and how an answer leaves.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::openpgp::{ReporterKey, Sealing, Standing, fingerprint_shown};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::mail::sealed::{Encryption, Seal, Signed};
use cairn_desk::report::KeyWord;
use maud::{Markup, html};

use super::case_read::View;
use super::case_work::{Answer, answered, change, faulty, version};
use super::typed::Typed;
use super::who::Sent;
use super::words;
use crate::components::{
    Choice, Field, Hue, Look, Tone, button, button_named, buttons, choice, details, machine,
    notice, radios, tag, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

/// What was found out about each protected part of a message, in words and colour.
pub(super) fn seals(view: &View<'_>, seals: &[Seal]) -> Markup {
    seals_of(view.officer.page.lang, seals, |seal| confirmed(view, seal))
}

/// The same, where `sure` says whether a key is one that can be trusted.
pub(super) fn seals_of(l: Lang, seals: &[Seal], sure: impl Fn(&Seal) -> bool) -> Markup {
    html! {
        // Within a line of text, too.
        @for seal in seals { br; span.seal { (one(l, sure(seal), seal)) } }
    }
}

/// The key is one that an officer confirmed.
fn confirmed(view: &View<'_>, seal: &Seal) -> bool {
    let keys = view.app.reporter_keys(view.whole);
    keys.iter()
        .any(|key| key.is_confirmed() && key.fingerprint() == seal.key && seal.key.is_some())
}

fn one(l: Lang, sure: bool, seal: &Seal) -> Markup {
    let (hue, how) = match seal.encryption {
        Encryption::ToUs => (Hue::Green, t::pgp_seal_to_us(l)),
        Encryption::None => (Hue::Grey, t::pgp_seal_none(l)),
        Encryption::ToOthers => (Hue::Amber, t::pgp_seal_to_others(l)),
        Encryption::Unsafe => (Hue::Red, t::pgp_seal_unsafe(l)),
        Encryption::Damaged => (Hue::Red, t::pgp_seal_damaged(l)),
        Encryption::TooMuch => (Hue::Red, t::pgp_seal_too_much(l)),
    };
    let opened = matches!(seal.encryption, Encryption::ToUs | Encryption::None);
    let (signed_hue, signed) = match seal.signed {
        Signed::None => (Hue::Grey, t::pgp_signed_none(l)),
        Signed::Good if sure => (Hue::Green, t::pgp_signed_confirmed(l)),
        Signed::Good => (Hue::Blue, t::pgp_signed_seen(l)),
        Signed::Bad => (Hue::Red, t::pgp_signed_bad(l)),
        Signed::Unknown => (Hue::Amber, t::pgp_signed_unknown(l)),
        Signed::Expired => (Hue::Amber, t::pgp_signed_expired(l)),
        Signed::Revoked => (Hue::Red, t::pgp_signed_revoked(l)),
    };
    html! {
        (tag(hue, how))
        @if opened { " " (tag(signed_hue, signed)) }
        @if let Some(key) = &seal.key { " " (machine(&fingerprint_shown(key))) }
        @if !opened { br; (t::pgp_seal_kept(l)) }
        @if seal.other_sender { br; strong { (t::pgp_seal_other(l)) } }
        @if let Some(mark) = &seal.mark { br; (t::pgp_seal_part(l, mark.as_str())) }
    }
}

/// Of the message that brought the report.
pub(super) fn of_report(view: &View<'_>) -> Markup {
    let brought = view.whole.body.mail.as_ref();
    let brought = brought.filter(|mail| !mail.seals.is_empty());
    let l = view.officer.page.lang;
    html! { @if let Some(mail) = brought { p #pgp-report { strong { (t::pgp_of_report(l)) } (seals(view, &mail.seals)) } } }
}

/// The reporter's keys, with what can be said of them; nothing where nobody is written to.
pub(super) fn keys(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    if view.whole.body.anonymous
        || (view.whole.keys.is_empty() && !view.app.reachable_by_mail(view.whole))
    {
        return html! {};
    }
    let all = view.app.reporter_keys(view.whole);
    let works = view.officer.who.may(Action::WorkReports);
    html! {
        section aria-labelledby="pgp-keys" {
            h3 #pgp-keys { (t::pgp_keys(l)) }
            @if view.whole.standing.keys.changed() {
                (notice(Tone::Warning, "key-changed", t::pgp_key_changed(l), html! { p { (t::pgp_key_changed_note(l)) } }))
            }
            @if all.is_empty() { p { (t::pgp_keys_none(l)) } } @else { p.hint { (t::pgp_keys_note(l)) } }
            @for key in all.iter().rev() { (shown(view, key, works)) }
            @if works && view.app.reachable_by_mail(view.whole) { (pasting(view, typed)) }
        }
    }
}

fn shown(view: &View<'_>, key: &ReporterKey, works: bool) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let how = match key.row.source.as_str() {
        "pasted" => t::pgp_key_pasted(l, page.moment(key.row.at)),
        _ => t::pgp_key_mail(l, page.moment(key.row.at)),
    };
    let dropped = key.row.dropped.is_some();
    let state = match () {
        () if dropped => (Hue::Grey, t::pgp_key_dropped(l)),
        () if key.is_confirmed() => (Hue::Green, t::pgp_key_confirmed(l)),
        () => (Hue::Blue, t::pgp_key_seen(l)),
    };
    let fault = match key.standing {
        Standing::Good => None,
        Standing::Expired => Some(t::pgp_key_expired(l)),
        Standing::Revoked => Some(t::pgp_key_revoked(l)),
        Standing::CannotEncrypt => Some(t::pgp_key_weak(l)),
    };
    html! {
        article.message {
            @match key.fingerprint() {
                None => p { (t::pgp_key_erased(l)) },
                Some(print) => {
                    p { (machine(&fingerprint_shown(&print))) }
                    p {
                        (tag(state.0, state.1))
                        @if let Some(fault) = fault { " " (tag(Hue::Red, fault)) }
                        @if key.in_use && fault.is_none() { " " (tag(Hue::Grey, t::pgp_key_in_use(l))) }
                    }
                    @if let Some(key) = &key.key { p.hint { (key.user_ids().join(", ")) } }
                }
            }
            p.caption {
                (how)
                @if let Some((at, by)) = &key.row.confirmed {
                    ", " (t::pgp_key_confirmed_by(l, page.moment(*at))) " "
                    (words::person(view.people, by.rsplit(':').next().unwrap_or_default()))
                }
            }
            @if works && !dropped && key.key.is_some() {
                (change(view, &format!("keys/{}", key.row.n), html! {
                    (buttons(html! {
                        @if !(key.is_confirmed() && key.in_use) {
                            (button_named(Look::Plain, "do", "confirm", t::pgp_key_confirm(l)))
                        }
                        (button_named(Look::Plain, "do", "drop", t::pgp_key_drop(l)))
                    }))
                }))
            }
        }
    }
}

fn pasting(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let field = Field::new(l, "key", t::pgp_paste(l))
        .hint(t::pgp_paste_hint(l))
        .error_in(&typed.faults);
    let wrong = typed.faults.iter().any(|fault| fault.field == "key");
    let body = change(
        view,
        "keys",
        html! {
            (textarea(&field, typed.get("key").unwrap_or_default(), 6, None))
            (buttons(button(Look::Plain, t::pgp_paste_do(l))))
        },
    );
    if wrong {
        body
    } else {
        details(t::pgp_paste(l), body)
    }
}

/// How the mail about an answer leaves; nothing where there is no choice.
pub(super) fn choosing(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let offered = view.app.sealings(view.whole);
    if offered.len() < 2 {
        return html! {};
    }
    let first = view.app.sealing_first(view.whole);
    let chosen = typed.get("sealing").unwrap_or(first.as_str());
    let choices: Vec<Choice<'_>> = offered
        .iter()
        .map(|one| choice(one.as_str(), name(l, *one)))
        .collect();
    html! { (radios(&Field::new(l, "sealing", t::pgp_sealing(l)), &choices, Some(chosen))) }
}

/// In words.
pub(super) const fn name(l: Lang, sealing: Sealing) -> &'static str {
    match sealing {
        Sealing::Encrypted => t::pgp_sealing_encrypted(l),
        Sealing::Signed => t::pgp_sealing_signed(l),
        Sealing::Plain => t::pgp_sealing_plain(l),
    }
}

/// What the form says; plain where it offered no choice.
pub(super) fn chosen(form: &Form) -> Sealing {
    form.get("sealing")
        .and_then(Sealing::parse)
        .unwrap_or_default()
}

/// What an officer said of a key, for histories.
pub(super) fn judged(l: Lang, word: KeyWord) -> Markup {
    let word = match word {
        KeyWord::Confirmed => t::pgp_event_confirmed(l),
        KeyWord::Dropped => t::pgp_event_dropped(l),
    };
    html! { (word) }
}

/// How a mail left.
pub(super) fn sent(l: Lang, seal: Option<&str>) -> Markup {
    html! {
        @match seal {
            Some("encrypted") => { " " (tag(Hue::Green, t::pgp_sent_encrypted(l))) }
            Some("signed") => { " " (tag(Hue::Blue, t::pgp_sent_signed(l))) }
            _ => {}
        }
    }
}

/// `POST /desk/reports/{reference}/keys`
pub(super) async fn paste(
    State(app): State<App>,
    Path(reference): Path<String>,
    sent: Sent,
) -> Answer {
    let text = sent.form.get("key").unwrap_or_default();
    let who = &sent.officer.who;
    let done = app
        .paste_key(who, &reference, version(&sent.form), text)
        .await;
    if let Err(AppError::Input(why)) = &done {
        let wrong = t::pgp_paste_wrong(sent.officer.page.lang, why.as_str());
        return faulty(&app, &sent, &reference, "key", wrong).await;
    }
    answered(&app, &sent, &reference, done).await
}

/// `POST /desk/reports/{reference}/keys/{no}`
pub(super) async fn judge(
    State(app): State<App>,
    Path((reference, no)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let who = &sent.officer.who;
    if !who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let word = match sent.form.get("do") {
        Some("confirm") => KeyWord::Confirmed,
        _ => KeyWord::Dropped,
    };
    let no = no.parse().map_err(|_| Problem::not_found())?;
    let done = app
        .judge_key(who, &reference, version(&sent.form), (no, word))
        .await;
    answered(&app, &sent, &reference, done).await
}

/// In the preview: how it leaves, for which key, and what that gives away.
pub(super) fn leaving(l: Lang, mail: &cairn_app::conversation::MailShown) -> Markup {
    html! {
        @if mail.exposes {
            (notice(Tone::Warning, "exposes", t::pgp_exposes(l), html! { p { (t::pgp_exposes_note(l)) } }))
        }
        p #leaves { strong { (t::pgp_preview(l)) ": " } (name(l, mail.sealing)) }
        @if let Some((print, sure)) = &mail.key {
            p { (t::pgp_preview_encrypted(l)) }
            p {
                (t::pgp_preview_for(l)) " " (machine(&fingerprint_shown(print))) " "
                @if *sure { (tag(Hue::Green, t::pgp_preview_sure(l))) } @else { (tag(Hue::Amber, t::pgp_preview_unsure(l))) }
            }
        }
    }
}
