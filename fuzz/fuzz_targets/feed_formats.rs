//! The formats of single sources. The first byte says which.
#![no_main]

mod feed;

use cairn_feeds::formats::Vendor;
use cairn_feeds::parser::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, report)) = data.split_first() else {
        return;
    };
    let names: Vec<&str> = Vendor::names().collect();
    let name = names[usize::from(*which) % names.len()];
    feed::check(
        &Format::Vendor(Vendor::by_name(name).expect("a name of the list")),
        report,
    );
});
