//! Routing tables as route collectors give them: MRT, `TABLE_DUMP_V2` (RFC 6396, section 4.3; with several paths a peer RFC 8050).
//! What is taken is who announces a network: the last AS of the paths. Where peers see different ones, the one that
//! most of them see.

use std::io::{BufReader, ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Fact;
use super::bytes::Bytes;
use super::source::{SourceError, Taken, Told};
use crate::value::Network;

/// Bytes of one record: a network with the paths of all peers.
pub const RECORD_BYTES_MAX: u32 = 16 << 20;
const TABLE_DUMP_V2: u16 = 13;
const AS_PATH: u8 = 2;
/// The number that stands for a path that holds longer ones (RFC 6793).
const AS_TRANS: u32 = 23_456;

/// Numbers stand with their highest byte first.
impl Bytes<'_> {
    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
}

pub(super) fn read(
    input: &mut dyn Read,
    told: &mut Told,
    taken: &mut Taken<'_>,
) -> Result<(), SourceError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut record = Vec::new();
    let mut any = false;
    for at in 1_u64.. {
        let mut head = [0; 12];
        match input.read_exact(&mut head) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            other => other?,
        }
        let mut head = Bytes(&head);
        let (Some(_time), Some(kind), Some(subtype), Some(length)) =
            (head.u32(), head.u16(), head.u16(), head.u32())
        else {
            break;
        };
        if length > RECORD_BYTES_MAX {
            if !any {
                return Err(SourceError::Another("a routing table in MRT"));
            }
            // Where the next one begins is not known any more.
            told.fault(
                at,
                "a record that is longer than one may be; the rest is left",
            );
            break;
        }
        record.clear();
        let wanted = u64::from(length);
        if (&mut input).take(wanted).read_to_end(&mut record)? as u64 != wanted {
            told.fault(at, "the last record is cut short");
            break;
        }
        any = true;
        if kind != TABLE_DUMP_V2 {
            told.fault(at, "a record of another kind than TABLE_DUMP_V2");
            continue;
        }
        match rib(subtype, &record) {
            Rib::Origin(network, asn) => {
                told.networks += 1;
                taken(network, &Fact::of_asn(asn))?;
            }
            Rib::Nothing => {}
            Rib::Broken => told.fault(at, "a record that does not read"),
        }
    }
    Ok(())
}

enum Rib {
    Origin(Network, u32),
    /// The list of peers, another family, or a network without an origin.
    Nothing,
    Broken,
}

fn rib(subtype: u16, record: &[u8]) -> Rib {
    let (v6, paths) = match subtype {
        2 => (false, false),
        4 => (true, false),
        8 => (false, true),
        10 => (true, true),
        _ => return Rib::Nothing,
    };
    match entries(&mut Bytes(record), v6, paths) {
        None => Rib::Broken,
        Some((network, origins)) => match most(origins) {
            Some(asn) => Rib::Origin(network, asn),
            None => Rib::Nothing,
        },
    }
}

/// The network, and what each peer takes for its origin.
fn entries(record: &mut Bytes<'_>, v6: bool, paths: bool) -> Option<(Network, Vec<u32>)> {
    let _sequence = record.u32()?;
    let prefix = record.u8()?;
    let network = network(record.take(usize::from(prefix.div_ceil(8)))?, prefix, v6)?;
    let mut origins = Vec::new();
    for _ in 0..record.u16()? {
        let _peer = record.u16()?;
        let _time = record.u32()?;
        if paths {
            let _path = record.u32()?;
        }
        let length = usize::from(record.u16()?);
        origins.extend(origin(&mut Bytes(record.take(length)?))?);
    }
    Some((network, origins))
}

fn network(bytes: &[u8], prefix: u8, v6: bool) -> Option<Network> {
    let mut whole = [0; 16];
    whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let [a, b, c, d, ..] = whole;
    let address = if v6 {
        IpAddr::V6(Ipv6Addr::from(whole))
    } else {
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    Network::new(address, prefix)
}

/// The last AS of the path; nothing where a set of several ends it, or where there is no path. `None` where it does not read.
fn origin(attributes: &mut Bytes<'_>) -> Option<Option<u32>> {
    const LONG: u8 = 0x10;
    while !attributes.0.is_empty() {
        let (flags, kind) = (attributes.u8()?, attributes.u8()?);
        let length = if flags & LONG == 0 {
            usize::from(attributes.u8()?)
        } else {
            usize::from(attributes.u16()?)
        };
        let mut value = Bytes(attributes.take(length)?);
        if kind != AS_PATH {
            continue;
        }
        let mut last = None;
        while !value.0.is_empty() {
            let (segment, count) = (value.u8()?, value.u8()?);
            let numbers = value.take(usize::from(count) * 4)?;
            let (numbers, _) = numbers.as_chunks::<4>();
            last = match (segment, numbers) {
                // A set of several (RFC 4271): none of them is the origin alone.
                (1, [_, _, ..]) => None,
                (1 | 2, [.., number]) => Some(u32::from_be_bytes(*number)),
                // Confederations (RFC 5065) are inside the last AS.
                _ => last,
            };
        }
        let real = |asn: &u32| !matches!(*asn, 0 | AS_TRANS);
        return Some(last.filter(real));
    }
    Some(None)
}

/// The one that occurs most; of several the smallest number, so that the same table gives the same answer.
fn most(mut origins: Vec<u32>) -> Option<u32> {
    origins.sort_unstable();
    let runs = origins.chunk_by(|a, b| a == b);
    let longest = runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run.first().copied())))?;
    longest.first().copied()
}
