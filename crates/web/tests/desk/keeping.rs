//! Undoing, legal holds, keeping times and the register, by way of the pages.

use axum::http::StatusCode;
use cairn_app::Config;
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const DAY: i64 = 24 * 3_600;
/// Contacts go a month after closing.
const RULES: &str = include_str!("../../../../data/retention.toml");

async fn desk() -> Desk {
    let own = RULES.replacen("days = 365", "days = 30", 1);
    let own = own.replacen("version = 1", "version = 9", 1);
    Desk::with(Config {
        retention: Some(own.into()),
        ..Config::default()
    })
    .await
}

async fn closed(b: &mut Browser, desk: &Desk, at: &str) {
    let outcome = desk.t.app.form.taxonomy().outcomes()[0].code.clone();
    b.get(at).await;
    b.send(&format!("{at}/close"), &[("outcome", &outcome)])
        .await;
    assert_eq!(b.to.as_deref(), Some(at), "{}", b.page);
}

#[tokio::test]
async fn what_was_just_done_can_be_undone_from_the_page() {
    let desk = desk().await;
    let reference = desk.report(&desk.example()).await;
    let at = format!("/desk/reports/{reference}");
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    b.get(&at).await;
    assert!(!b.page.contains("Last done:"), "nothing was done yet");
    closed(&mut b, &desk, &at).await;
    b.get(&at).await;
    assert!(b.page.contains("Last done:") && b.page.contains("This report is closed"));
    let mut other = desk.signed_in("mere", "Mere", Role::Officer).await;
    other.get(&at).await;
    assert!(!other.page.contains("/undo\""), "not what others did");
    other.send(&format!("{at}/undo"), &[("event", "2")]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    b.send(&format!("{at}/undo"), &[("event", "2")]).await;
    b.get(&at).await;
    assert!(!b.page.contains("This report is closed") && b.page.contains("Undone: Closed"));
    // The same page sent again is old by now.
    b.send(&format!("{at}/undo"), &[("event", "2")]).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    b.get(&at).await;
    b.send(&format!("{at}/undo"), &[("event", "3")]).await;
    b.get(&at).await;
    assert!(b.page.contains("This report is closed") && b.page.contains("Undone: Undone"));
}

#[tokio::test]
async fn a_message_taken_back_stands_in_the_box_again() {
    let desk = desk().await;
    let reference = desk.report(&desk.example()).await;
    let at = format!("/desk/reports/{reference}");
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    b.get(&at).await;
    b.send(&format!("{at}/message"), &[("text", "To the wrong person")])
        .await;
    b.get(&at).await;
    assert!(
        b.page.contains("Has not left yet") && b.page.contains("30 seconds"),
        "{}",
        b.page
    );
    b.send(&format!("{at}/undo"), &[("event", "2")]).await;
    b.get(&at).await;
    assert!(b.page.contains("Taken back"));
    let text_box = b.page.split("<textarea").nth(1).unwrap();
    assert!(
        b.page.matches("To the wrong person").count() == 2,
        "{text_box}"
    );
    b.send(&format!("{at}/message"), &[("text", "To the right one")])
        .await;
    desk.t.pass(31);
    b.get(&at).await;
    assert!(!b.page.contains("Has not left yet") && !b.page.contains("/undo\""));
}

#[tokio::test]
async fn a_hold_is_seen_and_keeps_contact_details_by_hand_too() {
    let desk = desk().await;
    let reference = desk.report(&desk.example()).await;
    let at = format!("/desk/reports/{reference}");
    let mut officer = desk.signed_in("hana", "Hana", Role::Officer).await;
    officer.get(&at).await;
    assert!(!officer.page.contains("Put on legal hold"));
    officer
        .send(&format!("{at}/hold"), &[("reason", "x")])
        .await;
    assert_eq!(officer.status, StatusCode::FORBIDDEN);
    let mut b = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    b.get(&at).await;
    let own = b.page.contains("Erase them, I am sure");
    assert!(own && b.page.contains("Put on legal hold"));
    for (pairs, says) in [
        (vec![("reason", " ")], "Give a reason of at most"),
        (
            vec![("reason", "Kept words"), ("until", "2020-01-01")],
            "Choose a day that has not ended",
        ),
        (
            vec![("reason", "Kept words"), ("until", "soon")],
            "Choose a day that has not ended",
        ),
    ] {
        b.send(&format!("{at}/hold"), &pairs).await;
        assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(b.page.contains(says), "{says}");
    }
    assert!(b.page.contains("Kept words"), "nothing typed is lost");
    b.send(&format!("{at}/hold"), &[("reason", "High Court 12/2026")])
        .await;
    b.get(&at).await;
    assert!(
        b.page.contains("Held until somebody lifts it") && b.page.contains("High Court 12/2026")
    );
    assert!(!b.page.contains("Erase them, I am sure") && b.page.contains("Lift the hold first"));
    b.send(&format!("{at}/erase-contact"), &[("sure", "1")])
        .await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    b.get("/desk").await;
    assert!(b.page.contains("On legal hold"), "in the queue");
    b.get(&at).await;
    b.send(&format!("{at}/lift"), &[("lift-reason", "Withdrawn")])
        .await;
    b.get(&at).await;
    assert!(!b.page.contains("Held until") && b.page.contains("Withdrawn"));
    assert!(b.page.contains("Erase them, I am sure"), "as before");
}

#[tokio::test]
async fn rules_are_tried_put_into_force_and_what_they_erase_is_registered() {
    let desk = desk().await;
    let mut draft = desk.example();
    draft.body.title = "Canary title".into();
    let reference = desk.report(&draft).await;
    let at = format!("/desk/reports/{reference}");
    let mut officer = desk.signed_in("hana", "Hana", Role::Officer).await;
    closed(&mut officer, &desk, &at).await;
    desk.t.pass(31 * DAY);
    let mut admin = desk
        .signed_in("oliver", "Oliver", Role::Administrator)
        .await;
    admin.get("/desk/retention").await;
    assert!(
        admin.page.contains("Your rules are not in force yet"),
        "{}",
        admin.page
    );
    assert!(admin.page.contains("Version 9 waits") && admin.page.contains("1 closed reports"));
    assert!(admin.page.contains("30 days after closing") && !admin.page.contains("Canary"));
    let rules = admin.hidden("rules").unwrap();
    admin.send("/desk/retention", &[("rules", &rules)]).await;
    assert_eq!(admin.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(admin.page.contains("href=\"#seen\""));
    admin
        .send("/desk/retention", &[("rules", "other"), ("seen", "1")])
        .await;
    assert_eq!(admin.status, StatusCode::CONFLICT);
    desk.t.app.erase_due().await.unwrap();
    admin.get("/desk/erased").await;
    assert!(admin.page.contains("Nothing has been erased yet"));
    admin.get("/desk/retention").await;
    admin
        .send("/desk/retention", &[("rules", &rules), ("seen", "1")])
        .await;
    assert_eq!(admin.to.as_deref(), Some("/desk/retention"));
    admin.get("/desk/retention").await;
    assert!(admin.page.contains("Version 9 of your rules is in force"));
    assert_eq!(desk.t.app.erase_due().await.unwrap(), 1);
    admin.get("/desk/erased").await;
    assert!(admin.page.contains(&reference) && admin.page.contains("version 9"));
    assert!(
        !admin.page.contains(&format!("href=\"{at}\"")),
        "who reads no reports gets no link"
    );
    admin.get("/desk/erased.csv").await;
    let mut lines = admin.page.lines();
    assert_eq!(
        lines.next(),
        Some("erased_at,reference,part,rule,rules_version,by")
    );
    let line = lines.next().unwrap();
    assert!(
        line.ends_with(&format!(",{reference},contact,default,9,system")),
        "{line}"
    );
    admin.get("/desk/audit").await;
    assert!(
        admin
            .page
            .contains("Keeping times put into force: version 9, 1 parts due at once")
    );
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/erased").await;
    assert!(auditor.page.contains(&format!("href=\"{at}\"")));
    auditor.get(&at).await;
    assert!(auditor.page.contains("Erased by rule: Who reported it"));
    auditor.lang = "mi";
    auditor.get("/desk/erased").await;
    assert!(auditor.page.contains("Ngā mea kua mukua"));
}
