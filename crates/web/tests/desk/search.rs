//! The search line, saved views, observables and the block list, by HTTP.

use axum::http::StatusCode;
use cairn_kernel::actor::Role;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::text::fold;

use super::browser::{Browser, Desk};

fn address(q: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", q);
    format!("/desk?{}", query.finish())
}

fn seen(value: &str) -> Observable {
    Observable {
        kind: Kind::Domain,
        value: value.into(),
    }
}

/// Reports by title, category and text, each with an address.
async fn three(desk: &Desk) -> Vec<String> {
    let mut references = Vec::new();
    for (title, category, text) in [
        ("First of three", "phishing", "He pānui mō te pārara"),
        ("Second of three", "scam", "A parcel, please pay now"),
        ("Third of three", "scam", "Pay the parcel now, please"),
    ] {
        let mut draft = desk.example();
        draft.body.title = title.into();
        draft.body.category = category.into();
        draft.search_text = fold(text);
        let story = cairn_desk::report::Answer::Text(text.into());
        draft.body.answers = [("story".to_owned(), story)].into();
        draft.body.observables = vec![seen("bad.example"), seen(&format!("{category}.example"))];
        references.push(desk.report(&draft).await);
    }
    references
}

fn titles(b: &Browser) -> Vec<&'static str> {
    let all = ["First of three", "Second of three", "Third of three"];
    all.into_iter()
        .filter(|title| b.page.contains(title))
        .collect()
}

#[tokio::test]
async fn a_line_finds_what_it_says_and_its_parts_can_be_taken_off() {
    let desk = Desk::new().await;
    three(&desk).await;
    let mut b = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    let (one, two, three) = ("First of three", "Second of three", "Third of three");
    for (line, found) in [
        ("panui", vec![one]),
        ("PĀNUI category:phishing", vec![one]),
        ("category:scam", vec![two, three]),
        ("-category:scam", vec![one]),
        ("parcel please", vec![two, three]),
        ("\"please pay now\"", vec![two]),
        ("\"the parcel now\" category:scam", vec![three]),
        ("parcel -the", vec![two]),
        ("bad[.]example", vec![one, two, three]),
        ("domain:phishing.example", vec![one]),
        ("bad[.]example -domain:scam.example", vec![one]),
        ("assignee:me", vec![]),
        ("assignee:nobody since:today", vec![one, two, three]),
        ("before:today", vec![]),
        ("state:closed", vec![]),
    ] {
        b.get(&address(line)).await;
        assert_eq!((b.status, titles(&b)), (StatusCode::OK, found), "{line}");
    }
    b.get(&address("parcel category:scam")).await;
    assert!(
        b.page
            .contains("<bdi class=\"said\" translate=\"no\">category:scam</bdi></code>")
    );
    assert!(
        b.page.contains("href=\"/desk?q=parcel\""),
        "a chip takes a term off"
    );
    // What is chosen beside the line becomes a part of it, and only if it was changed.
    b.get("/desk?q=parcel&category=phishing").await;
    assert!(titles(&b).is_empty() && b.page.contains("value=\"parcel category:phishing\""));
    b.get("/desk?q=category%3Ascam&category=phishing&was-category=phishing")
        .await;
    assert_eq!(titles(&b), [two, three]);
    b.get("/desk?q=category%3Ascam&category=&was-category=scam")
        .await;
    assert_eq!(titles(&b), [one, two, three]);
    assert!(b.page.contains("value=\"scam\"") && !b.page.contains("value=\"scam\" selected"));
    assert!(b.page.contains("How to search"));
}

#[tokio::test]
async fn a_fault_shows_nothing_and_keeps_what_was_typed() {
    let desk = Desk::new().await;
    three(&desk).await;
    let mut b = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    for (line, says) in [
        (
            "parcel categry:scam",
            "From character 8, “categry:scam”: there is no filter of this name. Did you mean category:?",
        ),
        ("category:scm", "Did you mean category:scam?"),
        ("since:2026-02-30", "this is not a day"),
        ("a \"b", "the quotation mark is not closed"),
        ("url:https://bad.example:x", "From character 1"),
    ] {
        b.get(&address(line)).await;
        let typed = maud_escaped(line);
        assert!(b.page.contains(&format!("value=\"{typed}\"")), "{line}");
        if line.starts_with("url:") {
            continue;
        }
        assert!(b.page.contains(says), "{line}: {}", b.page);
        assert!(titles(&b).is_empty(), "{line}");
        assert!(b.page.contains("href=\"#q\""), "{line}");
    }
    b.lang = "mi";
    b.get(&address("categry:scam")).await;
    assert!(b.page.contains("Ko category: pea?"));
}

fn maud_escaped(text: &str) -> String {
    text.replace('"', "&quot;")
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn views_are_saved_shared_changed_and_deleted() {
    let desk = Desk::new().await;
    three(&desk).await;
    let mut hana = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    let mut wiremu = desk
        .signed_in("wiremu", "Wiremu Example", Role::Officer)
        .await;
    let mut lead = desk
        .signed_in("leilani", "Leilani Example", Role::Lead)
        .await;
    let mut auditor = desk.signed_in("tui", "Tui Example", Role::Auditor).await;
    let line = "category:scam loss>10000";
    hana.get(&address(line)).await;
    hana.send("/desk/views", &[("name", " "), ("line", line)])
        .await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        hana.page.contains("Enter a name") && hana.page.contains("category:scam loss&gt;10000")
    );
    hana.send("/desk/views", &[("name", "My scams"), ("line", line)])
        .await;
    assert_eq!(
        hana.to.as_deref(),
        Some("/desk?q=category%3Ascam+loss%3E10000")
    );
    hana.get("/desk").await;
    assert!(hana.page.contains(">My scams</bdi></a>"));
    wiremu.get("/desk").await;
    assert!(!wiremu.page.contains("My scams"), "somebody else's own");
    hana.get("/desk/views").await;
    let id = hana.page.split("action=\"/desk/views/").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    let at = format!("/desk/views/{id}");
    wiremu.get("/desk/views").await;
    let token = wiremu.get_token().await;
    wiremu
        .post(&format!("{at}/delete"), &[("csrf", &token)])
        .await;
    assert_eq!(wiremu.status, StatusCode::NOT_FOUND);
    let changed = [
        ("at", "0"),
        ("name-0", "Our scams"),
        ("line-0", "category:scam"),
        ("shared-0", "1"),
    ];
    hana.get("/desk/views").await;
    hana.send(&at, &changed).await;
    assert_eq!(hana.to.as_deref(), Some("/desk/views"), "{}", hana.page);
    wiremu.get("/desk").await;
    assert!(wiremu.page.contains(
        "href=\"/desk?q=category%3Ascam\"><bdi class=\"said\" translate=\"no\">Our scams</bdi>"
    ));
    let token = wiremu.get_token().await;
    wiremu
        .post(&format!("{at}/delete"), &[("csrf", &token)])
        .await;
    assert_eq!(
        wiremu.status,
        StatusCode::FORBIDDEN,
        "shared, and not theirs"
    );
    let token = auditor.get_token().await;
    let shared = [
        ("csrf", token.as_str()),
        ("name", "x"),
        ("line", "x"),
        ("shared", "1"),
    ];
    auditor.post("/desk/views", &shared).await;
    assert_eq!(
        auditor.status,
        StatusCode::FORBIDDEN,
        "who only reads shares nothing"
    );
    lead.get("/desk/views").await;
    lead.send(&format!("{at}/delete"), &[]).await;
    assert_eq!(lead.to.as_deref(), Some("/desk/views"));
    wiremu.get("/desk").await;
    assert!(!wiremu.page.contains("Our scams"));
    auditor.get("/desk/audit").await;
    for what in [
        "Search view saved",
        "Search view changed: shared",
        "Search view deleted",
    ] {
        assert!(auditor.page.contains(what), "{what}");
    }
    assert!(!auditor.page.contains("Our scams") && !auditor.page.contains("loss&gt;10000"));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn two_officers_put_an_observable_on_the_block_list() {
    let desk = Desk::new().await;
    let references = three(&desk).await;
    let mut hana = desk.signed_in("hana", "Hana Example", Role::Officer).await;
    let mut wiremu = desk
        .signed_in("wiremu", "Wiremu Example", Role::Officer)
        .await;
    let mut auditor = desk.signed_in("tui", "Tui Example", Role::Auditor).await;
    hana.get(&format!("/desk/reports/{}", references[0])).await;
    let at = hana
        .page
        .split("href=\"/desk/observables/domain/")
        .nth(1)
        .unwrap();
    let at = format!("/desk/observables/domain/{}", at.split('"').next().unwrap());
    hana.get(&at).await;
    assert_eq!(titles(&hana).len(), 3, "{}", hana.page);
    assert!(hana.page.contains("bad[.]example") && hana.page.contains("scam[.]example"));
    assert!(!hana.page.contains(">bad.example<"), "nothing live");
    hana.get("/desk/observables?look=hxxp%3A%2F%2Fbad%5B.%5Dexample%2Fx+bad%5B.%5Dexample")
        .await;
    assert!(hana.page.contains(&at), "a link yields its host too");
    hana.get("/desk/observables?look=bad%5B.%5Dexample").await;
    assert_eq!(hana.to.as_deref(), Some(at.as_str()));

    hana.get(&at).await;
    hana.send(&at, &[("deed", "note"), ("note", " ")]).await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    hana.send(
        &at,
        &[("deed", "note"), ("note", "See http://evil.example/ too")],
    )
    .await;
    assert_eq!(
        hana.to.as_deref(),
        Some(format!("{at}#notes").as_str()),
        "{}",
        hana.page
    );
    wiremu.get(&at).await;
    hana.get(&at).await;
    assert!(hana.page.contains("See hxxp://evil[.]example/ too"));
    hana.send(&at, &[("deed", "ask"), ("ask", "Two people lost money.")])
        .await;
    // Who saw the page before that is told, and keeps what was typed.
    wiremu
        .send(&at, &[("deed", "ask"), ("ask", "Me too, please")])
        .await;
    assert_eq!(wiremu.status, StatusCode::CONFLICT);
    hana.get(&at).await;
    assert!(hana.page.contains("Waiting for a second officer"));
    hana.send(&at, &[("deed", "agree")]).await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(hana.page.contains("You asked for this yourself"));
    wiremu.get("/desk/observables").await;
    assert!(wiremu.page.contains(&at) && wiremu.page.contains("The block list is empty"));
    wiremu.get(&at).await;
    wiremu.send(&at, &[("deed", "agree")]).await;
    assert_eq!(wiremu.to.as_deref(), Some(format!("{at}#notes").as_str()));
    wiremu.get("/desk/observables").await;
    for (form, format, holds, name) in [
        ("raw", "txt", "\nbad.example\n", "-raw.txt"),
        ("defanged", "txt", "\nbad[.]example\n", "-defanged.txt"),
        (
            "defanged",
            "csv",
            "kind,value_defanged,agreed_at\r\ndomain,bad[.]example,",
            "-defanged.csv",
        ),
    ] {
        wiremu.get("/desk/observables").await;
        wiremu
            .send(
                "/desk/observables/export",
                &[("form", form), ("format", format)],
            )
            .await;
        let file = String::from_utf8(wiremu.bytes.clone()).unwrap();
        assert!(file.contains(holds), "{form} {format}: {file}");
        let disposition = wiremu.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.contains(name), "{disposition}");
    }
    hana.get(&at).await;
    hana.send(&at, &[("deed", "lift"), ("lift", "It is a real bank.")])
        .await;
    hana.get(&at).await;
    assert!(
        hana.page.contains("Not on the block list") && hana.page.contains("Two people lost money.")
    );
    auditor.get(&at).await;
    assert!(!auditor.page.contains("name=\"deed\""), "who only reads");
    auditor.get("/desk/audit").await;
    for what in [
        "Blocking asked for: 1",
        "Blocking agreed: 1",
        "Taken off the block list: 1",
        "Block list taken out: csv, Defanged, 1",
    ] {
        assert!(auditor.page.contains(what), "{what}");
    }
    assert!(!auditor.page.contains("bad[.]example") && !auditor.page.contains("bad.example"));
}
