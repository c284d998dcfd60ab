//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body as AxumBody;
use axum::http::Request;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tower::Service as _;

use super::Shared;
use super::body::PacedBody;
use super::gate::Admitted;
use super::io::StallGuard;
use super::peer::{ClientPrefix, client_address};

/// Where the server stands; connections watch it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// Finish the running request, take no other.
    Draining,
    /// Drop everything.
    Over,
}

/// Serves the connection until it ends, then gives its place to the next.
pub(super) async fn run(shared: Arc<Shared>, admitted: Admitted, phase: watch::Receiver<Phase>) {
    let Admitted { arrival, permit } = admitted;
    metrics::gauge!("cairn_http_connections").increment(1.0);
    let limit = shared.settings.write_stall_max;
    match &shared.tls {
        None => {
            let stream = StallGuard::new(arrival.stream, limit);
            serve(&shared, stream, arrival.peer, phase).await;
        }
        Some(tls) => {
            let handshake = tls.acceptor().accept(arrival.stream);
            let timed = tokio::time::timeout(shared.settings.header_time_max, handshake);
            if let Ok(Ok(stream)) = timed.await {
                serve(&shared, StallGuard::new(stream, limit), arrival.peer, phase).await;
            }
        }
    }
    metrics::gauge!("cairn_http_connections").decrement(1.0);
    drop(permit);
}

async fn serve<S>(shared: &Arc<Shared>, stream: S, peer: IpAddr, mut phase: watch::Receiver<Phase>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let own = shared.prefixes.hide(peer, &shared.settings.trusted_proxies);
    let proxied = shared
        .settings
        .trusted_proxies
        .iter()
        .any(|net| net.contains(peer));
    let door = Door {
        shared: Arc::clone(shared),
        peer,
        own,
        proxied,
    };
    let connection = shared.http.serve_connection(TokioIo::new(stream), door);
    let mut connection = std::pin::pin!(connection);
    loop {
        tokio::select! {
            // Time-outs, resets and half-sent requests are everyday things and say nothing about us.
            _ = connection.as_mut() => return,
            changed = phase.changed() => {
                let now = *phase.borrow_and_update();
                if changed.is_err() || now == Phase::Over {
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Hands requests of one connection to the router.
struct Door {
    shared: Arc<Shared>,
    peer: IpAddr,
    own: ClientPrefix,
    proxied: bool,
}

impl hyper::service::Service<Request<Incoming>> for Door {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (mut parts, incoming) = request.into_parts();
        let settings = &self.shared.settings;
        let client = if self.proxied {
            let address = client_address(self.peer, &parts.headers, &settings.trusted_proxies);
            self.shared
                .prefixes
                .hide(address, &settings.trusted_proxies)
        } else {
            self.own
        };
        parts.extensions.insert(client);
        let body = if incoming.is_end_stream() {
            AxumBody::empty()
        } else {
            let (paced, max) = PacedBody::new(incoming, settings);
            parts.extensions.insert(max);
            AxumBody::new(paced)
        };
        self.shared
            .router
            .clone()
            .call(Request::from_parts(parts, body))
    }
}
