//! A report that fits the form in use, whatever its questions are: for the documents that explain it to machines.

use serde_json::{Map, Value, json};

use crate::report::{Answer, LossKind, PartialDate};

use super::model::*;
use super::progress::Progress;

/// The example of the form that is built in, which tells a whole story.
const STORY: &str = include_str!("../../../../forms/nz/example.json");

/// What most reports do not begin with: an example that chooses these leads away from the common way.
const RARE: [Flag; 4] = [
    Flag::Emergency,
    Flag::AtRisk,
    Flag::UnderLaw,
    Flag::Anonymous,
];

impl Form {
    /// A report in JSON that [`Form::parse_json`] takes: the story that comes with the program where it fits this form,
    /// otherwise the shortest report, with an answer to each question that must have one. A form that cannot be
    /// answered without a file gets an example without it.
    #[must_use]
    pub fn example(&self) -> String {
        if self.parse_json(STORY.as_bytes()).is_ok() {
            return STORY.to_owned();
        }
        let mut progress = self.begin("");
        let mut answers = Map::new();
        while let Some(question) = self.unanswered(&progress) {
            let (value, answer) = sample(question);
            answers.insert(question.code.clone(), value);
            progress.answers.insert(question.code.clone(), answer);
        }
        let mut report = Map::new();
        report.insert("form".into(), json!(self.name()));
        report.insert("language".into(), json!(self.language("")));
        report.insert("answers".into(), Value::Object(answers));
        let walk = self.walk(&progress.answers);
        for (_, question, _) in self.asked_with(&walk) {
            let beside = match &question.kind {
                Kind::Losses { .. } => self.some_loss(&progress).map(|loss| ("losses", loss)),
                Kind::Contact => Some(("contact", json!({"email": "aroha@example.org"}))),
                Kind::Consents if question.required => {
                    let first = self.agencies.all().first();
                    first.map(|agency| ("consents", json!([agency.code])))
                }
                _ => None,
            };
            if let Some((name, value)) = beside {
                report.insert(name.into(), value);
            }
        }
        serde_json::to_string_pretty(&report).unwrap_or_default()
    }

    /// The first question on the way that needs an answer among `answers` and has none.
    fn unanswered(&self, progress: &Progress) -> Option<&Question> {
        let walk = self.walk(&progress.answers);
        self.questions()
            .filter(|question| question.required && !progress.answers.contains_key(&question.code))
            .filter(|question| !question.kind.is_beside_answers())
            .find(|question| {
                self.places
                    .get(&question.code)
                    .is_some_and(|place| walk.asks(*place))
            })
    }

    /// A loss of a kind that the answers have named; of any kind where no question asks for kinds.
    fn some_loss(&self, progress: &Progress) -> Option<Value> {
        let kinds = self
            .questions()
            .find(|question| question.role == Some(Role::Loss));
        let kind = match kinds {
            None => LossKind::DirectFinancial,
            Some(question) => {
                let answer = progress.answers.get(&question.code)?;
                super::suggest::chosen(question, answer).find_map(|choice| choice.loss)?
            }
        };
        let currency = self.currencies.first()?;
        Some(json!([{"kind": kind, "amount": {"minor": 12500, "currency": currency}}]))
    }
}

impl Kind {
    /// Told beside `answers` in a report as JSON, in a field of its own.
    #[must_use]
    pub const fn is_beside_answers(&self) -> bool {
        matches!(
            self,
            Self::Losses { .. } | Self::Files { .. } | Self::Consents | Self::Contact
        )
    }
}

/// An answer as JSON and as the form keeps it.
fn sample(question: &Question) -> (Value, Answer) {
    let common = |choice: &&Choice| {
        !choice.exclusive && !choice.flags.iter().any(|flag| RARE.contains(flag))
    };
    let options = question.kind.options();
    let option = options.iter().find(common).or_else(|| options.first());
    let code = option.map_or_else(String::new, |choice| choice.code.clone());
    match &question.kind {
        Kind::Choices { .. } => (json!([code]), Answer::Choices(vec![code])),
        Kind::Number { min, .. } => (json!(min), Answer::Number(*min)),
        Kind::Date => (
            json!({"year": 2026, "month": 3}),
            Answer::Date(PartialDate {
                year: 2026,
                month: Some(3),
                day: None,
            }),
        ),
        Kind::Text {
            digits: Some(digits),
            ..
        } => text("1".repeat(*digits)),
        kind => match kind.chars_max() {
            Some(max) => {
                let words = match kind {
                    Kind::Observables { .. } => "https://pay.example/",
                    _ => "An example",
                };
                text(words.chars().take(max).collect())
            }
            None => text(code),
        },
    }
}

fn text(text: String) -> (Value, Answer) {
    (json!(text), Answer::Text(text))
}
