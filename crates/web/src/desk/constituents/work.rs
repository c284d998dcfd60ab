//! What is done to a constituent.

use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Fault as Found, Work};

use super::one::{self, number};
use super::{Answer, HOME, allowed, href, words};
use crate::csrf::{self, CsrfKey};
use crate::desk::who::{Officer, Sent};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::Problem;

/// Most bytes of a form about a constituent that comes with a file.
const FORM_BYTES_MAX: u64 = 256 * 1024;
/// The field of a certificate's file.
pub(super) const CERTIFICATE_FILE: &str = "certificate_file";

/// What somebody sent about a constituent: pairs, or a form with the file of a certificate, whose text then stands in the field of the
/// certificate.
pub(super) struct SentWork {
    officer: Officer,
    form: Form,
}

impl FromRequest<App> for SentWork {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().to_owned();
        if !media.starts_with("multipart/form-data") {
            let Sent { officer, form, .. } = Sent::from_request(request, app).await?;
            return Ok(Self { officer, form });
        }
        let (mut parts, body) = request.into_parts();
        let officer = Officer::from_request_parts(&mut parts, app).await?;
        let read = super::import::read(&media, body, FORM_BYTES_MAX).await;
        let form = with_file(read.map_err(IntoResponse::into_response)?);
        CsrfKey::new(officer.seen.form_key())
            .check(officer.seen.name(), form.get(csrf::FIELD))
            .map_err(IntoResponse::into_response)?;
        Ok(Self { officer, form })
    }
}

/// A file goes before what was typed. Bytes that are no text become Base64, as certificates are written.
fn with_file(parts: Vec<(String, bytes::Bytes)>) -> Form {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut pairs = Vec::new();
    for (name, bytes) in parts {
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => STANDARD.encode(&bytes),
        };
        if name != CERTIFICATE_FILE {
            pairs.push((name, text));
        } else if !text.trim().is_empty() {
            pairs.insert(0, ("certificate".to_owned(), text));
        }
    }
    Form::of(pairs)
}

/// What a form asks for, or what is wrong with it.
type Asked = Result<Work, Vec<Found>>;

fn number_of<T: std::str::FromStr + Default>(form: &Form, name: &str) -> T {
    let number = form.get(name).and_then(|text| text.trim().parse().ok());
    number.unwrap_or_default()
}

fn contact(form: &Form) -> ContactTyped {
    let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
    ContactTyped {
        role: text("role"),
        name: text("who"),
        email: text("email"),
        phone: text("phone"),
        fingerprint: text("fingerprint"),
        key: text("key"),
        certificate: text("certificate"),
    }
}

fn asked(app: &App, action: &str, form: &Form) -> Option<Asked> {
    let id = || number_of(form, "contact");
    let text = |name: &str| form.get(name).unwrap_or_default();
    let drops = text("do") == "drop";
    Some(match action {
        "head" => super::typed(form).read().map(Work::Head),
        "assets" => typed::assets(text("assets")).map(|assets| {
            if drops {
                Work::Drop(assets)
            } else {
                Work::Add(assets)
            }
        }),
        "contact" => app
            .contact_typed(&contact(form))
            .map(|draft| Work::NewContact(Box::new(draft))),
        "contact-change" => app
            .contact_typed(&contact(form))
            .map(|draft| Work::ChangeContact(id(), Box::new(draft))),
        "contact-remove" => Ok(Work::DropContact(id())),
        "contact-confirm" => Ok(Work::Confirm(id())),
        "contact-bounced" => Ok(Work::Bounced(id())),
        "contact-disable" => Ok(Work::Disable(id())),
        "contact-enable" => Ok(Work::Enable(id())),
        "confirm" => Ok(Work::ConfirmAll),
        "note" => typed::note(text("text"), text("until")).map(Work::Note),
        "drop-note" => Ok(Work::DropNote(number_of(form, "at"))),
        "take-over" => Ok(Work::TakeOver),
        _ => return None,
    })
}

/// The fields that were typed, so that nothing is lost.
fn typed_again(action: &str, form: &Form) -> one::Sent {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let mut sent = one::Sent::default();
    match action {
        "head" => sent.heading = Some(super::typed(form)),
        "assets" => sent.assets = text("assets"),
        "contact" | "contact-change" => {
            let mut typed = contact(form);
            // A private key that was sent by mistake is not sent back.
            if typed.certificate.contains("PRIVATE KEY") {
                typed.certificate.clear();
            }
            sent.contact = Some(typed);
        }
        "note" => sent.note = (text("text"), text("until")),
        _ => {}
    }
    sent
}

async fn again(
    app: &App,
    officer: &Officer,
    (no, id): (u32, Option<u32>),
    status: StatusCode,
    sent: &one::Sent,
) -> Answer {
    let page = match id {
        Some(id) => one::contact_page(app, officer, (no, id), sent).await?,
        None => one::page(app, officer, no, sent).await?,
    };
    Ok((status, page).into_response())
}

/// What who works on reports does.
pub(super) async fn act(
    State(app): State<App>,
    Path((no, action)): Path<(String, String)>,
    sent: SentWork,
) -> Answer {
    let (officer, form) = (&sent.officer, &sent.form);
    allowed(officer, Action::WorkReports)?;
    let (l, no) = (officer.page.lang, number(&no)?);
    let asked = asked(&app, &action, form).ok_or_else(Problem::not_found)?;
    let version = number_of(form, "version");
    let id = action
        .starts_with("contact-")
        .then(|| number_of(form, "contact"));
    let mut again_with = typed_again(&action, form);
    let work = match asked {
        Ok(work) => work,
        Err(found) => {
            again_with.faults = words::faults(l, &found);
            // A contact's name has a field of another name than a constituent's.
            if action.starts_with("contact") {
                for fault in again_with
                    .faults
                    .iter_mut()
                    .filter(|one| one.field == "name")
                {
                    fault.field = "who".to_owned();
                }
            }
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return again(&app, officer, (no, id), status, &again_with).await;
        }
    };
    match app
        .work_on_constituent(&officer.who, (no, version), &work)
        .await
    {
        Ok(()) => {
            let to = match (&work, id) {
                (Work::DropContact(_), _) | (_, None) => href(no),
                (_, Some(id)) => format!("{}/contacts/{id}", href(no)),
            };
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AppError::Constituent(refusal)) => {
            again_with.refused = Some(words::refused(l, refusal));
        }
        Err(AppError::Conflict) => again_with.refused = Some(t::owners_moved(l)),
        Err(other) => return Err(other.into()),
    }
    // Of a contact that is gone there is no page.
    let there = app.constituent(&officer.who, no).await?;
    let id = id.filter(|id| there.constituent.contact(*id).is_some());
    again(&app, officer, (no, id), StatusCode::CONFLICT, &again_with).await
}

/// Taken away, with its contacts.
pub(super) async fn remove(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    let officer = &sent.officer;
    allowed(officer, Action::ManageConstituents)?;
    let no = number(&no)?;
    let version = number_of(&sent.form, "version");
    match app.remove_constituent(&officer.who, (no, version)).await {
        Ok(()) => Ok(Redirect::to(HOME).into_response()),
        Err(AppError::Conflict) => {
            let shown = one::Sent {
                refused: Some(t::owners_moved(officer.page.lang)),
                ..one::Sent::default()
            };
            again(&app, officer, (no, None), StatusCode::CONFLICT, &shown).await
        }
        Err(other) => Err(other.into()),
    }
}
