use cairn_kernel::label::Tlp;
use proptest::prelude::*;

use super::*;

const GATE: Gate = Gate::new([5; 32]);
const RULE: AmountRule = AmountRule {
    records_min: 3,
    top_two_percent_max: 90,
    rest_percent_min: 10,
    step: 1,
};

fn filled(cells: &[&[i64]]) -> Amounts {
    let names: Vec<String> = (0..cells.len()).map(|n| format!("c{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut amounts = Amounts::new(Dimension::new("kind", &names)).unwrap();
    amounts.restrict(&Label::default());
    let mut next = 0;
    for (name, cell) in names.iter().zip(cells) {
        for amount in *cell {
            next += 1;
            let key = GATE.record(&next.to_string());
            amounts.add(name, key, *amount, &Label::default()).unwrap();
        }
    }
    amounts
}

fn shown(
    cells: &[&[i64]],
    rule: &AmountRule,
    statistic: Statistic,
) -> (Vec<Option<u64>>, Option<u64>) {
    let released = GATE
        .release_amounts(&filled(cells), rule, statistic, Audience::Public)
        .unwrap();
    let figures = released.get();
    assert_eq!(figures.statistic(), statistic);
    (
        figures.cells().map(|(_, shown)| shown).collect(),
        figures.total(),
    )
}

#[test]
fn sums_of_enough_even_amounts_are_shown() {
    let (cells, total) = shown(&[&[10, 10, 10], &[], &[20, 30, 40]], &RULE, Statistic::Sum);
    assert_eq!(cells, [Some(30), Some(0), Some(90)]);
    assert_eq!(total, Some(120));
}

#[test]
fn a_cell_that_tells_of_one_record_is_hidden() {
    for cell in [
        // Too few.
        &[10, 10][..],
        // The two largest are 95%.
        &[50, 45, 5],
        // Nothing is left to blur the largest.
        &[100, 0, 0, 0],
        // Zeros only.
        &[0, 0, 0, 0],
    ] {
        let (cells, total) = shown(&[cell], &RULE, Statistic::Sum);
        assert_eq!((&cells[..], total), (&[None][..], None), "{cell:?}");
    }
    // 90% exactly, and a rest of a tenth of the largest exactly, are still shown.
    let wide = AmountRule {
        top_two_percent_max: 99,
        ..RULE
    };
    assert_eq!(shown(&[&[50, 40, 10]], &RULE, Statistic::Sum).1, Some(100));
    assert_eq!(
        shown(&[&[100, 100, 10]], &wide, Statistic::Sum).1,
        Some(210)
    );
    assert_eq!(shown(&[&[101, 100, 10]], &wide, Statistic::Sum).1, None);
}

#[test]
fn a_hidden_cell_does_not_come_out_by_subtraction() {
    // The second is hidden for itself, the first, the smallest shown, with it.
    let (cells, total) = shown(&[&[10, 10, 10], &[7], &[20, 30, 40]], &RULE, Statistic::Sum);
    assert_eq!(cells, [None, None, Some(90)]);
    assert_eq!(total, Some(127));
    // What is hidden together must be safe too: 80 beside 4, 3 and 3 is not, so that the next goes as well.
    let three: &[&[i64]] = &[&[4, 3, 3], &[80], &[90, 90, 90], &[100, 90, 80]];
    let (cells, total) = shown(three, &RULE, Statistic::Sum);
    assert_eq!(cells, [None, None, None, Some(270)]);
    assert_eq!(total, Some(630));
    // Without a total nothing can be taken from it.
    let (cells, total) = shown(&[&[1, 1, 1], &[10_000, 1]], &RULE, Statistic::Sum);
    assert_eq!((cells, total), (vec![Some(3), None], None));
}

#[test]
fn values_are_rounded_to_the_step() {
    let rule = AmountRule { step: 1000, ..RULE };
    let cells: &[&[i64]] = &[&[500, 499, 500], &[500, 500, 500]];
    assert_eq!(
        shown(cells, &rule, Statistic::Sum).0,
        [Some(1000), Some(2000)]
    );
    let huge: &[&[i64]] = &[&[i64::MAX; 9]];
    assert_eq!(shown(huge, &rule, Statistic::Sum).1, Some(u64::MAX));
}

#[test]
fn medians_need_enough_records() {
    let cells: &[&[i64]] = &[&[9, 1, 5], &[4, 8], &[1, 2, 5, 100], &[]];
    let (cells, total) = shown(cells, &RULE, Statistic::Median);
    assert_eq!(cells, [Some(5), None, Some(3), None]);
    assert_eq!(total, Some(5));
    let rule = AmountRule { step: 10, ..RULE };
    assert_eq!(shown(&[&[9, 14, 17]], &rule, Statistic::Median).1, Some(10));
}

#[test]
fn rules_that_protect_nobody_are_refused() {
    let amounts = filled(&[&[10, 10, 10]]);
    for (rule, name) in [
        (
            AmountRule {
                records_min: 2,
                ..RULE
            },
            "records_min",
        ),
        (
            AmountRule {
                top_two_percent_max: 100,
                ..RULE
            },
            "top_two_percent_max",
        ),
        (
            AmountRule {
                rest_percent_min: 0,
                ..RULE
            },
            "rest_percent_min",
        ),
        (AmountRule { step: 0, ..RULE }, "step"),
    ] {
        let refused = GATE.release_amounts(&amounts, &rule, Statistic::Sum, Audience::Public);
        assert!(
            matches!(refused, Err(Refused::Rule(got, _)) if got == name),
            "{name}"
        );
    }
    let few = GATE.release_amounts(
        &amounts,
        &AmountRule::default(),
        Statistic::Sum,
        Audience::Public,
    );
    assert_eq!(few.unwrap().get().total(), None);
}

#[test]
fn labels_and_bad_amounts() {
    let mut amounts = filled(&[&[10, 10, 10]]);
    let (label, new) = (Label::default(), GATE.record("new"));
    let again = GATE.record("1");
    assert_eq!(
        amounts.add("c0", again, 1, &label),
        Err(CellsError::RecordTwice)
    );
    assert_eq!(
        amounts.add("c0", new, -1, &label),
        Err(CellsError::Negative)
    );
    assert!(matches!(
        amounts.add("c9", new, 1, &label),
        Err(CellsError::Unknown(..))
    ));
    assert_eq!(amounts.cells[0].len(), 3);
    amounts.restrict(&Label {
        tlp: Tlp::Red,
        ..label
    });
    let refused = GATE.release_amounts(&amounts, &RULE, Statistic::Median, Audience::Office);
    assert_eq!(refused, Err(Refused::Label(Tlp::Red, Tlp::AmberStrict)));
    let bare = Amounts::new(Dimension::new("a", &["x"])).unwrap();
    let refused = GATE.release_amounts(&bare, &RULE, Statistic::Sum, Audience::Public);
    assert_eq!(refused, Err(Refused::NoLabel));
}

proptest! {
    #[test]
    fn nothing_shown_and_nothing_left_over_is_unsafe(
        cells in prop::collection::vec(prop::collection::vec(prop_oneof![0..5_i64, 0..1000_i64], 0..8), 1..7),
    ) {
        let slices: Vec<&[i64]> = cells.iter().map(Vec::as_slice).collect();
        let (got, total) = shown(&slices, &RULE, Statistic::Sum);
        let heap = |keep: &dyn Fn(usize) -> bool| {
            let kept = cells.iter().enumerate().filter(|(at, _)| keep(*at));
            Heap::of(&kept.flat_map(|(_, cell)| cell).map(|a| u64::try_from(*a).unwrap()).collect::<Vec<_>>())
        };
        for (at, sum) in got.iter().enumerate() {
            let cell = heap(&|one| one == at);
            prop_assert!(sum.is_none_or(|sum| RULE.is_safe(&cell) && u128::from(sum) == cell.sum));
        }
        if let Some(total) = total {
            let left = heap(&|at| got[at].is_none());
            prop_assert!(RULE.is_safe(&left), "{got:?} of {total}");
            prop_assert!(left.count == 0 || got.iter().filter(|sum| sum.is_none()).count() > 1 || cells.len() == 1);
        }
    }
}
