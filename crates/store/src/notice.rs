//! Notices to owners: what was judged of observations, notices with their story and rows, what owners answered. The book of rules stands
//! among the rules of the desk, as number 0.

mod read;

use cairn_desk::notice::{Content, Standing, Why};
use cairn_kernel::time::Micros;

use crate::feeds::segment::Key;
use crate::params;
use crate::sql::{Table, Ty};
use crate::writer::{Entry, Unit};

pub use read::{Answered, Group, Head, Known, Line, Listed, PAGE_NOTICES, Timed, Wanted};

static NOTICE: Table = Table::new(
    "notice",
    &[
        ("no", Ty::Int),
        ("number", Ty::Text),
        ("owner", Ty::Int),
        ("contact", Ty::Int),
        ("class", Ty::Text),
        ("at", Ty::Int),
        ("state", Ty::Text),
        ("needs", Ty::Int),
        ("approved", Ty::Text),
        ("lines", Ty::Int),
        ("gone", Ty::Int),
        ("answers", Ty::Int),
        ("steps", Ty::Int),
        ("salt", Ty::Blob),
        ("content", Ty::Text),
    ],
);
static STEP: Table = Table::new(
    "notice_step",
    &[("no", Ty::Int), ("n", Ty::Int), ("event", Ty::Text)],
);
static ROW: Table = Table::new(
    "notice_row",
    &[
        ("notice", Ty::Int),
        ("place", Ty::Int),
        ("key", Ty::Blob),
        ("feed", Ty::Int),
        ("n", Ty::Int),
    ],
);
static DIRECTIVE: Table = Table::new(
    "directive",
    &[
        ("key", Ty::Blob),
        ("feed", Ty::Int),
        ("n", Ty::Int),
        ("owner", Ty::Int),
        ("class", Ty::Text),
        ("tell", Ty::Text),
        ("rule", Ty::Int),
        ("version", Ty::Int),
        ("why", Ty::Text),
        ("at", Ty::Int),
        ("line", Ty::Text),
    ],
);
static ANSWER: Table = Table::new(
    "notice_answer",
    &[
        ("notice", Ty::Int),
        ("n", Ty::Int),
        ("at", Ty::Int),
        ("salt", Ty::Blob),
        ("said", Ty::Text),
    ],
);

/// An observation that was judged: of a feed, for the how-manieth time that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its key.
    pub key: Key,
    /// Number of its feed.
    pub feed: i64,
    /// Grows when it comes back after it was gone.
    pub n: i64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Of which observation.
    pub place: Place,
    /// Number of the constituent.
    pub owner: u32,
    /// Class; empty where it is not told.
    pub class: String,
    /// How it is told, JSON; empty where it is not.
    pub tell: String,
    /// The rule, counted from 1; 0 where none fits.
    pub rule: u32,
    /// The version of the book.
    pub version: u32,
    /// Why it is told, or not.
    pub why: Why,
    /// When it was judged.
    pub at: Micros,
    /// What is told, JSON.
    pub line: String,
}

/// How far machine reports were judged, and the last number that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The segment.
    pub segment: i64,
    /// The first of its rows that was not judged yet.
    pub place: i64,
    /// Day of the newest number, as 20261231.
    pub day: i64,
    /// Its count within the day.
    pub seq: i64,
}

/// Puts into a unit how far it is now, if nothing else moved it since. The first makes it.
pub fn mark(unit: &mut Unit, before: Option<Mark>, after: Mark) {
    match before {
        None => unit.expect(
            1,
            "INSERT INTO notice_mark(id, segment, place, day, seq) VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            params![after.segment, after.place, after.day, after.seq],
        ),
        Some(before) => unit.expect(
            1,
            "UPDATE notice_mark SET segment = $1, place = $2, day = $3, seq = $4 WHERE id = 1 AND segment = $5 AND place = $6 \
             AND day = $7 AND seq = $8",
            params![
                after.segment, after.place, after.day, after.seq, before.segment, before.place, before.day, before.seq
            ],
        ),
    };
}

/// Puts a judgement into a unit: of an observation that was not judged before, or that came back.
pub fn judge(unit: &mut Unit, one: &Directive) {
    unit.insert(
        &DIRECTIVE,
        params![
            one.place.key,
            one.place.feed,
            one.place.n,
            one.owner,
            one.class.as_str(),
            one.tell.as_str(),
            one.rule,
            one.version,
            one.why.as_str(),
            one.at,
            one.line.as_str()
        ],
    );
}

/// The same of one that is there and was not told.
pub fn judge_again(unit: &mut Unit, one: &Directive) {
    unit.exec(
        "UPDATE directive SET owner = $1, class = $2, tell = $3, rule = $4, version = $5, why = $6, at = $7, line = $8 \
         WHERE key = $9 AND feed = $10 AND n = $11 AND told_at IS NULL",
        params![
            one.owner,
            one.class.as_str(),
            one.tell.as_str(),
            one.rule,
            one.version,
            one.why.as_str(),
            one.at,
            one.line.as_str(),
            one.place.key,
            one.place.feed,
            one.place.n
        ],
    );
}

/// Counts judgements of a report.
pub fn tally(unit: &mut Unit, report: i64, why: Why, observations: u64) {
    unit.exec(
        "INSERT INTO notice_tally(report, why, observations) VALUES ($1, $2, $3) ON CONFLICT (report, why) \
         DO UPDATE SET observations = notice_tally.observations + excluded.observations",
        params![report, why.as_str(), observations],
    );
}

/// What was due under a book that is no longer on is judged anew when it is seen again.
pub fn forget_due(unit: &mut Unit) {
    unit.exec(
        "UPDATE directive SET why = 'no_rule', tell = '' WHERE why = 'due'",
        params![],
    );
}

/// Why what goes together waits; or that it waits no longer.
pub fn waits(unit: &mut Unit, owner: u32, tell: &str, why: Why, at: Micros) {
    unit.exec(
        "INSERT INTO notice_group(owner, tell, why, at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, tell) \
         DO UPDATE SET why = excluded.why, at = excluded.at",
        params![owner, tell, why.as_str(), at],
    );
}

/// A new notice.
#[derive(Debug)]
pub struct New<'a> {
    /// Where it stands.
    pub standing: &'a Standing,
    /// How it is told, JSON.
    pub tell: &'a str,
    /// What it says.
    pub content: &'a Content,
    /// The same as JSON, and its salt.
    pub salted: ([u8; 16], String),
    /// The observations, in the order of its rows.
    pub places: &'a [Place],
    /// Not told again before.
    pub again: Micros,
}

/// Puts a new notice into a unit, with what follows for its observations.
pub fn make(unit: &mut Unit, new: New<'_>, entry: Entry) {
    let standing = new.standing;
    let (salt, content) = new.salted;
    unit.insert(
        &NOTICE,
        params![
            standing.no,
            standing.number.as_str(),
            standing.owner,
            standing.contact,
            new.content.tell.class.as_str(),
            standing.at,
            standing.state.as_str(),
            standing.needs,
            "[]",
            standing.rows,
            standing.gone,
            standing.answers,
            standing.steps,
            salt,
            content
        ],
    );
    for (at, place) in (0_i64..).zip(new.places) {
        unit.insert(
            &ROW,
            params![standing.no, at, place.key, place.feed, place.n],
        );
        unit.exec(
            "UPDATE directive SET why = CASE WHEN gone_at IS NULL THEN 'told' ELSE 'gone' END, notice = $1, \
             told_at = coalesce(told_at, $2), again_at = $3 WHERE key = $4 AND feed = $5 AND n = $6",
            params![standing.no, standing.at, new.again, place.key, place.feed, place.n],
        );
    }
    unit.exec(
        "INSERT INTO notice_group(owner, tell, why, at, last_at) VALUES ($1, $2, 'told', $3, $4) ON CONFLICT (owner, tell) \
         DO UPDATE SET why = excluded.why, at = excluded.at, last_at = excluded.last_at",
        params![standing.owner, new.tell, standing.at, standing.at],
    );
    step(unit, standing, entry);
}

fn step(unit: &mut Unit, standing: &Standing, entry: Entry) {
    unit.insert(
        &STEP,
        params![standing.no, standing.steps, entry.event.as_str()],
    );
    unit.entries.push(entry);
}

/// What else happens to a notice, which is `after` by it. If something else happened to it since, that is a conflict.
pub fn change(unit: &mut Unit, after: &Standing, entry: Entry) {
    let approved = serde_json::to_string(&after.approved).unwrap_or_default();
    unit.expect(
        1,
        "UPDATE notice SET state = $1, approved = $2, sent_at = $3, sealing = $4, gone = $5, answers = $6, steps = $7 \
         WHERE no = $8 AND steps = $9",
        params![
            after.state.as_str(),
            approved,
            after.sent,
            after.sealing.clone(),
            after.gone,
            after.answers,
            after.steps,
            after.no,
            after.steps - 1
        ],
    );
    step(unit, after, entry);
}

/// The mail by which a notice leaves is known by this Message-ID.
pub fn note_mail(unit: &mut Unit, id: &str, notice: i64, at: Micros) {
    unit.exec(
        "INSERT INTO notice_mail(id, notice, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        params![id, notice, at],
    );
}

/// A notice left: only now its observations are told.
pub fn told(unit: &mut Unit, standing: &Standing, at: Micros) {
    unit.exec(
        "UPDATE directive SET told_at = $1 WHERE notice = $2 AND told_at = $3",
        params![at, standing.no, standing.at],
    );
}

/// What a notice was the first to tell was not told after all; why is said.
pub fn untold(unit: &mut Unit, standing: &Standing, why: Why) {
    // Of one that left, what it told bears the moment at which it left.
    let first = standing.sent.unwrap_or(standing.at);
    unit.exec(
        "UPDATE directive SET why = CAST($1 AS TEXT), again_at = NULL, told_at = NULL, notice = NULL \
         WHERE notice = $2 AND told_at = $3 AND gone_at IS NULL",
        params![why.as_str(), standing.no, first],
    );
    unit.exec(
        "UPDATE notice_group SET last_at = NULL WHERE owner = $1 AND last_at = $2",
        params![standing.owner, standing.at],
    );
}

/// An answer of the owner to some rows; JSON and salt.
pub fn answer(
    unit: &mut Unit,
    (notice, n, at): (i64, u32, Micros),
    (salt, said): ([u8; 16], String),
    (answer, why): (&'static str, Option<Why>),
    places: &[Place],
) {
    unit.insert(&ANSWER, params![notice, n, at, salt, said]);
    mark_answered(unit, (answer, why), places);
}

/// The last answer to some rows, and why they are not told again because of it.
pub fn mark_answered(
    unit: &mut Unit,
    (answer, why): (&'static str, Option<Why>),
    places: &[Place],
) {
    for place in places {
        unit.exec(
            "UPDATE directive SET answer = $1, why = CASE WHEN gone_at IS NULL THEN coalesce(CAST($2 AS TEXT), why) ELSE why END \
             WHERE key = $3 AND feed = $4 AND n = $5",
            params![
                answer,
                why.map(Why::as_str),
                place.key,
                place.feed,
                place.n
            ],
        );
    }
}

/// An observation that was judged is gone.
pub fn gone(unit: &mut Unit, place: &Place, at: Micros) {
    unit.exec(
        "UPDATE directive SET gone_at = $1, why = CASE WHEN told_at IS NULL THEN 'gone' ELSE why END \
         WHERE key = $2 AND feed = $3 AND n = $4 AND gone_at IS NULL",
        params![at, place.key, place.feed, place.n],
    );
}
