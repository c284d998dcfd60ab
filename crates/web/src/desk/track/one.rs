//! One return: what was filed, what shows it, and what becomes of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::track::returns::ReturnView;
use cairn_app::track::working::Working;
use cairn_desk::access::Action;
use cairn_desk::track::{REASON_CHARS_MAX, ReturnFile, ReturnState};
use cairn_track::office::returns::{About, Evidence, Figure};
use maud::{Markup, html};

use super::{Answer, attachment, fields, go, not_done, number, said, tabs, words};
use crate::components::{
    Encoding, Fault, Field, Look, Row, Tone, back_link, button, button_link, buttons, caption,
    error_summary, form, machine, notice, said_inline, summary_list, textarea,
};
use crate::desk::who::{Officer, Sent, token};
use crate::desk::words::{People, person};
use crate::form::Form;
use crate::i18n::{self, t};
use crate::problem::{Problem, size};

/// A return as it is shown, with what was typed for sending it back.
struct Shown<'a> {
    id: &'a str,
    view: &'a ReturnView,
    working: &'a Working,
    people: &'a People,
    typed: &'a str,
    faults: &'a [Fault],
    refused: Option<&'a str>,
}

async fn page(
    app: &App,
    officer: &Officer,
    (id, no): (&str, i64),
    typed: &str,
    (faults, refused): (&[Fault], Option<&str>),
) -> Result<Markup, Problem> {
    let (view, working) = app.read_return(&officer.who, id, no).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let shown = Shown {
        id,
        view: &view,
        working: &working,
        people: &people,
        typed,
        faults,
        refused,
    };
    Ok(whole(officer, &shown))
}

/// The page.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path((id, no)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    page(&app, &officer, (&id, number(&no)), "", (&[], None)).await
}

fn whole(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let (view, row) = (shown.view, &shown.view.row);
    let (what, title) = words::about(l, &shown.working.plan, &view.filed.about);
    let no = row.standing.no.to_string();
    let heading = t::office_return_no(l, no.as_str());
    let base = format!("/desk/track/{}", shown.id);
    let query = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes());
    let done = query.is_ok_and(|query| query.get("done") == Some("filed"));
    let body = html! {
        (tabs(officer))
        (back_link(l, &base))
        (error_summary(l, shown.faults))
        @if let Some(why) = shown.refused { (not_done(l, why)) }
        @if done && row.standing.state == ReturnState::Waiting {
            (notice(Tone::Success, "filed", t::office_filed_title(l), html! { p { (t::office_filed_next(l)) } }))
        }
        (caption(&heading))
        h1 { (what) ": " (title) }
        p { (words::state(l, row)) }
        (story(officer, shown))
        h2 { (t::office_said(l)) }
        (summary_list(l, &said_of(officer, shown)))
        (evidence(officer, shown))
        (findings(officer, shown))
        (doings(officer, shown))
    };
    let faulty = !shown.faults.is_empty();
    officer
        .page
        .clone()
        .faulty(faulty)
        .render(&format!("{heading}: {title}"), body)
}

/// Who did what with it, and when.
fn story(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let (row, page) = (&shown.view.row, &officer.page);
    let base = format!("/desk/track/{}/returns", shown.id);
    html! {
        @if let Some(reason) = row.reason.as_deref().filter(|_| row.standing.state == ReturnState::SentBack) {
            (notice(Tone::Warning, "reason", t::office_reason_title(l), crate::components::said(reason)))
        }
        ul {
            li {
                (t::office_filed_on(l, page.moment(row.filed_at))) ": "
                (person(shown.people, &row.standing.filed_by)) ", " (said_inline(&row.standing.owner))
            }
            @if let (Some(at), Some(by)) = (row.decided_at, &row.decided_by) {
                li {
                    (words::state(l, row)) " " (page.moment(at)) ": " (person(shown.people, by))
                }
            }
            @if let Some(old) = row.corrects {
                li { a href={ (base) "/" (old) } { (t::office_corrects(l, old.to_string())) } }
            }
            @if let Some(new) = row.corrected_by {
                li { a href={ (base) "/" (new) } { (t::office_corrected_by(l, new.to_string())) } }
            }
        }
    }
}

fn said_of(officer: &Officer, shown: &Shown<'_>) -> Vec<Row> {
    let l = officer.page.lang;
    let filed = &shown.view.filed;
    let mut rows = Vec::new();
    let mut put = |key: &str, value: &str| {
        if !value.trim().is_empty() {
            rows.push(Row::new(key, crate::components::said(value)));
        }
    };
    match &filed.about {
        About::Initiative(it) => {
            put(t::office_claim(l), &it.claim.en);
            put(t::office_claim_mi(l), it.claim.mi.as_deref().unwrap_or(""));
            let done = it.done.map(|done| i18n::date(l, done));
            put(t::office_done(l), &done.unwrap_or_default());
        }
        About::Measure(it) => figure(officer, shown, it, &mut put),
        About::Note(it) => {
            put(t::office_text(l), &it.text.en);
            put(t::office_text_mi(l), it.text.mi.as_deref().unwrap_or(""));
        }
        About::Dissent(it) => {
            put(t::office_text(l), &it.text.en);
            put(t::office_text_mi(l), it.text.mi.as_deref().unwrap_or(""));
            let would = it.would_say.as_ref().map_or("", |words| words.en.as_str());
            put(t::office_would_say(l), would);
        }
    }
    rows
}

fn figure(officer: &Officer, shown: &Shown<'_>, it: &Figure, put: &mut impl FnMut(&str, &str)) {
    let l = officer.page.lang;
    let edition = shown.working.edition();
    let measure = edition.and_then(|edition| edition.measure(&it.id));
    let unit = measure.map_or("", |measure| words::text(l, &measure.unit));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    put(t::office_period(l), &it.period);
    put(&t::office_value(l, unit), &text(&it.value));
    let missing = it.missing.map(|missing| words::missing(l, missing));
    put(t::office_missing(l), missing.unwrap_or_default());
    for (name, value) in &it.dims {
        put(&t::office_dimension(l, name.as_str()), value);
    }
    put(t::office_low(l), &text(&it.low));
    put(t::office_high(l), &text(&it.high));
    put(t::office_n(l), &text(&it.n));
    put(t::office_flags(l), &it.flag);
    put(t::office_break(l), &text(&it.brk));
    put(t::office_note(l), &it.note);
    if it.revises {
        put(t::office_revises(l), t::office_yes(l));
    }
}

fn evidence(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let base = format!(
        "/desk/track/{}/returns/{}/files",
        shown.id, shown.view.row.standing.no
    );
    let file_of = |one: &Evidence| {
        let sha256 = one.sha256.as_deref();
        let files = shown.view.files.iter();
        let mut own = files.filter(|file| Some(file.sha256.as_str()) == sha256);
        own.next()
    };
    let file = |file: &ReturnFile| {
        html! {
            a href={ (base) "/" (file.sha256) } { (t::office_take_file(l)) span.unseen { " " (said_inline(&file.name)) } } " "
            (said_inline(&file.name)) " (" (size(file.size)) ", " (file.media_type) ") "
            @if file.publish { (t::office_file_public(l)) } @else { (t::office_file_closed(l)) }
            br; "SHA-256 " (machine(&file.sha256))
        }
    };
    let rows = |one: &Evidence| {
        let mut rows = vec![
            Row::new(
                t::office_evidence_title(l),
                html! { (said_inline(&one.title)) },
            ),
            Row::new(
                t::office_evidence_publisher(l),
                html! { (said_inline(&one.publisher)) },
            ),
        ];
        if let Some(published) = one.published {
            let published = published.to_string();
            rows.push(Row::new(
                t::office_evidence_published(l),
                html! { (published) },
            ));
        }
        match (file_of(one), &one.url) {
            (Some(found), _) => rows.push(Row::new(t::office_evidence_file(l), file(found))),
            // What somebody typed is no link of ours: it is copied, not pressed.
            (None, Some(url)) => rows.push(Row::new(t::office_evidence_url(l), machine(url))),
            (None, None) => {}
        }
        rows
    };
    html! {
        h2 { (t::office_evidence(l)) }
        @if shown.view.filed.evidence.is_empty() { p { (t::office_evidence_none(l)) } }
        @for one in &shown.view.filed.evidence { (summary_list(l, &rows(one))) }
    }
}

fn findings(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let found = fields::faults(l, &shown.view.findings);
    html! {
        @if !found.is_empty() && (shown.view.checks || shown.view.withdraws) {
            (notice(Tone::Warning, "findings", t::office_findings(l), html! {
                ul { @for one in &found { li { (one.text) } } }
            }))
        }
    }
}

fn doings(officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let view = shown.view;
    let base = format!("/desk/track/{}/returns", shown.id);
    let own = format!("{base}/{}", view.row.standing.no);
    let token = token(&officer.seen);
    let sound = !view.findings.iter().any(|finding| finding.is_error());
    let why = Field::new(l, "reason", t::office_reason(l))
        .hint(t::office_reason_hint(l))
        .error_in(shown.faults);
    html! {
        @if view.checks {
            h2 { (t::office_decide(l)) }
            @if sound {
                (form(&format!("{own}/accept"), Encoding::Pairs, Some(&token), html! {
                    p.hint { (t::office_accept_note(l)) }
                    (buttons(button(Look::Main, t::office_accept(l))))
                }))
            }
            (form(&format!("{own}/send-back"), Encoding::Pairs, Some(&token), html! {
                (textarea(&why, shown.typed, 4, u32::try_from(REASON_CHARS_MAX).ok()))
                (buttons(button(Look::Plain, t::office_send_back(l))))
            }))
        }
        @if view.withdraws {
            (form(&format!("{own}/withdraw"), Encoding::Pairs, Some(&token), html! {
                p.hint { (t::office_withdraw_note(l)) }
                (buttons(button(Look::Danger, t::office_withdraw(l))))
            }))
        }
        @if view.corrects {
            (buttons(button_link(
                Look::Main,
                &format!("{base}/new?corrects={}", view.row.standing.no),
                t::office_correct(l),
            )))
        }
    }
}

/// A file, to be saved.
pub(in crate::desk) async fn file(
    State(app): State<App>,
    officer: Officer,
    Path((id, no, sha256)): Path<(String, String, String)>,
) -> Answer {
    let read = app.read_return_file(&officer.who, &id, number(&no), &sha256);
    let (file, bytes) = read.await?.into_inner();
    Ok(attachment(&file.name, "application/octet-stream", bytes))
}

/// After something was done, or was not.
async fn after(
    app: &App,
    officer: &Officer,
    (id, no): (&str, i64),
    done: Result<(), cairn_app::report::AppError>,
) -> Answer {
    let Err(error) = done else {
        return Ok(go(&format!("/desk/track/{id}/returns/{no}")));
    };
    let why = said(officer.page.lang, error)?;
    let page = page(app, officer, (id, no), "", (&[], Some(&why))).await?;
    let answer: Response = (StatusCode::CONFLICT, page).into_response();
    Ok(answer)
}

/// Accepts it.
pub(in crate::desk) async fn accept(
    State(app): State<App>,
    Path((id, no)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let no = number(&no);
    let done = app.accept_return(&sent.officer.who, &id, no).await;
    after(&app, &sent.officer, (&id, no), done).await
}

/// Takes it back.
pub(in crate::desk) async fn withdraw(
    State(app): State<App>,
    Path((id, no)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let no = number(&no);
    let done = app.withdraw_return(&sent.officer.who, &id, no).await;
    after(&app, &sent.officer, (&id, no), done).await
}

/// Sends it back with a reason.
pub(in crate::desk) async fn send_back(
    State(app): State<App>,
    Path((id, no)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let officer = &sent.officer;
    super::allowed(officer, Action::CheckReturns)?;
    let (l, no) = (officer.page.lang, number(&no));
    let reason = sent.form.get("reason").unwrap_or_default();
    let chars = reason.trim().chars().count();
    if (1..=REASON_CHARS_MAX).contains(&chars) {
        let done = app.send_back(&officer.who, &id, no, reason).await;
        return after(&app, officer, (&id, no), done).await;
    }
    let fault = Fault {
        field: "reason".to_owned(),
        text: t::office_reason_needed(l, REASON_CHARS_MAX as u64),
    };
    let page = page(&app, officer, (&id, no), reason, (&[fault], None)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
