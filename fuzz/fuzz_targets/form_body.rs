//! Pages of the report form as strangers send them: every step takes the body or refuses it whole, and what was
//! taken makes a report or a list of faults.
#![no_main]

use std::sync::LazyLock;

use cairn_desk::form::{Asked, Extras, FieldBag, Form, FormFiles};
use cairn_desk::report::{Body, Channel, PartialDate};
use libfuzzer_sys::fuzz_target;

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the built-in form"));

fuzz_target!(|data: &[u8]| {
    let Ok(bag) = FieldBag::parse_urlencoded(data) else {
        return;
    };
    let form = &*FORM;
    let today = PartialDate {
        year: 2026,
        month: Some(11),
        day: Some(23),
    };
    let asked = Asked {
        language: "mi",
        today: Some(today),
    };
    let mut progress = form.begin("en");
    for step in form.steps() {
        match form.accept(&step.code, &bag, &progress, asked) {
            Ok(next) => {
                let shown = form.fields_of(step, &next);
                let again = form.accept(&step.code, &shown, &next, asked);
                assert_eq!(
                    again.as_ref(),
                    Ok(&next),
                    "what is shown again is taken again"
                );
                progress = next;
            }
            Err(refused) => {
                assert!(refused.errors.iter().all(|error| !error.message.is_empty()));
                let again = form.rejected_errors(&step.code, &refused.progress, asked);
                assert_eq!(again, refused.errors, "rejected input keeps its faults");
                progress = refused.progress;
            }
        }
    }
    let _ = form.check_answers(&progress, "mi");
    match form.submit(&progress, Channel::Web, Extras::default()) {
        Ok(draft) => {
            let stored = serde_json::to_vec(&draft.body).expect("JSON");
            let body: Body = serde_json::from_slice(&stored).expect("a body");
            assert_eq!(body, draft.body);
            assert!(!(body.anonymous && draft.contact.is_some()));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
});
