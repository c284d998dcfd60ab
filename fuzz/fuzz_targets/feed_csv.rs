//! Tables and lines of pairs that a mapping describes, and mappings.
#![no_main]

mod feed;

use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::Format;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OWN: LazyLock<Mapping> = LazyLock::new(|| {
    let text = "comment = '#'\ndelimiter = ';'\ncolumn = [{ name = 'ip', to = ['source.ip', 'source.fqdn'] }, { name = 't', to = 'time.source' },\n\
        { at = 3, to = 'source.url', prefix = 'http://' }]\ncompose.'extra.both' = '{source.ip}{time.source}'\n";
    Mapping::read(text).expect("our mapping")
});

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().position(|byte| *byte == 0);
    let (mapping, report) = cut.map_or((None, data), |at| {
        let text = std::str::from_utf8(&data[..at]).ok();
        (
            text.and_then(|text| Mapping::read(text).ok()),
            &data[at + 1..],
        )
    });
    let mapping = mapping.unwrap_or_else(|| OWN.clone());
    feed::check(&Format::Csv(Box::new(mapping.clone())), report);
    feed::check(&Format::Pairs(Box::new(mapping)), report);
});
