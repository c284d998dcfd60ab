//! Answers of Request Tracker: reading never panics, and what is made of them fits.
#![no_main]

use cairn_desk::import::rt::{Names, content, page, ticket, users, value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(told) = value(data, "fuzz") else {
        return;
    };
    let items = page(data).map(|(items, _)| items).unwrap_or_default();
    let names = Names::default();
    let _numbers = users(&items, &names);
    let _bytes = content(&told, "fuzz");
    if let Ok(mut old) = ticket(&told, &items, &items, &names) {
        old.fit();
        assert!(old.entries.is_sorted_by_key(|entry| entry.at));
    }
});
