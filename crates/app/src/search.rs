//! Search: the officers' line, read against what the installation knows, and a page of what it finds.

use std::collections::BTreeSet;

use cairn_desk::access::{Action, Visible};
use cairn_desk::report::Body;
use cairn_desk::search::{Codes, Fault, Known, Search, Wanted, holds, parse, says};
use cairn_store::cases::{Filter as CaseFilter, Summary as Case};
use cairn_store::report::{Found, LIST_ROWS_MAX, LOOKED_ROWS_MAX, Order, Page, Summary};

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// Bodies that are read for one page of a phrase, at most.
pub const READ_BODIES_MAX: u64 = 500;
/// Cases that are shown beside the reports that a search finds.
pub const CASES_BESIDE: i64 = 5;
/// Rows that are found at a time for a phrase.
const READ_ROWS: usize = 100;

/// What an officer asks the queue for.
#[derive(Debug, Clone, Default)]
pub struct QueueQuery {
    /// The search line as typed.
    pub line: String,
    /// Filters chosen beside it: each takes the place of those of its name in the line; an empty one takes them out.
    pub chosen: Vec<(Codes, String)>,
    /// Most severe first instead of newest first.
    pub severe: bool,
    /// Go on after this one: `(severity, no)`.
    pub after: Option<(i64, i64)>,
    /// Rows of a page.
    pub limit: usize,
}

/// Why there may be more than a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// There is a next page.
    Next((i64, i64)),
    /// So many were looked at, and what is older was not.
    Further {
        /// Go on from here.
        after: (i64, i64),
        /// How many were looked at.
        looked: u64,
    },
}

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The line: as typed, or in its shortest form with what was chosen beside it.
    pub line: String,
    /// Ids and logins of all accounts, for what the line says of them.
    pub accounts: Vec<(String, String)>,
    /// The line as it was read, or what is wrong with it; then nothing is shown.
    pub search: Result<Search, Vec<Fault>>,
    /// Most severe first was asked for, and is not to be had for what is wanted.
    pub not_severe: bool,
    /// Rows in their order.
    pub rows: Vec<Summary>,
    /// Whether there may be more.
    pub more: Option<More>,
    /// The newest cases that have the line's words; on the first page only.
    pub cases: Vec<Case>,
    /// The words that these have.
    pub words: String,
}

impl App {
    /// A page of the queue. A line that is a reference finds that report; one that is an old number, those that other systems knew by it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn queue(
        &self,
        who: &Principal,
        query: &QueueQuery,
    ) -> Result<Visible<Listed>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let accounts = self.logins().await?;
        let known = self.known(who, &accounts);
        let (line, search) = read(query, &known);
        let mut listed = Listed {
            line,
            accounts: Vec::new(),
            search,
            not_severe: false,
            rows: Vec::new(),
            more: None,
            cases: Vec::new(),
            words: String::new(),
        };
        if let Some(no) = self.number(listed.line.trim())
            && let Some(found) = self.store.report(no).await?
        {
            listed.rows.push(found);
        } else if query.chosen.is_empty()
            && query.after.is_none()
            && let Some(found) = self.old_found(&listed.line).await?
        {
            listed.rows = found;
            listed.search = Ok(Search::default());
        } else if let Ok(search) = &listed.search {
            let wanted = search.wanted(&known, self.clock.now(), &self.config.time_zone);
            if !wanted.words.is_empty() || !wanted.phrases.is_empty() {
                self.reword_before_search().await?;
            }
            let order = if query.severe {
                Order::Severe
            } else {
                Order::Newest
            };
            let limit = query.limit.clamp(1, LIST_ROWS_MAX - 1);
            (listed.rows, listed.more) = self.page_of(&wanted, order, query.after, limit).await?;
            listed.not_severe = query.severe && !by_severity(&wanted);
            if query.after.is_none() && !wanted.words.is_empty() {
                let newest = CaseFilter {
                    all: true,
                    limit: CASES_BESIDE,
                    ..CaseFilter::default()
                };
                listed.words = wanted.words.join(" ");
                listed.cases = self.store.cases_with(&wanted.words, &newest).await?;
            }
        }
        listed.accounts = accounts;
        Ok(grant.show(listed))
    }

    /// Ids and logins of all accounts.
    pub(crate) async fn logins(&self) -> Result<Vec<(String, String)>, AppError> {
        let accounts = self.store.accounts().await?.into_iter();
        Ok(accounts.map(|one| (one.id, one.login)).collect())
    }

    /// What a line is read against.
    pub(crate) fn known<'a>(
        &'a self,
        who: &'a Principal,
        accounts: &'a [(String, String)],
    ) -> Known<'a> {
        Known {
            taxonomy: self.form.taxonomy(),
            agencies: self.form.agencies(),
            languages: self.form.languages(),
            accounts,
            me: &who.account,
            currency: self.config.base_currency.as_str(),
            calling_code: self.form.calling_code(),
        }
    }

    /// A page of what is wanted. What the index knows only nearly (phrases, and observables by a part of their digest) is
    /// looked up in the bodies.
    pub(crate) async fn page_of(
        &self,
        wanted: &Wanted,
        order: Order,
        mut after: Option<(i64, i64)>,
        limit: usize,
    ) -> Result<(Vec<Summary>, Option<More>), AppError> {
        let reads = !wanted.phrases.is_empty() || !wanted.observables.is_empty();
        let at_once = if reads { READ_ROWS } else { limit + 1 };
        let (mut rows, mut looked) = (Vec::new(), 0);
        loop {
            let page = Page {
                order,
                after,
                limit: at_once,
            };
            let Found {
                rows: found,
                further,
            } = self.store.search(wanted, &page).await?;
            let all = found.len() < at_once;
            let holders = if reads {
                self.holders(wanted, &found).await?
            } else {
                BTreeSet::new()
            };
            for row in found {
                if reads && !holders.contains(&row.no) {
                    after = Some((i64::from(row.severity), row.no));
                    looked += 1;
                    continue;
                }
                if rows.len() == limit {
                    let next = rows
                        .last()
                        .map(|row: &Summary| (i64::from(row.severity), row.no));
                    return Ok((rows, next.map(More::Next)));
                }
                after = Some((i64::from(row.severity), row.no));
                looked += 1;
                rows.push(row);
            }
            if let Some(after) = further {
                let looked = LOOKED_ROWS_MAX.unsigned_abs();
                return Ok((rows, Some(More::Further { after, looked })));
            }
            if all {
                return Ok((rows, None));
            }
            if looked >= READ_BODIES_MAX
                && let Some(after) = after
            {
                return Ok((rows, Some(More::Further { after, looked })));
            }
        }
    }

    /// Those of the rows whose bodies hold the phrases and observables, which an index of words and digests only suspects.
    async fn holders(&self, wanted: &Wanted, found: &[Summary]) -> Result<BTreeSet<i64>, AppError> {
        let numbers: Vec<i64> = found.iter().map(|row| row.no).collect();
        let later = if wanted.phrases.is_empty() {
            Vec::new()
        } else {
            self.store.later_texts(&numbers).await?
        };
        let mut out = BTreeSet::new();
        for (no, json) in self.store.report_bodies(&numbers).await? {
            let body: Body = serde_json::from_str(&json).map_err(damaged("body"))?;
            let has = |one| body.observables.contains(one);
            let later = || later.iter().filter(|(of, _)| *of == no);
            let said = |phrase: &String| {
                holds(&body, phrase) || later().any(|(_, text)| says(text, phrase))
            };
            if wanted.observables.iter().all(has) && wanted.phrases.iter().all(said) {
                out.insert(no);
            }
        }
        Ok(out)
    }
}

/// The line with what was chosen beside it. A line with a fault stays as it was typed.
fn read(query: &QueueQuery, known: &Known<'_>) -> (String, Result<Search, Vec<Fault>>) {
    let mut line = query.line.clone();
    let mut search = parse(&line, known);
    for (codes, value) in &query.chosen {
        let Ok(read) = &search else { break };
        line = read.with(*codes, value);
        search = parse(&line, known);
    }
    (line, search)
}

/// The store has an order of severity for this: see [`Order`].
fn by_severity(wanted: &Wanted) -> bool {
    let closed = |list: &[String]| list.iter().any(|one| one == "closed");
    let open =
        closed(&wanted.state.none) || (!wanted.state.any.is_empty() && !closed(&wanted.state.any));
    open && wanted.words.is_empty() && wanted.observables.is_empty()
}
