//! What became of what the edition before had: nothing vanishes in silence.

use std::collections::BTreeSet;

use super::super::fault::{did_you_mean, short};
use super::super::model::{Edition, Ended, How, What};
use super::editions::file_of;
use super::{Checker, Known};

/// What may end.
const KINDS: [What; 3] = [What::Goal, What::Initiative, What::Measure];

impl Checker<'_> {
    pub(super) fn endings(&self, before: Option<&Edition>, now: &Edition) {
        let file = Self::path(now, "endings.toml");
        for what in KINDS {
            let ids = |edition: &Edition| -> BTreeSet<String> {
                let all = edition.ids(what).into_iter();
                all.map(|(id, _)| id.to_owned()).collect()
            };
            let (old, new) = (before.map(ids).unwrap_or_default(), ids(now));
            let broken = self.faults.is_broken(&Self::path(now, file_of(what)))
                || self.faults.is_broken(&file);
            if let Some(before) = before.filter(|_| !broken) {
                self.vanished(before, now, what, &new);
            }
            let mut seen = BTreeSet::new();
            for ended in now.ended.iter().filter(|ended| ended.what == what) {
                let place = (file.as_str(), ended.at.key("id"));
                if !seen.insert(ended.id.as_str()) {
                    let what = format!("the {what} `{}` ends twice", short(&ended.id));
                    let mend = "Take one of the endings out";
                    self.faults.error(place, "duplicate-ending", what, mend);
                } else {
                    self.ended(place, ended, (before, &old), &new);
                }
                self.heirs(&file, ended, now, &new);
            }
        }
    }

    fn vanished(&self, before: &Edition, now: &Edition, what: What, new: &BTreeSet<String>) {
        let file = Self::path(before, file_of(what));
        for (id, at) in before.ids(what) {
            let ended = now.ended.iter().any(|e| e.what == what && e.id == id);
            if id.is_empty() || new.contains(id) || ended {
                continue;
            }
            let words = format!(
                "{what} `{}` is not in edition `{}` any more",
                short(id),
                now.id
            );
            let mend = format!(
                "Say in `{}` what became of it, or add it to `{}`",
                Self::path(now, "endings.toml"),
                Self::path(now, file_of(what))
            );
            let place = (file.as_str(), at.key("id"));
            self.faults.error(place, "vanished", words, mend);
        }
    }

    fn ended(
        &self,
        place: (&str, (u32, u32)),
        ended: &Ended,
        (before, old): (Option<&Edition>, &BTreeSet<String>),
        new: &BTreeSet<String>,
    ) {
        let (kind, id) = (ended.what, ended.id.as_str());
        if id.is_empty() {
            return;
        }
        if new.contains(id) {
            let what = format!("the {kind} `{}` ended, and is still there", short(id));
            let mend = "Take the ending out, or take it out of the edition";
            self.faults.error(place, "ended-exists", what, mend);
            return;
        }
        let broken = before
            .is_some_and(|edition| self.faults.is_broken(&Self::path(edition, file_of(kind))));
        if !old.contains(id) && !broken {
            let what = format!("the {kind} `{}` ended, and never was there", short(id));
            let otherwise = "Name one of the edition before, or take the ending out";
            let mend = did_you_mean(id, old.iter().map(String::as_str), otherwise);
            self.faults.error(place, "ended-unknown", what, mend);
        }
    }

    /// What took its place.
    fn heirs(&self, file: &str, ended: &Ended, now: &Edition, new: &BTreeSet<String>) {
        let by = format!("the ending of `{}`", short(&ended.id));
        let ids = new.iter().map(String::as_str).collect();
        let theirs = Self::path(now, file_of(ended.what));
        let known = Known {
            code: "unknown-heir",
            noun: ended.what.as_str(),
            file: &theirs,
            ids: &ids,
        };
        for heir in &ended.into {
            self.refer((file, ended.at.key("into")), heir, &by, known);
        }
        if ended.how == How::Renamed && ended.into.is_empty() {
            let what = format!("{by} says that it was renamed, and not into what");
            let mend = "Add `into = [\"…\"]`: its new id";
            let place = (file, ended.at.key("how"));
            self.faults.error(place, "renamed-into-nothing", what, mend);
        }
        self.source((file, ended.at.key("source")), &ended.source, &by);
    }
}
