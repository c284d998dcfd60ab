//! What may be done to a clock, and what comes of it: `decide(clock, command, now) -> changes`.

use cairn_kernel::time::Micros;

use super::book::{Book, ReasonFor, Rule};
use super::calendar::Calendar;
use super::period::{self, Due, Fault};
use super::running::{Change, Clock, Happening, Opening, Pause};
use super::terms::Terms;

/// Longest reference, characters. A reference has letters, digits and `/ _ . : # -` only: it names an entry, a message or a
/// file by its number or digest, and leaves no room for what somebody might type about a person.
pub const REFERENCE_CHARS_MAX: usize = 200;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Start a clock.
    Start {
        /// Code of the rule.
        rule: String,
        /// What starts it.
        start: Happening,
        /// The event of the rule's second deadline, where it has one.
        limit: Option<Happening>,
        /// Another calendar than the rule's, such as that of the organisation's own country.
        calendar: Option<String>,
    },
    /// Let it run anew from a later event of the same sort.
    StartAgain {
        /// The event.
        start: Happening,
    },
    /// Put its start right.
    Correct {
        /// The event that starts it.
        start: Happening,
        /// The event of the rule's second deadline, where it has one.
        limit: Option<Happening>,
        /// Code of the reason.
        reason: String,
    },
    /// Let it stand still from now on.
    Pause {
        /// Code of the reason.
        reason: String,
    },
    /// Let it run on from now on.
    Resume,
    /// The duty was done.
    Stop {
        /// What was done, with its evidence.
        by: Happening,
    },
    /// Nobody has the duty after all.
    Withdraw {
        /// Code of the reason.
        reason: String,
    },
    /// It ended by mistake: take it up again.
    Reopen {
        /// Code of the reason.
        reason: String,
    },
}

/// Why a command has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The command is for a clock that runs, and there is none.
    #[error("there is no such clock; start it first")]
    NoClock,
    /// It has been started.
    #[error("this clock has been started; correct it instead")]
    Started,
    /// The rule is not in the book.
    #[error("there is no rule `{0}`")]
    NoRule(String),
    /// The calendar is not in the book.
    #[error("there is no calendar `{0}`")]
    NoCalendar(String),
    /// The calendar does not say which days are off, and the rule must know.
    #[error(
        "the calendar `{0}` lists no days off, and this rule looks at them; name another calendar"
    )]
    NoDays(String),
    /// The law does not apply to what happened so early.
    #[error("this law applies from {0} only")]
    NotInForce(String),
    /// Another event starts, limits or stops it.
    #[error("the event `{found}` is not one of those that count here: {wanted}")]
    WrongEvent {
        /// What was given.
        found: String,
        /// What counts, comma between.
        wanted: String,
    },
    /// The second deadline runs from an event that was not given.
    #[error("this rule has a second deadline: say when `{0}` happened")]
    NeedsLimit(String),
    /// The rule has no second deadline.
    #[error("this rule has no second deadline; leave its event out")]
    NoLimit,
    /// It is said to have happened later than now.
    #[error("this has not happened yet; put the time right")]
    Future,
    /// What stops it lies before what started it.
    #[error("this happened before the clock started; correct the start first")]
    BeforeStart,
    /// Nothing shows that the duty was done.
    #[error(
        "say what shows it: a reference such as report/17/event/4, of 1 to {REFERENCE_CHARS_MAX} letters, digits and / _ . : # -"
    )]
    NoEvidence,
    /// The reason is not one of those that may be given for this.
    #[error("`{0}` is no reason for this")]
    NoReason(String),
    /// The rule does not let it stand still.
    #[error("this clock cannot be paused: its rule does not allow it")]
    NotPausable,
    /// Its time is over already.
    #[error("this clock is overdue; a pause cannot undo that")]
    Overdue,
    /// It does not stand still.
    #[error("this clock is not paused")]
    NotPaused,
    /// It does not run anew.
    #[error("this clock does not run anew; correct its start instead")]
    NotAgain,
    /// It has ended.
    #[error("this clock has ended; take it up again first")]
    Ended,
    /// It has not ended.
    #[error("this clock has not ended")]
    NotEnded,
    /// No end can be computed.
    #[error(transparent)]
    Period(#[from] Fault),
}

/// Starts a clock by its rule, in the rule's own calendar. For a rule with a second deadline, or another calendar, use
/// [`Command::Start`].
///
/// # Errors
/// See [`Refusal`].
pub fn start(
    book: &Book,
    id: &str,
    rule: &Rule,
    event: Happening,
    now: Micros,
) -> Result<Clock, Refusal> {
    let opening = open(book, &rule.id, event, None, None, now)?;
    Ok(Clock::new(id, opening))
}

/// Decides. An empty list means that it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    book: &Book,
    clock: Option<&Clock>,
    command: Command,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    let Some(clock) = clock else {
        let Command::Start {
            rule,
            start,
            limit,
            calendar,
        } = command
        else {
            return Err(Refusal::NoClock);
        };
        let opening = open(book, &rule, start, limit, calendar, now)?;
        return Ok(vec![Change::Started(Box::new(opening))]);
    };
    match command {
        Command::Start { .. } => Err(Refusal::Started),
        Command::Reopen { reason } => {
            reasoned(book, &reason, ReasonFor::Reopen)?;
            if clock.end.is_none() {
                return Err(Refusal::NotEnded);
            }
            Ok(vec![Change::Reopened { at: now, reason }])
        }
        _ if clock.end.is_some() => Err(Refusal::Ended),
        Command::Withdraw { reason } => {
            reasoned(book, &reason, ReasonFor::Withdraw)?;
            Ok(vec![Change::Withdrawn { at: now, reason }])
        }
        Command::Pause { reason } => pause(book, clock, reason, now),
        Command::Resume => resume(book, clock, now).map(|change| vec![change]),
        Command::Stop { by } => stop(book, clock, by, now),
        Command::StartAgain { start } => again(book, clock, start, now),
        Command::Correct {
            start,
            limit,
            reason,
        } => correct(book, clock, start, limit, reason, now),
    }
}

fn open(
    book: &Book,
    rule: &str,
    start: Happening,
    limit: Option<Happening>,
    calendar: Option<String>,
    now: Micros,
) -> Result<Opening, Refusal> {
    let rule = book
        .rule(rule)
        .ok_or_else(|| Refusal::NoRule(rule.to_owned()))?;
    let calendar = find(book, calendar.as_deref().unwrap_or(&rule.calendar))?;
    let law = book.law(&rule.law);
    happened(&start, &rule.terms.start, now)?;
    limited(&rule.terms, limit.as_ref(), now)?;
    if let Some(from) = law.and_then(|law| law.applies_from)
        && calendar.local(start.at)?.date() < from
    {
        return Err(Refusal::NotInForce(from.to_string()));
    }
    if rule.terms.needs_days() && calendar.covers.is_none() {
        return Err(Refusal::NoDays(calendar.id().to_owned()));
    }
    let at = limit.as_ref().map(|limit| limit.at);
    let due = period::due(&rule.terms, calendar, start.at, at)?;
    Ok(Opening {
        rule: rule.id.clone(),
        version: rule.version,
        calendar: calendar.id().to_owned(),
        start,
        limit,
        terms: rule.terms.clone(),
        due: due.at,
        known: due.known,
    })
}

fn find<'b>(book: &'b Book, id: &str) -> Result<&'b Calendar, Refusal> {
    book.calendar(id)
        .ok_or_else(|| Refusal::NoCalendar(id.to_owned()))
}

/// The event is one of those that count, is not in the future, and its reference fits.
fn happened(event: &Happening, kinds: &[String], now: Micros) -> Result<(), Refusal> {
    if !kinds.contains(&event.kind) {
        return Err(Refusal::WrongEvent {
            found: event.kind.clone(),
            wanted: kinds.join(", "),
        });
    }
    if event.at > now {
        return Err(Refusal::Future);
    }
    let fits = event.reference.len() <= REFERENCE_CHARS_MAX
        && event
            .reference
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_.:#-".contains(&b));
    if !fits {
        return Err(Refusal::NoEvidence);
    }
    Ok(())
}

fn limited(terms: &Terms, limit: Option<&Happening>, now: Micros) -> Result<(), Refusal> {
    match (&terms.not_later_than, limit) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Refusal::NoLimit),
        (Some(wanted), None) => Err(Refusal::NeedsLimit(wanted.from.clone())),
        (Some(wanted), Some(event)) => happened(event, std::slice::from_ref(&wanted.from), now),
    }
}

fn reasoned(book: &Book, code: &str, serves: ReasonFor) -> Result<(), Refusal> {
    match book.reason(code, serves) {
        Some(_) => Ok(()),
        None => Err(Refusal::NoReason(code.to_owned())),
    }
}

/// The end from a new start: as if the clock had started there, with the pauses that lie after it.
fn reckon(
    clock: &Clock,
    calendar: &Calendar,
    start: Micros,
    limit: Option<Micros>,
) -> Result<Due, Refusal> {
    let terms = &clock.opening.terms;
    let mut at = period::due(terms, calendar, start, limit)?.at;
    for Pause { from, to, .. } in &clock.pauses {
        if let Some(to) = to {
            at = period::shift(terms, calendar, at, (start.max(*from), *to))?;
        }
    }
    let known = period::known(terms, calendar, start, at)?;
    Ok(Due { at, known })
}

fn again(
    book: &Book,
    clock: &Clock,
    start: Happening,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    let kinds = &clock.opening.terms.start_again;
    if kinds.is_empty() {
        return Err(Refusal::NotAgain);
    }
    happened(&start, kinds, now)?;
    if start == clock.opening.start {
        return Ok(Vec::new());
    }
    if start.at < clock.opening.start.at {
        return Err(Refusal::BeforeStart);
    }
    let limit = clock.opening.limit.as_ref().map(|limit| limit.at);
    let due = reckon(clock, find(book, &clock.opening.calendar)?, start.at, limit)?;
    Ok(vec![Change::StartedAgain {
        start,
        due: due.at,
        known: due.known,
    }])
}

fn correct(
    book: &Book,
    clock: &Clock,
    start: Happening,
    limit: Option<Happening>,
    reason: String,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    reasoned(book, &reason, ReasonFor::Correct)?;
    let terms = &clock.opening.terms;
    // One that ran anew keeps the sort of event from which it did.
    let kinds: Vec<String> = if terms.start_again.contains(&clock.opening.start.kind) {
        terms.start_again.clone()
    } else {
        terms.start.clone()
    };
    happened(&start, &kinds, now)?;
    limited(terms, limit.as_ref(), now)?;
    if (&start, &limit) == (&clock.opening.start, &clock.opening.limit) {
        return Ok(Vec::new());
    }
    let at = limit.as_ref().map(|limit| limit.at);
    let due = reckon(clock, find(book, &clock.opening.calendar)?, start.at, at)?;
    Ok(vec![Change::Corrected {
        start,
        limit,
        reason,
        due: due.at,
        known: due.known,
    }])
}

fn pause(book: &Book, clock: &Clock, reason: String, now: Micros) -> Result<Vec<Change>, Refusal> {
    if !clock.opening.terms.pausable {
        return Err(Refusal::NotPausable);
    }
    reasoned(book, &reason, ReasonFor::Pause)?;
    if clock.pause().is_some() {
        return Ok(Vec::new());
    }
    if now > clock.due {
        return Err(Refusal::Overdue);
    }
    // Never before the start, nor within a pause that is over.
    let last = clock.pauses.last().and_then(|pause| pause.to);
    let from = now.max(clock.opening.start.at).max(last.unwrap_or(now));
    Ok(vec![Change::Paused { from, reason }])
}

fn resume(book: &Book, clock: &Clock, now: Micros) -> Result<Change, Refusal> {
    let pause = clock.pause().ok_or(Refusal::NotPaused)?;
    let (terms, calendar) = (&clock.opening.terms, find(book, &clock.opening.calendar)?);
    let to = now.max(pause.from);
    let stood = (pause.from.max(clock.opening.start.at), to);
    let due = period::shift(terms, calendar, clock.due, stood)?;
    let known = period::known(terms, calendar, clock.opening.start.at, due)?;
    Ok(Change::Resumed { to, due, known })
}

fn stop(book: &Book, clock: &Clock, by: Happening, now: Micros) -> Result<Vec<Change>, Refusal> {
    happened(&by, &clock.opening.terms.stop, now)?;
    if by.reference.is_empty() {
        return Err(Refusal::NoEvidence);
    }
    if by.at < clock.opening.start.at {
        return Err(Refusal::BeforeStart);
    }
    let mut changes = Vec::new();
    let mut due = clock.due;
    // What ends a clock that stands still ends its pause too; the end is judged with the pause in it.
    if clock.pause().is_some() {
        let resumed = resume(book, clock, by.at)?;
        if let Change::Resumed { due: later, .. } = &resumed {
            due = *later;
        }
        changes.push(resumed);
    }
    changes.push(if by.at <= due {
        let spare = due.0.saturating_sub(by.at.0);
        Change::Met { by, spare }
    } else {
        let late = by.at.0.saturating_sub(due.0);
        Change::Missed { by, late }
    });
    Ok(changes)
}
