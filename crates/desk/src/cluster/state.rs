//! Who is where: the sum of what happened to clusters.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::Why;

/// Number of a cluster: given once, in rising order, never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub i64);

/// What was decided for all reports of a cluster. What is `None` was not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Category code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Sub-type code; only with a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// 1 (national emergency) to 6 (minor).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<u8>,
    /// Id of the canned reply that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// Outcome code with which the reports are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// What happened to a cluster. Serialised as JSON into the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A report came that looks like no other: it begins a cluster.
    Opened {
        /// The new cluster.
        cluster: ClusterId,
        /// Number of the report.
        report: i64,
        /// Severity of the report as it came: 1 (worst) to 6.
        severity: u8,
    },
    /// A report came and joined.
    Joined {
        /// The cluster.
        cluster: ClusterId,
        /// Number of the report.
        report: i64,
        /// Severity of the report as it came.
        severity: u8,
        /// Why.
        why: Vec<Why>,
    },
    /// A report was split off into a new cluster.
    Split {
        /// Number of the report.
        report: i64,
        /// Where it was.
        from: ClusterId,
        /// The new cluster, the same for all of one action.
        to: ClusterId,
    },
    /// A report was moved to another cluster.
    Moved {
        /// Number of the report.
        report: i64,
        /// Where it was.
        from: ClusterId,
        /// Where it is.
        to: ClusterId,
    },
    /// A cluster was linked to another: what is decided for that one holds for both. No report changes its cluster.
    Merged {
        /// Which.
        cluster: ClusterId,
        /// To which.
        into: ClusterId,
        /// Why, where the program did it by a report that belongs to both.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        why: Vec<Why>,
    },
    /// A decision was taken for a cluster and those linked to it.
    Decided {
        /// The cluster at the head.
        cluster: ClusterId,
        /// Number of the decision: that of the action by which it was taken first.
        decision: i64,
        /// What.
        what: Decision,
        /// The worst severity among the reports that it was taken for.
        worst: u8,
    },
    /// The decision holds for a report now: what it says is done to the report.
    Applied {
        /// Number of the report.
        report: i64,
        /// The cluster at the head.
        cluster: ClusterId,
        /// Number of the decision.
        decision: i64,
    },
    /// The report is worse than all that the decision was taken for: nothing is done to it until an officer has looked.
    Held {
        /// Number of the report.
        report: i64,
        /// The cluster at the head.
        cluster: ClusterId,
        /// Number of the decision.
        decision: i64,
    },
    /// An action was undone: everything that it changed is as it was before.
    Undone {
        /// Number of the action.
        undone: i64,
    },
}

impl Change {
    /// The clusters that it is about; none for an undoing, which is about those of what it undoes.
    #[must_use]
    pub fn clusters(&self) -> Vec<ClusterId> {
        match self {
            Self::Opened { cluster, .. }
            | Self::Joined { cluster, .. }
            | Self::Decided { cluster, .. }
            | Self::Applied { cluster, .. }
            | Self::Held { cluster, .. } => vec![*cluster],
            Self::Split { from, to, .. } | Self::Moved { from, to, .. } => vec![*from, *to],
            Self::Merged { cluster, into, .. } => vec![*cluster, *into],
            Self::Undone { .. } => Vec::new(),
        }
    }
}

/// One change, by whom, when. All changes of one command have the same action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Number of the action, rising.
    pub action: i64,
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

impl Event {
    /// The report in whose history it stands; `None` for what concerns whole clusters.
    #[must_use]
    pub const fn report(&self) -> Option<i64> {
        match &self.change {
            Change::Opened { report, .. }
            | Change::Joined { report, .. }
            | Change::Split { report, .. }
            | Change::Moved { report, .. }
            | Change::Applied { report, .. }
            | Change::Held { report, .. } => Some(*report),
            Change::Merged { .. } | Change::Decided { .. } | Change::Undone { .. } => None,
        }
    }
}

/// Where a report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) cluster: ClusterId,
    pub(super) severity: u8,
    /// Number of the decision that was applied to it.
    pub(super) served: Option<i64>,
}

/// A decision that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) decision: i64,
    pub(super) what: Decision,
    pub(super) worst: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Cluster {
    link: Option<ClusterId>,
    decided: Option<Decided>,
}

/// What an action changed, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Before {
    places: BTreeMap<i64, Place>,
    links: BTreeMap<ClusterId, Option<ClusterId>>,
    decided: BTreeMap<ClusterId, Option<Decided>>,
}

impl Before {
    /// Both changed the same thing.
    fn meets(&self, other: &Self) -> bool {
        self.places
            .keys()
            .any(|report| other.places.contains_key(report))
            || self.links.keys().any(|id| other.links.contains_key(id))
            || self.decided.keys().any(|id| other.decided.contains_key(id))
    }
}

/// Where every report is and what was decided. Begins empty; events make it. To work on some clusters, the events of
/// these, of those linked to them and of those their reports came from or went to are enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clusters {
    /// Newest action.
    pub(super) action: i64,
    /// Newest cluster.
    pub(super) newest: i64,
    clusters: BTreeMap<ClusterId, Cluster>,
    places: BTreeMap<i64, Place>,
    /// What can be undone.
    actions: BTreeMap<i64, Before>,
    /// The newest action by which a report came.
    arrival: i64,
    /// Decisions that were undone.
    gone: BTreeSet<i64>,
    /// Clusters that officers parted from others.
    parted: BTreeSet<ClusterId>,
}

impl Clusters {
    /// The sum of events, in their order.
    #[must_use]
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut clusters = Self::default();
        for event in events {
            clusters.apply(event);
        }
        clusters
    }

    /// The one cluster that a report is in.
    #[must_use]
    pub fn cluster_of(&self, report: i64) -> Option<ClusterId> {
        self.places.get(&report).map(|place| place.cluster)
    }

    /// What a report must know that joins this cluster and no other: whether there is such a cluster, its head, and what was
    /// decided for that. Nothing of the other reports, so that a cluster of a hundred thousand is no heavier than one of two.
    #[must_use]
    pub fn outline(&self, cluster: ClusterId) -> Self {
        let head = self.head(cluster);
        let decided = self.clusters.get(&head).and_then(|it| it.decided.clone());
        let mut outline = Self {
            action: self.action,
            newest: self.newest,
            ..Self::default()
        };
        if self.clusters.contains_key(&cluster) {
            outline.clusters.entry(head).or_default().decided = decided;
            let link = (head != cluster).then_some(head);
            outline.clusters.entry(cluster).or_default().link = link;
        }
        outline
    }

    /// The cluster to which this one is linked in the end; itself if to none.
    #[must_use]
    pub fn head(&self, cluster: ClusterId) -> ClusterId {
        let mut head = cluster;
        // Links never make a ring; the bound is for events that nobody should have written.
        for _ in 0..self.clusters.len() {
            match self.clusters.get(&head).and_then(|cluster| cluster.link) {
                Some(next) => head = next,
                None => break,
            }
        }
        head
    }

    /// Reports of a cluster and of all that are linked to it, by number. Empty for a cluster that lost its reports.
    #[must_use]
    pub fn reports(&self, cluster: ClusterId) -> BTreeSet<i64> {
        let all = self.places.iter();
        all.filter(|(_, place)| self.head(place.cluster) == cluster || place.cluster == cluster)
            .map(|(report, _)| *report)
            .collect()
    }

    /// Every cluster that has been, by number.
    pub fn ids(&self) -> impl Iterator<Item = ClusterId> {
        self.clusters.keys().copied()
    }

    /// What was decided for a cluster, itself or the one it is linked to.
    #[must_use]
    pub fn decision(&self, cluster: ClusterId) -> Option<&Decision> {
        self.decided(cluster).map(|decided| &decided.what)
    }

    /// Number of the decision that was applied to a report.
    #[must_use]
    pub fn served(&self, report: i64) -> Option<i64> {
        self.places.get(&report).and_then(|place| place.served)
    }

    /// Number of the decision that was taken for this very cluster and holds.
    #[must_use]
    pub fn decision_of(&self, cluster: ClusterId) -> Option<i64> {
        let decided = self.clusters.get(&cluster)?.decided.as_ref()?;
        Some(decided.decision)
    }

    /// The cluster to which this one is linked.
    #[must_use]
    pub fn link(&self, cluster: ClusterId) -> Option<ClusterId> {
        self.clusters.get(&cluster)?.link
    }

    /// Every report: number, cluster, severity as it came, and the decision that was applied to it.
    pub fn members(&self) -> impl Iterator<Item = (i64, ClusterId, u8, Option<i64>)> {
        let all = self.places.iter();
        all.map(|(report, place)| (*report, place.cluster, place.severity, place.served))
    }

    /// Number of the newest action.
    #[must_use]
    pub const fn action(&self) -> i64 {
        self.action
    }

    pub(super) fn decided(&self, cluster: ClusterId) -> Option<&Decided> {
        self.clusters.get(&self.head(cluster))?.decided.as_ref()
    }

    /// An officer split it off, or undid its link to another.
    pub(super) fn is_parted(&self, cluster: ClusterId) -> bool {
        self.parted.contains(&cluster)
    }

    pub(super) fn has(&self, cluster: ClusterId) -> bool {
        self.clusters.contains_key(&cluster)
    }

    pub(super) fn place(&self, report: i64) -> Option<&Place> {
        self.places.get(&report)
    }

    /// The action can be undone; `Some(false)` if something that it changed was changed again since.
    #[must_use]
    pub fn undoable(&self, action: i64) -> Option<bool> {
        let before = self.actions.get(&action)?;
        let mut later = self.actions.range(action.saturating_add(1)..);
        Some(!later.any(|(_, later)| later.meets(before)))
    }

    /// One more event.
    pub fn apply(&mut self, event: &Event) {
        self.action = self.action.max(event.action);
        let action = event.action;
        match &event.change {
            Change::Opened {
                cluster,
                report,
                severity,
            }
            | Change::Joined {
                cluster,
                report,
                severity,
                ..
            } => {
                self.open(*cluster);
                self.arrival = action;
                let place = Place {
                    cluster: *cluster,
                    severity: *severity,
                    served: None,
                };
                self.places.insert(*report, place);
            }
            Change::Split { report, to, .. } | Change::Moved { report, to, .. } => {
                if matches!(event.change, Change::Split { .. }) {
                    self.parted.insert(*to);
                }
                self.open(*to);
                self.keep_place(action, *report);
                if let Some(place) = self.places.get_mut(report) {
                    place.cluster = *to;
                    place.served = None;
                }
            }
            Change::Merged { cluster, into, .. } => {
                let entry = self.clusters.entry(*cluster).or_default();
                let before = self.actions.entry(action).or_default();
                before.links.entry(*cluster).or_insert(entry.link);
                entry.link = Some(*into);
            }
            Change::Decided {
                cluster,
                decision,
                what,
                worst,
            } => {
                let entry = self.clusters.entry(*cluster).or_default();
                let before = self.actions.entry(action).or_default();
                let new = Decided {
                    decision: *decision,
                    what: what.clone(),
                    worst: *worst,
                };
                let old = entry.decided.replace(new);
                before.decided.entry(*cluster).or_insert(old);
            }
            Change::Applied {
                report, decision, ..
            } => {
                self.keep_place(action, *report);
                if let Some(place) = self.places.get_mut(report) {
                    place.served = Some(*decision);
                }
            }
            Change::Held { .. } => {}
            Change::Undone { undone } => self.restore(*undone),
        }
    }

    fn open(&mut self, cluster: ClusterId) {
        self.newest = self.newest.max(cluster.0);
        self.clusters.entry(cluster).or_default();
    }

    /// Remembers where a report was before an action that can be undone. An arrival can't be.
    fn keep_place(&mut self, action: i64, report: i64) {
        if action == self.arrival {
            return;
        }
        if let Some(place) = self.places.get(&report).cloned() {
            let before = self.actions.entry(action).or_default();
            before.places.entry(report).or_insert(place);
        }
    }

    fn restore(&mut self, action: i64) {
        let Some(before) = self.actions.remove(&action) else {
            return;
        };
        self.gone.insert(action);
        self.places.extend(before.places);
        self.parted.extend(before.links.keys());
        for (id, link) in before.links {
            self.clusters.entry(id).or_default().link = link;
        }
        for (id, decided) in before.decided {
            self.clusters.entry(id).or_default().decided = decided;
        }
        // A decision that is gone is gone everywhere: for reports that came since, and clusters that took it over.
        let gone = &self.gone;
        for place in self.places.values_mut() {
            place.served = place.served.filter(|served| !gone.contains(served));
        }
        for cluster in self.clusters.values_mut() {
            let kept = cluster.decided.take();
            cluster.decided = kept.filter(|kept| !gone.contains(&kept.decision));
        }
    }
}
