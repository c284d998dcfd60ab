use super::super::Definitions;
use super::*;

fn rules() -> Rules {
    Definitions::parse(super::super::EMBEDDED).unwrap().rules
}

fn settings() -> Settings {
    Settings::parse(EMBEDDED).unwrap()
}

/// A quarter of `n` reports, of which `answered` were answered after two hours and are a day old or more.
fn quarter(n: u64, answered: u64) -> Facts {
    let mut facts = Facts::default();
    for key in 0..n {
        let answered = (key < answered).then_some(2 * HOUR);
        facts.add(
            &Fact {
                key: u128::from(key) << 100,
                category: "scam",
                anonymous: key % 2 == 0,
                loss_minor: (key % 2 == 1).then_some(100_000),
                age: 30 * DAY,
                answered,
                closed: answered,
                ..Fact::default()
            },
            &settings(),
        );
    }
    facts
}

fn told(facts: &Facts, measure: Measure) -> Told {
    let agencies = ["police".to_owned()];
    let all = proposals(facts, &agencies, &rules());
    all.iter().find(|one| one.measure == measure).unwrap().told
}

#[test]
fn the_built_in_settings_have_a_target_and_no_population() {
    let all = settings();
    assert_eq!((all.answer_target_hours, all.population.len()), (72, 0));
    assert_eq!(all.population(Quarter(20264)), None);
}

#[test]
fn a_quarter_takes_the_newest_population_before_its_end() {
    let text = "answer_target_hours = 24\n\
        [[population]]\nyear = 2026\npeople = 30\nsource = \"b\"\n\
        [[population]]\nyear = 2024\npeople = 10\nsource = \"a\"\n";
    let all = Settings::parse(text).unwrap();
    let people = |quarter| all.population(Quarter(quarter)).map(|one| one.people);
    assert_eq!(
        [people(20234), people(20241), people(20254), people(20261)],
        [None, Some(10), Some(10), Some(30)]
    );
}

#[test]
fn settings_that_mislead_are_refused() {
    let entry = |people: &str, source: &str| {
        format!(
            "answer_target_hours = 24\n[[population]]\nyear = 2026\npeople = {people}\nsource = \"{source}\"\n"
        )
    };
    for bad in [
        "answer_target_hours = 0".to_owned(),
        "answer_target_hours = 24\nanswer_days = 3".to_owned(),
        entry("0", "x"),
        entry("10", " "),
        format!("{}{}", entry("10", "x"), &entry("11", "x")[25..]),
    ] {
        assert!(Settings::parse(&bad).is_err(), "{bad}");
    }
    assert!(Settings::parse(&entry("10", "x")).is_ok());
}

#[test]
fn sets_are_kept_whole() {
    let mut set = Set::default();
    set.add(u128::MAX - 3);
    set.add(9);
    let json = serde_json::to_string(&set).unwrap();
    assert_eq!(serde_json::from_str::<Set>(&json).unwrap(), set);
    let mut one = Set::default();
    one.add(9);
    assert_eq!(
        set.without(one),
        Set {
            count: 1,
            sum: u128::MAX - 3
        }
    );
}

#[test]
fn a_count_that_stands_still_keeps_its_reports() {
    let before = Set { count: 7, sum: 1 };
    let now = Set { count: 8, sum: 2 };
    assert_eq!(Set::settled(Some(before), now, 7), before);
    assert_eq!(Set::settled(Some(before), now, 8), now);
    // Counts of an older program have no reports with them.
    assert_eq!(Set::settled(None, now, 7), Set { count: 7, sum: 2 });
}

#[test]
fn small_parts_and_small_rests_are_withheld() {
    let facts = quarter(40, 40);
    assert!(
        matches!(told(&facts, Measure::Anonymous), Told::Share { part, whole } if part.count == 20 && whole.count == 40)
    );
    // Nobody agreed: none is told.
    assert!(matches!(told(&facts, Measure::Consent), Told::Share { part, .. } if part.count == 0));
    assert!(matches!(
        told(&facts, Measure::AnsweredInTime),
        Told::Share { .. }
    ));
    assert_eq!(told(&quarter(40, 37), Measure::AnsweredInTime), Told::Few);
    assert_eq!(told(&quarter(40, 3), Measure::AnsweredInTime), Told::Few);
    assert_eq!(
        told(&quarter(8, 8), Measure::Anonymous),
        Told::Few,
        "four of eight"
    );
}

#[test]
fn one_agreed_report_is_told_nowhere() {
    let mut facts = quarter(60, 60);
    facts.add(
        &Fact {
            key: 1,
            category: "scam",
            agencies: &["police".to_owned()],
            age: 30 * DAY,
            ..Fact::default()
        },
        &settings(),
    );
    let agencies = ["police", "netsafe"].map(String::from);
    let all = proposals(&facts, &agencies, &rules());
    let consent: Vec<_> = all
        .iter()
        .filter(|one| one.measure == Measure::Consent)
        .collect();
    let named = |code: &str| {
        consent
            .iter()
            .find(|one| one.code.as_deref() == Some(code))
            .unwrap()
    };
    assert_eq!(named("police").told, Told::Few);
    assert!(matches!(named("netsafe").told, Told::Share { part, .. } if part.count == 0));
    assert_eq!(
        consent.iter().find(|one| one.code.is_none()).unwrap().told,
        Told::Few
    );
}

#[test]
fn nothing_is_said_of_answers_that_are_not_due() {
    let mut facts = quarter(40, 40);
    let young = Fact {
        key: 99,
        category: "scam",
        age: 71 * HOUR,
        ..Fact::default()
    };
    facts.add(&young, &settings());
    assert_eq!(told(&facts, Measure::AnsweredInTime), Told::NotYet);
    let mut facts = quarter(40, 30);
    facts.add(
        &Fact {
            age: 72 * HOUR,
            ..young
        },
        &settings(),
    );
    assert!(
        matches!(told(&facts, Measure::AnsweredInTime), Told::Share { part, .. } if part.count == 30)
    );
}

#[test]
fn levels_of_losses_follow_their_sum() {
    let facts = quarter(40, 40);
    assert!(matches!(
        told(&facts, Measure::MedianLoss),
        Told::Level {
            value: 100_000,
            of: Set { count: 20, .. },
            ..
        }
    ));
    let mut dominated = facts;
    let large = Fact {
        key: 7,
        category: "scam",
        loss_minor: Some(9_000_000_000),
        age: 30 * DAY,
        ..Fact::default()
    };
    dominated.add(&large, &settings());
    assert_eq!(told(&dominated, Measure::MedianLoss), Told::Few);
    assert_eq!(
        told(&quarter(18, 18), Measure::MedianLoss),
        Told::Few,
        "nine losses"
    );
}

#[test]
fn a_figure_moves_by_enough_or_not_at_all() {
    let moves = |now: [u64; 2]| may_move(Some(&[20, 40]), &now, 5, 6);
    assert!(!moves([20, 40]) && !moves([21, 40]) && !moves([24, 36]));
    assert!(!moves([25, 40]), "a step of six is asked for");
    assert!(!moves([26, 39]), "one of forty would be told");
    assert!(moves([26, 40]) && moves([10, 50]));
    assert!(may_move(None, &[1], 5, 5) && may_move(Some(&[]), &[1, 2], 5, 5));
}

#[test]
fn waits_are_told_in_hours_and_days() {
    let facts = quarter(60, 60);
    assert!(matches!(
        told(&facts, Measure::AnswerMedian),
        Told::Level { value: 2, .. }
    ));
    assert!(matches!(
        told(&facts, Measure::CloseMedian),
        Told::Level { value: 0, .. }
    ));
    assert_eq!(told(&quarter(60, 20), Measure::AnswerMedian), Told::NotYet);
}
