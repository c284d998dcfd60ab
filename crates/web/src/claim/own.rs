//! What a secret link opens: a claim whose mailbox is to be proved, or what we know of an organisation, for one of its contacts. Wrong,
//! unknown and past look the same.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::constituent::claim::{Claimed, Known, Own};
use cairn_app::report::AppError;
use cairn_desk::constituent::claim::{Asked, State as Stands, Wish};
use cairn_desk::constituent::{Contact, Refusal};
use maud::{Markup, html};

use super::{CLAIM_BYTES_MAX, asked, contact_fields, faults, note_field};
use crate::components::{
    Encoding, Fault, Field, Hue, Look, Row, Tone, button, buttons, checkbox, details,
    error_summary, form, machine, notice, said, said_inline, summary_list, tag, textarea,
};
use crate::cookie::{Cookie, SameSite};
use crate::desk::constituent_words as words;
use crate::form::Form as Pairs;
use crate::i18n::{Lang, t};
use crate::intake::{Public, admit, origin};
use crate::page::Page;
use crate::problem::Result;
use crate::report::SMALL_BYTES_MAX;

/// Letters kept of what somebody pasted.
const LETTERS_MAX: usize = 80;
/// Networks, domains and AS numbers on the page at most.
const ASSETS_SHOWN: usize = 300;

/// Opens it for half an hour, so that the secret need not stay in the address bar.
const OPENS: Cookie = Cookie {
    name: "cairn_own",
    same_site: SameSite::Lax,
    max_age: Some(30 * 60),
};

/// Letters, digits and dashes alone.
fn letters(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    kept.take(LETTERS_MAX).collect()
}

/// `GET /own/LINK`: puts it into a cookie that pages cannot read, and leaves the address. Nothing is looked up here: right and wrong links
/// are answered alike.
pub(super) async fn link(Path(link): Path<String>, page: Page) -> Response {
    let cookie = OPENS.set(&letters(&link), page.site.https);
    let to = HeaderValue::from_static("/own");
    let headers = [(header::LOCATION, to), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn see(path: &'static str) -> Response {
    let to = HeaderValue::from_static(path);
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// What the cookie opens, or the one answer to everything that opens nothing.
async fn opened(
    public: &Public,
    parts: &axum::http::request::Parts,
    page: &Page,
) -> Result<std::result::Result<Own, Box<Response>>> {
    let held = letters(
        OPENS
            .get(&parts.headers, page.site.https)
            .unwrap_or_default(),
    );
    let from = origin(parts);
    public.tries.allow(from)?;
    match public.app.open_own(&held).await {
        Ok(own) => Ok(Ok(own)),
        Err(AppError::NotFound) => {
            public.tries.failed(from);
            Ok(Err(Box::new(closed(page))))
        }
        Err(other) => Err(other.into()),
    }
}

fn closed(page: &Page) -> Response {
    let l = page.lang;
    let body = html! {
        h1 { (t::own_closed(l)) }
        p.lead { (t::own_closed_text(l)) }
        p { a href="/own/new" { (t::claim_title(l)) } }
    };
    let cleared = OPENS.clear(page.site.https);
    let body = page.render(t::own_closed(l), body);
    (StatusCode::NOT_FOUND, [(header::SET_COOKIE, cleared)], body).into_response()
}

/// Their language, until the reader chooses one.
fn in_their_language(mut page: Page, headers: &HeaderMap, own: &Own) -> Page {
    let query = page.uri.query();
    let asked = query.is_some_and(|query| query.contains("lang="));
    let theirs = match own {
        Own::Claim(one) => Some(one.wish.language.as_str()),
        Own::Contact(known) => known.constituent.facts.language.as_deref(),
    };
    if !asked
        && !crate::i18n::is_chosen(headers)
        && let Some(lang) = theirs.and_then(Lang::of_tag)
    {
        page.lang = lang;
    }
    page
}

/// `GET /own`
pub(super) async fn show(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let own = match opened(&public, &parts, &page).await? {
        Ok(own) => own,
        Err(closed) => return Ok(*closed),
    };
    let page = in_their_language(page, &parts.headers, &own);
    Ok(match &own {
        Own::Claim(one) => claim_page(&page, &public.app, one, &[]).into_response(),
        Own::Contact(known) => contact_page(&page, known, &Asked::default(), &[]).into_response(),
    })
}

/// What a claim says.
fn wish(app: &App, l: Lang, wish: &Wish) -> Markup {
    let list = |all: &[cairn_desk::constituent::Asset]| {
        html! { ul.plain { @for one in all { li { (machine(&one.to_string())) } } } }
    };
    let mut rows = Vec::new();
    if let Some(heading) = &wish.heading {
        rows.push(Row::new(
            t::claim_name(l),
            html! { (said_inline(&heading.name)) },
        ));
        if let Some(code) = &heading.sector {
            let name = words::sector(app, l, code);
            rows.push(Row::new(t::claim_sector(l), html! { (name) }));
        }
    }
    if !wish.add.is_empty() {
        rows.push(Row::new(t::claim_add(l), list(&wish.add)));
    }
    if let Some(one) = &wish.contact {
        let reach = [&one.email, &one.phone];
        let reach = html! {
            div { (words::role(l, one.role)) @if !one.name.is_empty() { ", " (said_inline(&one.name)) } }
            @for text in reach.into_iter().flatten() { div.told { (said_inline(text)) } }
            @if let Some(fingerprint) = &one.fingerprint {
                div.hint { "OpenPGP " (machine(&cairn_app::openpgp::fingerprint_shown(fingerprint))) }
            }
        };
        rows.push(Row::new(t::claim_whom(l), reach));
    }
    html! {
        (summary_list(l, &rows))
        @if !wish.note.is_empty() { (said(&wish.note)) }
    }
}

fn claim_page(page: &Page, app: &App, one: &Claimed, faults: &[Fault]) -> Markup {
    let l = page.lang;
    let (title, lead) = match one.claim.state {
        Stands::Unproved => (t::own_prove(l), t::own_prove_lead(l)),
        Stands::Refused => (t::own_refused(l), ""),
        _ => (t::own_waiting(l), t::own_waiting_lead(l)),
    };
    let reason = one.answer.as_ref().map(|answer| answer.reason.as_str());
    let body = html! {
        (error_summary(l, faults))
        h1 #claim { (title) }
        @if !lead.is_empty() { p.lead { (lead) } }
        @if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            h2 { (t::own_refused_why(l)) }
            (said(reason))
        }
        (wish(app, l, &one.wish))
        @if one.claim.state == Stands::Unproved {
            (form("/own/prove", Encoding::Pairs, None, buttons(button(Look::Main, t::own_prove_button(l)))))
            p { (t::own_prove_not(l)) }
        }
        @if one.claim.state == Stands::Refused { p { a href="/own/new" { (t::claim_title(l)) } } }
    };
    page.clone().faulty(!faults.is_empty()).render(title, body)
}

/// What happened just before.
fn thanks(page: &Page) -> Option<&'static str> {
    let query = page.uri.query().unwrap_or_default();
    let said = |what: &str| query.split('&').any(|pair| pair == what);
    if said("done=confirm") {
        Some(t::own_confirmed(page.lang))
    } else {
        said("done=change").then(|| t::own_asked(page.lang))
    }
}

fn contact_page(page: &Page, known: &Known, typed: &Asked, faults: &[Fault]) -> Markup {
    let (l, one) = (page.lang, &known.constituent);
    let email = known.contact.email.as_deref().unwrap_or_default();
    let title = t::own_title(l, one.facts.name.as_str());
    let due = one.contact_due(&known.contact);
    let late = due.is_some_and(|due| due <= known.today);
    let last = known.contact.confirmed.map(|day| {
        let day = cairn_kernel::time::day_in_words(l.as_str(), day.date());
        t::own_confirm_last(l, day)
    });
    let body = html! {
        (error_summary(l, faults))
        @if let Some(text) = thanks(page) { (notice(Tone::Success, "done", text, html! {})) }
        h1.told { (title) }
        p.lead.told { (t::own_lead(l, email)) }
        (facts(l, known))
        h2 #confirm { (t::own_confirm(l)) }
        @if late { p { (t::own_confirm_due(l)) } }
        @if let Some(last) = last { p { (last) } }
        (form("/own/confirm", Encoding::Pairs, None, buttons(button(Look::Main, t::own_confirm_button(l)))))
        (wishes(page, &known.claims))
        h2 #change { (t::own_change(l)) }
        p { (t::own_change_lead(l)) }
        (form("/own/change", Encoding::Pairs, None, change_fields(l, typed, faults)))
    };
    page.clone().faulty(!faults.is_empty()).render(&title, body)
}

fn reach(l: Lang, one: &Contact) -> Markup {
    html! {
        div { (words::role(l, one.role)) @if !one.name.is_empty() { ", " (said_inline(&one.name)) } }
        @for text in [&one.email, &one.phone].into_iter().flatten() { div.told { (said_inline(text)) } }
        @if let Some(fingerprint) = &one.fingerprint {
            div.hint { "OpenPGP " (machine(&cairn_app::openpgp::fingerprint_shown(fingerprint))) }
        }
    }
}

/// What is known; of contacts only the one that looks.
fn facts(l: Lang, known: &Known) -> Markup {
    let facts = &known.constituent.facts;
    let networks = facts.networks.iter().map(ToString::to_string);
    let asns = facts.asns.iter().map(|asn| format!("AS{asn}"));
    let domains = facts.domains.iter().map(ToString::to_string);
    let all: Vec<String> = networks.chain(asns).chain(domains).collect();
    let more = all.len().saturating_sub(ASSETS_SHOWN) as u64;
    let assets = html! {
        @if all.is_empty() { (t::own_nothing(l)) }
        ul.plain { @for one in all.iter().take(ASSETS_SHOWN) { li { (machine(one)) } } }
        @if more > 0 { p { (t::owners_more(l, more)) } }
    };
    summary_list(
        l,
        &[
            Row::new(t::own_networks(l), assets),
            Row::new(t::own_contact(l), reach(l, &known.contact)),
        ],
    )
}

fn wishes(page: &Page, claims: &[Claimed]) -> Markup {
    let l = page.lang;
    let list = |all: &[String]| {
        html! {
            @if all.is_empty() { (t::own_nothing(l)) }
            ul.plain { @for one in all { li { (machine(one)) } } }
        }
    };
    html! {
        @if !claims.is_empty() {
            h2 #wishes { (t::own_wishes(l)) }
            @for one in claims {
                div.card {
                    p.hint { (page.moment(one.claim.made)) }
                    p {
                        @match one.claim.state {
                            Stands::Settled => (tag(Hue::Green, t::own_state_settled(l))),
                            Stands::Refused => (tag(Hue::Red, t::own_state_refused(l))),
                            _ => (tag(Hue::Amber, t::own_state_waiting(l))),
                        }
                    }
                    @if let Some(answer) = &one.answer {
                        (summary_list(l, &[Row::new(t::own_taken(l), list(&answer.taken)), Row::new(t::own_left(l), list(&answer.left))]))
                        @if !answer.reason.is_empty() { (said(&answer.reason)) }
                    } @else {
                        (list(&asks(&one.wish)))
                    }
                    @if !one.wish.note.is_empty() { (said(&one.wish.note)) }
                }
            }
        }
    }
}

/// What a wish asks for, a line each.
fn asks(wish: &Wish) -> Vec<String> {
    wish.answer(&wish.whole(), "").taken
}

fn change_fields(l: Lang, typed: &Asked, faults: &[Fault]) -> Markup {
    let field = |id: &'static str, label: &'static str| {
        Field::new(l, id, label).error_in(faults).optional(true)
    };
    let wrong = ["email", "role", "who", "phone", "key"];
    let open = typed.has_contact()
        || faults
            .iter()
            .any(|fault| wrong.contains(&fault.field.as_str()));
    let contact = html! {
        p { (t::own_change_contact_hint(l)) }
        (contact_fields(l, &typed.contact, faults, false))
        (checkbox(&Field::new(l, "replaces", t::own_replaces(l)), "1", typed.replaces))
    };
    html! {
        (textarea(&field("add", t::own_change_add(l)).hint(t::owners_assets_hint(l)), &typed.add, 3, None))
        (textarea(&field("drop", t::own_change_drop(l)), &typed.drop, 3, None))
        @if open { h3 { (t::own_change_contact(l)) } (contact) }
        @else { (details(t::own_change_contact(l), contact)) }
        (note_field(l, &typed.note, faults))
        (buttons(button(Look::Main, t::own_change_send(l))))
    }
}

/// `POST /own/prove`
pub(super) async fn prove(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&public.app, request, SMALL_BYTES_MAX).await?;
    let own = match opened(&public, &admitted.parts, &page).await? {
        Ok(own) => own,
        Err(closed) => return Ok(*closed),
    };
    let Own::Claim(one) = &own else {
        return Ok(see("/own"));
    };
    match public.app.prove_claim(one).await {
        Ok(()) => Ok(see("/own")),
        Err(AppError::Constituent(Refusal::Many)) => {
            let page = in_their_language(page, &admitted.parts.headers, &own);
            let body = claim_page(&page, &public.app, one, &[many(page.lang, "claim")]);
            Ok((StatusCode::CONFLICT, body).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn many(l: Lang, field: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: t::claim_waiting_many(l).to_owned(),
    }
}

/// `POST /own/confirm`
pub(super) async fn confirm(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&public.app, request, SMALL_BYTES_MAX).await?;
    let own = match opened(&public, &admitted.parts, &page).await? {
        Ok(own) => own,
        Err(closed) => return Ok(*closed),
    };
    if let Own::Contact(known) = &own {
        public.app.confirm_own(known).await?;
        return Ok(see("/own?done=confirm"));
    }
    Ok(see("/own"))
}

/// `POST /own/change`
pub(super) async fn change(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&public.app, request, CLAIM_BYTES_MAX).await?;
    let own = match opened(&public, &admitted.parts, &page).await? {
        Ok(own) => own,
        Err(closed) => return Ok(*closed),
    };
    let Own::Contact(known) = &own else {
        return Ok(see("/own"));
    };
    let page = in_their_language(page, &admitted.parts.headers, &own);
    let l = page.lang;
    let typed = asked(&Pairs::parse(&admitted.body)?);
    let contact = typed
        .has_contact()
        .then(|| public.app.contact_typed(&typed.contact));
    let (status, faults) = match typed.change(l.as_str(), contact) {
        Ok(wish) => match public.app.propose(known, &wish).await {
            Ok(()) => return Ok(see("/own?done=change")),
            Err(AppError::Constituent(Refusal::Many)) => {
                (StatusCode::CONFLICT, vec![many(l, "add")])
            }
            Err(other) => return Err(other.into()),
        },
        Err(found) => {
            let found = faults(l, &found, t::claim_nothing(l));
            (StatusCode::UNPROCESSABLE_ENTITY, found)
        }
    };
    Ok((status, contact_page(&page, known, &typed, &faults)).into_response())
}
