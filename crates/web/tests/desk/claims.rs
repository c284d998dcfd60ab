//! The public page on which organisations ask to be told: faults are said and kept, and the answer is the same for everybody; links that
//! open nothing look alike. Officers' pages of claims are in the browser's tests, behind real mail.

use axum::http::StatusCode;
use cairn_app::{Config, MailConfig};
use cairn_kernel::actor::Role;

use super::browser::{Browser, Desk};

const NEW: &str = "/own/new";

fn mailing() -> Config {
    Config {
        mail: Some(MailConfig {
            smtp_url: "smtp://127.0.0.1:1".into(),
            from: "Reports <report@cert.example>".into(),
        }),
        ..Config::default()
    }
}

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "Example <b>Harbour</b>"),
        ("add", "203.0.113.64/27 AS64500"),
        ("role", "security"),
        ("email", "soc@harbour.example"),
    ]
}

async fn sends(b: &mut Browser, pairs: &[(&str, &str)]) {
    b.post(NEW, pairs).await;
}

#[tokio::test]
async fn faults_are_said_and_all_else_is_answered_alike() {
    let desk = Desk::with(mailing()).await;
    let mut b = desk.browser();
    b.get(NEW).await;
    assert_eq!(b.status, StatusCode::OK);
    for own in ["id=\"name\"", "id=\"add\"", "id=\"email\"", "id=\"key\""] {
        assert!(b.page.contains(own), "{own}");
    }
    let mut wrong = fields();
    wrong[1] = ("add", "203.0.113.64/27 <i>nothing</i>");
    sends(&mut b, &wrong).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("href=\"#add\"") && b.page.contains("value=\"soc@harbour.example\""));
    assert!(!b.page.contains("<i>nothing") && !b.page.contains("<b>Harbour"));
    // New, the same again, of a machine, and of somebody whose networks are known here.
    let mut lead = desk.signed_in("lea", "Lea", Role::Lead).await;
    lead.get("/desk/constituents/new").await;
    lead.send("/desk/constituents", &[("name", "Example Harbour")])
        .await;
    let mut other = fields();
    other[3] = ("email", "somebody@else.example");
    let mut machine = fields();
    machine.push((cairn_web::components::HONEYPOT, "x"));
    for pairs in [fields(), fields(), other, machine] {
        sends(&mut b, &pairs).await;
        assert_eq!(b.status, StatusCode::SEE_OTHER, "{}", b.page);
        assert_eq!(b.to.as_deref(), Some("/own/sent"));
    }
    b.get("/own/sent").await;
    assert_eq!(b.status, StatusCode::OK);
    assert!(!b.page.contains("harbour"));
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    hana.get("/desk/constituents/claims").await;
    assert!(
        hana.page.contains("Nothing waits."),
        "nobody has proved a mailbox"
    );
    hana.get("/desk/constituents/claims/1").await;
    assert_eq!(hana.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_network_asks_for_no_more_than_a_few_and_loses_no_word() {
    let desk = Desk::with(mailing()).await;
    let mut b = desk.browser();
    let mailboxes: Vec<String> = (0..=20)
        .map(|n| format!("soc{n}@harbour.example"))
        .collect();
    for (n, mailbox) in mailboxes.iter().enumerate() {
        let mut own = fields();
        own[3] = ("email", mailbox);
        sends(&mut b, &own).await;
        let right = if n < 20 {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::TOO_MANY_REQUESTS
        };
        assert_eq!(b.status, right, "{n}");
    }
    assert!(b.page.contains("value=\"soc20@harbour.example\""));
    assert!(b.page.contains("Example &lt;b&gt;Harbour"));
    // What has a fault was not sent, and is not counted.
    let mut wrong = fields();
    wrong[1] = ("add", "nothing");
    sends(&mut b, &wrong).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn links_that_open_nothing_look_alike() {
    let desk = Desk::with(mailing()).await;
    let mut b = desk.browser();
    let secret = "0".repeat(26);
    for link in [
        "x".to_owned(),
        format!("c-1-{secret}"),
        format!("k-1-1-{secret}"),
    ] {
        b.get(&format!("/own/{link}")).await;
        assert_eq!(
            (b.status, b.to.as_deref()),
            (StatusCode::SEE_OTHER, Some("/own"))
        );
        b.get("/own").await;
        assert_eq!(b.status, StatusCode::NOT_FOUND, "{link}");
        assert!(b.page.contains("This link opens nothing"));
    }
    for path in ["/own/prove", "/own/confirm", "/own/change"] {
        b.post(path, &[]).await;
        assert_eq!(b.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn without_mail_nothing_is_taken() {
    let desk = Desk::new().await;
    let mut b = desk.browser();
    b.get(NEW).await;
    assert!(b.page.contains("no mail leaves this service") && !b.page.contains("id=\"email\""));
    sends(&mut b, &fields()).await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
}
