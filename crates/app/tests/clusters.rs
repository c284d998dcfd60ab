//! Clusters through the real store on both databases: the same as the pure library says, one decision for all reports, undone
//! in time, and always as the evidence log says.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cairn_app::account::{Doer, NewAccount, Principal, code_at};
use cairn_app::clock::Clock;
use cairn_app::cluster::{Decided, GRACE_SECONDS, Query, Texts};
use cairn_app::report::AppError;
use cairn_app::{App, Config};
use cairn_desk::cluster::{
    ClusterId, Clusters, Command, EMBEDDED, Join, Key, Member, Rules, Signature, decide, judge,
    signature,
};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Draft, MessageText};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::params;
use cairn_store::verify::Finding;
use cairn_store::writer::Unit;
use cairn_testkit::campaigns::campaigns;
use cairn_testkit::{TestStore, on_both, sample};

const START: Micros = Micros(1_795_424_400_000_000);

fn app(store: &TestStore, clock: &Clock) -> App {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    let config = Config::default();
    App::new((**store).clone(), Arc::new(form), config, clock.clone())
}

fn day(app: &App, seed: u64, count: usize) -> Vec<Draft> {
    let examples = campaigns(seed, count);
    let draft = |report| app.form.parse_json(&serde_json::to_vec(report).unwrap());
    let all = examples.iter().map(|example| draft(&example.report));
    all.collect::<Result<_, _>>().unwrap()
}

/// A report about a thing, with words of its own.
fn about(seed: u64, thing: &str, severity: u8) -> Draft {
    let mut draft = sample::draft(seed);
    draft.body.observables = cairn_kernel::observable::extract(thing);
    draft.body.severity = severity;
    draft.body.suspect = false;
    draft.body.channel = cairn_desk::report::Channel::Web;
    draft.body.language = if seed.is_multiple_of(2) { "mi" } else { "en" }.into();
    draft.body.answers.clear();
    draft.body.files.clear();
    draft
}

async fn send(app: &App, draft: &Draft) -> i64 {
    let received = app.submit(draft, Actor::Reporter, None).await.unwrap();
    received.no
}

/// Sends one and waits for its cluster.
async fn come(app: &App, draft: &Draft) -> i64 {
    let no = send(app, draft).await;
    assert_eq!(app.cluster_reports().await.unwrap(), 1);
    no
}

async fn head(app: &App, who: &Principal, report: i64) -> i64 {
    let about = app.cluster_about(who, report).await.unwrap();
    about.expect("a cluster").head
}

async fn version(app: &App, who: &Principal, cluster: i64) -> i64 {
    app.read_cluster(who, cluster).await.unwrap().version
}

async fn look(t: &TestStore) -> (u64, Vec<Finding>) {
    let (verdict, findings) = t.log_verify().await;
    (verdict.clustered, findings)
}

/// What the pure library says of the same reports.
fn pure(drafts: &[(i64, Draft, Micros)]) -> BTreeSet<BTreeSet<i64>> {
    let rules = Rules::parse(EMBEDDED).unwrap();
    let mut state = Clusters::default();
    let mut index: HashMap<Key, Vec<i64>> = HashMap::new();
    let mut known: BTreeMap<i64, (Micros, Signature)> = BTreeMap::new();
    let does = |state: &mut Clusters, command| {
        let action = state.action() + 1;
        for event in decide(state, command, action, START, &Actor::System)? {
            state.apply(&event);
        }
        Ok::<_, cairn_desk::cluster::Refusal>(())
    };
    for (no, draft, at) in drafts {
        let signature = signature(&rules, &draft.body, draft.contact.as_ref());
        let keys = signature.keys(&rules);
        let hit = keys.iter().filter_map(|key| index.get(key)).flatten();
        let heads: BTreeSet<_> = hit
            .map(|report| state.head(state.cluster_of(*report).unwrap()))
            .collect();
        let reports = heads.into_iter().flat_map(|head| state.reports(head));
        let members: Vec<Member> = reports
            .map(|report| Member {
                report,
                cluster: state.cluster_of(report).unwrap(),
                head: state.head(state.cluster_of(report).unwrap()),
                at: known[&report].0,
                signature: known[&report].1.clone(),
            })
            .collect();
        let join = judge(&rules, &signature, *at, &members);
        let fresh = ClusterId(state.ids().last().map_or(1, |id| id.0 + 1));
        let arrive = Command::Arrive {
            report: *no,
            severity: draft.body.severity,
            join: join.clone(),
            fresh,
        };
        does(&mut state, arrive).unwrap();
        if let Join::Cluster { cluster, also, .. } = join {
            for (from, why) in also {
                let into = cluster;
                let _linked = does(&mut state, Command::Merge { from, into, why });
            }
        }
        for key in keys {
            index.entry(key).or_default().push(*no);
        }
        known.insert(*no, (*at, signature));
    }
    let heads: BTreeSet<_> = state.ids().map(|id| state.head(id)).collect();
    heads.into_iter().map(|head| state.reports(head)).collect()
}

on_both! {
    async fn a_day_falls_into_the_clusters_of_the_pure_library_also_after_a_restart(t: &mut TestStore) {
        let clock = Clock::fixed(START);
        let mut app = app(t, &clock);
        let who = officer(&app).await;
        let (mut sent, all) = (Vec::new(), day(&app, 3, 60));
        for (nth, draft) in all.iter().enumerate() {
            clock.set(START.plus_seconds(150 * nth as i64));
            let at = if draft.body.anonymous { clock.now().hour() } else { clock.now() };
            sent.push((send(&app, draft).await, draft.clone(), at));
            if nth == 30 {
                assert_eq!(app.cluster_reports().await.unwrap(), 31);
                assert_eq!(app.cluster_reports().await.unwrap(), 0, "each once");
                // The process ends with reports that nobody has looked at.
                drop(app);
                t.reopen().await;
                app = self::app(t, &clock);
            }
        }
        while app.cluster_reports().await.unwrap() > 0 {}
        let mut found: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for (no, ..) in &sent {
            found.entry(head(&app, &who, *no).await).or_default().insert(*no);
        }
        let found: BTreeSet<BTreeSet<i64>> = found.into_values().collect();
        assert_eq!(found, pure(&sent));
        assert!(found.iter().any(|cluster| cluster.len() > 3), "{found:?}");
        assert_eq!(look(t).await, (60, vec![]));
        let list = app.clusters(&who, Query::default()).await.unwrap();
        let most = list.lines.iter().max_by_key(|line| line.size).unwrap();
        assert!(!most.row.why.is_empty() && !most.row.shared.is_empty());
        assert_eq!(most.size as u32, most.row.reports);
    }

    async fn one_decision_serves_all_and_who_joins_later(t: &mut TestStore) {
        let clock = Clock::fixed(START);
        let app = app(t, &clock);
        let who = officer(&app).await;
        let thing = "https://evil.example/pay-here";
        let one = come(&app, &about(1, thing, 5)).await;
        let two = come(&app, &about(2, thing, 5)).await;
        let other = come(&app, &about(3, "https://other.example/shop", 5)).await;
        let cluster = head(&app, &who, one).await;
        assert_eq!(head(&app, &who, two).await, cluster);
        assert_ne!(head(&app, &who, other).await, cluster);
        let category = app.form.taxonomy().categories()[0].code.clone();
        let words = |text: &str| MessageText::parse(text).unwrap();
        let texts = Texts::from([("en".into(), words("Block it.")), ("mi".into(), words("Aukatia."))]);
        let decided = || Decided {
            category: Some((category.clone(), None)),
            reply: texts.clone(),
            ..Decided::default()
        };
        let seen = version(&app, &who, cluster).await;
        app.decide_cluster(&who, cluster, seen, decided()).await.unwrap();
        let stale = app.decide_cluster(&who, cluster, seen, decided()).await;
        assert!(matches!(stale, Err(AppError::Conflict)), "{stale:?}");
        // In time to be undone: nothing has left the house.
        assert_eq!(app.carry_out_decisions().await.unwrap(), 0);
        let whole = app.read_cluster(&who, cluster).await.unwrap();
        let undo = whole.history.iter().find(|line| line.undoable).unwrap().event.action;
        app.undo_cluster(&who, cluster, whole.version, undo).await.unwrap();
        clock.set(START.plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 0);
        assert_eq!(t.messages(one).await.unwrap().len(), 0);
        // Once more, and this time it is done.
        app.decide_cluster(&who, cluster, version(&app, &who, cluster).await, decided()).await.unwrap();
        clock.set(START.plus_seconds(2 * GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 2);
        assert_eq!(app.carry_out_decisions().await.unwrap(), 0, "each once");
        assert_eq!(t.messages(one).await.unwrap()[0].text, "Block it.");
        assert_eq!(t.messages(two).await.unwrap()[0].text, "Aukatia.");
        assert_eq!(t.report(two).await.unwrap().unwrap().category, category);
        let whole = app.read_cluster(&who, cluster).await.unwrap();
        let (decision, ..) = whole.decision.unwrap();
        let late = app.undo_cluster(&who, cluster, whole.version, decision).await;
        assert!(matches!(late, Err(AppError::Cluster(_))), "{late:?}");
        // A joiner gets it; one that is worse does not, until somebody has looked.
        let joiner = come(&app, &about(4, thing, 6)).await;
        let worse = come(&app, &about(5, thing, 2)).await;
        clock.set(START.plus_seconds(3 * GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 1);
        assert_eq!(t.messages(joiner).await.unwrap()[0].text, "Aukatia.");
        let about_joiner = app.cluster_about(&who, joiner).await.unwrap().unwrap();
        assert!(!about_joiner.held && about_joiner.events.len() == 2 && about_joiner.why[0].with == one);
        assert!(app.cluster_about(&who, worse).await.unwrap().unwrap().held);
        assert_eq!(t.messages(worse).await.unwrap().len(), 0);
        app.decide_held(&who, cluster, version(&app, &who, cluster).await).await.unwrap();
        clock.set(START.plus_seconds(4 * GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 4);
        assert_eq!(t.messages(worse).await.unwrap().len(), 1);
        assert_eq!(t.messages(one).await.unwrap().len(), 1, "nobody is told the same twice");
        assert_eq!(look(t).await, (5, vec![]));
    }

    /// Neither that an anonymous report joined nor what followed from it tells more of its coming than the hour.
    async fn clusters_keep_the_hour_of_an_anonymous_report_only(t: &mut TestStore) {
        let clock = Clock::fixed(START);
        let app = app(t, &clock);
        let who = officer(&app).await;
        let thing = "https://evil.example/pay-here";
        let anonymous = |seed| {
            let mut draft = about(seed, thing, 5);
            draft.body.anonymous = true;
            draft.contact = None;
            draft
        };
        let first = come(&app, &about(1, thing, 5)).await;
        let cluster = head(&app, &who, first).await;
        let category = app.form.taxonomy().categories()[0].code.clone();
        let reply = Texts::from([("en".into(), MessageText::parse("Block it.").unwrap())]);
        let decided = Decided { category: Some((category, None)), reply, ..Decided::default() };
        app.decide_cluster(&who, cluster, version(&app, &who, cluster).await, decided).await.unwrap();
        // What can still be undone is not done before its time, and that tells of the decision alone.
        clock.set(START.plus_seconds(7));
        let early = come(&app, &anonymous(2)).await;
        assert_eq!(app.carry_out_decisions().await.unwrap(), 0);
        clock.set(START.plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 2);
        clock.set(START.plus_seconds(3_600 + 777));
        let hour = clock.now().hour();
        let late = come(&app, &anonymous(3)).await;
        clock.set(START.plus_seconds(3_600 + 779));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 1);
        for (no, wanted) in [(early, START.plus_seconds(GRACE_SECONDS)), (late, hour)] {
            assert_eq!(t.messages(no).await.unwrap()[0].at, wanted);
            let own = app.cluster_about(&who, no).await.unwrap().unwrap();
            assert_eq!(own.events.len(), 2, "joined, and the decision");
            let came = t.report(no).await.unwrap().unwrap().received_at;
            assert!(own.events.iter().all(|(_, event)| event.at == came && came == came.hour()));
        }
        for row in t.history(late).await.unwrap() {
            let event: serde_json::Value = serde_json::from_str(&row.event).unwrap();
            assert_eq!(event["at"], hour.0, "{}", row.event);
        }
        assert_eq!(look(t).await, (3, vec![]));
    }

    async fn splits_moves_links_and_arrivals_leave_each_report_in_one_cluster(t: &mut TestStore) {
        let clock = Clock::fixed(START);
        let app = app(t, &clock);
        let who = officer(&app).await;
        let things = ["https://a.example/x", "https://b.example/y", "https://c.example/z"];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut dice = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut reports: Vec<i64> = Vec::new();
        let (mut done, mut refused) = (0, 0);
        for step in 0..60 {
            clock.set(START.plus_seconds(step));
            if step < 6 || dice(3) == 0 {
                reports.push(come(&app, &about(100 + step as u64, things[dice(3)], 5)).await);
                continue;
            }
            let (one, two) = (reports[dice(reports.len())], reports[dice(reports.len())]);
            let (here, there) = (head(&app, &who, one).await, head(&app, &who, two).await);
            let (seen, name) = (version(&app, &who, here).await, app.reference(one));
            let result = match dice(4) {
                0 => app.split_cluster(&who, here, seen, &[&name]).await,
                1 => app.move_reports(&who, (here, there), seen, &[&name]).await,
                2 => app.link_cluster(&who, (here, there), seen).await,
                _ => {
                    let whole = app.read_cluster(&who, here).await.unwrap();
                    let undo = whole.history.iter().find(|line| line.undoable);
                    match undo.map(|line| line.event.action) {
                        Some(action) => app.undo_cluster(&who, here, seen, action).await,
                        None => continue,
                    }
                }
            };
            match result {
                Ok(()) => done += 1,
                Err(AppError::Cluster(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(done > 10, "{done} done, {refused} refused");
        let (clustered, findings) = look(t).await;
        assert_eq!((clustered as usize, findings), (reports.len(), vec![]));
        let all = Query { all: true, single: true, ..Query::default() };
        let lines = app.clusters(&who, all).await.unwrap();
        assert!(!lines.more);
        let total: i64 = lines.lines.iter().map(|line| line.size).sum();
        assert_eq!(total as usize, reports.len(), "each report is in exactly one");
    }

    async fn what_was_changed_behind_the_log_is_found(t: &mut TestStore) {
        let clock = Clock::fixed(START);
        let app = app(t, &clock);
        let who = officer(&app).await;
        let thing = "https://evil.example/pay-here";
        let one = come(&app, &about(1, thing, 5)).await;
        come(&app, &about(2, thing, 5)).await;
        let cluster = head(&app, &who, one).await;
        let reply = Texts::from([("en".into(), MessageText::parse("Block it.").unwrap())]);
        let decided = Decided { reply, ..Decided::default() };
        app.decide_cluster(&who, cluster, version(&app, &who, cluster).await, decided).await.unwrap();
        assert_eq!(look(t).await, (2, vec![]));
        for (sql, back, table) in [
            (
                "UPDATE cluster_member SET cluster = cluster + 7 WHERE report = $1",
                "UPDATE cluster_member SET cluster = cluster - 7 WHERE report = $1",
                "cluster_member",
            ),
            (
                "UPDATE cluster SET size = size + 1 WHERE newest > $1",
                "UPDATE cluster SET size = size - 1 WHERE newest > $1",
                "cluster",
            ),
            (
                "UPDATE cluster_reply SET text = 'Pay.' WHERE id <> '' AND $1 > 0",
                "UPDATE cluster_reply SET text = '{\"en\":\"Block it.\"}' WHERE id <> '' AND $1 > 0",
                "cluster_reply",
            ),
        ] {
            let mut unit = Unit::default();
            unit.expect(1, sql, params![one]);
            t.write(unit).await.unwrap();
            let (_, findings) = look(t).await;
            let tables: Vec<_> = findings.iter().map(|finding| finding.table).collect();
            assert_eq!(tables, [table], "{findings:?}");
            let mut unit = Unit::default();
            unit.expect(1, back, params![one]);
            t.write(unit).await.unwrap();
        }
        assert_eq!(look(t).await, (2, vec![]));
    }
}

/// An officer, signed in.
async fn officer(app: &App) -> Principal {
    let new = NewAccount {
        login: "officer",
        name: "Officer",
        role: Role::Officer,
    };
    let (_, first) = app.create_account(Doer::System, new).await.unwrap();
    let token = app.sign_in("officer", &first, 0, "test").await.unwrap();
    let half = app.session(token.as_str()).await.unwrap().unwrap();
    let token = app
        .first_password(&half, "kererū over the hill")
        .await
        .unwrap();
    let half = app.session(token.as_str()).await.unwrap().unwrap();
    let secret = app.enrolment(&half).unwrap().secret;
    let code = code_at(&base32(&secret), app.clock.now());
    let (token, _) = app.enrol(&half, &code, 0).await.unwrap();
    let seen = app.session(token.as_str()).await.unwrap().unwrap();
    seen.principal().unwrap()
}

/// RFC 4648, without padding.
fn base32(text: &str) -> Vec<u8> {
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match c {
            b'2'..=b'7' => c - b'2' + 26,
            letter => letter.to_ascii_uppercase() - b'A',
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((buffer >> bits) & 255).unwrap());
        }
    }
    out
}
