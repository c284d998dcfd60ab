//! Adding to the counts: in the transaction that commits the rows that they count, as small parts that are put together now and then.

use std::collections::HashMap;

use cairn_kernel::time::Micros;

use super::cube::{Level, Pair, fold, hour_of, merge, pack};
use super::mix::Book;
use super::months::month_of;
use super::segment::Rows;
use super::{FeedError, FeedStore};
use crate::params;
use crate::sql::{Value, bound};

/// Parts of one slot after which they are put together.
const PARTS_MAX: usize = 16;
/// Slots whose parts are remembered.
const SLOTS_KEPT: usize = 50_000;

/// Where counts stand: level, slot, book.
type Slot = (i64, i64, i64);

/// What who writes counts remembers of them.
#[derive(Debug, Default)]
pub(super) struct Counting {
    book: Option<Book>,
    /// How many parts a slot has.
    parts: HashMap<Slot, usize>,
}

/// The book of what is received at a moment: its year.
pub(super) fn book_of(received: Micros) -> i64 {
    let month = month_of(received);
    let year = month.rsplit_once('-').map(|(year, _)| year);
    year.and_then(|year| year.parse().ok()).unwrap_or_default()
}

impl FeedStore {
    /// Counts the rows of a segment. Called inside its transaction; what fails ends the store, and with it what is remembered here.
    pub(super) fn tally(
        &mut self,
        feed: i64,
        received: Micros,
        rows: &Rows,
        fresh: &[bool],
        segment: i64,
    ) -> Result<(), FeedError> {
        let no = book_of(received);
        let mut book = match self.counting.book.take().filter(|book| book.no == no) {
            Some(book) => book,
            None => Book::open(&self.link, no)?,
        };
        let mixed = book.mix(feed, rows);
        let numbers = book.number(&self.link, &mixed)?;
        self.counting.book = Some(book);
        let mut cells = Vec::with_capacity(rows.len());
        for ((at, place), fresh) in rows.at.iter().zip(&mixed.rows).zip(fresh) {
            let number = usize::try_from(*place).ok();
            let number = number.and_then(|place| numbers.get(place));
            let mix = number.copied().ok_or(FeedError::Broken)?;
            cells.push((hour_of(*at), mix, *fresh));
        }
        let whole = fold(
            cells
                .iter()
                .map(|(_, mix, fresh)| pair(*mix, *fresh))
                .collect(),
        );
        self.link.exec(
            "INSERT INTO feed_part(segment, book, counts) VALUES ($1, $2, $3)",
            &bound![segment, no, pack(&whole)],
        )?;
        let mut added: Vec<(Slot, Vec<u8>)> = Vec::new();
        for level in Level::ALL {
            for (slot, pairs) in by_slot(&mut cells, level) {
                added.push(((level.number(), slot, no), pack(&pairs)));
            }
        }
        self.add_parts(added, segment)
    }

    fn add_parts(&mut self, added: Vec<(Slot, Vec<u8>)>, segment: i64) -> Result<(), FeedError> {
        if self.counting.parts.len() > SLOTS_KEPT {
            self.counting.parts.clear();
        }
        let mut new: Vec<Vec<Value>> = Vec::with_capacity(added.len());
        for (slot, counts) in added {
            let (level, number, book) = slot;
            let known = match self.counting.parts.get(&slot) {
                Some(known) => *known,
                None => self.parts_of(slot)?,
            };
            if known + 1 < PARTS_MAX {
                self.counting.parts.insert(slot, known + 1);
                new.push(params![level, number, book, segment, counts]);
                continue;
            }
            let sql = "SELECT counts FROM feed_cube WHERE level = $1 AND slot = $2 AND book = $3";
            let rows = self.link.rows(sql, &bound![level, number, book])?;
            let mut parts = vec![counts];
            for row in &rows {
                parts.push(row.bytes(0)?.to_vec());
            }
            let merged = merge(parts).ok_or(FeedError::Counts)?;
            let sql = "DELETE FROM feed_cube WHERE level = $1 AND slot = $2 AND book = $3";
            self.link.exec(sql, &bound![level, number, book])?;
            self.counting.parts.insert(slot, 1);
            new.push(params![level, number, book, segment, merged]);
        }
        let sql =
            "INSERT INTO feed_cube(level, slot, book, part, counts) VALUES ($1, $2, $3, $4, $5)";
        self.link.each(sql, &new)
    }

    fn parts_of(&self, (level, slot, book): Slot) -> Result<usize, FeedError> {
        let sql = "SELECT count(*) FROM feed_cube WHERE level = $1 AND slot = $2 AND book = $3";
        let rows = self.link.rows(sql, &bound![level, slot, book])?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

fn pair(mix: u32, fresh: bool) -> Pair {
    Pair {
        mix,
        all: 1,
        fresh: u64::from(fresh),
    }
}

/// Hours become slots of a level, which must be wider than the one before.
fn by_slot(cells: &mut [(i64, u32, bool)], level: Level) -> Vec<(i64, Vec<Pair>)> {
    cells.sort_unstable_by_key(|(hour, mix, _)| (level.of_hour(*hour), *mix));
    let mut out: Vec<(i64, Vec<Pair>)> = Vec::new();
    for (hour, mix, fresh) in cells.iter() {
        let slot = level.of_hour(*hour);
        if out.last().is_none_or(|(last, _)| *last != slot) {
            out.push((slot, Vec::new()));
        }
        let Some((_, pairs)) = out.last_mut() else {
            continue;
        };
        match pairs.last_mut().filter(|last| last.mix == *mix) {
            Some(last) => {
                last.all += 1;
                last.fresh += u64::from(*fresh);
            }
            None => pairs.push(pair(*mix, *fresh)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::feeds::ask::{Ask, Books, Filter};
    use crate::feeds::mix::Column;
    use crate::feeds::segment::Observed;
    use crate::feeds::{Begin, Begun, FeedWish};

    /// 2050-01-01 in the afternoon.
    const AT: Micros = Micros(2_524_651_200_000_000);

    #[test]
    fn what_does_not_fit_is_said_to_be_unsure() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = FeedStore::open(&Options::sqlite(dir.path(), "test.example/log")).unwrap();
        let mut coming = store.take_raw().unwrap();
        coming.push(b"x").unwrap();
        let raw = store.keep_raw(coming, AT).unwrap();
        let wish = FeedWish {
            source: "example",
            name: "scan",
            window_us: None,
            complete: None,
        };
        let feed = store.feed(&wish, AT).unwrap();
        let begin = Begin {
            raw: &raw,
            part: 0,
            member: "x",
            schema: "",
            now: AT,
        };
        let Begun::Open(mut report) = store.begin(&feed, &begin).unwrap() else {
            panic!("it is new");
        };
        assert_eq!(book_of(AT), 2050);
        store.counting.book = Some(Book::open(&store.link, 2050).unwrap().bounded(3));
        let identifiers: Vec<String> = (0..9_u8).map(|n| format!("thing-{n}")).collect();
        for some in identifiers.chunks(4) {
            let mut rows = Rows::default();
            for (n, identifier) in (0_u8..).zip(some) {
                rows.push(&Observed {
                    key: [identifier.as_bytes()[6]; 16],
                    at: AT,
                    kind: if n % 2 == 0 { "scanner" } else { "other" },
                    identifier,
                    ..Observed::default()
                });
            }
            store.commit(&mut report, &rows, &[], "", 1).unwrap();
        }
        let day = AT.0.div_euclid(86_400_000_000);
        let mut books = Books::default();
        let mut ask = |column: Column, word: &str| {
            let filter = Filter {
                column,
                words: [word.to_owned()].into(),
                not: false,
            };
            let ask = Ask {
                from: day,
                to: day + 1,
                filters: vec![filter],
                ..Ask::default()
            };
            let answer = store.ask(&mut books, &ask).unwrap();
            (
                answer.total,
                answer.unsure,
                answer.facet(Column::Identifier).other,
            )
        };
        assert_eq!(ask(Column::Identifier, "thing-1"), (1, 6, 0));
        assert_eq!(ask(Column::Identifier, "thing-8"), (0, 6, 0));
        assert_eq!(
            ask(Column::Kind, "scanner"),
            (5, 0, 3),
            "few are all told apart"
        );
        let mut found = Vec::new();
        store.verify(&mut |what| found.push(what)).unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}
