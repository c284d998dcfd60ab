//! What marks and signs mean, in words: only of what is there.

use maud::{Markup, PreEscaped, html};

use super::about::{ahead, target};
use super::draw::{circle, diamond, error_bar, letter, square, target_mark};
use super::frame::Frame;
use super::words::missing_sign;
use super::{Chart, ChartRow, ChartWords, SOFT};
use crate::plan::Missing;

pub(super) fn key(chart: &Chart, frame: &Frame, words: &ChartWords) -> Markup {
    let mut items = marks(chart, words);
    for (number, (_, row, why)) in chart.breaks().enumerate() {
        let text = format!("{} {}: {why}", words.break_before, row.label);
        items.push((html! { b.c-letter { (letter(number)) } }, text));
    }
    for (at, code) in Missing::WORDS.iter().enumerate() {
        if chart.rows.iter().any(|row| row.missing == Some(code)) {
            let text = words.missing.get(at).copied().unwrap_or(code);
            items.push((html! { b.c-sign { (missing_sign(code)) } }, text.to_owned()));
        }
    }
    let one = chart
        .rows
        .iter()
        .filter(|row| row.measured().is_some())
        .count()
        == 1;
    let cut = frame.axis.low() > 0.0 || frame.axis.high() < 0.0;
    html! {
        @if !items.is_empty() {
            ul.c-key {
                @for (sign, text) in &items { li { (sign) " " (text) } }
            }
        }
        @if one || cut {
            p.c-note {
                @if one { (words.one) }
                @if one && cut { " " }
                @if cut { (words.axis_cut) }
            }
        }
    }
}

/// Marks with what they mean.
fn marks(chart: &Chart, words: &ChartWords) -> Vec<(Markup, String)> {
    let mut items = Vec::new();
    let soft: Vec<&str> = SOFT
        .into_iter()
        .filter(|flag| {
            let mut marks = chart.rows.iter().filter(|row| row.measured().is_some());
            marks.any(|row| row.flags().any(|f| f == *flag))
        })
        .map(|flag| words.flag(flag))
        .collect();
    if !soft.is_empty() {
        let swatch = swatch("c-open", &circle(12.0, 7.0), "#fff", None);
        items.push((swatch, format!("{}: {}", words.soft, soft.join(", "))));
    }
    if chart
        .rows
        .iter()
        .any(|row| row.planned && row.drawn().is_some())
    {
        items.push((
            swatch("c-plan", &diamond(12.0, 7.0), "#fff", None),
            words.planned.to_owned(),
        ));
    }
    if chart
        .rows
        .iter()
        .any(|row: &ChartRow| row.interval().is_some())
    {
        let bar = error_bar(12.0, (13.0, false), (1.0, false));
        items.push((swatch("c-bar", &bar, "none", None), words.bar.to_owned()));
    }
    if let Some(text) = target(chart, words) {
        items.push((
            swatch("c-target", &target_mark(12.0, 7.0), "none", None),
            text,
        ));
    }
    if chart.path().is_some() {
        items.push((
            swatch("c-path", "M1 7H23", "none", Some("1 4")),
            words.path.to_owned(),
        ));
    }
    if let Some(text) = ahead(chart, words) {
        let both = html! {
            svg width="24" height="14" viewBox="0 0 24 14" aria-hidden="true" focusable="false" stroke="currentColor"
                stroke-width="2" {
                path.c-trend fill="none" stroke-dasharray="6 4" d="M0 7H17" {}
                path.c-ahead fill="#fff" d=(square(19.0, 7.0)) {}
            }
        };
        items.push((both, text));
    }
    items
}

fn swatch(class: &str, path: &str, fill: &str, dashes: Option<&str>) -> Markup {
    html! {
        svg width="24" height="14" viewBox="0 0 24 14" aria-hidden="true" focusable="false" fill=(fill)
            stroke="currentColor" stroke-width="2" {
            path class=(class) d=(PreEscaped(path)) stroke-dasharray=[dashes] {}
        }
    }
}
