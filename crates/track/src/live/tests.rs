use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;

fn row(period: &str, value: Option<&str>, day: i8) -> LiveRow {
    LiveRow {
        period: period.into(),
        code: None,
        value: value.map(str::to_owned).ok_or(Missing::Suppressed),
        interval: None,
        n: None,
        broken: None,
        note: String::new(),
        vintage: date(2026, 5, day),
        log_size: 100,
    }
}

fn ask(known: Known, broken_down: bool, values: &[&str]) -> Ask {
    Ask {
        known,
        series: format!("live.{}.v{}", known.name, known.version),
        source: "own".into(),
        broken_down,
        values: values.iter().copied().map(str::to_owned).collect(),
    }
}

fn csv(rows: &[LiveRow], ask: &Ask) -> String {
    String::from_utf8(series_csv(rows, ask)).unwrap()
}

#[test]
fn a_row_is_a_figure_or_its_restatement() {
    let rows = [
        row("2026Q1", Some("12"), 3),
        row("2025Q4", None, 1),
        row("2026Q1", Some("12"), 1),
        row("2026Q1", Some("17"), 4),
        row("2025Q4", None, 2),
    ];
    assert_eq!(
        csv(&rows, &ask(REPORTS_RECEIVED, false, &[])),
        "period,value,vintage,source,missing,low,high,n,flag,break,note\n\
         2025Q4,,2026-05-01,own,suppressed,,,,,,evidence log at 100 entries\n\
         2026Q1,12,2026-05-01,own,,,,,,,evidence log at 100 entries\n\
         2026Q1,17,2026-05-04,own,,,,,,,evidence log at 100 entries\n"
    );
}

#[test]
fn an_interval_a_break_and_a_note_stand_in_their_columns() {
    let one = LiveRow {
        interval: Some(("4".into(), "9".into())),
        n: Some(33),
        broken: Some("begun, in the quarter before".into()),
        note: "target 72 hours".into(),
        ..row("2026Q1", Some("6"), 1)
    };
    let text = csv(&[one], &ask(FIRST_ANSWER_MEDIAN, false, &[]));
    assert_eq!(
        text.lines().nth(1),
        Some(
            "2026Q1,6,2026-05-01,own,,4,9,33,,\"begun, in the quarter before\",\
             target 72 hours; evidence log at 100 entries"
        )
    );
}

#[test]
fn a_plan_gets_the_breakdown_it_knows() {
    let of = |code: &str| LiveRow {
        code: Some(code.into()),
        ..row("2026Q1", Some("3"), 1)
    };
    let rows = [of("scam"), of("phishing"), row("2026Q1", Some("6"), 1)];
    let lines = |broken_down, values: &[&str]| {
        let text = csv(&rows, &ask(REPORTS_BY_CATEGORY, broken_down, values));
        text.lines()
            .skip(1)
            .map(|line| line.rsplit(',').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(true, &[]), ["", "phishing", "scam"]);
    assert_eq!(lines(true, &["scam"]), ["", "scam"]);
    assert_eq!(lines(false, &[]).len(), 1);
}

#[test]
fn names_are_told_apart_by_version() {
    let query = |version| Query {
        name: "direct_loss".into(),
        version,
    };
    assert!(known(&query(1)).is_some() && known(&query(2)).is_none());
    assert_eq!(series_id(&query(1)), "live.direct_loss.v1");
}

#[test]
fn every_query_is_named_once_and_explained_in_both_languages() {
    let names: BTreeSet<&str> = KNOWN.iter().map(|one| one.name).collect();
    assert_eq!(names.len(), KNOWN.len());
    for one in KNOWN {
        assert!(
            one.version >= 1
                && one
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        );
        for text in [one.title, one.definition, one.unit, one.bias] {
            assert!(!text.en.is_empty() && !text.mi.is_empty(), "{}", one.name);
            assert_ne!(text.en, text.mi, "{}", one.name);
        }
    }
}

/// The office's guide has the same words, so that it cannot go stale.
#[test]
fn the_guide_has_every_query() {
    let guide = include_str!("../../../../docs/track.md");
    for one in KNOWN {
        let row = format!("| `{}` {} |", one.name, one.version);
        let line = guide.lines().find(|line| line.starts_with(&row));
        let line = line.unwrap_or_else(|| panic!("docs/track.md has no row {row}"));
        for text in [one.definition.en, one.unit.en, one.bias.en] {
            assert!(line.contains(text), "{}: {text}", one.name);
        }
    }
}
