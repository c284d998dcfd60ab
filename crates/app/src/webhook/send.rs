//! One call: signed (Standard Webhooks 1.0.0), to an address that was looked at when it was connected to, and whose answer is read no
//! further than it is worth. Redirections are not followed: they would lead past the look at the address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use cairn_kernel::time::Micros;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use ring::hmac;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::Target;
use crate::outbound;

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
    let connecting = tokio::time::timeout(CONNECT_TIME_MAX, connect(target, call.private)).await;
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
    let host = if target.host.contains(':') {
        format!("[{}]", target.host)
    } else {
        target.host.clone()
    };
    let usual = if target.secure { 443 } else { 80 };
    let host = if target.port == usual {
        host
    } else {
        format!("{host}:{}", target.port)
    };
    Request::post(&target.path)
        .header(HOST, host)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("cairn/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", call.id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signatures.join(" "))
        .body(Full::new(Bytes::copy_from_slice(call.body.as_bytes())))
        .map_err(|error| error.to_string())
}

async fn connect(target: &Target, private: bool) -> Result<SendRequest<Full<Bytes>>, String> {
    let stream = reach(target, private).await?;
    let spoken = if target.secure {
        let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
        let tls = TlsConnector::from(outbound::trust(None)?);
        let stream = tls.connect(name, stream).await;
        outbound::speak(stream.map_err(|error| error.to_string())?).await
    } else {
        outbound::speak(stream).await
    };
    spoken.map_err(|error| error.to_string())
}

/// Connects to an address of the name that may be connected to. The address that was looked at is the one that is used.
async fn reach(target: &Target, private: bool) -> Result<TcpStream, String> {
    let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| error.to_string())?.collect();
    let here = outbound::is_here(&target.host);
    let mut last = "the name has no address".to_owned();
    for address in found {
        let ip = address.ip();
        if !(may_be_called(ip) || private || here && ip.is_loopback()) {
            "the address is of a network that is not public".clone_into(&mut last);
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

/// A public address: not of this machine, of networks behind it, of a link, of many, or of none (RFC 6890).
pub(super) fn may_be_called(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let special = a == 0
                || a >= 240
                || (a, b, c) == (192, 0, 0)
                || (a, b) == (198, 18)
                || (a, b) == (198, 19);
            !(ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.is_unspecified()
                || shared
                || special)
        }
        IpAddr::V6(ip) => v6_may_be_called(ip),
    }
}

fn v6_may_be_called(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        may_be_called(IpAddr::from([a, b, c, d]))
    };
    match (a, b) {
        // Mapped, translated (RFC 6052) and 6to4 addresses are those of IPv4 that they hold.
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0xffff) => v4(g, h),
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && v4(g, h),
        (0x2002, high) => v4(high, c),
        // Only what is global unicast, without Teredo and what is for documents.
        (0x2001, 0 | 0x0db8) => false,
        _ => (0x2000..0x4000).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_called() {
        for public in ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"] {
            assert!(may_be_called(public.parse().unwrap()), "{public}");
        }
        for not in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "ff02::1",
        ] {
            assert!(!may_be_called(not.parse().unwrap()), "{not}");
        }
    }

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
