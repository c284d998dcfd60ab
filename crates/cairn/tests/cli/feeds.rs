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

#[test]
fn lines_of_pairs_are_read_by_a_mapping() {
    let home = Home::new();
    let mapping = home.write(
        "pairs.toml",
        "column = [{ name = 'src', to = 'source.ip' }, { name = 'by', to = 'source.asn', regex = '[0-9]+' }]\n",
    );
    let args = [
        "feeds",
        "parse",
        "--format",
        "key-value",
        "--mapping",
        &mapping,
    ];
    let ran = home.cairn_reading(&args, "fw: src=192.0.2.1 by=AS64496\n");
    let parts = ["\"source.ip\":\"192.0.2.1\"", "\"source.asn\":64496"];
    assert!(
        ran.code == 0 && parts.iter().all(|part| ran.out.contains(part)),
        "{ran:?}"
    );
}

#[test]
fn addresses_are_looked_up_in_sets_of_ones_own() {
    let home = Home::new();
    let old = home.write("old.dat", "192.0.2.0/24\t64496\n2001:db8::/32\t64497\n");
    let new = home.write("new.dat", "192.0.2.0/24 64499\nnonsense\n");
    let places = home.write("places.csv", "192.0.2.0/25,NZ,NZ-WGN,Pōneke,\n");
    let dir = home.arg("sets");
    let build = |kind: &'static str, day: &'static str, file: &str| {
        let args = [
            "feeds", "db", "build", "--kind", kind, "--dir", &dir, "--day", day,
        ];
        home.cairn(&[&args[..], &["--licence", "CC0", file]].concat())
    };
    build("asn", "2050-01-01", &old).good();
    let ran = build("asn", "2050-02-01", &new);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("new.dat: 2: no network"), "{ran:?}");
    build("place", "2050-01-15", &places).good();
    let told = home.cairn(&["feeds", "db", "info", &dir]).good();
    assert_eq!(told.lines().count(), 3);
    for part in [
        "\"day\":\"2050-02-01\"",
        "\"faults\":1",
        "\"licence\":\"CC0\"",
        "\"sha256\":\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let ask = |more: &[&str]| {
        let args = ["feeds", "db", "lookup", "--dir", &dir];
        home.cairn(&[&args[..], more].concat())
    };
    let told = ask(&["192.0.2.1", "198.51.100.1"]).good();
    let lines: Vec<&str> = told.lines().collect();
    for part in [
        "\"asn\":64499",
        "\"network\":\"192.0.2.0/24\"",
        "\"day\":\"2050-02-01\"",
        "\"city\":\"Pōneke\"",
        "\"network\":\"192.0.2.0/25\"",
        "\"day\":\"2050-01-15\"",
    ] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
    assert!(lines[1].contains("\"known\":null"), "{}", lines[1]);
    // A late report gets what was known at its own time; before the first set the oldest is the best there is.
    for (at, asn) in [
        ("2050-01-31T23:59:59Z", "64496"),
        ("2050-02-01T00:00:00Z", "64499"),
        ("2049-01-01T00:00:00Z", "64496"),
    ] {
        let told = ask(&["--at", at, "192.0.2.1"]).good();
        assert!(told.contains(asn), "{at}: {told}");
    }
    let ran = ask(&["192.0.2.300", "2001:db8::1"]);
    assert_eq!((ran.code, ran.out.lines().count()), (3, 2), "{ran:?}");
    // A set that is cut short is refused, with its name, when it is the one that is needed.
    let path = home.path("sets/asn-2050-01-01.cds");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    ask(&["192.0.2.1"]).good();
    let ran = ask(&["--at", "2050-01-31T00:00:00Z", "192.0.2.1"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("asn-2050-01-01.cds") && ran.err.contains("build it again"),
        "{ran:?}"
    );
}

#[test]
fn whom_to_write_to_and_whose_a_name_is_are_looked_up() {
    let home = Home::new();
    let networks = home.write(
        "test.db.inetnum",
        "inetnum: 192.0.2.0 - 192.0.2.255\norg: ORG-EX1-TEST\n",
    );
    let roles = home.write(
        "test.db.role",
        "organisation: ORG-EX1-TEST\nabuse-c: AB1-TEST\n\nrole: Abuse\nnic-hdl: AB1-TEST\nabuse-mailbox: abuse@net.example\n",
    );
    let servers = home.write(
        "ipv4.json",
        r#"{"services": [[["198.51.100.0/24"], ["https://rdap.example/"]]]}"#,
    );
    let list = home.write("list.dat", "// a\nexample\nco.example\n");
    let dir = home.arg("sets");
    let build = |kind: &'static str, files: &[&str]| {
        let args = ["feeds", "db", "build", "--kind", kind, "--dir", &dir];
        home.cairn(&[&args[..], &["--day", "2050-01-01"], files].concat())
    };
    build("abuse", &[&networks, &roles, &servers]).good();
    build("suffix", &[&list]).good();
    let wrong = build("suffix", &["--format", "pyasn", &list]);
    assert!(
        wrong.code == 1 && wrong.err.contains("tell nothing for a set of kind suffix"),
        "{wrong:?}"
    );
    let asked = ["192.0.2.1", "198.51.100.1", "www.A.co.example"];
    let args = ["feeds", "db", "lookup", "--dir", &dir];
    let told = home.cairn(&[&args[..], &asked].concat()).good();
    let lines: Vec<&str> = told.lines().collect();
    for (line, parts) in [
        (
            lines[0],
            [
                "\"abuse\":\"abuse@net.example\"",
                "\"network\":\"192.0.2.0/24\"",
            ],
        ),
        (
            lines[1],
            [
                "\"rdap\":\"https://rdap.example/\"",
                "\"network\":\"198.51.100.0/24\"",
            ],
        ),
        (
            lines[2],
            [
                "\"registrable\":\"a.co.example\"",
                "\"suffix\":\"co.example\"",
            ],
        ),
    ] {
        for part in parts {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    // A set is what its name says.
    std::fs::rename(
        home.path("sets/suffix-2050-01-01.cds"),
        home.path("sets/suffix-2050-01-02.cds"),
    )
    .unwrap();
    let ran = home.cairn(&[&args[..], &["a.example"]].concat());
    assert!(
        ran.code == 1 && ran.err.contains("than its name says"),
        "{ran:?}"
    );
}
