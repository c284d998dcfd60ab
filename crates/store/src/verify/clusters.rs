//! Clusters: their rows against the events that made them. Who is where is summed up from the whole log anew, so that this
//! takes memory for each report: some 200 bytes.

use std::collections::BTreeMap;

use cairn_desk::cluster::{Change, ClusterId, Clusters, Event};
use cairn_evidence::hash::salted;

use super::reports::{disagree, same};
use super::{PAGE_ROWS, Run, VerifyError, bytes, text};
use crate::cluster::{sizes, spots, why_json};
use crate::params;
use crate::sql::Value;

const EVENTS: &str = "SELECT idx, event FROM evidence WHERE cluster_action IS NOT NULL AND idx > $1 ORDER BY idx LIMIT $2";
const MEMBERS: &str = "SELECT m.report, m.cluster, m.head, m.severity, m.served, m.why, m.at, r.received_at \
    FROM cluster_member m LEFT JOIN report r ON r.no = m.report WHERE m.report > $1 ORDER BY m.report LIMIT $2";
const CLUSTERS: &str =
    "SELECT id, head, link, decision, size, newest FROM cluster WHERE id > $1 ORDER BY id LIMIT $2";
const DECISIONS: &str =
    "SELECT no, what, reply FROM cluster_decision WHERE no > $1 ORDER BY no LIMIT $2";
/// What is kept of reports whose words were erased, by table.
const LEFT: [(&str, &str); 2] = [
    (
        "cluster_member",
        "SELECT r.no FROM report r WHERE r.bare AND EXISTS \
         (SELECT 1 FROM cluster_member m WHERE m.report = r.no AND m.things <> '[]') ORDER BY r.no LIMIT 1000",
    ),
    (
        "cluster_key",
        "SELECT r.no FROM report r WHERE r.bare AND EXISTS \
         (SELECT 1 FROM cluster_key k WHERE k.report = r.no) ORDER BY r.no LIMIT 1000",
    ),
];
const REPLIES: &str = "SELECT id, salt, text FROM cluster_reply WHERE id > $1 ORDER BY id LIMIT $2";

/// What the log says.
#[derive(Default)]
struct Said {
    state: Clusters,
    why: BTreeMap<i64, String>,
    decisions: BTreeMap<i64, (String, Option<String>)>,
}

impl Run<'_, '_> {
    pub(super) fn clusters(&mut self) -> Result<(), VerifyError> {
        let said = self.cluster_log()?;
        self.members(&said)?;
        self.left()?;
        self.cluster_rows(&said.state)?;
        self.decisions(said.decisions)?;
        self.replies()
    }

    fn cluster_log(&mut self) -> Result<Said, VerifyError> {
        let mut said = Said::default();
        let mut from = -1;
        loop {
            let rows = self.source.rows(EVENTS, params![from, PAGE_ROWS])?;
            for row in &rows {
                from = row.int(0).unwrap_or(from);
                let Some(Ok(event)) = text(row, 1).map(serde_json::from_str::<Event>) else {
                    self.found("evidence", from, "does not read as an event of clusters");
                    continue;
                };
                said.state.apply(&event);
                match &event.change {
                    Change::Opened { report, .. } => {
                        said.why.insert(*report, why_json(&[]));
                    }
                    Change::Joined { report, why, .. } => {
                        said.why.insert(*report, why_json(why));
                    }
                    Change::Decided { decision, what, .. } => {
                        let json = serde_json::to_string(what).unwrap_or_default();
                        said.decisions
                            .entry(*decision)
                            .or_insert((json, what.reply.clone()));
                    }
                    _ => {}
                }
            }
            if (rows.len() as i64) < PAGE_ROWS {
                return Ok(said);
            }
        }
    }

    /// Each report is in the one cluster that the log says.
    fn members(&mut self, said: &Said) -> Result<(), VerifyError> {
        const NAMES: [&str; 6] = ["cluster", "head", "severity", "served", "why", "at"];
        let mut places = spots(&said.state);
        let severities: BTreeMap<i64, u8> = said
            .state
            .members()
            .map(|(report, _, severity, _)| (report, severity))
            .collect();
        let mut from = i64::MIN;
        loop {
            let rows = self.source.rows(MEMBERS, params![from, PAGE_ROWS])?;
            for row in &rows {
                let report = row.int(0).unwrap_or(from);
                from = report;
                let Some((cluster, head, served)) = places.remove(&report) else {
                    self.found(
                        "cluster_member",
                        report,
                        "no evidence says that this report is in a cluster",
                    );
                    continue;
                };
                self.verdict.clustered += 1;
                let severity = severities.get(&report).copied().unwrap_or_default();
                let why = said.why.get(&report).cloned().unwrap_or_default();
                let mut expected = params![cluster, head, severity, served, why];
                expected.push(row.0.get(7).cloned().unwrap_or(Value::Null));
                let cells = row.0.iter().skip(1);
                for ((name, should), cell) in NAMES.iter().zip(&expected).zip(cells) {
                    if !same(should, cell) {
                        self.found("cluster_member", report, disagree(name, cell, should));
                    }
                }
            }
            if (rows.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for report in places.keys() {
            self.found("cluster_member", report, "is missing");
        }
        Ok(())
    }

    /// Of a report whose words were erased nothing is there by which others are found, and no thing that it named.
    fn left(&mut self) -> Result<(), VerifyError> {
        for (table, sql) in LEFT {
            for row in self.source.rows(sql, Vec::new())? {
                let report = row.int(0).unwrap_or(-1);
                self.found(table, report, "is still there, though it was erased");
            }
        }
        Ok(())
    }

    fn cluster_rows(&mut self, state: &Clusters) -> Result<(), VerifyError> {
        const NAMES: [&str; 5] = ["head", "link", "decision", "size", "newest"];
        let sizes = sizes(state);
        let mut known: std::collections::BTreeSet<ClusterId> = state.ids().collect();
        let mut from = i64::MIN;
        loop {
            let rows = self.source.rows(CLUSTERS, params![from, PAGE_ROWS])?;
            for row in &rows {
                from = row.int(0).unwrap_or(from);
                let id = ClusterId(from);
                if !known.remove(&id) {
                    self.found(
                        "cluster",
                        from,
                        "no evidence says that there is such a cluster",
                    );
                    continue;
                }
                let (size, newest) = sizes.get(&id).copied().unwrap_or_default();
                let link = state.link(id).map(|link| link.0);
                let expected = params![state.head(id).0, link, state.decision_of(id), size, newest];
                for ((name, should), cell) in NAMES.iter().zip(&expected).zip(row.0.iter().skip(1))
                {
                    if !same(should, cell) {
                        self.found("cluster", from, disagree(name, cell, should));
                    }
                }
            }
            if (rows.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for id in known {
            self.found("cluster", id.0, "is missing");
        }
        Ok(())
    }

    fn decisions(
        &mut self,
        mut said: BTreeMap<i64, (String, Option<String>)>,
    ) -> Result<(), VerifyError> {
        let mut from = i64::MIN;
        loop {
            let rows = self.source.rows(DECISIONS, params![from, PAGE_ROWS])?;
            for row in &rows {
                from = row.int(0).unwrap_or(from);
                match said.remove(&from) {
                    Some((what, reply))
                        if text(row, 1) == Some(what.as_str())
                            && text(row, 2) == reply.as_deref() => {}
                    _ => self.found(
                        "cluster_decision",
                        from,
                        "is not what the log says was decided",
                    ),
                }
            }
            if (rows.len() as i64) < PAGE_ROWS {
                break;
            }
        }
        for no in said.keys() {
            self.found("cluster_decision", no, "is missing");
        }
        Ok(())
    }

    /// The name of a reply, which the log has, is the digest of its words.
    fn replies(&mut self) -> Result<(), VerifyError> {
        let missing = "SELECT d.no FROM cluster_decision d LEFT JOIN cluster_reply r ON r.id = d.reply \
                       WHERE d.reply IS NOT NULL AND r.id IS NULL ORDER BY d.no LIMIT $1";
        for row in self.source.rows(missing, params![PAGE_ROWS])? {
            self.found(
                "cluster_reply",
                row.int(0).unwrap_or(-1),
                "the words of this decision are missing",
            );
        }
        let mut from = String::new();
        loop {
            let rows = self
                .source
                .rows(REPLIES, params![from.as_str(), PAGE_ROWS])?;
            for row in &rows {
                text(row, 0).unwrap_or_default().clone_into(&mut from);
                let given = match (bytes::<16>(row, 1), text(row, 2)) {
                    (Some(salt), Some(words)) => salted(&salt, words.as_bytes()).hex(),
                    _ => String::new(),
                };
                if given != from {
                    let what = "salt and text do not give the digest in the log";
                    self.found("cluster_reply", &from, what);
                }
            }
            if (rows.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }
}
