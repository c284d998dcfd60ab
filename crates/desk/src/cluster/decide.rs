//! What may be done to clusters, and what comes of it: `decide(clusters, command, action, now, by) -> events`.

use std::collections::BTreeSet;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;

use super::state::Place;
use super::{Change, ClusterId, Clusters, Decision, Event, Join, Why};

/// Most reports of one split or move.
pub const REPORTS_MAX: usize = 1_000;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A report has come and was judged.
    Arrive {
        /// Number of the report.
        report: i64,
        /// Its severity, 1 (worst) to 6.
        severity: u8,
        /// What [`judge`](super::judge) said.
        join: Join,
        /// Number for a new cluster, if one is needed: higher than all before.
        fresh: ClusterId,
    },
    /// Split reports of one cluster off into a new one.
    Split {
        /// Their numbers.
        reports: BTreeSet<i64>,
        /// Number of the new cluster: higher than all before.
        fresh: ClusterId,
    },
    /// Move reports to another cluster.
    Move {
        /// Their numbers.
        reports: BTreeSet<i64>,
        /// Where to.
        to: ClusterId,
    },
    /// Link a cluster to another. The program does it (as [`Actor::System`]) for what a joining report belongs to also.
    Merge {
        /// Which.
        from: ClusterId,
        /// To which.
        into: ClusterId,
        /// Why; empty where an officer does it.
        why: Vec<Why>,
    },
    /// Take a decision for a cluster and all linked to it.
    Decide {
        /// Which.
        cluster: ClusterId,
        /// What.
        what: Decision,
    },
    /// Undo an action, whole.
    Undo {
        /// Its number.
        action: i64,
    },
}

/// Why a command has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The action's number is not higher than all before: somebody was quicker.
    #[error("something else happened in the meantime; look again")]
    Stale,
    /// The number for the new cluster was given before.
    #[error("this cluster number was given before")]
    Used,
    /// The report is in a cluster already.
    #[error("this report is in a cluster already")]
    Twice,
    /// No such report in any cluster.
    #[error("there is no such report")]
    NoSuchReport,
    /// No such cluster.
    #[error("there is no such cluster")]
    NoSuchCluster,
    /// No report was chosen.
    #[error("choose at least one report")]
    Nothing,
    /// More than [`REPORTS_MAX`].
    #[error("at most {REPORTS_MAX} reports at once")]
    Limit,
    /// Reports of several clusters cannot be split off together.
    #[error("these reports are in different clusters")]
    Several,
    /// To split all off changes nothing.
    #[error("these are all reports of the cluster; leave at least one")]
    Whole,
    /// They are together already.
    #[error("these are one cluster already")]
    Same,
    /// The program does not link clusters for which officers decided differently.
    #[error("different decisions were taken for these clusters")]
    BothDecided,
    /// The program does not link what an officer has parted.
    #[error("an officer parted these clusters")]
    Parted,
    /// Severity runs from 1 to 6.
    #[error("severity runs from 1 (national emergency) to 6 (minor)")]
    Severity,
    /// A decision that decides nothing, or a sub-type without its category.
    #[error("choose a category, a severity, a reply or an outcome")]
    Empty,
    /// Not an action that can be undone, or undone already, or too long ago. A report that joined is split off instead.
    #[error("this cannot be undone")]
    NotUndoable,
    /// What it changed was changed again since.
    #[error("something later changed the same; undo that first")]
    Later,
}

/// Decides. `action` is the number of what happens now: higher than that of every event before. An empty list means that
/// it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    clusters: &Clusters,
    command: Command,
    action: i64,
    now: Micros,
    by: &Actor,
) -> Result<Vec<Event>, Refusal> {
    if action <= clusters.action {
        return Err(Refusal::Stale);
    }
    let changes = match command {
        Command::Arrive {
            report,
            severity,
            join,
            fresh,
        } => arrive(clusters, report, severity, join, fresh)?,
        Command::Split { reports, fresh } => split(clusters, &reports, fresh)?,
        Command::Move { reports, to } => shift(clusters, &reports, to)?,
        Command::Merge { from, into, why } => merge(clusters, from, into, why, by)?,
        Command::Decide { cluster, what } => settle(clusters, cluster, what, action)?,
        Command::Undo { action } => match clusters.undoable(action) {
            None => return Err(Refusal::NotUndoable),
            Some(false) => return Err(Refusal::Later),
            Some(true) => vec![Change::Undone { undone: action }],
        },
    };
    let event = |change| Event {
        action,
        at: now,
        by: by.clone(),
        change,
    };
    Ok(changes.into_iter().map(event).collect())
}

fn arrive(
    clusters: &Clusters,
    report: i64,
    severity: u8,
    join: Join,
    fresh: ClusterId,
) -> Result<Vec<Change>, Refusal> {
    if clusters.cluster_of(report).is_some() {
        return Err(Refusal::Twice);
    }
    check_severity(Some(severity))?;
    match join {
        Join::Alone => {
            check_fresh(clusters, fresh)?;
            Ok(vec![Change::Opened {
                cluster: fresh,
                report,
                severity,
            }])
        }
        Join::Cluster { cluster, why, .. } => {
            check_known(clusters, cluster)?;
            let mut changes = vec![Change::Joined {
                cluster,
                report,
                severity,
                why,
            }];
            changes.extend(serve(clusters, cluster, report, severity));
            Ok(changes)
        }
    }
}

fn split(
    clusters: &Clusters,
    reports: &BTreeSet<i64>,
    fresh: ClusterId,
) -> Result<Vec<Change>, Refusal> {
    let places = places(clusters, reports)?;
    check_fresh(clusters, fresh)?;
    let Some(from) = places
        .first()
        .map(|(_, place)| clusters.head(place.cluster))
    else {
        return Err(Refusal::Nothing);
    };
    if places
        .iter()
        .any(|(_, place)| clusters.head(place.cluster) != from)
    {
        return Err(Refusal::Several);
    }
    if clusters.reports(from).len() == reports.len() {
        return Err(Refusal::Whole);
    }
    let changes = places.into_iter().map(|(report, place)| Change::Split {
        report,
        from: place.cluster,
        to: fresh,
    });
    Ok(changes.collect())
}

/// The decision of the cluster left no longer holds for them; that of the other one does.
fn shift(
    clusters: &Clusters,
    reports: &BTreeSet<i64>,
    to: ClusterId,
) -> Result<Vec<Change>, Refusal> {
    let places = places(clusters, reports)?;
    check_known(clusters, to)?;
    let mut changes = Vec::new();
    for (report, place) in places {
        if place.cluster == to {
            continue;
        }
        changes.push(Change::Moved {
            report,
            from: place.cluster,
            to,
        });
        changes.extend(serve(clusters, to, report, place.severity));
    }
    if changes.is_empty() {
        return Err(Refusal::Same);
    }
    Ok(changes)
}

fn merge(
    clusters: &Clusters,
    from: ClusterId,
    into: ClusterId,
    why: Vec<Why>,
    by: &Actor,
) -> Result<Vec<Change>, Refusal> {
    check_known(clusters, from)?;
    check_known(clusters, into)?;
    let (from, into) = (clusters.head(from), clusters.head(into));
    if from == into {
        return Err(Refusal::Same);
    }
    let (left, right) = (clusters.decided(from), clusters.decided(into));
    let parted = clusters.is_parted(from) || clusters.is_parted(into);
    if parted && *by == Actor::System {
        return Err(Refusal::Parted);
    }
    let differ = left
        .zip(right)
        .is_some_and(|(left, right)| left.what != right.what);
    if differ && *by == Actor::System {
        return Err(Refusal::BothDecided);
    }
    let mut changes = vec![Change::Merged {
        cluster: from,
        into,
        why,
    }];
    // What was decided for the one that is linked holds where nothing else was decided.
    let (decided, others) = match (left, right) {
        (_, Some(right)) => (right, from),
        (Some(left), None) => {
            changes.push(Change::Decided {
                cluster: into,
                decision: left.decision,
                what: left.what.clone(),
                worst: left.worst,
            });
            (left, into)
        }
        (None, None) => return Ok(changes),
    };
    for report in clusters.reports(others) {
        let Some(place) = clusters.place(report) else {
            continue;
        };
        if place.served != Some(decided.decision) {
            let bad = place.severity < decided.worst;
            changes.push(applied(bad, report, into, decided.decision));
        }
    }
    Ok(changes)
}

fn settle(
    clusters: &Clusters,
    cluster: ClusterId,
    what: Decision,
    action: i64,
) -> Result<Vec<Change>, Refusal> {
    check_known(clusters, cluster)?;
    check_severity(what.severity)?;
    let nothing = what.category.is_none()
        && what.severity.is_none()
        && what.reply.is_none()
        && what.outcome.is_none();
    if nothing || (what.category.is_none() && what.subtype.is_some()) {
        return Err(Refusal::Empty);
    }
    let head = clusters.head(cluster);
    let reports = clusters.reports(head);
    let places = || reports.iter().filter_map(|report| clusters.place(*report));
    if let Some(decided) = clusters.decided(head)
        && decided.what == what
        && places().all(|place| place.served == Some(decided.decision))
    {
        return Ok(Vec::new());
    }
    let worst = places().map(|place| place.severity).min().unwrap_or(6);
    let mut changes = vec![Change::Decided {
        cluster: head,
        decision: action,
        what,
        worst,
    }];
    changes.extend(
        reports
            .iter()
            .map(|report| applied(false, *report, head, action)),
    );
    Ok(changes)
}

/// What the decision of a cluster does to a report that comes to it.
fn serve(clusters: &Clusters, cluster: ClusterId, report: i64, severity: u8) -> Option<Change> {
    let decided = clusters.decided(cluster)?;
    let head = clusters.head(cluster);
    Some(applied(
        severity < decided.worst,
        report,
        head,
        decided.decision,
    ))
}

const fn applied(held: bool, report: i64, cluster: ClusterId, decision: i64) -> Change {
    if held {
        Change::Held {
            report,
            cluster,
            decision,
        }
    } else {
        Change::Applied {
            report,
            cluster,
            decision,
        }
    }
}

fn places<'c>(
    clusters: &'c Clusters,
    reports: &BTreeSet<i64>,
) -> Result<Vec<(i64, &'c Place)>, Refusal> {
    if reports.is_empty() {
        return Err(Refusal::Nothing);
    }
    if reports.len() > REPORTS_MAX {
        return Err(Refusal::Limit);
    }
    let place = |report: &i64| Some((*report, clusters.place(*report)?));
    let places: Option<Vec<_>> = reports.iter().map(place).collect();
    places.ok_or(Refusal::NoSuchReport)
}

fn check_known(clusters: &Clusters, cluster: ClusterId) -> Result<(), Refusal> {
    let known = clusters.has(cluster);
    known.then_some(()).ok_or(Refusal::NoSuchCluster)
}

fn check_fresh(clusters: &Clusters, fresh: ClusterId) -> Result<(), Refusal> {
    let new = fresh.0 > clusters.newest;
    new.then_some(()).ok_or(Refusal::Used)
}

fn check_severity(severity: Option<u8>) -> Result<(), Refusal> {
    let right = severity.is_none_or(|severity| (1..=6).contains(&severity));
    right.then_some(()).ok_or(Refusal::Severity)
}

#[cfg(test)]
mod tests;
