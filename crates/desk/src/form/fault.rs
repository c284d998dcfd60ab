//! What can be wrong with an answer: a closed list of codes, each with a text in every language.

use std::fmt;

use serde::Serialize;

use crate::data::Text;

use super::model::{Form, Question};

macro_rules! fault_codes {
    ($($variant:ident = $name:literal [$($arg:literal),*] $doc:literal;)*) => {
        /// What is wrong with an answer. The names are stable: clients of the API may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode {
            $(#[doc = $doc] $variant,)*
        }

        impl FaultCode {
            /// Every code, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Places that its text may use, `{label}` besides.
            #[must_use]
            pub const fn args(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($arg),*],)* }
            }
        }
    };
}

fault_codes! {
    Required = "required" [] "Nothing was answered.";
    UnknownOption = "unknown_option" ["value", "near"] "Not one of the options.";
    Exclusive = "exclusive" [] "\"None of these\" or \"I do not know\" together with something else.";
    TooLong = "too_long" ["max", "count"] "More characters than allowed.";
    TooMany = "too_many" ["max", "count"] "More items than allowed.";
    NotNumber = "not_number" [] "Not a whole number.";
    TooSmall = "too_small" ["min"] "Less than the smallest.";
    TooLarge = "too_large" ["max"] "More than the largest.";
    NotDate = "not_date" [] "No such day.";
    DateNeedsYear = "date_needs_year" [] "A day or month without a year.";
    DateNeedsMonth = "date_needs_month" [] "A day without a month.";
    DateTooEarly = "date_too_early" ["min"] "Before the year 1900.";
    DateFuture = "date_future" [] "After today.";
    NotAmount = "not_amount" [] "Not an amount of money.";
    UnknownCurrency = "unknown_currency" ["value"] "Not a currency of the form.";
    RecoveredMore = "recovered_more" [] "More came back than was lost.";
    NotDigits = "not_digits" ["digits"] "Not the right number of digits.";
    NotEmail = "not_email" [] "Not a mail address.";
    NotPhone = "not_phone" [] "Not a telephone number.";
    ContactMissing = "contact_missing" [] "Neither a mail address nor a telephone number.";
    UnknownAgency = "unknown_agency" ["value", "near"] "Not an agency that this report may go to.";
    NotHash = "not_hash" [] "Not a SHA-256 in hexadecimal.";
    NotAsked = "not_asked" [] "The other answers lead past this question.";
    UnknownField = "unknown_field" ["value", "near"] "No such field or question.";
    Duplicate = "duplicate" [] "The same field twice.";
    WrongType = "wrong_type" ["wanted"] "Another type of value is wanted.";
    WrongForm = "wrong_form" ["wanted"] "Made for another form or version.";
    UnknownLanguage = "unknown_language" ["wanted"] "Not a language of the form.";
    NotJson = "not_json" ["line", "column"] "The text is not JSON.";
    BodyTooLarge = "body_too_large" ["max"] "More bytes than allowed.";
}

/// One fault found, with the values for its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: FaultCode,
    pub(super) args: Vec<(&'static str, String)>,
}

impl Fault {
    pub(super) fn new(code: FaultCode) -> Self {
        Self {
            code,
            args: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self::new(code)
    }
}

/// A fault in what was typed on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the input to link to (`when.day`, `money.0.amount`).
    pub field: String,
    /// What is wrong.
    pub code: FaultCode,
    /// The same in words, in the language asked for.
    pub message: String,
}

/// A fault in a whole submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// JSON pointer (RFC 6901) to the field; `""` is the whole document.
    pub pointer: String,
    /// Stable name of the fault (see [`FaultCode`]).
    pub code: &'static str,
    /// The same in words.
    pub message: String,
    /// Code of the step on which people answer it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

impl Form {
    /// The fault in words: the question's own text for it, or else the form's.
    pub(super) fn say(&self, fault: &Fault, question: Option<&Question>, language: &str) -> String {
        let own = question.and_then(|question| question.faults.get(&fault.code));
        let text = own
            .or_else(|| self.faults.get(&fault.code))
            .map_or("", |text: &Text| text.get(language));
        let mut said = text.to_owned();
        if let Some(question) = question {
            said = said.replace("{label}", question.label.get(language));
        }
        for (name, value) in &fault.args {
            said = said.replace(&format!("{{{name}}}"), value);
        }
        said
    }
}
