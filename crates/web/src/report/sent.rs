//! After sending: the reference, the secret link, what to do now, the receipt.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::draft::{DraftKey, Saved};
use cairn_app::report::Received;
use cairn_desk::form::Flag;
use maud::{Markup, html};

use super::{DRAFT, SMALL_BYTES_MAX, draft_key, entry, help, see, see_with};
use crate::components::{
    Encoding, Look, Tone, button, button_link, buttons, form, machine, notice, panel, reference,
    steps, warning,
};
use crate::i18n::t;
use crate::intake::{Public, admit, origin};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// `GET /report/sent`: as often as the page is opened, until the draft is forgotten.
pub(super) async fn show(
    State(public): State<Public>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response> {
    let app = &public.app;
    let Some(key) = draft_key(&headers, &page.site) else {
        return Ok(see("/status"));
    };
    match app.sent_draft(&key).await? {
        Some((received, saved)) => Ok(render(page, app, &received, &saved).into_response()),
        None => Ok(see("/status")),
    }
}

fn render(page: Page, app: &App, received: &Received, saved: &Saved) -> Markup {
    let lang = page.lang;
    let anonymous = app.form.has_flag(&saved.progress, Flag::Anonymous);
    let page = page.section(Section::Report);
    let page = if saved.at_risk {
        page.with_exit()
    } else {
        page
    };
    let path = format!("/s/{}-{}", received.reference, received.secret.expose());
    let link = format!("{}{path}", page.site.public_url);
    let (category, subtype) = (&received.category, received.subtype.as_deref());
    let advice = app.form.advice().of(category, subtype);
    let advice: Vec<Markup> = advice
        .iter()
        .map(|action| html! { (action.get(lang.as_str())) })
        .collect();
    let next = [
        t::report_next_read(lang),
        if anonymous {
            t::report_next_anonymous(lang)
        } else {
            t::report_next_contact(lang)
        },
        t::report_next_page(lang),
    ];
    let file = format!("/receipt/{}.tlog-proof", received.reference);
    let body = html! {
        (panel(t::report_sent_title(lang), html! {
            p { (t::report_your_reference(lang)) }
            p { (reference(&received.reference)) }
            p { (t::report_received_at(lang, when(&page, received, anonymous))) }
        }))
        h2 { (t::report_secret_title(lang)) }
        (warning(lang, t::report_secret_keep(lang)))
        p.inset { a href=(path) { (machine(&link)) } }
        p { (t::report_secret_by_hand(lang)) " " (machine(&received.secret.expose_grouped())) }
        p.hint { (t::report_secret_print(lang)) }
        @if !advice.is_empty() {
            h2 { (t::report_advice_title(lang)) }
            (steps(&advice))
        }
        @if saved.at_risk { (help::at_risk(app, lang)) }
        h2 { (t::report_next_title(lang)) }
        ul { @for line in next { li { (line) } } }
        h2 { (t::report_receipt_title(lang)) }
        p { (t::report_receipt_text(lang)) " " a href="/how-receipts-work" { (t::footer_receipts(lang)) } }
        (buttons(html! { (button_link(Look::Plain, &file, t::report_receipt_get(lang))) }))
        (notice(Tone::Info, "shared", t::report_finish_title(lang), html! {
            p { (t::report_finish_text(lang)) }
            (form("/report/finish", Encoding::Pairs, None, buttons(html! { (button(Look::Plain, t::report_finish(lang))) })))
        }))
        (form("/report/again", Encoding::Pairs, None, html! {
            h2 { (t::report_again_title(lang)) }
            p { (t::report_again_text(lang)) }
            (buttons(html! { (button(Look::Plain, t::report_again(lang))) }))
        }))
    };
    page.render(t::report_sent_title(lang), body)
}

/// The minute, or for the anonymous only the hour that is kept.
fn when(page: &Page, received: &Received, anonymous: bool) -> String {
    let moment = page.moment(received.at);
    if anonymous {
        t::report_about_hour(page.lang, moment)
    } else {
        moment
    }
}

/// `POST /report/again`: a new report by the same person, who need not say again who they are.
pub(super) async fn again(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let app = &public.app;
    let admitted = admit(app, request, SMALL_BYTES_MAX).await?;
    let Some(old) = draft_key(&admitted.parts.headers, &page.site) else {
        return Ok(see("/report"));
    };
    let Some((_, Saved { mut progress, .. })) = app.sent_draft(&old).await? else {
        return Ok(see("/report"));
    };
    page.lang.as_str().clone_into(&mut progress.language);
    let key = DraftKey::new()?;
    app.save_draft(&key, &progress).await?;
    app.drop_draft(&old).await?;
    let first = app.form.first_step().ok_or_else(Problem::not_found)?;
    let cookie = DRAFT.set(&key.expose(), page.site.https);
    Ok(see_with(&format!("/report/{}", first.code), cookie))
}

/// `POST /report/finish`: this browser forgets the report.
pub(super) async fn finish(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&public.app, request, SMALL_BYTES_MAX).await?;
    if let Some(key) = draft_key(&admitted.parts.headers, &page.site) {
        public.app.drop_draft(&key).await?;
    }
    Ok(see_with("/", DRAFT.clear(page.site.https)))
}

/// `GET /receipt/REFERENCE.tlog-proof`: for the browser that sent the report, or that opened its status page.
pub(super) async fn receipt(
    State(public): State<Public>,
    Path(file): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let app = &public.app;
    let (parts, _) = request.into_parts();
    let asked = file
        .strip_suffix(".tlog-proof")
        .and_then(|name| app.number(name));
    let no = asked.ok_or_else(Problem::not_found)?;
    if !is_own(&public, &page, &parts.headers, no, origin(&parts)).await? {
        return Err(Problem::not_found());
    }
    let text = app.receipt(no).await?;
    let name = format!(
        "attachment; filename=\"cairn-{}.tlog-proof\"",
        app.reference(no)
    );
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

async fn is_own(
    public: &Public,
    page: &Page,
    headers: &HeaderMap,
    no: i64,
    from: u64,
) -> Result<bool> {
    if let Some(key) = draft_key(headers, &page.site)
        && let Some((received, _)) = public.app.sent_draft(&key).await?
        && received.no == no
    {
        return Ok(true);
    }
    let (reference, secret) = entry::held(headers, &page.site);
    public.tries.allow(from)?;
    match public.app.open(&reference, &secret).await {
        Ok(opened) => Ok(opened == no),
        Err(cairn_app::report::AppError::NotFound) => {
            public.tries.failed(from);
            Ok(false)
        }
        Err(other) => Err(other.into()),
    }
}
