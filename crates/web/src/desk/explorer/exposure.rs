//! How exposed a constituent is, on its page.

use cairn_app::explorer::{Exposure, KINDS_MAX};
use maud::{Markup, html};

use super::{counted, href};
use crate::chart::{Chart, Kind, Point, Series};
use crate::components::{Column, Hue, machine, table, tag};
use crate::i18n::{Lang, number, t};

/// Types in the table.
const KINDS_SHOWN: usize = 50;

/// What machines observed of its own, by week and type.
pub(in crate::desk) fn of(l: Lang, no: u32, exposure: &Exposure) -> Markup {
    let weeks = exposure.weeks.len() as u64;
    html! {
        h2 #exposure { (t::explorer_exposure(l)) }
        @if exposure.total() == 0 { p { (t::explorer_exposure_none(l, weeks)) } }
        @else {
            p { (t::explorer_exposure_lead(l, weeks)) }
            (drawing(l, exposure))
            (kinds(l, exposure))
            p { (t::explorer_exposure_fresh(l, counted(exposure.fresh))) }
        }
        p { a href=(href(&format!("owner:{no} since:90d"), None)) { (t::explorer_exposure_explore(l)) } }
    }
}

fn name(l: Lang, kind: &str) -> String {
    if kind.is_empty() {
        t::explorer_value_other(l).to_owned()
    } else {
        kind.to_owned()
    }
}

fn drawing(l: Lang, exposure: &Exposure) -> Markup {
    let line = |name: String, weeks: &[u64]| Series {
        name,
        points: weeks
            .iter()
            .map(|count| Some(Point::sure(*count as f64)))
            .collect(),
    };
    let kinds = exposure.kinds.iter().take(KINDS_MAX);
    let mut series: Vec<Series> = kinds
        .map(|(kind, weeks)| line(name(l, kind), weeks))
        .collect();
    let mut rest = vec![0; exposure.weeks.len()];
    for (_, weeks) in exposure.kinds.iter().skip(KINDS_MAX) {
        for (sum, count) in rest.iter_mut().zip(weeks) {
            *sum += count;
        }
    }
    if rest.iter().any(|count| *count > 0) {
        series.push(line(t::explorer_exposure_rest(l).to_owned(), &rest));
    }
    let label = |begin: &i64| {
        let text = cairn_kernel::time::Micros(*begin).to_string();
        text.get(..10).unwrap_or_default().to_owned()
    };
    Chart {
        id: "exposure-chart",
        lang: l,
        title: t::explorer_exposure(l),
        about: &t::explorer_exposure_about(l, counted(exposure.total())),
        kind: Kind::Lines,
        labels: exposure.weeks.iter().map(label).collect(),
        series,
        breaks: Vec::new(),
        flag: "",
        write: |value| number(value as i64),
    }
    .render()
}

fn kinds(l: Lang, exposure: &Exposure) -> Markup {
    let columns = [
        Column::text(t::explorer_type(l)),
        Column::number(t::explorer_exposure_there(l)),
        Column::number(t::explorer_exposure_gone(l)),
        Column::number(t::explorer_exposure_recent(l)),
        Column::number(t::explorer_exposure_weeks(l)),
    ];
    let cells = |(kind, weeks): &(String, Vec<u64>)| {
        let recent = exposure.recent.get(kind).copied().unwrap_or(0);
        let (there, gone) = exposure.standing.get(kind).copied().unwrap_or_default();
        vec![
            machine(&name(l, kind)),
            html! { @if there > 0 { (tag(Hue::Amber, &counted(there))) } @else { (counted(there)) } },
            html! { (counted(gone)) },
            html! { (counted(recent)) },
            html! { (counted(weeks.iter().sum())) },
        ]
    };
    let rows: Vec<Vec<Markup>> = exposure.kinds.iter().take(KINDS_SHOWN).map(cells).collect();
    html! {
        (table(t::explorer_exposure(l), &columns, &rows))
        p.hint {
            (t::explorer_exposure_standing(l))
            @if exposure.partly { " " (t::explorer_exposure_partly(l)) }
        }
    }
}
