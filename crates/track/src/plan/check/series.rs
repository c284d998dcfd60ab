//! Series: who uses them, their dimensions, sources and vintages.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::{Faults, did_you_mean, short};
use super::super::model::Dimension;
use super::super::parse::{SERIES, SERIES_COLUMNS};
use super::super::series::{Row, Series};
use super::Checker;
use crate::share;

/// Flags of values that may be known before their period has ended.
const AHEAD: &[&str] = &["planned", "provisional", "estimated"];

impl<'p> Checker<'p> {
    pub(super) fn series(&self) {
        let uses = self.uses();
        let editions = self.plan.editions.iter();
        let mut measures = editions.map(|edition| Self::path(edition, "measures.toml"));
        let measures_broken = measures.any(|file| self.faults.is_broken(&file));
        let all: Vec<&Series> = self.plan.series.values().collect();
        let (plan, files, broken) = (self.plan, self.files, self.faults.all_broken());
        // Large plans have thousands of series: each is checked on its own.
        let found = share::map(&all, |series| {
            let faults = Faults::after(broken.clone());
            let checker = Checker {
                plan,
                files,
                faults: &faults,
            };
            let used = uses.get(series.id.as_str());
            checker.one(series, used.map(Vec::as_slice), measures_broken);
            faults
        });
        for faults in found {
            self.faults.absorb(faults);
        }
    }

    /// One series, with the dimensions of the measures that use it.
    fn one(&self, series: &Series, used: Option<&[&Dimension]>, measures_broken: bool) {
        let file = format!("{SERIES}{}.csv", series.id);
        if used.is_none() && !self.faults.any_broken() {
            let what = format!("no measure uses the series `{}`", short(&series.id));
            let mend = "Name it in a measure, or remove the file";
            self.faults
                .warn((&file, (1, 0)), "unused-series", what, mend);
        }
        if !self.faults.is_broken(&file) {
            if !measures_broken {
                self.columns(&file, series, used.unwrap_or_default());
            }
            self.rows(&file, series);
        }
    }

    /// The dimensions of all measures that use a series, by its id.
    fn uses(&self) -> BTreeMap<&'p str, Vec<&'p Dimension>> {
        let mut uses: BTreeMap<&str, Vec<&Dimension>> = BTreeMap::new();
        for measure in self.plan.editions.iter().flat_map(|e| &e.measures) {
            if let Some(id) = &measure.series {
                uses.entry(id).or_default().extend(&measure.disaggregation);
            }
        }
        uses
    }

    /// Columns and values that no measure knows.
    fn columns(&self, file: &str, series: &Series, dimensions: &[&Dimension]) {
        for (at, name) in series.dimensions.iter().enumerate() {
            let mut ours = dimensions.iter().filter(|d| d.name == *name).peekable();
            if ours.peek().is_none() {
                let what = format!("unknown column `{}`", short(name));
                let known = dimensions.iter().map(|d| d.name.as_str());
                let known = known.chain(SERIES_COLUMNS.iter().copied());
                let otherwise = "Take it out, or name it in `disaggregation` of the measure";
                let place = (file, (1, self.column_of(file, name, at)));
                let mend = did_you_mean(name, known, otherwise);
                self.faults.error(place, "unknown-column", what, mend);
                continue;
            }
            let lists: Vec<&Vec<String>> = ours.map(|dimension| &dimension.values).collect();
            if lists.iter().all(|values| !values.is_empty()) {
                let known = lists.into_iter().flatten().map(String::as_str).collect();
                self.values_of(file, series, name, &known);
            }
        }
    }

    fn values_of(&self, file: &str, series: &Series, name: &str, known: &BTreeSet<&str>) {
        let mut named = BTreeSet::new();
        for row in &series.rows {
            let Some(value) = row.dims.get(name) else {
                continue;
            };
            if !known.contains(value.as_str()) && named.insert(value) {
                let what = format!(
                    "`{}` is no value of the dimension `{}`",
                    short(value),
                    short(name)
                );
                let otherwise =
                    "Add it to `values` of the dimension, or leave the field empty for the total";
                let mend = did_you_mean(value, known.iter().copied(), otherwise);
                let place = (file, (row.line, 0));
                self.faults.error(place, "unknown-value", what, mend);
            }
        }
    }

    fn rows(&self, file: &str, series: &Series) {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for row in &series.rows {
            let source = &*row.source;
            if !known.contains(source) {
                self.source((file, (row.line, 0)), source, "the row");
                known.insert(source);
            }
            self.vintage(file, row);
        }
    }

    fn vintage(&self, file: &str, row: &Row) {
        let ahead = AHEAD.iter().any(|flag| row.is_flagged(flag));
        if row.value.is_some() && !ahead && row.vintage.last_day() < row.period.end() {
            let what = format!(
                "the figure of vintage {} was published before its period {} had ended",
                row.vintage, row.period
            );
            let mend =
                "Correct `vintage`, or write `provisional` or `planned` in the column `flag`";
            self.faults
                .warn((file, (row.line, 0)), "early-vintage", what, mend);
        }
    }

    /// Number of a column, from its header; columns of dimensions need not be the last ones.
    fn column_of(&self, file: &str, name: &str, otherwise: usize) -> u32 {
        let header = self.files.get(file).unwrap_or_default();
        let header = header.split(|byte| matches!(byte, b'\n' | b'\r')).next();
        let header = String::from_utf8_lossy(header.unwrap_or_default());
        let at = header
            .trim_start_matches('\u{feff}')
            .split(',')
            .position(|column| column.trim().trim_matches('"') == name);
        u32::try_from(at.unwrap_or(otherwise) + 1).unwrap_or(0)
    }
}
