//! One referral: where it stands, exactly what goes, and what can be done now.

use axum::extract::{Path, State as Of};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_app::App;
use cairn_app::referral::{Packed, Shown};
use cairn_app::takeaway::ARCHIVE_PASSWORD;
use cairn_desk::access::Action;
use cairn_desk::referral::package::{STYLE, path_of};
use cairn_desk::referral::{Channel, Outcome, Refusal, State, Step, TEXT_CHARS_MAX};
use cairn_kernel::observable::defang_text;
use cairn_kernel::text::visible;
use maud::{Markup, html};

use super::super::typed::Typed;
use super::super::who::{Officer, Sent, token};
use super::super::words::{self, People, actor};
use super::super::{doors, hold};
use super::{basis, channel, choice, outcome, refusal, said_with, standing, step_name};
use crate::components::{
    Column, Encoding, Field, Input, Look, Row, Tone, back_link, button, button_link, details, form,
    input, machine, notice, select, summary_list, table, textarea,
};
use crate::i18n::t;
use crate::problem::{Problem, Result, size};

pub(super) mod by_mail;

struct View<'a> {
    app: &'a App,
    officer: &'a Officer,
    people: &'a People,
    shown: &'a Shown,
    typed: &'a Typed<'a>,
    refused: Option<Refusal>,
}

impl View<'_> {
    fn base(&self) -> String {
        let (reference, no) = (&self.shown.whole.reference, self.shown.record.referral.no);
        format!("/desk/reports/{reference}/referrals/{no}")
    }

    /// A form that changes this referral.
    fn change(&self, action: &str, body: Markup) -> Markup {
        let address = format!("{}/{action}", self.base());
        let token = token(&self.officer.seen);
        form(
            &address,
            Encoding::Pairs,
            Some(&token),
            html! {
                input type="hidden" name="version" value=(self.shown.whole.standing.version);
                (body)
            },
        )
    }
}

/// The page.
pub(in crate::desk) async fn show(
    Of(app): Of<App>,
    officer: Officer,
    Path((reference, no)): Path<(String, String)>,
) -> Result<Markup> {
    let no = no.parse().map_err(|_| Problem::not_found())?;
    let shown = app.referral(&officer.who, &reference, no).await?;
    let people = app.people(&officer.who).await?;
    Ok(page(&View {
        app: &app,
        officer: &officer,
        people: &people,
        shown: &shown,
        typed: &Typed::default(),
        refused: None,
    }))
}

/// The page again, with what was typed and why it was not done.
pub(super) async fn again(
    app: &App,
    sent: &Sent,
    (reference, no): (&str, u32),
    typed: &Typed<'_>,
    (status, refused): (StatusCode, Option<Refusal>),
) -> Result<Response> {
    let officer = &sent.officer;
    let shown = app.referral(&officer.who, reference, no).await?;
    let people = app.people(&officer.who).await?;
    let page = page(&View {
        app,
        officer,
        people: &people,
        shown: &shown,
        typed,
        refused,
    });
    Ok((status, page).into_response())
}

/// The summary as the agency gets it, alone, for reading and printing. It does nothing and loads nothing.
pub(in crate::desk) async fn summary(
    Of(app): Of<App>,
    officer: Officer,
    Path((reference, no)): Path<(String, String)>,
) -> Result<Response> {
    let no = no.parse().map_err(|_| Problem::not_found())?;
    let shown = app.referral(&officer.who, &reference, no).await?;
    let packed = shown.packed.as_ref().ok_or_else(Problem::not_found)?;
    let style = STANDARD.encode(cairn_evidence::hash::sha256(STYLE.as_bytes()).0);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; sandbox allow-modals"
    );
    let policy = HeaderValue::try_from(policy).map_err(|error| Problem::unexpected(&error))?;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, html),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, packed.package.summary.clone()).into_response())
}

fn page(view: &View<'_>) -> Markup {
    let (l, whole) = (view.officer.page.lang, &view.shown.whole);
    let one = &view.shown.record.referral;
    let title = t::referral_of(l, i64::from(one.no), whole.reference.as_str());
    let back = format!("/desk/reports/{}#referrals", whole.reference);
    let works = view.officer.who.may(Action::WorkReports);
    let body = html! {
        (doors(view.officer, "/desk/referrals"))
        (view.typed.summary(l))
        (back_link(l, &back))
        p.caption { (title) }
        h1 { (words::agency(&view.app.form, l, &one.agency)) }
        @if view.typed.since.is_some() {
            (notice(Tone::Warning, "meanwhile", t::case_conflict(l), html! { p { (t::case_conflict_note(l)) } }))
        }
        @if let Some(why) = view.refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (refusal(l, why)) } }))
        }
        @if one.to_tell() && works { (telling(view)) }
        (state(view))
        @if let Some(packed) = &view.shown.packed { (goes(view, packed)) }
        (by_mail::section(view))
        @if works { (forms(view)) }
        (history(view))
    };
    let faulty = !view.typed.faults.is_empty();
    let page = view.officer.page.clone().faulty(faulty);
    page.render(&title, body)
}

fn state(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let (record, whole) = (&view.shown.record, &view.shown.whole);
    let one = &record.referral;
    let late = record.is_overdue(view.app.clock.now());
    let why = basis(&view.app.form, l, &one.agency, &one.basis);
    let mut rows = vec![
        Row::new(
            t::referral_state(l),
            standing(l, one.state, late, one.to_tell()),
        ),
        Row::new(t::referral_basis(l), html! { (why) }),
        Row::new(t::referral_channel(l), html! { (channel(l, one.channel)) }),
        Row::new(
            t::referral_prepared(l),
            html! { (page.moment(record.prepared_at)) ", " (actor(l, view.people, &record.prepared_by)) },
        ),
    ];
    if let Some(at) = record.sent_at {
        rows.push(Row::new(t::referral_sent(l), html! { (page.moment(at)) }));
    }
    if let Some(digest) = &one.sent {
        rows.push(Row::new(t::referral_digest_sent(l), machine(digest)));
    }
    if let Some(due) = record.due {
        rows.push(Row::new(t::referral_due(l), html! { (page.moment(due)) }));
    }
    if one.chases > 0 {
        let times = t::referral_times(l, one.chases);
        rows.push(Row::new(t::referral_chases(l), html! { (times) }));
    }
    if let Some(reference) = record.reference() {
        let text = said_with(whole.referral_text(reference));
        rows.push(Row::new(t::referral_reference(l), text));
    }
    if let Some(is) = one.outcome {
        let said = html! { (outcome(l, is)) };
        rows.push(Row::new(t::referral_outcome(l), said));
    }
    summary_list(l, &rows)
}

/// Exactly what the agency gets.
fn goes(view: &View<'_>, packed: &Packed) -> Markup {
    let l = view.officer.page.lang;
    let one = &view.shown.record.referral;
    let package = &packed.package;
    let changed = one.sent.as_ref().is_some_and(|sent| *sent != packed.digest);
    html! {
        h2 { @if one.state.has_left() { (t::referral_went(l)) } @else { (t::referral_goes(l)) } }
        @if changed { p { (t::referral_changed(l)) } }
        p { @if package.contact { (t::referral_goes_contact(l)) } @else { (t::referral_goes_no_contact(l)) } }
        @if package.files.is_empty() {
            p { (t::referral_goes_none(l)) }
        } @else {
            ul { @for file in &package.files { li { (machine(&path_of(file))) ", " (file.media_type) ", " (size(file.size)) } } }
        }
        p { (button_link(Look::Plain, &format!("{}/summary", view.base()), t::referral_goes_summary(l))) }
        (details(t::referral_goes_report(l), html! {
            p.hint { (t::referral_goes_defanged(l)) }
            pre tabindex="0" { code translate="no" { (visible(&defang_text(&package.report))) } }
        }))
        (details(t::referral_goes_manifest(l), html! { pre tabindex="0" { code translate="no" { (packed.manifest) } } }))
        p { (t::referral_digest(l)) ": " (machine(&packed.digest)) }
    }
}

fn forms(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let one = &view.shown.record.referral;
    let send = match one.channel {
        Channel::Handed => t::referral_send_handed(l),
        Channel::Api => t::referral_send_api(l),
        Channel::Mail => t::referral_send_mail(l),
    };
    let withdrawn = one.state == State::Withdrawn;
    html! {
        section.work aria-labelledby="work" {
            h2 #work { (t::case_work(l)) }
            (undoing(view))
            @if !withdrawn && !one.revoked {
                (view.change("package", html! {
                    p.hint { (t::referral_take_note(l)) " " (machine(ARCHIVE_PASSWORD)) }
                    (button(Look::Plain, t::referral_take(l)))
                }))
            }
            @if one.state == State::Prepared {
                @if by_mail::may_go(view) { (view.change("send", html! {
                    @if view.app.config.undo_seconds > 0 {
                        p.hint { (t::referral_send_note(l, view.app.config.undo_seconds)) }
                    }
                    (button(Look::Main, send))
                })) }
                (view.change("withdraw", button(Look::Danger, t::referral_withdraw(l))))
            }
            @if one.state.waits() { (acknowledging(view)) }
            @if one.state.has_left() { (answering(view)) }
            @if one.state.waits() { (chasing(view)) }
        }
    }
}

/// The way back, as long as there is one.
fn undoing(view: &View<'_>) -> Markup {
    let steps = &view.shown.record.steps;
    let sent = steps
        .iter()
        .rev()
        .find(|(_, _, step)| matches!(step, Step::Sent { .. }));
    let whole = &view.shown.whole;
    let undoable = view.app.undoable(&view.officer.who, whole);
    html! {
        @if let Some((event, ..)) = sent && undoable.contains(event) {
            (form(&format!("/desk/reports/{}/undo", whole.reference), Encoding::Pairs, Some(&token(&view.officer.seen)), html! {
                input type="hidden" name="version" value=(whole.standing.version);
                (hold::undo_button(view.officer.page.lang, *event))
            }))
        }
    }
}

fn acknowledging(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let field = Field::new(l, "reference", t::referral_reference(l)).error_in(&view.typed.faults);
    let line = Input {
        value: view.typed.get("reference").unwrap_or_default(),
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        h3 { (t::referral_acknowledge(l)) }
        (view.change("acknowledge", html! {
            (input(&field, &line))
            (button(Look::Plain, t::referral_acknowledge_save(l)))
        }))
    }
}

fn answering(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let mut choices = vec![choice("", t::case_chosen(l))];
    choices.extend(Outcome::ALL.map(|one| choice(one.as_str(), outcome(l, one))));
    let field = Field::new(l, "outcome", t::referral_outcome(l)).error_in(&view.typed.faults);
    html! {
        h3 { (t::referral_answer(l)) }
        (view.change("answer", html! {
            (select(&field, &choices, view.typed.get("outcome")))
            (words_field(view, "more", t::referral_answer_words(l), true))
            (button(Look::Plain, t::referral_answer_save(l)))
        }))
    }
}

fn chasing(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    html! {
        h3 { (t::referral_chase(l)) }
        (by_mail::reminder(view))
        (view.change("chase", html! {
            (words_field(view, "how", t::referral_chase_how(l), false))
            (button(Look::Plain, t::referral_chase_save(l)))
        }))
    }
}

fn telling(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let body = html! {
        p { (t::referral_tell_note(l)) }
        (view.change("tell", html! {
            (words_field(view, "told", t::referral_tell_how(l), false))
            (button(Look::Main, t::referral_tell_save(l)))
        }))
    };
    notice(Tone::Warning, "to-tell", t::referral_tell(l), body)
}

fn words_field(view: &View<'_>, id: &str, label: &str, optional: bool) -> Markup {
    let field = Field::new(view.officer.page.lang, id, label).optional(optional);
    let typed = view.typed.get(id).unwrap_or_default();
    let max = u32::try_from(TEXT_CHARS_MAX).ok();
    textarea(&field.error_in(&view.typed.faults), typed, 3, max)
}

fn history(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let columns = [
        t::case_when(l),
        t::case_who(l),
        t::case_what(l),
        t::referral_words(l),
    ]
    .map(Column::text);
    let whole = &view.shown.whole;
    let by = |event: i64| {
        let at = usize::try_from(event).ok().and_then(|at| at.checked_sub(1));
        let line = at.and_then(|at| whole.history.get(at));
        line.map_or_else(|| html! {}, |line| actor(l, view.people, &line.event.by))
    };
    let rows: Vec<Vec<Markup>> = view
        .shown
        .record
        .steps
        .iter()
        .rev()
        .map(|(event, at, step)| {
            vec![
                html! { (page.moment(*at)) },
                by(*event),
                html! {
                    (step_name(l, step))
                    @if let Step::Answered { outcome: is, .. } = step { ": " (outcome(l, *is)) }
                    @if let Step::Taken { manifest } | Step::Sent { manifest, .. } = step { ": " (machine(manifest)) }
                },
                said_with(whole.referral_text(*event)),
            ]
        })
        .collect();
    html! {
        h2 { (t::referral_history(l)) }
        (table(t::referral_history(l), &columns, &rows))
    }
}
