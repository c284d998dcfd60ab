//! How robust a status is, in sentences and as a table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::progress::robust::{Kind, Robustness, Variant, Verdict};
use crate::progress::statcan::{Outcome, Status};
use crate::report::MeasureReport;
use crate::site::context::Context;
use crate::site::parts::{self, status_in, status_word, stressed};
use crate::site::words::{self as w, Lang};

/// Bases that a sentence names one by one.
const NAMED_MAX: usize = 6;
/// Other bases in the table.
const BASES_MAX: usize = 12;

/// Names of the moments of a measure's values: the period in words.
pub(crate) struct Moments(BTreeMap<u64, String>);

impl Moments {
    pub(crate) fn of(lang: Lang, one: &MeasureReport<'_>) -> Self {
        let figures = one.figures();
        Self(
            figures
                .iter()
                .map(|one| (one.at.to_bits(), w::period_of(lang, one.row.period)))
                .collect(),
        )
    }

    /// The period that stands at a decimal year; its calendar year if no value is seen there.
    pub(crate) fn name(&self, at: f64) -> String {
        let known = self.0.get(&at.to_bits());
        known.map_or_else(|| format!("{:.0}", at.floor()), Clone::clone)
    }
}

/// Sentences and table beside a status.
pub(crate) fn section(cx: &Context<'_>, one: &MeasureReport<'_>, robust: &Robustness) -> Markup {
    let lang = cx.lang();
    let moments = Moments::of(lang, one);
    html! {
        section.robust aria-labelledby="robust" {
            h2 #robust { (w::robust_title(lang)) }
            @if let Some(text) = by_base(lang, robust, &moments) { p.lead { (stressed(&text)) } }
            @for text in verdicts(lang, robust) { p { (text) } }
            (table(cx, robust, &moments))
        }
    }
}

/// What the status would be from each base: "From 2018, 2020 or 2021 as base this is *deterioration*; from 2022 it is
/// *substantial progress*. Choose no one word."
pub(crate) fn by_base(lang: Lang, robust: &Robustness, moments: &Moments) -> Option<String> {
    let mut groups: Vec<(Status, Vec<String>)> = Vec::new();
    for one in &robust.bases {
        let name = moments.name(one.base_year);
        match groups
            .iter_mut()
            .find(|(status, _)| *status == one.outcome.status)
        {
            Some((_, names)) => names.push(name),
            None => groups.push((one.outcome.status, vec![name])),
        }
    }
    match groups.as_slice() {
        [] => None,
        [(status, names)] => {
            (names.len() > 1).then(|| w::robust_same(lang, names.len(), status_in(lang, *status)))
        }
        [(first, names), rest @ ..] => {
            let mut text = w::robust_first(lang, bases(lang, names), status_in(lang, *first));
            for (status, names) in rest {
                text.push_str("; ");
                text.push_str(&w::robust_next(
                    lang,
                    bases(lang, names),
                    status_in(lang, *status),
                ));
            }
            text.push_str(". ");
            text.push_str(w::choose_none(lang));
            Some(text)
        }
    }
}

fn bases(lang: Lang, names: &[String]) -> String {
    match names {
        [first, .., last] if names.len() > NAMED_MAX => {
            w::bases_many(lang, names.len(), first, last)
        }
        _ => w::any_of(lang, names),
    }
}

/// What the single steps say, and what every base says where that is more.
fn verdicts(lang: Lang, robust: &Robustness) -> Vec<String> {
    let mut all = vec![match robust.verdict {
        Verdict::Untested => w::untested(lang).to_owned(),
        Verdict::Stable { of } => w::robust_stable(lang, of),
        Verdict::ChangesGrade { changed, of } => w::robust_grade(lang, changed, of),
        Verdict::FlipsDirection { flipped, of, .. } => w::robust_flips(lang, flipped, of),
    }];
    if let (Verdict::FlipsDirection { flipped, of, .. }, false) = (
        robust.over_bases,
        matches!(robust.verdict, Verdict::FlipsDirection { .. }),
    ) {
        all.push(w::robust_only_bases(lang, flipped, of));
    }
    all
}

const fn kind(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::BaseLater => w::variant_later(lang),
        Kind::BaseEarlier => w::variant_earlier(lang),
        Kind::LastDropped => w::variant_dropped(lang),
        Kind::PreviousVintage => w::variant_vintage(lang),
        Kind::OtherBase => w::variant_base(lang),
    }
}

fn table(cx: &Context<'_>, robust: &Robustness, moments: &Moments) -> Markup {
    let lang = cx.lang();
    let main = &robust.main;
    let main_base = main.base.map(|base| base.year);
    let stepped = |year: f64| {
        let steps = robust
            .variants
            .iter()
            .filter(|one| matches!(one.kind, Kind::BaseLater | Kind::BaseEarlier));
        steps.map(|one| one.base_year).any(|base| base == year)
    };
    let others: Vec<&Variant> = robust
        .bases
        .iter()
        .filter(|one| Some(one.base_year) != main_base && !stepped(one.base_year))
        .collect();
    let row = |title: &str, base: Option<f64>, to: Option<f64>, outcome: Outcome| {
        html! {
            tr {
                th scope="row" { (title) }
                td data-th=(w::base(lang)) { @if let Some(base) = base { (moments.name(base)) } }
                td data-th=(w::to(lang)) { @if let Some(to) = to { (moments.name(to)) } }
                td data-th=(w::status(lang)) { (status_word(lang, outcome.status)) }
                td.num data-th=(w::score(lang)) { @if let Some(score) = outcome.score { (parts::score(score)) } }
            }
        }
    };
    let body = html! {
        table.stack {
            caption { (w::variants_caption(lang)) }
            thead { tr {
                th scope="col" { (w::variant(lang)) }
                th scope="col" { (w::base(lang)) }
                th scope="col" { (w::to(lang)) }
                th scope="col" { (w::status(lang)) }
                th.num scope="col" { (w::score(lang)) }
            } }
            tbody {
                (row(w::variant_main(lang), main_base, main.current.map(|at| at.year), main.outcome))
                @for one in &robust.variants {
                    (row(kind(lang, one.kind), Some(one.base_year), Some(one.current_year), one.outcome))
                }
                @for one in others.iter().take(BASES_MAX) {
                    (row(kind(lang, one.kind), Some(one.base_year), Some(one.current_year), one.outcome))
                }
            }
        }
    };
    parts::wide(cx, w::variants_caption(lang), body)
}
