//! Officers' pages. Every route stands in one table with what it needs, so that a test can try each with every role.

mod account;
mod accounts;
mod agencies;
mod audit;
mod bulk;
mod case;
mod case_read;
mod case_work;
mod cases;
mod challenge;
mod challenge_work;
mod choices;
mod cluster;
mod cluster_work;
mod constituents;
mod conversation;
mod explorer;
mod feeds;
mod hold;
mod keyboard;
mod keys;
mod nav;
pub(crate) mod notices;
mod observable;
mod observable_work;
mod old;
mod onward;
mod openpgp;
mod passkey;
mod present;
mod provider;
mod referral;
mod reply;
mod retention;
mod rules;
mod search;
mod shift;
mod sign_in;
mod tokens;
pub(crate) mod track;
mod typed;
mod view;
mod ways;
mod webhooks;
mod who;
mod words;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get, post};
use cairn_app::App;
use cairn_desk::access::Action;

use crate::csrf;
use crate::i18n::Lang;
use crate::server::{body_max, body_max_but_files};
use nav::doors;

pub(crate) use audit::export_file;
pub use constituents::TABLE_BYTES_MAX;
pub(crate) use constituents::claims::name as claim_name;
pub(crate) use constituents::file as constituents_file;
pub(crate) use constituents::words as constituent_words;
pub(crate) use explorer::{cursor_of, cursor_text, day_of, segments_of, segments_text};
pub(crate) use feeds::UPLOAD_TIME_MAX;
pub(crate) use notices::{download as notice_download, respond as notice_file};
pub(crate) use observable::of_address as observable_of;
pub(crate) use observable_work::block_list_file;
pub(crate) use onward::{next_cluster, next_report};
pub(crate) use referral::download as zip_download;
pub(crate) use rules::fault as rule_fault;
pub(crate) use search::fault as search_fault;
pub use who::SESSION;
pub(crate) use words::role;

/// Bytes of the largest form: a message of 10,000 characters, each up to four bytes and each byte written as `%XX`.
pub const FORM_BYTES_MAX: u64 = 160 * 1024;

/// What a role is called, for pages beside the desk.
pub(crate) const fn role_name(l: Lang, role: cairn_kernel::actor::Role) -> &'static str {
    words::role(l, role)
}

/// What a route needs of who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the way in.
    Nothing,
    /// The password was right and this is the next step.
    HalfSignedIn,
    /// Anybody signed in.
    SignedIn,
    /// The policy allows it.
    May(Action),
}

/// One route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// What it needs.
    pub need: Need,
    handler: MethodRouter<App>,
}

fn at(method: Method, path: &'static str, need: Need, handler: MethodRouter<App>) -> Route {
    Route {
        method,
        path,
        need,
        handler,
    }
}

/// Every route.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = ways_in();
    all.extend(other_ways_in());
    all.extend(work());
    all.extend(many());
    all.extend(endings());
    all.extend(finding());
    all.extend(cases_and_clocks());
    all.extend(cases::file_routes());
    all.extend(shifts());
    all.extend(referrals());
    all.extend(agencies::routes());
    all.extend(challenges());
    all.extend(clusters());
    all.extend(rules_of_the_desk());
    all.extend(management());
    all.extend(webhooks::routes());
    all.extend(constituents::routes());
    all.extend(feeds::routes());
    all.extend(notices::routes());
    all.extend(explorer::routes());
    all.extend(keeping());
    all.extend(track::routes());
    all
}

fn ways_in() -> Vec<Route> {
    use Need::{HalfSignedIn, Nothing, SignedIn};
    let (g, p) = (Method::GET, Method::POST);
    vec![
        at(g.clone(), "/sign-in", Nothing, get(sign_in::show)),
        at(p.clone(), "/sign-in", Nothing, post(sign_in::send)),
        at(
            g.clone(),
            "/sign-in/password",
            HalfSignedIn,
            get(sign_in::password),
        ),
        at(
            p.clone(),
            "/sign-in/password",
            HalfSignedIn,
            post(sign_in::choose),
        ),
        at(
            g.clone(),
            "/sign-in/enrol",
            HalfSignedIn,
            get(sign_in::enrol),
        ),
        at(
            p.clone(),
            "/sign-in/enrol",
            HalfSignedIn,
            post(sign_in::enrolled),
        ),
        at(g.clone(), "/sign-in/code", HalfSignedIn, get(sign_in::code)),
        at(
            p.clone(),
            "/sign-in/code",
            HalfSignedIn,
            post(sign_in::coded),
        ),
        at(
            g.clone(),
            "/sign-in/recovery",
            HalfSignedIn,
            get(sign_in::recovery),
        ),
        at(
            p.clone(),
            "/sign-in/recovery",
            HalfSignedIn,
            post(sign_in::recovered),
        ),
        at(p.clone(), "/sign-out", SignedIn, post(sign_in::out)),
        at(g, "/desk/account", SignedIn, get(account::show)),
        at(
            p.clone(),
            "/desk/account/password",
            SignedIn,
            post(account::password),
        ),
        at(
            p.clone(),
            "/desk/account/recovery",
            SignedIn,
            post(account::recovery),
        ),
        at(
            p,
            "/desk/account/sessions",
            SignedIn,
            post(account::sessions),
        ),
    ]
}

/// By passkey and at a provider, and what an account has of these.
fn other_ways_in() -> Vec<Route> {
    use Need::{HalfSignedIn, Nothing, SignedIn};
    let (g, p) = (Method::GET, Method::POST);
    let own = |path, handler| at(p.clone(), path, SignedIn, handler);
    vec![
        at(
            p.clone(),
            "/sign-in/passkey/ask",
            Nothing,
            post(passkey::ask),
        ),
        at(
            g.clone(),
            "/sign-in/passkey",
            HalfSignedIn,
            get(passkey::second),
        ),
        at(p.clone(), "/sign-in/passkey", Nothing, post(passkey::send)),
        at(p.clone(), "/sign-in/oidc", Nothing, post(provider::send)),
        at(
            g.clone(),
            "/sign-in/oidc/callback",
            Nothing,
            get(provider::back),
        ),
        at(g, "/desk/account/confirm", SignedIn, get(ways::confirm)),
        own("/desk/account/confirm", post(ways::confirmed)),
        own(
            "/desk/account/confirm/passkey",
            post(ways::confirmed_by_passkey),
        ),
        own("/desk/account/confirm/oidc", post(provider::prove)),
        own("/desk/account/passkeys/ask", post(passkey::ask_new)),
        own("/desk/account/passkeys", post(ways::add)),
        own("/desk/account/passkeys/{id}/name", post(ways::rename)),
        own("/desk/account/passkeys/{id}/remove", post(ways::remove)),
        own("/desk/account/tokens", post(tokens::make)),
        own("/desk/account/tokens/{id}/end", post(tokens::end_own)),
        own("/desk/account/oidc", post(provider::connect)),
        own("/desk/account/oidc/remove", post(ways::disconnect)),
    ]
}

fn work() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let export = Need::May(Action::ExportReports);
    vec![
        at(g.clone(), "/desk", Need::SignedIn, get(case::queue)),
        at(
            g.clone(),
            "/desk/reports/{reference}",
            read,
            get(case_read::show),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/assign",
            does,
            post(case_work::assign),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/category",
            does,
            post(case_work::category),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/severity",
            does,
            post(case_work::severity),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/loss",
            does,
            post(case_work::loss),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/message",
            does,
            post(reply::message),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/keys",
            does,
            post(openpgp::paste),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/keys/{no}",
            does,
            post(openpgp::judge),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/files/{sha256}",
            does,
            post(case_work::file),
        ),
        at(g, "/desk/export", export, get(audit::export)),
        at(p, "/desk/export", export, post(audit::exported)),
    ]
}

/// Many reports at once, the next one, and keys.
fn many() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/next", read, get(onward::report)),
        at(g.clone(), "/desk/old/{source}/{number}", read, get(old::go)),
        at(g.clone(), "/desk/clusters/next", read, get(onward::cluster)),
        at(g.clone(), "/desk/bulk", read, get(bulk::list)),
        at(p.clone(), "/desk/bulk", does, post(bulk::choose)),
        at(p.clone(), "/desk/bulk/do", does, post(bulk::begin)),
        at(g.clone(), "/desk/bulk/{no}", read, get(bulk::show)),
        at(p.clone(), "/desk/bulk/{no}/{action}", does, post(bulk::act)),
        at(g, "/desk/keyboard", Need::SignedIn, get(keyboard::show)),
        at(p, "/desk/keyboard", Need::SignedIn, post(keyboard::change)),
    ]
}

/// What ends or mends a report's story.
fn endings() -> Vec<Route> {
    let p = Method::POST;
    let does = Need::May(Action::WorkReports);
    vec![
        at(
            p.clone(),
            "/desk/reports/{reference}/close",
            does,
            post(case_work::close),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/reopen",
            does,
            post(case_work::reopen),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/person",
            does,
            post(case_work::person),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/erase-contact",
            Need::May(Action::EraseContacts),
            post(case_work::erase_contact),
        ),
    ]
}

/// What officers work on together, and by when.
fn cases_and_clocks() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/cases", read, get(cases::list)),
        at(p.clone(), "/desk/cases", does, post(cases::open)),
        at(g.clone(), "/desk/cases/{no}", read, get(cases::show)),
        at(
            g.clone(),
            "/desk/cases/{no}/present",
            read,
            get(present::case),
        ),
        at(
            g.clone(),
            "/desk/reports/{reference}/present",
            read,
            get(present::report),
        ),
        at(
            g.clone(),
            "/desk/cases/{no}/observables",
            read,
            get(cases::observables),
        ),
        at(
            p.clone(),
            "/desk/cases/{no}/archive",
            does,
            post(cases::archive),
        ),
        at(
            p.clone(),
            "/desk/cases/{no}/{action}",
            does,
            post(cases::act),
        ),
        at(
            p,
            "/desk/reports/{reference}/case",
            does,
            post(case_work::add_to_case),
        ),
        at(g, "/desk/clocks", read, get(cases::clocks)),
    ]
}

/// The change of shifts.
fn shifts() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/shift", read, get(shift::show)),
        at(p.clone(), "/desk/shift", does, post(shift::write)),
        at(g.clone(), "/desk/shift.csv", read, get(shift::csv)),
        at(g.clone(), "/desk/shift.json", read, get(shift::json)),
        at(g, "/desk/shift/notes", read, get(shift::older)),
        at(
            p.clone(),
            "/desk/shift/notes/{no}/correct",
            does,
            post(shift::correct),
        ),
        at(
            p.clone(),
            "/desk/shift/notes/{no}/read",
            does,
            post(shift::read),
        ),
        at(
            p.clone(),
            "/desk/shift/notes/{no}/withdraw",
            does,
            post(shift::withdraw),
        ),
        at(
            p,
            "/desk/shift/notes/{no}/erase",
            Need::May(Action::EraseContacts),
            post(shift::erase),
        ),
    ]
}

/// What is handed to partner agencies.
fn referrals() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/referrals", read, get(referral::all)),
        at(
            p.clone(),
            "/desk/reports/{reference}/referrals",
            does,
            post(referral::prepare),
        ),
        at(
            g.clone(),
            "/desk/reports/{reference}/referrals/{no}",
            read,
            get(referral::show),
        ),
        at(
            g,
            "/desk/reports/{reference}/referrals/{no}/summary",
            read,
            get(referral::summary),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/referrals/{no}/package",
            does,
            post(referral::take),
        ),
        at(
            p,
            "/desk/reports/{reference}/referrals/{no}/{action}",
            does,
            post(referral::act),
        ),
    ]
}

/// Saved views and observables.
fn finding() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        at(g.clone(), "/desk/views", read, get(view::show)),
        at(p.clone(), "/desk/views", read, post(view::save)),
        at(p.clone(), "/desk/views/{id}", read, post(view::change)),
        at(
            p.clone(),
            "/desk/views/{id}/delete",
            read,
            post(view::delete),
        ),
        at(g.clone(), "/desk/observables", read, get(observable::index)),
        at(
            g,
            "/desk/observables/{kind}/{value}",
            read,
            get(observable::show),
        ),
        at(
            p.clone(),
            "/desk/observables/{kind}/{value}",
            does,
            post(observable_work::work),
        ),
        at(
            p,
            "/desk/observables/export",
            does,
            post(observable_work::export),
        ),
    ]
}

/// What readers of the strategies doubt.
fn challenges() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadChallenges);
    let answer = Need::May(Action::AnswerChallenges);
    vec![
        at(g.clone(), "/desk/challenges", read, get(challenge::queue)),
        at(g, "/desk/challenges/{no}", read, get(challenge::show)),
        at(
            p.clone(),
            "/desk/challenges/{no}/release",
            answer,
            post(challenge_work::release),
        ),
        at(
            p.clone(),
            "/desk/challenges/{no}/withhold",
            answer,
            post(challenge_work::withhold),
        ),
        at(
            p.clone(),
            "/desk/challenges/{no}/answer",
            answer,
            post(challenge_work::answer),
        ),
        at(
            p,
            "/desk/challenges/{no}/correct",
            answer,
            post(challenge_work::correct),
        ),
    ]
}

/// Reports that look alike.
fn clusters() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let one = |path, handler| at(p.clone(), path, does, handler);
    vec![
        at(g.clone(), "/desk/clusters", read, get(cluster::list)),
        at(g, "/desk/clusters/{no}", read, get(cluster::show)),
        one("/desk/clusters/{no}/decide", post(cluster_work::decide)),
        one("/desk/clusters/{no}/held", post(cluster_work::held)),
        one("/desk/clusters/{no}/reports", post(cluster_work::some)),
        one("/desk/clusters/{no}/link", post(cluster_work::link)),
        one("/desk/clusters/{no}/mail", post(cluster_work::mail)),
        one("/desk/clusters/{no}/undo", post(cluster_work::undo)),
    ]
}

/// Rules, and playbooks.
fn rules_of_the_desk() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageRules);
    vec![
        at(g.clone(), "/desk/rules", read, get(rules::list)),
        at(p.clone(), "/desk/rules", does, post(rules::write)),
        at(g.clone(), "/desk/rules/new", does, get(rules::fresh)),
        at(g, "/desk/rules/{no}", read, get(rules::show)),
        at(
            p.clone(),
            "/desk/rules/{no}/write",
            does,
            post(rules::rewrite),
        ),
        at(p.clone(), "/desk/rules/{no}/on", leads, post(rules::on)),
        at(p.clone(), "/desk/rules/{no}/back", leads, post(rules::back)),
        at(
            p.clone(),
            "/desk/rules/{no}/{action}",
            does,
            post(rules::act),
        ),
        at(
            p,
            "/desk/reports/{reference}/looked",
            does,
            post(rules::looked),
        ),
    ]
}

fn management() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let manage = Need::May(Action::ManageAccounts);
    vec![
        at(
            g.clone(),
            "/desk/audit",
            Need::May(Action::ReadAudit),
            get(audit::show),
        ),
        at(g.clone(), "/desk/accounts", manage, get(accounts::show)),
        at(p.clone(), "/desk/accounts", manage, post(accounts::create)),
        at(
            p.clone(),
            "/desk/accounts/{id}/role",
            manage,
            post(accounts::role),
        ),
        at(
            p.clone(),
            "/desk/accounts/{id}/state",
            manage,
            post(accounts::state),
        ),
        at(
            p.clone(),
            "/desk/accounts/{id}/reset",
            manage,
            post(accounts::reset),
        ),
        at(g.clone(), "/desk/keys", manage, get(keys::show)),
        at(p.clone(), "/desk/keys", manage, post(keys::create)),
        at(p, "/desk/keys/{id}/revoke", manage, post(keys::revoke)),
        at(g, "/desk/jobs", manage, get(keys::jobs)),
        at(
            Method::POST,
            "/desk/jobs/{id}/again",
            manage,
            post(keys::job_again),
        ),
    ]
}

/// How long things are kept, and the way back.
fn keeping() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let manage = Need::May(Action::ManageRetention);
    let audit = Need::May(Action::ReadAudit);
    let holds = Need::May(Action::HoldReports);
    vec![
        at(g.clone(), "/desk/retention", manage, get(retention::show)),
        at(
            p.clone(),
            "/desk/retention",
            manage,
            post(retention::accept),
        ),
        at(g.clone(), "/desk/erased", audit, get(retention::register)),
        at(g, "/desk/erased.csv", audit, get(retention::csv)),
        at(
            p.clone(),
            "/desk/reports/{reference}/hold",
            holds,
            post(hold::hold),
        ),
        at(
            p.clone(),
            "/desk/reports/{reference}/lift",
            holds,
            post(hold::lift),
        ),
        at(
            p,
            "/desk/reports/{reference}/undo",
            Need::May(Action::WorkReports),
            post(hold::undo),
        ),
    ]
}

/// All of them, guarded against other sites.
pub fn router() -> Router<App> {
    let together = |routes: Vec<Route>| {
        routes.into_iter().fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
    };
    let (tables, forms): (Vec<Route>, Vec<Route>) = routes()
        .into_iter()
        .partition(|route| route.path == constituents::TABLES);
    let (files, forms) = forms.into_iter().partition(|route| {
        [track::WITH_FILES, feeds::UPLOAD, cases::WITH_FILES].contains(&route.path)
    });
    let of_forms = from_fn(body_max(FORM_BYTES_MAX));
    let of_files = from_fn(body_max_but_files(FORM_BYTES_MAX));
    let of_tables = from_fn(body_max(constituents::TABLE_BYTES_MAX));
    together(forms)
        .route_layer(of_forms)
        .merge(together(files).route_layer(of_files))
        .merge(together(tables).route_layer(of_tables))
        .route_layer(from_fn(csrf::guard))
}
