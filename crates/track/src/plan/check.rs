//! What the files of a plan say about each other.

mod editions;
mod endings;
mod folders;
mod initiatives;
mod mandates;
mod measures;
mod narratives;
mod returns;
mod series;

use std::collections::{BTreeMap, BTreeSet};

use super::at::At;
use super::fault::{Faults, did_you_mean, short};
use super::files::Files;
use super::model::{Edition, Plan};
use super::parse::{EDITIONS, PLAN_FILE, SOURCES_FILE};
use super::toml_table::SLUG_RULE;
use super::toml_table::is_slug;
use super::words::{ENGLISH, LANGUAGES};

/// The plan under checking.
pub(crate) struct Checker<'p> {
    plan: &'p Plan,
    files: &'p Files,
    faults: &'p Faults,
}

/// Checks a plan that was read.
pub(crate) fn plan(plan: &Plan, files: &Files, faults: &Faults) {
    let checker = Checker {
        plan,
        files,
        faults,
    };
    checker.identity();
    for edition in &plan.editions {
        checker.edition(edition);
        checker.initiatives(edition);
        checker.returns(edition);
        checker.measures(edition);
        checker.narratives(edition);
    }
    for pair in plan.editions.windows(2) {
        if let [before, now] = pair {
            checker.endings(Some(before), now);
        }
    }
    if let Some(first) = plan.editions.first() {
        checker.endings(None, first);
    }
    checker.return_ids();
    checker.series();
    checker.mandates();
    checker.sources();
    checker.folders();
}

/// What a reference is looked up in.
#[derive(Clone, Copy)]
struct Known<'k> {
    code: &'static str,
    /// `goal`.
    noun: &'static str,
    /// The file that has them: nothing is called unknown if it could not be read to its end.
    file: &'k str,
    ids: &'k BTreeSet<&'k str>,
}

impl<'p> Checker<'p> {
    /// Path of a file of an edition.
    fn path(edition: &Edition, name: &str) -> String {
        format!("{EDITIONS}{}/{name}", edition.id)
    }

    /// Names a reference to nothing.
    fn refer(&self, (file, at): (&str, (u32, u32)), id: &str, by: &str, known: Known<'_>) {
        if id.is_empty() || known.ids.contains(id) || self.faults.is_broken(known.file) {
            return;
        }
        let what = format!(
            "{by} names the {} `{}`, which is not there",
            known.noun,
            short(id)
        );
        let otherwise = format!("Add it to `{}`, or name one that is there", known.file);
        let mend = did_you_mean(id, known.ids.iter().copied(), otherwise);
        self.faults.error((file, at), known.code, what, mend);
    }

    /// Names a reference to a source that is not there.
    fn source(&self, place: (&str, (u32, u32)), id: &str, by: &str) {
        if id.is_empty() || self.plan.sources.contains_key(id) {
            return;
        }
        let ids = self.plan.sources.keys().map(String::as_str).collect();
        let known = Known {
            code: "unknown-source",
            noun: "source",
            file: SOURCES_FILE,
            ids: &ids,
        };
        self.refer(place, id, by, known);
    }

    /// Names ids that are there twice.
    fn unique<'a>(&self, file: &str, noun: &str, ids: impl IntoIterator<Item = (&'a str, &'a At)>) {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for (id, at) in ids {
            if id.is_empty() {
                continue;
            }
            if let Some(first) = seen.get(id) {
                let what = format!("the {noun} `{}` is on line {first} as well", short(id));
                let mend = format!("Give each {noun} an id of its own");
                self.faults
                    .error((file, at.key("id")), "duplicate-id", what, mend);
            } else {
                seen.insert(id, at.key("id").0);
            }
        }
    }

    fn identity(&self) {
        if self.faults.is_broken(PLAN_FILE) {
            return;
        }
        let plan = self.plan;
        let error = |key: &str, code, what: String, mend: &str| {
            let place = (PLAN_FILE, plan.at.key(key));
            self.faults.error(place, code, what, mend);
        };
        let capitals = plan.country.bytes().all(|c| c.is_ascii_uppercase());
        if !plan.country.is_empty() && (plan.country.len() != 2 || !capitals) {
            let what = format!("`{}` is no country", short(&plan.country));
            error(
                "country",
                "bad-country",
                what,
                "Write two capital letters, such as NZ",
            );
        }
        for language in &plan.languages {
            if !LANGUAGES.contains(&language.as_str()) {
                let what = format!(
                    "`{}` is no language that pages are made in",
                    short(language)
                );
                error("languages", "unknown-language", what, "Write `en` or `mi`");
            }
        }
        let english = plan.languages.first().is_none_or(|first| first == ENGLISH);
        if !english {
            let what = "the first language is not English".to_owned();
            error(
                "languages",
                "no-english",
                what,
                "Write `en` first: it stands in for missing translations",
            );
        }
        self.currency((PLAN_FILE, plan.at.key("currency")), &plan.currency);
        if let Some(url) = &plan.base_url
            && (!super::parse::is_address(url) || url.ends_with('/'))
        {
            let what = format!("`{}` is no address to publish under", short(url));
            error(
                "base_url",
                "bad-url",
                what,
                "Write https:// and the rest, without a last slash",
            );
        }
        for edition in &plan.editions {
            if !is_slug(&edition.id) {
                let what = format!("the edition `{}` has no id for a name", short(&edition.id));
                error("editions", "bad-id", what, SLUG_RULE);
            }
        }
    }

    /// Names a currency that ISO 4217 does not have.
    fn currency(&self, (file, at): (&str, (u32, u32)), code: &str) {
        if code.is_empty() || cairn_kernel::money::decimals(code).is_some() {
            return;
        }
        let what = format!("`{}` is no currency of ISO 4217", short(code));
        let capitals = code.to_ascii_uppercase();
        let mend = match cairn_kernel::money::decimals(&capitals) {
            Some(_) => format!("Did you mean `{capitals}`?"),
            None => "Write three capital letters, such as NZD".to_owned(),
        };
        self.faults.error((file, at), "bad-currency", what, mend);
    }

    /// Names sources that nothing refers to.
    fn sources(&self) {
        // What could not be read may have used it.
        if self.faults.any_broken() {
            return;
        }
        let used = self.sources_used();
        for source in self.plan.sources.values() {
            if !used.contains(source.id.as_str()) {
                let what = format!("nothing refers to the source `{}`", short(&source.id));
                let mend = "Name it where it is used, or take it out";
                let place = (SOURCES_FILE, (source.line, 0));
                self.faults.warn(place, "unused-source", what, mend);
            }
        }
    }

    fn sources_used(&self) -> BTreeSet<&'p str> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for series in self.plan.series.values() {
            used.extend(series.rows.iter().map(|row| &*row.source));
        }
        for edition in &self.plan.editions {
            used.extend(edition.goals.iter().map(|goal| goal.source.as_str()));
            used.extend(
                edition
                    .measures
                    .iter()
                    .map(|measure| measure.source.as_str()),
            );
            used.extend(edition.ended.iter().map(|ended| ended.source.as_str()));
            for initiative in &edition.initiatives {
                used.insert(&initiative.source);
                used.extend(initiative.owner_basis.as_deref());
                used.extend(initiative.status_evidence.iter().map(|e| e.source.as_str()));
                used.extend(initiative.budgets.iter().map(|b| b.source.as_str()));
                let actions = initiative.actions.iter().map(|a| &a.evidence);
                let milestones = initiative.milestones.iter().map(|m| &m.evidence);
                used.extend(actions.chain(milestones).flatten().map(String::as_str));
            }
            let returns = edition.returns.iter().flat_map(|one| &one.evidence);
            used.extend(returns.map(String::as_str));
        }
        used
    }
}
