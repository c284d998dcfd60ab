//! The recorded cases of other parsers, where they are at hand (`CAIRN_CORPUS`, or `shared/corpus` beside the repository).
//! Where we differ, `docs/feeds-deviations.md` must name it; nothing else excuses a difference.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_feeds::batch::Batch;
use cairn_feeds::field::{Field, Kind};
use cairn_feeds::formats::Vendor;
use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::reject::Span;
use cairn_feeds::types;
use cairn_feeds::value::Value;
use cairn_feeds::wire;
use serde_json::{Map, Value as Json};

const DEVIATIONS: &str = include_str!("../../../docs/feeds-deviations.md");
/// What the recorded runs say of themselves, not of a report.
const ASIDE: [&str; 3] = ["time.observation", "__type", "feed.documentation"];

/// The deviations that the document names, and how often each was met.
struct Excuses(BTreeMap<&'static str, usize>);

impl Excuses {
    fn read() -> Self {
        let ids = DEVIATIONS
            .lines()
            .filter_map(|line| line.strip_prefix("| D")?.split(' ').next());
        Self(ids.map(|id| (id, 0)).collect())
    }

    /// Counts one; a deviation that the document does not name excuses nothing.
    fn met(&mut self, id: &str) -> bool {
        let id = id.strip_prefix('D').unwrap_or(id);
        self.0.get_mut(id).map(|count| *count += 1).is_some()
    }
}

fn read(path: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn files(dir: &Path, out: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|end| end == "json") {
            out.push(path);
        }
    }
}

/// Which deviation a difference in one field is, if it is one.
fn deviation(
    key: &str,
    want: Option<&Json>,
    got: Option<&Json>,
    recorded: &str,
) -> Option<&'static str> {
    let text = |json: Option<&Json>| json.and_then(Json::as_str).unwrap_or("").to_owned();
    let (want_text, got_text) = (text(want), text(got));
    let fqdn = Field::by_name(key).is_some_and(|field| field.kind() == Kind::Fqdn);
    if fqdn && got.is_none() && want_text.contains(char::is_whitespace) {
        return Some("D06");
    }
    // The day on which the run was recorded.
    if got.is_none() && want_text.ends_with("T00:00:00+00:00") && want_text.starts_with(recorded) {
        return Some("D13");
    }
    if key == "classification.type"
        && (&*want_text, &*got_text) == ("infected-system", "vulnerable-system")
    {
        return Some("D18");
    }
    if want_text.contains("//")
        && !got_text.is_empty()
        && want_text.ends_with(got_text.trim_start_matches("http:"))
    {
        return Some("D14");
    }
    None
}

#[derive(Default)]
struct Count {
    files: usize,
    files_same: usize,
    files_excused: usize,
    events: usize,
    events_same: usize,
    events_excused: usize,
    differ: Vec<String>,
}

fn shadowserver(corpus: &Path, set: &str, excuses: &mut Excuses) -> Count {
    let mut count = Count::default();
    let mut cases = Vec::new();
    files(&corpus.join(set), &mut cases);
    for path in cases
        .iter()
        .filter(|path| path.to_string_lossy().ends_with(".expected.json"))
    {
        let case = read(path);
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let schema = std::fs::read_to_string(corpus.join(text("schema"))).unwrap();
        let format = Format::Shadowserver(support::report_type(&schema, &text("file_name")));
        let bytes = std::fs::read(path.with_file_name(text("input"))).unwrap();
        let parsed = support::parse(format, &Context::default(), &bytes);
        let mut want: Vec<Map<String, Json>> = case["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event.as_object().unwrap().clone())
            .collect();
        let mut got: Vec<Map<String, Json>> = parsed
            .events
            .iter()
            .map(|event| event.as_object().unwrap().clone())
            .collect();
        assert_eq!(
            want.len(),
            got.len(),
            "{}: {:?}",
            path.display(),
            parsed.rejects
        );
        for known in case["known_defects"].as_array().into_iter().flatten() {
            let at = usize::try_from(known["event"].as_u64().unwrap()).unwrap();
            for field in known["fields"].as_array().unwrap() {
                for events in [&mut want, &mut got] {
                    events[at].remove(field.as_str().unwrap());
                }
            }
        }
        count.files += 1;
        let (mut same_file, mut excused_file) = (true, false);
        for (want, got) in want.iter().zip(&got) {
            count.events += 1;
            let keys: BTreeSet<&String> = want
                .keys()
                .chain(got.keys())
                .filter(|key| !ASIDE.contains(&key.as_str()))
                .collect();
            let mut used = BTreeSet::new();
            let mut extra = Vec::new();
            for key in keys {
                let (a, b) = (want.get(key), got.get(key));
                if a == b
                    || a.and_then(Json::as_f64)
                        .is_some_and(|a| b.and_then(Json::as_f64) == Some(a))
                {
                    continue;
                }
                match deviation(key, a, b, "2026-11-23") {
                    Some(id) if excuses.met(id) => {
                        used.insert(id);
                    }
                    _ => {
                        extra.push((key.clone(), a.cloned(), b.cloned()));
                    }
                }
            }
            // What a field refuses is under `extra` instead: part of the same deviation.
            extra.retain(|(key, want, _)| {
                !(want.is_none() && key.starts_with("extra.") && used.contains("D06"))
            });
            if !extra.is_empty() {
                count.differ.push(format!("{}: {extra:#?}", path.display()));
            }
            if used.is_empty() {
                count.events_same += 1;
            } else {
                count.events_excused += 1;
                same_file = false;
                excused_file = true;
            }
        }
        count.files_same += usize::from(same_file);
        count.files_excused += usize::from(excused_file);
    }
    count
}

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

fn vectors(corpus: &Path, excuses: &mut Excuses) -> (usize, usize) {
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
        let alike = got == want
            || want
                .as_ref()
                .and_then(Json::as_f64)
                .is_some_and(|want| got.as_ref().and_then(Json::as_f64) == Some(want));
        if alike {
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

fn added(corpus: &Path, excuses: &mut Excuses) -> (usize, usize) {
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
        let alike = done.is_err() == vector.get("error").is_some()
            && Json::Object(got.clone()) == vector["event"];
        if alike {
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

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The parameters of a recorded table, as a mapping of ours; `None` if they ask for what mappings do not do.
fn mapping(parameters: &Json) -> Option<Mapping> {
    let text = |key: &str| {
        parameters
            .get(key)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
    };
    let json = |key: &str| match parameters.get(key) {
        Some(Json::String(text)) => serde_json::from_str(text).unwrap_or(Json::Null),
        Some(other) => other.clone(),
        None => Json::Null,
    };
    if !json("column_regex_search").is_null()
        || text("time_format")
            .is_some_and(|format| format.contains('%') || format.contains("from_format"))
    {
        return None;
    }
    let columns: Vec<String> = match &parameters["columns"] {
        Json::String(list) => list.split(',').map(|own| own.trim().to_owned()).collect(),
        list => list
            .as_array()?
            .iter()
            .map(|own| own.as_str().unwrap_or("").to_owned())
            .collect(),
    };
    let skip = match &parameters["skip_header"] {
        Json::Bool(skip) => u64::from(*skip),
        other => other.as_u64().unwrap_or(0),
    };
    let mut out = format!(
        "delimiter = {}\ncomment = '#'\nheader_lines = {skip}\nunmapped = 'drop'\n",
        toml_text(text("delimiter").unwrap_or(","))
    );
    let time = match text("time_format") {
        Some("timestamp") => "epoch",
        Some("windows_nt") => "windows_nt",
        Some("epoch_millis") => "epoch_millis",
        _ => "text",
    };
    let required: Vec<bool> = json("columns_required")
        .as_array()
        .map(|list| {
            list.iter()
                .map(|own| own.as_bool().unwrap_or(true))
                .collect()
        })
        .unwrap_or_default();
    if let Some(filter) = text("filter_text") {
        let kind = if text("filter_type") == Some("whitelist") {
            "only"
        } else {
            "without"
        };
        out += &format!("filter.{kind} = {}\n", toml_text(filter));
    }
    for (key, pattern) in json("compose_fields").as_object().into_iter().flatten() {
        let mut pattern = pattern.as_str()?.to_owned();
        for (n, column) in columns.iter().enumerate() {
            pattern = pattern.replace(&format!("{{{n}}}"), &format!("{{{column}}}"));
        }
        out += &format!("compose.{} = {}\n", toml_text(key), toml_text(&pattern));
    }
    let mut constants = json("default_fields")
        .as_object()
        .cloned()
        .unwrap_or_default();
    if let Some(kind) = text("type") {
        constants.insert("classification.type".to_owned(), kind.into());
    }
    for (key, value) in &constants {
        out += &format!(
            "constants.{} = {}\n",
            toml_text(key),
            toml_text(value.as_str()?)
        );
    }
    for (n, column) in columns
        .iter()
        .enumerate()
        .filter(|(_, column)| *column != "__IGNORE__")
    {
        let names: Vec<String> = column.split('|').map(toml_text).collect();
        out += &format!(
            "[[column]]\nat = {}\nto = [{}]\ntime = '{time}'\nrequired = {}\n",
            n + 1,
            names.join(", "),
            required.get(n).copied().unwrap_or(true)
        );
        if let Some(prefix) = text("default_url_protocol") {
            out += &format!("prefix = {}\n", toml_text(prefix));
        }
        if json("data_type")
            .get(column)
            .is_some_and(|kind| kind == "json")
        {
            out += "json = true\n";
        }
        if column == "classification.type" {
            for (from, to) in json("type_translation").as_object().into_iter().flatten() {
                out += &format!(
                    "translate.{} = {}\n",
                    toml_text(from),
                    toml_text(to.as_str()?)
                );
            }
        }
    }
    Some(Mapping::read(&out).unwrap_or_else(|error| panic!("{error}: {out}")))
}

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
struct Parsers {
    runs: usize,
    same: usize,
    events: usize,
    not_ours: Vec<String>,
    differ: Vec<String>,
}

fn parsers(corpus: &Path, excuses: &mut Excuses) -> Parsers {
    let mut paths = Vec::new();
    files(&corpus.join("parsers"), &mut paths);
    let mut count = Parsers::default();
    for path in paths {
        let case = read(&path);
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
            let alike = a == b
                || a.and_then(Json::as_f64)
                    .is_some_and(|a| b.and_then(Json::as_f64) == Some(a));
            if !alike && !otherwise(bot, key, a, b).is_some_and(|id| excuses.met(id)) {
                faults.push(format!("event {n}: {key}: {b:?}, want {a:?}"));
            }
        }
    }
    faults
}

#[test]
fn the_corpus_is_read_as_recorded_but_for_what_the_list_of_deviations_names() {
    let Some(corpus) = support::corpus() else {
        println!("no corpus at hand: CAIRN_CORPUS is not set and there is no shared/corpus above");
        return;
    };
    let mut excuses = Excuses::read();
    for (set, files, events) in [("shadowserver", 62, 334), ("shadowserver-synth", 170, 1026)] {
        let count = shadowserver(&corpus, set, &mut excuses);
        println!(
            "{set}: {} of {} files alike ({} with deviations), {} of {} events alike ({} with deviations)",
            count.files_same,
            count.files,
            count.files_excused,
            count.events_same,
            count.events,
            count.events_excused
        );
        assert!(
            count.differ.is_empty(),
            "{} differ: {}",
            count.differ.len(),
            count
                .differ
                .iter()
                .take(12)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
        assert!(count.files >= files && count.events >= events);
    }
    let (same, excused) = vectors(&corpus, &mut excuses);
    println!("types: {same} alike, {excused} with deviations");
    let (same, excused) = added(&corpus, &mut excuses);
    println!("fields: {same} alike, {excused} with deviations");
    let count = parsers(&corpus, &mut excuses);
    println!(
        "parsers: {} of {} runs alike, {} events; not ours: {:?}",
        count.same, count.runs, count.events, count.not_ours
    );
    println!("deviations met: {:?}", excuses.0);
    assert!(count.differ.is_empty(), "{}", count.differ.join("\n"));
}
