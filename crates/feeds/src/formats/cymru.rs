//! Team Cymru: reports of the Community Assistance Program (`category|address|asn|timestamp|remarks|as name`), in the edition
//! of words (`srcport 1337 mwtype Conficker`) and of pairs (`family: Conficker;port: 80;`), and the list of bogons.

use std::borrow::Cow;

use cairn_kernel::time::Micros;

use crate::batch::Row;
use crate::field::Field;
use crate::reject::{Cause, Name};
use crate::types;
use crate::value::Value;

use super::tables::{self, TABLES};
use super::{may, must, owned, text};

/// Words that begin a remark of the older edition.
const WORDS: [&str; 5] = ["srcport", "mwtype", "destaddr", "dstaddr", "destport"];
/// Ports that one row may name.
const PORTS_MAX: usize = 1_000;

/// One line of a CAP report; one observation for each port of the destination.
pub(super) fn row<'b>(line: &'b str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    let cells: Vec<&str> = line.split('|').collect();
    let (head, name) = match cells.as_slice() {
        // The name of an AS is last, and may hold anything.
        [category, address, asn, at, middle @ .., name] if !middle.is_empty() => {
            ((*category, *address, *asn, *at, middle.join("|")), *name)
        }
        _ => return Err(Cause::WrongCells),
    };
    let (category, address, asn, at, remarks) = head;
    let meaning = TABLES.cymru.get(category.trim());
    let meaning = meaning.ok_or_else(|| Cause::UnknownCategory(Name::new(category)))?;
    must(row, Field::SourceIp, "address", text(address))?;
    must(row, Field::TimeSource, "timestamp", text(at))?;
    if asn.trim() != "0" {
        may(row, Field::SourceAsn, text(asn));
    }
    as_name(name, row);
    let mut told = Told::default();
    if remarks.contains([':', ';']) && !types::is_absolute(&remarks) || remarks.contains(';') {
        told.pairs(&remarks, category, row);
    } else {
        told.words(&remarks, category, row);
    }
    if let (false, Some(asns)) = (told.asns.is_empty(), asn.trim().parse::<u64>().ok()) {
        let mut all = vec![serde_json::Value::from(asns)];
        all.extend(told.asns.iter().map(|asn| serde_json::Value::from(*asn)));
        row.extra(
            Cow::Borrowed("source.asns"),
            Value::Json(Box::new(all.into())),
        );
    }
    meaning.tell(row);
    ports(&told.ports, row)
}

/// `Example AS Name, AT`: the country is what follows the last comma, if it is two letters.
fn as_name<'b>(name: &'b str, row: &mut Row<'_, 'b>) {
    let name = name.trim();
    match name.rsplit_once(", ") {
        Some((_, cc)) if cc.len() == 2 && cc.bytes().all(|b| b.is_ascii_uppercase()) => {
            may(row, Field::SourceGeolocationCc, text(cc));
        }
        _ => {}
    }
    let name = if row.has(Field::SourceGeolocationCc) {
        name.rsplit_once(", ").map_or(name, |(name, _)| name)
    } else {
        name
    };
    may(row, Field::SourceAsName, text(name));
}

fn ports(ports: &[String], row: &mut Row<'_, '_>) -> Result<(), Cause> {
    for (n, port) in ports.iter().enumerate() {
        if n > 0 {
            row.same_again()?;
            row.remove(Field::DestinationPort);
        }
        must(row, Field::DestinationPort, "port", owned(port))?;
    }
    Ok(())
}

/// What the remarks tell besides fields.
#[derive(Debug, Default)]
struct Told {
    ports: Vec<String>,
    asns: Vec<u64>,
}

impl Told {
    /// `family: Conficker;dest_addr:192.0.2.1; dest_port: 80;ssh;`
    fn pairs(&mut self, remarks: &str, category: &str, row: &mut Row<'_, '_>) {
        for part in remarks
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            // In some a semicolon is missing: `hostname: sub.example.comport: 80`.
            match part.split_once("port: ") {
                Some((before, port))
                    if before.starts_with("hostname") && !before.ends_with('_') =>
                {
                    self.pair(before, category, row);
                    self.pair(&format!("port: {port}"), category, row);
                }
                _ => self.pair(part, category, row),
            }
        }
    }

    fn pair(&mut self, part: &str, category: &str, row: &mut Row<'_, '_>) {
        if part.contains(' ')
            && WORDS
                .iter()
                .any(|word| part.starts_with(&format!("{word} ")))
        {
            return self.words(part, category, row);
        }
        let (key, value) = match part.split_once(':') {
            Some((key, value)) if !types::is_absolute(part) => (key.trim(), value.trim()),
            _ => ("", part),
        };
        match key {
            "family" | "mwtype" => malware(value, row),
            "dest_addr" | "destaddr" | "dstaddr" => may(row, Field::DestinationIp, owned(value)),
            "dest_port" => self.ports.push(value.to_owned()),
            "destination_port_numbers" | "darknet_port" | "ports_scanned" | "honeypot_port" => {
                let list = value.split(" (").next().unwrap_or("");
                let list = list.split(',').map(|port| port.trim().to_owned());
                self.ports.extend(list.take(PORTS_MAX));
            }
            "port" | "srcport" => may(row, Field::SourcePort, owned(value)),
            "protocol" => transport(value, row),
            "hostname" => may(row, Field::SourceFqdn, owned(value)),
            "username" => may(row, Field::SourceAccount, owned(value)),
            "proxy_type" => proxy(value, row),
            "additional_asns" => {
                let list = value
                    .split(',')
                    .filter_map(|asn| asn.trim().parse::<u64>().ok());
                self.asns.extend(list);
            }
            "" => plain(value, category, row),
            other => row.extra(Cow::Owned(other.replace(' ', "_")), owned(value)),
        }
    }

    /// `srcport 1337 mwtype Conficker destaddr 192.0.2.1 and more`
    fn words(&mut self, remarks: &str, category: &str, row: &mut Row<'_, '_>) {
        let mut rest = remarks.trim();
        if !WORDS
            .iter()
            .any(|word| rest.starts_with(&format!("{word} ")))
        {
            return plain(rest, category, row);
        }
        while let Some((word, after)) = rest.split_once(' ') {
            let next = WORDS
                .iter()
                .filter_map(|other| after.find(&format!(" {other} ")))
                .min();
            let (value, more) = next.map_or((after, ""), |at| after.split_at(at));
            let one = value.split(' ').next().unwrap_or("");
            let mut left = value.get(one.len()..).unwrap_or("").trim();
            match word {
                "srcport" => {
                    if let Ok(port) = one.parse() {
                        row.extra(Cow::Borrowed("source_port"), Value::Int(port));
                    }
                }
                "mwtype" => {
                    malware(value, row);
                    left = "";
                }
                "destaddr" | "dstaddr" => may(row, Field::DestinationIp, owned(one)),
                "destport" => self.ports.push(one.to_owned()),
                _ => break,
            }
            if !left.is_empty() {
                may(row, Field::EventDescriptionText, owned(left));
            }
            rest = more.trim();
        }
    }
}

fn malware(name: &str, row: &mut Row<'_, '_>) {
    may(row, Field::MalwareName, owned(name));
    may(
        row,
        Field::ClassificationIdentifier,
        owned(&name.to_lowercase()),
    );
}

fn transport(number: &str, row: &mut Row<'_, '_>) {
    match (tables::protocol(number), number.parse()) {
        (Some(name), _) => may(row, Field::ProtocolTransport, text(name)),
        (None, Ok(number)) => row.extra(Cow::Borrowed("protocol.transport"), Value::Int(number)),
        (None, Err(_)) => row.extra(Cow::Borrowed("protocol.transport"), owned(number)),
    }
}

/// `socks4-61039`, `httppost`
fn proxy(value: &str, row: &mut Row<'_, '_>) {
    let (name, port) = value.rsplit_once('-').unwrap_or((value, ""));
    if port.bytes().all(|byte| byte.is_ascii_digit()) {
        may(row, Field::ProtocolApplication, owned(name));
        may(row, Field::SourcePort, owned(port));
    } else {
        may(row, Field::ProtocolApplication, owned(value));
    }
}

/// A remark without a key: what it is depends on the category.
fn plain(value: &str, category: &str, row: &mut Row<'_, '_>) {
    match category {
        _ if value.is_empty() => {}
        "bruteforce" => {
            may(row, Field::ClassificationIdentifier, owned(value));
            may(row, Field::ProtocolApplication, owned(value));
        }
        "phishing" => super::super::mapping::lenient(row, Field::SourceUrl, "url", owned(value)),
        "proxy" if value.contains(' ') => row.extra(Cow::Borrowed("request"), owned(value)),
        "proxy" => proxy(value, row),
        _ => may(row, Field::EventDescriptionText, owned(value)),
    }
}

/// A network of the list of bogons.
pub(super) fn bogon<'b>(
    line: &'b str,
    since: Option<Micros>,
    row: &mut Row<'_, 'b>,
) -> Result<(), Cause> {
    must(row, Field::SourceNetwork, "network", text(line))?;
    if let Some(since) = since {
        row.put(Field::TimeSource, Value::Time(since));
    }
    may(row, Field::ClassificationType, text("blacklist"));
    Ok(())
}
