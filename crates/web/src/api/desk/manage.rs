//! What administrators and auditors look after: accounts, keys, jobs, tokens, the audit trail, keeping times, reports in bulk.

use std::collections::BTreeMap;

use axum::response::Response;
use cairn_app::account::{AccountError, AccountView, Doer, TokenRow};
use cairn_app::audit::{AuditQuery, Logged};
use cairn_app::retention::{NEWEST, Standing};
use cairn_desk::access::Action;
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, choice, file, read, told};
use super::common::{DeskDone, DeskNothing, DeskPeople, people_of, when};
use crate::desk::{Need, export_file};
use crate::problem::{Kind, Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let any = Need::SignedIn;
    let manage = Need::May(Action::ManageAccounts);
    let mut all = vec![
        read(
            "/api/v1/desk/me",
            any,
            "Whose token this is, and what it may do",
            me,
        ),
        read(
            "/api/v1/desk/people",
            any,
            "Names of accounts and partners' keys by id",
            people,
        ),
        read("/api/v1/desk/tokens", any, "One's own tokens", tokens),
        act(
            "/api/v1/desk/tokens/{id}/end",
            any,
            "End a token: one's own, or as an administrator anybody's",
            end_token,
        ),
        read(
            "/api/v1/desk/tokens/all",
            manage,
            "Everybody's live tokens",
            all_tokens,
        ),
        read("/api/v1/desk/accounts", manage, "List accounts", accounts),
        act(
            "/api/v1/desk/accounts/{id}/role",
            manage,
            "Change what an account may do",
            role,
        ),
        act(
            "/api/v1/desk/accounts/{id}/state",
            manage,
            "Close an account, or open it again",
            state,
        ),
        read("/api/v1/desk/keys", manage, "List partners' API keys", keys),
        read("/api/v1/desk/jobs", manage, "Jobs that were given up", jobs),
        act(
            "/api/v1/desk/jobs/{id}/again",
            manage,
            "Try a job again",
            job_again,
        ),
    ];
    all.extend(of_records());
    all
}

fn of_records() -> Vec<Call> {
    let audits = Need::May(Action::ReadAudit);
    let keeps = Need::May(Action::ManageRetention);
    vec![
        read(
            "/api/v1/desk/audit",
            audits,
            "The audit trail, the newest first",
            audit,
        )
        .asks(&[
            ("account", "Account id"),
            ("report", "Reference of a report"),
            ("challenge", "Reference of a challenge"),
            ("kind", "Kind of event"),
            ("before", "`next` of the page before"),
        ]),
        read(
            "/api/v1/desk/retention",
            keeps,
            "What the rules of keeping erase next",
            retention,
        ),
        act(
            "/api/v1/desk/retention",
            keeps,
            "Put changed rules of keeping into force",
            accept,
        ),
        read(
            "/api/v1/desk/erased",
            audits,
            "The register of what was erased",
            erased,
        )
        .asks(&[("before", "`next` of the page before")]),
        file::<DeskExport, _, _>(
            (
                "/api/v1/desk/export",
                Need::May(Action::ExportReports),
                "Take reports out in bulk; that is noted in the log",
            ),
            "text/csv",
            export,
        ),
    ]
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskMe {
    /// Account id.
    account: String,
    /// Name.
    name: String,
    /// Role.
    role: String,
    /// The token may act, not only read.
    acts: bool,
}

async fn me(asked: Asked) -> Result<DeskMe> {
    let who = &asked.who;
    Ok(DeskMe {
        account: who.account.clone(),
        name: who.name.clone(),
        role: who.role.as_str().to_owned(),
        acts: who.token().is_some_and(|token| token.acts),
    })
}

async fn people(asked: Asked) -> Result<DeskPeople> {
    people_of(&asked.app, &asked.who).await
}

/// A token: nothing secret.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskToken {
    /// Its id.
    id: String,
    /// Account id of its owner.
    account: String,
    /// What its owner calls it.
    name: String,
    /// It may act, not only read.
    acts: bool,
    /// When it was made.
    created_at: String,
    /// When it ends by itself.
    until: String,
    /// Day of its last use.
    used_on: Option<String>,
    /// When it was ended.
    ended_at: Option<String>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTokens {
    /// The newest first.
    tokens: Vec<DeskToken>,
}

fn token(row: &TokenRow) -> DeskToken {
    let row = row.clone();
    let day = |day: i64| Micros(0).plus_seconds(day * 86_400).to_string();
    let day = |number| day(number).chars().take(10).collect();
    DeskToken {
        id: row.id,
        account: row.account,
        name: row.name,
        acts: row.acts,
        created_at: row.created_at.to_string(),
        until: row.until.to_string(),
        used_on: row.used_on.map(day),
        ended_at: when(row.ended_at),
    }
}

async fn tokens(asked: Asked) -> Result<DeskTokens> {
    let tokens = asked.app.own_tokens(&asked.who).await.map_err(told)?;
    Ok(DeskTokens {
        tokens: tokens.iter().map(token).collect(),
    })
}

async fn all_tokens(asked: Asked) -> Result<DeskTokens> {
    let tokens = asked.app.all_tokens(&asked.who).await.map_err(told)?;
    Ok(DeskTokens {
        tokens: tokens.iter().map(token).collect(),
    })
}

async fn end_token(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let ended = asked.app.end_token(&asked.who, asked.part(0)).await;
    ended.map_err(told)?;
    Ok(DeskDone::YES)
}

/// An account: nothing secret.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAccount {
    /// Its id.
    id: String,
    /// Name to sign in with.
    login: String,
    /// Name to show.
    name: String,
    /// Role.
    role: String,
    /// An authenticator is enrolled.
    enrolled: bool,
    /// Closed.
    disabled: bool,
    /// When it was made.
    created_at: String,
}

/// Accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAccounts {
    /// By login.
    accounts: Vec<DeskAccount>,
}

fn account(view: AccountView) -> DeskAccount {
    DeskAccount {
        id: view.id,
        login: view.login,
        name: view.name,
        role: view.role.as_str().to_owned(),
        enrolled: view.enrolled,
        disabled: view.disabled,
        created_at: view.created_at.to_string(),
    }
}

async fn accounts(asked: Asked) -> Result<DeskAccounts> {
    let accounts = asked.app.accounts(Doer::Officer(&asked.who)).await;
    let accounts = accounts.map_err(told)?.into_iter();
    Ok(DeskAccounts {
        accounts: accounts.map(account).collect(),
    })
}

fn failed(error: AccountError) -> Problem {
    match error {
        AccountError::App(error) => told(error),
        other => Problem::new(Kind::Conflict).with_detail(other.to_string()),
    }
}

/// A role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskRole {
    /// Its code.
    role: String,
}

async fn role(asked: Asked, sent: DeskRole) -> Result<DeskDone> {
    let known = Role::ALL.map(Role::as_str);
    let role = choice("/role", &sent.role, sent.role.parse().ok(), &known)?;
    let doer = Doer::Officer(&asked.who);
    let done = asked.app.set_role(doer, asked.part(0), role).await;
    done.map_err(failed)?;
    Ok(DeskDone::YES)
}

/// Closed or open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskAccountState {
    /// The account is closed, and its sessions end at once.
    disabled: bool,
}

async fn state(asked: Asked, sent: DeskAccountState) -> Result<DeskDone> {
    let doer = Doer::Officer(&asked.who);
    let done = asked.app.set_disabled(doer, asked.part(0), sent.disabled);
    done.await.map_err(failed)?;
    Ok(DeskDone::YES)
}

/// A partner's API key: nothing secret.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskApiKey {
    /// Its id.
    id: String,
    /// Name.
    name: String,
    /// When it was made.
    created_at: String,
    /// When it was revoked.
    revoked_at: Option<String>,
    /// The agency that fetches referrals with it.
    agency: Option<String>,
}

/// Partners' API keys.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskApiKeys {
    /// By name.
    keys: Vec<DeskApiKey>,
}

async fn keys(asked: Asked) -> Result<DeskApiKeys> {
    let keys = asked.app.api_keys(Doer::Officer(&asked.who)).await;
    let keys = keys.map_err(told)?.into_iter().map(|key| DeskApiKey {
        id: key.id,
        name: key.name,
        created_at: key.created_at.to_string(),
        revoked_at: when(key.revoked_at),
        agency: key.agency,
    });
    Ok(DeskApiKeys {
        keys: keys.collect(),
    })
}

/// A job that was given up.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskJob {
    /// Its id.
    id: String,
    /// What.
    kind: String,
    /// JSON as text; numbers only.
    payload: String,
    /// Attempts.
    attempts: i64,
    /// The last failure.
    error: Option<String>,
}

/// Jobs that were given up.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskJobs {
    /// The oldest first.
    jobs: Vec<DeskJob>,
}

async fn jobs(asked: Asked) -> Result<DeskJobs> {
    let jobs = asked.app.given_up_jobs(&asked.who).await.map_err(told)?;
    let jobs = jobs.iter().cloned().map(|job| DeskJob {
        id: job.id,
        kind: job.kind,
        payload: job.payload,
        attempts: job.attempts,
        error: job.error,
    });
    Ok(DeskJobs {
        jobs: jobs.collect(),
    })
}

async fn job_again(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let again = asked.app.job_again(&asked.who, asked.part(0)).await;
    again.map_err(told)?;
    Ok(DeskDone::YES)
}

/// A line of the audit trail.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAuditLine {
    /// Index in the evidence log.
    index: i64,
    /// When.
    at: String,
    /// The event as the log has it: `kind`, `by`, and that kind's own.
    #[schema(value_type = Object)]
    event: Value,
}

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAudit {
    /// The newest first.
    lines: Vec<DeskAuditLine>,
    /// Where the next page begins, if there is one.
    next: Option<i64>,
}

fn logged(what: &Logged) -> Value {
    let value = match what {
        Logged::Report(event) => serde_json::to_value(event),
        Logged::Challenge(event) => serde_json::to_value(event),
        Logged::Case(event) => serde_json::to_value(event),
        Logged::Observable(event) => serde_json::to_value(event),
        Logged::Shift(event) => serde_json::to_value(event),
        Logged::Rule(event) => serde_json::to_value(event),
        Logged::Notice(event) => serde_json::to_value(event),
        Logged::Account(event) => serde_json::to_value(event),
        Logged::Cluster(event) => serde_json::to_value(event),
        Logged::Track(event) => serde_json::to_value(event),
        Logged::Other(json) => serde_json::from_str(json),
    };
    value.unwrap_or_default()
}

async fn audit(asked: Asked) -> Result<DeskAudit> {
    let own = |name: &str| asked.query(name).map(str::to_owned);
    let query = AuditQuery {
        account: own("account"),
        report: own("report"),
        challenge: own("challenge"),
        kind: own("kind"),
        before: asked.number("before")?,
    };
    let page = asked.app.audit(&asked.who, &query).await.map_err(told)?;
    let lines = page.lines.iter().map(|line| DeskAuditLine {
        index: line.index,
        at: line.at.to_string(),
        event: logged(&line.what),
    });
    Ok(DeskAudit {
        lines: lines.collect(),
        next: page.next,
    })
}

/// What the rules of keeping erase next.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRetention {
    /// SHA-256 of the rules, as putting them into force names it.
    rules: String,
    /// `built_in`, `in_force` or `waiting`.
    standing: String,
    /// Closed reports.
    closed: u64,
    /// Reports on legal hold.
    held: u64,
    /// By category: parts that are due at once (contact, files, text), then those due soon.
    counts: BTreeMap<String, Vec<u64>>,
}

async fn retention(asked: Asked) -> Result<DeskRetention> {
    let outlook = asked.app.retention_outlook(Doer::Officer(&asked.who)).await;
    let outlook = outlook.map_err(told)?;
    let standing = match outlook.standing {
        Standing::BuiltIn => "built_in",
        Standing::InForce => "in_force",
        Standing::Waiting => "waiting",
    };
    let counts = outlook.counts.iter();
    let counts = counts.map(|(code, one)| (code.clone(), [one.now, one.soon].concat()));
    Ok(DeskRetention {
        rules: outlook.digest.clone(),
        standing: standing.to_owned(),
        closed: outlook.closed,
        held: outlook.held,
        counts: counts.collect(),
    })
}

/// Rules of keeping that were seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskAccept {
    /// SHA-256 of the rules.
    rules: String,
    /// What they erase was seen: `true`.
    seen: bool,
}

async fn accept(asked: Asked, sent: DeskAccept) -> Result<DeskDone> {
    if !sent.seen {
        let mut faults = Faults::default();
        faults.add("/seen", "look at what they erase first");
        faults.end()?;
    }
    let accepted = asked.app.accept_retention(&asked.who, &sent.rules).await;
    accepted.map_err(told)?;
    Ok(DeskDone::YES)
}

/// A line of the register of what was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskErased {
    /// The report; `case/` with its number where it was a file of a case.
    reference: String,
    /// When.
    at: String,
    /// Which part.
    part: String,
    /// By which rule.
    rule: String,
    /// Version of the rules.
    rules_version: i64,
    /// By whom.
    by: String,
}

/// A page of the register.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRegister {
    /// The newest first.
    lines: Vec<DeskErased>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
}

async fn erased(asked: Asked) -> Result<DeskRegister> {
    let place = asked.query("before").map(|text| {
        let mut parts = text.split('_').map(|part| part.parse::<i64>().ok());
        match (
            parts.next().flatten(),
            parts.next().flatten(),
            parts.next().flatten(),
        ) {
            (Some(at), Some(no), Some(version)) => Ok((Micros(at), no, version)),
            _ => Err(Problem::bad_request()),
        }
    });
    let place = place.transpose()?.unwrap_or(NEWEST);
    let found = asked.app.register(&asked.who, place).await.map_err(told)?;
    let lines = found.lines.iter().cloned().map(|line| DeskErased {
        reference: match line.case() {
            Some(no) => format!("case/{no}"),
            None => asked.app.reference(line.no),
        },
        at: line.at.to_string(),
        part: line.part,
        rule: line.rule,
        rules_version: line.rules,
        by: line.doer,
    });
    let next = found.next;
    Ok(DeskRegister {
        lines: lines.collect(),
        next: next.map(|(at, no, version)| format!("{}_{no}_{version}", at.0)),
    })
}

/// How reports are taken out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskExport {
    /// `csv` or `jsonl`.
    format: String,
    /// Code of a category; all if not said.
    category: Option<String>,
}

async fn export(asked: Asked, sent: DeskExport) -> Result<Response> {
    use cairn_app::export::Format;
    let known = Format::ALL.map(Format::as_str);
    let format = choice("/format", &sent.format, Format::parse(&sent.format), &known)?;
    export_file(&asked.app, &asked.who, format, sent.category).await
}
