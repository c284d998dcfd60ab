//! Addresses, networks, names and URLs.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use cairn_kernel::observable::punycode;
use unicode_normalization::UnicodeNormalization as _;

use crate::value::{Network, Value};

use super::text::trimmed;
use super::{Clean, Invalid, trim};

/// Bytes of a domain name in text (RFC 1035, 2.3.4).
const NAME_BYTES_MAX: usize = 253;
/// Bytes of one of its labels.
const LABEL_BYTES_MAX: usize = 63;

/// An address as text. Taken besides: a number of an IPv4 address that no one would write by chance (1.0.0.0 and above), a
/// whole-address prefix (`/32`, `/128`), a zone (`%eth0`, cut).
///
/// # Errors
/// If it is none, or the unspecified address.
pub fn ip(text: &str) -> Result<IpAddr, Invalid> {
    let text = trim(text);
    if let Ok(address) = text.parse() {
        return specified(address);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return numbered(text.parse().map_err(|_| Invalid)?);
    }
    let (address, prefix) = text
        .split_once('/')
        .map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address
        .split('%')
        .next()
        .unwrap_or("")
        .parse()
        .map_err(|_| Invalid)?;
    let whole = if address.is_ipv4() { "32" } else { "128" };
    if prefix.is_none_or(|prefix| prefix == whole) {
        specified(address)
    } else {
        Err(Invalid)
    }
}

fn specified(address: IpAddr) -> Result<IpAddr, Invalid> {
    if address.is_unspecified() {
        Err(Invalid)
    } else {
        Ok(address)
    }
}

fn numbered(number: i64) -> Result<IpAddr, Invalid> {
    let bits = u32::try_from(number).map_err(|_| Invalid)?;
    let address = Ipv4Addr::from_bits(bits);
    // 0.0.0.0/8 is no host anywhere (RFC 1122, 3.2.1.3): such a number is a number.
    let [first, ..] = address.octets();
    if first == 0 {
        Err(Invalid)
    } else {
        Ok(address.into())
    }
}

pub(super) fn ip_value(value: &Value<'_>) -> Clean<'static> {
    match value {
        Value::Ip(address) => specified(*address).map(Value::Ip),
        Value::Text(text) => ip(text).map(Value::Ip),
        Value::Int(number) => numbered(*number).map(Value::Ip),
        _ => Err(Invalid),
    }
}

/// A network as text: CIDR, an address with a mask, or a lone address, which is a network of one. Host bits are cut.
///
/// # Errors
/// If it is none.
pub fn network(text: &str) -> Result<Network, Invalid> {
    let text = trim(text);
    let (address, prefix) = text
        .split_once('/')
        .map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address.parse().map_err(|_| Invalid)?;
    let prefix = match prefix {
        None if address.is_ipv4() => 32,
        None => 128,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| Invalid)?
        }
        Some(mask) => masked(mask.parse().map_err(|_| Invalid)?)?,
    };
    Network::new(address, prefix).ok_or(Invalid)
}

fn masked(mask: Ipv4Addr) -> Result<u8, Invalid> {
    let bits = mask.to_bits();
    if bits.leading_ones() + bits.trailing_zeros() == 32 || bits == u32::MAX {
        u8::try_from(bits.leading_ones()).map_err(|_| Invalid)
    } else {
        Err(Invalid)
    }
}

pub(super) fn network_value(value: &Value<'_>) -> Clean<'static> {
    match value {
        Value::Network(own) => Ok(Value::Network(*own)),
        Value::Ip(address) => network(&address.to_string()).map(Value::Network),
        Value::Text(text) => network(text).map(Value::Network),
        _ => Err(Invalid),
    }
}

/// A domain name in ASCII and small letters, without dots at its ends.
///
/// # Errors
/// If it is an address, holds white space, `:` or `/`, or a label of 0 or more than 63 bytes.
pub fn fqdn(text: Cow<'_, str>) -> Result<Cow<'_, str>, Invalid> {
    if is_plain_name(&text) {
        return Ok(text);
    }
    let text = match trimmed(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches('.')),
        Cow::Owned(text) => Cow::Owned(text.trim_matches('.').to_owned()),
    };
    let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    let text = if text.bytes().all(plain) {
        text
    } else {
        Cow::Owned(ascii(&text)?)
    };
    let odd = |c: u8| c.is_ascii_whitespace() || c.is_ascii_control() || c == b':' || c == b'/';
    let label = |label: &str| (1..=LABEL_BYTES_MAX).contains(&label.len());
    let numeric = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if text.len() > NAME_BYTES_MAX
        || text.bytes().any(odd)
        || !text.split('.').all(label)
        || (numeric && text.parse::<Ipv4Addr>().is_ok())
    {
        return Err(Invalid);
    }
    Ok(text)
}

/// Whether a name is right as it stands, by one look: small letters, digits, hyphens, underscores; labels of 1 to 63 bytes; a
/// letter somewhere. Most names are; what is not is looked at closely.
#[inline]
pub(crate) fn is_plain_name(text: &str) -> bool {
    let (mut label, mut letters) = (0, false);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' => {
                letters = true;
                label += 1;
            }
            b'0'..=b'9' | b'-' | b'_' => label += 1,
            b'.' if (1..=LABEL_BYTES_MAX).contains(&label) => label = 0,
            _ => return false,
        }
    }
    letters && (1..=LABEL_BYTES_MAX).contains(&label) && text.len() <= NAME_BYTES_MAX
}

/// As IDNA 2003 prepares names (RFC 3490): folded, normalised, and each label that is not ASCII in Punycode.
fn ascii(text: &str) -> Result<String, Invalid> {
    let folded: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'ß' => ['s', 's'].into_iter().take(2),
            'ς' => ['σ', ' '].into_iter().take(1),
            c => [c, ' '].into_iter().take(1),
        })
        .collect();
    let folded: String = folded.nfkc().collect();
    let mut out = String::with_capacity(folded.len() + 8);
    for (n, label) in folded
        .split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .enumerate()
    {
        if n > 0 {
            out.push('.');
        }
        if label.is_ascii() {
            out.push_str(label);
        } else {
            out.push_str("xn--");
            punycode(label, &mut out).ok_or(Invalid)?;
        }
    }
    Ok(out)
}

pub(super) fn fqdn_value(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text) => fqdn(text).map(Value::Text),
        _ => Err(Invalid),
    }
}

/// A URL with a host; `hxxp` is made `http` again.
///
/// # Errors
/// If it has no host.
pub fn url(text: Cow<'_, str>) -> Result<Cow<'_, str>, Invalid> {
    let text = trimmed(text);
    let text = match text.strip_prefix("hxxp") {
        Some(rest) if rest.starts_with("://") || rest.starts_with("s://") => {
            Cow::Owned(format!("http{rest}"))
        }
        _ => text,
    };
    let rest = match text.find("//") {
        Some(0) => text.get(2..),
        Some(at) if text.get(..at).is_some_and(is_scheme) => text.get(at + 2..),
        _ => None,
    };
    let host = rest
        .ok_or(Invalid)?
        .split(['/', '?', '#'])
        .next()
        .unwrap_or("");
    if !host.is_empty() {
        return Ok(text);
    }
    match text.strip_prefix("file:///") {
        Some(path) => Ok(Cow::Owned(format!("file://localhost/{path}"))),
        None => Err(Invalid),
    }
}

/// A scheme with its colon (RFC 3986, 3.1).
fn is_scheme(text: &str) -> bool {
    let Some(name) = text.strip_suffix(':') else {
        return false;
    };
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    name.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && name.bytes().all(rest)
}

/// Whether text is a URL with scheme and host.
#[must_use]
pub fn is_absolute(text: &str) -> bool {
    let scheme = text.find("//").and_then(|at| text.get(..at));
    scheme.is_some_and(is_scheme)
}

pub(super) fn url_value(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text) => url(text).map(Value::Text),
        _ => Err(Invalid),
    }
}
