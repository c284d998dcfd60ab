//! What a joining report must know of its cluster, remembered for as long as nothing but joining happens to clusters: to read
//! all that ever happened to a cluster for each report that joins it would make a campaign's ten-thousandth report cost
//! ten thousand times its first.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cairn_desk::cluster::{ClusterId, Clusters};
use cairn_kernel::time::Micros;

/// Most clusters that are remembered; beyond it the remembering starts afresh.
const CLUSTERS_MAX: usize = 1_000;

/// Of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    /// See [`Clusters::outline`].
    pub state: Clusters,
    /// What was decided for it or anything near it can no longer be undone from then on.
    pub settled: Option<Micros>,
}

/// What is remembered.
#[derive(Debug, Default)]
pub struct Outlines(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// The newest action of any cluster up to which it holds.
    action: i64,
    known: HashMap<ClusterId, Outline>,
}

impl Outlines {
    /// `action` is the newest of any cluster.
    pub(super) fn get(&self, action: i64, cluster: ClusterId) -> Option<Outline> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = kept.action == action;
        holds.then(|| kept.known.get(&cluster).cloned()).flatten()
    }

    /// Remembers what was read when `action` was the newest.
    pub(super) fn keep(&self, action: i64, cluster: ClusterId, outline: Outline) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.action != action || kept.known.len() >= CLUSTERS_MAX {
            kept.known.clear();
        }
        kept.action = action;
        kept.known.insert(cluster, outline);
    }

    /// The only action after `before` is `after`, and a report came by it: what is remembered still holds.
    pub(super) fn came(&self, before: i64, after: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.action == before {
            kept.action = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_did_makes_it_forget() {
        let outlines = Outlines::default();
        let outline = || Outline {
            state: Clusters::default(),
            settled: None,
        };
        outlines.keep(7, ClusterId(1), outline());
        assert!(outlines.get(7, ClusterId(1)).is_some());
        assert!(outlines.get(7, ClusterId(2)).is_none());
        outlines.came(7, 8);
        assert!(outlines.get(8, ClusterId(1)).is_some());
        assert!(outlines.get(9, ClusterId(1)).is_none(), "an officer acted");
        outlines.came(9, 10);
        assert!(outlines.get(10, ClusterId(1)).is_none());
        outlines.keep(10, ClusterId(2), outline());
        assert!(outlines.get(10, ClusterId(1)).is_none());
        assert!(outlines.get(10, ClusterId(2)).is_some());
    }
}
