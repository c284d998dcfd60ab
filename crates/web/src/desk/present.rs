//! Who else is at a report or a case just now: a line on its page, asked again by the page's script while somebody looks at it.

use axum::extract::{Path, RawQuery, State};
use cairn_app::App;
use cairn_app::presence::{ASK_SECONDS, Other, Place};
use cairn_desk::access::Action;
use maud::{Markup, html};

use super::words::People;
use crate::desk::who::Officer;
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// The line, empty where nobody else is there. `address` answers with its text of a later moment.
pub(super) fn mark(l: Lang, people: &People, others: &[Other], address: &str) -> Markup {
    html! {
        p.present role="status" data-present=(address) data-every=(ASK_SECONDS) { (told(l, people, others)) }
    }
}

fn told(l: Lang, people: &People, others: &[Other]) -> String {
    let names = |writes: bool| {
        let some = others.iter().filter(|one| one.writes == writes);
        let names: Vec<&str> = some
            .filter_map(|one| people.get(&one.account))
            .map(|person| person.name.as_str())
            .collect();
        names.join(", ")
    };
    let (writing, reading) = (names(true), names(false));
    let mut lines = Vec::new();
    if !writing.is_empty() {
        lines.push(t::present_writing(l, writing));
    }
    if !reading.is_empty() {
        lines.push(t::present_reading(l, reading));
    }
    lines.join(" ")
}

async fn answer(
    app: &App,
    officer: &Officer,
    place: Place,
    query: Option<String>,
) -> Result<String> {
    let asked = Form::parse(query.unwrap_or_default().as_bytes())?;
    let writes = asked.get("writing").is_some() && officer.who.may(Action::WorkReports);
    let people = app.people(&officer.who).await?;
    let others = app.present(&officer.who, place, writes)?;
    Ok(told(officer.page.lang, &people, &others))
}

/// Of a report.
pub(super) async fn report(
    State(app): State<App>,
    officer: Officer,
    Path(reference): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<String> {
    let no = app.number(&reference).ok_or_else(Problem::not_found)?;
    answer(&app, &officer, Place::Report(no), query).await
}

/// Of a case.
pub(super) async fn case(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<String> {
    let no = no.parse().map_err(|_| Problem::not_found())?;
    answer(&app, &officer, Place::Case(no), query).await
}
