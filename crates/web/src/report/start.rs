//! The front page, the page before the first question, and the way out.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use cairn_app::draft::DraftKey;
use maud::{Markup, html};

use super::{
    DRAFT, SMALL_BYTES_MAX, STATUS, draft, draft_key, help, next_place, query, see, see_with,
};
use crate::components::{Encoding, Look, Tone, button, button_link, buttons, form, notice};
use crate::i18n::t;
use crate::intake::{Public, admit};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// `/`: the doors.
pub(super) async fn home(page: Page) -> Markup {
    let l = page.lang;
    let doors = [
        (
            "/report",
            t::report_home_report(l),
            t::report_home_report_text(l),
        ),
        (
            "/status",
            t::report_home_status(l),
            t::report_home_status_text(l),
        ),
        (
            "/figures",
            t::report_home_figures(l),
            t::report_home_figures_text(l),
        ),
        (
            "/evidence",
            t::report_home_evidence(l),
            t::report_home_evidence_text(l),
        ),
    ];
    let title = page.site.name(l).to_owned();
    let body = html! {
        h1 { (title) }
        @if let Some(house) = page.site.house(l) { p.house { (t::report_home_house(l, house)) } }
        p.lead { (t::report_home_lead(l)) }
        (buttons(html! { (button_link(Look::Main, "/report", t::report_home_start(l))) }))
        ul.cards {
            @for (href, name, text) in doors {
                li.card { h2 { a href=(href) { (name) } } p { (text) } }
            }
        }
        p { (t::report_home_machines(l)) " " a href="/api" { (t::api_title(l)) } }
    };
    page.render(&title, body)
}

/// `GET /report`: help that cannot wait, and what to expect.
pub(super) async fn show(
    State(public): State<Public>,
    page: Page,
    headers: HeaderMap,
) -> Result<Markup> {
    let l = page.lang;
    let app = &public.app;
    let page = page.section(Section::Report);
    let open = draft(app, &headers, &page.site).await?;
    let open = open.filter(|(_, saved)| !saved.sent && !saved.progress.seen.is_empty());
    let gone = query(&page.uri, "gone").is_some();
    let points = [
        (t::report_start_who(l), t::report_start_who_text(l)),
        (t::report_start_time(l), t::report_start_time_text(l)),
        (t::report_start_kept(l), t::report_start_kept_text(l)),
        (
            t::report_start_anonymous(l),
            t::report_start_anonymous_text(l),
        ),
    ];
    let body = html! {
        @if gone { (notice(Tone::Warning, "gone", t::report_gone(l), html! { p { (t::report_gone_text(l)) } })) }
        h1 { (t::report_title(l)) }
        p.lead { (t::report_start_lead(l)) }
        @for (at, block) in app.form.help().before().enumerate() {
            (help::block(block, l, if at == 0 { Tone::Danger } else { Tone::Warning }))
        }
        @if let Some((_, saved)) = &open {
            (notice(Tone::Info, "open", t::report_open(l), html! {
                p { (t::report_open_text(l)) }
                (buttons(html! { (button_link(Look::Main, &next_place(&app.form, &saved.progress), t::report_open_go(l))) }))
            }))
        }
        (form("/report", Encoding::Pairs, None, html! {
            (buttons(html! {
                (button(if open.is_some() { Look::Plain } else { Look::Main },
                    if open.is_some() { t::report_start_over(l) } else { t::report_start_now(l) }))
            }))
        }))
        dl.summary {
            @for (name, text) in points { div { dt { (name) } dd { (text) } } }
        }
        p { (t::report_start_privacy(l)) " " a href="/privacy" { (t::footer_privacy(l)) } }
    };
    Ok(page.render(t::report_title(l), body))
}

/// `POST /report`: a new draft in the place of any old one.
pub(super) async fn begin(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let app = &public.app;
    let admitted = admit(app, request, SMALL_BYTES_MAX).await?;
    if let Some(old) = draft_key(&admitted.parts.headers, &page.site) {
        app.drop_draft(&old).await?;
    }
    let key = DraftKey::new()?;
    let progress = app.form.begin(page.lang.as_str());
    app.save_draft(&key, &progress).await?;
    let first = app.form.first_step().ok_or_else(Problem::not_found)?;
    let cookie = DRAFT.set(&key.expose(), page.site.https);
    Ok(see_with(&format!("/report/{}", first.code), cookie))
}

/// `GET /report/exit`: drops the draft and leaves. A plain link, so that it works at once and everywhere; another site
/// cannot make a browser drop a draft with it.
pub(super) async fn exit(State(public): State<Public>, page: Page, headers: HeaderMap) -> Response {
    let away = match page.site.exit_to.as_str() {
        "" => public.app.form.help().leave_to(),
        chosen => chosen,
    };
    let foreign = headers
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    let mut response = see(away);
    if foreign {
        return response;
    }
    if let Some(key) = draft_key(&headers, &page.site)
        && let Err(error) = public.app.drop_draft(&key).await
    {
        // Leaving comes first; the draft is sealed, and gone within a day.
        tracing::warn!(%error, "dropping a draft");
    }
    for cookie in [DRAFT, STATUS] {
        let cleared = cookie.clear(page.site.https);
        response
            .headers_mut()
            .append(axum::http::header::SET_COOKIE, cleared);
    }
    response
}
