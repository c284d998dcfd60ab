//! RIPE's database as split dumps (RPSL, RFC 2622; `ripe.db.organisation`, `.role`, `.aut-num`, `.inetnum`, `.inet6num`): an AS or a
//! network names its organisation, that names the role that is its abuse contact (`abuse-c`, ripe-563), and that a mailbox. Nothing
//! else of a role is taken, and nothing at all of persons.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use cairn_kernel::net::Network;
use cairn_kernel::text::{clean, one_line};

use super::super::net::asn;
use super::super::typed::{self, Draft, Heading};
use super::super::{CONSTITUENTS_MAX, NAME_CHARS_MAX, Role};
use super::Incoming;

/// Attributes of one object that are kept until it ends, bytes together.
const OBJECT_BYTES_MAX: usize = 64 * 1024;
/// The attributes that are looked at.
const ATTRIBUTES: [&str; 11] = [
    "organisation",
    "role",
    "aut-num",
    "inetnum",
    "inet6num",
    "org",
    "org-name",
    "abuse-c",
    "abuse-mailbox",
    "nic-hdl",
    "country",
];

/// What was read, and what was left out and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Objects that were looked at.
    pub objects: u64,
    /// Networks and AS numbers that name no organisation.
    pub no_organisation: u64,
    /// Networks and AS numbers of an organisation that is not in the dumps.
    pub lost: u64,
    /// Networks and AS numbers that do not read.
    pub unreadable: u64,
    /// Networks and AS numbers of other countries.
    pub elsewhere: u64,
    /// Organisations without anything of theirs, or of which nothing was wanted.
    pub idle: u64,
    /// Organisations whose abuse contact has no mailbox.
    pub no_mailbox: u64,
    /// Organisations beyond what can be kept.
    pub over: u64,
}

#[derive(Debug, Default)]
struct Organisation {
    name: String,
    abuse: String,
    country: String,
}

/// Something of an organisation: its handle, its country, what it is.
#[derive(Debug)]
struct Held {
    org: String,
    country: String,
    networks: Vec<Network>,
    asn: Option<u32>,
}

/// Reads dumps line by line, in any order.
#[derive(Debug, Default)]
pub struct Ripe {
    country: Option<String>,
    /// The object that is being read: attributes with values.
    object: Vec<(&'static str, String)>,
    bytes: usize,
    /// Lines that go on belong to an attribute that is kept.
    kept: bool,
    organisations: BTreeMap<String, Organisation>,
    mailboxes: BTreeMap<String, String>,
    held: Vec<Held>,
    counts: Counts,
}

impl Ripe {
    /// Only what is in this country (ISO 3166, two letters), or all. An AS number is where its organisation is.
    #[must_use]
    pub fn new(country: Option<&str>) -> Self {
        Self {
            country: country.map(str::to_ascii_uppercase),
            ..Self::default()
        }
    }

    /// One line, without its end.
    pub fn line(&mut self, line: &str) {
        if line.trim().is_empty() {
            self.end();
            return;
        }
        if line.starts_with(['%', '#']) {
            return;
        }
        if line.starts_with([' ', '\t', '+']) {
            let rest = value(line.trim_start_matches('+'));
            if let Some((_, text)) = self.object.last_mut().filter(|_| self.kept) {
                text.push(' ');
                text.push_str(rest);
                self.bytes += rest.len();
            }
            return;
        }
        self.kept = false;
        let Some((name, rest)) = line.split_once(':') else {
            return;
        };
        let name = name.trim().to_ascii_lowercase();
        let Some(name) = ATTRIBUTES.into_iter().find(|one| *one == name) else {
            // The first attribute says what kind of object this is: of others, such as persons, nothing is kept.
            if self.object.is_empty() {
                self.object.push(("", String::new()));
            }
            return;
        };
        if self.bytes < OBJECT_BYTES_MAX {
            let rest = value(rest).to_owned();
            self.bytes += rest.len();
            self.object.push((name, rest));
            self.kept = true;
        }
    }

    /// The object ends; so must each file.
    pub fn end(&mut self) {
        let object = std::mem::take(&mut self.object);
        (self.bytes, self.kept) = (0, false);
        let Some((kind, own)) = object.first() else {
            return;
        };
        let get = |name: &str| {
            let found = object.iter().find(|(one, _)| *one == name);
            found.map_or("", |(_, text)| text.as_str())
        };
        let handle = |name: &str| super::key(get(name)).to_ascii_uppercase();
        let country = || {
            let first = get("country").split_whitespace().next();
            first.unwrap_or_default().to_ascii_uppercase()
        };
        match *kind {
            "organisation" => {
                let one = Organisation {
                    name: one_line(&clean(get("org-name")))
                        .chars()
                        .take(NAME_CHARS_MAX)
                        .collect(),
                    abuse: handle("abuse-c"),
                    country: country(),
                };
                self.organisations
                    .insert(super::key(own).to_ascii_uppercase(), one);
            }
            "role" => {
                if let Some(mailbox) = typed::email(get("abuse-mailbox")) {
                    self.mailboxes.insert(handle("nic-hdl"), mailbox);
                }
            }
            "aut-num" => self.hold(handle("org"), country(), Vec::new(), asn(own)),
            "inetnum" | "inet6num" => self.hold(handle("org"), country(), networks(own), None),
            _ => return,
        }
        self.counts.objects += 1;
    }

    fn hold(&mut self, org: String, country: String, networks: Vec<Network>, asn: Option<u32>) {
        if org.is_empty() {
            self.counts.no_organisation += 1;
        } else if networks.is_empty() && asn.is_none() {
            self.counts.unreadable += 1;
        } else {
            self.held.push(Held {
                org,
                country,
                networks,
                asn,
            });
        }
    }

    /// All organisations that have something, by their handles.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Incoming>, Counts) {
        self.end();
        let mut all: BTreeMap<String, Incoming> = BTreeMap::new();
        let mut counts = self.counts;
        for held in self.held {
            let Some(org) = self.organisations.get(&held.org) else {
                counts.lost += 1;
                continue;
            };
            // Networks say where they are used; an AS number has no country of its own.
            let place = if held.asn.is_some() {
                &org.country
            } else {
                &held.country
            };
            if self.country.as_ref().is_some_and(|wanted| wanted != place) {
                counts.elsewhere += 1;
                continue;
            }
            if !all.contains_key(&held.org) && all.len() >= CONSTITUENTS_MAX {
                counts.over += 1;
                continue;
            }
            let one = all.entry(held.org.clone()).or_insert_with(|| {
                let mailbox = self.mailboxes.get(&org.abuse);
                counts.no_mailbox += u64::from(mailbox.is_none());
                begun(held.org.clone(), org, mailbox)
            });
            one.networks.extend(held.networks);
            one.asns.extend(held.asn);
        }
        let idle = self.organisations.len().saturating_sub(all.len());
        counts.idle = u64::try_from(idle).unwrap_or(u64::MAX);
        (all.into_values().collect(), counts)
    }
}

fn begun(key: String, org: &Organisation, mailbox: Option<&String>) -> Incoming {
    let contact = |mailbox: &String| Draft {
        role: Role::Abuse,
        name: String::new(),
        email: Some(mailbox.clone()),
        phone: None,
        fingerprint: None,
        key: None,
        certificate: None,
        disabled: false,
    };
    Incoming {
        heading: Heading {
            name: if org.name.is_empty() {
                key.clone()
            } else {
                org.name.clone()
            },
            sector: None,
            language: None,
            quiet: None,
        },
        key,
        networks: BTreeSet::new(),
        domains: BTreeSet::new(),
        asns: BTreeSet::new(),
        contacts: mailbox.into_iter().map(contact).collect(),
    }
}

/// A value without the comment behind it.
fn value(text: &str) -> &str {
    text.split_once('#').map_or(text, |(text, _)| text).trim()
}

/// `192.0.2.0 - 192.0.2.255`, or a prefix.
fn networks(text: &str) -> Vec<Network> {
    match text.split_once('-') {
        Some((first, last)) => {
            let ends: (Option<IpAddr>, Option<IpAddr>) =
                (first.trim().parse().ok(), last.trim().parse().ok());
            let all = match ends {
                (Some(first), Some(last)) => Network::between(first, last),
                _ => None,
            };
            // All addresses there are are nobody's.
            let all = all.unwrap_or_default().into_iter();
            all.filter(|one| one.prefix() > 0).collect()
        }
        None => Network::parse(text).into_iter().collect(),
    }
}
