//! An officer's answer before it goes: canned, with a gap, looked at, masked.

use axum::http::StatusCode;
use cairn_app::{Config, MailConfig};
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::report::{Answer, Contact};
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const NUMBER: &str = "01-0902-0068389-00";

async fn world(language: &str) -> (Desk, String, Browser) {
    let desk = Desk::with(Config {
        public_url: "https://report.example".into(),
        mail: Some(MailConfig {
            smtp_url: "smtp://127.0.0.1:9".into(),
            from: "Reports <report@cert.example>".into(),
        }),
        reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
        ..Config::default()
    })
    .await;
    let mut draft = desk.example();
    draft.body.anonymous = false;
    draft.body.language = language.into();
    let story = format!("I paid into {NUMBER} of <b>Eve</b>.");
    draft
        .body
        .answers
        .insert("story".into(), Answer::Text(story));
    draft.contact = Some(Contact {
        email: Some("ana@home.example".into()),
        ..Contact::default()
    });
    let reference = desk.report(&draft).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    b.get(&format!("/desk/reports/{reference}")).await;
    (desk, reference, b)
}

async fn messages(desk: &Desk, reference: &str) -> Vec<String> {
    let no = desk.t.app.number(reference).unwrap();
    let all = desk.t.app.bare_store().messages(no).await.unwrap();
    all.into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn a_canned_answer_is_inserted_in_the_reporters_language_and_its_gap_is_minded() {
    let (desk, reference, mut b) = world("mi").await;
    let to = format!("/desk/reports/{reference}/message");
    b.send(
        &to,
        &[("do", "insert"), ("canned", "more"), ("text", "Kia ora.")],
    )
    .await;
    assert_eq!(b.status, StatusCode::OK);
    let inserted = format!("Kia ora.\n\nKia ora,\n\nNgā mihi mō tō pūrongo {reference}.");
    assert!(b.page.contains(&inserted), "{}", b.page);
    assert!(
        b.page.contains("name=\"waits\" value=\"1\" checked"),
        "{}",
        b.page
    );
    b.send(&to, &[("text", "Kia ora […]")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("Fill the gap") && b.page.contains("Kia ora […]"));
    b.send(
        &to,
        &[
            ("do", "insert"),
            ("canned", "no-such"),
            ("text", "As it was"),
        ],
    )
    .await;
    assert!(b.page.contains("\nAs it was</textarea>"), "{}", b.page);
    assert!(messages(&desk, &reference).await.is_empty());
}

#[tokio::test]
async fn what_an_answer_repeats_of_others_is_looked_at_first() {
    let (desk, reference, mut b) = world("en").await;
    let to = format!("/desk/reports/{reference}/message");
    let text = format!("The bank knows {NUMBER}. <script>alert(1)</script>");
    b.send(&to, &[("text", &text), ("mail-text", "1")]).await;
    assert_eq!(b.status, StatusCode::OK);
    assert!(b.page.contains("What the reporter will see"));
    assert!(b.page.contains("The bank knows •••00.") && b.page.contains("&lt;script&gt;"));
    assert!(!b.page.contains("<script>alert"));
    for part in [
        "ana@home.example",
        "report+",
        "an answer on your report",
        "Long number",
    ] {
        assert!(b.page.contains(part), "{part}: {}", b.page);
    }
    assert!(messages(&desk, &reference).await.is_empty(), "nothing went");
    b.send(
        &to,
        &[
            ("text", &text),
            ("do", "preview"),
            ("keep-0", "1"),
            ("seen", "1"),
        ],
    )
    .await;
    assert!(b.page.contains(&format!("The bank knows {NUMBER}.")));
    b.send(&to, &[("text", &text), ("seen", "1")]).await;
    assert_eq!(
        b.to.as_deref(),
        Some(format!("/desk/reports/{reference}").as_str())
    );
    let sent = messages(&desk, &reference).await;
    assert!(sent[0].starts_with("The bank knows •••00."), "{sent:?}");
    // What repeats nothing goes at once.
    b.get(&format!("/desk/reports/{reference}")).await;
    b.send(&to, &[("text", "Call 105 if you are in danger.")])
        .await;
    assert_eq!(messages(&desk, &reference).await.len(), 2);
}

#[tokio::test]
async fn who_only_reads_sees_no_preview() {
    let (desk, reference, _) = world("en").await;
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get(&format!("/desk/reports/{reference}")).await;
    for (name, value) in [
        ("do", "preview"),
        ("do", "insert"),
        ("do", "change"),
        ("seen", "1"),
    ] {
        auditor
            .post(
                &format!("/desk/reports/{reference}/message"),
                &[(name, value), ("text", "x"), ("canned", "more")],
            )
            .await;
        assert_eq!(auditor.status, StatusCode::FORBIDDEN, "{value}");
    }
}

#[tokio::test]
async fn mail_on_the_thread_is_text_and_told_apart() {
    let (desk, reference, mut b) = world("en").await;
    let to = format!("/desk/reports/{reference}/message");
    b.send(&to, &[("text", "Hello"), ("do", "preview")]).await;
    let start = b.page.find("report+").unwrap();
    let tagged = b.page[start..].split('<').next().unwrap().to_owned();
    assert!(tagged.ends_with("@cert.example"), "{tagged}");
    for (from, fields) in [
        ("ana@home.example", ""),
        ("\"<i>x\" <eve@else.example>", "Precedence: bulk\r\n"),
    ] {
        let message = format!(
            "From: {from}\r\nTo: {tagged}\r\nSubject: <img src=x>\r\n{fields}\r\n<u>said</u> by {from}\r\n"
        );
        let handed = cairn_app::conversation::Handed::default();
        desk.t
            .app
            .take_mail(message.as_bytes(), handed)
            .await
            .unwrap();
    }
    b.get(&format!("/desk/reports/{reference}")).await;
    assert!(b.page.contains("&lt;u&gt;said&lt;/u&gt;") && !b.page.contains("<u>said"));
    assert!(!b.page.contains("<img src=x>"));
    assert!(b.page.contains("By mail") && b.page.contains("Automatic answers: 1"));
    assert!(b.page.contains("Mail came: by the reporter"), "{}", b.page);
    let whole = b.page.matches("Take the whole message").count();
    assert_eq!(whole, 2);
    let start = b.page.find("/files/").unwrap();
    let sha256 = &b.page[start + 7..start + 71];
    let taken = format!("/desk/reports/{reference}/files/{sha256}");
    b.post(&taken, &[]).await;
    assert_ne!(b.status, StatusCode::NOT_FOUND);
}

#[expect(clippy::too_many_lines, reason = "one way, step by step")]
#[tokio::test]
async fn the_key_is_where_programs_look_for_it_and_wrong_keys_are_said() {
    let (desk, reference, mut b) = world("en").await;
    b.get("/openpgp").await;
    assert!(b.page.contains("has no OpenPGP key"), "{}", b.page);
    b.get("/openpgp.asc").await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
    desk.t.app.ensure_openpgp().unwrap();
    let key = desk.t.app.openpgp_public().unwrap();
    let shown = cairn_app::openpgp::fingerprint_shown(&key.fingerprint());
    b.get("/openpgp").await;
    assert!(b.page.contains(&shown) && b.page.contains("report@cert.example"));
    let hash = cairn_app::openpgp::directory_hash("report");
    for (path, status) in [
        ("/openpgp.asc".to_owned(), StatusCode::OK),
        (format!("/.well-known/openpgpkey/hu/{hash}"), StatusCode::OK),
        (
            format!("/.well-known/openpgpkey/Cert.example/hu/{hash}"),
            StatusCode::OK,
        ),
        (
            format!("/.well-known/openpgpkey/other.example/hu/{hash}"),
            StatusCode::NOT_FOUND,
        ),
        (
            "/.well-known/openpgpkey/hu/nobody".to_owned(),
            StatusCode::NOT_FOUND,
        ),
        ("/.well-known/openpgpkey/policy".to_owned(), StatusCode::OK),
    ] {
        b.get(&path).await;
        assert_eq!(b.status, status, "{path}");
    }
    b.get("/.well-known/security.txt").await;
    for line in [
        "Contact: mailto:",
        "Expires: ",
        "/openpgp.asc",
        "Canonical: ",
    ] {
        assert!(b.page.contains(line), "{line}: {}", b.page);
    }
    b.get(&format!("/desk/reports/{reference}")).await;
    assert!(b.page.contains("No key is known") && b.page.contains("value=\"signed\""));
    assert!(!b.page.contains("name=\"sealing\" value=\"encrypted\""));
    let keys = format!("/desk/reports/{reference}/keys");
    b.send(&keys, &[("key", "<b>no key")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("this is no OpenPGP public key") && b.page.contains("&lt;b&gt;no key"));
    b.get(&format!("/desk/reports/{reference}")).await;
    // A public key of anybody can be pasted; it is for the officer to compare.
    b.send(&keys, &[("key", &key.armoured())]).await;
    b.get(&format!("/desk/reports/{reference}")).await;
    assert!(b.page.contains(&shown) && b.page.contains("Seen, not confirmed"));
    b.send(&format!("{keys}/7"), &[("do", "confirm")]).await;
    assert_eq!(b.status, StatusCode::CONFLICT, "no such key");
    b.get(&format!("/desk/reports/{reference}")).await;
    b.send(&format!("{keys}/1"), &[("do", "confirm")]).await;
    b.get(&format!("/desk/reports/{reference}")).await;
    assert!(
        b.page.contains("Confirmed")
            && b.page
                .contains("A key of the reporter was judged: confirmed")
    );
    let to = format!("/desk/reports/{reference}/message");
    b.send(
        &to,
        &[
            ("text", "Hello"),
            ("sealing", "encrypted"),
            ("mail-text", "1"),
            ("do", "preview"),
        ],
    )
    .await;
    assert!(
        b.page.contains("Encrypted and signed") && b.page.contains(&shown),
        "{}",
        b.page
    );
    b.send(&format!("{keys}/1"), &[("do", "drop")]).await;
    b.get(&format!("/desk/reports/{reference}")).await;
    assert!(b.page.contains("Out of use"));
}
