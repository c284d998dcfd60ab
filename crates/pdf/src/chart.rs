//! Line charts, drawn as vectors.

use krilla::geom::Rect;
use krilla::tagging::{BBox, Tag};

use crate::face::{Faces, Weight};
use crate::flow::Flow;
use crate::model::{Chart, Point, Span};
use crate::scale::{Scale, decimals_of, number};
use crate::set::Setting;
use crate::sheet::{ACCENT, Area, GOAL, INK, LEFT, Mark, RIGHT, RULE, SOFT, Shape, WIDTH};
use crate::text::{Style, Text, clean};
use crate::tree::Tree;

const PLOT_HEIGHT: f32 = 150.0;
/// Unit above and labels below the plot.
const UNIT_HEIGHT: f32 = 18.0;
const LABEL_HEIGHT: f32 = 20.0;
const SMALL: Style = Style::new(Weight::Regular, 8.5, SOFT);

/// A chart, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadyChart {
    caption: Text,
    chart: Chart,
}

/// From values to places on the page.
struct Plot<'a> {
    area: Area,
    scale: Scale,
    points: &'a [Point],
    faces: &'a Faces,
}

impl ReadyChart {
    pub(crate) fn new(chart: &Chart, faces: &Faces) -> Self {
        Self {
            caption: Text::spans(
                &[Span::said(chart.caption.as_str(), chart.caption_language)],
                Style::new(Weight::Bold, 10.0, INK),
                WIDTH,
                faces,
            ),
            chart: chart.clone(),
        }
    }

    pub(crate) fn height(&self) -> f32 {
        10.0 + self.caption.height() + UNIT_HEIGHT + PLOT_HEIGHT + LABEL_HEIGHT
    }
}

impl Flow {
    pub(crate) fn chart(&mut self, ready: &ReadyChart, faces: &Faces) {
        self.space(10.0);
        let block = self.tree.open(Tree::ROOT, Tag::Div);
        if !ready.caption.lines.is_empty() {
            let caption = self.tree.open(block, Tag::Caption);
            self.lines(&ready.caption, &mut Setting::new(caption), LEFT, false);
        }
        let top = self.y;
        let bottom = top + UNIT_HEIGHT + PLOT_HEIGHT + LABEL_HEIGHT;
        let bbox = Rect::from_ltrb(LEFT, top, RIGHT, bottom)
            .map(|rect| BBox::new(self.sheet_index(), rect));
        let figure = Tag::Figure(Some(clean(&ready.chart.alt))).with_bbox(bbox);
        let figure = self.tree.open(block, figure);
        let mark = Mark::Content(self.tree.slot(figure));
        let shapes = shapes(&ready.chart, top, faces);
        self.sheet().draw(mark, shapes);
        self.y = bottom + 12.0;
    }
}

fn shapes(chart: &Chart, top: f32, faces: &Faces) -> Vec<Shape> {
    let values = chart
        .points
        .iter()
        .map(|point| point.y)
        .chain(chart.target.iter().map(|target| target.value));
    let scale = Scale::over(values);
    let labels: Vec<_> = scale
        .ticks
        .iter()
        .map(|tick| number(*tick, scale.decimals))
        .collect();
    let gutter = labels
        .iter()
        .map(|label| faces.width(SMALL.weight, label, SMALL.size))
        .fold(0.0, f32::max);
    let plot = Plot {
        area: Area {
            left: LEFT + gutter + 8.0,
            top: top + UNIT_HEIGHT,
            right: RIGHT - 4.0,
            bottom: top + UNIT_HEIGHT + PLOT_HEIGHT,
        },
        scale,
        points: &chart.points,
        faces,
    };
    let mut shapes = Vec::new();
    plot.grid(&labels, &chart.unit, &mut shapes);
    plot.labels(&mut shapes);
    if let Some(target) = &chart.target {
        plot.target(target.value, &target.label, &mut shapes);
    }
    plot.series(&mut shapes);
    plot.latest(
        chart.target.as_ref().map(|target| target.value),
        &mut shapes,
    );
    shapes
}

impl Plot<'_> {
    fn x(&self, value: f64) -> f32 {
        let first = self
            .points
            .iter()
            .map(|point| point.x)
            .fold(f64::INFINITY, f64::min);
        let last = self
            .points
            .iter()
            .map(|point| point.x)
            .fold(f64::NEG_INFINITY, f64::max);
        let part = if last > first {
            (value - first) / (last - first)
        } else {
            0.5
        };
        let (left, right) = (self.area.left + 16.0, self.area.right - 26.0);
        left + narrow(part) * (right - left)
    }

    fn y(&self, value: f64) -> f32 {
        let part = (value - self.scale.low) / (self.scale.high - self.scale.low);
        self.area.bottom - narrow(part) * (self.area.bottom - self.area.top)
    }

    fn words(&self, text: &str, style: Style, x: f32, y: f32, shapes: &mut Vec<Shape>) {
        let text = clean(text);
        if !text.is_empty() {
            shapes.push(Shape::Letters { x, y, text, style });
        }
    }

    fn grid(&self, labels: &[String], unit: &str, shapes: &mut Vec<Shape>) {
        for (tick, label) in self.scale.ticks.iter().zip(labels) {
            let y = self.y(*tick);
            shapes.push(Shape::Stroke {
                points: vec![(self.area.left, y), (self.area.right, y)],
                width: if *tick == 0.0 { 1.0 } else { 0.5 },
                colour: if *tick == 0.0 { SOFT } else { RULE },
                dashed: false,
            });
            let width = self.faces.width(SMALL.weight, label, SMALL.size);
            self.words(label, SMALL, self.area.left - 6.0 - width, y + 3.0, shapes);
        }
        self.words(unit, SMALL, LEFT, self.area.top - 8.0, shapes);
    }

    /// Labels under the points, as many as fit beside each other; the first and the last come first.
    fn labels(&self, shapes: &mut Vec<Shape>) {
        let mut taken: Vec<(f32, f32, &str)> = Vec::new();
        let last = self.points.len().saturating_sub(1);
        let order = [last, 0].into_iter().chain(1..last);
        for point in order.filter_map(|index| self.points.get(index)) {
            let width = self
                .faces
                .width(SMALL.weight, &clean(&point.label), SMALL.size);
            let left = (self.x(point.x) - width / 2.0).clamp(LEFT, (RIGHT - width).max(LEFT));
            let right = left + width;
            if taken
                .iter()
                .all(|(from, to, _)| right + 6.0 < *from || left - 6.0 > *to)
            {
                taken.push((left, right, &point.label));
            }
        }
        taken.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (left, _, label) in taken {
            self.words(label, SMALL, left, self.area.bottom + 14.0, shapes);
        }
    }

    fn target(&self, value: f64, label: &str, shapes: &mut Vec<Shape>) {
        let y = self.y(value);
        shapes.push(Shape::Stroke {
            points: vec![(self.area.left, y), (self.area.right, y)],
            width: 1.2,
            colour: GOAL,
            dashed: true,
        });
        let style = Style::new(Weight::Bold, 8.5, GOAL);
        // The label goes to the side of the line, and the end of it, where the series is not.
        let near = |point: Option<&Point>| point.map_or(0.0, |point| (self.y(point.y) - y).abs());
        let at_start = near(self.points.first()) > near(self.points.last());
        let width = self.faces.width(style.weight, &clean(label), style.size);
        let x = if at_start {
            self.area.left + 4.0
        } else {
            self.area.right - width - 4.0
        };
        let beside = if at_start {
            self.points.first()
        } else {
            self.points.last()
        };
        let under = beside.is_some_and(|point| self.y(point.y) < y) && self.area.bottom - y > 14.0;
        self.words(
            label,
            style,
            x,
            if under { y + 11.0 } else { y - 5.0 },
            shapes,
        );
    }

    fn series(&self, shapes: &mut Vec<Shape>) {
        let place = |point: &Point| (self.x(point.x), self.y(point.y));
        for part in self.points.chunk_by(|_, next| !next.broken) {
            if part.len() > 1 {
                shapes.push(Shape::Stroke {
                    points: part.iter().map(place).collect(),
                    width: 1.9,
                    colour: ACCENT,
                    dashed: false,
                });
            }
        }
        for (x, y) in self.points.iter().map(place) {
            shapes.push(Shape::Dot {
                x,
                y,
                radius: 3.0,
                colour: ACCENT,
            });
        }
    }

    /// The last value, above its point unless the frame or the target is in the way.
    fn latest(&self, target: Option<f64>, shapes: &mut Vec<Shape>) {
        let Some(point) = self.points.last() else {
            return;
        };
        let (x, y) = (self.x(point.x), self.y(point.y));
        let style = Style::new(Weight::Bold, 9.0, ACCENT);
        let text = number(point.y, decimals_of(point.y));
        let width = self.faces.width(style.weight, &text, style.size);
        let crowded = target.is_some_and(|target| (0.0..18.0).contains(&(y - self.y(target))));
        let under = (crowded || y - self.area.top < 10.0) && self.area.bottom - y > 18.0;
        let x = (x - width / 2.0).min(RIGHT - width);
        self.words(
            &text,
            style,
            x,
            if under { y + 14.0 } else { y - 7.0 },
            shapes,
        );
    }
}

/// To the precision of a page.
#[allow(clippy::cast_possible_truncation)]
fn narrow(value: f64) -> f32 {
    value as f32
}
