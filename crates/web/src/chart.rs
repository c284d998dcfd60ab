//! Charts as SVG made on the server: they work in print and without scripts. Series differ by shape and pattern as well as
//! colour; doubtful figures are open and dotted; nothing is drawn across a break in the way of counting. Colours come from
//! the style sheet, because the content security policy forbids inline styles, and so follow dark mode and print.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::components::{Column, details, table};
use crate::i18n::{Lang, t};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 36.0;
/// Series beyond this are left to the table: more can't be told apart.
const SERIES_MAX: usize = 4;
const LABELS_MAX: usize = 6;

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For what goes on through time.
    Lines,
    /// For amounts to compare; several series stand beside each other.
    Bars,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Not negative; all axes start at zero.
    pub value: f64,
    /// Not as sure as the others; [`Chart::flag`] says in what way.
    pub flagged: bool,
}

impl Point {
    /// A value that is not in doubt.
    #[must_use]
    pub const fn sure(value: f64) -> Self {
        Self {
            value,
            flagged: false,
        }
    }
}

/// Values that belong together, one for each label of the chart; none where there is no figure.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// As many as the chart has labels.
    pub points: Vec<Option<Point>>,
}

/// A chart with everything it says.
#[derive(Debug, Clone)]
pub struct Chart<'a> {
    /// Unlike other ids of the page; starts with a letter.
    pub id: &'a str,
    /// The language of its fixed words.
    pub lang: Lang,
    /// What it shows, as a heading.
    pub title: &'a str,
    /// What it says, in a sentence, for who can't see it.
    pub about: &'a str,
    /// How values are drawn.
    pub kind: Kind,
    /// The periods or groups along the bottom.
    pub labels: Vec<String>,
    /// Up to four are drawn.
    pub series: Vec<Series>,
    /// Places in `labels` before which the way of counting changed.
    pub breaks: Vec<usize>,
    /// What it means that a point is flagged, such as [`t::chart_flagged`].
    pub flag: &'a str,
    /// How a value is written, such as [`crate::i18n::number`] of whole numbers.
    pub write: fn(f64) -> String,
}

impl Chart<'_> {
    /// The chart, its legend, and the same figures as a table on demand.
    #[must_use]
    pub fn render(&self) -> Markup {
        self.figure(details(t::chart_table(self.lang), self.table()))
    }

    /// The chart and its legend, for pages that show the same figures in a table of their own.
    #[must_use]
    pub fn render_drawing(&self) -> Markup {
        self.figure(html! {})
    }

    fn figure(&self, table: Markup) -> Markup {
        html! {
            figure.chart {
                figcaption { (self.title) }
                (self.legend())
                div.scroll tabindex="0" role="group" aria-label=(self.title) { (self.svg()) }
                (table)
            }
        }
    }

    /// The figures as a table, for pages that show it openly.
    #[must_use]
    pub fn table(&self) -> Markup {
        let lang = self.lang;
        let mut columns = vec![Column::text(t::chart_period(lang))];
        columns.extend(
            self.series
                .iter()
                .map(|series| Column::number(series.name.as_str())),
        );
        let cell = |series: &Series, at: usize| match series.points.get(at).copied().flatten() {
            Some(Point { value, flagged }) => html! {
                ((self.write)(value))
                @if flagged { " (" (self.flag) ")" }
            },
            None => html! { span.optional { (t::chart_no_value(lang)) } },
        };
        let row = |(at, label): (usize, &String)| {
            let mark = self.breaks.contains(&at).then(|| t::chart_break(lang));
            let head = html! { (label) @if let Some(mark) = mark { br; span.optional { (mark) } } };
            let mut cells = vec![head];
            cells.extend(self.series.iter().map(|series| cell(series, at)));
            cells
        };
        let rows: Vec<Vec<Markup>> = self.labels.iter().enumerate().map(row).collect();
        table(self.title, &columns, &rows)
    }

    fn legend(&self) -> Markup {
        let doubtful = self
            .drawn()
            .any(|series| series.points.iter().flatten().any(|point| point.flagged));
        html! {
            ul.legend {
                @for (at, series) in self.drawn().enumerate() {
                    li { (self.swatch(at)) (series.name) }
                }
                @if doubtful {
                    li {
                        @match self.kind {
                            Kind::Lines => span.key-open aria-hidden="true" {},
                            Kind::Bars => svg.s1 width="30" height="14" viewBox="0 0 30 14" aria-hidden="true" focusable="false" {
                                path.bar-open d="M5 1h20v12H5Z" {}
                            },
                        }
                        (self.flag)
                    }
                }
                @if !self.breaks.is_empty() { li { span.key-break aria-hidden="true" {} (t::chart_break(self.lang)) } }
            }
        }
    }

    fn swatch(&self, at: usize) -> Markup {
        let class = class(at);
        html! {
            svg.(class) width="30" height="14" viewBox="0 0 30 14" aria-hidden="true" focusable="false" {
                @match self.kind {
                    Kind::Lines => {
                        path.line d="M0 7h30" {}
                        path.dot d=(marker(at, 15.0, 7.0)) {}
                    }
                    Kind::Bars => {
                        rect.fill x="4" y="0" width="22" height="14" fill=(self.paint(at)) .hatched[at > 0] {}
                    }
                }
            }
        }
    }

    fn drawn(&self) -> impl Iterator<Item = &Series> {
        self.series.iter().take(SERIES_MAX)
    }

    fn svg(&self) -> Markup {
        let top = self
            .drawn()
            .flat_map(|series| series.points.iter().flatten())
            .map(|point| point.value)
            .fold(0.0, f64::max);
        let scale = Scale::new(top, self.labels.len());
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ (self.id) "-t " (self.id) "-d" } {
                title id={ (self.id) "-t" } { (self.title) }
                desc id={ (self.id) "-d" } { (self.about) }
                @if self.kind == Kind::Bars { (self.patterns()) }
                (self.axes(&scale))
                @for (at, series) in self.drawn().enumerate() {
                    g class=(class(at)) {
                        @match self.kind {
                            Kind::Lines => (self.line(&scale, at, series)),
                            Kind::Bars => (self.bars(&scale, at, series)),
                        }
                    }
                }
                (self.break_marks(&scale))
            }
        }
    }

    fn axes(&self, scale: &Scale) -> Markup {
        let full = self.labels.len().div_ceil(LABELS_MAX);
        // Steps at which quarters and years come out even.
        let step = [1, 2, 4, 8, 12, 20, 40, 80]
            .into_iter()
            .find(|step| *step >= full)
            .unwrap_or(full);
        let floor = coordinate(HEIGHT - BOTTOM);
        html! {
            @for tick in 0..=scale.ticks {
                @let value = scale.step * f64::from(tick);
                @let y = coordinate(scale.y(value));
                path class=(if tick == 0 { "axis" } else { "grid" }) d={ "M" (LEFT) " " (y) "H" (WIDTH - RIGHT) } {}
                text x=(LEFT - 8.0) y=(y) dy="4" text-anchor="end" { ((self.write)(value)) }
            }
            @for (at, label) in self.labels.iter().enumerate().step_by(step) {
                text x=(coordinate(scale.x(at))) y=(floor) dy="22" text-anchor="middle" { (label) }
            }
        }
    }

    /// Solid where both ends are sure, dotted where one is in doubt, nothing over gaps and breaks.
    fn line(&self, scale: &Scale, at: usize, series: &Series) -> Markup {
        let (mut solid, mut dotted) = (String::new(), String::new());
        let (mut dots, mut open) = (String::new(), String::new());
        let mut before: Option<(f64, f64, bool)> = None;
        for (place, point) in series.points.iter().enumerate().take(self.labels.len()) {
            let Some(point) = point else {
                before = None;
                continue;
            };
            let here = (scale.x(place), scale.y(point.value), point.flagged);
            if let Some(last) = before
                && !self.breaks.contains(&place)
            {
                let path = if last.2 || here.2 {
                    &mut dotted
                } else {
                    &mut solid
                };
                // Writing to a String doesn't fail.
                let _ = write!(
                    path,
                    "M{} {}L{} {}",
                    coordinate(last.0),
                    coordinate(last.1),
                    coordinate(here.0),
                    coordinate(here.1)
                );
            }
            if point.flagged { &mut open } else { &mut dots }.push_str(&marker(at, here.0, here.1));
            before = Some(here);
        }
        html! {
            @if !solid.is_empty() { path.line d=(solid) {} }
            @if !dotted.is_empty() { path.line.flagged d=(dotted) {} }
            @if !dots.is_empty() { path.dot d=(dots) {} }
            @if !open.is_empty() { path.dot.open d=(open) {} }
        }
    }

    fn bars(&self, scale: &Scale, at: usize, series: &Series) -> Markup {
        let beside = self.drawn().count().max(1) as f64;
        let width = (scale.slot() * 0.72 / beside).min(46.0);
        let floor = scale.y(0.0);
        let (mut sure, mut open) = (String::new(), String::new());
        for (place, point) in series.points.iter().enumerate().take(self.labels.len()) {
            let Some(point) = point else { continue };
            let left = scale.x(place) + width * (at as f64 - beside / 2.0);
            let y = scale.y(point.value);
            let path = if point.flagged { &mut open } else { &mut sure };
            let _ = write!(
                path,
                "M{} {}H{}V{}H{}Z",
                coordinate(left),
                coordinate(floor),
                coordinate(left + width * 0.92),
                coordinate(y),
                coordinate(left)
            );
        }
        html! {
            @if !sure.is_empty() { path.fill .hatched[at > 0] fill=(self.paint(at)) d=(sure) {} }
            @if !open.is_empty() { path.bar-open d=(open) {} }
        }
    }

    fn break_marks(&self, scale: &Scale) -> Markup {
        html! {
            @for &at in self.breaks.iter().filter(|at| **at > 0 && **at < self.labels.len()) {
                @let x = coordinate(scale.x(at) - scale.slot() / 2.0);
                path.break d={ "M" (x) " " (TOP - 12.0) "V" (HEIGHT - BOTTOM) } {}
            }
        }
    }

    /// What a series of bars is filled with: the first is plain, the others are hatched each in its way.
    fn paint(&self, at: usize) -> String {
        if at == 0 {
            "currentColor".to_owned()
        } else {
            format!("url(#{}-p{at})", self.id)
        }
    }

    fn patterns(&self) -> Markup {
        let strokes = [
            "",
            "M-2 8L8 -2M4 14L14 4",
            "M0 3H12M0 9H12",
            "M3 0V12M9 0V12",
        ];
        html! {
            defs {
                @for (at, stroke) in strokes.iter().enumerate().skip(1).take(self.drawn().count().saturating_sub(1)) {
                    pattern id={ (self.id) "-p" (at) } class=(class(at)) width="12" height="12" patternUnits="userSpaceOnUse" {
                        rect.fill width="12" height="12" {}
                        path.hatch d=(stroke) {}
                    }
                }
            }
        }
    }
}

fn class(at: usize) -> &'static str {
    ["s1", "s2", "s3", "s4"].get(at).copied().unwrap_or("s1")
}

/// Circle, square, triangle, diamond.
fn marker(at: usize, x: f64, y: f64) -> String {
    let (x, y) = (x, y);
    match at {
        0 => format!(
            "M{} {}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
            coordinate(x - 4.0),
            coordinate(y)
        ),
        1 => format!("M{} {}h7v7h-7Z", coordinate(x - 3.5), coordinate(y - 3.5)),
        2 => format!("M{} {}l4.6 8h-9.2Z", coordinate(x), coordinate(y - 5.0)),
        _ => format!("M{} {}l5 5l-5 5l-5 -5Z", coordinate(x), coordinate(y - 5.0)),
    }
}

/// Tenths of a point are finer than any screen shows here, and shorter.
fn coordinate(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// From values and places to points of the drawing.
struct Scale {
    step: f64,
    ticks: u32,
    places: usize,
}

impl Scale {
    /// Three to six lines at round numbers, the last at or above `top`.
    fn new(top: f64, places: usize) -> Self {
        let top = if top.is_finite() && top > 0.0 {
            top
        } else {
            1.0
        };
        let power = 10_f64.powf((top / 4.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|round| round * power)
            .into_iter()
            .find(|step| top / step <= 5.0)
            .unwrap_or(power * 10.0);
        let ticks = (top / step).ceil().clamp(1.0, 6.0) as u32;
        Self {
            step,
            ticks,
            places: places.max(1),
        }
    }

    fn y(&self, value: f64) -> f64 {
        let full = self.step * f64::from(self.ticks);
        HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value / full).clamp(0.0, 1.0)
    }

    /// The width that one label has.
    fn slot(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / self.places as f64
    }

    fn x(&self, at: usize) -> f64 {
        LEFT + self.slot() * (at as f64 + 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::number;

    fn chart(kind: Kind) -> Chart<'static> {
        let points = |values: [f64; 4], doubtful: usize| {
            let point = |(at, value)| {
                Some(Point {
                    value,
                    flagged: at == doubtful,
                })
            };
            values.into_iter().enumerate().map(point).collect()
        };
        let mut first: Vec<Option<Point>> = points([1900.0, 2_300.0, 2_050.0, 7_122.0], 9);
        first.insert(2, None);
        let mut second: Vec<Option<Point>> = points([300.0, 512.5, 488.0, 650.0], 1);
        second.push(Some(Point::sure(610.0)));
        Chart {
            id: "c",
            lang: Lang::En,
            title: "Incidents <by quarter>",
            about: "Rises.",
            kind,
            labels: (1..=5).map(|quarter| format!("2024 Q{quarter}")).collect(),
            series: vec![
                Series {
                    name: "All".into(),
                    points: first,
                },
                Series {
                    name: "Phishing & co".into(),
                    points: second,
                },
            ],
            breaks: vec![4],
            flag: t::chart_flagged(Lang::En),
            write: |value| number(value.round() as i64),
        }
    }

    #[test]
    fn lines() {
        insta::assert_snapshot!(
            chart(Kind::Lines)
                .render()
                .into_string()
                .replace("><", ">\n<")
        );
    }

    #[test]
    fn bars() {
        insta::assert_snapshot!(
            chart(Kind::Bars)
                .render()
                .into_string()
                .replace("><", ">\n<")
        );
    }

    #[test]
    fn scales_end_at_round_numbers() {
        for (top, step, ticks) in [
            (0.0, 0.2, 5),
            (7.0, 2.0, 4),
            (100.0, 20.0, 5),
            (7_122.0, 2_000.0, 4),
        ] {
            let scale = Scale::new(top, 4);
            assert!((scale.step - step).abs() < 1e-9, "{top}: {}", scale.step);
            assert_eq!(scale.ticks, ticks, "{top}");
        }
        assert!(Scale::new(f64::INFINITY, 0).slot().is_finite());
    }

    #[test]
    fn nothing_is_drawn_across_a_break_or_a_gap() {
        let drawn = chart(Kind::Lines).render().into_string();
        // First series: 1–2 is joined; 2–4 is a gap; 4–5 is a break.
        let solid = drawn.split("class=\"line\" d=\"").nth(3).unwrap();
        let solid = solid.split('"').next().unwrap();
        assert_eq!(solid.matches('L').count(), 1, "{solid}");
    }

    #[test]
    fn empty_charts_are_drawn_too() {
        let empty = Chart {
            labels: vec![],
            series: vec![],
            breaks: vec![3],
            ..chart(Kind::Bars)
        };
        assert!(empty.render().into_string().contains("<svg"));
    }
}
