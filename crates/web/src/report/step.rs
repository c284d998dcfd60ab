//! One question a page.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::draft::DraftKey;
use cairn_desk::form::{Asked, FieldBag, FieldError, Form, Kind, Progress, Step};
use cairn_desk::report::PartialDate;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{DRAFT, FORM_BYTES_MAX, draft, files, help, next_place, query, question, see};
use crate::components::{
    Encoding, Fault, Look, Tone, back_link, button, button_named, buttons, caption, error_summary,
};
use crate::i18n::t;
use crate::intake::{Public, admit};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// A page of the form as it is shown.
pub(super) struct View<'a> {
    pub page: &'a Page,
    pub app: &'a App,
    pub step: &'a Step,
    pub progress: &'a Progress,
    /// What the fields hold: what was typed last, or the answers.
    pub fields: FieldBag,
    pub faults: Vec<Fault>,
}

impl View<'_> {
    pub fn form(&self) -> &Form {
        &self.app.form
    }

    /// What was typed into a field.
    pub fn typed(&self, name: &str) -> &str {
        self.fields.first(name).unwrap_or_default()
    }
}

/// Today where the form is used.
fn today(app: &App) -> PartialDate {
    let zone: TimeZone = app.config.time_zone.clone();
    let date = app.clock.now().timestamp().to_zoned(zone).date();
    PartialDate {
        year: date.year(),
        month: Some(date.month()),
        day: Some(date.day()),
    }
}

fn asked<'a>(app: &App, page: &Page) -> Asked<'a> {
    Asked {
        language: page.lang.as_str(),
        today: Some(today(app)),
    }
}

/// The inputs that errors lead to. Ids have `-` where the form's names have `.`.
fn faults(errors: &[FieldError], form: &Form) -> Vec<Fault> {
    let fault = |error: &FieldError| Fault {
        field: match form.question(&error.field).map(|question| &question.kind) {
            Some(Kind::Date) => format!("{}-day", error.field),
            Some(Kind::Losses { .. }) => format!("{}-0-amount", error.field),
            Some(Kind::Contact) => format!("{}-email", error.field),
            _ => error.field.replace('.', "-"),
        },
        text: error.message.clone(),
    };
    errors.iter().map(fault).collect()
}

/// `GET /report/{step}`
pub(super) async fn show(
    State(public): State<Public>,
    Path(code): Path<String>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response> {
    let app = &public.app;
    let form = &app.form;
    let step = form.step(&code).ok_or_else(Problem::not_found)?;
    let Some((_, saved)) = draft(app, &headers, &page.site).await? else {
        return Ok(see("/report?gone=1"));
    };
    if saved.sent {
        return Ok(see("/report/sent"));
    }
    let progress = &saved.progress;
    if !may_see(form, progress, step) {
        return Ok(see(&next_place(form, progress)));
    }
    let errors = form.rejected_errors(&code, progress, asked(app, &page));
    let mut faults = faults(&errors, form);
    if let Some(fault) = query(&page.uri, "fault") {
        faults.extend(files::fault(&fault, &page, app, step));
    }
    let page = page.section(Section::Report).faulty(!faults.is_empty());
    let page = if form.is_at_risk(progress, step) {
        page.with_exit()
    } else {
        page
    };
    let view = View {
        page: &page,
        app,
        step,
        progress,
        fields: form.fields_of(step, progress),
        faults,
    };
    Ok(render(&view).into_response())
}

/// On the way, and not beyond the first page that lacks something.
fn may_see(form: &Form, progress: &Progress, step: &Step) -> bool {
    let mut way = form.steps_on_path(progress).into_iter();
    let open = form.first_incomplete(progress).map(|step| &step.code);
    way.by_ref()
        .take_while(|known| Some(&known.code) != open)
        .any(|known| known.code == step.code)
        || open == Some(&step.code)
}

fn render(view: &View<'_>) -> Markup {
    let (page, step, form) = (view.page, view.step, view.form());
    let l = page.lang;
    let to_check = query(&page.uri, "to").is_some();
    let questions = form.asked(step, view.progress);
    let title = step.title().map_or("", |text| text.get(l.as_str()));
    // The question is the heading, unless something must be read before it.
    let alone = questions.len() == 1 && step.help.is_empty() && step.heading.is_none();
    let has_files = questions
        .iter()
        .any(|question| matches!(question.kind, Kind::Files { .. }));
    let encoding = if has_files {
        Encoding::Files
    } else {
        Encoding::Pairs
    };
    let body = html! {
        (back_link(l, &back(view, to_check)))
        (error_summary(l, &view.faults))
        (caption(&place(view)))
        @if !alone { h1 { (title) } }
        @if let Some(body) = &step.body { p.lead { (body.get(l.as_str())) } }
        @for code in &step.help {
            @if let Some(block) = form.help().block(code) { (help::block(block, l, tone(view))) }
        }
        (crate::components::form(&action(step, to_check), encoding, None, html! {
            @for question in &questions { (question::render(view, question, alone, questions.len() == 1)) }
            (buttons(html! {
                (button(Look::Main, t::button_continue(l)))
                @if questions.iter().any(|question| matches!(question.kind, Kind::Losses { .. })) {
                    (button_named(Look::Plain, "more", "add", t::report_loss_add(l)))
                }
                @if has_files { (button_named(Look::Plain, "more", "upload", t::report_file_upload(l))) }
            }))
        }))
        @if has_files { (files::taken(l, &view.progress.files, &action(step, to_check))) }
        @if form.is_at_risk(view.progress, step) {
            @for block in form.help().at_risk().filter(|block| !step.help.contains(&block.code)) {
                (help::block(block, l, Tone::Info))
            }
        }
    };
    page.render(title, body)
}

/// Pages that only tell are there because something is urgent.
fn tone(view: &View<'_>) -> Tone {
    if view.step.questions.is_empty() && !view.step.at_risk {
        Tone::Danger
    } else if view.step.at_risk {
        Tone::Info
    } else {
        Tone::Warning
    }
}

fn back(view: &View<'_>, to_check: bool) -> String {
    if to_check {
        return "/report/check".to_owned();
    }
    let before = view.form().previous_step(view.progress, &view.step.code);
    before.map_or("/report".to_owned(), |step| {
        format!("/report/{}", step.code)
    })
}

fn action(step: &Step, to_check: bool) -> String {
    let back = if to_check { "?to=check" } else { "" };
    format!("/report/{}{back}", step.code)
}

/// "Question 5 of about 17": pages without a question don't count.
fn place(view: &View<'_>) -> String {
    let way = view.form().steps_on_path(view.progress);
    let asks = |step: &&&Step| !step.questions.is_empty();
    let count = way.iter().filter(asks).count();
    let before = way
        .iter()
        .take_while(|step| step.code != view.step.code)
        .filter(asks)
        .count();
    let lang = view.page.lang;
    if view.step.questions.is_empty() {
        t::report_before_going_on(lang).to_owned()
    } else {
        t::report_place(lang, count as u64, before as u64 + 1)
    }
}

/// `POST /report/{step}`
pub(super) async fn accept(
    State(public): State<Public>,
    Path(code): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let app = &public.app;
    let step = app.form.step(&code).ok_or_else(Problem::not_found)?;
    let media = request.headers().get(header::CONTENT_TYPE);
    if media.is_some_and(|media| media.as_bytes().starts_with(b"multipart/form-data")) {
        return upload(&public, step, &page, request).await;
    }
    let admitted = admit(app, request, FORM_BYTES_MAX).await?;
    let fields = form_urlencoded::parse(&admitted.body)
        .map(|(name, value)| (name.replace('-', "."), value.into_owned()));
    let fields = FieldBag::from_pairs(fields).map_err(|_| Problem::too_large(FORM_BYTES_MAX))?;
    let post = match Post::begin(app, &page, &admitted.parts.headers).await? {
        Some(post) => post,
        None => return Ok(see("/report/sent")),
    };
    let to_check = query(&page.uri, "to").is_some();
    if let Some(sha256) = fields.first("remove") {
        let mut progress = post.progress.clone();
        progress.files.retain(|file| file.sha256 != sha256);
        return post.answer(app, progress, &action(step, to_check)).await;
    }
    match app
        .form
        .accept(&code, &fields, &post.progress, asked(app, &page))
    {
        Err(wrong) => {
            post.answer(app, wrong.progress, &action(step, to_check))
                .await
        }
        Ok(mut progress) => {
            page.lang.as_str().clone_into(&mut progress.language);
            let next = onward(
                &app.form,
                step,
                &fields,
                (&post.progress, &progress),
                to_check,
            );
            post.answer(app, progress, &next).await
        }
    }
}

/// Where to after a page was taken.
fn onward(
    form: &Form,
    step: &Step,
    fields: &FieldBag,
    (before, after): (&Progress, &Progress),
    to_check: bool,
) -> String {
    let stay = action(step, to_check);
    let removed = fields
        .iter()
        .any(|(name, value)| name.ends_with(".remove") && !value.is_empty());
    if fields.first("more") == Some("add") {
        let mark = if to_check { '&' } else { '?' };
        return format!("{stay}{mark}add=1");
    }
    // An answer may bring up another question on the same page.
    let more = form.asked(step, after).len() > form.asked(step, before).len();
    if removed || more || fields.first("more").is_some() {
        return stay;
    }
    match (to_check, form.next_step(after, &step.code)) {
        (true, _) => match form.first_incomplete(after) {
            Some(step) => action(step, true),
            None => "/report/check".to_owned(),
        },
        (false, Some(next)) => format!("/report/{}", next.code),
        (false, None) => "/report/check".to_owned(),
    }
}

/// Files come in one by one and go to disk; only then is the draft read, so that answers given meanwhile stay.
async fn upload(public: &Public, step: &Step, page: &Page, request: Request) -> Result<Response> {
    let app = &public.app;
    let headers = request.headers().clone();
    let to_check = query(&page.uri, "to").is_some();
    let most = files::most(app, step);
    if draft(app, &headers, &page.site).await?.is_none() {
        return Ok(see("/report?gone=1"));
    }
    let came = files::read(public, request, most).await?;
    let Some(post) = Post::begin(app, page, &headers).await? else {
        return Ok(see("/report/sent"));
    };
    let mut progress = post.progress.clone();
    let mut fault = came.fault;
    for file in came.files {
        if progress
            .files
            .iter()
            .any(|known| known.sha256 == file.sha256)
        {
            continue;
        }
        if progress.files.len() >= most {
            fault = Some("many");
            break;
        }
        progress.files.push(file);
    }
    let stay = action(step, to_check);
    if let Some(fault) = fault {
        let mark = if to_check { '&' } else { '?' };
        return post
            .answer(app, progress, &format!("{stay}{mark}fault={fault}"))
            .await;
    }
    let mut fields = FieldBag::default();
    for (name, value) in came.fields {
        fields.push(name, value);
    }
    match app
        .form
        .accept(&step.code, &fields, &progress, asked(app, page))
    {
        Err(wrong) => post.answer(app, wrong.progress, &stay).await,
        Ok(next) => {
            let to = onward(&app.form, step, &fields, (&progress, &next), to_check);
            post.answer(app, next, &to).await
        }
    }
}

/// A page that was sent, and the draft that it belongs to.
struct Post {
    key: DraftKey,
    progress: Progress,
    https: bool,
}

impl Post {
    /// The draft, or a new one where it has expired meanwhile: what was typed is taken in any case. `None` once it was
    /// sent.
    async fn begin(app: &App, page: &Page, headers: &HeaderMap) -> Result<Option<Self>> {
        let https = page.site.https;
        Ok(match draft(app, headers, &page.site).await? {
            Some((_, saved)) if saved.sent => None,
            Some((key, saved)) => Some(Self {
                key,
                progress: saved.progress,
                https,
            }),
            None => Some(Self {
                key: DraftKey::new()?,
                progress: app.form.begin(page.lang.as_str()),
                https,
            }),
        })
    }

    /// Keeps the progress and shows a page; the cookie lives a day from the last answer.
    async fn answer(self, app: &App, progress: Progress, to: &str) -> Result<Response> {
        app.save_draft(&self.key, &progress).await?;
        let cookie = DRAFT.set(&self.key.expose(), self.https);
        Ok(super::see_with(to, cookie))
    }
}
