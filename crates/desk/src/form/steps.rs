//! The `[[step]]` tables of `form.toml`: steps, questions, options, conditions.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::data::{Source, Table, Text, nearest};
use crate::help::Help;
use crate::report::LossKind;
use crate::taxonomy::Taxonomy;

use super::check::Lines;
use super::fault::FaultCode;
use super::model::*;
use super::parse::{code_of, level};
use super::texts::TextBook;

/// Longest answer that a form may allow, in characters; keeps a whole submission far below what one request holds.
pub(super) const CHARS_MAX: i64 = 50_000;
/// Most loss items and most files of one report.
const ITEMS_MAX: i64 = 50;
/// Most steps of a form.
const STEPS_MAX: usize = 200;
/// Most questions of one page; more are no page for people.
const QUESTIONS_MAX: usize = 12;
/// Pages of the program at the place of a step's page (`/report/…`): a step of such a name could never be seen.
const TAKEN: [&str; 6] = ["check", "send", "sent", "again", "finish", "exit"];

/// What the steps are built with.
pub(super) struct Builder<'b, 's> {
    pub(super) source: &'b Source<'s>,
    pub(super) texts: &'b TextBook,
    pub(super) taxonomy: &'b Taxonomy,
    pub(super) help: &'b Help,
    pub(super) not_known: Text,
    pub(super) lines: Lines,
    pub(super) places: FxHashMap<String, Place>,
    pub(super) sections: BTreeMap<String, Text>,
}

impl Builder<'_, '_> {
    pub(super) fn steps(&mut self, root: &Table<'_, '_>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut codes = BTreeSet::new();
        let mut section = String::new();
        for table in root.tables("step").into_iter().take(STEPS_MAX) {
            let code = code_of(&table, "code");
            if !codes.insert(code.clone()) {
                table.problem_at(
                    "code",
                    format!("two steps have the code `{code}`"),
                    "Give one of them another code",
                );
            }
            if TAKEN.contains(&code.as_str()) {
                table.problem_at(
                    "code",
                    format!("`{code}` is the name of a page that the program makes"),
                    "Give the step another code",
                );
            }
            self.lines.steps.push(table.line());
            if table.has("section") || steps.is_empty() {
                section = code_of(&table, "section");
                let heading = self.texts.need(&format!("sections.{section}"));
                self.sections.insert(section.clone(), heading);
            }
            let show_if = self.conditions(&table);
            if table.tables("question").len() > QUESTIONS_MAX {
                let mend = format!("Put at most {QUESTIONS_MAX} on a step");
                table.problem_at("question", "too many questions on one page", mend);
            }
            let questions: Vec<_> = table
                .tables("question")
                .iter()
                .enumerate()
                .map(|(question, table)| self.question(table, steps.len(), question))
                .collect();
            let key = format!("steps.{code}.heading");
            let own_heading = questions.len() != 1;
            let help = self.help_codes(&table);
            steps.push(Step {
                section: section.clone(),
                heading: if own_heading {
                    Some(self.texts.need(&key))
                } else {
                    None
                },
                body: self.texts.find(&format!("steps.{code}.body")),
                help,
                at_risk: table.bool("at_risk", false),
                show_if,
                questions,
                code,
            });
            table.finish();
        }
        if steps.is_empty() {
            root.problem_at(
                "step",
                "the form has no steps",
                "Add at least one `[[step]]`",
            );
        }
        steps
    }

    fn help_codes(&self, table: &Table<'_, '_>) -> Vec<String> {
        let mut codes = Vec::new();
        for (line, code) in table.strs("help") {
            if self.help.block(code).is_none() {
                let mend = match nearest(code, self.help.codes()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "Use the code of a `[[block]]` of help.toml".to_owned(),
                };
                self.source
                    .problem(line, format!("no help block has the code `{code}`"), mend);
            }
            codes.push(code.to_owned());
        }
        codes
    }

    fn question(&mut self, table: &Table<'_, '_>, step: usize, question: usize) -> Question {
        let flat = self.lines.questions.len();
        let place = Place {
            step,
            question,
            flat,
        };
        let code = code_of(table, "code");
        if self.places.insert(code.clone(), place).is_some() {
            table.problem_at(
                "code",
                format!("two questions have the code `{code}`"),
                "Give one of them another code",
            );
        }
        self.lines
            .questions
            .insert((place.step, place.question), table.line());
        let show_if = self.conditions(table);
        let key = |name: &str| format!("questions.{code}.{name}");
        let not_known = table.bool("not_known", false);
        let own_words = if not_known {
            self.texts.find(&key("not_known"))
        } else {
            None
        };
        let question = Question {
            heading: self.texts.need(&key("heading")),
            why: self.texts.need(&key("why")),
            hint: self.texts.find(&key("hint")),
            label: self.texts.need(&key("label")),
            not_known_text: own_words.unwrap_or_else(|| self.not_known.clone()),
            kind: self.kind(table, &code),
            required: table.bool("required", false),
            not_known,
            role: named(table, "role", table.str("role"), &Role::ALL),
            show_if,
            faults: self.own_faults(&code),
            code,
        };
        table.finish();
        question
    }

    /// The question's own texts for faults, where it has them.
    fn own_faults(&self, question: &str) -> BTreeMap<FaultCode, Text> {
        let mut faults = BTreeMap::new();
        for code in FaultCode::ALL {
            let key = format!("questions.{question}.errors.{}", code.as_str());
            if let Some(text) = self.texts.find(&key) {
                faults.insert(*code, text);
                let args: Vec<_> = code.args().iter().copied().chain(["label"]).collect();
                self.texts.places(&key, &args);
            }
        }
        faults
    }

    fn kind(&self, table: &Table<'_, '_>, code: &str) -> Kind {
        let kinds = [
            "choice",
            "choices",
            "text",
            "long_text",
            "observables",
            "date",
            "number",
            "losses",
            "files",
            "consents",
            "contact",
        ];
        let chars_max = || size(table, "chars_max", CHARS_MAX);
        match table.need("kind") {
            "choice" => Kind::Choice {
                options: self.options(table, "options", code),
            },
            "choices" => Kind::Choices {
                options: self.options(table, "options", code),
            },
            "text" => Kind::Text {
                chars_max: chars_max(),
                digits: table.has("digits").then(|| size(table, "digits", 40)),
            },
            "long_text" => Kind::LongText {
                chars_max: chars_max(),
            },
            "observables" => Kind::Observables {
                chars_max: chars_max(),
            },
            "date" => Kind::Date,
            "number" => number(table),
            "losses" => Kind::Losses {
                items_max: size(table, "items_max", ITEMS_MAX),
                paid_by: self.options(table, "paid_by", code),
            },
            "files" => Kind::Files {
                files_max: size(table, "files_max", ITEMS_MAX),
            },
            "consents" => Kind::Consents,
            "contact" => Kind::Contact,
            other => {
                if !other.is_empty() {
                    let mend = match nearest(other, kinds.iter().copied()) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("Use one of: {}", kinds.join(", ")),
                    };
                    table.problem_at("kind", format!("unknown kind `{other}`"), mend);
                }
                // Whatever was meant, its keys should not be called unknown as well.
                let _ = (
                    table.has("options"),
                    table.has("chars_max"),
                    table.has("options_from"),
                );
                Kind::Contact
            }
        }
    }

    fn options(&self, table: &Table<'_, '_>, key: &str, question: &str) -> Vec<Choice> {
        if key == "options" && table.has("options_from") {
            return self.options_from(table);
        }
        let mut seen = BTreeSet::new();
        let mut options = Vec::new();
        for item in table.tables(key) {
            let code = code_of(&item, "code");
            if code == "not_known" {
                item.problem_at(
                    "code",
                    "`not_known` is no option",
                    "Write `not_known = true` on the question instead",
                );
            } else if !seen.insert(code.clone()) {
                item.problem_at(
                    "code",
                    format!("two options have the code `{code}`"),
                    "Give one of them another code",
                );
            }
            let loss = named(&item, "loss", item.str("loss"), &LOSSES);
            options.push(Choice {
                title: self
                    .texts
                    .need(&format!("questions.{question}.{key}.{code}")),
                hint: self
                    .texts
                    .find(&format!("questions.{question}.hints.{code}")),
                suggests: self.suggestions(&item),
                flags: item
                    .strs("flags")
                    .into_iter()
                    .filter_map(|(_, name)| named(&item, "flags", Some(name), &Flag::ALL))
                    .collect(),
                exclusive: item.bool("exclusive", false),
                loss,
                code,
            });
            item.finish();
        }
        if options.is_empty() {
            table.problem_at(
                key,
                format!("`{question}` has no options"),
                format!("Write `{key} = [{{ code = \"…\" }}]`"),
            );
        }
        options
    }

    /// Options that are a list of the taxonomy.
    fn options_from(&self, table: &Table<'_, '_>) -> Vec<Choice> {
        let name = table.str("options_from").unwrap_or_default();
        let Some(entries) = self.taxonomy.list(name) else {
            let mend = format!("Use one of: {}", Taxonomy::LISTS.join(", "));
            table.problem_at(
                "options_from",
                format!("the taxonomy has no list `{name}`"),
                mend,
            );
            return Vec::new();
        };
        if table.has("options") {
            table.problem_at(
                "options",
                "both `options` and `options_from`",
                "Keep one of them",
            );
        }
        let choice = |entry: &crate::taxonomy::Entry| Choice {
            code: entry.code.clone(),
            title: entry.title.clone(),
            hint: None,
            suggests: Vec::new(),
            flags: Vec::new(),
            exclusive: false,
            loss: None,
        };
        entries.iter().map(choice).collect()
    }

    fn suggestions(&self, option: &Table<'_, '_>) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        for item in option.tables("suggests") {
            let category = item.str("category").map(str::to_owned);
            let subtype = item.str("subtype").map(str::to_owned);
            let weight = item.int("weight").unwrap_or(1);
            if !(1..=100).contains(&weight) {
                item.problem_at(
                    "weight",
                    format!("weight {weight} is out of bounds"),
                    "Write 1 to 100",
                );
            }
            if let Some(category) = &category {
                crate::advice::known_category(
                    self.source,
                    item.line_of("category"),
                    category,
                    self.taxonomy,
                );
                if let (Some(subtype), Some(known)) = (&subtype, self.taxonomy.category(category))
                    && self.taxonomy.subtype(category, subtype).is_none()
                {
                    let mend = match nearest(
                        subtype,
                        known.subtypes.iter().map(|entry| entry.code.as_str()),
                    ) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => "Use the code of one of its sub-types in taxonomy.toml".to_owned(),
                    };
                    item.problem_at(
                        "subtype",
                        format!("category `{category}` has no sub-type `{subtype}`"),
                        mend,
                    );
                }
            } else if subtype.is_some() {
                item.problem_at(
                    "subtype",
                    "a sub-type without its category",
                    "Add `category = \"…\"`",
                );
            }
            suggestions.push(Suggestion {
                category,
                subtype,
                weight,
                severity: level(&item, "severity", self.taxonomy),
            });
            item.finish();
        }
        suggestions
    }

    fn conditions(&mut self, table: &Table<'_, '_>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for item in table.tables("show_if") {
            let flag = named(&item, "flag", item.str("flag"), &Flag::ALL);
            let question = item.str("question");
            let is: Vec<_> = item
                .strs("is")
                .into_iter()
                .map(|(_, code)| code.to_owned())
                .collect();
            let not = item.bool("not", false);
            let on = match (flag, question) {
                (Some(flag), None) => Some(On::Flag(flag)),
                (None, Some(question)) => Some(On::Answer {
                    question: question.to_owned(),
                    is,
                }),
                (None, None) if item.has("flag") => None,
                _ => {
                    item.problem_at(
                        "question",
                        "a condition on neither or both of a question and a flag",
                        "Write `{ question = \"…\", is = [\"…\"] }` or `{ flag = \"…\" }`",
                    );
                    None
                }
            };
            conditions.extend(on.map(|on| Condition {
                on,
                not,
                at: usize::MAX,
            }));
            item.finish();
        }
        conditions
    }
}

const LOSSES: [(&str, LossKind); 5] = [
    ("direct_financial", LossKind::DirectFinancial),
    ("data", LossKind::Data),
    ("operational", LossKind::Operational),
    ("reputational", LossKind::Reputational),
    ("technical", LossKind::Technical),
];

/// The value with this name in a closed list; an unknown name is noted.
fn named<T: Copy>(
    table: &Table<'_, '_>,
    key: &str,
    name: Option<&str>,
    all: &[(&str, T)],
) -> Option<T> {
    let name = name?;
    let found = all
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value);
    if found.is_none() {
        let mend = match nearest(name, all.iter().map(|(known, _)| *known)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!(
                "Use one of: {}",
                all.iter()
                    .map(|(known, _)| *known)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        table.problem_at(key, format!("unknown {key} `{name}`"), mend);
    }
    found
}

/// A limit from 1 to `most`.
fn size(table: &Table<'_, '_>, key: &str, most: i64) -> usize {
    let number = table.int(key).unwrap_or_default();
    if !(1..=most).contains(&number) {
        let what = if table.has(key) {
            format!("`{key}` is {number}")
        } else {
            format!("`{key}` is missing")
        };
        table.problem_at(key, what, format!("Write a whole number from 1 to {most}"));
    }
    usize::try_from(number).unwrap_or_default()
}

fn number(table: &Table<'_, '_>) -> Kind {
    let (min, max) = (
        table.int("min").unwrap_or(0),
        table.int("max").unwrap_or(i64::MAX),
    );
    if !table.has("max") {
        table.problem_at(
            "max",
            "`max` is missing",
            "Write the largest number that makes sense",
        );
    }
    if min > max {
        table.problem_at(
            "min",
            format!("`min` {min} is above `max` {max}"),
            "Swap them",
        );
    }
    Kind::Number { min, max }
}
