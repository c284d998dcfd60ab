//! Reading a plan: every file on its own, then what they say about each other.

use super::check;
use super::fault::{Fault, Faults};
use super::files::Files;
use super::limits::FILES_MAX;
use super::model::Plan;
use super::parse;

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
        let plan = parse::plan(files, &faults);
        check::plan(&plan, files, &faults);
        (plan, faults.into_list())
    }
}
