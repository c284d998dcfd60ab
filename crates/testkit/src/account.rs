//! Somebody who is signed in.

use cairn_app::App;
use cairn_app::account::{Doer, NewAccount, Principal, code_at};
use cairn_kernel::actor::Role;

/// Somebody signed in for the first time, with an authenticator.
///
/// # Panics
/// If any step is refused, as tests do.
pub async fn account(app: &App, login: &str, role: Role) -> Principal {
    let new = NewAccount {
        login,
        name: login,
        role,
    };
    let first = app.create_account(Doer::System, new).await.unwrap().1;
    let token = app.sign_in(login, &first, 0, "test").await.unwrap();
    let seen = app.session(token.as_str()).await.unwrap().unwrap();
    let token = app.first_password(&seen, "kererū over the hill").await;
    let token = token.unwrap();
    let half = app.session(token.as_str()).await.unwrap().unwrap();
    let seed = base32(&app.enrolment(&half).unwrap().secret);
    let code = code_at(&seed, app.clock.now());
    let (token, _codes) = app.enrol(&half, &code, 0).await.unwrap();
    let seen = app.session(token.as_str()).await.unwrap().unwrap();
    seen.principal().unwrap()
}

/// RFC 4648, without padding; blanks between groups are passed over.
fn base32(text: &str) -> Vec<u8> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for sign in text.to_ascii_uppercase().bytes() {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
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
