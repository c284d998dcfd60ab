//! What the public sends is worked on in turn: a place at the gate is taken before the body is read, so that a flood waits
//! in its own sockets and not in our memory.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRef, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use cairn_app::App;
use cairn_app::gate::{Gate, Place};
use cairn_app::pace::{Buckets, Rate};
use tokio::time::Instant;

use crate::api::Described;
use crate::problem::{Kind, Problem, Result};
use crate::server::{BodyMax, ClientPrefix, read_all};

/// How long a sender may hold a place while the body comes. Bodies mostly come with the head; a slow one is read on
/// outside and asks for a place again, so that slow senders cannot hold all places.
pub const PATIENCE: Duration = Duration::from_millis(500);
/// Uploads taken in at the same time; they wait for the sender far longer than for us.
pub const UPLOADS_PARALLEL: usize = 512;
/// Failed tries to open a report that one network has at once.
pub const TRIES_MAX: f64 = 30.0;
/// Failed tries to open a report that one network gets back a second.
pub const TRIES_A_SECOND: f64 = 0.5;
/// Claims that one network sends at once: each makes a mail leave for a mailbox that somebody typed.
pub const CLAIMS_BURST: f64 = 20.0;
/// Claims that one network gets back a second: ten an hour.
pub const CLAIMS_A_SECOND: f64 = 10.0 / 3_600.0;
/// Networks whose failures are counted at the same time; beyond it the counting starts afresh.
const NETWORKS_MAX: usize = 20_000;

/// What the public doors share. Every request gets a clone or two, which costs as much as one counter.
#[derive(Clone)]
pub struct Public(Arc<Shared>);

/// What is behind [`Public`].
pub struct Shared {
    /// The use cases.
    pub app: App,
    /// Turns of uploads.
    pub uploads: Gate,
    /// Failed tries to open a report.
    pub tries: Tries,
    /// Claims of organisations that nobody has proved yet.
    pub claims: Buckets,
    /// What tells machines of the form in use.
    pub(crate) described: Arc<Described>,
}

impl Public {
    /// For one process.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self(Arc::new(Shared {
            described: Arc::new(Described::of(&app.form)),
            app,
            uploads: Gate::new(UPLOADS_PARALLEL),
            tries: Tries::default(),
            claims: Buckets::new(Rate {
                per_second: CLAIMS_A_SECOND,
                burst: CLAIMS_BURST,
            }),
        }))
    }
}

impl std::ops::Deref for Public {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<Public> for App {
    fn from_ref(public: &Public) -> Self {
        public.app.clone()
    }
}

/// A request whose turn it is.
pub struct Admitted {
    /// Holds the turn.
    pub place: Place,
    /// The whole body.
    pub body: Bytes,
    /// The head.
    pub parts: Parts,
}

/// Where a request comes from; all requests that say nothing come from the same place.
#[must_use]
pub fn origin(parts: &Parts) -> u64 {
    let prefix = parts.extensions.get::<ClientPrefix>();
    prefix.map_or(0, |prefix| prefix.as_u64())
}

/// Whose account a request goes on; nobody's if it comes from the machine itself or a proxy that named no client.
#[must_use]
pub fn counted(parts: &Parts) -> Option<u64> {
    let prefix = parts.extensions.get::<ClientPrefix>();
    prefix
        .is_none_or(|prefix| !prefix.is_near())
        .then(|| origin(parts))
}

/// Waits for a turn and reads a body of at most `bytes_max` bytes. Networks that send much wait longer.
///
/// # Errors
/// 413, 408 or 400, by the cause.
pub async fn admit(app: &App, request: Request, bytes_max: u64) -> Result<Admitted> {
    let (parts, body) = request.into_parts();
    let counted = counted(&parts);
    app.pace.turn(counted).await;
    let admitted = admit_known(app, Request::from_parts(parts, body), bytes_max).await?;
    app.pace.weigh(counted, admitted.body.len());
    Ok(admitted)
}

/// The same for partners, whom nothing slows but their turn.
///
/// # Errors
/// As [`admit`].
pub async fn admit_known(app: &App, request: Request, bytes_max: u64) -> Result<Admitted> {
    let (parts, body) = request.into_parts();
    if let Some(max) = parts.extensions.get::<BodyMax>() {
        max.set(bytes_max);
    }
    let origin = origin(&parts);
    let mut place = app.gate.enter(origin).await;
    let mut reading = pin!(read_all(body));
    let body = match tokio::time::timeout(PATIENCE, &mut reading).await {
        Ok(body) => body?,
        Err(_) => {
            drop(place);
            let body = reading.await?;
            place = app.gate.enter(origin).await;
            body
        }
    };
    if body.len() as u64 > bytes_max {
        return Err(Problem::too_large(bytes_max));
    }
    Ok(Admitted { place, body, parts })
}

/// Counts failed tries by network, so that nobody can try secrets by the million. Opening with the right one costs
/// nothing.
#[derive(Clone, Default)]
pub struct Tries(Arc<Mutex<HashMap<u64, (f64, Instant)>>>);

impl Tries {
    /// Whether this network may try.
    ///
    /// # Errors
    /// 429, with the seconds until it may again.
    pub fn allow(&self, origin: u64) -> Result<()> {
        if self.left(origin, 0.0, Instant::now()) < 1.0 {
            return Err(Problem::new(Kind::TooMany(10)));
        }
        Ok(())
    }

    /// Notes a failure.
    pub fn failed(&self, origin: u64) {
        self.left(origin, 1.0, Instant::now());
    }

    fn left(&self, origin: u64, cost: f64, now: Instant) -> f64 {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cost == 0.0 && !known.contains_key(&origin) {
            return TRIES_MAX;
        }
        if known.len() >= NETWORKS_MAX {
            known.clear();
        }
        let entry = known.entry(origin).or_insert((TRIES_MAX, now));
        let earned = now.duration_since(entry.1).as_secs_f64() * TRIES_A_SECOND;
        *entry = ((entry.0 + earned).min(TRIES_MAX) - cost, now);
        entry.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_run_out_and_come_back_with_time() {
        let (tries, start) = (Tries::default(), Instant::now());
        for _ in 0..30 {
            assert!(tries.left(1, 0.0, start) >= 1.0);
            tries.left(1, 1.0, start);
        }
        assert!(tries.left(1, 0.0, start) < 1.0);
        assert!(tries.left(2, 0.0, start) >= 1.0);
        assert!(tries.left(1, 0.0, start + Duration::from_secs(3)) >= 1.0);
    }
}
