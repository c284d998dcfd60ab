//! What is claimed and not shown.
//!
//! A claim is a milestone or action that is said to be done by the day, or a status that a source states of an initiative.
//! It is in doubt
//!
//! - if it names no source at all ([`Doubt::NoEvidence`]);
//! - if every source was published before the step was done, so that none can show it ([`Doubt::TooOld`]);
//! - if every source is the claimant's own word ([`Doubt::OwnWord`]): a release, page or supplied paper (kinds `release`,
//!   `page`, `supplied`) whose publisher is the owner, a co-owner, or who was to do the step. Names are the same if they are
//!   without case, blanks around them, and what stands in brackets. A data set is not mere word: it can be looked into.
//!
//! Of an initiative's statuses all are looked at together: one source from elsewhere is enough. An initiative of which no
//! status is claimed is in no doubt.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::plan::{Edition, Initiative, Period, Plan, Source, SourceKind, Words};

/// Why a claim is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It names no source.
    NoEvidence,
    /// Every source is older than what it is to show.
    TooOld,
    /// Every source is by those who make the claim.
    OwnWord,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claimed {
    /// That a milestone was reached.
    Milestone,
    /// That an action was done.
    Action,
    /// How the initiative stands.
    Status,
}

/// A claim in doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Id of the initiative.
    pub initiative: String,
    /// Who answers for it: who was to do the action, or the owner of the initiative.
    pub owner: String,
    /// What is claimed.
    pub of: Claimed,
    /// Id of the milestone or action; empty for a status.
    pub id: String,
    /// Title of the milestone, action or initiative.
    pub title: Words,
    /// When it is said to have been done; for a status when it was claimed last, if that is known.
    pub on: Option<Period>,
    /// Ids of the sources it names.
    pub sources: Vec<String>,
    /// Why it is in doubt: the first that applies.
    pub doubt: Doubt,
}

/// Claims in doubt on a day, in the edition's order; of each initiative milestones, actions, then its status.
#[must_use]
pub fn claims_without_evidence(plan: &Plan, edition: &Edition, as_of: Date) -> Vec<Claim> {
    let mut all = Vec::new();
    for initiative in &edition.initiatives {
        let said = Said {
            plan,
            initiative,
            as_of,
        };
        for one in &initiative.milestones {
            let step = (Claimed::Milestone, one.id.as_str(), &one.title, None);
            all.extend(said.step(step, one.done, &one.evidence));
        }
        for one in &initiative.actions {
            let step = (
                Claimed::Action,
                one.id.as_str(),
                &one.title,
                one.owner.as_ref(),
            );
            all.extend(said.step(step, one.done, &one.evidence));
        }
        all.extend(said.status());
    }
    all
}

struct Said<'p> {
    plan: &'p Plan,
    initiative: &'p Initiative,
    as_of: Date,
}

impl<'p> Said<'p> {
    fn step(
        &self,
        (of, id, title, doer): (Claimed, &str, &Words, Option<&'p String>),
        done: Option<Period>,
        evidence: &[String],
    ) -> Option<Claim> {
        let done = done.filter(|done| done.start() <= self.as_of)?;
        let sources = self.sources(evidence);
        let older = |source: &&Source| {
            let published = source.published;
            published.is_some_and(|published| published.last_day() < done.start())
        };
        let doubt = if evidence.is_empty() {
            Doubt::NoEvidence
        } else if sources.iter().all(older) {
            Doubt::TooOld
        } else if sources.iter().all(|source| self.is_own(source, doer)) {
            Doubt::OwnWord
        } else {
            return None;
        };
        Some(Claim {
            initiative: self.initiative.id.clone(),
            owner: doer.unwrap_or(&self.initiative.owner).clone(),
            of,
            id: id.to_owned(),
            title: title.clone(),
            on: Some(done),
            sources: evidence.to_vec(),
            doubt,
        })
    }

    fn status(&self) -> Option<Claim> {
        let claims = self.initiative.status_evidence.iter();
        let claims = claims.filter(|claim| claim.on.is_none_or(|on| on.start() <= self.as_of));
        let (mut ids, mut on) = (BTreeSet::new(), None);
        for claim in claims {
            ids.insert(claim.source.clone());
            on = on.max(claim.on);
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let sources = self.sources(&ids);
        let own = !sources.is_empty() && sources.iter().all(|source| self.is_own(source, None));
        own.then(|| Claim {
            initiative: self.initiative.id.clone(),
            owner: self.initiative.owner.clone(),
            of: Claimed::Status,
            id: String::new(),
            title: self.initiative.title.clone(),
            on,
            sources: ids,
            doubt: Doubt::OwnWord,
        })
    }

    fn sources(&self, ids: &[String]) -> Vec<&'p Source> {
        let known = ids.iter().map(|id| self.plan.sources.get(id));
        known.flatten().collect()
    }

    fn is_own(&self, source: &Source, doer: Option<&String>) -> bool {
        let word = matches!(
            source.kind,
            SourceKind::Release | SourceKind::Page | SourceKind::Supplied
        );
        let publisher = name(&source.publisher);
        let ours = &self.initiative;
        let mut ours = std::iter::once(&ours.owner)
            .chain(&ours.co_owners)
            .chain(doer);
        word && !publisher.is_empty() && ours.any(|one| name(one) == publisher)
    }
}

/// A name in small letters, without what stands in brackets and without blanks around it.
pub(super) fn name(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::{example, plan_of};
    use super::*;

    fn told(plan: &Plan, as_of: Date) -> Vec<String> {
        let claims = claims_without_evidence(plan, plan.newest().unwrap(), as_of);
        let told = claims.iter().map(|claim| {
            format!(
                "{}/{:?}/{} {:?} {}",
                claim.initiative, claim.of, claim.id, claim.doubt, claim.owner
            )
        });
        told.collect()
    }

    #[test]
    fn each_doubt_and_its_absence() {
        let plan = plan_of(
            r#"
[[initiative]]
id = "a"
kind = "flagship"
title = "A"
goals = ["g"]
owner = "office (national)"
owner_basis = "unconfirmed"
co_owners = ["Council"]
source = "paper"
status_evidence = [{ source = "own", on = "2025-03", claim = "Done" }, { source = "council", claim = "Nearly" }]
action = [
  { id = "none", title = "X", done = "2025" },
  { id = "other", title = "X", owner = "Gazette", done = "2024", evidence = ["news"] },
  { id = "later", title = "X", done = "2029" },
]
milestone = [
  { id = "own", title = "X", due = "2025", done = "2025-01", evidence = ["own", "council"] },
  { id = "shown", title = "X", due = "2025", done = "2024", evidence = ["own", "news"] },
  { id = "data", title = "X", due = "2025", done = "2024", evidence = ["own-data"] },
  { id = "old", title = "X", due = "2025", done = "2026-01", evidence = ["news"] },
  { id = "open", title = "X", due = "2025" },
]

[[initiative]]
id = "b"
kind = "other"
title = "B"
owner = "Office"
owner_basis = "unconfirmed"
source = "paper"
status_evidence = [{ source = "own", on = "2025-03", claim = "Done" }, { source = "news", on = "2027", claim = "Not so" }]
"#,
        );
        let wanted = [
            "a/Milestone/own OwnWord office (national)",
            "a/Milestone/old TooOld office (national)",
            "a/Action/none NoEvidence office (national)",
            "a/Action/other OwnWord Gazette",
            "a/Status/ OwnWord office (national)",
            "b/Status/ OwnWord Office",
        ];
        assert_eq!(told(&plan, date(2026, 6, 30)), wanted);
        // The news of 2027 comes from elsewhere.
        assert_eq!(told(&plan, date(2027, 6, 30)), wanted[..5]);
        assert_eq!(
            told(&plan, date(2023, 12, 31)),
            ["a/Status/ OwnWord office (national)"]
        );
    }

    #[test]
    fn the_examples_name_what_the_check_warns_of() {
        for folder in ["example-harbour", "nz-cyber-2015", "nz-digital"] {
            let plan = example(folder);
            for edition in &plan.editions {
                let claims = claims_without_evidence(&plan, edition, edition.as_of);
                let bare = claims
                    .iter()
                    .filter(|claim| claim.doubt == Doubt::NoEvidence);
                let report = crate::report::Report::of(&plan, edition);
                assert_eq!(
                    bare.count(),
                    report.without_evidence().len(),
                    "{folder} {}",
                    edition.id
                );
            }
        }
        let plan = example("nz-cyber-2015");
        let edition = plan.edition("2018").unwrap();
        let claims = claims_without_evidence(&plan, edition, edition.as_of);
        let decision = claims.iter().find(|claim| claim.initiative == "cert");
        assert_eq!(decision.unwrap().id, "decision");
    }
}
