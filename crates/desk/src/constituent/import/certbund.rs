//! The tables of CERT-Bund's contact database (intelmq-certbund-contact, `sql/initdb.sql`) as CSV exports, a file each, named after the
//! table: `organisation`, `contact`, `network`, `fqdn`, `sector`, `email_status`, `organisation_to_network`, `organisation_to_fqdn`,
//! `organisation_to_asn`, and the same with `_automatic`. Names of persons are not taken: mailbox, telephone and fingerprint are.

use std::collections::{BTreeMap, BTreeSet};

use ::csv::{ReaderBuilder, StringRecord};
use cairn_kernel::net::Network;
use cairn_kernel::text::{clean, one_line};

use super::super::net::{Domain, asn};
use super::super::typed::{self, Draft, Fault, Heading, Wrong};
use super::super::{CONSTITUENTS_MAX, CONTACTS_MAX, NAME_CHARS_MAX, Role};
use super::{FAULTS_MAX, Incoming};

/// Rows by column.
type Rows = Vec<BTreeMap<String, String>>;

/// What stands behind the names of tables that an import there fills, and of their ids.
const AUTOMATIC: &str = "_automatic";

/// The tables that are read.
const TABLES: [&str; 9] = [
    "organisation",
    "contact",
    "network",
    "fqdn",
    "sector",
    "email_status",
    "organisation_to_network",
    "organisation_to_fqdn",
    "organisation_to_asn",
];

/// All tables of an export.
#[derive(Debug, Default)]
pub struct Certbund {
    tables: BTreeMap<String, Rows>,
    faults: Vec<Fault>,
}

impl Certbund {
    /// One table, by the name of its file without what stands behind the point. One that is of no use here is passed over: `false`.
    pub fn table(&mut self, name: &str, text: &str) -> bool {
        let name = name.trim().to_lowercase();
        let name = match name.as_str() {
            "asn" => "organisation_to_asn".to_owned(),
            _ => name,
        };
        let plain = name.strip_suffix(AUTOMATIC).unwrap_or(&name);
        if !TABLES.contains(&plain) {
            return false;
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(true)
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let names: Vec<String> = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => rows.push(cells(&names, &record)),
                Err(error) => {
                    let fault = Fault::at(format!("table {name}"), Wrong::Unreadable);
                    self.faults.push(fault.about(&error.to_string()));
                    break;
                }
            }
        }
        self.tables.insert(name, rows);
        true
    }

    fn rows(&self, name: &str) -> &[BTreeMap<String, String>] {
        self.tables.get(name).map_or(&[], Vec::as_slice)
    }

    /// All organisations.
    ///
    /// # Errors
    /// All faults, at most [`FAULTS_MAX`].
    pub fn finish(mut self) -> Result<Vec<Incoming>, Vec<Fault>> {
        let mut all = Vec::new();
        for (behind, before) in [("", "manual"), (AUTOMATIC, "automatic")] {
            let (made, faults) = self.half(behind, before);
            all.extend(made);
            self.faults.extend(faults);
        }
        if all.len() > CONSTITUENTS_MAX {
            self.faults.push(Fault::at("file", Wrong::Many));
        }
        if all.is_empty() && self.faults.is_empty() {
            self.faults.push(Fault::at("file", Wrong::Empty));
        }
        self.faults.truncate(FAULTS_MAX);
        if self.faults.is_empty() {
            Ok(all)
        } else {
            Err(self.faults)
        }
    }

    /// The tables that people fill there, or those that an import fills.
    fn half(&self, behind: &str, before: &str) -> (Vec<Incoming>, Vec<Fault>) {
        let mut faults = Vec::new();
        let id = |table: &str| format!("{table}{behind}_id");
        let sectors = self.named("sector", "sector_id", "name");
        let mut all: BTreeMap<String, Incoming> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for row in self.rows(&format!("organisation{behind}")) {
            let own = cell(row, &id("organisation"));
            let name = one_line(&clean(cell(row, "name")));
            let name: String = name.chars().take(NAME_CHARS_MAX).collect();
            let place = || format!("organisation{behind} {}", super::key(own));
            if own.is_empty() || name.is_empty() {
                faults.push(Fault::at(place(), Wrong::Name));
                continue;
            }
            // Ids that differ only in what a key does not keep would take each other's place at the next import.
            let key = super::key(&format!("{before}:{own}"));
            if !keys.insert(key.clone()) {
                faults.push(Fault::at(place(), Wrong::Twice).about(&name));
                continue;
            }
            let sector = sectors.get(cell(row, "sector_id"));
            let heading = Heading {
                name,
                sector: sector.and_then(|name| typed::sector(name)),
                language: None,
                quiet: None,
            };
            let one = Incoming {
                key,
                heading,
                networks: BTreeSet::new(),
                domains: BTreeSet::new(),
                asns: BTreeSet::new(),
                contacts: Vec::new(),
            };
            all.insert(own.to_owned(), one);
        }
        self.contacts(behind, &mut all, &mut faults);
        let networks = self.named(&format!("network{behind}"), &id("network"), "address");
        faults.extend(self.linked("network", behind, &networks, |own, text| {
            let found = all.get_mut(own)?;
            Some(Network::parse(text).map(|one| found.networks.insert(one)))
        }));
        let domains = self.named(&format!("fqdn{behind}"), &id("fqdn"), "fqdn");
        faults.extend(self.linked("fqdn", behind, &domains, |own, text| {
            let found = all.get_mut(own)?;
            Some(Domain::parse(text).map(|one| found.domains.insert(one)))
        }));
        for row in self.rows(&format!("organisation_to_asn{behind}")) {
            let text = cell(row, "asn");
            if let Some(one) = all.get_mut(cell(row, &id("organisation"))) {
                match asn(text) {
                    Some(asn) => _ = one.asns.insert(asn),
                    None => faults.push(Fault::at("organisation_to_asn", Wrong::Asset).about(text)),
                }
            }
        }
        (all.into_values().collect(), faults)
    }

    fn contacts(
        &self,
        behind: &str,
        all: &mut BTreeMap<String, Incoming>,
        faults: &mut Vec<Fault>,
    ) {
        let off: BTreeSet<&str> = self
            .rows("email_status")
            .iter()
            .filter(|row| matches!(cell(row, "enabled"), "f" | "false" | "False" | "0"))
            .map(|row| cell(row, "email"))
            .collect();
        let organisation = format!("organisation{behind}_id");
        for row in self.rows(&format!("contact{behind}")) {
            let Some(one) = all.get_mut(cell(row, &organisation)) else {
                continue;
            };
            let mail = cell(row, "email");
            let Some(email) = typed::email(mail) else {
                let number = cell(row, &format!("contact{behind}_id"));
                faults.push(Fault::at(format!("contact{behind} {number}"), Wrong::Email));
                continue;
            };
            let same = |old: &Draft| old.email.as_deref() == Some(email.as_str());
            if one.contacts.len() < CONTACTS_MAX && !one.contacts.iter().any(same) {
                one.contacts.push(Draft {
                    role: Role::Abuse,
                    name: String::new(),
                    phone: typed::phone(cell(row, "tel")),
                    fingerprint: typed::fingerprint(cell(row, "openpgp_fpr")),
                    key: None,
                    certificate: None,
                    disabled: off.contains(mail),
                    email: Some(email),
                });
            }
        }
    }

    /// One column of a table by another.
    fn named(&self, table: &str, by: &str, column: &str) -> BTreeMap<&str, &str> {
        let rows = self.rows(table).iter();
        rows.map(|row| (cell(row, by), cell(row, column))).collect()
    }

    /// Goes through a table that links organisations with something; `take` tells whether that reads.
    fn linked<T>(
        &self,
        what: &str,
        behind: &str,
        named: &BTreeMap<&str, &str>,
        mut take: impl FnMut(&str, &str) -> Option<Option<T>>,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        let (own, other) = (
            format!("organisation{behind}_id"),
            format!("{what}{behind}_id"),
        );
        for row in self.rows(&format!("organisation_to_{what}{behind}")) {
            let Some(text) = named.get(cell(row, &other)) else {
                continue;
            };
            if let Some(None) = take(cell(row, &own), text) {
                let fault = Fault::at(format!("{what}{behind}"), Wrong::Asset);
                faults.push(fault.about(text));
            }
        }
        faults
    }
}

fn cells(names: &[String], record: &StringRecord) -> BTreeMap<String, String> {
    let cells = names.iter().zip(record.iter());
    cells
        .map(|(name, cell)| (name.clone(), cell.trim().to_owned()))
        .collect()
}

fn cell<'r>(row: &'r BTreeMap<String, String>, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}
