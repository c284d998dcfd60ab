//! Reports of Shadowserver, with the schema that comes before them: every byte belongs to a row that was an observation or a
//! reject, or to what is between rows, however the report is cut into chunks; what is printed is read again alike.
#![no_main]

mod feed;

use cairn_feeds::parser::Format;
use cairn_feeds::schema::Schema;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OWN: LazyLock<Schema> = LazyLock::new(|| {
    Schema::read(include_bytes!("../seeds/feed_shadowserver/schema.json")).expect("our schema")
});

fuzz_target!(|data: &[u8]| {
    // A NUL divides a schema from the report; without one the report is read by ours.
    let cut = data.iter().position(|byte| *byte == 0);
    let (schema, report) = cut.map_or((None, data), |at| {
        (Schema::read(&data[..at]).ok(), &data[at + 1..])
    });
    let schema = schema.as_ref().unwrap_or(&OWN);
    for own in schema.types.iter().take(2) {
        feed::check(&Format::Shadowserver(Box::new(own.clone())), report);
    }
});
