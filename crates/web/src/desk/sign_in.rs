//! The way in, one step a page.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::{AccountError, Next, Weakness};
use cairn_desk::signin::Passwords;
use maud::{Markup, PreEscaped, html};
use qrcode::QrCode;
use qrcode::render::svg;

use super::who::{self, SentHalf, Visitor, go_with, go_without, step};
use super::{passkey, provider};
use crate::components::{
    Encoding, Fault, Field, Input, Look, Tone, Width, button, button_link, buttons, error_summary,
    form, input, machine, notice,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

/// A form shown again because something in it is wrong.
pub(super) fn again(page: &Page, title: &str, body: Markup) -> Response {
    let page = page.clone().faulty(true);
    (StatusCode::UNPROCESSABLE_ENTITY, page.render(title, body)).into_response()
}

fn fault(field: &str, text: impl Into<String>) -> Vec<Fault> {
    vec![Fault {
        field: field.to_owned(),
        text: text.into(),
    }]
}

/// What a refused step says, at which field; other errors go on.
pub(super) fn told(
    l: Lang,
    field: &str,
    wrong: &str,
    error: AccountError,
) -> Result<Vec<Fault>, Problem> {
    let text = match error {
        AccountError::Wrong => wrong.to_owned(),
        AccountError::Wait(seconds) => t::signin_wait(l, seconds),
        AccountError::Weak(weakness) => weak(l, weakness).to_owned(),
        AccountError::Ended => t::passkey_ended(l).to_owned(),
        AccountError::LastWay => t::ways_last(l).to_owned(),
        AccountError::ProviderFirst => t::passkey_provider_first(l).to_owned(),
        AccountError::Many => t::passkey_many(l).to_owned(),
        AccountError::NameForm => t::passkey_name_form(l).to_owned(),
        AccountError::NoPasskeysHere => t::passkey_nowhere(l).to_owned(),
        AccountError::App(error) => return Err(error.into()),
        other => return Err(Problem::unexpected(&other)),
    };
    Ok(fault(field, text))
}

fn weak(l: Lang, weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::Short => t::signin_weak_short(l),
        Weakness::Long => t::signin_weak_long(l),
        Weakness::Login => t::signin_weak_login(l),
        Weakness::Common => t::signin_weak_common(l),
        Weakness::Same => t::signin_weak_same(l),
    }
}

fn secret<'a>(autocomplete: &'static str) -> Input<'a> {
    Input {
        kind: "password",
        autocomplete: Some(autocomplete),
        width: Width::Half,
        ..Input::default()
    }
}

/// Whether passwords are for emergencies and first sign-ins only.
pub(super) fn passwords_are_off(app: &App) -> bool {
    app.config.passwords != Passwords::Everybody
}

/// The page of the sign-in.
pub(super) fn first(app: &App, page: &Page, login: &str, faults: &[Fault]) -> Markup {
    let l = page.lang;
    let name = Input {
        value: login,
        autocomplete: Some("username"),
        width: Width::Half,
        ..Input::default()
    };
    html! {
        (error_summary(l, faults))
        h1 { (t::signin_title(l)) }
        (form("/sign-in", Encoding::Pairs, None, html! {
            (input(&Field::new(l, "login", t::signin_login(l)).error_in(faults), &name))
            (input(&Field::new(l, "password", t::signin_password(l)), &secret("current-password")))
            (button(Look::Main, t::signin_button(l)))
        }))
        (provider::other_ways(app, page))
    }
}

/// Login and password; who is signed in already goes on.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    visitor: Result<Visitor, Response>,
) -> Response {
    match visitor {
        Ok(visitor) => Redirect::to(step(visitor.seen.next())).into_response(),
        Err(_) => {
            let page = page.section(Section::Desk).passkeys();
            page.render(t::signin_title(page.lang), first(&app, &page, "", &[]))
                .into_response()
        }
    }
}

/// The first step. There is no session yet, so the browser's word on who caused the request must do.
pub(super) async fn send(
    State(app): State<App>,
    page: Page,
    from: who::Network,
    headers: HeaderMap,
    sent: Form,
) -> Answer {
    let page = page.section(Section::Desk);
    let l = page.lang;
    let login = sent.get("login").unwrap_or_default();
    let password = sent.get("password").unwrap_or_default();
    let agent = who::browser(&headers);
    match app.sign_in(login, password, from.0, &agent).await {
        Ok(token) => {
            let seen = app.session(token.as_str()).await?;
            let next = seen.map_or(Next::Code, |seen| seen.next());
            Ok(go_with(&page, &token, step(next)))
        }
        Err(error) => {
            let faults = told(l, "login", t::signin_wrong(l), error)?;
            let body = first(&app, &page, login, &faults);
            Ok(again(&page.passkeys(), t::signin_title(l), body))
        }
    }
}

/// Ends this session, complete or not.
pub(super) async fn out(State(app): State<App>, sent: SentHalf) -> Answer {
    app.sign_out(&sent.visitor.seen).await?;
    Ok(go_without(&sent.visitor.page, "/sign-in"))
}

/// Whose sign-in this is, and the way back.
pub(super) fn whose(visitor: &Visitor) -> Markup {
    let l = visitor.page.lang;
    html! {
        p.caption { (t::signin_as(l, visitor.seen.login())) }
    }
}

pub(super) fn leave(visitor: &Visitor) -> Markup {
    let l = visitor.page.lang;
    form(
        "/sign-out",
        Encoding::Pairs,
        Some(&who::token(&visitor.seen)),
        html! { button.linklike { (t::signin_cancel(l)) } },
    )
}

/// A step that is not this session's next leads to the one that is.
fn off_step(visitor: &Visitor, here: Next) -> Option<Response> {
    let next = visitor.seen.next();
    (next != here).then(|| Redirect::to(step(next)).into_response())
}

/// After a step: on with the new cookie, or back to the start if the sign-in has ended.
fn ended(page: &Page, error: &AccountError) -> Option<Response> {
    matches!(error, AccountError::Ended).then(|| go_without(page, "/sign-in"))
}

fn choosing(visitor: &Visitor, faults: &[Fault]) -> Markup {
    let l = visitor.page.lang;
    let token = who::token(&visitor.seen);
    html! {
        (error_summary(l, faults))
        (whose(visitor))
        h1 { (t::signin_new_title(l)) }
        p { (t::signin_new_why(l)) }
        (form("/sign-in/password", Encoding::Pairs, Some(&token), html! {
            (new_password(l, faults))
            (button(Look::Main, t::button_continue(l)))
        }))
        (leave(visitor))
    }
}

/// The two fields of a new password.
pub(super) fn new_password(l: Lang, faults: &[Fault]) -> Markup {
    html! {
        (input(&Field::new(l, "new", t::signin_new(l)).hint(t::signin_new_hint(l)).error_in(faults), &secret("new-password")))
        (input(&Field::new(l, "again", t::signin_new_again(l)).error_in(faults), &secret("new-password")))
    }
}

/// The new password, if it was typed twice alike.
pub(super) fn typed_twice(l: Lang, sent: &Form) -> Result<&str, Vec<Fault>> {
    let new = sent.get("new").unwrap_or_default();
    if sent.get("again") == Some(new) {
        Ok(new)
    } else {
        Err(fault("again", t::signin_new_differ(l)))
    }
}

/// The first password of one's own.
pub(super) async fn password(visitor: Visitor) -> Response {
    off_step(&visitor, Next::Password).unwrap_or_else(|| {
        let title = t::signin_new_title(visitor.page.lang);
        visitor
            .page
            .render(title, choosing(&visitor, &[]))
            .into_response()
    })
}

/// The same, sent.
pub(super) async fn choose(State(app): State<App>, sent: SentHalf) -> Answer {
    let visitor = &sent.visitor;
    if let Some(elsewhere) = off_step(visitor, Next::Password) {
        return Ok(elsewhere);
    }
    let l = visitor.page.lang;
    let faults = match typed_twice(l, &sent.form) {
        Err(faults) => faults,
        Ok(new) => match app.first_password(&visitor.seen, new).await {
            Ok(token) => return Ok(go_with(&visitor.page, &token, "/sign-in/enrol")),
            Err(error) => match ended(&visitor.page, &error) {
                Some(back) => return Ok(back),
                None => told(l, "new", "", error)?,
            },
        },
    };
    let body = choosing(visitor, &faults);
    Ok(again(&visitor.page, t::signin_new_title(l), body))
}

fn code_field(l: Lang, faults: &[Fault]) -> Markup {
    let field = Field::new(l, "code", t::signin_code(l))
        .hint(t::signin_code_hint(l))
        .error_in(faults);
    let six = Input {
        inputmode: Some("numeric"),
        autocomplete: Some("one-time-code"),
        width: Width::Short,
        ..Input::default()
    };
    input(&field, &six)
}

/// Dark on light whatever the page's colours are: cameras need it so.
fn picture(address: &str) -> Option<String> {
    let code = QrCode::new(address.as_bytes()).ok()?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // What stands before the element belongs to files, not to pages.
    drawn
        .find("<svg")
        .and_then(|at| drawn.get(at..))
        .map(str::to_owned)
}

fn enrolling(app: &App, visitor: &Visitor, faults: &[Fault]) -> Result<Markup, Problem> {
    let l = visitor.page.lang;
    let enrolment = app
        .enrolment(&visitor.seen)
        .map_err(|error| Problem::unexpected(&error))?;
    let token = who::token(&visitor.seen);
    Ok(html! {
        (error_summary(l, faults))
        (whose(visitor))
        h1 { (t::signin_enrol_title(l)) }
        p { (t::signin_enrol_why(l)) }
        h2 { (t::signin_enrol_scan(l)) }
        @if let Some(picture) = picture(&enrolment.address) {
            div.qr role="img" aria-label=(t::signin_enrol_scan(l)) { (PreEscaped(picture)) }
        }
        h2 { (t::signin_enrol_type(l)) }
        p { (machine(&enrolment.secret)) }
        h2 { (t::signin_enrol_then(l)) }
        (form("/sign-in/enrol", Encoding::Pairs, Some(&token), html! {
            (code_field(l, faults))
            (button(Look::Main, t::button_continue(l)))
        }))
        (leave(visitor))
    })
}

/// The authenticator.
pub(super) async fn enrol(State(app): State<App>, visitor: Visitor) -> Answer {
    if let Some(elsewhere) = off_step(&visitor, Next::Enrol) {
        return Ok(elsewhere);
    }
    let body = enrolling(&app, &visitor, &[])?;
    let title = t::signin_enrol_title(visitor.page.lang);
    Ok(visitor.page.render(title, body).into_response())
}

/// The same, sent: recovery codes are shown once.
pub(super) async fn enrolled(State(app): State<App>, sent: SentHalf) -> Answer {
    let visitor = &sent.visitor;
    if let Some(elsewhere) = off_step(visitor, Next::Enrol) {
        return Ok(elsewhere);
    }
    let l = visitor.page.lang;
    let typed = sent.form.get("code").unwrap_or_default();
    match app.enrol(&visitor.seen, typed, sent.from).await {
        Ok((token, codes)) => {
            let shown = visitor
                .page
                .render(t::signin_codes_title(l), codes_shown(l, &codes));
            let mut response = go_with(&visitor.page, &token, "/desk");
            let mut page = shown.into_response();
            page.headers_mut().extend(
                response
                    .headers_mut()
                    .remove(axum::http::header::SET_COOKIE)
                    .map(|cookie| (axum::http::header::SET_COOKIE, cookie)),
            );
            Ok(page)
        }
        Err(error) => {
            if let Some(back) = ended(&visitor.page, &error) {
                return Ok(back);
            }
            let faults = told(l, "code", t::signin_code_wrong(l), error)?;
            let body = enrolling(&app, visitor, &faults)?;
            Ok(again(&visitor.page, t::signin_enrol_title(l), body))
        }
    }
}

/// Recovery codes, this once.
pub(super) fn codes_shown(l: Lang, codes: &[String]) -> Markup {
    html! {
        h1 { (t::signin_codes_title(l)) }
        p { (t::signin_codes_why(l)) }
        ul.codes { @for code in codes { li { (machine(code)) } } }
        (buttons(html! { (button_link(Look::Main, "/desk", t::signin_codes_done(l))) }))
    }
}

fn coding(app: &App, visitor: &Visitor, faults: &[Fault]) -> Markup {
    let l = visitor.page.lang;
    let token = who::token(&visitor.seen);
    html! {
        (error_summary(l, faults))
        (whose(visitor))
        h1 { (t::signin_code_title(l)) }
        (form("/sign-in/code", Encoding::Pairs, Some(&token), html! {
            (code_field(l, faults))
            (button(Look::Main, t::signin_button(l)))
        }))
        @if visitor.seen.has_passkey() { (passkey::way_in(app, &visitor.page)) }
        p { a href="/sign-in/recovery" { (t::signin_code_lost(l)) } }
        (leave(visitor))
    }
}

/// The code.
pub(super) async fn code(State(app): State<App>, visitor: Visitor) -> Response {
    off_step(&visitor, Next::Code).unwrap_or_else(|| {
        let title = t::signin_code_title(visitor.page.lang);
        let page = visitor.page.clone().passkeys();
        page.render(title, coding(&app, &visitor, &[]))
            .into_response()
    })
}

/// The same, sent.
pub(super) async fn coded(State(app): State<App>, sent: SentHalf) -> Answer {
    let visitor = &sent.visitor;
    let l = visitor.page.lang;
    let typed = sent.form.get("code").unwrap_or_default();
    match app.second_factor(&visitor.seen, typed, sent.from).await {
        Ok(token) => Ok(go_with(&visitor.page, &token, "/desk")),
        Err(error) => {
            if let Some(back) = ended(&visitor.page, &error) {
                return Ok(back);
            }
            let faults = told(l, "code", t::signin_code_wrong(l), error)?;
            let body = coding(&app, visitor, &faults);
            let page = visitor.page.clone().passkeys();
            Ok(again(&page, t::signin_code_title(l), body))
        }
    }
}

fn recovering(visitor: &Visitor, faults: &[Fault]) -> Markup {
    let l = visitor.page.lang;
    let token = who::token(&visitor.seen);
    let field = Field::new(l, "code", t::signin_recovery(l))
        .hint(t::signin_recovery_hint(l))
        .error_in(faults);
    let line = Input {
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    html! {
        (error_summary(l, faults))
        (whose(visitor))
        h1 { (t::signin_recovery_title(l)) }
        (form("/sign-in/recovery", Encoding::Pairs, Some(&token), html! {
            (input(&field, &line))
            (button(Look::Main, t::signin_button(l)))
        }))
        p { a href="/sign-in/code" { (t::back(l)) } }
        (leave(visitor))
    }
}

/// Without the authenticator.
pub(super) async fn recovery(visitor: Visitor) -> Response {
    off_step(&visitor, Next::Code).unwrap_or_else(|| {
        let title = t::signin_recovery_title(visitor.page.lang);
        visitor
            .page
            .render(title, recovering(&visitor, &[]))
            .into_response()
    })
}

/// The same, sent.
pub(super) async fn recovered(State(app): State<App>, sent: SentHalf) -> Answer {
    let visitor = &sent.visitor;
    let l = visitor.page.lang;
    let typed = sent.form.get("code").unwrap_or_default();
    match app.recover(&visitor.seen, typed, sent.from).await {
        Ok(token) => Ok(go_with(&visitor.page, &token, "/desk/account")),
        Err(error) => {
            if let Some(back) = ended(&visitor.page, &error) {
                return Ok(back);
            }
            let faults = told(l, "code", t::signin_recovery_wrong(l), error)?;
            let body = recovering(visitor, &faults);
            Ok(again(&visitor.page, t::signin_recovery_title(l), body))
        }
    }
}

/// A notice that something was done.
pub(super) fn done(text: &str) -> Markup {
    notice(Tone::Success, "done", text, html! {})
}
