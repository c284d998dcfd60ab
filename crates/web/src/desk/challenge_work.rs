//! What the office does to a challenge. Each form says which version it was made for: if the challenge moved on, nothing is done
//! and nothing typed is lost.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::challenge::{
    self as desk, ANSWER_CHARS_MAX, Command, Fault as Wrong, Field as Place, Outcome,
    REASON_CHARS_MAX, TypedAnswer, Words,
};
use maud::{Markup, html};

use super::challenge::{View, number, page};
use super::typed::Typed;
use super::who::{Sent, token};
use crate::challenge::outcome;
use crate::components::{
    Choice, Encoding, Fault, Field, Input, Look, button, form, input, radios, textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

type Answer = Result<Response>;

/// A form that changes this challenge.
fn change(view: &View<'_>, action: &str, body: Markup) -> Markup {
    let whole = view.whole;
    form(
        &format!("/desk/challenges/{}/{action}", whole.summary.no),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(whole.standing.version);
            (body)
        },
    )
}

/// All forms that make sense now.
pub(super) fn forms(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let reason = Field::new(l, "reason", t::challenge_desk_reason(l))
        .hint(t::challenge_desk_reason_hint(l))
        .error_in(&view.typed.faults);
    let typed = view.typed.get("reason").unwrap_or_default();
    let most = u32::try_from(REASON_CHARS_MAX).ok();
    html! {
        (answering(view))
        @if view.whole.standing.words != Words::Shown {
            h3 { (t::challenge_desk_release(l)) }
            (change(view, "release", html! {
                p.hint { (t::challenge_desk_release_note(l)) }
                (button(Look::Plain, t::challenge_desk_release(l)))
            }))
        }
        h3 { (t::challenge_desk_withhold_title(l)) }
        (change(view, "withhold", html! {
            (textarea(&reason, typed, 3, most))
            (button(Look::Plain, t::challenge_desk_withhold(l)))
        }))
    }
}

/// The answer, or its correction, which begins with what the answer says now.
fn answering(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let given = view.whole.standing.answer();
    let (action, heading, note, send) = if given.is_some() {
        (
            "correct",
            t::challenge_desk_correct(l),
            t::challenge_desk_correct_note(l),
            t::challenge_desk_send_correction(l),
        )
    } else {
        (
            "answer",
            t::challenge_desk_answer(l),
            t::challenge_desk_answer_note(l),
            t::challenge_desk_send(l),
        )
    };
    let faults = &view.typed.faults;
    let now = |name: &str, is: Option<&str>| -> String {
        let typed = view.typed.get(name).or(is);
        typed.unwrap_or_default().to_owned()
    };
    let chosen = now("outcome", given.map(|one| one.outcome.as_str()));
    let en = now("en", given.and_then(|one| one.en.as_deref()));
    let mi = now("mi", given.and_then(|one| one.mi.as_deref()));
    let link = now("link", given.and_then(|one| one.link.as_deref()));
    let field = |id, label| Field::new(l, id, label).error_in(faults);
    let most = u32::try_from(ANSWER_CHARS_MAX).ok();
    let line = Input {
        value: &link,
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        h3 { (heading) }
        (change(view, action, html! {
            p.hint { (note) }
            (radios(&field("outcome", t::challenge_desk_outcome(l)), &outcomes(l), Some(&chosen)))
            (textarea(&field("en", t::challenge_desk_en(l)).hint(t::challenge_desk_text_hint(l)), &en, 6, most))
            (textarea(&field("mi", t::challenge_desk_mi(l)), &mi, 6, most))
            (input(&field("link", t::challenge_desk_link(l)).hint(t::challenge_desk_link_hint(l)).optional(true), &line))
            (button(Look::Main, send))
        }))
    }
}

fn outcomes(l: Lang) -> [Choice<'static>; 4] {
    Outcome::ALL.map(|one| Choice {
        value: one.as_str(),
        label: outcome(l, one),
        hint: Some(match one {
            Outcome::Upheld => t::challenge_upheld_hint(l),
            Outcome::Partly => t::challenge_partly_hint(l),
            Outcome::NotUpheld => t::challenge_not_upheld_hint(l),
            Outcome::NotAboutThis => t::challenge_not_about_this_hint(l),
        }),
        apart: false,
    })
}

fn fault(l: Lang, wrong: Wrong) -> Fault {
    let text = match wrong {
        Wrong::TooLong { chars, max, .. } => t::challenge_too_long(l, chars as u64, max as u64),
        Wrong::Missing(Place::Outcome) => t::challenge_desk_outcome_missing(l).to_owned(),
        Wrong::Missing(Place::Reason) => t::challenge_desk_reason_missing(l).to_owned(),
        Wrong::Missing(_) | Wrong::NotEmail(_) => t::challenge_desk_text_missing(l).to_owned(),
        Wrong::NotLink(_) => t::challenge_desk_not_link(l).to_owned(),
    };
    Fault {
        field: wrong.field().as_str().to_owned(),
        text,
    }
}

/// Who may not answer learns nothing from a fault in the form.
fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::AnswerChallenges) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

async fn faulty(app: &App, sent: &Sent, no: i64, wrong: Vec<Wrong>) -> Answer {
    let l = sent.officer.page.lang;
    let typed = Typed {
        form: Some(&sent.form),
        faults: wrong.into_iter().map(|one| fault(l, one)).collect(),
        ..Typed::default()
    };
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn work(app: &App, sent: &Sent, no: i64, command: Command) -> Answer {
    let version = sent.form.get("version").and_then(|text| text.parse().ok());
    let version = version.unwrap_or_default();
    let typed = match app
        .work_challenge(&sent.officer.who, no, version, command)
        .await
    {
        Ok(()) => return Ok(Redirect::to(&format!("/desk/challenges/{no}")).into_response()),
        Err(AppError::Conflict) => Typed {
            form: Some(&sent.form),
            since: Some(version),
            ..Typed::default()
        },
        Err(AppError::Challenge(_)) => Typed {
            form: Some(&sent.form),
            refused: true,
            ..Typed::default()
        },
        Err(other) => return Err(other.into()),
    };
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The words are shown.
pub(super) async fn release(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    work(&app, &sent, number(&no)?, Command::Release).await
}

/// The words are not shown, with a reason that is.
pub(super) async fn withhold(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match desk::reason(sent.form.get("reason").unwrap_or_default()) {
        Ok(reason) => work(&app, &sent, no, Command::Withhold { reason }).await,
        Err(wrong) => faulty(&app, &sent, no, vec![wrong]).await,
    }
}

fn typed_answer(sent: &Sent) -> Result<desk::Answer, Vec<Wrong>> {
    let own = |name: &str| sent.form.get(name).unwrap_or_default();
    let typed = TypedAnswer {
        outcome: own("outcome"),
        en: own("en"),
        mi: own("mi"),
        link: own("link"),
    };
    desk::answer(typed, sent.officer.who.role)
}

/// The first answer.
pub(super) async fn answer(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match typed_answer(&sent) {
        Ok(answer) => work(&app, &sent, no, Command::Answer(answer)).await,
        Err(wrong) => faulty(&app, &sent, no, wrong).await,
    }
}

/// Another answer in the place of the one before, which stays.
pub(super) async fn correct(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match typed_answer(&sent) {
        Ok(answer) => work(&app, &sent, no, Command::Correct(answer)).await,
        Err(wrong) => faulty(&app, &sent, no, wrong).await,
    }
}
