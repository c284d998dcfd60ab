//! Settings, first start, accounts, the demonstration.

use std::net::TcpListener;
use std::process::Stdio;

use super::home::{Home, Serving};

#[test]
fn wrong_usage_and_settings_are_2_and_name_the_nearest() {
    let home = Home::new();
    let ran = home.cairn(&["stats", "--set", "server.listn=127.0.0.1:1"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("did you mean `server.listen`?"), "{ran:?}");
    let file = home.write("bad.toml", "[files]\nbytes_max = '25 potatoes'\n");
    let ran = home.cairn(&["stats", "--config", &file]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for part in ["bad.toml", "files.bytes_max", "it takes bytes"] {
        assert!(ran.err.contains(part), "{part}: {ran:?}");
    }
    assert_eq!(home.cairn(&["no-such-command"]).code, 2);
    let mut variable = home.command("data", &["stats"]);
    let ran = variable.env("CAIRN_SERVER_LISTN", "x").output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(!home.path("data").exists(), "nothing was made");
    let help = home.cairn(&["--help"]).good();
    assert!(help.contains("3 a check found something wrong"), "{help}");
}

#[test]
fn who_reads_no_further_is_told_no_fault() {
    let home = Home::new();
    home.cairn(&["migrate"]).good();
    let (nobody, pipe) = std::io::pipe().unwrap();
    drop(nobody);
    let mut stats = home.command("data", &["stats"]);
    let ran = stats.stdout(pipe).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(ran.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
}

#[test]
fn failures_are_1_and_say_what_was_tried() {
    let home = Home::new();
    home.cairn(&["migrate"]).good();
    let nowhere = home.arg("nowhere/out.csv");
    let ran = home.cairn(&["export", "reports", "--out", &nowhere]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("nowhere/out.csv"), "{ran:?}");
    let ran = home.cairn(&["user", "reset", "nobody"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("cairn user list"), "{ran:?}");
}

#[test]
fn migrating_makes_a_database_and_may_be_repeated() {
    let home = Home::new();
    for _ in 0..2 {
        assert!(home.cairn(&["migrate"]).good().contains("schema"));
    }
    assert!(home.path("data/core.db").exists());
}

fn accounts_come_and_go(home: &Home) {
    let added = home
        .cairn(&[
            "user",
            "add",
            "ana",
            "--name",
            "Ana Example",
            "--role",
            "administrator",
        ])
        .good();
    let first = added
        .lines()
        .find(|line| line.starts_with("first password"));
    let again = home.cairn(&["user", "add", "ana", "--name", "Another"]);
    assert_eq!(again.code, 1, "{again:?}");
    let list = home.cairn(&["user", "list"]).good();
    assert!(
        list.contains("ana") && list.contains("administrator") && list.contains("not signed in"),
        "{list}"
    );
    let reset = home.cairn(&["user", "reset", "ana"]).good();
    let second = reset
        .lines()
        .find(|line| line.starts_with("first password"));
    assert!(first.is_some() && second.is_some() && first != second);
    assert_eq!(
        home.cairn(&["user", "add", "ana2", "--name", "A", "--role", "king"])
            .code,
        2
    );
}

#[test]
fn accounts_are_made_listed_and_reset() {
    accounts_come_and_go(&Home::new());
}

#[test]
fn accounts_are_made_listed_and_reset_while_serving() {
    let home = Home::new();
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    accounts_come_and_go(&home);
    assert_eq!(serving.stop(), 0);
}

#[test]
fn a_demonstration_leaves_used_directories_alone() {
    let home = Home::new();
    home.cairn(&["user", "add", "ana", "--name", "Ana Example"])
        .good();
    let ran = home.cairn(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("in use"), "{ran:?}");
    let list = home.cairn(&["user", "list"]).good();
    assert!(list.contains("ana") && !list.contains("leilani"), "{list}");
}

#[test]
fn a_demonstration_takes_a_free_port_and_its_own_directory_again() {
    let home = Home::new();
    // Taken by us, or by somebody else already.
    let _taken = TcpListener::bind("127.0.0.1:8080");
    let mut command = home.command("data", &["demo"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let serving = Serving::start(command);
    assert!(serving.said.contains("8080 is taken"), "{}", serving.said);
    assert_ne!(serving.address.port(), 8080);
    serving.report();
    assert_eq!(serving.stop(), 0);
    // Its own directory is not refused (that would be 2), but an address that was asked for is not exchanged.
    let again = home.cairn(&["demo", "--listen", "127.0.0.1:8080"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("127.0.0.1:8080"), "{again:?}");
}

#[test]
fn seats_are_given_listed_and_taken_on_the_command_line() {
    let home = Home::new();
    let plans = home.arg("plans");
    home.cairn(&["track", "example", &plans]).good();
    let setting = format!("track.plans={plans}/example-harbour");
    let seat = |args: &[&str]| {
        let mut all = vec!["--set", setting.as_str(), "user", "seat"];
        all.extend(args);
        home.cairn(&all)
    };
    let add = |args: &[&str]| home.cairn(&[&["user", "add"], args].concat()).good();
    add(&["mere", "--name", "Mere Example", "--role", "owner"]);
    add(&["hana", "--name", "Hana Example"]);
    let of = [
        "--plan",
        "example-harbour",
        "--owner",
        "Example Harbour Council",
    ];
    let unknown = ["--plan", "example-harbour", "--owner", "Nobody"];
    let ran = seat(&[&["add", "mere"], unknown.as_slice()].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("Example Harbour Traders (fictional)"),
        "it says which there are: {ran:?}"
    );
    let ran = seat(&[&["add", "hana"], of.as_slice()].concat());
    assert!(ran.err.contains("role `owner`"), "{ran:?}");
    let ran = seat(&["add", "mere", "--plan", "nothing", "--owner", "Nobody"]);
    assert!(ran.err.contains("track.plans"), "{ran:?}");
    let mail = ["--mail", "mere@example.org"];
    seat(&[&["add", "mere"], of.as_slice(), mail.as_slice()].concat()).good();
    let list = seat(&["list"]).good();
    assert!(
        list.contains("Example Harbour Council (fictional)") && list.contains("mere@example.org"),
        "{list}"
    );
    let written = [
        "--plan",
        "example-harbour",
        "--owner",
        "Example Harbour Council (fictional)",
    ];
    seat(&[&["remove", "mere"], written.as_slice()].concat()).good();
    let ran = seat(&[&["remove", "mere"], written.as_slice()].concat());
    assert!(ran.err.contains("cairn user seat list"), "{ran:?}");
    let doctor = home.cairn(&["--set", &setting, "doctor"]);
    assert!(
        doctor.out.contains("plan") && doctor.out.contains("example-harbour"),
        "{doctor:?}"
    );
}
