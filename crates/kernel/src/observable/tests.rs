use std::fmt::Write as _;

use proptest::prelude::*;

use super::scan::Scan;
use super::*;

/// `kind value` of everything found.
fn found(text: &str) -> Vec<String> {
    extract(text)
        .into_iter()
        .map(|o| format!("{} {}", o.kind.as_str(), o.value))
        .collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (text, wanted) in cases {
        assert_eq!(found(text), *wanted, "{text}");
    }
}

#[test]
fn addresses() {
    check(&[
        (
            "from 192.0.2.1, 198.51.100.7:8080 (203.0.113.9).",
            &["ip 192.0.2.1", "ip 198.51.100.7", "ip 203.0.113.9"],
        ),
        (
            "192[.]0[.]2[.]1 and 192(dot)0.2\\.2",
            &["ip 192.0.2.1", "ip 192.0.2.2"],
        ),
        (
            "IP:192.0.2.1 net 192.0.2.0/24",
            &["ip 192.0.2.0", "ip 192.0.2.1"],
        ),
        (
            "2001:DB8:0:0::1, [2001:db8::2] fe80::1%eth0",
            &["ip 2001:db8::1", "ip 2001:db8::2", "ip fe80::1"],
        ),
        (
            "at 12:30:45 std::fmt ab::cd 1.2.3 256.1.1.1 10.0.19045.1 1.2.3.4.5",
            &[],
        ),
    ]);
}

#[test]
fn domains() {
    check(&[
        ("see Evil.Example.COM.", &["domain evil.example.com"]),
        (
            "evil.example, www.evil.co.nz; example.com!",
            &[
                "domain evil.example",
                "domain example.com",
                "domain www.evil.co.nz",
            ],
        ),
        (
            "evil[.]example evil(dot)example2[.]com",
            &["domain evil.example", "domain evil.example2.com"],
        ),
        ("evil{.}newtld evil.newtld", &["domain evil.newtld"]),
        (
            "_dmarc.example.org domain=example.net",
            &["domain _dmarc.example.org", "domain example.net"],
        ),
        (
            "bücher.example BÜCHER.example xn--bcher-kva.example",
            &["domain xn--bcher-kva.example"],
        ),
        (
            "ｅｖｉｌ．example evil\u{200b}er.example evil。example",
            &["domain evil.example", "domain eviler.example"],
        ),
        ("“evil.example” (evil.example)", &["domain evil.example"]),
        (
            "请访问evil.example谢谢, 请bücher.example谢",
            &["domain evil.example", "domain xn--bcher-kva.example"],
        ),
        ("163.com", &["domain 163.com"]),
    ]);
}

#[test]
fn what_only_looks_like_a_domain() {
    check(&[
        (
            "invoice.pdf setup.exe photos.zip Node.js README.md a.b",
            &[],
        ),
        ("Thanks.So I went home.Today we are.In", &[]),
        ("e.g. i.e. 8.30am 10.30.am $1,234.50 v1.2 U.S. 3.am", &[]),
        ("-.com .com com. a..com a-.com x.c", &[]),
        ("C:\\Users\\x\\file.txt /etc/passwd and/or", &[]),
        (&format!("{}.com", "a".repeat(64)), &[]),
        (&format!("{}com", "a.".repeat(126)), &[]),
    ]);
    check(&[(
        "photos.zip/login www.photos.zip",
        &[
            "domain photos.zip",
            "domain www.photos.zip",
            "url http://photos.zip/login",
        ],
    )]);
}

#[test]
fn links() {
    check(&[
        (
            "HTTPS://Evil.Example",
            &["domain evil.example", "url https://evil.example/"],
        ),
        (
            "(see http://evil.example/a_(b)).",
            &["domain evil.example", "url http://evil.example/a_(b)"],
        ),
        (
            "hxxps://evil[.]example/x?y=1&z=2#f,",
            &[
                "domain evil.example",
                "url https://evil.example/x?y=1&z=2#f",
            ],
        ),
        (
            "hxxp[:]//evil.example:8080/ hXXp[://]evil.example:80/b",
            &[
                "domain evil.example",
                "url http://evil.example/b",
                "url http://evil.example:8080/",
            ],
        ),
        (
            "http://bank.example@192.0.2.1/",
            &["ip 192.0.2.1", "url http://bank.example@192.0.2.1/"],
        ),
        (
            "http://3221225985/ http://0xC0000202/",
            &[
                "ip 192.0.2.1",
                "ip 192.0.2.2",
                "url http://192.0.2.1/",
                "url http://192.0.2.2/",
            ],
        ),
        (
            "http://[2001:db8::1]:8443/x",
            &["ip 2001:db8::1", "url http://[2001:db8::1]:8443/x"],
        ),
    ]);
    let long = format!("http://evil.example/{}", "x".repeat(URL_BYTES_MAX));
    assert_eq!(found(&long), ["domain evil.example"]);
}

#[test]
fn links_without_blanks_around() {
    check(&[
        (
            "http://a.example/1,2 http://a.example/,http://b.example/",
            &[
                "domain a.example",
                "domain b.example",
                "url http://a.example/",
                "url http://a.example/1,2",
                "url http://b.example/",
            ],
        ),
        (
            "http://a.example/?u=http://b.example/",
            &[
                "domain a.example",
                "url http://a.example/?u=http://b.example/",
            ],
        ),
        (
            "<a href=\"http://evil.example/\">x</a> [t](http://md.example/)",
            &[
                "domain evil.example",
                "domain md.example",
                "url http://evil.example/",
                "url http://md.example/",
            ],
        ),
        (
            "evil.example/login?id=1&x=2",
            &[
                "domain evil.example",
                "url http://evil.example/login?id=1&x=2",
            ],
        ),
        (
            "evil.example/@name",
            &["domain evil.example", "url http://evil.example/@name"],
        ),
        (
            "evil.example:8080/x",
            &["domain evil.example", "url http://evil.example:8080/x"],
        ),
        (
            "http://evil.example谢谢",
            &["domain evil.example", "url http://evil.example/"],
        ),
        (
            "http://例え.テスト/パス",
            &[
                "domain xn--r8jz45g.xn--zckzah",
                "url http://xn--r8jz45g.xn--zckzah/パス",
            ],
        ),
        (
            "ftp://files.example/x http:// http://localhost/ http://-/",
            &["domain files.example", "url http://files.example/x"],
        ),
    ]);
}

#[test]
fn mailboxes() {
    check(&[
        (
            "Mail a.b+c@Evil.Example, <x@example.com>",
            &["email a.b+c@evil.example", "email x@example.com"],
        ),
        (
            "a[at]b[.]example a[@]c[.]example mailto:d@example.org?subject=x",
            &[
                "email a@b.example",
                "email a@c.example",
                "email d@example.org",
            ],
        ),
        ("@handle a@b x@.com a@b@c.example", &["email b@c.example"]),
        (
            "\"x\"@example.com ü@bücher.example",
            &["domain example.com", "email ü@xn--bcher-kva.example"],
        ),
    ]);
}

#[test]
fn everything_at_once() {
    check(&[(
        "Called from +64 21 555 0123 and (04) 555-0123, then paid 12-3456-0123456-00. \
         Wallet: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed file md5=D41D8CD98F00B204E9800998ECF8427E \
         IBAN GB82 WEST 1234 5698 7654 32; tel:0215550124",
        &[
            "hash d41d8cd98f00b204e9800998ecf8427e",
            "phone +64215550123",
            "phone +64215550124",
            "phone +6445550123",
            "wallet 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "account 12-3456-0123456-000",
            "account GB82WEST12345698765432",
        ],
    )]);
}

#[test]
fn at_most_so_many() {
    let mut text = String::new();
    for number in 0..1000 {
        let _ = write!(text, "host{number}.example ");
    }
    assert_eq!(extract(&text).len(), OBSERVABLES_MAX);
    assert!(extract(&text).contains(&Observable::new(Kind::Domain, "host0.example")));
}

#[test]
fn defangs_for_display() {
    for (kind, live, shown) in [
        (
            Kind::Url,
            "https://evil.example/a.php?b=c.d",
            "hxxps://evil[.]example/a.php?b=c.d",
        ),
        (
            Kind::Url,
            "http://u@192.0.2.1:81/",
            "hxxp://u[@]192[.]0[.]2[.]1:81/",
        ),
        (Kind::Domain, "evil.example", "evil[.]example"),
        (Kind::Email, "a.b@c.example", "a[.]b[@]c[.]example"),
        (Kind::Ip, "192.0.2.1", "192[.]0[.]2[.]1"),
        (Kind::Ip, "2001:db8::1", "2001[:]db8[:][:]1"),
        (Kind::Phone, "+64215550123", "+64215550123"),
    ] {
        assert_eq!(defang(&Observable::new(kind, live)), shown);
    }
    assert_eq!(
        defang_text(
            "Go to https://evil.example/x.html, or mail a@b.example. Bye (HTTP://x) at 10.30 v1.2"
        ),
        "Go to hxxps://evil[.]example/x.html, or mail a[@]b[.]example. Bye (HXXP://x) at 10.30 v1.2"
    );
    assert_eq!(
        defang_text("a/b.+c@evil.example http://a.example/@x.y evil.example/@z"),
        "a/b.+c[@]evil[.]example hxxp://a[.]example/@x.y evil[.]example/[@]z"
    );
    assert!(matches!(
        defang_text("nothing to see here, at 10.30."),
        std::borrow::Cow::Borrowed(_)
    ));
}

#[test]
fn work_grows_with_length_only() {
    let hostile = [
        "a.",
        "a@",
        "@",
        "http://",
        "http://a,",
        "://",
        "[.]",
        "((((",
        "))))",
        "+1 ",
        "0",
        "0 ",
        "02 ",
        "a:",
        "1:",
        "::",
        ".",
        "\\.",
        "GB82 ",
        "1A",
        "0x",
        "x",
        "。",
        "\u{200b}.",
        "ü.",
        "http://a.example/)",
        "a.example ",
        "a@a.example,",
        "[at]",
        "1.1.",
        "-",
        "=.",
    ];
    for unit in hostile {
        let work = |size: usize| {
            let text = unit.repeat(size / unit.len());
            let started = std::time::Instant::now();
            let (_, steps) = Scan::new(&text, 64).run();
            (steps, started.elapsed())
        };
        let ((small, _), (large, time)) = (work(50_000), work(100_000));
        assert!(
            large * 10 <= small * 25 + 1000,
            "{unit:?}: {small} then {large}"
        );
        // Steps count what is looked at; this holds them to account, generously for a debug build.
        assert!(time.as_secs() < 30, "{unit:?}: {time:?}");
    }
}

#[test]
fn what_is_not_to_be_seen_is_in_no_observable() {
    // The grapheme joiner is a combining mark, the fillers are letters: each must go before it is asked what it is.
    for hidden in [
        '\u{034F}', '\u{115F}', '\u{1160}', '\u{17B4}', '\u{3164}', '\u{FFA0}', '\u{200B}',
        '\u{AD}',
    ] {
        let text = format!("https://evil.exam{hidden}ple/a{hidden}b and x{hidden}@evil.example");
        assert_eq!(
            found(&text),
            [
                "domain evil.example",
                "url https://evil.example/ab",
                "email x@evil.example"
            ],
            "{:04X}",
            u32::from(hidden)
        );
    }
}

#[test]
fn a_mailbox_begins_nowhere_with_signs_that_are_cut_off_elsewhere() {
    assert_eq!(found("ü@+@a.example"), Vec::<String>::new());
    assert_eq!(found("x@-b@a.example"), ["email b@a.example"]);
}

proptest! {
    #[test]
    fn no_value_has_blanks_or_hidden_signs(
        text in "[a-c.@:/0-9\\u{034F}\\u{115F}\\u{3164}\\u{200B}\\u{202E}\\u{3000}\\u{FF0F} -]{0,60}",
    ) {
        for observable in extract(&format!("https://a.example/{text} {text}")) {
            let unfit = |c: char| c.is_whitespace() || c.is_control() || crate::text::is_invisible(c);
            prop_assert!(!observable.value.is_empty() && !observable.value.contains(unfit), "{observable:?}");
        }
    }

    #[test]
    fn what_is_passed_over_is_plain(text in any::<String>(), likely in "[a-c.@:0 üx、（]{0,40}", long in 0_usize..9_000) {
        for text in [text, likely.clone(), format!("{likely} {}{likely}", "aü".repeat(long / 3)), "b".repeat(long) + &likely] {
            prop_assert_eq!(Scan::new(&text, 64).told(true), Scan::new(&text, 64).told(false));
        }
    }

    #[test]
    fn never_panics_and_is_canonical(text in any::<String>(), likely in "[a-c.@:/\\[\\]()+0-9 üx-]{0,60}") {
        for text in [text, likely] {
            for observable in extract(&text) {
                // What only brackets made sure, they make sure again.
                let mut again = extract(&observable.value);
                again.extend(extract(&defang(&observable)));
                prop_assert!(again.contains(&observable) || observable.kind == Kind::Url || observable.kind == Kind::Domain, "{observable:?} {again:?}");
            }
            let once = defang_text(&text).into_owned();
            prop_assert_eq!(defang_text(&once), once.as_str());
        }
    }

    #[test]
    fn what_was_defanged_is_found_again(
        host in "[a-z]{1,8}\\.(example|com|co\\.nz)", path in "(/[a-z.]{0,6})?", user in "[a-z]{1,5}", scheme in "(http|https)://", octet in 0_u8..,
    ) {
        let text = format!("{scheme}{host}{path} and {user}@{host} from 192.0.2.{octet}, {host}");
        let shown = defang_text(&text);
        prop_assert!(!shown.contains("http:") && !shown.contains("https:") && !shown.contains("@b") && !shown.contains(&host));
        prop_assert_eq!(extract(&shown), extract(&text));
        for observable in extract(&text) {
            let shown = defang(&observable);
            prop_assert!(extract(&shown).contains(&observable), "{}", shown);
        }
    }
}
