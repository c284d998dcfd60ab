//! The search line on pages: what was understood as chips that can be taken off, what was not understood, and the help.

use cairn_app::App;
use cairn_desk::search::{Fault as Wrongly, Search, Term, What, Wrong};
use cairn_kernel::observable::{defang, defang_text};
use maud::{Markup, html};

use super::case::href;
use super::{observable, words};
use crate::components::{Column, Fault, details, machine, said_inline, table};
use crate::i18n::{Lang, t};

/// Longest part of the line that is quoted.
const QUOTED_CHARS_MAX: usize = 60;

/// What is wrong with the line, and how to mend it.
pub(crate) fn fault(l: Lang, fault: &Wrongly) -> Fault {
    let at = fault.at as u64 + 1;
    let what = match &fault.wrong {
        Wrong::Filter { nearest: None } => t::search_fault_filter(l).to_owned(),
        Wrong::Filter {
            nearest: Some(near),
        } => t::search_fault_filter_near(l, format!("{near}:")),
        Wrong::Value {
            filter,
            nearest: None,
        } => t::search_fault_value(l, format!("{filter}:")),
        Wrong::Value {
            filter,
            nearest: Some(near),
        } => t::search_fault_value_near(l, format!("{filter}:"), format!("{filter}:{near}")),
        Wrong::Empty => t::search_fault_empty(l).to_owned(),
        Wrong::Unclosed => t::search_fault_unclosed(l).to_owned(),
        Wrong::Amount => t::search_fault_amount(l).to_owned(),
        Wrong::Day => t::search_fault_day(l).to_owned(),
        Wrong::Severity => t::search_fault_severity(l).to_owned(),
        Wrong::Observable(kind) => t::search_fault_observable(l, words::observable(l, *kind)),
        Wrong::Sign { filter } => t::search_fault_sign(l, format!("{filter}:")),
        Wrong::Not { instead } => t::search_fault_not(l, *instead),
        Wrong::Alone => t::search_fault_alone(l).to_owned(),
        Wrong::Long => t::search_fault_long(l).to_owned(),
        Wrong::Many => t::search_fault_many(l).to_owned(),
    };
    let text = match fault.wrong {
        Wrong::Long | Wrong::Many => what,
        _ if is_plain(&fault.typed) => {
            t::search_fault_at(l, at, fault.typed.as_str(), what.as_str())
        }
        _ => t::search_fault_from(l, at, what.as_str()),
    };
    Fault {
        field: "q".to_owned(),
        text,
    }
}

/// What was typed may be quoted in a sentence: letters of both languages, digits and what filters are written with. Anything
/// else, which the line may come with from a stranger's link, stands in the field alone, and its place is said.
fn is_plain(typed: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "āēīōūĀĒĪŌŪ:-_,<>=\"".contains(c);
    typed.chars().count() <= QUOTED_CHARS_MAX && typed.chars().all(plain)
}

/// A term as it may be shown: nothing in it can be followed by mistake.
fn shown(search: &Search, term: &Term) -> String {
    match &term.what {
        What::Observable(one) => {
            let not = if term.not { "-" } else { "" };
            format!("{not}{}:{}", one.kind.as_str(), defang(one))
        }
        _ => defang_text(&search.term(term)).into_owned(),
    }
}

/// Each term with a link to the list without it; of an observable also one to its page.
pub(super) fn chips(l: Lang, search: &Search, severe: bool) -> Markup {
    html! {
        @if !search.terms.is_empty() {
            ul.chips aria-label=(t::search_chips(l)) {
                @for (at, term) in search.terms.iter().enumerate() {
                    @let shown = shown(search, term);
                    li {
                        @match &term.what {
                            What::Observable(one) => a href=(observable::address(one)) { code translate="no" { (said_inline(&shown)) } },
                            _ => code translate="no" { (said_inline(&shown)) },
                        }
                        " " a.off href=(href(&search.without(at), severe, None)) {
                            span aria-hidden="true" { "×" } span.unseen { (t::search_take_off(l)) " " (said_inline(&shown)) }
                        }
                    }
                }
            }
        }
    }
}

/// The words that there are, with examples.
pub(super) fn help(app: &App, l: Lang) -> Markup {
    let taxonomy = app.form.taxonomy();
    let first = |codes: Vec<&str>| codes.into_iter().take(3).collect::<Vec<_>>().join(", ");
    let categories = taxonomy
        .categories()
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    let regions = taxonomy
        .regions()
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    let agencies: Vec<&str> = app
        .form
        .agencies()
        .all()
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    let rows: Vec<(&str, String)> = vec![
        ("pānui parcel", t::search_help_words(l).to_owned()),
        ("\"text me\"", t::search_help_phrase(l).to_owned()),
        (
            "category:phishing,scam",
            t::search_help_category(l, first(categories)),
        ),
        ("subtype:investment", t::search_help_subtype(l).to_owned()),
        ("state:closed", t::search_help_state(l).to_owned()),
        ("severity<3", t::search_help_severity(l).to_owned()),
        ("assignee:me", t::search_help_assignee(l).to_owned()),
        (
            "loss>10000",
            t::search_help_loss(l, app.config.base_currency.as_str()),
        ),
        ("since:2026-01-01", t::search_help_days(l).to_owned()),
        (
            "language:mi region:NZ-WGN sector:P",
            t::search_help_codes(l, first(regions)),
        ),
        ("has:contact", t::search_help_has(l).to_owned()),
        (
            "consent:police",
            t::search_help_consent(l, first(agencies.clone())),
        ),
        (
            "referred:police",
            t::search_help_referred(l, first(agencies)),
        ),
        ("referral:overdue", t::search_help_referral(l).to_owned()),
        (
            "url:hxxps://bad[.]example",
            t::search_help_observable(l).to_owned(),
        ),
        ("old:rt#12345", t::search_help_old(l).to_owned()),
        ("-category:scam", t::search_help_not(l).to_owned()),
    ];
    let rows: Vec<Vec<Markup>> = rows
        .into_iter()
        .map(|(example, means)| vec![machine(example), html! { (means) }])
        .collect();
    let columns = [t::search_help_example(l), t::search_help_means(l)].map(Column::text);
    details(
        t::search_help(l),
        html! {
            p { (t::search_help_lead(l)) }
            (table(t::search_help(l), &columns, &rows))
        },
    )
}
