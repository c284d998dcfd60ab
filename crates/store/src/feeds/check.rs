//! Counts are held against each other: those of segments against the segments, of days against the daily counts, of hours and weeks against
//! those of days.

use std::collections::BTreeMap;

use super::ask::Books;
use super::cube::{Level, Pair, each, fold};
use super::mix::Column;
use super::{FeedError, FeedStore};
use crate::sql::bound;

/// Rows read at a time.
const PAGE_ROWS: i64 = 256;

/// Day's counts by feed, type, network, country, owner: all, new.
type Cells = BTreeMap<(i64, String, i64, String, i64), (u64, u64)>;

fn plain(counts: &[u8]) -> Option<Vec<Pair>> {
    let mut pairs = Vec::new();
    each(counts, |pair| pairs.push(pair))?;
    Some(pairs)
}

impl FeedStore {
    /// All counts as text, a line for each stretch of time and mix of words, in order: the same however they came about. For comparing
    /// two stores.
    ///
    /// # Errors
    /// The database could not be read, or what it holds is damaged.
    pub fn counts_as_text(&self) -> Result<Vec<String>, FeedError> {
        let mut books = Books::default();
        let mut lines = Vec::new();
        let slots = "SELECT DISTINCT level, slot FROM feed_cube ORDER BY level, slot";
        for row in self.link.rows(slots, [])? {
            let (number, slot) = (row.int(0)?, row.int(1)?);
            let level = Level::ALL
                .into_iter()
                .find(|level| level.number() == number);
            let counts = self.slot(level.ok_or(FeedError::Counts)?, slot)?;
            for (book, pairs) in counts.ok_or(FeedError::Counts)? {
                books.load(&self.link, book)?;
                let line = |pair: &Pair| {
                    let words = Column::ALL.map(|column| {
                        books
                            .word(book, pair.mix, column)
                            .unwrap_or("(not told apart)")
                    });
                    format!(
                        "{number},{slot},{book},{},{},{}",
                        words.join(","),
                        pair.all,
                        pair.fresh
                    )
                };
                lines.extend(pairs.iter().map(line));
            }
        }
        lines.sort_unstable();
        Ok(lines)
    }

    pub(super) fn check_counts(&self, wrong: &mut dyn FnMut(String)) -> Result<(), FeedError> {
        if !self.has_counts()? {
            return Ok(());
        }
        self.check_parts(wrong)?;
        let mut books = Books::default();
        let counted = self.uncounted()? == 0;
        let mut week: Option<(i64, BTreeMap<i64, Vec<Pair>>)> = None;
        let mut last = i64::MIN;
        loop {
            let sql = "SELECT coalesce(min(slot), 0), count(*) FROM feed_cube WHERE level = 1 AND slot > $1";
            let rows = self.link.rows(sql, &bound![last])?;
            let there = rows.first().map_or(Ok(0), |row| row.int(1))? > 0;
            let day = rows.first().map_or(Ok(0), |row| row.int(0))?;
            let of = Level::week_of(day);
            if let Some((other, counts)) = week.take_if(|(other, _)| !there || *other != of) {
                self.check_week(other, counts, wrong)?;
            }
            if !there {
                break;
            }
            last = day;
            let Some(counts) = self.slot(Level::Day, day)? else {
                wrong(format!("counts of day {day}: damaged"));
                continue;
            };
            self.check_hours(day, &counts, wrong)?;
            if counted {
                self.check_cells(&mut books, day, &counts, wrong)?;
            }
            let (_, sums) = week.get_or_insert_with(|| (of, BTreeMap::new()));
            for (book, pairs) in counts {
                let sum = sums.entry(book).or_default();
                sum.extend(pairs);
                *sum = fold(std::mem::take(sum));
            }
        }
        Ok(())
    }

    fn check_parts(&self, wrong: &mut dyn FnMut(String)) -> Result<(), FeedError> {
        let mut last = 0;
        loop {
            let sql = "SELECT p.segment, s.observations, p.counts FROM feed_part p LEFT JOIN feed_segment s ON s.no = p.segment \
                       WHERE p.segment > $1 ORDER BY p.segment LIMIT $2";
            let rows = self.link.rows(sql, &bound![last, PAGE_ROWS])?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                last = row.int(0)?;
                let pairs = plain(row.bytes(2)?);
                let sum = pairs.map(|pairs| pairs.iter().map(|pair| pair.all).sum::<u64>());
                if sum != row.int_opt(1)?.map(i64::unsigned_abs) {
                    wrong(format!("segment {last}: its counts differ from it"));
                }
            }
        }
    }

    /// All counts of a slot, by book. `None` if any is damaged.
    fn slot(&self, level: Level, slot: i64) -> Result<Option<BTreeMap<i64, Vec<Pair>>>, FeedError> {
        let sql =
            "SELECT book, counts FROM feed_cube WHERE level = $1 AND slot = $2 ORDER BY book, part";
        let mut all: BTreeMap<i64, Vec<Pair>> = BTreeMap::new();
        for row in self.link.rows(sql, &bound![level.number(), slot])? {
            let Some(pairs) = plain(row.bytes(1)?) else {
                return Ok(None);
            };
            all.entry(row.int(0)?).or_default().extend(pairs);
        }
        Ok(Some(
            all.into_iter()
                .map(|(book, all)| (book, fold(all)))
                .collect(),
        ))
    }

    fn check_week(
        &self,
        week: i64,
        days: BTreeMap<i64, Vec<Pair>>,
        wrong: &mut dyn FnMut(String),
    ) -> Result<(), FeedError> {
        if self.slot(Level::Week, week)? != Some(days) {
            wrong(format!(
                "counts of week {week}: differ from those of its days"
            ));
        }
        Ok(())
    }

    /// Hours go by whole days.
    fn check_hours(
        &self,
        day: i64,
        counts: &BTreeMap<i64, Vec<Pair>>,
        wrong: &mut dyn FnMut(String),
    ) -> Result<(), FeedError> {
        let mut all: BTreeMap<i64, Vec<Pair>> = BTreeMap::new();
        for hour in day.saturating_mul(24)..day.saturating_mul(24).saturating_add(24) {
            let Some(own) = self.slot(Level::Hour, hour)? else {
                wrong(format!("counts of hour {hour}: damaged"));
                return Ok(());
            };
            for (book, pairs) in own {
                all.entry(book).or_default().extend(pairs);
            }
        }
        let all: BTreeMap<i64, Vec<Pair>> = all
            .into_iter()
            .map(|(book, all)| (book, fold(all)))
            .collect();
        if !all.is_empty() && all != *counts {
            wrong(format!(
                "counts of day {day}: differ from those of its hours"
            ));
        }
        Ok(())
    }

    /// Against the daily counts, which were made in another way. Whatever is not told apart is left out there and here.
    fn check_cells(
        &self,
        books: &mut Books,
        day: i64,
        counts: &BTreeMap<i64, Vec<Pair>>,
        wrong: &mut dyn FnMut(String),
    ) -> Result<(), FeedError> {
        let sql =
            "SELECT feed, kind, asn, cc, owner, observations, fresh FROM feed_day WHERE day = $1";
        let mut told: Cells = BTreeMap::new();
        for row in self.link.rows(sql, &bound![day])? {
            let key = (
                row.int(0)?,
                row.text(1)?,
                row.int(2)?,
                row.text(3)?,
                row.int(4)?,
            );
            told.insert(
                key,
                (row.int(5)?.unsigned_abs(), row.int(6)?.unsigned_abs()),
            );
        }
        let mut own: Cells = BTreeMap::new();
        for (book, pairs) in counts {
            books.load(&self.link, *book)?;
            for pair in pairs {
                let columns = [
                    Column::Feed,
                    Column::Kind,
                    Column::Asn,
                    Column::Cc,
                    Column::Owner,
                ];
                let words = columns.map(|column| books.word(*book, pair.mix, column));
                let [Some(feed), Some(kind), Some(asn), Some(cc), Some(owner)] = words else {
                    // Not told apart: the day's sums are compared by feed elsewhere.
                    return Ok(());
                };
                let number = |text: &str| text.parse().unwrap_or(0);
                let key = (
                    number(feed),
                    kind.to_owned(),
                    number(asn),
                    cc.to_owned(),
                    number(owner),
                );
                let cell = own.entry(key).or_default();
                cell.0 += pair.all;
                cell.1 += pair.fresh;
            }
        }
        if own != told {
            wrong(format!("counts of day {day}: differ from the daily counts"));
        }
        Ok(())
    }
}
