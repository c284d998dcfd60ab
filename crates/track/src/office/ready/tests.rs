//! What stands in the way of signing off.

use jiff::civil::{Date, date};

use super::super::tests::example;
use super::*;
use crate::plan::Files;
use crate::plan_files;

fn codes(files: &Files, edition: &str, today: Date) -> Vec<&'static str> {
    let (plan, faults) = Plan::sketch(files);
    let all = ready(&plan, &faults, edition, today);
    all.iter()
        .filter(|one| one.forbids)
        .map(|one| one.code)
        .collect()
}

#[test]
fn what_forbids_comes_first_and_the_rest_warns() {
    let plan = example("example-harbour");
    let all = ready(&plan, &[], "2026", date(2026, 11, 1));
    assert!(all.iter().all(|one| !one.forbids));
    let of = |code: &str| {
        all.iter()
            .filter(|one| one.code == code)
            .collect::<Vec<_>>()
    };
    let overdue = of("return-overdue");
    assert_eq!(overdue.len(), 3, "{overdue:?}");
    assert_eq!(
        overdue[1].owner.as_deref(),
        Some("Example Harbour Library (fictional)")
    );
    assert!(
        overdue[0]
            .what
            .en
            .contains("Days from notice to mended: the value of 2026Q1 was due on 29 June 2026")
    );
    let claims: Vec<&str> = of("claim-in-doubt")
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert!(
        claims.contains(&"safe-shops/visit") && claims.contains(&"helpers/tour"),
        "{claims:?}"
    );
    // What the hapū says of itself rests on its own word.
    assert!(claims.contains(&"harbour-log"), "{claims:?}");
    let never: Vec<&str> = of("never-measured")
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(never, ["trust"]);
    assert_eq!(of("counts-hidden")[0].id, "people-helped");
    assert_eq!(of("not-translated").len(), 1);
    for one in &all {
        assert!(
            one.what.mi.is_some() && !one.what.en.ends_with('.'),
            "{one:?}"
        );
    }
}

#[test]
fn errors_of_the_plan_frozen_editions_and_days_to_come_forbid() {
    let mut files = plan_files::folder("example-harbour");
    let day = date(2026, 11, 1);
    assert_eq!(codes(&files, "2026", day), Vec::<&str>::new());
    assert_eq!(codes(&files, "2025", day), ["edition-frozen"]);
    assert_eq!(codes(&files, "2031", day), ["unknown-edition"]);
    assert_eq!(codes(&files, "2026", date(2026, 6, 29)), ["as-of-ahead"]);
    files.insert("mandates.toml", "[[mandate]]\n");
    let found = codes(&files, "2026", day);
    assert!(
        found.len() > 1 && found.iter().all(|code| *code == "plan-error"),
        "{found:?}"
    );
}
