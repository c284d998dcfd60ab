//! Reports as JSON: the example, and every kind of mistake.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::LazyLock;

use cairn_desk::form::{Form, FormFiles};
use cairn_desk::rates::Rates;
use cairn_desk::report::{Affected, Answer, Channel};
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the form"));

fn example() -> Value {
    serde_json::from_str(EXAMPLE).expect("the example is JSON")
}

fn problems(value: &Value) -> Vec<(String, &'static str)> {
    let found = FORM
        .parse_json(value.to_string().as_bytes())
        .expect_err("problems");
    for problem in &found {
        assert!(
            !problem.message.is_empty() && !problem.message.contains(['{', '}'])
                || problem.code == "wrong_type"
        );
    }
    found
        .into_iter()
        .map(|problem| (problem.pointer, problem.code))
        .collect()
}

#[test]
fn the_example_becomes_a_report() {
    let draft = FORM.parse_json(EXAMPLE.as_bytes()).expect("valid");
    let body = &draft.body;
    assert_eq!(body.form, "nz@1");
    assert_eq!(
        (
            body.category.as_str(),
            body.subtype.as_deref(),
            body.severity
        ),
        ("scam", Some("goods"), 6)
    );
    assert_eq!(
        (body.channel, body.affected, body.anonymous),
        (Channel::Api, Affected::Individual, false)
    );
    assert_eq!(body.losses.len(), 2);
    assert_eq!(
        (body.region.as_deref(), body.age_band.as_deref()),
        (Some("NZ-WGN"), Some("35-44"))
    );
    assert!(body.title.starts_with("I found an electric bike"));
    assert!(body.wants_help && body.loss_known && body.occurred.is_some());
    assert!(
        body.observables
            .iter()
            .any(|found| found.value == "+64215550123"),
        "{:?}",
        body.observables
    );
    assert!(
        body.observables
            .iter()
            .any(|found| found.value == "192.0.2.44")
    );
    assert_eq!(draft.consents, ["police", "netsafe"]);
    assert_eq!(
        draft.contact.expect("contact").email.as_deref(),
        Some("aroha@example.org")
    );
    assert_eq!(draft.search_text, "", "it follows from the answers");
    let words = cairn_desk::report::retention::search_text(&draft.body, &FORM);
    assert!(words.contains("electric bike") && words.contains("seller@bikes.example"));
    assert!(!words.contains("goods") && !words.contains("nz-wgn"));
}

#[test]
fn every_bad_field_is_named_at_once() {
    let mut report = example();
    report["answers"]["who"] = json!("mee");
    report["answers"]["when"] = json!({"year": 2026, "month": 13});
    report["answers"]
        .as_object_mut()
        .expect("answers")
        .remove("channel");
    report["answers"]["chanel"] = json!("social");
    report["answers"]["story"] = json!("x".repeat(10_001));
    report["answers"]["loss"] = json!(["money", "none"]);
    report["answers"]["done"] = json!("bank");
    report["answers"]["contact"] = json!("me");
    report["losses"][0]["amount"]["minor"] = json!(-1);
    report["losses"][1]["recovered_minor"] = json!(99_999_999);
    report["contact"]["email"] = json!("nobody");
    report["consents"] = json!(["polise"]);
    report["files"] = json!([{"sha256": "00"}]);
    report["langauge"] = json!("en");
    report["form"] = json!("au@1");
    let mut found = problems(&report);
    found.sort();
    assert_eq!(
        found,
        [
            ("/answers/chanel", "unknown_field"),
            ("/answers/channel", "required"),
            ("/answers/contact", "unknown_field"),
            ("/answers/done", "wrong_type"),
            ("/answers/loss", "exclusive"),
            ("/answers/story", "too_long"),
            ("/answers/when", "not_date"),
            ("/answers/who", "unknown_option"),
            ("/consents/0", "unknown_agency"),
            ("/contact/email", "not_email"),
            ("/files/0/sha256", "not_hash"),
            ("/form", "wrong_form"),
            ("/langauge", "unknown_field"),
            ("/losses/0/amount/minor", "not_amount"),
            ("/losses/1/recovered_minor", "recovered_more"),
        ]
        .map(|(pointer, code)| (pointer.to_owned(), code))
    );
}

/// Changes the example and hands out what is found wrong.
fn after(change: impl FnOnce(&mut Value)) -> Vec<(String, &'static str)> {
    let mut report = example();
    change(&mut report);
    problems(&report)
}

fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn wrong_types_are_named_where_they_are() {
    for (pointer, wrong) in [
        ("/form", json!(1)),
        ("/language", json!(["en"])),
        ("/anonymous", json!("no")),
        ("/losses", json!({})),
        ("/consents", json!("police")),
        ("/files", json!("x")),
        ("/contact/name", json!(1)),
        ("/consents/0", json!(1)),
        ("/losses/0", json!("1250")),
        ("/losses/0/amount", json!(1250)),
        ("/losses/0/date", json!("2026-03-27")),
        ("/losses/0/recovered_minor", json!(1.5)),
        ("/answers/story", json!(["a"])),
        ("/answers/loss", json!("money")),
        ("/answers/when", json!("2026-03-27")),
    ] {
        let mut report = example();
        if let Some(slot) = report.pointer_mut(pointer) {
            *slot = wrong;
        } else {
            report[&pointer[1..]] = wrong;
        }
        assert_eq!(problems(&report), one(pointer, "wrong_type"), "{pointer}");
    }
}

#[test]
fn what_is_no_json_or_no_object_is_one_problem() {
    for (text, code) in [
        ("", "not_json"),
        ("{", "not_json"),
        ("{} {}", "not_json"),
        ("[[[[[[[[[[1]]]]]]]]]]", "not_json"),
        ("\u{feff}{}", "not_json"),
        ("[]", "wrong_type"),
        ("null", "wrong_type"),
    ] {
        let found = FORM.parse_json(text.as_bytes()).expect_err("a problem");
        assert_eq!(
            (found.len(), found[0].pointer.as_str(), found[0].code),
            (1, "", code),
            "{text}"
        );
    }
    let bytes = &FORM
        .parse_json(b"{\n\"a\": \"\xff\"}")
        .expect_err("not UTF-8")[0];
    assert!(
        bytes.message.contains("line 2, column 7"),
        "{}",
        bytes.message
    );
    assert_eq!(
        FORM.parse_json(b"{\"a\": \"\xff\"}")
            .expect_err("not UTF-8")[0]
            .code,
        "not_json"
    );
    let large = format!(
        "{{\"answers\": {{\"story\": \"{}\"}}}}",
        "x".repeat(400_000)
    );
    assert_eq!(
        FORM.parse_json(large.as_bytes()).expect_err("large")[0].code,
        "body_too_large"
    );
    let many = format!(
        "{{{}}}",
        (0..600)
            .map(|n| format!("\"k{n}\":0"))
            .collect::<Vec<_>>()
            .join(",")
    );
    assert_eq!(
        FORM.parse_json(many.as_bytes()).expect_err("many")[0].code,
        "not_json"
    );
    let wrong = format!(
        "{{{}}}",
        (0..400)
            .map(|n| format!("\"k{n}\":0"))
            .collect::<Vec<_>>()
            .join(",")
    );
    assert_eq!(
        FORM.parse_json(wrong.as_bytes()).expect_err("many").len(),
        100
    );
}

#[test]
fn doubles_are_named_and_the_first_counts() {
    let text = EXAMPLE.replacen(
        "\"who\": \"me\",",
        "\"who\": \"me\", \"who\": \"law\", \"a/b~c\": 1,",
        1,
    );
    let found = FORM.parse_json(text.as_bytes()).expect_err("problems");
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.pointer.as_str(), one.code))
        .collect();
    assert_eq!(
        found,
        [
            ("/answers/who", "duplicate"),
            ("/answers/a~1b~0c", "unknown_field")
        ]
    );
}

#[test]
fn an_answer_nobody_asked_for_is_named_but_not_for_want_of_another() {
    let found = after(|report| report["answers"]["phishing_did"] = json!(["clicked"]));
    assert_eq!(found, one("/answers/phishing_did", "not_asked"));
    let found = after(|report| {
        report["answers"]["what"] = json!("skam");
    });
    assert_eq!(found, one("/answers/what", "unknown_option"));
    let found = after(|report| {
        report["answers"]
            .as_object_mut()
            .expect("answers")
            .remove("what");
    });
    assert_eq!(found, one("/answers/what", "required"));
}

#[test]
fn null_is_as_if_absent_and_unknown_is_an_answer() {
    let mut report = example();
    report["answers"]["region"] = Value::Null;
    report["answers"]["channel"] = json!({"not_known": true});
    report["answers"]["done"] = json!([]);
    let body = FORM
        .parse_json(report.to_string().as_bytes())
        .expect("valid")
        .body;
    assert_eq!(body.region, None);
    assert_eq!(body.answers["channel"], Answer::NotKnown);
    assert_eq!(
        body.answers["done"],
        Answer::Choices(vec!["none".to_owned()])
    );
    assert!(!body.answers.contains_key("region"));
    assert_eq!(
        after(|report| report["answers"]["who"] = json!({"not_known": true})),
        one("/answers/who", "wrong_type")
    );
}

#[test]
fn anonymous_drops_contact_and_names_of_files() {
    let mut report = example();
    report["anonymous"] = json!(true);
    report["files"] = json!([{"sha256": "AB".repeat(32), "name": "aroha-cv.pdf"}]);
    let draft = FORM
        .parse_json(report.to_string().as_bytes())
        .expect("valid");
    assert!(draft.body.anonymous && draft.contact.is_none());
    assert_eq!(draft.body.files[0].sha256, "ab".repeat(32));
    assert_eq!(draft.body.files[0].name, None);
    assert_eq!(
        draft.body.answers["identity"],
        Answer::Text("anonymous".to_owned())
    );
    let kept = format!("{:?}", draft);
    for canary in ["aroha@example.org", "Aroha", "555 0100", "aroha-cv"] {
        assert!(!kept.contains(canary), "{canary}");
    }
    assert_eq!(
        after(|report| {
            report["anonymous"] = json!(true);
            report["answers"]["identity"] = json!("contact");
        }),
        one("/anonymous", "exclusive")
    );
    assert_eq!(
        after(|report| {
            report.as_object_mut().expect("object").remove("contact");
        }),
        one("/contact", "contact_missing")
    );
}

#[test]
fn losses_say_their_kinds_and_unknown_is_not_none() {
    let body = |change: &dyn Fn(&mut Value)| {
        let mut report = example();
        change(&mut report);
        FORM.parse_json(report.to_string().as_bytes())
            .expect("valid")
            .body
    };
    let derived = body(&|report| {
        report["answers"]
            .as_object_mut()
            .expect("answers")
            .remove("loss");
        report["losses"]
            .as_array_mut()
            .expect("losses")
            .push(json!({"kind": "data"}));
    });
    assert_eq!(
        derived.answers["loss"],
        Answer::Choices(vec!["money".to_owned(), "data".to_owned()])
    );
    assert_eq!(derived.losses.len(), 3);
    let amountless = body(&|report| report["losses"] = json!([]));
    assert_eq!(
        (
            amountless.losses.len(),
            amountless.losses[0].amount.as_ref()
        ),
        (1, None)
    );
    let unknown = body(&|report| {
        report["answers"]["loss"] = json!({"not_known": true});
        report["losses"] = json!([]);
    });
    assert_eq!((unknown.losses.len(), unknown.loss_known), (0, false));
    let none = body(&|report| {
        report["answers"]["loss"] = json!(["none"]);
        report["losses"] = json!([]);
    });
    assert_eq!((none.losses.len(), none.loss_known), (0, true));
    assert_eq!(
        after(|report| report["answers"]["loss"] = json!(["data"])),
        one("/losses/0", "not_asked")
    );
    assert_eq!(
        after(|report| report["losses"][0]["certainty"] = json!("verified")),
        one("/losses/0/certainty", "unknown_option")
    );
    let large = body(&|report| report["losses"][0]["amount"]["minor"] = json!(12_000_000));
    assert_eq!(large.severity, 4);
}

#[test]
fn messages_come_in_the_language_of_the_document() {
    let mut report = example();
    report["language"] = json!("mi");
    report["answers"]["story"] = json!("");
    let found = FORM
        .parse_json(report.to_string().as_bytes())
        .expect_err("a problem");
    assert_eq!(
        found[0].message,
        "Kōrerotia mai ki ētahi kupu ruarua he aha i pā mai"
    );
    assert_eq!(found[0].step.as_deref(), Some("story"));
}

#[test]
fn hostile_text_is_kept_whole() {
    let mut report = example();
    let hostile = "<script>alert(1)</script> \u{202e}abc\u{200b} =cmd|' /C calc'!A0\n\"quoted\" {{7*7}} \u{1F600}";
    report["answers"]["story"] = json!(format!("  {hostile}\u{0}\r\n  "));
    let body = FORM
        .parse_json(report.to_string().as_bytes())
        .expect("valid")
        .body;
    assert_eq!(
        body.answers["story"],
        Answer::Text(format!("{hostile}\u{FFFD}"))
    );
    assert!(!body.title.contains(['\u{202e}', '\u{200b}', '\u{0}', '\n']));
}

/// A million US dollars is as severe as the NZ dollars that they are worth.
#[test]
fn a_loss_in_another_currency_counts_for_the_severity() {
    let rates = "base = \"NZD\"\n[[rate]]\ncurrency = \"USD\"\nrate = \"1.7\"\nfrom = \"2020-01-01\"\nsource = \"s\"\n";
    let rates = Rates::parse(rates).expect("rates");
    let form = Form::parse(&FormFiles::embedded()).expect("the built-in form");
    let mut report = example();
    report["losses"][0]["amount"] = json!({"minor": 100_000_000, "currency": "USD"});
    let bytes = serde_json::to_vec(&report).expect("JSON");
    let severity = |form: &Form| form.parse_json(&bytes).expect("a report").body.severity;
    let without = severity(&form);
    let other = Rates::none("AUD");
    assert_eq!(severity(&form.clone().with_rates(other)), without);
    let with = severity(&form.with_rates(rates));
    assert!(without > 4);
    assert_eq!(with, 4);
}

/// The built-in form under another name, with the options of the question `what` turned by some places.
fn other_form(turned: usize) -> Form {
    let mut files = FormFiles::embedded();
    let text = files.form.replace("id = \"nz\"", "id = \"xx\"");
    let mut lines: Vec<_> = text.lines().collect();
    let at = |mark: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(mark))
            .unwrap()
    };
    let first = at("    { code = \"scam\", suggests");
    let last = at("    { code = \"weakness\", suggests");
    lines[first..=last].rotate_left(turned);
    files.form = lines.join("\n").into();
    Form::parse(&files).expect("the form under another name")
}

#[test]
fn every_form_has_an_example_that_it_takes() {
    assert_eq!(FORM.example(), EXAMPLE);
    let mut categories = std::collections::BTreeSet::new();
    for turned in 0..8 {
        let form = other_form(turned);
        let example = form.example();
        let draft = form.parse_json(example.as_bytes());
        let draft = draft.unwrap_or_else(|problems| panic!("{problems:?}\n{example}"));
        assert_eq!(draft.body.form, "xx@1");
        assert!(!draft.body.anonymous && draft.contact.is_some());
        assert_eq!(draft.body.losses.len(), 1, "{example}");
        categories.insert(draft.body.category);
    }
    assert!(categories.len() >= 5, "{categories:?}");
}
