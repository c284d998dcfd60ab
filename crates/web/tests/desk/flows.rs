//! What officers do all day.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use cairn_app::account::{Doer, code_at};
use cairn_desk::report::{Answer, Certainty, Draft, LossItem, LossKind};
use cairn_kernel::actor::Role;
use cairn_kernel::money::Money;

use super::browser::{Browser, Desk, PASSWORD};

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

/// A jest of ten thousand milliards is corrected; the report itself stays as it was told.
#[tokio::test]
async fn a_loss_is_verified_beside_the_losses() {
    let desk = Desk::new().await;
    let mut draft = desk.example();
    draft.body.losses = vec![
        loss(LossKind::Data, None),
        loss(LossKind::DirectFinancial, Some(1_000_000_000_000_000)),
    ];
    let reference = desk.report(&draft).await;
    let at = format!("/desk/reports/{reference}");
    let mut b = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    b.get(&at).await;
    assert!(b.page.contains("id=\"amount-1\"") && !b.page.contains("id=\"amount-0\""));
    for wrong in ["a lot", "-5", ""] {
        b.send(&format!("{at}/loss"), &[("item", "1"), ("amount-1", wrong)])
            .await;
        assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(b.page.contains("href=\"#amount-1\""), "{wrong}");
    }
    for (item, amount) in [("0", "5"), ("7", "5"), ("1", "USD 5")] {
        let field = format!("amount-{item}");
        b.send(&format!("{at}/loss"), &[("item", item), (&field, amount)])
            .await;
        assert_eq!(b.status, StatusCode::CONFLICT, "{item} {amount}");
    }
    b.send(
        &format!("{at}/loss"),
        &[("item", "1"), ("amount-1", "$1,234.50")],
    )
    .await;
    assert_eq!(b.to.as_deref(), Some(at.as_str()), "{}", b.page);
    b.get(&at).await;
    assert!(b.page.contains("Loss verified: NZD 1,234.50") && b.page.contains(">Verified<"));
    let no = desk.t.app.number(&reference).unwrap();
    let row = desk.t.app.bare_store().report(no).await.unwrap().unwrap();
    assert_eq!(row.loss_minor, Some(123_450));
    let body = desk
        .t
        .app
        .bare_store()
        .report_body(no)
        .await
        .unwrap()
        .unwrap();
    assert!(
        body.json.contains("1000000000000000"),
        "what was told stays"
    );
}

fn loss(kind: LossKind, minor: Option<i64>) -> LossItem {
    LossItem {
        kind,
        amount: minor.map(|minor| Money::new(minor, "NZD").unwrap()),
        date: None,
        certainty: Certainty::Stated,
        paid_by: None,
        recovered_minor: None,
    }
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
    let store = desk.t.app.bare_store();
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

#[tokio::test]
async fn the_mark_of_a_machine_comes_off_and_the_log_says_by_whom() {
    let desk = Desk::new().await;
    let mut draft = desk.example();
    draft.body.suspect = true;
    let reference = desk.report(&draft).await;
    let at = format!("/desk/reports/{reference}");
    let mut b = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    b.get(&at).await;
    assert!(b.page.contains("A person sent this"), "{}", b.page);
    b.send(&format!("{at}/person"), &[]).await;
    assert_eq!(b.to.as_deref(), Some(at.as_str()), "{}", b.page);
    b.get(&at).await;
    assert!(b.page.contains("Found to be sent by a person"));
    assert!(!b.page.contains("A person sent this") && !b.page.contains("Perhaps a machine"));
    let no = desk.t.app.number(&reference).unwrap();
    let row = desk.t.app.bare_store().report(no).await.unwrap().unwrap();
    assert!(!row.suspect);
}

const MAIL: &[u8] = b"From: Ana <ana@home.example>\r\nTo: report@cert.example\r\nSubject: Fwd: Parcel\r\n\r\n\
    Is this real?\r\n\r\nBegin forwarded message:\r\n\r\nFrom: Post <post@evil.example>\r\n\
    Date: Sun, 22 Nov 2026 08:30:00 +0000\r\nSubject: Your parcel\r\n\r\nPay at http://evil.example/\r\n";

#[tokio::test]
async fn a_report_by_mail_is_readable_and_says_that_its_reporter_has_no_link() {
    let desk = Desk::new().await;
    let received = desk.t.app.import_mail(MAIL, None).await.unwrap();
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    for (lang, parts) in [
        (
            "en",
            [
                "The suspicious message",
                "Sender",
                "Subject",
                "The reporter cannot read this",
            ],
        ),
        (
            "mi",
            [
                "Te karere hihira",
                "Kaituku",
                "Kaupapa",
                "Kāore e taea e te kaituku te pānui",
            ],
        ),
    ] {
        b.lang = lang;
        b.get(&format!("/desk/reports/{}", received.reference))
            .await;
        for part in parts {
            assert!(b.page.contains(part), "{part}: {}", b.page);
        }
        for code in ["mail_from", "mail_subject", "mail_text", "nz@1"] {
            assert!(!b.page.contains(code), "{code}: {}", b.page);
        }
    }
    // Once the link went out there is nothing to warn of; reports by form never warn.
    let store = desk.t.app.bare_store();
    let now = desk.t.clock.now();
    store.note_answer(received.no, [1; 32], now).await.unwrap();
    let by_form = desk.report(&desk.example()).await;
    b.lang = "en";
    for reference in [received.reference, by_form] {
        b.get(&format!("/desk/reports/{reference}")).await;
        assert!(!b.page.contains("The reporter cannot read this"));
    }
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
        message_id: None,
        seals: Vec::new(),
    });
    draft
}

/// Case 1 about a report, with a title, a note and a task of live text.
async fn hostile_case(lead: &mut Browser, reference: &str) {
    lead.get("/desk/cases").await;
    let title: String = HOSTILE.chars().take(200).collect();
    let pairs = [("case-title", title.as_str()), ("report", reference)];
    lead.send("/desk/cases", &pairs).await;
    assert_eq!(lead.to.as_deref(), Some("/desk/cases/1"), "{}", lead.page);
    lead.get("/desk/cases/1").await;
    lead.send("/desk/cases/1/note", &[("note", HOSTILE)]).await;
    lead.get("/desk/cases/1").await;
    lead.send("/desk/cases/1/task", &[("task-text", title.as_str())])
        .await;
}

/// Keys with live text for a name: it is shown as text, apart from what stands around it, and not in a title.
async fn hostile_keys(admin: &mut Browser) {
    admin.get("/desk/keys").await;
    admin.send("/desk/keys", &[("name", HOSTILE)]).await;
    let name = "<b>key</b>\u{202e}x";
    admin.get("/desk/keys").await;
    admin.send("/desk/keys", &[("name", name)]).await;
    let (title, rest) = admin.page.split_once("</title>").unwrap();
    assert!(
        !title.contains("key&lt;"),
        "nothing sets a name apart in a title"
    );
    let shown = "translate=\"no\">&lt;b&gt;key&lt;/b&gt;[U+202E]x</bdi>";
    assert!(rest.contains(shown), "{rest}");
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
    hostile_case(&mut lead, &reference).await;
    let mut admin = desk.signed_in("admin", "Ana", Role::Administrator).await;
    hostile_keys(&mut admin).await;
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
                    "/desk/cases",
                    "/desk/cases/1",
                    "/desk/cases/1/observables",
                    "/desk/clocks",
                    "/desk/shift",
                    "/desk/shift/notes",
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
        auditor.page.matches("<tr role").count() == 3,
        "head and two lines"
    );
    auditor.get("/desk/audit?kind=signed_in").await;
    assert_eq!(auditor.page.matches("<tr role").count(), 3);
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

#[tokio::test]
async fn the_queue_shows_one_officers_reports() {
    let desk = Desk::new().await;
    let mut references = Vec::new();
    for title in ["First of three", "Second of three", "Third of three"] {
        let mut draft = desk.example();
        draft.body.title = title.into();
        references.push(desk.report(&draft).await);
    }
    let mut hana = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    let mut wiremu = desk
        .signed_in("wiremu", "Wiremu Example", Role::Officer)
        .await;
    for (b, reference) in [(&mut hana, &references[0]), (&mut wiremu, &references[1])] {
        let at = format!("/desk/reports/{reference}");
        b.get(&at).await;
        let own = b.page.split("name=\"to\" value=\"").nth(1).unwrap();
        let own = own.split('"').next().unwrap().to_owned();
        b.send(&format!("{at}/assign"), &[("to", &own)]).await;
        assert_eq!(b.to.as_deref(), Some(at.as_str()), "{}", b.page);
    }
    hana.get("/desk").await;
    let label = hana.page.split(">Wiremu Example</option>").next().unwrap();
    let id = label.rsplit("value=\"").next().unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    for (asked, shown) in [("me", "First of three"), (id.as_str(), "Second of three")] {
        hana.get(&format!("/desk?assignee={asked}")).await;
        for title in ["First of three", "Second of three", "Third of three"] {
            assert_eq!(
                hana.page.contains(title),
                title == shown,
                "{asked}: {title}"
            );
        }
        assert!(hana.page.contains(&format!("value=\"{asked}\" selected")));
    }
}

const NAMED: &str = "Partner: <bdi class=\"said\" translate=\"no\">Example Bank</bdi>";

#[tokio::test]
async fn a_partners_report_says_whose_key_it_came_with() {
    let desk = Desk::new().await;
    let made = desk
        .t
        .app
        .create_api_key(Doer::System, "Example Bank")
        .await;
    let (key, token) = made.unwrap();
    let by = desk.t.app.partner(&token).await.unwrap();
    let received = desk.t.app.submit(&desk.example(), by, None).await.unwrap();
    let at = format!("/desk/reports/{}", received.reference);
    let mut officer = desk.signed_in("hana", "Hana", Role::Officer).await;
    officer.get(&at).await;
    let named = officer.page.matches(NAMED).count();
    assert_eq!(named, 2, "by which door, and in the history");
    officer.get("/desk").await;
    assert!(
        !officer.page.contains("Example Bank"),
        "nobody gives reports to a partner"
    );
    let mut auditor = desk.signed_in("tui", "Tui", Role::Auditor).await;
    auditor.get("/desk/audit").await;
    assert!(auditor.page.contains(NAMED));
    assert!(!auditor.page.contains(&key.id));
}
