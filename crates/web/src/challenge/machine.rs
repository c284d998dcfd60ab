//! The same for machines: one JSON document a page, and a feed (Atom, RFC 4287). They hold what the pages hold and no more.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::challenge::rows::Counts;
use cairn_app::challenge::{Challenge, Listed};
use cairn_app::track::Shown;
use cairn_desk::challenge::{Answered, Figure, Words, reference};
use cairn_kernel::observable::defang_text;
use cairn_kernel::text::visible;
use cairn_kernel::time::Micros;
use maud::{PreEscaped, html};
use serde_json::{Value as Json, json};

use super::{plan, query, title};
use crate::i18n::{Lang, t};
use crate::page::Page;
use crate::problem::{Problem, Result};

/// What is asked for, with the plan if it is shown.
async fn listed(app: &App, id: &str, page: &Page) -> Result<(Listed<Challenge>, String)> {
    let wanted = query(page, "figure").filter(|text| !text.is_empty());
    let key = wanted.map(|text| Figure::parse(&text).to_string());
    let key = key.unwrap_or_default();
    let before = query(page, "before").and_then(|before| before.parse().ok());
    let listed = app.challenges_whole(id, &key, before).await?;
    if listed.counts == Counts::default() && plan(app, id).await?.is_none() {
        return Err(Problem::not_found());
    }
    Ok((listed, key))
}

/// `GET /track/PLAN/challenges.json?figure=&before=`
pub(super) async fn json(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response> {
    let (listed, key) = listed(&app, &id, &page).await?;
    let base = format!("{}/track/{id}/challenges", page.site.public_url);
    let next = listed.next.map(|next| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !key.is_empty() {
            query.append_pair("figure", &key);
        }
        query.append_pair("before", &next.to_string());
        format!("{base}.json?{}", query.finish())
    });
    let rows: Vec<Json> = listed.rows.iter().map(|one| document(&base, one)).collect();
    let median = listed.counts.median.map(super::list::days);
    let median = median.and_then(|days| days.parse::<f64>().ok());
    let document = json!({
        "plan": id,
        "figure": Some(key).filter(|key| !key.is_empty()),
        "counts": {
            "open": listed.counts.open,
            "overdue": listed.counts.overdue,
            "answered": listed.counts.answered,
            "set_aside": listed.counts.set_aside,
            "median_days": median,
        },
        "challenges": rows,
        "next": next,
    });
    let text = serde_json::to_string_pretty(&document);
    let text = text.map_err(|error| Problem::unexpected(&error))?;
    Ok(typed("application/json", text))
}

fn document(base: &str, one: &Challenge) -> Json {
    let row = &one.summary;
    let said = one.said.as_ref();
    let reason = match &one.words {
        Words::Withheld { reason } => Some(reason),
        _ => None,
    };
    let answers: Vec<Json> = one.answers.iter().map(answer).collect();
    json!({
        "reference": reference(row.no),
        "url": format!("{base}/{}", row.no),
        "edition": row.edition,
        "figure": row.figure,
        "received_at": row.received_at.to_string(),
        "due_at": row.due_at.to_string(),
        "answered_at": row.answered_at.map(|at| at.to_string()),
        "overdue": one.overdue,
        "outcome": row.outcome,
        "words": one.words.as_str(),
        "withheld_because": reason,
        "wrong": said.map(|said| &said.wrong),
        "right": said.and_then(|said| said.right.as_ref()),
        "link": said.and_then(|said| said.link.as_ref()),
        "name": said.and_then(|said| said.name.as_ref()),
        "language": said.map(|said| &said.language),
        "answers": answers,
    })
}

fn answer(given: &Answered) -> Json {
    let one = &given.answer;
    json!({
        "at": given.at.to_string(),
        "outcome": one.outcome,
        "en": one.en,
        "mi": one.mi,
        "link": one.link,
        "role": one.role,
    })
}

/// `GET /track/PLAN/challenges.atom?figure=`
pub(super) async fn atom(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response> {
    let l = page.lang;
    let (listed, key) = listed(&app, &id, &page).await?;
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let heading = match key.as_str() {
        "" => {
            let name = plan.map(|plan| plan.title.get(l.as_str()).0);
            t::challenge_list_title(l, name.unwrap_or(&id).to_owned())
        }
        key => t::challenge_list_figure(l, title(l, plan, "", key)),
    };
    let owner = plan.map_or(id.as_str(), |plan| plan.owner.as_str());
    let base = format!("{}/track/{id}/challenges", page.site.public_url);
    let own = match form_urlencoded::byte_serialize(key.as_bytes()).collect::<String>() {
        none if none.is_empty() => String::new(),
        figure => format!("?figure={figure}"),
    };
    let changed = listed.rows.iter().map(|one| one.changed_at).max();
    let feed = html! {
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(l.as_str()) {
            id { (base) "/" (own) }
            title { (visible(&heading)) }
            updated { (changed.unwrap_or(Micros(0))) }
            author { name { (visible(owner)) } }
            link rel="self" href={ (base) ".atom" (own) } {}
            link rel="alternate" type="text/html" href={ (base) "/" (own) } {}
            @for one in &listed.rows {
                entry {
                    id { (base) "/" (one.summary.no) }
                    title { (entry_title(l, plan, one)) }
                    published { (one.summary.received_at) }
                    updated { (one.changed_at) }
                    link rel="alternate" type="text/html" href={ (base) "/" (one.summary.no) } {}
                    content type="text" { (visible(&content(l, one))) }
                }
            }
        }
    };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n",
        PreEscaped(feed.into_string()).0
    );
    Ok(typed("application/atom+xml; charset=utf-8", text))
}

fn entry_title(l: Lang, plan: Option<&Shown>, one: &Challenge) -> String {
    let row = &one.summary;
    let last = one.answers.last();
    let state = last.map_or_else(
        || t::challenge_open(l),
        |given| super::outcome(l, given.answer.outcome),
    );
    let name = title(l, plan, &row.edition, &row.figure);
    visible(&format!("{}: {name} – {state}", reference(row.no))).into_owned()
}

/// Plain text: what was said, where it is shown, and the answer.
fn content(l: Lang, one: &Challenge) -> String {
    let mut parts = Vec::new();
    match (&one.words, &one.said) {
        (Words::Withheld { reason }, _) => {
            parts.push(format!("{} {reason}", t::challenge_withheld(l)));
        }
        (_, Some(said)) => parts.push(defang_text(&said.wrong).into_owned()),
        _ => parts.push(t::challenge_hidden(l).to_owned()),
    }
    if let Some(given) = one.answers.last() {
        let answer = given.answer.text(l.as_str()).0;
        parts.push(format!("{}: {answer}", t::challenge_answer(l)));
    }
    parts.join("\n\n")
}

fn typed(media: &'static str, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media))];
    (headers, text).into_response()
}
