//! What the printed reports say.

use cairn_track::bundle::Public;
use cairn_track::plan::Files;
use cairn_track::site::{Lang, Options, build, pdf, pdf_file};

use crate::book::{self, plain, spoken, words};
use crate::reader::{Element, Reader};

/// Text of the elements below a heading, up to the next heading of its level or above.
fn below(root: &Element, heading: &str) -> String {
    let level = |element: &Element| {
        let digit = element.role.strip_prefix('H')?;
        digit.parse::<u8>().ok()
    };
    let mut all = root.children.iter();
    let start = all
        .find(|element| level(element).is_some() && plain(&element.text) == heading)
        .unwrap_or_else(|| panic!("no heading {heading}"));
    let own = level(start).unwrap();
    let texts: Vec<String> = all
        .take_while(|element| level(element).is_none_or(|other| other > own))
        .map(spoken)
        .collect();
    texts.join(" ")
}

#[test]
fn the_digital_strategy_says_what_its_pages_say() {
    let book = book::of("nz-digital", Lang::En);
    let root = &book.reader.root;
    let covered = below(root, "What is measured");
    assert!(covered.contains("5 of 9 measured"), "{covered}");
    assert!(covered.contains("Never measured 3"), "{covered}");
    let all = words(&book);
    for fact in [
        "Example office of cairn",
        "Progress report",
        "Edition 2026 (final",
        "published by 30 June 2026",
        "Licence:",
    ] {
        assert!(all.contains(fact), "{fact}");
    }
    let loss = below(root, "Direct loss from cyber incidents reported to CERT NZ");
    for said in [
        "18.3 NZ$ million, 2023 · Deterioration · Score −5.0",
        "From 2018, 2020 or 2021 as base this is deterioration; from 2022 it is substantial progress.",
        "What is measured: Sum of the direct financial loss",
        "Unit: NZ$ million",
        "Better is: less",
        "Target: by 2032: Lower than in comparable nations.",
        "Note Example office of cairn, 30 June 2026: Counted from 2018",
        "2023 18.3",
        "2023 report summary",
    ] {
        assert!(loss.contains(said), "{said}: {loss}");
    }
    assert!(below(root, "Tools, skills and confidence").contains("never measured"));
    assert!(
        below(root, "Exports of software and IT services").contains("The plan sets no target.")
    );
    let work = below(root, "Improving Rural Connectivity");
    for said in [
        "Owner: Ministry of Business, Innovation and Employment",
        "overdue",
        "NZD 60,000,000",
    ] {
        assert!(work.contains(said), "{said}: {work}");
    }
    for chapter in [
        "Vision",
        "Claims without independent evidence",
        "What ended, and why",
        "What changed",
        "Sources",
    ] {
        assert!(below(root, chapter).len() > 60, "{chapter}");
    }
}

#[test]
fn te_reo_maori_is_the_language_and_english_is_marked() {
    let book = book::of("nz-digital", Lang::Mi);
    let root = &book.reader.root;
    let all = words(&book);
    for said in [
        "5 o te 9 kua inea",
        "Te Rautaki Matihiko mō Aotearoa",
        "Kāore he ūnga i whakatauria e te mahere.",
    ] {
        assert!(all.contains(said), "{said}");
    }
    let english: Vec<String> = root
        .all()
        .iter()
        .filter(|element| element.lang.as_deref() == Some("en-NZ"))
        .map(|element| plain(&element.text))
        .collect();
    assert!(
        english
            .iter()
            .any(|text| text == "Direct loss from cyber incidents reported to CERT NZ")
    );
    assert!(english.len() > 100, "{}", english.len());
    let maori = root
        .all()
        .iter()
        .skip(1)
        .filter(|element| element.lang.as_deref() == Some("mi"))
        .count();
    assert_eq!(maori, 0, "the document's own language is not said again");
}

#[test]
fn what_is_withheld_says_so_and_has_no_figures() {
    let book = book::of("example-harbour", Lang::En);
    let public = Public::of(crate::plan_files::folder("example-harbour")).unwrap();
    let edition = public.plan.newest().unwrap();
    let title = &edition.measure("closed-places").unwrap().title.en;
    let section = below(&book.reader.root, title);
    assert!(section.contains("withheld"), "{section}");
    assert!(
        !section.contains("Values over time") && !section.contains("Vintage"),
        "{section}"
    );
}

#[test]
fn what_ended_says_why_and_a_first_edition_changed_nothing() {
    let book = book::of("nz-cyber-2015", Lang::En);
    let ended = below(&book.reader.root, "What ended, and why");
    assert!(
        ended.contains("Why:") || ended.contains("Reason"),
        "{ended}"
    );
    let first = book::edition("nz-digital", Lang::En, Some("2022"));
    assert!(words(&first).contains("This is the first edition: there is nothing before it."));
}

#[test]
fn the_site_has_the_same_file_and_links_to_it() {
    let public = Public::of(crate::plan_files::folder("nz-digital")).unwrap();
    let options = Options {
        base_url: Some("https://strategy.example".into()),
        ..Options::default()
    };
    let mut site = std::collections::BTreeMap::new();
    let sink = &mut |path: &str, bytes: Vec<u8>| {
        site.insert(path.to_owned(), bytes);
        Ok::<(), std::convert::Infallible>(())
    };
    build(&public.plan, &options, sink).unwrap();
    for lang in Lang::ALL {
        let name = pdf_file(lang);
        for edition in &public.plan.editions {
            let own = pdf(&public.plan, edition, lang).unwrap().bytes;
            assert_eq!(site[&format!("e/{}/{name}", edition.id)], own);
        }
        assert_eq!(
            site[&name],
            site[&format!("e/2026/{name}")],
            "the newest is at the top too"
        );
    }
    let size = site["report.mi.pdf"].len().div_ceil(1000);
    for (page, href) in [
        ("index.html", "report.en.pdf"),
        ("data/index.html", "../report.en.pdf"),
        ("mi/index.html", "../report.mi.pdf"),
        ("e/2022/data/index.html", "../report.en.pdf"),
    ] {
        let text = String::from_utf8(site[page].clone()).unwrap();
        assert!(
            text.contains(&format!("href=\"{href}\" type=\"application/pdf\"")),
            "{page}"
        );
    }
    let mi = String::from_utf8(site["mi/index.html"].clone()).unwrap();
    assert!(mi.contains(&format!("(PDF, {size} kB)")));
}

/// A plan with so many measures of one value each, made up.
fn large(measures: usize) -> Files {
    let mut files = Files::new();
    let mut put = |path: &str, text: String| files.insert(path, text.into_bytes());
    put(
        "plan.toml",
        "id = \"large\"\ntitle = \"A large plan\"\ncountry = \"NZ\"\nowner = \"Example office\"\n\
         contact = \"track@agency.example\"\nlicence = \"CC-BY-4.0\"\nlanguages = [\"en\"]\ncurrency = \"NZD\"\n\
         editions = [\"2050\"]\n"
            .into(),
    );
    put(
        "sources.csv",
        "id,title,publisher,url,kind,published,retrieved,sha256,note\n\
         s1,Figures,Example office,https://stats.example/,dataset,2050-01,,,\n"
            .into(),
    );
    let edition = "id = \"2050\"\ntitle = \"Edition 2050\"\nstatus = \"draft\"\nas_of = 2050-06-30\nvision = \"All.\"\n";
    put("editions/2050/edition.toml", edition.into());
    put("editions/2050/themes.toml", String::new());
    put("editions/2050/initiatives.toml", String::new());
    let (mut goals, mut all) = (String::new(), String::new());
    for n in 0..measures {
        let goal = n / 20;
        if n % 20 == 0 {
            goals.push_str(&format!(
                "[[goal]]\nid = \"g{goal}\"\ntitle = \"Goal {goal}\"\nsource = \"s1\"\n\n"
            ));
        }
        all.push_str(&format!(
            "[[measure]]\nid = \"m{n}\"\ngoal = \"g{goal}\"\ntitle = \"Measure {n}\"\ndefinition = \"What is counted.\"\n\
             unit = \"percent\"\nsource = \"s1\"\nfrequency = \"yearly\"\nlicence = \"CC-BY-4.0\"\n\
             contact = \"track@agency.example\"\ndirection = \"up\"\nseries = \"x{n}\"\ntarget = \"none\"\n\n"
        ));
        let mut rows =
            String::from("period,value,vintage,source,missing,low,high,n,flag,break,note\n");
        for year in 2030..2049 {
            rows.push_str(&format!(
                "{year},{}.5,2050-01,s1,,,,,,,\n",
                (n * 31 + year * 17) % 90
            ));
        }
        put(&format!("series/x{n}.csv"), rows);
    }
    put("editions/2050/goals.toml", goals);
    put("editions/2050/measures.toml", all);
    files
}

#[test]
fn a_large_plan_says_what_is_not_printed_in_full() {
    let public = Public::of(large(170)).unwrap();
    let printed = pdf(&public.plan, public.plan.newest().unwrap(), Lang::En).unwrap();
    let reader = Reader::new(&printed.bytes);
    let all = spoken(&reader.root);
    assert!(
        all.contains("The plan has 170 measures. The first 60 have sections of their own here")
    );
    let sections: Vec<String> = reader
        .root
        .with_role("H3")
        .iter()
        .map(|one| plain(&one.text))
        .collect();
    assert_eq!(sections.len(), 60);
    assert!(sections.contains(&"Measure 59".to_owned()));
    let rows = reader.root.with_role("TH");
    assert!(
        rows.iter().any(|cell| plain(&cell.text) == "Measure 169"),
        "the others stand in tables"
    );
}
