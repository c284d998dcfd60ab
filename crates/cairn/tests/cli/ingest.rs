//! Machine reports into the store, by the real program.

use std::io::Write as _;

use super::home::Home;

const SCHEMA: &str = r#"{"_meta": {"date_created": "2050-01-01"}, "scan_example": {"feed_name": "Example", "file_name": "scan_example",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"], ["source.port", "port", "convert_int"]],
    "optional_fields": [["extra.", "tag"]], "constant_fields": {"classification.type": "vulnerable-system", "classification.identifier": "open-example"}}}"#;
/// The same, mended: a row without a port is one, too.
const MENDED: &str = r#"{"_meta": {"date_created": "2050-02-01"}, "scan_example": {"feed_name": "Example", "file_name": "scan_example",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"]],
    "optional_fields": [["extra.", "port"], ["extra.", "tag"]], "constant_fields": {"classification.type": "vulnerable-system", "classification.identifier": "open-example"}}}"#;
const ONE: &str = "timestamp,ip,port,tag\n2050-01-01 00:00:00,192.0.2.1,80,x\n2050-01-01 00:00:00,192.0.2.2,80,x\n2050-01-01 00:00:01,192.0.2.1,80,x\n2050-01-01 00:00:02,192.0.2.3,none,y\n";
const TWO: &str = "timestamp,ip,port,tag\n2050-01-02 00:00:00,192.0.2.2,80,x\n2050-01-02 00:00:00,2001:db8::1,80,x\n";

fn ingest<'a>(schema: &'a str, files: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec![
        "feeds",
        "ingest",
        "--source",
        "tester",
        "--complete",
        "yes",
        "--window-hours",
        "48",
        "--schema",
        schema,
    ];
    args.extend(files);
    args
}

#[test]
fn reports_are_taken_in_once_and_told_of() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let one = home.write("2050-01-01-scan_example-test.csv", ONE);
    let two = home.write("2050-01-02-scan_example-test.csv", TWO);
    assert_eq!(
        home.cairn(&["feeds", "stats"]).good(),
        "no machine report was taken in yet\n"
    );
    let ran = home.cairn(&ingest(&schema, &[&one]));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(
        ran.out,
        "2050-01-01-scan_example-test.csv: 2 new, 1 seen again, 0 gone, 1 rows without an observation\n"
    );
    assert!(
        ran.err
            .contains("1  column port: convert_int cannot convert what it holds"),
        "{ran:?}"
    );
    assert!(ran.err.contains("feeds quarantine list"), "{ran:?}");
    let told = home.cairn(&ingest(&schema, &[&one, &two])).good();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[0],
        "2050-01-01-scan_example-test.csv: taken in before, nothing to do"
    );
    assert_eq!(
        lines[1],
        "2050-01-02-scan_example-test.csv: 1 new, 1 seen again, 1 gone, 0 rows without an observation"
    );
    let told = home.cairn(&["feeds", "stats"]).good();
    assert!(
        told.contains("tester / Example: 2 reports (0 open), 3 new, 2 seen again, 1 gone"),
        "{told}"
    );
    assert!(
        told.contains("5 observations in 2 segments") && told.contains("window 48 h, complete"),
        "{told}"
    );
    assert!(told.contains("1 rows in quarantine"), "{told}");

    let told = home.cairn(&["feeds", "history", "192.0.2.2"]).good();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(
        lines[0].contains("\"first\":\"2050-01-01T00:00:00Z\"") && lines[0].contains("\"seen\":2"),
        "{told}"
    );
    assert!(
        lines[1].contains("\"at\":\"2050-01-02T00:00:00Z\"") && lines[1].contains("\"offset\":22"),
        "{told}"
    );
    let since = home
        .cairn(&[
            "feeds",
            "history",
            "192.0.2.2",
            "--since",
            "2050-01-02T00:00:00Z",
        ])
        .good();
    assert_eq!(since.lines().count(), 2, "{since}");
    assert_eq!(home.cairn(&["feeds", "history", "192.0.2.99"]).good(), "");
}

#[test]
fn packed_reports_and_archives_are_taken_in_as_they_are() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(TWO.as_bytes()).unwrap();
    let gz = home.path("2050-01-02-scan_example-test.csv.gz");
    std::fs::write(&gz, packed.finish().unwrap()).unwrap();
    let zip = home.path("both.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&zip).unwrap());
    for (name, text) in [
        ("2050-01-01-scan_example-test.csv", ONE),
        ("2050-01-03-scan_example-test.csv", TWO),
    ] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let files = [
        home.arg("2050-01-02-scan_example-test.csv.gz"),
        home.arg("both.zip"),
    ];
    let ran = home.cairn(&ingest(&schema, &[&files[0], &files[1]]));
    assert_eq!(ran.code, 3, "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    assert!(
        lines[0].starts_with("2050-01-02-scan_example-test.csv: 2 new, 0 seen again"),
        "{ran:?}"
    );
    assert!(
        lines[2].starts_with("2050-01-03-scan_example-test.csv: 0 new, 2 seen again"),
        "{ran:?}"
    );
    let again = home.cairn(&ingest(&schema, &[&files[1]])).good();
    assert_eq!(again.matches("taken in before").count(), 2, "{again}");
    let shown = home.cairn(&["feeds", "quarantine", "show"]).good();
    assert!(
        shown.contains("192.0.2.3,none,y"),
        "a row is found in an archive: {shown}"
    );
    // Nothing of it lies open.
    for file in home.files("data/observations") {
        let held = std::fs::read(&file).unwrap();
        assert!(
            !held.windows(13).any(|part| part == b"192.0.2.1,80,"),
            "{}",
            file.display()
        );
    }
}

#[test]
fn what_could_not_be_read_is_read_again_once_mended() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let mended = home.write("mended.json", MENDED);
    let one = home.write("2050-01-01-scan_example-test.csv", ONE);
    assert_eq!(home.cairn(&ingest(&schema, &[&one])).code, 3);
    let told = home.cairn(&["feeds", "quarantine", "list"]).good();
    assert_eq!(
        told,
        "1\t1\t1\t1\tcolumn port: convert_int cannot convert what it holds\n"
    );
    let shown = home
        .cairn(&["feeds", "quarantine", "show", "--cause", "1"])
        .good();
    let row: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (
            row["schema"].as_str(),
            row["line"].as_u64(),
            row["offset"].as_u64()
        ),
        (Some("2050-01-01"), Some(5), Some(127)),
        "{shown}"
    );
    assert_eq!(row["row"], "2050-01-01 00:00:02,192.0.2.3,none,y\n");

    let replay = |schema: &str| home.cairn(&["feeds", "quarantine", "replay", "--schema", schema]);
    let ran = replay(&schema);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.out.contains("0 rows mended") && ran.err.contains("1 rows still give no observation"),
        "{ran:?}"
    );
    let told = replay(&mended).good();
    assert_eq!(
        told,
        "report 1 (2050-01-01-scan_example-test.csv): 1 rows mended: 1 new, 0 seen again\n"
    );
    assert_eq!(replay(&mended).good(), "");
    assert_eq!(home.cairn(&["feeds", "quarantine", "list"]).good(), "");
    let told = home.cairn(&["feeds", "history", "192.0.2.3"]).good();
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn sets_complete_what_a_report_does_not_say() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let one = home.write("2050-01-02-scan_example-test.csv", TWO);
    let networks = home.write("own.dat", "192.0.2.0/24\t64496\n");
    let sets = home.arg("sets");
    home.cairn(&[
        "feeds",
        "db",
        "build",
        "--kind",
        "asn",
        "--dir",
        &sets,
        "--day",
        "2050-01-01",
        &networks,
    ])
    .good();
    let args = ["--sets", sets.as_str()];
    home.cairn(&[&ingest(&schema, &[&one])[..], &args].concat())
        .good();
    let told = home.cairn(&["feeds", "history", "192.0.2.2"]).good();
    assert!(told.contains("\"asn\":64496"), "{told}");
    let told = home.cairn(&["feeds", "history", "2001:db8::1"]).good();
    assert!(told.contains("\"asn\":null"), "{told}");
}

#[test]
fn it_works_beside_a_server_and_is_part_of_its_care() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let one = home.write("2050-01-02-scan_example-test.csv", TWO);
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    home.cairn(&ingest(&schema, &[&one])).good();
    let backup = home.arg("backup");
    home.cairn(&["backup", &backup]).good();
    drop(serving);
    let told = home.cairn(&["log", "verify"]).good();
    assert!(
        told.contains("2 observations in 1 segments and 1 machine reports read; 0 findings"),
        "{told}"
    );
    home.cairn_on("copy", &["restore", &backup]).good();
    let told = home.cairn_on("copy", &["feeds", "stats"]).good();
    assert!(told.contains("2 observations in 1 segments"), "{told}");
    let ran = home.cairn_on("copy", &["doctor", "--full"]);
    assert!(
        ran.out.contains("ok     feeds        schema 2 known"),
        "{ran:?}"
    );
    // What is changed behind its back is found.
    let segment = home
        .files("copy/observations")
        .into_iter()
        .find(|path| path.extension().is_some_and(|own| own == "seg"))
        .unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let ran = home.cairn_on("copy", &["log", "verify"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.out.contains("WRONG  machine reports: segment 1"),
        "{ran:?}"
    );
    // What is too old goes.
    let told = home.cairn(&["feeds", "retain", "--months", "1"]).good();
    assert!(
        told.contains("0 files of months with 0 observations"),
        "{told}"
    );
}

#[test]
fn what_is_wrong_is_told() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let other = home.write("2050-01-01-scan_other-test.csv", ONE);
    let one = home.write("2050-01-02-scan_example-test.csv", TWO);
    let ran = home.cairn(&ingest(&schema, &[&other, "absent.csv", &one]));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("scan_other: no such report type") && ran.err.contains("absent.csv: "),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("2 files were not taken in to their end"),
        "{ran:?}"
    );
    assert!(ran.out.contains("2 new"), "the others are in: {ran:?}");
    assert_eq!(home.cairn(&ingest(&schema, &[])).code, 2);
    let ran = home.cairn_reading(
        &[
            &ingest(&schema, &[])[..],
            &["--file-name", "2050-01-03-scan_example-test.csv"],
        ]
        .concat(),
        TWO.replace("2001:db8::1", "192.0.2.9").as_str(),
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("1 new, 1 seen again, 1 gone"), "{ran:?}");
}

#[test]
fn whose_an_address_is_comes_from_the_constituents() {
    let home = Home::new();
    let schema = home.write("schema.json", SCHEMA);
    let whose = home.write(
        "whose.csv",
        "name,networks,abuse\nExample Ltd,192.0.2.0/24,abuse@example.org\n",
    );
    home.cairn(&["constituents", "import", "csv", &whose])
        .good();
    let one = home.write("2050-01-02-scan_example-test.csv", TWO);
    home.cairn(&ingest(&schema, &[&one])).good();
    let told = home.cairn(&["feeds", "history", "192.0.2.2"]).good();
    assert!(told.contains("\"owner\":1"), "{told}");
    let told = home.cairn(&["feeds", "history", "2001:db8::1"]).good();
    assert!(told.contains("\"owner\":null"), "{told}");
}
