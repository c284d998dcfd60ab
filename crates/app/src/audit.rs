//! The audit trail: the evidence log, newest first, read by who may.

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountEvent;
use cairn_desk::report::Event;
use cairn_desk::track::TrackEvent;
use cairn_desk::{cases, challenge, cluster, notice, observable, rules, shift};
use cairn_kernel::time::Micros;
use cairn_store::evidence::Wanted;
use cairn_store::report::EvidenceRow;

use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// Lines of one page.
pub const AUDIT_LINES: usize = 50;

/// What an auditor asks for.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Account id.
    pub account: Option<String>,
    /// Public reference of a report, as typed.
    pub report: Option<String>,
    /// Public reference of a challenge, as typed: `C-12` or `12`.
    pub challenge: Option<String>,
    /// Kind of event, as the JSON names it.
    pub kind: Option<String>,
    /// Go on before this log index.
    pub before: Option<i64>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Log index.
    pub index: i64,
    /// When.
    pub at: Micros,
    /// What.
    pub what: Logged,
}

/// What the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// About a report.
    Report(Box<Event>),
    /// About the challenge of a figure.
    Challenge(Box<challenge::Event>),
    /// About a case.
    Case(Box<cases::Event>),
    /// About an observable.
    Observable(Box<observable::Event>),
    /// About a handover note.
    Shift(Box<shift::Event>),
    /// About a rule of the desk.
    Rule(Box<rules::Event>),
    /// About a notice to an owner.
    Notice(Box<notice::Event>),
    /// About accounts, or what officers did beside.
    Account(AccountEvent),
    /// About clusters of reports.
    Cluster(Box<cluster::Event>),
    /// About a strategy.
    Track(TrackEvent),
    /// Something this program does not know: its JSON text.
    Other(String),
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Lines, newest first.
    pub lines: Vec<AuditLine>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

fn plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

impl App {
    /// A page of the audit trail.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn audit(
        &self,
        who: &Principal,
        query: &AuditQuery,
    ) -> Result<Visible<AuditPage>, AppError> {
        let grant = who.grant(Action::ReadAudit)?;
        let nothing = AuditPage {
            lines: Vec::new(),
            next: None,
        };
        let report = match &query.report {
            Some(reference) => match self.number(reference) {
                Some(no) => Some(no),
                None => return Ok(grant.show(nothing)),
            },
            None => None,
        };
        let challenge = match &query.challenge {
            Some(reference) => match challenge::number(reference) {
                Some(no) => Some(no),
                None => return Ok(grant.show(nothing)),
            },
            None => None,
        };
        let asked = [&query.account, &query.kind];
        if asked.into_iter().flatten().any(|text| !plain(text)) {
            return Ok(grant.show(nothing));
        }
        let wanted = Wanted {
            account: query.account.clone(),
            report,
            challenge,
            kind: query.kind.clone(),
        };
        let before = query.before.unwrap_or(i64::MAX);
        let limit = AUDIT_LINES as i64 + 1;
        let rows = if wanted == Wanted::default() {
            self.store.evidence_before(before, limit).await?
        } else {
            self.store.evidence_found(before, limit, &wanted).await?
        };
        let more = rows.len() > AUDIT_LINES;
        let lines: Vec<AuditLine> = rows.into_iter().take(AUDIT_LINES).map(line).collect();
        let next = lines.last().filter(|_| more).map(|line| line.index);
        Ok(grant.show(AuditPage { lines, next }))
    }
}

fn line(row: EvidenceRow) -> AuditLine {
    let what = if row.report.is_some() {
        serde_json::from_str(&row.event)
            .ok()
            .map(|event| Logged::Report(Box::new(event)))
    } else {
        let account = serde_json::from_str(&row.event).ok().map(Logged::Account);
        account
            .or_else(|| serde_json::from_str(&row.event).ok().map(Logged::Track))
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Challenge(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Cluster(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Case(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Observable(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Shift(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Rule(Box::new(event)))
            })
            .or_else(|| {
                let event = serde_json::from_str(&row.event).ok();
                event.map(|event| Logged::Notice(Box::new(event)))
            })
    };
    AuditLine {
        index: row.idx,
        at: row.at,
        what: what.unwrap_or(Logged::Other(row.event)),
    }
}
