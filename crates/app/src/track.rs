//! Strategies that the service shows: each as it was published through the desk, or else read from its folder and built when
//! the service starts; those with live measures once a day with the figures of that day.
//!
//! What the strategy office does with them stands in the modules below: the working copy ([`working`]), returns
//! ([`returns`]), signatures and publications ([`publish`]), seats and reminders.

pub mod agenda;
mod bundles;
mod folder;
pub mod publish;
mod remind;
pub mod returns;
mod seats;
pub mod working;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use cairn_track::bundle::{self, Public};
use cairn_track::live::{self, Ask};
use cairn_track::plan::{Fault, Files, Plan, Words};
use cairn_track::report::{Coverage, Report};
use cairn_track::site::{BuildError, Challengeable, Door, Options, challengeable};
use tokio::sync::Mutex;

use crate::App;
use crate::live::Rows;
use crate::report::AppError;

pub use bundles::{MADE_BUNDLE, disagreements};
pub use cairn_store::track as rows;
pub use folder::Folder;
pub(crate) use remind::due_lines;
pub use remind::{REMIND_DAYS, REMIND_EVERY_SECONDS};
pub use seats::{SeatError, SeatView};

/// Most bytes of pages that one plan may have here. A larger one is published as a folder by `cairn track build`.
pub const PAGES_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why a plan cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It has errors.
    #[error("{} errors, the first: {}", .0.iter().filter(|fault| fault.is_error()).count(), first(.0))]
    Faults(Vec<Fault>),
    /// Its pages cannot be made.
    #[error("{0}")]
    Site(String),
    /// It is too large to be kept in memory.
    #[error("its pages take more than {} MiB: publish it with `cairn track build`", PAGES_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// Another plan has its id.
    #[error("another plan has the id `{0}` too")]
    Twice(String),
    /// Its folder cannot be read.
    #[error("{0}")]
    Folder(String),
}

fn first(faults: &[Fault]) -> String {
    let first = faults.iter().find(|fault| fault.is_error());
    first.map(Fault::to_string).unwrap_or_default()
}

/// The service around the pages of its plans.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Where people reach the service, without a slash at the end; empty if that is not known.
    pub public_url: String,
    /// Ways back into the service, the first to its front page.
    pub doors: Vec<Door>,
}

impl Around {
    /// How the pages of a plan are built here.
    fn options(&self, plan: &Plan) -> Options {
        // A plan that says where it is published stays with that.
        let unsaid = plan.base_url.is_none() && !self.public_url.is_empty();
        let at = format!("/track/{}", plan.id);
        Options {
            challenge: Some(format!("{at}/challenge")),
            challenges: Some(format!("{at}/challenges/")),
            versions: Some(format!("{at}/versions/")),
            base_url: unsaid.then(|| format!("{}/track/{}", self.public_url, plan.id)),
            doors: self.doors.clone(),
            ..Options::default()
        }
    }
}

/// A plan with its pages.
#[derive(Debug)]
pub struct Shown {
    /// Its id, the first part of its addresses.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Who keeps it.
    pub owner: String,
    /// The newest edition's title.
    pub edition: Words,
    /// How much of the newest edition is measured.
    pub coverage: Coverage,
    /// All that can be challenged in it, the newest edition first.
    pub figures: Vec<Challengeable>,
    files: BTreeMap<String, Bytes>,
    /// The live queries of its measures, each once.
    asks: Vec<Ask>,
    /// The plan's own files, if it has such queries.
    inputs: Files,
    around: Arc<Around>,
    /// Where its working copy comes from.
    origin: folder::Origin,
    /// Which publication this is; `None` if it is the folder as it was when the service started.
    pub version: Option<i64>,
}

impl Shown {
    /// Builds the pages of a plan, within a service.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn of(files: Files, around: &Arc<Around>) -> Result<Self, PlanError> {
        let inputs = files.clone();
        let public = Public::of(files).map_err(PlanError::Faults)?;
        let (mut pages, mut bytes_all) = (BTreeMap::new(), 0);
        let options = around.options(&public.plan);
        let built = bundle::build(Cow::Borrowed(&public), &options, &mut |path, bytes| {
            bytes_all += bytes.len();
            if bytes_all > PAGES_BYTES_MAX {
                return Err(PlanError::TooLarge);
            }
            pages.insert(path.to_owned(), Bytes::from(bytes));
            Ok(())
        });
        match built {
            Ok(_) => {}
            Err(BuildError::Sink { error, .. }) => return Err(error),
            Err(error) => return Err(PlanError::Site(error.to_string())),
        }
        let plan = &public.plan;
        let newest = plan.newest();
        let asks = live::asks(plan);
        Ok(Self {
            id: plan.id.clone(),
            title: plan.title.clone(),
            owner: plan.owner.clone(),
            edition: newest
                .map(|edition| edition.title.clone())
                .unwrap_or_default(),
            coverage: newest
                .map(|edition| Report::of(plan, edition).coverage)
                .unwrap_or_default(),
            figures: challengeable(plan),
            inputs: if asks.is_empty() {
                Files::new()
            } else {
                inputs
            },
            asks,
            around: Arc::clone(around),
            files: pages,
            origin: folder::Origin::default(),
            version: None,
        })
    }

    /// The same plan with the figures that its queries give.
    fn with_live(&self, live: &Rows) -> Result<Self, PlanError> {
        let mut files = self.inputs.clone();
        for ask in &self.asks {
            if let Some(rows) = live.of(ask) {
                let path = format!("series/{}.csv", ask.series);
                files.insert(path, live::series_csv(rows, ask));
            }
        }
        Ok(Self {
            origin: self.origin.clone(),
            version: self.version,
            ..Self::of(files, &self.around)?
        })
    }

    /// The figure of an edition; where that has none of this name (any more), of the newest edition that has.
    #[must_use]
    pub fn figure(&self, edition: &str, key: &str) -> Option<&Challengeable> {
        let mut own = self.figures.iter().filter(|one| one.key == key);
        let exact = own.clone().find(|one| one.edition == edition);
        exact.or_else(|| own.next())
    }

    /// A file of its site or of its bundle.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Bytes> {
        self.files.get(path).cloned()
    }
}

/// The plans that are shown, in the order of the settings. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Plans(Arc<Vec<Arc<Shown>>>);

/// The plans of the day for which they were built.
pub(crate) type Kept = Arc<Mutex<Option<(i64, Plans)>>>;

impl App {
    /// The service around the pages of a plan.
    fn around(&self, plan: &str) -> Result<Arc<Around>, AppError> {
        let plan = self.config.plans.get(plan).ok_or(AppError::NotFound)?;
        Ok(Arc::clone(&plan.around))
    }

    /// The plans, with the live measures of today's figures where they have some. The first who asks on a day has those
    /// built.
    ///
    /// # Errors
    /// The figures cannot be read, or a plan that was sound without live measures is not with them.
    pub async fn plans(&self) -> Result<Plans, AppError> {
        let plans = self.published_plans().await?;
        if !plans.all().any(|plan| !plan.asks.is_empty()) {
            return Ok(plans);
        }
        let today = self.figures().await?.day;
        let mut kept = self.kept_plans.lock().await;
        if let Some((day, plans)) = kept.as_ref()
            && *day == today
        {
            return Ok(plans.clone());
        }
        let live = self.live().await?;
        let built = tokio::task::spawn_blocking(move || plans.with_live(&live)).await;
        let plans = built
            .map_err(|error| error.to_string())
            .and_then(|plans| plans.map_err(|error| error.to_string()))
            .map_err(|cause| AppError::Damaged {
                what: "plans",
                cause,
            })?;
        *kept = Some((today, plans.clone()));
        Ok(plans)
    }
}

impl Plans {
    /// Builds all of them.
    ///
    /// # Errors
    /// The first plan that cannot be shown.
    pub fn of(all: impl IntoIterator<Item = Files>, around: Around) -> Result<Self, PlanError> {
        let around = Arc::new(around);
        let mut plans: Vec<Arc<Shown>> = Vec::new();
        for files in all {
            let origin = folder::Origin::Files(Arc::new(files.clone()));
            let plan = Shown {
                origin,
                ..Shown::of(files, &around)?
            };
            if plans.iter().any(|other| other.id == plan.id) {
                return Err(PlanError::Twice(plan.id));
            }
            plans.push(Arc::new(plan));
        }
        Ok(Self(Arc::new(plans)))
    }

    /// Reads and builds the plans of these folders.
    ///
    /// # Errors
    /// The first plan that cannot be read or shown.
    pub fn of_folders(
        folders: impl IntoIterator<Item = Folder>,
        around: Around,
    ) -> Result<Self, PlanError> {
        let around = Arc::new(around);
        let mut plans: Vec<Arc<Shown>> = Vec::new();
        for folder in folders {
            let files = folder.files().map_err(PlanError::Folder)?;
            let plan = Shown {
                origin: folder::Origin::Folder(folder),
                ..Shown::of(files, &around)?
            };
            if plans.iter().any(|other| other.id == plan.id) {
                return Err(PlanError::Twice(plan.id));
            }
            plans.push(Arc::new(plan));
        }
        Ok(Self(Arc::new(plans)))
    }

    /// All of them; those that ask nothing stay as they are.
    fn with_live(&self, live: &Rows) -> Result<Self, PlanError> {
        let fresh = self.0.iter().map(|plan| {
            if plan.asks.is_empty() {
                Ok(Arc::clone(plan))
            } else {
                plan.with_live(live).map(Arc::new)
            }
        });
        Ok(Self(Arc::new(fresh.collect::<Result<_, _>>()?)))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Shown> {
        self.0.iter().map(Arc::as_ref)
    }

    /// The plan with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Shown> {
        self.all().find(|plan| plan.id == id)
    }
}
