//! Clusters: the rows of what happens to them, the look-up of those a new report may belong to, and what lists and pages
//! read. Lists load no bodies, and the state of a cluster is the sum of its own events and of those of what it was linked
//! to, never of all.

mod mail;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::cluster::{Change, ClusterId, Clusters, Event, Key, Signature, Why};
use cairn_kernel::time::Micros;

use crate::params;
use crate::sql::{Table, Ty};
use crate::writer::{Entry, Unit};

pub use mail::{HeldMail, Mail, ask_for_mail, forget_mail, hold_mail, release_mail, turn_mail};
pub use read::{Due, Fact, Listed, Member, Order, Pending, Place, Reach};

static MEMBER: Table = Table::new(
    "cluster_member",
    &[
        ("report", Ty::Int),
        ("cluster", Ty::Int),
        ("head", Ty::Int),
        ("severity", Ty::Int),
        ("served", Ty::Int),
        ("why", Ty::Text),
        ("at", Ty::Int),
        ("rules", Ty::Int),
        ("signature", Ty::Blob),
        ("things", Ty::Text),
    ],
);
static KEY: Table = Table::new("cluster_key", &[("key", Ty::Int), ("report", Ty::Int)]);

/// Keys of one signature at most, as [`Signature::keys`] says.
pub const KEYS_MAX: usize = 28;
/// Clusters that one look-up names at most: those with the newest reports.
pub const CANDIDATES_MAX: i64 = 500;
/// A report's number may come into the database so many numbers after a higher one: no more wait for the writer.
pub const LATE_MAX: i64 = 2 * crate::writer::QUEUE_UNITS_MAX as i64;

/// How far clusters are: what the next action is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// Newest action.
    pub action: i64,
    /// Newest number of a cluster.
    pub cluster: i64,
    /// All reports up to this number have been looked at.
    pub report: i64,
}

/// What is kept of a report that has come.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// Its number.
    pub report: i64,
    /// When it was received.
    pub at: Micros,
    /// What it can share.
    pub signature: &'a Signature,
    /// Rows of the index.
    pub keys: &'a [Key],
    /// Its observables without the reporter's own, as JSON.
    pub things: String,
}

/// Words that a decision sends to reporters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// SHA-256 of salt and text, hexadecimal.
    pub id: String,
    /// 16 random bytes.
    pub salt: [u8; 16],
    /// JSON: text by language.
    pub text: String,
}

/// Where a report is, as its row says it.
type Spot = (i64, i64, Option<i64>);

/// The rows of what happened: `before` and `after` are the sums of the events of all clusters concerned. If anything else
/// happened to any cluster since `mark` was read, the unit is a conflict and nothing is written. `due` is when what a
/// decision says is done to its reports.
#[must_use]
pub fn change(
    mark: Mark,
    (before, after): (&Clusters, &Clusters),
    events: Vec<(Event, Entry)>,
    due: Micros,
) -> Unit {
    let mut unit = Unit::default();
    let newest = after.ids().last().map_or(0, |id| id.0);
    marked(&mut unit, mark, newest, &events);
    moved(&mut unit, before, after);
    heads(&mut unit, before, after);
    happened(&mut unit, events, due);
    unit
}

/// As [`change`], for a report that joins one cluster: the cluster's row counts it, and no other report is looked at.
/// `head` is the cluster's.
#[must_use]
pub fn joined(
    mark: Mark,
    head: ClusterId,
    report: i64,
    events: Vec<(Event, Entry)>,
    due: Micros,
) -> Unit {
    let mut unit = Unit::default();
    marked(&mut unit, mark, head.0, &events);
    unit.expect(
        1,
        "UPDATE cluster SET size = size + 1, newest = CASE WHEN newest < $1 THEN $1 ELSE newest END WHERE id = $2",
        params![report, head.0],
    );
    happened(&mut unit, events, due);
    unit
}

/// Nothing else happened to any cluster since the mark was read, or the unit is a conflict.
fn marked(unit: &mut Unit, mark: Mark, newest: i64, events: &[(Event, Entry)]) {
    let actions = events.iter().map(|(event, _)| event.action);
    let action = actions.max().unwrap_or(mark.action);
    unit.expect(
        1,
        "INSERT INTO cluster_mark(id, action, cluster, report) VALUES (1, $1, $2, 0) \
         ON CONFLICT (id) DO UPDATE SET action = excluded.action, cluster = excluded.cluster \
         WHERE cluster_mark.action = $3",
        params![action, newest.max(mark.cluster), mark.action],
    );
}

fn happened(unit: &mut Unit, events: Vec<(Event, Entry)>, due: Micros) {
    for (event, entry) in events {
        side_rows(unit, &event, due);
        unit.entries.push(entry);
    }
}

/// Beside [`change`] or [`joined`]: what is kept of the report that came.
pub fn arrive(unit: &mut Unit, arrival: &Arrival<'_>, after: &Clusters, why: &[Why]) {
    let spots = spots(after);
    let (cluster, head, served) = spots.get(&arrival.report).copied().unwrap_or_default();
    let severity = after
        .members()
        .find(|(report, ..)| *report == arrival.report)
        .map_or(6, |(_, _, severity, _)| severity);
    unit.insert(
        &MEMBER,
        params![
            arrival.report,
            cluster,
            head,
            severity,
            served,
            why_json(why),
            arrival.at,
            u32::from(arrival.signature.rules()),
            arrival.signature.to_bytes(),
            arrival.things.as_str()
        ],
    );
    for key in arrival.keys {
        unit.insert(&KEY, params![key.0, arrival.report]);
    }
}

/// Why a report joined, as its row has it.
#[must_use]
pub fn why_json(why: &[Why]) -> String {
    serde_json::to_string(why).unwrap_or_default()
}

/// The rows of a signature that was made anew, under other rules.
#[must_use]
pub fn sign_again(report: i64, signature: &Signature, keys: &[Key]) -> Unit {
    let mut unit = Unit::default();
    unit.expect(
        1,
        "UPDATE cluster_member SET rules = $1, signature = $2 WHERE report = $3",
        params![u32::from(signature.rules()), signature.to_bytes(), report],
    );
    unit.exec("DELETE FROM cluster_key WHERE report = $1", params![report]);
    for key in keys {
        unit.insert(&KEY, params![key.0, report]);
    }
    unit
}

/// In a unit that erases a part of a report: what clusters keep of it is put in place again, made of what is left. Nothing is
/// kept of a report that no cluster has.
pub fn forget(
    unit: &mut Unit,
    report: i64,
    (signature, keys): (&Signature, &[Key]),
    things: String,
) {
    unit.exec(
        "UPDATE cluster_member SET rules = $1, signature = $2, things = $3 WHERE report = $4",
        params![
            u32::from(signature.rules()),
            signature.to_bytes(),
            things,
            report
        ],
    );
    unit.exec("DELETE FROM cluster_key WHERE report = $1", params![report]);
    for key in keys {
        unit.exec(
            "INSERT INTO cluster_key(key, report) SELECT CAST($1 AS BIGINT), report FROM cluster_member WHERE report = $2",
            params![key.0, report],
        );
    }
}

/// Words that a decision of the same unit names.
pub fn keep_reply(unit: &mut Unit, reply: &Reply) {
    unit.exec(
        "INSERT INTO cluster_reply(id, salt, text) VALUES ($1, $2, $3)",
        params![reply.id.as_str(), reply.salt, reply.text.as_str()],
    );
}

/// Nothing of the decision was done to any report yet, or the unit is a conflict.
pub fn expect_undone(unit: &mut Unit, decision: i64) {
    unit.expect(
        1,
        "UPDATE cluster_decision SET no = no WHERE no = $1 \
         AND NOT EXISTS (SELECT 1 FROM cluster_due WHERE decision = $2 AND done)",
        params![decision, decision],
    );
}

/// In the unit that does it: what a decision says is done to a report, once, while the decision holds for it.
pub fn done(unit: &mut Unit, report: i64, decision: i64) {
    unit.expect(
        1,
        "UPDATE cluster_due SET done = TRUE WHERE report = $1 AND decision = $2 AND NOT done \
         AND EXISTS (SELECT 1 FROM cluster_member m WHERE m.report = $3 AND m.served = $4)",
        params![report, decision, report, decision],
    );
}

/// All reports up to this number have been looked at.
#[must_use]
pub fn looked_up_to(report: i64) -> Unit {
    let mut unit = Unit::default();
    unit.exec(
        "INSERT INTO cluster_mark(id, action, cluster, report) VALUES (1, 0, 0, $1) \
         ON CONFLICT (id) DO UPDATE SET report = excluded.report WHERE cluster_mark.report < excluded.report",
        params![report],
    );
    unit
}

pub(crate) fn spots(clusters: &Clusters) -> BTreeMap<i64, Spot> {
    let all = clusters.members();
    all.map(|(report, cluster, _, served)| (report, (cluster.0, clusters.head(cluster).0, served)))
        .collect()
}

/// How many reports a head has with all that is linked to it, and the newest.
pub(crate) fn sizes(clusters: &Clusters) -> BTreeMap<ClusterId, (i64, i64)> {
    let mut sizes: BTreeMap<ClusterId, (i64, i64)> = BTreeMap::new();
    for (report, cluster, ..) in clusters.members() {
        let (size, newest) = sizes.entry(clusters.head(cluster)).or_default();
        *size += 1;
        *newest = report.max(*newest);
    }
    sizes
}

/// Reports whose place is another one now.
fn moved(unit: &mut Unit, before: &Clusters, after: &Clusters) {
    let old = spots(before);
    for (report, spot) in spots(after) {
        if old.get(&report).is_some_and(|old| *old != spot) {
            let (cluster, head, served) = spot;
            unit.expect(
                1,
                "UPDATE cluster_member SET cluster = $1, head = $2, served = $3 WHERE report = $4",
                params![cluster, head, served, report],
            );
        }
    }
}

/// Clusters that are new, or stand differently.
fn heads(unit: &mut Unit, before: &Clusters, after: &Clusters) {
    let (old, new) = (sizes(before), sizes(after));
    let known: BTreeSet<ClusterId> = before.ids().collect();
    let row = |state: &Clusters, sizes: &BTreeMap<ClusterId, (i64, i64)>, id: ClusterId| {
        let head = state.head(id);
        let link = state.link(id).map(|link| link.0);
        let (size, newest) = sizes.get(&id).copied().unwrap_or_default();
        (head.0, link, state.decision_of(id), size, newest)
    };
    for id in after.ids() {
        let now = row(after, &new, id);
        if known.contains(&id) && row(before, &old, id) == now {
            continue;
        }
        let (head, link, decision, size, newest) = now;
        unit.exec(
            "INSERT INTO cluster(id, head, link, decision, size, newest) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO UPDATE SET head = excluded.head, link = excluded.link, \
             decision = excluded.decision, size = excluded.size, newest = excluded.newest",
            params![id.0, head, link, decision, size, newest],
        );
    }
}

/// What an event adds beside the rows of its clusters.
fn side_rows(unit: &mut Unit, event: &Event, due: Micros) {
    match &event.change {
        Change::Undone { undone } => {
            unit.exec(
                "INSERT INTO cluster_touch(cluster, action) \
                 SELECT cluster, CAST($1 AS BIGINT) FROM cluster_touch WHERE action = $2 ON CONFLICT DO NOTHING",
                params![event.action, *undone],
            );
        }
        Change::Decided { decision, what, .. } => {
            unit.exec(
                "INSERT INTO cluster_decision(no, what, reply) VALUES ($1, $2, $3) ON CONFLICT (no) DO NOTHING",
                params![
                    *decision,
                    serde_json::to_string(what).unwrap_or_default(),
                    what.reply.clone()
                ],
            );
        }
        Change::Applied {
            report, decision, ..
        } => {
            let account = match &event.by {
                cairn_kernel::actor::Actor::User(id) => Some(id.as_str()),
                _ => None,
            };
            unit.exec(
                "INSERT INTO cluster_due(report, decision, run_at, account, done) VALUES ($1, $2, $3, $4, FALSE) \
                 ON CONFLICT (report, decision) DO NOTHING",
                params![*report, *decision, due, account],
            );
        }
        _ => {}
    }
    for cluster in event.change.clusters() {
        unit.exec(
            "INSERT INTO cluster_touch(cluster, action) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![cluster.0, event.action],
        );
    }
}
