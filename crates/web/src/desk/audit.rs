//! The audit trail, and reports taken out in bulk.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::account::{Doer, Principal};
use cairn_app::audit::{AuditLine, AuditQuery, Logged};
use cairn_app::export::{COLUMNS, ExportQuery, Format};
use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_desk::track::TrackChange;
use cairn_desk::{cases, challenge, notice, observable, rules, shift};
use futures_util::stream;
use maud::{Markup, html};

use super::doors;
use super::who::{Officer, Sent, token};
use super::words::{self, People};
use crate::components::{
    Choice, Column, Encoding, Field, Input, Look, button, button_link, buttons, form, input,
    machine, neighbours, said, select, table,
};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::{Problem, Result};

fn choice<'a>(value: &'a str, label: &'a str) -> Choice<'a> {
    Choice {
        value,
        label,
        ..Choice::default()
    }
}

fn asked(query: &str) -> Result<AuditQuery> {
    let form = Form::parse(query.as_bytes())?;
    let own = |name: &str| {
        form.get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Ok(AuditQuery {
        account: own("account"),
        report: own("report"),
        challenge: own("challenge"),
        kind: own("kind"),
        before: form.get("before").and_then(|before| before.parse().ok()),
    })
}

fn href(query: &AuditQuery, before: Option<i64>) -> String {
    let mut address = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("account", &query.account),
        ("report", &query.report),
        ("challenge", &query.challenge),
        ("kind", &query.kind),
    ] {
        if let Some(value) = value {
            address.append_pair(name, value);
        }
    }
    if let Some(before) = before {
        address.append_pair("before", &before.to_string());
    }
    format!("/desk/audit?{}", address.finish())
}

/// A page of the trail.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let query = asked(officer.page.uri.query().unwrap_or_default())?;
    let found = app.audit(&officer.who, &query).await?;
    let people = app.people(&officer.who).await?;
    let older = found.next.map(|next| href(&query, Some(next)));
    let newest = query.before.is_some().then(|| href(&query, None));
    let columns = [
        t::case_index(l),
        t::case_when(l),
        t::case_who(l),
        t::case_what(l),
        t::audit_report(l),
    ];
    let rows: Vec<Vec<Markup>> = found
        .lines
        .iter()
        .map(|line| row(&app, &officer, &people, line))
        .collect();
    let body = html! {
        (doors(&officer, "/desk/audit"))
        h1 { (t::audit_title(l)) }
        p { (t::audit_why(l)) " " a href="/desk/erased" { (t::erased_title(l)) } }
        (filters(&officer, &people, &query))
        @if rows.is_empty() {
            p.lead { (t::audit_none(l)) }
        } @else {
            (table(t::audit_title(l), &columns.map(Column::text), &rows))
        }
        @if let Some(newest) = newest { p { a href=(newest) { (t::audit_newest(l)) } } }
        (neighbours(l, None, older.as_deref()))
    };
    Ok(officer.page.render(t::audit_title(l), body))
}

fn filters(officer: &Officer, people: &People, query: &AuditQuery) -> Markup {
    let l = officer.page.lang;
    let mut accounts = vec![choice("", t::audit_anyone(l))];
    for (id, person) in people.iter().filter(|(_, person)| !person.partner) {
        accounts.push(choice(id, &person.name));
    }
    let mut kinds = vec![choice("", t::audit_any(l))];
    let all = words::REPORT_KINDS.iter().chain(&AccountChange::KINDS);
    for kind in all
        .chain(&words::CLUSTER_KINDS)
        .chain(&TrackChange::KINDS)
        .chain(&challenge::Change::KINDS)
        .chain(&cases::Change::KINDS)
        .chain(&observable::Change::KINDS)
        .chain(&shift::Change::KINDS)
        .chain(&rules::Change::KINDS)
        .chain(&notice::Change::KINDS)
    {
        kinds.push(choice(kind, words::kind(l, kind)));
    }
    let line = |value: &Option<String>, name: &str, label: &'static str| {
        let typed = Input {
            value: value.as_deref().unwrap_or_default(),
            autocomplete: Some("off"),
            ..Input::default()
        };
        input(&Field::new(l, name, label), &typed)
    };
    html! {
        form.filters method="get" action="/desk/audit" role="search" {
            (select(&Field::new(l, "account", t::audit_account(l)), &accounts, query.account.as_deref()))
            (select(&Field::new(l, "kind", t::audit_kind(l)), &kinds, query.kind.as_deref()))
            (line(&query.report, "report", t::audit_report(l)))
            (line(&query.challenge, "challenge", t::audit_challenge(l)))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, "/desk/audit", t::queue_clear(l)))
            }))
        }
    }
}

/// What happened to the challenge of a figure; a link for who may read it.
fn of_challenge(officer: &Officer, event: &challenge::Event) -> Markup {
    html! {
        (words::kind(officer.page.lang, event.change.kind())) ": "
        @if officer.who.may(Action::ReadChallenges) {
            a href={ "/desk/challenges/" (event.challenge) } { (challenge::reference(event.challenge)) }
        } @else {
            (challenge::reference(event.challenge))
        }
    }
}

/// What happened to a case; a link for who may read it.
fn of_case(app: &App, officer: &Officer, people: &People, event: &cases::Event) -> Markup {
    let l = officer.page.lang;
    html! {
        @if officer.who.may(Action::ReadReports) {
            a href={ "/desk/cases/" (event.case) } { (t::cases_one(l, event.case)) }
        } @else {
            (t::cases_one(l, event.case))
        }
        ": " (super::cases::event_words(&officer.page, app, people, &event.change))
    }
}

/// What happened to a rule; a link for who may read it.
fn of_rule(officer: &Officer, event: &rules::Event) -> Markup {
    let l = officer.page.lang;
    html! {
        @if officer.who.may(Action::ReadReports) {
            @if event.rule == notice::BOOK { a href=(super::notices::book_href()) { (t::told_rules(l)) } }
            @else { a href=(super::rules::href(event.rule)) { (t::rules_no(l, event.rule)) } }
        } @else if event.rule == notice::BOOK {
            (t::told_rules(l))
        } @else {
            (t::rules_no(l, event.rule))
        }
        ": " (super::rules::event_words(l, &event.change))
    }
}

fn row(app: &App, officer: &Officer, people: &People, line: &AuditLine) -> Vec<Markup> {
    let l = officer.page.lang;
    let (who, what, about) = match &line.what {
        Logged::Report(event) => (
            words::actor(l, people, &event.by),
            words::change(app, l, people, &event.change),
            Some(event.report),
        ),
        Logged::Account(event) => {
            let about = match event.change {
                AccountChange::ReportOpened { no } => Some(no),
                _ => None,
            };
            (
                words::actor(l, people, &event.by),
                words::account_change(app, l, people, &event.change),
                about,
            )
        }
        Logged::Challenge(event) => (
            words::challenger(l, people, &event.by),
            of_challenge(officer, event),
            None,
        ),
        Logged::Cluster(event) => (
            words::actor(l, people, &event.by),
            super::cluster::logged(app, l, &event.change, officer.who.may(Action::ReadReports)),
            event.report(),
        ),
        Logged::Case(event) => (
            words::actor(l, people, &event.by),
            of_case(app, officer, people, event),
            None,
        ),
        Logged::Observable(event) => (
            words::actor(l, people, &event.by),
            html! { (words::kind(l, event.change.kind())) ": " (event.observable) },
            None,
        ),
        Logged::Shift(event) => (
            words::actor(l, people, &event.by),
            html! { (words::kind(l, event.change.kind())) ": " (t::shift_note_no(l, event.handover)) },
            None,
        ),
        Logged::Rule(event) => (
            words::actor(l, people, &event.by),
            of_rule(officer, event),
            None,
        ),
        Logged::Notice(event) => (
            words::actor(l, people, &event.by),
            super::notices::logged(l, event),
            None,
        ),
        Logged::Track(event) => (
            words::actor(l, people, &event.by),
            words::track_change(l, people, &event.change),
            None,
        ),
        Logged::Other(json) => {
            let what = html! { (t::event_unknown(l)) (said(json)) };
            (html! {}, what, None)
        }
    };
    vec![
        html! { (line.index) },
        html! { (officer.page.moment(line.at)) },
        who,
        what,
        reference(app, officer, about),
    ]
}

/// The report concerned; a link for who may read it.
fn reference(app: &App, officer: &Officer, about: Option<i64>) -> Markup {
    let reads = officer.who.may(Action::ReadReports);
    html! {
        @if let Some(reference) = about.map(|no| app.reference(no)) {
            @if reads {
                a href={ "/desk/reports/" (reference) } { (reference) }
            } @else {
                (machine(&reference))
            }
        }
    }
}

/// What an export holds, and the form.
pub(super) async fn export(State(app): State<App>, officer: Officer) -> Result<Markup> {
    if !officer.who.may(Action::ExportReports) {
        return Err(Problem::new(crate::problem::Kind::Forbidden));
    }
    let l = officer.page.lang;
    let formats = [choice("csv", "CSV"), choice("jsonl", "JSON Lines")];
    let mut categories = vec![choice("", t::queue_all_categories(l))];
    for category in app.form.taxonomy().categories() {
        categories.push(choice(&category.code, category.title.get(l.as_str())));
    }
    let columns = [t::export_column(l), t::export_meaning(l)].map(Column::text);
    let rows: Vec<Vec<Markup>> = COLUMNS
        .iter()
        .map(|(name, meaning)| vec![machine(name), html! { span lang="en" { (meaning) } }])
        .collect();
    let body = html! {
        (doors(&officer, "/desk/export"))
        h1 { (t::export_title(l)) }
        p { (t::export_why(l)) }
        (form("/desk/export", Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (select(&Field::new(l, "format", t::export_format(l)), &formats, None))
            (select(&Field::new(l, "category", t::queue_category(l)), &categories, None))
            (button(Look::Main, t::export_button(l)))
        }))
        h2 { (t::export_columns(l)) }
        (table(t::export_columns(l), &columns, &rows))
    };
    Ok(officer.page.render(t::export_title(l), body))
}

/// The file, piece by piece as it is read from the store.
pub(super) async fn exported(State(app): State<App>, sent: Sent) -> Result<Response> {
    let format = sent.form.get("format").and_then(Format::parse);
    let category = sent.form.get("category").filter(|code| !code.is_empty());
    let category = category.map(str::to_owned);
    export_file(
        &app,
        &sent.officer.who,
        format.unwrap_or_default(),
        category,
    )
    .await
}

/// The same for whoever may.
pub(crate) async fn export_file(
    app: &App,
    who: &Principal,
    format: Format,
    category: Option<String>,
) -> Result<Response> {
    let query = ExportQuery { format, category };
    let doer = Doer::Officer(who);
    let export = app.begin_export(doer, query).await?;
    let pieces = stream::try_unfold(export, |mut export| async move {
        Ok::<_, cairn_app::report::AppError>(export.next().await?.map(|piece| (piece, export)))
    });
    let day = app.clock.now().to_string();
    let day: String = day.chars().take(10).collect();
    let name = format!("attachment; filename=\"reports-{day}.{}\"", format.as_str());
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.media_type()),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
