//! The limits of constituents.

use cairn_desk::constituent::{self, claim, import, plan, typed};

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
    .into_iter()
    .chain(claims())
    .collect()
}

/// What organisations ask for by themselves.
fn claims() -> [Row; 9] {
    let days = |name, days: i64, what| of(name, format!("{days} days"), what);
    [
        of(
            "CLAIM_ASSETS_MAX",
            claim::CLAIM_ASSETS_MAX,
            "networks, domains and AS numbers of one claim",
        ),
        days(
            "CLAIM_PROVE_DAYS",
            claim::CLAIM_PROVE_DAYS,
            "a mailbox must be proved within",
        ),
        days(
            "CLAIM_KEEP_DAYS",
            claim::CLAIM_KEEP_DAYS,
            "words of a claim are kept after the decision",
        ),
        of(
            "CLAIMS_UNPROVED_MAX",
            claim::CLAIMS_UNPROVED_MAX,
            "claims whose mailbox is not proved yet",
        ),
        of(
            "CLAIMS_MAILBOX_MAX",
            claim::CLAIMS_MAILBOX_MAX,
            "of these with the same mailbox",
        ),
        of(
            "CLAIMS_WAITING_MAX",
            claim::CLAIMS_WAITING_MAX,
            "claims of one mailbox or constituent that wait",
        ),
        of(
            "ASKS_MAX",
            claim::ASKS_MAX,
            "mails that ask a contact in its year whether it is right",
        ),
        days(
            "ASK_EVERY_DAYS",
            i64::from(claim::ASK_EVERY_DAYS),
            "between two of these",
        ),
        of(
            "ASKS_TURN_MAX",
            cairn_app::constituent::claim::ASKS_TURN_MAX,
            "contacts that are asked in an hour",
        ),
    ]
}
