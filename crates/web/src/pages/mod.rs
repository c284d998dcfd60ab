//! Pages that hold no data: errors, statements, explanations.

mod about;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};

use crate::components::{Look, button_link, buttons};
use crate::i18n::t;
use crate::page::Page;
use crate::problem::{Kind, Problem, Result};

/// The standing pages.
pub fn router() -> Router {
    Router::new()
        .route("/accessibility", get(about::accessibility))
        .route("/privacy", get(about::privacy))
        .route("/how-receipts-work", get(about::receipts))
        .route("/problems/{slug}", get(explained))
}

/// An error as a page: what happened, what was done with what the reader sent, what to do now.
#[must_use]
pub fn problem(problem: &Problem, page: &Page) -> Markup {
    let lang = page.lang;
    let body = html! {
        h1 { (problem.title(lang)) }
        p.lead { (problem.detail.clone().unwrap_or_else(|| problem.advice(lang))) }
        @if !problem.faults.is_empty() {
            ul { @for fault in &problem.faults { li { (fault.detail) } } }
        }
        (buttons(html! {
            @if problem.kind == Kind::SignInNeeded {
                (button_link(Look::Main, "/sign-in", t::nav_sign_in(lang)))
            }
            (button_link(Look::Plain, "/", t::problem_home(lang)))
        }))
    };
    page.render(problem.title(lang), body)
}

/// Where the `type` of a problem document leads.
async fn explained(page: Page, Path(slug): Path<String>) -> Result<Markup> {
    let known = Problem::samples()
        .into_iter()
        .find(|problem| problem.slug() == slug);
    known
        .map(|known| problem(&known, &page))
        .ok_or_else(Problem::not_found)
}
