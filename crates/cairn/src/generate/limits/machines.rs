//! The limits of the officers' API, of tokens and of webhooks.

use cairn_app::{account, webhook};
use cairn_web::api::desk;

use super::{Row, bytes, of, seconds, time};

/// Of programs that act for officers, and of what is told to programs.
pub(super) fn limits() -> Vec<Row> {
    let mut all = vec![
        of(
            "TOKENS_MAX",
            account::TOKENS_MAX,
            "live tokens of one account",
        ),
        of(
            "TOKEN_DAYS_MAX",
            account::TOKEN_DAYS_MAX,
            "days that a token lives at most",
        ),
        of(
            "CALLS_BURST",
            desk::CALLS_BURST,
            "calls that one token has at once",
        ),
        of(
            "CALLS_A_SECOND",
            desk::CALLS_A_SECOND,
            "calls that one token gets back a second",
        ),
        bytes("CALL_BYTES_MAX", desk::CALL_BYTES_MAX, "one call's body"),
    ];
    all.extend(webhooks());
    all
}

/// Of what is told to programs.
fn webhooks() -> Vec<Row> {
    vec![
        of("WEBHOOKS_MAX", webhook::rows::WEBHOOKS_MAX, "webhooks"),
        bytes(
            "URL_BYTES_MAX",
            webhook::URL_BYTES_MAX as u64,
            "a webhook's address",
        ),
        of(
            "DESCRIPTION_CHARS_MAX",
            webhook::DESCRIPTION_CHARS_MAX,
            "characters of its description",
        ),
        of(
            "QUEUE_MAX",
            webhook::QUEUE_MAX,
            "deliveries that wait for one receiver; beyond it the log keeps what is to be told",
        ),
        of(
            "ATTEMPTS_MAX",
            webhook::ATTEMPTS_MAX,
            "attempts of one delivery",
        ),
        seconds(
            "WAIT_SECONDS_MAX",
            webhook::WAIT_SECONDS_MAX,
            "between two attempts",
        ),
        of(
            "FAILING_DAYS_MAX",
            webhook::FAILING_DAYS_MAX,
            "days without any arrival, after which a webhook is switched off",
        ),
        of(
            "KEPT_DAYS",
            webhook::KEPT_DAYS,
            "days for which deliveries are shown",
        ),
        seconds(
            "ROTATION_SECONDS",
            webhook::ROTATION_SECONDS,
            "for which an old secret signs beside the new one",
        ),
        time(
            "CONNECT_TIME_MAX",
            webhook::CONNECT_TIME_MAX,
            "connecting to a receiver, TLS included",
        ),
        time(
            "ANSWER_TIME_MAX",
            webhook::ANSWER_TIME_MAX,
            "a receiver's answer",
        ),
        bytes(
            "ANSWER_BYTES_MAX",
            webhook::ANSWER_BYTES_MAX as u64,
            "a receiver's answer that is kept to be shown",
        ),
    ]
}
