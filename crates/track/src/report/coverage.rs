//! How much of an edition is measured, and how much is translated.

use super::measure::{MeasureReport, Standing};
use crate::plan::{Direction, Edition, Plan, Words};

/// How many measures stand how. What nobody measures is the first thing a reader should learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// With a value that is no older than it should be.
    pub measured: usize,
    /// With an old value only.
    pub stale: usize,
    /// Without any.
    pub never: usize,
    /// With values that their holder has not allowed to be published.
    pub withheld: usize,
    /// Computed while the service runs.
    pub live: usize,
    /// With a target that is a number.
    pub with_target: usize,
    /// With a status.
    pub with_status: usize,
    /// That count a volume and can have no status.
    pub volumes: usize,
}

impl Coverage {
    pub(super) fn of(measures: &[MeasureReport<'_>]) -> Self {
        let mut all = Self::default();
        for one in measures {
            *match one.standing {
                Standing::Measured => &mut all.measured,
                Standing::Stale => &mut all.stale,
                Standing::Never => &mut all.never,
                Standing::Withheld => &mut all.withheld,
                Standing::Live => &mut all.live,
            } += 1;
            let number = one.measure.target_set().and_then(|set| set.value);
            all.with_target += usize::from(number.is_some());
            all.with_status += usize::from(one.outcome().is_some());
            all.volumes += usize::from(one.measure.direction == Direction::Volume);
        }
        all
    }

    /// All measures.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.measured + self.stale + self.never + self.withheld + self.live
    }
}

/// How many texts of an edition there are, and how many of them te reo Māori lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Translations {
    /// Texts in English.
    pub texts: usize,
    /// Those without a translation.
    pub missing: usize,
}

impl Translations {
    pub(super) fn of(plan: &Plan, edition: &Edition) -> Self {
        let mut all = Self::default();
        let mut count = |words: &Words| {
            all.texts += 1;
            all.missing += usize::from(words.mi.is_none());
        };
        count(&plan.title);
        count(&edition.title);
        count(&edition.vision);
        edition.legal_basis.iter().for_each(&mut count);
        for theme in &edition.themes {
            count(&theme.title);
            theme.text.iter().for_each(&mut count);
        }
        for goal in &edition.goals {
            count(&goal.title);
            goal.text.iter().for_each(&mut count);
        }
        for initiative in &edition.initiatives {
            count(&initiative.title);
            let more = [
                &initiative.text,
                &initiative.next_step,
                &initiative.legal_basis,
            ];
            more.into_iter().flatten().for_each(&mut count);
            initiative.actions.iter().for_each(|one| count(&one.title));
            initiative
                .milestones
                .iter()
                .for_each(|one| count(&one.title));
        }
        for measure in &edition.measures {
            [&measure.title, &measure.definition, &measure.unit]
                .into_iter()
                .for_each(&mut count);
            let more = [&measure.proxy, &measure.bias];
            more.into_iter().flatten().for_each(&mut count);
        }
        let names: std::collections::BTreeSet<&str> = edition
            .texts
            .keys()
            .map(|(name, _)| name.as_str())
            .collect();
        for name in names {
            all.texts += 1;
            all.missing += usize::from(edition.text(name, crate::plan::words::MAORI).is_none());
        }
        all
    }
}
