//! The chart in words.

use super::frame::year_label;
use super::scale::fixed;
use super::{Chart, ChartRow, ChartWords};

/// Missing periods that are named; of more there is a count.
const NAMED_MAX: usize = 8;

pub(super) fn about(chart: &Chart, words: &ChartWords) -> String {
    let mut parts: Vec<String> = Vec::new();
    let head = extremes(chart, words);
    parts.push(head.unwrap_or_else(|| words.none.trim_end_matches('.').to_owned()));
    for (_, row, why) in chart.breaks() {
        parts.push(format!(
            "{} {}: {}",
            words.break_before,
            row.label,
            why.trim_end_matches('.')
        ));
    }
    parts.extend(missing(chart, words));
    parts.extend(target(chart, words));
    parts.extend(ahead(chart, words));
    let mut text = parts.join("; ");
    text.push('.');
    text
}

/// `first 14.1 (2018), last 18.3 (2023), lowest 14.1 (2018), highest 20.0 (2022)`
fn extremes(chart: &Chart, words: &ChartWords) -> Option<String> {
    let all: Vec<(&ChartRow, f64)> = chart
        .rows
        .iter()
        .filter_map(|row| Some((row, row.measured()?)))
        .collect();
    let (first, last) = (all.first()?, all.last()?);
    let shown = |word: &str, row: &ChartRow| format!("{word} {} ({})", row.written, row.label);
    let unit = if chart.unit.is_empty() {
        String::new()
    } else {
        format!("{}: ", chart.unit)
    };
    if all.len() == 1 {
        return Some(format!("{unit}{}", shown(words.only, first.0)));
    }
    // The earlier one of equals, in both cases.
    let lowest = all.iter().fold(
        first,
        |least, one| if one.1 < least.1 { one } else { least },
    );
    let highest = all
        .iter()
        .fold(first, |most, one| if one.1 > most.1 { one } else { most });
    Some(format!(
        "{unit}{}, {}, {}, {}",
        shown(words.first, first.0),
        shown(words.last, last.0),
        shown(words.lowest, lowest.0),
        shown(words.highest, highest.0)
    ))
}

fn missing(chart: &Chart, words: &ChartWords) -> Option<String> {
    let all: Vec<String> = chart
        .rows
        .iter()
        .filter_map(|row| {
            Some(format!(
                "{} ({})",
                row.label,
                words.missing_word(row.missing?)
            ))
        })
        .collect();
    let named = all
        .iter()
        .take(NAMED_MAX)
        .cloned()
        .collect::<Vec<String>>()
        .join(", ");
    let more = all.len().saturating_sub(NAMED_MAX);
    match (all.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(format!("{} {named}", words.no_value)),
        (false, more) => Some(format!("{} {named} + {more}", words.no_value)),
    }
}

/// `target 10 by 2032`
pub(super) fn target(chart: &Chart, words: &ChartWords) -> Option<String> {
    let (year, value) = chart.target()?;
    Some(format!(
        "{} {} {} {}",
        words.target,
        number(value),
        words.by,
        year_label(year)
    ))
}

/// `projection 17.2 (15.1 to 19.3) by 2032`
pub(super) fn ahead(chart: &Chart, words: &ChartWords) -> Option<String> {
    let (year, value, low, high) = chart.projection()?;
    let shown = |value| fixed(value, chart.decimals()).replace('-', "−");
    Some(format!(
        "{} {} ({} {} {}) {} {}",
        words.projection,
        shown(value),
        shown(low),
        words.to,
        shown(high),
        words.by,
        year_label(year)
    ))
}

/// A number that was stated, with the digits it needs.
pub(super) fn number(value: f64) -> String {
    crate::site::data::shortest(value).replace('-', "−")
}
