//! `cairn track` between two editions: what is due, returns, sign-off, and the next edition.

use super::track::{Here, done, fails};

const HARBOUR: &str = "plans/example-harbour";
const STATISTICIAN: &str = "statistician=Example Harbour Council, figures (fictional)";
const CLERK: &str = "clerk=Example Harbour Council (fictional)@2026-07-30";

#[test]
fn what_is_due_is_listed_for_people_tables_and_programs() {
    let here = Here::new();
    let plan = here.at(HARBOUR);
    let on = ["--on", "2026-07-01"];
    let with = |more: &[&str]| done(&[&["due", &plan], &on[..], more].concat());
    let table = with(&[]);
    assert!(table.starts_with("by          state"), "{table}");
    assert!(
        table.contains("2026-06-29  overdue  Example Harbour Council"),
        "{table}"
    );
    let csv = with(&["--format", "csv"]);
    assert!(
        csv.starts_with("by,state,owner,what,initiative,id,period,title\r\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), table.lines().count());
    let json: serde_json::Value = serde_json::from_str(&with(&["--format", "json"])).unwrap();
    assert_eq!(json[0]["id"], "days");
    assert_eq!(json[0]["period"], "2026Q1");
    let told = fails(2, &["due", &plan, "--edition", "2031"]);
    assert!(told.contains("there are 2025, 2026"), "{told}");
    fails(2, &["due", &plan, "--on", "tomorrow"]);
}

#[test]
fn claims_and_scores_are_listed() {
    let here = Here::new();
    let plan = here.at(HARBOUR);
    let claims = done(&["claims", &plan, "--format", "csv"]);
    assert!(
        claims.contains("no_evidence,Example Harbour Library (fictional),safe-shops,action,visit"),
        "{claims}"
    );
    let scores = done(&["scorecard", &plan]);
    assert!(
        scores.contains("Te Hapū o te Tauira (fictional)"),
        "{scores}"
    );
}

#[test]
fn a_return_is_checked_and_accepted_once() {
    let here = Here::new();
    let plan = here.at(HARBOUR);
    let file = here.at("return.json");
    let json = r#"{"id":"mast","edition":"2026","by":"Example Harbour Council","filed":"2026-07-10",
        "about":{"initiative":{"id":"wharf-net","action":"second-mast","done":"2026-06-18",
        "claim":{"en":"The second mast stands."}}},
        "evidence":[{"title":"Gazette 53","publisher":"Example Harbour Gazette","url":"https://example.org/53"}]}"#;
    std::fs::write(&file, json.replace("https:", "ftp:")).unwrap();
    let filed = ["return", &plan, &file, "--on", "2026-07-12"];
    let told = fails(3, &filed);
    assert!(told.contains("ERROR   evidence.0.url: "), "{told}");
    std::fs::write(&file, json).unwrap();
    done(&filed);
    let returns = here.path(&format!("{HARBOUR}/editions/2026/returns.toml"));
    let before = std::fs::read_to_string(&returns).unwrap();
    let accept = [&filed[..], &["--accept", "Keeper of the plan"]].concat();
    let told = done(&accept);
    assert!(
        told.contains("returns.toml") && told.contains("sources.csv"),
        "{told}"
    );
    let after = std::fs::read_to_string(&returns).unwrap();
    assert!(
        after.starts_with(&before) && after.contains("accepted = 2026-07-12"),
        "{after}"
    );
    done(&["check", &plan]);
    // Accepted again it changes nothing.
    done(&accept);
    assert_eq!(std::fs::read_to_string(&returns).unwrap(), after);
    std::fs::write(&file, "{}").unwrap();
    fails(2, &filed);
}

#[test]
fn an_edition_is_signed_off_and_the_next_one_begun() {
    let here = Here::new();
    let plan = here.at(HARBOUR);
    let edition = ["freeze", &plan, "--edition", "2026", "--on", "2026-07-31"];
    let freeze = |signed: &[&'static str]| {
        let signed = signed.iter().flat_map(|one| ["--sign-off", *one]);
        edition.iter().copied().chain(signed).collect::<Vec<_>>()
    };
    let told = done(&["ready", &plan, "--on", "2026-07-31"]);
    assert!(told.contains("warns   claim-in-doubt"), "{told}");
    fails(2, &freeze(&["statistician"]));
    let file = here.path(&format!("{HARBOUR}/editions/2026/edition.toml"));
    let draft = std::fs::read_to_string(&file).unwrap();
    let told = fails(3, &freeze(&[STATISTICIAN, STATISTICIAN]));
    assert!(
        told.contains("frozen-unsigned") || told.contains("two different"),
        "{told}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), draft);
    done(&freeze(&[STATISTICIAN, CLERK]));
    let frozen = std::fs::read_to_string(&file).unwrap();
    assert!(
        frozen.contains("published = 2026-07-31") && frozen.contains("on = 2026-07-30"),
        "{frozen}"
    );
    assert!(
        frozen.contains("# By this day every owner reports"),
        "{frozen}"
    );
    done(&["check", &plan]);
    let told = fails(3, &["ready", &plan]);
    assert!(told.contains("edition-frozen"), "{told}");
    fails(3, &freeze(&[STATISTICIAN, CLERK]));

    let begin = [
        "edition",
        &plan,
        "--from",
        "2026",
        "--id",
        "2027",
        "--title",
        "Third (fictional)",
    ];
    let begin = [
        &begin[..],
        &["--title-mi", "Te tuatoru", "--as-of", "2027-06-30"],
    ]
    .concat();
    done(&begin);
    done(&["check", &plan]);
    done(&["due", &plan, "--edition", "2027"]);
    fails(3, &begin);
    // No temporary file is left.
    let folder = here.path(&format!("{HARBOUR}/editions/2027"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(!name.as_encoded_bytes().starts_with(b"."), "{name:?}");
    }
    done(&["build", &plan, "--out", &here.at("site")]);
    done(&["verify", &here.at("site")]);
}
