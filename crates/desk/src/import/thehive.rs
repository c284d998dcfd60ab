//! TheHive 4: cases as its API answers (docs.thehive-project.org, version 4, both generations of the API: `caseId` or `number`,
//! `createdAt` or `_createdAt`). The export is one JSON file: a list of cases, or an object with the lists `cases`, `tasks`, `logs`
//! and `observables`; tasks, logs and observables stand within what they belong to, or name it by `_parent` or `case`.

use serde_json::Value;

use super::json::{get, list, of, rest, text};
use super::{Entry, Fault, Old, OldCase, OldFile, OldTask, Parsed, Problem, Sort, number, time};
use cairn_kernel::time::Micros;

/// Fields of a case that have a home here.
const HOMES: [&str; 16] = [
    "_id",
    "id",
    "_type",
    "_routing",
    "_parent",
    "_version",
    "caseId",
    "number",
    "title",
    "description",
    "tasks",
    "artifacts",
    "observables",
    "logs",
    "customFields",
    "comments",
];
const CREATED: [&str; 3] = ["_createdAt", "createdAt", "startDate"];
const CREATOR: [&str; 4] = ["_createdBy", "createdBy", "owner", "user"];

/// Lists beside the cases.
struct Beside<'v> {
    tasks: Vec<&'v Value>,
    logs: Vec<&'v Value>,
    observables: Vec<&'v Value>,
}

/// Reads an export.
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut parsed = Parsed::default();
    let Some(value) = parsed.export(bytes) else {
        return parsed;
    };
    let cases: Vec<&Value> = match &value {
        Value::Array(all) => all.iter().collect(),
        one if get(one, "cases").is_some() => list(one, &["cases"]),
        one => vec![one],
    };
    // The lists of a case that stands alone are its own.
    let beside = |names: &[&str]| {
        if get(&value, "cases").is_some() {
            list(&value, names)
        } else {
            Vec::new()
        }
    };
    let beside = Beside {
        tasks: beside(&["tasks"]),
        logs: beside(&["logs"]),
        observables: beside(&["observables", "artifacts"]),
    };
    for (n, case) in cases.into_iter().enumerate() {
        let place = format!("case {} of the export", n + 1);
        match read(case, &beside, &mut parsed.problems) {
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
            Err(fault) => parsed
                .problems
                .push(Problem::new(fault, place, &of(case, &["title"]))),
        }
    }
    parsed
}

fn id(value: &Value) -> String {
    of(value, &["_id", "id"])
}

fn belongs(value: &Value, parent: &str) -> bool {
    let named = ["_parent", "case", "caseId", "case_task", "taskId", "task"];
    let named = named.iter().filter_map(|name| get(value, name));
    named.map(text).any(|named| named == parent)
}

/// Those within, and those beside that name it.
fn of_parent<'v>(within: Vec<&'v Value>, beside: &[&'v Value], parent: &str) -> Vec<&'v Value> {
    let more = beside
        .iter()
        .copied()
        .filter(|one| !parent.is_empty() && belongs(one, parent));
    within.into_iter().chain(more).collect()
}

fn read(case: &Value, beside: &Beside<'_>, problems: &mut Vec<Problem>) -> Result<Old, Fault> {
    let number = number(&of(case, &["number", "caseId"])).ok_or(Fault::Number)?;
    let received = ["startDate", "_createdAt", "createdAt"]
        .iter()
        .find_map(|name| time(&of(case, &[name])));
    let received = received.ok_or(Fault::Time)?;
    let mut old = Old {
        number,
        title: of(case, &["title"]),
        received,
        owner: Some(of(case, &["assignee", "owner"])).filter(|owner| !owner.is_empty()),
        story: of(case, &["description"]),
        fields: rest(case, &HOMES),
        ..Old::default()
    };
    old.fields.extend(custom(case));
    let mut reader = Reader {
        place: format!("thehive4#{}", old.number),
        old: &mut old,
        case: OldCase::default(),
        problems,
    };
    let author = of(case, &CREATOR);
    let (title, story) = (reader.old.title.clone(), reader.old.story.clone());
    reader.entry("case", received, Sort::Comment, &author, &title, story);
    let parent = id(case);
    for task in of_parent(list(case, &["tasks"]), &beside.tasks, &parent) {
        reader.task(task, &beside.logs, received);
    }
    for seen in of_parent(
        list(case, &["observables", "artifacts"]),
        &beside.observables,
        &parent,
    ) {
        reader.observable(seen, received);
    }
    let fields = reader.old.fields_text();
    reader.entry("fields", received, Sort::Fields, "", "", fields);
    let built = reader.case;
    old.case = Some(built);
    Ok(old)
}

fn custom(case: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    match get(case, "customFields") {
        Some(Value::Object(table)) => {
            for (name, value) in table {
                let kinds = [
                    "string", "number", "integer", "boolean", "date", "float", "value",
                ];
                pairs.push((name.clone(), of(value, &kinds)));
            }
        }
        Some(Value::Array(all)) => pairs.extend(
            all.iter()
                .map(|one| (of(one, &["name"]), of(one, &["value"]))),
        ),
        _ => {}
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

struct Reader<'a> {
    place: String,
    old: &'a mut Old,
    case: OldCase,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn entry(
        &mut self,
        key: &str,
        at: Micros,
        sort: Sort,
        author: &str,
        subject: &str,
        text: String,
    ) {
        self.old.entries.push(Entry {
            key: key.to_owned(),
            at,
            sort,
            author: Some(author.to_owned()).filter(|name| !name.is_empty()),
            subject: subject.to_owned(),
            text,
        });
    }

    fn at(&mut self, value: &Value, what: &str, or: Micros) -> Micros {
        let names = CREATED.iter().chain(["date"].iter());
        let at = names.clone().find_map(|name| time(&of(value, &[name])));
        at.unwrap_or_else(|| {
            let place = format!("{}, {what}", self.place);
            self.problems.push(Problem::new(
                Fault::Unmapped,
                place,
                "no time; that of the case stands for it",
            ));
            or
        })
    }

    fn task(&mut self, task: &Value, logs: &[&Value], or: Micros) {
        let id = id(task);
        let title = of(task, &["title"]);
        let at = self.at(task, &format!("task {title}"), or);
        let status = of(task, &["status"]);
        let author = of(task, &CREATOR);
        let told = rest(
            task,
            &[
                "_id",
                "id",
                "_type",
                "_parent",
                "title",
                "description",
                "logs",
                "case",
            ],
        );
        let lines: Vec<String> = told
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let text = format!(
            "{title}\n{}\n{}",
            of(task, &["description"]),
            lines.join("\n")
        );
        let key = if id.is_empty() {
            format!("task:{title}")
        } else {
            format!("task:{id}")
        };
        self.entry(&key, at, Sort::Task, &author, &title, text);
        self.case.tasks.push(OldTask {
            key: key.clone(),
            title,
            done: matches!(status.as_str(), "Completed" | "Cancel"),
        });
        for (n, log) in of_parent(list(task, &["logs"]), logs, &id)
            .into_iter()
            .enumerate()
        {
            let log_id = Some(self::id(log)).filter(|id| !id.is_empty());
            let log_key = log_id.map_or_else(|| format!("{key}:log:{n}"), |id| format!("log:{id}"));
            let at = self.at(log, "log", at);
            let author = of(log, &CREATOR);
            self.entry(
                &log_key,
                at,
                Sort::Comment,
                &author,
                "",
                of(log, &["message"]),
            );
            self.file(log, &log_key, at, &author);
        }
    }

    fn observable(&mut self, seen: &Value, or: Micros) {
        let data = of(seen, &["data"]);
        let kind = of(seen, &["dataType"]);
        let at = self.at(seen, &format!("observable {kind}"), or);
        let author = of(seen, &CREATOR);
        let own = Some(id(seen)).filter(|id| !id.is_empty());
        let key = own.map_or_else(
            || format!("observable:{kind}:{data}"),
            |id| format!("observable:{id}"),
        );
        let told = rest(
            seen,
            &[
                "_id",
                "id",
                "_type",
                "_parent",
                "data",
                "dataType",
                "attachment",
                "reports",
                "case",
            ],
        );
        let lines: Vec<String> = told
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        self.entry(
            &key,
            at,
            Sort::Observable,
            &author,
            "",
            format!("{kind}: {data}\n{}", lines.join("\n")),
        );
        if !data.is_empty() {
            self.old.seen.push(data);
        }
        self.file(seen, &key, at, &author);
    }

    /// An attachment lies in the export's folder under its id (its SHA-256) or its name.
    fn file(&mut self, value: &Value, key: &str, at: Micros, author: &str) {
        let Some(file) = get(value, "attachment") else {
            return;
        };
        let name = of(file, &["name"]);
        let place = Some(of(file, &["id"]))
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| name.clone());
        self.old.files.push(OldFile {
            key: format!("file:{key}"),
            at,
            author: Some(author.to_owned()).filter(|name| !name.is_empty()),
            name,
            place,
            bytes: None,
            taken: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_of_the_api_are_read() {
        let text = include_bytes!("../../tests/import/thehive4.json");
        let parsed = parse(text);
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let [old, young] = parsed.tickets.as_slice() else {
            panic!("{parsed:?}")
        };
        assert_eq!((old.number.as_str(), young.number.as_str()), ("7", "8"));
        let count = |old: &Old, sort| {
            old.entries
                .iter()
                .filter(|entry| entry.sort == sort)
                .count()
        };
        assert_eq!(
            (
                count(old, Sort::Task),
                count(old, Sort::Comment),
                count(old, Sort::Observable)
            ),
            (2, 3, 2)
        );
        assert_eq!(old.files.len(), 2);
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
        assert_eq!(
            (count(young, Sort::Task), count(young, Sort::Comment)),
            (1, 2)
        );
        assert!(
            old.fields_text().contains("tags: mail, parcel"),
            "{}",
            old.fields_text()
        );
        assert_eq!(old.received.to_string(), "2021-03-04T05:06:07Z");
    }

    #[test]
    fn what_has_no_number_or_reads_not_is_told() {
        assert_eq!(parse(b"nonsense").problems[0].fault, Fault::Unreadable);
        assert_eq!(
            parse(b"[{\"title\":\"x\"}]").problems[0].fault,
            Fault::Number
        );
        assert_eq!(parse(b"[{\"caseId\":1}]").problems[0].fault, Fault::Time);
    }
}
