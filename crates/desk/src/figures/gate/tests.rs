use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn rules() -> Rules {
    Rules {
        not_counted: Vec::new(),
        few: 5,
        unverified_loss_max: 100_000,
        dominance_percent: 10,
        loss_step: 1_000,
    }
}

fn sum(losses: &[i64]) -> Sum {
    let mut all = Sum::default();
    for &minor in losses {
        all.add(Sum {
            count: 1,
            minor,
            top: [minor, 0],
        });
    }
    all
}

#[test]
fn a_single_small_cell_takes_another_with_it() {
    let (shown, hidden) = (Cell::Count, Cell::Hidden);
    assert_eq!(
        suppress(&[30, 3, 12, 0], 5),
        [shown(30), hidden, hidden, shown(0)]
    );
    assert_eq!(suppress(&[30, 12, 0], 5), [shown(30), shown(12), shown(0)]);
    assert_eq!(suppress(&[9, 1, 1], 5), [hidden, hidden, hidden]);
    assert_eq!(suppress(&[9, 1, 2], 5), [shown(9), hidden, hidden]);
    assert_eq!(suppress(&[0, 3], 5), [hidden, hidden]);
}

/// Somebody who tries every row that shows the same cells and total finds no hidden cell with one value only.
#[test]
fn no_hidden_cell_can_be_worked_out() {
    // Shown cells and total, and the rows that look so.
    type Look = (Vec<Option<u64>>, u64);
    let mut alike: BTreeMap<Look, Vec<[u64; 3]>> = BTreeMap::new();
    for n in 0..16_u64.pow(3) {
        let row = [n / 256, n / 16 % 16, n % 16];
        let shown = suppress(&row, 5).iter().map(|cell| cell.count()).collect();
        alike
            .entry((shown, row.iter().sum()))
            .or_default()
            .push(row);
    }
    for ((shown, total), rows) in alike {
        // Totals below the limit are hidden themselves; those near the end of what was tried lack company.
        if !(5..=15).contains(&total) {
            continue;
        }
        for (at, cell) in shown.iter().enumerate() {
            let mut values: Vec<u64> = rows.iter().map(|row| row[at]).collect();
            values.dedup();
            assert!(
                cell.is_some() || values.len() > 1,
                "{shown:?} of {total}: {rows:?}"
            );
        }
    }
}

#[test]
fn a_sum_is_shown_only_if_its_largest_loss_is_blurred() {
    let rules = rules();
    assert!(sum(&[]).is_safe(&rules));
    assert!(!sum(&[100; 4]).is_safe(&rules), "too few");
    assert!(sum(&[100; 5]).is_safe(&rules));
    // The three others hide less than a tenth of the largest.
    assert!(!sum(&[1_000, 500, 33, 33, 33]).is_safe(&rules));
    assert!(sum(&[1_000, 500, 34, 33, 33]).is_safe(&rules));
    let extreme = sum(&[i64::MAX, i64::MAX, 1, 1, 1]);
    assert_eq!(extreme.minor, i64::MAX);
    assert!(!extreme.is_safe(&rules));
}

#[test]
fn hidden_sums_are_safe_together() {
    let rules = rules();
    let (a, b) = (sum(&[100; 6]), sum(&[90; 7]));
    // One is dominated; the smaller of the others goes with it, and both together are blurred.
    let c = sum(&[1_000, 10, 10, 10, 10]);
    assert_eq!(
        suppress_sums(&[a, b, c], &[false; 3], &rules),
        [false, true, false]
    );
    assert_eq!(
        suppress_sums(&[a, b, sum(&[])], &[false; 3], &rules),
        [true; 3]
    );
    // A total that may not be shown leaves nothing.
    assert_eq!(
        suppress_sums(&[sum(&[5; 6]), sum(&[1_000])], &[false; 2], &rules),
        [false; 2]
    );
}

#[test]
fn losses_are_rounded_to_the_step() {
    for (minor, shown) in [
        (0, 0),
        (49_999, 0),
        (50_000, 100_000),
        (149_999, 100_000),
        (i64::MAX, 9_223_372_036_854_700_000),
    ] {
        assert_eq!(rounded(minor, 100_000), shown, "{minor}");
    }
}

proptest! {
    /// What the total gives away of the hidden sums is never one report's loss, nor nearly so.
    #[test]
    fn no_hidden_sum_can_be_told(
        row in prop::collection::vec(prop::collection::vec(0_i64..100_000, 0..9), 1..8),
        taboo in prop::collection::vec(any::<bool>(), 8),
    ) {
        let rules = rules();
        let sums: Vec<Sum> = row.iter().map(|losses| sum(losses)).collect();
        let shown = suppress_sums(&sums, &taboo[..sums.len()], &rules);
        let (mut hidden, mut cells, mut total) = (Sum::default(), 0, Sum::default());
        for ((sum, shown), taboo) in sums.iter().zip(&shown).zip(&taboo) {
            total.add(*sum);
            prop_assert!(!shown || (sum.is_safe(&rules) && !taboo));
            if !shown {
                hidden.add(*sum);
                cells += 1;
            }
        }
        if total.is_safe(&rules) && hidden.count > 0 {
            prop_assert!(hidden.is_safe(&rules));
            prop_assert!(cells > 1 || sums.len() == 1);
        }
    }
}
