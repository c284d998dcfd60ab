//! What live measures are counted from, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Command, PartialDate};
use cairn_kernel::actor::Actor;
use cairn_testkit::sample::{self, START, Sample, act};
use cairn_testkit::{TestStore, on_both};

/// A report of the quarter of [`START`]; returns its number.
async fn report(t: &TestStore, seed: u64, suspect: bool) -> i64 {
    let mut draft = sample::draft(seed);
    draft.body.suspect = suspect;
    draft.body.occurred = Some(PartialDate {
        year: 2026,
        month: Some(11),
        day: (seed != 2).then_some(20),
    });
    draft.consents = if seed == 1 {
        vec!["police".into(), "netsafe".into()]
    } else {
        Vec::new()
    };
    let sample = Sample::of(t, draft, seed, START);
    sample.send(t).await.unwrap();
    sample.no
}

fn close(outcome: &str) -> Command {
    Command::Close {
        outcome: outcome.into(),
    }
}

on_both! {
    async fn a_page_has_what_is_counted_and_when_it_was_answered(t: &mut TestStore) {
        let skip = ["spam".to_owned()];
        let officer = || Actor::User("officer-1".into());
        let (one, two) = (report(t, 1, false).await, report(t, 2, false).await);
        let (spam, machine) = (report(t, 3, false).await, report(t, 4, true).await);
        act(t, one, officer(), close("resolved"), None).await.unwrap();
        act(t, spam, officer(), close("spam"), None).await.unwrap();
        let all = t.live_facts(&skip, i64::MAX, i64::MAX, 0).await.unwrap();
        let found: Vec<i64> = all.facts.iter().map(|fact| fact.no).collect();
        assert_eq!(found, [one, two]);
        assert!(!found.contains(&machine) && all.next.is_none());
        assert_eq!(all.facts[0].agencies, ["netsafe", "police"]);
        assert!(all.facts[0].closed_at.is_some_and(|at| at >= all.facts[0].received_at));
        assert_eq!(all.facts[0].answered_at, all.facts[0].closed_at);
        assert_eq!((all.facts[1].answered_at, all.facts[1].closed_at), (None, None));
        // A quarter that runs is not over.
        let running = all.facts[0].quarter;
        assert!(t.live_facts(&skip, i64::MAX, running, 0).await.unwrap().facts.is_empty());
        assert!(t.live_begun().await.unwrap().is_some_and(|at| at <= all.facts[0].received_at));
    }

    async fn the_day_of_occurrence_stands_in_the_body(t: &mut TestStore) {
        let (one, two) = (report(t, 1, false).await, report(t, 2, false).await);
        report(t, 3, true).await;
        let page = t.live_occurred(&[], 0, i64::MAX, 0).await.unwrap();
        let days: Vec<(i64, Option<i8>)> = page.all.iter().map(|one| (one.no, one.on.day)).collect();
        assert_eq!(days, [(one, Some(20)), (two, None)]);
        assert!(page.next.is_none());
        let none = t.live_occurred(&[], 0, 19_994, 0).await.unwrap();
        assert!(none.all.is_empty());
    }
}
