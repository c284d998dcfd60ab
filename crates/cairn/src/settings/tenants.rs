//! Tenants: agencies or sectors on one installation that cannot see each other. Each is a store of its own with settings of its
//! own, which begin as those of the house, but for what must not be the same twice.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use cairn_app::openpgp::split_address;

use super::defs::DEFS;
use super::read::{Given, list};
use super::{Settings, SettingsError};

/// Most tenants of one installation: each has threads, connections and caches of its own.
pub const TENANTS_MAX: usize = 50;
/// Longest name of a tenant, characters: it is part of a folder, of a schema and of metrics.
pub const TENANT_NAME_MAX: usize = 32;
/// Most host names that lead to one tenant, and most domains of mail.
pub const TENANT_HOSTS_MAX: usize = 20;
/// Longest title of a tenant, characters.
pub const TENANT_TITLE_MAX: usize = 80;
/// Folder of the tenants' data directories, below the house's own.
pub const FOLDER: &str = "tenants";

/// What is said once for the whole process: no tenant sets it.
const OF_THE_PROCESS: [&str; 5] = [
    "storage.data",
    "metrics.listen",
    "log.format",
    "log.level",
    "mail.lmtp_listen",
];
/// The only settings of the listener that a tenant has of its own.
const OF_A_DOOR: [&str; 3] = [
    "server.public_url",
    "server.tls_certificates",
    "server.tls_key",
];
/// What a tenant does not take over from the house: by these it would be taken for the house, or get what is the house's.
const NOT_TAKEN_OVER: [&str; 10] = [
    "evidence.origin",
    "feeds.files",
    "feeds.folders",
    "mail.from",
    "mail.reply_to",
    "mail.dkim_key",
    "mail.dkim_domain",
    "mail.dkim_selector",
    "mail.smime",
    "track.plans",
];

/// By which door people come in: that of the house (no name), or that of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Door {
    /// Name of the tenant; empty for the house itself.
    pub name: String,
    /// Whose door it is, in English and te reo Māori.
    pub title: String,
    /// The same; empty takes the English one.
    pub title_mi: String,
    /// Host names that lead here.
    pub hosts: Vec<String>,
    /// A listener of its own.
    pub listen: Option<SocketAddr>,
    /// Domains whose mail belongs here, beside those of its addresses.
    pub mail_domains: Vec<String>,
}

impl Door {
    /// The house itself.
    #[must_use]
    pub fn is_house(&self) -> bool {
        self.name.is_empty()
    }
}

/// Host names or domains, in lower case.
///
/// # Errors
/// What is wrong with one.
pub fn names(text: &str) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for item in list(text) {
        let name = item.trim_end_matches('.').to_ascii_lowercase();
        let part = |part: &str| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (1..=63).contains(&part.len()) && part.bytes().all(plain)
        };
        if name.len() > 253 || !name.split('.').all(part) {
            return Err(format!(
                "{item:?} is no host name (without port or https://)"
            ));
        }
        if !all.contains(&name) {
            all.push(name);
        }
    }
    if all.len() > TENANT_HOSTS_MAX {
        return Err(format!("more than {TENANT_HOSTS_MAX} names"));
    }
    Ok(all)
}

/// A title.
///
/// # Errors
/// It is too long, or not one line.
pub fn title(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > TENANT_TITLE_MAX || text.contains(char::is_control) {
        return Err(format!(
            "a title is one line of at most {TENANT_TITLE_MAX} characters"
        ));
    }
    Ok(text.to_owned())
}

fn together<T>(text: String) -> Result<T, SettingsError> {
    Err(SettingsError::Together(text))
}

/// Host and port of an address.
fn host_and_port(url: &str) -> (&str, &str) {
    let rest = url.split("://").nth(1).unwrap_or(url);
    let rest = rest.split('/').next().unwrap_or_default();
    match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
            (host, rest.get(host.len()..).unwrap_or_default())
        }
        _ => (rest, ""),
    }
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    name.len() <= TENANT_NAME_MAX
        && name.bytes().all(plain)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
}

/// Makes the settings of every tenant. `house` is as it was read, before anything was put together.
pub(super) fn all(house: &Settings, given: Vec<Given>) -> Result<Vec<Settings>, SettingsError> {
    let mut by_name: BTreeMap<String, Vec<Given>> = BTreeMap::new();
    for one in given {
        let name = one.tenant.clone().unwrap_or_default();
        if !is_name(&name) {
            return together(format!(
                "`{}`: {name:?} is no name of a tenant: lower-case letters, digits and hyphens, a letter first, at most \
                 {TENANT_NAME_MAX}",
                one.written()
            ));
        }
        by_name.entry(name).or_default().push(one);
    }
    if by_name.len() > TENANTS_MAX {
        return together(format!("more than {TENANTS_MAX} tenants"));
    }
    for grant in house.oidc.roles.grants() {
        let known = |name: &String| by_name.contains_key(name);
        if let Some(name) = grant.tenant.as_ref().filter(|name| !known(name)) {
            let known: Vec<&str> = by_name.keys().map(String::as_str).collect();
            return together(format!(
                "`oidc.roles`: there is no tenant {name:?}; there are: {}",
                known.join(", ")
            ));
        }
    }
    let made = by_name
        .into_iter()
        .map(|(name, given)| one(house, &name, given));
    let tenants = made.collect::<Result<Vec<_>, _>>()?;
    apart(house, &tenants)?;
    Ok(tenants)
}

/// The settings of one tenant.
fn one(house: &Settings, name: &str, given: Vec<Given>) -> Result<Settings, SettingsError> {
    let mut own = house.clone();
    for key in NOT_TAKEN_OVER {
        if let Some(def) = DEFS.iter().find(|def| def.key == key) {
            let _fits = (def.set)(&mut own, def.default);
            own.given.remove(key);
        }
    }
    own.given.remove("server.public_url");
    own.given.remove("service.name");
    own.door = Door {
        name: name.to_owned(),
        ..Door::default()
    };
    own.data = house.data.join(FOLDER).join(name);
    own.metrics_listen = None;
    own.lmtp = None;
    let own_roles = given.iter().any(|one| one.key == "oidc.roles");
    for one in &given {
        let of_the_listener = one.key.starts_with("server.") && !OF_A_DOOR.contains(&one.key);
        if OF_THE_PROCESS.contains(&one.key) || of_the_listener {
            return together(format!(
                "`{}`: this is said once for all, as `{}`{}",
                one.written(),
                one.key,
                if one.key == "server.listen" {
                    format!("; a listener of its own is `tenant.{name}.listen`")
                } else {
                    String::new()
                }
            ));
        }
    }
    own.take(given)?;
    own.be_a_door(house)?;
    roles(&mut own, own_roles)?;
    // In the house's name it would ask people to answer to the house.
    if !own.is_given("mail.from") {
        own.smtp = None;
    }
    own.finish()?;
    Ok(own)
}

/// Only groups of this tenant admit here.
fn roles(own: &mut Settings, own_roles: bool) -> Result<(), SettingsError> {
    let name = own.door.name.clone();
    let mapping = own.oidc.roles.clone();
    let mapping = if own_roles {
        mapping.meant_for(&name)
    } else {
        mapping
    };
    let there = mapping.of_tenant(Some(&name));
    if own_roles && there.grants().len() != mapping.grants().len() {
        return together(format!("`tenant.{name}.oidc.roles` names another tenant"));
    }
    // A provider that lets nobody in here is no way in.
    if there.grants().is_empty() {
        own.oidc.issuer.clear();
    }
    own.oidc.roles = there;
    Ok(())
}

impl Settings {
    /// Title, address and origin of the log.
    fn be_a_door(&mut self, house: &Self) -> Result<(), SettingsError> {
        let name = self.door.name.clone();
        if self.door.title.is_empty() {
            return together(format!(
                "`tenant.{name}.title` is missing: people must see whose door it is"
            ));
        }
        if self.door.title_mi.is_empty() {
            self.door.title_mi.clone_from(&self.door.title);
        }
        if self.door.hosts.is_empty() && self.door.listen.is_none() {
            return together(format!(
                "the tenant {name:?} has no door: `tenant.{name}.hosts` or `tenant.{name}.listen` must be set"
            ));
        }
        let own_files = ["server.tls_certificates", "server.tls_key"];
        if self.door.listen.is_none() && self.tls != house.tls {
            return together(format!(
                "`tenant.{name}.{}` needs a listener of its own, `tenant.{name}.listen`: by one listener there is one \
                 certificate, which may hold many names",
                own_files.join("` or `server.")
            ));
        }
        if !self.is_given("server.public_url") {
            self.point_to(&self.own_address(house));
        }
        let (host, _) = host_and_port(&self.site.public_url);
        if !self.door.hosts.is_empty() && !self.door.hosts.iter().any(|own| own == host) {
            return together(format!(
                "`tenant.{name}.server.public_url` leads to {host}, which is none of its hosts"
            ));
        }
        if self.log_origin.is_empty() {
            self.log_origin = format!("{host}/{name}/cairn-log");
        }
        let title = (self.door.title.clone(), self.door.title_mi.clone());
        if !self.is_given("service.name") {
            self.app.service_name = format!("{} – {}", self.app.service_name, title.0);
            self.app.service_name_mi = format!("{} – {}", self.app.service_name_mi, title.1);
        }
        self.site.house = Some(title);
        Ok(())
    }

    /// Where people reach it if nobody says so.
    fn own_address(&self, house: &Self) -> String {
        let scheme = match house.site.public_url.split_once("://") {
            Some((scheme, _)) => scheme,
            None => "http",
        };
        match (self.door.hosts.first(), self.door.listen) {
            (Some(host), None) => {
                format!(
                    "{scheme}://{host}{}",
                    host_and_port(&house.site.public_url).1
                )
            }
            (Some(host), Some(_)) => format!("{scheme}://{host}"),
            (None, Some(listen)) => {
                let scheme = if self.tls.0.is_some() {
                    "https"
                } else {
                    "http"
                };
                format!("{scheme}://{listen}")
            }
            (None, None) => String::new(),
        }
    }

    /// The data lie there, and those of the tenants below.
    pub fn live_in(&mut self, data: PathBuf) {
        for one in &mut self.tenants {
            one.data = data.join(FOLDER).join(&one.door.name);
        }
        self.data = data;
    }

    /// Links lead there.
    pub fn point_to(&mut self, url: &str) {
        url.clone_into(&mut self.site.public_url);
        url.clone_into(&mut self.app.public_url);
    }

    /// Domains whose mail belongs here.
    #[must_use]
    pub fn mail_domains(&self) -> Vec<String> {
        let mut all = self.door.mail_domains.clone();
        let from = split_address(&self.mail_from).map(|(_, domain)| domain.to_ascii_lowercase());
        let reply = self.app.reply_to.as_ref();
        let reply = reply.map(|reply| reply.domain().to_ascii_lowercase());
        let given = self.is_given("mail.from");
        for domain in from.filter(|_| given).into_iter().chain(reply) {
            if !all.contains(&domain) {
                all.push(domain);
            }
        }
        all
    }

    /// The settings of one tenant, in place of those of the house.
    ///
    /// # Errors
    /// There is none of this name; those that there are, are named.
    pub fn of_tenant(self, name: &str) -> Result<Self, SettingsError> {
        let known: Vec<String> = self
            .tenants
            .iter()
            .map(|one| one.door.name.clone())
            .collect();
        let mut tenants = self.tenants;
        match tenants.iter().position(|one| one.door.name == name) {
            Some(at) => Ok(tenants.swap_remove(at)),
            None if known.is_empty() => together(format!(
                "there is no tenant {name:?}: the settings name none"
            )),
            None => together(format!(
                "there is no tenant {name:?}; there are: {}",
                known.join(", ")
            )),
        }
    }

    /// The house and its tenants.
    pub fn houses(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.tenants)
    }

    /// What an operator calls it.
    #[must_use]
    pub fn called(&self) -> String {
        if self.door.is_house() {
            "the house".to_owned()
        } else {
            format!("the tenant {}", self.door.name)
        }
    }
}

/// No two lead to the same place.
fn apart(house: &Settings, tenants: &[Settings]) -> Result<(), SettingsError> {
    let house_host = host_and_port(&house.site.public_url).0.to_ascii_lowercase();
    let mut hosts = BTreeMap::from([(house_host, "the house".to_owned())]);
    let mut listeners = BTreeMap::from([(house.listen, "the house".to_owned())]);
    if let Some(metrics) = house.metrics_listen {
        listeners.insert(metrics, "`metrics.listen`".to_owned());
    }
    let mut origins = BTreeMap::from([(house.origin(), "the house".to_owned())]);
    let mut domains = BTreeMap::new();
    if house.lmtp.is_some() {
        let own = house.mail_domains().into_iter();
        domains.extend(own.map(|domain| (domain, "the house".to_owned())));
    }
    for one in tenants {
        let called = one.called();
        for host in &one.door.hosts {
            if let Some(other) = hosts.insert(host.clone(), called.clone()) {
                return together(format!("the host {host} leads to {other} and to {called}"));
            }
        }
        if let Some(listen) = one.door.listen.filter(|listen| listen.port() != 0)
            && let Some(other) = listeners.insert(listen, called.clone())
        {
            return together(format!(
                "{listen} is the listener of {other} and of {called}"
            ));
        }
        if let Some(other) = origins.insert(one.log_origin.clone(), called.clone()) {
            return together(format!(
                "{other} and {called} would have logs of one name, {}: set `evidence.origin`",
                one.log_origin
            ));
        }
        for domain in one
            .mail_domains()
            .into_iter()
            .filter(|_| house.lmtp.is_some())
        {
            if let Some(other) = domains.insert(domain.clone(), called.clone()) {
                return together(format!(
                    "mail to {domain} belongs to {other} and to {called}, and by `mail.lmtp_listen` the domain decides"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
