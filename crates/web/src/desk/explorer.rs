//! The event explorer: a line of filters, what fits by facet and through time, the observations themselves; a day; one address.

mod address;
mod exposure;
mod show;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_app::explorer::store::sift::{Cursor, Want};
use cairn_app::explorer::{FILE_ROWS_MAX, Outcome, PAGE_ROWS, VALUES_MAX, VALUES_SHOWN};
use cairn_desk::access::Action;
use cairn_desk::search::Day;
use maud::{Markup, html};

use super::who::Officer;
use super::{Need, Route, at, doors, search};
use crate::components::{
    Column, Fault, Field, Input, Look, Tone, back_link, button, button_link, buttons, details,
    error_summary, input, notice, table,
};
use crate::form::Form;
use crate::i18n::{Lang, number, t};
use crate::problem::{Kind, Problem, Result};

pub(super) use address::{href as address_href, joined};
pub(crate) use address::{segments_of, segments_text};
pub(super) use exposure::of as exposure_of;

pub(super) const HOME: &str = "/desk/explorer";
/// Values of a facet on the page of a day.
const DAY_VALUES: usize = 25;

/// Every route.
pub(super) fn routes() -> Vec<Route> {
    let g = Method::GET;
    let reads = Need::May(Action::ReadReports);
    vec![
        at(g.clone(), "/desk/explorer", reads, get(list)),
        at(g.clone(), "/desk/explorer.csv", reads, get(csv)),
        at(g.clone(), "/desk/explorer.json", reads, get(json)),
        at(g.clone(), "/desk/explorer/day/{day}", reads, get(day)),
        at(
            g.clone(),
            "/desk/explorer/address/{kind}/{value}",
            reads,
            get(address::show),
        ),
        at(
            g,
            "/desk/explorer/row/{report}/{offset}/{bytes}",
            reads,
            get(address::row),
        ),
    ]
}

/// Who may not read reports learns nothing from an address or a line either.
fn allowed(officer: &Officer) -> Result<()> {
    if officer.who.may(Action::ReadReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// The address of a question.
pub(super) fn href(line: &str, after: Option<Cursor>) -> String {
    at_path(HOME, line, after)
}

fn at_path(path: &str, line: &str, after: Option<Cursor>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !line.is_empty() {
        query.append_pair("q", line);
    }
    if let Some(after) = after {
        query.append_pair("after", &cursor_text(after));
    }
    let query = query.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// Where an answer goes on, as text.
pub(crate) fn cursor_text(after: Cursor) -> String {
    let rows = if after.rows == usize::MAX {
        String::new()
    } else {
        after.rows.to_string()
    };
    format!("{}-{rows}", after.segment)
}

/// The same back; `None` if it is none.
pub(crate) fn cursor_of(text: &str) -> Option<Cursor> {
    let (segment, rows) = text.split_once('-')?;
    Some(Cursor {
        segment: segment.parse().ok().filter(|no| *no > 0)?,
        rows: if rows.is_empty() {
            usize::MAX
        } else {
            rows.parse().ok()?
        },
    })
}

/// What a request asks.
struct Asked {
    line: String,
    after: Option<Cursor>,
}

fn asked(officer: &Officer) -> Result<Asked> {
    let form = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    Ok(Asked {
        line: form.get("q").unwrap_or_default().trim().to_owned(),
        after: form.get("after").and_then(cursor_of),
    })
}

async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    allowed(&officer)?;
    let asked = asked(&officer)?;
    let l = officer.page.lang;
    let outcome = app.explore(&officer.who, &asked.line, asked.after).await?;
    let outcome = outcome.into_inner();
    let faults: Vec<Fault> = match &outcome {
        Outcome::Faults(faults) => faults.iter().map(|fault| search::fault(l, fault)).collect(),
        _ => Vec::new(),
    };
    let body = html! {
        (doors(&officer, HOME))
        (error_summary(l, &faults))
        h1 { (t::explorer_title(l)) }
        p.lead { (t::explorer_lead(l)) }
        (filters(l, &asked.line, &faults))
        (help(l))
        @match &outcome {
            Outcome::Answer(explored) => (show::answer(&app, &officer, explored, asked.after.is_some())),
            Outcome::Nothing => p.lead { (t::explorer_nothing(l)) },
            Outcome::Faults(_) => p.lead { (t::explorer_not_run(l)) },
            Outcome::GoneAlone => (notice(Tone::Warning, "gone-alone", t::explorer_gone(l), html! { p { (t::explorer_gone_alone(l)) } })),
            Outcome::Gone(went) => (show::gone(l, went)),
            Outcome::GoneOf(one, states) => (address::gone(&officer, one, states)),
        }
    };
    let page = officer.page.clone().wide().faulty(!faults.is_empty());
    Ok(page.render(t::explorer_title(l), body))
}

fn filters(l: Lang, line: &str, faults: &[Fault]) -> Markup {
    let typed = Input {
        value: line,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    let field = Field::new(l, "q", t::explorer_line(l))
        .hint(t::explorer_hint(l))
        .error_in(faults);
    html! {
        form.filters method="get" action=(HOME) role="search" {
            div.line { (input(&field, &typed)) }
            (buttons(html! {
                (button(Look::Main, t::explorer_show(l)))
                (button_link(Look::Plain, HOME, t::queue_clear(l)))
            }))
        }
    }
}

fn help(l: Lang) -> Markup {
    let rows = [
        (
            "type: identifier: malware: severity:",
            t::explorer_help_type(l),
        ),
        ("feed:", t::explorer_help_feed(l)),
        ("asn: cc: owner: sector:", t::explorer_help_where(l)),
        ("port: proto:", t::explorer_help_port(l)),
        ("ip:192.0.2.0/24", t::explorer_help_ip(l)),
        ("domain:example.org", t::explorer_help_domain(l)),
        ("since:7d until:yesterday", t::explorer_help_days(l)),
        (
            "state:new state:again state:gone",
            t::explorer_help_state(l),
        ),
    ];
    let columns = [t::search_help_example(l), t::search_help_means(l)].map(Column::text);
    let rows = rows.map(|(example, means)| {
        vec![
            html! { code translate="no" { (example) } },
            html! { (means) },
        ]
    });
    details(
        t::explorer_help(l),
        html! {
            p { (t::explorer_help_lead(l)) }
            (table(t::explorer_help(l), &columns, &rows))
        },
    )
}

/// Everything of an answer that files hold.
async fn whole(app: &App, officer: &Officer) -> Result<Outcome> {
    allowed(officer)?;
    let asked = asked(officer)?;
    let want = Want::file(asked.after, FILE_ROWS_MAX);
    let outcome = app
        .explore_some(&officer.who, &asked.line, want, VALUES_MAX)
        .await?;
    Ok(outcome.into_inner())
}

fn file(app: &App, kind: &str, media_type: &'static str, text: String) -> Result<Response> {
    let day: String = app.clock.now().to_string().chars().take(10).collect();
    let name = format!("attachment; filename=\"events-{day}.{kind}\"");
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// Rows as a table. A line that is not understood gives none.
async fn csv(State(app): State<App>, officer: Officer) -> Result<Response> {
    match whole(&app, &officer).await? {
        Outcome::Answer(explored) => {
            let text = app.explored_csv(&explored);
            let mut answer = file(&app, "csv", "text/csv; charset=utf-8; header=present", text)?;
            // That there is more must not be lost with the page (RFC 8288).
            if let Some(next) = explored.next {
                let line = explored.question.to_string();
                let next = at_path("/desk/explorer.csv", &line, Some(next));
                let link = HeaderValue::try_from(format!("<{next}>; rel=\"next\""));
                let link = link.map_err(|error| Problem::unexpected(&error))?;
                answer.headers_mut().insert(header::LINK, link);
            }
            Ok(answer)
        }
        _ => Err(Problem::not_found()),
    }
}

/// Figures and rows, as the officers' API gives them.
async fn json(State(app): State<App>, officer: Officer) -> Result<Response> {
    match whole(&app, &officer).await? {
        Outcome::Answer(explored) => {
            let text = crate::api::explored_json(&explored)?;
            file(&app, "json", "application/json", text)
        }
        _ => Err(Problem::not_found()),
    }
}

/// A day that stands in an address.
pub(crate) fn day_of(text: &str) -> Result<(Day, jiff::civil::Date)> {
    let date: Option<jiff::civil::Date> = text.parse().ok();
    let day = Day::parse(text).filter(|day| matches!(day, Day::Date(..)));
    day.zip(date).ok_or_else(Problem::not_found)
}

async fn day(State(app): State<App>, officer: Officer, Path(day): Path<String>) -> Result<Markup> {
    allowed(&officer)?;
    let (_, date) = day_of(&day)?;
    let l = officer.page.lang;
    let line = format!("since:{day} until:{day}");
    let want = Want::page(None, 0);
    let outcome = app
        .explore_some(&officer.who, &line, want, DAY_VALUES)
        .await?;
    let shown = cairn_kernel::time::day_in_words(l.as_str(), date);
    let title = t::explorer_day_title(l, shown.as_str());
    let beside = |date: Option<jiff::civil::Date>| date.map(|date| format!("{HOME}/day/{date}"));
    let (before, after) = (beside(date.yesterday().ok()), beside(date.tomorrow().ok()));
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (title) }
        p {
            @if let Some(before) = &before { a href=(before) { (t::explorer_day_before(l)) } " " }
            @if let Some(after) = &after { a href=(after) { (t::explorer_day_after(l)) } " " }
            a href=(href(&line, None)) { (t::explorer_day_explore(l)) }
        }
        @match &*outcome {
            Outcome::Answer(explored) if explored.total > 0 => (show::figures(&app, &officer, explored)),
            Outcome::Nothing => p.lead { (t::explorer_nothing(l)) },
            _ => p.lead { (t::explorer_day_none(l)) },
        }
    };
    Ok(officer.page.clone().wide().render(&title, body))
}

/// A count as people read it.
fn counted(count: u64) -> String {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

const _: () = assert!(
    PAGE_ROWS <= FILE_ROWS_MAX && VALUES_SHOWN <= VALUES_MAX,
    "a file holds what a page does"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_answer_goes_on_is_written_and_read() {
        for rows in [0, 7, usize::MAX] {
            let own = Cursor { segment: 9, rows };
            assert_eq!(cursor_of(&cursor_text(own)), Some(own));
        }
        for text in ["", "9", "-3", "0-1", "a-1", "9-x", "9-1-1"] {
            assert_eq!(cursor_of(text), None, "{text}");
        }
        assert_eq!(
            href("type:scanner cc:NZ", None),
            "/desk/explorer?q=type%3Ascanner+cc%3ANZ"
        );
        assert!(day_of("2026-11-23").is_ok());
        for text in ["2026-11", "today", "2026-11-31", "20261123"] {
            assert!(day_of(text).is_err(), "{text}");
        }
    }
}
