//! The few words that the printer adds by itself, in both languages.

use crate::model::Language;

/// Heading over the table of contents.
pub(crate) fn contents(language: Language) -> &'static str {
    match language {
        Language::English => "Contents",
        Language::Maori => "Ngā ihirangi",
    }
}

/// Foot of a page; `page` counts from 1.
pub(crate) fn page_of(language: Language, page: usize, pages: usize) -> String {
    match language {
        Language::English => format!("Page {page} of {pages}"),
        Language::Maori => format!("Whārangi {page} o te {pages}"),
    }
}

/// Said after a caption where a table goes on.
pub(crate) fn continued(language: Language) -> &'static str {
    match language {
        Language::English => "continued",
        Language::Maori => "e haere tonu ana",
    }
}
