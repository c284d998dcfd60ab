use proptest::prelude::*;

use super::*;
use crate::progress::{Direction, Why};

/// Direct loss reported to CERT NZ, NZ$ million (published quarterly reports).
const LOSS: [(f64, f64); 5] = [
    (2018.0, 14.1),
    (2020.0, 16.9),
    (2021.0, 16.8),
    (2022.0, 20.0),
    (2023.0, 18.3),
];
const UP: Aim = Aim::new(Direction::Up);
const DOWN: Aim = Aim::new(Direction::Down);

fn shown(variants: &[Variant]) -> Vec<(Kind, f64, f64, &'static str)> {
    variants
        .iter()
        .map(|one| {
            (
                one.kind,
                one.base_year,
                one.current_year,
                one.outcome.status.code(),
            )
        })
        .collect()
}

#[test]
fn the_national_loss_tells_two_stories() {
    for base in [2018.0, 2020.0, 2021.0] {
        let main = of_series(&LOSS, &DOWN.from_year(base)).outcome;
        assert_eq!(main.status, Status::Deterioration, "{base}");
        assert_eq!(main.score, Some(-5.0), "{base}");
    }
    let last = of_series(&LOSS, &DOWN.from_year(2022.0)).outcome;
    assert_eq!((last.status, last.score), (Status::Substantial, Some(5.0)));

    let all = robustness(&LOSS, None, &DOWN);
    assert_eq!(
        shown(&all.bases),
        [
            (Kind::OtherBase, 2018.0, 2023.0, "deterioration"),
            (Kind::OtherBase, 2020.0, 2023.0, "deterioration"),
            (Kind::OtherBase, 2021.0, 2023.0, "deterioration"),
            (Kind::OtherBase, 2022.0, 2023.0, "substantial_progress"),
        ]
    );
    // One step does not reach 2022; all bases do.
    assert_eq!(all.verdict, Verdict::Stable { of: 2 });
    assert_eq!(
        all.over_bases,
        Verdict::FlipsDirection {
            flipped: 1,
            changed: 1,
            of: 3
        }
    );
    assert_eq!(all.grades, 3);
    assert_eq!(all.worst.unwrap().score, Some(-5.0));
    assert_eq!(all.best.unwrap().score, Some(5.0));
}

#[test]
fn one_step_to_each_side() {
    let all = robustness(&LOSS, None, &DOWN.from_year(2021.0));
    assert_eq!(
        shown(&all.variants),
        [
            (Kind::BaseLater, 2022.0, 2023.0, "substantial_progress"),
            (Kind::BaseEarlier, 2020.0, 2023.0, "deterioration"),
            (Kind::LastDropped, 2021.0, 2022.0, "deterioration"),
        ]
    );
    assert_eq!(
        all.verdict,
        Verdict::FlipsDirection {
            flipped: 1,
            changed: 1,
            of: 3
        }
    );
    let from_2022 = robustness(&LOSS, None, &DOWN.from_year(2022.0));
    assert_eq!(
        shown(&from_2022.variants),
        [(Kind::BaseEarlier, 2021.0, 2023.0, "deterioration")]
    );
}

#[test]
fn a_restatement_is_a_variant() {
    // 2% a year now; half a percent before it was restated.
    let now = [(2015.0, 100.0), (2017.0, 104.04)];
    let before = [(2015.0, 100.0), (2017.0, 101.2036)];
    let all = robustness(&now, Some(&before), &UP);
    assert_eq!(
        shown(&all.variants),
        [(Kind::PreviousVintage, 2015.0, 2017.0, "moderate_progress")]
    );
    assert_eq!(all.verdict, Verdict::ChangesGrade { changed: 1, of: 1 });
    assert_eq!(all.grades, 1);
    assert_eq!(all.worst.unwrap().status, Status::Moderate);
    assert_eq!(all.best, Some(all.main.outcome));
    let same = robustness(&now, Some(&now), &UP);
    assert_eq!(same.verdict, Verdict::Stable { of: 1 });
}

#[test]
fn steady_growth_is_stable() {
    let points: Vec<(f64, f64)> = (0..8)
        .map(|i| (2014.0 + f64::from(i), 100.0 * 1.01_f64.powi(i)))
        .collect();
    let all = robustness(&points, Some(&points), &UP);
    assert_eq!(all.verdict, Verdict::Stable { of: 4 });
    assert_eq!(all.over_bases, Verdict::Stable { of: 6 });
    assert_eq!(all.grades, 0);
    assert_eq!(all.worst.unwrap().status, Status::Moderate);
}

#[test]
fn too_little_to_test() {
    let two = robustness(&LOSS[..2], None, &DOWN);
    assert_eq!((two.verdict, two.variants.len()), (Verdict::Untested, 0));
    assert_eq!(two.bases.len(), 1);
    assert_eq!(two.worst, Some(two.main.outcome));
    for none in [&LOSS[..0], &LOSS[..1], &[LOSS[0], LOSS[0]]] {
        let all = robustness(none, Some(&LOSS), &DOWN);
        assert_eq!(all.verdict, Verdict::Untested);
        assert_eq!(all.over_bases, Verdict::Untested);
        assert_eq!((all.worst, all.best, all.grades), (None, None, 0));
    }
    // Old values only: no base, though the values before the restatement had one.
    let old = robustness(&LOSS, None, &DOWN.from_year(2030.0));
    assert_eq!(old.main.outcome.why, Some(Why::NoBase));
    assert_eq!(old.verdict, Verdict::Untested);
}

#[test]
fn one_observation_is_no_variant_even_of_a_target_that_it_reaches() {
    let points = [(2015.0, 10.0), (2016.0, 20.0)];
    let all = robustness(&points, None, &UP.to_reach(5.0, 2030.0));
    assert_eq!(all.main.outcome.status, Status::TargetAchieved);
    assert_eq!((all.variants.len(), all.verdict), (0, Verdict::Untested));
}

#[test]
fn variants_without_status_do_not_count() {
    // The later base stands on the other side of zero.
    let points = [(2015.0, 100.0), (2016.0, -1.0), (2017.0, 102.01)];
    let all = robustness(&points, None, &UP);
    assert_eq!(all.main.outcome.status, Status::Moderate);
    assert_eq!((all.variants.len(), all.verdict), (0, Verdict::Untested));
    assert_eq!(all.bases.len(), 1);
}

proptest! {
    #[test]
    fn counts_add_up(
        values in prop::collection::vec(-5.0..100.0_f64, 0..9), before in prop::collection::vec(1.0..100.0_f64, 0..9),
        base in 2013..2024_i32, target in prop::option::of(1.0..100.0_f64),
    ) {
        let series = |values: Vec<f64>| (2014..).map(f64::from).zip(values).collect::<Vec<_>>();
        let aim = Aim { target, base_year: f64::from(base), ..UP };
        let all = robustness(&series(values), Some(&series(before)), &aim);
        let main = all.main.outcome;
        match all.verdict {
            Verdict::Untested => prop_assert!(all.variants.is_empty() || main.status == Status::NotAvailable),
            Verdict::Stable { of } => prop_assert!(of == all.variants.len() && of > 0),
            Verdict::ChangesGrade { changed, of } => prop_assert!(0 < changed && changed <= of && of == all.variants.len()),
            Verdict::FlipsDirection { flipped, changed, of } => {
                prop_assert!(0 < flipped && flipped <= changed && changed <= of && of == all.variants.len());
            }
        }
        if let (Some(worst), Some(best)) = (all.worst, all.best) {
            prop_assert!(worst.status <= main.status && main.status <= best.status);
            prop_assert!(all.variants.iter().all(|one| one.outcome.status >= worst.status && one.outcome.status <= best.status));
        }
    }
}
