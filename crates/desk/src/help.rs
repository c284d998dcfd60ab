//! Help that cannot wait: emergency numbers, "call your bank now", crisis lines.

use std::collections::BTreeSet;

use crate::data::{FormProblem, Source, Table, Text, nearest};
use crate::taxonomy::unique_code;

/// The help blocks, read from `help.toml`.
#[derive(Debug, Clone, Default)]
pub struct Help {
    blocks: Vec<HelpBlock>,
    before: Vec<String>,
    at_risk: Vec<String>,
    leave_to: String,
}

/// One block of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpBlock {
    /// Stable code; steps name it.
    pub code: String,
    /// Heading.
    pub title: Text,
    /// What to do.
    pub body: Text,
    /// Whom to call or open.
    pub lines: Vec<HelpLine>,
}

/// One telephone line or site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// Who answers.
    pub name: Text,
    /// When or for whom.
    pub note: Option<Text>,
    /// Telephone number as people write it.
    pub phone: Option<String>,
    /// Number to send a text message to.
    pub sms: Option<String>,
    /// Site, `https://…`.
    pub url: Option<String>,
}

impl Help {
    /// The block with this code.
    #[must_use]
    pub fn block(&self, code: &str) -> Option<&HelpBlock> {
        self.blocks.iter().find(|block| block.code == code)
    }

    /// Blocks to show before the first question.
    pub fn before(&self) -> impl Iterator<Item = &HelpBlock> {
        self.before.iter().filter_map(|code| self.block(code))
    }

    /// Blocks to show on every page for people who may be at risk.
    pub fn at_risk(&self) -> impl Iterator<Item = &HelpBlock> {
        self.at_risk.iter().filter_map(|code| self.block(code))
    }

    /// Where "exit this page" leads: a harmless public site, `https://…`.
    #[must_use]
    pub fn leave_to(&self) -> &str {
        &self.leave_to
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().map(|block| block.code.as_str())
    }

    pub(crate) fn read(text: &str, languages: &[String]) -> (Self, Vec<FormProblem>) {
        let source = Source::new("help.toml", text);
        let help = {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            let leave_to = root.need("leave_to").to_owned();
            https(&root, "leave_to", &leave_to);
            let mut help = Self {
                leave_to,
                ..Self::default()
            };
            let mut seen = BTreeSet::new();
            for item in root.tables("block") {
                help.blocks.push(HelpBlock {
                    code: unique_code(&item, &mut seen),
                    title: item.need_text("title", languages),
                    body: item.need_text("body", languages),
                    lines: lines(&item, languages),
                });
                item.finish();
            }
            for (key, list) in [("before", &mut help.before), ("at_risk", &mut help.at_risk)] {
                for (line, code) in root.strs(key) {
                    if !seen.contains(code) {
                        let mend = match nearest(code, seen.iter().map(String::as_str)) {
                            Some(near) => format!("Did you mean `{near}`?"),
                            None => "Add a `[[block]]` with this code".to_owned(),
                        };
                        source.problem(line, format!("no help block has the code `{code}`"), mend);
                    }
                    list.push(code.to_owned());
                }
            }
            root.finish();
            help
        };
        (help, source.into_problems())
    }
}

fn lines(item: &Table<'_, '_>, languages: &[String]) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for line in item.tables("line") {
        let url = line.str("url").map(str::to_owned);
        if let Some(url) = &url {
            https(&line, "url", url);
        }
        let phone = line.str("phone").map(str::to_owned);
        let sms = line.str("sms").map(str::to_owned);
        if phone.is_none() && sms.is_none() && url.is_none() {
            line.problem_at(
                "name",
                "nobody can be reached here",
                "Add `phone`, `sms` or `url`",
            );
        }
        for (key, number) in [("phone", &phone), ("sms", &sms)] {
            let digits = number.as_ref().is_none_or(|number| {
                number.chars().any(|letter| letter.is_ascii_digit())
                    && number
                        .chars()
                        .all(|letter| letter.is_ascii_digit() || " +-()".contains(letter))
            });
            if !digits {
                line.problem_at(
                    key,
                    format!("`{key}` is not a telephone number"),
                    "Write digits and blanks only",
                );
            }
        }
        lines.push(HelpLine {
            name: line.need_text("name", languages),
            note: line.text("note", languages),
            phone,
            sms,
            url,
        });
        line.finish();
    }
    lines
}

fn https(table: &Table<'_, '_>, key: &str, url: &str) {
    if !url.starts_with("https://") {
        table.problem_at(
            key,
            format!("`{key}` is not an address that starts with https://"),
            "Write `https://…`",
        );
    }
}
