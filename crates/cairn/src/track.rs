//! `cairn track`: a strategy as files, from the empty folder to the published bundle that anybody can verify.

mod build;
mod check;
pub mod examples;
pub mod folder;
mod make;
mod preview;

use std::path::PathBuf;

use clap::Subcommand;

use crate::settings::Settings;

/// A strategy as files.
#[derive(Debug, Subcommand)]
pub enum Track {
    /// Read a plan and say what is wrong in it: file, line, why, and how to mend it.
    Check {
        /// Folder of the plan.
        plan: PathBuf,
        /// One JSON object a fault, for editors.
        #[arg(long)]
        json: bool,
    },
    /// Write the site of a plan, with everything that is needed to compute it again, into a new folder.
    Build {
        /// Folder of the plan.
        plan: PathBuf,
        /// Folder to make; what a build before left there is replaced.
        #[arg(long, short, value_name = "DIR")]
        out: PathBuf,
        /// Where the site will be published, for feeds and catalogues.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// Sign the bundle with the evidence log's key of the data directory.
        #[arg(long)]
        sign: bool,
    },
    /// Show the site of a plan on this machine while you write its files: pages follow what you save, and what is wrong is
    /// shown with file and line. `--listen` names a loopback address; without it a free port is taken.
    Preview {
        /// Folder of the plan.
        plan: PathBuf,
    },
    /// Compute every page, figure and chart of a bundle again, offline, and compare them byte for byte.
    Verify {
        /// Folder of the bundle.
        bundle: PathBuf,
        /// Published key list that must have signed it (served at `/log.keys`).
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Compute progress by the Statistics Canada / Open SDG formulas for every series of a table.
    Progress {
        /// Table with the columns base_value, base_year, current_value, current_year, target, target_year, direction
        /// (1 or -1) and limit; other columns are kept. Added: progress_value, score, status.
        #[arg(long, value_name = "FILE")]
        csv: PathBuf,
        /// File to write; standard output if absent.
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Begin an empty plan, with comments in its files that tell what goes where.
    New {
        /// Folder to make.
        dir: PathBuf,
        /// Short name: small letters, digits and - . _
        #[arg(long)]
        id: String,
        /// Title.
        #[arg(long)]
        title: String,
        /// The organisation that answers for it.
        #[arg(long)]
        owner: String,
        /// Country, two letters.
        #[arg(long, default_value = "NZ")]
        country: String,
    },
    /// Take figures into a plan: from a table, or a whole data repository of Open SDG as a new plan.
    Import(Box<make::Import>),
    /// Write the example plans into a folder, to look at or to begin with.
    Example {
        /// Where to.
        dir: PathBuf,
    },
    /// Write JSON schemas of a plan's files, for editors.
    Schema {
        /// Folder to write them to.
        dir: PathBuf,
    },
}

impl Track {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever went wrong, in words; a check that found something is [`crate::args::CheckFailed`].
    pub fn run(self, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::Check { plan, json } => check::plan(&plan, json),
            Self::Build {
                plan,
                out,
                base_url,
                sign,
            } => build::bundle(settings, &plan, &out, base_url, sign),
            Self::Preview { plan } => preview::preview(settings, &plan),
            Self::Verify { bundle, keys } => build::verify(settings, &bundle, keys.as_deref()),
            Self::Progress { csv, out } => make::progress(&csv, out.as_deref()),
            Self::New {
                dir,
                id,
                title,
                owner,
                country,
            } => make::new(&dir, &id, &title, &owner, &country),
            Self::Import(import) => import.run(),
            Self::Example { dir } => examples::example(&dir),
            Self::Schema { dir } => make::schemas(&dir),
        }
    }
}
