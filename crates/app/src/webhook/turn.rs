//! The turns of the work: from the log to deliveries, and from deliveries to receivers. Each receiver has a task of its own, so that one
//! that is dead or slow keeps no other waiting.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use cairn_desk::account::AccountChange;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::webhook::{Delivery, Tried, Webhook};
use cairn_store::writer::WriteError;
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

use super::send::{self, Call, Outcome};
use super::tell::{self, About, Told};
use super::{events_of, place, target};
use crate::App;
use crate::report::AppError;

/// Deliveries that wait for one receiver; beyond it the log itself keeps what is to be told.
pub const QUEUE_MAX: i64 = 500;
/// Attempts of one delivery before it is given up.
pub const ATTEMPTS_MAX: i64 = 12;
/// Days without any arrival after which a webhook is switched off.
pub const FAILING_DAYS_MAX: i64 = 5;
/// Longest wait between two attempts, seconds.
pub const WAIT_SECONDS_MAX: i64 = 6 * 3_600;
/// Days for which deliveries are kept to be looked at.
pub const KEPT_DAYS: i64 = 14;
/// First wait after a failed attempt, seconds; the next ones are about as long as it has failed by then.
const WAIT_SECONDS: i64 = 10;
/// Entries of the log looked at in one turn of one webhook.
const ENTRIES: i64 = 500;
/// Deliveries of one turn of one receiver.
const BATCH: i64 = 50;

/// Receivers that are being called just now.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashSet<String>>);

impl Turns {
    fn begin(&self, id: &str) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(id.to_owned())
    }

    fn end(&self, id: &str) {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(id);
    }
}

impl App {
    /// Reads on in the log and calls who is not being called: the tasks under way. They can be waited for, or left alone.
    ///
    /// # Errors
    /// The store could not be read or written.
    pub async fn webhooks_turn(&self) -> Result<Vec<JoinHandle<()>>, AppError> {
        let mut tasks = Vec::new();
        for hook in self.store.webhooks().await? {
            if hook.live {
                self.follow(&hook).await?;
            }
            let now = self.clock.now();
            // Also where everything that there was to tell has been given up by then.
            if hook.live
                && hook
                    .failing_since
                    .is_some_and(|since| is_too_long(since, now))
            {
                self.switch_off(&hook.id, "failing").await?;
                continue;
            }
            // A test is sent even to one that is off.
            if hook.wait_until > now || !self.turns.begin(&hook.id) {
                continue;
            }
            let app = self.clone();
            tasks.push(tokio::spawn(async move {
                let id = hook.id.clone();
                if let Err(error) = app.call_receiver(hook).await {
                    tracing::warn!(%error, "telling a webhook");
                }
                app.turns.end(&id);
            }));
        }
        Ok(tasks)
    }

    /// Forgets deliveries that have had their time.
    pub(crate) async fn forget_deliveries(&self) -> Result<(), WriteError> {
        let now = self.clock.now();
        let before = now.plus_seconds(-KEPT_DAYS * 24 * 3_600);
        self.store.forget_deliveries(before, now).await
    }

    /// From the log to deliveries.
    async fn follow(&self, hook: &Webhook) -> Result<(), AppError> {
        if self.store.waiting_deliveries(&hook.id).await? >= QUEUE_MAX {
            return Ok(());
        }
        let entries = self.store.evidence(hook.cursor, ENTRIES).await?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        let events = events_of(hook);
        let mut deliveries = Vec::new();
        for entry in &entries {
            let Ok(event) = serde_json::from_str::<Value>(&entry.event) else {
                continue;
            };
            let severity = match event.get("kind").and_then(Value::as_str) {
                Some("received") => self.severity_of(&event).await?,
                _ => None,
            };
            for one in tell::told(&event, severity) {
                if events.iter().any(|wanted| wanted == one.kind) {
                    deliveries.push(self.delivery(entry.idx, &one));
                }
            }
        }
        match self
            .store
            .webhook_follow(hook, last.idx + 1, &deliveries)
            .await
        {
            // It was changed in this moment: at the next turn.
            Ok(()) | Err(WriteError::Conflict | WriteError::Duplicate) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    async fn severity_of(&self, event: &Value) -> Result<Option<u64>, AppError> {
        let Some(no) = event.get("report").and_then(Value::as_i64) else {
            return Ok(None);
        };
        let row = self.store.report(no).await?;
        Ok(row.map(|row| u64::from(row.severity)))
    }

    fn delivery(&self, index: i64, one: &Told) -> Delivery {
        let short = one.kind.replace('.', "_");
        let id = format!("evt_{index}_{short}");
        let base = &self.config.public_url;
        let (data, path) = match one.about {
            About::Report(no) => {
                let reference = self.reference(no);
                let path = format!("reports/{reference}");
                (vec![("report", json!(reference))], path)
            }
            About::Referral(no, referral) => {
                let reference = self.reference(no);
                let path = format!("reports/{reference}/referrals/{referral}");
                let data = vec![("report", json!(reference)), ("referral", json!(referral))];
                (data, path)
            }
            About::Case(no) => (vec![("case", json!(no))], format!("cases/{no}")),
            About::Cluster(no) => (vec![("cluster", json!(no))], format!("clusters/{no}")),
        };
        let mut map: Map<String, Value> = data
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        map.insert("link".to_owned(), json!(format!("{base}/desk/{path}")));
        map.insert(
            "api".to_owned(),
            json!(format!("{base}/api/v1/desk/{path}")),
        );
        Delivery {
            body: tell::body(&id, (one.kind, one.at), map),
            id,
            n: index,
            kind: one.kind.to_owned(),
            // Of what is kept to the hour nothing finer is kept here either.
            made_at: one.at,
            state: "due".to_owned(),
            next_at: one.not_before,
            attempts: 0,
            tried: None,
        }
    }

    /// What is due for one receiver, one after the other; ends where it does not answer.
    async fn call_receiver(&self, mut hook: Webhook) -> Result<(), AppError> {
        let due = self
            .store
            .due_deliveries(&hook.id, self.clock.now(), BATCH)
            .await?;
        for mut one in due {
            if !hook.live && one.kind != "webhook.test" {
                continue;
            }
            let outcome = self.call(&hook, &one).await;
            let now = self.clock.now();
            one.attempts += 1;
            one.tried = Some(Tried {
                at: now,
                millis: outcome.millis,
                status: outcome.status,
                fault: outcome.fault.clone(),
                answer: outcome.answer.clone(),
            });
            if outcome.arrived() {
                one.state = "done".to_owned();
                hook.failing_since = None;
                let standing = (hook.id.as_str(), Micros(0), None);
                self.store.delivery_tried(standing, &one).await?;
                metrics::counter!("cairn_webhooks_sent_total").increment(1);
                continue;
            }
            if self.failed(&mut hook, &mut one, &outcome).await? {
                break;
            }
        }
        Ok(())
    }

    /// Notes a failure; whether the receiver is to be left alone for a while.
    async fn failed(
        &self,
        hook: &mut Webhook,
        one: &mut Delivery,
        outcome: &Outcome,
    ) -> Result<bool, AppError> {
        let now = self.clock.now();
        let since = hook.failing_since.unwrap_or(now);
        let failing = now.seconds().saturating_sub(since.seconds());
        let wait = wait_seconds(
            failing,
            one.attempts,
            outcome.retry_after,
            random::<1>()?[0],
        );
        one.next_at = now.plus_seconds(wait);
        if one.attempts >= ATTEMPTS_MAX || one.kind == "webhook.test" {
            one.state = "given_up".to_owned();
        }
        // Who answers that it does not like this one may like the next.
        let alone = !outcome.refused();
        let until = if alone { one.next_at } else { Micros(0) };
        hook.failing_since = Some(since);
        let standing = (hook.id.as_str(), until, Some(since));
        self.store.delivery_tried(standing, one).await?;
        metrics::counter!("cairn_webhooks_failed_total").increment(1);
        let why = if outcome.status == Some(410) {
            Some("gone")
        } else if is_too_long(since, now) {
            Some("failing")
        } else {
            None
        };
        if let Some(why) = why {
            self.switch_off(&hook.id, why).await?;
            return Ok(true);
        }
        Ok(alone)
    }

    async fn switch_off(&self, id: &str, why: &str) -> Result<(), AppError> {
        let change = AccountChange::WebhookOff {
            webhook: id.to_owned(),
            why: why.to_owned(),
        };
        let entry = self.account_entry(Actor::System, change)?;
        match self.store.webhook_off(id, why, entry).await {
            Ok(()) | Err(WriteError::Conflict) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    async fn call(&self, hook: &Webhook, one: &Delivery) -> Outcome {
        let broken = |fault: &str| Outcome {
            fault: Some(fault.to_owned()),
            ..Outcome::default()
        };
        let Ok(target) = target(&hook.url) else {
            return broken("the address cannot be used");
        };
        let now = self.clock.now();
        let old = hook.old_secret.as_ref();
        let old = old.filter(|(_, until)| now < *until).map(|(old, _)| old);
        let keys = self.store.keys();
        let secrets: Option<Vec<Vec<u8>>> = [Some(&hook.secret), old]
            .into_iter()
            .flatten()
            .map(|wrapped| keys.unwrap(&place(&hook.id), wrapped))
            .collect();
        let Some(secrets) = secrets else {
            return broken("its secret was sealed under another key: make a new one");
        };
        let call = Call {
            id: &one.id,
            body: &one.body,
            secrets: &secrets,
            now,
            private: self.config.webhook_private,
        };
        send::send(&target, &call).await
    }
}

/// Nothing has arrived for so long that it is switched off.
fn is_too_long(since: Micros, now: Micros) -> bool {
    now >= since.plus_seconds(FAILING_DAYS_MAX * 24 * 3_600)
}

/// How long to wait: about as long as nothing has arrived, or by the attempts of this one where the receiver answers others; a little
/// more or less, so that many do not come at once. Seconds.
fn wait_seconds(failing: i64, attempts: i64, asked: Option<i64>, dice: u8) -> i64 {
    let grown = WAIT_SECONDS << attempts.clamp(1, 12).saturating_sub(1);
    let wait = failing.max(grown).clamp(WAIT_SECONDS, WAIT_SECONDS_MAX);
    let spread = wait / 5;
    let wait = wait - spread / 2 + spread * i64::from(dice) / 255;
    let asked = asked.unwrap_or_default().clamp(0, WAIT_SECONDS_MAX);
    wait.max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<i64> = (1..=12).map(|n| wait_seconds(0, n, None, 127)).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert!((9..=11).contains(&waits[0]));
        assert!(waits[11] <= WAIT_SECONDS_MAX + WAIT_SECONDS_MAX / 10);
        assert_ne!(wait_seconds(0, 9, None, 0), wait_seconds(0, 9, None, 255));
        assert_eq!(wait_seconds(0, 1, Some(120), 0), 120);
        assert_eq!(wait_seconds(0, 1, Some(i64::MAX), 0), WAIT_SECONDS_MAX);
    }
}
