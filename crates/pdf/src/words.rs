//! The few words that the printer adds by itself, in both languages.

use jiff::civil::Date;

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

/// A date in words.
pub(crate) fn date(language: Language, date: Date) -> String {
    let months = match language {
        Language::English => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Maori => [
            "Kohitātea",
            "Huitanguru",
            "Poutūterangi",
            "Paengawhāwhā",
            "Haratua",
            "Pipiri",
            "Hōngongoi",
            "Hereturikōkā",
            "Mahuru",
            "Whiringa-ā-nuku",
            "Whiringa-ā-rangi",
            "Hakihea",
        ],
    };
    let month = usize::try_from(date.month())
        .ok()
        .and_then(|m| months.get(m.checked_sub(1)?));
    format!(
        "{} {} {}",
        date.day(),
        month.copied().unwrap_or_default(),
        date.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_the_language_of_the_document() {
        let day = Date::constant(2026, 2, 6);
        assert_eq!(date(Language::English, day), "6 February 2026");
        assert_eq!(date(Language::Maori, day), "6 Huitanguru 2026");
        assert_eq!(
            date(Language::Maori, Date::constant(2026, 12, 31)),
            "31 Hakihea 2026"
        );
    }
}
