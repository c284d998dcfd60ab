//! The whole submission: from answers to a valid [`Draft`].

use crate::report::{
    Affected, Answer, Body, Certainty, Channel, Draft, LossItem, LossKind, MailEvidence,
    PartialDate,
};

use super::fault::{Fault, FaultCode, FieldProblem};
use super::flow::{Walk, has_answer};
use super::model::*;
use super::progress::Progress;
use super::suggest::{self, Suggested};
use super::value;

/// What people write in free text beyond the first of it, about.
const PROSE_MORE_BYTES: usize = 256;

/// What a submission carries besides the answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// What the mail checks said, for mail.
    pub mail: Option<MailEvidence>,
    /// A field that people do not see was filled.
    pub suspect: bool,
}

/// What the answers say.
pub(super) struct Reading {
    pub(super) problems: Vec<FieldProblem>,
    suggested: Suggested,
    astray: usize,
    anonymous: bool,
    affected: Affected,
    wants_help: bool,
    /// Kinds of loss that were chosen; `None` when that is not known.
    loss_kinds: Option<Vec<LossKind>>,
    occurred: Option<PartialDate>,
    region: Option<String>,
    age_band: Option<String>,
    sector: Option<String>,
    title: String,
    /// All that was written in free text.
    prose: String,
}

impl Form {
    /// Makes a report of the answers. Those of branches that were left again, and consents that are no longer offered,
    /// are dropped; of an anonymous report, contact details and the names of files are too.
    ///
    /// # Errors
    /// Every answer that is missing or does not fit the form, at once; `step` says where to mend it.
    pub fn submit(
        &self,
        progress: &Progress,
        channel: Channel,
        extras: Extras,
    ) -> Result<Draft, Vec<FieldProblem>> {
        let walk = self.walk(&progress.answers);
        let mut reading = self.read(progress, &walk);
        for (_, question, answer) in self.asked_with(&walk) {
            if let Some(answer) = answer
                && let Err(fault) = check(question, answer)
            {
                let pointer = format!("/answers/{}", question.code);
                reading.problems.push(self.problem(
                    &progress.language,
                    pointer,
                    Some(question),
                    &fault,
                ));
            }
        }
        let mut progress = progress.clone();
        let category = reading.suggested.category.clone();
        progress.consents.retain(|code| {
            self.agencies
                .offered(&category)
                .any(|agency| agency.code == *code)
        });
        self.build(progress, reading, channel, extras)
    }

    /// What the answers say, before they are moved into the report.
    pub(super) fn read(&self, progress: &Progress, walk: &Walk<'_>) -> Reading {
        let mut reading = Reading {
            problems: Vec::new(),
            suggested: self.suggest_on(&progress.losses, walk),
            astray: walk.astray,
            anonymous: walk.has(Flag::Anonymous),
            affected: if walk.has(Flag::Organisation) {
                Affected::Organisation
            } else {
                Affected::Individual
            },
            wants_help: walk.has(Flag::WantsHelp),
            loss_kinds: None,
            occurred: None,
            region: None,
            age_band: None,
            sector: None,
            title: String::new(),
            prose: String::new(),
        };
        for (_, question, answer) in self.asked_with(walk) {
            self.missing(&mut reading.problems, (question, answer), progress);
            let Some(answer) = answer else { continue };
            if let (Some(_), Answer::Text(text)) = (question.kind.chars_max(), answer) {
                if reading.prose.is_empty() {
                    reading.prose.reserve(text.len() + PROSE_MORE_BYTES);
                }
                reading.prose.push_str(text);
                reading.prose.push('\n');
            }
            match (question.role, answer) {
                (Some(Role::Loss), Answer::Choices(_)) => {
                    let kinds = suggest::chosen(question, answer).filter_map(|choice| choice.loss);
                    reading.loss_kinds = Some(kinds.collect());
                }
                (Some(Role::Occurred), Answer::Date(date)) => {
                    reading.occurred = reading.occurred.or(Some(*date))
                }
                (Some(Role::Region), Answer::Text(code)) => reading.region = Some(code.clone()),
                (Some(Role::AgeBand), Answer::Text(code)) => reading.age_band = Some(code.clone()),
                (Some(Role::Sector), Answer::Text(code)) => reading.sector = Some(code.clone()),
                (Some(Role::Story), Answer::Text(text)) => {
                    reading.title = cairn_kernel::text::title(text)
                }
                _ => {}
            }
        }
        reading
    }

    /// The last part of every way in: `progress` holds only values that fit their questions.
    pub(super) fn build(
        &self,
        progress: Progress,
        reading: Reading,
        channel: Channel,
        extras: Extras,
    ) -> Result<Draft, Vec<FieldProblem>> {
        if !reading.problems.is_empty() {
            return Err(reading.problems);
        }
        let Progress {
            language,
            mut answers,
            losses,
            contact,
            consents,
            mut files,
            ..
        } = progress;
        if reading.astray > 0 {
            let asked: Vec<String> = {
                let walk = self.walk(&answers);
                self.asked_with(&walk)
                    .map(|(_, question, _)| question.code.clone())
                    .collect()
            };
            answers.retain(|code, _| asked.contains(code));
        }
        if reading.anonymous {
            files.iter_mut().for_each(|file| file.name = None);
        }
        let title = match self.taxonomy.category(&reading.suggested.category) {
            Some(category) if reading.title.is_empty() => {
                category.title.get(self.language("")).to_owned()
            }
            _ => reading.title,
        };
        let body = Body {
            form: self.name.clone(),
            language: self.language(&language).to_owned(),
            channel,
            anonymous: reading.anonymous,
            answers,
            category: reading.suggested.category,
            subtype: reading.suggested.subtype,
            severity: reading.suggested.severity,
            affected: reading.affected,
            loss_known: reading.loss_kinds.is_some(),
            losses: items(&reading.loss_kinds.unwrap_or_default(), losses),
            observables: cairn_kernel::observable::extract_for(&reading.prose, self.calling_code),
            files,
            occurred: reading.occurred,
            region: reading.region,
            age_band: reading.age_band,
            sector: reading.sector,
            wants_help: reading.wants_help,
            title,
            mail: extras.mail,
            suspect: extras.suspect,
        };
        let contact = if reading.anonymous || contact.is_empty() {
            None
        } else {
            Some(contact)
        };
        Ok(Draft {
            body,
            contact,
            consents,
            search_text: String::new(),
        })
    }

    /// Notes a required question without an answer, and too many files.
    fn missing(
        &self,
        problems: &mut Vec<FieldProblem>,
        (question, answer): (&Question, Option<&Answer>),
        progress: &Progress,
    ) {
        let elsewhere = matches!(
            question.kind,
            Kind::Files { .. } | Kind::Contact | Kind::Consents
        );
        if answer.is_some() && !elsewhere {
            return;
        }
        let files = progress.files.len();
        let fault = match &question.kind {
            Kind::Files { files_max } if files > *files_max => Fault::new(FaultCode::TooMany)
                .with("max", files_max)
                .with("count", files),
            _ if has_answer(question, progress) => return,
            Kind::Contact => FaultCode::ContactMissing.into(),
            _ => FaultCode::Required.into(),
        };
        let pointer = match question.kind {
            Kind::Contact => "/contact".to_owned(),
            Kind::Files { .. } => "/files".to_owned(),
            Kind::Consents => "/consents".to_owned(),
            Kind::Losses { .. } => "/losses".to_owned(),
            _ => format!("/answers/{}", question.code),
        };
        problems.push(self.problem(&progress.language, pointer, Some(question), &fault));
    }

    pub(super) fn problem(
        &self,
        language: &str,
        pointer: String,
        question: Option<&Question>,
        fault: &Fault,
    ) -> FieldProblem {
        FieldProblem {
            pointer,
            code: fault.code.as_str(),
            message: self.say(fault, question, language),
            step: question
                .and_then(|question| self.step_of(&question.code))
                .map(|step| step.code.clone()),
        }
    }
}

/// The losses stated: for each kind that was chosen its items, or one of unknown amount.
fn items(kinds: &[LossKind], given: Vec<LossItem>) -> Vec<LossItem> {
    let mut items = given;
    items.retain(|item| kinds.contains(&item.kind));
    for kind in kinds {
        if !items.iter().any(|item| item.kind == *kind) {
            items.push(LossItem {
                kind: *kind,
                amount: None,
                date: None,
                certainty: Certainty::Stated,
                paid_by: None,
                recovered_minor: None,
            });
        }
    }
    items
}

/// Whether a stored answer fits its question (it may have been stored under an older form).
fn check(question: &Question, answer: &Answer) -> Result<(), Fault> {
    match (&question.kind, answer) {
        (_, Answer::NotKnown) if question.not_known => Ok(()),
        (Kind::Choice { .. }, Answer::Text(code)) => value::choice(question, code).map(drop),
        (Kind::Choices { .. }, Answer::Choices(codes)) => {
            value::choices(question, codes.iter().map(String::as_str)).map(drop)
        }
        (
            Kind::Text { .. } | Kind::LongText { .. } | Kind::Observables { .. },
            Answer::Text(text),
        ) => value::text(question, text).map(drop),
        (Kind::Number { .. }, Answer::Number(number)) => value::number(question, *number).map(drop),
        (Kind::Date, Answer::Date(date)) => value::date(*date, None).map(drop),
        _ => Err(Fault::new(FaultCode::WrongType).with("wanted", value::wanted(question))),
    }
}
