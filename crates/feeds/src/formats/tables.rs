//! The tables of formats, from `data/feeds.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::batch::Row;
use crate::field::Field;
use crate::value::Value;

const TEXT: &str = include_str!("../../../../data/feeds.toml");

/// What a category, a bot or a service comes to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Meaning {
    #[serde(rename = "type")]
    pub kind: String,
    pub identifier: String,
    pub malware: String,
    pub application: String,
    pub text: String,
    pub url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    pub cymru: BTreeMap<String, Meaning>,
    pub n6: BTreeMap<String, Meaning>,
    pub spamhaus: BTreeMap<String, Meaning>,
    pub dataplane: BTreeMap<String, Meaning>,
    pub blocklist_de: BTreeMap<String, Meaning>,
    pub misp: BTreeMap<String, Meaning>,
    pub xarf: BTreeMap<String, Meaning>,
    /// Numbers of protocols (IANA) to names.
    pub protocols: BTreeMap<String, String>,
}

// The file is part of the program, and a test reads it: it cannot be broken at run time.
pub(super) static TABLES: LazyLock<Tables> =
    LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

impl Meaning {
    /// Sets what it says.
    pub fn tell(&'static self, row: &mut Row<'_, '_>) {
        let parts = [
            (Field::ClassificationType, &self.kind),
            (Field::ClassificationIdentifier, &self.identifier),
            (Field::MalwareName, &self.malware),
            (Field::ProtocolApplication, &self.application),
            (Field::EventDescriptionText, &self.text),
            (Field::EventDescriptionUrl, &self.url),
        ];
        for (field, told) in parts {
            if !told.is_empty() && !row.has(field) {
                super::may(row, field, Value::Text(Cow::Borrowed(told)));
            }
        }
    }
}

/// The name of a protocol by its number.
pub(super) fn protocol(number: &str) -> Option<&'static str> {
    TABLES.protocols.get(number.trim()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{taxonomy, types};

    #[test]
    fn the_tables_are_whole() {
        let tables: Tables = toml::from_str(TEXT).unwrap();
        let all = [
            &tables.cymru,
            &tables.n6,
            &tables.spamhaus,
            &tables.dataplane,
            &tables.blocklist_de,
            &tables.misp,
            &tables.xarf,
        ];
        for (name, meaning) in all.into_iter().flatten() {
            assert_eq!(
                taxonomy::kind(&meaning.kind),
                Some(meaning.kind.as_str()),
                "{name}"
            );
            for (field, told) in [
                (Field::MalwareName, &meaning.malware),
                (Field::EventDescriptionUrl, &meaning.url),
            ] {
                assert!(
                    told.is_empty() || types::clean(field, Value::text(told)).is_ok(),
                    "{name}"
                );
            }
        }
        for name in tables.protocols.values() {
            assert!(taxonomy::is_transport(name), "{name}");
        }
    }
}
