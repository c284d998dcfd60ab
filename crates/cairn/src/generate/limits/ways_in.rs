//! The limits of signing in by passkey and at a provider.

use cairn_app::account;

use super::{Row, bytes, of, seconds, time};

/// By passkey and at a provider.
pub(super) fn limits() -> Vec<Row> {
    vec![
        of(
            "PASSKEYS_MAX",
            account::PASSKEYS_MAX,
            "passkeys of one account",
        ),
        of(
            "PASSKEY_NAME_CHARS_MAX",
            account::PASSKEY_NAME_CHARS_MAX,
            "characters of a passkey's name",
        ),
        seconds(
            "PENDING_ANSWER_SECONDS",
            account::PENDING_ANSWER_SECONDS,
            "for a passkey's answer, or for coming back from the provider",
        ),
        seconds(
            "PROVED_SECONDS",
            account::PROVED_SECONDS,
            "for which a proof holds that it is still the same person",
        ),
        time(
            "PROVIDER_TIME_MAX",
            account::oidc::PROVIDER_TIME_MAX,
            "one request to the provider",
        ),
        bytes(
            "PROVIDER_BYTES_MAX",
            account::oidc::PROVIDER_BYTES_MAX as u64,
            "one answer of the provider",
        ),
        seconds(
            "SKEW_SECONDS",
            account::oidc::SKEW_SECONDS,
            "by which the provider's clock may differ",
        ),
        seconds(
            "TOKEN_SECONDS_MAX",
            account::oidc::TOKEN_SECONDS_MAX,
            "after which the provider's word is too old",
        ),
    ]
}
