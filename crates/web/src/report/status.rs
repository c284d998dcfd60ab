//! A report's status page: what happened so far, and what its reporter can still do. Everything asks for the secret again.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::report::{AppError, Whole};
use cairn_desk::agency::Agency;
use cairn_desk::report::{MESSAGE_CHARS_MAX, MessageText, Refusal, State as ReportState};
use maud::{Markup, html};

use super::entry::held;
use super::{SMALL_BYTES_MAX, STATUS, files, help, history, message_fault, query, see};
use crate::components::{
    Encoding, Fault, Field, Hue, Look, Tone, back_link, button, button_link, buttons,
    error_summary, file_upload, form, notice, reference, said, tag, textarea, warning,
};
use crate::form::Form as Pairs;
use crate::i18n::{Lang, t};
use crate::intake::{Public, admit, origin};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// Most files that one form adds.
const FILES_AT_ONCE_MAX: usize = 5;

/// Who holds a secret, and where they are.
struct Holder {
    reference: String,
    secret: String,
    from: u64,
}

impl Holder {
    fn of(parts: &axum::http::request::Parts, page: &Page) -> Self {
        let (reference, secret) = held(&parts.headers, &page.site);
        Self {
            reference,
            secret,
            from: origin(parts),
        }
    }

    /// The report, or the one answer to everything that does not open one.
    async fn open(&self, public: &Public, page: &Page) -> Result<Result<Whole, Box<Response>>> {
        public.tries.allow(self.from)?;
        match public.app.opened(&self.reference, &self.secret).await {
            Ok(whole) => Ok(Ok(whole)),
            Err(AppError::NotFound) => {
                public.tries.failed(self.from);
                Ok(Err(Box::new(closed(page.clone()))))
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// What every wrong, missing, unknown or expired secret gets: the same bytes.
fn closed(page: Page) -> Response {
    let l = page.lang;
    let cleared = STATUS.clear(page.site.https);
    let body = html! {
        h1 { (t::status_not_open(l)) }
        p.lead { (t::status_not_open_text(l)) }
        ul {
            li { (t::status_not_open_whole(l)) }
            li { (t::status_not_open_time(l)) }
        }
        (buttons(html! { (button_link(Look::Main, "/status", t::status_try_again(l))) }))
    };
    // Whose page it was is not known any more: anybody may need the way out.
    let page = page.section(Section::Status).with_exit();
    let body = page.render(t::status_not_open(l), body);
    (StatusCode::NOT_FOUND, [(header::SET_COOKIE, cleared)], body).into_response()
}

/// What the message field shows again.
#[derive(Default)]
struct Typed {
    text: String,
    faults: Vec<Fault>,
}

/// `GET /status/report`
pub(super) async fn show(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let whole = match Holder::of(&parts, &page).open(&public, &page).await? {
        Ok(whole) => whole,
        Err(closed) => return Ok(*closed),
    };
    let mut typed = Typed::default();
    if let Some(code) = query(&page.uri, "fault")
        && let Some(text) = files::words(&code, page.lang, &public.app, FILES_AT_ONCE_MAX)
    {
        typed.faults.push(Fault {
            field: "files".into(),
            text,
        });
    }
    Ok(render(page, &public.app, &whole, &typed).into_response())
}

fn render(page: Page, app: &App, whole: &Whole, typed: &Typed) -> Markup {
    let l = page.lang;
    let at_risk = is_at_risk(app, whole);
    let page = framed(page, at_risk).faulty(!typed.faults.is_empty());
    let body = html! {
        (error_summary(l, &typed.faults))
        @if let Some(words) = query(&page.uri, "done").and_then(|code| done(&code, &page)) {
            (notice(Tone::Success, "done", words, html! {}))
        }
        h1 { (t::status_of(l)) " " (reference(&whole.reference)) }
        p.lead { (state(&page, whole)) }
        @if whole.standing.state == ReportState::Waiting {
            (notice(Tone::Warning, "waits", t::status_waits(l), html! { p { (t::status_waits_text(l)) } }))
        }
        h2 { (t::status_history(l)) }
        ol.timeline {
            @for (at, words) in history::lines(app, whole, l) {
                li { span.hint { (page.moment(at)) } br; (words) }
            }
        }
        (messages(&page, whole, typed))
        @if at_risk { (help::at_risk(app, l)) }
        (files_of(&page, whole, typed, at_risk))
        (consents(&page, app, whole))
        (contact(&page, whole))
        h2 { (t::report_receipt_title(l)) }
        p { (t::status_receipt_text(l)) " " a href="/how-receipts-work" { (t::footer_receipts(l)) } }
        (buttons(html! {
            (button_link(Look::Plain, &format!("/receipt/{}.tlog-proof", whole.reference), t::report_receipt_get(l)))
        }))
        (form("/status/leave", Encoding::Pairs, None, html! {
            p.hint { (t::status_leave_text(l)) }
            (buttons(html! { (button(Look::Plain, t::status_leave(l))) }))
        }))
    };
    page.render(t::status_title(l), body)
}

/// The frame, with the way out for people at risk.
fn framed(page: Page, at_risk: bool) -> Page {
    let page = page.section(Section::Status);
    if at_risk { page.with_exit() } else { page }
}

/// Whose report this is may still be watched.
fn is_at_risk(app: &App, whole: &Whole) -> bool {
    app.at_risk(whole)
}

fn done(code: &str, page: &Page) -> Option<&'static str> {
    let l = page.lang;
    match code {
        "message" => Some(t::status_done_message(l)),
        "file" => Some(t::status_done_file(l)),
        "consent" => Some(t::status_done_consent(l)),
        "erased" => Some(t::status_done_erased(l)),
        _ => None,
    }
}

fn state(page: &Page, whole: &Whole) -> Markup {
    let l = page.lang;
    let (hue, word, text) = match whole.standing.state {
        ReportState::Received => (
            Hue::Blue,
            t::status_state_received(l),
            t::status_state_received_text(l),
        ),
        ReportState::Open => (
            Hue::Blue,
            t::status_state_open(l),
            t::status_state_open_text(l),
        ),
        ReportState::Waiting => (
            Hue::Amber,
            t::status_state_waiting(l),
            t::status_state_waiting_text(l),
        ),
        ReportState::Closed => (
            Hue::Green,
            t::status_state_closed(l),
            t::status_state_closed_text(l),
        ),
    };
    html! { (tag(hue, word)) " " (text) }
}

fn messages(page: &Page, whole: &Whole, typed: &Typed) -> Markup {
    let l = page.lang;
    let waits = whole.standing.state == ReportState::Waiting;
    let label = if waits {
        t::status_answer(l)
    } else {
        t::status_add(l)
    };
    let field = Field::new(l, "text", label)
        .hint(t::status_add_hint(l))
        .error_in(&typed.faults);
    html! {
        h2 { (t::status_messages(l)) }
        @for message in &whole.messages {
            @let text = html! {
                @if message.n <= whole.standing.mute {
                    p.hint { (t::status_erased(l)) }
                } @else {
                    (said(&message.text))
                }
            };
            (article(l, message.author.is_some(), &page.moment(message.at), text))
        }
        (form("/status/message", Encoding::Pairs, None, html! {
            (textarea(&field, &typed.text, 5, u32::try_from(MESSAGE_CHARS_MAX).ok()))
            (buttons(html! { (button(Look::Main, t::button_send(l))) }))
        }))
    }
}

/// One message of the conversation; officers see the same before they send theirs.
pub(crate) fn article(l: Lang, from_officer: bool, when: &str, text: Markup) -> Markup {
    html! {
        article.message .from-officer[from_officer] {
            p.hint {
                @if from_officer { (t::status_from_officer(l)) } @else { (t::status_from_you(l)) }
                ", " (when)
            }
            (text)
        }
    }
}

/// People at risk get no field for files: nobody should feel asked for images.
fn files_of(page: &Page, whole: &Whole, typed: &Typed, at_risk: bool) -> Markup {
    let l = page.lang;
    let field = Field::new(l, "files", t::status_file(l))
        .hint(t::status_file_hint(l))
        .error_in(&typed.faults);
    html! {
        @if !at_risk || !whole.files.is_empty() { h2 { (t::status_files(l)) } }
        @if !whole.files.is_empty() { p { (t::status_files_count(l, whole.files.len() as u64)) } }
        @if !at_risk {
            (form("/status/file", Encoding::Files, None, html! {
                (file_upload(&field, "", true))
                (buttons(html! { (button(Look::Plain, t::report_file_upload(l))) }))
            }))
        }
    }
}

/// Agencies offered for what this is now, and those that were agreed to before.
fn consents(page: &Page, app: &App, whole: &Whole) -> Markup {
    let l = page.lang;
    let given = |agency: &Agency| whole.standing.consents.get(&agency.code) == Some(&true);
    let category = &whole.standing.category;
    let offered = |agency: &&Agency| {
        let fits = agency.categories.is_empty() || agency.categories.contains(category);
        fits || whole.standing.consents.contains_key(&agency.code)
    };
    html! {
        (passed_on(page, app, whole))
        h2 { (t::status_consents(l)) }
        p { (t::status_consents_text(l)) }
        ul.consents {
            @for agency in app.form.agencies().all().iter().filter(offered) {
                li {
                    p {
                        strong { (agency.name.get(l.as_str())) } " "
                        @if given(agency) { (tag(Hue::Green, t::status_agreed(l))) } @else { (tag(Hue::Grey, t::status_not_agreed(l))) }
                        br;
                        span.hint { (agency.why.get(l.as_str())) }
                    }
                    (form("/status/consent", Encoding::Pairs, None, html! {
                        input type="hidden" name="agency" value=(agency.code);
                        input type="hidden" name="given" value=(if given(agency) { "no" } else { "yes" });
                        button class="button plain small" {
                            @if given(agency) { (t::status_withdraw(l)) } @else { (t::status_agree(l)) }
                            span.unseen { " " (agency.name.get(l.as_str())) }
                        }
                    }))
                }
            }
        }
    }
}

/// To whom the report was passed on, and when.
fn passed_on(page: &Page, app: &App, whole: &Whole) -> Markup {
    let l = page.lang;
    let all = app.passed_on(whole);
    let name = |code: &str| {
        let known = app.form.agencies().get(code);
        known.map_or_else(
            || code.to_owned(),
            |one| one.name.get(l.as_str()).to_owned(),
        )
    };
    html! {
        @if !all.is_empty() {
            h2 #passed-on { (t::status_passed_on(l)) }
            ul {
                @for one in &all {
                    li {
                        strong { (name(&one.agency)) } ", " (page.moment(one.at))
                        @if one.by_law { br; span.hint { (t::status_passed_on_by_law(l)) } }
                    }
                }
            }
        }
    }
}

fn contact(page: &Page, whole: &Whole) -> Markup {
    let l = page.lang;
    html! {
        h2 #contact { (t::status_contact(l)) }
        @if whole.body.anonymous {
            p { (t::status_contact_anonymous(l)) }
        } @else if whole.contact.is_some() && whole.standing.hold.is_some() {
            p { (t::status_contact_held(l)) }
        } @else if whole.contact.is_some() {
            p { (t::status_contact_kept(l)) }
            (buttons(html! { (button_link(Look::Plain, "/status/erase", t::status_erase(l))) }))
        } @else {
            p { (t::status_contact_none(l)) }
        }
    }
}

/// Reads a small form and opens the report for it; a missing or wrong secret is answered like everywhere.
async fn posted(
    public: &Public,
    page: &Page,
    request: Request,
) -> Result<Result<(Holder, Pairs, Whole), Box<Response>>> {
    let admitted = admit(&public.app, request, SMALL_BYTES_MAX).await?;
    let fields = Pairs::parse(&admitted.body)?;
    let holder = Holder::of(&admitted.parts, page);
    let opened = holder.open(public, page).await?;
    Ok(opened.map(|whole| (holder, fields, whole)))
}

/// `POST /status/message`
pub(super) async fn message(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (holder, fields, whole) = match posted(&public, &page, request).await? {
        Ok(posted) => posted,
        Err(closed) => return Ok(*closed),
    };
    let typed = fields.get("text").unwrap_or_default();
    let text = match MessageText::parse(typed) {
        Ok(text) => text,
        Err(fault) => {
            let faults = vec![Fault {
                field: "text".into(),
                text: message_fault(page.lang, fault),
            }];
            let text = typed.replace("\r\n", "\n");
            let body = render(page, &public.app, &whole, &Typed { text, faults });
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
        }
    };
    let done = public
        .app
        .reporter_write(&holder.reference, &holder.secret, text);
    done.await?;
    Ok(see("/status/report?done=message"))
}

/// `POST /status/file`
pub(super) async fn file(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let holder = Holder::of(&parts, &page);
    let whole = match holder.open(&public, &page).await? {
        Ok(whole) => whole,
        Err(closed) => return Ok(*closed),
    };
    // Their pages have no field for files.
    if is_at_risk(&public.app, &whole) {
        return Err(Problem::bad_request());
    }
    let request = Request::from_parts(parts, body);
    let came = files::read(&public, request, FILES_AT_ONCE_MAX).await?;
    let some = !came.files.is_empty();
    for mut file in came.files {
        let app = &public.app;
        app.settle_file(&mut file, whole.body.anonymous).await?;
        app.add_file(&holder.reference, &holder.secret, file)
            .await?;
    }
    Ok(match came.fault {
        Some(fault) => see(&format!("/status/report?fault={fault}")),
        None if some => see("/status/report?done=file"),
        None => see("/status/report?fault=empty"),
    })
}

/// `POST /status/consent`
pub(super) async fn consent(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (holder, fields, _) = match posted(&public, &page, request).await? {
        Ok(posted) => posted,
        Err(closed) => return Ok(*closed),
    };
    let agency = fields.get("agency").unwrap_or_default();
    let given = match fields.get("given") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Problem::bad_request()),
    };
    let done = public
        .app
        .set_consent(&holder.reference, &holder.secret, agency, given);
    done.await?;
    Ok(see("/status/report?done=consent"))
}

/// `GET /status/erase`: says what will happen, and asks.
pub(super) async fn ask_erase(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let whole = match Holder::of(&parts, &page).open(&public, &page).await? {
        Ok(whole) => whole,
        Err(closed) => return Ok(*closed),
    };
    let l = page.lang;
    let body = html! {
        (back_link(l, "/status/report"))
        h1 { (t::status_erase_title(l)) }
        p { (t::status_erase_text(l)) }
        (warning(l, t::status_erase_warning(l)))
        (form("/status/erase", Encoding::Pairs, None, buttons(html! {
            (button(Look::Danger, t::status_erase_do(l)))
            (button_link(Look::Plain, "/status/report", t::button_cancel(l)))
        })))
    };
    let page = framed(page, is_at_risk(&public.app, &whole));
    Ok(page.render(t::status_erase_title(l), body).into_response())
}

/// `POST /status/erase`
pub(super) async fn erase(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let (holder, _, _) = match posted(&public, &page, request).await? {
        Ok(posted) => posted,
        Err(closed) => return Ok(*closed),
    };
    let done = public.app.erase_contact(&holder.reference, &holder.secret);
    match done.await {
        // The page says so beside the details.
        Err(AppError::Refused(Refusal::Held)) => Ok(see("/status/report#contact")),
        done => {
            done?;
            Ok(see("/status/report?done=erased"))
        }
    }
}
