//! What officers do to referrals.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::referral::{Wish, Words, Work};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::referral::{Channel, Outcome, TEXT_CHARS_MAX};

use super::super::case_work::{Answer, answered, faulty, version};
use super::super::typed::Typed;
use super::super::who::Sent;
use super::page::again;
use super::refusal;
use crate::components::Fault;
use crate::i18n::t;
use crate::problem::{Kind, Problem};

fn allowed(sent: &Sent, action: Action) -> Result<(), Problem> {
    if sent.officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn number(no: &str) -> Result<u32, Problem> {
    no.parse().map_err(|_| Problem::not_found())
}

/// Prepares one; its page shows what would go.
pub(in crate::desk) async fn prepare(
    State(app): State<App>,
    Path(reference): Path<String>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let (l, form) = (sent.officer.page.lang, &sent.form);
    let by_law = form.get("by-law").is_some();
    let names = if by_law {
        allowed(&sent, Action::ReferByLaw)?;
        ["law-agency", "law-channel", "law-contact", "law-file"]
    } else {
        [
            "refer-agency",
            "refer-channel",
            "refer-contact",
            "refer-file",
        ]
    };
    let [agency_field, channel_field, contact_field, file_field] = names;
    let chosen = form.get(agency_field).unwrap_or_default();
    let (agency, code) = chosen.split_once('/').unwrap_or((chosen, ""));
    if agency.is_empty() || by_law && code.is_empty() {
        let text = t::referral_agency_choose(l).to_owned();
        return faulty(&app, &sent, &reference, agency_field, text).await;
    }
    let law = match (
        by_law,
        Words::parse(form.get("law-why").unwrap_or_default()),
    ) {
        (false, _) => None,
        (true, Some(words)) => Some((code.to_owned(), words)),
        (true, None) => {
            let text = t::referral_why_wrong(l, TEXT_CHARS_MAX as u64);
            return faulty(&app, &sent, &reference, "law-why", text).await;
        }
    };
    let Some(channel) = form.get(channel_field).and_then(Channel::parse) else {
        let text = t::referral_channel_choose(l).to_owned();
        return faulty(&app, &sent, &reference, channel_field, text).await;
    };
    let wish = Wish {
        agency: agency.to_owned(),
        law,
        channel,
        contact: form.get(contact_field).is_some(),
        files: form.all(file_field).map(str::to_owned).collect(),
    };
    let (who, version) = (&sent.officer.who, version(form));
    match app.prepare_referral(who, &reference, version, wish).await {
        Ok(no) => {
            let to = format!("/desk/reports/{reference}/referrals/{no}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => match App::referral_refusal(&error) {
            Some(why) => {
                let text = refusal(l, why).to_owned();
                faulty(&app, &sent, &reference, agency_field, text).await
            }
            None => answered(&app, &sent, &reference, Err(error)).await,
        },
    }
}

/// What the form asks for, or what is wrong with it.
fn asked(sent: &Sent, action: &str) -> Result<Result<Work, Fault>, Problem> {
    let (l, form) = (sent.officer.page.lang, &sent.form);
    let typed = |field: &str| form.get(field).unwrap_or_default();
    let fault = |field: &str, text: String| Fault {
        field: field.to_owned(),
        text,
    };
    let words = |field: &str| {
        let wrong = || fault(field, t::referral_text_wrong(l, TEXT_CHARS_MAX as u64));
        Words::parse(typed(field)).ok_or_else(wrong)
    };
    Ok(match action {
        "send" => Ok(Work::Send),
        "withdraw" => Ok(Work::Withdraw),
        "acknowledge" => words("reference").map(Work::Acknowledge),
        "chase" => words("how").map(Work::Chase),
        "remind" => Ok(Work::Remind),
        "tell" => words("told").map(Work::Tell),
        "answer" => match Outcome::parse(typed("outcome")) {
            None => Err(fault("outcome", t::referral_outcome_choose(l).to_owned())),
            Some(outcome) if typed("more").trim().is_empty() => Ok(Work::Answer(outcome, None)),
            Some(outcome) => words("more").map(|more| Work::Answer(outcome, Some(more))),
        },
        _ => return Err(Problem::not_found()),
    })
}

/// One step of one referral.
pub(in crate::desk) async fn act(
    State(app): State<App>,
    Path((reference, no, action)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let no = number(&no)?;
    let mut typed = Typed {
        form: Some(&sent.form),
        ..Typed::default()
    };
    let work = match asked(&sent, &action)? {
        Ok(work) => work,
        Err(fault) => {
            typed.faults.push(fault);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return again(&app, &sent, (&reference, no), &typed, (status, None)).await;
        }
    };
    let (who, version) = (&sent.officer.who, version(&sent.form));
    let done = app
        .work_referral(who, (&reference, no), version, work)
        .await;
    let error = match done {
        Ok(()) => {
            let to = format!("/desk/reports/{reference}/referrals/{no}");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(error) => error,
    };
    let why = App::referral_refusal(&error);
    if why.is_none() {
        match error {
            AppError::Conflict => typed.since = Some(version),
            other => return Err(other.into()),
        }
    }
    let status = (StatusCode::CONFLICT, why);
    again(&app, &sent, (&reference, no), &typed, status).await
}

/// The package. Sent by a form, since taking it is noted in the log.
pub(in crate::desk) async fn take(
    State(app): State<App>,
    Path((reference, no)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let no = number(&no)?;
    let taken = app.take_package(&sent.officer.who, &reference, no).await;
    let archive = match taken {
        Ok(archive) => archive,
        Err(error) => {
            let Some(why) = App::referral_refusal(&error) else {
                return Err(error.into());
            };
            let status = (StatusCode::CONFLICT, Some(why));
            return again(&app, &sent, (&reference, no), &Typed::default(), status).await;
        }
    };
    download(&archive.name, archive.bytes)
}

/// A zip file to keep, never shown.
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Result<Response, Problem> {
    let name = format!("attachment; filename=\"{name}\"");
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (header::CONTENT_DISPOSITION, name),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
    ];
    Ok((headers, bytes).into_response())
}
