//! Clocks: legal and service deadlines, by rules that are data.
//!
//! A [`Rule`] says what starts a clock, how long it runs, how its law counts, and what stops it. A [`Clock`] is one such
//! deadline on one case; [`decide`] says what may be done to it and [`Clock::apply`] what comes of it. [`follow`] says
//! which clocks an event starts and stops, [`strip`] which are next due. Times are computed once, when a clock starts or
//! moves, and kept in its events: a rule that is changed later changes no clock that runs.

mod book;
mod calendar;
mod decide;
mod follow;
mod period;
mod read;
mod running;
mod strip;
mod terms;
mod words;

pub use book::{Audience, Book, Kind, Law, Reason, ReasonFor, Rule, Status};
pub use calendar::Calendar;
pub use decide::{Command, REFERENCE_CHARS_MAX, Refusal, decide, start};
pub use follow::{Call, follow};
pub use period::{Due, Fault};
pub use read::ClockProblem;
pub use running::{Change, Clock, End, Event, Happening, Opening, Pause, State};
pub use strip::{Line, strip};
pub use terms::{Computing, Holiday, Length, Limit, Terms, Unit};
pub use words::{Left, Words};

/// The built-in files: name and text. A folder with files of the same names may stand in their place.
pub const EMBEDDED: [(&str, &str); 17] = [
    (
        "events.toml",
        include_str!("../../../data/clocks/events.toml"),
    ),
    (
        "words.toml",
        include_str!("../../../data/clocks/words.toml"),
    ),
    (
        "calendars/au.toml",
        include_str!("../../../data/clocks/calendars/au.toml"),
    ),
    (
        "calendars/be.toml",
        include_str!("../../../data/clocks/calendars/be.toml"),
    ),
    (
        "calendars/eu.toml",
        include_str!("../../../data/clocks/calendars/eu.toml"),
    ),
    (
        "calendars/nz.toml",
        include_str!("../../../data/clocks/calendars/nz.toml"),
    ),
    (
        "calendars/nz-legislation.toml",
        include_str!("../../../data/clocks/calendars/nz-legislation.toml"),
    ),
    (
        "calendars/us.toml",
        include_str!("../../../data/clocks/calendars/us.toml"),
    ),
    (
        "rules/au-soci.toml",
        include_str!("../../../data/clocks/rules/au-soci.toml"),
    ),
    (
        "rules/circia.toml",
        include_str!("../../../data/clocks/rules/circia.toml"),
    ),
    (
        "rules/dora.toml",
        include_str!("../../../data/clocks/rules/dora.toml"),
    ),
    (
        "rules/dora-essential.toml",
        include_str!("../../../data/clocks/rules/dora-essential.toml"),
    ),
    (
        "rules/eu-ai-act.toml",
        include_str!("../../../data/clocks/rules/eu-ai-act.toml"),
    ),
    (
        "rules/nis2.toml",
        include_str!("../../../data/clocks/rules/nis2.toml"),
    ),
    (
        "rules/nz-digital-identity.toml",
        include_str!("../../../data/clocks/rules/nz-digital-identity.toml"),
    ),
    (
        "rules/nz-privacy.toml",
        include_str!("../../../data/clocks/rules/nz-privacy.toml"),
    ),
    (
        "rules/service.toml",
        include_str!("../../../data/clocks/rules/service.toml"),
    ),
];
