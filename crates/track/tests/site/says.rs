//! What single pages say.

use cairn_track::plan::Plan;
use cairn_track::site::{Frame, Lang, Options};

use crate::cases::{built, site, text, words};

const LOSS: &str = "From 2018, 2020 or 2021 as base this is deterioration ; from 2022 it is substantial progress . Choose no one word.";

#[test]
fn reported_loss_is_one_word_from_three_years_and_another_from_the_fourth() {
    let site = site("nz-digital");
    for path in ["m/m2.html", "e/2026/m/m2.html"] {
        let page = words(text(site, path));
        assert!(page.contains(LOSS), "{page}");
        assert!(page.contains("1 of 3 turn its direction round"), "{page}");
    }
    let mi = words(text(site, "mi/m/m2.html"));
    assert!(
        mi.contains("Mai i 2018, 2020, 2021 rānei hei tīmatanga: he hoki whakamuri"),
        "{mi}"
    );
}

#[test]
fn the_page_of_a_measure_reads_so() {
    let site = site("nz-digital");
    insta::assert_snapshot!(words(text(site, "m/m2.html")).replace(". ", ".\n"));
}

#[test]
fn the_front_page_says_first_what_is_measured() {
    let site = site("nz-digital");
    let page = words(text(site, "index.html"));
    let at = |needle: &str| {
        page.find(needle)
            .unwrap_or_else(|| panic!("no {needle} in {page}"))
    };
    assert!(at("5 of 9 measured") < at("Vision") && at("Vision") < at("Goals and measures"));
    assert!(at("Never measured 3") < at("Vision"));
    assert!(at("Flagships") < at("Looking ahead: without resources yet"));
    let harbour = crate::cases::site("example-harbour");
    let page = words(text(harbour, "index.html"));
    assert!(
        page.contains("Visit every shop on the wharf – Safe shops"),
        "{page}"
    );
    assert!(page.contains("withheld by Te Hapū o te Tauira (fictional)"));
}

#[test]
fn a_missing_status_is_explained() {
    let site = site("nz-digital");
    let says = |path: &str, needle: &str| {
        let page = words(text(site, path));
        assert!(page.contains(needle), "{path}: {page}");
    };
    says("m/m5.html", "This was never measured");
    says("m/m5.html", "The number is implied");
    says("m/m4.html", "There is one value only");
    says("m/m4.html", "stale");
    says("m/m1.html", "The plan sets no target.");
    says(
        "m/m2.html",
        "Nobody is named to compare with: The Strategy names no nations to compare with.",
    );
    let harbour = crate::cases::site("example-harbour");
    let page = words(text(harbour, "m/reports.html"));
    assert!(page.contains("counted by the service"), "{page}");
    let page = words(text(harbour, "m/days.html"));
    assert!(
        page.contains("Notices by mail count from the day they are sent."),
        "{page}"
    );
    let page = words(text(harbour, "m/email.html"));
    assert!(
        page.contains("Dissent Independent reviewer (fictional), 20 June 2026"),
        "{page}"
    );
    assert!(
        page.contains("would have to move by +6.6 % of domains a year"),
        "{page}"
    );
}

#[test]
fn what_has_ended_keeps_its_address() {
    let site = site("example-harbour");
    for (path, needles) in [
        (
            "m/wifi.html",
            [
                "Another one took its place.",
                "Hours of Wi-Fi were not counted after 2022",
            ],
        ),
        (
            "i/bus.html",
            [
                "It goes on as part of another one.",
                "Helpers at the library and on the bus",
            ],
        ),
        (
            "i/portal.html",
            [
                "It was stopped.",
                "Nobody who was asked wanted one more place to look.",
            ],
        ),
        (
            "g/net.html",
            [
                "It goes on under another name.",
                "A connection alone helped few",
            ],
        ),
    ] {
        let page = words(text(site, path));
        for needle in needles {
            assert!(page.contains(needle), "{path}: {page}");
        }
        assert!(site.contains_key(&format!("e/2025/{path}")), "{path}");
    }
    assert!(!words(text(site, "e/2025/m/wifi.html")).contains("no longer part"));
}

#[test]
fn the_page_of_a_measure_that_has_ended_leads_to_its_values() {
    let mut files = crate::plan_files::folder("example-harbour");
    let site = site("example-harbour");
    for (page, up) in [
        ("m/wifi.html", "../"),
        ("mi/m/wifi.html", "../../"),
        ("e/2026/m/wifi.html", "../"),
        ("mi/e/2026/m/wifi.html", "../../../../e/2026/"),
    ] {
        for name in ["wifi.csv", "wifi.json", "wifi.csv-metadata.json"] {
            let href = format!("href=\"{up}data/{name}\"");
            assert!(text(site, page).contains(&href), "{page}: {href}");
        }
    }
    for file in ["data/wifi.csv", "e/2026/data/wifi.csv"] {
        assert!(text(site, file).contains("\r\n2022"), "{file}");
    }
    assert!(!text(site, "i/bus.html").contains("data/bus"));
    // What its holder has not allowed is not there, and no page leads to it.
    let held = "\n[[mandate]]\nid = \"held\"\nseries = [\"library-wifi-hours\"]\npurposes = [\"publish\"]\nholder = \"Somebody\"\nterms = { en = \"Ask.\" }\n";
    let mut mandates = files.get("mandates.toml").unwrap().to_vec();
    mandates.extend(held.bytes());
    files.insert("mandates.toml", mandates);
    let (site, _) = built(&files, &Options::default());
    assert!(!site.contains_key("data/wifi.csv"));
    assert!(!text(&site, "m/wifi.html").contains("data/wifi"));
}

#[test]
fn changes_are_listed_with_their_reasons() {
    let site = site("example-harbour");
    let page = words(text(site, "changes.html"));
    assert!(
        page.contains("Nobody who was asked wanted one more place to look."),
        "{page}"
    );
    assert!(words(text(site, "e/2025/changes.html")).contains("This is the first edition"));
    assert!(
        text(site, "changes.csv")
            .starts_with("what,id,kind,field,part,before,after,why,source\r\n")
    );
    let feed = text(site, "atom.xml");
    assert!(
        feed.contains("https://example.org/track/example-harbour/e/2026/i/portal.html"),
        "{feed}"
    );
}

#[test]
fn a_figure_leads_to_its_row_and_to_its_source() {
    let site = site("nz-digital");
    let page = text(site, "m/m2.html");
    assert!(
        page.contains("<tr id=\"r-7\">") && page.contains("href=\"../sources.html#certnz-2023\"")
    );
    let csv = text(site, "data/m2.csv");
    assert!(
        csv.lines()
            .nth(6)
            .unwrap()
            .starts_with("2023,18.3,2024,certnz-2023"),
        "line 7 of {csv}"
    );
    for file in [
        "data/m2.json",
        "data/m2.csv-metadata.json",
        "catalogue.jsonld",
    ] {
        let parsed: serde_json::Value = serde_json::from_str(text(site, file)).unwrap();
        assert!(parsed.is_object(), "{file}");
    }
    assert!(!site.contains_key("data/m5.csv"), "nobody has values of it");
}

#[test]
fn a_figure_is_challenged_by_mail_or_at_the_service() {
    let files = crate::plan_files::folder("nz-digital");
    let mail =
        "mailto:track@example.org?subject=Challenge%3A%20nz-digital%2Fm2%2C%20edition%202026";
    let (site, _) = built(&files, &Options::default());
    assert!(text(&site, "m/m2.html").contains(mail));
    let options = Options {
        challenge: Some("https://cairn.example/challenge".into()),
        ..Options::default()
    };
    let (site, _) = built(&files, &options);
    let href = "https://cairn.example/challenge?plan=nz-digital&amp;edition=2026&amp;figure=m2&amp;lang=en";
    assert!(text(&site, "m/m2.html").contains(href));
    assert!(!text(&site, "m/m2.html").contains("Challenges so far"));
    for (page, figure) in [("g/g2.html", "g%2Fg2"), ("i/i05.html", "i%2Fi05")] {
        assert!(
            text(&site, page).contains(&format!("figure={figure}&amp;lang=en")),
            "{page}"
        );
    }
    assert!(text(&site, "mi/m/m2.html").contains("figure=m2&amp;lang=mi"));
    let options = Options {
        challenges: Some("https://cairn.example/challenges/".into()),
        ..options
    };
    let (site, _) = built(&files, &options);
    let href = "https://cairn.example/challenges/?figure=m2&amp;lang=en";
    assert!(text(&site, "m/m2.html").contains(href));
}

#[test]
fn pages_lead_to_what_was_published_before_where_that_is_kept() {
    let files = crate::plan_files::folder("example-harbour");
    let words = [
        "All published versions",
        "Ngā putanga katoa kua whakaputaina",
    ];
    let site = site("example-harbour");
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        assert!(!words.iter().any(|words| page.contains(words)), "{path}");
    }
    let options = Options {
        versions: Some("/track/example-harbour/versions/".into()),
        ..Options::default()
    };
    let (site, _) = built(&files, &options);
    for (page, lang, words, links) in [
        ("index.html", "en", words[0], 1),
        ("m/days.html", "en", words[0], 1),
        ("e/2025/m/days.html", "en", words[0], 1),
        ("data/index.html", "en", words[0], 2),
        ("mi/data/index.html", "mi", words[1], 2),
        ("embed/m/days.html", "en", words[0], 0),
    ] {
        let link = format!("<a href=\"/track/example-harbour/versions/?lang={lang}\">{words}</a>");
        assert_eq!(text(&site, page).matches(&link).count(), links, "{page}");
    }
}

#[test]
fn all_that_can_be_challenged_has_a_page() {
    let files = crate::plan_files::folder("nz-digital");
    let plan = Plan::read(&files).0.unwrap();
    let all = cairn_track::site::challengeable(&plan);
    let (site, _) = built(&files, &Options::default());
    let has = |key: &str| {
        all.iter()
            .any(|one| one.edition == "2026" && one.key == key)
    };
    assert!(has("m2") && has("g/g2") && has("i/i05") && !has("g2"));
    assert_eq!(all[0].edition, "2026", "the newest first");
    assert!(all.iter().any(|one| one.edition == "2022"));
    for one in &all {
        for page in &one.pages {
            assert!(site.contains_key(page), "{page}");
        }
    }
}

#[test]
fn languages_and_frame_are_as_asked_for() {
    let files = crate::plan_files::folder("nz-digital");
    let options = Options {
        languages: vec![Lang::En],
        frame: Frame {
            styles: vec!["/assets/own.css".into()],
            header: Some("<header>Own &amp; only</header>".into()),
            footer: Some("<footer></footer>".into()),
        },
        ..Options::default()
    };
    let (site, summary) = built(&files, &options);
    assert!(site.keys().all(|path| !path.starts_with("mi/")));
    let page = text(&site, "index.html");
    assert!(
        page.contains("<header>Own &amp; only</header>")
            && page.contains("href=\"/assets/own.css\"")
    );
    assert!(!page.contains("track.css") && !page.contains("hreflang"));
    assert_eq!(summary.files, site.len());
    assert_eq!(
        summary.bytes,
        site.values().map(|bytes| bytes.len() as u64).sum::<u64>()
    );
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for name in crate::cases::PLANS {
        let files = crate::plan_files::folder(name);
        // Read in another order.
        let again = files.iter().collect::<Vec<_>>().into_iter().rev().collect();
        assert!(
            built(&files, &Options::default()).0 == built(&again, &Options::default()).0,
            "{name}"
        );
    }
}

#[test]
fn a_sink_that_fails_is_named() {
    let files = crate::plan_files::folder("example-harbour");
    let plan = Plan::read(&files).0.unwrap();
    let mut sink = |path: &str, _: Vec<u8>| {
        if path == "method.html" {
            Err("disk full")
        } else {
            Ok(())
        }
    };
    let error = cairn_track::site::build(&plan, &Options::default(), &mut sink).unwrap_err();
    assert_eq!(error.to_string(), "writing method.html: disk full");
}
