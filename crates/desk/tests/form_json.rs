//! Reports as JSON: the example, and every kind of mistake.

use std::sync::LazyLock;

use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Affected, Channel};
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
    assert!(draft.search_text.contains("electric bike"));
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
