//! `cairn serve`: listen, work, stop in order. The house and each tenant are an app on a store of their own; what they share is
//! the process, its listener, and the moment at which it stops.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use cairn_app::App;
use cairn_store::Store;
use cairn_web::doors::{Router, Tenant, by_host};
use cairn_web::server::{Reload, Server, Stopped};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::args::Usage;
use crate::settings::Settings;
use crate::{control, lmtp, metrics, open};

/// Serves until SIGTERM or Ctrl-C.
///
/// # Errors
/// What kept it from starting, in words. A tenant that cannot be opened keeps all from starting: its people would otherwise be
/// answered by the house.
pub async fn run(mut settings: Settings) -> anyhow::Result<()> {
    if !settings.door.is_house() {
        let words = "the house and all its tenants are served together: leave --tenant out";
        return Err(Usage(words.into()).into());
    }
    let listener = bind(&settings).await?;
    prepare(&mut settings)?;
    let app = open::app(&settings).await?;
    serve(settings, app, listener, |_| {}).await
}

/// What takes its time, and what the pages say of the files beside the settings.
fn prepare(settings: &mut Settings) -> anyhow::Result<()> {
    settings.app.plans = open::plans(&settings.plans, &settings.site)?;
    let form = open::form(settings.form.as_deref())?;
    let rules = open::retention(settings.retention.as_deref(), &form)?;
    settings.site.rules_contact_days =
        rules.map(|(_, rules)| rules.contact_days_max().unwrap_or(0));
    Ok(())
}

/// Takes the public address, before anything slow is done.
///
/// # Errors
/// The address is taken or not ours.
pub async fn bind(settings: &Settings) -> anyhow::Result<TcpListener> {
    TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("listening on {}", settings.listen))
}

/// One house: the first, or a tenant.
struct House {
    settings: Settings,
    app: App,
    /// Of its own.
    listener: Option<TcpListener>,
}

impl House {
    /// Opens a tenant.
    async fn tenant(mut settings: Settings) -> anyhow::Result<Self> {
        let listener = match settings.door.listen {
            None => None,
            Some(address) => {
                let listener = TcpListener::bind(address).await;
                Some(listener.with_context(|| format!("listening on {address}"))?)
            }
        };
        if let Some(listener) = &listener
            && settings.door.hosts.is_empty()
            && !settings.is_given("server.public_url")
        {
            // Port 0 takes a free one.
            let url = format!("{}://{}", settings.scheme(), listener.local_addr()?);
            settings.point_to(&url);
        }
        prepare(&mut settings)?;
        let app = open::app(&settings).await?;
        Ok(Self {
            settings,
            app,
            listener,
        })
    }

    fn router(&self) -> Router {
        cairn_web::router(self.app.clone(), Arc::new(self.settings.site.clone()))
    }

    /// Log lines of a tenant's work say whose they are.
    fn span(&self) -> tracing::Span {
        if self.settings.door.is_house() {
            return tracing::Span::none();
        }
        tracing::info_span!("tenant", name = self.settings.door.name)
    }
}

/// Serves an app, and the tenants of its settings; `ready` is told the address once it listens.
///
/// # Errors
/// As [`run`].
pub async fn serve(
    settings: Settings,
    app: App,
    listener: TcpListener,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    raise_file_limit();
    let address = listener.local_addr()?;
    serve_metrics(&settings).await?;
    let tenants = settings.tenants.clone();
    let scheme = settings.scheme();
    let mut houses = vec![House {
        settings,
        app,
        listener: Some(listener),
    }];
    for tenant in tenants {
        let called = tenant.called();
        houses.push(House::tenant(tenant).await.context(called)?);
    }
    let servers = servers(&mut houses)?;
    let at_work: Vec<AtWork> = houses.iter().map(AtWork::start).collect();
    let mail = mail(&houses).await?;
    let (stopping, stops) = watch::channel(false);
    let controls = controls(&houses, &stops);
    let stop = stop_signal().context("listening for signals")?;
    println!("listening on {scheme}://{address}");
    ready(address);
    let mail = mail.map(|(door, names)| {
        let of = lmtp::Houses::of(houses.iter().map(|one| (&one.settings, &one.app)));
        tokio::spawn(lmtp::serve(of, door, names, stops.clone()))
    });
    let stopped = answer_requests(servers, stop).await?;
    stopping.send_replace(true);
    for task in mail.into_iter().chain(controls) {
        task.await?;
    }
    tracing::info!(?stopped, "no more requests; writing what is queued");
    drop(houses);
    for one in at_work {
        one.end().await;
    }
    Ok(())
}

/// What a house does by itself.
struct AtWork {
    stop: oneshot::Sender<()>,
    work: JoinHandle<()>,
    store: Store,
}

impl AtWork {
    fn start(house: &House) -> Self {
        if let Err(error) = house.app.ensure_openpgp() {
            let tenant = &house.settings.door.name;
            tracing::error!(tenant, %error, "no OpenPGP key: nobody can write to us encrypted");
        }
        let (stop, stops) = oneshot::channel::<()>();
        let work = cairn_app::worker::run(house.app.clone(), async {
            let _asked = stops.await;
        });
        Self {
            stop,
            work: tokio::spawn(work.instrument(house.span())),
            store: house.app.bare_store().clone(),
        }
    }

    /// The worker ends what it has begun and then lets go of the store.
    async fn end(self) {
        drop(self.stop);
        let _ended = self.work.await;
        self.store.close().await;
    }
}

/// A server for each listener: the house answers on its own, with the tenants that share it by their hosts.
fn servers(houses: &mut [House]) -> anyhow::Result<Vec<(Server, TcpListener)>> {
    let (mut shared, mut beside, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for house in houses.iter_mut().skip(1) {
        let router = house.router();
        beside.push(house.app.clone());
        if let Some(listener) = house.listener.take() {
            let (name, scheme) = (&house.settings.door.name, house.settings.scheme());
            println!("tenant {name} on {scheme}://{}", listener.local_addr()?);
            let server = Server::new(house.settings.server.clone(), router.clone())?;
            all.push((server, listener));
        }
        shared.push(Tenant {
            hosts: house.settings.door.hosts.clone(),
            router,
        });
    }
    if let Some(house) = houses.first_mut()
        && let Some(listener) = house.listener.take()
    {
        let router = by_host(house.router(), shared, beside);
        let server = Server::new(house.settings.server.clone(), router)?;
        all.insert(0, (server, listener));
    }
    Ok(all)
}

/// Serves on every listener until `stop` comes, then lets all of them finish together.
async fn answer_requests(
    servers: Vec<(Server, TcpListener)>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<Vec<Stopped>> {
    // Without TLS a hang-up ends the program, as when its terminal is closed.
    let reloads: Vec<Reload> = servers.iter().map(|(server, _)| server.reload()).collect();
    if reloads.iter().any(Reload::is_any) {
        tokio::spawn(reload_on_hangup(reloads));
    }
    let (asked, stops) = watch::channel(false);
    let running: Vec<JoinHandle<Stopped>> = servers
        .into_iter()
        .map(|(server, listener)| {
            let mut stops = stops.clone();
            tokio::spawn(server.serve(listener, async move {
                let _ended = stops.wait_for(|stop| *stop).await;
            }))
        })
        .collect();
    stop.await;
    asked.send_replace(true);
    let mut all = Vec::new();
    for server in running {
        all.push(server.await?);
    }
    Ok(all)
}

/// One socket for commands in each data directory. One that cannot be made keeps nobody from reporting.
fn controls(houses: &[House], stops: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let one = |house: &House| {
        let listener = control::listen(&house.app);
        if let Err(error) = &listener {
            let tenant = &house.settings.door.name;
            tracing::warn!(tenant, %error, "commands beside the running server do not work");
        }
        let mut stops = stops.clone();
        let served = control::serve(house.app.clone(), listener.ok()?, async move {
            let _ended = stops.wait_for(|stop| *stop).await;
        });
        Some(tokio::spawn(served.instrument(house.span())))
    };
    houses.iter().filter_map(one).collect()
}

/// The door for mail servers, if there is one, and by which names we greet and believe.
async fn mail(
    houses: &[House],
) -> anyhow::Result<Option<(lmtp::Listener, (String, Option<String>))>> {
    let Some(house) = houses.first().map(|house| &house.settings) else {
        return Ok(None);
    };
    let Some(place) = &house.lmtp else {
        return Ok(None);
    };
    let names = (host(&house.site.public_url), house.mail_authserv.clone());
    Ok(Some((lmtp::bind(place).await?, names)))
}

/// The host of an address, by which we greet mail servers.
fn host(url: &str) -> String {
    let rest = url.split("://").nth(1).unwrap_or(url);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() { "localhost" } else { host }.to_owned()
}

/// Before the first thing is counted, so that nothing is missed.
async fn serve_metrics(settings: &Settings) -> anyhow::Result<()> {
    if let Some(address) = settings.metrics_listen {
        let handle = metrics::install()?;
        let bound = metrics::serve(address, handle).await?;
        println!("metrics on http://{bound}/metrics");
    }
    Ok(())
}

/// Each connection is a file to the system, whose soft limit is often 1,024.
fn raise_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(65_536) {
        tracing::warn!(%error, "the limit of open files stays low; many connections at once may fail");
    }
}

/// SIGHUP (`systemctl reload cairn`): certificate and key are read again.
async fn reload_on_hangup(reloads: Vec<Reload>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangup.recv().await.is_some() {
        let reloads = reloads.clone();
        let _read = tokio::task::spawn_blocking(move || {
            for reload in reloads {
                reload.now();
            }
        })
        .await;
    }
}

/// Comes true when the program is asked to stop. The signals are listened for from the call on, so that none is lost before the first wait.
///
/// # Errors
/// The system gives no way to listen.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
