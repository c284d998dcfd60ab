//! Seats: who files for which organisation.

use cairn_desk::access::Action;
use cairn_desk::track::{TrackChange, TrackEvent};
use cairn_kernel::actor::{Actor, Role};
use cairn_store::keys::random;
use cairn_store::track::Seat;
use cairn_store::writer::Entry;
use cairn_track::office::{owners, same_organisation};

use crate::App;
use crate::account::{AccountView, Doer, Principal};
use crate::report::{AppError, damaged};

/// Longest address of a seat, characters.
const MAIL_CHARS_MAX: usize = 254;

/// Why a seat was not given.
#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    /// There is no such account, or it has another role.
    #[error("only an open account with the role `owner` has seats")]
    Account,
    /// The plan knows no such organisation.
    #[error("the plan has no organisation of this name; it has: {}", .0.join("; "))]
    Owner(Vec<String>),
    /// The address is none that mail can be sent to.
    #[error("this is no mail address")]
    Mail,
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

/// A seat with the names of what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatView {
    /// The seat.
    pub seat: Seat,
    /// Login of the account; its id if it is gone.
    pub login: String,
    /// Name to show.
    pub name: String,
}

impl App {
    /// A line of the log about a plan.
    pub(super) fn track_entry(&self, event: &TrackEvent) -> Result<Entry, AppError> {
        let json = serde_json::to_string(event).map_err(damaged("event"))?;
        Ok(Entry::new(event.at.0, None, json, random::<16>()?))
    }

    /// The organisations of a plan that anything is due from.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn plan_owners(&self, doer: Doer<'_>, plan: &str) -> Result<Vec<String>, AppError> {
        doer.actor(Action::ManageSeats)?;
        let working = self.working(plan).await?;
        Ok(working
            .edition()
            .map(|edition| owners(&working.plan, edition))
            .unwrap_or_default())
    }

    /// Accounts that may have seats.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn seat_holders(&self, doer: Doer<'_>) -> Result<Vec<AccountView>, AppError> {
        doer.actor(Action::ManageSeats)?;
        let accounts = self.store.accounts().await?.into_iter();
        let owners = accounts.filter(|account| account.role == Role::Owner && !account.disabled);
        Ok(owners.map(AccountView::from).collect())
    }

    /// All seats, or those of one plan.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn seats(
        &self,
        doer: Doer<'_>,
        plan: Option<&str>,
    ) -> Result<Vec<SeatView>, AppError> {
        doer.actor(Action::ManageSeats)?;
        let accounts = self.store.accounts().await?;
        let seats = self.store.seats().await?.into_iter();
        let wanted = seats.filter(|seat| plan.is_none_or(|plan| seat.plan == plan));
        let view = |seat: Seat| {
            let account = accounts.iter().find(|account| account.id == seat.account);
            SeatView {
                login: account.map_or_else(|| seat.account.clone(), |one| one.login.clone()),
                name: account.map_or_else(String::new, |one| one.name.clone()),
                seat,
            }
        };
        Ok(wanted.map(view).collect())
    }

    /// The organisations of a plan that somebody files for.
    pub(super) async fn seats_in(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Vec<String>, AppError> {
        let seats = self.store.seats_of(&who.account).await?.into_iter();
        let own = seats.filter(|seat| seat.plan == plan);
        Ok(own.map(|seat| seat.owner).collect())
    }

    /// Gives an account a seat, or changes the address of one that it has.
    ///
    /// # Errors
    /// See [`SeatError`].
    pub async fn give_seat(
        &self,
        doer: Doer<'_>,
        plan: &str,
        (login, owner): (&str, &str),
        mail: Option<&str>,
    ) -> Result<(), SeatError> {
        let by = doer.actor(Action::ManageSeats).map_err(AppError::from)?;
        let known = self.plan_owners(doer, plan).await?;
        let owner = known.iter().find(|known| same_organisation(known, owner));
        let Some(owner) = owner.cloned() else {
            return Err(SeatError::Owner(known));
        };
        let login = login.trim().to_lowercase();
        let account = self.store.account_by_login(&login).await;
        let account = account.map_err(AppError::from)?;
        let Some(account) = account.filter(|one| one.role == Role::Owner && !one.disabled) else {
            return Err(SeatError::Account);
        };
        let mail = mail.map(str::trim).filter(|mail| !mail.is_empty());
        if mail.is_some_and(|mail| {
            mail.len() > MAIL_CHARS_MAX || mail.parse::<lettre::Address>().is_err()
        }) {
            return Err(SeatError::Mail);
        }
        let seat = Seat {
            plan: plan.to_owned(),
            account: account.id,
            owner,
            mail: mail.map(str::to_owned),
            reminded_at: None,
        };
        let change = TrackChange::SeatGiven {
            plan: seat.plan.clone(),
            account: seat.account.clone(),
            owner: seat.owner.clone(),
        };
        let entry = self.seat_entry(by, change)?;
        let given = self.store.give_seat(&seat, entry).await;
        given.map_err(AppError::from)?;
        Ok(())
    }

    /// Takes a seat from an account. What it filed stays.
    ///
    /// # Errors
    /// [`AppError::Conflict`] if it has none.
    pub async fn take_seat(
        &self,
        doer: Doer<'_>,
        plan: &str,
        (account, owner): (&str, &str),
    ) -> Result<(), AppError> {
        let by = doer.actor(Action::ManageSeats)?;
        let change = TrackChange::SeatTaken {
            plan: plan.to_owned(),
            account: account.to_owned(),
            owner: owner.to_owned(),
        };
        let entry = self.seat_entry(by, change)?;
        self.store.take_seat(plan, account, owner, entry).await?;
        Ok(())
    }

    fn seat_entry(&self, by: Actor, change: TrackChange) -> Result<Entry, AppError> {
        let at = self.clock.now();
        self.track_entry(&TrackEvent { at, by, change })
    }
}
