//! Shapes that several calls share.

use cairn_app::cases::rows::Summary as CaseSummary;
use cairn_app::report::rows::Summary;
use cairn_app::{App, account::Principal};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money as Amount;
use cairn_kernel::observable::Observable as Seen;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::told;
use crate::problem::Result;

/// The name by which JSON knows a code.
pub(super) fn code<T: Serialize>(one: &T) -> String {
    match serde_json::to_value(one) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A moment, if there is one.
pub(super) fn when(at: Option<Micros>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// A report as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReportRow {
    /// Public reference.
    pub reference: String,
    /// What a change is made for: it grows with every change.
    pub version: i64,
    /// When it came in, RFC 3339; the hour, if anonymous.
    pub received_at: String,
    /// `web`, `api`, `mail` or `imported`.
    pub channel: String,
    /// Language of the reporter.
    pub language: String,
    /// The reporter is not known.
    pub anonymous: bool,
    /// Likely from a machine.
    pub suspect: bool,
    /// TLP label.
    pub label: String,
    /// Category that the answers suggested.
    pub category_reported: String,
    /// Category.
    pub category: String,
    /// Sub-type.
    pub subtype: Option<String>,
    /// 1 (national emergency) to 6 (minor).
    pub severity: u8,
    /// `received`, `open`, `waiting` or `closed`.
    pub state: String,
    /// Account id of who has it.
    pub assignee: Option<String>,
    /// Outcome with which it was closed.
    pub outcome: Option<String>,
    /// `individual` or `organisation`.
    pub affected: String,
    /// Region code.
    pub region: Option<String>,
    /// Age band.
    pub age_band: Option<String>,
    /// Sector code.
    pub sector: Option<String>,
    /// `yes`, `no` or not known.
    pub loss: String,
    /// Sum of the losses in minor units of the base currency.
    pub loss_minor: Option<i64>,
    /// First words of the story: a stranger's text.
    pub title: String,
    /// The reporter asks for help.
    pub wants_help: bool,
    /// On legal hold until then; far away, if without an end.
    pub held_until: Option<String>,
}

impl DeskReportRow {
    pub(super) fn of(app: &App, row: &Summary) -> Self {
        let row = row.clone();
        Self {
            reference: app.reference(row.no),
            version: row.version,
            received_at: row.received_at.to_string(),
            channel: row.channel,
            language: row.language,
            anonymous: row.anonymous,
            suspect: row.suspect,
            label: row.label,
            category_reported: row.category_reported,
            category: row.category,
            subtype: row.subtype,
            severity: row.severity,
            state: row.state,
            assignee: row.assignee,
            outcome: row.outcome,
            affected: row.affected,
            region: row.region,
            age_band: row.age_band,
            sector: row.sector,
            loss: row.loss,
            loss_minor: row.loss_minor,
            title: row.title,
            wants_help: row.wants_help,
            held_until: when(row.held_until),
        }
    }
}

/// A case as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCaseRow {
    /// Its number.
    pub no: i64,
    /// What a change is made for.
    pub version: i64,
    /// When it was opened.
    pub opened_at: String,
    /// Title.
    pub title: String,
    /// Account id of who leads it.
    pub owner: Option<String>,
    /// 1 (most severe) to 6; 7 where nobody judged.
    pub rank: i64,
    /// Level by its scheme.
    pub severity: Option<String>,
    /// TLP label.
    pub tlp: String,
    /// PAP label.
    pub pap: String,
    /// `open`, `on_hold` or `closed`.
    pub state: String,
    /// On hold until then.
    pub until: Option<String>,
    /// Linked reports.
    pub reports: i64,
    /// Open tasks.
    pub tasks: i64,
    /// When something last happened.
    pub changed_at: String,
}

impl From<&CaseSummary> for DeskCaseRow {
    fn from(row: &CaseSummary) -> Self {
        let row = row.clone();
        Self {
            no: row.no,
            version: row.version,
            opened_at: row.opened_at.to_string(),
            title: row.title,
            owner: row.owner,
            rank: row.rank,
            severity: row.severity,
            tlp: row.tlp,
            pap: row.pap,
            state: row.state,
            until: when(row.until),
            reports: row.reports,
            tasks: row.tasks,
            changed_at: row.changed_at.to_string(),
        }
    }
}

/// Something by which attackers are known: a stranger's text, live. Do not follow it.
#[derive(Serialize, Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskObservable {
    /// `ip`, `domain`, `url`, `email`, `hash`, `phone`, `wallet` or `account`.
    pub kind: String,
    /// In canonical form.
    pub value: String,
}

impl From<&Seen> for DeskObservable {
    fn from(one: &Seen) -> Self {
        Self {
            kind: one.kind.as_str().to_owned(),
            value: one.value.clone(),
        }
    }
}

/// Money.
#[derive(Serialize, Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskMoney {
    /// Minor units: cents.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

impl From<&Amount> for DeskMoney {
    fn from(one: &Amount) -> Self {
        Self {
            minor: one.minor,
            currency: one.currency.clone(),
        }
    }
}

/// One line of a history, as the evidence log has it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskEvent {
    /// Number within the history, from 1.
    pub n: i64,
    /// Index in the evidence log.
    pub index: u64,
    /// When, RFC 3339.
    pub at: String,
    /// `user:` or `key:` with an id, `reporter` or `system`.
    pub by: String,
    /// What: `kind` names it, and the rest is that kind's own. Texts stand as digests here.
    #[schema(value_type = Object)]
    pub change: Value,
    /// This account can undo it now.
    pub undoable: bool,
}

impl DeskEvent {
    pub(super) fn of<C: Serialize>(
        (n, index): (i64, u64),
        (at, by): (Micros, &Actor),
        change: &C,
    ) -> Self {
        Self {
            n,
            index,
            at: at.to_string(),
            by: by.to_string(),
            change: serde_json::to_value(change).unwrap_or_default(),
            undoable: false,
        }
    }
}

/// Nothing more to say than which version is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskVersion {
    /// The version that was seen.
    pub version: i64,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNothing {}

/// It is done.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskDone {
    /// `true`: it is on disk.
    pub done: bool,
}

impl DeskDone {
    pub(super) const YES: Self = Self { done: true };
}

/// What was made has this number.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskMade {
    /// Its number.
    pub no: i64,
    /// Where it can be read.
    pub href: String,
}

/// Who works here, and partners whose keys send reports.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPeople {
    /// Everybody.
    pub people: Vec<DeskPerson>,
}

/// Somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPerson {
    /// Id, as other answers name them.
    pub id: String,
    /// Name.
    pub name: String,
    /// May be given reports.
    pub works: bool,
    /// A partner's key, no colleague.
    pub partner: bool,
}

pub(super) async fn people_of(app: &App, who: &Principal) -> Result<DeskPeople> {
    let people = app.people(who).await.map_err(told)?;
    let people = people.into_iter().map(|(id, person)| DeskPerson {
        id,
        name: person.name,
        works: person.works,
        partner: person.partner,
    });
    Ok(DeskPeople {
        people: people.collect(),
    })
}
