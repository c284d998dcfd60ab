//! The limits of tenants.

use crate::settings;

use super::{Row, of};

/// How many, and how long their names are.
pub(super) fn limits() -> Vec<Row> {
    vec![
        of(
            "TENANTS_MAX",
            settings::TENANTS_MAX,
            "tenants of one installation",
        ),
        of(
            "TENANT_NAME_MAX",
            settings::TENANT_NAME_MAX,
            "characters of a tenant's name",
        ),
        of(
            "TENANT_TITLE_MAX",
            settings::TENANT_TITLE_MAX,
            "characters of a tenant's title",
        ),
        of(
            "TENANT_HOSTS_MAX",
            settings::TENANT_HOSTS_MAX,
            "host names, and domains of mail, of one tenant",
        ),
    ]
}
