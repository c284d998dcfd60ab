//! Partner agencies that a report may be passed to, with the reporter's consent for each.

use std::collections::BTreeSet;

use crate::advice::known_category;
use crate::data::{FormProblem, Source, Table, Text};
use crate::taxonomy::{Taxonomy, unique_code};

/// The agencies, read from `agencies.toml`, in the order in which they are offered.
#[derive(Debug, Clone, Default)]
pub struct Agencies {
    all: Vec<Agency>,
    lawful: Vec<Lawful>,
}

/// Days within which an agency is expected to answer, where its entry says nothing.
pub const CHASE_DAYS: u16 = 14;
/// Most days that an entry may say.
pub const CHASE_DAYS_MAX: u16 = 365;

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Stable code; consents name it.
    pub code: String,
    /// Name in every language.
    pub name: Text,
    /// Why the reporter might want it to know.
    pub why: Text,
    /// Offered for these categories only; empty means for all.
    pub categories: Vec<String>,
    /// Days within which it is expected to answer what was referred to it; after that officers ask again.
    pub chase_days: u16,
    /// Address to which packages go by mail.
    pub mail: Option<String>,
    /// Its OpenPGP key, armoured; what cannot be read is told by `cairn doctor`, and nothing goes to it by mail.
    pub openpgp: Option<String>,
    /// Without a key packages may go to it readable by others.
    pub plain_mail: bool,
}

/// A provision of the law by which a report may go to an agency without the reporter's consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lawful {
    /// Stable code; events name it.
    pub code: String,
    /// Law and section, as the law is cited.
    pub law: String,
    /// What it allows, in every language.
    pub name: Text,
    /// Codes of the agencies for which it may be used.
    pub agencies: Vec<String>,
}

impl Agencies {
    /// All agencies.
    #[must_use]
    pub fn all(&self) -> &[Agency] {
        &self.all
    }

    /// All provisions of the law by which a report may go without consent.
    #[must_use]
    pub fn lawful(&self) -> &[Lawful] {
        &self.lawful
    }

    /// The provision with this code, if it may be used for this agency.
    #[must_use]
    pub fn lawful_for(&self, code: &str, agency: &str) -> Option<&Lawful> {
        let fits =
            |one: &&Lawful| one.code == code && one.agencies.iter().any(|known| known == agency);
        self.lawful.iter().find(fits)
    }

    /// The agency with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Agency> {
        self.all.iter().find(|agency| agency.code == code)
    }

    /// Those offered to the reporter of an incident of this category.
    pub fn offered(&self, category: &str) -> impl Iterator<Item = &Agency> {
        self.all.iter().filter(move |agency| {
            agency.categories.is_empty() || agency.categories.iter().any(|code| code == category)
        })
    }

    pub(crate) fn read(
        text: &str,
        languages: &[String],
        taxonomy: &Taxonomy,
    ) -> (Self, Vec<FormProblem>) {
        let source = Source::new("agencies.toml", text);
        let (mut agencies, lawful);
        {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            agencies = Vec::new();
            let mut seen = BTreeSet::new();
            for item in root.tables("agency") {
                let code = unique_code(&item, &mut seen);
                let categories = item.strs("categories");
                for (line, category) in &categories {
                    known_category(&source, *line, category, taxonomy);
                }
                agencies.push(Agency {
                    code,
                    name: item.need_text("name", languages),
                    why: item.need_text("why", languages),
                    categories: categories
                        .into_iter()
                        .map(|(_, category)| category.to_owned())
                        .collect(),
                    chase_days: chase_days(&item),
                    mail: address(&item),
                    openpgp: item.str("openpgp").map(ToOwned::to_owned),
                    plain_mail: item.bool("plain_mail", false),
                });
                item.finish();
            }
            if agencies.is_empty() {
                root.problem_at(
                    "agency",
                    "there is no agency",
                    "Add at least one `[[agency]]`",
                );
            }
            lawful = provisions(&root, languages, &agencies);
            root.finish();
        }
        let all = agencies;
        (Self { all, lawful }, source.into_problems())
    }
}

fn chase_days(item: &Table<'_, '_>) -> u16 {
    let Some(days) = item.int("chase_days") else {
        return CHASE_DAYS;
    };
    match u16::try_from(days) {
        Ok(days) if (1..=CHASE_DAYS_MAX).contains(&days) => days,
        _ => {
            item.problem_at(
                "chase_days",
                format!("{days} is no number of days"),
                format!("Give a number from 1 to {CHASE_DAYS_MAX}"),
            );
            CHASE_DAYS
        }
    }
}

fn address(item: &Table<'_, '_>) -> Option<String> {
    let text = item.str("mail")?;
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c))
    };
    let right = text
        .rsplit_once('@')
        .is_some_and(|(local, domain)| plain(local) && plain(domain));
    if !right {
        item.problem_at(
            "mail",
            format!("{text:?} is no mail address"),
            "Give the bare address, such as `intake@agency.example`",
        );
    }
    right.then(|| text.to_owned())
}

fn provisions(root: &Table<'_, '_>, languages: &[String], agencies: &[Agency]) -> Vec<Lawful> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for item in root.tables("lawful") {
        let named: Vec<String> = item
            .strs("agencies")
            .into_iter()
            .map(|(_, code)| code.to_owned())
            .collect();
        let unknown = named
            .iter()
            .find(|code| !agencies.iter().any(|agency| agency.code == **code));
        if let Some(code) = unknown {
            let what = format!("there is no agency `{code}`");
            item.problem_at("agencies", what, "Use a code of an `[[agency]]`");
        }
        if named.is_empty() {
            let what = "a provision is for no agency";
            item.problem_at("agencies", what, "Add `agencies = [\"…\"]`");
        }
        all.push(Lawful {
            code: unique_code(&item, &mut seen),
            law: item.need("law").to_owned(),
            name: item.need_text("name", languages),
            agencies: named,
        });
        item.finish();
    }
    all
}
