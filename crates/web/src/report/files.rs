//! Files as they come in by a form, one piece after the other.

use axum::extract::Request;
use cairn_app::App;
use cairn_desk::form::{Kind, Step};
use cairn_desk::report::FileRef;
use maud::{Markup, html};

use crate::components::{Fault, said_inline};
use crate::i18n::{Lang, t};
use crate::intake::{Public, counted, origin};
use crate::multipart;
pub(super) use crate::multipart::{Came, words};
use crate::page::Page;
use crate::problem::{Result, size};

/// Most files of this form's report.
pub(super) fn most(app: &App, step: &Step) -> usize {
    let of_form = step
        .questions
        .iter()
        .find_map(|question| match question.kind {
            Kind::Files { files_max } => Some(files_max),
            _ => None,
        });
    of_form.unwrap_or(0).min(app.config.files_max)
}

/// Reads a form with files, in its turn.
pub(super) async fn read(public: &Public, request: Request, most: usize) -> Result<Came> {
    let app = &public.app;
    let (parts, body) = request.into_parts();
    let counted = counted(&parts);
    app.pace.turn(counted).await;
    let _place = public.uploads.enter(origin(&parts)).await;
    multipart::read(app, (&parts, body), most, counted).await
}

/// The same, at the field of a step.
pub(super) fn fault(code: &str, page: &Page, app: &App, step: &Step) -> Option<Fault> {
    let question = step
        .questions
        .iter()
        .find(|question| matches!(question.kind, Kind::Files { .. }))?;
    Some(Fault {
        field: question.code.clone(),
        text: words(code, page.lang, app, most(app, step))?,
    })
}

/// The files taken so far, each with a button that takes it out again.
pub(super) fn taken(lang: Lang, files: &[FileRef], action: &str) -> Markup {
    html! {
        @if !files.is_empty() {
            h2 { (t::report_files_taken(lang)) }
            ul.files {
                @for file in files {
                    li {
                        (said_inline(&title(file, lang))) " " span.hint { "(" (size(file.size)) ")" }
                        form method="post" action=(action) {
                            input type="hidden" name="remove" value=(file.sha256);
                            button class="button plain small" {
                                (t::report_file_remove(lang)) span.unseen { " " (said_inline(&title(file, lang))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A file's name, or its type where it has none.
pub(super) fn title(file: &FileRef, lang: Lang) -> String {
    match &file.name {
        Some(name) => name.clone(),
        None => t::report_file_nameless(lang, file.media_type.as_str()),
    }
}
