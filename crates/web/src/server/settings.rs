//! The limits of the HTTP door, each with its unit.

use std::path::PathBuf;
use std::time::Duration;

use super::peer::Net;

/// Limits and addresses of one listener. The defaults are what a small machine can keep under attack.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// How long a request's head may take to arrive, and how long a kept-alive connection may stay silent.
    pub header_time_max: Duration,
    /// Bytes of one request's head (request line and all header fields). At least 8,192.
    pub header_bytes_max: usize,
    /// Number of header fields in one request.
    pub headers_max: usize,
    /// Bytes of a request body where the route names no other limit (see [`super::body::BodyMax`]).
    pub body_bytes_max: u64,
    /// How long a body may take before its rate is judged.
    pub body_grace: Duration,
    /// Mean bytes per second that a body must keep once the grace is over.
    pub body_rate_min: u64,
    /// How long any body may take in all.
    pub body_time_max: Duration,
    /// How long a peer may refuse to read a single byte of an answer.
    pub write_stall_max: Duration,
    /// Connections served at one time, from all peers.
    pub connections_max: usize,
    /// Connections served at one time for one /24 (IPv4) or /48 (IPv6). Trusted proxies are exempt.
    pub prefix_connections_max: usize,
    /// Accepted connections that wait, unread, for their turn. When full, the listener's own queue waits.
    pub parked_max: usize,
    /// Waiting connections of one prefix; what comes on top is closed.
    pub prefix_parked_max: usize,
    /// How long running requests may take after a stop was asked for.
    pub drain_time_max: Duration,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Net>,
    /// How often the files of certificate and key are looked at for a change.
    pub tls_look_every: Duration,
    /// Certificate and key; none means plain HTTP.
    pub tls: Option<TlsFiles>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            header_time_max: Duration::from_secs(10),
            header_bytes_max: 16 * 1024,
            headers_max: 64,
            body_bytes_max: 64 * 1024,
            body_grace: Duration::from_secs(10),
            body_rate_min: 256,
            body_time_max: Duration::from_secs(15 * 60),
            write_stall_max: Duration::from_secs(30),
            connections_max: 20_000,
            prefix_connections_max: 2_500,
            parked_max: 20_000,
            prefix_parked_max: 5_000,
            drain_time_max: Duration::from_secs(20),
            trusted_proxies: Vec::new(),
            tls_look_every: Duration::from_secs(60),
            tls: None,
        }
    }
}

/// PEM files for TLS. The chain starts with the server's own certificate.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Certificate chain.
    pub certificates: PathBuf,
    /// Private key (PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
}
