//! Asking the counts: how many observations of some days fit, by every column, and when. A question is answered from counts by day or week
//! of the mixes that fit, so that its cost goes by days and mixes and not by observations.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

mod adding;

use self::adding::{How, Job, Plan, SlotSum, Sums, add_up};
use super::cube::{Level, Pair, each};
use super::link::Link;
use super::mix::{COLUMNS, Column, Mix, OTHER, mix_of};
use super::{FeedError, FeedStore};
use crate::sql::bound;

/// Days that are told by the hour.
pub const HOUR_DAYS_MAX: i64 = 3;
/// Days that are told by the day; more are told by the week.
pub const DAY_DAYS_MAX: i64 = 62;
/// The migration that brought counts.
const COUNTS_SINCE: i64 = 2;
/// Mixes of one book that are read at a time.
const PAGE_ROWS: i64 = 20_000;
/// Mixes of all books that are kept between questions.
const MIXES_KEPT_MAX: usize = 3_000_000;

/// Which sightings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// All.
    #[default]
    All,
    /// The observation was new then.
    New,
    /// It had been seen before.
    Again,
}

impl Seen {
    const fn of(self, pair: &Pair) -> u64 {
        match self {
            Self::All => pair.all,
            Self::New => pair.fresh,
            Self::Again => pair.all.saturating_sub(pair.fresh),
        }
    }

    /// Whether a row counts that was new or was not; `None`: not known.
    #[must_use]
    pub const fn holds(self, fresh: Option<bool>) -> bool {
        match (self, fresh) {
            (Self::All, _) => true,
            (Self::New, Some(fresh)) => fresh,
            (Self::Again, Some(fresh)) => !fresh,
            (_, None) => false,
        }
    }
}

/// Words that a column must have, or must not. The empty word: nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Which column.
    pub column: Column,
    /// Any of these.
    pub words: BTreeSet<String>,
    /// None of these.
    pub not: bool,
}

impl Filter {
    /// Whether a word goes through.
    #[must_use]
    pub fn holds(&self, word: &str) -> bool {
        self.words.contains(word) != self.not
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// The first day, since 1970, UTC.
    pub from: i64,
    /// The day after the last one.
    pub to: i64,
    /// All of them.
    pub filters: Vec<Filter>,
    /// Which sightings.
    pub seen: Seen,
    /// Bars are told by the words of this column, too.
    pub split: Option<Column>,
}

/// How many observations have a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The word; empty: nothing is told.
    pub word: String,
    /// How many.
    pub count: u64,
}

/// What a column comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facet {
    /// Each word that any has, the most frequent first.
    pub words: Vec<Count>,
    /// Those whose word is not told apart.
    pub other: u64,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bar {
    /// Its beginning, microseconds since 1970.
    pub begin: i64,
    /// Observations.
    pub all: u64,
    /// Those that were new.
    pub fresh: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Observations that fit.
    pub total: u64,
    /// Those among them that were new.
    pub fresh: u64,
    /// Observations that may fit too: what was asked for is not told apart in them.
    pub unsure: u64,
    /// By column, as [`Column::ALL`] has them.
    pub facets: [Facet; COLUMNS],
    /// How long a bar is.
    pub level: Level,
    /// Each stretch in which something fits, in order.
    pub bars: Vec<Bar>,
    /// How many fit by stretch and word, where that was asked for. What is not told apart has an empty word.
    pub split: BTreeMap<(i64, String), u64>,
}

impl Answer {
    /// What a column comes to.
    #[must_use]
    pub fn facet(&self, column: Column) -> &Facet {
        let [first, ..] = &self.facets;
        self.facets.get(column.place()).unwrap_or(first)
    }
}

/// The words and mixes of a book, as who asks knows them.
#[derive(Debug, Default)]
struct Book {
    /// By number; the first two stand for what has no word.
    words: [Vec<Box<str>>; COLUMNS],
    /// A column each, by the number of the mix.
    mixes: [Vec<u16>; COLUMNS],
    used: u64,
}

/// What of all books was read already. Given to every question; belongs to one database.
#[derive(Debug, Default)]
pub struct Books {
    books: BTreeMap<i64, Book>,
    turn: u64,
}

/// Which mixes of a book fit.
#[derive(Debug)]
pub(super) struct Fitting {
    /// By number: 0 no, 1 yes, 2 perhaps.
    pub(super) fits: Vec<u8>,
}

const YES: u8 = 1;
const PERHAPS: u8 = 2;

impl Fitting {
    pub(super) fn of(&self, mix: u32) -> u8 {
        let place = usize::try_from(mix).unwrap_or(usize::MAX);
        self.fits.get(place).copied().unwrap_or(0)
    }

    /// Whether a list of counts holds any that fits or may fit. `None` if the list is damaged.
    pub(super) fn any(&self, counts: &[u8]) -> Option<bool> {
        let mut any = false;
        each(counts, |pair| any |= self.of(pair.mix) > 0)?;
        Some(any)
    }
}

impl Book {
    fn len(&self) -> usize {
        let [first, ..] = &self.mixes;
        first.len()
    }

    /// Reads what is new of it.
    fn read(&mut self, link: &Link, no: i64) -> Result<(), FeedError> {
        for (column, words) in (0_i64..).zip(&mut self.words) {
            if words.is_empty() {
                words.extend([Box::from(""), Box::from("")]);
            }
            let sql = "SELECT no, text FROM feed_word WHERE book = $1 AND col = $2 AND no >= $3 ORDER BY no";
            for row in link.rows(sql, &bound![no, column, words.len() as u64])? {
                if row.int(0)?.unsigned_abs() != words.len() as u64 {
                    return Err(FeedError::Counts);
                }
                words.push(row.text(1)?.into());
            }
        }
        loop {
            let sql =
                "SELECT no, key FROM feed_mix WHERE book = $1 AND no >= $2 ORDER BY no LIMIT $3";
            let rows = link.rows(sql, &bound![no, self.len() as u64, PAGE_ROWS])?;
            for row in &rows {
                let mix: Mix = mix_of(row.bytes(1)?).ok_or(FeedError::Counts)?;
                if row.int(0)?.unsigned_abs() != self.len() as u64 {
                    return Err(FeedError::Counts);
                }
                for (column, word) in self.mixes.iter_mut().zip(mix) {
                    column.push(word);
                }
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Which of its mixes fit.
    fn fitting(&self, filters: &[Filter]) -> Fitting {
        let mut fits = vec![YES; self.len()];
        for filter in filters {
            let (Some(words), Some(mixes)) = (
                self.words.get(filter.column.place()),
                self.mixes.get(filter.column.place()),
            ) else {
                continue;
            };
            let mut holds: Vec<u8> = words
                .iter()
                .map(|word| u8::from(filter.holds(word)))
                .collect();
            if let Some(other) = holds.get_mut(usize::from(OTHER)) {
                *other = PERHAPS;
            }
            for (fits, word) in fits.iter_mut().zip(mixes) {
                let own = holds.get(usize::from(*word)).copied().unwrap_or(0);
                *fits = match (*fits, own) {
                    (0, _) | (_, 0) => 0,
                    (YES, YES) => YES,
                    _ => PERHAPS,
                };
            }
        }
        Fitting { fits }
    }
}

impl Books {
    /// Reads what is new of a book, and says which of its mixes fit.
    pub(super) fn fitting(
        &mut self,
        link: &Link,
        no: i64,
        filters: &[Filter],
    ) -> Result<Fitting, FeedError> {
        self.load(link, no)?;
        let fitting = self.books.get(&no).map(|book| book.fitting(filters));
        fitting.ok_or(FeedError::Counts)
    }

    /// A word of a mix; `None` if it is not told apart, or there is no such mix.
    pub(super) fn word(&self, no: i64, mix: u32, column: Column) -> Option<&str> {
        let book = self.books.get(&no)?;
        let number = book.mixes.get(column.place())?;
        let number = *number.get(usize::try_from(mix).ok()?)?;
        let word = book.words.get(column.place())?.get(usize::from(number))?;
        (number != OTHER).then_some(word)
    }

    /// Reads what is new of a book.
    pub(super) fn load(&mut self, link: &Link, no: i64) -> Result<(), FeedError> {
        self.turn += 1;
        let turn = self.turn;
        let book = self.books.entry(no).or_default();
        book.used = turn;
        let read = book.read(link, no);
        if read.is_err() {
            self.books.remove(&no);
        }
        read
    }

    /// After a question: what was asked for longest ago goes, where there is too much.
    pub(super) fn tidy(&mut self) {
        while self.books.values().map(Book::len).sum::<usize>() > MIXES_KEPT_MAX {
            let oldest = self.books.iter().min_by_key(|(_, book)| book.used);
            let Some(oldest) = oldest.map(|(no, _)| *no) else {
                break;
            };
            self.books.remove(&oldest);
        }
    }
}

impl FeedStore {
    /// Answers a question, at one moment.
    ///
    /// # Errors
    /// The database could not be read, or what it holds is damaged.
    pub fn ask(&self, books: &mut Books, ask: &Ask) -> Result<Answer, FeedError> {
        self.link.snapshot()?;
        let answer = self.ask_within(books, ask);
        // It only read.
        let _ended = self.link.run("ROLLBACK");
        books.tidy();
        answer
    }

    /// Whether there are counts at all: who only reads may be ahead of who writes.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn has_counts(&self) -> Result<bool, FeedError> {
        Ok(self.link.version()? >= COUNTS_SINCE)
    }

    /// Observations that were taken in before there were counts; they are in no answer.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn uncounted(&self) -> Result<u64, FeedError> {
        let sql = "SELECT text FROM feed_word WHERE book = 0 AND col = 0";
        let rows = self.link.rows(sql, [])?;
        let text = rows.first().map_or(Ok(String::new()), |row| row.text(0))?;
        Ok(text.parse().unwrap_or(0))
    }

    /// Number, source and name of every feed.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn feed_names(&self) -> Result<Vec<(i64, String, String)>, FeedError> {
        let sql = "SELECT no, source, name FROM feed ORDER BY source, name";
        let rows = self.link.rows(sql, [])?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))
            .collect()
    }

    /// How many observations went by day of receipt and feed, of feeds that tell all there is. Days since 1970; `to` is not among them.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn gone(&self, from: i64, to: i64) -> Result<Vec<(i64, i64, u64)>, FeedError> {
        let sql = "SELECT received_at / 86400000000, feed, CAST(sum(gone) AS BIGINT) FROM feed_report \
                   WHERE received_at >= $1 AND received_at < $2 AND gone > 0 \
                   GROUP BY received_at / 86400000000, feed ORDER BY received_at / 86400000000 DESC, feed LIMIT 10000";
        let moment = |day: i64| day.saturating_mul(24).saturating_mul(3_600_000_000);
        let rows = self.link.rows(sql, &bound![moment(from), moment(to)])?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.int(1)?, row.int(2)?.unsigned_abs())))
            .collect()
    }

    fn ask_within(&self, books: &mut Books, ask: &Ask) -> Result<Answer, FeedError> {
        let days = ask.to.saturating_sub(ask.from);
        let (mut sums, mut plans) = (Sums::new(), BTreeMap::new());
        let mut bars: BTreeMap<i64, Bar> = BTreeMap::new();
        let mut level = if days <= DAY_DAYS_MAX {
            Level::Day
        } else {
            Level::Week
        };
        let mut split: BTreeMap<(i64, String), u64> = BTreeMap::new();
        let how = How {
            seen: ask.seen,
            whole: true,
        };
        for (own, slots) in stretches(ask, level) {
            let added = add_up(how, &mut sums, |jobs| {
                self.send_slots(books, ask, (own, slots), &mut plans, jobs)
            })?;
            for one in added {
                let begin = match (level, own) {
                    (Level::Week, Level::Day) => Level::Week.begin(Level::week_of(one.slot)),
                    _ => own.begin(one.slot),
                };
                add_bar(&mut bars, begin, &one);
                for (word, count) in books.texts(one.no, ask.split, one.words) {
                    *split.entry((begin, word)).or_insert(0) += count;
                }
            }
        }
        if days <= HOUR_DAYS_MAX
            && let Some(by_hour) = self.by_hour(books, ask, &mut plans, &bars)?
        {
            (level, bars) = (Level::Hour, by_hour);
        }
        let facets = books.facets(&sums);
        Ok(Answer {
            total: sums.values().map(|sum| sum.total).sum(),
            fresh: sums.values().map(|sum| sum.fresh).sum(),
            unsure: sums.values().map(|sum| sum.unsure).sum(),
            facets,
            level,
            bars: bars.into_values().filter(|bar| bar.all > 0).collect(),
            split,
        })
    }

    /// Bars by the hour. `None` where they are not all there: hours go with the observations; the days stay.
    fn by_hour(
        &self,
        books: &mut Books,
        ask: &Ask,
        plans: &mut BTreeMap<i64, Arc<Plan>>,
        days: &BTreeMap<i64, Bar>,
    ) -> Result<Option<BTreeMap<i64, Bar>>, FeedError> {
        let hours = ask.from.saturating_mul(24)..ask.to.saturating_mul(24);
        let how = How {
            seen: ask.seen,
            whole: false,
        };
        let added = add_up(how, &mut Sums::new(), |jobs| {
            self.send_slots(books, ask, (Level::Hour, hours), plans, jobs)
        })?;
        let mut by_hour = BTreeMap::new();
        for one in &added {
            add_bar(&mut by_hour, Level::Hour.begin(one.slot), one);
        }
        let sum = |bars: &BTreeMap<i64, Bar>| bars.values().map(|bar| bar.all).sum::<u64>();
        Ok((sum(&by_hour) == sum(days)).then_some(by_hour))
    }

    /// Reads the slots of a level, one after another.
    fn send_slots(
        &self,
        books: &mut Books,
        ask: &Ask,
        (level, slots): (Level, std::ops::Range<i64>),
        plans: &mut BTreeMap<i64, Arc<Plan>>,
        jobs: &SyncSender<Job>,
    ) -> Result<(), FeedError> {
        let there = "SELECT DISTINCT slot FROM feed_cube WHERE level = $1 AND slot >= $2 AND slot < $3 ORDER BY slot";
        let there = self
            .link
            .rows(there, &bound![level.number(), slots.start, slots.end])?;
        for row in &there {
            let slot = row.int(0)?;
            let sql =
                "SELECT book, counts FROM feed_cube WHERE level = $1 AND slot = $2 ORDER BY book";
            for row in self.link.rows(sql, &bound![level.number(), slot])? {
                let no = row.int(0)?;
                let plan = match plans.get(&no) {
                    Some(plan) => Arc::clone(plan),
                    None => {
                        let plan = Arc::new(Plan {
                            no,
                            fitting: books.fitting(&self.link, no, &ask.filters)?,
                            split: books.split(no, ask.split),
                        });
                        plans.insert(no, Arc::clone(&plan));
                        plan
                    }
                };
                let counts = row.blob(1)?;
                // Somebody takes it as long as this is here.
                let _taken = jobs.send(Job { slot, plan, counts });
            }
        }
        Ok(())
    }
}

fn add_bar(bars: &mut BTreeMap<i64, Bar>, begin: i64, one: &SlotSum) {
    let bar = bars.entry(begin).or_default();
    bar.begin = begin;
    bar.all += one.all;
    bar.fresh += one.fresh;
}

/// The days of a question as slots: whole weeks where bars are weeks, days at the ends.
fn stretches(ask: &Ask, level: Level) -> Vec<(Level, std::ops::Range<i64>)> {
    if level == Level::Day {
        return vec![(Level::Day, ask.from..ask.to)];
    }
    let first = Level::week_of(ask.from.saturating_add(6));
    let last = Level::week_of(ask.to);
    vec![
        (Level::Day, ask.from..Level::monday(first)),
        (Level::Week, first..last),
        (Level::Day, Level::monday(last)..ask.to),
    ]
}

impl Books {
    /// The word of each mix in a column.
    fn split(&self, no: i64, column: Option<Column>) -> Option<Vec<u16>> {
        let mixes = &self.books.get(&no)?.mixes;
        mixes.get(column?.place()).cloned()
    }

    fn texts(
        &self,
        no: i64,
        column: Option<Column>,
        counts: HashMap<u16, u64>,
    ) -> Vec<(String, u64)> {
        let book = self.books.get(&no).zip(column);
        let words = book.and_then(|(book, column)| book.words.get(column.place()));
        let text = |number: u16| {
            let text = words.and_then(|words| words.get(usize::from(number)));
            text.map(ToString::to_string).unwrap_or_default()
        };
        let counts = counts.into_iter();
        counts.map(|(word, count)| (text(word), count)).collect()
    }

    fn facets(&self, sums: &Sums) -> [Facet; COLUMNS] {
        let mut facets: [Facet; COLUMNS] = Default::default();
        let mut found: [HashMap<&str, u64>; COLUMNS] = Default::default();
        for (no, sum) in sums {
            let Some(book) = self.books.get(no) else {
                continue;
            };
            let some: Vec<(usize, u64)> = (0..)
                .zip(sum.counts.iter().copied())
                .filter(|(_, count)| *count > 0)
                .collect();
            let columns = book.words.iter().zip(&book.mixes);
            for ((words, mixes), (found, facet)) in columns.zip(found.iter_mut().zip(&mut facets)) {
                let mut counts = vec![0_u64; words.len()];
                for (mix, count) in &some {
                    let word = mixes.get(*mix).map_or(0, |word| usize::from(*word));
                    if let Some(own) = counts.get_mut(word) {
                        *own += count;
                    }
                }
                for (number, (word, count)) in words.iter().zip(counts).enumerate() {
                    if number == usize::from(OTHER) {
                        facet.other += count;
                    } else if count > 0 {
                        *found.entry(word).or_insert(0) += count;
                    }
                }
            }
        }
        for (facet, found) in facets.iter_mut().zip(found) {
            let words = found.into_iter().map(|(word, count)| Count {
                word: word.to_owned(),
                count,
            });
            facet.words = words.collect();
            facet
                .words
                .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
        }
        facets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_and_the_days_at_their_ends_are_all_days_once() {
        for (from, to) in [(100, 300), (102, 171), (103, 166), (98, 162)] {
            let ask = Ask {
                from,
                to,
                ..Ask::default()
            };
            let mut days = Vec::new();
            for (level, slots) in stretches(&ask, Level::Week) {
                for slot in slots {
                    match level {
                        Level::Week => days.extend((0..7).map(|day| Level::monday(slot) + day)),
                        _ => days.push(slot),
                    }
                }
            }
            assert_eq!(days, (from..to).collect::<Vec<_>>());
        }
    }
}
