//! What everybody reads: the list, and the page of one challenge with its answer.

use axum::extract::{Path, State};
use axum::response::Redirect;
use cairn_app::App;
use cairn_app::challenge::rows::{Counts, Summary};
use cairn_app::challenge::{Challenge, Listed};
use cairn_app::track::{Plans, Shown};
use cairn_desk::challenge::{Answered, Body, Figure, Outcome, Words, reference};
use cairn_kernel::observable::defang_text;
use cairn_kernel::text::visible;
use maud::{Markup, html};

use super::link::leads;
use super::{due_day, kind, outcome, page_of, paragraphs, plan, query, state, title};
use crate::components::{
    Hue, Look, Row, back_link, button_link, buttons, caption, details, figure, inset, neighbours,
    said, said_inline, summary_list, tag,
};
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};
use crate::problem::{Problem, Result};

/// Microseconds of a tenth of a day.
const DAY_TENTH: i64 = 8_640_000_000;

/// The list is a folder.
pub(super) async fn to_list(Path(id): Path<String>, page: Page) -> Redirect {
    let plan: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let query = page.uri.query().map(|query| format!("?{query}"));
    let query = query.unwrap_or_default();
    Redirect::permanent(&format!("/track/{plan}/challenges/{query}"))
}

/// `GET /track/PLAN/challenges/?figure=&before=`
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Markup> {
    let l = page.lang;
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let wanted = query(&page, "figure").filter(|text| !text.is_empty());
    let wanted = wanted.map(|text| Figure::parse(&text).to_string());
    let before = query(&page, "before").and_then(|before| before.parse().ok());
    let key = wanted.as_deref().unwrap_or_default();
    let listed = app.challenges(&id, key, before).await?;
    if plan.is_none() && listed.counts == Counts::default() {
        return Err(Problem::not_found());
    }
    let heading = match &wanted {
        Some(key) => t::challenge_list_figure(l, title(l, plan, "", key)),
        None => t::challenge_list_title(l, plan_title(l, plan, &id)),
    };
    let back = wanted.as_ref().and_then(|key| page_of(l, plan, "", key));
    let back = back.unwrap_or_else(|| format!("/track/{id}/"));
    let address = |before: Option<i64>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(key) = &wanted {
            query.append_pair("figure", key);
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        format!("/track/{id}/challenges/?{}", query.finish())
    };
    let next = listed.next.map(|next| address(Some(next)));
    let only = wanted.as_ref().map(|key| {
        let figure: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        format!("?figure={figure}")
    });
    let only = only.unwrap_or_default();
    let body = html! {
        @if plan.is_some() { (back_link(l, &back)) }
        h1 { (visible(&heading)) }
        p.lead { (t::challenge_list_lead(l)) }
        (counts(l, &listed.counts))
        (ways(l, plan, wanted.as_deref()))
        (rows(&page, &app, plan, &listed, wanted.is_some()))
        @if before.is_some() { p { a href=(address(None)) { (t::challenge_list_newest(l)) } } }
        (neighbours(l, None, next.as_deref()))
        p.hint {
            (t::challenge_list_machine(l)) " "
            a href={ "/track/" (id) "/challenges.json" (only) } { "JSON" } ", "
            a href={ "/track/" (id) "/challenges.atom" (only) } { "Atom" }
        }
    };
    Ok(page
        .section(Section::Track)
        .render(&visible(&heading), body))
}

fn plan_title(l: Lang, plan: Option<&Shown>, id: &str) -> String {
    plan.map_or_else(
        || id.to_owned(),
        |plan| plan.title.get(l.as_str()).0.to_owned(),
    )
}

fn counts(l: Lang, counts: &Counts) -> Markup {
    let number = |count: u64| crate::i18n::number(i64::try_from(count).unwrap_or(i64::MAX));
    html! {
        @if counts.open + counts.answered > 0 {
            div.cards {
                (figure(&number(counts.open), t::challenge_count_open(l)))
                @if counts.overdue > 0 { (figure(&number(counts.overdue), t::challenge_count_overdue(l))) }
                (figure(&number(counts.answered), t::challenge_count_answered(l)))
                @if let Some(median) = counts.median { (figure(&days(median), t::challenge_count_median(l))) }
            }
        }
        @if counts.set_aside > 0 { p { (t::challenge_count_aside(l, counts.set_aside)) } }
    }
}

/// Days with a tenth where there is one.
pub(super) fn days(micros: i64) -> String {
    let tenths = micros / DAY_TENTH;
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn ways(l: Lang, plan: Option<&Shown>, wanted: Option<&str>) -> Markup {
    html! {
        @if let Some(plan) = plan {
            @let known = wanted.and_then(|key| plan.figure("", key));
            (buttons(html! {
                @match known {
                    Some(one) => {
                        @let figure: String = form_urlencoded::byte_serialize(one.key.as_bytes()).collect();
                        @let edition: String = form_urlencoded::byte_serialize(one.edition.as_bytes()).collect();
                        @let form = format!("/track/{}/challenge?edition={edition}&figure={figure}", plan.id);
                        (button_link(Look::Main, &form, t::challenge_list_new(l)))
                        (button_link(Look::Plain, &format!("/track/{}/challenges/", plan.id), t::challenge_list_all(l)))
                    }
                    None => (button_link(Look::Main, &format!("/track/{}/challenge", plan.id), t::challenge_list_new_any(l))),
                }
            }))
        }
    }
}

fn rows(
    page: &Page,
    app: &App,
    plan: Option<&Shown>,
    listed: &Listed<Summary>,
    named: bool,
) -> Markup {
    let l = page.lang;
    let now = app.clock.now();
    // Where all are about one figure, the heading has said which.
    let name = |row: &Summary| {
        if named {
            return html! { (t::challenge_one(l, reference(row.no))) };
        }
        let title = super::named(l, plan, &row.edition, &row.figure);
        html! { (reference(row.no)) ": " (title) }
    };
    html! {
        @if listed.rows.is_empty() { p { (t::challenge_list_none(l)) } }
        @else {
            ul.cards {
                @for row in &listed.rows {
                    li.card {
                        h2 { a href={ "/track/" (row.plan) "/challenges/" (row.no) } { (name(row)) } }
                        p { (state(l, row, now)) }
                        p {
                            (t::challenge_received_on(l, page.day(row.received_at)))
                            @if let Some(at) = row.answered_at { ", " (t::challenge_answered_on(l, page.day(at))) }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /track/PLAN/challenges/NO`
pub(super) async fn one(
    State(app): State<App>,
    Path((id, no)): Path<(String, String)>,
    page: Page,
) -> Result<Markup> {
    let l = page.lang;
    // One address a challenge: no signs, no zeros before it.
    let number: i64 = no.parse().map_err(|_| Problem::not_found())?;
    if number.to_string() != no {
        return Err(Problem::not_found());
    }
    let found = app.challenge(&id, number).await?;
    let plan = plan(&app, &id).await?;
    let plan = plan.as_ref().and_then(super::PlanOf::get);
    let row = &found.summary;
    let name = title(l, plan, &row.edition, &row.figure);
    let heading = t::challenge_one(l, reference(row.no));
    let figures: String = form_urlencoded::byte_serialize(row.figure.as_bytes()).collect();
    let back = format!("/track/{id}/challenges/?figure={figures}");
    let body = html! {
        (back_link(l, &back))
        (caption(&heading))
        h1 { (super::named(l, plan, &row.edition, &row.figure)) }
        (facts(&page, &app, plan, &found))
        (told(l, &found))
        (answers(&page, &app.plans().await?, &found))
    };
    let full = format!("{heading}: {}", visible(&name));
    Ok(page.section(Section::Track).render(&full, body))
}

fn facts(page: &Page, app: &App, plan: Option<&Shown>, found: &Challenge) -> Markup {
    let l = page.lang;
    let row = &found.summary;
    let name = super::named(l, plan, &row.edition, &row.figure);
    let href = page_of(l, plan, &row.edition, &row.figure);
    let by = found.said.as_ref().and_then(|said| said.name.as_deref());
    let mut rows = vec![
        Row::new(t::challenge_state(l), state(l, row, app.clock.now())),
        Row::new(
            kind(l, Figure::parse(&row.figure).kind),
            html! {
                @match href { Some(href) => a href=(href) { (name) }, None => (name) }
            },
        ),
        Row::new(t::challenge_edition(l), html! { (visible(&row.edition)) }),
        Row::new(
            t::challenge_by(l),
            match by {
                Some(name) => said_inline(&defang_text(name)),
                None => html! { (t::challenge_somebody(l)) },
            },
        ),
        Row::new(
            t::challenge_received(l),
            html! { (page.day(row.received_at)) },
        ),
    ];
    if row.answered_at.is_none() {
        let due = html! { (due_day(page, row.due_at)) };
        rows.push(Row::new(t::challenge_due(l), due));
    }
    summary_list(l, &rows)
}

/// The stranger's words, or why they are not there.
fn told(l: Lang, found: &Challenge) -> Markup {
    html! {
        h2 { (t::challenge_said(l)) }
        @match (&found.words, &found.said) {
            (Words::Withheld { reason }, _) => {
                p { (t::challenge_withheld(l)) }
                (inset(paragraphs(reason)))
            }
            (_, Some(said)) => (words_of(l, said)),
            _ if found.summary.set_aside => (inset(html! { p { (t::challenge_aside(l)) } })),
            _ => (inset(html! { p { (t::challenge_hidden(l)) } })),
        }
    }
}

/// What a stranger wrote, as text.
pub(crate) fn words_of(l: Lang, body: &Body) -> Markup {
    html! {
        (said(&defang_text(&body.wrong)))
        @if let Some(right) = &body.right {
            h3 { (t::challenge_said_right(l)) }
            (said(&defang_text(right)))
        }
        @if let Some(link) = &body.link {
            h3 { (t::challenge_said_link(l)) }
            (said(&defang_text(link)))
        }
    }
}

fn answers(page: &Page, plans: &Plans, found: &Challenge) -> Markup {
    let l = page.lang;
    let (last, before) = match found.answers.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, [].as_slice()),
    };
    let due = due_day(page, found.summary.due_at);
    html! {
        h2 #answer { (t::challenge_answer(l)) }
        @match last {
            Some(last) => (answer(page, plans, last)),
            None if found.overdue => p { strong { (t::challenge_answer_late(l, due)) } },
            None => p { (t::challenge_answer_none(l, due)) },
        }
        @if !before.is_empty() {
            (details(&t::challenge_answer_before(l, before.len() as u64), html! {
                @for one in before.iter().rev() { (answer(page, plans, one)) }
            }))
        }
    }
}

/// One answer: in the page's language, and in the other one too where there are both.
pub(crate) fn answer(page: &Page, plans: &Plans, given: &Answered) -> Markup {
    let l = page.lang;
    let one = &given.answer;
    let (text, language) = one.text(l.as_str());
    let other = match language {
        "en" => one.mi.as_deref().map(|text| (text, Lang::Mi)),
        _ => one.en.as_deref().map(|text| (text, Lang::En)),
    };
    let hue = match one.outcome {
        Outcome::Upheld | Outcome::Partly => Hue::Green,
        Outcome::NotUpheld | Outcome::NotAboutThis => Hue::Grey,
    };
    html! {
        p { (tag(hue, outcome(l, one.outcome))) }
        div lang=(language) { (paragraphs(text)) }
        @if let Some((text, lang)) = other {
            (details(lang.own_name(), html! { div lang=(lang.as_str()) { (paragraphs(text)) } }))
        }
        @if let Some(link) = &one.link { p { (t::challenge_answer_more(l)) " " a href=(leads(page, plans, link)) { (visible(link)) } } }
        p.hint { (t::challenge_answer_by(l, page.day(given.at), crate::desk::role(l, one.role))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_a_tenth_where_there_is_one() {
        const DAY: i64 = 86_400_000_000;
        for (micros, text) in [
            (0, "0"),
            (3 * DAY, "3"),
            (DAY * 7 / 2, "3.5"),
            (DAY / 24, "0"),
            (20 * DAY - 1, "19.9"),
        ] {
            assert_eq!(days(micros), text);
        }
    }
}
