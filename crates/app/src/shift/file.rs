//! The figures as files: the same numbers as on the page, with what they mean.

use std::collections::BTreeMap;

use cairn_desk::shift::{AGES, Due};
use cairn_kernel::text::csv_cell;
use cairn_store::shift::Load;
use serde_json::{Value, json};

use super::Figures;
use crate::App;
use crate::account::Person;
use crate::export::csv_line;
use crate::report::AppError;

/// What the figures mean, for who has only the file. The page says it in two languages.
const DEFINITIONS: [(&str, &str); 7] = [
    (
        "scope",
        "internal figures of the desk: all reports, also what is likely from a machine, spam or a duplicate, with nothing hidden; \
         not the public figures, which count incidents by versioned definitions and hide small numbers",
    ),
    (
        "open",
        "reports that are not closed, by days since they came in (the country's time zone; the day itself is 0) and severity now",
    ),
    (
        "first_answer",
        "an officer's first message to the reporter or the first closing, whichever came first, unless it was undone; \
         seconds from receipt, of the answers given since the window began, for reporters who left an address or number; \
         median and p90 are the least wait that 50 and 90 in a hundred did not exceed",
    ),
    (
        "unanswered",
        "open reports that came in since the window began and have no first answer; \
         unreachable: those whose reporter left no address or number and can read an answer on the status page only",
    ),
    (
        "load",
        "open reports and cases that are not closed by who has them; overdue: running clocks of these cases whose moment has passed",
    ),
    (
        "clocks",
        "running clocks that do not stand still, each counted once in the first part that it fits",
    ),
    (
        "quarter",
        "reports that came in since the quarter began, by the category they have now, and how many of them are closed; \
         closed_in_quarter: reports closed since then, whenever they came in, and not opened again",
    ),
];

fn age_code(at: usize) -> String {
    match AGES.get(at) {
        Some(age) => match age.to {
            Some(to) if to == age.from => format!("days_{to}"),
            Some(to) => format!("days_{}_to_{to}", age.from),
            None => format!("days_{}_or_more", age.from),
        },
        None => String::new(),
    }
}

fn quarter_code(quarter: i64) -> String {
    format!("{}-Q{}", quarter / 10, quarter % 10)
}

/// One number: table, row, column; `at_least` says that counting stopped there.
struct Line {
    table: &'static str,
    row: String,
    column: String,
    value: Option<String>,
    at_least: bool,
}

fn due(due: &Due) -> [(&'static str, u64); 4] {
    [
        ("missed", due.missed),
        ("within_8_hours", due.shift),
        ("within_24_hours", due.day),
        ("within_72_hours", due.three_days),
    ]
}

impl App {
    /// The figures as CSV (RFC 4180), one number a line: `table,row,column,value,at_least`. Cells that a spreadsheet would take for
    /// a formula are disarmed.
    #[must_use]
    pub fn shift_csv(&self, figures: &Figures, people: &BTreeMap<String, Person>) -> String {
        let mut out = String::from("table,row,column,value,at_least\r\n");
        for line in self.shift_lines(figures, people) {
            let cells = [
                line.table.to_owned(),
                csv_cell(&line.row).into_owned(),
                line.column,
                line.value.unwrap_or_default(),
                if line.at_least { "yes" } else { "" }.to_owned(),
            ];
            csv_line(&mut out, cells.into_iter());
        }
        out
    }

    /// The figures as JSON, with what they mean.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub fn shift_json(
        &self,
        figures: &Figures,
        people: &BTreeMap<String, Person>,
    ) -> Result<String, AppError> {
        let mut tables = serde_json::Map::new();
        for line in self.shift_lines(figures, people) {
            let number = line
                .value
                .as_deref()
                .map(|value| match value.parse::<i64>() {
                    Ok(number) => json!(number),
                    Err(_) => json!(value),
                });
            let value = match (number, line.at_least) {
                (None, _) => Value::Null,
                (Some(number), true) => json!({ "at_least": number }),
                (Some(number), false) => number,
            };
            let table = tables.entry(line.table).or_insert_with(|| json!({}));
            if let Some(table) = table.as_object_mut() {
                let row = table.entry(line.row).or_insert_with(|| json!({}));
                if let Some(row) = row.as_object_mut() {
                    row.insert(line.column, value);
                }
            }
        }
        let definitions: BTreeMap<&str, &str> = DEFINITIONS.into();
        let all = json!({ "definitions": definitions, "tables": tables });
        let mut text =
            serde_json::to_string_pretty(&all).map_err(crate::report::damaged("figures"))?;
        text.push('\n');
        Ok(text)
    }

    fn shift_lines(&self, figures: &Figures, people: &BTreeMap<String, Person>) -> Vec<Line> {
        let mut out = Lines(Vec::new());
        out.text("made", "this", "at", Some(figures.at.to_string()));
        let quarter = quarter_code(figures.quarter);
        out.text("made", "this", "quarter", Some(quarter));
        for (severity, cells) in &figures.ages {
            for (at, cell) in cells.iter().enumerate() {
                let row = format!("severity_{severity}");
                out.count("open", &row, &age_code(at), cell.reports, cell.more);
            }
        }
        out.answers(figures);
        for (name, load) in named(figures, people) {
            out.load(&name, &load, figures.loads.more);
            let oldest = load.oldest.map(|(no, _)| self.reference(no));
            out.text("load", &name, "oldest_report", oldest);
        }
        for (column, count) in due(&figures.due) {
            out.count("clocks", "running", column, count, figures.due.more);
        }
        for one in &figures.came {
            out.count("quarter", &one.category, "received", one.received, one.more);
            out.count("quarter", &one.category, "closed", one.closed, one.more);
        }
        let (closed, more) = figures.closed;
        out.count("quarter", "all", "closed_in_quarter", closed, more);
        out.0
    }
}

/// Everybody's load under a name that nobody else on the list has.
fn named(figures: &Figures, people: &BTreeMap<String, Person>) -> Vec<(String, Load)> {
    let mut out: Vec<(String, Load)> = Vec::new();
    for (id, load) in figures.everybody(people) {
        let name = match id {
            Some(id) => people.get(id).map_or(id, |one| one.name.as_str()),
            None => "nobody",
        };
        let taken =
            out.iter().any(|(other, _)| other == name) || (id.is_some() && name == "nobody");
        let name = match id.filter(|_| taken) {
            Some(id) => format!("{name} ({id})"),
            None => name.to_owned(),
        };
        out.push((name, load));
    }
    out
}

struct Lines(Vec<Line>);

impl Lines {
    fn text(&mut self, table: &'static str, row: &str, column: &str, value: Option<String>) {
        self.0.push(Line {
            table,
            row: row.to_owned(),
            column: column.to_owned(),
            value,
            at_least: false,
        });
    }

    fn count(&mut self, table: &'static str, row: &str, column: &str, count: u64, at_least: bool) {
        self.text(table, row, column, Some(count.to_string()));
        if let Some(line) = self.0.last_mut() {
            line.at_least = at_least;
        }
    }

    fn answers(&mut self, figures: &Figures) {
        const TABLE: &str = "first_answer";
        for one in &figures.answers {
            let (row, waits) = (one.window.as_str(), &one.waits);
            let seconds = |wait: Option<i64>| wait.map(|wait| wait.to_string());
            self.count(TABLE, row, "answers", waits.answers, waits.more);
            self.text(TABLE, row, "median_seconds", seconds(waits.median));
            self.text(TABLE, row, "p90_seconds", seconds(waits.p90));
            let apart = waits.unreachable;
            self.count(TABLE, row, "answers_unreachable", apart, waits.more);
            let open = &one.open;
            self.count(TABLE, row, "unanswered", open.unanswered, open.more);
            let apart = open.unreachable;
            self.count(TABLE, row, "unanswered_unreachable", apart, open.more);
        }
    }

    fn load(&mut self, row: &str, load: &Load, more: bool) {
        for (column, count, more) in [
            ("open_reports", load.reports, load.more),
            ("waiting_for_reporter", load.waiting, load.more),
            ("unanswered", load.unanswered, load.more),
            ("open_cases", load.cases, more),
            ("overdue_clocks", load.overdue, more),
        ] {
            self.count("load", row, column, count, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_desk::shift::{Cell, Waits, Window};
    use cairn_kernel::time::Micros;
    use cairn_store::shift::{Came, Loads};

    use crate::shift::Answers;

    fn person(name: &str, works: bool) -> Person {
        Person {
            name: name.into(),
            works,
            partner: false,
        }
    }

    fn figures() -> Figures {
        let load = Load {
            reports: 3,
            ..Load::default()
        };
        Figures {
            at: Micros(0),
            quarter: 20_264,
            quarter_from: Micros(0),
            ages: Vec::new(),
            open: Cell::default(),
            answers: vec![Answers {
                window: Window::Day,
                since: Micros(0),
                waits: Waits::of(vec![60], 0, true),
                open: Cell::default(),
            }],
            loads: Loads {
                people: BTreeMap::from([("gone".to_owned(), load)]),
                ..Loads::default()
            },
            due: Due::default(),
            came: vec![Came {
                category: "=x".into(),
                received: 2,
                closed: 1,
                more: false,
            }],
            closed: (1, false),
        }
    }

    #[test]
    fn everybody_who_works_or_has_something_stands_in_the_list_once_and_nobody_last() {
        let people = BTreeMap::from([
            ("a".to_owned(), person("Ana", true)),
            ("b".to_owned(), person("Ana", true)),
            ("c".to_owned(), person("Admin", false)),
            ("n".to_owned(), person("nobody", true)),
        ]);
        let names: Vec<(String, u64)> = named(&figures(), &people)
            .into_iter()
            .map(|(name, load)| (name, load.reports))
            .collect();
        let shown: Vec<(&str, u64)> = names.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(
            shown,
            [
                ("gone", 3),
                ("Ana", 0),
                ("Ana (b)", 0),
                ("nobody (n)", 0),
                ("nobody", 0)
            ]
        );
    }

    #[test]
    fn ages_and_quarters_have_plain_codes() {
        let codes: Vec<String> = (0..5).map(age_code).collect();
        assert_eq!(
            codes,
            [
                "days_0",
                "days_1_to_2",
                "days_3_to_6",
                "days_7_to_29",
                "days_30_or_more"
            ]
        );
        assert_eq!(quarter_code(20_264), "2026-Q4");
    }
}
