//! Counts for the figures and their publications, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Certainty, Command, LossItem, LossKind};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::{AMOUNT_MINOR_MAX, Money};
use cairn_store::figures::{Counted, Snapshot};
use cairn_store::writer::WriteError;
use cairn_testkit::sample::{self, START, Sample, act};
use cairn_testkit::{TestStore, on_both};

/// Minor units; samples are in the store's base currency.
const UNVERIFIED_MAX: i64 = 10_000_000;

fn loss(minor: i64, currency: &str) -> LossItem {
    LossItem {
        kind: LossKind::DirectFinancial,
        amount: Some(Money {
            minor,
            currency: currency.into(),
        }),
        date: None,
        certainty: Certainty::Stated,
        paid_by: None,
        recovered_minor: None,
    }
}

/// A report of a scam with these losses; returns its number.
async fn report(t: &TestStore, seed: u64, losses: Vec<LossItem>) -> i64 {
    let mut draft = sample::draft(seed);
    draft.body.suspect = false;
    "scam".clone_into(&mut draft.body.category);
    draft.body.losses = losses;
    draft.body.loss_known = true;
    let sample = Sample::of(t, draft, seed, START);
    sample.send(t).await.unwrap();
    sample.no
}

async fn scams(t: &TestStore, unverified_max: i64) -> Counted {
    let skip = ["spam".to_owned()];
    let all = t.count_categories(&skip, unverified_max).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

fn verify(item: u32, minor: i64) -> Command {
    Command::VerifyLoss {
        item,
        amount: Money {
            minor,
            currency: "NZD".into(),
        },
        base_minor: Some(minor),
    }
}

fn officer() -> Actor {
    Actor::User("officer-1".into())
}

fn snapshot(day: i64, figures: &str) -> Snapshot {
    Snapshot {
        day,
        at: START,
        log_size: 7,
        definitions: "incidents@2".into(),
        figures: figures.into(),
        basis: "{\"kōrero\":1}".into(),
    }
}

on_both! {
    async fn sums_of_extreme_amounts_are_made(t: &mut TestStore) {
        // Twenty losses of the largest amount each: 480 of these are more than 64 bits hold.
        for seed in 0..480 {
            report(t, seed, vec![loss(AMOUNT_MINOR_MAX, "NZD"); 20]).await;
        }
        let all = scams(t, i64::MAX).await;
        assert_eq!((all.incidents, all.with_amount, all.held), (480, 480, 0));
        assert_eq!(all.loss_minor, i64::MAX);
        assert_eq!(all.top, [20 * AMOUNT_MINOR_MAX; 2]);
        let held = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((held.with_amount, held.held, held.loss_minor), (480, 480, 0));
        assert_eq!(held.top, [0, 0]);
    }

    async fn a_large_loss_counts_once_it_is_verified(t: &mut TestStore) {
        report(t, 1, vec![loss(UNVERIFIED_MAX, "NZD")]).await;
        let jest = report(t, 2, vec![loss(7, "NZD"), loss(AMOUNT_MINOR_MAX, "NZD")]).await;
        let all = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((all.with_amount, all.held, all.loss_minor), (2, 1, UNVERIFIED_MAX));
        // All that is added up of a report must be verified.
        act(t, jest, officer(), verify(1, 90_000_000), None).await.unwrap();
        let all = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((all.held, all.loss_minor), (1, UNVERIFIED_MAX));
        act(t, jest, officer(), verify(0, 7), None).await.unwrap();
        let all = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((all.held, all.loss_minor), (0, UNVERIFIED_MAX + 90_000_007));
        assert_eq!(all.top, [90_000_007, UNVERIFIED_MAX]);
        assert_eq!(t.report(jest).await.unwrap().unwrap().loss_minor, Some(90_000_007));
        // A correction to a usual amount needs no second look.
        act(t, jest, officer(), verify(1, 0), None).await.unwrap();
        assert_eq!(scams(t, UNVERIFIED_MAX).await.loss_minor, UNVERIFIED_MAX + 7);
    }

    async fn amounts_without_a_rate_are_counted(t: &mut TestStore) {
        report(t, 1, vec![loss(100, "NZD")]).await;
        report(t, 2, vec![loss(100, "USD")]).await;
        report(t, 3, vec![loss(100, "NZD"), loss(100, "USD")]).await;
        report(t, 4, vec![LossItem { amount: None, ..loss(0, "NZD") }]).await;
        let all = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((all.with_loss, all.with_amount, all.no_rate, all.loss_minor), (4, 2, 2, 200));
    }

    async fn reports_far_apart_are_counted_together(t: &mut TestStore) {
        // The counting goes over numbers of reports in slices of 65,536: these stand at ends of them, and far off.
        let mut last = 0;
        for (seed, (no, minor)) in (0..).zip([(1, 5), (65_536, 40), (65_537, 30), (131_073, 20), (400_000, 10)]) {
            for skipped in last + 1..no {
                assert_eq!(t.next_report(), skipped);
            }
            last = report(t, seed, vec![loss(minor, "NZD")]).await;
            assert_eq!(last, no);
        }
        let all = scams(t, UNVERIFIED_MAX).await;
        assert_eq!((all.incidents, all.with_loss, all.loss_known, all.with_amount), (5, 5, 5, 5));
        assert_eq!((all.loss_minor, all.top), (105, [40, 30]));
        let bands = t.count_loss_bands(&[], 0, i64::MAX, [10, 25, 35, 100, 1_000]).await.unwrap();
        let bands: Vec<_> = bands.iter().map(|b| (b.code.as_deref(), b.count)).collect();
        assert_eq!(bands, [(Some("0"), 1), (Some("1"), 2), (Some("2"), 1), (Some("3"), 1)]);
        let affected = t.count_affected(&[], 0, i64::MAX).await.unwrap();
        assert_eq!(affected.iter().map(|c| c.count).sum::<i64>(), 5, "{affected:?}");
        let mut codes: Vec<_> = affected.iter().map(|c| &c.code).collect();
        codes.dedup();
        assert_eq!(codes.len(), affected.len(), "a code stands once: {affected:?}");
    }

    async fn a_day_has_one_publication_and_keeps_it(t: &mut TestStore) {
        assert_eq!(t.snapshot_until(20_261_231).await.unwrap(), None);
        t.save_snapshot(&snapshot(20_261_124, "{\"a\":1}")).await.unwrap();
        t.save_snapshot(&snapshot(20_261_126, "{\"a\":2}")).await.unwrap();
        let again = t.save_snapshot(&snapshot(20_261_124, "{\"a\":3}")).await;
        assert!(matches!(again, Err(WriteError::Duplicate)), "{again:?}");
        let until = |day| t.snapshot_until(day);
        assert_eq!(until(20_261_123).await.unwrap(), None);
        assert_eq!(until(20_261_125).await.unwrap(), Some(snapshot(20_261_124, "{\"a\":1}")));
        assert_eq!(until(20_261_126).await.unwrap(), Some(snapshot(20_261_126, "{\"a\":2}")));
        assert_eq!(t.snapshot_days(9).await.unwrap(), [20_261_126, 20_261_124]);
        assert_eq!(t.snapshot_days(1).await.unwrap(), [20_261_126]);
    }
}
