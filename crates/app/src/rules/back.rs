//! Taking back what a rule did, and saying that one has looked.

use cairn_desk::access::Action;
use cairn_desk::report::undo::{self, Asked, leaves_at};
use cairn_desk::report::{Change, Command as Work, Event, Refusal};
use cairn_desk::rules::Command;
use cairn_kernel::actor::Actor;
use cairn_store::retention::withdraw_news;

use crate::App;
use crate::account::Principal;
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
            let messages = changes.iter().filter_map(|(change, at)| match change {
                Change::Undone { back, .. } => back.message.map(|_| *at),
                _ => None,
            });
            let messages: Vec<_> = messages.collect();
            let changes = changes.into_iter().map(|(change, _)| change).collect();
            let mut unit = self.unit_of(&whole, by, changes, None)?;
            for at in messages {
                withdraw_news(&mut unit, report, leaves_at(at, self.config.undo_seconds));
            }
            match self.store.write(unit).await.map_err(AppError::from) {
                Err(AppError::Conflict) => {}
                other => return other.map(|_| back),
            }
        }
        Err(AppError::Conflict)
    }

    /// The events that give back what a rule did to a report, each with the time of the one that it undoes.
    fn given_back(
        &self,
        whole: &Whole,
        by: &Actor,
        rule: i64,
    ) -> Result<(Vec<(Change, cairn_kernel::time::Micros)>, Back), AppError> {
        let mut events: Vec<Event> = whole
            .history
            .iter()
            .map(|line| line.event.clone())
            .collect();
        let first = events.first();
        let first = first.and_then(|event| undo::first(&whole.body, event));
        let first = first.ok_or(AppError::Refused(Refusal::NotUndoable))?;
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
        let numbered = events.iter().zip(1_i64..);
        let targets = numbered.filter(|(event, _)| own(event));
        let mut targets: Vec<_> = targets.map(|(event, n)| (n, event.at)).collect();
        targets.reverse();
        let now = self.clock.now();
        let (mut changes, mut back) = (Vec::new(), Back::default());
        for (event, at) in targets {
            let asked = Asked {
                event,
                now,
                hold_seconds: self.config.undo_seconds,
            };
            let history: Vec<&Event> = events.iter().collect();
            match undo::undo(&first, &history, asked) {
                Ok(change) => {
                    back.given = true;
                    back.kept |= partly(&change, &history, event);
                    events.push(Event {
                        report: whole.summary.no,
                        at: now,
                        by: by.clone(),
                        change: change.clone(),
                    });
                    changes.push((change, at));
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
