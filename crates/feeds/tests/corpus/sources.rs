//! Reports in the formats of single sources, mapped tables and JSON, and the events that another parser made of them.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::types;
use serde_json::Value as Json;

use super::parameters::{mapping, pairs};
use super::{Excuses, alike, files, read as json, support};

fn format(bot: &str, parameters: &Json) -> Option<Format> {
    let name = bot.strip_prefix("intelmq.bots.parsers.")?;
    let vendor = match name {
        "cymru.parser_cap_program" => "cymru-cap",
        "cymru.parser_full_bogons" => "cymru-bogons",
        "n6.parser_n6stomp" => "n6",
        "abusech.parser_feodotracker" => "feodotracker",
        "spamhaus.parser_cert" => "spamhaus-cert",
        "spamhaus.parser_drop" => "spamhaus-drop",
        "dataplane.parser" => "dataplane",
        "blocklistde.parser" => "blocklist-de",
        "misp.parser" => "misp",
        "microsoft.parser_ctip" | "microsoft.parser_bingmurls" => "microsoft-ctip",
        "json.parser" => return Some(Format::Json(Box::default())),
        "generic.parser_csv" => return Some(Format::Csv(Box::new(mapping(parameters)?))),
        "key_value.parser" => return Some(Format::Pairs(Box::new(pairs(parameters)?))),
        _ => return None,
    };
    Vendor::by_name(vendor).map(Format::Vendor)
}

/// Fields that a format tells otherwise on purpose, and which deviation that is.
fn otherwise(
    bot: &str,
    key: &str,
    want: Option<&Json>,
    got: Option<&Json>,
) -> Option<&'static str> {
    let told = |part: &str| bot.contains(part);
    match key {
        "raw" => Some("D21"),
        "event_description.text"
            if told("spamhaus") || told("dataplane") || told("blocklistde") =>
        {
            Some("D20")
        }
        "feed.documentation" if told("spamhaus") => Some("D20"),
        "event_description.url" if told("misp") => Some("D23"),
        "feed.name" if told("ctip") => Some("D24"),
        "feed.accuracy" if told("ctip") => Some("D24"),
        "time.source" if told("ctip") && want.is_some() && got.is_some() => Some("D22"),
        "classification.type" if told("json.parser") && got.is_none() => Some("D26"),
        _ if told("generic") && key.starts_with("extra.column_") && want.is_none() => Some("D25"),
        _ => None,
    }
}

#[derive(Default)]
pub struct Parsers {
    pub runs: usize,
    pub same: usize,
    pub events: usize,
    pub not_ours: Vec<String>,
    pub differ: Vec<String>,
}

pub fn read(corpus: &Path, excuses: &mut Excuses) -> Parsers {
    let mut paths = Vec::new();
    files(&corpus.join("parsers"), &mut paths);
    let mut count = Parsers::default();
    for path in paths {
        let case = json(&path);
        let bot = case["bot"].as_str().unwrap();
        for run in case["runs"].as_array().unwrap() {
            let id = format!("{}", path.strip_prefix(corpus).unwrap().display());
            let Some(format) = format(bot, &run["parameters"]) else {
                count.not_ours.push(id);
                continue;
            };
            count.runs += 1;
            let mut got = Vec::new();
            for input in run["input"].as_array().unwrap() {
                let mut context = Context::default();
                for (key, value) in input.as_object().unwrap() {
                    match (Field::by_name(key), value) {
                        (Some(Field::TimeObservation), Json::String(text)) => {
                            context.observed = types::time::parse(text)
                        }
                        (Some(field), value) if key.starts_with("feed.") => {
                            let text = value
                                .as_str()
                                .map_or_else(|| value.to_string(), str::to_owned);
                            assert!(context.feed(field, &text), "{key} {text}");
                        }
                        _ => {}
                    }
                }
                let bytes = BASE64.decode(input["raw"].as_str().unwrap_or("")).unwrap();
                got.extend(support::parse(format.clone(), &context, &bytes).events);
            }
            let want = run["output"]["_default"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let faults = compare(bot, &want, &got, excuses);
            count.events += want.len();
            if faults.is_empty() {
                count.same += 1;
            } else {
                count.differ.push(format!("{id}: {faults:#?}"));
            }
        }
    }
    count
}

fn compare(bot: &str, want: &[Json], got: &[Json], excuses: &mut Excuses) -> Vec<String> {
    let mut faults = Vec::new();
    let mut want = want.to_vec();
    if bot.contains("n6") && want.len() > got.len() && excuses.met("D19") {
        want.truncate(got.len());
    }
    if want.len() != got.len() {
        faults.push(format!("{} events, want {}", got.len(), want.len()));
    }
    for (n, (want, got)) in want.iter().zip(got).enumerate() {
        let (want, got) = (want.as_object().unwrap(), got.as_object().unwrap());
        let keys: BTreeSet<&String> = want.keys().chain(got.keys()).collect();
        for key in keys {
            let (a, b) = (want.get(key), got.get(key));
            if !alike(a, b) && !otherwise(bot, key, a, b).is_some_and(|id| excuses.met(id)) {
                faults.push(format!("event {n}: {key}: {b:?}, want {a:?}"));
            }
        }
    }
    faults
}
