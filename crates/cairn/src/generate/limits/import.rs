//! The limits of what is taken over from other systems.

use cairn_desk::import;

use super::{Row, bytes, of};

/// Coming from elsewhere.
pub(super) fn limits() -> Vec<Row> {
    vec![
        bytes(
            "EXPORT_BYTES_MAX",
            import::EXPORT_BYTES_MAX,
            "a file that another system wrote",
        ),
        bytes(
            "ENTRY_BYTES_MAX",
            import::ENTRY_BYTES_MAX as u64,
            "one entry of an old thread; a longer one is kept whole as a file",
        ),
        of(
            "ENTRIES_MAX",
            import::ENTRIES_MAX,
            "entries of one old thread; the rest is kept as a file",
        ),
        of("FILES_MAX", import::FILES_MAX, "files of one old ticket"),
        of(
            "NUMBER_CHARS_MAX",
            import::NUMBER_CHARS_MAX,
            "characters of an old number",
        ),
        of("ROWS_MAX", import::csv::ROWS_MAX, "rows of a table"),
        of(
            "MESSAGES_MAX",
            import::mbox::MESSAGES_MAX,
            "messages of a mailbox",
        ),
    ]
}
