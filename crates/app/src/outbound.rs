//! What every request from here to another system keeps to: whom to believe, and what is this machine.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Body;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};

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
