//! `cairn constituents`: whose networks are whose, brought from files, and asked by hand. Files are read here; what they say goes to
//! whichever process holds the data.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::constituent::Query;
use cairn_desk::constituent::import::certbund::Certbund;
use cairn_desk::constituent::import::ripe::{Counts, Ripe};
use cairn_desk::constituent::import::{Incoming, csv, source};
use cairn_desk::constituent::plan::Summary;
use cairn_desk::constituent::{Facts, Fault, Owners};
use clap::{Args, Subcommand, ValueEnum};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::admin::Wish;
use crate::args::{CheckFailed, Usage};
use crate::settings::Settings;
use crate::{control, open};

/// Largest table, bytes, unpacked. RIPE's dumps are read line by line and have no such limit.
pub const TABLE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Longest line of a dump, bytes; what is behind it is passed over.
pub const LINE_BYTES_MAX: u64 = 64 * 1024;
/// Pages of the list that `list` asks for, one after the other.
const PAGES_MAX: usize = 100_000;

/// Constituents: the organisations that the team serves.
#[derive(Debug, Subcommand)]
pub enum Constituents {
    /// Replace all that a source brought before by what the files say. What people look after here is never touched, and the same files
    /// again change nothing.
    Import(Import),
    /// Whose an address, a domain or an AS number is: all claims, the one that holds first.
    Lookup {
        /// Like 192.0.2.1, example.org or AS64496.
        what: String,
    },
    /// List them.
    List {
        /// Words of name, sector, networks, domains, AS numbers.
        #[arg(long, default_value = "")]
        find: String,
        /// Only those of this source; `manual` for those that people look after here.
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// Only those that have a conflict.
        #[arg(long)]
        conflict: bool,
        /// Only those with a contact to confirm.
        #[arg(long)]
        due: bool,
        /// Only those with a contact that mail came back from.
        #[arg(long)]
        bounced: bool,
    },
}

/// What the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A table with a line for each constituent; docs/operators.md has its columns.
    Csv,
    /// RIPE's split dumps: organisation, role, aut-num, inetnum, inet6num.
    Ripe,
    /// The tables of CERT-Bund's contact database, a CSV file each, named after the table.
    Certbund,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ripe => "ripe",
            Self::Certbund => "certbund",
        }
    }
}

/// What to import, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// What the files are.
    pub kind: Kind,
    /// The files; gzip is unpacked.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Change nothing; say what it would come to.
    #[arg(long)]
    pub dry_run: bool,
    /// Name of the source: what it brought before is replaced. The kind's own name if absent.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Only what is in this country (two letters), for ripe.
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
}

/// A wish about constituents.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ConstituentWish {
    /// Take what a source has.
    Import {
        /// Its name.
        source: String,
        /// All of it.
        incoming: Vec<Incoming>,
        /// Only say what it would come to.
        dry_run: bool,
    },
    /// Whose this is.
    Lookup {
        /// Address, domain or AS number.
        what: String,
    },
    /// What each has, for machine reports.
    Claims,
    /// A page of the list.
    List {
        /// Words.
        find: String,
        /// Source.
        source: Option<String>,
        /// Conflict, due, bounced.
        only: [bool; 3],
        /// From 1.
        page: usize,
    },
}

impl ConstituentWish {
    /// Does it.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn fulfil(self, app: &App) -> anyhow::Result<Value> {
        match self {
            Self::Import {
                source,
                incoming,
                dry_run,
            } => {
                let done = app.import_constituents(Doer::System, &source, &incoming, dry_run);
                Ok(serde_json::to_value(done.await?)?)
            }
            Self::Lookup { what } => {
                let found = app.owners_of(Doer::System, &what).await?;
                let Some(found) = found else {
                    bail!("{what:?} is neither an address, nor a domain, nor an AS number");
                };
                let one = |one: &cairn_app::constituent::Owner| {
                    json!({
                        "no": one.candidate.owner.0, "name": one.name, "claim": one.candidate.claim.to_string(),
                        "source": if one.candidate.manual { "manual" } else { &one.source },
                        "why": one.candidate.reason.as_str(),
                    })
                };
                Ok(found.iter().map(one).collect())
            }
            Self::Claims => Ok(serde_json::to_value(app.claims().await?)?),
            Self::List {
                find,
                source,
                only: [conflict, due, bounced],
                page,
            } => {
                let query = Query {
                    text: find,
                    source,
                    conflict,
                    due,
                    bounced,
                    page,
                    ..Query::default()
                };
                let found = app.constituents(Doer::System, &query).await?;
                let lines = found.lines.iter().map(|(line, disputed)| {
                    json!({
                        "no": line.no, "name": line.facts.name, "assets": line.facts.assets(), "contacts": line.contacts,
                        "source": if line.origin.manual { "manual" } else { &line.origin.source },
                        "due": line.due.is_some_and(|due| due <= found.today), "bounced": line.bounced, "conflict": disputed,
                    })
                });
                let lines: Vec<Value> = lines.collect();
                Ok(json!({ "lines": lines, "pages": found.pages, "total": found.total }))
            }
        }
    }
}

fn wish(wish: ConstituentWish) -> Wish {
    Wish::Constituents {
        constituents: Box::new(wish),
    }
}

/// Whose what is, as of now; `None` if there is nobody to own anything.
///
/// # Errors
/// What went wrong, in words.
pub async fn owners(settings: &Settings) -> anyhow::Result<Option<Owners>> {
    // Asking must not make a data directory.
    if !open::is_made(settings) {
        return Ok(None);
    }
    let claims = control::ask(settings, wish(ConstituentWish::Claims)).await?;
    let claims: Vec<(u32, bool, Facts)> = serde_json::from_value(claims)?;
    let all = claims
        .iter()
        .map(|(no, manual, facts)| (*no, *manual, facts));
    Ok(Some(Owners::build(all)).filter(|owners| !owners.is_empty()))
}

/// Does what was asked.
///
/// # Errors
/// What went wrong, in words.
pub async fn run(settings: &Settings, asked: Constituents) -> anyhow::Result<()> {
    match asked {
        Constituents::Import(asked) => import(settings, asked).await,
        Constituents::Lookup { what } => {
            let found = control::ask(settings, wish(ConstituentWish::Lookup { what })).await?;
            let all = found.as_array().map(Vec::as_slice).unwrap_or_default();
            for one in all {
                println!(
                    "{:<6} {:<24} {:<12} {:<9} {}",
                    number(one, "no"),
                    text(one, "claim"),
                    text(one, "source"),
                    text(one, "why"),
                    text(one, "name")
                );
            }
            if all.is_empty() {
                println!("Nobody claims it.");
            }
            Ok(())
        }
        Constituents::List {
            find,
            source,
            conflict,
            due,
            bounced,
        } => list(settings, (find, source), [conflict, due, bounced]).await,
    }
}

async fn list(
    settings: &Settings,
    (find, source): (String, Option<String>),
    only: [bool; 3],
) -> anyhow::Result<()> {
    println!(
        "{:<6} {:>7} {:>8} {:<12} {:<24} name",
        "no", "assets", "contacts", "source", "state"
    );
    for page in 1..=PAGES_MAX {
        let asked = ConstituentWish::List {
            find: find.clone(),
            source: source.clone(),
            only,
            page,
        };
        let found = control::ask(settings, wish(asked)).await?;
        for one in found
            .get("lines")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let states = ["conflict", "due", "bounced"].into_iter();
            let is = |name: &&str| one.get(*name).and_then(Value::as_bool).unwrap_or_default();
            let states: Vec<&str> = states.filter(is).collect();
            println!(
                "{:<6} {:>7} {:>8} {:<12} {:<24} {}",
                number(one, "no"),
                number(one, "assets"),
                number(one, "contacts"),
                text(one, "source"),
                states.join(" "),
                text(one, "name")
            );
        }
        if page as u64 >= number(&found, "pages") {
            break;
        }
    }
    Ok(())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

async fn import(settings: &Settings, asked: Import) -> anyhow::Result<()> {
    let name = asked.source.as_deref().unwrap_or(asked.kind.name());
    let name = source(name)
        .filter(|name| name != "manual")
        .ok_or_else(|| {
            Usage("a source has a name of lower-case letters, digits, points and dashes".to_owned())
        })?;
    if asked.country.is_some() && asked.kind != Kind::Ripe {
        return Err(Usage("--country is for ripe".to_owned()).into());
    }
    let dry_run = asked.dry_run;
    let incoming = tokio::task::spawn_blocking(move || read(&asked)).await??;
    println!("{} organisations read", incoming.len());
    let asked = ConstituentWish::Import {
        source: name,
        incoming,
        dry_run,
    };
    let answer = control::ask(settings, wish(asked)).await?;
    print(&serde_json::from_value(answer)?, dry_run);
    Ok(())
}

fn print(summary: &Summary, dry_run: bool) {
    let would = if dry_run { "would be " } else { "" };
    for (what, count) in [
        ("new", summary.fresh),
        ("changed", summary.changed),
        ("gone", summary.gone),
        ("as before", summary.same),
        ("looked after here, left alone", summary.held),
    ] {
        println!("{would}{what:<30} {count}");
    }
    for one in &summary.differs {
        println!(
            "! {} {:?} is looked after here; the source has",
            one.no, one.name
        );
        for (what, all) in [("more", &one.more), ("not", &one.fewer)] {
            if !all.is_empty() {
                println!("    {what}: {}", all.join(", "));
            }
        }
        if let Some(name) = &one.renamed {
            println!("    another name: {name:?}");
        }
        if one.contacts {
            println!("    other contacts");
        }
    }
    for one in &summary.touched {
        let within = one
            .within
            .as_ref()
            .map(|within| format!(", within {within}"));
        println!(
            "! {} of {:?} meets what people entered for {} {:?}{}",
            one.claim,
            one.theirs,
            one.no,
            one.ours,
            within.unwrap_or_default()
        );
    }
    if summary.touched_more > 0 {
        println!("! and {} more", summary.touched_more);
    }
}

fn read(asked: &Import) -> anyhow::Result<Vec<Incoming>> {
    match asked.kind {
        Kind::Csv => {
            let [file] = asked.files.as_slice() else {
                return Err(Usage("csv takes one file".to_owned()).into());
            };
            csv::read(&whole(file)?).map_err(|faults| refused(&faults))
        }
        Kind::Ripe => {
            let mut ripe = Ripe::new(asked.country.as_deref());
            for file in &asked.files {
                lines(file, &mut ripe)?;
            }
            let (all, counts) = ripe.finish();
            told(&counts);
            Ok(all)
        }
        Kind::Certbund => {
            let mut tables = Certbund::default();
            for file in &asked.files {
                let name = file.file_name().and_then(|name| name.to_str());
                let name = name.unwrap_or_default().split('.').next();
                if !tables.table(name.unwrap_or_default(), &whole(file)?) {
                    eprintln!("{}: passed over", file.display());
                }
            }
            tables.finish().map_err(|faults| refused(&faults))
        }
    }
}

fn refused(faults: &[Fault]) -> anyhow::Error {
    for fault in faults {
        let text = if fault.text.is_empty() {
            String::new()
        } else {
            format!("{}: ", fault.text)
        };
        eprintln!("{}: {text}{}", fault.place, fault.wrong.words());
    }
    CheckFailed("nothing was imported".to_owned()).into()
}

fn told(counts: &Counts) {
    for (what, count) in [
        ("objects looked at", counts.objects),
        (
            "networks and AS numbers without an organisation",
            counts.no_organisation,
        ),
        ("of an organisation that is not in the files", counts.lost),
        ("that do not read", counts.unreadable),
        ("of other countries", counts.elsewhere),
        ("organisations that have nothing", counts.idle),
        (
            "organisations without a mailbox for abuse",
            counts.no_mailbox,
        ),
        ("beyond what can be kept", counts.over),
    ] {
        println!("{what:<50} {count}");
    }
}

/// A file, unpacked if it begins as gzip does.
fn open(path: &Path) -> anyhow::Result<BufReader<Box<dyn Read>>> {
    let named = || path.display().to_string();
    let mut file = BufReader::new(File::open(path).with_context(named)?);
    let packed = file
        .fill_buf()
        .with_context(named)?
        .starts_with(&[0x1f, 0x8b]);
    let inner: Box<dyn Read> = if packed {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Ok(BufReader::new(inner))
}

fn whole(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let named = || path.display().to_string();
    let read = open(path)?
        .take(TABLE_BYTES_MAX + 1)
        .read_to_string(&mut text);
    if read.with_context(named)? as u64 > TABLE_BYTES_MAX {
        bail!("{}: more than {TABLE_BYTES_MAX} bytes", path.display());
    }
    Ok(text)
}

/// The lines of a dump, which is in ISO 8859-1.
fn lines(path: &Path, ripe: &mut Ripe) -> anyhow::Result<()> {
    let mut from = open(path)?;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let mut some = from.by_ref().take(LINE_BYTES_MAX);
        let read = some.read_until(b'\n', &mut bytes);
        if read.with_context(|| path.display().to_string())? == 0 {
            break;
        }
        let line: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        ripe.line(line.trim_end_matches(['\r', '\n']));
    }
    ripe.end();
    Ok(())
}
