//! What owners filed and the office accepted.

use std::collections::BTreeMap;

use super::super::fault::short;
use super::super::model::{Edition, Returned, Said};
use super::{Checker, Known};

/// The file of returns.
const FILE: &str = "returns.toml";

impl Checker<'_> {
    pub(super) fn returns(&self, edition: &Edition) {
        let file = Self::path(edition, FILE);
        for one in &edition.returns {
            let by = format!("return `{}`", short(&one.id));
            for source in &one.evidence {
                self.source((&file, one.at.key("evidence")), source, &by);
            }
            if one.accepted < one.filed {
                let what = format!(
                    "{by} was accepted on {}, before it was filed on {}",
                    one.accepted, one.filed
                );
                let mend = "Correct `accepted` or `filed`";
                let place = (file.as_str(), one.at.key("accepted"));
                self.faults
                    .error(place, "accepted-before-filed", what, mend);
            }
            match &one.said {
                Said::Note { on, .. } | Said::Dissent { on, .. } => {
                    self.about(edition, on, (&file, one.at.key("on")), &by);
                }
                Said::Progress { .. } => self.progress(edition, &file, one, &by),
            }
        }
    }

    fn progress(&self, edition: &Edition, file: &str, one: &Returned, by: &str) {
        let Said::Progress {
            initiative: id,
            milestone,
            action,
            done,
            ..
        } = &one.said
        else {
            return;
        };
        if one.evidence.is_empty() && one.at.keys.contains_key("evidence") {
            let what = format!("{by} names no source");
            let mend = "Name at least one source of sources.csv in `evidence`";
            let place = (file, one.at.key("evidence"));
            self.faults
                .error(place, "return-without-evidence", what, mend);
        }
        if milestone.is_some() && action.is_some() {
            let what = format!("{by} is about a milestone and an action");
            let mend = "Take one of them out, and write another return for it";
            self.faults
                .error((file, one.at.key("action")), "two-steps", what, mend);
        }
        let theirs = Self::path(edition, "initiatives.toml");
        let ids = edition.initiatives.iter().map(|i| i.id.as_str()).collect();
        let known = Known {
            code: "unknown-initiative",
            noun: "initiative",
            file: &theirs,
            ids: &ids,
        };
        self.refer((file, one.at.key("initiative")), id, by, known);
        let Some(initiative) = edition.initiative(id) else {
            return;
        };
        let milestones = initiative.milestones.iter().map(|m| m.id.as_str());
        let actions = initiative.actions.iter().map(|a| a.id.as_str());
        for (key, code, ids, named) in [
            (
                "milestone",
                "unknown-milestone",
                milestones.collect(),
                milestone,
            ),
            ("action", "unknown-action", actions.collect(), action),
        ] {
            let known = Known {
                code,
                noun: key,
                file: &theirs,
                ids: &ids,
            };
            if let Some(named) = named {
                self.refer((file, one.at.key(key)), named, by, known);
            }
        }
        if let Some(done) = done {
            let first = self.first_published(id);
            let name = format!("{by} says that it");
            self.done_when(file, (&name, &one.at), *done, (first, edition.as_of));
        }
    }

    /// Names ids that are there twice, in whatever edition.
    pub(super) fn return_ids(&self) {
        let mut seen: BTreeMap<&str, (String, u32)> = BTreeMap::new();
        let editions = self.plan.editions.iter();
        for (edition, one) in editions.flat_map(|e| e.returns.iter().map(move |one| (e, one))) {
            let file = Self::path(edition, FILE);
            let place = one.at.key("id");
            if one.id.is_empty() {
                continue;
            }
            if let Some((other, line)) = seen.get(one.id.as_str()) {
                let what = format!(
                    "the return `{}` is on line {line} of {other} as well",
                    short(&one.id)
                );
                let mend = "Take one of them out, or give each return an id of its own";
                self.faults
                    .error((&file, place), "duplicate-id", what, mend);
            } else {
                seen.insert(&one.id, (file, place.0));
            }
        }
    }
}
