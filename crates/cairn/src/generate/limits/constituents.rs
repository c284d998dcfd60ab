//! The limits of constituents.

use cairn_desk::constituent::{self, import, plan, typed};

use super::{Row, bytes, of};
use crate::constituents;

/// Whom the team serves.
pub(super) fn limits() -> Vec<Row> {
    vec![
        of(
            "CONSTITUENTS_MAX",
            constituent::CONSTITUENTS_MAX,
            "constituents of one installation",
        ),
        of(
            "ASSETS_MAX",
            constituent::ASSETS_MAX,
            "networks, domains and AS numbers of one constituent, together",
        ),
        of(
            "CONTACTS_MAX",
            constituent::CONTACTS_MAX,
            "contacts of one constituent",
        ),
        of(
            "NOTES_MAX",
            constituent::NOTES_MAX,
            "remarks on one constituent",
        ),
        of(
            "NAME_CHARS_MAX",
            constituent::NAME_CHARS_MAX,
            "characters of a constituent's or contact's name",
        ),
        of(
            "NOTE_CHARS_MAX",
            constituent::NOTE_CHARS_MAX,
            "characters of a remark",
        ),
        of(
            "CONFIRM_DAYS",
            constituent::CONFIRM_DAYS as u64,
            "days after which a contact is to be confirmed again",
        ),
        bytes(
            "KEY_BYTES_MAX",
            typed::KEY_BYTES_MAX as u64,
            "a contact's OpenPGP key in ASCII armor",
        ),
        of(
            "FAULTS_MAX",
            import::FAULTS_MAX,
            "faults of one imported file that are told",
        ),
        of(
            "CLASHES_SHOWN",
            plan::CLASHES_SHOWN,
            "claims of an import that meet what people entered, and names, that are told",
        ),
        bytes(
            "TABLE_BYTES_MAX",
            cairn_web::desk::TABLE_BYTES_MAX,
            "a table that the desk's page imports",
        ),
        bytes(
            "TABLE_BYTES_MAX",
            constituents::TABLE_BYTES_MAX,
            "a table that the command line imports, unpacked",
        ),
        bytes(
            "LINE_BYTES_MAX",
            constituents::LINE_BYTES_MAX,
            "a line of RIPE's dumps",
        ),
    ]
}
