//! The HTTP door: an accept loop of our own around hyper, because the usual ones never drop a client that sends its head a
//! byte a minute. HTTP/1.1, optionally over TLS; every wait has an end and every number a limit (see [`ServerSettings`]).

mod body;
mod certificate;
mod connection;
mod gate;
mod io;
mod peer;
mod settings;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

pub use body::{BodyError, BodyMax, body_max, body_max_but_files, read_all};
pub use peer::{ClientPrefix, Net, NotANet};
pub use settings::{ServerSettings, TlsFiles};
pub use tls::{TlsError, certificate_ends, check};

use connection::Phase;
use gate::{Admitted, Arrival, Gate};
use peer::PrefixKey;
use tls::Tls;

/// What every connection needs.
struct Shared {
    settings: ServerSettings,
    router: Router,
    http: http1::Builder,
    tls: Option<Arc<Tls>>,
    prefixes: PrefixKey,
}

/// A server that is set up and has only to be given a listener.
pub struct Server {
    shared: Arc<Shared>,
}

/// Reads certificate and key again when asked.
#[derive(Clone)]
pub struct Reload(Option<Arc<Tls>>);

impl Reload {
    /// There is a certificate to read.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.0.is_some()
    }

    /// Does it; what cannot be used is logged and leaves the old ones in use. Reads files: on a runtime call it from
    /// `spawn_blocking`.
    pub fn now(&self) {
        if let Some(tls) = &self.0 {
            tls.reload();
        }
    }
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Every running request was answered.
    Drained,
    /// The time for draining was over; what still ran was cut off.
    CutOff,
}

impl Server {
    /// Prepares to serve `router` (see [`crate::finish`]) within the limits of `settings`.
    ///
    /// # Errors
    /// When TLS is asked for and its files can't be used.
    pub fn new(settings: ServerSettings, router: Router) -> Result<Self, TlsError> {
        let tls = settings.tls.as_ref().map(Tls::load).transpose()?;
        let tls = tls.map(Arc::new);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(settings.header_time_max)
            .max_headers(settings.headers_max)
            .max_buf_size(settings.header_bytes_max.max(8192))
            .half_close(false);
        // Not `pipeline_flush`: with unread bytes in its buffer it keeps answers back, 413 and 431 above all.
        let router = router.with_state(());
        let prefixes = PrefixKey::default();
        let shared = Arc::new(Shared {
            settings,
            router,
            http,
            tls,
            prefixes,
        });
        Ok(Self { shared })
    }

    /// For reading certificate and key again at once, without waiting for the next look at their files.
    #[must_use]
    pub fn reload(&self) -> Reload {
        Reload(self.shared.tls.clone())
    }

    /// Serves until `stop` resolves, then lets running requests finish within `drain_time_max`. Requests find their
    /// [`ClientPrefix`] and, when they have a body, their [`BodyMax`] in the extensions.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> Stopped {
        let (gate, mut turns) = Gate::new(&self.shared.settings);
        let (phase, watched) = watch::channel(Phase::Serving);
        // Each connection holds a sender; when the last is dropped, the receiver says so.
        let (alive, mut gone) = mpsc::channel::<()>(1);
        let looking = self.shared.tls.clone().map(|tls| {
            let every = self.shared.settings.tls_look_every;
            tokio::spawn(look_for_changes(tls, every))
        });
        let mut stop = std::pin::pin!(stop);
        loop {
            let admitted = tokio::select! {
                () = &mut stop => break,
                Some(admitted) = turns.recv() => admitted,
                arrived = accept(&listener, &gate) => match self.admit(&gate, arrived) {
                    Some(admitted) => admitted,
                    None => continue,
                },
            };
            self.start(admitted, watched.clone(), alive.clone());
        }
        drop(listener);
        if let Some(looking) = looking {
            looking.abort();
        }
        gate.close();
        drop((turns, alive, watched));
        phase.send_replace(Phase::Draining);
        let drained = tokio::time::timeout(self.shared.settings.drain_time_max, gone.recv());
        match drained.await {
            Ok(_) => Stopped::Drained,
            Err(_) => {
                phase.send_replace(Phase::Over);
                Stopped::CutOff
            }
        }
    }

    fn admit(&self, gate: &Arc<Gate>, arrival: Arrival) -> Option<Admitted> {
        let trusted = &self.shared.settings.trusted_proxies;
        let exempt = trusted.iter().any(|net| net.contains(arrival.peer));
        gate.arrive(arrival, exempt)
    }

    fn start(&self, admitted: Admitted, phase: watch::Receiver<Phase>, alive: mpsc::Sender<()>) {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            connection::run(shared, admitted, phase).await;
            drop(alive);
        });
    }
}

async fn look_for_changes(tls: Arc<Tls>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let tls = Arc::clone(&tls);
        let _looked = tokio::task::spawn_blocking(move || tls.look()).await;
    }
}

/// The next connection. Errors that concern one connection are passed over; when the process is out of file handles, this
/// waits a little for some to come free.
async fn accept(listener: &TcpListener, gate: &Gate) -> Arrival {
    gate.room_to_park().await;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return arrival(stream, peer.ip()),
            Err(error) if is_about_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "accepting connections");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn arrival(stream: TcpStream, peer: std::net::IpAddr) -> Arrival {
    // Answers are written whole; waiting to fill packets would only delay them. Failure means the peer is gone already.
    let _ = stream.set_nodelay(true);
    Arrival { stream, peer }
}

fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
