//! Texts of strangers: extraction, defanging and the views of text never panic and keep their promises.
#![no_main]

use cairn_kernel::money::Money;
use cairn_kernel::observable::{Kind, OBSERVABLES_MAX, defang, defang_text, extract};
use cairn_kernel::reference::{Reference, Secret};
use cairn_kernel::text::{
    TITLE_CHARS_MAX, csv_cell, fold, is_invisible, starts_formula, title, visible,
};
use libfuzzer_sys::fuzz_target;

fn observables(text: &str) {
    let found = extract(text);
    assert!(found.len() <= OBSERVABLES_MAX && found.is_sorted());
    for observable in &found {
        assert!(!observable.value.is_empty());
        assert!(
            !observable
                .value
                .contains(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
        );
        let shown = defang(observable);
        match observable.kind {
            Kind::Url => assert!(!is_live(&shown), "{shown}"),
            Kind::Domain | Kind::Email => assert!(
                !shown
                    .replace("[.]", "")
                    .replace("[@]", "")
                    .contains(['.', '@']),
                "{shown}"
            ),
            _ => {}
        }
    }
    let shown = defang_text(text);
    assert_eq!(defang_text(&shown), shown);
    assert!(!is_live(&shown));
}

fn is_live(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("http://") || text.contains("https://")
}

fn views(text: &str) {
    let folded = fold(text);
    assert_eq!(fold(&folded), folded);
    assert!(!visible(text).contains(is_invisible));
    assert!(!starts_formula(&csv_cell(text)));
    let title = title(text);
    assert!(title.chars().count() <= TITLE_CHARS_MAX && !title.contains(is_invisible));
}

fn tokens(text: &str) {
    if let Ok(money) = Money::parse(text, "NZD") {
        assert_eq!(Money::parse(&money.to_string(), "NZD"), Ok(money));
    }
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string().parse(), Ok(reference));
    }
    let _ = text.parse::<Secret>();
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    observables(&text);
    views(&text);
    tokens(&text);
});
