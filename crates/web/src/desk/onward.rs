//! From one piece of work to the next, by one key.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::cluster::Query;
use cairn_app::search::QueueQuery;
use maud::{Markup, html};

use super::who::Officer;
use crate::components::{Look, button_link};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::Problem;

/// Pages of clusters that are looked through for the next one.
const PAGES_MAX: u32 = 20;

/// The link to the next one.
pub(super) fn link(officer: &Officer, href: &str, text: &str) -> Markup {
    if !officer.who.may(cairn_desk::access::Action::WorkReports) {
        return html! {};
    }
    html! { p.onward { a.onward href=(href) { (text) } } }
}

fn after(officer: &Officer) -> Result<Option<String>, Problem> {
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    Ok(asked.get("after").map(str::to_owned))
}

/// The number of the next report that nobody has looked at: an older one than the one it is left from, if there is one, else the
/// newest.
pub(crate) async fn next_report(
    app: &App,
    who: &Principal,
    no: Option<i64>,
) -> Result<Option<i64>, Problem> {
    let mut query = QueueQuery {
        line: "state:received".to_owned(),
        limit: 2,
        after: no.map(|no| (0, no)),
        ..QueueQuery::default()
    };
    let mut rows = app.queue(who, &query).await?.into_inner().rows;
    if rows.is_empty() {
        query.after = None;
        rows = app.queue(who, &query).await?.into_inner().rows;
    }
    let next = rows.iter().find(|row| Some(row.no) != no);
    Ok(next.map(|row| row.no))
}

/// The next report.
pub(super) async fn report(State(app): State<App>, officer: Officer) -> Result<Response, Problem> {
    let from = after(&officer)?;
    let from = from.as_deref().and_then(|reference| app.number(reference));
    Ok(match next_report(&app, &officer.who, from).await? {
        Some(no) => {
            let to = format!("/desk/reports/{}", app.reference(no));
            Redirect::to(&to).into_response()
        }
        None => nothing(&officer, "/desk"),
    })
}

/// The number of the next cluster with open reports for which nothing was decided.
pub(crate) async fn next_cluster(
    app: &App,
    who: &Principal,
    from: Option<i64>,
) -> Result<Option<i64>, Problem> {
    for page in 0..PAGES_MAX {
        let query = Query {
            all: false,
            single: true,
            severe: false,
            page,
        };
        let found = app.clusters(who, query).await?.into_inner();
        let mut lines = found.lines.iter();
        let waits =
            lines.find(|line| (line.decision.is_none() || line.held > 0) && Some(line.id) != from);
        if let Some(line) = waits {
            return Ok(Some(line.id));
        }
        if !found.more {
            break;
        }
    }
    Ok(None)
}

/// The next cluster.
pub(super) async fn cluster(State(app): State<App>, officer: Officer) -> Result<Response, Problem> {
    let from: Option<i64> = after(&officer)?.and_then(|no| no.parse().ok());
    Ok(match next_cluster(&app, &officer.who, from).await? {
        Some(no) => Redirect::to(&format!("/desk/clusters/{no}")).into_response(),
        None => nothing(&officer, "/desk/clusters"),
    })
}

fn nothing(officer: &Officer, back: &str) -> Response {
    let l = officer.page.lang;
    let body = html! {
        (super::doors(officer, back))
        h1 { (t::onward_none(l)) }
        p { (button_link(Look::Main, back, t::desk_queue(l))) }
    };
    officer.page.render(t::onward_none(l), body).into_response()
}
