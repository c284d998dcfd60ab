//! Measures: references, targets, and the columns of their series.

use std::collections::BTreeSet;

use super::super::fault::{did_you_mean, short};
use super::super::model::{Edition, Measure, TargetKind};
use super::super::parse::SERIES;
use super::{Checker, Known};
use crate::live;

impl Checker<'_> {
    pub(super) fn measures(&self, edition: &Edition) {
        let file = Self::path(edition, "measures.toml");
        let goals_file = Self::path(edition, "goals.toml");
        let all = edition.measures.iter();
        self.unique(&file, "measure", all.map(|m| (m.id.as_str(), &m.at)));
        let ids = edition.goals.iter().map(|g| g.id.as_str()).collect();
        let goals = Known {
            code: "unknown-goal",
            noun: "goal",
            file: &goals_file,
            ids: &ids,
        };
        for measure in &edition.measures {
            let by = format!("measure `{}`", short(&measure.id));
            self.refer((&file, measure.at.key("goal")), &measure.goal, &by, goals);
            self.source((&file, measure.at.key("source")), &measure.source, &by);
            self.target(&file, measure, &by);
            self.values(&file, measure, &by);
            self.group(&file, measure, &by);
        }
    }

    fn target(&self, file: &str, measure: &Measure, by: &str) {
        let Some(target) = measure.target_set() else {
            return;
        };
        let place = (file, measure.at.key("target"));
        let unnamed = measure.comparators.is_empty() && measure.comparators_missing.is_none();
        if target.kind == TargetKind::Relative && unnamed {
            let what = format!("the target of {by} is relative, and nothing says to whom");
            let mend =
                "Add `comparators = [\"…\"]`, or `comparators_missing = \"…\"`: why none are named";
            self.faults.error(place, "no-comparators", what, mend);
        }
        if let Some(baseline) = &measure.baseline
            && target.year <= baseline.period.year()
        {
            let what = format!(
                "the target year {} of {by} is not after its baseline {}",
                target.year, baseline.period
            );
            let mend = "Correct `year` of the target, or `period` of the baseline";
            self.faults
                .error(place, "target-before-baseline", what, mend);
        }
    }

    /// Where the values come from.
    fn values(&self, file: &str, measure: &Measure, by: &str) {
        let live = measure.query.as_ref().map(live::series_id);
        if let Some(query) = &measure.query
            && live::known(query).is_none()
        {
            let what = format!(
                "{by} asks `{}` of version {}, which this cairn does not answer",
                query.name, query.version
            );
            let known: Vec<String> = live::KNOWN
                .iter()
                .map(|known| format!("`{}` of version {}", known.name, known.version))
                .collect();
            let mend = format!("Take one of {}", known.join(", "));
            let place = (file, measure.at.key("query"));
            self.faults.error(place, "unknown-query", what, mend);
        }
        if let Some(known) = measure.query.as_ref().and_then(live::known)
            && (measure.series.is_none() || measure.series == live)
        {
            for dimension in &measure.disaggregation {
                self.live_dimension(file, measure, (&dimension.name, known.dimension), by);
            }
        }
        if measure.series.is_some() && live.is_some() && measure.series != live {
            let what = format!("{by} has a series and a query");
            let mend = "Take one of them out: values come from one place";
            let place = (file, measure.at.key("query"));
            self.faults.error(place, "two-origins", what, mend);
        }
        let Some(id) = &measure.series else {
            if measure.query.is_none() && !measure.disaggregation.is_empty() {
                let what = format!("{by} is broken down, and has neither a series nor a query");
                let mend = "Take `disaggregation` out until there is a series";
                let place = (file, measure.at.key("disaggregation"));
                self.faults
                    .error(place, "nothing-to-break-down", what, mend);
            }
            return;
        };
        let ids: BTreeSet<&str> = self.plan.series.keys().map(String::as_str).collect();
        let path = format!("{SERIES}{id}.csv");
        let known = Known {
            code: "unknown-series",
            noun: "series",
            file: &path,
            ids: &ids,
        };
        self.refer((file, measure.at.key("series")), id, by, known);
        let Some(series) = self
            .plan
            .series
            .get(id)
            .filter(|_| !self.faults.is_broken(&path))
        else {
            return;
        };
        for dimension in &measure.disaggregation {
            let name = &dimension.name;
            if !name.is_empty() && !series.dimensions.contains(name) {
                let what = format!(
                    "{by} is broken down by `{}`, and `{path}` has no such column",
                    short(name)
                );
                let known = series.dimensions.iter().map(String::as_str);
                let mend = did_you_mean(name, known, "Add the column, or take the dimension out");
                let place = (file, measure.at.key("disaggregation"));
                self.faults.error(place, "unknown-dimension", what, mend);
            }
        }
    }

    /// A running cairn writes the columns that the query has: another one would keep it from showing the plan.
    fn live_dimension(
        &self,
        file: &str,
        measure: &Measure,
        (name, has): (&str, Option<&str>),
        by: &str,
    ) {
        if name.is_empty() || Some(name) == has {
            return;
        }
        let what = format!(
            "{by} is broken down by `{}`, and its query is not",
            short(name)
        );
        let mend = has.map_or_else(
            || "Take the dimension out".to_owned(),
            |has| format!("Write `{has}`, or take the dimension out"),
        );
        let place = (file, measure.at.key("disaggregation"));
        self.faults.error(place, "unknown-dimension", what, &mend);
    }

    fn group(&self, file: &str, measure: &Measure, by: &str) {
        let empty = measure.groups().iter().any(|name| name.trim().is_empty());
        if empty {
            let what = format!("{by} lies in a group without a name");
            let mend = "Write names parted by single slashes, such as `safety/online`";
            let place = (file, measure.at.key("group"));
            self.faults.error(place, "bad-group", what, mend);
        }
    }
}
