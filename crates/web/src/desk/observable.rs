//! One observable: the reports that have it, what else they have, notes, and the block list. Nothing here asks anybody
//! outside, and nothing is shown that could be followed by mistake.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_app::App;
use cairn_app::observable::Whole;
use cairn_desk::access::Action;
use cairn_desk::observable::Block;
use cairn_kernel::observable::{Kind, Observable, URL_BYTES_MAX, defang, defang_text, extract_for};
use maud::{Markup, html};

use super::observable_work::{Typed, forms};
use super::who::Officer;
use super::words::{self, People};
use super::{case, doors};
use crate::components::Field;
use crate::components::{
    Column, Hue, Input, Look, Row, Tone, back_link, button, button_link, buttons, error_summary,
    input, notice, said, said_inline, stack, summary_list, table, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// The address of an observable's page. Its value is in base64url (RFC 4648, 5): it may hold slashes, dots and any letter,
/// which servers and browsers on the way would each read in their own way.
#[must_use]
pub(super) fn address(one: &Observable) -> String {
    format!(
        "/desk/observables/{}/{}",
        one.kind.as_str(),
        BASE64.encode(&one.value)
    )
}

/// The observable of an address.
pub(crate) fn of_address(kind: &str, value: &str) -> Result<Observable> {
    let kind = Kind::ALL.into_iter().find(|one| one.as_str() == kind);
    let bytes = BASE64.decode(value).ok();
    let value = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let fits = |value: &String| {
        let length = value.len();
        length > 0 && length <= URL_BYTES_MAX && !value.contains(char::is_control)
    };
    match (kind, value.filter(fits)) {
        (Some(kind), Some(value)) => Ok(Observable { kind, value }),
        _ => Err(Problem::not_found()),
    }
}

/// An observable as a link to its page.
pub(super) fn link(one: &Observable) -> Markup {
    html! { a href=(address(one)) { code { (said_inline(&defang(one))) } } }
}

pub(super) fn block_tag(l: Lang, block: Block) -> Markup {
    match block {
        Block::No => tag(Hue::Grey, t::obs_block_no(l)),
        Block::Asked => tag(Hue::Amber, t::obs_block_asked(l)),
        Block::Agreed => tag(Hue::Red, t::obs_block_agreed(l)),
    }
}

/// Looks one up by what somebody typed or pasted; and the block list.
pub(super) async fn index(State(app): State<App>, officer: Officer) -> Result<Response> {
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let after = asked.get("after").and_then(|text| text.parse().ok());
    let list = app
        .block_list(&officer.who, after.unwrap_or_default())
        .await?;
    let people = app.people(&officer.who).await?;
    let typed = asked.get("look").unwrap_or_default().trim();
    let found = extract_for(typed, app.form.calling_code());
    if let [one] = found.as_slice() {
        return Ok(Redirect::to(&address(one)).into_response());
    }
    let next = list.next.map(|no| format!("/desk/observables?after={no}"));
    let line = Input {
        value: typed,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    let body = html! {
        (doors(&officer, "/desk/observables"))
        h1 { (t::obs_title(l)) }
        p { (t::obs_lead(l)) }
        form.look method="get" action="/desk/observables" role="search" {
            (input(&Field::new(l, "look", t::obs_look(l)).hint(t::obs_look_hint(l)), &line))
            (buttons(button(Look::Main, t::obs_look_button(l))))
        }
        @if !typed.is_empty() {
            @if found.is_empty() { p.lead { (t::obs_look_none(l)) } }
            @else { p { (t::obs_look_several(l)) } ul { @for one in &found { li { (link(one)) } } } }
        }
        h2 { (t::obs_asked(l)) }
        @if list.asked.is_empty() { p { (t::obs_asked_none(l)) } }
        @else { (blocked(&officer, &people, t::obs_asked(l), &list.asked)) }
        h2 { (t::obs_agreed(l)) }
        @if list.agreed.is_empty() { p { (t::obs_agreed_none(l)) } }
        @else { (blocked(&officer, &people, t::obs_agreed(l), &list.agreed)) }
        (crate::components::neighbours(l, None, next.as_deref()))
        @if officer.who.may(Action::WorkReports) { (super::observable_work::exporting(&officer)) }
    };
    Ok(officer.page.render(t::obs_title(l), body).into_response())
}

fn blocked(
    officer: &Officer,
    people: &People,
    name: &str,
    rows: &[cairn_app::observable::Named],
) -> Markup {
    let l = officer.page.lang;
    let columns = [
        t::obs_one(l),
        t::obs_kind(l),
        t::case_when(l),
        t::obs_asked_by(l),
    ]
    .map(Column::text);
    let cells = |one: &cairn_app::observable::Named| {
        vec![
            link(&one.observable),
            html! { (words::observable(l, one.observable.kind)) },
            html! { @if let Some(at) = one.block_at { (officer.page.moment(at)) } },
            html! { @if let Some(id) = &one.asked_by { (words::person(people, id)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    stack(name, &columns, &rows)
}

/// What the page of one is made of.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub officer: &'a Officer,
    pub people: &'a People,
    pub whole: &'a Whole,
    pub typed: &'a Typed<'a>,
    /// What machines saw of it; `None` of what they do not tell.
    pub machines: Option<cairn_app::explorer::Address>,
    /// Whose it is; `None` of what is nobody's by its kind.
    pub owners: Option<Vec<cairn_app::constituent::Owner>>,
}

/// One of them.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path((kind, value)): Path<(String, String)>,
) -> Result<Markup> {
    // Who may not read reports learns nothing from an address either.
    if !officer.who.may(Action::ReadReports) {
        return Err(Problem::new(crate::problem::Kind::Forbidden));
    }
    let one = of_address(&kind, &value)?;
    page(&app, &officer, &one, &Typed::default()).await
}

/// The whole page; `typed` is what somebody sent that could not be done.
pub(super) async fn page(
    app: &App,
    officer: &Officer,
    one: &Observable,
    typed: &Typed<'_>,
) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let after = asked.get("after").and_then(|text| text.parse().ok());
    let whole = app
        .observable(&officer.who, one, after.map(|no| (0, no)))
        .await?;
    let people = app.people(&officer.who).await?;
    let view = View {
        app,
        officer,
        people: &people,
        whole: &whole,
        typed,
        machines: app
            .seen_by_machines(&officer.who, one, Vec::new(), 0)
            .await?
            .map(cairn_desk::access::Visible::into_inner),
        owners: app.owners_of_observable(&officer.who, one).await?,
    };
    let kind = words::observable(l, one.kind);
    let shown = defang(one);
    let body = html! {
        (doors(officer, "/desk/observables"))
        (error_summary(l, &typed.faults))
        (back_link(l, "/desk/observables"))
        p.caption { (kind) }
        h1.told { code { (said_inline(&shown)) } }
        p.to-work { a href="#work" { (t::obs_work(l)) } }
        @if typed.since { (notice(Tone::Warning, "meanwhile", t::case_conflict(l), html! { p { (t::case_conflict_note(l)) } })) }
        @if let Some(refusal) = typed.refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (super::observable_work::refused(l, refusal)) } }))
        }
        div.two {
            div {
                (facts(&view))
                @if let Some(owners) = &view.owners {
                    h2 #whose { (t::owners_of_observable(l)) }
                    (super::constituents::claims(l, owners))
                }
                (notes(&view))
            }
            div {
                section.work aria-labelledby="work" {
                    h2 #work { (t::obs_work(l)) }
                    @if officer.who.may(Action::WorkReports) { (forms(&view)) }
                    @else { p { (t::case_read_only(l)) } }
                }
            }
        }
        (reports(&view, after.is_some()))
        @if let Some(seen) = &view.machines { (super::explorer::joined(officer, one, seen)) }
        // The cases that it is part of belong here, between its reports and what is seen beside it.
        (beside(&view))
    };
    let page = officer.page.clone().faulty(!typed.faults.is_empty());
    Ok(page.render(&format!("{kind} {shown}"), body))
}

fn facts(view: &View<'_>) -> Markup {
    let (l, page, whole) = (view.officer.page.lang, &view.officer.page, view.whole);
    let (first, last) = whole.between;
    let moment = |at: Option<cairn_kernel::time::Micros>| {
        let shown = at.map(
            |at| html! { (page.moment(at)) " (" (case::age(l, at, view.app.clock.now())) ")" },
        );
        shown.unwrap_or_else(|| html! { (t::obs_never(l)) })
    };
    let count = whole.seen.reports;
    let count = if whole.seen.more {
        t::obs_more_than(l, count)
    } else {
        count.to_string()
    };
    let mut rows = vec![
        Row::new(
            t::obs_kind(l),
            html! { (words::observable(l, whole.observable.kind)) },
        ),
        Row::new(t::obs_count(l), html! { (count) }),
        Row::new(t::obs_first(l), moment(first)),
        Row::new(t::obs_last(l), moment(last)),
        Row::new(
            t::obs_block(l),
            html! {
                (block_tag(l, whole.standing.block))
                @if let Some(at) = whole.standing.block_at { " " (page.moment(at)) }
            },
        ),
    ];
    if !whole.labels.is_empty() {
        let labels = whole.labels.iter().map(|label| label.to_uppercase());
        let labels: Vec<String> = labels.collect();
        rows.push(Row::new(t::obs_labels(l), html! { (labels.join(", ")) }));
    }
    html! {
        (summary_list(l, &rows))
        p.hint { (t::obs_inside(l)) }
    }
}

/// Notes and decisions, the newest first. A corrected note stays to be read.
fn notes(view: &View<'_>) -> Markup {
    let (l, page, whole) = (view.officer.page.lang, &view.officer.page, view.whole);
    html! {
        h2 #notes { (t::obs_notes(l)) }
        @if whole.steps.is_empty() { p { (t::obs_notes_none(l)) } }
        @for step in whole.steps.iter().rev().filter(|step| step.what != "observable_named") {
            article.message id={ "note-" (step.n) } {
                p.caption {
                    (words::person(view.people, &step.account)) ", " (page.moment(step.at)) ": "
                    (words::kind(l, &step.what))
                    @if let Some(n) = step.corrects { " " a href={ "#note-" (n) } { (t::obs_corrects(l)) } }
                    @if whole.standing.notes.get(&step.n) == Some(&true) { " " (tag(Hue::Grey, t::obs_corrected(l))) }
                }
                @if let Some(text) = &step.text { (said(&defang_text(text))) }
            }
        }
    }
}

fn reports(view: &View<'_>, on: bool) -> Markup {
    let (l, whole) = (view.officer.page.lang, view.whole);
    let here = address(&whole.observable);
    html! {
        h2 #reports { (t::obs_reports(l)) }
        @if whole.reports.is_empty() { p { (t::obs_reports_none(l)) } }
        @else { (case::table(view.app, view.officer, view.people, &whole.reports, false)) }
        @if on { p { a href={ (here) "#reports" } { (t::queue_first(l)) } } }
        (case::onward(l, whole.more, |(_, no)| format!("{here}?after={no}#reports")))
        @if whole.reports.is_empty() {} @else {
            p { (button_link(Look::Plain, &case::href(&line(&whole.observable), false, None), t::obs_in_queue(l))) }
        }
    }
}

/// The search line for it.
fn line(one: &Observable) -> String {
    let shown = defang(one);
    let value = if shown.contains(char::is_whitespace) {
        format!("\"{shown}\"")
    } else {
        shown
    };
    format!("{}:{value} state:all", one.kind.as_str())
}

fn beside(view: &View<'_>) -> Markup {
    let (l, whole) = (view.officer.page.lang, view.whole);
    let columns = [
        Column::text(t::obs_one(l)),
        Column::text(t::obs_kind(l)),
        Column::number(t::obs_count(l)),
    ];
    let rows = whole.beside.iter().map(|(one, count)| {
        vec![
            link(one),
            html! { (words::observable(l, one.kind)) },
            html! { (count) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::obs_beside(l)) }
            p.hint { (t::obs_beside_note(l, whole.beside_of as u64)) }
            (table(t::obs_beside(l), &columns, &rows))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_has_an_address_of_its_own() {
        let long = format!("https://bad.example/{}", "ā/../".repeat(300));
        for (kind, value) in [
            (Kind::Url, "https://bad.example/a/../b?c=d#e"),
            (Kind::Url, long.as_str()),
            (Kind::Domain, "xn--mori-qsa.example"),
            (Kind::Phone, "+64215550100"),
            (Kind::Account, "12-3456-7890123-000"),
        ] {
            let one = Observable {
                kind,
                value: value.to_owned(),
            };
            let address = address(&one);
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
            assert!(address.chars().all(plain), "{address}");
            let mut parts = address.split('/').skip(3);
            let (kind, value) = (parts.next().unwrap(), parts.next().unwrap());
            assert_eq!(of_address(kind, value).unwrap(), one);
        }
        for (kind, value) in [
            ("url", ""),
            ("url", "%"),
            ("name", "YQ"),
            ("url", "Cg"),
            ("url", "_w"),
        ] {
            assert!(of_address(kind, value).is_err(), "{kind} {value}");
        }
    }
}
