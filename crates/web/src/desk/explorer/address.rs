//! What was seen of one address, name or URL, and a row of a report as it came.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::explorer::store::History;
use cairn_app::explorer::{Address, Text, WALKED_FIRST, WALKED_ON};
use cairn_kernel::observable::{Kind, Observable, defang, defang_text};
use maud::{Markup, html};

use super::{HOME, allowed, counted, doors, href as explore, show as shown};
use crate::components::{Column, Hue, back_link, said, said_inline, stack, tag};
use crate::desk::who::Officer;
use crate::desk::{case, cases, observable};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// Ways in which it was seen that are shown.
const STATES_SHOWN: usize = 50;
/// The same on the page of an observable.
const STATES_BESIDE: usize = 10;
/// Reports with it that are shown, the newest.
const REPORTS_SHOWN: usize = 10;

/// The address of this page.
pub(in crate::desk) fn href(one: &Observable) -> String {
    observable::address(one).replace("/desk/observables/", "/desk/explorer/address/")
}

/// Numbers of segments in an address.
pub(crate) fn segments_of(text: &str) -> Vec<i64> {
    let all = text
        .split('-')
        .map(|no| no.parse().ok().filter(|no| *no > 0));
    all.collect::<Option<_>>().unwrap_or_default()
}

/// The same as text.
pub(crate) fn segments_text(all: &[i64]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join("-")
}

pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path((kind, value)): Path<(String, String)>,
) -> Result<Markup> {
    allowed(&officer)?;
    let one = observable::of_address(&kind, &value)?;
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let from = segments_of(asked.get("from").unwrap_or_default());
    let on = !from.is_empty();
    let segments = if on { WALKED_ON } else { WALKED_FIRST };
    let seen = app
        .seen_by_machines(&officer.who, &one, from, segments)
        .await?;
    let reports = app.observable(&officer.who, &one, None).await?;
    let numbers: Vec<i64> = reports.reports.iter().map(|row| row.no).collect();
    let cases = app.cases_naming(&officer.who, &one, &numbers).await?;
    let people = app.people(&officer.who).await?;
    let title = t::explorer_address_title(l);
    let told = defang(&one);
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        p.caption { (title) }
        h1.told { code { (said_inline(&told)) } }
        p { (t::explorer_address_lead(l)) }
        p {
            a href=(observable::address(&one)) { (t::explorer_address_observable(l)) }
            @if let Some(line) = line(&one) { " " a href=(explore(&line, None)) { (t::explorer_address_explore(l)) } }
        }
        @match seen.as_deref().filter(|seen| !seen.states.is_empty()) {
            None => p.lead { (t::explorer_address_none(l)) },
            Some(seen) => {
                h2 { (t::explorer_address_states(l)) }
                (states(&officer, seen, STATES_SHOWN))
                (sightings(&officer, &one, seen, on))
            }
        }
        h2 #reports { (t::obs_reports(l)) }
        @if reports.reports.is_empty() { p { (t::obs_reports_none(l)) } }
        @else {
            @let newest = reports.reports.get(..REPORTS_SHOWN).unwrap_or(&reports.reports);
            (case::table(&app, &officer, &people, newest, false))
            @if reports.seen.reports > newest.len() as u64 { p { a href={ (observable::address(&one)) "#reports" } { (t::explorer_address_reports(l)) } } }
        }
        h2 #cases { (t::cases_title(l)) }
        @if cases.is_empty() { p { (t::explorer_address_cases_none(l)) } }
        @else {
            p.hint { (t::explorer_address_cases_note(l)) }
            (cases::table(&app, &officer, &people, &cases))
        }
    };
    Ok(officer
        .page
        .clone()
        .wide()
        .render(&format!("{title}: {told}"), body))
}

/// What of an address is gone.
pub(super) fn gone(officer: &Officer, one: &Observable, gone: &[History]) -> Markup {
    let l = officer.page.lang;
    html! {
        h2 { (t::explorer_gone(l)) ": " code { (said_inline(&defang(one))) } }
        @if gone.is_empty() { p { (t::explorer_gone_none_of(l)) } }
        @else { (ways(officer, gone, STATES_SHOWN)) }
        p { a href=(href(one)) { (t::explorer_address_all(l)) } }
    }
}

/// The filter that finds it.
fn line(one: &Observable) -> Option<String> {
    match one.kind {
        Kind::Ip => Some(format!("ip:{} since:90d", one.value)),
        Kind::Domain => Some(format!("domain:{} since:90d", one.value)),
        _ => None,
    }
}

fn states(officer: &Officer, seen: &Address, most: usize) -> Markup {
    ways(officer, &seen.states, most)
}

fn ways(officer: &Officer, states: &[History], most: usize) -> Markup {
    let l = officer.page.lang;
    let columns = [
        Column::text(t::explorer_feed(l)),
        Column::text(t::explorer_standing(l)),
        Column::text(t::explorer_first(l)),
        Column::text(t::explorer_last(l)),
        Column::number(t::explorer_times(l)),
    ];
    let cells = |(no, own): (usize, &History)| {
        let (source, name) = &own.feed;
        vec![
            html! { (said_inline(source)) " " (said_inline(name)) div.hint { (t::explorer_address_way(l)) " " (no + 1) } },
            html! {
                @if own.gone { (tag(Hue::Grey, t::explorer_gone_tag(l))) }
                @else { (tag(Hue::Amber, t::explorer_there(l))) }
            },
            html! { (officer.page.moment(own.state.first)) },
            html! { (officer.page.moment(own.state.last)) },
            html! { (counted(own.state.seen)) },
        ]
    };
    let shown = states.iter().take(most).enumerate();
    let rows: Vec<Vec<Markup>> = shown.map(cells).collect();
    let more = states.len().saturating_sub(most) as u64;
    html! {
        (stack(t::explorer_address_states(l), &columns, &rows))
        @if more > 0 { p.hint { (t::explorer_address_more(l, more)) } }
    }
}

fn sightings(officer: &Officer, one: &Observable, seen: &Address, on: bool) -> Markup {
    let (l, walked) = (officer.page.lang, &seen.walked);
    let here = href(one);
    html! {
        h2 #sightings { (t::explorer_sightings(l)) }
        p.hint { (t::explorer_sightings_note(l)) }
        @if walked.rows.is_empty() { p { (t::explorer_sightings_none(l)) } }
        @else { (shown::rows(officer, &seen.feeds, &seen.owners, &walked.rows)) }
        @if walked.cut { p.inset { (t::explorer_sightings_cut(l)) } }
        @if walked.unlinked { p.inset { (t::explorer_sightings_unlinked(l)) } }
        @if walked.removed { p.inset { (t::explorer_sightings_removed(l)) } }
        @if on { p { a href={ (here) "#sightings" } { (t::explorer_rows_first(l)) } } }
        @if !walked.next.is_empty() {
            p { a href={ (here) "?from=" (segments_text(&walked.next)) "#sightings" } { (t::explorer_sightings_further(l)) } }
        }
    }
}

/// What machines saw of an observable, for its page.
pub(in crate::desk) fn joined(officer: &Officer, one: &Observable, seen: &Address) -> Markup {
    let l = officer.page.lang;
    html! {
        h2 #machines { (t::explorer_address_title(l)) }
        @if seen.states.is_empty() { p { (t::explorer_address_none(l)) } }
        @else {
            (states(officer, seen, STATES_BESIDE))
            p { a href=(href(one)) { (t::explorer_address_all(l)) } }
        }
        @if let Some(line) = line(one) { p { a href=(explore(&line, None)) { (t::explorer_address_explore(l)) } } }
    }
}

/// A row of a report as it came.
pub(super) async fn row(
    State(app): State<App>,
    officer: Officer,
    Path((report, offset, bytes)): Path<(String, String, String)>,
) -> Result<Markup> {
    allowed(&officer)?;
    let (Ok(report), Ok(offset), Ok(bytes)) = (
        report.parse::<i64>(),
        offset.parse::<u64>(),
        bytes.parse::<u32>(),
    ) else {
        return Err(Problem::not_found());
    };
    let l: Lang = officer.page.lang;
    let text = app
        .machine_row(&officer.who, report, offset, bytes.into())
        .await?;
    let title = t::explorer_row_title(l);
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (title) }
        p { (t::explorer_row_place(l, offset.to_string(), report.to_string())) }
        @match &*text {
            Text::Gone => p.lead { (t::explorer_row_gone(l)) },
            Text::Deep => p.lead { (t::explorer_row_deep(l)) },
            Text::Text(text) => {
                p.hint { (t::explorer_row_note(l)) }
                div.told { (said(&defang_text(text))) }
            }
        }
    };
    Ok(officer.page.render(title, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_written_and_read() {
        assert_eq!(segments_of(&segments_text(&[9, 4, 1])), [9, 4, 1]);
        for text in ["", "x", "1-", "1--2", "-1", "0"] {
            assert_eq!(segments_of(text), [0_i64; 0], "{text}");
        }
    }
}
