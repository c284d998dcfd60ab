//! Accepted returns become part of what they are about, so that pages, lists of claims and statuses need not know of them.

use std::collections::BTreeMap;

use super::model::{Dissent, Edition, Initiative, Note, Plan, Returned, Said, StatusEvidence};
use super::period::Period;

/// Takes the returns of every edition into its initiatives, notes and dissents, in the order of their acceptance, so that
/// of two returns on one milestone the later one counts.
pub(super) fn take_in(plan: &mut Plan) {
    for edition in &mut plan.editions {
        let returns = std::mem::take(&mut edition.returns);
        let mut ordered: Vec<&Returned> = returns.iter().collect();
        ordered.sort_by_key(|one| (one.accepted, one.filed));
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (at, initiative) in edition.initiatives.iter().enumerate() {
            places.entry(initiative.id.clone()).or_insert(at);
        }
        for one in ordered {
            take(edition, &places, one);
        }
        edition.returns = returns;
    }
}

fn take(edition: &mut Edition, places: &BTreeMap<String, usize>, one: &Returned) {
    match &one.said {
        Said::Progress { initiative, .. } => {
            let at = places.get(initiative);
            if let Some(initiative) = at.and_then(|at| edition.initiatives.get_mut(*at)) {
                report(initiative, one);
            }
        }
        Said::Note { on, text } => edition.notes.push(Note {
            on: on.clone(),
            by: one.by.clone(),
            text: text.clone(),
            date: one.filed,
            at: one.at.clone(),
        }),
        Said::Dissent {
            on,
            reviewer,
            text,
            would_say,
        } => edition.dissents.push(Dissent {
            on: on.clone(),
            reviewer: reviewer.clone(),
            text: text.clone(),
            date: one.filed,
            would_say: would_say.clone(),
            at: one.at.clone(),
        }),
    }
}

fn report(initiative: &mut Initiative, one: &Returned) {
    let Said::Progress {
        milestone,
        action,
        done,
        claim,
        ..
    } = &one.said
    else {
        return;
    };
    // One entry a source, so that every source is looked at where claims are judged.
    for source in &one.evidence {
        initiative.status_evidence.push(StatusEvidence {
            source: source.clone(),
            on: Period::of_day(one.filed),
            claim: claim.clone(),
            returned: Some(one.id.clone()),
            at: one.at.clone(),
        });
    }
    let step = if let Some(id) = milestone {
        let mut all = initiative.milestones.iter_mut();
        all.find(|step| step.id == *id)
            .map(|step| (&mut step.done, &mut step.evidence))
    } else if let Some(id) = action {
        let mut all = initiative.actions.iter_mut();
        all.find(|step| step.id == *id)
            .map(|step| (&mut step.done, &mut step.evidence))
    } else {
        None
    };
    // A return without `done` tells how the step goes on: its sources do not show that it was done.
    if let (Some((is_done, shown)), Some(done)) = (step, done) {
        *is_done = Some(*done);
        for source in &one.evidence {
            if !shown.contains(source) {
                shown.push(source.clone());
            }
        }
    }
}
