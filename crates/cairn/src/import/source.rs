//! Where old tickets come from: a server, a table that is read row by row, or a file that is read whole.

mod server;
mod table;

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use cairn_app::import::beside::Beside;
use cairn_app::import::mail_number;
use cairn_app::import::rt::Rt;
use cairn_desk::import::{
    EXPORT_BYTES_MAX, Fault, Mapping, Old, OldFile, Parsed, Problem, iris, mbox, thehive,
};

use self::server::Server;
use self::table::Rows;
use super::{Import, Kind};
use crate::args::Usage;
use crate::control::Door;

pub use self::server::{FILES_AHEAD_MAX, TICKETS_AHEAD_MAX, UNHEARD_MAX};

/// Environment variable that holds the token where no file does.
const TOKEN: &str = "CAIRN_IMPORT_TOKEN";
/// Longest secret, bytes.
const TOKEN_BYTES_MAX: usize = 4_096;

/// What a source gives next.
pub enum Next {
    /// A ticket.
    Ticket(Box<Old>),
    /// A ticket that could not be read, and why.
    Lost(Problem),
    /// A row of a table that is part of no ticket, and why.
    Row(Problem),
}

/// A source.
pub enum Origin {
    /// Request Tracker.
    Server(Box<Server>),
    /// A table.
    Table(Box<Rows>),
    /// A file.
    File {
        /// What it says.
        tickets: VecDeque<Old>,
        /// What is wrong with it.
        problems: Vec<Problem>,
        /// Files that lie beside it.
        beside: Beside,
        /// Largest file that is taken, bytes.
        bytes_max: u64,
    },
}

impl Origin {
    /// Opens it; `door` is asked what is here already.
    ///
    /// # Errors
    /// It is not there, or cannot be used.
    pub fn open(
        asked: &Import,
        mapping: &Mapping,
        calling_code: u16,
        bytes_max: u64,
        door: &Arc<Door>,
    ) -> anyhow::Result<Self> {
        let path = Path::new(&asked.from);
        let parsed = match asked.source {
            Kind::Rt => {
                let server = Server::new(server(asked)?, asked.query.as_deref(), Arc::clone(door));
                return Ok(Self::Server(Box::new(server)));
            }
            Kind::Csv => match Rows::open(file(path)?, mapping, asked.rejects.as_deref())? {
                Ok(rows) => return Ok(Self::Table(Box::new(rows))),
                Err(problems) => Parsed {
                    tickets: Vec::new(),
                    problems,
                },
            },
            Kind::Thehive4 => thehive::parse(&read(path)?),
            Kind::Iris => iris::parse(&read(path)?),
            Kind::Mbox => mbox::parse(&read(path)?, calling_code, &mail_number),
        };
        let beside = Beside::open(asked.files.as_deref()).with_context(|| {
            let path = asked.files.as_deref().unwrap_or(Path::new(""));
            format!("--files {} cannot be opened", path.display())
        })?;
        Ok(Self::File {
            tickets: parsed.tickets.into(),
            problems: parsed.problems,
            beside,
            bytes_max,
        })
    }

    /// How many tickets there are.
    ///
    /// # Errors
    /// The server did not say.
    pub async fn count(&self) -> anyhow::Result<u64> {
        match self {
            Self::Server(server) => server.count().await,
            Self::Table(rows) => Ok(rows.count()),
            Self::File { tickets, .. } => Ok(tickets.len() as u64),
        }
    }

    /// What is wrong with it, once.
    pub fn problems(&mut self) -> Vec<Problem> {
        match self {
            Self::Server(_) => Vec::new(),
            Self::Table(rows) => rows.problems(),
            Self::File { problems, .. } => std::mem::take(problems),
        }
    }

    /// The next ticket, or why it could not be read.
    ///
    /// # Errors
    /// The server is away: the next run goes on where this one ended.
    pub async fn next(&mut self) -> anyhow::Result<Option<Next>> {
        match self {
            Self::Server(server) => server.next().await,
            Self::Table(rows) => rows.next(),
            Self::File { tickets, .. } => {
                Ok(tickets.pop_front().map(|old| Next::Ticket(Box::new(old))))
            }
        }
    }

    /// Says which files will be asked for next.
    pub fn look_ahead(&mut self, files: &[OldFile]) {
        if let Self::Server(server) = self {
            server.look_ahead(files);
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// They are not there, or do not read.
    pub async fn bytes(&mut self, file: &mut OldFile) -> Result<Vec<u8>, Problem> {
        if let Some(bytes) = file.bytes.take() {
            return Ok(bytes);
        }
        match self {
            Self::Server(server) => server.bytes(&file.place).await,
            Self::Table(_) => Err(Problem::new(Fault::NoFile, "", &file.place)),
            Self::File {
                beside, bytes_max, ..
            } => {
                let found = beside.read(&[&file.place, &file.name], *bytes_max);
                let found = found
                    .map_err(|error| Problem::new(Fault::Unreadable, "", &error.to_string()))?;
                found.ok_or_else(|| Problem::new(Fault::NoFile, "", &file.place))
            }
        }
    }

    /// Nothing more is wanted.
    pub async fn close(&mut self) {
        if let Self::Server(server) = self {
            server.close().await;
        }
    }
}

fn server(asked: &Import) -> anyhow::Result<Rt> {
    let certificates = asked
        .certificates
        .as_deref()
        .map(std::fs::read)
        .transpose()?;
    let rt = Rt::new(
        &asked.from,
        &token(asked)?,
        certificates.as_deref(),
        asked.requests,
    );
    Ok(rt.map_err(|error| Usage(error.to_string()))?)
}

/// The secret, never from the command line: others on the machine read that.
fn token(asked: &Import) -> anyhow::Result<String> {
    let text = match &asked.token_file {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => std::env::var(TOKEN)
            .map_err(|_| Usage(format!("name a file with --token-file, or set {TOKEN}")))?,
    };
    let text = text.trim();
    if text.is_empty() || text.len() > TOKEN_BYTES_MAX {
        bail!(Usage("the token is empty or too long".into()));
    }
    Ok(text.to_owned())
}

/// An export that is not larger than is read at a time.
fn file(path: &Path) -> anyhow::Result<File> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let size = file.metadata()?.len();
    if size > EXPORT_BYTES_MAX {
        bail!(
            "{} has {size} bytes, at most {EXPORT_BYTES_MAX} are read at a time: part it",
            path.display()
        );
    }
    Ok(file)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What grows meanwhile is not read to a later end.
    file(path)?
        .take(EXPORT_BYTES_MAX)
        .read_to_end(&mut bytes)
        .with_context(|| path.display().to_string())?;
    Ok(bytes)
}
