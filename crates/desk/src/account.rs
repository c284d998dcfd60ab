//! What happens to accounts, sessions and API keys, and what officers do that changes no report. Serialised as JSON
//! into the evidence log. Accounts and keys are named by id, never by name or login; failed sign-ins are counted, not
//! logged, since whoever floods the sign-in page would fill the log.

use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccountChange {
    /// An account was made.
    AccountCreated {
        /// Account id.
        account: String,
        /// Its role.
        role: Role,
    },
    /// Somebody proved who they are, with both factors.
    SignedIn {
        /// Account id.
        account: String,
        /// Public name of the session.
        session: String,
        /// By `passkey` or `oidc`; `None` means password and second factor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        way: Option<String>,
    },
    /// A passkey was added.
    PasskeyAdded {
        /// Account id.
        account: String,
        /// Passkey id.
        passkey: String,
        /// SHA-256 of its public key, hexadecimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// Account id.
        account: String,
        /// Passkey id.
        passkey: String,
    },
    /// A passkey's counter went backwards: there may be a copy of it. It lets nobody in any more.
    PasskeySuspect {
        /// Account id.
        account: String,
        /// Passkey id.
        passkey: String,
    },
    /// The account was connected with whom an OpenID Connect provider knows.
    OidcConnected {
        /// Account id.
        account: String,
        /// The provider. Its name for the person is personal data and not told.
        issuer: String,
    },
    /// The connection was ended.
    OidcDisconnected {
        /// Account id.
        account: String,
        /// The provider.
        issuer: String,
    },
    /// A new password was chosen.
    PasswordChanged {
        /// Account id.
        account: String,
    },
    /// An authenticator was enrolled.
    TotpEnrolled {
        /// Account id.
        account: String,
    },
    /// A recovery code stood in for the authenticator.
    RecoveryUsed {
        /// Account id.
        account: String,
        /// Codes that are left.
        left: u8,
    },
    /// New recovery codes were made; the old ones are worth nothing.
    RecoveryRenewed {
        /// Account id.
        account: String,
    },
    /// A session was ended on purpose.
    SessionEnded {
        /// Account id.
        account: String,
        /// Public name of the session; `None` means all but the one in use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
    },
    /// The account may do other things from now on.
    RoleChanged {
        /// Account id.
        account: String,
        /// Its new role.
        role: Role,
    },
    /// The account was closed and its sessions ended.
    AccountDisabled {
        /// Account id.
        account: String,
    },
    /// The account was opened again.
    AccountEnabled {
        /// Account id.
        account: String,
    },
    /// New first password, no authenticator, no sessions.
    AccountReset {
        /// Account id.
        account: String,
    },
    /// A partner's API key was made.
    ApiKeyCreated {
        /// Key id.
        key: String,
        /// The agency that fetches what is referred to it with the key, if it is one's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
    },
    /// A partner's API key was revoked.
    ApiKeyRevoked {
        /// Key id.
        key: String,
    },
    /// An officer made a token: a program may do in their name what they may.
    TokenMade {
        /// Token id.
        token: String,
        /// Account id.
        account: String,
        /// It may act, not only read.
        acts: bool,
        /// When it ends by itself.
        until: Micros,
        /// SHA-256 of the keyed hash that is kept of it, hexadecimal.
        digest: String,
    },
    /// A token was ended, by its owner or an administrator.
    TokenEnded {
        /// Token id.
        token: String,
    },
    /// The first use of a token on a day.
    TokenUsed {
        /// Token id.
        token: String,
        /// The day, as days since 1970 (UTC).
        day: i64,
    },
    /// A token was made by which an owner of machines fetches what it was told.
    PullTokenMade {
        /// Token id.
        token: String,
        /// Number of the constituent.
        constituent: u32,
        /// When it ends by itself.
        until: Micros,
        /// SHA-256 of the keyed hash that is kept of it, hexadecimal.
        digest: String,
    },
    /// Such a token was ended.
    PullTokenEnded {
        /// Token id.
        token: String,
    },
    /// The first use of such a token on a day.
    PullTokenUsed {
        /// Token id.
        token: String,
        /// The day, as days since 1970 (UTC).
        day: i64,
    },
    /// A webhook was made or changed: from now on it is like this.
    WebhookSet {
        /// Its id.
        webhook: String,
        /// The machine that it is sent to. The rest of the address may hold what only sender and receiver should know.
        to: String,
        /// SHA-256 of the whole address, hexadecimal.
        digest: String,
        /// Kinds of events that it is told.
        events: Vec<String>,
        /// It is on.
        live: bool,
    },
    /// A webhook got a new secret.
    WebhookSecret {
        /// Its id.
        webhook: String,
    },
    /// A webhook was switched off by the machine.
    WebhookOff {
        /// Its id.
        webhook: String,
        /// Why: `gone`, or `failing`.
        why: String,
    },
    /// A webhook was taken away, with what waited for it.
    WebhookRemoved {
        /// Its id.
        webhook: String,
    },
    /// An officer opened a report to read it. Changes nothing in the report, so it is no event of the report.
    ReportOpened {
        /// The report's number.
        no: i64,
    },
    /// An officer opened a case to read it.
    CaseRead {
        /// The case's number.
        no: i64,
    },
    /// Reports were taken out in bulk.
    ReportsExported {
        /// `csv` or `jsonl`.
        format: String,
        /// The category asked for; `None` means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
    },
    /// Something is to be done to a selection of reports. What is done to each stands in its own history.
    BulkBegun {
        /// Number of the selection.
        bulk: i64,
        /// How many reports.
        reports: u32,
        /// What.
        deeds: crate::bulk::Deeds,
        /// A second officer must agree first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asks: bool,
    },
    /// A second officer agreed to it, or declined, or it is to be taken back.
    BulkTurned {
        /// Number of the selection.
        bulk: i64,
        /// The stage that it is in from now on.
        stage: crate::bulk::Stage,
    },
    /// Mail about the reply of a decision on a cluster waits for a second officer; or one agreed to it, or declined it.
    ClusterMail {
        /// Number of the decision.
        decision: i64,
        /// The cluster that it was taken for.
        head: i64,
        /// `asked`; `doing` once somebody agreed; `declined`.
        stage: crate::bulk::Stage,
    },
    /// A search line was saved under a name.
    ViewSaved {
        /// Its id.
        view: String,
        /// For all who read reports.
        shared: bool,
    },
    /// A saved view got another name or line, or is shared or no longer.
    ViewChanged {
        /// Its id.
        view: String,
        /// For all who read reports.
        shared: bool,
    },
    /// A saved view was deleted.
    ViewDeleted {
        /// Its id.
        view: String,
    },
    /// The block list was taken out.
    BlockListExported {
        /// `csv` or `txt`.
        format: String,
        /// As it can be used, not defanged.
        raw: bool,
        /// How many observables.
        rows: u64,
    },
    /// Changed rules of retention were put into force, once it had been shown what they erase.
    RetentionAccepted {
        /// SHA-256 of the rules' file, hexadecimal.
        rules: String,
        /// Their version.
        version: u32,
        /// Parts of reports that they make due at once.
        now: u64,
        /// Further ones within the next 30 days.
        soon: u64,
    },
    /// A constituent was entered, imported or changed: from now on it is like this. Whom to tell there is personal data: a digest
    /// stands for it.
    ConstituentSet {
        /// Its number.
        constituent: u32,
        /// Its version from now on.
        version: u32,
        /// What was done.
        done: crate::constituent::decide::Done,
        /// The number of the contact that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<u32>,
        /// Salted SHA-256 of where it comes from and all but its contacts, hexadecimal.
        facts: String,
        /// The same of its contacts.
        people: String,
    },
    /// A constituent was taken away, with its contacts.
    ConstituentRemoved {
        /// Its number.
        constituent: u32,
    },
    /// An import of constituents was taken. What it did to each stands in an entry of its own.
    ConstituentsImported {
        /// Name of the source.
        source: String,
        /// SHA-256 of what was read but its contacts, hexadecimal.
        digest: String,
        /// New ones.
        fresh: u64,
        /// Changed ones.
        changed: u64,
        /// Those that are gone.
        gone: u64,
    },
    /// An OpenPGP key of a partner agency was brought.
    AgencyKeyCame {
        /// Code of the agency.
        agency: String,
        /// Its number at the agency, from 1.
        key: u32,
        /// Fingerprint, hexadecimal.
        fingerprint: String,
        /// SHA-256 of the key as it is kept, hexadecimal.
        digest: String,
    },
    /// Somebody compared its fingerprint by another road: from now on packages go sealed to it.
    AgencyKeyConfirmed {
        /// Code of the agency.
        agency: String,
        /// Number of the key.
        key: u32,
        /// The fingerprint that was compared, hexadecimal.
        fingerprint: String,
    },
    /// It went out of use.
    AgencyKeyDropped {
        /// Code of the agency.
        agency: String,
        /// Number of the key.
        key: u32,
    },
    /// Somebody whose mailbox is proved asks to be told about networks, or for a change of what we know of an organisation.
    ClaimMade {
        /// Its number.
        claim: i64,
        /// The constituent whose contact asks for a change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        constituent: Option<u32>,
        /// The number of that contact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<u32>,
        /// Salted SHA-256 of what is asked for, hexadecimal.
        wish: String,
    },
    /// An officer took a claim, whole or in parts. What it did to the constituent stands in entries of its own.
    ClaimSettled {
        /// Its number.
        claim: i64,
        /// The constituent that has it now.
        constituent: u32,
        /// The number of the contact that asked, if there is one now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<u32>,
        /// Parts that were taken.
        taken: u32,
        /// Parts that were not.
        left: u32,
        /// Salted SHA-256 of the answer, hexadecimal.
        answer: String,
    },
    /// An officer refused a claim.
    ClaimRefused {
        /// Its number.
        claim: i64,
        /// Salted SHA-256 of the answer, hexadecimal.
        answer: String,
    },
    /// Words and mailbox of a claim that was decided had their time.
    ClaimErased {
        /// Its number.
        claim: i64,
    },
    /// A contact was asked by mail whether it is right.
    ContactAsked {
        /// The constituent.
        constituent: u32,
        /// The contact.
        contact: u32,
        /// The how-manieth time.
        round: u32,
    },
    /// Constituents were taken out, with their contacts.
    ConstituentsExported {
        /// How many.
        rows: u64,
    },
    /// A source of machine reports was made or changed: from now on it is like this.
    FeedSourceSet {
        /// Its number.
        source: i64,
        /// Its code.
        code: String,
        /// How its reports come.
        way: crate::source::SourceKind,
        /// SHA-256 of all that was decided of it, hexadecimal: its address may be what only we and the source should know.
        digest: String,
        /// It is on.
        live: bool,
    },
    /// A source of machine reports got another secret, or none.
    FeedSourceSecret {
        /// Its number.
        source: i64,
    },
    /// A source of machine reports was taken away.
    FeedSourceRemoved {
        /// Its number.
        source: i64,
    },
    /// Somebody sent a machine report.
    FeedReceived {
        /// Its number in the queue.
        arrival: i64,
        /// Number of its source.
        source: i64,
        /// SHA-256 of its bytes, hexadecimal.
        digest: String,
    },
    /// Somebody had rows of machine reports read again.
    FeedReplayed {
        /// Number in the queue.
        arrival: i64,
        /// Number of the source.
        source: i64,
    },
}

/// One line of the log that concerns no report's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: AccountChange,
}

impl AccountChange {
    /// Every kind as the JSON names it, for filters.
    pub const KINDS: [&'static str; 54] = [
        "account_created",
        "signed_in",
        "passkey_added",
        "passkey_removed",
        "passkey_suspect",
        "oidc_connected",
        "oidc_disconnected",
        "password_changed",
        "totp_enrolled",
        "recovery_used",
        "recovery_renewed",
        "session_ended",
        "role_changed",
        "account_disabled",
        "account_enabled",
        "account_reset",
        "api_key_created",
        "api_key_revoked",
        "report_opened",
        "case_read",
        "reports_exported",
        "cluster_mail",
        "view_saved",
        "view_changed",
        "view_deleted",
        "block_list_exported",
        "retention_accepted",
        "token_made",
        "token_ended",
        "token_used",
        "pull_token_made",
        "pull_token_ended",
        "pull_token_used",
        "webhook_set",
        "webhook_secret",
        "webhook_off",
        "webhook_removed",
        "constituent_set",
        "constituent_removed",
        "constituents_imported",
        "constituents_exported",
        "claim_made",
        "claim_settled",
        "claim_refused",
        "claim_erased",
        "contact_asked",
        "feed_source_set",
        "feed_source_secret",
        "feed_source_removed",
        "feed_received",
        "feed_replayed",
        "agency_key_came",
        "agency_key_confirmed",
        "agency_key_dropped",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_keep_their_form() {
        let event = AccountEvent {
            at: Micros(7),
            by: Actor::User("a1".into()),
            change: AccountChange::ReportOpened { no: 12 },
        };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(
            json,
            r#"{"at":7,"by":{"user":"a1"},"kind":"report_opened","no":12}"#
        );
        assert_eq!(serde_json::from_str::<AccountEvent>(&json).unwrap(), event);
        let role = AccountChange::RoleChanged {
            account: "a2".into(),
            role: Role::Lead,
        };
        assert_eq!(
            serde_json::to_string(&role).unwrap(),
            r#"{"kind":"role_changed","account":"a2","role":"lead"}"#
        );
        assert!(AccountChange::KINDS.contains(&"role_changed"));
    }
}
