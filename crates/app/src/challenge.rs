//! Challenges of figures: receiving them, what the public reads of them, and how the office answers.

mod work;

use cairn_desk::challenge::{Answered, Body, Change, Draft, Event, Standing, Words, reference};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::challenge::{Counts, NewChallenge, Of, Summary};
use cairn_store::keys::{Purpose, random};
use cairn_store::writer::{Entry, Unit, WriteError};
use jiff::ToSpan as _;

use crate::App;
use crate::report::{AppError, damaged, take};

pub use cairn_store::challenge as rows;

/// Challenges of one page of a list.
pub const CHALLENGES_PAGE: usize = 50;
/// How often a number is tried anew when another challenge has taken it.
const TRIES: usize = 5;

/// What the challenger gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its number.
    pub no: i64,
    /// The plan's id.
    pub plan: String,
    /// Opens the page with the receipt, in hexadecimal. Not for logs.
    pub secret: String,
}

/// A challenge as everybody may see it: without words that nobody has released, and never with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Number, figure, times, state.
    pub summary: Summary,
    /// An answer is late.
    pub overdue: bool,
    /// Whether the challenger's words are shown, or why not.
    pub words: Words,
    /// The challenger's words, where they are shown.
    pub said: Option<Body>,
    /// Answers, the one that counts last.
    pub answers: Vec<Answered>,
    /// When anything last happened that everybody can see.
    pub changed_at: Micros,
}

/// A page of the public list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Challenges, newest first.
    pub rows: Vec<T>,
    /// How all of them stand.
    pub counts: Counts,
    /// The next page holds those before this number.
    pub next: Option<i64>,
}

/// The desk's queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    /// Without an answer, oldest first.
    pub open: Vec<Summary>,
    /// The next page of these comes after this number.
    pub open_next: Option<i64>,
    /// Likely from machines, oldest first; one page and no more.
    pub set_aside: Vec<Summary>,
    /// Answered, newest first.
    pub answered: Vec<Summary>,
    /// The next page of these comes before this number.
    pub answered_next: Option<i64>,
}

/// A challenge whole, for the desk. The address itself is not in it: the answer goes there by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Its row.
    pub summary: Summary,
    /// What was said.
    pub body: Body,
    /// Where it stands.
    pub standing: Standing,
    /// What happened, with log indices.
    pub history: Vec<(u64, Event)>,
}

/// A key for a form that is about to be shown: nobody can guess it, and what is sent with it twice is one challenge.
///
/// # Errors
/// No randomness.
pub fn form_key() -> Result<String, AppError> {
    Ok(hex(&random::<16>()?))
}

impl App {
    /// Takes a challenge. Returns only after the commit is durable. `key` is that of the form, so that what is sent twice
    /// is one challenge; what was changed in between is another.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was received.
    pub async fn submit_challenge(&self, draft: &Draft, key: &[u8]) -> Result<Sent, AppError> {
        let body = serde_json::to_string(draft.body()).map_err(damaged("body"))?;
        let contact = draft.contact().map(serde_json::to_string).transpose();
        let contact = contact.map_err(damaged("contact"))?;
        let keys = self.store.keys();
        let parts = [
            key,
            body.as_bytes(),
            contact.as_deref().unwrap_or_default().as_bytes(),
        ];
        let secret = keys.tag(Purpose::ChallengeFromKey, &parts);
        let tag = keys.tag(Purpose::Challenge, &[&secret]);
        let sent = |no| Sent {
            no,
            plan: draft.body().plan.clone(),
            secret: hex(&secret),
        };
        // One after the other: numbers have no gaps, and the next is known only once the one before is written.
        let _turn = self.challenges_turn.lock().await;
        for _ in 0..TRIES {
            if let Some(known) = self.store.challenge_of(tag).await? {
                return Ok(sent(known.no));
            }
            let no = self.store.newest_challenge().await? + 1;
            let unit = self.received(no, draft, (&body, contact.as_deref()), tag)?;
            match self.store.write(unit).await {
                Ok(_) => {
                    metrics::counter!("cairn_challenges_total", self.store.labels()).increment(1);
                    return Ok(sent(no));
                }
                // Somebody went away while theirs was being written, and it took this number.
                Err(WriteError::Duplicate) => {}
                Err(error) => match self.store.challenge_of(tag).await? {
                    Some(known) => return Ok(sent(known.no)),
                    None => return Err(error.into()),
                },
            }
        }
        Err(AppError::Conflict)
    }

    fn received(
        &self,
        no: i64,
        draft: &Draft,
        (body, contact): (&str, Option<&str>),
        secret: [u8; 32],
    ) -> Result<Unit, AppError> {
        let dice: [u8; 48] = random()?;
        let (body_salt, contact_salt) = (take(&dice, 0), take(&dice, 16));
        // Who challenges need not say who they are: no more than the hour is kept.
        let at = self.clock.now().hour();
        let due = self.challenge_due(at);
        let said = draft.body();
        let event = Event {
            challenge: no,
            at,
            by: Actor::Reporter,
            change: Change::Received {
                reference: reference(no),
                plan: said.plan.clone(),
                edition: said.edition.clone(),
                figure: said.figure.clone(),
                body: salted(&body_salt, body.as_bytes()).hex(),
                contact: contact.map(|json| salted(&contact_salt, json.as_bytes()).hex()),
                secret: sha256(&secret).hex(),
                due,
            },
        };
        let event = serde_json::to_string(&event).map_err(damaged("event"))?;
        Ok(cairn_store::challenge::receive(NewChallenge {
            no,
            said,
            at,
            due,
            body: (body.to_owned(), body_salt),
            contact: contact.map(|json| (json.to_owned(), contact_salt)),
            secret,
            event: Entry::of_challenge(at.0, no, event, take(&dice, 32)),
        }))
    }

    /// The end of the last day on which an answer is in time, in the country's time zone.
    fn challenge_due(&self, at: Micros) -> Micros {
        let days = i64::from(self.config.challenge_days);
        let zone = &self.config.time_zone;
        let day = at.timestamp().to_zoned(zone.clone()).date();
        let next = day.checked_add((days + 1).days());
        let midnight = next.and_then(|day| day.to_zoned(zone.clone()));
        midnight.map_or_else(
            |_| at.plus_seconds((days + 1) * 24 * 3_600),
            |zoned| Micros::from(zoned.timestamp()),
        )
    }

    /// The challenge that a sender's secret was given for.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for any wrong secret.
    pub async fn sent_challenge(&self, secret: &str) -> Result<Summary, AppError> {
        let secret = unhex(secret).ok_or(AppError::NotFound)?;
        let tag = self.store.keys().tag(Purpose::Challenge, &[&secret]);
        let found = self.store.challenge_of(tag).await?;
        found.ok_or(AppError::NotFound)
    }

    /// The receipt of a challenge under the newest checkpoint: for its sender, see [`App::sent_challenge`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn challenge_receipt(&self, no: i64) -> Result<String, AppError> {
        let body = self.store.challenge_body(no).await?;
        let body = body.ok_or(AppError::NotFound)?;
        let history = self.store.challenge_history(no).await?;
        let row = history.first().ok_or(AppError::NotFound)?;
        self.receipt_of_row(reference(no), row, Some(&body.salt))
            .await
    }

    /// A page of a plan's challenges, or a figure's, before a number. Loads no texts.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn challenges(
        &self,
        plan: &str,
        figure: &str,
        before: Option<i64>,
    ) -> Result<Listed<Summary>, AppError> {
        let of = Of { plan, figure };
        let limit = CHALLENGES_PAGE as i64 + 1;
        let before = before.unwrap_or(i64::MAX);
        let rows = self.store.challenges(of, before, limit).await?;
        let (rows, more) = page(rows);
        Ok(Listed {
            counts: self.store.challenge_counts(of, self.clock.now()).await?,
            next: rows.last().filter(|_| more).map(|row| row.no),
            rows,
        })
    }

    /// The same with all that is public of each, for machines.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn challenges_whole(
        &self,
        plan: &str,
        figure: &str,
        before: Option<i64>,
    ) -> Result<Listed<Challenge>, AppError> {
        let listed = self.challenges(plan, figure, before).await?;
        let of = Of { plan, figure };
        let first = listed.rows.first().map_or(0, |row| row.no);
        let last = listed.rows.last().map_or(1, |row| row.no);
        let bodies = self.store.challenge_bodies(of, (last, first)).await?;
        let events = self.store.challenge_events(of, (last, first)).await?;
        let mut rows = Vec::with_capacity(listed.rows.len());
        for row in listed.rows {
            let wanted = row.no;
            let own = bodies.iter().find(|(no, _)| *no == wanted);
            let body = own.map(|(_, json)| json.as_str()).unwrap_or_default();
            let own = events.iter().filter(|(no, _)| *no == wanted);
            let history = own.map(|(_, json)| json.as_str());
            rows.push(self.shown(row, body, history)?);
        }
        Ok(Listed {
            rows,
            counts: listed.counts,
            next: listed.next,
        })
    }

    /// One challenge as everybody may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if the plan has no such challenge.
    pub async fn challenge(&self, plan: &str, no: i64) -> Result<Challenge, AppError> {
        let summary = self.store.challenge(no).await?;
        let summary = summary.filter(|row| row.plan == plan);
        let summary = summary.ok_or(AppError::NotFound)?;
        let body = self.store.challenge_body(no).await?;
        let body = body.ok_or(AppError::NotFound)?;
        let history = self.store.challenge_history(no).await?;
        let events = history.iter().map(|row| row.event.as_str());
        self.shown(summary, &body.json, events)
    }

    /// What everybody may see. The words that are not to be shown end here.
    fn shown<'e>(
        &self,
        summary: Summary,
        body: &str,
        history: impl Iterator<Item = &'e str>,
    ) -> Result<Challenge, AppError> {
        let body: Body = serde_json::from_str(body).map_err(damaged("challenge"))?;
        let events = history.map(serde_json::from_str::<Event>);
        let events = events.collect::<Result<Vec<_>, _>>();
        let events = events.map_err(damaged("event"))?;
        let standing = standing_of(&body, &events)?;
        let public = events
            .iter()
            .filter(|event| event.change != Change::ContactErased);
        let changed = public.map(|event| event.at).max();
        let late = summary.due_at < self.clock.now();
        Ok(Challenge {
            overdue: late && summary.answered_at.is_none() && !summary.set_aside,
            summary,
            said: (standing.words == Words::Shown).then_some(body),
            words: standing.words,
            changed_at: changed.unwrap_or_default(),
            answers: standing.answers,
        })
    }
}

/// The rows of one page, and whether more follow.
fn page<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let more = rows.len() > CHALLENGES_PAGE;
    rows.truncate(CHALLENGES_PAGE);
    (rows, more)
}

/// Adds a challenge's events up.
fn standing_of(body: &Body, history: &[Event]) -> Result<Standing, AppError> {
    let broken = || AppError::Damaged {
        what: "history",
        cause: "it does not begin with the receipt".into(),
    };
    let (first, later) = history.split_first().ok_or_else(broken)?;
    let Change::Received { contact, .. } = &first.change else {
        return Err(broken());
    };
    let mut standing = Standing::new(body.suspect, contact.is_some());
    for event in later {
        standing.apply(event);
    }
    Ok(standing)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String does not fail.
        let _written = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}
