//! What an officer sent that could not be done: it is shown again with what is wrong, and nothing of it is lost.

use maud::Markup;

use crate::components::{Fault, error_summary};
use crate::form::Form;
use crate::i18n::Lang;

/// What somebody sent that could not be done. Nothing, where a page is only looked at.
#[derive(Default)]
pub(super) struct Typed<'a> {
    /// All fields as they came.
    pub form: Option<&'a Form>,
    /// What is wrong with them.
    pub faults: Vec<Fault>,
    /// The version they saw, if the report or the challenge moved on.
    pub since: Option<i64>,
    /// It may not be done now.
    pub refused: bool,
    /// The message as it is to be, in place of what was typed.
    pub filled: Option<String>,
}

impl<'a> Typed<'a> {
    /// Shown again as it was typed, with nothing wrong.
    pub(super) fn of(form: &'a Form) -> Self {
        Self {
            form: Some(form),
            ..Self::default()
        }
    }
}

impl Typed<'_> {
    /// A field as it was typed.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.form.and_then(|form| form.get(name))
    }

    /// What is wrong, if it is about the form that adds the report to a case; else nothing.
    pub(super) fn of_case(&self) -> &[Fault] {
        if self.faults.iter().any(|fault| fault.field == "case-no") {
            &self.faults
        } else {
            &[]
        }
    }

    /// What is wrong, at the top of the page; nothing where nothing is.
    pub(super) fn summary(&self, l: Lang) -> Markup {
        error_summary(l, &self.faults)
    }
}
