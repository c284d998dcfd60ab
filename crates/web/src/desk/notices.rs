//! Notices to the owners of machines: the list, one of them, the book of rules, and why something was told or not.

mod book;
mod one;
mod words;

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::notice::rows::{Listed, Wanted};
use cairn_app::notice::{List, Reason};
use cairn_desk::access::Action;
use cairn_desk::notice::{State as Standing, Times, Why};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::who::{Officer, Sent};
use super::{Need, Route, at, constituents, doors};
use crate::components::{
    Column, Field, Hue, Input, Look, Tone, back_link, button, button_link, buttons, choice, input,
    machine, neighbours, notice, said_inline, select, stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

pub(crate) use one::{download, respond};
pub(crate) use words::{answer, part};
pub(super) use words::{kind, logged};

type Answer = Result<Response>;

const HOME: &str = "/desk/notices";
const BOOK: &str = "/desk/notices/rules";
const WHY: &str = "/desk/notices/why";

/// Every route.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageRules);
    vec![
        at(g.clone(), "/desk/notices", reads, get(list)),
        at(g.clone(), "/desk/notices/why", reads, get(why_page)),
        at(g.clone(), "/desk/notices/rules", reads, get(book::show)),
        at(p.clone(), "/desk/notices/rules", does, post(book::write)),
        at(p.clone(), "/desk/notices/rules/on", leads, post(book::on)),
        at(
            p.clone(),
            "/desk/notices/rules/{action}",
            does,
            post(book::act),
        ),
        at(g.clone(), "/desk/notices/{no}", reads, get(one::show)),
        at(g, "/desk/notices/{no}/file", reads, get(one::file)),
        at(p, "/desk/notices/{no}/{action}", does, post(one::act)),
    ]
}

/// The page of one.
pub(super) fn href(number: &str) -> String {
    format!("{HOME}/{number}")
}

/// The page of the book.
pub(super) const fn book_href() -> &'static str {
    BOOK
}

/// Who may not learns nothing from a fault in the form.
fn allowed(sent: &Sent, action: Action) -> Result<()> {
    if sent.officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn asked(query: &str) -> Result<Wanted> {
    let form = Form::parse(query.as_bytes())?;
    let own = |name: &str| {
        let text = form.get(name).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(Wanted {
        state: own("state").and_then(|state| Standing::parse(&state)),
        owner: own("owner").and_then(|owner| owner.parse().ok()),
        class: own("class"),
        before: own("before").and_then(|before| before.parse().ok()),
    })
}

fn older(wanted: &Wanted, before: i64) -> String {
    let mut address = form_urlencoded::Serializer::new(String::new());
    if let Some(state) = wanted.state {
        address.append_pair("state", state.as_str());
    }
    if let Some(owner) = wanted.owner {
        address.append_pair("owner", &owner.to_string());
    }
    if let Some(class) = &wanted.class {
        address.append_pair("class", class);
    }
    address.append_pair("before", &before.to_string());
    format!("{HOME}?{}", address.finish())
}

/// The list.
async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let wanted = asked(officer.page.uri.query().unwrap_or_default())?;
    let found = app.notice_list(&officer.who, &wanted).await?;
    let waiting = found.states.iter();
    let waiting = waiting.filter(|(state, _)| *state == Standing::Waiting);
    let waiting: u64 = waiting.map(|(_, count)| count).sum();
    let columns = [
        Column::text(t::told_number(l)),
        Column::text(t::told_owner(l)),
        Column::text(t::told_class(l)),
        Column::text(t::told_state(l)),
        Column::number(t::told_rows(l)),
        Column::number(t::told_answers(l)),
    ];
    let rows: Vec<Vec<Markup>> = found
        .notices
        .iter()
        .map(|one| row(&officer, &found, one))
        .collect();
    let last = found.notices.last().filter(|_| found.more);
    let next = last.map(|one| older(&wanted, one.standing.no));
    let body = html! {
        (doors(&officer, HOME))
        h1 { (t::told_title(l)) }
        p { (t::told_lead(l)) }
        (buttons(html! {
            (button_link(Look::Plain, BOOK, t::told_rules(l)))
            (button_link(Look::Plain, WHY, t::told_why(l)))
        }))
        @if waiting > 0 {
            (notice(Tone::Warning, "waiting", &t::told_waiting_count(l, waiting), html! {
                p { a href={ (HOME) "?state=waiting" } { (t::told_state_waiting(l)) } }
            }))
        }
        (filters(l, &wanted))
        @if rows.is_empty() { p.lead { (t::told_none(l)) } }
        @else { (stack(t::told_list(l), &columns, &rows)) }
        (neighbours(l, None, next.as_deref()))
        (held(l, &found))
        (times(l, &found))
        (tallies(l, &found))
    };
    Ok(officer.page.render(t::told_title(l), body))
}

fn filters(l: Lang, wanted: &Wanted) -> Markup {
    let mut states = vec![choice("", t::told_any_state(l))];
    let all = Standing::ALL.into_iter();
    states.extend(all.map(|state| choice(state.as_str(), words::state_name(l, state))));
    let line = Input {
        value: wanted.class.as_deref().unwrap_or_default(),
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        form.filters method="get" action=(HOME) role="search" {
            (select(&Field::new(l, "state", t::told_state(l)), &states, wanted.state.map(Standing::as_str)))
            (input(&Field::new(l, "class", t::told_class(l)), &line))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, HOME, t::queue_clear(l)))
            }))
        }
    }
}

fn row(officer: &Officer, found: &List, one: &Listed) -> Vec<Markup> {
    let l = officer.page.lang;
    let standing = &one.standing;
    let name = found.names.get(&standing.owner);
    vec![
        html! {
            a href=(href(&standing.number)) { (standing.number) }
            div.hint { (officer.page.moment(standing.at)) }
        },
        html! { a href=(constituents::href(standing.owner)) { (said_inline(name.map_or("", String::as_str))) } },
        html! { (said_inline(&one.class)) },
        words::state(l, standing.state),
        html! {
            (standing.rows)
            @if standing.gone > 0 { div.hint { (t::told_part_gone(l)) ": " (standing.gone) } }
        },
        html! { (standing.answers) },
    ]
}

/// What is due and waits, with why.
fn held(l: Lang, found: &List) -> Markup {
    if found.held.is_empty() {
        return html! {};
    }
    let columns = [
        Column::text(t::told_reason(l)),
        Column::number(t::told_held_owners(l)),
        Column::number(t::told_held_rows(l)),
    ];
    let rows = found.held.iter().map(|one| {
        vec![
            html! { (words::why(l, one.why)) },
            html! { (one.owners) },
            html! { (one.rows) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        h2 #held { (t::told_held(l)) }
        p.hint { (t::told_held_note(l)) }
        (stack(t::told_held(l), &columns, &rows))
    }
}

/// How long it takes from a notice until what it told is gone.
fn times(l: Lang, found: &List) -> Markup {
    let columns = [
        Column::text(t::told_what(l)),
        Column::number(t::told_gone(l)),
        Column::number(t::told_open(l)),
        Column::number(t::told_median(l)),
        Column::number(t::told_p90(l)),
    ];
    let mut rows = vec![words::times(
        l,
        html! { strong { (t::told_all(l)) } },
        &found.times,
    )];
    let classes = found.classes.iter();
    rows.extend(classes.map(|(class, times)| {
        let what = html! { (t::told_class(l)) ": " (said_inline(class)) };
        words::times(l, what, times)
    }));
    rows.extend(found.owners.iter().map(|(no, times)| {
        let name = found.names.get(no).map_or("", String::as_str);
        let what = html! { a href=(constituents::href(*no)) { (said_inline(name)) } };
        words::times(l, what, times)
    }));
    html! {
        h2 #times { (t::told_times(l)) }
        p.hint { (t::told_times_note(l)) }
        @if found.times == Times::default() { p.lead { (t::told_times_none(l)) } }
        @else { (stack(t::told_times(l), &columns, &rows)) }
    }
}

fn tallies(l: Lang, found: &List) -> Markup {
    if found.tallies.is_empty() {
        return html! {};
    }
    let columns = [
        Column::text(t::told_report(l)),
        Column::text(t::told_reason(l)),
        Column::number(t::told_held_rows(l)),
    ];
    let rows = found.tallies.iter().map(|(report, why, count)| {
        vec![
            html! { (report) },
            html! { (words::why(l, *why)) },
            html! { (count) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        h2 #judged { (t::told_tallies(l)) }
        (stack(t::told_tallies(l), &columns, &rows))
    }
}

/// Why an address, a name or a URL was told of, or not.
async fn why_page(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let form = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let text = form.get("q").unwrap_or_default().trim().to_owned();
    let found = app.notice_why(&officer.who, &text).await?;
    let line = Input {
        value: &text,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    let columns = [
        t::told_found(l),
        t::told_reason(l),
        t::told_owner(l),
        t::told_rule(l),
        t::told_number(l),
        t::told_now(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = found
        .reasons
        .iter()
        .map(|one| reason(&officer, one))
        .collect();
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (t::told_why(l)) }
        p { (t::told_why_lead(l)) }
        form.filters method="get" action=(WHY) role="search" {
            div.line { (input(&Field::new(l, "q", t::told_why_field(l)), &line)) }
            (buttons(button(Look::Main, t::told_why_ask(l))))
        }
        @if !text.is_empty() {
            h2 #whose { (said_inline(&t::owners_whose(l, text.as_str()))) }
            @if found.owners.is_empty() { p { (t::told_why_nobody(l)) } }
            @else { (constituents::claims(l, &found.owners)) }
            h2 #judged { (t::told_judged(l)) }
            @if rows.is_empty() { p { (t::told_why_nothing(l)) } }
            @else { (stack(t::told_judged(l), &columns, &rows)) }
        }
    };
    Ok(officer.page.render(t::told_why(l), body))
}

fn reason(officer: &Officer, one: &Reason) -> Vec<Markup> {
    let l = officer.page.lang;
    let known = &one.known;
    let hue = match one.why {
        Why::Told => Hue::Green,
        Why::Due | Why::Approval => Hue::Amber,
        _ => Hue::Grey,
    };
    vec![
        html! { (finding(&one.line)) div.hint { (one.line.feed) ", " (officer.page.moment(one.line.at)) } },
        html! {
            (tag(hue, words::why(l, one.why)))
            div.hint { (t::told_judged_at(l)) " " (officer.page.moment(known.directive.at)) }
        },
        html! { a href=(constituents::href(known.directive.owner)) { (said_inline(&one.owner)) } },
        html! {
            @if let Some(rule) = &one.rule { (said_inline(rule)) } @else { "–" }
            div.hint { (t::told_version(l, u64::from(known.directive.version))) }
        },
        html! { @if let Some(number) = &one.number { a href=(href(number)) { (number) } } @else { "–" } },
        now(officer, known.gone, known.answer.as_deref()),
    ]
}

/// What was seen, as a feed told it: a stranger's words.
fn finding(line: &cairn_desk::notice::Line) -> Markup {
    let what = if line.identifier.is_empty() {
        &line.kind
    } else {
        &line.identifier
    };
    html! {
        (said_inline(&defang_text(what)))
        @if !line.malware.is_empty() { " (" (said_inline(&defang_text(&line.malware))) ")" }
        @if let Some(port) = line.port { " " (port) }
        @if !line.transport.is_empty() { "/" (said_inline(&line.transport)) }
    }
}

/// What it is about.
fn asset(line: &cairn_desk::notice::Line) -> Markup {
    machine(&defang_text(&line.asset()))
}

/// Whether it is gone, and what the owner said of it.
fn now(
    officer: &Officer,
    gone: Option<cairn_kernel::time::Micros>,
    answer: Option<&str>,
) -> Markup {
    let l = officer.page.lang;
    let answer = answer.and_then(cairn_desk::notice::Answer::parse);
    html! {
        @if let Some(at) = gone { (tag(Hue::Green, &t::told_now_gone_at(l, officer.page.moment(at)))) }
        @else { (t::told_now_open(l)) }
        @if let Some(answer) = answer { div.hint { (t::told_answer(l)) ": " (words::answer(l, answer)) } }
    }
}
