//! The event explorer: what machines observed, by facets and through time; a day; what was seen of one address; and how exposed a
//! constituent is. All of it is read; nothing asks anybody outside.

mod address;
mod exposure;
mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_desk::explorer::{Facet, Question, Seen, Term, What, parse};
use cairn_desk::search::{Fault, Wrong};
use cairn_kernel::observable::Observable;
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use cairn_store::ReadError;
use cairn_store::feeds::ask::{Answer, Ask, Bar, Books, Count, Filter, Seen as Counted};
use cairn_store::feeds::cube::Level;
use cairn_store::feeds::mix::Column;
use cairn_store::feeds::sift::{Beyond, Cursor, Found, Sifted, Want};
use cairn_store::feeds::{FeedError, FeedStore, History};
use tokio::sync::Mutex;

use crate::App;
use crate::account::Principal;
use crate::constituent::Register;
use crate::feeds::columns::KeyMaker;
use crate::report::AppError;

pub use address::{Address, Text, WALKED_FIRST, WALKED_ON};
pub use cairn_store::feeds as store;
pub use exposure::{Exposure, KINDS_MAX};

const DAY_US: i64 = 86_400_000_000;
/// Rows of one page.
pub const PAGE_ROWS: usize = 50;
/// Values of a facet on a page.
pub const VALUES_SHOWN: usize = 8;
/// Values of a facet in a file and on the page of a day.
pub const VALUES_MAX: usize = 1_000;
/// Rows of a file.
pub const FILE_ROWS_MAX: usize = 1_000;

/// A connection to machine reports, and what is remembered of their words. One question at a time: each uses a processor for itself.
#[derive(Default)]
pub(crate) struct Held {
    store: Option<FeedStore>,
    books: Books,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A connection may have a runtime of its own, which must not end within another.
        if let Some(store) = self.store.take() {
            let _detached = std::thread::spawn(move || drop(store));
        }
    }
}

/// Connections for questions and for histories, which are short and do not wait for the others.
#[derive(Debug, Default)]
pub(crate) struct Explorer {
    counts: Arc<Mutex<Held>>,
    walks: Arc<Mutex<Held>>,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As filters have it; empty: nothing is told.
    pub value: String,
    /// As people call it, where that is something else.
    pub title: Option<String>,
    /// Observations.
    pub count: u64,
}

/// A facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub facet: Facet,
    /// The most frequent values.
    pub values: Vec<Value>,
    /// How many more values there are.
    pub more: usize,
    /// Observations whose value is not told apart.
    pub other: u64,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Explored {
    /// What was asked.
    pub question: Question,
    /// First day, and the one after the last, since 1970.
    pub days: (i64, i64),
    /// Observations that fit.
    pub total: u64,
    /// Those that were new.
    pub fresh: u64,
    /// Those that may fit too.
    pub unsure: u64,
    /// Only what was received since then is counted; `None`: all.
    pub since: Option<Micros>,
    /// How long a bar is.
    pub level: Level,
    /// Stretches of time in which there is something.
    pub bars: Vec<Bar>,
    /// In the order in which they are shown.
    pub facets: Vec<Shown>,
    /// Some observations, the last received first.
    pub rows: Vec<Found>,
    /// Where they go on.
    pub next: Option<Cursor>,
    /// Observations that were taken in before anything was counted.
    pub uncounted: u64,
    /// Names of feeds.
    pub feeds: BTreeMap<i64, String>,
    /// Names of the constituents that rows name.
    pub owners: BTreeMap<u32, String>,
}

/// How many went on one day of one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Went {
    /// Day of receipt, since 1970.
    pub day: i64,
    /// Name of the feed.
    pub feed: String,
    /// How many.
    pub gone: u64,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An answer.
    Answer(Box<Explored>),
    /// Nothing was ever taken in.
    Nothing,
    /// What was not understood.
    Faults(Vec<Fault>),
    /// What is gone is counted by feed and day only, and something else was asked beside.
    GoneAlone,
    /// How many went.
    Gone(Vec<Went>),
    /// What of one address is gone, the last seen first.
    GoneOf(Observable, Vec<History>),
}

fn failed(error: FeedError) -> AppError {
    AppError::Read(ReadError::Database(error.to_string()))
}

fn column(facet: Facet) -> Column {
    match facet {
        Facet::Type => Column::Kind,
        Facet::Feed => Column::Feed,
        Facet::Identifier => Column::Identifier,
        Facet::Malware => Column::Malware,
        Facet::Severity => Column::Severity,
        Facet::Asn => Column::Asn,
        Facet::Cc => Column::Cc,
        Facet::Owner | Facet::Sector => Column::Owner,
        Facet::Port => Column::Port,
        Facet::Proto => Column::Transport,
    }
}

/// A question in the store's terms.
#[derive(Debug, Clone, Default)]
struct Asked {
    ask: Ask,
    beyond: Beyond,
}

/// What was counted, however that was.
struct Sum {
    total: u64,
    fresh: u64,
    unsure: u64,
    level: Level,
    bars: Vec<Bar>,
    facets: Vec<(Vec<Count>, u64)>,
}

impl App {
    /// Does something with machine reports, on a thread that may block. `None` where none was ever taken in.
    async fn with_feeds<T: Send + 'static>(
        &self,
        held: &Arc<Mutex<Held>>,
        work: impl FnOnce(&FeedStore, &mut Books) -> Result<T, FeedError> + Send + 'static,
    ) -> Result<Option<T>, AppError> {
        let mut held = Arc::clone(held).lock_owned().await;
        let store = self.store.clone();
        let done = tokio::task::spawn_blocking(move || {
            if held.store.is_none() {
                let opened = store.feeds()?;
                held.store = match opened {
                    Some(opened) if opened.has_counts()? => Some(opened),
                    _ => None,
                };
            }
            let Held { store, books } = &mut *held;
            let Some(open) = store.as_ref() else {
                return Ok(None);
            };
            let done = work(open, books);
            if done.is_err() {
                // It may be the connection's fault.
                *store = None;
            }
            done.map(Some)
        });
        let done = done.await.map_err(|error| {
            AppError::Read(ReadError::Database(format!(
                "a question ended early: {error}"
            )))
        })?;
        done.map_err(failed)
    }

    /// Answers a line.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn explore(
        &self,
        who: &Principal,
        line: &str,
        after: Option<Cursor>,
    ) -> Result<Visible<Outcome>, AppError> {
        let want = Want::page(after, PAGE_ROWS);
        self.explore_some(who, line, want, VALUES_SHOWN).await
    }

    /// Answers a line, with so many rows and so many values of each facet.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn explore_some(
        &self,
        who: &Principal,
        line: &str,
        want: Want,
        values: usize,
    ) -> Result<Visible<Outcome>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let question = match parse(line) {
            Ok(question) => question,
            Err(faults) => return Ok(grant.show(Outcome::Faults(faults))),
        };
        let counts = Arc::clone(&self.explorer.counts);
        let feeds = self
            .with_feeds(&counts, |store, _| store.feed_names())
            .await?;
        let Some(feeds) = feeds else {
            return Ok(grant.show(Outcome::Nothing));
        };
        let register = self.ownership().await?;
        if question.asks(Seen::Gone) {
            return Ok(grant.show(self.went(&question, &feeds, &register).await?));
        }
        let asked = match self.asked(&question, &feeds, &register) {
            Ok(asked) => asked,
            Err(faults) => return Ok(grant.show(Outcome::Faults(faults))),
        };
        let own = asked.clone();
        let found = self.with_feeds(&counts, move |store, books| look(store, books, &own, want));
        let Some((sum, sifted, uncounted)) = found.await? else {
            return Ok(grant.show(Outcome::Nothing));
        };
        let feeds = named(feeds);
        let facets = shown(&sum, values, &feeds, &register);
        let owners = owners_of(&sifted.rows, &register);
        Ok(grant.show(Outcome::Answer(Box::new(Explored {
            question,
            days: (asked.ask.from, asked.ask.to),
            total: sum.total,
            fresh: sum.fresh,
            unsure: sum.unsure,
            since: sifted.since.filter(|_| !asked.beyond.is_empty()),
            level: sum.level,
            bars: sum.bars,
            facets,
            rows: sifted.rows,
            next: sifted.next,
            uncounted,
            feeds,
            owners,
        }))))
    }

    /// What is gone, by day and feed, or of one address. Nothing else tells it: what is gone has no row that could be counted.
    async fn went(
        &self,
        question: &Question,
        feeds: &[(i64, String, String)],
        register: &Register,
    ) -> Result<Outcome, AppError> {
        let (mut own, mut of) = (Vec::new(), None);
        for term in &question.terms {
            match &term.what {
                What::Since(_) | What::Until(_) | What::State(Seen::Gone) => {}
                What::Facet(Facet::Feed, values) => {
                    match self.wanted(Facet::Feed, values, feeds, register) {
                        Ok(words) => own.push((words, term.not)),
                        Err(wrong) => {
                            return Ok(Outcome::Faults(vec![Fault {
                                at: 0,
                                typed: term.to_string(),
                                wrong,
                            }]));
                        }
                    }
                }
                What::Ip(one) if one.first() == one.last() && of.is_none() => of = Some(*one),
                _ => return Ok(Outcome::GoneAlone),
            }
        }
        let wanted = |feed: i64| {
            let feed = feed.to_string();
            own.iter().all(|(words, not)| words.contains(&feed) != *not)
        };
        let (from, to) = question.days(self.clock.now());
        if let Some(network) = of {
            let states = self.gone_of(ip_of(network.first())).await?;
            let days = |at: Micros| (from..to).contains(&at.0.div_euclid(DAY_US));
            let said = |term: &Term| matches!(term.what, What::Since(_) | What::Until(_));
            // Without days: all that ever went.
            let ever = !question.terms.iter().any(said);
            let number = |own: &History| {
                let named = |(no, source, name): &(i64, String, String)| {
                    (*source == own.feed.0 && *name == own.feed.1).then_some(*no)
                };
                feeds.iter().find_map(named).unwrap_or(0)
            };
            let fits = |own: &History| wanted(number(own)) && (ever || days(own.state.last));
            let (one, all) = states;
            return Ok(Outcome::GoneOf(one, all.into_iter().filter(fits).collect()));
        }
        let counts = &self.explorer.counts;
        let rows = self
            .with_feeds(counts, move |store, _| store.gone(from, to))
            .await?;
        let names = named(feeds.to_vec());
        let rows = rows.unwrap_or_default().into_iter();
        let went = rows.filter(|(_, feed, _)| wanted(*feed));
        let went = went.map(|(day, feed, gone)| Went {
            day,
            feed: names.get(&feed).cloned().unwrap_or_default(),
            gone,
        });
        Ok(Outcome::Gone(went.collect()))
    }

    fn asked(
        &self,
        question: &Question,
        feeds: &[(i64, String, String)],
        register: &Register,
    ) -> Result<Asked, Vec<Fault>> {
        let (from, to) = question.days(self.clock.now());
        let mut asked = Asked::default();
        (asked.ask.from, asked.ask.to) = (from, to);
        let mut faults = Vec::new();
        for term in &question.terms {
            match &term.what {
                What::Facet(facet, values) => match self.wanted(*facet, values, feeds, register) {
                    Ok(words) => asked.ask.filters.push(Filter {
                        column: column(*facet),
                        words,
                        not: term.not,
                    }),
                    Err(wrong) => faults.push(Fault {
                        at: 0,
                        typed: term.to_string(),
                        wrong,
                    }),
                },
                What::Ip(network) => {
                    let (first, last) = (network.first(), network.last());
                    // Two networks: what lies in both.
                    let (least, most) = asked.beyond.range.unwrap_or((first, last));
                    asked.beyond.range = Some((least.max(first), most.min(last)));
                }
                What::Domain(domain) => both(&mut asked.beyond, domain),
                What::State(seen) => {
                    let own = if *seen == Seen::New {
                        Counted::New
                    } else {
                        Counted::Again
                    };
                    if !matches!(asked.ask.seen, Counted::All) && asked.ask.seen != own {
                        // Nothing is both.
                        asked.ask.to = asked.ask.from;
                    }
                    asked.ask.seen = own;
                }
                What::Since(_) | What::Until(_) => {}
            }
        }
        let one = asked.beyond.range.filter(|(first, last)| first == last);
        asked.beyond.source =
            one.map(|(number, _)| KeyMaker::default().like(Some(ip_of(number)), "", ""));
        if faults.is_empty() {
            Ok(asked)
        } else {
            Err(faults)
        }
    }

    /// The words that observations have for values of a filter.
    fn wanted(
        &self,
        facet: Facet,
        values: &[String],
        feeds: &[(i64, String, String)],
        register: &Register,
    ) -> Result<BTreeSet<String>, Wrong> {
        let wrong = || Wrong::Value {
            filter: facet.name(),
            nearest: None,
        };
        let mut words = BTreeSet::new();
        for value in values {
            match facet {
                Facet::Feed if !value.is_empty() => {
                    let typed = fold(value);
                    let own = feeds.iter().filter(|(no, source, name)| {
                        no.to_string() == *value
                            || fold(name) == typed
                            || fold(&format!("{source} {name}")) == typed
                    });
                    let before = words.len();
                    words.extend(own.map(|(no, ..)| no.to_string()));
                    if words.len() == before {
                        return Err(wrong());
                    }
                }
                Facet::Sector => {
                    let known = self.form.taxonomy().sectors();
                    let mut own = register
                        .in_sector(value)
                        .map(|no| no.to_string())
                        .peekable();
                    let there = value.is_empty()
                        || own.peek().is_some()
                        || known.iter().any(|one| one.code == *value);
                    if !there {
                        return Err(wrong());
                    }
                    words.extend(own);
                    if value.is_empty() {
                        words.insert(String::new());
                    }
                }
                _ => {
                    words.insert(value.clone());
                }
            }
        }
        Ok(words)
    }
}

/// The address of a number; those of IPv4 are mapped.
fn ip_of(number: u128) -> IpAddr {
    let ip = Ipv6Addr::from(number);
    ip.to_ipv4_mapped().map_or(ip.into(), IpAddr::from)
}

/// A second name: what lies below both.
fn both(beyond: &mut Beyond, domain: &str) {
    let below = |one: &str, other: &str| {
        one.strip_suffix(other)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    match &beyond.domain {
        Some(other) if below(other, domain) => {}
        // No address is above all and below none.
        Some(other) if !below(domain, other) => beyond.range = Some((1, 0)),
        _ => beyond.domain = Some(domain.to_owned()),
    }
}

/// Counts and rows. Where only rows tell what fits, they are counted; else the counts are asked.
fn look(
    store: &FeedStore,
    books: &mut Books,
    asked: &Asked,
    mut want: Want,
) -> Result<(Sum, Sifted, u64), FeedError> {
    let uncounted = store.uncounted()?;
    want.count = !asked.beyond.is_empty();
    if want.count {
        let mut sifted = store.sift(books, &asked.ask, &asked.beyond, &want)?;
        let sum = of_rows(&mut sifted);
        return Ok((sum, sifted, uncounted));
    }
    let answer = store.ask(books, &asked.ask)?;
    let some = want.rows > 0 && answer.total + answer.unsure + uncounted > 0;
    let sifted = if some {
        store.sift(books, &asked.ask, &asked.beyond, &want)?
    } else {
        Sifted::default()
    };
    Ok((of_counts(answer), sifted, uncounted))
}

fn of_counts(answer: Answer) -> Sum {
    Sum {
        total: answer.total,
        fresh: answer.fresh,
        unsure: answer.unsure,
        level: answer.level,
        bars: answer.bars,
        facets: answer
            .facets
            .into_iter()
            .map(|facet| (facet.words, facet.other))
            .collect(),
    }
}

fn of_rows(sifted: &mut Sifted) -> Sum {
    let days = std::mem::take(&mut sifted.days).into_iter();
    let facets = std::mem::take(&mut sifted.facets).into_iter();
    Sum {
        total: sifted.total,
        fresh: sifted.fresh,
        unsure: 0,
        level: Level::Day,
        bars: days
            .map(|(day, (all, fresh))| Bar {
                begin: Level::Day.begin(day),
                all,
                fresh,
            })
            .collect(),
        facets: facets.map(|words| (words, 0)).collect(),
    }
}

fn named(feeds: Vec<(i64, String, String)>) -> BTreeMap<i64, String> {
    let feeds = feeds.into_iter();
    feeds
        .map(|(no, source, name)| (no, format!("{source} {name}")))
        .collect()
}

fn owners_of(rows: &[Found], register: &Register) -> BTreeMap<u32, String> {
    let owners = rows
        .iter()
        .filter_map(|row| row.word(Column::Owner).parse().ok());
    owners.map(|no| (no, register.name(no))).collect()
}

/// Facets as pages show them.
fn shown(
    sum: &Sum,
    values: usize,
    feeds: &BTreeMap<i64, String>,
    register: &Register,
) -> Vec<Shown> {
    Facet::ALL
        .into_iter()
        .map(|facet| {
            let (words, other) = match sum.facets.get(column(facet).place()) {
                Some((words, other)) if facet == Facet::Sector => {
                    (sectors(words, register), *other)
                }
                Some((words, other)) => (words.clone(), *other),
                None => (Vec::new(), 0),
            };
            let more = words.len().saturating_sub(values);
            let titled = |count: Count| {
                let number = count.word.parse::<u32>().ok();
                let title = match facet {
                    Facet::Feed => number.and_then(|no| feeds.get(&i64::from(no)).cloned()),
                    Facet::Owner => number.map(|no| register.name(no)),
                    Facet::Asn => number.map(|asn| format!("AS{asn}")),
                    _ => None,
                };
                Value {
                    title: title.filter(|title| !title.is_empty()),
                    value: count.word,
                    count: count.count,
                }
            };
            Shown {
                facet,
                values: words.into_iter().take(values).map(titled).collect(),
                more,
                other,
            }
        })
        .collect()
}

/// Owners' counts by their sectors.
fn sectors(owners: &[Count], register: &Register) -> Vec<Count> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for count in owners {
        let sector = count.word.parse().ok().and_then(|no| register.sector(no));
        *sums.entry(sector.unwrap_or_default()).or_insert(0) += count.count;
    }
    let sums = sums.into_iter();
    let mut words: Vec<Count> = sums
        .map(|(word, count)| Count {
            word: word.to_owned(),
            count,
        })
        .collect();
    words.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
    words
}
