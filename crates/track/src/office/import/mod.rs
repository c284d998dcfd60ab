//! Series from a plain CSV file.
//!
//! Two shapes are read. **Wide**: the first column is the period, every other column a series. **Long**: one row for each
//! figure, with the columns `period` (or `year`) and `value`, and any of `series`, `vintage`, `source`, `missing`, `low`,
//! `high`, `n`, `flag`, `break`, `note`; further columns are breakdowns, empty for the total.

mod long;
mod merge;
#[cfg(test)]
mod tests;
mod wide;

use std::collections::BTreeMap;

use super::cells;
use super::sheet::{self, Sheet, column};
use super::text::{is_slug, slug};
use crate::plan::fault::{Faults, short};
use crate::plan::{Decimal, Fault, Files, Missing, Period, Plan, Vintage};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct ImportOptions<'p> {
    /// What faults call the file.
    pub file: String,
    /// The plan's files, if it is imported into one: rows are added to series that are there.
    pub plan: Option<&'p Files>,
    /// Id of the series, where the file is long and does not name it.
    pub series: Option<String>,
    /// Ids for names of series in the file; others get an id made of their name.
    pub names: BTreeMap<String, String>,
    /// When the figures were published, where the file does not say.
    pub vintage: Vintage,
    /// Id of the source in `sources.csv`, where the file does not say.
    pub source: String,
    /// What further words for missing figures mean; they come before the known ones.
    pub missing: BTreeMap<String, Missing>,
    /// What an empty field means; `None` if it is to be left out.
    pub empty: Option<Missing>,
}

impl ImportOptions<'_> {
    /// Reads `file` without a plan; an empty field means a figure that is missing.
    #[must_use]
    pub fn new(file: &str, vintage: Vintage, source: &str) -> Self {
        Self {
            file: file.to_owned(),
            plan: None,
            series: None,
            names: BTreeMap::new(),
            vintage,
            source: source.to_owned(),
            missing: BTreeMap::new(),
            empty: Some(Missing::Missing),
        }
    }
}

/// What was imported, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The files to be put into the plan: `series/ID.csv`, whole, with the rows that were there before.
    pub files: Files,
    /// What was kept out (errors), and what was read in a way that somebody should look at (warnings), by line.
    pub faults: Vec<Fault>,
    /// Figures that went in; in a wide file one for each field.
    pub taken: usize,
    /// Figures or rows that were kept out, each of them named by an error.
    pub refused: usize,
    /// Fields left out as asked, and figures that the plan has already: counted in warnings.
    pub left_out: usize,
}

/// Reads the text of a CSV file. Rows that cannot be read are named with their line and kept out; the others go in, and
/// [`Plan::read`] finds no fault in a row that went in, once its source is there and its breakdowns are named by a measure.
#[must_use]
pub fn import_csv(text: &str, options: &ImportOptions<'_>) -> Imported {
    let faults = Faults::default();
    let mut import = Import {
        options,
        faults: &faults,
        drafts: BTreeMap::new(),
        words: BTreeMap::new(),
        refused: 0,
        left_out: 0,
    };
    if let Some(sheet) = sheet::read(&options.file, text, &faults) {
        import.refused += sheet.refused;
        if long::is_long(&sheet) {
            long::read(&mut import, &sheet);
        } else {
            wide::read(&mut import, &sheet);
        }
    }
    import.say_words();
    let mut imported = merge::write(&mut import);
    imported.refused = import.refused;
    imported.left_out = import.left_out;
    imported.faults = faults.into_list();
    imported
}

/// One row of a series to be.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    line: u32,
    column: u32,
    period: Period,
    figure: Result<Decimal, Missing>,
    vintage: Vintage,
    source: String,
    low: Option<Decimal>,
    high: Option<Decimal>,
    n: String,
    flag: String,
    brk: String,
    note: String,
    /// Breakdown: names of columns and values that are not empty.
    dims: BTreeMap<String, String>,
}

/// Where a word for a missing figure stood first, and how often it stood.
type Seen = (u32, usize);

struct Import<'i, 'p> {
    options: &'i ImportOptions<'p>,
    faults: &'i Faults,
    drafts: BTreeMap<String, Vec<Draft>>,
    words: BTreeMap<(String, Option<Missing>), Seen>,
    refused: usize,
    left_out: usize,
}

impl Import<'_, '_> {
    fn refuse(&mut self, place: (u32, u32), code: &'static str, what: &str, mend: &str) {
        self.refused += 1;
        self.faults
            .error((&self.options.file, place), code, what, mend);
    }

    fn warn(&self, place: (u32, u32), code: &'static str, what: &str, mend: &str) {
        self.faults
            .warn((&self.options.file, place), code, what, mend);
    }

    fn advise(&mut self, place: (u32, u32), advice: &cells::Advice) {
        self.refuse(place, advice.code, &advice.what, &advice.mend);
    }

    /// The figure of a field, or why there is none. `None` if it was refused or left out.
    fn figure(&mut self, place: (u32, u32), text: &str) -> Option<Result<Decimal, Missing>> {
        let missing = if text.is_empty() {
            Some(self.options.empty)
        } else {
            cells::missing(text, &self.options.missing).map(Some)
        };
        if let Some(missing) = missing {
            let key = (text.to_owned(), missing);
            self.words.entry(key).or_insert((place.0, 0)).1 += 1;
            self.left_out += usize::from(missing.is_none());
            return missing.map(Err);
        }
        match cells::number(text) {
            Ok(number) => Some(Ok(number)),
            Err(advice) => {
                self.advise(place, &advice);
                None
            }
        }
    }

    fn period(&mut self, place: (u32, u32), text: &str) -> Option<Period> {
        match cells::period(text) {
            Ok((period, doubt)) => {
                if let Some(doubt) = doubt {
                    let mend = "Write 2018/19 for the fiscal year; for two calendar years leave it as it is";
                    self.warn(place, "unclear-period", &doubt, mend);
                }
                Some(period)
            }
            Err(advice) => {
                self.advise(place, &advice);
                None
            }
        }
    }

    /// Id of the series with a name. `None` if there can be none; nothing was said of it then.
    fn id(&self, name: &str) -> Option<String> {
        let id = self.options.names.get(name).cloned();
        let id = id.unwrap_or_else(|| {
            if is_slug(name) {
                name.to_owned()
            } else {
                slug(name)
            }
        });
        is_slug(&id).then_some(id)
    }

    /// Tells how words for missing figures were read.
    fn say_words(&mut self) {
        for ((word, missing), (line, count)) in &self.words {
            let word = if word.is_empty() {
                "an empty field".to_owned()
            } else {
                format!("`{}`", short(word))
            };
            let times = if *count == 1 {
                "once".to_owned()
            } else {
                format!("{count} times, first here")
            };
            let what = match missing {
                Some(missing) => format!("{word} was read as `{missing}`, {times}"),
                None => format!("{word} was left out, {times}"),
            };
            let mend = "If it means something else, write missing, not-collected, suppressed or not-applicable";
            self.warn((*line, 0), "read-as-missing", &what, mend);
        }
    }

    fn push(&mut self, id: &str, draft: Draft) {
        self.drafts.entry(id.to_owned()).or_default().push(draft);
    }

    fn draft(&self, place: (u32, u32), period: Period, figure: Result<Decimal, Missing>) -> Draft {
        Draft {
            line: place.0,
            column: place.1,
            period,
            figure,
            vintage: self.options.vintage,
            source: self.options.source.clone(),
            low: None,
            high: None,
            n: String::new(),
            flag: String::new(),
            brk: String::new(),
            note: String::new(),
            dims: BTreeMap::new(),
        }
    }
}

/// The plan that is imported into, with whatever is wrong in it.
fn plan_of(options: &ImportOptions<'_>) -> Option<Plan> {
    options.plan.map(|files| Plan::sketch(files).0)
}
