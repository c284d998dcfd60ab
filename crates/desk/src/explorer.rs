//! The question of the event explorer: filters as words over what machines observed (`type:scanner cc:NZ since:2026-01-01`). [`parse`] reads a
//! line, the printer beside it writes it back, and a fault in it names what is wrong: nothing is left out that somebody wrote.

use std::fmt;

use cairn_kernel::time::Micros;
use jiff::tz::TimeZone;

use crate::constituent::Network;
use crate::constituent::net::{Domain, asn};
use crate::data::nearest;
use crate::search::{Day, Fault, LINE_CHARS_MAX, TERMS_MAX, Wrong, tokens, without};

/// Days that a question is about if it does not say.
pub const DAYS: i64 = 7;
/// Values of one term.
pub const VALUES_MAX: usize = 100;
/// So much of what was typed is told beside a fault, characters.
const SHOWN_CHARS_MAX: usize = 60;
const DAY_US: i64 = 86_400_000_000;
/// Stands for nothing told.
pub const NONE: &str = "none";

/// What observations are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// `type:`
    Type,
    /// `feed:` its number or name.
    Feed,
    /// `identifier:`
    Identifier,
    /// `malware:`
    Malware,
    /// `severity:`
    Severity,
    /// `asn:` number of the network.
    Asn,
    /// `cc:` country, two letters.
    Cc,
    /// `owner:` number of the constituent.
    Owner,
    /// `sector:` of the constituent.
    Sector,
    /// `port:`
    Port,
    /// `proto:`
    Proto,
}

impl Facet {
    /// All, in the order in which pages show them.
    pub const ALL: [Self; 11] = [
        Self::Type,
        Self::Feed,
        Self::Identifier,
        Self::Malware,
        Self::Severity,
        Self::Asn,
        Self::Cc,
        Self::Owner,
        Self::Sector,
        Self::Port,
        Self::Proto,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Feed => "feed",
            Self::Identifier => "identifier",
            Self::Malware => "malware",
            Self::Severity => "severity",
            Self::Asn => "asn",
            Self::Cc => "cc",
            Self::Owner => "owner",
            Self::Sector => "sector",
            Self::Port => "port",
            Self::Proto => "proto",
        }
    }
}

/// Which sightings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Those of what was new.
    New,
    /// Those of what had been seen before.
    Again,
    /// None: what is gone.
    Gone,
}

impl Seen {
    const ALL: [Self; 3] = [Self::New, Self::Again, Self::Gone];

    /// The word after the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Again => "again",
            Self::Gone => "gone",
        }
    }
}

/// What one term asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Any of some values; the empty one stands for nothing told.
    Facet(Facet, Vec<String>),
    /// Addresses within a network.
    Ip(Network),
    /// A name, and all below it.
    Domain(String),
    /// From this day on.
    Since(Day),
    /// Up to and with this day.
    Until(Day),
    /// Which sightings.
    State(Seen),
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// It must not be so.
    pub not: bool,
    /// What.
    pub what: What,
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// In the order in which they were typed.
    pub terms: Vec<Term>,
}

/// Every filter's name, as help lists them.
pub const FILTERS: [&str; 16] = [
    "type",
    "feed",
    "identifier",
    "malware",
    "severity",
    "asn",
    "cc",
    "owner",
    "sector",
    "port",
    "proto",
    "ip",
    "domain",
    "since",
    "until",
    "state",
];

/// Reads a line.
///
/// # Errors
/// Every fault, in the order of the line. Nothing should be shown then.
pub fn parse(line: &str) -> Result<Question, Vec<Fault>> {
    let fault = |at, typed: &str, wrong| Fault {
        at,
        typed: typed.chars().take(SHOWN_CHARS_MAX).collect(),
        wrong,
    };
    if line.chars().nth(LINE_CHARS_MAX).is_some() {
        return Err(vec![fault(0, line, Wrong::Long)]);
    }
    let (mut question, mut faults) = (Question::default(), Vec::new());
    for token in tokens(line) {
        if question.terms.len() >= TERMS_MAX {
            faults.push(fault(token.at, token.whole, Wrong::Many));
            break;
        }
        let what = if !token.closed {
            Err(Wrong::Unclosed)
        } else if let Some(head) = token.head {
            filter(&head.to_ascii_lowercase(), token.value.trim(), token.not)
        } else {
            bare(token.value)
        };
        match what {
            Ok(what) => question.terms.push(Term {
                not: token.not,
                what,
            }),
            Err(wrong) => faults.push(fault(token.at, token.whole, wrong)),
        }
    }
    if faults.is_empty() {
        Ok(question)
    } else {
        Err(faults)
    }
}

fn filter(name: &str, value: &str, not: bool) -> Result<What, Wrong> {
    let Some(name) = FILTERS.into_iter().find(|filter| *filter == name) else {
        return Err(Wrong::Filter {
            nearest: nearest(name, FILTERS.into_iter()),
        });
    };
    if value.is_empty() {
        return Err(Wrong::Empty);
    }
    if let Some(facet) = Facet::ALL.into_iter().find(|facet| facet.name() == name) {
        return values(facet, value);
    }
    let instead = |instead| {
        if not {
            Err(Wrong::Not { instead })
        } else {
            Ok(())
        }
    };
    let wrong = || Wrong::Value {
        filter: name,
        nearest: None,
    };
    match name {
        "ip" => {
            instead("ip:192.0.2.0/24")?;
            network(&plain(value)).map(What::Ip).ok_or_else(wrong)
        }
        "domain" => {
            instead("domain:example.org")?;
            let domain = Domain::parse(&plain(value)).ok_or_else(wrong)?;
            Ok(What::Domain(domain.to_string()))
        }
        "state" => {
            instead("state:again")?;
            let lower = value.to_ascii_lowercase();
            let seen = Seen::ALL.into_iter().find(|seen| seen.name() == lower);
            seen.map(What::State).ok_or_else(|| Wrong::Value {
                filter: name,
                nearest: nearest(&lower, Seen::ALL.into_iter().map(Seen::name)).map(str::to_owned),
            })
        }
        "since" => {
            instead("until:2026-01-31")?;
            day(value).map(What::Since)
        }
        _ => {
            instead("since:2026-01-31")?;
            day(value).map(What::Until)
        }
    }
}

fn day(value: &str) -> Result<Day, Wrong> {
    Day::parse(&value.to_ascii_lowercase()).ok_or(Wrong::Day)
}

/// An address or a network; the rest of an address behind the prefix need not be zero.
fn network(text: &str) -> Option<Network> {
    let (ip, bits) = match text.trim().split_once('/') {
        None => return Network::parse(text),
        Some((ip, bits)) => (ip.parse().ok()?, bits.parse().ok()?),
    };
    Network::exact(Network::new(ip, bits)?.address(), bits)
}

/// What was written so that nobody can follow it by mistake.
fn plain(text: &str) -> String {
    let text = text.replace("[.]", ".").replace("(.)", ".");
    text.replace("[dot]", ".").replace("[:]", ":")
}

/// An address, a network's number or a name without a filter's colon.
fn bare(text: &str) -> Result<What, Wrong> {
    let text = plain(text.trim());
    if let Some(found) = network(&text) {
        return Ok(What::Ip(found));
    }
    if let Some(number) = asn(&text).filter(|_| text.starts_with(['A', 'a'])) {
        return Ok(What::Facet(Facet::Asn, vec![number.to_string()]));
    }
    match Domain::parse(&text).filter(|_| text.contains('.')) {
        Some(domain) => Ok(What::Domain(domain.to_string())),
        None => Err(Wrong::Filter {
            nearest: nearest(&text.to_ascii_lowercase(), FILTERS.into_iter()),
        }),
    }
}

fn values(facet: Facet, value: &str) -> Result<What, Wrong> {
    let mut all: Vec<String> = Vec::new();
    for one in value.split(',').map(str::trim) {
        if one.is_empty() {
            continue;
        }
        let one = if one.eq_ignore_ascii_case(NONE) {
            String::new()
        } else {
            canonical(facet, one).ok_or_else(|| Wrong::Value {
                filter: facet.name(),
                nearest: None,
            })?
        };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.is_empty() {
        return Err(Wrong::Empty);
    }
    if all.len() > VALUES_MAX {
        return Err(Wrong::Many);
    }
    Ok(What::Facet(facet, all))
}

/// A value as observations have it.
fn canonical(facet: Facet, value: &str) -> Option<String> {
    // A line must be written as it was read.
    if value.contains(['"', '“', '”', '„']) {
        return None;
    }
    match facet {
        Facet::Type | Facet::Severity | Facet::Proto | Facet::Sector => {
            Some(value.to_ascii_lowercase())
        }
        Facet::Cc => {
            let plain = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
            plain.then(|| value.to_ascii_uppercase())
        }
        Facet::Asn => asn(value).map(|number| number.to_string()),
        Facet::Port => value.parse::<u16>().ok().map(|port| port.to_string()),
        Facet::Owner => value.parse::<u32>().ok().map(|owner| owner.to_string()),
        Facet::Feed | Facet::Identifier | Facet::Malware => Some(value.to_owned()),
    }
}

impl Question {
    /// The first day that it is about and the one after the last, since 1970, UTC: as feeds tell days.
    #[must_use]
    pub fn days(&self, now: Micros) -> (i64, i64) {
        let zone = TimeZone::UTC;
        let number = |at: Micros| at.0.div_euclid(DAY_US);
        let (mut from, mut to): (Option<i64>, Option<i64>) = (None, None);
        for term in &self.terms {
            match term.what {
                What::Since(day) => {
                    let own = number(day.span(now, &zone).0);
                    from = Some(from.map_or(own, |from| from.max(own)));
                }
                What::Until(day) => {
                    let own = number(day.span(now, &zone).1);
                    to = Some(to.map_or(own, |to| to.min(own)));
                }
                _ => {}
            }
        }
        let to = to.unwrap_or_else(|| number(now).saturating_add(1));
        (from.unwrap_or_else(|| to.saturating_sub(DAYS)), to)
    }

    /// The line without one of its terms.
    #[must_use]
    pub fn without(&self, at: usize) -> String {
        let terms = without(&self.terms, at);
        Self { terms }.to_string()
    }

    /// The line narrowed to one value of a facet: what it wanted of that facet before goes.
    #[must_use]
    pub fn narrowed(&self, facet: Facet, value: &str) -> String {
        let mut other = self.clone();
        other
            .terms
            .retain(|term| !matches!(&term.what, What::Facet(own, _) if *own == facet));
        other.terms.push(Term {
            not: false,
            what: What::Facet(facet, vec![value.to_owned()]),
        });
        other.to_string()
    }

    /// The line without one value of a facet.
    #[must_use]
    pub fn without_value(&self, facet: Facet, value: &str) -> String {
        let mut other = self.clone();
        other.terms.push(Term {
            not: true,
            what: What::Facet(facet, vec![value.to_owned()]),
        });
        other.to_string()
    }

    /// The line about other sightings. What is gone is counted by feed and day only: the line keeps nothing else then.
    #[must_use]
    pub fn seen(&self, seen: Seen) -> String {
        let mut other = self.clone();
        let gone = seen == Seen::Gone;
        let kept = |what: &What| match what {
            What::State(_) => false,
            What::Since(_) | What::Until(_) | What::Facet(Facet::Feed, _) => true,
            _ => !gone,
        };
        other.terms.retain(|term| kept(&term.what));
        other.terms.push(Term {
            not: false,
            what: What::State(seen),
        });
        other.to_string()
    }

    /// Whether it asks for these sightings.
    #[must_use]
    pub fn asks(&self, seen: Seen) -> bool {
        self.terms.iter().any(|term| term.what == What::State(seen))
    }

    /// The line about other days: both included.
    #[must_use]
    pub fn between(&self, first: Day, last: Day) -> String {
        let mut other = self.clone();
        other
            .terms
            .retain(|term| !matches!(term.what, What::Since(_) | What::Until(_)));
        let term = |what| Term { not: false, what };
        other.terms.push(term(What::Since(first)));
        other.terms.push(term(What::Until(last)));
        other.to_string()
    }

    /// Whether it asks for exactly this value of a facet.
    #[must_use]
    pub fn wants(&self, facet: Facet, value: &str) -> bool {
        self.terms.iter().any(|term| {
            let own = matches!(&term.what, What::Facet(own, values) if *own == facet && values.iter().any(|own| own == value));
            own && !term.not
        })
    }
}

fn written(value: &str) -> String {
    let value = if value.is_empty() { NONE } else { value };
    value.replace(['"', '“', '”', '„'], "")
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_str("-")?;
        }
        match &self.what {
            What::Facet(facet, values) => {
                let values: Vec<String> = values.iter().map(|value| written(value)).collect();
                let values = values.join(",");
                if values.contains(char::is_whitespace) {
                    write!(f, "{}:\"{values}\"", facet.name())
                } else {
                    write!(f, "{}:{values}", facet.name())
                }
            }
            What::Ip(network) => {
                let text = network.to_string();
                let one = text.strip_suffix("/32").filter(|text| !text.contains(':'));
                let one = one.or_else(|| text.strip_suffix("/128"));
                write!(f, "ip:{}", one.unwrap_or(&text))
            }
            What::Domain(domain) => write!(f, "domain:{domain}"),
            What::Since(day) => write!(f, "since:{day}"),
            What::Until(day) => write!(f, "until:{day}"),
            What::State(seen) => write!(f, "state:{}", seen.name()),
        }
    }
}

/// The line in its shortest form: what is read from it is the same question.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> String {
        parse(line).unwrap().to_string()
    }

    #[test]
    fn sightings_of_another_state_keep_what_can_be_counted() {
        let question = parse("feed:scan cc:NZ state:new since:7d").unwrap();
        assert_eq!(
            question.seen(Seen::Again),
            "feed:scan cc:NZ since:7d state:again"
        );
        assert_eq!(question.seen(Seen::Gone), "feed:scan since:7d state:gone");
        assert!(question.asks(Seen::New) && !question.asks(Seen::Gone));
    }

    #[test]
    fn lines_are_read_and_written() {
        for (line, written) in [
            ("", ""),
            ("type:Scanner,other -cc:nz", "type:scanner,other -cc:NZ"),
            ("asn:AS64496 AS64497", "asn:64496 asn:64497"),
            (
                "192[.]0[.]2[.]1 ip:198.51.100.77/24",
                "ip:192.0.2.1 ip:198.51.100.0/24",
            ),
            (
                "2001:db8::1 ip:2001:db8::/32",
                "ip:2001:db8::1 ip:2001:db8::/32",
            ),
            (
                "Shop.example domain:a[.]example",
                "domain:shop.example domain:a.example",
            ),
            (
                "malware:\"two words\" owner:none",
                "malware:\"two words\" owner:none",
            ),
            (
                "since:2026-01 until:yesterday state:NEW",
                "since:2026-01 until:yesterday state:new",
            ),
            ("port:443,443,22 proto:TCP", "port:443,22 proto:tcp"),
        ] {
            assert_eq!(read(line), written);
            assert_eq!(read(&read(line)), written);
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let wrong = |line: &str| {
            parse(line)
                .unwrap_err()
                .into_iter()
                .map(|fault| fault.wrong)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            wrong("typ:scanner"),
            [Wrong::Filter {
                nearest: Some("type")
            }]
        );
        assert_eq!(wrong("hello"), [Wrong::Filter { nearest: None }]);
        assert_eq!(wrong("type:"), [Wrong::Empty]);
        assert_eq!(wrong("since:soon"), [Wrong::Day]);
        assert_eq!(
            wrong("-since:2026-01-01"),
            [Wrong::Not {
                instead: "until:2026-01-31"
            }]
        );
        for (line, filter) in [
            ("port:70000", "port"),
            ("cc:NZL", "cc"),
            ("asn:x", "asn"),
            ("owner:me", "owner"),
            ("ip:1.2.3", "ip"),
        ] {
            assert_eq!(
                wrong(line),
                [Wrong::Value {
                    filter,
                    nearest: None
                }]
            );
        }
        assert_eq!(wrong("malware:\"zed"), [Wrong::Unclosed]);
        assert_eq!(wrong("state:nw").len(), 1);
        assert_eq!(wrong(&"x".repeat(2_501)), [Wrong::Long]);
    }

    #[test]
    fn a_week_if_it_does_not_say() {
        // 2026-11-23T18:00:00Z, day 20,780.
        let now = Micros(1_795_456_800_000_000);
        let days = |line: &str| parse(line).unwrap().days(now);
        assert_eq!(days(""), (20_774, 20_781));
        assert_eq!(days("since:today"), (20_780, 20_781));
        assert_eq!(days("since:2026-11-01 until:2026-11-02"), (20_758, 20_760));
        assert_eq!(days("until:2026-11"), (20_781, 20_788));
        assert_eq!(days("since:2026 since:2d"), (20_778, 20_781));
    }

    #[test]
    fn facets_narrow() {
        let question = parse("type:scanner,other cc:NZ since:7d").unwrap();
        assert_eq!(
            question.narrowed(Facet::Type, "malware"),
            "cc:NZ since:7d type:malware"
        );
        assert_eq!(
            question.without_value(Facet::Cc, ""),
            "type:scanner,other cc:NZ since:7d -cc:none"
        );
        assert_eq!(question.without(1), "type:scanner,other since:7d");
        assert!(question.wants(Facet::Cc, "NZ") && !question.wants(Facet::Cc, "AU"));
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(
            question.between(day("2026-01-01"), day("2026-01-02")),
            "type:scanner,other cc:NZ since:2026-01-01 until:2026-01-02"
        );
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_named(line in "\\PC{0,80}") {
            if let Ok(question) = parse(&line) {
                let written = question.to_string();
                prop_assert_eq!(parse(&written), Ok(question));
            }
        }

        #[test]
        fn any_filter_is_read_again(name in prop::sample::select(FILTERS.to_vec()), value in "[\\PC&&[^\\s]]{1,12}", not in any::<bool>()) {
            let sign = if not { "-" } else { "" };
            if let Ok(question) = parse(&format!("{sign}{name}:{value}")) {
                prop_assert_eq!(parse(&question.to_string()), Ok(question));
            }
        }
    }
}
