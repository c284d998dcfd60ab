//! The log: rows, tree, stored nodes, checkpoints, in one pass over the leaves.

use std::collections::VecDeque;

use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::hash::{Hash, entry, leaf_hash};
use cairn_evidence::merkle::Frontier;
use serde::Deserialize;

use super::{PAGE_ROWS, Part, Run, Source, VerifyError, bytes, parallel, shown, text};
use crate::db::ReadError;
use crate::params;
use crate::sql::{Row, Value};

const EVIDENCE: &str = "SELECT idx, at, report, salt, event, entry, challenge, cluster_action, case_no FROM evidence WHERE idx >= $1 ORDER BY idx LIMIT $2";
const CHECKPOINTS: &str =
    "SELECT size, before, note FROM checkpoint WHERE size >= $1 ORDER BY size LIMIT $2";
const NODES: &str = "SELECT n, hash FROM log_node WHERE level = $1 AND n >= $2 ORDER BY n LIMIT $3";
const STRAY_NODES: &str =
    "SELECT level, n FROM log_node WHERE level NOT IN (1, 2, 3, 4, 5, 6, 7) OR n < 0 LIMIT 1000";
/// Levels of tiles above the leaves that a log of 2^63 leaves can have.
const LEVELS: usize = 7;
const TILE: u64 = 256;

/// What the columns beside an event repeat.
#[derive(Deserialize)]
struct Head {
    at: i64,
    #[serde(default)]
    report: Option<i64>,
    #[serde(default)]
    challenge: Option<i64>,
    /// Of an event of clusters.
    #[serde(default)]
    action: Option<i64>,
    #[serde(default)]
    case: Option<i64>,
}

/// A row of the log, looked at.
struct Leaf {
    index: i64,
    hash: Hash,
    faults: Vec<String>,
}

/// A checkpoint, looked at.
struct Signed {
    size: i64,
    before: i64,
    root: Option<Hash>,
    fault: Option<String>,
}

/// The tree so far: the tile at the right edge, and what is complete above it.
#[derive(Default)]
struct Tree {
    tile: Frontier,
    upper: Frontier,
    /// As `upper`, had the stored node of a doubtful tile been believed instead of its rows.
    other: Option<(u64, Frontier)>,
    /// A row of the tile at the edge is known to be wrong: its stored node is believed.
    spoilt: bool,
    levels: [Frontier; LEVELS],
}

impl Tree {
    fn size(&self) -> u64 {
        self.upper.size() * TILE + self.tile.size()
    }

    fn root(&self, upper: &Frontier) -> Option<Hash> {
        let nodes = [upper.nodes(), self.tile.nodes()].concat();
        Some(Frontier::from_nodes(self.size(), nodes).ok()?.root())
    }
}

/// Stored nodes of one level in order.
struct Nodes {
    level: i64,
    page: VecDeque<(i64, Option<Hash>)>,
    next: Option<i64>,
    /// Rows whose number is none: SQLite lets other types in.
    odd: Vec<String>,
}

impl Nodes {
    fn new(level: usize) -> Self {
        Self {
            level: i64::try_from(level).unwrap_or(i64::MAX),
            page: VecDeque::new(),
            next: Some(0),
            odd: Vec::new(),
        }
    }

    fn front(&mut self, source: &Source<'_>) -> Result<Option<(i64, Option<Hash>)>, ReadError> {
        if let (true, Some(from)) = (self.page.is_empty(), self.next) {
            let rows = source.rows(NODES, params![self.level, from, PAGE_ROWS])?;
            for row in &rows {
                match row.int(0) {
                    Ok(n) => self.page.push_back((n, bytes::<32>(row, 1).map(Hash))),
                    Err(_) => self.odd.extend(row.0.first().map(shown)),
                }
            }
            self.next = match self.page.back() {
                Some((last, _)) if rows.len() as i64 == PAGE_ROWS => last.checked_add(1),
                _ => None,
            };
        }
        Ok(self.page.front().copied())
    }

    /// The stored node `n`, if there is a row; its hash, if it is one.
    fn take(&mut self, source: &Source<'_>, n: i64) -> Result<Option<Option<Hash>>, ReadError> {
        match self.front(source)? {
            Some((found, hash)) if found == n => {
                self.page.pop_front();
                Ok(Some(hash))
            }
            _ => Ok(None),
        }
    }
}

/// Checkpoints in order.
struct Checkpoints {
    page: VecDeque<Signed>,
    next: Option<i64>,
    last: i64,
}

struct Pass {
    tree: Tree,
    nodes: Vec<Nodes>,
    checkpoints: Checkpoints,
    /// Size of the newest checkpoint: rows beyond it are no part of the log.
    size: u64,
    /// Size at the last checkpoint that was right.
    sure: u64,
    /// First and last row that no checkpoint covers.
    uncovered: Option<(i64, i64)>,
}

impl Run<'_, '_> {
    pub(super) fn log(&mut self) -> Result<(), VerifyError> {
        let of = self.source.count("SELECT count(*) FROM evidence")?;
        let size = self.newest(of)?;
        let mut pass = Pass {
            tree: Tree::default(),
            nodes: (1..=LEVELS).map(Nodes::new).collect(),
            checkpoints: Checkpoints {
                page: VecDeque::new(),
                next: Some(i64::MIN),
                last: 0,
            },
            size,
            sure: 0,
            uncovered: None,
        };
        let mut from = Some(i64::MIN);
        while let Some(start) = from {
            let rows = self.source.rows(EVIDENCE, params![start, PAGE_ROWS])?;
            let leaves = parallel(&rows, look_at_leaf);
            from = match leaves.last() {
                Some(last) if rows.len() as i64 == PAGE_ROWS => last.index.checked_add(1),
                _ => None,
            };
            for leaf in leaves {
                self.leaf(&mut pass, leaf)?;
            }
            self.progress(Part::Log, self.verdict.leaves, of);
        }
        self.gap(&mut pass, size)?;
        if let Some((first, last)) = pass.uncovered {
            let key = if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            };
            self.found("evidence", key, "no signed checkpoint covers this");
            let end = last.saturating_add(1);
            self.found(
                "checkpoint",
                end,
                "is missing or not genuine, or the rows up to it were added",
            );
        }
        self.strays(&mut pass)?;
        Ok(())
    }

    /// Size of the newest checkpoint that the log signed; without any, the number of rows.
    fn newest(&self, rows: u64) -> Result<u64, VerifyError> {
        let newest = "SELECT size, before, note FROM checkpoint ORDER BY size DESC LIMIT 64";
        let newest = self.source.rows(newest, Vec::new())?;
        Ok(newest
            .iter()
            .map(|row| look_at_checkpoint(row, self.check.trusted))
            .find(|signed| signed.fault.is_none())
            .map_or(if newest.is_empty() { 0 } else { rows }, |signed| {
                signed.size.unsigned_abs()
            }))
    }

    fn leaf(&mut self, pass: &mut Pass, leaf: Leaf) -> Result<(), VerifyError> {
        self.verdict.leaves += 1;
        for fault in &leaf.faults {
            self.found("evidence", leaf.index, fault);
        }
        let Some(index) = u64::try_from(leaf.index).ok().filter(|i| *i < pass.size) else {
            let first = pass.uncovered.map_or(leaf.index, |(first, _)| first);
            pass.uncovered = Some((first, leaf.index));
            return Ok(());
        };
        self.gap(pass, index)?;
        self.push(pass, leaf.hash)
    }

    /// Rows up to `index` (exclusive) that are not there. What their tiles hold is believed from the stored nodes.
    fn gap(&mut self, pass: &mut Pass, index: u64) -> Result<(), VerifyError> {
        let here = pass.tree.size();
        if here >= index {
            return Ok(());
        }
        self.found(
            "evidence",
            range(here, index),
            format_args!("{} of the log missing", rows(index - here)),
        );
        while pass.tree.size() < index {
            pass.tree.spoilt = true;
            self.push(pass, Hash::default())?;
        }
        Ok(())
    }

    fn push(&mut self, pass: &mut Pass, leaf: Hash) -> Result<(), VerifyError> {
        // Cannot be too large: the index came from an i64.
        let _fits = pass.tree.tile.push(leaf);
        if pass.tree.tile.size() == TILE {
            self.tile(pass)?;
        }
        let size = i64::try_from(pass.tree.size()).unwrap_or(i64::MAX);
        while let Some(signed) = self.checkpoint_up_to(pass, size)? {
            self.checkpoint(pass, &signed);
        }
        Ok(())
    }

    /// A tile is complete: compare it and what it completes above with the stored nodes.
    fn tile(&mut self, pass: &mut Pass) -> Result<(), VerifyError> {
        let mut hash = pass.tree.tile.root();
        let mut n = pass.tree.upper.size();
        for level in 0..LEVELS {
            let number = i64::try_from(n).unwrap_or(i64::MAX);
            let Some(nodes) = pass.nodes.get_mut(level) else {
                break;
            };
            let key = format!("{}/{n}", level + 1);
            let believed = match nodes.take(&self.source, number)? {
                Some(Some(stored)) if stored == hash => hash,
                Some(Some(stored)) if level == 0 && pass.tree.spoilt => stored,
                Some(stored) => {
                    self.found("log_node", key, "is not the hash of what stands below it");
                    if let (0, Some(stored)) = (level, stored) {
                        let mut other = pass.tree.upper.clone();
                        let _fits = other.push(stored);
                        pass.tree.other = Some((n, other));
                    }
                    hash
                }
                None => {
                    self.found("log_node", key, "is missing");
                    hash
                }
            };
            if level == 0 {
                if let Some((doubtful, other)) = &mut pass.tree.other
                    && *doubtful != n
                {
                    let _fits = other.push(believed);
                }
                let _fits = pass.tree.upper.push(believed);
                pass.tree.tile = Frontier::new();
                pass.tree.spoilt = false;
            }
            let Some(above) = pass.tree.levels.get_mut(level) else {
                break;
            };
            let _fits = above.push(believed);
            if above.size() < TILE {
                break;
            }
            hash = above.root();
            *above = Frontier::new();
            n /= TILE;
        }
        Ok(())
    }

    /// The next checkpoint, if its size is at most `size`.
    fn checkpoint_up_to(
        &mut self,
        pass: &mut Pass,
        size: i64,
    ) -> Result<Option<Signed>, VerifyError> {
        let checkpoints = &mut pass.checkpoints;
        if let (true, Some(from)) = (checkpoints.page.is_empty(), checkpoints.next) {
            let rows = self.source.rows(CHECKPOINTS, params![from, PAGE_ROWS])?;
            let trusted = self.check.trusted;
            let looked = parallel(&rows, |row| look_at_checkpoint(row, trusted));
            checkpoints.next = match looked.last() {
                Some(last) if rows.len() as i64 == PAGE_ROWS => last.size.checked_add(1),
                _ => None,
            };
            checkpoints.page.extend(looked);
        }
        Ok(match checkpoints.page.front() {
            Some(front) if front.size <= size => checkpoints.page.pop_front(),
            _ => None,
        })
    }

    fn checkpoint(&mut self, pass: &mut Pass, signed: &Signed) {
        self.verdict.checkpoints += 1;
        let before = std::mem::replace(&mut pass.checkpoints.last, signed.size);
        if signed.before != before {
            if before < signed.before && signed.before < signed.size {
                let next = signed.size;
                self.found(
                    "checkpoint",
                    signed.before,
                    format_args!("is missing: that of size {next} follows on it"),
                );
            }
            self.found(
                "checkpoint",
                signed.size,
                format_args!("follows on size {}, but here on {before}", signed.before),
            );
        }
        if let Some(fault) = &signed.fault {
            self.found("checkpoint", signed.size, fault);
            return;
        }
        let size = pass.tree.size();
        if i64::try_from(size) != Ok(signed.size) {
            self.found("checkpoint", signed.size, "the log never had this size");
            return;
        }
        // Under a spoilt tile nothing can be said about the root; its rows were found already.
        if pass.tree.spoilt {
            return;
        }
        let root = pass.tree.root(&pass.tree.upper);
        let other = pass.tree.other.take();
        if root == signed.root {
            pass.sure = size;
            self.verdict.head = signed.root.map(|root| (size, root));
            return;
        }
        let what =
            "these rows do not give the root that was signed: one was changed, moved or replaced";
        match other {
            Some((tile, upper)) if pass.tree.root(&upper) == signed.root => {
                let from = pass.sure.max(tile * TILE);
                self.found("evidence", range(from, (tile + 1) * TILE), what);
                pass.tree.upper = upper;
                pass.sure = size;
            }
            _ => {
                self.found("evidence", range(pass.sure, size), what);
                pass.tree.spoilt = true;
            }
        }
    }

    /// What is left over once the rows are through.
    fn strays(&mut self, pass: &mut Pass) -> Result<(), VerifyError> {
        while let Some(signed) = self.checkpoint_up_to(pass, i64::MAX)? {
            self.checkpoint(pass, &signed);
        }
        for level in 0..LEVELS {
            let mut strays = Vec::new();
            while let Some(nodes) = pass.nodes.get_mut(level)
                && let Some((n, _)) = nodes.front(&self.source)?
            {
                nodes.page.pop_front();
                strays.push(n.to_string());
            }
            if let Some(nodes) = pass.nodes.get_mut(level) {
                strays.append(&mut nodes.odd);
            }
            for n in strays {
                let key = format!("{}/{n}", level + 1);
                self.found("log_node", key, "is no part of the tree");
            }
        }
        for row in self.source.rows(STRAY_NODES, Vec::new())? {
            let key: Vec<String> = row.0.iter().map(shown).collect();
            self.found("log_node", key.join("/"), "is no part of the tree");
        }
        Ok(())
    }
}

fn range(from: u64, to: u64) -> String {
    if from + 1 >= to {
        from.to_string()
    } else {
        format!("{from}-{}", to - 1)
    }
}

fn rows(count: u64) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}

fn look_at_leaf(row: &Row) -> Leaf {
    let index = row.int(0).unwrap_or(i64::MIN);
    let mut faults = Vec::new();
    let stored = bytes::<32>(row, 5).map(Hash);
    let hash = match (bytes::<16>(row, 3), text(row, 4)) {
        (Some(salt), Some(event)) => {
            let computed = entry(&salt, event.as_bytes());
            if stored != Some(computed) {
                faults.push("salt and event do not give the logged entry".to_owned());
            }
            if let Err(fault) = columns(row, event) {
                faults.push(fault);
            }
            stored.unwrap_or(computed)
        }
        _ => {
            faults.push("salt or event is damaged".to_owned());
            stored.unwrap_or_default()
        }
    };
    Leaf {
        index,
        hash: leaf_hash(hash.as_bytes()),
        faults,
    }
}

/// `at`, `report`, `challenge`, `cluster_action` and `case_no` are copies of what the event says.
fn columns(row: &Row, event: &str) -> Result<(), String> {
    let head: Head =
        serde_json::from_str(event).map_err(|error| format!("the event does not read: {error}"))?;
    if row.0.get(1) != Some(&Value::Int(head.at)) {
        return Err("column at is not the event's".to_owned());
    }
    // An event of clusters may name a report, and stands in its own column all the same.
    let report = head.report.filter(|_| head.action.is_none());
    let report = report.map_or(Value::Null, Value::Int);
    if row.0.get(2) != Some(&report) {
        return Err("column report is not the event's".to_owned());
    }
    let challenge = head.challenge.map_or(Value::Null, Value::Int);
    if row.0.get(6) != Some(&challenge) {
        return Err("column challenge is not the event's".to_owned());
    }
    let action = head.action.map_or(Value::Null, Value::Int);
    if row.0.get(7) != Some(&action) {
        return Err("column cluster_action is not the event's".to_owned());
    }
    let case = head.case.map_or(Value::Null, Value::Int);
    if row.0.get(8) != Some(&case) {
        return Err("column case_no is not the event's".to_owned());
    }
    Ok(())
}

fn look_at_checkpoint(row: &Row, trusted: &super::Trusted) -> Signed {
    let size = row.int(0).unwrap_or(i64::MIN);
    let looked = match text(row, 2) {
        None => Err("the note is not text".to_owned()),
        Some(note) => signed_root(note, size, trusted),
    };
    let (root, fault) = match looked {
        Ok(root) => (Some(root), None),
        Err(fault) => (None, Some(fault)),
    };
    Signed {
        size,
        before: row.int(1).unwrap_or(i64::MIN),
        root,
        fault,
    }
}

/// The root that a note states, once all of the note is as the log writes it.
fn signed_root(note: &str, size: i64, trusted: &super::Trusted) -> Result<Hash, String> {
    let signed = SignedCheckpoint::parse(note).map_err(|error| error.to_string())?;
    let state = signed.checkpoint();
    let keys = trusted.keys.for_size(state.size);
    let by = signed.note().verify(&keys).map_err(|e| e.to_string())?;
    if !by.iter().any(|key| key.name() == state.origin) {
        return Err("it is not signed in the log's own name".to_owned());
    }
    if by.len() != signed.note().signatures().len() || signed.to_string() != note {
        return Err("the note holds more than the log's signature".to_owned());
    }
    if state.origin != trusted.origin {
        return Err(format!("it is of another log, {}", state.origin));
    }
    if i64::try_from(state.size) != Ok(size) {
        return Err(format!("the note is for size {}", state.size));
    }
    Ok(state.root)
}
