//! What the answers suggest: category, sub-type and severity, before any officer looks.

use std::cmp::Reverse;

use cairn_kernel::money::Money;

use crate::agency::Agency;
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
        self.suggest_on(&progress.losses, &self.walk(&progress.answers))
    }

    /// The agencies that may be told of what was answered so far: those of the category that it suggests.
    #[must_use]
    pub fn offered(&self, progress: &Progress) -> Vec<&Agency> {
        self.agencies
            .offered(&self.suggest(progress).category)
            .collect()
    }

    pub(super) fn suggest_on(&self, losses: &[LossItem], walk: &Walk<'_>) -> Suggested {
        let mut severity = self.severity.default.min(self.by_loss(losses));
        // (code, weight), few of them: the ones that were suggested at all.
        let mut categories: Vec<(&str, i64)> = Vec::new();
        let mut subtypes: Vec<((&str, &str), i64)> = Vec::new();
        for (_, question, answer) in self.asked_with(walk) {
            let Some(answer) = answer else { continue };
            for suggestion in chosen(question, answer).flat_map(|choice| &choice.suggests) {
                severity = severity.min(suggestion.severity.unwrap_or(u8::MAX));
                let Some(category) = suggestion.category.as_deref() else {
                    continue;
                };
                add(&mut categories, category, suggestion.weight);
                if let Some(subtype) = suggestion.subtype.as_deref() {
                    add(&mut subtypes, (category, subtype), suggestion.weight);
                }
            }
        }
        let all = self.taxonomy.categories();
        let place = |code: &str| all.iter().position(|category| category.code == code);
        let category = categories
            .into_iter()
            .max_by_key(|(code, weight)| (*weight, Reverse(place(code))))
            .and_then(|(code, _)| self.taxonomy.category(code))
            .or_else(|| all.last());
        let subtype = category.and_then(|category| {
            let place = |code: &str| {
                category
                    .subtypes
                    .iter()
                    .position(|subtype| subtype.code == code)
            };
            subtypes
                .into_iter()
                .filter(|((own, _), _)| *own == category.code)
                .max_by_key(|((_, code), weight)| (*weight, Reverse(place(code))))
                .map(|((_, code), _)| code)
        });
        Suggested {
            category: category.map_or_else(String::new, |category| category.code.clone()),
            subtype: subtype.map(str::to_owned),
            severity,
        }
    }

    /// Severity by the sum of money lost in the form's own currency, others at their newest rate.
    fn by_loss(&self, losses: &[LossItem]) -> u8 {
        let own = self.currencies.first();
        let base = Some(self.rates.base()) == own.map(String::as_str);
        let minor = |amount: &Money| {
            let same = Some(&amount.currency) == own;
            let turned = || self.rates.in_base(amount, None).filter(|_| base);
            same.then_some(amount.minor).or_else(turned)
        };
        let sum = losses
            .iter()
            .filter(|loss| loss.kind == LossKind::DirectFinancial)
            .filter_map(|loss| loss.amount.as_ref().and_then(minor))
            .fold(0_i64, i64::saturating_add);
        let reached = self.severity.loss.iter().filter(|(minor, _)| sum >= *minor);
        reached
            .map(|(_, severity)| *severity)
            .min()
            .unwrap_or(u8::MAX)
    }
}

fn add<K: PartialEq>(sums: &mut Vec<(K, i64)>, key: K, weight: i64) {
    match sums.iter_mut().find(|(known, _)| *known == key) {
        Some((_, sum)) => *sum += weight,
        None => sums.push((key, weight)),
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
