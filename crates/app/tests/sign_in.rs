//! Sign-in from the first password to the last session, and every way in which it must fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails"
)]

use cairn_app::account::{
    AccountError, CODE_TRIES_MAX, Doer, NewAccount, Next, PAIR_FREE, Principal, RECOVERY_CODES,
    SESSION_IDLE_SECONDS_MAX, SESSION_SECONDS_MAX, Seen, Weakness, code_at,
};
use cairn_app::report::AppError;
use cairn_kernel::actor::{Actor, Role};
use cairn_testkit::TestApp;

const PASSWORD: &str = "kererū over the hill";
const HOME: u64 = 1;
const ELSEWHERE: u64 = 2;

/// What an authenticator knows.
struct Phone(Vec<u8>);

impl Phone {
    fn scan(address: &str) -> Self {
        let secret = address.split("secret=").nth(1).unwrap();
        let secret = secret.split('&').next().unwrap();
        let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
        for c in secret.bytes() {
            let value = match c {
                b'A'..=b'Z' => c - b'A',
                _ => c - b'2' + 26,
            };
            buffer = (buffer << 5) | u32::from(value);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                out.push(u8::try_from((buffer >> bits) & 255).unwrap());
            }
        }
        Self(out)
    }

    fn code(&self, t: &TestApp) -> String {
        code_at(&self.0, t.clock.now())
    }
}

async fn made(t: &TestApp, login: &str, role: Role) -> (String, String) {
    let name = "Hana Example";
    let new = NewAccount { login, name, role };
    let (account, password) = t.app.create_account(Doer::System, new).await.unwrap();
    (account.id, password)
}

async fn seen(t: &TestApp, token: &str) -> Seen {
    t.app.session(token).await.unwrap().expect("a live session")
}

/// First sign-in: new password, authenticator, recovery codes.
async fn enrolled(t: &TestApp, login: &str, role: Role) -> (Principal, Phone, Vec<String>, String) {
    let (_, first) = made(t, login, role).await;
    let token = t.app.sign_in(login, &first, HOME, "Firefox").await.unwrap();
    let pending = seen(t, token.as_str()).await;
    assert_eq!(pending.next(), Next::Password);
    assert!(pending.principal().is_none());
    let renewed = t.app.first_password(&pending, PASSWORD).await.unwrap();
    assert!(
        t.app.session(token.as_str()).await.unwrap().is_none(),
        "a new cookie"
    );
    let pending = seen(t, renewed.as_str()).await;
    assert_eq!(pending.next(), Next::Enrol);
    let phone = Phone::scan(&t.app.enrolment(&pending).unwrap().address);
    let (full, codes) = t.app.enrol(&pending, &phone.code(t), HOME).await.unwrap();
    assert!(
        t.app.session(renewed.as_str()).await.unwrap().is_none(),
        "a new cookie"
    );
    assert_eq!(codes.len(), RECOVERY_CODES);
    let who = seen(t, full.as_str()).await.principal().unwrap();
    (who, phone, codes, full.as_str().to_owned())
}

async fn to_code(t: &TestApp, login: &str) -> Seen {
    let token = t.app.sign_in(login, PASSWORD, HOME, "").await.unwrap();
    let pending = seen(t, token.as_str()).await;
    assert_eq!(pending.next(), Next::Code);
    pending
}

#[tokio::test]
async fn each_code_opens_once() {
    let t = TestApp::new().await;
    let (_, phone, ..) = enrolled(&t, "hana", Role::Officer).await;
    let pending = to_code(&t, "HANA ").await;
    let used = phone.code(&t);
    let replayed = t.app.second_factor(&pending, &used, HOME).await;
    assert!(
        matches!(replayed, Err(AccountError::Wrong)),
        "used at enrolment"
    );
    t.pass(30);
    let full = t
        .app
        .second_factor(&pending, &phone.code(&t), HOME)
        .await
        .unwrap();
    assert_eq!(seen(&t, full.as_str()).await.next(), Next::Done);
    let again = to_code(&t, "hana").await;
    let replayed = t.app.second_factor(&again, &phone.code(&t), HOME).await;
    assert!(matches!(replayed, Err(AccountError::Wrong)));
}

#[tokio::test]
async fn recovery_codes_open_once_and_new_ones_replace_them() {
    let t = TestApp::new().await;
    let (who, _, codes, _) = enrolled(&t, "hana", Role::Officer).await;
    let pending = to_code(&t, "hana").await;
    let shouted = codes[0].to_uppercase().replace('-', " ");
    t.app.recover(&pending, &shouted, HOME).await.unwrap();
    let pending = to_code(&t, "hana").await;
    assert!(matches!(
        t.app.recover(&pending, &codes[0], HOME).await,
        Err(AccountError::Wrong)
    ));
    assert_eq!(t.app.recovery_left(&who).await.unwrap(), RECOVERY_CODES - 1);
    let wrong = t.app.renew_recovery(&who, "not the password", HOME).await;
    assert!(matches!(wrong, Err(AccountError::Wrong)));
    let fresh = t.app.renew_recovery(&who, PASSWORD, HOME).await.unwrap();
    let pending = to_code(&t, "hana").await;
    assert!(matches!(
        t.app.recover(&pending, &codes[1], HOME).await,
        Err(AccountError::Wrong)
    ));
    t.app.recover(&pending, &fresh[1], HOME).await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_and_unknown_logins_look_alike_and_lock_nobody_else_out() {
    let t = TestApp::new().await;
    enrolled(&t, "hana", Role::Officer).await;
    for login in ["hana", "nobody"] {
        for _ in 0..PAIR_FREE {
            let tried = t.app.sign_in(login, "wrong password!", ELSEWHERE, "").await;
            assert!(matches!(tried, Err(AccountError::Wrong)), "{login}");
        }
        let tried = t.app.sign_in(login, PASSWORD, ELSEWHERE, "").await;
        assert!(matches!(tried, Err(AccountError::Wait(1))), "{login}");
    }
    t.app
        .sign_in("hana", PASSWORD, HOME, "")
        .await
        .expect("from home all is well");
}

#[tokio::test]
async fn guessing_codes_ends_the_half_done_sign_in() {
    let t = TestApp::new().await;
    enrolled(&t, "hana", Role::Officer).await;
    let pending = to_code(&t, "hana").await;
    for from in 0..u64::from(CODE_TRIES_MAX) {
        let tried = t.app.second_factor(&pending, "000000", from).await;
        assert!(matches!(tried, Err(AccountError::Wrong)));
    }
    let tried = t.app.second_factor(&pending, "000000", 99).await;
    assert!(matches!(tried, Err(AccountError::Ended)));
}

#[tokio::test]
async fn weak_and_old_passwords_are_refused() {
    let t = TestApp::new().await;
    let (_, first) = made(&t, "hana", Role::Officer).await;
    let token = t.app.sign_in("hana", &first, HOME, "").await.unwrap();
    let pending = seen(&t, token.as_str()).await;
    let tried = |text: String| {
        let (app, pending) = (t.app.clone(), pending.clone());
        async move { app.first_password(&pending, &text).await }
    };
    let weak = [
        ("short".to_owned(), Weakness::Short),
        ("hana is my name".to_owned(), Weakness::Login),
        ("Password1234!".to_owned(), Weakness::Common),
        (first.clone(), Weakness::Same),
    ];
    for (text, why) in weak {
        let refused = tried(text).await;
        assert!(
            matches!(refused, Err(AccountError::Weak(found)) if found == why),
            "{why}"
        );
    }
}

#[tokio::test]
async fn sessions_end_by_time_by_hand_and_by_a_new_password() {
    let t = TestApp::new().await;
    let (who, phone, _, first) = enrolled(&t, "hana", Role::Officer).await;
    t.pass(60);
    let pending = to_code(&t, "hana").await;
    let second = t
        .app
        .second_factor(&pending, &phone.code(&t), HOME)
        .await
        .unwrap();
    let listed = t.app.own_sessions(&who).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed.iter().filter(|session| session.own).count(), 1);
    t.app
        .change_password(&who, PASSWORD, "another one, longer", HOME)
        .await
        .unwrap();
    assert!(
        t.app.session(second.as_str()).await.unwrap().is_none(),
        "others end"
    );
    assert!(
        t.app.session(&first).await.unwrap().is_some(),
        "the own one stays"
    );
    t.pass(SESSION_IDLE_SECONDS_MAX - 1);
    assert!(t.app.session(&first).await.unwrap().is_some());
    t.pass(SESSION_IDLE_SECONDS_MAX);
    assert!(t.app.session(&first).await.unwrap().is_none(), "idle");
}

#[tokio::test]
async fn no_session_outlives_its_day_or_a_clock_set_back() {
    let t = TestApp::new().await;
    let (.., token) = enrolled(&t, "hana", Role::Officer).await;
    for _ in 0..(SESSION_SECONDS_MAX / 1_000) {
        t.pass(1_000);
        assert!(t.app.session(&token).await.unwrap().is_some());
    }
    t.pass(1_000);
    assert!(t.app.session(&token).await.unwrap().is_none());
    t.pass(-10 * 365 * 86_400);
    assert!(t.app.session(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn rights_taken_away_are_gone_at_the_next_request() {
    let t = TestApp::new().await;
    let (admin, ..) = enrolled(&t, "ana", Role::Administrator).await;
    for way in ["disable", "role", "reset"] {
        let login = format!("hana.{way}");
        let (who, .., token) = enrolled(&t, &login, Role::Lead).await;
        let doer = Doer::Officer(&admin);
        match way {
            "disable" => t.app.set_disabled(doer, &who.account, true).await.unwrap(),
            "role" => t
                .app
                .set_role(doer, &who.account, Role::Officer)
                .await
                .unwrap(),
            _ => drop(t.app.reset_account(doer, &who.account).await.unwrap()),
        }
        assert!(t.app.session(&token).await.unwrap().is_none(), "{way}");
        let back = t.app.sign_in(&login, PASSWORD, HOME, "").await;
        assert_eq!(back.is_ok(), way == "role", "{way}");
    }
    let own = t
        .app
        .set_disabled(Doer::Officer(&admin), &admin.account, true)
        .await;
    assert!(matches!(own, Err(AccountError::Own)));
}

#[tokio::test]
async fn only_administrators_manage_and_keys_open_until_revoked() {
    let t = TestApp::new().await;
    for role in [Role::Officer, Role::Lead, Role::Auditor] {
        let (who, ..) = enrolled(&t, role.as_str(), role).await;
        let doer = Doer::Officer(&who);
        let new = NewAccount {
            login: "x1",
            name: "X",
            role,
        };
        assert!(matches!(
            t.app.create_account(doer, new).await,
            Err(AccountError::App(AppError::Denied(_)))
        ));
        assert!(matches!(
            t.app.accounts(doer).await,
            Err(AppError::Denied(_))
        ));
        assert!(matches!(
            t.app.create_api_key(doer, "x").await,
            Err(AccountError::App(AppError::Denied(_)))
        ));
        assert!(matches!(
            t.app.set_role(doer, "any", role).await,
            Err(AccountError::App(AppError::Denied(_)))
        ));
        assert!(t.app.given_up_jobs(&who).await.is_err());
    }
    let (admin, ..) = enrolled(&t, "ana", Role::Administrator).await;
    let doer = Doer::Officer(&admin);
    let (key, token) = t.app.create_api_key(doer, "Partner Ltd").await.unwrap();
    assert!(token.starts_with("cairn_") && token.len() == 58);
    assert_eq!(
        t.app.partner(&token).await.unwrap(),
        Actor::ApiKey(key.id.clone())
    );
    assert!(t.app.partner(&key.id).await.is_err());
    t.app.revoke_api_key(doer, &key.id).await.unwrap();
    assert!(t.app.partner(&token).await.is_err());
    let taken = NewAccount {
        login: "ana",
        name: "A",
        role: Role::Lead,
    };
    assert!(matches!(
        t.app.create_account(doer, taken).await,
        Err(AccountError::LoginTaken)
    ));
    let bad = NewAccount {
        login: "a b",
        name: "A",
        role: Role::Lead,
    };
    assert!(matches!(
        t.app.create_account(doer, bad).await,
        Err(AccountError::LoginForm)
    ));
}
