//! An edition: its days, its signatures, its themes and goals, and notes.

use std::collections::BTreeSet;

use super::super::fault::short;
use super::super::model::{About, Edition, Status, What};
use super::super::parse::PLAN_FILE;
use super::{Checker, Known};

impl Checker<'_> {
    pub(super) fn edition(&self, edition: &Edition) {
        self.days(edition);
        self.signatures(edition);
        self.tree(edition);
        self.notes(edition);
    }

    fn days(&self, edition: &Edition) {
        let file = Self::path(edition, "edition.toml");
        if let Some(published) = edition.published
            && edition.as_of > published
        {
            let what = format!(
                "the edition sees figures up to {}, after its publication on {published}",
                edition.as_of
            );
            let mend = "Write a day for `as_of` that is not after `published`";
            let place = (file.as_str(), edition.at.key("as_of"));
            self.faults
                .error(place, "as-of-after-published", what, mend);
        }
        let Some(before) = self.plan.before(&edition.id) else {
            return;
        };
        if let (Some(earlier), Some(published)) = (before.published, edition.published)
            && earlier > published
        {
            let what = format!(
                "edition `{}` was published before edition `{}`, which is listed first",
                edition.id, before.id
            );
            let mend = "List editions in plan.toml oldest first, or correct `published`";
            let place = (file.as_str(), edition.at.key("published"));
            self.faults
                .error(place, "editions-out-of-order", what, mend);
        }
    }

    fn signatures(&self, edition: &Edition) {
        let file = Self::path(edition, "edition.toml");
        if edition.status != Status::Frozen || self.faults.is_broken(&file) {
            return;
        }
        if edition.published.is_none() && !edition.at.keys.contains_key("published") {
            let mend = "Add `published = \"…\"`: the day of publication";
            let place = (file.as_str(), edition.at.key("status"));
            let what = "the frozen edition has no day of publication";
            self.faults.error(place, "frozen-unpublished", what, mend);
        }
        let roles: BTreeSet<&str> = edition.signed_off.iter().map(|s| s.role.as_str()).collect();
        if roles.len() < 2 {
            let what = format!(
                "the frozen edition is signed off in {} {}, not in two",
                roles.len(),
                if roles.len() == 1 { "role" } else { "roles" }
            );
            let mend = "Add sign-offs in two different roles, or write `status = \"draft\"`";
            let key = if edition.signed_off.is_empty() {
                "status"
            } else {
                "signed_off"
            };
            let place = (file.as_str(), edition.at.key(key));
            self.faults.error(place, "frozen-unsigned", what, mend);
        }
    }

    fn tree(&self, edition: &Edition) {
        let themes_file = Self::path(edition, "themes.toml");
        let goals_file = Self::path(edition, "goals.toml");
        let themes = edition.themes.iter().map(|t| (t.id.as_str(), &t.at));
        self.unique(&themes_file, "theme", themes);
        let goals = edition.goals.iter().map(|g| (g.id.as_str(), &g.at));
        self.unique(&goals_file, "goal", goals);
        let ids = edition.themes.iter().map(|t| t.id.as_str()).collect();
        let known = Known {
            code: "unknown-theme",
            noun: "theme",
            file: &themes_file,
            ids: &ids,
        };
        for goal in &edition.goals {
            let by = format!("goal `{}`", short(&goal.id));
            if let Some(theme) = &goal.theme {
                self.refer((&goals_file, goal.at.key("theme")), theme, &by, known);
            }
            self.source((&goals_file, goal.at.key("source")), &goal.source, &by);
        }
    }

    fn notes(&self, edition: &Edition) {
        let file = Self::path(edition, "notes.toml");
        for note in &edition.notes {
            self.about(edition, &note.on, (&file, note.at.key("on")), "the note");
        }
        for dissent in &edition.dissents {
            self.about(
                edition,
                &dissent.on,
                (&file, dissent.at.key("on")),
                "the dissent",
            );
        }
    }

    pub(super) fn about(&self, edition: &Edition, on: &About, place: (&str, (u32, u32)), by: &str) {
        let ids = edition.ids(on.what).into_iter().map(|(id, _)| id).collect();
        let file = Self::path(edition, file_of(on.what));
        let known = Known {
            code: "unknown-subject",
            noun: on.what.as_str(),
            file: &file,
            ids: &ids,
        };
        self.refer(place, &on.id, by, known);
    }

    /// Narratives that the newest edition must have.
    pub(super) fn texts_of_plan(&self, edition: &Edition) {
        for name in &self.plan.texts {
            self.narrative(
                edition,
                Some(name),
                (PLAN_FILE, self.plan.at.key("texts")),
                "the plan",
            );
        }
    }
}

/// The file of an edition that has the things of a kind.
pub(super) const fn file_of(what: What) -> &'static str {
    match what {
        What::Goal => "goals.toml",
        What::Initiative => "initiatives.toml",
        What::Measure => "measures.toml",
    }
}
