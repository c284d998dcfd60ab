//! What officers do to clusters. Each action says which state was seen: if something happened since, nothing is done.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::access::Action;
use cairn_desk::cluster::{ClusterId, Command, Decision, Event, Refusal};
use cairn_desk::report::MessageText;
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_store::cluster::{self as store, Reply};
use cairn_store::keys::random;

use super::{GRACE_SECONDS, TRIES, decide_on, rows};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// Languages in which a reply can be written.
pub const REPLY_LANGUAGES: [&str; 2] = ["en", "mi"];

/// A reply: text by language.
pub type Texts = BTreeMap<String, MessageText>;

/// What an officer decides for all reports of a cluster.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    /// Category, and sub-type.
    pub category: Option<(String, Option<String>)>,
    /// 1 (national emergency) to 6 (minor).
    pub severity: Option<u8>,
    /// Words to each reporter, in their language where there are such.
    pub reply: Texts,
    /// Outcome with which they are closed.
    pub outcome: Option<String>,
}

/// The clusters of an action, and what it is made for.
#[derive(Clone, Copy)]
struct Seen<'a> {
    of: &'a [ClusterId],
    /// The newest action that the officer saw of the first one.
    version: i64,
}

impl App {
    /// Decides for all reports of a cluster. Done to the reports after [`super::GRACE_SECONDS`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn decide_cluster(
        &self,
        who: &Principal,
        cluster: i64,
        version: i64,
        decided: Decided,
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let cluster = ClusterId(cluster);
        self.check_decided(&decided)?;
        let reply = reply_of(&decided.reply)?;
        let (category, subtype) = decided.category.unzip();
        let what = Decision {
            category,
            subtype: subtype.flatten(),
            severity: decided.severity,
            reply: reply.as_ref().map(|reply| reply.id.clone()),
            outcome: decided.outcome,
        };
        let seen = Seen {
            of: &[cluster],
            version,
        };
        let command = |_| Command::Decide {
            cluster,
            what: what.clone(),
        };
        self.act(seen, command, &by, reply.as_ref(), None).await
    }

    /// Takes the decision that holds for a cluster for those reports too that were held back from it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn decide_held(
        &self,
        who: &Principal,
        cluster: i64,
        version: i64,
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let cluster = ClusterId(cluster);
        let family = self.family(&[cluster]).await?;
        let what = family.state.decision(cluster).cloned();
        let what = what.ok_or(AppError::Cluster(Refusal::Empty))?;
        let seen = Seen {
            of: &[cluster],
            version,
        };
        let command = |_| Command::Decide {
            cluster,
            what: what.clone(),
        };
        self.act(seen, command, &by, None, None).await
    }

    /// Splits reports off into a cluster of their own.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn split_cluster(
        &self,
        who: &Principal,
        cluster: i64,
        version: i64,
        references: &[&str],
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let reports = self.numbers(references)?;
        let seen = Seen {
            of: &[ClusterId(cluster)],
            version,
        };
        let command = |fresh| Command::Split {
            reports: reports.clone(),
            fresh,
        };
        self.act(seen, command, &by, None, None).await
    }

    /// Moves reports to another cluster.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn move_reports(
        &self,
        who: &Principal,
        (cluster, to): (i64, i64),
        version: i64,
        references: &[&str],
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let reports = self.numbers(references)?;
        let to = ClusterId(to);
        let seen = Seen {
            of: &[ClusterId(cluster), to],
            version,
        };
        let command = |_| Command::Move {
            reports: reports.clone(),
            to,
        };
        self.act(seen, command, &by, None, None).await
    }

    /// Links a cluster to another: one decision serves both from then on.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn link_cluster(
        &self,
        who: &Principal,
        (cluster, into): (i64, i64),
        version: i64,
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let (from, into) = (ClusterId(cluster), ClusterId(into));
        let seen = Seen {
            of: &[from, into],
            version,
        };
        let command = |_| Command::Merge {
            from,
            into,
            why: Vec::new(),
        };
        self.act(seen, command, &by, None, None).await
    }

    /// Undoes an action. A decision can be undone until it is done to the first report.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn undo_cluster(
        &self,
        who: &Principal,
        cluster: i64,
        version: i64,
        action: i64,
    ) -> Result<(), AppError> {
        let by = officer(who)?;
        let (done, _) = self.store.cluster_progress(action).await?;
        if done > 0 {
            return Err(AppError::Cluster(Refusal::NotUndoable));
        }
        let seen = Seen {
            of: &[ClusterId(cluster)],
            version,
        };
        let command = |_| Command::Undo { action };
        self.act(seen, command, &by, None, Some(action)).await
    }

    async fn act(
        &self,
        seen: Seen<'_>,
        command: impl Fn(ClusterId) -> Command,
        by: &Actor,
        reply: Option<&Reply>,
        undone: Option<i64>,
    ) -> Result<(), AppError> {
        let first = seen.of.first().copied().ok_or(AppError::NotFound)?;
        for _ in 0..TRIES {
            let mark = self.store.cluster_mark().await?;
            let own = self.family(&[first]).await?;
            if own.events.is_empty() {
                return Err(AppError::NotFound);
            }
            if own.state.action() != seen.version {
                return Err(AppError::Conflict);
            }
            let before = self.family(seen.of).await?.state;
            let mut after = before.clone();
            let command = command(ClusterId(mark.cluster + 1));
            let now = self.clock.now();
            let events = match decide_on(&mut after, command, mark.action + 1, (now, by)) {
                Err(AppError::Cluster(Refusal::Stale)) => continue,
                other => other?,
            };
            if events.is_empty() {
                return Ok(());
            }
            let decides = undone.filter(|undone| own.events.values().any(is_decision(*undone)));
            let due = now.plus_seconds(GRACE_SECONDS);
            let mut unit = rows(mark, (&before, &after), events, due)?;
            if let Some(reply) = reply {
                store::keep_reply(&mut unit, reply);
            }
            if let Some(decision) = decides {
                store::expect_undone(&mut unit, decision);
            }
            match self.write_cluster(unit).await {
                Err(AppError::Conflict) => {}
                other => return other,
            }
        }
        Err(AppError::Conflict)
    }

    fn numbers(&self, references: &[&str]) -> Result<BTreeSet<i64>, AppError> {
        let number = |reference: &&str| self.number(reference);
        let all: Option<BTreeSet<i64>> = references.iter().map(number).collect();
        all.ok_or(AppError::NotFound)
    }

    fn check_decided(&self, decided: &Decided) -> Result<(), AppError> {
        let taxonomy = self.form.taxonomy();
        let unknown = match (&decided.category, &decided.outcome) {
            (Some((category, _)), _) if taxonomy.category(category).is_none() => Some(category),
            (Some((category, Some(sub))), _) if taxonomy.subtype(category, sub).is_none() => {
                Some(sub)
            }
            (_, Some(outcome)) if taxonomy.outcome(outcome).is_none() => Some(outcome),
            _ => None,
        };
        match unknown {
            Some(code) => Err(AppError::Input(format!("there is no code {code:?}"))),
            None => Ok(()),
        }
    }
}

fn officer(who: &Principal) -> Result<Actor, AppError> {
    let grant = who.grant(Action::WorkReports)?;
    Ok(Actor::User(grant.account().to_owned()))
}

/// The event by which a decision was taken first.
fn is_decision(action: i64) -> impl Fn(&Event) -> bool {
    move |event| matches!(event.change, cairn_desk::cluster::Change::Decided { decision, .. } if decision == action)
}

/// A reply as it is kept: a JSON object, its texts by language.
pub(crate) fn texts_json(texts: &Texts) -> Result<String, AppError> {
    let plain: BTreeMap<&str, String> = texts
        .iter()
        .map(|(language, text)| (language.as_str(), text.clone().into_string()))
        .collect();
    serde_json::to_string(&plain).map_err(damaged("reply"))
}

/// The words under the digest that names them.
fn reply_of(texts: &Texts) -> Result<Option<Reply>, AppError> {
    if texts.is_empty() {
        return Ok(None);
    }
    let text = texts_json(texts)?;
    let salt = random::<16>()?;
    Ok(Some(Reply {
        id: salted(&salt, text.as_bytes()).hex(),
        salt,
        text,
    }))
}
