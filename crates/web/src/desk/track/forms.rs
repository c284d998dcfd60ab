//! The fields of a return, by what it is on.

use cairn_app::App;
use cairn_desk::track::ReturnFile;
use cairn_track::office::returns::{About, CLAIM_CHARS_MAX, NOTE_CHARS_MAX};
use cairn_track::plan::series::FLAGS;
use cairn_track::plan::{Measure, Missing, Plan};
use maud::{Markup, html};

use super::fields::{Typed, kept};
use super::words;
use crate::components::{
    Choice, DateParts, Fault, Field, Input, Width, checkbox, checkboxes, date_input, details,
    file_upload, input, inset, radios, said_inline, select, textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::size;

/// A form as it is shown.
pub(super) struct View<'a> {
    pub l: Lang,
    pub plan: &'a Plan,
    pub about: &'a About,
    pub owners: &'a [String],
    pub typed: &'a Typed,
    pub files: &'a [ReturnFile],
    pub faults: &'a [Fault],
    pub app: &'a App,
}

fn choice<'a>(value: &'a str, label: &'a str) -> Choice<'a> {
    Choice {
        value,
        label,
        ..Choice::default()
    }
}

impl View<'_> {
    fn line(&self, id: &str, label: &str, hint: Option<&str>, width: Width) -> Markup {
        let field = Field::new(self.l, id, label)
            .hint(hint)
            .error_in(self.faults);
        let line = Input {
            value: self.typed.get(id),
            autocomplete: Some("off"),
            width,
            ..Input::default()
        };
        input(&field, &line)
    }

    fn area(&self, id: &str, label: &str, hint: Option<&str>, chars_max: usize) -> Markup {
        let field = Field::new(self.l, id, label)
            .hint(hint)
            .error_in(self.faults);
        let max = u32::try_from(chars_max).ok();
        textarea(&field, self.typed.get(id), 4, max)
    }

    fn optional(&self, id: &str, label: &str, chars_max: usize) -> Markup {
        let field = Field::new(self.l, id, label)
            .optional(true)
            .error_in(self.faults);
        let max = u32::try_from(chars_max).ok();
        textarea(&field, self.typed.get(id), 3, max)
    }

    /// All fields.
    pub(super) fn fields(&self) -> Markup {
        html! {
            (self.owner())
            @match self.about {
                About::Measure(it) => (self.measure(&it.id)),
                _ => (self.initiative()),
            }
            (self.evidence())
        }
    }

    fn owner(&self) -> Markup {
        match self.owners {
            [one] => html! { input type="hidden" name="owner" value=(one); },
            all => {
                let choices: Vec<Choice<'_>> = all.iter().map(|one| choice(one, one)).collect();
                let field =
                    Field::new(self.l, "owner", t::office_for_whom(self.l)).error_in(self.faults);
                radios(&field, &choices, Some(self.typed.get("owner")))
            }
        }
    }

    fn initiative(&self) -> Markup {
        let l = self.l;
        let done = Field::new(l, "done", t::office_done(l))
            .hint(t::office_done_hint(l))
            .error_in(self.faults);
        let parts = DateParts {
            day: self.typed.get("done-day"),
            month: self.typed.get("done-month"),
            year: self.typed.get("done-year"),
        };
        html! {
            (self.area("claim", t::office_claim(l), Some(t::office_claim_hint(l)), CLAIM_CHARS_MAX))
            (self.optional("claim-mi", t::office_claim_mi(l), CLAIM_CHARS_MAX))
            (date_input(&done, parts))
        }
    }

    fn measure(&self, id: &str) -> Markup {
        let l = self.l;
        let measure = self.plan.newest().and_then(|edition| edition.measure(id));
        let unit = measure.map_or("", |measure| words::text(l, &measure.unit));
        html! {
            @if let Some(measure) = measure { (self.last(measure)) }
            (self.line("period", t::office_period(l), Some(t::office_period_hint(l)), Width::Short))
            (self.line("value", &t::office_value(l, unit), Some(t::office_value_hint(l)), Width::Short))
            (self.missing())
            @if let Some(measure) = measure { (self.dimensions(measure)) }
            (self.revises())
            (self.optional("note", t::office_note(l), NOTE_CHARS_MAX))
            (self.more())
        }
    }

    /// What the figure follows on.
    fn last(&self, measure: &Measure) -> Markup {
        let series = measure.series.as_deref();
        let series = series.and_then(|id| self.plan.series.get(id));
        let rows = series.into_iter().flat_map(|series| &series.rows);
        let last = rows
            .filter(|row| row.is_total())
            .max_by_key(|row| (row.period.end(), row.vintage));
        let value = last.and_then(|row| Some((row.period, row.value.as_ref()?)));
        html! {
            (inset(html! {
                p { (words::of(self.l, &measure.definition)) }
                @if let Some((period, value)) = value {
                    p { (t::office_last_value(self.l, period.to_string(), value.to_string())) }
                }
            }))
        }
    }

    fn missing(&self) -> Markup {
        let l = self.l;
        let mut choices = vec![choice("", t::office_missing_no(l))];
        for word in Missing::WORDS {
            let label = Missing::of(word).map_or(*word, |one| words::missing(l, one));
            choices.push(choice(word, label));
        }
        let field = Field::new(l, "missing", t::office_missing(l)).error_in(self.faults);
        select(&field, &choices, Some(self.typed.get("missing")))
    }

    fn dimensions(&self, measure: &Measure) -> Markup {
        let one = |dimension: &cairn_track::plan::Dimension| {
            let id = format!("dim-{}", dimension.name);
            let mut choices = vec![choice("", t::office_all_together(self.l))];
            choices.extend(dimension.values.iter().map(|value| {
                let named = dimension
                    .title_of(value)
                    .map(|title| words::text(self.l, title));
                choice(value, named.unwrap_or(value))
            }));
            let named = dimension
                .title
                .as_ref()
                .map_or(dimension.name.as_str(), |title| words::text(self.l, title));
            let label = t::office_dimension(self.l, named);
            let field = Field::new(self.l, &id, &label).error_in(self.faults);
            select(&field, &choices, Some(self.typed.get(&id)))
        };
        html! { @for dimension in &measure.disaggregation { (one(dimension)) } }
    }

    fn revises(&self) -> Markup {
        let field = Field::new(self.l, "revises", t::office_revises(self.l))
            .hint(t::office_revises_hint(self.l))
            .error_in(self.faults);
        checkbox(&field, "yes", self.typed.has("revises"))
    }

    /// What few figures need. Open where something in it is filled or wrong.
    fn more(&self) -> Markup {
        let l = self.l;
        let labels: Vec<Choice<'_>> = FLAGS.iter().map(|flag| choice(flag, flag)).collect();
        let chosen: Vec<&str> = self.typed.all("flag").collect();
        let flags = Field::new(l, "flag", t::office_flags(l)).error_in(self.faults);
        let body = html! {
            (self.line("low", t::office_low(l), None, Width::Short))
            (self.line("high", t::office_high(l), None, Width::Short))
            (self.line("n", t::office_n(l), None, Width::Short))
            (checkboxes(&flags, &labels, &chosen))
            (self.optional("break", t::office_break(l), NOTE_CHARS_MAX))
        };
        let names = ["low", "high", "n", "flag", "break"];
        let used = names.into_iter().any(|name| {
            !self.typed.get(name).is_empty() || self.faults.iter().any(|fault| fault.field == name)
        });
        html! {
            @if used { (body) } @else { (details(t::office_more(l), body)) }
        }
    }

    fn evidence(&self) -> Markup {
        let l = self.l;
        let upload = Field::new(l, "file", t::office_evidence_file(l)).error_in(self.faults);
        let hint = t::office_evidence_file_hint(l, size(self.app.config.file_bytes_max));
        let upload = upload.hint(hint.as_str());
        let publish = Field::new(l, "publish", t::office_evidence_publish(l))
            .hint(t::office_evidence_publish_hint(l))
            .error_in(self.faults);
        html! {
            h2 { (t::office_evidence(l)) }
            p { (t::office_evidence_lead(l)) }
            (self.line("source", t::office_evidence_title(l), Some(t::office_evidence_title_hint(l)), Width::Full))
            (self.line("publisher", t::office_evidence_publisher(l), None, Width::Full))
            (self.line("published", t::office_evidence_published(l), Some(t::office_evidence_published_hint(l)), Width::Short))
            (self.line("url", t::office_evidence_url(l), None, Width::Full))
            @for file in self.files {
                input type="hidden" name="kept" value=(kept(self.app, file));
                (inset(html! {
                    p { (t::office_evidence_kept(l)) " " (said_inline(&file.name)) " (" (size(file.size)) ")" }
                    (checkbox(&Field::new(l, "drop", t::office_evidence_drop(l)), "yes", false))
                }))
            }
            (file_upload(&upload, "", false))
            (checkbox(&publish, "yes", self.typed.has("publish")))
        }
    }
}
