//! Signing off and publishing: what would change, who signed, and the last step.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::track::agenda::Agenda;
use cairn_app::track::publish::{Changes, MeasureChange, Standing};
use cairn_app::track::working::Working;
use cairn_desk::access::Action;
use cairn_desk::track::{Refusal, may_publish};
use cairn_kernel::actor::Role;
use maud::{Markup, html};

use super::{Answer, attachment, go, not_done, refused, said, tabs, words};
use crate::components::{
    Column, Encoding, Hue, Look, Tone, back_link, button, buttons, details, error_summary, form,
    inset, machine, notice, said_inline, stack, tag,
};
use crate::desk::who::{Officer, Sent, token};
use crate::desk::words::{People, person, role};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// All that the page shows.
struct Shown<'a> {
    id: &'a str,
    agenda: &'a Agenda,
    working: &'a Working,
    changes: &'a Changes,
    people: &'a People,
}

async fn page(
    app: &App,
    officer: &Officer,
    id: &str,
    why: Option<&str>,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let changes = app.plan_changes(&officer.who, id).await?;
    let (agenda, working) = app.agenda(&officer.who, id).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let shown = Shown {
        id,
        agenda: &agenda,
        working: &working,
        changes: &changes,
        people: &people,
    };
    let query = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes());
    let done = query
        .ok()
        .and_then(|query| query.get("done").map(str::to_owned))
        .filter(|_| why.is_none());
    let body = html! {
        (tabs(officer))
        (back_link(l, &format!("/desk/track/{id}")))
        (error_summary(l, &[]))
        @if let Some(why) = why { (not_done(l, why)) }
        @if let Some(done) = done { (was_done(l, id, &done)) }
        h1 { (t::office_publish_title(l)) }
        p.lead { (words::of(l, &working.plan.title)) }
        (obstacles(l, &shown))
        (comes(officer, &shown))
        (signatures(officer, &shown))
        (last_step(officer, &shown))
    };
    Ok(officer.page.render(t::office_publish_title(l), body))
}

fn was_done(l: Lang, id: &str, done: &str) -> Markup {
    if done == "signed" {
        return notice(
            Tone::Success,
            "done",
            t::office_signed_done(l),
            html! { p { (t::office_signed_note(l)) } },
        );
    }
    let link = html! {
        p { a href={ "/track/" (id) "/" } { (t::office_see_public(l)) } " · " a href={ "/track/" (id) "/versions/" } { (t::office_versions(l)) } }
    };
    notice(Tone::Success, "done", t::office_published_done(l), link)
}

fn obstacles(l: Lang, shown: &Shown<'_>) -> Markup {
    let all = &shown.agenda.obstacles;
    let forbids: Vec<_> = all.iter().filter(|one| one.forbids).collect();
    let warns = all.len() - forbids.len();
    html! {
        @if !forbids.is_empty() {
            (notice(Tone::Danger, "forbids", t::office_forbidden(l), html! {
                ul {
                    @for one in forbids {
                        li { (words::of(l, &one.what)) ". " (words::of(l, &one.mend)) "."
                            @if let Some(file) = &one.file { " (" (file) @if one.line > 0 { ":" (one.line) } ")" } }
                    }
                }
            }))
        }
        @if warns > 0 {
            p { a href={ "/desk/track/" (shown.id) "#obstacles" } { (t::office_count_warns(l, warns as u64)) } }
        }
    }
}

fn standing(l: Lang, standing: Option<&Standing>) -> Markup {
    html! {
        @match standing {
            None => "–",
            Some(one) => {
                @match &one.latest {
                    Some((period, value)) => { (value) " (" (period) ")" }
                    None => (t::office_no_value(l)),
                }
                br; (words::status(l, one.status))
            }
        }
    }
}

/// What would change for the public.
fn comes(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let changes = shown.changes;
    let columns = [
        t::office_what_measure(l),
        t::office_now(l),
        t::office_then(l),
    ]
    .map(Column::text);
    let row = |one: &MeasureChange| {
        vec![
            words::of(l, &one.title),
            standing(l, one.before.as_ref()),
            standing(l, one.after.as_ref()),
        ]
    };
    let rows: Vec<Vec<Markup>> = changes.measures.iter().map(row).collect();
    let none = changes.measures.is_empty() && changes.files.is_empty();
    html! {
        h2 { (t::office_changes(l)) }
        p {
            @match changes.against {
                Some(no) => (t::office_changes_against(l, no.to_string())),
                None => (t::office_changes_first(l)),
            }
        }
        @if none { (inset(html! { p { (t::office_changes_none(l)) } })) }
        @if !rows.is_empty() { (stack(t::office_changes(l), &columns, &rows)) }
        @if !changes.returns.is_empty() {
            h3 { (t::office_changes_returns(l)) }
            ul {
                @for one in &changes.returns {
                    li {
                        a href={ "/desk/track/" (shown.id) "/returns/" (one.standing.no) } {
                            (t::office_return_no(l, one.standing.no.to_string()))
                        }
                        ": " (said_inline(&words::row(l, &shown.working.plan, one))) ", " (said_inline(&one.standing.owner))
                    }
                }
            }
        }
        @if !changes.files.is_empty() {
            (details(&t::office_changes_files(l, changes.files.len() as u64), html! {
                ul { @for file in &changes.files { li { (machine(file)) } } }
            }))
        }
        p { a href={ "/desk/track/" (shown.id) "/preview/" } { (t::office_preview_all(l)) } }
    }
}

fn signatures(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let agenda = shown.agenda;
    let columns = [t::office_role(l), t::office_signed(l), t::office_by_whom(l)].map(Column::text);
    let rows: Vec<Vec<Markup>> = [Role::Statistician, Role::Publisher]
        .into_iter()
        .map(|wanted| {
            let found = agenda.signed.iter().find(|one| one.role == wanted);
            vec![
                html! { (role(l, wanted)) },
                match found {
                    Some(one) => html! { (tag(Hue::Green, t::office_signed(l))) " " (officer.page.moment(one.at)) },
                    None => tag(Hue::Amber, t::office_signature_missing(l)),
                },
                html! { @if let Some(one) = found { (person(shown.people, &one.account)) } @else { "–" } },
            ]
        })
        .collect();
    html! {
        h2 { (t::office_signatures(l)) }
        p { (t::office_signatures_lead(l)) }
        (stack(t::office_signatures(l), &columns, &rows))
        (inset(html! { p { (t::office_digest(l)) " " (machine(&agenda.digest)) } }))
    }
}

/// Who looks can sign off what they see.
pub(crate) fn signs(who: &Principal, agenda: &Agenda) -> bool {
    let signed = agenda.signed.iter().any(|one| one.role == who.role);
    let forbids = agenda.obstacles.iter().any(|one| one.forbids);
    who.may(Action::SignOffPlans) && !signed && !forbids
}

/// What is shown can be published, or why not.
pub(crate) fn publishable(agenda: &Agenda) -> Result<(), Refusal> {
    let stands = cairn_desk::track::Working {
        digest: &agenda.digest,
        forbids: agenda.obstacles.iter().filter(|one| one.forbids).count(),
        signed: &agenda.signed,
        versions: 0,
    };
    may_publish(&agenda.digest, stands)
}

/// The buttons of who may, or why there are none.
fn last_step(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let agenda = shown.agenda;
    let may = |action| officer.who.may(action);
    let token = token(&officer.seen);
    let base = format!("/desk/track/{}", shown.id);
    let digest = html! { input type="hidden" name="digest" value=(agenda.digest); };
    html! {
        @if signs(&officer.who, agenda) {
            (form(&format!("{base}/sign-off"), Encoding::Pairs, Some(&token), html! {
                (digest)
                p.hint { (t::office_sign_note(l)) }
                (buttons(button(Look::Main, t::office_sign(l))))
            }))
        }
        @if may(Action::PublishPlans) {
            h2 { (t::office_publish(l)) }
            @match publishable(agenda) {
                Ok(()) => (form(&format!("{base}/publish"), Encoding::Pairs, Some(&token), html! {
                    (digest)
                    p.hint { (t::office_publish_note(l)) }
                    (buttons(button(Look::Main, t::office_publish(l))))
                })),
                Err(why) => p { (refused(l, why)) },
            }
            p { a href={ (base) "/files.zip" } { (t::office_take_files(l)) } " " (t::office_take_files_note(l)) }
        }
    }
}

/// The page.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    page(&app, &officer, &id, None).await
}

/// Signs off what was shown.
pub(in crate::desk) async fn sign(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let officer = &sent.officer;
    let shown = sent.form.get("digest").unwrap_or_default();
    match app.sign_off(&officer.who, &id, shown).await {
        Ok(()) => Ok(go(&format!("/desk/track/{id}/publish?done=signed"))),
        Err(error) => {
            let why = said(officer.page.lang, error)?;
            let page = page(&app, officer, &id, Some(&why)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Publishes what was shown.
pub(in crate::desk) async fn send(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let officer = &sent.officer;
    let shown = sent.form.get("digest").unwrap_or_default();
    match app.publish_plan(&officer.who, &id, shown).await {
        Ok(_) => Ok(go(&format!("/desk/track/{id}/publish?done=published"))),
        Err(error) => {
            let why = said(officer.page.lang, error)?;
            let page = page(&app, officer, &id, Some(&why)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// The working copy's files, for the office's own folder.
pub(in crate::desk) async fn files(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Answer {
    let zip = app.take_working(&officer.who, &id).await?;
    Ok(attachment(
        &format!("{id}-working-copy.zip"),
        "application/zip",
        zip,
    ))
}
