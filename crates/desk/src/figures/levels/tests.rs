use super::*;

fn amounts(all: impl IntoIterator<Item = i64>) -> Amounts {
    let mut amounts = Amounts::default();
    all.into_iter().for_each(|amount| amounts.add(amount));
    amounts
}

#[test]
fn ranks_of_the_tables() {
    // Conover 1999, table of exact intervals for the median; larger ones by R's qbinom.
    for (n, percent, want) in [
        (6, 50, Some((1, 6))),
        (10, 50, Some((2, 9))),
        (20, 50, Some((6, 15))),
        (25, 50, Some((8, 18))),
        (100, 50, Some((40, 61))),
        (5, 50, None),
        (100, 95, Some((90, 100))),
        (50, 95, None),
        (400, 95, Some((371, 389))),
    ] {
        assert_eq!(ranks(n, percent), want, "{n} {percent}");
    }
    // Many are no trouble.
    let (low, high) = ranks(1_000_000, 50).unwrap();
    assert!((498_900..499_100).contains(&low) && (500_900..501_100).contains(&high));
}

#[test]
fn a_median_lies_in_its_interval_and_is_nobodys_own() {
    let all = amounts((1..=20).map(|n| n * 100));
    assert_eq!(
        all.level(50, 5),
        Some(Level {
            value: 1_000,
            interval: Some((600, 1_500))
        })
    );
    assert_eq!(amounts(1..=9).level(50, 5), None, "nine are too few");
    // Of a hundred five are not below the 96th; no end of the interval of the 95th percentile may be shown.
    let all = amounts(1..=100);
    let level = all.level(95, 5).unwrap();
    assert_eq!((level.value, level.interval), (95, None));
    assert_eq!(amounts(1..=60).level(95, 5), None, "three above");
    // Where many share a value it may be shown.
    let same = amounts(std::iter::repeat_n(7, 40));
    let level = same.level(95, 5).unwrap();
    assert_eq!(level.value, 7);
}

#[test]
fn a_percentile_needs_enough_at_both_sides() {
    for n in 10..300 {
        let all = amounts(1..=n);
        for percent in [50, 90, 95] {
            if let Some(level) = all.level(percent, 5) {
                let ends = level.interval.unwrap_or((level.value, level.value));
                for value in [level.value, ends.0, ends.1] {
                    assert!((5..=n - 4).contains(&value), "{n} {percent} {value}");
                }
                assert!(ends.0 <= level.value && level.value <= ends.1);
            }
        }
    }
}

/// Remission times of acute leukaemia under 6-MP (Freireich and others 1963), the textbook's example: median 23 weeks.
#[test]
fn those_that_last_count_as_in_the_textbook() {
    let mut waits = Waits::default();
    [6, 6, 6, 7, 10, 13, 16, 22, 23]
        .into_iter()
        .for_each(|t| waits.done(t));
    [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
        .into_iter()
        .for_each(|t| waits.open(t));
    assert_eq!(waits.counts(), (9, 12));
    // 0.538 wait after 22 weeks, 0.448 after 23.
    assert!(matches!(waits.level(50, 3), Waited::Level(level) if level.value == 23));
    assert_eq!(waits.level(90, 3), Waited::NotYet);
    assert!(matches!(waits.level(25, 3), Waited::Level(level) if level.value == 13));
}

#[test]
fn without_open_ones_it_is_the_plain_level() {
    let mut waits = Waits::default();
    (1..=100).for_each(|t| waits.done(t));
    let Waited::Level(median) = waits.level(50, 5) else {
        panic!("no median");
    };
    assert_eq!(median.value, 50);
    let (low, high) = median.interval.unwrap();
    assert!(
        (39..=42).contains(&low) && (59..=62).contains(&high),
        "{low} {high}"
    );
    assert!(matches!(waits.level(90, 5), Waited::Level(level) if level.value == 90));
}

#[test]
fn waits_of_few_are_not_told() {
    let mut waits = Waits::default();
    (1..=9).for_each(|t| waits.done(t));
    assert_eq!(waits.level(50, 5), Waited::Few);
    // Of twenty two still wait when 90% are over: those two would be told.
    let mut waits = Waits::default();
    (1..=20).for_each(|t| waits.done(t));
    assert_eq!(waits.level(90, 5), Waited::Few);
    assert!(matches!(waits.level(50, 5), Waited::Level(_)));
    // Three were quick, the others wait on: the quick ones would be told.
    let mut waits = Waits::default();
    (0..3).for_each(|_| waits.done(1));
    (0..30).for_each(|_| waits.open(50));
    assert_eq!(waits.level(50, 5), Waited::NotYet);
}

#[test]
fn amounts_to_two_digits() {
    for (amount, want) in [
        (0, 0),
        (-5, 0),
        (7, 7),
        (99, 99),
        (104, 100),
        (105, 110),
        (1_249, 1_200),
        (99_950, 100_000),
        (i64::MAX, 9_200_000_000_000_000_000),
    ] {
        assert_eq!(two_digits(amount), want, "{amount}");
    }
}
