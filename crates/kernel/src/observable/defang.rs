//! Addresses that nobody can follow by mistake: nothing that shows them makes a link of them.

use std::borrow::Cow;

use super::scan::{Word, word};
use super::{Kind, Observable, name};

/// An observable as pages, mails and exports show it: `hxxps://evil[.]example/login`, `a[@]b[.]example`,
/// `192[.]0[.]2[.]1`, `2001[:]db8[:][:]1`. Hashes, numbers and wallets stay as they are.
#[must_use]
pub fn defang(observable: &Observable) -> String {
    let value = &observable.value;
    match observable.kind {
        Kind::Url => rewrite(value),
        Kind::Domain | Kind::Email => value.replace('.', "[.]").replace('@', "[@]"),
        Kind::Ip => value.replace('.', "[.]").replace(':', "[:]"),
        Kind::Hash | Kind::Phone | Kind::Wallet | Kind::Account => value.clone(),
    }
}

/// Text with every link, domain, mail address and IPv4 address in it defanged, and every `http://` and `https://`
/// whatever follows. All else stays; doing it twice changes nothing more. Linear, and without a limit on how many.
#[must_use]
pub fn defang_text(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(word) = word(text, at) {
        at = word.start + word.text.len();
        if !is_live(&word) {
            continue;
        }
        out.push_str(text.get(done..word.start).unwrap_or_default());
        out.push_str(&rewrite(word.text));
        done = at;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_live(word: &Word<'_>) -> bool {
    if word.is_plain() {
        return false;
    }
    let (text, sure) = word.live();
    let mut live = text.contains("://");
    name::names(&text, sure, &mut |observable| {
        live |= matches!(
            observable.kind,
            Kind::Ip | Kind::Domain | Kind::Url | Kind::Email
        );
    });
    live
}

/// `hxxp` for `http` before `://`, `[@]`, and `[.]` between the letters of a host (not in a link's path).
fn rewrite(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 16);
    // Within the path of a link, and whether that link has a scheme (a mailbox may have a slash, but no scheme).
    let (mut path, mut link) = (false, false);
    let mut before = ' ';
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |&(_, next)| next);
        let rest = word.get(at..).unwrap_or_default();
        match c {
            'h' | 'H' if scheme_length(rest) > 0 => {
                out.push(c);
                out.push_str(if after == 'T' { "XX" } else { "xx" });
                chars.next();
                chars.next();
                path = false;
            }
            ':' if rest.starts_with("://") => {
                out.push_str("://");
                chars.next();
                chars.next();
                (path, link) = (false, true);
            }
            '.' if !path && is_inner(before) && is_inner(after) => out.push_str("[.]"),
            '@' if !(path && link) && before != '[' && before != '(' => {
                out.push_str("[@]");
                path = false;
            }
            _ => {
                (path, link) = match c {
                    '/' | '?' | '#' => (true, link),
                    ',' | ';' | '|' | '(' | ')' | '\'' | ' ' => (false, false),
                    _ => (path, link),
                };
                out.push(c);
            }
        }
        before = c;
    }
    out
}

/// Length of `http` or `https` at the start if `://` follows, else 0.
fn scheme_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    [4, 5]
        .into_iter()
        .find(|&length| {
            let name = bytes.get(..length).unwrap_or_default();
            (name.eq_ignore_ascii_case(b"http") || name.eq_ignore_ascii_case(b"https"))
                && bytes
                    .get(length..)
                    .is_some_and(|tail| tail.starts_with(b"://"))
        })
        .unwrap_or(0)
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}
