//! The short way of a cell: most hold what their column is for, spelt as most spell it (`2050-01-02 03:04:05`, `192.0.2.1`, `443`,
//! `host.example`). One look at the bytes says so, and what comes out is what the long way ([`functions::apply`], then
//! [`types::clean`]) would have made of it. Whatever is odd goes the long way: the short one says nothing of it. A test holds the two
//! against each other.

use std::net::{IpAddr, Ipv4Addr};

use cairn_kernel::time::Micros;

use crate::field::{Field, Kind, Rule};
use crate::functions::Function;
use crate::schema::{Step, Target};
use crate::types::{net, time};
use crate::value::Value;

#[cfg(doc)]
use crate::{functions, types};

/// Digits that certainly fit 64 bits.
const DIGITS_MAX: usize = 18;

/// What is made of a cell on the short way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// There is none.
    Long,
    /// Text as it stands, whatever it is.
    Kept,
    /// Text with nothing to trim.
    Text,
    /// The same in small letters, at most so many characters of printable ASCII.
    Small(usize),
    /// The name of a transport protocol.
    Transport,
    /// The name of a severity.
    Severity,
    /// Two capital letters.
    Country,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// An IPv4 address in four parts.
    Address,
    /// A moment.
    Moment,
    /// A domain name.
    Name,
}

/// The short way of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quick {
    way: Way,
    /// Whether `0` and `unknown` are no value.
    words: bool,
    /// What becomes of an empty cell.
    pub empty: Empty,
}

/// A clean value as it comes from the short way: small enough for registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short<'t> {
    Text(&'t str),
    Int(i64),
    /// Bits of an IPv4 address.
    Address(u32),
    Time(Micros),
}

impl<'t> From<Short<'t>> for Value<'t> {
    fn from(short: Short<'t>) -> Self {
        match short {
            Short::Text(text) => Self::text(text),
            Short::Int(number) => Self::Int(number),
            Short::Address(bits) => Self::Ip(IpAddr::V4(Ipv4Addr::from_bits(bits))),
            Short::Time(time) => Self::Time(time),
        }
    }
}

/// What becomes of an empty cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// The function says that it is no value.
    None,
    /// The field takes it as no value.
    Taken,
    /// The long way knows.
    Long,
}

impl Quick {
    /// The short way of a step.
    pub fn of(step: &Step) -> Self {
        use Function::{
            AddUtc, Date, DateUtc, Fqdn, Int, InvalidateZero, Ip, Keep, ValidateToNone,
        };
        let text = matches!(step.function, Keep | ValidateToNone);
        let least = i64::from(step.function == InvalidateZero);
        let way = match (&step.target, step.function) {
            (Target::Extra(_), Keep | ValidateToNone) => Way::Kept,
            (Target::Extra(_), Int | InvalidateZero) => Way::Whole(least, i64::MAX),
            (Target::Field(field), function) => match (field.kind(), function) {
                (Kind::Integer, Int | InvalidateZero) if field.rule() == Rule::Any => {
                    Way::Whole(least, i64::MAX)
                }
                (Kind::Integer, Int | InvalidateZero) if field.rule() == Rule::Port => {
                    Way::Whole(least, 65_535)
                }
                (Kind::Asn, Int | InvalidateZero) => Way::Whole(1, i64::from(u32::MAX)),
                (Kind::Ip, Ip | Keep) => Way::Address,
                (Kind::Time, AddUtc | Date | DateUtc | Keep) => Way::Moment,
                (Kind::Fqdn, Fqdn | Keep | ValidateToNone) => Way::Name,
                _ if text => of_text(*field),
                _ => Way::Long,
            },
            _ => Way::Long,
        };
        let empty = match (&step.target, step.function) {
            (Target::Field(_), Keep | AddUtc) => Empty::Taken,
            (_, ValidateToNone | Int | InvalidateZero | Ip | Fqdn | Date | DateUtc) => Empty::None,
            _ => Empty::Long,
        };
        Self {
            way,
            words: step.function == ValidateToNone,
            empty,
        }
    }

    /// The clean value of a cell that is not empty; `None` where only the long way can tell.
    #[inline]
    pub fn read(self, text: &str) -> Option<Short<'_>> {
        if self.words && matches!(text, "0" | "unknown") {
            return None;
        }
        match self.way {
            Way::Long => None,
            Way::Kept => Some(Short::Text(text)),
            Way::Text => told(text),
            Way::Small(max) if text.len() <= max => small(text),
            Way::Small(_) => None,
            Way::Transport => matches!(text, "tcp" | "udp" | "icmp").then_some(Short::Text(text)),
            Way::Severity => matches!(
                text,
                "critical" | "high" | "medium" | "low" | "info" | "undefined"
            )
            .then_some(Short::Text(text)),
            Way::Country => {
                matches!(text.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z']).then_some(Short::Text(text))
            }
            Way::Whole(least, most) => whole(text)
                .filter(|number| (least..=most).contains(number))
                .map(Short::Int),
            Way::Address => dotted(text).map(Short::Address),
            Way::Moment => time::usual(text).map(Short::Time),
            Way::Name => net::is_plain_name(text).then_some(Short::Text(text)),
        }
    }
}

fn of_text(field: Field) -> Way {
    match (field.kind(), field.rule()) {
        (Kind::Text, Rule::Any) => Way::Text,
        (Kind::Lower, Rule::Any) => Way::Small(usize::MAX),
        (Kind::Lower, Rule::Printable(max)) => Way::Small(max),
        (Kind::Lower, Rule::Transport) => Way::Transport,
        (Kind::Lower, Rule::Severity) => Way::Severity,
        (Kind::Upper, Rule::Country) => Way::Country,
        _ => Way::Long,
    }
}

/// Text with nothing to trim that is not one of the words for no value.
#[inline]
fn told(text: &str) -> Option<Short<'_>> {
    match text.as_bytes() {
        b"-" | b"N/A" => None,
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => Some(Short::Text(text)),
        _ => None,
    }
}

/// The same of printable ASCII without capital letters.
#[inline]
fn small(text: &str) -> Option<Short<'_>> {
    // Without a way out of the loop it is done many bytes at a time.
    let odd = text.bytes().fold(false, |odd, byte| {
        odd | byte.is_ascii_uppercase() | !matches!(byte, b' '..=b'~')
    });
    if odd { None } else { told(text) }
}

/// Digits and nothing else.
#[inline]
fn whole(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > DIGITS_MAX {
        return None;
    }
    let mut number = 0;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// Four numbers without zeros before them, and not 0.0.0.0.
#[inline]
fn dotted(text: &str) -> Option<u32> {
    let (mut bits, mut part, mut digits, mut dots) = (0_u32, 0_u32, 0_u32, 0_u32);
    for byte in text.bytes() {
        if byte == b'.' {
            if digits == 0 || part > 255 {
                return None;
            }
            bits = (bits << 8) | part;
            (part, digits) = (0, 0);
            dots += 1;
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 || digits == 3 || (digits == 1 && part == 0) {
            return None;
        }
        part = part * 10 + u32::from(digit);
        digits += 1;
    }
    if dots != 3 || digits == 0 || part > 255 {
        return None;
    }
    let bits = (bits << 8) | part;
    (bits != 0).then_some(bits)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;
    use crate::functions::{Around, apply};
    use crate::types;

    const FUNCTIONS: [Function; 10] = [
        Function::Keep,
        Function::AddUtc,
        Function::ValidateToNone,
        Function::Int,
        Function::InvalidateZero,
        Function::Ip,
        Function::Fqdn,
        Function::Date,
        Function::DateUtc,
        Function::Float,
    ];

    fn step(at: usize, function: Function) -> Step {
        let target = Field::all()
            .nth(at)
            .map_or(Target::Extra("x".into()), Target::Field);
        Step {
            target,
            column: "x".into(),
            function,
            required: false,
        }
    }

    /// What the long way makes of a cell: `None` where it gives no value, or refuses.
    fn long<'t>(step: &Step, text: &'t str) -> Option<Value<'t>> {
        let value = apply(step.function, &Cow::Borrowed(text), Around::default());
        let value = value.ok().flatten()?;
        match &step.target {
            Target::Field(_) if matches!(value.as_text(), Some("" | "-" | "N/A")) => None,
            Target::Field(field) => types::clean(*field, value).ok(),
            _ => Some(value),
        }
    }

    /// Cells as reports have them, nearly right ones, and anything.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9]{1,20}",
            "[ +-]?[0-9]{1,6}(\\.[0-9])?",
            "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}",
            "(0|1|25[0-6])(\\.(00|0|7|255|256)){3}",
            "[12][0-9]{3}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9]( UTC|Z)?",
            "[a-z0-9_-]{1,6}(\\.[a-zA-Z0-9-]{0,5}){0,4}",
            "(tcp|udp|icmp|TCP|igmp|high|critical|HIGH|NZ|nz|N1|unknown|0|-|N/A| )",
            "[ -~]{0,12}",
            "\\PC{0,8}",
            "[a-z]{60,70}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_short_way_ends_where_the_long_one_does(text in cell()) {
            for at in 0..=Field::COUNT {
                for function in FUNCTIONS {
                    let step = step(at, function);
                    let quick = Quick::of(&step);
                    if text.is_empty() {
                        let made = apply(function, &Cow::Borrowed(""), Around::default());
                        match quick.empty {
                            Empty::None => prop_assert_eq!(made, Ok(None), "{:?}", step),
                            Empty::Taken => prop_assert_eq!(made, Ok(Some(Value::text(""))), "{:?}", step),
                            Empty::Long => {}
                        }
                    } else if let Some(short) = quick.read(&text) {
                        let value = Value::from(short);
                        prop_assert_eq!(Some(value), long(&step, &text), "{:?}", step);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_usual_goes_the_short_way() {
        let goes = |field: &str, function, text: &str| {
            let field = Field::by_name(field).unwrap();
            let step = Step {
                target: Target::Field(field),
                ..step(0, function)
            };
            Quick::of(&step).read(text).is_some()
        };
        assert!(goes("time.source", Function::AddUtc, "2050-01-02 03:04:05"));
        assert!(goes("source.ip", Function::Ip, "192.0.2.1"));
        assert!(goes("source.port", Function::Int, "443"));
        assert!(goes("source.asn", Function::InvalidateZero, "64496"));
        assert!(goes("source.geolocation.cc", Function::Keep, "NZ"));
        assert!(goes("source.reverse_dns", Function::Keep, "host.example"));
        assert!(goes("malware.name", Function::ValidateToNone, "zed"));
        assert!(goes("protocol.transport", Function::Keep, "tcp"));
        assert!(goes("severity", Function::ValidateToNone, "high"));
        assert!(!goes("source.ip", Function::Ip, "2001:db8::1"));
        assert!(!goes("source.port", Function::Int, "70000"));
    }
}
