//! How robust a status is: what it would be with the base one observation later or earlier, with the latest observation
//! dropped, and with the values as they were before they were last restated.
//!
//! Of published series with at least four points, a third to nearly a half change their status under one of these. A
//! status without this beside it is one of several stories.

use serde::Serialize;

use super::statcan::{
    Aim, Measured, Outcome, Point, Status, base_at, of_ordered, of_series, ordered, outcome,
};

/// What is done differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Base one observation later.
    BaseLater,
    /// Base one observation earlier.
    BaseEarlier,
    /// Without the latest observation.
    LastDropped,
    /// With the values of the vintage before.
    PreviousVintage,
    /// With this observation as base, whichever it is.
    OtherBase,
}

/// A status computed differently.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Variant {
    /// What was done.
    pub kind: Kind,
    /// Year of the base it used.
    pub base_year: f64,
    /// Year of the latest value it used.
    pub current_year: f64,
    /// What came out.
    pub outcome: Outcome,
}

/// What the variants say of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// There is no status, or too few observations for any variant.
    Untested,
    /// Every variant has the same status.
    Stable {
        /// How many there are.
        of: usize,
    },
    /// Some have another status, none another direction.
    ChangesGrade {
        /// Those that have another status.
        changed: usize,
        /// All.
        of: usize,
    },
    /// Some turn deterioration into progress, or the other way round.
    FlipsDirection {
        /// Those that do.
        flipped: usize,
        /// Those that have another status, these included.
        changed: usize,
        /// All.
        of: usize,
    },
}

/// A status with what it would be, computed differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Robustness {
    /// The status itself.
    pub main: Measured,
    /// One step to each side and the vintage before, as far as there are observations for them; those without a status
    /// are left out, and [`Robustness::verdict`] counts the rest.
    pub variants: Vec<Variant>,
    /// Every observation that could be the base, the main one included, oldest first; those without a status are left
    /// out.
    pub bases: Vec<Variant>,
    /// Of [`Robustness::variants`].
    pub verdict: Verdict,
    /// Of [`Robustness::bases`] without the main one: it finds what one step does not.
    pub over_bases: Verdict,
    /// Most grades by which any variant or base differs.
    pub grades: u8,
    /// The worst of all outcomes, the main one included; `None` where there is no status.
    pub worst: Option<Outcome>,
    /// The best.
    pub best: Option<Outcome>,
}

/// The robustness of the status of a series of years and values, in any order. `previous` are the values of the vintage
/// before, where there was one.
#[must_use]
pub fn robustness(points: &[(f64, f64)], previous: Option<&[(f64, f64)]>, aim: &Aim) -> Robustness {
    // A series with a year twice has no status; its variants have none either.
    let main = of_series(points, aim);
    let points = ordered(points).unwrap_or_default();
    let base = base_at(&points, aim.base_year);
    let mut variants = steps(&points, base, aim);
    if let Some(previous) = previous {
        let before = of_series(previous, aim);
        variants.extend(variant(Kind::PreviousVintage, before));
    }
    variants.retain(|one| one.outcome.status != Status::NotAvailable);
    let bases = every_base(&points, aim);
    let main_year = main.base.map(|base| base.year);
    let others = bases.iter().filter(|one| Some(one.base_year) != main_year);
    let status = main.outcome.status;
    let verdict = verdict(status, variants.iter());
    let over_bases = self::verdict(status, others);
    let grade = status.grade();
    let all = || variants.iter().chain(&bases).map(|one| one.outcome);
    let grades = all()
        .filter_map(|one| Some(one.status.grade()?.abs_diff(grade?)))
        .max();
    let (worst, best) = extremes(main.outcome, all());
    Robustness {
        main,
        verdict,
        over_bases,
        grades: grades.unwrap_or(0),
        worst,
        best,
        variants,
        bases,
    }
}

fn variant(kind: Kind, measured: Measured) -> Option<Variant> {
    Some(Variant {
        kind,
        base_year: measured.base?.year,
        current_year: measured.current?.year,
        outcome: measured.outcome,
    })
}

fn between(kind: Kind, base: Point, current: Point, aim: &Aim) -> Variant {
    Variant {
        kind,
        base_year: base.year,
        current_year: current.year,
        outcome: outcome(base, current, aim),
    }
}

/// One step to each side, where that leaves two observations.
fn steps(points: &[Point], base: Option<usize>, aim: &Aim) -> Vec<Variant> {
    let (Some(base), Some((current, before))) = (base, points.split_last()) else {
        return Vec::new();
    };
    let from = |kind, at: Option<usize>| {
        let base = before.get(at?)?;
        Some(between(kind, *base, *current, aim))
    };
    let later = from(Kind::BaseLater, base.checked_add(1));
    let earlier = from(Kind::BaseEarlier, base.checked_sub(1));
    let dropped = (base + 1 < before.len())
        .then(|| variant(Kind::LastDropped, of_ordered(before, aim)))
        .flatten();
    [later, earlier, dropped].into_iter().flatten().collect()
}

fn every_base(points: &[Point], aim: &Aim) -> Vec<Variant> {
    let Some((current, before)) = points.split_last() else {
        return Vec::new();
    };
    before
        .iter()
        .map(|base| between(Kind::OtherBase, *base, *current, aim))
        .filter(|one| one.outcome.status != Status::NotAvailable)
        .collect()
}

fn verdict<'a>(main: Status, variants: impl Iterator<Item = &'a Variant>) -> Verdict {
    let (mut of, mut changed, mut flipped) = (0, 0, 0);
    for one in variants {
        of += 1;
        changed += usize::from(one.outcome.status != main);
        flipped += usize::from(one.outcome.status.is_forward() != main.is_forward());
    }
    if of == 0 || main == Status::NotAvailable {
        Verdict::Untested
    } else if flipped > 0 {
        Verdict::FlipsDirection {
            flipped,
            changed,
            of,
        }
    } else if changed > 0 {
        Verdict::ChangesGrade { changed, of }
    } else {
        Verdict::Stable { of }
    }
}

/// By status, then by score: an achieved target beats the same score without.
fn extremes(
    main: Outcome,
    others: impl Iterator<Item = Outcome>,
) -> (Option<Outcome>, Option<Outcome>) {
    if main.status == Status::NotAvailable {
        return (None, None);
    }
    let below = |a: &Outcome, b: &Outcome| {
        let score = |one: &Outcome| one.score.unwrap_or(f64::NEG_INFINITY);
        (a.status, score(a)) < (b.status, score(b))
    };
    let (mut worst, mut best) = (main, main);
    for one in others {
        if below(&one, &worst) {
            worst = one;
        }
        if below(&best, &one) {
            best = one;
        }
    }
    (Some(worst), Some(best))
}

#[cfg(test)]
mod tests;
