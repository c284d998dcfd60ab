//! The public Report door by HTTP, without a browser: what people see, what machines get, and what stays behind.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::path::Path;

use axum::http::StatusCode;
use cairn_evidence::receipt::Receipt;
use cairn_evidence::tiles::parse_bundle;
use cairn_kernel::time::Micros;
use cairn_testkit::{TestStore, run};
use support::{Browser, World, answers};

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");

#[test]
fn a_report_from_the_first_page_to_the_receipt() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        let page = browser.get("/report").await;
        for part in [
            "111",
            "call your bank now",
            "About five minutes",
            "anonymous",
        ] {
            assert!(
                page.body.to_lowercase().contains(&part.to_lowercase()),
                "{part}"
            );
        }
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let check = browser.get("/report/check").await.body;
        for part in [
            "This goes to",
            "New Zealand Police",
            "12.50",
            "/report/story?to=check",
            "Not provided",
        ] {
            assert!(check.contains(part), "{part}: {check}");
        }
        // Changing an answer leads back to the check.
        let story = [("story", "I paid <nobody>")];
        let back = browser.post("/report/story?to=check", &story).await;
        assert_eq!(back.location(), "/report/check");
        let check = browser.get("/report/check").await.body;
        assert!(check.contains("I paid &lt;nobody&gt;"));
        let (reference, link) = browser.send().await;
        let sent = browser.get("/report/sent").await.body;
        assert!(sent.contains("Do this now") && sent.contains(&reference));
        let receipt = browser
            .get(&format!("/receipt/{reference}.tlog-proof"))
            .await;
        verify(&world, &receipt.body, &reference);
        assert!(
            receipt
                .header("content-disposition")
                .starts_with("attachment")
        );
        assert!(!receipt.body.contains(link.rsplit('-').next().unwrap()));
        assert_eq!(
            world
                .browser()
                .get(&format!("/receipt/{reference}.tlog-proof"))
                .await
                .status,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn the_secret_link_leads_back_and_leaves_the_address() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let (reference, link) = browser.send().await;
        let mut later = world.browser();
        let came = later.get(&link).await;
        assert_eq!(
            (came.status, came.location()),
            (StatusCode::SEE_OTHER, "/status/report")
        );
        let status = later.get("/status/report").await.body;
        assert!(status.contains("We received your report."), "{status}");
        let again = later.get(&format!("/receipt/{reference}.tlog-proof")).await;
        verify(&world, &again.body, &reference);
        for (path, fields, done) in [
            (
                "message",
                vec![("text", "One <b>more</b> thing\u{202e}")],
                "message",
            ),
            (
                "consent",
                vec![("agency", "netsafe"), ("given", "yes")],
                "consent",
            ),
            (
                "consent",
                vec![("agency", "police"), ("given", "no")],
                "consent",
            ),
            ("erase", vec![], "erased"),
        ] {
            let answer = later.post(&format!("/status/{path}"), &fields).await;
            assert_eq!(
                answer.location(),
                format!("/status/report?done={done}"),
                "{path}"
            );
        }
        let status = later.get("/status/report").await.body;
        for part in [
            "One &lt;b&gt;more&lt;/b&gt; thing",
            "You agreed that we tell: Netsafe.",
            "You withdrew your consent for: New Zealand Police.",
            "You erased your contact details.",
        ] {
            assert!(status.contains(part), "{part}");
        }
        assert!(!status.contains('\u{202e}'));
        let empty = later.post("/status/message", &[("text", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("href=\"#text\""));
    });
}

fn verify(world: &World, text: &str, reference: &str) {
    let receipt = Receipt::parse(text.as_bytes()).unwrap();
    let verified = receipt
        .verify_listed(&world.app.bare_store().keys().list)
        .unwrap();
    assert_eq!(verified.reference, reference);
}

#[test]
fn errors_say_what_is_wrong_and_keep_what_was_typed() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        let answer = browser.post("/report/who", &[]).await;
        assert_eq!(answer.location(), "/report/who");
        let page = browser.get("/report/who").await;
        assert!(page.body.contains("<title>Error: "), "{}", page.body);
        assert!(page.body.contains("href=\"#who\"") && page.body.contains("id=\"who\""));
        assert_eq!(page.body.matches("Choose who this happened to").count(), 2);
        let maori = browser.get("/report/who?lang=mi").await;
        assert!(maori.body.contains("lang=\"mi\"") && !maori.body.contains("Choose who"));
        browser.walk_until(&answers(false), "when").await;
        let typed = [
            ("when-day", "32"),
            ("when-month", "<i>"),
            ("when-year", "2026"),
        ];
        browser.post("/report/when", &typed).await;
        let page = browser.get("/report/when?lang=en").await;
        for part in [
            "value=\"32\"",
            "value=\"&lt;i&gt;\"",
            "href=\"#when-",
            "id=\"when-day\"",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        // Nobody gets past what is missing.
        let ahead = browser.get("/report/check").await;
        assert_eq!(ahead.location(), "/report/when?to=check");
        assert_eq!(
            browser.get("/report/identity").await.location(),
            "/report/when"
        );
        assert_eq!(
            browser.get("/report/nowhere").await.status,
            StatusCode::NOT_FOUND
        );
        // An answer that comes after the draft expired is not lost.
        let mut stranger = world.browser();
        stranger.post("/report/who", &[("who", "me")]).await;
        let page = stranger.get("/report/who").await;
        assert!(page.body.contains("value=\"me\" checked"), "{}", page.body);
    });
}

#[test]
fn losses_and_files_come_and_go_without_scripts() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk_until(&answers(false), "files").await;
        let sent = browser
            .upload(
                "/report/files",
                &[("a\u{202e}.exe", b"MZ..".as_slice()), ("none.txt", b"")],
            )
            .await;
        assert_eq!(sent.location(), "/report/files?fault=empty");
        let page = browser.get("/report/files").await;
        let shown = page.body.matches("translate=\"no\">a[U+202E].exe</bdi>");
        assert_eq!(
            shown.count(),
            2,
            "in the list and on its button: {}",
            page.body
        );
        assert!(!page.body.contains('\u{202e}'));
        let sha256 = page.body.split("name=\"remove\" value=\"").nth(1).unwrap()[..64].to_owned();
        browser
            .post("/report/files", &[("remove", sha256.as_str())])
            .await;
        assert!(!browser.get("/report/files").await.body.contains(".exe"));
        browser.walk_until(&answers(false), "money").await;
        let one = [
            ("money-0-amount", "10"),
            ("money-0-currency", "NZD"),
            ("more", "add"),
        ];
        assert_eq!(
            browser.post("/report/money", &one).await.location(),
            "/report/money?add=1"
        );
        let page = browser.get("/report/money?add=1").await;
        assert!(page.body.contains("Payment 2") && page.body.contains("money-1-amount"));
        let two = [
            ("money-0-amount", "10"),
            ("money-0-remove", "1"),
            ("money-1-amount", "twenty"),
        ];
        browser.post("/report/money", &two).await;
        let page = browser.get("/report/money").await;
        assert!(page.body.contains("value=\"twenty\"") && !page.body.contains("money-0-amount"));
    });
}

#[test]
fn a_draft_makes_one_report_however_often_it_is_sent() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        for times in 1..=5 {
            let mut browser = world.browser();
            browser.begin().await;
            browser.walk(&answers(times % 2 == 0)).await;
            let mut copies: Vec<Browser> = (0..times).map(|_| browser.clone()).collect();
            let sends = copies.iter_mut().map(|copy| copy.post("/report/send", &[]));
            for answer in futures_util::future::join_all(sends).await {
                assert_eq!(answer.location(), "/report/sent");
            }
            let first = browser.send().await;
            // Back, change something, send again.
            assert_eq!(
                browser
                    .post("/report/story", &[("story", "changed")])
                    .await
                    .location(),
                "/report/sent"
            );
            assert_eq!(browser.send().await, first);
            assert_eq!(world.reports().await, times);
        }
    });
}

#[test]
fn the_next_report_need_not_say_again_who_one_is() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let (first, _) = browser.send().await;
        assert_eq!(
            browser.post("/report/again", &[]).await.location(),
            "/report/who"
        );
        let page = browser.get("/report/who").await;
        assert!(!page.body.contains("checked"), "{}", page.body);
        browser.walk_until(&answers(false), "contact").await;
        assert!(
            browser
                .get("/report/contact")
                .await
                .body
                .contains("aroha@example.org")
        );
        browser.walk(&answers(false)).await;
        let (second, _) = browser.send().await;
        assert_ne!(first, second);
        browser.post("/report/finish", &[]).await;
        assert_eq!(browser.get("/report/sent").await.location(), "/status");
    });
}

#[test]
fn the_page_with_the_secret_link_closes_after_an_hour() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let sent = browser.post("/report/send", &[]).await;
        let cookie = sent.header("set-cookie");
        assert!(
            cookie.starts_with("cairn_draft=") && cookie.contains("Max-Age=3600"),
            "{cookie}"
        );
        let start = world.clock.now();
        world.clock.set(start.plus_seconds(3_599));
        assert_eq!(browser.get("/report/sent").await.status, StatusCode::OK);
        // A browser that does not forget is not shown it either.
        world.clock.set(start.plus_seconds(2 * 3_600));
        assert_eq!(browser.get("/report/sent").await.location(), "/status");
        let again = browser.post("/report/send", &[]).await;
        assert_eq!(again.location(), "/report?gone=1");
        assert_eq!(world.reports().await, 1);
        // The notice on privacy names every cookie.
        for lang in ["en", "mi"] {
            let page = browser.get(&format!("/privacy?lang={lang}")).await.body;
            for name in ["cairn_draft", "cairn_status", "cairn_lang", "cairn_session"] {
                assert!(page.contains(name), "{lang}: {name}");
            }
        }
    });
}

#[test]
fn the_hidden_field_has_a_name_that_no_browser_fills_in() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let page = browser.get("/report/check").await.body;
        let field = page
            .split("<input")
            .find(|tag| tag.contains("name=\"hp_remark"));
        let field = field.unwrap().split('>').next().unwrap();
        assert!(field.contains("autocomplete=\"off\""), "{field}");
        // Words by which browsers and password managers know what to fill in.
        for word in [
            "name=\"website",
            "url",
            "mail",
            "phone",
            "company",
            "address",
            "user",
            "title",
        ] {
            assert!(!field.contains(word), "{word}: {field}");
        }
        browser.post("/report/send", &[("hp_remark", "x")]).await;
        assert!(
            world
                .app
                .bare_store()
                .report(1)
                .await
                .unwrap()
                .unwrap()
                .suspect
        );
    });
}

#[test]
fn the_status_page_reveals_nothing_without_the_secret() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        browser.walk(&answers(false)).await;
        let (reference, link) = browser.send().await;
        let other = world.app.reference(77);
        let mut seen = Vec::new();
        for link in [
            format!("/s/{reference}-00000000000000000000000000"),
            format!("/s/{other}-{}", link.rsplit('-').next().unwrap()),
            "/s/nothing".to_owned(),
            String::new(),
        ] {
            let mut stranger = world.browser();
            if !link.is_empty() {
                stranger.get(&link).await;
            }
            let page = stranger.get("/status/report").await;
            seen.push((page.status, page.headers, page.body));
        }
        assert_eq!(seen[0].0, StatusCode::NOT_FOUND);
        assert!(seen.iter().all(|page| *page == seen[0]));
        let api = |reference: String, secret: &'static str| {
            let mut machine = world.browser();
            machine.headers.push(("cairn-secret", secret.into()));
            async move { machine.get(&format!("/api/v1/status/{reference}")).await }
        };
        let wrong = api(reference.clone(), "00000000000000000000000000").await;
        let absent = api(other, "").await;
        assert_eq!(
            (wrong.status, &wrong.body),
            (StatusCode::NOT_FOUND, &absent.body)
        );
    });
}

#[test]
fn machines_report_once_and_learn_every_fault_at_once() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        let key = |key: &str| vec![("idempotency-key", key.to_owned())];
        let path = "/api/v1/reports";
        let first = machine.json(path, EXAMPLE, key("\"k-1\"")).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let answer: serde_json::Value = serde_json::from_str(&first.body).unwrap();
        let reference = answer["reference"].as_str().unwrap();
        assert_eq!(first.location(), format!("/api/v1/status/{reference}"));
        verify(&world, answer["receipt"].as_str().unwrap(), reference);
        let again = machine.json(path, EXAMPLE, key("k-1")).await;
        let repeated: serde_json::Value = serde_json::from_str(&again.body).unwrap();
        assert_eq!(
            (&repeated["reference"], &repeated["secret"]),
            (&answer["reference"], &answer["secret"])
        );
        let changed = EXAMPLE.replace("electric bike", "piano");
        let reused = machine.json(path, &changed, key("k-1")).await;
        assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reused.body.contains("different request"), "{}", reused.body);
        let other = machine.json(path, &changed, key("k-2")).await;
        let other: serde_json::Value = serde_json::from_str(&other.body).unwrap();
        assert_ne!(other["secret"], answer["secret"]);
        assert_eq!(world.reports().await, 2);

        let wrong = machine
            .json(path, r#"{"answers": {"who": "nobody", "story": 7, "extra": 1}, "files": [{"sha256": "x"}]}"#, vec![])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.header("content-type"), "application/problem+json");
        for pointer in [
            "/answers/who",
            "/answers/story",
            "/answers/extra",
            "/files/0/sha256",
        ] {
            assert!(
                wrong.body.contains(&format!("\"{pointer}\"")),
                "{pointer}: {}",
                wrong.body
            );
        }
        let stranger = machine
            .json(
                path,
                EXAMPLE,
                vec![("authorization", "Bearer cairn_no".into())],
            )
            .await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);

        let mut holder = world.browser();
        let secret = answer["secret"].as_str().unwrap().to_owned();
        holder.headers.push(("cairn-secret", secret));
        let status = format!("/api/v1/status/{reference}");
        // Nothing of it is left out: NUL, which databases refuse, is marked as lost.
        let text = r#"{"text": " mo\u0000re\r\n\u202e"}"#;
        let sent = holder
            .json(&format!("{status}/messages"), text, vec![])
            .await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.body);
        let read = holder.get(&status).await;
        let shown = "\"text\":\"mo\u{fffd}re\\n\u{202e}\"";
        assert!(read.body.contains(shown), "{}", read.body);
        assert!(read.body.contains("\"state\":\"received\""));
        let erased = holder
            .json(&format!("{status}/erase-contact"), "", vec![])
            .await;
        assert_eq!(erased.status, StatusCode::NO_CONTENT);
        assert!(holder.get(&status).await.body.contains("\"contact\":false"));
    });
}

#[test]
fn the_log_is_served_as_tiles() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut machine = world.browser();
        assert_eq!(
            machine.get("/checkpoint").await.status,
            StatusCode::NOT_FOUND
        );
        machine.json("/api/v1/reports", EXAMPLE, vec![]).await;
        let note = machine.get("/checkpoint").await.body;
        assert!(note.starts_with("reports.example/log\n1\n"), "{note}");
        let keys = machine.get("/log.keys").await.body;
        assert_eq!(keys, world.app.bare_store().keys().list.to_string());
        assert!(
            machine
                .get("/evidence")
                .await
                .body
                .contains(keys.lines().next().unwrap())
        );
        let tile = machine.get("/tile/entries/000.p/1").await;
        assert_eq!(parse_bundle(&tile.bytes).unwrap().len(), 1);
        assert_eq!(machine.get("/tile/0/000.p/1").await.bytes.len(), 32);
        for absent in ["/tile/0/000", "/tile/entries/000.p/2", "/tile/x"] {
            assert_eq!(
                machine.get(absent).await.status,
                StatusCode::NOT_FOUND,
                "{absent}"
            );
        }
        let page = machine.get("/api").await.body;
        assert!(page.contains("/api/v1/reports") && page.contains("Idempotency-Key"));
    });
}

/// Marks that must be found nowhere afterwards.
const CANARY: &str = "kiwibird";

/// A browser whose every header tells who it is.
fn talkative(world: &World) -> Browser {
    let mut browser = world.browser();
    for name in [
        "user-agent",
        "x-forwarded-for",
        "forwarded",
        "referer",
        "x-real-ip",
        "from",
        "accept-language",
        "if-none-match",
    ] {
        browser.headers.push((name, format!("{CANARY}-{name}")));
    }
    let cookie = format!("{CANARY}_cookie");
    browser.cookies.insert(cookie, CANARY.into());
    browser
}

/// A photo that tells where it was taken, and has another one behind it.
fn photo() -> Vec<u8> {
    [
        b"\xff\xd8\xff\xe1\0\x12Exif\0\0".as_slice(),
        CANARY.as_bytes(),
        b"\xff\xda\0\x03\x01\x11\x22\xff\xd9",
        CANARY.as_bytes(),
    ]
    .concat()
}

/// Types much and takes it back again; then sends the rest without a name.
async fn report_anonymously(browser: &mut Browser) -> (String, String) {
    browser.begin().await;
    browser.walk_until(&answers(true), "traces").await;
    let traces = format!("http://{CANARY}.example");
    browser.post("/report/traces", &[("traces", &traces)]).await;
    let too_long = CANARY.repeat(4_000);
    browser
        .post("/report/traces", &[("traces", &too_long)])
        .await;
    browser.walk_until(&answers(true), "files").await;
    let name = format!("{CANARY}.jpg");
    browser.upload("/report/files", &[(&name, &photo())]).await;
    browser.walk_until(&answers(true), "identity").await;
    browser
        .post("/report/identity", &[("identity", "contact")])
        .await;
    let email = format!("{CANARY}@example.org");
    let contact = [("contact-name", CANARY), ("contact-email", &email)];
    browser.post("/report/contact", &contact).await;
    browser.walk(&answers(true)).await;
    browser.send().await
}

#[test]
fn an_anonymous_report_leaves_no_trace_of_its_sender() {
    run(async {
        let moment = Micros(1_795_500_300_123_457);
        let world = World::start(TestStore::sqlite().await);
        world.clock.set(moment);
        let mut browser = talkative(&world);
        let (reference, link) = report_anonymously(&mut browser).await;
        let page = browser.get("/report/sent").await.body;
        assert!(page.contains("only the hour is kept"), "{page}");
        browser.get(&link).await;
        browser
            .post("/status/message", &[("text", "Still me")])
            .await;
        let name = format!("{CANARY}2.jpg");
        browser
            .upload_as("/status/file", "files", &[(&name, &photo())])
            .await;
        let status = browser.get("/status/report").await.body;
        assert!(status.contains("You stayed anonymous"), "{status}");
        let no = world.app.number(&reference).unwrap();
        let files = world.app.bare_store().files(no).await.unwrap();
        assert_eq!(
            files.len(),
            1,
            "the same picture, cleaned, is the same file: {files:?}"
        );
        let stored = world
            .app
            .bare_store()
            .read_blob(&files[0].sha256)
            .await
            .unwrap();
        assert!(!contains(&stored, CANARY.as_bytes()) && files[0].name.is_none());
        drop(browser);
        let store = world.close().await;
        let (_, secret) = link.rsplit_once('-').unwrap();
        let exact = moment.0.to_be_bytes();
        let written = moment.0.to_string();
        for mark in [
            CANARY.as_bytes(),
            written.as_bytes(),
            &exact[1..],
            secret.as_bytes(),
        ] {
            let found = search(store.path(), mark);
            assert!(found.is_empty(), "{mark:?} in {found:?}");
        }
        // The search finds what is there.
        assert!(!search(store.path(), b"Someone sold me").is_empty());
    });
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// Files below a directory that hold these bytes, in their content or name.
fn search(dir: &Path, mark: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.extend(search(&path, mark));
        } else if contains(&std::fs::read(&path).unwrap(), mark) || contains(name.as_bytes(), mark)
        {
            found.push(name);
        }
    }
    found
}
