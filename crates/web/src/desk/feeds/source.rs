//! One source: how it stands, and what leads and administrators decide of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::feeds::source::{SourceError, SourceView};
use cairn_app::feeds::ways::formats;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::source::{SourceFault, SourceKind, SourceWanted};
use maud::{Markup, html};

use super::{HOME, UPLOAD, arrivals, doors, page_number, source_href, words};
use crate::components::{
    Choice, Encoding, Fault, Field, Input, Look, Row, Tone, Width, back_link, button, button_link,
    buttons, checkbox, choice, error_summary, form, input, machine, notice, said_inline, select,
    summary_list, textarea,
};
use crate::desk::who::{Officer, Sent, token};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// Rows of the field for senders.
const SENDER_ROWS: u8 = 4;

/// What somebody typed.
struct Typed {
    code: String,
    wanted: SourceWanted,
    /// Numbers as they were typed, which may be none.
    hours: String,
    quota: String,
    every: String,
}

impl Typed {
    fn of(code: &str, wanted: &SourceWanted) -> Self {
        let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
        Self {
            code: code.to_owned(),
            hours: number(wanted.window_hours.map(u64::from)),
            quota: number(wanted.quota_rows),
            every: wanted.every_minutes.to_string(),
            wanted: wanted.clone(),
        }
    }

    /// What a form says, and what in it is no number.
    fn read(form: &Form) -> (Self, Vec<SourceFault>) {
        let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
        let mut faults = Vec::new();
        let mut number = |name: &str, fault| match text(name).as_str() {
            "" => None,
            text => {
                let number = text.parse::<u64>();
                if number.is_err() {
                    faults.push(fault);
                }
                number.ok()
            }
        };
        let hours = number("window_hours", SourceFault::Window);
        let quota_rows = number("quota_rows", SourceFault::Quota);
        let every = number("every_minutes", SourceFault::Every);
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let senders = text("senders");
        let wanted = SourceWanted {
            name: text("name"),
            format: text("format"),
            file: text("file"),
            feed: text("feed"),
            provider: text("provider"),
            window_hours: hours.map(small),
            complete: form.get("complete").is_some(),
            first: form.get("first").is_some(),
            quota_rows,
            // A kind that is not looked at has no such field.
            every_minutes: every.map_or(60, small),
            address: text("address"),
            downloads: text("downloads"),
            key: text("key"),
            reports: text("reports"),
            file_name: text("file_name"),
            senders: senders.split([',', '\n']).map(str::to_owned).collect(),
            live: form.get("live").is_some(),
        };
        let typed = Self {
            code: text("code"),
            wanted,
            hours: text("window_hours"),
            quota: text("quota_rows"),
            every: text("every_minutes"),
        };
        (typed, faults)
    }
}

/// A form for a new one: its kind is chosen first.
pub(super) async fn fresh(State(_): State<App>, officer: Officer) -> Result<Markup> {
    super::allowed(&officer, Action::ManageFeeds)?;
    let query = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    match query.get("kind").and_then(SourceKind::parse) {
        Some(kind) => {
            let typed = Typed::of("", &SourceWanted::fresh(kind));
            Ok(new_page(&officer, kind, &typed, &[]))
        }
        None => Ok(kinds(&officer)),
    }
}

fn kinds(officer: &Officer) -> Markup {
    let l = officer.page.lang;
    let hint = |kind| match kind {
        SourceKind::Upload => t::feeds_about_upload(l),
        SourceKind::Folder => t::feeds_about_folder(l),
        SourceKind::Mail => t::feeds_about_mail(l),
        SourceKind::Pull => t::feeds_about_pull(l),
        SourceKind::Shadowserver => t::feeds_about_shadowserver(l),
    };
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        h1 { (t::feeds_new(l)) }
        p { (t::feeds_new_lead(l)) }
        ul {
            @for kind in SourceKind::ALL {
                li {
                    a href={ (HOME) "/sources/new?kind=" (kind.as_str()) } { (words::way(l, kind)) }
                    ": " (hint(kind))
                }
            }
        }
    };
    officer.page.render(t::feeds_new(l), body)
}

fn new_page(officer: &Officer, kind: SourceKind, typed: &Typed, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let line = Input {
        value: &typed.code,
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        (error_summary(l, faults))
        h1 { (t::feeds_new(l)) }
        p { (words::way(l, kind)) }
        (form("/desk/feeds/sources", Encoding::Pairs, Some(&token(&officer.seen)), html! {
            input type="hidden" name="kind" value=(kind.as_str());
            (input(&Field::new(l, "code", t::feeds_code(l)).hint(t::feeds_code_hint(l)).error_in(faults), &line))
            (fields(l, kind, typed, faults))
            (button(Look::Main, t::feeds_make(l)))
        }))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    page.render(t::feeds_new(l), body)
}

fn fields(l: Lang, kind: SourceKind, typed: &Typed, faults: &[Fault]) -> Markup {
    let wanted = &typed.wanted;
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let number = |value| Input {
        value,
        inputmode: Some("numeric"),
        autocomplete: Some("off"),
        width: Width::Short,
        ..Input::default()
    };
    let field = |id, label| Field::new(l, id, label).error_in(faults);
    let all: Vec<&str> = formats().collect();
    let mut choices: Vec<Choice<'_>> = vec![choice("schema", t::feeds_format_schema(l))];
    choices.extend(all.iter().map(|name| choice(name, name)));
    html! {
        (input(&field("name", t::feeds_name(l)), &line(&wanted.name)))
        (way_fields(l, kind, typed, faults))
        (select(&field("format", t::feeds_format(l)), &choices, Some(&wanted.format)))
        (input(&field("file", t::feeds_schema(l)).hint(t::feeds_schema_hint(l)).optional(true), &line(&wanted.file)))
        (input(&field("feed", t::feeds_feed(l)).hint(t::feeds_feed_hint(l)).optional(true), &line(&wanted.feed)))
        (input(&field("provider", t::feeds_provider(l)).optional(true), &line(&wanted.provider)))
        (input(&field("window_hours", t::feeds_window(l)).hint(t::feeds_window_hint(l)).optional(true), &number(&typed.hours)))
        (input(&field("quota_rows", t::feeds_quota(l)).hint(t::feeds_quota_hint(l)).optional(true), &number(&typed.quota)))
        (checkbox(&field("complete", t::feeds_complete(l)), "1", wanted.complete))
        (checkbox(&field("first", t::feeds_first(l)), "1", wanted.first))
        (checkbox(&field("live", t::hooks_live(l)), "1", wanted.live))
    }
}

/// What only some kinds have.
fn way_fields(l: Lang, kind: SourceKind, typed: &Typed, faults: &[Fault]) -> Markup {
    let wanted = &typed.wanted;
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let field = |id, label| Field::new(l, id, label).error_in(faults);
    let address = match kind {
        SourceKind::Folder => (t::feeds_folder(l), t::feeds_folder_hint(l)),
        SourceKind::Shadowserver => (t::feeds_api(l), t::feeds_address_hint(l)),
        _ => (t::feeds_address(l), t::feeds_address_hint(l)),
    };
    let senders = wanted.senders.join("\n");
    let every = Input {
        value: &typed.every,
        inputmode: Some("numeric"),
        autocomplete: Some("off"),
        width: Width::Short,
        ..Input::default()
    };
    html! {
        @if kind.is_looked_at() {
            (input(&field("address", address.0).hint(address.1), &line(&wanted.address)))
        }
        @if kind == SourceKind::Pull {
            (input(&field("file_name", t::feeds_file_name(l)).hint(t::feeds_file_name_hint(l)).optional(true), &line(&wanted.file_name)))
        }
        @if kind == SourceKind::Shadowserver {
            (input(&field("downloads", t::feeds_downloads(l)), &line(&wanted.downloads)))
            (input(&field("key", t::feeds_key(l)).hint(t::feeds_key_hint(l)), &line(&wanted.key)))
            (input(&field("reports", t::feeds_reports(l)).hint(t::feeds_reports_hint(l)).optional(true), &line(&wanted.reports)))
        }
        @if kind == SourceKind::Mail {
            (textarea(&field("senders", t::feeds_senders(l)).hint(t::feeds_senders_hint(l)), &senders, SENDER_ROWS, None))
        }
        @if kind.is_looked_at() {
            (input(&field("every_minutes", t::feeds_every(l)), &every))
        }
    }
}

/// A new one.
pub(super) async fn make(State(app): State<App>, sent: Sent) -> Result<Response> {
    let officer = &sent.officer;
    super::allowed(officer, Action::ManageFeeds)?;
    let kind = sent.form.get("kind").and_then(SourceKind::parse);
    let kind = kind.ok_or_else(Problem::bad_request)?;
    let (typed, mut wrong) = Typed::read(&sent.form);
    if wrong.is_empty() {
        match app
            .make_source(&officer.who, (&typed.code, kind), &typed.wanted)
            .await
        {
            Ok(no) => return Ok(Redirect::to(&source_href(no)).into_response()),
            Err(SourceError::Faults(faults)) => wrong = faults,
            Err(SourceError::App(other)) => return Err(other.into()),
        }
    }
    let faults = words::faults(officer.page.lang, &wrong);
    let page = new_page(officer, kind, &typed, &faults);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Its page.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    one_page(&app, &officer, super::number(&no)?, None, &[]).await
}

async fn one_page(
    app: &App,
    officer: &Officer,
    no: i64,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> Result<Markup> {
    let l = officer.page.lang;
    let found = app.source(&officer.who, no).await?;
    let (view, all) = (&found.0, &found.1);
    let as_it_is = Typed::of(&view.code, &view.wanted);
    let csrf = token(&officer.seen);
    let may = |action| officer.who.may(action);
    let looks = view.kind.is_looked_at() && view.wanted.live && may(Action::WorkReports);
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        (error_summary(l, faults))
        h1 { (said_inline(&view.wanted.name)) }
        p { (words::standing(l, view)) }
        @if let Some(error) = &view.looked.error {
            (notice(Tone::Warning, "error", t::feeds_fails(l), html! { p { (said_inline(error)) } }))
        }
        (facts(officer, view))
        (buttons(html! {
            @if may(Action::WorkReports) && view.wanted.live {
                (button_link(Look::Plain, &format!("{UPLOAD}?source={no}"), t::feeds_send(l)))
            }
            @if looks {
                (form(&format!("{}/look", source_href(no)), Encoding::Pairs, Some(&csrf), button(Look::Plain, t::feeds_look(l))))
            }
        }))
        h2 { (t::feeds_newest(l)) }
        @if all.is_empty() { p { (t::feeds_newest_none(l)) } }
        @else { (arrivals(&officer.page, all)) }
        @if may(Action::ManageFeeds) {
            h2 { (t::feeds_change(l)) }
            (form(&source_href(no), Encoding::Pairs, Some(&csrf), html! {
                input type="hidden" name="version" value=(view.version);
                (fields(l, view.kind, typed.unwrap_or(&as_it_is), faults))
                (button(Look::Main, t::hooks_save(l)))
            }))
            @if view.kind.asks() { (secret_form(l, view, &csrf)) }
            h2 { (t::feeds_remove(l)) }
            p { (t::feeds_remove_note(l)) }
            (form(&format!("{}/remove", source_href(no)), Encoding::Pairs, Some(&csrf), html! {
                input type="hidden" name="version" value=(view.version);
                (button(Look::Danger, t::feeds_remove(l)))
            }))
        }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(&view.wanted.name, body))
}

fn secret_form(l: Lang, view: &SourceView, csrf: &str) -> Markup {
    let hint = match view.kind {
        SourceKind::Shadowserver => t::feeds_secret_hint_api(l),
        _ => t::feeds_secret_hint(l),
    };
    let typed = Input {
        kind: "password",
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        h2 { (t::feeds_secret(l)) }
        p { @if view.has_secret { (t::feeds_secret_is(l)) } @else { (t::feeds_secret_none(l)) } }
        (form(&format!("{}/secret", source_href(view.no)), Encoding::Pairs, Some(csrf), html! {
            input type="hidden" name="version" value=(view.version);
            (input(&Field::new(l, "secret", t::feeds_secret_new(l)).hint(hint).optional(true), &typed))
            (button(Look::Plain, t::feeds_secret_save(l)))
        }))
    }
}

fn facts(officer: &Officer, view: &SourceView) -> Markup {
    let (l, page, wanted) = (officer.page.lang, &officer.page, &view.wanted);
    let mut rows = vec![
        Row::new(t::feeds_code(l), machine(&view.code)),
        Row::new(t::feeds_kind(l), html! { (words::way(l, view.kind)) }),
        Row::new(
            t::feeds_format(l),
            html! { (machine(&wanted.format)) " " (said_inline(&wanted.file)) },
        ),
    ];
    if let Some(mailbox) = &view.mailbox {
        rows.push(Row::new(t::feeds_mailbox(l), machine(mailbox)));
    }
    if !wanted.address.is_empty() {
        rows.push(Row::new(t::feeds_address(l), said_inline(&wanted.address)));
    }
    if let Some(at) = view.looked.at {
        let at = page.moment(cairn_kernel::time::Micros(at));
        rows.push(Row::new(
            t::feeds_looked(l),
            html! { (at) ", " (t::feeds_looked_came(l, view.looked.came)) },
        ));
    }
    if let Some(next) = view.next_at {
        rows.push(Row::new(
            t::feeds_next_look(l),
            html! { (page.moment(next)) },
        ));
    }
    let number = |number| html! { (page_number(l, number)) };
    rows.push(Row::new(
        t::feeds_rows_today(l),
        html! {
            (page_number(l, view.rows_today))
            @if let Some(quota) = wanted.quota_rows { " / " (page_number(l, quota)) }
        },
    ));
    rows.push(Row::new(t::feeds_bad_today(l), number(view.bad_today)));
    if wanted.first {
        rows.push(Row::new(
            t::feeds_priority(l),
            html! { (t::feeds_first(l)) },
        ));
    }
    summary_list(l, &rows)
}

fn version(form: &Form) -> i64 {
    let typed = form.get("version").and_then(|text| text.parse().ok());
    typed.unwrap_or_default()
}

/// Changed.
pub(super) async fn change(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let officer = &sent.officer;
    super::allowed(officer, Action::ManageFeeds)?;
    let l = officer.page.lang;
    let no = super::number(&no)?;
    let (typed, mut wrong) = Typed::read(&sent.form);
    let (mut status, mut moved) = (StatusCode::UNPROCESSABLE_ENTITY, Vec::new());
    if wrong.is_empty() {
        let place = (no, version(&sent.form));
        match app.change_source(&officer.who, place, &typed.wanted).await {
            Ok(()) => return Ok(Redirect::to(&source_href(no)).into_response()),
            Err(SourceError::Faults(faults)) => wrong = faults,
            Err(SourceError::App(AppError::Conflict)) => {
                status = StatusCode::CONFLICT;
                moved.push(Fault {
                    field: "name".to_owned(),
                    text: t::feeds_moved(l).to_owned(),
                });
            }
            Err(SourceError::App(other)) => return Err(other.into()),
        }
    }
    moved.extend(words::faults(l, &wrong));
    let page = one_page(&app, officer, no, Some(&typed), &moved).await?;
    Ok((status, page).into_response())
}

/// Another secret.
pub(super) async fn secret(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let no = super::number(&no)?;
    let secret = sent.form.get("secret").unwrap_or_default();
    let place = (no, version(&sent.form));
    app.source_secret(&sent.officer.who, place, secret).await?;
    Ok(Redirect::to(&source_href(no)).into_response())
}

/// Looked at.
pub(super) async fn look(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let no = super::number(&no)?;
    app.look_at_source(&sent.officer.who, no).await?;
    Ok(Redirect::to(&source_href(no)).into_response())
}

/// Taken away.
pub(super) async fn remove(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let place = (super::number(&no)?, version(&sent.form));
    app.remove_source(&sent.officer.who, place).await?;
    Ok(Redirect::to(HOME).into_response())
}
