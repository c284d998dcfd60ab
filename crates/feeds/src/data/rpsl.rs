//! Dumps of registries' databases (RPSL, RFC 2622 and 4012; RFC 2725 for `mnt-irt`; the RIPE database's manual for `abuse-c`): objects
//! of lines `attribute: value`, blank lines between. What is taken: networks, numbers of systems, organisations, roles and teams
//! with their mailboxes for abuse. Objects of persons are passed over.

use std::io::{BufRead, BufReader, Read};
use std::net::IpAddr;

use super::contacts::{Contacts, Leads, mailbox};
use super::source::{LINE_BYTES_MAX, SOURCE_BYTES_MAX, SourceError, Told};
use crate::types::net;
use crate::value::Network;

/// Bytes of a value, continuation lines included. What we look for is short.
const VALUE_BYTES_MAX: usize = 1_000;

/// What of an object is of interest.
#[derive(Debug, Default)]
struct Object {
    /// Line on which it begins.
    line: u64,
    /// Name of its first attribute, and its value.
    class: String,
    key: String,
    nic_hdl: String,
    mailbox: String,
    role: String,
    team: String,
    organisation: String,
}

impl Object {
    /// Where the value of an attribute goes. The first one holds where there are several.
    fn place(&mut self, attribute: &str) -> Option<&mut String> {
        let place = match attribute {
            "nic-hdl" => &mut self.nic_hdl,
            "abuse-mailbox" => &mut self.mailbox,
            "abuse-c" => &mut self.role,
            "mnt-irt" => &mut self.team,
            "org" => &mut self.organisation,
            _ => return None,
        };
        place.is_empty().then_some(place)
    }
}

/// Reads a dump. Text that is not UTF-8 is none of ours: handles and mailboxes are ASCII.
pub(super) fn read(input: &mut dyn Read, contacts: &mut Contacts) -> Result<Told, SourceError> {
    let mut told = Told::default();
    let mut input = BufReader::with_capacity(1 << 16, input.take(SOURCE_BYTES_MAX));
    let mut line = Vec::new();
    let mut object = Object::default();
    // The attribute that lines which go on belong to: its name and what it has so far.
    let mut open = (String::new(), String::new());
    for at in 1_u64.. {
        line.clear();
        let bytes = (&mut input)
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if bytes as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            told.fault(at, "longer than a line may be");
            input.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.starts_with(['%', '#']) {
            continue;
        }
        if let Some(more) = text.strip_prefix([' ', '\t', '+']) {
            if open.1.len() + more.len() < VALUE_BYTES_MAX {
                open.1.push(' ');
                open.1.push_str(value(more));
            }
            continue;
        }
        close(&mut open, &mut object);
        if text.is_empty() {
            end(std::mem::take(&mut object), contacts, &mut told)?;
            if bytes == 0 {
                break;
            }
            continue;
        }
        let Some((attribute, rest)) = text.split_once(':') else {
            told.fault(at, "no attribute");
            continue;
        };
        if object.class.is_empty() {
            object.line = at;
            object.class = attribute.trim().to_ascii_lowercase();
            open = (String::new(), cut(value(rest)).to_owned());
        } else {
            let attribute = attribute.trim().to_ascii_lowercase();
            open = (attribute, cut(value(rest)).to_owned());
        }
    }
    if input.get_ref().limit() == 0 {
        return Err(SourceError::TooLarge);
    }
    Ok(told)
}

/// Without the remark behind it.
fn value(text: &str) -> &str {
    text.split('#').next().unwrap_or("").trim()
}

fn cut(text: &str) -> &str {
    if text.len() > VALUE_BYTES_MAX {
        ""
    } else {
        text
    }
}

/// An attribute is whole.
fn close(open: &mut (String, String), object: &mut Object) {
    let (attribute, value) = std::mem::take(open);
    if attribute.is_empty() {
        if object.key.is_empty() {
            object.key = value;
        }
    } else if let Some(place) = object.place(&attribute) {
        *place = value;
    }
}

/// An object is whole.
fn end(object: Object, contacts: &mut Contacts, told: &mut Told) -> Result<(), SourceError> {
    let mut handle = |text: &str| {
        let text = text.split_ascii_whitespace().next().unwrap_or("");
        (!text.is_empty()).then(|| contacts.name(&text.to_ascii_uppercase()))
    };
    let key = match object.class.as_str() {
        "role" => handle(&object.nic_hdl),
        "irt" | "organisation" => handle(&object.key),
        "inetnum" | "inet6num" | "aut-num" => None,
        _ => return Ok(()),
    };
    let (role, team) = (handle(&object.role), handle(&object.team));
    let organisation = handle(&object.organisation);
    let own = mailbox(&object.mailbox);
    if own.is_none() && !object.mailbox.is_empty() {
        told.fault(object.line, "no mailbox");
    }
    let leads = Leads {
        mailbox: own.map(|own| contacts.name(&own)),
        role,
        team,
        organisation,
    };
    match (object.class.as_str(), key) {
        ("role" | "irt", Some(key)) => {
            if let Some(mailbox) = leads.mailbox {
                contacts.role(key, mailbox);
            }
        }
        ("organisation", Some(key)) => contacts.organisation(key, leads),
        ("aut-num", _) => match system(&object.key) {
            Some(asn) => contacts.system(asn, leads),
            None => told.fault(object.line, "no number of an AS"),
        },
        ("inetnum" | "inet6num", _) => {
            let Some(networks) = networks(&object.key) else {
                told.fault(object.line, "no network");
                return Ok(());
            };
            for network in networks {
                told.networks += 1;
                if !contacts.network(network, leads) {
                    return Err(SourceError::TooMany);
                }
            }
        }
        _ => told.fault(object.line, "no handle"),
    }
    Ok(())
}

fn system(text: &str) -> Option<u32> {
    let digits = text.to_ascii_uppercase();
    digits.strip_prefix("AS")?.parse().ok()
}

/// `192.0.2.0 - 192.0.2.255`, or a network in CIDR.
fn networks(text: &str) -> Option<Vec<Network>> {
    let Some((first, last)) = text.split_once('-') else {
        return text.contains('/').then_some(vec![net::network(text).ok()?]);
    };
    let address = |text: &str| text.trim().parse::<IpAddr>().ok();
    Network::between(address(first)?, address(last)?)
}
