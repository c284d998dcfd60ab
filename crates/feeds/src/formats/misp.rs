//! A MISP event: one observation for each attribute that can be observed. What the event's tags say of its class holds for all;
//! an attribute that names malware names it for all.

use serde_json::Value as Json;

use crate::batch::Row;
use crate::field::Field;
use crate::reject::Cause;
use crate::types::time;
use crate::value::Value;

use super::tables::TABLES;
use super::{may, owned, text};

/// Attribute types that can be observed, and the fields that their value (or its parts between bars) fills.
const OBSERVED: &[(&str, &[Field])] = &[
    ("url", &[Field::SourceUrl]),
    ("uri", &[Field::SourceUrl]),
    ("domain", &[Field::SourceFqdn]),
    ("hostname", &[Field::SourceFqdn]),
    ("domain|ip", &[Field::SourceFqdn, Field::SourceIp]),
    ("ip-src", &[Field::SourceIp]),
    ("ip-dst", &[Field::SourceIp]),
    ("ip-src|port", &[Field::SourceIp, Field::SourcePort]),
    ("ip-dst|port", &[Field::SourceIp, Field::SourcePort]),
    ("hostname|port", &[Field::SourceFqdn, Field::SourcePort]),
    ("email-src", &[Field::SourceAccount]),
    ("md5", &[Field::MalwareHashMd5]),
    ("sha1", &[Field::MalwareHashSha1]),
    ("sha256", &[Field::MalwareHashSha256]),
    ("AS", &[Field::SourceAsn]),
];

fn string<'j>(json: &'j Json, key: &str) -> &'j str {
    json.get(key).and_then(Json::as_str).unwrap_or("")
}

pub(super) fn event(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    let event = json.get("Event").unwrap_or(json);
    let none = Vec::new();
    let list = |key: &str| event.get(key).and_then(Json::as_array).unwrap_or(&none);
    let attributes = list("Attribute");
    let mut objects = list("Object")
        .iter()
        .filter_map(|object| object.get("Attribute")?.as_array())
        .flatten();
    let malware = attributes.iter().find(|own| {
        string(own, "category") == "Payload type"
            && matches!(string(own, "type"), "text" | "malware-type")
    });
    let class = list("Tag").iter().find_map(|tag| {
        let name = string(tag, "name");
        let told = name
            .split_once('=')
            .map_or(name, |(_, value)| value)
            .trim_matches('"');
        TABLES.misp.get(&told.to_lowercase())
    });
    let mut observed = 0;
    for attribute in attributes.iter().chain(&mut objects) {
        let Some((_, fields)) = OBSERVED
            .iter()
            .find(|(kind, _)| *kind == string(attribute, "type"))
        else {
            continue;
        };
        if observed > 0 {
            row.another()?;
        }
        observed += 1;
        let value = string(attribute, "value");
        for (field, part) in fields.iter().zip(value.split('|')) {
            may(row, *field, owned(part));
        }
        if let Some(at) = time::epoch(string(attribute, "timestamp")) {
            row.put(Field::TimeSource, Value::Time(at));
        }
        for (field, told) in [
            (Field::MispAttributeUuid, string(attribute, "uuid")),
            (Field::MispEventUuid, string(event, "uuid")),
            (Field::EventDescriptionText, string(attribute, "category")),
            (Field::Comment, string(attribute, "comment")),
            (
                Field::MalwareName,
                malware.map_or("", |own| string(own, "value")),
            ),
        ] {
            may(row, field, owned(told));
        }
        match class {
            Some(class) => class.tell(row),
            None => may(row, Field::ClassificationType, text("undetermined")),
        }
    }
    if observed == 0 {
        Err(Cause::Empty)
    } else {
        Ok(())
    }
}
