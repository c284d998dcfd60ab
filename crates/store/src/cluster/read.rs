//! What is read of clusters.

use cairn_desk::cluster::{ClusterId, Decision, Key, Signature};
use cairn_kernel::time::Micros;

use super::{CANDIDATES_MAX, KEYS_MAX, LATE_MAX, Mark, Reply};
use crate::db::ReadError;
use crate::report::{EvidenceRow, Summary};
use crate::sql::{Row, Value};
use crate::{Store, params};

/// Rows of one list at most.
const ROWS_MAX: i64 = 200;

/// A report that no cluster has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Number.
    pub report: i64,
    /// When it was received.
    pub at: Micros,
}

/// A report in a cluster, as it is judged by.
pub type Member = cairn_desk::cluster::Member;

/// In what order clusters are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// With the newest report first.
    Newest,
    /// With the worst report that is not closed first.
    Severe,
}

/// A cluster on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: ClusterId,
    /// Reports in it.
    pub size: i64,
}

/// Where a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its cluster.
    pub cluster: ClusterId,
    /// The cluster that this one is linked to in the end.
    pub head: ClusterId,
}

/// What a list or a page knows of one report in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its row.
    pub summary: Summary,
    /// The cluster it is in.
    pub cluster: ClusterId,
    /// The decision that was applied to it.
    pub served: Option<i64>,
    /// Why it joined, JSON.
    pub why: String,
    /// Its observables, JSON.
    pub things: String,
    /// Agencies to which its reporter agreed, and whether that still holds.
    pub consents: Vec<(String, bool)>,
    /// Direct financial losses: minor units and currency, where known.
    pub losses: Vec<Option<(i64, String)>>,
}

/// To whom a reply to the reports of a cluster that are not closed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Reports that are not closed.
    pub open: i64,
    /// Of these, with a reporter who has the link to the status page.
    pub reached: i64,
    /// Of these, with contact details, to be told that there is an answer.
    pub told: i64,
}

/// Something that a decision says is to be done to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Number of the report.
    pub report: i64,
    /// Number of the decision.
    pub decision: i64,
    /// Who did it; none where the report joined by itself.
    pub account: Option<String>,
    /// From when on.
    pub run_at: Micros,
    /// What, JSON.
    pub what: String,
    /// The report was written to with the same words before.
    pub told: bool,
}

impl Store {
    /// How far clusters are.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_mark(&self) -> Result<Mark, ReadError> {
        let sql = "SELECT action, cluster, report FROM cluster_mark WHERE id = 1";
        let row = self.db.row(sql, Vec::new()).await?;
        row.map_or(Ok(Mark::default()), |row| {
            Ok(Mark {
                action: row.int(0)?,
                cluster: row.int(1)?,
                report: row.int(2)?,
            })
        })
    }

    /// Reports above the mark that no cluster has, in the order of their numbers.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn unclustered(&self, after: i64, limit: i64) -> Result<Vec<Pending>, ReadError> {
        let sql = "SELECT r.no, r.received_at FROM report r LEFT JOIN cluster_member m ON m.report = r.no \
                   WHERE r.no > $1 AND m.report IS NULL AND r.channel <> 'imported' ORDER BY r.no LIMIT $2";
        let rows = self.db.rows(sql, params![after, limit]).await?;
        let pending = |row: &Row| {
            Ok(Pending {
                report: row.int(0)?,
                at: row.at(1)?,
            })
        };
        rows.iter().map(pending).collect()
    }

    /// The number up to which nothing can come any more: well below the newest report.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn settled_reports(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM report";
        let row = self.db.row(sql, Vec::new()).await?;
        let newest = row.map_or(Ok(0), |row| row.int(0))?;
        Ok(newest.saturating_sub(LATE_MAX).max(0))
    }

    /// Reports whose signature was made by other rules than these.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn outdated_signatures(&self, rules: u16, limit: i64) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT report FROM cluster_member WHERE rules < $1 OR rules > $1 LIMIT $2";
        let rows = self.db.rows(sql, params![u32::from(rules), limit]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// The members of all clusters of which one of the newest with a key in common is one, the newest of each: what is
    /// looked at does not grow with the clusters.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_candidates(&self, keys: &[Key]) -> Result<Vec<Member>, ReadError> {
        const SQL: &str = "WITH wanted AS (SELECT DISTINCT column1 AS key FROM (VALUES (CAST($1 AS BIGINT)), ($2), ($3), ($4), \
            ($5), ($6), ($7), ($8), ($9), ($10), ($11), ($12), ($13), ($14), ($15), ($16), ($17), ($18), ($19), ($20), ($21), \
            ($22), ($23), ($24), ($25), ($26), ($27), ($28)) v), \
            since AS MATERIALIZED (SELECT w.key, coalesce((SELECT x.report FROM cluster_key x WHERE x.key = w.key \
            ORDER BY x.report DESC LIMIT 1 OFFSET 99), 0) AS least FROM wanted w), \
            heads AS (SELECT o.head FROM since s JOIN cluster_key k ON k.key = s.key AND k.report >= s.least \
            JOIN cluster_member o ON o.report = k.report GROUP BY o.head ORDER BY max(o.report) DESC LIMIT $29), \
            newest AS MATERIALIZED (SELECT h.head, coalesce((SELECT x.report FROM cluster_member x WHERE x.head = h.head \
            ORDER BY x.report DESC LIMIT 1 OFFSET 199), 0) AS least FROM heads h) \
            SELECT m.report, m.cluster, m.head, m.at, m.signature FROM newest n \
            JOIN cluster_member m ON m.head = n.head AND m.report >= n.least ORDER BY m.report";
        let Some(first) = keys.first() else {
            return Ok(Vec::new());
        };
        let padded = keys.iter().chain(std::iter::repeat(first)).take(KEYS_MAX);
        let mut params: Vec<Value> = padded.map(|key| key.0.into()).collect();
        params.push(CANDIDATES_MAX.into());
        let rows = self.db.rows(SQL, params).await?;
        let member = |row: &Row| {
            let bytes = row.blob(4)?;
            let signature = Signature::from_bytes(&bytes).map_err(|error| ReadError::Content {
                what: "signature",
                cause: error.to_string(),
            })?;
            Ok(Member {
                report: row.int(0)?,
                cluster: ClusterId(row.int(1)?),
                head: ClusterId(row.int(2)?),
                at: row.at(3)?,
                signature,
            })
        };
        rows.iter().map(member).collect()
    }

    /// Everything that happened to a cluster and to all that it ever had to do with, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_events(&self, cluster: ClusterId) -> Result<Vec<EvidenceRow>, ReadError> {
        let sql = "WITH RECURSIVE near(cluster) AS (SELECT CAST($1 AS BIGINT) UNION \
            SELECT o.cluster FROM near n JOIN cluster_touch t ON t.cluster = n.cluster \
            JOIN cluster_touch o ON o.action = t.action) \
            SELECT e.idx, e.at, e.report, e.salt, e.event FROM evidence e WHERE e.cluster_action IN \
            (SELECT t.action FROM near n JOIN cluster_touch t ON t.cluster = n.cluster) ORDER BY e.idx";
        let rows = self.db.rows(sql, params![cluster.0]).await?;
        rows.iter().map(EvidenceRow::read).collect()
    }

    /// Where a report is.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_of(&self, report: i64) -> Result<Option<Place>, ReadError> {
        let sql = "SELECT cluster, head FROM cluster_member WHERE report = $1";
        let row = self.db.row(sql, params![report]).await?;
        let place = row.map(|row| {
            Ok(Place {
                cluster: ClusterId(row.int(0)?),
                head: ClusterId(row.int(1)?),
            })
        });
        place.transpose()
    }

    /// The head of a cluster's links; none where there is no such cluster.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_head(&self, cluster: ClusterId) -> Result<Option<ClusterId>, ReadError> {
        let sql = "SELECT head FROM cluster WHERE id = $1";
        let row = self.db.row(sql, params![cluster.0]).await?;
        row.map(|row| Ok(ClusterId(row.int(0)?))).transpose()
    }

    /// Number and content of the decision that was taken for a cluster and holds.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_decided(
        &self,
        head: ClusterId,
    ) -> Result<Option<(i64, Decision)>, ReadError> {
        let sql = "SELECT d.no, d.what FROM cluster c JOIN cluster_decision d ON d.no = c.decision WHERE c.id = $1";
        let row = self.db.row(sql, params![head.0]).await?;
        let decided = row.map(|row| {
            let what = serde_json::from_str(&row.text(1)?).map_err(|error| ReadError::Content {
                what: "decision",
                cause: error.to_string(),
            })?;
            Ok((row.int(0)?, what))
        });
        decided.transpose()
    }

    /// Clusters with a report that is not closed, of `size_min` reports or more.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn open_clusters(
        &self,
        order: Order,
        size_min: i64,
        (skip, limit): (i64, i64),
    ) -> Result<Vec<Listed>, ReadError> {
        let newest = "SELECT c.id, c.size FROM cluster c JOIN cluster_member m ON m.head = c.id \
                      JOIN report r ON r.no = m.report WHERE r.state <> 'closed' AND c.head = c.id AND c.size >= $1 \
                      GROUP BY c.id, c.size, c.newest ORDER BY c.newest DESC LIMIT $2 OFFSET $3";
        let severe = "SELECT c.id, c.size FROM cluster c JOIN cluster_member m ON m.head = c.id \
                      JOIN report r ON r.no = m.report WHERE r.state <> 'closed' AND c.head = c.id AND c.size >= $1 \
                      GROUP BY c.id, c.size, c.newest ORDER BY min(r.severity), c.newest DESC LIMIT $2 OFFSET $3";
        let sql = match order {
            Order::Newest => newest,
            Order::Severe => severe,
        };
        let limits = params![size_min, limit.clamp(1, ROWS_MAX), skip];
        let rows = self.db.rows(sql, limits).await?;
        rows.iter().map(listed).collect()
    }

    /// All clusters of `size_min` reports or more, the one with the newest report first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn all_clusters(
        &self,
        size_min: i64,
        (skip, limit): (i64, i64),
    ) -> Result<Vec<Listed>, ReadError> {
        let sql = "SELECT id, size FROM cluster WHERE head = id AND size >= $1 \
                   ORDER BY newest DESC LIMIT $2 OFFSET $3";
        let limits = params![size_min, limit.clamp(1, ROWS_MAX), skip];
        let rows = self.db.rows(sql, limits).await?;
        rows.iter().map(listed).collect()
    }

    /// What is known of the reports of a cluster and of all linked to it, newest first, at most `limit`; no bodies.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_facts(&self, head: ClusterId, limit: i64) -> Result<Vec<Fact>, ReadError> {
        const SQL: &str = "SELECT r.no, r.received_at, r.quarter, r.channel, r.language, r.anonymous, r.suspect, \
            r.label, r.category_reported, r.category, r.subtype, r.severity, r.state, r.assignee, r.outcome, \
            r.affected, r.region, r.age_band, r.sector, r.loss, r.loss_minor, r.title, r.version, r.wants_help, \
            r.held_until, r.bare, m.cluster, m.served, m.why, m.things FROM cluster_member m JOIN report r ON r.no = m.report \
            WHERE m.head = $1 ORDER BY m.report DESC LIMIT $2";
        let rows = self.db.rows(SQL, params![head.0, limit]).await?;
        let fact = |row: &Row| {
            Ok(Fact {
                summary: Summary::read(row)?,
                cluster: ClusterId(row.int(26)?),
                served: row.int_opt(27)?,
                why: row.text(28)?,
                things: row.text(29)?,
                consents: Vec::new(),
                losses: Vec::new(),
            })
        };
        let mut facts: Vec<Fact> = rows.iter().map(fact).collect::<Result<_, ReadError>>()?;
        self.cluster_belongings(head, &mut facts).await?;
        Ok(facts)
    }

    /// Consents and losses of the reports of a cluster.
    async fn cluster_belongings(
        &self,
        head: ClusterId,
        facts: &mut [Fact],
    ) -> Result<(), ReadError> {
        let mut places: std::collections::BTreeMap<i64, &mut Fact> = facts
            .iter_mut()
            .map(|fact| (fact.summary.no, fact))
            .collect();
        let consents = "SELECT c.no, c.agency, c.given FROM cluster_member m JOIN report_consent c ON c.no = m.report \
                        WHERE m.head = $1 \
                        UNION ALL SELECT k.no, k.agency, k.given FROM cluster_member m JOIN kept_consent k ON k.no = m.report \
                        WHERE m.head = $1 ORDER BY 1, 2";
        for row in self.db.rows(consents, params![head.0]).await? {
            if let Some(fact) = places.get_mut(&row.int(0)?) {
                fact.consents.push((row.text(1)?, row.bool(2)?));
            }
        }
        let losses = "SELECT l.no, l.minor, l.currency, l.n FROM cluster_member m JOIN report_loss l ON l.no = m.report \
                      WHERE m.head = $1 AND l.kind = 'direct_financial' \
                      UNION ALL SELECT k.no, k.minor, k.currency, k.n FROM cluster_member m JOIN kept_loss k ON k.no = m.report \
                      WHERE m.head = $1 AND k.kind = 'direct_financial' ORDER BY 1, 4";
        for row in self.db.rows(losses, params![head.0]).await? {
            if let Some(fact) = places.get_mut(&row.int(0)?) {
                let amount = row.int_opt(1)?.zip(row.text_opt(2)?);
                fact.losses.push(amount);
            }
        }
        Ok(())
    }

    /// To whom a reply to a cluster would go.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_reach(&self, head: ClusterId) -> Result<Reach, ReadError> {
        let sql = "SELECT count(*), \
            CAST(coalesce(sum(CASE WHEN r.channel <> 'mail' OR EXISTS (SELECT 1 FROM mail_answer a WHERE a.no = r.no) \
            THEN 1 ELSE 0 END), 0) AS BIGINT), \
            CAST(coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM report_contact k WHERE k.no = r.no) \
            THEN 1 ELSE 0 END), 0) AS BIGINT) \
            FROM cluster_member m JOIN report r ON r.no = m.report WHERE m.head = $1 AND r.state <> 'closed'";
        let row = self.db.row(sql, params![head.0]).await?;
        row.map_or(Ok(Reach::default()), |row| {
            Ok(Reach {
                open: row.int(0)?,
                reached: row.int(1)?,
                told: row.int(2)?,
            })
        })
    }

    /// What decisions say is to be done to reports by now, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_due(&self, now: Micros, limit: i64) -> Result<Vec<Due>, ReadError> {
        let sql = "SELECT d.report, d.decision, d.account, x.what, \
            CASE WHEN EXISTS (SELECT 1 FROM cluster_due o JOIN cluster_decision y ON y.no = o.decision \
            WHERE o.report = d.report AND o.done AND y.reply = x.reply) THEN 1 ELSE 0 END, d.run_at \
            FROM cluster_due d JOIN cluster_member m ON m.report = d.report AND m.served = d.decision \
            JOIN cluster_decision x ON x.no = d.decision WHERE NOT d.done AND d.run_at <= $1 \
            ORDER BY d.run_at, d.report LIMIT $2";
        let rows = self.db.rows(sql, params![now, limit]).await?;
        let due = |row: &Row| {
            Ok(Due {
                report: row.int(0)?,
                decision: row.int(1)?,
                account: row.text_opt(2)?,
                what: row.text(3)?,
                told: row.int(4)? == 1,
                run_at: Micros(row.int(5)?),
            })
        };
        rows.iter().map(due).collect()
    }

    /// How much of a decision is done, and how much is still to do: reports, without those that were closed before it was
    /// due, since it changes nothing on them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_progress(&self, decision: i64) -> Result<(i64, i64), ReadError> {
        let sql = "SELECT CAST(coalesce(sum(CASE WHEN d.done THEN 1 ELSE 0 END), 0) AS BIGINT), \
            CAST(coalesce(sum(CASE WHEN NOT d.done AND m.served = d.decision THEN 1 ELSE 0 END), 0) AS BIGINT) \
            FROM cluster_due d JOIN cluster_member m ON m.report = d.report \
            LEFT JOIN report_closed c ON c.no = d.report \
            WHERE d.decision = $1 AND (c.at IS NULL OR c.at >= d.run_at)";
        let row = self.db.row(sql, params![decision]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    /// Words that a decision sends.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cluster_reply(&self, id: &str) -> Result<Option<Reply>, ReadError> {
        let sql = "SELECT salt, text FROM cluster_reply WHERE id = $1";
        let row = self.db.row(sql, params![id]).await?;
        let reply = row.map(|row| {
            let bytes = row.blob(0)?;
            let salt = bytes.try_into().map_err(|_| ReadError::Content {
                what: "reply",
                cause: "its salt has not 16 bytes".into(),
            })?;
            Ok(Reply {
                id: id.to_owned(),
                salt,
                text: row.text(1)?,
            })
        });
        reply.transpose()
    }
}

fn listed(row: &Row) -> Result<Listed, ReadError> {
    Ok(Listed {
        id: ClusterId(row.int(0)?),
        size: row.int(1)?,
    })
}
