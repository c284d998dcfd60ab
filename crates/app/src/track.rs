//! Strategies that the service shows: each read from a folder of files when the service starts, and built once a day with
//! the live measures of that day.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use cairn_desk::figures::Quarter;
use cairn_kernel::money::decimals;
use cairn_track::bundle::{self, BundleError};
use cairn_track::live::{self, LiveRow};
use cairn_track::plan::{Fault, Files, Plan, Words};
use cairn_track::report::{Coverage, Report};
use cairn_track::site::Options;
use jiff::civil::Date;
use tokio::sync::Mutex;

use crate::App;
use crate::report::AppError;

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
}

fn first(faults: &[Fault]) -> String {
    let first = faults.iter().find(|fault| fault.is_error());
    first.map(Fault::to_string).unwrap_or_default()
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
    files: BTreeMap<String, Bytes>,
}

impl Shown {
    /// Builds the pages of a plan.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn of(files: Files) -> Result<Self, PlanError> {
        let (plan, faults) = Plan::read(&files);
        let plan = plan.ok_or(PlanError::Faults(faults))?;
        let (mut pages, mut bytes_all) = (BTreeMap::new(), 0);
        let built = bundle::build::<Infallible>(files, &Options::default(), &mut |path, bytes| {
            bytes_all += bytes.len();
            if bytes_all <= PAGES_BYTES_MAX {
                pages.insert(path.to_owned(), Bytes::from(bytes));
            }
            Ok(())
        });
        match built {
            Err(BundleError::Plan(faults)) => return Err(PlanError::Faults(faults)),
            Err(BundleError::Site(error)) => return Err(PlanError::Site(error.to_string())),
            Ok(_) if bytes_all > PAGES_BYTES_MAX => return Err(PlanError::TooLarge),
            Ok(_) => {}
        }
        let newest = plan.newest();
        Ok(Self {
            id: plan.id.clone(),
            title: plan.title.clone(),
            owner: plan.owner.clone(),
            edition: newest
                .map(|edition| edition.title.clone())
                .unwrap_or_default(),
            coverage: newest
                .map(|edition| Report::of(&plan, edition).coverage)
                .unwrap_or_default(),
            files: pages,
        })
    }

    /// A file of its site or of its bundle.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Bytes> {
        self.files.get(path).cloned()
    }
}

/// The plans that are shown, in the order of the settings. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Plans(Arc<Vec<Shown>>);

/// The plans of the day for which they were built.
pub(crate) type Kept = Arc<Mutex<Option<(i64, Plans)>>>;

impl App {
    /// The plans with the live measures of today's figures. The first who asks on a day has them built.
    ///
    /// # Errors
    /// The figures cannot be read, or a plan that was sound without live measures is not with them.
    pub async fn plans(&self) -> Result<Plans, AppError> {
        let today = self.figures().await?.day;
        let mut kept = self.kept_plans.lock().await;
        if let Some((day, plans)) = kept.as_ref()
            && *day == today
        {
            return Ok(plans.clone());
        }
        let live = self.live().await?;
        let files = Arc::clone(&self.config.plans);
        let build = move || {
            let all = files.iter().map(|files| with_live(files.clone(), &live));
            Plans::of(all)
        };
        let built = tokio::task::spawn_blocking(build).await;
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

    /// What each query gives, from every vintage of the public figures.
    async fn live(&self) -> Result<Live, AppError> {
        let mut live = Live::new();
        for day in self.vintages().await? {
            let figures = self.figures_of(day).await?;
            let Some(vintage) = date_of(day) else {
                continue;
            };
            let factor = 10_i64.pow(u32::from(decimals(&figures.currency).unwrap_or(2)));
            for quarter in figures.quarters.iter().filter(|quarter| !quarter.running) {
                let shown = [
                    (
                        "reports_received",
                        quarter.incidents.count().map(|count| count.to_string()),
                    ),
                    (
                        "direct_loss",
                        quarter.loss_minor.map(|minor| (minor / factor).to_string()),
                    ),
                    ("share_with_loss", quarter.share_with_loss.map(tenths)),
                ];
                for (name, value) in shown {
                    live.entry(name).or_default().push(LiveRow {
                        period: period_of(quarter.quarter),
                        value,
                        vintage,
                        log_size: figures.log_size,
                    });
                }
            }
        }
        Ok(live)
    }
}

/// Rows by the query's name; each has one version.
type Live = BTreeMap<&'static str, Vec<LiveRow>>;

/// Adds the series of the queries that a plan asks for.
fn with_live(mut files: Files, live: &Live) -> Files {
    let (plan, _) = Plan::sketch(&files);
    let measures = plan.editions.iter().flat_map(|edition| &edition.measures);
    let mut series = BTreeMap::new();
    for measure in measures {
        let Some(query) = &measure.query else {
            continue;
        };
        if let (Some(known), Some(rows)) = (live::known(query), live.get(query.name.as_str())) {
            debug_assert_eq!(known.name, query.name);
            series.insert(
                live::series_id(query),
                live::series_csv(rows, &measure.source),
            );
        }
    }
    for (id, text) in series {
        files.insert(format!("series/{id}.csv"), text.into_bytes());
    }
    files
}

fn tenths(share: u64) -> String {
    format!("{}.{}", share / 10, share % 10)
}

fn period_of(quarter: Quarter) -> String {
    format!("{}Q{}", quarter.0 / 10, quarter.0 % 10)
}

/// 20261231 as a date.
fn date_of(day: i64) -> Option<Date> {
    let year = i16::try_from(day / 10_000).ok()?;
    let month = i8::try_from(day / 100 % 100).ok()?;
    Date::new(year, month, i8::try_from(day % 100).ok()?).ok()
}

impl Plans {
    /// Builds all of them.
    ///
    /// # Errors
    /// The first plan that cannot be shown.
    pub fn of(all: impl IntoIterator<Item = Files>) -> Result<Self, PlanError> {
        let mut plans: Vec<Shown> = Vec::new();
        for files in all {
            let plan = Shown::of(files)?;
            if plans.iter().any(|other| other.id == plan.id) {
                return Err(PlanError::Twice(plan.id));
            }
            plans.push(plan);
        }
        Ok(Self(Arc::new(plans)))
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Shown] {
        &self.0
    }

    /// The plan with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Shown> {
        self.0.iter().find(|plan| plan.id == id)
    }
}
