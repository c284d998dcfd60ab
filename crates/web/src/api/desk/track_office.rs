//! What the strategy office itself does: signing off, publishing, seats.

use cairn_app::account::Doer;
use cairn_app::report::AppError;
use cairn_app::track::SeatError;
use cairn_desk::access::Action;
use cairn_desk::track::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, moved, read, told};
use super::common::when;
use super::track::{DeskPublishing, read_publishing};
use crate::desk::Need;
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let seats = Need::May(Action::ManageSeats);
    vec![
        act(
            "/api/v1/desk/track/{plan}/sign-off",
            Need::May(Action::SignOffPlans),
            "Sign the working copy off, as it was seen",
            sign,
        ),
        act(
            "/api/v1/desk/track/{plan}/publish",
            Need::May(Action::PublishPlans),
            "Freeze what was signed off, and publish it",
            publish,
        ),
        read(
            "/api/v1/desk/track/{plan}/seats",
            seats,
            "List who files for which organisation",
            list,
        ),
        act(
            "/api/v1/desk/track/{plan}/seats",
            seats,
            "Give a seat, or change where it is reminded",
            give,
        ),
        act(
            "/api/v1/desk/track/{plan}/seats/remove",
            seats,
            "Take a seat; one that is gone already is no fault",
            take,
        ),
    ]
}

/// The working copy that is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskDigest {
    /// `digest` of what publishing would change, as it was seen.
    digest: String,
}

/// How it stands now, where it is no longer what was seen or somebody was quicker; else why not.
async fn refused(asked: &Asked, error: AppError) -> Problem {
    let why = match &error {
        AppError::Conflict => None,
        AppError::Office(why @ (Refusal::Moved | Refusal::Signed)) => Some(why.to_string()),
        _ => return told(error),
    };
    match (read_publishing(asked).await, why) {
        (Ok(now), Some(why)) => moved(&now).with_detail(why),
        (Ok(now), None) => moved(&now),
        (Err(problem), _) => problem,
    }
}

async fn sign(asked: Asked, sent: DeskDigest) -> Result<DeskPublishing> {
    let (app, who, plan) = (&asked.app, &asked.who, asked.part(0));
    match app.sign_off(who, plan, &sent.digest).await {
        Ok(()) => read_publishing(&asked).await,
        Err(error) => Err(refused(&asked, error).await),
    }
}

/// It is published.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPublished {
    /// The number of the publication.
    version: i64,
    /// Where everybody sees what was published, and can verify it.
    href: String,
}

async fn publish(asked: Asked, sent: DeskDigest) -> Result<DeskPublished> {
    let (app, who, plan) = (&asked.app, &asked.who, asked.part(0));
    match app.publish_plan(who, plan, &sent.digest).await {
        Ok(version) => Ok(DeskPublished {
            version,
            href: format!("/track/{plan}/versions/"),
        }),
        Err(error) => Err(refused(&asked, error).await),
    }
}

/// Who files for which organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSeats {
    /// Seats.
    seats: Vec<DeskSeat>,
    /// Organisations of the plan.
    organisations: Vec<String>,
    /// Accounts that can be given a seat.
    accounts: Vec<DeskSeatHolder>,
}

/// A seat.
#[derive(Serialize, ToSchema)]
struct DeskSeat {
    /// The organisation.
    owner: String,
    /// Account id.
    account: String,
    /// Its login.
    login: String,
    /// Its name.
    name: String,
    /// Where it is reminded of what is due.
    mail: Option<String>,
    /// When it was reminded last.
    reminded_at: Option<String>,
}

/// An account that can be given a seat.
#[derive(Serialize, ToSchema)]
struct DeskSeatHolder {
    /// Account id.
    account: String,
    /// Its login.
    login: String,
    /// Its name.
    name: String,
}

async fn list(asked: Asked) -> Result<DeskSeats> {
    read_seats(&asked).await
}

async fn read_seats(asked: &Asked) -> Result<DeskSeats> {
    let (app, plan, doer) = (&asked.app, asked.part(0), Doer::Officer(&asked.who));
    let organisations = app.plan_owners(doer, plan).await.map_err(told)?;
    let seats = app.seats(doer, Some(plan)).await.map_err(told)?;
    let holders = app.seat_holders(doer).await.map_err(told)?;
    let seats = seats.into_iter().map(|one| DeskSeat {
        owner: one.seat.owner,
        account: one.seat.account,
        login: one.login,
        name: one.name,
        mail: one.seat.mail,
        reminded_at: when(one.seat.reminded_at),
    });
    let accounts = holders.into_iter().map(|one| DeskSeatHolder {
        account: one.id,
        login: one.login,
        name: one.name,
    });
    Ok(DeskSeats {
        seats: seats.collect(),
        organisations,
        accounts: accounts.collect(),
    })
}

/// A seat to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskGiveSeat {
    /// Login of an account with the role `owner`.
    login: String,
    /// The organisation, as the plan names it.
    owner: String,
    /// Where it is reminded of what is due; none for nowhere.
    #[serde(default)]
    mail: Option<String>,
}

async fn give(asked: Asked, sent: DeskGiveSeat) -> Result<DeskSeats> {
    let (plan, doer) = (asked.part(0), Doer::Officer(&asked.who));
    let who = (sent.login.as_str(), sent.owner.as_str());
    let given = asked.app.give_seat(doer, plan, who, sent.mail.as_deref());
    let mut faults = Faults::default();
    match given.await {
        Ok(()) => return read_seats(&asked).await,
        Err(SeatError::App(error)) => return Err(told(error)),
        Err(why @ SeatError::Account) => faults.add("/login", why.to_string()),
        Err(why @ SeatError::Owner(_)) => faults.add("/owner", why.to_string()),
        Err(why @ SeatError::Mail) => faults.add("/mail", why.to_string()),
    }
    Err(faults.end().err().unwrap_or_else(Problem::bad_request))
}

/// A seat to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskTakeSeat {
    /// Account id.
    account: String,
    /// The organisation.
    owner: String,
}

async fn take(asked: Asked, sent: DeskTakeSeat) -> Result<DeskSeats> {
    let (plan, doer) = (asked.part(0), Doer::Officer(&asked.who));
    let of = (sent.account.as_str(), sent.owner.as_str());
    match asked.app.take_seat(doer, plan, of).await {
        Ok(()) | Err(AppError::Conflict) => read_seats(&asked).await,
        Err(other) => Err(told(other)),
    }
}
