//! Every kind of question as fields.

use cairn_desk::form::{Choice as FormChoice, Kind, Question};
use maud::{Markup, html};

use super::loss;
use super::step::View;
use crate::components::{
    Choice, DateParts, Field, Input, Width, checkbox, checkboxes, date_input, details, file_upload,
    input, radios, select, textarea,
};
use crate::i18n::t;

/// More options than this are a list to choose from.
const RADIOS_MAX: usize = 12;

/// A question. `alone`: it is the page's heading. `only`: the page has no other.
pub(super) fn render(view: &View<'_>, question: &Question, alone: bool, only: bool) -> Markup {
    let lang = view.page.lang;
    let l = lang.as_str();
    let code = question.code.as_str();
    // Under a heading of its own, the short name is label enough.
    let label = if only && !alone && view.step.heading.is_none() {
        question.label.get(l)
    } else {
        question.heading.get(l)
    };
    let why = question.why.get(l);
    let mut field = Field::new(lang, code, label)
        .hint(question.hint.as_ref().map(|hint| hint.get(l)))
        .error_in(&view.faults)
        .optional(!question.required);
    if alone {
        field = field.heading();
    }
    let why =
        html! { @if !why.is_empty() { (details(t::report_why(lang), html! { p { (why) } })) } };
    let not_known = question.not_known_text.get(l);
    match &question.kind {
        Kind::Choice { options } | Kind::Choices { options } => {
            let many = matches!(question.kind, Kind::Choices { .. });
            choices(view, question, options, &field.describe(why), many)
        }
        Kind::Losses { paid_by, .. } => loss::render(view, question, paid_by, alone, why),
        Kind::Consents => consents(view, question, &field.describe(why)),
        Kind::Contact => contact(view, question, alone, why),
        Kind::Files { .. } => file_upload(&field.describe(why), "", true),
        kind => html! {
            (typed(view, question, kind, &field.describe(why)))
            @if question.not_known { (do_not_know(view, code, not_known)) }
        },
    }
}

/// "I do not know" beside a field that is typed into.
pub(super) fn do_not_know(view: &View<'_>, code: &str, text: &str) -> Markup {
    let lang = view.page.lang;
    let id = format!("{code}-not_known");
    let field = Field::new(lang, &id, text).error_in(&view.faults);
    let ticked = !view.typed(&format!("{code}.not_known")).trim().is_empty();
    html! { p.or { (t::or(lang)) } (checkbox(&field, "1", ticked)) }
}

fn typed(view: &View<'_>, question: &Question, kind: &Kind, field: &Field<'_>) -> Markup {
    let value = view.typed(&question.code);
    let line = |inputmode, width| {
        let line = Input {
            value,
            inputmode,
            width,
            autocomplete: Some("off"),
            ..Input::default()
        };
        input(field, &line)
    };
    let chars = |max: usize| u32::try_from(max).ok();
    match kind {
        Kind::Text {
            digits: Some(_), ..
        } => line(Some("numeric"), Width::Half),
        Kind::Number { .. } => line(Some("numeric"), Width::Short),
        Kind::LongText { chars_max } => textarea(field, value, 9, chars(*chars_max)),
        Kind::Observables { chars_max } => textarea(field, value, 6, chars(*chars_max)),
        Kind::Date => {
            let part = |name: &str| view.typed(&format!("{}.{name}", question.code));
            let parts = DateParts {
                day: part("day"),
                month: part("month"),
                year: part("year"),
            };
            date_input(field, parts)
        }
        _ => line(None, Width::Full),
    }
}

fn choices(
    view: &View<'_>,
    question: &Question,
    options: &[FormChoice],
    field: &Field<'_>,
    many: bool,
) -> Markup {
    let lang = view.page.lang;
    let l = lang.as_str();
    let mut shown: Vec<Choice<'_>> = options
        .iter()
        .map(|option| Choice {
            value: &option.code,
            label: option.title.get(l),
            hint: option.hint.as_ref().map(|hint| hint.get(l)),
            apart: option.exclusive,
        })
        .collect();
    if question.not_known {
        shown.push(Choice {
            value: "not_known",
            label: question.not_known_text.get(l),
            hint: None,
            apart: true,
        });
    }
    let chosen: Vec<&str> = view
        .fields
        .all(&question.code)
        .iter()
        .map(String::as_str)
        .collect();
    if many {
        return checkboxes(field, &shown, &chosen);
    }
    if shown.len() <= RADIOS_MAX {
        return radios(field, &shown, chosen.first().copied());
    }
    let none = Choice {
        value: "",
        label: t::report_choose(lang),
        ..Choice::default()
    };
    shown.insert(0, none);
    select(field, &shown, chosen.first().copied())
}

/// Agencies that may be told, each with its reason; none is ticked beforehand.
fn consents(view: &View<'_>, question: &Question, field: &Field<'_>) -> Markup {
    let l = view.page.lang.as_str();
    let category = view.form().suggest(view.progress).category;
    let shown: Vec<Choice<'_>> = view
        .form()
        .agencies()
        .offered(&category)
        .map(|agency| Choice {
            value: &agency.code,
            label: agency.name.get(l),
            hint: Some(agency.why.get(l)),
            apart: false,
        })
        .collect();
    let given: Vec<&str> = view
        .fields
        .all(&question.code)
        .iter()
        .map(String::as_str)
        .collect();
    checkboxes(field, &shown, &given)
}

fn contact(view: &View<'_>, question: &Question, alone: bool, why: Markup) -> Markup {
    let lang = view.page.lang;
    let l = lang.as_str();
    let lines = [
        ("name", t::report_contact_name(lang), "", "name", true),
        (
            "email",
            t::report_contact_email(lang),
            "email",
            "email",
            false,
        ),
        ("phone", t::report_contact_phone(lang), "tel", "tel", false),
    ];
    html! {
        @if alone { h1 { (question.heading.get(l)) } }
        (why)
        @if let Some(hint) = &question.hint { p { (hint.get(l)) } }
        @for (part, label, kind, autocomplete, optional) in lines {
            @let id = format!("{}-{part}", question.code);
            @let field = Field::new(lang, &id, label).error_in(&view.faults).optional(optional);
            (input(&field, &Input {
                value: view.typed(&format!("{}.{part}", question.code)),
                kind,
                autocomplete: Some(autocomplete),
                width: Width::Half,
                ..Input::default()
            }))
        }
    }
}
