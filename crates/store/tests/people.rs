//! Accounts, sessions, API keys, drafts and jobs on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::account::{Account, ApiKey, EndSessions, Session, Stage};
use cairn_store::evidence::Wanted;
use cairn_store::job::{self, ATTEMPTS_MAX};
use cairn_store::signin::{Identity, PasskeyRow};
use cairn_store::writer::{Entry, Unit, WriteError};
use cairn_testkit::on_both;
use cairn_testkit::sample::{START, audit};

fn account(n: u32) -> Account {
    Account {
        id: format!("account-{n}"),
        login: format!("login{n}"),
        name: format!("Ngā Kaimahi {n}"),
        role: Role::Officer,
        password: "$argon2id$sample".into(),
        totp: n.is_multiple_of(2).then(|| vec![1, 2, 3]),
        totp_step: 0,
        recovery: "[]".into(),
        must_change: true,
        disabled: false,
        created_at: START,
        version: 1,
    }
}

fn session(n: u8, account: &str, stage: Stage) -> Session {
    Session {
        id: [n; 32],
        account: account.into(),
        public_id: format!("session-{n}"),
        agent: "Firefox".into(),
        stage,
        csrf: [n + 100; 32],
        created_at: START.plus_seconds(n.into()),
        seen_at: START.plus_seconds(n.into()),
        way: "password".into(),
        proved_at: None,
    }
}

fn passkey(n: u8, account: &str) -> PasskeyRow {
    PasskeyRow {
        id: format!("passkey-{n}"),
        account: account.into(),
        cred_id: vec![n; 32],
        name: format!("Pūrere {n}"),
        credential: r#"{"counter":1}"#.into(),
        created_at: START.plus_seconds(n.into()),
        used_at: None,
        suspect_at: None,
        version: 1,
    }
}

fn identity(n: u8, account: &str, made: bool) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: format!("subject-{n}"),
        account: account.into(),
        made,
        created_at: START,
        used_at: None,
    }
}

on_both! {
    async fn passkeys_are_added_used_once_at_a_time_stopped_and_removed(t: &mut TestStore) {
        let mut of = account(1);
        t.add_account(&of, audit(0, START)).await.unwrap();
        let (one, two) = (passkey(1, &of.id), passkey(2, &of.id));
        t.add_passkey(&of, &one, audit(1, START)).await.unwrap();
        // What was decided on an older account does not count.
        assert!(matches!(t.add_passkey(&of, &two, audit(2, START)).await, Err(WriteError::Conflict)));
        of.version += 1;
        t.add_passkey(&of, &two, audit(2, START)).await.unwrap();
        of.version += 1;
        assert_eq!(t.account(&of.id).await.unwrap().unwrap().version, of.version);
        assert!(matches!(t.add_passkey(&of, &PasskeyRow { id: "other".into(), ..one.clone() }, audit(3, START)).await, Err(WriteError::Database(_))));
        assert_eq!(t.passkeys(&of.id).await.unwrap(), [one.clone(), two.clone()]);
        assert_eq!(t.passkey_named(&[1; 32]).await.unwrap(), Some(one.clone()));
        assert_eq!(t.passkey_named(&[9; 32]).await.unwrap(), None);

        let later = START.plus_seconds(60);
        t.used_passkey(&one, r#"{"counter":2}"#, later).await.unwrap();
        assert!(matches!(t.used_passkey(&one, r#"{"counter":2}"#, later).await, Err(WriteError::Conflict)));
        let used = t.passkey_named(&[1; 32]).await.unwrap().unwrap();
        assert_eq!((used.used_at, used.credential.as_str(), used.version), (Some(later), r#"{"counter":2}"#, 2));
        t.rename_passkey(&of.id, &one.id, "Waea").await.unwrap();
        assert!(matches!(t.rename_passkey("another", &one.id, "Nāku").await, Err(WriteError::Conflict)));
        t.suspect_passkey(&one.id, later, audit(4, START)).await.unwrap();
        let stopped = t.passkey_named(&[1; 32]).await.unwrap().unwrap();
        assert_eq!((stopped.suspect_at, stopped.name.as_str()), (Some(later), "Waea"));
        assert!(matches!(t.used_passkey(&stopped, "{}", later).await, Err(WriteError::Conflict)));

        let stranger = account(3);
        t.add_account(&stranger, audit(5, START)).await.unwrap();
        assert!(matches!(t.remove_passkey(&stranger, &one.id, audit(6, START)).await, Err(WriteError::Conflict)));
        t.remove_passkey(&of, &one.id, audit(6, START)).await.unwrap();
        // Two at the same time cannot take the last one away.
        assert!(matches!(t.remove_passkey(&of, &two.id, audit(7, START)).await, Err(WriteError::Conflict)));
        assert_eq!(t.passkeys(&of.id).await.unwrap(), [two]);
    }

    async fn identities_are_of_one_account_and_a_reset_keeps_only_the_one_that_made_it(t: &mut TestStore) {
        let (made, mut other) = (account(1), account(2));
        let one = identity(1, &made.id, true);
        t.add_account_of(&made, &one, vec![audit(0, START), audit(1, START)]).await.unwrap();
        assert_eq!(t.identity(&one.issuer, "subject-1").await.unwrap(), Some(one.clone()));
        assert_eq!(t.identity("https://other.example.org", "subject-1").await.unwrap(), None);
        assert_eq!(t.identity(&one.issuer, "SUBJECT-1").await.unwrap(), None);
        t.add_account(&other, audit(2, START)).await.unwrap();
        let taken = identity(1, &other.id, false);
        assert!(matches!(t.add_identity(&other, &taken, audit(3, START)).await, Err(WriteError::Database(_))));
        let own = identity(2, &other.id, false);
        t.add_identity(&other, &own, audit(3, START)).await.unwrap();
        other.version += 1;
        let second = identity(3, &other.id, false);
        assert!(matches!(t.add_identity(&other, &second, audit(4, START)).await, Err(WriteError::Database(_))));
        let later = START.plus_seconds(9);
        t.used_identity(&own, later).await.unwrap();
        assert_eq!(t.identities(&other.id).await.unwrap()[0].used_at, Some(later));
        assert!(matches!(t.used_identity(&taken, later).await, Err(WriteError::Conflict)));

        t.add_passkey(&other, &passkey(5, &other.id), audit(5, START)).await.unwrap();
        other.version += 1;
        for of in [&made, &other] {
            t.add_session(&session(7, &of.id, Stage::Full), None, None).await.unwrap();
            t.reset_account(of, audit(6, START)).await.unwrap();
            assert!(t.sessions(&of.id).await.unwrap().is_empty());
            assert!(t.passkeys(&of.id).await.unwrap().is_empty());
        }
        assert_eq!(t.identities(&made.id).await.unwrap(), [one]);
        assert!(t.identities(&other.id).await.unwrap().is_empty());
        other.version += 1;
        t.add_identity(&other, &own, audit(7, START)).await.unwrap();
        assert!(matches!(t.remove_identity(&other, &own.issuer, audit(8, START)).await, Err(WriteError::Conflict)));
        other.version += 1;
        t.remove_identity(&other, &own.issuer, audit(8, START)).await.unwrap();
        assert!(t.identities(&other.id).await.unwrap().is_empty());
    }

    async fn a_session_remembers_when_its_officer_proved_who_they_are(t: &mut TestStore) {
        t.add_account(&account(1), audit(0, START)).await.unwrap();
        let one = Session { way: "passkey".into(), ..session(1, "account-1", Stage::Full) };
        t.add_session(&one, None, None).await.unwrap();
        assert_eq!(t.session(one.id).await.unwrap(), Some(one.clone()));
        t.prove_session(one.id, START).await.unwrap();
        assert_eq!(t.session(one.id).await.unwrap().unwrap().proved_at, Some(START));
        assert!(matches!(t.prove_session([9; 32], START).await, Err(WriteError::Conflict)));
    }

    async fn answers_are_known_by_report_and_for_a_while_by_address(t: &mut TestStore) {
        let (ana, ben) = ([1; 32], [2; 32]);
        t.note_answer(7, ana, START).await.unwrap();
        // A job may run twice.
        t.note_answer(7, ana, START.plus_seconds(1)).await.unwrap();
        assert!(t.was_answered(7).await.unwrap() && !t.was_answered(8).await.unwrap());
        assert!(t.answered_since(ana, START).await.unwrap());
        assert!(!t.answered_since(ana, START.plus_seconds(1)).await.unwrap());
        assert!(!t.answered_since(ben, START).await.unwrap());
        t.forget_answered(START.plus_seconds(1)).await.unwrap();
        assert!(t.answered_since(ana, START).await.unwrap());
        t.forget_answered(START.plus_seconds(2)).await.unwrap();
        assert!(!t.answered_since(ana, START).await.unwrap());
        assert!(t.was_answered(7).await.unwrap());
    }

    async fn accounts_are_kept_and_changed_once(t: &mut TestStore) {
        for n in 0..3 {
            t.add_account(&account(n), audit(n.into(), START)).await.unwrap();
        }
        assert_eq!(t.accounts().await.unwrap(), [account(0), account(1), account(2)]);
        assert_eq!(t.account_by_login("login1").await.unwrap(), Some(account(1)));
        assert_eq!(t.account("account-2").await.unwrap(), Some(account(2)));
        assert_eq!(t.account_by_login("nobody").await.unwrap(), None);
        let mut twin = account(9);
        twin.login = "login1".into();
        assert!(matches!(t.add_account(&twin, audit(9, START)).await, Err(WriteError::Database(_))));
        let mut changed = account(1);
        changed.role = Role::Lead;
        changed.totp = Some(vec![9]);
        changed.must_change = false;
        t.save_account(&changed, EndSessions::None, None).await.unwrap();
        assert!(matches!(t.save_account(&changed, EndSessions::None, Some(audit(8, START))).await, Err(WriteError::Conflict)));
        changed.version = 2;
        assert_eq!(t.account("account-1").await.unwrap(), Some(changed));
        assert_eq!(t.evidence(0, 10).await.unwrap().len(), 3, "what failed is not logged");
    }

    async fn sessions_begin_end_and_go_with_the_account(t: &mut TestStore) {
        t.add_account(&account(1), audit(1, START)).await.unwrap();
        t.add_session(&session(1, "account-1", Stage::Password), None, None).await.unwrap();
        let full = session(2, "account-1", Stage::Full);
        t.add_session(&full, Some([1; 32]), Some(audit(2, START))).await.unwrap();
        assert_eq!(t.session([1; 32]).await.unwrap(), None);
        assert_eq!(t.session([2; 32]).await.unwrap(), Some(full.clone()));
        for n in 3..6 {
            t.add_session(&session(n, "account-1", Stage::Full), None, None).await.unwrap();
        }
        let ids = |sessions: Vec<Session>| sessions.iter().map(|s| s.id[0]).collect::<Vec<_>>();
        assert_eq!(ids(t.sessions("account-1").await.unwrap()), [5, 4, 3, 2]);
        t.end_sessions("account-1", Some("session-4"), None, None).await.unwrap();
        assert_eq!(ids(t.sessions("account-1").await.unwrap()), [5, 3, 2]);
        t.end_sessions("somebody-else", None, None, None).await.unwrap();
        t.end_sessions("account-1", None, Some([3; 32]), None).await.unwrap();
        assert_eq!(ids(t.sessions("account-1").await.unwrap()), [3]);
        t.touch_session([3; 32], START.plus_seconds(99)).await.unwrap();
        assert_eq!(t.session([3; 32]).await.unwrap().unwrap().seen_at, START.plus_seconds(99));
        let mut gone = account(1);
        gone.disabled = true;
        t.save_account(&gone, EndSessions::None, None).await.unwrap();
        assert!(t.sessions("account-1").await.unwrap().is_empty());
    }

    async fn api_keys_work_until_revoked(t: &mut TestStore) {
        let key = ApiKey { id: "key-1".into(), name: "Example Bank".into(), created_at: START, revoked_at: None, agency: Some("police".into()) };
        t.add_api_key(&key, [5; 32], audit(1, START)).await.unwrap();
        assert_eq!(t.api_key([5; 32]).await.unwrap(), Some(key.clone()));
        assert_eq!(t.api_key([6; 32]).await.unwrap(), None);
        let later = START.plus_seconds(5);
        t.revoke_api_key("key-1", later, audit(2, START)).await.unwrap();
        assert!(matches!(t.revoke_api_key("key-1", later, audit(3, START)).await, Err(WriteError::Conflict)));
        assert_eq!(t.api_key([5; 32]).await.unwrap(), None);
        assert_eq!(t.api_keys().await.unwrap(), [ApiKey { revoked_at: Some(later), ..key }]);
        assert_eq!(t.evidence(0, 10).await.unwrap().len(), 2);
    }

    async fn a_second_writer_is_turned_away(t: &mut TestStore) {
        let error = cairn_store::Store::open(t.options()).await.unwrap_err();
        assert!(error.to_string().contains("another cairn"), "{error}");
        t.reopen().await;
        t.drop_draft([1; 32]).await.unwrap();
    }

    async fn drafts_keep_the_hour_and_expire(t: &mut TestStore) {
        let at = START.plus_seconds(1_234);
        t.save_draft([1; 32], "{\"story\":\"kupu\"}", at).await.unwrap();
        t.save_draft([1; 32], "{\"story\":\"kupu hou\"}", at).await.unwrap();
        t.save_draft([2; 32], "{}", at.plus_seconds(7_200)).await.unwrap();
        assert_eq!(t.draft([1; 32]).await.unwrap().as_deref(), Some("{\"story\":\"kupu hou\"}"));
        t.expire(at.hour(), at, at).await.unwrap();
        assert!(t.draft([1; 32]).await.unwrap().is_some(), "not older than the hour");
        t.expire(at.hour().plus_seconds(1), at, at).await.unwrap();
        assert!(t.draft([1; 32]).await.unwrap().is_none());
        assert!(t.draft([2; 32]).await.unwrap().is_some());
        t.drop_draft([2; 32]).await.unwrap();
        assert!(t.draft([2; 32]).await.unwrap().is_none());
        assert!(t.newest_checkpoint().await.unwrap().is_none(), "a draft is nobody's evidence");
    }

    async fn jobs_are_tried_again_and_given_up(t: &mut TestStore) {
        let mut unit = Unit::default();
        job::enqueue(&mut unit, "acknowledge", "{\"no\":1}", START);
        job::enqueue(&mut unit, "acknowledge", "{\"no\":2}", START.plus_seconds(60));
        t.write(unit).await.unwrap();
        let due = t.due_jobs(START, 10).await.unwrap();
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].kind.as_str(), due[0].payload.as_str(), due[0].attempts), ("acknowledge", "{\"no\":1}", 0));
        let mut at = START;
        for _ in 0..ATTEMPTS_MAX {
            let job = t.due_jobs(at, 1).await.unwrap().remove(0);
            at = at.plus_seconds(1);
            t.job_failed(&job, "connection refused", at).await.unwrap();
            assert!(t.due_jobs(Micros(at.0 - 1), 10).await.unwrap().is_empty());
        }
        let failed = t.failed_jobs(10).await.unwrap();
        assert_eq!((failed.len(), failed[0].attempts, failed[0].error.as_deref()), (1, ATTEMPTS_MAX, Some("connection refused")));
        let rest = t.due_jobs(START.plus_seconds(60), 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        t.job_done(&rest[0].id).await.unwrap();
        assert!(t.due_jobs(Micros(i64::MAX), 10).await.unwrap().is_empty());
    }
}

fn logged(n: u8, report: Option<i64>, event: &str) -> Entry {
    Entry::new(START.0, report, event.to_owned(), [n; 16])
}

on_both! {
    async fn the_trail_is_filtered_by_account_report_and_kind(t: &mut TestStore) {
        let unit = Unit {
            entries: vec![
                logged(1, None, r#"{"at":1,"by":{"user":"a-1"},"kind":"signed_in","account":"a-1"}"#),
                logged(2, Some(7), r#"{"report":7,"at":2,"by":"reporter","kind":"received"}"#),
                logged(3, None, r#"{"at":3,"by":{"user":"a-2"},"kind":"report_opened","no":7}"#),
                logged(4, None, r#"{"at":4,"by":{"user":"a-2"},"kind":"report_opened","no":77}"#),
                logged(5, Some(77), r#"{"report":77,"at":5,"by":{"user":"a-1"},"kind":"assigned","to":"a-2"}"#),
            ],
            ..Unit::default()
        };
        t.write(unit).await.unwrap();
        let own = |text: &str| Some(text.to_owned());
        for (account, report, kind, found) in [
            (None, None, None, vec![4, 3, 2, 1, 0]),
            (own("a-2"), None, None, vec![4, 3, 2]),
            (own("a-1"), None, own("signed_in"), vec![0]),
            (None, Some(7), None, vec![2, 1]),
            (None, Some(77), own("assigned"), vec![4]),
            (None, None, own("nothing"), vec![]),
        ] {
            let wanted = Wanted { account, report, kind, ..Wanted::default() };
            let rows = t.evidence_found(i64::MAX, 10, &wanted).await.unwrap();
            let indexes: Vec<i64> = rows.iter().map(|row| row.idx).collect();
            assert_eq!(indexes, found, "{wanted:?}");
        }
        let older = t.evidence_found(3, 1, &Wanted { account: own("a-2"), ..Wanted::default() }).await.unwrap();
        assert_eq!(older[0].idx, 2);
    }
}
