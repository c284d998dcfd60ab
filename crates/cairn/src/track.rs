//! `cairn track`: a strategy as files, from the empty folder to the published bundle that anybody can verify.

mod build;
mod check;
pub mod examples;
pub mod folder;
mod live;
mod make;
mod office;
mod preview;
mod print;

use std::path::PathBuf;

use cairn_track::site::Options;
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
        /// Where figures are challenged, such as `https://SERVICE/track/PLAN/challenge`; without it by mail.
        #[arg(long, value_name = "URL")]
        challenge: Option<String>,
        /// Where what was challenged before is listed, such as `https://SERVICE/track/PLAN/challenges/`.
        #[arg(long, value_name = "URL")]
        challenges: Option<String>,
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
    /// Write the whole report of an edition as one tagged PDF (PDF/UA-1), the same that `build` puts into the site.
    Pdf {
        /// Folder of the plan.
        plan: PathBuf,
        /// File to write.
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
        /// Language of its words: en or mi. What the plan has not translated stands in English, marked as such.
        #[arg(long, default_value = "en", value_parser = ["en", "mi"])]
        lang: String,
        /// Id of the edition; the newest if absent.
        #[arg(long, value_name = "ID")]
        edition: Option<String>,
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
    /// List what has to be reported, by whom and by when: steps, initiatives, values of measures.
    Due(office::List),
    /// Check a return that an owner filed (JSON), and write it into the plan's files with `--accept`.
    Return(office::Filed),
    /// List what is claimed and not shown.
    Claims(office::List),
    /// List how each organisation stands with what it answers for.
    Scorecard(office::List),
    /// List what stands in the way of signing an edition off, that which forbids it first.
    Ready(office::List),
    /// Freeze a draft edition: write down who signed it off in two roles, and the day of publication.
    Freeze(office::Freeze),
    /// Begin the next edition as a draft copy of the newest one, with what its returns said.
    Edition(office::Begin),
    /// Write the example plans into a folder, to look at or to begin with.
    Example {
        /// Where to.
        dir: PathBuf,
    },
    /// List the queries that live measures can ask, with definition, unit and bias.
    Live {
        /// As one JSON document, in both languages.
        #[arg(long)]
        json: bool,
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
                challenge,
                challenges,
                sign,
            } => {
                let options = Options {
                    base_url,
                    challenge,
                    challenges,
                    ..Options::default()
                };
                build::bundle(settings, &plan, &out, &options, sign)
            }
            Self::Preview { plan } => preview::preview(settings, &plan),
            Self::Pdf {
                plan,
                out,
                lang,
                edition,
            } => build::pdf(&plan, &out, &lang, edition.as_deref()),
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
            Self::Due(list) => list.due(),
            Self::Return(filed) => filed.run(),
            Self::Claims(list) => list.claims(),
            Self::Scorecard(list) => list.scorecard(),
            Self::Ready(list) => list.ready(),
            Self::Freeze(freeze) => freeze.run(),
            Self::Edition(begin) => begin.run(),
            Self::Example { dir } => examples::example(&dir),
            Self::Live { json } => live::list(json),
            Self::Schema { dir } => make::schemas(&dir),
        }
    }
}
