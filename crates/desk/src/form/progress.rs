//! How far a reporter has come: the state that is kept for them on the server.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::report::{Answer, Contact, FileRef, LossItem};

use super::bag::FieldBag;
use super::model::Form;

/// What a reporter has said so far. Serialisable; bounded by the limits of the form and of [`FieldBag`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The form it was begun with, as `id@version`.
    pub form: String,
    /// Language of the reporter's choice.
    pub language: String,
    /// Answers by question code; those of branches left again are kept until the end.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// Loss items entered.
    #[serde(default)]
    pub losses: Vec<LossItem>,
    /// How to reach the reporter.
    #[serde(default)]
    pub contact: Contact,
    /// Agencies agreed to.
    #[serde(default)]
    pub consents: Vec<String>,
    /// Files received and stored.
    #[serde(default)]
    pub files: Vec<FileRef>,
    /// Codes of the steps that were answered or passed.
    #[serde(default)]
    pub seen: BTreeSet<String>,
    /// What was typed last and could not be taken, for showing it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Rejected>,
}

/// Input that could not be taken. Its faults are found again by
/// [`Form::rejected_errors`], in whatever language is wanted then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    /// Code of the step.
    pub step: String,
    /// As typed; only what belongs to the step's questions.
    pub fields: FieldBag,
}

impl Form {
    /// The beginning of a report.
    #[must_use]
    pub fn begin(&self, language: &str) -> Progress {
        Progress {
            form: self.name().to_owned(),
            language: self.language(language).to_owned(),
            ..Progress::default()
        }
    }

    /// Whether the progress was made with this form and version. If not, its answers may still be mostly right:
    /// steps whose answers no longer fit show up as incomplete or at submission.
    #[must_use]
    pub fn fits(&self, progress: &Progress) -> bool {
        progress.form == self.name()
    }
}
