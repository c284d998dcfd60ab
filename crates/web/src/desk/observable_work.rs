//! What officers do about an observable: notes, and the block list, which takes two of them. Each form says how many steps
//! there were when it was made: if somebody else was quicker, nothing is done and nothing typed is lost.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::observable::{Deed, Done, Form as Taken};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::observable::{Block, Refusal};
use cairn_desk::report::{MESSAGE_CHARS_MAX, MessageFault, MessageText};
use futures_util::stream;
use maud::{Markup, html};

use super::observable::{View, address, of_address, page};
use super::who::{Officer, Sent, token};
use crate::components::{
    Choice, Encoding, Fault, Field, Look, button, form, radios, select, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

/// What somebody sent that could not be done.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub form: Option<&'a Form>,
    pub faults: Vec<Fault>,
    /// Somebody else was quicker.
    pub since: bool,
    pub refused: Option<Refusal>,
}

/// Why not, in words.
pub(super) const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotFree => t::obs_refused_not_free(l),
        Refusal::NotAsked => t::obs_refused_not_asked(l),
        Refusal::NotListed => t::obs_refused_not_listed(l),
        Refusal::Own => t::obs_refused_own(l),
        Refusal::NotOwn => t::obs_refused_not_own(l),
        Refusal::Note => t::obs_refused_note(l),
        Refusal::Limit => t::obs_refused_limit(l),
    }
}

/// A form about this observable.
fn deed(view: &View<'_>, name: &str, body: Markup) -> Markup {
    let whole = view.whole;
    form(
        &address(&whole.observable),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(whole.standing.version);
            input type="hidden" name="deed" value=(name);
            (body)
        },
    )
}

/// A text that goes with a deed; `id` is the deed's name, so that ids differ on the page.
fn text(view: &View<'_>, id: &str, label: &str, rows: u8) -> Markup {
    let l = view.officer.page.lang;
    let typed = view.typed.form.and_then(|form| form.get(id));
    let most = u32::try_from(MESSAGE_CHARS_MAX).ok();
    let field = Field::new(l, id, label).error_in(&view.typed.faults);
    textarea(&field, typed.unwrap_or_default(), rows, most)
}

/// All forms that make sense now.
pub(super) fn forms(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let standing = &view.whole.standing;
    let own = standing.asked_by.as_deref() == Some(view.officer.who.account.as_str());
    html! {
        (noting(view))
        h3 { (t::obs_block(l)) }
        @match (standing.block, own) {
            (Block::No, _) => {
                (deed(view, "ask", html! {
                    p.hint { (t::obs_ask_note(l)) }
                    (text(view, "ask", t::obs_why(l), 3))
                    (button(Look::Plain, t::obs_ask(l)))
                }))
            },
            (Block::Asked, true) => {
                (deed(view, "withdraw", html! {
                    p.hint { (t::obs_own_note(l)) }
                    (button(Look::Plain, t::obs_withdraw(l)))
                }))
            },
            (Block::Asked, false) => {
                (deed(view, "agree", html! {
                    p.hint { (t::obs_agree_note(l)) }
                    (button(Look::Main, t::obs_agree(l)))
                }))
                (deed(view, "decline", html! {
                    (text(view, "decline", t::obs_why(l), 3))
                    (button(Look::Plain, t::obs_decline(l)))
                }))
            },
            (Block::Agreed, _) => {
                (deed(view, "lift", html! {
                    p.hint { (t::obs_lift_note(l)) }
                    (text(view, "lift", t::obs_why(l), 3))
                    (button(Look::Plain, t::obs_lift(l)))
                }))
            },
        }
    }
}

/// A note, perhaps one that corrects another.
fn noting(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let free = view
        .whole
        .standing
        .notes
        .iter()
        .filter(|(_, corrected)| !**corrected);
    let notes: Vec<(String, String)> = free
        .map(|(n, _)| {
            let step = view.whole.steps.iter().find(|step| step.n == *n);
            let text = step
                .and_then(|step| step.text.as_deref())
                .unwrap_or_default();
            let start: String = text.chars().take(40).collect();
            let start = cairn_kernel::observable::defang_text(&start).into_owned();
            (
                n.to_string(),
                cairn_kernel::text::visible(&start).into_owned(),
            )
        })
        .collect();
    let mut choices = vec![Choice {
        value: "",
        label: t::obs_corrects_none(l),
        ..Choice::default()
    }];
    choices.extend(notes.iter().map(|(n, start)| Choice {
        value: n,
        label: start,
        ..Choice::default()
    }));
    let chosen = view.typed.form.and_then(|form| form.get("corrects"));
    html! {
        (deed(view, "note", html! {
            (text(view, "note", t::obs_note(l), 4))
            @if choices.len() > 1 {
                (select(&Field::new(l, "corrects", t::obs_corrects_which(l)), &choices, chosen.or(Some(""))))
            }
            (button(Look::Main, t::obs_note_button(l)))
        }))
    }
}

fn fault(l: Lang, field: &str, fault: MessageFault) -> Fault {
    let text = match fault {
        MessageFault::Empty => t::obs_text_missing(l).to_owned(),
        MessageFault::TooLong { chars } => {
            t::challenge_too_long(l, chars as u64, MESSAGE_CHARS_MAX as u64)
        }
    };
    Fault {
        field: field.to_owned(),
        text,
    }
}

/// What a form asks for, or what is wrong with its text.
fn read(form: &Form) -> Result<std::result::Result<Deed, (&'static str, MessageFault)>> {
    let text = |id: &'static str| {
        let typed = form.get(id).unwrap_or_default();
        MessageText::parse(typed).map_err(|fault| (id, fault))
    };
    Ok(match form.get("deed") {
        Some("note") => {
            let corrects = form.get("corrects").filter(|n| !n.is_empty());
            let corrects = corrects.map(|n| n.parse().map_err(|_| Problem::bad_request()));
            let corrects = corrects.transpose()?;
            text("note").map(|text| Deed::Note { text, corrects })
        }
        Some("ask") => text("ask").map(Deed::Ask),
        Some("agree") => Ok(Deed::Agree),
        Some("decline") => text("decline").map(Deed::Decline),
        Some("withdraw") => Ok(Deed::Withdraw),
        Some("lift") => text("lift").map(Deed::Lift),
        _ => return Err(Problem::bad_request()),
    })
}

/// Who may not work on reports learns nothing from a fault in the form.
fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::WorkReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// A note or a decision.
pub(super) async fn work(
    State(app): State<App>,
    Path((kind, value)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response> {
    allowed(&sent)?;
    let one = of_address(&kind, &value)?;
    let (officer, form) = (&sent.officer, &sent.form);
    let mut typed = Typed {
        form: Some(form),
        ..Typed::default()
    };
    let mut status = StatusCode::CONFLICT;
    match read(form)? {
        Err((field, wrong)) => {
            typed.faults.push(fault(officer.page.lang, field, wrong));
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(deed) => {
            let version = form.get("version").and_then(|text| text.parse().ok());
            let version = version.unwrap_or(-1);
            match app.work_observable(&officer.who, &one, version, deed).await {
                Ok(Done::Yes) => {
                    let to = format!("{}#notes", address(&one));
                    return Ok(Redirect::to(&to).into_response());
                }
                Ok(Done::No(refusal)) => typed.refused = Some(refusal),
                Err(AppError::Conflict) => typed.since = true,
                Err(other) => return Err(other.into()),
            }
        }
    }
    let page = page(&app, officer, &one, &typed).await?;
    Ok((status, page).into_response())
}

/// The form to take the block list out.
pub(super) fn exporting(officer: &Officer) -> Markup {
    let l = officer.page.lang;
    let choice = |value, label, hint| Choice {
        value,
        label,
        hint,
        apart: false,
    };
    let formats = [
        choice("txt", t::obs_export_txt(l), None),
        choice("csv", "CSV", None),
    ];
    let forms = [
        choice(
            "defanged",
            t::obs_export_defanged(l),
            Some(t::obs_export_defanged_hint(l)),
        ),
        choice("raw", t::obs_export_raw(l), Some(t::obs_export_raw_hint(l))),
    ];
    html! {
        h2 { (t::obs_export(l)) }
        p { (t::obs_export_lead(l)) }
        (form("/desk/observables/export", Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (radios(&Field::new(l, "form", t::obs_export_form(l)), &forms, Some("defanged")))
            (radios(&Field::new(l, "format", t::export_format(l)), &formats, Some("txt")))
            (button(Look::Plain, t::obs_export_button(l)))
        }))
    }
}

/// The block list as a file, whose name says whether it is defanged.
pub(super) async fn export(State(app): State<App>, sent: Sent) -> Result<Response> {
    allowed(&sent)?;
    let csv = sent.form.get("format") == Some("csv");
    let raw = sent.form.get("form") == Some("raw");
    block_list_file(&app, &sent.officer.who, csv, raw).await
}

/// The same for whoever may.
pub(crate) async fn block_list_file(
    app: &App,
    who: &Principal,
    csv: bool,
    raw: bool,
) -> Result<Response> {
    let taken = Taken { csv, raw };
    let export = app.export_block_list(who, taken).await?;
    let pieces = stream::try_unfold(export, |mut export| async move {
        Ok::<_, AppError>(export.next().await?.map(|piece| (piece, export)))
    });
    let day: String = app.clock.now().to_string().chars().take(10).collect();
    let (form, ending, media) = match (taken.raw, taken.csv) {
        (true, true) => ("raw", "csv", "text/csv; charset=utf-8; header=present"),
        (true, false) => ("raw", "txt", "text/plain; charset=utf-8"),
        (false, true) => ("defanged", "csv", "text/csv; charset=utf-8; header=present"),
        (false, false) => ("defanged", "txt", "text/plain; charset=utf-8"),
    };
    let name = format!("attachment; filename=\"block-list-{day}-{form}.{ending}\"");
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
