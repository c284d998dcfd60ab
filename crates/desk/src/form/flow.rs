//! The way through the form: which steps and questions the answers lead to.

use std::collections::BTreeMap;

use crate::report::Answer;

use super::model::*;
use super::progress::Progress;

/// The way that answers lead, from the first step to the last.
pub(super) struct Walk<'a> {
    /// By step: whether it is on the way.
    steps: Vec<bool>,
    /// By question of the whole form: whether it is asked.
    asked: Vec<bool>,
    /// By question of the whole form: its answer, asked or not.
    answers: Vec<Option<&'a Answer>>,
    /// What chosen options have switched on.
    flags: u32,
    /// Answers to questions that are not asked, or not in the form.
    pub(super) astray: usize,
}

impl Walk<'_> {
    pub(super) fn has(&self, flag: Flag) -> bool {
        self.flags & flag.bit() != 0
    }

    pub(super) fn on_path(&self, step: usize) -> bool {
        self.steps.get(step).copied().unwrap_or_default()
    }

    pub(super) fn asks(&self, place: Place) -> bool {
        self.asked.get(place.flat).copied().unwrap_or_default()
    }

    fn holds(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| {
            let holds = match &condition.on {
                On::Flag(flag) => self.has(*flag),
                On::Answer { is, .. } => {
                    self.asked.get(condition.at) == Some(&true)
                        && self.answers.get(condition.at).is_some_and(|answer| {
                            answer.is_some_and(|answer| is.iter().any(|code| says(answer, code)))
                        })
                }
            };
            holds != condition.not
        })
    }
}

impl Form {
    /// Follows the answers. Answers to questions that are not asked count for nothing.
    pub(super) fn walk<'a>(&self, answers: &'a BTreeMap<String, Answer>) -> Walk<'a> {
        let mut walk = Walk {
            steps: Vec::with_capacity(self.steps.len()),
            asked: Vec::with_capacity(self.places.len()),
            answers: vec![None; self.places.len()],
            flags: 0,
            astray: answers.len(),
        };
        for (code, answer) in answers {
            if let Some(place) = self.places.get(code)
                && let Some(slot) = walk.answers.get_mut(place.flat)
            {
                *slot = Some(answer);
            }
        }
        for step in &self.steps {
            let on_path = walk.holds(&step.show_if);
            let mut flags = 0;
            for question in &step.questions {
                let asked = on_path && walk.holds(&question.show_if);
                if asked && let Some(Some(answer)) = walk.answers.get(walk.asked.len()) {
                    flags |= raised(question, answer);
                    walk.astray = walk.astray.saturating_sub(1);
                }
                walk.asked.push(asked);
            }
            walk.steps.push(on_path);
            walk.flags |= flags;
        }
        walk
    }

    /// The questions that are asked, with their steps and answers, in order.
    pub(super) fn asked_with<'f, 'a: 'f>(
        &'f self,
        walk: &'f Walk<'a>,
    ) -> impl Iterator<Item = (&'f Step, &'f Question, Option<&'a Answer>)> {
        self.steps
            .iter()
            .flat_map(|step| step.questions.iter().map(move |question| (step, question)))
            .zip(walk.asked.iter().zip(&walk.answers))
            .filter(|(_, (asked, _))| **asked)
            .map(|((step, question), (_, answer))| (step, question, *answer))
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

    pub(super) fn asked_on<'f>(&self, step: &'f Step, walk: &Walk<'_>) -> Vec<&'f Question> {
        let asks = |question: &&Question| {
            self.places
                .get(&question.code)
                .is_some_and(|place| walk.asks(*place))
        };
        step.questions.iter().filter(asks).collect()
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
fn raised(question: &Question, answer: &Answer) -> u32 {
    let options = question.kind.options();
    options
        .iter()
        .filter(|choice| !choice.flags.is_empty() && says(answer, &choice.code))
        .flat_map(|choice| &choice.flags)
        .fold(0, |bits, flag| bits | flag.bit())
}
