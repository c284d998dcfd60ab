//! What officers see of clusters: the list, one of them, and where a report is.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::access::{Action, Visible};
use cairn_desk::cluster::{
    Change, ClusterId, Decision, Event, Facts, REPORTS_MAX, Reason, Row, Why,
};
use cairn_desk::report::{Certainty, LossItem, LossKind, State};
use cairn_kernel::money::Money;
use cairn_kernel::observable::Observable;
use cairn_store::cluster::{Fact, Listed, Order, Reach};

use super::{Asked, Family, rules};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// Clusters of one page of the list.
const ROWS: i64 = 20;

/// What an officer asks the list for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query {
    /// Those too of which every report is closed.
    pub all: bool,
    /// Reports that look like no other, too.
    pub single: bool,
    /// With the worst report first, of those that have one that is not closed.
    pub severe: bool,
    /// Page, from 0.
    pub page: u32,
}

/// A cluster on the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// Reports in it; the sums are of at most the newest 1,000.
    pub size: i64,
    /// What they add up to.
    pub row: Row,
    /// How many are not closed.
    pub open: usize,
    /// How many are marked as likely from machines.
    pub suspect: usize,
    /// How many the decision that holds was held back from.
    pub held: usize,
    /// First words of the newest whose words are still there; none where those of all were erased.
    pub title: Option<String>,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Clusters.
    pub lines: Vec<Line>,
    /// There are more.
    pub more: bool,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Log index.
    pub index: i64,
    /// What, by whom, when.
    pub event: Event,
    /// It can be undone now. Of the changes of one action, the first says so.
    pub undoable: bool,
}

/// A cluster with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// As on the list.
    pub line: Line,
    /// The newest action: what an action is made for.
    pub version: i64,
    /// Its reports, newest first.
    pub facts: Vec<Fact>,
    /// Reports that the decision was held back from.
    pub held: BTreeSet<i64>,
    /// To whom a reply would go.
    pub reach: Reach,
    /// Number of the decision that holds, and how many reports it is done to and still to do to.
    pub decision: Option<(i64, i64, i64)>,
    /// The words of its reply by language.
    pub reply: BTreeMap<String, String>,
    /// Whether mail about it waits for a second officer, or did.
    pub mail: Option<Asked>,
    /// Clusters that are linked to it.
    pub linked: Vec<i64>,
    /// What happened, newest first.
    pub history: Vec<Happened>,
}

/// What clusters mean for one report.
#[derive(Debug, Clone)]
pub struct About {
    /// The cluster that decides for it.
    pub head: i64,
    /// Reports in it.
    pub size: usize,
    /// Why it joined.
    pub why: Vec<Why>,
    /// The decision was held back from it.
    pub held: bool,
    /// What happened to it in clusters, by log index.
    pub events: Vec<(i64, Event)>,
}

impl App {
    /// A page of the list.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn clusters(&self, who: &Principal, query: Query) -> Result<Visible<Page>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let size_min = if query.single { 1 } else { 2 };
        let part = (i64::from(query.page) * ROWS, ROWS + 1);
        let order = if query.severe {
            Order::Severe
        } else {
            Order::Newest
        };
        let mut listed = if query.all {
            self.store.all_clusters(size_min, part).await?
        } else {
            self.store.open_clusters(order, size_min, part).await?
        };
        let more = listed.len() as i64 > ROWS;
        listed.truncate(ROWS as usize);
        let mut lines = Vec::with_capacity(listed.len());
        for one in listed {
            let facts = self.facts(one.id).await?;
            let decided = self.store.cluster_decided(one.id).await?;
            lines.extend(line(one, &facts, decided)?);
        }
        Ok(grant.show(Page { lines, more }))
    }

    async fn facts(&self, head: ClusterId) -> Result<Vec<Fact>, AppError> {
        Ok(self.store.cluster_facts(head, REPORTS_MAX as i64).await?)
    }

    /// The number of the cluster that decides for this one: itself, or the one that it is linked to in the end.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn head_of_cluster(&self, who: &Principal, cluster: i64) -> Result<i64, AppError> {
        let _grant = who.grant(Action::ReadReports)?;
        let head = self.store.cluster_head(ClusterId(cluster)).await?;
        head.map(|head| head.0).ok_or(AppError::NotFound)
    }

    /// One cluster, whole.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_cluster(
        &self,
        who: &Principal,
        cluster: i64,
    ) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let id = ClusterId(cluster);
        let family = self.family(&[id]).await?;
        let facts = self.facts(id).await?;
        let size = family.state.reports(id).len() as i64;
        let decided = self.store.cluster_decided(id).await?;
        let (no, what) = decided.clone().unzip();
        let line = line(Listed { id, size }, &facts, decided)?.ok_or(AppError::NotFound)?;
        let progress = match no {
            Some(no) => Some((no, self.store.cluster_progress(no).await?)),
            None => None,
        };
        let reply = match what.as_ref().and_then(reply_id) {
            Some(id) => self.store.cluster_reply(&id).await?,
            None => None,
        };
        let reply = reply.map_or(Ok(BTreeMap::new()), |reply| {
            serde_json::from_str(&reply.text).map_err(damaged("reply"))
        })?;
        let linked = family.state.ids().filter(|other| *other != id);
        let linked: Vec<i64> = linked
            .filter(|other| family.state.head(*other) == id)
            .map(|other| other.0)
            .collect();
        Ok(grant.show(Whole {
            version: family.state.action(),
            held: facts
                .iter()
                .filter(|fact| no.is_some() && fact.served != no)
                .map(|fact| fact.summary.no)
                .collect(),
            reach: self.store.cluster_reach(id).await?,
            mail: match no {
                Some(no) => self.asked_of(no).await?,
                None => None,
            },
            decision: progress.map(|(no, (done, open))| (no, done, open)),
            history: self.happened(&family, id).await?,
            line,
            facts,
            reply,
            linked,
        }))
    }

    /// What happened to a cluster and those that are linked to it.
    async fn happened(&self, family: &Family, id: ClusterId) -> Result<Vec<Happened>, AppError> {
        let own: BTreeSet<ClusterId> = family
            .state
            .ids()
            .filter(|other| family.state.head(*other) == id)
            .collect();
        let (mut shown, mut all) = (BTreeSet::new(), Vec::new());
        for (index, event) in &family.events {
            let about = match &event.change {
                Change::Undone { undone } => shown.contains(undone),
                change => change
                    .clusters()
                    .iter()
                    .any(|cluster| own.contains(cluster)),
            };
            if !about {
                continue;
            }
            let first = shown.insert(event.action);
            let mut undoable = first && family.state.undoable(event.action) == Some(true);
            if undoable {
                undoable = self.store.cluster_progress(event.action).await?.0 == 0;
            }
            all.push(Happened {
                index: *index,
                event: event.clone(),
                undoable,
            });
        }
        all.reverse();
        Ok(all)
    }

    /// What clusters mean for a report; none before it was put into one.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cluster_about(
        &self,
        who: &Principal,
        report: i64,
    ) -> Result<Option<Visible<About>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let Some(place) = self.store.cluster_of(report).await? else {
            return Ok(None);
        };
        let family = self.family(&[place.cluster]).await?;
        let events: Vec<(i64, Event)> = family
            .events
            .iter()
            .filter(|(_, event)| event.report() == Some(report))
            .map(|(index, event)| (*index, event.clone()))
            .collect();
        let why = events.iter().find_map(|(_, event)| match &event.change {
            Change::Joined { why, .. } => Some(why.clone()),
            _ => None,
        });
        let decided = family.state.decision_of(place.head);
        Ok(Some(grant.show(About {
            head: place.head.0,
            size: family.state.reports(place.head).len(),
            why: why.unwrap_or_default(),
            held: decided.is_some() && family.state.served(report) != decided,
            events,
        })))
    }

    /// Why, in words of a language.
    #[must_use]
    pub fn reason(&self, reason: Reason, language: &str) -> &'static str {
        rules().map_or("", |rules| rules.words(reason, language))
    }
}

fn reply_id(what: &Decision) -> Option<String> {
    what.reply.clone()
}

/// What a report's row, its consents and its losses say, as the sum wants it.
struct Owned {
    losses: Vec<LossItem>,
    consents: BTreeMap<String, bool>,
    things: Vec<Observable>,
    reasons: Vec<Reason>,
}

fn owned(fact: &Fact) -> Result<Owned, AppError> {
    let why: Vec<Why> = serde_json::from_str(&fact.why).map_err(damaged("reasons"))?;
    let loss = |amount: &Option<(i64, String)>| LossItem {
        kind: LossKind::DirectFinancial,
        amount: amount
            .clone()
            .map(|(minor, currency)| Money { minor, currency }),
        date: None,
        certainty: Certainty::Stated,
        paid_by: None,
        recovered_minor: None,
    };
    Ok(Owned {
        losses: fact.losses.iter().map(loss).collect(),
        consents: fact.consents.iter().cloned().collect(),
        things: serde_json::from_str(&fact.things).map_err(damaged("observables"))?,
        reasons: why.iter().map(|why| why.reason).collect(),
    })
}

fn line(
    listed: Listed,
    facts: &[Fact],
    decided: Option<(i64, Decision)>,
) -> Result<Option<Line>, AppError> {
    let owned: Vec<Owned> = facts.iter().map(owned).collect::<Result<_, _>>()?;
    let members: Vec<Facts<'_>> = facts
        .iter()
        .zip(&owned)
        .map(|(fact, own)| Facts {
            at: fact.summary.received_at,
            category: &fact.summary.category,
            subtype: fact.summary.subtype.as_deref(),
            severity: fact.summary.severity,
            language: &fact.summary.language,
            losses: &own.losses,
            consents: &own.consents,
            observables: &own.things,
            reasons: &own.reasons,
        })
        .collect();
    let (no, decision) = decided.unzip();
    let count = |is: &dyn Fn(&Fact) -> bool| facts.iter().filter(|fact| is(fact)).count();
    Ok(Row::of(rules()?, &members).map(|row| Line {
        id: listed.id.0,
        size: listed.size,
        open: count(&|fact| fact.summary.state != State::Closed.as_str()),
        suspect: count(&|fact| fact.summary.suspect),
        held: count(&|fact| no.is_some() && fact.served != no),
        title: facts
            .iter()
            .find(|fact| !fact.summary.bare)
            .map(|fact| fact.summary.title.clone()),
        row,
        decision,
    }))
}
