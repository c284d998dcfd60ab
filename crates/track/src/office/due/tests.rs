//! What is due when, and by whom.

use jiff::civil::{Date, date};

use super::super::tests::{example, read};
use super::*;
use crate::plan::{Files, Plan};
use crate::plan_files;

fn told(plan: &Plan, today: Date) -> Vec<String> {
    let all = due(plan, "2026", today);
    all.iter()
        .map(|one| {
            let initiative = one.initiative.as_deref().unwrap_or("-");
            let period = one.period.map_or_else(String::new, |it| format!(" {it}"));
            format!(
                "{} {} {initiative}/{}{period} {} {}",
                one.by,
                one.what.as_str(),
                one.id,
                one.state.as_str(),
                one.owner
            )
        })
        .collect()
}

#[test]
fn the_harbour_owes_this() {
    let plan = example("example-harbour");
    assert_eq!(
        told(&plan, date(2026, 7, 1)),
        [
            "2026-06-29 measure -/days 2026Q1 overdue Example Harbour Council (fictional)",
            "2026-09-30 initiative helpers/helpers coming Example Harbour Library (fictional)",
            "2026-10-31 milestone helpers/languages coming Example Harbour Library (fictional)",
            "2026-12-15 action harbour-log/teach coming Example Harbour Library (fictional)",
            "2026-12-31 next_step wharf-net/wharf-net coming Example Harbour Council (fictional)",
            "2026-12-31 action wharf-net/second-mast coming Example Harbour Council (fictional)",
            "2027-03-31 measure -/email 2026 coming Example Harbour Council (fictional)",
            "2027-03-31 measure -/loss 2026 coming Example Harbour Council (fictional)",
            "2027-03-31 measure -/people-helped 2026 coming Example Harbour Library (fictional)",
            "2027-03-31 measure -/harbour-log 2026 coming Te Hapū o te Tauira (fictional)",
        ]
    );
    assert_eq!(due(&plan, "2030", date(2026, 7, 1)), []);
}

fn changed(path: &str, from: &str, to: &str) -> Plan {
    let mut files: Files = plan_files::folder("example-harbour");
    let text = std::str::from_utf8(files.get(path).unwrap()).unwrap();
    assert!(text.contains(from), "{path}: {from}");
    files.insert(path, text.replacen(from, to, 1));
    read(&files)
}

#[test]
fn the_state_turns_with_the_day() {
    let plan = example("example-harbour");
    let state = |today| {
        let all = due(&plan, "2026", today);
        all.into_iter()
            .find(|one| one.id == "second-mast")
            .unwrap()
            .state
    };
    assert_eq!(state(date(2026, 11, 30)), DueState::Coming);
    assert_eq!(state(date(2026, 12, 1)), DueState::Due);
    assert_eq!(state(date(2026, 12, 31)), DueState::Due);
    assert_eq!(state(date(2027, 1, 1)), DueState::Overdue);
}

#[test]
fn what_was_reported_is_not_asked_for_again() {
    let has = |plan: &Plan, what: &str| {
        told(plan, date(2026, 7, 1))
            .iter()
            .any(|one| one.contains(what))
    };
    let file = "editions/2026/returns.toml";
    // Another return, on the initiative as a whole, says that its next step was done.
    let done = changed(file, "action = \"second-mast\"\n", "done = 2026-06-01\n");
    assert!(!has(&done, "next_step") && has(&done, "second-mast"));
    let done = changed(
        file,
        "action = \"second-mast\"\n",
        "action = \"second-mast\"\ndone = 2026-06-01\n",
    );
    assert!(has(&done, "next_step") && !has(&done, "second-mast"));
    // Without the return the initiative is asked for.
    let none = changed(
        file,
        "initiative = \"wharf-net\"\naction = \"second-mast\"",
        "initiative = \"helpers\"",
    );
    assert!(has(&none, "initiative wharf-net/wharf-net") && !has(&none, "initiative helpers"));
    // A reason for no value is a report, unless it is only missing.
    let series = "series/days-to-mend.csv";
    let row = "2025Q4,21,2026-05-08,desk-2026,,15,29,57,provisional,,\n";
    let with = |reason: &str| {
        let more = format!("{row}2026Q1,,2026-05-08,desk-2026,{reason},,,,,,\n");
        changed(series, row, &more)
    };
    assert!(has(&with("not-collected"), "days 2026Q2") && has(&with("missing"), "days 2026Q1"));
    // Nobody is asked for what its holder does not let be published.
    let tides = told(&example("example-harbour"), date(2025, 7, 1));
    assert!(
        tides.iter().any(|one| one.contains("/people-helped")),
        "{tides:?}"
    );
    assert!(
        !tides.iter().any(|one| one.contains("/closed-places")),
        "{tides:?}"
    );
}

#[test]
fn days_after_a_period_are_those_of_the_measure_the_edition_or_sixty() {
    let by = |plan: &Plan| {
        let all = due(plan, "2026", date(2026, 7, 1));
        all.into_iter().find(|one| one.id == "days").unwrap().by
    };
    let edition = "editions/2026/edition.toml";
    assert_eq!(
        by(&changed(edition, "returns_after_days = 90\n", "")),
        date(2026, 5, 30)
    );
    let own = changed(
        "editions/2026/measures.toml",
        "series = \"days-to-mend\"\n",
        "series = \"days-to-mend\"\nreturns_after_days = 10\n",
    );
    assert_eq!(by(&own), date(2026, 4, 10));
}

#[test]
fn the_next_period_follows_the_latest() {
    let rows = |text: &str| {
        let mut files = plan_files::folder("example-harbour");
        let rows: Vec<String> = text
            .split(' ')
            .map(|one| format!("{one},1,2026-02,scan-2026"))
            .collect();
        files.insert(
            "series/email-protected.csv",
            format!("period,value,vintage,source\n{}\n", rows.join("\n")),
        );
        Plan::sketch(&files).0
    };
    let next = |frequency, text: &str| {
        let plan = rows(text);
        let rows: Vec<&Row> = plan.series["email-protected"].rows.iter().collect();
        next_period(frequency, &rows, date(2026, 7, 20)).map(|one| one.to_string())
    };
    for (frequency, there, wanted) in [
        (Frequency::Monthly, "2026-01 2025-12", Some("2026-02")),
        (Frequency::Monthly, "2025-12", Some("2026-01")),
        (Frequency::Quarterly, "2025Q4", Some("2026Q1")),
        (Frequency::Yearly, "2024 2023", Some("2025")),
        (Frequency::Yearly, "2024/25", Some("2025/26")),
        (Frequency::Yearly, "2024-12-31", Some("2025")),
        (Frequency::Yearly, "2024-06-30", Some("2025")),
        (Frequency::Yearly, "2021-23", Some("2024")),
        (Frequency::TwoYearly, "2023", Some("2025")),
        (Frequency::Irregular, "2023", None),
        (Frequency::Once, "2023", None),
    ] {
        assert_eq!(next(frequency, there).as_deref(), wanted, "{there}");
    }
    let first = |frequency| {
        next_period(frequency, &[], date(2026, 7, 20))
            .unwrap()
            .to_string()
    };
    assert_eq!(first(Frequency::Monthly), "2026-06");
    assert_eq!(first(Frequency::Quarterly), "2026Q2");
    assert_eq!(first(Frequency::Yearly), "2025");
}
