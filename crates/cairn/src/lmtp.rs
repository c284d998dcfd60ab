//! The door for mail servers: LMTP (RFC 2033) on loopback or a socket of the machine. A message is answered for only after its
//! commit is durable; what could not be kept stays with the mail server, which tries again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use cairn_app::App;
use cairn_app::conversation::Handed;
use cairn_app::mail::ImportError;
use cairn_desk::lmtp::{Envelope, Incoming, LMTP_LINE_BYTES_MAX, Session, Step};
use cairn_desk::mail::{MAIL_BYTES_MAX, MailError};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};

use crate::settings::Settings;

/// Connections at the same time; more wait for a place.
pub const LMTP_CONNECTIONS_MAX: usize = 20;
/// Longest wait for a command.
pub const LMTP_LINE_TIME_MAX: Duration = Duration::from_secs(300);
/// Longest time for a message to come.
pub const LMTP_DATA_TIME_MAX: Duration = Duration::from_secs(600);

/// Where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An address of this machine.
    Loopback(SocketAddr),
    /// A socket in the file system.
    Socket(PathBuf),
}

impl Place {
    /// Reads the setting.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Socket(path.into()));
        }
        let address: SocketAddr = text
            .parse()
            .map_err(|_| format!("{text:?} is neither address:port nor unix:/path"))?;
        if address.ip().is_loopback() {
            Ok(Self::Loopback(address))
        } else {
            Err(format!(
                "{address} is not on this machine: LMTP knows no sign-in"
            ))
        }
    }
}

/// The socket.
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// In the file system.
    Unix(UnixListener),
}

/// Takes the place.
///
/// # Errors
/// It is taken or not ours.
pub async fn bind(place: &Place) -> anyhow::Result<Listener> {
    match place {
        Place::Loopback(address) => {
            let listener = TcpListener::bind(address).await;
            let listener = listener.with_context(|| format!("LMTP on {address}"))?;
            println!("LMTP on {}", listener.local_addr()?);
            Ok(Listener::Tcp(listener))
        }
        Place::Socket(path) => {
            use std::os::unix::fs::FileTypeExt;
            if let Ok(meta) = std::fs::symlink_metadata(path) {
                if !meta.file_type().is_socket() {
                    bail!("{} is there and no socket", path.display());
                }
                std::fs::remove_file(path).with_context(|| path.display().to_string())?;
            }
            let listener = UnixListener::bind(path);
            let listener = listener.with_context(|| format!("LMTP on {}", path.display()))?;
            println!("LMTP on {}", path.display());
            Ok(Listener::Unix(listener))
        }
    }
}

/// To whom messages go: each domain of a tenant leads to that tenant, all others to the house.
#[derive(Clone)]
pub struct Houses {
    all: Arc<[App]>,
    domains: Arc<HashMap<String, usize>>,
}

impl Houses {
    /// The house comes first.
    pub fn of<'a>(houses: impl Iterator<Item = (&'a Settings, &'a App)>) -> Self {
        let (mut all, mut domains) = (Vec::new(), HashMap::new());
        for (at, (settings, app)) in houses.enumerate() {
            all.push(app.clone());
            if at > 0 {
                domains.extend(settings.mail_domains().into_iter().map(|name| (name, at)));
            }
        }
        Self {
            all: all.into(),
            domains: Arc::new(domains),
        }
    }

    /// Whose mail it is; 0 is the house.
    fn of_recipient(&self, recipient: &str) -> usize {
        let domain = recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        self.domains.get(&domain).copied().unwrap_or(0)
    }
}

/// What sessions share.
#[derive(Clone)]
struct Door {
    houses: Houses,
    name: Arc<str>,
    authserv_id: Option<Arc<str>>,
    stopping: watch::Receiver<bool>,
}

/// Takes messages until `stopping`; then what is under way is ended.
pub async fn serve(
    houses: Houses,
    listener: Listener,
    (name, authserv_id): (String, Option<String>),
    mut stopping: watch::Receiver<bool>,
) {
    let door = Door {
        houses,
        name: name.into(),
        authserv_id: authserv_id.map(Into::into),
        stopping: stopping.clone(),
    };
    let places = Arc::new(Semaphore::new(LMTP_CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let door = door.clone();
        let accepted = async {
            match &listener {
                Listener::Tcp(listener) => {
                    let (stream, _) = listener.accept().await.ok()?;
                    Some(Stream::Tcp(stream))
                }
                Listener::Unix(listener) => {
                    let (stream, _) = listener.accept().await.ok()?;
                    Some(Stream::Unix(stream))
                }
            }
        };
        let stream = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            stream = accepted => stream,
        };
        tokio::spawn(async move {
            let _place = place;
            let ended = match stream {
                Some(Stream::Tcp(stream)) => talk(door, stream).await,
                Some(Stream::Unix(stream)) => talk(door, stream).await,
                None => Ok(()),
            };
            if let Err(error) = ended {
                tracing::info!(%error, "a mail server went away");
            }
        });
    }
    // Every session gives its place back when it has ended.
    let all = u32::try_from(LMTP_CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let _ended = places.acquire_many(all).await;
}

enum Stream {
    Tcp(tokio::net::TcpStream),
    Unix(tokio::net::UnixStream),
}

async fn talk(door: Door, stream: impl AsyncRead + AsyncWrite) -> std::io::Result<()> {
    let (from, mut to) = tokio::io::split(stream);
    let mut from = std::pin::pin!(BufReader::new(from));
    let mut session = Session::new(&door.name, MAIL_BYTES_MAX);
    to.write_all(session.greeting().as_bytes()).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut stopping = door.stopping.clone();
        let read = tokio::time::timeout(LMTP_LINE_TIME_MAX, read_line(&mut from, &mut line));
        let read = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => None,
            read = read => Some(read),
        };
        match read {
            Some(Ok(read)) => {
                if !read? {
                    return Ok(());
                }
            }
            Some(Err(_)) => return to.write_all(b"421 4.4.2 Too slow\r\n").await,
            None => return to.write_all(b"421 4.3.2 Closing\r\n").await,
        }
        match session.line(&line) {
            Step::Say(text) => to.write_all(text.as_bytes()).await?,
            Step::End(text) => return to.write_all(text.as_bytes()).await,
            Step::Data => {
                to.write_all(b"354 Go on, and end with a dot\r\n").await?;
                let message = tokio::time::timeout(LMTP_DATA_TIME_MAX, data(&mut from)).await;
                let Ok(message) = message else {
                    return to.write_all(b"421 4.4.2 Too slow\r\n").await;
                };
                let envelope = session.envelope();
                let answers = take(&door, message?, &envelope).await;
                to.write_all(answers.as_bytes()).await?;
            }
        }
    }
}

/// One line with its end; `false` at the end of the stream. Of a line that is too long only the start is kept.
async fn read_line(
    from: &mut (impl AsyncBufRead + Unpin),
    line: &mut Vec<u8>,
) -> std::io::Result<bool> {
    loop {
        let there = from.fill_buf().await?;
        if there.is_empty() {
            return Ok(false);
        }
        let end = there
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|at| at + 1);
        let piece = there.get(..end.unwrap_or(there.len())).unwrap_or_default();
        let room = (LMTP_LINE_BYTES_MAX + 1).saturating_sub(line.len());
        line.extend(piece.iter().take(room));
        let used = piece.len();
        from.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// The message; `None` if it is too large.
async fn data(from: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut incoming = Incoming::new(MAIL_BYTES_MAX);
    loop {
        let there = from.fill_buf().await?;
        if there.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let ended = incoming.feed(there);
        let used = ended.unwrap_or(there.len());
        from.consume(used);
        if ended.is_some() {
            return Ok(incoming.finish());
        }
    }
}

/// One answer for each recipient, in their order (RFC 2033, 4.2). A message is taken once for all recipients of one house, and
/// what one house cannot keep is no matter of another.
async fn take(door: &Door, message: Option<Vec<u8>>, envelope: &Envelope) -> String {
    let Some(message) = message else {
        return "552 5.3.4 The message is too large\r\n".repeat(envelope.recipients.len());
    };
    let whose = |recipient: &String| door.houses.of_recipient(recipient);
    let mut answers = BTreeMap::new();
    for at in envelope
        .recipients
        .iter()
        .map(whose)
        .collect::<BTreeSet<_>>()
    {
        let Some(app) = door.houses.all.get(at) else {
            continue;
        };
        // Each hears of its own recipients only.
        let own = envelope.recipients.iter().filter(|one| whose(one) == at);
        let own: Vec<String> = own.cloned().collect();
        let handed = Handed {
            authserv_id: door.authserv_id.as_deref(),
            recipients: &own,
            no_sender: envelope.sender.is_empty(),
        };
        answers.insert(at, take_for(app, &message, handed).await);
    }
    let answer = |recipient| answers.get(&whose(recipient)).copied().unwrap_or_default();
    envelope.recipients.iter().map(answer).collect()
}

async fn take_for(app: &App, message: &[u8], handed: Handed<'_>) -> &'static str {
    match app.take_mail(message, handed).await {
        Ok(_) => "250 2.0.0 Taken\r\n",
        Err(ImportError::Message(MailError::TooLarge { .. })) => {
            "552 5.3.4 The message is too large\r\n"
        }
        Err(ImportError::Message(error)) => {
            tracing::info!(%error, "a message by LMTP was refused");
            "554 5.6.0 This is no message\r\n"
        }
        Err(ImportError::App(error)) => {
            tracing::warn!(%error, "a message by LMTP could not be kept");
            "451 4.3.0 Not kept, try again\r\n"
        }
    }
}
