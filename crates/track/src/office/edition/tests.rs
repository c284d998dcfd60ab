//! Editions are frozen, and the next ones begin.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::tests::read;
use super::*;
use crate::compare::{Kind, compare};
use crate::plan::{Files, Period, Plan, Status};
use crate::plan_files;

const DAY: Date = date(2026, 7, 31);
const FILE: &str = "editions/2026/edition.toml";

fn harbour() -> Files {
    plan_files::folder("example-harbour")
}

fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    std::str::from_utf8(files.get(path).unwrap()).unwrap()
}

fn signed(role: &str, on: Date) -> Signature {
    Signature {
        role: role.into(),
        office: "Example Harbour Council (fictional)".into(),
        on,
    }
}

fn both() -> Vec<Signature> {
    vec![
        signed("statistician", date(2026, 7, 28)),
        signed("clerk \"of the day\"", DAY),
    ]
}

fn codes(result: Result<Files, Vec<Fault>>) -> Vec<&'static str> {
    result.unwrap_err().iter().map(|fault| fault.code).collect()
}

#[test]
fn a_frozen_edition_has_its_day_and_signatures_and_keeps_the_rest() {
    let files = harbour();
    let out = freeze(&files, "2026", DAY, &both()).unwrap();
    let plan = read(&out);
    let edition = plan.edition("2026").unwrap();
    assert_eq!(
        (edition.status, edition.published),
        (Status::Frozen, Some(DAY))
    );
    let roles: Vec<&str> = edition
        .signed_off
        .iter()
        .map(|one| one.role.as_str())
        .collect();
    assert_eq!(roles, ["statistician", "clerk \"of the day\""]);
    for (path, before) in files.iter().filter(|(path, _)| *path != FILE) {
        assert_eq!(out.get(path), Some(before), "{path}");
    }
    // Every line that was there is there, in its order; only the status is another one.
    let after = text(&out, FILE).replace("status = \"frozen\"", "status = \"draft\"");
    let mut lines = after.lines();
    for line in text(&files, FILE).lines() {
        assert!(lines.any(|one| one == line), "{line}\n{after}");
    }
    assert_eq!(
        codes(freeze(&out, "2026", DAY, &both())),
        ["edition-frozen"]
    );
}

#[test]
fn an_edition_is_not_frozen_against_the_rules() {
    let files = harbour();
    let one = [
        signed("statistician", DAY),
        signed("Statistician (fictional)", DAY),
    ];
    assert_eq!(
        codes(freeze(&files, "2026", DAY, &one)),
        ["frozen-unsigned"]
    );
    assert_eq!(codes(freeze(&files, "2026", DAY, &[])), ["frozen-unsigned"]);
    let late = [signed("a", DAY), signed("b", date(2026, 8, 1))];
    assert_eq!(
        codes(freeze(&files, "2026", DAY, &late)),
        ["signed-after-published"]
    );
    let early = [signed("a", date(2026, 6, 1)), signed("b", date(2026, 6, 1))];
    assert_eq!(
        codes(freeze(&files, "2026", date(2026, 6, 1), &early)),
        ["as-of-ahead"]
    );
    assert_eq!(
        codes(freeze(&files, "2031", DAY, &both())),
        ["unknown-edition"]
    );
    let mut broken = files.clone();
    broken.insert(
        "plan.toml",
        text(&files, "plan.toml").replace("\"ZZ\"", "\"zz\""),
    );
    let faults = freeze(&broken, "2026", DAY, &both()).unwrap_err();
    assert_eq!(
        (faults[0].code, faults[0].file.as_str()),
        ("plan-error", "plan.toml")
    );
}

#[test]
fn comments_and_line_ends_stay() {
    let mut files = harbour();
    let with = format!(
        "# First\r\n{}\r\n# Last\r\n",
        text(&files, FILE).trim_end().replace('\n', "\r\n")
    )
    .replace("status = \"draft\"", "status = \"draft\"   # for now");
    files.insert(FILE, with);
    let out = freeze(&files, "2026", DAY, &both()).unwrap();
    let after = text(&out, FILE);
    assert!(after.starts_with("# First\r\n"), "{after}");
    assert!(
        after.contains("status = \"frozen\"   # for now\r\n"),
        "{after}"
    );
    assert!(
        after.contains("# Last") && after.contains("published = 2026-07-31\r\n"),
        "{after}"
    );
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    read(&out);
}

fn next(files: &Files) -> Result<Files, Vec<Fault>> {
    let title = Words {
        en: "Third edition (fictional)".into(),
        mi: Some("Te putanga tuatoru".into()),
    };
    next_edition(files, "2026", "2027", &title, date(2027, 6, 30))
}

#[test]
fn the_next_edition_goes_on_where_the_last_one_stood() {
    let frozen = freeze(&harbour(), "2026", DAY, &both()).unwrap();
    let out = next(&frozen).unwrap();
    for (path, before) in frozen.iter().filter(|(path, _)| *path != "plan.toml") {
        assert_eq!(out.get(path), Some(before), "{path}");
    }
    let plan = read(&out);
    assert_eq!(plan.newest().unwrap().id, "2027");
    let (old, new) = (plan.edition("2026").unwrap(), plan.edition("2027").unwrap());
    assert_eq!(
        (new.status, new.published, new.as_of),
        (Status::Draft, None, date(2027, 6, 30))
    );
    assert!(new.signed_off.is_empty() && new.ended.is_empty() && new.returns.is_empty());
    assert_eq!(new.returns_due, None);
    assert_eq!(new.title.mi.as_deref(), Some("Te putanga tuatoru"));
    // What returns said is part of it.
    let log = new.initiative("harbour-log").unwrap();
    let readers = log
        .milestones
        .iter()
        .find(|one| one.id == "readers")
        .unwrap();
    assert_eq!(readers.done, Period::of_day(date(2026, 6, 12)));
    assert_eq!(readers.evidence, ["return-log-june"]);
    for (was, is) in old.initiatives.iter().zip(&new.initiatives) {
        let said = |one: &crate::plan::Initiative| -> Vec<_> {
            let all = one.status_evidence.iter();
            all.map(|one| (one.source.clone(), one.on, one.claim.clone()))
                .collect()
        };
        assert_eq!(said(was), said(is));
        assert_eq!(
            (&was.milestones, &was.actions),
            (&is.milestones, &is.actions)
        );
    }
    assert_eq!((&old.notes, &old.dissents), (&new.notes, &new.dissents));
    // Whoever compares the two finds that nothing was said or done in between.
    let told = compare(&plan, old, new);
    let kinds = [
        Kind::Claim,
        Kind::Milestone,
        Kind::Action,
        Kind::Note,
        Kind::Dissent,
        Kind::Budget,
    ];
    let said: Vec<_> = told
        .iter()
        .filter(|one| kinds.contains(&one.kind))
        .collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn an_edition_begins_with_the_newest_and_a_free_id() {
    let files = harbour();
    let title = Words::english("T");
    let begin =
        |from: &str, id: &str| codes(next_edition(&files, from, id, &title, date(2027, 6, 30)));
    assert_eq!(begin("2025", "2027"), ["not-newest"]);
    assert_eq!(begin("2031", "2027"), ["not-newest"]);
    assert_eq!(begin("2026", "2025"), ["duplicate-id"]);
    assert_eq!(begin("2026", "Next one"), ["bad-id"]);
}

proptest! {
    // Each case reads the example thrice.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn signatures_of_any_words_can_be_read(role in "[a-z\"\\\\\n#ā]{1,12}", other in "[A-Z]{1,4}", office in "\\PC{1,20}") {
        let sign_offs = [
            Signature { role: role.clone(), office: office.clone(), on: DAY },
            Signature { role: other, office, on: DAY },
        ];
        if let Ok(out) = freeze(&harbour(), "2026", DAY, &sign_offs) {
            let (plan, _) = Plan::read(&out);
            let plan = plan.unwrap();
            let signed = &plan.edition("2026").unwrap().signed_off;
            prop_assert_eq!(&signed[0].role, role.trim());
        }
    }
}
