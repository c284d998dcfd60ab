//! How many tests a runner says it ran.

/// Tests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Count {
    /// A step that is one check.
    pub fn one(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
            skipped: 0,
        }
    }

    /// One check that was not made.
    pub fn skip() -> Self {
        Self {
            passed: 0,
            failed: 0,
            skipped: 1,
        }
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Reads the closing lines of cargo-nextest, `cargo test` and node's test runner; `None` if there is none.
pub fn parse(output: &str) -> Option<Count> {
    let mut total: Option<Count> = None;
    for line in output.lines() {
        let line = plain(line);
        let found = nextest(&line)
            .or_else(|| libtest(&line))
            .or_else(|| node(&line));
        if let Some(count) = found {
            total = Some(total.unwrap_or_default().plus(count));
        }
    }
    total
}

/// `Summary [   0.010s] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped`
fn nextest(line: &str) -> Option<Count> {
    let (_, rest) = line
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once(" run: ")?;
    let mut count = Count::default();
    // What a filter left to another step it calls skipped, and nothing else: the house allows no ignored tests.
    for part in rest.split(", ") {
        let mut words = part.split_whitespace();
        let number: usize = words.next()?.parse().ok()?;
        match words.next()? {
            "passed" => count.passed += number,
            "skipped" => {}
            _ => count.failed += number,
        }
    }
    Some(count)
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn libtest(line: &str) -> Option<Count> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        rest.split("; ")
            .find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
            .unwrap_or(0)
    };
    Some(Count {
        passed: number("passed"),
        failed: number("failed"),
        skipped: number("ignored"),
    })
}

/// `# pass 3`, `# fail 0`, `# skipped 0` (TAP) or `ℹ pass 3` (spec)
fn node(line: &str) -> Option<Count> {
    let rest = line
        .strip_prefix("# ")
        .or_else(|| line.strip_prefix("ℹ "))?;
    let (word, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    let count = Count::default();
    match word {
        "pass" => Some(Count {
            passed: number,
            ..count
        }),
        "fail" | "cancelled" => Some(Count {
            failed: number,
            ..count
        }),
        "skipped" | "todo" => Some(Count {
            skipped: number,
            ..count
        }),
        _ => None,
    }
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' {
            for skipped in chars.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: usize, failed: usize, skipped: usize) -> Option<Count> {
        Some(Count {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn each_runner_is_read() {
        let nextest = "     Summary [   1.010s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 3 skipped";
        assert_eq!(parse(nextest), count(6, 3, 0));
        let coloured = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.0s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m passed, \u{1b}[1m0\u{1b}[0m skipped";
        assert_eq!(parse(coloured), count(1, 0, 0));
        let libtest = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\
                       test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s";
        assert_eq!(parse(libtest), count(6, 2, 1));
        let node =
            "# tests 4\n# suites 0\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0";
        assert_eq!(parse(node), count(2, 1, 1));
        assert_eq!(parse("nothing of the kind"), None);
    }
}
