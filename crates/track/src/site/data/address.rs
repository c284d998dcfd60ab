//! Where files are published.

use crate::plan::Plan;

/// Where the files of a plan are published.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Address without a last `/`; `None` if it is not known, which makes addresses relative.
    pub base_url: Option<&'a str>,
    /// The way from the folder of the file that is written to the base, such as `../` or nothing; for relative addresses.
    pub up: &'a str,
}

impl<'a> Place<'a> {
    /// As the plan says.
    #[must_use]
    pub fn of(plan: &'a Plan, up: &'a str) -> Self {
        Self {
            base_url: plan.base_url.as_deref(),
            up,
        }
    }

    /// The address of a file, given by its path from the base.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match self.base_url {
            Some(base) => format!(
                "{}/{}",
                base.trim_end_matches('/'),
                path.trim_start_matches('/')
            ),
            None => format!("{}{}", self.up, path.trim_start_matches('/')),
        }
    }
}

/// A text that is a web address and nothing else.
pub(super) fn is_web(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

/// A text that is a mail address and nothing else.
pub(super) fn is_mail(text: &str) -> bool {
    let local = |c: char| c.is_ascii_alphanumeric() || ".!#$&'*+/=?^_`{|}~-".contains(c);
    let host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && name.chars().all(local)
            && domain.contains('.')
            && domain.chars().all(host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_join_with_one_slash() {
        let place = |base_url| Place {
            base_url,
            up: "../",
        };
        assert_eq!(
            place(Some("https://a.example/t/")).href("/data/x.csv"),
            "https://a.example/t/data/x.csv"
        );
        assert_eq!(
            place(Some("https://a.example/t")).href("x"),
            "https://a.example/t/x"
        );
        assert_eq!(place(None).href("data/x.csv"), "../data/x.csv");
    }

    #[test]
    fn words_are_no_addresses() {
        assert!(is_web("https://creativecommons.org/licenses/by/4.0/"));
        for text in [
            "see https://a.example",
            "https://a.example and more",
            "ftp://a",
            "CC BY 4.0",
            "https://a\"b",
        ] {
            assert!(!is_web(text), "{text}");
        }
        assert!(is_mail("track@example.org"));
        for text in [
            "Team at example.org",
            "a@b",
            "a b@example.org",
            "@example.org",
            "a@exa mple.org",
            "a@b@c.org",
        ] {
            assert!(!is_mail(text), "{text}");
        }
    }
}
