//! An officer's answer to a reporter: from a canned one or by hand, with a preview of exactly what the reporter will see, and
//! what is masked in it. One form and one address; which button was pressed says what happens.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::conversation::{Draft, MailShown, Preview, Written};
use cairn_desk::access::Action;
use cairn_desk::canned::has_gap;
use cairn_desk::redact::{MARKS_MAX, Mark, Personal};
use cairn_desk::report::{MESSAGE_CHARS_MAX, MessageFault, MessageText};
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::case_read::View;
use super::case_work::{Answer, answered, change, faulty, shown, taken_back, version};
use super::doors;
use super::openpgp;
use super::typed::Typed;
use super::who::{Sent, token};
use super::words;
use crate::components::{
    Encoding, Field, Look, Row, back_link, button, button_named, buttons, checkbox, choice, form,
    said, select, summary_list, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

/// The form.
pub(super) fn writing(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let (app, whole) = (view.app, view.whole);
    let l = view.officer.page.lang;
    let language = words::language(l, &whole.body.language);
    let hint = t::case_write_hint(l, language.as_str());
    let field = Field::new(l, "text", t::case_write(l))
        .hint(hint.as_str())
        .error_in(&typed.faults);
    let max = u32::try_from(MESSAGE_CHARS_MAX).ok();
    let text = typed.filled.as_deref().or(typed.get("text"));
    let text = text.or(taken_back(view)).unwrap_or_default();
    let again = typed.form.is_some_and(|form| form.get("text").is_some());
    let by_mail = if again {
        typed.get("mail-text").is_some()
    } else {
        app.prefers_mail(whole)
    };
    let chosen = typed.filled.as_ref().and(typed.get("canned"));
    let chosen = chosen.and_then(|id| app.canned.get(id));
    let waits = typed.get("waits").is_some() || chosen.is_some_and(|one| one.waits);
    let mail = Field::new(l, "mail-text", t::reply_mail_text(l)).hint(t::reply_mail_text_hint(l));
    change(
        view,
        "message",
        html! {
            (canned(view, typed))
            (textarea(&field, text, 8, max))
            (checkbox(&Field::new(l, "waits", t::case_write_waits(l)), "1", waits))
            @if app.may_mail_text(whole) {
                (checkbox(&mail, "1", by_mail))
            } @else if app.reachable_by_mail(whole) {
                p.hint { (t::reply_mail_note(l)) }
            }
            (openpgp::choosing(view, typed))
            (buttons(html! {
                (button(Look::Main, t::case_write_send(l)))
                (button_named(Look::Plain, "do", "preview", t::reply_preview(l)))
            }))
        },
    )
}

fn canned(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let category = view.whole.standing.category.as_str();
    let offered = view.app.canned.for_category(category);
    let mut choices = vec![choice("", t::reply_canned_none(l))];
    choices.extend(offered.map(|one| choice(&one.id, one.title.get(l.as_str()))));
    let field = Field::new(l, "canned", t::reply_canned(l)).hint(t::reply_canned_hint(l));
    html! {
        @if choices.len() > 1 {
            (select(&field, &choices, typed.get("canned")))
            (button_named(Look::Plain, "do", "insert", t::reply_insert(l)))
        }
    }
}

/// `POST /desk/reports/{reference}/message`
pub(super) async fn message(
    State(app): State<App>,
    Path(reference): Path<String>,
    sent: Sent,
) -> Answer {
    if !sent.officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    match sent.form.get("do") {
        Some("insert") => return insert(&app, &sent, &reference).await,
        Some("change") => {
            let typed = Typed::of(&sent.form);
            return shown(&app, &sent.officer, &reference, &typed, StatusCode::OK).await;
        }
        _ => {}
    }
    let draft = match draft(sent.officer.page.lang, &sent.form) {
        Ok(draft) => draft,
        Err(wrong) => return faulty(&app, &sent, &reference, "text", wrong).await,
    };
    if sent.form.get("do") == Some("preview") {
        return preview(&app, &sent, &reference, &draft).await;
    }
    let who = &sent.officer.who;
    let version = version(&sent.form);
    match app.reply(who, &reference, version, draft.clone()).await {
        Ok(Written::LookFirst) => preview(&app, &sent, &reference, &draft).await,
        done => answered(&app, &sent, &reference, done.map(drop)).await,
    }
}

/// The answer behind what is typed already.
async fn insert(app: &App, sent: &Sent, reference: &str) -> Answer {
    let whole = app.read_report(&sent.officer.who, reference).await?;
    let chosen = sent.form.get("canned").unwrap_or_default();
    let typed = sent.form.get("text").unwrap_or_default().trim_end();
    let text = match app.canned_text(&whole, chosen) {
        Some(text) if typed.is_empty() => text,
        Some(text) => format!("{typed}\n\n{text}"),
        None => typed.to_owned(),
    };
    let typed = Typed {
        filled: Some(text),
        ..Typed::of(&sent.form)
    };
    shown(app, &sent.officer, reference, &typed, StatusCode::OK).await
}

/// What the form says, or what is wrong with the text.
fn draft(l: Lang, form: &Form) -> Result<Draft, String> {
    let typed = form.get("text").unwrap_or_default();
    let text = MessageText::parse(typed).map_err(|fault| match fault {
        MessageFault::Empty => t::case_write_empty(l).to_owned(),
        MessageFault::TooLong { chars } => {
            t::case_write_long(l, chars as u64, MESSAGE_CHARS_MAX as u64)
        }
    })?;
    if has_gap(text.as_str()) {
        return Err(t::reply_gap(l).to_owned());
    }
    let kept = |n: &usize| form.get(&format!("keep-{n}")).is_some();
    Ok(Draft {
        text,
        waits: form.get("waits").is_some(),
        by_mail: form.get("mail-text").is_some(),
        sealing: openpgp::chosen(form),
        keep: (0..MARKS_MAX).filter(kept).collect(),
        seen: form.get("seen").is_some(),
    })
}

async fn preview(app: &App, sent: &Sent, reference: &str, draft: &Draft) -> Answer {
    let who = &sent.officer.who;
    let preview = app.preview_reply(who, reference, draft).await?;
    let officer = &sent.officer;
    let l = officer.page.lang;
    let body = html! {
        (doors(officer, "/desk"))
        (back_link(l, &format!("/desk/reports/{reference}")))
        p.caption { (t::case_title(l, reference)) }
        h1 { (t::reply_preview_title(l)) }
        h2 { (t::reply_on_page(l)) }
        (on_page(sent, &preview, app.clock.now()))
        h2 { (t::reply_by_mail(l)) }
        @match &preview.mail {
            Some(mail) => (by_mail(l, &preview, mail)),
            None => p { (t::reply_no_mail(l)) },
        }
        (sending(sent, reference, draft, &preview))
    };
    let page = officer.page.render(t::reply_preview_title(l), body);
    Ok((StatusCode::OK, page).into_response()) as Result<Response, Problem>
}

/// As `crate::report::status` shows it, in the reporter's language.
fn on_page(sent: &Sent, preview: &Preview, now: Micros) -> Markup {
    let theirs = Lang::of_tag(&preview.language).unwrap_or_default();
    let now = crate::i18n::moment(theirs, now, &sent.officer.page.site.zone);
    html! {
        div.preview lang=(theirs.as_str()) {
            (crate::report::status::article(theirs, true, &now, said(&preview.text)))
        }
    }
}

fn by_mail(l: Lang, preview: &Preview, mail: &MailShown) -> Markup {
    let text = |text: &str| said(text);
    let mut rows = vec![
        Row::new(t::reply_mail_from(l), text(&mail.from)),
        Row::new(t::reply_mail_to(l), text(&mail.to)),
    ];
    if let Some(answers) = &mail.reply_to {
        rows.push(Row::new(t::reply_mail_answers(l), text(answers)));
    }
    rows.push(Row::new(t::reply_mail_subject(l), text(&mail.subject)));
    html! {
        (openpgp::leaving(l, mail))
        (summary_list(l, &rows))
        div.preview lang=(preview.language) { (said(&mail.body)) }
    }
}

/// The same answer once more, with what was chosen.
fn sending(sent: &Sent, reference: &str, draft: &Draft, preview: &Preview) -> Markup {
    let l = sent.officer.page.lang;
    let action = format!("/desk/reports/{reference}/message");
    let token = token(&sent.officer.seen);
    form(
        &action,
        Encoding::Pairs,
        Some(&token),
        html! {
            input type="hidden" name="version" value=(version(&sent.form));
            input type="hidden" name="seen" value="1";
            input type="hidden" name="text" value=(draft.text.as_str());
            @if draft.waits { input type="hidden" name="waits" value="1"; }
            input type="hidden" name="sealing" value=(draft.sealing.as_str());
            @if draft.by_mail { input type="hidden" name="mail-text" value="1"; }
            (masked(l, draft, &preview.marks))
            (buttons(html! {
                (button(Look::Main, t::case_write_send(l)))
                @if !preview.marks.is_empty() {
                    (button_named(Look::Plain, "do", "preview", t::reply_again(l)))
                }
                (button_named(Look::Plain, "do", "change", t::reply_change(l)))
            }))
        },
    )
}

fn masked(l: Lang, draft: &Draft, marks: &[Mark]) -> Markup {
    let kind = |mark: &Mark| match mark.personal {
        Personal::Email => t::reply_email(l),
        Personal::Phone => t::reply_phone(l),
        Personal::Number => t::reply_number(l),
    };
    html! {
        @if !marks.is_empty() {
            h2 { (t::reply_masked(l)) }
            p { (t::reply_masked_note(l)) }
            @for (n, mark) in marks.iter().enumerate().take(MARKS_MAX) {
                @let id = format!("keep-{n}");
                @let what = format!("{} {}", kind(mark), mark.text);
                @let label = t::reply_keep(l, what.as_str());
                (checkbox(&Field::new(l, &id, &label), "1", draft.keep.contains(&n)))
            }
        }
    }
}
