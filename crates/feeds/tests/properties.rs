//! What must hold of every report: nothing is lost, chunks do not matter, what is printed is read again, and hostile input
//! ends in rejects within bounds.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::time::{Duration, Instant};

use cairn_feeds::archive::{self, ArchiveError};
use cairn_feeds::batch::Batch;
use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::limits::ROW_BYTES_MAX;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::reject::{Cause, Span};
use cairn_feeds::schema::Schema;
use cairn_feeds::value::Value;
use cairn_feeds::wire;
use proptest::prelude::*;
use support::{parse, parse_by};

const SCHEMA: &str = r#"{"t": {"feed_name": "T", "file_name": "t", "required_fields": [["source.ip", "ip"]],
    "optional_fields": [["source.port", "port", "convert_int"], ["source.fqdn", "name", "validate_fqdn"], ["extra.", "x"]]}}"#;

fn table() -> Format {
    Format::Shadowserver(support::report_type(SCHEMA, "t.csv"))
}

fn formats() -> Vec<Format> {
    let vendors = Vendor::names().map(|name| Format::Vendor(Vendor::by_name(name).unwrap()));
    vendors
        .chain([table(), Format::Json(Box::default())])
        .collect()
}

/// Reports that look like reports: pieces of tables, lines and JSON in any order.
fn report() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "ip,port,name,x\n",
        "192.0.2.1,80,a.example,y\n",
        "\"192.0.2.1\",\"8\"\"0\",,\"a\nb\"\r\n",
        "\"",
        "\n",
        "\r\n",
        ",",
        "{",
        "}",
        "[",
        "]",
        "{\"source.ip\": \"192.0.2.1\"}",
        "{\"a\": \"\\\"}\"}",
        "# c\n",
        "bot|192.0.2.1|1|2050-01-01 00:00:00|family: x;|N, NZ\n",
        "192.0.2.1\n",
        "é",
        "|",
        ";",
        "\0",
        "\u{feff}",
        "64496 | N | 192.0.2.1 | 2050-01-01 00:00:00 | sshclient\n",
    ]);
    let bytes = prop_oneof![9 => pieces.prop_map(|text| text.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 1..4)];
    prop::collection::vec(bytes, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_byte_belongs_to_a_row_or_is_between(report in report()) {
        for format in formats() {
            let parsed = parse(format.clone(), &Context::default(), &report);
            let (rows, rejects, between) = parsed.bytes;
            prop_assert_eq!(rows + rejects + between, report.len() as u64, "{:?}", format);
        }
    }

    #[test]
    fn chunks_do_not_matter(report in report(), step in 1_usize..7) {
        for format in formats() {
            let whole = parse(format.clone(), &Context::default(), &report);
            let cut = parse_by(format, &Context::default(), &report, step);
            prop_assert_eq!(&whole.text, &cut.text);
            prop_assert_eq!(&whole.rejects, &cut.rejects);
        }
    }

    #[test]
    fn what_is_printed_is_read_again(report in report()) {
        for format in formats() {
            let first = parse(format, &Context::default(), &report);
            let second = parse(Format::Json(Box::default()), &Context::default(), first.text.as_bytes());
            prop_assert_eq!(&second.rejects, &[]);
            prop_assert_eq!(&second.events, &first.events);
        }
    }

    #[test]
    fn any_value_that_a_field_takes_goes_there_and_back(at in 0..Field::COUNT, text in "\\PC{0,30}", number in any::<i64>()) {
        let field = Field::all().nth(at).unwrap();
        for value in [Value::Text(text.clone().into()), Value::Int(number)] {
            let mut batch = Batch::default();
            let mut row = batch.row(Span::default(), b"x");
            if field == Field::Extra || row.set(field, value).is_err() {
                row.undo();
                continue;
            }
            row.done();
            let mut line = String::new();
            for observation in batch.observations() {
                wire::write(&observation, &mut line);
            }
            let read = parse(Format::Json(Box::default()), &Context::default(), line.as_bytes());
            prop_assert_eq!(&read.rejects, &[]);
            prop_assert_eq!(&read.events[0], &serde_json::from_str::<serde_json::Value>(&line).unwrap());
        }
    }
}

fn within(limit: Duration, work: impl FnOnce()) {
    let begun = Instant::now();
    work();
    assert!(begun.elapsed() < limit, "took {:?}", begun.elapsed());
}

const BOUND: Duration = Duration::from_secs(20);

#[test]
fn a_long_line_is_one_reject_and_the_next_row_is_read() {
    within(BOUND, || {
        let mut report = b"ip,port\n192.0.2.1,".to_vec();
        report.extend(std::iter::repeat_n(b'9', 3 * ROW_BYTES_MAX));
        report.extend_from_slice(b"\n192.0.2.2,80\n");
        for step in [usize::MAX, 100_000] {
            let parsed = parse_by(table(), &Context::default(), &report, step);
            assert_eq!(parsed.events.len(), 1);
            assert_eq!(parsed.rejects.len(), 1);
            assert_eq!(
                (parsed.rejects[0].cause.clone(), parsed.rejects[0].span.line),
                (Cause::TooLong, 2)
            );
        }
    });
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    within(BOUND, || {
        let mut report = b"ip,port\n\"192.0.2.1,80\n".to_vec();
        for _ in 0..60_000 {
            report.extend_from_slice(b"192.0.2.2,80,aaaaaaaaaaaaaaaaaa\n");
        }
        let parsed = parse(table(), &Context::default(), &report);
        assert_eq!(parsed.events.len(), 60_000);
        assert_eq!(parsed.rejects.len(), 1);
        assert_eq!(parsed.rejects[0].cause, Cause::UnclosedQuote);
        let short = parse(
            table(),
            &Context::default(),
            b"ip,port\n\"192.0.2.1,80\n192.0.2.2,80\n",
        );
        assert_eq!((short.events.len(), short.rejects.len()), (1, 1));
    });
}

#[test]
fn another_charset_is_told() {
    let mut report = b"ip,x\n192.0.2.1,caf\xe9\n192.0.2.2,caf\xc3\xa9\n".to_vec();
    let parsed = parse(table(), &Context::default(), &report);
    assert_eq!(
        (parsed.events.len(), &parsed.rejects[0].cause),
        (1, &Cause::NotUtf8)
    );
    report = "ip,x\n192.0.2.1,y\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    report.splice(0..0, [0xff, 0xfe]);
    let parsed = parse(table(), &Context::default(), &report);
    assert_eq!(parsed.events.len(), 0);
    assert!(!parsed.rejects.is_empty());
}

#[test]
fn ten_thousand_columns_are_refused() {
    let mut report = vec!["c"; 10_000].join(",");
    report.push_str("\n1,2\n");
    let parsed = parse(table(), &Context::default(), report.as_bytes());
    assert_eq!(parsed.rejects.len(), 2);
    assert_eq!(parsed.rejects[0].cause, Cause::TooManyColumns);
}

#[test]
fn nuls_are_left_out() {
    let parsed = parse(table(), &Context::default(), b"ip,x\n192.0\0.2.1,a\0b\n");
    assert_eq!(parsed.events[0]["source.ip"], "192.0.2.1");
    assert_eq!(parsed.events[0]["extra.x"], "ab");
}

#[test]
fn deep_json_is_refused_in_time() {
    within(BOUND, || {
        for open in ["[", "{\"a\":", "{\"a\":[", "{\n"] {
            let report = open.repeat(300_000);
            let parsed = parse(
                Format::Json(Box::default()),
                &Context::default(),
                report.as_bytes(),
            );
            assert_eq!(parsed.events.len(), 0);
            assert!(!parsed.rejects.is_empty());
        }
    });
}

#[test]
fn a_schema_that_is_none_is_refused() {
    for text in ["", "[]", "{\"a\": 1}", "{\"a\": {\"required_fields\": {}}}"] {
        assert!(Schema::read(text.as_bytes()).is_err(), "{text}");
    }
    let deep = "{\"a\":".repeat(100_000);
    assert!(Schema::read(deep.as_bytes()).is_err());
    // A column that feeds many fields, and fields fed by many columns, are no loops: each step is done once.
    let steps: Vec<String> = (0..3_000)
        .map(|n| format!("[\"extra.{n}\", \"ip\"]"))
        .collect();
    let schema = format!(
        "{{\"t\": {{\"file_name\": \"t\", \"optional_fields\": [{}]}}}}",
        steps.join(",")
    );
    let format = Format::Shadowserver(support::report_type(&schema, "t.csv"));
    let parsed = parse(format, &Context::default(), b"ip\n192.0.2.1\n");
    assert_eq!(parsed.events.len(), 1);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn unpack(name: &str, bytes: &[u8]) -> Result<Vec<(String, usize)>, ArchiveError> {
    let mut files = Vec::new();
    archive::files(name, std::io::Cursor::new(bytes), &mut |name, file| {
        let mut out = Vec::new();
        let read = std::io::Read::read_to_end(file, &mut out);
        read.map_err(|source| ArchiveError::Read {
            name: name.to_owned(),
            source,
        })?;
        files.push((name.to_owned(), out.len()));
        Ok::<(), ArchiveError>(())
    })?;
    Ok(files)
}

#[test]
fn archives_are_unpacked_within_caps() {
    assert_eq!(
        unpack("a.csv.gz", &gzip(b"ip\n")).unwrap(),
        [("a.csv".to_owned(), 3)]
    );
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["x/a.csv", "b.csv"] {
        let mut header = tar::Header::new_ustar();
        header.set_size(3);
        header.set_cksum();
        tar.append_data(&mut header, name, &b"ip\n"[..]).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let names = [("a.csv".to_owned(), 3), ("b.csv".to_owned(), 3)];
    assert_eq!(unpack("a.tar", &tar).unwrap(), names);
    assert_eq!(unpack("a.tgz", &gzip(&tar)).unwrap(), names);
    assert!(matches!(
        unpack("a", &gzip(&gzip(&gzip(b"x")))),
        Err(ArchiveError::TooDeep(_))
    ));
    assert_eq!(unpack("a.csv", b"ip\n").unwrap(), [("a.csv".to_owned(), 3)]);
}

#[test]
fn a_bomb_is_stopped() {
    within(BOUND, || {
        let bomb = gzip(&vec![0; 8 << 20]);
        let error = unpack("bomb.gz", &bomb).unwrap_err();
        assert!(error.to_string().contains("unfolds to more"), "{error}");
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("bomb.csv", zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, &vec![0; 8 << 20]).unwrap();
        let zip = zip.finish().unwrap().into_inner();
        let error = unpack("bomb.zip", &zip).unwrap_err();
        assert!(error.to_string().contains("unfolds to more"), "{error}");
    });
}

#[test]
fn a_damaged_archive_is_told() {
    let mut cut = gzip(&b"ip,port\n".repeat(1_000));
    cut.truncate(cut.len() / 2);
    assert!(unpack("a.gz", &cut).is_err());
    assert!(unpack("a.zip", b"PK\x03\x04nothing").is_err());
}

#[test]
fn attachments_of_a_mail_are_found() {
    let mail = "From: a@feeds.example\r\nTo: b@agency.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
        --x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\nContent-Type: text/csv; name=\"2050-01-01-t-x.csv\"\r\n\
        Content-Disposition: attachment; filename=\"../2050-01-01-t-x.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\naXAKMTkyLjAuMi4xCg==\r\n--x--\r\n";
    let found = archive::attachments(mail.as_bytes());
    assert_eq!(
        found,
        [("2050-01-01-t-x.csv".to_owned(), b"ip\n192.0.2.1\n".to_vec())]
    );
}
