//! Initiatives: references, money, dependencies, and what is said to be done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::at::At;
use super::super::fault::short;
use super::super::model::{Edition, Initiative, InitiativeKind};
use super::super::period::Period;
use super::{Checker, Known};

impl Checker<'_> {
    pub(super) fn initiatives(&self, edition: &Edition) {
        let file = Self::path(edition, "initiatives.toml");
        let all = edition.initiatives.iter();
        self.unique(&file, "initiative", all.map(|i| (i.id.as_str(), &i.at)));
        self.places(edition, &file);
        for initiative in &edition.initiatives {
            let by = format!("initiative `{}`", short(&initiative.id));
            self.initiative_sources(&file, initiative, &by);
            self.money(&file, initiative);
            self.done(&file, edition, initiative);
            let actions = initiative.actions.iter();
            self.unique(&file, "action", actions.map(|a| (a.id.as_str(), &a.at)));
            let milestones = initiative.milestones.iter();
            self.unique(
                &file,
                "milestone",
                milestones.map(|m| (m.id.as_str(), &m.at)),
            );
        }
        self.circles(&file, edition);
    }

    /// Themes, goals and initiatives that it names.
    fn places(&self, edition: &Edition, file: &str) {
        let themes = edition.themes.iter().map(|t| t.id.as_str()).collect();
        let goals = edition.goals.iter().map(|g| g.id.as_str()).collect();
        let all = edition.initiatives.iter().map(|i| i.id.as_str()).collect();
        let (themes_file, goals_file) = (
            Self::path(edition, "themes.toml"),
            Self::path(edition, "goals.toml"),
        );
        for initiative in &edition.initiatives {
            let by = format!("initiative `{}`", short(&initiative.id));
            for (key, code, noun, theirs, ids, named) in [
                (
                    "themes",
                    "unknown-theme",
                    "theme",
                    themes_file.as_str(),
                    &themes,
                    &initiative.themes,
                ),
                (
                    "goals",
                    "unknown-goal",
                    "goal",
                    &goals_file,
                    &goals,
                    &initiative.goals,
                ),
                (
                    "depends_on",
                    "unknown-initiative",
                    "initiative",
                    file,
                    &all,
                    &initiative.depends_on,
                ),
            ] {
                let known = Known {
                    code,
                    noun,
                    file: theirs,
                    ids,
                };
                for id in named {
                    self.refer((file, initiative.at.key(key)), id, &by, known);
                }
            }
        }
    }

    fn initiative_sources(&self, file: &str, initiative: &Initiative, by: &str) {
        let at = &initiative.at;
        self.source((file, at.key("source")), &initiative.source, by);
        if let Some(basis) = &initiative.owner_basis {
            self.source((file, at.key("owner_basis")), basis, by);
        }
        for claim in &initiative.status_evidence {
            self.source((file, claim.at.key("source")), &claim.source, by);
        }
        for budget in &initiative.budgets {
            self.source((file, budget.at.key("source")), &budget.source, by);
        }
        let actions = initiative.actions.iter().map(|a| (&a.evidence, &a.at));
        let milestones = initiative.milestones.iter().map(|m| (&m.evidence, &m.at));
        for (evidence, at) in actions.chain(milestones) {
            for id in evidence {
                self.source((file, at.key("evidence")), id, by);
            }
        }
    }

    fn money(&self, file: &str, initiative: &Initiative) {
        for budget in &initiative.budgets {
            self.currency((file, budget.at.key("currency")), &budget.currency);
        }
        if initiative.kind == InitiativeKind::LookingAhead
            && let Some(budget) = initiative.budgets.first()
        {
            let what = format!(
                "initiative `{}` looks ahead, which means without resources, and has a budget",
                short(&initiative.id)
            );
            let mend = "Take the budget out, or write `kind = \"other\"`";
            let place = (file, (budget.at.line, budget.at.column));
            self.faults
                .error(place, "looking-ahead-with-budget", what, mend);
        }
    }

    /// What is said to be done: when, and what shows it.
    fn done(&self, file: &str, edition: &Edition, initiative: &Initiative) {
        let first = self.first_published(&initiative.id);
        let milestones = initiative.milestones.iter();
        let milestones = milestones.map(|m| ("milestone", &m.id, m.done, &m.evidence, &m.at));
        let actions = initiative.actions.iter();
        let actions = actions.map(|a| ("action", &a.id, a.done, &a.evidence, &a.at));
        for (noun, id, done, evidence, at) in milestones.chain(actions) {
            let Some(done) = done else {
                continue;
            };
            let name = format!(
                "{noun} `{}` of initiative `{}`",
                short(id),
                short(&initiative.id)
            );
            if evidence.is_empty() {
                let what = format!("claim without evidence: {name} is said to be done");
                let mend = "Add `evidence = [\"…\"]`: ids of sources that show it";
                let place = (file, at.key("done"));
                self.faults
                    .warn(place, "claim-without-evidence", what, mend);
            }
            self.done_when(file, (&name, at), done, (first, edition.as_of));
        }
    }

    pub(super) fn done_when(
        &self,
        file: &str,
        (name, at): (&str, &At),
        done: Period,
        (first, as_of): (Option<Date>, Date),
    ) {
        let place = (file, at.key("done"));
        if let Some(first) = first.filter(|first| done.end() < *first) {
            let what = format!(
                "{name} was done by {}, before it was first published on {first}",
                done.end()
            );
            let mend = "Correct `done`, or take out what was done before the plan";
            self.faults.warn(place, "done-before-plan", what, mend);
        }
        if done.start() > as_of && as_of != Date::MIN {
            let what = format!(
                "{name} was done on {}, after the edition's `as_of` {as_of}",
                done.start()
            );
            let mend = "Correct `done`, or leave it to the next edition";
            self.faults.warn(place, "done-after-as-of", what, mend);
        }
    }

    /// When the first edition that has the initiative was published.
    pub(super) fn first_published(&self, id: &str) -> Option<Date> {
        let mut editions = self.plan.editions.iter();
        editions
            .find(|edition| edition.initiative(id).is_some())?
            .published
    }

    /// Names one circle of dependencies.
    fn circles(&self, file: &str, edition: &Edition) {
        let all: BTreeMap<&str, &Initiative> = edition
            .initiatives
            .iter()
            .map(|initiative| (initiative.id.as_str(), initiative))
            .collect();
        let Some(circle) = circle(&all) else {
            return;
        };
        let Some(first) = circle.first().and_then(|id| all.get(id)) else {
            return;
        };
        let mut names: Vec<String> = circle.iter().take(8).map(|id| short(id)).collect();
        names.push(if circle.len() > 8 {
            "…".to_owned()
        } else {
            short(&first.id)
        });
        let what = format!("initiatives wait for each other: {}", names.join(" → "));
        let mend = "Take one of them out of `depends_on`";
        let place = (file, first.at.key("depends_on"));
        self.faults.error(place, "dependency-cycle", what, mend);
    }
}

/// A circle, beginning with its first id. Every initiative that waits for one that cannot be done either is on a circle
/// or leads to one.
fn circle<'a>(all: &BTreeMap<&'a str, &'a Initiative>) -> Option<Vec<&'a str>> {
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut followers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, initiative) in all {
        let known = initiative.depends_on.iter().map(String::as_str);
        let known: Vec<&str> = known.filter(|dep| all.contains_key(dep)).collect();
        waits.insert(id, known.len());
        for dep in known {
            followers.entry(dep).or_default().push(id);
        }
    }
    let mut free: Vec<&str> = waits
        .iter()
        .filter(|(_, n)| **n == 0)
        .map(|(id, _)| *id)
        .collect();
    while let Some(id) = free.pop() {
        waits.remove(id);
        for follower in followers.get(id).into_iter().flatten() {
            if let Some(left) = waits.get_mut(follower) {
                *left -= 1;
                if *left == 0 {
                    free.push(follower);
                }
            }
        }
    }
    // What is left waits for something that is left: going back, one comes by the same one again.
    let mut at = *waits.keys().next()?;
    let (mut way, mut seen) = (Vec::new(), BTreeSet::new());
    while seen.insert(at) {
        way.push(at);
        let before = all.get(at)?.depends_on.iter().map(String::as_str);
        at = all
            .get_key_value(before.filter(|id| waits.contains_key(id)).min()?)?
            .0;
    }
    let mut circle = way.split_off(way.iter().position(|id| *id == at)?);
    let least = circle.iter().enumerate().min_by_key(|(_, id)| **id)?.0;
    circle.rotate_left(least);
    Some(circle)
}
