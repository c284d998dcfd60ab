use std::sync::LazyLock;

use cairn_kernel::time::Micros;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::form::{Form, FormFiles};

static FORM: LazyLock<Form> = LazyLock::new(|| Form::parse(&FormFiles::embedded()).unwrap());

fn with<T>(then: impl FnOnce(&Known<'_>) -> T) -> T {
    let form = &*FORM;
    let accounts = [("a-1", "hana"), ("a-2", "matiu")];
    let accounts = accounts.map(|(id, login)| (id.to_owned(), login.to_owned()));
    then(&Known {
        taxonomy: form.taxonomy(),
        agencies: form.agencies(),
        languages: form.languages(),
        accounts: &accounts,
        me: "a-1",
        currency: "NZD",
        calling_code: 64,
    })
}

fn read(line: &str) -> Result<Search, Vec<Fault>> {
    with(|known| parse(line, known))
}

/// The line as it is printed.
fn shortest(line: &str) -> String {
    read(line)
        .unwrap_or_else(|faults| panic!("{line}: {faults:?}"))
        .to_string()
}

fn wrong(line: &str) -> Vec<(usize, Wrong)> {
    let faults = read(line).expect_err(line);
    faults
        .into_iter()
        .map(|fault| (fault.at, fault.wrong))
        .collect()
}

fn wanted(line: &str) -> Wanted {
    // 2026-11-23T18:00:00Z
    let now = Micros(1_795_456_800_000_000);
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    with(|known| parse(line, known).unwrap().wanted(known, now, &zone))
}

#[test]
fn the_line_of_the_handbook_is_read() {
    let line = "category:phishing loss>10000 since:2026-01-01 \"text me\" -assignee:me pānui";
    assert_eq!(shortest(line), line);
    let wanted = wanted(line);
    assert_eq!(wanted.category.any, ["phishing"]);
    assert_eq!(wanted.loss_minor, Some((1_000_001, i64::MAX)));
    assert_eq!(
        wanted.received.0.unwrap().to_string(),
        "2025-12-31T11:00:00Z"
    );
    assert_eq!(wanted.words, ["text", "me", "panui"]);
    assert_eq!(wanted.phrases, ["text me"]);
    assert_eq!(wanted.assignee.none, ["a-1"]);
    assert_eq!(wanted.state.none, ["closed"]);
    assert!(wanted.prefix && !wanted.nothing);
}

#[test]
fn the_shortest_form() {
    for (line, shown) in [
        ("", ""),
        ("   CATEGORY:Phishing,scam  ", "category:phishing,scam"),
        ("loss>=10,000.50", "loss>=10000.50"),
        ("loss<=NZ$2000 loss:unknown", "loss<=2000 loss:not_known"),
        ("severity<3 severity:6,5", "severity:1,2 severity:5,6"),
        (
            "assignee:a-2 assignee:nobody",
            "assignee:matiu assignee:nobody",
        ),
        ("“kia ora”x", "\"kia ora\" x"),
        (
            "hxxps://bad[.]example/a/b?c=1",
            "url:hxxps://bad[.]example/a/b?c=1",
        ),
        ("bad[.]example", "domain:bad[.]example"),
        ("a[at]bad[.]example", "email:a[@]bad[.]example"),
        ("192[.]0[.]2[.]1", "ip:192[.]0[.]2[.]1"),
        ("domain:hxxps://bad[.]example/x", "domain:bad[.]example"),
        (
            "bad.example 12:30 a>b https://",
            "bad.example 12:30 a>b https://",
        ),
        ("phone:\"021 555 0100\"", "phone:+64215550100"),
        ("has:files -has:contact", "has:files -has:contact"),
        ("on:2026-1-2 since:7D", "on:2026-01-02 since:7d"),
        ("- -- a", "- -- a"),
    ] {
        assert_eq!(shortest(line), shown, "{line}");
    }
}

#[test]
fn faults_say_where_and_what_was_meant() {
    let filter = |nearest| Wrong::Filter { nearest };
    assert_eq!(wrong("ā categry:scam"), [(2, filter(Some("category")))]);
    assert_eq!(wrong("sender:x"), [(0, filter(None))]);
    let value = |filter, nearest: Option<&str>| Wrong::Value {
        filter,
        nearest: nearest.map(str::to_owned),
    };
    assert_eq!(
        wrong("category:fishing state:shut has:money"),
        [
            (0, value("category", Some("phishing"))),
            (17, value("state", None)),
            (28, value("has", None)),
        ]
    );
    assert_eq!(
        wrong("assignee:hanna"),
        [(0, value("assignee", Some("hana")))]
    );
    assert_eq!(wrong("state:"), [(0, Wrong::Empty)]);
    assert_eq!(wrong("a \"b"), [(2, Wrong::Unclosed)]);
    assert_eq!(wrong("loss>much"), [(0, Wrong::Amount)]);
    assert_eq!(wrong("loss>USD 5"), [(0, Wrong::Amount)]);
    assert_eq!(wrong("since:2026-02-30"), [(0, Wrong::Day)]);
    assert_eq!(
        wrong("severity:9 severity>6"),
        [(0, Wrong::Severity), (11, Wrong::Severity)]
    );
    assert_eq!(wrong("ip:300.1.1.1"), [(0, Wrong::Observable(Kind::Ip))]);
    assert_eq!(wrong("since>2026"), [(0, Wrong::Sign { filter: "since" })]);
    assert!(matches!(wrong("-loss>5")[..], [(0, Wrong::Not { .. })]));
    assert!(matches!(wrong("-\"a b\"")[..], [(0, Wrong::Not { .. })]));
    assert_eq!(wrong("category:scam -parcel"), [(14, Wrong::Alone)]);
    assert!(read("letter -parcel").is_ok());
    assert_eq!(wrong(&"a ".repeat(TERMS_MAX + 1))[0].1, Wrong::Many);
    assert_eq!(wrong(&"a-b/c ".repeat(13))[0].1, Wrong::Many);
    assert_eq!(wrong(&"x".repeat(LINE_CHARS_MAX + 1)), [(0, Wrong::Long)]);
}

#[test]
fn every_filter_of_the_list_is_read() {
    let examples = [
        "category:scam",
        "subtype:investment",
        "state:all",
        "severity:1",
        "assignee:me",
        "loss>1",
        "since:2026",
        "before:2026-01",
        "on:yesterday",
        "language:mi",
        "region:NZ-WGN",
        "sector:P",
        "has:help",
        "consent:police",
        "referred:police",
        "referral:overdue",
        "url:hxxp://a[.]example",
        "domain:a.example",
        "email:a@b.example",
        "phone:+64215550100",
        "ip:2001:db8::1",
        "hash:d41d8cd98f00b204e9800998ecf8427e",
        "wallet:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "account:GB82WEST12345698765432",
    ];
    for (name, example) in FILTERS.into_iter().zip(examples) {
        assert!(example.starts_with(name), "{example}");
        assert_eq!(
            read(example).map(|search| search.terms.len()),
            Ok(1),
            "{example}"
        );
    }
}

#[test]
fn filters_of_one_name_mean_any_and_others_all() {
    let both =
        wanted("category:scam category:phishing -category:malware state:all has:files -has:help");
    assert_eq!(both.category.any, ["scam", "phishing"]);
    assert_eq!(both.category.none, ["malware"]);
    assert!(both.state.is_free());
    assert_eq!(
        (both.files, both.help, both.contact),
        (Some(true), Some(false), None)
    );
    assert!(wanted("has:files -has:files").nothing);
    assert!(wanted("severity:1 severity:2").nothing);
    assert_eq!(wanted("-severity:1,2").severity, [3, 4, 5, 6]);
    assert_eq!(wanted("loss>5 loss<=9").loss_minor, Some((501, 900)));
    let days = wanted("since:2026-01-01 since:2026-02-01 before:2026-03").received;
    assert_eq!(days.0.unwrap().to_string(), "2026-01-31T11:00:00Z");
    assert_eq!(days.1.unwrap().to_string(), "2026-02-28T11:00:00Z");
    assert_eq!(wanted("assignee:nobody").assignee.any, [NOBODY]);
    let words = wanted("letter -Parcel -domain:a.example");
    assert_eq!(words.without, ["parcel"]);
    assert_eq!(words.without_observables.len(), 1);
}

#[test]
fn terms_are_taken_out_and_put_in_the_place_of_others() {
    let search = read("letter category:scam -state:open").unwrap();
    assert_eq!(search.without(0), "category:scam -state:open");
    assert_eq!(search.without(7), search.to_string());
    assert_eq!(
        search.with(Codes::State, "all"),
        "letter category:scam state:all"
    );
    assert_eq!(search.with(Codes::Category, ""), "letter -state:open");
    assert_eq!(search.single(Codes::Category), Some("scam"));
    assert_eq!(search.single(Codes::State), None);
    assert_eq!(
        read("category:scam,malware")
            .unwrap()
            .single(Codes::Category),
        None
    );
}

/// Lines such as people type, and such as nobody does.
fn lines() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[-]?(category|state|has|loss|since|url|domain|severity|assignee|consent|referred|referral)[:<>=]{1,2}[a-z0-9:/.,\"“-]{0,12}",
        "[-]?(category:scam|state:all|loss>5.5|on:today|has:files|domain:bad[.]example|hxxp://a[.]example/x)",
        "\\PC{0,12}",
        "[-\"“”:, a-zā]{0,9}",
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_search(line in lines()) {
        with(|known| match parse(&line, known) {
            Ok(search) => {
                let shown = search.to_string();
                prop_assert_eq!(parse(&shown, known), Ok(search), "{}", shown);
                Ok(())
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    let typed: String = line.chars().skip(fault.at).take(60).collect();
                    prop_assert!(typed.starts_with(&fault.typed), "{:?} in {:?}", fault, line);
                }
                Ok(())
            }
        })?;
    }

    #[test]
    fn a_word_more_never_changes_what_the_filters_mean(line in lines()) {
        with(|known| {
            let (Ok(one), Ok(more)) = (parse(&line, known), parse(&format!("{line} kowhai"), known)) else {
                return Ok(());
            };
            prop_assert_eq!(&one.terms[..], &more.terms[..one.terms.len()]);
            Ok(())
        })?;
    }
}
