//! Whether a report joins a cluster, which one, and why.
//!
//! What a report shares is counted in points ([`JOIN`] are enough), each family of evidence once by its best: addresses
//! on the net, telephone numbers, wallets and accounts, files, the text, the answers. So a report joins by one strong
//! thing, or by two kinds of weaker ones, and never by answers alone.
//!
//! Four rules keep two campaigns from melting into one by a chain of odd reports:
//! - What many clusters have says nothing (learned rarity), however it got into them.
//! - In a crowd, what only an odd member has counts less: such a member may have told of two frauds at once.
//! - A text must be like two members of a cluster of three or more, or like what many of them say, not like one.
//! - Two clusters are linked only if the report belongs to both **and** two different reports have what both have; or if
//!   it is like both in its words and its answers.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::observable::Kind;
use cairn_kernel::time::Micros;

use super::rules::JOIN;
use super::text::Sketch;
use super::trace::Trace;
use super::{ClusterId, Reason, Rules, Signature, Why};

/// Members of one cluster that need to be looked at: the newest.
pub const MEMBERS_MAX: usize = 200;
/// What is worth so much may link two clusters, points,
const TELLING: u32 = 60;
/// if so many different reports have it from both.
const BRIDGES: usize = 2;
/// A domain that so many of one cluster have is a fraud's and not a shop's that many use.
const SURE: u32 = 3;
/// Clusters of so many reports are judged again when one comes that has a key in common with them.
const FEW: usize = 4;
/// Texts so much alike are one report sent again, percent.
const AGAIN: u32 = 90;
/// What words and answers must be worth on both sides where clusters are linked by them, points.
const BOTH_WORDS: u32 = 50;
/// See [`BOTH_WORDS`].
const BOTH_ANSWERS: u32 = 30;

/// A report that is in a cluster already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Number.
    pub report: i64,
    /// The cluster that it is in.
    pub cluster: ClusterId,
    /// The cluster to which that one is linked in the end; itself if to none.
    pub head: ClusterId,
    /// When it was received.
    pub at: Micros,
    /// What it can share.
    pub signature: Signature,
}

/// Where a report belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Join {
    /// To a cluster.
    Cluster {
        /// Which.
        cluster: ClusterId,
        /// Why, the most telling first; never empty.
        why: Vec<Why>,
        /// Heads of other clusters that are now seen to be the same thing, and why: this report belongs to them too, or
        /// they are of few reports that came before there was enough to know them by.
        also: Vec<(ClusterId, Vec<Why>)>,
    },
    /// To none yet: it begins one of its own.
    Alone,
}

/// Judges a new report by the members of all clusters of which one has a [`Key`](super::Key) in common with it, at most
/// the newest [`MEMBERS_MAX`] of each. The order of `members` does not matter.
#[must_use]
pub fn judge(rules: &Rules, new: &Signature, at: Micros, members: &[Member]) -> Join {
    let mut crowds: BTreeMap<ClusterId, Vec<&Member>> = BTreeMap::new();
    for member in members {
        crowds.entry(member.head).or_default().push(member);
    }
    let worth = Worth::new(rules, new, &crowds);
    let found: Vec<(ClusterId, Evidence<'_>)> = crowds
        .iter()
        .map(|(head, crowd)| (*head, evidence(&worth, new, at, crowd)))
        .filter(|(_, evidence)| evidence.points() >= JOIN)
        .collect();
    let Some((best, evidence)) = found.iter().max_by_key(|(head, evidence)| {
        (
            evidence.points(),
            evidence.carriers,
            std::cmp::Reverse(*head),
        )
    }) else {
        return Join::Alone;
    };
    let Some(cluster) = evidence.nearest().map(|member| member.cluster) else {
        return Join::Alone;
    };
    let also = also(rules, new, (*best, evidence), &crowds, &found);
    Join::Cluster {
        cluster,
        why: evidence.why(),
        also,
    }
}

/// The other clusters that belong to the one that is joined.
fn also(
    rules: &Rules,
    new: &Signature,
    (best, evidence): (ClusterId, &Evidence<'_>),
    crowds: &BTreeMap<ClusterId, Vec<&Member>>,
    found: &[(ClusterId, Evidence<'_>)],
) -> Vec<(ClusterId, Vec<Why>)> {
    let Some(here) = crowds.get(&best) else {
        return Vec::new();
    };
    let worth = Worth::new(rules, new, crowds);
    let shown = |head: &ClusterId, there: &[&Member]| {
        let (_, other) = found.iter().find(|(found, _)| found == head)?;
        let words = |evidence: &Evidence<'_>| {
            evidence.of(Family::Text) >= BOTH_WORDS && evidence.of(Family::Answers) >= BOTH_ANSWERS
        };
        let words = words(evidence) && words(other);
        (words || worth.met(new, here, there)).then(|| other.why())
    };
    // Some came too early to be known: the same question as if they came now.
    let late = |there: &[&Member]| {
        let few = there.len() <= FEW && there.len() < here.len();
        let mut members = there.iter().filter(|_| few);
        members.find_map(|member| {
            let old = &member.signature;
            let evidence = self::evidence(&Worth::new(rules, old, crowds), old, member.at, here);
            (evidence.points() >= JOIN).then(|| evidence.why())
        })
    };
    let others = crowds.iter().filter(|(head, _)| **head != best);
    others
        .filter_map(|(head, there)| Some((*head, shown(head, there).or_else(|| late(there))?)))
        .collect()
}

/// What counts as one kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Net,
    Phone,
    Money,
    File,
    Text,
    Answers,
}

impl Family {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Ip | Kind::Domain | Kind::Url | Kind::Email => Self::Net,
            Kind::Phone => Self::Phone,
            Kind::Wallet | Kind::Account => Self::Money,
            Kind::Hash => Self::File,
        }
    }
}

/// What each thing is worth, given in how many clusters it is.
struct Worth<'a> {
    rules: &'a Rules,
    spread: BTreeMap<u64, usize>,
}

impl<'a> Worth<'a> {
    fn new(rules: &'a Rules, new: &Signature, crowds: &BTreeMap<ClusterId, Vec<&Member>>) -> Self {
        let mut spread = BTreeMap::new();
        for crowd in crowds.values() {
            let keys: BTreeSet<u64> = crowd
                .iter()
                .flat_map(|member| shared(new, &member.signature))
                .map(|trace| trace.key)
                .collect();
            for key in keys {
                *spread.entry(key).or_default() += 1;
            }
        }
        Self { rules, spread }
    }

    fn of(&self, trace: &Trace) -> u32 {
        self.rare(trace, self.rules.points.of(trace.kind, trace.free))
    }

    /// Less for what many clusters have.
    fn rare(&self, trace: &Trace, points: u32) -> u32 {
        let limits = &self.rules.limits;
        match self.spread.get(&trace.key).copied().unwrap_or_default() {
            clusters if clusters >= limits.clusters_none => 0,
            clusters if clusters >= limits.clusters_half => points / 2,
            _ => points,
        }
    }

    /// At least two different reports, the new one or others, have what both crowds have: one alone may have told of
    /// two frauds, and the same report sent again is no second one.
    fn met(&self, new: &Signature, here: &[&Member], there: &[&Member]) -> bool {
        let (here, there) = (self.carriers(here), self.carriers(there));
        let mut bridges: Vec<&Signature> = Vec::new();
        let own = |carriers: &BTreeMap<u64, Vec<&Signature>>| -> BTreeSet<u64> {
            let keys = new.traces.iter().map(|trace| trace.key);
            keys.filter(|key| carriers.contains_key(key)).collect()
        };
        let (left, right) = (own(&here), own(&there));
        if !left.is_empty() && !right.is_empty() && left.union(&right).count() > 1 {
            bridges.push(new);
        }
        for (key, one) in &here {
            let Some(other) = there.get(key) else {
                continue;
            };
            for bridge in if one.len() <= other.len() { one } else { other } {
                if !bridges.iter().any(|known| is_again(known, bridge)) && !is_again(new, bridge) {
                    bridges.push(bridge);
                }
            }
        }
        bridges.len() >= BRIDGES
    }

    /// Who has each telling thing.
    fn carriers<'m>(&self, crowd: &[&'m Member]) -> BTreeMap<u64, Vec<&'m Signature>> {
        let mut carriers: BTreeMap<u64, Vec<&Signature>> = BTreeMap::new();
        for member in crowd {
            let traces = member.signature.traces.iter();
            for trace in traces.filter(|trace| self.of(trace) >= TELLING) {
                carriers
                    .entry(trace.key)
                    .or_default()
                    .push(&member.signature);
            }
        }
        carriers
    }
}

/// The same report once more.
fn is_again(new: &Signature, old: &Signature) -> bool {
    new.traces == old.traces && new.sketch.alike(&old.sketch) >= AGAIN
}

/// What both have, in order.
fn shared<'s>(new: &'s Signature, old: &Signature) -> impl Iterator<Item = &'s Trace> {
    let has = |trace: &&Trace| old.traces.binary_search(trace).is_ok();
    new.traces.iter().filter(has)
}

/// What speaks for a cluster: of each family the best.
struct Evidence<'m> {
    /// Most members that have one thing in common with the report: of equals the one with more is the report's.
    carriers: u32,
    best: BTreeMap<Family, (u32, Why, &'m Member)>,
}

impl<'m> Evidence<'m> {
    fn add(&mut self, family: Family, points: u32, why: Why, member: &'m Member) {
        let known = self.best.get(&family).map_or(0, |(points, ..)| *points);
        if points > known {
            self.best.insert(family, (points, why, member));
        }
    }

    fn points(&self) -> u32 {
        self.best.values().map(|(points, ..)| points).sum()
    }

    fn of(&self, family: Family) -> u32 {
        self.best.get(&family).map_or(0, |(points, ..)| *points)
    }

    fn ranked(&self) -> Vec<&(u32, Why, &'m Member)> {
        let mut all: Vec<_> = self.best.values().collect();
        all.sort_by_key(|(points, ..)| std::cmp::Reverse(*points));
        all
    }

    fn nearest(&self) -> Option<&'m Member> {
        self.ranked().first().map(|(_, _, member)| *member)
    }

    fn why(&self) -> Vec<Why> {
        self.ranked().into_iter().map(|(_, why, _)| *why).collect()
    }
}

fn evidence<'m>(
    worth: &Worth<'_>,
    new: &Signature,
    at: Micros,
    crowd: &[&'m Member],
) -> Evidence<'m> {
    let mut evidence = Evidence {
        carriers: 0,
        best: BTreeMap::new(),
    };
    let limits = &worth.rules.limits;
    by_traces(
        worth,
        new,
        &within(crowd, at, limits.trace_days),
        &mut evidence,
    );
    let near = within(crowd, at, limits.text_days);
    by_text(worth.rules, new, &near, &mut evidence);
    by_answers(worth.rules, new, &near, &mut evidence);
    evidence
}

/// Members not further away than so many days, before or after.
fn within<'m>(crowd: &[&'m Member], at: Micros, days: i64) -> Vec<&'m Member> {
    let far = days.saturating_mul(86_400).unsigned_abs();
    let near = |member: &&&Member| member.at.seconds().abs_diff(at.seconds()) <= far;
    crowd.iter().filter(near).copied().collect()
}

fn by_traces<'m>(
    worth: &Worth<'_>,
    new: &Signature,
    crowd: &[&'m Member],
    evidence: &mut Evidence<'m>,
) {
    let limits = &worth.rules.limits;
    let size = u32::try_from(crowd.len()).unwrap_or(u32::MAX);
    for trace in &new.traces {
        let has = |member: &&&Member| member.signature.traces.binary_search(trace).is_ok();
        let carriers: Vec<_> = crowd.iter().filter(has).copied().collect();
        // The first who had it: the same one whatever the order.
        let Some(first) = carriers.iter().min_by_key(|member| member.report) else {
            continue;
        };
        let count = u32::try_from(carriers.len()).unwrap_or(u32::MAX);
        evidence.carriers = evidence.carriers.max(count);
        let across = |member: &&Member| member.signature.language != new.language;
        let base = match trace.kind {
            Kind::Domain if count >= SURE => worth.rules.points.domain_sure,
            Kind::Domain if carriers.iter().all(across) => worth.rules.points.domain_across,
            kind => worth.rules.points.of(kind, trace.free),
        };
        let mut points = worth.rare(trace, base);
        if size >= limits.crowd && count < size.div_ceil(limits.share).max(2) {
            points = points * limits.lone_percent / 100;
        }
        let why = Why {
            reason: Reason::of(trace.kind),
            with: first.report,
            percent: None,
        };
        evidence.add(Family::of(trace.kind), points, why, first);
    }
}

fn by_text<'m>(rules: &Rules, new: &Signature, crowd: &[&'m Member], evidence: &mut Evidence<'m>) {
    let long = |signature: &Signature| signature.sketch.pieces >= rules.limits.pieces_min;
    if !long(new) {
        return;
    }
    let mut alike: Vec<(u32, &Member)> = crowd
        .iter()
        .filter(|member| long(&member.signature))
        .map(|member| (new.sketch.alike(&member.signature.sketch), *member))
        .collect();
    alike.sort_by_key(|(percent, member)| (std::cmp::Reverse(*percent), member.report));
    let again = alike
        .first()
        .filter(|(_, member)| is_again(new, &member.signature));
    let Some((_, nearest)) = alike.first() else {
        return;
    };
    let nearest = *nearest;
    let pair = alike.get(usize::from(alike.len() >= 3 && again.is_none()));
    let pair = pair.map_or(0, |(percent, _)| *percent);
    let others: Vec<&Sketch> = alike
        .iter()
        .map(|(_, member)| &member.signature)
        .filter(|signature| !is_again(new, signature))
        .map(|signature| &signature.sketch)
        .collect();
    let percent = pair.max(new.sketch.usual(&others));
    let why = Why {
        reason: Reason::Text,
        with: nearest.report,
        percent: u8::try_from(percent).ok(),
    };
    let mut points = rules.text_points(percent);
    if new.traces.is_empty() && points >= rules.limits.untraced_from {
        points += rules.limits.untraced;
    }
    evidence.add(Family::Text, points, why, nearest);
}

/// Answers that more than half of the members gave too.
fn by_answers<'m>(
    rules: &Rules,
    new: &Signature,
    crowd: &[&'m Member],
    evidence: &mut Evidence<'m>,
) {
    let most = |of: fn(&Signature) -> u16| {
        let same = crowd
            .iter()
            .filter(|member| of(&member.signature) == of(new));
        of(new) != 0 && same.count() * 2 > crowd.len()
    };
    let points = [
        (most(|s| s.category), rules.points.category),
        (most(|s| s.subtype), rules.points.subtype),
        (most(|s| s.channel), rules.points.channel),
    ];
    let points = points
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, points)| points)
        .sum();
    let Some(first) = crowd.iter().min_by_key(|member| member.report) else {
        return;
    };
    let why = Why {
        reason: Reason::Answers,
        with: first.report,
        percent: None,
    };
    evidence.add(Family::Answers, points, why, first);
}
