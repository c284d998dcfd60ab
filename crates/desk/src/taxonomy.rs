//! What reports are sorted by: categories, severities, outcomes, regions, age bands, sectors, sizes.

use std::collections::BTreeSet;

use crate::data::{FormProblem, Source, Table, Text};

/// A versioned taxonomy, read from `taxonomy.toml`.
#[derive(Debug, Clone, Default)]
pub struct Taxonomy {
    version: i64,
    categories: Vec<Category>,
    severities: Vec<Severity>,
    outcomes: Vec<Entry>,
    regions: Vec<Entry>,
    age_bands: Vec<Entry>,
    sectors: Vec<Entry>,
    sizes: Vec<Entry>,
}

/// A code and what people read for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stable code.
    pub code: String,
    /// Title in every language.
    pub title: Text,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Stable code.
    pub code: String,
    /// Title in every language.
    pub title: Text,
    /// Nearest `class:type` of the Reference Security Incident Taxonomy v1003.
    pub rsit: String,
    /// Sub-types, where the category has them.
    pub subtypes: Vec<Entry>,
}

/// One level of severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    /// 1 (worst) upwards.
    pub level: u8,
    /// Title in every language.
    pub title: Text,
    /// What counts as this severe.
    pub meaning: Text,
}

/// Classes and types of RSIT v1003 (ENISA, TF-CSIRT Reference Security Incident Taxonomy Working Group), without
/// `test`.
const RSIT: [(&str, &[&str]); 10] = [
    ("abusive-content", &["spam", "harmful-speech", "violence"]),
    (
        "malicious-code",
        &[
            "infected-system",
            "c2-server",
            "malware-distribution",
            "malware-configuration",
        ],
    ),
    (
        "information-gathering",
        &["scanner", "sniffing", "social-engineering"],
    ),
    (
        "intrusion-attempts",
        &["ids-alert", "brute-force", "exploit"],
    ),
    (
        "intrusions",
        &[
            "privileged-account-compromise",
            "unprivileged-account-compromise",
            "application-compromise",
            "system-compromise",
            "burglary",
        ],
    ),
    (
        "availability",
        &["dos", "ddos", "misconfiguration", "sabotage", "outage"],
    ),
    (
        "information-content-security",
        &[
            "unauthorised-information-access",
            "unauthorised-information-modification",
            "data-loss",
            "data-leak",
        ],
    ),
    (
        "fraud",
        &[
            "unauthorised-use-of-resources",
            "copyright",
            "masquerade",
            "phishing",
        ],
    ),
    (
        "vulnerable",
        &[
            "weak-crypto",
            "ddos-amplifier",
            "potentially-unwanted-accessible",
            "information-disclosure",
            "vulnerable-system",
        ],
    ),
    ("other", &["uncategorised", "undetermined"]),
];

impl Taxonomy {
    /// Reads `taxonomy.toml`; titles must be there in every one of `languages`.
    ///
    /// # Errors
    /// Every problem found, with line and remedy.
    pub fn parse(text: &str, languages: &[String]) -> Result<Self, Vec<FormProblem>> {
        let (taxonomy, problems) = Self::read(text, languages);
        if problems.is_empty() {
            Ok(taxonomy)
        } else {
            Err(problems)
        }
    }

    pub(crate) fn read(text: &str, languages: &[String]) -> (Self, Vec<FormProblem>) {
        let source = Source::new("taxonomy.toml", text);
        let taxonomy = {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            let taxonomy = Self {
                version: root.int("version").unwrap_or_default(),
                categories: categories(&root, languages),
                severities: severities(&root, languages),
                outcomes: entries(&root, "outcome", languages),
                regions: entries(&root, "region", languages),
                age_bands: entries(&root, "age_band", languages),
                sectors: entries(&root, "sector", languages),
                sizes: entries(&root, "size", languages),
            };
            if taxonomy.version < 1 {
                root.problem_at(
                    "version",
                    "`version` is missing or below 1",
                    "Write `version = 1` or the next number",
                );
            }
            root.finish();
            taxonomy
        };
        (taxonomy, source.into_problems())
    }

    /// Version, from 1; rises when codes are added.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Categories, in the order that breaks ties.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category with this code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories
            .iter()
            .find(|category| category.code == code)
    }

    /// The sub-type of a category.
    #[must_use]
    pub fn subtype(&self, category: &str, code: &str) -> Option<&Entry> {
        self.category(category)?
            .subtypes
            .iter()
            .find(|subtype| subtype.code == code)
    }

    /// Levels of severity, worst first.
    #[must_use]
    pub fn severities(&self) -> &[Severity] {
        &self.severities
    }

    /// The level with this number.
    #[must_use]
    pub fn severity(&self, level: u8) -> Option<&Severity> {
        self.severities
            .iter()
            .find(|severity| severity.level == level)
    }

    /// How a report may end.
    #[must_use]
    pub fn outcomes(&self) -> &[Entry] {
        &self.outcomes
    }

    /// The outcome with this code.
    #[must_use]
    pub fn outcome(&self, code: &str) -> Option<&Entry> {
        find(&self.outcomes, code)
    }

    /// Regions (ISO 3166-2 codes, and `outside`).
    #[must_use]
    pub fn regions(&self) -> &[Entry] {
        &self.regions
    }

    /// The region with this code.
    #[must_use]
    pub fn region(&self, code: &str) -> Option<&Entry> {
        find(&self.regions, code)
    }

    /// Age bands, youngest first.
    #[must_use]
    pub fn age_bands(&self) -> &[Entry] {
        &self.age_bands
    }

    /// The age band with this code.
    #[must_use]
    pub fn age_band(&self, code: &str) -> Option<&Entry> {
        find(&self.age_bands, code)
    }

    /// Sectors.
    #[must_use]
    pub fn sectors(&self) -> &[Entry] {
        &self.sectors
    }

    /// The sector with this code.
    #[must_use]
    pub fn sector(&self, code: &str) -> Option<&Entry> {
        find(&self.sectors, code)
    }

    /// Sizes of organisations, smallest first.
    #[must_use]
    pub fn sizes(&self) -> &[Entry] {
        &self.sizes
    }

    /// A list by the name used in `options_from`.
    pub(crate) fn list(&self, name: &str) -> Option<&[Entry]> {
        match name {
            "regions" => Some(&self.regions),
            "age_bands" => Some(&self.age_bands),
            "sectors" => Some(&self.sectors),
            "sizes" => Some(&self.sizes),
            _ => None,
        }
    }

    /// Names of the lists that `options_from` may name.
    pub(crate) const LISTS: [&'static str; 4] = ["regions", "age_bands", "sectors", "sizes"];
}

fn find<'e>(entries: &'e [Entry], code: &str) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.code == code)
}

fn entries(table: &Table<'_, '_>, key: &str, languages: &[String]) -> Vec<Entry> {
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for item in table.tables(key) {
        let code = unique_code(&item, &mut seen);
        entries.push(Entry {
            code,
            title: item.need_text("title", languages),
        });
        item.finish();
    }
    entries
}

/// The table's `code`, noted as a problem when it was used before in the same list.
pub(crate) fn unique_code(item: &Table<'_, '_>, seen: &mut BTreeSet<String>) -> String {
    let code = item.need("code").to_owned();
    if !seen.insert(code.clone()) {
        item.problem_at(
            "code",
            format!("code `{code}` is used twice"),
            "Give one of them another code",
        );
    }
    code
}

fn categories(root: &Table<'_, '_>, languages: &[String]) -> Vec<Category> {
    let mut seen = BTreeSet::new();
    let mut categories = Vec::new();
    for item in root.tables("category") {
        let code = unique_code(&item, &mut seen);
        let rsit = item.need("rsit").to_owned();
        let known = rsit.split_once(':').is_some_and(|(class, kind)| {
            RSIT.iter()
                .any(|(name, kinds)| *name == class && kinds.contains(&kind))
        });
        if !known {
            item.problem_at(
                "rsit",
                format!("`{rsit}` is no class and type of RSIT v1003"),
                "Write one such as `fraud:phishing`, or `other:uncategorised`",
            );
        }
        categories.push(Category {
            code,
            rsit,
            title: item.need_text("title", languages),
            subtypes: entries(&item, "subtype", languages),
        });
        item.finish();
    }
    if categories.is_empty() {
        root.problem_at(
            "category",
            "there is no category",
            "Add at least one `[[category]]`",
        );
    }
    categories
}

fn severities(root: &Table<'_, '_>, languages: &[String]) -> Vec<Severity> {
    let mut severities = Vec::new();
    for (index, item) in root.tables("severity").into_iter().enumerate() {
        let wanted = i64::try_from(index + 1).unwrap_or(i64::MAX);
        let level = item.int("level").unwrap_or_default();
        if level != wanted || level > 9 {
            item.problem_at(
                "level",
                format!("level is {level}"),
                format!("Number the levels from 1 without gaps: {wanted}"),
            );
        }
        severities.push(Severity {
            level: u8::try_from(level).unwrap_or_default(),
            title: item.need_text("title", languages),
            meaning: item.need_text("meaning", languages),
        });
        item.finish();
    }
    if severities.is_empty() {
        root.problem_at(
            "severity",
            "there is no severity",
            "Add at least one `[[severity]]`",
        );
    }
    severities
}
