//! Notices to the owners of machines.

use cairn_app::notice::{
    PULL_DAYS_MAX, PULL_NOTICES, PULL_ROWS, PULL_TOKENS_MAX, TIMES_DAYS, TRIAL_DAYS,
    TRIAL_OBSERVATIONS_MAX,
};
use cairn_desk::notice::{self, book, letter, trial};

use super::{Row, bytes, of};

pub(super) fn limits() -> Vec<Row> {
    vec![
        bytes(
            "BOOK_BYTES_MAX",
            book::BOOK_BYTES_MAX as u64,
            "a version of the book of rules",
        ),
        of("RULES_MAX", book::RULES_MAX, "rules in it"),
        of(
            "WORDS_CHARS_MAX",
            book::WORDS_CHARS_MAX,
            "characters of a name, class or reason",
        ),
        of(
            "HOURS_MAX",
            format!("{} h", book::HOURS_MAX),
            "longest interval",
        ),
        of(
            "ROWS_MAX",
            notice::ROWS_MAX,
            "rows of one notice; what is beyond goes in another one",
        ),
        of(
            "SHOWN_ROWS",
            letter::SHOWN_ROWS,
            "rows in the text of a mail; all are in the file",
        ),
        of(
            "ANSWERS_MAX",
            notice::ANSWERS_MAX,
            "answers of an owner to one notice",
        ),
        of(
            "NOTE_CHARS_MAX",
            notice::NOTE_CHARS_MAX,
            "characters of an owner's note",
        ),
        of(
            "TRIAL_DAYS",
            format!("{TRIAL_DAYS} days"),
            "a dry run looks back",
        ),
        of(
            "TRIAL_OBSERVATIONS_MAX",
            TRIAL_OBSERVATIONS_MAX,
            "observations that a dry run looks at, the newest",
        ),
        of(
            "TAGS_BYTES_MAX",
            cairn_app::feeds::columns::TAGS_BYTES_MAX,
            "bytes of an observation's tags that rules see",
        ),
        of("OWNERS_MAX", trial::OWNERS_MAX, "lines of its result"),
        of(
            "TIMES_DAYS",
            format!("{TIMES_DAYS} days"),
            "times from notice to gone are counted over",
        ),
    ]
}

/// What owners fetch.
pub(super) fn pull() -> Vec<Row> {
    vec![
        of(
            "PULL_TOKENS_MAX",
            PULL_TOKENS_MAX,
            "live tokens of one constituent",
        ),
        of(
            "PULL_DAYS_MAX",
            format!("{PULL_DAYS_MAX} days"),
            "life of such a token",
        ),
        of(
            "PULL_NOTICES",
            PULL_NOTICES,
            "notices that an owner's program is given at once",
        ),
        of(
            "PULL_ROWS",
            PULL_ROWS,
            "rows after which no further notice begins in the same answer",
        ),
    ]
}
