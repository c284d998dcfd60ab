//! JSON objects: `IntelMQ`'s data format, and as a mapping describes them.
#![no_main]

mod feed;

use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::Format;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OWN: LazyLock<Mapping> = LazyLock::new(|| {
    Mapping::read("column = [{ name = 'a.b', to = 'source.ip' }, { name = 't', to = 'time.source', time = 'epoch_millis' }]").expect("our mapping")
});

fuzz_target!(|data: &[u8]| {
    feed::check(&Format::Json(Box::default()), data);
    feed::check(&Format::Json(Box::new(OWN.clone())), data);
});
