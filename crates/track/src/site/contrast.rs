//! The colours that all pages share, measured as WCAG 2.2 says (1.4.3, 1.4.11).

use std::collections::BTreeMap;

use super::{COLOURS, STYLE};

/// Text on its ground.
const TEXT: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "wash"),
    ("ink", "amber-wash"),
    ("ink", "blue-wash"),
    ("soft", "paper"),
    ("soft", "card"),
    ("soft", "wash"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "wash"),
    ("accent", "amber-wash"),
    ("accent", "blue-wash"),
    ("accent-deep", "paper"),
    ("accent-deep", "card"),
    ("on-accent", "accent"),
    ("red", "red-wash"),
    ("red", "card"),
    ("green", "green-wash"),
    ("amber", "amber-wash"),
    ("amber", "card"),
    ("blue", "blue-wash"),
    ("s2", "card"),
    ("s3", "card"),
];

/// Lines and signs on their ground.
const SIGNS: &[(&str, &str)] = &[
    ("field", "card"),
    ("field", "paper"),
    ("focus", "paper"),
    ("focus", "card"),
    ("s1", "card"),
    ("s2", "card"),
    ("s3", "card"),
    ("s4", "card"),
];

/// The variables of a block of declarations.
fn variables(css: &str) -> BTreeMap<&str, &str> {
    css.split(';')
        .filter_map(|one| one.rsplit_once("--")?.1.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(_, value)| value.starts_with('#'))
        .collect()
}

/// Relative luminance of `#rrggbb` or `#rgb`.
fn luminance(colour: &str) -> f64 {
    let digits: Vec<u32> = colour
        .trim_start_matches('#')
        .chars()
        .filter_map(|c| c.to_digit(16))
        .collect();
    let parts: Vec<f64> = match digits.as_slice() {
        [r, g, b] => [r, g, b].map(|c| f64::from(c * 17)).to_vec(),
        all => all
            .chunks(2)
            .map(|pair| f64::from(pair[0] * 16 + pair[1]))
            .collect(),
    };
    let linear = |part: f64| {
        let part = part / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(parts[0]) + 0.7152 * linear(parts[1]) + 0.0722 * linear(parts[2])
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read_on_its_ground() {
    let (light, dark) = COLOURS.split_once("@media").unwrap();
    assert!(dark.contains("prefers-color-scheme: dark"));
    for (theme, css) in [("light", light), ("dark", dark)] {
        let colours = variables(css);
        let all = TEXT.iter().map(|pair| (pair, 4.5));
        for ((front, ground), least) in all.chain(SIGNS.iter().map(|pair| (pair, 3.0))) {
            let found = contrast(colours[front], colours[ground]);
            assert!(
                found >= least,
                "{theme}: {front} {} on {ground} {} has {found:.2} : 1, and {least} is needed",
                colours[front],
                colours[ground]
            );
        }
    }
    assert_eq!(format!("{:.1}", contrast("#fff", "#000000")), "21.0");
}

#[test]
fn no_other_style_sheet_has_colours_of_its_own() {
    let sheets = [
        (STYLE, include_str!("css/track.css")),
        ("chart.css", super::chart::CSS),
    ];
    for (name, css) in sheets {
        // Paper is white and ink black, whatever the screen.
        let (screen, _) = css.split_once("@media print").unwrap();
        assert!(!screen.contains('#') || !screen.contains(": #"), "{name}");
        assert!(!screen.contains("prefers-color-scheme"), "{name}");
        for used in screen.split("var(--").skip(1) {
            let used = used.split([')', ',']).next().unwrap();
            let known =
                COLOURS.contains(&format!("--{used}:")) || css.contains(&format!("--{used}:"));
            assert!(known, "{name}: --{used} is nowhere set");
        }
    }
}
