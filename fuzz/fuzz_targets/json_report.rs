//! Reports as JSON from the API: a valid report that survives storage, or every fault with its place.
#![no_main]

use std::sync::LazyLock;

use cairn_desk::form::{Form, FormFiles, PROBLEMS_MAX};
use cairn_desk::report::Body;
use libfuzzer_sys::fuzz_target;

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the built-in form"));

fuzz_target!(|data: &[u8]| {
    let form = &*FORM;
    match form.parse_json(data) {
        Ok(draft) => {
            let stored = serde_json::to_vec(&draft.body).expect("JSON");
            let body: Body = serde_json::from_slice(&stored).expect("a body");
            assert_eq!(body, draft.body);
            assert!(form.taxonomy().category(&body.category).is_some());
            assert!(form.taxonomy().severity(body.severity).is_some());
            assert!(!(body.anonymous && draft.contact.is_some()));
            assert!(!form.show_body(&body, "mi").is_empty());
        }
        Err(problems) => {
            assert!((1..=PROBLEMS_MAX).contains(&problems.len()));
            for problem in problems {
                assert!(problem.pointer.is_empty() || problem.pointer.starts_with('/'));
                assert!(!problem.message.is_empty());
            }
        }
    }
});
