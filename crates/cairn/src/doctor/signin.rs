//! The officers' ways in, as far as they can be judged without asking anybody.

use cairn_app::account::Place;
use cairn_desk::signin::{Passwords, SecondFactor};

use super::Findings;
use crate::settings::Settings;

/// Passkeys, the provider and whose password is taken.
pub(super) fn ways(settings: &Settings, findings: &mut Findings) {
    let place = Place::of(&settings.site.public_url);
    match &place {
        Some(place) => findings.good("passkeys", &format!("belong to {}", place.id)),
        None => findings.note(
            "passkeys",
            &format!(
                "{}: browsers take passkeys only where the address is https:// with a name",
                settings.site.public_url
            ),
        ),
    }
    provider(settings, findings);
    if let Passwords::Emergency(login) = &settings.app.passwords {
        if place.is_none() && settings.app.oidc.is_none() {
            findings.bad(
                "sign-in",
                "passwords are for emergencies, and there is neither a provider nor an address for passkeys",
                "set server.public_url to an https address with a name, or oidc.issuer, or signin.passwords to everybody",
            );
        } else {
            findings.good(
                "sign-in",
                &format!("only the password of {login} is taken for good"),
            );
        }
    }
}

fn provider(settings: &Settings, findings: &mut Findings) {
    let Some(oidc) = &settings.app.oidc else {
        return;
    };
    if let Some(fault) = oidc.fault() {
        findings.bad(
            "provider",
            &fault,
            "mend the settings under [oidc]; docs/operators.md has an example",
        );
        return;
    }
    if oidc.roles.grants().is_empty() {
        findings.bad(
            "provider",
            "no group gives a role: nobody can sign in there",
            "name groups and their roles in oidc.roles",
        );
        return;
    }
    let redirect = format!(
        "{}{}",
        settings.site.public_url,
        cairn_app::account::oidc::CALLBACK
    );
    findings.good(
        "provider",
        &format!(
            "{}; groups with a role: {}; it must know {redirect}",
            oidc.issuer,
            oidc.roles.grants().len()
        ),
    );
    if oidc.second_factor == SecondFactor::Trusted {
        findings.note(
            "provider",
            "its word is enough (oidc.second_factor): see to it that it asks for a second factor",
        );
    }
    if !settings.site.https && !settings.site.public_url.contains("127.0.0.1") {
        findings.warn(
            "provider",
            "the redirect address is not https: whoever can read along can sign in",
            "set server.public_url to an https address",
        );
    }
}
