//! Small makers: a new plan, imported figures, progress of a table, schemas.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cairn_track::office::{ImportOptions, OpenSdgOptions, import_csv, import_open_sdg, new_plan};
use cairn_track::plan::{Files, Vintage, schema};
use cairn_track::progress::table::progress_csv;

use super::check;
use super::folder::{self, Writer};
use crate::args::{CheckFailed, Usage};

/// `cairn track progress --csv FILE`: bad rows are named on standard error and kept with the status `error`.
///
/// # Errors
/// The file cannot be read or written, has no such columns, or has bad rows ([`CheckFailed`], after the rest was written).
pub fn progress(csv: &Path, out: Option<&Path>) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(csv).with_context(|| csv.display().to_string())?;
    let done = progress_csv(&text).with_context(|| csv.display().to_string())?;
    match out {
        Some(path) => {
            std::fs::write(path, &done.csv).with_context(|| path.display().to_string())?
        }
        None => print!("{}", done.csv),
    }
    for fault in &done.faults {
        eprintln!("{}: {fault}", csv.display());
    }
    if done.faults.is_empty() {
        Ok(())
    } else {
        Err(CheckFailed(format!("{} rows could not be computed", done.faults.len())).into())
    }
}

/// `cairn track schema DIR`.
///
/// # Errors
/// A file cannot be written.
pub fn schemas(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    for kind in schema::kinds() {
        let Some(text) = schema::schema(kind.name) else {
            continue;
        };
        let path = dir.join(format!("{}.schema.json", kind.name));
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("{}  for {}", path.display(), kind.files);
    }
    Ok(())
}

/// `cairn track new`.
///
/// # Errors
/// [`Usage`] for words that no plan can have; the folder is there already; the disk said no.
pub fn new(dir: &Path, id: &str, title: &str, owner: &str, country: &str) -> anyhow::Result<()> {
    let today = jiff::Zoned::now().date();
    let files = new_plan(id, title, owner, country, today).map_err(|e| Usage(e.to_string()))?;
    lay(dir, &files)?;
    println!(
        "fill in what is behind # in {}, then: cairn track check {}",
        dir.display(),
        dir.display()
    );
    Ok(())
}

/// Writes files into a folder that is not there yet, or is empty.
fn lay(dir: &Path, files: &Files) -> anyhow::Result<()> {
    if dir
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        bail!("{} is there already: name a new folder", dir.display());
    }
    write(dir, files)
}

fn write(dir: &Path, files: &Files) -> anyhow::Result<()> {
    let mut writer = Writer::new(dir)?;
    for (path, bytes) in files.iter() {
        let to = dir.join(path).display().to_string();
        writer.write(path, bytes).with_context(|| to.clone())?;
        println!("{to}");
    }
    Ok(())
}

/// What to import, and into what.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Folder of the plan: one that is there for `--csv`, a new one for `--open-sdg`.
    plan: PathBuf,
    /// A table: periods in the first column and a series in each other one, or one row a figure with the columns series,
    /// period and value. Bad rows are named and kept out, the others go in.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "open_sdg",
        conflicts_with = "open_sdg"
    )]
    csv: Option<PathBuf>,
    /// When the figures were published, where the table does not say: a day, month or year.
    #[arg(long, value_name = "WHEN", requires = "csv")]
    vintage: Option<Vintage>,
    /// Id of their source in sources.csv, where the table does not say.
    #[arg(long, value_name = "ID", requires = "csv")]
    source: Option<String>,
    /// Id of the series, where the table has one and does not name it.
    #[arg(long, value_name = "ID", requires = "csv")]
    series: Option<String>,
    /// Folder of an Open SDG data repository, the one with `data` and `meta` in it.
    #[arg(
        long,
        value_name = "DIR",
        requires = "title",
        requires = "owner",
        requires = "contact",
        requires = "licence"
    )]
    open_sdg: Option<PathBuf>,
    /// Id of the new plan; the folder's name if absent.
    #[arg(long)]
    id: Option<String>,
    /// Its title.
    #[arg(long)]
    title: Option<String>,
    /// The organisation that answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// How to reach it.
    #[arg(long)]
    contact: Option<String>,
    /// Licence of the figures, like CC-BY-4.0.
    #[arg(long)]
    licence: Option<String>,
    /// Country, two letters.
    #[arg(long, default_value = "NZ")]
    country: String,
}

impl Import {
    /// Imports.
    ///
    /// # Errors
    /// A file cannot be read or written; [`CheckFailed`] if anything was kept out.
    pub fn run(self) -> anyhow::Result<()> {
        match (&self.csv, &self.open_sdg) {
            (Some(csv), _) => self.table(csv),
            (None, Some(from)) => self.repository(from),
            (None, None) => Ok(()),
        }
    }

    fn table(&self, csv: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(csv).with_context(|| csv.display().to_string())?;
        let plan = folder::read(&self.plan)?;
        let (Some(vintage), Some(source)) = (self.vintage, &self.source) else {
            return Err(Usage(
                "--vintage and --source say when the figures were published, and by whom".into(),
            )
            .into());
        };
        let mut options = ImportOptions::new(&csv.display().to_string(), vintage, source);
        options.plan = Some(&plan);
        options.series.clone_from(&self.series);
        let imported = import_csv(&text, &options);
        let errors = check::print(&imported.faults, false)?;
        write(&self.plan, &imported.files)?;
        println!(
            "{} figures taken, {} kept out, {} left out",
            imported.taken, imported.refused, imported.left_out
        );
        found(errors)
    }

    fn repository(&self, from: &Path) -> anyhow::Result<()> {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let name = self
            .plan
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let options = OpenSdgOptions {
            id: self.id.clone().or(name).unwrap_or_default(),
            title: said(&self.title),
            owner: said(&self.owner),
            country: self.country.clone(),
            contact: said(&self.contact),
            licence: said(&self.licence),
            on: jiff::Zoned::now().date(),
        };
        let (files, faults) =
            import_open_sdg(&folder::read(from)?, &options).map_err(|e| Usage(e.to_string()))?;
        let errors = check::print(&faults, false)?;
        lay(&self.plan, &files)?;
        found(errors)
    }
}

fn found(errors: usize) -> anyhow::Result<()> {
    if errors == 0 {
        Ok(())
    } else {
        Err(CheckFailed(format!("{errors} things were not taken over; all else was")).into())
    }
}
