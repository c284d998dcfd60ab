//! What the words of the statuses mean, near where they are first read.

use maud::{Markup, html};

use super::address::Page;
use super::context::Context;
use super::parts;
use super::words as w;
use crate::progress::statcan::Status;

/// Opened by who wants it; on paper it is open.
pub(crate) fn glossary(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let statuses = [
        (Status::TargetAchieved, w::means_achieved(lang)),
        (Status::Substantial, w::means_substantial(lang)),
        (Status::Moderate, w::means_moderate(lang)),
        (Status::Limited, w::means_limited(lang)),
        (Status::Deterioration, w::means_deterioration(lang)),
        (Status::NotAvailable, w::means_none(lang)),
    ];
    let standings = [
        (w::short_stale(lang), w::means_stale(lang)),
        (w::short_never(lang), w::means_never(lang)),
        (w::short_withheld(lang), w::means_withheld(lang)),
    ];
    html! {
        details.glossary {
            summary { (w::glossary(lang)) }
            p { (w::glossary_lead(lang)) }
            dl.summary {
                @for (status, means) in statuses {
                    div { dt { span class=(parts::tone(status)) { (parts::status_word(lang, status)) } } dd { (means) } }
                }
                @for (word, means) in standings {
                    div { dt { span.tag.plain { (word) } } dd { (means) } }
                }
            }
            p { a href={ (cx.href(Page::Method)) "#status" } { (w::means_more(lang)) } }
        }
    }
}
