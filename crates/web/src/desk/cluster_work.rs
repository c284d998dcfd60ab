//! What officers do to clusters. Each form says which state it was made for: if something happened since, nothing is done, and
//! what was typed is shown again.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::cluster::{Decided, REPLY_LANGUAGES};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::bulk::Wish;
use cairn_desk::cluster::Refusal;
use cairn_desk::report::MESSAGE_CHARS_MAX;
use maud::{Markup, html};

use super::bulk;
use super::choices::{self, listed, or_keep};
use super::cluster::{View, number, page, reports};
use super::who::{Sent, token};
use super::words;
use crate::components::{
    Encoding, Fault, Field, Input, Look, Width, button, button_named, buttons, error_summary, form,
    input, select, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

type Answer = Result<Response, Problem>;

/// What somebody sent that could not be done.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub form: Option<&'a Form>,
    pub faults: Vec<Fault>,
    /// The newest action they saw, if something happened since.
    pub since: Option<i64>,
    pub refused: Option<String>,
}

impl Typed<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.form.and_then(|form| form.get(name))
    }

    pub(super) fn chosen(&self) -> Vec<&str> {
        self.form
            .map_or_else(Vec::new, |form| form.all("report").collect())
    }

    pub(super) fn summary(&self, l: Lang) -> Markup {
        error_summary(l, &self.faults)
    }
}

/// A form that changes this cluster.
fn change(view: &View<'_>, action: &str, body: Markup) -> Markup {
    form(
        &format!("/desk/clusters/{}/{action}", view.whole.line.id),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(view.whole.version);
            (body)
        },
    )
}

/// The reports and all that can be done.
pub(super) fn forms(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    if !view.officer.who.may(Action::WorkReports) {
        return html! {
            section.work aria-labelledby="work" {
                h2 #work { (t::case_work(l)) }
                p { (t::case_read_only(l)) }
                h2 { (t::cluster_reports(l)) }
                (reports(view))
            }
        };
    }
    html! {
        section.work aria-labelledby="work" {
            h2 #work { (t::case_work(l)) }
            (deciding(view))
            h3 { (t::cluster_link(l)) }
            (change(view, "link", html! {
                (other(view, "into", t::cluster_link_to(l), t::cluster_link_hint(l)))
                (button(Look::Plain, t::cluster_link(l)))
            }))
        }
        section aria-labelledby="reports" {
            h2 #reports { (t::cluster_reports(l)) }
            (change(view, "reports", html! {
                (reports(view))
                (other(view, "to", t::cluster_move_to(l), t::cluster_move_hint(l)))
                (buttons(html! {
                    (button_named(Look::Plain, "do", "split", t::cluster_split(l)))
                    (button_named(Look::Plain, "do", "move", t::cluster_move(l)))
                }))
            }))
        }
    }
}

/// Number of another cluster.
fn other(view: &View<'_>, name: &str, label: &str, hint: &str) -> Markup {
    let l = view.officer.page.lang;
    let field = Field::new(l, name, label)
        .hint(hint)
        .error_in(&view.typed.faults);
    let line = Input {
        value: view.typed.get(name).unwrap_or_default(),
        inputmode: Some("numeric"),
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    input(&field, &line)
}

/// One decision for all reports that are not closed: how many, and who can read a reply, is said first.
fn deciding(view: &View<'_>) -> Markup {
    let (l, app, typed) = (view.officer.page.lang, view.app, view.typed);
    let reach = view.whole.reach;
    let count = |number: i64| number.unsigned_abs();
    let categories = choices::categories(&app.form, l);
    let categories = or_keep(t::cluster_category_keep(l), categories);
    let outcomes = or_keep(t::cluster_close_not(l), choices::outcomes(&app.form, l));
    let most = u32::try_from(MESSAGE_CHARS_MAX).ok();
    let languages = REPLY_LANGUAGES.map(|code| {
        let written = view
            .whole
            .line
            .row
            .languages
            .get(code)
            .copied()
            .unwrap_or(0);
        let label = t::cluster_reply(l, words::language(l, code));
        (
            format!("reply-{code}"),
            label,
            t::cluster_reply_hint(l, u64::from(written)),
        )
    });
    html! {
        h3 { (t::cluster_decide(l, count(reach.open))) }
        p { (t::cluster_reach(l, count(reach.open), count(reach.reached), count(reach.told))) }
        p.hint { (t::cluster_grace(l)) }
        (change(view, "decide", html! {
            (select(&Field::new(l, "category", t::case_category(l)).error_in(&typed.faults), &listed(&categories), typed.get("category")))
            @for (id, label, hint) in &languages {
                (textarea(&Field::new(l, id, label).hint(hint.as_str()).optional(true).error_in(&typed.faults), typed.get(id).unwrap_or_default(), 6, most))
            }
            (select(&Field::new(l, "outcome", t::cluster_close(l)), &listed(&outcomes), typed.get("outcome")))
            (button(Look::Main, &t::cluster_decide(l, count(reach.open))))
        }))
    }
}

/// One button.
pub(super) fn undoing(view: &View<'_>, action: i64) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.officer.who.may(Action::WorkReports) {
            (change(view, "undo", html! {
                input type="hidden" name="action" value=(action);
                (button(Look::Plain, t::cluster_undo(l)))
            }))
        }
    }
}

type To = Path<String>;

fn seen(sent: &Sent) -> i64 {
    field_number(sent, "version").unwrap_or_default()
}

fn field_number(sent: &Sent, name: &str) -> Option<i64> {
    sent.form
        .get(name)
        .and_then(|text| text.trim().parse().ok())
}

/// Back to the cluster if it was done; else the page again with what was typed.
async fn answered(app: &App, sent: &Sent, no: i64, done: Result<(), AppError>) -> Answer {
    let mut typed = Typed {
        form: Some(&sent.form),
        ..Typed::default()
    };
    match done {
        Ok(()) => return back(app, sent, no).await,
        Err(AppError::Conflict) => typed.since = Some(seen(sent)),
        Err(AppError::Cluster(refusal)) => {
            typed.refused = Some(refused(sent.officer.page.lang, refusal).to_owned());
        }
        Err(AppError::Input(said)) => typed.refused = Some(said),
        Err(other) => return Err(other.into()),
    }
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// To the cluster that decides now; to the list where the last report has left it.
async fn back(app: &App, sent: &Sent, no: i64) -> Answer {
    let who = &sent.officer.who;
    let head = app.head_of_cluster(who, no).await?;
    let to = match app.read_cluster(who, head).await {
        Ok(_) => format!("/desk/clusters/{head}"),
        Err(AppError::NotFound) => "/desk/clusters".to_owned(),
        Err(other) => return Err(other.into()),
    };
    Ok(Redirect::to(&to).into_response())
}

const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Nothing => t::cluster_refused_nothing(l),
        Refusal::Whole => t::cluster_refused_whole(l),
        Refusal::Same => t::cluster_refused_same(l),
        Refusal::NoSuchCluster => t::cluster_refused_cluster(l),
        Refusal::Empty => t::cluster_refused_empty(l),
        Refusal::NotUndoable => t::cluster_refused_undo(l),
        Refusal::Later => t::cluster_refused_later(l),
        _ => t::case_refused_note(l),
    }
}

async fn faulty(app: &App, sent: &Sent, no: i64, field: &str, text: String) -> Answer {
    let field = field.to_owned();
    all_faulty(app, sent, no, vec![Fault { field, text }]).await
}

async fn all_faulty(app: &App, sent: &Sent, no: i64, faults: Vec<Fault>) -> Answer {
    let typed = Typed {
        form: Some(&sent.form),
        faults,
        ..Typed::default()
    };
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Who may not work on reports is told so before any fault of the form.
fn allowed(sent: &Sent) -> Result<(), Problem> {
    let may = sent.officer.who.may(Action::WorkReports);
    may.then_some(())
        .ok_or_else(|| Problem::new(Kind::Forbidden))
}

/// For all reports that are not closed.
pub(super) async fn decide(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let (no, l) = (number(&no)?, sent.officer.page.lang);
    let own = |name: &str| sent.form.get(name).filter(|text| !text.is_empty());
    let reply = match choices::replies(l, &sent.form) {
        Ok(reply) => reply,
        Err(faults) => return all_faulty(&app, &sent, no, faults).await,
    };
    let decided = Decided {
        category: own("category").map(choices::category),
        severity: None,
        reply,
        outcome: own("outcome").map(str::to_owned),
    };
    let done = app
        .decide_cluster(&sent.officer.who, no, seen(&sent), decided)
        .await;
    answered(&app, &sent, no, done).await
}

/// For those too that the decision was held back from.
pub(super) async fn held(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    let done = app.decide_held(&sent.officer.who, no, seen(&sent)).await;
    answered(&app, &sent, no, done).await
}

/// The second officer's word on the mail about a reply.
pub(super) async fn mail(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let (no, l) = (number(&no)?, sent.officer.page.lang);
    let decision = field_number(&sent, "decision").ok_or_else(Problem::not_found)?;
    let wish = match sent.form.get("wish") {
        Some("agree") => Wish::Agree,
        Some("decline") => Wish::Decline,
        _ => return Err(Problem::bad_request()),
    };
    let done = app
        .cluster_mail_wish(&sent.officer.who, decision, wish)
        .await;
    let refused = match done {
        Ok(()) => return back(&app, &sent, no).await,
        Err(AppError::Bulk(why)) => bulk::refused(l, why).to_owned(),
        Err(other) => return Err(other.into()),
    };
    let typed = Typed {
        refused: Some(refused),
        ..Typed::default()
    };
    let page = page(&app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// Off into a cluster of their own, or to another one.
pub(super) async fn some(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    let chosen: Vec<&str> = sent.form.all("report").collect();
    let who = &sent.officer.who;
    if sent.form.get("do") != Some("move") {
        let done = app.split_cluster(who, no, seen(&sent), &chosen).await;
        return answered(&app, &sent, no, done).await;
    }
    let Some(to) = field_number(&sent, "to") else {
        let wrong = t::cluster_refused_cluster(sent.officer.page.lang).to_owned();
        return faulty(&app, &sent, no, "to", wrong).await;
    };
    let done = app.move_reports(who, (no, to), seen(&sent), &chosen).await;
    answered(&app, &sent, no, done).await
}

/// One decision serves both from then on.
pub(super) async fn link(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    let Some(into) = field_number(&sent, "into") else {
        let wrong = t::cluster_refused_cluster(sent.officer.page.lang).to_owned();
        return faulty(&app, &sent, no, "into", wrong).await;
    };
    let done = app
        .link_cluster(&sent.officer.who, (no, into), seen(&sent))
        .await;
    answered(&app, &sent, no, done).await
}

/// As it was before.
pub(super) async fn undo(State(app): State<App>, Path(no): To, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    let action = field_number(&sent, "action").unwrap_or_default();
    let done = app
        .undo_cluster(&sent.officer.who, no, seen(&sent), action)
        .await;
    answered(&app, &sent, no, done).await
}
