//! `cairn import`: what another system kept, ticket by ticket, through whichever process holds the data.

pub mod source;
mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_app::App;
use cairn_app::import::rt::{REQUESTS, REQUESTS_MAX};
use cairn_app::import::{Known, Options, Outcome};
use cairn_app::report::AppError;
use cairn_desk::import::{Codes, FILES_MAX, Fault, Mapping, Old, OldFile, Problem, Source, Ticket};
use cairn_desk::report::FileRef;
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::admin::Wish;
use crate::args::Usage;
use crate::control::Door;
use crate::open;
use crate::settings::Settings;
use source::{Next, Origin};
use summary::Summary;

/// Texts of one wish, bytes: a longer ticket is handed over in several.
const WISH_TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Request Tracker 5, through REST 2; FROM is its address.
    Rt,
    /// TheHive 4; FROM is a JSON file.
    Thehive4,
    /// DFIR-IRIS; FROM is a JSON file.
    Iris,
    /// A table; FROM is a file.
    Csv,
    /// A mailbox; FROM is an mbox file.
    Mbox,
}

impl Kind {
    const fn source(self) -> Source {
        match self {
            Self::Rt => Source::Rt,
            Self::Thehive4 => Source::Thehive4,
            Self::Iris => Source::Iris,
            Self::Csv => Source::Csv,
            Self::Mbox => Source::Mbox,
        }
    }
}

/// What to import, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// Which system.
    pub source: Kind,
    /// The file, or the address like <https://rt.example.org/>.
    pub from: String,
    /// Change nothing; say what would be taken, what is not in the mapping and what cannot be read.
    #[arg(long)]
    pub dry_run: bool,
    /// How its words are filed here (TOML, docs/import.md); built in if absent.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Folder or zip archive with the files that the export names.
    #[arg(long, value_name = "PATH")]
    pub files: Option<PathBuf>,
    /// File that holds the token, or name:password, for rt. Without it the environment's CAIRN_IMPORT_TOKEN is taken.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Only tickets that this query of RT finds (TicketSQL), like "Queue = 'Incidents'".
    #[arg(long, value_name = "QUERY")]
    pub query: Option<String>,
    /// Requests to rt at the same time, from 1 to 16.
    #[arg(long, value_name = "N", default_value_t = REQUESTS, value_parser = clap::value_parser!(u8).range(1..=i64::from(REQUESTS_MAX)))]
    pub requests: u8,
    /// Certificates (PEM) that are believed in place of the public authorities'.
    #[arg(long, value_name = "FILE")]
    pub certificates: Option<PathBuf>,
    /// Write rows of a table that cannot be taken to this file, with the reason.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Count what is imported in the public figures of the quarter in which it came in. Figures that were published may move.
    #[arg(long)]
    pub count_in_figures: bool,
}

/// A wish about what another system kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ImportWish {
    /// What is here already.
    Known {
        /// Where it comes from.
        source: Source,
        /// Numbers of the ticket there.
        numbers: Vec<String>,
        /// Keys of its entries and files.
        keys: Vec<String>,
    },
    /// Keep a file.
    File {
        /// Its name.
        name: String,
        /// Bytes, base64.
        bytes: String,
    },
    /// Take a ticket.
    Ticket {
        /// The ticket.
        ticket: Box<Ticket>,
        /// How.
        options: Options,
    },
}

impl ImportWish {
    /// Does it.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn fulfil(self, app: &App) -> anyhow::Result<Value> {
        match self {
            Self::Known {
                source,
                numbers,
                keys,
            } => Ok(serde_json::to_value(
                app.import_known(source, &numbers, &keys).await?,
            )?),
            Self::File { name, bytes } => {
                let bytes = STANDARD.decode(bytes).context("the file is no base64")?;
                match app.import_file(&name, &bytes).await {
                    Ok(file) => Ok(json!({ "file": file })),
                    Err(error @ AppError::FileTooLarge { .. }) => {
                        Ok(json!({ "large": error.to_string() }))
                    }
                    Err(error @ AppError::FileType { .. }) => {
                        Ok(json!({ "refused": error.to_string() }))
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Self::Ticket { ticket, options } => Ok(serde_json::to_value(
                app.import_ticket(&ticket, options).await?,
            )?),
        }
    }
}

/// Imports.
///
/// # Errors
/// Something was refused, each told by name; or nothing could be read.
pub async fn run(settings: &Settings, asked: &Import) -> anyhow::Result<()> {
    let form = open::form(settings.form.as_deref())?;
    let text = match &asked.mapping {
        Some(path) => {
            Some(std::fs::read_to_string(path).with_context(|| path.display().to_string())?)
        }
        None => None,
    };
    let codes = Codes {
        taxonomy: form.taxonomy(),
    };
    let mapping = Mapping::read(asked.source.source(), text.as_deref(), codes);
    let mapping = mapping.map_err(|error| Usage(format!("the mapping cannot be used: {error}")))?;
    let door = Arc::new(Door::open(settings).await?);
    let most = settings.app.file_bytes_max;
    let from = Origin::open(asked, &mapping, form.calling_code(), most, &door);
    let done = match from {
        Ok(from) => {
            let mut run = Run {
                door: Arc::clone(&door),
                asked,
                mapping,
                from,
                summary: Summary::default(),
            };
            let done = run.all().await;
            run.from.close().await;
            // What was taken before the server went away is told, too.
            run.summary.print(asked.dry_run);
            done.map(|()| run.summary.refused())
        }
        Err(error) => Err(error),
    };
    if let Some(door) = Arc::into_inner(door) {
        door.close().await;
    }
    let refused = done?;
    if refused > 0 {
        bail!("{refused} things were refused; they are named above");
    }
    Ok(())
}

struct Run<'a> {
    door: Arc<Door>,
    asked: &'a Import,
    mapping: Mapping,
    from: Origin,
    summary: Summary,
}

impl Run<'_> {
    async fn all(&mut self) -> anyhow::Result<()> {
        let bar = crate::progress::bar("tickets");
        bar.set_length(self.from.count().await?);
        self.summary.extend(self.from.problems());
        while let Some(next) = self.from.next().await? {
            bar.inc(1);
            match next {
                Next::Ticket(old) => {
                    self.summary.seen += 1;
                    self.one(*old).await?;
                }
                Next::Lost(problem) => {
                    self.summary.seen += 1;
                    self.summary.push(problem);
                }
                Next::Row(problem) => self.summary.push(problem),
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn one(&mut self, mut old: Old) -> anyhow::Result<()> {
        let source = self.asked.source.source();
        let place = format!("{}#{}", source.as_str(), old.number);
        for name in old.fit() {
            let place = format!("{place}, file {name}");
            let most = format!("one more than {FILES_MAX} files of one ticket");
            let fault = Problem::new(Fault::Large, place, &most);
            self.summary.push(fault);
        }
        let mut problems = Vec::new();
        let mut ticket = self.mapping.file(source, old, &mut problems);
        self.summary.extend(problems);
        let old = &mut ticket.old;
        let keys = old
            .entries
            .iter()
            .map(|entry| &entry.key)
            .chain(old.files.iter().map(|file| &file.key));
        let mut numbers = vec![old.number.clone()];
        numbers.extend(old.also.iter().cloned());
        let known = known(&self.door, source, numbers, keys.cloned().collect()).await?;
        old.entries.retain(|entry| !known.keys.contains(&entry.key));
        old.files.retain(|file| !known.keys.contains(&file.key));
        if self.asked.dry_run {
            self.summary.would(&known, old);
            return Ok(());
        }
        self.files(&mut old.files, &place).await?;
        let outcome = match self.hand_over(ticket).await {
            Ok(outcome) => outcome,
            Err(error) => {
                let why = format!("{error:#}");
                self.summary.push(Problem::new(Fault::Refused, place, &why));
                return Ok(());
            }
        };
        if outcome.apart {
            let problem = Problem::new(Fault::Changed, place, &outcome.reference);
            self.summary.push(problem);
        }
        self.summary.add(&outcome);
        Ok(())
    }

    /// Brings the bytes of files here. One that is refused or not there does not keep the ticket back.
    async fn files(&mut self, files: &mut Vec<OldFile>, place: &str) -> anyhow::Result<()> {
        for n in 0..files.len() {
            self.from.look_ahead(files.get(n..).unwrap_or_default());
            let Some(file) = files.get_mut(n) else { break };
            let at = format!("{place}, file {}", file.name);
            let bytes = match self.from.bytes(file).await {
                Ok(bytes) => bytes,
                Err(problem) => {
                    self.summary.push(Problem {
                        place: at,
                        ..problem
                    });
                    continue;
                }
            };
            if bytes.is_empty() {
                self.summary.empty += 1;
            }
            let size = bytes.len() as u64;
            let wish = ImportWish::File {
                name: file.name.clone(),
                bytes: STANDARD.encode(&bytes),
            };
            let answer = self
                .door
                .ask(Wish::Import {
                    import: Box::new(wish),
                })
                .await?;
            let refused = |name: &str| {
                answer
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            match answer.get("file") {
                Some(kept) => {
                    file.taken = Some(serde_json::from_value::<FileRef>(kept.clone())?);
                    self.summary.bytes += size;
                }
                None if answer.get("large").is_some() => {
                    self.summary
                        .push(Problem::new(Fault::Large, at, &refused("large")));
                }
                None => {
                    self.summary
                        .push(Problem::new(Fault::Refused, at, &refused("refused")));
                }
            }
        }
        files.retain(|file| file.taken.is_some());
        Ok(())
    }

    /// In one wish, or in several where its texts are long.
    async fn hand_over(&self, mut ticket: Ticket) -> anyhow::Result<Outcome> {
        let options = Options {
            counts: self.asked.count_in_figures,
        };
        let mut entries = std::mem::take(&mut ticket.old.entries)
            .into_iter()
            .peekable();
        let mut whole: Option<Outcome> = None;
        loop {
            let mut bytes = 0;
            let mut some = Vec::new();
            while let Some(entry) = entries.next_if(|_| bytes < WISH_TEXT_BYTES_MAX) {
                bytes += entry.text.len();
                some.push(entry);
            }
            ticket.old.entries = some;
            let wish = ImportWish::Ticket {
                ticket: Box::new(ticket.clone()),
                options,
            };
            let answer = self
                .door
                .ask(Wish::Import {
                    import: Box::new(wish),
                })
                .await?;
            let outcome: Outcome = serde_json::from_value(answer)?;
            ticket.old.files.clear();
            whole = Some(match whole {
                None => outcome,
                Some(before) => Outcome {
                    entries: before.entries + outcome.entries,
                    files: before.files + outcome.files,
                    changed: before.changed || outcome.changed,
                    apart: before.apart || outcome.apart,
                    ..before
                },
            });
            if entries.peek().is_none() {
                break;
            }
        }
        whole.context("nothing was handed over")
    }
}

async fn known(
    door: &Door,
    source: Source,
    numbers: Vec<String>,
    keys: Vec<String>,
) -> anyhow::Result<Known> {
    let wish = ImportWish::Known {
        source,
        numbers,
        keys,
    };
    let answer = door
        .ask(Wish::Import {
            import: Box::new(wish),
        })
        .await?;
    Ok(serde_json::from_value(answer)?)
}
