//! The rows of live measures, from every vintage of the public figures.

use std::collections::BTreeMap;

use cairn_desk::figures::QuarterFigures;
use cairn_kernel::money::decimals;
use cairn_track::live::{self, Ask, Known, LiveRow};
use cairn_track::plan::Missing;
use jiff::civil::Date;

use super::{LiveFigure, Why, date_of, period_of};
use crate::App;
use crate::figures::Figures;
use crate::report::AppError;

/// Rows by name and version of their query; each is a figure or its restatement.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    all: BTreeMap<(String, u32), Vec<LiveRow>>,
    /// Place of the newest row of each cell.
    last: BTreeMap<(String, u32, String, String), usize>,
}

/// What the quarter after that of the beginning says, if that was not a whole one.
struct Begun {
    next: Option<String>,
    why: String,
}

impl Begun {
    fn of(day: i64) -> Option<Self> {
        let date = date_of(day)?;
        let (year, month) = (i64::from(date.year()), i64::from(date.month()));
        let quarter = (month - 1) / 3 + 1;
        let whole = date.day() == 1 && month == (quarter - 1) * 3 + 1;
        let next = if quarter == 4 {
            format!("{}Q1", year + 1)
        } else {
            format!("{year}Q{}", quarter + 1)
        };
        Some(Self {
            next: (!whole).then_some(next),
            why: live::service_began(date),
        })
    }

    fn broken(&self, period: &str) -> Option<String> {
        let here = self.next.as_deref() == Some(period);
        here.then(|| self.why.clone())
    }
}

impl App {
    /// What each query gives, from every vintage of the public figures, the oldest first. Only one vintage is in memory at
    /// a time, and of it what is new.
    pub(crate) async fn live(&self) -> Result<Rows, AppError> {
        let mut rows = Rows::default();
        let mut days = self.vintages().await?;
        let begun = match days.first() {
            Some(newest) => self.figures_of(*newest).await?.live.begun,
            None => None,
        };
        let begun = begun.and_then(Begun::of);
        days.reverse();
        for day in days {
            let figures = self.figures_of(day).await?;
            let Some(vintage) = date_of(day) else {
                continue;
            };
            rows.take(&figures, vintage, begun.as_ref());
        }
        Ok(rows)
    }
}

impl Rows {
    /// The rows of a query.
    pub(crate) fn of(&self, ask: &Ask) -> Option<&[LiveRow]> {
        let key = (ask.known.name.to_owned(), ask.known.version);
        self.all.get(&key).map(Vec::as_slice)
    }

    fn take(&mut self, figures: &Figures, vintage: Date, begun: Option<&Begun>) {
        let blank = |period: &str| LiveRow {
            period: period.to_owned(),
            code: None,
            value: Err(Missing::Suppressed),
            interval: None,
            n: None,
            broken: begun.and_then(|begun| begun.broken(period)),
            note: String::new(),
            vintage,
            log_size: figures.log_size,
        };
        let factor = 10_i64.pow(u32::from(decimals(&figures.currency).unwrap_or(2)));
        for quarter in figures.quarters.iter().filter(|quarter| !quarter.running) {
            for (known, value) in published(quarter, factor) {
                let mut row = blank(&period_of(quarter.quarter));
                row.value = value.ok_or(Missing::Suppressed);
                self.push((known.name, known.version), row);
            }
        }
        for one in &figures.live.rows {
            let mut row = blank(&one.period);
            row.code.clone_from(&one.code);
            row.value = value(one);
            row.interval.clone_from(&one.interval);
            row.n = one.n;
            row.note.clone_from(&one.note);
            self.push((&one.name, one.version), row);
        }
    }

    fn push(&mut self, (name, version): (&str, u32), row: LiveRow) {
        let rows = self.all.entry((name.to_owned(), version)).or_default();
        let code = row.code.clone().unwrap_or_default();
        let cell = (name.to_owned(), version, row.period.clone(), code);
        let last = self.last.get(&cell).and_then(|at| rows.get(*at));
        if !last.is_some_and(|last| row.is_again(last)) {
            self.last.insert(cell, rows.len());
            rows.push(row);
        }
    }
}

/// What the figures themselves tell of a quarter.
fn published(quarter: &QuarterFigures, factor: i64) -> [(Known, Option<String>); 3] {
    [
        (
            live::REPORTS_RECEIVED,
            quarter.incidents.count().map(|count| count.to_string()),
        ),
        (
            live::DIRECT_LOSS,
            quarter.loss_minor.map(|minor| (minor / factor).to_string()),
        ),
        (
            live::SHARE_WITH_LOSS,
            quarter
                .share_with_loss
                .map(|share| format!("{}.{}", share / 10, share % 10)),
        ),
    ]
}

fn value(one: &LiveFigure) -> Result<String, Missing> {
    match (&one.value, one.why) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(Why::NotYet)) => Err(Missing::Missing),
        (None, _) => Err(Missing::Suppressed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_after_an_incomplete_one_is_a_break() {
        let broken = |day, period| Begun::of(day).unwrap().broken(period).is_some();
        assert!(broken(20_240_512, "2024Q3") && broken(20_241_201, "2025Q1"));
        assert!(!broken(20_240_512, "2024Q2") && !broken(20_240_512, "2024Q4"));
        assert!(!broken(20_240_401, "2024Q3"), "a whole quarter");
    }

    #[test]
    fn a_figure_is_kept_when_it_is_new() {
        let mut rows = Rows::default();
        let row = |value: &str, day| LiveRow {
            period: "2026Q1".into(),
            code: None,
            value: Ok(value.into()),
            interval: None,
            n: None,
            broken: None,
            note: String::new(),
            vintage: Date::new(2026, 5, day).unwrap(),
            log_size: 1,
        };
        for (value, day) in [("3", 1), ("3", 2), ("6", 3), ("3", 4)] {
            rows.push(("x", 1), row(value, day));
        }
        let days: Vec<i8> = rows.all[&("x".to_owned(), 1)]
            .iter()
            .map(|row| row.vintage.day())
            .collect();
        assert_eq!(days, [1, 3, 4]);
    }
}
