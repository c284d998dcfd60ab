//! The change of shifts: a note is written, read, corrected, withdrawn and erased; and the figures say what there is.

use axum::http::StatusCode;
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const HOME: &str = "/desk/shift";

/// Sends a form of the page with the key that the page gives it.
async fn write(b: &mut Browser, text: &str) {
    let once = b.hidden("once").unwrap();
    b.send(HOME, &[("once", &once), ("note", text)]).await;
}

async fn act(b: &mut Browser, no: u32, action: &str, pairs: &[(&str, &str)]) {
    b.get(HOME).await;
    b.send(&format!("{HOME}/notes/{no}/{action}"), pairs).await;
}

async fn done(b: &mut Browser, no: u32, action: &str, pairs: &[(&str, &str)]) {
    act(b, no, action, pairs).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{action}: {}", b.page);
    b.get(HOME).await;
}

#[tokio::test]
async fn a_note_is_handed_over_and_read() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    let mut tui = desk.signed_in("tui", "Tui", Role::Officer).await;
    hana.get(HOME).await;
    assert_eq!(hana.status, StatusCode::OK);
    assert!(hana.page.contains("No handover notes were written yet."));
    write(&mut hana, " \r\n ").await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hana.page.contains("href=\"#note\""), "{}", hana.page);

    let text = format!("Watch {reference} and case 7 <b>now</b>, https://evil.example/x");
    hana.get(HOME).await;
    let before = hana.page.clone();
    write(&mut hana, &text).await;
    assert_eq!(hana.to.as_deref(), Some("/desk/shift#note-no-1"));
    // The same form once more is the same note.
    hana.page = before;
    write(&mut hana, &text).await;
    assert_eq!(hana.to.as_deref(), Some("/desk/shift#note-no-1"));
    hana.get(HOME).await;
    assert!(!hana.page.contains("I have read note 1"), "her own");
    assert!(hana.page.contains("Read by nobody yet"));

    tui.get(HOME).await;
    let link = format!("<a href=\"/desk/reports/{reference}\">{reference}</a>");
    assert!(tui.page.contains(&link), "{}", tui.page);
    assert!(tui.page.contains("<a href=\"/desk/cases/7\">case 7</a>"));
    assert!(tui.page.contains("&lt;b&gt;now&lt;/b&gt;") && !tui.page.contains("https://evil"));
    assert!(tui.page.contains("New to you"));
    done(&mut tui, 1, "read", &[]).await;
    assert!(!tui.page.contains("New to you") && tui.page.contains("Read by "));
    done(&mut tui, 1, "read", &[]).await;
    assert_eq!(tui.page.matches("Tui</bdi>, <time").count(), 1);
    act(&mut hana, 1, "read", &[]).await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(hana.page.contains("You wrote this note yourself."));
}

#[tokio::test]
async fn a_note_is_corrected_withdrawn_and_erased_and_nothing_typed_is_lost() {
    let desk = Desk::new().await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    let mut tui = desk.signed_in("tui", "Tui", Role::Officer).await;
    let mut lead = desk.signed_in("lead", "Lead", Role::Lead).await;
    for (b, text) in [
        (&mut hana, "Mind the mail server."),
        (&mut tui, "All quiet."),
    ] {
        b.get(HOME).await;
        write(b, text).await;
        assert_eq!(b.status, StatusCode::SEE_OTHER);
    }
    act(
        &mut tui,
        1,
        "correct",
        &[("once", "a"), ("note-1", "Mine.")],
    )
    .await;
    assert_eq!(tui.status, StatusCode::CONFLICT);
    assert!(tui.page.contains("Only who wrote a note can correct it."));
    assert!(tui.page.contains("Mine.</textarea>"), "{}", tui.page);

    let long = "x".repeat(10_001);
    act(&mut hana, 1, "correct", &[("once", "b"), ("note-1", &long)]).await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hana.page.contains(&long) && hana.page.contains("href=\"#note-1\""));
    done(
        &mut hana,
        1,
        "correct",
        &[("once", "b"), ("note-1", "Mind the web server.")],
    )
    .await;
    assert!(hana.page.contains("Corrects note 1") && hana.page.contains("Corrected by note 3"));
    assert!(
        hana.page.contains("Mind the mail server."),
        "it stays to be read"
    );
    // In another window she was still at the first.
    act(
        &mut hana,
        1,
        "correct",
        &[("once", "c"), ("note-1", "Mind both.")],
    )
    .await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(hana.page.contains("Mind both.</textarea>"), "{}", hana.page);

    act(&mut hana, 2, "withdraw", &[]).await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    done(&mut lead, 2, "withdraw", &[]).await;
    assert!(lead.page.contains("Withdrawn"));
    act(&mut lead, 2, "erase", &[]).await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    done(&mut lead, 2, "erase", &[("sure-2", "1"), ("sure", "1")]).await;
    assert!(!lead.page.contains("All quiet."));
    act(&mut tui, 3, "erase", &[("sure", "1")]).await;
    assert_eq!(tui.status, StatusCode::FORBIDDEN);

    let mut auditor = desk.signed_in("aud", "Auditor", Role::Auditor).await;
    auditor.get(HOME).await;
    assert_eq!(auditor.status, StatusCode::OK);
    assert!(!auditor.page.contains("<textarea"), "auditors read");
    for (kind, words) in [
        ("handover_written", "Handover note written: Note 3"),
        ("handover_withdrawn", "Handover note withdrawn: Note 2"),
        ("handover_erased", "Text of a handover note erased: Note 2"),
    ] {
        auditor.get(&format!("/desk/audit?kind={kind}")).await;
        assert!(auditor.page.contains(words), "{}", auditor.page);
    }
}

#[tokio::test]
async fn older_notes_are_folded_and_paged() {
    let desk = Desk::new().await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    for no in 1..=23 {
        hana.get(HOME).await;
        write(&mut hana, &format!("Note of night {no}.")).await;
        assert_eq!(hana.status, StatusCode::SEE_OTHER);
    }
    hana.get(HOME).await;
    assert!(hana.page.contains("12 earlier notes"), "{}", hana.page);
    assert!(hana.page.contains("Note of night 4.") && !hana.page.contains("Note of night 3."));
    hana.get("/desk/shift/notes?before=4").await;
    for no in 1..=3 {
        assert!(hana.page.contains(&format!("Note of night {no}.")));
    }
    // What is typed wrongly for an old one comes back beside it.
    hana.get("/desk/shift/notes?before=4").await;
    let typed = "y".repeat(10_001);
    hana.send(
        "/desk/shift/notes/2/correct",
        &[("once", "z"), ("note-2", &typed)],
    )
    .await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hana.page.contains(&typed) && hana.page.contains("id=\"note-2\""));
}

#[tokio::test]
async fn the_figures_say_what_there_is_and_lead_to_it() {
    let desk = Desk::new().await;
    let references = [
        desk.report(&desk.example()).await,
        desk.report(&desk.example()).await,
        desk.report(&desk.example()).await,
    ];
    let mut hana = desk.signed_in("hana", "=Hana", Role::Officer).await;
    hana.get(&format!("/desk/reports/{}", references[0])).await;
    let own = hana.hidden("to").unwrap();
    hana.send(
        &format!("/desk/reports/{}/assign", references[0]),
        &[("to", &own)],
    )
    .await;
    assert_eq!(hana.status, StatusCode::SEE_OTHER, "{}", hana.page);
    hana.get(&format!("/desk/reports/{}", references[1])).await;
    hana.send(
        &format!("/desk/reports/{}/message", references[1]),
        &[("text", "Kia ora")],
    )
    .await;
    assert_eq!(hana.status, StatusCode::SEE_OTHER, "{}", hana.page);
    for lang in ["en", "mi"] {
        hana.lang = lang;
        hana.get(HOME).await;
        assert_eq!(hana.status, StatusCode::OK);
        for part in [
            "q=assignee%3Anobody",
            "q=severity%3A",
            "since%3Atoday",
            "id=\"quarter\"",
        ] {
            assert!(hana.page.contains(part), "{part}: {}", hana.page);
        }
    }
    hana.lang = "en";
    hana.get("/desk/shift.csv").await;
    let csv = hana.page.clone();
    assert!(
        hana.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    assert!(csv.starts_with("table,row,column,value,at_least\r\n"));
    for line in [
        "load,'=Hana,open_reports,1,",
        "load,nobody,open_reports,2,",
        "first_answer,24_hours,answers,1,",
        "first_answer,24_hours,unanswered,2,",
        "clocks,running,missed,0,",
    ] {
        assert!(csv.contains(line), "{line}: {csv}");
    }
    hana.get("/desk/shift.json").await;
    let json: serde_json::Value = serde_json::from_slice(&hana.bytes).unwrap();
    assert_eq!(json["tables"]["load"]["=Hana"]["open_reports"], 1);
    assert_eq!(json["tables"]["quarter"].as_object().unwrap().len(), 2);
    assert!(
        json["definitions"]["first_answer"]
            .as_str()
            .unwrap()
            .contains("p90")
    );
}
