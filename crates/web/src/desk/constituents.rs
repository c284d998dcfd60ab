//! Constituents: the list, a new one, what they claim against each other, and all of them as a table.

pub(super) mod claims;
mod import;
mod one;
mod pull;
pub(crate) mod words;
mod work;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::account::{Doer, Principal};
use cairn_app::constituent::rows::Line;
use cairn_app::constituent::{List, Owner, Query};
use cairn_desk::access::Action;
use cairn_desk::constituent::owners::Clash;
use cairn_desk::constituent::{Conflict, OwnerId, Typed};
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::{Need, Route, at, doors};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Input, Look, Width, back_link, button,
    button_link, buttons, checkbox, choice, error_summary, form, input, machine, pagination,
    said_inline, select, stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

pub use import::TABLE_BYTES_MAX;
pub(super) use words::{kind, logged, sector};

type Answer = Result<Response>;

pub(super) const HOME: &str = "/desk/constituents";
/// Where tables are sent to.
pub(super) const TABLES: &str = "/desk/constituents/import";
/// Conflicts on one page at most.
const CONFLICTS_SHOWN: usize = 500;

/// Every route.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageConstituents);
    let mut all = vec![
        at(g.clone(), "/desk/constituents", reads, get(list)),
        at(p.clone(), "/desk/constituents", does, post(make)),
        at(g.clone(), "/desk/constituents/new", does, get(fresh)),
        at(
            g.clone(),
            "/desk/constituents/conflicts",
            reads,
            get(conflicts),
        ),
        at(
            g.clone(),
            "/desk/constituents/import",
            leads,
            get(import::show),
        ),
        at(
            p.clone(),
            "/desk/constituents/import",
            leads,
            post(import::sent),
        ),
        at(p.clone(), "/desk/constituents/export", leads, post(export)),
        at(g.clone(), "/desk/constituents/{no}", reads, get(one::show)),
        at(
            g,
            "/desk/constituents/{no}/contacts/{contact}",
            reads,
            get(one::contact),
        ),
        at(
            p.clone(),
            "/desk/constituents/{no}/remove",
            leads,
            post(work::remove),
        ),
        at(
            p.clone(),
            "/desk/constituents/{no}/tokens",
            does,
            post(pull::make),
        ),
        at(
            p.clone(),
            "/desk/constituents/{no}/tokens/{id}/end",
            does,
            post(pull::end),
        ),
        at(p, "/desk/constituents/{no}/{action}", does, post(work::act)),
    ];
    all.extend(claims::routes());
    all
}

/// The page of one.
pub(super) fn href(no: u32) -> String {
    format!("{HOME}/{no}")
}

/// Who may not learns nothing from a fault in the form.
fn allowed(officer: &Officer, action: Action) -> Result<()> {
    if officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn asked(query: &str) -> Result<Query> {
    let form = Form::parse(query.as_bytes())?;
    let own = |name: &str| {
        let text = form.get(name).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(Query {
        text: own("q").unwrap_or_default(),
        sector: own("sector"),
        source: own("source"),
        conflict: own("conflict").is_some(),
        due: own("due").is_some(),
        bounced: own("bounced").is_some(),
        page: own("page").and_then(|page| page.parse().ok()).unwrap_or(1),
    })
}

fn address(query: &Query, page: u64) -> String {
    let mut address = form_urlencoded::Serializer::new(String::new());
    let pairs = [
        (
            "q",
            Some(query.text.as_str()).filter(|text| !text.is_empty()),
        ),
        ("sector", query.sector.as_deref()),
        ("source", query.source.as_deref()),
        ("conflict", query.conflict.then_some("1")),
        ("due", query.due.then_some("1")),
        ("bounced", query.bounced.then_some("1")),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            address.append_pair(name, value);
        }
    }
    address.append_pair("page", &page.to_string());
    format!("{HOME}?{}", address.finish())
}

/// All of them, with a search; and whose it is, if what is searched for is an address or a name.
async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    allowed(&officer, Action::ReadReports)?;
    let l = officer.page.lang;
    let query = asked(officer.page.uri.query().unwrap_or_default())?;
    let doer = Doer::Officer(&officer.who);
    let found = app.constituents(doer, &query).await?;
    let owners = app.owners_of(doer, &query.text).await?;
    let leads = officer.who.may(Action::ManageConstituents);
    let waiting = u64::try_from(app.claims_waiting(&officer.who).await?).unwrap_or_default();
    let columns = [
        t::owners_name(l),
        t::owners_sector(l),
        t::owners_has(l),
        t::owners_standing(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = found
        .lines
        .iter()
        .map(|(line, disputed)| row(&app, l, &found, line, *disputed))
        .collect();
    let (page, pages) = (found.page as u64, found.pages as u64);
    let body = html! {
        (doors(&officer, HOME))
        h1 { (t::owners_title(l)) }
        p { (t::owners_lead(l)) }
        @if waiting > 0 { p.inset { a href=(claims::CLAIMS) { (t::claims_count(l, waiting)) } } }
        (buttons(html! {
            @if officer.who.may(Action::WorkReports) { (button_link(Look::Main, "/desk/constituents/new", t::owners_new(l))) }
            (button_link(Look::Plain, claims::CLAIMS, t::claims_title(l)))
            (button_link(Look::Plain, "/desk/constituents/conflicts", t::owners_conflicts(l)))
            @if leads { (button_link(Look::Plain, "/desk/constituents/import", t::owners_import(l))) }
        }))
        (filters(&app, l, &query, &found))
        @if let Some(owners) = owners {
            h2 #whose { (said_inline(&t::owners_whose(l, query.text.trim()))) }
            (claims(l, &owners))
        }
        h2 { (t::owners_count(l, found.total as u64)) }
        @if rows.is_empty() { p.lead { (t::owners_none(l)) } }
        @else { (stack(t::owners_title(l), &columns, &rows)) }
        @if pages > 1 { (pagination(l, page, pages, |page| address(&query, page))) }
        @if leads {
            h2 { (t::owners_export(l)) }
            p { (t::owners_export_note(l)) }
            (form("/desk/constituents/export", Encoding::Pairs, Some(&token(&officer.seen)), button(Look::Plain, t::owners_export_button(l))))
        }
    };
    Ok(officer.page.render(t::owners_title(l), body))
}

fn filters(app: &App, l: Lang, query: &Query, found: &List) -> Markup {
    let line = Input {
        value: &query.text,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    let named: Vec<(&String, String)> = found
        .sectors
        .iter()
        .map(|code| (code, words::sector(app, l, code)))
        .collect();
    let mut sectors = vec![choice("", t::owners_any_sector(l))];
    sectors.extend(named.iter().map(|(code, name)| choice(code, name)));
    let mut sources: Vec<Choice<'_>> = vec![
        choice("", t::owners_any_source(l)),
        choice("manual", t::owners_manual(l)),
    ];
    sources.extend(found.sources.iter().map(|name| choice(name, name)));
    html! {
        form.filters method="get" action=(HOME) role="search" {
            div.line { (input(&Field::new(l, "q", t::owners_search(l)).hint(t::owners_search_hint(l)), &line)) }
            (select(&Field::new(l, "sector", t::owners_sector(l)), &sectors, query.sector.as_deref()))
            (select(&Field::new(l, "source", t::owners_source(l)), &sources, query.source.as_deref()))
            div.line { (buttons(html! {
                (checkbox(&Field::new(l, "conflict", t::owners_disputed(l)), "1", query.conflict))
                (checkbox(&Field::new(l, "due", t::owners_due(l)), "1", query.due))
                (checkbox(&Field::new(l, "bounced", t::owners_bounced(l)), "1", query.bounced))
            })) }
            (buttons(button(Look::Plain, t::owners_search_button(l))))
        }
    }
}

fn row(app: &App, l: Lang, found: &List, line: &Line, disputed: bool) -> Vec<Markup> {
    let facts = &line.facts;
    let (networks, domains, asns) = (
        facts.networks.len() as u64,
        facts.domains.len() as u64,
        facts.asns.len() as u64,
    );
    vec![
        html! {
            a href=(href(line.no)) { (said_inline(&facts.name)) }
            @if !line.origin.manual { div.hint { (t::owners_from(l, line.origin.source.as_str())) } }
        },
        html! { @if let Some(code) = &facts.sector { (words::sector(app, l, code)) } },
        html! {
            (t::owners_counts(l, asns, domains, networks))
            div.hint { (t::owners_contact_count(l, u64::from(line.contacts))) }
        },
        html! {
            @if disputed { (tag(Hue::Amber, t::owners_disputed(l))) " " }
            @if line.bounced { (tag(Hue::Red, t::owners_bounced(l))) " " }
            @if line.due.is_some_and(|due| due <= found.today) { (tag(Hue::Amber, t::owners_due(l))) }
        },
    ]
}

/// Claims to one thing, the one that holds first.
pub(super) fn claims(l: Lang, owners: &[Owner]) -> Markup {
    let columns = [
        t::owners_name(l),
        t::owners_claim(l),
        t::owners_source(l),
        t::owners_why(l),
    ]
    .map(Column::text);
    let rows = owners.iter().map(|one| {
        let candidate = &one.candidate;
        vec![
            html! { a href=(href(candidate.owner.0)) { (said_inline(&one.name)) } },
            machine(&candidate.claim.to_string()),
            html! { @if candidate.manual { (t::owners_manual(l)) } @else { (said_inline(&one.source)) } },
            html! { (words::reason(l, candidate.reason)) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        @if rows.is_empty() { p { (t::owners_nobody(l)) } }
        @else { (stack(t::owners_claims(l), &columns, &rows)) }
    }
}

/// What they claim against each other.
async fn conflicts(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let found = app.constituent_conflicts(&officer.who).await?;
    let (all, names) = &*found;
    let more = all.len().saturating_sub(CONFLICTS_SHOWN) as u64;
    let shown = all.get(..CONFLICTS_SHOWN).unwrap_or(all);
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (t::owners_conflicts(l)) }
        p { (t::owners_conflicts_lead(l)) }
        @if all.is_empty() { p.lead { (t::owners_conflicts_none(l)) } }
        @else { (clashes(l, shown, names)) }
        @if more > 0 { p { (t::owners_more(l, more)) } }
    };
    Ok(officer.page.render(t::owners_conflicts(l), body))
}

/// A table of conflicts.
fn clashes(l: Lang, all: &[Conflict], names: &std::collections::BTreeMap<u32, String>) -> Markup {
    let link = |one: &OwnerId| {
        let name = names.get(&one.0).map_or("", String::as_str);
        html! { a href=(href(one.0)) { (said_inline(name)) } }
    };
    let columns = [
        t::owners_claim(l),
        t::owners_clash(l),
        t::owners_holds(l),
        t::owners_others(l),
    ]
    .map(Column::text);
    let rows = all.iter().map(|one| {
        vec![
            machine(&one.claim.to_string()),
            html! {
                @match one.clash {
                    Clash::Same => (t::owners_clash_same(l)),
                    Clash::Hidden => (t::owners_clash_hidden(l)),
                }
                @if let Some(within) = &one.within { " " (machine(&within.to_string())) }
            },
            link(&one.winner),
            html! { ul.plain { @for other in &one.others { li { (link(other)) } } } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    stack(t::owners_conflicts(l), &columns, &rows)
}

/// The fields of the head.
fn fields(app: &App, l: Lang, typed: &Typed, faults: &[Fault]) -> Markup {
    let line = |value, width| Input {
        value,
        autocomplete: Some("off"),
        width,
        ..Input::default()
    };
    let mut named: Vec<(String, String)> = app
        .form
        .taxonomy()
        .sectors()
        .iter()
        .map(|entry| (entry.code.clone(), entry.title.get(l.as_str()).to_owned()))
        .collect();
    let own = typed.sector.clone();
    if !own.is_empty() && !named.iter().any(|(code, _)| *code == own) {
        named.push((own.clone(), own));
    }
    let mut sectors = vec![choice("", t::owners_no_sector(l))];
    sectors.extend(named.iter().map(|(code, name)| choice(code, name)));
    let field = |id: &'static str, label: &'static str| Field::new(l, id, label).error_in(faults);
    html! {
        (input(&field("name", t::owners_name(l)), &line(&typed.name, Width::Full)))
        (select(&field("sector", t::owners_sector(l)), &sectors, Some(&typed.sector)))
        (input(&field("language", t::owners_language(l)).hint(t::owners_language_hint(l)).optional(true), &line(&typed.language, Width::Short)))
        (input(&field("quiet", t::owners_quiet(l)).hint(t::owners_quiet_hint(l)).optional(true), &line(&typed.quiet, Width::Short)))
    }
}

fn typed(form: &Form) -> Typed {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    Typed {
        name: text("name"),
        sector: text("sector"),
        language: text("language"),
        quiet: text("quiet"),
    }
}

fn new_page(app: &App, officer: &Officer, typed: &Typed, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        h1 { (t::owners_new(l)) }
        p { (t::owners_new_note(l)) }
        (form(HOME, Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (fields(app, l, typed, faults))
            (button(Look::Main, t::owners_make(l)))
        }))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    page.render(t::owners_new(l), body)
}

/// A form for a new one.
async fn fresh(State(app): State<App>, officer: Officer) -> Result<Markup> {
    allowed(&officer, Action::WorkReports)?;
    Ok(new_page(&app, &officer, &Typed::default(), &[]))
}

/// A new one.
async fn make(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent.officer, Action::WorkReports)?;
    let typed = typed(&sent.form);
    match typed.read() {
        Ok(heading) => {
            let no = app.make_constituent(&sent.officer.who, heading).await?;
            Ok(Redirect::to(&href(no)).into_response())
        }
        Err(wrong) => {
            let faults = words::faults(sent.officer.page.lang, &wrong);
            let page = new_page(&app, &sent.officer, &typed, &faults);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// All of them as a table.
async fn export(State(app): State<App>, sent: Sent) -> Answer {
    file(&app, &sent.officer.who).await
}

/// The table as a file.
pub(crate) async fn file(app: &App, who: &Principal) -> Result<Response> {
    let table = app.export_constituents(Doer::Officer(who)).await?;
    let name = format!("attachment; filename=\"constituents-{}.csv\"", app.today());
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let media = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, table).into_response())
}
