//! One process writes to a data directory. Commands that write while it serves hand their wish to it over a socket in
//! the data directory, which only its owner can open: one JSON line each way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use cairn_app::App;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::admin::Wish;
use crate::open;
use crate::settings::Settings;

/// Longest wish in bytes: a mail message in base64 and some room.
const WISH_BYTES_MAX: u64 = 64 * 1024 * 1024;
const ANSWER_TIME_MAX: Duration = Duration::from_secs(600);
const HANDING_OVER: &str = "another cairn serves this data directory; handing it the command";

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Does a wish: through the process that serves the directory if there is one, otherwise here.
///
/// # Errors
/// What went wrong, in words.
pub async fn ask(settings: &Settings, wish: Wish) -> anyhow::Result<Value> {
    let path = socket(&settings.data);
    // Asked first: opening the directory here reads the form and the keys, for nothing if another holds the lock. A mail
    // server that pipes messages in one by one would pay for that each time.
    if let Ok(stream) = UnixStream::connect(&path).await {
        return hand_over(stream, &wish).await.context(HANDING_OVER);
    }
    match open::app(settings).await {
        Ok(app) => {
            let answer = wish.fulfil(&app).await;
            app.close().await;
            answer
        }
        Err(error) if is_locked(&error) => {
            let stream = UnixStream::connect(&path).await;
            let stream = stream
                .with_context(|| path.display().to_string())
                .context(HANDING_OVER)?;
            hand_over(stream, &wish).await.context(HANDING_OVER)
        }
        Err(error) => Err(error),
    }
}

fn is_locked(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(
            cause.downcast_ref::<cairn_store::OpenError>(),
            Some(
                cairn_store::OpenError::Locked(_)
                    | cairn_store::OpenError::Postgres(cairn_store::postgres::PgError::Locked)
            )
        )
    })
}

async fn hand_over(mut stream: UnixStream, wish: &Wish) -> anyhow::Result<Value> {
    let mut line = serde_json::to_vec(wish)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = String::new();
    tokio::time::timeout(
        ANSWER_TIME_MAX,
        BufReader::new(stream).read_line(&mut answer),
    )
    .await
    .context("no answer")??;
    let answer: Value = serde_json::from_str(&answer).context("the answer is cut short")?;
    match answer.get("error").and_then(Value::as_str) {
        Some(error) => bail!("{error}"),
        None => Ok(answer.get("done").cloned().unwrap_or_default()),
    }
}

/// Fulfils wishes until `stop` resolves.
///
/// # Errors
/// The socket cannot be made.
pub async fn serve(app: App, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let path = socket(app.bare_store().dir());
    let _left_behind = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
    only_owner(&path)?;
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        if let Ok((stream, _)) = accepted {
            let app = app.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(&app, stream).await {
                    tracing::warn!(%error, "a command over the control socket came to nothing");
                }
            });
        }
    }
    let _gone = std::fs::remove_file(&path);
    Ok(())
}

async fn answer(app: &App, stream: UnixStream) -> anyhow::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut line = String::new();
    BufReader::new(from.take(WISH_BYTES_MAX))
        .read_line(&mut line)
        .await?;
    let done = match serde_json::from_str::<Wish>(&line) {
        Ok(wish) => wish.fulfil(app).await,
        Err(error) => Err(error.into()),
    };
    let mut answer = match done {
        Ok(done) => json!({ "done": done }),
        Err(error) => json!({ "error": format!("{error:#}") }),
    }
    .to_string();
    answer.push('\n');
    to.write_all(answer.as_bytes()).await?;
    Ok(())
}

fn only_owner(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}
