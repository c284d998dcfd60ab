//! What officers do all day.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use cairn_app::account::code_at;
use cairn_desk::report::{Answer, Draft};
use cairn_kernel::actor::Role;

use super::browser::{Desk, PASSWORD};

#[tokio::test]
async fn signing_in_again_asks_for_a_code_and_out_forgets() {
    let desk = Desk::new().await;
    let (_, first) = desk.account("hana", "Hana", Role::Officer).await;
    let mut b = desk.browser();
    b.post(
        "/sign-in",
        &[("login", "hana"), ("password", "not this one")],
    )
    .await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("Login or password is not right") && b.cookie.is_none());
    assert!(
        !b.page.contains("not this one"),
        "passwords are never shown again"
    );
    b.post("/sign-in", &[("login", "hana"), ("password", &first)])
        .await;
    b.get("/sign-in/password").await;
    b.send("/sign-in/password", &[("new", "short"), ("again", "short")])
        .await;
    assert!(b.page.contains("at least 12 characters"));
    b.send(
        "/sign-in/password",
        &[("new", PASSWORD), ("again", "other")],
    )
    .await;
    assert!(b.page.contains("differ"));
    b.send(
        "/sign-in/password",
        &[("new", PASSWORD), ("again", PASSWORD)],
    )
    .await;
    b.get("/sign-in/enrol").await;
    let secret = b.secret();
    b.send("/sign-in/enrol", &[("code", "000000")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(b.secret(), secret, "the same key until it is confirmed");
    b.send(
        "/sign-in/enrol",
        &[("code", &code_at(&secret, desk.t.clock.now()))],
    )
    .await;
    assert_eq!(b.status, StatusCode::OK);
    let full = b.cookie.clone();
    b.get("/desk").await;
    b.get("/desk/account").await;
    b.send("/sign-out", &[]).await;
    assert_eq!((b.to.as_deref(), &b.cookie), (Some("/sign-in"), &None));
    b.cookie = full;
    b.get("/desk").await;
    assert_eq!(
        b.to.as_deref(),
        Some("/sign-in"),
        "the old cookie opens nothing"
    );
    desk.t.pass(30);
    let mut b = desk.browser();
    b.post("/sign-in", &[("login", "hana"), ("password", PASSWORD)])
        .await;
    assert_eq!(b.to.as_deref(), Some("/sign-in/code"));
    b.get("/desk/account").await;
    assert_eq!(b.to.as_deref(), Some("/sign-in/code"));
    b.get("/sign-in/code").await;
    b.send(
        "/sign-in/code",
        &[("code", &code_at(&secret, desk.t.clock.now()))],
    )
    .await;
    assert_eq!(b.to.as_deref(), Some("/desk"));
    b.get("/desk").await;
    assert_eq!(b.status, StatusCode::OK);
}

#[tokio::test]
async fn a_report_is_found_read_worked_on_and_closed() {
    let desk = Desk::new().await;
    let mut draft = desk.example();
    let sample = b"MZ this program cannot be run".repeat(50);
    draft.body.files = vec![desk.file(&sample, "invoice.exe").await];
    let sha256 = draft.body.files[0].sha256.clone();
    let reference = desk.report(&draft).await;
    let mut b = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    b.get("/desk").await;
    assert!(b.page.contains(&reference));
    b.get(&format!("/desk?q={}", reference.to_lowercase()))
        .await;
    assert!(b.page.contains(&format!("/desk/reports/{reference}")));
    b.get("/desk?q=nosuchword").await;
    assert!(b.page.contains("No reports match"));
    let at = format!("/desk/reports/{reference}");
    b.get(&at).await;
    assert!(b.page.contains("What was told") && b.page.contains("invoice.exe"));
    for (action, pairs) in [
        ("severity", vec![("severity", "2")]),
        (
            "message",
            vec![("text", "Kia ora, one question."), ("waits", "1")],
        ),
    ] {
        b.get(&at).await;
        b.send(&format!("{at}/{action}"), &pairs).await;
        assert_eq!(b.to.as_deref(), Some(at.as_str()), "{action}: {}", b.page);
    }
    b.get(&at).await;
    assert!(b.page.contains("Kia ora, one question.") && b.page.contains("Waiting for answer"));
    b.send(&format!("{at}/files/{sha256}"), &[]).await;
    assert_eq!(b.status, StatusCode::OK);
    let mut archive = zip::ZipArchive::new(Cursor::new(b.bytes.clone())).unwrap();
    let mut read = Vec::new();
    let mut file = archive.by_index_decrypt(0, b"infected").unwrap();
    file.read_to_end(&mut read).unwrap();
    assert_eq!(read, sample);
    b.get(&at).await;
    assert!(b.page.contains("File downloaded"));
    b.send(&format!("{at}/close"), &[("outcome", "")]).await;
    assert!(b.page.contains("Choose an outcome"));
    let outcome = desk.t.app.form.taxonomy().outcomes()[0].code.clone();
    b.send(&format!("{at}/close"), &[("outcome", &outcome)])
        .await;
    b.get(&at).await;
    assert!(b.page.contains("This report is closed"));
    b.send(&format!("{at}/reopen"), &[]).await;
    b.get(&at).await;
    assert!(b.page.contains("Reopened"));
}

#[tokio::test]
async fn a_lead_erases_contact_details_for_good() {
    let desk = Desk::new().await;
    let mut draft = desk.example();
    draft.body.anonymous = false;
    draft.contact = Some(cairn_desk::report::Contact {
        name: Some("Canary Person".into()),
        ..Default::default()
    });
    let reference = desk.report(&draft).await;
    let at = format!("/desk/reports/{reference}");
    let erase = format!("{at}/erase-contact");
    let mut officer = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    officer.get(&at).await;
    assert!(officer.page.contains("Canary Person") && !officer.page.contains(&erase));
    let mut lead = desk.signed_in("lei", "Lei Example", Role::Lead).await;
    lead.get(&at).await;
    lead.send(&erase, &[]).await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.page.contains("Canary Person") && lead.page.contains("Tick the box"));
    lead.send(&erase, &[("sure", "1")]).await;
    assert_eq!(lead.to.as_deref(), Some(at.as_str()), "{}", lead.page);
    lead.get(&at).await;
    assert!(!lead.page.contains("Canary Person") && lead.page.contains("Contact details erased"));
    assert!(
        !lead.page.contains(&erase),
        "there is nothing left to erase"
    );
}

#[tokio::test]
async fn a_job_that_was_given_up_is_tried_again_when_asked() {
    let mail = cairn_app::MailConfig {
        smtp_url: "smtp://127.0.0.1:9".into(),
        from: "cairn@report.example".into(),
    };
    let desk = Desk::with(cairn_app::Config {
        mail: Some(mail),
        ..cairn_app::Config::default()
    })
    .await;
    let mut draft = desk.example();
    draft.body.anonymous = false;
    draft.contact = Some(cairn_desk::report::Contact {
        email: Some("someone@reporter.example".into()),
        ..Default::default()
    });
    desk.report(&draft).await;
    let store = &desk.t.app.store;
    let stopping = tokio::sync::watch::channel(false).1;
    while store.count_jobs().await.unwrap() != (0, 1) {
        desk.t.app.run_jobs(None, &stopping).await.unwrap();
        desk.t.pass(6 * 3_600);
    }
    let id = store.failed_jobs(10).await.unwrap()[0].id.clone();
    let mut admin = desk.signed_in("ana", "Ana", Role::Administrator).await;
    admin.get("/desk/jobs").await;
    let again = format!("/desk/jobs/{id}/again");
    assert!(admin.page.contains(&again) && admin.page.contains("Try again"));
    admin.send(&again, &[]).await;
    assert_eq!(admin.to.as_deref(), Some("/desk/jobs"));
    assert_eq!(store.count_jobs().await.unwrap(), (1, 0));
    let due = store.due_jobs(desk.t.clock.now(), 10).await.unwrap();
    assert_eq!(due[0].attempts, 0);
    admin.get("/desk/jobs").await;
    assert!(admin.page.contains("Nothing was given up"));
}

#[tokio::test]
async fn what_was_typed_survives_a_conflict() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let at = format!("/desk/reports/{reference}");
    let mut slow = desk.signed_in("hana", "Hana", Role::Officer).await;
    let mut quick = desk.signed_in("wiremu", "Wiremu", Role::Officer).await;
    slow.get(&at).await;
    quick.get(&at).await;
    quick
        .send(&format!("{at}/severity"), &[("severity", "1")])
        .await;
    slow.send(
        &format!("{at}/message"),
        &[("text", "My long answer & more"), ("waits", "1")],
    )
    .await;
    assert_eq!(slow.status, StatusCode::CONFLICT);
    assert!(slow.page.contains("My long answer &amp; more"));
    assert!(slow.page.contains("Somebody else was here") && slow.page.contains("Wiremu"));
    slow.send(
        &format!("{at}/message"),
        &[("text", "My long answer & more")],
    )
    .await;
    assert_eq!(
        slow.to.as_deref(),
        Some(at.as_str()),
        "sent from the fresh page"
    );
}

const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)> \u{202e}gpj.exe \u{200b} javascript:alert(4) =HYPERLINK(\"http://evil.example\") https://evil.example/a";

/// The example with the same hostile text in every place where somebody may write.
async fn hostile(desk: &Desk) -> Draft {
    let mut draft = desk.example();
    draft.body.anonymous = false;
    draft.body.title = HOSTILE.into();
    draft.body.files = vec![desk.file(b"x", "<b>\u{202e}gpj.exe").await];
    for answer in draft.body.answers.values_mut() {
        if let Answer::Text(text) = answer {
            HOSTILE.clone_into(text);
        }
    }
    draft
        .body
        .answers
        .insert("gone".into(), Answer::Text(HOSTILE.into()));
    draft.contact = Some(cairn_desk::report::Contact {
        name: Some(HOSTILE.into()),
        email: Some(HOSTILE.into()),
        phone: Some(HOSTILE.into()),
    });
    draft.body.mail = Some(cairn_desk::report::MailEvidence {
        dkim: HOSTILE.into(),
        spf: "none".into(),
        dmarc: "none".into(),
        subject: HOSTILE.into(),
    });
    draft
}

#[tokio::test]
async fn hostile_text_is_shown_whole_and_harmless_on_every_page() {
    let desk = Desk::new().await;
    let draft = hostile(&desk).await;
    let reference = desk.report(&draft).await;
    let at = format!("/desk/reports/{reference}");
    let mut lead = desk
        .signed_in("lead", "<script>alert(9)</script>\u{202e}", Role::Lead)
        .await;
    lead.get(&at).await;
    lead.send(&format!("{at}/message"), &[("text", HOSTILE)])
        .await;
    let mut admin = desk.signed_in("admin", "Ana", Role::Administrator).await;
    admin.get("/desk/keys").await;
    admin.send("/desk/keys", &[("name", HOSTILE)]).await;
    let mut auditor = desk.signed_in("auditor", "Tui", Role::Auditor).await;
    let query = "/desk?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&category=%22%3E%3Cscript%3E";
    for lang in ["en", "mi"] {
        for (b, paths) in [
            (
                &mut lead,
                vec![
                    "/desk",
                    "/desk?state=all&order=severe",
                    query,
                    &at,
                    "/desk/account",
                    "/desk/export",
                ],
            ),
            (
                &mut admin,
                vec![
                    "/desk/accounts",
                    "/desk/keys",
                    "/desk/jobs",
                    "/desk/audit",
                    "/desk/audit?kind=%3Cscript%3E&report=%3Cscript%3E",
                ],
            ),
            (&mut auditor, vec!["/desk/audit", &at, "/desk"]),
        ] {
            b.lang = lang;
            for path in paths {
                b.get(path).await;
                assert_eq!(b.status, StatusCode::OK, "{path}");
                for live in [
                    "<script>alert",
                    "<img src=x",
                    "<svg/onload",
                    "\u{202e}",
                    "\u{200b}",
                    "href=\"javascript",
                    "href=\"http",
                ] {
                    assert!(!b.page.contains(live), "{path} holds {live}");
                }
            }
        }
    }
}

#[tokio::test]
async fn exports_hold_the_text_as_it_is_and_no_live_formula() {
    let desk = Desk::new().await;
    let reference = desk.report(&hostile(&desk).await).await;
    let mut lead = desk.signed_in("lead", "Lead", Role::Lead).await;
    lead.get("/desk/export").await;
    lead.send("/desk/export", &[("format", "csv"), ("category", "")])
        .await;
    assert!(lead.page.starts_with("reference,received_at,") && lead.page.contains(&reference));
    lead.get("/desk/export").await;
    lead.send("/desk/export", &[("format", "jsonl"), ("category", "")])
        .await;
    let row: serde_json::Value = serde_json::from_str(lead.page.lines().next().unwrap()).unwrap();
    assert_eq!(
        (row["reference"].as_str(), row["title"].as_str()),
        (Some(reference.as_str()), Some(HOSTILE))
    );
}

#[tokio::test]
async fn the_trail_tells_who_opened_what_and_filters() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let mut officer = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    officer.get(&format!("/desk/reports/{reference}")).await;
    let mut auditor = desk.signed_in("tui", "Tui Example", Role::Auditor).await;
    auditor
        .get(&format!("/desk/audit?report={reference}"))
        .await;
    assert!(auditor.page.contains("Report opened") && auditor.page.contains("Report received"));
    assert!(
        auditor.page.matches("<tr>").count() == 3,
        "head and two lines"
    );
    auditor.get("/desk/audit?kind=signed_in").await;
    assert_eq!(auditor.page.matches("<tr>").count(), 3);
    auditor.get("/desk/audit?kind=reports_exported").await;
    assert!(auditor.page.contains("No entries match"));
}

#[tokio::test]
async fn administrators_make_reset_and_close_accounts() {
    let desk = Desk::new().await;
    let mut admin = desk.signed_in("ana", "Ana", Role::Administrator).await;
    admin.get("/desk").await;
    assert_eq!(admin.to.as_deref(), Some("/desk/accounts"));
    admin.get("/desk/accounts").await;
    admin
        .send(
            "/desk/accounts",
            &[("login", "Ana!"), ("name", "X"), ("role", "lead")],
        )
        .await;
    assert!(
        admin.page.contains("beginning with a letter") && admin.page.contains("value=\"Ana!\"")
    );
    admin
        .send(
            "/desk/accounts",
            &[("login", "wiremu"), ("name", "Wiremu"), ("role", "officer")],
        )
        .await;
    assert!(admin.page.contains("First password for wiremu"));
    admin.get("/desk/accounts").await;
    let id = admin.page.split("/desk/accounts/").nth(1).unwrap();
    let id = id.split('/').next().unwrap().to_owned();
    let field = format!("role-{id}");
    admin
        .send(&format!("/desk/accounts/{id}/role"), &[(&field, "lead")])
        .await;
    assert_eq!(admin.to.as_deref(), Some("/desk/accounts"));
    admin.get("/desk/accounts").await;
    admin
        .send(
            &format!("/desk/accounts/{id}/state"),
            &[("state", "closed")],
        )
        .await;
    admin.get("/desk/accounts").await;
    assert!(admin.page.contains("Open again"));
    admin.send(&format!("/desk/accounts/{id}/reset"), &[]).await;
    assert!(admin.page.contains("First password for"));
}
