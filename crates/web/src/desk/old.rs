//! What was taken over from another system: where old numbers lead today, and the old thread on the page of its report.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::report::OldRow;
use cairn_desk::import::{Head, Sort};
use cairn_desk::report::Change;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::case_read::View;
use super::who::Officer;
use crate::components::{Hue, said, said_inline, tag};
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// Entries that stand open; older changes of a long thread are folded.
const OPEN_MAX: usize = 200;

/// Today's page of an old number.
pub(super) async fn go(
    State(app): State<App>,
    officer: Officer,
    Path((source, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (reference, case) = app
        .old_place(&officer.who, &source, &number)
        .await?
        .into_inner();
    let to = match case {
        Some(no) => format!("/desk/cases/{no}"),
        None => format!("/desk/reports/{reference}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// What an entry is, in a few words.
pub(super) const fn sort(l: Lang, sort: Sort) -> &'static str {
    match sort {
        Sort::Correspondence => t::old_sort_correspondence(l),
        Sort::Comment => t::old_sort_comment(l),
        Sort::Change => t::old_sort_change(l),
        Sort::File => t::old_sort_file(l),
        Sort::Happening => t::old_sort_happening(l),
        Sort::Task => t::old_sort_task(l),
        Sort::Observable => t::old_sort_observable(l),
        Sort::Fields => t::old_sort_fields(l),
    }
}

/// Where it was taken over from, and when that was said to have come in.
pub(super) fn origin(view: &View<'_>) -> Option<Markup> {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let history = &view.whole.history;
    let imported = history.iter().find_map(|line| match &line.event.change {
        Change::Imported {
            source,
            number,
            counts,
            ..
        } => Some((source, number, *counts, line.event.at)),
        _ => None,
    });
    let (source, number, counts, at) = imported?;
    let others = history.iter().filter_map(|line| match &line.event.change {
        Change::OldNumber { source, number } => Some(format!("{source}#{number}")),
        _ => None,
    });
    let others: Vec<String> = others.collect();
    Some(html! {
        span translate="no" { (said_inline(&format!("{source}#{number}"))) }
        @for other in &others { ", " span translate="no" { (said_inline(other)) } }
        ". " (t::old_taken(l, page.moment(at))) " "
        @if counts { (t::old_counted(l)) } @else { (t::old_uncounted(l)) }
    })
}

/// The old thread, in the order of its own time.
pub(super) fn thread(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let rows = &view.whole.old;
    let (first, rest) = rows.split_at(rows.len().min(OPEN_MAX));
    html! {
        @if !rows.is_empty() {
            h2 #old-thread { (t::old_thread(l)) }
            p.hint { (t::old_thread_note(l)) }
            @for row in first { (entry(view, row)) }
            @if !rest.is_empty() {
                details.more {
                    summary { (t::old_more(l, rest.len() as u64)) }
                    @for row in rest { (entry(view, row)) }
                }
            }
        }
    }
}

fn entry(view: &View<'_>, row: &OldRow) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let head: Head = serde_json::from_str(&row.head).unwrap_or_default();
    html! {
        article.message {
            p.caption {
                (tag(Hue::Grey, t::old_imported(l))) " " (sort(l, row.sort)) ", " (page.moment(row.happened))
                @if let Some(author) = &head.author {
                    br; (said_inline(&defang_text(author))) " ("
                    @match &head.login {
                        Some(login) => span translate="no" { (said_inline(login)) },
                        None => (t::old_former(l)),
                    }
                    ")"
                }
            }
            @if !head.subject.is_empty() { p { (said_inline(&defang_text(&head.subject))) } }
            @if view.whole.summary.bare {
                p { (t::case_bare(l)) }
            } @else {
                (said(&defang_text(&row.text)))
            }
        }
    }
}
