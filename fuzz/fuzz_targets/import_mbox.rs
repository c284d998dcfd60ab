//! Mailboxes: every message that reads is in one thread.
#![no_main]

use cairn_desk::import::mbox::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let digest = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for mut old in parse(data, 64, &digest).tickets {
        old.fit();
        assert!(!old.entries.is_empty() && old.received.0 > 0);
    }
});
