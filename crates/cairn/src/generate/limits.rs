//! The reference page of the limits that are no settings.

mod constituents;
mod feeds;
mod import;
mod machines;
mod notices;
mod of_cases;
mod openpgp;
mod tenants;
mod ways_in;

use std::time::Duration;

use cairn_app::{account, pace, uploads};
use cairn_desk::{challenge, form, lmtp, mail, report as reports};
use cairn_store::{blob, evidence, job, report as rows, retention, room, writer};
use cairn_track::office::returns;
use cairn_web::server::ServerSettings;
use cairn_web::{desk, intake, report as door};

/// Name, value with its unit, and of what.
type Row = (&'static str, String, &'static str);

fn of(name: &'static str, value: impl std::fmt::Display, what: &'static str) -> Row {
    (name, value.to_string(), what)
}

fn seconds(name: &'static str, value: i64, what: &'static str) -> Row {
    (name, format!("{value} s"), what)
}

fn time(name: &'static str, value: Duration, what: &'static str) -> Row {
    (name, format!("{} s", value.as_secs_f64()), what)
}

fn bytes(name: &'static str, value: u64, what: &'static str) -> Row {
    let value = match value {
        value if value >= 1 << 20 && value.is_multiple_of(1 << 20) => {
            format!("{} MiB", value >> 20)
        }
        value if value >= 1 << 10 && value.is_multiple_of(1 << 10) => {
            format!("{} KiB", value >> 10)
        }
        value => format!("{value} B"),
    };
    (name, value, what)
}

/// The page, in Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# Limits\n\nMade by `cargo xtask generate`; do not edit. Limits that can be set are in \
         [settings.md](settings.md); those of a form are in its files (see [forms.md](../forms.md)).\n",
    );
    for (title, rows) in [
        ("Connections and requests", connections()),
        ("Tenants", tenants::limits()),
        ("What strangers send", strangers()),
        ("Mail", mails()),
        ("Conversation by mail", conversation()),
        ("Encrypted mail", openpgp::limits()),
        ("S/MIME", openpgp::smime()),
        ("Reports", of_reports()),
        ("Cases", of_cases::limits()),
        ("Coming from elsewhere", import::limits()),
        ("Machine reports", feeds::limits()),
        ("Rules", of_rules()),
        ("Shift", of_shift()),
        ("Referrals", referrals()),
        ("Challenges of figures", challenges()),
        ("Returns on a plan", of_returns()),
        ("Signing in", signing_in()),
        ("Signing in by passkey and at a provider", ways_in::limits()),
        ("Officers' API and webhooks", machines::limits()),
        ("Constituents", constituents::limits()),
        ("Notices to owners", notices::limits()),
        ("What owners fetch", notices::pull()),
        ("Behind the requests", behind()),
    ] {
        out.push_str(&format!(
            "\n## {title}\n\n| limit | value | of what |\n| --- | ---: | --- |\n"
        ));
        for (name, value, what) in rows {
            out.push_str(&format!("| `{name}` | {value} | {what} |\n"));
        }
    }
    out
}

fn connections() -> Vec<Row> {
    let server = ServerSettings::default();
    vec![
        of(
            "headers_max",
            server.headers_max,
            "header fields of one request",
        ),
        time(
            "body_grace",
            server.body_grace,
            "before a body's rate is judged (`server.body_rate_min`)",
        ),
        time(
            "write_stall_max",
            server.write_stall_max,
            "that a peer may read nothing of an answer",
        ),
        of(
            "parked_max",
            server.parked_max,
            "connections that wait unread for their turn; then the listener's queue waits",
        ),
        of(
            "prefix_parked_max",
            server.prefix_parked_max,
            "of these for one network; what comes on top is closed",
        ),
        time(
            "tls_look_every",
            server.tls_look_every,
            "between two looks for a new certificate",
        ),
        time(
            "DELAY_MAX",
            pace::DELAY_MAX,
            "that one submission of a loud network waits (`server.network_minute_max`)",
        ),
        bytes(
            "STEP_BYTES",
            pace::STEP_BYTES as u64,
            "of a submission that count as one more of them",
        ),
        of(
            "NETWORKS_MAX",
            pace::NETWORKS_MAX,
            "networks whose submissions are counted at one time",
        ),
        of(
            "UPLOADS_PARALLEL",
            intake::UPLOADS_PARALLEL,
            "uploads taken in at one time; more wait their turn",
        ),
        time(
            "PATIENCE",
            intake::PATIENCE,
            "that a sender holds a place while the body comes",
        ),
        of(
            "TRIES_MAX",
            intake::TRIES_MAX,
            "failed tries to open a report that one network has at once",
        ),
        of(
            "TRIES_A_SECOND",
            intake::TRIES_A_SECOND,
            "of them that come back each second",
        ),
    ]
}

fn strangers() -> Vec<Row> {
    vec![
        bytes(
            "FORM_BYTES_MAX",
            door::FORM_BYTES_MAX,
            "one page of the form",
        ),
        bytes(
            "SMALL_BYTES_MAX",
            door::SMALL_BYTES_MAX,
            "the small forms beside it",
        ),
        bytes(
            "JSON_BYTES_MAX",
            form::JSON_BYTES_MAX as u64,
            "a report by the API",
        ),
        of(
            "PROBLEMS_MAX",
            form::PROBLEMS_MAX,
            "faults named in one answer",
        ),
        of("FIELDS_MAX", form::FIELDS_MAX, "fields of one form"),
        bytes(
            "FIELD_BYTES_MAX",
            form::FIELD_BYTES_MAX as u64,
            "all fields of one form",
        ),
        bytes(
            "DRAFT_BYTES_SMALL",
            uploads::DRAFT_BYTES_SMALL as u64,
            "a half-filled form that is always kept, while the disk lasts",
        ),
        seconds(
            "DRAFT_SECONDS",
            cairn_app::draft::DRAFT_SECONDS,
            "that a half-filled form, or a file that nothing names, is kept",
        ),
        bytes(
            "FILE_BYTES_MIN",
            uploads::FILE_BYTES_MIN,
            "that a file counts for at least (`files.network_day_max`)",
        ),
        bytes(
            "LOOK_BYTES",
            uploads::LOOK_BYTES,
            "of an upload after which the disk is looked at again (`files.reserve`)",
        ),
        bytes(
            "desk FORM_BYTES_MAX",
            desk::FORM_BYTES_MAX,
            "a form of the desk",
        ),
        bytes(
            "RECEIPT_BYTES_MAX",
            cairn_evidence::receipt::RECEIPT_BYTES_MAX as u64,
            "a receipt that is read",
        ),
    ]
}

fn mails() -> Vec<Row> {
    vec![
        bytes(
            "MESSAGE_BYTES_MAX",
            crate::mail::MESSAGE_BYTES_MAX,
            "a message that `cairn report import-mail` reads",
        ),
        bytes(
            "MAIL_BYTES_MAX",
            mail::MAIL_BYTES_MAX as u64,
            "a message that is taken",
        ),
        of("MAIL_PARTS_MAX", mail::MAIL_PARTS_MAX, "parts of a message"),
        of(
            "MAIL_DEPTH_MAX",
            mail::MAIL_DEPTH_MAX,
            "levels of parts within parts",
        ),
        of(
            "MAIL_HEADERS_MAX",
            mail::MAIL_HEADERS_MAX,
            "header fields of a message",
        ),
        bytes(
            "MAIL_HEADER_BYTES_MAX",
            mail::MAIL_HEADER_BYTES_MAX as u64,
            "a message's head",
        ),
        bytes(
            "MAIL_FIELD_BYTES_MAX",
            mail::MAIL_FIELD_BYTES_MAX as u64,
            "one header field",
        ),
        bytes(
            "MAIL_TEXT_BYTES_MAX",
            mail::MAIL_TEXT_BYTES_MAX as u64,
            "text that becomes the story",
        ),
        of(
            "MAIL_RECEIVED_MAX",
            mail::MAIL_RECEIVED_MAX,
            "servers on the way that are noted",
        ),
    ]
}

/// The conversation by mail, and the door for mail servers.
fn conversation() -> Vec<Row> {
    vec![
        of(
            "MAILS_MAX",
            reports::MAILS_MAX,
            "mails on the thread of a report",
        ),
        of(
            "THREAD_IDS_MAX",
            mail::THREAD_IDS_MAX,
            "messages that one says it answers",
        ),
        of(
            "MAILS_A_DAY_MAX",
            cairn_app::conversation::MAILS_A_DAY_MAX,
            "mails that machines send to one address a day",
        ),
        of(
            "CANNED_MAX",
            cairn_desk::canned::CANNED_MAX,
            "answers that officers send often",
        ),
        of(
            "MARKS_MAX",
            cairn_desk::redact::MARKS_MAX,
            "places of an answer that can be kept from being masked",
        ),
        bytes(
            "KEY_BYTES_MAX",
            cairn_app::dkim::KEY_BYTES_MAX,
            "the file of a DKIM key",
        ),
        of(
            "LMTP_CONNECTIONS_MAX",
            crate::lmtp::LMTP_CONNECTIONS_MAX,
            "mail servers at the same time by LMTP",
        ),
        bytes(
            "LMTP_LINE_BYTES_MAX",
            lmtp::LMTP_LINE_BYTES_MAX as u64,
            "a command of LMTP",
        ),
        of(
            "LMTP_RECIPIENTS_MAX",
            lmtp::LMTP_RECIPIENTS_MAX,
            "recipients of a message by LMTP",
        ),
        of(
            "LMTP_FAULTS_MAX",
            lmtp::LMTP_FAULTS_MAX,
            "commands without sense, then a session ends",
        ),
        time(
            "LMTP_LINE_TIME_MAX",
            crate::lmtp::LMTP_LINE_TIME_MAX,
            "waiting for a command of LMTP",
        ),
        time(
            "LMTP_DATA_TIME_MAX",
            crate::lmtp::LMTP_DATA_TIME_MAX,
            "a message by LMTP to come in whole",
        ),
    ]
}

fn of_reports() -> Vec<Row> {
    vec![
        of(
            "MESSAGE_CHARS_MAX",
            cairn_desk::report::MESSAGE_CHARS_MAX,
            "characters of one message between reporter and officer",
        ),
        of(
            "MESSAGES_MAX",
            reports::MESSAGES_MAX,
            "messages on one report",
        ),
        of(
            "FILES_MAX",
            reports::FILES_MAX,
            "files on one report in all, later ones included",
        ),
        of(
            "OBSERVABLES_MAX",
            cairn_kernel::observable::OBSERVABLES_MAX,
            "observables taken from one text",
        ),
        of(
            "TITLE_CHARS_MAX",
            cairn_kernel::text::TITLE_CHARS_MAX,
            "characters of a report's title in lists",
        ),
        of(
            "SEARCH_WORDS_MAX",
            cairn_desk::search::WORDS_MAX,
            "words of one search",
        ),
        of(
            "SEARCH_LINE_CHARS_MAX",
            cairn_desk::search::LINE_CHARS_MAX,
            "characters of a search line",
        ),
        of(
            "SEARCH_TERMS_MAX",
            cairn_desk::search::TERMS_MAX,
            "words and filters of a search line",
        ),
        of(
            "LOOKED_ROWS_MAX",
            rows::LOOKED_ROWS_MAX,
            "reports that one page of a search looks at where no index answers it",
        ),
        of(
            "READ_BODIES_MAX",
            cairn_app::search::READ_BODIES_MAX,
            "reports that one page of a search for a phrase reads",
        ),
        of(
            "VIEWS_MAX",
            cairn_desk::view::VIEWS_MAX,
            "saved views of one account",
        ),
        of("LIST_ROWS_MAX", rows::LIST_ROWS_MAX, "rows of one list"),
        of(
            "EVIDENCE_ROWS_MAX",
            evidence::EVIDENCE_ROWS_MAX,
            "rows of one page of the audit trail",
        ),
        of(
            "KEYS_REMEMBERED_MAX",
            cairn_store::once::KEYS_REMEMBERED_MAX,
            "idempotency keys remembered in memory; with more, the older half is looked up in the database",
        ),
    ]
}

fn of_returns() -> Vec<Row> {
    vec![
        of(
            "CLAIM_CHARS_MAX",
            returns::CLAIM_CHARS_MAX,
            "characters of a claim, in each language",
        ),
        of(
            "REMARK_CHARS_MAX",
            returns::REMARK_CHARS_MAX,
            "characters of a note or dissent, in each language",
        ),
        of(
            "NOTE_CHARS_MAX",
            returns::NOTE_CHARS_MAX,
            "characters of a remark on a value, or of why a series breaks",
        ),
        of(
            "NAME_CHARS_MAX",
            returns::NAME_CHARS_MAX,
            "characters of a name, role or title of a source",
        ),
        of(
            "URL_CHARS_MAX",
            returns::URL_CHARS_MAX,
            "characters of an address",
        ),
        of(
            "EVIDENCE_MAX",
            returns::EVIDENCE_MAX,
            "sources of one return",
        ),
        of(
            "ID_CHARS_MAX",
            returns::ID_CHARS_MAX,
            "characters of a return's id",
        ),
    ]
}

fn signing_in() -> Vec<Row> {
    vec![
        of(
            "PASSWORD_CHARS_MIN",
            account::PASSWORD_CHARS_MIN,
            "characters of a password at least",
        ),
        bytes(
            "PASSWORD_BYTES_MAX",
            account::PASSWORD_BYTES_MAX as u64,
            "a password",
        ),
        of(
            "PAIR_FREE",
            account::PAIR_FREE,
            "tries at one login from one network before waiting begins",
        ),
        seconds(
            "PAIR_WAIT_MAX",
            account::PAIR_WAIT_MAX,
            "that such a try waits",
        ),
        of(
            "NETWORK_FREE",
            account::NETWORK_FREE,
            "failures from one network before waiting begins there",
        ),
        seconds(
            "NETWORK_WAIT_MAX",
            account::NETWORK_WAIT_MAX,
            "that a whole network waits",
        ),
        seconds(
            "FORGET_AFTER",
            account::FORGET_AFTER,
            "after which old tries are forgotten (at most twice as long)",
        ),
        of(
            "CODE_TRIES_MAX",
            account::CODE_TRIES_MAX,
            "wrong codes before the sign-in begins anew",
        ),
        of(
            "RECOVERY_CODES",
            account::RECOVERY_CODES,
            "recovery codes of one account",
        ),
        seconds(
            "PENDING_SECONDS_MAX",
            account::PENDING_SECONDS_MAX,
            "between the password and the end of the sign-in",
        ),
        seconds(
            "SESSION_IDLE_SECONDS_MAX",
            account::SESSION_IDLE_SECONDS_MAX,
            "without a request after which a session is over",
        ),
        seconds(
            "SESSION_SECONDS_MAX",
            account::SESSION_SECONDS_MAX,
            "after which a session is over, however busy",
        ),
    ]
}

fn of_rules() -> Vec<Row> {
    use cairn_app::rules::{BACK_HOURS_MAX, BACK_REPORTS_MAX, TRIAL_DAYS, TRIAL_REPORTS_MAX};
    use cairn_desk::rules as desk;
    vec![
        of(
            "RULES_MAX",
            desk::RULES_MAX,
            "rules of the desk, on or not; they are never deleted",
        ),
        of("RULES_ON_MAX", desk::RULES_ON_MAX, "rules that are on"),
        of("VERSIONS_MAX", desk::VERSIONS_MAX, "versions of one rule"),
        of("DEEDS_MAX", desk::DEEDS_MAX, "things that a rule does"),
        (
            "REPLY_CHARS_MAX",
            format!("{} characters", desk::REPLY_CHARS_MAX),
            "what a rule writes to a reporter, in each language",
        ),
        of(
            "HOUR_HITS_MAX",
            desk::HOUR_HITS_MAX,
            "reports that a rule may touch in one hour before it stops itself; each rule has its own number below that",
        ),
        of(
            "TOUCHED_ALONE_MAX",
            desk::TOUCHED_ALONE_MAX,
            "reports touched in a dry run above which a second person switches the rule on",
        ),
        (
            "TRIAL_DAYS",
            format!("{TRIAL_DAYS} days"),
            "how far a dry run looks back",
        ),
        (
            "TRIAL_DAYS_MAX",
            format!("{} days", desk::TRIAL_DAYS_MAX),
            "how old a dry run may be when a rule is switched on",
        ),
        of(
            "TRIAL_REPORTS_MAX",
            TRIAL_REPORTS_MAX,
            "reports that a dry run looks at, the newest",
        ),
        (
            "BACK_HOURS_MAX",
            format!("{BACK_HOURS_MAX} hours"),
            "how far back what a rule did is taken back at once",
        ),
        of(
            "BACK_REPORTS_MAX",
            BACK_REPORTS_MAX,
            "reports of which it is taken back at once",
        ),
    ]
}

fn of_shift() -> Vec<Row> {
    use cairn_app::shift::{NOTES_PAGE, rows};
    vec![
        (
            "NOTE_CHARS_MAX",
            format!("{} characters", cairn_desk::shift::NOTE_CHARS_MAX),
            "a handover note",
        ),
        of("NOTES_PAGE", NOTES_PAGE, "handover notes of one page"),
        of(
            "CELL_REPORTS_MAX",
            rows::CELL_REPORTS_MAX,
            "open reports of one severity and piece of the past that are counted",
        ),
        of(
            "LOAD_REPORTS_MAX",
            rows::LOAD_REPORTS_MAX,
            "open reports of one officer that are counted",
        ),
        of(
            "CASES_COUNTED_MAX",
            rows::CASES_COUNTED_MAX,
            "cases that are counted by owner",
        ),
        of(
            "CLOCKS_COUNTED_MAX",
            rows::CLOCKS_COUNTED_MAX,
            "clocks that are counted",
        ),
        of(
            "ANSWERS_MAX",
            rows::ANSWERS_MAX,
            "first answers, the newest, whose waits are looked at",
        ),
        of(
            "CATEGORY_REPORTS_MAX",
            rows::CATEGORY_REPORTS_MAX,
            "reports of one category and quarter that are counted",
        ),
        of(
            "CLOSINGS_MAX",
            rows::CLOSINGS_MAX,
            "closings of a quarter that are counted",
        ),
    ]
}

fn referrals() -> Vec<Row> {
    use cairn_desk::{agency, referral};
    let chars = |name, value: usize, what| (name, format!("{value} characters"), what);
    vec![
        of(
            "REFERRALS_MAX",
            referral::REFERRALS_MAX,
            "referrals of one report, those withdrawn included",
        ),
        chars(
            "TEXT_CHARS_MAX",
            referral::TEXT_CHARS_MAX,
            "an agency's reference, its words, why a law applies, how it was asked again",
        ),
        of(
            "REFERRAL_ROWS_MAX",
            cairn_store::referral::REFERRAL_ROWS_MAX,
            "referrals of one page of a list, and of one answer of the API",
        ),
        of(
            "CHASE_DAYS",
            agency::CHASE_DAYS,
            "days until an agency is asked again, where its entry says nothing (`chase_days`)",
        ),
        of(
            "CHASE_DAYS_MAX",
            agency::CHASE_DAYS_MAX,
            "days that an entry may say",
        ),
    ]
}

fn challenges() -> Vec<Row> {
    let chars = |name, value: usize, what| (name, format!("{value} characters"), what);
    vec![
        chars(
            "WRONG_CHARS_MAX",
            challenge::WRONG_CHARS_MAX,
            "what is wrong",
        ),
        chars(
            "RIGHT_CHARS_MAX",
            challenge::RIGHT_CHARS_MAX,
            "what would be right",
        ),
        chars("LINK_CHARS_MAX", challenge::LINK_CHARS_MAX, "an address"),
        chars(
            "NAME_CHARS_MAX",
            challenge::NAME_CHARS_MAX,
            "a name to be shown",
        ),
        chars(
            "ANSWER_CHARS_MAX",
            challenge::ANSWER_CHARS_MAX,
            "an answer in one language",
        ),
        chars(
            "REASON_CHARS_MAX",
            challenge::REASON_CHARS_MAX,
            "a reason for not showing words",
        ),
        of(
            "ANSWERS_MAX",
            challenge::ANSWERS_MAX,
            "answers to one challenge: the first and its corrections",
        ),
        of(
            "CHALLENGES_PAGE",
            cairn_app::challenge::CHALLENGES_PAGE,
            "challenges of one page of a list, or of one document",
        ),
    ]
}

fn behind() -> Vec<Row> {
    vec![
        of(
            "GROUP_UNITS_MAX",
            writer::GROUP_UNITS_MAX,
            "changes in one transaction; of many that wait, a third",
        ),
        of(
            "GROUP_UNITS_MIN",
            writer::GROUP_UNITS_MIN,
            "changes that one transaction takes if so many wait",
        ),
        of(
            "QUEUE_UNITS_MAX",
            writer::QUEUE_UNITS_MAX,
            "changes waiting for the writer; more wait at the door",
        ),
        bytes(
            "BALLAST_BYTES",
            room::BALLAST_BYTES,
            "given up first when the disk is full",
        ),
        bytes(
            "CHUNK_BYTES",
            blob::CHUNK_BYTES as u64,
            "sealed at a time in a stored file",
        ),
        of(
            "ATTEMPTS_MAX",
            job::ATTEMPTS_MAX,
            "attempts at a job before it is given up and shown",
        ),
        of(
            "RETENTION_ROWS_MAX",
            retention::RETENTION_ROWS_MAX,
            "closed reports looked at in one go (`service.retention`)",
        ),
        of(
            "ERASE_REPORTS_MAX",
            retention::ERASE_REPORTS_MAX as i64,
            "reports of which parts are erased in one turn; the rest follows at the next",
        ),
        of(
            "REASON_CHARS_MAX",
            cairn_app::hold::REASON_CHARS_MAX as i64,
            "characters in the reason of a legal hold",
        ),
        bytes(
            "PIECE_BYTES_MAX",
            crate::out::PIECE_BYTES_MAX as u64,
            "one piece of an answer over the control socket",
        ),
        bytes(
            "WISH_BYTES_MAX",
            crate::control::WISH_BYTES_MAX,
            "a wish over the control socket",
        ),
        time(
            "ANSWER_TIME_MAX",
            crate::control::ANSWER_TIME_MAX,
            "that a command waits for the next piece of an answer",
        ),
    ]
}
