//! The rows of a notice as a file: a table, IntelMQ's data format, X-ARF 4.

use cairn_kernel::label::Tlp;
use cairn_kernel::text::csv_cell;
use csv::{QuoteStyle, WriterBuilder};
use serde_json::{Map, Value, json};

use super::{Format, Line, Part, Row};

/// Columns of the table.
const COLUMNS: [&str; 16] = [
    "row",
    "part",
    "time",
    "type",
    "identifier",
    "malware",
    "severity",
    "address",
    "port",
    "transport",
    "name",
    "url",
    "asn",
    "country",
    "first_told",
    "gone",
];

/// A file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What the file says of where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Number of the notice.
    pub number: &'a str,
    /// Its label.
    pub tlp: Tlp,
    /// Who tells.
    pub service: &'a str,
    /// Mailbox of who tells.
    pub contact: &'a str,
    /// Domain of who tells.
    pub domain: &'a str,
}

/// The rows as a file of this format; each with its number, counted from 1.
///
/// # Errors
/// The writer of the format.
pub fn file(format: Format, rows: &[Row], head: &Head<'_>) -> Result<File, serde_json::Error> {
    let (ending, media, bytes) = match format {
        Format::Csv => (
            "csv",
            "text/csv; charset=utf-8; header=present",
            table(rows),
        ),
        Format::Json => ("jsonl", "application/x-ndjson", events(rows, head)?),
        Format::Xarf => ("xarf.json", "application/json", xarf(rows, head)?),
    };
    Ok(File {
        name: format!("notice-{}.{ending}", head.number),
        media,
        bytes,
    })
}

fn numbered(rows: &[Row]) -> impl Iterator<Item = (usize, &Row)> {
    (1..).zip(rows)
}

fn writer() -> csv::Writer<Vec<u8>> {
    WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new())
}

/// Every text is quoted, and none is taken for a formula.
fn table(rows: &[Row]) -> Vec<u8> {
    let mut out = writer();
    // Writing into memory does not fail.
    let _written = out.write_record(COLUMNS);
    records(&mut out, &[], rows);
    out.into_inner().unwrap_or_default()
}

/// Rows of several notices, as an owner fetches them: a table whose first columns name notice and label, or an event a line.
///
/// # Errors
/// The writer of the format.
pub fn fetched(
    format: Format,
    notices: &[(Head<'_>, &[Row])],
) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
    if format != Format::Csv {
        let mut out = Vec::new();
        for (head, rows) in notices {
            out.append(&mut events(rows, head)?);
        }
        return Ok(("application/x-ndjson", out));
    }
    let mut out = writer();
    let columns = ["notice", "tlp"].into_iter().chain(COLUMNS);
    let _written = out.write_record(columns);
    for (head, rows) in notices {
        records(&mut out, &[head.number, head.tlp.as_str()], rows);
    }
    let bytes = out.into_inner().unwrap_or_default();
    Ok(("text/csv; charset=utf-8; header=present", bytes))
}

/// Rows as records, each after the same first cells.
fn records(out: &mut csv::Writer<Vec<u8>>, first: &[&str], rows: &[Row]) {
    for (no, row) in numbered(rows) {
        let line = &row.line;
        let told = row.told.map(|at| at.to_string());
        let gone = row.gone.map(|at| at.to_string());
        let port = line.port.map(|port| port.to_string());
        let cells = [
            no.to_string(),
            row.part.as_str().to_owned(),
            line.at.to_string(),
            line.kind.clone(),
            line.identifier.clone(),
            line.malware.clone(),
            line.severity.clone(),
            line.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            port.unwrap_or_default(),
            line.transport.clone(),
            line.fqdn.clone(),
            line.url.clone(),
            line.asn.map(|asn| asn.to_string()).unwrap_or_default(),
            line.cc.clone(),
            told.unwrap_or_default(),
            gone.unwrap_or_default(),
        ];
        let first = first.iter().map(|cell| (*cell).to_owned());
        let cells = first.chain(cells);
        let _written = out.write_record(cells.map(|cell| csv_cell(&cell).into_owned()));
    }
}

/// Fields of IntelMQ's data format, those that are known.
fn fields(line: &Line) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        if !empty {
            all.insert(name.to_owned(), value);
        }
    };
    let (provider, name) = line.feed.split_once('/').unwrap_or((&line.feed, ""));
    put("feed.provider", json!(provider));
    put("feed.name", json!(name));
    put("time.source", json!(idf_time(line.at)));
    put("classification.type", json!(line.kind));
    put("classification.identifier", json!(line.identifier));
    put("malware.name", json!(line.malware));
    put("severity", json!(line.severity));
    put("source.ip", json!(line.ip.map(|ip| ip.to_string())));
    put("source.port", json!(line.port));
    put("source.fqdn", json!(line.fqdn));
    put("source.url", json!(line.url));
    put("source.asn", json!(line.asn));
    put("source.geolocation.cc", json!(line.cc));
    put("protocol.transport", json!(line.transport));
    all
}

fn idf_time(at: cairn_kernel::time::Micros) -> String {
    at.timestamp()
        .strftime("%Y-%m-%dT%H:%M:%S+00:00")
        .to_string()
}

fn events(rows: &[Row], head: &Head<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::new();
    for (no, row) in numbered(rows) {
        let mut event = fields(&row.line);
        event.insert("__type".into(), json!("Event"));
        event.insert("tlp".into(), json!(head.tlp.as_str().to_uppercase()));
        event.insert("extra.notice.number".into(), json!(head.number));
        event.insert("extra.notice.row".into(), json!(no));
        event.insert("extra.notice.part".into(), json!(row.part.as_str()));
        if let Some(gone) = row.gone {
            event.insert("extra.notice.gone".into(), json!(gone.to_string()));
        }
        serde_json::to_writer(&mut out, &event)?;
        out.push(b'\n');
    }
    Ok(out)
}

/// Category and type of X-ARF for a type of RSIT.
const fn xarf_kind(kind: &str) -> (&'static str, Option<&'static str>) {
    match kind.as_bytes() {
        b"scanner" => ("connection", Some("port_scan")),
        b"brute-force" => ("connection", Some("login_attack")),
        b"ddos" => ("connection", Some("ddos")),
        b"ids-alert" | b"exploit" => ("connection", None),
        b"malware-distribution" => ("content", Some("malware")),
        b"phishing" => ("content", Some("phishing")),
        b"masquerade" => ("content", Some("fraud")),
        b"copyright" => ("copyright", None),
        b"infected-system" | b"c2-server" => ("infrastructure", Some("botnet")),
        b"system-compromise" => ("infrastructure", Some("compromised_server")),
        b"spam" => ("messaging", Some("spam")),
        b"blacklist" => ("reputation", None),
        b"misconfiguration" => ("vulnerability", Some("misconfiguration")),
        _ => ("vulnerability", None),
    }
}

/// X-ARF 4: what is still there. What is gone is no report of abuse.
fn xarf(rows: &[Row], head: &Head<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let still = numbered(rows).filter(|(_, row)| row.part != Part::Gone);
    let all: Vec<Value> = still
        .map(|(no, row)| {
            let line = &row.line;
            let (category, kind) = xarf_kind(&line.kind);
            let kind = kind.unwrap_or(if line.identifier.is_empty() {
                &line.kind
            } else {
                &line.identifier
            });
            let who = json!({ "org": head.service, "contact": head.contact, "domain": head.domain });
            let mut report = json!({
                "xarf_version": "4.2.0", "report_id": report_id(head.number, no), "timestamp": line.at.to_string(),
                "reporter": who, "sender": who, "source_identifier": line.asset(), "category": category, "type": kind,
                "evidence_source": "automated_scan", "tlp": head.tlp.as_str(),
            });
            let more = [
                ("source_port", json!(line.port)),
                ("protocol", json!(line.transport)),
                ("url", json!(line.url)),
                ("malware_family", json!(line.malware)),
            ];
            for (name, value) in more {
                let empty = value.is_null() || value == json!("");
                if let (false, Some(report)) = (empty, report.as_object_mut()) {
                    report.insert(name.to_owned(), value);
                }
            }
            report
        })
        .collect();
    serde_json::to_vec_pretty(&all)
}

/// A UUID (RFC 9562, version 8) of number and row: the same row has the same, however often it is written.
fn report_id(number: &str, row: usize) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let (day, count) = digits.split_at_checked(8).unwrap_or((&digits, ""));
    let count: u64 = count.parse().unwrap_or_default();
    format!("{day:0>8}-0000-8000-8{:03x}-{row:012x}", count % 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_kernel::time::Micros;

    fn rows() -> Vec<Row> {
        let line = Line {
            feed: "example/scan".into(),
            kind: "vulnerable-system".into(),
            identifier: "open-telnet".into(),
            ip: Some("192.0.2.7".parse().unwrap()),
            port: Some(23),
            transport: "tcp".into(),
            fqdn: "=cmd|' /C calc'!A0".into(),
            asn: Some(64_496),
            cc: "NZ".into(),
            at: Micros(1_795_456_800_000_000),
            ..Line::default()
        };
        let gone = Row {
            part: Part::Gone,
            line: line.clone(),
            told: Some(Micros(0)),
            gone: Some(Micros(0)),
        };
        vec![
            Row {
                part: Part::New,
                line,
                told: None,
                gone: None,
            },
            gone,
        ]
    }

    fn head() -> Head<'static> {
        Head {
            number: "20261123-00000001",
            tlp: Tlp::Amber,
            service: "CERT",
            contact: "cert@cert.example",
            domain: "cert.example",
        }
    }

    fn text(format: Format) -> String {
        let file = file(format, &rows(), &head()).unwrap();
        assert!(file.name.starts_with("notice-20261123-00000001."));
        String::from_utf8(file.bytes).unwrap()
    }

    #[test]
    fn tables_hold_no_formula_and_one_line_a_row() {
        let text = text(Format::Csv);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("\"'=cmd|"), "{text}");
        assert!(text.contains(
            "\"1\",\"new\",\"2026-11-23T18:00:00Z\",\"vulnerable-system\",\"open-telnet\""
        ));
    }

    #[test]
    fn events_are_those_of_the_data_format() {
        let text = text(Format::Json);
        let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(first["source.ip"], "192.0.2.7");
        assert_eq!(first["extra.notice.row"], 1);
        assert_eq!(first["time.source"], "2026-11-23T18:00:00+00:00");
        assert!(first.get("source.url").is_none());
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn what_is_gone_is_no_report_of_abuse() {
        let all: Vec<Value> = serde_json::from_str(&text(Format::Xarf)).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0]["category"], "vulnerability");
        assert_eq!(all[0]["type"], "open-telnet");
        assert_eq!(all[0]["source_identifier"], "192.0.2.7");
        assert_eq!(all[0]["report_id"], "20261123-0000-8000-8001-000000000001");
    }
}
