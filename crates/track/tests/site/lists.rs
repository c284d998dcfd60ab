//! Lists, the ways between pages, what ended, and the weight of pages.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cairn_track::plan::{Files, Plan};
use cairn_track::site::{Door, Options};

use crate::cases::{PLANS, Site, built, site, text, words};

fn plan(name: &str) -> Plan {
    Plan::read(&crate::plan_files::folder(name)).0.unwrap()
}

/// The `li` of a list of initiatives that names this one.
fn row<'p>(page: &'p str, href: &str) -> &'p str {
    let name = format!("<p class=\"name\"><a href=\"{href}\">");
    let at = page
        .find(&name)
        .unwrap_or_else(|| panic!("no row of {href}"));
    page[at..].split("</dl>").next().unwrap()
}

#[test]
fn money_milestones_and_measures_stand_on_one_line_wherever_an_initiative_does() {
    let site = site("example-harbour");
    for (path, up) in [
        ("index.html", ""),
        ("initiatives.html", ""),
        ("g/firms.html", "../"),
    ] {
        let page = text(site, path);
        let plan = plan("example-harbour");
        let edition = plan.newest().unwrap();
        let of_goal = edition
            .initiatives
            .iter()
            .filter(|one| up.is_empty() || one.goals.iter().any(|goal| goal == "firms"));
        for one in of_goal {
            let href = format!("{up}i/{}.html", one.id);
            let row = row(page, &href);
            let said = words(row);
            assert!(said.contains("Money"), "{path}: {said}");
            let looking = one.kind == cairn_track::plan::InitiativeKind::LookingAhead;
            assert_eq!(
                row.contains(&format!("{href}#money")),
                !looking,
                "{path}: {row}"
            );
            assert!(row.contains(&format!("{href}#milestones")), "{path}: {row}");
            let measured = edition
                .measures
                .iter()
                .any(|measure| one.goals.contains(&measure.goal));
            let linked = row.contains("/m/") || row.contains("\"m/") || row.contains("#measures");
            assert_eq!(linked, measured, "{path}: {row}");
        }
    }
    // The budget's own words: set aside and spent, summed.
    let said = words(text(site, "i/wharf-net.html"));
    assert!(
        said.contains("set aside") && said.contains("spent"),
        "{said}"
    );
}

#[test]
fn every_goal_leads_to_its_initiatives_and_measures_and_each_of_them_back() {
    for name in PLANS {
        let site = site(name);
        let plan = plan(name);
        for edition in &plan.editions {
            for lang in ["", "mi/"] {
                let at = |path: String| text(site, &format!("{lang}e/{}/{path}", edition.id));
                for goal in &edition.goals {
                    let page = at(format!("g/{}.html", goal.id));
                    let back = format!("href=\"../g/{}.html\"", goal.id);
                    for one in edition.measures.iter().filter(|one| one.goal == goal.id) {
                        assert!(page.contains(&format!("href=\"../m/{}.html\"", one.id)));
                        let measure = at(format!("m/{}.html", one.id));
                        assert!(measure.contains(&back), "{name} {}", one.id);
                    }
                    for one in &edition.initiatives {
                        let works = one.goals.contains(&goal.id);
                        let href = format!("<a href=\"../i/{}.html\">", one.id);
                        assert_eq!(page.contains(&href), works, "{name} {} {}", goal.id, one.id);
                        if works {
                            let initiative = at(format!("i/{}.html", one.id));
                            assert!(initiative.contains(&back), "{name} {}", one.id);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn measures_are_listed_by_status_with_the_worst_first() {
    let page = text(site("nz-digital"), "measures.html");
    let at = |needle: &str| page.find(needle).unwrap_or_else(|| panic!("{needle}"));
    assert!(at("<h2 id=\"deterioration\">") < at("<h2 id=\"substantial\">"));
    assert!(at("<h2 id=\"substantial\">") < at("<h2 id=\"no-status\">"));
    assert!(
        page.contains("<a href=\"#deterioration\">Deterioration</a></th><td class=\"num\">2</td>")
    );
    // The words are explained where they are first read.
    for path in ["measures.html", "index.html"] {
        let said = words(text(site("nz-digital"), path));
        assert!(said.contains("What the words mean") && said.contains("It moves the wrong way."));
    }
}

#[test]
fn figures_that_moved_are_told_with_what_they_were() {
    let said = words(text(site("example-harbour"), "changes.html"));
    assert!(
        said.contains("Loss to fraud for each household 109 NZ dollars 2024 Moderate progress 111 NZ dollars 2025 Limited progress"),
        "{said}"
    );
    let front = words(text(site("example-harbour"), "index.html"));
    assert!(
        front.contains("Figures that moved since the edition before: 4"),
        "{front}"
    );
}

#[test]
fn every_address_of_an_edition_is_there_in_the_next() {
    let mut all = 0;
    for name in PLANS {
        let site = site(name);
        let plan = plan(name);
        let mut ended = 0;
        for pair in plan.editions.windows(2) {
            let (old, new) = (&pair[0].id, &pair[1].id);
            for lang in ["", "mi/"] {
                let from = format!("{lang}e/{old}/");
                for path in site.keys().filter(|path| path.starts_with(&from)) {
                    let rest = path.strip_prefix(&from).unwrap();
                    // Pages of a list are as many as it needs; its first page has the way to what they had.
                    if rest.contains("page-") {
                        continue;
                    }
                    let next = format!("{lang}e/{new}/{rest}");
                    assert!(site.contains_key(&next), "{name}: {path} has no {next}");
                    // What is printed has no address of its own for what ended.
                    if !rest.ends_with(".pdf") {
                        ended += usize::from(ends(&pair[1], rest, text(site, &next), lang));
                    }
                }
            }
            // So are those of the newest edition, which stand at the top.
            if plan.newest().unwrap().id == *new {
                for path in site.keys() {
                    if let Some(rest) = path.strip_prefix(&format!("e/{old}/")) {
                        assert!(
                            rest.contains("page-") || site.contains_key(rest),
                            "{name}: no {rest}"
                        );
                    }
                }
            }
        }
        all += ended;
        assert!(name != "example-harbour" || ended > 0);
    }
    assert!(all > 20, "{all}");
}

/// Whether a page is about something that the edition does not have; then it must say so, and where it is to be found.
fn ends(edition: &cairn_track::plan::Edition, path: &str, page: &str, lang: &str) -> bool {
    let Some((folder, file)) = path.rsplit_once('/') else {
        return false;
    };
    let id = file.strip_suffix(".html").unwrap_or(file);
    let here = match folder {
        "g" => edition.goal(id).is_some(),
        "i" => edition.initiative(id).is_some(),
        "m" | "embed/m" => edition.measure(id).is_some(),
        _ => return false,
    };
    if !here {
        let said = if lang.is_empty() {
            "This is no longer part of the plan"
        } else {
            "Kua kore tēnei i te mahere"
        };
        assert!(page.contains(said), "{path}");
        assert!(
            page.contains("/e/") || page.contains("../../"),
            "{path}: the way to it"
        );
    }
    !here
}

#[test]
fn changes_are_told_in_words_and_sources_by_their_titles() {
    for name in PLANS {
        let site = site(name);
        let plan = plan(name);
        for (path, _) in site
            .iter()
            .filter(|(path, _)| path.ends_with("changes.html"))
        {
            let page = text(site, path);
            let listed = page.split("class=\"changed\"").skip(1).collect::<String>();
            let said = words(&listed);
            for key in [
                "next_step",
                "owner_basis",
                "co_owners",
                "depends_on",
                "legal_basis",
                "comparators_missing",
                "looking-ahead",
                "2-yearly",
                "{{figure:",
            ] {
                assert!(!said.contains(key), "{name}/{path}: {key}");
            }
            let spoken: BTreeSet<&str> = said.split([' ', ',', ';']).collect();
            for source in plan.sources.keys().filter(|id| id.contains('-')) {
                assert!(!spoken.contains(source.as_str()), "{name}/{path}: {source}");
            }
        }
    }
    let page = text(site("example-harbour"), "changes.html");
    assert!(page.contains("<a href=\"sources.html#"), "{page}");
    let mi = words(text(site("example-harbour"), "mi/changes.html"));
    assert!(mi.contains("te taitara:"), "{mi}");
}

#[test]
fn there_is_a_feed_in_each_language_and_every_page_names_both() {
    let site = site("example-harbour");
    let (en, mi) = (text(site, "atom.xml"), text(site, "mi/atom.xml"));
    assert!(en.contains("xml:lang=\"en\"") && mi.contains("xml:lang=\"mi\""));
    assert!(
        mi.contains("Putanga 2026") && mi.contains("/mi/e/2026/i/portal.html"),
        "{mi}"
    );
    assert_eq!(en.matches("<entry>").count(), mi.matches("<entry>").count());
    for (path, own) in [
        (
            "mi/m/email.html",
            "hreflang=\"mi\" title=\"Whāngai panonitanga (Atom)\" href=\"../atom.xml\"",
        ),
        (
            "m/email.html",
            "hreflang=\"en\" title=\"Feed of changes (Atom)\" href=\"../atom.xml\"",
        ),
        (
            "m/email.html",
            "hreflang=\"mi\" title=\"Whāngai panonitanga (Atom)\" href=\"../mi/atom.xml\"",
        ),
    ] {
        let head = text(site, path).split("</head>").next().unwrap();
        assert!(head.contains(own), "{path}: {head}");
    }
}

#[test]
fn doors_lead_back_into_the_service_and_a_site_of_its_own_has_none() {
    let files = crate::plan_files::folder("nz-digital");
    let options = Options {
        doors: vec![
            Door {
                href: "/?lang=en".into(),
                href_mi: "/?lang=mi".into(),
                en: "cairn: Report & track".into(),
                mi: "cairn: Pūrongo".into(),
            },
            Door {
                href: "/report?lang=en".into(),
                href_mi: "/report?lang=mi".into(),
                en: "Report".into(),
                mi: "Tuku pūrongo".into(),
            },
        ],
        ..Options::default()
    };
    let (site, _) = built(&files, &options);
    for (path, _) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = text(&site, path);
        let own = if path.contains("embed/") { 0 } else { 1 };
        assert_eq!(page.matches("<nav class=\"doors\"").count(), own, "{path}");
        let href = if path.starts_with("mi/") {
            "/report?lang=mi"
        } else {
            "/report?lang=en"
        };
        assert_eq!(
            page.matches(&format!("href=\"{href}\"")).count(),
            own,
            "{path}"
        );
    }
    assert!(text(&site, "index.html").contains("cairn: Report &amp; track"));
    assert!(
        crate::cases::site("nz-digital")
            .iter()
            .all(|(_, bytes)| { !bytes.windows(13).any(|at| at == b"class=\"doors\"") })
    );
}

/// The harbour's plan with 200 measures, 80 initiatives and long series.
fn large() -> Files {
    let mut files = crate::plan_files::folder("example-harbour");
    let edition = "editions/2026/";
    let mut measures = String::from_utf8(
        files
            .get(&format!("{edition}measures.toml"))
            .unwrap()
            .to_vec(),
    )
    .unwrap();
    let mut initiatives = String::from_utf8(
        files
            .get(&format!("{edition}initiatives.toml"))
            .unwrap()
            .to_vec(),
    )
    .unwrap();
    let plan = plan("example-harbour");
    let newest = plan.newest().unwrap();
    let model = newest
        .measures
        .iter()
        .find(|one| one.id == "email")
        .unwrap();
    let series = plan.series.get(model.series.as_ref().unwrap()).unwrap();
    let source = &series.rows[0].source;
    let title = "A measure of something that takes quite a few words to be named in full, number";
    for n in 0..190 {
        let goal = &newest.goals[n % newest.goals.len()].id;
        let _ = write!(
            measures,
            "\n[[measure]]\nid = \"many-{n}\"\ntitle = \"{title} {n}\"\ngoal = \"{goal}\"\ndefinition = \"{title}\"\nunit = \"% of something\"\n\
             series = \"many-{n}\"\nsource = \"{source}\"\nlicence = \"CC-BY-4.0\"\ncontact = \"data@example.org\"\ndirection = \"up\"\n\
             frequency = \"yearly\"\ntarget = \"none\"\n"
        );
        let mut csv =
            String::from("period,value,vintage,source,missing,low,high,n,flag,break,note\n");
        for year in 1990..2026 {
            let _ = writeln!(
                csv,
                "{year},{},{year}-12-31,{source},,,,,,,A note on the value of this year",
                (n * 7 + year * 3) % 97
            );
        }
        files.insert(format!("series/many-{n}.csv"), csv.into_bytes());
    }
    for n in 0..80 {
        let goals: Vec<String> = newest
            .goals
            .iter()
            .map(|goal| format!("\"{}\"", goal.id))
            .collect();
        let _ = write!(
            initiatives,
            "\n[[initiative]]\nid = \"work-{n}\"\nkind = \"other\"\ntitle = \"An initiative with a title of several words, number {n}\"\n\
             goals = [{}]\nowner = \"Office {n} of the Harbour (fictional)\"\nowner_basis = \"unconfirmed\"\nsource = \"{source}\"\n\
             milestone = [{{ id = \"a\", title = \"A milestone\", due = \"2025\", done = \"2025\" }}]\n",
            goals.join(", ")
        );
    }
    files.insert(format!("{edition}measures.toml"), measures.into_bytes());
    files.insert(
        format!("{edition}initiatives.toml"),
        initiatives.into_bytes(),
    );
    files
}

#[test]
fn pages_of_a_large_plan_stay_light() {
    let (site, summary): (Site, _) = built(&large(), &Options::default());
    assert!(site.contains_key("measures-5.html") && site.contains_key("mi/initiatives-4.html"));
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        assert!(bytes.len() <= 60_000, "{path}: {} bytes", bytes.len());
    }
    assert!(summary.largest_page <= 60_000);
    // Every measure and every initiative is reached from a list.
    let lists = |stem: &str| -> String {
        let all = site.iter().filter(|(path, _)| path.starts_with(stem));
        all.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    };
    let (measures, initiatives) = (lists("measures"), lists("initiatives"));
    for n in 0..190 {
        assert!(
            measures.contains(&format!("href=\"m/many-{n}.html\"")),
            "{n}"
        );
    }
    for n in 0..80 {
        assert!(
            initiatives.contains(&format!("href=\"i/work-{n}.html\"")),
            "{n}"
        );
    }
    crate::pages::checked("large", &site);
}
