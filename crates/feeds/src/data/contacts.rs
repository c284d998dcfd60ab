//! Whom to write to about an address: what registries' files say of networks, organisations and roles, put together when all files
//! are read. Of persons nothing is taken: a role's mailbox for abuse is all that is wanted.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::net::IpAddr;

use super::build::NETWORKS_MAX;
use super::source::{Format, SourceError, Told};
use super::{Builder, Fact, Kind, rdap, rpsl};
use crate::types::net;
use crate::value::Network;

/// Bytes of a mailbox (RFC 5321, 4.5.3.1.3: a path has 256 with its brackets).
const MAILBOX_BYTES_MAX: usize = 254;
/// Bits of the prefix of the widest network that is somebody's: wider ones are placeholders of the registries.
const V4_PREFIX_MIN: u8 = 8;
/// The same of IPv6.
const V6_PREFIX_MIN: u8 = 16;

/// A name that was given a number.
pub(super) type Name = u32;

/// Where the mailbox of something is said: the first of these that leads to one holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Leads {
    /// Said by itself.
    pub mailbox: Option<Name>,
    /// The role for abuse (`abuse-c`).
    pub role: Option<Name>,
    /// The team for incidents (`mnt-irt`).
    pub team: Option<Name>,
    /// The organisation.
    pub organisation: Option<Name>,
}

/// What files have told so far.
#[derive(Debug, Default)]
pub struct Contacts {
    numbers: HashMap<Box<str>, Name>,
    names: Vec<Box<str>>,
    /// Mailboxes of roles and teams.
    mailboxes: HashMap<Name, Name>,
    organisations: HashMap<Name, Leads>,
    networks: Vec<(Network, Leads)>,
    /// How many networks lead nowhere by themselves.
    bare: u64,
    systems: HashMap<u32, Leads>,
    routes: Vec<(Network, u32)>,
    servers: Vec<(Network, Name)>,
}

/// What became of networks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Networks for which a mailbox is known.
    pub with: u64,
    /// Networks of which none is told, or whose organisation or role is in no file.
    pub without: u64,
}

/// A mailbox that mail can be sent to: one `@`, printable ASCII before it, a name after it, which is put in small letters.
pub(super) fn mailbox(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let plain = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'@' | b'"' | b'<' | b'>' | b',' | b';')
    };
    let domain = net::fqdn(Cow::Borrowed(domain)).ok()?;
    let good = !local.is_empty() && local.bytes().all(plain) && domain.contains('.');
    let whole = format!("{local}@{domain}");
    (good && whole.len() <= MAILBOX_BYTES_MAX).then_some(whole)
}

impl Contacts {
    /// Takes what a file tells: objects of registries, or routes, which lead from a network to its AS.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn read(&mut self, format: Format, input: &mut dyn Read) -> Result<Told, SourceError> {
        match format {
            Format::Rpsl => rpsl::read(input, self),
            Format::Rdap => rdap::read(input, self),
            Format::Pyasn | Format::Mrt => format.read(Kind::Asn, input, &mut |network, fact| {
                fact.asn.is_none_or(|asn| self.route(network, asn))
            }),
            Format::Geofeed | Format::Delegated | Format::Mmdb | Format::Suffix => {
                Err(SourceError::NotOfKind(Kind::Abuse))
            }
        }
    }

    /// The number of a name. Capital letters do not matter in handles; mailboxes come clean.
    pub(super) fn name(&mut self, text: &str) -> Name {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = Name::try_from(self.names.len()).unwrap_or(Name::MAX);
        self.names.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    /// Of two that tell of one network the later one holds. `false` where there is no more room.
    pub(super) fn network(&mut self, network: Network, leads: Leads) -> bool {
        let least = match network.address() {
            IpAddr::V4(_) => V4_PREFIX_MIN,
            IpAddr::V6(_) => V6_PREFIX_MIN,
        };
        if leads == Leads::default() {
            self.bare += 1;
        } else if network.prefix() >= least {
            self.networks.push((network, leads));
        }
        self.networks.len() < NETWORKS_MAX
    }

    pub(super) fn system(&mut self, asn: u32, leads: Leads) {
        self.systems.insert(asn, leads);
    }

    pub(super) fn organisation(&mut self, name: Name, leads: Leads) {
        self.organisations.insert(name, leads);
    }

    /// A role's or a team's.
    pub(super) fn role(&mut self, name: Name, mailbox: Name) {
        self.mailboxes.insert(name, mailbox);
    }

    /// Where to ask about a network.
    pub(super) fn server(&mut self, network: Network, address: &str) {
        let address = self.name(address);
        self.servers.push((network, address));
    }

    fn route(&mut self, network: Network, asn: u32) -> bool {
        self.routes.push((network, asn));
        self.routes.len() < NETWORKS_MAX
    }

    fn lead(&self, leads: Leads) -> Option<Name> {
        let of = |name: Option<Name>| self.mailboxes.get(&name?).copied();
        let own = |leads: Leads| {
            leads
                .mailbox
                .or_else(|| of(leads.role))
                .or_else(|| of(leads.team))
        };
        own(leads).or_else(|| own(*self.organisations.get(&leads.organisation?)?))
    }

    fn text(&self, name: Name) -> Option<String> {
        let at = usize::try_from(name).ok()?;
        self.names.get(at).map(ToString::to_string)
    }

    /// Tells all that came together. Where no network of a registry says anything, the AS that announces an address does, and
    /// else which server can be asked.
    ///
    /// # Errors
    /// [`SourceError::TooMany`].
    pub fn end(self, builder: &mut Builder) -> Result<Found, SourceError> {
        let mut found = Found {
            without: self.bare,
            ..Found::default()
        };
        let full = |taken: bool| {
            if taken {
                Ok(())
            } else {
                Err(SourceError::TooMany)
            }
        };
        let fact = |name: Name| Fact {
            abuse: self.text(name),
            ..Fact::default()
        };
        for (network, leads) in &self.networks {
            let Some(mailbox) = self.lead(*leads) else {
                found.without += 1;
                continue;
            };
            found.with += 1;
            full(builder.add(*network, &fact(mailbox)))?;
        }
        for (network, server) in &self.servers {
            let rdap = Fact {
                rdap: self.text(*server),
                ..Fact::default()
            };
            full(builder.add_below(*network, &rdap))?;
        }
        for (network, asn) in &self.routes {
            let leads = self.systems.get(asn);
            if let Some(mailbox) = leads.and_then(|leads| self.lead(*leads)) {
                full(builder.add_below(*network, &fact(mailbox)))?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_such_that_mail_arrives() {
        assert_eq!(
            mailbox(" Abuse+x@Net.Example ").as_deref(),
            Some("Abuse+x@net.example")
        );
        for text in [
            "abuse",
            "@net.example",
            "a@",
            "a b@net.example",
            "a@b@net.example",
            "a@localhost",
            "a@net.example, b@net.example",
            "<a@net.example>",
        ] {
            assert_eq!(mailbox(text), None, "{text}");
        }
    }
}
