//! Small reports of our own: every format, and what is odd in them.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::reject::Cause;
use serde_json::json;
use support::{Parsed, parse, report_type};

const SCHEMA: &str = r#"{"_meta": {"date_created": "2050-01-01"}, "scan_example": {
    "feed_name": "Example", "file_name": "scan_example", "url": "https://feeds.example/doc",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"],
        ["source.port", "port", "convert_int"]],
    "optional_fields": [["source.asn", "asn", "invalidate_zero"], ["source.geolocation.cc", "geo"],
        ["source.reverse_dns", "hostname"], ["extra.", "tag", "validate_to_none"], ["extra.size", "bytes", "convert_int"],
        ["extra.", "big", "convert_int"], [false, "secret"], ["source.url", "http_url", "convert_http_host_and_url", true]],
    "constant_fields": {"classification.type": "vulnerable-system", "protocol.transport": "tcp"}}}"#;

fn shadowserver(csv: &str) -> Parsed {
    parse(
        Format::Shadowserver(report_type(SCHEMA, "2050-01-01-scan_example-x.csv")),
        &Context::default(),
        csv.as_bytes(),
    )
}

#[test]
fn a_table_is_mapped_by_its_schema() {
    let parsed = shadowserver(
        "timestamp,ip,port,asn,geo,hostname,tag,bytes,secret,new\n\
         \"2050-01-01 00:00:01\",192.0.2.1,80,64496,NZ,A.example.,x,7,s,\"n,1\"\n\
         \"2050-01-01 00:00:01\",192.0.2.1,80,0,New Zealand,-,0,,s,\n",
    );
    assert_eq!(parsed.rejects, []);
    let mut first = parsed.events[0].clone();
    first.as_object_mut().unwrap().remove("raw");
    assert_eq!(
        first,
        json!({"__type": "Event", "time.source": "2050-01-01T00:00:01+00:00", "source.ip": "192.0.2.1",
        "source.port": 80, "source.asn": 64496, "source.geolocation.cc": "NZ", "source.reverse_dns": "a.example",
        "extra.tag": "x", "extra.size": 7, "extra.new": "n,1", "feed.name": "Example",
        "feed.documentation": "https://feeds.example/doc", "classification.type": "vulnerable-system",
        "protocol.transport": "tcp"})
    );
    let second = parsed.events[1].as_object().unwrap();
    assert_eq!(second["extra.geo"], "New Zealand");
    assert!(
        !second.contains_key("source.asn")
            && !second.contains_key("extra.tag")
            && !second.contains_key("extra.size")
    );
    let warnings: Vec<String> = parsed.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.contains(&"column new is not in the schema: it is kept under extra".to_owned()),
        "{warnings:?}"
    );
}

#[test]
fn a_bad_row_is_a_reject_with_its_place_and_stops_nothing() {
    let parsed = shadowserver(
        "timestamp,ip,port\n2050-01-01 00:00:00,192.0.2.1,x\n\n2050-01-01 00:00:00,999,81\nno,192.0.2.2,82\n2050-01-01 00:00:00,192.0.2.3,83\n",
    );
    assert_eq!(parsed.events.len(), 2);
    assert_eq!(parsed.events[0]["extra.ip"], "999");
    let causes: Vec<(u64, u64, String)> = parsed
        .rejects
        .iter()
        .map(|own| (own.span.line, own.span.offset, own.cause.to_string()))
        .collect();
    assert_eq!(
        causes,
        [
            (
                2,
                18,
                "column port: convert_int cannot convert what it holds".to_owned()
            ),
            (
                5,
                78,
                "column timestamp: not a value for time.source".to_owned()
            ),
        ]
    );
}

#[test]
fn a_missing_required_column_rejects_every_row() {
    let parsed = shadowserver(
        "timestamp,ip\n2050-01-01 00:00:00,192.0.2.1\n2050-01-01 00:00:00,192.0.2.2\n",
    );
    assert_eq!(parsed.events.len(), 0);
    assert_eq!(parsed.rejects.len(), 2);
    assert_eq!(
        parsed.rejects[0].cause.to_string(),
        "required column port is missing"
    );
}

#[test]
fn numbers_beyond_64_bits_keep_their_digits() {
    let parsed = shadowserver(
        "timestamp,ip,port,big\n2050-01-01 00:00:00,192.0.2.1,80,340282366920938463463374607431768211456\n",
    );
    assert!(
        parsed
            .text
            .contains("\"extra.big\":340282366920938463463374607431768211456"),
        "{}",
        parsed.text
    );
}

#[test]
fn whole_urls_stay_whole() {
    let parsed = shadowserver(
        "timestamp,ip,port,http_host,http_url\n2050-01-01 00:00:00,192.0.2.1,80,a.example,http://b.example/x\n2050-01-01 00:00:00,192.0.2.1,80,a.example,GET /x HTTP/1.1\n",
    );
    assert_eq!(parsed.events[0]["source.url"], "http://b.example/x");
    assert_eq!(parsed.events[1]["source.url"], "http://a.example/x");
}

#[test]
fn a_mapping_describes_any_table() {
    let mapping = Mapping::read(
        "delimiter = ';'\ncomment = '#'\n\
         column = [{ name = 'seen', to = 'time.source', time = 'epoch', required = true },\n\
         { name = 'host', to = ['source.ip', 'source.fqdn'], required = true }, { name = 'kind', to = 'classification.type', translate = { bad = 'phishing' } },\n\
         { name = 'link', to = 'source.url', prefix = 'http://' }]\n\
         [constants]\n'feed.provider' = 'Example'\n",
    )
    .unwrap();
    let csv = "# list\nseen;host;kind;link;note\n1441008970;192.0.2.1;bad;a.example/x;n\n1;b.example;spam;;\nx;b.example;spam;;\n1;;;;\n";
    let parsed = parse(
        Format::Csv(Box::new(mapping)),
        &Context::default(),
        csv.as_bytes(),
    );
    assert_eq!(parsed.events.len(), 3);
    let first = &parsed.events[0];
    assert_eq!(first["time.source"], "2015-08-31T08:16:10+00:00");
    assert_eq!(first["source.ip"], "192.0.2.1");
    assert_eq!(first["classification.type"], "phishing");
    assert_eq!(first["source.url"], "http://a.example/x");
    assert_eq!(first["extra.note"], "n");
    assert_eq!(first["feed.provider"], "Example");
    assert_eq!(parsed.events[1]["source.fqdn"], "b.example");
    assert_eq!(parsed.rejects.len(), 1);
}

#[test]
fn a_mapping_with_faults_is_refused() {
    for text in [
        "column = [{ to = 'source.ip' }]",
        "column = [{ at = 1, to = 'source.nope' }]",
        "delimiter = '::'",
        "[constants]\n'source.ip' = 'x'",
        "colunm = []",
        "column = [{ at = 1, name = 'x', to = 'source.ip' }]",
        "column = [{ at = 1, to = 'source.asn', regex = '(' }]",
        "column = [{ at = 1, to = 'source.asn', regex = '(?:\\w{200}){200}' }]",
        "pair_separator = '='",
        "key_separator = ''",
    ] {
        assert!(Mapping::read(text).is_err(), "{text}");
    }
}

#[test]
fn a_regular_expression_cuts_the_value_out_of_a_cell() {
    let mapping = Mapping::read(
        "column = [{ at = 1, to = 'source.ip' }, { name = 'as', to = 'source.asn', regex = '(?i)as(\\d+)', required = true },\n\
         { name = 'port', to = 'source.port', regex = '[0-9]+$' }]\nheader_lines = 1\n",
    )
    .unwrap();
    let csv = "ip,as,port\n192.0.2.1,NET as64496 x,tcp/80\n192.0.2.2,64497,tcp/80\n192.0.2.3,AS1,none\n192.0.2.4,AS2,\n";
    let format = Format::Csv(Box::new(mapping));
    let parsed = parse(format, &Context::default(), csv.as_bytes());
    assert_eq!(parsed.events[0]["source.asn"], 64_496);
    assert_eq!(parsed.events[0]["source.port"], 80);
    // What it fits nowhere is kept, and a reject where the column is required.
    assert_eq!(parsed.events[1]["extra.port"], "none");
    assert_eq!(parsed.events.len(), 3);
    assert_eq!(
        parsed.rejects[0].cause.to_string(),
        "column as: regex cannot convert what it holds"
    );
}

#[test]
fn rows_may_end_early_where_the_mapping_says_so() {
    let columns = "column = [{ at = 1, to = 'source.ip', required = true }, { at = 2, to = 'source.port', required = true }]\n";
    for (more, events) in [("", 1), ("short_rows = true\n", 2)] {
        let mapping = Mapping::read(&format!("{more}{columns}")).unwrap();
        let format = Format::Csv(Box::new(mapping));
        let text = b"192.0.2.1\n192.0.2.2,80\n192.0.2.3,x\n";
        let parsed = parse(format, &Context::default(), text);
        assert_eq!(parsed.events.len(), events, "{more}");
    }
}

#[test]
fn lines_of_pairs_are_mapped_by_keys() {
    let mapping = Mapping::read(
        "comment = '#'\ncolumn = [{ name = 'src', to = ['source.ip', 'source.fqdn'], required = true },\n\
         { name = 'at', to = 'time.source', time = 'epoch' }, { name = 'dpt', to = 'destination.port' }]\n\
         [constants]\n'classification.type' = 'scanner'\n",
    )
    .unwrap();
    let text = "# firewall\nJan  1 fw kernel: src=192.0.2.1 at=1441008970 msg=\"two words\" dpt=22 end\n\n\
                src=a.example src=b.example dpt=x\nat=1\nno pair at all\n";
    let format = Format::Pairs(Box::new(mapping));
    let parsed = parse(format, &Context::default(), text.as_bytes());
    let first = &parsed.events[0];
    assert_eq!(first["source.ip"], "192.0.2.1");
    assert_eq!(first["time.source"], "2015-08-31T08:16:10+00:00");
    assert_eq!(first["destination.port"], 22);
    assert_eq!(first["extra.msg"], "two words");
    assert_eq!(first["classification.type"], "scanner");
    assert_eq!(parsed.events.len(), 1);
    let causes: Vec<String> = parsed
        .rejects
        .iter()
        .map(|own| format!("{}: {}", own.span.line, own.cause))
        .collect();
    assert_eq!(
        causes,
        [
            "4: source.fqdn is given twice",
            "5: required column src is missing",
            "6: holds nothing that an observation could be made of"
        ]
    );
    let mapping = Mapping::read("pair_separator = '|'\nkey_separator = ':'\nquote = ''\ncolumn = [{ name = 'a', to = 'comment' }]\nunmapped = 'drop'").unwrap();
    let format = Format::Pairs(Box::new(mapping));
    let parsed = parse(format, &Context::default(), b"a: \"x y\" |b:1");
    assert_eq!(parsed.events[0]["comment"], "\"x y\"");
    assert_eq!(parsed.events[0].get("extra.b"), None);
}

#[test]
fn idf_is_read_flat_nested_and_in_lists() {
    let text = r#"[{"__type": "Event", "source.ip": "192.0.2.1", "extra.x": 1, "raw": "eA=="},
        {"source": {"ip": "192.0.2.2", "geolocation": {"cc": "nz"}}, "extra": {"a": {"b": 2}}}]
        {"source.ip": "nope"} {"nope": 1} [1, {"source.asn": 64496}]"#;
    let parsed = parse(
        Format::Json(Box::default()),
        &Context::default(),
        text.as_bytes(),
    );
    assert_eq!(
        parsed.events[0],
        json!({"__type": "Event", "source.ip": "192.0.2.1", "extra.x": 1, "raw": "eA=="})
    );
    assert_eq!(parsed.events[1]["source.geolocation.cc"], "NZ");
    assert_eq!(parsed.events[1]["extra.a"], json!({"b": 2}));
    assert_eq!(parsed.events[2]["source.asn"], 64496);
    assert_eq!(
        parsed
            .rejects
            .iter()
            .map(|own| &own.cause)
            .collect::<Vec<_>>()
            .len(),
        3
    );
    assert!(
        parsed
            .rejects
            .iter()
            .any(|own| own.cause == Cause::NotAnObject)
    );
}

#[test]
fn json_is_mapped_by_paths() {
    let mapping = Mapping::read("column = [{ name = 'a.ip', to = 'source.ip', required = true }, { name = 'at', to = 'time.source', time = 'epoch_millis' }]").unwrap();
    let parsed = parse(
        Format::Json(Box::new(mapping)),
        &Context::default(),
        br#"{"a": {"ip": "192.0.2.1"}, "at": 1441008970500, "b": [1]} {"a": {}}"#,
    );
    assert_eq!(parsed.events[0]["source.ip"], "192.0.2.1");
    assert_eq!(
        parsed.events[0]["time.source"],
        "2015-08-31T08:16:10.500000+00:00"
    );
    assert_eq!(parsed.events[0]["extra.b"], json!([1]));
    assert_eq!(parsed.rejects.len(), 1);
}

#[test]
fn a_moment_outside_the_calendar_is_no_moment() {
    for (time, inside, outside) in [
        ("epoch_millis", "253402300799999", "253402300800000"),
        ("epoch_millis", "-62135596800000", "-62135596800001"),
        ("windows_nt", "2650467743999999999", "2650467744000000000"),
    ] {
        let mapping = format!("column = [{{ name = 'at', to = 'time.source', time = '{time}' }}]");
        let mapping = Mapping::read(&mapping).unwrap();
        let text = format!("{{\"at\": {inside}}}\n{{\"at\": {outside}}}\n");
        let format = Format::Json(Box::new(mapping));
        let parsed = parse(format, &Context::default(), text.as_bytes());
        // A column that need not be right is kept beside as it came.
        assert_eq!(parsed.events.len(), 2, "{:?}", parsed.rejects);
        assert!(parsed.events[0].get("time.source").is_some(), "{text}");
        assert!(parsed.events[1].get("time.source").is_none(), "{text}");
        assert_eq!(parsed.events[1]["extra.at"].to_string(), outside);
        // What was taken can be read again.
        let printed = parsed.events[0].to_string();
        let again = parse(
            Format::Json(Box::default()),
            &Context::default(),
            printed.as_bytes(),
        );
        assert_eq!(
            again.events[0]["time.source"],
            parsed.events[0]["time.source"]
        );
    }
}

fn vendor(vendor: Vendor, text: &str) -> Parsed {
    let mut context = Context::default();
    assert!(context.feed(Field::FeedUrl, "https://feeds.example/lists/ssh.txt"));
    parse(Format::Vendor(vendor), &context, text.as_bytes())
}

#[test]
fn each_format_reads_a_report() {
    let cymru = vendor(
        Vendor::CymruCap,
        "#c\nscanner|192.0.2.1|64496|2050-01-01 00:00:00|destination_port_numbers: 22,23;protocol: 6;|Name, NZ\nnope|192.0.2.1|1|2050-01-01 00:00:00||x\n",
    );
    assert_eq!(cymru.events.len(), 2);
    assert_eq!(cymru.events[1]["destination.port"], 23);
    assert_eq!(cymru.rejects[0].cause.to_string(), "unknown category nope");
    let n6 = vendor(
        Vendor::N6,
        r#"{"category": "bots", "name": "Zed", "time": "2050-01-01T00:00:00Z", "address": [{"ip": "192.0.2.1"}, {"ip": "192.0.2.2", "cc": "NZ"}]}"#,
    );
    assert_eq!(n6.events.len(), 2);
    assert_eq!(n6.events[1]["source.ip"], "192.0.2.2");
    assert_eq!(n6.events[1]["malware.name"], "zed");
    let list = vendor(Vendor::BlocklistDe, "192.0.2.1\nx\n");
    assert_eq!((list.events.len(), list.rejects.len()), (1, 1));
    assert_eq!(list.events[0]["protocol.application"], "ssh");
    let drop = vendor(
        Vendor::SpamhausDrop,
        "; Last-Modified: Mon, 14 Sep 2015 04:39:22 GMT\n192.0.2.0/24 ; SBL1\nAS64496 ; NZ | Name\n",
    );
    assert_eq!(drop.events[0]["time.source"], "2015-09-14T04:39:22+00:00");
    assert_eq!(drop.events[1]["source.asn"], 64496);
    let misp = vendor(
        Vendor::Misp,
        r#"{"Event": {"uuid": "5758ebf5-c898-48e6-9fe9-5665c0a83866", "Attribute": [{"type": "ip-dst|port", "value": "192.0.2.1|80", "timestamp": "1"}, {"type": "text"}, {"type": "domain", "value": "a.example"}]}}"#,
    );
    assert_eq!(misp.events.len(), 2);
    assert_eq!(misp.events[0]["source.port"], 80);
    let xarf = vendor(
        Vendor::Xarf,
        r#"{"xarf_version": "4.0.0", "category": "messaging", "type": "spam", "source_identifier": "192.0.2.1", "timestamp": "2050-01-01T00:00:00Z", "report_id": "r"}"#,
    );
    assert_eq!(xarf.events[0]["classification.type"], "spam");
    assert_eq!(xarf.events[0]["extra.report_id"], "r");
}
