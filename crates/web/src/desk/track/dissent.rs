//! A reviewer's dissent: it needs nobody's leave and stands beside the status in the next publication.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_app::App;
use cairn_app::track::working::Working;
use cairn_desk::access::Action;
use cairn_track::office::returns::{Finding, REMARK_CHARS_MAX};
use cairn_track::plan::What;
use maud::{Markup, html};

use super::fields::{self, Typed};
use super::given::{self, Filing};
use super::{Answer, allowed, go, not_done, said, tabs, words};
use crate::components::{
    Choice, Encoding, Fault, Field, Input, Look, back_link, button, checkbox, error_summary, form,
    input, select, textarea,
};
use crate::desk::who::{Officer, Sent, token};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// What may be dissented from, as `(value, title)`.
pub(crate) fn items(l: Lang, working: &Working) -> Vec<(String, String)> {
    let Some(edition) = working.edition() else {
        return Vec::new();
    };
    let item = |what: What, id: &str, kind: &str, title: &cairn_track::plan::Words| {
        let value = format!("{}:{id}", what.as_str());
        (value, format!("{kind}: {}", words::text(l, title)))
    };
    let measures = edition.measures.iter().map(|one| {
        item(
            What::Measure,
            &one.id,
            t::office_what_measure(l),
            &one.title,
        )
    });
    let initiatives = edition.initiatives.iter().map(|one| {
        item(
            What::Initiative,
            &one.id,
            t::office_what_initiative(l),
            &one.title,
        )
    });
    measures.chain(initiatives).collect()
}

fn page(
    officer: &Officer,
    (id, working): (&str, &Working),
    typed: &Typed,
    (faults, findings): (&[Fault], &[Finding]),
    refused: Option<&str>,
) -> Markup {
    let l = officer.page.lang;
    let all = items(l, working);
    let mut choices = vec![Choice {
        label: t::office_choose(l),
        ..Choice::default()
    }];
    choices.extend(all.iter().map(|(value, label)| Choice {
        value,
        label,
        ..Choice::default()
    }));
    let item = Field::new(l, "item", t::office_dissent_on(l)).error_in(faults);
    let text = Field::new(l, "text", t::office_text(l))
        .hint(t::office_dissent_hint(l))
        .error_in(faults);
    let text_mi = Field::new(l, "text-mi", t::office_text_mi(l))
        .optional(true)
        .error_in(faults);
    let would = Field::new(l, "would_say", t::office_would_say(l))
        .optional(true)
        .error_in(faults);
    let line = Input {
        value: typed.get("would_say"),
        autocomplete: Some("off"),
        ..Input::default()
    };
    let max = u32::try_from(REMARK_CHARS_MAX).ok();
    let marks = fields::marks(findings);
    let confirms = !marks.is_empty() && !findings.iter().any(Finding::is_error);
    let confirm = Field::new(l, "confirm", t::office_confirm(l)).hint(t::office_confirm_hint(l));
    let body = html! {
        (tabs(officer))
        (back_link(l, &format!("/desk/track/{id}")))
        (error_summary(l, faults))
        @if let Some(why) = refused { (not_done(l, why)) }
        h1 { (t::office_dissent(l)) }
        p.lead { (t::office_dissent_lead(l)) }
        (form(&format!("/desk/track/{id}/dissent"), Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (select(&item, &choices, Some(typed.get("item"))))
            (textarea(&text, typed.get("text"), 8, max))
            (textarea(&text_mi, typed.get("text-mi"), 5, max))
            (input(&would, &line))
            @if confirms { (checkbox(&confirm, &marks, false)) }
            (button(Look::Main, t::office_dissent_file(l)))
        }))
    };
    officer
        .page
        .clone()
        .faulty(!faults.is_empty())
        .render(t::office_dissent(l), body)
}

/// The form.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    let working = app.dissent_on(&officer.who, &id).await?.into_inner();
    let mut typed = Typed::default();
    let query = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    typed.put("item", query.get("item").unwrap_or_default());
    Ok(page(&officer, (&id, &working), &typed, (&[], &[]), None))
}

/// Files it.
pub(in crate::desk) async fn send(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let officer = &sent.officer;
    allowed(officer, Action::Dissent)?;
    let l = officer.page.lang;
    let working = app.dissent_on(&officer.who, &id).await?.into_inner();
    let mut typed = Typed::default();
    for (name, value) in sent.form.pairs() {
        typed.put(name, value);
    }
    let plan = (id.as_str(), &*working);
    let not = match given::object(&app, (&officer.who, l), plan, &typed, None).await? {
        Filing::Kept(no) => return Ok(go(&format!("/desk/track/{id}/returns/{no}"))),
        Filing::Not(not) => not,
    };
    let refused = not.refused.map(|error| said(l, error)).transpose()?;
    let page = page(
        officer,
        (&id, &working),
        &typed,
        (&not.faults, &not.findings),
        refused.as_deref(),
    );
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
