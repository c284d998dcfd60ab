//! The limits of cases.

use cairn_desk::cases;

use super::{Row, bytes, of, seconds};

/// What one case may hold.
pub(super) fn limits() -> Vec<Row> {
    let chars = |name, value: usize, what| (name, format!("{value} characters"), what);
    vec![
        chars("TITLE_CHARS_MAX", cases::TITLE_CHARS_MAX, "a title"),
        chars(
            "ASSET_CHARS_MAX",
            cases::ASSET_CHARS_MAX,
            "the name of what a case touches",
        ),
        of("ASSETS_MAX", cases::ASSETS_MAX, "what one case touches"),
        of(
            "RELATIONS_MAX",
            cases::RELATIONS_MAX,
            "other cases that one case names",
        ),
        chars(
            "NOTE_CHARS_MAX",
            cases::NOTE_CHARS_MAX,
            "a note, or what was sent",
        ),
        chars(
            "ROW_CHARS_MAX",
            cases::ROW_CHARS_MAX,
            "a row of the timeline",
        ),
        chars("TASK_CHARS_MAX", cases::TASK_CHARS_MAX, "a task"),
        of("FILES_MAX", cases::FILES_MAX, "files of one case"),
        chars(
            "FILE_NAME_CHARS_MAX",
            cases::FILE_NAME_CHARS_MAX,
            "the name of a file",
        ),
        chars(
            "FILE_NOTE_CHARS_MAX",
            cases::FILE_NOTE_CHARS_MAX,
            "what is said of a file",
        ),
        seconds(
            "FILE_BACK_SECONDS",
            cases::FILE_BACK_SECONDS,
            "in which a file that was taken off can be put back",
        ),
        bytes(
            "ARCHIVE_FILES_BYTES_MAX",
            cairn_app::cases::ARCHIVE_FILES_BYTES_MAX,
            "files in the archive of a case",
        ),
        of("EVENTS_MAX", cases::EVENTS_MAX, "events of one case"),
        of("REPORTS_MAX", cases::REPORTS_MAX, "reports of one case"),
        of(
            "OBSERVABLES_REPORTS_MAX",
            cairn_app::cases::OBSERVABLES_REPORTS_MAX,
            "reports of a case whose addresses, links and numbers are shown together",
        ),
        of(
            "CLOCKS_MAX",
            cairn_app::cases::CLOCKS_MAX,
            "clocks on the page of all clocks",
        ),
    ]
}
