//! One figure by itself, to be placed in other pages.

use maud::html;

use super::measure;
use crate::report::MeasureReport;
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words as w;
use crate::site::{figure, parts};

pub(crate) fn body(cx: &Context<'_>, one: &MeasureReport<'_>) -> Body {
    let lang = cx.lang();
    let rows = one.rows();
    let main = html! {
        h1 { (cx.text(&one.measure.title)) }
        (measure::status(cx, one))
        @if let Some(verdict) = parts::verdict_line(cx, one) { p { (verdict) } }
        @if one.series.is_some() { div.spark { (figure::spark(cx, &rows)) } }
        p.hint {
            (cx.text(&cx.plan.title)) ", " (w::edition(lang)) " " (cx.edition().id) ". "
            a href=(cx.href(Page::Measure(&one.measure.id))) target="_top" { (w::full_page(lang)) }
        }
    };
    Body {
        title: cx.plain(&one.measure.title).to_owned(),
        main,
    }
}
