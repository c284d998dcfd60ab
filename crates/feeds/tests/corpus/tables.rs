//! Tables of Shadowserver's, and the events that another parser made of them.

use std::collections::BTreeSet;
use std::path::Path;

use cairn_feeds::field::{Field, Kind};
use cairn_feeds::parser::{Context, Format};
use serde_json::{Map, Value as Json};

use super::{Excuses, alike, files, read as json, support};

/// What the recorded runs say of themselves, not of a report.
const ASIDE: [&str; 3] = ["time.observation", "__type", "feed.documentation"];
/// The day on which they were recorded.
const RECORDED: &str = "2026-11-23";

type Event = Map<String, Json>;

/// Which deviation a difference in one field is, if it is one.
fn deviation(key: &str, want: Option<&Json>, got: Option<&Json>) -> Option<&'static str> {
    let text = |json: Option<&Json>| json.and_then(Json::as_str).unwrap_or("").to_owned();
    let (want_text, got_text) = (text(want), text(got));
    let fqdn = Field::by_name(key).is_some_and(|field| field.kind() == Kind::Fqdn);
    if fqdn && got.is_none() && want_text.contains(char::is_whitespace) {
        return Some("D06");
    }
    // The day on which the run was recorded.
    if got.is_none() && want_text.ends_with("T00:00:00+00:00") && want_text.starts_with(RECORDED) {
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
pub struct Count {
    pub files: usize,
    pub files_same: usize,
    pub files_excused: usize,
    pub events: usize,
    pub events_same: usize,
    pub events_excused: usize,
    pub differ: Vec<String>,
}

/// Every file of a set.
pub fn read(corpus: &Path, set: &str, excuses: &mut Excuses) -> Count {
    let mut count = Count::default();
    let mut cases = Vec::new();
    files(&corpus.join(set), &mut cases);
    cases.retain(|path| path.to_string_lossy().ends_with(".expected.json"));
    for path in cases {
        let (want, got) = events(corpus, &path);
        let before = (count.events_excused, count.differ.len());
        for (want, got) in want.iter().zip(&got) {
            let differ = compare(want, got, excuses, &mut count);
            if !differ.is_empty() {
                count
                    .differ
                    .push(format!("{}: {differ:#?}", path.display()));
            }
        }
        count.files += 1;
        match (
            count.events_excused > before.0,
            count.differ.len() > before.1,
        ) {
            (false, false) => count.files_same += 1,
            (true, false) => count.files_excused += 1,
            _ => {}
        }
    }
    count
}

/// The events of a file as recorded, and ours, without what is known to be recorded wrong.
fn events(corpus: &Path, path: &Path) -> (Vec<Event>, Vec<Event>) {
    let case = json(path);
    let text = |key: &str| case[key].as_str().unwrap().to_owned();
    let schema = std::fs::read_to_string(corpus.join(text("schema"))).unwrap();
    let format = Format::Shadowserver(support::report_type(&schema, &text("file_name")));
    let bytes = std::fs::read(path.with_file_name(text("input"))).unwrap();
    let parsed = support::parse(format, &Context::default(), &bytes);
    let objects = |events: &[Json]| -> Vec<Event> {
        let events = events
            .iter()
            .map(|event| event.as_object().unwrap().clone());
        events.collect()
    };
    let mut want = objects(case["events"].as_array().unwrap());
    let mut got = objects(&parsed.events);
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
    (want, got)
}

/// What differs between two events and no deviation excuses.
fn compare(want: &Event, got: &Event, excuses: &mut Excuses, count: &mut Count) -> Vec<String> {
    let keys: BTreeSet<&String> = want.keys().chain(got.keys()).collect();
    let mut used = BTreeSet::new();
    let mut differ = Vec::new();
    for key in keys
        .into_iter()
        .filter(|key| !ASIDE.contains(&key.as_str()))
    {
        let (a, b) = (want.get(key), got.get(key));
        if alike(a, b) {
            continue;
        }
        match deviation(key, a, b) {
            Some(id) if excuses.met(id) => {
                used.insert(id);
            }
            _ => differ.push((key, a, b)),
        }
    }
    // What a field refuses is under `extra` instead: part of the same deviation.
    differ.retain(|(key, want, _)| {
        !(want.is_none() && key.starts_with("extra.") && used.contains("D06"))
    });
    count.events += 1;
    count.events_same += usize::from(used.is_empty() && differ.is_empty());
    count.events_excused += usize::from(!used.is_empty() && differ.is_empty());
    let told = differ
        .iter()
        .map(|(key, want, got)| format!("{key}: {got:?}, want {want:?}"));
    told.collect()
}
