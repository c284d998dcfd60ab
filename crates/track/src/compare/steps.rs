//! What changed in the parts of an initiative: milestones, actions, budget lines and claims.

use std::collections::BTreeMap;

use super::change::Kind;
use super::collect::{Collector, field};
use crate::plan::{Budget, Initiative, Period, StatusEvidence, Words};

pub(super) fn parts(c: &mut Collector, old: &Initiative, new: &Initiative) {
    steps(c, Kind::Milestone, &milestones(old), &milestones(new));
    steps(c, Kind::Action, &actions(old), &actions(new));
    budgets(c, &old.budgets, &new.budgets);
    claims(c, old, new);
}

/// A milestone or an action.
struct Step<'p> {
    id: &'p str,
    title: &'p Words,
    owner: Option<&'p String>,
    due: Option<Period>,
    done: Option<Period>,
    evidence: &'p [String],
}

fn milestones(initiative: &Initiative) -> Vec<Step<'_>> {
    let all = initiative.milestones.iter();
    all.map(|one| Step {
        id: &one.id,
        title: &one.title,
        owner: None,
        due: Some(one.due),
        done: one.done,
        evidence: &one.evidence,
    })
    .collect()
}

fn actions(initiative: &Initiative) -> Vec<Step<'_>> {
    let all = initiative.actions.iter();
    all.map(|one| Step {
        id: &one.id,
        title: &one.title,
        owner: one.owner.as_ref(),
        due: one.due,
        done: one.done,
        evidence: &one.evidence,
    })
    .collect()
}

/// Those of the later edition in its order, then those that are there no more.
fn steps(c: &mut Collector, kind: Kind, old: &[Step<'_>], new: &[Step<'_>]) {
    let before: BTreeMap<&str, &Step<'_>> = old.iter().map(|step| (step.id, step)).collect();
    for step in new {
        match before.get(step.id) {
            Some(earlier) => both(c, kind, earlier, step),
            None => c.text(kind, "", step.id, "", &step.title.en),
        }
    }
    for step in old {
        if !new.iter().any(|later| later.id == step.id) {
            c.text(kind, "", step.id, &step.title.en, "");
        }
    }
}

fn both(c: &mut Collector, kind: Kind, old: &Step<'_>, new: &Step<'_>) {
    let id = new.id;
    c.words(kind, field!("title"), id, Some(old.title), Some(new.title));
    c.shown(kind, "owner", id, old.owner, new.owner);
    c.shown(kind, "due", id, old.due.as_ref(), new.due.as_ref());
    if old.done != new.done {
        c.shown(kind, "done", id, old.done.as_ref(), new.done.as_ref());
        // That it was done is said by its evidence, and not by who states the initiative.
        if let Some(change) = c.out.last_mut() {
            change.source = new.evidence.first().cloned();
        }
    }
    c.list(kind, "evidence", id, old.evidence, new.evidence);
}

/// What makes two budget lines the same one: their words, state and period, and which of several alike it is.
type Line<'p> = (&'p str, &'static str, Option<Period>, usize);

fn lines(budgets: &[Budget]) -> Vec<(Line<'_>, &Budget)> {
    let mut seen: BTreeMap<(&str, &str, Option<Period>), usize> = BTreeMap::new();
    let all = budgets.iter().map(|budget| {
        let (line, state) = (budget.line.en.as_str(), budget.state.as_str());
        let count = seen.entry((line, state, budget.period)).or_default();
        *count += 1;
        ((line, state, budget.period, *count), budget)
    });
    all.collect()
}

fn budgets(c: &mut Collector, old: &[Budget], new: &[Budget]) {
    let (old, new) = (lines(old), lines(new));
    let before: BTreeMap<Line<'_>, &Budget> = old.iter().copied().collect();
    let after: BTreeMap<Line<'_>, &Budget> = new.iter().copied().collect();
    let money = |budget: &Budget| format!("{} {}", budget.amount, budget.currency);
    for (line, budget) in &new {
        let part = part_of(line);
        let earlier = before.get(line).copied();
        let was = earlier.map(money).unwrap_or_default();
        let same = earlier.is_some_and(|earlier| {
            earlier.currency == budget.currency
                && earlier
                    .amount
                    .number()
                    .total_cmp(&budget.amount.number())
                    .is_eq()
        });
        if !same {
            c.text(Kind::Budget, "amount", &part, &was, &money(budget));
            if let Some(change) = c.out.last_mut() {
                change.source = Some(budget.source.clone());
            }
        }
        if let Some(earlier) = earlier {
            let (was, is) = (&earlier.source, &budget.source);
            c.text(Kind::Budget, "source", &part, was, is);
            let (was, is) = (Some(&earlier.vintage), Some(&budget.vintage));
            c.shown(Kind::Budget, "vintage", &part, was, is);
            let (was, is) = (earlier.line.mi.as_ref(), budget.line.mi.as_ref());
            c.shown(Kind::Budget, "line.mi", &part, was, is);
        }
    }
    for (line, budget) in old {
        if !after.contains_key(&line) {
            c.text(Kind::Budget, "amount", &part_of(&line), &money(budget), "");
        }
    }
}

/// `Masts · drawn · 2025/26`
fn part_of((line, state, period, count): &Line<'_>) -> String {
    let mut part = format!("{line} · {state}");
    if let Some(period) = period {
        part.push_str(&format!(" · {period}"));
    }
    if *count > 1 {
        part.push_str(&format!(" · {count}"));
    }
    part
}

/// Claims that are new, then claims that are not repeated. They have no ids: one is another if a word differs.
fn claims(c: &mut Collector, old: &Initiative, new: &Initiative) {
    let (old, new) = (&old.status_evidence, &new.status_evidence);
    let same = |a: &StatusEvidence, b: &StatusEvidence| {
        (&a.source, a.on, &a.claim) == (&b.source, b.on, &b.claim)
    };
    for claim in new
        .iter()
        .filter(|claim| !old.iter().any(|one| same(one, claim)))
    {
        c.text(Kind::Claim, "claim", &claim.source, "", &claim.claim.en);
        if let Some(change) = c.out.last_mut() {
            change.source = Some(claim.source.clone());
        }
    }
    for claim in old
        .iter()
        .filter(|claim| !new.iter().any(|one| same(one, claim)))
    {
        c.text(Kind::Claim, "claim", &claim.source, &claim.claim.en, "");
    }
}
