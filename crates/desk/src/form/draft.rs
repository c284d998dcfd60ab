//! The whole submission: from answers to a valid [`Draft`].

use crate::report::{
    Affected, Answer, Body, Certainty, Channel, Draft, LossItem, LossKind, MailEvidence,
};

use super::fault::{Fault, FaultCode, FieldProblem};
use super::flow::{Walk, has_answer};
use super::model::*;
use super::progress::Progress;
use super::{suggest, value};

/// What a submission carries besides the answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// What the mail checks said, for mail.
    pub mail: Option<MailEvidence>,
    /// A field that people do not see was filled.
    pub suspect: bool,
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
        let mut progress = progress.clone();
        let walk = self.walk(&progress.answers);
        let mut problems = Vec::new();
        for (code, answer) in &progress.answers {
            if let Some((place, question)) = self.places.get(code).zip(self.question(code))
                && walk.asks(*place)
                && let Err(fault) = check(question, answer)
            {
                problems.push(self.problem(
                    &progress.language,
                    format!("/answers/{code}"),
                    Some(question),
                    &fault,
                ));
            }
        }
        let category = self.suggest_on(&progress, &walk).category;
        progress.consents.retain(|code| {
            self.agencies
                .offered(&category)
                .any(|agency| agency.code == *code)
        });
        match self.finish(progress, &walk, channel, extras) {
            Ok(draft) if problems.is_empty() => Ok(draft),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }

    /// The last part of every way in: `progress` holds only values that fit their questions.
    pub(super) fn finish(
        &self,
        progress: Progress,
        walk: &Walk,
        channel: Channel,
        extras: Extras,
    ) -> Result<Draft, Vec<FieldProblem>> {
        let problems = self.missing(&progress, walk);
        if !problems.is_empty() {
            return Err(problems);
        }
        let suggested = self.suggest_on(&progress, walk);
        let anonymous = walk.has(Flag::Anonymous);
        let mut body = Body {
            form: self.name(),
            language: self.language(&progress.language).to_owned(),
            channel,
            anonymous,
            answers: progress.answers,
            category: suggested.category,
            subtype: suggested.subtype,
            severity: suggested.severity,
            affected: if walk.has(Flag::Organisation) {
                Affected::Organisation
            } else {
                Affected::Individual
            },
            losses: Vec::new(),
            loss_known: true,
            observables: Vec::new(),
            files: progress.files,
            occurred: None,
            region: None,
            age_band: None,
            sector: None,
            wants_help: walk.has(Flag::WantsHelp),
            title: String::new(),
            mail: extras.mail,
            suspect: extras.suspect,
        };
        body.answers
            .retain(|code, _| self.places.get(code).is_some_and(|place| walk.asks(*place)));
        if anonymous {
            for file in &mut body.files {
                file.name = None;
            }
        }
        let prose = self.read_answers(&mut body, walk, progress.losses);
        body.observables = cairn_kernel::observable::extract_for(&prose, self.calling_code);
        Ok(Draft {
            body,
            contact: if anonymous || progress.contact.is_empty() {
                None
            } else {
                Some(progress.contact)
            },
            consents: progress.consents,
            search_text: cairn_kernel::text::fold(&prose),
        })
    }

    /// Required questions without an answer, and too many files.
    fn missing(&self, progress: &Progress, walk: &Walk) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let files = progress.files.len();
        for (index, step) in self
            .steps
            .iter()
            .enumerate()
            .filter(|(index, _)| walk.on_path(*index))
        {
            for (number, question) in step.questions.iter().enumerate() {
                if !walk.asks(Place {
                    step: index,
                    question: number,
                }) {
                    continue;
                }
                let fault = match &question.kind {
                    Kind::Files { files_max } if files > *files_max => {
                        Fault::new(FaultCode::TooMany)
                            .with("max", files_max)
                            .with("count", files)
                    }
                    Kind::Contact if !has_answer(question, progress) => {
                        FaultCode::ContactMissing.into()
                    }
                    _ if !has_answer(question, progress) => FaultCode::Required.into(),
                    _ => continue,
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
        }
        problems
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

    /// Reads from the answers what the report says in fields of its own; hands out all that was written in prose.
    fn read_answers(&self, body: &mut Body, walk: &Walk, losses: Vec<LossItem>) -> String {
        let mut prose = String::new();
        let mut losses = losses;
        for (index, step) in self
            .steps
            .iter()
            .enumerate()
            .filter(|(index, _)| walk.on_path(*index))
        {
            for (number, question) in step.questions.iter().enumerate() {
                if !walk.asks(Place {
                    step: index,
                    question: number,
                }) {
                    continue;
                }
                let answer = body.answers.get(&question.code);
                if let (
                    Kind::Text { .. } | Kind::LongText { .. } | Kind::Observables { .. },
                    Some(Answer::Text(text)),
                ) = (&question.kind, answer)
                {
                    prose.push_str(text);
                    prose.push('\n');
                }
                match (question.role, answer) {
                    (Some(Role::Loss), answer) => {
                        let answer = answer.cloned();
                        body.loss_known = !matches!(answer, None | Some(Answer::NotKnown));
                        body.losses = items(question, answer.as_ref(), std::mem::take(&mut losses));
                    }
                    (Some(Role::Occurred), Some(Answer::Date(date))) => {
                        body.occurred = body.occurred.or(Some(*date));
                    }
                    (Some(Role::Region), Some(Answer::Text(code))) => {
                        body.region = Some(code.clone())
                    }
                    (Some(Role::AgeBand), Some(Answer::Text(code))) => {
                        body.age_band = Some(code.clone())
                    }
                    (Some(Role::Sector), Some(Answer::Text(code))) => {
                        body.sector = Some(code.clone())
                    }
                    (Some(Role::Story), Some(Answer::Text(text))) => {
                        body.title = cairn_kernel::text::title(text)
                    }
                    _ => {}
                }
            }
        }
        if body.title.is_empty() {
            let language = self.language("");
            let category = self.taxonomy.category(&body.category);
            body.title = category
                .map_or("", |category| category.title.get(language))
                .to_owned();
        }
        prose
    }
}

/// The losses stated: for each kind that was chosen its items, or one of unknown amount.
fn items(question: &Question, answer: Option<&Answer>, given: Vec<LossItem>) -> Vec<LossItem> {
    let Some(answer) = answer else {
        return Vec::new();
    };
    let kinds: Vec<LossKind> = suggest::chosen(question, answer)
        .filter_map(|choice| choice.loss)
        .collect();
    let mut items: Vec<LossItem> = given
        .into_iter()
        .filter(|item| kinds.contains(&item.kind))
        .collect();
    for kind in kinds {
        if !items.iter().any(|item| item.kind == kind) {
            items.push(LossItem {
                kind,
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
