//! Markup that this crate wrote, cut into tags and texts.

/// Elements that have no end.
const VOID: [&str; 10] = [
    "br", "hr", "img", "input", "link", "meta", "wbr", "col", "source", "area",
];

/// A piece of markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'m> {
    /// Words, unescaped.
    Text(String),
    /// The beginning of an element.
    Open(&'m str, Attributes),
    /// Its end.
    Close(&'m str),
    /// An element without an end.
    Alone(&'m str),
}

/// Attributes with their unescaped values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        let classes = self.get("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|own| own == class)
    }
}

/// Cuts markup into its pieces, in their order.
pub(super) fn pieces(markup: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if !text.is_empty() {
            all.push(Piece::Text(unescaped(text)));
        }
        let Some(end) = end_of_tag(tag) else {
            return all;
        };
        let (inside, after) = (tag.get(1..end).unwrap_or_default(), tag.get(end + 1..));
        all.extend(piece(inside));
        rest = after.unwrap_or_default();
    }
    if !rest.is_empty() {
        all.push(Piece::Text(unescaped(rest)));
    }
    all
}

/// The `>` that ends a tag; one within quotes is part of a value.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })
}

fn piece(inside: &str) -> Option<Piece<'_>> {
    if let Some(name) = inside.strip_prefix('/') {
        return Some(Piece::Close(name.trim()));
    }
    let inside = inside.trim_end_matches('/');
    let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(end);
    if name.is_empty() || name.starts_with('!') {
        return None;
    }
    if VOID.contains(&name) {
        return Some(Piece::Alone(name));
    }
    Some(Piece::Open(name, attributes_of(attributes)))
}

fn attributes_of(mut text: &str) -> Attributes {
    let mut all = Vec::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let Some((value, rest)) = rest.split_once('"') else {
            break;
        };
        // An attribute without a value may stand before this one.
        let name = name
            .split_ascii_whitespace()
            .next_back()
            .unwrap_or_default();
        all.push((name.to_owned(), unescaped(value)));
        text = rest;
    }
    Attributes(all)
}

/// Text with its entities resolved; one that is not known stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after
            .split_once(';')
            .and_then(|(name, after)| Some((entity(name)?, after)));
        match known {
            Some((letter, after)) => {
                out.push(letter);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_texts_and_values() {
        let all = pieces(
            "<p class=\"a b\" hidden title=\"x > &quot;y&quot;\">1 &lt; 2<br>&amp;&#39;&#x101;&what;</p>",
        );
        let [Piece::Open("p", attributes), text, alone, more, close] = all.as_slice() else {
            panic!("{all:?}");
        };
        assert_eq!(attributes.get("title"), Some("x > \"y\""));
        assert!(attributes.has_class("b") && !attributes.has_class("c"));
        assert_eq!(*text, Piece::Text("1 < 2".into()));
        assert_eq!(*alone, Piece::Alone("br"));
        assert_eq!(*more, Piece::Text("&'ā&what;".into()));
        assert_eq!(*close, Piece::Close("p"));
    }

    #[test]
    fn what_is_cut_off_ends_it() {
        assert_eq!(pieces("a<p class=\"b"), [Piece::Text("a".into())]);
        assert_eq!(pieces(""), []);
    }
}
