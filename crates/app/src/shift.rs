//! The change of shifts: handover notes, and the figures that stand beside them.

mod file;

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Grant, Visible};
use cairn_desk::shift::{
    self as desk, AGES, Cell, Change, Command, Due, Event, SEGMENTS, Waits, Window,
};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Purpose, random};
use cairn_store::shift::{Came, Kept, Load, Loads, Open};
use cairn_store::writer::{Entry, WriteError};

use crate::App;
use crate::account::{Person, Principal};
use crate::cases::Written;
use crate::quarter_around;
use crate::report::{AppError, damaged, take};

pub use cairn_store::shift as rows;

/// Notes of one page.
pub const NOTES_PAGE: usize = 20;
/// How often something is tried anew when somebody else was quicker.
const TRIES: usize = 20;

/// A page of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The newest first.
    pub notes: Vec<Kept>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

/// First answers of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Which.
    pub window: Window,
    /// Its first moment.
    pub since: Micros,
    /// How long first answers took that were given in it.
    pub waits: Waits,
    /// Open reports that came in within it.
    pub open: Cell,
}

/// All figures of the page, of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The moment.
    pub at: Micros,
    /// Year times ten plus quarter.
    pub quarter: i64,
    /// When that began.
    pub quarter_from: Micros,
    /// Open reports by severity, in the columns of [`AGES`].
    pub ages: Vec<(u8, [Cell; AGES.len()])>,
    /// All open reports.
    pub open: Cell,
    /// By window, the shortest first.
    pub answers: Vec<Answers>,
    /// What each account has; `nobody` has the reports too.
    pub loads: Loads,
    /// Running clocks.
    pub due: Due,
    /// What came in since the quarter began, by category.
    pub came: Vec<Came>,
    /// Reports closed since the quarter began, whenever they came in; and whether there are more than were counted.
    pub closed: (u64, bool),
}

impl Figures {
    /// What everybody has who works on reports, or has something in hand all the same (an account that was closed): who has most open
    /// reports first; without id, last, what nobody has.
    #[must_use]
    pub fn everybody<'a>(
        &'a self,
        people: &'a BTreeMap<String, Person>,
    ) -> Vec<(Option<&'a str>, Load)> {
        let work = people.iter().filter(|(_, person)| person.works);
        let work = work.map(|(id, _)| (id.as_str(), Load::default()));
        let mut all: BTreeMap<&str, Load> = work.collect();
        let some = self.loads.people.iter();
        all.extend(some.map(|(id, load)| (id.as_str(), *load)));
        let all = all.into_iter().map(|(id, load)| (Some(id), load));
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|(_, load)| std::cmp::Reverse(load.reports));
        all.push((None, self.loads.nobody));
        all
    }
}

impl App {
    /// A page of handover notes with a number below `before`.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn handovers(
        &self,
        who: &Principal,
        before: Option<i64>,
    ) -> Result<Visible<Notes>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let limit = NOTES_PAGE as i64 + 1;
        let before = before.unwrap_or(i64::MAX);
        let mut notes = self.store.handovers(before, limit).await?;
        let more = notes.len() > NOTES_PAGE;
        notes.truncate(NOTES_PAGE);
        let next = notes.last().filter(|_| more).map(|kept| kept.note.no);
        Ok(grant.show(Notes { notes, next }))
    }

    /// One handover note.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn handover(&self, who: &Principal, no: i64) -> Result<Visible<Kept>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let kept = self.store.handover(no).await?;
        Ok(grant.show(kept.ok_or(AppError::NotFound)?))
    }

    /// Writes a note, or one in place of another. Gives its number. The same form sent twice writes one.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was written.
    pub async fn write_handover(
        &self,
        who: &Principal,
        written: &Written,
        corrects: Option<i64>,
    ) -> Result<i64, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let salt = self.handover_salt(grant.account(), written)?;
        let digest = salted(&salt, written.text.as_bytes()).hex();
        // One after the other: numbers have no gaps, and the next is known only once the one before is written.
        let _turn = self.notes_turn.lock().await;
        for _ in 0..TRIES {
            if let Some(known) = self.store.handover_of(&digest).await? {
                return Ok(known);
            }
            let corrected = match corrects {
                Some(no) => self.store.handover(no).await?,
                None => None,
            };
            let digest = digest.clone();
            let command = match corrects {
                Some(_) => Command::Correct { digest },
                None => Command::Write { digest },
            };
            let note = corrected.as_ref().map(|kept| &kept.note);
            let Some(change) = desk::decide(note, command, grant.account(), false)? else {
                return Err(AppError::Conflict);
            };
            let no = self.store.newest_handover().await? + 1;
            let (event, entry) = self.handover_event(no, &grant, change)?;
            let Some(note) = desk::Note::new(&event) else {
                return Err(AppError::Conflict);
            };
            let unit = cairn_store::shift::write(&note, salt, &written.text, entry);
            match self.store.write(unit).await {
                Ok(_) => return Ok(no),
                // Somebody went away while theirs was being written, or corrected the same: looked at anew.
                Err(WriteError::Duplicate | WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// Says that one has read a note, withdraws it, or erases its text. What is so already is not done again.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_handover(
        &self,
        who: &Principal,
        no: i64,
        command: Command,
    ) -> Result<(), AppError> {
        let erases = command == Command::Erase;
        let grant = who.grant(if erases {
            Action::EraseContacts
        } else {
            Action::WorkReports
        })?;
        let leads = who.may(Action::AssignReports);
        for _ in 0..TRIES {
            let kept = self.store.handover(no).await?.ok_or(AppError::NotFound)?;
            let decided = desk::decide(Some(&kept.note), command.clone(), grant.account(), leads)?;
            let Some(change) = decided else {
                return Ok(());
            };
            let (event, entry) = self.handover_event(no, &grant, change)?;
            match self
                .store
                .write(cairn_store::shift::change(&event, entry))
                .await
            {
                Ok(_) => {
                    if erases {
                        self.erased
                            .store(true, std::sync::atomic::Ordering::Relaxed);
                    }
                    return Ok(());
                }
                // It moved on while this was being decided.
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// The salt follows from the form's key, so that the same text from the same form has the same digest, and nobody without our
    /// keys can try texts against it.
    fn handover_salt(&self, account: &str, written: &Written) -> Result<[u8; 16], AppError> {
        Ok(match &written.key {
            Some(key) => {
                let parts: [&[u8]; 2] = [account.as_bytes(), key.as_bytes()];
                take(&self.store.keys().tag(Purpose::Handover, &parts), 0)
            }
            None => random()?,
        })
    }

    fn handover_event(
        &self,
        handover: i64,
        grant: &Grant,
        change: Change,
    ) -> Result<(Event, Entry), AppError> {
        let event = Event {
            handover,
            at: self.clock.now(),
            by: Actor::User(grant.account().to_owned()),
            change,
        };
        let json = serde_json::to_string(&event).map_err(damaged("event"))?;
        let entry = Entry::new(event.at.0, None, json, random()?);
        Ok((event, entry))
    }

    /// All figures of the work at hand, of this moment.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn shift_figures(&self, who: &Principal) -> Result<Visible<Figures>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let (now, zone) = (self.clock.now(), &self.config.time_zone);
        let quarter = quarter_around(now, zone);
        let moments = desk::bounds(now, zone, quarter.from);
        let bounds = self.store.numbers_since(&moments).await?;
        let first = moments.iter().position(|at| *at == quarter.from);
        let first = first.and_then(|at| bounds.get(at)).copied();
        let week = Window::Week.begins(now, quarter.from);
        let since = quarter.from.min(week);
        // Each reads by itself; none waits for another.
        let (open, loads, due, answers, came, closed) = tokio::try_join!(
            self.store.open_reports(&bounds),
            self.store.loads(now),
            self.store.clocks_due(now),
            self.store.first_answers(since),
            self.store.came_since(first.unwrap_or_default()),
            self.store.closed_since(quarter.from),
        )?;
        let piece = |at: usize| moments.iter().rev().nth(at.wrapping_sub(1)).copied();
        let ages = open.iter().map(|(severity, cells)| {
            let mut row = [Cell::default(); AGES.len()];
            for (at, cell) in cells.iter().enumerate() {
                let age = desk::age_of(piece(at), now, zone);
                if let Some(sum) = row.get_mut(age) {
                    *sum = sum.and(*cell);
                }
            }
            (*severity, row)
        });
        let answers = Window::ALL.map(|window| Answers {
            window,
            since: window.begins(now, quarter.from),
            waits: waits(&answers, window.begins(now, quarter.from)),
            open: sum(&open, |at| {
                desk::in_window(piece(at), window, now, quarter.from)
            }),
        });
        let all = sum(&open, |_| true);
        Ok(grant.show(Figures {
            at: now,
            quarter: quarter.name,
            quarter_from: quarter.from,
            ages: ages.collect(),
            open: all,
            answers: answers.into(),
            loads: self.with_nobody(loads, all).await?,
            due,
            came,
            closed,
        }))
    }

    /// Reports that nobody has were counted with the ages.
    async fn with_nobody(&self, mut loads: Loads, all: Cell) -> Result<Loads, AppError> {
        let oldest = match all.oldest_nobody {
            Some(no) => self.store.received_at(no).await?.map(|at| (no, at)),
            None => None,
        };
        let theirs: u64 = loads.people.values().map(|load| load.unanswered).sum();
        loads.nobody = Load {
            reports: all.nobody,
            unanswered: all.unanswered.saturating_sub(theirs),
            oldest,
            more: all.more,
            ..loads.nobody
        };
        Ok(loads)
    }
}

fn sum(open: &[Open], counts: impl Fn(usize) -> bool) -> Cell {
    let pieces = open.iter().flat_map(|(_, cells)| cells.iter().enumerate());
    let counted = pieces.filter(|(at, _)| counts(*at) && *at < SEGMENTS);
    counted.fold(Cell::default(), |sum, (_, cell)| sum.and(*cell))
}

/// Of answers with the newest first.
fn waits((answers, more): &(Vec<cairn_store::shift::Answered>, bool), since: Micros) -> Waits {
    let own = || answers.iter().take_while(|one| one.at >= since);
    let seconds = own().filter(|one| one.reachable);
    let seconds = seconds.map(|one| one.at.0.saturating_sub(one.received_at.0) / 1_000_000);
    let unreachable = own().filter(|one| !one.reachable).count() as u64;
    // Were all of them given within the window, there may be more of these.
    let more = *more && own().count() == answers.len();
    Waits::of(seconds.collect(), unreachable, more)
}
