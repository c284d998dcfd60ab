//! Where old tickets come from: a server that is asked for one after the other, or a file that is read whole.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use anyhow::{Context, bail};
use cairn_app::import::beside::Beside;
use cairn_app::import::rt::{Rt, problem};
use cairn_app::import::{Known, mail_number};
use cairn_desk::import::csv::{Reject, parse as table};
use cairn_desk::import::{
    EXPORT_BYTES_MAX, Fault, Mapping, Old, OldFile, Parsed, Problem, iris, mbox, thehive,
};

use super::{Import, Kind};
use crate::args::Usage;

/// Environment variable that holds the token where no file does.
const TOKEN: &str = "CAIRN_IMPORT_TOKEN";
/// Longest secret, bytes.
const TOKEN_BYTES_MAX: usize = 4_096;

/// A source.
pub enum Origin {
    /// Request Tracker.
    Server {
        /// The server.
        rt: Box<Rt>,
        /// Which tickets.
        query: String,
        /// Numbers that were listed and not fetched yet.
        waiting: VecDeque<u64>,
        /// The last one that was listed.
        last: u64,
        /// The list is over.
        over: bool,
    },
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
    /// Opens it.
    ///
    /// # Errors
    /// It is not there, or cannot be used.
    pub async fn open(
        asked: &Import,
        mapping: &Mapping,
        calling_code: u16,
        bytes_max: u64,
    ) -> anyhow::Result<Self> {
        if asked.source == Kind::Rt {
            let certificates = asked
                .certificates
                .as_deref()
                .map(std::fs::read)
                .transpose()?;
            let rt = Rt::new(&asked.from, &token(asked)?, certificates.as_deref());
            return Ok(Self::Server {
                rt: Box::new(rt.map_err(|error| Usage(error.to_string()))?),
                query: asked.query.clone().unwrap_or_default(),
                waiting: VecDeque::new(),
                last: 0,
                over: false,
            });
        }
        let bytes = read(Path::new(&asked.from))?;
        let parsed = match asked.source {
            Kind::Thehive4 => thehive::parse(&bytes),
            Kind::Iris => iris::parse(&bytes),
            Kind::Mbox => mbox::parse(&bytes, calling_code, &mail_number),
            Kind::Csv | Kind::Rt => rows(&bytes, mapping, asked.rejects.as_deref())?,
        };
        let beside = Beside::open(asked.files.as_deref()).context("--files")?;
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
    pub async fn count(&mut self) -> anyhow::Result<u64> {
        match self {
            Self::Server { rt, query, .. } => Ok(rt.count(query).await?),
            Self::File { tickets, .. } => Ok(tickets.len() as u64),
        }
    }

    /// What is wrong with it, once.
    pub fn problems(&mut self) -> Vec<Problem> {
        match self {
            Self::Server { .. } => Vec::new(),
            Self::File { problems, .. } => std::mem::take(problems),
        }
    }

    /// The next ticket, or why it could not be read. `known` says which keys of a ticket are here, so that they are not fetched.
    ///
    /// # Errors
    /// The server is away: the next run goes on where this one ended.
    pub async fn next<F>(
        &mut self,
        known: impl Fn(Vec<String>, Vec<String>) -> F,
    ) -> anyhow::Result<Option<Result<Old, Problem>>>
    where
        F: Future<Output = anyhow::Result<Known>>,
    {
        let Self::Server {
            rt,
            query,
            waiting,
            last,
            over,
        } = self
        else {
            let Self::File { tickets, .. } = self else {
                return Ok(None);
            };
            return Ok(tickets.pop_front().map(Ok));
        };
        if waiting.is_empty() && !*over {
            let more = rt.after(query, *last).await?;
            *over = more.is_empty();
            *last = more.last().copied().unwrap_or(*last);
            waiting.extend(more);
        }
        let Some(number) = waiting.pop_front() else {
            return Ok(None);
        };
        let transactions = match rt.transactions(number).await {
            Ok(transactions) => transactions,
            Err(error) => return Ok(Some(Err(problem(number, &error)))),
        };
        let here = known(vec![number.to_string()], transactions).await?;
        let keys: BTreeSet<String> = here.keys;
        match rt.ticket(number, &keys).await {
            Ok(old) => Ok(Some(Ok(old))),
            Err(error) => Ok(Some(Err(problem(number, &error)))),
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
            Self::Server { rt, .. } => {
                let bytes = rt.file(&file.place).await;
                bytes.map_err(|error| Problem::new(Fault::Unreadable, "", &error.to_string()))
            }
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

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path)
        .with_context(|| path.display().to_string())?
        .len();
    if size > EXPORT_BYTES_MAX {
        bail!(
            "{} has {size} bytes, at most {EXPORT_BYTES_MAX} are read at a time: part it",
            path.display()
        );
    }
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// A table; rows that cannot be taken are written beside it.
fn rows(bytes: &[u8], mapping: &Mapping, rejects: Option<&Path>) -> anyhow::Result<Parsed> {
    let table = table(bytes, mapping);
    if let Some(path) = rejects {
        write_rejects(path, &table.header, &table.rejects)
            .with_context(|| path.display().to_string())?;
    }
    let mut problems = table.problems;
    problems.extend(table.rejects.into_iter().map(|reject| reject.problem));
    Ok(Parsed {
        tickets: table.tickets,
        problems,
    })
}

fn write_rejects(path: &Path, header: &[String], rejects: &[Reject]) -> std::io::Result<()> {
    let cell = |text: &str| {
        format!(
            "\"{}\"",
            cairn_kernel::text::csv_cell(text).replace('"', "\"\"")
        )
    };
    let mut lines: Vec<String> = Vec::with_capacity(rejects.len() + 1);
    let head: Vec<String> = header
        .iter()
        .map(|name| cell(name))
        .chain([cell("fault"), cell("where")])
        .collect();
    lines.push(head.join(","));
    for reject in rejects {
        let why = format!("{} {}", reject.problem.fault.number(), reject.problem.fault);
        let mut cells: Vec<String> = reject.cells.iter().map(|text| cell(text)).collect();
        cells.resize(header.len().max(cells.len()), cell(""));
        cells.extend([cell(&why), cell(&reject.problem.place)]);
        lines.push(cells.join(","));
    }
    lines.push(String::new());
    std::fs::write(path, lines.join("\n"))
}
