//! Reports that are made to harm: each ends in rejects or an error that says what it is, in bounded memory, after bounded work. Work
//! is counted in bytes that the parser was given, not in seconds; memory is the most that the process had resident.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{Cursor, Read, Write as _};
use std::sync::Mutex;

use cairn_feeds::archive::{self, ArchiveError};
use cairn_feeds::formats::Vendor;
use cairn_feeds::limits::{
    COPIED_BYTES_MAX, OBJECT_BYTES_MAX, ROW_BYTES_MAX, SCHEMA_BYTES_MAX, UNPACKED_FREE_BYTES,
    UNPACKED_RATIO_MAX,
};
use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::{Context, Format, Parser};
use cairn_feeds::schema::Schema;
use cairn_feeds::stream::{self, Work};

/// Bytes that reading any report may add to what the process holds: an object of JSON in memory, and its bytes.
const MEMORY_MAX: u64 = 256 << 20;
/// The same for tables and lines.
const LINES_MEMORY_MAX: u64 = 32 << 20;
/// How often the parser may be given each byte: batches of rows of two bytes make it the most.
const WORK_MAX: u64 = 20;

/// One at a time: they measure the process.
static ALONE: Mutex<()> = Mutex::new(());

const SCHEMA: &str = r#"{"t": {"feed_name": "T", "file_name": "t", "required_fields": [["source.ip", "ip"]],
    "optional_fields": [["source.port", "port", "convert_int"], ["extra.", "x"]]}}"#;

fn table() -> Format {
    Format::Shadowserver(support::report_type(SCHEMA, "t.csv"))
}

fn vendor(name: &str) -> Format {
    Format::Vendor(Vendor::by_name(name).unwrap())
}

fn mapping(text: &str) -> Box<Mapping> {
    Box::new(Mapping::read(text).unwrap())
}

fn csv() -> Format {
    Format::Csv(mapping("column = [{ name = 'ip', to = 'source.ip' }]"))
}

fn pairs() -> Format {
    Format::Pairs(mapping("column = [{ name = 'ip', to = 'source.ip' }]"))
}

fn json() -> Format {
    Format::Json(Box::default())
}

/// Kilobytes of a line of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().trim_start_matches(':').trim();
    number.split(' ').next().unwrap().parse::<u64>().unwrap() << 10
}

/// What a hostile report came to.
#[derive(Debug, Default)]
struct Ran {
    events: u64,
    /// Rejects by cause: how many, and how many bytes.
    rejects: BTreeMap<String, (u64, u64)>,
    between: u64,
    rows: u64,
    work: Work,
}

/// Reads a report that is made while it is read, within limits, with every byte accounted for.
fn run(format: Format, memory: u64, report: &mut dyn Read) -> Ran {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    // The most that is resident is counted from here on.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    let mut ran = Ran::default();
    let mut parser = Parser::new(format, &Context::default());
    let mut seen = None;
    let read = |buffer: &mut [u8]| Ok::<usize, Infallible>(report.read(buffer).unwrap());
    ran.work = stream::measured(&mut parser, read, |batch| {
        ran.events += batch.len() as u64;
        ran.between += batch.skipped_bytes;
        for observation in batch.observations() {
            if seen != Some(observation.span) {
                ran.rows += observation.span.bytes;
                seen = Some(observation.span);
            }
        }
        for reject in &batch.rejects {
            let count = ran.rejects.entry(reject.cause.to_string()).or_default();
            count.0 += 1;
            count.1 += reject.span.bytes;
        }
        Ok(())
    })
    .unwrap();
    let used = status("VmHWM").saturating_sub(before);
    assert!(used <= memory, "{used} bytes");
    let rejected: u64 = ran.rejects.values().map(|(_, bytes)| bytes).sum();
    assert_eq!(ran.rows + ran.between + rejected, ran.work.read, "{ran:?}");
    let most = ran.work.read * WORK_MAX + 2 * OBJECT_BYTES_MAX as u64;
    assert!(ran.work.offered <= most, "{ran:?}");
    ran
}

fn bytes(format: Format, memory: u64, report: &[u8]) -> Ran {
    run(format, memory, &mut Cursor::new(report))
}

/// `head`, then so many times `byte`, then `tail`: never held as a whole.
fn long(head: &'static str, byte: u8, times: u64, tail: &'static str) -> impl Read {
    let middle = std::io::repeat(byte).take(times);
    head.as_bytes().chain(middle).chain(tail.as_bytes())
}

#[test]
fn a_line_of_two_gigabytes_is_one_reject_and_the_next_row_is_read() {
    const TWO: u64 = 2 << 30;
    for (format, size, head, tail) in [
        (table(), TWO, "ip,port\n192.0.2.1,", "\n192.0.2.2,80\n"),
        (pairs(), TWO / 16, "ip=192.0.2.1 x=", "\nip=192.0.2.2\n"),
    ] {
        let report = &mut long(head, b'9', size, tail);
        let ran = run(format, LINES_MEMORY_MAX, report);
        assert_eq!(ran.events, 1);
        let (count, bytes) = ran.rejects["longer than a row may be"];
        assert!(count == 1 && bytes > size && bytes < size + 100, "{ran:?}");
        assert!(ran.work.buffer <= 4 * ROW_BYTES_MAX, "{ran:?}");
    }
}

#[test]
fn a_line_without_an_end_ends_with_the_report() {
    for format in [table(), csv(), pairs(), vendor("cymru-cap")] {
        for byte in [b'9', b' ', b',', b'|', b'=', b'\r'] {
            let times = 2 * ROW_BYTES_MAX as u64;
            let ran = run(
                format.clone(),
                LINES_MEMORY_MAX,
                &mut long("ip,port\nip=1 ", byte, times, ""),
            );
            let rejected: u64 = ran.rejects.values().map(|(_, bytes)| bytes).sum();
            assert!(rejected + ran.between >= times, "{ran:?}");
            assert!(ran.work.buffer <= 4 * ROW_BYTES_MAX, "{ran:?}");
        }
    }
}

#[test]
fn an_object_without_an_end_is_given_up_piece_by_piece() {
    let ran = run(
        json(),
        MEMORY_MAX,
        &mut long(
            "{\"a\": \"",
            b'9',
            48 << 20,
            "\"}\n{\"source.ip\": \"192.0.2.1\"}",
        ),
    );
    assert!(ran.rejects.contains_key("longer than a row may be"));
    assert_eq!(ran.events, 1, "{ran:?}");
}

#[test]
fn bombs_are_stopped_while_they_unfold() {
    let zeros = vec![0_u8; 12 << 20];
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&zeros).unwrap();
    let gzip = packer.finish().unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("t.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(&zeros).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    for (name, packed) in [("t.csv.gz", gzip), ("t.zip", zip)] {
        let mut unfolded = 0;
        let done = archive::files(name, Cursor::new(&packed), &mut |name, file| {
            let mut counted = |buffer: &mut [u8]| {
                let got = file.read(buffer).map_err(|source| ArchiveError::Read {
                    name: name.to_owned(),
                    source,
                })?;
                unfolded += got as u64;
                Ok::<usize, ArchiveError>(got)
            };
            let mut parser = Parser::new(table(), &Context::default());
            stream::pump(&mut parser, &mut counted, |_| Ok(()))
        });
        let error = done.unwrap_err().to_string();
        assert!(error.contains("unfolds to more"), "{error}");
        let most = packed.len() as u64 * UNPACKED_RATIO_MAX + UNPACKED_FREE_BYTES;
        assert!(unfolded <= most, "{name}: {unfolded}");
    }
}

#[test]
fn nuls_are_no_row_and_no_part_of_one() {
    for format in [table(), csv(), pairs(), vendor("blocklist-de"), json()] {
        let ran = run(
            format,
            MEMORY_MAX,
            &mut std::io::repeat(0).take(4 * ROW_BYTES_MAX as u64),
        );
        assert_eq!(ran.events, 0, "{ran:?}");
    }
    let ran = bytes(
        table(),
        LINES_MEMORY_MAX,
        b"ip,port\n\0\x00192.0\0.2.1\0,8\x000\0\n\0,\0\n",
    );
    assert_eq!((ran.events, ran.rejects.len()), (2, 0), "{ran:?}");
}

#[test]
fn broken_quotes_cost_their_own_lines() {
    let rows = b"192.0.2.2,80\n";
    let mut report = b"ip,port\n\"192.0.2.1,80\n".to_vec();
    for _ in 0..100_000 {
        report.extend_from_slice(rows);
    }
    let ran = bytes(table(), LINES_MEMORY_MAX, &report);
    assert_eq!(ran.events, 100_000);
    assert_eq!(
        ran.rejects["a quote is opened and never closed"].0, 1,
        "{ran:?}"
    );
    // Quotes in every place.
    for line in [
        "\"",
        "\"\"\"\n",
        "\"a\"b\"c\n",
        "a\"\"\n",
        "\",\"\"\n",
        "x,\"\n",
    ] {
        let ran = bytes(
            table(),
            LINES_MEMORY_MAX,
            ["ip,port\n", &line.repeat(50_000)].concat().as_bytes(),
        );
        assert!(ran.events <= 50_000, "{line} {ran:?}");
    }
    let line = ["ip=\"", &"a=\"b ".repeat(3_000), "\n"].concat();
    let ran = bytes(pairs(), LINES_MEMORY_MAX, line.repeat(20).as_bytes());
    assert_eq!(ran.events, 20, "{ran:?}");
}

#[test]
fn another_charset_is_rejected_line_by_line() {
    let line = b"192.0.2.1,caf\xe9\n";
    let mut report = b"ip,x\n".to_vec();
    for _ in 0..200_000 {
        report.extend_from_slice(line);
    }
    report.extend_from_slice(b"192.0.2.2,caf\xc3\xa9\n");
    let ran = bytes(table(), LINES_MEMORY_MAX, &report);
    assert_eq!(
        (ran.events, ran.rejects["not UTF-8 text"].0),
        (1, 200_000),
        "{ran:?}"
    );
    // UTF-16 with its mark. (Without one, what is ASCII is read: NULs are left out.)
    let text = "ip,x\n192.0.2.1,y\n".repeat(20_000);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let report = [&[0xff, 0xfe][..], &wide].concat();
    for format in [table(), json(), vendor("dataplane")] {
        let ran = bytes(format, LINES_MEMORY_MAX, &report);
        assert_eq!(ran.events, 0);
        assert!(!ran.rejects.is_empty(), "{ran:?}");
    }
}

#[test]
fn ten_thousand_columns_are_refused_and_a_million_cells_are_left_alone() {
    let header = vec!["c"; 10_000].join(",");
    let ran = bytes(table(), LINES_MEMORY_MAX, (header + "\n1,2\n").as_bytes());
    assert_eq!(ran.rejects["more columns than a table may have"].0, 2);
    let mut report = "ip,port\n".to_owned();
    for _ in 0..3 {
        report.push_str("192.0.2.1");
        report.push_str(&",".repeat(900_000));
        report.push('\n');
    }
    for format in [table(), csv()] {
        let ran = bytes(format, LINES_MEMORY_MAX, report.as_bytes());
        assert_eq!(ran.events, 3, "{ran:?}");
    }
    let ran = bytes(pairs(), LINES_MEMORY_MAX, "a=1 ".repeat(200_000).as_bytes());
    assert_eq!(ran.rejects["more columns than a table may have"].0, 1);
}

#[test]
fn deep_json_and_wide_json_are_refused() {
    for open in ["[", "{\"a\":", "{\"a\":[", "{\n"] {
        let report = open.repeat(1_000_000);
        let ran = bytes(json(), MEMORY_MAX, report.as_bytes());
        assert_eq!(ran.events, 0);
        assert!(!ran.rejects.is_empty(), "{ran:?}");
    }
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let ran = bytes(json(), MEMORY_MAX, deep.as_bytes());
    assert_eq!(ran.rejects["not JSON"].0, 1, "{ran:?}");
    let wide = format!("{{\"extra.a\":[{}1]}}", "1,".repeat(4 << 20));
    let ran = bytes(json(), MEMORY_MAX, wide.as_bytes());
    assert_eq!(
        ran.rejects["more values than an object may hold"].0, 1,
        "{ran:?}"
    );
    // Many names under `extra` are not each held against each.
    let keys: Vec<String> = (0..100_000).map(|n| format!("\"extra.k{n}\":1")).collect();
    let ran = bytes(
        json(),
        MEMORY_MAX,
        format!("{{{}}}", keys.join(",")).as_bytes(),
    );
    assert_eq!(ran.events, 1, "{ran:?}");
}

#[test]
fn what_an_object_tells_once_is_not_copied_without_end() {
    let long = "x".repeat(1 << 20);
    let addresses = vec!["{\"ip\":\"192.0.2.1\"}"; 9_000].join(",");
    let n6 = format!(
        "{{\"category\":\"bots\",\"time\":\"2050-01-01T00:00:00Z\",\"note\":\"{long}\",\"address\":[{addresses}]}}"
    );
    let attribute = "{\"type\":\"ip-src\",\"value\":\"192.0.2.1\"}";
    let attributes = vec![attribute; 9_000].join(",");
    let misp = format!(
        "{{\"Event\":{{\"Attribute\":[{{\"category\":\"Payload type\",\"type\":\"text\",\"value\":\"{long}\"}},{attributes}]}}}}"
    );
    for (name, report) in [("n6", n6), ("misp", misp)] {
        let ran = bytes(
            vendor(name),
            MEMORY_MAX + 2 * COPIED_BYTES_MAX as u64,
            report.as_bytes(),
        );
        assert_eq!(ran.events, 0, "{name}");
        let cause = "comes to more observations than a row may";
        assert_eq!(ran.rejects[cause].0, 1, "{name} {ran:?}");
    }
}

#[test]
fn a_schema_is_read_once_whatever_it_refers_to() {
    let deep = "{\"a\":".repeat(100_000);
    assert!(Schema::read(deep.as_bytes()).is_err());
    assert!(Schema::read(&vec![b' '; SCHEMA_BYTES_MAX + 1]).is_err());
    let many: Vec<String> = (0..5_001)
        .map(|n| format!("[\"extra.{n}\",\"ip\"]"))
        .collect();
    let text = format!(
        "{{\"t\":{{\"file_name\":\"t\",\"optional_fields\":[{}]}}}}",
        many.join(",")
    );
    assert!(Schema::read(text.as_bytes()).is_err());
    // Columns that feed each other's names, the same name many times, and types of one file name: each step is done once.
    let loops = r#"{"a": {"file_name": "t", "optional_fields": [["extra.y", "x"], ["extra.x", "y"], ["extra.x", "x"], ["extra.y", "y"]]},
        "b": {"file_name": "t", "required_fields": [["source.ip", "ip"]],
        "optional_fields": [["extra.y", "x"], ["extra.x", "y"], ["extra.x", "x"], ["source.ip", "y", "validate_ip"]]}}"#;
    let format = Format::Shadowserver(support::report_type(loops, "t.csv"));
    let ran = bytes(format.clone(), LINES_MEMORY_MAX, b"ip,x,y\n192.0.2.1,1,\n");
    assert_eq!(ran.events, 1, "{ran:?}");
    let ran = bytes(format, LINES_MEMORY_MAX, b"ip,x,y\n192.0.2.1,1,192.0.2.2\n");
    assert_eq!(ran.rejects["source.ip is given twice"].0, 1, "{ran:?}");
}

#[test]
fn fields_that_are_made_of_each_other_do_not_grow_without_end() {
    let mut text =
        "column = [{ name = 'ip', to = 'source.ip' }, { name = 'x', to = 'extra.a00' }]\n"
            .to_owned();
    for n in 0..40 {
        text += &format!(
            "compose.'extra.a{:02}' = '{{extra.a{n:02}}}{{extra.a{n:02}}}'\n",
            n + 1
        );
    }
    let ran = bytes(
        Format::Csv(mapping(&text)),
        LINES_MEMORY_MAX,
        b"ip,x\n192.0.2.1,xxxx\n192.0.2.2,\n",
    );
    assert_eq!(ran.events, 1);
    assert_eq!(ran.rejects["longer than a row may be"].0, 1, "{ran:?}");
}
