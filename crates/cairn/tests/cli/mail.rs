//! Reports by mail: from a mail server's pipe, a maildir, an mbox.

use super::home::{Home, count};

fn message(n: u32) -> String {
    format!(
        "From: person{n}@reporter.example\r\nTo: report@desk.example\r\nSubject: Odd mail {n}\r\n\
         Message-ID: <{n}@reporter.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +1300\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n\
         I got this: http://phish{n}.example/login from 192.0.2.{n}\r\n"
    )
}

fn rows(home: &Home) -> Vec<serde_json::Value> {
    let out = home
        .cairn(&["export", "reports", "--format", "jsonl"])
        .good();
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// One message is one report, however often it comes.
fn piped(home: &Home) {
    let first = home
        .cairn_reading(&["report", "import-mail"], &message(1))
        .good();
    let again = home
        .cairn_reading(&["report", "import-mail"], &message(1))
        .good();
    assert_eq!(first, again);
    let rows = rows(home);
    assert_eq!(rows.len(), 1);
    let text = rows[0].to_string();
    assert!(text.contains(first.trim()), "{text}");
    assert!(text.contains("mail"), "{text}");
    assert!(
        !home.files("data/blobs").is_empty(),
        "the message is kept whole"
    );
}

#[test]
fn a_message_on_standard_input_makes_one_report() {
    piped(&Home::new());
}

#[test]
fn a_message_on_standard_input_makes_one_report_beside_a_server() {
    let home = Home::new();
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    piped(&home);
    assert_eq!(serving.stop(), 0);
    home.cairn(&["log", "verify"]).good();
}

#[test]
fn a_maildir_is_taken_once_and_marked_as_seen() {
    let home = Home::new();
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(home.path("mail").join(folder)).unwrap();
    }
    for n in 1..=3 {
        home.write(&format!("mail/new/{n}.M1P1.host"), &message(n));
    }
    let dir = home.arg("mail");
    let ran = home.cairn(&["report", "import-mail", "--maildir", &dir]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 3), "{ran:?}");
    assert!(ran.err.contains("3 imported, 0 failed"), "{ran:?}");
    assert_eq!(count(&home.path("mail/new")), 0);
    for file in home.files("mail/cur") {
        assert!(file.to_str().unwrap().ends_with('S'), "{file:?}");
    }
    let again = home.cairn(&["report", "import-mail", "--maildir", &dir]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{again:?}");
    assert_eq!(rows(&home).len(), 3);
    let none = home.arg("nowhere");
    let ran = home.cairn(&["report", "import-mail", "--maildir", &none]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn an_mbox_is_taken_message_by_message() {
    let home = Home::new();
    let all: String = (1..=3)
        .map(|n| {
            let message = message(n).replace("\r\n", "\n");
            format!("From person{n}@reporter.example Mon Nov 23 10:00:00 2026\n{message}\n")
        })
        .collect();
    let file = home.write("mbox", &all);
    let ran = home.cairn(&["report", "import-mail", "--mbox", &file]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 3), "{ran:?}");
    let again = home.cairn(&["report", "import-mail", "--mbox", &file]);
    assert_eq!(again.out, ran.out, "the same messages are the same reports");
    assert_eq!(rows(&home).len(), 3);
}

/// A mail server's client for LMTP: Python's. It reads one answer for a message, so one recipient at a time.
const LMTP: &str = "
import smtplib, sys
host, port, *files = sys.argv[1:]
server = smtplib.LMTP(host, int(port))
for name in files:
    refused = server.sendmail('person@reporter.example', ['report@desk.example'], open(name, 'rb').read())
    assert not refused, refused
server.quit()
";

#[test]
fn a_mail_server_hands_messages_over_by_lmtp() {
    let home = Home::new();
    let serving = home.serve(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--set",
        "mail.lmtp_listen=127.0.0.1:0",
    ]);
    let (_, address) = serving.said.split_once("LMTP on ").unwrap();
    let address = address.lines().next().unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    let files = [
        home.write("1.eml", &message(1)),
        home.write("2.eml", &message(2)),
        home.write("3.eml", &message(1)),
    ];
    let out = std::process::Command::new("/usr/bin/python3")
        .args(["-c", LMTP, host, port])
        .args(&files)
        .output();
    let Ok(out) = out else { return };
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(serving.stop(), 0);
    assert_eq!(rows(&home).len(), 2, "the same message is taken once");
    home.cairn(&["log", "verify"]).good();
}

#[test]
fn lmtp_listens_on_this_machine_only() {
    let home = Home::new();
    let ran = home.cairn(&["serve", "--set", "mail.lmtp_listen=192.0.2.1:24"]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("not on this machine"), "{}", ran.err);
}
