//! DFIR-IRIS 2: cases as its export and its API write them (docs.dfir-iris.org). The file holds one case (`case` with `timeline`,
//! `iocs`, `assets`, `tasks`, `notes`, `evidences`, `comments` beside it), a list of such, or either within `data`.

use serde_json::Value;

use super::json::{get, list, of, rest};
use super::{Entry, Fault, Old, OldCase, OldFile, OldTask, Parsed, Problem, Sort, number, time};
use cairn_kernel::time::Micros;

/// Reads an export.
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut parsed = Parsed::default();
    let Some(value) = parsed.export(bytes) else {
        return parsed;
    };
    let inner = get(&value, "data").unwrap_or(&value);
    let cases: Vec<&Value> = match inner {
        Value::Array(all) => all.iter().collect(),
        one if get(one, "cases").is_some() => list(one, &["cases"]),
        one => vec![one],
    };
    for (n, export) in cases.into_iter().enumerate() {
        let place = format!("case {} of the export", n + 1);
        match read(export, &mut parsed.problems) {
            Ok(old)
                if parsed
                    .tickets
                    .iter()
                    .any(|known| known.number == old.number) =>
            {
                parsed
                    .problems
                    .push(Problem::new(Fault::Twice, place, &old.number));
            }
            Ok(old) => parsed.tickets.push(old),
            Err(fault) => parsed.problems.push(Problem::new(
                fault,
                place,
                &of(export, &["case_name", "name"]),
            )),
        }
    }
    parsed
}

/// A kind of thing in a case: the lists it stands in, its title, its text, its time, its author, and what it becomes.
struct Kind {
    lists: &'static [&'static str],
    id: &'static [&'static str],
    title: &'static [&'static str],
    text: &'static [&'static str],
    at: &'static [&'static str],
    by: &'static [&'static str],
    name: &'static str,
    sort: Sort,
}

const KINDS: [Kind; 6] = [
    Kind {
        lists: &["timeline", "events"],
        id: &["event_id", "event_uuid"],
        title: &["event_title"],
        text: &["event_content", "event_raw"],
        at: &["event_date", "event_date_wtz"],
        by: &["user", "last_edited_by", "event_added_by"],
        name: "event",
        sort: Sort::Happening,
    },
    Kind {
        lists: &["tasks"],
        id: &["task_id", "task_uuid"],
        title: &["task_title"],
        text: &["task_description"],
        at: &["task_open_date", "task_last_update"],
        by: &["user_open", "task_userid_open", "task_opened_by"],
        name: "task",
        sort: Sort::Task,
    },
    Kind {
        lists: &["iocs", "ioc"],
        id: &["ioc_id", "ioc_uuid"],
        title: &["ioc_value"],
        text: &["ioc_description"],
        at: &["ioc_date", "ioc_added_date", "date_added"],
        by: &["user", "ioc_added_by"],
        name: "ioc",
        sort: Sort::Observable,
    },
    Kind {
        lists: &["assets"],
        id: &["asset_id", "asset_uuid"],
        title: &["asset_name"],
        text: &["asset_description"],
        at: &["date_added"],
        by: &["user", "asset_added_by"],
        name: "asset",
        sort: Sort::Comment,
    },
    Kind {
        lists: &["evidences", "evidence"],
        id: &["id", "file_id", "file_uuid"],
        title: &["filename"],
        text: &["file_description", "description"],
        at: &["date_added", "acquisition_date"],
        by: &["user", "added_by", "username"],
        name: "evidence",
        sort: Sort::Comment,
    },
    Kind {
        lists: &["comments"],
        id: &["comment_id", "comment_uuid"],
        title: &[],
        text: &["comment_text"],
        at: &["comment_date"],
        by: &["user", "name"],
        name: "comment",
        sort: Sort::Comment,
    },
];

const NOTE: Kind = Kind {
    lists: &["notes"],
    id: &["note_id", "note_uuid"],
    title: &["note_title"],
    text: &["note_content"],
    at: &["note_creationdate", "note_lastupdate"],
    by: &["user", "note_user", "note_author"],
    name: "note",
    sort: Sort::Comment,
};

fn read(export: &Value, problems: &mut Vec<Problem>) -> Result<Old, Fault> {
    let case = get(export, "case").unwrap_or(export);
    let number = number(&of(case, &["case_id", "id"])).ok_or(Fault::Number)?;
    let received = ["open_date", "case_open_date", "initial_date"]
        .iter()
        .find_map(|name| time(&of(case, &[name])));
    let received = received.ok_or(Fault::Time)?;
    let mut old = Old {
        number,
        title: of(case, &["name", "case_name"]),
        received,
        owner: Some(of(case, &["owner", "owner_name", "opened_by"]))
            .filter(|owner| !owner.is_empty()),
        story: of(case, &["description", "case_description"]),
        fields: fields(case),
        ..Old::default()
    };
    let mut built = OldCase::default();
    let place = format!("iris#{}", old.number);
    old.entries.push(Entry {
        key: "case".to_owned(),
        at: received,
        sort: Sort::Comment,
        author: Some(of(case, &["opened_by", "open_by_user"])).filter(|name| !name.is_empty()),
        subject: old.title.clone(),
        text: old.story.clone(),
    });
    for kind in &KINDS {
        for (n, one) in list(export, kind.lists).into_iter().enumerate() {
            add(&mut old, &mut built, kind, (n, one), &place, problems);
        }
    }
    for (n, one) in notes(export).into_iter().enumerate() {
        add(&mut old, &mut built, &NOTE, (n, one), &place, problems);
    }
    let text = old.fields_text();
    old.entries.push(Entry {
        key: "fields".to_owned(),
        at: received,
        sort: Sort::Fields,
        author: None,
        subject: String::new(),
        text,
    });
    old.case = Some(built);
    Ok(old)
}

/// Notes stand alone or in groups and folders.
fn notes(export: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut waiting = list(export, &["notes", "notes_groups", "note_directories"]);
    waiting.reverse();
    while let Some(one) = waiting.pop() {
        if get(one, "note_content").is_some() || get(one, "note_title").is_some() {
            found.push(one);
            continue;
        }
        let mut inner = list(one, &["notes"]);
        inner.extend(list(one, &["subdirectories"]));
        inner.reverse();
        waiting.extend(inner);
    }
    found
}

fn fields(case: &Value) -> Vec<(String, String)> {
    let homes = [
        "case_id",
        "id",
        "name",
        "case_name",
        "description",
        "case_description",
        "timeline",
        "events",
        "tasks",
        "iocs",
        "assets",
        "evidences",
        "comments",
        "notes",
        "custom_attributes",
    ];
    let mut pairs = rest(case, &homes);
    let named = [
        ("classification", ["classification", "classification_name"]),
        ("severity", ["severity", "severity_name"]),
        ("state", ["state", "state_name"]),
        ("status", ["status", "status_name"]),
    ];
    for (name, from) in named {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name.to_owned(), of(case, &from)));
    }
    // A close date alone says that it is closed.
    if time(&of(case, &["close_date", "case_close_date"])).is_some()
        && of(case, &["state", "state_name", "status", "status_name"]).is_empty()
    {
        pairs.push(("state".to_owned(), "Closed".to_owned()));
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

fn add(
    old: &mut Old,
    case: &mut OldCase,
    kind: &Kind,
    (n, one): (usize, &Value),
    place: &str,
    problems: &mut Vec<Problem>,
) {
    let title = of(one, kind.title);
    let own = Some(of(one, kind.id)).filter(|id| !id.is_empty());
    let key = format!(
        "{}:{}",
        kind.name,
        own.unwrap_or_else(|| format!("{n}:{title}"))
    );
    let at = kind
        .at
        .iter()
        .find_map(|name| time(&of(one, &[name])))
        .unwrap_or(Micros(0));
    let at = if at.0 > 0 {
        at
    } else {
        // Observables and assets of an export have no time of their own.
        if !matches!(kind.name, "ioc" | "asset") {
            let place = format!("{place}, {} {title}", kind.name);
            problems.push(Problem::new(
                Fault::Unmapped,
                place,
                "no time; that of the case stands for it",
            ));
        }
        old.received
    };
    let author = Some(of(one, kind.by)).filter(|name| !name.is_empty());
    let homes: Vec<&str> = [kind.id, kind.title, kind.text].concat();
    let told: Vec<String> = rest(one, &homes)
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let text = [title.clone(), of(one, kind.text), told.join("\n")];
    let text: Vec<String> = text.into_iter().filter(|part| !part.is_empty()).collect();
    old.entries.push(Entry {
        key: key.clone(),
        at,
        sort: kind.sort,
        author: author.clone(),
        subject: title.clone(),
        text: text.join("\n"),
    });
    match kind.name {
        "ioc" if !title.is_empty() => old.seen.push(title),
        "task" => case.tasks.push(OldTask {
            key,
            title,
            done: matches!(
                of(one, &["task_status", "status_name", "status"]).as_str(),
                "Done" | "Canceled" | "Cancelled"
            ),
        }),
        // The export names evidence; its bytes are taken where they lie beside it.
        "evidence" => old.files.push(OldFile {
            key: format!("file:{key}"),
            at,
            author,
            place: title.clone(),
            name: title,
            bytes: None,
            taken: None,
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_whole() {
        let parsed = parse(include_bytes!("../../tests/import/iris.json"));
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let [old] = parsed.tickets.as_slice() else {
            panic!("{parsed:?}")
        };
        assert_eq!(old.number, "12");
        let count = |sort| {
            old.entries
                .iter()
                .filter(|entry| entry.sort == sort)
                .count()
        };
        assert_eq!(
            (
                count(Sort::Happening),
                count(Sort::Task),
                count(Sort::Observable)
            ),
            (2, 2, 2)
        );
        // The case, an asset, an evidence, a comment and two notes.
        assert_eq!(count(Sort::Comment), 6);
        assert_eq!((old.files.len(), old.seen.len()), (1, 2));
        assert_eq!(
            old.case
                .as_ref()
                .unwrap()
                .tasks
                .iter()
                .filter(|task| task.done)
                .count(),
            1
        );
    }

    #[test]
    fn what_has_no_number_or_reads_not_is_told() {
        assert_eq!(parse(b"{").problems[0].fault, Fault::Unreadable);
        assert_eq!(
            parse(b"{\"case\":{\"name\":\"x\"}}").problems[0].fault,
            Fault::Number
        );
    }
}
