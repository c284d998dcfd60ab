//! Lines of events by HTTP: one request a batch, whose answer must be good before the next one goes.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::outbound;

/// Longest wait for one request, connecting included.
pub const POST_TIME_MAX: Duration = Duration::from_secs(60);

/// Sends lines to an address; the operator's own word says where, so any network will do. `token` goes as a bearer token.
///
/// # Errors
/// Why it did not arrive, in words.
pub async fn post_lines(to: &str, token: Option<&str>, lines: Vec<u8>) -> Result<(), String> {
    let sent = tokio::time::timeout(POST_TIME_MAX, post(to, token, lines)).await;
    sent.map_err(|_| format!("{to} took longer than {} s", POST_TIME_MAX.as_secs()))?
}

async fn post(to: &str, token: Option<&str>, lines: Vec<u8>) -> Result<(), String> {
    let uri: Uri = to.parse().map_err(|error| format!("{to}: {error}"))?;
    let host = uri.host().ok_or_else(|| format!("{to}: no host"))?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let secure = match uri.scheme_str() {
        Some("https") => true,
        // A token crosses no network in the clear.
        Some("http") if token.is_none() || outbound::is_here(bare) => false,
        Some("http") => return Err("a token goes by https only, or on this machine".to_owned()),
        _ => return Err(format!("{to}: say http:// or https://")),
    };
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let mut connection = connect(bare, port, secure).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let mut request = Request::post(path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/x-ndjson")
        .header(USER_AGENT, concat!("cairn/", env!("CARGO_PKG_VERSION")));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Full::new(Bytes::from(lines)));
    let request = request.map_err(|error| error.to_string())?;
    let answer = connection.send_request(request).await;
    let status = answer.map_err(|error| error.to_string())?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(format!("{to} answered {status}"))
    }
}

async fn connect(host: &str, port: u16, secure: bool) -> Result<SendRequest<Full<Bytes>>, String> {
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(|error| format!("{host}:{port}: {error}"))?;
    let spoken = if secure {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        let tls = TlsConnector::from(outbound::trust(None)?);
        let stream = tls.connect(name, stream).await;
        outbound::speak(stream.map_err(|error| error.to_string())?).await
    } else {
        outbound::speak(stream).await
    };
    spoken.map_err(|error| error.to_string())
}
