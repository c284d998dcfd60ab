//! How a clock is read aloud: "in 3 h 20 min", "2 days late", in every language.

use crate::data::{Source, Table};

const MINUTE: i64 = 60_000_000;

/// What is left of a clock, or how it ended. Spans are microseconds, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Still so long.
    In(i64),
    /// Over for so long, and nothing was sent.
    Late(i64),
    /// It stands still.
    Paused,
    /// Done, with so much to spare.
    Met(i64),
    /// Done, but so late.
    Missed(i64),
    /// Taken away.
    Withdrawn,
}

/// The texts of one language, with what may be filled into each.
const KEYS: [(&str, &[&str]); 15] = [
    ("left", &["span"]),
    ("left_now", &[]),
    ("late", &["span"]),
    ("late_now", &[]),
    ("paused", &[]),
    ("withdrawn", &[]),
    ("met", &["span"]),
    ("met_now", &[]),
    ("missed", &["span"]),
    ("missed_now", &[]),
    ("day", &["n"]),
    ("days", &["n"]),
    ("hours", &["n"]),
    ("minutes", &["n"]),
    ("two", &["big", "small"]),
];

/// The texts of every language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(Vec<(String, Vec<(&'static str, String)>)>);

impl Words {
    /// The words for what is left, in `language`; in the first language where there are none in it. Under two days hours and
    /// minutes are told, from two days on whole days. Always rounded down: nobody is promised a minute that is not there.
    #[must_use]
    pub fn say(&self, language: &str, left: Left) -> String {
        let (long, short, span) = match left {
            Left::In(span) => ("left", "left_now", span),
            Left::Late(span) => ("late", "late_now", span),
            Left::Met(span) => ("met", "met_now", span),
            Left::Missed(span) => ("missed", "missed_now", span),
            Left::Paused => return self.get(language, "paused").to_owned(),
            Left::Withdrawn => return self.get(language, "withdrawn").to_owned(),
        };
        if span < MINUTE {
            return self.get(language, short).to_owned();
        }
        let text = self.span(language, span);
        self.get(language, long).replace("{span}", &text)
    }

    fn get(&self, language: &str, key: &str) -> &str {
        self.0
            .iter()
            .find(|(code, _)| code == language)
            .or_else(|| self.0.first())
            .and_then(|(_, texts)| texts.iter().find(|(name, _)| *name == key))
            .map_or("", |(_, text)| text)
    }

    fn span(&self, language: &str, span: i64) -> String {
        let count = |key: &str, n: i64| self.get(language, key).replace("{n}", &n.to_string());
        let minutes = span / MINUTE;
        let (hours, days) = (minutes / 60, minutes / 1_440);
        match (days, hours, minutes % 60) {
            (0, 0, minutes) => count("minutes", minutes),
            (0 | 1, hours, 0) => count("hours", hours),
            (0 | 1, hours, minutes) => self
                .get(language, "two")
                .replace("{big}", &count("hours", hours))
                .replace("{small}", &count("minutes", minutes)),
            (days, ..) => count(if days == 1 { "day" } else { "days" }, days),
        }
    }

    /// Reads `words.toml`; problems go to the source.
    pub(super) fn read(root: &Table<'_, '_>, languages: &[String], source: &Source<'_>) -> Self {
        let mut all = Vec::new();
        for language in languages {
            let Some(table) = root.table(language) else {
                source.problem(
                    0,
                    format!("there are no words in `{language}`"),
                    format!("Add a table `[{language}]`"),
                );
                continue;
            };
            let mut texts = Vec::new();
            for (key, fills) in KEYS {
                let text = table.need(key);
                for fill in fills {
                    if table.has(key) && !text.contains(&format!("{{{fill}}}")) {
                        table.problem_at(
                            key,
                            format!("`{key}` does not say where `{{{fill}}}` goes"),
                            format!("Put `{{{fill}}}` into the text"),
                        );
                    }
                }
                if text.matches('{').count() > fills.len() {
                    table.problem_at(
                        key,
                        format!("`{key}` has more in braces than can be filled in"),
                        "Take the other braces out",
                    );
                }
                texts.push((key, text.to_owned()));
            }
            table.finish();
            all.push((language.clone(), texts));
        }
        Self(all)
    }
}
