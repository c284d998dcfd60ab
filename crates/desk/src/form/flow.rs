//! The way through the form: which steps and questions the answers lead to.

use std::collections::BTreeMap;

use crate::report::Answer;

use super::model::*;
use super::progress::Progress;

/// The way that answers lead, from the first step to the last.
pub(super) struct Walk {
    /// By step: whether it is on the way.
    steps: Vec<bool>,
    /// By step: the questions that are asked, one bit each.
    asked: Vec<u64>,
    /// What chosen options have switched on.
    flags: u32,
}

impl Walk {
    pub(super) fn has(&self, flag: Flag) -> bool {
        self.flags & flag.bit() != 0
    }

    pub(super) fn on_path(&self, step: usize) -> bool {
        self.steps.get(step).copied().unwrap_or_default()
    }

    pub(super) fn asks(&self, place: Place) -> bool {
        self.asked
            .get(place.step)
            .is_some_and(|bits| bits & (1 << place.question) != 0)
    }
}

impl Form {
    /// Follows the answers. Answers to questions that are not asked count for nothing.
    pub(super) fn walk(&self, answers: &BTreeMap<String, Answer>) -> Walk {
        let mut walk = Walk {
            steps: Vec::with_capacity(self.steps.len()),
            asked: Vec::new(),
            flags: 0,
        };
        walk.asked.reserve_exact(self.steps.len());
        for step in &self.steps {
            let on_path = self.hold(&step.show_if, answers, &walk);
            let mut asked = 0_u64;
            let mut flags = 0;
            if on_path {
                for (number, question) in step.questions.iter().enumerate() {
                    if self.hold(&question.show_if, answers, &walk) {
                        asked |= 1 << number;
                        flags |= raised(question, answers.get(&question.code));
                    }
                }
            }
            walk.steps.push(on_path);
            walk.asked.push(asked);
            walk.flags |= flags;
        }
        walk
    }

    fn hold(
        &self,
        conditions: &[Condition],
        answers: &BTreeMap<String, Answer>,
        walk: &Walk,
    ) -> bool {
        conditions.iter().all(|condition| {
            let holds = match &condition.on {
                On::Flag(flag) => walk.has(*flag),
                On::Answer { question, is } => {
                    self.places
                        .get(question)
                        .is_some_and(|place| walk.asks(*place))
                        && answers
                            .get(question)
                            .is_some_and(|answer| is.iter().any(|code| says(answer, code)))
                }
            };
            holds != condition.not
        })
    }

    /// The first step.
    #[must_use]
    pub fn first_step(&self) -> Option<&Step> {
        self.steps.first()
    }

    /// The steps that the answers lead to, in order, pages without questions among them.
    #[must_use]
    pub fn steps_on_path(&self, progress: &Progress) -> Vec<&Step> {
        let walk = self.walk(&progress.answers);
        self.steps
            .iter()
            .zip(&walk.steps)
            .filter(|(_, on_path)| **on_path)
            .map(|(step, _)| step)
            .collect()
    }

    /// Whether the answers lead to this step.
    #[must_use]
    pub fn is_on_path(&self, progress: &Progress, step: &str) -> bool {
        self.steps_on_path(progress)
            .iter()
            .any(|known| known.code == step)
    }

    /// The step after `step`; `None` after the last, where the answers are checked and sent.
    #[must_use]
    pub fn next_step(&self, progress: &Progress, step: &str) -> Option<&Step> {
        let at = self.steps.iter().position(|known| known.code == step)?;
        let walk = self.walk(&progress.answers);
        self.steps
            .iter()
            .enumerate()
            .skip(at + 1)
            .find(|(index, _)| walk.on_path(*index))
            .map(|(_, step)| step)
    }

    /// The step before `step`; `None` before the first, where the form begins.
    #[must_use]
    pub fn previous_step(&self, progress: &Progress, step: &str) -> Option<&Step> {
        let at = self.steps.iter().position(|known| known.code == step)?;
        let walk = self.walk(&progress.answers);
        self.steps
            .iter()
            .enumerate()
            .take(at)
            .rev()
            .find(|(index, _)| walk.on_path(*index))
            .map(|(_, step)| step)
    }

    /// The step that "back" on the check-answers page leads to.
    #[must_use]
    pub fn last_step(&self, progress: &Progress) -> Option<&Step> {
        self.steps_on_path(progress).pop()
    }

    /// The questions of a step that the answers lead to.
    #[must_use]
    pub fn asked<'f>(&self, step: &'f Step, progress: &Progress) -> Vec<&'f Question> {
        let walk = self.walk(&progress.answers);
        self.asked_on(step, &walk)
    }

    pub(super) fn asked_on<'f>(&self, step: &'f Step, walk: &Walk) -> Vec<&'f Question> {
        let index = self
            .steps
            .iter()
            .position(|known| known.code == step.code)
            .unwrap_or(usize::MAX);
        step.questions
            .iter()
            .enumerate()
            .filter(|(question, _)| {
                walk.asks(Place {
                    step: index,
                    question: *question,
                })
            })
            .map(|(_, question)| question)
            .collect()
    }

    /// The first step on the way that was never passed or lacks a required answer; `None` when all is there.
    #[must_use]
    pub fn first_incomplete(&self, progress: &Progress) -> Option<&Step> {
        let walk = self.walk(&progress.answers);
        self.steps
            .iter()
            .enumerate()
            .filter(|(index, _)| walk.on_path(*index))
            .map(|(_, step)| step)
            .find(|step| {
                !progress.seen.contains(&step.code)
                    || self
                        .asked_on(step, &walk)
                        .into_iter()
                        .any(|question| !has_answer(question, progress))
            })
    }

    /// Every step on the way was passed and every required answer is there.
    #[must_use]
    pub fn is_complete(&self, progress: &Progress) -> bool {
        self.first_incomplete(progress).is_none()
    }

    /// Whether a chosen option has switched the flag on.
    #[must_use]
    pub fn has_flag(&self, progress: &Progress, flag: Flag) -> bool {
        self.walk(&progress.answers).has(flag)
    }

    /// Show crisis lines and "exit this page": the step says so, or an answer does.
    #[must_use]
    pub fn is_at_risk(&self, progress: &Progress, step: &Step) -> bool {
        step.at_risk || self.has_flag(progress, Flag::AtRisk)
    }
}

/// Whether a question that needs an answer has one.
pub(super) fn has_answer(question: &Question, progress: &Progress) -> bool {
    if !question.required {
        return true;
    }
    match question.kind {
        Kind::Contact => progress.contact.email.is_some() || progress.contact.phone.is_some(),
        Kind::Consents => !progress.consents.is_empty(),
        Kind::Files { .. } => !progress.files.is_empty(),
        Kind::Losses { .. } => {
            !progress.losses.is_empty() || progress.answers.contains_key(&question.code)
        }
        _ => progress.answers.contains_key(&question.code),
    }
}

/// Whether an answer is, or has among it, this code.
fn says(answer: &Answer, code: &str) -> bool {
    match answer {
        Answer::NotKnown => code == "not_known",
        Answer::Text(text) => text == code,
        Answer::Choices(codes) => codes.iter().any(|chosen| chosen == code),
        Answer::Number(_) | Answer::Date(_) => false,
    }
}

/// The flags that an answer switches on.
fn raised(question: &Question, answer: Option<&Answer>) -> u32 {
    let Some(answer) = answer else { return 0 };
    let options = question.kind.options();
    options
        .iter()
        .filter(|choice| !choice.flags.is_empty() && says(answer, &choice.code))
        .flat_map(|choice| &choice.flags)
        .fold(0, |bits, flag| bits | flag.bit())
}
