//! What can be proved: the log, stored files, receipts.

use super::home::Home;

const MESSAGE: &str = "From: someone@reporter.example\r\nTo: report@desk.example\r\nSubject: Odd\r\n\
    Message-ID: <1@reporter.example>\r\n\r\nPlease look at http://phish.example/a\r\n";

#[test]
fn damage_to_a_stored_file_is_found_and_named() {
    let home = Home::new();
    let import = home.cairn_reading(&["report", "import-mail"], MESSAGE);
    assert_eq!(import.code, 0, "{import:?}");
    let well = home.cairn(&["log", "verify"]).good();
    assert!(
        well.contains("1 stored files read; 0 missing or damaged"),
        "{well}"
    );
    let file = home.files("data/blobs").remove(0);
    let name = file.file_name().unwrap().to_str().unwrap();
    let sha256 = name.split('-').next().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let ran = home.cairn(&["log", "verify"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.out.contains(&format!("WRONG  stored file {sha256}")),
        "{ran:?}"
    );
    let ran = home.cairn(&["doctor", "--full"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("WRONG  files"), "{ran:?}");
    home.cairn(&["doctor"]).good();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(home.cairn(&["log", "verify"]).code, 3);
}

#[test]
fn receipts_are_checked_offline() {
    let home = Home::new();
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let answer = serving.report();
    assert_eq!(serving.stop(), 0);
    let receipt = answer["receipt"].as_str().unwrap();
    let good = home.write("good.tlog-proof", receipt);
    let told = home.cairn(&["receipt", "verify", &good]).good();
    assert!(
        told.contains("The receipt holds.") && told.contains(answer["reference"].as_str().unwrap())
    );
    let keys = home.arg("data/keys/log.keys");
    home.cairn_on("elsewhere", &["receipt", "verify", &good, "--keys", &keys])
        .good();

    let middle = receipt.len() / 3;
    let other = if receipt[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &receipt[..middle], &receipt[middle + 1..]);
    let bad = home.write("bad.tlog-proof", &changed);
    assert_eq!(home.cairn(&["receipt", "verify", &bad]).code, 3);
    let cut = home.write("cut.tlog-proof", &receipt[..receipt.len() / 2]);
    assert_eq!(home.cairn(&["receipt", "verify", &cut]).code, 3);
    home.cairn_on("stranger", &["migrate"]).good();
    let wrong = home.arg("stranger/keys/log.keys");
    let ran = home.cairn(&["receipt", "verify", &good, "--keys", &wrong]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let absent = home.arg("absent");
    assert_eq!(home.cairn(&["receipt", "verify", &absent]).code, 1);
    let ran = home.cairn(&["log", "verify", "--keys", &wrong]);
    assert_eq!(ran.code, 3, "another installation's keys: {ran:?}");
}

#[test]
fn a_new_signing_key_goes_on_where_the_old_one_ended() {
    let home = Home::new();
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let before = serving.report();
    let busy = home.cairn(&["log", "rotate-key"]);
    assert_eq!(busy.code, 1, "beside a server: {busy:?}");
    assert_eq!(serving.stop(), 0);
    let told = home.cairn(&["log", "rotate-key"]).good();
    // One report, and perhaps the cluster that it was put into a moment later.
    let sizes = ["from log size 1 on", "from log size 2 on"];
    assert!(sizes.iter().any(|size| told.contains(size)), "{told}");
    let serving = home.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let after = serving.report();
    assert_eq!(serving.stop(), 0);
    for (name, answer) in [("before", before), ("after", after)] {
        let file = home.write(name, answer["receipt"].as_str().unwrap());
        home.cairn(&["receipt", "verify", &file]).good();
    }
    home.cairn(&["log", "verify"]).good();
}
