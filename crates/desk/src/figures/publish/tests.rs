use proptest::prelude::*;

use super::*;

const CATEGORIES: [&str; 4] = ["ransomware", "phishing", "scam", "malware"];
const REGIONS: [&str; 3] = ["NZ-AUK", "NZ-WGN", "NZ-OTA"];
const AGES: [&str; 2] = ["18-24", "65+"];
const OVER: Quarter = Quarter(20263);
const RUNNING: Quarter = Quarter(20264);

/// A report as far as figures know it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Report {
    quarter: Quarter,
    category: usize,
    /// Minor units.
    loss: Option<i64>,
    region: Option<usize>,
    /// `None` for organisations, `Some(None)` for people who named none.
    age: Option<Option<usize>>,
}

fn rules() -> Rules {
    Rules {
        not_counted: Vec::new(),
        few: 5,
        unverified_loss_max: 100_000,
        dominance_percent: 10,
        loss_step: 1_000,
    }
}

fn owned(codes: &[&str]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

fn counts(reports: &[Report]) -> Counts {
    let mut counts = Counts::default();
    for report in reports {
        let all = counts.quarters.entry(report.quarter.0).or_default();
        let tally = all
            .entry(CATEGORIES[report.category].to_owned())
            .or_default();
        tally.add(Tally {
            incidents: 1,
            with_loss: u64::from(report.loss.is_some()),
            loss_known: 1,
            with_amount: u64::from(report.loss.is_some()),
            loss: report.loss.map_or_else(Sum::default, |minor| Sum {
                count: 1,
                minor,
                top: [minor, 0],
            }),
            ..Tally::default()
        });
        if report.quarter != OVER {
            continue;
        }
        let region = report.region.map(|at| REGIONS[at].to_owned());
        *counts.regions.entry(region).or_default() += 1;
        match report.age {
            None => counts.organisations += 1,
            Some(age) => {
                let age = age.map(|at| AGES[at].to_owned());
                *counts.ages.entry(age).or_default() += 1;
            }
        }
        if let Some(loss) = report.loss {
            let band = u8::from(loss >= 1_000_000).to_string();
            *counts.loss_bands.entry(Some(band)).or_default() += 1;
        }
    }
    counts
}

fn made(reports: &[Report], before: &Basis) -> (Published, Basis) {
    let (categories, regions, ages) = (owned(&CATEGORIES), owned(&REGIONS), owned(&AGES));
    let loss_bands = owned(&["0", "1"]);
    let codes = Codes {
        categories: &categories,
        regions: &regions,
        ages: &ages,
        loss_bands: &loss_bands,
        factor: 100,
    };
    publish(&counts(reports), before, &rules(), &codes, RUNNING)
}

/// Thirty ransomware, three phishing and twelve scams in the quarter before; losses of a third of them.
fn usual() -> Vec<Report> {
    let report = |n: usize| Report {
        quarter: OVER,
        category: match n {
            0..30 => 0,
            30..33 => 1,
            _ => 2,
        },
        loss: n.is_multiple_of(3).then_some(123_450),
        region: (!n.is_multiple_of(4)).then_some(n % 2),
        age: (!n.is_multiple_of(9)).then_some(n.is_multiple_of(2).then_some(n / 2 % 2)),
    };
    (0..45).map(report).collect()
}

#[test]
fn a_quarter_shows_what_may_be_shown() {
    let (published, basis) = made(&usual(), &Basis::default());
    let quarter = &published.quarters[0];
    assert_eq!((quarter.quarter, quarter.running), (OVER, false));
    assert_eq!(quarter.incidents, Cell::Count(45));
    let cells: Vec<_> = quarter.categories.iter().map(|c| c.incidents).collect();
    let hidden = Cell::Hidden;
    assert_eq!(cells, [Cell::Count(30), hidden, hidden, Cell::Count(0)]);
    // Fifteen times 1,234.50 is 18,517.50.
    assert_eq!(quarter.loss_minor, Some(1_900_000));
    assert_eq!(quarter.share_with_loss, Some(333));
    assert_eq!(quarter.categories[0].loss_minor, Some(1_200_000));
    assert_eq!(quarter.categories[1].loss_minor, None);
    assert!(published.quarters[1].running);
    assert_eq!(basis.quarters[&OVER.0]["phishing"].incidents, 3);
}

#[test]
fn a_quarter_with_few_amounts_or_one_large_loss_shows_no_sum() {
    let mut reports = usual();
    for report in reports.iter_mut().skip(12) {
        report.loss = None;
    }
    let quarter = |reports: &[Report]| made(reports, &Basis::default()).0.quarters[0].clone();
    assert_eq!(quarter(&reports).loss_minor, None);
    assert_eq!(quarter(&reports).with_amount, Cell::Hidden);
    let mut reports = usual();
    reports[0].loss = Some(90_000_000);
    assert_eq!(quarter(&reports).loss_minor, None);
    assert_eq!(quarter(&reports).with_amount, Cell::Count(15));
}

/// What two publications of which the second knows one change more tell about it: that a report came in, if one did.
#[test]
fn one_report_more_tells_nothing_but_that_it_came() {
    let mut reports = usual();
    reports.extend((0..6).map(|n| Report {
        quarter: RUNNING,
        ..usual()[n]
    }));
    let (first, basis) = made(&reports, &Basis::default());
    for category in 0..CATEGORIES.len() {
        for loss in [None, Some(7_300_000)] {
            let new = Report {
                quarter: RUNNING,
                category,
                loss,
                region: Some(2),
                age: Some(Some(0)),
            };
            let mut more = reports.clone();
            more.push(new);
            let (mut second, _) = made(&more, &basis);
            let running = second.quarters.last_mut().unwrap();
            assert_eq!(running.incidents, Cell::Count(7));
            running.incidents = Cell::Count(6);
            assert_eq!(second, first, "{new:?}");
        }
        // An officer gives a report of the quarter before another category, or takes it out.
        for at in [0, 30, 33] {
            let mut other = reports.clone();
            other[at].category = category;
            assert_eq!(made(&other, &basis).0, first, "{at} to {category}");
            other.remove(at);
            assert_eq!(made(&other, &basis).0, first, "{at} taken out");
        }
    }
    // Nor does an amount that is corrected.
    let mut other = reports.clone();
    other[0].loss = Some(1);
    assert_eq!(made(&other, &basis).0, first);
}

#[test]
fn enough_reports_move_a_figure() {
    let reports = usual();
    let (first, basis) = made(&reports, &Basis::default());
    let mut other = reports.clone();
    for report in other.iter_mut().take(5) {
        report.category = 3;
    }
    let (second, _) = made(&other, &basis);
    let cells = |p: &Published| -> Vec<_> {
        let categories = p.quarters[0].categories.iter();
        categories.map(|c| c.incidents.count()).collect()
    };
    assert_eq!(cells(&first)[0], Some(30));
    assert_eq!(cells(&second)[0], Some(25));
    assert_eq!(second.quarters[0].incidents, Cell::Count(45));
}

/// Somebody who holds the ages, the response rate, people beside organisations and the total against each other, and
/// tries every set of reports that gives the same, finds no hidden count with one value only.
#[test]
fn tables_held_against_each_other_tell_no_hidden_count() {
    const MOST: u64 = 12;
    type Look = (Vec<Option<u64>>, Option<u64>, Vec<Option<u64>>, u64);
    let mut alike: BTreeMap<Look, Vec<[u64; 4]>> = BTreeMap::new();
    let ages = owned(&AGES);
    let side = MOST + 1;
    for n in 0..side.pow(4) {
        let row = [
            n / side.pow(3),
            n / side.pow(2) % side,
            n / side % side,
            n % side,
        ];
        let total: u64 = row.iter().sum();
        if !(5..=MOST).contains(&total) {
            continue;
        }
        let codes = [AGES[0], AGES[1], UNKNOWN, ORGANISATION];
        let counts: Row = codes.iter().map(ToString::to_string).zip(row).collect();
        let (by_age, affected) = spread_people(&counts, &ages, 5);
        let shown = |spread: &Spread| spread.cells.iter().map(|(_, cell)| cell.count()).collect();
        let look = (shown(&by_age), by_age.response, shown(&affected), total);
        alike.entry(look).or_default().push(row);
    }
    for ((by_age, response, affected, total), rows) in alike {
        let people = |row: &[u64; 4]| row[0] + row[1] + row[2];
        let cells = [
            (by_age[0], rows.iter().map(|row| row[0]).collect::<Vec<_>>()),
            (by_age[1], rows.iter().map(|row| row[1]).collect()),
            (affected[0], rows.iter().map(people).collect()),
            (affected[1], rows.iter().map(|row| row[3]).collect()),
        ];
        for (cell, mut values) in cells {
            values.sort_unstable();
            values.dedup();
            assert!(
                cell.is_some() || values.len() > 1,
                "{by_age:?} {response:?} {affected:?} of {total}: {rows:?}"
            );
        }
    }
}

fn any_report() -> impl Strategy<Value = Report> {
    (
        prop::bool::weighted(0.9),
        0_usize..4,
        prop::option::of(0_i64..20_000_000),
        prop::option::of(0_usize..3),
        prop::option::of(prop::option::of(0_usize..2)),
    )
        .prop_map(|(over, category, loss, region, age)| Report {
            quarter: if over { OVER } else { RUNNING },
            category,
            loss,
            region,
            age,
        })
}

/// Every count of the quarter that is over and of the year, by name.
fn every_count(p: &Published) -> Vec<(String, Option<u64>)> {
    let mut all = Vec::new();
    for quarter in p.quarters.iter().filter(|q| !q.running) {
        all.push(("with_amount".to_owned(), quarter.with_amount.count()));
        for c in &quarter.categories {
            all.push((c.code.clone(), c.incidents.count()));
        }
    }
    for spread in [&p.regions, &p.ages, &p.loss_bands] {
        all.extend(
            spread
                .cells
                .iter()
                .map(|(code, cell)| (code.clone(), cell.count())),
        );
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However many publications somebody kept: a count is as it was, or enough reports moved it.
    #[test]
    fn counts_move_by_enough_or_not_at_all(
        start in prop::collection::vec(any_report(), 20..80),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_report(), 0_u8..3), 1..60),
        each in 1_usize..4,
    ) {
        let mut reports = start;
        reports.push(Report { quarter: OVER, ..reports[0] });
        let (mut last, mut basis) = made(&reports, &Basis::default());
        for some in changes.chunks(each) {
            for (at, report, kind) in some {
                let at = at.index(reports.len());
                match kind {
                    0 => reports.push(*report),
                    1 => reports[at].category = report.category,
                    _ if reports.len() > 2 => drop(reports.remove(at)),
                    _ => {}
                }
            }
            let (next, settled) = made(&reports, &basis);
            for ((name, before), (_, now)) in every_count(&last).iter().zip(every_count(&next)) {
                if let (Some(before), Some(now)) = (before, now) && name != "with_amount" {
                    prop_assert!(before.abs_diff(now) == 0 || before.abs_diff(now) >= 5, "{name}: {before} to {now}");
                }
            }
            for (code, tally) in &settled.quarters[&OVER.0] {
                let before = basis.quarters[&OVER.0].get(code).copied().unwrap_or_default();
                prop_assert!(*tally == before.settle(*tally, &rules()), "{code}");
            }
            (last, basis) = (next, settled);
        }
    }

    /// Losses of a category that is not shown are blurred by others in what total less shown ones tells.
    #[test]
    fn sums_of_hidden_losses_are_blurred(reports in prop::collection::vec(any_report(), 10..120)) {
        let (published, basis) = made(&reports, &Basis::default());
        for quarter in published.quarters.iter().filter(|q| !q.running) {
            let mut hidden = Sum::default();
            for c in quarter.categories.iter().filter(|c| c.loss_minor.is_none()) {
                hidden.add(basis.quarters[&quarter.quarter.0].get(&c.code).copied().unwrap_or_default().loss);
            }
            prop_assert!(quarter.loss_minor.is_none() || hidden.is_safe(&rules()));
        }
    }
}

/// What a reader works out who keeps every publication: of two years that overlap, the one less the other is the quarters
/// that entered less those that left. Whoever knows those that left, as all do of quarters before the service began, is
/// told those that entered.
fn told_by_subtraction(kept: &[((Quarter, Quarter), u64)], begun: Quarter) -> Vec<(Quarter, u64)> {
    let mut told = Vec::new();
    for (at, (before, less)) in kept.iter().enumerate() {
        for (after, more) in kept.iter().skip(at + 1) {
            let overlap = after.0 <= before.1 && before != after;
            let left = before.0.until(after.0);
            let unknown = left.iter().filter(|q| **q < after.0 && **q >= begun);
            if overlap && unknown.count() == 0 {
                told.push((after.1, more.saturating_sub(*less)));
            }
        }
    }
    told
}

#[test]
fn publications_of_the_first_years_do_not_tell_a_quarter_by_subtraction() {
    let begun = Quarter(20242);
    // By quarter: many in a region of few people, then one, then none.
    let by_quarter: BTreeMap<i64, u64> = begun
        .until(Quarter(20264))
        .into_iter()
        .zip([8, 1, 7, 1, 9, 6, 1, 12, 5, 1, 6])
        .map(|(quarter, count)| (quarter.0, count))
        .collect();
    let (regions, none) = (owned(&REGIONS), Vec::new());
    let codes = Codes {
        categories: &none,
        regions: &regions,
        ages: &none,
        loss_bands: &none,
        factor: 100,
    };
    let attack = |years: &dyn Fn(Quarter) -> (Quarter, Quarter)| {
        let mut kept = Vec::new();
        for running in begun.until(Quarter(20271)) {
            let year = years(running);
            let own: u64 = by_quarter.range(year.0.0..=year.1.0).map(|(_, n)| n).sum();
            let counts = Counts {
                regions: [(Some("NZ-OTA".to_owned()), own), (None, 40)].into(),
                ..Counts::default()
            };
            let (published, _) = publish(&counts, &Basis::default(), &rules(), &codes, running);
            let cell = published
                .regions
                .cells
                .iter()
                .find(|(code, _)| code == "NZ-OTA");
            if let Some(count) = cell.unwrap().1.count() {
                kept.push((year, count));
            }
        }
        told_by_subtraction(&kept, begun)
    };
    // The attack finds what it looks for where years move on by a quarter.
    let rolling = |running: Quarter| {
        let last = running.previous();
        (last.previous().previous().previous(), last)
    };
    assert!(attack(&rolling).contains(&(Quarter(20243), 1)));
    assert_eq!(attack(&year_before), Vec::new());
    // Each year that is over is told all the same, and a whole one.
    for (running, year) in [(20_251, 2024), (20_264, 2025), (20_271, 2026)] {
        let whole = (Quarter(year * 10 + 1), Quarter(year * 10 + 4));
        assert_eq!(year_before(Quarter(running)), whole);
    }
}
