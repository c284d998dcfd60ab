//! What the answers suggest: category, sub-type and severity, before any officer looks.

use crate::report::{Answer, LossItem, LossKind};

use super::flow::Walk;
use super::model::*;
use super::progress::Progress;

/// What the answers suggest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Category code.
    pub category: String,
    /// Sub-type code.
    pub subtype: Option<String>,
    /// 1 (national emergency) to 6 (minor).
    pub severity: u8,
}

impl Form {
    /// Adds up the weights of all chosen options that the answers lead to: the heaviest category wins, the
    /// taxonomy's order breaks ties; likewise its sub-type; the most severe suggestion counts. Without any, the
    /// category is the taxonomy's last.
    #[must_use]
    pub fn suggest(&self, progress: &Progress) -> Suggested {
        self.suggest_on(progress, &self.walk(&progress.answers))
    }

    pub(super) fn suggest_on(&self, progress: &Progress, walk: &Walk) -> Suggested {
        let mut severity = self.severity.default.min(self.by_loss(&progress.losses));
        let mut found: Vec<&Suggestion> = Vec::new();
        for (code, answer) in &progress.answers {
            let Some((place, question)) = self.places.get(code).zip(self.question(code)) else {
                continue;
            };
            if !walk.asks(*place) {
                continue;
            }
            for choice in chosen(question, answer) {
                for suggestion in &choice.suggests {
                    severity = severity.min(suggestion.severity.unwrap_or(u8::MAX));
                    found.push(suggestion);
                }
            }
        }
        let categories = self.taxonomy.categories();
        let weight = |code: &str| -> i64 {
            found
                .iter()
                .filter(|one| one.category.as_deref() == Some(code))
                .map(|one| one.weight)
                .sum()
        };
        // The last of equals is kept by `max_by_key`, hence the reverse.
        let category = categories
            .iter()
            .rev()
            .max_by_key(|category| weight(&category.code))
            .filter(|category| weight(&category.code) > 0)
            .or_else(|| categories.last());
        let subtype = category.and_then(|category| {
            let weight = |code: &str| -> i64 {
                let own = |one: &&&Suggestion| {
                    one.category.as_ref() == Some(&category.code)
                        && one.subtype.as_deref() == Some(code)
                };
                found.iter().filter(own).map(|one| one.weight).sum()
            };
            let subtypes = category.subtypes.iter().rev();
            subtypes
                .max_by_key(|subtype| weight(&subtype.code))
                .filter(|subtype| weight(&subtype.code) > 0)
        });
        Suggested {
            category: category.map_or_else(String::new, |category| category.code.clone()),
            subtype: subtype.map(|subtype| subtype.code.clone()),
            severity,
        }
    }

    /// Severity by the sum of money lost in the form's own currency.
    fn by_loss(&self, losses: &[LossItem]) -> u8 {
        let own = self.currencies.first();
        let sum = losses
            .iter()
            .filter(|loss| loss.kind == LossKind::DirectFinancial)
            .filter_map(|loss| loss.amount.as_ref())
            .filter(|amount| Some(&amount.currency) == own)
            .fold(0_i64, |sum, amount| sum.saturating_add(amount.minor));
        let reached = self.severity.loss.iter().filter(|(minor, _)| sum >= *minor);
        reached
            .map(|(_, severity)| *severity)
            .min()
            .unwrap_or(u8::MAX)
    }
}

/// The options that an answer chose.
pub(super) fn chosen<'q>(
    question: &'q Question,
    answer: &'q Answer,
) -> impl Iterator<Item = &'q Choice> {
    question
        .kind
        .options()
        .iter()
        .filter(move |choice| match answer {
            Answer::Text(code) => *code == choice.code,
            Answer::Choices(codes) => codes.contains(&choice.code),
            _ => false,
        })
}
