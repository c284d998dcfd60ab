//! One clock on one case: what its events have made of it, and how it stands at a given time.

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::terms::Terms;

/// Something that happened, and where that is written down.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// Code of the event, as in `events.toml`.
    pub kind: String,
    /// When.
    pub at: Micros,
    /// What shows it: a reference to an event of the log, a message or a file, such as `report/17/event/4`. Empty only
    /// where a clock may start by word of mouth.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
}

/// How a clock began.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Code of the rule.
    pub rule: String,
    /// Its version then.
    pub version: u32,
    /// Name of the calendar.
    pub calendar: String,
    /// What started it.
    pub start: Happening,
    /// The event of the second deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Happening>,
    /// What the rule said about time.
    pub terms: Terms,
    /// Last moment that is in time.
    pub due: Micros,
    /// All days off that matter were known.
    pub known: bool,
}

/// A time in which a clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// From when.
    pub from: Micros,
    /// Until when; `None` while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Micros>,
    /// Code of the reason.
    pub reason: String,
}

/// What happened to a clock. Serialised as JSON into the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// It was started.
    Started(Box<Opening>),
    /// It runs anew from a later event of the same sort.
    StartedAgain {
        /// The event.
        start: Happening,
        /// Last moment that is in time.
        due: Micros,
        /// All days off that matter were known.
        known: bool,
    },
    /// Its start was put right.
    Corrected {
        /// The event that starts it.
        start: Happening,
        /// The event of the second deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<Happening>,
        /// Code of the reason.
        reason: String,
        /// Last moment that is in time.
        due: Micros,
        /// All days off that matter were known.
        known: bool,
    },
    /// It stands still.
    Paused {
        /// From when.
        from: Micros,
        /// Code of the reason.
        reason: String,
    },
    /// It runs on.
    Resumed {
        /// From when.
        to: Micros,
        /// Last moment that is in time.
        due: Micros,
        /// All days off that matter were known.
        known: bool,
    },
    /// The duty was done in time.
    Met {
        /// What was done, with its evidence.
        by: Happening,
        /// Microseconds to spare.
        spare: i64,
    },
    /// The duty was done late.
    Missed {
        /// What was done, with its evidence.
        by: Happening,
        /// Microseconds too late.
        late: i64,
    },
    /// It was taken away: nobody has the duty.
    Withdrawn {
        /// When.
        at: Micros,
        /// Code of the reason.
        reason: String,
    },
    /// It runs again after it had ended.
    Reopened {
        /// When.
        at: Micros,
        /// Code of the reason.
        reason: String,
    },
}

/// One line of a clock's history: the change, by whom, when it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The clock.
    pub clock: String,
    /// When it was written down; what it tells may have happened earlier.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// How a clock ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum End {
    /// In time.
    Met {
        /// What was done, with its evidence.
        by: Happening,
        /// Microseconds to spare.
        spare: i64,
    },
    /// Late.
    Missed {
        /// What was done, with its evidence.
        by: Happening,
        /// Microseconds too late.
        late: i64,
    },
    /// Taken away.
    Withdrawn {
        /// When.
        at: Micros,
        /// Code of the reason.
        reason: String,
    },
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Due, and nothing was sent.
    Overdue,
    /// Little of its time is left.
    DueSoon,
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// Done in time.
    Met,
    /// Done late.
    Missed,
    /// Taken away.
    Withdrawn,
}

impl State {
    /// Every state, most pressing first.
    pub const ALL: [Self; 7] = [
        Self::Overdue,
        Self::DueSoon,
        Self::Running,
        Self::Paused,
        Self::Met,
        Self::Missed,
        Self::Withdrawn,
    ];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::DueSoon => "due_soon",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Nothing more is to be done.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Met | Self::Missed | Self::Withdrawn)
    }
}

/// One deadline on one case: the sum of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its name, given by whoever keeps it.
    pub id: String,
    /// How it began, with corrections; `due` is that of the start, without pauses.
    pub opening: Opening,
    /// Last moment that is in time, by the pauses that are over.
    pub due: Micros,
    /// All days off that matter were known.
    pub known: bool,
    /// Pauses, in order; only the last may still last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// Events so far.
    pub events: u32,
}

impl Clock {
    /// Right after its start.
    #[must_use]
    pub fn new(id: &str, opening: Opening) -> Self {
        Self {
            id: id.to_owned(),
            due: opening.due,
            known: opening.known,
            opening,
            pauses: Vec::new(),
            end: None,
            events: 1,
        }
    }

    /// One more event. `Started` stands first and is taken by [`Clock::new`].
    pub fn apply(&mut self, change: &Change) {
        self.events = self.events.saturating_add(1);
        match change {
            Change::Started(_) => {}
            Change::StartedAgain { start, due, known } => {
                self.opening.start = start.clone();
                (self.due, self.known) = (*due, *known);
            }
            Change::Corrected {
                start,
                limit,
                due,
                known,
                ..
            } => {
                self.opening.start = start.clone();
                self.opening.limit.clone_from(limit);
                (self.due, self.known) = (*due, *known);
            }
            Change::Paused { from, reason } => self.pauses.push(Pause {
                from: *from,
                to: None,
                reason: reason.clone(),
            }),
            Change::Resumed { to, due, known } => {
                if let Some(pause) = self.pauses.last_mut() {
                    pause.to = Some(*to);
                }
                (self.due, self.known) = (*due, *known);
            }
            Change::Met { by, spare } => {
                self.end = Some(End::Met {
                    by: by.clone(),
                    spare: *spare,
                });
            }
            Change::Missed { by, late } => {
                self.end = Some(End::Missed {
                    by: by.clone(),
                    late: *late,
                });
            }
            Change::Withdrawn { at, reason } => {
                self.end = Some(End::Withdrawn {
                    at: *at,
                    reason: reason.clone(),
                });
            }
            Change::Reopened { .. } => self.end = None,
        }
    }

    /// The clock that these events make; `None` if the first does not start one.
    #[must_use]
    pub fn replay(id: &str, changes: &[Change]) -> Option<Self> {
        let (first, rest) = changes.split_first()?;
        let Change::Started(opening) = first else {
            return None;
        };
        let mut clock = Self::new(id, (**opening).clone());
        rest.iter().for_each(|change| clock.apply(change));
        Some(clock)
    }

    /// Last moment that is in time. A clock that stands still is due later by as long as it will have stood.
    #[must_use]
    pub fn due(&self) -> Micros {
        self.due
    }

    /// The pause that lasts.
    #[must_use]
    pub fn pause(&self) -> Option<&Pause> {
        self.pauses.last().filter(|pause| pause.to.is_none())
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self, now: Micros) -> State {
        match &self.end {
            Some(End::Met { .. }) => State::Met,
            Some(End::Missed { .. }) => State::Missed,
            Some(End::Withdrawn { .. }) => State::Withdrawn,
            None if self.pause().is_some() => State::Paused,
            None if now > self.due => State::Overdue,
            None if self.soon(now) => State::DueSoon,
            None => State::Running,
        }
    }

    /// At most its share of "soon" is left of the time from start to end.
    fn soon(&self, now: Micros) -> bool {
        let wide = |at: Micros| i128::from(at.0);
        let whole = wide(self.due) - wide(self.opening.start.at);
        let left = wide(self.due) - wide(now);
        left * 100 <= whole * i128::from(self.opening.terms.soon_percent)
    }
}
