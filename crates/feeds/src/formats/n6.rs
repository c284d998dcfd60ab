//! n6: one JSON object an event, an observation for each of its addresses.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::batch::Row;
use crate::field::Field;
use crate::mapping::lenient;
use crate::reject::{Cause, Name};
use crate::taxonomy;
use crate::value::Value;

use super::tables::TABLES;
use super::{may, must, owned, text};

const FIELDS: &[(&str, Field)] = &[
    ("dport", Field::DestinationPort),
    ("sport", Field::SourcePort),
    ("dip", Field::DestinationIp),
    ("proto", Field::ProtocolTransport),
    ("fqdn", Field::SourceFqdn),
    ("url", Field::SourceUrl),
    ("md5", Field::MalwareHashMd5),
    ("sha1", Field::MalwareHashSha1),
    ("sha256", Field::MalwareHashSha256),
    ("username", Field::SourceAccount),
    ("target", Field::EventDescriptionTarget),
];

/// Names of entries under `extra` where they are not the key's.
const EXTRA: &[(&str, &str)] = &[("id", "feed_id"), ("source", "feed_source")];

/// Keys that are read by themselves.
const KNOWN: [&str; 6] = ["category", "type", "name", "time", "address", "expires"];

fn value<'b>(json: &Json) -> Option<Value<'b>> {
    Value::of_json(json.clone())
}

pub(super) fn row(event: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    let entries = event.as_object().ok_or(Cause::NotAnObject)?;
    let category = entries.get("category").and_then(Json::as_str).unwrap_or("");
    let kind = entries.get("type").and_then(Json::as_str).unwrap_or("");
    let list = category == "other" && kind.starts_with("bl-");
    let key = if list { "bl-other" } else { category };
    let meaning = TABLES
        .n6
        .get(key)
        .ok_or_else(|| Cause::UnknownCategory(Name::new(category)))?;
    let time = entries.get("time").and_then(value).ok_or(Cause::Empty)?;
    must(row, Field::TimeSource, "time", time)?;
    for (key, json) in entries {
        let Some(told) = value(json) else { continue };
        if let Some((_, field)) = FIELDS.iter().find(|(own, _)| own == key) {
            lenient(row, *field, field_key(*field), told);
        } else if !KNOWN.contains(&key.as_str()) && key != "origin" {
            let name = EXTRA
                .iter()
                .find(|(own, _)| own == key)
                .map_or(key.as_str(), |(_, name)| *name);
            row.extra(Cow::Owned(name.to_owned()), told);
        }
    }
    if let Some(expires) = entries.get("expires").and_then(Json::as_str) {
        let at = crate::types::time::parse(expires).map_or_else(|| owned(expires), Value::Time);
        row.extra(Cow::Borrowed("expires"), at);
    }
    if let Some(name) = entries.get("name").and_then(Json::as_str) {
        named(name, meaning.identifier.is_empty(), row);
    }
    meaning.tell(row);
    if let Some(taxonomy) = taxonomy::of_kind(&meaning.kind) {
        may(row, Field::ClassificationTaxonomy, text(taxonomy));
    }
    let addresses = entries.get("address").and_then(Json::as_array);
    for (n, address) in addresses.into_iter().flatten().enumerate() {
        if n > 0 {
            row.same_again()?;
            for field in [
                Field::SourceIp,
                Field::SourceAsn,
                Field::SourceGeolocationCc,
            ] {
                row.remove(field);
            }
        }
        for (key, field) in [
            ("ip", Field::SourceIp),
            ("asn", Field::SourceAsn),
            ("cc", Field::SourceGeolocationCc),
        ] {
            if let Some(told) = address.get(key).and_then(value) {
                lenient(row, field, field_key(field), told);
            }
        }
    }
    Ok(())
}

fn field_key(field: Field) -> &'static str {
    field.name()
}

/// A name of malware is printable ASCII; where that loses something, the whole name is told in words.
fn named(name: &str, identifies: bool, row: &mut Row<'_, '_>) {
    let plain: String = name.chars().filter(|c| matches!(c, ' '..='~')).collect();
    may(row, Field::MalwareName, owned(&plain));
    if plain != name {
        may(row, Field::EventDescriptionText, owned(name));
    }
    if identifies {
        may(
            row,
            Field::ClassificationIdentifier,
            owned(&plain.to_lowercase()),
        );
    }
}
