//! Who may come in by which way: which role a provider's groups give, what becomes of an account at such a sign-in, whether a
//! second factor is asked for, and that nobody takes their own last way in away.

use cairn_kernel::actor::Role;
use serde::Deserialize;

/// Most groups that are mapped.
pub const GROUPS_MAX: usize = 500;
/// Longest name of a group, bytes.
pub const GROUP_BYTES_MAX: usize = 1_000;

/// What one group gives, and in which tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Name of the group, as the provider sends it.
    pub group: String,
    /// The role that its members have.
    pub role: Role,
    /// The tenant in which they have it; none is the house itself.
    #[serde(default)]
    pub tenant: Option<String>,
}

/// Which group gives which role. The first line that fits counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Grant>);

/// A mapping that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// An item without `=`, or no table.
    #[error("{0:?} is not of the form group=role")]
    Form(String),
    /// No such role.
    #[error(transparent)]
    Role(#[from] cairn_kernel::actor::UnknownRole),
    /// Tables that cannot be read.
    #[error("{0}")]
    Table(String),
    /// A group that stands there twice for one tenant, or has no name or too long a one.
    #[error(
        "the group {0:?} stands there twice, or its name is empty or longer than {GROUP_BYTES_MAX} bytes"
    )]
    Group(String),
    /// Too many.
    #[error("more than {GROUPS_MAX} groups")]
    Many,
}

#[derive(Deserialize)]
struct Tables {
    roles: Vec<Grant>,
}

impl Mapping {
    /// Reads `group=role, group=tenant/role`, or tables `{ group = "…", role = "…", tenant = "…" }` parted by commas, in which
    /// names may hold anything.
    ///
    /// # Errors
    /// See [`MappingError`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let grants = if text.trim_start().starts_with('{') {
            let tables: Tables = toml::from_str(&format!("roles = [{text}]"))
                .map_err(|error| MappingError::Table(error.message().to_owned()))?;
            tables.roles
        } else {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            items.map(grant).collect::<Result<_, _>>()?
        };
        if grants.len() > GROUPS_MAX {
            return Err(MappingError::Many);
        }
        for (at, grant) in grants.iter().enumerate() {
            let name = &grant.group;
            let same = |other: &Grant| other.group == *name && other.tenant == grant.tenant;
            let twice = grants.iter().take(at).any(same);
            if twice || name.is_empty() || name.len() > GROUP_BYTES_MAX {
                return Err(MappingError::Group(name.clone()));
            }
        }
        Ok(Self(grants))
    }

    /// What the first line that fits gives to a member of these groups; `None` if none fits. Names are compared byte by byte.
    #[must_use]
    pub fn grant(&self, groups: &[String]) -> Option<&Grant> {
        self.0.iter().find(|grant| groups.contains(&grant.group))
    }

    /// The lines that hold in one tenant, in their order; `None` is the house itself. A line of one tenant is nothing in
    /// another, and nothing in the house.
    #[must_use]
    pub fn of_tenant(&self, tenant: Option<&str>) -> Self {
        let there = |grant: &&Grant| grant.tenant.as_deref() == tenant;
        Self(self.0.iter().filter(there).cloned().collect())
    }

    /// The same lines, of which those that name no tenant hold in this one.
    #[must_use]
    pub fn meant_for(mut self, tenant: &str) -> Self {
        for grant in &mut self.0 {
            grant.tenant.get_or_insert_with(|| tenant.to_owned());
        }
        self
    }

    /// All lines.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.0
    }
}

fn grant(item: &str) -> Result<Grant, MappingError> {
    // The last one: names of groups may hold some.
    let (group, role) = item
        .rsplit_once('=')
        .ok_or_else(|| MappingError::Form(item.to_owned()))?;
    // No role has a slash in its name.
    let (tenant, role) = match role.rsplit_once('/') {
        Some((tenant, role)) => (Some(tenant.trim().to_owned()), role),
        None => (None, role),
    };
    Ok(Grant {
        group: group.trim().to_owned(),
        role: role.trim().parse()?,
        tenant,
    })
}

/// Whether the service's own second factor is asked for after a sign-in by a provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecondFactor {
    /// Always.
    #[default]
    Ask,
    /// Unless the provider says that it asked for more than one (`amr` holds `mfa`, RFC 8176).
    Claimed,
    /// Never: the provider sees to it.
    Trusted,
}

impl SecondFactor {
    /// Whether ours is asked for when the provider said this of how somebody signed in.
    #[must_use]
    pub fn is_asked(self, methods: &[String]) -> bool {
        match self {
            Self::Ask => true,
            Self::Claimed => !methods.iter().any(|method| method == "mfa"),
            Self::Trusted => false,
        }
    }
}

impl std::str::FromStr for SecondFactor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ask" => Ok(Self::Ask),
            "claimed" => Ok(Self::Claimed),
            "trusted" => Ok(Self::Trusted),
            other => Err(format!("{other:?} is none of ask, claimed, trusted")),
        }
    }
}

/// What becomes of a sign-in by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Known, with this role from now on.
    Known {
        /// The role.
        role: Role,
        /// It differs from the one that the account had.
        changed: bool,
    },
    /// Unknown: an account with this role is to be made.
    Make(Role),
    /// No group gives a role (any more).
    NoRole,
    /// Unknown, and such sign-ins make no accounts.
    Unknown,
    /// The account is closed.
    Closed,
}

/// An account as [`admit`] looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its role.
    pub role: Role,
    /// It is closed.
    pub closed: bool,
}

/// Decides what becomes of a sign-in. `known`: the account that issuer and subject belong to; `makes`: unknown ones get an account.
#[must_use]
pub fn admit(grant: Option<&Grant>, known: Option<Standing>, makes: bool) -> Admission {
    match (grant, known) {
        // First, so that nobody who lost their role learns more than a closed account would.
        (_, Some(Standing { closed: true, .. })) => Admission::Closed,
        (None, _) => Admission::NoRole,
        (Some(grant), Some(known)) => Admission::Known {
            role: grant.role,
            changed: grant.role != known.role,
        },
        (Some(grant), None) if makes => Admission::Make(grant.role),
        (Some(_), None) => Admission::Unknown,
    }
}

/// The ways by which one account can come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways {
    /// It has a password that is taken for it.
    pub password: bool,
    /// Passkeys that are not suspected of having a double.
    pub passkeys: usize,
    /// Connections with the provider in use.
    pub providers: usize,
}

impl Ways {
    /// Whether there is any.
    #[must_use]
    pub const fn any(self) -> bool {
        self.password || self.passkeys > 0 || self.providers > 0
    }

    /// Without one passkey.
    #[must_use]
    pub const fn less_passkey(self) -> Self {
        Self {
            passkeys: self.passkeys.saturating_sub(1),
            ..self
        }
    }

    /// Without one connection.
    #[must_use]
    pub const fn less_provider(self) -> Self {
        Self {
            providers: self.providers.saturating_sub(1),
            ..self
        }
    }
}

/// Whose password is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Passwords {
    /// Everybody's who has one.
    #[default]
    Everybody,
    /// Only that of the account with this login, for emergencies; others use theirs only until they have another way in.
    Emergency(String),
}

impl Passwords {
    /// Whether an account's password opens it; `other`: it has another way in.
    #[must_use]
    pub fn takes(&self, login: &str, other: bool) -> bool {
        match self {
            Self::Everybody => true,
            Self::Emergency(one) => one == login || !other,
        }
    }

    /// Whether somebody with nothing but a password must add another way before anything else.
    #[must_use]
    pub fn must_add(&self, login: &str, other: bool) -> bool {
        matches!(self, Self::Emergency(one) if one != login) && !other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_first_line_that_fits_counts_and_names_are_compared_whole() {
        let mapping = Mapping::parse("cert-leads=lead, cert = officer,a=b=auditor").unwrap();
        let role = |names: &[&str]| mapping.grant(&groups(names)).map(|grant| grant.role);
        assert_eq!(role(&["cert", "cert-leads"]), Some(Role::Lead));
        assert_eq!(role(&["x", "cert"]), Some(Role::Officer));
        assert_eq!(role(&["a=b"]), Some(Role::Auditor));
        for none in [&["CERT"][..], &["cert-"], &["cert "], &[""], &[]] {
            assert_eq!(role(none), None, "{none:?}");
        }
    }

    #[test]
    fn tables_hold_any_name() {
        let text = r#"{ group = "cn=desk,dc=example", role = "officer" },{ role = "lead", group = "ngā kaihautū" }"#;
        let mapping = Mapping::parse(text).unwrap();
        assert_eq!(mapping.grants().len(), 2);
        let role = |name: &str| mapping.grant(&groups(&[name])).map(|grant| grant.role);
        assert_eq!(role("cn=desk,dc=example"), Some(Role::Officer));
        assert_eq!(role("ngā kaihautū"), Some(Role::Lead));
        assert!(Mapping::parse(r#"{ group = "a", role = "officer", tennant = "b" }"#).is_err());
    }

    #[test]
    fn a_line_of_one_tenant_is_nothing_anywhere_else() {
        let text =
            "cert=lead, health-desk=health/officer, cert=health/auditor,ports-desk=ports/officer";
        let mapping = Mapping::parse(text).unwrap();
        let role = |tenant: Option<&str>, name: &str| {
            let of = mapping.of_tenant(tenant);
            of.grant(&groups(&[name])).map(|grant| grant.role)
        };
        assert_eq!(role(None, "cert"), Some(Role::Lead));
        assert_eq!(role(Some("health"), "cert"), Some(Role::Auditor));
        assert_eq!(role(Some("health"), "health-desk"), Some(Role::Officer));
        for (tenant, name) in [
            (None, "health-desk"),
            (None, "ports-desk"),
            (Some("ports"), "cert"),
            (Some("ports"), "health-desk"),
            (Some("health"), "ports-desk"),
            (Some(""), "cert"),
            (Some("healt"), "health-desk"),
        ] {
            assert_eq!(role(tenant, name), None, "{tenant:?} {name}");
        }
        let tables = r#"{ group = "a", role = "officer", tenant = "health" },{ group = "a", role = "lead" }"#;
        let tables = Mapping::parse(tables).unwrap();
        assert_eq!(tables.of_tenant(Some("health")).grants().len(), 1);
        assert_eq!(tables.of_tenant(None).grants()[0].role, Role::Lead);
        let own = Mapping::parse("a=lead").unwrap().meant_for("health");
        assert_eq!(own.of_tenant(Some("health")).grants().len(), 1);
        assert!(Mapping::parse("a=health/lead,a=health/officer").is_err());
    }

    #[test]
    fn faults_of_a_mapping_are_named() {
        let fault = |text: &str| Mapping::parse(text).unwrap_err().to_string();
        assert!(fault("cert").contains("group=role"));
        assert!(fault("cert=boss").contains("unknown role"));
        assert!(fault("cert=lead,cert=officer").contains("twice"));
        assert!(fault("=lead").contains("empty"));
        assert!(fault("{ group = 1 }").contains("string"));
        assert_eq!(Mapping::parse("").unwrap(), Mapping::default());
    }

    #[test]
    fn nobody_comes_in_without_a_role() {
        let lead = Grant {
            group: "a".into(),
            role: Role::Lead,
            tenant: None,
        };
        let of = |role, closed| Some(Standing { role, closed });
        assert_eq!(admit(None, None, true), Admission::NoRole);
        assert_eq!(admit(None, of(Role::Lead, false), true), Admission::NoRole);
        assert_eq!(admit(Some(&lead), None, true), Admission::Make(Role::Lead));
        assert_eq!(admit(Some(&lead), None, false), Admission::Unknown);
        assert_eq!(
            admit(Some(&lead), of(Role::Lead, true), true),
            Admission::Closed
        );
        for (had, changed) in [(Role::Lead, false), (Role::Officer, true)] {
            let role = Role::Lead;
            assert_eq!(
                admit(Some(&lead), of(had, false), false),
                Admission::Known { role, changed }
            );
        }
    }

    /// Gitea CVE-2026-73278: a sign-in by a provider passed over the second factor.
    #[test]
    fn ours_is_asked_unless_the_settings_say_otherwise() {
        let said = |names: &[&str]| groups(names);
        assert!(SecondFactor::default().is_asked(&said(&["mfa", "hwk"])));
        assert!(SecondFactor::Claimed.is_asked(&said(&["pwd", "MFA"])));
        assert!(!SecondFactor::Claimed.is_asked(&said(&["pwd", "mfa"])));
        assert!(!SecondFactor::Trusted.is_asked(&[]));
        assert_eq!("trusted".parse(), Ok(SecondFactor::Trusted));
        assert!("yes".parse::<SecondFactor>().is_err());
    }

    #[test]
    fn the_last_way_in_is_known_as_such() {
        let ways = Ways {
            passkeys: 1,
            ..Ways::default()
        };
        assert!(ways.any() && !ways.less_passkey().any());
        let both = Ways {
            providers: 1,
            ..ways
        };
        assert!(both.less_passkey().any() && both.less_provider().any());
        assert!(!both.less_provider().less_passkey().any());
    }

    #[test]
    fn where_passwords_are_off_they_only_lead_to_another_way() {
        let one = Passwords::Emergency("glass".into());
        assert!(one.takes("glass", true) && !one.must_add("glass", false));
        assert!(!one.takes("hana", true));
        assert!(one.takes("hana", false) && one.must_add("hana", false));
        assert!(!one.must_add("hana", true));
        assert!(Passwords::Everybody.takes("hana", true));
        assert!(!Passwords::Everybody.must_add("hana", false));
    }
}
