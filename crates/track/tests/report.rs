//! The report of the plans that come with cairn, against what their sources say.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what is wrong by failing"
)]

mod plan_files;

use cairn_track::office::Doubt;
use cairn_track::plan::Plan;
use cairn_track::progress::robust::{Kind, Verdict};
use cairn_track::progress::statcan::Status;
use cairn_track::report::{NoStatus, Report, Standing};

fn plan(name: &str) -> Plan {
    let (plan, faults) = Plan::read(&plan_files::folder(name));
    plan.unwrap_or_else(|| panic!("{faults:#?}"))
}

#[test]
fn reported_loss_turns_with_the_base_year() {
    let plan = plan("nz-digital");
    let report = Report::of(&plan, plan.edition("2026").unwrap());
    let loss = report.measure("m2").unwrap();
    assert_eq!(loss.standing, Standing::Measured);
    let robust = loss.robustness.as_ref().unwrap();
    assert_eq!(robust.main.base.unwrap().year, 2018.0);
    assert_eq!(robust.main.outcome.status, Status::Deterioration);
    let by_base: Vec<(f64, Status)> = robust
        .bases
        .iter()
        .map(|one| (one.base_year, one.outcome.status))
        .collect();
    assert_eq!(
        by_base,
        [
            (2018.0, Status::Deterioration),
            (2020.0, Status::Deterioration),
            (2021.0, Status::Deterioration),
            (2022.0, Status::Substantial),
        ]
    );
    assert!(matches!(
        robust.over_bases,
        Verdict::FlipsDirection { flipped: 1, .. }
    ));
    assert!(
        robust
            .variants
            .iter()
            .any(|one| one.kind == Kind::LastDropped)
    );
    assert_eq!(robust.best.unwrap().score, Some(5.0));
    assert_eq!(robust.worst.unwrap().score, Some(-5.0));
}

#[test]
fn coverage_says_what_nobody_measures() {
    let plan = plan("nz-digital");
    let report = Report::of(&plan, plan.edition("2026").unwrap());
    let coverage = report.coverage;
    assert_eq!(coverage.total(), 9);
    assert_eq!(coverage.with_target, 5, "one stated and four implied");
    assert!(coverage.never >= 3, "{coverage:?}");
    for never in ["m5", "m6"] {
        let one = report.measure(never).unwrap();
        assert_eq!(
            (one.standing, one.no_status),
            (Standing::Never, Some(NoStatus::NoValue))
        );
        assert!(one.outcome().is_none());
    }
    let counted = report.measures.iter().filter(|one| one.outcome().is_some());
    assert_eq!(counted.count(), coverage.with_status);
}

#[test]
fn what_is_planned_is_no_value() {
    let plan = plan("nz-digital-nation-2017");
    let report = Report::of(&plan, plan.newest().unwrap());
    let planned = report.measure("broadband-planned").unwrap();
    assert_eq!(planned.rows().len(), 3);
    assert!(planned.rows().iter().all(|row| row.is_flagged("planned")));
    assert!(planned.figures().is_empty());
    assert_eq!(planned.standing, Standing::Never);
}

#[test]
fn a_restated_figure_shows_in_the_verdict() {
    let plan = plan("nz-digital");
    let report = Report::of(&plan, plan.edition("2026").unwrap());
    let exports = report.measure("m7").unwrap();
    assert!(!exports.restatements().is_empty());
    let robust = exports.robustness.as_ref().unwrap();
    assert!(
        robust
            .variants
            .iter()
            .any(|one| one.kind == Kind::PreviousVintage)
    );
}

#[test]
fn an_edition_knows_nothing_of_later_vintages() {
    let plan = plan("nz-digital");
    let old = Report::of(&plan, plan.edition("2022").unwrap());
    let new = Report::of(&plan, plan.edition("2026").unwrap());
    for one in &old.measures {
        for row in one.all_rows() {
            assert!(row.vintage.by(old.as_of), "{} {}", one.measure.id, row.line);
        }
    }
    let values = |report: &Report<'_>| -> usize {
        report.measures.iter().map(|one| one.figures().len()).sum()
    };
    assert!(values(&old) < values(&new));
}

#[test]
fn a_series_without_its_holders_word_is_not_seen() {
    let plan = plan("example-harbour");
    let report = Report::of(&plan, plan.newest().unwrap());
    let withheld: Vec<_> = report
        .measures
        .iter()
        .filter(|one| one.standing == Standing::Withheld)
        .collect();
    assert!(!withheld.is_empty());
    assert_eq!(withheld.len(), report.coverage.withheld);
    for one in withheld {
        assert!(one.series.is_none() && one.all_rows().is_empty() && one.outcome().is_none());
        assert!(one.withheld.is_some());
    }
}

#[test]
fn milestones_stand_by_their_dates() {
    let plan = plan("nz-digital");
    let report = Report::of(&plan, plan.edition("2026").unwrap());
    let steps: usize = report.initiatives.iter().map(|one| one.steps.total()).sum();
    let shown: usize = report
        .initiatives
        .iter()
        .map(|one| one.steps.met + one.steps.late)
        .sum();
    assert!(steps > shown);
    // What only those say who did it is shown by nothing.
    let own = report
        .claims
        .iter()
        .find(|claim| claim.doubt == Doubt::OwnWord);
    let own = report.initiative(&own.unwrap().initiative).unwrap();
    assert!(own.steps.without_evidence > 0, "{:?}", own.steps);
    let harbour = self::plan("example-harbour");
    let harbour = Report::of(&harbour, harbour.newest().unwrap());
    let met: usize = harbour.initiatives.iter().map(|one| one.steps.met).sum();
    assert!(met > 0);
    assert!(
        report.translations.missing > 0 && report.translations.missing < report.translations.texts
    );
}

#[test]
fn a_draft_shows_live_figures_and_a_frozen_edition_those_of_its_day() {
    let mut files = plan_files::folder("example-harbour");
    let row = "2026Q3,12,2026-11-25,s,,,,,,,evidence log at 9 entries\n";
    let source = plan("example-harbour")
        .sources
        .keys()
        .next()
        .unwrap()
        .clone();
    let text = format!("period,value,vintage,source,missing,low,high,n,flag,break,note\n{row}")
        .replace(",s,", &format!(",{source},"));
    files.insert("series/live.reports_received.v1.csv", text.into_bytes());
    let (plan, faults) = Plan::read(&files);
    let plan = plan.unwrap_or_else(|| panic!("{faults:#?}"));
    let live = |edition: &str| {
        let report = Report::of(&plan, plan.edition(edition).unwrap());
        let one = report
            .measures
            .iter()
            .find(|one| one.measure.query.is_some())
            .unwrap();
        (one.standing, one.latest().map(|one| one.value))
    };
    assert_eq!(live("2026"), (Standing::Measured, Some(12.0)));
    assert_eq!(live("2025"), (Standing::Live, None));
}

#[test]
fn the_totals_are_those_that_the_series_has() {
    for name in [
        "example-harbour",
        "nz-cyber-2015",
        "nz-digital",
        "nz-digital-nation-2017",
    ] {
        let plan = plan(name);
        for edition in &plan.editions {
            let report = Report::of(&plan, edition);
            for one in &report.measures {
                let mut rows = one.all_rows();
                rows.retain(|row| row.is_total());
                assert_eq!(one.rows(), rows, "{name} {} {}", edition.id, one.measure.id);
            }
        }
    }
}
