//! The drawing itself.

use maud::{Markup, html};

use super::frame::{Frame, LETTERS, WIDTH, within};
use super::scale::{place, step};
use super::words::missing_sign;
use super::{Chart, ChartWords};

/// With more values the first one is not written out: it would hide others.
const FIRST_WRITTEN: usize = 16;
/// Half the size of marks.
pub(super) const MARK: f64 = 3.6;

pub(super) fn svg(chart: &Chart, frame: &Frame, words: &ChartWords) -> Markup {
    let names = format!("{0}-t {0}-d", chart.id);
    html! {
        svg viewBox={ "0 0 " (place(WIDTH)) " " (place(frame.height)) } role="img" aria-labelledby=(names)
            font-size=(place(LETTERS)) fill="currentColor" {
            title id={ (chart.id) "-t" } { (chart.title) }
            desc id={ (chart.id) "-d" } { (chart.about(words)) }
            (axes(chart, frame))
            (breaks(chart, frame))
            g fill="none" stroke="currentColor" stroke-width="2" {
                (ahead(chart, frame))
                (line(chart, frame))
            }
            (marks(chart, frame))
            (values(chart, frame, words))
        }
    }
}

fn axes(chart: &Chart, frame: &Frame) -> Markup {
    let ticks = frame.axis.ticks();
    let mut grid = String::new();
    for (value, _) in ticks.iter().skip(1).filter(|(value, _)| *value != 0.0) {
        step(&mut grid, 'M', &[frame.left, frame.y(*value)]);
        step(&mut grid, 'H', &[frame.right]);
    }
    let mut axis = String::new();
    step(&mut axis, 'M', &[frame.left, frame.bottom]);
    step(&mut axis, 'H', &[frame.right]);
    let labels = frame.labels(chart);
    for label in &labels {
        step(&mut axis, 'M', &[label.x, frame.bottom]);
        step(&mut axis, 'v', &[4.0]);
    }
    let mut zero = String::new();
    if frame.axis.low() < 0.0 && frame.axis.high() >= 0.0 {
        step(&mut zero, 'M', &[frame.left, frame.y(0.0)]);
        step(&mut zero, 'H', &[frame.right]);
    }
    html! {
        g fill="none" stroke="currentColor" {
            path.c-grid stroke-opacity=".25" d=(grid) {}
            path.c-axis d=(axis) {}
            @if !zero.is_empty() { path.c-zero d=(zero) {} }
        }
        g.c-tick text-anchor="end" {
            @for (value, label) in &ticks {
                text x=(place(frame.left - 6.0)) y=(place(frame.y(*value) + 4.5)) { (label) }
            }
            @if let Some(multiple) = frame.axis.multiple() {
                text text-anchor="start" x="2" y="13" { (multiple) }
            }
        }
        g.c-tick text-anchor="middle" {
            @for label in &labels {
                text x=(place(within(label.x, &label.text))) y=(place(frame.height - 8.0)) { (label.text) }
            }
        }
        @if frame.signs {
            g.c-sign text-anchor="middle" font-weight="bold" {
                @for row in &chart.rows {
                    @if let Some(code) = row.missing {
                        text x=(place(frame.x(row.at))) y=(place(frame.bottom + 17.0)) { (missing_sign(code)) }
                    }
                }
            }
        }
    }
}

/// The letter of a break.
pub(super) fn letter(at: usize) -> char {
    u32::try_from(at % 26)
        .ok()
        .and_then(|at| char::from_u32(u32::from('A') + at))
        .unwrap_or('A')
}

fn breaks(chart: &Chart, frame: &Frame) -> Markup {
    let mut dashes = String::new();
    let mut letters = Vec::new();
    for (number, (at, row, _)) in chart.breaks().enumerate() {
        let before = at
            .checked_sub(1)
            .and_then(|at| chart.rows.get(at))
            .map_or(row.at, |before| before.at);
        let x = f64::midpoint(frame.x(before), frame.x(row.at));
        step(&mut dashes, 'M', &[x, frame.top - 8.0]);
        step(&mut dashes, 'V', &[frame.bottom]);
        letters.push((x, letter(number)));
    }
    html! {
        @if !letters.is_empty() {
            path.c-break d=(dashes) fill="none" stroke="currentColor" stroke-dasharray="2 3" {}
            g.c-letter text-anchor="middle" font-weight="bold" {
                @for (x, letter) in &letters {
                    text x=(place(*x)) y=(place(frame.top - 12.0)) { (letter) }
                }
            }
        }
    }
}

/// Path, target and projection.
fn ahead(chart: &Chart, frame: &Frame) -> Markup {
    let mut path = String::new();
    if let Some((base, target)) = chart.path() {
        step(&mut path, 'M', &[frame.x(base.0), frame.y(base.1)]);
        step(&mut path, 'L', &[frame.x(target.0), frame.y(target.1)]);
    }
    let mut target = String::new();
    if let Some((year, value)) = chart.target() {
        target = target_mark(frame.x(year), frame.y(value));
    }
    let (mut trend, mut bar, mut mark) = (String::new(), String::new(), String::new());
    if let Some((year, value, low, high)) = chart.projection() {
        let (x, y) = (frame.x(year), frame.y(value));
        let last = chart
            .rows
            .iter()
            .rev()
            .find_map(|row| Some((row.at, row.measured()?)));
        if let Some((at, value)) = last.filter(|(at, _)| *at < year) {
            step(&mut trend, 'M', &[frame.x(at), frame.y(value)]);
            step(&mut trend, 'L', &[x, y]);
        }
        let cut = |value: f64| value < frame.axis.low() || value > frame.axis.high();
        bar = error_bar(x, (frame.y(low), cut(low)), (frame.y(high), cut(high)));
        mark = square(x, y);
    }
    html! {
        @if !path.is_empty() { path.c-path stroke-dasharray="1 4" stroke-linecap="round" d=(path) {} }
        @if !trend.is_empty() { path.c-trend stroke-dasharray="6 4" d=(trend) {} }
        @if !bar.is_empty() { path.c-bar stroke-width="1.2" d=(bar) {} }
        @if !mark.is_empty() { path.c-ahead fill="#fff" d=(mark) {} }
        @if !target.is_empty() { path.c-target stroke-width="3" d=(target) {} }
    }
}

/// Through what was measured, with gaps at missing values and breaks.
fn line(chart: &Chart, frame: &Frame) -> Markup {
    let mut path = String::new();
    let mut pen = false;
    for row in chart.rows.iter().filter(|row| !row.planned) {
        let Some(value) = row.measured() else {
            pen = false;
            continue;
        };
        let letter = if pen && row.brk.is_none() { 'L' } else { 'M' };
        step(&mut path, letter, &[frame.x(row.at), frame.y(value)]);
        pen = true;
    }
    html! { @if path.contains('L') { path.c-line d=(path) stroke-linejoin="round" {} } }
}

fn marks(chart: &Chart, frame: &Frame) -> Markup {
    let (mut dots, mut open, mut planned, mut bars) =
        (String::new(), String::new(), String::new(), String::new());
    for row in &chart.rows {
        let Some(value) = row.drawn() else { continue };
        let (x, y) = (frame.x(row.at), frame.y(value));
        if row.planned {
            planned.push_str(&diamond(x, y));
        } else if row.is_soft() {
            open.push_str(&circle(x, y));
        } else {
            dots.push_str(&circle(x, y));
        }
        if let Some((low, high)) = row.interval() {
            bars.push_str(&error_bar(x, (frame.y(low), false), (frame.y(high), false)));
        }
    }
    html! {
        @if !bars.is_empty() { path.c-bar d=(bars) fill="none" stroke="currentColor" stroke-width="1.2" {} }
        @if !dots.is_empty() { path.c-dot d=(dots) {} }
        // White where there is no style sheet.
        g fill="#fff" stroke="currentColor" stroke-width="1.8" {
            @if !open.is_empty() { path.c-open d=(open) {} }
            @if !planned.is_empty() { path.c-plan d=(planned) {} }
        }
    }
}

/// The first and the last value and the target, in figures.
fn values(chart: &Chart, frame: &Frame, words: &ChartWords) -> Markup {
    let measured = || chart.rows.iter().filter(|row| row.drawn().is_some());
    let mut texts: Vec<(f64, f64, String)> = Vec::new();
    let first = measured()
        .next()
        .filter(|_| measured().count() <= FIRST_WRITTEN);
    for row in first.into_iter().chain(measured().next_back()) {
        let y = row
            .interval()
            .map(|i| i.1)
            .or(row.drawn())
            .map_or(frame.top, |value| frame.y(value));
        texts.push((frame.x(row.at), y - 8.0, row.written.clone()));
    }
    texts.dedup();
    if let Some((year, value)) = chart.target() {
        let text = format!("{} {}", words.target, super::about::number(value));
        // Away from the projection, which often ends in the same year.
        let above = chart.projection().is_none_or(|ahead| ahead.1 <= value);
        let y = frame.y(value);
        let y = if above && y > frame.top + 4.0 {
            y - 7.0
        } else {
            y + 17.0
        };
        texts.push((frame.x(year), y, text));
    }
    // A long number would hide what it belongs to, and stands in the table.
    texts.retain(|(_, _, text)| text.chars().count() <= 18);
    html! {
        g.c-value text-anchor="middle" font-weight="bold" {
            @for (x, y, text) in &texts {
                text x=(place(within(*x, text))) y=(place(*y)) { (text) }
            }
        }
    }
}

pub(super) fn circle(x: f64, y: f64) -> String {
    let mut path = String::new();
    step(&mut path, 'M', &[x - MARK, y]);
    step(
        &mut path,
        'a',
        &[MARK, MARK, 0.0, 1.0, 0.0, 2.0 * MARK, 0.0],
    );
    step(
        &mut path,
        'a',
        &[MARK, MARK, 0.0, 1.0, 0.0, -2.0 * MARK, 0.0],
    );
    path
}

pub(super) fn diamond(x: f64, y: f64) -> String {
    let half = MARK + 1.4;
    let mut path = String::new();
    step(&mut path, 'M', &[x - half, y]);
    for (dx, dy) in [(half, -half), (half, half), (-half, half)] {
        step(&mut path, 'l', &[dx, dy]);
    }
    path.push('z');
    path
}

pub(super) fn square(x: f64, y: f64) -> String {
    let mut path = String::new();
    step(&mut path, 'M', &[x - MARK, y - MARK]);
    step(&mut path, 'h', &[2.0 * MARK]);
    step(&mut path, 'v', &[2.0 * MARK]);
    step(&mut path, 'h', &[-2.0 * MARK]);
    path.push('z');
    path
}

/// A thick stroke with a point below it.
pub(super) fn target_mark(x: f64, y: f64) -> String {
    let mut path = String::new();
    step(&mut path, 'M', &[x - 8.0, y]);
    step(&mut path, 'H', &[x + 8.0]);
    path
}

/// An interval: ends have a cap, or an arrow where they are cut.
pub(super) fn error_bar(x: f64, low: (f64, bool), high: (f64, bool)) -> String {
    let mut path = String::new();
    step(&mut path, 'M', &[x, low.0]);
    step(&mut path, 'V', &[high.0]);
    for ((y, cut), inward) in [(low, -4.0), (high, 4.0)] {
        if cut {
            step(&mut path, 'M', &[x - 4.0, y + inward]);
            step(&mut path, 'L', &[x, y]);
            step(&mut path, 'L', &[x + 4.0, y + inward]);
        } else {
            step(&mut path, 'M', &[x - 3.0, y]);
            step(&mut path, 'h', &[6.0]);
        }
    }
    path
}
