//! The result of a dry run: what a rule would have done to what came in, and what people decided of the same reports.

use std::collections::BTreeMap;

use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::content::{Content, Deed};
use super::run::{Done, Touched};
use crate::report::{Change, Standing};

/// Reports that a result names, at most: half of them such as people decided differently, as far as there are so many.
pub const SAMPLES_MAX: usize = 50;

/// One thing that the rule does, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// What.
    pub deed: Deed,
    /// Reports to which it would have been done.
    pub would: u64,
    /// Of these, those of which people decided the same since; of replies and cases, those that got one from people.
    pub same: u64,
    /// Of these, those of which people decided something else since.
    pub other: u64,
}

/// A report that the rule would have touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Its number.
    pub report: i64,
    /// People decided something else.
    pub other: bool,
}

/// A dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Reports that came in at this moment or later.
    pub from: Micros,
    /// Reports looked at, the newest.
    pub looked: u64,
    /// There are more, which were not looked at.
    pub more: bool,
    /// Not looked at, since what they said was erased or cannot be read.
    pub bare: u64,
    /// Reports to which it would have done something.
    pub touched: u64,
    /// The most of these in one hour.
    pub hour_most: u64,
    /// By deed.
    pub tallies: Vec<Tally>,
    /// Some of them, the newest first.
    pub samples: Vec<Sample>,
    #[serde(skip)]
    hours: BTreeMap<i64, u64>,
}

impl Trial {
    /// Before anything was looked at.
    #[must_use]
    pub fn new(content: &Content, from: Micros) -> Self {
        let tally = |deed| Tally {
            deed,
            would: 0,
            same: 0,
            other: 0,
        };
        Self {
            from,
            looked: 0,
            more: false,
            bare: 0,
            touched: 0,
            hour_most: 0,
            tallies: content.deeds().into_iter().map(tally).collect(),
            samples: Vec::new(),
            hours: BTreeMap::new(),
        }
    }

    /// One report that it would have touched: number and time, what it would have done, what people decided since, and what the
    /// report has come to.
    pub fn touch(
        &mut self,
        (report, at): (i64, Micros),
        done: &Done,
        decided: Touched,
        now: &Standing,
    ) {
        self.touched += 1;
        let hour = self.hours.entry(at.hour().0).or_default();
        *hour += 1;
        self.hour_most = self.hour_most.max(*hour);
        let mut any_other = false;
        for tally in &mut self.tallies {
            let Some((did, same)) = compared(tally.deed, done, decided, now) else {
                continue;
            };
            tally.would += 1;
            tally.same += u64::from(did && same);
            tally.other += u64::from(did && !same);
            any_other |= did && !same;
        }
        let kind = self.samples.iter().filter(|one| one.other == any_other);
        if kind.count() < SAMPLES_MAX / 2 {
            self.samples.push(Sample {
                report,
                other: any_other,
            });
        }
    }
}

/// Whether people decided on the same thing, and the same; `None` if the rule does not do this to the report.
fn compared(deed: Deed, done: &Done, decided: Touched, now: &Standing) -> Option<(bool, bool)> {
    let Change::Ruled {
        category,
        severity,
        assignee,
        asks,
        ..
    } = &done.change
    else {
        return None;
    };
    match deed {
        Deed::Category => category.as_ref().map(|(code, sub)| {
            let same = (code, sub) == (&now.category, &now.subtype);
            (decided.category, same)
        }),
        Deed::Severity => severity.map(|level| (decided.severity, level == now.severity)),
        Deed::Assign => assignee
            .as_ref()
            .map(|to| (decided.assignee, Some(to) == now.assignee.as_ref())),
        Deed::Case => done.opens.then_some((decided.cased, true)),
        Deed::Reply => done.replies.then_some((decided.written, true)),
        Deed::Ask => asks.then_some((false, false)),
    }
}
