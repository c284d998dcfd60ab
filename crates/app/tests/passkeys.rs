//! Passkeys, with an authenticator in software that can be bent in every part.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets what it did not expect fails"
)]

#[path = "support/authenticator.rs"]
mod authenticator;

use authenticator::Authenticator;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_app::Config;
use cairn_app::account::{
    AccountError, Doer, NewAccount, Next, PASSKEYS_MAX, PENDING_ANSWER_SECONDS, PROVED_SECONDS,
    Principal, Seen, code_at,
};
use cairn_app::report::AppError;
use cairn_desk::signin::Passwords;
use cairn_kernel::actor::Role;
use cairn_store::account::EndSessions;
use cairn_store::params;
use cairn_store::writer::Unit;
use cairn_testkit::TestApp;
use serde_json::{Value, json};

const HERE: u64 = 1;
const ORIGIN: &str = "https://report.example.org";
const RP: &str = "report.example.org";
const PASSWORD: &str = "kererū over the hill";

async fn app(passwords: Passwords) -> TestApp {
    TestApp::with(Config {
        public_url: ORIGIN.into(),
        passwords,
        ..Config::default()
    })
    .await
}

async fn seen(t: &TestApp, token: &str) -> Seen {
    t.app.session(token).await.unwrap().expect("a live session")
}

/// The bytes of the secret that an enrolment shows.
fn secret(shown: &str) -> Vec<u8> {
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for c in shown.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            _ => c - b'2' + 26,
        };
        buffer = buffer << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(buffer >> bits & 255).unwrap());
        }
    }
    out
}

/// Somebody signed in for the first time: the cookie.
async fn signed_in(t: &TestApp, login: &str) -> String {
    let (name, role) = ("Hana Example", Role::Officer);
    let new = NewAccount { login, name, role };
    let (_, first) = t.app.create_account(Doer::System, new).await.unwrap();
    let token = t.app.sign_in(login, &first, HERE, "").await.unwrap();
    let half = seen(t, token.as_str()).await;
    let token = t.app.first_password(&half, PASSWORD).await.unwrap();
    let half = seen(t, token.as_str()).await;
    let key = secret(&t.app.enrolment(&half).unwrap().secret);
    let code = code_at(&key, t.clock.now());
    let (token, _) = t.app.enrol(&half, &code, HERE).await.unwrap();
    token.as_str().to_owned()
}

async fn who(t: &TestApp, token: &str) -> Principal {
    seen(t, token).await.principal().unwrap()
}

/// The same after proving it by the password.
async fn proved(t: &TestApp, token: &str) -> Principal {
    let somebody = who(t, token).await;
    t.app
        .prove_by_password(&somebody, PASSWORD, HERE)
        .await
        .unwrap();
    who(t, token).await
}

/// Somebody with a passkey.
async fn with_passkey(t: &TestApp, login: &str, id: u8) -> (String, Authenticator) {
    let token = signed_in(t, login).await;
    let somebody = proved(t, &token).await;
    let mut device = Authenticator::new(id, ORIGIN, RP);
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    let made = device.make(&options);
    t.app.add_passkey(&somebody, "Phone", &made).await.unwrap();
    (token, device)
}

async fn attempt(t: &TestApp, device: &mut Authenticator) -> Result<Seen, AccountError> {
    let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
    let answer = device.answer(&options).to_string();
    let token = t
        .app
        .passkey_sign_in(cookie.as_str(), &answer, "", None)
        .await?;
    Ok(seen(t, token.as_str()).await)
}

#[tokio::test]
async fn a_passkey_is_both_factors_and_says_so_in_the_log() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    let options = t.app.ask_passkey(HERE).unwrap().1;
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["rpId"], RP);
    assert_eq!(options["allowCredentials"], json!([]));
    let signed = attempt(&t, &mut device).await.unwrap();
    assert_eq!(signed.next(), Next::Done);
    let somebody = signed.principal().unwrap();
    let keys = t.app.passkeys(&somebody).await.unwrap();
    assert_eq!((keys.len(), keys[0].name.as_str()), (1, "Phone"));
    assert_eq!(keys[0].used_at, Some(t.clock.now()));
    assert!(!t.app.is_proved(&somebody), "signing in is no proof");
    // Another name, then gone.
    let id = keys[0].id.clone();
    t.app.rename_passkey(&somebody, &id, " Key ").await.unwrap();
    assert!(matches!(
        t.app.rename_passkey(&somebody, &id, "").await,
        Err(AccountError::NameForm)
    ));
    assert_eq!(t.app.passkeys(&somebody).await.unwrap()[0].name, "Key");
    let other = signed_in(&t, "wiremu").await;
    let other = proved(&t, &other).await;
    for result in [
        t.app.rename_passkey(&other, &id, "Mine").await,
        t.app.remove_passkey(&other, &id).await,
    ] {
        assert!(matches!(result, Err(AccountError::App(AppError::NotFound))));
    }
    let somebody = proved(&t, &token).await;
    t.app.remove_passkey(&somebody, &id).await.unwrap();
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
}

#[tokio::test]
async fn adding_and_removing_ask_for_proof_which_does_not_last() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    t.pass(PROVED_SECONDS);
    let late = who(&t, &token).await;
    let id = t.app.passkeys(&late).await.unwrap()[0].id.clone();
    assert!(matches!(
        t.app.ask_new_passkey(&late, HERE).await,
        Err(AccountError::Unproved)
    ));
    assert!(matches!(
        t.app.add_passkey(&late, "x", "{}").await,
        Err(AccountError::Unproved)
    ));
    assert!(matches!(
        t.app.remove_passkey(&late, &id).await,
        Err(AccountError::Unproved)
    ));
    assert!(matches!(
        t.app.prove_by_password(&late, "wrong", HERE).await,
        Err(AccountError::Wrong)
    ));
    // By the passkey, but not by somebody else's.
    let (_, mut strangers) = with_passkey(&t, "wiremu", 2).await;
    for (device, right) in [(&mut strangers, false), (&mut device, true)] {
        let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
        let answer = device.answer(&options).to_string();
        let result = t
            .app
            .prove_by_passkey(&late, cookie.as_str(), &answer)
            .await;
        assert_eq!(result.is_ok(), right);
        assert_eq!(t.app.is_proved(&who(&t, &token).await), right);
    }
}

/// GitLab issue 585333: the outcome of the check was ignored. Here every part of an answer is bent in turn.
#[tokio::test]
async fn the_outcome_of_the_check_is_never_ignored() {
    let t = app(Passwords::Everybody).await;
    let (_, mut device) = with_passkey(&t, "hana", 1).await;
    let (_, other) = with_passkey(&t, "wiremu", 2).await;
    let flip = |part: &Value| {
        let mut bytes = BASE64.decode(part.as_str().unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        json!(BASE64.encode(bytes))
    };
    let client = |part: &Value, name: &str, value: Value| {
        let bytes = BASE64.decode(part.as_str().unwrap()).unwrap();
        let mut data: Value = serde_json::from_slice(&bytes).unwrap();
        data[name] = value;
        json!(BASE64.encode(data.to_string()))
    };
    let owner = json!(BASE64.encode(&other.user));
    type Bend<'a> = Box<dyn Fn(&mut Value) + 'a>;
    let bent: Vec<(&str, Bend<'_>)> = vec![
        (
            "signature",
            Box::new(|r| r["signature"] = flip(&r["signature"])),
        ),
        (
            "data",
            Box::new(|r| r["authenticatorData"] = flip(&r["authenticatorData"])),
        ),
        ("empty signature", Box::new(|r| r["signature"] = json!(""))),
        ("no data", Box::new(|r| r["authenticatorData"] = json!(""))),
        ("owner", Box::new(|r| r["userHandle"] = owner.clone())),
        ("nobody", Box::new(|r| r["userHandle"] = Value::Null)),
        (
            "origin",
            Box::new(|r| {
                r["clientDataJSON"] = client(
                    &r["clientDataJSON"],
                    "origin",
                    json!("https://evil.example"),
                )
            }),
        ),
        (
            "challenge",
            Box::new(|r| {
                r["clientDataJSON"] = client(&r["clientDataJSON"], "challenge", json!("AAAA"))
            }),
        ),
        (
            "type",
            Box::new(|r| {
                r["clientDataJSON"] = client(&r["clientDataJSON"], "type", json!("webauthn.create"))
            }),
        ),
    ];
    for (what, bend) in bent {
        let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
        let good = device.answer(&options);
        let mut bad = good.clone();
        bend(&mut bad["response"]);
        assert_ne!(bad, good, "{what}");
        let (bad, good) = (bad.to_string(), good.to_string());
        let sent = t.app.passkey_sign_in(cookie.as_str(), &bad, "", None);
        assert!(matches!(sent.await, Err(AccountError::Wrong)), "{what}");
        // The question is closed: the right answer comes too late.
        let sent = t.app.passkey_sign_in(cookie.as_str(), &good, "", None);
        assert!(matches!(sent.await, Err(AccountError::Ended)), "{what}");
    }
    // Right in all, but signed for elsewhere.
    device.origin = "https://report.example.org.evil.example".into();
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
    (device.origin, device.rp) = (ORIGIN.into(), "evil.example".into());
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
    device.rp = RP.into();
    assert!(attempt(&t, &mut device).await.is_ok());
}

/// Zipline CVE-2026-126952: whoever named a passkey was believed without an assertion.
#[tokio::test]
async fn an_answer_without_an_assertion_lets_nobody_in() {
    let t = app(Passwords::Everybody).await;
    let (_, device) = with_passkey(&t, "hana", 1).await;
    let id = BASE64.encode(&device.id);
    let user = BASE64.encode(&device.user);
    for answer in [
        String::new(),
        "{}".into(),
        json!({"id": id, "rawId": id, "type": "public-key"}).to_string(),
        json!({"id": id, "rawId": id, "type": "public-key", "response": {"userHandle": user}})
            .to_string(),
        json!({"id": id, "rawId": id, "type": "public-key", "response":
            {"authenticatorData": "", "clientDataJSON": "", "signature": "", "userHandle": user}})
        .to_string(),
        "x".repeat(1 << 20),
    ] {
        let (cookie, _) = t.app.ask_passkey(HERE).unwrap();
        let sent = t
            .app
            .passkey_sign_in(cookie.as_str(), &answer, "", None)
            .await;
        assert!(matches!(sent, Err(AccountError::Wrong)), "{answer:.80}");
    }
}

/// Gitea CVE-2026-73278: signing in elsewhere passed the passkey over. A half-done sign-in of an account with a passkey and no
/// authenticator asks for the passkey, and never lets whoever sits there enrol an authenticator of their own.
#[tokio::test]
async fn a_half_done_sign_in_cannot_pass_the_passkey_over() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    let id = who(&t, &token).await.account.clone();
    let store = t.app.bare_store();
    let mut account = store.account(&id).await.unwrap().unwrap();
    account.totp = None;
    store
        .save_account(&account, EndSessions::All, None)
        .await
        .unwrap();
    let token = t.app.sign_in("hana", PASSWORD, HERE, "").await.unwrap();
    let half = seen(&t, token.as_str()).await;
    assert_eq!(half.next(), Next::Passkey);
    assert!(half.principal().is_none());
    assert!(matches!(t.app.enrolment(&half), Err(AccountError::Ended)));
    assert!(matches!(
        t.app.enrol(&half, "123456", HERE).await,
        Err(AccountError::Ended)
    ));
    assert!(matches!(
        t.app.second_factor(&half, "123456", HERE).await,
        Err(AccountError::Ended)
    ));
    assert!(matches!(
        t.app.recover(&half, "x", HERE).await,
        Err(AccountError::Ended)
    ));
    let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
    let answer = device.answer(&options).to_string();
    t.app
        .passkey_sign_in(cookie.as_str(), &answer, "", Some(&half))
        .await
        .unwrap();
    assert!(
        t.app.session(token.as_str()).await.unwrap().is_none(),
        "the half-done one has ended"
    );
}

#[tokio::test]
async fn an_unverified_user_is_refused_at_adding_and_at_signing_in() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    device.verifies(false);
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
    let somebody = proved(&t, &token).await;
    let mut second = Authenticator::new(3, ORIGIN, RP);
    second.verifies(false);
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(
        options["authenticatorSelection"]["userVerification"],
        "required"
    );
    let made = second.make(&options);
    assert!(matches!(
        t.app.add_passkey(&somebody, "Tablet", &made).await,
        Err(AccountError::Wrong)
    ));
    // One that the browser says cannot be found again by itself.
    second.verifies(true);
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    let mut made: Value = serde_json::from_str(&second.make(&options)).unwrap();
    made["extensions"] = json!({"credProps": {"rk": false}});
    let result = t
        .app
        .add_passkey(&somebody, "Tablet", &made.to_string())
        .await;
    assert!(matches!(result, Err(AccountError::Wrong)));
    assert_eq!(t.app.passkeys(&somebody).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_counter_that_goes_backwards_stops_the_passkey() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    device.counter = 40;
    attempt(&t, &mut device).await.unwrap();
    device.counter = 20;
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
    device.counter = 1_000;
    assert!(
        matches!(attempt(&t, &mut device).await, Err(AccountError::Wrong)),
        "stopped for good"
    );
    let somebody = proved(&t, &token).await;
    let keys = t.app.passkeys(&somebody).await.unwrap();
    assert!(keys[0].suspect);
    t.app.remove_passkey(&somebody, &keys[0].id).await.unwrap();
    // An authenticator that does not count stays at nought.
    let mut synced = Authenticator::new(5, ORIGIN, RP);
    synced.counter = 0;
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    let made = synced.make(&options);
    t.app.add_passkey(&somebody, "Synced", &made).await.unwrap();
    for _ in 0..2 {
        let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
        let answer = synced.uncounted(&options).to_string();
        t.app
            .passkey_sign_in(cookie.as_str(), &answer, "", None)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn questions_are_open_for_one_browser_and_for_a_while() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 1).await;
    let (_, options) = t.app.ask_passkey(HERE).unwrap();
    let (other, _) = t.app.ask_passkey(HERE).unwrap();
    let answer = device.answer(&options).to_string();
    for cookie in ["", "AAAA", other.as_str()] {
        assert!(
            t.app
                .passkey_sign_in(cookie, &answer, "", None)
                .await
                .is_err()
        );
    }
    let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
    let answer = device.answer(&options).to_string();
    t.pass(PENDING_ANSWER_SECONDS);
    let late = t
        .app
        .passkey_sign_in(cookie.as_str(), &answer, "", None)
        .await;
    assert!(matches!(late, Err(AccountError::Ended)));
    // What was asked of one session is not answered in another.
    let somebody = proved(&t, &token).await;
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    let mut second = Authenticator::new(9, ORIGIN, RP);
    let made = second.make(&options);
    let elsewhere = signed_in(&t, "wiremu").await;
    let elsewhere = proved(&t, &elsewhere).await;
    let result = t.app.add_passkey(&elsewhere, "Mine", &made).await;
    assert!(matches!(result, Err(AccountError::Ended)));
    t.app.add_passkey(&somebody, "Mine", &made).await.unwrap();
    let result = t.app.add_passkey(&somebody, "Again", &made).await;
    assert!(matches!(result, Err(AccountError::Ended)), "once");
}

#[tokio::test]
async fn an_account_holds_so_many_and_a_reset_forgets_them() {
    let t = app(Passwords::Everybody).await;
    let (token, mut device) = with_passkey(&t, "hana", 100).await;
    let somebody = proved(&t, &token).await;
    for n in 1..PASSKEYS_MAX {
        let mut more = Authenticator::new(u8::try_from(n).unwrap(), ORIGIN, RP);
        let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
        assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), n);
        let made = more.make(&options);
        t.app.add_passkey(&somebody, "More", &made).await.unwrap();
    }
    assert!(matches!(
        t.app.ask_new_passkey(&somebody, HERE).await,
        Err(AccountError::Many)
    ));
    t.app
        .reset_account(Doer::System, &somebody.account)
        .await
        .unwrap();
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
}

#[tokio::test]
async fn the_last_way_in_stays_and_closed_accounts_have_none() {
    let t = app(Passwords::Emergency("glass".into())).await;
    let (_, mut device) = with_passkey(&t, "hana", 1).await;
    // The password led this far; from now on it is not taken.
    let password = t.app.sign_in("hana", PASSWORD, HERE, "").await;
    assert!(matches!(password, Err(AccountError::Wrong)));
    let (cookie, options) = t.app.ask_passkey(HERE).unwrap();
    let answer = device.answer(&options).to_string();
    let token = t
        .app
        .passkey_sign_in(cookie.as_str(), &answer, "", None)
        .await
        .unwrap();
    let somebody = proved(&t, token.as_str()).await;
    let id = t.app.passkeys(&somebody).await.unwrap()[0].id.clone();
    assert!(matches!(
        t.app.remove_passkey(&somebody, &id).await,
        Err(AccountError::LastWay)
    ));
    // Who has nothing but a password must add something first; the emergency account need not.
    let fresh = signed_in(&t, "wiremu").await;
    assert!(seen(&t, &fresh).await.must_add());
    let glass = signed_in(&t, "glass").await;
    assert!(!seen(&t, &glass).await.must_add());
    assert!(!seen(&t, token.as_str()).await.must_add());
    t.app
        .set_disabled(Doer::System, &somebody.account, true)
        .await
        .unwrap();
    assert!(matches!(
        attempt(&t, &mut device).await,
        Err(AccountError::Wrong)
    ));
}

#[tokio::test]
async fn where_browsers_take_no_passkeys_none_are_asked_for() {
    let t = TestApp::with(Config {
        public_url: "http://report.example.org".into(),
        ..Config::default()
    })
    .await;
    assert!(matches!(
        t.app.ask_passkey(HERE),
        Err(AccountError::NoPasskeysHere)
    ));
    assert_eq!(t.app.passkey_place(), None);
}

/// What of the passkeys disagrees with the log.
async fn findings(t: &TestApp) -> Vec<String> {
    let (_, findings) = t.log_verify().await;
    findings.iter().map(ToString::to_string).collect()
}

async fn tamper(t: &TestApp, sql: &'static str) {
    let mut unit = Unit::default();
    unit.exec(sql, params![]);
    t.app.bare_store().write(unit).await.unwrap();
}

#[tokio::test]
async fn every_passkey_is_held_against_the_log() {
    let t = app(Passwords::Everybody).await;
    let (hana, _) = with_passkey(&t, "hana", 1).await;
    let (_, _) = with_passkey(&t, "wiremu", 2).await;
    let somebody = proved(&t, &hana).await;
    let mut third = Authenticator::new(3, ORIGIN, RP);
    let options = t.app.ask_new_passkey(&somebody, HERE).await.unwrap();
    let made = third.make(&options);
    t.app.add_passkey(&somebody, "Key", &made).await.unwrap();
    let own = t.app.passkeys(&somebody).await.unwrap();
    let id = own.iter().find(|one| one.name == "Key").unwrap().id.clone();
    t.app.remove_passkey(&somebody, &id).await.unwrap();
    assert_eq!(findings(&t).await, [""; 0]);
    tamper(&t, "CREATE TABLE kept AS SELECT * FROM passkey").await;
    for (sql, what) in [
        (
            "UPDATE passkey SET credential = (SELECT max(credential) FROM kept)",
            "another key",
        ),
        (
            "UPDATE passkey SET account = 'nobody' WHERE id = (SELECT min(id) FROM kept)",
            "another account",
        ),
        (
            "UPDATE passkey SET suspect_at = 1 WHERE id = (SELECT min(id) FROM kept)",
            "is stopped here",
        ),
        (
            "DELETE FROM passkey WHERE id = (SELECT min(id) FROM kept)",
            "is missing",
        ),
        (
            "UPDATE passkey SET id = 'new' WHERE id = (SELECT min(id) FROM kept)",
            "is there, though",
        ),
    ] {
        tamper(&t, sql).await;
        let found = findings(&t).await;
        assert!(
            found.iter().any(|one| one.contains(what)),
            "{what}: {found:?}"
        );
        tamper(&t, "DELETE FROM passkey").await;
        tamper(&t, "INSERT INTO passkey SELECT * FROM kept").await;
        assert_eq!(findings(&t).await, [""; 0]);
    }
}
