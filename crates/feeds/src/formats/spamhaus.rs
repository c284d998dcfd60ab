//! Spamhaus: the CERT feed (a table without a header) and the DROP lists.

use std::borrow::Cow;

use cairn_kernel::time::Micros;

use crate::batch::Row;
use crate::field::Field;
use crate::reject::{Cause, Name};
use crate::types::time;
use crate::value::Value;

use super::tables::TABLES;
use super::{may, must, text};

/// `ip, asn, country, lastseen, botname, domain, remote_ip, remote_port, local_port, protocol`
pub(super) fn cert<'b>(line: &'b str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    let cells: Vec<&'b str> = line.split(',').map(known).collect();
    let [
        ip,
        asn,
        cc,
        seen,
        bot,
        domain,
        remote,
        port,
        local,
        transport,
    ] = *cells.as_slice()
    else {
        return Err(Cause::WrongCells);
    };
    must(row, Field::SourceIp, "ip", text(ip))?;
    let seen = time::epoch(seen).ok_or(Cause::BadValue {
        column: Name::new("lastseen"),
        field: Field::TimeSource,
    })?;
    row.put(Field::TimeSource, Value::Time(seen));
    may(row, Field::SourceAsn, text(asn));
    may(row, Field::SourceGeolocationCc, text(cc));
    may(row, Field::ProtocolTransport, text(transport));
    may(row, Field::DestinationPort, text(port));
    if bot == "l_spamlink" {
        spam_link(domain, local, row);
    } else {
        may(row, Field::DestinationFqdn, text(domain));
        may(row, Field::DestinationIp, text(remote));
        if let Ok(port) = local.parse() {
            row.extra(Cow::Borrowed("source.local_port"), Value::Int(port));
        }
    }
    match TABLES.spamhaus.get(bot) {
        Some(meaning) => meaning.tell(row),
        None => {
            may(row, Field::MalwareName, text(bot));
            may(row, Field::ClassificationType, text("infected-system"));
        }
    }
    Ok(())
}

/// A cell that tells nothing is written `-` or `?`.
fn known(cell: &str) -> &str {
    match cell.trim() {
        "-" | "?" => "",
        cell => cell,
    }
}

/// Who sent the link: `192.0.2.1:1660:darkmailer2`.
fn spam_link<'b>(url: &'b str, sender: &'b str, row: &mut Row<'_, 'b>) {
    may(row, Field::SourceUrl, text(url));
    let mut parts = sender.splitn(3, ':');
    if let Some(ip) = parts.next().filter(|ip| !ip.is_empty()) {
        row.extra(Cow::Borrowed("spam_ip"), text(ip));
    }
    may(row, Field::MalwareVersion, text(parts.next().unwrap_or("")));
    may(row, Field::MalwareName, text(parts.next().unwrap_or("")));
}

/// `192.0.2.0/24 ; SBL1` or `AS64496 ; AE | NAME`
pub(super) fn drop_list<'b>(
    line: &'b str,
    since: Option<Micros>,
    row: &mut Row<'_, 'b>,
) -> Result<(), Cause> {
    let (what, rest) = line.split_once(';').unwrap_or((line, ""));
    if what.trim_start().starts_with(['A', 'a']) {
        must(row, Field::SourceAsn, "asn", text(what))?;
        let (cc, name) = rest.split_once('|').unwrap_or(("", rest));
        may(row, Field::SourceGeolocationCc, text(cc.trim()));
        may(row, Field::SourceAsName, text(name.trim()));
    } else {
        must(row, Field::SourceNetwork, "network", text(what))?;
        if !rest.trim().is_empty() {
            row.extra(Cow::Borrowed("blocklist"), text(rest.trim()));
        }
    }
    if let Some(since) = since {
        row.put(Field::TimeSource, Value::Time(since));
    }
    may(row, Field::ClassificationType, text("spam"));
    Ok(())
}
