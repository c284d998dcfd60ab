//! Under which names people register theirs: the public suffix list, as <https://publicsuffix.org/list/> describes it. The file is
//! the operator's. What it answers is whose a name is: `www.a.example.co.nz` is of who registered `example.co.nz`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::source::{SourceError, Told};
use crate::types;

/// Bytes of a list.
pub const SUFFIX_BYTES_MAX: u64 = 64 << 20;
/// Rules of a list.
pub const RULES_MAX: usize = 1_000_000;

/// What a rule says of the name that it stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Says {
    /// The name is a suffix (`co.nz`).
    Suffix,
    /// So is every name right below it (`*.ck`).
    Below,
    /// It is none, though a rule above says so (`!www.ck`).
    Exception,
}

/// A rule, as a set keeps it: one a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: Box<str>,
    says: Says,
    /// Whether it is of the part in which companies tell of their own (`// ===BEGIN PRIVATE DOMAINS===`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

/// Rules of one name: whether each of the three is there, and whether it is private.
#[derive(Debug, Clone, Copy, Default)]
struct Rules {
    suffix: Option<bool>,
    below: Option<bool>,
    exception: Option<bool>,
}

/// A list, read.
#[derive(Debug, Clone, Default)]
pub struct Suffixes {
    rules: Vec<Rule>,
    by_name: HashMap<Box<str>, Rules>,
}

/// Which part of the list a suffix comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Of registries.
    Registry,
    /// Of companies, who let others have names below theirs.
    Private,
    /// No rule names it: the last part of a name counts as a suffix.
    None,
}

/// Whose a name is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The name that was registered; `None` where the name is a suffix itself.
    pub registrable: Option<String>,
    /// Under what.
    pub suffix: String,
    /// Who says so.
    pub part: Part,
}

impl Suffixes {
    /// Takes in a list.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn read(&mut self, input: &mut dyn Read) -> Result<Told, SourceError> {
        let mut told = Told::default();
        let mut bytes = Vec::new();
        input.take(SUFFIX_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > SUFFIX_BYTES_MAX {
            return Err(SourceError::TooLarge);
        }
        let mut private = false;
        for (at, line) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
            let Ok(line) = std::str::from_utf8(line) else {
                told.fault(at, "not UTF-8 text");
                continue;
            };
            if line.contains("===BEGIN PRIVATE DOMAINS===") {
                private = true;
            } else if line.contains("===END PRIVATE DOMAINS===") {
                private = false;
            }
            // A rule ends at the first white space.
            let text = line.split_whitespace().next().unwrap_or("");
            if text.is_empty() || text.starts_with("//") {
                continue;
            }
            match rule(text, private) {
                Some(rule) => {
                    told.networks += 1;
                    if !self.add(rule) {
                        return Err(SourceError::TooMany);
                    }
                }
                None => told.fault(at, "no rule"),
            }
        }
        Ok(told)
    }

    fn add(&mut self, rule: Rule) -> bool {
        let own = self.by_name.entry(rule.name.clone()).or_default();
        let place = match rule.says {
            Says::Suffix => &mut own.suffix,
            Says::Below => &mut own.below,
            Says::Exception => &mut own.exception,
        };
        // The part of registries goes before what companies say of the same name.
        if place.is_none() {
            *place = Some(rule.private);
            self.rules.push(rule);
        }
        self.rules.len() <= RULES_MAX
    }

    /// How many rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Its rules, one a line, as a set keeps them.
    pub(super) fn lines(&self) -> Option<Vec<String>> {
        let lines = self.rules.iter().map(serde_json::to_string);
        lines.collect::<Result<_, _>>().ok()
    }

    /// Reads the rules of a set.
    pub(super) fn of_lines(text: &str) -> Option<Self> {
        let mut all = Self::default();
        for line in text.lines() {
            if !all.add(serde_json::from_str(line).ok()?) {
                return None;
            }
        }
        Some(all)
    }

    /// Whose a name is; `None` for what is no name.
    #[must_use]
    pub fn registered(&self, name: &str) -> Option<Registered> {
        let name = types::fqdn(Cow::Borrowed(name)).ok()?;
        // Where each part of the name begins, the last part first.
        let mut starts: Vec<usize> = name.match_indices('.').map(|(at, _)| at + 1).collect();
        starts.insert(0, 0);
        starts.reverse();
        // If no rule matches, the last part is the suffix.
        let mut found = (1, Part::None);
        for (depth, start) in (1..).zip(&starts) {
            let Some(rules) = self.by_name.get(name.get(*start..)?) else {
                continue;
            };
            let part = |private| {
                if private {
                    Part::Private
                } else {
                    Part::Registry
                }
            };
            if let Some(private) = rules.exception {
                // It goes before all others, and its own first part is no longer of the suffix.
                found = (depth - 1, part(private));
                break;
            }
            if let Some(private) = rules.suffix.filter(|_| depth >= found.0) {
                found = (depth, part(private));
            }
            // It says something only of a name that is longer.
            if let Some(private) = rules.below.filter(|_| starts.len() > depth) {
                found = (depth + 1, part(private));
            }
        }
        let (depth, part) = found;
        let tail = |depth: usize| {
            let start = starts.get(depth.checked_sub(1)?)?;
            name.get(*start..).map(str::to_owned)
        };
        Some(Registered {
            registrable: tail(depth + 1),
            suffix: tail(depth)?,
            part,
        })
    }
}

fn rule(text: &str, private: bool) -> Option<Rule> {
    let (says, name) = match (text.strip_prefix("*."), text.strip_prefix('!')) {
        (Some(name), _) => (Says::Below, name),
        (None, Some(name)) => (Says::Exception, name),
        _ => (Says::Suffix, text),
    };
    let name = types::fqdn(Cow::Borrowed(name)).ok()?;
    // An exception to nothing, and a star elsewhere, are none.
    let good = !name.contains(['*', '!']) && (says != Says::Exception || name.contains('.'));
    good.then(|| Rule {
        name: name.into(),
        says,
        private,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Suffixes {
        let text = "// a remark\n\nexample\nco.example\n*.wide.example\n!city.wide.example\n\u{101}.example x\nx.*.example\n*\n!x\n\
                    // ===BEGIN PRIVATE DOMAINS===\nhost.example\nco.example\n// ===END PRIVATE DOMAINS===\n";
        let mut list = Suffixes::default();
        let told = list.read(&mut text.as_bytes()).unwrap();
        let lines: Vec<u64> = told.first.iter().map(|fault| fault.at).collect();
        assert_eq!(lines, [8, 9, 10]);
        list
    }

    #[test]
    fn names_are_of_who_registered_them() {
        let list = list();
        let lines = list.lines().unwrap().join("\n");
        for list in [list, Suffixes::of_lines(&lines).unwrap()] {
            assert_eq!(list.len(), 6);
            for (name, registrable, suffix, part) in [
                ("a.example", Some("a.example"), "example", Part::Registry),
                (
                    "www.A.Example.",
                    Some("a.example"),
                    "example",
                    Part::Registry,
                ),
                ("example", None, "example", Part::Registry),
                (
                    "x.y.co.example",
                    Some("y.co.example"),
                    "co.example",
                    Part::Registry,
                ),
                ("co.example", None, "co.example", Part::Registry),
                (
                    "wide.example",
                    Some("wide.example"),
                    "example",
                    Part::Registry,
                ),
                ("a.wide.example", None, "a.wide.example", Part::Registry),
                (
                    "c.b.a.wide.example",
                    Some("b.a.wide.example"),
                    "a.wide.example",
                    Part::Registry,
                ),
                (
                    "x.city.wide.example",
                    Some("city.wide.example"),
                    "wide.example",
                    Part::Registry,
                ),
                (
                    "b.host.example",
                    Some("b.host.example"),
                    "host.example",
                    Part::Private,
                ),
                (
                    "a.\u{101}.example",
                    Some("a.xn--yda.example"),
                    "xn--yda.example",
                    Part::Registry,
                ),
                ("a.b.invalid", Some("b.invalid"), "invalid", Part::None),
                ("invalid", None, "invalid", Part::None),
            ] {
                let found = list.registered(name).unwrap();
                assert_eq!(found.registrable.as_deref(), registrable, "{name}");
                assert_eq!(
                    (found.suffix.as_str(), found.part),
                    (suffix, part),
                    "{name}"
                );
            }
            assert_eq!(list.registered("192.0.2.1"), None);
            assert_eq!(list.registered("a b.example"), None);
        }
    }
}
