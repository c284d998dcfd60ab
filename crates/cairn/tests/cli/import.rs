//! Coming from elsewhere, with the real program: a dry run, a run, and a second run that finds nothing new, for each kind of file; faults
//! that stop nothing else; and an import beside a server that takes reports meanwhile.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::home::{Home, Serving};

const THEHIVE: &str = include_str!("../../../desk/tests/import/thehive4.json");
const IRIS: &str = include_str!("../../../desk/tests/import/iris.json");
const TABLE: &str = "number,title,received,text,name,email,at,state,colour\n\
    7,Parcel,2021-03-04,\"Kia ora,\nkei hea?\",Ana,ana@home.example,,open,red\n\
    8,Shop,2021-03-05T10:00:00Z,It does not send,,,,closed,\n\
    7,,,More of it,,,2021-03-06T00:00:00Z,,\n";
const MAILS: &str = "From a Mon Nov 23 10:00:00 2020\nMessage-ID: <1@home.example>\nFrom: Ana <ana@home.example>\n\
    Subject: parcel\nDate: Mon, 23 Nov 2020 10:00:00 +0000\n\nKia ora http://evil.example/x\n\n\
    From b Mon Nov 23 11:00:00 2020\nMessage-ID: <2@cert.example>\nIn-Reply-To: <1@home.example>\nFrom: cert@cert.example\n\
    Subject: Re: parcel\nDate: Mon, 23 Nov 2020 11:00:00 +0000\n\nNo.\n\n";

/// How much the log holds, after all of it was proved.
fn size(home: &Home) -> String {
    let said = home.cairn(&["log", "verify"]).good();
    let line = said.lines().find(|line| line.contains(" log entries, "));
    line.unwrap().to_owned()
}

fn archive(home: &Home, name: &str, files: &[(&str, &[u8])]) -> String {
    let mut zip = ZipWriter::new(File::create(home.path(name)).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    home.arg(name)
}

/// A dry run, a run and a second one, which says that all tickets are as they were.
fn taken_once(home: &Home, args: &[&str], tickets: u32, entries_and_files: &str) {
    home.cairn(&["migrate"]).good();
    let empty = size(home);
    let import = |more: &[&str]| home.cairn(&[&["import"], args, more].concat()).good();
    let dry = import(&["--dry-run"]);
    let wanted = format!(
        "tickets seen {tickets}, would be new {tickets}, would be changed 0, unchanged 0\n"
    );
    assert!(dry.starts_with(&wanted), "{dry}");
    assert!(dry.contains("Nothing was changed (--dry-run)."), "{dry}");
    assert_eq!(size(home), empty);
    assert_eq!(home.files("data/blobs").len(), 0);
    let run = import(&[]);
    let wanted = format!(
        "tickets seen {tickets}, new {tickets}, changed 0, unchanged 0\n{entries_and_files}, "
    );
    assert!(run.starts_with(&wanted), "{run}");
    let full = size(home);
    assert_ne!(full, empty);
    let blobs = home.files("data/blobs").len();
    let again = import(&[]);
    let wanted = format!(
        "tickets seen {tickets}, new 0, changed 0, unchanged {tickets}\nentries 0, files 0, bytes 0, "
    );
    assert!(again.starts_with(&wanted), "{again}");
    assert_eq!((size(home), home.files("data/blobs").len()), (full, blobs));
    let rows = home
        .cairn(&["export", "reports", "--format", "jsonl"])
        .good();
    assert_eq!(rows.lines().count(), tickets as usize, "{rows}");
}

#[test]
fn a_table_is_taken_once() {
    let home = Home::new();
    let file = home.write("old.csv", TABLE);
    taken_once(&home, &["csv", &file], 2, "entries 5, files 0");
    let more = format!("{TABLE}8,,,It came,,,2021-03-09T00:00:00Z,,\n");
    let file = home.write("more.csv", &more);
    let later = home.cairn(&["import", "csv", &file]).good();
    assert!(
        later.starts_with("tickets seen 2, new 0, changed 1, unchanged 1\nentries 1, "),
        "{later}"
    );
}

#[test]
fn cases_of_thehive_are_taken_once_with_files_of_a_folder() {
    let home = Home::new();
    let file = home.write("cases.json", THEHIVE);
    std::fs::create_dir(home.path("files")).unwrap();
    home.write("files/letter", "Dear host,\n");
    home.write("files/page", "<p>x</p>\n");
    let files = home.arg("files");
    taken_once(
        &home,
        &["thehive4", &file, "--files", &files],
        2,
        "entries 13, files 2",
    );
}

#[test]
fn a_case_of_iris_is_taken_once_with_files_of_an_archive() {
    let home = Home::new();
    let file = home.write("case.json", IRIS);
    let files = archive(
        &home,
        "files.zip",
        &[("../evidence/signins.csv", b"when,who\n1,ana\n")],
    );
    taken_once(
        &home,
        &["iris", &file, "--files", &files],
        1,
        "entries 13, files 1",
    );
}

#[test]
fn a_mailbox_is_taken_once() {
    let home = Home::new();
    let file = home.write("archive.mbox", MAILS);
    taken_once(&home, &["mbox", &file], 1, "entries 2, files 2");
}

#[test]
fn bad_rows_are_named_and_written_beside_and_the_others_are_taken() {
    let home = Home::new();
    let file = home.write("old.csv", &format!("{TABLE}9,Late,someday,x,,,,,\n,None,2021-03-04,x,,,,,\n10,Short\n11,Last,2021-03-07,y,,,,,\n"));
    let rejects = home.arg("rejects.csv");
    let args = ["import", "csv", &file, "--rejects", &rejects];
    let ran = home.cairn(&args);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.starts_with("tickets seen 3, new 3, "), "{ran:?}");
    for told in [
        "row 6, column received: someday",
        "row 7, column number",
        "row 8: 2 cells",
        "3 things were refused",
    ] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
    let text = home.text("rejects.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].ends_with("\"fault\",\"where\""), "{text}");
    assert!(
        lines[1].starts_with("\"9\",\"Late\",\"someday\"")
            && lines[1].contains("\"103 has no time"),
        "{text}"
    );
    let full = size(&home);
    assert_eq!(home.cairn(&args).code, 1);
    assert_eq!(size(&home), full);
    // What was mended is taken.
    let mended = home.text("old.csv").replace("someday", "2021-03-08");
    let file = home.write("mended.csv", &mended);
    let ran = home.cairn(&["import", "csv", &file]);
    assert!(
        ran.out
            .starts_with("tickets seen 4, new 1, changed 0, unchanged 3\n"),
        "{ran:?}"
    );
}

#[test]
fn archives_that_are_broken_or_far_too_large_inside_take_nothing_else_down() {
    let home = Home::new();
    let file = home.write("case.json", IRIS);
    let broken = home.write("broken.zip", "PK\u{3}\u{4} and no more");
    let ran = home.cairn(&["import", "iris", &file, "--files", &broken]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("broken.zip cannot be opened"), "{ran:?}");
    assert_eq!(ran.out, "");
    // Three hundred MiB in some hundred KiB.
    let zeros = vec![0; 300 << 20];
    let bomb = archive(&home, "bomb.zip", &[("signins.csv", zeros.as_slice())]);
    drop(zeros);
    let ran = home.cairn(&[
        "import",
        "iris",
        &file,
        "--files",
        &bomb,
        "--set",
        "files.bytes_max=1MiB",
    ]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("1 x 106: is larger than is taken"),
        "{ran:?}"
    );
    assert!(ran.out.starts_with("tickets seen 1, new 1, "), "{ran:?}");
    // With the file that was meant, the next run takes what is missing.
    let good = archive(&home, "good.zip", &[("signins.csv", b"when,who\n1,ana\n")]);
    let ran = home
        .cairn(&["import", "iris", &file, "--files", &good])
        .good();
    assert!(
        ran.starts_with("tickets seen 1, new 0, changed 1, unchanged 0\nentries 0, files 1, "),
        "{ran}"
    );
    size(&home);
}

#[test]
fn what_cannot_be_read_at_all_is_told_and_changes_nothing() {
    let home = Home::new();
    home.cairn(&["migrate"]).good();
    let empty = size(&home);
    let odd = home.write("odd", "{\"cases\": [");
    for kind in ["thehive4", "iris"] {
        let ran = home.cairn(&["import", kind, &odd]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains("101: does not read"), "{ran:?}");
    }
    let ran = home.cairn(&["import", "csv", &odd]);
    assert!(
        ran.code == 1 && ran.err.contains("2 x 104: lacks a field"),
        "{ran:?}"
    );
    let ran = home.cairn(&["import", "csv", &home.arg("nowhere")]);
    assert!(ran.code == 1 && ran.err.contains("nowhere"), "{ran:?}");
    let mapping = home.write("mapping.toml", "[csv]\ncategory = \"no such thing\"\n");
    let ran = home.cairn(&["import", "csv", &odd, "--mapping", &mapping]);
    assert!(
        ran.code == 2 && ran.err.contains("the mapping cannot be used"),
        "{ran:?}"
    );
    let ran = home.cairn(&["import", "rt", "http://rt.example/", "--token-file", &odd]);
    assert!(ran.code == 2 && ran.err.contains("use https"), "{ran:?}");
    assert_eq!(size(&home), empty);
}

#[test]
fn nothing_is_lost_on_either_side_where_a_server_takes_reports_meanwhile() {
    const TICKETS: usize = 150;
    let home = Home::new();
    let mut table = String::from("number,title,received,text,at\n");
    for n in 0..TICKETS {
        writeln!(table, "{n},Ticket {n},2021-03-04,Kia ora {n},").unwrap();
    }
    for n in 0..TICKETS {
        writeln!(table, "{n},,,More of {n},2021-03-05T00:00:00Z").unwrap();
    }
    let file = home.write("old.csv", &table);
    let log = home.path("server.log");
    let mut command = home.command("data", &["serve", "--listen", "127.0.0.1:0"]);
    command
        .stdout(Stdio::piped())
        .stderr(File::create(&log).unwrap());
    let serving = Serving::start(command);
    let over = AtomicBool::new(false);
    let (ran, references) = std::thread::scope(|scope| {
        let sending = |_| {
            scope.spawn(|| {
                let mut mine = Vec::new();
                let begun = Instant::now();
                while !over.load(Ordering::Relaxed) && begun.elapsed() < Duration::from_secs(60) {
                    let answer = serving.report();
                    mine.push(answer["reference"].as_str().unwrap().to_owned());
                    std::thread::sleep(Duration::from_millis(20));
                }
                mine
            })
        };
        let senders: Vec<_> = (0..2).map(sending).collect();
        let ran = home.cairn(&["import", "csv", &file]);
        over.store(true, Ordering::Relaxed);
        let all: Vec<String> = senders
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect();
        (ran, all)
    });
    let again = home.cairn(&["import", "csv", &file]).good();
    assert!(
        again.contains(&format!("new 0, changed 0, unchanged {TICKETS}\n")),
        "{again}"
    );
    assert_eq!(serving.stop(), 0);
    let told = format!(
        "tickets seen {TICKETS}, new {TICKETS}, changed 0, unchanged 0\nentries {}, ",
        3 * TICKETS
    );
    assert!(ran.code == 0 && ran.out.starts_with(&told), "{ran:?}");
    assert!(references.len() >= 2, "{references:?}");
    let said = std::fs::read_to_string(log).unwrap();
    assert!(
        !said.contains("locked") && !said.contains("ERROR"),
        "{said}"
    );
    let rows = home
        .cairn(&["export", "reports", "--format", "jsonl"])
        .good();
    assert_eq!(rows.lines().count(), TICKETS + references.len());
    for reference in &references {
        assert!(rows.contains(reference.as_str()), "{reference} is lost");
    }
    size(&home);
}
