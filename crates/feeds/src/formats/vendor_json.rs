//! Sources whose reports are flat JSON objects: abuse.ch's Feodo Tracker, Microsoft's CTIP (both forms) and lists of URLs of
//! Bing, X-ARF version 4.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_kernel::time::Micros;
use serde_json::Value as Json;

use crate::batch::Row;
use crate::field::Field;
use crate::mapping::lenient;
use crate::reject::{Cause, Name};
use crate::types::time;
use crate::value::Value;

use super::tables::TABLES;
use super::{may, must, owned, text};

/// Windows' count begins in 1601, 11,644,473,600 seconds before 1970.
const WINDOWS_MICROS: i64 = 11_644_473_600_000_000;

type Fields = &'static [(&'static str, Field)];
type Names = &'static [(&'static str, &'static str)];

fn at<'b>(json: &Json, key: &str) -> Option<Value<'b>> {
    let value = Value::of_json(json.get(key)?.clone())?;
    let empty = matches!(&value, Value::Text(text) if text.trim().is_empty());
    (!empty).then_some(value)
}

/// Sets fields by keys; what a field refuses is kept under `extra`.
fn fields(json: &Json, table: Fields, row: &mut Row<'_, '_>) {
    for (key, field) in table {
        if let Some(value) = at(json, key) {
            lenient(row, *field, key, value);
        }
    }
}

/// Adds entries under `extra` by keys. Empty text, zero and what holds nothing tell nothing.
fn extras(json: &Json, table: Names, row: &mut Row<'_, '_>) {
    for (key, name) in table {
        let told = at(json, key).filter(|value| match value {
            Value::Int(0) => false,
            Value::Json(nested) => tells(nested),
            _ => true,
        });
        if let Some(value) = told {
            row.extra(Cow::Borrowed(name), value);
        }
    }
}

/// Whether nested JSON holds anything.
fn tells(json: &Json) -> bool {
    match json {
        Json::Null => false,
        Json::String(text) => !text.is_empty() && text != "null",
        Json::Array(items) => items.iter().any(tells),
        Json::Object(entries) => entries.values().any(tells),
        Json::Bool(_) | Json::Number(_) => true,
    }
}

const FEODO: Fields = &[
    ("port", Field::SourcePort),
    ("status", Field::Status),
    ("hostname", Field::SourceReverseDns),
    ("as_number", Field::SourceAsn),
    ("as_name", Field::SourceAsName),
    ("country", Field::SourceGeolocationCc),
    ("malware", Field::MalwareName),
    ("first_seen", Field::TimeSource),
];

pub(super) fn feodo(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    let address = at(json, "ip_address").ok_or(Cause::Empty)?;
    must(row, Field::SourceIp, "ip_address", address)?;
    fields(json, FEODO, row);
    extras(json, &[("last_online", "last_online")], row);
    if let (false, Some(last)) = (row.has(Field::TimeSource), at(json, "last_online")) {
        may(row, Field::TimeSource, last);
    }
    may(row, Field::ClassificationType, text("c2-server"));
    Ok(())
}

/// Microsoft: the form with small letters, the Azure form, or a list of URLs.
pub(super) fn ctip(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    if json.get("DataFeed").is_some() {
        azure(json, row)
    } else if json.get("indicatorthreattype").is_some() {
        interflow(json, row)
    } else if json.get("IndicatorThreatType").is_some() {
        urls(json, row)
    } else {
        Err(Cause::Empty)
    }
}

const INTERFLOW: Fields = &[
    ("description", Field::EventDescriptionText),
    ("externalid", Field::MalwareName),
    ("tlplevel", Field::Tlp),
    ("confidence", Field::FeedAccuracy),
    ("firstreporteddatetime", Field::TimeSource),
    ("networksourceipv4", Field::SourceIp),
    ("networksourceport", Field::SourcePort),
    ("networksourceasn", Field::SourceAsn),
    ("networkdestinationport", Field::DestinationPort),
];

const INTERFLOW_EXTRA: Names = &[
    ("isproductlicensed", "isproductlicensed"),
    ("ispartnershareable", "ispartnershareable"),
    ("useragent", "user_agent"),
    ("additionalmetadata", "additionalmetadata"),
];

fn interflow(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    fields(json, INTERFLOW, row);
    // Some give one address twice, with a comma between; 0.0.0.0 is none.
    if let Some(told) = json.get("networkdestinationipv4").and_then(Json::as_str) {
        may(
            row,
            Field::DestinationIp,
            owned(told.split(',').next().unwrap_or("")),
        );
    }
    // What sinkholes see as a name is often no name.
    if let Some(name) = at(json, "hostname") {
        let name_like = |name: &str| {
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
        if name.as_text().is_some_and(name_like) {
            may(row, Field::DestinationFqdn, name);
        }
    }
    extras(json, INTERFLOW_EXTRA, row);
    may(row, Field::ClassificationType, text("infected-system"));
    if row.has(Field::SourceIp) {
        Ok(())
    } else {
        Err(Cause::Empty)
    }
}

const URLS: Fields = &[
    ("Description", Field::EventDescriptionText),
    ("IndicatorThreatType", Field::ClassificationIdentifier),
    ("FirstReportedDateTime", Field::TimeSource),
    ("NetworkDestinationAsn", Field::SourceAsn),
    ("NetworkDestinationIPv4", Field::SourceIp),
    ("NetworkDestinationPort", Field::SourcePort),
    ("TLPLevel", Field::Tlp),
    ("Url", Field::SourceUrl),
];

const URLS_EXTRA: Names = &[
    ("Attributable", "attributable"),
    (
        "IndicatorExpirationDateTime",
        "indicator_expiration_date_time",
    ),
    ("IndicatorProvider", "indicator_provider"),
    ("IsPartnerShareable", "ispartnershareable"),
    ("IsProductLicensed", "isproductlicensed"),
    ("ThreatDetectionProduct", "threat_detection_product"),
];

fn urls(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    fields(json, URLS, row);
    extras(json, URLS_EXTRA, row);
    // The first tag is the country.
    if let Some(country) = json.pointer("/Tags/0").and_then(Json::as_str) {
        may(row, Field::SourceGeolocationCc, owned(country));
    }
    may(row, Field::ClassificationType, text("blacklist"));
    if row.has(Field::SourceUrl) {
        Ok(())
    } else {
        Err(Cause::Empty)
    }
}

const AZURE: Fields = &[
    ("SourcedFrom", Field::EventDescriptionText),
    ("ThreatCode", Field::MalwareName),
    ("SourceIp", Field::SourceIp),
    ("SourcePort", Field::SourcePort),
    ("DestinationIp", Field::DestinationIp),
    ("DestinationPort", Field::DestinationPort),
];

const AZURE_PLACE: Fields = &[
    ("SourceIpAsnNumber", Field::SourceAsn),
    ("SourceIpAsnOrgName", Field::SourceAsName),
    ("SourceIpCountryCode", Field::SourceGeolocationCc),
    ("SourceIpRegion", Field::SourceGeolocationRegion),
    ("SourceIpCity", Field::SourceGeolocationCity),
    ("SourceIpLatitude", Field::SourceGeolocationLatitude),
    ("SourceIpLongitude", Field::SourceGeolocationLongitude),
];

const AZURE_PLACE_EXTRA: Names = &[
    ("SourceIpPostalCode", "source.geolocation.postal_code"),
    ("SourceIpMetroCode", "source.geolocation.metro_code"),
    ("SourceIpAreaCode", "source.geolocation.area_code"),
    ("SourceIpConnectionType", "source.connection_type"),
];

const AZURE_HTTP: Names = &[
    ("HttpHost", "http.host"),
    ("HttpRequest", "http.request"),
    ("HttpMethod", "http.method"),
    ("HttpReferrer", "http.referrer"),
    ("HttpUserAgent", "user_agent"),
    ("HttpVersion", "http.version"),
];

const AZURE_CUSTOM: Names = &[
    ("CustomField1", "custom_field1"),
    ("CustomField2", "custom_field2"),
    ("CustomField3", "custom_field3"),
    ("CustomField4", "custom_field4"),
    ("CustomField5", "custom_field5"),
];

fn azure(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    fields(json, AZURE, row);
    extras(
        json,
        &[
            ("Malware", "malware"),
            ("TotalEncounters", "total_encounters"),
        ],
        row,
    );
    let none = Json::Null;
    let part = |key: &str| json.get(key).unwrap_or(&none);
    fields(part("SourceIpInfo"), AZURE_PLACE, row);
    extras(part("SourceIpInfo"), AZURE_PLACE_EXTRA, row);
    extras(part("HttpInfo"), AZURE_HTTP, row);
    extras(part("CustomInfo"), AZURE_CUSTOM, row);
    if let Some(ticks) = part("DateTimeReceivedUtc").as_i64() {
        row.put(
            Field::TimeSource,
            Value::Time(Micros((ticks / 10).saturating_sub(WINDOWS_MICROS))),
        );
    }
    for (key, field) in [("DataFeed", Field::FeedName), ("TLP", Field::Tlp)] {
        if let Some(told) = at(json, key) {
            may(row, field, told);
        }
    }
    let sure = match part("ThreatConfidence").as_str().unwrap_or("") {
        "Low" => Some(20.0),
        "Medium" => Some(60.0),
        "High" => Some(100.0),
        _ => None,
    };
    if let Some(sure) = sure {
        row.put(Field::FeedAccuracy, Value::Float(sure));
    }
    if let Some(payload) = part("Payload").as_str() {
        azure_payload(payload, row);
    }
    may(row, Field::ClassificationType, text("infected-system"));
    if row.has(Field::SourceIp) {
        Ok(())
    } else {
        Err(Cause::Empty)
    }
}

/// What a sinkhole saw: JSON, in Base64 or as it is, or text.
fn azure_payload(payload: &str, row: &mut Row<'_, '_>) {
    let decoded = BASE64.decode(payload).ok();
    let told = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let told = told.unwrap_or_else(|| payload.to_owned());
    let Ok(Json::Object(entries)) = serde_json::from_str(&told) else {
        if !told.is_empty() {
            row.extra(Cow::Borrowed("payload.text"), Value::Text(Cow::Owned(told)));
        }
        return;
    };
    for (key, json) in entries {
        if !tells(&json) {
            continue;
        }
        match (key.as_str(), &json) {
            ("domain", Json::String(name)) => may(row, Field::DestinationFqdn, owned(name)),
            ("type", Json::String(name)) => may(row, Field::ProtocolApplication, owned(name)),
            ("ts", Json::Number(seconds)) => {
                let at = time::epoch(&seconds.to_string()).map(Value::Time);
                row.extra(
                    Cow::Borrowed("payload.timestamp"),
                    at.unwrap_or_else(|| owned(&seconds.to_string())),
                );
            }
            _ => {
                if let Some(value) = Value::of_json(json) {
                    row.extra(Cow::Owned(payload_key(&key)), value);
                }
            }
        }
    }
}

/// `serverIp` → `payload.server.ip`, `source_ip` → `payload.source.ip`, `bot_id` → `payload.bot_id`
fn payload_key(key: &str) -> String {
    let mut name = String::from("payload.");
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('.');
        }
        name.push(c.to_ascii_lowercase());
    }
    for (from, to) in [
        ("source_", "source."),
        ("destination_", "destination."),
        ("server_", "server."),
    ] {
        name = name.replace(&format!("payload.{from}"), &format!("payload.{to}"));
    }
    name
}

const XARF: Fields = &[
    ("timestamp", Field::TimeSource),
    ("source_port", Field::SourcePort),
    ("destination_ip", Field::DestinationIp),
    ("destination_port", Field::DestinationPort),
    ("protocol", Field::ProtocolTransport),
    ("description", Field::EventDescriptionText),
    ("url", Field::SourceUrl),
    ("malware_family", Field::MalwareName),
    ("tlp", Field::Tlp),
];

const XARF_KNOWN: [&str; 5] = [
    "source_identifier",
    "category",
    "class",
    "type",
    "xarf_version",
];

/// X-ARF 4 (<https://xarf.org>): `source_identifier` is an address, a name or a URL.
pub(super) fn xarf(json: &Json, row: &mut Row<'_, '_>) -> Result<(), Cause> {
    let version = json
        .get("xarf_version")
        .and_then(Json::as_str)
        .unwrap_or("");
    if !version.starts_with("4.") {
        return Err(Cause::UnknownCategory(Name::new(version)));
    }
    let told = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or("");
    let category = if told("category").is_empty() {
        told("class")
    } else {
        told("category")
    };
    let kind = told("type");
    let meaning = TABLES
        .xarf
        .get(&format!("{category}/{kind}"))
        .or_else(|| TABLES.xarf.get(category));
    let meaning = meaning.ok_or_else(|| Cause::UnknownCategory(Name::new(category)))?;
    let source = told("source_identifier");
    let taken = [Field::SourceIp, Field::SourceUrl, Field::SourceFqdn]
        .into_iter()
        .any(|field| row.set(field, owned(source)).is_ok() && row.has(field));
    if !taken {
        return Err(Cause::BadValue {
            column: Name::new("source_identifier"),
            field: Field::SourceIp,
        });
    }
    fields(json, XARF, row);
    meaning.tell(row);
    may(row, Field::ClassificationIdentifier, owned(kind));
    for (key, json) in json.as_object().into_iter().flatten() {
        let known = XARF_KNOWN.contains(&key.as_str()) || XARF.iter().any(|(own, _)| own == key);
        if let Some(value) = Value::of_json(json.clone()).filter(|_| !known) {
            row.extra(Cow::Owned(key.clone()), value);
        }
    }
    Ok(())
}
