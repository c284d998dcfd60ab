//! What of an observation is kept in columns, and what makes two of them the same.

use std::net::IpAddr;

use cairn_feeds::batch::Observation;
use cairn_feeds::field::Field;
use cairn_feeds::value::Value;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::{Key, Observed};
use ring::digest::{SHA256, digest};

/// Bytes of an observation's tags that are kept.
pub const TAGS_BYTES_MAX: usize = 120;

/// What an observation without a type is filed under (RSIT).
const NO_KIND: &str = "undetermined";
/// What sinkholes report: to whom something called there is part of what was seen.
const SEEN_BY_SINKHOLES: &str = "infected-system";

/// The columns of an observation. Its time is that of the source, else `received`.
pub(super) fn of<'x>(observation: &Observation<'x>, received: Micros) -> Observed<'x> {
    let mut observed = Observed {
        at: received,
        offset: observation.span.offset,
        bytes: u32::try_from(observation.span.bytes).unwrap_or(u32::MAX),
        ..Observed::default()
    };
    let common: &'x [(Field, Value<'x>)] = observation.common;
    for (field, value) in common.iter().chain(observation.values) {
        put(&mut observed, *field, value);
    }
    if observed.kind.is_empty() {
        observed.kind = NO_KIND;
    }
    for (name, value) in observation.extra {
        if is_tags(name) {
            observed.tags = cut(value.as_text().unwrap_or(""));
        }
    }
    observed
}

/// The entries that sources tell tags by: Shadowserver's column, and lists of others.
fn is_tags(name: &str) -> bool {
    matches!(name, "tag" | "tags")
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TAGS_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// Tags that an event tells as a list, as one text; `None` where it tells none so.
pub(super) fn listed_tags(observation: &Observation<'_>) -> Option<String> {
    let mut all = observation.extra.iter();
    let list = all.find_map(|(name, value)| match value {
        Value::Json(json) if is_tags(name) => json.as_array(),
        _ => None,
    })?;
    let words: Vec<&str> = list.iter().filter_map(|one| one.as_str()).collect();
    Some(cut(&words.join(";")).to_owned())
}

fn put<'x>(observed: &mut Observed<'x>, field: Field, value: &'x Value<'x>) {
    let text = || value.as_text().unwrap_or("");
    let ip = || match value {
        Value::Ip(ip) => Some(*ip),
        _ => None,
    };
    let int = || match value {
        Value::Int(number) => Some(*number),
        _ => None,
    };
    let port = || int().and_then(|number| u16::try_from(number).ok());
    match field {
        Field::ClassificationType => observed.kind = text(),
        Field::ClassificationIdentifier => observed.identifier = text(),
        Field::MalwareName => observed.malware = text(),
        Field::ProtocolTransport => observed.transport = text(),
        Field::Severity => observed.severity = text(),
        Field::SourceGeolocationCc => observed.cc = text(),
        Field::SourceIp => observed.ip = ip(),
        Field::SourcePort => observed.port = port(),
        Field::SourceFqdn => observed.fqdn = text(),
        Field::SourceUrl => observed.url = text(),
        Field::SourceAsn => observed.asn = int().and_then(|number| u32::try_from(number).ok()),
        Field::DestinationIp => observed.to_ip = ip(),
        Field::DestinationPort => observed.to_port = port(),
        Field::Tlp => observed.tlp = text(),
        Field::TimeSource => {
            if let Value::Time(at) = value {
                observed.at = *at;
            }
        }
        _ => {}
    }
}

/// Makes keys; keeps its room between them.
#[derive(Debug, Default)]
pub struct KeyMaker(Vec<u8>);

impl KeyMaker {
    /// The key of an observation: six bytes of the hash of its source, ten of the hash of all that makes it the same as another: what it
    /// is, where, by which port and protocol, with which malware, and for what a sinkhole saw to whom it called. Not who told, not when.
    pub fn of(&mut self, observed: &Observed<'_>) -> Key {
        let mut key = source(observed.ip, observed.fqdn, observed.url, &mut self.0);
        self.0.clear();
        let what = if observed.identifier.is_empty() {
            observed.kind
        } else {
            observed.identifier
        };
        for part in [
            what,
            observed.malware,
            observed.transport,
            observed.fqdn,
            observed.url,
        ] {
            text(&mut self.0, part);
        }
        address(&mut self.0, observed.ip);
        port(&mut self.0, observed.port);
        if observed.kind == SEEN_BY_SINKHOLES {
            address(&mut self.0, observed.to_ip);
            port(&mut self.0, observed.to_port);
        }
        let all = digest(&SHA256, &self.0);
        for (to, from) in key.iter_mut().skip(6).zip(all.as_ref()) {
            *to = *from;
        }
        key
    }

    /// A key whose first six bytes are those of all keys of a source: its address, else its name, else its URL.
    pub fn like(&mut self, ip: Option<IpAddr>, fqdn: &str, url: &str) -> Key {
        source(ip, fqdn, url, &mut self.0)
    }
}

fn source(ip: Option<IpAddr>, fqdn: &str, url: &str, room: &mut Vec<u8>) -> Key {
    room.clear();
    if ip.is_some() {
        address(room, ip);
    } else if fqdn.is_empty() {
        room.extend(b"url");
        text(room, url);
    } else {
        room.extend(b"fqdn");
        text(room, fqdn);
    }
    let hash = digest(&SHA256, room);
    let mut key = Key::default();
    for (to, from) in key.iter_mut().zip(hash.as_ref()).take(6) {
        *to = *from;
    }
    key
}

fn text(room: &mut Vec<u8>, text: &str) {
    room.extend((text.len() as u64).to_le_bytes());
    room.extend(text.as_bytes());
}

fn address(room: &mut Vec<u8>, ip: Option<IpAddr>) {
    match ip {
        None => room.push(0),
        Some(IpAddr::V4(ip)) => {
            room.push(4);
            room.extend(ip.octets());
        }
        Some(IpAddr::V6(ip)) => {
            room.push(6);
            room.extend(ip.octets());
        }
    }
}

fn port(room: &mut Vec<u8>, port: Option<u16>) {
    room.push(u8::from(port.is_some()));
    room.extend(port.unwrap_or(0).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_cut_between_signs() {
        assert_eq!(cut("iot;cve-2050-1"), "iot;cve-2050-1");
        let long = format!("{}ā", "x".repeat(TAGS_BYTES_MAX - 1));
        assert_eq!(cut(&long).len(), TAGS_BYTES_MAX - 1);
    }

    #[test]
    fn the_same_is_the_same_whoever_tells_and_whenever() {
        let mut maker = KeyMaker::default();
        let own = Observed {
            kind: "vulnerable-system",
            identifier: "open-telnet",
            ip: Some("192.0.2.1".parse().unwrap()),
            port: Some(23),
            transport: "tcp",
            to_ip: Some("203.0.113.1".parse().unwrap()),
            ..Observed::default()
        };
        let key = maker.of(&own);
        let later = Observed {
            at: Micros(9),
            offset: 7,
            asn: Some(64_496),
            cc: "NZ",
            severity: "high",
            kind: "other",
            to_ip: None,
            ..own
        };
        assert_eq!(maker.of(&later), key);
        for other in [
            Observed {
                port: Some(24),
                ..own
            },
            Observed { port: None, ..own },
            Observed {
                identifier: "open-ssh",
                ..own
            },
            Observed {
                malware: "zed",
                ..own
            },
            Observed {
                transport: "udp",
                ..own
            },
            Observed {
                fqdn: "a.example",
                ..own
            },
        ] {
            let other = maker.of(&other);
            assert_ne!(other, key);
            assert_eq!(other[..6], key[..6], "of the same source");
        }
        assert_eq!(maker.like(own.ip, "", "")[..6], key[..6]);
        let seen = Observed {
            kind: "infected-system",
            ..own
        };
        let elsewhere = Observed {
            to_ip: None,
            ..seen
        };
        assert_ne!(maker.of(&seen), maker.of(&elsewhere));
        let named = maker.like(None, "a.example", "");
        assert_ne!(named, maker.like(None, "", "a.example"));
    }
}
