//! Tokens and webhooks, the same on both databases: what is kept, how a cursor moves, and that verifying sees what was changed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::token::TokenRow;
use cairn_store::verify::Finding;
use cairn_store::webhook::{Delivery, Tried, Webhook};
use cairn_store::writer::{Entry, Unit, WriteError};
use cairn_testkit::sample::Dice;
use cairn_testkit::{TestStore, on_both};

async fn wrong(t: &TestStore) -> Vec<String> {
    t.log_verify().await.1.iter().map(Finding::place).collect()
}

fn entry(at: i64, change: AccountChange) -> Entry {
    let event = AccountEvent {
        at: Micros(at),
        by: Actor::User("a1".into()),
        change,
    };
    let json = serde_json::to_string(&event).unwrap();
    Entry::new(at, None, json, Dice::new(at as u64).bytes())
}

async fn token(t: &TestStore, id: &str, at: i64) {
    let tag = [at as u8; 32];
    let row = TokenRow {
        id: id.into(),
        account: "a1".into(),
        name: "scripts".into(),
        acts: true,
        created_at: Micros(at),
        until: Micros(1_000_000),
        used_on: None,
        ended_at: None,
    };
    let made = AccountChange::TokenMade {
        token: id.into(),
        account: "a1".into(),
        acts: true,
        until: row.until,
        digest: sha256(&tag).hex(),
    };
    t.add_token(&row, tag, entry(at, made)).await.unwrap();
}

async fn webhook(t: &TestStore, id: &str) -> Webhook {
    let hook = Webhook {
        id: id.into(),
        url: "https://siem.example.org/".into(),
        description: "the SIEM".into(),
        events: "[\"case.opened\"]".into(),
        live: true,
        secret: vec![1, 2, 3],
        old_secret: None,
        created_at: Micros(5),
        cursor: t.log_end().await.unwrap(),
        wait_until: Micros(0),
        failing_since: None,
        off_why: None,
        version: 1,
    };
    let set = AccountChange::WebhookSet {
        webhook: id.into(),
        to: "siem.example.org".into(),
        digest: sha256(hook.url.as_bytes()).hex(),
        events: vec!["case.opened".into()],
        live: true,
    };
    t.add_webhook(&hook, entry(20, set)).await.unwrap();
    hook
}

fn delivery(id: &str, n: i64, next_at: i64) -> Delivery {
    Delivery {
        id: id.into(),
        n,
        kind: "case.opened".into(),
        body: "{}".into(),
        made_at: Micros(n),
        state: "due".into(),
        next_at: Micros(next_at),
        attempts: 0,
        tried: None,
    }
}

async fn meddle(t: &TestStore, sql: &'static str) {
    let mut unit = Unit::default();
    unit.exec(sql, Vec::new());
    t.write(unit).await.unwrap();
}

on_both! {
    async fn a_token_lives_until_it_is_ended_and_the_log_knows_all_of_it(t: &mut TestStore) {
        token(t, "t1", 10).await;
        token(t, "t2", 11).await;
        let found = t.token([10; 32]).await.unwrap().unwrap();
        assert!(found.is_live(Micros(999_999)) && !found.is_live(Micros(1_000_000)));
        let used = |day| entry(12 + day, AccountChange::TokenUsed { token: "t1".into(), day });
        t.token_used("t1", 3, used(3)).await.unwrap();
        let again = t.token_used("t1", 3, used(3)).await;
        assert!(matches!(again, Err(WriteError::Conflict)));
        t.token_used("t1", 4, used(4)).await.unwrap();
        let ended = || entry(30, AccountChange::TokenEnded { token: "t1".into() });
        t.end_token("t1", Micros(30), ended()).await.unwrap();
        let again = t.end_token("t1", Micros(30), ended()).await;
        assert!(matches!(again, Err(WriteError::Conflict)));
        let found = t.token([10; 32]).await.unwrap().unwrap();
        assert_eq!((found.used_on, found.ended_at), (Some(4), Some(Micros(30))));
        assert_eq!(t.tokens("a1").await.unwrap().len(), 2);
        let live: Vec<_> = t.live_tokens(Micros(40)).await.unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(live, ["t2"]);
        assert!(wrong(t).await.is_empty());
        for (change, back, place) in [
            ("UPDATE token SET ended_at = NULL WHERE id = 't1'", "UPDATE token SET ended_at = 30 WHERE id = 't1'", "token t1"),
            ("UPDATE token SET until = 9000000 WHERE id = 't2'", "UPDATE token SET until = 1000000 WHERE id = 't2'", "token t2"),
            ("UPDATE token SET account = 'a2' WHERE id = 't2'", "UPDATE token SET account = 'a1' WHERE id = 't2'", "token t2"),
            ("UPDATE token SET acts = FALSE WHERE id = 't2'", "UPDATE token SET acts = TRUE WHERE id = 't2'", "token t2"),
        ] {
            meddle(t, change).await;
            assert_eq!(wrong(t).await, [place], "{change}");
            meddle(t, back).await;
        }
        assert!(wrong(t).await.is_empty());
        meddle(t, "DELETE FROM token WHERE id = 't2'").await;
        assert_eq!(wrong(t).await, ["token t2"]);
    }

    async fn a_webhook_is_told_each_entry_once(t: &mut TestStore) {
        let hook = webhook(t, "w1").await;
        let all = [delivery("evt_1", 1, 100), delivery("evt_2", 2, 50)];
        t.webhook_follow(&hook, hook.cursor + 2, &all).await.unwrap();
        // Whoever read the same entries in the same moment changes nothing.
        let again = t.webhook_follow(&hook, hook.cursor + 2, &all).await;
        assert!(matches!(again, Err(WriteError::Conflict | WriteError::Duplicate)));
        assert_eq!(t.waiting_deliveries("w1").await.unwrap(), 2);
        let due = t.due_deliveries("w1", Micros(60), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        let mut one = due[0].clone();
        assert_eq!(one.id, "evt_2");
        one.state = "done".into();
        one.attempts = 1;
        one.tried = Some(Tried { at: Micros(61), millis: 7, status: Some(204), fault: None, answer: Some(String::new()) });
        t.delivery_tried(("w1", Micros(0), None), &one).await.unwrap();
        let found = t.deliveries("w1").await.unwrap();
        assert_eq!(found[0], one);
        let mut other = found[1].clone();
        other.attempts = 1;
        other.next_at = Micros(500);
        other.tried = Some(Tried { at: Micros(110), fault: Some("no route".into()), ..Tried::default() });
        t.delivery_tried(("w1", Micros(500), Some(Micros(110))), &other).await.unwrap();
        let now = t.webhook("w1").await.unwrap().unwrap();
        assert_eq!((now.cursor, now.wait_until, now.failing_since), (hook.cursor + 2, Micros(500), Some(Micros(110))));
        t.delivery_again("w1", "evt_2", Micros(600)).await.unwrap();
        assert_eq!(t.waiting_deliveries("w1").await.unwrap(), 2);
        assert_eq!(t.webhook("w1").await.unwrap().unwrap().wait_until, Micros(0));
        t.forget_deliveries(Micros(1_000), Micros(0)).await.unwrap();
        assert_eq!(t.deliveries("w1").await.unwrap().len(), 2, "what waits is kept");
    }

    async fn secrets_turn_and_webhooks_end(t: &mut TestStore) {
        let hook = webhook(t, "w1").await;
        let secret = || entry(30, AccountChange::WebhookSecret { webhook: "w1".into() });
        t.webhook_secret(&hook, vec![9], Micros(77), secret()).await.unwrap();
        let stale = t.webhook_secret(&hook, vec![8], Micros(77), secret()).await;
        assert!(matches!(stale, Err(WriteError::Conflict)));
        let now = t.webhook("w1").await.unwrap().unwrap();
        assert_eq!((now.secret.clone(), now.old_secret.clone()), (vec![9], Some((vec![1, 2, 3], Micros(77)))));
        t.forget_deliveries(Micros(0), Micros(78)).await.unwrap();
        assert_eq!(t.webhook("w1").await.unwrap().unwrap().old_secret, None);
        assert!(wrong(t).await.is_empty());
        meddle(t, "UPDATE webhook SET url = 'https://other.example.org/'").await;
        assert_eq!(wrong(t).await, ["webhook w1"]);
        meddle(t, "UPDATE webhook SET url = 'https://siem.example.org/'").await;
        let off = || entry(40, AccountChange::WebhookOff { webhook: "w1".into(), why: "gone".into() });
        t.webhook_off("w1", "gone", off()).await.unwrap();
        assert!(matches!(t.webhook_off("w1", "gone", off()).await, Err(WriteError::Conflict)));
        let off = t.webhook("w1").await.unwrap().unwrap();
        assert_eq!((off.live, off.off_why.as_deref()), (false, Some("gone")));
        assert!(wrong(t).await.is_empty());
        let gone = entry(50, AccountChange::WebhookRemoved { webhook: "w1".into() });
        t.remove_webhook("w1", gone).await.unwrap();
        assert!(t.webhooks().await.unwrap().is_empty());
        assert!(wrong(t).await.is_empty());
    }
}
