//! Where something stands in its file.

use std::collections::BTreeMap;

/// Where a table of a file stands, and each of its keys: line and column, both from 1; 0 when not known.
///
/// Two of them are always equal: where a thing stands is no part of what it says, so that editions can be compared.
#[derive(Debug, Clone, Default)]
pub struct At {
    /// Line, from 1.
    pub line: u32,
    /// Column, characters from 1.
    pub column: u32,
    pub(crate) keys: BTreeMap<&'static str, (u32, u32)>,
}

impl At {
    /// Line and column of a key; those of the table if the key is absent.
    #[must_use]
    pub fn key(&self, key: &str) -> (u32, u32) {
        self.keys
            .get(key)
            .copied()
            .unwrap_or((self.line, self.column))
    }
}

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for At {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_key_stands_where_its_table_does() {
        let at = At {
            line: 3,
            column: 1,
            keys: BTreeMap::from([("id", (4, 2))]),
        };
        assert_eq!((at.key("id"), at.key("goal")), ((4, 2), (3, 1)));
        assert_eq!(at, At::default());
    }
}
