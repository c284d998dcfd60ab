//! What can only be checked on the whole form: conditions, reachability, roles.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{Source, nearest};

use super::model::*;

/// Lines of form.toml on which things stand.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// By step.
    pub(super) steps: Vec<usize>,
    /// By step and question.
    pub(super) questions: BTreeMap<(usize, usize), usize>,
}

impl Lines {
    fn step(&self, step: usize) -> usize {
        self.steps.get(step).copied().unwrap_or_default()
    }

    fn question(&self, step: usize, question: usize) -> usize {
        self.questions
            .get(&(step, question))
            .copied()
            .unwrap_or_default()
    }
}

pub(super) fn check(form: &Form, source: &Source<'_>, lines: &Lines) {
    for (index, step) in form.steps.iter().enumerate() {
        conditions(form, source, lines.step(index), index, &step.show_if);
        let mut sound = reachable(form, source, lines.step(index), index, &step.show_if);
        for (number, question) in step.questions.iter().enumerate() {
            let line = lines.question(index, number);
            conditions(form, source, line, index, &question.show_if);
            if sound && !question.show_if.is_empty() {
                let all: Vec<_> = step
                    .show_if
                    .iter()
                    .chain(&question.show_if)
                    .cloned()
                    .collect();
                sound = reachable(form, source, line, index, &all);
            }
            roles(source, line, question);
        }
    }
    once(form, source, lines);
}

/// Conditions must look at earlier steps, at options that exist.
fn conditions(
    form: &Form,
    source: &Source<'_>,
    line: usize,
    step: usize,
    conditions: &[Condition],
) {
    for condition in conditions {
        match &condition.on {
            On::Flag(flag) => {
                if !form
                    .steps
                    .iter()
                    .take(step)
                    .any(|earlier| raises(earlier, *flag))
                {
                    let name = Flag::ALL
                        .iter()
                        .find(|(_, known)| known == flag)
                        .map_or("", |(name, _)| name);
                    source.problem(
                        line,
                        format!("no option of an earlier step switches on the flag `{name}`"),
                        format!("Add `flags = [\"{name}\"]` to an option before this step"),
                    );
                }
            }
            On::Answer { question, is } => answer(form, source, line, step, (question, is)),
        }
    }
}

fn answer(
    form: &Form,
    source: &Source<'_>,
    line: usize,
    step: usize,
    (code, is): (&str, &[String]),
) {
    let Some(place) = form.places.get(code) else {
        let mend = match nearest(code, form.places.keys().map(String::as_str)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Use the code of an earlier question".to_owned(),
        };
        source.problem(
            line,
            format!("condition on the unknown question `{code}`"),
            mend,
        );
        return;
    };
    if place.step >= step {
        let what = if depends(form, place.step, step, &mut BTreeSet::new()) {
            format!("a loop: this step and the question `{code}` wait for each other")
        } else {
            format!("condition on the later question `{code}`")
        };
        source.problem(
            line,
            what,
            "Move this step behind that question, or take the condition out",
        );
        return;
    }
    let Some(asked) = form.question(code) else {
        return;
    };
    if is.is_empty() {
        source.problem(
            line,
            format!("condition on `{code}` without answers"),
            "Write `is = [\"…\"]`",
        );
    }
    for option in is {
        let known = (option == "not_known" && asked.not_known)
            || asked
                .kind
                .options()
                .iter()
                .any(|choice| choice.code == *option);
        if !known {
            let codes = asked
                .kind
                .options()
                .iter()
                .map(|choice| choice.code.as_str());
            let mend = match nearest(option, codes) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Use a code of the options of `{code}`"),
            };
            source.problem(line, format!("`{code}` has no option `{option}`"), mend);
        }
    }
}

/// Whether `step` waits, directly or through others, for `target`.
fn depends(form: &Form, step: usize, target: usize, seen: &mut BTreeSet<usize>) -> bool {
    if step == target {
        return true;
    }
    if !seen.insert(step) {
        return false;
    }
    let Some(step) = form.steps.get(step) else {
        return false;
    };
    let all = step
        .show_if
        .iter()
        .chain(step.questions.iter().flat_map(|question| &question.show_if));
    all.filter_map(|condition| match &condition.on {
        On::Answer { question, .. } => form.places.get(question).map(|place| place.step),
        On::Flag(_) => None,
    })
    .any(|next| depends(form, next, target, seen))
}

fn raises(step: &Step, flag: Flag) -> bool {
    step.questions
        .iter()
        .flat_map(|question| question.kind.options())
        .any(|choice| choice.flags.contains(&flag))
}

/// Notes a step that no answers lead to: what it waits for, and what that waits for in turn, contradict each other.
fn reachable(
    form: &Form,
    source: &Source<'_>,
    line: usize,
    step: usize,
    wanted: &[Condition],
) -> bool {
    // Question → option codes still possible.
    let mut possible: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut todo: Vec<&Condition> = wanted.iter().collect();
    let mut steps = BTreeSet::from([step]);
    // `is` conditions draw in the conditions of the step that asks; each step is drawn in once, so this ends.
    while let Some(condition) = todo.pop() {
        let On::Answer { question: code, is } = &condition.on else {
            continue;
        };
        let Some((place, asked)) = form.places.get(code).zip(form.question(code)) else {
            continue;
        };
        if condition.not {
            continue;
        }
        narrow(&mut possible, asked, is, false);
        if steps.insert(place.step)
            && let Some(earlier) = form.steps.get(place.step)
        {
            todo.extend(earlier.show_if.iter().chain(&asked.show_if));
        }
    }
    for condition in wanted.iter().filter(|condition| condition.not) {
        if let On::Answer { question, is } = &condition.on
            && let Some(asked) = form.question(question)
            && possible.contains_key(question.as_str())
        {
            narrow(&mut possible, asked, is, true);
        }
    }
    let empty = possible
        .iter()
        .find(|(_, left)| left.is_empty())
        .map(|(code, _)| *code);
    if let Some(code) = empty {
        source.problem(
            line,
            format!("unreachable: no answer to `{code}` fits all conditions on the way here"),
            "Change or take out one of the conditions",
        );
    }
    empty.is_none()
}

/// Takes out of the possible answers of a single-choice question what `is` rules out.
fn narrow<'f>(
    possible: &mut BTreeMap<&'f str, BTreeSet<&'f str>>,
    asked: &'f Question,
    is: &[String],
    not: bool,
) {
    let Kind::Choice { options } = &asked.kind else {
        return;
    };
    let left = possible.entry(asked.code.as_str()).or_insert_with(|| {
        let not_known = asked.not_known.then_some("not_known");
        options
            .iter()
            .map(|choice| choice.code.as_str())
            .chain(not_known)
            .collect()
    });
    left.retain(|code| is.iter().any(|wanted| wanted == code) != not);
}

/// A role must fit the kind of its question.
fn roles(source: &Source<'_>, line: usize, question: &Question) {
    let fits = match question.role {
        None => true,
        Some(Role::Occurred) => matches!(question.kind, Kind::Date),
        Some(Role::Region | Role::AgeBand | Role::Sector) => {
            matches!(question.kind, Kind::Choice { .. })
        }
        Some(Role::Story) => matches!(question.kind, Kind::LongText { .. } | Kind::Text { .. }),
        Some(Role::Loss) => matches!(question.kind, Kind::Choices { .. }),
    };
    if !fits {
        source.problem(
            line,
            format!("the role of `{}` does not fit the kind `{}`", question.code, question.kind.as_str()),
            "`occurred` is a date; region, age_band and sector are a choice; story is a text; loss is choices",
        );
    }
    if question.not_known
        && matches!(
            question.kind,
            Kind::Files { .. } | Kind::Consents | Kind::Contact
        )
    {
        source.problem(
            line,
            format!(
                "`not_known` makes no sense for the kind `{}`",
                question.kind.as_str()
            ),
            "Take `not_known` out",
        );
    }
}

/// Kinds that a report has one of, and questions that a report cannot do without.
fn once(form: &Form, source: &Source<'_>, lines: &Lines) {
    let mut seen = BTreeSet::new();
    let mut story = false;
    for (index, step) in form.steps.iter().enumerate() {
        for (number, question) in step.questions.iter().enumerate() {
            story |= question.role == Some(Role::Story);
            let single = match &question.kind {
                Kind::Losses { .. } | Kind::Files { .. } | Kind::Consents | Kind::Contact => {
                    question.kind.as_str()
                }
                _ if question.role == Some(Role::Loss) => "loss",
                _ => continue,
            };
            if !seen.insert(single) {
                let what = format!("a second question of the kind `{single}`");
                source.problem(
                    lines.question(index, number),
                    what,
                    "A form has one at most; take one of them out",
                );
            }
        }
    }
    if !story {
        source.problem(
            0,
            "no question has the role `story`",
            "Add `role = \"story\"` to the question for free text",
        );
    }
    if !form.steps.iter().any(|step| raises(step, Flag::Anonymous)) && seen.contains("contact") {
        source.problem(
            0,
            "contact is asked for, but no option has the flag `anonymous`",
            "Let people choose to stay anonymous: add `flags = [\"anonymous\"]` to an option",
        );
    }
}
