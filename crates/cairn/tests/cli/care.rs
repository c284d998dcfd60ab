//! Looking after it: doctor, statistics, exports, backups.

use super::home::Home;

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn the_doctor_says_what_to_do_and_ends_with_3() {
    let home = Home::new();
    let fresh = home.cairn(&["doctor"]);
    assert!(fresh.out.contains("not made yet"), "{fresh:?}");
    home.cairn(&["migrate"]).good();
    let well = home.cairn(&["doctor", "--full"]).good();
    for part in [
        "entries, all verified",
        "every stored file is whole",
        "nothing is wrong",
    ] {
        assert!(well.contains(part), "{part}: {well}");
    }
    let proxy = "server.public_url=https://report.example.org";
    let origin = "evidence.origin=127.0.0.1/cairn-log";
    let ran = home.cairn(&["doctor", "--set", proxy, "--set", origin]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("WRONG  address") && ran.out.contains("server.trusted_proxies"));
    let named = "server.trusted_proxies=192.0.2.1";
    home.cairn(&["doctor", "--set", proxy, "--set", origin, "--set", named])
        .good();
    let (cert, key) = (home.write("cert.pem", "x"), home.write("key.pem", "x"));
    let tls = [
        format!("server.tls_certificates={cert}"),
        format!("server.tls_key={key}"),
    ];
    let ran = home.cairn(&["doctor", "--set", &tls[0], "--set", &tls[1]]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("WRONG  certificate"), "{ran:?}");
}

#[test]
fn statistics_count_by_state_here_and_beside_a_server() {
    let home = Home::new();
    let serving = home.serve(&SERVE);
    serving.report();
    serving.report();
    let beside = home.cairn(&["stats"]).good();
    assert_eq!(serving.stop(), 0);
    for stats in [beside, home.cairn(&["stats"]).good()] {
        let line = |name: &str| {
            let line = stats.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_whitespace().last());
            value
                .unwrap_or_else(|| panic!("{name}: {stats}"))
                .to_owned()
        };
        assert_eq!(line("reports received"), "2");
        assert_eq!(line("reports closed"), "0");
        // Two reports, and perhaps already the clusters that they were put into.
        let size: u64 = line("evidence log size").parse().unwrap();
        assert!((2..=4).contains(&size), "{stats}");
        assert!(line("database bytes").parse::<u64>().unwrap() > 4_096);
        assert!(line("disk free bytes").parse::<u64>().unwrap() > 0);
    }
}

/// Both formats, to a file and to standard output.
fn exported(home: &Home, reports: usize) {
    let csv = home.cairn(&["export", "reports"]).good();
    assert!(
        csv.starts_with('\u{feff}') || csv.starts_with("reference") || csv.contains("reference,")
    );
    let file = home.arg("out.jsonl");
    let ran = home.cairn(&["export", "reports", "--format", "jsonl", "--out", &file]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    assert!(ran.err.contains(&format!("{reports} reports")), "{ran:?}");
    let lines = home.text("out.jsonl");
    assert_eq!(lines.lines().count(), reports);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(csv.contains(row["reference"].as_str().unwrap()), "{row}");
    }
    let piped = home
        .cairn(&["export", "reports", "--format", "jsonl"])
        .good();
    assert_eq!(piped, lines);
}

#[test]
fn exports_are_written_by_the_command_and_not_by_the_server() {
    let home = Home::new();
    let serving = home.serve(&SERVE);
    for _ in 0..3 {
        serving.report();
    }
    exported(&home, 3);
    // A path that only the command's own folder makes sense of.
    let ran = home.cairn(&["export", "reports", "--out", "here.csv"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(home.text("here.csv").contains("reference"));
    assert_eq!(serving.stop(), 0);
    exported(&home, 3);
    let trail = home.cairn(&["log", "verify"]).good();
    assert!(trail.contains("3 reports; 0 findings"), "{trail}");
}

/// A backup is restored elsewhere, whole.
fn backed_up(home: &Home, name: &str, key: &[&str], reports: usize) {
    let file = home.arg(name);
    let told = home
        .cairn(&[&["backup", file.as_str()], key].concat())
        .good();
    assert!(told.contains(&format!("{reports} reports")), "{told}");
    let again = home.cairn(&[&["backup", file.as_str()], key].concat());
    assert_eq!(
        again.code, 1,
        "an older backup is never overwritten: {again:?}"
    );
    let other = format!("restored-{name}");
    let restore = [&["restore", file.as_str()], key].concat();
    let told = home.cairn_on(&other, &restore).good();
    assert!(told.contains("every one verified"), "{told}");
    assert_eq!(
        home.cairn_on(&other, &restore).code,
        1,
        "only into an empty one"
    );
    home.cairn_on(&other, &["log", "verify"]).good();
    let rows = |data: &str| {
        home.cairn_on(data, &["export", "reports", "--format", "jsonl"])
            .good()
    };
    assert_eq!(rows(&other), rows("data"));
}

#[test]
fn backups_are_whole_while_running_and_not() {
    let home = Home::new();
    let serving = home.serve(&SERVE);
    serving.report();
    backed_up(&home, "running", &[], 1);
    serving.report();
    assert_eq!(serving.stop(), 0);
    let key = home.arg("backup.key");
    backed_up(&home, "sealed", &["--key", &key], 2);
    let sealed = home.arg("sealed");
    let ran = home.cairn_on("third", &["restore", &sealed]);
    assert_eq!(ran.code, 1, "without its key: {ran:?}");
    let mut cut = std::fs::read(home.path("running")).unwrap();
    cut.truncate(cut.len() - 100);
    std::fs::write(home.path("cut"), cut).unwrap();
    let cut = home.arg("cut");
    let ran = home.cairn_on("third", &["restore", &cut]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        !home.path("third/core.db").exists(),
        "nothing half-restored"
    );
}

#[test]
fn the_doctor_looks_at_what_owners_are_told_by() {
    let home = Home::new();
    // Constituents with contacts and keys, sources, a book of rules that is on, a claim that waits.
    assert_eq!(home.serve(&["demo", "--listen", "127.0.0.1:0"]).stop(), 0);
    let doctor = |set: &[&str]| {
        let mut all = vec!["doctor"];
        all.extend(set.iter().flat_map(|one| ["--set", *one]));
        let ran = home.cairn(&all);
        let line = |name: &str| {
            let of = |line: &&str| line.split_whitespace().nth(1) == Some(name);
            let line = ran.out.lines().find(of);
            line.unwrap_or_else(|| panic!("{name}: {ran:?}")).to_owned()
        };
        (ran.code, line("claims"), line("notices"))
    };
    let (code, claims, notices) = doctor(&[]);
    assert!(claims.ends_with("wait for an officer: 1"), "{claims}");
    assert!(notices.starts_with("WRONG") && notices.contains("no mail goes out"));
    assert_eq!(code, 3);
    let out = [
        "mail.smtp=smtp://127.0.0.1:1",
        "mail.from=cert@cert.example",
    ];
    let (_, _, notices) = doctor(&out);
    assert!(notices.starts_with("warn"), "{notices}");
    let (_, _, notices) = doctor(&[out[0], out[1], "mail.reply_to=report+{tag}@cert.example"]);
    assert!(notices.starts_with("ok"), "{notices}");
}
