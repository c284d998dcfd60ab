//! RSIT, the reference taxonomy of security incidents, from `data/rsit.toml`: taxonomies, types, and older names of types.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../../data/rsit.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rsit {
    /// Types of each taxonomy.
    taxonomies: BTreeMap<String, Vec<String>>,
    /// Older names of types.
    aliases: BTreeMap<String, String>,
    /// Short names of protocols.
    transports: Vec<String>,
}

// The file is part of the program, and a test reads it: it cannot be broken at run time.
static RSIT: LazyLock<Rsit> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

fn folded(text: &str) -> String {
    text.to_lowercase().replace([' ', '_'], "-")
}

/// The taxonomy of that name, spelt as RSIT does.
#[must_use]
pub fn taxonomy(name: &str) -> Option<&'static str> {
    let (own, _) = RSIT.taxonomies.get_key_value(&folded(name))?;
    Some(own)
}

/// The type of that name, spelt as RSIT does; older names lead to today's.
#[must_use]
pub fn kind(name: &str) -> Option<&'static str> {
    let name = folded(name);
    let name = RSIT.aliases.get(&name).unwrap_or(&name);
    let mut all = RSIT.taxonomies.values().flatten();
    all.find(|own| *own == name).map(String::as_str)
}

/// The taxonomy that a type belongs to.
#[must_use]
pub fn of_kind(kind: &str) -> Option<&'static str> {
    let mut all = RSIT.taxonomies.iter();
    let (own, _) = all.find(|(_, kinds)| kinds.iter().any(|own| own == kind))?;
    Some(own)
}

/// Whether text is the short name of a transport protocol.
#[must_use]
pub fn is_transport(name: &str) -> bool {
    // Nearly all are one of these.
    matches!(name, "tcp" | "udp" | "icmp") || RSIT.transports.iter().any(|own| own == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        let rsit: Rsit = toml::from_str(TEXT).unwrap();
        assert_eq!(rsit.taxonomies.len(), 11);
        assert_eq!(rsit.taxonomies.values().map(Vec::len).sum::<usize>(), 44);
        for (old, new) in &rsit.aliases {
            assert_eq!(kind(old), Some(new.as_str()), "{old}");
            assert!(of_kind(new).is_some());
        }
    }
}
