//! Posted forms as plain pairs. Meaning is given by who reads them.

use axum::extract::{FromRequest, Request};
use axum::http::header;

use crate::problem::{Kind, Problem};
use crate::server::read_all;

/// Most pairs that one form may hold.
const PAIRS_MAX: usize = 1_000;

/// The pairs of an `application/x-www-form-urlencoded` body, in the order in which they came. A handler's argument:
/// other media types are 415, too large bodies 413.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads pairs; for tests and for parts of other bodies.
    ///
    /// # Errors
    /// 400 when there are more than 1,000.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let pairs: Vec<_> = form_urlencoded::parse(body)
            .into_owned()
            .take(PAIRS_MAX + 1)
            .collect();
        if pairs.len() > PAIRS_MAX {
            return Err(Problem::bad_request());
        }
        Ok(Self(pairs))
    }

    /// Pairs that came otherwise, in the order in which they came.
    #[must_use]
    pub(crate) const fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a field; none when the field wasn't sent, which differs from sent empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a field (checkboxes).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let declared = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media = declared
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::new(Kind::UnsupportedMedia));
        }
        Self::parse(&read_all(request.into_body()).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_empty_and_many_differ() {
        let form = Form::parse(b"a=&b=1&b=2&c=t%C4%93nei+r%C4%81").unwrap();
        assert_eq!((form.get("x"), form.get("a")), (None, Some("")));
        assert_eq!(form.all("b").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(form.get("c"), Some("tēnei rā"));
        assert!(Form::parse("a=1&".repeat(1_001).as_bytes()).is_err());
    }
}
