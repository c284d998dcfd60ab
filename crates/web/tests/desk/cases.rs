//! Cases by way of the pages: opened from a report, worked on by two at once, with clocks, tasks, a timeline and an archive.

use axum::http::StatusCode;
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const TITLE: &str = "The harbour company";

/// Sends a form of the case last seen, with its key.
async fn act(b: &mut Browser, action: &str, pairs: &[(&str, &str)]) {
    let once = b.hidden("once").unwrap();
    let mut all = vec![("once", once.as_str())];
    all.extend(pairs);
    b.send(&format!("/desk/cases/1/{action}"), &all).await;
}

/// The same, which must be done, and the page after it.
async fn done(b: &mut Browser, action: &str, pairs: &[(&str, &str)]) {
    act(b, action, pairs).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{action}: {}", b.page);
    b.get("/desk/cases/1").await;
    assert_eq!(b.status, StatusCode::OK);
}

async fn opened(desk: &Desk) -> (Browser, String) {
    let reference = desk.report(&desk.example()).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let at = format!("/desk/reports/{reference}");
    b.get(&at).await;
    assert!(b.page.contains("This report belongs to no case."));
    let pairs = [("report", reference.as_str()), ("case-title", TITLE)];
    b.send("/desk/cases", &pairs).await;
    assert_eq!(b.to.as_deref(), Some("/desk/cases/1"), "{}", b.page);
    b.get(&at).await;
    assert!(b.page.contains("href=\"/desk/cases/1\""));
    b.get("/desk/cases/1").await;
    assert!(b.page.contains(TITLE) && b.page.contains(&reference));
    (b, reference)
}

#[tokio::test]
async fn a_case_is_opened_from_a_report_and_another_report_is_added() {
    let desk = Desk::new().await;
    let (mut b, reference) = opened(&desk).await;
    let other = desk.report(&desk.example()).await;
    let at = format!("/desk/reports/{other}");
    b.get(&at).await;
    b.send(&format!("{at}/case"), &[("case-no", "99")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("There is no open case with this number"));
    b.send(&format!("{at}/case"), &[("case-no", "1")]).await;
    assert_eq!(b.to.as_deref(), Some("/desk/cases/1#reports"));
    b.get("/desk/cases/1").await;
    assert!(b.page.contains(&other) && b.page.contains(&reference));
    b.get("/desk/cases/1/observables").await;
    assert_eq!(b.status, StatusCode::OK);
    assert!(b.page.contains("[.]"), "{}", b.page);
    b.get("/desk/cases/1").await;
    done(&mut b, "unlink", &[("no", "2")]).await;
    act(&mut b, "link", &[("reference", "nothing")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        b.page.contains("value=\"nothing\""),
        "what was typed is kept"
    );
    // An empty title is told beside its field, and the reference stays typed.
    b.get("/desk/cases").await;
    b.send(
        "/desk/cases",
        &[("case-title", " "), ("report", &reference)],
    )
    .await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        b.page.contains("Write something first.")
            && b.page.contains(&format!("value=\"{reference}\""))
    );
}

#[tokio::test]
async fn two_officers_at_once_lose_nothing_that_they_typed() {
    let desk = Desk::new().await;
    let (mut hana, _) = opened(&desk).await;
    let mut tui = desk.signed_in("tui", "Tui", Role::Officer).await;
    tui.get("/desk/cases/1").await;
    let before = tui.page.clone();
    // Both write at once: both notes are there.
    act(&mut hana, "note", &[("note", "Hana called the bank.")]).await;
    assert_eq!(hana.status, StatusCode::SEE_OTHER);
    act(&mut tui, "note", &[("note", "Tui called the police.")]).await;
    assert_eq!(tui.status, StatusCode::SEE_OTHER);
    // The same form again is one note.
    tui.page.clone_from(&before);
    act(&mut tui, "note", &[("note", "Tui called the police.")]).await;
    hana.get("/desk/cases/1").await;
    for text in ["Hana called the bank.", "Tui called the police."] {
        assert_eq!(hana.page.matches(text).count(), 1, "{text}");
    }
    tui.page = before;
    // Both change the title: the second sees what happened, and what they typed.
    act(&mut hana, "title", &[("title", "By Hana")]).await;
    assert_eq!(hana.status, StatusCode::SEE_OTHER);
    act(&mut tui, "title", &[("title", "By Tui")]).await;
    assert_eq!(tui.status, StatusCode::CONFLICT);
    assert!(tui.page.contains("Somebody else was here meanwhile"));
    assert!(
        tui.page.contains("value=\"By Tui\""),
        "what was typed is kept"
    );
    assert!(tui.page.contains("Title changed"));
    done(&mut tui, "title", &[("title", "By Tui")]).await;
    assert!(tui.page.contains("By Tui"));
    // Who gives it away must be a lead.
    let officer = tui.page.contains("select id=\"owner\"");
    assert!(!officer, "officers take cases, leads give them");
}

#[tokio::test]
async fn a_clock_is_started_shown_and_stopped_by_what_was_sent() {
    let desk = Desk::new().await;
    let (mut b, _) = opened(&desk).await;
    b.get("/desk/clocks").await;
    assert!(b.page.contains("No clock runs."));
    b.get("/desk/cases/1?rule=nis2-early-warning").await;
    assert!(b.page.contains("name=\"start-kind\""));
    let start = |at| {
        [
            ("rule", "nis2-early-warning"),
            ("start-kind", "significant_incident_aware"),
            ("start-at", at),
        ]
    };
    // The clock of these tests stands at 07:00 on 24 November in New Zealand.
    act(&mut b, "clock-start", &start("tomorrow")).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("value=\"tomorrow\""));
    act(&mut b, "clock-start", &start("2026-11-25T08:00")).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(b.page.contains("This has not happened yet"));
    done(&mut b, "clock-start", &start("2026-11-24T06:30")).await;
    assert!(
        b.page.contains("Running: in 2") && b.page.contains("art. 23(4)(a)"),
        "{}",
        b.page
    );
    for path in ["/desk", "/desk/cases", "/desk/clocks"] {
        b.get(path).await;
        assert!(b.page.contains("Running: in 2"), "{path}");
        assert!(b.page.contains("/desk/cases/1#clocks"), "{path}");
    }
    b.get("/desk/cases/1").await;
    let stop = |sent| {
        [
            ("clock", "k1"),
            ("k1-event", "nis2_early_warning"),
            ("k1-when", "2026-11-24T06:45"),
            ("k1-sent", sent),
        ]
    };
    act(&mut b, "clock-stop", &stop("")).await;
    assert_eq!(
        b.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "without evidence it runs on"
    );
    done(&mut b, "clock-stop", &stop("Mailed to the CSIRT by Hana.")).await;
    assert!(b.page.contains("Met: ") && b.page.contains("Mailed to the CSIRT by Hana."));
    b.get("/desk/clocks").await;
    assert!(
        b.page.contains("Ours"),
        "the answer to the warning is our own duty"
    );
}

#[tokio::test]
async fn severity_label_and_timeline() {
    let desk = Desk::new().await;
    let (mut b, _) = opened(&desk).await;
    done(&mut b, "severity", &[("severity", "nz/C2")]).await;
    assert!(b.page.contains("NZ C2 Highly significant"));
    act(
        &mut b,
        "score",
        &[("scheme", "nciss"), ("nciss-functional", "lost")],
    )
    .await;
    assert_eq!(
        b.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "every factor needs an answer"
    );
    let answers = [
        ("scheme", "nciss"),
        ("nciss-functional", "lost"),
        ("nciss-activity", "effect"),
        ("nciss-location", "safety"),
        ("nciss-actor", "state"),
        ("nciss-information", "critical"),
        ("nciss-recoverability", "not"),
        ("nciss-dependency", "many"),
        ("nciss-potential", "national"),
    ];
    done(&mut b, "score", &answers).await;
    assert!(b.page.contains("NCISS 100.00 Emergency"), "{}", b.page);
    done(&mut b, "label", &[("tlp", "red"), ("pap", "green")]).await;
    assert!(b.page.contains("TLP:RED, PAP:GREEN"));
    let row = |happened, known| {
        [
            ("row", "Somebody got in."),
            ("happened", happened),
            ("known", known),
            ("source", "outside"),
        ]
    };
    act(&mut b, "row", &row("2026-11-24T06:00", "2026-11-23T06:00")).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        b.page.contains("Somebody got in."),
        "what was typed is kept"
    );
    done(&mut b, "row", &row("2026-11-22T06:00", "2026-11-24T06:00")).await;
    assert!(b.page.contains("2 days later"));
    done(
        &mut b,
        "row",
        &[
            ("row", "They left."),
            ("happened", "2026-11-23T18:00"),
            ("known", "2026-11-23T18:00"),
        ],
    )
    .await;
    assert!(
        b.page.contains("Nothing known for 36 hours before"),
        "{}",
        b.page
    );
}

#[tokio::test]
async fn tasks_holding_closing_and_the_archive() {
    let desk = Desk::new().await;
    let (mut b, _) = opened(&desk).await;
    done(&mut b, "severity", &[("severity", "uk/1")]).await;
    done(&mut b, "template", &[("template", "ransomware")]).await;
    done(&mut b, "task", &[("task-text", "Call the insurer")]).await;
    assert!(b.page.contains("Call the insurer") && b.page.contains("Task 6"));
    done(&mut b, "done", &[("task", "6")]).await;
    done(&mut b, "hold", &[("until", "2026-12-01T09:00")]).await;
    assert!(b.page.contains("until 1 December 2026, 09:00"));
    act(&mut b, "close", &[("reason", "")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    done(&mut b, "close", &[("reason", "resolved")]).await;
    act(&mut b, "label", &[("tlp", "red"), ("pap", "red")]).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(b.page.contains("The case is closed. Reopen it first."));
    for (query, shown) in [
        ("", false),
        ("?state=closed", true),
        ("?state=all&rank=1", true),
        ("?state=all&rank=2", false),
        ("?state=all&owner=me", false),
    ] {
        b.get(&format!("/desk/cases{query}")).await;
        assert_eq!(b.page.contains(TITLE), shown, "{query}");
    }
    b.get("/desk/cases/1").await;
    act(&mut b, "archive", &[]).await;
    assert_eq!(b.status, StatusCode::OK);
    assert!(
        b.bytes.starts_with(b"PK")
            && b.headers["content-disposition"]
                .to_str()
                .unwrap()
                .contains("case-1.zip")
    );
    b.get("/desk/cases/1").await;
    assert!(b.page.contains("Case taken out as an archive"));
    act(&mut b, "nonsense", &[]).await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_lead_erases_a_text_and_an_auditor_reads_all_of_it() {
    let desk = Desk::new().await;
    let (mut hana, _) = opened(&desk).await;
    done(&mut hana, "note", &[("note", "A name slipped in.")]).await;
    act(&mut hana, "erase", &[("text", "2"), ("sure-2", "1")]).await;
    assert_eq!(hana.status, StatusCode::FORBIDDEN);
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    lead.get("/desk/cases/1").await;
    act(&mut lead, "erase", &[("text", "2")]).await;
    assert_eq!(
        lead.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "only when it is sure"
    );
    done(&mut lead, "erase", &[("text", "2"), ("sure-2", "1")]).await;
    assert!(
        !lead.page.contains("A name slipped in.") && lead.page.contains("This text was erased.")
    );
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/cases/1").await;
    assert!(
        auditor
            .page
            .contains("You can read this case but not work on it.")
    );
    auditor.get("/desk/audit").await;
    for what in [
        "Text erased: text 2",
        "Note written: text 2",
        "Case opened: TLP:AMBER, PAP:AMBER",
        "Opened a case: Case 1",
    ] {
        assert!(auditor.page.contains(what), "{what}");
    }
    auditor.get("/desk/audit?kind=case_text_erased").await;
    assert!(auditor.page.contains("Text erased") && !auditor.page.contains("Note written: text"));
}

/// The form of a page that brings a file; of what is not said, nothing is sent.
async fn bring(b: &mut Browser, file: Option<(&str, &[u8])>, pairs: &[(&str, &str)]) {
    let once = b.hidden("once").unwrap();
    let mut all = vec![
        ("once", once.as_str()),
        ("file-sort", "log"),
        ("file-tlp", "red"),
    ];
    all.extend(pairs);
    b.upload("/desk/cases/1/files", &all, file).await;
}

#[tokio::test]
async fn a_file_is_brought_taken_off_put_back_and_goes_for_good() {
    let desk = Desk::new().await;
    let (mut b, _) = opened(&desk).await;
    brought(&mut b).await;
    taken_off(&mut b).await;
    gone_for_good(&desk).await;
}

/// What was wrong is said, and nothing typed is lost; the same form twice brings a file once.
async fn brought(b: &mut Browser) {
    assert!(b.page.contains("No file was brought to this case."));
    bring(b, None, &[("file-note", "What the mail server said.")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("href=\"#file\"") && b.page.contains("Choose a file first."));
    assert!(b.page.contains("What the mail server said."), "typed");
    let name = "folder/mail <b>one.log";
    let wrong = [("file-happened", "some day")];
    bring(b, Some((name, b"one line")), &wrong).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("href=\"#file-happened\""), "{}", b.page);
    b.get("/desk/cases/1").await;
    let before = b.page.clone();
    let said = [
        ("file-note", "What the mail server said."),
        ("file-happened", "2026-11-23T06:00"),
    ];
    for _ in 0..2 {
        b.page.clone_from(&before);
        bring(b, Some((name, b"one line")), &said).await;
        assert_eq!(b.to.as_deref(), Some("/desk/cases/1#files"), "{}", b.page);
    }
    b.get("/desk/cases/1").await;
    assert_eq!(b.page.matches("<li class=\"card\" id=\"file-").count(), 1);
    assert!(b.page.contains("mail &lt;b&gt;one.log") && !b.page.contains("<b>one"));
    assert!(b.page.contains("File 2, Log, TLP:RED") && b.page.contains("href=\"#file-2\""));
    b.get("/desk/cases?q=one.log").await;
    assert!(b.page.contains(TITLE), "found by its name");
}

async fn taken_off(b: &mut Browser) {
    b.get("/desk/cases/1").await;
    act(b, "files/2", &[]).await;
    assert_eq!(b.status, StatusCode::OK);
    let kind = b.headers["content-security-policy"].to_str().unwrap();
    assert!(kind.contains("sandbox") && b.bytes.starts_with(b"PK"));
    b.get("/desk/cases/1").await;
    act(b, "files/9", &[]).await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
    b.get("/desk/cases/1").await;
    done(b, "file-remove", &[("text", "2")]).await;
    assert!(
        b.page.contains("Can be put back until 8 December 2026"),
        "{}",
        b.page
    );
    done(b, "file-restore", &[("text", "2")]).await;
    assert!(!b.page.contains("Can be put back until"));
    done(b, "file-remove", &[("text", "2")]).await;
    act(b, "file-erase", &[("text", "2"), ("sure-file-2", "1")]).await;
    assert_eq!(b.status, StatusCode::FORBIDDEN);
}

async fn gone_for_good(desk: &Desk) {
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    lead.get("/desk/cases/1").await;
    act(&mut lead, "file-erase", &[("text", "2")]).await;
    assert_eq!(
        lead.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "only when it is sure"
    );
    done(
        &mut lead,
        "file-erase",
        &[("text", "2"), ("sure-file-2", "1")],
    )
    .await;
    assert!(lead.page.contains("1 more went for good") && !lead.page.contains("one.log"));
    for what in [
        "File brought",
        "File taken off",
        "File put back",
        "File downloaded",
        "File gone for good",
    ] {
        assert!(lead.page.contains(what), "{what}");
    }
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/erased").await;
    assert!(
        auditor.page.contains("href=\"/desk/cases/1#files\""),
        "{}",
        auditor.page
    );
    auditor.get("/desk/erased.csv").await;
    assert!(
        auditor.page.contains(",case/1,files,by_hand,0,user:"),
        "{}",
        auditor.page
    );
    auditor.get("/desk/cases/1").await;
    assert!(!auditor.page.contains("/desk/cases/1/files\""));
}
