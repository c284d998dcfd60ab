//! Where in the document we are, written out as a JSON pointer only when something is wrong there.

use std::fmt;

/// A place in a JSON document.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'p> {
    Root,
    Key(&'p At<'p>, &'p str),
    Index(&'p At<'p>, usize),
}

impl<'p> At<'p> {
    pub(super) const fn key(&'p self, name: &'p str) -> Self {
        Self::Key(self, name)
    }

    pub(super) const fn index(&'p self, index: usize) -> Self {
        Self::Index(self, index)
    }
}

/// RFC 6901: `~` as `~0`, `/` as `~1`.
impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(outer, name) => {
                write!(f, "{outer}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Index(outer, index) => write!(f, "{outer}/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn prints_rfc_6901() {
        let (root, losses) = (At::Root, At::Key(&At::Root, "losses"));
        assert_eq!(root.to_string(), "");
        assert_eq!(
            losses.index(0).key("a/b~c").to_string(),
            "/losses/0/a~1b~0c"
        );
    }
}
