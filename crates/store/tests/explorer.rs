//! Counts of observations: what they answer is what going through all rows gives, on both databases, however the rows came in.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use cairn_kernel::time::Micros;
use cairn_store::Options;
use cairn_store::feeds::ask::{Ask, Books, Filter, Seen};
use cairn_store::feeds::cube::Level;
use cairn_store::feeds::mix::{Column, port_of};
use cairn_store::feeds::segment::{Key, Observed, Rows};
use cairn_store::feeds::sift::{Beyond, Want, number};
use cairn_store::feeds::walk::Source;
use cairn_store::feeds::{Begin, Begun, FeedStore, FeedWish, Report};
use cairn_testkit::on_both;
use cairn_testkit::sample::START;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

async fn with<T: Send + 'static>(
    options: Options,
    work: impl FnOnce(&Options) -> T + Send + 'static,
) -> T {
    tokio::task::spawn_blocking(move || work(&options))
        .await
        .unwrap()
}

/// Numbers that look like chance and are the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Small numbers more often.
    fn skewed(&mut self, below: u64) -> u64 {
        let one = self.next() % below;
        one * (self.next() % below) / below
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let at = self.skewed(all.len() as u64) as usize;
        all[at]
    }
}

const KINDS: [&str; 5] = [
    "scanner",
    "infected-system",
    "vulnerable-system",
    "brute-force",
    "other",
];
const MALWARE: [&str; 4] = ["", "zed", "yon", "rot"];
const COUNTRIES: [&str; 4] = ["NZ", "AU", "", "US"];
const SEVERITIES: [&str; 3] = ["high", "", "low"];

fn key(parts: &[u64]) -> Key {
    let mut key = [0; 16];
    let source = parts[0].wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    key[..6].copy_from_slice(&source[..6]);
    let rest = parts
        .iter()
        .fold(7_u64, |sum, part| sum.wrapping_mul(31).wrapping_add(*part));
    key[6..14].copy_from_slice(&rest.to_be_bytes());
    key
}

/// A row as it is told, kept here to go through.
#[derive(Debug, Clone)]
struct Told {
    feed: i64,
    at: i64,
    offset: u64,
    key: Key,
    kind: &'static str,
    malware: &'static str,
    cc: &'static str,
    severity: &'static str,
    ip: IpAddr,
    port: u16,
    asn: u32,
    owner: u64,
    fqdn: String,
    fresh: bool,
    segment: i64,
}

fn told(dice: &mut Dice, at: i64, offset: u64) -> Told {
    let host = dice.skewed(400);
    let kind = dice.pick(&KINDS);
    let port = [22, 80, 443, 40_000 + (dice.next() % 200) as u16][dice.skewed(4) as usize];
    let malware = if kind == "infected-system" {
        dice.pick(&MALWARE)
    } else {
        ""
    };
    let ip = IpAddr::from([198, 51, (host / 250) as u8, (host % 250) as u8]);
    let kind_no = KINDS.iter().position(|own| *own == kind).unwrap() as u64;
    Told {
        feed: 0,
        at,
        offset,
        key: key(&[host, kind_no, u64::from(port), malware.len() as u64]),
        kind,
        malware,
        cc: COUNTRIES[(host % 4) as usize],
        severity: SEVERITIES[(kind_no % 3) as usize],
        ip,
        port,
        asn: 64_496 + (host % 7) as u32,
        owner: host % 5,
        fqdn: if host.is_multiple_of(3) {
            format!("h{host}.shop.example")
        } else {
            String::new()
        },
        fresh: false,
        segment: 0,
    }
}

fn observed(told: &Told) -> Observed<'_> {
    Observed {
        key: told.key,
        at: Micros(told.at),
        offset: told.offset,
        bytes: 10,
        kind: told.kind,
        malware: told.malware,
        severity: told.severity,
        cc: told.cc,
        transport: "tcp",
        ip: Some(told.ip),
        port: Some(told.port),
        to_port: Some(told.port % 50),
        fqdn: &told.fqdn,
        asn: Some(told.asn),
        owner: Some(told.owner as i64).filter(|owner| *owner > 0),
        ..Observed::default()
    }
}

fn begin(store: &mut FeedStore, feed: &str, content: &str, at: Micros) -> Report {
    let mut coming = store.take_raw().unwrap();
    coming.push(content.as_bytes()).unwrap();
    let raw = store.keep_raw(coming, at).unwrap();
    let wish = FeedWish {
        source: "example",
        name: feed,
        window_us: Some(2 * DAY),
        complete: Some(false),
    };
    let feed = store.feed(&wish, at).unwrap();
    let begin = Begin {
        raw: &raw,
        part: 0,
        member: "a.csv",
        schema: "1",
        now: at,
    };
    match store.begin(&feed, &begin).unwrap() {
        Begun::Open(report) => *report,
        Begun::Done(counts) => panic!("{counts:?}"),
    }
}

/// Takes reports of `days` in, some of them late, in segments of any size; gives the rows, as they were counted by hand.
fn fill(store: &mut FeedStore, days: i64, seed: u64) -> Vec<Told> {
    let mut dice = Dice(seed);
    let mut all: Vec<Told> = Vec::new();
    let mut last: BTreeMap<(Key, i64), i64> = BTreeMap::new();
    let mut segment = 0;
    let start = START.day().0;
    for day in 0..days {
        for feed in ["one", "two", "three"] {
            let received = Micros(start + day * DAY + 6 * HOUR);
            let mut report = begin(store, feed, &format!("{feed} {day}"), received);
            let mut offset = 0;
            for _ in 0..2 {
                let mut rows = Rows::default();
                segment += 1;
                for _ in 0..20 + dice.next() % 60 {
                    let late = if dice.next().is_multiple_of(20) { 9 } else { 0 };
                    let at = start + (day - late) * DAY + (dice.next() % 24) as i64 * HOUR;
                    let mut row = told(&mut dice, at, offset);
                    row.feed = report.feed().no;
                    row.segment = segment;
                    rows.push(&observed(&row));
                    offset += 10;
                    all.push(row);
                }
                // What a sighting is, said once more and otherwise: by rows of one key in their order.
                for row in all.iter_mut().filter(|row| row.segment == segment) {
                    let last = last.entry((row.key, row.feed)).or_insert(i64::MIN);
                    row.fresh = *last == i64::MIN || row.at > *last + 2 * DAY;
                    *last = row.at.max(*last);
                }
                store.commit(&mut report, &rows, &[], "1", offset).unwrap();
            }
            store.finish(&report).unwrap();
        }
    }
    all
}

fn word(told: &Told, column: Column) -> String {
    let number = |number: u64| {
        if number == 0 {
            String::new()
        } else {
            number.to_string()
        }
    };
    match column {
        Column::Feed => told.feed.to_string(),
        Column::Kind => told.kind.to_owned(),
        Column::Identifier => String::new(),
        Column::Malware => told.malware.to_owned(),
        Column::Port => port_of(told.kind, Some(told.port), Some(told.port % 50))
            .map(|port| port.to_string())
            .unwrap_or_default(),
        Column::Transport => "tcp".to_owned(),
        Column::Severity => told.severity.to_owned(),
        Column::Cc => told.cc.to_owned(),
        Column::Asn => number(told.asn.into()),
        Column::Owner => number(told.owner),
    }
}

fn fits(told: &Told, ask: &Ask) -> bool {
    let day = told.at.div_euclid(DAY);
    ask.from <= day
        && day < ask.to
        && ask.seen.holds(Some(told.fresh))
        && ask
            .filters
            .iter()
            .all(|filter| filter.holds(&word(told, filter.column)))
}

fn filter(column: Column, words: &[&str], not: bool) -> Filter {
    let words = words
        .iter()
        .map(|word| (*word).to_owned())
        .collect::<BTreeSet<_>>();
    Filter { column, words, not }
}

/// Any question.
fn question(dice: &mut Dice, days: i64) -> Ask {
    let first = START.day().0.div_euclid(DAY);
    let from = first - 10 + (dice.next() % (days as u64 + 10)) as i64;
    let mut ask = Ask {
        from,
        to: from + 1 + (dice.next() % (days as u64 + 12)) as i64,
        filters: Vec::new(),
        seen: [Seen::All, Seen::New, Seen::Again][(dice.next() % 3) as usize],
        split: None,
    };
    for _ in 0..dice.next() % 4 {
        let not = dice.next().is_multiple_of(3);
        let own = match dice.next() % 7 {
            0 => filter(Column::Kind, &[dice.pick(&KINDS), dice.pick(&KINDS)], not),
            1 => filter(Column::Malware, &[dice.pick(&MALWARE)], not),
            2 => filter(Column::Cc, &[dice.pick(&COUNTRIES)], not),
            3 => filter(Column::Asn, &["64497", "64499"], not),
            4 => filter(Column::Owner, &["2", ""], not),
            5 => filter(Column::Feed, &["1", "3"], not),
            _ => filter(Column::Port, &["443", "22", "30"], not),
        };
        ask.filters.push(own);
    }
    ask
}

fn check(store: &FeedStore, books: &mut Books, all: &[Told], ask: &Ask) {
    let answer = store.ask(books, ask).unwrap();
    let fitting: Vec<&Told> = all.iter().filter(|told| fits(told, ask)).collect();
    assert_eq!(answer.unsure, 0, "{ask:?}");
    assert_eq!(answer.total, fitting.len() as u64, "{ask:?}");
    assert_eq!(
        answer.fresh,
        fitting.iter().filter(|told| told.fresh).count() as u64,
        "{ask:?}"
    );
    for column in Column::ALL {
        let facet = answer.facet(column);
        let mut own: BTreeMap<String, u64> = BTreeMap::new();
        for told in &fitting {
            *own.entry(word(told, column)).or_default() += 1;
        }
        let found: BTreeMap<String, u64> = facet
            .words
            .iter()
            .map(|count| (count.word.clone(), count.count))
            .collect();
        if column == Column::Port {
            // Of passing ports only some are told apart.
            let there: u64 = found.values().sum();
            assert_eq!(there + facet.other, answer.total);
            assert!(found.iter().all(|(word, count)| own[word] >= *count));
        } else {
            assert_eq!((found, facet.other), (own, 0), "{column:?} {ask:?}");
        }
    }
    let mut bars: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for told in &fitting {
        let slot = answer.level.of_hour(told.at.div_euclid(HOUR));
        let bar = bars.entry(answer.level.begin(slot)).or_default();
        bar.0 += 1;
        bar.1 += u64::from(told.fresh);
    }
    let found: BTreeMap<i64, (u64, u64)> = answer
        .bars
        .iter()
        .map(|bar| (bar.begin, (bar.all, bar.fresh)))
        .collect();
    assert_eq!(found, bars, "{:?} {ask:?}", answer.level);
    // The rows themselves, page by page.
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let want = Want::page(after, 37);
        let some = store.sift(books, ask, &Beyond::default(), &want).unwrap();
        assert!(some.rows.len() <= 37);
        rows.extend(
            some.rows
                .into_iter()
                .map(|row| (row.report, row.offset, row.fresh == Some(true))),
        );
        after = some.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(rows.len(), fitting.len(), "{ask:?}");
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len());
    assert_eq!(rows.iter().filter(|row| row.2).count() as u64, answer.fresh);
}

fn verified(store: &FeedStore) {
    let mut found = Vec::new();
    store.verify(&mut |what| found.push(what)).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

on_both! {
    async fn counts_answer_what_going_through_all_rows_gives(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = FeedStore::open(options).unwrap();
            let all = fill(&mut store, 20, 1);
            verified(&store);
            // Another process reads while the one that writes goes on.
            let reading = FeedStore::reading(options).unwrap().unwrap();
            let (mut books, mut dice) = (Books::default(), Dice(2));
            for _ in 0..60 {
                check(&reading, &mut books, &all, &question(&mut dice, 20));
            }
            let whole = Ask { from: 0, to: 40_000, ..Ask::default() };
            assert_eq!(reading.ask(&mut books, &whole).unwrap().level, Level::Week);
            check(&reading, &mut books, &all, &whole);
        }).await;
    }

    async fn what_is_there_is_the_same_after_a_break(t: &mut TestStore) {
        let blank = t.blank().await;
        let other = blank.options();
        with(t.options(), move |options| {
            let rows = |from: u64, to: u64| {
                let (mut dice, mut rows) = (Dice(from + 7), Rows::default());
                for n in from..to {
                    let at = START.day().0 + (n % 50) as i64 * HOUR;
                    rows.push(&observed(&told(&mut Dice(n * 977), at, n * 10)));
                    dice.next();
                }
                rows
            };
            let at = Micros(START.day().0);
            let mut calm = FeedStore::open(options).unwrap();
            let mut one = begin(&mut calm, "one", "one", at);
            calm.commit(&mut one, &rows(0, 500), &[], "1", 5_000).unwrap();
            calm.finish(&one).unwrap();
            // Cut elsewhere, opened again in between, with a file that was not committed.
            let mut tried = FeedStore::open(&other).unwrap();
            for (from, to) in [(0, 3), (3, 170), (170, 500)] {
                let mut one = begin(&mut tried, "one", "one", at);
                assert_eq!(one.done_bytes, from * 10);
                tried.commit(&mut one, &rows(from, to), &[], "1", to * 10).unwrap();
                drop(tried);
                tried = FeedStore::open(&other).unwrap();
            }
            let one = begin(&mut tried, "one", "one", at);
            tried.finish(&one).unwrap();
            verified(&calm);
            verified(&tried);
            let (mut books, mut others) = (Books::default(), Books::default());
            let mut dice = Dice(3);
            for _ in 0..30 {
                let ask = question(&mut dice, 4);
                assert_eq!(calm.ask(&mut books, &ask).unwrap(), tried.ask(&mut others, &ask).unwrap());
            }
        }).await;
    }

    async fn retention_leaves_counts_and_takes_hours(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = FeedStore::open(options).unwrap();
            let all = fill(&mut store, 40, 4);
            let first = START.day().0.div_euclid(DAY);
            let ask = Ask { from: first, to: first + 2, ..Ask::default() };
            let mut books = Books::default();
            let before = store.ask(&mut books, &ask).unwrap();
            assert_eq!(before.level, Level::Hour);
            let cut = Micros(START.day().0 + 36 * DAY);
            assert!(store.retain(cut).unwrap().observations > 0);
            verified(&store);
            let after = store.ask(&mut books, &ask).unwrap();
            assert_eq!((after.total, after.fresh, &after.facets), (before.total, before.fresh, &before.facets));
            assert_eq!(after.level, Level::Day, "hours went with the observations");
            // What came late was received in a month that is kept: six segments a day, those of the first eight days are gone.
            let rows = store.sift(&mut books, &ask, &Beyond::default(), &Want::file(None, 1_000)).unwrap();
            let kept = all.iter().filter(|told| told.segment > 48 && fits(told, &ask)).count();
            assert_eq!((rows.rows.len(), rows.next), (kept, None));
            let whole = Ask { from: 0, to: 40_000, ..Ask::default() };
            assert_eq!(store.ask(&mut books, &whole).unwrap().total, all.len() as u64);
        }).await;
    }

    async fn addresses_and_names_are_looked_for_among_the_rows(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = FeedStore::open(options).unwrap();
            let all = fill(&mut store, 6, 5);
            let mut books = Books::default();
            let ask = Ask { from: 0, to: 40_000, filters: vec![filter(Column::Kind, &["scanner"], false)], ..Ask::default() };
            let range = |from: [u8; 4], to: [u8; 4]| Some((number(IpAddr::from(from)), number(IpAddr::from(to))));
            let network = Beyond { range: range([198, 51, 0, 0], [198, 51, 0, 31]), ..Beyond::default() };
            let domain = Beyond { domain: Some("shop.example".to_owned()), ..Beyond::default() };
            let inside = |told: &Told| number(told.ip) <= number(IpAddr::from([198, 51, 0, 31]));
            for (beyond, own) in [
                (network, all.iter().filter(|told| told.kind == "scanner" && inside(told)).count()),
                (domain, all.iter().filter(|told| told.kind == "scanner" && told.fqdn.ends_with(".shop.example")).count()),
            ] {
                assert!(own > 0);
                let (mut total, mut listed, mut after) = (0, 0, None);
                loop {
                    let some = store.sift(&mut books, &ask, &beyond, &Want { count: true, ..Want::page(after, 5) }).unwrap();
                    total += some.total as usize;
                    assert_eq!(some.days.values().map(|day| day.0).sum::<u64>(), some.total);
                    assert_eq!(some.facets[Column::Kind.place()].iter().map(|count| count.count).sum::<u64>(), some.total);
                    assert_eq!(some.next.is_some(), some.since.is_some());
                    listed += some.rows.len();
                    after = some.next;
                    if after.is_none() { break; }
                }
                assert_eq!(total, own);
                assert!(listed <= own);
            }
        }).await;
    }

    async fn sightings_of_an_address_are_a_chain(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = FeedStore::open(options).unwrap();
            let all = fill(&mut store, 12, 6);
            let mut by_ip: BTreeMap<IpAddr, Vec<&Told>> = BTreeMap::new();
            for told in &all {
                by_ip.entry(told.ip).or_default().push(told);
            }
            for (ip, own) in by_ip.iter().take(60) {
                let states = store.history(&own[0].key, Micros(START.day().0)).unwrap();
                let mut from: Vec<i64> = states.iter().map(|own| own.state.segment).collect();
                let mut seen = BTreeSet::new();
                let mut steps = 0;
                while !from.is_empty() {
                    let walked = store.walk(&Source::Ip(*ip), &from, 3).unwrap();
                    assert!(!walked.cut && !walked.removed && !walked.unlinked);
                    for row in &walked.rows {
                        assert!(seen.insert((row.report, row.offset)), "{ip} twice");
                    }
                    from = walked.next;
                    steps += 1;
                }
                assert_eq!(seen.len(), own.len(), "{ip}");
                assert!(steps <= own.len());
            }
        }).await;
    }
}
