//! An answer as files: a table that no spreadsheet reads as a formula, of as many rows as are asked for.

use cairn_kernel::observable::{Kind, Observable, defang};
use cairn_kernel::text::csv_cell;
use cairn_store::feeds::mix::Column;

use super::{App, Explored};
use crate::export::csv_line;

/// The columns of the table.
const HEAD: [&str; 20] = [
    "time.source",
    "feed.no",
    "feed.name",
    "classification.type",
    "classification.identifier",
    "malware.name",
    "severity",
    "source.ip",
    "source.port",
    "source.fqdn",
    "source.url",
    "source.asn",
    "source.geolocation.cc",
    "protocol.transport",
    "destination.ip",
    "destination.port",
    "owner.no",
    "owner.name",
    "state",
    "report.row",
];

impl App {
    /// The rows of an answer as a table. Names and URLs are defanged.
    #[must_use]
    pub fn explored_csv(&self, explored: &Explored) -> String {
        let mut out = String::new();
        csv_line(&mut out, HEAD.into_iter().map(str::to_owned));
        for row in &explored.rows {
            let text = |kind, value: &str| {
                defang(&Observable {
                    kind,
                    value: value.to_owned(),
                })
            };
            let number =
                |number: Option<u16>| number.map(|own| own.to_string()).unwrap_or_default();
            let ip = |ip: Option<std::net::IpAddr>| {
                ip.map(|ip| text(Kind::Ip, &ip.to_string()))
                    .unwrap_or_default()
            };
            let feed = row.word(Column::Feed).parse().ok();
            let feed = feed.and_then(|no: i64| explored.feeds.get(&no));
            let owner = row.word(Column::Owner).parse().ok();
            let owner = owner.and_then(|no: u32| explored.owners.get(&no));
            let named = |kind, value: &str| {
                if value.is_empty() {
                    String::new()
                } else {
                    text(kind, value)
                }
            };
            let state = match row.fresh {
                Some(true) => "new",
                Some(false) => "again",
                None => "",
            };
            let cells = [
                row.at.to_string(),
                row.word(Column::Feed).to_owned(),
                feed.cloned().unwrap_or_default(),
                row.word(Column::Kind).to_owned(),
                row.word(Column::Identifier).to_owned(),
                row.word(Column::Malware).to_owned(),
                row.word(Column::Severity).to_owned(),
                ip(row.ip),
                number(row.port),
                named(Kind::Domain, &row.fqdn),
                named(Kind::Url, &row.url),
                row.word(Column::Asn).to_owned(),
                row.word(Column::Cc).to_owned(),
                row.word(Column::Transport).to_owned(),
                ip(row.to_ip),
                number(row.to_port),
                row.word(Column::Owner).to_owned(),
                owner.cloned().unwrap_or_default(),
                state.to_owned(),
                format!("{}/{}/{}", row.report, row.offset, row.bytes),
            ];
            csv_line(
                &mut out,
                cells.iter().map(|cell| csv_cell(cell).into_owned()),
            );
        }
        out
    }
}
