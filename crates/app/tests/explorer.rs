//! The event explorer on both databases: lines in the store's terms, sectors and feeds by name, what was seen of an address, exposure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets what it did not expect fails"
)]

use cairn_app::account::Principal;
use cairn_app::cases::Written;
use cairn_app::explorer::{Explored, Outcome, Text};
use cairn_app::feeds::columns::KeyMaker;
use cairn_app::{App, Config};
use cairn_desk::cases::Command;
use cairn_desk::constituent::{Typed, Work, typed};
use cairn_desk::explorer::Facet;
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::time::Micros;
use cairn_store::Options;
use cairn_store::feeds::segment::{Observed, Rows};
use cairn_store::feeds::{Begin, Begun, FeedStore, FeedWish};
use cairn_testkit::{account, on_both, sample};

/// 07:25 on 25 November 2026 in New Zealand, the 24th in UTC.
const START: Micros = Micros(1_795_544_700_000_000);
const HOUR: i64 = 3_600;
const ROW: &str = "2026-11-24 01:00:00,192.0.2.1,=cmd()\n";

/// Three reports of two feeds; the second of `scan` tells less.
fn fill(options: &Options) {
    let mut store = FeedStore::open(options).unwrap();
    for (report, (feed, hosts)) in
        (0_u32..).zip([("scan", 1..31_u8), ("trap", 1..11), ("scan", 1..21)])
    {
        let at = START.plus_seconds(-24 * HOUR + i64::from(report) * 3 * HOUR);
        let mut coming = store.take_raw().unwrap();
        coming
            .push(ROW.repeat(30 + report as usize).as_bytes())
            .unwrap();
        let raw = store.keep_raw(coming, at).unwrap();
        let wish = FeedWish {
            source: "example",
            name: feed,
            window_us: None,
            complete: Some(feed == "scan"),
        };
        let feed = store.feed(&wish, at).unwrap();
        let begin = Begin {
            raw: &raw,
            part: 0,
            member: "a.csv",
            schema: "1",
            now: at,
        };
        let Begun::Open(mut report) = store.begin(&feed, &begin).unwrap() else {
            panic!()
        };
        let (mut rows, mut maker) = (Rows::default(), KeyMaker::default());
        for host in hosts {
            let mut one = Observed {
                at,
                offset: u64::from(host) * ROW.len() as u64,
                bytes: ROW.len() as u32,
                kind: if host % 2 == 0 {
                    "scanner"
                } else {
                    "infected-system"
                },
                cc: "NZ",
                ip: Some([192, 0, 2, host].into()),
                port: Some(22),
                owner: (host % 3 > 0).then(|| i64::from(host % 3)),
                ..Observed::default()
            };
            one.key = maker.of(&one);
            rows.push(&one);
        }
        store.commit(&mut report, &rows, &[], "1", 10_000).unwrap();
        store.finish(&report).unwrap();
    }
}

async fn answer(app: &App, who: &Principal, line: &str) -> Explored {
    match app.explore(who, line, None).await.unwrap().into_inner() {
        Outcome::Answer(explored) => *explored,
        other => panic!("{line}: {other:?}"),
    }
}

fn values(explored: &Explored, facet: Facet) -> Vec<(String, u64)> {
    let own = explored
        .facets
        .iter()
        .find(|own| own.facet == facet)
        .unwrap();
    own.values
        .iter()
        .map(|value| {
            (
                value.title.clone().unwrap_or(value.value.clone()),
                value.count,
            )
        })
        .collect()
}

on_both! {
    async fn lines_are_answered(t: &mut TestStore) {
        let (app, _clock) = t.app(Config::default(), START);
        let who = account(&app, "ana", Role::Officer).await;
        let before = app.explore(&who, "", None).await.unwrap().into_inner();
        assert!(matches!(before, Outcome::Nothing));
        assert!(app.exposure(&who, 1).await.unwrap().is_none());
        for (name, sector) in [("Example Internet", None), ("Example Clinic", Some("health"))] {
            let typed = Typed { name: name.into(), sector: sector.map(str::to_owned).unwrap_or_default(), ..Typed::default() };
            app.make_constituent(&who, typed.read().unwrap()).await.unwrap();
        }
        let work = Work::Add(typed::assets("198.51.100.0/24").unwrap());
        app.work_on_constituent(&who, (1, 1), &work).await.unwrap();
        let options = t.options();
        tokio::task::spawn_blocking(move || fill(&options)).await.unwrap();

        let all = answer(&app, &who, "").await;
        assert_eq!((all.total, all.fresh, all.rows.len(), all.next.is_some()), (60, 40, 50, true));
        assert_eq!(values(&all, Facet::Feed), [("example scan".to_owned(), 50), ("example trap".to_owned(), 10)]);
        assert_eq!(values(&all, Facet::Sector)[1].1 + values(&all, Facet::Sector)[0].1, 60);
        let rest = app.explore(&who, "", all.next).await.unwrap().into_inner();
        let Outcome::Answer(rest) = rest else { panic!() };
        assert_eq!((rest.rows.len(), rest.next.is_some()), (10, false));

        for (line, total) in [
            ("type:scanner", 30), ("-type:scanner", 30), ("feed:scan", 50), ("feed:\"example trap\"", 10), ("feed:1 state:again", 20),
            ("sector:health", 20), ("-sector:health", 40), ("sector:none owner:none", 19), ("owner:1", 21), ("port:22", 30), ("cc:AU", 0),
            ("ip:192.0.2.0/29", 21), ("192.0.2.7", 3), ("domain:example.org", 0), ("since:today", 20), ("state:new state:again", 0),
        ] {
            assert_eq!(answer(&app, &who, line).await.total, total, "{line}");
        }
        for line in ["typ:scanner", "feed:nothing", "sector:nothing", "hello"] {
            assert!(matches!(app.explore(&who, line, None).await.unwrap().into_inner(), Outcome::Faults(faults) if faults.len() == 1), "{line}");
        }
        let gone = app.explore(&who, "state:gone", None).await.unwrap().into_inner();
        let Outcome::Gone(gone) = gone else { panic!("{gone:?}") };
        assert_eq!(gone.iter().map(|went| went.gone).collect::<Vec<_>>(), [10]);
        for (line, went) in [("state:gone feed:scan", 1), ("state:gone feed:trap", 0), ("state:gone -feed:scan", 0), ("state:gone until:2026-11-01", 0)] {
            let gone = app.explore(&who, line, None).await.unwrap().into_inner();
            assert!(matches!(&gone, Outcome::Gone(rows) if rows.len() == went), "{line}: {gone:?}");
        }
        for line in ["state:gone cc:NZ", "state:gone ip:192.0.2.0/29", "state:gone owner:2", "state:gone 192.0.2.1 192.0.2.2"] {
            assert!(matches!(app.explore(&who, line, None).await.unwrap().into_inner(), Outcome::GoneAlone), "{line}");
        }
        let wrong = app.explore(&who, "state:gone feed:nothing", None).await.unwrap().into_inner();
        assert!(matches!(wrong, Outcome::Faults(_)));
        let exposure = app.exposure(&who, 2).await.unwrap().unwrap();
        assert_eq!((exposure.total(), exposure.kinds.len(), exposure.fresh), (20, 2, 13));
        // Of 13 things of two feeds, three of the scan are gone: hosts 23, 26 and 29.
        let sums = exposure.standing.values().fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        assert_eq!((sums, exposure.partly), ((10, 3), false));
        let table = app.explored_csv(&answer(&app, &who, "192.0.2.7").await);
        assert_eq!(table.lines().count(), 4);
        assert!(table.contains("192[.]0[.]2[.]7"));
    }

    async fn an_address_is_followed_and_its_rows_are_shown(t: &mut TestStore) {
        let (app, _clock) = t.app(Config::default(), START);
        let who = account(&app, "ana", Role::Officer).await;
        let options = t.options();
        tokio::task::spawn_blocking(move || fill(&options)).await.unwrap();
        let one = Observable { kind: Kind::Ip, value: "192.0.2.7".to_owned() };
        let seen = app.seen_by_machines(&who, &one, Vec::new(), 2).await.unwrap().unwrap();
        assert_eq!((seen.states.len(), seen.walked.rows.len()), (2, 2));
        assert_eq!(seen.states.iter().map(|own| own.state.seen).sum::<u64>(), 3);
        let on = app.seen_by_machines(&who, &one, seen.walked.next.clone(), 8).await.unwrap().unwrap();
        assert_eq!((on.walked.rows.len(), on.walked.next.len()), (1, 0));
        // Of what the last scan no longer told, by address: feeds and days narrow that.
        for (line, gone) in [
            ("state:gone ip:192.0.2.7", 0), ("state:gone 192.0.2.25", 1), ("feed:scan state:gone 192.0.2.25", 1), ("feed:trap state:gone 192.0.2.25", 0),
            ("state:gone 192.0.2.25 since:today", 0), ("state:gone 192.0.2.25 since:2026-11-20", 1), ("state:gone 203.0.113.9", 0),
        ] {
            let answer = app.explore(&who, line, None).await.unwrap().into_inner();
            let Outcome::GoneOf(of, states) = answer else { panic!("{line}: {answer:?}") };
            assert_eq!((states.len(), of.kind), (gone, Kind::Ip), "{line}");
        }
        let row = &seen.walked.rows[0];
        let text = app.machine_row(&who, row.report, row.offset, row.bytes.into()).await.unwrap();
        assert_eq!(*text, Text::Text(ROW.trim_end().to_owned()));
        assert_eq!(*app.machine_row(&who, 99, 0, 10).await.unwrap(), Text::Gone);
        assert_eq!(*app.machine_row(&who, 1, u64::MAX, 10).await.unwrap(), Text::Deep);
        let none = Observable { kind: Kind::Phone, value: "+64215550100".to_owned() };
        assert!(app.seen_by_machines(&who, &none, Vec::new(), 2).await.unwrap().is_none());
        let lead = account(&app, "oli", Role::Administrator).await;
        assert!(app.explore(&lead, "", None).await.is_err());
        assert!(app.seen_by_machines(&lead, &one, Vec::new(), 2).await.is_err());
        assert!(app.machine_row(&lead, 1, 0, 10).await.is_err());
        assert!(app.exposure(&lead, 1).await.is_err());
        assert!(app.cases_naming(&lead, &one, &[]).await.is_err());
    }

    async fn cases_that_name_an_address_are_found_by_reports_and_words(t: &mut TestStore) {
        let (app, _clock) = t.app(Config::default(), START);
        let who = account(&app, "ana", Role::Officer).await;
        let one = Observable { kind: Kind::Ip, value: "192.0.2.7".to_owned() };
        let mut draft = sample::draft(1);
        draft.body.observables = vec![one.clone()];
        let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
        let said = |text: &str| Written { text: text.into(), key: None };
        let note = || Command::Note { digest: String::new(), corrects: None };
        for title in ["By its report", "By its words", "By other words", "By its title 192.0.2[.]7", "Not at all"] {
            app.open_case(&who, &said(title), &[]).await.unwrap();
        }
        app.link_report(&who, 1, &received.reference).await.unwrap();
        app.work_case(&who, 1, i64::MAX, note(), Some(&said("It is 192.0.2.7."))).await.unwrap();
        app.work_case(&who, 2, i64::MAX, note(), Some(&said("The machine is 192[.]0[.]2[.]7, says its owner."))).await.unwrap();
        // The same words, and not the address.
        app.work_case(&who, 3, i64::MAX, note(), Some(&said("192.0.2.70 and 7.2.0.192"))).await.unwrap();
        let found = app.cases_naming(&who, &one, &[received.no, 99]).await.unwrap();
        assert_eq!(found.iter().map(|case| case.no).collect::<Vec<_>>(), [4, 2, 1]);
        let found = app.cases_naming(&who, &Observable { value: "192.0.2.8".to_owned(), ..one }, &[]).await.unwrap();
        assert!(found.is_empty());
    }
}
