//! The service's OpenPGP key for everybody: a page, a file, the places where mail programs look for it (web key directory), and
//! whom to tell about holes in the service (RFC 9116).

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_app::App;
use cairn_app::openpgp::{directory_hash, fingerprint_shown, split_address};
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use crate::components::{Row, machine, summary_list};
use crate::i18n::t;
use crate::page::Page;
use crate::problem::{Problem, Result};

/// For so long `security.txt` says that it holds, seconds: it is made anew each time it is asked for (RFC 9116 wants less than a
/// year).
const SECURITY_TXT_SECONDS: i64 = 180 * 24 * 3_600;

/// What everybody may ask for.
pub fn router() -> Router<App> {
    Router::new()
        .route("/openpgp", get(show))
        .route("/openpgp.asc", get(armoured))
        .route("/.well-known/openpgpkey/hu/{hash}", get(direct))
        .route("/.well-known/openpgpkey/policy", get(policy))
        .route("/.well-known/openpgpkey/{domain}/hu/{hash}", get(advanced))
        .route("/.well-known/openpgpkey/{domain}/policy", get(policy))
        .route("/.well-known/security.txt", get(security))
}

async fn show(State(app): State<App>, page: Page) -> Markup {
    let l = page.lang;
    let key = app.openpgp_public();
    let rows = key.as_ref().map(|key| {
        let print = fingerprint_shown(&key.fingerprint());
        let users = key.user_ids().join(", ");
        let mut rows = vec![
            Row::new(
                t::pgp_fingerprint(l),
                html! { span #fingerprint { (machine(&print)) } },
            ),
            Row::new(t::pgp_user(l), html! { (users) }),
        ];
        if let Some(end) = key.expires() {
            let end = page.moment(Micros(end.saturating_mul(1_000_000)));
            rows.push(Row::new(t::pgp_expires(l), html! { (end) }));
        }
        rows
    });
    let how = [
        t::pgp_how_find(l),
        t::pgp_how_own(l),
        t::pgp_how_subject(l),
        t::pgp_how_who(l),
        t::pgp_how_none(l),
    ];
    page.render(
        t::pgp_title(l),
        html! {
            h1 { (t::pgp_title(l)) }
            @match rows {
                None => p.lead { (t::pgp_none(l)) },
                Some(rows) => {
                    p.lead { (t::pgp_lead(l)) }
                    h2 { (t::pgp_key(l)) }
                    (summary_list(l, &rows))
                    p { a href="/openpgp.asc" download { (t::pgp_download(l)) } }
                    h2 { (t::pgp_how(l)) }
                    ul { @for one in how { li { (one) } } }
                }
            }
        },
    )
}

async fn armoured(State(app): State<App>) -> Result<Response> {
    let key = app.openpgp_public().ok_or_else(Problem::not_found)?;
    let kind = [(header::CONTENT_TYPE, "application/pgp-keys")];
    Ok((kind, key.armoured()).into_response())
}

async fn direct(State(app): State<App>, Path(hash): Path<String>) -> Result<Response> {
    found(&app, None, &hash)
}

async fn advanced(
    State(app): State<App>,
    Path((domain, hash)): Path<(String, String)>,
) -> Result<Response> {
    found(&app, Some(&domain), &hash)
}

/// The key without armour, if one of its addresses has this name and domain.
fn found(app: &App, domain: Option<&str>, hash: &str) -> Result<Response> {
    let key = app.openpgp_public().ok_or_else(Problem::not_found)?;
    let right = key.addresses().iter().any(|address| {
        split_address(address).is_some_and(|(local, own)| {
            directory_hash(local) == hash
                && domain.is_none_or(|domain| domain.eq_ignore_ascii_case(own))
        })
    });
    if !right {
        return Err(Problem::not_found());
    }
    let kind = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((kind, key.binary()).into_response())
}

/// It must be there and may be empty.
async fn policy() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "").into_response()
}

async fn security(State(app): State<App>, page: Page) -> Result<Response> {
    let contact = page.site.contact.as_ref().ok_or_else(Problem::not_found)?;
    let url = &page.site.public_url;
    let until = app.clock.now().plus_seconds(SECURITY_TXT_SECONDS);
    let until = until.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut text = format!("Contact: mailto:{contact}\nExpires: {until}\n");
    if app.openpgp_public().is_some() {
        text.push_str(&format!("Encryption: {url}/openpgp.asc\n"));
    }
    text.push_str(&format!(
        "Preferred-Languages: en, mi\nCanonical: {url}/.well-known/security.txt\n"
    ));
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
