//! What waits because it could not be read: by cause, some rows as they came, and one action once the cause was mended.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::feeds::quarantine::{Group, Sample};
use cairn_desk::access::Action;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::{HOME, doors, report_href};
use crate::components::{
    Encoding, Look, Tone, back_link, button, buttons, details, form, machine, notice, said,
    said_inline,
};
use crate::desk::who::{Officer, Sent, token};
use crate::i18n::{Lang, t};
use crate::problem::Result;

/// Where they are read again.
const REPLAY: &str = "/desk/feeds/quarantine/replay";

/// The page.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let groups = app.quarantine(&officer.who, None).await?;
    Ok(page(&officer, &groups, &[]))
}

fn page(officer: &Officer, groups: &[Group], unknown: &[String]) -> Markup {
    let l = officer.page.lang;
    let csrf = token(&officer.seen);
    let does = officer.who.may(Action::WorkReports);
    let again = |cause: Option<i64>, look: Look, text: &str| {
        form(
            REPLAY,
            Encoding::Pairs,
            Some(&csrf),
            html! {
                @if let Some(cause) = cause { input type="hidden" name="cause" value=(cause); }
                (button(look, text))
            },
        )
    };
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        h1 { (t::feeds_quarantine(l)) }
        p { (t::feeds_quarantine_lead(l)) }
        @if !unknown.is_empty() {
            (notice(Tone::Warning, "unknown", t::feeds_unknown(l), html! {
                p { (t::feeds_unknown_note(l)) }
                ul { @for code in unknown { li { (said_inline(code)) } } }
            }))
        }
        @if groups.is_empty() { p.lead { (t::feeds_quarantine_none(l)) } }
        @else if does { (buttons(again(None, Look::Main, t::feeds_replay_all(l)))) }
        @for group in groups {
            section aria-labelledby={ "cause-" (group.cause.no) } {
                h2 id={ "cause-" (group.cause.no) } { (said_inline(&group.cause.text)) }
                p { (t::feeds_group(l, group.cause.reports, group.cause.rows)) }
                @if !group.samples.is_empty() {
                    (details(t::feeds_samples(l), html! { @for sample in &group.samples { (row(l, sample)) } }))
                }
                @if does { (again(Some(group.cause.no), Look::Plain, t::feeds_replay(l))) }
            }
        }
    };
    officer.page.render(t::feeds_quarantine(l), body)
}

fn row(l: Lang, sample: &Sample) -> Markup {
    html! {
        div {
            p.hint {
                (said_inline(&sample.file)) ", " (t::feeds_line(l, sample.line)) ", " (t::feeds_byte(l, sample.offset))
                @if !sample.schema.is_empty() { ", " (machine(&sample.schema)) }
            }
            @match &sample.text {
                Some(text) => (said(&defang_text(text))),
                None => p { (t::feeds_no_longer(l)) },
            }
        }
    }
}

/// Reads again.
pub(super) async fn replay(State(app): State<App>, sent: Sent) -> Result<Response> {
    let officer = &sent.officer;
    super::allowed(officer, Action::WorkReports)?;
    let number = |name: &str| sent.form.get(name).and_then(|text| text.parse().ok());
    let wanted = (number("report"), number("cause"));
    let asked = app.replay_quarantine(&officer.who, wanted).await?;
    if asked.unknown.is_empty() {
        let to = match asked.arrivals[..] {
            [one] => report_href(one),
            _ => HOME.to_owned(),
        };
        return Ok(Redirect::to(&to).into_response());
    }
    let groups = app.quarantine(&officer.who, None).await?;
    let unknown: Vec<String> = asked.unknown.into_iter().collect();
    Ok(page(officer, &groups, &unknown).into_response())
}
