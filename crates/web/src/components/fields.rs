//! Form fields. A field's `id` is also its name; hints and errors are tied to it by `aria-describedby`.

use maud::{Markup, html};

use crate::i18n::{Lang, t};

/// One wrong field: the id of the input to go to, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The id of the first input of the field: for a date that is `ID-day`, for radios and checkboxes `ID` itself.
    pub field: String,
    /// What is wrong and how to mend it; the same words stand at the field.
    pub text: String,
}

/// What every field has.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    lang: Lang,
    id: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    optional: bool,
    heading: bool,
    describe: Option<Markup>,
}

impl<'a> Field<'a> {
    /// A field with a label. `id` is made of letters, digits, `-` and `_`, and starts with a letter.
    #[must_use]
    pub const fn new(lang: Lang, id: &'a str, label: &'a str) -> Self {
        Self {
            lang,
            id,
            label,
            hint: None,
            error: None,
            optional: false,
            heading: false,
            describe: None,
        }
    }

    /// Help in one or two sentences, above the input; why it is asked belongs here.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Option<&'a str>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What is wrong with the value.
    #[must_use]
    pub fn error(mut self, error: impl Into<Option<&'a str>>) -> Self {
        self.error = error.into();
        self
    }

    /// The error among `faults` that points at this field.
    #[must_use]
    pub fn error_in(mut self, faults: &'a [Fault]) -> Self {
        let own = |fault: &&Fault| {
            fault.field == self.id
                || fault
                    .field
                    .strip_prefix(self.id)
                    .is_some_and(|rest| matches!(rest, "-day" | "-month" | "-year"))
        };
        self.error = faults.iter().find(own).map(|fault| fault.text.as_str());
        self
    }

    /// Adds "(optional)" to the label.
    #[must_use]
    pub const fn optional(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }

    /// The label is the page's heading: one question a page.
    #[must_use]
    pub const fn heading(mut self) -> Self {
        self.heading = true;
        self
    }

    /// More than a hint: markup between label and input, such as a [`super::details`].
    #[must_use]
    pub fn describe(mut self, markup: Markup) -> Self {
        self.describe = Some(markup);
        self
    }

    fn described_by(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn label_text(&self) -> Markup {
        html! { (self.label) @if self.optional { " " span.optional { (t::optional(self.lang)) } } }
    }

    fn notes(&self) -> Markup {
        html! {
            @if let Some(describe) = &self.describe { (describe) }
            @if let Some(hint) = self.hint { p.hint id={ (self.id) "-hint" } { (hint) } }
            @if let Some(error) = self.error {
                p.error id={ (self.id) "-error" } { span.unseen { (t::error_prefix(self.lang)) " " } (error) }
            }
        }
    }

    /// Label, notes and one input.
    fn single(&self, input: Markup) -> Markup {
        html! {
            div.field .wrong[self.error.is_some()] {
                @if self.heading {
                    h1.label { label for=(self.id) { (self.label_text()) } }
                } @else {
                    label for=(self.id) { (self.label_text()) }
                }
                (self.notes())
                (input)
            }
        }
    }

    /// Legend, notes and several inputs.
    fn group(&self, inputs: Markup) -> Markup {
        html! {
            fieldset.field .wrong[self.error.is_some()] aria-describedby=[self.described_by()] {
                legend {
                    @if self.heading { h1 { (self.label_text()) } } @else { (self.label_text()) }
                }
                (self.notes())
                (inputs)
            }
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }
}

/// How wide an input looks; a hint at how much is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// The width of the column.
    #[default]
    Full,
    /// About twenty characters.
    Half,
    /// About ten characters.
    Short,
}

/// A line of text.
#[derive(Debug, Clone, Default)]
pub struct Input<'a> {
    /// What was typed before.
    pub value: &'a str,
    /// `text`, `email`, `tel`, `url`, `password`; empty means `text`. Numbers are `text` with an `inputmode`.
    pub kind: &'a str,
    /// `numeric`, `decimal`, …: which keys a phone shows.
    pub inputmode: Option<&'a str>,
    /// A token of HTML's autofill, `one-time-code` for codes, `off` for what mustn't be kept.
    pub autocomplete: Option<&'a str>,
    /// What stands before the value, such as `NZ$`.
    pub prefix: Option<&'a str>,
    /// How wide.
    pub width: Width,
    /// Whether the browser may check the spelling (it may send the text to its maker).
    pub spellcheck: bool,
}

/// A line of text with its label.
#[must_use]
pub fn input(field: &Field<'_>, input: &Input<'_>) -> Markup {
    let kind = if input.kind.is_empty() {
        "text"
    } else {
        input.kind
    };
    let width = match input.width {
        Width::Full => None,
        Width::Half => Some("half"),
        Width::Short => Some("short"),
    };
    let line = html! {
        input id=(field.id) name=(field.id) type=(kind) value=(input.value) class=[width]
            inputmode=[input.inputmode] autocomplete=[input.autocomplete]
            spellcheck=(input.spellcheck) aria-describedby=[field.described_by()] aria-invalid=[field.invalid()];
    };
    field.single(html! {
        @if let Some(prefix) = input.prefix {
            div.prefixed { span aria-hidden="true" { (prefix) } (line) }
        } @else {
            (line)
        }
    })
}

/// Several lines of text. With `chars_max`, says how many characters are allowed; the script counts down.
#[must_use]
pub fn textarea(field: &Field<'_>, value: &str, rows: u8, chars_max: Option<u32>) -> Markup {
    let count_id = format!("{}-count", field.id);
    let described = match (field.described_by(), chars_max) {
        (Some(ids), Some(_)) => Some(format!("{ids} {count_id}")),
        (None, Some(_)) => Some(count_id.clone()),
        (ids, None) => ids,
    };
    field.single(html! {
        // HTML drops one line break after the tag: this one, not the reporter's.
        textarea id=(field.id) name=(field.id) rows=(rows) spellcheck="false" data-count=[chars_max]
            aria-describedby=[described] aria-invalid=[field.invalid()] { "\n" (value) }
        @if let Some(max) = chars_max {
            p.hint id=(count_id) data-left=(t::characters_left(field.lang, "#"))
                data-over=(t::characters_over(field.lang, "#")) aria-live="polite" {
                (t::characters_max(field.lang, max))
            }
        }
    })
}

/// One of several answers.
#[derive(Debug, Clone, Default)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is read.
    pub label: &'a str,
    /// Help below the label.
    pub hint: Option<&'a str>,
    /// Stands apart after an "or": "none of these", "I do not know". The server must clear the others.
    pub apart: bool,
}

/// An answer without help below it.
#[must_use]
pub const fn choice<'a>(value: &'a str, label: &'a str) -> Choice<'a> {
    Choice {
        value,
        label,
        hint: None,
        apart: false,
    }
}

/// One answer of several.
#[must_use]
pub fn radios(field: &Field<'_>, choices: &[Choice<'_>], selected: Option<&str>) -> Markup {
    field.group(options(field, "radio", choices, |value| {
        selected == Some(value)
    }))
}

/// Any number of answers.
#[must_use]
pub fn checkboxes(field: &Field<'_>, choices: &[Choice<'_>], selected: &[&str]) -> Markup {
    field.group(options(field, "checkbox", choices, |value| {
        selected.contains(&value)
    }))
}

/// The first input has the field's own id, so that the error summary's link leads to it.
fn options(
    field: &Field<'_>,
    kind: &str,
    choices: &[Choice<'_>],
    is_selected: impl Fn(&str) -> bool,
) -> Markup {
    let id = |at: usize| {
        if at == 0 {
            field.id.to_owned()
        } else {
            format!("{}-{at}", field.id)
        }
    };
    html! {
        div.options {
            @for (at, choice) in choices.iter().enumerate() {
                @if choice.apart && at > 0 { p.or { (t::or(field.lang)) } }
                div.option {
                    input type=(kind) id=(id(at)) name=(field.id) value=(choice.value)
                        checked[is_selected(choice.value)] data-apart[choice.apart && kind == "checkbox"]
                        aria-describedby=[choice.hint.map(|_| format!("{}-{at}-hint", field.id))];
                    label for=(id(at)) { (choice.label) }
                    @if let Some(hint) = choice.hint { p.hint id={ (field.id) "-" (at) "-hint" } { (hint) } }
                }
            }
        }
    }
}

/// A single box to tick, such as a consent.
#[must_use]
pub fn checkbox(field: &Field<'_>, value: &str, checked: bool) -> Markup {
    html! {
        div.field .wrong[field.error.is_some()] {
            @if let Some(error) = field.error {
                p.error id={ (field.id) "-error" } { span.unseen { (t::error_prefix(field.lang)) " " } (error) }
            }
            div.option {
                input type="checkbox" id=(field.id) name=(field.id) value=(value) checked[checked]
                    aria-describedby=[field.described_by()];
                label for=(field.id) { (field.label_text()) }
                @if let Some(hint) = field.hint { p.hint id={ (field.id) "-hint" } { (hint) } }
            }
        }
    }
}

/// What was typed for a date, each part as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct DateParts<'a> {
    /// `ID-day`
    pub day: &'a str,
    /// `ID-month`
    pub month: &'a str,
    /// `ID-year`
    pub year: &'a str,
}

/// Day, month and year as three inputs named `ID-day`, `ID-month`, `ID-year`.
#[must_use]
pub fn date_input(field: &Field<'_>, value: DateParts<'_>) -> Markup {
    let lang = field.lang;
    let parts = [
        ("day", t::date_day(lang), value.day, "2"),
        ("month", t::date_month(lang), value.month, "2"),
        ("year", t::date_year(lang), value.year, "4"),
    ];
    field.group(html! {
        div.date id=(field.id) {
            @for (part, label, value, length) in parts {
                div {
                    label for={ (field.id) "-" (part) } { (label) }
                    input type="text" inputmode="numeric" autocomplete="off" id={ (field.id) "-" (part) }
                        name={ (field.id) "-" (part) } value=(value) maxlength=(length) class=(part)
                        aria-invalid=[field.invalid()];
                }
            }
        }
    })
}

/// One of many answers in a list. The first choice, with an empty value, should say "Choose".
#[must_use]
pub fn select(field: &Field<'_>, choices: &[Choice<'_>], selected: Option<&str>) -> Markup {
    field.single(html! {
        select id=(field.id) name=(field.id) aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] {
            @for choice in choices {
                option value=(choice.value) selected[selected == Some(choice.value)] { (choice.label) }
            }
        }
    })
}

/// Files to send. The form around it must be [`Encoding::Files`]. `accept` is a list of media types or endings, or empty.
#[must_use]
pub fn file_upload(field: &Field<'_>, accept: &str, multiple: bool) -> Markup {
    let accept = (!accept.is_empty()).then_some(accept);
    field.single(html! {
        input type="file" id=(field.id) name=(field.id) accept=[accept] multiple[multiple]
            aria-describedby=[field.described_by()] aria-invalid=[field.invalid()];
    })
}

/// How a form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As pairs; [`crate::form::Form`] reads them.
    Pairs,
    /// As `multipart/form-data`, for files.
    Files,
}

/// A form that posts to `action`, with its token. The browser's own checks are off: ours are kinder and in the right language.
#[must_use]
pub fn form(action: &str, encoding: Encoding, token: Option<&str>, body: Markup) -> Markup {
    let enctype = (encoding == Encoding::Files).then_some("multipart/form-data");
    html! {
        form method="post" action=(action) enctype=[enctype] novalidate {
            @if let Some(token) = token { input type="hidden" name=(crate::csrf::FIELD) value=(token); }
            (body)
        }
    }
}

/// The name of the field that people don't see and many bots fill in. No word by which a browser or a password manager
/// knows what to fill in for its owner: a person's report would be taken for a machine's.
pub const HONEYPOT: &str = "hp_remark";

/// A field that only a machine fills in. It is out of sight, out of the tab order and out of the accessibility tree.
#[must_use]
pub fn honeypot(lang: Lang) -> Markup {
    html! {
        div.unseen aria-hidden="true" {
            label for=(HONEYPOT) { (t::honeypot(lang)) }
            input type="text" id=(HONEYPOT) name=(HONEYPOT) value="" tabindex="-1" autocomplete="off";
        }
    }
}

/// All errors of a form, linked to their fields. Put it first in `main`; it takes the focus. Shows nothing without faults.
#[must_use]
pub fn error_summary(lang: Lang, faults: &[Fault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus aria-labelledby="error-title" {
                h2 #error-title { (t::error_title(lang)) }
                ul { @for fault in faults { li { a href={ "#" (fault.field) } { (fault.text) } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults() -> Vec<Fault> {
        let fault = |field: &str, text: &str| Fault {
            field: field.into(),
            text: text.into(),
        };
        vec![
            fault("when-day", "In the <future>"),
            fault("what", "Choose one"),
        ]
    }

    #[test]
    fn errors_are_linked_from_the_summary_and_tied_to_their_fields() {
        let faults = faults();
        let summary = error_summary(Lang::En, &faults).into_string();
        assert!(summary.contains("<a href=\"#when-day\">In the &lt;future&gt;</a>"));
        let date = date_input(
            &Field::new(Lang::En, "when", "When?").error_in(&faults),
            DateParts::default(),
        );
        let date = date.into_string();
        assert!(date.contains("id=\"when-day\"") && date.contains("id=\"when-error\""));
        assert!(date.contains("aria-describedby=\"when-error\""));
        let choices = [
            Choice {
                value: "a",
                label: "A",
                ..Choice::default()
            },
            Choice {
                value: "b",
                label: "B",
                ..Choice::default()
            },
        ];
        let radios = radios(
            &Field::new(Lang::En, "what", "What?").error_in(&faults),
            &choices,
            Some("b"),
        )
        .into_string();
        assert!(
            radios.contains("id=\"what\" name=\"what\" value=\"a\"")
                && radios.contains("id=\"what-1\"")
        );
        assert_eq!(radios.matches(" checked").count(), 1);
        assert_eq!(error_summary(Lang::En, &[]).into_string(), "");
    }

    #[test]
    fn what_was_typed_comes_back_whole_and_escaped() {
        let hostile = "\n\"><script>alert(1)</script></textarea>";
        let field = Field::new(Lang::En, "story", "Story");
        let area = textarea(&field, hostile, 5, Some(4_000)).into_string();
        assert!(area.contains(">\n\n&quot;&gt;&lt;script&gt;"), "{area}");
        assert!(
            area.contains("aria-describedby=\"story-count\"")
                && area.contains("up to 4,000 characters")
        );
        let line = input(
            &field,
            &Input {
                value: hostile,
                ..Input::default()
            },
        )
        .into_string();
        assert!(
            line.contains("value=\"\n&quot;&gt;&lt;script&gt;"),
            "{line}"
        );
    }
}
