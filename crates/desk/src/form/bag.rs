//! What a page sends: names and values, as typed.
//!
//! Names, for a question with the code `q`:
//!
//! | kind | names |
//! |---|---|
//! | choice | `q` = option code, or `not_known` |
//! | choices | `q` once per chosen option, or `not_known` |
//! | text, long_text, observables, number | `q`; `q.not_known` |
//! | date | `q.day`, `q.month`, `q.year`; `q.not_known` |
//! | losses | for each item `N` from 0: `q.N.amount`, `q.N.currency`, `q.N.day`, `q.N.month`, `q.N.year`, `q.N.paid_by`, `q.N.recovered`, `q.N.certainty` (`stated` or `estimated`), `q.N.remove` (drops the item); `q.not_known` |
//! | consents | `q` once per agency |
//! | contact | `q.name`, `q.email`, `q.phone` |
//! | files | none: files come by their own way and are put into [`Progress::files`](super::Progress::files) |
//!
//! `q.not_known` counts when it has any value but the empty one. All other names are left alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most names and values of one page.
pub const FIELDS_MAX: usize = 1_000;
/// Most bytes of names and values together.
pub const FIELD_BYTES_MAX: usize = 400_000;

/// Names and values of one page, each name perhaps several times.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldBag(BTreeMap<String, Vec<String>>);

/// The page sent more than any page of a form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {FIELDS_MAX} fields or {FIELD_BYTES_MAX} bytes in one page of a form")]
pub struct BagTooLarge;

impl FieldBag {
    /// From names and values in the order they came.
    ///
    /// # Errors
    /// There are more than [`FIELDS_MAX`] pairs, or [`FIELD_BYTES_MAX`] bytes.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, BagTooLarge>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let mut bag = Self::default();
        let (mut fields, mut bytes) = (0_usize, 0_usize);
        for (name, value) in pairs {
            let (name, value) = (name.into(), value.into());
            fields += 1;
            bytes += name.len() + value.len();
            if fields > FIELDS_MAX || bytes > FIELD_BYTES_MAX {
                return Err(BagTooLarge);
            }
            bag.push(name, value);
        }
        Ok(bag)
    }

    /// From an `application/x-www-form-urlencoded` body (WHATWG URL); bytes that are no UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// As [`FieldBag::from_pairs`].
    pub fn parse_urlencoded(body: &[u8]) -> Result<Self, BagTooLarge> {
        Self::from_pairs(
            form_urlencoded::parse(body)
                .map(|(name, value)| (name.into_owned(), value.into_owned())),
        )
    }

    /// Adds one value.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.entry(name.into()).or_default().push(value.into());
    }

    /// The first value with this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// The first value with this name without blanks around it; `""` if there is none.
    #[must_use]
    pub fn trimmed(&self, name: &str) -> &str {
        self.first(name).unwrap_or_default().trim()
    }

    /// All values with this name.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the name has this value among its own: for ticking a box.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).iter().any(|known| known == value)
    }

    /// Nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, values)| {
            values
                .iter()
                .map(move |value| (name.as_str(), value.as_str()))
        })
    }

    /// Numbers of the items of a list (`q.0.amount`, `q.7.amount` give 0 and 7), in order.
    pub(super) fn items(&self, question: &str) -> Vec<usize> {
        let mut items: Vec<usize> = self
            .of(question)
            .filter_map(|(rest, _)| rest.split_once('.')?.0.parse().ok())
            .collect();
        items.sort_unstable();
        items.dedup();
        items
    }

    /// What belongs to a question, by the rest of the name behind `q.` (`""` for `q` itself).
    pub(super) fn of<'b>(
        &'b self,
        question: &'b str,
    ) -> impl Iterator<Item = (&'b str, &'b [String])> {
        self.0
            .range(question.to_owned()..)
            .take_while(move |(name, _)| name.starts_with(question))
            .filter_map(move |(name, values)| {
                let rest = name.strip_prefix(question)?;
                let rest = if rest.is_empty() {
                    rest
                } else {
                    // `q.` names nothing: it must not come back as `q`.
                    rest.strip_prefix('.').filter(|rest| !rest.is_empty())?
                };
                Some((rest, values.as_slice()))
            })
    }
}
