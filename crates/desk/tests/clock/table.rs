//! Every law's clocks against dates that were worked out by hand from the law's text. Nothing here is computed by the code
//! under test; each row says how it was found.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::clock::{Book, Change, Command, decide};
use cairn_kernel::time::Micros;

use crate::{at, book, event, general, later};

/// Tables by law.
const TABLES: [(&str, &str); 9] = [
    ("nis2", include_str!("nis2.csv")),
    ("dora", include_str!("dora.csv")),
    ("dora-essential", include_str!("dora-essential.csv")),
    ("circia", include_str!("circia.csv")),
    ("au-soci", include_str!("au-soci.csv")),
    ("nz-privacy", include_str!("nz-privacy.csv")),
    (
        "nz-digital-identity",
        include_str!("nz-digital-identity.csv"),
    ),
    ("eu-ai-act", include_str!("eu-ai-act.csv")),
    ("service", include_str!("service.csv")),
];

struct Row {
    line: usize,
    rule: String,
    start: String,
    limit: String,
    calendar: String,
    due: String,
    how: String,
}

fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let mut cells = line.splitn(6, ',').map(|cell| cell.trim().to_owned());
        let mut cell = || cells.next().unwrap_or_else(|| panic!("{line}"));
        rows.push(Row {
            line: index + 1,
            rule: cell(),
            start: cell(),
            limit: cell(),
            calendar: cell(),
            due: cell(),
            how: cell(),
        });
    }
    rows
}

/// A moment; `T24:00` is the last microsecond of the day.
fn due(text: &str) -> Micros {
    let Some((day, zone)) = text.split_once("T24:00") else {
        return at(text);
    };
    let day: jiff::civil::Date = day.parse().unwrap();
    let next = day.tomorrow().unwrap();
    Micros(at(&format!("{next}T00:00{zone}")).0 - 1)
}

/// What the code makes of a row.
fn computed(book: &Book, row: &Row) -> Result<Micros, String> {
    let rule = book.rule(&row.rule).ok_or("no such rule")?;
    let limit = rule.terms.not_later_than.as_ref();
    let command = Command::Start {
        rule: row.rule.clone(),
        start: event(&rule.terms.start[0], at(&row.start)),
        limit: limit.map(|limit| event(&limit.from, at(&row.limit))),
        calendar: (!row.calendar.is_empty()).then(|| row.calendar.clone()),
    };
    let changes = decide(book, None, command, later()).map_err(|refusal| refusal.to_string())?;
    let [Change::Started(opening)] = &changes[..] else {
        return Err(format!("{changes:?}"));
    };
    Ok(opening.due)
}

fn faults(book: &Book, name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for row in rows(text) {
        let found = computed(book, &row);
        if found != Ok(due(&row.due)) {
            faults.push(format!(
                "{name}.csv:{}: {} from {}: by hand {}, computed {} ({})",
                row.line,
                row.rule,
                row.start,
                due(&row.due).timestamp(),
                found.map_or_else(|error| error, |at| at.timestamp().to_string()),
                row.how
            ));
        }
    }
    faults
}

#[test]
fn every_law_gives_the_dates_worked_by_hand() {
    let book = book();
    let faults: Vec<String> = TABLES
        .iter()
        .flat_map(|(name, text)| faults(&book, name, text))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_laws_on_computing_time_give_the_dates_worked_by_hand() {
    let faults = faults(&general(), "general", include_str!("general.csv"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_law_has_twelve_cases_and_every_rule_one() {
    let book = book();
    let tables: BTreeMap<&str, &str> = TABLES.into_iter().collect();
    for law in book.laws() {
        let rows = rows(tables[&*law.id]);
        assert!(rows.len() >= 12, "{} has {} cases", law.id, rows.len());
        assert!(rows.iter().all(|row| !row.how.is_empty()));
        let tried: BTreeSet<&str> = rows.iter().map(|row| &*row.rule).collect();
        for rule in book.rules().iter().filter(|rule| rule.law == law.id) {
            assert!(tried.contains(&*rule.id), "{} is in no table", rule.id);
        }
    }
}

#[test]
fn a_wrong_date_in_a_table_is_found() {
    let text = include_str!("nis2.csv").replacen("2026-03-11T11:00", "2026-03-11T10:20", 1);
    assert_eq!(faults(&book(), "nis2", &text).len(), 1);
}

#[test]
fn years_that_a_calendar_does_not_cover_are_told() {
    let book = general();
    for (rule, start, known) in [
        ("eu-year", "2027-02-28T10:00[Europe/Brussels]", true),
        ("eu-year", "2028-02-29T10:00[Europe/Brussels]", false),
        ("eu-month", "2023-12-20T10:00[Europe/Brussels]", false),
        // Hours never look at a day off.
        ("eu-hour", "2040-01-01T10:00[Europe/Brussels]", true),
        (
            "nis2-early-warning",
            "2040-01-01T10:00[Europe/Brussels]",
            true,
        ),
        (
            "dora-intermediate",
            "2040-01-02T10:00[Europe/Brussels]",
            false,
        ),
    ] {
        let start_kind = book.rule(rule).unwrap().terms.start[0].clone();
        let command = Command::Start {
            rule: rule.to_owned(),
            start: event(&start_kind, at(start)),
            limit: None,
            calendar: None,
        };
        let changes = decide(&book, None, command, later()).unwrap();
        let [Change::Started(opening)] = &changes[..] else {
            panic!("{changes:?}");
        };
        assert_eq!(opening.known, known, "{rule} from {start}");
    }
}
