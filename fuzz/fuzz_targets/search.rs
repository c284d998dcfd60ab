//! The officers' search line: any line is read or refused with every fault at its place, and what is printed of it reads as
//! the same search.
#![no_main]

use std::sync::LazyLock;

use cairn_desk::form::{Form, FormFiles};
use cairn_desk::search::{Known, LINE_CHARS_MAX, parse};
use cairn_kernel::time::Micros;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the built-in form"));

fuzz_target!(|data: &[u8]| {
    let line = String::from_utf8_lossy(data);
    let accounts = [("a-1".to_owned(), "hana".to_owned())];
    let known = Known {
        taxonomy: FORM.taxonomy(),
        agencies: FORM.agencies(),
        languages: FORM.languages(),
        accounts: &accounts,
        me: "a-1",
        currency: "NZD",
        calling_code: 64,
    };
    match parse(&line, &known) {
        Ok(search) => {
            let shown = search.to_string();
            // What is defanged is longer than what was typed.
            if shown.chars().count() <= LINE_CHARS_MAX {
                assert_eq!(parse(&shown, &known), Ok(search.clone()), "{shown}");
            }
            for at in 0..search.terms.len() {
                let less = search.without(at);
                if let Ok(less) = parse(&less, &known) {
                    assert_eq!(less.terms.len() + 1, search.terms.len());
                }
            }
            let _ = search.wanted(&known, Micros(1_795_456_800_000_000), &TimeZone::UTC);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                let rest: String = line.chars().skip(fault.at).take(60).collect();
                assert!(rest.starts_with(&fault.typed), "{fault:?}");
            }
        }
    }
});
