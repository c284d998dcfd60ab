//! Exports of DFIR-IRIS.
#![no_main]

use cairn_desk::import::iris::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for mut old in parse(data).tickets {
        old.fit();
        assert!(!old.number.is_empty() && old.case.is_some());
    }
});
