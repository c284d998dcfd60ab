//! The figures of a chart as a table.

use maud::{Markup, html};

use super::about::number;
use super::words::missing_sign;
use super::{Chart, ChartRow, ChartWords};
use crate::site::narrative::is_safe_href;

pub(super) fn table(chart: &Chart, words: &ChartWords) -> Markup {
    let intervals = chart
        .rows
        .iter()
        .any(|row| row.low.is_some() || row.high.is_some());
    html! {
        div.c-scroll tabindex="0" role="group" aria-label={ (words.table) ": " (chart.title) } {
            table {
                caption { (chart.title) @if !chart.unit.is_empty() { " (" (chart.unit) ")" } }
                thead {
                    tr {
                        th scope="col" { (words.period) }
                        th.c-number scope="col" { (words.value) }
                        @if intervals { th scope="col" { (words.interval) } }
                        th scope="col" { (words.remarks) }
                        th scope="col" { (words.published) }
                        th scope="col" { (words.source) }
                    }
                }
                tbody {
                    @for (at, row) in chart.rows.iter().enumerate() {
                        tr {
                            th scope="row" { (row.label) }
                            (value(row, words))
                            @if intervals { td { (interval(row, words)) } }
                            td { (remarks(row, chart.base == Some(at), words)) }
                            td { (row.vintage) }
                            td { (source(row)) }
                        }
                    }
                }
            }
        }
    }
}

fn value(row: &ChartRow, words: &ChartWords) -> Markup {
    html! {
        @if let Some(code) = row.missing {
            td.c-missing { b.c-sign aria-hidden="true" { (missing_sign(code)) } " " (words.missing_word(code)) }
        } @else {
            td.c-number { (row.written) }
        }
    }
}

fn interval(row: &ChartRow, words: &ChartWords) -> String {
    match (row.low, row.high) {
        (Some(low), Some(high)) => format!("{} {} {}", number(low), words.to, number(high)),
        (Some(low), None) => format!("≥ {}", number(low)),
        (None, Some(high)) => format!("≤ {}", number(high)),
        (None, None) => String::new(),
    }
}

fn remarks(row: &ChartRow, base: bool, words: &ChartWords) -> String {
    let mut all: Vec<String> = row
        .flags()
        .map(|flag| words.flag(flag).to_owned())
        .collect();
    if row.planned && !row.flags().any(|flag| flag == "planned") {
        all.push(words.flag("planned").to_owned());
    }
    if base {
        all.push(words.base.to_owned());
    }
    if let Some(why) = &row.brk {
        all.push(format!("{} {}: {why}", words.break_before, row.label));
    }
    all.join("; ")
}

fn source(row: &ChartRow) -> Markup {
    let (label, href) = &row.source;
    html! {
        @if !href.is_empty() && is_safe_href(href) { a href=(href) { (label) } } @else { (label) }
    }
}
