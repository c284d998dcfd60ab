//! The public figures, counted from the reports and kept for a short while, since everybody may ask for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_desk::figures::{
    Definitions, EMBEDDED, LOSS_BANDS, Quarter, QuarterFigures, Spread, Tally, quarter, spread,
};
use cairn_kernel::money::decimals;
use cairn_kernel::time::Micros;
use cairn_store::figures::Coded;

use crate::App;
use crate::report::AppError;

/// How long a count serves, in seconds.
const KEEP_SECONDS: i64 = 60;
/// Quarters that are shown.
const QUARTERS_MAX: usize = 40;

/// All public figures.
#[derive(Debug, Clone)]
pub struct Figures {
    /// When they were counted.
    pub at: Micros,
    /// Size of the evidence log then: a recount at this size gives the same.
    pub log_size: u64,
    /// Currency of the losses.
    pub currency: String,
    /// What they mean.
    pub definitions: Arc<Definitions>,
    /// By quarter, oldest first.
    pub quarters: Vec<QuarterFigures>,
    /// The last four full quarters, which the distributions below are over.
    pub year: (Quarter, Quarter),
    /// By region.
    pub regions: Spread,
    /// By age band, people only.
    pub ages: Spread,
    /// People and organisations.
    pub affected: Spread,
    /// By size of loss; codes are `0` to `5`, see [`LOSS_BANDS`].
    pub loss_bands: Spread,
}

/// The last count.
pub(crate) type Kept = Arc<std::sync::Mutex<Option<Arc<Figures>>>>;

impl App {
    /// The figures, at most a minute old.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn figures(&self) -> Result<Arc<Figures>, AppError> {
        let now = self.clock.now();
        {
            let kept = self
                .kept_figures
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(figures) = kept.as_ref()
                && (0..KEEP_SECONDS).contains(&(now.seconds() - figures.at.seconds()))
            {
                return Ok(Arc::clone(figures));
            }
        }
        let figures = Arc::new(self.count(now).await?);
        *self
            .kept_figures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::clone(&figures));
        Ok(figures)
    }

    async fn count(&self, now: Micros) -> Result<Figures, AppError> {
        let definitions = Definitions::parse(EMBEDDED).map_err(|e| AppError::Damaged {
            what: "definitions of the figures",
            cause: e.to_string(),
        })?;
        let log_size = self
            .store
            .newest_checkpoint()
            .await?
            .map_or(0, |(size, _)| size);
        let (skip, few) = (&definitions.not_counted, definitions.few);
        let running = Quarter(self.quarter(now));
        let quarters = self.count_quarters(skip, few, running).await?;
        let last = running.previous();
        let first = last.previous().previous().previous();
        let (from, to) = (first.0, last.0);
        let taxonomy = self.form.taxonomy();
        let codes = |entries: &[cairn_desk::taxonomy::Entry]| -> Vec<String> {
            entries.iter().map(|entry| entry.code.clone()).collect()
        };
        let (regions, ages) = (codes(taxonomy.regions()), codes(taxonomy.age_bands()));
        let factor = 10_i64.pow(u32::from(decimals(&self.config.base_currency).unwrap_or(2)));
        let ends = LOSS_BANDS.map(|end| end * factor);
        let affected = ["individual", "organisation"].map(String::from);
        let bands = ["0", "1", "2", "3", "4", "5"].map(String::from);
        Ok(Figures {
            at: now,
            log_size,
            currency: self.config.base_currency.clone(),
            quarters,
            year: (first, last),
            regions: spread_of(
                &self.store.count_regions(skip, from, to).await?,
                &regions,
                few,
            ),
            ages: spread_of(&self.store.count_ages(skip, from, to).await?, &ages, few),
            affected: spread_of(
                &self.store.count_affected(skip, from, to).await?,
                &affected,
                few,
            ),
            loss_bands: spread_of(
                &self.store.count_loss_bands(skip, from, to, ends).await?,
                &bands,
                few,
            ),
            definitions: Arc::new(definitions),
        })
    }

    async fn count_quarters(
        &self,
        skip: &[String],
        few: u64,
        running: Quarter,
    ) -> Result<Vec<QuarterFigures>, AppError> {
        let mut tallies: BTreeMap<i64, BTreeMap<String, Tally>> = BTreeMap::new();
        for counted in self.store.count_categories(skip).await? {
            let [incidents, with_loss, loss_known, with_amount, loss_minor] = counted.counts;
            let tally = Tally {
                incidents: incidents.unsigned_abs(),
                with_loss: with_loss.unsigned_abs(),
                loss_known: loss_known.unsigned_abs(),
                with_amount: with_amount.unsigned_abs(),
                loss_minor,
            };
            tallies
                .entry(counted.quarter)
                .or_default()
                .insert(counted.category, tally);
        }
        let taxonomy = self.form.taxonomy();
        let categories: Vec<&str> = taxonomy
            .categories()
            .iter()
            .map(|c| c.code.as_str())
            .collect();
        let first = tallies
            .keys()
            .next()
            .map_or(running, |first| Quarter(*first));
        let empty = BTreeMap::new();
        let all = first.until(running);
        let skipped = all.len().saturating_sub(QUARTERS_MAX);
        Ok(all
            .into_iter()
            .skip(skipped)
            .map(|q| {
                quarter(
                    q,
                    tallies.get(&q.0).unwrap_or(&empty),
                    &categories,
                    few,
                    q == running,
                )
            })
            .collect())
    }
}

fn spread_of(rows: &[Coded], codes: &[String], few: u64) -> Spread {
    let mut counts = BTreeMap::new();
    let mut unknown = 0;
    for row in rows {
        let count = row.count.unsigned_abs();
        match &row.code {
            Some(code) if codes.contains(code) => *counts.entry(code.clone()).or_default() += count,
            _ => unknown += count,
        }
    }
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    spread(&counts, &codes, unknown, few)
}
