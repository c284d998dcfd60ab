//! One process writes to a data directory. Commands that write while it serves hand their wish to it over a socket in
//! the data directory, which only its owner can open: a JSON line for the wish, then pieces of a long answer if there are any,
//! then a JSON line that ends it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use cairn_app::App;
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::admin::Wish;
use crate::open;
use crate::out::{Out, PIECE_BYTES_MAX};
use crate::settings::Settings;

/// Longest wish, and longest line of an answer, in bytes: a mail message in base64 and some room.
pub const WISH_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest wait for the next piece of an answer.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(600);
const HANDING_OVER: &str = "another cairn serves this data directory; handing it the command";

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Does a wish: through the process that serves the directory if there is one, otherwise here.
///
/// # Errors
/// What went wrong, in words.
pub async fn ask(settings: &Settings, wish: Wish) -> anyhow::Result<Value> {
    ask_into(settings, wish, &mut Out::Nowhere).await
}

/// The same for a wish with a long answer, whose pieces go to `out`.
///
/// # Errors
/// As [`ask`]; pieces may have been written by then.
pub async fn ask_into(settings: &Settings, wish: Wish, out: &mut Out) -> anyhow::Result<Value> {
    let path = socket(&settings.data);
    // Asked first: opening the directory here reads the form and the keys, for nothing if another holds the lock. A mail
    // server that pipes messages in one by one would pay for that each time.
    if let Ok(stream) = UnixStream::connect(&path).await {
        return hand_over(stream, &wish, out).await.context(HANDING_OVER);
    }
    let mut settings = settings.clone();
    if wish.needs_plans() {
        settings.app.plans = open::plans(&settings.plans, &settings.site)?;
    }
    match open::app(&settings).await {
        Ok(app) => {
            let answer = wish.fulfil(&app, out).await;
            app.close().await;
            answer
        }
        Err(error) if is_locked(&error) => {
            let stream = UnixStream::connect(&path).await;
            let stream = stream
                .with_context(|| path.display().to_string())
                .context(HANDING_OVER)?;
            hand_over(stream, &wish, out).await.context(HANDING_OVER)
        }
        Err(error) => Err(error),
    }
}

/// Where many wishes of one command are fulfilled: through the process that serves the directory, or here.
pub enum Door {
    /// Here; the directory is ours until [`Door::close`].
    Here(Box<App>),
    /// There, over its socket.
    There(PathBuf),
}

impl Door {
    /// Finds out who holds the directory.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let path = socket(&settings.data);
        if UnixStream::connect(&path).await.is_ok() {
            return Ok(Self::There(path));
        }
        match open::app(settings).await {
            Ok(app) => Ok(Self::Here(Box::new(app))),
            Err(error) if is_locked(&error) => Ok(Self::There(path)),
            Err(error) => Err(error),
        }
    }

    /// Does a wish.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn ask(&self, wish: Wish) -> anyhow::Result<Value> {
        match self {
            Self::Here(app) => wish.fulfil(app, &mut Out::Nowhere).await,
            Self::There(path) => {
                let stream = UnixStream::connect(path).await;
                let stream = stream
                    .with_context(|| path.display().to_string())
                    .context(HANDING_OVER)?;
                hand_over(stream, &wish, &mut Out::Nowhere).await
            }
        }
    }

    /// Lets go of the directory.
    pub async fn close(self) {
        if let Self::Here(app) = self {
            app.close().await;
        }
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

async fn hand_over(stream: UnixStream, wish: &Wish, out: &mut Out) -> anyhow::Result<Value> {
    let (from, mut to) = stream.into_split();
    let mut line = serde_json::to_vec(wish)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    let mut from = BufReader::new(from);
    loop {
        let said = tokio::time::timeout(ANSWER_TIME_MAX, said(&mut from));
        match said.await.context("no answer")?? {
            Said::Piece(bytes) => out.piece(&bytes).await?,
            Said::Done(done) => {
                out.end().await?;
                return Ok(done);
            }
            Said::Failed(error) => bail!("{error}"),
        }
    }
}

/// What the other side says next.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Piece(Vec<u8>),
    Done(Value),
    Failed(String),
}

async fn said(from: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<Said> {
    let mut line = String::new();
    Box::pin((&mut *from).take(WISH_BYTES_MAX).read_line(&mut line)).await?;
    let mut head: Value = serde_json::from_str(&line).context("the answer is cut short")?;
    if let Some(error) = head.get("error").and_then(Value::as_str) {
        return Ok(Said::Failed(error.to_owned()));
    }
    let Some(length) = head.get("piece") else {
        return Ok(Said::Done(
            head.get_mut("done").map(Value::take).unwrap_or_default(),
        ));
    };
    let length = length
        .as_u64()
        .and_then(|length| usize::try_from(length).ok())
        .filter(|length| *length <= PIECE_BYTES_MAX)
        .context("the answer makes no sense")?;
    let mut piece = vec![0; length];
    from.read_exact(&mut piece)
        .await
        .context("the answer is cut short")?;
    Ok(Said::Piece(piece))
}

/// Makes the socket, before anybody is told that we serve.
///
/// # Errors
/// The socket cannot be made.
pub fn listen(app: &App) -> anyhow::Result<UnixListener> {
    let path = socket(app.bare_store().dir());
    let _left_behind = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
    only_owner(&path)?;
    Ok(listener)
}

/// Fulfils wishes until `stop` resolves.
pub async fn serve(app: App, listener: UnixListener, stop: impl Future<Output = ()>) {
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
    let _gone = std::fs::remove_file(socket(app.bare_store().dir()));
}

async fn answer(app: &App, stream: UnixStream) -> anyhow::Result<()> {
    let (from, to) = stream.into_split();
    let mut out = Out::Socket(to);
    let mut line = String::new();
    BufReader::new(from.take(WISH_BYTES_MAX))
        .read_line(&mut line)
        .await?;
    let done = match serde_json::from_str::<Wish>(&line) {
        Ok(wish) => wish.fulfil(app, &mut out).await,
        Err(error) => Err(error.into()),
    };
    let mut answer = match done {
        Ok(done) => json!({ "done": done }),
        Err(error) => json!({ "error": format!("{error:#}") }),
    }
    .to_string();
    answer.push('\n');
    match &mut out {
        Out::Socket(to) => to.write_all(answer.as_bytes()).await?,
        _ => bail!("the socket was given away"),
    }
    Ok(())
}

fn only_owner(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pieces_and_ends_are_told_apart_and_nonsense_is_refused() {
        let mut from: &[u8] = b"{\"piece\":5}\nab\ncd{\"done\":{\"reports\":1}}\n";
        let from = &mut from;
        assert_eq!(said(from).await.unwrap(), Said::Piece(b"ab\ncd".to_vec()));
        assert_eq!(
            said(from).await.unwrap(),
            Said::Done(json!({ "reports": 1 }))
        );
        assert!(said(from).await.is_err(), "cut short");
        for bad in [
            "{\"piece\":9}\nshort",
            "{\"piece\":99999999999}\n",
            "{\"piece\":-1}\n",
            "no JSON\n",
        ] {
            assert!(said(&mut bad.as_bytes()).await.is_err(), "{bad}");
        }
        let mut failed: &[u8] = b"{\"error\":\"why\"}\n";
        assert_eq!(said(&mut failed).await.unwrap(), Said::Failed("why".into()));
    }
}
