//! What a session is begun with: proof that somebody is who they say. A session without a checked proof cannot be written down,
//! and a proof that was checked cannot be passed over unseen (GitLab issue 585333: the outcome of a check was ignored).

use cairn_store::account::Stage;
use webauthn_rs::prelude::AuthenticationResult;

use super::oidc::Verified;
use super::session::Seen;

/// What opened a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A password, and then a second factor.
    Password,
    /// A passkey.
    Passkey,
    /// An OpenID Connect provider, and then a second factor unless the settings trust it.
    Oidc,
}

impl Way {
    /// The name in the database and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Oidc => "oidc",
        }
    }

    pub(super) fn read(text: &str) -> Self {
        match text {
            "passkey" => Self::Passkey,
            "oidc" => Self::Oidc,
            _ => Self::Password,
        }
    }
}

/// Somebody proved who they are, so far.
#[must_use]
#[derive(Debug)]
pub(super) struct Proof {
    account: String,
    stage: Stage,
    way: Way,
}

/// The outcome of comparing a secret, which must be looked at.
#[must_use]
#[derive(Debug)]
pub(super) struct Right(());

impl Right {
    /// `Some` if it was right.
    pub(super) fn of(right: bool) -> Option<Self> {
        right.then_some(Self(()))
    }
}

impl Proof {
    /// The password was right.
    pub(super) fn password(account: &str, _checked: &Right) -> Self {
        Self {
            account: account.to_owned(),
            stage: Stage::Password,
            way: Way::Password,
        }
    }

    /// As far as a half-done sign-in has come already.
    pub(super) fn still_half(seen: &Seen) -> Self {
        Self {
            account: seen.account.id.clone(),
            stage: Stage::Password,
            way: Way::read(&seen.session.way),
        }
    }

    /// The second factor was right as well.
    pub(super) fn second(seen: &Seen, _checked: &Right) -> Self {
        Self {
            stage: Stage::Full,
            ..Self::still_half(seen)
        }
    }

    /// An assertion was checked, and the authenticator had verified its user: both factors. `None` if it had not.
    pub(super) fn passkey(account: &str, checked: &AuthenticationResult) -> Option<Self> {
        checked.user_verified().then(|| Self {
            account: account.to_owned(),
            stage: Stage::Full,
            way: Way::Passkey,
        })
    }

    /// A provider's word was checked.
    pub(super) fn provider(account: &str, _checked: &Verified, second_is_asked: bool) -> Self {
        Self {
            account: account.to_owned(),
            stage: if second_is_asked {
                Stage::Password
            } else {
                Stage::Full
            },
            way: Way::Oidc,
        }
    }

    pub(super) fn account(&self) -> &str {
        &self.account
    }

    pub(super) const fn stage(&self) -> Stage {
        self.stage
    }

    pub(super) const fn way(&self) -> Way {
        self.way
    }
}
