//! Reading a plan: every file on its own, then what they say about each other.

use super::check;
use super::fault::{Fault, Faults};
use super::files::Files;
use super::limits::FILES_MAX;
use super::model::Plan;
use super::parse;
use super::returned;
use crate::live;

impl Plan {
    /// Reads a plan with all its faults, ordered by file, line and column. There is a plan if no fault is an error.
    #[must_use]
    pub fn read(files: &Files) -> (Option<Self>, Vec<Fault>) {
        let (plan, faults) = Self::sketch(files);
        let sound = !faults.iter().any(Fault::is_error);
        (sound.then_some(plan), faults)
    }

    /// As [`Self::read`], but with a plan in any case, for showing it while it is written: what could not be read is
    /// left out or empty, and ids may name nothing. Not for publishing.
    #[must_use]
    pub fn sketch(files: &Files) -> (Self, Vec<Fault>) {
        let faults = Faults::default();
        if files.len() > FILES_MAX {
            faults.error(
                ("plan.toml", (0, 0)),
                "too-many",
                format!("the plan has more than {FILES_MAX} files"),
                "Keep only the plan's own files in its folder",
            );
            return (parse::empty(), faults.into_list());
        }
        let mut plan = parse::plan(files, &faults);
        take_live(&mut plan);
        check::plan(&plan, files, &faults);
        returned::take_in(&mut plan);
        (plan, faults.into_list())
    }
}

/// A measure with a query takes its values from the query's series, where a running cairn has written it.
fn take_live(plan: &mut Plan) {
    let measures = plan
        .editions
        .iter_mut()
        .flat_map(|edition| &mut edition.measures);
    for measure in measures {
        let id = measure.query.as_ref().map(live::series_id);
        if measure.series.is_none() && id.as_ref().is_some_and(|id| plan.series.contains_key(id)) {
            measure.series = id;
        }
    }
}
