//! Search, saved views and the block list, the same on both databases. What is found is held against a filter over all
//! reports in memory, written without a look at how the store does it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::collections::BTreeSet;

use cairn_desk::observable::{Block, Change, Event, Standing};
use cairn_desk::report::{Command, Draft};
use cairn_desk::search::{NOBODY, Set, Wanted};
use cairn_desk::view::View;
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use cairn_store::Store;
use cairn_store::observable::{Told, digest, tell};
use cairn_store::report::{Order, Page, Summary};
use cairn_store::verify;
use cairn_store::view::Saved;
use cairn_store::writer::{Entry, WriteError};
use cairn_testkit::sample::{self, Dice, START, Sample, act};
use cairn_testkit::{TestStore, on_both};

/// One report as the filter in memory sees it.
struct Known {
    row: Summary,
    draft: Draft,
    contact: bool,
}

const DAY: i64 = 24 * 3_600;

/// Eighty reports over forty days, some of them worked on.
async fn fill(t: &TestStore) -> Vec<Known> {
    let mut all = Vec::new();
    for seed in 0..80 {
        let at = START.plus_seconds(seed as i64 * DAY / 2);
        let sample = Sample::new(t, seed, at);
        sample.send(t).await.unwrap();
        let (no, officer) = (sample.no, Actor::User("officer-1".into()));
        let mut contact = sample.contact.is_some();
        if seed % 4 == 1 {
            let to = Some(format!("officer-{}", seed % 3));
            act(t, no, officer.clone(), Command::Assign { to }, None)
                .await
                .unwrap();
        }
        if seed % 5 == 0 {
            let outcome = "advice_given".into();
            act(t, no, officer.clone(), Command::Close { outcome }, None)
                .await
                .unwrap();
        }
        if seed % 7 == 0 && contact {
            act(t, no, officer, Command::EraseContact, None)
                .await
                .unwrap();
            contact = false;
        }
        all.push(Known {
            row: t.report(no).await.unwrap().unwrap(),
            draft: sample.draft,
            contact,
        });
    }
    all
}

fn in_set(set: &Set, value: Option<&str>) -> bool {
    let is = |list: &[String]| value.is_some_and(|value| list.iter().any(|one| one == value));
    (set.any.is_empty() || is(&set.any)) && !is(&set.none)
}

/// What is asked, told plainly.
fn matches(known: &Known, wanted: &Wanted) -> bool {
    let (row, body) = (&known.row, &known.draft.body);
    let text = known.draft.search_text.replace(['.', '@', '-', '_'], " ");
    let words: Vec<&str> = text.split(' ').collect();
    let has_word = |word: &str, prefix: bool| {
        words
            .iter()
            .any(|one| *one == word || (prefix && one.starts_with(word)))
    };
    let has_all = wanted
        .words
        .iter()
        .enumerate()
        .all(|(n, word)| has_word(word, wanted.prefix && n + 1 == wanted.words.len()));
    let agreed = |agency: &String| known.draft.consents.contains(agency);
    let minor = |(least, most): (i64, i64)| row.loss_minor.is_some_and(|m| least <= m && m <= most);
    let (from, to) = wanted.received;
    has_all
        && !wanted.without.iter().any(|word| has_word(word, false))
        && wanted
            .observables
            .iter()
            .all(|one| body.observables.contains(one))
        && !wanted
            .without_observables
            .iter()
            .any(|one| body.observables.contains(one))
        && in_set(&wanted.category, Some(&row.category))
        && in_set(&wanted.subtype, row.subtype.as_deref())
        && in_set(&wanted.state, Some(&row.state))
        && in_set(
            &wanted.assignee,
            Some(row.assignee.as_deref().unwrap_or(NOBODY)),
        )
        && in_set(&wanted.language, Some(&row.language))
        && in_set(&wanted.region, row.region.as_deref())
        && in_set(&wanted.sector, row.sector.as_deref())
        && in_set(&wanted.loss, Some(&row.loss))
        && (wanted.severity.is_empty() || wanted.severity.contains(&row.severity))
        && wanted.loss_minor.is_none_or(minor)
        && from.is_none_or(|from| row.received_at >= from)
        && to.is_none_or(|to| row.received_at < to)
        && wanted
            .some_loss
            .is_none_or(|yes| yes != body.losses.is_empty())
        && wanted.contact.is_none_or(|yes| yes == known.contact)
        && wanted.files.is_none_or(|yes| yes != body.files.is_empty())
        && wanted.help.is_none_or(|yes| yes == body.wants_help)
        && wanted.consent.iter().all(agreed)
        && !wanted.no_consent.iter().any(agreed)
        && !wanted.nothing
}

fn set(dice: &mut Dice, codes: &[&str]) -> Set {
    let mut some = |seldom: u64| -> Vec<String> {
        let chosen = codes.iter().filter(|_| dice.one_in(seldom));
        chosen.map(|code| (*code).to_owned()).collect()
    };
    Set {
        any: some(3),
        none: some(6),
    }
}

/// A question made by dice: a few filters at a time.
fn wanted(seed: u64) -> Wanted {
    let dice = &mut Dice::new(seed);
    let mut w = Wanted::default();
    let flag = |dice: &mut Dice| Some(dice.one_in(2));
    let seen = |n: u64| Observable {
        kind: Kind::Domain,
        value: format!("bank-{n}.example"),
    };
    for _ in 0..1 + dice.below(4) {
        match dice.below(20) {
            0 => w.category = set(dice, &sample::CATEGORIES),
            1 => w.subtype = set(dice, &["by_mail", "other"]),
            2 => w.state = set(dice, &["received", "open", "waiting", "closed"]),
            3 => w.state.none = vec!["closed".into()],
            4 => w.assignee = set(dice, &["officer-0", "officer-1", NOBODY]),
            5 => w.assignee.any = vec!["officer-1".into()],
            6 => w.language = set(dice, &["en", "mi"]),
            7 => w.region = set(dice, &["NZ-NTL", "NZ-WGN"]),
            8 => w.sector = set(dice, &["education", "energy"]),
            9 => w.loss = set(dice, &["yes", "no", "not_known"]),
            10 => w.severity = (1..=6).filter(|_| dice.one_in(2)).collect(),
            11 => w.loss_minor = Some((dice.below(500_000) as i64, i64::MAX)),
            12 => w.loss_minor = Some((i64::MIN, dice.below(900_000) as i64)),
            13 => {
                let from = START.plus_seconds(dice.below(40) as i64 * DAY);
                w.received = (
                    Some(from),
                    dice.one_in(2).then(|| from.plus_seconds(9 * DAY)),
                );
            }
            14 => w.contact = flag(dice),
            15 => w.files = flag(dice),
            16 => {
                w.some_loss = flag(dice);
                w.help = flag(dice);
            }
            17 => w.consent = vec!["police".into(), "netsafe".into()],
            18 => w.no_consent = vec!["netsafe".into()],
            _ => {
                w.words = vec![(*dice.pick(&["bank", "whangarei", "energy"])).to_owned()];
                w.prefix = dice.one_in(2);
                if dice.one_in(2) {
                    w.without = vec!["post".into()];
                }
                if dice.one_in(3) {
                    w.observables = vec![seen(dice.below(50))];
                }
                if dice.one_in(4) {
                    w.without_observables = vec![seen(dice.below(50))];
                }
            }
        }
    }
    w
}

/// Every page of what is found.
async fn pages(t: &TestStore, wanted: &Wanted, order: Order, limit: usize) -> Vec<Summary> {
    let mut all: Vec<Summary> = Vec::new();
    let mut after = None;
    loop {
        let page = Page {
            order,
            after,
            limit,
        };
        let found = t.search(wanted, &page).await.unwrap();
        assert!(found.rows.len() <= limit);
        assert_eq!(found.further, None, "so few reports are all looked at");
        let Some(last) = found.rows.last() else {
            return all;
        };
        after = Some((i64::from(last.severity), last.no));
        all.extend(found.rows);
    }
}

async fn find(t: &TestStore, wanted: &Wanted) -> Vec<i64> {
    let rows = pages(t, wanted, Order::Newest, 100).await;
    rows.into_iter().map(|row| row.no).collect()
}

fn note(no: i64, n: i64, by: &str, change: Change) -> (Event, Entry) {
    let event = Event {
        observable: no,
        at: Micros(START.0 + n),
        by: Actor::User(by.into()),
        change,
    };
    let json = serde_json::to_string(&event).unwrap();
    let entry = Entry::new(event.at.0, None, json, [n as u8; 16]);
    (event, entry)
}

const WHY: ([u8; 16], &str) = ([7; 16], "Two people lost money there.");

fn noted() -> Change {
    Change::Noted {
        digest: salted(&WHY.0, WHY.1.as_bytes()).hex(),
        corrects: None,
    }
}

/// Names an observable, asks for the block list, and agrees.
async fn block(t: &TestStore, no: i64, one: &Observable) -> Standing {
    let salt = [no as u8; 16];
    let named = Change::Named {
        digest: digest(&salt, one),
    };
    let mut standing = Standing::default();
    let asked = [named, noted(), Change::BlockAsked].map(|change| note(no, 1, "a", change));
    let told = Told {
        no,
        new: Some((one, salt)),
        before: &standing.clone(),
        events: asked.into(),
        note: Some(WHY),
    };
    for (event, _) in &told.events {
        standing.apply(event);
    }
    t.write(tell(told)).await.unwrap();
    let agreed = note(no, 2, "b", Change::BlockAgreed);
    let before = standing.clone();
    standing.apply(&agreed.0);
    let told = Told {
        no,
        new: None,
        before: &before,
        events: vec![agreed],
        note: None,
    };
    t.write(tell(told)).await.unwrap();
    standing
}

/// The places at which `cairn log verify` finds something wrong.
async fn wrong(t: &TestStore) -> Vec<String> {
    let findings = t.log_verify().await.1;
    findings.iter().map(verify::Finding::place).collect()
}

on_both! {
    async fn a_search_finds_what_a_filter_over_all_reports_finds(t: &mut TestStore) {
        let all = fill(t).await;
        let (mut some, mut none) = (0, 0);
        for seed in 0..250 {
            let wanted = wanted(seed);
            let mut expected: Vec<Summary> =
                all.iter().filter(|known| matches(known, &wanted)).map(|known| known.row.clone()).collect();
            expected.reverse();
            if expected.is_empty() { none += 1 } else { some += 1 }
            assert_eq!(pages(t, &wanted, Order::Newest, 7).await, expected, "{seed} {wanted:?}");
            let open = wanted.state.none == ["closed"] && wanted.words.is_empty() && wanted.observables.is_empty();
            if open {
                expected.sort_by_key(|row| row.severity);
                assert_eq!(pages(t, &wanted, Order::Severe, 7).await, expected, "{seed} {wanted:?}");
            }
        }
        assert!(some > 100 && none > 10, "the dice make questions of both kinds: {some}, {none}");
    }

    async fn words_are_left_out_beside_others(t: &mut TestStore) {
        let mut numbers = Vec::new();
        for (seed, text) in [(1, "he pānui mō te tāke"), (2, "a notice about tax"), (3, "tax and post")] {
            let mut draft = sample::draft(seed);
            draft.search_text = fold(text);
            let sample = Sample::of(t, draft, seed, START);
            sample.send(t).await.unwrap();
            numbers.push(sample.no);
        }
        let words = |words: &[&str], without: &[&str], prefix| Wanted {
            words: words.iter().map(|w| fold(w)).collect(),
            without: without.iter().map(|w| fold(w)).collect(),
            prefix,
            ..Wanted::default()
        };
        assert_eq!(find(t, &words(&["TAX"], &[], false)).await, [numbers[2], numbers[1]]);
        assert_eq!(find(t, &words(&["tax"], &["Post"], false)).await, [numbers[1]]);
        assert_eq!(find(t, &words(&["ta"], &[], true)).await, [numbers[2], numbers[1], numbers[0]]);
        assert_eq!(find(t, &words(&["ta"], &[], false)).await, [0_i64; 0]);
        assert_eq!(find(t, &words(&["take"], &["panui"], false)).await, [0_i64; 0]);
        for hostile in ["\"", "*", "a\" OR \"b", "' | 'b", "(", ")", "&", "NOT", "\\"] {
            let _harmless = find(t, &words(&["tax"], &[hostile], true)).await;
            let _harmless = find(t, &words(&[hostile], &["tax"], true)).await;
        }
    }

    async fn what_no_index_serves_is_looked_at_so_far_and_no_further(t: &mut TestStore) {
        let old = Sample::new(t, 1, START);
        old.send(t).await.unwrap();
        // Numbers that were never used are passed over as quickly as reports that do not match.
        for _ in 0..cairn_store::report::LOOKED_ROWS_MAX {
            let _unused = t.next_report();
        }
        let new = Sample::new(t, 2, START);
        new.send(t).await.unwrap();
        let everything = Wanted { language: Set { any: vec!["en".into(), "mi".into()], none: vec![] }, ..Wanted::default() };
        let page = |after| Page { order: Order::Newest, after, limit: 50 };
        let found = t.search(&everything, &page(None)).await.unwrap();
        assert_eq!(found.rows.iter().map(|row| row.no).collect::<Vec<_>>(), [new.no]);
        let further = found.further.unwrap();
        let found = t.search(&everything, &page(Some(further))).await.unwrap();
        assert_eq!(found.rows.iter().map(|row| row.no).collect::<Vec<_>>(), [old.no]);
        assert_eq!(found.further, None);
        let plain = t.search(&Wanted::default(), &page(None)).await.unwrap();
        assert_eq!((plain.rows.len(), plain.further), (2, None), "without a filter all are listed");
    }

    async fn words_of_long_ago_are_found_whatever_came_since(t: &mut TestStore) {
        let story = async |seed: u64, text: &str| {
            let mut draft = sample::draft(seed);
            draft.search_text = fold(text);
            let sample = Sample::of(t, draft, seed, START);
            sample.send(t).await.unwrap();
            sample.no
        };
        let old = [story(1, "kelp and tuatara").await, story(2, "tuatara").await, story(3, "kelp").await];
        for _ in 0..50_000 {
            let _unused = t.next_report();
        }
        let new = [story(4, "kelp").await, story(5, "kelp with tuatara").await];
        let find = async |words: &str, without: &str, after: Option<i64>, limit: usize| -> Vec<i64> {
            let split = |text: &str| text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
            let wanted = Wanted { words: split(words), without: split(without), ..Wanted::default() };
            let page = Page { order: Order::Newest, after: after.map(|no| (0, no)), limit };
            let found = t.search(&wanted, &page).await.unwrap();
            assert_eq!(found.further, None);
            found.rows.iter().map(|row| row.no).collect()
        };
        assert_eq!(find("tuatara", "", None, 50).await, [new[1], old[1], old[0]]);
        assert_eq!(find("tuatara", "", None, 1).await, [new[1]]);
        assert_eq!(find("tuatara", "", Some(new[1]), 50).await, [old[1], old[0]]);
        assert_eq!(find("kelp", "tuatara", None, 50).await, [new[0], old[2]]);
        assert_eq!(find("kelp", "", None, 3).await, [new[1], new[0], old[2]]);
        assert!(find("moa", "", None, 50).await.is_empty());
        let closed = Wanted { words: vec!["kelp".into()], category: Set { any: vec!["none".into()], none: vec![] }, ..Wanted::default() };
        let page = Page { order: Order::Newest, after: None, limit: 50 };
        assert!(t.search(&closed, &page).await.unwrap().rows.is_empty());
    }

    async fn words_that_many_have_are_looked_for_bit_by_bit(t: &mut TestStore) {
        let mut all = tokio::task::JoinSet::new();
        for seed in 0..2_100_u64 {
            let store = Store::clone(t);
            all.spawn(async move {
                let mut draft = sample::draft(seed);
                draft.search_text = fold(if seed % 2 == 0 { "kelp" } else { "kelp and ngarara" });
                let sample = Sample::of(&store, draft, seed, START);
                sample.send(&store).await.unwrap();
                sample.no
            });
        }
        let old: BTreeSet<i64> = all.join_all().await.into_iter().collect();
        for _ in 0..60_000 {
            let _unused = t.next_report();
        }
        let mut draft = sample::draft(2_100);
        draft.search_text = fold("kelp");
        Sample::of(t, draft, 2_100, START).send(t).await.unwrap();
        let wanted = Wanted { words: vec!["kelp".into()], ..Wanted::default() };
        let (mut after, mut found, mut asked) = (None, BTreeSet::new(), 0);
        loop {
            let page = Page { order: Order::Newest, after, limit: 200 };
            let part = t.search(&wanted, &page).await.unwrap();
            found.extend(part.rows.iter().map(|row| row.no));
            asked += 1;
            after = match (part.further, part.rows.last()) {
                (Some(further), _) => Some(further),
                (None, Some(last)) if part.rows.len() == 200 => Some((0, last.no)),
                _ => break,
            };
        }
        assert_eq!(found.len(), old.len() + 1, "asked {asked} times");
        assert!(asked < 20, "{asked}");
        assert!(old.is_subset(&found));
    }

    async fn an_observable_says_where_it_was_seen(t: &mut TestStore) {
        let one = Observable { kind: Kind::Url, value: "https://bad.example/a/../b".into() };
        assert_eq!(t.observable_seen(&one).await.unwrap(), cairn_store::report::Seen::default());
        let mut numbers = Vec::new();
        for seed in 0..5 {
            let mut draft = sample::draft(seed);
            if seed % 2 == 0 {
                draft.body.observables = vec![one.clone()];
            }
            let sample = Sample::of(t, draft, seed, START);
            sample.send(t).await.unwrap();
            numbers.push(sample.no);
        }
        let seen = t.observable_seen(&one).await.unwrap();
        assert_eq!((seen.reports, seen.more), (3, false));
        assert_eq!((seen.first, seen.last), (Some(numbers[0]), Some(numbers[4])));
        assert_eq!(t.report_bodies(&[numbers[1], 999]).await.unwrap().len(), 1);
    }

    async fn views_are_ones_own_or_shared(t: &mut TestStore) {
        let view = |name: &str, shared| View::new(name, "state:all", true, shared).unwrap();
        let entry = |n: u8| sample::audit(u64::from(n), START);
        for (n, account, name, shared) in [(1, "a", "mine", false), (2, "b", "theirs", false), (3, "b", "for all", true)] {
            let saved = Saved { id: format!("v{n}"), account: account.into(), view: view(name, shared) };
            t.save_view(&saved, Micros(i64::from(n)), entry(n)).await.unwrap();
        }
        let names = async |account: &str| -> Vec<String> {
            t.views(account).await.unwrap().into_iter().map(|one| one.view.name).collect()
        };
        assert_eq!(names("a").await, ["mine", "for all"]);
        assert_eq!(names("b").await, ["theirs", "for all"]);
        t.change_view("v1", &view("ours", true), entry(4)).await.unwrap();
        assert_eq!(names("b").await, ["theirs", "for all", "ours"]);
        t.delete_view("v3", entry(5)).await.unwrap();
        assert_eq!(t.view("v3").await.unwrap(), None);
        assert_eq!(names("a").await, ["ours"]);
        for result in [t.delete_view("v3", entry(6)).await, t.change_view("v3", &view("x", true), entry(7)).await] {
            assert!(matches!(result, Err(WriteError::Conflict)), "{result:?}");
        }
    }

    async fn the_block_list_is_kept_with_its_story(t: &mut TestStore) {
        let one = Observable { kind: Kind::Domain, value: "bad.example".into() };
        let other = Observable { kind: Kind::Email, value: "a@bad.example".into() };
        assert_eq!(t.named(&one).await.unwrap(), None);
        assert_eq!(t.next_observable().await.unwrap(), 1);
        let standing = block(t, 1, &one).await;
        block(t, t.next_observable().await.unwrap(), &other).await;
        let named = t.named(&one).await.unwrap().unwrap();
        assert_eq!((named.block, named.version, named.no), (Block::Agreed, 4, 1));
        assert_eq!(named.asked_by.as_deref(), Some("a"));
        assert_eq!(t.blocked(Block::Agreed, 0, 10).await.unwrap().len(), 2);
        assert_eq!(t.blocked(Block::Agreed, 1, 10).await.unwrap()[0].observable, other);
        assert_eq!(t.blocked_count().await.unwrap(), 2);
        let steps = t.steps(1).await.unwrap();
        assert_eq!(steps.iter().map(|step| step.n).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(steps[1].text.as_deref(), Some(WHY.1));
        // Who decided on what was there before loses.
        let late = Told { no: 1, new: None, before: &Standing { version: 3, ..standing.clone() },
            events: vec![note(1, 9, "c", Change::BlockDeclined)], note: None };
        assert!(matches!(t.write(tell(late)).await, Err(WriteError::Conflict)));
        let salt = [3; 16];
        let taken = Told { no: 1, new: Some((&other, salt)), before: &Standing::default(),
            events: vec![note(1, 9, "c", Change::Named { digest: digest(&salt, &other) })], note: None };
        assert!(matches!(t.write(tell(taken)).await, Err(WriteError::Duplicate)));
        assert_eq!(t.named(&one).await.unwrap().unwrap().version, 4);
        assert_eq!(wrong(t).await, [""; 0]);
        if !t.is_sqlite() {
            return;
        }
        for (sql, back, table) in [
            ("UPDATE observable SET value = 'good.example' WHERE no = 1", "UPDATE observable SET value = 'bad.example' WHERE no = 1", "observable 1"),
            ("UPDATE observable SET block = 'asked' WHERE no = 2", "UPDATE observable SET block = 'agreed' WHERE no = 2", "observable 2"),
            ("UPDATE observable_step SET text = 'nothing' WHERE no = 1 AND n = 2", "UPDATE observable_step SET text = 'Two people lost money there.' WHERE no = 1 AND n = 2", "observable_step 1"),
            ("UPDATE observable_step SET account = 'c' WHERE no = 1 AND n = 4", "UPDATE observable_step SET account = 'b' WHERE no = 1 AND n = 4", "observable_step 1"),
            ("DELETE FROM observable_step WHERE no = 2 AND n = 4", "INSERT INTO observable_step(no, n, at, account, what) SELECT no, 4, at + 1, 'b', 'observable_block_agreed' FROM observable_step WHERE no = 2 AND n = 3", "observable_step 2"),
            ("DELETE FROM observable WHERE no = 2", "", "observable 2"),
        ] {
            let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
            assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
            let found = wrong(t).await;
            assert!(found.iter().any(|place| place == table), "{sql}: {found:?}");
            if !back.is_empty() {
                connection.execute(back, []).unwrap();
                assert_eq!(wrong(t).await, [""; 0], "{back}");
            }
        }
    }
}
