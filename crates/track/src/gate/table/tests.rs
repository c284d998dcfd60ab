use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::gate::RecordKey;

const GATE: Gate = Gate::new([9; 32]);
const OPEN: Rule = Rule {
    rounding: Rounding::Rr3,
    mean_cell_min: 0.0,
    suppress_below: None,
    totals: Totals::Every,
};

fn key(n: usize) -> RecordKey {
    GATE.record(&format!("record {n}"))
}

fn label(tlp: Tlp) -> Label {
    Label {
        tlp,
        ..Label::default()
    }
}

/// Region by kind with so many records in each cell, numbered through.
fn filled(counts: &[usize]) -> Cells {
    let dimensions = vec![
        Dimension::new("region", &["north", "south"]),
        Dimension::new("kind", &["phishing", "malware", "scam"]),
    ];
    let mut cells = Cells::new(dimensions).unwrap();
    cells.restrict(&Label::default());
    let mut next = 0;
    let places = ["north", "south"]
        .iter()
        .flat_map(|r| ["phishing", "malware", "scam"].map(|k| [*r, k]));
    for (place, count) in places.zip(counts) {
        for _ in 0..*count {
            next += 1;
            cells.add(&place, key(next), &Label::default()).unwrap();
        }
    }
    cells
}

fn released(cells: &Cells, rule: &Rule) -> Table {
    GATE.release(cells, rule, Audience::Public)
        .unwrap()
        .get()
        .clone()
}

#[test]
fn every_cell_and_every_total_is_there() {
    let cells = filled(&[30, 33, 0, 3, 6, 9]);
    let table = released(&cells, &OPEN);
    // Multiples of 3 stay as they are, so these show the truth.
    let cell = |region, kind| table.cell(&[region, kind]).unwrap().count().unwrap();
    assert_eq!(cell(Some("north"), Some("malware")), 33);
    assert_eq!(cell(Some("north"), Some("scam")), 0);
    assert_eq!(cell(Some("north"), None), 63);
    assert_eq!(cell(None, Some("malware")), 39);
    assert_eq!(cell(None, None), 81);
    assert_eq!(table.rows().count(), 12);
    assert_eq!(table.cell(&[Some("west"), None]), None);
    assert_eq!(table.cell(&[None]), None);
    assert_eq!(table.cell(&[None, None, None]), None);
    let (first, last) = (table.rows().next().unwrap(), table.rows().last().unwrap());
    assert_eq!(
        first,
        (vec![Some("north"), Some("phishing")], Shown::Count(30))
    );
    assert_eq!(last, (vec![None, None], Shown::Count(81)));
    let grand = released(
        &cells,
        &Rule {
            totals: Totals::Grand,
            ..OPEN
        },
    );
    assert_eq!(
        (grand.rows().count(), grand.cell(&[None, Some("malware")])),
        (7, None)
    );
    let none = released(
        &cells,
        &Rule {
            totals: Totals::None,
            ..OPEN
        },
    );
    assert_eq!((none.rows().count(), none.cell(&[None, None])), (6, None));
    assert_eq!(
        (none.dimensions().len(), none.rule().totals),
        (2, Totals::None)
    );
}

#[test]
fn small_mean_cells_refuse_the_whole_table() {
    // 12 records in 6 cells.
    let cells = filled(&[2, 2, 2, 2, 2, 2]);
    let with = |mean_cell_min| Rule {
        mean_cell_min,
        ..OPEN
    };
    assert!(GATE.release(&cells, &with(2.0), Audience::Public).is_ok());
    let refused = GATE
        .release(&cells, &with(2.01), Audience::Public)
        .unwrap_err();
    assert_eq!(refused, Refused::MeanCell(2.01));
    assert!(!refused.to_string().contains("12"));
    // Empty cells count: one full cell does not carry five empty ones.
    let one = filled(&[11, 0, 0, 0, 0, 0]);
    assert!(GATE.release(&one, &with(2.0), Audience::Public).is_err());
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        let refused = GATE.release(&cells, &with(bad), Audience::Public);
        assert!(matches!(refused, Err(Refused::Rule("mean_cell_min", _))));
    }
}

#[test]
fn labels_decide_who_sees_counts() {
    use Audience::{Members, Office, Public};
    for (tlp, public, members, office) in [
        (Tlp::Clear, true, true, true),
        (Tlp::Green, true, true, true),
        (Tlp::Amber, true, true, true),
        (Tlp::AmberStrict, false, false, true),
        (Tlp::Red, false, false, false),
    ] {
        let mut cells = filled(&[9; 6]);
        cells
            .add(&["north", "scam"], key(999), &label(tlp))
            .unwrap();
        let may = |audience| GATE.release(&cells, &OPEN, audience).is_ok();
        assert_eq!(
            (may(Public), may(Members), may(Office)),
            (public, members, office),
            "{tlp}"
        );
    }
    let mut cells = filled(&[9; 6]);
    let mut private = Label::default();
    private.purposes.remove(&Purpose::Statistics);
    cells.restrict(&private);
    assert_eq!(GATE.release(&cells, &OPEN, Office), Err(Refused::Purpose));
    let bare = Cells::new(Vec::new()).unwrap();
    assert_eq!(GATE.release(&bare, &OPEN, Public), Err(Refused::NoLabel));
}

#[test]
fn an_audience_sticks_to_what_was_released() {
    let cells = filled(&[9; 6]);
    let office = GATE.release(&cells, &OPEN, Audience::Office).unwrap();
    assert_eq!(
        (office.audience(), office.public()),
        (Audience::Office, None)
    );
    let public = GATE.release(&cells, &OPEN, Audience::Public).unwrap();
    assert_eq!(public.public(), Some(public.get()));
    assert_eq!(public.get(), office.get());
}

#[test]
fn suppressed_cells_have_a_symbol_of_their_own() {
    let cells = filled(&[0, 1, 5, 6, 7, 30]);
    let rule = Rule {
        suppress_below: Some(6),
        ..OPEN
    };
    let table = released(&cells, &rule);
    let suppressed: Vec<bool> = table
        .rows()
        .map(|(_, shown)| shown == Shown::Suppressed)
        .collect();
    // Cells and the north's total (6) by row; then the south's, then the kinds' totals.
    let want = [
        false, true, true, false, false, false, false, false, false, false, false, false,
    ];
    assert_eq!(suppressed, want);
    assert_eq!(Shown::Suppressed.to_string(), "S");
    assert_eq!(Shown::Count(12).to_string(), "12");
    assert_eq!(Shown::Suppressed.count(), None);
    let json =
        serde_json::to_value(GATE.release(&cells, &rule, Audience::Public).unwrap()).unwrap();
    assert_eq!(json[0], serde_json::json!([["north", "phishing"], 0]));
    assert_eq!(json[1], serde_json::json!([["north", "malware"], "S"]));
    assert_eq!(json[11][0], serde_json::json!([null, null]));
}

#[test]
fn totals_are_rounded_from_their_own_sets() {
    // Six cells of one record each: were totals sums of rounded cells, they would mostly not be near 6.
    let mut sums = BTreeSet::new();
    for secret in 0..50 {
        let gate = Gate::new([secret; 32]);
        let cells = filled(&[1; 6]);
        let table = gate.release(&cells, &OPEN, Audience::Public).unwrap();
        assert_eq!(table.get().cell(&[None, None]), Some(Shown::Count(6)));
        let inner = table
            .get()
            .rows()
            .filter(|(at, _)| at.iter().all(Option::is_some));
        sums.insert(inner.filter_map(|(_, shown)| shown.count()).sum::<u64>());
    }
    assert!(sums.len() > 3, "{sums:?}");
}

#[test]
fn summed_sets_give_the_same_table() {
    let each = filled(&[4, 5, 7, 8, 10, 11]);
    let mut summed = Cells::new(each.dimensions().to_vec()).unwrap();
    for (place, records) in each.sets(|_| false) {
        let values: Vec<&str> = each
            .dimensions()
            .iter()
            .zip(&place)
            .map(|(d, at)| d.values[*at].as_str())
            .collect();
        let only = Records::Summed {
            count: records.count(),
            sum: records.sum(),
        };
        summed
            .add_records(&values, &only, &Label::default())
            .unwrap();
    }
    assert_eq!(released(&each, &OPEN), released(&summed, &OPEN));
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let rounding = prop::sample::select(vec![Rounding::Rr3, Rounding::Grr]);
    (rounding, prop::option::of(0..8_u64)).prop_map(|(rounding, suppress_below)| Rule {
        rounding,
        suppress_below,
        ..OPEN
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_cell_tells_more_than_the_rule_allows(counts in prop::array::uniform6(0..40_usize), rule in any_rule()) {
        let cells = filled(&counts);
        let table = released(&cells, &rule);
        let sets = cells.sets(|_| true);
        prop_assert_eq!(sets.len(), table.cells.len());
        for (place, shown) in &table.cells {
            let truth = sets[place].count();
            let few = truth > 0 && truth < rule.suppress_below.unwrap_or(0);
            prop_assert_eq!(few, *shown == Shown::Suppressed);
            if let Some(count) = shown.count() {
                let base = rule.rounding.base(truth);
                prop_assert!(count.abs_diff(truth) < base && count % base == 0);
                prop_assert!(count != 1 && count != 2);
            }
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        records in prop::collection::vec((0..30_usize, 0..2_usize, 0..3_usize), 1..60), turn in 0..60_usize,
    ) {
        let table = |records: &[(usize, usize, usize)]| {
            let mut cells = filled(&[]);
            for (id, region, kind) in records {
                let at = [["north", "south"][*region], ["phishing", "malware", "scam"][*kind]];
                cells.add(&at, key(*id), &Label::default()).unwrap();
            }
            released(&cells, &OPEN)
        };
        let one = table(&records);
        let mut other = records.clone();
        let turn = turn % other.len();
        other.rotate_left(turn);
        other.reverse();
        other.extend_from_slice(&records);
        prop_assert_eq!(one, table(&other));
    }
}

#[test]
fn a_withheld_cell_is_suppressed_and_stays_in_the_total() {
    let mut cells = filled(&[30, 33, 0, 3, 6, 9]);
    cells.withhold(&["north", "phishing"]).unwrap();
    assert!(cells.withhold(&["east", "phishing"]).is_err());
    let table = released(&cells, &OPEN);
    let cell = |region, kind| table.cell(&[region, kind]);
    assert_eq!(
        cell(Some("north"), Some("phishing")),
        Some(Shown::Suppressed)
    );
    assert_eq!(cell(Some("north"), Some("malware")), Some(Shown::Count(33)));
    assert_eq!(cell(None, None), Some(Shown::Count(81)));
}

/// Two hundred askings of one set, each under other names and in another order, give one answer and not 200 draws whose
/// mean would tell the count.
#[test]
fn asking_again_under_other_names_tells_nothing_more() {
    let members = 7;
    let answers: BTreeSet<Shown> = (0..200_usize)
        .map(|round| {
            let names = [format!("kind {round}"), format!("other {round}")];
            let values: Vec<&str> = names.iter().map(String::as_str).collect();
            let dimension = Dimension::new(&format!("asked {round}"), &values);
            let mut cells = Cells::new(vec![dimension]).unwrap();
            for at in 0..members {
                let place = [values[0]];
                let one = key((at + round) % members);
                cells.add(&place, one, &Label::default()).unwrap();
            }
            released(&cells, &OPEN).cell(&[Some(values[0])]).unwrap()
        })
        .collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
}
