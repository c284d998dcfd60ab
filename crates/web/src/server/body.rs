//! Request bodies that keep a pace and a size: nobody may hold a place by sending a byte now and then.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::settings::ServerSettings;
use crate::problem::Problem;

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// More bytes than the route takes; the limit in bytes.
    #[error("the request body is larger than {0} bytes")]
    TooLarge(u64),
    /// Slower than the least rate, or longer than the total time.
    #[error("the request body came too slowly")]
    TooSlow,
    /// The connection broke, or the framing was wrong.
    #[error("the request body broke off")]
    Broken,
}

impl BodyError {
    /// Finds the cause in an error that a body stream returned, however deep axum wrapped it.
    #[must_use]
    pub fn find(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return *found;
            }
            cause = error.source();
        }
        Self::Broken
    }
}

/// The size limit of this request's body, in bytes; in the extensions of every request that has a body. Routes change it
/// with [`body_max`] before anything is read.
#[derive(Debug, Clone)]
pub struct BodyMax(Arc<Limits>);

#[derive(Debug)]
struct Limits {
    bytes: AtomicU64,
    /// Milliseconds in all.
    millis: AtomicU64,
}

fn whole_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl BodyMax {
    fn new(bytes: u64, time: Duration) -> Self {
        Self(Arc::new(Limits {
            bytes: AtomicU64::new(bytes),
            millis: AtomicU64::new(whole_millis(time)),
        }))
    }

    /// Sets how long the body may take in all; its mean rate is judged as before.
    pub fn set_time(&self, time: Duration) {
        self.0.millis.store(whole_millis(time), Ordering::Relaxed);
    }

    fn time(&self) -> Duration {
        Duration::from_millis(self.0.millis.load(Ordering::Relaxed))
    }

    /// Sets the limit in bytes.
    pub fn set(&self, bytes: u64) {
        self.0.bytes.store(bytes, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }
}

/// A layer that lets the routes under it take bodies up to `bytes`:
/// `.route_layer(axum::middleware::from_fn(body_max(20 << 20)))`. A declared length above that is answered at once.
pub fn body_max(
    bytes: u64,
) -> impl Fn(Request, Next) -> futures_util::future::BoxFuture<'static, Response> + Clone {
    move |request, next| {
        Box::pin(async move {
            if let Some(max) = request.extensions().get::<BodyMax>() {
                max.set(bytes);
            }
            if request.body().size_hint().lower() > bytes {
                return Problem::too_large(bytes).into_response();
            }
            next.run(request).await
        })
    }
}

/// As [`body_max`] for routes whose handler reads forms with files itself: who reads them sets a larger limit once it is known who sends
/// them. Other forms are bounded as they are elsewhere.
pub fn body_max_but_files(
    bytes: u64,
) -> impl Fn(Request, Next) -> futures_util::future::BoxFuture<'static, Response> + Clone {
    let strict = body_max(bytes);
    move |request, next| {
        let media = request.headers().get(axum::http::header::CONTENT_TYPE);
        let has_files = media.is_some_and(|media| media.as_bytes().starts_with(b"multipart/"));
        if !has_files {
            return strict(request, next);
        }
        if let Some(max) = request.extensions().get::<BodyMax>() {
            max.set(bytes);
        }
        Box::pin(next.run(request))
    }
}

/// Reads a whole body into memory, at most the route's limit.
///
/// # Errors
/// 413, 408 or 400, by the cause.
pub async fn read_all(body: axum::body::Body) -> Result<Bytes, Problem> {
    match body.collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) => Err(BodyError::find(&error).into()),
    }
}

/// [`Incoming`] with limits on size, mean rate and total time.
pub(super) struct PacedBody {
    inner: Incoming,
    max: BodyMax,
    pace: Pace,
    /// When the first byte was asked for: whoever waits for a turn is not slow.
    started: Option<Instant>,
    received: u64,
    alarm: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy)]
struct Pace {
    grace: Duration,
    rate_min: u64,
}

impl PacedBody {
    pub(super) fn new(inner: Incoming, settings: &ServerSettings) -> (Self, BodyMax) {
        let max = BodyMax::new(settings.body_bytes_max, settings.body_time_max);
        let pace = Pace {
            grace: settings.body_grace,
            rate_min: settings.body_rate_min.max(1),
        };
        (
            Self {
                inner,
                max: max.clone(),
                pace,
                started: None,
                received: 0,
                alarm: None,
            },
            max,
        )
    }

    /// The moment at which what has come so far is too little.
    fn deadline(&self) -> Instant {
        let earned = Duration::from_secs_f64(self.received as f64 / self.pace.rate_min as f64);
        let started = self.started.unwrap_or_else(Instant::now);
        started + (self.pace.grace + earned).min(self.max.time())
    }

    /// Called when nothing more has come: wakes the task at the deadline, and says whether that has passed. The alarm is
    /// moved only when it rings, so that steady bodies cost one timer.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> bool {
        let deadline = self.deadline();
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        while alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return true;
            }
            alarm.as_mut().reset(deadline);
        }
        false
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        this.started.get_or_insert_with(Instant::now);
        let max = this.max.get();
        if this.inner.size_hint().lower() > max.saturating_sub(this.received) {
            return Poll::Ready(Some(Err(BodyError::TooLarge(max))));
        }
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                this.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                let too_large = this.received > max;
                Poll::Ready(Some(if too_large {
                    Err(BodyError::TooLarge(max))
                } else {
                    Ok(frame)
                }))
            }
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(BodyError::Broken))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if this.poll_too_slow(cx) => Poll::Ready(Some(Err(BodyError::TooSlow))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
