//! The public figures: counted from the reports once a day at most, kept as that day's vintage, and read from there.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_desk::figures::live;
use cairn_desk::figures::national::{self, Published as National};
use cairn_desk::figures::notices::{NoticeQuarter, missing, of_quarter};
use cairn_desk::figures::publish::year_before;
use cairn_desk::figures::{
    Basis, Codes, Counts, Definitions, EMBEDDED, LOSS_BANDS, Published, Quarter, Sum, Tally,
    publish,
};
use cairn_desk::taxonomy::Entry;
use cairn_kernel::money::decimals;
use cairn_kernel::time::Micros;
use cairn_store::figures::{Coded, Snapshot};
use cairn_store::writer::WriteError;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::App;
use crate::live::{Collected, Live, Making};
use crate::report::{AppError, damaged};

/// How often a count is begun anew because the log grew under it.
const TRIES_MAX: usize = 3;
/// After figures of a new day could not be kept, it is tried again after this, in seconds.
const RETRY_SECONDS: i64 = 60;
/// Seconds after a quarter's end before its notices are counted: what went in its last days is found by then.
const NOTICE_REST_SECONDS: i64 = 2 * 24 * 3_600;
/// Quarters of notices that are counted in one vintage, where several are missing.
const NOTICE_QUARTERS_MAX: usize = 8;
/// Vintages that are listed.
pub const VINTAGES_MAX: i64 = 400;

/// The data files behind the figures.
#[derive(Debug, Clone)]
pub struct Sources {
    /// `figures.toml`.
    pub definitions: Arc<str>,
    /// `national.csv`; without it no national series is shown.
    pub national: Option<Arc<str>>,
    /// `live.toml`: what live measures need besides the reports.
    pub live: Arc<str>,
}

impl Default for Sources {
    /// The built-in ones.
    fn default() -> Self {
        Self {
            definitions: Arc::from(EMBEDDED),
            national: Some(Arc::from(national::EMBEDDED)),
            live: Arc::from(live::EMBEDDED),
        }
    }
}

/// All public figures of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Their vintage, as 20261231.
    pub day: i64,
    /// When they were counted.
    pub at: Micros,
    /// Size of the evidence log then.
    pub log_size: u64,
    /// Currency of the losses.
    pub currency: String,
    /// What they mean.
    pub definitions: Definitions,
    /// What is told.
    pub published: Published,
    /// What live measures tell; nothing in vintages of older programs.
    #[serde(default)]
    pub live: Live,
    /// How long it took from notices until what they told of was gone, by quarter, the newest last.
    #[serde(default)]
    pub notices: Vec<NoticeQuarter>,
}

impl std::ops::Deref for Figures {
    type Target = Published;

    fn deref(&self) -> &Published {
        &self.published
    }
}

/// When today's figures were last looked for, and what is shown since. Whoever finds them too old makes new ones while the
/// others wait: one count, not hundreds.
pub(crate) type Kept = Arc<Mutex<Option<(Micros, Arc<Figures>)>>>;

impl App {
    /// The figures of today. The first who asks on a day has them counted and kept, for everybody and for good: who
    /// could ask as often as they like could tell each report as it comes in.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn figures(&self) -> Result<Arc<Figures>, AppError> {
        let now = self.clock.now();
        let today = self.day(now);
        let mut kept = self.kept_figures.lock().await;
        if let Some((tried, figures)) = kept.as_ref() {
            let waits = (0..RETRY_SECONDS).contains(&(now.seconds() - tried.seconds()));
            if figures.day == today || (waits && figures.day < today) {
                return Ok(Arc::clone(figures));
            }
        }
        let figures = Arc::new(self.vintage_for(today, now).await?);
        *kept = Some((now, Arc::clone(&figures)));
        Ok(figures)
    }

    /// The figures as they were published on a day (as 20261231).
    ///
    /// # Errors
    /// [`AppError::NotFound`] if nothing was published on that day.
    pub async fn figures_of(&self, day: i64) -> Result<Figures, AppError> {
        match self.store.snapshot_until(day).await? {
            Some(snapshot) if snapshot.day == day && day <= self.day(self.clock.now()) => {
                read(&snapshot)
            }
            _ => Err(AppError::NotFound),
        }
    }

    /// Days on which figures were published, the newest first, at most [`VINTAGES_MAX`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn vintages(&self) -> Result<Vec<i64>, AppError> {
        Ok(self.store.snapshot_days(VINTAGES_MAX).await?)
    }

    /// The published national series; `None` if there is none to show.
    ///
    /// # Errors
    /// The file makes no sense.
    pub fn national(&self) -> Result<Option<Vec<National>>, AppError> {
        let series = self.config.figures.national.as_deref().map(national::parse);
        series.transpose().map_err(|error| AppError::Damaged {
            what: "national series",
            cause: error.to_string(),
        })
    }

    async fn vintage_for(&self, today: i64, now: Micros) -> Result<Figures, AppError> {
        let before = self.store.snapshot_until(today).await?;
        if let Some(snapshot) = before.as_ref().filter(|snapshot| snapshot.day == today) {
            return read(snapshot);
        }
        let definitions = Definitions::parse(&self.config.figures.definitions);
        let definitions = definitions.map_err(|e| AppError::Damaged {
            what: "definitions of the figures",
            cause: e.to_string(),
        })?;
        let last = before.as_ref().map(read).transpose()?;
        let comparable = last.as_ref().is_some_and(|last| {
            last.definitions.agrees(&definitions) && last.currency == self.config.base_currency
        });
        let basis = match before.as_ref().filter(|_| comparable) {
            Some(snapshot) => {
                serde_json::from_str(&snapshot.basis).map_err(damaged("basis of the figures"))?
            }
            None => Basis::default(),
        };
        let told = last.as_ref().map(|last| &last.live);
        let (mut figures, basis) = self.count(now, definitions, &basis, told).await?;
        let known = last.as_ref().filter(|_| comparable);
        let known = known.map(|last| last.notices.clone()).unwrap_or_default();
        figures.notices = self
            .notice_quarters(known, now, figures.definitions.rules.few)
            .await?;
        let snapshot = Snapshot {
            day: today,
            at: now,
            log_size: i64::try_from(figures.log_size).unwrap_or(i64::MAX),
            definitions: figures.definitions.versions(),
            figures: serde_json::to_string(&figures).map_err(damaged("figures"))?,
            basis: serde_json::to_string(&basis).map_err(damaged("basis of the figures"))?,
        };
        match (self.store.save_snapshot(&snapshot).await, last) {
            (Ok(_), _) => Ok(figures),
            // Another node was quicker; there is one vintage a day.
            (Err(WriteError::Duplicate), _) => {
                let stored = self.store.snapshot_until(today).await?;
                read(&stored.ok_or(AppError::NotFound)?)
            }
            // What could not be kept must not be shown: tomorrow's would not be held against it.
            (Err(error), Some(last)) => {
                tracing::warn!(%error, "today's figures could not be kept; those of before are shown");
                Ok(last)
            }
            (Err(error), None) => Err(error.into()),
        }
    }

    async fn count(
        &self,
        now: Micros,
        definitions: Definitions,
        before: &Basis,
        told: Option<&Live>,
    ) -> Result<(Figures, Basis), AppError> {
        let settings = live::Settings::parse(&self.config.figures.live);
        let settings = settings.map_err(|e| AppError::Damaged {
            what: "settings of the live measures",
            cause: e.to_string(),
        })?;
        let running = Quarter(self.quarter(now));
        let taxonomy = self.form.taxonomy();
        let codes = |entries: &[Entry]| -> Vec<String> {
            entries.iter().map(|entry| entry.code.clone()).collect()
        };
        let categories = taxonomy.categories().iter().map(|c| c.code.clone());
        let categories: Vec<String> = categories.collect();
        let (regions, ages) = (codes(taxonomy.regions()), codes(taxonomy.age_bands()));
        let bands = ["0", "1", "2", "3", "4", "5"].map(String::from);
        let factor = 10_i64.pow(u32::from(decimals(&self.config.base_currency).unwrap_or(2)));
        let mut size = self.log_size().await?;
        let (mut counts, mut collected) = (Counts::default(), Collected::new());
        for _ in 0..TRIES_MAX {
            counts = self.count_once(&definitions, factor, running).await?;
            collected = self
                .collect(&definitions.rules, factor, running, now, &settings)
                .await?;
            let after = self.log_size().await?;
            if after == size {
                break;
            }
            size = after;
        }
        let codes = Codes {
            categories: &categories,
            regions: &regions,
            ages: &ages,
            loss_bands: &bands,
            factor,
        };
        self.collect_delays(&mut collected, &before.live, &definitions.rules)
            .await?;
        let (published, mut basis) = publish(&counts, before, &definitions.rules, &codes, running);
        let making = Making {
            gate: self.rounding(),
            settings: &settings,
            rules: &definitions.rules,
            factor,
            agencies: self
                .form
                .agencies()
                .all()
                .iter()
                .map(|agency| agency.code.clone())
                .collect(),
            before: &before.live,
            told,
        };
        let (mut live, live_basis) = making.make(&collected, &published, &basis);
        live.begun = self.store.live_begun().await?.map(|at| self.day(at));
        basis.live = live_basis;
        let figures = Figures {
            day: self.day(now),
            at: now,
            log_size: size,
            currency: self.config.base_currency.clone(),
            definitions,
            published,
            live,
            notices: Vec::new(),
        };
        Ok((figures, basis))
    }

    /// Quarters are counted once, when they are over and what went in their last days is known.
    async fn notice_quarters(
        &self,
        mut known: Vec<NoticeQuarter>,
        now: Micros,
        few: u64,
    ) -> Result<Vec<NoticeQuarter>, AppError> {
        let running = Quarter(self.quarter(now.plus_seconds(-NOTICE_REST_SECONDS)));
        for quarter in missing(&known, running, NOTICE_QUARTERS_MAX) {
            let rows = self.store.notices_gone(self.quarter_span(quarter)).await?;
            // Before the first notice there is nothing to tell.
            if !(rows.is_empty() && known.is_empty()) {
                known.push(of_quarter(quarter, &rows, few));
            }
        }
        Ok(known)
    }

    /// When a quarter begins and ends, in the country's time zone.
    fn quarter_span(&self, quarter: Quarter) -> (Micros, Micros) {
        let first = |quarter: Quarter| {
            let year = i16::try_from(quarter.0 / 10).unwrap_or_default();
            let month = i8::try_from((quarter.0 % 10 - 1) * 3 + 1).unwrap_or(1);
            let day = jiff::civil::Date::new(year, month, 1).ok();
            let begins = day.and_then(|day| day.to_zoned(self.config.time_zone.clone()).ok());
            begins.map_or(Micros(0), |zoned| Micros::from(zoned.timestamp()))
        };
        let next = if quarter.0 % 10 == 4 {
            Quarter(quarter.0 + 7)
        } else {
            Quarter(quarter.0 + 1)
        };
        (first(quarter), first(next))
    }

    async fn log_size(&self) -> Result<u64, AppError> {
        let newest = self.store.newest_checkpoint().await?;
        Ok(newest.map_or(0, |(size, _)| size))
    }

    async fn count_once(
        &self,
        definitions: &Definitions,
        factor: i64,
        running: Quarter,
    ) -> Result<Counts, AppError> {
        let rules = &definitions.rules;
        let (skip, store) = (&rules.not_counted, &self.store);
        let unverified_max = rules.unverified_loss_max.saturating_mul(factor);
        let mut counts = Counts::default();
        for counted in store.count_categories(skip, unverified_max).await? {
            let with_amount = counted.with_amount.unsigned_abs();
            let held = counted.held.unsigned_abs();
            let tally = Tally {
                incidents: counted.incidents.unsigned_abs(),
                with_loss: counted.with_loss.unsigned_abs(),
                loss_known: counted.loss_known.unsigned_abs(),
                with_amount,
                held,
                no_rate: counted.no_rate.unsigned_abs(),
                loss: Sum {
                    count: with_amount.saturating_sub(held),
                    minor: counted.loss_minor,
                    top: counted.top,
                },
            };
            let quarter = counts.quarters.entry(counted.quarter).or_default();
            quarter.insert(counted.category, tally);
        }
        let (from, to) = year_before(running);
        let (from, to) = (from.0, to.0);
        counts.regions = by_code(store.count_regions(skip, from, to).await?);
        counts.ages = by_code(store.count_ages(skip, from, to).await?);
        let affected = by_code(store.count_affected(skip, from, to).await?);
        let organisations = affected.get(&Some("organisation".to_owned()));
        counts.organisations = organisations.copied().unwrap_or_default();
        let ends = LOSS_BANDS.map(|end| end.saturating_mul(factor));
        let bands = store.count_loss_bands(skip, from, to, ends).await?;
        counts.loss_bands = by_code(bands);
        Ok(counts)
    }
}

fn read(snapshot: &Snapshot) -> Result<Figures, AppError> {
    serde_json::from_str(&snapshot.figures).map_err(damaged("figures"))
}

fn by_code(rows: Vec<Coded>) -> BTreeMap<Option<String>, u64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.code).or_default() += row.count.unsigned_abs();
    }
    counts
}
