//! `cairn feeds db`: what is known of addresses and names, built once from files of the operator's own and looked up without leaving the house.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cairn_app::clock::Clock;
use cairn_evidence::hash::Hash;
use cairn_feeds::archive;
use cairn_feeds::data::set::Source;
use cairn_feeds::data::shelf::of_day;
use cairn_feeds::data::source::{Format, Told};
use cairn_feeds::data::{Gather, Kind, Set, Shelf};
use cairn_feeds::types::{self, time};
use cairn_kernel::time::Micros;
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ring::digest::{Context, SHA256};
use serde_json::{Map, Value, json};

use crate::args::{CheckFailed, Usage};
use crate::track::folder;

/// How files of sets end.
const ENDING: &str = "cds";

/// Data sets about addresses and names.
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Make a set from files: whose number (asn) or in which place (place) addresses are, whom to write to about them (abuse), or
    /// under what names are registered (suffix). Of files that say different things of one network the later one holds; for abuse
    /// all files are put together, in whatever order they come. The set is written whole or not at all, beside those of other days; lines that give
    /// nothing are counted, and with any of them the exit code is 3.
    Build(Build),
    /// Say what sets are made of.
    Info {
        /// Sets, or folders of them.
        #[arg(required = true)]
        sets: Vec<PathBuf>,
    },
    /// Look addresses and names up, one JSON object a line: what is known, of which network, by the set of which day. Of the sets
    /// in the folder only those are read that are needed.
    Lookup {
        /// Folder of the sets.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// As it was known at this time: the newest sets that are not younger, else the oldest. Without it, the newest.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Addresses, and names of domains.
        #[arg(required = true)]
        addresses: Vec<String>,
    },
}

/// What to make.
#[derive(Debug, clap::Args)]
pub struct Build {
    /// What the set tells.
    #[arg(long, value_parser = kinds())]
    kind: String,
    /// Folder in which sets are kept, one for each kind and day.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Format of the files; without it each is known by its name: .mmdb, .mrt or rib…, .csv (RFC 8805), delegated-…, ….db.… (RPSL),
    /// .json (RDAP), else pyasn's; for names the public suffix list.
    #[arg(long, value_name = "NAME", value_parser = formats())]
    format: Option<String>,
    /// The day that the data are of; today if it is not said.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<String>,
    /// Under which terms the files may be used; kept with the set.
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// Files; gzip, zip and tar are unpacked on the way.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn formats() -> clap::builder::PossibleValuesParser {
    Format::ALL.map(Format::as_str).into()
}

fn kinds() -> clap::builder::PossibleValuesParser {
    Kind::ALL.map(Kind::as_str).into()
}

impl Db {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Build(build) => build.run(),
            Self::Info { sets } => info(&sets),
            Self::Lookup { dir, at, addresses } => lookup(&dir, at.as_deref(), &addresses),
        }
    }
}

/// Reads through to a digest.
struct Digested<R> {
    inner: R,
    digest: Context,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..bytes).unwrap_or_default());
        Ok(bytes)
    }
}

impl Build {
    fn run(self) -> anyhow::Result<()> {
        let kind = Kind::by_name(&self.kind).context("no kind of set")?;
        let day = match &self.day {
            Some(day) => day
                .parse()
                .map_err(|_| Usage(format!("--day {day}: no day")))?,
            None => day_of(Clock::System.now())?,
        };
        let (mut gather, mut sources, mut faults) = (Gather::new(kind), Vec::new(), 0);
        for path in &self.files {
            faults += self.one(kind, path, &mut gather, &mut sources)?;
        }
        let made = gather.end(&day.to_string(), sources)?;
        let to = self.dir.join(format!("{}-{day}.{ENDING}", kind.as_str()));
        folder::put(&to, &made.bytes).with_context(|| to.display().to_string())?;
        println!("{}", to.display());
        let what = if kind == Kind::Suffix {
            "rules"
        } else {
            "networks"
        };
        eprintln!(
            "{} {what}, {faults} lines or records without one, {} bytes",
            made.count,
            made.bytes.len()
        );
        if kind == Kind::Abuse {
            eprintln!(
                "{} networks of registries have a mailbox of their own, {} have none",
                made.found.with, made.found.without
            );
        }
        if faults == 0 {
            return Ok(());
        }
        Err(CheckFailed(format!("{faults} lines or records gave nothing")).into())
    }

    /// Takes one file in, and says how much of it gave nothing.
    fn one(
        &self,
        kind: Kind,
        path: &Path,
        gather: &mut Gather,
        sources: &mut Vec<Source>,
    ) -> anyhow::Result<u64> {
        let called = path.display().to_string();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = BufReader::new(File::open(path).with_context(|| called.clone())?);
        let mut faults = 0;
        archive::files(&name, file, &mut |name, bytes| {
            let format = self.format.as_deref().and_then(Format::by_name);
            let format = format.unwrap_or_else(|| by_file_name(kind, name));
            let mut input = Digested {
                inner: bytes,
                digest: Context::new(&SHA256),
            };
            let told = gather.read(format, &mut input);
            let told = told.with_context(|| name.to_owned())?;
            tell(name, &told);
            faults += told.faults;
            // What comes after the last record belongs to the file.
            io::copy(&mut input, &mut io::sink())?;
            let digest = Hash::from_slice(input.digest.finish().as_ref());
            sources.push(Source {
                file: name.to_owned(),
                format: format.as_str().to_owned(),
                sha256: digest.map(|hash| hash.hex()).unwrap_or_default(),
                networks: told.networks,
                faults: told.faults,
                licence: self.licence.clone(),
            });
            Ok::<(), anyhow::Error>(())
        })
        .with_context(|| called)?;
        Ok(faults)
    }
}

/// The day of a moment, in UTC.
fn day_of(at: Micros) -> anyhow::Result<Date> {
    let at = Timestamp::from_microsecond(at.0)?;
    Ok(at.to_zoned(TimeZone::UTC).date())
}

fn by_file_name(kind: Kind, name: &str) -> Format {
    let name = name.to_ascii_lowercase();
    let ends = |ending: &str| {
        Path::new(&name)
            .extension()
            .is_some_and(|own| own == ending)
    };
    if kind == Kind::Suffix {
        Format::Suffix
    } else if name.contains(".db.") || ends("rpsl") {
        Format::Rpsl
    } else if ends("json") {
        Format::Rdap
    } else if ends("mmdb") {
        Format::Mmdb
    } else if ends("mrt") || name.starts_with("rib.") || name.starts_with("bview.") {
        Format::Mrt
    } else if ends("csv") {
        Format::Geofeed
    } else if name.starts_with("delegated-") {
        Format::Delegated
    } else {
        Format::Pyasn
    }
}

fn tell(name: &str, told: &Told) {
    for fault in &told.first {
        eprintln!("{name}: {}: {}", fault.at, fault.what);
    }
    let more = told.faults.saturating_sub(told.first.len() as u64);
    if more > 0 {
        eprintln!("{name}: and {more} more");
    }
}

/// Sets are some hundred megabytes at most.
fn read(path: &Path) -> anyhow::Result<Set> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Set::read(&bytes).with_context(|| path.display().to_string())
}

/// The sets of a folder, by kind and day.
fn within(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut sets = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == ENDING) {
            sets.push(path);
        }
    }
    sets.sort();
    Ok(sets)
}

fn info(paths: &[PathBuf]) -> anyhow::Result<()> {
    let mut sets = Vec::new();
    for path in paths {
        if path.is_dir() {
            sets.extend(within(path)?);
        } else {
            sets.push(path.clone());
        }
    }
    for path in sets {
        let set = read(&path)?;
        let head = set.head();
        println!(
            "{}",
            json!({ "file": path.display().to_string(), "set": head })
        );
    }
    Ok(())
}

/// Of the sets of a kind the one for a day: the newest that is not younger, else the oldest. Which it is their names say; only that
/// one is read.
fn for_day(paths: &[PathBuf], kind: Kind, day: Option<&str>) -> anyhow::Result<Option<Set>> {
    let start = format!("{}-", kind.as_str());
    let own = paths.iter().filter_map(|path| {
        let stem = path.file_stem()?.to_str()?;
        let day = stem.strip_prefix(&start)?;
        day.parse::<Date>().ok().map(|_| (day, (day, path)))
    });
    let Some((day, path)) = of_day(own, day) else {
        return Ok(None);
    };
    let set = read(path)?;
    anyhow::ensure!(
        set.head().kind == kind && set.head().day == day,
        "{}: the set is of another kind or day than its name says",
        path.display()
    );
    Ok(Some(set))
}

/// The sets that were needed so far.
struct Sets {
    paths: Vec<PathBuf>,
    day: Option<String>,
    read: BTreeMap<Kind, Option<Set>>,
}

impl Sets {
    fn of(&mut self, kind: Kind) -> anyhow::Result<Option<&Set>> {
        if !self.read.contains_key(&kind) {
            let set = for_day(&self.paths, kind, self.day.as_deref())?;
            self.read.insert(kind, set);
        }
        Ok(self.read.get(&kind).and_then(Option::as_ref))
    }

    /// What is known of an address, by kind.
    fn address(&mut self, address: IpAddr) -> anyhow::Result<Map<String, Value>> {
        let mut out = Map::new();
        for kind in [Kind::Asn, Kind::Place, Kind::Abuse] {
            let Some(set) = self.of(kind)? else {
                continue;
            };
            let day = &set.head().day;
            let told = match set.lookup(address) {
                Some((fact, network)) => {
                    json!({ "known": fact, "network": network.to_string(), "day": day })
                }
                None => json!({ "known": null, "day": day }),
            };
            out.insert(kind.as_str().into(), told);
        }
        Ok(out)
    }

    /// Whose a name is.
    fn name(&mut self, name: &str) -> anyhow::Result<Map<String, Value>> {
        let mut out = Map::new();
        let Some(set) = self.of(Kind::Suffix)? else {
            out.insert("fault".into(), json!("no address, and no set about names"));
            return Ok(out);
        };
        let told = json!({ "known": set.registered(name), "day": set.head().day });
        out.insert(Kind::Suffix.as_str().into(), told);
        Ok(out)
    }
}

/// Whether text may be the name of a domain, and no address that is misspelt.
fn is_name(text: &str) -> bool {
    let letters = text.chars().any(char::is_alphabetic);
    letters && !text.contains(':') && types::fqdn(Cow::Borrowed(text)).is_ok()
}

/// All sets of a folder.
///
/// # Errors
/// One cannot be read, or there is none.
pub(super) fn shelf(dir: &Path) -> anyhow::Result<Shelf> {
    let sets = within(dir)?;
    let sets: Vec<Set> = sets
        .iter()
        .map(|path| read(path))
        .collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(!sets.is_empty(), "{}: no data sets", dir.display());
    Ok(Shelf::new(sets))
}

fn lookup(dir: &Path, at: Option<&str>, addresses: &[String]) -> anyhow::Result<()> {
    let day = match at {
        None => None,
        Some(text) => {
            let at = time::parse(text).ok_or_else(|| Usage(format!("--at {text}: not a time")))?;
            Some(day_of(at)?.to_string())
        }
    };
    let mut sets = Sets {
        paths: within(dir)?,
        day,
        read: BTreeMap::new(),
    };
    anyhow::ensure!(!sets.paths.is_empty(), "{}: no data sets", dir.display());
    let mut wrong = 0;
    for text in addresses {
        let mut out = Map::new();
        if let Ok(address) = text.parse::<IpAddr>() {
            out.insert("address".into(), json!(text));
            out.append(&mut sets.address(address)?);
        } else if is_name(text) {
            out.insert("name".into(), json!(text));
            out.append(&mut sets.name(text)?);
        } else {
            out.insert("address".into(), json!(text));
            out.insert("fault".into(), json!("no address"));
        }
        wrong += usize::from(out.contains_key("fault"));
        println!("{}", Value::Object(out));
    }
    if wrong == 0 {
        return Ok(());
    }
    Err(CheckFailed(format!("{wrong} of them were not looked up")).into())
}
