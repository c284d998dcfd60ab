//! `cairn track preview`: the site of a plan while its files are being written.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use cairn_track::bundle::Public;
use cairn_track::plan::{Fault, Plan};
use cairn_track::site::{self, Options};
use cairn_web::preview::{Files, Preview};
use tokio::net::TcpListener;

use super::folder;
use crate::args::Usage;
use crate::settings::Settings;

/// Time between two looks at the folder.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Files of a folder with what tells that they were changed; or why the folder cannot be looked at.
type Seen = Result<BTreeMap<PathBuf, (u64, Option<SystemTime>)>, String>;

/// Serves the site of a plan until Ctrl-C, and builds it again whenever a file changed.
///
/// # Errors
/// [`Usage`] for an address that others could reach; or the address is taken.
pub fn preview(settings: &Settings, plan: &Path) -> anyhow::Result<()> {
    let listen = if settings.is_given("server.listen") {
        settings.listen
    } else {
        SocketAddr::from(([127, 0, 0, 1], 0))
    };
    if !listen.ip().is_loopback() {
        bail!(Usage(format!(
            "{listen}: a preview is for this machine alone; name a loopback address, such as --listen 127.0.0.1:4000"
        )));
    }
    if !plan.is_dir() {
        bail!(Usage(format!(
            "{} is no folder: name the folder that holds plan.toml",
            plan.display()
        )));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("starting")?;
    let done = runtime.block_on(serve(plan.to_owned(), listen));
    // A build that is under way is of no use to anybody any more.
    runtime.shutdown_background();
    done
}

async fn serve(plan: PathBuf, listen: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    let preview = Preview::default();
    // Listened for before anything is told, so that no signal is lost.
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    let seen = seen(&plan);
    tell(&build(&plan, &preview));
    println!("preview of {} at http://{address}/", plan.display());
    println!("it follows your files; Ctrl-C ends it");
    let watch = watch(plan, preview.clone(), seen);
    tokio::select! {
        served = cairn_web::preview::serve(listener, &preview) => served.context("serving"),
        () = watch => Ok(()),
        stopped = &mut stop => stopped.context("waiting for Ctrl-C"),
    }
}

/// Looks at the folder again and again. A change is taken up once nothing changed between two looks: an editor writes a
/// file in more than one step.
async fn watch(plan: PathBuf, preview: Preview, mut built: Seen) {
    let mut last = built.clone();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = seen(&plan);
        let is_quiet = now == last;
        if is_quiet && now != built {
            built = now.clone();
            let (plan, preview) = (plan.clone(), preview.clone());
            let work = tokio::task::spawn_blocking(move || build(&plan, &preview));
            if let Ok(said) = work.await {
                tell(&said);
            }
        }
        last = now;
    }
}

fn seen(plan: &Path) -> Seen {
    let paths = folder::walk(plan).map_err(|error| format!("{error:#}"))?;
    let all = paths.into_iter().map(|path| {
        let about = std::fs::metadata(plan.join(&path));
        let about = about.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((path, (about.len(), about.modified().ok())))
    });
    all.collect()
}

/// Builds the site and shows it, or what is wrong; gives what there is to say of it.
fn build(plan: &Path, preview: &Preview) -> String {
    let files = match folder::read(plan) {
        Ok(files) => files,
        Err(error) => {
            let cause = format!("{error:#}");
            preview.broken(Vec::new(), Some(cause.clone()));
            return format!("cannot be read: {cause}");
        }
    };
    let (_, faults) = Plan::read(&files);
    let public = match Public::of(files) {
        Ok(public) => public,
        Err(faults) => {
            let said = lines(&faults);
            preview.broken(faults, None);
            return format!("{said}cannot be built: mend what is named above");
        }
    };
    let mut pages = Files::new();
    let built = site::build::<Infallible>(&public.plan, &Options::default(), &mut |path, bytes| {
        pages.insert(path.to_owned(), bytes.into());
        Ok(())
    });
    match built {
        Ok(summary) => {
            let warnings = faults.len();
            preview.built(pages, faults);
            format!(
                "built: {} pages, {warnings} warnings (http://…/-/check names them)",
                summary.pages
            )
        }
        Err(error) => {
            preview.broken(faults, Some(error.to_string()));
            format!("cannot be built: {error}")
        }
    }
}

fn lines(faults: &[Fault]) -> String {
    let errors = faults.iter().filter(|fault| fault.is_error());
    errors.map(|fault| format!("ERROR   {fault}\n")).collect()
}

fn tell(said: &str) {
    println!("{said}");
}
