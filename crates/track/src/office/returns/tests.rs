//! Returns: read and written as JSON, checked, and applied to the files of plans.

mod any;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::tests::read;
use super::*;
use crate::base_plan;
use crate::plan::{Files, Period, Plan, Said};
use crate::plan_files;

/// A day after everything in the example.
const TODAY: Date = date(2026, 7, 20);

fn harbour() -> Files {
    plan_files::folder("example-harbour")
}

fn evidence() -> Evidence {
    Evidence {
        title: "Minutes of 7 July, \"wharf\", item 4".into(),
        publisher: "Example Harbour Gazette".into(),
        url: Some("https://example.org/gazette/52".into()),
        published: Some("2026-06-20".parse().unwrap()),
        ..Evidence::default()
    }
}

fn a_return(id: &str, by: &str, about: About) -> Return {
    Return {
        id: id.into(),
        edition: "2026".into(),
        by: by.into(),
        filed: date(2026, 7, 10),
        about,
        evidence: vec![evidence()],
    }
}

fn mast(id: &str) -> Return {
    let about = About::Initiative(Progress {
        id: "wharf-net".into(),
        claim: Words {
            en: "The second mast stands.".into(),
            mi: Some("Kua tū te rewa tuarua.".into()),
        },
        milestone: None,
        action: Some("second-mast".into()),
        done: Some(date(2026, 6, 18)),
    });
    a_return(id, "Example Harbour Council (fictional)", about)
}

fn figure(id: &str, period: &str, value: &str) -> Figure {
    Figure {
        id: id.into(),
        period: period.into(),
        value: Some(value.into()),
        ..Figure::default()
    }
}

fn filed(figure: Figure) -> Return {
    a_return(
        "v1",
        "Example Harbour Council (fictional)",
        About::Measure(figure),
    )
}

fn accepted(ret: Return) -> Accepted {
    Accepted {
        ret,
        accepted: date(2026, 7, 12),
        role: "Keeper of the plan".into(),
    }
}

/// `code field`, errors with `!`.
fn found(ret: &Return) -> Vec<String> {
    let findings = check(&read(&harbour()), "2026", ret, TODAY);
    let told = findings.iter().map(|one| {
        assert!(one.what.mi.is_some() && one.mend.mi.is_some(), "{one:?}");
        for text in [&one.what.en, &one.mend.en] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{one:?}");
        }
        let mark = if one.is_error() { "!" } else { "" };
        format!("{mark}{} {}", one.code, one.field)
    });
    told.collect()
}

#[test]
fn what_is_right_gives_no_error() {
    // The edition's day is before the publication of the evidence of nothing here.
    assert_eq!(found(&mast("m1")), Vec::<String>::new());
    let mut days = figure("days", "2026Q2", "20");
    days.low = Some("18".into());
    days.high = Some("22.5".into());
    days.n = Some("61".into());
    days.flag = "provisional".into();
    assert_eq!(found(&filed(days)), Vec::<String>::new());
}

/// What is found in the example's return by somebody else, or with a change.
fn changed(by: &str, change: fn(&mut Progress)) -> Vec<String> {
    let About::Initiative(mut progress) = mast("x").about else {
        panic!("it is one")
    };
    change(&mut progress);
    found(&a_return("x", by, About::Initiative(progress)))
}

#[test]
fn what_is_reported_on_is_there_and_in_plain_words() {
    let step = |change: fn(&mut Progress)| changed("example harbour council", change);
    assert_eq!(
        step(|it| it.id = "wharf".into()),
        ["!unknown-initiative id"]
    );
    assert_eq!(
        step(|it| it.action = Some("third".into())),
        ["!unknown-action action"]
    );
    assert_eq!(
        step(|it| it.milestone = Some("second-mast".into())),
        ["!two-steps action", "!unknown-milestone milestone"]
    );
    assert_eq!(
        step(|it| it.done = Some(date(2026, 7, 21)))[..1],
        ["!future done"]
    );
    assert_eq!(step(|it| it.claim.en = " ".into()), ["!empty claim"]);
    assert_eq!(
        step(|it| it.claim.mi = Some("=a".into())),
        ["!formula claim.mi"]
    );
    assert_eq!(
        step(|it| it.claim.en = "a".repeat(CLAIM_CHARS_MAX + 1)),
        ["!too-long claim"]
    );
    assert_eq!(
        step(|it| it.claim.en = "a\u{202e}b".into()),
        ["!unseen claim"]
    );
}

#[test]
fn only_those_file_who_answer() {
    assert_eq!(
        changed("Example Harbour Library", |_| ()),
        ["!not-owner by"]
    );
    // Who does an action may report on it.
    let visit = |by: &str| {
        changed(by, |it| {
            it.id = "safe-shops".into();
            it.action = Some("visit".into());
        })
    };
    assert_eq!(
        visit("Example Harbour Library"),
        ["done-late done", "done-before done"]
    );
    assert!(visit("Te Hapū o te Tauira").contains(&"!not-owner by".into()));
    let note = |by: &str, id: &str| {
        let about = About::Note(Remark {
            what: What::Initiative,
            id: id.into(),
            text: Words::english("Late"),
        });
        found(&a_return("x", by, about))
    };
    assert_eq!(
        note("Example Harbour Council", "helpers"),
        Vec::<String>::new()
    );
    assert_eq!(
        note("Example Harbour Library", "wharf-net"),
        ["!not-owner by"]
    );
    assert_eq!(
        note("Example Harbour Library", "x"),
        ["!unknown-subject id"]
    );
    let dissent = About::Dissent(Objection {
        what: What::Measure,
        id: "email".into(),
        text: Words::english("No"),
        reviewer: String::new(),
        would_say: None,
    });
    assert_eq!(
        found(&a_return("x", "Anybody", dissent)),
        ["!empty reviewer"]
    );
}

#[test]
fn evidence_is_there_and_can_be_opened() {
    let with = |evidence: Vec<Evidence>| {
        let mut ret = mast("m1");
        ret.evidence = evidence;
        found(&ret)
    };
    assert_eq!(with(vec![]), ["!no-evidence evidence"]);
    let change = |change: fn(&mut Evidence)| {
        let mut one = evidence();
        change(&mut one);
        with(vec![one])
    };
    assert_eq!(
        change(|one| one.url = Some("javascript:alert(1)".into())),
        ["!bad-url evidence.0.url", "no-link evidence"]
    );
    assert_eq!(change(|one| one.url = None), ["no-link evidence"]);
    assert_eq!(
        change(|one| one.sha256 = Some("ab".into())),
        ["!bad-hash evidence.0.sha256"]
    );
    assert_eq!(
        change(|one| one.retrieved = Some(date(2027, 1, 1))),
        ["!future evidence.0.retrieved"]
    );
    assert_eq!(
        change(|one| one.published = Some("2026-08".parse().unwrap())),
        ["!future evidence.0.published"]
    );
    assert_eq!(
        change(|one| one.title = "@SUM(A1)".into()),
        ["!formula evidence.0.title"]
    );
    assert_eq!(
        change(|one| one.publisher = own_name()),
        ["own-word evidence"]
    );
    assert_eq!(
        change(|one| {
            one.publisher = own_name();
            one.kind = Some(SourceKind::Dataset);
        }),
        Vec::<String>::new()
    );
    let many = vec![evidence(); EVIDENCE_MAX + 1];
    assert_eq!(with(many), ["!too-many evidence"]);
}

fn own_name() -> String {
    "Example Harbour Council".into()
}

#[test]
fn values_are_looked_at_beside_those_that_are_there() {
    let with = |id: &str, period: &str, value: &str| found(&filed(figure(id, period, value)));
    assert_eq!(with("days", "2025", "20"), ["!other-frequency period"]);
    assert_eq!(with("days", "2026Q1", "20"), ["late filed"]);
    assert_eq!(with("days", "2nd quarter", "20"), ["!bad-period period"]);
    assert_eq!(with("days", "2026Q3", "20"), ["!period-running period"]);
    assert_eq!(with("days", "2026Q2", "20,5"), ["!bad-number value"]);
    assert_eq!(with("email", "2025", "52"), ["!same-value value"]);
    assert_eq!(with("email", "2025", "53"), ["!restated revises"]);
    assert_eq!(with("email", "2025", "152")[..1], ["!above-limit value"]);
    assert_eq!(with("days", "2026Q2", "200"), ["jump value"]);
    assert_eq!(with("trust", "2025", "50"), ["!no-series id"]);
    assert_eq!(with("reports", "2026-06", "51"), ["!live-measure id"]);
    assert_eq!(with("no", "2026-06", "50"), ["!unknown-measure id"]);
    assert_eq!(with("closed-places", "2025", "3")[..1], ["!not-allowed id"]);
    // It was missing: a value takes the place of nothing.
    assert_eq!(with("days", "2025Q3", "23"), Vec::<String>::new());
    let mut restated = figure("email", "2025", "53");
    restated.revises = true;
    assert_eq!(found(&filed(restated.clone())), ["!restated note"]);
    restated.note = "Two domains were left out.".into();
    assert_eq!(found(&filed(restated)), Vec::<String>::new());
    let mut new = figure("days", "2026Q2", "20");
    new.revises = true;
    assert_eq!(found(&filed(new)), ["nothing-before revises"]);
}

#[test]
fn what_stands_beside_a_value_is_sound() {
    let change = |change: fn(&mut Figure)| {
        let mut it = figure("days", "2026Q2", "20");
        change(&mut it);
        found(&filed(it))
    };
    assert_eq!(change(|it| it.value = None), ["!no-value value"]);
    assert_eq!(
        change(|it| it.missing = Some(Missing::NotCollected)),
        ["!value-and-missing missing"]
    );
    assert_eq!(
        change(|it| it.low = Some("21".into())),
        ["!bad-interval low"]
    );
    assert_eq!(
        change(|it| it.high = Some("1e3".into())),
        ["!bad-number high"]
    );
    assert_eq!(change(|it| it.n = Some("-3".into())), ["!bad-count n"]);
    assert_eq!(
        change(|it| it.flag = "provisonal".into()),
        ["!unknown-flag flag"]
    );
    assert_eq!(change(|it| it.note = "+cmd".into()), ["!formula note"]);
    assert_eq!(
        change(|it| it.period = "2026Q4".into()),
        ["!period-running period"]
    );
    assert_eq!(
        change(|it| {
            it.period = "2026Q4".into();
            it.flag = "planned".into();
        }),
        Vec::<String>::new()
    );
    assert_eq!(
        change(|it| {
            it.dims.insert("age".into(), "old".into());
        }),
        ["!unknown-column dims.age"]
    );
}

#[test]
fn counts_are_rounded_before_they_are_filed() {
    let with = |value: &str, group: Option<&str>| {
        let mut it = figure("people-helped", "2026", value);
        it.flag = "planned".into();
        if let Some(group) = group {
            it.dims.insert("district".into(), group.into());
        }
        let by = "Example Harbour Library (fictional)";
        found(&a_return("v1", by, About::Measure(it)))
    };
    assert_eq!(with("190", None), ["!not-rounded value"]);
    assert_eq!(with("189.5", None), ["!no-count value"]);
    assert_eq!(with("-3", None), ["!no-count value"]);
    assert_eq!(with("189", None), Vec::<String>::new());
    assert_eq!(with("78", Some("wharf")), Vec::<String>::new());
    assert_eq!(with("78", Some("moon")), ["!unknown-group dims.district"]);
}

#[test]
fn editions_take_returns_until_they_are_frozen() {
    let plan = read(&harbour());
    let codes = |edition: &str| -> Vec<&str> {
        let found = check(&plan, edition, &mast("m1"), TODAY);
        found.iter().map(|one| one.code).collect()
    };
    assert_eq!(codes("2030"), ["unknown-edition"]);
    let frozen = codes("2025");
    assert!(
        frozen.contains(&"edition-frozen") && frozen.contains(&"other-edition"),
        "{frozen:?}"
    );
    let mut ret = mast("m1");
    ret.edition = "2025".into();
    let faults = apply(&harbour(), &[accepted(ret.clone())]).unwrap_err();
    assert_eq!(faults[0].code, "edition-frozen");
    ret.edition = "2030".into();
    let faults = apply(&harbour(), &[accepted(ret)]).unwrap_err();
    assert_eq!(faults[0].code, "unknown-edition");
}

#[test]
fn an_id_that_a_table_reads_otherwise_is_refused() {
    for id in ["", " ", "m1 ", " m1", "M1", &"m".repeat(51)] {
        let mut ret = mast("m1");
        ret.id = id.into();
        let faults = apply(&harbour(), &[accepted(ret)]).unwrap_err();
        assert_eq!(faults[0].code, "bad-id", "{id:?}");
    }
}

#[test]
fn an_accepted_return_is_part_of_the_plan() {
    let files = harbour();
    let out = apply(&files, &[accepted(mast("m1"))]).unwrap();
    let plan = read(&out);
    let edition = plan.edition("2026").unwrap();
    let initiative = edition.initiative("wharf-net").unwrap();
    let action = initiative
        .actions
        .iter()
        .find(|one| one.id == "second-mast")
        .unwrap();
    assert_eq!(action.done, Period::of_day(date(2026, 6, 18)));
    assert_eq!(action.evidence, ["return-m1"]);
    let claim = initiative.status_evidence.last().unwrap();
    assert_eq!(claim.returned.as_deref(), Some("m1"));
    assert_eq!(claim.claim.mi.as_deref(), Some("Kua tū te rewa tuarua."));
    let returned = edition.returns.iter().find(|one| one.id == "m1").unwrap();
    assert_eq!(returned.accepted_by, "Keeper of the plan");
    assert!(
        matches!(&returned.said, Said::Progress { action: Some(id), .. } if id == "second-mast")
    );
    let source = &plan.sources["return-m1"];
    assert_eq!(source.title, evidence().title);
    assert!(
        source
            .note
            .contains("accepted 2026-07-12 (Keeper of the plan)"),
        "{}",
        source.note
    );
    let report = crate::report::Report::of(&plan, edition);
    let page = crate::site::page(&plan, &report, "i/wharf-net.html", &Default::default()).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.contains("Filed by Example Harbour Council (fictional) on 10 July 2026"),
        "{page}"
    );
}

#[test]
fn a_value_is_a_row_with_the_day_of_its_publication() {
    let files = harbour();
    let mut restated = filed(figure("email", "2025", "53"));
    if let About::Measure(it) = &mut restated.about {
        it.revises = true;
        it.note = "Two domains, and\na line".into();
    }
    let out = apply(&files, &[accepted(restated.clone())]).unwrap();
    let before = std::str::from_utf8(files.get("series/email-protected.csv").unwrap()).unwrap();
    let after = std::str::from_utf8(out.get("series/email-protected.csv").unwrap()).unwrap();
    assert_eq!(
        after.strip_prefix(before).unwrap(),
        "2025,53,2026-06-20,return-v1,,,,,,,\"Two domains, and a line\"\n"
    );
    // Where another value was published since, it counts from its acceptance.
    restated.evidence[0].published = Some("2025-12".parse().unwrap());
    let out = apply(&files, &[accepted(restated)]).unwrap();
    let after = std::str::from_utf8(out.get("series/email-protected.csv").unwrap()).unwrap();
    assert!(after.contains("2025,53,2026-07-12,return-v1,"), "{after}");
}

#[test]
fn nothing_is_applied_by_half() {
    let mut bad = mast("m2");
    if let About::Initiative(it) = &mut bad.about {
        it.id = "no-such".into();
    }
    let faults = apply(&harbour(), &[accepted(mast("m1")), accepted(bad)]).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, "unknown-initiative");
    let mut files = harbour();
    files.insert("editions/2026/returns.toml", "[[return]\n");
    let faults = apply(&files, &[accepted(mast("m1"))]).unwrap_err();
    assert_eq!(faults[0].code, "toml-syntax");
    let faults = apply(&harbour(), &[accepted(filed(figure("trust", "2025", "3")))]).unwrap_err();
    assert_eq!(faults[0].code, "no-series");
}

#[test]
fn of_two_returns_on_one_step_the_later_counts() {
    let mut later = accepted(mast("m2"));
    later.accepted = date(2026, 7, 15);
    if let About::Initiative(it) = &mut later.ret.about {
        it.done = Some(date(2026, 6, 25));
    }
    let both = [later, accepted(mast("m1"))];
    let out = apply(&harbour(), &both).unwrap();
    let plan = read(&out);
    let initiative = plan
        .edition("2026")
        .unwrap()
        .initiative("wharf-net")
        .unwrap();
    let action = initiative
        .actions
        .iter()
        .find(|one| one.id == "second-mast")
        .unwrap();
    assert_eq!(action.done, Period::of_day(date(2026, 6, 25)));
    assert_eq!(action.evidence, ["return-m1", "return-m2"]);
    let turned: Vec<Accepted> = both.iter().rev().cloned().collect();
    assert_eq!(apply(&harbour(), &turned).unwrap(), out);
}

#[test]
fn unknown_keys_are_refused() {
    let json = serde_json::to_string(&mast("m1")).unwrap();
    for (from, to) in [
        ("\"by\"", "\"bye\":1,\"by\""),
        ("\"claim\"", "\"clam\":1,\"claim\""),
        ("\"en\"", "\"fr\":\"x\",\"en\""),
        ("\"title\"", "\"titel\":\"x\",\"title\""),
        ("2026-07-10", "2026-7-10"),
        ("2026-06-20", "soon"),
        ("\"initiative\"", "\"initiatives\""),
    ] {
        assert!(json.contains(from), "{from}");
        let broken = json.replacen(from, to, 1);
        assert!(serde_json::from_str::<Return>(&broken).is_err(), "{broken}");
    }
}

/// Whether a file only had lines put to its end, and columns to the end of its lines where its header has new ones.
fn grown(before: &[u8], after: &[u8]) -> bool {
    let [before, after] = [before, after].map(|text| std::str::from_utf8(text).unwrap());
    let header = |text: &str| text.lines().next().map(str::to_owned);
    if header(before) == header(after) {
        return after.starts_with(before);
    }
    let mut lines = after.lines();
    before.lines().enumerate().all(|(row, line)| {
        let rest = lines.next().and_then(|now| now.strip_prefix(line));
        rest.is_some_and(|rest| {
            rest.starts_with(',') && (row == 0 || rest.trim_matches(',').is_empty())
        })
    })
}

proptest! {
    #[test]
    fn json_reads_back(one in any::accepted()) {
        let json = serde_json::to_string(&one).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Accepted>(&json).unwrap(), &one);
        let bytes = serde_json::to_vec(&one.ret).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Return>(&bytes).unwrap(), one.ret);
    }

    #[test]
    fn checking_never_panics_and_names_each_field(one in any::accepted()) {
        let files: Files = base_plan::BASE.iter().copied().collect();
        let (plan, _) = Plan::sketch(&files);
        for finding in check(&plan, "2026", &one.ret, TODAY) {
            prop_assert!(!finding.field.is_empty() && !finding.what.en.is_empty() && !finding.mend.en.is_empty());
        }
    }

    #[test]
    fn what_is_applied_keeps_every_other_byte_and_is_applied_once(all in proptest::collection::vec(any::accepted(), 1..4)) {
        let files: Files = base_plan::BASE.iter().copied().collect();
        let Ok(out) = apply(&files, &all) else {
            return Ok(());
        };
        prop_assert!(Plan::read(&out).0.is_some());
        for (path, before) in files.iter() {
            prop_assert!(grown(before, out.get(path).unwrap()), "{}", path);
        }
        prop_assert_eq!(apply(&out, &all).unwrap(), out.clone());
        let turned: Vec<Accepted> = all.iter().rev().cloned().collect();
        prop_assert_eq!(apply(&files, &turned).unwrap(), out);
    }

    #[test]
    fn what_has_no_error_can_be_applied(one in any::likely()) {
        let files: Files = base_plan::BASE.iter().copied().collect();
        let (plan, _) = Plan::sketch(&files);
        let findings = check(&plan, "2026", &one.ret, TODAY);
        if !findings.iter().any(Finding::is_error) {
            let applied = apply(&files, &[one]);
            prop_assert!(applied.is_ok(), "{:?}", applied);
        }
    }
}
