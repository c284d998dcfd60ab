//! `cairn serve`: listen, work, stop in order.

use std::sync::Arc;

use anyhow::Context;
use cairn_app::App;
use cairn_web::server::{Reload, Server};
use tokio::net::TcpListener;

use crate::settings::Settings;
use crate::{control, lmtp, metrics, open};

/// Serves until SIGTERM or Ctrl-C.
///
/// # Errors
/// What kept it from starting, in words.
pub async fn run(mut settings: Settings) -> anyhow::Result<()> {
    let listener = bind(&settings).await?;
    settings.app.plans = open::plans(&settings.plans, &settings.site)?;
    let form = open::form(settings.form.as_deref())?;
    let rules = open::retention(settings.retention.as_deref(), &form)?;
    settings.site.rules_contact_days =
        rules.map(|(_, rules)| rules.contact_days_max().unwrap_or(0));
    let app = open::app(&settings).await?;
    serve(settings, app, listener, |_| {}).await
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

/// Serves an app; `ready` is told the address once it listens.
///
/// # Errors
/// As [`run`].
pub async fn serve(
    settings: Settings,
    app: App,
    listener: TcpListener,
    ready: impl FnOnce(std::net::SocketAddr),
) -> anyhow::Result<()> {
    raise_file_limit();
    let address = listener.local_addr()?;
    serve_metrics(&settings).await?;
    if let Err(error) = app.ensure_openpgp() {
        tracing::error!(%error, "no OpenPGP key: nobody can write to us encrypted");
    }
    let store = app.bare_store().clone();
    let router = cairn_web::router(app.clone(), Arc::new(settings.site.clone()));
    let server = Server::new(settings.server.clone(), router)?;
    // Without TLS a hang-up ends the program, as when its terminal is closed.
    if settings.server.tls.is_some() {
        tokio::spawn(reload_on_hangup(server.reload()));
    }
    let (stop_work, work_stops) = tokio::sync::oneshot::channel::<()>();
    let work = tokio::spawn(cairn_app::worker::run(app.clone(), async {
        let _asked = work_stops.await;
    }));
    // A socket that cannot be made keeps nobody from reporting.
    let wishes = control::listen(&app);
    if let Err(error) = &wishes {
        tracing::warn!(%error, "commands beside the running server do not work");
    }
    let mail = match &settings.lmtp {
        Some(place) => Some(lmtp::bind(place).await?),
        None => None,
    };
    println!("listening on {}://{address}", settings.scheme());
    ready(address);
    let (stopping, mut stopped_too) = tokio::sync::watch::channel(false);
    let control = wishes.ok().map(|listener| {
        tokio::spawn(control::serve(app.clone(), listener, async move {
            let _ended = stopped_too.wait_for(|stop| *stop).await;
        }))
    });
    let mail = mail.map(|door| {
        let (app, stops) = (app.clone(), stopping.subscribe());
        let name = host(&settings.site.public_url);
        let named = (name, settings.mail_authserv.clone());
        tokio::spawn(lmtp::serve(app, door, named, stops))
    });
    let stopped = server.serve(listener, stop_signal()).await;
    stopping.send_replace(true);
    if let Some(mail) = mail {
        mail.await?;
    }
    if let Some(control) = control {
        control.await?;
    }
    tracing::info!(?stopped, "no more requests; writing what is queued");
    // The worker ends what it has begun and then lets go of the store.
    drop(stop_work);
    let _ended = work.await;
    drop(app);
    store.close().await;
    Ok(())
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
async fn reload_on_hangup(reload: Reload) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangup.recv().await.is_some() {
        let reload = reload.clone();
        let _read = tokio::task::spawn_blocking(move || reload.now()).await;
    }
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _asked = interrupt.await;
}
