//! The queue: filters, orders, paging and text search, the same on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Command, State};
use cairn_desk::search::Wanted;
use cairn_kernel::actor::Actor;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::text::fold;
use cairn_store::report::{Filter, Order, Page, Summary};
use cairn_testkit::sample::{self, START, Sample, act};
use cairn_testkit::{TO_SCHEMA_29, TestStore, on_both};

fn officer() -> Actor {
    Actor::User("officer-1".into())
}

/// Sixty reports, some of them worked on; the rows as they should be.
async fn fill(t: &TestStore) -> Vec<Summary> {
    let mut rows = Vec::new();
    for seed in 0..60 {
        let sample = Sample::new(t, seed, START.plus_seconds(seed as i64));
        sample.send(t).await.unwrap();
        match seed % 5 {
            0 => {
                let close = Command::Close {
                    outcome: "advice_given".into(),
                };
                act(t, sample.no, officer(), close, None).await.unwrap();
            }
            1 => {
                let to = Some(format!("officer-{}", seed % 2));
                act(t, sample.no, officer(), Command::Assign { to }, None)
                    .await
                    .unwrap();
            }
            _ => {}
        }
        rows.push(t.report(sample.no).await.unwrap().unwrap());
    }
    rows
}

async fn pages(t: &TestStore, mut filter: Filter) -> Vec<Summary> {
    let mut all = Vec::new();
    loop {
        let page = t.reports(&filter).await.unwrap();
        assert!(page.len() <= filter.limit);
        let Some(last) = page.last() else { return all };
        filter.after = Some((i64::from(last.severity), last.no));
        all.extend(page);
    }
}

fn expected(rows: &[Summary], filter: &Filter) -> Vec<Summary> {
    let mut out: Vec<Summary> = rows
        .iter()
        .filter(|r| filter.category.as_ref().is_none_or(|c| r.category == *c))
        .filter(|r| match filter.state {
            Some(state) => r.state == state.as_str(),
            None => filter.all || r.state != "closed",
        })
        .filter(|r| filter.assignee.is_none() || r.assignee == filter.assignee)
        .cloned()
        .collect();
    out.sort_by_key(|r| std::cmp::Reverse(r.no));
    if filter.order == Order::Severe {
        out.sort_by_key(|r| r.severity);
    }
    out
}

async fn find(t: &TestStore, words: &str) -> Vec<i64> {
    let filter = Filter {
        words: fold(words)
            .split(' ')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect(),
        all: true,
        limit: 100,
        ..Filter::default()
    };
    t.reports(&filter)
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.no)
        .collect()
}

async fn raw(t: &TestStore, words: &[&str]) -> Vec<i64> {
    let filter = Filter {
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        all: true,
        limit: 100,
        ..Filter::default()
    };
    t.reports(&filter)
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.no)
        .collect()
}

/// Reports that may have an observable, newest first.
async fn with(t: &TestStore, observable: &Observable, limit: usize) -> Vec<i64> {
    let wanted = Wanted {
        observables: vec![observable.clone()],
        ..Wanted::default()
    };
    let page = Page {
        order: Order::Newest,
        after: None,
        limit,
    };
    let found = t.search(&wanted, &page).await.unwrap();
    found.rows.into_iter().map(|r| r.no).collect()
}

async fn story(t: &TestStore, seed: u64, text: &str) -> i64 {
    let mut draft = sample::draft(seed);
    draft.search_text = fold(text);
    let sample = Sample::of(t, draft, seed, START);
    sample.send(t).await.unwrap();
    sample.no
}

on_both! {
    async fn reports_that_share_an_observable_are_found_by_it(t: &mut TestStore) {
        let seen = |kind, value: &str| Observable { kind, value: value.to_owned() };
        let shared = seen(Kind::Url, "https://courier-pay.example/track?id=8841");
        let one = seen(Kind::Domain, "courier-pay.example");
        let mut have = Vec::new();
        for seed in 0..20 {
            let mut draft = sample::draft(seed);
            draft.body.observables.clear();
            if seed % 4 == 0 {
                draft.body.observables.push(shared.clone());
            }
            if seed == 3 {
                draft.body.observables = vec![one.clone(), seen(Kind::Email, "courier-pay.example")];
            }
            let sample = Sample::of(t, draft, seed, START);
            sample.send(t).await.unwrap();
            if seed % 4 == 0 {
                have.insert(0, sample.no);
            }
        }
        assert_eq!(with(t, &shared, 100).await, have);
        assert_eq!(with(t, &shared, 2).await, have[..2]);
        assert_eq!(with(t, &one, 100).await, [4]);
        // Another kind of the same text, and part of a longer one, are something else.
        assert!(with(t, &seen(Kind::Url, "courier-pay.example"), 100).await.is_empty());
        assert!(with(t, &seen(Kind::Url, "https://courier-pay.example/track?id=884"), 100).await.is_empty());
    }

    async fn words_are_found_at_once_and_move_into_the_index_by_themselves(t: &mut TestStore) {
        // As it comes, before and after the store was closed, and out of the order of numbers.
        let late = Sample::of(t, {
            let mut draft = sample::draft(90);
            draft.search_text = fold("tuatara among the kelp");
            draft
        }, 90, START);
        let first = story(t, 91, "tuatara on the beach").await;
        t.reopen().await;
        assert_eq!(find(t, "tuatara").await, [first]);
        late.send(t).await.unwrap();
        assert_eq!(find(t, "tuatara").await, [first, late.no]);
        let many = u64::max(2 * cairn_store::unindexed::CHUNK_ROWS, 600) / 2;
        for seed in 0..many {
            story(t, 100 + seed, "kelp").await;
        }
        let filter = Filter { words: vec!["kelp".into()], all: true, limit: 200, ..Filter::default() };
        assert_eq!(pages(t, filter).await.len() as u64, many + 1);
        assert_eq!(t.writer().unindexed(), 0);
        // Nobody asks for these.
        story(t, 92, "weka").await;
        for _ in 0..100 {
            if t.writer().unindexed() == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(t.writer().unindexed(), 0);
        assert_eq!(find(t, "weka").await.len(), 1);
    }

    async fn words_that_waited_at_an_upgrade_are_found_once(t: &mut TestStore) {
        let birds = ["tuatara", "weka", "takahe"];
        let mut numbers = Vec::new();
        for (seed, bird) in (95..).zip(birds) {
            numbers.push(story(t, seed, bird).await);
            assert_eq!(find(t, bird).await, numbers[numbers.len() - 1..]);
        }
        // As schema 28 had it: the words of the first and the last wait, those of the second have moved.
        let (first, last) = (numbers[0], numbers[2]);
        let sqlite = t.is_sqlite();
        let key = if sqlite { "rowid" } else { "no" };
        let before = format!(
            "{TO_SCHEMA_29} DELETE FROM meta WHERE key = 'words_to'; DELETE FROM report_fts WHERE {key} IN ({first}, {last});
             INSERT INTO report_unindexed VALUES ({first}, 'tuatara'), ({last}, 'takahe');"
        );
        t.close().await;
        if sqlite {
            let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
            connection.execute_batch(&before).unwrap();
            connection.pragma_update(None, "user_version", 28).unwrap();
        } else {
            t.tamper(&format!("{before} UPDATE cairn_schema SET number = 28")).await;
        }
        t.reopen().await;
        for (no, bird) in numbers.iter().zip(birds) {
            assert_eq!(find(t, bird).await, [*no], "{bird}");
        }
        assert_eq!(t.writer().unindexed(), 0);
        t.reopen().await;
        assert_eq!(t.writer().unindexed(), 0);
        // Refused, by its key, if one of them is still there.
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec("INSERT INTO report_unindexed VALUES ($1, ''), ($2, '')", cairn_store::params![first, last]);
        t.write(unit).await.unwrap();
    }

    async fn filters_orders_and_pages_agree_with_a_plain_list(t: &mut TestStore) {
        let rows = fill(t).await;
        let base = Filter { limit: 7, ..Filter::default() };
        let mut filters = vec![base.clone(), Filter { all: true, ..base.clone() }];
        for category in sample::CATEGORIES {
            filters.push(Filter { category: Some(category.into()), ..base.clone() });
        }
        for state in State::ALL {
            filters.push(Filter { state: Some(state), ..base.clone() });
            filters.push(Filter { state: Some(state), category: Some("scam".into()), ..base.clone() });
        }
        filters.push(Filter { assignee: Some("officer-1".into()), ..base.clone() });
        filters.push(Filter { assignee: Some("nobody".into()), all: true, ..base });
        for filter in filters {
            assert_eq!(pages(t, filter.clone()).await, expected(&rows, &filter), "{filter:?}");
            let severe = Filter { order: Order::Severe, ..filter };
            if !severe.all && severe.state != Some(State::Closed) {
                assert_eq!(pages(t, severe.clone()).await, expected(&rows, &severe), "{severe:?}");
            }
        }
    }

    async fn words_are_found_with_and_without_macrons(t: &mut TestStore) {
        let a = story(t, 1, "He pānui mō te tāke i Whangārei").await;
        let b = story(t, 2, "A notice about tax in Whangarei, from fraud@bank-7.example").await;
        let c = story(t, 3, "https://bank-7.example/login?x=1 asked for 1,250.00 dollars").await;
        let d = story(t, 4, "Ärger mit ﬁshing, ＷＩＤＥ letters, Œuvre, 日本語の報告").await;
        assert_eq!(find(t, "whangārei").await, [b, a]);
        assert_eq!(find(t, "WHANGAREI").await, [b, a]);
        assert_eq!(find(t, "panui").await, [a]);
        assert_eq!(find(t, "Pānui take").await, [a]);
        assert_eq!(find(t, "whang").await, [b, a], "the last word may be a beginning");
        assert_eq!(find(t, "whang notice").await, [0_i64; 0], "only the last");
        assert_eq!(find(t, "notice whang").await, [b]);
        assert_eq!(find(t, "bank-7.example").await, [c, b]);
        assert_eq!(find(t, "fraud@bank-7.example").await, [b]);
        assert_eq!(find(t, "fraud@bank-7.exa").await, [b]);
        assert_eq!(find(t, "example").await, [c, b], "a part of an address");
        assert_eq!(find(t, "7.bank").await, [c, b], "all parts, in any order");
        assert_eq!(find(t, "bank-8.example").await, [0_i64; 0], "but all of them");
        assert_eq!(find(t, "1,250.00").await, [c]);
        assert_eq!(find(t, "arger fishing wide").await, [d]);
        assert_eq!(find(t, "日本語").await, [d]);
    }

    async fn nothing_in_a_word_is_an_operator(t: &mut TestStore) {
        let a = story(t, 1, "alpha beta gamma").await;
        let b = story(t, 2, "or not and near delta").await;
        assert_eq!(raw(t, &["\"alpha\""]).await, [a]);
        assert_eq!(raw(t, &["alpha", "or", "delta"]).await, [0_i64; 0]);
        assert_eq!(raw(t, &["or"]).await, [b]);
        assert_eq!(raw(t, &["NOT", "near"]).await, [b]);
        assert_eq!(raw(t, &["-alpha"]).await, [a]);
        assert_eq!(raw(t, &["al*"]).await, [a]);
        assert_eq!(raw(t, &["alpha)", "(beta", "&gamma"]).await, [a]);
        assert_eq!(raw(t, &["text:alpha"]).await, [0_i64; 0]);
        assert_eq!(raw(t, &["^alpha"]).await, [a]);
        assert_eq!(raw(t, &["'", "\\", "alpha:*"]).await, [a]);
        for word in ["", "\"", "*", "'", "\\", "\0", "-", "()", "<->", "!", "|", "&", "' | 'beta", "alpha' & !'beta", "a\" OR \"b", "NEAR(alpha beta)", "{text}:x", "\u{202e}", "%", "_"] {
            let _harmless = raw(t, &[word]).await;
            let _harmless = raw(t, &["alpha", word]).await;
        }
    }

    async fn a_very_long_text_is_taken(t: &mut TestStore) {
        let long = "whero ".repeat(200_000) + &"x".repeat(5_000) + " kakariki";
        let no = story(t, 1, &long).await;
        assert_eq!(find(t, "whero").await, [no]);
    }

    async fn a_very_long_word_is_found_by_itself(t: &mut TestStore) {
        let long = "x".repeat(5_000);
        let no = story(t, 1, &format!("before {long} after")).await;
        assert_eq!(find(t, &long).await, [no]);
        assert_eq!(find(t, &"x".repeat(1_500)).await, [no], "as the beginning of a word");
        assert_eq!(find(t, "y").await, [0_i64; 0]);
        assert_eq!(find(t, "after").await, [no]);
    }

    async fn numbers_and_addresses_are_words_on_both(t: &mut TestStore) {
        let no = story(t, 1, "paid 1e5 to 10.0.0.7 at a-b.example/x_y 0x1f 12:30").await;
        for word in ["1e5", "10", "7", "a", "b", "example", "x", "y", "0x1f", "12", "30", "10.0.0.7", "a-b.example"] {
            assert_eq!(find(t, word).await, [no], "{word}");
        }
        assert_eq!(find(t, "f").await, [0_i64; 0]);
    }
}
