//! The people of the example: one of each role, signed in once so that reports can be worked on in their names.

use anyhow::Context;
use cairn_app::App;
use cairn_app::account::{Doer, NewAccount, Principal, STEP_SECONDS, Seen, code_at};
use cairn_app::clock::Clock;
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;

/// Everybody's password in the example.
pub const PASSWORD: &str = "kereru-over-the-harbour";

/// Somebody with all that is needed to sign in.
#[derive(Debug, Clone)]
pub struct Person {
    login: &'static str,
    role: Role,
    /// Seed of the authenticator.
    seed: Vec<u8>,
    seed_text: String,
    principal: Principal,
}

const PEOPLE: [(&str, &str, Role); 9] = [
    ("hana", "Hana Example", Role::Officer),
    ("matiu", "Matiu Example", Role::Officer),
    ("leilani", "Leilani Example", Role::Lead),
    ("oliver", "Oliver Example", Role::Administrator),
    ("ruth", "Ruth Example", Role::Auditor),
    ("mere", "Mere Example", Role::Owner),
    ("tama", "Tama Example", Role::Statistician),
    ("ngaire", "Ngaire Example", Role::Publisher),
    ("piri", "Piri Example", Role::Reviewer),
];

/// Makes the accounts and enrols an authenticator for each.
///
/// # Errors
/// The store cannot write.
pub async fn enrol(app: &App, clock: &Clock, now: Micros) -> anyhow::Result<Vec<Person>> {
    // A little in the past, so that the code of the present step is not used up.
    clock.set(now.plus_seconds(-20 * STEP_SECONDS));
    let mut people = Vec::new();
    for (login, name, role) in PEOPLE {
        let (_, first) = app
            .create_account(Doer::System, NewAccount { login, name, role })
            .await?;
        let token = app.sign_in(login, &first, 0, "demo").await?;
        let token = app
            .first_password(&seen(app, token.as_str()).await?, PASSWORD)
            .await?;
        let half = seen(app, token.as_str()).await?;
        let seed_text = app.enrolment(&half)?.secret;
        let seed = base32(&seed_text);
        let (token, _codes) = app.enrol(&half, &code_at(&seed, clock.now()), 0).await?;
        let principal = seen(app, token.as_str())
            .await?
            .principal()
            .context("signed in")?;
        people.push(Person {
            login,
            role,
            seed,
            seed_text,
            principal,
        });
    }
    Ok(people)
}

async fn seen(app: &App, token: &str) -> anyhow::Result<Seen> {
    app.session(token).await?.context("the session has ended")
}

/// Those who work on reports.
#[must_use]
pub fn officers(people: &[Person]) -> Vec<Principal> {
    people
        .iter()
        .filter(|p| p.role == Role::Officer)
        .map(|p| p.principal.clone())
        .collect()
}

/// Who has this role.
///
/// # Errors
/// Nobody has.
pub fn with_role(people: &[Person], role: Role) -> anyhow::Result<&Principal> {
    let found = people.iter().find(|person| person.role == role);
    Ok(&found.context("an example person of each role")?.principal)
}

/// Prints how to sign in, with the codes of this moment.
pub fn print(people: &[Person]) {
    println!("\n  Example sign-ins, password of all: {PASSWORD}");
    for person in people {
        println!(
            "    {:<8} {:<14} code {}   (authenticator key {})",
            person.login,
            person.role.as_str(),
            code_at(&person.seed, Clock::System.now()),
            person.seed_text,
        );
    }
}

/// RFC 4648, without padding; blanks between groups are passed over.
fn base32(text: &str) -> Vec<u8> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for sign in text.bytes() {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a',
            b'2'..=b'7' => sign - b'2' + 26,
            _ => continue,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    out
}
