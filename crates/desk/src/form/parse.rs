//! `form.toml` and its companions → [`Form`]. Every problem is collected; a form with problems is not made.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::advice::Advice;
use crate::agency::Agencies;
use crate::data::{FormProblem, Source, Table, Text};
use crate::help::Help;
use crate::rates::Rates;
use crate::taxonomy::Taxonomy;

use super::check::{self, Lines};
use super::fault::FaultCode;
use super::files::FormFiles;
use super::model::*;
use super::steps::Builder;
use super::texts::TextBook;

impl Form {
    /// Reads and checks a form with all its files.
    ///
    /// # Errors
    /// Every problem found in any of the files, sorted by file and line, each with its remedy.
    pub fn parse(files: &FormFiles<'_>) -> Result<Self, Vec<FormProblem>> {
        let source = Source::new("form.toml", &files.form);
        let parsed = source.parse();
        let root = Table::root(&source, &parsed);
        let languages = languages(&root);
        let (taxonomy, mut problems) = Taxonomy::read(&files.taxonomy, &languages);
        let (advice, found) = Advice::read(&files.advice, &languages, &taxonomy);
        problems.extend(found);
        let (agencies, found) = Agencies::read(&files.agencies, &languages, &taxonomy);
        problems.extend(found);
        let (help, found) = Help::read(&files.help, &languages);
        problems.extend(found);
        let texts = TextBook::read(&languages, &files.texts);
        let mut builder = Builder {
            source: &source,
            texts: &texts,
            taxonomy: &taxonomy,
            help: &help,
            not_known: texts.need("words.not_known"),
            lines: Lines::default(),
            sections: BTreeMap::new(),
            places: FxHashMap::default(),
        };
        let steps = builder.steps(&root);
        let Builder {
            lines,
            places,
            sections,
            ..
        } = builder;
        let mut form = Self {
            name: String::new(),
            id: code_of(&root, "id"),
            version: root.int("version").unwrap_or_default(),
            country: country(&root),
            calling_code: calling_code(&root),
            currencies: currencies(&root),
            severity: severity(&root, &taxonomy),
            rates: Rates::default(),
            faults: faults(&texts),
            sections,
            words: words(&texts),
            languages,
            steps,
            places,
            anonymity: None,
            taxonomy,
            agencies,
            advice,
            help,
        };
        if form.version < 1 {
            root.problem_at(
                "version",
                "`version` is missing or below 1",
                "Write `version = 1` or the next number",
            );
        }
        root.finish();
        form.settle();
        check::check(&form, &source, &lines);
        drop(parsed);
        problems.extend(source.into_problems());
        problems.extend(texts.finish());
        problems.sort();
        problems.dedup();
        if problems.is_empty() {
            Ok(form)
        } else {
            Err(problems)
        }
    }
}

impl Form {
    /// Fills in what follows from the rest.
    fn settle(&mut self) {
        self.name = format!("{}@{}", self.id, self.version);
        let anonymity = self.questions().find(|question| {
            let mut options = question.kind.options().iter();
            options.any(|choice| choice.flags.contains(&Flag::Anonymous))
        });
        self.anonymity = anonymity.and_then(|question| self.places.get(&question.code).copied());
        for step in &mut self.steps {
            let own = step
                .questions
                .iter_mut()
                .flat_map(|question| &mut question.show_if);
            for condition in step.show_if.iter_mut().chain(own) {
                if let On::Answer { question, .. } = &condition.on
                    && let Some(place) = self.places.get(question)
                {
                    condition.at = place.flat;
                }
            }
        }
    }
}

fn languages(root: &Table<'_, '_>) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for (_, code) in root.strs("languages") {
        let plain = (2..=11).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !plain {
            root.problem_at(
                "languages",
                format!("`{code}` is no language code"),
                "Write codes of BCP 47, such as `en`",
            );
        } else if languages.iter().any(|known| known == code) {
            root.problem_at(
                "languages",
                format!("`{code}` is listed twice"),
                "Take one of them out",
            );
        } else {
            languages.push(code.to_owned());
        }
    }
    if languages.is_empty() {
        root.problem_at(
            "languages",
            "the form has no language",
            "Write `languages = [\"en\"]`",
        );
    }
    languages
}

/// A code: lower-case letters, digits, `_`; also `-` and `+` in options. It becomes part of names and addresses.
pub(super) fn code_of(table: &Table<'_, '_>, key: &str) -> String {
    let code = table.need(key).to_owned();
    let plain = code.len() <= 40
        && code
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        table.problem_at(
            key,
            format!("`{code}` is no code"),
            "Use at most 40 lower-case letters, digits and underscores",
        );
    }
    code
}

fn country(root: &Table<'_, '_>) -> String {
    let country = root.need("country").to_owned();
    if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) {
        root.problem_at(
            "country",
            format!("`{country}` is no country code"),
            "Write two capitals of ISO 3166-1, such as `NZ`",
        );
    }
    country
}

fn calling_code(root: &Table<'_, '_>) -> u16 {
    let code = root.int("calling_code").unwrap_or_default();
    if !(1..=999).contains(&code) {
        root.problem_at(
            "calling_code",
            "`calling_code` is missing or no telephone code of a country",
            "Write the digits behind the `+`, such as `calling_code = 64`",
        );
    }
    u16::try_from(code).unwrap_or_default()
}

fn currencies(root: &Table<'_, '_>) -> Vec<String> {
    let mut currencies: Vec<String> = Vec::new();
    for (_, code) in root.strs("currencies") {
        if cairn_kernel::money::decimals(code).is_none() {
            root.problem_at(
                "currencies",
                format!("`{code}` is no currency code"),
                "Write codes of ISO 4217, such as `NZD`",
            );
        } else if currencies.iter().any(|known| known == code) {
            root.problem_at(
                "currencies",
                format!("`{code}` is listed twice"),
                "Take one of them out",
            );
        }
        currencies.push(code.to_owned());
    }
    if currencies.is_empty() {
        root.problem_at(
            "currencies",
            "the form has no currency",
            "Write `currencies = [\"NZD\"]`",
        );
    }
    currencies
}

pub(super) fn level(table: &Table<'_, '_>, key: &str, taxonomy: &Taxonomy) -> Option<u8> {
    let number = table.int(key)?;
    let level = u8::try_from(number)
        .ok()
        .filter(|level| taxonomy.severity(*level).is_some());
    if level.is_none() {
        let most = taxonomy.severities().len();
        table.problem_at(
            key,
            format!("severity {number} is not in the taxonomy"),
            format!("Write 1 to {most}"),
        );
    }
    level
}

fn severity(root: &Table<'_, '_>, taxonomy: &Taxonomy) -> SeverityRule {
    let Some(table) = root.table("severity") else {
        root.problem_at(
            "severity",
            "`[severity]` is missing",
            "Add `[severity]` with `default = 6`",
        );
        return SeverityRule {
            default: 6,
            loss: Vec::new(),
        };
    };
    let default = level(&table, "default", taxonomy).unwrap_or_else(|| {
        if !table.has("default") {
            table.problem_at("default", "`default` is missing", "Add `default = 6`");
        }
        6
    });
    let mut loss = Vec::new();
    for item in table.tables("loss") {
        let minor = item.int("minor").unwrap_or_default();
        if minor < 1 {
            item.problem_at(
                "minor",
                "`minor` is missing or below 1",
                "Write a sum in the currency's smallest unit",
            );
        }
        if let Some(severity) = level(&item, "severity", taxonomy) {
            loss.push((minor, severity));
        }
        item.finish();
    }
    table.finish();
    SeverityRule { default, loss }
}

fn faults(texts: &TextBook) -> BTreeMap<FaultCode, Text> {
    let mut faults = BTreeMap::new();
    for code in FaultCode::ALL {
        let key = format!("errors.{}", code.as_str());
        faults.insert(*code, texts.need(&key));
        texts.places(&key, code.args());
    }
    faults
}

fn words(texts: &TextBook) -> Words {
    texts.places("words.recovered", &["amount"]);
    texts.places("words.estimated", &["amount"]);
    Words {
        not_known: texts.need("words.not_known"),
        not_provided: texts.need("words.not_provided"),
        amount_not_known: texts.need("words.amount_not_known"),
        recovered: texts.need("words.recovered"),
        estimated: texts.need("words.estimated"),
        nobody: texts.need("words.nobody"),
        none: texts.need("words.none"),
        months: (1..=12)
            .map(|month| texts.need(&format!("months.{month:02}")))
            .collect(),
    }
}
