//! Where the links of HTML lead. Not a parser of HTML: it looks at attributes of tags, in one pass, and what browsers
//! would not follow does no harm in a list for officers.

use mail_parser::decoders::html::html_to_text;

/// Attributes that name a place to go to or to fetch from.
const NAMES: [&str; 9] = [
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "poster",
    "data",
    "cite",
    "xlink:href",
];
/// Most bytes of links that are taken from one text.
const LINKS_BYTES_MAX: usize = 1024 * 1024;

/// The values of all such attributes, one a line.
pub(super) fn links(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = rest.get(open + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            // Outlook's conditional comments are read like the rest.
            rest = comment;
            continue;
        }
        let name_end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '/')
            .unwrap_or(rest.len());
        rest = attributes(rest.get(name_end..).unwrap_or_default(), &mut out);
        if out.len() > LINKS_BYTES_MAX {
            break;
        }
    }
    out
}

/// Reads the attributes of one tag; what follows the tag.
fn attributes<'a>(tag: &'a str, out: &mut String) -> &'a str {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return rest;
        }
        if let Some(after) = rest.strip_prefix('>') {
            return after;
        }
        if rest.starts_with('<') {
            return rest;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '<'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after.trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            continue;
        };
        let (value, after) = attribute_value(value.trim_start());
        rest = after;
        if NAMES.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            // Named and numbered characters are resolved by the same code as in the text.
            out.push_str(&if value.contains('&') {
                html_to_text(value)
            } else {
                value.to_owned()
            });
            out.push('\n');
        }
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    text.split_at(end)
}
