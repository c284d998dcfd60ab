//! One decision for many reports, by plain forms.

use axum::http::StatusCode;
use cairn_app::cluster::GRACE_SECONDS;
use cairn_desk::report::Draft;
use cairn_kernel::actor::Role;
use cairn_kernel::observable::extract;

use super::browser::{Browser, Desk};

fn about(desk: &Desk, thing: &str, severity: u8) -> Draft {
    let mut draft = desk.example();
    draft.body.observables = extract(thing);
    draft.body.answers.clear();
    draft.body.severity = severity;
    draft
}

async fn page_of(b: &mut Browser, path: &str) -> String {
    b.get(path).await;
    assert_eq!(b.status, StatusCode::OK, "{path}");
    b.page.clone()
}

/// The number of the cluster that a report's page links to.
async fn cluster(b: &mut Browser, reference: &str) -> String {
    let page = page_of(b, &format!("/desk/reports/{reference}")).await;
    let heading = page.split("id=\"cluster\"").nth(1).expect("where it is");
    let rest = heading.split("/desk/clusters/").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_reply_goes_to_all_and_to_who_joins_and_a_split_is_undone() {
    let desk = Desk::new().await;
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let thing = "https://evil.example/pay-here";
    let one = desk.report(&about(&desk, thing, 5)).await;
    let two = desk.report(&about(&desk, thing, 5)).await;
    let before = page_of(&mut b, &format!("/desk/reports/{one}")).await;
    assert!(!before.contains("id=\"cluster\""), "nobody has looked yet");
    desk.t.app.cluster_reports().await.unwrap();
    let no = cluster(&mut b, &one).await;
    assert_eq!(cluster(&mut b, &two).await, no);
    assert!(
        b.page.contains("the same link") && b.page.contains(&one),
        "why, and with which"
    );
    let list = page_of(&mut b, "/desk/clusters").await;
    assert!(list.contains(&format!("/desk/clusters/{no}\"")));
    assert!(list.contains("evil[.]example/pay-here") && !list.contains("evil.example/"));
    assert!(list.contains("2 open") && list.contains("the same link"));
    let at = format!("/desk/clusters/{no}");
    let page = page_of(&mut b, &at).await;
    assert!(
        page.contains("Decide for 2 open reports") && page.contains("Of 2 open reports, 2 have")
    );
    // Nothing chosen is told, and nothing typed is lost when somebody else was quicker.
    b.send(&format!("{at}/decide"), &[]).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(
        b.page
            .contains("Choose a category, write a reply, or choose an outcome.")
    );
    let three = desk.report(&about(&desk, thing, 5)).await;
    desk.t.app.cluster_reports().await.unwrap();
    let words = [
        ("reply-en", "Do not pay. Block it."),
        ("category", "phishing"),
    ];
    b.send(&format!("{at}/decide"), &words).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(b.page.contains("Do not pay. Block it.</textarea>") && b.page.contains(&three));
    assert!(b.page.contains("Decide for 3 open reports"));
    b.send(&format!("{at}/decide"), &words).await;
    assert_eq!(
        (b.status, b.to.as_deref()),
        (StatusCode::SEE_OTHER, Some(at.as_str()))
    );
    let page = page_of(&mut b, &at).await;
    assert!(page.contains("Done to 0, still to do to 3.") && page.contains("name=\"action\""));
    desk.t.pass(GRACE_SECONDS);
    assert_eq!(desk.t.app.carry_out_decisions().await.unwrap(), 3);
    assert!(
        page_of(&mut b, &at)
            .await
            .contains("Done to 3, still to do to 0.")
    );
    assert!(
        !b.page.contains("name=\"action\""),
        "what was sent is not undone"
    );
    joins_and_is_split_off(&desk, &mut b, &no, thing).await;
}

/// A report that joins a decided cluster gets its reply by itself, and its history says so; splitting it off is undone by
/// one action, and the trail has it all in words.
async fn joins_and_is_split_off(desk: &Desk, b: &mut Browser, no: &str, thing: &str) {
    let at = format!("/desk/clusters/{no}");
    let four = desk.report(&about(desk, thing, 6)).await;
    desk.t.app.cluster_reports().await.unwrap();
    desk.t.pass(GRACE_SECONDS);
    assert_eq!(desk.t.app.carry_out_decisions().await.unwrap(), 1);
    let page = page_of(b, &format!("/desk/reports/{four}")).await;
    assert!(page.contains("Do not pay. Block it.") && page.contains("Decided with"));
    // Split off, and back.
    page_of(b, &at).await;
    b.send(&format!("{at}/reports"), &[("do", "split")]).await;
    assert!(b.page.contains("Choose at least one report."));
    b.send(
        &format!("{at}/reports"),
        &[("do", "split"), ("report", &four)],
    )
    .await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{}", b.page);
    let other = cluster(b, &four).await;
    assert_ne!(other, no);
    let page = page_of(b, &at).await;
    let action = page.split("name=\"action\" value=\"").nth(1).unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    b.send(&format!("{at}/undo"), &[("action", &action)]).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{}", b.page);
    assert_eq!(cluster(b, &four).await, no);
    // The trail has it all in words.
    let mut ruth = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    let trail = page_of(&mut ruth, "/desk/audit").await;
    assert!(trail.contains("Split off") && trail.contains("Undone, action"));
    let read = page_of(&mut ruth, &at).await;
    assert!(
        !read.contains("name=\"report\"") && read.contains(&four),
        "an auditor only reads"
    );
}

#[tokio::test]
async fn clusters_are_linked_and_reports_moved() {
    let desk = Desk::new().await;
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let other_words = |thing: &str| {
        let mut draft = about(&desk, thing, 5);
        draft.body.category = "malware".into();
        draft
    };
    let one = desk
        .report(&about(&desk, "https://evil.example/a-place", 5))
        .await;
    let two = desk
        .report(&other_words("https://other.example/b-place"))
        .await;
    desk.t.app.cluster_reports().await.unwrap();
    let (here, there) = (cluster(&mut b, &one).await, cluster(&mut b, &two).await);
    assert_ne!(here, there);
    assert!(
        !page_of(&mut b, "/desk/clusters")
            .await
            .contains("href=\"/desk/clusters/"),
        "single ones are left out"
    );
    assert!(
        page_of(&mut b, "/desk/clusters?show=single&order=severe")
            .await
            .contains("/desk/clusters/")
    );
    page_of(&mut b, &format!("/desk/clusters/{here}")).await;
    b.send(&format!("/desk/clusters/{here}/link"), &[("into", "99")])
        .await;
    assert!(
        b.page
            .contains("Give the number of a cluster that there is.")
    );
    b.send(&format!("/desk/clusters/{here}/link"), &[("into", &there)])
        .await;
    assert_eq!(
        b.to.as_deref(),
        Some(format!("/desk/clusters/{there}").as_str()),
        "{}",
        b.page
    );
    b.get(&format!("/desk/clusters/{here}")).await;
    assert_eq!(
        b.to.as_deref(),
        Some(format!("/desk/clusters/{there}").as_str())
    );
    let page = page_of(&mut b, &format!("/desk/clusters/{there}")).await;
    assert!(page.contains(&one) && page.contains(&two) && page.contains("Linked to it"));
    b.lang = "mi";
    let page = page_of(&mut b, &format!("/desk/clusters/{there}")).await;
    assert!(page.contains("Whakatauhia mō ngā pūrongo tuwhera e 2"));
    b.get("/desk/clusters/77").await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
}

/// Reports about one address whose reporters can be answered by mail.
async fn with_addresses(desk: &Desk, count: usize) -> Vec<String> {
    let mut reports = Vec::new();
    for seed in 0..count {
        let mut draft = about(desk, "https://evil.example/pay-here", 5);
        draft.body.anonymous = false;
        draft.contact = Some(cairn_desk::report::Contact {
            email: Some(format!("reporter-{seed}@home.example")),
            ..Default::default()
        });
        reports.push(desk.report(&draft).await);
    }
    reports
}

/// One officer decides for all in one action; that there is an answer is mailed to so many only when a second one agreed, on the page
/// or by a call.
#[tokio::test]
async fn mail_to_many_waits_for_a_second_officer() {
    let desk = Desk::with(cairn_app::Config {
        mail: Some(cairn_app::MailConfig {
            smtp_url: "smtp://127.0.0.1:9".into(),
            from: "cairn@report.example".into(),
        }),
        ..cairn_app::Config::default()
    })
    .await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    let mut mere = desk.signed_in("mere", "Mere", Role::Officer).await;
    let reports = with_addresses(&desk, 21).await;
    desk.t.app.cluster_reports().await.unwrap();
    let no = cluster(&mut hana, &reports[0]).await;
    let at = format!("/desk/clusters/{no}");
    page_of(&mut hana, &at).await;
    let words = [("reply-en", "Block it."), ("outcome", "advice_given")];
    hana.send(&format!("{at}/decide"), &words).await;
    desk.t.pass(GRACE_SECONDS);
    assert_eq!(desk.t.app.carry_out_decisions().await.unwrap(), 21);
    let store = desk.t.app.bare_store();
    let before = store.count_jobs().await.unwrap().0;
    let page = page_of(&mut hana, &at).await;
    assert!(
        page.contains("21 mails about the reply wait")
            && page.contains("Somebody else must agree")
            && !page.contains("Agree: send the mails"),
        "{page}"
    );
    let queue = page_of(&mut mere, "/desk").await;
    assert!(queue.contains("Mail that waits for a second officer") && queue.contains(&at));
    let page = page_of(&mut mere, &at).await;
    assert!(page.contains("Agree: send the mails"), "{page}");
    let shown = super::api::token(&mut mere, "act").await;
    let mut program = super::api::Program::new(&desk, &shown);
    let waits = program.get("clusters/mail").await;
    assert_eq!(waits["mails"][0]["held"], 21, "{waits}");
    let decision = waits["mails"][0]["decision"].clone();
    let wish = serde_json::json!({ "decision": decision, "agree": true });
    // Who decided does not agree for the second one, by form neither.
    hana.send(
        &format!("{at}/mail"),
        &[("decision", &decision.to_string()), ("wish", "agree")],
    )
    .await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(hana.page.contains("Somebody else must agree"));
    let done = program
        .post(&format!("clusters/{no}/mail"), wish.clone())
        .await;
    assert_eq!(done["cluster"]["mail"]["stage"], "doing", "{done}");
    assert_eq!(done["cluster"]["mail"]["held"], 0);
    assert_eq!(store.count_jobs().await.unwrap().0, before + 21);
    program.post(&format!("clusters/{no}/mail"), wish).await;
    assert_eq!(program.status, StatusCode::CONFLICT, "it is past that");
    let page = page_of(&mut hana, &at).await;
    assert!(
        page.contains("were sent. Agreed to by") && page.contains("Mere"),
        "{page}"
    );
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    let audit = page_of(&mut auditor, "/desk/audit?kind=cluster_mail").await;
    assert!(audit.contains("waits for a second officer") && audit.contains("agreed to"));
}
