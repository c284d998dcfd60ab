//! What a note mentions: references of reports and numbers of cases, so that a page can link them.

use cairn_kernel::reference::Reference;

/// A part of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// What looks like the reference of a report, as written. Whether there is such a report is not known here.
    Report(&'a str, Reference),
    /// `case 12` or `kēhi 12`, as written.
    Case(&'a str, i64),
}

/// Words after which a number is that of a case, in the languages of the desk.
const CASE: [&str; 4] = ["case", "kēhi", "kehi", "keehi"];
/// Digits of a case's number, at most.
const DIGITS_MAX: usize = 12;

/// Takes a note apart. Only a reference written with its dashes counts (`ABCD-EFGH-J`), so that no word becomes a link by chance.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let word = rest.split(|c| !in_word(c)).next().unwrap_or_default();
        if word.is_empty() {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let found = report(word).or_else(|| case(rest, word));
        if let Some(piece) = found {
            let length = match piece {
                Piece::Text(own) | Piece::Report(own, _) | Piece::Case(own, _) => own.len(),
            };
            push_text(&mut out, text.get(from..at));
            out.push(piece);
            at += length;
            from = at;
        } else {
            at += word.len();
        }
    }
    push_text(&mut out, text.get(from..));
    out
}

fn push_text<'a>(out: &mut Vec<Piece<'a>>, text: Option<&'a str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        out.push(Piece::Text(text));
    }
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '@')
}

fn report(word: &str) -> Option<Piece<'_>> {
    let shaped = word.len() == 11
        && word.bytes().enumerate().all(|(at, byte)| match at {
            4 | 9 => byte == b'-',
            _ => byte.is_ascii_alphanumeric(),
        });
    let reference = word.parse().ok().filter(|_| shaped);
    reference.map(|reference| Piece::Report(word, reference))
}

/// `rest` begins with `word`.
fn case<'a>(rest: &'a str, word: &str) -> Option<Piece<'a>> {
    let lower = word.to_lowercase();
    if !CASE.contains(&lower.as_str()) {
        return None;
    }
    let after = rest.get(word.len()..)?.strip_prefix([' ', '\u{a0}'])?;
    let digits = after.split(|c| !in_word(c)).next().unwrap_or_default();
    let plain = !digits.is_empty()
        && digits.len() <= DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let no: i64 = digits.parse().ok().filter(|no| plain && *no > 0)?;
    let length = rest.len() - after.len() + digits.len();
    rest.get(..length).map(|own| Piece::Case(own, no))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(piece: &Piece<'_>) -> String {
        match piece {
            Piece::Text(own) | Piece::Report(own, _) | Piece::Case(own, _) => (*own).to_owned(),
        }
    }

    #[test]
    fn references_and_cases_are_found_where_they_stand() {
        let reference = Reference::from_index(12_345).unwrap();
        let text = format!("See {reference}, and Case 12; kēhi 7. Not case x, case12 or case 0.");
        let found = pieces(&text);
        let name = reference.to_string();
        assert_eq!(
            found,
            [
                Piece::Text("See "),
                Piece::Report(&name, reference),
                Piece::Text(", and "),
                Piece::Case("Case 12", 12),
                Piece::Text("; "),
                Piece::Case("kēhi 7", 7),
                Piece::Text(". Not case x, case12 or case 0."),
            ]
        );
        // One letter off is no reference, nor is one without dashes or within a longer word.
        let wrong = name.replace(name.chars().next().unwrap(), "Z");
        for text in [wrong, name.replace('-', ""), format!("{name}-x")] {
            assert!(
                matches!(pieces(&text).as_slice(), [Piece::Text(_)]),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(case |kēhi |[0-9]{1,3}|[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z]|\\PC|\n){0,30}") {
            let back: String = pieces(&text).iter().map(written).collect();
            prop_assert_eq!(back, text);
        }
    }
}
