//! Clusters: a report is put into one after it came in, never while it comes in; officers decide for all reports of one,
//! and what they decided is done to the reports a little later, so that it can be undone before anything has left the house.

mod carry;
mod mail;
mod outline;
mod read;
mod tide;
mod work;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cairn_desk::cluster::{
    Change, ClusterId, Clusters, Command, EMBEDDED, Event, Join, Refusal, Rules, decide, judge,
    signature,
};
use cairn_desk::report::{Body, Contact};
use cairn_kernel::actor::Actor;
use cairn_kernel::observable::extract;
use cairn_kernel::time::Micros;
use cairn_store::cluster::{self as store, Arrival, Mark, Pending};
use cairn_store::keys::random;
use cairn_store::writer::{Entry, Unit, WriteError};

use crate::App;
use crate::report::{AppError, damaged};

pub use cairn_store::cluster::{Fact, Order, Reach};
use outline::Outline;
pub(crate) use outline::Outlines;
pub(crate) use tide::Tide;

pub use mail::Asked;
pub use read::{About, Happened, Line, Page, Query, Whole};
pub(crate) use work::texts_json;
pub use work::{Decided, REPLY_LANGUAGES, Texts};

/// Seconds after which what was decided is done to the reports. Until then nothing has left the house.
pub const GRACE_SECONDS: i64 = 30;
/// Reports that are put into clusters at a time.
const BATCH: i64 = 200;
/// The same while a flood comes in: clusters fall behind, but do not stand still.
const BATCH_FLOOD: i64 = 10;
/// Times [`BATCH`] in one turn, where more wait.
const ROUNDS: usize = 10;
/// Times that something is tried again when something else happened to clusters at the same moment.
const TRIES: usize = 8;

static RULES: LazyLock<Result<Rules, String>> =
    LazyLock::new(|| Rules::parse(EMBEDDED).map_err(|error| error.to_string()));

/// What makes reports alike.
pub(crate) fn rules() -> Result<&'static Rules, AppError> {
    RULES.as_ref().map_err(|cause| AppError::Damaged {
        what: "data/cluster.toml",
        cause: cause.clone(),
    })
}

/// What happened to some clusters and all that they had to do with, and what that adds up to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family {
    pub state: Clusters,
    /// By log index.
    pub events: BTreeMap<i64, Event>,
}

/// A report that is put into a cluster.
struct Coming<'a> {
    row: Arrival<'a>,
    severity: u8,
    anonymous: bool,
}

impl App {
    pub(crate) async fn family(&self, of: &[ClusterId]) -> Result<Family, AppError> {
        let mut events = BTreeMap::new();
        let mut known = std::collections::BTreeSet::new();
        for cluster in of {
            if known.contains(cluster) {
                continue;
            }
            for row in self.store.cluster_events(*cluster).await? {
                let event: Event = serde_json::from_str(&row.event).map_err(damaged("event"))?;
                match &event.change {
                    Change::Opened { cluster, .. } => known.insert(*cluster),
                    Change::Split { to, .. } => known.insert(*to),
                    _ => false,
                };
                events.insert(row.idx, event);
            }
        }
        let state = Clusters::of(events.values());
        Ok(Family { state, events })
    }

    /// Puts reports that came in since the last time into clusters: most of those that wait, and only a few while a flood
    /// comes in, which is taken first. Gives how many.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again at the next turn.
    pub(crate) async fn cluster_turn(&self) -> Result<usize, AppError> {
        let mut placed = 0;
        for _ in 0..ROUNDS {
            let flood = self
                .tide
                .is_flood(self.store.coming_report(), tokio::time::Instant::now());
            let batch = if flood { BATCH_FLOOD } else { BATCH };
            let now = self.cluster_batch(batch).await?;
            placed += now;
            if flood || (now as i64) < batch {
                break;
            }
        }
        Ok(placed)
    }

    /// Puts reports that came in since the last time into clusters, in the order of their numbers, at most [`BATCH`]. Gives
    /// how many.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again the next time.
    pub async fn cluster_reports(&self) -> Result<usize, AppError> {
        self.cluster_batch(BATCH).await
    }

    async fn cluster_batch(&self, batch: i64) -> Result<usize, AppError> {
        let mark = self.store.cluster_mark().await?;
        let pending = self.store.unclustered(mark.report, batch).await?;
        let (mut placed, mut failed) = (0, None);
        for report in &pending {
            match self.place(report).await {
                Ok(()) => placed += 1,
                // One that is damaged keeps no other one back.
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        // All that wait were placed, or all up to the last of these.
        let last = pending.last().filter(|_| (pending.len() as i64) >= batch);
        let settled = self.store.settled_reports().await?;
        let up_to = last.map_or(settled, |last| settled.min(last.report));
        if up_to > mark.report {
            self.store.write(store::looked_up_to(up_to)).await?;
        }
        self.sign_again().await?;
        Ok(placed)
    }

    /// Signatures that other rules made are made anew.
    async fn sign_again(&self) -> Result<(), AppError> {
        let rules = rules()?;
        let old = self
            .store
            .outdated_signatures(rules.version(), BATCH)
            .await?;
        for report in old {
            let _turn = self.words_turn.lock().await;
            let (body, contact) = self.told_by(report).await?;
            let signature = signature(rules, &body, contact.as_ref());
            let keys = signature.keys(rules);
            let unit = store::sign_again(report, &signature, &keys);
            self.store.write(unit).await?;
        }
        Ok(())
    }

    async fn told_by(&self, report: i64) -> Result<(Body, Option<Contact>), AppError> {
        let body = self.store.report_body(report).await?;
        let body = body.ok_or(AppError::NotFound)?;
        let body = serde_json::from_str(&body.json).map_err(damaged("body"))?;
        let contact = self.store.report_contact(report).await?;
        let contact = contact
            .map(|contact| serde_json::from_str(&contact.json).map_err(damaged("contact")))
            .transpose()?;
        Ok((body, contact))
    }

    /// Puts into a unit that erases a part of a report what clusters keep of it, made of what is left: its observables, and
    /// the signature and keys, against which guesses could be tried. `contact` is what is left out, as far as it is known.
    pub(crate) fn forget_in_clusters(
        &self,
        unit: &mut Unit,
        report: i64,
        left: &Body,
        contact: Option<&Contact>,
    ) -> Result<(), AppError> {
        let rules = rules()?;
        let signature = signature(rules, left, contact);
        let keys = signature.keys(rules);
        store::forget(unit, report, (&signature, &keys), things(left, contact)?);
        Ok(())
    }

    /// One report. That and the links that come of it are one unit: what is cut off has not happened.
    async fn place(&self, pending: &Pending) -> Result<(), AppError> {
        let rules = rules()?;
        let _turn = self.words_turn.lock().await;
        let (body, contact) = self.told_by(pending.report).await?;
        let signature = signature(rules, &body, contact.as_ref());
        let keys = signature.keys(rules);
        let arrival = Coming {
            row: Arrival {
                report: pending.report,
                at: pending.at,
                signature: &signature,
                keys: &keys,
                things: things(&body, contact.as_ref())?,
            },
            severity: body.severity,
            anonymous: body.anonymous,
        };
        for _ in 0..TRIES {
            let mark = self.store.cluster_mark().await?;
            let members = self.store.cluster_candidates(&keys).await?;
            let join = judge(rules, &signature, pending.at, &members);
            match self.settle(mark, &arrival, join).await {
                Err(AppError::Conflict | AppError::Cluster(Refusal::Stale)) => {}
                other => return other,
            }
        }
        Err(AppError::Conflict)
    }

    async fn settle(&self, mark: Mark, arrival: &Coming<'_>, join: Join) -> Result<(), AppError> {
        match &join {
            Join::Cluster { cluster, also, .. } if also.is_empty() => {
                self.join(mark, arrival, *cluster, join).await
            }
            _ => self.link(mark, arrival, join).await,
        }
    }

    /// A report that joins one cluster and no other.
    async fn join(
        &self,
        mark: Mark,
        arrival: &Coming<'_>,
        cluster: ClusterId,
        join: Join,
    ) -> Result<(), AppError> {
        let outline = match self.outlines.get(mark.action, cluster) {
            Some(outline) => outline,
            None => {
                let family = self.family(&[cluster]).await?;
                let outline = Outline {
                    state: family.state.outline(cluster),
                    settled: settled(&family),
                };
                self.outlines.keep(mark.action, cluster, outline.clone());
                outline
            }
        };
        let (report, action) = (arrival.row.report, mark.action + 1);
        let (at, due) = moments(self.clock.now(), arrival, outline.settled);
        let mut state = outline.state;
        let why = match &join {
            Join::Cluster { why, .. } => why.clone(),
            Join::Alone => Vec::new(),
        };
        let arrive = Command::Arrive {
            report,
            severity: arrival.severity,
            join,
            fresh: ClusterId(mark.cluster + 1),
        };
        let events = decide_on(&mut state, arrive, action, (at, &Actor::System))?;
        let head = state.head(cluster);
        let mut unit = store::joined(mark, head, report, logged(events)?, due);
        store::arrive(&mut unit, &arrival.row, &state, &why);
        self.write_cluster(unit).await?;
        self.outlines.came(mark.action, action);
        Ok(())
    }

    /// A report that opens a cluster, or by which several become one.
    async fn link(&self, mark: Mark, arrival: &Coming<'_>, join: Join) -> Result<(), AppError> {
        let (mut seeds, mut links) = (Vec::new(), Vec::new());
        let mut why = Vec::new();
        if let Join::Cluster {
            cluster,
            why: reasons,
            also,
        } = &join
        {
            seeds.push(*cluster);
            why.clone_from(reasons);
            for (from, why) in also {
                seeds.push(*from);
                links.push(Command::Merge {
                    from: *from,
                    into: *cluster,
                    why: why.clone(),
                });
            }
        }
        let family = self.family(&seeds).await?;
        let now = self.clock.now();
        let (at, due) = moments(now, arrival, settled(&family));
        let before = family.state;
        let fresh = ClusterId(mark.cluster + 1);
        let arrive = Command::Arrive {
            report: arrival.row.report,
            severity: arrival.severity,
            join,
            fresh,
        };
        let mut after = before.clone();
        let mut events = decide_on(&mut after, arrive, mark.action + 1, (at, &Actor::System))?;
        for link in links {
            let action = after.action().max(mark.action) + 1;
            match decide_on(&mut after, link, action, (at, &Actor::System)) {
                Ok(more) => events.extend(more),
                // What officers parted or decided differently stays apart, and what is one already needs no link.
                Err(AppError::Cluster(Refusal::Parted | Refusal::BothDecided | Refusal::Same)) => {}
                Err(other) => return Err(other),
            }
        }
        let mut unit = rows(mark, (&before, &after), events, due)?;
        store::arrive(&mut unit, &arrival.row, &after, &why);
        self.write_cluster(unit).await?;
        if seeds.is_empty() {
            self.outlines.came(mark.action, after.action());
        }
        Ok(())
    }

    async fn write_cluster(&self, unit: Unit) -> Result<(), AppError> {
        match self.store.write(unit).await {
            Ok(_) => Ok(()),
            // The report got into a cluster, or the mark moved, in the meantime.
            Err(WriteError::Duplicate) => Err(AppError::Conflict),
            Err(other) => Err(other.into()),
        }
    }
}

/// Decides at a time and by somebody, and adds what comes of it up.
fn decide_on(
    state: &mut Clusters,
    command: Command,
    action: i64,
    (at, by): (Micros, &Actor),
) -> Result<Vec<Event>, AppError> {
    let events = decide(state, command, action, at, by)?;
    for event in &events {
        state.apply(event);
    }
    Ok(events)
}

/// `due`: from when on what is decided is done.
fn rows(
    mark: Mark,
    states: (&Clusters, &Clusters),
    events: Vec<Event>,
    due: Micros,
) -> Result<Unit, AppError> {
    Ok(store::change(mark, states, logged(events)?, due))
}

/// Events with their lines for the log.
fn logged(events: Vec<Event>) -> Result<Vec<(Event, Entry)>, AppError> {
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        let json = serde_json::to_string(&event).map_err(damaged("event"))?;
        let entry = Entry::of_cluster(event.at.0, event.action, json, random()?);
        all.push((event, entry));
    }
    Ok(all)
}

/// When a report joins, and from when on what was decided before is done to it. Of an anonymous report neither may tell more
/// than the hour in which it came, which is all that is kept: it joins as of that hour, and what was decided is done at once, but
/// not before that can no longer be undone.
fn moments(now: Micros, arrival: &Coming<'_>, settled: Option<Micros>) -> (Micros, Micros) {
    if !arrival.anonymous {
        return (now, now.plus_seconds(GRACE_SECONDS));
    }
    let came = arrival.row.at;
    (came, settled.map_or(came, |settled| settled.max(came)))
}

/// When what was decided for these clusters can no longer be undone.
fn settled(family: &Family) -> Option<Micros> {
    let decided = family.events.values();
    let decided = decided.filter(|event| matches!(event.change, Change::Decided { .. }));
    let settled = decided.map(|event| event.at.plus_seconds(GRACE_SECONDS));
    settled.max()
}

/// What a list shows of a report's observables: those by which the reporter can be reached are no observables of a fraud.
fn things(body: &Body, contact: Option<&Contact>) -> Result<String, AppError> {
    let fields = contact
        .iter()
        .flat_map(|contact| [&contact.email, &contact.phone]);
    let own: Vec<_> = fields.flatten().flat_map(|text| extract(text)).collect();
    let all: Vec<_> = body
        .observables
        .iter()
        .filter(|one| !own.contains(one))
        .collect();
    serde_json::to_string(&all).map_err(damaged("observables"))
}
