//! Charts of measures.

use maud::{Markup, html};

use super::chart::{Chart, ChartRow, ChartWords, sparkline};
use super::context::Context;
use super::words as w;
use crate::plan::{Missing, Row};
use crate::report::MeasureReport;

/// Most rows of a chart, the newest ones: more could not be told apart, and the file has them all.
const ROWS_MAX: usize = 120;
/// Most points of a line as small as a word.
const SPARK_MAX: usize = 40;

fn row(cx: &Context<'_>, row: &Row) -> ChartRow {
    let title = cx
        .plan
        .sources
        .get(&*row.source)
        .map(|source| source.title.clone());
    ChartRow {
        label: w::period_of(cx.lang(), row.period),
        at: row.period.decimal_year(),
        value: row.number(),
        written: row.value.map(super::parts::decimal).unwrap_or_default(),
        missing: row.missing.map(Missing::as_str),
        low: row.low().map(crate::plan::Decimal::number),
        high: row.high().map(crate::plan::Decimal::number),
        flag: row.flag().to_owned(),
        vintage: w::period_of(cx.lang(), row.vintage),
        source: (
            title.unwrap_or_else(|| row.source.to_string()),
            cx.source_href(&row.source),
        ),
        brk: row.brk().map(|why| {
            let own = crate::live::in_language(cx.lang(), why);
            own.unwrap_or_else(|| w::dated(why))
        }),
        planned: row.is_flagged("planned"),
    }
}

/// A line without axes beside a measure's latest value, which says the same for those who do not see it.
pub(crate) fn spark(_cx: &Context<'_>, rows: &[&Row]) -> Markup {
    let start = rows.len().saturating_sub(SPARK_MAX);
    let points = rows.iter().skip(start).map(|row| ChartRow {
        at: row.period.decimal_year(),
        value: row.number(),
        brk: row.brk().map(str::to_owned),
        planned: row.is_flagged("planned"),
        ..ChartRow::default()
    });
    sparkline(&points.collect::<Vec<_>>(), "")
}

/// What the chart of a measure shows.
pub(crate) fn model(cx: &Context<'_>, one: &MeasureReport<'_>) -> Chart {
    let all = one.rows();
    let rows: Vec<ChartRow> = all
        .iter()
        .skip(all.len().saturating_sub(ROWS_MAX))
        .map(|one| row(cx, one))
        .collect();
    let aim = one.aim();
    let base = one.base().map(|base| base.at);
    let with_status = one.no_status.is_none();
    Chart {
        id: "chart".to_owned(),
        title: cx.plain(&one.measure.title).to_owned(),
        unit: cx.plain(&one.measure.unit).to_owned(),
        language: cx.lang().as_str().to_owned(),
        target: aim.and_then(|aim| Some((aim.target_year, aim.target?))),
        path: with_status && one.path.is_some(),
        base: base.and_then(|base| rows.iter().position(|row| row.at == base)),
        projection: one
            .projection
            .as_ref()
            .filter(|_| with_status)
            .and_then(|trend| {
                let ends = trend.interval?;
                Some((trend.year, trend.value, ends.low, ends.high))
            }),
        rows,
    }
}

/// The whole chart. Its figures stand in the table of values on the same page.
pub(crate) fn chart(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let chart = model(cx, one);
    html! {
        figure.c-chart {
            figcaption { (cx.text(&one.measure.title)) " " span.c-unit { "(" (cx.text(&one.measure.unit)) ")" } }
            (chart.drawing(ChartWords::of(lang.as_str())))
            p.c-note { a href="#values" { (w::chart_values(lang)) } }
        }
    }
}
