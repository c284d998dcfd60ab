//! Who answers for what, and so may file returns on it.

use std::collections::BTreeSet;

use super::claims::name;
use super::returns::About;
use crate::plan::{Edition, Measure, Plan, What};

impl Plan {
    /// The organisation that files the values of a measure: the one that it names, or the plan's owner.
    #[must_use]
    pub fn owner_of<'p>(&'p self, measure: &'p Measure) -> &'p str {
        measure.owner.as_deref().unwrap_or(&self.owner)
    }
}

/// Two names of one organisation: the same without case, blanks around, and what stands in brackets.
#[must_use]
pub fn same_organisation(a: &str, b: &str) -> bool {
    name(a) == name(b)
}

/// Every organisation that may have to file something in an edition, as the plan writes it, in alphabetical order: owners,
/// co-owners, those who do an action, and who files the values of measures.
#[must_use]
pub fn owners(plan: &Plan, edition: &Edition) -> Vec<String> {
    let mut all: BTreeSet<&str> = BTreeSet::new();
    for initiative in &edition.initiatives {
        all.insert(&initiative.owner);
        all.extend(initiative.co_owners.iter().map(String::as_str));
        let doers = initiative
            .actions
            .iter()
            .filter_map(|one| one.owner.as_deref());
        all.extend(doers);
    }
    all.extend(edition.measures.iter().map(|one| plan.owner_of(one)));
    all.into_iter().map(str::to_owned).collect()
}

/// Those who may file a return that says this, as the plan writes them; `None` if anybody may (a dissent), and nobody if what
/// it is about is not there.
///
/// Of an initiative and its milestones these are owner and co-owners, of an action also who does it, of a measure who files
/// its values. Notes may be filed by those, and by the plan's owner.
#[must_use]
pub fn may_file(plan: &Plan, edition: &Edition, about: &About) -> Option<Vec<String>> {
    let mut all: Vec<&str> = Vec::new();
    let (what, id) = match about {
        About::Dissent(_) => return None,
        About::Initiative(it) => (What::Initiative, &it.id),
        About::Measure(it) => (What::Measure, &it.id),
        About::Note(it) => {
            all.push(&plan.owner);
            (it.what, &it.id)
        }
    };
    match what {
        What::Initiative => {
            if let Some(initiative) = edition.initiative(id) {
                all.push(&initiative.owner);
                all.extend(initiative.co_owners.iter().map(String::as_str));
                let action = match about {
                    About::Initiative(it) => it.action.as_ref(),
                    _ => None,
                };
                let mut actions = initiative.actions.iter();
                let action = action.and_then(|id| actions.find(|one| one.id == *id));
                all.extend(action.and_then(|one| one.owner.as_deref()));
            }
        }
        What::Measure => all.extend(edition.measure(id).map(|one| plan.owner_of(one))),
        What::Goal => {}
    }
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(*one));
    Some(all.into_iter().map(str::to_owned).collect())
}
