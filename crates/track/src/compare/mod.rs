//! What changed between two editions of a plan, or between two days: nothing changes or vanishes in silence.
//!
//! Things are the same one if they have the same id, or if the endings of the editions between say that one was renamed
//! into the other. Everything else that is not there any more is listed as ended, with what the plan says of it or with
//! nothing. Figures come by the road on which they are published ([`crate::report::publish`]): what is withheld or hidden
//! there is not seen here.

mod change;
mod collect;
mod fate;
mod fields;
mod steps;
mod values;
pub mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use change::{Change, Ending, Figure, Figures, Kind, Subject, Thing};
pub use values::{Restated, VALUES_MAX, restatements};
pub use words::{In, Piece, pieces};

use crate::plan::{About, Edition, Ended, Goal, Initiative, Measure, Plan, Theme, What, Words};
use collect::Collector;
use fate::{Fate, fates};
use values::Side;

/// What changed from one edition to another, in the order edition, themes, goals, initiatives, measures; within one kind
/// in the order of the later edition, then what ended in the order of the earlier one.
///
/// `before` may be the later of both: the same changes, each the other way round. Between editions that are not
/// neighbours, endings of those between are followed.
#[must_use]
pub fn compare(plan: &Plan, before: &Edition, after: &Edition) -> Vec<Change> {
    let place = |edition: &Edition| plan.editions.iter().position(|one| one.id == edition.id);
    let (from, to) = (place(before), place(after));
    let back = match (from, to) {
        (Some(from), Some(to)) => from > to,
        _ => before.as_of > after.as_of,
    };
    if back {
        let changes = compare(plan, after, before);
        return changes.into_iter().map(Change::reversed).collect();
    }
    let endings: Vec<&Ended> = match (from, to) {
        (Some(from), Some(to)) => {
            let between = plan.editions.get(from + 1..=to).unwrap_or_default();
            between.iter().flat_map(|edition| &edition.ended).collect()
        }
        _ => after.ended.iter().collect(),
    };
    Comparison {
        plan,
        before,
        after,
        endings,
        at: day_of(before).max(day_of(after)),
        out: Vec::new(),
    }
    .run()
}

/// What changed in the figures of an edition's measures from one day to another, in the edition's order.
#[must_use]
pub fn compare_days(plan: &Plan, edition: &Edition, before: Date, after: Date) -> Vec<Change> {
    let mut all = Vec::new();
    for measure in &edition.measures {
        let side = |as_of| Side { measure, as_of };
        let mut c = Collector::new(Thing::Measure, &measure.id, None, before.max(after));
        values::values(&mut c, plan, side(before), side(after));
        all.append(&mut c.out);
    }
    all
}

/// Every change since the first edition, newest edition first: that it was published, then what changed from the edition
/// before it, in the order of [`compare`].
#[must_use]
pub fn changes_of_plan(plan: &Plan) -> Vec<Change> {
    let mut all = Vec::new();
    for (at, edition) in plan.editions.iter().enumerate().rev() {
        let mut c = Collector::new(Thing::Edition, &edition.id, None, day_of(edition));
        c.text(Kind::Added, "", "", "", &edition.title.en);
        all.append(&mut c.out);
        let before = at.checked_sub(1).and_then(|at| plan.editions.get(at));
        if let Some(before) = before {
            all.extend(compare(plan, before, edition));
        }
    }
    all
}

/// When an edition's readers saw it: its publication, or the day up to which a draft sees figures.
fn day_of(edition: &Edition) -> Date {
    edition.published.unwrap_or(edition.as_of)
}

/// What is told of anything that came, went or got another id.
trait Part {
    fn id(&self) -> &str;
    fn title(&self) -> &Words;
    fn source(&self) -> Option<&str>;
}

macro_rules! part {
    ($($name:ty: $source:expr;)+) => {
        $(impl Part for $name {
            fn id(&self) -> &str {
                &self.id
            }
            fn title(&self) -> &Words {
                &self.title
            }
            fn source(&self) -> Option<&str> {
                let source: fn(&Self) -> Option<&str> = $source;
                source(self)
            }
        })+
    };
}

part! {
    Theme: |_| None;
    Goal: |goal| Some(&goal.source);
    Initiative: |initiative| Some(&initiative.source);
    Measure: |measure| Some(&measure.source);
}

struct Comparison<'p> {
    plan: &'p Plan,
    before: &'p Edition,
    after: &'p Edition,
    endings: Vec<&'p Ended>,
    at: Date,
    out: Vec<Change>,
}

impl<'p> Comparison<'p> {
    fn run(mut self) -> Vec<Change> {
        let (plan, before, after) = (self.plan, self.before, self.after);
        let mut c = Collector::new(Thing::Edition, &after.id, None, self.at);
        fields::edition(&mut c, before, after);
        self.out.append(&mut c.out);
        self.each(Thing::Theme, &before.themes, &after.themes, fields::theme);
        self.each(Thing::Goal, &before.goals, &after.goals, fields::goal);
        let (old, new) = (&before.initiatives, &after.initiatives);
        self.each(Thing::Initiative, old, new, |c, old, new| {
            fields::initiative(c, old, new);
            steps::parts(c, old, new);
        });
        let (old, new) = (&before.measures, &after.measures);
        self.each(Thing::Measure, old, new, |c, old, new| {
            fields::measure(c, old, new);
            let side = |measure, as_of| Side { measure, as_of };
            let (was, is) = (side(old, before.as_of), side(new, after.as_of));
            values::values(c, plan, was, is);
        });
        self.said();
        self.out
    }

    fn each<T: Part>(
        &mut self,
        thing: Thing,
        before: &'p [T],
        after: &'p [T],
        mut both: impl FnMut(&mut Collector, &T, &T),
    ) {
        let by_id = |all: &'p [T]| -> BTreeMap<&'p str, &'p T> {
            all.iter().map(|one| (one.id(), one)).collect()
        };
        let ids = |all: &'p [T]| -> Vec<&'p str> { all.iter().map(Part::id).collect() };
        let (old, new) = (by_id(before), by_id(after));
        for fate in fates(what(thing), &ids(before), &ids(after), &self.endings) {
            let was = fate.before.and_then(|id| old.get(id).copied());
            let is = fate.after.and_then(|id| new.get(id).copied());
            let Some(shown) = is.or(was) else {
                continue;
            };
            let mut c = Collector::new(thing, shown.id(), shown.source(), self.at);
            match (was, is) {
                (Some(was), Some(is)) => {
                    c.text(Kind::Renamed, "id", "", was.id(), is.id());
                    explain(&mut c, fate);
                    both(&mut c, was, is);
                }
                (None, Some(is)) => c.text(Kind::Added, "", "", "", &is.title().en),
                (Some(was), None) => {
                    c.push(Kind::Ended, "", "")
                        .before
                        .clone_from(&was.title().en);
                    explain(&mut c, fate);
                }
                (None, None) => {}
            }
            self.out.append(&mut c.out);
        }
    }

    /// Notes and dissents that are new, then those that are not repeated.
    fn said(&mut self) {
        let (before, after) = (self.before, self.after);
        let note = |edition: &'p Edition| {
            let all = edition.notes.iter();
            all.map(|note| (&note.on, note.by.as_str(), &note.text))
                .collect::<Vec<_>>()
        };
        self.remarks(Kind::Note, &note(before), &note(after));
        let dissent = |edition: &'p Edition| {
            let all = edition.dissents.iter();
            all.map(|one| (&one.on, one.reviewer.as_str(), &one.text))
                .collect::<Vec<_>>()
        };
        self.remarks(Kind::Dissent, &dissent(before), &dissent(after));
    }

    fn remarks(&mut self, kind: Kind, old: &[Remark<'p>], new: &[Remark<'p>]) {
        let added = new.iter().filter(|one| !old.contains(one));
        let gone = old.iter().filter(|one| !new.contains(one));
        let all = added.map(|one| (one, true));
        for ((on, by, text), is_new) in all.chain(gone.map(|one| (one, false))) {
            let mut c = Collector::new(thing(on.what), &on.id, None, self.at);
            let (was, is) = if is_new {
                ("", text.en.as_str())
            } else {
                (text.en.as_str(), "")
            };
            c.text(kind, kind.code(), by, was, is);
            self.out.append(&mut c.out);
        }
    }
}

/// What it is about, who says it, and what.
type Remark<'p> = (&'p About, &'p str, &'p Words);

/// Adds what the plan says of the end or the new id to the change that was pushed last.
fn explain(c: &mut Collector, fate: Fate<'_>) {
    let (Some(ended), Some(change)) = (fate.ended, c.out.last_mut()) else {
        return;
    };
    change.why = Some(ended.reason.clone());
    change.source = Some(ended.source.clone());
    change.ending = Some(Ending {
        how: ended.how,
        into: ended.into.clone(),
        on: ended.on,
    });
}

const fn what(thing: Thing) -> Option<What> {
    match thing {
        Thing::Goal => Some(What::Goal),
        Thing::Initiative => Some(What::Initiative),
        Thing::Measure => Some(What::Measure),
        Thing::Edition | Thing::Theme => None,
    }
}

const fn thing(what: What) -> Thing {
    match what {
        What::Goal => Thing::Goal,
        What::Initiative => Thing::Initiative,
        What::Measure => Thing::Measure,
    }
}
