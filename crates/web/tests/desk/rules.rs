//! Rules of the desk: nothing typed is lost, two people for those that write, and every step in the audit trail.

use axum::http::StatusCode;
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const HOME: &str = "/desk/rules";

async fn write(b: &mut Browser, pairs: &[(&str, &str)]) {
    b.get("/desk/rules/new").await;
    let once = b.hidden("once").unwrap();
    let mut all = vec![("once", once.as_str())];
    all.extend(pairs);
    b.send(HOME, &all).await;
}

/// Does something about the first rule from its page.
async fn act(b: &mut Browser, action: &str, pairs: &[(&str, &str)]) {
    b.get("/desk/rules/1").await;
    let seen = b.hidden("seen").unwrap();
    let mut all = vec![("seen", seen.as_str())];
    all.extend(pairs);
    b.send(&format!("{HOME}/1/{action}"), &all).await;
}

async fn done(b: &mut Browser, action: &str) {
    act(b, action, &[]).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{action}: {}", b.page);
    b.get("/desk/rules/1").await;
}

#[tokio::test]
async fn what_is_typed_with_a_fault_comes_back_whole() {
    let desk = Desk::new().await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    let typed = [
        ("name", "Parcels <b>"),
        ("when", "categry:phishing since:2026-01-01"),
        ("severity", "2"),
        ("reply-en", "Delete it."),
        ("ask", "Is it new?"),
        ("hour", "0"),
    ];
    write(&mut hana, &typed).await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "value=\"Parcels &lt;b&gt;\"",
        "value=\"categry:phishing since:2026-01-01\"",
        "value=\"2\" selected",
        "Delete it.</textarea>",
        "Is it new?</textarea>",
        "href=\"#when\"",
        "href=\"#hour\"",
        "category:",
    ] {
        assert!(hana.page.contains(kept), "{kept}: {}", hana.page);
    }
    write(
        &mut hana,
        &[
            ("name", "n"),
            ("when", "since:2026-01-01"),
            ("severity", "2"),
        ],
    )
    .await;
    assert!(
        hana.page
            .contains("since: says nothing of a report that just came in."),
        "{}",
        hana.page
    );
    write(&mut hana, &[("name", "n"), ("when", "parcel")]).await;
    assert!(hana.page.contains("fill in at least one of these"));
    write(
        &mut hana,
        &[("name", "n"), ("when", "parcel"), ("severity", "2")],
    )
    .await;
    assert_eq!(hana.to.as_deref(), Some("/desk/rules/1"));
    // A new version with a fault comes back on the rule's own page.
    let wrong = [("name", ""), ("when", "parcel"), ("severity", "3")];
    act(&mut hana, "write", &wrong).await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        hana.page.contains("Give the rule a name.") && hana.page.contains("value=\"3\" selected")
    );
    let version = [
        ("seen", "1"),
        ("name", "m"),
        ("when", "parcel"),
        ("severity", "3"),
    ];
    act(&mut hana, "write", &version[1..]).await;
    assert_eq!(hana.status, StatusCode::SEE_OTHER);
    // In another window there was still the first version.
    hana.get("/desk/rules/1").await;
    hana.send("/desk/rules/1/write", &version).await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(
        hana.page.contains("Somebody else changed this rule"),
        "{}",
        hana.page
    );
    assert!(hana.page.contains("Version 1"), "older versions stay");
}

#[tokio::test]
async fn two_people_for_a_rule_that_writes_and_all_of_it_in_the_trail() {
    let desk = Desk::new().await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    let mut lea = desk.signed_in("lea", "Lea", Role::Lead).await;
    let pairs = [
        ("name", "First words"),
        ("when", "parcel"),
        ("reply-en", "Delete it."),
    ];
    write(&mut lea, &pairs).await;
    act(&mut lea, "on", &[]).await;
    assert_eq!(lea.status, StatusCode::CONFLICT);
    assert!(
        lea.page.contains("Try this version out first."),
        "{}",
        lea.page
    );
    done(&mut hana, "try").await;
    assert!(hana.page.contains("0 reports looked at"), "{}", hana.page);
    done(&mut hana, "ask").await;
    assert!(hana.page.contains("waits for a second person"));
    act(&mut lea, "on", &[]).await;
    assert_eq!(lea.status, StatusCode::CONFLICT);
    assert!(lea.page.contains("You wrote this rule or asked for it"));
    act(&mut hana, "on", &[]).await;
    assert_eq!(hana.status, StatusCode::FORBIDDEN);
    let mut tui = desk.signed_in("tui", "Tui", Role::Lead).await;
    done(&mut tui, "on").await;
    assert!(tui.page.contains("On: version 1"), "{}", tui.page);
    done(&mut hana, "off").await;
    assert!(!hana.page.contains("On: version"));
    act(&mut hana, "strange", &[]).await;
    assert_eq!(hana.status, StatusCode::NOT_FOUND);

    let mut auditor = desk.signed_in("aud", "Auditor", Role::Auditor).await;
    for path in [HOME, "/desk/rules/1"] {
        auditor.get(path).await;
        assert_eq!(auditor.status, StatusCode::OK);
        assert!(
            !auditor.page.contains("action=\"/desk/rules"),
            "auditors read"
        );
    }
    for (kind, words) in [
        ("rule_written", "Rule written: Version 1"),
        (
            "rule_tried",
            "Rule tried out: Version 1, 0 reports looked at",
        ),
        ("rule_asked", "Second person asked for a rule: Version 1"),
        ("rule_on", "Rule switched on: Version 1"),
        ("rule_off", "Rule switched off: Version 1"),
    ] {
        auditor.get(&format!("/desk/audit?kind={kind}")).await;
        assert!(auditor.page.contains(words), "{kind}: {}", auditor.page);
    }
}
