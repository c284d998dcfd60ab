//! What registries answer by RDAP (RFC 9083), as files: networks and numbers of systems with their entities, one object, a list of
//! them, or one a line; and the list of who answers for which networks (RFC 9224, IANA's `ipv4.json` and `ipv6.json`).

use std::io::Read;
use std::net::IpAddr;

use serde::Deserialize;

use super::contacts::{Contacts, Leads, mailbox};
use super::source::{SourceError, Told};
use crate::limits::OBJECT_BYTES_MAX;
use crate::rows::{Found, Objects};
use crate::types::net;
use crate::value::Network;

/// Bytes of a file of answers. It is held in memory.
pub const RDAP_BYTES_MAX: u64 = 256 << 20;
/// Systems that one object may tell of.
const SYSTEMS_MAX: u32 = 10_000;

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default, rename = "objectClassName")]
    class: String,
    #[serde(rename = "startAddress")]
    first: Option<IpAddr>,
    #[serde(rename = "endAddress")]
    last: Option<IpAddr>,
    #[serde(rename = "startAutnum")]
    first_asn: Option<u32>,
    #[serde(rename = "endAutnum")]
    last_asn: Option<u32>,
    #[serde(default)]
    entities: Vec<Entity>,
    /// Of a bootstrap file: lists of networks and of the addresses of their servers.
    services: Option<Vec<Vec<Vec<String>>>>,
}

#[derive(Debug, Deserialize)]
struct Entity {
    #[serde(default)]
    roles: Vec<String>,
    /// jCard (RFC 7095).
    #[serde(rename = "vcardArray")]
    card: Option<serde_json::Value>,
    #[serde(default)]
    entities: Vec<Entity>,
}

/// Reads a file of answers.
pub(super) fn read(input: &mut dyn Read, contacts: &mut Contacts) -> Result<Told, SourceError> {
    let mut told = Told::default();
    let mut bytes = Vec::new();
    input.take(RDAP_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > RDAP_BYTES_MAX {
        return Err(SourceError::TooLarge);
    }
    let (mut objects, mut at, mut line) = (Objects::default(), 0, 1);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match objects.next(rest, true) {
            Found::Row { bytes, lines } => {
                let object = rest.get(..bytes).unwrap_or_default();
                let done = answer(object, contacts, &mut told)?;
                if let Err(what) = done {
                    told.fault(line, what);
                }
                at += bytes;
                line += lines;
            }
            Found::Between { bytes, lines } => {
                at += bytes;
                line += lines;
            }
            Found::Bad { bytes, lines, .. } => {
                told.fault(line, "no JSON object");
                at += bytes;
                line += lines;
            }
            Found::More => break,
        }
    }
    Ok(told)
}

/// Takes one object in, or says what is wrong with it.
fn answer(
    object: &[u8],
    contacts: &mut Contacts,
    told: &mut Told,
) -> Result<Result<(), &'static str>, SourceError> {
    if object.len() > OBJECT_BYTES_MAX {
        return Ok(Err("larger than an object may be"));
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(object) else {
        return Ok(Err("no answer of RDAP"));
    };
    if let Some(services) = answer.services {
        servers(&services, contacts, told);
        return Ok(Ok(()));
    }
    let Some(own) = abuse(&answer.entities) else {
        return Ok(Err("no mailbox for abuse"));
    };
    let leads = Leads {
        mailbox: Some(contacts.name(&own)),
        ..Leads::default()
    };
    match (answer.class.as_str(), answer.first, answer.last) {
        ("ip network", Some(first), Some(last)) => {
            let Some(networks) = Network::between(first, last) else {
                return Ok(Err("no network"));
            };
            for network in networks {
                told.networks += 1;
                if !contacts.network(network, leads) {
                    return Err(SourceError::TooMany);
                }
            }
            Ok(Ok(()))
        }
        ("autnum", ..) => Ok(systems(answer.first_asn, answer.last_asn, leads, contacts)
            .ok_or("no numbers of systems")),
        _ => Ok(Err("neither a network nor a system")),
    }
}

fn systems(
    first: Option<u32>,
    last: Option<u32>,
    leads: Leads,
    contacts: &mut Contacts,
) -> Option<()> {
    let (first, last) = (first?, last?);
    if last.checked_sub(first)? >= SYSTEMS_MAX {
        return None;
    }
    for asn in first..=last {
        contacts.system(asn, leads);
    }
    Some(())
}

/// The first mailbox of the first entity whose role is abuse, wherever it stands. Depth is bounded by the reader of JSON.
fn abuse(entities: &[Entity]) -> Option<String> {
    entities.iter().find_map(|entity| {
        let own = entity.roles.iter().any(|role| role == "abuse");
        let own = own.then(|| entity.card.as_ref().and_then(email)).flatten();
        own.or_else(|| abuse(&entity.entities))
    })
}

/// `["vcard", [["email", {}, "text", "abuse@net.example"], …]]`
fn email(card: &serde_json::Value) -> Option<String> {
    let lines = card.get(1)?.as_array()?;
    lines.iter().find_map(|line| {
        let name = line.get(0)?.as_str()?;
        let value = line.get(3)?.as_str()?;
        name.eq_ignore_ascii_case("email")
            .then(|| mailbox(value))
            .flatten()
    })
}

/// The lists of a bootstrap file. A server with TLS goes before one without.
fn servers(services: &[Vec<Vec<String>>], contacts: &mut Contacts, told: &mut Told) {
    for (at, service) in (1_u64..).zip(services) {
        let (Some(networks), Some(addresses)) = (service.first(), service.get(1)) else {
            told.fault(at, "a service without networks or servers");
            continue;
        };
        let begins = |scheme: &str| addresses.iter().find(|own| own.starts_with(scheme));
        let Some(address) = begins("https://").or_else(|| begins("http://")) else {
            told.fault(at, "a service without a server");
            continue;
        };
        for network in networks {
            match net::network(network) {
                Ok(network) if told.networks < super::build::NETWORKS_MAX as u64 => {
                    told.networks += 1;
                    contacts.server(network, address);
                }
                _ => told.fault(at, "no network"),
            }
        }
    }
}
