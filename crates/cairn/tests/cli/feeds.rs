//! Machine reports by hand.

use super::home::Home;

const SCHEMA: &str = r#"{"_meta": {"date_created": "2050-01-01"}, "scan_example": {"feed_name": "Example", "file_name": "scan_example",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"], ["source.port", "port", "convert_int"]],
    "optional_fields": [["extra.", "tag"]], "constant_fields": {"classification.type": "vulnerable-system"}}}"#;
const REPORT: &str = "timestamp,ip,port,tag\n2050-01-01 00:00:00,192.0.2.1,80,x\n2050-01-01 00:00:00,192.0.2.1,x,y\n";
const NAME: &str = "2050-01-01-scan_example-test.csv";

#[test]
fn a_report_is_read_and_what_gives_no_event_is_told() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let rejects = home.arg("rejects.jsonl");
    let args = [
        "feeds",
        "parse",
        "--schema",
        &schema,
        "--file-name",
        NAME,
        "--observed",
        "2050-01-02T00:00:00Z",
        "--rejects",
        &rejects,
    ];
    let ran = home.cairn_reading(&args, REPORT);
    assert_eq!(ran.code, 3, "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 1);
    for part in [
        "\"source.ip\":\"192.0.2.1\"",
        "\"source.port\":80",
        "\"time.observation\":\"2050-01-02T00:00:00+00:00\"",
        "\"extra.tag\":\"x\"",
        "\"raw\":\"",
    ] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
    assert!(ran.err.contains("1  column port: convert_int cannot convert what it holds (the first on line 3, byte 57)"), "{ran:?}");
    assert!(home.text("rejects.jsonl").contains("\"offset\":57"));
    // The same from a file, whose name tells the type.
    let file = home.write(
        NAME,
        REPORT
            .lines()
            .take(2)
            .collect::<Vec<_>>()
            .join("\n")
            .as_str(),
    );
    let out = home
        .cairn(&["feeds", "parse", "--schema", &schema, &file])
        .good();
    assert_eq!(out.lines().count(), 1);
    // What is printed is read again.
    let again = home.cairn_reading(&["feeds", "parse", "--format", "idf"], &out);
    assert_eq!((again.code, again.out.lines().count()), (0, 1), "{again:?}");
}

#[test]
fn types_of_a_schema_are_listed_and_wrong_usage_is_told() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let out = home.cairn(&["feeds", "types", "--schema", &schema]).good();
    assert_eq!(
        out,
        "scan_example\tscan_example\tExample\t4\tvulnerable-system\n"
    );
    let other = home.cairn_reading(
        &[
            "feeds",
            "parse",
            "--schema",
            &schema,
            "--file-name",
            "2050-01-01-other-x.csv",
        ],
        REPORT,
    );
    assert_eq!(other.code, 1, "{other:?}");
    assert!(other.err.contains("no such report type"), "{other:?}");
    for args in [
        &["feeds", "parse"][..],
        &["feeds", "parse", "--format", "csv"],
        &["feeds", "parse", "--format", "n6", "--observed", "x"],
        &[
            "feeds",
            "parse",
            "--format",
            "n6",
            "--feed",
            "source.ip=192.0.2.1",
        ],
    ] {
        assert_eq!(home.cairn_reading(args, "").code, 2, "{args:?}");
    }
}
