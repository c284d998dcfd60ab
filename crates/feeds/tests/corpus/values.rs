//! Values that each type takes, refuses, and makes clean.

use std::path::Path;

use cairn_feeds::batch::Batch;
use cairn_feeds::field::Kind;
use cairn_feeds::reject::Span;
use cairn_feeds::types;
use cairn_feeds::value::Value;
use cairn_feeds::wire;
use serde_json::{Map, Value as Json};

use super::{Excuses, alike, read};

fn json_of(value: &Value<'_>) -> Json {
    // By the wire, as it is told.
    let mut batch = Batch::default();
    let mut row = batch.row(Span::default(), b"");
    row.extra("x".into(), value.clone());
    row.done();
    let mut text = String::new();
    for observation in batch.observations() {
        wire::write(&observation, &mut text);
    }
    serde_json::from_str::<Json>(&text).unwrap()["extra.x"].clone()
}

/// Which deviation a value of the vectors is about.
fn of_type(kind: &str, input: &Json) -> Option<&'static str> {
    let text = input.as_str().unwrap_or("");
    Some(match kind {
        "DateTime" if text.ends_with("CEST") => "D01",
        "DateTime" if text == "08/09/2015" => "D03",
        "DateTime" if text.contains(".1234") => "D17",
        "TLP" => "D02",
        "IPAddress" if text == "1" => "D04",
        "IPAddress" if text == "::" => "D05",
        "IPAddress" if text.starts_with("::ffff:") => "D16",
        "FQDN" if text.contains(' ') => "D06",
        "Float" if matches!(text, "nan" | "inf") => "D07",
        "Integer" if text.contains('_') => "D09",
        "Integer" | "ASN" if input.is_f64() => "D10",
        "Integer" | "ASN" | "Float" if input.is_boolean() => "D11",
        "JSON" if matches!(text, "x" | "") => "D12",
        "ClassificationType" if text == "blocklist" => "D15",
        _ => return None,
    })
}

pub fn vectors(corpus: &Path, excuses: &mut Excuses) -> (usize, usize) {
    let vectors = read(&corpus.join("types.json"));
    let (mut same, mut excused) = (0, 0);
    for vector in vectors["types"].as_array().unwrap() {
        let name = vector["type"].as_str().unwrap();
        let input = &vector["input"];
        let kind = Kind::by_name(name).unwrap();
        let got = Value::of_json(input.clone())
            .and_then(|value| types::of_kind(kind, value).ok())
            .map(|value| {
                // A dictionary is told as text there.
                match (kind, json_of(&value)) {
                    (Kind::JsonDict, Json::Object(object)) => {
                        types::of_kind(Kind::Json, Value::Json(Box::new(object.into())))
                            .map_or(Json::Null, |v| json_of(&v))
                    }
                    (_, json) => json,
                }
            });
        let want = vector["valid_after_sanitation"]
            .as_bool()
            .unwrap()
            .then(|| vector["sanitized"].clone());
        if alike(got.as_ref(), want.as_ref()) {
            same += 1;
        } else {
            let id = of_type(name, input);
            assert!(
                id.is_some_and(|id| excuses.met(id)),
                "{vector}: got {got:?}"
            );
            excused += 1;
        }
    }
    (same, excused)
}

pub fn added(corpus: &Path, excuses: &mut Excuses) -> (usize, usize) {
    let vectors = read(&corpus.join("types.json"));
    let (mut same, mut excused) = (0, 0);
    for vector in vectors["event_add"].as_array().unwrap() {
        let key = vector["key"].as_str().unwrap();
        let mut batch = Batch::default();
        let mut row = batch.row(Span::default(), b"");
        let done =
            Value::of_json(vector["input"].clone()).map_or(Ok(()), |value| row.named(key, value));
        row.done();
        let mut text = String::new();
        for observation in batch.observations() {
            wire::write(&observation, &mut text);
        }
        let mut got: Map<String, Json> = serde_json::from_str(&text).unwrap();
        got.retain(|key, _| key != "__type" && key != "raw");
        let same_event = done.is_err() == vector.get("error").is_some()
            && Json::Object(got.clone()) == vector["event"];
        if same_event {
            same += 1;
        } else {
            let id = (key == "tlp").then_some("D02");
            assert!(
                id.is_some_and(|id| excuses.met(id)),
                "{vector}: {done:?} {got:?}"
            );
            excused += 1;
        }
    }
    (same, excused)
}
