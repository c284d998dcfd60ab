//! Keeping times: what the rules say, what they would erase, and the register of what was erased.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::report::AppError;
use cairn_app::retention::{ErasedRow, NEWEST, OUTLOOK_DAYS, Outlook, Standing};
use cairn_desk::access::Action;
use cairn_desk::report::Part;
use cairn_kernel::text::csv_cell;
use cairn_kernel::time::Micros;
use futures_util::stream;
use maud::{Markup, html};

use super::doors;
use super::who::{Officer, Sent, token};
use super::words::{self, People};
use crate::components::{
    Column, Encoding, Fault, Field, Look, Tone, button, button_link, buttons, checkbox,
    error_summary, form, machine, neighbours, notice, said_inline, table,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Result;

/// What the rules say and would do.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let outlook = app.retention_outlook(Doer::Officer(&officer.who)).await?;
    Ok(page(&app, &officer, &outlook, &[]))
}

fn page(app: &App, officer: &Officer, outlook: &Outlook, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let (now, soon) = outlook.sums();
    let body = html! {
        (doors(officer, "/desk/retention"))
        (error_summary(l, faults))
        h1 { (t::retention_title(l)) }
        p { (t::retention_why(l)) }
        (standing(officer, outlook, faults))
        h2 { (t::retention_dry(l)) }
        p { (t::retention_dry_note(l, outlook.closed, u64::from(OUTLOOK_DAYS), outlook.held)) }
        @if now + soon == 0 {
            p.lead { (t::retention_dry_none(l, u64::from(OUTLOOK_DAYS))) }
        } @else {
            (counts(app, l, outlook))
        }
        h2 { (t::retention_rules(l)) }
        (rules(app, l, outlook))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    page.render(t::retention_title(l), body)
}

fn standing(officer: &Officer, outlook: &Outlook, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let version = u64::from(outlook.rules.version());
    let field = Field::new(l, "seen", t::retention_seen(l)).error_in(faults);
    match outlook.standing {
        Standing::BuiltIn => html! { p { (t::retention_built_in(l)) } },
        Standing::InForce => html! { p { (t::retention_in_force(l, version)) } },
        Standing::Waiting => notice(
            Tone::Warning,
            "waiting",
            t::retention_waiting(l),
            html! {
                p { (t::retention_waiting_note(l, version)) }
                (form("/desk/retention", Encoding::Pairs, Some(&token(&officer.seen)), html! {
                    input type="hidden" name="rules" value=(outlook.digest);
                    (checkbox(&field, "1", false))
                    (button(Look::Danger, t::retention_accept(l)))
                }))
            },
        ),
    }
}

/// Categories in rows; for each part, at once and soon.
fn counts(app: &App, l: Lang, outlook: &Outlook) -> Markup {
    let mut columns = vec![Column::text(t::queue_category(l))];
    for part in Part::ALL {
        columns.push(Column::number(t::retention_now(l, words::part(l, part))));
        let soon = t::retention_soon(l, u64::from(OUTLOOK_DAYS), words::part(l, part));
        columns.push(Column::number(soon));
    }
    let rows: Vec<Vec<Markup>> = outlook
        .counts
        .iter()
        .map(|(category, counts)| {
            let mut cells = vec![html! { (words::category(&app.form, l, category, None)) }];
            for (now, soon) in counts.now.iter().zip(&counts.soon) {
                cells.push(html! { (now) });
                cells.push(html! { (soon) });
            }
            cells
        })
        .collect();
    table(t::retention_dry(l), &columns, &rows)
}

fn rules(app: &App, l: Lang, outlook: &Outlook) -> Markup {
    let columns = [
        t::retention_rule(l),
        t::retention_for(l),
        t::retention_part(l),
        t::retention_kept(l),
        t::retention_because(l),
    ]
    .map(Column::text);
    let mut rows = Vec::new();
    for rule in outlook.rules.all() {
        for (part, term) in &rule.terms {
            let about = rule.category.as_ref().map_or_else(
                || t::retention_all(l).to_owned(),
                |category| words::category(&app.form, l, category, rule.subtype.as_deref()),
            );
            let kept = match term.days {
                Some(days) => t::retention_days(l, days),
                None => t::retention_never(l).to_owned(),
            };
            rows.push(vec![
                machine(&rule.id),
                html! { (about) },
                html! { (words::part(l, *part)) },
                html! { (kept) },
                html! { (term.reason.get(l.as_str())) br; span.hint { (term.law.get(l.as_str())) } },
            ]);
        }
    }
    table(t::retention_rules(l), &columns, &rows)
}

/// Into force, once what they erase was seen.
pub(super) async fn accept(State(app): State<App>, sent: Sent) -> Result<Response> {
    let l = sent.officer.page.lang;
    let outlook = app
        .retention_outlook(Doer::Officer(&sent.officer.who))
        .await?;
    let fault = |text: &str| {
        vec![Fault {
            field: "seen".into(),
            text: text.to_owned(),
        }]
    };
    let digest = sent.form.get("rules").unwrap_or_default();
    let (status, faults) = if sent.form.get("seen").is_none() {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            fault(t::retention_seen_first(l)),
        )
    } else {
        match app.accept_retention(&sent.officer.who, digest).await {
            Ok(()) => return Ok(Redirect::to("/desk/retention").into_response()),
            Err(AppError::Conflict) => (StatusCode::CONFLICT, fault(t::retention_changed(l))),
            Err(error) => return Err(error.into()),
        }
    };
    Ok((status, page(&app, &sent.officer, &outlook, &faults)).into_response())
}

/// Where a page of the register begins.
fn place(query: &str) -> Result<Option<(Micros, i64, i64)>> {
    let form = Form::parse(query.as_bytes())?;
    let before = form.get("before").unwrap_or_default();
    let mut numbers = before.split('.').map(|number| number.parse::<i64>().ok());
    let mut next = || numbers.next().flatten();
    Ok(match (next(), next(), next()) {
        (Some(at), Some(no), Some(version)) => Some((Micros(at), no, version)),
        _ => None,
    })
}

/// The register.
pub(super) async fn register(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let from = place(officer.page.uri.query().unwrap_or_default())?;
    let found = app.register(&officer.who, from.unwrap_or(NEWEST)).await?;
    let counts = app.register_counts(&officer.who).await?;
    let people = app.people(&officer.who).await?;
    let older = found
        .next
        .map(|(at, no, version)| format!("/desk/erased?before={}.{no}.{version}", at.0));
    let columns = [
        t::case_when(l),
        t::audit_report(l),
        t::retention_part(l),
        t::retention_rule(l),
        t::case_who(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = found
        .lines
        .iter()
        .map(|line| cells(&app, &officer, &people, line))
        .collect();
    let body = html! {
        (doors(&officer, "/desk/audit"))
        h1 { (t::erased_title(l)) }
        p { (t::erased_why(l)) }
        @if rows.is_empty() {
            p.lead { (t::erased_none(l)) }
        } @else {
            (sums(l, &counts))
            (buttons(button_link(Look::Plain, "/desk/erased.csv", t::erased_csv(l))))
            (table(t::erased_title(l), &columns, &rows))
        }
        @if from.is_some() { p { a href="/desk/erased" { (t::audit_newest(l)) } } }
        (neighbours(l, None, older.as_deref()))
    };
    Ok(officer.page.render(t::erased_title(l), body))
}

fn sums(l: Lang, counts: &[(String, String, i64)]) -> Markup {
    let columns = [
        Column::text(t::retention_rule(l)),
        Column::text(t::retention_part(l)),
        Column::number(t::erased_reports(l)),
    ];
    let rows: Vec<Vec<Markup>> = counts
        .iter()
        .map(|(rule, part, count)| vec![by_rule(l, rule, 0), named(l, part), html! { (count) }])
        .collect();
    table(t::erased_sums(l), &columns, &rows)
}

fn named(l: Lang, part: &str) -> Markup {
    let known = Part::parse(part).map(|part| words::part(l, part));
    html! { (known.unwrap_or(part)) }
}

fn by_rule(l: Lang, rule: &str, version: i64) -> Markup {
    html! {
        @if rule.is_empty() { (t::erased_by_hand(l)) } @else {
            (machine(rule)) @if version > 0 { ", " (t::erased_version(l, version)) }
        }
    }
}

fn cells(app: &App, officer: &Officer, people: &People, line: &ErasedRow) -> Vec<Markup> {
    let l = officer.page.lang;
    let what = match line.case() {
        Some(no) => (format!("/desk/cases/{no}#files"), t::cases_one(l, no)),
        None => {
            let reference = app.reference(line.no);
            (format!("/desk/reports/{reference}"), reference)
        }
    };
    let who = match line.doer.split_once(':') {
        Some((_, id)) => words::person(people, id),
        None if line.doer == "system" => html! { (t::case_who_system(l)) },
        None if line.doer == "reporter" => html! { (t::case_who_reporter(l)) },
        None => html! { (said_inline(&line.doer)) },
    };
    vec![
        html! { (officer.page.moment(line.at)) },
        html! {
            @if officer.who.may(Action::ReadReports) {
                a href=(what.0) { (what.1) }
            } @else {
                (machine(&what.1))
            }
        },
        named(l, &line.part),
        by_rule(l, &line.rule, line.rules),
        who,
    ]
}

/// The whole register as CSV, piece by piece as it is read.
pub(super) async fn csv(State(app): State<App>, officer: Officer) -> Result<Response> {
    // Asked before the first byte, so that a refusal is a refusal.
    let first = app.register(&officer.who, NEWEST).await?.into_inner();
    let who = officer.who.clone();
    let head = "erased_at,reference,part,rule,rules_version,by\r\n".to_owned();
    let state = (app, who, Some(first), head);
    let pieces = stream::try_unfold(state, |(app, who, page, mut out)| async move {
        let Some(page) = page else {
            return Ok::<_, AppError>(None);
        };
        for line in &page.lines {
            out.push_str(&csv_line(&app, line));
        }
        let next = match page.next {
            Some(place) => Some(app.register(&who, place).await?.into_inner()),
            None => None,
        };
        Ok(Some((out, (app, who, next, String::new()))))
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"erased.csv\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// No cell holds a comma or a quote: times, references, codes and ids do not.
fn csv_line(app: &App, line: &ErasedRow) -> String {
    let rule = if line.rule.is_empty() {
        "by_hand"
    } else {
        &line.rule
    };
    let what = match line.case() {
        Some(no) => format!("case/{no}"),
        None => app.reference(line.no),
    };
    format!(
        "{},{},{},{},{},{}\r\n",
        line.at,
        what,
        line.part,
        csv_cell(rule),
        line.rules,
        csv_cell(&line.doer)
    )
}
