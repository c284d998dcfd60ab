//! The form, and the page after it.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::challenge::form_key;
use cairn_app::challenge::rows::Summary;
use cairn_app::report::AppError;
use cairn_app::track::Shown;
use cairn_desk::challenge::{
    self as desk, Draft, Fault as Wrong, Figure, RIGHT_CHARS_MAX, Typed, WRONG_CHARS_MAX,
};
use maud::{Markup, html};

use super::{due_day, kind, page_of, plan, query, title, words};
use crate::components::{
    Choice, Encoding, Fault, Field, HONEYPOT, Input, Look, Tone, back_link, button, button_link,
    buttons, error_summary, form, honeypot, input, inset, notice, panel, reference, select,
    textarea,
};
use crate::cookie::{Cookie, SameSite};
use crate::form::Form as Pairs;
use crate::i18n::{Lang, t};
use crate::intake::admit;
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};
use crate::report::SMALL_BYTES_MAX;

/// Opens the page with the receipt, for an hour.
const SENT: Cookie = Cookie {
    name: "cairn_challenge",
    same_site: SameSite::Lax,
    max_age: Some(3600),
};

/// What was typed, each field as it was typed.
#[derive(Default)]
struct Filled {
    edition: String,
    figure: String,
    wrong: String,
    right: String,
    link: String,
    name: String,
    email: String,
    key: String,
}

impl Filled {
    fn of(form: &Pairs) -> Self {
        let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Self {
            edition: own("edition"),
            figure: own("figure"),
            wrong: own("wrong"),
            right: own("right"),
            link: own("link"),
            name: own("name"),
            email: own("email"),
            key: own("key"),
        }
    }

    fn typed(&self) -> Typed<'_> {
        Typed {
            wrong: &self.wrong,
            right: &self.right,
            link: &self.link,
            name: &self.name,
            email: &self.email,
        }
    }
}

/// `GET /track/PLAN/challenge?edition=&figure=`
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Markup> {
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let plan = plan.ok_or_else(Problem::not_found)?;
    let filled = Filled {
        edition: query(&page, "edition").unwrap_or_default(),
        figure: query(&page, "figure").unwrap_or_default(),
        key: form_key()?,
        ..Filled::default()
    };
    Ok(render(page, &app, plan, &filled, &[]))
}

/// `POST /track/PLAN/challenge`. The same form sent twice is one challenge.
pub(super) async fn send(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&app, request, SMALL_BYTES_MAX).await?;
    let pairs = Pairs::parse(&admitted.body)?;
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let plan = plan.ok_or_else(Problem::not_found)?;
    let l = page.lang;
    let suspect = pairs.get(HONEYPOT).is_some_and(|value| !value.is_empty());
    let mut filled = Filled::of(&pairs);
    if filled.key.is_empty() {
        filled.key = form_key()?;
    }
    let known = chosen(plan, &filled);
    let (edition, key) = known.map_or(("", ""), |one| (&one.edition, &one.key));
    let figure = Figure::parse(key);
    let about = (plan.id.as_str(), edition, &figure);
    let draft = Draft::parse(about, l.as_str(), filled.typed(), suspect);
    let mut faults = Vec::new();
    if known.is_none() {
        faults.push(Fault {
            field: "figure".to_owned(),
            text: t::challenge_figure_missing(l).to_owned(),
        });
    }
    match draft {
        Ok(draft) if faults.is_empty() => {
            let sent = app.submit_challenge(&draft, filled.key.as_bytes()).await?;
            let cookie = SENT.set(&sent.secret, page.site.https);
            let to = format!("/track/{}/challenge/sent", plan.id);
            let mut response = Redirect::to(&to).into_response();
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        other => {
            let wrong = other.err().unwrap_or_default();
            faults.extend(wrong.into_iter().map(|one| fault(l, one)));
            let body = render(page, &app, plan, &filled, &faults);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
    }
}

/// The figure that is named, in the edition that is named or in the newest that has it.
fn chosen<'p>(plan: &'p Shown, filled: &Filled) -> Option<&'p cairn_track::site::Challengeable> {
    let key = Figure::parse(&filled.figure).to_string();
    plan.figure(&filled.edition, &key)
}

fn fault(l: Lang, wrong: Wrong) -> Fault {
    let text = match wrong {
        Wrong::Missing(_) => t::challenge_wrong_missing(l).to_owned(),
        Wrong::TooLong { chars, max, .. } => t::challenge_too_long(l, chars as u64, max as u64),
        Wrong::NotLink(_) => t::challenge_not_link(l).to_owned(),
        Wrong::NotEmail(_) => t::challenge_not_email(l).to_owned(),
    };
    Fault {
        field: wrong.field().as_str().to_owned(),
        text,
    }
}

fn render(page: Page, app: &App, plan: &Shown, filled: &Filled, faults: &[Fault]) -> Markup {
    let l = page.lang;
    let known = chosen(plan, filled);
    let back = known.and_then(|one| page_of(l, Some(plan), &one.edition, &one.key));
    let back = back.unwrap_or_else(|| format!("/track/{}/", plan.id));
    let action = format!("/track/{}/challenge", plan.id);
    let body = html! {
        (back_link(l, &back))
        (error_summary(l, faults))
        h1 { (t::challenge_title(l)) }
        p.lead { (t::challenge_lead(l, plan.title.get(l.as_str()).0)) }
        (form(&action, Encoding::Pairs, None, html! {
            (honeypot(l))
            input type="hidden" name="key" value=(filled.key);
            @match known {
                Some(one) => (preselected(l, plan, one, &action)),
                None => (choose(l, plan, filled, faults)),
            }
            (fields(l, filled, faults))
            (notice(Tone::Info, "public", t::challenge_public(l), html! {
                ul {
                    li { (t::challenge_public_now(l)) }
                    li { (t::challenge_public_later(l)) }
                    li { (t::challenge_public_answer(l, app.config.challenge_days)) }
                    li { (t::challenge_public_never(l)) }
                }
            }))
            (buttons(button(Look::Main, t::challenge_send(l))))
        }))
    };
    page.section(Section::Track)
        .faulty(!faults.is_empty())
        .render(t::challenge_title(l), body)
}

fn preselected(
    l: Lang,
    plan: &Shown,
    one: &cairn_track::site::Challengeable,
    action: &str,
) -> Markup {
    let figure = Figure::parse(&one.key);
    let href = page_of(l, Some(plan), &one.edition, &one.key);
    inset(html! {
        input type="hidden" name="edition" value=(one.edition);
        input type="hidden" name="figure" value=(one.key);
        p {
            (t::challenge_about(l)) ": " (kind(l, figure.kind)) " "
            a href=[href] { (words(l, &one.title)) }
            ", " (t::challenge_of_edition(l, one.edition.as_str()))
        }
        p { a href=(action) { (t::challenge_about_other(l)) } }
    })
}

/// All that the newest edition has.
fn choose(l: Lang, plan: &Shown, filled: &Filled, faults: &[Fault]) -> Markup {
    let newest = plan.figures.first().map(|one| one.edition.as_str());
    let own = |one: &&cairn_track::site::Challengeable| Some(one.edition.as_str()) == newest;
    let labels: Vec<(&str, String)> = plan
        .figures
        .iter()
        .filter(own)
        .map(|one| {
            let kind = kind(l, Figure::parse(&one.key).kind);
            let title = one.title.get(l.as_str()).0;
            (one.key.as_str(), format!("{kind}: {title}"))
        })
        .collect();
    let mut choices = vec![Choice {
        value: "",
        label: t::challenge_choose(l),
        ..Choice::default()
    }];
    choices.extend(labels.iter().map(|(value, label)| Choice {
        value,
        label,
        ..Choice::default()
    }));
    let field = Field::new(l, "figure", t::challenge_figure(l))
        .hint(t::challenge_figure_hint(l))
        .error_in(faults);
    html! {
        input type="hidden" name="edition" value=(newest.unwrap_or_default());
        (select(&field, &choices, Some(&filled.figure)))
    }
}

fn fields(l: Lang, filled: &Filled, faults: &[Fault]) -> Markup {
    let field = |id, label, hint| {
        Field::new(l, id, label)
            .hint(hint)
            .error_in(faults)
            .optional(id != "wrong")
    };
    let line = |value, kind, autocomplete| Input {
        value,
        kind,
        autocomplete: Some(autocomplete),
        ..Input::default()
    };
    let most = |chars: usize| u32::try_from(chars).ok();
    let wrong = field(
        "wrong",
        t::challenge_wrong(l),
        Some(t::challenge_wrong_hint(l)),
    );
    let right = field("right", t::challenge_right(l), None);
    let link = field(
        "link",
        t::challenge_link(l),
        Some(t::challenge_link_hint(l)),
    );
    let name = field(
        "name",
        t::challenge_name(l),
        Some(t::challenge_name_hint(l)),
    );
    let email = field(
        "email",
        t::challenge_email(l),
        Some(t::challenge_email_hint(l)),
    );
    html! {
        (textarea(&wrong, &filled.wrong, 6, most(WRONG_CHARS_MAX)))
        (textarea(&right, &filled.right, 3, most(RIGHT_CHARS_MAX)))
        (input(&link, &line(&filled.link, "url", "off")))
        (input(&name, &line(&filled.name, "text", "off")))
        (input(&email, &line(&filled.email, "email", "email")))
    }
}

/// The challenge that this browser sent, if it was about this plan.
async fn own(app: &App, page: &Page, headers: &HeaderMap, plan: &str) -> Result<Option<Summary>> {
    let Some(secret) = SENT.get(headers, page.site.https) else {
        return Ok(None);
    };
    match app.sent_challenge(secret).await {
        Ok(row) => Ok(Some(row).filter(|row| row.plan == plan)),
        Err(AppError::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// `GET /track/PLAN/challenge/sent`: as often as the page is opened, for an hour.
pub(super) async fn sent(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response> {
    let Some(row) = own(&app, &page, &headers, &id).await? else {
        return Ok(Redirect::to(&format!("/track/{}/challenges/", encoded(&id))).into_response());
    };
    let l = page.lang;
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let path = format!("/track/{}/challenges/{}", row.plan, row.no);
    let address = format!("{}{path}", page.site.public_url);
    let back = page_of(l, plan, &row.edition, &row.figure);
    let name = title(l, plan, &row.edition, &row.figure);
    let body = html! {
        (panel(t::challenge_sent_title(l), html! {
            p { (name) }
            p { (t::challenge_sent_reference(l)) }
            p { (reference(&desk::reference(row.no))) }
        }))
        p { (t::challenge_sent_where(l)) }
        p.inset { a href=(path) { (address) } }
        ul {
            li { (t::challenge_sent_due(l, due_day(&page, row.due_at))) }
            li { (t::challenge_sent_words(l)) }
            li { (t::challenge_sent_mail(l)) }
        }
        h2 { (t::challenge_sent_receipt(l)) }
        p { (t::challenge_sent_receipt_text(l)) " " a href="/how-receipts-work" { (t::footer_receipts(l)) } }
        (buttons(html! {
            (button_link(Look::Main, &format!("/track/{}/challenge/receipt", row.plan), t::challenge_sent_receipt_get(l)))
            @if let Some(back) = &back { (button_link(Look::Plain, back, t::challenge_back_figure(l))) }
        }))
    };
    let page = page.section(Section::Track);
    Ok(page
        .render(t::challenge_sent_title(l), body)
        .into_response())
}

/// A part of a path as an address has it.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `GET /track/PLAN/challenge/receipt`: for the browser that sent it.
pub(super) async fn receipt(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response> {
    let row = own(&app, &page, &headers, &id).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let text = app.challenge_receipt(row.no).await?;
    let name = format!(
        "attachment; filename=\"cairn-{}.tlog-proof\"",
        desk::reference(row.no)
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
