//! A table with a line for each constituent, as spreadsheets write it; and the same table out.
//!
//! Columns go by name, in any order: `name` is needed, `key`, `sector`, `language`, `quiet_hours`, `networks`, `domains`, `asns` and one
//! for each role of contacts may be there. Lists are separated by `;` or line ends (networks, domains and AS numbers by blanks, too). A
//! contact is a mailbox, a telephone number, or a mailbox and a number with a blank between them.

use std::collections::BTreeSet;

use ::csv::{ReaderBuilder, StringRecord};
use cairn_kernel::text::{fold, starts_formula};

use super::super::decide::add;
use super::super::typed::{self, Draft, Fault, Typed, Wrong};
use super::super::{ASSETS_MAX, CONSTITUENTS_MAX, CONTACTS_MAX, Constituent, Facts, Heading, Role};
use super::{FAULTS_MAX, Incoming};
use crate::constituent::net::Asset;

/// Columns before those of the contacts.
const HEAD: [&str; 8] = [
    "key",
    "name",
    "sector",
    "language",
    "quiet_hours",
    "networks",
    "domains",
    "asns",
];
/// Columns that an export has and an import passes over.
const OURS: [&str; 4] = ["no", "source", "confirmed", "due"];

struct Columns(Vec<String>);

impl Columns {
    fn read(header: &StringRecord) -> Result<Self, Fault> {
        let names: Vec<String> = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        let mut seen = BTreeSet::new();
        for name in &names {
            let known = HEAD.contains(&name.as_str())
                || OURS.contains(&name.as_str())
                || Role::parse(name).is_some();
            if !known || !seen.insert(name) {
                return Err(Fault::at("line 1", Wrong::Columns).about(name));
            }
        }
        if !names.iter().any(|name| name == "name") {
            return Err(Fault::at("line 1", Wrong::Columns).about("name"));
        }
        Ok(Self(names))
    }

    /// The cell of a column; a sign that kept a spreadsheet from reckoning is not part of it.
    fn cell<'r>(&self, record: &'r StringRecord, name: &str) -> &'r str {
        let at = self.0.iter().position(|one| one == name);
        let cell = at.and_then(|at| record.get(at)).unwrap_or_default().trim();
        match cell.strip_prefix('\'') {
            Some(rest) if formula(rest) => rest,
            _ => cell,
        }
    }
}

/// Reads a table. Comma or semicolon between cells: the header tells.
///
/// # Errors
/// All faults, at most [`FAULTS_MAX`].
pub fn read(text: &str) -> Result<Vec<Incoming>, Vec<Fault>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let unreadable =
        |error: &::csv::Error| Fault::at("file", Wrong::Unreadable).about(&error.to_string());
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => return Err(vec![unreadable(&error)]),
        None => return Err(vec![Fault::at("file", Wrong::Empty)]),
    };
    let columns = Columns::read(&header).map_err(|fault| vec![fault])?;
    let (mut all, mut faults, mut keys) = (Vec::new(), Vec::new(), BTreeSet::new());
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(unreadable(&error));
                break;
            }
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, ::csv::Position::line);
        let place = format!("line {line}");
        match row(&columns, &record) {
            Ok(one) if all.len() >= CONSTITUENTS_MAX => {
                faults.push(Fault::at(&place, Wrong::Many).about(&one.heading.name));
                break;
            }
            Ok(one) if keys.insert(one.key.clone()) => all.push(one),
            Ok(one) => faults.push(Fault::at(&place, Wrong::Twice).about(&one.key)),
            Err(wrong) => faults.extend(wrong.into_iter().map(|fault| Fault {
                place: place.clone(),
                ..fault
            })),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    faults.truncate(FAULTS_MAX);
    match (faults.is_empty(), all.is_empty()) {
        (true, false) => Ok(all),
        (true, true) => Err(vec![Fault::at("file", Wrong::Empty)]),
        _ => Err(faults),
    }
}

/// A spreadsheet would reckon with it, but for the signs before it that keep it from that.
fn formula(text: &str) -> bool {
    starts_formula(text.trim_start_matches('\''))
}

fn row(columns: &Columns, record: &StringRecord) -> Result<Incoming, Vec<Fault>> {
    let cell = |name: &str| columns.cell(record, name);
    let typed = Typed {
        name: cell("name").to_owned(),
        sector: cell("sector").to_owned(),
        language: cell("language").to_owned(),
        quiet: cell("quiet_hours").to_owned(),
    };
    let mut faults = Vec::new();
    let heading = typed.read().unwrap_or_else(|wrong| {
        faults.extend(wrong);
        Heading {
            name: String::new(),
            sector: None,
            language: None,
            quiet: None,
        }
    });
    let mut facts = super::super::decide::fresh(0, heading, Default::default()).facts;
    for (name, kind) in [
        ("networks", "network"),
        ("domains", "domain"),
        ("asns", "asn"),
    ] {
        if !cell(name).is_empty() {
            match typed::assets(cell(name)) {
                Ok(assets) => assets_of(kind, assets, &mut facts, &mut faults),
                Err(wrong) => faults.extend(wrong),
            }
        }
    }
    if facts.assets() > ASSETS_MAX {
        faults.push(Fault::at("", Wrong::Many).about(&facts.name));
    }
    let mut contacts = Vec::new();
    for role in Role::ALL {
        for text in cell(role.as_str()).split([';', '\n']) {
            contacts.extend(contact(role, text.trim(), &mut faults));
        }
    }
    if contacts.len() > CONTACTS_MAX {
        faults.push(Fault::at("", Wrong::Many).about(&facts.name));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let key = super::key(cell("key"));
    Ok(Incoming {
        key: if key.is_empty() {
            fold(&facts.name)
        } else {
            key
        },
        heading: Heading {
            name: facts.name,
            sector: facts.sector,
            language: facts.language,
            quiet: facts.quiet,
        },
        networks: facts.networks,
        domains: facts.domains,
        asns: facts.asns,
        contacts,
    })
}

fn assets_of(kind: &str, assets: Vec<Asset>, facts: &mut Facts, faults: &mut Vec<Fault>) {
    for asset in assets {
        if asset.kind() == kind {
            add(facts, asset);
        } else {
            let fault = Fault::at("", Wrong::Asset).about(&asset.to_string());
            faults.push(fault);
        }
    }
}

fn contact(role: Role, text: &str, faults: &mut Vec<Fault>) -> Option<Draft> {
    if text.is_empty() {
        return None;
    }
    let (head, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (mail, phone) = if head.contains('@') {
        (head, rest.trim())
    } else {
        ("", text)
    };
    // What is wrong is not repeated: it may be somebody's address.
    let (email, number) = (typed::email(mail), typed::phone(phone));
    if !mail.is_empty() && email.is_none() {
        faults.push(Fault::at("", Wrong::Email).about(role.as_str()));
        return None;
    }
    if !phone.is_empty() && number.is_none() {
        faults.push(Fault::at("", Wrong::Phone).about(role.as_str()));
        return None;
    }
    Some(Draft {
        role,
        name: String::new(),
        email,
        phone: number,
        fingerprint: None,
        key: None,
        certificate: None,
        disabled: false,
    })
}

/// The header of [`line`].
#[must_use]
pub fn header() -> String {
    let mut names = vec!["no"];
    names.extend(HEAD);
    names.extend(Role::ALL.map(Role::as_str));
    names.extend(["source", "confirmed", "due"]);
    names.join(",") + "\r\n"
}

/// A constituent as a line of the table, safe for spreadsheets. Contacts that are not written to are left out.
#[must_use]
pub fn line(one: &Constituent) -> String {
    let facts = &one.facts;
    let listed = |all: Vec<String>| all.join("; ");
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<super::super::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let key = if one.origin.key.is_empty() {
        format!("cairn-{}", one.no)
    } else {
        one.origin.key.clone()
    };
    let mut cells = vec![
        one.no.to_string(),
        key,
        facts.name.clone(),
        text(&facts.sector),
        text(&facts.language),
        facts.quiet.map(|one| one.to_string()).unwrap_or_default(),
        listed(facts.networks.iter().map(ToString::to_string).collect()),
        listed(facts.domains.iter().map(ToString::to_string).collect()),
        listed(facts.asns.iter().map(|asn| format!("AS{asn}")).collect()),
    ];
    for role in Role::ALL {
        let own = one.contacts.iter();
        let own = own.filter(|contact| contact.role == role && !contact.disabled);
        let shown = own.map(|contact| {
            let both = [contact.email.as_deref(), contact.phone.as_deref()];
            both.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        cells.push(listed(shown.collect()));
    }
    let source = if one.origin.manual {
        ""
    } else {
        &one.origin.source
    };
    cells.push(source.to_owned());
    cells.push(day(facts.confirmed));
    cells.push(day(one.due()));
    let quoted = cells.iter().map(|cell| {
        let sign = if formula(cell) { "'" } else { "" };
        format!("\"{sign}{}\"", cell.replace('"', "\"\""))
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}
