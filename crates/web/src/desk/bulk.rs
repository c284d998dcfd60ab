//! One thing done to many reports: choosing from a list, saying what, and what became of each.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::bulk::rows::{Bulk, Chosen};
use cairn_app::bulk::{REPLIES_ALONE_MAX, REPORTS_MAX, Whole};
use cairn_app::cluster::REPLY_LANGUAGES;
use cairn_app::report::AppError;
use cairn_app::report::rows::Summary;
use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_desk::bulk::{Deeds, Fate, Refusal, Stage, Wish};
use cairn_desk::report::MESSAGE_CHARS_MAX;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::choices::{self, Choices, or_keep};
use super::who::{Officer, Sent, token};
use super::words::{self, People};
use super::{case, doors};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Look, Tone, back_link, button, button_link, button_named,
    buttons, details, error_summary, form, neighbours, notice, said, select, stack, tag, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

type Answer = Result<Response, Problem>;

/// Leaves a setting as it is.
const KEEP: &str = "";
/// Nobody has it from then on.
const NOBODY: &str = "nobody";

/// A list of reports in a form by which some of them are chosen.
pub(super) fn choosing(officer: &Officer, line: &str, severe: bool, rows: Markup) -> Markup {
    let l = officer.page.lang;
    if !officer.who.may(Action::WorkReports) {
        return rows;
    }
    let most = REPORTS_MAX as u64;
    let bar = [
        ("category", t::queue_category(l)),
        ("severity", t::bulk_severity(l)),
        ("assign", t::bulk_assign(l)),
        ("reply", t::kb_reply(l)),
        ("done", t::kb_done(l)),
    ];
    form(
        "/desk/bulk",
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        html! {
            input type="hidden" name="q" value=(line);
            @if severe { input type="hidden" name="order" value="severe"; }
            (rows)
            section.bulk aria-label=(t::bulk_bar(l)) {
                (buttons(html! {
                    (button(Look::Main, t::bulk_open(l)))
                    @for (first, text) in bar { (button_named(Look::Plain, "first", first, text)) }
                    (button_named(Look::Plain, "all", "1", &t::bulk_open_all(l, most)))
                }))
            }
        },
    )
}

/// The box by which a report is chosen, in the version that is shown.
pub(super) fn pick(l: Lang, reference: &str, version: i64) -> Markup {
    html! {
        label.pick {
            input type="checkbox" name="report" value={ (reference) "." (version) } aria-label=(t::bulk_pick(l, reference));
        }
    }
}

/// What waits for a second officer, above lists; nothing where nothing does.
pub(super) async fn strip(app: &App, officer: &Officer) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let asked = app.bulks_asked(&officer.who).await?.into_inner();
    Ok(html! {
        @if let Some(first) = asked.first() {
            section.strip aria-labelledby="bulk-asked" {
                h2 #bulk-asked { (t::bulk_title(l)) }
                @let href = if asked.len() == 1 { format!("/desk/bulk/{}", first.no) } else { "/desk/bulk".to_owned() };
                p { a href=(href) { (t::bulk_strip(l, asked.len() as u64)) } }
            }
        }
    })
}

/// What was chosen: references with the versions that were seen.
fn chosen(form: &Form) -> Vec<(&str, i64)> {
    let pairs = form.all("report").filter_map(|one| one.rsplit_once('.'));
    pairs
        .filter_map(|(reference, version)| Some((reference, version.parse().ok()?)))
        .collect()
}

fn back(form: &Form) -> String {
    let severe = form.get("order") == Some("severe");
    case::href(form.get("q").unwrap_or_default(), severe, None)
}

/// What is to be done to the reports that were chosen.
pub(super) async fn choose(State(app): State<App>, sent: Sent) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let mut more = false;
    let mut seen: Vec<(String, i64)> = chosen(typed)
        .into_iter()
        .map(|(reference, version)| (reference.to_owned(), version))
        .collect();
    if typed.get("all").is_some() {
        let line = typed.get("q").unwrap_or_default();
        let severe = typed.get("order") == Some("severe");
        let found = app
            .bulk_find(&officer.who, line, severe)
            .await?
            .into_inner();
        more = found.more;
        seen = found
            .reports
            .iter()
            .map(|row| (app.reference(row.no), row.version))
            .collect();
    }
    page(&app, &sent, &seen, more, &[]).await
}

/// The page on which it is said what is to be done; `faults` are of what was sent before.
async fn page(
    app: &App,
    sent: &Sent,
    seen: &[(String, i64)],
    more: bool,
    faults: &[Fault],
) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let l = officer.page.lang;
    let references: Vec<&str> = seen
        .iter()
        .map(|(reference, _)| reference.as_str())
        .collect();
    let rows = match app.bulk_look(&officer.who, &references).await {
        Err(AppError::Bulk(_)) => {
            return Ok(sorry(
                officer,
                typed,
                &t::bulk_too_many(l, REPORTS_MAX as u64),
            ));
        }
        other => other?.into_inner(),
    };
    if rows.is_empty() {
        return Ok(sorry(officer, typed, t::bulk_none(l)));
    }
    let people = app.people(&officer.who).await?;
    let closed = rows.iter().filter(|row| row.state == "closed").count();
    let heading = t::bulk_heading(l, rows.len() as u64);
    let body = html! {
        (doors(officer, "/desk/bulk"))
        (error_summary(l, faults))
        (back_link(l, &back(typed)))
        h1 { (heading) }
        p { (t::bulk_counts(l, closed as u64, (rows.len() - closed) as u64)) }
        @if more { p.inset { (t::bulk_more(l, REPORTS_MAX as u64)) } }
        (form("/desk/bulk/do", Encoding::Pairs, Some(&token(&officer.seen)), html! {
            @for name in ["q", "order"] {
                @if let Some(value) = typed.get(name) { input type="hidden" name=(name) value=(value); }
            }
            @for (reference, version) in seen { input type="hidden" name="report" value={ (reference) "." (version) }; }
            (fields(app, officer, (typed, faults), (&people, &rows)))
            p.hint { (t::bulk_undo_note(l, u64::from(app.config.undo_seconds))) }
            (button(Look::Main, &t::bulk_do(l, rows.len() as u64)))
        }))
        (details(t::bulk_which(l), case::table(app, officer, &people, &rows, false)))
    };
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok((status, page.render(&heading, body)).into_response())
}

/// Nothing can be done with what was chosen.
fn sorry(officer: &Officer, typed: &Form, text: &str) -> Response {
    let l = officer.page.lang;
    let body = html! {
        (doors(officer, "/desk/bulk"))
        h1 { (t::bulk_title(l)) }
        p.lead { (text) }
        p { (button_link(Look::Main, &back(typed), t::bulk_back(l))) }
    };
    let page = officer.page.render(t::bulk_title(l), body);
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

fn fields(
    app: &App,
    officer: &Officer,
    (typed, faults): (&Form, &[Fault]),
    (people, rows): (&People, &[Summary]),
) -> Markup {
    let l = officer.page.lang;
    let first = typed.get("first").unwrap_or_default();
    let wide = |name: &str, body: Markup| html! { div data-first[first == name] { (body) } };
    let form = &app.form;
    let choose = |name: &str, label: &str, all: Choices| {
        let all = or_keep(t::bulk_keep(l), all);
        let field = Field::new(l, name, label).error_in(faults);
        select(&field, &choices::listed(&all), typed.get(name))
    };
    let most = u32::try_from(MESSAGE_CHARS_MAX).ok();
    html! {
        (wide("category", choose("category", t::queue_category(l), choices::categories(form, l))))
        (wide("severity", choose("severity", t::bulk_severity(l), choices::severities(form, l))))
        (wide("assign", choose("assign", t::bulk_assign(l), assignees(officer, people))))
        @for (at, code) in REPLY_LANGUAGES.into_iter().enumerate() {
            @let id = format!("reply-{code}");
            @let label = t::bulk_reply(l, words::language(l, code));
            @let count = rows.iter().filter(|row| row.language == code).count();
            @let hint = t::bulk_reply_hint(l, count as u64);
            @let text = textarea(
                &Field::new(l, &id, &label).hint(hint.as_str()).optional(true).error_in(faults),
                typed.get(&id).unwrap_or_default(), 6, most,
            );
            @if at == 0 { (wide("reply", text)) } @else { (text) }
        }
        @if rows.len() > REPLIES_ALONE_MAX { p.hint { (t::bulk_alone(l, REPLIES_ALONE_MAX as u64)) } }
        (wide("done", choose("outcome", t::bulk_close(l), choices::outcomes(form, l))))
    }
}

/// Oneself or nobody; for who may give reports to others, everybody who works on them.
fn assignees(officer: &Officer, people: &People) -> Choices {
    let l = officer.page.lang;
    let mut all = vec![(officer.who.account.clone(), t::case_assign_me(l).to_owned())];
    all.push((NOBODY.to_owned(), t::queue_nobody(l).to_owned()));
    if officer.who.may(Action::AssignReports) {
        let others = people
            .iter()
            .filter(|(id, person)| person.works && **id != officer.who.account);
        all.extend(others.map(|(id, person)| (id.clone(), person.name.clone())));
    }
    all
}

/// What the form says is to be done.
fn deeds(typed: &Form) -> Deeds {
    let said = |name: &str| typed.get(name).filter(|value| *value != KEEP);
    let category = said("category").map(choices::category);
    let assignee = said("assign").map(|to| {
        let to = (to != NOBODY).then(|| to.to_owned());
        to.into_iter().collect()
    });
    Deeds {
        category,
        // What is no number is no severity that there is, and is refused as such.
        severity: said("severity").map(|level| level.parse().unwrap_or_default()),
        assignee,
        replies: Vec::new(),
        outcome: said("outcome").map(str::to_owned),
    }
}

/// It is done, or waits for a second officer.
pub(super) async fn begin(State(app): State<App>, sent: Sent) -> Answer {
    let l = sent.officer.page.lang;
    if !sent.officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let seen = chosen(&sent.form);
    let deeds = deeds(&sent.form);
    let begun = match choices::replies(l, &sent.form) {
        Err(faults) => Err(faults),
        Ok(texts) if deeds.is_empty() && texts.is_empty() => Err(nothing(l)),
        Ok(texts) => match app
            .bulk_begin(&sent.officer.who, &seen, deeds, &texts)
            .await
        {
            Err(AppError::Bulk(_) | AppError::Input(_) | AppError::Refused(_)) => Err(nothing(l)),
            other => Ok(other?),
        },
    };
    match begun {
        Ok(no) => Ok(Redirect::to(&format!("/desk/bulk/{no}")).into_response()),
        Err(faults) => {
            let seen: Vec<(String, i64)> = seen
                .into_iter()
                .map(|(reference, version)| (reference.to_owned(), version))
                .collect();
            page(&app, &sent, &seen, false, &faults).await
        }
    }
}

fn nothing(l: Lang) -> Vec<Fault> {
    vec![Fault {
        field: "category".to_owned(),
        text: t::bulk_nothing(l).to_owned(),
    }]
}

/// What was done to many at once, the newest first.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let before = asked.get("before").and_then(|no| no.parse().ok());
    let found = app.bulks(&officer.who, before).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let columns = [
        t::bulk_title(l),
        t::bulk_what(l),
        t::bulk_stage(l),
        t::bulk_who(l),
        t::bulk_when(l),
    ];
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|bulk| {
            vec![
                html! { a href={ "/desk/bulk/" (bulk.no) } { (t::bulk_one(l, bulk.no)) } },
                said_deeds(&app, l, &people, &bulk.deeds),
                stage(l, bulk.stage),
                words::person(&people, &bulk.account),
                html! { (officer.page.moment(bulk.at)) },
            ]
        })
        .collect();
    let full = found.len() as i64 >= cairn_app::bulk::rows::ROWS_MAX;
    let next = found
        .last()
        .filter(|_| full)
        .map(|last| format!("/desk/bulk?before={}", last.no));
    let body = html! {
        (doors(&officer, "/desk/bulk"))
        h1 { (t::bulk_title(l)) }
        p { (t::bulk_list_note(l)) }
        @if rows.is_empty() { p.lead { (t::bulk_list_none(l)) } }
        @else { (stack(t::bulk_title(l), &columns.map(Column::text), &rows)) }
        (neighbours(l, None, next.as_deref()))
    };
    Ok(officer.page.render(t::bulk_title(l), body))
}

/// What is or was to be done, in one line.
fn said_deeds(app: &App, l: Lang, people: &People, deeds: &Deeds) -> Markup {
    let category = deeds.category.as_ref();
    let category = category.map(|(code, sub)| words::category(&app.form, l, code, sub.as_deref()));
    let severity = deeds
        .severity
        .map(|level| words::severity(&app.form, l, level));
    let outcome = deeds
        .outcome
        .as_ref()
        .map(|code| words::outcome(&app.form, l, code));
    html! {
        ul.plain {
            @if let Some(category) = category { li { (t::queue_category(l)) ": " (category) } }
            @if let Some(severity) = severity { li { (t::bulk_severity(l)) ": " (severity) } }
            @if let Some(to) = &deeds.assignee {
                li {
                    (t::bulk_assign(l)) ": "
                    @match to.first() { Some(id) => (words::person(people, id)), None => (t::bulk_nobody(l)) }
                }
            }
            @for code in &deeds.replies { li { (t::bulk_reply(l, words::language(l, code))) } }
            @if let Some(outcome) = outcome { li { (t::bulk_close(l)) ": " (outcome) } }
        }
    }
}

fn stage(l: Lang, stage: Stage) -> Markup {
    match stage {
        Stage::Asked => tag(Hue::Amber, t::bulk_stage_asked(l)),
        Stage::Doing => tag(Hue::Blue, t::bulk_stage_doing(l)),
        Stage::Done => tag(Hue::Green, t::bulk_stage_done(l)),
        Stage::Declined => tag(Hue::Grey, t::bulk_stage_declined(l)),
        Stage::Undoing => tag(Hue::Blue, t::bulk_stage_undoing(l)),
        Stage::Undone => tag(Hue::Grey, t::bulk_stage_undone(l)),
    }
}

/// What the audit trail says of a selection: the code of what happened, and more of it.
pub(super) fn logged(
    app: &App,
    l: Lang,
    people: &People,
    change: &AccountChange,
) -> (&'static str, Option<Markup>) {
    match change {
        AccountChange::BulkBegun {
            bulk,
            reports,
            deeds,
            ..
        } => {
            let detail = html! {
                (t::bulk_one(l, *bulk)) ", " (t::bulk_heading(l, u64::from(*reports)))
                (said_deeds(app, l, people, deeds))
            };
            ("bulk_begun", Some(detail))
        }
        AccountChange::BulkTurned { bulk, stage: to } => {
            let detail = html! { (t::bulk_one(l, *bulk)) ", " (stage(l, *to)) };
            ("bulk_turned", Some(detail))
        }
        _ => ("", None),
    }
}

const fn fate(l: Lang, fate: Fate) -> &'static str {
    match fate {
        Fate::Waiting => t::bulk_fate_waiting(l),
        Fate::Done => t::bulk_fate_done(l),
        Fate::Same => t::bulk_fate_same(l),
        Fate::Moved => t::bulk_fate_moved(l),
        Fate::Refused => t::bulk_fate_refused(l),
        Fate::Undone => t::bulk_fate_undone(l),
        Fate::Part => t::bulk_fate_part(l),
        Fate::Kept => t::bulk_fate_kept(l),
    }
}

/// One of them, with what became of each report.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup, Problem> {
    one(&app, &officer, &no, None).await
}

fn number(no: &str) -> Result<i64, Problem> {
    no.parse().map_err(|_| Problem::not_found())
}

async fn one(
    app: &App,
    officer: &Officer,
    no: &str,
    refused: Option<&str>,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let whole = app.bulk(&officer.who, number(no)?).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let bulk = &whole.bulk;
    let title = t::bulk_one(l, bulk.no);
    let body = html! {
        (doors(officer, "/desk/bulk"))
        (back_link(l, "/desk"))
        h1 { (title) }
        @if let Some(refused) = refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (refused) } }))
        }
        p {
            (stage(l, bulk.stage)) " " (words::person(&people, &bulk.account)) ", " (officer.page.moment(bulk.at))
            @if let Some(second) = &bulk.second { " – " (t::bulk_second(l)) ": " (words::person(&people, second)) }
            @if let Some(by) = &bulk.undone_by { " – " (t::bulk_undone_by(l)) ": " (words::person(&people, by)) }
        }
        (said_deeds(app, l, &people, &bulk.deeds))
        (told(l, bulk))
        (progress(l, &whole))
        @if officer.who.may(Action::WorkReports) { (wishes(officer, bulk)) }
        p { (button_link(Look::Plain, "/desk", t::bulk_back(l))) }
        (outcome_table(app, l, &whole.reports))
    };
    Ok(officer.page.render(&title, body))
}

/// Words to reporters that have not left yet.
fn told(l: Lang, bulk: &Bulk) -> Markup {
    let texts: Option<std::collections::BTreeMap<String, String>> = bulk
        .texts
        .as_ref()
        .and_then(|texts| serde_json::from_str(texts).ok());
    html! {
        @for (language, text) in texts.iter().flatten() {
            article.message.ours { p.caption { (words::language(l, language)) } (said(&defang_text(text))) }
        }
    }
}

fn progress(l: Lang, whole: &Whole) -> Markup {
    let all = whole.reports.len();
    let waits = |one: &&(Chosen, Summary)| match whole.bulk.stage {
        Stage::Undoing => matches!(one.0.fate, Fate::Waiting | Fate::Done),
        _ => one.0.fate == Fate::Waiting,
    };
    let done = all - whole.reports.iter().filter(waits).count();
    html! {
        @if whole.bulk.stage.is_working() {
            p #progress role="status" {
                progress max=(all) value=(done) { (done) }
                " " (t::bulk_progress(l, all as u64, done as u64)) " "
                a href={ "/desk/bulk/" (whole.bulk.no) } data-again { (t::bulk_again(l)) }
            }
        }
    }
}

fn wishes(officer: &Officer, bulk: &Bulk) -> Markup {
    let l = officer.page.lang;
    let own = bulk.account == officer.who.account;
    let one = |action: &str, look: Look, text: &str| {
        let to = format!("/desk/bulk/{}/{action}", bulk.no);
        form(
            &to,
            Encoding::Pairs,
            Some(&token(&officer.seen)),
            button(look, text),
        )
    };
    match bulk.stage {
        Stage::Asked if own => one("decline", Look::Plain, t::bulk_withdraw(l)),
        Stage::Asked => html! {
            (one("agree", Look::Main, t::bulk_agree(l)))
            (one("decline", Look::Plain, t::bulk_decline(l)))
        },
        Stage::Doing | Stage::Done if own || officer.who.may(Action::AssignReports) => {
            one("undo", Look::Main, t::bulk_undo(l))
        }
        _ => html! {},
    }
}

fn outcome_table(app: &App, l: Lang, reports: &[(Chosen, Summary)]) -> Markup {
    let columns = [
        t::bulk_report(l),
        t::bulk_fate(l),
        t::queue_category(l),
        t::queue_state(l),
    ];
    let rows: Vec<Vec<Markup>> = reports
        .iter()
        .map(|(one, row)| {
            let reference = app.reference(row.no);
            vec![
                html! {
                    a href={ "/desk/reports/" (reference) } { (reference) }
                    div.title { (words::title(l, &row.title, row.bare)) }
                },
                html! { (fate(l, one.fate)) },
                html! {
                    (words::category(&app.form, l, &row.category, row.subtype.as_deref()))
                    div { (words::severity_tag(&app.form, l, row.severity)) }
                },
                words::state_tag(l, &row.state),
            ]
        })
        .collect();
    stack(t::bulk_which(l), &columns.map(Column::text), &rows)
}

/// Agreed, declined, or taken back.
pub(super) async fn act(
    State(app): State<App>,
    Path((no, action)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let l = sent.officer.page.lang;
    if !sent.officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let wish = match action.as_str() {
        "agree" => Wish::Agree,
        "decline" => Wish::Decline,
        "undo" => Wish::Undo,
        _ => return Err(Problem::not_found()),
    };
    let text = match app.bulk_wish(&sent.officer.who, number(&no)?, wish).await {
        Ok(()) => return Ok(Redirect::to(&format!("/desk/bulk/{no}")).into_response()),
        Err(AppError::Bulk(why)) => refused(l, why),
        Err(AppError::Conflict) => t::bulk_past(l),
        Err(other) => return Err(other.into()),
    };
    let page = one(&app, &sent.officer, &no, Some(text)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// Why a wish has no effect.
pub(super) const fn refused(l: Lang, why: Refusal) -> &'static str {
    match why {
        Refusal::Own => t::bulk_own(l),
        Refusal::NotYours => t::bulk_not_yours(l),
        Refusal::Past | Refusal::Nothing => t::bulk_past(l),
    }
}
