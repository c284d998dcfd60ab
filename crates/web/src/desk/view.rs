//! Saved views: links beside the queue, and the page on which they are renamed, shared and deleted.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::view::may_change;
use cairn_app::view::rows::Saved;
use cairn_desk::access::Action;
use cairn_desk::view::{Fault as Wrong, NAME_CHARS_MAX, View};
use maud::{Markup, html};

use super::case::href;
use super::doors;
use super::who::{Officer, Sent, token};
use super::words;
use crate::components::{
    Encoding, Fault, Field, Input, Look, back_link, button, checkbox, details, error_summary, form,
    input, said_inline,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

type Answer = Result<Response>;

/// Links to the saved views, and a form to save the line that is shown.
pub(super) fn beside(officer: &Officer, views: &[Saved], line: &str, severe: bool) -> Markup {
    let l = officer.page.lang;
    html! {
        @if !views.is_empty() {
            nav.views aria-label=(t::view_saved(l)) {
                ul {
                    @for one in views {
                        @let view = &one.view;
                        li {
                            a href=(href(&view.line, view.severe, None))
                                aria-current=[(view.line == line && view.severe == severe).then_some("true")] {
                                (said_inline(&view.name))
                            }
                        }
                    }
                    li { a.manage href="/desk/views" { (t::view_manage(l)) } }
                }
            }
        }
        @if !line.is_empty() {
            (details(t::view_save(l), form("/desk/views", Encoding::Pairs, Some(&token(&officer.seen)), html! {
                (fields(officer, "", &View { name: String::new(), line: line.to_owned(), severe, shared: false }, &[]))
                (button(Look::Plain, t::view_save_button(l)))
            })))
        }
    }
}

/// Name and sharing; line and order go along.
fn fields(officer: &Officer, id: &str, view: &View, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let name = format!("name{id}");
    let shared = format!("shared{id}");
    let line = Input {
        value: &view.name,
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        (input(&Field::new(l, &name, t::view_name(l)).error_in(faults), &line))
        @if id.is_empty() {
            input type="hidden" name="line" value=(view.line);
            @if view.severe { input type="hidden" name="severe" value="1"; }
        } @else {
            @let field = format!("line{id}");
            @let typed = Input { value: &view.line, autocomplete: Some("off"), ..Input::default() };
            (input(&Field::new(l, &field, t::view_line(l)).error_in(faults), &typed))
            (checkbox(&Field::new(l, &format!("severe{id}"), t::view_severe(l)), "1", view.severe))
        }
        @if officer.who.may(Action::WorkReports) {
            (checkbox(&Field::new(l, &shared, t::view_share(l)).hint(t::view_share_hint(l)), "1", view.shared))
        }
    }
}

/// All views that one sees.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    page(&app, &officer, None, &[]).await
}

/// What was typed for one of them and could not be kept.
type Typed<'a> = Option<(&'a str, View)>;

async fn page(app: &App, officer: &Officer, typed: Typed<'_>, faults: &[Fault]) -> Result<Markup> {
    let l = officer.page.lang;
    let views = app.views(&officer.who).await?;
    let people = app.people(&officer.who).await?;
    let own = officer.who.account.as_str();
    let body = html! {
        (doors(officer, "/desk"))
        (error_summary(l, faults))
        (back_link(l, "/desk"))
        h1 { (t::view_saved(l)) }
        p { (t::view_lead(l)) }
        @if let Some(("", view)) = &typed {
            (form("/desk/views", Encoding::Pairs, Some(&token(&officer.seen)), html! {
                (fields(officer, "", view, faults))
                (button(Look::Main, t::view_save_button(l)))
            }))
        }
        @if views.is_empty() { p.lead { (t::view_none(l)) } }
        @for (at, one) in views.iter().enumerate() {
            section.card.view aria-labelledby={ "view-" (at) } {
                h2 id={ "view-" (at) } { a href=(href(&one.view.line, one.view.severe, None)) { (said_inline(&one.view.name)) } }
                p { code translate="no" { (said_inline(&one.view.line)) } }
                @if one.account != own { p.hint { (t::view_by(l)) " " (words::person(&people, &one.account)) } }
                @if may_change(&officer.who, one) { (changing(officer, at, one, typed.as_ref(), faults)) }
            }
        }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::view_saved(l), body))
}

fn changing(
    officer: &Officer,
    at: usize,
    one: &Saved,
    typed: Option<&(&str, View)>,
    faults: &[Fault],
) -> Markup {
    let l = officer.page.lang;
    let mine = typed.filter(|(id, _)| *id == one.id).map(|(_, view)| view);
    let faults = if mine.is_some() { faults } else { &[] };
    let token = token(&officer.seen);
    // Ids of fields must differ on one page.
    let suffix = format!("-{at}");
    html! {
        details open[mine.is_some()] {
            summary { (t::view_change(l)) }
            div {
                (form(&format!("/desk/views/{}", one.id), Encoding::Pairs, Some(&token), html! {
                    input type="hidden" name="at" value=(at);
                    (fields(officer, &suffix, mine.unwrap_or(&one.view), faults))
                    (button(Look::Plain, t::view_change_button(l)))
                }))
                (form(&format!("/desk/views/{}/delete", one.id), Encoding::Pairs, Some(&token), html! {
                    p.hint { (t::view_delete_note(l)) }
                    (button(Look::Danger, t::view_delete(l)))
                }))
            }
        }
    }
}

fn wrong(l: Lang, fault: Wrong, suffix: &str) -> Fault {
    let (field, text) = match fault {
        Wrong::NoName => ("name", t::view_no_name(l).to_owned()),
        Wrong::LongName => ("name", t::view_long_name(l, NAME_CHARS_MAX as u64)),
        Wrong::LongLine => ("line", t::search_fault_long(l).to_owned()),
    };
    Fault {
        field: format!("{field}{suffix}"),
        text,
    }
}

/// The view that a form holds; and as typed, to be shown again if it cannot be kept.
fn read(form: &Form, suffix: &str) -> (std::result::Result<View, Wrong>, View) {
    let own = |name: &str| form.get(&format!("{name}{suffix}")).unwrap_or_default();
    let has = |name: &str| form.get(&format!("{name}{suffix}")) == Some("1");
    let typed = View {
        name: own("name").to_owned(),
        line: own("line").to_owned(),
        severe: has("severe"),
        shared: has("shared"),
    };
    let view = View::new(&typed.name, &typed.line, typed.severe, typed.shared);
    (view, typed)
}

fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::ReadReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// A new one.
pub(super) async fn save(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let (view, typed) = read(&sent.form, "");
    match view {
        Ok(view) => {
            let to = href(&view.line, view.severe, None);
            app.save_view(&sent.officer.who, view, None).await?;
            Ok(Redirect::to(&to).into_response())
        }
        Err(fault) => {
            let faults = [wrong(sent.officer.page.lang, fault, "")];
            let page = page(&app, &sent.officer, Some(("", typed)), &faults).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Another name or line, shared or not.
pub(super) async fn change(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let at = sent.form.get("at").and_then(|at| at.parse::<u32>().ok());
    let suffix = format!("-{}", at.unwrap_or_default());
    let (view, typed) = read(&sent.form, &suffix);
    match view {
        Ok(view) => {
            app.change_view(&sent.officer.who, &id, view).await?;
            Ok(Redirect::to("/desk/views").into_response())
        }
        Err(fault) => {
            let faults = [wrong(sent.officer.page.lang, fault, &suffix)];
            let page = page(&app, &sent.officer, Some((&id, typed)), &faults).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Deleted for good.
pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    app.delete_view(&sent.officer.who, &id).await?;
    Ok(Redirect::to("/desk/views").into_response())
}
