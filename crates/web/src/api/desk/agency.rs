//! Partner agencies and the OpenPGP keys that packages go sealed to.

use cairn_app::referral::{AgencyShown, ShownKey};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, read, told};
use super::common::when;
use crate::desk::Need;
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let leads = Need::May(Action::ManageAgencies);
    vec![
        read(
            "/api/v1/desk/agencies",
            reads,
            "List agencies with the keys that packages go sealed to",
            list,
        ),
        read(
            "/api/v1/desk/agencies/{agency}",
            reads,
            "Read an agency with all its keys",
            show,
        ),
        act(
            "/api/v1/desk/agencies/{agency}/keys",
            leads,
            "Bring a key of an agency; it is used once its fingerprint was compared. The same key again changes nothing",
            bring,
        ),
        act(
            "/api/v1/desk/agencies/{agency}/keys/{n}/work",
            leads,
            "Say that the fingerprint was compared by another road, or take a key out of use",
            work,
        ),
    ]
}

/// Agencies.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAgencies {
    /// In the order of their data.
    agencies: Vec<DeskAgency>,
}

/// An agency.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAgency {
    /// Its code.
    agency: String,
    /// Address to which packages go by mail.
    mail: Option<String>,
    /// Packages can go to it by mail now.
    mailable: bool,
    /// Its keys, the newest first; the one in its data last.
    keys: Vec<DeskAgencyKey>,
}

/// A key of an agency.
#[derive(Serialize, ToSchema)]
struct DeskAgencyKey {
    /// Its number; none of the one in the agency's data.
    n: Option<u32>,
    /// Fingerprint, hexadecimal.
    fingerprint: String,
    /// Names and addresses in it: somebody else wrote them.
    user_ids: Vec<String>,
    /// Packages go sealed to it.
    in_use: bool,
    /// Something can be encrypted to it now.
    usable: bool,
    /// When it ends.
    expires: Option<String>,
    /// When it was brought.
    at: Option<String>,
    /// When its fingerprint was compared.
    confirmed: Option<String>,
    /// When it was taken out of use.
    dropped: Option<String>,
}

fn key(key: &ShownKey) -> DeskAgencyKey {
    let row = key.row.as_ref();
    let end = key.key.expires();
    DeskAgencyKey {
        n: row.map(|row| row.known.n),
        fingerprint: key.key.fingerprint(),
        user_ids: key.key.user_ids(),
        in_use: key.in_use,
        usable: key.standing == cairn_app::openpgp::Standing::Good,
        expires: when(end.map(|end| Micros(end.saturating_mul(1_000_000)))),
        at: when(row.map(|row| row.at)),
        confirmed: when(row.and_then(|row| row.known.confirmed)),
        dropped: when(row.and_then(|row| row.known.dropped)),
    }
}

fn of(one: &AgencyShown) -> DeskAgency {
    DeskAgency {
        agency: one.agency.clone(),
        mail: one.mail.clone(),
        mailable: one.refusal.is_none(),
        keys: one.keys.iter().map(key).collect(),
    }
}

async fn list(asked: Asked) -> Result<DeskAgencies> {
    let all = asked.app.agencies(&asked.who).await.map_err(told)?;
    Ok(DeskAgencies {
        agencies: all.iter().map(of).collect(),
    })
}

async fn show(asked: Asked) -> Result<DeskAgency> {
    let one = asked.app.agency(&asked.who, asked.part(0)).await;
    Ok(of(&*one.map_err(told)?))
}

/// A key of an agency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewAgencyKey {
    /// A public key, armoured.
    key: String,
}

fn wrong(at: &str, error: AppError) -> Problem {
    match error {
        AppError::Input(why) => {
            let mut faults = Faults::default();
            faults.add(at, why);
            faults.end().err().unwrap_or_else(Problem::bad_request)
        }
        other => told(other),
    }
}

async fn bring(asked: Asked, sent: DeskNewAgencyKey) -> Result<DeskAgency> {
    let agency = asked.part(0).to_owned();
    let done = asked.app.bring_agency_key(&asked.who, &agency, &sent.key);
    done.await.map_err(|error| wrong("/key", error))?;
    show(asked).await
}

/// Something to be done to a key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskAgencyKeyWork {
    /// What.
    act: DeskAgencyKeyAct,
}

/// What is done to a key.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskAgencyKeyAct {
    /// Somebody compared this fingerprint by another road: by telephone, or on paper.
    Compared { fingerprint: String },
    /// It goes out of use.
    Drop {},
}

async fn work(asked: Asked, sent: DeskAgencyKeyWork) -> Result<DeskAgency> {
    let (app, who, agency, n) = (&asked.app, &asked.who, asked.part(0), asked.no(1)?);
    let done = match sent.act {
        DeskAgencyKeyAct::Compared { fingerprint } => {
            app.confirm_agency_key(who, (agency, n), &fingerprint).await
        }
        DeskAgencyKeyAct::Drop {} => app.drop_agency_key(who, (agency, n)).await,
    };
    done.map_err(|error| wrong("/act/fingerprint", error))?;
    show(asked).await
}
