//! The service's OpenPGP key from the command line, with GnuPG on the other side, and in backups.

use cairn_testkit::gpg::Gpg;

use super::home::Home;

const FROM: &str = "mail.from=Reports <report@cert.example>";

#[test]
fn the_key_is_made_shown_exported_exchanged_and_warned_of() {
    let home = Home::new();
    assert_eq!(home.cairn(&["openpgp", "export"]).code, 1, "none yet");
    let made = home.cairn(&["openpgp", "new", "--set", FROM]).good();
    assert!(
        made.contains("Reports <report@cert.example>, holds until 20"),
        "{made}"
    );
    assert_eq!(
        home.cairn(&["openpgp", "new", "--set", FROM]).code,
        1,
        "once"
    );
    let shown = home.cairn(&["openpgp", "show"]).good();
    assert_eq!(shown, made);
    let key = home.cairn(&["openpgp", "export"]).good();
    let gpg = Gpg::new();
    gpg.import(key.as_bytes());
    assert!(!key.contains("PRIVATE"));
    let secret = home.cairn(&["openpgp", "export", "--secret"]).good();
    assert!(secret.contains("PRIVATE"));
    let doctor = home.cairn(&["doctor"]).good();
    assert!(doctor.contains("ok     OpenPGP"), "{doctor}");
    let longer = home.cairn(&["openpgp", "extend"]).good();
    assert_eq!(longer.lines().next(), made.lines().next());
    home.cairn(&["openpgp", "rotate", "--set", FROM]).good();
    let both = home.cairn(&["openpgp", "show"]).good();
    assert!(
        both.contains("kept to read what was written to them")
            && both.contains(made.lines().next().unwrap())
    );
    // One that was made elsewhere.
    let other = Gpg::with_key("Reports <report@cert.example>", "30d");
    let file = home.write(
        "other.asc",
        &String::from_utf8(other.out(&["--armor", "--export-secret-keys"], b"")).unwrap(),
    );
    let taken = home
        .cairn(&["openpgp", "import", &file, "--set", FROM])
        .good();
    assert_eq!(
        taken.lines().next().unwrap().replace(' ', ""),
        other.fingerprint()
    );
    assert_eq!(home.cairn(&["openpgp", "import", &file]).code, 1, "known");
    let doctor = home.cairn(&["doctor"]).good();
    assert!(
        doctor.contains("warn   OpenPGP") && doctor.contains("days more"),
        "{doctor}"
    );
    let public = home.write("public.asc", &String::from_utf8(other.public()).unwrap());
    assert_eq!(home.cairn(&["openpgp", "import", &public]).code, 1);
    // It comes back from a backup.
    home.cairn(&["migrate"]).good();
    let backup = home.arg("all.cairn-backup");
    home.cairn(&["backup", &backup]).good();
    home.cairn_on("again", &["restore", &backup]).good();
    let again = home.cairn_on("again", &["openpgp", "show"]).good();
    assert_eq!(again, home.cairn(&["openpgp", "show"]).good());
}
