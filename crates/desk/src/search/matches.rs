//! Whether one report is what is wanted, without a database: what the store's index answers for lists, a rule has to know of a
//! report that just came in, and a dry run of one that came in weeks ago, as it was then. A test compares both roads.

use std::collections::BTreeSet;

use cairn_kernel::time::Micros;

use super::holds;
use super::wanted::{NOBODY, Set, Wanted};
use crate::report::{Body, Standing};

/// A report as a line is held against it.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// What was told.
    pub body: &'a Body,
    /// Where it stands.
    pub standing: Standing,
    /// When it came in.
    pub received_at: Micros,
    /// Direct financial loss in the base currency's minor unit, where an amount is known.
    pub loss_minor: Option<i64>,
    /// Its words: folded, each once.
    pub words: BTreeSet<String>,
}

impl<'a> Facts<'a> {
    /// Of a report; `text` is what the index of words has of it, folded.
    #[must_use]
    pub fn new(
        body: &'a Body,
        standing: Standing,
        (received_at, loss_minor): (Micros, Option<i64>),
        text: &str,
    ) -> Self {
        let words = text.split(is_gap).filter(|word| !word.is_empty());
        Self {
            body,
            standing,
            received_at,
            loss_minor,
            words: words.map(str::to_owned).collect(),
        }
    }

    fn has_word(&self, word: &str) -> bool {
        let mut parts = word.split(is_gap).filter(|part| !part.is_empty());
        parts.all(|part| self.words.contains(part))
    }

    /// The last part of a word may be a beginning.
    fn has_beginning(&self, word: &str) -> bool {
        let mut parts: Vec<&str> = word.split(is_gap).filter(|part| !part.is_empty()).collect();
        let Some(last) = parts.pop() else {
            return true;
        };
        let first = self.words.range(last.to_owned()..).next();
        first.is_some_and(|word| word.starts_with(last))
            && parts.into_iter().all(|part| self.words.contains(part))
    }

    const fn loss(&self) -> &'static str {
        match (self.body.loss_known, self.body.losses.is_empty()) {
            (_, false) => "yes",
            (true, true) => "no",
            (false, true) => "not_known",
        }
    }
}

/// What parts words in the index of both databases: letters, digits and all that is not ASCII belong to one.
const fn is_gap(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric()
}

impl Set {
    fn lets(&self, value: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|one| one == value);
        (self.any.is_empty() || is_in(&self.any)) && !is_in(&self.none)
    }
}

impl Wanted {
    /// Whether a report is what is wanted. Of referrals it knows only that there are none yet.
    #[must_use]
    pub fn is(&self, facts: &Facts<'_>) -> bool {
        !self.nothing && self.has_codes(facts) && self.has_rest(facts) && self.has_text(facts)
    }

    fn has_codes(&self, facts: &Facts<'_>) -> bool {
        let (body, now) = (facts.body, &facts.standing);
        let or = |code: &Option<String>| code.clone().unwrap_or_default();
        self.category.lets(&now.category)
            && self.subtype.lets(&or(&now.subtype))
            && self.state.lets(now.state.as_str())
            && self
                .assignee
                .lets(now.assignee.as_deref().unwrap_or(NOBODY))
            && self.language.lets(&body.language)
            && self.region.lets(&or(&body.region))
            && self.sector.lets(&or(&body.sector))
            && self.loss.lets(facts.loss())
            && (self.severity.is_empty() || self.severity.contains(&now.severity))
    }

    fn has_rest(&self, facts: &Facts<'_>) -> bool {
        let (body, now) = (facts.body, &facts.standing);
        let flag = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        let agrees = |agency: &String| now.consents.get(agency) == Some(&true);
        let (from, to) = self.received;
        self.loss_minor.is_none_or(|(least, most)| {
            let minor = facts.loss_minor;
            minor.is_some_and(|minor| least <= minor && minor <= most)
        }) && from.is_none_or(|from| facts.received_at >= from)
            && to.is_none_or(|to| facts.received_at < to)
            && flag(self.some_loss, facts.loss() == "yes")
            && flag(self.contact, now.contact)
            && flag(self.files, !now.files.is_empty())
            && flag(self.help, body.wants_help)
            && self.consent.iter().all(agrees)
            && !self.no_consent.iter().any(agrees)
            && self.referred.is_empty()
            && self.referral.any.is_empty()
    }

    fn has_text(&self, facts: &Facts<'_>) -> bool {
        let body = facts.body;
        let (last, first) = match self.words.split_last() {
            Some((last, first)) if self.prefix => (Some(last), first),
            _ => (None, self.words.as_slice()),
        };
        let has = |one| body.observables.contains(one);
        first.iter().all(|word| facts.has_word(word))
            && last.is_none_or(|word| facts.has_beginning(word))
            && !self.without.iter().any(|word| facts.has_word(word))
            && self.observables.iter().all(has)
            && !self.without_observables.iter().any(has)
            && self.phrases.iter().all(|phrase| holds(body, phrase))
    }
}
