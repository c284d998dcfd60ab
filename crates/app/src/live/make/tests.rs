use std::collections::BTreeMap;

use cairn_desk::figures::live::{EMBEDDED, Fact, Facts};
use cairn_desk::figures::{Codes, Counts, Definitions, Tally, publish};

use super::*;

const RUNNING: Quarter = Quarter(20_262);
const QUARTER: i64 = 20_261;

struct World {
    rules: Rules,
    settings: Settings,
    gate: Gate,
}

impl World {
    fn new() -> Self {
        let text = format!(
            "{EMBEDDED}\n[[population]]\nyear = 2025\npeople = 120000\nsource = \"Made up\"\n"
        );
        Self {
            rules: Definitions::parse(cairn_desk::figures::EMBEDDED)
                .unwrap()
                .rules,
            settings: Settings::parse(&text).unwrap(),
            gate: Gate::new([5; 32]),
        }
    }

    /// Reports with these numbers, each with its category.
    fn facts(&self, reports: &[(u64, &str)]) -> Facts {
        let mut facts = Facts::default();
        for (no, category) in reports {
            let fact = Fact {
                key: self.gate.record(&no.to_string()).bits(),
                category,
                region: Some(if no % 2 == 0 { "north" } else { "south" }),
                anonymous: no % 2 == 0,
                age: 10_000_000,
                answered: Some(7_200),
                closed: Some(900_000),
                ..Fact::default()
            };
            facts.add(&fact, &self.settings);
        }
        facts
    }

    /// What is told, given what was told before.
    fn day(&self, reports: &[(u64, &str)], before: &(Basis, Live)) -> (Basis, Live) {
        let mut counts = Counts::default();
        for (_, category) in reports {
            let quarter = counts.quarters.entry(QUARTER).or_default();
            let tally: &mut Tally = quarter.entry((*category).to_owned()).or_default();
            tally.incidents += 1;
        }
        let names = |all: &[&str]| {
            all.iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>()
        };
        let categories = names(&["scam", "phishing", "malware", "other"]);
        let codes = Codes {
            categories: &categories,
            regions: &names(&["north", "south"]),
            ages: &[],
            loss_bands: &[],
            factor: 100,
        };
        let (published, mut basis) = publish(&counts, &before.0, &self.rules, &codes, RUNNING);
        let making = Making {
            gate: self.gate.clone(),
            settings: &self.settings,
            rules: &self.rules,
            factor: 100,
            agencies: names(&["police"]),
            before: &before.0.live,
            told: Some(&before.1),
        };
        let collected = BTreeMap::from([(QUARTER, self.facts(reports))]);
        let (live, kept) = making.make(&collected, &published, &basis);
        basis.live = kept;
        (basis, live)
    }
}

fn reports(scam: u64, phishing: u64, malware: u64) -> Vec<(u64, &'static str)> {
    let all = [("scam", scam), ("phishing", phishing), ("malware", malware)];
    let each = all.into_iter().zip([1_000, 2_000, 3_000]);
    each.flat_map(|((code, n), from)| (from..from + n).map(move |no| (no, code)))
        .collect()
}

fn of<'a>(live: &'a Live, known: Known, code: Option<&str>) -> &'a LiveFigure {
    let mut rows = live.rows.iter();
    rows.find(|row| row.name == known.name && row.code.as_deref() == code)
        .unwrap_or_else(|| panic!("no {} {code:?}", known.name))
}

fn count(live: &Live, code: Option<&str>) -> Option<u64> {
    let row = of(live, live::REPORTS_BY_CATEGORY, code);
    row.value.as_ref().map(|value| value.parse().unwrap())
}

#[test]
fn what_the_figures_hide_is_hidden_and_the_rest_is_rounded() {
    let world = World::new();
    let (basis, live) = world.day(&reports(40, 22, 3), &Default::default());
    assert_eq!(basis.quarters[&QUARTER]["malware"].incidents, 3);
    // Three are few; with them the next smallest is hidden, which the total would give away.
    assert_eq!(count(&live, Some("malware")), None);
    assert_eq!(count(&live, Some("phishing")), None);
    for (code, truth) in [(Some("scam"), 40), (None, 65)] {
        let shown = count(&live, code).unwrap();
        assert!(
            shown.is_multiple_of(3) && shown.abs_diff(truth) <= 2,
            "{code:?} {shown}"
        );
    }
    assert_eq!(count(&live, Some("other")), Some(0));
    // 65 of 120,000 people.
    let rate = of(&live, live::REPORTS_PER_100K, None);
    assert_eq!(rate.value.as_deref(), Some("54.17"));
    assert!(rate.note.contains("120000 people (2025): Made up"));
}

#[test]
fn one_report_more_changes_nothing_that_is_told() {
    let world = World::new();
    let first = world.day(&reports(40, 22, 0), &Default::default());
    let mut day = first.clone();
    // One more each day, up to four: neither counts nor levels nor the draws of rounding move.
    for more in 1..=4 {
        day = world.day(&reports(40 + more, 22, 0), &day);
        assert_eq!(day.1.rows, first.1.rows, "{more}");
    }
    // One goes and another comes.
    let mut other = reports(40, 22, 0);
    other[0].0 = 1_999;
    assert_eq!(world.day(&other, &first).1.rows, first.1.rows);
    let moved = world.day(&reports(46, 22, 0), &day);
    let sum = |day: &(Basis, Live)| day.0.live.sets["category/2026Q1/scam"];
    assert_eq!(
        (sum(&first).count, sum(&day).count, sum(&moved).count),
        (40, 40, 46)
    );
    assert_eq!(sum(&first).sum, sum(&day).sum);
    assert_ne!(sum(&first).sum, sum(&moved).sum);
}

#[test]
fn two_hundred_days_of_the_same_reports_are_one_answer() {
    let world = World::new();
    let reports = reports(41, 23, 0);
    let first = world.day(&reports, &Default::default());
    let mut day = first.clone();
    for _ in 0..200 {
        day = world.day(&reports, &day);
        assert_eq!(day, first);
    }
    // Nothing known of yesterday, as after a change of the definitions: the same reports, the same answer.
    for _ in 0..200 {
        assert_eq!(world.day(&reports, &Default::default()).1, first.1);
    }
    // Another order of the reports, and every report under another category.
    let mut turned = reports;
    turned.reverse();
    for one in &mut turned {
        one.1 = if one.1 == "scam" { "phishing" } else { "scam" };
    }
    let turned = world.day(&turned, &Default::default()).1;
    for (code, was) in [("scam", "phishing"), ("phishing", "scam")] {
        assert_eq!(count(&turned, Some(code)), count(&first.1, Some(was)));
    }
    assert_eq!(count(&turned, None), count(&first.1, None));
}

#[test]
fn a_count_of_an_older_program_is_rounded_once() {
    let world = World::new();
    let mut first = world.day(&reports(40, 22, 0), &Default::default());
    // The older program had settled on 40 while there were 43, and knew nothing of live measures.
    first.0.live = LiveBasis::default();
    let second = world.day(&reports(43, 22, 0), &(first.0, Live::default()));
    assert_eq!(second.0.live.sets["category/2026Q1/scam"].count, 40);
    let third = world.day(&reports(44, 22, 0), &second);
    assert_eq!(
        count(&second.1, Some("scam")),
        count(&third.1, Some("scam"))
    );
}

#[test]
fn shares_are_of_rounded_counts() {
    let world = World::new();
    let (_, live) = world.day(&reports(40, 0, 0), &Default::default());
    let share = of(&live, live::ANONYMOUS_SHARE, None);
    let n = share.n.unwrap();
    assert!(n.is_multiple_of(3) && n.abs_diff(40) <= 2);
    let percent: u64 = share.value.as_ref().unwrap().parse().unwrap();
    assert!((43..=58).contains(&percent), "{percent}");
    let consent = of(&live, live::CONSENT_BY_AGENCY, Some("police"));
    assert_eq!(consent.value.as_deref(), Some("0"));
    let answered = of(&live, live::ANSWERED_WITHIN_TARGET, None);
    assert_eq!(answered.value.as_deref(), Some("100"));
    assert_eq!(answered.note, "target 72 hours");
}

#[test]
fn a_thin_table_is_withheld_whole() {
    let world = World::new();
    // Four categories and the rest are five cells: nine reports are fewer than two each.
    let (_, live) = world.day(&reports(9, 0, 0), &Default::default());
    assert_eq!(count(&live, Some("scam")), None);
    assert_eq!(count(&live, None), Some(9));
    let (_, live) = world.day(&reports(10, 0, 0), &Default::default());
    assert!(count(&live, Some("scam")).is_some());
}

#[test]
fn money_is_written_in_major_units() {
    let world = World::new();
    let making = |factor| Making {
        gate: world.gate.clone(),
        settings: &world.settings,
        rules: &world.rules,
        factor,
        agencies: Vec::new(),
        before: &EMPTY,
        told: None,
    };
    static EMPTY: LiveBasis = LiveBasis {
        at: BTreeMap::new(),
        sets: BTreeMap::new(),
    };
    assert_eq!(making(100).text(120_000, true), "1200");
    assert_eq!(making(100).text(1_250, true), "12.5");
    assert_eq!(making(100).text(7, true), "0.07");
    assert_eq!(making(1).text(7, true), "7");
    assert_eq!(making(1_000).text(7_050, true), "7.05");
    assert_eq!(making(100).text(36, false), "36");
}
