//! The data files: what is built in, and what the check says of files with a fault.

use std::collections::BTreeSet;

use cairn_desk::clock::{Audience, Book, ClockProblem, EMBEDDED, Status};
use jiff::civil::{Date, Weekday};

use crate::{book, languages};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The built-in files with one text changed; the text must be there.
fn changed(file: &str, from: &str, to: &str) -> Result<Book, Vec<ClockProblem>> {
    let files: Vec<(String, String)> = EMBEDDED
        .into_iter()
        .map(|(name, text)| {
            if name == file {
                assert!(text.contains(from), "{file} has no {from}");
                (name.to_owned(), text.replacen(from, to, 1))
            } else {
                (name.to_owned(), text.to_owned())
            }
        })
        .collect();
    Book::parse(&files, &languages())
}

/// Line of the first place of a text, from 1.
fn line_of(file: &str, text: &str) -> usize {
    let (_, whole) = EMBEDDED
        .into_iter()
        .find(|(name, _)| *name == file)
        .unwrap();
    whole[..whole.find(text).unwrap()].matches('\n').count() + 1
}

#[test]
fn the_built_in_files_have_no_fault_and_all_are_built_in() {
    let book = book();
    assert_eq!(book.laws().len(), 9);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/clocks");
    let mut there = BTreeSet::new();
    for sub in ["", "calendars/", "rules/"] {
        for entry in std::fs::read_dir(format!("{folder}/{sub}")).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                there.insert(format!("{sub}{}", entry.file_name().to_str().unwrap()));
            }
        }
    }
    let embedded: BTreeSet<String> = EMBEDDED
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(there, embedded);
}

#[test]
fn every_event_is_used_and_every_law_cited() {
    let book = book();
    let mut used = BTreeSet::new();
    for rule in book.rules() {
        let terms = &rule.terms;
        used.extend(
            terms
                .start
                .iter()
                .chain(&terms.stop)
                .chain(&terms.start_again),
        );
        used.extend(terms.not_later_than.iter().map(|limit| &limit.from));
        used.extend(&rule.only_after);
        let law = book.law(&rule.law).unwrap();
        assert!(!rule.article.is_empty() && !rule.wording.is_empty());
        assert!(law.status == Status::Promise || law.link.starts_with("https://"));
        // Only a promise may stand still; no law that we ship allows it.
        assert_eq!(terms.pausable, law.status == Status::Promise, "{}", rule.id);
    }
    for kind in book.kinds() {
        assert!(
            used.contains(&kind.code),
            "{} is used by no rule",
            kind.code
        );
    }
}

#[test]
fn new_zealand_keeps_eleven_holidays_a_year_each_on_one_weekday() {
    let book = book();
    let calendar = book.calendar("nz").unwrap();
    // Te Kāhui o Matariki Public Holiday Act 2022, Schedule 1.
    let matariki = [
        "2024-06-28",
        "2025-06-20",
        "2026-07-10",
        "2027-06-25",
        "2028-07-14",
    ];
    let easter = [
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
    ];
    let weekend = |day: Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    for (year, (matariki, easter)) in (2024..).zip(matariki.into_iter().zip(easter)) {
        let off: Vec<(Date, &str)> = calendar
            .holidays()
            .filter(|(day, _)| day.year() == year && !weekend(*day))
            .collect();
        assert_eq!(off.len(), 11, "{year}: {off:?}");
        let has = |day: Date| off.iter().any(|(other, _)| *other == day);
        assert!(has(day(matariki)) && day(matariki).weekday() == Weekday::Friday);
        let easter = day(easter);
        assert!(has(easter.yesterday().unwrap().yesterday().unwrap()));
        assert!(has(easter.tomorrow().unwrap()));
        // First Monday of June, fourth Monday of October.
        for (month, from, to) in [(6, 1, 7), (10, 22, 28)] {
            let found = off.iter().filter(|(day, _)| {
                day.month() == month
                    && (from..=to).contains(&day.day())
                    && day.weekday() == Weekday::Monday
            });
            assert_eq!(found.count(), 1, "{year}-{month}");
        }
        // No holiday is lost to a weekend: one that falls on it has a weekday of the same name.
        for (lost, name) in calendar
            .holidays()
            .filter(|(day, _)| day.year() == year && weekend(*day))
        {
            assert!(
                off.iter().any(|(_, other)| other.starts_with(name)),
                "{lost} {name}"
            );
        }
    }
    for (text, works) in [
        ("2026-04-27", false),
        ("2026-12-28", false),
        ("2026-12-29", true),
        ("2027-01-04", false),
        ("2027-01-05", true),
        ("2027-12-28", false),
        ("2028-01-04", false),
        ("2026-11-14", false),
        ("2026-11-16", true),
    ] {
        assert_eq!(calendar.works(day(text)), works, "{text}");
    }
}

#[test]
fn working_days_of_legislation_are_fewer_than_days_without_holiday() {
    let book = book();
    let (law, holidays) = (
        book.calendar("nz-legislation").unwrap(),
        book.calendar("nz").unwrap(),
    );
    let mut at = day("2024-01-01");
    let mut only_law = Vec::new();
    while at <= day("2028-12-31") {
        if holidays.works(at) && !law.works(at) {
            only_law.push(at.to_string());
        }
        // 26 December to 2 January are off in both; so is every other holiday of the Holidays Act.
        assert!(holidays.works(at) || !law.works(at), "{at}");
        at = at.tomorrow().unwrap();
    }
    // Between Boxing Day and New Year, by year: all weekdays of 27 to 31 December that are no holiday.
    let wanted = [
        "2024-12-27",
        "2024-12-30",
        "2024-12-31",
        "2025-12-29",
        "2025-12-30",
        "2025-12-31",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-12-29",
        "2027-12-30",
        "2027-12-31",
        "2028-12-27",
        "2028-12-28",
        "2028-12-29",
    ];
    assert_eq!(only_law, wanted);
}

#[test]
fn faults_name_file_line_rule_and_mend() {
    let problems =
        changed("rules/nis2.toml", "calendar = \"eu\"", "calendar = \"eur\"").unwrap_err();
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!(
            "rules/nis2.toml:{}: rule nis2-early-warning: there is no calendar `eur`. Did you mean `eu`?",
            line_of("rules/nis2.toml", "calendar = \"eu\"")
        )]
    );
}

#[test]
fn every_kind_of_fault_is_found() {
    let cases = [
        // file, what is written, what stands there instead, words of the problem
        ("rules/nis2.toml", "version = 1", "version = 0", "below 1"),
        (
            "rules/nis2.toml",
            "audience = \"organisation\"",
            "audience = \"them\"",
            "cannot be `them`",
        ),
        (
            "rules/nis2.toml",
            "length = \"24 hours\"",
            "length = \"24\"",
            "a length is a number and",
        ),
        (
            "rules/nis2.toml",
            "length = \"24 hours\"",
            "length = \"0 hours\"",
            "at least 1",
        ),
        (
            "rules/nis2.toml",
            "length = \"24 hours\"",
            "length = \"99999999999 hours\"",
            "at least 1",
        ),
        (
            "rules/nis2.toml",
            "length = \"24 hours\"",
            "length = \"3 working hours\"",
            "does not say how",
        ),
        (
            "rules/circia.toml",
            "length = \"72 hours\"",
            "length = \"3 days\"",
            "does not say how",
        ),
        (
            "rules/nis2.toml",
            "computing = \"eu_1182_71\"",
            "computing = \"eu\"",
            "cannot be `eu`",
        ),
        (
            "rules/nis2.toml",
            "stop = [\"nis2_early_warning\"]",
            "stop = [\"nis2_early_warnin\"]",
            "there is no event",
        ),
        (
            "rules/nis2.toml",
            "stop = [\"nis2_early_warning\"]",
            "stop = []",
            "names no event",
        ),
        (
            "rules/nis2.toml",
            "stop = [\"nis2_early_warning\"]",
            "stop = [\"significant_incident_aware\"]",
            "both starts and stops",
        ),
        (
            "rules/nis2.toml",
            "stop = [\"nis2_early_warning\"]",
            "stop = [\"csirt_answer\", \"csirt_answer\"]",
            "stands twice",
        ),
        (
            "rules/nis2.toml",
            "wording =",
            "wordng =",
            "unknown key `wordng`",
        ),
        (
            "rules/nis2.toml",
            "wording =",
            "wordng =",
            "`wording` is missing",
        ),
        (
            "rules/nis2.toml",
            "id = \"nis2-notification\"",
            "id = \"nis2-early-warning\"",
            "stands twice",
        ),
        (
            "rules/nis2.toml",
            "id = \"nis2-notification\"",
            "id = \"NIS2\"",
            "is no code",
        ),
        (
            "rules/nis2.toml",
            "mi = \"Whakatūpato wawe\"",
            "mi = \"\"",
            "no text in `mi`",
        ),
        (
            "rules/nis2.toml",
            "https://eur-lex",
            "javascript:eur-lex",
            "is no link",
        ),
        ("rules/nis2.toml", "link =", "lnk =", "`link` is missing"),
        (
            "rules/nis2.toml",
            "status = \"in_force\"",
            "status = \"law\"",
            "cannot be `law`",
        ),
        (
            "rules/nis2.toml",
            "applies_from = \"2024-10-18\"",
            "applies_from = \"18 October\"",
            "`applies_from` is",
        ),
        (
            "rules/nis2.toml",
            "id = \"nis2\"",
            "id = \"dora\"",
            "two laws",
        ),
        ("rules/nis2.toml", "[law]", "[lw]", "`law` is missing"),
        (
            "rules/nis2.toml",
            "only_after = \"nis2_progress_report\"",
            "only_after = \"progress\"",
            "there is no event",
        ),
        (
            "rules/dora.toml",
            "from = \"ict_incident_aware\"",
            "from = \"classified_major\"",
            "runs from the event that starts",
        ),
        (
            "rules/dora.toml",
            "from = \"ict_incident_aware\", ",
            "",
            "`from` is missing",
        ),
        (
            "rules/dora.toml",
            "length = \"24 hours\" }",
            "length = \"24 hours\", than = 1 }",
            "unknown key `than`",
        ),
        (
            "rules/dora.toml",
            "holiday = \"noon_next_working_day\"",
            "holiday = \"noon\"",
            "cannot be `noon`",
        ),
        (
            "rules/dora.toml",
            "calendar = \"eu\"",
            "calendar = \"us\"",
            "does not say which years",
        ),
        (
            "rules/service.toml",
            "soon_percent = 34",
            "soon_percent = 95",
            "`soon_percent` is 95",
        ),
        (
            "events.toml",
            "code = \"csirt_answer\"",
            "code = \"nis2_final_report\"",
            "used twice",
        ),
        (
            "events.toml",
            "code = \"csirt_answer\"",
            "code = \"CSIRT answer\"",
            "is no code",
        ),
        (
            "events.toml",
            "for = [\"pause\"]",
            "for = []",
            "serves nothing",
        ),
        (
            "events.toml",
            "for = [\"withdraw\"]",
            "for = [\"withdrawal\"]",
            "cannot be `withdrawal`",
        ),
        (
            "words.toml",
            "late = \"{span} late\"",
            "late = \"late\"",
            "does not say where `{span}` goes",
        ),
        (
            "words.toml",
            "paused = \"paused\"",
            "paused = \"paused {n}\"",
            "more in braces",
        ),
        ("words.toml", "[mi]", "[fr]", "no words in `mi`"),
        (
            "calendars/nz.toml",
            "zone = \"Pacific/Auckland\"",
            "zone = \"Pacific/Aukland\"",
            "no time zone",
        ),
        (
            "calendars/nz.toml",
            "covers = \"2024-2028\"",
            "covers = \"2024 to 2028\"",
            "`covers` is",
        ),
        (
            "calendars/nz.toml",
            "covers = \"2024-2028\"",
            "covers = \"2024-2029\"",
            "no day off is listed",
        ),
        (
            "calendars/nz.toml",
            "covers = \"2024-2028\"",
            "covers = \"2025-2028\"",
            "outside of the years",
        ),
        (
            "calendars/nz.toml",
            "monday = \"08:30-17:00\"",
            "monday = \"17:00-08:30\"",
            "`monday` is",
        ),
        (
            "calendars/nz.toml",
            "monday = \"08:30-17:00\"",
            "monday = \"8:30-17:00\"",
            "`monday` is",
        ),
        (
            "calendars/nz.toml",
            "monday = \"08:30-17:00\"",
            "monday = \"08:30-24:30\"",
            "`monday` is",
        ),
        (
            "calendars/nz.toml",
            "monday =",
            "mnday =",
            "unknown key `mnday`",
        ),
        (
            "calendars/nz.toml",
            "2024-02-06 =",
            "2024-02-30 =",
            "is no day",
        ),
        (
            "calendars/nz.toml",
            "2024-02-06 =",
            "2024-01-01 =",
            "not TOML",
        ),
        (
            "calendars/nz.toml",
            "\"Waitangi Day\"",
            "\" \"",
            "has no name",
        ),
        (
            "calendars/nz.toml",
            "source =",
            "sauce =",
            "`source` is missing",
        ),
    ];
    for (file, from, to, words) in cases {
        let problems = match changed(file, from, to) {
            Ok(_) => panic!("{file}: nothing is said of {to}"),
            Err(problems) => problems,
        };
        let found = problems
            .iter()
            .find(|problem| problem.what.contains(words))
            .unwrap_or_else(|| panic!("{file}: {to}: {problems:#?}"));
        assert!(!found.mend.is_empty() && found.file == file, "{found}");
    }
}

#[test]
fn files_that_nobody_reads_or_misses_are_told() {
    let without = |name: &str| {
        let files: Vec<(&str, &str)> = EMBEDDED
            .into_iter()
            .filter(|(file, _)| *file != name)
            .collect();
        Book::parse(&files, &languages()).unwrap_err()
    };
    for name in ["events.toml", "words.toml"] {
        let problems = without(name);
        let missing = problems
            .iter()
            .any(|p| p.file == name && p.what.contains("missing"));
        assert!(missing, "{problems:#?}");
    }
    assert!(
        without("calendars/nz.toml")
            .iter()
            .any(|p| p.what.contains("no calendar `nz`"))
    );
    for name in [
        "rule.toml",
        "holidays/nz.toml",
        "calendars/NZ.toml",
        "calendars/nz",
    ] {
        let mut files = EMBEDDED.to_vec();
        files.push((name, ""));
        let problems = Book::parse(&files, &languages()).unwrap_err();
        assert!(
            problems.iter().any(|p| p.file == name && p.line == 0),
            "{name}: {problems:#?}"
        );
    }
}

#[test]
fn an_office_may_be_open_all_day_and_every_day() {
    let book = changed(
        "calendars/nz.toml",
        "monday = \"08:30-17:00\"",
        "saturday = \"00:00-24:00\"\nmonday = \"08:30-17:00\"",
    )
    .unwrap();
    let calendar = book.calendar("nz").unwrap();
    assert!(calendar.works(day("2026-03-07")) && !calendar.works(day("2026-03-08")));
}

/// The guide for officers and operators.
const GUIDE: &str = include_str!("../../../../docs/clocks.md");

#[test]
fn the_guide_lists_every_clock_as_it_is() {
    let book = book();
    let listed: Vec<&str> = GUIDE
        .lines()
        .skip_while(|line| !line.contains("a test compares this table"))
        .skip(3)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let mut wanted = Vec::new();
    for rule in book.rules() {
        let terms = &rule.terms;
        let start: Vec<String> = terms.start.iter().map(|code| format!("`{code}`")).collect();
        let second = terms
            .not_later_than
            .as_ref()
            .map_or(String::new(), |limit| {
                format!(", at most {} from `{}`", limit.length, limit.from)
            });
        let who = match rule.audience {
            Audience::Us => "us",
            Audience::Organisation => "organisation",
        };
        wanted.push(format!(
            "| `{}` | {}, {} | {} | {}{second} | {who} |",
            rule.id,
            book.law(&rule.law).unwrap().name,
            rule.article,
            start.join(", "),
            terms.length,
        ));
    }
    wanted.sort();
    let mut listed: Vec<String> = listed.into_iter().map(str::to_owned).collect();
    listed.sort();
    assert_eq!(listed, wanted);
}

/// A key that nobody reads is an error; so a file with every key of the guide, and no other, has no unknown key.
#[test]
fn the_guide_lists_every_key_and_no_other() {
    let keys = |heading: &str| -> Vec<String> {
        let rows = GUIDE
            .lines()
            .skip_while(|line| !line.starts_with(heading))
            .skip(2);
        rows.take_while(|line| line.starts_with('|'))
            .flat_map(|line| line.split('|').nth(1).unwrap().split(','))
            .map(|key| key.trim().trim_matches('`').to_owned())
            .collect()
    };
    let of = |text: &str, table: &[&str]| -> BTreeSet<String> {
        let mut value: toml::Value = toml::from_str(text).unwrap();
        for name in table {
            value = match value.get(name) {
                Some(toml::Value::Array(list)) => {
                    let all = list
                        .iter()
                        .flat_map(|item| item.as_table().unwrap().clone());
                    toml::Value::Table(all.collect())
                }
                Some(other) => other.clone(),
                None => toml::Value::Table(toml::Table::new()),
            };
        }
        value.as_table().unwrap().keys().cloned().collect()
    };
    let used = |prefix: &str, table: &[&str]| -> BTreeSet<String> {
        let files = EMBEDDED
            .into_iter()
            .filter(|(name, _)| name.starts_with(prefix));
        files.flat_map(|(_, text)| of(text, table)).collect()
    };
    let documented = |heading: &str| -> BTreeSet<String> { keys(heading).into_iter().collect() };
    assert_eq!(documented("| in `[law]`"), used("rules/", &["law"]));
    assert_eq!(documented("| in `[[rule]]`"), used("rules/", &["rule"]));
    assert_eq!(documented("| in `[[event]]`"), used("events", &["event"]));
    assert_eq!(documented("| in `[[reason]]`"), used("events", &["reason"]));
    let calendar: BTreeSet<String> = keys("| key | holds")
        .into_iter()
        .map(|key| key.trim_matches(['[', ']']).to_owned())
        .collect();
    assert_eq!(calendar, used("calendars/", &[]));
}
