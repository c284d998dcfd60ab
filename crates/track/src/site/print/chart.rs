//! Charts on paper: the same values, target and sentence as on the page.

use cairn_pdf::{Chart, Language, Point, Target};

use crate::report::MeasureReport;
use crate::site::chart::{ChartRow, ChartWords};
use crate::site::context::Context;
use crate::site::{data, figure, words as w};

/// Larger numbers are not drawn.
const DRAWN_MAX: f64 = 1e15;

/// The chart of a measure; `None` if it has no value that can be drawn.
pub(super) fn of(cx: &Context<'_>, one: &MeasureReport<'_>) -> Option<Chart> {
    let lang = cx.lang();
    let model = figure::model(cx, one);
    let points = points(&model.rows);
    if points.is_empty() {
        return None;
    }
    let (unit, _) = one.measure.unit.get(lang.as_str());
    let (title, is_translated) = one.measure.title.get(lang.as_str());
    let target = model.target.filter(|(_, value)| is_drawn(*value));
    Some(Chart {
        caption: format!("{title} ({unit})"),
        caption_language: (!is_translated).then_some(Language::English),
        alt: format!("{title}. {}", model.about(ChartWords::of(lang.as_str()))),
        unit: unit.to_owned(),
        points,
        target: target.map(|(year, value)| Target {
            value,
            label: format!(
                "{}: {}",
                w::target(lang),
                w::target_by(lang, data::shortest(value), year.floor())
            ),
        }),
    })
}

fn is_drawn(value: f64) -> bool {
    value.is_finite() && value.abs() <= DRAWN_MAX
}

/// What was measured. No line goes over a missing value or a break.
fn points(rows: &[ChartRow]) -> Vec<Point> {
    let mut points = Vec::new();
    let mut broken = false;
    for row in rows {
        broken |= row.brk.is_some() || row.missing.is_some();
        let value = row.value.filter(|value| is_drawn(*value) && !row.planned);
        if let Some(y) = value {
            points.push(Point {
                x: row.at,
                y,
                label: row.label.clone(),
                broken: std::mem::take(&mut broken),
            });
        }
    }
    points
}
