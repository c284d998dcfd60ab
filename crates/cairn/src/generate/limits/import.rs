//! The limits of what is taken over from other systems.

use cairn_desk::import;

use super::{Row, bytes, of};
use crate::import::source;

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
        of(
            "REQUESTS_MAX",
            cairn_app::import::rt::REQUESTS_MAX,
            "requests to Request Tracker at the same time; 4 unless `--requests` says otherwise",
        ),
        of(
            "TICKETS_AHEAD_MAX",
            source::TICKETS_AHEAD_MAX,
            "tickets of Request Tracker that are fetched ahead",
        ),
        of(
            "FILES_AHEAD_MAX",
            source::FILES_AHEAD_MAX,
            "files of a ticket that are fetched ahead",
        ),
        of(
            "UNHEARD_MAX",
            source::UNHEARD_MAX,
            "tickets in a row of which nothing is heard before the run ends",
        ),
        of("ROWS_MAX", import::csv::ROWS_MAX, "rows of a table"),
        of(
            "MESSAGES_MAX",
            import::mbox::MESSAGES_MAX,
            "messages of a mailbox",
        ),
    ]
}
