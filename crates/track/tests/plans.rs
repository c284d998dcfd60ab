//! The plans that are shipped as examples: they have no faults, and hold what their sources say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod plan_files;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cairn_track::plan::{
    Edition, Fault, Files, InitiativeKind, Missing, Plan, Row, Series, Status, Target, TargetKind,
    Visible, What,
};
use jiff::civil::{Date, date};

/// Every example, by the name of its folder, with its files.
fn examples() -> BTreeMap<String, Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans");
    let folders = std::fs::read_dir(&root).unwrap();
    folders
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let files = plan_files::folder(&name);
            (name, files)
        })
        .collect()
}

fn plan(name: &str) -> Plan {
    let (plan, faults) = Plan::read(&examples()[name]);
    plan.unwrap_or_else(|| panic!("{name}: {}", faults[0]))
}

fn count(edition: &Edition, kind: InitiativeKind) -> usize {
    edition
        .initiatives
        .iter()
        .filter(|i| i.kind == kind)
        .count()
}

/// Period and value of what an edition sees of the totals of a series.
fn seen(series: &Series, as_of: Date) -> Vec<(String, String)> {
    let rows = series.seen(as_of).into_iter().filter(|row| row.is_total());
    rows.map(|row| {
        let value = row.value.map(|value| value.to_string());
        let missing = row.missing.map(|missing| missing.to_string());
        (row.period.to_string(), value.or(missing).unwrap())
    })
    .collect()
}

fn rows<'s>(series: &'s Series, period: &str) -> Vec<&'s Row> {
    let rows = series.rows.iter();
    rows.filter(|row| row.period.to_string() == period)
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    expected.iter().map(owned).collect()
}

/// Warnings that an example has on purpose: claims that nothing shows, what was done before its first edition, and series
/// whose owners do not let them be published.
fn warned(name: &str) -> BTreeSet<&'static str> {
    BTreeSet::from_iter(match name {
        "example-harbour" => vec!["claim-without-evidence", "not-allowed"],
        "nz-cyber-2015" => vec!["claim-without-evidence", "done-before-plan"],
        _ => vec![],
    })
}

#[test]
fn the_examples_have_no_errors_and_only_the_warnings_they_are_to_show() {
    let all = examples();
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "example-harbour",
            "nz-cyber-2015",
            "nz-digital",
            "nz-digital-nation-2017"
        ]
    );
    for (name, files) in &all {
        let (plan, faults) = Plan::read(files);
        let list = faults.iter().map(|fault| format!("{name}/{fault}"));
        let list = list.collect::<Vec<_>>().join("\n");
        assert!(!faults.iter().any(Fault::is_error), "{list}");
        let codes: BTreeSet<&str> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, warned(name), "{list}");
        assert_eq!(plan.unwrap().id, *name);
    }
}

#[test]
fn no_row_of_a_series_is_lost_and_each_names_a_source_of_the_plan() {
    let mut total = 0;
    for (name, files) in &examples() {
        let plan = plan(name);
        let mut below = 0;
        for (file, bytes) in files.below("series/") {
            let id = file.strip_suffix(".csv").unwrap();
            let series = &plan.series[id];
            let read = csv::Reader::from_reader(bytes)
                .into_records()
                .map(Result::unwrap)
                .count();
            assert_eq!(series.rows.len(), read, "{name}/{id}");
            assert!(read > 0, "{name}/{id} is empty");
            for row in &series.rows {
                assert!(
                    plan.sources.contains_key(&*row.source),
                    "{name}/{id}:{}",
                    row.line
                );
                assert_ne!(
                    row.value.is_some(),
                    row.missing.is_some(),
                    "{name}/{id}:{}",
                    row.line
                );
            }
            below += 1;
            total += read;
        }
        assert_eq!(plan.series.len(), below, "{name}");
    }
    assert_eq!(total, 224);
}

#[test]
fn what_is_computed_says_how() {
    for name in examples().keys() {
        for (id, series) in plan(name).series {
            for row in series.rows.iter().filter(|row| &*row.source == "derived") {
                assert!(row.is_flagged("derived"), "{name}/{id}:{}", row.line);
                assert!(!row.note().is_empty(), "{name}/{id}:{}", row.line);
            }
        }
    }
}

#[test]
fn every_frozen_edition_is_signed_in_two_roles_by_the_example_itself() {
    for name in examples().keys() {
        for edition in &plan(name).editions {
            let roles: BTreeSet<&str> =
                edition.signed_off.iter().map(|s| s.role.as_str()).collect();
            match edition.status {
                Status::Frozen => assert_eq!(roles.len(), 2, "{name}/{}", edition.id),
                Status::Draft => assert!(roles.is_empty(), "{name}/{}", edition.id),
            }
            for office in edition.signed_off.iter().map(|s| s.name_of_office.as_str()) {
                let ours = office == "Example office of cairn" || office.ends_with("(fictional)");
                assert!(ours, "{name}: {office}");
            }
            let front = edition.text("front", "en").unwrap();
            let says_so = [
                "This is an example made for cairn",
                "Everything here is made up",
            ];
            assert!(
                says_so.iter().any(|words| front.contains(words)),
                "{name}/{}",
                edition.id
            );
        }
    }
}

#[test]
fn the_digital_strategy_is_whole() {
    let plan = plan("nz-digital");
    let first = plan.edition("2022").unwrap();
    assert_eq!(count(first, InitiativeKind::Flagship), 11);
    assert_eq!(count(first, InitiativeKind::Other), 9);
    assert_eq!(count(first, InitiativeKind::LookingAhead), 4);
    let themes: Vec<_> = first
        .themes
        .iter()
        .map(|t| t.title.mi.as_deref().unwrap())
        .collect();
    assert_eq!(themes, ["Mahi Tika", "Mahi Tahi", "Mahi Ake"]);
    for edition in &plan.editions {
        let ids: Vec<&str> = edition.measures.iter().map(|m| m.id.as_str()).collect();
        assert_eq!(ids, ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"]);
        assert!(edition.measures.iter().all(|m| m.baseline.is_none()));
    }
    let budgets = &first.initiative("i05").unwrap().budgets;
    let money: f64 = budgets.iter().map(|budget| budget.amount.number()).sum();
    assert!((money - 60e6).abs() < 0.5);
}

#[test]
fn one_measure_of_nine_states_a_number() {
    for edition in &plan("nz-digital").editions {
        let kinds: Vec<Option<TargetKind>> = edition
            .measures
            .iter()
            .map(|measure| match &measure.target {
                Target::None => None,
                Target::Set(set) => Some(set.kind),
            })
            .collect();
        let number = Some(TargetKind::Number);
        let relative = Some(TargetKind::Relative);
        let implied = Some(TargetKind::Implied);
        assert_eq!(
            kinds,
            [
                None, relative, None, implied, implied, implied, None, implied, number
            ]
        );
        let loss = edition.measure("m2").unwrap();
        assert!(loss.comparators.is_empty() && loss.comparators_missing.is_some());
    }
}

#[test]
fn no_initiative_of_2022_vanishes() {
    let plan = plan("nz-digital");
    let (first, second) = (plan.edition("2022").unwrap(), plan.edition("2026").unwrap());
    let ended = second
        .ended
        .iter()
        .filter(|ended| ended.what == What::Initiative);
    let ended: BTreeSet<&str> = ended.map(|ended| ended.id.as_str()).collect();
    assert_eq!(ended, BTreeSet::from(["i03"]));
    for initiative in &first.initiatives {
        let id = initiative.id.as_str();
        assert_ne!(second.initiative(id).is_some(), ended.contains(id), "{id}");
    }
    let rural = &second.initiative("i05").unwrap().milestones[0];
    let done = rural.done.unwrap();
    assert_eq!(done.to_string(), "2022-11-17");
    assert!(done.end() <= rural.due.end() && !rural.evidence.is_empty());
}

#[test]
fn each_edition_sees_the_figures_of_its_day() {
    let plan = plan("nz-digital");
    let at = |edition: &str, series: &str| {
        seen(&plan.series[series], plan.edition(edition).unwrap().as_of)
    };
    let early = pairs(&[
        ("2018", "14.1"),
        ("2019", "missing"),
        ("2020", "16.9"),
        ("2021", "16.8"),
    ]);
    assert_eq!(at("2022", "loss-nzd-m"), early);
    let later = pairs(&[("2022", "20.0"), ("2023", "18.3")]);
    assert_eq!(at("2026", "loss-nzd-m"), [early, later].concat());
    assert_eq!(at("2022", "inz-positive"), []);
    assert_eq!(at("2026", "inz-positive").len(), 5);
    assert_eq!(at("2022", "ict-exports-nzd-b"), pairs(&[("2021", "2.2")]));
    assert_eq!(
        at("2026", "ict-exports-nzd-b"),
        pairs(&[("2021", "2.4"), ("2023", "3.1")])
    );
}

/// What the formula without target judges by: growth a year, with the sign turned, since less is better.
fn better_a_year(loss: &BTreeMap<i32, f64>, base: i32) -> f64 {
    -((loss[&2023] / loss[&base]).powf(1.0 / f64::from(2023 - base)) - 1.0)
}

#[test]
fn the_loss_is_worse_or_better_by_the_choice_of_the_base() {
    let plan = plan("nz-digital");
    let rows = plan.series["loss-nzd-m"].seen(date(2026, 6, 30));
    let values = rows
        .iter()
        .filter_map(|row| Some((row.period.year(), row.number()?)));
    let loss: BTreeMap<i32, f64> = values.collect();
    assert_eq!(
        loss.keys().copied().collect::<Vec<_>>(),
        [2018, 2020, 2021, 2022, 2023]
    );
    for base in [2018, 2020, 2021] {
        assert!(better_a_year(&loss, base) < 0.0, "{base}");
    }
    assert!(better_a_year(&loss, 2022) >= 0.015);
    assert!(rows.iter().all(|row| row.brk().is_none()));
}

#[test]
fn restatements_are_kept_as_vintages() {
    let plan = plan("nz-digital-nation-2017");
    let restated = |id: &str| -> Vec<String> {
        let text = |row: &Row| {
            row.value
                .map_or_else(|| "none".to_owned(), |v| v.to_string())
        };
        let all = plan.series[id].restatements();
        let words = all.iter().map(|r| {
            format!(
                "{}: {} to {}",
                r.after.period,
                text(r.before),
                text(r.after)
            )
        });
        words.collect()
    };
    assert_eq!(restated("ict-sales-nzd-b"), ["2021: 13.0 to 11.3"]);
    assert_eq!(
        restated("ict-export-share"),
        ["2019: 19 to 21", "2021: 17 to 21"]
    );
    assert_eq!(restated("iot-benefit-nzd-b"), ["2017-27: none to 2.2"]);
}

#[test]
fn one_claim_has_two_vintages() {
    let plan = plan("nz-digital-nation-2017");
    let series = &plan.series["iot-benefit-nzd-b"];
    let as_of = |edition: &str| plan.edition(edition).unwrap().as_of;
    assert_eq!(
        seen(series, as_of("2017-03")),
        pairs(&[("2017-27", "not-collected")])
    );
    let newest = series.seen(as_of("2017-12"));
    assert_eq!((series.rows.len(), newest.len()), (2, 1));
    let bounds = (newest[0].low().unwrap(), newest[0].high().unwrap());
    assert_eq!(
        (bounds.0.to_string(), bounds.1.to_string()),
        ("1.1".into(), "3.3".into())
    );
    assert!(newest[0].is_flagged("derived"));
}

#[test]
fn the_cyber_strategy_has_four_goals_and_no_measure_of_its_own() {
    let plan = plan("nz-cyber-2015");
    let first = plan.edition("2015").unwrap();
    assert_eq!((first.goals.len(), first.measures.len()), (4, 0));
    let actions = first.initiatives.iter().flat_map(|i| &i.actions);
    let (shown, claimed): (Vec<_>, Vec<_>) = actions
        .filter(|action| action.done.is_some())
        .partition(|action| !action.evidence.is_empty());
    assert_eq!((shown.len(), claimed.len()), (3, 2));
    let opening = |edition: &str| {
        plan.edition(edition)
            .unwrap()
            .initiative("cert")
            .unwrap()
            .milestones[0]
            .done
    };
    assert_eq!(opening("2015"), None);
    assert_eq!(opening("2018").unwrap().to_string(), "2017-04");
    assert!(plan.edition("2026").unwrap().initiative("cert").is_none());
}

#[test]
fn quarters_add_up_to_their_years() {
    let plan = plan("nz-cyber-2015");
    let quarters = &plan.series["incident-reports-q"];
    assert_eq!(quarters.rows.len(), 36);
    let sum = |year: i32| -> f64 {
        let of = quarters.rows.iter().filter(|row| row.period.year() == year);
        of.filter_map(Row::number).sum()
    };
    for year in 2018..=2022 {
        let row = rows(&plan.series["incident-reports"], &year.to_string())[0];
        assert!((sum(year) - row.number().unwrap()).abs() < 0.5, "{year}");
    }
}

#[test]
fn referrals_add_up_to_the_reports() {
    let plan = plan("nz-cyber-2015");
    // With the 786 and 1,221 that were answered where they came in.
    for (quarter, referred, kept) in [("2024Q2", 417.0, 786.0), ("2024Q3", 684.0, 1221.0)] {
        let of = rows(&plan.series["referrals"], quarter);
        let (all, agencies): (Vec<_>, Vec<_>) = of.iter().partition(|row| row.is_total());
        let sum: f64 = agencies.iter().filter_map(|row: &&Row| row.number()).sum();
        assert_eq!(all.len(), 1);
        assert!((sum - referred).abs() < 0.5, "{quarter}: {sum}");
        assert!((all[0].number().unwrap() - sum).abs() < 0.5, "{quarter}");
        let reports = rows(&plan.series["incident-reports-q"], quarter)[0]
            .number()
            .unwrap();
        assert!((reports - sum - kept).abs() < 0.5, "{quarter}");
    }
}

#[test]
fn years_on_another_basis_stand_behind_a_break() {
    let plan = plan("nz-cyber-2015");
    let merged = rows(&plan.series["incident-reports"], "2023/24");
    assert!(merged[0].brk().unwrap().contains("merged"));
    let broken = plan.series["incident-reports-q"]
        .rows
        .iter()
        .filter(|row| row.brk().is_some());
    let breaks: Vec<String> = broken.map(|row| row.period.to_string()).collect();
    assert_eq!(breaks, ["2020Q3", "2025Q1"]);
}

#[test]
fn the_harbour_is_made_up_and_obeys_its_owners() {
    let plan = plan("example-harbour");
    assert!(plan.title.en.contains("fictional") && plan.owner.contains("fictional"));
    let visible: BTreeSet<&str> = plan
        .communities
        .iter()
        .map(|c| c.visible.as_str())
        .collect();
    assert_eq!(visible.len(), Visible::WORDS.len());
    for community in &plan.communities {
        assert!(
            community.fictional && community.holder.contains("fictional"),
            "{}",
            community.id
        );
    }
    for mandate in &plan.mandates {
        assert!(mandate.holder.contains("fictional"), "{}", mandate.id);
    }
    let days = [date(2025, 6, 30), date(2026, 6, 30), date(2027, 1, 1)];
    let allowed = |series: &str, purpose: &str| days.map(|on| plan.allows(series, purpose, on));
    assert_eq!(
        allowed("harbour-log-places", "publish"),
        [true, true, false]
    );
    assert_eq!(allowed("harbour-log-places", "combine"), [false; 3]);
    assert_eq!(allowed("closed-places", "publish"), [true, false, false]);
    assert_eq!(allowed("tide-readings", "publish"), [true, false, false]);
    assert_eq!(allowed("own-language", "publish"), [false; 3]);
    assert_eq!(allowed("email-protected", "publish"), [true; 3]);
}

#[test]
fn the_harbour_uses_what_a_plan_can_have() {
    let plan = plan("example-harbour");
    let newest = plan.newest().unwrap();
    assert_eq!(newest.status, Status::Draft);
    let query = newest.measure("reports").unwrap().query.as_ref().unwrap();
    assert_eq!(
        (query.name.as_str(), query.version),
        ("reports_received", 1)
    );
    let helped = newest.measure("people-helped").unwrap();
    let names: Vec<&str> = helped
        .disaggregation
        .iter()
        .map(|d| d.name.as_str())
        .collect();
    assert_eq!(names, ["district", "age"]);
    let missing = plan.series.values().flat_map(|series| &series.rows);
    let missing: BTreeSet<Missing> = missing.filter_map(|row| row.missing).collect();
    assert_eq!(missing.len(), Missing::WORDS.len());
    let how: BTreeSet<&str> = newest
        .ended
        .iter()
        .map(|ended| ended.how.as_str())
        .collect();
    assert_eq!(
        how,
        BTreeSet::from(["merged", "renamed", "stopped", "superseded"])
    );
    assert!(!newest.notes.is_empty() && !newest.dissents.is_empty());
    assert!(newest.initiatives.iter().any(|i| !i.depends_on.is_empty()));
    assert!(newest.initiatives.iter().any(|i| i.budgets.len() > 1));
}
