//! One call: signed (Standard Webhooks 1.0.0), to an address that was looked at when it was connected to, and whose answer is read no
//! further than it is worth. Redirections are not followed: they would lead past the look at the address.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use cairn_kernel::time::Micros;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use ring::hmac;

use crate::outbound::{self, Allowed, Target};

/// Longest wait for a connection, TLS included.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest wait for the head of the answer and what is read of it.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(15);
/// Bytes of an answer that are kept to be shown.
pub const ANSWER_BYTES_MAX: usize = 1_024;

/// What is sent.
pub(super) struct Call<'a> {
    pub id: &'a str,
    pub body: &'a str,
    /// One, or two while a secret is changed.
    pub secrets: &'a [Vec<u8>],
    pub now: Micros,
    /// The operator allows addresses of networks that are not public.
    pub private: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub status: Option<u16>,
    pub fault: Option<String>,
    pub answer: Option<String>,
    pub millis: i64,
    /// The receiver asks to wait so many seconds.
    pub retry_after: Option<i64>,
}

impl Outcome {
    pub(super) fn arrived(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// It answered, and it is this call that it does not like.
    pub(super) fn refused(&self) -> bool {
        let passing = |status: u16| matches!(status, 408 | 425 | 429);
        self.status
            .is_some_and(|status| (400..500).contains(&status) && !passing(status))
    }
}

/// `v1,` and the base64 of HMAC-SHA-256 over id, seconds and body, each followed by a dot but the last.
#[must_use]
pub fn signature(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(tag))
}

/// Sends it and says what came of it, however long that takes within the limits.
pub(super) async fn send(target: &Target, call: &Call<'_>) -> Outcome {
    let began = Instant::now();
    let mut outcome = Outcome::default();
    if let Err(fault) = attempt(target, call, &mut outcome).await {
        outcome.fault = Some(fault);
    }
    outcome.millis = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    outcome
}

async fn attempt(target: &Target, call: &Call<'_>, outcome: &mut Outcome) -> Result<(), String> {
    let slow = |what: &str, time: Duration| format!("{what} took longer than {} s", time.as_secs());
    let connecting = tokio::time::timeout(
        CONNECT_TIME_MAX,
        outbound::connect::<Full<Bytes>>(target, Allowed::named(call.private)),
    )
    .await;
    let mut connection = connecting.map_err(|_| slow("connecting", CONNECT_TIME_MAX))??;
    let request = request(target, call)?;
    let asking = async {
        let answer = connection.send_request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        outcome.status = Some(answer.status().as_u16());
        let after = answer.headers().get(RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok());
        outcome.retry_after = after.and_then(|text| text.trim().parse().ok());
        let mut bytes = Vec::new();
        let mut body = answer.into_body();
        while let Some(Ok(frame)) = body.frame().await {
            bytes.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            if bytes.len() >= ANSWER_BYTES_MAX {
                break;
            }
        }
        bytes.truncate(ANSWER_BYTES_MAX);
        outcome.answer = Some(String::from_utf8_lossy(&bytes).into_owned());
        Ok::<(), String>(())
    };
    let asked = tokio::time::timeout(ANSWER_TIME_MAX, asking).await;
    match asked {
        Ok(done) => done?,
        // The head of the answer came: that counts.
        Err(_) if outcome.status.is_some() => {}
        Err(_) => return Err(slow("the answer", ANSWER_TIME_MAX)),
    }
    match outcome.status {
        Some(status) if (300..400).contains(&status) => {
            Err("redirections are not followed: give the address itself".to_owned())
        }
        _ => Ok(()),
    }
}

fn request(target: &Target, call: &Call<'_>) -> Result<Request<Full<Bytes>>, String> {
    let seconds = call.now.seconds();
    let signatures: Vec<String> = call
        .secrets
        .iter()
        .map(|secret| signature(secret, call.id, seconds, call.body))
        .collect();
    Request::post(&target.path)
        .header(HOST, target.host_field())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("cairn/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", call.id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signatures.join(" "))
        .body(Full::new(Bytes::copy_from_slice(call.body.as_bytes())))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = "{\"test\": 2432232314}";
        assert_eq!(
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
