//! The observations themselves that fit a question, the last received first. Which segments hold any is told by their counts, or by the
//! filter of their sources where one address is asked for; few are opened for one answer, and where it ended is said.

use std::collections::BTreeMap;
use std::net::IpAddr;

use cairn_kernel::time::Micros;

pub use cairn_kernel::net::number;

use super::ask::{Ask, Books, Count, Filter, Fitting};
use super::mix::{COLUMNS, Column, port_of};
use super::months::Place;
use super::segment::{Key, Observed, Rows, source_of};
use super::{FeedError, FeedStore, filter};
use crate::sql::{Row, bound};

/// Segments whose counts are looked at for one answer.
pub const LOOKED_MAX: u64 = 4_096;
/// The same where filters of sources are looked at, which are twenty times as large.
pub const LOOKED_BY_SOURCE_MAX: u64 = 1_024;
/// Segments that are opened for a page of rows.
pub const OPENED_MAX: u64 = 8;
/// Segments that are opened for a file of rows.
pub const FILE_OPENED_MAX: u64 = 128;
/// Segments that are opened where rows are counted.
pub const COUNTED_MAX: u64 = 32;
const PAGE_ROWS: i64 = 128;
/// The first of them: most questions need no more.
const FIRST_ROWS: i64 = 4;
const DAY_US: i64 = 86_400_000_000;

/// What only the rows themselves tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beyond {
    /// Addresses from the first to the second, as [`number`] tells them.
    pub range: Option<(u128, u128)>,
    /// A name, and all names below it.
    pub domain: Option<String>,
    /// The key of the one source that this is, so that its filter can be asked.
    pub source: Option<Key>,
}

impl Beyond {
    /// Whether it asks for anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.range.is_none() && self.domain.is_none()
    }

    fn holds(&self, row: &Observed<'_>) -> bool {
        let inside = |(from, to): (u128, u128)| {
            let ip = row.ip.map(number);
            ip.is_some_and(|ip| from <= ip && ip <= to)
        };
        self.range.is_none_or(inside)
            && self.domain.as_deref().is_none_or(|domain| {
                let above = row.fqdn.strip_suffix(domain);
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            })
    }
}

/// Where an answer goes on: segments before the first number, and of that one rows before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Number of the segment.
    pub segment: i64,
    /// Rows of it that are left.
    pub rows: usize,
}

/// An observation as it was kept, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// When it was observed.
    pub at: Micros,
    /// Number of its report; its row there.
    pub report: i64,
    /// First byte of its row.
    pub offset: u64,
    /// Bytes of its row.
    pub bytes: u32,
    /// Each column that counts go by, as a word; empty: not told.
    pub words: [String; COLUMNS],
    /// Address of the source.
    pub ip: Option<IpAddr>,
    /// Port of the source.
    pub port: Option<u16>,
    /// Name of the source.
    pub fqdn: String,
    /// URL of the source.
    pub url: String,
    /// Whom it called.
    pub to_ip: Option<IpAddr>,
    /// At which port.
    pub to_port: Option<u16>,
    /// Whether it was new then; `None`: not kept.
    pub fresh: Option<bool>,
}

impl Found {
    /// A column's word.
    #[must_use]
    pub fn word(&self, column: Column) -> &str {
        self.words.get(column.place()).map_or("", |word| word)
    }

    /// What was kept of it; without its key.
    #[must_use]
    pub fn observed(&self) -> Observed<'_> {
        Observed {
            at: self.at,
            offset: self.offset,
            bytes: self.bytes,
            kind: self.word(Column::Kind),
            identifier: self.word(Column::Identifier),
            malware: self.word(Column::Malware),
            transport: self.word(Column::Transport),
            severity: self.word(Column::Severity),
            cc: self.word(Column::Cc),
            ip: self.ip,
            port: self.port,
            fqdn: &self.fqdn,
            url: &self.url,
            to_ip: self.to_ip,
            to_port: self.to_port,
            asn: self.word(Column::Asn).parse().ok(),
            owner: self.word(Column::Owner).parse().ok(),
            ..Observed::default()
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sifted {
    /// The last received first.
    pub rows: Vec<Found>,
    /// Where it goes on; `None`: that was all.
    pub next: Option<Cursor>,
    /// When what was looked at first was received: all after it was looked at. `None`: all was.
    pub since: Option<Micros>,
    /// Segments that were opened.
    pub opened: u64,
    /// Where rows are counted: how many fit in what was looked at, new ones, by day and by column.
    pub total: u64,
    /// Those that were new.
    pub fresh: u64,
    /// By day since 1970.
    pub days: BTreeMap<i64, (u64, u64)>,
    /// By column.
    pub facets: [Vec<Count>; COLUMNS],
}

/// How much is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    /// Where the answer before ended.
    pub after: Option<Cursor>,
    /// Rows at most.
    pub rows: usize,
    /// Segments that are opened at most, such as [`OPENED_MAX`].
    pub opened: u64,
    /// Count all that fit in what is looked at, which goes on until segments run out.
    pub count: bool,
}

impl Want {
    /// A page of rows.
    #[must_use]
    pub const fn page(after: Option<Cursor>, rows: usize) -> Self {
        Self {
            after,
            rows,
            opened: OPENED_MAX,
            count: false,
        }
    }

    /// Rows for a file, which may take longer.
    #[must_use]
    pub const fn file(after: Option<Cursor>, rows: usize) -> Self {
        Self {
            opened: FILE_OPENED_MAX,
            ..Self::page(after, rows)
        }
    }
}

/// Words of a row, as counts go by them.
fn words_of(feed: i64, row: &Observed<'_>) -> [String; COLUMNS] {
    let text = |number: Option<String>| number.unwrap_or_default();
    let port = port_of(row.kind, row.port, row.to_port);
    [
        feed.to_string(),
        row.kind.to_owned(),
        row.identifier.to_owned(),
        row.malware.to_owned(),
        text(port.map(|port| port.to_string())),
        row.transport.to_owned(),
        row.severity.to_owned(),
        row.cc.to_owned(),
        text(row.asn.map(|asn| asn.to_string())),
        text(row.owner.map(|owner| owner.to_string())),
    ]
}

pub(super) fn found(feed: i64, report: i64, row: &Observed<'_>, fresh: Option<bool>) -> Found {
    Found {
        at: row.at,
        report,
        offset: row.offset,
        bytes: row.bytes,
        words: words_of(feed, row),
        ip: row.ip,
        port: row.port,
        fqdn: row.fqdn.to_owned(),
        url: row.url.to_owned(),
        to_ip: row.to_ip,
        to_port: row.to_port,
        fresh,
    }
}

/// Whether one filter lets a row through, without making words of all of it.
fn holds(filter: &Filter, feed: &str, row: &Observed<'_>) -> bool {
    let number = |number: Option<u64>| {
        filter.holds(&number.map(|number| number.to_string()).unwrap_or_default())
    };
    match filter.column {
        Column::Feed => filter.holds(feed),
        Column::Kind => filter.holds(row.kind),
        Column::Identifier => filter.holds(row.identifier),
        Column::Malware => filter.holds(row.malware),
        Column::Transport => filter.holds(row.transport),
        Column::Severity => filter.holds(row.severity),
        Column::Cc => filter.holds(row.cc),
        Column::Port => number(port_of(row.kind, row.port, row.to_port).map(u64::from)),
        Column::Asn => number(row.asn.map(u64::from)),
        Column::Owner => number(row.owner.map(i64::unsigned_abs)),
    }
}

/// A segment that may hold something.
struct Candidate {
    no: i64,
    place: Place,
    report: i64,
    feed: i64,
    received: Micros,
}

impl FeedStore {
    /// The observations that fit, the last received first.
    ///
    /// # Errors
    /// The database or a segment could not be read.
    pub fn sift(
        &self,
        books: &mut Books,
        ask: &Ask,
        beyond: &Beyond,
        want: &Want,
    ) -> Result<Sifted, FeedError> {
        self.link.snapshot()?;
        let sifted = self.sift_within(books, ask, beyond, want);
        // It only read.
        let _ended = self.link.run("ROLLBACK");
        books.tidy();
        sifted
    }

    fn sift_within(
        &self,
        books: &mut Books,
        ask: &Ask,
        beyond: &Beyond,
        want: &Want,
    ) -> Result<Sifted, FeedError> {
        let mut sifted = Sifted::default();
        let mut counts: [BTreeMap<String, u64>; COLUMNS] = Default::default();
        let mut fitting: BTreeMap<i64, Fitting> = BTreeMap::new();
        let (looked_max, opened_max) = (
            if beyond.source.is_some() {
                LOOKED_BY_SOURCE_MAX
            } else {
                LOOKED_MAX
            },
            if want.count { COUNTED_MAX } else { want.opened },
        );
        let mut before = want
            .after
            .map_or(i64::MAX, |after| after.segment.saturating_add(1));
        let (mut looked, mut many) = (0, FIRST_ROWS);
        'all: loop {
            let page = self.candidates(ask, beyond, before, many)?;
            many = (many * 4).min(PAGE_ROWS);
            if page.is_empty() {
                break;
            }
            for row in &page {
                let one = candidate(row)?;
                before = one.no;
                let upto = want.after.filter(|after| after.segment == one.no);
                let stop = looked >= looked_max
                    || sifted.opened >= opened_max
                    || (!want.count && sifted.rows.len() >= want.rows);
                if stop {
                    sifted.next = Some(Cursor {
                        segment: one.no,
                        rows: usize::MAX,
                    });
                    break 'all;
                }
                looked += 1;
                sifted.since = Some(one.received);
                if !self.may_hold(books, ask, beyond, row, &mut fitting)? {
                    continue;
                }
                sifted.opened += 1;
                let rows = self.segment(&one.place)?;
                let left = upto.map_or(usize::MAX, |after| after.rows);
                if let Some(next) = sift_rows(
                    &one,
                    &rows,
                    left,
                    ask,
                    beyond,
                    want,
                    &mut sifted,
                    &mut counts,
                ) {
                    sifted.next = Some(Cursor {
                        segment: one.no,
                        rows: next,
                    });
                    break 'all;
                }
            }
        }
        if sifted.next.is_none() {
            sifted.since = None;
        }
        for (facet, counts) in sifted.facets.iter_mut().zip(counts) {
            let words = counts.into_iter();
            *facet = words.map(|(word, count)| Count { word, count }).collect();
            facet.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
        }
        Ok(sifted)
    }

    fn candidates(
        &self,
        ask: &Ask,
        beyond: &Beyond,
        before: i64,
        many: i64,
    ) -> Result<Vec<Row>, FeedError> {
        let (from, to) = (
            ask.from.saturating_mul(DAY_US),
            ask.to.saturating_mul(DAY_US),
        );
        let by_source = "SELECT s.no, s.month, s.start, s.bytes, s.report, r.feed, r.received_at, p.book, p.counts, s.sources \
             FROM feed_segment s JOIN feed_report r ON r.no = s.report LEFT JOIN feed_part p ON p.segment = s.no \
             WHERE s.no < $1 AND s.to_at >= $2 AND s.from_at < $3 ORDER BY s.no DESC LIMIT $4";
        let by_counts = "SELECT s.no, s.month, s.start, s.bytes, s.report, r.feed, r.received_at, p.book, p.counts \
             FROM feed_segment s JOIN feed_report r ON r.no = s.report LEFT JOIN feed_part p ON p.segment = s.no \
             WHERE s.no < $1 AND s.to_at >= $2 AND s.from_at < $3 ORDER BY s.no DESC LIMIT $4";
        let sql = if beyond.source.is_some() {
            by_source
        } else {
            by_counts
        };
        self.link.rows(sql, bound![before, from, to, many])
    }

    /// Whether a segment is worth opening. `false` is sure.
    fn may_hold(
        &self,
        books: &mut Books,
        ask: &Ask,
        beyond: &Beyond,
        row: &Row,
        fitting: &mut BTreeMap<i64, Fitting>,
    ) -> Result<bool, FeedError> {
        if let Some(source) = &beyond.source
            && !filter::may_hold(row.bytes(9)?, source_of(source))
        {
            return Ok(false);
        }
        // Taken in before there were counts.
        let Some(book) = row.int_opt(7)? else {
            return Ok(true);
        };
        if ask.filters.is_empty() {
            return Ok(true);
        }
        let own = match fitting.entry(book) {
            std::collections::btree_map::Entry::Occupied(own) => own.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(books.fitting(&self.link, book, &ask.filters)?)
            }
        };
        own.any(row.bytes(8)?).ok_or(FeedError::Counts)
    }
}

fn candidate(row: &Row) -> Result<Candidate, FeedError> {
    Ok(Candidate {
        no: row.int(0)?,
        place: Place {
            month: row.text(1)?,
            start: row.int(2)?.unsigned_abs(),
            bytes: row.int(3)?.unsigned_abs(),
        },
        report: row.int(4)?,
        feed: row.int(5)?,
        received: row.at(6)?,
    })
}

/// The rows of a segment, the last first. Gives how many are left where there are enough.
#[expect(clippy::too_many_arguments, reason = "each is one thing")]
fn sift_rows(
    one: &Candidate,
    rows: &Rows,
    left: usize,
    ask: &Ask,
    beyond: &Beyond,
    want: &Want,
    sifted: &mut Sifted,
    counts: &mut [BTreeMap<String, u64>; COLUMNS],
) -> Option<usize> {
    let feed = one.feed.to_string();
    let days = ask.from.saturating_mul(DAY_US)..ask.to.saturating_mul(DAY_US);
    for n in (0..rows.len().min(left)).rev() {
        let Some(row) = rows.get(n) else { continue };
        let fresh = rows.was(n).map(|was| was.fresh);
        let fits = days.contains(&row.at.0)
            && ask.seen.holds(fresh)
            && beyond.holds(&row)
            && ask.filters.iter().all(|filter| holds(filter, &feed, &row));
        if !fits {
            continue;
        }
        if sifted.rows.len() < want.rows {
            sifted.rows.push(found(one.feed, one.report, &row, fresh));
        } else if !want.count {
            return Some(n + 1);
        }
        if want.count {
            let new = u64::from(fresh == Some(true));
            sifted.total += 1;
            sifted.fresh += new;
            let day = sifted.days.entry(row.at.0.div_euclid(DAY_US)).or_default();
            day.0 += 1;
            day.1 += new;
            for (counts, word) in counts.iter_mut().zip(words_of(one.feed, &row)) {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
    }
    None
}
