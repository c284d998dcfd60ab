//! Tables: every row is a ticket, an entry or a reject.
#![no_main]

use cairn_desk::form::{Form, FormFiles};
use cairn_desk::import::{Codes, Mapping, Source, csv::parse};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    let form = Form::parse(&FormFiles::embedded()).expect("the built-in form");
    let codes = Codes {
        taxonomy: form.taxonomy(),
    };
    Mapping::read(Source::Csv, None, codes).expect("the built-in mapping")
});

fuzz_target!(|data: &[u8]| {
    for mut old in parse(data, &MAPPING).tickets {
        old.fit();
        assert!(!old.number.is_empty());
    }
});
