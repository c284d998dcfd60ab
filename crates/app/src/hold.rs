//! Legal holds on reports, and undoing what officers did to one.

use cairn_desk::access::{Action, Denied};
use cairn_desk::report::undo::{self, Asked, leaves_at};
use cairn_desk::report::{Change, Command, Event, Refusal, Standing, told};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::retention::{keep_reason, withdraw_news};
use cairn_store::writer::Unit;

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, Line, Whole};

/// Longest reason of a legal hold, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;
/// The newest events of a report that are looked at for what can be undone.
const LOOKED_AT: usize = 50;

/// A reason that can be kept: not empty, not too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Reads what somebody typed.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let text = cairn_kernel::text::clean(typed);
        let chars = text.chars().count();
        (chars > 0 && chars <= REASON_CHARS_MAX).then_some(Self(text))
    }
}

impl App {
    /// Places a legal hold on a report, or changes the end of one: nothing of it is erased until that is lifted.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn place_hold(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        (reason, until): (Reason, Option<Micros>),
    ) -> Result<(), AppError> {
        if until.is_some_and(|until| until <= self.clock.now()) {
            return Err(AppError::Input("a hold ends in the future".into()));
        }
        let make = |digest| Command::PlaceHold { digest, until };
        self.reasoned(who, (reference, version), reason, make).await
    }

    /// Lifts the legal hold of a report.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn lift_hold(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        reason: Reason,
    ) -> Result<(), AppError> {
        let make = |digest| Command::LiftHold {
            digest: Some(digest),
        };
        self.reasoned(who, (reference, version), reason, make).await
    }

    async fn reasoned(
        &self,
        who: &Principal,
        (reference, version): (&str, i64),
        Reason(reason): Reason,
        command: impl FnOnce(String) -> Command,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::HoldReports)?;
        let whole = self.seen(reference, version).await?;
        let salt = random::<16>()?;
        let digest = salted(&salt, reason.as_bytes()).hex();
        let changes = cairn_desk::report::decide(&whole.standing, command(digest))?;
        let by = Actor::User(grant.account().to_owned());
        let mut unit = self.unit_of(&whole, &by, changes, None)?;
        keep_reason(&mut unit, whole.summary.no, version + 1, salt, reason);
        self.store.write(unit).await?;
        Ok(())
    }

    /// Undoes an event of a report: one's own, or as a lead anybody's. Gives the text of a message that was taken back.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn undo(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        event: i64,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let change = self.undoing(who, &whole, event)?;
        let by = Actor::User(grant.account().to_owned());
        let unit = self.undo_unit(&whole, &by, vec![change])?;
        self.store.write(unit).await?;
        Ok(())
    }

    /// The event that would undo another one, if this officer may.
    fn undoing(&self, who: &Principal, whole: &Whole, event: i64) -> Result<Change, AppError> {
        let target = event_at(whole, event).ok_or(AppError::Refused(Refusal::NotUndoable))?;
        if target.by != Actor::User(who.account.clone()) && !who.may(Action::AssignReports) {
            return Err(Denied.into());
        }
        let (first, events) = undo_basis(whole)?;
        let change = undo::undo(&first, &events, self.undo_asked(event))?;
        if let Change::Undone { back, .. } = &change
            && back.hold.is_some()
            && !who.may(Action::HoldReports)
        {
            return Err(Denied.into());
        }
        Ok(change)
    }

    /// That an event is to be undone now.
    pub(crate) fn undo_asked(&self, event: i64) -> Asked {
        Asked {
            event,
            now: self.clock.now(),
            hold_seconds: self.config.undo_seconds,
        }
    }

    /// The rows of changes that undo events of a report; the messages that they take back do not leave.
    pub(crate) fn undo_unit(
        &self,
        whole: &Whole,
        by: &Actor,
        changes: Vec<Change>,
    ) -> Result<Unit, AppError> {
        let gone = changes.iter().filter_map(|change| match change {
            Change::Undone { back, .. } => back.message,
            _ => None,
        });
        let gone: Vec<i64> = gone.collect();
        let messages = changes.iter().filter_map(|change| match change {
            Change::Undone { event, back } if back.message.is_some() => event_at(whole, *event),
            _ => None,
        });
        let leaves = messages.map(|event| leaves_at(event.at, self.config.undo_seconds));
        let leaves: Vec<Micros> = leaves.collect();
        let mut unit = self.unit_of(whole, by, changes, None)?;
        for leaves in leaves {
            withdraw_news(&mut unit, whole.summary.no, leaves);
        }
        for message in gone {
            cairn_store::cluster::forget_mail(&mut unit, whole.summary.no, message);
        }
        Ok(unit)
    }

    /// Numbers (from 1, the receipt) of the events of a report that this officer can undo now, oldest first.
    #[must_use]
    pub fn undoable(&self, who: &Principal, whole: &Whole) -> Vec<i64> {
        if !who.may(Action::WorkReports) {
            return Vec::new();
        }
        let last = whole.history.len();
        let all = last.saturating_sub(LOOKED_AT) + 1..=last;
        all.filter_map(|event| i64::try_from(event).ok())
            .filter(|event| self.undoing(who, whole, *event).is_ok())
            .collect()
    }

    /// Why a report was held, where it was.
    pub(crate) async fn reasons_of(
        &self,
        no: i64,
        history: &[Line],
    ) -> Result<Vec<(i64, String)>, AppError> {
        let held = |line: &Line| matches!(line.event.change, Change::HoldPlaced { .. });
        if history.iter().any(held) {
            return Ok(self.store.reasons(no).await?);
        }
        Ok(Vec::new())
    }

    /// The message that was written at `at` has not left: the reporter sees nothing of it yet.
    #[must_use]
    pub fn is_waiting(&self, at: Micros) -> bool {
        self.clock.now() < leaves_at(at, self.config.undo_seconds)
    }

    /// What of a report's history its reporter is told by now.
    #[must_use]
    pub fn reporter_told<'w>(&self, whole: &'w Whole) -> Vec<&'w Event> {
        let left = |event: &&Event| {
            !matches!(event.change, Change::OfficerWrote { .. }) || !self.is_waiting(event.at)
        };
        told(whole.history.iter().map(|line| &line.event))
            .filter(left)
            .collect()
    }

    /// Takes what has not left out of what a reporter is about to see.
    pub(crate) fn hide_waiting(&self, whole: &mut Whole) {
        let withdrawn = &whole.standing.withdrawn;
        whole.messages.retain(|message| {
            message.author.is_none()
                || !withdrawn.contains(&message.n) && !self.is_waiting(message.at)
        });
    }

    /// The end of a day (`2026-12-31`) in the country's time zone, for a hold that lasts until then.
    #[must_use]
    pub fn end_of_day(&self, day: &str) -> Option<Micros> {
        let day: jiff::civil::Date = day.trim().parse().ok()?;
        let next = day.tomorrow().ok()?;
        let zoned = next.to_zoned(self.config.time_zone.clone()).ok()?;
        Some(Micros::from(zoned.timestamp()))
    }
}

/// What undoing goes by: the standing right after receipt, and all events.
pub(crate) fn undo_basis(whole: &Whole) -> Result<(Standing, Vec<&Event>), AppError> {
    let events: Vec<&Event> = whole.history.iter().map(|line| &line.event).collect();
    let first = events.first();
    let first = first.and_then(|event| undo::first(&whole.body, event));
    let first = first.ok_or(AppError::Refused(Refusal::NotUndoable))?;
    Ok((first, events))
}

fn event_at(whole: &Whole, event: i64) -> Option<&Event> {
    let at = usize::try_from(event).ok()?.checked_sub(1)?;
    whole.history.get(at).map(|line| &line.event)
}
