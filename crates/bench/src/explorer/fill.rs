//! Observations of ninety days that look like a country's: most of what a feed tells it told the day before, a few networks have most of it,
//! and what a thing is, where and whose, hangs together. Made from numbers alone, so that a run which was stopped goes on where it was, and
//! taken in through the store's own way; only the reading of tables is left out.

use std::net::IpAddr;
use std::time::Instant;

use cairn_app::feeds::SEGMENT_OBSERVATIONS;
use cairn_app::feeds::columns::KeyMaker;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::{Observed, Rows};
use cairn_store::feeds::{Begin, Begun, Feed, FeedStore, FeedWish};

/// Days.
pub const DAYS: i64 = 90;
/// Feeds.
pub const FEEDS: u64 = 30;
/// Networks, countries, constituents, names of malware.
pub const NETWORKS: u64 = 2_000;
const COUNTRIES: u64 = 60;
pub const OWNERS: u64 = 1_500;
pub const MALWARE: u64 = 300;
pub const DAY_US: i64 = 86_400_000_000;
/// Feeds whose number goes by this without a rest are sinkholes.
const SINKHOLE_EVERY: u64 = 3;
/// Bytes that a row takes in its report.
const ROW_BYTES: u64 = 200;

/// A number that looks like chance (splitmix64, Steele and others 2014).
pub const fn stir(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One below `below`, of a chance number: small ones much more often, about as 1/n (Zipf).
pub fn skewed(chance: u64, below: u64) -> u64 {
    let part = (chance >> 11) as f64 / (1_u64 << 53) as f64;
    let found = (below as f64).powf(part) - 1.0;
    (found as u64).min(below.saturating_sub(1))
}

/// Rows of a feed in a day: the first feeds have most.
fn rows_of(feed: u64, rows_a_day: u64) -> u64 {
    let all: f64 = (1..=FEEDS).map(|n| 1.0 / n as f64).sum();
    (rows_a_day as f64 / (feed + 1) as f64 / all).ceil() as u64
}

/// What a host is, told by its number.
pub struct Host {
    pub ip: IpAddr,
    pub asn: u64,
    pub owner: u64,
    country: u64,
    chance: u64,
}

/// A host of a network that is as common as networks are.
pub fn host(number: u64) -> Host {
    let chance = stir(number ^ 0x5151);
    let network = skewed(stir(number ^ 0x77), NETWORKS);
    // Within 10.0.0.0/8 and 100.64.0.0/10: nobody's.
    let ip = IpAddr::from(((10 << 24) | (number as u32 & 0x00ff_ffff)).to_be_bytes());
    let owner = if chance % 10 < 7 {
        network * OWNERS / NETWORKS + 1
    } else {
        0
    };
    Host {
        ip,
        asn: 4_200_000_000 + network,
        owner,
        country: if chance.is_multiple_of(50) {
            stir(chance) % COUNTRIES
        } else {
            skewed(stir(network), COUNTRIES)
        },
        chance,
    }
}

/// Number of the host that a row of a feed is about: mostly those of the days before.
pub fn host_of(feed: u64, day: u64, row: u64, rows: u64) -> u64 {
    let chance = stir((feed << 56) ^ (day << 40) ^ row);
    let population = rows + rows / 2;
    // Some are seen in every report, most now and then, and some are new each day.
    let own = match chance % 10 {
        0 => skewed(stir(chance), population),
        1..=8 => stir(chance) % population,
        _ => population + day * rows / 10 + stir(chance) % (rows / 10).max(1),
    };
    (feed / 2) * 400_000 + own
}

pub const fn country_name(number: u64) -> [u8; 2] {
    [b'A' + (number / 26 % 26) as u8, b'A' + (number % 26) as u8]
}

/// Types, names and other words.
struct Words {
    kinds: Vec<String>,
    identifiers: Vec<String>,
    malware: Vec<String>,
    countries: Vec<String>,
}

impl Words {
    fn new() -> Self {
        let country = |n| String::from_utf8_lossy(&country_name(n)).into_owned();
        Self {
            kinds: (0..40).map(|n| format!("type-{n}")).collect(),
            identifiers: (0..60).map(|n| format!("thing-{n}")).collect(),
            malware: (0..MALWARE).map(|n| format!("family-{n}")).collect(),
            countries: (0..COUNTRIES).map(country).collect(),
        }
    }
}

fn word(all: &[String], number: u64) -> &str {
    let at = usize::try_from(number).unwrap_or_default();
    all.get(at % all.len().max(1)).map_or("", |word| word)
}

fn observed<'w>(words: &'w Words, feed: u64, host: &Host, at: Micros, offset: u64) -> Observed<'w> {
    let sinkhole = feed.is_multiple_of(SINKHOLE_EVERY);
    let chance = stir(host.chance ^ feed);
    let kind = if sinkhole {
        "infected-system"
    } else {
        word(&words.kinds, feed + 30 * (chance % 13 / 12))
    };
    let ports = [
        [23, 80],
        [443, 8_080],
        [445, 3_389],
        [53, 123],
        [6_379, 11_211],
    ];
    let [port, other] = ports.get((feed % 5) as usize).copied().unwrap_or([22, 25]);
    let port = if chance.is_multiple_of(7) {
        other
    } else {
        port
    };
    Observed {
        at,
        offset,
        bytes: ROW_BYTES as u32,
        kind,
        identifier: word(&words.identifiers, feed * 2 + chance % 2),
        malware: if sinkhole {
            word(&words.malware, skewed(chance, MALWARE))
        } else {
            ""
        },
        transport: if feed % 5 == 3 { "udp" } else { "tcp" },
        severity: ["high", "medium", "low", "critical"]
            .get((feed % 4) as usize)
            .copied()
            .unwrap_or(""),
        cc: word(&words.countries, host.country),
        ip: Some(host.ip),
        // The source's port of what calls a sinkhole is a passing one.
        port: Some(if sinkhole {
            1_024 + (stir(chance ^ 9) % 60_000) as u16
        } else {
            port
        }),
        to_ip: sinkhole.then(|| IpAddr::from([203, 0, 113, 7])),
        to_port: sinkhole.then_some(port),
        asn: u32::try_from(host.asn).ok(),
        owner: i64::try_from(host.owner).ok().filter(|owner| *owner > 0),
        ..Observed::default()
    }
}

/// Fills a store with so many observations, up to and with a day since 1970. What is there already is left as it is; gives how many were
/// added.
pub fn fill(
    store: &mut FeedStore,
    rows: u64,
    last: i64,
    tell: &mut dyn FnMut(u64, f64),
) -> anyhow::Result<u64> {
    let (words, began) = (Words::new(), Instant::now());
    let mut added = 0;
    for day in 0..DAYS {
        let date = last - DAYS + 1 + day;
        // Reports of a day come in at its end.
        let received = Micros((date + 1) * DAY_US - 1_800_000_000);
        for feed in 0..FEEDS {
            let name = format!("feed-{feed}");
            let wish = FeedWish {
                source: "bench",
                name: &name,
                window_us: Some(3 * DAY_US),
                complete: Some(!feed.is_multiple_of(SINKHOLE_EVERY)),
            };
            let own = store.feed(&wish, received)?;
            let count = rows_of(feed, rows / DAYS.unsigned_abs());
            added += report(
                store,
                &own,
                &words,
                (feed, count),
                (date, day.unsigned_abs(), received),
            )?;
        }
        tell(added, began.elapsed().as_secs_f64());
    }
    Ok(added)
}

fn report(
    store: &mut FeedStore,
    own: &Feed,
    words: &Words,
    (feed, count): (u64, u64),
    (date, day, received): (i64, u64, Micros),
) -> anyhow::Result<u64> {
    let mut coming = store.take_raw()?;
    coming.push(format!("bench {date} {feed} {count}").as_bytes())?;
    let raw = store.keep_raw(coming, received)?;
    let begin = Begin {
        raw: &raw,
        part: 0,
        member: "bench.csv",
        schema: "1",
        now: received,
    };
    let mut report = match store.begin(own, &begin)? {
        Begun::Done(_) => return Ok(0),
        Begun::Open(report) => *report,
    };
    let (mut maker, mut rows, mut added) = (KeyMaker::default(), Rows::default(), 0);
    for row in report.done_bytes / ROW_BYTES..count {
        let host = host(host_of(feed, day, row, count));
        let at = Micros(date * DAY_US + (stir(row ^ (feed << 40)) % 86_000) as i64 * 1_000_000);
        let mut one = observed(words, feed, &host, at, row * ROW_BYTES);
        one.key = maker.of(&one);
        rows.push(&one);
        added += 1;
        if rows.len() >= SEGMENT_OBSERVATIONS || row + 1 == count {
            store.commit(&mut report, &rows, &[], "1", (row + 1) * ROW_BYTES)?;
            rows = Rows::default();
        }
    }
    store.finish(&report)?;
    Ok(added)
}
