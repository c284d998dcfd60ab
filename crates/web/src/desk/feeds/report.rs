//! One report of the queue: how far it is, and what came of it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::feeds::Member;
use cairn_app::feeds::quarantine::ReportView;
use cairn_desk::access::Action;
use maud::{Markup, html};

use super::{HOME, doors, page_number, report_href, source_href, words};
use crate::components::{
    Column, Encoding, Look, Row, Tone, back_link, button, button_link, buttons, details, form,
    machine, notice, said_inline, stack, summary_list,
};
use crate::desk::who::{Officer, Sent, token};
use crate::i18n::{Lang, t};
use crate::page::Page;
use crate::problem::Result;

/// Its page.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    let no = super::number(&no)?;
    let view = app.feed_report(&officer.who, no).await?;
    let (l, page, one) = (officer.page.lang, &officer.page, &view.arrival);
    let had = page
        .uri
        .query()
        .is_some_and(|query| query.split('&').any(|pair| pair == "had=1"));
    let over = matches!(one.state.as_str(), "done" | "failed");
    let title = t::feeds_report_no(l, no.unsigned_abs());
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (title) }
        @if had {
            (notice(Tone::Info, "had", t::feeds_had(l), html! { p { (t::feeds_had_on(l, page.moment(one.received_at))) } }))
        }
        p { (words::state(l, one)) }
        @if let Some(error) = &one.error {
            (notice(Tone::Warning, "error", t::feeds_error(l), html! { p { (said_inline(error)) } }))
        }
        (facts(page, &view))
        @if !over {
            p { (t::feeds_under_way(l)) }
            (buttons(button_link(Look::Plain, &report_href(no), t::feeds_look_again(l))))
        }
        @if one.state == "failed" && officer.who.may(Action::WorkReports) {
            p { (t::feeds_again_note(l)) }
            (form(&format!("{}/again", report_href(no)), Encoding::Pairs, Some(&token(&officer.seen)), button(Look::Main, t::feeds_again(l))))
        }
        @if !view.members.is_empty() {
            h2 { (t::feeds_files(l)) }
            (members(l, &view.members))
            (causes(l, &view.members))
            @if one.bad > 0 && officer.who.may(Action::ReadReports) {
                (buttons(button_link(Look::Plain, "/desk/feeds/quarantine", t::feeds_quarantine(l))))
            }
        }
    };
    Ok(officer.page.render(&title, body))
}

fn facts(page: &Page, view: &ReportView) -> Markup {
    let (l, one) = (page.lang, &view.arrival);
    let number = |number| html! { (page_number(l, number)) };
    let name = if one.kind == "replay" {
        html! { (t::feeds_replay_of(l)) " " (machine(&one.name)) }
    } else {
        said_inline(&one.name)
    };
    let source = if view.source.is_empty() {
        html! { (t::feeds_source_gone(l)) }
    } else {
        html! { a href=(source_href(one.source)) { (said_inline(&view.source)) } }
    };
    let mut rows = vec![
        Row::new(t::feeds_report(l), name),
        Row::new(t::feeds_source(l), source),
        Row::new(
            t::feeds_came(l),
            html! { (page.moment(one.received_at)) ", " (words::came(l, &one.way)) },
        ),
    ];
    if one.kind == "report" {
        rows.push(Row::new(
            t::feeds_bytes(l),
            html! { (crate::problem::size(one.raw.size)) },
        ));
        rows.push(Row::new("SHA-256", machine(&one.raw.sha256)));
    }
    if let Some(progress) = view.progress {
        rows.push(Row::new(t::feeds_so_far(l), number(progress.rows)));
    }
    if one.state == "waits" && !one.why.is_empty() {
        rows.push(Row::new(
            t::feeds_goes_on(l),
            html! { (page.moment(one.next_at)) },
        ));
    }
    rows.push(Row::new(t::feeds_rows(l), number(one.rows)));
    rows.push(Row::new(t::feeds_observations(l), number(one.taken)));
    rows.push(Row::new(t::feeds_bad(l), number(one.bad)));
    if let Some(ended) = one.ended_at {
        rows.push(Row::new(t::feeds_ended(l), html! { (page.moment(ended)) }));
    }
    if let Some(place) = &one.place {
        rows.push(Row::new(t::feeds_place(l), said_inline(place)));
    }
    summary_list(l, &rows)
}

fn members(l: Lang, all: &[Member]) -> Markup {
    let columns = [
        Column::text(t::feeds_file(l)),
        Column::number(t::feeds_new_ones(l)),
        Column::number(t::feeds_again_ones(l)),
        Column::number(t::feeds_gone_ones(l)),
        Column::number(t::feeds_bad(l)),
    ];
    let number = |number| html! { (page_number(l, number)) };
    let row = |one: &Member| {
        vec![
            html! {
                (said_inline(&one.name))
                @if one.before { div.hint { (t::feeds_before(l)) } }
                @if let Some(fault) = &one.fault { div { (said_inline(fault)) } }
                @if !one.warnings.is_empty() {
                    (details(t::feeds_warnings(l), html! { ul { @for text in &one.warnings { li { (said_inline(text)) } } } }))
                }
            },
            number(one.fresh),
            number(one.again),
            number(one.gone),
            number(one.bad),
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    stack(t::feeds_files(l), &columns, &rows)
}

fn causes(l: Lang, all: &[Member]) -> Markup {
    let mut sum: BTreeMap<&str, u64> = BTreeMap::new();
    for (cause, count) in all.iter().flat_map(|one| &one.causes) {
        *sum.entry(cause).or_default() += count;
    }
    let mut sum: Vec<_> = sum.into_iter().collect();
    sum.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let columns = [
        Column::text(t::feeds_cause(l)),
        Column::number(t::feeds_rows(l)),
    ];
    let row =
        |(cause, count): &(&str, u64)| vec![said_inline(cause), html! { (page_number(l, *count)) }];
    let rows: Vec<Vec<Markup>> = sum.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::feeds_causes(l)) }
            (stack(t::feeds_causes(l), &columns, &rows))
        }
    }
}

/// Read again.
pub(super) async fn again(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let no = super::number(&no)?;
    app.report_again(&sent.officer.who, no).await?;
    Ok(Redirect::to(&report_href(no)).into_response())
}
