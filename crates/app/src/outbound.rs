//! What every request from here to another system keeps to: whom to believe, and what is this machine.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hyper::Uri;
use hyper::body::Body;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// Whom to believe: the public certificate authorities, or those of a PEM file alone.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn trust(pem: Option<&[u8]>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    match pem {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(mut pem) => {
            for one in rustls_pemfile::certs(&mut pem) {
                let one = one.map_err(|error| error.to_string())?;
                roots.add(one).map_err(|error| error.to_string())?;
            }
            if roots.is_empty() {
                return Err("it holds no certificate".into());
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Speaks HTTP/1 on a connection, for as long as somebody has the sender; what breaks it is told by the request that waits.
///
/// # Errors
/// The other side ended it before it began.
pub(crate) async fn speak<S, B>(stream: S) -> Result<SendRequest<B>, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    Ok(sender)
}

/// A name or address of this machine, without brackets and port: plain HTTP to it crosses no network.
pub(crate) fn is_here(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub host: String,
    pub port: u16,
    pub secure: bool,
    /// Path and query.
    pub path: String,
}

impl Target {
    /// Reads an address of HTTP(S), without a name and password in it.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority()?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return None,
        };
        if host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Some(Self {
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            host,
            secure,
        })
    }

    /// What stands in the field `Host`.
    pub(crate) fn host_field(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

/// Which addresses may be connected to beside public ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    /// Any: the operator says so.
    pub any: bool,
    /// This machine, where the target names it.
    pub here: bool,
}

impl Allowed {
    /// This machine where it is named, and any if the operator says so.
    pub(crate) const fn named(any: bool) -> Self {
        Self { any, here: true }
    }

    /// Public ones only, unless the operator says otherwise.
    pub(crate) const fn public(any: bool) -> Self {
        Self { any, here: false }
    }
}

/// Connects, with TLS where the target has it.
///
/// # Errors
/// In words.
pub(crate) async fn connect<B>(target: &Target, allowed: Allowed) -> Result<SendRequest<B>, String>
where
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let stream = reach(target, allowed).await?;
    let spoken = if target.secure {
        let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
        let tls = TlsConnector::from(trust(None)?);
        let stream = tls.connect(name, stream).await;
        speak(stream.map_err(|error| error.to_string())?).await
    } else {
        speak(stream).await
    };
    spoken.map_err(|error| error.to_string())
}

/// Connects to an address of the name that may be connected to. The address that was looked at is the one that is used.
async fn reach(target: &Target, allowed: Allowed) -> Result<TcpStream, String> {
    let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| error.to_string())?.collect();
    let here = allowed.here && is_here(&target.host);
    let mut last = "the name has no address".to_owned();
    for address in found {
        let ip = address.ip();
        if !(may_be_called(ip) || allowed.any || here && ip.is_loopback()) {
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
pub(crate) fn may_be_called(ip: IpAddr) -> bool {
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
}
