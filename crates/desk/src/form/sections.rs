//! Answers as people read them: on the check-answers page, and later on an officer's.

use std::collections::BTreeMap;

use cairn_kernel::money::Money;

use crate::report::{Answer, Body, Certainty, Contact, FileRef, LossItem, PartialDate};

use super::model::*;
use super::progress::Progress;

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Code.
    pub code: String,
    /// Heading, in the language asked for.
    pub heading: String,
    /// Rows; never empty.
    pub rows: Vec<Row>,
}

/// One question and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Question code.
    pub question: String,
    /// Short name of the question.
    pub label: String,
    /// Whether there is an answer.
    pub given: Given,
    /// The answer in words, one item each; "Not provided" and "I do not know" are spelt out here too.
    pub values: Vec<String>,
    /// Code of the step on which to change it; empty for a question that the form no longer has.
    pub step: String,
}

/// Whether there is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Yes.
    Answered,
    /// "I do not know", said on purpose.
    NotKnown,
    /// An optional question was skipped.
    Skipped,
}

/// What there is to show, wherever it comes from.
struct Told<'t> {
    answers: &'t BTreeMap<String, Answer>,
    losses: &'t [LossItem],
    consents: &'t [String],
    contact: Option<&'t Contact>,
    files: &'t [FileRef],
}

impl Form {
    /// The answers on the way so far, for checking before they are sent: every question that was asked, skipped ones
    /// too.
    #[must_use]
    pub fn check_answers(&self, progress: &Progress, language: &str) -> Vec<Section> {
        let told = Told {
            answers: &progress.answers,
            losses: &progress.losses,
            consents: &progress.consents,
            contact: Some(&progress.contact),
            files: &progress.files,
        };
        let walk = self.walk(&progress.answers);
        let mut sections = Vec::new();
        for (step, question, _) in self.asked_with(&walk) {
            let row = self.row(step, question, &told, language);
            self.put(&mut sections, step, row, language);
        }
        sections
    }

    /// What a report says, for officers and for the status page: only questions with an answer. Answers whose
    /// questions the form no longer has come last, as they were stored. Files, consents and contact are not in it.
    #[must_use]
    pub fn show_body(&self, body: &Body, language: &str) -> Vec<Section> {
        let told = Told {
            answers: &body.answers,
            losses: &body.losses,
            consents: &[],
            contact: None,
            files: &body.files,
        };
        let mut sections = Vec::new();
        for step in &self.steps {
            for question in &step.questions {
                let own = body.answers.contains_key(&question.code);
                let losses =
                    matches!(question.kind, Kind::Losses { .. }) && !body.losses.is_empty();
                if own || losses {
                    self.put(
                        &mut sections,
                        step,
                        self.row(step, question, &told, language),
                        language,
                    );
                }
            }
        }
        let gone = body
            .answers
            .iter()
            .filter(|(code, _)| !self.places.contains_key(*code));
        let rows: Vec<_> = gone
            .map(|(code, answer)| self.raw_row(code, answer, language))
            .collect();
        if !rows.is_empty() {
            sections.push(Section {
                code: "former".to_owned(),
                heading: body.form.clone(),
                rows,
            });
        }
        sections
    }

    fn put(&self, sections: &mut Vec<Section>, step: &Step, row: Row, language: &str) {
        if let Some(section) = sections
            .iter_mut()
            .find(|section| section.code == step.section)
        {
            section.rows.push(row);
            return;
        }
        let heading = self
            .sections
            .get(&step.section)
            .map_or("", |heading| heading.get(language));
        sections.push(Section {
            code: step.section.clone(),
            heading: heading.to_owned(),
            rows: vec![row],
        });
    }

    fn row(&self, step: &Step, question: &Question, told: &Told<'_>, language: &str) -> Row {
        let own = |text: &str| text.to_owned();
        let (given, values) = match (&question.kind, told.answers.get(&question.code)) {
            (_, Some(Answer::NotKnown)) => (
                Given::NotKnown,
                vec![own(question.not_known_text.get(language))],
            ),
            (Kind::Losses { paid_by, .. }, _) if !told.losses.is_empty() => {
                let shown = told
                    .losses
                    .iter()
                    .map(|loss| self.loss(loss, paid_by, language));
                (Given::Answered, shown.collect())
            }
            (Kind::Consents, _) => (
                Given::Answered,
                self.agencies_named(told.consents, language),
            ),
            (Kind::Contact, _) => contact_row(told.contact),
            (Kind::Files { .. }, _) if !told.files.is_empty() => {
                (Given::Answered, told.files.iter().map(file_row).collect())
            }
            (_, Some(answer)) => (Given::Answered, self.values(question, answer, language)),
            _ => (Given::Skipped, Vec::new()),
        };
        let values = if given == Given::Skipped {
            vec![own(self.words.not_provided.get(language))]
        } else {
            values
        };
        Row {
            question: question.code.clone(),
            label: own(question.label.get(language)),
            given,
            values,
            step: step.code.clone(),
        }
    }

    fn raw_row(&self, code: &str, answer: &Answer, language: &str) -> Row {
        let (given, values) = match answer {
            Answer::NotKnown => (
                Given::NotKnown,
                vec![self.words.not_known.get(language).to_owned()],
            ),
            Answer::Text(text) => (Given::Answered, vec![text.clone()]),
            Answer::Choices(codes) => (Given::Answered, codes.clone()),
            Answer::Number(number) => (Given::Answered, vec![number.to_string()]),
            Answer::Date(date) => (Given::Answered, vec![self.date_in_words(*date, language)]),
        };
        Row {
            question: code.to_owned(),
            label: code.to_owned(),
            given,
            values,
            step: String::new(),
        }
    }

    fn values(&self, question: &Question, answer: &Answer, language: &str) -> Vec<String> {
        let title = |code: &String| match question.option(code) {
            Some(choice) => choice.title.get(language).to_owned(),
            None => code.clone(),
        };
        match answer {
            Answer::NotKnown => vec![question.not_known_text.get(language).to_owned()],
            Answer::Text(text) => vec![title(text)],
            Answer::Choices(codes) if codes.is_empty() => {
                vec![self.words.none.get(language).to_owned()]
            }
            Answer::Choices(codes) => codes.iter().map(title).collect(),
            Answer::Number(number) => vec![number.to_string()],
            Answer::Date(date) => vec![self.date_in_words(*date, language)],
        }
    }

    fn agencies_named(&self, codes: &[String], language: &str) -> Vec<String> {
        if codes.is_empty() {
            return vec![self.words.nobody.get(language).to_owned()];
        }
        let name = |code: &String| match self.agencies.get(code) {
            Some(agency) => agency.name.get(language).to_owned(),
            None => code.clone(),
        };
        codes.iter().map(name).collect()
    }

    fn loss(&self, loss: &LossItem, paid_by: &[Choice], language: &str) -> String {
        let mut parts = vec![match &loss.amount {
            Some(amount) if loss.certainty == Certainty::Estimated => self
                .words
                .estimated
                .get(language)
                .replace("{amount}", &amount.to_string()),
            Some(amount) => amount.to_string(),
            None => self.words.amount_not_known.get(language).to_owned(),
        }];
        parts.extend(loss.date.map(|date| self.date_in_words(date, language)));
        parts.extend(loss.paid_by.as_ref().map(|way| {
            let known = paid_by.iter().find(|choice| choice.code == *way);
            known.map_or_else(
                || way.clone(),
                |choice| choice.title.get(language).to_owned(),
            )
        }));
        if let (Some(minor), Some(amount)) = (loss.recovered_minor, &loss.amount) {
            let back = Money {
                minor,
                currency: amount.currency.clone(),
            };
            parts.push(
                self.words
                    .recovered
                    .get(language)
                    .replace("{amount}", &back.to_string()),
            );
        }
        parts.join(", ")
    }

    /// `27 March 2026`, `March 2026` or `2026`, with the month's name in the language.
    #[must_use]
    pub fn date_in_words(&self, date: PartialDate, language: &str) -> String {
        let month = date.month.and_then(|month| {
            self.words
                .months
                .get(usize::try_from(month).ok()?.checked_sub(1)?)
        });
        let mut parts = Vec::new();
        parts.extend(date.day.map(|day| day.to_string()));
        parts.extend(month.map(|month| month.get(language).to_owned()));
        parts.push(date.year.to_string());
        parts.join(" ")
    }
}

fn contact_row(contact: Option<&Contact>) -> (Given, Vec<String>) {
    let parts: Vec<_> = contact
        .iter()
        .flat_map(|contact| [&contact.name, &contact.email, &contact.phone])
        .flatten()
        .cloned()
        .collect();
    (
        if parts.is_empty() {
            Given::Skipped
        } else {
            Given::Answered
        },
        parts,
    )
}

fn file_row(file: &FileRef) -> String {
    match &file.name {
        Some(name) => name.clone(),
        None => file.sha256.chars().take(12).collect(),
    }
}
