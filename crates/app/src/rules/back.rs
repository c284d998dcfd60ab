//! Taking back what a rule did, and saying that one has looked.

use cairn_desk::access::Action;
use cairn_desk::report::undo;
use cairn_desk::report::{Change, Command as Work, Event, Refusal};
use cairn_desk::rules::Command;
use cairn_kernel::actor::Actor;

use crate::App;
use crate::account::Principal;
use crate::hold::undo_basis;
use crate::report::{AppError, Whole};

/// So many hours back what a rule did can be taken back at once.
pub const BACK_HOURS_MAX: u32 = 30 * 24;
/// Reports of which it is taken back at once, the newest.
pub const BACK_REPORTS_MAX: i64 = 1_000;
/// Times that it is tried again when somebody worked on the report at the same moment.
const TRIES: usize = 4;

/// What became of one report.
#[derive(Debug, Clone, Copy, Default)]
struct Back {
    /// Something was given back.
    given: bool,
    /// A message had left.
    left: bool,
    /// Something stays, since people decided on it later.
    kept: bool,
}

impl App {
    /// Takes back what a rule did within the last hours: on each report, what nobody has changed since. What has left the house stays.
    /// Gives of how many reports something was taken back, and notes it.
    ///
    /// # Errors
    /// See [`AppError`]; those before are done.
    pub async fn take_back_rule(
        &self,
        who: &Principal,
        no: i64,
        hours: u32,
    ) -> Result<u64, AppError> {
        let grant = who.grant(Action::ManageRules)?;
        if !(1..=BACK_HOURS_MAX).contains(&hours) {
            return Err(AppError::Input(format!("1 to {BACK_HOURS_MAX} hours")));
        }
        self.store.rule(no).await?.ok_or(AppError::NotFound)?;
        // Of anonymous reports the hour is known, and no more.
        let since = self.clock.now().plus_seconds(-i64::from(hours) * 3_600);
        let since = since.hour();
        let by = Actor::User(grant.account().to_owned());
        let (mut given, mut left, mut kept) = (0, 0, 0);
        for (report, _) in self.store.rule_touched(no, since, BACK_REPORTS_MAX).await? {
            let back = self.take_back(&by, report, no).await?;
            given += u64::from(back.given);
            left += u64::from(back.left);
            kept += u64::from(back.kept);
        }
        let _turn = self.rules_turn.lock().await;
        let rule = self.store.rule(no).await?.ok_or(AppError::NotFound)?;
        let command = Command::TakeBack {
            hours,
            counts: (given, left, kept),
        };
        self.change_rule(&rule, command, (self.clock.now(), by), None)
            .await?;
        Ok(given)
    }

    async fn take_back(&self, by: &Actor, report: i64, rule: i64) -> Result<Back, AppError> {
        for _ in 0..TRIES {
            let whole = self.whole(report).await?;
            let (changes, back) = self.given_back(&whole, by, rule)?;
            if changes.is_empty() {
                return Ok(back);
            }
            let unit = self.undo_unit(&whole, by, changes)?;
            match self.store.write(unit).await.map_err(AppError::from) {
                Err(AppError::Conflict) => {}
                other => return other.map(|_| back),
            }
        }
        Err(AppError::Conflict)
    }

    /// The events that give back what a rule did to a report, its newest first.
    fn given_back(
        &self,
        whole: &Whole,
        by: &Actor,
        rule: i64,
    ) -> Result<(Vec<Change>, Back), AppError> {
        let (first, history) = undo_basis(whole)?;
        let own = |event: &Event| match &event.change {
            Change::Ruled {
                rule: own,
                category,
                severity,
                assignee,
                asks,
                ..
            } => {
                // One that only wrote or opened a case set nothing.
                let set = category.is_some() || severity.is_some() || assignee.is_some();
                *own == rule && (set || *asks)
            }
            Change::OfficerWrote { rule: own, .. } => *own == Some(rule),
            _ => false,
        };
        let numbered = history.iter().zip(1_i64..);
        let targets = numbered.filter(|(event, _)| own(event));
        let mut targets: Vec<i64> = targets.map(|(_, number)| number).collect();
        targets.reverse();
        let (mut changes, mut back) = (Vec::new(), Back::default());
        for (event, decided) in undo::several(&first, &history, targets, by, self.undo_asked(0)) {
            match decided {
                Ok(change) => {
                    back.given = true;
                    back.kept |= partly(&change, &history, event);
                    changes.push(change);
                }
                Err(Refusal::Left) => back.left = true,
                Err(Refusal::Touched) => back.kept |= !is_undone(&history, event),
                // It only wrote, which is an event of its own.
                Err(Refusal::NotUndoable) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok((changes, back))
    }

    /// Says that one has looked at a report, as a rule had asked. What is so already is not done again.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn looked_at_report(
        &self,
        who: &Principal,
        reference: &str,
        rule: i64,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let no = self.number(reference).ok_or(AppError::NotFound)?;
        for _ in 0..TRIES {
            let whole = self.whole(no).await?;
            let by = Actor::User(grant.account().to_owned());
            match self.command(&whole, by, Work::Look { rule }, None).await {
                Err(AppError::Conflict) => {}
                other => return other,
            }
        }
        Err(AppError::Conflict)
    }
}

/// A part of what the rule had set is not given back.
fn partly(undone: &Change, history: &[&Event], event: i64) -> bool {
    let at = usize::try_from(event).unwrap_or_default();
    let target = at.checked_sub(1).and_then(|at| history.get(at));
    let (Some(target), Change::Undone { back, .. }) = (target, undone) else {
        return false;
    };
    match &target.change {
        Change::Ruled {
            category,
            severity,
            assignee,
            ..
        } => {
            category.is_some() != back.category.is_some()
                || severity.is_some() != back.severity.is_some()
                || assignee.is_some() != back.assignee.is_some()
        }
        _ => false,
    }
}

fn is_undone(history: &[&Event], number: i64) -> bool {
    let undoes =
        |event: &&Event| matches!(&event.change, Change::Undone { event, .. } if *event == number);
    history.iter().any(undoes)
}
