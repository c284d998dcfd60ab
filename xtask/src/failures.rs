//! What a runner of tests says of those that failed, cut out of the thousands of lines it says of the others.

/// Lines shown of one failed test; a longer story keeps its start, where the cause stands.
const LINES: usize = 40;
/// Failed tests told in full; of the others the name.
const TOLD: usize = 8;

/// One test that failed: the line that names it, and what was said of it.
#[derive(Debug, PartialEq, Eq)]
struct Failure<'a> {
    name: &'a str,
    said: Vec<&'a str>,
}

/// The failed tests of a step, to stand below the table, where the end of a long output is all that is left of it.
/// Empty where the output names none.
pub fn told(step: &str, output: &str) -> String {
    let mut out = String::new();
    for (at, failure) in found(output).iter().enumerate() {
        out.push_str(&format!("{step}: {}\n", failure.name));
        if at >= TOLD {
            continue;
        }
        for line in failure.said.iter().take(LINES) {
            out.push_str(&format!("  | {line}\n"));
        }
        if failure.said.len() > LINES {
            out.push_str(&format!(
                "  | [{} lines more]\n",
                failure.said.len() - LINES
            ));
        }
    }
    out
}

/// Whether the line is how a runner names a test that failed.
pub fn names_one(line: &str) -> bool {
    let line = line.trim_start();
    ["not ok ", "FAIL ", "TIMEOUT "]
        .iter()
        .any(|word| line.starts_with(word))
}

/// Each failed test once. A runner may name it again at its end, with nothing more to say.
fn found(output: &str) -> Vec<Failure<'_>> {
    let mut all: Vec<Failure<'_>> = Vec::new();
    let mut lines = output.lines().peekable();
    while let Some(line) = lines.next() {
        if !names_one(line) {
            continue;
        }
        let tap = line.trim_start().starts_with("not ok ");
        let mut said = Vec::new();
        while let Some(next) = lines.next_if(|next| !ends(next, tap)) {
            said.push(next);
        }
        let name = name(line);
        if !all.iter().any(|own| own.name == name) {
            all.push(Failure { name, said });
        }
    }
    all
}

/// Whether the story of a test is over with this line: node's ends with `...`, nextest's with its word on another test.
fn ends(line: &str, tap: bool) -> bool {
    let line = line.trim_start();
    let words: &[&str] = if tap {
        &["...", "# Subtest", "ok ", "not ok "]
    } else {
        &[
            "PASS [",
            "FAIL [",
            "SLOW [",
            "TIMEOUT [",
            "────",
            "Summary [",
        ]
    };
    words.iter().any(|word| line.starts_with(word))
}

/// `not ok 3 - a page` and `FAIL [   0.1s] ( 1/9) kernel tests::a_rule` without what differs from run to run.
fn name(line: &str) -> &str {
    let line = line.trim_start();
    let rest = if line.starts_with("not ok ") {
        line.split_once(" - ").map(|(_, name)| name)
    } else {
        let timed = line.split_once("] ").map(|(_, rest)| rest);
        timed.map(|rest| {
            let counted = rest
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(") "));
            counted.map_or(rest, |(_, name)| name)
        })
    };
    rest.unwrap_or(line).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_failures_are_cut_out() {
        let output = "ok 1 - one (en)\n  ---\n  duration_ms: 3\n  ...\n# Subtest: two\nnot ok 2 - two (mi) halves\n  ---\n  error: 'is not'\n  ...\n# Subtest: three\nok 3 - three\n";
        assert_eq!(
            told("browser", output),
            "browser: two (mi) halves\n  |   ---\n  |   error: 'is not'\n"
        );
    }

    #[test]
    fn nextests_failures_are_told_once() {
        let output = "        PASS [   0.1s] ( 1/3) kernel a\n        FAIL [   0.2s] ( 2/3) kernel tests::b\n  stderr ───\n    no such thing\n\n        PASS [   0.1s] ( 3/3) kernel c\n────────────\n     Summary [   1.0s] 3 tests run: 2 passed, 1 failed, 0 skipped\n        FAIL [   0.2s] ( 2/3) kernel tests::b\n";
        assert_eq!(
            told("unit", output),
            "unit: kernel tests::b\n  |   stderr ───\n  |     no such thing\n  | \n"
        );
    }

    #[test]
    fn long_stories_and_many_failures_are_cut() {
        let story: String = (0..LINES + 2).map(|at| format!("  line {at}\n")).collect();
        let output: String = (0..TOLD + 1)
            .map(|at| format!("not ok {at} - test {at}\n{story}  ...\n"))
            .collect();
        let told = told("browser", &output);
        assert_eq!(told.matches("[2 lines more]").count(), TOLD);
        assert!(told.ends_with(&format!("browser: test {TOLD}\n")), "{told}");
    }

    #[test]
    fn where_none_is_named_nothing_is_told() {
        assert_eq!(told("fmt", "Diff in a.rs\nok 1 - all\n"), "");
    }
}
