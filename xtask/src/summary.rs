//! The table at the end of `cargo xtask test`.

use std::time::Duration;

use crate::count::Count;

/// How a step went.
pub enum Outcome {
    /// All well; perhaps with something to tell.
    Passed(Count, String),
    /// Not well, and what it printed.
    Failed(Count, String),
    /// Not done, and why.
    Skipped(String),
}

/// One line of the table.
pub struct Line {
    pub name: String,
    pub took: Duration,
    pub outcome: Outcome,
}

impl Line {
    fn count(&self) -> Count {
        match &self.outcome {
            Outcome::Passed(count, _) | Outcome::Failed(count, _) => *count,
            Outcome::Skipped(_) => Count::skip(),
        }
    }
}

/// The table, and below it the closing line.
pub fn table(lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut total = Count::default();
    for line in lines {
        let (word, rest) = match &line.outcome {
            Outcome::Passed(count, note) => ("passed", tests(*count, note)),
            Outcome::Failed(count, _) => ("FAILED", tests(*count, "")),
            Outcome::Skipped(why) => ("skipped", why.clone()),
        };
        let seconds = line.took.as_secs_f64();
        let text = format!(
            "  {:<width$}  {word:<7}  {seconds:>7.1} s  {rest}",
            line.name
        );
        out.push_str(text.trim_end());
        out.push('\n');
        total = total.plus(line.count());
    }
    out.push_str(&format!(
        "\n{} passed, {} failed, {} skipped\n",
        total.passed, total.failed, total.skipped
    ));
    out
}

/// Whether all went well: nothing failed and, where a skip counts as a failure, nothing was skipped.
pub fn well(lines: &[Line], strict: bool) -> bool {
    let total = lines
        .iter()
        .fold(Count::default(), |total, line| total.plus(line.count()));
    let failed = lines
        .iter()
        .any(|line| matches!(line.outcome, Outcome::Failed(..)));
    !failed && total.failed == 0 && (!strict || total.skipped == 0)
}

fn tests(count: Count, note: &str) -> String {
    let mut parts = Vec::new();
    if count.passed + count.failed + count.skipped > 1 {
        let mut text = format!("{} tests", count.passed + count.failed);
        if count.failed > 0 {
            text.push_str(&format!(", {} failed", count.failed));
        }
        if count.skipped > 0 {
            text.push_str(&format!(", {} skipped", count.skipped));
        }
        parts.push(text);
    }
    if !note.is_empty() {
        parts.push(note.to_owned());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, outcome: Outcome) -> Line {
        Line {
            name: name.to_owned(),
            took: Duration::from_millis(1500),
            outcome,
        }
    }

    #[test]
    fn the_closing_line_adds_up() {
        let many = Count {
            passed: 40,
            failed: 0,
            skipped: 0,
        };
        let mut lines = vec![
            line("fmt", Outcome::Passed(Count::one(true), String::new())),
            line("tests", Outcome::Passed(many, String::new())),
        ];
        assert!(table(&lines).ends_with("\n41 passed, 0 failed, 0 skipped\n"));
        assert!(well(&lines, true));
        lines.push(line("browser", Outcome::Skipped("no chromium".to_owned())));
        assert!(
            table(&lines).contains("  browser  skipped      1.5 s  no chromium\n"),
            "{}",
            table(&lines)
        );
        assert!(well(&lines, false) && !well(&lines, true));
        lines.push(line(
            "edges",
            Outcome::Failed(Count::one(false), "x".to_owned()),
        ));
        assert!(table(&lines).ends_with("\n41 passed, 1 failed, 1 skipped\n"));
        assert!(!well(&lines, false));
    }
}
