//! Files that tell something of networks. Each is read once from front to back, a line or record at a time, but for MaxMind's,
//! which is a tree.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr};

use maxminddb::{Reader, WithinOptions};
use serde::Deserialize;

use super::{Fact, Fault, Kind, mrt};
use crate::rows::{self, Dialect};
use crate::types::net;
use crate::value::Network;

/// Bytes of one source, unpacked.
pub const SOURCE_BYTES_MAX: u64 = 4 << 30;
/// Bytes of one line of a source.
pub const LINE_BYTES_MAX: u64 = 64 << 10;
/// Faults of a source that are told one by one.
pub const FAULTS_TOLD_MAX: usize = 20;

/// Formats of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of `prefix asn`, as pyasn keeps them; `;` and `#` begin remarks.
    Pyasn,
    /// What networks tell of their own places: RFC 8805.
    Geofeed,
    /// The registries' `delegated-extended`: in which country a network is registered.
    Delegated,
    /// `MaxMind DB` 2.0: `GeoLite2` and those of the same shape.
    Mmdb,
    /// Routing tables: MRT, `TABLE_DUMP_V2` (RFC 6396).
    Mrt,
    /// Dumps of registries' databases (RPSL).
    Rpsl,
    /// Answers of registries (RDAP, RFC 9083), and who gives them (RFC 9224).
    Rdap,
    /// The public suffix list.
    Suffix,
}

/// What reading a source came to.
#[derive(Debug, Default)]
pub struct Told {
    /// Networks that were told.
    pub networks: u64,
    /// Lines or records that gave nothing, though they should.
    pub faults: u64,
    /// The first of these.
    pub first: Vec<Fault>,
}

impl Told {
    pub(super) fn fault(&mut self, at: u64, what: &'static str) {
        self.faults += 1;
        if self.first.len() < FAULTS_TOLD_MAX {
            self.first.push(Fault { at, what });
        }
    }
}

/// Why a source could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Reading failed.
    #[error("reading the source: {0}")]
    Io(#[from] io::Error),
    /// `MaxMind`'s tree is damaged.
    #[error("this is no sound MaxMind DB: {0}")]
    Mmdb(#[from] maxminddb::MaxMindDbError),
    /// More than a set may hold.
    #[error("more networks than a set may hold")]
    TooMany,
    /// Larger than a source may be.
    #[error("larger than a source may be")]
    TooLarge,
    /// It tells nothing of that kind.
    #[error("files of this format tell nothing for a set of kind {}", .0.as_str())]
    NotOfKind(Kind),
    /// Not what it should be from the first byte on.
    #[error("this is not {0}")]
    Another(&'static str),
}

/// Takes what a source tells; `false` where there is no more room.
pub type Take<'a> = dyn FnMut(Network, &Fact) -> bool + 'a;

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Pyasn,
        Self::Geofeed,
        Self::Delegated,
        Self::Mmdb,
        Self::Mrt,
        Self::Rpsl,
        Self::Rdap,
        Self::Suffix,
    ];

    /// Its name, as commands have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pyasn => "pyasn",
            Self::Geofeed => "geofeed",
            Self::Delegated => "delegated",
            Self::Mmdb => "mmdb",
            Self::Mrt => "mrt",
            Self::Rpsl => "rpsl",
            Self::Rdap => "rdap",
            Self::Suffix => "suffix",
        }
    }

    /// By its name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// Tells all that a source has of numbers and places to `take`. What is told of other kinds is put together of several files:
    /// see [`super::Gather`].
    ///
    /// # Errors
    /// See [`SourceError`]; what was taken before stands.
    pub fn read(
        self,
        kind: Kind,
        input: &mut dyn Read,
        take: &mut Take<'_>,
    ) -> Result<Told, SourceError> {
        let mut told = Told::default();
        let mut input = input.take(SOURCE_BYTES_MAX);
        let mut taken = |network: Network, fact: &Fact| {
            let fact = only(kind, fact);
            told_or_full(take(network, &fact))
        };
        match self {
            Self::Pyasn => lines(&mut input, &mut told, &mut taken, pyasn)?,
            Self::Geofeed => lines(&mut input, &mut told, &mut taken, geofeed)?,
            Self::Delegated => lines(&mut input, &mut told, &mut taken, delegated)?,
            Self::Mmdb => mmdb(&mut input, kind, &mut told, &mut taken)?,
            Self::Mrt => mrt::read(&mut input, &mut told, &mut taken)?,
            Self::Rpsl | Self::Rdap | Self::Suffix => return Err(SourceError::NotOfKind(kind)),
        }
        if input.limit() == 0 {
            return Err(SourceError::TooLarge);
        }
        Ok(told)
    }
}

const fn told_or_full(taken: bool) -> Result<(), SourceError> {
    if taken {
        Ok(())
    } else {
        Err(SourceError::TooMany)
    }
}

/// The part of a fact that a set of this kind keeps.
fn only(kind: Kind, fact: &Fact) -> Fact {
    match kind {
        Kind::Asn => Fact {
            asn: fact.asn,
            as_name: fact.as_name.clone(),
            ..Fact::default()
        },
        Kind::Place => Fact {
            asn: None,
            as_name: None,
            ..fact.clone()
        },
        Kind::Abuse | Kind::Suffix => Fact::default(),
    }
}

pub(super) type Taken<'a> = dyn FnMut(Network, &Fact) -> Result<(), SourceError> + 'a;

/// What a line comes to: networks with one fact, nothing where it is no statement, or a fault.
type Line = Result<(Vec<Network>, Fact), Option<&'static str>>;

fn lines(
    input: &mut dyn Read,
    told: &mut Told,
    taken: &mut Taken<'_>,
    read: fn(&str) -> Line,
) -> Result<(), SourceError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut line = Vec::new();
    for at in 1_u64.. {
        line.clear();
        let bytes = (&mut input)
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if bytes == 0 {
            break;
        }
        if bytes as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            told.fault(at, "longer than a line may be");
            input.skip_until(b'\n')?;
            continue;
        }
        let Ok(text) = std::str::from_utf8(&line) else {
            told.fault(at, "not UTF-8 text");
            continue;
        };
        match read(text.trim()) {
            Ok((networks, fact)) => {
                for network in networks {
                    told.networks += 1;
                    taken(network, &fact)?;
                }
            }
            Err(Some(what)) => told.fault(at, what),
            Err(None) => {}
        }
    }
    Ok(())
}

fn pyasn(line: &str) -> Line {
    if line.is_empty() || line.starts_with([';', '#']) {
        return Err(None);
    }
    let mut parts = line.split_ascii_whitespace();
    let network = parts.next().unwrap_or_default();
    let network = net::network(network).map_err(|_| Some("no network"))?;
    let asn = parts.next().unwrap_or_default();
    let asn = asn.strip_prefix("AS").unwrap_or(asn);
    let asn: u32 = asn.parse().map_err(|_| Some("no number of an AS"))?;
    // AS 0 announces nothing (RFC 7607).
    if asn == 0 {
        return Err(None);
    }
    Ok((vec![network], Fact::of_asn(asn)))
}

/// RFC 8805, section 2.1.1: prefix, country, region, city, and a postal code that is not to be used any more. Without a country it
/// says that the network has no place.
fn geofeed(line: &str) -> Line {
    if line.is_empty() || line.starts_with('#') {
        return Err(None);
    }
    let mut cells = Vec::new();
    if rows::cells(line, Dialect::default(), true, &mut cells).is_err() {
        return Err(Some("a quote is opened and never closed"));
    }
    let cell = |n: usize| cells.get(n).map_or("", |cell| cell.trim());
    let network = net::network(cell(0)).map_err(|_| Some("no network"))?;
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let cc = cell(1).to_ascii_uppercase();
    if !(cc.is_empty() || letters(&cc)) {
        return Err(Some("no country of ISO 3166-1"));
    }
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let fact = Fact {
        cc: said(&cc),
        region: said(cell(2)).filter(|region| region.starts_with(&cc)),
        city: said(cell(3)),
        ..Fact::default()
    };
    Ok((vec![network], fact))
}

/// `registry|cc|type|start|value|date|status|…`. What is told is where a network is registered, not where it is used.
fn delegated(line: &str) -> Line {
    let parts: Vec<&str> = line.split('|').collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    if line.is_empty() || line.starts_with('#') || !matches!(part(2), "ipv4" | "ipv6") {
        return Err(None);
    }
    // The sum at the head of the file, and what nobody has.
    if part(5) == "summary" || !matches!(part(6), "allocated" | "assigned") {
        return Err(None);
    }
    let start: IpAddr = part(3).parse().map_err(|_| Some("no address"))?;
    let value: u64 = part(4).parse().map_err(|_| Some("no size"))?;
    let networks = match start {
        IpAddr::V4(ip) => of_count(ip, value).ok_or(Some("no size"))?,
        IpAddr::V6(_) => {
            let prefix = u8::try_from(value).map_err(|_| Some("no size"))?;
            vec![Network::new(start, prefix).ok_or(Some("no size"))?]
        }
    };
    let cc = part(1).to_ascii_uppercase();
    let cc = (cc.len() == 2 && cc != "ZZ").then_some(cc);
    let fact = Fact {
        registered_cc: cc,
        ..Fact::default()
    };
    Ok((networks, fact))
}

/// So many addresses from one on, as networks: sizes need not be powers of two.
fn of_count(start: Ipv4Addr, mut count: u64) -> Option<Vec<Network>> {
    let mut at = u64::from(start.to_bits());
    if count == 0 || at + count > 1 << 32 {
        return None;
    }
    let mut networks = Vec::new();
    while count > 0 {
        let fits = if at == 0 { 32 } else { at.trailing_zeros() };
        let bits = fits.min(63 - count.leading_zeros());
        let address = Ipv4Addr::from_bits(u32::try_from(at).ok()?);
        let prefix = u8::try_from(32_u32.checked_sub(bits)?).ok()?;
        networks.push(Network::new(address.into(), prefix)?);
        at += 1 << bits;
        count -= 1 << bits;
    }
    Some(networks)
}

#[derive(Debug, Default, Deserialize)]
struct Country {
    iso_code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Names {
    en: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct City {
    #[serde(default)]
    names: Names,
}

#[derive(Debug, Default, Deserialize)]
struct Location {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

/// What we take of a record of `GeoLite2`.
#[derive(Debug, Default, Deserialize)]
struct Record {
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
    #[serde(default)]
    country: Country,
    #[serde(default)]
    registered_country: Country,
    #[serde(default)]
    subdivisions: Vec<Country>,
    #[serde(default)]
    city: City,
    #[serde(default)]
    location: Location,
}

impl Record {
    fn fact(self) -> Fact {
        let cc = self.country.iso_code;
        let part = self.subdivisions.into_iter().next();
        let part = part.and_then(|part| part.iso_code);
        Fact {
            asn: self.autonomous_system_number.filter(|asn| *asn != 0),
            as_name: self.autonomous_system_organization,
            region: cc
                .as_ref()
                .zip(part)
                .map(|(cc, part)| format!("{cc}-{part}")),
            cc,
            registered_cc: self.registered_country.iso_code,
            city: self.city.names.en,
            lat: self.location.latitude,
            lon: self.location.longitude,
            ..Fact::default()
        }
    }
}

fn mmdb(
    input: &mut dyn Read,
    kind: Kind,
    told: &mut Told,
    taken: &mut Taken<'_>,
) -> Result<(), SourceError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let reader = Reader::from_source(bytes)?;
    let networks = reader.networks(WithinOptions::default())?;
    for (at, one) in (1_u64..).zip(networks) {
        // The tree ends where it is damaged.
        let one = one?;
        let network = one.network()?;
        let Some(network) = Network::new(network.ip(), network.prefix()) else {
            continue;
        };
        match one.decode::<Record>() {
            Ok(Some(record)) => {
                let fact = record.fact();
                if only(kind, &fact) == Fact::default() {
                    continue;
                }
                told.networks += 1;
                taken(network, &fact)?;
            }
            Ok(None) => {}
            Err(_) => told.fault(at, "a record that does not read"),
        }
    }
    Ok(())
}
