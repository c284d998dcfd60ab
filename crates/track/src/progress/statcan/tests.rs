use proptest::prelude::*;

use super::*;

const UP: Aim = Aim::new(Direction::Up);
const DOWN: Aim = Aim::new(Direction::Down);
/// 100 × 1.1¹⁰: ten years at 10% from a base of 100.
const TEN_UP: Aim = UP.to_reach(259.374_246_01, 2025.0);
/// 100 × 0.9¹⁰.
const TEN_DOWN: Aim = DOWN.to_reach(34.867_844_01, 2025.0);

/// From `base` in 2015 to `current` in 2017: with squares of round growth factors the results are round numbers.
fn two_years(base: f64, current: f64, aim: Aim) -> Outcome {
    outcome(Point::new(2015.0, base), Point::new(2017.0, current), &aim)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

#[track_caller]
fn holds(base: f64, current: f64, aim: Aim, status: Status, value: f64, score: f64) {
    let got = two_years(base, current, aim);
    assert_eq!(got.status, status, "{base} to {current}: {got:?}");
    assert!(
        close(got.value.unwrap(), value),
        "{base} to {current}: {got:?}"
    );
    assert!(
        close(got.score.unwrap(), score),
        "{base} to {current}: {got:?}"
    );
    assert_eq!(got.why, None);
}

#[track_caller]
fn fails(base: f64, current: f64, aim: Aim, why: Why) {
    let got = two_years(base, current, aim);
    assert_eq!(got, Outcome::not_available(why), "{base} to {current}");
}

#[test]
fn without_a_target_the_growth_decides() {
    for (current, status, value, score) in [
        (121.0, Status::Substantial, 0.1, 5.0),
        (104.04, Status::Substantial, 0.02, 5.0),
        (103.2256, Status::Substantial, 0.016, 3.0),
        (102.01, Status::Moderate, 0.01, 1.25),
        (101.2036, Status::Moderate, 0.006, 0.25),
        (100.8016, Status::Limited, 0.004, -0.5),
        (100.2001, Status::Limited, 0.001, -2.0),
        (100.0, Status::Limited, 0.0, -2.5),
        (99.8001, Status::Deterioration, -0.001, -2.625),
        (98.01, Status::Deterioration, -0.01, -3.75),
        (96.04, Status::Deterioration, -0.02, -5.0),
        (25.0, Status::Deterioration, -0.5, -5.0),
        (0.0, Status::Deterioration, -1.0, -5.0),
    ] {
        holds(100.0, current, UP, status, value, score);
    }
}

#[test]
fn less_is_better_where_it_should_fall() {
    holds(100.0, 98.01, DOWN, Status::Moderate, 0.01, 1.25);
    holds(100.0, 102.01, DOWN, Status::Deterioration, -0.01, -3.75);
    holds(100.0, 100.0, DOWN, Status::Limited, 0.0, -2.5);
    holds(100.0, 0.0, DOWN, Status::Substantial, 1.0, 5.0);
}

#[test]
fn below_zero_a_growing_ratio_is_a_falling_value() {
    holds(-100.0, -98.01, UP, Status::Moderate, 0.01, 1.25);
    holds(-100.0, -102.01, UP, Status::Deterioration, -0.01, -3.75);
    holds(-100.0, -102.01, DOWN, Status::Moderate, 0.01, 1.25);
    holds(-100.0, 0.0, UP, Status::Substantial, 1.0, 5.0);
    fails(-1.0, 1.0, UP, Why::OppositeSigns);
    fails(1.0, -1.0, DOWN, Why::OppositeSigns);
}

#[test]
fn a_base_of_zero_counts_as_a_thousandth() {
    holds(0.0, 0.001_21, UP, Status::Substantial, 0.1, 5.0);
    holds(-0.0, 0.001_21, UP, Status::Substantial, 0.1, 5.0);
    holds(0.0, 0.0, UP, Status::Deterioration, -1.0, -5.0);
    holds(0.0, 0.0, DOWN, Status::Substantial, 1.0, 5.0);
    fails(0.0, -1.0, DOWN, Why::OppositeSigns);
}

#[test]
fn near_a_limit_slower_growth_is_enough() {
    // 1 - 0.5^4.44 = 0.953929…, by which 250 × 0.01 is divided.
    let half = 1.370_739_879_070_003;
    let by = |limit| UP.limited_by(limit);
    let got = two_years(50.0, 51.005, by(100.0));
    assert_eq!(got.status, Status::Moderate);
    assert!((got.score.unwrap() - half).abs() < 1e-12, "{got:?}");
    // The same distance on the other side, and below zero.
    let other = two_years(150.0, 147.015, DOWN.limited_by(100.0));
    assert!(close(other.score.unwrap(), got.score.unwrap()));
    let below = two_years(-50.0, -51.005, DOWN.limited_by(-100.0));
    assert!(close(below.score.unwrap(), got.score.unwrap()));
    holds(100.0, 102.01, by(100.0), Status::Substantial, 0.01, 5.0);
    holds(100.0, 100.0, by(100.0), Status::Substantial, 0.0, 5.0);
    holds(100.0, 98.01, by(100.0), Status::Deterioration, -0.01, -3.75);
    holds(200.0, 204.02, by(100.0), Status::Moderate, 0.01, 1.25);
    holds(300.0, 306.03, by(100.0), Status::Moderate, 0.01, 1.25);
    holds(100.0, 102.01, by(0.0), Status::Moderate, 0.01, 1.25);
    holds(0.0, 0.001_21, by(0.0), Status::Substantial, 0.1, 5.0);
}

#[test]
fn the_cut_offs_shrink_with_the_limit() {
    // At nine tenths of the limit: 1 - 0.9^4.44 = 0.373621…, cut-offs 0.5604% and 0.1868%.
    let near = |growth: f64| two_years(90.0, 90.0 * (1.0 + growth).powi(2), UP.limited_by(100.0));
    assert_eq!(near(0.0057).status, Status::Substantial);
    assert_eq!(near(0.0055).status, Status::Moderate);
    assert_eq!(near(0.0019).status, Status::Moderate);
    assert_eq!(near(0.0018).status, Status::Limited);
    assert_eq!(near(-0.0001).status, Status::Deterioration);
}

#[test]
fn with_a_target_the_share_of_the_needed_growth_decides() {
    for (current, status, value, score) in [
        (144.0, Status::Substantial, 2.0, 5.0),
        (121.0, Status::Substantial, 1.0, 2.8572),
        (120.1216, Status::Substantial, 0.96, 2.571_484),
        (119.6836, Status::Moderate, 0.94, 2.428_626),
        (116.64, Status::Moderate, 0.8, 1.428_62),
        (112.5721, Status::Moderate, 0.61, 0.071_469),
        (112.1481, Status::Limited, 0.59, -0.041_647),
        (110.25, Status::Limited, 0.5, -0.416_65),
        (100.0, Status::Limited, 0.0, -2.5),
        (90.25, Status::Deterioration, -0.5, -4.583_35),
        (64.0, Status::Deterioration, -2.0, -5.0),
        (300.0, Status::TargetAchieved, 7.320_508_075_688_773, 5.0),
    ] {
        holds(100.0, current, TEN_UP, status, value, score);
        // With a target the limit is not looked at.
        holds(
            100.0,
            current,
            TEN_UP.limited_by(100.0),
            status,
            value,
            score,
        );
    }
    holds(100.0, 81.0, TEN_DOWN, Status::Substantial, 1.0, 2.8572);
    holds(100.0, 121.0, TEN_DOWN, Status::Deterioration, -1.0, -5.0);
    holds(
        100.0,
        30.0,
        TEN_DOWN,
        Status::TargetAchieved,
        4.522_774_424_948_339,
        5.0,
    );
}

#[test]
fn a_target_of_zero_counts_as_a_thousandth() {
    // (0.001/100)^(1/10) - 1 = 10^-0.5 - 1 = -0.683772…; a tenth of loss a year is 0.146247… of it.
    let aim = DOWN.to_reach(0.0, 2025.0);
    let value = 0.146_247_529_557;
    holds(
        100.0,
        81.0,
        aim,
        Status::Limited,
        value,
        4.1667 * value - 2.5,
    );
    assert_eq!(two_years(100.0, 0.0, aim).status, Status::TargetAchieved);
    assert_eq!(
        two_years(100.0, 0.000_9, aim).status,
        Status::TargetAchieved
    );
    assert_ne!(
        two_years(100.0, 0.001_1, aim).status,
        Status::TargetAchieved
    );
}

#[test]
fn what_is_reached_is_reached_whatever_the_base() {
    let aim = UP.to_reach(10.0, 2030.0);
    let at = |t0, base, t, current| outcome(Point::new(t0, base), Point::new(t, current), &aim);
    let there = Outcome {
        value: None,
        score: Some(5.0),
        status: Status::TargetAchieved,
        why: None,
    };
    assert_eq!(at(2020.0, 10.0, 2020.0, 10.0), there);
    assert_eq!(at(2015.0, 10.0, 2020.0, 10.0), there);
    assert_eq!(at(2015.0, -10.0, 2020.0, 11.0), there);
    assert_eq!(at(2022.0, 5.0, 2020.0, 11.0), there);
    let one = Outcome::not_available(Why::OnePoint);
    assert_eq!(at(2020.0, 9.0, 2020.0, 9.0), one);
    assert_eq!(at(2020.0, 9.0, 2020.75, 9.5), one);
    assert_eq!(at(2022.0, 9.0, 2020.0, 9.0).why, Some(Why::BaseLater));
}

#[test]
fn targets_that_no_growth_leads_to() {
    let kept = two_years(100.0, 98.01, UP.to_reach(100.0, 2025.0));
    assert_eq!(kept.status, Status::Deterioration);
    assert_eq!((kept.value, kept.score), (None, Some(-5.0)));
    fails(10.0, 5.0, DOWN.to_reach(-10.0, 2025.0), Why::TargetSign);
    fails(-10.0, -5.0, UP.to_reach(10.0, 2025.0), Why::TargetSign);
    fails(10.0, 11.0, UP.to_reach(20.0, 2015.0), Why::TargetYear);
    fails(10.0, 11.0, UP.to_reach(20.0, 2010.0), Why::TargetYear);
    fails(f64::NAN, 1.0, UP, Why::NotANumber);
    fails(1.0, f64::INFINITY, UP, Why::NotANumber);
    fails(1.0, 2.0, UP.to_reach(f64::NAN, 2030.0), Why::NotANumber);
    fails(1.0, 2.0, UP.limited_by(f64::NEG_INFINITY), Why::NotANumber);
}

#[test]
fn the_base_is_the_base_year_or_the_next_with_a_value() {
    let points = [(2019.0, 5.0), (2012.0, 1.0), (2017.0, 4.0), (2014.0, 2.0)];
    let base = |year| of_series(&points, &UP.from_year(year)).base.map(|p| p.year);
    assert_eq!(base(BASE_YEAR), Some(2017.0));
    assert_eq!(base(2014.0), Some(2014.0));
    assert_eq!(base(2012.5), Some(2014.0));
    assert_eq!(base(1900.0), Some(2012.0));
    assert_eq!(base(2018.0), Some(2019.0));
    assert_eq!(base(2020.0), None);
    let none = of_series(&points, &UP.from_year(2020.0));
    assert_eq!(none.outcome.why, Some(Why::NoBase));
    assert_eq!(none.current, Some(Point::new(2019.0, 5.0)));
}

#[test]
fn missing_values_and_years_twice() {
    let nan = f64::NAN;
    assert_eq!(of_series(&[], &UP).outcome.why, Some(Why::NoData));
    assert_eq!(
        of_series(&[(2016.0, nan)], &UP).outcome.why,
        Some(Why::NoData)
    );
    let twice = [(2016.0, 1.0), (2017.0, 2.0), (2016.0, 3.0)];
    assert_eq!(of_series(&twice, &UP).outcome.why, Some(Why::SameYear));
    let gap = [
        (2015.0, nan),
        (2016.0, 100.0),
        (2018.0, 102.01),
        (2019.0, nan),
    ];
    let got = of_series(&gap, &UP);
    assert_eq!(got.outcome.status, Status::Moderate);
    assert_eq!(got.current, Some(Point::new(2018.0, 102.01)));
}

#[test]
fn words_and_grades() {
    for status in Status::ALL {
        assert_eq!(Status::of_code(status.code()), Some(status));
        assert_eq!(
            serde_json::to_string(&status).unwrap(),
            format!("{:?}", status.code())
        );
    }
    assert_eq!(Status::of_code("good"), None);
    assert!(
        Status::ALL
            .windows(2)
            .all(|pair| pair[0].grade() < pair[1].grade())
    );
    assert_eq!(Status::Limited.is_forward(), Some(true));
    assert_eq!(Status::Deterioration.is_forward(), Some(false));
    assert_eq!(Status::NotAvailable.is_forward(), None);
    for (score, status) in [
        (5.0, Status::Substantial),
        (2.5, Status::Substantial),
        (2.499, Status::Moderate),
        (0.0, Status::Moderate),
        (-0.001, Status::Limited),
        (-2.5, Status::Limited),
        (-2.501, Status::Deterioration),
        (f64::NAN, Status::NotAvailable),
    ] {
        assert_eq!(Status::of_score(score), status, "{score}");
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<f64>(),
        2 => -1e3..1e3_f64,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, -1.0, 0.001, 100.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN, f64::MAX,
            f64::MIN_POSITIVE, 5e-324,
        ]),
    ]
}

fn any_year() -> impl Strategy<Value = f64> {
    prop_oneof![6 => (2000..2040_i32).prop_map(f64::from), 1 => any_number()]
}

fn any_direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Up, Direction::Down])
}

prop_compose! {
    fn any_aim()(
        direction in any_direction(),
        base_year in any_year(),
        target in prop::option::of(any_number()),
        target_year in any_year(),
        limit in prop::option::of(any_number()),
    ) -> Aim {
        Aim { direction, base_year, target, target_year, limit }
    }
}

/// Aims of ordinary size, so that tests of a law do not drown in rounding.
fn tame_aim() -> impl Strategy<Value = Aim> {
    let target = prop::option::of(1.0..1000.0_f64);
    let limit = prop::option::of(1.0..1000.0_f64);
    (any_direction(), target, limit).prop_map(|(direction, target, limit)| Aim {
        target,
        limit,
        ..Aim::new(direction)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_input_gives_a_sound_answer(
        t0 in any_year(), base in any_number(), t in any_year(), current in any_number(), aim in any_aim(),
    ) {
        let got = outcome(Point::new(t0, base), Point::new(t, current), &aim);
        prop_assert_eq!(got.status == Status::NotAvailable, got.score.is_none());
        prop_assert_eq!(got.status == Status::NotAvailable, got.why.is_some());
        prop_assert!(got.score.is_none_or(|score| (-5.0..=5.0).contains(&score)), "{:?}", got);
        prop_assert!(got.value.is_none_or(f64::is_finite));
        prop_assert!(got.status != Status::TargetAchieved || got.score == Some(5.0));
    }

    #[test]
    fn achieved_means_reached(base in -500.0..500.0_f64, current in -500.0..500.0_f64, target in -500.0..500.0_f64, d in any_direction()) {
        let got = two_years(base, current, Aim::new(d).to_reach(target, 2030.0));
        let reached = if d == Direction::Up { current >= target } else { current <= target };
        prop_assert_eq!(got.status == Status::TargetAchieved, reached);
    }

    #[test]
    fn the_unit_does_not_matter(base in 0.1..500.0_f64, current in 0.1..500.0_f64, aim in tame_aim(), scale in 1e-3..1e3_f64) {
        let one = two_years(base, current, aim);
        let other = two_years(base * scale, current * scale, Aim {
            target: aim.target.map(|target| target * scale),
            limit: aim.limit.map(|limit| limit * scale),
            ..aim
        });
        // Far from the cut-offs, which rounding could cross.
        let (a, b) = (one.score.unwrap(), other.score.unwrap());
        prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{one:?} {other:?}");
        let edge = [-2.5, 0.0, 2.5].iter().any(|cut| (a - cut).abs() < 1e-3);
        prop_assert!(edge || one.status == other.status, "{one:?} {other:?}");
    }

    #[test]
    fn falling_as_it_should_equals_growing_as_it_should(base in 1.0..500.0_f64, growth in -0.9..0.9_f64) {
        let up = two_years(base, base * (1.0 + growth).powi(2), UP);
        let down = two_years(base, base * (1.0 - growth).powi(2), DOWN);
        prop_assert!((up.score.unwrap() - down.score.unwrap()).abs() < 1e-9);
        // And wrong one way is right the other.
        let wrong = two_years(base, base * (1.0 + growth).powi(2), DOWN);
        prop_assert!((up.value.unwrap() + wrong.value.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn further_is_never_worse(base in 1.0..500.0_f64, a in 0.0..500.0_f64, b in 0.0..500.0_f64, aim in tame_aim()) {
        let (less, more) = if (a < b) == (aim.direction == Direction::Up) { (a, b) } else { (b, a) };
        let (less, more) = (two_years(base, less, aim), two_years(base, more, aim));
        prop_assert!(less.score.unwrap() <= more.score.unwrap() + 1e-9, "{less:?} {more:?}");
        prop_assert!(less.status <= more.status, "{less:?} {more:?}");
    }

    #[test]
    fn the_order_of_points_does_not_matter(values in prop::collection::vec(1.0..100.0_f64, 2..12), turn in 0..12_usize) {
        let mut points: Vec<(f64, f64)> = (2014..).map(f64::from).zip(values).collect();
        let one = of_series(&points, &UP);
        let turn = turn % points.len();
        points.rotate_left(turn);
        points.reverse();
        prop_assert_eq!(of_series(&points, &UP), one);
    }
}
