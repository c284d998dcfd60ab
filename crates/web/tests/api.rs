//! What integrators stand on: the form as data, the document that describes every route, files and follow-up by API.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use axum::http::StatusCode;
use cairn_app::Config;
use cairn_app::account::{Doer, NewAccount};
use cairn_desk::files::FileTypes;
use cairn_desk::form::{Form, FormFiles};
use cairn_testkit::{TestStore, run};
use serde_json::Value;
use support::{Browser, World, answers};

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");
const EXE: &[u8] = b"MZ\x90\0 this program cannot be run";
const PDF: &[u8] = b"%PDF-1.7 a letter";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The built-in form under another name.
fn other_form() -> Form {
    let mut files = FormFiles::embedded();
    files.form = files.form.replace("id = \"nz\"", "id = \"xx\"").into();
    Form::parse(&files).unwrap()
}

async fn with_types(types: &str) -> World {
    let config = Config {
        file_types: FileTypes::parse(types).unwrap(),
        ..Config::default()
    };
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    World::with(TestStore::sqlite().await, form, config)
}

/// Follows what the document says, without any file of the form: answers each question that must be answered with its
/// first code, as a tool would that knows only the kinds.
fn answered(form: &Value) -> Value {
    let mut answers = serde_json::Map::new();
    let mut flags: Vec<String> = Vec::new();
    let mut rest = serde_json::Map::new();
    for step in form["steps"].as_array().unwrap() {
        for question in step["questions"].as_array().unwrap() {
            let conditions = [&step["show_if"], &question["show_if"]];
            let mut conditions = conditions
                .into_iter()
                .flat_map(|list| list.as_array().unwrap());
            let asked = conditions.all(|condition| {
                let holds = match condition["flag"].as_str() {
                    Some(flag) => flags.iter().any(|known| known == flag),
                    None => {
                        let given = &answers.get(condition["question"].as_str().unwrap());
                        let said = |code: &Value| match given {
                            Some(Value::Array(codes)) => codes.contains(code),
                            Some(given) => *given == code,
                            None => false,
                        };
                        condition["is"].as_array().unwrap().iter().any(said)
                    }
                };
                holds != condition["not"].as_bool().unwrap()
            });
            if !asked || question["required"] != true {
                continue;
            }
            let option = question["options"].get(0).cloned().unwrap_or_default();
            for flag in option["flags"].as_array().into_iter().flatten() {
                flags.push(flag.as_str().unwrap().to_owned());
            }
            let code = question["code"].as_str().unwrap().to_owned();
            let value = match question["kind"].as_str().unwrap() {
                "choice" => option["code"].clone(),
                "choices" => Value::Array(vec![option["code"].clone()]),
                "contact" => {
                    rest.insert(
                        "contact".into(),
                        serde_json::json!({"phone": "021 555 0100"}),
                    );
                    continue;
                }
                "date" => serde_json::json!({"year": 2026}),
                _ => Value::from("Some words"),
            };
            answers.insert(code, value);
        }
    }
    rest.insert("form".into(), form["form"].clone());
    rest.insert("answers".into(), Value::Object(answers));
    Value::Object(rest)
}

#[test]
fn a_tool_reports_with_nothing_but_what_is_served() {
    run(async {
        let form = other_form();
        let world = World::with(TestStore::sqlite().await, form, Config::default());
        let mut machine = world.browser();
        let served = machine.get("/api/v1/form").await;
        assert_eq!(served.status, StatusCode::OK);
        let form = json(&served.body);
        assert_eq!(
            (&form["form"], &form["language"]),
            (&"xx@1".into(), &"en".into())
        );
        assert_eq!(form["limits"]["file_bytes_max"], 25 * 1024 * 1024);
        assert_eq!(form["limits"]["files_max"], 10);
        let report = answered(&form).to_string();
        let sent = machine.json("/api/v1/reports", &report, vec![]).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{report}\n{}", sent.body);
        let example = form["example"].to_string();
        let sent = machine.json("/api/v1/reports", &example, vec![]).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{example}\n{}", sent.body);
        // The document and the page show a report that this form takes.
        let document = json(&machine.get("/api/openapi.json").await.body);
        let body = "/paths/~1api~1v1~1reports/post/requestBody/content/application~1json/example";
        assert_eq!(document.pointer(body), Some(&form["example"]));
        let page = machine.get("/api").await.body;
        assert!(page.contains("xx@1") && !page.contains("nz@1"), "{page}");
    });
}

#[test]
fn the_form_comes_in_each_language_and_once() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        let english = machine.get("/api/v1/form").await;
        let maori = machine.get("/api/v1/form?language=mi").await;
        assert_eq!(maori.header("content-language"), "mi");
        assert_eq!(english.header("cache-control"), "public, max-age=300");
        assert!(english.header("vary").contains("Accept-Language"));
        assert!(maori.header("set-cookie").is_empty());
        let heading = |answer: &str| {
            let form = json(answer);
            form["steps"][0]["questions"][0]["heading"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_ne!(heading(&english.body), heading(&maori.body));
        machine.headers.push(("accept-language", "mi-NZ".into()));
        let asked = machine.get("/api/v1/form").await;
        assert_eq!(asked.body, maori.body);
        assert_eq!(
            machine.get("/api/v1/form?language=xx").await.body,
            maori.body
        );
        let tag = maori.header("etag").to_owned();
        assert!(
            tag != english.header("etag") && tag.starts_with('"'),
            "{tag}"
        );
        for (known, status) in [
            (tag.clone(), StatusCode::NOT_MODIFIED),
            (format!("\"x\", W/{tag}"), StatusCode::NOT_MODIFIED),
            ("*".to_owned(), StatusCode::NOT_MODIFIED),
            (english.header("etag").to_owned(), StatusCode::OK),
        ] {
            let mut again = machine.clone();
            again.headers.push(("if-none-match", known.clone()));
            let again = again.get("/api/v1/form").await;
            assert_eq!(again.status, status, "{known}");
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.bytes.is_empty(), status == StatusCode::NOT_MODIFIED);
        }
    });
}

#[test]
fn the_example_of_the_document_fits_its_own_schema() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let document = json(&world.browser().get("/api/openapi.json").await.body);
        let answers = &document["components"]["schemas"]["Answers"];
        let example = json(EXAMPLE);
        for (code, given) in example["answers"].as_object().unwrap() {
            let schema = &answers["properties"][code];
            assert!(schema.is_object(), "{code}");
            let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
            let codes = schema
                .pointer("/enum")
                .or_else(|| schema.pointer("/items/enum"));
            let Some(codes) = codes.and_then(Value::as_array) else {
                continue;
            };
            match given {
                Value::Array(given) => {
                    assert!(given.iter().all(|one| codes.contains(one)), "{code}")
                }
                given => assert!(codes.contains(given), "{code}"),
            }
        }
        for needed in answers["required"].as_array().unwrap() {
            let needed = needed.as_str().unwrap();
            assert!(example["answers"].get(needed).is_some(), "{needed}");
        }
    });
}

async fn sent(machine: &mut Browser, report: &str) -> (String, Browser) {
    let answer = machine.json("/api/v1/reports", report, vec![]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let answer = json(&answer.body);
    let mut holder = machine.clone();
    holder.headers.push((
        "cairn-secret",
        answer["secret"].as_str().unwrap().to_owned(),
    ));
    let reference = answer["reference"].as_str().unwrap();
    (format!("/api/v1/status/{reference}"), holder)
}

#[test]
fn the_holder_of_a_secret_does_by_api_what_the_status_page_does() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        let stored = machine.bytes("/api/v1/files", PDF).await;
        assert_eq!(stored.status, StatusCode::CREATED, "{}", stored.body);
        let stored = json(&stored.body);
        assert_eq!(stored["media_type"], "application/pdf");
        let (status, mut holder) = sent(&mut machine, EXAMPLE).await;
        let sha256 = stored["sha256"].as_str().unwrap();
        let file = format!("{{\"sha256\": \"{sha256}\", \"name\": \"letter.pdf\"}}");
        for (route, body) in [
            ("files", file.as_str()),
            ("messages", "{\"text\": \" more\\r\\nof it \"}"),
            ("consents", "{\"agency\": \"police\", \"given\": false}"),
            ("erase-contact", ""),
            ("erase-contact", ""),
        ] {
            let done = holder
                .json(&format!("{status}/{route}"), body, vec![])
                .await;
            assert_eq!(
                done.status,
                StatusCode::NO_CONTENT,
                "{route}: {}",
                done.body
            );
        }
        let told = json(&holder.get(&status).await.body);
        let what = told["history"].as_array().unwrap().iter();
        let what: Vec<_> = what.map(|line| line["what"].as_str().unwrap()).collect();
        assert_eq!(
            what,
            [
                "received",
                "file_added",
                "reporter_wrote",
                "consent_withdrawn",
                "contact_erased"
            ]
        );
        assert_eq!(told["history"][3]["agency"], "police");
        assert_eq!(told["category"], "scam");
        assert_eq!(told["files"][0]["name"], "letter.pdf");
        assert_eq!(told["files"][0]["sha256"], sha256);
        assert_eq!(told["messages"][0]["text"], "more\nof it");
        let receipt = holder.get(&format!("{status}/receipt")).await;
        assert!(
            receipt.body.starts_with("c2sp.org/tlog-proof@v1"),
            "{}",
            receipt.body
        );
    });
}

#[test]
fn what_cannot_be_done_is_said_of_the_field() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        let (status, mut holder) = sent(&mut machine, EXAMPLE).await;
        let long = format!("{{\"text\": \"{}\"}}", "a".repeat(10_001));
        for (route, body, pointer, words) in [
            ("messages", "{\"text\": \" \"}", "/text", "Tuhia"),
            ("messages", &long, "/text", "10,000"),
            (
                "consents",
                "{\"agency\": \"nobody\", \"given\": true}",
                "/agency",
                "nobody",
            ),
            ("files", "{\"sha256\": \"ab\"}", "/sha256", "SHA-256"),
        ] {
            holder.headers.push(("accept-language", "mi".into()));
            let wrong = holder
                .json(&format!("{status}/{route}"), body, vec![])
                .await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{route}");
            assert_eq!(wrong.header("content-type"), "application/problem+json");
            let error = &json(&wrong.body)["errors"][0];
            assert_eq!(error["pointer"], pointer, "{route}");
            assert!(error["detail"].as_str().unwrap().contains(words), "{error}");
        }
        let text = holder
            .post(&format!("{status}/messages"), &[("text", "x")])
            .await;
        assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let empty = machine.bytes("/api/v1/files", b"").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        machine
            .headers
            .push(("authorization", "Bearer cairn_no".into()));
        let stranger = machine.bytes("/api/v1/files", PDF).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    });
}

/// Without the secret no route tells or does anything; too many tries from one network have to wait.
#[test]
fn wrong_secrets_open_nothing_and_run_out() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        let (status, mut holder) = sent(&mut machine, EXAMPLE).await;
        machine.headers.push(("cairn-secret", "wrong".into()));
        for route in ["", "/receipt"] {
            let read = machine.get(&format!("{status}{route}")).await;
            assert_eq!(read.status, StatusCode::NOT_FOUND, "{route}");
        }
        for (route, body) in [
            ("files", "{\"sha256\": \"ab\"}"),
            ("messages", "{\"text\": \"x\"}"),
            ("consents", "{\"agency\": \"police\", \"given\": true}"),
            ("erase-contact", ""),
        ] {
            let done = machine
                .json(&format!("{status}/{route}"), body, vec![])
                .await;
            assert_eq!(done.status, StatusCode::NOT_FOUND, "{route}: {}", done.body);
        }
        for _ in 0..30 {
            machine.get(&status).await;
        }
        for route in ["", "/receipt"] {
            let read = holder.get(&format!("{status}{route}")).await;
            assert_eq!(read.status, StatusCode::TOO_MANY_REQUESTS, "{route}");
            assert!(!read.header("retry-after").is_empty());
        }
        for route in ["files", "messages", "consents", "erase-contact"] {
            let done = holder
                .json(&format!("{status}/{route}"), "{}", vec![])
                .await;
            assert_eq!(done.status, StatusCode::TOO_MANY_REQUESTS, "{route}");
        }
    });
}

#[test]
fn machines_read_health_and_figures() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        assert_eq!(machine.get("/health/live").await.body, "{\"alive\":true}");
        let ready = machine.get("/health/ready").await;
        assert_eq!(json(&ready.body)["ready"], true);
        let figures = json(&machine.get("/figures.json").await.body);
        for table in figures["tables"].as_object().unwrap().keys() {
            let csv = machine.get(&format!("/figures/{table}.csv")).await;
            assert_eq!(csv.status, StatusCode::OK, "{table}");
        }
        for absent in ["/figures/nothing.csv", "/figures/quarters"] {
            assert_eq!(
                machine.get(absent).await.status,
                StatusCode::NOT_FOUND,
                "{absent}"
            );
        }
    });
}

#[test]
fn types_that_are_not_taken_are_refused_on_every_door() {
    run(async {
        let world = with_types("image/*, application/pdf, .docx, !.pdf.exe").await;
        let mut machine = world.browser();
        let form = json(&machine.get("/api/v1/form").await.body);
        assert_eq!(form["limits"]["file_types"].as_array().unwrap().len(), 4);
        // By API: by content at once, by name with the report. What may end well by its name waits for it.
        let zip = machine.bytes("/api/v1/files", b"PK\x03\x04 a letter").await;
        assert_eq!(zip.status, StatusCode::CREATED);
        let sha256 = json(&zip.body)["sha256"].as_str().unwrap().to_owned();
        let (status, mut holder) = sent(&mut machine, EXAMPLE).await;
        for (name, code) in [("a.zip", 422), ("a.pdf.exe", 422), ("a.docx", 204)] {
            let body = format!("{{\"sha256\": \"{sha256}\", \"name\": \"{name}\"}}");
            let added = holder.json(&format!("{status}/files"), &body, vec![]).await;
            assert_eq!(added.status.as_u16(), code, "{name}: {}", added.body);
            assert!(code != 422 || added.body.contains("not taken here"));
        }
        let mut report = json(EXAMPLE);
        report["files"] = serde_json::json!([{"sha256": sha256, "name": "a.zip"}]);
        let refused = machine
            .json("/api/v1/reports", &report.to_string(), vec![])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("/files/0/sha256") && refused.body.contains("not taken here")
        );
        // On the form.
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk_until(&answers(false), "files").await;
        let names: [(&str, &[u8]); 2] = [("virus.pdf", EXE), ("letter.pdf", PDF)];
        browser.upload("/report/files", &names).await;
        let page = browser.get("/report/files").await.body;
        assert!(
            page.contains("letter.pdf") && !page.contains("virus.pdf"),
            "{page}"
        );
        browser.walk(&answers(false)).await;
        let (_, link) = browser.send().await;
        // On the status page.
        browser.get(&link).await;
        let again = browser
            .upload_as("/status/file", "files", &[("x.png", EXE)])
            .await;
        assert_eq!(again.location(), "/status/report?fault=type");
        let page = browser.get("/status/report?fault=type").await.body;
        assert!(page.contains("We do not take files of this type"), "{page}");
    });
}

#[test]
fn only_pictures_means_no_program_by_any_door() {
    run(async {
        let world = with_types("image/*").await;
        let refused = world.browser().bytes("/api/v1/files", EXE).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("not taken here"), "{}", refused.body);
        // Without a rule a sample of malware is evidence.
        let world = World::start(TestStore::sqlite().await);
        let taken = world.browser().bytes("/api/v1/files", EXE).await;
        assert_eq!(taken.status, StatusCode::CREATED);
    });
}

#[test]
fn a_partner_sends_with_a_key_and_nobody_else() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let new = NewAccount {
            login: "hana",
            name: "Hana",
            role: cairn_kernel::actor::Role::Administrator,
        };
        world.app.create_account(Doer::System, new).await.unwrap();
        let made = world.app.create_api_key(Doer::System, "Example Bank").await;
        let (_, token) = made.unwrap();
        let mut partner = world.browser();
        partner
            .headers
            .push(("authorization", format!("Bearer {token}")));
        let stored = partner.bytes("/api/v1/files", PDF).await;
        assert_eq!(stored.status, StatusCode::CREATED, "{}", stored.body);
        sent(&mut partner, EXAMPLE).await;
    });
}
