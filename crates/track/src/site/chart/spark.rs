//! A line as small as a word.

use maud::{Markup, html};

use super::ChartRow;
use super::draw::circle;
use super::scale::step;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 24.0;
const EDGE: f64 = 5.0;

/// A small line of what was measured, with gaps at missing values and breaks and a dot at the last value. `about` is what
/// it says, for who cannot see it; where that stands beside it already, give an empty text. Nothing without a value.
#[must_use]
pub fn sparkline(rows: &[ChartRow], about: &str) -> Markup {
    let points = || {
        rows.iter()
            .filter_map(|row| Some((row.at, row.measured()?)))
    };
    let Some(last) = points().next_back() else {
        return html! {};
    };
    let ends = |pick: fn((f64, f64)) -> f64| {
        points()
            .map(pick)
            .fold((f64::MAX, f64::MIN), |(low, high), v| {
                (low.min(v), high.max(v))
            })
    };
    let (years, values) = (ends(|p| p.0), ends(|p| p.1));
    let part = |value: f64, (low, high): (f64, f64)| {
        if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        }
    };
    let x = |at: f64| EDGE + (WIDTH - 2.0 * EDGE) * part(at, years);
    let y = |value: f64| HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * part(value, values);
    let mut line = String::new();
    let mut pen = false;
    for row in rows.iter().filter(|row| !row.planned) {
        let Some(value) = row.measured() else {
            pen = false;
            continue;
        };
        step(
            &mut line,
            if pen && row.brk.is_none() { 'L' } else { 'M' },
            &[x(row.at), y(value)],
        );
        pen = true;
    }
    let (role, label) = if about.is_empty() {
        (None, None)
    } else {
        (Some("img"), Some(about))
    };
    let hidden = about.is_empty().then_some("true");
    html! {
        svg.c-spark viewBox="0 0 96 24" width="96" height="24" role=[role] aria-label=[label] aria-hidden=[hidden]
            focusable="false" {
            @if line.contains('L') { path.c-line d=(line) fill="none" stroke="currentColor" stroke-width="1.6" {} }
            path.c-dot d=(circle(x(last.0), y(last.1))) fill="currentColor" {}
        }
    }
}
