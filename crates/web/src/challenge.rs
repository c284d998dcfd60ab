//! Challenges of figures: anybody says what is wrong in a strategy, and reads what the office answers.
//!
//! What a stranger wrote is shown once the office has released or answered it, as text and with its links defanged. Before
//! that the public reads that there is a challenge, of what and since when: silence is seen.

mod form;
mod link;
mod list;
mod machine;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use cairn_app::App;
use cairn_app::challenge::rows::Summary;
use cairn_app::track::Shown;
use cairn_desk::challenge::{Figure, Kind, Outcome};
use cairn_kernel::text::visible;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use crate::components::{Hue, tag};
use crate::csrf;
use crate::i18n::{Lang, t};
use crate::page::Page;
use crate::problem::Result;

pub(crate) use list::{answer as shown_answer, words_of};

/// The form, the list and the pages of the answers, all below the plan that they are about.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/track/{plan}/challenge", get(form::show).post(form::send))
        .route("/track/{plan}/challenge/sent", get(form::sent))
        .route("/track/{plan}/challenge/receipt", get(form::receipt))
        .route("/track/{plan}/challenges", get(list::to_list))
        .route("/track/{plan}/challenges/", get(list::show))
        .route("/track/{plan}/challenges/{no}", get(list::one))
        .route("/track/{plan}/challenges.json", get(machine::json))
        .route("/track/{plan}/challenges.atom", get(machine::atom))
        .route_layer(from_fn(csrf::guard))
        .with_state(app)
}

/// The plan that a challenge is about, while this service shows it. Answers stay after a plan is gone.
async fn plan(app: &App, id: &str) -> Result<Option<PlanOf>> {
    let plans = app.plans().await?;
    Ok(plans.get(id).is_some().then_some(PlanOf {
        plans,
        id: id.to_owned(),
    }))
}

/// A plan, held for one page.
struct PlanOf {
    plans: cairn_app::track::Plans,
    id: String,
}

impl PlanOf {
    fn get(&self) -> Option<&Shown> {
        self.plans.get(&self.id)
    }
}

/// A text of a plan, or English with a mark that says so.
fn words(l: Lang, words: &cairn_track::plan::Words) -> Markup {
    let (text, there) = words.get(l.as_str());
    html! { @if there { (text) } @else { span lang="en" { (text) } } }
}

pub(crate) const fn kind(l: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Measure => t::challenge_measure(l),
        Kind::Goal => t::challenge_goal(l),
        Kind::Initiative => t::challenge_initiative(l),
    }
}

pub(crate) const fn outcome(l: Lang, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Upheld => t::challenge_upheld(l),
        Outcome::Partly => t::challenge_partly(l),
        Outcome::NotUpheld => t::challenge_not_upheld(l),
        Outcome::NotAboutThis => t::challenge_not_about_this(l),
    }
}

/// Title of a figure as text; its name in the plan where the plan has it no more.
pub(crate) fn title(l: Lang, plan: Option<&Shown>, edition: &str, figure: &str) -> String {
    let known = plan.and_then(|plan| plan.figure(edition, figure));
    known.map_or_else(
        || Figure::parse(figure).id,
        |one| one.title.get(l.as_str()).0.to_owned(),
    )
}

/// As [`title`], where a screen reader is to know that a text is in English.
pub(crate) fn named(l: Lang, plan: Option<&Shown>, edition: &str, figure: &str) -> Markup {
    match plan.and_then(|plan| plan.figure(edition, figure)) {
        Some(one) => words(l, &one.title),
        None => html! { (visible(&Figure::parse(figure).id)) },
    }
}

/// Address of a figure's page in a language, where the plan has it.
pub(crate) fn page_of(
    l: Lang,
    plan: Option<&Shown>,
    edition: &str,
    figure: &str,
) -> Option<String> {
    let plan = plan?;
    let at = Lang::ALL.into_iter().position(|lang| lang == l)?;
    let pages = &plan.figure(edition, figure)?.pages;
    // A plan that is not in this language has its pages in English.
    let found = pages.get(at).filter(|path| plan.file(path).is_some());
    let path = found.or_else(|| pages.first())?;
    Some(format!("/track/{}/{path}", plan.id))
}

/// A challenge's state in a word.
pub(crate) fn state(l: Lang, row: &Summary, now: Micros) -> Markup {
    let known = row.outcome.as_deref().and_then(Outcome::parse);
    match known {
        Some(one) => html! { (tag(Hue::Green, t::challenge_answered(l))) " " (outcome(l, one)) },
        None => html! {
            (tag(Hue::Amber, t::challenge_open(l)))
            @if row.due_at < now && !row.set_aside { " " (tag(Hue::Red, t::challenge_overdue(l))) }
        },
    }
}

/// What the office wrote: paragraphs and line breaks as typed, nothing else.
pub(crate) fn paragraphs(text: &str) -> Markup {
    html! {
        @for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
            p {
                @for (at, line) in part.trim().lines().enumerate() {
                    @if at > 0 { br; }
                    (visible(line))
                }
            }
        }
    }
}

/// The last day on which an answer is in time.
pub(crate) fn due_day(page: &Page, due: Micros) -> String {
    page.day(due.plus_seconds(-1))
}

/// What a query string says under a name.
fn query(page: &Page, wanted: &str) -> Option<String> {
    form_urlencoded::parse(page.uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
