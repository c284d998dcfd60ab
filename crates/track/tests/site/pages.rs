//! What every page has, and that every link leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use cairn_track::plan::Plan;
use cairn_track::report::Report;
use cairn_track::site::{Options, page};

use crate::cases::{PLANS, Site, site, text, words};

/// Values of an attribute, with its tags' other parts ignored.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let needle = format!(" {name}=\"");
    let starts = page.match_indices(&needle).map(|(at, _)| at + needle.len());
    starts
        .map(|at| page[at..].split('"').next().unwrap())
        .collect()
}

fn html(site: &Site) -> impl Iterator<Item = (&str, &str)> {
    site.keys()
        .filter(|path| path.ends_with(".html"))
        .map(|path| (path.as_str(), text(site, path)))
}

/// Where a relative link leads.
fn joined(from: &str, href: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{href} of {from} leaves the site"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Every link within the site leads to a file and an anchor.
pub fn checked(name: &str, site: &Site) {
    let ids: BTreeMap<&str, BTreeSet<&str>> = html(site)
        .map(|(path, page)| (path, attributes(page, "id").into_iter().collect()))
        .collect();
    for (path, page) in html(site) {
        for href in attributes(page, "href") {
            if ["https://", "http://", "mailto:"]
                .iter()
                .any(|scheme| href.starts_with(scheme))
            {
                continue;
            }
            let (file, fragment) = href
                .split_once('#')
                .map_or((href, None), |(file, id)| (file, Some(id)));
            let to = if file.is_empty() {
                path.to_owned()
            } else {
                joined(path, file)
            };
            assert!(
                site.contains_key(&to),
                "{name}/{path}: {href} leads to {to}, which is not there"
            );
            if let Some(id) = fragment {
                assert!(
                    ids[to.as_str()].contains(id),
                    "{name}/{path}: {href} names no anchor of {to}"
                );
            }
        }
        assert_eq!(
            attributes(page, "id").len(),
            ids[path].len(),
            "{name}/{path}: an id is there twice"
        );
    }
}

#[test]
fn every_link_leads_to_a_file_and_an_anchor() {
    for name in PLANS {
        checked(name, site(name));
    }
}

#[test]
fn every_page_is_well_formed_small_and_without_scripts() {
    for name in PLANS {
        let site = site(name);
        for (path, page) in html(site) {
            let count = |needle: &str| page.matches(needle).count();
            assert_eq!(
                (count("<h1"), count("<title>"), count("<main")),
                (1, 1, 1),
                "{name}/{path}"
            );
            let lang = if path.starts_with("mi/") { "mi" } else { "en" };
            assert!(
                page.contains(&format!("<html lang=\"{lang}\">")),
                "{name}/{path}"
            );
            assert!(page.len() <= 60_000, "{name}/{path}: {} bytes", page.len());
            for banned in [
                "<script",
                "<style",
                " style=",
                " onclick=",
                "javascript:",
                "<img",
                "url(",
            ] {
                assert!(!page.contains(banned), "{name}/{path}: {banned}");
            }
            assert_eq!(
                count("<table"),
                count("<caption"),
                "{name}/{path}: a table without caption"
            );
            if !path.contains("embed/") {
                assert!(
                    page.contains("class=\"skip\" href=\"#main\""),
                    "{name}/{path}"
                );
            }
            let levels: Vec<u32> = page
                .match_indices("<h")
                .filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10))
                .collect();
            let mut last = 0;
            for level in levels {
                assert!(level <= last + 1, "{name}/{path}: h{level} after h{last}");
                last = level;
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_pages_and_name_each_other() {
    let site = site("nz-digital");
    for (path, page) in html(site).filter(|(path, _)| !path.starts_with("mi/")) {
        let other = format!("mi/{path}");
        assert!(site.contains_key(&other), "{other}");
        if !path.contains("embed/") {
            let up = "../".repeat(path.matches('/').count());
            assert!(
                page.contains(&format!("hreflang=\"mi\" href=\"{up}{other}\"")),
                "{path}"
            );
        }
    }
    let mi = words(text(site, "mi/index.html"));
    assert!(mi.contains("5 o te 9 kua inea"), "{mi}");
    assert!(mi.contains("Te Rautaki Matihiko mō Aotearoa"));
    assert!(
        mi.contains("kāore anō kia whakamāoritia"),
        "missing translations are counted"
    );
    assert!(
        text(site, "mi/m/m2.html").contains("<span lang=\"en\">Direct loss from cyber incidents")
    );
    assert!(mi.contains("Ngā tuhinga o tēnei whārangi kei te reo Pākehā anake"));
}

#[test]
fn one_page_is_the_same_as_in_the_whole_site() {
    let files = crate::plan_files::folder("example-harbour");
    let plan = Plan::read(&files).0.unwrap();
    let site = site("example-harbour");
    let options = Options::default();
    for edition in &plan.editions {
        let report = Report::of(&plan, edition);
        let own = format!("e/{}/", edition.id);
        let is_newest = plan.newest().unwrap().id == edition.id;
        for (path, bytes) in html(site) {
            let in_edition = path.contains(&own) || is_newest && !path.contains("e/202");
            let made = page(&plan, &report, path, &options);
            assert_eq!(made.is_some(), in_edition, "{path}");
            if let Some(made) = made {
                assert!(made == bytes.as_bytes(), "{path}");
            }
        }
        assert_eq!(page(&plan, &report, "m/none.html", &options), None);
        assert_eq!(
            page(&plan, &report, "communities/island-families.html", &options),
            None
        );
    }
}
