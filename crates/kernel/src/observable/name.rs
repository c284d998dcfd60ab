//! Addresses, domains, links and mailboxes within one word.

use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::punycode::punycode;
use super::tld::is_tld;
use super::token::{TOKEN_BYTES_MIN, token};
use super::{Kind, Observable, URL_BYTES_MAX};

/// How often a byte of a word is looked at, at most, by all that is tried on it.
pub(super) const PASSES: usize = 8;
/// Longest domain name, bytes (RFC 1035, 2.3.4, without the root's dot).
const DOMAIN_BYTES_MAX: usize = 253;
/// Longest label, bytes.
pub(super) const LABEL_BYTES_MAX: usize = 63;
/// Longest local part of a mailbox, bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// Everything in a word. `sure` says that somebody took the trouble to defang it, so that any top-level domain will do.
pub(super) fn names(text: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    for part in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        links(part, sure, found);
    }
}

/// Links with a scheme, and what stands before, between and behind them.
fn links(text: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    let mut rest = text;
    while let Some(at) = scheme_end(rest) {
        let (head, tail) = rest.split_at(at);
        let before = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '*');
        let (before, scheme) = head.split_at(before.len());
        pieces(before, sure, found);
        let tail = tail.get(3..).unwrap_or_default();
        let (own, next) = tail.split_at(link_end(tail));
        match live_scheme(scheme) {
            Some(scheme) => link(scheme, trim_link(own), found),
            None => pieces(own, sure, found),
        }
        rest = next;
    }
    pieces(rest, sure, found);
}

/// Where the first `://` stands.
fn scheme_end(text: &str) -> Option<usize> {
    let mut colons = text.match_indices(':').map(|(at, _)| at);
    colons.find(|&at| {
        text.get(at + 1..)
            .is_some_and(|rest| rest.starts_with("//"))
    })
}

/// `http` or `https`, also as people write it to make it harmless.
fn live_scheme(scheme: &str) -> Option<&'static str> {
    // The text before a link may touch it: `seehttp://`.
    let scheme = scheme.to_ascii_lowercase();
    let ends = |names: [&str; 5]| names.iter().any(|name| scheme.ends_with(name));
    if ends(["https", "hxxps", "h**ps", "htxps", "hxtps"]) {
        return Some("https");
    }
    ends(["http", "hxxp", "h**p", "htxp", "hxtp"]).then_some("http")
}

/// Where a link ends within its word: before a comma or the like that another link follows.
fn link_end(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(scheme_end) {
        let head = text.get(..from + at).unwrap_or_default();
        let own = head.get(from..).unwrap_or_default();
        let start = from
            + own
                .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
                .len();
        if start > 0
            && head
                .as_bytes()
                .get(start - 1)
                .is_some_and(|byte| matches!(byte, b',' | b';' | b'|' | b')' | b'\'' | b']'))
        {
            return start - 1;
        }
        from += at + 3;
    }
    text.len()
}

/// A link without the punctuation of the sentence it stands in.
fn trim_link(link: &str) -> &str {
    let count = |sign: u8| link.bytes().filter(|&byte| byte == sign).count();
    let mut spare = count(b')').saturating_sub(count(b'('));
    let mut spare_square = count(b']').saturating_sub(count(b'['));
    let mut end = link.len();
    for byte in link.bytes().rev() {
        let cut = match byte {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'|' | b'\\' | b'}' => true,
            b')' if spare > 0 => {
                spare -= 1;
                true
            }
            b']' if spare_square > 0 => {
                spare_square -= 1;
                true
            }
            _ => false,
        };
        if !cut {
            break;
        }
        end -= 1;
    }
    link.get(..end).unwrap_or(link)
}

/// What follows `scheme://`.
fn link(scheme: &str, rest: &str, found: &mut dyn FnMut(Observable)) {
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, place) = authority
        .rsplit_once('@')
        .map_or((None, authority), |(user, place)| (Some(user), place));
    let (name, port) = match place
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
    {
        Some((name, port)) => (name, port.strip_prefix(':').unwrap_or(port)),
        None => place.split_once(':').unwrap_or((place, "")),
    };
    let Some(host) = host(name) else {
        return;
    };
    let port = port
        .parse::<u16>()
        .ok()
        .filter(|&port| port != if scheme == "https" { 443 } else { 80 });
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let shown = if name.contains(':') {
        format!("[{}]", host.value)
    } else {
        host.value.clone()
    };
    let value = format!("{scheme}://{user}{shown}{port}{slash}{path}");
    if value.len() <= URL_BYTES_MAX {
        found(Observable::new(Kind::Url, value));
    }
    found(host);
}

/// The host of a link: an address in any of the forms browsers take, or a name under any top-level domain.
fn host(name: &str) -> Option<Observable> {
    if let Some(address) = address(name) {
        return Some(Observable::new(Kind::Ip, address));
    }
    if name.contains(':') {
        return name
            .parse::<Ipv6Addr>()
            .ok()
            .map(|address| Observable::new(Kind::Ip, address.to_string()));
    }
    let value = domain(name, false)
        .or_else(|| domain(scripts(name).next()?, false))
        .or_else(|| domain(name, true))?;
    Some(Observable::new(Kind::Domain, value))
}

/// `192.0.2.1`, or as one number (`3221225985`, `0xC0000201`) as browsers take it (WHATWG URL, host parsing).
fn address(name: &str) -> Option<String> {
    let number = match name.strip_prefix("0x").or_else(|| name.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None if name.len() >= 8 => name.parse::<u32>().ok(),
        None => None,
    };
    number
        .map(Ipv4Addr::from)
        .or_else(|| name.parse().ok())
        .map(|address| address.to_string())
}

/// The parts of a name between letters without case: scripts such as Chinese put no blank around a name in another.
fn scripts(name: &str) -> impl Iterator<Item = &str> {
    let foreign =
        |c: char| !c.is_ascii() && !c.is_lowercase() && !c.is_uppercase() && !is_combining_mark(c);
    name.split(foreign).filter(|part| !part.is_empty())
}

/// Splits what is no link with a scheme into pieces at signs that no name has; within a path fewer signs part.
fn pieces(text: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    if text.len() < 3 {
        return;
    }
    let mut path = false;
    let parts = text.split(move |c: char| {
        let cut = match c {
            ',' | ';' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '\'' | '\\' => true,
            '=' | '&' | '~' | '!' | '$' | '*' => !path,
            _ => false,
        };
        path = (path || c == '/') && !cut;
        cut
    });
    for part in parts {
        let part = part.trim_start_matches(['.', ':', '-', '/', '?', '#', '%', '+', '@']);
        piece(
            part.trim_end_matches(['.', ':', '-', '?', '#', '%', '+', '@', '_', '!']),
            sure,
            found,
        );
    }
}

fn piece(piece: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    if piece.len() < 3 {
        return;
    }
    let end = piece.find(['/', '?', '#']).unwrap_or(piece.len());
    let (head, path) = piece.split_at(end);
    // `social.example/@name` is a link, `a/b@mail.example` a mailbox.
    if piece.contains('@') && (head.contains('@') || bare_domain(head, sure).is_none()) {
        return mailboxes(piece, sure, found);
    }
    if let Some(address) = address_v6(head) {
        return found(Observable::new(Kind::Ip, address));
    }
    let mut parts = head.split(':').peekable();
    while let Some(part) = parts.next() {
        let port = parts.peek().and_then(|port| port.parse::<u16>().ok());
        let last = parts.peek().is_none() || port.is_some();
        let tail = if last { path } else { "" };
        name(part, port, tail, sure, found);
    }
}

/// A bare name or address, with port and path where a link was written without a scheme.
fn name(part: &str, port: Option<u16>, path: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    if !part.contains('.') {
        if part.len() >= TOKEN_BYTES_MIN
            && let Some(observable) = token(part)
        {
            found(observable);
        }
        return;
    }
    let part = part.trim_end_matches('.');
    let sure = sure || path.len() > 1;
    let host = match part.parse::<Ipv4Addr>() {
        Ok(address) => Observable::new(Kind::Ip, address.to_string()),
        Err(_) => {
            let Some(value) = bare_domain(part, false)
                .or_else(|| scripts(part).find_map(|part| bare_domain(part, sure)))
                .or_else(|| bare_domain(part, sure))
            else {
                return;
            };
            Observable::new(Kind::Domain, value)
        }
    };
    // `192.0.2.0/24` is a network and no link.
    let network =
        host.kind == Kind::Ip && path.get(1..).is_some_and(|bits| bits.parse::<u8>().is_ok());
    if path.len() > 1 && !network {
        let port = port
            .filter(|&port| port != 80)
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let value = format!("http://{}{port}{slash}{path}", host.value);
        if value.len() <= URL_BYTES_MAX {
            found(Observable::new(Kind::Url, value));
        }
    }
    found(host);
}

/// An IPv6 address that is not just two words with colons between (`ab::cd`, `12:30`): three colons, or a first
/// group of four digits of which one is decimal.
fn address_v6(text: &str) -> Option<String> {
    let colons = text.bytes().filter(|&byte| byte == b':').count();
    if !(2..=8).contains(&colons) {
        return None;
    }
    let bare = text.split('%').next()?;
    let first = bare.split(':').next()?;
    let digit = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    if !(digit(bare) && (colons >= 3 || (first.len() == 4 && digit(first)))) {
        return None;
    }
    bare.parse::<Ipv6Addr>()
        .ok()
        .map(|address| address.to_string())
}

/// Mailboxes around each `@` of a piece.
fn mailboxes(piece: &str, sure: bool, found: &mut dyn FnMut(Observable)) {
    let mut rest = piece;
    let mut before = "";
    while let Some(at) = rest.find('@') {
        let (head, tail) = rest.split_at(at);
        let tail = tail.get(1..).unwrap_or_default();
        let local = if head.is_empty() { before } else { head };
        let end = tail.find(|c: char| !is_name_char(c)).unwrap_or(tail.len());
        let place = tail.get(..end).unwrap_or_default();
        if let Some(local) = local_part(local)
            && let Some(domain) =
                domain(place, false).or_else(|| domain(scripts(place).next()?, sure))
        {
            found(Observable::new(Kind::Email, format!("{local}@{domain}")));
        }
        before = "";
        rest = tail;
    }
}

/// The end of `text` that can be the local part of a mailbox (a dot-atom of RFC 5322, 3.2.3, with RFC 6531's letters).
fn local_part(text: &str) -> Option<&str> {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let start = text
        .char_indices()
        .rev()
        .take_while(|&(_, c)| allowed(c))
        .last()
        .map(|(at, _)| at)?;
    let local = text
        .get(start..)?
        // As at the beginning of a piece, so that what is found is found again by itself.
        .trim_start_matches(['.', '/', '\'', '?', '&', '=', '#', '*', '+', '-', '%']);
    let right = !local.is_empty()
        && local.len() <= LOCAL_BYTES_MAX
        && !local.ends_with('.')
        && !local.contains("..");
    right.then_some(local)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || (!c.is_ascii() && is_combining_mark(c))
}

/// Top-level domains that are also endings of files.
const FILE_ENDINGS: [&str; 10] = [
    "cab", "java", "md", "mov", "ps", "pub", "py", "rs", "sh", "zip",
];

/// A domain written without scheme or path, if it does not look like a file or two sentences.
fn bare_domain(name: &str, sure: bool) -> Option<String> {
    if !sure {
        let (rest, top) = name.rsplit_once('.')?;
        let one = !rest.contains('.');
        let lower = top.to_lowercase();
        // `thanks.So I`, `home.Today`: a capital behind the point, unless it is one of the well-known endings.
        let sentence = top.starts_with(char::is_uppercase) && top != top.to_uppercase();
        let known = matches!(lower.as_str(), "com" | "net" | "org");
        let numeric = lower.len() == 2
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if (one && sentence && !known) || (one && FILE_ENDINGS.contains(&lower.as_str())) || numeric
        {
            return None;
        }
    }
    domain(name, sure)
}

/// The canonical form of a domain name of two labels or more: lower case, labels beyond ASCII as A-labels, no
/// trailing dot. Compatibility forms and case are mapped (NFKC, lower case: what UTS 46 does to nearly all names);
/// names are not checked for what a registry would allow. With `any` the top-level domain need not be known.
fn domain(name: &str, any: bool) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > DOMAIN_BYTES_MAX * 4 || !name.contains('.') {
        return None;
    }
    let mut out = String::with_capacity(name.len());
    let mut top = 0;
    for label in name.split('.') {
        if !out.is_empty() {
            out.push('.');
        }
        top = out.len();
        push_label(label, &mut out)?;
    }
    let last = out.get(top..)?;
    let numeric = last
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    let fits = out.len() <= DOMAIN_BYTES_MAX && last.len() >= 2 && !numeric;
    (fits
        && (is_tld(last)
            || (any && last.bytes().all(|byte| byte.is_ascii_lowercase()))
            || (any && last.starts_with("xn--"))))
    .then_some(out)
}

/// One label in canonical form at the end of `out`; `None` if it cannot be one.
fn push_label(label: &str, out: &mut String) -> Option<()> {
    let start = out.len();
    if label.is_ascii() {
        out.extend(label.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        let mapped: String = label.nfkc().flat_map(char::to_lowercase).nfc().collect();
        if !mapped.chars().all(is_name_char) {
            return None;
        }
        if mapped.is_ascii() {
            out.push_str(&mapped);
        } else {
            out.push_str("xn--");
            punycode(&mapped, out)?;
        }
    }
    let made = out.get(start..)?;
    let right = (1..=LABEL_BYTES_MAX).contains(&made.len())
        && !made.starts_with('-')
        && !made.ends_with('-')
        && made
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    right.then_some(())
}
