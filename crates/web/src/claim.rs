//! Organisations ask to be told about their networks. Whoever asks gets the same answer, whatever is known here; the mailbox is proved by a
//! link (`own`), and officers decide. No account, no scripts.

mod own;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_desk::constituent::claim::Asked;
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::constituent::{Fault as Found, NOTE_CHARS_MAX, Role, Typed, Wrong};
use maud::{Markup, html};

use crate::components::{
    Encoding, Fault, Field, HONEYPOT, Input, Look, Tone, Width, button, buttons, choice,
    error_summary, form, honeypot, input, notice, select, textarea,
};
use crate::csrf;
use crate::desk::constituent_words as words;
use crate::form::Form as Pairs;
use crate::i18n::{Lang, t};
use crate::intake::{Public, admit, counted};
use crate::page::Page;
use crate::problem::{Result, again_in};

/// Bytes of a claim: a hundred networks, an OpenPGP key, a note.
const CLAIM_BYTES_MAX: u64 = 128 * 1024;

/// Pages for organisations.
pub(crate) fn router() -> Router<Public> {
    Router::new()
        .route("/own/new", get(show).post(send))
        .route("/own/sent", get(sent))
        .route("/own/{link}", get(own::link))
        .route("/own", get(own::show))
        .route("/own/prove", post(own::prove))
        .route("/own/confirm", post(own::confirm))
        .route("/own/change", post(own::change))
        .route_layer(from_fn(csrf::guard))
}

/// The fields, as typed.
pub(super) fn asked(fields: &Pairs) -> Asked {
    let text = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
    Asked {
        heading: Typed {
            name: text("name"),
            sector: text("sector"),
            ..Typed::default()
        },
        add: text("add"),
        drop: text("drop"),
        contact: ContactTyped {
            role: text("role"),
            name: text("who"),
            email: text("email"),
            phone: text("phone"),
            fingerprint: String::new(),
            key: text("key"),
            certificate: String::new(),
        },
        replaces: fields.get("replaces").is_some(),
        note: text("note"),
    }
}

/// What is wrong, at its field.
pub(super) fn faults(l: Lang, found: &[Found], empty: &'static str) -> Vec<Fault> {
    let one = |found: &Found| {
        let words = match (found.wrong, found.place.as_str()) {
            (Wrong::Empty, _) => empty,
            (Wrong::Many, "add") => t::claim_many(l),
            (other, _) => words::wrong(l, other),
        };
        let text = if found.text.is_empty() {
            words.to_owned()
        } else {
            format!("{}: {words}", found.text)
        };
        Fault {
            field: found.place.clone(),
            text,
        }
    };
    let mut all: Vec<Fault> = Vec::new();
    for fault in found.iter().map(one) {
        // One fault a field is enough for who mends them one by one.
        if !all.iter().any(|known| known.field == fault.field) {
            all.push(fault);
        }
    }
    all
}

/// The fields of a contact; all of one that need not be given.
pub(super) fn contact_fields(
    l: Lang,
    typed: &ContactTyped,
    faults: &[Fault],
    needed: bool,
) -> Markup {
    let line = |value, kind, autocomplete, width| Input {
        value,
        kind,
        autocomplete: Some(autocomplete),
        width,
        ..Input::default()
    };
    let field = |id: &'static str, label: &'static str| Field::new(l, id, label).error_in(faults);
    let roles = Role::ALL.map(|role| choice(role.as_str(), words::role(l, role)));
    let role = if typed.role.is_empty() {
        Role::Security.as_str()
    } else {
        typed.role.as_str()
    };
    let hint = needed.then(|| t::claim_email_hint(l));
    html! {
        (input(&field("email", t::claim_email(l)).hint(hint).optional(!needed), &line(&typed.email, "email", "email", Width::Full)))
        (select(&field("role", t::claim_role(l)), &roles, Some(role)))
        (input(&field("who", t::claim_who(l)).hint(t::claim_who_hint(l)).optional(true), &line(&typed.name, "text", "off", Width::Full)))
        (input(&field("phone", t::claim_phone(l)).optional(true), &line(&typed.phone, "tel", "tel", Width::Half)))
        (textarea(&field("key", t::claim_key(l)).hint(t::claim_key_hint(l)).optional(true), &typed.key, 3, None))
    }
}

/// What else somebody says.
pub(super) fn note_field(l: Lang, note: &str, faults: &[Fault]) -> Markup {
    let field = Field::new(l, "note", t::claim_note(l)).error_in(faults);
    let most = u32::try_from(NOTE_CHARS_MAX).ok();
    textarea(
        &field.hint(t::claim_note_hint(l)).optional(true),
        note,
        3,
        most,
    )
}

/// `GET /own/new`
async fn show(State(app): State<App>, page: Page) -> Markup {
    render(&page, &app, &Asked::default(), &[], None)
}

/// `wait` is how many seconds to wait before it is sent again, where one network sent too many.
fn render(page: &Page, app: &App, asked: &Asked, faults: &[Fault], wait: Option<u32>) -> Markup {
    let l = page.lang;
    let steps = [
        t::claim_how_mail(l),
        t::claim_how_officer(l),
        t::claim_how_free(l),
    ];
    let body = html! {
        (error_summary(l, faults))
        @if let Some(seconds) = wait {
            (notice(Tone::Warning, "wait", t::problem_too_many(l), html! { p { (again_in(l, seconds)) } }))
        }
        h1 { (t::claim_title(l)) }
        p.lead { (t::claim_lead(l)) }
        @if app.takes_claims() {
            h2 { (t::claim_how(l)) }
            ol { @for step in steps { li { (step) } } }
            (form("/own/new", Encoding::Pairs, None, fields(l, app, asked, faults)))
        } @else {
            p.inset { (t::claim_closed(l)) }
        }
    };
    page.clone()
        .faulty(!faults.is_empty() || wait.is_some())
        .render(t::claim_title(l), body)
}

fn fields(l: Lang, app: &App, asked: &Asked, faults: &[Fault]) -> Markup {
    let field = |id: &'static str, label: &'static str| Field::new(l, id, label).error_in(faults);
    let named: Vec<(String, String)> = app
        .form
        .taxonomy()
        .sectors()
        .iter()
        .map(|entry| (entry.code.clone(), entry.title.get(l.as_str()).to_owned()))
        .collect();
    let mut sectors = vec![choice("", t::claim_choose_sector(l))];
    sectors.extend(named.iter().map(|(code, name)| choice(code, name)));
    let name = Input {
        value: &asked.heading.name,
        autocomplete: Some("organization"),
        ..Input::default()
    };
    html! {
        (honeypot(l))
        h2 { (t::claim_organisation(l)) }
        (input(&field("name", t::claim_name(l)), &name))
        (select(&field("sector", t::claim_sector(l)), &sectors, Some(&asked.heading.sector)))
        h2 { (t::claim_yours(l)) }
        (textarea(&field("add", t::claim_add(l)).hint(t::claim_add_hint(l)), &asked.add, 5, None))
        h2 { (t::claim_whom(l)) }
        (contact_fields(l, &asked.contact, faults, true))
        (note_field(l, &asked.note, faults))
        h2 { (t::claim_kept(l)) }
        p { (t::claim_kept_text(l)) }
        (buttons(button(Look::Main, t::claim_send(l))))
    }
}

/// `POST /own/new`
async fn send(State(public): State<Public>, page: Page, request: Request) -> Result<Response> {
    let app = &public.app;
    let admitted = admit(app, request, CLAIM_BYTES_MAX).await?;
    let pairs = Pairs::parse(&admitted.body)?;
    let l = page.lang;
    let asked = asked(&pairs);
    let sent = || Redirect::to("/own/sent").into_response();
    // A machine that fills in everything is told what everybody is told.
    if pairs.get(HONEYPOT).is_some_and(|value| !value.is_empty()) {
        return Ok(sent());
    }
    let contact = app.contact_typed(&asked.contact);
    match asked.first(l.as_str(), contact) {
        Ok(wish) => {
            if let Some(from) = counted(&admitted.parts)
                && let Err(seconds) = public.claims.try_take(from, 1.0)
            {
                let body = render(&page, app, &asked, &[], Some(seconds));
                let after = [(header::RETRY_AFTER, seconds.to_string())];
                return Ok((StatusCode::TOO_MANY_REQUESTS, after, body).into_response());
            }
            app.make_claim(&wish).await?;
            Ok(sent())
        }
        Err(found) => {
            let faults = faults(l, &found, t::claim_empty(l));
            let body = render(&page, app, &asked, &faults, None);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
    }
}

/// `GET /own/sent`: the same for everybody.
async fn sent(page: Page) -> Markup {
    let l = page.lang;
    let body = html! {
        h1 { (t::claim_sent(l)) }
        p.lead { (t::claim_sent_text(l)) }
        p { (t::claim_sent_again(l)) }
    };
    page.render(t::claim_sent(l), body)
}
