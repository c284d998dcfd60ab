//! What an owner reads: texts as data, in every language of the pages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Medium, Part, Row};
use crate::canned::{Both, pieces};

/// The built-in texts.
pub const EMBEDDED: &str = include_str!("../../../../data/notices.toml");
/// What stands for the secret link until the mail leaves.
pub const LINK: &str = "{link}";
/// Rows that the text shows itself; all are in the file.
pub const SHOWN_ROWS: usize = 20;
const FIELDS: [&str; 11] = [
    "service", "owner", "number", "class", "label", "counts", "rows", "link", "new", "still",
    "gone",
];

/// A text of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    subject: Both,
    body: Both,
}

/// All texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    /// What is put where `{counts}` stands: a line for each part that there is.
    part: BTreeMap<String, Both>,
    /// Behind the rows that are shown, where there are more.
    more: Both,
    /// The mail that says only that there is something.
    portal: Template,
    /// By name.
    template: BTreeMap<String, Template>,
}

static TEXTS: LazyLock<Result<Texts, String>> = LazyLock::new(|| read(EMBEDDED));

fn read(text: &str) -> Result<Texts, String> {
    let texts: Texts = toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())?;
    for part in Part::ALL {
        if !texts.part.contains_key(part.as_str()) {
            return Err(format!("part.{} is missing", part.as_str()));
        }
    }
    let all = texts
        .template
        .iter()
        .map(|(name, one)| (name.as_str(), one));
    for (name, one) in all.chain([("portal", &texts.portal)]) {
        for (what, both) in [("subject", &one.subject), ("body", &one.body)] {
            for text in [&both.en, &both.mi] {
                let wrong = pieces(text).filter_map(|(_, field)| field);
                if let Some(wrong) = wrong.into_iter().find(|field| !FIELDS.contains(field)) {
                    return Err(format!("{name}.{what}: {{{wrong}}} stands for nothing"));
                }
            }
            let link = |text: &String| text.contains(LINK);
            if what == "body" && !(link(&both.en) && link(&both.mi)) {
                return Err(format!("{name}: {LINK} is missing"));
            }
        }
    }
    if !texts.template.contains_key("default") {
        return Err("template.default is missing".into());
    }
    Ok(texts)
}

/// Whether there is a text of this name.
#[must_use]
pub fn is_template(name: &str) -> bool {
    TEXTS
        .as_ref()
        .is_ok_and(|texts| texts.template.contains_key(name))
}

/// Names of the texts.
#[must_use]
pub fn templates() -> Vec<&'static str> {
    let texts = TEXTS.as_ref().ok();
    let names = texts.map(|texts| texts.template.keys().map(String::as_str).collect());
    names.unwrap_or_default()
}

/// What a letter is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Who writes, in the reader's language.
    pub service: &'a str,
    /// Who is written to.
    pub owner: &'a str,
    /// Number of the notice.
    pub number: &'a str,
    /// Its class.
    pub class: &'a str,
    /// Its label, as the standard prints it.
    pub label: &'a str,
    /// The rows.
    pub rows: &'a [Row],
}

/// Subject and text, in which [`LINK`] stands for the secret link; `None` if there is no such text.
#[must_use]
pub fn write(
    (template, medium, language): (&str, Medium, &str),
    about: &About<'_>,
) -> Option<(String, String)> {
    let texts = TEXTS.as_ref().ok()?;
    let own = match medium {
        Medium::Portal => &texts.portal,
        Medium::Mail => texts.template.get(template)?,
    };
    let count = |part: Part| about.rows.iter().filter(|row| row.part == part).count();
    let mut counts = Vec::new();
    for part in Part::ALL {
        let words = texts.part.get(part.as_str()).filter(|_| count(part) > 0);
        counts.extend(words.map(|words| {
            let own = words.get(language).trim();
            own.replace("{count}", &count(part).to_string())
        }));
    }
    let mut rows: Vec<String> = about.rows.iter().take(SHOWN_ROWS).map(shown).collect();
    if about.rows.len() > SHOWN_ROWS {
        let beyond = (about.rows.len() - SHOWN_ROWS).to_string();
        rows.push(texts.more.get(language).trim().replace("{count}", &beyond));
    }
    let (counts, rows) = (counts.join("\n"), rows.join("\n"));
    let numbers = Part::ALL.map(|part| count(part).to_string());
    let fill = |text: &str| {
        let mut out = String::new();
        for (plain, field) in pieces(text.trim_start()) {
            out.push_str(plain);
            out.push_str(match field {
                Some("service") => about.service,
                Some("owner") => about.owner,
                Some("number") => about.number,
                Some("class") => about.class,
                Some("label") => about.label,
                Some("counts") => &counts,
                Some("rows") => &rows,
                Some("new") => &numbers[0],
                Some("still") => &numbers[1],
                Some("gone") => &numbers[2],
                Some("link") => LINK,
                _ => "",
            });
        }
        out
    };
    let subject = fill(own.subject.get(language).trim());
    Some((
        cairn_kernel::text::one_line(&subject),
        fill(own.body.get(language)),
    ))
}

/// One row of the text. What feeds told is a stranger's: no line ends, no links that can be clicked.
fn shown(row: &Row) -> String {
    let line = &row.line;
    let sign = match row.part {
        Part::New => '+',
        Part::Still => '=',
        Part::Gone => '-',
    };
    let what = if line.identifier.is_empty() {
        &line.kind
    } else {
        &line.identifier
    };
    let port = line.port.map(|port| format!(" port {port}"));
    let malware = Some(&line.malware).filter(|name| !name.is_empty());
    let text = format!(
        "{}{}  {what}{}  {}",
        line.asset(),
        port.unwrap_or_default(),
        malware.map(|name| format!(" ({name})")).unwrap_or_default(),
        line.at
    );
    let text = cairn_kernel::text::one_line(&text);
    let text = cairn_kernel::observable::defang_text(&text);
    // A field of the text that stands in a row would be taken for the link.
    format!("  {sign} {}", text.replace(['{', '}'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Line;

    #[test]
    fn the_built_in_texts_are_whole() {
        assert_eq!(read(EMBEDDED).err(), None);
        assert!(templates().len() >= 3);
        assert!(read(&EMBEDDED.replace("{number}", "{nummer}")).is_err());
        assert!(read(&EMBEDDED.replace("{link}", "")).is_err());
    }

    #[test]
    fn a_letter_says_how_many_of_what_and_shows_some() {
        let row = |part, n: u8| Row {
            part,
            line: Line {
                kind: "vulnerable-system".into(),
                ip: Some([192, 0, 2, n].into()),
                malware: "http://bad.example/{link}\r\nBcc: x".into(),
                ..Line::default()
            },
            told: None,
            gone: None,
        };
        let mut rows: Vec<Row> = (0..25).map(|n| row(Part::New, n)).collect();
        rows.push(row(Part::Gone, 99));
        let about = About {
            service: "CERT",
            owner: "Example Ltd",
            number: "20261123-00000001",
            class: "exposed",
            label: "TLP:AMBER",
            rows: &rows,
        };
        for language in ["en", "mi"] {
            for template in templates() {
                let (subject, text) = write((template, Medium::Mail, language), &about).unwrap();
                assert!(subject.contains("20261123-00000001"), "{subject}");
                assert_eq!(text.matches(LINK).count(), 1, "{text}");
                assert!(text.contains("25") && text.contains("TLP:AMBER"), "{text}");
                assert!(
                    !text.contains("\nBcc") && !text.contains("http://bad"),
                    "{text}"
                );
                assert!(!text.contains("192.0.2.24"), "only some are shown: {text}");
            }
            let (_, portal) = write(("default", Medium::Portal, language), &about).unwrap();
            assert!(!portal.contains("192") && portal.contains(LINK), "{portal}");
        }
        assert_eq!(write(("none", Medium::Mail, "en"), &about), None);
    }
}
