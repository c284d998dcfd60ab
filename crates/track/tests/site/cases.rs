//! Sites of the example plans, in memory.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use cairn_track::plan::{Files, Plan};
use cairn_track::site::{Options, Summary, build};

pub const PLANS: [&str; 4] = [
    "example-harbour",
    "nz-digital",
    "nz-cyber-2015",
    "nz-digital-nation-2017",
];

pub type Site = BTreeMap<String, Vec<u8>>;

/// Every file of the site of a plan.
pub fn built(files: &Files, options: &Options) -> (Site, Summary) {
    let (plan, faults) = Plan::read(files);
    let plan = plan.unwrap_or_else(|| panic!("{faults:#?}"));
    let mut site = Site::new();
    let mut sink = |path: &str, bytes: Vec<u8>| -> Result<(), Infallible> {
        assert!(
            site.insert(path.to_owned(), bytes).is_none(),
            "{path} is written twice"
        );
        Ok(())
    };
    let summary = build(&plan, options, &mut sink).unwrap();
    (site, summary)
}

/// The site of one of the plans in the repository, built once.
pub fn site(name: &str) -> &'static Site {
    static SITES: LazyLock<BTreeMap<&str, Site>> =
        LazyLock::new(|| PLANS.iter().map(|name| (*name, fresh(name))).collect());
    SITES.get(name).unwrap_or_else(|| panic!("no plan {name}"))
}

/// Builds it. With `TRACK_OUT` set it is also written to that folder.
fn fresh(name: &str) -> Site {
    let site = built(&crate::plan_files::folder(name), &Options::default()).0;
    if let Some(out) = std::env::var_os("TRACK_OUT") {
        for (path, bytes) in &site {
            let path = std::path::Path::new(&out).join(name).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    site
}

/// The text of a file.
pub fn text<'s>(site: &'s Site, path: &str) -> &'s str {
    let bytes = site.get(path).unwrap_or_else(|| panic!("no {path}"));
    std::str::from_utf8(bytes).unwrap()
}

/// Texts of a page without its tags, blanks made one.
pub fn words(page: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                out.push(' ');
            }
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
