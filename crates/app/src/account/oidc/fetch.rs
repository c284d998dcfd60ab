//! The few requests that go to an OpenID Connect provider: by HTTPS, or by plain HTTP to this machine alone; no redirects are
//! followed; everything has a limit.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use openidconnect::{HttpRequest, HttpResponse, http};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::outbound;

/// Time for one request, from the name's look-up to the last byte.
pub const PROVIDER_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of the largest answer that is read.
pub const PROVIDER_BYTES_MAX: usize = 512 * 1024;

/// Why a request failed. Says nothing of what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Neither HTTPS nor this machine.
    #[error("the address is neither https:// nor one of this machine")]
    Address,
    /// No answer in time.
    #[error("no answer within {} s", PROVIDER_TIME_MAX.as_secs())]
    Late,
    /// No connection.
    #[error("connecting: {0}")]
    Connect(#[from] std::io::Error),
    /// No HTTP, or too much of it.
    #[error("reading the answer: {0}")]
    Answer(Box<dyn std::error::Error + Send + Sync>),
    /// The certificate authority's file.
    #[error("the certificate authority's file: {0}")]
    Authority(String),
}

fn answer(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> FetchError {
    FetchError::Answer(error.into())
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Whom to believe.
    pub trust: Arc<ClientConfig>,
    /// It is on this machine, by plain HTTP. Another may not send us to addresses of this machine.
    pub near: bool,
}

impl Reach {
    /// Whether requests go to this address.
    pub(super) fn takes(&self, url: &openidconnect::url::Url) -> bool {
        is_fetched(url) && (self.near || url.scheme() == "https")
    }
}

/// Whether requests go to such an address at all: HTTPS, or plain HTTP to a name or address of this machine.
#[must_use]
pub fn is_fetched(url: &openidconnect::url::Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => url.username().is_empty() && url.password().is_none(),
        ("http", Some(host)) => outbound::is_here(host.trim_matches(['[', ']'])),
        _ => false,
    }
}

/// Whom to believe: the public certificate authorities, or those of a file alone.
///
/// # Errors
/// [`FetchError::Authority`].
pub fn trust(authority: Option<&std::path::Path>) -> Result<Arc<ClientConfig>, FetchError> {
    let bad = |cause: String| FetchError::Authority(cause);
    let pem = authority.map(std::fs::read).transpose();
    let pem = pem.map_err(|error| bad(error.to_string()))?;
    outbound::trust(pem.as_deref()).map_err(bad)
}

/// Asks once.
pub(super) async fn fetch(request: HttpRequest, reach: Reach) -> Result<HttpResponse, FetchError> {
    tokio::time::timeout(PROVIDER_TIME_MAX, ask(request, reach))
        .await
        .map_err(|_| FetchError::Late)?
}

async fn ask(request: HttpRequest, reach: Reach) -> Result<HttpResponse, FetchError> {
    let url = openidconnect::url::Url::parse(&request.uri().to_string())
        .ok()
        .filter(|url| reach.takes(url))
        .ok_or(FetchError::Address)?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().ok_or(FetchError::Address)?;
    let stream = TcpStream::connect((host, port)).await?;
    if url.scheme() == "https" {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchError::Address)?;
        let stream = tokio_rustls::TlsConnector::from(reach.trust)
            .connect(name, stream)
            .await?;
        return send(request, &url, stream).await;
    }
    // A name may lead elsewhere than it says.
    if !stream.peer_addr()?.ip().is_loopback() {
        return Err(FetchError::Address);
    }
    send(request, &url, stream).await
}

async fn send(
    request: HttpRequest,
    url: &openidconnect::url::Url,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<HttpResponse, FetchError> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(answer)?;
    let driving = tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    let authority = url.host_str().unwrap_or_default();
    let authority = match url.port() {
        Some(port) => format!("{authority}:{port}"),
        None => authority.to_owned(),
    };
    let host = http::HeaderValue::try_from(authority).map_err(answer)?;
    head.headers.insert(http::header::HOST, host);
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    head.uri = path.parse().map_err(answer)?;
    let asked = http::Request::from_parts(head, Full::new(Bytes::from(body)));
    let got = sender.send_request(asked).await.map_err(answer)?;
    let (head, body) = got.into_parts();
    let body = Limited::new(body, PROVIDER_BYTES_MAX).collect().await;
    driving.abort();
    let body = body.map_err(FetchError::Answer)?.to_bytes().to_vec();
    Ok(http::Response::from_parts(head, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        let asked = |text: &str| is_fetched(&text.parse().unwrap());
        for yes in [
            "https://id.example.org/realm",
            "http://127.0.0.1:9/x",
            "http://localhost:9",
            "http://[::1]/",
        ] {
            assert!(asked(yes), "{yes}");
        }
        for no in [
            "http://id.example.org/",
            "http://192.0.2.1/",
            "http://localhost.example.org/",
            "ftp://localhost/",
            "https://a:b@id.example.org/",
            "file:///etc/passwd",
        ] {
            assert!(!asked(no), "{no}");
        }
    }

    #[tokio::test]
    async fn answers_have_a_limit_and_redirects_are_not_followed() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            for answer in [
                format!(
                    "HTTP/1.1 302 Found\r\nlocation: http://{address}/b\r\ncontent-length: 0\r\n\r\n"
                ),
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {0}\r\n\r\n{1}",
                    1 << 20,
                    "x".repeat(1 << 20)
                ),
            ] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = [0; 2_048];
                let read = stream.read(&mut head).await.unwrap();
                assert!(head[..read].starts_with(b"GET /a?b=c HTTP/1.1\r\n"));
                let _cut_off = stream.write_all(answer.as_bytes()).await;
            }
        });
        let get = || {
            let uri = format!("http://{address}/a?b=c");
            let request = http::Request::builder().uri(uri).body(Vec::new()).unwrap();
            let trust = trust(None).unwrap();
            fetch(request, Reach { trust, near: true })
        };
        assert_eq!(get().await.unwrap().status(), 302);
        assert!(matches!(get().await, Err(FetchError::Answer(_))));
        server.await.unwrap();
        // A provider elsewhere does not send us to this machine.
        let trust = trust(None).unwrap();
        let uri = format!("http://{address}/a?b=c");
        let request = http::Request::builder().uri(uri).body(Vec::new()).unwrap();
        let sent = fetch(request, Reach { trust, near: false }).await;
        assert!(matches!(sent, Err(FetchError::Address)));
    }
}
