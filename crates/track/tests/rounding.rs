//! Random rounding over many draws: it is right on average, and asking again tells nothing new.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;

use cairn_kernel::label::Label;
use cairn_track::gate::{
    Audience, Cells, Dimension, Gate, RecordKey, Records, Rounding, Rule, Shown, Totals,
};

const DRAWS: u32 = 200_000;
/// Standard errors by which a mean or a share may be off. One test in 1.7 million is off by more by chance, and the
/// secrets here are fixed, so that it passes always or never.
const ERRORS: f64 = 5.0;
const GATE: Gate = Gate::new(*b"thirty-two bytes for these tests");

fn keys(count: usize) -> Vec<RecordKey> {
    (0..count)
        .map(|n| GATE.record(&format!("record {n}")))
        .collect()
}

/// So many sets of `size` records each: every run of that many of a long row.
fn sets(keys: &[RecordKey], size: u32) -> impl Iterator<Item = Records> {
    let size = usize::try_from(size).unwrap();
    let first = keys[..size].iter().copied().collect::<Records>().sum();
    let next = keys.iter().zip(&keys[size..]);
    let sums = next.scan(first, |sum, (left, right)| {
        let now = *sum;
        *sum = sum.wrapping_sub(left.bits()).wrapping_add(right.bits());
        Some(now)
    });
    let count = u64::try_from(size).unwrap();
    sums.map(move |sum| Records::Summed { count, sum })
}

/// The mean of so many draws at a count is off by no more than five standard errors, √(r(b - r)/200,000) for a remainder
/// r of base b, which has to be the tolerance stated.
fn is_right_on_average(rounding: Rounding, stated: [(u32, f64); 8]) {
    let draws = usize::try_from(DRAWS).unwrap();
    let keys = keys(draws + 1234);
    for (count, stated) in stated {
        let base = f64::from(u32::try_from(rounding.base(count.into())).unwrap());
        let over = f64::from(count) % base;
        let tolerance = ERRORS * (over * (base - over) / f64::from(DRAWS)).sqrt();
        assert!((tolerance - stated).abs() < 1e-4, "{count}: {tolerance}");
        let mut seen = BTreeSet::new();
        let mut sum = 0;
        for set in sets(&keys, count).take(draws) {
            let rounded = GATE.rounded(rounding, &set);
            seen.insert(rounded);
            sum += rounded;
        }
        let mean = sum as f64 / f64::from(DRAWS);
        let off = mean - f64::from(count);
        assert!(off.abs() <= tolerance, "{count}: {mean}");
        assert_eq!(seen.len(), 2, "{count}: {seen:?}");
    }
}

#[test]
fn base_3_is_right_on_average() {
    let counts = [1, 2, 4, 17, 19, 22, 101, 1234];
    is_right_on_average(Rounding::Rr3, counts.map(|count| (count, 0.0158)));
}

#[test]
fn graduated_rounding_is_right_on_average() {
    let stated = [
        (1, 0.0158),
        (2, 0.0158),
        (4, 0.0158),
        (17, 0.0158),
        (19, 0.0112),
        (22, 0.0274),
        (101, 0.0335),
        (1234, 0.5296),
    ];
    is_right_on_average(Rounding::Grr, stated);
}

#[test]
fn draws_are_even_and_independent() {
    let keys = keys(usize::try_from(DRAWS).unwrap() + 3);
    let n = f64::from(DRAWS);
    let units = |rounding, size| -> Vec<f64> {
        let sets = sets(&keys, size).take(usize::try_from(DRAWS).unwrap());
        sets.map(|set| GATE.draw(rounding, &set).unit()).collect()
    };
    let rr3 = units(Rounding::Rr3, 3);
    let mut bins = [0_u32; 100];
    for unit in &rr3 {
        bins[(unit * 100.0) as usize] += 1;
    }
    // Chi-squared with 99 degrees of freedom: mean 99, standard deviation √198.
    let expected = n / 100.0;
    let chi: f64 = bins
        .iter()
        .map(|bin| (f64::from(*bin) - expected).powi(2) / expected)
        .sum();
    assert!((chi - 99.0).abs() < ERRORS * 198_f64.sqrt(), "{chi}");
    let mean = rr3.iter().sum::<f64>() / n;
    assert!(
        (mean - 0.5).abs() < ERRORS * (1.0 / 12.0 / n).sqrt(),
        "{mean}"
    );
    // Neighbours share two records of three; the other rule is of the same sets; the other size shares two of two.
    let grr = units(Rounding::Grr, 3);
    let two = units(Rounding::Rr3, 2);
    for (name, a, b) in [
        ("neighbours", &rr3[1..], &rr3[..]),
        ("rules", &rr3[..], &grr[..]),
        ("one more", &rr3[..], &two[..]),
    ] {
        let pairs = a.iter().zip(b).map(|(a, b)| (a - 0.5) * (b - 0.5));
        let correlation = pairs.sum::<f64>() / n * 12.0;
        assert!(
            correlation.abs() < ERRORS / n.sqrt(),
            "{name}: {correlation}"
        );
    }
}

/// One table of one dimension; the seven records of `ours` are in the value `name`, others in `rest`.
fn asked(name: &str, dimension: &str, ours: &[RecordKey], rest: &[RecordKey]) -> Option<Shown> {
    let mut cells = Cells::new(vec![Dimension::new(dimension, &["other", name])]).unwrap();
    for key in rest {
        cells.add(&["other"], *key, &Label::default()).unwrap();
    }
    for key in ours {
        cells.add(&[name], *key, &Label::default()).unwrap();
    }
    let released = GATE
        .release(&cells, &Rule::default(), Audience::Public)
        .unwrap();
    released.get().cell(&[Some(name)])
}

#[test]
fn the_averaging_attack_gets_one_answer() {
    let all = keys(300);
    let (ours, others) = all.split_at(7);
    let mut answers = BTreeSet::new();
    for request in 0..200_usize {
        // Another order, other labels, other company, some records given twice.
        let mut shuffled = ours.to_vec();
        shuffled.rotate_left(request % 7);
        if request % 2 == 1 {
            shuffled.reverse();
        }
        shuffled.extend_from_slice(&ours[..request % 5]);
        let (name, dimension) = (
            format!("value {request}"),
            format!("dimension {}", request % 9),
        );
        let company = &others[..10 + request];
        answers.insert(asked(&name, &dimension, &shuffled, company).unwrap());
    }
    // As the total of a table that splits them in two, at each place; as a single count; and as a sum.
    for cut in 0..=7 {
        let dimensions = vec![Dimension::new("half", &["a", "b"])];
        let mut cells = Cells::new(dimensions).unwrap();
        for (at, key) in ours.iter().enumerate() {
            cells
                .add(&[if at < cut { "a" } else { "b" }], *key, &Label::default())
                .unwrap();
        }
        let released = GATE
            .release(&cells, &Rule::default(), Audience::Public)
            .unwrap();
        answers.insert(released.get().cell(&[None]).unwrap());
    }
    let set: Records = ours.iter().copied().collect();
    let sum = Records::Summed {
        count: 7,
        sum: set.sum(),
    };
    for records in [set, sum] {
        let mut cells = Cells::new(Vec::new()).unwrap();
        cells.add_records(&[], &records, &Label::default()).unwrap();
        let released = GATE
            .release(&cells, &Rule::default(), Audience::Office)
            .unwrap();
        answers.insert(released.get().cell(&[]).unwrap());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let only = answers.first().unwrap().count().unwrap();
    assert!(only == 6 || only == 9);
}

#[test]
fn fresh_draws_would_average_out() {
    // What the attack would find without keyed draws: the same seven under 200 secrets come to 7 on average, to within
    // five standard errors of √2/√200.
    let mut sum = 0;
    for secret in 0..200 {
        let gate = Gate::new([secret; 32]);
        let set: Records = (0..7).map(|n| gate.record(&n.to_string())).collect();
        sum += gate.rounded(Rounding::Rr3, &set);
    }
    let mean = sum as f64 / 200.0;
    assert!((mean - 7.0).abs() < 0.5, "{mean}");
}

#[test]
fn another_record_is_another_draw() {
    // Sets of seven that differ in one record: thirds of them go up.
    let all = keys(1007);
    let rule = Rule {
        totals: Totals::None,
        ..Rule::default()
    };
    let mut up = 0;
    for last in &all[7..] {
        let mut cells = Cells::new(Vec::new()).unwrap();
        for key in all[..6].iter().chain([last]) {
            cells.add(&[], *key, &Label::default()).unwrap();
        }
        let released = GATE.release(&cells, &rule, Audience::Public).unwrap();
        up += u32::from(released.get().cell(&[]) == Some(Shown::Count(9)));
    }
    // 1000 tries at a third: 333 and five standard deviations of 14.9.
    assert!((f64::from(up) - 1000.0 / 3.0).abs() < 75.0, "{up}");
}
