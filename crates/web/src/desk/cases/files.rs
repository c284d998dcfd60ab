//! Files of a case: the list with what may be done to each, the form that brings some, and taking one out.

use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use cairn_app::App;
use cairn_app::cases::rows::files::ReportFile;
use cairn_app::cases::{NewFile, Written};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::cases::{CaseFile, Described, FILE_NOTE_CHARS_MAX, FileSort, file_text};
use cairn_desk::report::FileRef;
use cairn_kernel::label::Tlp;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::forms::{at as moment_at, change, erasing, field, fold};
use super::page::{View, page};
use super::work::{Typed, refused};
use super::{number, text_fault, times};
use crate::components::{
    Choice, Encoding, Fault, Hue, Look, button, checkbox, choice, file_upload, form, machine,
    select, tag, textarea,
};
use crate::desk::track::fields::SentFiles;
use crate::desk::who::{Sent, token};
use crate::desk::words::actor;
use crate::desk::{Need, Route, at, zip_download};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::multipart;
use crate::problem::{Kind, Problem, Result, size};

/// Files of one form at most.
pub(in crate::desk) const FILES_AT_ONCE_MAX: usize = 5;
/// Where it is sent.
pub(in crate::desk) const WITH_FILES: &str = "/desk/cases/{no}/files";
/// Letters of a digest that tell a file apart on a page.
const SHORT_CHARS: usize = 12;

/// Where files come and leave.
pub(in crate::desk) fn routes() -> Vec<Route> {
    let p = Method::POST;
    let does = Need::May(Action::WorkReports);
    vec![
        at(p.clone(), "/desk/cases/{no}/files", does, post(bring)),
        at(p, "/desk/cases/{no}/files/{text}", does, post(take)),
    ]
}

/// What a file is, in words.
pub(super) const fn sort(l: Lang, sort: FileSort) -> &'static str {
    match sort {
        FileSort::Evidence => t::cases_file_evidence(l),
        FileSort::Log => t::cases_file_log(l),
        FileSort::Report => t::cases_file_report(l),
        FileSort::Other => t::cases_file_other(l),
    }
}

fn short(sha256: &str) -> &str {
    sha256.get(..SHORT_CHARS).unwrap_or(sha256)
}

/// The section of the page.
pub(super) fn section(view: &View<'_>, beside: &[ReportFile]) -> Markup {
    let l = view.officer.page.lang;
    let files = &view.whole.case.files;
    let there: Vec<&CaseFile> = files.iter().filter(|file| file.gone.is_none()).collect();
    let gone = files.len() - there.len();
    html! {
        h2 #files { (t::cases_files(l)) }
        @if there.is_empty() { p { (t::cases_files_none(l)) } }
        ul.plain { @for file in there { (one(view, file)) } }
        @if gone > 0 { p.hint { (t::cases_files_gone(l, gone as u64)) } }
        @if view.works() && !view.closed() { (bringing(view)) }
        @if !beside.is_empty() {
            h3 { (t::cases_files_of_reports(l)) }
            ul.plain { @for file in beside { (of_report(view, file)) } }
        }
    }
}

fn one(view: &View<'_>, file: &CaseFile) -> Markup {
    let page = &view.officer.page;
    let (l, described) = (page.lang, &file.described);
    html! {
        li.card id={ "file-" (file.text) } {
            p.caption {
                (t::cases_file_no(l, file.text)) ", " (sort(l, described.sort)) ", " (described.tlp.to_string()) ", "
                (actor(l, view.people, &file.by)) ", " (page.moment(file.at))
            }
            (view.text(file.text))
            p.hint { (file.content.media_type) ", " (size(file.content.size)) ", SHA-256 " (machine(short(&file.content.sha256))) }
            @if let Some(until) = file.back_until() {
                p { (tag(Hue::Amber, t::cases_file_removed(l))) " " (t::cases_file_back_until(l, page.moment(until))) }
            }
            @if view.works() { (deeds(view, file)) }
        }
    }
}

/// What may be done to a file: taken out, taken off; put back, and by a lead erased for good.
fn deeds(view: &View<'_>, file: &CaseFile) -> Markup {
    let l = view.officer.page.lang;
    let named = html! { span.unseen { " " (t::cases_file_no(l, file.text)) } };
    let hidden = html! { input type="hidden" name="text" value=(file.text); };
    let sure = format!("sure-file-{}", file.text);
    html! {
        (change(view, &format!("files/{}", file.text), html! {
            button.button.plain type="submit" { (t::cases_file_take(l)) (named) }
        }))
        @if file.stands() {
            (change(view, "file-remove", html! {
                (hidden)
                button.linklike type="submit" { (t::cases_file_remove(l)) (named) }
            }))
            (erasing(view, file.text))
        } @else {
            (change(view, "file-restore", html! {
                (hidden)
                button.button.plain type="submit" { (t::cases_file_restore(l)) (named) }
            }))
            @if view.officer.who.may(Action::EraseContacts) {
                (fold(view, &[&sure], &t::cases_file_erase(l, file.text), change(view, "file-erase", html! {
                    p { (t::cases_file_erase_note(l)) }
                    (hidden)
                    (checkbox(&field(view, &sure, t::cases_erase_sure(l)), "1", false))
                    (button(Look::Danger, &t::cases_file_erase(l, file.text)))
                })))
            }
        }
    }
}

/// A file of a linked report: taken as from the report's own page, and noted there.
fn of_report(view: &View<'_>, file: &ReportFile) -> Markup {
    let l = view.officer.page.lang;
    let reference = view.app.reference(file.report);
    let action = format!("/desk/reports/{reference}/files/{}", file.sha256);
    html! {
        li {
            a href={ "/desk/reports/" (reference) } { (reference) } ": " (file.media_type) ", " (size(file.size)) ", SHA-256 "
            (machine(short(&file.sha256)))
            @if view.works() {
                (form(&action, Encoding::Pairs, Some(&token(&view.officer.seen)), html! {
                    button.linklike type="submit" { (t::cases_file_take(l)) span.unseen { " " (reference) " " (short(&file.sha256)) } }
                }))
            }
        }
    }
}

fn bringing(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let case = &view.whole.case;
    let sorts: Vec<Choice<'_>> = FileSort::ALL
        .into_iter()
        .map(|one| choice(one.as_str(), sort(l, one)))
        .collect();
    let names: Vec<_> = Tlp::ALL
        .iter()
        .map(|tlp| (tlp.as_str(), tlp.to_string()))
        .collect();
    let tlps: Vec<Choice<'_>> = names
        .iter()
        .map(|(code, title)| choice(code, title))
        .collect();
    let hint = t::cases_file_hint(
        l,
        size(view.app.config.file_bytes_max),
        FILES_AT_ONCE_MAX as u64,
    );
    let note = view.typed.get("file-note").unwrap_or_default();
    let most = u32::try_from(FILE_NOTE_CHARS_MAX).ok();
    let body = html! {
        input type="hidden" name="version" value=(case.version);
        input type="hidden" name="once" value=(view.key);
        (file_upload(&field(view, "file", t::cases_file_choose(l)).hint(hint.as_str()), "", true))
        (textarea(&field(view, "file-note", t::cases_file_note(l)).hint(t::cases_file_note_hint(l)).optional(true), note, 3, most))
        (select(&field(view, "file-sort", t::cases_file_sort(l)), &sorts, view.typed.get("file-sort")))
        (select(&field(view, "file-tlp", t::cases_tlp(l)), &tlps, Some(view.typed.get("file-tlp").unwrap_or(case.tlp.as_str()))))
        (crate::components::input(
            &field(view, "file-happened", t::cases_file_happened(l)).hint(t::cases_moment_hint(l)).optional(true),
            &moment_at(view, "file-happened", ""),
        ))
        (button(Look::Plain, t::cases_file_bring(l)))
    };
    let action = format!("/desk/cases/{}/files", case.no);
    let seen = token(&view.officer.seen);
    fold(
        view,
        &[
            "file",
            "file-note",
            "file-sort",
            "file-tlp",
            "file-happened",
        ],
        t::cases_file_bring(l),
        form(&action, Encoding::Files, Some(&seen), body),
    )
}

fn wrong(field: &str, text: impl Into<String>) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.into(),
    }
}

/// What the form says of its files; faults are told by field.
fn described(app: &App, l: Lang, form: &Form, faults: &mut Vec<Fault>) -> Option<Described> {
    let own = |name: &str| form.get(name).unwrap_or_default();
    let sort = FileSort::parse(own("file-sort"));
    if sort.is_none() {
        faults.push(wrong("file-sort", t::cases_choose(l)));
    }
    let tlp: Option<Tlp> = own("file-tlp").parse().ok();
    if tlp.is_none() {
        faults.push(wrong("file-tlp", t::cases_choose(l)));
    }
    let happened = match own("file-happened").trim() {
        "" => None,
        typed => {
            let at: Option<Micros> = times::parse(typed, &app.config.time_zone);
            match at {
                None => faults.push(wrong("file-happened", t::cases_not_a_moment(l))),
                Some(at) if at > app.clock.now() => {
                    faults.push(wrong("file-happened", t::cases_in_the_future(l)));
                }
                Some(_) => {}
            }
            at
        }
    };
    Some(Described {
        sort: sort?,
        tlp: tlp?,
        happened,
    })
}

/// Each file with what was said of all of them.
fn named(
    l: Lang,
    (form, described): (&Form, Described),
    files: Vec<FileRef>,
    faults: &mut Vec<Fault>,
) -> Vec<NewFile> {
    let (note, once) = (form.get("file-note").unwrap_or_default(), form.get("once"));
    let mut all = Vec::new();
    for file in files {
        let name = file.name.clone().unwrap_or_else(|| file.sha256.clone());
        match file_text(&name, note) {
            Err(fault) => {
                *faults = vec![text_fault(l, "file-note", fault)];
                return Vec::new();
            }
            Ok(text) => {
                let key = once.map(|once| format!("file:{}:{once}", file.sha256));
                all.push(NewFile {
                    file,
                    described,
                    written: Written { text, key },
                });
            }
        }
    }
    all
}

/// Brings files.
async fn bring(State(app): State<App>, Path(no): Path<String>, request: Request) -> Response {
    match SentFiles::read(request, &app, (Action::WorkReports, FILES_AT_ONCE_MAX)).await {
        Err(answer) => answer,
        Ok(sent) => brought(&app, &no, sent).await.into_response(),
    }
}

async fn brought(app: &App, no: &str, sent: SentFiles) -> Result<Response> {
    let (officer, l) = (&sent.officer, sent.officer.page.lang);
    if !officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let (no, form) = (number(no)?, sent.typed.form()?);
    let mut faults = Vec::new();
    let described = described(app, l, &form, &mut faults);
    if let Some(text) = sent
        .fault
        .and_then(|code| multipart::words(code, l, app, FILES_AT_ONCE_MAX))
    {
        faults.push(wrong("file", text));
    } else if sent.files.is_empty() {
        faults.push(wrong("file", t::cases_file_missing(l)));
    }
    let new = described.map(|described| named(l, (&form, described), sent.files, &mut faults));
    let mut typed = Typed {
        form: Some(&form),
        faults,
        ..Typed::default()
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if typed.faults.is_empty() {
        for file in new.unwrap_or_default() {
            match app.add_case_file(&officer.who, no, file).await {
                Ok(()) => {}
                Err(AppError::Case(refusal)) => {
                    typed.refused = Some(refused(l, &refusal));
                    status = StatusCode::CONFLICT;
                    break;
                }
                Err(AppError::FileType { .. }) => {
                    typed.faults.push(wrong("file", t::report_file_type(l)));
                    break;
                }
                Err(other) => return Err(other.into()),
            }
        }
        if typed.refused.is_none() && typed.faults.is_empty() {
            return Ok(Redirect::to(&format!("/desk/cases/{no}#files")).into_response());
        }
    }
    let page = page(app, officer, no, &typed).await?;
    Ok((status, page).into_response())
}

/// Takes one out, packed with the password that all such archives have.
async fn take(
    State(app): State<App>,
    Path((no, text)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response> {
    super::allowed(&sent)?;
    let text = text.parse().map_err(|_| Problem::not_found())?;
    let taken = app.take_case_file(&sent.officer.who, number(&no)?, text);
    let archive = taken.await?;
    zip_download(&archive.name, archive.bytes)
}
