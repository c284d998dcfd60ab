//! Schemes of severity, templates of tasks and reasons for closing, as read from `data/cases.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Refusal, Severity};
use crate::data::{FormProblem, Source, Table, Text};
use crate::taxonomy::{Entry, unique_code};

const EMBEDDED: &str = include_str!("../../../../data/cases.toml");
const FILE: &str = "cases.toml";
/// The least severe rank.
const RANK_MAX: i64 = 6;
/// Most points of an answer, heaviest weight of a factor.
const POINTS_MAX: i64 = 100;

/// One level of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Stable code.
    pub code: String,
    /// 1 is the most severe, 6 the least.
    pub rank: u8,
    /// Points from which it holds; of a scheme with factors.
    pub from: u32,
    /// Title in every language.
    pub title: Text,
}

/// One answer to a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Stable code.
    pub code: String,
    /// Points, 0 to 100.
    pub points: u32,
    /// Title in every language.
    pub title: Text,
}

/// One factor of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Stable code.
    pub code: String,
    /// How much it counts, 1 to 100.
    pub weight: u32,
    /// Title in every language.
    pub title: Text,
    /// Answers; two at least.
    pub answers: Vec<Answer>,
}

/// One scheme: levels to choose from, or factors that lead to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Stable code.
    pub code: String,
    /// From 1; rises with every change of meaning.
    pub version: u32,
    /// Title in every language.
    pub title: Text,
    /// Whose it is.
    pub source: String,
    /// Where that is to be read.
    pub link: String,
    /// Levels, most severe first.
    pub levels: Vec<Level>,
    /// Factors; none where a level is chosen.
    pub factors: Vec<Factor>,
}

/// One task of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateTask {
    /// Stable code.
    pub code: String,
    /// What is to be done, in every language.
    pub title: Text,
}

/// Tasks that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Stable code.
    pub code: String,
    /// From 1; rises with every change of meaning.
    pub version: u32,
    /// Title in every language.
    pub title: Text,
    /// Codes of the categories it is for; none means all.
    pub categories: Vec<String>,
    /// Tasks, in order.
    pub tasks: Vec<TemplateTask>,
}

/// How one case may have to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Stable code.
    pub code: String,
    /// As the case that names the other says it, in every language: "is part of".
    pub title: Text,
    /// The same, said of the other: "has as a part".
    pub inverse: Text,
}

/// All of it. A book that exists has passed every check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    schemes: Vec<Scheme>,
    templates: Vec<Template>,
    reasons: Vec<Entry>,
    assets: Vec<Entry>,
    conditions: Vec<Entry>,
    relations: Vec<Relation>,
}

impl Book {
    /// Reads `cases.toml`. Titles must be there in every one of `languages`.
    ///
    /// # Errors
    /// Every problem found, with line and remedy.
    pub fn parse(text: &str, languages: &[String]) -> Result<Self, Vec<FormProblem>> {
        let source = Source::new(FILE, text);
        let book = {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            let book = Self {
                schemes: schemes(&root, languages),
                templates: templates(&root, languages),
                reasons: entries(&root, "reason", languages),
                assets: entries(&root, "asset", languages),
                conditions: entries(&root, "condition", languages),
                relations: relations(&root, languages),
            };
            for (key, empty) in [
                ("scheme", book.schemes.is_empty()),
                ("template", book.templates.is_empty()),
                ("reason", book.reasons.is_empty()),
                ("asset", book.assets.is_empty()),
                ("condition", book.conditions.is_empty()),
                ("relation", book.relations.is_empty()),
            ] {
                if empty {
                    let mend = format!("Add at least one `[[{key}]]`");
                    root.problem_at(key, format!("there is no {key}"), mend);
                }
            }
            root.finish();
            book
        };
        let problems = source.into_problems();
        if problems.is_empty() {
            Ok(book)
        } else {
            Err(problems)
        }
    }

    /// The built-in file, in English and te reo Māori.
    ///
    /// # Errors
    /// None that the tests have not seen: the file is built in.
    pub fn embedded() -> Result<Self, Vec<FormProblem>> {
        Self::parse(EMBEDDED, &crate::notify::LANGUAGES.map(str::to_owned))
    }

    /// Schemes, in the order of the file.
    #[must_use]
    pub fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    /// The scheme with this code.
    #[must_use]
    pub fn scheme(&self, code: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.code == code)
    }

    /// Templates, in the order of the file.
    #[must_use]
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// The template with this code.
    #[must_use]
    pub fn template(&self, code: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.code == code)
    }

    /// Reasons for closing.
    #[must_use]
    pub fn reasons(&self) -> &[Entry] {
        &self.reasons
    }

    /// The reason with this code.
    #[must_use]
    pub fn reason(&self, code: &str) -> Option<&Entry> {
        self.reasons.iter().find(|reason| reason.code == code)
    }

    /// Kinds of assets.
    #[must_use]
    pub fn assets(&self) -> &[Entry] {
        &self.assets
    }

    /// The kind of asset with this code.
    #[must_use]
    pub fn asset(&self, code: &str) -> Option<&Entry> {
        self.assets.iter().find(|one| one.code == code)
    }

    /// How assets may stand.
    #[must_use]
    pub fn conditions(&self) -> &[Entry] {
        &self.conditions
    }

    /// The condition of an asset with this code.
    #[must_use]
    pub fn condition(&self, code: &str) -> Option<&Entry> {
        self.conditions.iter().find(|one| one.code == code)
    }

    /// How cases may have to do with each other.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The relation with this code.
    #[must_use]
    pub fn relation(&self, code: &str) -> Option<&Relation> {
        self.relations.iter().find(|one| one.code == code)
    }

    /// Title of a level in a language; its code where the book has lost it.
    #[must_use]
    pub fn level<'b>(&'b self, severity: &'b Severity, language: &str) -> &'b str {
        let scheme = self.scheme(&severity.scheme);
        let level =
            scheme.and_then(|scheme| scheme.levels.iter().find(|l| l.code == severity.level));
        level.map_or(severity.level.as_str(), |level| level.title.get(language))
    }

    /// A severity by a chosen level, or by answers to all factors.
    ///
    /// # Errors
    /// [`Refusal::Severity`] if there is no such scheme, level or answer, or an answer is missing.
    pub fn judge(
        &self,
        scheme: &str,
        level: Option<&str>,
        answers: &BTreeMap<String, String>,
    ) -> Result<Severity, Refusal> {
        let scheme = self.scheme(scheme).ok_or(Refusal::Severity)?;
        let (level, points) = match level {
            Some(code) if scheme.factors.is_empty() && answers.is_empty() => {
                let found = scheme.levels.iter().find(|level| level.code == code);
                (found, None)
            }
            None if !scheme.factors.is_empty() => {
                let points = scheme.score(answers).ok_or(Refusal::Severity)?;
                let reached = |level: &&Level| level.from.saturating_mul(100) <= points;
                (scheme.levels.iter().find(reached), Some(points))
            }
            _ => return Err(Refusal::Severity),
        };
        let level = level.ok_or(Refusal::Severity)?;
        Ok(Severity {
            scheme: scheme.code.clone(),
            version: scheme.version,
            level: level.code.clone(),
            rank: level.rank,
            points,
            answers: answers.clone(),
        })
    }
}

impl Scheme {
    /// Hundredths of a point: the weighted sum of the answers' points, less the lowest sum that is possible, by the range between
    /// the lowest and the highest, times 100. Rounded down. `None` if an answer is missing, unknown or too many.
    #[must_use]
    pub fn score(&self, answers: &BTreeMap<String, String>) -> Option<u32> {
        if answers.len() != self.factors.len() {
            return None;
        }
        let (mut sum, mut least, mut most) = (0_u64, 0_u64, 0_u64);
        for factor in &self.factors {
            let given = answers.get(&factor.code)?;
            let given = factor.answers.iter().find(|answer| answer.code == *given)?;
            let weigh = |points: u32| u64::from(points) * u64::from(factor.weight);
            let points = || factor.answers.iter().map(|answer| answer.points);
            sum += weigh(given.points);
            least += weigh(points().min()?);
            most += weigh(points().max()?);
        }
        let range = most.checked_sub(least).filter(|range| *range > 0)?;
        u32::try_from((sum - least) * 10_000 / range).ok()
    }
}

fn version(item: &Table<'_, '_>) -> u32 {
    let version = item.int("version").unwrap_or_default();
    if version < 1 {
        item.problem_at(
            "version",
            "there is no version",
            "Add `version = 1`, and raise it with every change of meaning",
        );
    }
    u32::try_from(version).unwrap_or_default()
}

/// A whole number within bounds; one that is not is noted, and the lower bound returned.
fn within(item: &Table<'_, '_>, key: &str, (least, most): (i64, i64)) -> u32 {
    let number = item.int(key).unwrap_or(least - 1);
    if (least..=most).contains(&number) {
        return u32::try_from(number).unwrap_or_default();
    }
    item.problem_at(
        key,
        format!("`{key}` is not a whole number from {least} to {most}"),
        format!("Write `{key} = {least}`, or a higher number"),
    );
    u32::try_from(least).unwrap_or_default()
}

fn schemes(root: &Table<'_, '_>, languages: &[String]) -> Vec<Scheme> {
    let mut seen = BTreeSet::new();
    let mut schemes = Vec::new();
    for item in root.tables("scheme") {
        let factors = factors(&item, languages);
        let scheme = Scheme {
            code: unique_code(&item, &mut seen),
            version: version(&item),
            title: item.need_text("title", languages),
            source: item.need("source").to_owned(),
            link: item.need("link").to_owned(),
            levels: levels(&item, !factors.is_empty(), languages),
            factors,
        };
        item.finish();
        schemes.push(scheme);
    }
    schemes
}

fn levels(scheme: &Table<'_, '_>, weighted: bool, languages: &[String]) -> Vec<Level> {
    let mut seen = BTreeSet::new();
    let mut levels: Vec<Level> = Vec::new();
    for item in scheme.tables("level") {
        let level = Level {
            code: unique_code(&item, &mut seen),
            rank: u8::try_from(within(&item, "rank", (1, RANK_MAX))).unwrap_or_default(),
            from: if weighted {
                within(&item, "from", (0, POINTS_MAX))
            } else {
                0
            },
            title: item.need_text("title", languages),
        };
        if let Some(before) = levels.last()
            && (before.rank > level.rank || (weighted && before.from <= level.from))
        {
            item.problem_at(
                "code",
                "this level is not less severe than the one before",
                "Put the levels in order, the most severe first",
            );
        }
        item.finish();
        levels.push(level);
    }
    if levels.is_empty() {
        scheme.problem_at(
            "level",
            "there is no level",
            "Add at least one `[[scheme.level]]`",
        );
    } else if weighted && levels.last().is_some_and(|level| level.from != 0) {
        scheme.problem_at(
            "level",
            "few points reach no level",
            "Let the last level hold `from = 0`",
        );
    }
    levels
}

fn factors(scheme: &Table<'_, '_>, languages: &[String]) -> Vec<Factor> {
    let mut seen = BTreeSet::new();
    let mut factors = Vec::new();
    for item in scheme.tables("factor") {
        let mut codes = BTreeSet::new();
        let mut answers = Vec::new();
        for answer in item.tables("answers") {
            answers.push(Answer {
                code: unique_code(&answer, &mut codes),
                points: within(&answer, "points", (0, POINTS_MAX)),
                title: answer.need_text("title", languages),
            });
            answer.finish();
        }
        if answers.iter().map(|answer| answer.points).max()
            == answers.iter().map(|answer| answer.points).min()
        {
            item.problem_at(
                "answers",
                "all answers have the same points",
                "Give at least two answers with different `points`",
            );
        }
        factors.push(Factor {
            code: unique_code(&item, &mut seen),
            weight: within(&item, "weight", (1, POINTS_MAX)),
            title: item.need_text("title", languages),
            answers,
        });
        item.finish();
    }
    factors
}

fn templates(root: &Table<'_, '_>, languages: &[String]) -> Vec<Template> {
    let mut seen = BTreeSet::new();
    let mut templates = Vec::new();
    for item in root.tables("template") {
        let mut codes = BTreeSet::new();
        let mut tasks = Vec::new();
        for task in item.tables("task") {
            tasks.push(TemplateTask {
                code: unique_code(&task, &mut codes),
                title: task.need_text("title", languages),
            });
            task.finish();
        }
        if tasks.is_empty() {
            item.problem_at(
                "task",
                "there is no task",
                "Add at least one `[[template.task]]`",
            );
        }
        let categories = item.strs("categories").into_iter();
        templates.push(Template {
            code: unique_code(&item, &mut seen),
            version: version(&item),
            title: item.need_text("title", languages),
            categories: categories.map(|(_, code)| code.to_owned()).collect(),
            tasks,
        });
        item.finish();
    }
    templates
}

fn entries(root: &Table<'_, '_>, key: &'static str, languages: &[String]) -> Vec<Entry> {
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for item in root.tables(key) {
        entries.push(Entry {
            code: unique_code(&item, &mut seen),
            title: item.need_text("title", languages),
        });
        item.finish();
    }
    entries
}

fn relations(root: &Table<'_, '_>, languages: &[String]) -> Vec<Relation> {
    let mut seen = BTreeSet::new();
    let mut relations = Vec::new();
    for item in root.tables("relation") {
        relations.push(Relation {
            code: unique_code(&item, &mut seen),
            title: item.need_text("title", languages),
            inverse: item.need_text("inverse", languages),
        });
        item.finish();
    }
    relations
}
