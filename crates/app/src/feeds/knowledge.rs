//! What is known of addresses beside what a report says: data sets of the operator's, and whose they are.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use cairn_feeds::data::{Kind, Set, Shelf};
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::Observed;

const DAY_US: i64 = 86_400_000_000;

/// What an owner is looked up by.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The source's address.
    pub ip: Option<IpAddr>,
    /// Its name; empty if it has none.
    pub fqdn: &'a str,
    /// Number of its autonomous system.
    pub asn: Option<u32>,
    /// When it was seen.
    pub at: Micros,
}

/// Whose a source is: a number above 0. A function over something that does not change while reports are taken in.
pub type OwnerOf = dyn Fn(&Subject<'_>) -> Option<i64> + Send + Sync;

/// What is known of addresses. It does not change while reports are taken in.
#[derive(Clone, Default)]
pub struct Knowledge {
    /// Networks and places, by day.
    pub sets: Shelf,
    /// Whose a source is, if somebody knows.
    pub owner: Option<Arc<OwnerOf>>,
}

impl std::fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Knowledge")
            .field("owner", &self.owner.is_some())
            .finish_non_exhaustive()
    }
}

/// Completes observations, and remembers what told something.
pub(super) struct Completer<'k> {
    knowledge: &'k Knowledge,
    day: Option<i64>,
    asn: Option<&'k Set>,
    place: Option<&'k Set>,
    used: BTreeSet<String>,
}

impl<'k> Completer<'k> {
    pub(super) fn new(knowledge: &'k Knowledge) -> Self {
        Self {
            knowledge,
            day: None,
            asn: None,
            place: None,
            used: BTreeSet::new(),
        }
    }

    /// The sets that told something since this was asked last.
    pub(super) fn used(&mut self) -> BTreeSet<String> {
        self.day = None;
        std::mem::take(&mut self.used)
    }

    /// Adds what the report does not say: the sets of the observation's own day know. A report's own word holds.
    pub(super) fn complete<'o>(&mut self, observed: &mut Observed<'o>)
    where
        'k: 'o,
    {
        if !self.knowledge.sets.is_empty()
            && let Some(ip) = observed.ip
        {
            self.turn_to(observed.at);
            if observed.asn.is_none()
                && let Some(set) = self.asn
                && let Some((fact, _)) = set.lookup(ip)
            {
                observed.asn = fact.asn;
                note(&mut self.used, set);
            }
            if observed.cc.is_empty()
                && let Some(set) = self.place
                && let Some((fact, _)) = set.lookup(ip)
                && let Some(cc) = &fact.cc
            {
                observed.cc = cc;
                note(&mut self.used, set);
            }
        }
        if let Some(owner_of) = &self.knowledge.owner {
            observed.owner = owner_of(&Subject {
                ip: observed.ip,
                fqdn: observed.fqdn,
                asn: observed.asn,
                at: observed.at,
            });
        }
    }

    fn turn_to(&mut self, at: Micros) {
        let day = at.0.div_euclid(DAY_US);
        if self.day == Some(day) {
            return;
        }
        self.day = Some(day);
        let day = at.timestamp().strftime("%Y-%m-%d").to_string();
        self.asn = self.knowledge.sets.for_day(Kind::Asn, Some(&day));
        self.place = self.knowledge.sets.for_day(Kind::Place, Some(&day));
    }
}

/// Said once: rows of a report are of one day.
fn note(used: &mut BTreeSet<String>, set: &Set) {
    let head = set.head();
    let known = |name: &String| {
        name.strip_prefix(head.kind.as_str())
            .and_then(|rest| rest.strip_prefix('-'))
            == Some(head.day.as_str())
    };
    if !used.iter().any(known) {
        used.insert(format!("{}-{}", head.kind.as_str(), head.day));
    }
}

#[cfg(test)]
mod tests {
    use cairn_feeds::data::set::write;
    use cairn_feeds::data::{Builder, Fact};
    use cairn_feeds::value::Network;

    use super::*;

    fn set(kind: Kind, day: &str, fact: Fact) -> Set {
        let mut networks = Builder::default();
        networks.add(
            Network::new("192.0.2.0".parse().unwrap(), 24).unwrap(),
            &fact,
        );
        Set::read(&write(kind, day, Vec::new(), networks).unwrap()).unwrap()
    }

    #[test]
    fn what_the_report_does_not_say_is_told_by_the_set_of_its_day() {
        let place = Fact {
            cc: Some("NZ".to_owned()),
            ..Fact::default()
        };
        let knowledge = Knowledge {
            sets: Shelf::new(vec![
                set(Kind::Asn, "2050-01-01", Fact::of_asn(64_496)),
                set(Kind::Asn, "2050-02-01", Fact::of_asn(64_497)),
                set(Kind::Place, "2050-01-01", place),
            ]),
            owner: Some(Arc::new(|subject: &Subject<'_>| {
                (subject.asn == Some(64_497)).then_some(5)
            })),
        };
        let mut completer = Completer::new(&knowledge);
        let at = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().unwrap());
        let mut own = Observed {
            ip: Some("192.0.2.1".parse().unwrap()),
            at: at("2050-01-31T23:59:59Z"),
            ..Observed::default()
        };
        completer.complete(&mut own);
        assert_eq!((own.asn, own.cc, own.owner), (Some(64_496), "NZ", None));
        let mut later = Observed {
            asn: None,
            at: at("2050-02-01T00:00:00Z"),
            cc: "AU",
            ..own
        };
        completer.complete(&mut later);
        assert_eq!(
            (later.asn, later.cc, later.owner),
            (Some(64_497), "AU", Some(5))
        );
        let used: Vec<String> = completer.used().into_iter().collect();
        assert_eq!(
            used,
            ["asn-2050-01-01", "asn-2050-02-01", "place-2050-01-01"]
        );
        assert!(completer.used().is_empty());
    }
}
