//! How everything is computed.

use maud::{Markup, html};

use crate::plan::Missing;
use crate::site::address::Page;
use crate::site::chart::missing_sign;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words::{self as w, Lang};

type Words = fn(Lang) -> &'static str;

pub(crate) fn body(cx: &Context<'_>) -> Body {
    let lang = cx.lang();
    let title = w::method_title(lang).to_owned();
    let main = html! {
        h1 { (title) }
        p.lead { (w::method_lead(lang)) }
        (section(lang, "status", w::m_status_title, &[
            w::m_status_intro, w::m_growth, w::m_target, w::m_target_cuts, w::m_target_score, w::m_none,
            w::m_none_score, w::m_limit, w::m_zero, w::m_group,
        ]))
        (section(lang, "base", w::m_base_title, &[w::m_base, w::m_period, w::m_break, w::m_vintage]))
        (section(lang, "robust", w::m_robust_title, &[w::m_robust]))
        (section(lang, "path", w::m_path_title, &[w::m_path, w::m_trend]))
        (section(lang, "coverage", w::m_coverage_title, &[w::m_coverage]))
        (section(lang, "missing", w::m_missing_title, &[w::m_missing]))
        (missing(lang))
        (section(lang, "steps", w::m_steps_title, &[w::m_steps]))
        (section(lang, "gate", w::m_gate_title, &[w::m_gate, w::m_owners]))
        (section(lang, "notes", w::m_note_title, &[w::m_note]))
        (section(lang, "verify", w::m_verify_title, &[w::m_verify]))
        pre tabindex="0" { code { "cairn track verify " (cx.plan.id) "-" (cx.edition().id) } }
        p { (w::m_verify_then(lang)) }
        (section(lang, "sources", w::m_sources_title, &[w::m_sources]))
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body { title, main }
}

fn section(lang: Lang, id: &str, title: Words, texts: &[Words]) -> Markup {
    html! {
        h2 id=(id) { (title(lang)) }
        @for text in texts { p { (text(lang)) } }
    }
}

fn missing(lang: Lang) -> Markup {
    let kinds: [(Missing, &str); 4] = [
        (Missing::Missing, w::missing_missing(lang)),
        (Missing::NotCollected, w::missing_not_collected(lang)),
        (Missing::Suppressed, w::missing_suppressed(lang)),
        (Missing::NotApplicable, w::missing_not_applicable(lang)),
    ];
    html! {
        dl.summary {
            @for (kind, words) in kinds { div { dt { (missing_sign(kind.as_str())) } dd { (words) } } }
        }
    }
}
